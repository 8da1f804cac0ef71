/*
 * sim_state.h - a picture of a core's state, to see that a refused frame has changed nothing.
 */
#ifndef SIM_STATE_H
#define SIM_STATE_H

#include "dsm_core.h"
#include "dsm_state.h"
#include "sim_memory.h"

#include <string.h>

static inline size_t sim_state_offset(const void *memory, const void *part)
{
    return (size_t)((const uint8_t *)part - (const uint8_t *)memory);
}

/* A copy without what any step may change: the counters, what belongs to the running step, and when each peer
 * was last heard of. To be freed. */
static inline uint8_t *sim_state_copy(const dsm_core *core, const void *memory, size_t bytes)
{
    uint8_t *copy = sim_must(malloc(bytes));
    memcpy(copy, memory, bytes);
    struct dsm_core *c = (struct dsm_core *)(void *)(copy + sim_state_offset(memory, core));
    memset(c->counters, 0, sizeof c->counters);
    c->sink = NULL;
    c->context = NULL;
    c->now = 0;
    c->own_slot = 0;
    c->own_status = 0;
    struct dsm_peer *peers = (struct dsm_peer *)(void *)(copy + sim_state_offset(memory, core->peers));
    for (uint32_t i = 0; i < core->config.nodes; i++)
        peers[i].heard = 0;
    return copy;
}

#endif
