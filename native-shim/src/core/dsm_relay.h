/*
 * dsm_relay.h - the way between a barrier's home and the nodes whose threads come to it.
 *
 * In a small cluster each node speaks to the home itself. In a larger one the home would send and receive everything in
 * a row, so some nodes are relays: the others' arrivals and breaks go to the home by way of one of them each, and their
 * departures come back the same way, with the notices that belong to them. So the home's row and each relay's grow with
 * the square root of the nodes, and a relay puts the notices of those behind it together. Only the home decides.
 *
 * There is never more than one relay on a way: whoever knows that its relay is gone tells the home so (PEER_GONE), over
 * the very connection on which it then speaks to the home itself. What was on its way through a relay that went is lost:
 * those behind it break the barrier that they wait at.
 *
 * A combining tree of depth two: Mellor-Crummey and Scott 1991.
 */
#ifndef DSM_RELAY_H
#define DSM_RELAY_H

#include "dsm_state.h"

/* The relay of `node` for barriers of `home`, by the settings alone; DSM_NO_NODE: it speaks to the home itself. */
uint32_t dsm_relay_of(const dsm_core_config *config, uint32_t home, uint32_t node);

/* Whom this node, which is not the home, sends what it says to the home; whom the home sends what it says to `node`. */
uint32_t dsm_relay_up(const dsm_core *core, uint32_t home);
uint32_t dsm_relay_down(const dsm_core *core, uint32_t home, uint32_t node);

/* 1 if `peer` may send this message of a barrier of `home` here; where it says whose it is. */
int dsm_relay_may(const dsm_core *core, uint32_t peer, uint32_t home, const dsm_message *message);

/* Sends it one hop on, after the notices that belong to it. Nothing happens if the way ends here. */
void dsm_relay_send(dsm_core *core, uint32_t via, const dsm_message *message);

#endif
