/*
 * dsm_core.c - the state's place in memory, and the step: which part an event is for.
 */
#include "dsm_core.h"

#include <string.h>

#include "dsm_atomic.h"
#include "dsm_barrier.h"
#include "dsm_condition.h"
#include "dsm_copy.h"
#include "dsm_diff.h"
#include "dsm_emit.h"
#include "dsm_hold.h"
#include "dsm_home.h"
#include "dsm_inform.h"
#include "dsm_interval.h"
#include "dsm_lock.h"
#include "dsm_node_page.h"
#include "dsm_page.h"
#include "dsm_peer.h"
#include "dsm_slot.h"
#include "dsm_table.h"

#define MAX_NODES      (1u << 20)
#define MAX_SLOTS      (1u << 20)
#define MAX_LOCKS      (1u << 28)
#define MAX_PAGES      (UINT64_C(1) << 52) /* 2^64 bytes of 4 KiB pages */
#define MAX_PAGE_BYTES (1u << 26)

/* ---- memory ------------------------------------------------------------------------------------- */

/* Places arrays one after the other; counts first (memory NULL), then hands out. */
struct layout {
    uint8_t *memory;
    size_t used;
    int overflow;
};

static void *place(struct layout *layout, uint64_t count, size_t bytes)
{
    size_t start = (layout->used + 63) & ~(size_t)63;
    size_t size;
    layout->overflow |= start < layout->used || __builtin_mul_overflow(count, bytes, &size) ||
                        __builtin_add_overflow(start, size, &layout->used);
    return layout->overflow || layout->memory == NULL ? NULL : layout->memory + start;
}

static uint32_t sharer_words(const dsm_core_config *config)
{
    return (config->nodes + 63) / 64;
}

/* Sets of progress records: a power of two; there are at least twice as many records as slots. */
static uint32_t progress_sets(const dsm_core_config *config)
{
    uint32_t sets = 4;
    while (sets * DSM_PROGRESS_WAYS < 2 * config->slots) {
        sets *= 2;
    }
    return sets;
}

static int has_release_pages(const dsm_core_config *config)
{
    return config->release_first < config->release_end || config->arena_release_first < config->arena_release_end;
}

/* The settings with what 0 stands for put in. */
static dsm_core_config complete(const dsm_core_config *config)
{
    dsm_core_config whole = *config;
    whole.twins = config->twins != 0 ? config->twins : 1024;
    uint32_t least = 2 * config->nodes + 2;
    whole.notices = config->notices != 0 ? config->notices : least > 4096 ? least : 4096;
    return whole;
}

static dsm_notice_limits limits_of(const dsm_core_config *config)
{
    uint32_t in_frame = (DSM_WIRE_BODY_MAX(config->page_bytes) - DSM_NOTICE_BYTES(0)) / DSM_NOTICE_RANGE;
    return (dsm_notice_limits){.nodes = config->nodes,
                               .notices = config->notices,
                               .ranges = 4 * config->notices + config->nodes + in_frame,
                               .notice_ranges = in_frame};
}

/* What only RELEASE pages need. */
static void place_release(struct layout *layout, const dsm_core_config *config, dsm_core *core)
{
    const dsm_notice_limits limits = limits_of(config);
    uint64_t matrix = (uint64_t)config->nodes * config->nodes;
    uint64_t room = (uint64_t)config->twins + config->slots;
    core->vector = place(layout, config->nodes, sizeof *core->vector);
    core->seen_by_all = place(layout, config->nodes, sizeof *core->seen_by_all);
    core->body = place(layout, DSM_WIRE_BODY_MAX(config->page_bytes), 1);
    core->ranges = place(layout, limits.notice_ranges, sizeof *core->ranges);
    core->interval.written = place(layout, room, sizeof *core->interval.written);
    core->interval.flushed = place(layout, room, sizeof *core->interval.flushed);
    core->interval.twins_free = place(layout, config->twins, sizeof *core->interval.twins_free);
    core->known = place(layout, matrix, sizeof *core->known);
    core->seen = place(layout, matrix, sizeof *core->seen);
    core->told = place(layout, matrix, sizeof *core->told);
    core->log = place(layout, 1, dsm_notice_size(&limits));
    core->copies = place(layout, config->pages, sizeof *core->copies);
}

