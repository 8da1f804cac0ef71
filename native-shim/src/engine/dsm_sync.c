/* dsm_sync.c - locks, conditions and barriers of dsm.h. */
#define _GNU_SOURCE
#include "dsm_clock.h"
#include "dsm_engine.h"
#include "dsm_error.h"
#include "dsm_ticket.h"

#define SPINS 200 /* turns that a thread waits for another one of its node, before it gets in line */

static int explain(int rc, const char *what, uint64_t id)
{
    unsigned long long n = (unsigned long long)id;
    switch (rc) {
    case DSM_E_NOT_OWNER:
        return dsm_error(rc, "%s %llu is not held by this thread", what, n);
    case DSM_E_BROKEN:
        return dsm_error(rc, "%s %llu is broken: a party gave up or died", what, n);
    case DSM_E_PARTIES:
        return dsm_error(rc, "%s %llu: two nodes named different numbers of parties", what, n);
    case DSM_E_LOST:
        return dsm_error(rc, "%s %llu: a node that it needs is lost", what, n);
    case DSM_E_FULL:
        return dsm_error(rc, "%s %llu: the table is full; raise the setting `locks`", what, n);
    case DSM_E_ARGUMENT:
        return dsm_error(rc, "%s %llu: an argument is out of range", what, n);
    case DSM_E_CLOSED:
        return dsm_error(rc, "%s %llu: the engine is closing", what, n);
    default:
        return rc;
    }
}

/* Waits for the operation of `slot`: spins, blocks, and at last leaves it pending. `lock` held. */
static int await(dsm_engine *e, uint32_t slot, dsm_waiter *waiter, uint32_t flags, uint64_t *ticket)
{
    uint64_t now = dsm_clock_now(), spin_until = now + e->spin_ns;
    uint64_t deadline = spin_until + ((flags & DSM_NO_NATIVE_WAIT) != 0 ? 0 : e->options.native_wait_ns);
    dsm_operation *op = &e->slots[slot];
    if (dsm_engine_wait(e, waiter, spin_until, deadline)) {
        int rc = op->status;
        dsm_engine_free_slot(e, slot);
        return rc;
    }
    op->waiter = NULL;
    op->stage = DSM_STAGE_PENDING;
    *ticket = dsm_ticket_of(e, slot);
    return DSM_PENDING;
}

static int operate(dsm_engine *e, dsm_event *event, enum dsm_slot_use use, uint32_t flags, uint64_t *ticket,
                   const char *what)
{
    dsm_guard guard;
    dsm_waiter waiter = {0};
    dsm_engine_enter(e, &guard);
    int rc = e->connected ? DSM_OK : DSM_E_CLOSED;
    uint32_t slot = rc == DSM_OK ? dsm_engine_take_slot(e, use, &waiter) : DSM_NO_SLOT;
    if (slot != DSM_NO_SLOT) {
        if (use != DSM_USE_BARRIER)
            dsm_lent_take_back(e, event->id);
        event->slot = slot;
        rc = dsm_engine_step(e, event, dsm_clock_now());
        if (rc == DSM_PENDING)
            rc = await(e, slot, &waiter, flags, ticket);
        else
            dsm_engine_free_slot(e, slot);
    }
    dsm_engine_exit(e, &guard);
    if (rc != DSM_E_CLOSED && slot == DSM_NO_SLOT)
        return dsm_error(DSM_E_FULL, "%s: %u threads of this node wait already; raise the setting `slots`", what,
                         e->config.slots);
    if (rc == DSM_E_CLOSED)
        return dsm_error(rc, "%s: the engine is not connected (dsm_engine_connect comes first)", what);
    return rc < 0 ? explain(rc, what, event->id) : rc;
}

/* The short way, if the lock is lent. */
static enum dsm_lent_outcome acquire_lent(dsm_engine *e, uint64_t lock, uint64_t thread, uint32_t flags)
{
    dsm_lent_cell *cell = dsm_lent_cell_of(e->cells, lock);
    enum dsm_lent_outcome outcome = dsm_lent_acquire(cell, lock, thread);
    for (int turn = 0; outcome == DSM_LENT_HELD && turn < SPINS && (flags & DSM_TRY) == 0; turn++) {
        dsm_clock_relax();
        outcome = dsm_lent_acquire(cell, lock, thread);
    }
    if (outcome == DSM_LENT_DONE)
        __atomic_fetch_add(&e->counters[DSM_C_LOCK_ACQUIRES], 1, __ATOMIC_RELAXED);
    return outcome;
}

int dsm_lock(dsm_engine *e, uint64_t lock, uint64_t thread, uint32_t flags, uint64_t *ticket)
{
    if (thread == 0 || ticket == NULL || (flags & ~(DSM_TRY | DSM_NO_NATIVE_WAIT)) != 0)
        return dsm_error(DSM_E_ARGUMENT, "dsm_lock: thread 0, no ticket, or an unknown flag");
    if (acquire_lent(e, lock, thread, flags) == DSM_LENT_DONE)
        return DSM_OK;
    dsm_event event = {
        .type = DSM_EV_LOCK_ACQUIRE, .id = lock, .thread = thread, .flags = (flags & DSM_TRY) != 0 ? DSM_LOCK_TRY : 0};
    return operate(e, &event, DSM_USE_LOCK, flags, ticket, "lock");
}

