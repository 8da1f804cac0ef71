/*
 * The checker of RELEASE memory: happens-before. A read of a variable that nobody races for returns the last write;
 * one of a racy variable returns a write that nothing known to the reader has replaced, whole where the machine promises
 * that. SEQUENTIAL pages of the same run are left to their own checker; here they are what threads synchronize with.
 */
#include "sim_check.h"

#include "dsm_operation.h"
#include "sim_history.h"
#include "sim_memory.h"

#include <string.h>

#define PRUNE_AT 32u /* writes of one racy variable after which those nobody may see any more are dropped */

static void *create(sim_world *world)
{
    return sim_checker_sequential.create(world);
}

static void destroy(void *memory)
{
    sim_checker_sequential.destroy(memory);
}

static bool trusted(const sim_world *world)
{
    return !world->history->distrusted;
}

/* Of the bytes of a page that a dead node has been the home of nothing is demanded. */
static bool judged(const sim_world *world, const sim_variable *v)
{
    return trusted(world) && !(world->history->doubtful[v->page] && sim_history_release_page(world, v->page));
}

/* ---- plain variables --------------------------------------------------------------------------------------- */

static void plain_read(sim_world *world, const sim_thread *thread, sim_variable *v, uint64_t value)
{
    if (!sim_clock_knows(thread->clock, v->writer, v->written)) {
        sim_fail(world, "the program races: thread %u reads page %u offset %u and does not know of thread %u's write",
                 thread->index, v->page, v->offset, v->writer);
        return;
    }
    v->reads[thread->index] = thread->clock[thread->index];
    if (v->writer != SIM_NONE && world->threads[v->writer].node != thread->node)
        world->counts.plain_remote++;
    if (value != v->value && judged(world, v))
        sim_fail(world,
                 "stale read: thread %u of node %u reads %lx in page %u offset %u (%u bytes); thread %u wrote %lx, and "
                 "that happened before",
                 thread->index, thread->node, (unsigned long)value, v->page, v->offset, v->length, v->writer,
                 (unsigned long)v->value);
}

static void plain_write(sim_world *world, const sim_thread *thread, sim_variable *v, uint64_t value)
{
    bool known = sim_clock_knows(thread->clock, v->writer, v->written);
    for (uint32_t i = 0; i < world->thread_count; i++)
        known &= sim_clock_knows(thread->clock, i, v->reads[i]);
    if (!known)
        sim_fail(world, "the program races: thread %u writes page %u offset %u", thread->index, v->page, v->offset);
    v->writer = thread->index;
    v->written = thread->clock[thread->index];
    v->value = value;
}

/* Reads of it race with atomic operations; but who knows of the last one sees what it left. */
static void atomic_read(sim_world *world, const sim_thread *thread, const sim_variable *v, uint64_t value)
{
    bool knows = !v->unknown && sim_clock_knows(thread->clock, v->writer, v->written);
    if (knows && value != v->value && judged(world, v))
        sim_fail(world,
                 "stale read: thread %u of node %u reads %lx in page %u offset %u; thread %u left %lx by an atomic "
                 "operation, "
                 "and that happened before",
                 thread->index, thread->node, (unsigned long)value, v->page, v->offset, v->writer,
                 (unsigned long)v->value);
}

/* ---- racy variables ------------------------------------------------------------------------------------------- */

static bool replaced(const sim_variable *v, uint32_t by, const sim_write *w)
{
    const sim_write *later = &v->writes[by];
    return later != w && sim_clock_knows(later->known, w->thread, w->at) && !(later->thread == w->thread && later < w);
}

/* 1 if write `index` (SIM_NONE: the zero before all writes) may be seen by who knows `clock`. */
static bool visible(const sim_variable *v, uint32_t index, const uint32_t *clock)
{
    for (uint32_t i = 0; i < v->write_count; i++) {
        const sim_write *later = &v->writes[i];
        if (sim_clock_knows(clock, later->thread, later->at) &&
            (index == SIM_NONE || replaced(v, i, &v->writes[index])))
            return false;
    }
    return true;
}

static uint64_t value_at(const sim_variable *v, uint32_t index)
{
    return index == SIM_NONE ? 0 : v->writes[index].value;
}

