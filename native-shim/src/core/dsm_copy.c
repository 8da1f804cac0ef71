#include "dsm_copy.h"

#include "dsm_diff.h"
#include "dsm_emit.h"
#include "dsm_interval.h"
#include "dsm_peer.h"
#include "dsm_slot.h"

/* ---- states ------------------------------------------------------------------------------------------ */

/* LEGAL[from] has a bit for each state it may move to. */
static const uint8_t LEGAL[] = {
    [DSM_COPY_NONE] = 1u << DSM_COPY_CLEAN | 1u << DSM_COPY_DIRTY | 1u << DSM_COPY_HOME,
    [DSM_COPY_CLEAN] = 1u << DSM_COPY_NONE | 1u << DSM_COPY_DIRTY | 1u << DSM_COPY_HOME,
    [DSM_COPY_DIRTY] = 1u << DSM_COPY_CLEAN | 1u << DSM_COPY_STALE | 1u << DSM_COPY_HOME,
    [DSM_COPY_STALE] = 1u << DSM_COPY_NONE | 1u << DSM_COPY_DIRTY | 1u << DSM_COPY_HOME,
    [DSM_COPY_HOME] = 1u << DSM_COPY_HOME | 1u << DSM_COPY_CLEAN,
};

/* Keeps the list of pages that a notice can mean something to. */
static void keep_cached(dsm_core *core, uint64_t page)
{
    struct dsm_copy *c = dsm_copy_at(core, page);
    int copy = c->state == DSM_COPY_CLEAN || c->state == DSM_COPY_DIRTY || c->state == DSM_COPY_STALE;
    int should = copy || (c->flags & DSM_COPY_FETCHING) != 0;
    if (should == ((c->flags & DSM_COPY_CACHED) != 0)) {
        return;
    }
    c->flags ^= DSM_COPY_CACHED;
    if (should) {
        c->newer = 0;
        c->older = core->cached_newest;
        if (c->older != 0) {
            dsm_copy_at(core, c->older - 1)->newer = page + 1;
        }
        core->cached_newest = page + 1;
        core->cached++;
        return;
    }
    if (c->newer == 0) {
        core->cached_newest = c->older;
    } else {
        dsm_copy_at(core, c->newer - 1)->older = c->older;
    }
    if (c->older != 0) {
        dsm_copy_at(core, c->older - 1)->newer = c->newer;
    }
    core->cached--;
}

static void gauge(dsm_core *core, enum dsm_access access, int change)
{
    if (access != DSM_ACCESS_NONE) {
        dsm_count_add(core, access == DSM_ACCESS_WRITE ? DSM_C_PAGES_OWNED : DSM_C_PAGES_SHARED,
                      (uint64_t)(int64_t)change);
    }
}

void dsm_copy_move(dsm_core *core, uint64_t page, enum dsm_copy_state state, int open)
{
    struct dsm_copy *c = dsm_copy_at(core, page);
    DSM_ASSERT(c->state <= DSM_COPY_HOME && state <= DSM_COPY_HOME);
    DSM_ASSERT((LEGAL[c->state] >> state & 1u) && (!open || state == DSM_COPY_HOME));
    enum dsm_access before = dsm_copy_access(c);
    c->state = (uint8_t)state;
    c->flags = (uint8_t)(open ? c->flags | DSM_COPY_OPEN : c->flags & ~DSM_COPY_OPEN);
    enum dsm_access after = dsm_copy_access(c);
    gauge(core, before, -1);
    gauge(core, after, 1);
    keep_cached(core, page);
    if (before != after) {
        dsm_emit_protect(core, page, after);
    }
}

void dsm_copy_fetching(dsm_core *core, uint64_t page, int fetching)
{
    struct dsm_copy *c = dsm_copy_at(core, page);
    DSM_ASSERT(fetching != ((c->flags & DSM_COPY_FETCHING) != 0));
    c->flags = (uint8_t)(fetching ? c->flags | DSM_COPY_FETCHING : c->flags & ~(DSM_COPY_FETCHING | DSM_COPY_AGAIN));
    core->fetching += fetching ? 1u : UINT32_MAX;
    keep_cached(core, page);
}

/* ---- threads -------------------------------------------------------------------------------------------- */

