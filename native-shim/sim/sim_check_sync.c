/*
 * Locks and barriers, whatever the memory model: one holder at a time, nobody is passed over for ever, an
 * orphaned lock says so once, and a barrier opens only when all its parties have come.
 */
#include "sim_check.h"

#include "sim_history.h"

/* ---- locks ------------------------------------------------------------------------------------------ */

void sim_check_lock_begin(sim_world *world, sim_thread *thread)
{
    sim_lock *lock = &world->locks[thread->op.id];
    thread->lock_alone = lock->interested == 0 && lock->holder == SIM_NONE;
    lock->interested++;
    lock->users[thread->node] = 1;
    thread->lock_serial = ++lock->serial;
}

void sim_check_lock_granted(sim_world *world, const sim_thread *thread, int32_t status)
{
    sim_lock *lock = &world->locks[thread->op.id];
    unsigned long id = (unsigned long)thread->op.id;
    if (lock->tainted) {
        lock->holder = thread->index;
        return;
    }
    if (lock->holder != SIM_NONE && lock->holder != thread->index) {
        sim_fail(world, "two holders: lock %lu is granted to thread %u while thread %u holds it", id, thread->index,
                 lock->holder);
        return;
    }
    if (status == DSM_ORPHANED && !lock->orphan_may)
        sim_fail(world, "lock %lu is granted to thread %u as orphaned, and nobody who had it died", id, thread->index);
    if (status == DSM_OK && lock->orphan_due)
        sim_fail(world, "lock %lu is granted to thread %u as if its dead holder had released it", id, thread->index);
    if (status == DSM_ORPHANED) {
        lock->orphan_due = false;
        lock->orphan_may--;
    }
    lock->holder = thread->index;
    lock->depth++;
    sim_sync_acquire(world, thread, &lock->sync);
}

void sim_check_lock_ended(sim_world *world, const sim_thread *thread)
{
    sim_lock *lock = &world->locks[thread->op.id];
    lock->interested--;
    lock->serial++;
    if (thread->status == DSM_E_BUSY) {
        world->counts.busy++;
        if (!(thread->op.flags & DSM_LOCK_TRY))
            sim_fail(world, "thread %u did not try lock %lu and is told that it is busy", thread->index,
                     (unsigned long)thread->op.id);
        else if (thread->lock_alone && !lock->lingers && lock->serial == thread->lock_serial + 1 && !world->trouble)
            sim_fail(world, "thread %u tries lock %lu, which nobody wants, and is refused", thread->index,
                     (unsigned long)thread->op.id);
    } else if (thread->status == DSM_E_LOST) {
        world->counts.lost_ops++;
        if (!world->trouble)
            sim_fail(world, "thread %u is told that lock %lu is lost, and no node is", thread->index,
                     (unsigned long)thread->op.id);
    } else if (thread->status == DSM_ORPHANED) {
        world->counts.orphaned++;
    } else if (thread->status == DSM_E_CANCELLED) {
        lock->lingers = true;
    } else if (thread->status != DSM_OK && !(thread->status == DSM_E_FULL && sim_plan_tight(&world->plan))) {
        sim_fail(world, "acquiring lock %lu gives thread %u status %d", (unsigned long)thread->op.id, thread->index,
                 thread->status);
    }
}

void sim_check_lock_release(sim_world *world, const sim_thread *thread)
{
    sim_lock *lock = &world->locks[thread->op.id];
    if (lock->tainted)
        return;
    if (lock->holder != thread->index) {
        sim_fail(world, "thread %u releases lock %lu, which thread %u holds", thread->index,
                 (unsigned long)thread->op.id, lock->holder);
        return;
    }
    if (--lock->depth == 0) {
        lock->holder = SIM_NONE;
        sim_sync_release(world, thread, &lock->sync);
    }
    lock->serial++;
}

void sim_check_lock_yield(sim_world *world, sim_thread *thread)
{
    sim_lock *lock = &world->locks[thread->op.id];
    thread->levels = 0;
    for (uint32_t i = 0; i < thread->depth; i++)
        thread->levels += thread->held[i] == thread->op.id;
    lock->interested++;
    lock->lingers = true;
    for (uint32_t i = 0; i < thread->levels && !world->failed; i++)
        sim_check_lock_release(world, thread);
}

