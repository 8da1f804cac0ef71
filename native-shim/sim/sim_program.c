/*
 * What threads do: a script, or a random program of accesses, nested locks and barriers that would end on
 * any correct shared memory: locks are taken in the order of their numbers, none is held at a barrier, and
 * every thread passes the same barriers.
 */
#include "sim_thread.h"

#include "sim_check.h"
#include "sim_history.h"

#include <string.h>

#define PC_BASE 0x401000u
#define PCS     6u /* few, so that "the same instruction again" is not always a retry */

static sim_random *random_of(sim_world *world)
{
    return &world->random;
}

static uint32_t draw_page(sim_world *world)
{
    const sim_plan *plan = &world->plan;
    bool hot = sim_random_chance(random_of(world), 800);
    return (uint32_t)sim_random_below(random_of(world), hot ? plan->hot_pages : plan->pages);
}

static void draw_place(sim_world *world, sim_place *place)
{
    place->page = draw_page(world);
    place->length = (uint32_t)sim_random_between(random_of(world), 1, 8);
    place->offset = (uint32_t)sim_random_below(random_of(world), world->plan.page_bytes - place->length + 1);
    place->write = sim_random_chance(random_of(world), world->plan.write);
}

/* One access that begins on a page and ends on the next. */
static void draw_cross(sim_world *world, sim_op *op)
{
    sim_place *a = &op->place[0], *b = &op->place[1];
    uint32_t length = (uint32_t)sim_random_between(random_of(world), 2, 8);
    draw_place(world, a);
    a->page = a->page == world->plan.pages - 1 ? a->page - 1 : a->page;
    a->length = (uint32_t)sim_random_between(random_of(world), 1, length - 1);
    a->offset = world->plan.page_bytes - a->length;
    *b = (sim_place){.page = a->page + 1, .offset = 0, .length = length - a->length, .write = a->write};
    op->places = 2;
}

/* One instruction that reads one place and writes another (movs), in either order of touching. */
static void draw_copy(sim_world *world, sim_op *op)
{
    draw_place(world, &op->place[0]);
    draw_place(world, &op->place[1]);
    bool first = sim_random_chance(random_of(world), 500);
    op->place[0].write = first;
    op->place[1].write = !first;
    op->places = op->place[0].page == op->place[1].page ? 1 : 2;
}

/* ---- RELEASE memory ---------------------------------------------------------------------------------- */

static bool draw_variable(sim_world *world, const sim_thread *thread, enum sim_variable_kind kind, sim_op *op)
{
    bool write = sim_random_chance(random_of(world), world->plan.write);
    const sim_variable *v = sim_history_claim(world, thread, kind, write);
    if (!v)
        return false;
    op->place[op->places++] = (sim_place){.page = v->page, .offset = v->offset, .length = v->length, .write = write};
    op->claimed = true;
    return true;
}

static bool draw_atomic(sim_world *world, sim_op *op)
{
    const sim_history *h = world->history;
    if (h->kind_count[SIM_ATOMIC] == 0)
        return false;
    uint32_t which = (uint32_t)sim_random_below(random_of(world), h->kind_count[SIM_ATOMIC]);
    const sim_variable *v = &h->variables[h->of_kind[SIM_ATOMIC][which]];
    op->kind = SIM_OP_ATOMIC;
    op->place[0] = (sim_place){.page = v->page, .offset = v->offset, .length = v->length};
    op->operation = (uint32_t)sim_random_below(random_of(world), 4);
    op->operand = ++world->unique;
    op->expected = sim_random_chance(random_of(world), 700) ? v->value : sim_random_below(random_of(world), 100);
    return true;
}