static void fail_waiters(dsm_core *core, uint64_t page, int status)
{
    struct dsm_copy *c = dsm_copy_at(core, page);
    for (uint32_t slot; (slot = dsm_list_pop(core, &c->waiters)) != DSM_NO_SLOT;) {
        dsm_slot_release(core, slot);
        dsm_emit_wake(core, slot, status);
    }
}

uint32_t dsm_copy_way(const dsm_core *core, uint64_t page)
{
    const struct dsm_copy *c = dsm_copy_at(core, page);
    uint32_t directory = dsm_core_home(&core->config, page);
    DSM_ASSERT(c->state != DSM_COPY_HOME && c->home != core->config.node + 1);
    if (c->home != 0 && !dsm_peer_gone(core, c->home - 1)) {
        return c->home - 1;
    }
    return directory == core->config.node || dsm_peer_gone(core, directory) ? DSM_NO_NODE : directory;
}

void dsm_copy_want(dsm_core *core, uint64_t page)
{
    struct dsm_copy *c = dsm_copy_at(core, page);
    if ((c->flags & (DSM_COPY_FETCHING | DSM_COPY_FLUSHED)) != 0 || dsm_list_empty(&c->waiters)) {
        return; /* what this node wrote must be home before it asks: the answer is to hold it */
    }
    DSM_ASSERT(c->state == DSM_COPY_NONE || c->state == DSM_COPY_STALE);
    uint32_t home = dsm_copy_way(core, page);
    if (home == DSM_NO_NODE) {
        fail_waiters(core, page, DSM_E_LOST);
    } else {
        c->fetch = ++core->fetches;
        dsm_copy_fetching(core, page, 1);
        const dsm_message message = {
            .type = DSM_MSG_FETCH, .subject = page, .origin = core->config.node, .number = c->fetch};
        dsm_emit_send(core, home, &message, 0);
    }
}

/* The copy is written from now on. There is room. */
static void begin_writing(dsm_core *core, uint64_t page)
{
    struct dsm_copy *c = dsm_copy_at(core, page);
    c->twin = dsm_interval_take_twin(core) + 1;
    dsm_emit_twin(core, page, c->twin - 1); /* before the first write, which PROTECT lets in */
    if ((c->flags & DSM_COPY_LISTED) == 0) {
        dsm_interval_list(core, page);
    }
    dsm_copy_move(core, page, DSM_COPY_DIRTY, 0);
}

/* A thread wants to write a page that is here for reading. 1 when that is settled, one way or the other; 0 when
 * there is no room to track one more written page. */
static int open_for_writing(dsm_core *core, uint64_t page)
{
    struct dsm_copy *c = dsm_copy_at(core, page);
    if (c->state == DSM_COPY_HOME && dsm_copy_exclusive(core, c)) {
        c->flags &= (uint8_t)~DSM_COPY_SHARED;
        c->dies = 0;
        dsm_copy_move(core, page, DSM_COPY_HOME, 1);
        return 1;
    }
    if (!dsm_interval_has_room(core, c)) {
        return 0;
    }
    if (c->state == DSM_COPY_CLEAN) {
        begin_writing(core, page);
        return 1;
    }
    if ((c->flags & DSM_COPY_LISTED) == 0) {
        dsm_interval_list(core, page);
        c->writer = 0;
        c->streak = 0;
    }
    dsm_copy_move(core, page, DSM_COPY_HOME, 1);
    return 1;
}

void dsm_copy_advance(dsm_core *core, uint32_t slot)
{
    struct dsm_slot *s = dsm_slot_at(core, slot);
    uint64_t page = s->page;
    struct dsm_copy *c = dsm_copy_at(core, page);
    DSM_ASSERT(s->kind == DSM_SLOT_FAULT);
    while (dsm_copy_access(c) < s->need) {
        if (c->home == 0 && dsm_core_home(&core->config, page) == core->config.node) {
            dsm_copy_become_home(core, page);
            continue;
        }
        if (c->state != DSM_COPY_HOME && c->state != DSM_COPY_CLEAN) {
            dsm_list_append(core, &c->waiters, slot);
            dsm_copy_want(core, page);
            return;
        }
        if (!open_for_writing(core, page)) {
            if (core->interval.flushing) {
                dsm_list_append(core, &core->interval.room_waiters, slot);
                return;
            }
            dsm_interval_flush(core);
        }
    }
    s->kind = DSM_SLOT_PASSING;
    dsm_emit_wake(core, slot, DSM_OK);
}