/* Small arrays first, so that what every step touches lies together. */
static void place_all(struct layout *layout, const dsm_core_config *config, dsm_core *core)
{
    core->slots = place(layout, config->slots, sizeof *core->slots);
    core->progress = place(layout, progress_sets(config), DSM_PROGRESS_WAYS * sizeof *core->progress);
    core->peers = place(layout, config->nodes, sizeof *core->peers);
    core->gone = place(layout, sharer_words(config), sizeof *core->gone);
    core->requests = place(layout, (uint64_t)config->nodes * config->slots, sizeof *core->requests);
    core->locks.buckets = place(layout, config->locks, sizeof *core->locks.buckets);
    core->locks.entries = place(layout, config->locks, sizeof(struct dsm_lock));
    core->lock_queue = place(layout, (uint64_t)config->locks * config->nodes, sizeof *core->lock_queue);
    core->barriers.buckets = place(layout, config->locks, sizeof *core->barriers.buckets);
    core->barriers.entries = place(layout, config->locks, sizeof(struct dsm_barrier));
    core->arrivals = place(layout, (uint64_t)config->locks * config->nodes, sizeof *core->arrivals);
    core->waits = place(layout, (uint64_t)config->nodes * config->slots, sizeof *core->waits);
    core->sharers = place(layout, config->pages, sharer_words(config) * sizeof *core->sharers);
    core->pages = place(layout, config->pages, sizeof *core->pages);
    if (has_release_pages(config)) {
        place_release(layout, config, core);
    }
}

static int power_of_two(uint32_t x)
{
    return x != 0 && (x & (x - 1)) == 0;
}

static int valid_release(const dsm_core_config *c)
{
    const dsm_notice_limits limits = limits_of(c);
    return c->page_bytes >= DSM_DIFF_PAGE_MIN && c->page_bytes <= DSM_DIFF_PAGE_MAX &&
           c->release_end <= c->arena_first && (uint64_t)c->twins + c->slots < UINT32_MAX &&
           c->notices < UINT32_MAX / 8 && dsm_notice_size(&limits) != 0;
}

static int valid(const dsm_core_config *c)
{
    return c->nodes >= 1 && c->nodes <= MAX_NODES && c->node < c->nodes && c->slots >= 1 && c->slots <= MAX_SLOTS &&
           (uint64_t)c->nodes * c->slots < UINT32_MAX && power_of_two(c->page_bytes) && c->page_bytes >= 64 &&
           c->page_bytes <= MAX_PAGE_BYTES && c->pages >= 1 && c->pages <= MAX_PAGES && c->home_block >= 1 &&
           power_of_two(c->locks) && c->locks <= MAX_LOCKS && c->arena_first <= c->pages &&
           (!has_release_pages(c) || valid_release(c));
}

uint32_t dsm_core_twins(const dsm_core_config *config)
{
    return has_release_pages(config) ? complete(config).twins : 0;
}

size_t dsm_core_size(const dsm_core_config *config)
{
    const dsm_core_config whole = complete(config);
    if (!valid(&whole)) {
        return 0;
    }
    dsm_core scratch;
    struct layout layout = {.memory = NULL, .used = sizeof(dsm_core)};
    place_all(&layout, &whole, &scratch);
    return layout.overflow ? 0 : layout.used;
}

static void init_release(dsm_core *core)
{
    const dsm_core_config *config = &core->config;
    core->limits = limits_of(config);
    core->log = dsm_notice_init(core->log, &core->limits);
    core->interval.room = config->twins + config->slots;
    for (uint32_t twin = config->twins; twin > 0; twin--) {
        dsm_interval_give_twin(core, twin - 1);
    }
    for (uint32_t peer = 0; peer < config->nodes; peer++) {
        core->known[(size_t)peer * config->nodes + peer] = UINT64_MAX; /* of its own intervals it is told nothing */
    }
}

