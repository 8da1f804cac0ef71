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

/* For a counter that the driver adds to without the engine lock. */
static inline void dsm_count_shared(dsm_core *core, uint32_t counter)
{
    __atomic_fetch_add(&core->counters[counter], 1, __ATOMIC_RELAXED);
}

/* A page that was asked for has come: counts how long that took. */
void dsm_count_fetch(dsm_core *core, uint64_t ns);

/* Sends to a peer, with the bytes of the page `message` is about if `with_page`. Nothing is sent to a peer
 * that is gone. */
void dsm_emit_send(dsm_core *core, uint32_t peer, const dsm_message *message, int with_page);
/* Sends a message with its body. */
void dsm_emit_send_body(dsm_core *core, uint32_t peer, const dsm_message *message);
/* Sends a DIFF of the page `message` is about, against `twin`. */
void dsm_emit_send_diff(dsm_core *core, uint32_t peer, const dsm_message *message, uint32_t twin);
void dsm_emit_twin(dsm_core *core, uint64_t page, uint32_t twin);
void dsm_emit_apply(dsm_core *core, uint64_t page, const uint8_t *diff, uint32_t length);
void dsm_emit_merge(dsm_core *core, uint64_t page, uint32_t twin, const uint8_t *bytes);
/* Does the operation that `message` (an ATOMIC) names; returns what was there before. */
uint64_t dsm_emit_atomic(dsm_core *core, uint64_t page, const dsm_message *message);
void dsm_emit_protect(dsm_core *core, uint64_t page, enum dsm_access access);
void dsm_emit_install(dsm_core *core, uint64_t page, const uint8_t *bytes);
/* The operation of `slot` has ended. The slot of the operation that began in this very step is not woken: its
 * status becomes the step's result. */
void dsm_emit_wake(dsm_core *core, uint32_t slot, int status);
/* The same for an atomic operation that has ended well. */
void dsm_emit_wake_with(dsm_core *core, uint32_t slot, uint64_t result);
void dsm_emit_lost(dsm_core *core, uint32_t peer, int status);

#endif