/* A volatile or a racy variable, an atomic operation, or one or two plain variables in one instruction. */
static void draw_variables(sim_world *world, const sim_thread *thread, sim_op *op)
{
    const sim_plan *plan = &world->plan;
    op->kind = SIM_OP_ACCESS;
    op->pc = PC_BASE + sim_random_below(random_of(world), PCS);
    if (sim_random_chance(random_of(world), plan->atomic) && draw_atomic(world, op))
        return;
    if (sim_random_chance(random_of(world), plan->atomic / 2) && draw_variable(world, thread, SIM_ATOMIC, op))
        return;
    if (sim_random_chance(random_of(world), plan->volatiles) && draw_variable(world, thread, SIM_VOLATILE, op))
        return;
    enum sim_variable_kind racy = sim_random_chance(random_of(world), 600) ? SIM_RACY : SIM_MIXED;
    if (sim_random_chance(random_of(world), plan->racy) && draw_variable(world, thread, racy, op))
        return;
    if (!draw_variable(world, thread, SIM_PLAIN, op) && !draw_variable(world, thread, SIM_VOLATILE, op)) {
        op->kind = SIM_OP_PAUSE;
        op->pause = 1;
        return;
    }
    if (sim_random_chance(random_of(world), plan->cross))
        (void)draw_variable(world, thread, SIM_PLAIN, op);
}

/* In a critical section of one lock: a wait for one of its two conditions, always with a bound, or a signal. */
static bool draw_condition(sim_world *world, const sim_thread *thread, sim_op *op)
{
    const sim_plan *plan = &world->plan;
    if (thread->depth == 0)
        return false;
    op->id = thread->held[thread->depth - 1];
    op->condition = sim_random_below(random_of(world), 2);
    bool alone = true;
    for (uint32_t i = 0; i < thread->depth; i++)
        alone &= thread->held[i] == op->id;
    if (alone && sim_random_chance(random_of(world), plan->wait)) {
        op->kind = SIM_OP_WAIT;
        op->cancel = 1 + sim_random_below(random_of(world), 20 * sim_plan_delay(plan));
        return true;
    }
    const sim_history *h = world->history;
    uint32_t chance = plan->signal;
    for (uint32_t i = h->wait_count; i > 0 && i + 8 > h->wait_count; i--) /* better if somebody waits */
        if (h->waits[i - 1].over == 0 && h->waits[i - 1].lock == op->id) {
            op->condition = h->waits[i - 1].condition;
            chance *= 4;
        }
    if (sim_random_chance(random_of(world), chance)) {
        op->kind = SIM_OP_SIGNAL;
        op->flags = sim_random_chance(random_of(world), 200) ? DSM_SIGNAL_ALL : 0;
        return true;
    }
    return false;
}

/* After the last barrier each node's first thread reads all there is: nothing may have been lost. */
static bool draw_final_read(sim_world *world, sim_thread *thread, sim_op *op)
{
    if (!world->history || thread->script || thread->index % world->plan.threads != 0)
        return false;
    while (thread->final_at < world->history->count) {
        uint32_t index = thread->final_at++;
        if (!sim_history_claim_read(world, thread, index))
            continue;
        const sim_variable *v = &world->history->variables[index];
        op->kind = SIM_OP_ACCESS;
        op->places = 1;
        op->place[0] = (sim_place){.page = v->page, .offset = v->offset, .length = v->length};
        op->claimed = true;
        op->pc = PC_BASE;
        return true;
    }
    return false;
}

static void draw_access(sim_world *world, sim_op *op)
{
    const sim_plan *plan = &world->plan;
    op->kind = SIM_OP_ACCESS;
    op->pc = PC_BASE + sim_random_below(random_of(world), PCS);
    if (plan->pages > 1 && sim_random_chance(random_of(world), plan->cross))
        draw_cross(world, op);
    else if (plan->pages > 1 && sim_random_chance(random_of(world), plan->copy))
        draw_copy(world, op);
    else {
        draw_place(world, &op->place[0]);
        op->places = 1;
    }
}

