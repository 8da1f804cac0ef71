#include "dsm_interval.h"

#include "dsm_atomic.h"
#include "dsm_barrier.h"
#include "dsm_copy.h"
#include "dsm_diff.h"
#include "dsm_emit.h"
#include "dsm_inform.h"
#include "dsm_lock.h"
#include "dsm_node_page.h"
#include "dsm_page.h"
#include "dsm_peer.h"
#include "dsm_slot.h"

/* ---- written pages ---------------------------------------------------------------------------------------- */

void dsm_interval_list(dsm_core *core, uint64_t page)
{
    struct dsm_interval *i = &core->interval;
    struct dsm_copy *c = dsm_copy_at(core, page);
    DSM_ASSERT((c->flags & DSM_COPY_LISTED) == 0 && i->written_count < i->room);
    c->flags |= DSM_COPY_LISTED;
    i->written[i->written_count++] = page;
}

uint32_t dsm_interval_take_twin(dsm_core *core)
{
    struct dsm_interval *i = &core->interval;
    DSM_ASSERT(i->twins_free_count > 0);
    return i->twins_free[--i->twins_free_count];
}

void dsm_interval_give_twin(dsm_core *core, uint32_t twin)
{
    struct dsm_interval *i = &core->interval;
    DSM_ASSERT(i->twins_free_count < core->config.twins);
    i->twins_free[i->twins_free_count++] = twin;
}

/* ---- what waits --------------------------------------------------------------------------------------------- */

/* The list that waits for all that is written now; NULL when all of it is known already. */
static struct dsm_after *stage(dsm_core *core)
{
    struct dsm_interval *i = &core->interval;
    if (i->written_count != 0) {
        return &i->next;
    }
    return i->flushing ? &i->now : NULL;
}

static void flush_if_idle(dsm_core *core)
{
    if (!core->interval.flushing) {
        dsm_interval_flush(core);
    }
}

void dsm_interval_then_lock(dsm_core *core, uint32_t index)
{
    struct dsm_after *after = stage(core);
    if (after == NULL) {
        dsm_lock_return(core, index);
        return;
    }
    dsm_lock_at(core, index)->after = 0;
    if (after->lock_head == 0) {
        after->lock_head = index + 1;
    } else {
        dsm_lock_at(core, after->lock_tail - 1)->after = index + 1;
    }
    after->lock_tail = index + 1;
    flush_if_idle(core);
}

static void released_slot(dsm_core *core, uint32_t slot)
{
    if (dsm_slot_at(core, slot)->kind == DSM_SLOT_BARRIER) {
        dsm_barrier_released(core, slot);
    } else {
        dsm_atomic_released(core, slot);
    }
}

void dsm_interval_then_slot(dsm_core *core, uint32_t slot)
{
    struct dsm_after *after = stage(core);
    if (after == NULL) {
        released_slot(core, slot);
        return;
    }
    dsm_slot_at(core, slot)->after = 0;
    if (after->slot_head == 0) {
        after->slot_head = slot + 1;
    } else {
        dsm_slot_at(core, after->slot_tail - 1)->after = slot + 1;
    }
    after->slot_tail = slot + 1;
    flush_if_idle(core);
}

void dsm_interval_then_page(dsm_core *core, uint64_t page)
{
    struct dsm_after *after = stage(core);
    if (after == NULL) {
        dsm_node_page_return(core, page);
        return;
    }
    dsm_page_at(core, page)->deferred_next = 0;
    if (after->page_head == 0) {
        after->page_head = page + 1;
    } else {
        dsm_page_at(core, after->page_tail - 1)->deferred_next = page + 1;
    }
    after->page_tail = page + 1;
    flush_if_idle(core);
}

