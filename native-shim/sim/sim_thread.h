/*
 * sim_thread.h - a simulated application thread: an automaton over its program. The instruction that
 * faulted, the wake, the return to the instruction and the access itself are separate events.
 */
#ifndef SIM_THREAD_H
#define SIM_THREAD_H

#include "sim_world.h"

void sim_thread_start(sim_world *world, sim_thread *thread, uint32_t index);
/* Its timer has come. */
void sim_thread_run(sim_world *world, sim_thread *thread, uint64_t generation);
/* The core has woken it, or one slot of its touch (inside a step). */
void sim_thread_woken(sim_world *world, sim_thread *thread, uint32_t slot, int32_t status);
/* The wait of operation `serial` is timed out or interrupted. */
void sim_thread_cancel(sim_world *world, sim_thread *thread, uint64_t serial);
/* Some thread of the node that stands before a permitted access does it now. */
void sim_thread_interleave(sim_world *world, sim_node *node);
void sim_thread_die(sim_world *world, sim_thread *thread);

/* What comes next in the thread's script or random program (sim_program.c). */
void sim_program_next(sim_world *world, sim_thread *thread, sim_op *op);
/* The outcome of the operation that has just ended. */
void sim_program_ended(sim_world *world, sim_thread *thread, int32_t status);
/* Rounds end, so that every thread comes to its last barrier and ends. */
void sim_program_wind_down(sim_world *world);

#endif
