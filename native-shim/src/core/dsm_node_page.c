#include "dsm_node_page.h"

#include "dsm_atomic.h"
#include "dsm_copy.h"
#include "dsm_emit.h"
#include "dsm_hold.h"
#include "dsm_home.h"
#include "dsm_inform.h"
#include "dsm_interval.h"
#include "dsm_page.h"
#include "dsm_peer.h"
#include "dsm_slot.h"

static void advance(dsm_core *core, uint32_t slot);

/* ---- threads ---------------------------------------------------------------------------------- */

/* The page that the thread needs next. */
static uint64_t target_of(const struct dsm_slot *s)
{
    return s->pair == DSM_PAIR_HIGH ? s->high : s->page;
}

/* 1 if the thread can have the page without asking. A page that was recalled already cannot become the lower
 * one of a pair: it would be kept without bound of time, and again and again by one thread after the other. */
static int within_reach(const struct dsm_page *p, const struct dsm_slot *s)
{
    return dsm_page_reach(p->state) >= s->need && !(s->pair != DSM_PAIR_NONE && p->deferred != DSM_DEFERRED_NONE);
}

static void go_on(dsm_core *core, uint32_t slot)
{
    dsm_slot_at(core, slot)->kind = DSM_SLOT_GRANTED;
    dsm_emit_wake(core, slot, DSM_OK);
}

/* The other page of a pair is not to be had. A loop that goes to and fro between two pages looks like a pair, and
 * need not suffer for it: the thread gets the page it faulted on. If it really needs both, it faults on the other. */
static void settle_for_one(dsm_core *core, uint32_t slot)
{
    struct dsm_slot *s = dsm_slot_at(core, slot);
    int holds_it = s->pair == DSM_PAIR_HIGH;
    s->pair = DSM_PAIR_NONE;
    if (holds_it) {
        dsm_emit_protect(core, s->page, dsm_page_access(dsm_page_at(core, s->page)->state));
        go_on(core, slot);
    } else {
        s->page = s->high;
        advance(core, slot);
    }
}

/* The page that the thread waits for is not to be had; a lower page it holds is let go. */
static void fail(dsm_core *core, uint32_t slot, int status)
{
    const struct dsm_slot *s = dsm_slot_at(core, slot);
    if (s->kind == DSM_SLOT_ATOMIC) {
        dsm_atomic_fail(core, slot, status);
        return;
    }
    DSM_ASSERT(s->kind == DSM_SLOT_FAULT);
    uint64_t page = s->page;
    int holds_low = s->pair == DSM_PAIR_HIGH;
    if (s->pair != DSM_PAIR_NONE && holds_low != s->upper) {
        settle_for_one(core, slot);
        return;
    }
    dsm_slot_release(core, slot);
    dsm_emit_wake(core, slot, status);
    if (holds_low) {
        dsm_hold_end(core, page, 0);
    }
}

static void fail_waiters(dsm_core *core, uint64_t page, int status)
{
    struct dsm_page *p = dsm_page_at(core, page);
    for (uint32_t slot; (slot = dsm_list_pop(core, &p->waiters)) != DSM_NO_SLOT;) {
        fail(core, slot, status);
    }
}

/* Asks the home, unless it has been asked: one request of a node per page at a time. */
static void request(dsm_core *core, uint64_t page, enum dsm_access access)
{
    struct dsm_page *p = dsm_page_at(core, page);
    if (p->pending != DSM_ACCESS_NONE || (p->flags & DSM_PAGE_RETURNING)) {
        return; /* (what is being returned is asked for again when it is) */
    }
    DSM_ASSERT(access > dsm_page_reach(p->state));
    uint32_t home = dsm_core_home(&core->config, page);
    if (home == core->config.node) {
        p->pending = (uint8_t)access;
        dsm_home_request(core, page, home, access);
    } else if (dsm_peer_gone(core, home)) {
        fail_waiters(core, page, DSM_E_LOST);
    } else {
        p->pending = (uint8_t)access;
        const dsm_message message = {.type = DSM_MSG_PAGE_REQUEST, .subject = page, .access = access};
        dsm_emit_send(core, home, &message, 0);
    }
}

