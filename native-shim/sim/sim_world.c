#include "sim_world.h"

#include "sim_check.h"
#include "sim_fault.h"
#include "sim_history.h"
#include "sim_memory.h"
#include "sim_net.h"
#include "sim_node.h"
#include "sim_thread.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

/* How often the ages of all operations are looked at. */
#define AGES_EVERY 512u

static jmp_buf asserted;
static sim_world *running;

/* The core was built with DSM_ASSERT_HOOK: what it relies on does not hold. */
_Noreturn void dsm_assert_failed(const char *what, const char *file, int line);
_Noreturn void dsm_assert_failed(const char *what, const char *file, int line)
{
    const char *slash = strrchr(file, '/');
    if (!running)
        abort();
    sim_fail(running, "assertion of the core: %s (%s:%d)", what, slash ? slash + 1 : file, line);
    longjmp(asserted, 1);
}

static bool about_core(const char *failure)
{
    return strstr(failure, "assertion of the core") || strstr(failure, "dsm_core_check") ||
           strstr(failure, "its state has changed") || strstr(failure, "its own codec");
}

void sim_fail(sim_world *world, const char *format, ...)
{
    if (world->failed || world->abandoned)
        return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(world->failure, sizeof world->failure, format, arguments);
    va_end(arguments);
    /* The home of a RELEASE page is who says so: a hostile node may take any page and any release apart. What is
     * demanded then is that no core breaks and that what is refused changes nothing. */
    world->abandoned = world->history && world->history->distrusted && !about_core(world->failure);
    world->failed = !world->abandoned;
}

/* ---- made and unmade -------------------------------------------------------------------------------- */

static void configure(sim_world *world)
{
    const sim_plan *plan = &world->plan;
    world->config = (dsm_core_config){
        .nodes = plan->nodes,
        .page_bytes = plan->page_bytes,
        .slots = plan->threads * SIM_TOUCH_MAX + 1,
        .pages = plan->pages,
        .home_block = plan->home_block,
        .locks = plan->lock_table,
        .arena_first = plan->arena_first,
        .hold_ns = plan->hold_ns,
        .hold_max_ns = plan->hold_max_ns,
        .heartbeat_ns = plan->heartbeat_ns,
        .silence_ns = plan->silence_ns,
        .local_handovers = plan->local_handovers,
        .local_handover_ns = plan->local_handover_ns,
        .release_first = plan->release_first,
        .release_end = plan->release_end,
        .arena_release_end = plan->arena_release_end,
        .twins = plan->twins,
        .notices = plan->notices,
        .migrate_after = plan->migrate_after,
        .inform_ns = plan->inform_ns,
        .release_step = plan->release_step,
        .relays = plan->relays,
    };
}

sim_world *sim_world_new(const sim_plan *plan, FILE *echo)
{
    sim_world *world = sim_new(1, sizeof *world);
    world->plan = *plan;
    world->now = 1000000;
    world->trace.echo = echo;
    world->hostile = SIM_NONE;
    world->crashes_left = plan->crashes;
    world->trouble_at = plan->trouble_after;
    world->last_progress = world->now;
    sim_random_seed(&world->random, plan->seed);
    configure(world);
    world->scratch = sim_new(1, sim_world_frame_most(world));
    world->samples = sim_new(SIM_SAMPLES, sim_world_frame_most(world));
    world->nodes = sim_new(plan->nodes, sizeof *world->nodes);
    world->conns = sim_new((size_t)plan->nodes * plan->nodes, sizeof *world->conns);
    world->thread_count = plan->nodes * plan->threads;
    world->threads = sim_new(world->thread_count, sizeof *world->threads);
    world->checker = plan->release ? &sim_checker_release : &sim_checker_sequential;
    world->truth = world->checker->create(world);
    world->order = sim_check_order_new(world);
    for (uint32_t i = 0; i < plan->nodes * plan->nodes; i++) {
        world->conns[i].from = i / plan->nodes;
        world->conns[i].to = i % plan->nodes;
        world->conns[i].sent_at = world->now;
    }
    world->locks = sim_new(plan->locks, sizeof *world->locks);
    world->barriers = sim_new(plan->barriers, sizeof *world->barriers);
    for (uint32_t i = 0; i < plan->locks; i++) {
        world->locks[i].holder = SIM_NONE;
        world->locks[i].users = sim_new(plan->nodes, 1);
    }
    /* Every way to compare that this machine has must find the same. */
    if (dsm_diff_ops_of((enum dsm_diff_kind)(plan->seed % DSM_DIFF_KINDS), &world->diff) != 0)
        world->diff = dsm_diff_choose();
    if (plan->release)
        sim_history_start(world, plan->dense != 0);
    for (uint32_t i = 0; i < plan->nodes; i++)
        sim_node_start(world, &world->nodes[i], i);
    for (uint32_t i = 0; i < world->thread_count; i++)
        sim_thread_start(world, &world->threads[i], i);
    return world;
}

