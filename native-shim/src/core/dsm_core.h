/*
 * dsm_core.h - the whole protocol of one node as a function:
 *
 *     state + event + now  ->  actions, in order
 *
 * PURE: no system call, thread, clock, allocation or I/O. The engine drives it with real faults and
 * sockets, the simulator drives the very same code with thousands of nodes' worth of seeded messages.
 * Nothing here is file-scope state: any number of cores live in one process.
 *
 * Not thread-safe: the caller holds the engine lock around every call that takes a `dsm_core *`.
 */
#ifndef DSM_CORE_H
#define DSM_CORE_H

#include <stddef.h>
#include <stdint.h>

typedef struct dsm_core dsm_core;

/* What a node may do with a page now (also the argument of DSM_ACT_PROTECT and the wire's `access`). */
enum dsm_access { DSM_ACCESS_NONE = 0, DSM_ACCESS_READ = 1, DSM_ACCESS_WRITE = 2 };

#define DSM_NO_NODE UINT32_MAX
#define DSM_NO_SLOT UINT32_MAX
#define DSM_FOREVER UINT64_MAX

typedef struct dsm_core_config {
    uint32_t node;            /* this node, 0 .. nodes-1 */
    uint32_t nodes;           /* 1 or more; not limited to 64 */
    uint32_t page_bytes;      /* a power of two, the system's page */
    uint32_t slots;           /* operations that may stand at once on this node (faults, lock and barrier waits) */
    uint64_t pages;           /* pages of the cluster's address space; entries are touched only when used */
    uint32_t home_block;      /* pages in a row that have one home before the next node's turn (>= 1) */
    uint32_t locks;           /* capacity of the lock and barrier tables (each), a power of two */
    uint64_t arena_first;     /* pages from here on are cut in `nodes` equal arenas; arena i is homed at node i. */
                              /* pages below it are homed in turn, home_block pages at a time */
    uint64_t hold_ns;         /* how long a granted page stays after its thread resumed, before another node gets it */
    uint64_t hold_max_ns;     /* bound on the hold of an access that keeps losing its page */
    uint64_t heartbeat_ns;    /* something is sent to every peer at least this often */
    uint64_t silence_ns;      /* a peer not heard of for this long is lost; 0 = never (simulator) */
    uint32_t local_handovers; /* lock hand-overs among local threads while a remote node waits */
    uint64_t local_handover_ns;
    /* RELEASE pages; all other pages are SEQUENTIAL. All 0 = none. */
    uint64_t release_first, release_end;             /* below arena_first: pages [release_first, release_end) */
    uint64_t arena_release_first, arena_release_end; /* of every arena, in pages from its start: [first, end) */
    uint32_t twins;   /* pages this node may have written since its last release; 0 = 1024 */
    uint32_t notices; /* write notices kept for others at once; more than 2 * nodes; 0 = 4096 or what nodes need */
    uint32_t migrate_after; /* releases in a row that wrote a page, all by one other node, before it becomes the page's
                               home; 0 = never */
    uint32_t release_step;  /* pages that one step closes and sends of a release; 0 = 64 */
    uint32_t relays;    /* nodes by way of which the others reach a barrier's home (dsm_relay.h); `nodes` or more: all
                               speak to it themselves; 0 = that in a small cluster, the square root of `nodes` in others */
    uint64_t inform_ns; /* what others have not seen is told unasked this much later; 0 = never */
} dsm_core_config;

/* Which protocol a page is kept by: a function of its address alone. */
enum dsm_mode { DSM_MODE_SEQUENTIAL = 0, DSM_MODE_RELEASE = 1 };
enum dsm_mode dsm_core_mode(const dsm_core_config *config, uint64_t page);

/* Pages that the driver keeps for twins (page_bytes each, 8-byte aligned); 0 when there are no RELEASE pages. */
uint32_t dsm_core_twins(const dsm_core_config *config);

/* Bytes of memory `dsm_core_init` needs; the memory must read as zero, and may be touched lazily
 * (the engine hands in a MAP_NORESERVE mapping; a terabyte of address space must cost nothing).
 * 0 if the configuration is out of range. */
size_t dsm_core_size(const dsm_core_config *config);

/* `memory`: zeroed, 64-byte aligned, dsm_core_size() bytes. `now`: monotonic nanoseconds. */
dsm_core *dsm_core_init(void *memory, const dsm_core_config *config, uint64_t now);

/* ---- events -------------------------------------------------------------------------------- */

