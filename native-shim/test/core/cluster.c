#include "cluster.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dsm_diff.h"
#include "dsm_operation.h"

dsm_core_config cluster_config(void)
{
    return (dsm_core_config){.page_bytes = CLUSTER_PAGE_BYTES,
                             .slots = CLUSTER_SLOTS,
                             .pages = CLUSTER_PAGES,
                             .home_block = 1,
                             .locks = 16,
                             .arena_first = CLUSTER_PAGES,
                             .hold_ns = 100,
                             .hold_max_ns = 6400,
                             .local_handovers = 2,
                             .local_handover_ns = 1000};
}

struct cluster *cluster_new_with(uint32_t nodes, const dsm_core_config *config)
{
    assert_true(nodes <= CLUSTER_NODES);
    struct cluster *c = calloc(1, sizeof *c);
    c->nodes = nodes;
    c->now = 1000;
    c->config = *config;
    c->config.nodes = nodes;
    for (uint32_t i = 0; i < nodes; i++) {
        struct node *n = &c->node[i];
        c->config.node = i;
        size_t size = (dsm_core_size(&c->config) + 63) & ~(size_t)63;
        assert_true(size > 0);
        n->memory = aligned_alloc(64, size);
        memset(n->memory, 0, size);
        n->core = dsm_core_init(n->memory, &c->config, c->now);
        n->cluster = c;
        n->id = i;
    }
    c->config.node = 0;
    return c;
}

struct cluster *cluster_new(uint32_t nodes)
{
    dsm_core_config config = cluster_config();
    return cluster_new_with(nodes, &config);
}

void cluster_free(struct cluster *c)
{
    for (uint32_t from = 0; from < c->nodes; from++) {
        for (uint32_t to = 0; to < c->nodes; to++) {
            while (c->first[from][to] != NULL) {
                struct frame *f = c->first[from][to];
                c->first[from][to] = f->next;
                free(f);
            }
        }
        free(c->node[from].memory);
    }
    free(c);
}

static void put_under_way(struct node *n, const dsm_action *action)
{
    struct cluster *c = n->cluster;
    struct frame *f = calloc(1, sizeof *f);
    f->length = action->head_length;
    memcpy(f->bytes, action->head, action->head_length);
    if (action->with_page) {
        memcpy(f->bytes + f->length, n->view[action->page], CLUSTER_PAGE_BYTES);
        f->length += CLUSTER_PAGE_BYTES;
    }
    if (action->with_diff) {
        dsm_diff_ops ops = dsm_diff_choose();
        assert_true(n->access[action->page] != DSM_ACCESS_WRITE); /* its writers are stopped first */
        f->length += dsm_diff_encode(&ops, n->view[action->page], n->twin[action->twin], CLUSTER_PAGE_BYTES,
                                     f->bytes + f->length);
        dsm_wire_set_length(f->bytes, f->length);
    }
    if (action->length != 0) {
        assert_true(f->length + action->length <= sizeof f->bytes);
        memcpy(f->bytes + f->length, action->bytes, action->length);
        f->length += action->length;
    }
    assert_int_equal(dsm_wire_frame(f->bytes, f->length, CLUSTER_PAGE_BYTES), f->length);
    struct frame **end = &c->first[n->id][action->peer];
    while (*end != NULL) {
        end = &(*end)->next;
    }
    *end = f;
}

static void carry_out(void *context, const dsm_action *action)
{
    struct node *n = context;
    switch (action->type) {
    case DSM_ACT_SEND:
        put_under_way(n, action);
        break;
    case DSM_ACT_PROTECT:
        n->access[action->page] = action->access;
        n->protects++;
        break;
    case DSM_ACT_INSTALL:
        /* a page is never filled while the application may look at it */
        assert_int_equal(n->access[action->page], DSM_ACCESS_NONE);
        memcpy(n->view[action->page], action->bytes, CLUSTER_PAGE_BYTES);
        break;
    case DSM_ACT_WAKE:
        assert_int_equal(n->status[action->slot], NOT_ENDED);
        n->status[action->slot] = action->status;
        n->result[action->slot] = action->result;
        break;
    case DSM_ACT_TWIN:
        assert_int_not_equal(n->access[action->page], DSM_ACCESS_WRITE); /* before the first write */
        memcpy(n->twin[action->twin], n->view[action->page], CLUSTER_PAGE_BYTES);
        break;
    case DSM_ACT_APPLY:
        assert_int_equal(dsm_diff_check(action->bytes, action->length, CLUSTER_PAGE_BYTES), 0);
        dsm_diff_apply(action->bytes, CLUSTER_PAGE_BYTES, n->view[action->page]);
        break;
    case DSM_ACT_MERGE:
        assert_int_equal(n->access[action->page], DSM_ACCESS_NONE);
        dsm_diff_merge(action->bytes, CLUSTER_PAGE_BYTES, n->view[action->page], n->twin[action->twin]);
        break;
    case DSM_ACT_ATOMIC:
        *action->value = dsm_operation_do(n->view[action->page] + action->offset, action->operation, action->width,
                                          action->operand, action->expected);
        break;
    case DSM_ACT_LOST:
        n->lost |= 1u << action->peer;
        break;
    }
}

