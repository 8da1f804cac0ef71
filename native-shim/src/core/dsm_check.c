/*
 * dsm_check.c - the state's own consistency, looked at from outside the parts that keep it. Slow.
 */
#include "dsm_check.h"

#include "dsm_barrier.h"
#include "dsm_copy.h"
#include "dsm_lock.h"
#include "dsm_page.h"
#include "dsm_peer.h"
#include "dsm_slot.h"

int64_t dsm_check_list(const dsm_core *core, const struct dsm_list *list, uint32_t kinds)
{
    int64_t length = 0;
    int64_t counted = 0;
    uint32_t last = 0;
    for (uint32_t at = list->head; at != 0;) {
        if (at > core->config.slots || ++length > (int64_t)core->config.slots) {
            return -1;
        }
        const struct dsm_slot *s = dsm_slot_at(core, at - 1);
        if ((kinds >> s->kind & 1u) == 0) {
            return -1;
        }
        counted += s->kind != DSM_SLOT_ATOMIC;
        last = at;
        at = s->next;
    }
    return last == list->tail ? counted : -1;
}

static const char *check_slots(const dsm_core *core, struct dsm_sums *sums)
{
    for (uint32_t i = 0; i < core->config.slots; i++) {
        const struct dsm_slot *s = dsm_slot_at(core, i);
        CHECK(s->kind <= DSM_SLOT_ATOMIC, "slot: no such kind");
        sums->slots += s->kind != DSM_SLOT_FREE;
        sums->lock_waiting += s->kind == DSM_SLOT_LOCK;
        sums->conditions += s->kind == DSM_SLOT_CONDITION;
        sums->atomics += s->kind == DSM_SLOT_ATOMIC;
        int low = s->kind == DSM_SLOT_GRANTED || (s->kind == DSM_SLOT_FAULT && s->pair == DSM_PAIR_HIGH);
        int high = s->kind == DSM_SLOT_GRANTED && s->pair == DSM_PAIR_HIGH;
        sums->holding += (uint64_t)low + (uint64_t)high;
        int waits = s->kind == DSM_SLOT_FAULT || s->kind == DSM_SLOT_LOCK || s->kind == DSM_SLOT_BARRIER;
        CHECK(waits || s->kind == DSM_SLOT_ATOMIC || s->next == 0, "slot: in a list though it does not wait");
        sums->waiting += (uint64_t)waits;
    }
    CHECK(sums->slots == core->slots_used, "slots: count of used ones is wrong");
    CHECK(sums->lock_waiting == core->lock_waiting, "locks: count of waiting threads is wrong");
    CHECK(sums->conditions == core->conditions, "conditions: count of waiting threads is wrong");
    CHECK(sums->atomics == core->atomics, "atomics: count is wrong");
    return NULL;
}

static const char *check_waiters(const dsm_core *core, uint64_t page, const struct dsm_page *p, struct dsm_sums *sums)
{
    int64_t waiters = dsm_check_list(core, &p->waiters, 1u << DSM_SLOT_FAULT | 1u << DSM_SLOT_ATOMIC);
    CHECK(waiters >= 0, "page: waiters are not a list of faults");
    CHECK(p->pending == DSM_ACCESS_NONE || !dsm_list_empty(&p->waiters), "page: asked for though nobody waits");
    int returning = (p->flags & DSM_PAGE_RETURNING) != 0;
    for (uint32_t at = p->waiters.head; at != 0; at = dsm_slot_at(core, at - 1)->next) {
        const struct dsm_slot *s = dsm_slot_at(core, at - 1);
        CHECK((s->pair == DSM_PAIR_HIGH ? s->high : s->page) == page, "page: a waiter is in the wrong list");
        int reachable = dsm_page_reach(p->state) >= s->need;
        CHECK(!reachable || p->deferred != DSM_DEFERRED_NONE, "page: a thread waits for what is here");
        CHECK(reachable || returning || p->pending != DSM_ACCESS_NONE, "page: a thread waits and nothing was asked");
    }
    sums->waiting -= (uint64_t)waiters;
    return NULL;
}

