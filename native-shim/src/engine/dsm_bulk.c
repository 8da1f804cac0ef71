/* dsm_bulk.c - ranges of pages: fetching ahead of use, giving back, looking in. */
#define _GNU_SOURCE
#include "dsm_clock.h"
#include "dsm_engine.h"
#include "dsm_error.h"

#define WINDOW     64u   /* fetches under way at once */
#define STEP_PAGES 4096u /* pages looked at under one hold of the lock */

static int check_range(const dsm_engine *e, uint64_t offset, uint64_t length, const char *what)
{
    if (offset <= e->options.space_bytes && length <= e->options.space_bytes - offset)
        return DSM_OK;
    return dsm_error(DSM_E_ARGUMENT, "%s: offset %llu, length %llu is outside of the space of %llu bytes", what,
                     (unsigned long long)offset, (unsigned long long)length,
                     (unsigned long long)e->options.space_bytes);
}

/* ---- touch ----------------------------------------------------------------------------------------------- */

/* A range of pages on its way here: all requests of a window go out first, then their answers are awaited. */
typedef struct fetch {
    dsm_engine *engine;
    dsm_waiter waiter;
    uint64_t page, end;
    uint32_t write;
    uint32_t slots[WINDOW];
    uint32_t count;
} fetch;

/* The run of pages from f->page that may be touched already is opened; true if there was one. */
static bool pass_present(fetch *f, uint32_t *looked)
{
    dsm_engine *e = f->engine;
    enum dsm_access wanted = f->write ? DSM_ACCESS_WRITE : DSM_ACCESS_READ, access = dsm_core_access(e->core, f->page);
    if (access < wanted)
        return false;
    uint64_t first = f->page;
    while (f->page < f->end && dsm_core_access(e->core, f->page) == access && (*looked)++ < STEP_PAGES)
        f->page++;
    dsm_engine_flush(e); /* what a step of this window closed must not be opened here */
    if (f->page > first)
        e->pager->operations->protect(e->pager, first, f->page - first, (enum dsm_pager_access)access);
    return true;
}

/* Asks for f->page. DSM_PENDING, DSM_OK if it came at once, or an error; DSM_E_FULL: no slot. */
static int request(fetch *f)
{
    dsm_engine *e = f->engine;
    uint32_t slot = f->count == 0 ? dsm_engine_take_fault_slot(e, DSM_USE_FAULT, &f->waiter)
                                  : dsm_engine_take_slot(e, DSM_USE_FAULT, &f->waiter);
    if (slot == DSM_NO_SLOT)
        return DSM_E_FULL;
    e->slots[slot].page = f->page;
    dsm_event fault = {.type = DSM_EV_FAULT,
                       .slot = slot,
                       .page = f->page,
                       .write = f->write,
                       .thread = (uint64_t)pthread_self(),
                       .pc = 0}; /* no instruction waits: what has come is not kept from others until the rest has */
    int rc = dsm_engine_step(e, &fault, dsm_clock_now());
    if (rc < 0) { /* the core has not kept the slot */
        f->waiter.remaining--;
        dsm_engine_free_slot(e, slot);
        return rc;
    }
    if (rc == DSM_OK) {
        f->waiter.remaining--;
        dsm_engine_need(e, f->page); /* opened with the rest of its run */
    }
    f->slots[f->count++] = slot;
    return rc;
}

/* `lock` held. */
static int fetch_window(fetch *f)
{
    dsm_engine *e = f->engine;
    uint32_t looked = 0;
    int rc = DSM_OK;
    while (f->page < f->end && f->count < WINDOW && looked < STEP_PAGES && rc >= 0) {
        if (pass_present(f, &looked))
            continue;
        rc = request(f);
        if (rc >= 0)
            f->page++;
    }
    if (rc == DSM_E_FULL)
        rc = DSM_OK; /* goes on with the window as it is */
    uint64_t now = dsm_clock_now();
    if (f->waiter.remaining > 0)
        dsm_engine_wait(e, &f->waiter, e->spin_ns == 0 ? 0 : now + e->spin_ns, DSM_FOREVER);
    for (uint32_t i = 0; i < f->count; i++) {
        if (e->slots[f->slots[i]].status < 0) {
            rc = e->slots[f->slots[i]].status; /* the core has let go of the slot */
        } else {
            dsm_event resumed = {.type = DSM_EV_RESUMED, .slot = f->slots[i]};
            dsm_engine_step(e, &resumed, dsm_clock_now());
        }
        dsm_engine_free_slot(e, f->slots[i]);
    }
    f->count = 0;
    f->waiter = (dsm_waiter){0};
    return rc;
}

