/* Scenarios about many nodes, silence and death. */
#include "sim_scenario.h"

#include "sim_fault.h"
#include "sim_node.h"

#define US   1000ull
#define MS   1000000ull

/* ---- more nodes than a word has bits ---------------------------------------------------------------- */

#define MANY 70u

static const sim_op all_read_then_one_writes[] = {SIM_READ(1, 0), SIM_BARRIER(0, MANY), SIM_BARRIER(0, MANY),
                                                  SIM_READ(1, 0), SIM_BARRIER(0, MANY)};
static const sim_op writer[] = {SIM_READ(1, 0),       SIM_BARRIER(0, MANY), SIM_WRITE(1, 0),
                                SIM_BARRIER(0, MANY), SIM_READ(1, 0),       SIM_BARRIER(0, MANY)};

static void plan_seventy(sim_plan *plan)
{
    plan->nodes = MANY;
    plan->delay_max = 40 * US;
}

static void setup_seventy(sim_world *world)
{
    uint32_t one = (uint32_t)(world->plan.seed * 23) % MANY;
    for (uint32_t i = 0; i < MANY; i++)
        if (i == one)
            SIM_SCRIPT(world, i, 0, writer, 3);
        else
            SIM_SCRIPT(world, i, 0, all_read_then_one_writes, 3);
}

static void check_seventy(sim_world *world)
{
    if (world->barriers[0].passed != 9)
        sim_fail(world, "%lu generations of the barrier were passed instead of 9",
                 (unsigned long)world->barriers[0].passed);
}

/* ---- silence ------------------------------------------------------------------------------------------- */

#define SILENCE (50 * MS)

static const sim_op slow_work[] = {SIM_WRITE(0, 0), SIM_READ(1, 0), SIM_PAUSE(10 * MS)};

static void plan_silence(sim_plan *plan)
{
    plan->heartbeat_ns = 10 * MS;
    plan->silence_ns = SILENCE;
    plan->delay_max = 100 * US;
    plan->tick_late = plan->seed * US;
}

static void setup_idle(sim_world *world)
{
    SIM_SCRIPT(world, 1, 0, slow_work, 100);
}

static void demand_no_loss(sim_world *world)
{
    for (uint32_t i = 0; i < world->plan.nodes; i++)
        for (uint32_t j = 0; j < world->plan.nodes; j++)
            if (world->nodes[i].peer_reported[j])
                sim_fail(world, "node %u lost node %u, which was only idle", i, j);
}

enum { FREEZE, EARLY, LATE, THAW };

static void call_silence(sim_world *world, uint32_t what)
{
    sim_node *frozen = &world->nodes[2];
    if (what == FREEZE || what == THAW) {
        frozen->frozen = what == FREEZE;
        frozen->thawed = what == THAW;
        world->trouble = true;
        return;
    }
    for (uint32_t i = 0; i < 2; i++)
        if (world->nodes[i].peer_reported[2] != (what == LATE))
            sim_fail(world,
                     what == LATE ? "node %u still waits for the silent node" : "node %u lost the silent node too soon",
                     i);
}

static void setup_silence(sim_world *world)
{
    SIM_SCRIPT(world, 0, 0, slow_work, 100);
    SIM_SCRIPT(world, 1, 0, slow_work, 100);
    world->call = call_silence;
    uint64_t at = world->now + 100 * MS;
    sim_heap_push(&world->heap, at, SIM_ITEM_CALL, FREEZE, 0);
    sim_heap_push(&world->heap, at + SILENCE - 11 * MS, SIM_ITEM_CALL, EARLY, 0);
    sim_heap_push(&world->heap, at + SILENCE + 1 * MS, SIM_ITEM_CALL, LATE, 0);
    sim_heap_push(&world->heap, at + 4 * SILENCE, SIM_ITEM_CALL, THAW, 0);
}

static void check_silence(sim_world *world)
{
    for (uint32_t i = 0; i < 2; i++)
        if (!world->nodes[2].peer_reported[i])
            sim_fail(world, "the silent node did not learn that node %u has given it up", i);
}

/* Stopped for less than the bound: nobody loses anybody, and least of all does the one that has slept lose those
 * whose heartbeats it has not read yet. */
static void plan_brief(sim_plan *plan)
{
    plan_silence(plan);
    plan->slow = 1; /* the bound of an access counts with a thread that is stopped so long */
    plan->slow_ns = 40 * MS;
}

