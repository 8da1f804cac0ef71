/*
 * sim_world.h - one simulated cluster: nodes that each run the real protocol core, the connections
 * between them, threads with programs, and what is known to be true about all of it.
 */
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include "dsm_core.h"
#include "dsm_diff.h"
#include "dsm_wire.h"
#include "sim_heap.h"
#include "sim_plan.h"
#include "sim_random.h"
#include "sim_trace.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIM_NONE      UINT32_MAX
#define SIM_SAMPLES   8u
#define SIM_DEPTH_MAX 4u /* locks one thread holds at once */
#define SIM_TOUCH_MAX 4u /* pages of one touch */

typedef struct sim_world sim_world;

/* ---- threads and what they do ----------------------------------------------------------------- */

enum sim_op_kind {
    SIM_OP_TOUCH,  /* a range of pages is fetched ahead of use: all requests at once, no instruction */
    SIM_OP_ACCESS, /* one instruction that touches one place, or two on different pages */
    SIM_OP_LOCK,
    SIM_OP_UNLOCK,
    SIM_OP_BARRIER,
    SIM_OP_PAUSE,
    SIM_OP_WAIT,   /* for a condition of the lock that the thread holds */
    SIM_OP_SIGNAL, /* a condition of the lock that the thread holds */
    SIM_OP_ATOMIC, /* on place[0] */
    SIM_OP_END,
};

typedef struct sim_place {
    uint32_t page, offset, length; /* length 1..8, inside the page */
    bool write;
} sim_place;

typedef struct sim_op {
    enum sim_op_kind kind;
    uint32_t places; /* ACCESS: 1 or 2; both must be open at once */
    sim_place place[2];
    uint64_t pc;
    uint32_t pages; /* TOUCH: from place[0].page on */
    uint64_t id;    /* lock or barrier */
    uint32_t parties;
    uint32_t flags;  /* LOCK: DSM_LOCK_TRY; SIGNAL: DSM_SIGNAL_ALL */
    uint64_t cancel; /* ns after which a wait is cancelled; 0 = never */
    uint64_t pause;
    uint64_t condition;
    uint32_t operation; /* ATOMIC: enum dsm_operation */
    uint64_t operand;   /* ATOMIC: unique, so that it tells whose operation is done */
    uint64_t expected;
    bool claimed; /* its places were claimed: no other thread's operation races with it */
} sim_op;

enum sim_thread_state {
    SIM_THREAD_READY,   /* its timer starts the next operation */
    SIM_THREAD_ACCESS,  /* its timer runs the instruction */
    SIM_THREAD_WAITING, /* in a slot, until the core wakes it */
    SIM_THREAD_WOKEN,   /* the core has woken it, it has not noticed yet */
    SIM_THREAD_DONE,
    SIM_THREAD_DEAD, /* its node crashed */
};

#define SIM_OUTCOMES 16u

static inline uint32_t sim_outcome(int32_t status)
{
    return status < 0 ? (uint32_t)-status % SIM_OUTCOMES : status == DSM_ORPHANED ? 15 : 0;
}

