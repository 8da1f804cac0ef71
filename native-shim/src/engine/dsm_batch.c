/* dsm_batch.c - steps the core and does what its actions say: protect, send, wake, in this order per batch. */
#define _GNU_SOURCE
#include <assert.h>
#include <string.h>

#include "dsm_clock.h"
#include "dsm_engine.h"

#define AROUND_PAGES  512u   /* how far a soft fault looks around itself */
#define POKE_SLACK_NS 10000u /* the service thread is not woken for less */

static_assert((int)DSM_PAGER_NONE == DSM_ACCESS_NONE && (int)DSM_PAGER_READ == DSM_ACCESS_READ &&
                  (int)DSM_PAGER_WRITE == DSM_ACCESS_WRITE,
              "core and pager speak of the same access");
static_assert(DSM_HEAD_MAX <= DSM_LINK_HEAD_MAX, "a link takes every head of the core");
static_assert(DSM_RESULT_OK == DSM_OK && DSM_RESULT_PENDING == DSM_PENDING && DSM_RESULT_ORPHANED == DSM_ORPHANED,
              "dsm.h names the core's outcomes");

/* ---- protecting -------------------------------------------------------------------------------------- */

static void flush_protects(dsm_engine *e)
{
    dsm_batch *b = &e->batch;
    for (uint32_t i = 0; i < b->protects;) {
        uint32_t run = 1;
        while (i + run < b->protects && b->protect[i + run].page == b->protect[i].page + run &&
               b->protect[i + run].access == b->protect[i].access && b->protect[i + run].needed == b->protect[i].needed)
            run++;
        if (b->protect[i].needed)
            e->pager->operations->protect(e->pager, b->protect[i].page, run, b->protect[i].access);
        i += run;
    }
    if (b->protects != 0) {
        dsm_engine_count(e, DSM_C_MAPPINGS, e->pager->mappings);
        dsm_engine_count(e, DSM_C_COALESCED, e->pager->narrowed);
    }
    b->protects = 0;
}

static uint32_t find_protect(const dsm_batch *b, uint64_t page)
{
    for (uint32_t i = b->protects; i > 0; i--)
        if (b->protect[i - 1].page == page)
            return i - 1;
    return DSM_BATCH_PROTECTS;
}

static bool is_gathered(const dsm_engine *e, uint64_t page)
{
    for (uint32_t n = e->batch.dirty; n != DSM_NO_NODE; n = e->remotes[n].next_dirty)
        if (dsm_link_holds(&e->remotes[n].link, dsm_engine_view(e, page)))
            return true;
    return false;
}

static void protect(dsm_engine *e, uint64_t page, uint32_t access)
{
    dsm_batch *b = &e->batch;
    if (e->config.nodes == 1)
        return; /* all open for ever */
    /* What is to be sent must be read before anybody may write it. */
    if (access == DSM_ACCESS_WRITE && is_gathered(e, page))
        dsm_engine_flush(e);
    uint32_t at = find_protect(b, page);
    if (at == DSM_BATCH_PROTECTS) {
        if (b->protects == DSM_BATCH_PROTECTS)
            flush_protects(e);
        at = b->protects++;
    }
    b->protect[at].page = page;
    b->protect[at].access = (uint8_t)access;
    b->protect[at].needed = access < dsm_pager_mapped(e->pager, page);
}

void dsm_engine_settle(dsm_engine *e, uint64_t page)
{
    if (find_protect(&e->batch, page) != DSM_BATCH_PROTECTS)
        flush_protects(e);
}

void dsm_engine_sent(dsm_engine *e, uint64_t page)
{
    if (is_gathered(e, page))
        dsm_engine_flush(e);
}

void dsm_engine_need(dsm_engine *e, uint64_t page)
{
    dsm_batch *b = &e->batch;
    for (uint32_t i = 0; i < b->protects; i++)
        if (b->protect[i].page + 1 >= page && b->protect[i].page <= page + 1)
            b->protect[i].needed = true;
}

