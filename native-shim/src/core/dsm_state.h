/*
 * dsm_state.h - the state of one core, for the files of the core only.
 *
 * All of it lies in the memory handed to dsm_core_init, which reads as zero: an all-zero page is a fresh page
 * (zero bytes, valid at its home, no copy anywhere), an all-zero table is empty. Links and node ids kept
 * in entries are therefore stored plus one (0 = none).
 */
#ifndef DSM_STATE_H
#define DSM_STATE_H

#include "dsm_assert.h"
#include "dsm_core.h"
#include "dsm_mutant.h"
#include "dsm_notice.h"
#include "dsm_wire.h"

#include <stdint.h>

/* ---- operations of this node's threads ------------------------------------------------------- */

enum dsm_slot_kind {
    DSM_SLOT_FREE = 0,
    DSM_SLOT_FAULT,     /* waits for a page */
    DSM_SLOT_GRANTED,   /* has its page (or pair of pages), which is held until RESUMED */
    DSM_SLOT_PASSING,   /* may go on, but nothing is held for it: a touch, or the page was already recalled */
    DSM_SLOT_LOCK,      /* waits for a lock */
    DSM_SLOT_BARRIER,   /* waits at a barrier */
    DSM_SLOT_CONDITION, /* waits for a signal; then for the lock, as DSM_SLOT_LOCK with `depth` not 0 */
    DSM_SLOT_ATOMIC,    /* an atomic operation: waits for a page, a release or its result */
};

/* An access across two pages needs both at once (see dsm_hold.h). */
enum dsm_pair_stage { DSM_PAIR_NONE = 0, DSM_PAIR_LOW, DSM_PAIR_HIGH };

struct dsm_slot {
    uint64_t page;    /* FAULT: the page waited for or granted; in a pair: the lower one */
    uint64_t high;    /* FAULT, in a pair: the upper one */
    uint64_t thread;  /* FAULT, LOCK */
    uint64_t since;   /* ns: when the wait began */
    uint64_t hold_ns; /* FAULT: how long its page stays after RESUMED */
    uint64_t arrival; /* BARRIER: the node's number of this arrival, 0 = not sent yet. CONDITION, ATOMIC: its number */
    uint64_t operand, expected; /* ATOMIC */
    uint32_t next;              /* in the list it waits in, slot + 1 */
    uint32_t entry;             /* LOCK, BARRIER, CONDITION: table entry */
    uint32_t after;             /* in a list of what a release lets go on, slot + 1 */
    uint32_t depth;    /* LOCK: levels at which it is to hold the lock again after a condition wait, 0 = a plain wait */
    uint32_t parties;  /* BARRIER */
    uint32_t offset;   /* ATOMIC */
    int32_t outcome;   /* LOCK after a condition wait: what the wait ends with */
    uint8_t kind;      /* enum dsm_slot_kind */
    uint8_t need;      /* FAULT: enum dsm_access */
    uint8_t pair;      /* FAULT: enum dsm_pair_stage */
    uint8_t upper;     /* FAULT, in a pair: the page that was faulted on is the upper one */
    uint8_t touch;     /* FAULT: no instruction waits; the page is not kept until RESUMED */
    uint8_t try_only;  /* LOCK: DSM_LOCK_TRY */
    uint8_t cancelled; /* CONDITION: its home was asked to take it back */
    uint8_t operation; /* ATOMIC: enum dsm_op */
    uint8_t width;     /* ATOMIC */
};

/* FIFO of slots. */
struct dsm_list {
    uint32_t head, tail; /* slot + 1 */
};

/* ---- pages ----------------------------------------------------------------------------------- */

/* What this node has of a page. */
enum dsm_page_state {
    DSM_PAGE_INVALID = 0,
    DSM_PAGE_SHARED, /* may read; others may too */
    DSM_PAGE_CLEAN,  /* exclusive-clean: may read, and may become DIRTY without a message */
    DSM_PAGE_DIRTY,  /* may write; the only copy */
};

/* What the home asked of this node while the page was held here. */
enum dsm_deferred {
    DSM_DEFERRED_NONE = 0,
    DSM_DEFERRED_INVALIDATE,
    DSM_DEFERRED_RECALL_NONE,
    DSM_DEFERRED_RECALL_READ,
};

