#include "sim_thread.h"

#include "sim_check.h"
#include "sim_history.h"
#include "sim_node.h"

#include <string.h>

static sim_node *node_of(sim_world *world, const sim_thread *thread)
{
    return &world->nodes[thread->node];
}

static void wake_after(sim_world *world, sim_thread *thread, uint64_t delay)
{
    sim_heap_push(&world->heap, world->now + delay, SIM_ITEM_THREAD, thread->index, ++thread->timer);
}

static uint64_t machine_delay(sim_world *world, uint64_t least, uint64_t most)
{
    if (sim_random_chance(&world->random, world->plan.slow))
        return world->plan.slow_ns;
    return most > least ? sim_random_between(&world->random, least, most) : least;
}

void sim_thread_start(sim_world *world, sim_thread *thread, uint32_t index)
{
    thread->index = index;
    thread->node = index / world->plan.threads;
    thread->id = 100 + index;
    thread->slot = SIM_NONE;
    thread->ops_left = (uint32_t)sim_random_between(&world->random, 1, world->plan.round_ops + 1);
    thread->state = SIM_THREAD_READY;
    wake_after(world, thread, sim_random_below(&world->random, world->plan.think_max + 1));
}

static void end_op(sim_world *world, sim_thread *thread, int32_t status)
{
    sim_check_op_ended(world, thread);
    world->last_progress = world->now;
    world->ops_done++;
    thread->ops_done++;
    thread->outcomes[sim_outcome(status)]++;
    thread->promised = false;
    thread->state = SIM_THREAD_READY;
    sim_history_unclaim(world, thread);
    sim_program_ended(world, thread, status);
    if (thread->op.kind == SIM_OP_LOCK || thread->op.kind == SIM_OP_UNLOCK || thread->op.kind == SIM_OP_WAIT)
        sim_check_lock_depth(world, thread);
    wake_after(world, thread, sim_random_below(&world->random, world->plan.think_max + 1));
}

/* ---- accesses ------------------------------------------------------------------------------------ */

static uint8_t needed(const sim_place *place)
{
    return place->write ? DSM_ACCESS_WRITE : DSM_ACCESS_READ;
}

static const sim_place *first_closed(const sim_node *node, const sim_op *op)
{
    for (uint32_t i = 0; i < op->places; i++)
        if (node->mapped[op->place[i].page] < needed(&op->place[i]))
            return &op->place[i];
    return NULL;
}

/* Never stored before. In RELEASE runs no byte of it says much about the others, or most are zero. */
static uint64_t new_value(sim_world *world)
{
    uint64_t value = ++world->unique;
    return world->history && value % 8 ? value * UINT64_C(0x9e3779b97f4a7c15) : value;
}

static void do_place(sim_world *world, sim_node *node, sim_thread *thread, const sim_place *place)
{
    uint8_t *bytes = sim_node_page(world, node, place->page) + place->offset;
    uint64_t value = 0;
    if (place->write) {
        value = new_value(world);
        uint8_t stored[8];
        memcpy(stored, &value, sizeof stored);
        world->checker->write(world, thread, place, stored);
        memcpy(bytes, stored, place->length);
        world->counts.writes++;
    } else {
        memcpy(&value, bytes, place->length);
        world->checker->read(world, thread, place, bytes);
        world->counts.reads++;
    }
    sim_trace_add(&world->trace, &(sim_record){.at = world->now,
                                               .kind = SIM_RECORD_ACCESS,
                                               .node = (uint16_t)node->id,
                                               .a = (int32_t)thread->index,
                                               .b = place->write,
                                               .c = (uint64_t)place->page * world->plan.page_bytes + place->offset,
                                               .d = value});
}

static void do_access(sim_world *world, sim_thread *thread)
{
    sim_node *node = node_of(world, thread);
    world->counts.accesses++;
    for (uint32_t i = 0; i < thread->op.places; i++)
        do_place(world, node, thread, &thread->op.place[i]);
    end_op(world, thread, DSM_OK);
}