static int forget_in(dsm_core *core, struct dsm_after *after, uint32_t slot)
{
    uint32_t previous = 0;
    for (uint32_t at = after->slot_head; at != 0; previous = at, at = dsm_slot_at(core, at - 1)->after) {
        if (at != slot + 1) {
            continue;
        }
        uint32_t next = dsm_slot_at(core, slot)->after;
        if (previous == 0) {
            after->slot_head = next;
        } else {
            dsm_slot_at(core, previous - 1)->after = next;
        }
        if (next == 0) {
            after->slot_tail = previous;
        }
        dsm_slot_at(core, slot)->after = 0;
        return 1;
    }
    return 0;
}

int dsm_interval_forget_slot(dsm_core *core, uint32_t slot)
{
    struct dsm_interval *i = &core->interval;
    return forget_in(core, &i->now, slot) || forget_in(core, &i->next, slot) || forget_in(core, &i->ready, slot);
}

/* Lets all go on that waited. */
static void run(dsm_core *core, struct dsm_after after)
{
    while (after.slot_head != 0) {
        uint32_t slot = after.slot_head - 1;
        after.slot_head = dsm_slot_at(core, slot)->after;
        dsm_slot_at(core, slot)->after = 0;
        released_slot(core, slot);
    }
    while (after.lock_head != 0) {
        uint32_t index = after.lock_head - 1;
        after.lock_head = dsm_lock_at(core, index)->after;
        dsm_lock_at(core, index)->after = 0;
        dsm_lock_return(core, index);
        dsm_lock_tidy(core, index);
    }
    while (after.page_head != 0) {
        uint64_t page = after.page_head - 1;
        after.page_head = dsm_page_at(core, page)->deferred_next;
        dsm_page_at(core, page)->deferred_next = 0;
        dsm_node_page_return(core, page);
    }
}

/* ---- the release ----------------------------------------------------------------------------------------------- */

/* Whom the page's diff is sent to; NO_NODE when there is none, or nobody left to have it. */
static uint32_t target_of(const dsm_core *core, uint64_t page)
{
    return dsm_copy_at(core, page)->twin == 0 ? DSM_NO_NODE : dsm_copy_way(core, page);
}

static void send_diff(dsm_core *core, uint64_t page)
{
    struct dsm_interval *i = &core->interval;
    struct dsm_copy *c = dsm_copy_at(core, page);
    uint32_t home = target_of(core, page);
    if (home != DSM_NO_NODE) {
        struct dsm_peer *p = &core->peers[home];
        const dsm_message message = {.type = DSM_MSG_DIFF,
                                     .flags = --p->batch == 0 ? DSM_FLAG_LAST : 0,
                                     .subject = page,
                                     .origin = core->config.node,
                                     .number = i->flush};
        dsm_emit_send_diff(core, home, &message, c->twin - 1);
        dsm_count(core, DSM_C_DIFFS_SENT);
        c->flags |= DSM_COPY_FLUSHED;
        i->outstanding++;
    }
    if (c->twin != 0) {
        dsm_interval_give_twin(core, c->twin - 1);
        c->twin = 0;
    }
}

static int all_sent(const struct dsm_interval *i)
{
    return i->sent == i->flushed_count;
}

/* Closes and sends the next few pages. Each is closed before it is compared; those that are not yet closed may be written
 * meanwhile, and what is written there is sent all the same: a release may bring more than it must. */
static void send_some(dsm_core *core)
{
    struct dsm_interval *i = &core->interval;
    uint32_t left = i->flushed_count - i->sent;
    uint32_t end = i->sent + (left < core->config.release_step ? left : core->config.release_step);
    for (uint32_t at = i->sent; at < end && !DSM_MUTANT_IS(DSM_MUTANT_OPEN_DIFF); at++) {
        dsm_copy_close(core, i->flushed[at]);
    }
    for (uint32_t at = i->sent; at < end; at++) {
        uint32_t home = target_of(core, i->flushed[at]);
        if (home != DSM_NO_NODE) {
            core->peers[home].batch++;
        }
    }
    for (uint32_t at = i->sent; at < end; at++) {
        send_diff(core, i->flushed[at]);
    }
    for (uint32_t at = i->sent; at < end && DSM_MUTANT_IS(DSM_MUTANT_OPEN_DIFF); at++) {
        dsm_copy_close(core, i->flushed[at]);
    }
    i->sent = end;
}