/* Flags of a page at its home; FILLED is every node's. */
#define DSM_PAGE_FILLED          0x01u /* bytes other than zero may lie in this node's view */
#define DSM_PAGE_STALE           0x02u /* the home's bytes are not valid: the owner was let in to write */
#define DSM_PAGE_WRITTEN         0x04u /* somebody has written it: its bytes are no longer known to be zero */
#define DSM_PAGE_GONE            0x08u /* the only valid bytes were lost with their owner */
#define DSM_PAGE_FORGOTTEN       0x80u /* mutant 7 only: written without a message, and nobody remembers */
#define DSM_PAGE_RETURNING       0x10u /* every node's: closed here, and to be returned once this node's release is over */
#define DSM_PAGE_RETURNS_WRITTEN 0x20u /* and its owner has written it */
#define DSM_PAGE_ALONE           0x40u /* every node's: its home says that nobody else wants it: atomics are worth fetching it */

struct dsm_page {
    uint64_t hold_until;                       /* ns: it stays until then although no granted thread is in it */
    uint64_t deferred_next, deferred_previous; /* list of deferred pages, page + 1 */
    struct dsm_list waiters;                   /* this node's threads */
    uint32_t held;                             /* granted threads that have not resumed yet */
    uint32_t owner;                            /* home: node + 1 that has it exclusively */
    uint32_t active;                           /* home: request + 1 that is being served */
    uint32_t queue_head, queue_tail;           /* home: requests + 1 that wait */
    uint8_t state;                             /* enum dsm_page_state */
    uint8_t pending;                           /* enum dsm_access this node has asked the home for */
    uint8_t deferred;                          /* enum dsm_deferred */
    uint32_t atomic_node;                      /* home: node + 1 of the latest atomic operation */
    uint8_t atomic_streak;                     /* home: how many of it in a row */
    uint8_t flags;
};

/* What a request at the home may ask for besides READ and WRITE: an atomic operation done there. */
#define DSM_REQUEST_ATOMIC 3u

/* One request at the home; at most `slots` of each node at once, and but for atomics one of each node per page. */
struct dsm_request {
    uint64_t number, operand, expected; /* ATOMIC */
    uint32_t offset;
    uint8_t operation, width;
    uint64_t page;
    uint32_t node;
    uint32_t next;    /* in the page's queue or in the free list, request + 1 */
    uint32_t awaited; /* answers still to come (active only) */
    uint8_t access;   /* enum dsm_access or DSM_REQUEST_ATOMIC; NONE = free */
    uint8_t recalled; /* active only: the owner was asked to give way */
};

/* What a thread did last at one instruction (see dsm_hold.h). A thread's record is one of the few of the set that its
 * identity chooses; the one longest unused makes room for another thread's. */
#define DSM_PROGRESS_WAYS 8u

struct dsm_progress {
    uint64_t thread, pc;
    uint64_t last, before; /* page + 1 */
    uint64_t repeats;
    uint64_t used;    /* ns: when the thread last faulted */
    uint32_t crossed; /* has gone from one of the two to the other since it last had both asked for (dsm_hold.h) */
};

/* ---- RELEASE pages --------------------------------------------------------------------------- */

/* What this node has of a RELEASE page. */
enum dsm_copy_state {
    DSM_COPY_NONE = 0,
    DSM_COPY_CLEAN, /* a copy; may be read */
    DSM_COPY_DIRTY, /* a copy with a twin, written since this node's last release */
    DSM_COPY_STALE, /* as DIRTY, but others have written it too: closed, and merged when it is touched again */
    DSM_COPY_HOME,  /* this node is its home: its bytes are valid always */
};

#define DSM_COPY_OPEN     0x01u /* home: the application may write */
#define DSM_COPY_SHARED   0x02u /* home: others may have copies; what is written here is listed */
#define DSM_COPY_LISTED   0x04u /* in the list of pages written since this node's last release */
#define DSM_COPY_FETCHING 0x08u /* its home was asked for it */
#define DSM_COPY_AGAIN    0x10u /* written by others, or by this node, since it was asked: the answer will be too old */
#define DSM_COPY_FLUSHED  0x20u /* a diff of it is under way to its home */
#define DSM_COPY_CLOSED   0x40u /* home: written in the interval that is being made known, and not fetched since */
#define DSM_COPY_CACHED   0x80u /* in the list of pages that a notice can mean something to */

struct dsm_copy {
    uint64_t dies;           /* home: all copies die with this interval of this node, 0 = some will not */
    uint64_t newer, older;   /* list of cached pages, page + 1 */
    struct dsm_list waiters; /* this node's threads */
    uint32_t home;           /* node + 1 that was home in `epoch`, 0 = not known: ask the directory */
    uint32_t epoch;          /* counts the homes of a page */
    uint32_t fetch;          /* number of the latest fetch */
    uint32_t twin;           /* + 1 */
    uint32_t writer;         /* home: node + 1 that wrote it last */
    uint32_t streak;         /* home: releases in a row that only this node wrote */
    uint8_t state;           /* enum dsm_copy_state */
    uint8_t flags;
};

