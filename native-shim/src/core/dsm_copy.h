/*
 * dsm_copy.h - RELEASE pages: many writers, home-based lazy release consistency.
 *
 * Every page has a home, whose bytes are always valid. Until somebody touches it there is none; the first node that does
 * becomes it (the directory, a function of the address, sees to that), and later the node that keeps writing it.
 * Others fetch copies. A copy that is written keeps a twin, and at the node's next release what differs from the
 * twin goes home (dsm_interval.h). A copy goes when a write notice says that others have written the page
 * (dsm_inform.h); if it has been written here too, the two are merged when it is touched again: none is lost.
 * A page that no other node has a copy of is exclusive at its home: no twin, no notice, no fault.
 *
 * Home-based lazy release consistency: Zhou, Iftode, Li 1996. Exclusive pages, and merging with the twin:
 * Stets et al. 1997 (Cashmere-2L).
 *
 * Nobody ever waits for more than the home's answer, and a home answers at once.
 */
#ifndef DSM_COPY_H
#define DSM_COPY_H

#include "dsm_state.h"

static inline int dsm_copy_is(const dsm_core *core, uint64_t page)
{
    return core->copies != NULL && dsm_core_mode(&core->config, page) == DSM_MODE_RELEASE;
}

static inline struct dsm_copy *dsm_copy_at(const dsm_core *core, uint64_t page)
{
    DSM_ASSERT(page < core->config.pages && core->copies != NULL);
    return &core->copies[page];
}

/* What the application may do with it now. */
static inline enum dsm_access dsm_copy_access(const struct dsm_copy *c)
{
    if (c->state == DSM_COPY_HOME) {
        return c->flags & DSM_COPY_OPEN ? DSM_ACCESS_WRITE : DSM_ACCESS_READ;
    }
    return c->state == DSM_COPY_DIRTY   ? DSM_ACCESS_WRITE
           : c->state == DSM_COPY_CLEAN ? DSM_ACCESS_READ
                                        : DSM_ACCESS_NONE;
}

/* Whom to ask for a page whose home is elsewhere, and to send what was written of it: its home as far as this node knows;
 * when that is gone, the directory, which has been told of a later one if there is one. DSM_NO_NODE: nobody is left. */
uint32_t dsm_copy_way(const dsm_core *core, uint64_t page);

/* Where this node, which is not the page's home, passes on what it was asked, and *flags of it then: as above, but what the
 * directory has sent here already ends here. */
uint32_t dsm_copy_onward(const dsm_core *core, const dsm_message *message, uint8_t *flags);

/* Moves the page to `state`; `open`: HOME only, the application may write. Emits PROTECT if that changes what the
 * application may do. Every change of a page's state passes through here. */
void dsm_copy_move(dsm_core *core, uint64_t page, enum dsm_copy_state state, int open);
/* Sets or clears FETCHING. */
void dsm_copy_fetching(dsm_core *core, uint64_t page, int fetching);

/* ---- this node's threads (dsm_copy.c) ---- */

int dsm_copy_fault(dsm_core *core, const dsm_event *event);
int dsm_copy_evict(dsm_core *core, const dsm_event *event);

/* Lets the thread have its page if that is here, otherwise lets it wait. */
void dsm_copy_advance(dsm_core *core, uint32_t slot);
void dsm_copy_serve_waiters(dsm_core *core, uint64_t page);
/* Asks for the page if threads wait for it and nothing stands against it. */
void dsm_copy_want(dsm_core *core, uint64_t page);

/* Others have written it, or all of a range of pages. */
void dsm_copy_noticed(dsm_core *core, uint64_t page);
void dsm_copy_noticed_range(dsm_core *core, const dsm_range *range);

/* This node's release: closes the page, then sends what was written. (A page whose bytes are valid here, or gone
 * already, has nothing to send.) */
void dsm_copy_close(dsm_core *core, uint64_t page);

/* ---- messages: whether `peer` may send it now, and what it does ---- */

int dsm_copy_check(const dsm_core *core, uint32_t peer, const dsm_message *message);
void dsm_copy_received(dsm_core *core, uint32_t peer, const dsm_message *message); /* COPY */
void dsm_copy_given(dsm_core *core, uint32_t peer, const dsm_message *message);    /* GIVE */
void dsm_copy_home_is(dsm_core *core, uint32_t peer, const dsm_message *message);  /* HOME_IS */

void dsm_copy_peer_gone(dsm_core *core);

/* ---- at the home (dsm_copy_home.c) ---- */

/* 1 if no other node has a copy, so that writes need not be tracked. */
int dsm_copy_exclusive(const dsm_core *core, const struct dsm_copy *c);
/* This node, the directory, is the first to touch the page. */
void dsm_copy_become_home(dsm_core *core, uint64_t page);

void dsm_copy_home_fetch(dsm_core *core, const dsm_message *message);
void dsm_copy_home_diff(dsm_core *core, uint32_t peer, const dsm_message *message);

#endif
