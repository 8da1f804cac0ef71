/* Scenarios about RELEASE memory: page 3 is SEQUENTIAL (volatile variables), the others are not. */
#include "sim_scenario.h"

#include "sim_history.h"

#define US       1000ull
#define MS       1000000ull
#define VOLATILE 3u /* the page */

static void plan_release(sim_plan *plan)
{
    plan->release = true;
    plan->release_end = VOLATILE;
    plan->twins = 16;
    plan->notices = 100;
    plan->delay_max = plan->delay_min + plan->seed % 20 * US;
    plan->interleave = 100;
}

static uint64_t sent(const sim_world *world, enum dsm_message_type type)
{
    uint64_t count = 0;
    for (uint32_t i = 0; i < world->plan.nodes; i++)
        count += dsm_core_counters(world->nodes[i].core)[DSM_C_MESSAGES_OUT + type];
    return count;
}

static void demand_frames(sim_world *world, uint64_t most)
{
    if (world->counts.frames > most)
        sim_fail(world, "%lu frames instead of at most %lu", (unsigned long)world->counts.frames, (unsigned long)most);
}

static void demand_some(sim_world *world, uint64_t count, const char *what)
{
    if (count == 0)
        sim_fail(world, "no %s: the scenario has lost its point", what);
}

/* ---- two writers of one word ------------------------------------------------------------------------------ */

#define BOTH_READ SIM_BARRIER(0, 2), SIM_GET(0, 3, 1), SIM_GET(0, 4, 3), SIM_BARRIER(0, 2)

static const sim_op first_byte[] = {SIM_PUT(0, 3, 1), BOTH_READ};
static const sim_op next_bytes[] = {SIM_PUT(0, 4, 3), BOTH_READ};

static void setup_neighbours(sim_world *world)
{
    SIM_SCRIPT(world, world->plan.seed % 2, 0, first_byte, 20);
    SIM_SCRIPT(world, 2, 0, next_bytes, 20);
}

static void check_neighbours(sim_world *world)
{
    demand_some(world, world->counts.diffs, "diff");
}

/* ---- dirty here and noticed by others ------------------------------------------------------------------------ */

static const sim_op dirty_first[] = {SIM_PAUSE(50 * US), SIM_PUT(0, 0, 8), SIM_PAUSE(2 * MS), SIM_LOCK(0),
                                     SIM_GET(0, 8, 4),   SIM_GET(0, 0, 8), SIM_PUT(0, 12, 4), SIM_UNLOCK(0),
                                     SIM_BARRIER(0, 2),  SIM_BARRIER(0, 2)};
static const sim_op notices_it[] = {SIM_PAUSE(500 * US), SIM_LOCK(0),      SIM_PUT(0, 8, 4),  SIM_UNLOCK(0),
                                    SIM_BARRIER(0, 2),   SIM_GET(0, 0, 8), SIM_GET(0, 12, 4), SIM_BARRIER(0, 2)};

/* Node 0 touches the page first and is its home. */
static const sim_op touches[] = {SIM_GET(0, 16, 8)};

static void setup_merge(sim_world *world)
{
    SIM_SCRIPT(world, 0, 0, touches, 1);
    SIM_SCRIPT(world, 1, 0, dirty_first, 1);
    SIM_SCRIPT(world, 2, 0, notices_it, 1);
}

static void check_merge(sim_world *world)
{
    demand_some(world, world->counts.merges, "merge");
}

/* ---- happens-before through others ------------------------------------------------------------------------------ */

/* All cache page 0 first. */
#define CACHED SIM_GET(0, 0, 8), SIM_GET(1, 0, 8), SIM_BARRIER(1, 3)

static const sim_op by_lock_1[] = {CACHED, SIM_LOCK(0), SIM_PUT(0, 0, 8), SIM_UNLOCK(0)};
static const sim_op by_lock_2[] = {CACHED,        SIM_PAUSE(3 * MS), SIM_LOCK(0),      SIM_GET(0, 0, 8),
                                   SIM_UNLOCK(0), SIM_LOCK(1),       SIM_PUT(1, 0, 8), SIM_UNLOCK(1)};