void sim_check_lock_regained(sim_world *world, sim_thread *thread)
{
    sim_lock *lock = &world->locks[thread->op.id];
    int32_t status = thread->status;
    lock->interested--;
    lock->serial++;
    if (status == DSM_E_LOST) {
        world->counts.lost_ops++;
        if (!world->trouble)
            sim_fail(world, "thread %u is told that its wait is lost, and no node is", thread->index);
        return;
    }
    if (status != DSM_OK && status != DSM_ORPHANED && status != DSM_E_CANCELLED) {
        sim_fail(world, "a wait for a condition of lock %lu gives thread %u status %d", (unsigned long)thread->op.id,
                 thread->index, status);
        return;
    }
    if (status == DSM_E_CANCELLED &&
        lock->orphan_due) { /* what the wait ends with hides what the lock has been through */
        lock->orphan_due = false;
        lock->orphan_may -= lock->orphan_may > 0;
    }
    sim_check_lock_granted(world, thread, status);
    lock->depth += thread->levels - 1;
}

uint32_t sim_check_lock_kept(sim_world *world, sim_thread *thread)
{
    sim_lock *lock = &world->locks[thread->op.id];
    lock->interested--;
    lock->holder = thread->index;
    lock->depth = thread->levels;
    if (thread->status != DSM_E_LOST || !world->trouble)
        sim_fail(world, "a wait for a condition of lock %lu fails at once with status %d", (unsigned long)thread->op.id,
                 thread->status);
    return 0;
}

void sim_check_lock_depth(sim_world *world, const sim_thread *thread)
{
    uint32_t depth = 0;
    for (uint32_t i = 0; i < thread->depth; i++)
        depth += thread->held[i] == thread->op.id;
    uint32_t says = dsm_core_lock_holds(world->nodes[thread->node].core, thread->op.id, thread->id);
    if (says != depth)
        sim_fail(world, "thread %u holds lock %lu %u times and the core says %u", thread->index,
                 (unsigned long)thread->op.id, depth, says);
}

/* ---- barriers --------------------------------------------------------------------------------------- */

void sim_check_barrier_arrive(sim_world *world, const sim_thread *thread)
{
    sim_barrier *barrier = &world->barriers[thread->op.id];
    sim_sync_release(world, thread, &barrier->arriving);
    barrier->pending++;
    barrier->mixed |= barrier->parties && barrier->parties != thread->op.parties;
    barrier->parties = thread->op.parties;
}

/* Generations are disjoint: the first thread to leave proves that `parties` threads were there that no
 * earlier generation accounts for; it and the rest of them may go. Where waits are cancelled, a thread may
 * give up a generation that the home has just completed, so that only the overlap can be demanded. */
static void passed(sim_world *world, sim_barrier *barrier, const sim_thread *thread)
{
    bool strict = barrier->disturbed == 0;
    if (barrier->credits == 0) {
        if (strict && barrier->pending < barrier->parties)
            sim_fail(world, "thread %u passes barrier %lu when only %u of %u have come", thread->index,
                     (unsigned long)thread->op.id, barrier->pending, barrier->parties);
        barrier->credits = barrier->parties;
        sim_sync_move(world, &barrier->leaving, &barrier->arriving);
    }
    /* Whose generations overlap, or are not known, tells nobody anything. */
    if (strict && thread->op.id != SIM_BARRIER_GROUPS)
        sim_sync_acquire(world, thread, &barrier->leaving);
    if (--barrier->credits == 0)
        barrier->passed++;
}

void sim_check_barrier_end(sim_world *world, const sim_thread *thread, int32_t status)
{
    sim_barrier *barrier = &world->barriers[thread->op.id];
    if (status == DSM_OK) {
        passed(world, barrier, thread);
    } else if (status == DSM_E_CANCELLED) {
        barrier->disturbed = world->steps;
    } else if (status == DSM_E_BROKEN || status == DSM_E_LOST) {
        world->counts.broken++;
        barrier->broken++;
        if (!barrier->disturbed && !world->trouble)
            sim_fail(world, "barrier %lu breaks for thread %u (%d), and nobody gave up or died",
                     (unsigned long)thread->op.id, thread->index, status);
    } else if (status == DSM_E_FULL && sim_plan_tight(&world->plan)) {
        barrier->disturbed = world->steps;
    } else if (status != DSM_E_PARTIES || !(barrier->mixed || world->hostile != SIM_NONE)) {
        sim_fail(world, "barrier %lu gives thread %u status %d", (unsigned long)thread->op.id, thread->index, status);
    }
    barrier->pending--;
}

/* ---- a node dies ------------------------------------------------------------------------------------ */

void sim_check_sync_crash(sim_world *world, uint32_t node)
{
    sim_history_crash(world, node);
    for (uint32_t i = 0; i < world->plan.locks; i++) {
        sim_lock *lock = &world->locks[i];
        if (lock->users[node])
            lock->orphan_may++;
        if (lock->holder != SIM_NONE && world->threads[lock->holder].node == node) {
            lock->orphan_due = true;
            lock->holder = SIM_NONE;
            lock->depth = 0;
        }
        lock->serial++;
    }
    for (uint32_t i = 0; i < world->plan.barriers; i++)
        world->barriers[i].disturbed = world->steps + 1;
}
