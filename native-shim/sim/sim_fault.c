#include "sim_fault.h"

#include "dsm_wire.h"
#include "sim_check.h"
#include "sim_memory.h"
#include "sim_net.h"
#include "sim_node.h"
#include "sim_state.h"
#include "sim_thread.h"

#include <string.h>

#define ALIVE_LEAST 1u

/* ---- crashes ------------------------------------------------------------------------------------- */

/* Its threads and its memory are gone; what it has sent may still arrive. */
static void stop(sim_world *world, sim_node *node)
{
    node->alive = false;
    world->trouble = true;
    sim_check_sync_crash(world, node->id);
    memset(node->mapped, 0, world->plan.pages);
    for (uint32_t i = 0; i < world->plan.threads; i++)
        sim_thread_die(world, &world->threads[node->id * world->plan.threads + i]);
}

void sim_fault_crash(sim_world *world, uint32_t id)
{
    sim_node *node = &world->nodes[id];
    if (!node->alive)
        return;
    sim_trace_add(&world->trace, &(sim_record){.at = world->now, .kind = SIM_RECORD_CRASH, .node = (uint16_t)id});
    world->counts.crashes++;
    stop(world, node);
    sim_net_break(world, id, false);
}

static sim_node *draw_alive(sim_world *world)
{
    uint32_t start = (uint32_t)sim_random_below(&world->random, world->plan.nodes);
    for (uint32_t i = 0; i < world->plan.nodes; i++) {
        sim_node *node = &world->nodes[(start + i) % world->plan.nodes];
        if (node->alive)
            return node;
    }
    return &world->nodes[0];
}

/* ---- a hostile node -------------------------------------------------------------------------------- */

void sim_fault_sample(sim_world *world, const uint8_t *bytes, uint32_t length)
{
    if (!world->plan.hostile)
        return;
    uint32_t i = world->sampled++ % SIM_SAMPLES;
    memcpy(world->samples + (size_t)i * sim_world_frame_most(world), bytes, length);
    world->sample_length[i] = length;
}

static uint32_t draw_fields(sim_world *world, uint8_t *frame)
{
    sim_random *r = &world->random;
    dsm_message m = {0}; /* one draw a statement: the order of draws is the compiler's otherwise */
    m.type = (uint8_t)sim_random_between(r, 1, world->plan.release ? DSM_MSG_TYPES : DSM_MSG_BARRIER_BREAK + 1);
    if (sim_random_chance(r, 400))
        m.flags = (uint8_t)sim_random_below(r, 32);
    m.subject = sim_random_next(r);
    if (sim_random_chance(r, 950))
        m.subject %= world->plan.pages + 1;
    m.access = (uint32_t)sim_random_below(r, 4);
    m.parties = (uint32_t)sim_random_below(r, world->thread_count + 2);
    m.origin = (uint32_t)sim_random_below(r, world->plan.nodes + 1);
    m.epoch = sim_random_below(r, 40);
    uint32_t length = dsm_wire_encode(&m, world->plan.page_bytes, frame);
    uint32_t whole;
    memcpy(&whole, frame, sizeof whole);
    while (length < whole && length < sim_world_frame_most(world))
        frame[length++] = (uint8_t)sim_random_next(r);
    return length;
}

static uint32_t mutate(sim_world *world, uint8_t *frame)
{
    sim_random *r = &world->random;
    uint32_t count = world->sampled < SIM_SAMPLES ? world->sampled : SIM_SAMPLES;
    if (count == 0)
        return draw_fields(world, frame);
    uint32_t i = (uint32_t)sim_random_below(r, count);
    uint32_t length = world->sample_length[i];
    memcpy(frame, world->samples + (size_t)i * sim_world_frame_most(world), length);
    uint32_t at = (uint32_t)sim_random_below(r, length < 40 ? length : 40);
    switch (sim_random_below(r, 5)) {
    case 0: /* as it was: a replay */
        break;
    case 1:
        frame[at] ^= (uint8_t)(1u << sim_random_below(r, 8));
        break;
    case 2:
        frame[at] = (uint8_t)sim_random_next(r);
        break;
    case 3: { /* another subject */
        uint64_t subject = sim_random_below(r, world->plan.pages + 2);
        memcpy(frame + 8, &subject, sizeof subject);
        break;
    }
    default: /* too short or too long for what it says */
        length = (uint32_t)sim_random_below(r, sim_world_frame_most(world) + 1);
        break;
    }
    return length;
}

