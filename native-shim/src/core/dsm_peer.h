/*
 * dsm_peer.h - other nodes: who lives, who left, who is lost.
 */
#ifndef DSM_PEER_H
#define DSM_PEER_H

#include "dsm_state.h"

/* 1 if `peer` left or was lost: nothing is sent to it, nothing comes from it. */
static inline int dsm_peer_gone(const dsm_core *core, uint32_t peer)
{
    DSM_ASSERT(peer < core->config.nodes);
    return core->peers[peer].gone;
}

/* Something came from `peer`: it lives. */
static inline void dsm_peer_heard(dsm_core *core, uint32_t peer)
{
    core->peers[peer].heard = core->now;
}

/* Whether a HELLO of `peer` fits this node: DSM_OK or DSM_E_PROTOCOL. */
int dsm_peer_check_hello(const dsm_core *core, uint32_t peer, const dsm_message *message);

/* The peer left in good order, or is lost: ends what needs it. `reason`: of DSM_ACT_LOST. */
void dsm_peer_left(dsm_core *core, uint32_t peer);
void dsm_peer_lost(dsm_core *core, uint32_t peer, int reason);

/* `peer` says that the node `message` (PEER_GONE) names is gone: whether it may, and what it means here. */
int dsm_peer_check_gone(const dsm_core *core, uint32_t peer, const dsm_message *message);
void dsm_peer_gone_elsewhere(dsm_core *core, const dsm_message *message);

/* Heartbeats and silence. */
void dsm_peer_tick(dsm_core *core);

#endif
