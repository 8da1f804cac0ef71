#include "sim_node.h"

#include "dsm_diff.h"
#include "dsm_operation.h"
#include "dsm_wire.h"
#include "sim_check.h"
#include "sim_history.h"
#include "sim_memory.h"
#include "sim_net.h"
#include "sim_thread.h"

#include <string.h>

/* The same node may tick so often without anything else happening before it counts as a storm. */
#define TICKS_IN_A_ROW_MAX 10000u

void sim_node_start(sim_world *world, sim_node *node, uint32_t id)
{
    dsm_core_config config = world->config;
    config.node = id;
    node->id = id;
    node->alive = true;
    node->memory_bytes = dsm_core_size(&config);
    if (node->memory_bytes == 0) {
        sim_fail(world, "dsm_core_size refuses the configuration");
        return;
    }
    size_t rounded = (node->memory_bytes + 63) & ~(size_t)63;
    node->memory = sim_must(aligned_alloc(64, rounded));
    memset(node->memory, 0, rounded);
    node->bytes = sim_new(world->plan.pages, world->plan.page_bytes);
    node->mapped = sim_new(world->plan.pages, 1);
    node->asked = sim_new(world->plan.pages, 1);
    node->narrowed = sim_new(world->plan.pages, sizeof *node->narrowed);
    node->peer_gone = sim_new(world->plan.nodes, 1);
    node->peer_reported = sim_new(world->plan.nodes, 1);
    node->slots = config.slots;
    node->slot_thread = sim_new(node->slots, sizeof *node->slot_thread);
    memset(node->slot_thread, 0xff, node->slots * sizeof *node->slot_thread);
    node->twins = sim_new(world->plan.twins, world->plan.page_bytes);
    node->twin_pages = sim_new(world->plan.twins, sizeof *node->twin_pages);
    node->tick_deadline = DSM_FOREVER;
    node->core = dsm_core_init(node->memory, &config, world->now);
    if (!node->core)
        sim_fail(world, "dsm_core_init gives no core");
}

void sim_node_free(sim_node *node)
{
    free(node->memory);
    free(node->bytes);
    free(node->mapped);
    free(node->asked);
    free(node->narrowed);
    free(node->peer_gone);
    free(node->peer_reported);
    free(node->slot_thread);
    free(node->twins);
    free(node->twin_pages);
}

/* ---- actions ------------------------------------------------------------------------------------ */

static void record(sim_world *world, const sim_node *node, enum sim_record_kind kind, int32_t a, uint32_t b, uint64_t c,
                   uint64_t d)
{
    sim_trace_add(
        &world->trace,
        &(sim_record){
            .at = world->now, .kind = (uint16_t)kind, .node = (uint16_t)node->id, .a = a, .b = b, .c = c, .d = d});
}

static uint8_t *twin(const sim_world *world, const sim_node *node, uint32_t index)
{
    return node->twins + (size_t)index * world->plan.page_bytes;
}

/* What follows the head of a frame; its length. */
static uint32_t append_body(sim_world *world, const sim_node *node, const dsm_action *action, uint8_t *frame)
{
    uint8_t *at = frame + action->head_length;
    const uint8_t *page = sim_node_page(world, node, action->page);
    if (action->with_page)
        memcpy(at, page, world->plan.page_bytes);
    if (action->with_page)
        return world->plan.page_bytes;
    if (action->length)
        memcpy(at, action->bytes, action->length);
    if (!action->with_diff)
        return action->length;
    uint32_t length = dsm_diff_encode(&world->diff, page, twin(world, node, action->twin), world->plan.page_bytes, at);
    dsm_wire_set_length(frame, action->head_length + length);
    return length;
}

