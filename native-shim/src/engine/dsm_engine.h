/*
 * dsm_engine.h - the state of one engine, for the files of the engine only.
 *
 * Two locks, in this order: `reading` (whoever holds it reads the connections and parses what came) and `lock`
 * (the core, slots, waiters, output, pager: everything else that changes). All signals are blocked while either is
 * held, so that no handler of the host's can run into shared memory under them.
 */
#ifndef DSM_ENGINE_H
#define DSM_ENGINE_H

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "dsm.h"
#include "dsm_auth.h"
#include "dsm_core.h"
#include "dsm_diff.h"
#include "dsm_faulty.h"
#include "dsm_futex.h"
#include "dsm_lent.h"
#include "dsm_link.h"
#include "dsm_pager.h"
#include "dsm_poller.h"
#include "dsm_signal.h"
#include "dsm_transport.h"

#define DSM_EXIT_LOST  75 /* rule 14 */
#define DSM_REASON_MAX 96

/* ---- threads that wait ------------------------------------------------------------------------------- */

enum dsm_waiter_word { DSM_WAITER_IDLE = 0, DSM_WAITER_LEAD = 1, DSM_WAITER_DONE = 2 };

/* One waiting thread, on its stack. It waits until none of its operations is left. */
typedef struct dsm_waiter {
    _Atomic uint32_t word; /* enum dsm_waiter_word; written under `lock` */
    uint32_t remaining;
    int32_t status;      /* of the last operation that failed; DSM_OK or DSM_ORPHANED otherwise */
    bool following;      /* in `followers` */
    atomic_bool blocked; /* leads, and sleeps on the connections */
    bool passed;         /* the lead was passed to it, which it must take or pass on */
    struct dsm_waiter *next, *previous;
} dsm_waiter;

enum dsm_slot_use {
    DSM_USE_FREE = 0,
    DSM_USE_FAULT,
    DSM_USE_LOCK,
    DSM_USE_BARRIER,
    DSM_USE_CONDITION,
    DSM_USE_ATOMIC,
    DSM_USE_AHEAD
};
enum dsm_slot_stage {
    DSM_STAGE_STANDING = 0,
    DSM_STAGE_PENDING /* has a ticket */,
    DSM_STAGE_ENDED /* not yet told */
};

/* One operation of this node's threads; its index is the core's slot. */
typedef struct dsm_operation {
    dsm_waiter *waiter; /* NULL: pending */
    uint64_t page;      /* DSM_USE_FAULT */
    uint64_t result;    /* DSM_USE_ATOMIC */
    uint32_t generation;
    uint32_t next; /* of the free slots; of those that ended ahead of use */
    int32_t status;
    uint8_t use, stage;
} dsm_operation;

/* ---- the other nodes ---------------------------------------------------------------------------------- */

typedef struct dsm_remote {
    dsm_link link;
    bool open;                /* its connection stands */
    bool left;                /* it said goodbye */
    bool lost;                /* the core has given it up */
    bool reported;            /* its loss was looked at */
    bool told;                /* its loss went out as a completion */
    int32_t status;           /* the core's reason for giving it up */
    uint64_t heard;           /* when bytes of it were last read */
    atomic_bool wants_output; /* the poller waits for room; written under `lock`, a hint to who reads */
    bool backlog;             /* whole frames have come that are not parsed yet */
    bool dirty;               /* in the batch's list: something was gathered */
    uint32_t next_dirty;
    char reason[DSM_REASON_MAX]; /* why it is lost, if the engine knows better than the core */
} dsm_remote;

/* ---- what a batch of core steps leaves to be done ---------------------------------------------------- */

#define DSM_BATCH_PROTECTS 64u
#define DSM_BATCH_WAKES    64u

/* Pages are protected, then messages are sent, then threads are woken; each kind together, since system calls
 * are what a fault costs. */
