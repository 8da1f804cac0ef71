/*
 * dsm_condition.h - conditions of a lock: await, signal, signalAll; wait, notify, notifyAll.
 *
 * Waits queue at the lock's home, in order of arrival. Whether a wait ends by a signal or by being taken back (time-out,
 * interruption) is decided there alone, so that no signal is lost: one that was used up for a thread that had given
 * up would be. Both ways the thread then gets in line for the lock, on its own node, as any other.
 *
 * A wait reaches the home before the token can leave the waiter's node, and a signal comes from the node that has the
 * token: on the connections' order alone, every wait that began before a signal is seen by it.
 */
#ifndef DSM_CONDITION_H
#define DSM_CONDITION_H

#include "dsm_state.h"

/* ---- at a node ---- */

int dsm_condition_wait(dsm_core *core, const dsm_event *event);
int dsm_condition_signal(dsm_core *core, const dsm_event *event);
int dsm_condition_cancel(dsm_core *core, uint32_t slot);

int dsm_condition_check(const dsm_core *core, uint32_t peer, const dsm_message *message);
/* The wait of that number is over. `flags`: CANCELLED: without a signal. */
void dsm_condition_ended(dsm_core *core, uint64_t number, uint32_t flags);

void dsm_condition_peer_gone(dsm_core *core, uint32_t peer);

/* ---- at the lock's home ---- */

int dsm_condition_home_check(const dsm_core *core, uint32_t peer, const dsm_message *message);
void dsm_condition_home_message(dsm_core *core, uint32_t node, const dsm_message *message);
void dsm_condition_home_peer_gone(dsm_core *core, uint32_t peer);

#endif