/* At no time a writer and another copy. */
static void check_copies(const struct cluster *c)
{
    for (uint64_t page = 0; page < c->config.pages; page++) {
        uint32_t writers = 0;
        uint32_t copies = 0;
        for (uint32_t i = 0; i < c->nodes; i++) {
            if (c->dead >> i & 1u) {
                continue;
            }
            writers += c->node[i].access[page] == DSM_ACCESS_WRITE;
            copies += c->node[i].access[page] != DSM_ACCESS_NONE;
            assert_int_equal(c->node[i].access[page], dsm_core_access(c->node[i].core, page));
        }
        assert_true(writers == 0 || copies == 1 || dsm_core_mode(&c->config, page) == DSM_MODE_RELEASE);
    }
}

int step(struct cluster *c, uint32_t node, dsm_event event)
{
    struct node *n = &c->node[node];
    int waits = event.type == DSM_EV_FAULT || event.type == DSM_EV_LOCK_ACQUIRE ||
                event.type == DSM_EV_BARRIER_ARRIVE || event.type == DSM_EV_CONDITION_WAIT ||
                event.type == DSM_EV_ATOMIC;
    if (waits && event.slot < CLUSTER_SLOTS) {
        event.value = &n->result[event.slot];
    }
    int previous = waits && event.slot < CLUSTER_SLOTS ? n->status[event.slot] : 0;
    if (waits && event.slot < CLUSTER_SLOTS) {
        n->status[event.slot] = NOT_ENDED;
    }
    int result = dsm_core_step(n->core, &event, c->now, carry_out, n);
    if (waits && event.slot < CLUSTER_SLOTS && result != DSM_PENDING) {
        assert_int_equal(n->status[event.slot], NOT_ENDED); /* no WAKE for what ended at once */
        n->status[event.slot] = result == DSM_E_ARGUMENT ? previous : result;
    }
    const char *wrong = dsm_core_check(n->core);
    if (wrong != NULL) {
        fail_msg("node %u: %s", node, wrong);
    }
    check_copies(c);
    return result;
}

int fault_at(struct cluster *c, uint32_t node, uint32_t slot, uint64_t page, uint32_t write, uint64_t thread,
             uint64_t pc)
{
    return step(
        c, node,
        (dsm_event){.type = DSM_EV_FAULT, .slot = slot, .page = page, .write = write, .thread = thread, .pc = pc});
}

int fault(struct cluster *c, uint32_t node, uint32_t slot, uint64_t page, uint32_t write)
{
    return fault_at(c, node, slot, page, write, slot + 1, 0x1000 + page * 16 + write);
}

int resumed(struct cluster *c, uint32_t node, uint32_t slot)
{
    return step(c, node, (dsm_event){.type = DSM_EV_RESUMED, .slot = slot});
}

int lock(struct cluster *c, uint32_t node, uint32_t slot, uint64_t id, uint64_t thread, uint32_t flags)
{
    return step(c, node,
                (dsm_event){.type = DSM_EV_LOCK_ACQUIRE, .slot = slot, .id = id, .thread = thread, .flags = flags});
}

int unlock(struct cluster *c, uint32_t node, uint64_t id, uint64_t thread)
{
    return step(c, node, (dsm_event){.type = DSM_EV_LOCK_RELEASE, .id = id, .thread = thread});
}

int arrive(struct cluster *c, uint32_t node, uint32_t slot, uint64_t id, uint32_t parties)
{
    return step(
        c, node,
        (dsm_event){.type = DSM_EV_BARRIER_ARRIVE, .slot = slot, .id = id, .parties = parties, .thread = slot + 1});
}

int cancel(struct cluster *c, uint32_t node, uint32_t slot)
{
    return step(c, node, (dsm_event){.type = DSM_EV_CANCEL, .slot = slot});
}

int await(struct cluster *c, uint32_t node, uint32_t slot, uint64_t id, uint64_t condition, uint64_t thread)
{
    return step(
        c, node,
        (dsm_event){.type = DSM_EV_CONDITION_WAIT, .slot = slot, .id = id, .condition = condition, .thread = thread});
}

int signal_one(struct cluster *c, uint32_t node, uint64_t id, uint64_t condition, uint64_t thread)
{
    return step(c, node,
                (dsm_event){.type = DSM_EV_CONDITION_SIGNAL, .id = id, .condition = condition, .thread = thread});
}

int signal_all(struct cluster *c, uint32_t node, uint64_t id, uint64_t condition, uint64_t thread)
{
    return step(c, node,
                (dsm_event){.type = DSM_EV_CONDITION_SIGNAL,
                            .id = id,
                            .condition = condition,
                            .thread = thread,
                            .flags = DSM_SIGNAL_ALL});
}