static void draw_touch(sim_world *world, sim_op *op)
{
    uint32_t most = world->plan.pages < SIM_TOUCH_MAX ? world->plan.pages : SIM_TOUCH_MAX;
    op->kind = SIM_OP_TOUCH;
    op->pages = (uint32_t)sim_random_between(random_of(world), 1, most);
    op->place[0].page = (uint32_t)sim_random_below(random_of(world), world->plan.pages - op->pages + 1);
    op->place[0].write = sim_random_chance(random_of(world), world->plan.write);
}

static uint64_t draw_cancel(sim_world *world)
{
    uint64_t most = 2 * sim_plan_turn(&world->plan);
    uint64_t little = world->plan.delay_max * 4 + 1;
    bool soon = sim_random_chance(random_of(world), 700);
    return 1 + sim_random_below(random_of(world), soon ? little : most);
}

static void draw_lock(sim_world *world, sim_thread *thread, sim_op *op)
{
    const sim_plan *plan = &world->plan;
    uint64_t lowest = thread->depth ? thread->held[thread->depth - 1] : 0;
    op->kind = SIM_OP_LOCK;
    op->id = sim_random_between(random_of(world), lowest, plan->locks - 1);
    if (sim_random_chance(random_of(world), plan->try_lock))
        op->flags = DSM_LOCK_TRY;
    else if (sim_random_chance(random_of(world), plan->cancel))
        op->cancel = draw_cancel(world);
    thread->section_left = (uint32_t)sim_random_below(random_of(world), 5);
}

static void unlock_top(sim_thread *thread, sim_op *op)
{
    op->kind = SIM_OP_UNLOCK;
    op->id = thread->held[thread->depth - 1];
}

static bool draw_bad_unlock(sim_world *world, const sim_thread *thread, sim_op *op)
{
    uint64_t id = sim_random_below(random_of(world), world->plan.locks);
    for (uint32_t i = 0; i < thread->depth; i++)
        if (thread->held[i] == id)
            return false;
    op->kind = SIM_OP_UNLOCK;
    op->id = id;
    return true;
}

/* ---- rounds and barriers --------------------------------------------------------------------------- */

static uint32_t subset_parties(const sim_world *world)
{
    return (world->thread_count + 1) / 2;
}

static bool barriers_usable(const sim_world *world)
{
    return world->plan.barriers > 0;
}

/* Parties of the barrier that any threads pass in groups; 0 if their number has no divisor for it. */
static uint32_t group_parties(const sim_world *world)
{
    for (uint32_t parties = 2; parties < world->thread_count; parties++)
        if (world->thread_count % parties == 0)
            return parties;
    return 0;
}

/* The barriers that close a round: the subset's in every other one, the groups' (whose generations overlap), and
 * that of all. */
static void draw_barrier(sim_world *world, sim_thread *thread, sim_op *op)
{
    uint32_t barriers = world->plan.barriers;
    op->kind = SIM_OP_BARRIER;
    uint32_t stage = thread->stage++;
    if (stage == 0 && !(barriers > 1 && thread->index % 2 == 0 && thread->round % 2 == 0))
        stage = thread->stage++;
    if (stage == 1 && !(barriers > 2 && group_parties(world) > 0))
        stage = thread->stage++;
    if (stage == 0) {
        op->id = 1;
        op->parties = subset_parties(world);
    } else if (stage == 1) {
        op->id = 2;
        op->parties = group_parties(world);
    } else {
        op->id = 0;
        op->parties = world->thread_count;
        thread->stage = 0;
        thread->round++;
        thread->ops_left = (uint32_t)sim_random_between(random_of(world), 1, world->plan.round_ops);
    }
    /* Where waits are cancelled or parties die, threads do not pass in step: every wait has a bound then. */
    if (world->plan.barrier_cancel)
        op->cancel =
            sim_random_chance(random_of(world), 100) ? draw_cancel(world) : 2 * sim_plan_access_bound(&world->plan);
}