dsm_core *dsm_core_init(void *memory, const dsm_core_config *config, uint64_t now)
{
    DSM_ASSERT(memory != NULL && ((uintptr_t)memory & 63) == 0);
    DSM_ASSERT(dsm_core_size(config) != 0);
    dsm_core *core = memory;
    struct layout layout = {.memory = memory, .used = sizeof(dsm_core)};
    core->config = complete(config);
    place_all(&layout, &core->config, core);
    if (core->copies != NULL) {
        init_release(core);
    }
    core->sharer_words = sharer_words(config);
    core->progress_mask = progress_sets(config) - 1;
    core->locks.capacity = config->locks;
    core->locks.stride = sizeof(struct dsm_lock);
    core->barriers.capacity = config->locks;
    core->barriers.stride = sizeof(struct dsm_barrier);
    core->own_slot = DSM_NO_SLOT;
    core->deferred_due = DSM_FOREVER;
    core->inform_due = DSM_FOREVER;
    core->now = now;
    int alone = config->nodes == 1 || (config->heartbeat_ns == 0 && config->silence_ns == 0);
    core->peers_due = alone ? DSM_FOREVER : now;
    return core;
}

/* ---- homes --------------------------------------------------------------------------------------- */

uint32_t dsm_core_home(const dsm_core_config *config, uint64_t page)
{
    if (page < config->arena_first) {
        return (uint32_t)(page / config->home_block % config->nodes);
    }
    uint64_t arena = (config->pages - config->arena_first) / config->nodes;
    if (arena == 0) {
        return config->nodes - 1;
    }
    uint64_t node = (page - config->arena_first) / arena;
    return node < config->nodes ? (uint32_t)node : config->nodes - 1; /* the rest that does not divide */
}

enum dsm_mode dsm_core_mode(const dsm_core_config *config, uint64_t page)
{
    if (page < config->arena_first) {
        return page >= config->release_first && page < config->release_end ? DSM_MODE_RELEASE : DSM_MODE_SEQUENTIAL;
    }
    uint64_t arena = (config->pages - config->arena_first) / config->nodes;
    uint64_t offset = page - config->arena_first - arena * dsm_core_home(config, page);
    return offset >= config->arena_release_first && offset < config->arena_release_end ? DSM_MODE_RELEASE
                                                                                       : DSM_MODE_SEQUENTIAL;
}

uint32_t dsm_core_sync_home(const dsm_core_config *config, uint64_t id)
{
    return (uint32_t)(dsm_hash(id) % config->nodes);
}

/* ---- messages ------------------------------------------------------------------------------------- */

static int page_message(dsm_core *core, uint32_t peer, const dsm_message *m)
{
    if (m->subject >= core->config.pages || dsm_copy_is(core, m->subject)) {
        return DSM_E_PROTOCOL;
    }
    int to_home =
        m->type == DSM_MSG_PAGE_REQUEST || m->type == DSM_MSG_PAGE_INVALIDATED || m->type == DSM_MSG_PAGE_RETURN;
    int status = to_home ? dsm_home_check(core, peer, m) : dsm_node_page_check(core, peer, m);
    if (status != DSM_OK) {
        return status;
    }
    switch (m->type) {
    case DSM_MSG_PAGE_REQUEST:
        dsm_home_request(core, m->subject, peer, (enum dsm_access)m->access);
        break;
    case DSM_MSG_PAGE_INVALIDATED:
        dsm_home_invalidated(core, m->subject, peer);
        break;
    case DSM_MSG_PAGE_RETURN:
        dsm_home_returned(core, m->subject, peer, (enum dsm_access)m->access, m->page != NULL, m->page);
        break;
    case DSM_MSG_PAGE_GRANT:
        dsm_node_page_granted(core, m->subject, (enum dsm_access)m->access, m->flags, m->page);
        break;
    case DSM_MSG_PAGE_INVALIDATE:
        dsm_node_page_invalidate(core, m->subject);
        break;
    default:
        dsm_node_page_recall(core, m->subject, (enum dsm_access)m->access);
        break;
    }
    return DSM_OK;
}

