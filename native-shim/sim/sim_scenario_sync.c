/* Scenarios about locks and barriers. */
#include "sim_scenario.h"

#define US 1000ull
#define MS 1000000ull

static void demand(sim_world *world, uint32_t thread, int32_t status, uint32_t times)
{
    uint32_t got = world->threads[thread].outcomes[sim_outcome(status)];
    if (got != times)
        sim_fail(world, "%u operations of thread %u ended with status %d instead of %u", got, thread, status, times);
}

static void plan_three(sim_plan *plan)
{
    plan->delay_max = plan->delay_min + plan->seed % 10 * US;
}

/* ---- try-lock -------------------------------------------------------------------------------------- */

static const sim_op lock_and_keep_token[] = {SIM_LOCK(0), SIM_UNLOCK(0), SIM_BARRIER(0, 2)};
static const sim_op then_try[] = {SIM_BARRIER(0, 2), SIM_TRY(0), SIM_UNLOCK(0)};
static const sim_op lock_and_hold[] = {SIM_LOCK(0), SIM_BARRIER(0, 2), SIM_PAUSE(5 * MS), SIM_UNLOCK(0)};
static const sim_op try_in_vain[] = {SIM_BARRIER(0, 2), SIM_TRY(0), SIM_PAUSE(20 * MS), SIM_TRY(0), SIM_UNLOCK(0)};

static void setup_try_cached(sim_world *world)
{
    SIM_SCRIPT(world, 1, 0, lock_and_keep_token, 1);
    SIM_SCRIPT(world, 2, 0, then_try, 1);
}

static void check_try_cached(sim_world *world)
{
    demand(world, 2, DSM_OK, 3);
}

static void setup_try_held(sim_world *world)
{
    SIM_SCRIPT(world, 1, 0, lock_and_hold, 1);
    SIM_SCRIPT(world, 2, 0, try_in_vain, 1);
}

static void check_try_held(sim_world *world)
{
    demand(world, 2, DSM_E_BUSY, 1);
    demand(world, 2, DSM_OK, 4);
}

/* ---- cancel races a grant ----------------------------------------------------------------------------- */

static sim_op impatient[] = {SIM_LOCK(0), SIM_PAUSE(1 * US), SIM_UNLOCK(0)};
static const sim_op relay[] = {SIM_LOCK(0), SIM_PAUSE(30 * US), SIM_UNLOCK(0)};
static const sim_op later[] = {SIM_PAUSE(1 * MS), SIM_LOCK(0), SIM_UNLOCK(0)};

static void plan_cancel(sim_plan *plan)
{
    plan->nodes = 4;
    plan->delay_max = plan->delay_min + plan->seed % 3 * US;
}

/* The wait of one node is taken back at 1, 2, 3, .. us: before, while and after its grant arrives. */
static void setup_cancel(sim_world *world)
{
    impatient[0].cancel = world->plan.seed * US;
    SIM_SCRIPT(world, 1, 0, relay, 3);
    SIM_SCRIPT(world, 2, 0, impatient, 1);
    SIM_SCRIPT(world, 3, 0, later, 3);
}

static void check_cancel(sim_world *world)
{
    demand(world, 1, DSM_OK, 9);
    demand(world, 3, DSM_OK, 9);
    if (world->locks[0].holder != SIM_NONE)
        sim_fail(world, "the lock is still held by thread %u", world->locks[0].holder);
}

/* ---- barriers -------------------------------------------------------------------------------------------- */

static sim_op leaver[] = {SIM_BARRIER(0, 3)};
static const sim_op comer[] = {SIM_PAUSE(20 * US), {.kind = SIM_OP_BARRIER, .id = 0, .parties = 3, .cancel = 2 * MS}};

static void setup_break(sim_world *world)
{
    leaver[0].cancel = world->plan.seed * US;
    SIM_SCRIPT(world, 0, 0, comer, 1);
    SIM_SCRIPT(world, 1, 0, leaver, 1);
    SIM_SCRIPT(world, 2, 0, comer, 1);
}

/* Either all pass, or nobody does without having been told so. */
static void check_break(sim_world *world)
{
    const sim_barrier *barrier = &world->barriers[0];
    if (barrier->pending)
        sim_fail(world, "%u threads are left at the barrier", barrier->pending);
}

static const sim_op three_parties[] = {{.kind = SIM_OP_BARRIER, .id = 0, .parties = 3, .cancel = 5 * MS}};
static const sim_op two_parties[] = {SIM_PAUSE(100 * US), SIM_BARRIER(0, 2)};

static void setup_parties(sim_world *world)
{
    SIM_SCRIPT(world, 1, 0, three_parties, 1);
    SIM_SCRIPT(world, 2, 0, two_parties, 1);
}

static void check_parties(sim_world *world)
{
    demand(world, 2, DSM_E_PARTIES, 1);
}

/* ---- many -------------------------------------------------------------------------------------------------- */

static const sim_op critical[] = {SIM_LOCK(0), SIM_READ(0, 0), SIM_WRITE(0, 0), SIM_UNLOCK(0)};

static void plan_many(sim_plan *plan)
{
    plan->nodes = 4;
    plan->threads = 32;
    plan->delay_max = 30 * US;
    plan->local_handovers = 1 + (uint32_t)plan->seed * 3;
}