enum dsm_event_type {
    DSM_EV_FAULT,          /* a thread touched `page`, which it may not; it waits in `slot` */
    DSM_EV_RESUMED,        /* the thread of `slot`, whose FAULT ended well, goes back to its instruction; `slot` is
                              free again. (A FAULT that failed, and every lock or barrier wait, frees its slot at once) */
    DSM_EV_MESSAGE,        /* one whole frame came from `peer` */
    DSM_EV_LOCK_ACQUIRE,   /* `thread` wants lock `id`; it waits in `slot`. `flags`: DSM_LOCK_TRY */
    DSM_EV_LOCK_RELEASE,   /* `thread` gives lock `id` back (one level) */
    DSM_EV_BARRIER_ARRIVE, /* a thread has come to barrier `id` of `parties`; it waits in `slot` */
    DSM_EV_CANCEL,         /* the lock, barrier or condition wait in `slot` timed out or was interrupted */
    DSM_EV_TICK,           /* time has passed (see dsm_core_deadline). Peers' silence counts from the first one on, so
                              it is not sent before all connections stand */
    DSM_EV_PEER_LEFT,      /* `peer` said goodbye (a BYE frame says the same): no LOST action follows, but what needs it
                              from now on fails with DSM_E_LOST; its later messages are ignored */
    DSM_EV_PEER_LOST,      /* `peer`'s connection broke, or the control plane says it is dead. Emits DSM_ACT_LOST once,
                              unless the peer had left. From then on every barrier is broken */
    DSM_EV_CONDITION_WAIT, /* `thread`, which holds lock `id`, gives it up (all levels) and waits in `slot` for
                              `condition` of that lock. Its WAKE means that it holds the lock again, as deep as before,
                              and says how: DSM_OK (or DSM_ORPHANED) signalled, DSM_E_CANCELLED taken back; any other
                              status: it does not hold the lock, and never will */
    DSM_EV_CONDITION_SIGNAL, /* `thread`, which holds lock `id`, signals `condition` of it. `flags`: DSM_SIGNAL_ALL */
    DSM_EV_ATOMIC,           /* `operation` of `width` bytes at `offset` of `page`, in `slot`; its WAKE brings the value
                              that was there before */
    DSM_EV_EVICT,            /* the copy of a RELEASE page may go, to save memory. `flags`: DSM_EVICT_REFRESH */
};

#define DSM_LOCK_TRY      1u
#define DSM_SIGNAL_ALL    1u
#define DSM_EVICT_REFRESH 1u /* as if a notice named the page: a copy goes even if it was written here, which is kept */

/* All of them atomic, on naturally aligned 4 or 8 bytes. */
enum dsm_op {
    DSM_OP_GET = 0,         /* read */
    DSM_OP_ADD = 1,         /* add `operand` */
    DSM_OP_SET = 2,         /* write `operand` */
    DSM_OP_COMPARE_SET = 3, /* write `operand` if `expected` is there */
};

typedef struct dsm_event {
    enum dsm_event_type type;
    uint32_t slot;
    uint32_t peer;
    uint32_t write; /* FAULT: 0 read, 1 write */
    uint32_t parties;
    uint32_t flags;
    uint64_t page;
    uint64_t id;                /* lock or barrier */
    uint64_t thread;            /* identity of the thread on this node, not 0 */
    uint64_t pc;                /* FAULT: address of the instruction; the same thread and pc again = no progress yet.
                                   0: a touch, no instruction waits; the page is not kept until RESUMED */
    uint64_t condition;         /* CONDITION_*: which of the lock's */
    uint32_t operation;         /* ATOMIC: enum dsm_op */
    uint32_t offset, width;     /* ATOMIC: bytes within the page, 4 or 8 bytes wide */
    uint64_t operand, expected; /* ATOMIC */
    uint64_t *value;            /* ATOMIC: where the value goes when the operation ended at once */
    const uint8_t *bytes;       /* MESSAGE: the frame, header included; valid during the step only */
    uint32_t length;
} dsm_event;

/* ---- actions ------------------------------------------------------------------------------- */

enum dsm_action_type {
    DSM_ACT_SEND,    /* send `head` (head_length bytes) to `peer`, followed by
                         - the bytes of `page` as they are now in the always-writable view, when `with_page`;
                         - the diff of `page` as it is now there against twin `twin` (dsm_diff_encode), when `with_diff`:
                           the frame's length is set when that is known (dsm_wire_set_length), at most
                           DSM_WIRE_BODY_MAX more than the head;
                         - `length` bytes at `bytes` (valid during the call), when that is not 0.
                        What is in a twin is no longer needed after this */
    DSM_ACT_PROTECT, /* the application may now do `access` with `page` */
    DSM_ACT_INSTALL, /* copy `bytes` (page_bytes of them) into `page` of the always-writable view */
    DSM_ACT_WAKE,    /* the operation in `slot` has ended with `status` (and `result`, if an ATOMIC) */
    DSM_ACT_LOST,    /* `peer` is lost; the driver decides what becomes of the process (reason in `status`) */
    DSM_ACT_TWIN,    /* copy `page` of the always-writable view into twin `twin` */
    DSM_ACT_APPLY,   /* put the diff `bytes` (`length` of them; checked) into `page` of the always-writable view:
                        dsm_diff_apply */
    DSM_ACT_MERGE,   /* bring `page` of the always-writable view and its twin `twin` up to `bytes`: dsm_diff_merge */
    DSM_ACT_ATOMIC,  /* do `operation` in `page` of the always-writable view and put what was there before in *value:
                        dsm_operation_do */
};