/* The thread has the page it needed next: it goes on, or on to the upper page of its pair. */
static void granted(dsm_core *core, uint32_t slot)
{
    struct dsm_slot *s = dsm_slot_at(core, slot);
    uint64_t page = target_of(s);
    DSM_ASSERT(s->kind == DSM_SLOT_FAULT || s->kind == DSM_SLOT_ATOMIC);
    if (s->need == DSM_ACCESS_WRITE && dsm_page_at(core, page)->state == DSM_PAGE_CLEAN) {
        dsm_page_move(core, page, DSM_PAGE_DIRTY);
        dsm_count(core, DSM_C_UPGRADES);
    }
    if (s->kind == DSM_SLOT_ATOMIC) {
        dsm_atomic_here(core, slot);
        return;
    }
    if (s->touch) {
        dsm_hold_briefly(core, page);
        s->kind = DSM_SLOT_PASSING;
        dsm_emit_wake(core, slot, DSM_OK);
        return;
    }
    dsm_hold_begin(core, page);
    if (s->pair == DSM_PAIR_LOW) {
        s->pair = DSM_PAIR_HIGH;
        advance(core, slot);
        return;
    }
    if (s->pair == DSM_PAIR_HIGH) {
        /* The driver may have narrowed the lower page's mapping while the upper one was under way. */
        dsm_emit_protect(core, s->page, dsm_page_access(dsm_page_at(core, s->page)->state));
    }
    go_on(core, slot);
}

/* Gives the thread its next page if it is here, otherwise lets it wait. */
static void advance(dsm_core *core, uint32_t slot)
{
    const struct dsm_slot *s = dsm_slot_at(core, slot);
    uint64_t page = target_of(s);
    struct dsm_page *p = dsm_page_at(core, page);
    if (within_reach(p, s)) {
        if (!(p->state == DSM_PAGE_CLEAN && s->need == DSM_ACCESS_WRITE)) {
            dsm_emit_protect(core, page, dsm_page_access(p->state));
        }
        granted(core, slot);
        return;
    }
    enum dsm_access need = (enum dsm_access)s->need;
    dsm_list_append(core, &p->waiters, slot);
    if (dsm_page_reach(p->state) < need) {
        request(core, page, need);
    }
}

/* Lets go on whoever can, and asks the home for what the others still need. */
static void serve_waiters(dsm_core *core, uint64_t page)
{
    struct dsm_page *p = dsm_page_at(core, page);
    struct dsm_list list = p->waiters;
    p->waiters = (struct dsm_list){0, 0};
    enum dsm_access missing = DSM_ACCESS_NONE;
    for (uint32_t slot; (slot = dsm_list_pop(core, &list)) != DSM_NO_SLOT;) {
        const struct dsm_slot *s = dsm_slot_at(core, slot);
        if (within_reach(p, s)) {
            granted(core, slot);
            continue;
        }
        dsm_list_append(core, &p->waiters, slot);
        if (dsm_page_reach(p->state) < s->need && s->need > missing) {
            missing = (enum dsm_access)s->need;
        }
    }
    if (missing != DSM_ACCESS_NONE) {
        request(core, page, missing);
    }
}