static void carry_send(sim_world *world, sim_node *node, const dsm_action *action)
{
    const sim_plan *plan = &world->plan;
    uint8_t *frame = world->scratch;
    uint32_t length = action->head_length;
    bool of_page = action->with_page || action->with_diff;
    if (action->peer >= plan->nodes || action->peer == node->id || length > DSM_HEAD_MAX ||
        (of_page && action->page >= plan->pages) || (action->with_diff && action->twin >= plan->twins) ||
        action->length > DSM_WIRE_BODY_MAX(plan->page_bytes)) {
        sim_fail(world, "node %u sends to %u a head of %u bytes, page %lu", node->id, action->peer, length,
                 (unsigned long)action->page);
        return;
    }
    memcpy(frame, action->head, length);
    length += append_body(world, node, action, frame);
    dsm_message message;
    int decoded = dsm_wire_decode(frame, length, plan->page_bytes, &message);
    if (decoded != 0 || dsm_wire_frame(frame, length, plan->page_bytes) != (int64_t)length) {
        sim_fail(world, "node %u sends a frame that its own codec refuses (%d)", node->id, decoded);
        return;
    }
    record(world, node, SIM_RECORD_SEND, (int32_t)action->peer,
           message.type | (uint32_t)message.flags << 8 | (action->with_page ? 1u << 16 : 0), message.subject,
           message.type >= DSM_MSG_LOCK_REQUEST ? message.epoch : message.access);
    sim_trace_bytes(&world->trace, frame, length);
    if (node->peer_gone[action->peer]) {
        sim_fail(world, "node %u sends message type %u to node %u, which it knows to be gone", node->id, message.type,
                 action->peer);
        return;
    }
    if (message.type == DSM_MSG_PAGE_RETURN || message.type == DSM_MSG_PAGE_INVALIDATED)
        node->asked[message.subject] = 0;
    sim_world_conn(world, node->id, action->peer)->sent_at = world->now;
    world->checker->acting(world, node, action, &message);
    sim_check_order_grant(world, node, action->peer, &message);
    sim_net_send(world, node->id, action->peer, frame, length, message.type == DSM_MSG_HEARTBEAT);
}

static void carry_install(sim_world *world, sim_node *node, const dsm_action *action)
{
    if (action->page >= world->plan.pages || !action->bytes) {
        sim_fail(world, "node %u installs page %lu", node->id, (unsigned long)action->page);
        return;
    }
    uint64_t word;
    memcpy(&word, action->bytes, sizeof word);
    record(world, node, SIM_RECORD_INSTALL, 0, 0, action->page, word);
    world->checker->acting(world, node, action, NULL);
    memcpy(sim_node_page(world, node, action->page), action->bytes, world->plan.page_bytes);
}

/* TWIN, MERGE and APPLY: what the pure functions of the core do to the node's memory. */
static void carry_bytes(sim_world *world, sim_node *node, const dsm_action *action)
{
    bool of_twin = action->type != DSM_ACT_APPLY;
    record(world, node, SIM_RECORD_BYTES, (int32_t)action->type, action->twin, action->page, action->length);
    if (action->page >= world->plan.pages || (of_twin && action->twin >= world->plan.twins) ||
        (action->type != DSM_ACT_TWIN && !action->bytes)) {
        sim_fail(world, "node %u changes page %lu with twin %u", node->id, (unsigned long)action->page, action->twin);
        return;
    }
    world->checker->acting(world, node, action, NULL);
    uint8_t *page = sim_node_page(world, node, action->page);
    if (action->type == DSM_ACT_TWIN) {
        memcpy(twin(world, node, action->twin), page, world->plan.page_bytes);
        node->twin_pages[action->twin] = (uint32_t)action->page + 1;
    } else if (action->type == DSM_ACT_MERGE) {
        dsm_diff_merge(action->bytes, world->plan.page_bytes, page, twin(world, node, action->twin));
    } else if (dsm_diff_check(action->bytes, action->length, world->plan.page_bytes) == 0) {
        dsm_diff_apply(action->bytes, world->plan.page_bytes, page);
    } else {
        sim_fail(world, "node %u applies what is no diff to page %lu", node->id, (unsigned long)action->page);
    }
}

