#include "sim_clock.h"

#include "sim_memory.h"

#include <string.h>

static uint64_t bit(uint32_t node)
{
    return UINT64_C(1) << (node < 63 ? node : 63);
}

static void join(const sim_world *world, uint32_t *to, const uint32_t *from)
{
    for (uint32_t i = 0; i < world->thread_count; i++)
        if (to[i] < from[i])
            to[i] = from[i];
}

void sim_sync_start(sim_world *world, sim_sync *sync)
{
    sync->clock = sim_new(world->thread_count, sizeof *sync->clock);
}

void sim_sync_free(sim_sync *sync)
{
    free(sync->clock);
}

void sim_clock_start(sim_world *world)
{
    for (uint32_t i = 0; i < world->thread_count; i++) {
        world->threads[i].clock = sim_new(world->thread_count, sizeof(uint32_t));
        world->threads[i].clock[i] = 1;
    }
    for (uint32_t i = 0; i < world->plan.locks; i++)
        sim_sync_start(world, &world->locks[i].sync);
    for (uint32_t i = 0; i < world->plan.barriers; i++) {
        sim_sync_start(world, &world->barriers[i].arriving);
        sim_sync_start(world, &world->barriers[i].leaving);
    }
}

void sim_clock_free(sim_world *world)
{
    for (uint32_t i = 0; i < world->thread_count; i++)
        free(world->threads[i].clock);
    for (uint32_t i = 0; i < world->plan.locks; i++)
        sim_sync_free(&world->locks[i].sync);
    for (uint32_t i = 0; i < world->plan.barriers; i++) {
        sim_sync_free(&world->barriers[i].arriving);
        sim_sync_free(&world->barriers[i].leaving);
    }
}

void sim_sync_release(sim_world *world, const sim_thread *thread, sim_sync *sync)
{
    if (!world->history)
        return;
    join(world, sync->clock, thread->clock);
    sync->contributors |= bit(thread->node);
    thread->clock[thread->index]++;
}

void sim_sync_acquire(sim_world *world, const sim_thread *thread, sim_sync *sync)
{
    if (!world->history)
        return;
    join(world, thread->clock, sync->clock);
    sync->contributors &= bit(thread->node);
}

void sim_sync_move(sim_world *world, sim_sync *to, sim_sync *from)
{
    if (!world->history)
        return;
    memcpy(to->clock, from->clock, world->thread_count * sizeof *to->clock);
    to->contributors = from->contributors;
}

void sim_sync_crash(sim_world *world, sim_sync *sync, uint32_t node)
{
    if (!world->history || !(sync->contributors & bit(node)))
        return;
    memset(sync->clock, 0, world->thread_count * sizeof *sync->clock);
    sync->contributors = 0;
}