int dsm_node_page_fault(dsm_core *core, const dsm_event *event)
{
    if (event->page >= core->config.pages || event->slot >= core->config.slots || event->thread == 0 ||
        event->write > 1 || dsm_slot_at(core, event->slot)->kind != DSM_SLOT_FREE) {
        return DSM_E_ARGUMENT;
    }
    const struct dsm_page *p = dsm_page_at(core, event->page);
    struct dsm_slot *s = dsm_slot_take(core, event->slot, DSM_SLOT_FAULT, event->thread);
    s->page = event->page;
    s->need = event->write ? DSM_ACCESS_WRITE : DSM_ACCESS_READ;
    s->hold_ns = core->config.hold_ns;
    s->touch = event->pc == 0;
    dsm_count(core, event->write ? DSM_C_WRITE_FAULTS : DSM_C_READ_FAULTS);
    core->own_slot = event->slot;
    core->own_status = DSM_PENDING;
    if (dsm_page_access(p->state) >= s->need && p->deferred != DSM_DEFERRED_NONE) {
        /* Open here, but on its way out: the thread may try, without keeping it back any longer. */
        dsm_emit_protect(core, event->page, dsm_page_access(p->state));
        s->kind = DSM_SLOT_PASSING;
        core->own_status = DSM_OK;
    } else if (dsm_page_access(p->state) >= s->need) {
        advance(core, event->slot);
    } else {
        uint64_t other = event->page;
        s->hold_ns = dsm_hold_note(core, event->thread, event->pc, event->page, &other);
        if (other != event->page) {
            s->upper = event->page > other;
            s->page = s->upper ? other : event->page;
            s->high = s->upper ? event->page : other;
            s->pair = DSM_PAIR_LOW;
        }
        advance(core, event->slot);
    }
    if (core->own_status == DSM_OK) {
        dsm_count(core, DSM_C_SOFT_FAULTS);
    }
    return core->own_status;
}

int dsm_node_page_resumed(dsm_core *core, uint32_t slot)
{
    if (slot >= core->config.slots) {
        return DSM_E_ARGUMENT;
    }
    const struct dsm_slot *s = dsm_slot_at(core, slot);
    if (s->kind != DSM_SLOT_GRANTED && s->kind != DSM_SLOT_PASSING) {
        return DSM_E_ARGUMENT;
    }
    const struct dsm_slot copy = *s;
    dsm_slot_release(core, slot);
    if (copy.kind == DSM_SLOT_GRANTED) {
        dsm_hold_end(core, copy.page, copy.hold_ns);
        if (copy.pair == DSM_PAIR_HIGH) {
            dsm_hold_end(core, copy.high, copy.hold_ns);
        }
    }
    return DSM_OK;
}

/* ---- the home speaks ---------------------------------------------------------------------------- */

static int check_grant(const struct dsm_page *p, const dsm_message *m)
{
    if (p->pending == DSM_ACCESS_NONE || p->deferred != DSM_DEFERRED_NONE) {
        return DSM_E_PROTOCOL;
    }
    if (m->flags & DSM_FLAG_LOST) {
        return DSM_OK;
    }
    if (m->access != p->pending) {
        return DSM_E_PROTOCOL;
    }
    if ((m->flags & (DSM_FLAG_HAS_PAGE | DSM_FLAG_ZERO)) == 0) {
        return p->state == DSM_PAGE_SHARED ? DSM_OK : DSM_E_PROTOCOL;
    }
    int stale_zero = (m->flags & DSM_FLAG_ZERO) != 0 && (p->flags & DSM_PAGE_FILLED) != 0;
    return p->state == DSM_PAGE_INVALID && !stale_zero ? DSM_OK : DSM_E_PROTOCOL;
}

int dsm_node_page_check(const dsm_core *core, uint32_t peer, const dsm_message *m)
{
    if (m->subject >= core->config.pages || dsm_core_home(&core->config, m->subject) != peer) {
        return DSM_E_PROTOCOL;
    }
    const struct dsm_page *p = dsm_page_at(core, m->subject);
    int legal = 0;
    switch (m->type) {
    case DSM_MSG_PAGE_GRANT:
        return check_grant(p, m);
    case DSM_MSG_PAGE_INVALIDATE:
        legal = p->state == DSM_PAGE_SHARED;
        break;
    case DSM_MSG_PAGE_RECALL:
        legal = p->state == DSM_PAGE_CLEAN || p->state == DSM_PAGE_DIRTY;
        break;
    default:
        break;
    }
    return legal && p->deferred == DSM_DEFERRED_NONE ? DSM_OK : DSM_E_PROTOCOL;
}

static void count_fetch(dsm_core *core, const struct dsm_page *p)
{
    if (!dsm_list_empty(&p->waiters)) {
        dsm_count_fetch(core, core->now - dsm_slot_at(core, p->waiters.head - 1)->since);
    }
}

