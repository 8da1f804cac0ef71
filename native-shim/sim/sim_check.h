/*
 * sim_check.h - what must hold. The memory model's checker is replaceable, one per protocol: it sees every
 * access that the mapping permits and every action before and after it is carried out, and keeps its own
 * truth. Locks, barriers and progress are checked the same way whatever the protocol.
 */
#ifndef SIM_CHECK_H
#define SIM_CHECK_H

#include "dsm_wire.h"
#include "sim_world.h"

typedef struct sim_checker {
    const char *name;
    void *(*create)(sim_world *world);
    void (*destroy)(void *truth);
    /* A permitted access, at the instant it happens. A read is given what the thread saw; a write what it
     * stores, before it is stored. */
    void (*read)(sim_world *world, const sim_thread *thread, const sim_place *place, const uint8_t *seen);
    void (*write)(sim_world *world, const sim_thread *thread, const sim_place *place, const uint8_t *stored);
    /* Before and after one action is carried out by `node`. `message`: what a SEND carries, else NULL. */
    void (*acting)(sim_world *world, sim_node *node, const dsm_action *action, const dsm_message *message);
    void (*acted)(sim_world *world, sim_node *node, const dsm_action *action);
    /* A fault of `thread` has ended because a node that its access needs is lost. */
    void (*lost)(sim_world *world, const sim_thread *thread);
    /* `node` is about to learn, or has learned in this step, that `peer` is gone. */
    void (*peer_lost)(sim_world *world, sim_node *node, uint32_t peer);
    /* A hostile frame that the core of `node` took for a legal one. */
    void (*hostile)(sim_world *world, sim_node *node, const dsm_message *message);
    /* Before every event. */
    void (*stepping)(sim_world *world, sim_node *node);
    /* After every event; `full` now and then and at the end. */
    void (*stepped)(sim_world *world, sim_node *node, bool full);
} sim_checker;

extern const sim_checker sim_checker_sequential;
extern const sim_checker sim_checker_release;

/* Locks and barriers (sim_check_sync.c). */
void sim_check_lock_begin(sim_world *world, sim_thread *thread);
void sim_check_lock_granted(sim_world *world, const sim_thread *thread, int32_t status);
void sim_check_lock_ended(sim_world *world, const sim_thread *thread);
/* What the core says `thread` holds of the lock of its operation is what it does hold. */
void sim_check_lock_depth(sim_world *world, const sim_thread *thread);
void sim_check_lock_release(sim_world *world, const sim_thread *thread);
/* A condition wait gives the lock up, and has it back or will never have it (`thread->status`). */
void sim_check_lock_yield(sim_world *world, sim_thread *thread);
void sim_check_lock_regained(sim_world *world, sim_thread *thread);
/* The wait failed before it began. Returns 0. */
uint32_t sim_check_lock_kept(sim_world *world, sim_thread *thread);
void sim_check_barrier_arrive(sim_world *world, const sim_thread *thread);
void sim_check_barrier_end(sim_world *world, const sim_thread *thread, int32_t status);
void sim_check_sync_crash(sim_world *world, uint32_t node);

/* Conditions (sim_check_condition.c): before the step that begins a wait or signals; when a wait is taken back; when it
 * is over; when all is. */
void sim_check_wait_begin(sim_world *world, sim_thread *thread);
void sim_check_wait_cancelled(sim_world *world, const sim_thread *thread);
void sim_check_wait_ended(sim_world *world, const sim_thread *thread);
void sim_check_signal(sim_world *world, const sim_thread *thread);
void sim_check_conditions(sim_world *world);

/* Arrival order at the homes (sim_check_order.c): a request reaches its home; the home is about to send a grant;
 * the home has learned that a peer is gone. */
struct sim_order *sim_check_order_new(const sim_world *world);
void sim_check_order_free(const sim_world *world, struct sim_order *order);
void sim_check_order_request(sim_world *world, uint32_t node, const dsm_message *message);
void sim_check_order_grant(sim_world *world, const sim_node *home, uint32_t node, const dsm_message *message);
void sim_check_order_gone(sim_world *world, uint32_t home, uint32_t peer);

/* Progress (sim_check_progress.c). */
void sim_check_op_ended(sim_world *world, sim_thread *thread);
void sim_check_ages(sim_world *world);
void sim_check_quiescence(sim_world *world);

#endif
