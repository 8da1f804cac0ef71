/*
 * dsm_atomic.h - atomic operations on 4 and 8 bytes.
 *
 * Done here when this node has the page to itself, otherwise at the page's home, so that under contention the operation
 * travels and not the page. A SEQUENTIAL page whose home sees operations of one node only goes to that node (ALONE).
 * Each is a release before and an acquire after, as a volatile read and write in one are.
 */
#ifndef DSM_ATOMIC_H
#define DSM_ATOMIC_H

#include "dsm_state.h"

int dsm_atomic_begin(dsm_core *core, const dsm_event *event);

/* All that was written here before it is known: the operation of `slot` may be done, or go to its page's home. */
void dsm_atomic_released(dsm_core *core, uint32_t slot);
/* The page is here: does the operation of `slot`, which ends. */
void dsm_atomic_here(dsm_core *core, uint32_t slot);
/* It cannot be done. */
void dsm_atomic_fail(dsm_core *core, uint32_t slot, int status);

/* Messages: whether `peer` may send it now, and what it does. */
int dsm_atomic_check(const dsm_core *core, uint32_t peer, const dsm_message *message);
void dsm_atomic_asked(dsm_core *core, uint32_t peer, const dsm_message *message); /* ATOMIC */
void dsm_atomic_result(dsm_core *core, uint64_t number, uint64_t value, uint32_t flags);

/* Sends the result to `node`, which may be this one. */
void dsm_atomic_answer(dsm_core *core, uint32_t node, uint64_t page, uint64_t number, uint64_t value, uint32_t flags);

void dsm_atomic_peer_gone(dsm_core *core, uint32_t peer);

#endif