static bool some_visible(const sim_variable *v, const uint32_t *clock, uint64_t value, uint64_t mask)
{
    for (uint32_t i = 0; i <= v->write_count; i++) {
        uint32_t index = i == v->write_count ? SIM_NONE : i;
        if (((value_at(v, index) ^ value) & mask) == 0 && visible(v, index, clock))
            return true;
    }
    return false;
}

static void racy_read(sim_world *world, const sim_thread *thread, const sim_variable *v, uint64_t value)
{
    bool good = true;
    world->counts.racy_reads++;
    for (uint32_t i = 0; i < v->length && v->kind == SIM_MIXED; i++)
        good &= some_visible(v, thread->clock, value, UINT64_C(0xff) << 8 * i);
    if (v->kind == SIM_RACY)
        good = some_visible(v, thread->clock, value, UINT64_MAX);
    if (v->write_count > 0 && v->writes[v->write_count - 1].value != value)
        world->counts.raced++;
    if (!good && judged(world, v))
        sim_fail(world,
                 "out of thin air: thread %u of node %u reads %lx in page %u offset %u (%u bytes), which no "
                 "write it may see has put there",
                 thread->index, thread->node, (unsigned long)value, v->page, v->offset, v->length);
}

/* Drops what every living thread knows to be replaced. */
static void prune(sim_world *world, sim_variable *v)
{
    uint32_t *all = sim_new(world->thread_count, sizeof *all);
    memset(all, 0xff, world->thread_count * sizeof *all);
    for (uint32_t t = 0; t < world->thread_count; t++)
        for (uint32_t i = 0; i < world->thread_count && world->threads[t].state != SIM_THREAD_DEAD; i++)
            all[i] = all[i] < world->threads[t].clock[i] ? all[i] : world->threads[t].clock[i];
    uint32_t kept = 0;
    bool *gone = sim_new(v->write_count, sizeof *gone);
    for (uint32_t i = 0; i < v->write_count; i++)
        gone[i] = !visible(v, i, all);
    for (uint32_t i = 0; i < v->write_count; i++) {
        if (gone[i])
            free(v->writes[i].known);
        else
            v->writes[kept++] = v->writes[i];
    }
    v->write_count = kept;
    free(gone);
    free(all);
}

static void racy_write(sim_world *world, const sim_thread *thread, sim_variable *v, uint64_t value)
{
    if (v->write_count >= PRUNE_AT && v->write_count % PRUNE_AT == 0)
        prune(world, v);
    if (v->write_count == v->write_room) {
        v->write_room = v->write_room ? 2 * v->write_room : 8;
        v->writes = sim_grow(v->writes, v->write_room * sizeof *v->writes);
    }
    size_t bytes = world->thread_count * sizeof(uint32_t);
    sim_write *w = &v->writes[v->write_count++];
    *w = (sim_write){.thread = thread->index, .at = thread->clock[thread->index], .value = value};
    w->known = sim_must(malloc(bytes));
    memcpy(w->known, thread->clock, bytes);
}

/* ---- accesses -------------------------------------------------------------------------------------------------- */

static uint64_t value_of(const uint8_t *bytes, uint32_t length)
{
    uint64_t value = 0;
    memcpy(&value, bytes, length);
    return value;
}

static void on_read(sim_world *world, const sim_thread *thread, const sim_place *place, const uint8_t *seen)
{
    sim_checker_sequential.read(world, thread, place, seen);
    sim_variable *v = sim_history_find(world, place);
    if (!v || world->failed)
        return;
    uint64_t value = value_of(seen, v->length);
    if (v->kind == SIM_VOLATILE)
        sim_sync_acquire(world, thread, &v->sync);
    else if (v->kind == SIM_PLAIN)
        plain_read(world, thread, v, value);
    else if (v->kind == SIM_ATOMIC)
        atomic_read(world, thread, v, value);
    else
        racy_read(world, thread, v, value);
}

static void on_write(sim_world *world, const sim_thread *thread, const sim_place *place, const uint8_t *stored)
{
    sim_checker_sequential.write(world, thread, place, stored);
    sim_variable *v = sim_history_find(world, place);
    if (!v || world->failed)
        return;
    uint64_t value = value_of(stored, v->length);
    if (v->kind == SIM_VOLATILE)
        sim_sync_release(world, thread, &v->sync);
    else if (v->kind == SIM_PLAIN)
        plain_write(world, thread, v, value);
    else
        racy_write(world, thread, v, value);
}

