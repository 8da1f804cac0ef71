/*
 * dsm_ahead.c - going through memory from one end to the other.
 *
 * New memory of this node's own, as a program does that fills its part of an array: without this, each page of it would cost a fault, though nobody else has ever heard of it. A fault that continues
 * where the last one stopped opens twice as many pages as that; any other opens its own only, so that memory
 * used here and there is not taken for more than it is.
 *
 * Memory that lies elsewhere, and is read: a fault that continues where the last ones stopped asks for pages behind it as well,
 * in one message, and does not wait for them; each time twice as many, and the next ones while the last are being read, so that
 * the connection is never idle (as file systems read ahead: McKusick et al. 1984). A page that came too early
 * is a copy like any other.
 */
#include "dsm_clock.h"
#include "dsm_engine.h"

#define WINDOW_MAX   64u
#define READ_MAX     32u  /* pages of one read-ahead */
#define ASKED_MAX    128u /* of all, on their way */
#define STREAM_PAGES 512u /* streams are told apart by where they are */

/* One page as if the thread had touched it; false if it is not to be had just so. */
static bool open_one(dsm_engine *e, uint64_t page, uint32_t write, uint64_t now)
{
    dsm_waiter waiter = {0};
    if (page >= e->config.pages || !dsm_core_fresh(e->core, page))
        return false;
    uint32_t slot = dsm_engine_take_slot(e, DSM_USE_FAULT, &waiter);
    if (slot == DSM_NO_SLOT)
        return false;
    e->slots[slot].page = page;
    dsm_event fault = {.type = DSM_EV_FAULT,
                       .slot = slot,
                       .page = page,
                       .write = write,
                       .thread = (uint64_t)pthread_self(),
                       .pc = page};
    dsm_event resumed = {.type = DSM_EV_RESUMED, .slot = slot};
    dsm_engine_step(e, &fault, now); /* ends at once: nobody else has it */
    dsm_engine_need(e, page);
    dsm_engine_step(e, &resumed, now);
    dsm_engine_free_slot(e, slot);
    return true;
}

void dsm_engine_open_ahead(dsm_engine *e, uint64_t page, uint32_t write)
{
    dsm_stream *stream = &e->streams[page / STREAM_PAGES % DSM_STREAMS];
    uint64_t now = dsm_clock_now(), end = page + 1;
    uint32_t window = 1;
    if (stream->next == page && stream->window != 0)
        window = stream->window < WINDOW_MAX / 2 ? 2 * stream->window : WINDOW_MAX;
    while (end < page + window && open_one(e, end, write, now))
        end++;
    stream->window = window;
    stream->next = end;
}

/* ---- reading ----------------------------------------------------------------------------------------------- */

static void resume(dsm_engine *e, uint32_t slot)
{
    dsm_event resumed = {.type = DSM_EV_RESUMED, .slot = slot};
    dsm_engine_step(e, &resumed, dsm_clock_now());
    dsm_engine_free_slot(e, slot);
}

/* Asks for a page for nobody; false if no more should be asked for. */
static bool ask(dsm_engine *e, uint64_t page, uint64_t now)
{
    if (page >= e->config.pages || e->ahead.remaining >= ASKED_MAX || dsm_pager_discarded(e->pager, page))
        return false;
    if (dsm_core_access(e->core, page) != DSM_ACCESS_NONE)
        return true;
    uint32_t slot = dsm_engine_take_slot(e, DSM_USE_AHEAD, &e->ahead);
    if (slot == DSM_NO_SLOT)
        return false;
    dsm_event fault = {.type = DSM_EV_FAULT, .slot = slot, .page = page, .thread = (uint64_t)pthread_self()};
    int rc = dsm_engine_step(e, &fault, now);
    if (rc == DSM_PENDING)
        return true;
    e->ahead.remaining--;
    if (rc == DSM_OK)
        resume(e, slot);
    else
        dsm_engine_free_slot(e, slot); /* the core has not kept it */
    return rc == DSM_OK;
}

void dsm_engine_read_ahead(dsm_engine *e, uint64_t page)
{
    dsm_reading *r = &e->readings[page / STREAM_PAGES % DSM_STREAMS];
    if (page < r->first || page > r->end || r->end == 0) {
        *r = (dsm_reading){.first = page, .end = page + 1};
        return;
    }
    uint64_t end = page + 1 > r->end ? page + 1 : r->end, now = dsm_clock_now();
    if (page + r->window / 2 < r->end)
        return; /* there is time */
    uint32_t window = r->window == 0 ? 2 : r->window < READ_MAX / 2 ? 2 * r->window : READ_MAX, asked = 0;
    while (asked < window && ask(e, end + asked, now))
        asked++;
    *r = (dsm_reading){.first = page, .end = end + asked, .window = window};
}

void dsm_engine_ahead_ended(dsm_engine *e)
{
    while (e->ahead_ended != DSM_NO_SLOT) {
        uint32_t slot = e->ahead_ended;
        e->ahead_ended = e->slots[slot].next;
        if (e->slots[slot].status >= 0)
            resume(e, slot);
        else
            dsm_engine_free_slot(e, slot); /* the core has let go of it */
    }
}