static const char *check_node_page(const dsm_core *core, uint64_t page, struct dsm_sums *sums)
{
    const struct dsm_page *p = dsm_page_at(core, page);
    CHECK(p->state <= DSM_PAGE_DIRTY && p->pending <= DSM_ACCESS_WRITE, "page: no such state");
    CHECK(p->pending == DSM_ACCESS_NONE || p->pending > dsm_page_reach(p->state), "page: asked for what it has");
    CHECK(p->held == 0 || p->state != DSM_PAGE_INVALID, "page: held though it is not here");
    CHECK(!(p->flags & DSM_PAGE_RETURNING) || p->deferred == DSM_DEFERRED_NONE, "page: returned and deferred at once");
    CHECK(p->deferred == DSM_DEFERRED_NONE || p->held != 0 || core->deferred_due <= p->hold_until,
          "page: deferred, and no tick will come for it");
    int shared_only = p->deferred == DSM_DEFERRED_INVALIDATE;
    int exclusive_only = p->deferred == DSM_DEFERRED_RECALL_NONE || p->deferred == DSM_DEFERRED_RECALL_READ;
    int exclusive = p->state == DSM_PAGE_CLEAN || p->state == DSM_PAGE_DIRTY;
    CHECK(!shared_only || p->state == DSM_PAGE_SHARED, "page: invalidation deferred in the wrong state");
    CHECK(!exclusive_only || exclusive, "page: recall deferred in the wrong state");
    sums->held += p->held;
    sums->deferred += p->deferred != DSM_DEFERRED_NONE;
    sums->owned += p->state == DSM_PAGE_DIRTY;
    sums->shared += p->state == DSM_PAGE_SHARED || p->state == DSM_PAGE_CLEAN;
    return check_waiters(core, page, p, sums);
}

static const char *check_active(const dsm_core *core, uint64_t page, const struct dsm_page *p)
{
    CHECK(p->active <= core->requests_fresh, "home: no such active request");
    const struct dsm_request *r = &core->requests[p->active - 1];
    CHECK(r->page == page && r->access != DSM_ACCESS_NONE, "home: active request is another page's");
    uint32_t spared = r->access == DSM_REQUEST_ATOMIC ? core->config.node : r->node;
    uint32_t others = dsm_page_count_sharers(core, page) - (uint32_t)dsm_page_shared_by(core, page, spared);
    CHECK(r->awaited == (r->recalled ? 1 : others), "home: count of awaited answers is wrong");
    CHECK(!r->recalled || p->owner != 0, "home: recalled though nobody owns it");
    return NULL;
}

static const char *check_home_page(const dsm_core *core, uint64_t page, struct dsm_sums *sums)
{
    const struct dsm_page *p = dsm_page_at(core, page);
    uint32_t own = core->config.node;
    if (dsm_core_home(&core->config, page) != own) {
        CHECK(p->owner == 0 && p->active == 0 && p->queue_head == 0, "home: directs a page of another home");
        CHECK(dsm_page_count_sharers(core, page) == 0, "home: sharers of a page of another home");
        return NULL;
    }
    CHECK(p->owner <= core->config.nodes, "home: no such owner");
    CHECK(p->owner == 0 || dsm_page_count_sharers(core, page) == 0, "home: owned and shared at once");
    CHECK(!(p->flags & DSM_PAGE_STALE) || p->owner != 0 || (p->flags & DSM_PAGE_GONE), "home: nobody has valid bytes");
    CHECK(p->active != 0 || p->queue_head == 0, "home: requests wait and none is served");
    int exclusive = p->state == DSM_PAGE_CLEAN || p->state == DSM_PAGE_DIRTY;
    int returning = (p->flags & DSM_PAGE_RETURNING) != 0; /* closed, and the home is not told yet */
    CHECK((exclusive || returning) == (p->owner == own + 1), "home: does not know what its own node has");
    CHECK((p->state == DSM_PAGE_SHARED && !returning) == dsm_page_shared_by(core, page, own) ||
              DSM_MUTANT_IS(DSM_MUTANT_MISSED_INVALIDATION) || DSM_MUTANT_IS(DSM_MUTANT_EARLY_ACK),
          "home: does not know that its own node shares it");
    uint64_t length = 0;
    uint32_t last = 0;
    for (uint32_t at = p->queue_head; at != 0; at = core->requests[at - 1].next) {
        CHECK(at <= core->requests_fresh && ++length <= core->requests_used, "home: queue is no list");
        CHECK(core->requests[at - 1].page == page, "home: another page's request in the queue");
        last = at;
    }
    CHECK(last == p->queue_tail, "home: queue's tail is wrong");
    sums->requests += length + (p->active != 0);
    return p->active != 0 ? check_active(core, page, p) : NULL;
}