int dsm_touch(dsm_engine *e, uint64_t offset, uint64_t length, uint32_t write)
{
    int rc = check_range(e, offset, length, "dsm_touch");
    if (rc != DSM_OK || length == 0 || e->config.nodes == 1)
        return rc;
    fetch f = {.engine = e,
               .write = write != 0,
               .page = offset / e->config.page_bytes,
               .end = (offset + length - 1) / e->config.page_bytes + 1};
    while (f.page < f.end && rc >= 0) {
        dsm_guard guard;
        dsm_engine_enter(e, &guard);
        rc = e->connected ? fetch_window(&f) : DSM_E_CLOSED;
        dsm_engine_exit(e, &guard);
    }
    if (rc == DSM_E_CLOSED)
        return dsm_error(rc, "dsm_touch: the engine is not connected");
    if (rc < 0)
        return dsm_error(rc, "dsm_touch: a page is gone with the node that had it");
    return DSM_OK;
}

/* ---- refresh ---------------------------------------------------------------------------------------------- */

int dsm_refresh(dsm_engine *e, uint64_t offset, uint64_t length)
{
    int rc = check_range(e, offset, length, "dsm_refresh");
    if (rc != DSM_OK || length == 0 || e->config.nodes == 1)
        return rc;
    uint64_t page = offset / e->config.page_bytes, end = (offset + length - 1) / e->config.page_bytes + 1;
    while (page < end) {
        dsm_guard guard;
        dsm_engine_enter(e, &guard);
        for (uint32_t n = 0; n < STEP_PAGES && page < end; n++, page++) {
            dsm_event refresh = {.type = DSM_EV_EVICT, .page = page, .flags = DSM_EVICT_REFRESH};
            if (dsm_core_mode(&e->config, page) == DSM_MODE_RELEASE)
                dsm_engine_step(e, &refresh, dsm_clock_now());
        }
        dsm_engine_exit(e, &guard);
    }
    return DSM_OK;
}

/* ---- discard, states --------------------------------------------------------------------------------------- */

int dsm_discard(dsm_engine *e, uint64_t offset, uint64_t length)
{
    int rc = check_range(e, offset, length, "dsm_discard");
    uint64_t first = (offset + e->config.page_bytes - 1) / e->config.page_bytes;
    uint64_t end = (offset + length) / e->config.page_bytes;
    for (; rc == DSM_OK && first < end; first += STEP_PAGES) {
        uint64_t count = end - first < STEP_PAGES ? end - first : STEP_PAGES;
        dsm_guard guard;
        dsm_engine_enter(e, &guard);
        dsm_engine_flush(e);
        e->pager->operations->discard(e->pager, first, count);
        dsm_engine_exit(e, &guard);
    }
    return rc;
}

static uint8_t state_of(const dsm_engine *e, uint64_t page)
{
    if (e->config.nodes == 1)
        return DSM_ACCESS_WRITE | DSM_PAGE_EXCLUSIVE;
    enum dsm_access access = dsm_core_access(e->core, page);
    bool owner = dsm_core_owner(e->core, page) == e->config.node;
    bool exclusive = owner || (access == DSM_ACCESS_WRITE && dsm_core_mode(&e->config, page) == DSM_MODE_SEQUENTIAL);
    return (uint8_t)(access | (exclusive ? DSM_PAGE_EXCLUSIVE : 0));
}

int dsm_page_states(dsm_engine *e, uint64_t offset, uint64_t pages, uint8_t *out)
{
    uint64_t first = offset / e->config.page_bytes;
    if (first > e->config.pages || pages > e->config.pages - first || (pages > 0 && out == NULL))
        return dsm_error(DSM_E_ARGUMENT, "dsm_page_states: %llu pages from offset %llu are not all in the space",
                         (unsigned long long)pages, (unsigned long long)offset);
    for (uint64_t done = 0; done < pages;) {
        dsm_guard guard;
        dsm_engine_enter(e, &guard);
        for (uint64_t n = 0; n < STEP_PAGES && done < pages; n++, done++)
            out[done] = state_of(e, first + done);
        dsm_engine_exit(e, &guard);
    }
    return DSM_OK;
}
