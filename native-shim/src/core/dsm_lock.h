/*
 * dsm_lock.h - distributed locks: one token per lock, cached by the node that used it last.
 *
 * Whoever has the token gives the lock to its own threads without a message (lock caching as in TreadMarks, Keleher et
 * al. 1994). The home (hash of the id) knows which node has the token and queues the nodes that want it, in order of
 * arrival. While others wait, a node lets its own waiting threads pass at most local_handovers times and
 * local_handover_ns long. Each grant by the home has an epoch greater than all before.
 *
 * A node caches at most a quarter as many tokens as the table has entries, beyond those its threads hold: then it gives
 * back one that was not used lately, unasked. So a program may use any number of locks one after the other, and
 * the homes' tables, which know all tokens that are away, do not fill up.
 * Release is lazy: a token that nobody else wants stays, and costs neither a message nor a release. When it leaves, first
 * no thread here can get it any more, then all that the node has written is made known (dsm_interval.h), and the
 * notices that the next holder may not have seen go before it on the same connections.
 */
#ifndef DSM_LOCK_H
#define DSM_LOCK_H

#include "dsm_state.h"
#include "dsm_table.h"

static inline struct dsm_lock *dsm_lock_at(const dsm_core *core, uint32_t index)
{
    return (struct dsm_lock *)(void *)dsm_table_at(&core->locks, index);
}

/* Gives the entry's room back if nothing is known of the lock on this node any more. */
void dsm_lock_tidy(dsm_core *core, uint32_t index);

/* ---- at a node ---- */

int dsm_lock_acquire(dsm_core *core, const dsm_event *event);
int dsm_lock_release(dsm_core *core, const dsm_event *event);
/* Takes the waiting slot out. */
void dsm_lock_cancel(dsm_core *core, uint32_t slot);

int dsm_lock_check(const dsm_core *core, uint32_t peer, const dsm_message *message);
/* `flags`: WANTED, ORPHANED; or REFUSED or FULL alone. */
/* This node's release is over: gives the token back. */
void dsm_lock_return(dsm_core *core, uint32_t index);
/* The holder gives the lock up, all levels of it, to wait for a condition. */
void dsm_lock_let_go(dsm_core *core, uint32_t index);
/* The thread of `slot` has waited for a condition and gets in line for the lock again. */
void dsm_lock_want_again(dsm_core *core, uint32_t slot);

void dsm_lock_granted(dsm_core *core, uint32_t index, uint64_t epoch, uint32_t flags);
void dsm_lock_recalled(dsm_core *core, uint32_t index, int try_only);

/* Fails what needs a home that is gone. */
void dsm_lock_peer_gone(dsm_core *core, uint32_t peer);

/* ---- at its home (dsm_lock_home.c) ---- */

int dsm_lock_home_check(const dsm_core *core, uint32_t peer, const dsm_message *message);
void dsm_lock_home_request(dsm_core *core, uint64_t id, uint32_t node, int try_only);
void dsm_lock_home_returned(dsm_core *core, uint32_t index, uint32_t node, uint32_t flags);

/* Takes the node out of all queues, and makes new tokens for those it had. */
void dsm_lock_home_peer_gone(dsm_core *core, uint32_t peer);

#endif
