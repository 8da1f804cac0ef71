/*
 * sim_plan.h - every number of one run. A random run draws them from its seed; a scenario sets them.
 * All times are simulated nanoseconds, all chances are in 1,000.
 */
#ifndef SIM_PLAN_H
#define SIM_PLAN_H

#include "sim_random.h"

#include <stdbool.h>
#include <stdint.h>

#define SIM_BARRIER_GROUPS 2u   /* the barrier that any threads pass in groups */
#define SIM_HOSTILE_FRAMES 200u /* that a hostile node sends before it is dropped by all */

typedef struct sim_plan {
    uint64_t seed;
    /* the cluster */
    uint32_t nodes, threads; /* threads of each node */
    uint32_t pages, page_bytes, home_block, arena_first;
    uint32_t locks, barriers; /* ids in use */
    uint32_t lock_table;      /* fewer than ids in use: operations may end with DSM_E_FULL */
    uint64_t hold_ns, hold_max_ns, heartbeat_ns, silence_ns, local_handover_ns;
    uint32_t local_handovers;
    /* the connections */
    uint64_t delay_min, delay_max;
    uint32_t stall; /* chance that a frame, and all behind it, is late by stall_ns */
    uint64_t stall_ns;
    uint32_t window; /* frames one connection may hold before the run counts as flooded; 0 = no bound */
    /* the machine */
    uint64_t resume_max;             /* from the wake to RESUMED */
    uint64_t access_min, access_max; /* from RESUMED to the access itself */
    uint32_t slow;                   /* chance that either takes slow_ns instead: the thread was preempted */
    uint64_t slow_ns;
    uint64_t tick_late;  /* a tick comes up to this late */
    uint32_t narrow;     /* chance, an event, that the driver of some node closes a page on its own */
    uint32_t interleave; /* chance, an action, that another thread of the node gets a turn before it */
    /* the programs */
    uint64_t think_max;
    uint32_t hot_pages; /* most accesses go to pages 0 .. hot_pages-1 */
    uint32_t write, cross, copy, lock, try_lock, cancel, bad_unlock, pause, touch;
    uint32_t round_ops; /* operations between barriers, at most */
    /* RELEASE memory: pages [release_first, release_end) below arena_first, and of each arena the first ones */
    bool release;
    uint32_t release_first, release_end, arena_release_end;
    uint32_t twins, notices, migrate_after;
    uint64_t inform_ns;
    uint32_t release_step;
    uint32_t relays;
    uint32_t barrier_cancel; /* chance that a wait at a barrier is taken back early; if not 0, every one has a bound */
    uint32_t evict;          /* chance, an event, that some copy is evicted */
    uint32_t dense;          /* chance that one more variable lies in a page */
    uint32_t hot_variables;  /* most accesses go to so many variables of each kind */
    uint32_t racy, volatiles, atomic, wait, signal;
    /* trouble */
    uint32_t crashes;       /* nodes that crash */
    uint32_t hostile;       /* 0 or 1: one node turns hostile */
    uint64_t trouble_after; /* deliveries before the first crash or hostile frame */
    bool outside;           /* as wished for */
    /* the end */
    uint32_t deliveries; /* programs wind down once so many frames were delivered */
    uint64_t ops_most;   /* or so many operations were done: what is left needs few messages */
    uint64_t time_limit; /* a run that is not over by then is stuck */
} sim_plan;

/* What the command line fixes; 0 = drawn from the seed. */
typedef struct sim_wishes {
    uint32_t nodes, threads, pages, deliveries;
    bool release; /* RELEASE memory, and all of its synchronization */
    bool calm;    /* no crashes, no hostile node */
    bool outside; /* dsm_core_check is not asked: what is wrong must show from outside */
} sim_wishes;

void sim_plan_draw(sim_plan *plan, uint64_t seed, const sim_wishes *wishes);
/* A plain plan for scenarios: fixed delays, no trouble, no chance anywhere. */
void sim_plan_plain(sim_plan *plan, uint32_t nodes, uint32_t threads, uint32_t pages);

/* The tables of locks and barriers may be too small for what is used, or for what a hostile node asks for. */
static inline bool sim_plan_tight(const sim_plan *plan)
{
    return plan->hostile || plan->lock_table < plan->locks || plan->lock_table < plan->barriers;
}

/* Whoever waits for a hostile node waits until it is dropped. */
static inline uint64_t sim_plan_hostile_time(const sim_plan *plan)
{
    return plan->hostile ? 2ull * SIM_HOSTILE_FRAMES * plan->delay_max : 0;
}

/* Longest a frame may be under way. */
static inline uint64_t sim_plan_delay(const sim_plan *plan)
{
    return plan->delay_max + (plan->stall ? plan->stall_ns : 0);
}

/* Longest a frame may take, and longest one access or one lock operation may take, in this plan (ns). */
uint64_t sim_plan_turn(const sim_plan *plan);
uint64_t sim_plan_access_bound(const sim_plan *plan);
uint64_t sim_plan_lock_bound(const sim_plan *plan);

#endif