void dsm_copy_serve_waiters(dsm_core *core, uint64_t page)
{
    struct dsm_list list = dsm_copy_at(core, page)->waiters;
    dsm_copy_at(core, page)->waiters = (struct dsm_list){0, 0};
    for (uint32_t slot; (slot = dsm_list_pop(core, &list)) != DSM_NO_SLOT;) {
        dsm_copy_advance(core, slot);
    }
}

int dsm_copy_fault(dsm_core *core, const dsm_event *event)
{
    if (event->page >= core->config.pages || event->slot >= core->config.slots || event->thread == 0 ||
        event->write > 1 || dsm_slot_at(core, event->slot)->kind != DSM_SLOT_FREE) {
        return DSM_E_ARGUMENT;
    }
    struct dsm_copy *c = dsm_copy_at(core, event->page);
    struct dsm_slot *s = dsm_slot_take(core, event->slot, DSM_SLOT_FAULT, event->thread);
    s->page = event->page;
    s->need = event->write ? DSM_ACCESS_WRITE : DSM_ACCESS_READ;
    dsm_count(core, event->write ? DSM_C_WRITE_FAULTS : DSM_C_READ_FAULTS);
    core->own_slot = event->slot;
    core->own_status = DSM_PENDING;
    if (dsm_copy_access(c) >= s->need) {
        /* Another thread's fault opened it meanwhile, or the driver had narrowed the mapping. */
        if (DSM_MUTANT_IS(DSM_MUTANT_LATE_TWIN) && event->write && c->state == DSM_COPY_DIRTY) {
            dsm_emit_twin(core, event->page, c->twin - 1);
        }
        dsm_emit_protect(core, event->page, dsm_copy_access(c));
    }
    dsm_copy_advance(core, event->slot);
    if (core->own_status == DSM_OK) {
        dsm_count(core, DSM_C_SOFT_FAULTS);
    }
    return core->own_status;
}

int dsm_copy_evict(dsm_core *core, const dsm_event *event)
{
    uint64_t page = event->page;
    if (page >= core->config.pages || event->flags > DSM_EVICT_REFRESH || !dsm_copy_is(core, page)) {
        return DSM_E_ARGUMENT;
    }
    if (event->flags & DSM_EVICT_REFRESH) {
        dsm_copy_noticed(core, page);
        return DSM_OK;
    }
    if (dsm_copy_at(core, page)->state != DSM_COPY_CLEAN) {
        return DSM_E_BUSY;
    }
    dsm_copy_move(core, page, DSM_COPY_NONE, 0);
    return DSM_OK;
}

/* ---- notices, and this node's own release ------------------------------------------------------------------ */

void dsm_copy_noticed(dsm_core *core, uint64_t page)
{
    struct dsm_copy *c = dsm_copy_at(core, page);
    if (c->state == DSM_COPY_HOME) {
        return; /* what was written is in since before it was made known */
    }
    if (c->flags & DSM_COPY_FETCHING) {
        c->flags |= DSM_COPY_AGAIN;
    }
    if (c->state == DSM_COPY_CLEAN) {
        dsm_count(core, DSM_C_NOTICED);
        dsm_copy_move(core, page, DSM_COPY_NONE, 0);
    } else if (c->state == DSM_COPY_DIRTY && !DSM_MUTANT_IS(DSM_MUTANT_DROPPED_NOTICE)) {
        dsm_count(core, DSM_C_NOTICED);
        dsm_copy_move(core, page, DSM_COPY_STALE, 0);
    }
}

void dsm_copy_noticed_range(dsm_core *core, const dsm_range *range)
{
    if (range->count <= core->cached) {
        for (uint64_t page = range->first; page < range->first + range->count; page++) {
            if (dsm_copy_is(core, page)) {
                dsm_copy_noticed(core, page);
            }
        }
        return;
    }
    for (uint64_t mark = core->cached_newest; mark != 0;) {
        uint64_t page = mark - 1;
        mark = dsm_copy_at(core, page)->older; /* before it may leave the list */
        if (page - range->first < range->count) {
            dsm_copy_noticed(core, page);
        }
    }
}

