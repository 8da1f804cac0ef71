/*
 * sim_net.h - the connections: first in, first out within one, any order between two, seeded delays.
 */
#ifndef SIM_NET_H
#define SIM_NET_H

#include "sim_world.h"

/* Puts a copy of the frame on its way. `idle`: a heartbeat. */
void sim_net_send(sim_world *world, uint32_t from, uint32_t to, const uint8_t *bytes, uint32_t length, bool idle);
/* The oldest frame of the connection reaches the other end. */
void sim_net_deliver(sim_world *world, sim_conn *conn);
/* Both directions between `gone` and everybody break: of what `gone` sent a prefix still arrives (all of it
 * when `orderly`), of what was sent to it nothing; the others learn it afterwards. */
void sim_net_break(sim_world *world, uint32_t gone, bool orderly);
/* `from` does not hear from `peer` any more: what is on its way to `from` is dropped. */
void sim_net_drop(sim_world *world, uint32_t peer, uint32_t from);
/* What `from` has sent to `to` and has not arrived yet never will. */
void sim_net_discard(sim_world *world, uint32_t from, uint32_t to);
void sim_net_free(sim_world *world);

#endif
