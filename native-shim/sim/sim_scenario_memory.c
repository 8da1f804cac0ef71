/* Scenarios about pages. */
#include "sim_scenario.h"

#define US 1000ull
#define MS 1000000ull

static void demand_ops(sim_world *world, uint64_t all)
{
    uint64_t done = 0;
    for (uint32_t i = 0; i < world->thread_count; i++)
        done += world->threads[i].ops_done;
    if (done != all)
        sim_fail(world, "%lu operations were done instead of %lu", (unsigned long)done, (unsigned long)all);
}

/* Delays that differ from run to run, within one connection and between them. */
static void jitter(sim_plan *plan)
{
    plan->delay_min = 1 * US;
    plan->delay_max = (1 + plan->seed % 40) * US;
    plan->hold_ns = (2 + plan->seed % 5 * 5) * US;
    plan->interleave = 100;
}

/* ---- accesses across two pages --------------------------------------------------------------------- */

static const sim_op cross_01[] = {SIM_CROSS(0, 1)};
static const sim_op cross_12[] = {SIM_CROSS(1, 2)};
static const sim_op cross_20[] = {SIM_CROSS(2, 0)};

static void plan_cross(sim_plan *plan)
{
    jitter(plan);
    plan->nodes = 4;
}

static void setup_cross_two(sim_world *world)
{
    SIM_SCRIPT(world, 0, 0, cross_01, 50);
    SIM_SCRIPT(world, 2, 0, cross_01, 50);
}

static void check_cross_two(sim_world *world)
{
    demand_ops(world, 100);
}

static void setup_cross_three(sim_world *world)
{
    SIM_SCRIPT(world, 1, 0, cross_01, 50);
    SIM_SCRIPT(world, 2, 0, cross_01, 50);
    SIM_SCRIPT(world, 3, 0, cross_01, 50);
}

static void check_cross_three(sim_world *world)
{
    demand_ops(world, 150);
}

static void setup_cross_ring(sim_world *world)
{
    SIM_SCRIPT(world, 1, 0, cross_01, 50);
    SIM_SCRIPT(world, 2, 0, cross_12, 50);
    SIM_SCRIPT(world, 3, 0, cross_20, 50);
}

/* ---- touches ------------------------------------------------------------------------------------------ */

static const sim_op touch_all[] = {SIM_TOUCH(0, 4)};

/* Each asks for all pages at once, and gets some first: nobody may keep those until it has the rest. */
static void setup_touch(sim_world *world)
{
    for (uint32_t i = 0; i < 4; i++)
        SIM_SCRIPT(world, i, 0, touch_all, 20);
}

static void check_touch(sim_world *world)
{
    demand_ops(world, 80);
}

/* ---- one page ---------------------------------------------------------------------------------------- */

static const sim_op write_0[] = {SIM_WRITE(0, 8)};
static const sim_op read_then_write_0[] = {SIM_READ(0, 8), SIM_BARRIER(0, 2), SIM_WRITE(0, 8), SIM_BARRIER(0, 2)};

static void plan_ping_pong(sim_plan *plan)
{
    jitter(plan);
    plan->think_max = 0;
}

static void setup_ping_pong(sim_world *world)
{
    SIM_SCRIPT(world, 1, 0, write_0, 200);
    SIM_SCRIPT(world, 2, 0, write_0, 200);
}

static void check_ping_pong(sim_world *world)
{
    demand_ops(world, 400);
    /* Granted is used: no access needs more than its one fault and one more for what a late thread loses. */
    if (world->plan.hold_ns >= world->plan.resume_max + world->plan.access_max && world->counts.most_faults > 2)
        sim_fail(world, "one write took %lu faults", (unsigned long)world->counts.most_faults);
}

static void setup_upgrade_both(sim_world *world)
{
    SIM_SCRIPT(world, 1, 0, read_then_write_0, 20);
    SIM_SCRIPT(world, 2, 0, read_then_write_0, 20);
}