#define DSM_HEAD_MAX 64u /* no message has a longer head */

/* Outcome of an operation, DSM_ACT_WAKE's status; negative = failed. These are dsm.h's codes. */
enum dsm_status {
    DSM_OK = 0,
    DSM_PENDING = 1,  /* engine only: the operation goes on; its end comes as a completion */
    DSM_ORPHANED = 2, /* lock granted, but its last holder died holding it */
    DSM_E_ARGUMENT = -1,
    DSM_E_BUSY = -2,      /* DSM_LOCK_TRY: somebody holds it */
    DSM_E_CANCELLED = -3, /* after DSM_EV_CANCEL */
    DSM_E_BROKEN = -4,    /* barrier: a party timed out, was interrupted or died */
    DSM_E_PARTIES = -5,   /* barrier: two nodes named different numbers of parties */
    DSM_E_NOT_OWNER = -6, /* lock released by a thread that does not hold it */
    DSM_E_LOST = -7,      /* a node that the operation needs is lost */
    DSM_E_FULL = -8,      /* a table is full; the setting that widens it is named in dsm_last_error */
    DSM_E_PROTOCOL = -9,  /* a peer sent what it must not */
    DSM_E_SYSTEM = -10,   /* the operating system refused; see dsm_last_error */
    DSM_E_TIMEOUT = -11,
    DSM_E_CLOSED = -12, /* the engine is leaving or closed */
};

typedef struct dsm_action {
    enum dsm_action_type type;
    uint32_t peer;
    uint32_t slot;
    int32_t status;
    uint32_t access;
    uint32_t with_page;
    uint32_t with_diff;
    uint32_t head_length;
    uint32_t twin;   /* TWIN, MERGE, SEND with_diff: 0 .. twins-1 */
    uint32_t length; /* APPLY, SEND: of `bytes` */
    uint64_t page;
    const uint8_t *bytes;              /* INSTALL, MERGE (page_bytes of them), APPLY, SEND */
    uint32_t operation, offset, width; /* ATOMIC: as the event's */
    uint64_t operand, expected;
    uint64_t *value; /* ATOMIC: where the result goes, during the call */
    uint64_t result; /* WAKE of an ATOMIC that ended well: what was there before */
    uint8_t head[DSM_HEAD_MAX];
} dsm_action;

/* Called for each action, in order, during the step. Must not call back into the core. */
typedef void dsm_sink(void *context, const dsm_action *action);

/* One step. Returns DSM_OK, or:
 *  - LOCK_ACQUIRE, BARRIER_ARRIVE, FAULT: DSM_OK when the operation ended at once (no WAKE follows; a FAULT
 *    that ended at once still awaits its RESUMED), DSM_PENDING when a WAKE for the slot follows in this or a
 *    later step, DSM_ORPHANED (a lock granted at once), or the error that ended it at once;
 *  - LOCK_RELEASE, CONDITION_SIGNAL: DSM_OK or DSM_E_NOT_OWNER; CONDITION_WAIT: that or DSM_PENDING;
 *  - ATOMIC: DSM_OK (the result is in *event->value, and the slot is free), DSM_PENDING (its WAKE frees it), or an error;
 *  - EVICT: DSM_OK, or DSM_E_BUSY when the page must stay;
 *  - CANCEL: DSM_E_CANCELLED when the wait was taken back (no WAKE follows), DSM_OK when it had already ended
 *    (its WAKE was emitted before), DSM_PENDING for a condition wait (its WAKE follows: the thread must have the
 *    lock again, and only the lock's home can say whether the signal or the cancellation came first);
 *  - MESSAGE: DSM_E_PROTOCOL for a frame that is malformed or that the protocol does not allow now; the state
 *    is unchanged and the driver drops the peer;
 *  - any: DSM_E_ARGUMENT when the event itself is out of range (slot in use, no such page or peer); state unchanged. */
int dsm_core_step(dsm_core *core, const dsm_event *event, uint64_t now, dsm_sink *sink, void *context);

/* When the next DSM_EV_TICK is due (monotonic ns); DSM_FOREVER if nothing waits for time. */
uint64_t dsm_core_deadline(const dsm_core *core);

/* ---- locks that the driver hands out by itself ------------------------------------------------ */

