#include "dsm_emit.h"

#include <string.h>

#include "dsm_peer.h"

static dsm_action action_of(enum dsm_action_type type)
{
    dsm_action action;
    memset(&action, 0, sizeof action);
    action.type = type;
    action.peer = DSM_NO_NODE;
    action.slot = DSM_NO_SLOT;
    return action;
}

void dsm_emit_send(dsm_core *core, uint32_t peer, const dsm_message *message, int with_page)
{
    DSM_ASSERT(peer < core->config.nodes && peer != core->config.node);
    DSM_ASSERT(message->type > 0 && message->type < DSM_MSG_TYPES);
    if (dsm_peer_gone(core, peer)) {
        return;
    }
    dsm_action action = action_of(DSM_ACT_SEND);
    action.peer = peer;
    action.page = message->subject;
    action.with_page = with_page ? 1u : 0u;
    action.head_length = dsm_wire_encode(message, core->config.page_bytes, action.head);
    core->peers[peer].sent = core->now;
    dsm_count(core, DSM_C_MESSAGES_OUT + message->type);
    core->sink(core->context, &action);
}

void dsm_emit_protect(dsm_core *core, uint64_t page, enum dsm_access access)
{
    dsm_action action = action_of(DSM_ACT_PROTECT);
    action.page = page;
    action.access = (uint32_t)access;
    core->sink(core->context, &action);
}

void dsm_emit_install(dsm_core *core, uint64_t page, const uint8_t *bytes)
{
    DSM_ASSERT(bytes != NULL);
    dsm_action action = action_of(DSM_ACT_INSTALL);
    action.page = page;
    action.bytes = bytes;
    core->sink(core->context, &action);
}

void dsm_emit_wake(dsm_core *core, uint32_t slot, int status)
{
    DSM_ASSERT(slot < core->config.slots);
    if (slot == core->own_slot) {
        core->own_status = status;
        return;
    }
    dsm_action action = action_of(DSM_ACT_WAKE);
    action.slot = slot;
    action.status = status;
    core->sink(core->context, &action);
}

void dsm_emit_lost(dsm_core *core, uint32_t peer, int status)
{
    dsm_action action = action_of(DSM_ACT_LOST);
    action.peer = peer;
    action.status = status;
    core->sink(core->context, &action);
}