/* ---- actions ------------------------------------------------------------------------------------------------------ */

static bool is_home(const sim_world *world, const sim_node *node, uint64_t page)
{
    (void)world;
    return dsm_core_owner(node->core, page) == node->id;
}

static void on_send(sim_world *world, sim_node *node, const dsm_action *action, const dsm_message *m)
{
    if ((action->with_page || action->with_diff) && node->mapped[action->page] == DSM_ACCESS_WRITE)
        sim_fail(world, "node %u sends %s of page %lu while it may still be written", node->id,
                 action->with_diff ? "the diff" : "the bytes", (unsigned long)action->page);
    if (action->with_diff && node->twin_pages[action->twin] != action->page + 1)
        sim_fail(world, "node %u compares page %lu with twin %u, which is not of it", node->id,
                 (unsigned long)action->page, action->twin);
    if (action->with_diff)
        world->counts.diffs++;
    if (m->type == DSM_MSG_GIVE) {
        world->history->homes[(size_t)m->subject * world->plan.nodes + action->peer] = 1;
        world->counts.moves += action->with_page;
    }
}

/* Whose operation it is: its operand is unique. */
static sim_thread *whose(sim_world *world, const dsm_action *action)
{
    for (uint32_t i = 0; i < world->thread_count; i++) {
        sim_thread *thread = &world->threads[i];
        const sim_op *op = &thread->op;
        if (op->kind == SIM_OP_ATOMIC && !thread->atomic_done && op->operand == action->operand &&
            op->place[0].page == action->page && op->place[0].offset == action->offset &&
            op->operation == action->operation)
            return thread;
    }
    return NULL;
}

static bool writes(const dsm_action *action, uint64_t there)
{
    return action->operation == DSM_OP_ADD || action->operation == DSM_OP_SET ||
           (action->operation == DSM_OP_COMPARE_SET && there == action->expected);
}

static void on_atomic(sim_world *world, sim_node *node, const dsm_action *action)
{
    if (!trusted(world))
        return;
    sim_thread *thread = whose(world, action);
    /* (One that was told that a node is lost may be done all the same.) */
    if (!thread && !world->trouble)
        sim_fail(world, "node %u does an atomic operation on page %lu that nobody waits for", node->id,
                 (unsigned long)action->page);
    const sim_place place = {.page = (uint32_t)action->page, .offset = action->offset, .length = action->width};
    sim_variable *v = sim_history_find(world, &place);
    if (!v)
        return;
    uint64_t there = value_of(sim_node_page(world, node, v->page) + v->offset, v->length);
    if (there != v->value && judged(world, v))
        sim_fail(world, "node %u does an atomic operation on page %u offset %u and %lx is there instead of %lx",
                 node->id, v->page, v->offset, (unsigned long)there, (unsigned long)v->value);
    _Alignas(8) uint8_t word[8] = {0};
    memcpy(word, &there, sizeof word);
    dsm_operation_do(word, action->operation, action->width, action->operand, action->expected);
    v->value = value_of(word, v->length);
    v->unknown = !thread;
    if (!thread)
        return;
    if (writes(action, there)) {
        v->writer = thread->index;
        v->written = thread->clock[thread->index];
    }
    thread->atomic_done = true;
    thread->atomic_was = there;
    sim_sync_acquire(world, thread, &v->sync);
    if (writes(action, there))
        sim_sync_release(world, thread, &v->sync);
}