/* What goes on when a release is over: intrusive lists, in order of arrival. */
struct dsm_after {
    uint32_t lock_head, lock_tail;
    uint32_t slot_head, slot_tail;
    uint64_t page_head, page_tail; /* linked by deferred_next, as a page is either deferred or returning */
};

/* This node's writes since its last release, and the release under way (see dsm_interval.h). */
struct dsm_interval {
    uint64_t *written; /* pages, in order of first write; of the open interval */
    uint64_t *flushed; /* pages, sorted; of the release under way */
    uint32_t *twins_free;
    uint32_t room; /* of both lists */
    uint32_t written_count, flushed_count, twins_free_count;
    uint32_t flush; /* number of the release under way, or of the last */
    uint32_t sent;  /* of `flushed`: so many, from the first on, are closed and sent; the others may still be open */
    uint32_t outstanding; /* diffs of it that are not acknowledged */
    uint8_t flushing;
    struct dsm_after ready;       /* waited for a release that is over; goes on at the end of the step */
    struct dsm_after now, next;   /* wait for the release under way; for the one after it */
    struct dsm_list room_waiters; /* threads that want to write and have to wait for room */
};

/* ---- locks and barriers ------------------------------------------------------------------------ */

/* Head of every table entry (dsm_table.h). */
struct dsm_entry {
    uint64_t id;
    uint32_t chain; /* next in its bucket or in the free list, entry + 1 */
    uint32_t used;
};

struct dsm_table {
    uint32_t *buckets; /* capacity of them, entry + 1 */
    uint8_t *entries;
    uint32_t stride;   /* bytes of an entry */
    uint32_t capacity; /* a power of two */
    uint32_t fresh;    /* entries from here on have never been used */
    uint32_t free;     /* entry + 1 */
    uint32_t count;
};

enum dsm_lock_request { DSM_LOCK_NOT_REQUESTED = 0, DSM_LOCK_REQUESTED, DSM_LOCK_TRIED };
enum dsm_lock_recall { DSM_LOCK_NOT_RECALLED = 0, DSM_LOCK_TRY_RECALLED, DSM_LOCK_RECALLED };

struct dsm_lock {
    struct dsm_entry entry;
    /* at a node */
    uint64_t thread; /* that holds the lock, 0 = none */
    uint64_t epoch;
    uint64_t wanted_since; /* ns */
    struct dsm_list waiters;
    uint32_t depth;      /* re-entries of `thread` */
    uint32_t handovers;  /* among local threads since it is wanted elsewhere */
    uint8_t token;       /* the token is here */
    uint8_t wanted;      /* it is to be given back */
    uint8_t orphaned;    /* the next thread that gets it is told */
    uint8_t requested;   /* enum dsm_lock_request */
    uint8_t used_lately; /* since the hand last passed (dsm_lock.c, shed) */
    uint8_t returning;   /* the token goes back once this node's release is over; no thread here gets it */
    uint8_t lent;        /* the driver hands it out to this node's threads by itself (dsm_core_lock_lend) */
    uint32_t after;      /* in a list of what a release lets go on, entry + 1 */
    uint32_t conditions; /* threads of this node that wait for a condition of it */
    /* at its home */
    uint32_t holder;                 /* node + 1 that has the token, 0 = it is here, free */
    uint32_t queue_head, queue_tail; /* nodes + 1 that wait */
    uint32_t trier;                  /* node + 1 whose TRY waits for the holder's answer */
    uint64_t home_epoch;             /* of the holder's grant */
    uint8_t recalled;                /* enum dsm_lock_recall */
    uint8_t home_orphaned;
    uint32_t waits_head, waits_tail; /* waits + 1 for conditions of it, in order of arrival */
};

/* A wait for a condition, at the lock's home. */
struct dsm_wait {
    uint64_t condition;
    uint64_t number; /* of the node's, 0 = free */
    uint32_t node;
    uint32_t next; /* in the lock's list or in the free list, wait + 1 */
};

struct dsm_barrier {
    struct dsm_entry entry;
    struct dsm_list waiters; /* at a node */
    uint32_t parties;        /* at its home: of this generation */
    uint32_t arrived;        /* at its home: so far */
};

/* What the home of a barrier knows of one node in the present generation. */
struct dsm_arrivals {
    uint64_t first, last; /* the node's numbers; first 0 = none has come */
};