static void setup_brief(sim_world *world)
{
    SIM_SCRIPT(world, 0, 0, slow_work, 30);
    SIM_SCRIPT(world, 2, 0, slow_work, 30);
    world->call = call_silence;
    for (uint32_t i = 0; i < 3; i++) {
        uint64_t at = world->now + (60 + 90 * i) * MS + world->plan.seed * 700 * US;
        sim_heap_push(&world->heap, at, SIM_ITEM_CALL, FREEZE, 0);
        sim_heap_push(&world->heap, at + 39 * MS, SIM_ITEM_CALL, THAW, 0);
    }
}

/* The whole machine is suspended for far longer than the bound, and its nodes go on one after the other. */
enum { SUSPEND_FIRST = 100, RESUME_FIRST = 200 };

static void call_suspend(sim_world *world, uint32_t what)
{
    sim_node *node = &world->nodes[what % 100];
    node->frozen = what < RESUME_FIRST;
    node->thawed = true;
}

static void plan_suspend(sim_plan *plan)
{
    plan_brief(plan);
    plan->slow_ns = 5 * SILENCE;
}

static void setup_suspend(sim_world *world)
{
    SIM_SCRIPT(world, 0, 0, slow_work, 30);
    SIM_SCRIPT(world, 1, 0, slow_work, 30);
    world->call = call_suspend;
    uint64_t at = world->now + 60 * MS + world->plan.seed * 700 * US;
    for (uint32_t i = 0; i < 3; i++) {
        sim_heap_push(&world->heap, at + i * MS, SIM_ITEM_CALL, SUSPEND_FIRST + i, 0);
        sim_heap_push(&world->heap, at + (4 + (world->plan.seed + i) % 3 * 5) * MS + 4 * SILENCE, SIM_ITEM_CALL,
                      RESUME_FIRST + i, 0);
    }
}

/* ---- death ----------------------------------------------------------------------------------------------- */

static const sim_op hold_for_ever[] = {SIM_LOCK(0), SIM_PAUSE(1 * MS), SIM_UNLOCK(0)};
static const sim_op wait_for_it[] = {SIM_PAUSE(100 * US), SIM_LOCK(0), SIM_UNLOCK(0), SIM_LOCK(0), SIM_UNLOCK(0)};
static const sim_op own_page[] = {SIM_WRITE(0, 0), SIM_PAUSE(10 * MS)};
static const sim_op want_page[] = {SIM_PAUSE(900 * US), SIM_READ(0, 0)};
static const sim_op at_barrier[] = {SIM_BARRIER(0, 3)};

static void plan_death(sim_plan *plan)
{
    plan->nodes = 4;
    plan->threads = 3;
    plan->heartbeat_ns = 10 * MS;
    plan->delay_max = (10 + plan->seed % 20) * US;
    plan->tick_late = plan->seed;
}

static void setup_death(sim_world *world)
{
    /* Page 0 is homed at node 0, which lives; node 3 dies having it, and holding lock 0. */
    SIM_SCRIPT(world, 3, 0, hold_for_ever, 1);
    SIM_SCRIPT(world, 3, 1, own_page, 1);
    SIM_SCRIPT(world, 1, 0, wait_for_it, 1);
    SIM_SCRIPT(world, 1, 1, want_page, 1);
    SIM_SCRIPT(world, 2, 0, wait_for_it, 1);
    SIM_SCRIPT(world, 2, 1, at_barrier, 1);
    SIM_SCRIPT(world, 0, 0, at_barrier, 1);
    sim_heap_push(&world->heap, world->now + 890 * US + world->plan.seed * US, SIM_ITEM_CRASH, 3, 0);
}

static void demand(sim_world *world, uint32_t thread, int32_t status, uint32_t times)
{
    uint32_t got = world->threads[thread].outcomes[sim_outcome(status)];
    if (got != times)
        sim_fail(world, "%u operations of thread %u ended with status %d instead of %u", got, thread, status, times);
}

