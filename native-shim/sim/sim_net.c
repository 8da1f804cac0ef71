#include "sim_net.h"

#include "dsm_wire.h"
#include "sim_fault.h"
#include "sim_history.h"
#include "sim_memory.h"
#include "sim_node.h"

#include <string.h>

static sim_frame *frame_new(sim_world *world)
{
    sim_frame *frame = world->free_frames;
    if (frame)
        world->free_frames = frame->next;
    else
        frame = sim_new(1, sizeof *frame + sim_world_frame_most(world));
    frame->next = NULL;
    return frame;
}

static void frame_free(sim_world *world, sim_frame *frame)
{
    if (!frame->idle)
        world->inflight--;
    frame->next = world->free_frames;
    world->free_frames = frame;
}

static sim_frame *take_first(sim_conn *conn)
{
    sim_frame *frame = conn->first;
    conn->first = frame->next;
    if (!conn->first)
        conn->last = NULL;
    conn->queued--;
    return frame;
}

static uint64_t arrival(sim_world *world, sim_conn *conn)
{
    const sim_plan *plan = &world->plan;
    uint64_t at = world->now + sim_random_between(&world->random, plan->delay_min, plan->delay_max);
    if (sim_random_chance(&world->random, plan->stall))
        at += plan->stall_ns;
    if (at < conn->held_until)
        at = conn->held_until;
    if (at < conn->last_at)
        at = conn->last_at;
    conn->last_at = at;
    return at;
}

void sim_net_send(sim_world *world, uint32_t from, uint32_t to, const uint8_t *bytes, uint32_t length, bool idle)
{
    sim_conn *conn = sim_world_conn(world, from, to);
    if (conn->broken) {
        sim_history_into_the_void(world, bytes);
        return;
    }
    sim_frame *frame = frame_new(world);
    memcpy(frame->bytes, bytes, length);
    sim_fault_sample(world, bytes, length);
    frame->length = length;
    frame->idle = idle;
    if (conn->last)
        conn->last->next = frame;
    else
        conn->first = frame;
    conn->last = frame;
    if (!idle)
        world->inflight++;
    world->counts.frames += !idle;
    world->counts.idle_frames += idle;
    world->counts.bytes += length;
    if (++conn->queued > conn->most_queued)
        conn->most_queued = conn->queued;
    if (conn->queued > world->counts.most_queued)
        world->counts.most_queued = conn->queued;
    if (world->plan.window && conn->queued > world->plan.window)
        sim_fail(world, "the connection from node %u to node %u holds %u frames, more than %u", from, to, conn->queued,
                 world->plan.window);
    sim_heap_push(&world->heap, arrival(world, conn), SIM_ITEM_DELIVER, from * world->plan.nodes + to, 0);
}

void sim_net_deliver(sim_world *world, sim_conn *conn)
{
    /* The items of cut frames come after those of the frames that still arrive: the heap's order is theirs. */
    if (!conn->first)
        return;
    sim_node *node = &world->nodes[conn->to];
    if (node->frozen) {
        sim_heap_push(&world->heap, world->now + world->plan.delay_max, SIM_ITEM_DELIVER,
                      conn->from * world->plan.nodes + conn->to, 0);
        return;
    }
    sim_frame *frame = take_first(conn);
    if (node->alive && !node->peer_gone[conn->from]) {
        world->counts.deliveries += !frame->idle;
        sim_node_message(world, node, conn->from, frame->bytes, frame->length);
    }
    frame_free(world, frame);
}

static void drop_all(sim_world *world, sim_conn *conn)
{
    while (conn->first)
        frame_free(world, take_first(conn));
}

static uint32_t cut(sim_world *world, sim_conn *conn, uint32_t kept)
{
    sim_frame **link = &conn->first;
    sim_frame *last = NULL;
    for (uint32_t i = 0; i < kept && *link; i++) {
        last = *link;
        link = &last->next;
    }
    sim_frame *rest = *link;
    *link = NULL;
    conn->last = last;
    while (rest) {
        sim_frame *next = rest->next;
        conn->queued--;
        frame_free(world, rest);
        rest = next;
    }
    return conn->queued;
}

void sim_net_break(sim_world *world, uint32_t gone, bool orderly)
{
    for (uint32_t other = 0; other < world->plan.nodes; other++) {
        if (other == gone)
            continue;
        sim_conn *out = sim_world_conn(world, gone, other);
        sim_conn *in = sim_world_conn(world, other, gone);
        uint32_t kept = orderly ? out->queued : (uint32_t)sim_random_between(&world->random, 0, out->queued);
        kept = cut(world, out, kept);
        sim_trace_add(
            &world->trace,
            &(sim_record){
                .at = world->now, .kind = SIM_RECORD_CUT, .node = (uint16_t)gone, .a = (int32_t)other, .b = kept});
        drop_all(world, in);
        out->broken = in->broken = true;
        uint64_t last = out->last_at > world->now ? out->last_at : world->now;
        uint64_t seen = last + sim_random_between(&world->random, 1, 2 * world->plan.delay_max + 1);
        sim_heap_push(&world->heap, seen, SIM_ITEM_PEER_LOST, other, gone);
        world->losses_due++;
    }
}

void sim_net_discard(sim_world *world, uint32_t from, uint32_t to)
{
    drop_all(world, sim_world_conn(world, from, to));
}

void sim_net_drop(sim_world *world, uint32_t peer, uint32_t from)
{
    drop_all(world, sim_world_conn(world, peer, from));
    sim_world_conn(world, peer, from)->broken = true;
    sim_world_conn(world, from, peer)->broken = true;
}

static void chain_free(sim_frame *frame)
{
    while (frame) {
        sim_frame *next = frame->next;
        free(frame);
        frame = next;
    }
}

void sim_net_free(sim_world *world)
{
    for (uint32_t i = 0; i < world->plan.nodes * world->plan.nodes; i++)
        chain_free(world->conns[i].first);
    chain_free(world->free_frames);
}