static void taint(sim_world *world, sim_node *victim, const dsm_message *message)
{
    world->checker->hostile(world, victim, message);
    bool of_lock = message->type >= DSM_MSG_LOCK_REQUEST && message->type <= DSM_MSG_LOCK_RETURN;
    if (of_lock && message->subject < world->plan.locks)
        world->locks[message->subject].tainted = true;
}

static void feed(sim_world *world, sim_node *victim, const uint8_t *frame, uint32_t length)
{
    sim_trace_add(&world->trace, &(sim_record){.at = world->now,
                                               .kind = SIM_RECORD_HOSTILE,
                                               .node = (uint16_t)world->hostile,
                                               .a = (int32_t)victim->id,
                                               .b = length});
    world->counts.hostile_frames++;
    uint8_t *before = sim_state_copy(victim->core, victim->memory, victim->memory_bytes);
    dsm_event event = {.type = DSM_EV_MESSAGE, .peer = world->hostile, .bytes = frame, .length = length};
    sim_node_asked(world, victim, frame, length); /* a page that is wanted back is no grant, whoever wants it */
    int result = sim_node_step(world, victim, &event);
    if (result == DSM_E_PROTOCOL) {
        world->counts.hostile_refused++;
        uint8_t *after = sim_state_copy(victim->core, victim->memory, victim->memory_bytes);
        if (memcmp(before, after, victim->memory_bytes) != 0)
            sim_fail(world, "node %u refused a hostile frame of type %u and its state has changed", victim->id,
                     length > 4 ? frame[4] : 0);
        free(after);
        /* The real driver drops the peer at once. As nothing has changed, the attack may as well go on. */
        if (sim_random_chance(&world->random, 100))
            sim_node_peer_lost(world, victim, world->hostile);
    } else if (result != DSM_OK) {
        sim_fail(world, "a hostile frame gives node %u status %d", victim->id, result);
    }
    free(before);
}

static void send_hostile(sim_world *world, sim_node *victim)
{
    uint8_t *frame = sim_new(1, sim_world_frame_most(world));
    uint32_t length = sim_random_chance(&world->random, 500) ? mutate(world, frame) : draw_fields(world, frame);
    dsm_message message;
    bool formed = dsm_wire_decode(frame, length, world->plan.page_bytes, &message) == 0;
    /* What the frame may touch is tainted first: its actions are checked while the step runs. */
    if (formed)
        taint(world, victim, &message);
    /* A goodbye is believed: that others wait for the sender at a barrier is then the program's own doing. */
    if (!formed || message.type != DSM_MSG_BYE)
        feed(world, victim, frame, length);
    free(frame);
}

static void turn_hostile(sim_world *world, sim_node *node)
{
    world->hostile = node->id;
    world->hostile_left = SIM_HOSTILE_FRAMES;
    stop(world, node);
    for (uint32_t i = 0; i < world->plan.nodes; i++) /* hostile frames do not overtake honest ones */
        sim_net_discard(world, node->id, i);
    world->checker->hostile(world, node, NULL);
    sim_heap_push(&world->heap, world->now, SIM_ITEM_HOSTILE, node->id, 0);
    world->losses_due++; /* until it is dropped by all */
}

void sim_fault_hostile(sim_world *world, uint32_t id)
{
    if (world->hostile_left == 0) {
        world->losses_due--;
        sim_net_break(world, id, true);
        return;
    }
    world->hostile_left--;
    sim_node *victim = draw_alive(world);
    if (victim->alive && !victim->peer_gone[id])
        send_hostile(world, victim);
    sim_heap_push(&world->heap, world->now + sim_random_below(&world->random, 2 * world->plan.delay_max),
                  SIM_ITEM_HOSTILE, id, 0);
}

/* ---- when ------------------------------------------------------------------------------------------ */

static uint32_t alive(const sim_world *world)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < world->plan.nodes; i++)
        count += world->nodes[i].alive;
    return count;
}

void sim_fault_maybe(sim_world *world)
{
    if (world->counts.deliveries < world->trouble_at)
        return;
    if (world->crashes_left && alive(world) > ALIVE_LEAST) {
        world->crashes_left--;
        world->trouble_at = world->counts.deliveries + sim_random_below(&world->random, 100);
        sim_fault_crash(world, draw_alive(world)->id);
    } else if (world->plan.hostile && world->hostile == SIM_NONE) {
        turn_hostile(world, draw_alive(world));
    }
}
