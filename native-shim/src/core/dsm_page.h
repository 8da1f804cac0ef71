/*
 * dsm_page.h - the entry of one page: its state on this node, and the set of its sharers at its home.
 *
 * Every change of a page's state on this node passes through dsm_page_move, which checks it.
 */
#ifndef DSM_PAGE_H
#define DSM_PAGE_H

#include "dsm_state.h"

static inline struct dsm_page *dsm_page_at(const dsm_core *core, uint64_t page)
{
    DSM_ASSERT(page < core->config.pages);
    return &core->pages[page];
}

/* What the application may do with a page in `state`. */
static inline enum dsm_access dsm_page_access(uint8_t state)
{
    return state == DSM_PAGE_DIRTY ? DSM_ACCESS_WRITE : state == DSM_PAGE_INVALID ? DSM_ACCESS_NONE : DSM_ACCESS_READ;
}

/* What the application may get without a message: an exclusive-clean page may be written. */
static inline enum dsm_access dsm_page_reach(uint8_t state)
{
    return state == DSM_PAGE_CLEAN ? DSM_ACCESS_WRITE : dsm_page_access(state);
}

/* Moves the page to `state`; emits PROTECT if that changes what the application may do. */
void dsm_page_move(dsm_core *core, uint64_t page, enum dsm_page_state state);

/* ---- sharers, at the home: nodes with a copy that may be read ---- */

static inline uint64_t *dsm_page_sharers(const dsm_core *core, uint64_t page)
{
    DSM_ASSERT(page < core->config.pages);
    return core->sharers + page * core->sharer_words;
}

static inline int dsm_page_shared_by(const dsm_core *core, uint64_t page, uint32_t node)
{
    return (int)(dsm_page_sharers(core, page)[node / 64] >> (node % 64) & 1u);
}

static inline void dsm_page_add_sharer(dsm_core *core, uint64_t page, uint32_t node)
{
    dsm_page_sharers(core, page)[node / 64] |= UINT64_C(1) << (node % 64);
}

static inline void dsm_page_drop_sharer(dsm_core *core, uint64_t page, uint32_t node)
{
    dsm_page_sharers(core, page)[node / 64] &= ~(UINT64_C(1) << (node % 64));
}

uint32_t dsm_page_count_sharers(const dsm_core *core, uint64_t page);

#endif