static int lock_message(dsm_core *core, uint32_t peer, const dsm_message *m)
{
    int to_home = m->type == DSM_MSG_LOCK_REQUEST || m->type == DSM_MSG_LOCK_RETURN;
    int status = to_home ? dsm_lock_home_check(core, peer, m) : dsm_lock_check(core, peer, m);
    if (status != DSM_OK) {
        return status;
    }
    uint32_t index = dsm_table_find(&core->locks, m->subject);
    switch (m->type) {
    case DSM_MSG_LOCK_REQUEST:
        dsm_lock_home_request(core, m->subject, peer, (m->flags & DSM_FLAG_TRY) != 0);
        return DSM_OK;
    case DSM_MSG_LOCK_RETURN:
        dsm_lock_home_returned(core, index, peer, m->flags);
        break;
    case DSM_MSG_LOCK_GRANT:
        dsm_lock_granted(core, index, m->epoch, m->flags);
        break;
    default:
        if (index == DSM_NO_ENTRY) {
            return DSM_OK;
        }
        dsm_lock_recalled(core, index, (m->flags & DSM_FLAG_TRY) != 0);
        break;
    }
    dsm_lock_tidy(core, index);
    return DSM_OK;
}

static int barrier_message(dsm_core *core, uint32_t peer, const dsm_message *m)
{
    int to_home = m->type != DSM_MSG_BARRIER_DEPART;
    int status = to_home ? dsm_barrier_home_check(core, peer, m) : dsm_barrier_check(core, peer, m);
    if (status != DSM_OK) {
        return status;
    }
    switch (m->type) {
    case DSM_MSG_BARRIER_ARRIVE:
        dsm_barrier_home_arrived(core, m->subject, peer, m->epoch, m->parties);
        break;
    case DSM_MSG_BARRIER_BREAK:
        dsm_barrier_home_broken(core, m->subject, peer, m->epoch);
        break;
    default:
        dsm_barrier_departed(core, m->subject, m->epoch, m->flags);
        break;
    }
    return DSM_OK;
}

static int copy_message(dsm_core *core, uint32_t peer, const dsm_message *m)
{
    int status = dsm_copy_check(core, peer, m);
    if (status != DSM_OK) {
        return status;
    }
    switch (m->type) {
    case DSM_MSG_FETCH:
        dsm_copy_home_fetch(core, m);
        break;
    case DSM_MSG_COPY:
        dsm_copy_received(core, peer, m);
        break;
    case DSM_MSG_HOME_IS:
        dsm_copy_home_is(core, peer, m);
        break;
    case DSM_MSG_GIVE:
        dsm_copy_given(core, peer, m);
        break;
    default:
        dsm_copy_home_diff(core, peer, m);
        break;
    }
    return DSM_OK;
}

static int inform_message(dsm_core *core, uint32_t peer, const dsm_message *m)
{
    int status = m->type == DSM_MSG_FLUSHED ? dsm_interval_check(core, m) : dsm_inform_check(core, m);
    if (status != DSM_OK) {
        return status;
    }
    switch (m->type) {
    case DSM_MSG_FLUSHED:
        dsm_interval_flushed(core, m);
        return DSM_OK;
    case DSM_MSG_NOTICES:
        dsm_inform_noticed(core, peer, m);
        return DSM_OK;
    default:
        dsm_inform_vector(core, peer, m);
        return DSM_OK;
    }
}

static int condition_message(dsm_core *core, uint32_t peer, const dsm_message *m)
{
    int to_home = m->type != DSM_MSG_CONDITION_END;
    int status = to_home ? dsm_condition_home_check(core, peer, m) : dsm_condition_check(core, peer, m);
    if (status != DSM_OK) {
        return status;
    }
    if (to_home) {
        dsm_condition_home_message(core, peer, m);
    } else {
        dsm_condition_ended(core, m->number, m->flags);
    }
    uint32_t index = dsm_table_find(&core->locks, m->subject);
    if (index != DSM_NO_ENTRY) {
        dsm_lock_tidy(core, index);
    }
    return DSM_OK;
}

static int atomic_message(dsm_core *core, uint32_t peer, const dsm_message *m)
{
    int status = dsm_atomic_check(core, peer, m);
    if (status != DSM_OK) {
        return status;
    }
    if (m->type == DSM_MSG_ATOMIC) {
        dsm_atomic_asked(core, peer, m);
    } else {
        dsm_atomic_result(core, m->number, m->value, m->flags);
    }
    return DSM_OK;
}

