/*
 * The checker of SEQUENTIAL memory: one writer or many readers, and every read sees the last write. The
 * truth is one array of bytes, changed at the instant of each permitted write; with one writer at a time
 * every page is linearizable, so whatever is mapped anywhere must equal it.
 */
#include "sim_check.h"

#include "dsm_operation.h"
#include "dsm_wire.h"
#include "sim_memory.h"

#include <string.h>

typedef struct truth {
    uint8_t *bytes;
    uint8_t *lost;    /* page: its only copy died with its owner; nobody may ever see it again */
    uint32_t *owners; /* page: who had it exclusively before the present step, as its home sees it */
    uint8_t *tainted; /* page: a hostile node had a say in it; nothing is demanded of its bytes */
} truth;

static void *create(sim_world *world)
{
    truth *t = sim_new(1, sizeof *t);
    t->bytes = sim_new(world->plan.pages, world->plan.page_bytes);
    t->lost = sim_new(world->plan.pages, 1);
    t->tainted = sim_new(world->plan.pages, 1);
    t->owners = sim_new(world->plan.pages, sizeof *t->owners);
    return t;
}

static void destroy(void *memory)
{
    truth *t = memory;
    free(t->bytes);
    free(t->lost);
    free(t->tainted);
    free(t->owners);
    free(t);
}

static uint8_t *true_page(const sim_world *world, uint64_t page)
{
    const truth *t = world->truth;
    return t->bytes + page * world->plan.page_bytes;
}

static bool equals_truth(const sim_world *world, uint64_t page, const uint8_t *bytes)
{
    return memcmp(true_page(world, page), bytes, world->plan.page_bytes) == 0;
}

/* Nothing is demanded here of its bytes. */
static bool tainted(const sim_world *world, uint64_t page)
{
    const truth *t = world->truth;
    return t->tainted[page] || dsm_core_mode(&world->config, page) != DSM_MODE_SEQUENTIAL;
}

static uint32_t home_of(const sim_world *world, uint64_t page)
{
    return dsm_core_home(&world->config, page);
}

/* ---- accesses ------------------------------------------------------------------------------------- */

static void on_read(sim_world *world, const sim_thread *thread, const sim_place *place, const uint8_t *seen)
{
    if (tainted(world, place->page))
        return;
    if (memcmp(true_page(world, place->page) + place->offset, seen, place->length) != 0)
        sim_fail(world, "stale read: thread %u of node %u reads page %u offset %u, and not what was written last",
                 thread->index, thread->node, place->page, place->offset);
}

static void on_write(sim_world *world, const sim_thread *thread, const sim_place *place, const uint8_t *stored)
{
    memcpy(true_page(world, place->page) + place->offset, stored, place->length);
    if (tainted(world, place->page))
        return;
    for (uint32_t i = 0; i < world->plan.nodes; i++)
        if (i != thread->node && world->nodes[i].mapped[place->page] != DSM_ACCESS_NONE) {
            sim_fail(world, "two copies: node %u writes page %u while node %u has it open", thread->node, place->page,
                     i);
            return;
        }
}

/* ---- actions -------------------------------------------------------------------------------------- */

static void sends_bytes(sim_world *world, const sim_node *node, const dsm_action *action)
{
    if (node->mapped[action->page] == DSM_ACCESS_WRITE)
        sim_fail(world, "node %u sends the bytes of page %lu while it may still write it", node->id,
                 (unsigned long)action->page);
    else if (!equals_truth(world, action->page, sim_node_page(world, node, action->page)))
        sim_fail(world, "node %u sends bytes of page %lu that are not the last ones written", node->id,
                 (unsigned long)action->page);
}