/* A page granted is a page used: it stays until the thread has resumed, and hold_ns longer. */
static void check_promise(sim_world *world, const sim_thread *thread, const sim_place *closed)
{
    const sim_node *node = node_of(world, thread);
    if (sim_history_release_page(world,
                                 closed->page)) /* nobody takes such a page: it goes when others have written it */
        return;
    if (!thread->promised || closed->page != thread->promised_page || closed->write > thread->promised_write)
        return;
    if (world->now >= thread->promised_at + world->plan.hold_ns)
        return;
    if (node->narrowed[closed->page] >= thread->promised_serial)
        return;
    sim_fail(world, "hold broken: thread %u of node %u resumed %lu ns ago (hold %lu ns) and page %u is closed again",
             thread->index, node->id, (unsigned long)(world->now - thread->promised_at),
             (unsigned long)world->plan.hold_ns, closed->page);
}

static void fault_ended(sim_world *world, sim_thread *thread, int32_t status)
{
    thread->status = status;
    thread->state = SIM_THREAD_WOKEN;
    if (status != DSM_OK && status != DSM_E_LOST)
        sim_fail(world, "a fault of thread %u ended with status %d", thread->index, status);
    if (status == DSM_E_LOST)
        world->checker->lost(world, thread);
    wake_after(world, thread, machine_delay(world, 0, world->plan.resume_max));
}

static void fault(sim_world *world, sim_thread *thread, const sim_place *place)
{
    sim_node *node = node_of(world, thread);
    thread->faults++;
    world->counts.faults++;
    thread->promised = false;
    thread->promised_page = place->page;
    thread->promised_write = place->write;
    thread->promised_serial = world->steps;
    thread->slot = sim_node_slot_take(world, node, thread->index);
    thread->state = SIM_THREAD_WAITING;
    dsm_event event = {.type = DSM_EV_FAULT,
                       .slot = thread->slot,
                       .page = place->page,
                       .write = place->write,
                       .thread = thread->id,
                       .pc = thread->op.pc};
    int result = sim_node_step(world, node, &event);
    /* A fault that ended at once may go on with a page that is already wanted back: that is no grant. Of its own
     * pages this cannot be seen from outside. */
    bool wanted = node->asked[place->page] || dsm_core_home(&world->config, place->page) == node->id;
    thread->granted = result == DSM_PENDING || (result == DSM_OK && !wanted);
    if (result == DSM_PENDING)
        return;
    if (thread->state != SIM_THREAD_WAITING)
        sim_fail(world, "a fault of thread %u ended at once (%d) and was woken as well", thread->index, result);
    else
        fault_ended(world, thread, result);
}

static void attempt(sim_world *world, sim_thread *thread)
{
    const sim_place *closed = first_closed(node_of(world, thread), &thread->op);
    if (!closed) {
        do_access(world, thread);
        return;
    }
    check_promise(world, thread, closed);
    if (!world->failed)
        fault(world, thread, closed);
}

static void resume(sim_world *world, sim_thread *thread)
{
    sim_node *node = node_of(world, thread);
    if (thread->status == DSM_E_LOST) { /* it never goes back to its instruction; its slot is free */
        sim_node_slot_give(node, thread->slot);
        thread->fault_lost = true;
        world->counts.lost_ops++;
        end_op(world, thread, DSM_E_LOST);
        return;
    }
    uint32_t slot = thread->slot;
    thread->state = SIM_THREAD_ACCESS;
    thread->promised = thread->granted;
    thread->promised_at = world->now;
    int result = sim_node_step(world, node, &(dsm_event){.type = DSM_EV_RESUMED, .slot = slot});
    if (result != DSM_OK)
        sim_fail(world, "RESUMED of slot %u of node %u returns %d", slot, node->id, result);
    sim_node_slot_give(node, slot);
    /* In the step another thread's turn may have come, even this one's. */
    if (thread->state == SIM_THREAD_ACCESS)
        wake_after(world, thread, machine_delay(world, world->plan.access_min, world->plan.access_max));
}

void sim_thread_interleave(sim_world *world, sim_node *node)
{
    uint32_t first = node->id * world->plan.threads;
    uint32_t start = (uint32_t)sim_random_below(&world->random, world->plan.threads);
    for (uint32_t i = 0; i < world->plan.threads; i++) {
        sim_thread *thread = &world->threads[first + (start + i) % world->plan.threads];
        if (thread->state != SIM_THREAD_ACCESS || first_closed(node, &thread->op))
            continue;
        world->counts.interleaved++;
        do_access(world, thread);
        return;
    }
}

