/*
 * sim_scenario.h - scripted runs: a named situation, forced by a script and fixed or swept delays, with
 * its own demands besides the invariants that always hold.
 */
#ifndef SIM_SCENARIO_H
#define SIM_SCENARIO_H

#include "sim_run.h"

typedef struct sim_scenario {
    const char *name, *about;
    uint32_t runs; /* variants: run v gets seed v, which the scenario may use to sweep a delay */
    void (*plan)(sim_plan *plan);
    void (*setup)(sim_world *world);
    void (*check)(sim_world *world); /* after the end; sim_fail() what is not as it must be */
} sim_scenario;

extern const sim_scenario sim_scenarios_memory[];
extern const sim_scenario sim_scenarios_sync[];
extern const sim_scenario sim_scenarios_cluster[];
extern const sim_scenario sim_scenarios_release[];

/* Runs every scenario, or the one with that name. Returns how many runs failed; SIM_NONE if there is no such
 * scenario. */
uint32_t sim_scenario_run(const char *name, const char *program, FILE *echo, FILE *report, sim_totals *totals);
void sim_scenario_list(FILE *out);

/* For setups. */
static inline void sim_script(sim_world *world, uint32_t node, uint32_t index, const sim_op *ops, uint32_t count,
                              uint32_t loops)
{
    sim_thread *thread = &world->threads[node * world->plan.threads + index];
    thread->script = ops;
    thread->script_count = count;
    thread->script_loops = loops;
}
#define SIM_SCRIPT(world, node, index, ops, loops) \
    sim_script(world, node, index, ops, sizeof(ops) / sizeof *(ops), loops)

#define SIM_READ(p, o)                                                                                    \
    {                                                                                                     \
        .kind = SIM_OP_ACCESS, .places = 1, .place = {{.page = (p), .offset = (o), .length = 8}}, .pc = 1 \
    }
#define SIM_WRITE(p, o)                                                                                          \
    {                                                                                                            \
        .kind = SIM_OP_ACCESS, .places = 1, .place = {{.page = (p), .offset = (o), .length = 8, .write = true}}, \
        .pc = 2                                                                                                  \
    }
/* An 8-byte write across the border of page p and page q. */
#define SIM_CROSS(p, q)                                              \
    {                                                                \
        .kind = SIM_OP_ACCESS, .places = 2, .pc = 3, .place = {      \
            {.page = (p), .offset = 60, .length = 4, .write = true}, \
            {.page = (q), .offset = 0, .length = 4, .write = true}   \
        }                                                            \
    }
#define SIM_TOUCH(p, n)                                                               \
    {                                                                                 \
        .kind = SIM_OP_TOUCH, .pages = (n), .place = { {.page = (p), .write = true} } \
    }
/* `n` bytes at offset `o` of page `p`. */
#define SIM_GET(p, o, n)                                                                                    \
    {                                                                                                       \
        .kind = SIM_OP_ACCESS, .places = 1, .place = {{.page = (p), .offset = (o), .length = (n)}}, .pc = 1 \
    }
#define SIM_PUT(p, o, n)                                                                                           \
    {                                                                                                              \
        .kind = SIM_OP_ACCESS, .places = 1, .place = {{.page = (p), .offset = (o), .length = (n), .write = true}}, \
        .pc = 2                                                                                                    \
    }
/* Atomic operations on 8 bytes. */
#define SIM_FETCH(p, o)                                                                                      \
    {                                                                                                        \
        .kind = SIM_OP_ATOMIC, .place = {{.page = (p), .offset = (o), .length = 8}}, .operation = DSM_OP_GET \
    }
#define SIM_ADD(p, o)                                                                                        \
    {                                                                                                        \
        .kind = SIM_OP_ATOMIC, .place = {{.page = (p), .offset = (o), .length = 8}}, .operation = DSM_OP_ADD \
    }
#define SIM_WAIT(i, c, ns)                                               \
    {                                                                    \
        .kind = SIM_OP_WAIT, .id = (i), .condition = (c), .cancel = (ns) \
    }
#define SIM_SIGNAL(i, c)                                   \
    {                                                      \
        .kind = SIM_OP_SIGNAL, .id = (i), .condition = (c) \
    }
#define SIM_SIGNAL_ALL(i, c)                                                        \
    {                                                                               \
        .kind = SIM_OP_SIGNAL, .id = (i), .condition = (c), .flags = DSM_SIGNAL_ALL \
    }
#define SIM_LOCK(i)                    \
    {                                  \
        .kind = SIM_OP_LOCK, .id = (i) \
    }
#define SIM_TRY(i)                                            \
    {                                                         \
        .kind = SIM_OP_LOCK, .id = (i), .flags = DSM_LOCK_TRY \
    }
#define SIM_UNLOCK(i)                    \
    {                                    \
        .kind = SIM_OP_UNLOCK, .id = (i) \
    }
#define SIM_BARRIER(i, n)                                 \
    {                                                     \
        .kind = SIM_OP_BARRIER, .id = (i), .parties = (n) \
    }
#define SIM_PAUSE(ns)                       \
    {                                       \
        .kind = SIM_OP_PAUSE, .pause = (ns) \
    }

#endif
