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

/* 1 and the action that sends the message; 0 when there is nobody to send it to. */
static int send_of(dsm_core *core, uint32_t peer, const dsm_message *message, dsm_action *action)
{
    DSM_ASSERT(peer < core->config.nodes && peer != core->config.node);
    DSM_ASSERT(message->type > 0 && message->type < DSM_MSG_TYPES);
    if (dsm_peer_gone(core, peer)) {
        return 0;
    }
    *action = action_of(DSM_ACT_SEND);
    action->peer = peer;
    action->page = message->subject;
    action->head_length = dsm_wire_encode(message, core->config.page_bytes, action->head);
    core->peers[peer].sent = core->now;
    dsm_count(core, DSM_C_MESSAGES_OUT + message->type);
    return 1;
}

void dsm_emit_send(dsm_core *core, uint32_t peer, const dsm_message *message, int with_page)
{
    dsm_action action;
    if (send_of(core, peer, message, &action)) {
        action.with_page = with_page ? 1u : 0u;
        core->sink(core->context, &action);
    }
}

void dsm_emit_send_body(dsm_core *core, uint32_t peer, const dsm_message *message)
{
    dsm_action action;
    DSM_ASSERT(message->body != NULL && message->body_length <= DSM_WIRE_BODY_MAX(core->config.page_bytes));
    if (send_of(core, peer, message, &action)) {
        action.bytes = message->body;
        action.length = message->body_length;
        core->sink(core->context, &action);
    }
}

void dsm_emit_send_diff(dsm_core *core, uint32_t peer, const dsm_message *message, uint32_t twin)
{
    dsm_action action;
    if (send_of(core, peer, message, &action)) {
        action.with_diff = 1;
        action.twin = twin;
        core->sink(core->context, &action);
    }
}

void dsm_emit_twin(dsm_core *core, uint64_t page, uint32_t twin)
{
    dsm_action action = action_of(DSM_ACT_TWIN);
    action.page = page;
    action.twin = twin;
    dsm_count(core, DSM_C_TWINS);
    core->sink(core->context, &action);
}

void dsm_emit_apply(dsm_core *core, uint64_t page, const uint8_t *diff, uint32_t length)
{
    dsm_action action = action_of(DSM_ACT_APPLY);
    action.page = page;
    action.bytes = diff;
    action.length = length;
    dsm_count(core, DSM_C_DIFFS_APPLIED);
    core->sink(core->context, &action);
}

void dsm_emit_merge(dsm_core *core, uint64_t page, uint32_t twin, const uint8_t *bytes)
{
    dsm_action action = action_of(DSM_ACT_MERGE);
    action.page = page;
    action.twin = twin;
    action.bytes = bytes;
    dsm_count(core, DSM_C_MERGES);
    core->sink(core->context, &action);
}

uint64_t dsm_emit_atomic(dsm_core *core, uint64_t page, const dsm_message *message)
{
    uint64_t value = 0;
    dsm_action action = action_of(DSM_ACT_ATOMIC);
    action.page = page;
    action.operation = message->operation;
    action.offset = message->offset;
    action.width = message->width;
    action.operand = message->operand;
    action.expected = message->expected;
    action.value = &value;
    core->sink(core->context, &action);
    return value;
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

void dsm_emit_wake_with(dsm_core *core, uint32_t slot, uint64_t result)
{
    if (slot == core->own_slot) {
        core->own_status = DSM_OK;
        core->own_result = result;
        return;
    }
    dsm_action action = action_of(DSM_ACT_WAKE);
    action.slot = slot;
    action.status = DSM_OK;
    action.result = result;
    core->sink(core->context, &action);
}

void dsm_emit_lost(dsm_core *core, uint32_t peer, int status)
{
    dsm_action action = action_of(DSM_ACT_LOST);
    action.peer = peer;
    action.status = status;
    core->sink(core->context, &action);
}

/* Two buckets an octave: bucket b counts fetches of [2^(b/2), 2^((b+1)/2)) ns. */
static uint32_t bucket_of(uint64_t ns)
{
    uint32_t octave = 0;
    while (octave < 63 && ns >> (octave + 1) != 0) {
        octave++;
    }
    /* the upper half begins at sqrt(2) times the octave's start: 181/128 is that to within 0.01 % */
    uint64_t start = UINT64_C(1) << octave;
    int upper = octave < 56 ? ns * 128 >= start * 181 : 0;
    uint32_t bucket = 2 * octave + (upper ? 1 : 0);
    return bucket < 64 ? bucket : 63;
}

void dsm_count_fetch(dsm_core *core, uint64_t ns)
{
    dsm_count_add(core, DSM_C_FETCH_NS, ns);
    dsm_count(core, DSM_C_FETCH_HISTOGRAM + bucket_of(ns));
}
