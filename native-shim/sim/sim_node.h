/*
 * sim_node.h - the simulated driver of one core: what the engine, the signal handler and the operating
 * system do on a real node.
 */
#ifndef SIM_NODE_H
#define SIM_NODE_H

#include "sim_world.h"

void sim_node_start(sim_world *world, sim_node *node, uint32_t id);
void sim_node_free(sim_node *node);

/* One step of the node's core, its actions carried out in order. Returns what the step returned. */
int sim_node_step(sim_world *world, sim_node *node, const dsm_event *event);

/* Takes note if the frame, which is about to be delivered, asks for a page back. */
void sim_node_asked(sim_world *world, sim_node *node, const uint8_t *bytes, uint32_t length);
void sim_node_message(sim_world *world, sim_node *node, uint32_t from, const uint8_t *bytes, uint32_t length);
void sim_node_tick(sim_world *world, sim_node *node, uint64_t generation);
void sim_node_peer_lost(sim_world *world, sim_node *node, uint32_t peer);
void sim_node_peer_left(sim_world *world, sim_node *node, uint32_t peer);
/* The driver closes a page without telling the core, as it may do to save mappings. */
void sim_node_narrow(sim_world *world, sim_node *node, uint32_t page);

/* The copy of a RELEASE page may go. */
void sim_node_evict(sim_world *world, sim_node *node, uint32_t page);

uint32_t sim_node_slot_take(sim_world *world, sim_node *node, uint32_t thread);
void sim_node_slot_give(sim_node *node, uint32_t slot);

#endif
