/*
 * dsm.h - the public C interface of libdsm, the page engine of DSM4J. The only public header.
 *
 * Functions return DSM_OK (0) or a positive outcome, or a negative code; dsm_last_error() then tells, for the
 * calling thread, what happened, where, and what to do. All functions are thread-safe unless they say otherwise.
 * Times are nanoseconds of CLOCK_MONOTONIC unless a name carries another unit. Offsets are bytes from the
 * start of the cluster's address space.
 *
 * Several engines may live in one process (each with its own address range); one set of signal handlers
 * serves them all. Linux x86-64; AArch64 compiles.
 */
#ifndef DSM_H
#define DSM_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DSM_API         __attribute__((visibility("default")))
#define DSM_ABI_VERSION 1u

typedef struct dsm_engine dsm_engine;

/* Outcomes: the values of enum dsm_status in src/core/dsm_core.h (checked by a static assertion). */
#define DSM_RESULT_OK       0
#define DSM_RESULT_PENDING  1
#define DSM_RESULT_ORPHANED 2

#define DSM_PAGER_BEST      0 /* userfaultfd where the system allows it, else mprotect */
#define DSM_PAGER_MPROTECT  1
#define DSM_PAGER_USERFAULT 2 /* or DSM_E_SYSTEM */

/* Settings. Zero = the default that is named. Fixed layout (all fields 8-byte aligned u64/i64), so that a binding needs no
 * compiler; `size` first, so that it can grow. */
typedef struct dsm_options {
    uint64_t size;             /* sizeof(dsm_options) as the caller knows it */
    uint64_t node, nodes;      /* 0 .. nodes-1; nodes >= 1 */
    uint64_t cluster;          /* hash of the cluster's name; nodes of another cluster are refused */
    uint64_t base;             /* address of offset 0; 0 = 0x200000000000; 1 = wherever the kernel likes (tests) */
    uint64_t space_bytes;      /* 1 TiB */
    uint64_t arena_first_byte; /* space_bytes / 2; from here on node i is home of the i-th of `nodes` equal arenas */
    uint64_t home_block_pages; /* 16 */
    uint64_t slots;            /* 1024 operations at once */
    uint64_t locks;            /* 1 << 20: capacity of the lock table and of the barrier table */
    uint64_t spin_ns;          /* how long a waiter polls before it blocks; 0 = decide by `cores_free`; 1 = never */
    uint64_t cores_free;       /* cores this node may count as its own; 0 = do not spin */
    uint64_t
        native_wait_ns; /* how long a lock or barrier waiter blocks in native code before DSM_PENDING; 1 ms; 1 = not at all */
    uint64_t hold_ns;      /* 20 us */
    uint64_t hold_max_ns;  /* 20 ms */
    uint64_t heartbeat_ns; /* silence_ns / 8 */
    uint64_t silence_ns;   /* 8 s: a peer not heard of for this long is lost */
    uint64_t max_mappings; /* 16384 mappings at most for the application view (coalesced, never failing) */
    uint64_t exit_on_loss; /* 1 = rule 14: a lost peer ends the process with status 75 (below); 0 = only told */
    uint64_t grace_ns;     /* 5 s that Java gets to end in good order after a loss when no thread is in a fault */
    uint64_t pager;        /* DSM_PAGER_*; how pages are opened and closed */

    /* Release consistency. All nodes of a cluster must give the same. */
    uint64_t release; /* 0 = every page is SEQUENTIAL; 1 = two halves are RELEASE, whole pages, rounded down at their
                               starts: bytes [arena_first_byte / 2, arena_first_byte), and the second half of every arena */
    uint64_t twins;   /* 4096: pages of others that this node may have written since its last release */
    uint64_t notices; /* 4096: write notices kept for nodes that have not seen them; beyond that they name too much */
    uint64_t
        migrate_after;  /* 3: releases in a row that wrote a page, all by one other node, before the page's home moves
                               there; UINT64_MAX = never */
    uint64_t inform_ns; /* 2 ms: what others have not seen is told unasked this much later; UINT64_MAX = never */
} dsm_options;

/* Where the data plane listens, and who may connect. Zero = the default that is named. Fixed layout, as dsm_options. */
typedef struct dsm_network {
    uint64_t size;      /* sizeof(dsm_network) as the caller knows it */
    const char *bind;   /* numeric address, IPv4 or IPv6; 127.0.0.1 */
    uint64_t port;      /* TCP port; a free one */
    const uint8_t *key; /* DSM_KEY_BYTES that all nodes of the cluster know and nobody else (copied); none: every
                           process that can connect is taken for a node, so only loopback can be listened on */
} dsm_network;
#define DSM_KEY_BYTES 32u

/* Maps the space, starts the listening socket (loopback, a free port, no key) and the handlers. One node alone
 * (`nodes` 1) needs nothing more: its whole space is open and never faults.
 *
 * A test aid: with DSM_TEST_DELAYS=SEED:MICROSECONDS in the environment, what this engine receives comes in small pieces, and
 * one in ten is held back, each connection by itself, for a random time below that (at most a second). Read here, once; costs
 * nothing if not set. */
