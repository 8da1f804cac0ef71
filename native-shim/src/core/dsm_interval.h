/*
 * dsm_interval.h - what this node has written since its last release, and the release itself.
 *
 * A release closes the interval: every page written in it is closed to writers, what differs from its twin is sent
 * home, all for one home at once, and when all homes have acknowledged, the interval's write notices are added to
 * the log. Only then goes on what had to wait for it: a lock's token leaves, a barrier is told of an arrival, a
 * SEQUENTIAL page goes home, an atomic operation is asked for. One release at a time; what comes meanwhile shares the
 * next one. A release covers everything that any thread of the node wrote before it, since happens-before is
 * transitive across locks, barriers and volatiles.
 */
#ifndef DSM_INTERVAL_H
#define DSM_INTERVAL_H

#include "dsm_state.h"

/* ---- written pages ---- */

/* 1 if `c`, which is here and closed to writers, may be opened to them: its write can be tracked. When not, a release
 * makes room. */
static inline int dsm_interval_has_room(const dsm_core *core, const struct dsm_copy *c)
{
    const struct dsm_interval *i = &core->interval;
    int listed = (c->flags & DSM_COPY_LISTED) != 0 || i->written_count < core->config.twins;
    return listed && (c->state == DSM_COPY_HOME || i->twins_free_count != 0);
}

/* Lists a page that is not listed as written. */
void dsm_interval_list(dsm_core *core, uint64_t page);
uint32_t dsm_interval_take_twin(dsm_core *core);
void dsm_interval_give_twin(dsm_core *core, uint32_t twin);

/* ---- releasing ---- */

/* Begins a release; none is under way, and something has been written. There is room for as much again afterwards. */
void dsm_interval_flush(dsm_core *core);
/* 1 while pages of the release under way are neither closed nor sent: a release goes on in steps of config.release_step
 * pages, one at each TICK (which is due at once). */
int dsm_interval_unsent(const dsm_core *core);
void dsm_interval_tick(dsm_core *core);

/* Once all that was written before is made known: gives the token back (dsm_lock_return) / sends the arrival or the
 * atomic operation of `slot` / returns the SEQUENTIAL page (dsm_node_page_return). At once, if there is nothing. */
void dsm_interval_then_lock(dsm_core *core, uint32_t index);
void dsm_interval_then_slot(dsm_core *core, uint32_t slot);
void dsm_interval_then_page(dsm_core *core, uint64_t page);
/* At the end of each step: lets go on what waited for a release that is over. */
void dsm_interval_settle(dsm_core *core);
/* The slot, if it waits for a release, waits no longer. 1 if it did. */
int dsm_interval_forget_slot(dsm_core *core, uint32_t slot);

/* FLUSHED: whether `peer` may send it, and what it does. */
int dsm_interval_check(const dsm_core *core, const dsm_message *message);
void dsm_interval_flushed(dsm_core *core, const dsm_message *message);

/* A peer is gone, and with it, perhaps, diffs that were passed on to it. Sends an empty diff after each that is not
 * acknowledged: it takes the same way, so that when it is acknowledged the other is in, or lost. */
void dsm_interval_peer_gone(dsm_core *core);

#endif