/* Whether a page is as closed as one that is opened, for no other reason. */
static bool opens_too(const dsm_engine *e, uint64_t page, enum dsm_access access)
{
    return dsm_core_access(e->core, page) == access &&
           dsm_pager_mapped(e->pager, page) != (enum dsm_pager_access)access && !dsm_pager_discarded(e->pager, page);
}

void dsm_engine_open_around(dsm_engine *e, uint64_t page)
{
    flush_protects(e); /* what closes must be closed before its neighbours are judged */
    enum dsm_access access = dsm_core_access(e->core, page);
    uint64_t chunk = page - page % AROUND_PAGES, limit = chunk + AROUND_PAGES;
    if (limit > e->config.pages)
        limit = e->config.pages;
    uint64_t first = page, end = page + 1;
    if (dsm_pager_mapped(e->pager, page) == (enum dsm_pager_access)access) {
        e->pager->operations->reopen(e->pager, page);
        return;
    }
    while (first > chunk && opens_too(e, first - 1, access))
        first--;
    while (end < limit && opens_too(e, end, access))
        end++;
    e->pager->operations->protect(e->pager, first, end - first, (enum dsm_pager_access)access);
    dsm_engine_count(e, DSM_C_MAPPINGS, e->pager->mappings);
}

/* ---- sending ------------------------------------------------------------------------------------------- */

static void flush_remote(dsm_engine *e, uint32_t node)
{
    dsm_remote *r = &e->remotes[node];
    if (!r->open)
        return;
    int rc = dsm_link_flush(&r->link);
    bool wants = rc == 1;
    if (rc < 0) {
        /* The reader finds the end of the stream, and with it what else there is to be done. */
        r->link.gathered = 0;
        e->transport->shut(e->transport, r->link.socket);
    }
    if (wants == atomic_load_explicit(&r->wants_output, memory_order_relaxed))
        return;
    dsm_poller_output(&e->poller, r->link.socket, node, wants);
    atomic_store_explicit(&r->wants_output, wants, memory_order_relaxed);
}

void dsm_engine_flush(dsm_engine *e)
{
    flush_protects(e);
    while (e->batch.dirty != DSM_NO_NODE) {
        uint32_t node = e->batch.dirty;
        e->batch.dirty = e->remotes[node].next_dirty;
        e->remotes[node].dirty = false;
        flush_remote(e, node);
    }
    e->batch.copied = 0;
}

bool dsm_engine_make_room(dsm_engine *e, uint32_t peer)
{
    dsm_remote *r = &e->remotes[peer];
    if (!r->open)
        return false; /* gone, or not there yet: whoever waits for an answer is told of the loss */
    if (dsm_link_full(&r->link))
        dsm_engine_flush(e);
    return true;
}

void dsm_engine_gather(dsm_engine *e, uint32_t peer, const uint8_t *head, uint32_t length, const uint8_t *body,
                       uint32_t body_length)
{
    if (!dsm_engine_make_room(e, peer))
        return;
    dsm_remote *r = &e->remotes[peer];
    dsm_link_gather(&r->link, head, length, body, body_length);
    dsm_engine_count_add(e, DSM_C_BYTES_OUT, length + body_length);
    if (r->dirty)
        return;
    r->dirty = true;
    r->next_dirty = e->batch.dirty;
    e->batch.dirty = peer;
}

void dsm_engine_send(dsm_engine *e, uint32_t peer, const uint8_t *head, uint32_t length)
{
    dsm_engine_gather(e, peer, head, length, NULL, 0);
}

/* ---- the core's actions -------------------------------------------------------------------------------- */

static void install(dsm_engine *e, const dsm_action *action)
{
    dsm_engine_settle(e, action->page);
    dsm_engine_sent(e, action->page);
    memcpy(dsm_engine_view(e, action->page), action->bytes, e->config.page_bytes);
}