/* ---- touches: as the engine fetches a range, a window of requests first and then their answers ------------ */

static void touch_ended(sim_world *world, sim_thread *thread, uint32_t slot, int32_t status)
{
    for (uint32_t i = 0; i < thread->touches; i++)
        if (thread->touch_slot[i] == slot)
            thread->touch_status[i] = status;
    if (status != DSM_OK && status != DSM_E_LOST)
        sim_fail(world, "a touch of thread %u ended with status %d", thread->index, status);
    if (--thread->touches_due == 0 && thread->state == SIM_THREAD_WAITING) {
        thread->state = SIM_THREAD_WOKEN;
        wake_after(world, thread, machine_delay(world, 0, world->plan.resume_max));
    }
}

static void touch_page(sim_world *world, sim_thread *thread, uint32_t page)
{
    sim_node *node = node_of(world, thread);
    bool write = thread->op.place[0].write;
    uint8_t access = (uint8_t)dsm_core_access(node->core, page);
    if (access >= (write ? DSM_ACCESS_WRITE : DSM_ACCESS_READ)) {
        node->mapped[page] = access; /* the driver opens what the core has, without asking it */
        return;
    }
    uint32_t slot = sim_node_slot_take(world, node, thread->index);
    thread->touch_slot[thread->touches++] = slot;
    thread->touches_due++;
    world->counts.faults++;
    dsm_event event = {.type = DSM_EV_FAULT, .slot = slot, .page = page, .write = write, .thread = thread->id};
    event.pc = thread->op.pc;
    int result = sim_node_step(world, node, &event);
    if (result != DSM_PENDING)
        touch_ended(world, thread, slot, result);
}

static void touch(sim_world *world, sim_thread *thread)
{
    thread->touches = 0;
    thread->touches_due = 1; /* one more, until all are asked for */
    thread->state = SIM_THREAD_WAITING;
    for (uint32_t i = 0; i < thread->op.pages; i++)
        touch_page(world, thread, thread->op.place[0].page + i);
    touch_ended(world, thread, SIM_NONE, DSM_OK);
}

static void touched(sim_world *world, sim_thread *thread)
{
    sim_node *node = node_of(world, thread);
    int32_t status = DSM_OK;
    for (uint32_t i = 0; i < thread->touches; i++) {
        uint32_t slot = thread->touch_slot[i];
        if (thread->touch_status[i] == DSM_OK)
            sim_node_step(world, node, &(dsm_event){.type = DSM_EV_RESUMED, .slot = slot});
        else
            status = thread->touch_status[i];
        sim_node_slot_give(node, slot);
    }
    end_op(world, thread, status);
}

/* ---- locks and barriers -------------------------------------------------------------------------- */

static void check_atomic(sim_world *world, const sim_thread *thread)
{
    bool distrusted = world->history->distrusted;
    if (thread->status == DSM_E_LOST)
        world->checker->lost(world, thread);
    else if (thread->status != DSM_OK)
        sim_fail(world, "an atomic operation of thread %u ends with status %d", thread->index, thread->status);
    else if (!distrusted && (!thread->atomic_done || thread->result != thread->atomic_was))
        sim_fail(world, "thread %u is told that %lx was there before its atomic operation, which %s (%lx)",
                 thread->index, (unsigned long)thread->result,
                 thread->atomic_done ? "found something else" : "is not done", (unsigned long)thread->atomic_was);
}

static void wait_ended(sim_world *world, sim_thread *thread, int32_t status, bool at_once)
{
    thread->status = status;
    thread->state = SIM_THREAD_WOKEN;
    if (thread->op.kind == SIM_OP_LOCK) {
        if (status == DSM_OK || status == DSM_ORPHANED)
            sim_check_lock_granted(world, thread, status);
        sim_check_lock_ended(world, thread);
    } else if (thread->op.kind == SIM_OP_WAIT) {
        sim_check_wait_ended(world, thread);
        if (at_once) /* nothing has changed: it has never given the lock up */
            thread->levels = sim_check_lock_kept(world, thread);
        else
            sim_check_lock_regained(world, thread);
    } else if (thread->op.kind == SIM_OP_ATOMIC) {
        check_atomic(world, thread);
    } else {
        sim_check_barrier_end(world, thread, status);
    }
}

