/*
 * dsm_barrier.h - barriers: any number of parties (threads, on any nodes), reusable, counted at the barrier's home.
 *
 * The number of parties of a generation is that of its first arrival; an arrival that names another is sent away alone.
 * When the last has come, the home tells every node that has arrivals in this generation; the barrier is fresh then.
 * A wait that is taken back (time-out, interruption) breaks the generation it was counted into: all its
 * waiters fail with DSM_E_BROKEN and the next arrival begins a fresh one. A lost node breaks every barrier,
 * and every later arrival: who is missing cannot be known, and a barrier must not hang.
 */
#ifndef DSM_BARRIER_H
#define DSM_BARRIER_H

#include "dsm_state.h"
#include "dsm_table.h"

static inline struct dsm_barrier *dsm_barrier_at(const dsm_core *core, uint32_t index)
{
    return (struct dsm_barrier *)(void *)dsm_table_at(&core->barriers, index);
}

/* ---- at a node ---- */

int dsm_barrier_arrive(dsm_core *core, const dsm_event *event);
/* All that was written here before the arrival of `slot` is known: it may be counted. */
void dsm_barrier_released(dsm_core *core, uint32_t slot);
/* Takes the waiting slot out, and breaks the barrier for those it waited with. */
void dsm_barrier_cancel(dsm_core *core, uint32_t slot);

int dsm_barrier_check(const dsm_core *core, uint32_t peer, const dsm_message *message);
/* DEPART: for this node, or for one behind it. */
void dsm_barrier_depart(dsm_core *core, const dsm_message *message);
/* The generation of the arrivals up to `arrival` is over. `flags`: BROKEN; or PARTIES or FULL, for that arrival alone. */
void dsm_barrier_departed(dsm_core *core, uint64_t id, uint64_t arrival, uint32_t flags);

void dsm_barrier_peer_gone(dsm_core *core, uint32_t peer);
/* Breaks what this node's threads wait for by way of it. */
void dsm_barrier_relay_gone(dsm_core *core, uint32_t relay);

/* ---- at its home ---- */

int dsm_barrier_home_check(const dsm_core *core, uint32_t peer, const dsm_message *message);
/* ARRIVE and BREAK: for this home, or passed on to it. */
void dsm_barrier_home_message(dsm_core *core, const dsm_message *message);
void dsm_barrier_home_arrived(dsm_core *core, uint64_t id, uint32_t node, uint64_t arrival, uint32_t parties);
void dsm_barrier_home_broken(dsm_core *core, uint64_t id, uint32_t node, uint64_t arrival);
void dsm_barrier_home_peer_gone(dsm_core *core, uint32_t peer);

#endif
