/*
 * dsm_check_release.c - the consistency of what RELEASE pages need.
 */
#include "dsm_check.h"

#include "dsm_copy.h"
#include "dsm_slot.h"

static const char *check_waiters(const dsm_core *core, uint64_t page, const struct dsm_copy *c, struct dsm_sums *sums)
{
    int64_t waiters = dsm_check_list(core, &c->waiters, 1u << DSM_SLOT_FAULT);
    CHECK(waiters >= 0, "copy: waiters are not a list of faults");
    for (uint32_t at = c->waiters.head; at != 0; at = dsm_slot_at(core, at - 1)->next) {
        CHECK(dsm_slot_at(core, at - 1)->page == page, "copy: a waiter is in the wrong list");
    }
    int here = c->state != DSM_COPY_NONE && c->state != DSM_COPY_STALE;
    CHECK(waiters == 0 || !here, "copy: a thread waits for what is here");
    CHECK(waiters == 0 || (c->flags & (DSM_COPY_FETCHING | DSM_COPY_FLUSHED)),
          "copy: a thread waits and nothing was asked");
    sums->waiting -= (uint64_t)waiters;
    return NULL;
}

const char *dsm_check_copy(const dsm_core *core, uint64_t page, struct dsm_sums *sums)
{
    const struct dsm_copy *c = dsm_copy_at(core, page);
    int written = c->state == DSM_COPY_DIRTY || c->state == DSM_COPY_STALE;
    int home = c->state == DSM_COPY_HOME;
    int fetching = (c->flags & DSM_COPY_FETCHING) != 0;
    CHECK(c->state <= DSM_COPY_HOME, "copy: no such state");
    CHECK(written == (c->twin != 0) && c->twin <= core->config.twins,
          "copy: written without a twin, or a twin for nothing");
    CHECK(!written || (c->flags & DSM_COPY_LISTED), "copy: written and not listed");
    CHECK(home == (c->home == core->config.node + 1), "copy: home, and not known to be");
    CHECK(home || !(c->flags & (DSM_COPY_OPEN | DSM_COPY_SHARED | DSM_COPY_CLOSED)), "copy: a home's flags elsewhere");
    int untracked =
        (c->flags & (DSM_COPY_OPEN | DSM_COPY_SHARED | DSM_COPY_LISTED)) == (DSM_COPY_OPEN | DSM_COPY_SHARED);
    CHECK(!untracked, "copy: open to writers at its home, shared, and not listed");
    CHECK(!fetching || c->state == DSM_COPY_NONE || c->state == DSM_COPY_STALE, "copy: asked for though it is here");
    CHECK(fetching || !(c->flags & DSM_COPY_AGAIN), "copy: to be asked for again, and was not");
    int copy = written || c->state == DSM_COPY_CLEAN;
    CHECK((copy || fetching) == ((c->flags & DSM_COPY_CACHED) != 0), "copy: a notice would pass it by");
    enum dsm_access access = dsm_copy_access(c);
    sums->owned += access == DSM_ACCESS_WRITE;
    sums->shared += access == DSM_ACCESS_READ;
    sums->cached += (c->flags & DSM_COPY_CACHED) != 0;
    sums->fetching += (uint64_t)fetching;
    sums->listed += (c->flags & DSM_COPY_LISTED) != 0;
    sums->flushed += (c->flags & DSM_COPY_FLUSHED) != 0;
    sums->twins += c->twin != 0;
    return check_waiters(core, page, c, sums);
}

static const char *check_interval(const dsm_core *core, struct dsm_sums *sums)
{
    const struct dsm_interval *i = &core->interval;
    int64_t room = dsm_check_list(core, &i->room_waiters, 1u << DSM_SLOT_FAULT | 1u << DSM_SLOT_ATOMIC);
    CHECK(room >= 0, "interval: what waits for room is no list");
    sums->waiting -= (uint64_t)room;
    CHECK(i->sent <= i->flushed_count, "interval: more is sent than was written");
    CHECK(sums->listed == i->written_count + (i->flushed_count - i->sent), "interval: a written page is not listed");
    for (uint32_t at = i->sent; at < i->flushed_count; at++) {
        CHECK(dsm_copy_at(core, i->flushed[at])->flags & DSM_COPY_LISTED,
              "interval: what is to be sent does not know it");
    }
    for (uint32_t at = 0; at < i->written_count; at++) {
        CHECK(dsm_copy_at(core, i->written[at])->flags & DSM_COPY_LISTED, "interval: a listed page does not know it");
    }
    CHECK(sums->twins + i->twins_free_count == core->config.twins, "interval: a twin is lost");
    if (!i->flushing) {
        CHECK(i->outstanding == 0 && i->flushed_count == 0 && sums->flushed == 0,
              "interval: no release, and diffs of it");
        CHECK(i->room_waiters.head == 0, "interval: a writer waits for room and no release makes any");
        CHECK(!i->ready.lock_head && !i->ready.slot_head && !i->ready.page_head, "interval: something ready was left");
        const struct dsm_after *now = &i->now;
        const struct dsm_after *next = &i->next;
        CHECK(!now->lock_head && !now->slot_head && !now->page_head, "interval: something waits for no release");
        CHECK(!next->lock_head && !next->slot_head && !next->page_head,
              "interval: something waits for no next release");
        return NULL;
    }
    CHECK(i->outstanding != 0 || sums->flushed == 0 || i->sent < i->flushed_count,
          "interval: a diff is under way, and not awaited");
    for (uint32_t at = 1; at < i->flushed_count; at++) {
        CHECK(i->flushed[at - 1] < i->flushed[at], "interval: a page is made known twice");
    }
    return NULL;
}

const char *dsm_check_release(const dsm_core *core, struct dsm_sums *sums)
{
    if (core->copies == NULL) {
        return NULL;
    }
    CHECK(sums->cached == core->cached, "copies: count of cached ones is wrong");
    CHECK(sums->fetching == core->fetching, "copies: count of those asked for is wrong");
    uint64_t newer = 0;
    uint64_t length = 0;
    for (uint64_t at = core->cached_newest; at != 0; newer = at, at = dsm_copy_at(core, at - 1)->older) {
        CHECK(++length <= core->cached, "copies: the list of cached ones is no list");
        CHECK(dsm_copy_at(core, at - 1)->newer == newer, "copies: links disagree");
    }
    CHECK(length == core->cached, "copies: a cached one is not in the list");
    const char *wrong = check_interval(core, sums);
    return wrong != NULL ? wrong : dsm_notice_check_log(core->log);
}
