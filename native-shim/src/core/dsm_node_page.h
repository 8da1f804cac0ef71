/*
 * dsm_node_page.h - the requester's side of a page: this node's threads, its copy, and what its home tells it.
 *
 * Sequentially consistent, single writer or many readers, by invalidation (IVY: Li and Hudak 1989), with an
 * exclusive-clean state: a reader who is alone may write without a message.
 */
#ifndef DSM_NODE_PAGE_H
#define DSM_NODE_PAGE_H

#include "dsm_state.h"

/* Events; their results are dsm_core_step's. */
int dsm_node_page_fault(dsm_core *core, const dsm_event *event);
int dsm_node_page_resumed(dsm_core *core, uint32_t slot);

/* Whether the home `peer` may send this now: DSM_OK or DSM_E_PROTOCOL. Changes nothing. */
int dsm_node_page_check(const dsm_core *core, uint32_t peer, const dsm_message *message);

/* From the home (a checked message, or a direct call when this node is the home). `bytes`: the page's, or
 * NULL if this node's view has them already or they are zero. */
void dsm_node_page_granted(dsm_core *core, uint64_t page, enum dsm_access access, uint32_t flags, const uint8_t *bytes);
void dsm_node_page_invalidate(dsm_core *core, uint64_t page);
void dsm_node_page_recall(dsm_core *core, uint64_t page, enum dsm_access keep);

/* Lets the atomic operation of `slot` have its page and be done here. */
void dsm_node_page_atomic(dsm_core *core, uint32_t slot);
/* Returns the page, closed here before, now that this node's release is over. */
void dsm_node_page_return(dsm_core *core, uint64_t page);

/* Does what the home asked, now that nobody holds the page. */
void dsm_node_page_answer(dsm_core *core, uint64_t page, enum dsm_deferred what);

/* Fails what waits for a page whose home is gone. */
void dsm_node_page_peer_gone(dsm_core *core, uint32_t peer);

#endif