static void check_death(sim_world *world)
{
    uint32_t orphaned =
        world->threads[3].outcomes[sim_outcome(DSM_ORPHANED)] + world->threads[6].outcomes[sim_outcome(DSM_ORPHANED)];
    if (orphaned > 1)
        sim_fail(world, "%u threads were told that the lock is orphaned", orphaned);
    uint32_t home = dsm_core_sync_home(&world->config, 0);
    if (home != 3 && orphaned != 1)
        sim_fail(world, "nobody was told that the lock is orphaned");
    if (home == 3 && world->threads[3].outcomes[sim_outcome(DSM_E_LOST)] == 0)
        sim_fail(world, "a lock whose home died was granted");
    demand(world, 0, DSM_E_BROKEN, 1);
    demand(world, 7, DSM_E_BROKEN, 1);
}

/* The token must not go to the dead. */
static const sim_op keep_for_a_while[] = {SIM_LOCK(0), SIM_PAUSE(400 * US), SIM_UNLOCK(0)};
static const sim_op try_it[] = {SIM_PAUSE(100 * US), SIM_TRY(0), SIM_UNLOCK(0)};
static const sim_op want_it_later[] = {SIM_PAUSE(1 * MS), SIM_LOCK(0), SIM_UNLOCK(0)};

static void setup_try_dies(sim_world *world)
{
    uint32_t home = dsm_core_sync_home(&world->config, 0);
    uint32_t one = (home + 1) % 4, two = (home + 2) % 4, three = (home + 3) % 4;
    SIM_SCRIPT(world, one, 0, keep_for_a_while, 1);
    SIM_SCRIPT(world, two, 0, try_it, 1);
    SIM_SCRIPT(world, three, 0, want_it_later, 1);
    sim_heap_push(&world->heap, world->now + 100 * US + world->plan.seed * US, SIM_ITEM_CRASH, two, 0);
}

static void check_try_dies(sim_world *world)
{
    uint32_t three = (dsm_core_sync_home(&world->config, 0) + 3) % 4;
    uint32_t refused = world->threads[three * world->plan.threads].outcomes[sim_outcome(DSM_E_LOST)];
    if (refused)
        sim_fail(world, "the lock is called lost, and its home is there");
}

/* A loop to and fro between two pages looks like an access across both. When the home of one dies, the other must
 * still be had. */
static const sim_op to_and_fro[] = {SIM_WRITE(1, 0), SIM_WRITE(2, 0)};
static const sim_op far_side[] = {SIM_WRITE(1, 8)};

static void plan_loop(sim_plan *plan)
{
    plan->delay_min = 1 * US;
    plan->delay_max = (1 + plan->seed % 7) * US;
    plan->think_max = 20 * US;
    plan->hold_ns = 5 * US;
}

static void setup_loop(sim_world *world)
{
    /* Page 1 is homed at node 1, page 2 at node 2. */
    SIM_SCRIPT(world, 0, 0, to_and_fro, 100);
    SIM_SCRIPT(world, 1, 0, far_side, 100);
    SIM_SCRIPT(world, 2, 0, to_and_fro, 100);
    sim_heap_push(&world->heap, world->now + (300 + 13 * world->plan.seed) * US, SIM_ITEM_CRASH, 2, 0);
}

static void check_loop(sim_world *world)
{
    uint32_t lost = world->threads[0].outcomes[sim_outcome(DSM_E_LOST)];
    if (lost > 1)
        sim_fail(world, "%u accesses of thread 0 were lost", lost);
    /* What the dead node had not is still there: only page 2, or page 1 if node 2 had it. (The invariants see
     * to it that nothing else is called lost.) */
    demand(world, 1, DSM_E_LOST, world->threads[1].fault_lost);
}

const sim_scenario sim_scenarios_cluster[] = {
    {"seventy-nodes", "sharer sets and barriers of 70 nodes", 6, plan_seventy, setup_seventy, check_seventy},
    {"idle", "an idle cluster with heartbeats: nobody is lost", 10, plan_silence, setup_idle, demand_no_loss},
    {"silence", "a node falls silent: lost after the bound, not before", 10, plan_silence, setup_silence,
     check_silence},
    {"stopped-briefly", "a node is stopped for less than the bound", 20, plan_brief, setup_brief, demand_no_loss},
    {"suspended", "all nodes are stopped at once for four times the bound", 20, plan_suspend, setup_suspend,
     demand_no_loss},
    {"try-dies", "a node dies while its try of a held lock is under way", 80, plan_death, setup_try_dies,
     check_try_dies},
    {"death", "a node dies holding a lock and a page while others wait", 60, plan_death, setup_death, check_death},
    {"loop-loss", "a loop between two pages, one of which is lost", 60, plan_loop, setup_loop, check_loop},
    {0},
};