static const sim_op by_lock_3[] = {CACHED,           SIM_PAUSE(9 * MS), SIM_LOCK(1),
                                   SIM_GET(1, 0, 8), SIM_GET(0, 0, 8),  SIM_UNLOCK(1)};

static const sim_op by_volatile_1[] = {CACHED, SIM_PUT(0, 0, 8), SIM_PUT(VOLATILE, 0, 8)};
static const sim_op by_volatile_2[] = {CACHED, SIM_PAUSE(3 * MS), SIM_GET(VOLATILE, 0, 8), SIM_PUT(1, 0, 8),
                                       SIM_PUT(VOLATILE, 8, 8)};
static const sim_op by_volatile_3[] = {CACHED, SIM_PAUSE(9 * MS), SIM_GET(VOLATILE, 8, 8), SIM_GET(1, 0, 8),
                                       SIM_GET(0, 0, 8)};

static void setup_locks(sim_world *world)
{
    SIM_SCRIPT(world, 0, 0, by_lock_1, 1);
    SIM_SCRIPT(world, 1, 0, by_lock_2, 1);
    SIM_SCRIPT(world, 2, 0, by_lock_3, 1);
}

static void setup_volatiles(sim_world *world)
{
    SIM_SCRIPT(world, 0, 0, by_volatile_1, 1);
    SIM_SCRIPT(world, 1, 0, by_volatile_2, 1);
    SIM_SCRIPT(world, 2, 0, by_volatile_3, 1);
}

/* Two readers of a volatile on one node: the second reads it by a plain hit. */
static const sim_op publish[] = {CACHED, SIM_PUT(0, 0, 8), SIM_PUT(VOLATILE, 0, 8)};
static const sim_op subscribe[] = {CACHED, SIM_PAUSE(2 * MS), SIM_GET(VOLATILE, 0, 8), SIM_GET(0, 0, 8)};
static const sim_op subscribe_by_hit[] = {SIM_PAUSE(4 * MS), SIM_GET(VOLATILE, 0, 8), SIM_GET(0, 0, 8)};
static const sim_op third[] = {CACHED};

static void plan_two_threads(sim_plan *plan)
{
    plan_release(plan);
    plan->threads = 2;
}

static void setup_travels(sim_world *world)
{
    SIM_SCRIPT(world, 0, 0, publish, 1);
    SIM_SCRIPT(world, 1, 0, subscribe, 1);
    SIM_SCRIPT(world, 1, 1, subscribe_by_hit, 1);
    SIM_SCRIPT(world, 2, 0, third, 1);
}

/* ---- homes that move ------------------------------------------------------------------------------------------------ */

#define ROUND(n, own, other) \
    SIM_PUT(0, own, 4), SIM_PAUSE(n), SIM_BARRIER(0, 3), SIM_GET(0, other, 4), SIM_GET(0, own, 4), SIM_BARRIER(0, 3)

static sim_op writer_1[] = {ROUND(1, 0, 4)};
static sim_op writer_2[] = {ROUND(1, 4, 8)};
static const sim_op writer_3[] = {ROUND(1, 8, 0)};

static void plan_moving(sim_plan *plan)
{
    plan_release(plan);
    plan->migrate_after = 1;
}

/* The release of one writer begins 0, 1, 2, .. us after the other's: its diff meets the page on its way. */
static void setup_moving(sim_world *world)
{
    writer_1[1].pause = world->plan.seed * US;
    writer_2[1].pause = world->plan.seed / 2 * US;
    SIM_SCRIPT(world, 0, 0, writer_1, 15);
    SIM_SCRIPT(world, 1, 0, writer_2, 15);
    SIM_SCRIPT(world, 2, 0, writer_3, 15);
}

static void check_moving(sim_world *world)
{
    demand_some(world, world->counts.moves, "home has moved");
}

/* Node 3 knows the first home only, and asks when the page has been at two more. */
static const sim_op hint_home[] = {SIM_PUT(0, 0, 4), SIM_BARRIER(0, 4), SIM_BARRIER(0, 4), SIM_BARRIER(0, 4),
                                   SIM_BARRIER(0, 4)};