static void sends_grant(sim_world *world, const sim_node *node, const dsm_message *m)
{
    if (m->access == DSM_ACCESS_NONE) /* the page is lost */
        return;
    uint8_t most = m->access == DSM_ACCESS_WRITE || m->flags & DSM_FLAG_EXCLUSIVE ? DSM_ACCESS_NONE : DSM_ACCESS_READ;
    if (node->mapped[m->subject] > most)
        sim_fail(world, "home %u grants page %lu while it has it open itself (%u)", node->id, (unsigned long)m->subject,
                 node->mapped[m->subject]);
    if (!(m->flags & DSM_FLAG_ZERO))
        return;
    const uint8_t *bytes = true_page(world, m->subject);
    for (uint32_t i = 0; i < world->plan.page_bytes; i++)
        if (bytes[i]) {
            sim_fail(world, "home %u grants page %lu as zero, which has been written", node->id,
                     (unsigned long)m->subject);
            return;
        }
}

static void on_send(sim_world *world, const sim_node *node, const dsm_action *action, const dsm_message *m)
{
    bool of_page = m->type >= DSM_MSG_PAGE_REQUEST && m->type <= DSM_MSG_PAGE_RETURN;
    if (!of_page || m->subject >= world->plan.pages || tainted(world, m->subject))
        return;
    if (action->with_page && action->page != m->subject)
        sim_fail(world, "node %u sends the bytes of page %lu for page %lu", node->id, (unsigned long)action->page,
                 (unsigned long)m->subject);
    else if (action->with_page)
        sends_bytes(world, node, action);
    uint8_t open = node->mapped[m->subject];
    if (m->type == DSM_MSG_PAGE_GRANT)
        sends_grant(world, node, m);
    else if (m->type == DSM_MSG_PAGE_INVALIDATED && open != DSM_ACCESS_NONE)
        sim_fail(world, "early acknowledgement: node %u says page %lu is closed and has it open", node->id,
                 (unsigned long)m->subject);
    else if (m->type == DSM_MSG_PAGE_RETURN && open > m->access)
        sim_fail(world, "early return: node %u returns page %lu and has it open", node->id, (unsigned long)m->subject);
}

static void on_install(sim_world *world, const sim_node *node, const dsm_action *action)
{
    if (tainted(world, action->page))
        return;
    if (node->mapped[action->page] != DSM_ACCESS_NONE)
        sim_fail(world, "node %u installs bytes of page %lu, which is open", node->id, (unsigned long)action->page);
    else if (!equals_truth(world, action->page, action->bytes))
        sim_fail(world, "node %u installs old bytes of page %lu", node->id, (unsigned long)action->page);
}

/* It reads and perhaps writes the page, as its only copy. */
static void on_atomic(sim_world *world, const sim_node *node, const dsm_action *action)
{
    if (tainted(world, action->page))
        return;
    if (!equals_truth(world, action->page, sim_node_page(world, node, action->page)))
        sim_fail(world, "node %u does an atomic operation on old bytes of page %lu", node->id,
                 (unsigned long)action->page);
    for (uint32_t i = 0; i < world->plan.nodes; i++)
        if (i != node->id && world->nodes[i].mapped[action->page] != DSM_ACCESS_NONE)
            sim_fail(world, "node %u does an atomic operation on page %lu while node %u has it open", node->id,
                     (unsigned long)action->page, i);
    dsm_operation_do(true_page(world, action->page) + action->offset, action->operation, action->width, action->operand,
                     action->expected);
}

static void acting(sim_world *world, sim_node *node, const dsm_action *action, const dsm_message *message)
{
    if (action->type == DSM_ACT_ATOMIC)
        on_atomic(world, node, action);
    else if (action->type == DSM_ACT_SEND)
        on_send(world, node, action, message);
    else if (action->type == DSM_ACT_INSTALL)
        on_install(world, node, action);
}

/* One page, all nodes: a writer is alone, what is open is true, and nothing is open beyond what the core says. */
static void check_page(sim_world *world, uint32_t page)
{
    const truth *t = world->truth;
    uint32_t readers = 0, writers = 0, first = SIM_NONE;
    if (tainted(world, page))
        return;
    for (uint32_t i = 0; i < world->plan.nodes; i++) {
        const sim_node *node = &world->nodes[i];
        uint8_t access = node->mapped[page];
        if (access == DSM_ACCESS_NONE)
            continue;
        writers += access == DSM_ACCESS_WRITE;
        readers += access == DSM_ACCESS_READ;
        if (first == SIM_NONE)
            first = i;
        if (!equals_truth(world, page, sim_node_page(world, node, page))) {
            sim_fail(world, "page %u is open at node %u and its bytes are not there", page, i);
            return;
        }
    }
    if (writers > 1 || (writers == 1 && readers > 0))
        sim_fail(world, "page %u has %u writers and %u readers (the first: node %u)", page, writers, readers, first);
    else if (t->lost[page] && writers + readers > 0)
        sim_fail(world, "page %u was lost with its owner and is open at node %u", page, first);
}

