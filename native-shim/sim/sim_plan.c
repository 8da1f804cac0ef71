#include "sim_plan.h"

#include <string.h>

#define US 1000ull
#define MS 1000000ull

static uint64_t pick(sim_random *random, const uint64_t *values, uint32_t count)
{
    return values[sim_random_below(random, count)];
}
#define PICK(random, ...) \
    pick(random, (const uint64_t[]){__VA_ARGS__}, sizeof((const uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t))

static void draw_cluster(sim_plan *plan, sim_random *random, const sim_wishes *wishes)
{
    plan->nodes = wishes->nodes ? wishes->nodes : (uint32_t)PICK(random, 3, 3, 3, 3, 4, 4, 4, 5, 6, 8);
    plan->threads = wishes->threads ? wishes->threads : (uint32_t)PICK(random, 1, 1, 2, 2, 3);
    plan->pages = wishes->pages ? wishes->pages : (uint32_t)PICK(random, 2, 3, 4, 6, 8);
    plan->home_block = (uint32_t)sim_random_between(random, 1, 2);
    plan->arena_first = sim_random_chance(random, 300) ? plan->pages / 2 : plan->pages;
    plan->locks = (uint32_t)PICK(random, 1, 2, 3, 4, 4, 12, 24);
    plan->barriers = (uint32_t)PICK(random, 0, 1, 2, 3);
    plan->lock_table = sim_random_chance(random, 40) ? 2 : (uint32_t)PICK(random, 16, 32);
    plan->hold_ns = PICK(random, 1 * US, 5 * US, 20 * US, 50 * US);
    plan->hold_max_ns = PICK(random, 50 * US, 200 * US, 1 * MS);
    if (plan->hold_max_ns < plan->hold_ns)
        plan->hold_max_ns = plan->hold_ns;
    plan->local_handovers = (uint32_t)PICK(random, 0, 1, 4, 16);
    plan->local_handover_ns = PICK(random, 10 * US, 1 * MS);
    plan->heartbeat_ns = PICK(random, 1 * MS, 10 * MS, 100 * MS);
    plan->relays = (uint32_t)PICK(random, 1, 2, 100);
}

static void draw_machine(sim_plan *plan, sim_random *random)
{
    plan->delay_min = PICK(random, 1 * US, 5 * US);
    plan->delay_max = plan->delay_min + PICK(random, 0, 1 * US, 20 * US, 100 * US);
    plan->stall = (uint32_t)PICK(random, 0, 0, 5, 30);
    plan->stall_ns = PICK(random, 100 * US, 500 * US);
    plan->resume_max = PICK(random, 0, 1 * US, 10 * US);
    plan->access_max = PICK(random, 0, 1 * US, plan->hold_ns, 2 * plan->hold_ns);
    plan->slow = (uint32_t)PICK(random, 0, 0, 5, 20);
    plan->slow_ns = PICK(random, 100 * US, 400 * US);
    plan->tick_late = PICK(random, 0, 1 * US, 20 * US);
    plan->narrow = (uint32_t)PICK(random, 0, 0, 5, 30);
    plan->interleave = (uint32_t)PICK(random, 0, 50, 300);
}

static void draw_programs(sim_plan *plan, sim_random *random)
{
    plan->think_max = PICK(random, 0, 1 * US, 10 * US, 100 * US);
    plan->hot_pages = (uint32_t)sim_random_between(random, 1, plan->pages);
    plan->write = (uint32_t)PICK(random, 100, 300, 500, 700);
    plan->cross = (uint32_t)PICK(random, 0, 30, 150);
    plan->copy = (uint32_t)PICK(random, 0, 0, 30);
    plan->lock = (uint32_t)PICK(random, 0, 100, 300, 600);
    plan->try_lock = (uint32_t)PICK(random, 0, 200, 500);
    plan->cancel = (uint32_t)PICK(random, 0, 0, 100, 300);
    plan->bad_unlock = (uint32_t)PICK(random, 0, 10);
    plan->pause = (uint32_t)PICK(random, 0, 50);
    plan->touch = (uint32_t)PICK(random, 0, 0, 30, 150);
    plan->round_ops = (uint32_t)sim_random_between(random, 2, 40);
}

/* Small tables: rooms run out, logs overflow. */
static void draw_release(sim_plan *plan, sim_random *random, const sim_wishes *wishes)
{
    plan->release = true;
    plan->pages = wishes->pages ? wishes->pages : (uint32_t)PICK(random, 3, 4, 5, 6, 8, 12);
    plan->arena_first = sim_random_chance(random, 300) ? plan->pages / 2 : plan->pages;
    plan->release_end = plan->arena_first > 1 ? plan->arena_first - 1 : plan->arena_first;
    if (plan->release_end > 2 && sim_random_chance(random, 500))
        plan->release_first = 1;
    plan->arena_release_end = plan->arena_first < plan->pages ? (uint32_t)PICK(random, 0, 1, plan->pages) : 0;
    plan->page_bytes = (uint32_t)PICK(random, 64, 64, 64, 128);
    plan->twins = plan->threads * (uint32_t)PICK(random, 2, 3, 32); /* an instruction may write two pages */
    plan->notices = 2 * plan->nodes + (uint32_t)PICK(random, 2, 8, 100);
    plan->migrate_after = (uint32_t)PICK(random, 0, 1, 2, 3, 8);
    plan->inform_ns = PICK(random, 0, 20 * US, 200 * US, 1 * MS);
    plan->release_step = (uint32_t)PICK(random, 1, 1, 2, 64);
    plan->barrier_cancel = sim_random_chance(random, 100) ? 100 : 0;
    plan->lock_table = 16;
    plan->evict = (uint32_t)PICK(random, 0, 0, 10, 100);
    plan->dense = (uint32_t)PICK(random, 500, 800, 900);
    plan->hot_variables = (uint32_t)PICK(random, 1, 2, 4, 100);
    plan->lock = (uint32_t)PICK(random, 50, 150, 300);
    plan->racy = (uint32_t)PICK(random, 0, 50, 100);
    plan->volatiles = (uint32_t)PICK(random, 0, 100, 300);
    plan->atomic = (uint32_t)PICK(random, 0, 50, 200);
    plan->wait = (uint32_t)PICK(random, 0, 50, 150);
    plan->signal = (uint32_t)PICK(random, 0, 100, 200);
}

void sim_plan_draw(sim_plan *plan, uint64_t seed, const sim_wishes *wishes)
{
    sim_random random;
    sim_random_seed(&random, seed ^ 0x706c616e);
    memset(plan, 0, sizeof *plan);
    plan->seed = seed;
    plan->page_bytes = 64;
    plan->outside = wishes->outside;
    draw_cluster(plan, &random, wishes);
    draw_machine(plan, &random);
    draw_programs(plan, &random);
    plan->barrier_cancel = plan->cancel;
    if (wishes->release)
        draw_release(plan, &random, wishes);
    /* Longer than any frame, tick or heartbeat may take: only the dead are silent for so long. */
    if (sim_random_chance(&random, 200))
        plan->silence_ns = 4 * (plan->heartbeat_ns + plan->delay_max + 20 * plan->stall_ns + plan->tick_late);
    /* Per connection: requests and answers of every thread, one recall or invalidation and one answer a page, token
     * traffic of each lock, and a heartbeat or two; waits that are taken back and begun again add to that. */
    plan->window = plan->cancel || plan->release ? 0
                                                 : 4 * (4 * plan->threads + 1) + 2 * plan->pages + 2 * plan->locks + 2 +
                                                       2 * plan->nodes * plan->threads;
    if (sim_plan_tight(plan) && plan->barrier_cancel == 0) /* who finds the table full stays away from a barrier */
        plan->barrier_cancel = plan->cancel = 100;
    plan->deliveries = wishes->deliveries ? wishes->deliveries : 500;
    uint32_t trouble = (uint32_t)sim_random_below(&random, 100);
    plan->trouble_after = sim_random_between(&random, 20, plan->deliveries + 200);
    if (!wishes->calm && trouble < 20)
        plan->crashes = (uint32_t)sim_random_between(&random, 1, plan->nodes - 1 < 2 ? 1 : 2);
    else if (!wishes->calm && trouble < 26)
        plan->hostile = 1;
    /* so small that nodes give tokens back unasked; but a hostile peer could fill it */
    if (!plan->hostile && plan->locks == 4 && (!plan->release || plan->barriers < 4))
        plan->lock_table = 4;
    if (plan->hostile)
        plan->relays = plan->nodes; /* one that is honest to its own and passes nothing on would stop all */
    if (plan->crashes || plan->hostile)
        plan->deliveries = (uint32_t)plan->trouble_after + plan->deliveries / 2 + 100;
    plan->ops_most = 20ull * plan->deliveries;
    plan->time_limit = 1000 * MS + 100 * sim_plan_lock_bound(plan);
}

void sim_plan_plain(sim_plan *plan, uint32_t nodes, uint32_t threads, uint32_t pages)
{
    memset(plan, 0, sizeof *plan);
    plan->seed = 1;
    plan->nodes = nodes;
    plan->threads = threads;
    plan->pages = pages;
    plan->page_bytes = 64;
    plan->home_block = 1;
    plan->arena_first = pages;
    plan->locks = 4;
    plan->barriers = 2;
    plan->lock_table = 64;
    plan->hold_ns = 20 * US;
    plan->hold_max_ns = 500 * US;
    plan->heartbeat_ns = 1000 * MS;
    plan->local_handovers = 4;
    plan->local_handover_ns = 100 * US;
    plan->delay_min = plan->delay_max = 10 * US;
    plan->resume_max = 1 * US;
    plan->access_max = 1 * US;
    plan->think_max = 1 * US;
    plan->hot_pages = pages;
    plan->deliveries = UINT32_MAX;
    plan->ops_most = UINT64_MAX;
    plan->time_limit = 10000 * MS;
}

uint64_t sim_plan_turn(const sim_plan *plan)
{
    uint64_t net = plan->delay_max + (plan->stall ? plan->stall_ns : 0);
    uint64_t machine = plan->resume_max + plan->access_max + 2 * (plan->slow ? plan->slow_ns : 0);
    /* What a page or token waits for may be a release, and that for its diffs to follow a page that moves. */
    if (plan->release)
        net = 3 * net + plan->inform_ns + plan->pages * (plan->tick_late + 1);
    return 6 * net + machine + plan->tick_late + plan->hold_ns + plan->hold_max_ns;
}

uint64_t sim_plan_access_bound(const sim_plan *plan)
{
    return (2ull * plan->nodes * plan->threads + 8) * sim_plan_turn(plan) + sim_plan_hostile_time(plan);
}

uint64_t sim_plan_lock_bound(const sim_plan *plan)
{
    uint64_t section = 2 * (sim_plan_access_bound(plan) + plan->think_max);
    return (uint64_t)plan->nodes * plan->threads * section;
}
