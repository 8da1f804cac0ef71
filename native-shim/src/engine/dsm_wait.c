/*
 * dsm_wait.c - operations of this node's threads, and how a thread waits for its own.
 *
 * Leader and followers (Schmidt et al. 2000): of the threads that wait, one reads the connections itself, so that
 * what ends its wait reaches it without a hand-off between threads; the others sleep on a word of their own. A
 * leader whose wait is over passes the lead on to a follower, or else arms the service thread.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <sched.h>

#include "dsm_clock.h"
#include "dsm_engine.h"

#define GIVE_UP_NS        DSM_MILLISECOND /* a sleeping leader without input leaves the connections to the service thread */
#define FOLLOW_NS         DSM_SECOND      /* a follower looks again at least this often */
#define FAULT_RESERVE     4u              /* one of so many slots is kept for faults */
#define CONDITION_RESERVE 2u              /* one of so many is kept from waits for conditions */

/* ---- slots ----------------------------------------------------------------------------------------------- */

/* Slots that an operation must leave to others. Those who wait for a condition leave some to who is to signal it, and must
 * have its lock for that. */
static uint32_t reserve_of(const dsm_engine *e, enum dsm_slot_use use)
{
    switch (use) {
    case DSM_USE_FAULT:
    case DSM_USE_ATOMIC:
        return 0;
    case DSM_USE_CONDITION:
        return e->config.slots / CONDITION_RESERVE;
    default:
        return e->config.slots / FAULT_RESERVE;
    }
}

uint32_t dsm_engine_take_slot(dsm_engine *e, enum dsm_slot_use use, dsm_waiter *waiter)
{
    uint32_t reserve = reserve_of(e, use);
    uint32_t slot = e->slot_free;
    if (e->slots_free <= reserve)
        return DSM_NO_SLOT;
    if (slot != DSM_NO_SLOT)
        e->slot_free = e->slots[slot].next;
    else
        slot = e->slots_fresh++;
    e->slots_free--;
    dsm_operation *op = &e->slots[slot];
    assert(op->use == DSM_USE_FREE);
    op->use = (uint8_t)use;
    op->stage = DSM_STAGE_STANDING;
    op->status = DSM_OK;
    op->waiter = waiter;
    op->generation++;
    waiter->remaining++;
    return slot;
}

void dsm_engine_free_slot(dsm_engine *e, uint32_t slot)
{
    dsm_operation *op = &e->slots[slot];
    assert(op->use != DSM_USE_FREE);
    op->use = DSM_USE_FREE;
    op->waiter = NULL;
    op->next = e->slot_free;
    e->slot_free = slot;
    e->slots_free++;
    if (e->slot_seekers == 0)
        return;
    atomic_fetch_add(&e->slot_word, 1);
    dsm_futex_wake(&e->slot_word, 1);
}

uint32_t dsm_engine_take_fault_slot(dsm_engine *e, enum dsm_slot_use use, dsm_waiter *waiter)
{
    for (;;) {
        uint32_t slot = dsm_engine_take_slot(e, use, waiter);
        if (slot != DSM_NO_SLOT)
            return slot;
        e->slot_seekers++;
        uint32_t seen = atomic_load(&e->slot_word);
        dsm_engine_unlock(e);
        dsm_futex_wait(&e->slot_word, seen, FOLLOW_NS);
        dsm_engine_lock(e);
        e->slot_seekers--;
    }
}

/* ---- the list of followers ------------------------------------------------------------------------------- */

static void append_follower(dsm_engine *e, dsm_waiter *w)
{
    w->following = true;
    w->next = NULL;
    w->previous = e->follower_last;
    if (e->follower_last != NULL)
        e->follower_last->next = w;
    else
        e->follower_first = w;
    e->follower_last = w;
}

static void remove_follower(dsm_engine *e, dsm_waiter *w)
{
    assert(w->following);
    if (w->previous != NULL)
        w->previous->next = w->next;
    else
        e->follower_first = w->next;
    if (w->next != NULL)
        w->next->previous = w->previous;
    else
        e->follower_last = w->previous;
    w->following = false;
}

/* Takes a sleeping follower out and has it woken when the lock is given up. */
static void wake_follower(dsm_engine *e, dsm_waiter *w, enum dsm_waiter_word word)
{
    dsm_batch *b = &e->batch;
    remove_follower(e, w);
    atomic_store_explicit(&w->word, word, memory_order_release);
    if (b->wakes < DSM_BATCH_WAKES)
        b->wake[b->wakes++] = &w->word;
    else
        dsm_futex_wake(&w->word, 1);
}

void dsm_engine_ended(dsm_engine *e, uint32_t slot, int32_t status, uint64_t result)
{
    dsm_operation *op = &e->slots[slot];
    dsm_waiter *w = op->waiter;
    op->status = status;
    op->result = result;
    if (op->use == DSM_USE_AHEAD) {
        w->remaining--;
        op->next = e->ahead_ended;
        e->ahead_ended = slot;
        return;
    }
    if (w == NULL) { /* it has a ticket */
        op->stage = DSM_STAGE_ENDED;
        e->ended[(e->ended_first + e->ended_count++) % e->config.slots] = slot;
        dsm_engine_complete(e);
        return;
    }
    op->stage = DSM_STAGE_ENDED;
    if (status != DSM_OK)
        w->status = status;
    assert(w->remaining > 0);
    if (--w->remaining > 0)
        return;
    if (w->following) {
        wake_follower(e, w, DSM_WAITER_DONE);
        return;
    }
    atomic_store_explicit(&w->word, DSM_WAITER_DONE, memory_order_release);
    if (w->blocked)
        e->batch.nudge = true;
}