static void check_against_core(sim_world *world, const sim_node *node, uint32_t page)
{
    if (!node->alive || tainted(world, page))
        return;
    if (node->mapped[page] > (uint8_t)dsm_core_access(node->core, page)) {
        sim_fail(world, "page %u is open at node %u (%u) and its core says %u", page, node->id, node->mapped[page],
                 (uint32_t)dsm_core_access(node->core, page));
        return;
    }
    const sim_node *home = &world->nodes[home_of(world, page)];
    if (node->mapped[page] == DSM_ACCESS_WRITE && home->alive && !home->peer_gone[node->id] &&
        dsm_core_owner(home->core, page) != node->id)
        sim_fail(world, "node %u may write page %u and its home %u says that node %u owns it", node->id, page, home->id,
                 dsm_core_owner(home->core, page));
}

static void acted(sim_world *world, sim_node *node, const dsm_action *action)
{
    (void)node;
    if (action->type == DSM_ACT_PROTECT || action->type == DSM_ACT_INSTALL || action->type == DSM_ACT_ATOMIC)
        check_page(world, (uint32_t)action->page);
}

static void stepping(sim_world *world, sim_node *node)
{
    truth *t = world->truth;
    for (uint32_t page = 0; page < world->plan.pages; page++)
        if (home_of(world, page) == node->id)
            t->owners[page] = dsm_core_owner(node->core, page);
}

static void stepped(sim_world *world, sim_node *node, bool full)
{
    for (uint32_t page = 0; page < world->plan.pages && !world->failed; page++) {
        check_against_core(world, node, page);
        if (!full)
            continue;
        check_page(world, page);
        for (uint32_t i = 0; i < world->plan.nodes; i++)
            check_against_core(world, &world->nodes[i], page);
    }
}

/* ---- trouble -------------------------------------------------------------------------------------- */

static void on_lost(sim_world *world, const sim_thread *thread)
{
    const truth *t = world->truth;
    uint32_t page = thread->promised_page;
    if (!t->lost[page] && !t->tainted[page] && !world->nodes[thread->node].peer_gone[home_of(world, page)])
        sim_fail(world, "thread %u of node %u is told that page %u is lost; its home %u is there and its bytes are too",
                 thread->index, thread->node, page, home_of(world, page));
}

static void on_peer_lost(sim_world *world, sim_node *node, uint32_t peer)
{
    truth *t = world->truth;
    if (!node->stepping)
        stepping(world, node);
    for (uint32_t page = 0; page < world->plan.pages; page++)
        if (home_of(world, page) == node->id && t->owners[page] == peer)
            t->lost[page] = 1;
}

static void on_hostile(sim_world *world, sim_node *node, const dsm_message *message)
{
    truth *t = world->truth;
    (void)node;
    for (uint32_t page = 0; page < world->plan.pages; page++)
        if (home_of(world, page) == world->hostile)
            t->tainted[page] = 1;
    if (message && message->type >= DSM_MSG_PAGE_REQUEST && message->type <= DSM_MSG_PAGE_RETURN &&
        message->subject < world->plan.pages)
        t->tainted[message->subject] = 1;
}

const sim_checker sim_checker_sequential = {
    .name = "sequential",
    .create = create,
    .destroy = destroy,
    .read = on_read,
    .write = on_write,
    .acting = acting,
    .acted = acted,
    .lost = on_lost,
    .peer_lost = on_peer_lost,
    .hostile = on_hostile,
    .stepping = stepping,
    .stepped = stepped,
};