static const char *check_pages(const dsm_core *core, struct dsm_sums *sums)
{
    for (uint64_t page = 0; page < core->config.pages; page++) {
        const char *wrong = check_node_page(core, page, sums);
        wrong = wrong != NULL ? wrong : check_home_page(core, page, sums);
        if (wrong == NULL && dsm_copy_is(core, page)) {
            CHECK(dsm_page_at(core, page)->state == DSM_PAGE_INVALID, "page: a RELEASE page has a SEQUENTIAL state");
            wrong = dsm_check_copy(core, page, sums);
        }
        if (wrong != NULL) {
            return wrong;
        }
    }
    CHECK(sums->held == sums->holding, "pages: count of holders is wrong");
    CHECK(sums->requests == core->requests_used, "home: a request is in no queue");
    CHECK(sums->owned == core->counters[DSM_C_PAGES_OWNED], "counter of owned pages is wrong");
    CHECK(sums->shared == core->counters[DSM_C_PAGES_SHARED], "counter of shared pages is wrong");
    uint64_t previous = 0;
    for (uint64_t at = core->deferred_first; at != 0; at = dsm_page_at(core, at - 1)->deferred_next) {
        CHECK(dsm_page_at(core, at - 1)->deferred_previous == previous, "deferred: links disagree");
        CHECK(sums->deferred-- != 0, "deferred: too long a list");
        previous = at;
    }
    CHECK(sums->deferred == 0, "deferred: a page is not in the list");
    return NULL;
}

static const char *check_lock_home(const dsm_core *core, uint32_t index, const struct dsm_lock *l,
                                   struct dsm_sums *sums)
{
    uint32_t nodes = core->config.nodes;
    uint32_t length = 0;
    uint32_t last = 0;
    for (uint32_t at = l->queue_head; at != 0 && at != last;) {
        CHECK(at <= nodes && ++length <= nodes, "lock: queue is no list");
        last = at;
        at = core->lock_queue[(size_t)index * nodes + at - 1];
        CHECK(at != 0, "lock: a queued node is not marked");
    }
    CHECK(last == l->queue_tail, "lock: queue's tail is wrong");
    CHECK(length == 0 || l->holder != 0, "lock: nodes wait for a token that is here");
    CHECK(length == 0 || l->recalled != DSM_LOCK_NOT_RECALLED, "lock: nodes wait and the token is not recalled");
    CHECK(l->trier == 0 || l->recalled == DSM_LOCK_TRY_RECALLED, "lock: a try waits and nobody was asked");
    sums->lock_queued += length;
    return NULL;
}