static int dispatch_message(dsm_core *core, uint32_t peer, const dsm_message *m)
{
    switch (m->type) {
    case DSM_MSG_HELLO:
        return dsm_peer_check_hello(core, peer, m);
    case DSM_MSG_BYE:
        dsm_peer_left(core, peer);
        return DSM_OK;
    case DSM_MSG_HEARTBEAT:
        return DSM_OK;
    case DSM_MSG_PAGE_REQUEST:
    case DSM_MSG_PAGE_GRANT:
    case DSM_MSG_PAGE_INVALIDATE:
    case DSM_MSG_PAGE_INVALIDATED:
    case DSM_MSG_PAGE_RECALL:
    case DSM_MSG_PAGE_RETURN:
        return page_message(core, peer, m);
    case DSM_MSG_LOCK_REQUEST:
    case DSM_MSG_LOCK_GRANT:
    case DSM_MSG_LOCK_RECALL:
    case DSM_MSG_LOCK_RETURN:
        return lock_message(core, peer, m);
    case DSM_MSG_FETCH:
    case DSM_MSG_COPY:
    case DSM_MSG_HOME_IS:
    case DSM_MSG_GIVE:
    case DSM_MSG_DIFF:
        return copy_message(core, peer, m);
    case DSM_MSG_FLUSHED:
    case DSM_MSG_NOTICES:
    case DSM_MSG_VECTOR:
        return inform_message(core, peer, m);
    case DSM_MSG_CONDITION_WAIT:
    case DSM_MSG_CONDITION_SIGNAL:
    case DSM_MSG_CONDITION_CANCEL:
    case DSM_MSG_CONDITION_END:
        return condition_message(core, peer, m);
    case DSM_MSG_ATOMIC:
    case DSM_MSG_ATOMIC_RESULT:
        return atomic_message(core, peer, m);
    default:
        return barrier_message(core, peer, m);
    }
}

static int message(dsm_core *core, const dsm_event *event)
{
    dsm_message m;
    if (dsm_peer_gone(core, event->peer)) {
        return DSM_OK; /* of what it sent before it went, nothing matters any more */
    }
    if (event->bytes == NULL || dsm_wire_decode(event->bytes, event->length, core->config.page_bytes, &m) != 0) {
        return DSM_E_PROTOCOL;
    }
    int status = dispatch_message(core, event->peer, &m);
    if (status == DSM_OK) {
        dsm_peer_heard(core, event->peer);
        dsm_count(core, DSM_C_MESSAGES_IN + m.type);
    }
    return status;
}

/* ---- the step -------------------------------------------------------------------------------------- */

static int cancel(dsm_core *core, uint32_t slot)
{
    if (slot >= core->config.slots) {
        return DSM_E_ARGUMENT;
    }
    switch (dsm_slot_at(core, slot)->kind) {
    case DSM_SLOT_LOCK:
        if (dsm_slot_at(core, slot)->depth != 0) {
            return DSM_PENDING; /* after a condition wait, the lock must come first */
        }
        dsm_lock_cancel(core, slot);
        return DSM_E_CANCELLED;
    case DSM_SLOT_CONDITION:
        return dsm_condition_cancel(core, slot);
    case DSM_SLOT_BARRIER:
        dsm_barrier_cancel(core, slot);
        return DSM_E_CANCELLED;
    case DSM_SLOT_FREE:
        return DSM_OK;
    default:
        return DSM_E_ARGUMENT; /* a fault cannot be taken back */
    }
}

static int tick(dsm_core *core)
{
    dsm_hold_tick(core);
    dsm_inform_tick(core);
    dsm_peer_tick(core);
    return DSM_OK;
}

static int peer_event(dsm_core *core, const dsm_event *event)
{
    if (event->peer >= core->config.nodes || event->peer == core->config.node) {
        return DSM_E_ARGUMENT;
    }
    switch (event->type) {
    case DSM_EV_MESSAGE:
        return message(core, event);
    case DSM_EV_PEER_LEFT:
        dsm_peer_left(core, event->peer);
        return DSM_OK;
    default:
        dsm_peer_lost(core, event->peer, DSM_E_LOST);
        return DSM_OK;
    }
}

