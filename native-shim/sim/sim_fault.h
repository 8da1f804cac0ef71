/*
 * sim_fault.h - trouble: nodes that crash, and a node that turns hostile.
 */
#ifndef SIM_FAULT_H
#define SIM_FAULT_H

#include "sim_world.h"

/* After every event: has the time for trouble come? */
void sim_fault_maybe(sim_world *world);
/* Keeps a frame for the hostile node to mutate. */
void sim_fault_sample(sim_world *world, const uint8_t *bytes, uint32_t length);
void sim_fault_crash(sim_world *world, uint32_t node);
/* The hostile node sends its next frame, or is found out and dropped by all. */
void sim_fault_hostile(sim_world *world, uint32_t node);

#endif