typedef struct dsm_batch {
    uint32_t protects;
    struct {
        uint64_t page;
        uint8_t access;
        bool needed; /* it closes, or a thread waits for it; opening for nobody is left to the next touch */
    } protect[DSM_BATCH_PROTECTS];
    uint32_t wakes;
    _Atomic uint32_t *wake[DSM_BATCH_WAKES];
    uint32_t dirty;  /* first node with gathered messages, DSM_NO_NODE = none */
    uint32_t lost;   /* actions LOST to be looked at */
    uint32_t copied; /* bytes of `copies` that gathered messages refer to */
    bool nudge, poke;
} dsm_batch;

/* ---- the whole -------------------------------------------------------------------------------------------- */

/* A thread that goes through fresh pages of this node in order (dsm_ahead.c). */
typedef struct dsm_stream {
    uint64_t next;   /* the page it will fault on if it goes on like this */
    uint32_t window; /* pages that were opened for it the last time */
} dsm_stream;
#define DSM_STREAMS 16u

/* One that reads in order what lies elsewhere: pages [first, end) were asked for lately, the last `window` of them ahead. */
typedef struct dsm_reading {
    uint64_t first, end;
    uint32_t window;
} dsm_reading;

struct dsm_engine {
    dsm_options options; /* all defaults filled in */
    dsm_core_config config;
    dsm_core *core;
    size_t core_bytes;
    uint64_t *counters;
    dsm_pager *pager;
    dsm_transport *transport;
    dsm_faulty *delays; /* owned; NULL unless DSM_TEST_DELAYS is set */
    dsm_poller poller;
    dsm_remote *remotes; /* `nodes` of them */
    dsm_operation *slots;
    dsm_diff_ops diff;
    dsm_lent_cell *cells; /* DSM_LENT_CELLS of them */
    uint8_t *twins;       /* config.twins pages, touched lazily; NULL without RELEASE pages */
    uint8_t *copies;      /* bodies of messages that lie nowhere else until they are sent; NULL likewise */
    int listener;
    char bind[64]; /* "" = loopback */
    uint32_t port;
    dsm_auth auth;
    uint64_t spin_ns; /* 0 = never */

    dsm_mutex reading;
    dsm_mutex lock;

    /* under `lock` */
    dsm_batch batch;
    dsm_waiter *_Atomic leader; /* written under `lock`, a hint to others */
    dsm_waiter *follower_first, *follower_last;
    uint32_t slot_free, slots_free; /* first free slot, how many */
    uint32_t slots_fresh;           /* slots from here on were never used */
    uint32_t slot_seekers;          /* threads in a fault that found none */
    uint32_t faulting;              /* threads that stand in a fault */
    uint32_t open_remotes;
    uint32_t *ended; /* ring of slots whose completion is to be told */
    uint32_t ended_first, ended_count;
    uint64_t service_wakes_at;
    uint64_t exit_at; /* 0 = not decided */
    int exit_status;
    dsm_stream streams[DSM_STREAMS];
    dsm_reading readings[DSM_STREAMS];
    dsm_waiter ahead;     /* of pages that nobody waits for yet: only `remaining` counts */
    uint32_t ahead_ended; /* slots of those that came, not yet resumed */
    uint32_t lent;        /* cells that are */
    bool connected;       /* all connections stood once */
    bool leaving;         /* said goodbye */
    bool ending;          /* dsm_engine_exit_by: losses are no news any more */
    bool any_lost;
    bool line_written;               /* rule 14 */
    uint64_t stopped_ns, stopped_at; /* the latest long gap in this process's own time */

    /* read without it */
    _Atomic uint32_t slot_word;       /* changes when a slot becomes free */
    _Atomic uint32_t completion_word; /* changes when there is something to tell */
    _Atomic uint32_t completion_callers;
    _Atomic uint32_t backlog;  /* remotes with a backlog */
    _Atomic uint64_t deadline; /* of the core */
    _Atomic uint64_t leader_turns;
    _Atomic uint64_t woken;    /* threads, so far */
    _Atomic uint64_t alive_at; /* the service thread's latest look at the clock */
    atomic_bool closing;
    pthread_t service;
    bool service_runs;
};

