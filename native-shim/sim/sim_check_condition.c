/*
 * Conditions: no signal is lost and none is made up. Waits and signals of one condition all happen under its lock, so that
 * their order is known; the home serves waits in that order. When all is over, each wait that was given up is asked
 * why no signal had ended it: every signal that was at the home before the wait was taken back found it waiting, so
 * each must have ended another wait that began earlier.
 */
#include "sim_check.h"

#include "sim_history.h"
#include "sim_memory.h"

void sim_check_wait_begin(sim_world *world, sim_thread *thread)
{
    sim_history *h = world->history;
    world->counts.waits++;
    if (h->wait_count == h->wait_room) {
        h->wait_room = h->wait_room ? 2 * h->wait_room : 64;
        h->waits = sim_grow(h->waits, h->wait_room * sizeof *h->waits);
    }
    thread->wait = h->wait_count++;
    h->waits[thread->wait] = (sim_wait){.lock = thread->op.id, .condition = thread->op.condition, .begun = ++h->order};
    sim_check_lock_yield(world, thread);
}

void sim_check_wait_cancelled(sim_world *world, const sim_thread *thread)
{
    sim_wait *w = &world->history->waits[thread->wait];
    if (!w->over && !w->cancelled)
        w->cancelled = world->now;
}

static bool same(const sim_wait *w, uint64_t lock, uint64_t condition)
{
    return w->lock == lock && w->condition == condition;
}

void sim_check_wait_ended(sim_world *world, const sim_thread *thread)
{
    sim_history *h = world->history;
    sim_wait *w = &h->waits[thread->wait];
    w->over = ++h->order;
    w->status = thread->status;
    if (w->status == DSM_E_CANCELLED && !w->cancelled)
        sim_fail(world, "thread %u's wait ends as taken back, and it was not", thread->index);
    if (w->status != DSM_OK)
        return;
    world->counts.signalled++;
    for (uint32_t i = 0; i < h->signal_count; i++)
        if (same(w, h->signals[i].lock, h->signals[i].condition) && h->signals[i].order > w->begun)
            return;
    if (world->hostile == SIM_NONE)
        sim_fail(world, "thread %u's wait ends as signalled, and nobody signalled since it began", thread->index);
}

void sim_check_signal(sim_world *world, const sim_thread *thread)
{
    sim_history *h = world->history;
    world->counts.signals++;
    if (h->signal_count == h->signal_room) {
        h->signal_room = h->signal_room ? 2 * h->signal_room : 64;
        h->signals = sim_grow(h->signals, h->signal_room * sizeof *h->signals);
    }
    h->signals[h->signal_count++] = (sim_signal){.lock = thread->op.id,
                                                 .condition = thread->op.condition,
                                                 .order = ++h->order,
                                                 .at = world->now,
                                                 .all = thread->op.flags & DSM_SIGNAL_ALL};
}

/* Waits that began before `w`, were not over then, and ended as signalled. */
static uint32_t ahead(const sim_history *h, const sim_wait *w)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < h->wait_count; i++) {
        const sim_wait *u = &h->waits[i];
        count += same(u, w->lock, w->condition) && u->begun < w->begun && u->over > w->begun && u->status == DSM_OK;
    }
    return count;
}

static void check_given_up(sim_world *world, const sim_wait *w)
{
    const sim_history *h = world->history;
    uint64_t delay = sim_plan_delay(&world->plan);
    uint32_t found = 0;
    for (uint32_t i = 0; i < h->signal_count; i++) {
        const sim_signal *s = &h->signals[i];
        if (!same(w, s->lock, s->condition) || s->order < w->begun || s->at + delay >= w->cancelled)
            continue;
        found++;
        if (s->all)
            sim_fail(world, "lost signal: all waiters of condition %lu of lock %lu were signalled, and one was not",
                     (unsigned long)w->condition, (unsigned long)w->lock);
    }
    if (found > ahead(h, w))
        sim_fail(world,
                 "lost signal: a wait for condition %lu of lock %lu was taken back after %u signals that found it "
                 "waiting, and only %u waits before it were ended by one",
                 (unsigned long)w->condition, (unsigned long)w->lock, found, ahead(h, w));
}

/* Each signal ends one wait at most. */
static void check_made_up(sim_world *world, const sim_wait *of)
{
    const sim_history *h = world->history;
    uint32_t signals = 0, ended = 0;
    for (uint32_t i = 0; i < h->signal_count; i++)
        signals += same(of, h->signals[i].lock, h->signals[i].condition) && !h->signals[i].all;
    for (uint32_t i = 0; i < h->wait_count; i++) {
        const sim_wait *w = &h->waits[i];
        bool counts = same(w, of->lock, of->condition) && w->status == DSM_OK;
        for (uint32_t k = 0; k < h->signal_count && counts; k++)
            counts = !(same(w, h->signals[k].lock, h->signals[k].condition) && h->signals[k].all &&
                       h->signals[k].order > w->begun && h->signals[k].order < w->over);
        ended += counts;
    }
    if (ended > signals)
        sim_fail(world, "%u waits for condition %lu of lock %lu ended as signalled, by %u signals", ended,
                 (unsigned long)of->condition, (unsigned long)of->lock, signals);
}

void sim_check_conditions(sim_world *world)
{
    const sim_history *h = world->history;
    if (!h || world->trouble)
        return;
    for (uint32_t i = 0; i < h->wait_count && !world->failed; i++) {
        if (h->waits[i].status == DSM_E_CANCELLED)
            check_given_up(world, &h->waits[i]);
        bool first = true;
        for (uint32_t k = 0; k < i && first; k++)
            first = !same(&h->waits[k], h->waits[i].lock, h->waits[i].condition);
        if (first)
            check_made_up(world, &h->waits[i]);
    }
}
