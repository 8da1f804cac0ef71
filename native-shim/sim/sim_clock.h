/*
 * sim_clock.h - who knows of what: vector clocks of the threads, and of all through which they synchronize (Mattern
 * 1989; the epochs of writes and reads after Flanagan and Freund 2009, FastTrack). An operation happened before
 * another if the other's thread knew of it.
 *
 * Only where world->history is set; elsewhere these do nothing.
 */
#ifndef SIM_CLOCK_H
#define SIM_CLOCK_H

#include "sim_world.h"

void sim_clock_start(sim_world *world);
void sim_clock_free(sim_world *world);
void sim_sync_start(sim_world *world, sim_sync *sync);
void sim_sync_free(sim_sync *sync);

/* The thread makes known all it knows; what it does from now on is not part of that. */
void sim_sync_release(sim_world *world, const sim_thread *thread, sim_sync *sync);
void sim_sync_acquire(sim_world *world, const sim_thread *thread, sim_sync *sync);
/* What `from` holds moves to `to`. */
void sim_sync_move(sim_world *world, sim_sync *to, sim_sync *from);
/* `node` died: what it contributed and nobody else has acquired may be lost with it. */
void sim_sync_crash(sim_world *world, sim_sync *sync, uint32_t node);

/* 1 if `thread` knows of what thread `of` did when its clock showed `at`. (SIM_NONE: the beginning.) */
static inline bool sim_clock_knows(const uint32_t *clock, uint32_t of, uint32_t at)
{
    return of == SIM_NONE || clock[of] >= at;
}

#endif