static int writer_waits(const dsm_core *core, const struct dsm_page *p)
{
    for (uint32_t at = p->waiters.head; at != 0;) {
        const struct dsm_slot *s = dsm_slot_at(core, at - 1);
        if (s->need == DSM_ACCESS_WRITE) {
            return 1;
        }
        at = s->next;
    }
    return 0;
}

/* The state that a grant brings; an exclusive page that a writer waits for is opened for writing at once. */
static enum dsm_page_state granted_state(const dsm_core *core, const struct dsm_page *p, enum dsm_access access,
                                         uint32_t flags)
{
    if (access == DSM_ACCESS_WRITE) {
        return DSM_PAGE_DIRTY;
    }
    if ((flags & DSM_FLAG_EXCLUSIVE) == 0) {
        return DSM_PAGE_SHARED;
    }
    return writer_waits(core, p) ? DSM_PAGE_DIRTY : DSM_PAGE_CLEAN;
}

void dsm_node_page_granted(dsm_core *core, uint64_t page, enum dsm_access access, uint32_t flags, const uint8_t *bytes)
{
    struct dsm_page *p = dsm_page_at(core, page);
    DSM_ASSERT(p->pending != DSM_ACCESS_NONE);
    p->pending = DSM_ACCESS_NONE;
    if (flags & DSM_FLAG_LOST) {
        fail_waiters(core, page, DSM_E_LOST);
        return;
    }
    DSM_ASSERT(access == DSM_ACCESS_READ || access == DSM_ACCESS_WRITE);
    if (dsm_core_home(&core->config, page) != core->config.node) {
        count_fetch(core, p);
    }
    enum dsm_page_state state = granted_state(core, p, access, flags);
    if (DSM_MUTANT_IS(DSM_MUTANT_OPEN_BEFORE_BYTES)) {
        dsm_page_move(core, page, state);
    }
    if (bytes != NULL) {
        dsm_emit_install(core, page, bytes);
        p->flags |= DSM_PAGE_FILLED;
        dsm_count(core, DSM_C_PAGES_FETCHED);
    } else if (p->state == DSM_PAGE_SHARED) {
        dsm_count(core, DSM_C_UPGRADES);
    }
    if (!DSM_MUTANT_IS(DSM_MUTANT_OPEN_BEFORE_BYTES)) {
        dsm_page_move(core, page, state);
    }
    serve_waiters(core, page);
}

static void tell_invalidated(dsm_core *core, uint64_t page)
{
    uint32_t home = dsm_core_home(&core->config, page);
    if (home == core->config.node) {
        dsm_home_invalidated(core, page, home);
        return;
    }
    const dsm_message message = {.type = DSM_MSG_PAGE_INVALIDATED, .subject = page};
    dsm_emit_send(core, home, &message, 0);
}

void dsm_node_page_atomic(dsm_core *core, uint32_t slot)
{
    advance(core, slot);
}

static void tell_returned(dsm_core *core, uint64_t page, enum dsm_access kept, int written)
{
    uint32_t home = dsm_core_home(&core->config, page);
    if (home == core->config.node) {
        dsm_home_returned(core, page, home, kept, written, NULL);
        return;
    }
    dsm_inform(core, home);
    const dsm_message message = {
        .type = DSM_MSG_PAGE_RETURN, .flags = written ? DSM_FLAG_HAS_PAGE : 0, .subject = page, .access = kept};
    dsm_emit_send(core, home, &message, written);
    if (written) {
        dsm_count(core, DSM_C_PAGES_SERVED);
    }
}

void dsm_node_page_return(dsm_core *core, uint64_t page)
{
    struct dsm_page *p = dsm_page_at(core, page);
    int written = (p->flags & DSM_PAGE_RETURNS_WRITTEN) != 0;
    DSM_ASSERT(p->flags & DSM_PAGE_RETURNING);
    p->flags &= (uint8_t) ~(DSM_PAGE_RETURNING | DSM_PAGE_RETURNS_WRITTEN | DSM_PAGE_ALONE);
    tell_returned(core, page, p->state == DSM_PAGE_SHARED ? DSM_ACCESS_READ : DSM_ACCESS_NONE, written);
    serve_waiters(core, page);
}