/* ---- peers --------------------------------------------------------------------------------------- */

struct dsm_peer {
    uint64_t heard, sent; /* ns */
    uint64_t lock_epoch;  /* of the latest grant from there */
    uint64_t arrival;     /* number of the latest barrier arrival from there */
    uint32_t requests;    /* of its page requests at this home */
    uint8_t gone;         /* left or lost */
    uint8_t said_gone;    /* some node has said so */
    uint64_t informed;    /* `news` when it was last told all notices */
    uint32_t waits;       /* of its condition waits at this home */
    uint32_t flush;       /* of its diffs: number of the latest, */
    uint32_t diffs;       /* and how many of it are in and not acknowledged */
    uint32_t batch;       /* diffs of this node's release that still go to it */
    uint8_t left;
};

/* ---- the whole ------------------------------------------------------------------------------------ */

struct dsm_core {
    dsm_core_config config;
    uint64_t counters[DSM_C_COUNT] __attribute__((aligned(64)));

    /* of the step that runs */
    dsm_sink *sink;
    void *context;
    uint64_t now;
    uint32_t own_slot; /* its operation has just begun: if it ends in this step, own_status says so */
    int own_status;
    uint64_t own_result; /* and if it is an atomic operation, this is what was there before */

    struct dsm_slot *slots;
    uint32_t slots_used;
    uint32_t progress_mask; /* number of sets of DSM_PROGRESS_WAYS records, less one */
    struct dsm_progress *progress;

    struct dsm_page *pages;
    uint64_t *sharers; /* sharer_words of them per page, at its home */
    uint32_t sharer_words;
    uint32_t requests_fresh; /* requests from here on have never been used */
    uint32_t requests_free;  /* request + 1 */
    uint32_t requests_used;
    struct dsm_request *requests;
    uint64_t deferred_first; /* page + 1 */
    uint64_t deferred_due;   /* ns; no deferred page is due before */

    struct dsm_table locks;
    uint32_t *lock_queue;    /* nodes of them per lock, at its home: the next waiting node + 1, own + 1 = last */
    uint64_t lock_epoch;     /* the latest that this home has granted */
    uint32_t lock_waiting;   /* slots that wait for a lock */
    uint32_t lock_requested; /* requests under way */
    uint32_t lock_queued;    /* nodes that wait at this home */
    uint32_t lock_tokens;    /* that are here */
    uint32_t lock_hand;      /* where to look next for a token to give back */

    struct dsm_table barriers;
    struct dsm_arrivals *arrivals; /* nodes of them per barrier, at its home */
    uint64_t arrival;              /* number of this node's latest */
    uint32_t barriers_open;        /* at this home: some have arrived, not all */
    uint32_t any_lost;             /* a peer was lost: every barrier is broken */
    uint32_t any_gone;             /* a peer was lost or has left */
    uint32_t any_said_gone;        /* or some node has said so */

    uint32_t waits_fresh; /* at this home: waits from here on have never been used */
    uint32_t waits_free;  /* wait + 1 */
    uint32_t waits_used;
    struct dsm_wait *waits;
    uint64_t numbers;    /* of this node's condition waits and atomic operations */
    uint32_t conditions; /* slots that wait for a signal */
    uint32_t atomics;    /* slots of atomic operations */

    struct dsm_copy *copies; /* NULL when no page is a RELEASE page */
    uint64_t cached_newest;  /* page + 1 */
    uint64_t cached;
    uint32_t fetches;  /* numbers of this node's fetches */
    uint32_t fetching; /* pages asked for */
    struct dsm_interval interval;

    uint64_t *vector;      /* per node: its intervals whose notices are applied here */
    uint64_t *known;       /* per peer, nodes of them: what it has been told or said that it knows */
    uint64_t *seen;        /* the same: what it said that it has applied */
    uint64_t *told;        /* the same: what it was told that this node has applied */
    uint64_t *seen_by_all; /* scratch */
    dsm_notice_limits limits;
    dsm_notice_log *log;
    uint64_t news;       /* counts what was added to the log */
    uint64_t inform_due; /* ns; what others have not seen is told then */
    uint8_t *body;       /* scratch: of a frame */
    dsm_range *ranges;   /* scratch: of a notice */

    struct dsm_peer *peers;
    uint64_t *gone;     /* set of nodes that left or were lost, sharer_words words */
    uint64_t peers_due; /* ns; nothing about peers is due before */
    uint64_t ticked;    /* ns: the latest TICK, 0 = none yet */
};

#endif