static const sim_op hint_second[] = {SIM_BARRIER(0, 4), SIM_PUT(0, 4, 4), SIM_BARRIER(0, 4), SIM_BARRIER(0, 4),
                                     SIM_BARRIER(0, 4)};
static const sim_op hint_third[] = {SIM_BARRIER(0, 4), SIM_BARRIER(0, 4), SIM_PUT(0, 8, 4), SIM_BARRIER(0, 4),
                                    SIM_BARRIER(0, 4)};
static const sim_op hint_stale[] = {SIM_GET(0, 12, 4), SIM_BARRIER(0, 4), SIM_BARRIER(0, 4),
                                    SIM_BARRIER(0, 4), SIM_PUT(0, 12, 4), SIM_GET(0, 0, 4),
                                    SIM_GET(0, 4, 4),  SIM_GET(0, 8, 4),  SIM_BARRIER(0, 4)};

static void plan_hint(sim_plan *plan)
{
    plan_moving(plan);
    plan->nodes = 4;
}

static void setup_hint(sim_world *world)
{
    SIM_SCRIPT(world, 0, 0, hint_home, 1);
    SIM_SCRIPT(world, 1, 0, hint_second, 1);
    SIM_SCRIPT(world, 2, 0, hint_third, 1);
    SIM_SCRIPT(world, 3, 0, hint_stale, 1);
}

/* An atomic operation of the home's own thread sends nothing; when the page has moved, its new home reads the value
 * without asking anybody, and must know what had been released before it. */
static const sim_op told_0[] = {SIM_PUT(1, 16, 8), SIM_PUT(0, 0, 8), SIM_BARRIER(0, 2),
                                SIM_BARRIER(0, 2), SIM_PUT(0, 0, 8), SIM_ADD(1, 0)};
static const sim_op told_1[] = {SIM_BARRIER(0, 2), SIM_GET(0, 0, 8), SIM_BARRIER(0, 2), SIM_PAUSE(1 * MS),
                                SIM_PUT(1, 8, 8),  SIM_ADD(2, 0),    SIM_FETCH(1, 0),   SIM_GET(0, 0, 8)};

static void setup_told(sim_world *world)
{
    sim_history_define(world, SIM_ATOMIC, 1, 0, 8);
    sim_history_define(world, SIM_ATOMIC, 2, 0, 8);
    SIM_SCRIPT(world, 0, 0, told_0, 1);
    SIM_SCRIPT(world, 1, 0, told_1, 1);
}

/* An atomic operation that is passed on, as the page has moved, takes the notices along all the same. */
static const sim_op passed_0[] = {SIM_PUT(1, 8, 8), SIM_GET(0, 0, 8), SIM_BARRIER(0, 3), SIM_BARRIER(0, 3)};
static const sim_op passed_1[] = {SIM_BARRIER(0, 3), SIM_GET(0, 0, 8), SIM_GET(1, 16, 8),
                                  SIM_PUT(1, 24, 8), SIM_ADD(2, 0),    SIM_BARRIER(0, 3),
                                  SIM_PAUSE(2 * MS), SIM_FETCH(1, 0),  SIM_GET(0, 0, 8)};
static const sim_op passed_2[] = {SIM_PUT(0, 8, 8),  SIM_GET(1, 16, 8), SIM_BARRIER(0, 3),
                                  SIM_BARRIER(0, 3), SIM_PUT(0, 0, 8),  SIM_ADD(1, 0)};

static void setup_passed(sim_world *world)
{
    sim_history_define(world, SIM_ATOMIC, 1, 0, 8);
    sim_history_define(world, SIM_ATOMIC, 2, 0, 8);
    SIM_SCRIPT(world, 0, 0, passed_0, 1);
    SIM_SCRIPT(world, 1, 0, passed_1, 1);
    SIM_SCRIPT(world, 2, 0, passed_2, 1);
}

/* ---- what must cost nothing --------------------------------------------------------------------------------------------- */