static void wait_in(sim_world *world, sim_thread *thread, dsm_event *event)
{
    sim_node *node = node_of(world, thread);
    thread->slot = sim_node_slot_take(world, node, thread->index);
    thread->state = SIM_THREAD_WAITING;
    event->slot = thread->slot;
    event->id = thread->op.id;
    event->thread = thread->id;
    int result = sim_node_step(world, node, event);
    if (result == DSM_PENDING) {
        if (thread->op.cancel && thread->state == SIM_THREAD_WAITING)
            sim_heap_push(&world->heap, world->now + thread->op.cancel, SIM_ITEM_CANCEL, thread->index, thread->serial);
        return;
    }
    if (thread->state != SIM_THREAD_WAITING) {
        sim_fail(world, "an operation of thread %u ended at once (%d) and was woken as well", thread->index, result);
        return;
    }
    wait_ended(world, thread, result, true);
    wake_after(world, thread, 0);
}

static void lock(sim_world *world, sim_thread *thread)
{
    world->counts.locks++;
    sim_check_lock_begin(world, thread);
    wait_in(world, thread, &(dsm_event){.type = DSM_EV_LOCK_ACQUIRE, .flags = thread->op.flags});
}

static void unlock(sim_world *world, sim_thread *thread)
{
    sim_node *node = node_of(world, thread);
    bool held = false;
    for (uint32_t i = 0; i < thread->depth; i++)
        held |= thread->held[i] == thread->op.id;
    if (held)
        sim_check_lock_release(world, thread); /* the step itself may hand the lock on */
    world->counts.unlocks++;
    dsm_event event = {.type = DSM_EV_LOCK_RELEASE, .id = thread->op.id, .thread = thread->id};
    int result = sim_node_step(world, node, &event);
    if (result != (held ? DSM_OK : DSM_E_NOT_OWNER))
        sim_fail(world, "thread %u releases lock %lu, which it %s: %d", thread->index, (unsigned long)thread->op.id,
                 held ? "holds" : "does not hold", result);
    end_op(world, thread, result);
}

static void barrier(sim_world *world, sim_thread *thread)
{
    world->counts.barriers++;
    sim_check_barrier_arrive(world, thread);
    wait_in(world, thread, &(dsm_event){.type = DSM_EV_BARRIER_ARRIVE, .parties = thread->op.parties});
}

static void wait_condition(sim_world *world, sim_thread *thread)
{
    sim_check_wait_begin(world, thread);
    wait_in(world, thread, &(dsm_event){.type = DSM_EV_CONDITION_WAIT, .condition = thread->op.condition});
}

static void signal_condition(sim_world *world, sim_thread *thread)
{
    const sim_op *op = &thread->op;
    sim_check_signal(world, thread);
    dsm_event event = {.type = DSM_EV_CONDITION_SIGNAL,
                       .id = op->id,
                       .thread = thread->id,
                       .condition = op->condition,
                       .flags = op->flags};
    int result = sim_node_step(world, node_of(world, thread), &event);
    if (result != DSM_OK)
        sim_fail(world, "thread %u signals a condition of lock %lu, which it holds: %d", thread->index,
                 (unsigned long)op->id, result);
    end_op(world, thread, result);
}

static void atomic(sim_world *world, sim_thread *thread)
{
    const sim_op *op = &thread->op;
    thread->atomic_done = false;
    thread->promised_page = op->place[0].page;
    wait_in(world, thread,
            &(dsm_event){.type = DSM_EV_ATOMIC,
                         .page = op->place[0].page,
                         .offset = op->place[0].offset,
                         .width = op->place[0].length,
                         .operation = op->operation,
                         .operand = op->operand,
                         .expected = op->expected,
                         .value = &thread->result});
}

static void notice(sim_world *world, sim_thread *thread)
{
    sim_node_slot_give(node_of(world, thread), thread->slot);
    if (thread->op.kind == SIM_OP_ATOMIC && thread->status == DSM_E_LOST)
        thread->fault_lost = true;
    end_op(world, thread, thread->status);
}