static void send(dsm_engine *e, const dsm_action *action)
{
    if (action->with_diff || action->length != 0)
        dsm_twin_send(e, action);
    else
        dsm_engine_gather(e, action->peer, action->head, action->head_length,
                          action->with_page ? dsm_engine_view(e, action->page) : NULL,
                          action->with_page ? e->config.page_bytes : 0);
}

static void sink(void *context, const dsm_action *action)
{
    dsm_engine *e = context;
    switch (action->type) {
    case DSM_ACT_SEND:
        send(e, action);
        break;
    case DSM_ACT_PROTECT:
        protect(e, action->page, action->access);
        break;
    case DSM_ACT_INSTALL:
        install(e, action);
        break;
    case DSM_ACT_TWIN:
        dsm_twin_take(e, action);
        break;
    case DSM_ACT_APPLY:
        dsm_twin_apply(e, action);
        break;
    case DSM_ACT_MERGE:
        dsm_twin_merge(e, action);
        break;
    case DSM_ACT_ATOMIC:
        dsm_twin_atomic(e, action);
        break;
    case DSM_ACT_WAKE:
        if (e->slots[action->slot].use == DSM_USE_FAULT)
            dsm_engine_need(e, e->slots[action->slot].page);
        dsm_engine_ended(e, action->slot, action->status, action->result);
        break;
    case DSM_ACT_LOST:
        e->remotes[action->peer].lost = true;
        e->remotes[action->peer].status = action->status;
        e->batch.lost++;
        break;
    }
}

int dsm_engine_step(dsm_engine *e, const dsm_event *event, uint64_t now)
{
    return dsm_core_step(e->core, event, now, sink, e);
}

void dsm_engine_tick(dsm_engine *e, uint64_t now)
{
    if (!e->connected || now < atomic_load_explicit(&e->deadline, memory_order_relaxed))
        return;
    dsm_event tick = {.type = DSM_EV_TICK};
    dsm_engine_step(e, &tick, now);
    atomic_store_explicit(&e->deadline, dsm_core_deadline(e->core), memory_order_relaxed);
}

/* ---- the lock --------------------------------------------------------------------------------------------- */

void dsm_engine_lock(dsm_engine *e)
{
    dsm_mutex_lock(&e->lock);
}

/* A deadline may be DSM_FOREVER, to which nothing can be added. */
static bool is_well_before(uint64_t deadline, uint64_t wakes_at)
{
    return deadline < wakes_at && wakes_at - deadline > POKE_SLACK_NS;
}

void dsm_engine_unlock(dsm_engine *e)
{
    dsm_batch *b = &e->batch;
    dsm_engine_ahead_ended(e);
    dsm_engine_flush(e);
    if (b->lost != 0)
        dsm_engine_lost(e);
    uint64_t deadline = dsm_core_deadline(e->core);
    atomic_store_explicit(&e->deadline, deadline, memory_order_relaxed);
    bool nudge = b->nudge;
    bool poke = b->poke || (e->connected && is_well_before(deadline, e->service_wakes_at));
    if (poke && !b->poke)
        e->service_wakes_at = deadline;
    uint32_t wakes = b->wakes;
    _Atomic uint32_t *wake[DSM_BATCH_WAKES];
    memcpy(wake, b->wake, wakes * sizeof wake[0]);
    b->nudge = b->poke = false;
    b->wakes = 0;
    dsm_mutex_unlock(&e->lock);
    for (uint32_t i = 0; i < wakes; i++)
        dsm_futex_wake(wake[i], 1);
    if (wakes != 0)
        atomic_fetch_add_explicit(&e->woken, wakes, memory_order_relaxed);
    if (nudge)
        dsm_poller_nudge(&e->poller);
    if (poke)
        dsm_poller_poke(&e->poller);
}

void dsm_engine_enter(dsm_engine *e, dsm_guard *guard)
{
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &guard->before);
    dsm_engine_lock(e);
}

void dsm_engine_exit(dsm_engine *e, const dsm_guard *guard)
{
    dsm_engine_unlock(e);
    pthread_sigmask(SIG_SETMASK, &guard->before, NULL);
}