DSM_API int dsm_engine_create(const dsm_options *options, dsm_engine **out);
/* The same with a network of its own (NULL: as above). DSM_E_ARGUMENT: an address that is not loopback, without a key. */
DSM_API int dsm_engine_create_at(const dsm_options *options, const dsm_network *network, dsm_engine **out);
DSM_API uint32_t dsm_abi_version(void);
DSM_API const char *dsm_last_error(void);

DSM_API int dsm_engine_port(dsm_engine *engine); /* TCP port of the data plane */

/* Connects to all others; returns when every connection stands, and both ends of each have proved that they know the key
 * (docs/wire.md), or DSM_E_TIMEOUT / DSM_E_SYSTEM / DSM_E_PROTOCOL.
 * addresses: "host:port" (numeric, IPv6 in brackets) of node 0, 1, ... separated by commas (its own entry is not used). Starts the service thread. */
DSM_API int dsm_engine_connect(dsm_engine *engine, const char *addresses, uint64_t timeout_ns);

DSM_API uint64_t dsm_engine_base(dsm_engine *engine); /* address of offset 0 */

/* 1 if the page at `offset` is kept by release consistency, 0 if it is SEQUENTIAL (or outside of the space). */
DSM_API int dsm_release_is(dsm_engine *engine, uint64_t offset);

/* DSM_C_COUNT counters (u64 each, enum dsm_counter); valid until dsm_engine_close. */
DSM_API const uint64_t *dsm_engine_counters(dsm_engine *engine);

/* ---- locks and barriers --------------------------------------------------------------------
 * `thread`: identity of the calling thread on this node, not 0, the same in release and re-entry.
 * A waiter first spins, then blocks for native_wait_ns in native code; if it is not over then, the call returns
 * DSM_PENDING with *ticket set, the wait goes on, and its end comes out of dsm_completions with that ticket. */
#define DSM_TRY            1u /* do not wait for a holder (one round trip if the token is elsewhere) */
#define DSM_NO_NATIVE_WAIT 2u /* the caller is a virtual thread or wants DSM_PENDING at once after the spin */
DSM_API int dsm_lock(dsm_engine *engine, uint64_t lock, uint64_t thread, uint32_t flags, uint64_t *ticket);
DSM_API int dsm_unlock(dsm_engine *engine, uint64_t lock, uint64_t thread);
DSM_API int dsm_barrier(dsm_engine *engine, uint64_t barrier, uint32_t parties, uint32_t flags, uint64_t *ticket);

/* Object.wait: `thread`, which holds `lock`, gives it up (all levels) and waits for `condition` of it (any number;
 * there are as many as are named). Ends, at once or as the completion of *ticket, with
 *  - DSM_OK, or DSM_ORPHANED: signalled; the thread holds the lock again, as deep as before;
 *  - DSM_E_CANCELLED: taken back by dsm_cancel; the thread holds the lock again just the same;
 *  - DSM_E_LOST: the node that directs the lock is lost; the thread no longer holds it, and never will.
 * An error that the call itself returns (DSM_E_NOT_OWNER, DSM_E_FULL, DSM_E_LOST, DSM_E_ARGUMENT, DSM_E_CLOSED) with
 * the lock still held (dsm_lock_holds) has changed nothing. There are no spurious ends. flags: DSM_NO_NATIVE_WAIT. */
DSM_API int dsm_wait(dsm_engine *engine, uint64_t lock, uint64_t condition, uint64_t thread, uint32_t flags,
                     uint64_t *ticket);
/* notify, or notifyAll: `thread`, which holds `lock`, ends the longest or (`all` not 0) every wait for `condition` of it
 * that began before. They go on when they have the lock. DSM_OK or DSM_E_NOT_OWNER. */
DSM_API int dsm_signal(dsm_engine *engine, uint64_t lock, uint64_t condition, uint64_t thread, uint32_t all);

/* Takes back a pending wait. DSM_E_CANCELLED: taken back, no completion follows. DSM_OK: it had ended, its
 * completion was or will be delivered. DSM_E_ARGUMENT: no such ticket. A cancelled barrier wait breaks the barrier.
 * DSM_PENDING: a wait for a condition, which ends by a completion as it would have without this, since the thread must have
 * its lock again, and only the lock's home knows whether a signal came first: DSM_E_CANCELLED if none did. */
DSM_API int dsm_cancel(dsm_engine *engine, uint64_t ticket);

/* How many times `thread` holds `lock` on this node (0 = not). */
DSM_API int dsm_lock_holds(dsm_engine *engine, uint64_t lock, uint64_t thread);

enum dsm_completion_kind {
    DSM_COMPLETION_OPERATION = 0, /* `ticket` ended with `status` */
    DSM_COMPLETION_LOST = 1,      /* node `ticket` is lost; grace_ns are left to end in good order */
};
typedef struct dsm_completion {
    uint64_t ticket;
    int32_t status;
    uint32_t kind;
} dsm_completion;