static void check_upgrade_both(sim_world *world)
{
    demand_ops(world, 160);
}

/* The home itself competes with two others for its page, so that recalls and requests cross. */
static const sim_op restless[] = {SIM_WRITE(0, 0), SIM_READ(0, 8), SIM_READ(1, 8), SIM_WRITE(1, 16)};

static void plan_recall(sim_plan *plan)
{
    jitter(plan);
    plan->narrow = 20;
    plan->think_max = plan->seed % 7 * US;
}

static void setup_recall(sim_world *world)
{
    for (uint32_t i = 0; i < 3; i++)
        SIM_SCRIPT(world, i, 0, restless, 30);
}

static void check_recall(sim_world *world)
{
    demand_ops(world, 360);
}

/* ---- exclusive-clean ------------------------------------------------------------------------------------ */

static const sim_op read_write_0[] = {SIM_READ(0, 0), SIM_WRITE(0, 0), SIM_READ(0, 8), SIM_WRITE(0, 16)};

static void plan_exclusive(sim_plan *plan)
{
    plan->nodes = 2;
}

static void setup_exclusive(sim_world *world)
{
    SIM_SCRIPT(world, 1, 0, read_write_0, 1);
}

static void check_exclusive(sim_world *world)
{
    uint64_t frames = world->counts.frames;
    if (frames != 2 || world->counts.faults != 2)
        sim_fail(world, "reading and then writing a page nobody else has took %lu frames and %lu faults, not 2 and 2",
                 (unsigned long)frames, (unsigned long)world->counts.faults);
}

/* Two readers, then one of them writes: what was exclusive-clean must not be written without asking. */
static const sim_op reader_then_writer[] = {SIM_READ(0, 0), SIM_BARRIER(0, 2), SIM_WRITE(0, 0), SIM_BARRIER(0, 2)};
static const sim_op reader_reader[] = {SIM_READ(0, 0), SIM_BARRIER(0, 2), SIM_BARRIER(0, 2), SIM_READ(0, 0)};

static void setup_shared_write(sim_world *world)
{
    SIM_SCRIPT(world, 1, 0, reader_then_writer, 1);
    SIM_SCRIPT(world, 2, 0, reader_reader, 1);
}

static void check_shared_write(sim_world *world)
{
    demand_ops(world, 8);
}

/* ---- full buffers both ways ------------------------------------------------------------------------------- */

#define HELD_FOR (20 * MS)

static const sim_op busy_01[] = {SIM_WRITE(0, 0), SIM_WRITE(1, 0)};
static const sim_op busy_23[] = {SIM_WRITE(2, 0), SIM_READ(3, 0)};

static void plan_full(sim_plan *plan)
{
    plan->nodes = 4;
    plan->threads = 4;
    plan->delay_max = (10 + plan->seed % 5) * US;
    /* Requests of 4 threads, answers to 4 threads of the other, recalls and returns of two pages. */
    plan->window = 4 + 4 + 2 * 2;
}

static void setup_full(sim_world *world)
{
    sim_world_conn(world, 0, 1)->held_until = world->now + HELD_FOR;
    sim_world_conn(world, 1, 0)->held_until = world->now + HELD_FOR;
    for (uint32_t i = 0; i < 4; i++) {
        SIM_SCRIPT(world, 0, i, busy_01, 20);
        SIM_SCRIPT(world, 1, i, busy_01, 20);
        SIM_SCRIPT(world, 2, i, busy_23, 20);
        SIM_SCRIPT(world, 3, i, busy_23, 20);
    }
}

static void check_full(sim_world *world)
{
    demand_ops(world, 16 * 40);
    for (uint32_t i = 8; i < 16; i++)
        if (world->threads[i].over_at > 1 * MS + HELD_FOR)
            sim_fail(world, "thread %u had to wait for a connection that it does not use", i);
    for (uint32_t i = 0; i < 8; i++)
        if (world->threads[i].over_at < HELD_FOR)
            sim_fail(world, "thread %u was done before its answer could come", i);
}