static void carry_atomic(sim_world *world, sim_node *node, const dsm_action *action)
{
    record(world, node, SIM_RECORD_ATOMIC, (int32_t)action->operation, action->offset, action->page, action->operand);
    if (action->page >= world->plan.pages || action->offset > world->plan.page_bytes - action->width ||
        action->offset % action->width != 0) {
        sim_fail(world, "node %u does an atomic operation on %u bytes at page %lu offset %u", node->id, action->width,
                 (unsigned long)action->page, action->offset);
        return;
    }
    world->counts.atomics++;
    world->checker->acting(world, node, action, NULL);
    *action->value = dsm_operation_do(sim_node_page(world, node, action->page) + action->offset, action->operation,
                                      action->width, action->operand, action->expected);
}

static void carry_protect(sim_world *world, sim_node *node, const dsm_action *action)
{
    record(world, node, SIM_RECORD_PROTECT, (int32_t)action->access, 0, action->page, 0);
    if (action->page >= world->plan.pages || action->access > DSM_ACCESS_WRITE) {
        sim_fail(world, "node %u protects page %lu to %u", node->id, (unsigned long)action->page, action->access);
        return;
    }
    world->checker->acting(world, node, action, NULL);
    node->mapped[action->page] = (uint8_t)action->access;
}

static void carry_wake(sim_world *world, sim_node *node, const dsm_action *action)
{
    record(world, node, SIM_RECORD_WAKE, action->status, action->slot, 0, 0);
    if (action->slot >= node->slots || node->slot_thread[action->slot] == SIM_NONE) {
        sim_fail(world, "node %u wakes slot %u, in which nobody waits", node->id, action->slot);
        return;
    }
    sim_thread *thread = &world->threads[node->slot_thread[action->slot]];
    thread->result = action->result;
    sim_thread_woken(world, thread, action->slot, action->status);
}

/* The node learns that its peer is gone. */
static void forget(sim_world *world, sim_node *node, uint32_t peer)
{
    world->checker->peer_lost(world, node, peer);
    sim_check_order_gone(world, node->id, peer);
    node->peer_gone[peer] = 1;
    sim_net_drop(world, peer, node->id);
}

static void carry_lost(sim_world *world, sim_node *node, const dsm_action *action)
{
    record(world, node, SIM_RECORD_LOST, (int32_t)action->peer, (uint32_t)action->status, 0, 0);
    if (action->peer >= world->plan.nodes || action->peer == node->id) {
        sim_fail(world, "node %u reports the loss of node %u", node->id, action->peer);
        return;
    }
    if (node->peer_reported[action->peer]++)
        sim_fail(world, "node %u reports the loss of node %u twice", node->id, action->peer);
    const sim_node *peer = &world->nodes[action->peer];
    if (!node->peer_gone[action->peer] && peer->alive && !peer->frozen && !node->thawed)
        sim_fail(world, "node %u reports the loss of node %u, which is alive", node->id, action->peer);
    if (!node->peer_gone[action->peer]) { /* silent for too long: both ends hear of it */
        forget(world, node, action->peer);
        sim_heap_push(&world->heap, world->now + 1, SIM_ITEM_PEER_LOST, action->peer, node->id);
        world->losses_due++;
    }
}

static void carry_out(void *context, const dsm_action *action)
{
    sim_world *world = ((void **)context)[0];
    sim_node *node = ((void **)context)[1];
    if (world->failed)
        return;
    /* The other threads of the node go on while the engine works through its actions. */
    if (sim_random_chance(&world->random, world->plan.interleave))
        sim_thread_interleave(world, node);
    switch (action->type) {
    case DSM_ACT_SEND:
        carry_send(world, node, action);
        break;
    case DSM_ACT_PROTECT:
        carry_protect(world, node, action);
        break;
    case DSM_ACT_INSTALL:
        carry_install(world, node, action);
        break;
    case DSM_ACT_TWIN:
    case DSM_ACT_MERGE:
    case DSM_ACT_APPLY:
        carry_bytes(world, node, action);
        break;
    case DSM_ACT_ATOMIC:
        carry_atomic(world, node, action);
        break;
    case DSM_ACT_WAKE:
        carry_wake(world, node, action);
        break;
    case DSM_ACT_LOST:
        carry_lost(world, node, action);
        break;
    default:
        sim_fail(world, "node %u emits an unknown action %d", node->id, (int)action->type);
        return;
    }
    if (!world->failed)
        world->checker->acted(world, node, action);
}

