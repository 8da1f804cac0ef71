/*
 * dsm_inform.h - who knows of which intervals: write notices and vectors between this node and its peers.
 *
 * A notice is applied the moment it comes: too early is never wrong. Before anything that lets a peer acquire what this
 * node knows (a token, a departure, a SEQUENTIAL page, the result of an atomic operation) it is sent the notices it may
 * not have seen, on the same connection. Nodes that nobody talks to are told now and then (inform_ns), and say what
 * they have applied, so that the log can drop it.
 */
#ifndef DSM_INFORM_H
#define DSM_INFORM_H

#include "dsm_state.h"

/* Sends `peer` all notices it may not have seen. Costs nothing when there are none. */
void dsm_inform(dsm_core *core, uint32_t peer);
/* Tells `peer` which notices this node has applied, as far as it has not been told. */
void dsm_inform_tell(dsm_core *core, uint32_t peer);

/* Closes an interval of this node (or several, if the notices are too long for one) in which it wrote these pages,
 * sorted. Returns the number of the last. */
uint64_t dsm_inform_publish(dsm_core *core, const uint64_t *pages, uint32_t count);

/* NOTICES and VECTOR: whether they are well-formed and can be true, and what they do. */
int dsm_inform_check(const dsm_core *core, const dsm_message *message);
void dsm_inform_noticed(dsm_core *core, uint32_t peer, const dsm_message *message);
void dsm_inform_vector(dsm_core *core, uint32_t peer, const dsm_message *message);

/* Tells everybody what is due. */
void dsm_inform_tick(dsm_core *core);

#endif