static void acting(sim_world *world, sim_node *node, const dsm_action *action, const dsm_message *message)
{
    sim_checker_sequential.acting(world, node, action, message);
    if (action->type == DSM_ACT_ATOMIC)
        on_atomic(world, node, action);
    if (action->type != DSM_ACT_ATOMIC && action->type != DSM_ACT_WAKE && action->type != DSM_ACT_LOST &&
        (action->page >= world->plan.pages || !sim_history_release_page(world, action->page)))
        return;
    switch (action->type) {
    case DSM_ACT_SEND:
        if (message->type >= DSM_MSG_FETCH && message->type <= DSM_MSG_DIFF)
            on_send(world, node, action, message);
        break;
    case DSM_ACT_INSTALL:
    case DSM_ACT_MERGE:
        if (node->mapped[action->page] != DSM_ACCESS_NONE)
            sim_fail(world, "node %u puts bytes of a home into page %lu, which is open", node->id,
                     (unsigned long)action->page);
        if (action->type == DSM_ACT_MERGE && node->twin_pages[action->twin] != action->page + 1)
            sim_fail(world, "node %u merges page %lu with twin %u, which is not of it", node->id,
                     (unsigned long)action->page, action->twin);
        world->counts.merges += action->type == DSM_ACT_MERGE;
        break;
    case DSM_ACT_APPLY:
        world->counts.applied++;
        if (!is_home(world, node, action->page))
            sim_fail(world, "node %u applies a diff to page %lu and is not its home", node->id,
                     (unsigned long)action->page);
        break;
    case DSM_ACT_TWIN:
        world->counts.twins++;
        if (node->mapped[action->page] == DSM_ACCESS_WRITE)
            sim_fail(world, "late twin: node %u takes the twin of page %lu, which may be written already", node->id,
                     (unsigned long)action->page);
        break;
    default:
        break;
    }
}

static void acted(sim_world *world, sim_node *node, const dsm_action *action)
{
    bool of_page = action->type == DSM_ACT_PROTECT || action->type == DSM_ACT_INSTALL || action->type == DSM_ACT_ATOMIC;
    if (!of_page || !sim_history_release_page(world, action->page))
        sim_checker_sequential.acted(world, node, action);
}

/* ---- after an event -------------------------------------------------------------------------------------------------- */

static bool has_twin(const sim_world *world, const sim_node *node, uint32_t page)
{
    for (uint32_t i = 0; i < world->plan.twins; i++)
        if (node->twin_pages[i] == page + 1)
            return true;
    return false;
}

static void check_page(sim_world *world, uint32_t page)
{
    uint32_t home = SIM_NONE;
    for (uint32_t i = 0; i < world->plan.nodes; i++) {
        const sim_node *node = &world->nodes[i];
        if (!node->alive)
            continue;
        bool here = is_home(world, node, page);
        if (here && home != SIM_NONE)
            sim_fail(world, "two homes: nodes %u and %u both believe to be the home of page %u", home, i, page);
        if (here)
            home = i;
        if (node->mapped[page] > (uint8_t)dsm_core_access(node->core, page))
            sim_fail(world, "page %u is open at node %u (%u) and its core says %u", page, i, node->mapped[page],
                     (uint32_t)dsm_core_access(node->core, page));
        if (node->mapped[page] == DSM_ACCESS_WRITE && !here && !has_twin(world, node, page))
            sim_fail(world, "page %u is written at node %u, which is not its home and has no twin of it", page, i);
    }
}

static void stepped(sim_world *world, sim_node *node, bool full)
{
    sim_checker_sequential.stepped(world, node, full);
    for (uint32_t page = 0; page < world->plan.pages && !world->failed && trusted(world); page++)
        if (sim_history_release_page(world, page))
            check_page(world, page);
}

static void stepping(sim_world *world, sim_node *node)
{
    sim_checker_sequential.stepping(world, node);
}

/* ---- trouble ------------------------------------------------------------------------------------------------------------ */

static void on_lost(sim_world *world, const sim_thread *thread)
{
    uint32_t page = thread->promised_page;
    if (!sim_history_release_page(world, page)) {
        sim_checker_sequential.lost(world, thread);
        return;
    }
    for (uint32_t i = 0; i < world->plan.nodes; i++) {
        bool was_home = world->history->homes[(size_t)page * world->plan.nodes + i];
        /* (An atomic operation may have been passed on to whichever node died.) */
        if ((was_home || thread->op.kind == SIM_OP_ATOMIC) && !world->nodes[i].alive)
            return;
    }
    if (trusted(world))
        sim_fail(world, "thread %u of node %u is told that page %u is lost, and no node died that was ever its home",
                 thread->index, thread->node, page);
}

static void on_peer_lost(sim_world *world, sim_node *node, uint32_t peer)
{
    sim_checker_sequential.peer_lost(world, node, peer);
}

static void on_hostile(sim_world *world, sim_node *node, const dsm_message *message)
{
    sim_checker_sequential.hostile(world, node, message);
    world->history->distrusted = true;
}

const sim_checker sim_checker_release = {
    .name = "release",
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