void dsm_copy_close(dsm_core *core, uint64_t page)
{
    struct dsm_copy *c = dsm_copy_at(core, page);
    DSM_ASSERT(c->flags & DSM_COPY_LISTED);
    c->flags &= (uint8_t)~DSM_COPY_LISTED;
    if (c->state == DSM_COPY_HOME) {
        c->flags |= DSM_COPY_CLOSED;
        dsm_copy_move(core, page, DSM_COPY_HOME, (c->flags & DSM_COPY_SHARED) == 0);
    } else if (c->state == DSM_COPY_DIRTY) {
        dsm_copy_move(core, page, DSM_COPY_CLEAN, 0);
    } else if (c->state == DSM_COPY_STALE) {
        dsm_copy_move(core, page, DSM_COPY_NONE, 0);
        if (c->flags & DSM_COPY_FETCHING) {
            c->flags |= DSM_COPY_AGAIN; /* the answer under way may lack what is written here */
        }
    }
}

/* ---- messages ------------------------------------------------------------------------------------------------ */

static int check_home_side(const dsm_core *core, uint32_t peer, const dsm_message *m)
{
    const struct dsm_copy *c = dsm_copy_at(core, m->subject);
    uint32_t own = core->config.node;
    int directory = dsm_core_home(&core->config, m->subject) == own;
    int knows = c->state == DSM_COPY_HOME || (c->home != 0 && c->home - 1 != own);
    if (m->origin >= core->config.nodes) {
        return DSM_E_PROTOCOL;
    }
    if (m->type == DSM_MSG_FETCH) {
        return knows || (directory && m->origin != own) ? DSM_OK : DSM_E_PROTOCOL;
    }
    /* After a loss its own may come back: when it was asked about again and this node has become the home meanwhile, or
     * when this node is the directory. */
    int returned = (m->flags & DSM_FLAG_FORWARDED) && (core->any_gone || core->any_said_gone);
    int legal = knows && (m->origin != own || returned || DSM_MUTANT_IS(DSM_MUTANT_DIFF_TWICE)) &&
                (m->origin == peer || (m->flags & DSM_FLAG_FORWARDED)) &&
                dsm_diff_check(m->body, m->body_length, core->config.page_bytes) == 0;
    return legal ? DSM_OK : DSM_E_PROTOCOL;
}

static int check_give(const dsm_core *core, const dsm_message *m)
{
    const struct dsm_copy *c = dsm_copy_at(core, m->subject);
    if (c->state == DSM_COPY_HOME || m->epoch <= c->epoch) {
        return DSM_E_PROTOCOL;
    }
    return (m->flags & DSM_FLAG_HAS_PAGE) || c->state == DSM_COPY_NONE ? DSM_OK : DSM_E_PROTOCOL;
}

int dsm_copy_check(const dsm_core *core, uint32_t peer, const dsm_message *m)
{
    if (m->subject >= core->config.pages || !dsm_copy_is(core, m->subject)) {
        return DSM_E_PROTOCOL;
    }
    switch (m->type) {
    case DSM_MSG_FETCH:
    case DSM_MSG_DIFF:
        return check_home_side(core, peer, m);
    case DSM_MSG_GIVE:
        return check_give(core, m);
    case DSM_MSG_HOME_IS:
        return dsm_core_home(&core->config, m->subject) == core->config.node ? DSM_OK : DSM_E_PROTOCOL;
    default:
        return DSM_OK;
    }
}

/* `peer` was home in `epoch`: what is sent to it finds the home. */
static void learn_home(struct dsm_copy *c, uint32_t peer, uint32_t epoch)
{
    /* (while a diff is under way, what follows it is to take the same way) */
    if (c->state != DSM_COPY_HOME && (c->flags & DSM_COPY_FLUSHED) == 0 && epoch >= c->epoch) {
        c->home = peer + 1;
        c->epoch = epoch;
    }
}

void dsm_copy_home_is(dsm_core *core, uint32_t peer, const dsm_message *m)
{
    learn_home(dsm_copy_at(core, m->subject), peer, (uint32_t)m->epoch);
}

static int writer_waits(const dsm_core *core, const struct dsm_copy *c)
{
    for (uint32_t at = c->waiters.head; at != 0; at = dsm_slot_at(core, at - 1)->next) {
        if (dsm_slot_at(core, at - 1)->need == DSM_ACCESS_WRITE) {
            return 1;
        }
    }
    return 0;
}

