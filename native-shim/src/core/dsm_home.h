/*
 * dsm_home.h - the directory: what the home of a page knows of its copies, and who is let in next.
 *
 * A page is idle, or serves exactly one request (`active`) while the others wait in order of arrival: no starvation,
 * no retries. Either one node owns it exclusively and the sharer set is empty, or nobody owns it and the
 * home's bytes are valid. This node's own requests and copies are treated as any other node's; only that the
 * messages are direct calls.
 */
#ifndef DSM_HOME_H
#define DSM_HOME_H

#include "dsm_state.h"

/* Whether `peer` may send this to the home now: DSM_OK or DSM_E_PROTOCOL. Changes nothing. */
int dsm_home_check(const dsm_core *core, uint32_t peer, const dsm_message *message);

void dsm_home_request(dsm_core *core, uint64_t page, uint32_t node, enum dsm_access access);
/* An atomic operation that `message` (ATOMIC) names, done here for `node` when no other copy is left. */
void dsm_home_atomic(dsm_core *core, uint32_t node, const dsm_message *message);
void dsm_home_invalidated(dsm_core *core, uint64_t page, uint32_t node);
/* `written`: the owner has written it; `bytes`: the page's, NULL if this home's view has them already. */
void dsm_home_returned(dsm_core *core, uint64_t page, uint32_t node, enum dsm_access kept, int written,
                       const uint8_t *bytes);

/* Forgets the requests and copies of a node that is gone (already marked so). */
void dsm_home_peer_gone(dsm_core *core, uint32_t peer);

#endif
