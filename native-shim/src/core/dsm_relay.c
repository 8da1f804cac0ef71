#include "dsm_relay.h"

#include "dsm_emit.h"
#include "dsm_inform.h"
#include "dsm_peer.h"

/* Nodes count from the home on, in a circle: 0 is the home, 1 .. relays are relays, and the rest are behind these by turns. */
uint32_t dsm_relay_of(const dsm_core_config *config, uint32_t home, uint32_t node)
{
    uint32_t nodes = config->nodes, relays = config->relays;
    uint32_t rank = (node + nodes - home) % nodes;
    return rank <= relays ? DSM_NO_NODE : (home + 1 + (rank - 1) % relays) % nodes;
}

/* The way changes when this node itself learns of the loss: then it says again what may not have come (numbers only grow,
 * so it must not be later than what takes the new way). */
uint32_t dsm_relay_up(const dsm_core *core, uint32_t home)
{
    uint32_t relay = dsm_relay_of(&core->config, home, core->config.node);
    return relay == DSM_NO_NODE || dsm_peer_gone(core, relay) ? home : relay;
}

/* Who knows of the loss already speaks to the home itself, and has said why: it is answered the same way. */
uint32_t dsm_relay_down(const dsm_core *core, uint32_t home, uint32_t node)
{
    uint32_t relay = dsm_relay_of(&core->config, home, node);
    return relay == DSM_NO_NODE || dsm_peer_gone(core, relay) || core->peers[relay].said_gone ? node : relay;
}

int dsm_relay_may(const dsm_core *core, uint32_t peer, uint32_t home, const dsm_message *m)
{
    uint32_t own = core->config.node;
    if (m->origin >= core->config.nodes || m->origin == home) {
        return 0; /* what the home says to itself takes no message */
    }
    uint32_t relay = dsm_relay_of(&core->config, home, m->origin);
    uint32_t near_end = m->type == DSM_MSG_BARRIER_DEPART ? m->origin : home;
    uint32_t far_end = m->type == DSM_MSG_BARRIER_DEPART ? home : m->origin;
    return own == near_end ? peer == far_end || peer == relay : own == relay && peer == far_end;
}

void dsm_relay_send(dsm_core *core, uint32_t via, const dsm_message *message)
{
    if (message->origin == core->config.node || !DSM_MUTANT_IS(DSM_MUTANT_RELAY_FORGETS)) {
        dsm_inform(core, via);
    }
    dsm_emit_send(core, via, message, 0);
}