static const sim_op leaves_it[] = {SIM_BARRIER(0, 2), SIM_GET(0, 0, 8), SIM_BARRIER(0, 2), SIM_BARRIER(0, 2),
                                   SIM_BARRIER(0, 2)};
/* From the second call on no write faults but one: the first after the copies have died. */
static void call_exclusive(sim_world *world, uint32_t last)
{
    uint64_t *faults = world->call_context;
    if (!last)
        *faults = world->counts.faults;
    else if (world->counts.faults > *faults + 1)
        sim_fail(world, "the page is exclusive again, and %lu of its writes faulted",
                 (unsigned long)(world->counts.faults - *faults));
}

static const sim_op alone_later[] = {SIM_PUT(0, 0, 8),  SIM_BARRIER(0, 2), SIM_BARRIER(0, 2),  SIM_PUT(0, 0, 8),
                                     SIM_BARRIER(0, 2), SIM_BARRIER(0, 2), SIM_PAUSE(10 * MS), SIM_PUT(0, 0, 8),
                                     SIM_LOCK(0),       SIM_UNLOCK(0),     SIM_PUT(0, 0, 8),   SIM_LOCK(0),
                                     SIM_UNLOCK(0),     SIM_PUT(0, 0, 8),  SIM_PAUSE(10 * MS)};

static void plan_exclusive(sim_plan *plan)
{
    plan_release(plan);
    plan->inform_ns = 100 * US;
}

static void setup_exclusive(sim_world *world)
{
    SIM_SCRIPT(world, 0, 0, alone_later, 1);
    SIM_SCRIPT(world, 1, 0, leaves_it, 1);
    static uint64_t faults;
    world->call = call_exclusive;
    world->call_context = &faults;
    sim_heap_push(&world->heap, world->now + 8 * MS, SIM_ITEM_CALL, 0, 0);
    sim_heap_push(&world->heap, world->now + 18 * MS, SIM_ITEM_CALL, 1, 0);
}

static const sim_op own_lock[] = {SIM_LOCK(0), SIM_PUT(0, 0, 8), SIM_GET(0, 0, 8), SIM_UNLOCK(0)};
static const sim_op reads_once[] = {SIM_GET(0, 8, 8)};

static void setup_quiet_lock(sim_world *world)
{
    SIM_SCRIPT(world, 1, 0, own_lock, 100);
    SIM_SCRIPT(world, 2, 0, reads_once, 1);
}

static void check_quiet_lock(sim_world *world)
{
    demand_frames(world, 12); /* the page's and the token's, once */
    if (world->counts.diffs)
        sim_fail(world, "%lu diffs for a lock that nobody else wants", (unsigned long)world->counts.diffs);
}

static const sim_op spins[] = {SIM_GET(VOLATILE, 0, 8)};

static void setup_spin(sim_world *world)
{
    SIM_SCRIPT(world, 1, 0, spins, 1000);
    SIM_SCRIPT(world, 2, 0, spins, 1000);
}

static void check_spin(sim_world *world)
{
    demand_frames(world, 8);
}

/* ---- notices --------------------------------------------------------------------------------------------------------------- */

static const sim_op writes_a[] = {SIM_PUT(0, 0, 4), SIM_PUT(1, 0, 4), SIM_BARRIER(0, 3), SIM_GET(0, 4, 4),
                                  SIM_BARRIER(0, 3)};
static const sim_op writes_b[] = {SIM_PUT(0, 4, 4), SIM_PUT(1, 4, 4), SIM_BARRIER(0, 3), SIM_GET(0, 8, 4),
                                  SIM_BARRIER(0, 3)};
static const sim_op writes_c[] = {SIM_PUT(0, 8, 4), SIM_PUT(1, 8, 4), SIM_BARRIER(0, 3), SIM_GET(0, 0, 4),
                                  SIM_BARRIER(0, 3)};

static void setup_once(sim_world *world)
{
    SIM_SCRIPT(world, 0, 0, writes_a, 10);
    SIM_SCRIPT(world, 1, 0, writes_b, 10);
    SIM_SCRIPT(world, 2, 0, writes_c, 10);
}

