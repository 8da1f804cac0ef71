/*
 * dsm_core.c - the step: which part an event is for.
 */
#include "dsm_core.h"

#include "dsm_atomic.h"
#include "dsm_barrier.h"
#include "dsm_condition.h"
#include "dsm_copy.h"
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
    if (to_home) {
        dsm_barrier_home_message(core, m);
    } else {
        dsm_barrier_depart(core, m);
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

static int peer_gone_message(dsm_core *core, uint32_t peer, const dsm_message *m)
{
    int status = dsm_peer_check_gone(core, peer, m);
    if (status == DSM_OK) {
        dsm_peer_gone_elsewhere(core, m);
    }
    return status;
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
    case DSM_MSG_PEER_GONE:
        return peer_gone_message(core, peer, m);
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
    dsm_interval_tick(core);
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
        return dsm_copy_evict(core, event);
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

static void gauge(dsm_core *core)
{
    if (core->copies != NULL) {
        dsm_count_set(core, DSM_C_NOTICES_HELD, dsm_notice_count(core->log));
        dsm_count_set(core, DSM_C_RANGES_HELD, dsm_notice_ranges(core->log));
        dsm_count_set(core, DSM_C_TWINS_HELD, core->config.twins - core->interval.twins_free_count);
    }
    dsm_count_set(core, DSM_C_LOCKS_HELD, core->locks.count);
    dsm_count_set(core, DSM_C_BARRIERS_HELD, core->barriers.count);
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
    gauge(core);
    core->sink = NULL;
    core->context = NULL;
    return status;
}

/* ---- looking in -------------------------------------------------------------------------------------- */

uint64_t dsm_core_deadline(const dsm_core *core)
{
    if (dsm_interval_unsent(core)) {
        return core->now;
    }
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