static const char *check_lock(const dsm_core *core, uint32_t index, struct dsm_sums *sums)
{
    const struct dsm_lock *l = dsm_lock_at(core, index);
    int64_t waiters = dsm_check_list(core, &l->waiters, 1u << DSM_SLOT_LOCK);
    CHECK(waiters >= 0, "lock: waiters are not a list of lock waits");
    CHECK((l->thread != 0) == (l->depth != 0), "lock: depth without a thread");
    CHECK(l->thread == 0 || l->token || DSM_MUTANT_IS(DSM_MUTANT_LOCK_TWICE), "lock: held without the token");
    CHECK(!l->token || !l->requested, "lock: asked for while the token is here");
    CHECK(!l->returning || (!l->token && !l->requested), "lock: returned, and here or asked for at once");
    CHECK(waiters == 0 || l->requested || l->returning || l->thread != 0, "lock: a thread waits and nothing was asked");
    CHECK(!l->wanted || l->thread != 0, "lock: wanted elsewhere, free, and kept");
    CHECK(!l->lent || (l->token && l->thread == 0 && waiters == 0), "lock: lent, and not the node's to lend");
    uint32_t own = core->config.node;
    if (dsm_core_sync_home(&core->config, l->entry.id) == own) {
        CHECK((l->token || l->returning) == (l->holder == own + 1), "lock: home does not know what its own node has");
    } else {
        CHECK(l->holder == 0 && l->queue_head == 0, "lock: directs a lock of another home");
    }
    sums->waiting -= (uint64_t)waiters;
    sums->lock_tokens += l->token;
    sums->lock_requested += l->requested != DSM_LOCK_NOT_REQUESTED;
    sums->condition_entries += l->conditions;
    return check_lock_home(core, index, l, sums);
}

static const char *check_locks(const dsm_core *core, struct dsm_sums *sums)
{
    uint32_t used = 0;
    for (uint32_t index = 0; index < core->locks.fresh; index++) {
        if (dsm_lock_at(core, index)->entry.used) {
            const char *wrong = check_lock(core, index, sums);
            if (wrong != NULL) {
                return wrong;
            }
            used++;
        }
    }
    CHECK(used == core->locks.count, "locks: count of entries is wrong");
    CHECK(sums->lock_requested == core->lock_requested, "locks: count of requests is wrong");
    CHECK(sums->lock_tokens == core->lock_tokens, "locks: count of tokens is wrong");
    CHECK(sums->lock_queued == core->lock_queued, "locks: count of queued nodes is wrong");
    CHECK(sums->condition_entries == core->conditions, "locks: count of condition waits is wrong");
    return NULL;
}

static const char *check_barrier(const dsm_core *core, uint32_t index, struct dsm_sums *sums)
{
    const struct dsm_barrier *b = dsm_barrier_at(core, index);
    int64_t waiters = dsm_check_list(core, &b->waiters, 1u << DSM_SLOT_BARRIER);
    uint64_t present = 0;
    CHECK(waiters >= 0, "barrier: waiters are not a list of barrier waits");
    for (uint32_t node = 0; node < core->config.nodes; node++) {
        present += core->arrivals[(size_t)index * core->config.nodes + node].first != 0;
    }
    CHECK(b->arrived == 0 || b->arrived < b->parties, "barrier: all have come and nobody was told");
    CHECK(present <= b->arrived && (present != 0) == (b->arrived != 0), "barrier: arrivals do not add up");
    sums->waiting -= (uint64_t)waiters;
    sums->barriers_open += b->arrived != 0;
    return NULL;
}

static const char *check_barriers(const dsm_core *core, struct dsm_sums *sums)
{
    for (uint32_t index = 0; index < core->barriers.fresh; index++) {
        if (dsm_barrier_at(core, index)->entry.used) {
            const char *wrong = check_barrier(core, index, sums);
            if (wrong != NULL) {
                return wrong;
            }
        }
    }
    CHECK(sums->barriers_open == core->barriers_open, "barriers: count of open ones is wrong");
    CHECK(sums->waiting == 0, "slots: one waits in no list");
    return NULL;
}

const char *dsm_core_check(const dsm_core *core)
{
    struct dsm_sums sums = {0};
    const char *wrong = check_slots(core, &sums);
    wrong = wrong != NULL ? wrong : check_pages(core, &sums);
    wrong = wrong != NULL ? wrong : dsm_check_release(core, &sums);
    wrong = wrong != NULL ? wrong : check_locks(core, &sums);
    return wrong != NULL ? wrong : check_barriers(core, &sums);
}