typedef struct sim_thread {
    uint32_t index, node;
    uint64_t id; /* as the core knows it */
    enum sim_thread_state state;
    uint64_t timer; /* generation of the timer that counts */
    sim_op op;
    uint64_t serial;  /* of the operation */
    uint64_t started; /* when the operation began */
    uint32_t slot;
    int32_t status;                                           /* outcome the core gave */
    uint32_t touch_slot[SIM_TOUCH_MAX], touches, touches_due; /* TOUCH: pages asked for, and not yet in */
    int32_t touch_status[SIM_TOUCH_MAX];
    bool fault_lost; /* this instruction's page is gone for ever */
    /* the fault it has just come back from: what the hold promises */
    bool granted, promised;
    uint32_t promised_page;
    bool promised_write;
    uint64_t promised_at, promised_serial;
    uint32_t faults; /* of this operation */
    /* its program */
    uint64_t held[SIM_DEPTH_MAX];
    uint32_t depth;
    uint32_t round, ops_left, section_left;
    uint32_t stage; /* among the barriers that close the round */
    const sim_op *script;
    uint32_t script_count, script_at, script_loops;
    uint64_t ops_done, over_at;
    uint32_t outcomes[SIM_OUTCOMES]; /* of its operations, by sim_outcome() */
    uint32_t *clock;                 /* vector clock, RELEASE runs only */
    uint32_t final_at;               /* variables it has read after the last barrier */
    uint32_t wait;                   /* its latest condition wait, in world->history */
    uint32_t levels;                 /* WAIT: how often it held the lock */
    bool atomic_done;                /* ATOMIC: has been done, */
    uint64_t atomic_was;             /* and this was there before */
    uint64_t result;                 /* ATOMIC: what the core says was there */
    bool lock_alone;                 /* when it began its lock operation nobody else wanted the lock ... */
    uint64_t lock_serial;            /* ... and this was the lock's serial */
} sim_thread;

/* ---- nodes -------------------------------------------------------------------------------------- */

typedef struct sim_node {
    uint32_t id;
    bool alive;
    dsm_core *core;
    void *memory;
    size_t memory_bytes;
    uint8_t *bytes;                          /* the always-writable view of every page */
    uint8_t *mapped;                         /* what the application may do with each page now */
    uint8_t *asked;                          /* its home has asked for the page, and it has not answered */
    uint64_t *narrowed;                      /* world->steps when the driver last narrowed the page */
    uint8_t *peer_gone;                      /* peers this node knows to be lost or left */
    uint8_t *peer_reported;                  /* peers the core reported with DSM_ACT_LOST */
    uint64_t tick_deadline, tick_generation; /* what its timer is set for */
    uint32_t ticks_in_a_row;
    uint32_t *slot_thread;
    uint32_t slots;
    uint8_t *twins;       /* plan.twins pages */
    uint32_t *twin_pages; /* which page each is of, + 1 */
    bool stepping;
    bool frozen; /* scenarios: stopped, neither ticks nor reads, but its connections stand */
    bool thawed; /* and goes on: whom it lost meanwhile it cannot know */
} sim_node;

/* ---- connections -------------------------------------------------------------------------------- */

typedef struct sim_frame {
    struct sim_frame *next;
    uint32_t length;
    bool idle; /* a heartbeat: not counted as work */
    uint8_t bytes[];
} sim_frame;

typedef struct sim_conn { /* one direction */
    uint32_t from, to;
    sim_frame *first, *last;
    uint32_t queued, most_queued;
    uint64_t last_at;    /* when its newest frame arrives */
    uint64_t sent_at;    /* when its newest frame was sent */
    uint64_t held_until; /* scenarios: nothing arrives before */
    bool broken;
} sim_conn;

/* ---- truth about locks and barriers ------------------------------------------------------------- */

/* What is known to those who synchronize through it (sim_clock.h). */
typedef struct sim_sync {
    uint32_t *clock;
    uint64_t contributors; /* nodes whose part in it no other node has acquired yet; of 64 and more, node 63 stands */
} sim_sync;

typedef struct sim_lock {
    sim_sync sync;
    uint32_t holder, depth; /* thread index or SIM_NONE */
    bool orphan_due;        /* its holder's node died while holding it */
    uint32_t orphan_may;    /* nodes that wanted it and died: so many grants may say so */
    uint32_t interested;
    bool lingers;    /* a wait was taken back: the token may still be on its way to where nobody waits */
    uint64_t serial; /* changes whenever somebody begins or ends to want it */
    uint8_t *users;  /* per node: has wanted it, so that its token may have been sent there */
    bool tainted;    /* a hostile node had a say in it */
} sim_lock;