int dsm_unlock(dsm_engine *e, uint64_t lock, uint64_t thread)
{
    if (dsm_lent_release(dsm_lent_cell_of(e->cells, lock), lock, thread) == DSM_LENT_DONE)
        return DSM_OK;
    dsm_event event = {.type = DSM_EV_LOCK_RELEASE, .id = lock, .thread = thread};
    dsm_guard guard;
    dsm_engine_enter(e, &guard);
    dsm_lent_take_back(e, lock);
    int rc = e->connected ? dsm_engine_step(e, &event, dsm_clock_now()) : DSM_E_NOT_OWNER;
    if (rc == DSM_OK)
        dsm_lent_lend(e, lock);
    dsm_engine_exit(e, &guard);
    return rc < 0 ? explain(rc, "lock", lock) : rc;
}

int dsm_wait(dsm_engine *e, uint64_t lock, uint64_t condition, uint64_t thread, uint32_t flags, uint64_t *ticket)
{
    if (thread == 0 || ticket == NULL || (flags & ~DSM_NO_NATIVE_WAIT) != 0)
        return dsm_error(DSM_E_ARGUMENT, "dsm_wait: thread 0, no ticket, or an unknown flag");
    dsm_event event = {.type = DSM_EV_CONDITION_WAIT, .id = lock, .condition = condition, .thread = thread};
    return operate(e, &event, DSM_USE_CONDITION, flags, ticket, "lock");
}

int dsm_signal(dsm_engine *e, uint64_t lock, uint64_t condition, uint64_t thread, uint32_t all)
{
    dsm_event event = {.type = DSM_EV_CONDITION_SIGNAL,
                       .id = lock,
                       .condition = condition,
                       .thread = thread,
                       .flags = all != 0 ? DSM_SIGNAL_ALL : 0};
    dsm_guard guard;
    dsm_engine_enter(e, &guard);
    dsm_lent_take_back(e, lock);
    int rc = e->connected ? dsm_engine_step(e, &event, dsm_clock_now()) : DSM_E_NOT_OWNER;
    dsm_engine_exit(e, &guard);
    return rc < 0 ? explain(rc, "lock", lock) : rc;
}

int dsm_barrier(dsm_engine *e, uint64_t barrier, uint32_t parties, uint32_t flags, uint64_t *ticket)
{
    if (parties == 0 || ticket == NULL || (flags & ~DSM_NO_NATIVE_WAIT) != 0)
        return dsm_error(DSM_E_ARGUMENT, "dsm_barrier: no parties, no ticket, or an unknown flag");
    dsm_event event = {.type = DSM_EV_BARRIER_ARRIVE, .id = barrier, .parties = parties};
    return operate(e, &event, DSM_USE_BARRIER, flags, ticket, "barrier");
}

int dsm_cancel(dsm_engine *e, uint64_t ticket)
{
    uint32_t slot = (uint32_t)ticket - 1, generation = (uint32_t)(ticket >> 32);
    if (slot >= e->config.slots || generation == 0)
        return dsm_error(DSM_E_ARGUMENT, "dsm_cancel: there is no such ticket");
    dsm_guard guard;
    dsm_engine_enter(e, &guard);
    dsm_operation *op = &e->slots[slot];
    int rc;
    if (generation != op->generation || op->use == DSM_USE_FREE) {
        /* An earlier use of the slot has ended and was told; a later one there has never been. */
        rc = (int32_t)(op->generation - generation) >= 0 ? DSM_OK : DSM_E_ARGUMENT;
    } else if (op->stage == DSM_STAGE_ENDED) {
        rc = DSM_OK;
    } else if (op->stage != DSM_STAGE_PENDING) {
        rc = DSM_E_ARGUMENT;
    } else {
        dsm_event event = {.type = DSM_EV_CANCEL, .slot = slot};
        rc = dsm_engine_step(e, &event, dsm_clock_now());
        if (rc == DSM_E_CANCELLED)
            dsm_engine_free_slot(e, slot);
    }
    dsm_engine_exit(e, &guard);
    return rc == DSM_E_ARGUMENT ? dsm_error(rc, "dsm_cancel: there is no such ticket") : rc;
}

int dsm_lock_holds(dsm_engine *e, uint64_t lock, uint64_t thread)
{
    int known = dsm_lent_holds(dsm_lent_cell_of(e->cells, lock), lock, thread);
    if (known >= 0)
        return known;
    dsm_guard guard;
    dsm_engine_enter(e, &guard);
    dsm_lent_take_back(e, lock); /* it may have been lent since */
    int holds = (int)dsm_core_lock_holds(e->core, lock, thread);
    dsm_engine_exit(e, &guard);
    return holds;
}