/* ---- threads that are always late ------------------------------------------------------------------------ */

/* No thread gets to its access within the ordinary hold: without ever longer holds none would ever get there. */
static void plan_late(sim_plan *plan)
{
    jitter(plan);
    plan->nodes = 4;
    plan->hold_ns = 5 * US;
    plan->hold_max_ns = 1 * MS;
    plan->access_min = plan->access_max = (6 + 2 * plan->seed) * US;
}

static void setup_late(sim_world *world)
{
    for (uint32_t i = 1; i < 4; i++)
        SIM_SCRIPT(world, i, 0, write_0, 10);
}

static void check_late(sim_world *world)
{
    demand_ops(world, 30);
    if (world->counts.most_faults > 12)
        sim_fail(world, "one write took %lu faults", (unsigned long)world->counts.most_faults);
}

/* One instruction, two pages that are not neighbours. */
static const sim_op copy_02[] = {SIM_CROSS(0, 2)};
static const sim_op copy_20[] = {SIM_CROSS(2, 0)};

static void setup_far(sim_world *world)
{
    SIM_SCRIPT(world, 1, 0, copy_02, 20);
    SIM_SCRIPT(world, 2, 0, copy_20, 20);
    SIM_SCRIPT(world, 3, 0, copy_02, 20);
}

static void check_far(sim_world *world)
{
    demand_ops(world, 60);
}

/* In step: each of two nodes gets one of the two pages, asks for the other's, and holds its own as long as the other
 * does. Were a long hold all that they are given, the pages would change places for ever. */
static void plan_step(sim_plan *plan)
{
    plan->delay_min = plan->delay_max = (5 + 5 * plan->seed) * US;
    plan->nodes = 4;
    plan->resume_max = plan->access_max = plan->think_max = 0;
}

static void setup_step(sim_world *world)
{
    SIM_SCRIPT(world, 1, 0, copy_02, 20);
    SIM_SCRIPT(world, 3, 0, copy_20, 20);
}

static void check_step(sim_world *world)
{
    demand_ops(world, 40);
}

const sim_scenario sim_scenarios_memory[] = {
    {"cross-two", "two nodes write across the same two pages", 60, plan_cross, setup_cross_two, check_cross_two},
    {"cross-three", "three nodes write across the same two pages", 60, plan_cross, setup_cross_three,
     check_cross_three},
    {"cross-ring", "three nodes write across pages 0-1, 1-2 and 2-0", 60, plan_cross, setup_cross_ring,
     check_cross_three},
    {"late-threads", "no thread gets to its access within the ordinary hold", 20, plan_late, setup_late, check_late},
    {"copy-far", "three nodes copy between two pages that are not neighbours", 60, plan_cross, setup_far, check_far},
    {"copy-step", "two nodes copy between the same two pages, in step", 20, plan_step, setup_step, check_step},
    {"touch", "four nodes touch the same four pages for writing", 60, plan_cross, setup_touch, check_touch},
    {"ping-pong", "two nodes write one page, all the time", 60, plan_ping_pong, setup_ping_pong, check_ping_pong},
    {"upgrade-both", "two readers of one page write it at once", 60, jitter, setup_upgrade_both, check_upgrade_both},
    {"recall-request", "recalls and requests cross, and the driver narrows pages", 100, plan_recall, setup_recall,
     check_recall},
    {"exclusive-clean", "read-then-write of a page nobody has: one round trip", 1, plan_exclusive, setup_exclusive,
     check_exclusive},
    {"shared-write", "a reader among two writes", 20, jitter, setup_shared_write, check_shared_write},
    {"full-buffers", "two nodes' connection delivers nothing for 20 ms, both ways", 20, plan_full, setup_full,
     check_full},
    {0},
};