/* To the barrier's home with each arrival, and from it with each departure. */
static void check_once(sim_world *world)
{
    uint64_t most = 2ull * (world->plan.nodes - 1) * 20;
    if (sent(world, DSM_MSG_NOTICES) > most)
        sim_fail(world, "%lu frames of notices for 20 barriers of 3 nodes",
                 (unsigned long)sent(world, DSM_MSG_NOTICES));
}

#define MANY_PAGES 40u

static sim_op writes_many[MANY_PAGES + 2], reads_many[MANY_PAGES + 4];

static void plan_overflow(sim_plan *plan)
{
    plan_release(plan);
    plan->pages = MANY_PAGES + 1;
    plan->arena_first = plan->pages;
    plan->release_end = MANY_PAGES;
    plan->notices = 2 * plan->nodes + 2;
    plan->inform_ns = plan->seed % 2 ? 0 : 50 * US;
}

/* Two nodes pass a lock to and fro and write another page each time; a third looks at all of them, much later. */
static void setup_overflow(sim_world *world)
{
    static const sim_op lock = SIM_LOCK(0), unlock = SIM_UNLOCK(0), pause = SIM_PAUSE(40 * MS);
    static const sim_op barrier = SIM_BARRIER(0, 3);
    static sim_op one[2][6 * MANY_PAGES];
    for (uint32_t w = 0; w < 2; w++) {
        uint32_t n = 0;
        one[w][n++] = barrier;
        for (uint32_t i = w; i < MANY_PAGES; i += 2) {
            uint32_t page = i * 7 % MANY_PAGES;
            one[w][n++] = lock;
            one[w][n++] = (sim_op)SIM_PUT(page, 0, 8);
            one[w][n++] = unlock;
            one[w][n++] = (sim_op)SIM_PAUSE(60 * US);
        }
        sim_script(world, w, 0, one[w], n, 1);
    }
    uint32_t n = 0;
    for (uint32_t page = 0; page < MANY_PAGES; page++)
        reads_many[n++] = (sim_op)SIM_GET(page, 8, 8);
    reads_many[n++] = barrier;
    reads_many[n++] = pause;
    reads_many[n++] = lock;
    uint32_t count = n;
    sim_script(world, 2, 0, reads_many, count, 1);
    for (n = 0; n < MANY_PAGES; n++)
        writes_many[n] = (sim_op)SIM_GET(n, 0, 8);
    writes_many[n++] = unlock;
    static sim_op all[2 * MANY_PAGES + 8];
    uint32_t at = 0;
    for (uint32_t i = 0; i < count; i++)
        all[at++] = reads_many[i];
    for (uint32_t i = 0; i < n; i++)
        all[at++] = writes_many[i];
    sim_script(world, 2, 0, all, at, 1);
}

/* ---- conditions and atomics -------------------------------------------------------------------------------------------------- */

static sim_op gives_up[] = {SIM_LOCK(0), SIM_WAIT(0, 0, 1), SIM_UNLOCK(0)};
static const sim_op waits_on[] = {SIM_PAUSE(50 * US), SIM_LOCK(0), SIM_WAIT(0, 0, 50 * MS), SIM_UNLOCK(0)};
static const sim_op signals[] = {SIM_PAUSE(300 * US), SIM_LOCK(0), SIM_SIGNAL(0, 0), SIM_UNLOCK(0)};

/* The first waiter gives up at about the time of the only signal: one of the two must get it. */
static void setup_give_up(sim_world *world)
{
    gives_up[1].cancel = 200 * US + world->plan.seed * US;
    SIM_SCRIPT(world, 1, 0, gives_up, 1);
    SIM_SCRIPT(world, 2, 0, waits_on, 1);
    SIM_SCRIPT(world, 0, 0, signals, 1);
}

static void check_give_up(sim_world *world)
{
    if (world->counts.signalled != 1)
        sim_fail(world, "one signal for two waiters ended %lu waits", (unsigned long)world->counts.signalled);
}