void dsm_copy_received(dsm_core *core, uint32_t peer, const dsm_message *m)
{
    uint64_t page = m->subject;
    struct dsm_copy *c = dsm_copy_at(core, page);
    if ((c->flags & DSM_COPY_FETCHING) == 0 || c->fetch != m->number) {
        return; /* this node has become the page's home meanwhile, and may have given it away again */
    }
    int again = (c->flags & DSM_COPY_AGAIN) != 0;
    dsm_copy_fetching(core, page, 0);
    if (m->flags & DSM_FLAG_LOST) {
        fail_waiters(core, page, DSM_E_LOST);
        return;
    }
    learn_home(c, peer, (uint32_t)m->epoch);
    if (again) {
        dsm_copy_want(core, page);
        return;
    }
    DSM_ASSERT((c->flags & DSM_COPY_FLUSHED) == 0);
    if (!dsm_list_empty(&c->waiters)) {
        dsm_count_fetch(core, core->now - dsm_slot_at(core, c->waiters.head - 1)->since);
    }
    dsm_count(core, DSM_C_PAGES_FETCHED);
    if (c->state == DSM_COPY_STALE) {
        dsm_emit_merge(core, page, c->twin - 1, m->page);
        dsm_copy_move(core, page, DSM_COPY_DIRTY, 0);
    } else {
        DSM_ASSERT(c->state == DSM_COPY_NONE);
        dsm_emit_install(core, page, m->page);
        /* one PROTECT less where the writer's way is clear */
        if (writer_waits(core, c) && dsm_interval_has_room(core, c)) {
            begin_writing(core, page);
        } else {
            dsm_copy_move(core, page, DSM_COPY_CLEAN, 0);
        }
    }
    dsm_copy_serve_waiters(core, page);
}

/* The bytes of the home before meet those that are here. */
static void take_over(dsm_core *core, uint64_t page, const uint8_t *bytes)
{
    struct dsm_copy *c = dsm_copy_at(core, page);
    if (c->state == DSM_COPY_DIRTY) {
        dsm_copy_move(core, page, DSM_COPY_STALE, 0); /* closed while it is merged */
    } else if (c->state == DSM_COPY_CLEAN) {
        dsm_copy_move(core, page, DSM_COPY_NONE, 0);
    }
    if (c->state == DSM_COPY_STALE) {
        dsm_emit_merge(core, page, c->twin - 1, bytes);
        dsm_interval_give_twin(core, c->twin - 1);
        c->twin = 0;
    } else {
        dsm_emit_install(core, page, bytes);
    }
}

void dsm_copy_given(dsm_core *core, uint32_t peer, const dsm_message *m)
{
    uint64_t page = m->subject;
    struct dsm_copy *c = dsm_copy_at(core, page);
    uint32_t directory = dsm_core_home(&core->config, page);
    int open = c->state == DSM_COPY_DIRTY || (m->flags & DSM_FLAG_ZERO) != 0;
    if (c->flags & DSM_COPY_FETCHING) {
        dsm_copy_fetching(core, page, 0);
    }
    if (m->flags & DSM_FLAG_HAS_PAGE) {
        take_over(core, page, m->page);
        c->flags |= DSM_COPY_SHARED; /* who has copies is not told: all may */
        dsm_count(core, DSM_C_HOMES_MOVED);
    }
    c->home = core->config.node + 1;
    c->epoch = (uint32_t)m->epoch;
    c->dies = 0;
    c->writer = 0;
    c->streak = 0;
    dsm_copy_move(core, page, DSM_COPY_HOME, open);
    if (directory != core->config.node && directory != peer) {
        const dsm_message message = {.type = DSM_MSG_HOME_IS, .subject = page, .epoch = m->epoch};
        dsm_emit_send(core, directory, &message, 0);
    }
    dsm_copy_serve_waiters(core, page);
}

/* ---- a node is gone -------------------------------------------------------------------------------------------- */

void dsm_copy_peer_gone(dsm_core *core)
{
    if (core->copies == NULL) {
        return;
    }
    /* Whether what was asked of another node had been passed on to the lost one is not known here: it is asked again. */
    uint32_t before = core->fetches;
    for (uint32_t slot = 0; slot < core->config.slots; slot++) {
        const struct dsm_slot *s = dsm_slot_at(core, slot);
        if (s->kind != DSM_SLOT_FAULT || !dsm_copy_is(core, s->page)) {
            continue;
        }
        uint64_t page = s->page;
        struct dsm_copy *c = dsm_copy_at(core, page);
        if ((c->flags & DSM_COPY_FETCHING) && (int32_t)(c->fetch - before) <= 0) {
            dsm_copy_fetching(core, page, 0);
            dsm_copy_want(core, page);
        }
    }
}