/* Nothing of the interval is under way any more. */
static void settle_pages(dsm_core *core, uint64_t interval)
{
    const struct dsm_interval *i = &core->interval;
    for (uint32_t at = 0; at < i->flushed_count; at++) {
        struct dsm_copy *c = dsm_copy_at(core, i->flushed[at]);
        c->flags &= (uint8_t)~DSM_COPY_FLUSHED;
        if (c->state == DSM_COPY_HOME && (c->flags & DSM_COPY_CLOSED)) {
            c->dies = interval; /* whoever applies the notice drops its copy */
        }
        c->flags &= (uint8_t)~DSM_COPY_CLOSED;
    }
    for (uint32_t at = 0; at < i->flushed_count; at++) {
        dsm_copy_want(core, i->flushed[at]);
    }
}

/* Joins what waited to what may go on already. */
static void make_ready(dsm_core *core, const struct dsm_after *now)
{
    struct dsm_after *ready = &core->interval.ready;
    if (ready->lock_head == 0) {
        ready->lock_head = now->lock_head;
    } else {
        dsm_lock_at(core, ready->lock_tail - 1)->after = now->lock_head;
    }
    if (ready->slot_head == 0) {
        ready->slot_head = now->slot_head;
    } else {
        dsm_slot_at(core, ready->slot_tail - 1)->after = now->slot_head;
    }
    if (ready->page_head == 0) {
        ready->page_head = now->page_head;
    } else {
        dsm_page_at(core, ready->page_tail - 1)->deferred_next = now->page_head;
    }
    ready->lock_tail = now->lock_tail != 0 ? now->lock_tail : ready->lock_tail;
    ready->slot_tail = now->slot_tail != 0 ? now->slot_tail : ready->slot_tail;
    ready->page_tail = now->page_tail != 0 ? now->page_tail : ready->page_tail;
}

static int anything(const struct dsm_after *after)
{
    return after->lock_head != 0 || after->slot_head != 0 || after->page_head != 0;
}

/* All is home: makes it known. What waited for that goes on at the end of the step. */
static void complete(dsm_core *core)
{
    struct dsm_interval *i = &core->interval;
    DSM_ASSERT(i->flushing && (all_sent(i) || DSM_MUTANT_IS(DSM_MUTANT_HALF_RELEASE)) && i->outstanding == 0);
    uint64_t interval = dsm_inform_publish(core, i->flushed, i->flushed_count);
    settle_pages(core, interval);
    make_ready(core, &i->now);
    i->now = (struct dsm_after){0};
    i->flushed_count = 0;
    i->sent = 0;
    i->flushing = 0;
}

static void complete_if_all_is_home(dsm_core *core)
{
    if (core->interval.outstanding == 0 && (all_sent(&core->interval) || DSM_MUTANT_IS(DSM_MUTANT_HALF_RELEASE))) {
        complete(core);
    }
}

static void admit_writers(dsm_core *core)
{
    struct dsm_list list = core->interval.room_waiters;
    core->interval.room_waiters = (struct dsm_list){0, 0};
    for (uint32_t slot; (slot = dsm_list_pop(core, &list)) != DSM_NO_SLOT;) {
        if (dsm_slot_at(core, slot)->kind == DSM_SLOT_ATOMIC) {
            dsm_atomic_released(core, slot);
        } else {
            dsm_copy_advance(core, slot);
        }
    }
}