void sim_thread_cancel(sim_world *world, sim_thread *thread, uint64_t serial)
{
    if (thread->serial != serial || (thread->state != SIM_THREAD_WAITING && thread->state != SIM_THREAD_WOKEN))
        return;
    bool waiting = thread->state == SIM_THREAD_WAITING;
    world->counts.cancels++;
    if (thread->op.kind == SIM_OP_WAIT)
        sim_check_wait_cancelled(world, thread);
    if (thread->op.kind == SIM_OP_BARRIER) /* the step itself may tell the others */
        world->barriers[thread->op.id].disturbed = world->steps + 1;
    int result =
        sim_node_step(world, node_of(world, thread), &(dsm_event){.type = DSM_EV_CANCEL, .slot = thread->slot});
    if (thread->op.kind == SIM_OP_WAIT && result == DSM_PENDING)
        return; /* its home decides, and its wake tells */
    if (result == DSM_E_CANCELLED && waiting && thread->state == SIM_THREAD_WAITING) {
        wait_ended(world, thread, DSM_E_CANCELLED, false);
        wake_after(world, thread, 0);
    } else if (result != DSM_OK || thread->state == SIM_THREAD_WAITING) {
        sim_fail(world, "cancelling thread %u, which was %s, returned %d", thread->index,
                 waiting ? "waiting" : "already woken", result);
    }
}

void sim_thread_woken(sim_world *world, sim_thread *thread, uint32_t slot, int32_t status)
{
    if (thread->state != SIM_THREAD_WAITING) {
        sim_fail(world, "thread %u is woken (status %d) and does not wait", thread->index, status);
        return;
    }
    if (thread->op.kind == SIM_OP_TOUCH) {
        touch_ended(world, thread, slot, status);
        return;
    }
    if (thread->op.kind == SIM_OP_ACCESS) {
        fault_ended(world, thread, status);
        return;
    }
    wait_ended(world, thread, status, false);
    wake_after(world, thread, machine_delay(world, 0, world->plan.resume_max));
}

/* ---- the automaton ------------------------------------------------------------------------------- */

static void begin(sim_world *world, sim_thread *thread)
{
    thread->serial++;
    thread->started = world->now;
    thread->faults = 0;
    thread->promised = false;
    sim_program_next(world, thread, &thread->op);
    switch (thread->op.kind) {
    case SIM_OP_TOUCH:
        touch(world, thread);
        break;
    case SIM_OP_ACCESS:
        thread->state = SIM_THREAD_ACCESS;
        attempt(world, thread);
        break;
    case SIM_OP_LOCK:
        lock(world, thread);
        break;
    case SIM_OP_UNLOCK:
        unlock(world, thread);
        break;
    case SIM_OP_BARRIER:
        barrier(world, thread);
        break;
    case SIM_OP_WAIT:
        wait_condition(world, thread);
        break;
    case SIM_OP_SIGNAL:
        signal_condition(world, thread);
        break;
    case SIM_OP_ATOMIC:
        atomic(world, thread);
        break;
    case SIM_OP_PAUSE:
        end_op(world, thread, DSM_OK);
        wake_after(world, thread, thread->op.pause);
        break;
    case SIM_OP_END:
        thread->state = SIM_THREAD_DONE;
        thread->over_at = world->now;
        world->last_progress = world->now;
        world->threads_over++;
        break;
    }
}

void sim_thread_run(sim_world *world, sim_thread *thread, uint64_t generation)
{
    if (generation != thread->timer)
        return;
    switch (thread->state) {
    case SIM_THREAD_READY:
        begin(world, thread);
        break;
    case SIM_THREAD_ACCESS:
        attempt(world, thread);
        break;
    case SIM_THREAD_WOKEN:
        if (thread->op.kind == SIM_OP_ACCESS)
            resume(world, thread);
        else if (thread->op.kind == SIM_OP_TOUCH)
            touched(world, thread);
        else
            notice(world, thread);
        break;
    default:
        break;
    }
}

void sim_thread_die(sim_world *world, sim_thread *thread)
{
    if (thread->state == SIM_THREAD_DONE || thread->state == SIM_THREAD_DEAD)
        return;
    thread->state = SIM_THREAD_DEAD;
    sim_history_unclaim(world, thread);
    thread->timer++;
    world->threads_over++;
}
