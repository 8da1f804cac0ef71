/*
 * Every operation ends within a bound, for a bounded number of messages: no starvation, no livelock, no
 * retry storm. And when all is over, nothing is left over.
 */
#include "sim_check.h"

#include "sim_node.h"

#include <string.h>

/* An access that is driven away from its page more often than this for each thread of the cluster makes no
 * progress. */
#define FAULTS_PER_THREAD 8u

/* Where every thread is back at its instruction before its hold is over, the number is known: dsm_hold.h derives it. */
#define FAULTS_FOR_ONE    1u
#define FAULTS_FOR_TWO    11u

static uint64_t faults_most(const sim_world *world, const sim_op *op)
{
    const sim_plan *plan = &world->plan;
    if (plan->slow || plan->narrow) /* an access is driven away by chance */
        return UINT64_MAX;
    if (plan->access_max < plan->hold_ns && !world->history)
        return op->places == 1 ? FAULTS_FOR_ONE : FAULTS_FOR_TWO;
    return FAULTS_PER_THREAD * (world->thread_count + 1) * op->places;
}

static uint64_t bound_of(const sim_world *world, const sim_op *op)
{
    if (op->kind == SIM_OP_TOUCH)
        return op->pages * sim_plan_access_bound(&world->plan);
    if (op->kind == SIM_OP_ACCESS)
        return op->places * sim_plan_access_bound(&world->plan);
    if (op->kind == SIM_OP_LOCK && (op->flags & DSM_LOCK_TRY)) /* it asks, and does not wait for the holder */
        return sim_plan_turn(&world->plan) + sim_plan_hostile_time(&world->plan);
    if (op->kind == SIM_OP_LOCK)
        return sim_plan_lock_bound(&world->plan);
    if (op->kind == SIM_OP_ATOMIC)
        return sim_plan_access_bound(&world->plan);
    if (op->kind == SIM_OP_WAIT && op->cancel)
        return op->cancel + sim_plan_lock_bound(&world->plan);
    return world->plan.time_limit;
}

static const char *name_of(const sim_op *op)
{
    switch (op->kind) {
    case SIM_OP_TOUCH:
        return "touch";
    case SIM_OP_ACCESS:
        return "access";
    case SIM_OP_LOCK:
        return "lock";
    case SIM_OP_BARRIER:
        return "barrier";
    case SIM_OP_WAIT:
        return "wait for a condition";
    case SIM_OP_ATOMIC:
        return "atomic operation";
    default:
        return "operation";
    }
}

static void check_age(sim_world *world, const sim_thread *thread, uint64_t age)
{
    uint64_t bound = bound_of(world, &thread->op);
    if (age > bound)
        sim_fail(world, "starved: the %s of thread %u (node %u) has taken %lu us; %lu us are plenty",
                 name_of(&thread->op), thread->index, thread->node, (unsigned long)(age / 1000),
                 (unsigned long)(bound / 1000));
}

static void keep_most(uint64_t *most, uint64_t value)
{
    if (value > *most)
        *most = value;
}

void sim_check_op_ended(sim_world *world, sim_thread *thread)
{
    uint64_t age = world->now - thread->started;
    check_age(world, thread, age);
    if (thread->op.kind == SIM_OP_ACCESS) {
        keep_most(&world->counts.slowest_access, age);
        keep_most(&world->counts.closest_access, age * 1000 / bound_of(world, &thread->op));
        keep_most(&world->counts.most_faults, thread->faults);
        if (thread->faults > faults_most(world, &thread->op))
            sim_fail(world, "the access of thread %u took %u faults", thread->index, thread->faults);
    } else if (thread->op.kind == SIM_OP_LOCK) {
        keep_most(&world->counts.slowest_lock, age);
        keep_most(&world->counts.closest_lock, age * 1000 / bound_of(world, &thread->op));
    }
}

/* Something is sent to every peer at least every heartbeat_ns. */
static void check_heartbeats(sim_world *world)
{
    uint64_t bound = world->plan.heartbeat_ns + world->plan.tick_late + 1;
    for (uint32_t i = 0; i < world->plan.nodes * world->plan.nodes; i++) {
        const sim_conn *conn = &world->conns[i];
        const sim_node *from = &world->nodes[conn->from];
        if (conn->from == conn->to || !from->alive || from->frozen || from->thawed || from->peer_gone[conn->to])
            continue;
        if (world->now - conn->sent_at > bound)
            sim_fail(world, "node %u has sent nothing to node %u for %lu us", conn->from, conn->to,
                     (unsigned long)((world->now - conn->sent_at) / 1000));
    }
}

void sim_check_ages(sim_world *world)
{
    for (uint32_t i = 0; i < world->thread_count; i++) {
        const sim_thread *thread = &world->threads[i];
        if (thread->state != SIM_THREAD_DONE && thread->state != SIM_THREAD_DEAD && thread->state != SIM_THREAD_READY)
            check_age(world, thread, world->now - thread->started);
    }
    check_heartbeats(world);
}

/* What each operation may cost: a fault its request, a recall and its return or an invalidation and its
 * acknowledgement at every other node, and the grant; a lock request, recall, return, grant; a barrier its
 * arrival, departure and perhaps a break. */
static void check_budget(sim_world *world)
{
    const sim_counts *c = &world->counts;
    uint64_t fault = 2 + 2ull * world->plan.nodes;
    uint64_t most = c->faults * fault + c->locks * 8 + c->unlocks * 2 + c->barriers * 3 + c->cancels * 4;
    if (world->history)
        return;
    if (c->frames > most && !world->trouble)
        sim_fail(world, "%lu messages were sent for %lu faults, %lu lock and %lu barrier operations",
                 (unsigned long)c->frames, (unsigned long)c->faults, (unsigned long)c->locks,
                 (unsigned long)c->barriers);
}

static void leave_one_by_one(sim_world *world)
{
    for (uint32_t gone = 0; gone + 1 < world->plan.nodes && !world->failed; gone++) {
        if (!world->nodes[gone].alive)
            continue;
        world->nodes[gone].alive = false;
        memset(world->nodes[gone].mapped, 0, world->plan.pages);
        for (uint32_t i = gone + 1; i < world->plan.nodes; i++)
            sim_node_peer_left(world, &world->nodes[i], gone);
        /* Nothing is sent to it any more, heartbeats least of all. */
        world->now += gone == 0 && !world->plan.silence_ns ? 2 * world->plan.heartbeat_ns : 0;
        for (uint32_t i = gone + 1; i < world->plan.nodes; i++)
            sim_node_step(world, &world->nodes[i], &(dsm_event){.type = DSM_EV_TICK});
    }
}

void sim_check_quiescence(sim_world *world)
{
    for (uint32_t i = 0; i < world->plan.nodes; i++) {
        const sim_node *node = &world->nodes[i];
        if (node->alive && !dsm_core_quiet(node->core))
            sim_fail(world, "all is over and node %u is not quiet", i);
        for (uint32_t page = 0; page < world->plan.pages && node->alive && !world->failed; page++)
            world->checker->stepped(world, &world->nodes[i], true);
    }
    check_budget(world);
    sim_check_conditions(world);
    if (!world->failed && !world->trouble)
        leave_one_by_one(world);
}