typedef struct sim_barrier {
    sim_sync arriving, leaving;
    uint32_t pending; /* threads that have come and not gone */
    uint32_t credits; /* threads that may still leave with the generation that has been completed */
    uint32_t parties;
    bool mixed; /* different numbers of parties were named */
    uint64_t passed, broken;
    uint64_t disturbed; /* world->steps of the last cancel or crash, 0 = never */
} sim_barrier;

/* ---- the protocol's checker (sim_check.h) --------------------------------------------------------- */
struct sim_checker;

typedef struct sim_counts {
    uint64_t deliveries, frames, bytes, idle_frames;
    uint64_t accesses, reads, writes, faults, locks, unlocks, barriers, cancels, narrowed, crashes;
    uint64_t waits, signals, signalled, atomics, twins, diffs, applied, merges, moves, evicted, noticed, racy_reads,
        raced, plain_remote;
    uint64_t lost_ops, busy, broken, orphaned, hostile_frames, hostile_refused, interleaved;
    /* maxima, from here to most_queued */
    uint64_t most_faults; /* of one access */
    uint64_t slowest_access, slowest_lock;
    uint64_t closest_access, closest_lock; /* to its bound, in 1,000 */
    uint64_t most_queued;                  /* frames in one connection */
} sim_counts;

struct sim_world {
    sim_plan plan;
    dsm_core_config config;
    sim_random random;
    uint64_t now;
    uint64_t steps; /* events so far */
    sim_heap heap;
    sim_node *nodes;
    sim_conn *conns; /* [from * nodes + to] */
    sim_frame *free_frames;
    sim_thread *threads;
    uint32_t thread_count, threads_over;
    sim_lock *locks;       /* plan.locks */
    sim_barrier *barriers; /* plan.barriers */
    uint64_t inflight;     /* frames on their way, heartbeats not counted */
    uint64_t unique;       /* last value written */
    bool winding_down;
    uint32_t last_round;
    uint64_t ops_done, last_progress; /* operations, and when the last one ended */
    bool trouble;                     /* a node has crashed or turned hostile */
    uint32_t crashes_left;
    uint64_t trouble_at;   /* deliveries after which the next trouble comes */
    uint32_t losses_due;   /* nodes that have yet to learn of a loss */
    uint32_t hostile;      /* the hostile node, SIM_NONE if none */
    uint32_t hostile_left; /* frames it still sends */
    uint8_t *samples;      /* SIM_SAMPLES frames seen lately, to be mutated */
    uint32_t sample_length[SIM_SAMPLES], sampled;
    uint8_t *scratch;        /* one frame */
    struct sim_order *order; /* who waits for what, at the homes */
    const struct sim_checker *checker;
    dsm_diff_ops diff;
    struct sim_history *history;                       /* of RELEASE memory; NULL where all is SEQUENTIAL */
    void *truth;                                       /* the checker's own */
    void (*call)(sim_world *world, uint32_t argument); /* SIM_ITEM_CALL */
    void *call_context;
    sim_counts counts;
    sim_trace trace;
    bool failed;
    bool abandoned; /* a hostile node has made what follows meaningless */
    char failure[512];
};

/* The first violation is kept; later ones are its consequences. */
void sim_fail(sim_world *world, const char *format, ...) __attribute__((format(printf, 2, 3)));

sim_world *sim_world_new(const sim_plan *plan, FILE *echo);
/* Until every program has ended and nothing is on its way, or something is violated. */
void sim_world_run(sim_world *world);
void sim_world_free(sim_world *world);

/* Bytes that any frame fits in. */
static inline uint32_t sim_world_frame_most(const sim_world *world)
{
    return DSM_WIRE_FRAME_MAX(world->plan.page_bytes);
}

static inline sim_conn *sim_world_conn(sim_world *world, uint32_t from, uint32_t to)
{
    return &world->conns[(size_t)from * world->plan.nodes + to];
}

static inline uint8_t *sim_node_page(const sim_world *world, const sim_node *node, uint64_t page)
{
    return node->bytes + page * world->plan.page_bytes;
}

#endif