/* ---- events ------------------------------------------------------------------------------------- */

/* The timer is set anew only for an earlier deadline, so that lateness does not add up. */
static void plan_tick(sim_world *world, sim_node *node)
{
    uint64_t deadline = dsm_core_deadline(node->core);
    if (deadline == DSM_FOREVER || deadline >= node->tick_deadline)
        return;
    /* A deadline that is already over needs a little time at least, as a real timer does. */
    uint64_t at = deadline > world->now ? deadline : world->now + 1;
    uint64_t late = world->plan.tick_late ? sim_random_below(&world->random, world->plan.tick_late + 1) : 0;
    node->tick_deadline = deadline;
    sim_heap_push(&world->heap, at + late, SIM_ITEM_TICK, node->id, ++node->tick_generation);
}

static void record_event(sim_world *world, const sim_node *node, const dsm_event *event)
{
    sim_record r = {.at = world->now, .kind = SIM_RECORD_EVENT, .node = (uint16_t)node->id, .a = (int32_t)event->type};
    switch (event->type) {
    case DSM_EV_FAULT:
    case DSM_EV_EVICT:
    case DSM_EV_ATOMIC:
        r.b = event->slot;
        r.c = event->page;
        r.d = event->type == DSM_EV_ATOMIC ? event->operation : event->write;
        break;
    case DSM_EV_CONDITION_WAIT:
    case DSM_EV_CONDITION_SIGNAL:
        r.b = event->slot;
        r.c = event->id;
        r.d = event->condition;
        break;
    case DSM_EV_MESSAGE:
        r.b = event->peer;
        if (event->length >= DSM_WIRE_HEAD) {
            memcpy(&r.c, event->bytes + 8, sizeof r.c);
            r.d = event->bytes[4] | (uint64_t)event->bytes[5] << 8 | (uint64_t)event->length << 32;
        }
        break;
    case DSM_EV_LOCK_ACQUIRE:
        r.b = event->slot;
        r.c = event->id;
        r.d = event->flags;
        break;
    case DSM_EV_BARRIER_ARRIVE:
        r.b = event->slot;
        r.c = event->id;
        r.d = event->parties;
        break;
    case DSM_EV_LOCK_RELEASE:
        r.c = event->id;
        r.d = event->thread;
        break;
    case DSM_EV_PEER_LEFT:
    case DSM_EV_PEER_LOST:
        r.b = event->peer;
        break;
    default:
        r.b = event->slot;
        break;
    }
    sim_trace_add(&world->trace, &r);
}

int sim_node_step(sim_world *world, sim_node *node, const dsm_event *event)
{
    void *context[2] = {world, node};
    record_event(world, node, event);
    if (event->type != DSM_EV_TICK)
        node->ticks_in_a_row = 0;
    world->steps++;
    node->stepping = true;
    world->checker->stepping(world, node);
    int result = dsm_core_step(node->core, event, world->now, carry_out, context);
    node->stepping = false;
    record(world, node, SIM_RECORD_RESULT, result, 0, 0, 0);
    plan_tick(world, node);
    const char *wrong = world->plan.outside ? NULL : dsm_core_check(node->core);
    if (wrong)
        sim_fail(world, "dsm_core_check of node %u: %s", node->id, wrong);
    if (!world->failed)
        world->checker->stepped(world, node, (world->steps & 63) == 0);
    return result;
}

void sim_node_asked(sim_world *world, sim_node *node, const uint8_t *bytes, uint32_t length)
{
    dsm_message message;
    if (dsm_wire_decode(bytes, length, world->plan.page_bytes, &message) == 0 && message.subject < world->plan.pages &&
        (message.type == DSM_MSG_PAGE_RECALL || message.type == DSM_MSG_PAGE_INVALIDATE))
        node->asked[message.subject] = 1;
}