/* dsm_engine_create over another transport (tests); it must outlive the engine. */
int dsm_engine_create_on(dsm_transport *transport, const dsm_options *options, dsm_engine **out);

/* ---- lock (dsm_batch.c) ------------------------------------------------------------------------------------ */

/* Signals must be blocked. */
void dsm_engine_lock(dsm_engine *engine);
/* Does what the batch has left, then unlocks and wakes. */
void dsm_engine_unlock(dsm_engine *engine);

/* The same for callers outside a signal handler: they block the signals first. */
typedef struct dsm_guard {
    sigset_t before;
} dsm_guard;
void dsm_engine_enter(dsm_engine *engine, dsm_guard *guard);
void dsm_engine_exit(dsm_engine *engine, const dsm_guard *guard);

/* One core step. `lock` held. */
int dsm_engine_step(dsm_engine *engine, const dsm_event *event, uint64_t now);
/* A TICK if one is due. `lock` held. */
void dsm_engine_tick(dsm_engine *engine, uint64_t now);
/* Protects and sends now, before the end of the batch. `lock` held. */
void dsm_engine_flush(dsm_engine *engine);
/* Sends a message of the engine's own. `lock` held. */
void dsm_engine_send(dsm_engine *engine, uint32_t peer, const uint8_t *head, uint32_t length);
/* A thread waits for `page`: what the batch opens there (and beside it: an access may touch two pages) is to be opened. */
void dsm_engine_need(dsm_engine *engine, uint64_t page);
/* A page that the core lets this node touch: opens it for the application, with its neighbours that stand the
 * same, since they were closed together. `lock` held. */
void dsm_engine_open_around(dsm_engine *engine, uint64_t page);

/* What the batch closes of `page` is closed when this returns: its bytes may be copied, or changed under no reader. */
void dsm_engine_settle(dsm_engine *engine, uint64_t page);
/* What the batch is to send of `page` has been read when this returns: its bytes may be changed. */
void dsm_engine_sent(dsm_engine *engine, uint64_t page);
/* Sends a message with a body; `body` is read at the flush. `lock` held. */
void dsm_engine_gather(dsm_engine *engine, uint32_t peer, const uint8_t *head, uint32_t length, const uint8_t *body,
                       uint32_t body_length);
/* Whether a message to `peer` would go anywhere; if so, it can be gathered without a flush before. */
bool dsm_engine_make_room(dsm_engine *engine, uint32_t peer);
static inline uint8_t *dsm_engine_view(const dsm_engine *engine, uint64_t page)
{
    return engine->pager->view + page * engine->config.page_bytes;
}

/* ---- RELEASE pages (dsm_twin.c) ------------------------------------------------------------------------------ */

/* Reserves what they need, if there are any. 0 or -errno. */
int dsm_twin_open(dsm_engine *engine);
void dsm_twin_close(dsm_engine *engine);
/* The most that can be outstanding to one peer because of them, in bytes. */
uint64_t dsm_twin_output(const dsm_engine *engine);
/* The core's actions of the same names. `lock` held. */
void dsm_twin_take(dsm_engine *engine, const dsm_action *action);
void dsm_twin_apply(dsm_engine *engine, const dsm_action *action);
void dsm_twin_merge(dsm_engine *engine, const dsm_action *action);
void dsm_twin_atomic(dsm_engine *engine, const dsm_action *action);
/* SEND with_diff, or with bytes. */
void dsm_twin_send(dsm_engine *engine, const dsm_action *action);

/* ---- locks handed out without the engine lock (dsm_lent.c; dsm_lent.h) --------------------------------------- */

/* `lock` held for all of them. */
void dsm_lent_lend(dsm_engine *engine, uint64_t lock);
/* Before a step that is about this lock, */
void dsm_lent_take_back(dsm_engine *engine, uint64_t lock);
/* or that a frame, which may be malformed, asks for; */
void dsm_lent_before_frame(dsm_engine *engine, const uint8_t *frame);
/* after a loss. */
void dsm_lent_take_all_back(dsm_engine *engine);