static const sim_op waits_all[] = {SIM_LOCK(0), SIM_WAIT(0, 1, 50 * MS), SIM_GET(0, 0, 8), SIM_UNLOCK(0)};
static const sim_op signals_all[] = {SIM_PAUSE(1 * MS), SIM_LOCK(0), SIM_PUT(0, 0, 8), SIM_SIGNAL_ALL(0, 1),
                                     SIM_UNLOCK(0)};

static void setup_all(sim_world *world)
{
    for (uint32_t i = 0; i < 4; i++)
        SIM_SCRIPT(world, 1 + i % 2, i / 2, waits_all, 1);
    SIM_SCRIPT(world, 0, 0, signals_all, 1);
}

static void check_all(sim_world *world)
{
    if (world->counts.signalled != 4)
        sim_fail(world, "a signal to all 4 waiters ended %lu waits", (unsigned long)world->counts.signalled);
}

static const sim_op adds[] = {SIM_ADD(0, 8), SIM_PUT(0, 0, 4), SIM_ADD(0, 8), SIM_ADD(VOLATILE, 8)};
static const sim_op adds_too[] = {SIM_ADD(0, 8), SIM_PUT(0, 4, 4), SIM_ADD(0, 8), SIM_ADD(VOLATILE, 8)};

static void plan_atomics(sim_plan *plan)
{
    plan_release(plan);
    plan->migrate_after = (uint32_t)plan->seed % 3;
}

static void setup_atomics(sim_world *world)
{
    sim_history_define(world, SIM_ATOMIC, 0, 8, 8);
    sim_history_define(world, SIM_ATOMIC, VOLATILE, 8, 8);
    SIM_SCRIPT(world, 0, 0, adds, 40);
    SIM_SCRIPT(world, 2, 0, adds_too, 40);
}

static void check_atomics(sim_world *world)
{
    if (world->counts.atomics != 240)
        sim_fail(world, "%lu atomic operations were done instead of 240", (unsigned long)world->counts.atomics);
}

const sim_scenario sim_scenarios_release[] = {
    {"rc-neighbours", "two nodes write neighbouring bytes of a word", 20, plan_release, setup_neighbours,
     check_neighbours},
    {"rc-merge", "a page is dirty here and noticed by others", 20, plan_release, setup_merge, check_merge},
    {"rc-locks", "happens-before through two different locks", 20, plan_release, setup_locks, NULL},
    {"rc-volatiles", "happens-before through two different volatiles", 20, plan_release, setup_volatiles, NULL},
    {"rc-travels", "a volatile page travels with notices, for every thread of the node", 20, plan_two_threads,
     setup_travels, NULL},
    {"rc-moving", "the home moves while diffs are under way to it", 60, plan_moving, setup_moving, check_moving},
    {"rc-stale-hint", "a fetch and a diff follow a page that has moved twice", 20, plan_hint, setup_hint, check_moving},
    {"rc-told", "a page that moves takes the notices of its home along", 20, plan_moving, setup_told, check_moving},
    {"rc-passed-on", "an atomic operation that follows a page takes its notices along", 20, plan_moving, setup_passed,
     check_moving},
    {"rc-exclusive", "all copies have died: the home writes without a fault", 20, plan_exclusive, setup_exclusive,
     NULL},
    {"rc-quiet-lock", "a lock nobody else wants costs no message and no diff", 20, plan_release, setup_quiet_lock,
     check_quiet_lock},
    {"rc-spin", "who spins on a volatile that nobody writes sends nothing", 20, plan_release, setup_spin, check_spin},
    {"rc-once", "a barrier tells each node each notice once", 20, plan_release, setup_once, check_once},
    {"rc-overflow", "more notices than the log holds, for a node that does not listen", 10, plan_overflow,
     setup_overflow, NULL},
    {"rc-give-up", "a waiter gives up at 1, 2, 3, .. us around the only signal", 200, plan_release, setup_give_up,
     check_give_up},
    {"rc-all", "one signal to all", 20, plan_two_threads, setup_all, check_all},
    {"rc-atomics", "fetch-and-add by two nodes, beside variables of the same page", 20, plan_atomics, setup_atomics,
     check_atomics},
    {0},
};
