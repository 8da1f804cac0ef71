/*
 * dsm_ahead.c - going through new memory of this node's own, as a program does that fills its part of an array.
 *
 * Without this, each page of it would cost a fault, though nobody else has ever heard of it. A fault that continues
 * where the last one stopped opens twice as many pages as that; any other opens its own only, so that memory
 * used here and there is not taken for more than it is.
 */
#include "dsm_clock.h"
#include "dsm_engine.h"

#define WINDOW_MAX   64u
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