void dsm_interval_settle(dsm_core *core)
{
    struct dsm_interval *i = &core->interval;
    for (;;) {
        if (anything(&i->ready)) {
            struct dsm_after ready = i->ready;
            i->ready = (struct dsm_after){0};
            run(core, ready);
        } else if (!i->flushing && i->room_waiters.head != 0) {
            admit_writers(core);
        } else if (!i->flushing && anything(&i->next)) {
            dsm_interval_flush(core);
        } else {
            return;
        }
    }
}

void dsm_interval_flush(dsm_core *core)
{
    struct dsm_interval *i = &core->interval;
    DSM_ASSERT(!i->flushing && i->written_count > 0 && i->outstanding == 0);
    uint64_t *written = i->written;
    i->written = i->flushed;
    i->flushed = written;
    i->flushed_count = i->written_count;
    i->written_count = 0;
    i->now = i->next;
    i->next = (struct dsm_after){0};
    i->flushing = 1;
    i->flush++;
    dsm_count(core, DSM_C_RELEASES);
    dsm_range_sort(i->flushed, i->flushed_count);
    send_some(core);
    complete_if_all_is_home(core);
}

int dsm_interval_unsent(const dsm_core *core)
{
    return core->interval.flushing && !all_sent(&core->interval);
}

void dsm_interval_tick(dsm_core *core)
{
    if (dsm_interval_unsent(core)) {
        send_some(core);
        complete_if_all_is_home(core);
    }
}

/* ---- acknowledgements ------------------------------------------------------------------------------------------ */

int dsm_interval_check(const dsm_core *core, const dsm_message *m)
{
    const struct dsm_interval *i = &core->interval;
    if (core->copies == NULL) {
        return DSM_E_PROTOCOL;
    }
    if (!i->flushing || i->flush != m->number) {
        return core->any_gone ? DSM_OK : DSM_E_PROTOCOL; /* a node was lost: that release was over without it */
    }
    return m->count <= i->outstanding ? DSM_OK : DSM_E_PROTOCOL;
}

void dsm_interval_flushed(dsm_core *core, const dsm_message *m)
{
    struct dsm_interval *i = &core->interval;
    if (!i->flushing || i->flush != m->number) {
        return;
    }
    i->outstanding -= m->count;
    complete_if_all_is_home(core);
}

/* Whom to ask whether this page's diff is in: its home as it was when the diff was sent, or if that is gone, the
 * directory. NO_NODE: there is no asking. */
static uint32_t asked_about(const dsm_core *core, uint64_t page)
{
    const struct dsm_copy *c = dsm_copy_at(core, page);
    int open = (c->flags & DSM_COPY_FLUSHED) != 0 && c->state != DSM_COPY_HOME;
    return open ? dsm_copy_way(core, page) : DSM_NO_NODE;
}

void dsm_interval_peer_gone(dsm_core *core)
{
    static const uint8_t nothing[DSM_DIFF_HEAD] = {1}; /* a diff of no run */
    struct dsm_interval *i = &core->interval;
    if (!i->flushing) {
        return;
    }
    i->flush++;
    i->outstanding = 0;
    for (uint32_t at = 0; at < i->flushed_count; at++) {
        uint32_t home = asked_about(core, i->flushed[at]);
        if (home != DSM_NO_NODE) {
            core->peers[home].batch++;
            i->outstanding++;
        }
    }
    if (i->outstanding == 0) {
        complete_if_all_is_home(core);
        return;
    }
    for (uint32_t at = 0; at < i->flushed_count; at++) {
        uint32_t home = asked_about(core, i->flushed[at]);
        if (home != DSM_NO_NODE) {
            const dsm_message message = {.type = DSM_MSG_DIFF,
                                         .flags = --core->peers[home].batch == 0 ? DSM_FLAG_LAST : 0,
                                         .subject = i->flushed[at],
                                         .origin = core->config.node,
                                         .number = i->flush,
                                         .body = nothing,
                                         .body_length = sizeof nothing};
            dsm_emit_send_body(core, home, &message);
        }
    }
}