/* Lends lock `id` to the driver: from now on the driver lets this node's threads take it and give it back, without a
 * step and without the engine lock, and the core takes it for free. 1 if it is lent, 0 if not: its token is not here, a
 * thread holds it or waits for it or for one of its conditions, or another node wants it.
 * The driver gives it back before any step that is about this lock: an event or a message that names it; and after
 * DSM_ACT_LOST or a goodbye, all of them. The simulator lends nothing. */
int dsm_core_lock_lend(dsm_core *core, uint64_t id);
/* Gives it back: `thread` holds it `depth` times now; 0 and 0 if nobody does. */
void dsm_core_lock_back(dsm_core *core, uint64_t id, uint64_t thread, uint32_t depth);

/* ---- looking in (counters, dashboard, simulator's invariants) ------------------------------- */

uint32_t dsm_core_home(const dsm_core_config *config, uint64_t page);    /* which node directs this page */
uint32_t dsm_core_sync_home(const dsm_core_config *config, uint64_t id); /* which node directs this lock or barrier */
uint32_t dsm_core_lock_holds(const dsm_core *core, uint64_t id, uint64_t thread); /* how many times; 0 = not */
enum dsm_access dsm_core_access(const dsm_core *core, uint64_t page);             /* what this node may do with it */
/* SEQUENTIAL, at the page's home: the node that has it exclusively, DSM_NO_NODE if none has; elsewhere DSM_NO_NODE.
 * RELEASE: the page's home as far as this node knows, DSM_NO_NODE if it does not. */
uint32_t dsm_core_owner(const dsm_core *core, uint64_t page);
/* 1 at the home of a page that nobody has ever had: a fault on it ends at once. */
int dsm_core_fresh(const dsm_core *core, uint64_t page);
/* 1 while no operation, request, hold or deferred message is outstanding on this node. */
int dsm_core_quiet(const dsm_core *core);
/* Checks the state's own consistency (lists, counts, transitions); NULL or what is wrong. Slow. */
const char *dsm_core_check(const dsm_core *core);

/* Counters, u64 each, written by the core (and engine) with relaxed atomic stores; read by anyone, without a
 * call. Order is ABI: append only. docs/wire.md and the Java reader list them under the same names. */
enum dsm_counter {
    DSM_C_READ_FAULTS,
    DSM_C_WRITE_FAULTS,
    DSM_C_SOFT_FAULTS /* answered without a message */,
    DSM_C_PAGES_FETCHED,
    DSM_C_PAGES_SERVED,
    DSM_C_UPGRADES,
    DSM_C_INVALIDATIONS,
    DSM_C_MIGRATIONS,
    DSM_C_DEFERRED /* recalls and invalidations that waited for a hold */,
    DSM_C_LOCK_ACQUIRES,
    DSM_C_LOCK_REMOTE,
    DSM_C_LOCK_WAIT_NS,
    DSM_C_LOCK_RECALLS,
    DSM_C_BARRIERS,
    DSM_C_BARRIER_WAIT_NS,
    DSM_C_BYTES_IN,
    DSM_C_BYTES_OUT,
    DSM_C_FETCH_NS,
    DSM_C_MAPPINGS /* now */,
    DSM_C_COALESCED,
    DSM_C_LEADER_STEPS,
    DSM_C_SERVICE_STEPS,
    DSM_C_PAGES_OWNED /* now: pages this node may write */,
    DSM_C_PAGES_SHARED /* now: may only read */,
    DSM_C_TWINS,
    DSM_C_DIFFS_SENT,
    DSM_C_DIFFS_APPLIED,
    DSM_C_RELEASES /* that had something to make known */,
    DSM_C_NOTICED /* copies dropped because others wrote them */,
    DSM_C_MERGES,
    DSM_C_HOMES_MOVED /* to this node */,
    DSM_C_ATOMICS /* done at this home for others */,
    DSM_C_NAMED_END = 32,
    DSM_C_MESSAGES_IN = 32,     /* + message type, 32 of them */
    DSM_C_MESSAGES_OUT = 64,    /* + message type, 32 of them */
    DSM_C_FETCH_HISTOGRAM = 96, /* 64 buckets: bucket b counts fetches of [2^(b/2), ...) ns, two per octave */
    /* What is held now, all of it bounded: */
    DSM_C_NOTICES_HELD = 160 /* for nodes that have not seen them */,
    DSM_C_RANGES_HELD /* of pages, that these notices name */,
    DSM_C_TWINS_HELD,
    DSM_C_LOCKS_HELD /* entries of the lock table */,
    DSM_C_BARRIERS_HELD /* entries of the barrier table */,
    DSM_C_COUNT = 168
};
uint64_t *dsm_core_counters(dsm_core *core); /* DSM_C_COUNT of them, 64-byte aligned */

#endif