/* Waits up to timeout_ns for completions; returns how many were written (0 = none in time), or DSM_E_CLOSED once the
 * engine is closing and none is left. One thread calls this (the runtime's completion thread). */
DSM_API int dsm_completions(dsm_engine *engine, dsm_completion *out, uint32_t max, uint64_t timeout_ns);

/* ---- atomic operations --------------------------------------------------------------------------- */

#define DSM_ATOMIC_GET         0u /* read */
#define DSM_ATOMIC_ADD         1u /* add `operand` */
#define DSM_ATOMIC_SET         2u /* write `operand` */
#define DSM_ATOMIC_COMPARE_SET 3u /* write `operand` if `expected` is there */
/* Does `operation` on the 4 or 8 bytes (`width`) at `offset`, a multiple of it, atomically among all such operations of
 * all nodes; *value is what was there before (4 bytes: zero-extended). Under contention it is done where the page is,
 * without the page moving. It is a release, and an acquire of what was released by earlier ones of that word. Blocks in
 * native code until it is done, as a touch of the page would. DSM_OK, DSM_E_LOST (whether it was done is not known),
 * DSM_E_ARGUMENT, DSM_E_CLOSED. */
DSM_API int dsm_atomic(dsm_engine *engine, uint64_t offset, uint32_t width, uint32_t operation, uint64_t operand,
                       uint64_t expected, uint64_t *value);

/* ---- memory -------------------------------------------------------------------------------- */

/* Fetches the pages of a range in native state (no safepoint waits), for reading or writing. */
DSM_API int dsm_touch(dsm_engine *engine, uint64_t offset, uint64_t length, uint32_t write);
/* Lets this node's copies of the RELEASE pages of a range go, so that the next access has what their homes have by then.
 * What this node has written stays. For who has come by an address through a data race, and may have an older copy of what
 * lies there. */
DSM_API int dsm_refresh(dsm_engine *engine, uint64_t offset, uint64_t length);
/* Gives the memory of whole pages in the range back; the addresses are not used again. */
DSM_API int dsm_discard(dsm_engine *engine, uint64_t offset, uint64_t length);
/* One byte a page into out: enum dsm_access of this node, | DSM_PAGE_EXCLUSIVE if this node is known to be its only holder
 * (of a RELEASE page: to be its home). */
#define DSM_PAGE_EXCLUSIVE 4
DSM_API int dsm_page_states(dsm_engine *engine, uint64_t offset, uint64_t pages, uint8_t *out);

/* ---- end ----------------------------------------------------------------------------------- */

/* Says goodbye to all peers: the end of connections is no failure from now on. Pages are still served. */
DSM_API int dsm_engine_leave(dsm_engine *engine);
/* The control plane has learnt that a node is dead (the reason is printed in the one line of rule 14). */
DSM_API int dsm_engine_peer_lost(dsm_engine *engine, uint32_t peer, const char *reason);
/* The cluster ends (rule 13): from now on no loss is reported, and unless the process has ended by itself in after_ns, the
 * service thread ends it with _exit(status). A thread that stands in a fault that nobody can serve any more keeps HotSpot from
 * its last safepoint, so this bound cannot be kept by Java. A later call changes status and bound. */
DSM_API int dsm_engine_exit_by(dsm_engine *engine, int status, uint64_t after_ns);
/* Serving ends, and dsm_completions returns DSM_E_CLOSED from now on: whoever calls it can be waited for before
 * dsm_engine_close. */
DSM_API int dsm_engine_stop(dsm_engine *engine);
/* Ends the service thread, closes sockets, unmaps. No thread may touch the space, be in a call (but
 * dsm_completions, which returns DSM_E_CLOSED), or begin one: stop first, then wait for the threads that call. */
DSM_API int dsm_engine_close(dsm_engine *engine);

/* ---- measuring the wire itself -------------------------------------------------------------- */

/* Raw TCP exchange, 16 bytes there and `answer_bytes` back, TCP_NODELAY, no protocol: the yardstick of every benchmark.
 * Server: serves one client until it closes; *port is set before it waits (pass a listening fd from dsm_raw_listen). */
DSM_API int dsm_raw_listen(uint32_t *port); /* returns a file descriptor or a negative code */
DSM_API int dsm_raw_serve(int listener, uint32_t answer_bytes, uint32_t polling, uint64_t timeout_ns);
/* Client: `rounds` exchanges after `warmup`; the time of each in ns into out. */
DSM_API int dsm_raw_measure(const char *address, uint32_t answer_bytes, uint32_t polling, uint32_t warmup,
                            uint32_t rounds, uint64_t *out);
/* Pins the calling thread to a core (benchmarks); DSM_E_ARGUMENT if there is no such core. -1 = unpin. */
DSM_API int dsm_pin(int core);

#ifdef __cplusplus
}
#endif
#endif