void sim_world_free(sim_world *world)
{
    sim_history_free(world);
    sim_net_free(world);
    sim_heap_free(&world->heap);
    for (uint32_t i = 0; i < world->plan.nodes; i++)
        sim_node_free(&world->nodes[i]);
    for (uint32_t i = 0; i < world->plan.locks; i++)
        free(world->locks[i].users);
    free(world->locks);
    free(world->barriers);
    world->checker->destroy(world->truth);
    sim_check_order_free(world, world->order);
    free(world->scratch);
    free(world->samples);
    free(world->nodes);
    free(world->conns);
    free(world->threads);
    free(world);
}

/* ---- run -------------------------------------------------------------------------------------------- */

static bool all_over(const sim_world *world)
{
    if (world->threads_over < world->thread_count || world->inflight || world->losses_due)
        return false;
    for (uint32_t i = 0; i < world->plan.nodes; i++)
        if (world->nodes[i].alive && !dsm_core_quiet(world->nodes[i].core))
            return false;
    return true;
}

static void happen(sim_world *world, const sim_item *item)
{
    switch ((enum sim_item_kind)item->kind) {
    case SIM_ITEM_DELIVER:
        sim_net_deliver(world, &world->conns[item->a]);
        break;
    case SIM_ITEM_THREAD:
        sim_thread_run(world, &world->threads[item->a], item->b);
        break;
    case SIM_ITEM_TICK:
        sim_node_tick(world, &world->nodes[item->a], item->b);
        break;
    case SIM_ITEM_CANCEL:
        sim_thread_cancel(world, &world->threads[item->a], item->b);
        break;
    case SIM_ITEM_CRASH:
        sim_fault_crash(world, item->a);
        break;
    case SIM_ITEM_PEER_LOST:
        world->losses_due--;
        sim_node_peer_lost(world, &world->nodes[item->a], (uint32_t)item->b);
        break;
    case SIM_ITEM_HOSTILE:
        sim_fault_hostile(world, item->a);
        break;
    case SIM_ITEM_CALL:
        world->call(world, item->a);
        break;
    }
}

static void stuck(sim_world *world)
{
    const sim_thread *thread = &world->threads[0];
    for (uint32_t i = 0; i < world->thread_count; i++)
        if (world->threads[i].state == SIM_THREAD_WAITING)
            thread = &world->threads[i];
    sim_fail(
        world,
        "stuck: nothing has ended for %lu us, %u of %u threads are over, %lu frames under way; thread %u waits in its "
        "operation %d on %lu (page %u)",
        (unsigned long)((world->now - world->last_progress) / 1000), world->threads_over, world->thread_count,
        (unsigned long)world->inflight, thread->index, (int)thread->op.kind, (unsigned long)thread->op.id,
        thread->op.place[0].page);
}

static void around(sim_world *world)
{
    const sim_plan *plan = &world->plan;
    if (sim_random_chance(&world->random, plan->narrow)) {
        sim_node *node = &world->nodes[sim_random_below(&world->random, plan->nodes)];
        sim_node_narrow(world, node, (uint32_t)sim_random_below(&world->random, plan->pages));
    }
    if (sim_random_chance(&world->random, plan->evict)) {
        sim_node *node = &world->nodes[sim_random_below(&world->random, plan->nodes)];
        sim_node_evict(world, node, (uint32_t)sim_random_below(&world->random, plan->pages));
    }
    if (!world->winding_down && (world->counts.deliveries >= plan->deliveries || world->ops_done >= plan->ops_most))
        sim_program_wind_down(world);
    sim_fault_maybe(world);
    if (world->heap.order % AGES_EVERY == 0)
        sim_check_ages(world);
    if (world->now > plan->time_limit || world->now - world->last_progress > 8 * sim_plan_access_bound(plan))
        stuck(world);
}

static void loop(sim_world *world)
{
    sim_item item;
    while (!world->failed && !world->abandoned && !all_over(world)) {
        if (!sim_heap_pop(&world->heap, &item)) {
            sim_fail(world, "stuck: nothing is left to happen, %u of %u threads are over", world->threads_over,
                     world->thread_count);
            return;
        }
        world->now = item.at;
        happen(world, &item);
        around(world);
    }
    if (!world->failed && !world->abandoned)
        sim_check_quiescence(world);
}

void sim_world_run(sim_world *world)
{
    running = world;
    if (setjmp(asserted) == 0)
        loop(world);
    running = NULL;
}