static void setup_many(sim_world *world)
{
    for (uint32_t node = 0; node < 4; node++)
        for (uint32_t i = 0; i < 32; i++)
            SIM_SCRIPT(world, node, i, critical, 5);
}

static void check_many(sim_world *world)
{
    for (uint32_t i = 0; i < world->thread_count; i++)
        demand(world, i, DSM_OK, 20);
}

/* ---- re-entry ------------------------------------------------------------------------------------------------ */

static const sim_op reenter[] = {SIM_LOCK(0), SIM_LOCK(0),   SIM_TRY(0),    SIM_UNLOCK(0), SIM_UNLOCK(0),
                                 SIM_LOCK(1), SIM_UNLOCK(1), SIM_UNLOCK(0), SIM_UNLOCK(0)};

static void setup_reenter(sim_world *world)
{
    for (uint32_t node = 0; node < 3; node++)
        SIM_SCRIPT(world, node, 0, reenter, 10);
}

static void check_reenter(sim_world *world)
{
    for (uint32_t i = 0; i < 3; i++) {
        demand(world, i, DSM_OK, 80);
        demand(world, i, DSM_E_NOT_OWNER, 10); /* one release more than acquisitions */
    }
}

/* A lock that is used by one node costs messages once. */
static const sim_op uncontended[] = {SIM_LOCK(0), SIM_UNLOCK(0)};

static void setup_cached(sim_world *world)
{
    for (uint32_t node = 0; node < 3; node++)
        SIM_SCRIPT(world, node, 0, uncontended, node == 1 ? 100 : 0);
    for (uint32_t node = 0; node < 3; node++)
        if (node != 1)
            world->threads[node].script_count = 0;
}

static void check_cached(sim_world *world)
{
    if (world->counts.frames > 2)
        sim_fail(world, "100 acquisitions by one node took %lu frames", (unsigned long)world->counts.frames);
}

/* ---- ever new ids ---------------------------------------------------------------------------------------------- */

#define IDS 200u

static sim_op new_ids[3 * IDS];

static void plan_ids(sim_plan *plan)
{
    plan_three(plan);
    plan->lock_table = 16;
    plan->locks = plan->barriers = IDS;
}

/* Each id once: neither cached tokens nor barriers that are over may fill the tables. */
static void setup_ids(sim_world *world)
{
    for (uint32_t i = 0; i < IDS; i++) {
        new_ids[3 * i] = (sim_op)SIM_LOCK(i);
        new_ids[3 * i + 1] = (sim_op)SIM_UNLOCK(i);
        new_ids[3 * i + 2] = (sim_op)SIM_BARRIER(i, 3);
    }
    for (uint32_t node = 0; node < 3; node++)
        SIM_SCRIPT(world, node, 0, new_ids, 1 + (uint32_t)world->plan.seed % 2);
}

static void check_ids(sim_world *world)
{
    for (uint32_t i = 0; i < 3; i++)
        demand(world, i, DSM_OK, 3 * IDS * (1 + (uint32_t)world->plan.seed % 2));
}

/* Each barrier is broken, each lock given up: that may not leave anything in the tables either. */
static void setup_broken_ids(sim_world *world)
{
    for (uint32_t i = 0; i < IDS; i++) {
        new_ids[3 * i] = (sim_op){.kind = SIM_OP_LOCK, .id = i, .cancel = (5 + i % 40) * US};
        new_ids[3 * i + 1] = (sim_op)SIM_UNLOCK(i);
        new_ids[3 * i + 2] = (sim_op){.kind = SIM_OP_BARRIER, .id = i, .parties = 4, .cancel = 100 * US};
    }
    for (uint32_t node = 0; node < 3; node++)
        SIM_SCRIPT(world, node, 0, new_ids, 1);
}

static void check_broken_ids(sim_world *world)
{
    for (uint32_t i = 0; i < 3; i++)
        demand(world, i, DSM_E_FULL, 0);
}

const sim_scenario sim_scenarios_sync[] = {
    {"try-cached", "try-lock while another node caches the free token", 20, plan_three, setup_try_cached,
     check_try_cached},
    {"try-held", "try-lock while another node holds the lock, and again later", 20, plan_three, setup_try_held,
     check_try_held},
    {"cancel-grant", "a wait is taken back at 1, 2, 3, .. us while its grant is under way", 150, plan_cancel,
     setup_cancel, check_cancel},
    {"barrier-break", "one party gives up at 1, 2, 3, .. us while the last one comes", 80, plan_three, setup_break,
     check_break},
    {"parties", "two nodes name different numbers of parties", 10, plan_three, setup_parties, check_parties},
    {"many-waiters", "128 threads of 4 nodes want one lock and one page", 6, plan_many, setup_many, check_many},
    {"re-entry", "re-entrant locks, tries and a release too many", 20, plan_three, setup_reenter, check_reenter},
    {"new-ids", "200 locks and barriers through tables of 16", 6, plan_ids, setup_ids, check_ids},
    {"broken-ids", "200 broken barriers and given-up locks through tables of 16", 6, plan_ids, setup_broken_ids,
     check_broken_ids},
    {"cached-token", "one node acquires a lock 100 times", 3, plan_three, setup_cached, check_cached},
    {0},
};