/* ---- slots and waiting (dsm_wait.c) -------------------------------------------------------------------------- */

/* `lock` held for all of them. DSM_NO_SLOT if none is free but those kept for faults. */
uint32_t dsm_engine_take_slot(dsm_engine *engine, enum dsm_slot_use use, dsm_waiter *waiter);
/* For a thread in a fault, or what ends as soon as one: waits for one. */
uint32_t dsm_engine_take_fault_slot(dsm_engine *engine, enum dsm_slot_use use, dsm_waiter *waiter);
void dsm_engine_free_slot(dsm_engine *engine, uint32_t slot);
/* The core's WAKE. */
void dsm_engine_ended(dsm_engine *engine, uint32_t slot, int32_t status, uint64_t result);

/* Takes the lead, if nobody has it, before there is anything to wait for: the answer then finds this thread, even if it
 * comes while the request is still being sent. A dsm_engine_wait must follow. */
void dsm_engine_claim_lead(dsm_engine *engine, dsm_waiter *waiter);
/* Waits until `waiter` has no operation left, leading or following: first spinning until spin_until, then
 * sleeping until deadline. True when it has none left. `lock` held on entry and return, not in between. */
bool dsm_engine_wait(dsm_engine *engine, dsm_waiter *waiter, uint64_t spin_until, uint64_t deadline);

/* ---- input (dsm_intake.c) --------------------------------------------------------------------------------------- */

/* Reads the connections `ids` (NULL: all), steps what came, and ticks if it is time. `self`: the waiter of the
 * calling thread, whose end cuts the work short; NULL for the service thread. `patient`: wait for whoever reads now.
 * No lock held. Returns whether anything came. */
bool dsm_engine_intake(dsm_engine *engine, const dsm_waiter *self, const uint32_t *ids, uint32_t count, bool patient);

/* ---- loss (dsm_loss.c) -------------------------------------------------------------------------------------------- */

/* Looks at peers that the core has given up. `lock` held. May end the process. */
void dsm_engine_lost(dsm_engine *engine);
/* A thread stands in a fault that cannot be served. `lock` held; does not return. */
_Noreturn void dsm_engine_fault_unserved(dsm_engine *engine, uint64_t page);
/* A thread in a fault begins to wait; if a peer is lost already, the process ends. `lock` held. */
void dsm_engine_fault_stands(dsm_engine *engine);
/* Ends the process if its time has come; when to look again. `lock` held. */
uint64_t dsm_engine_end_when_due(dsm_engine *engine, uint64_t now);

/* ---- other parts ------------------------------------------------------------------------------------------------------ */

/* A fault on `page`, which was fresh and is this node's own, has ended at once: opens fresh pages behind it if that looks
 * like a stream. `lock` held. (dsm_ahead.c) */
void dsm_engine_open_ahead(dsm_engine *engine, uint64_t page, uint32_t write);
/* A thread reads `page`, which was not mapped: asks for what comes behind it if that looks like a stream. `lock` held. */
void dsm_engine_read_ahead(dsm_engine *engine, uint64_t page);
/* Lets go of the pages that came ahead of use. `lock` held. */
void dsm_engine_ahead_ended(dsm_engine *engine);
bool dsm_engine_fault(void *engine, const dsm_trap *trap); /* dsm_fault.c: a dsm_signal_fault */
int dsm_engine_service_start(dsm_engine *engine);          /* dsm_service.c; 0 or -errno */
void dsm_engine_service_stop(dsm_engine *engine);
void dsm_engine_complete(dsm_engine *engine); /* dsm_completion.c; `lock` held: there is something to tell */

static inline void dsm_engine_count(dsm_engine *engine, enum dsm_counter counter, uint64_t value)
{
    __atomic_store_n(&engine->counters[counter], value, __ATOMIC_RELAXED);
}
static inline void dsm_engine_count_add(dsm_engine *engine, enum dsm_counter counter, uint64_t value)
{
    dsm_engine_count(engine, counter, engine->counters[counter] + value);
}

#endif