int atomic(struct cluster *c, uint32_t node, uint32_t slot, uint64_t page, uint32_t offset, uint32_t operation,
           uint64_t operand, uint64_t expected)
{
    return step(c, node,
                (dsm_event){.type = DSM_EV_ATOMIC,
                            .slot = slot,
                            .page = page,
                            .offset = offset,
                            .width = 8,
                            .operation = operation,
                            .operand = operand,
                            .expected = expected,
                            .thread = slot + 1});
}

int tick(struct cluster *c, uint32_t node)
{
    return step(c, node, (dsm_event){.type = DSM_EV_TICK});
}

void lose(struct cluster *c, uint32_t node, uint32_t peer)
{
    assert_int_equal(step(c, node, (dsm_event){.type = DSM_EV_PEER_LOST, .peer = peer}), DSM_OK);
}

int inject_bytes(struct cluster *c, uint32_t from, uint32_t to, const uint8_t *bytes, uint32_t length)
{
    return step(c, to, (dsm_event){.type = DSM_EV_MESSAGE, .peer = from, .bytes = bytes, .length = length});
}

int inject(struct cluster *c, uint32_t from, uint32_t to, const dsm_message *message)
{
    uint8_t bytes[DSM_HEAD_MAX + CLUSTER_PAGE_BYTES] = {0};
    uint32_t length = dsm_wire_encode(message, CLUSTER_PAGE_BYTES, bytes);
    assert_true(length >= DSM_WIRE_HEAD && length <= DSM_HEAD_MAX);
    return inject_bytes(c, from, to, bytes, (uint32_t)dsm_wire_frame(bytes, length, CLUSTER_PAGE_BYTES));
}

uint32_t under_way(const struct cluster *c, uint32_t from, uint32_t to)
{
    const struct frame *f = c->first[from][to];
    return f == NULL ? 0 : f->bytes[4];
}

int deliver(struct cluster *c, uint32_t from, uint32_t to)
{
    struct frame *f = c->first[from][to];
    if (f == NULL) {
        return 0;
    }
    c->first[from][to] = f->next;
    assert_int_equal(inject_bytes(c, from, to, f->bytes, f->length), DSM_OK);
    free(f);
    return 1;
}

void deliver_all(struct cluster *c)
{
    int some = 1;
    while (some) {
        some = 0;
        for (uint32_t from = 0; from < c->nodes; from++) {
            for (uint32_t to = 0; to < c->nodes; to++) {
                some |= deliver(c, from, to);
            }
        }
    }
}

void settle(struct cluster *c)
{
    for (int rounds = 0; rounds < 1000; rounds++) {
        deliver_all(c);
        uint64_t due = DSM_FOREVER;
        for (uint32_t i = 0; i < c->nodes; i++) {
            uint64_t at = dsm_core_deadline(c->node[i].core);
            due = at < due ? at : due;
        }
        if (due == DSM_FOREVER) {
            return;
        }
        c->now = due > c->now ? due : c->now;
        for (uint32_t i = 0; i < c->nodes; i++) {
            tick(c, i);
        }
    }
    fail_msg("does not settle");
}

static void access_page(struct cluster *c, uint32_t node, uint64_t page, uint32_t write)
{
    uint32_t need = write ? DSM_ACCESS_WRITE : DSM_ACCESS_READ;
    struct node *n = &c->node[node];
    for (int tries = 0; n->access[page] < need; tries++) {
        assert_true(tries < 3);
        int result = fault(c, node, CLUSTER_SLOTS - 1, page, write);
        assert_true(result == DSM_OK || result == DSM_PENDING);
        settle(c);
        assert_int_equal(n->status[CLUSTER_SLOTS - 1], DSM_OK);
        assert_int_equal(resumed(c, node, CLUSTER_SLOTS - 1), DSM_OK);
    }
}

void write_byte(struct cluster *c, uint32_t node, uint64_t page, uint8_t value)
{
    access_page(c, node, page, 1);
    c->node[node].view[page][0] = value;
    settle(c);
}

uint8_t read_byte(struct cluster *c, uint32_t node, uint64_t page)
{
    access_page(c, node, page, 0);
    uint8_t value = c->node[node].view[page][0];
    settle(c);
    return value;
}

uint32_t page_home(const struct cluster *c, uint64_t page)
{
    return dsm_core_home(&c->config, page);
}

uint64_t id_homed_at(const struct cluster *c, uint32_t node, uint32_t n)
{
    for (uint64_t id = 1;; id++) {
        if (dsm_core_sync_home(&c->config, id) == node && n-- == 0) {
            return id;
        }
    }
}

uint64_t counter(const struct cluster *c, uint32_t node, uint32_t which)
{
    return dsm_core_counters(c->node[node].core)[which];
}