static int dispatch(dsm_core *core, const dsm_event *event)
{
    switch (event->type) {
    case DSM_EV_FAULT:
        return event->page < core->config.pages && dsm_copy_is(core, event->page) ? dsm_copy_fault(core, event)
                                                                                  : dsm_node_page_fault(core, event);
    case DSM_EV_CONDITION_WAIT:
        return dsm_condition_wait(core, event);
    case DSM_EV_CONDITION_SIGNAL:
        return dsm_condition_signal(core, event);
    case DSM_EV_ATOMIC:
        return dsm_atomic_begin(core, event);
    case DSM_EV_EVICT:
        return dsm_copy_evict(core, event->page);
    case DSM_EV_RESUMED:
        return dsm_node_page_resumed(core, event->slot);
    case DSM_EV_LOCK_ACQUIRE:
        return dsm_lock_acquire(core, event);
    case DSM_EV_LOCK_RELEASE:
        return dsm_lock_release(core, event);
    case DSM_EV_BARRIER_ARRIVE:
        return dsm_barrier_arrive(core, event);
    case DSM_EV_CANCEL:
        return cancel(core, event->slot);
    case DSM_EV_TICK:
        return tick(core);
    case DSM_EV_MESSAGE:
    case DSM_EV_PEER_LEFT:
    case DSM_EV_PEER_LOST:
        return peer_event(core, event);
    }
    return DSM_E_ARGUMENT;
}

int dsm_core_step(dsm_core *core, const dsm_event *event, uint64_t now, dsm_sink *sink, void *context)
{
    DSM_ASSERT(core->sink == NULL && sink != NULL); /* no step within a step */
    core->sink = sink;
    core->context = context;
    core->now = now > core->now ? now : core->now; /* clocks of two cores may disagree by a little */
    int status = dispatch(core, event);
    core->own_slot = DSM_NO_SLOT; /* what ends from here on is woken, as in any later step */
    dsm_interval_settle(core);
    core->sink = NULL;
    core->context = NULL;
    return status;
}

/* ---- looking in -------------------------------------------------------------------------------------- */

uint64_t dsm_core_deadline(const dsm_core *core)
{
    uint64_t due = core->deferred_due < core->peers_due ? core->deferred_due : core->peers_due;
    return core->inform_due < due ? core->inform_due : due;
}

enum dsm_access dsm_core_access(const dsm_core *core, uint64_t page)
{
    if (dsm_copy_is(core, page)) {
        return dsm_copy_access(dsm_copy_at(core, page));
    }
    return dsm_page_access(dsm_page_at(core, page)->state);
}

uint32_t dsm_core_owner(const dsm_core *core, uint64_t page)
{
    uint32_t owner = dsm_copy_is(core, page) ? dsm_copy_at(core, page)->home : dsm_page_at(core, page)->owner;
    return owner != 0 ? owner - 1 : DSM_NO_NODE;
}

int dsm_core_fresh(const dsm_core *core, uint64_t page)
{
    const struct dsm_page *p = dsm_page_at(core, page);
    if (dsm_copy_is(core, page)) {
        const struct dsm_copy *c = dsm_copy_at(core, page);
        return dsm_core_home(&core->config, page) == core->config.node && c->home == 0;
    }
    return dsm_core_home(&core->config, page) == core->config.node && p->state == DSM_PAGE_INVALID && p->flags == 0 &&
           p->owner == 0 && p->active == 0 && p->queue_head == 0 && p->pending == DSM_ACCESS_NONE &&
           dsm_page_count_sharers(core, page) == 0;
}

uint32_t dsm_core_lock_holds(const dsm_core *core, uint64_t id, uint64_t thread)
{
    uint32_t index = dsm_table_find(&core->locks, id);
    if (index == DSM_NO_ENTRY || thread == 0 || dsm_lock_at(core, index)->thread != thread) {
        return 0;
    }
    return dsm_lock_at(core, index)->depth;
}

int dsm_core_quiet(const dsm_core *core)
{
    return core->slots_used == 0 && core->requests_used == 0 && core->deferred_first == 0 &&
           core->lock_requested == 0 && core->lock_queued == 0 && core->barriers_open == 0 && core->waits_used == 0 &&
           core->fetching == 0 && !core->interval.flushing;
}

uint64_t *dsm_core_counters(dsm_core *core)
{
    return core->counters;
}