/* ---- waiting ------------------------------------------------------------------------------------------------ */

/* Nobody leads any more: a follower shall, or else the service thread. */
static void pass_on(dsm_engine *e)
{
    e->leader = NULL;
    if (e->follower_first != NULL) {
        e->follower_first->passed = true;
        wake_follower(e, e->follower_first, DSM_WAITER_LEAD);
        return;
    }
    dsm_poller_arm(&e->poller, true);
    /* What was read but not parsed yet makes no connection readable. */
    if (atomic_load_explicit(&e->backlog, memory_order_relaxed) != 0)
        e->batch.poke = true;
}

static bool is_done(const dsm_waiter *w)
{
    return atomic_load_explicit(&w->word, memory_order_acquire) == DSM_WAITER_DONE;
}

/* A thread that was woken meanwhile may have no core but this one: it goes first. */
static void spin(dsm_engine *e, const dsm_waiter *w, uint64_t until)
{
    uint64_t woken = atomic_load_explicit(&e->woken, memory_order_relaxed);
    do {
        if (!dsm_engine_intake(e, w, NULL, 0, false))
            dsm_clock_relax();
        uint64_t woken_now = atomic_load_explicit(&e->woken, memory_order_relaxed);
        if (woken_now != woken)
            sched_yield();
        woken = woken_now;
        atomic_fetch_add_explicit(&e->leader_turns, 1, memory_order_relaxed);
    } while (!is_done(w) && dsm_clock_now() < until);
}

/* Sleeps until there is input (true), the wait is over, or time is up. */
static bool sleep_on_input(dsm_engine *e, dsm_waiter *w, uint64_t timeout_ns)
{
    uint32_t ids[DSM_POLLER_BATCH];
    w->blocked = true;
    dsm_engine_unlock(e);
    uint32_t count = dsm_poller_wait(&e->poller, ids, timeout_ns);
    w->blocked = false; /* what ends the wait from here on needs no nudge */
    if (count > 0)
        dsm_engine_intake(e, w, ids, count, true);
    atomic_fetch_add_explicit(&e->leader_turns, 1, memory_order_relaxed);
    dsm_engine_lock(e);
    return count > 0;
}

void dsm_engine_claim_lead(dsm_engine *e, dsm_waiter *w)
{
    if (e->leader != NULL || e->open_remotes == 0)
        return;
    e->leader = w;
    dsm_poller_arm(&e->poller, false);
}

/* Leads until the wait is over (true) or cannot go on like this: time is up, or nothing has come for long. */
static bool lead(dsm_engine *e, dsm_waiter *w, uint64_t spin_until, uint64_t deadline)
{
    e->leader = w;
    dsm_poller_arm(&e->poller, false);
    uint64_t now = dsm_clock_now(), moved_at = now;
    while (w->remaining > 0 && now < deadline && now - moved_at < GIVE_UP_NS) {
        if (now < spin_until || atomic_load_explicit(&e->backlog, memory_order_relaxed) != 0) {
            dsm_engine_unlock(e);
            spin(e, w, spin_until);
            dsm_engine_lock(e);
            now = moved_at = dsm_clock_now();
        } else {
            uint64_t left = deadline - now < GIVE_UP_NS ? deadline - now : GIVE_UP_NS;
            bool moved = sleep_on_input(e, w, left);
            now = dsm_clock_now();
            if (moved)
                moved_at = now;
        }
    }
    if (w->remaining == 0 || now >= deadline) {
        pass_on(e);
    } else {
        e->leader = NULL; /* nothing comes: the service thread waits better, and for all */
        dsm_poller_arm(&e->poller, true);
    }
    return w->remaining == 0;
}

/* Sleeps until woken or time is up. */
static void follow(dsm_engine *e, dsm_waiter *w, uint64_t now, uint64_t deadline)
{
    atomic_store_explicit(&w->word, DSM_WAITER_IDLE, memory_order_relaxed);
    append_follower(e, w);
    dsm_engine_unlock(e);
    dsm_futex_wait(&w->word, DSM_WAITER_IDLE, deadline - now < FOLLOW_NS ? deadline - now : FOLLOW_NS);
    dsm_engine_lock(e);
    if (w->following)
        remove_follower(e, w);
}

bool dsm_engine_wait(dsm_engine *e, dsm_waiter *w, uint64_t spin_until, uint64_t deadline)
{
    bool may_lead = true;
    uint64_t now = 0;
    while (w->remaining > 0 && (now = dsm_clock_now()) < deadline) {
        if (e->leader == w || ((may_lead || w->passed) && e->leader == NULL && e->open_remotes > 0)) {
            w->passed = false;
            may_lead = lead(e, w, spin_until, deadline);
        } else {
            w->passed = false; /* somebody else leads now */
            follow(e, w, now, deadline);
        }
    }
    /* The lead came too late to be used: it must not be lost. */
    if (e->leader == w || (w->passed && e->leader == NULL))
        pass_on(e);
    w->passed = false;
    return w->remaining == 0;
}