/* What the page's threads wrote elsewhere before they wrote this page must be known to whoever reads it. Nobody here
 * writes it any more, so all that came before is written by now. */
static void return_after_release(dsm_core *core, uint64_t page, int written)
{
    struct dsm_page *p = dsm_page_at(core, page);
    p->flags |= DSM_PAGE_RETURNING | (written ? DSM_PAGE_RETURNS_WRITTEN : 0);
    if (written) {
        dsm_interval_then_page(core, page);
    } else {
        dsm_node_page_return(core, page);
    }
    if (p->flags & DSM_PAGE_RETURNING) {
        serve_waiters(core, page); /* whoever only reads need not wait for that */
    }
}

void dsm_node_page_answer(dsm_core *core, uint64_t page, enum dsm_deferred what)
{
    const struct dsm_page *p = dsm_page_at(core, page);
    int written = p->state == DSM_PAGE_DIRTY && !(p->flags & DSM_PAGE_FORGOTTEN);
    /* The page is closed, and its last writer thereby stopped, before the answer lets anybody else in. */
    switch (what) {
    case DSM_DEFERRED_INVALIDATE:
        DSM_ASSERT(p->state == DSM_PAGE_SHARED);
        dsm_page_move(core, page, DSM_PAGE_INVALID);
        if (!DSM_MUTANT_IS(DSM_MUTANT_EARLY_ACK)) {
            tell_invalidated(core, page);
        }
        serve_waiters(core, page);
        break;
    case DSM_DEFERRED_RECALL_NONE:
        dsm_page_move(core, page, DSM_PAGE_INVALID);
        return_after_release(core, page, written);
        break;
    case DSM_DEFERRED_RECALL_READ:
        dsm_page_move(core, page, DSM_PAGE_SHARED);
        return_after_release(core, page, written);
        break;
    default:
        DSM_ASSERT(0);
    }
}

static void ask(dsm_core *core, uint64_t page, enum dsm_deferred what)
{
    if (dsm_hold_active(core, page)) {
        dsm_hold_defer(core, page, what);
    } else {
        dsm_node_page_answer(core, page, what);
    }
}

void dsm_node_page_invalidate(dsm_core *core, uint64_t page)
{
    DSM_ASSERT(dsm_page_at(core, page)->state == DSM_PAGE_SHARED);
    dsm_count(core, DSM_C_INVALIDATIONS);
    if (DSM_MUTANT_IS(DSM_MUTANT_EARLY_ACK)) {
        tell_invalidated(core, page);
    }
    ask(core, page, DSM_DEFERRED_INVALIDATE);
}

void dsm_node_page_recall(dsm_core *core, uint64_t page, enum dsm_access keep)
{
    DSM_ASSERT(keep == DSM_ACCESS_NONE || keep == DSM_ACCESS_READ);
    dsm_count(core, DSM_C_INVALIDATIONS);
    ask(core, page, keep == DSM_ACCESS_READ ? DSM_DEFERRED_RECALL_READ : DSM_DEFERRED_RECALL_NONE);
}

/* ---- the home is gone ----------------------------------------------------------------------------- */

void dsm_node_page_peer_gone(dsm_core *core, uint32_t peer)
{
    for (uint32_t slot = 0; slot < core->config.slots; slot++) {
        const struct dsm_slot *s = dsm_slot_at(core, slot);
        int may_wait = s->kind == DSM_SLOT_FAULT || (s->kind == DSM_SLOT_ATOMIC && s->arrival == 0);
        if (!may_wait || dsm_copy_is(core, s->page)) {
            continue;
        }
        uint64_t page = target_of(s);
        if (dsm_core_home(&core->config, page) == peer) {
            dsm_page_at(core, page)->pending = DSM_ACCESS_NONE;
            fail_waiters(core, page, DSM_E_LOST);
        }
    }
}