static bool program_over(const sim_world *world, const sim_thread *thread)
{
    if (thread->fault_lost)
        return true;
    if (world->trouble) /* nobody waits for those who stay away: every barrier is broken */
        return world->winding_down;
    return world->winding_down && (!barriers_usable(world) || thread->round > world->last_round);
}

void sim_program_wind_down(sim_world *world)
{
    world->winding_down = true;
    for (uint32_t i = 0; i < world->thread_count; i++)
        if (world->threads[i].round > world->last_round)
            world->last_round = world->threads[i].round;
}

static void next_random(sim_world *world, sim_thread *thread, sim_op *op)
{
    const sim_plan *plan = &world->plan;
    if (thread->depth && (thread->fault_lost || thread->section_left == 0)) {
        unlock_top(thread, op);
        return;
    }
    if (thread->depth == 0 && program_over(world, thread)) {
        if (!thread->fault_lost && draw_final_read(world, thread, op))
            return;
        op->kind = SIM_OP_END;
        return;
    }
    if (thread->depth == 0 && barriers_usable(world) && (thread->ops_left == 0 || world->winding_down)) {
        draw_barrier(world, thread, op);
        return;
    }
    if (thread->ops_left)
        thread->ops_left--;
    if (thread->section_left)
        thread->section_left--;
    if (sim_random_chance(random_of(world), plan->bad_unlock) && draw_bad_unlock(world, thread, op))
        return;
    if (sim_random_chance(random_of(world), plan->pause)) {
        op->kind = SIM_OP_PAUSE;
        op->pause = sim_random_below(random_of(world), 10 * (plan->think_max + 1000));
        return;
    }
    if (thread->depth < SIM_DEPTH_MAX - 1 && sim_random_chance(random_of(world), plan->lock))
        draw_lock(world, thread, op);
    else if (world->history && draw_condition(world, thread, op))
        return;
    else if (world->history)
        draw_variables(world, thread, op);
    else if (sim_random_chance(random_of(world), plan->touch))
        draw_touch(world, op);
    else
        draw_access(world, op);
}

static void next_scripted(sim_world *world, sim_thread *thread, sim_op *op)
{
    if (thread->script_at == thread->script_count && thread->script_loops > 1) {
        thread->script_loops--;
        thread->script_at = 0;
    }
    if (thread->fault_lost || thread->script_at == thread->script_count)
        op->kind = SIM_OP_END;
    else
        *op = thread->script[thread->script_at++];
    if (op->kind == SIM_OP_ATOMIC)
        op->operand = ++world->unique;
}

void sim_program_next(sim_world *world, sim_thread *thread, sim_op *op)
{
    memset(op, 0, sizeof *op);
    if (thread->script)
        next_scripted(world, thread, op);
    else
        next_random(world, thread, op);
}

void sim_program_ended(sim_world *world, sim_thread *thread, int32_t status)
{
    if (thread->op.kind == SIM_OP_LOCK && (status == DSM_OK || status == DSM_ORPHANED)) {
        if (thread->depth == SIM_DEPTH_MAX)
            sim_fail(world, "thread %u holds more locks than its program says", thread->index);
        else
            thread->held[thread->depth++] = thread->op.id;
    } else if (thread->op.kind == SIM_OP_LOCK && thread->depth) {
        thread->section_left = 0;
    } else if (thread->op.kind == SIM_OP_WAIT && status == DSM_E_LOST &&
               thread->levels) { /* it will never have the lock again */
        uint32_t kept = 0;
        for (uint32_t i = 0; i < thread->depth; i++)
            if (thread->held[i] != thread->op.id)
                thread->held[kept++] = thread->held[i];
        thread->depth = kept;
    } else if (thread->op.kind == SIM_OP_UNLOCK && status == DSM_OK) {
        uint32_t i = thread->depth;
        while (i-- > 0 && thread->held[i] != thread->op.id)
            ;
        for (thread->depth--; i < thread->depth; i++)
            thread->held[i] = thread->held[i + 1];
    }
}
