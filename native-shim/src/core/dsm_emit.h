/*
 * dsm_emit.h - actions out of the step that runs, and counters.
 */
#ifndef DSM_EMIT_H
#define DSM_EMIT_H

#include "dsm_state.h"

/* Counters are written here only and read by anyone: relaxed atomic stores, no lost or torn values. */
static inline void dsm_count_set(dsm_core *core, uint32_t counter, uint64_t value)
{
    __atomic_store_n(&core->counters[counter], value, __ATOMIC_RELAXED);
}

static inline void dsm_count_add(dsm_core *core, uint32_t counter, uint64_t value)
{
    dsm_count_set(core, counter, core->counters[counter] + value);
}

static inline void dsm_count(dsm_core *core, uint32_t counter)
{
    dsm_count_add(core, counter, 1);
}

/* Sends to a peer, with the bytes of the page `message` is about if `with_page`. Nothing is sent to a peer
 * that is gone. */
void dsm_emit_send(dsm_core *core, uint32_t peer, const dsm_message *message, int with_page);
void dsm_emit_protect(dsm_core *core, uint64_t page, enum dsm_access access);
void dsm_emit_install(dsm_core *core, uint64_t page, const uint8_t *bytes);
/* The operation of `slot` has ended. The slot of the operation that began in this very step is not woken: its
 * status becomes the step's result. */
void dsm_emit_wake(dsm_core *core, uint32_t slot, int status);
void dsm_emit_lost(dsm_core *core, uint32_t peer, int status);

#endif