void sim_node_message(sim_world *world, sim_node *node, uint32_t from, const uint8_t *bytes, uint32_t length)
{
    dsm_event event = {.type = DSM_EV_MESSAGE, .peer = from, .bytes = bytes, .length = length};
    dsm_message message;
    if (dsm_wire_decode(bytes, length, world->plan.page_bytes, &message) == 0)
        sim_check_order_request(world, from, &message);
    sim_node_asked(world, node, bytes, length);
    int result = sim_node_step(world, node, &event);
    if (result != DSM_OK)
        sim_fail(world, "node %u refuses (%d) message type %u of node %u, which keeps to the protocol", node->id,
                 result, bytes[4], from);
}

void sim_node_tick(sim_world *world, sim_node *node, uint64_t generation)
{
    if (!node->alive || generation != node->tick_generation)
        return;
    if (node->frozen) {
        sim_heap_push(&world->heap, world->now + world->plan.delay_max, SIM_ITEM_TICK, node->id, generation);
        return;
    }
    node->tick_deadline = DSM_FOREVER;
    if (++node->ticks_in_a_row > TICKS_IN_A_ROW_MAX)
        sim_fail(world, "node %u asks for tick after tick", node->id);
    sim_node_step(world, node, &(dsm_event){.type = DSM_EV_TICK});
}

void sim_node_peer_lost(sim_world *world, sim_node *node, uint32_t peer)
{
    if (!node->alive || node->peer_gone[peer])
        return;
    forget(world, node, peer);
    sim_node_step(world, node, &(dsm_event){.type = DSM_EV_PEER_LOST, .peer = peer});
    if (!node->peer_reported[peer])
        sim_fail(world, "node %u was told that node %u is lost and does not report it", node->id, peer);
}

void sim_node_peer_left(sim_world *world, sim_node *node, uint32_t peer)
{
    if (!node->alive || node->peer_gone[peer])
        return;
    if (sim_random_chance(&world->random, 500)) { /* it says so itself */
        uint8_t bye[DSM_HEAD_MAX];
        uint32_t length = dsm_wire_encode(&(dsm_message){.type = DSM_MSG_BYE}, world->plan.page_bytes, bye);
        sim_node_message(world, node, peer, bye, length);
    }
    node->peer_gone[peer] = 1;
    sim_node_step(world, node, &(dsm_event){.type = DSM_EV_PEER_LEFT, .peer = peer});
    if (node->peer_reported[peer])
        sim_fail(world, "node %u reports node %u, which left in good order, as lost", node->id, peer);
}

void sim_node_narrow(sim_world *world, sim_node *node, uint32_t page)
{
    if (!node->alive || node->mapped[page] == DSM_ACCESS_NONE)
        return;
    record(world, node, SIM_RECORD_NARROW, DSM_ACCESS_NONE, 0, page, 0);
    node->mapped[page] = DSM_ACCESS_NONE;
    node->narrowed[page] = world->steps;
    world->counts.narrowed++;
}

void sim_node_evict(sim_world *world, sim_node *node, uint32_t page)
{
    if (!node->alive || !sim_history_release_page(world, page))
        return;
    int result = sim_node_step(world, node, &(dsm_event){.type = DSM_EV_EVICT, .page = page});
    world->counts.evicted += result == DSM_OK;
    if (result != DSM_OK && result != DSM_E_BUSY)
        sim_fail(world, "evicting page %u of node %u returns %d", page, node->id, result);
    else if (result == DSM_OK && node->mapped[page] != DSM_ACCESS_NONE)
        sim_fail(world, "page %u of node %u is evicted and open", page, node->id);
}

/* ---- slots -------------------------------------------------------------------------------------- */

uint32_t sim_node_slot_take(sim_world *world, sim_node *node, uint32_t thread)
{
    uint32_t start = (uint32_t)sim_random_below(&world->random, node->slots);
    for (uint32_t i = 0; i < node->slots; i++) {
        uint32_t slot = (start + i) % node->slots;
        if (node->slot_thread[slot] == SIM_NONE) {
            node->slot_thread[slot] = thread;
            return slot;
        }
    }
    sim_fail(world, "node %u has no slot left", node->id);
    return 0;
}

void sim_node_slot_give(sim_node *node, uint32_t slot)
{
    node->slot_thread[slot] = SIM_NONE;
}
