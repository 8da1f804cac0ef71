#include "dsm_home.h"

#include <string.h>

#include "dsm_atomic.h"
#include "dsm_emit.h"
#include "dsm_inform.h"
#include "dsm_node_page.h"
#include "dsm_page.h"
#include "dsm_peer.h"

/* ---- requests ---------------------------------------------------------------------------------- */

static struct dsm_request *request_at(const dsm_core *core, uint32_t mark)
{
    DSM_ASSERT(mark != 0 && mark <= core->requests_fresh);
    return &core->requests[mark - 1];
}

/* There is always room: a node has at most `slots` requests here, which dsm_home_check enforces for peers, and
 * which holds for this node because each of its requests has a waiting thread. */
static uint32_t request_new(dsm_core *core, uint64_t page, uint32_t node, uint32_t access)
{
    DSM_ASSERT(core->peers[node].requests < core->config.slots);
    uint32_t mark = core->requests_free;
    if (mark != 0) {
        core->requests_free = request_at(core, mark)->next;
    } else {
        mark = ++core->requests_fresh;
    }
    struct dsm_request *r = request_at(core, mark);
    memset(r, 0, sizeof *r);
    r->page = page;
    r->node = node;
    r->access = (uint8_t)access;
    core->peers[node].requests++;
    core->requests_used++;
    return mark;
}

static void request_free(dsm_core *core, uint32_t mark)
{
    struct dsm_request *r = request_at(core, mark);
    DSM_ASSERT(r->access != DSM_ACCESS_NONE && core->peers[r->node].requests > 0);
    core->peers[r->node].requests--;
    core->requests_used--;
    r->access = DSM_ACCESS_NONE;
    r->next = core->requests_free;
    core->requests_free = mark;
}

static void enqueue(dsm_core *core, struct dsm_page *p, uint32_t mark)
{
    if (p->queue_head == 0) {
        p->queue_head = mark;
    } else if (DSM_MUTANT_IS(DSM_MUTANT_LOST_REQUEST)) {
        request_free(core, p->queue_head);
        p->queue_head = mark;
    } else {
        request_at(core, p->queue_tail)->next = mark;
    }
    p->queue_tail = mark;
}

static uint32_t dequeue(dsm_core *core, struct dsm_page *p)
{
    uint32_t mark = p->queue_head;
    struct dsm_request *r = request_at(core, mark);
    p->queue_head = r->next;
    if (p->queue_head == 0) {
        p->queue_tail = 0;
    }
    r->next = 0;
    return mark;
}

/* ---- serving one -------------------------------------------------------------------------------- */

static void grant(dsm_core *core, uint64_t page, uint32_t node, enum dsm_access access, uint32_t flags)
{
    if (node == core->config.node) {
        dsm_node_page_granted(core, page, access, flags, NULL);
        return;
    }
    const dsm_message message = {
        .type = DSM_MSG_PAGE_GRANT, .flags = (uint8_t)flags, .subject = page, .access = access};
    int with_page = (flags & DSM_FLAG_HAS_PAGE) != 0;
    if (!DSM_MUTANT_IS(DSM_MUTANT_OPEN_BEFORE_NOTICES)) {
        dsm_inform(core, node); /* before the page: its reader has acquired what its last writer had released */
    }
    dsm_emit_send(core, node, &message, with_page);
    if (DSM_MUTANT_IS(DSM_MUTANT_OPEN_BEFORE_NOTICES)) {
        dsm_inform(core, node);
    }
    if (with_page) {
        dsm_count(core, DSM_C_PAGES_SERVED);
    }
}

static int shared_by_nobody(const dsm_core *core, uint64_t page)
{
    const uint64_t *words = dsm_page_sharers(core, page);
    for (uint32_t i = 0; i < core->sharer_words; i++) {
        if (words[i] != 0) {
            return 0;
        }
    }
    return 1;
}

#define ALONE_STREAK 4u /* operations in a row by one node, after which the page is better off there */

/* No other node can look at the page: does the operation in this home's view, which its own threads may read. */
static void do_atomic(dsm_core *core, uint64_t page, const struct dsm_request *r)
{
    struct dsm_page *p = dsm_page_at(core, page);
    const dsm_message message = {.type = DSM_MSG_ATOMIC,
                                 .subject = page,
                                 .operand = r->operand,
                                 .expected = r->expected,
                                 .offset = r->offset,
                                 .operation = r->operation,
                                 .width = r->width};
    uint64_t value = dsm_emit_atomic(core, page, &message);
    p->flags |= DSM_PAGE_WRITTEN | DSM_PAGE_FILLED;
    p->atomic_streak = p->atomic_node != r->node + 1     ? 1
                       : p->atomic_streak < ALONE_STREAK ? (uint8_t)(p->atomic_streak + 1)
                                                         : p->atomic_streak;
    p->atomic_node = r->node + 1;
    dsm_count(core, DSM_C_ATOMICS);
    dsm_atomic_answer(core, r->node, page, r->number, value, p->atomic_streak == ALONE_STREAK ? DSM_FLAG_ALONE : 0);
}

/* Every other copy that had to go is gone: lets the requester in. */
static void complete(dsm_core *core, uint64_t page)
{
    struct dsm_page *p = dsm_page_at(core, page);
    const struct dsm_request r = *request_at(core, p->active);
    DSM_ASSERT(p->owner == 0 && r.awaited == 0);
    request_free(core, p->active);
    p->active = 0;
    if (dsm_peer_gone(core, r.node)) {
        return;
    }
    uint32_t bytes = p->flags & DSM_PAGE_WRITTEN ? DSM_FLAG_HAS_PAGE : DSM_FLAG_ZERO;
    if (r.access == DSM_REQUEST_ATOMIC) {
        do_atomic(core, page, &r);
    } else if (r.access == DSM_ACCESS_WRITE) {
        if (dsm_page_shared_by(core, page, r.node)) {
            bytes = 0;
            dsm_page_drop_sharer(core, page, r.node);
        }
        DSM_ASSERT(shared_by_nobody(core, page));
        p->owner = r.node + 1;
        p->flags |= DSM_PAGE_WRITTEN | (r.node == core->config.node ? 0 : DSM_PAGE_STALE);
        if (r.recalled) {
            dsm_count(core, DSM_C_MIGRATIONS);
        }
        grant(core, page, r.node, DSM_ACCESS_WRITE, bytes);
    } else if (shared_by_nobody(core, page)) {
        p->owner = r.node + 1;
        grant(core, page, r.node, DSM_ACCESS_READ, bytes | DSM_FLAG_EXCLUSIVE);
    } else {
        dsm_page_add_sharer(core, page, r.node);
        grant(core, page, r.node, DSM_ACCESS_READ, bytes);
    }
}

static void advance(dsm_core *core, uint64_t page);

static void answered(dsm_core *core, uint64_t page)
{
    struct dsm_request *r = request_at(core, dsm_page_at(core, page)->active);
    DSM_ASSERT(r->awaited > 0);
    if (--r->awaited == 0) {
        complete(core, page);
    }
}

static void recall(dsm_core *core, uint64_t page, uint32_t owner, enum dsm_access keep)
{
    if (owner == core->config.node) {
        dsm_node_page_recall(core, page, keep);
        return;
    }
    const dsm_message message = {.type = DSM_MSG_PAGE_RECALL, .subject = page, .access = keep};
    dsm_emit_send(core, owner, &message, 0);
}

static void invalidate(dsm_core *core, uint64_t page, uint32_t node)
{
    if (node == core->config.node) {
        dsm_node_page_invalidate(core, page);
        return;
    }
    const dsm_message message = {.type = DSM_MSG_PAGE_INVALIDATE, .subject = page};
    dsm_emit_send(core, node, &message, 0);
}

/* The node whose copy may stay while the request is served: the requester's, or, for an atomic operation, which is done
 * in the home's view, the home's. */
static uint32_t spared(const dsm_core *core, const struct dsm_request *r)
{
    return r->access == DSM_REQUEST_ATOMIC ? core->config.node : r->node;
}

/* Tells every sharer but the one spared to drop its copy. `awaited` is raised before each is told, as this node
 * itself may answer at once. */
static void invalidate_others(dsm_core *core, uint64_t page, uint32_t active)
{
    uint32_t requester = spared(core, request_at(core, active));
    int spare = DSM_MUTANT_IS(DSM_MUTANT_MISSED_INVALIDATION);
    for (uint32_t i = 0; i < core->sharer_words; i++) {
        for (uint64_t word = dsm_page_sharers(core, page)[i]; word != 0; word &= word - 1) {
            uint32_t node = i * 64 + (uint32_t)__builtin_ctzll(word);
            if (node == requester) {
                continue;
            }
            if (spare) {
                dsm_page_drop_sharer(core, page, node);
                spare = 0;
                continue;
            }
            request_at(core, active)->awaited++;
            invalidate(core, page, node);
        }
    }
}

/* Copies and ownership of nodes that are gone are noticed when the page is next asked for. */
static void forget_gone(dsm_core *core, uint64_t page)
{
    struct dsm_page *p = dsm_page_at(core, page);
    uint64_t *words = dsm_page_sharers(core, page);
    for (uint32_t i = 0; i < core->sharer_words; i++) {
        words[i] &= ~core->gone[i];
    }
    if (p->owner != 0 && dsm_peer_gone(core, p->owner - 1)) {
        p->owner = 0; /* it may have written, and nobody else has what it wrote */
        p->flags |= DSM_PAGE_GONE;
    }
}

static void refuse_lost(dsm_core *core, uint64_t page)
{
    struct dsm_page *p = dsm_page_at(core, page);
    uint32_t node = request_at(core, p->active)->node;
    uint32_t access = request_at(core, p->active)->access;
    uint64_t number = request_at(core, p->active)->number;
    request_free(core, p->active);
    p->active = 0;
    if (dsm_peer_gone(core, node)) {
        return;
    }
    if (access == DSM_REQUEST_ATOMIC) {
        dsm_atomic_answer(core, node, page, number, 0, DSM_FLAG_LOST);
    } else {
        grant(core, page, node, DSM_ACCESS_NONE, DSM_FLAG_LOST);
    }
}

/* Takes the first request in hand. */
static void begin(dsm_core *core, uint64_t page)
{
    struct dsm_page *p = dsm_page_at(core, page);
    uint32_t active = dequeue(core, p);
    struct dsm_request *r = request_at(core, active);
    p->active = active;
    forget_gone(core, page);
    if (p->flags & DSM_PAGE_GONE) {
        refuse_lost(core, page);
        return;
    }
    r->awaited = 1; /* one more than answers, so that it is not completed half told */
    if (p->owner != 0) {
        r->recalled = 1;
        r->awaited++;
        int keeps = r->access == DSM_ACCESS_READ || p->owner - 1 == spared(core, r);
        recall(core, page, p->owner - 1, keeps ? DSM_ACCESS_READ : DSM_ACCESS_NONE);
    } else if (r->access != DSM_ACCESS_READ) {
        invalidate_others(core, page, active);
    }
    answered(core, page);
}

/* Serves waiting requests until one needs answers, or none is left. */
static void advance(dsm_core *core, uint64_t page)
{
    const struct dsm_page *p = dsm_page_at(core, page);
    while (p->active == 0 && p->queue_head != 0) {
        begin(core, page);
    }
}

/* ---- messages ------------------------------------------------------------------------------------ */

static int is_page_request_of(const struct dsm_request *r, uint32_t peer)
{
    return r->node == peer && r->access != DSM_REQUEST_ATOMIC;
}

static int check_request(const dsm_core *core, uint32_t peer, const dsm_message *m)
{
    const struct dsm_page *p = dsm_page_at(core, m->subject);
    if (core->peers[peer].requests >= core->config.slots || p->owner == peer + 1) {
        return DSM_E_PROTOCOL;
    }
    if (m->access == DSM_ACCESS_READ && dsm_page_shared_by(core, m->subject, peer)) {
        return DSM_E_PROTOCOL;
    }
    if (p->active != 0 && is_page_request_of(request_at(core, p->active), peer)) {
        return DSM_E_PROTOCOL;
    }
    for (uint32_t mark = p->queue_head; mark != 0; mark = request_at(core, mark)->next) {
        if (is_page_request_of(request_at(core, mark), peer)) {
            return DSM_E_PROTOCOL;
        }
    }
    return DSM_OK;
}

static int check_invalidated(const dsm_core *core, uint32_t peer, uint64_t page)
{
    const struct dsm_page *p = dsm_page_at(core, page);
    if (p->active == 0) {
        return DSM_E_PROTOCOL;
    }
    const struct dsm_request *r = request_at(core, p->active);
    int awaited = r->access != DSM_ACCESS_READ && !r->recalled && spared(core, r) != peer;
    return awaited && dsm_page_shared_by(core, page, peer) ? DSM_OK : DSM_E_PROTOCOL;
}

static int check_return(const dsm_core *core, uint32_t peer, const dsm_message *m)
{
    const struct dsm_page *p = dsm_page_at(core, m->subject);
    if (p->active == 0 || p->owner != peer + 1 || !request_at(core, p->active)->recalled) {
        return DSM_E_PROTOCOL;
    }
    if (m->access == DSM_ACCESS_READ && request_at(core, p->active)->access != DSM_ACCESS_READ) {
        return DSM_E_PROTOCOL; /* a writer waits: nothing may be kept */
    }
    if ((p->flags & DSM_PAGE_STALE) && m->page == NULL) {
        return DSM_E_PROTOCOL;
    }
    return DSM_OK;
}

int dsm_home_check(const dsm_core *core, uint32_t peer, const dsm_message *m)
{
    if (m->subject >= core->config.pages || dsm_core_home(&core->config, m->subject) != core->config.node) {
        return DSM_E_PROTOCOL;
    }
    switch (m->type) {
    case DSM_MSG_PAGE_REQUEST:
        return check_request(core, peer, m);
    case DSM_MSG_PAGE_INVALIDATED:
        return check_invalidated(core, peer, m->subject);
    case DSM_MSG_PAGE_RETURN:
        return check_return(core, peer, m);
    case DSM_MSG_ATOMIC:
        return core->peers[peer].requests < core->config.slots ? DSM_OK : DSM_E_PROTOCOL;
    default:
        return DSM_E_PROTOCOL;
    }
}

void dsm_home_request(dsm_core *core, uint64_t page, uint32_t node, enum dsm_access access)
{
    DSM_ASSERT(dsm_core_home(&core->config, page) == core->config.node);
    DSM_ASSERT(access == DSM_ACCESS_READ || access == DSM_ACCESS_WRITE);
    enqueue(core, dsm_page_at(core, page), request_new(core, page, node, access));
    advance(core, page);
}

void dsm_home_atomic(dsm_core *core, uint32_t node, const dsm_message *m)
{
    DSM_ASSERT(dsm_core_home(&core->config, m->subject) == core->config.node);
    uint32_t mark = request_new(core, m->subject, node, DSM_REQUEST_ATOMIC);
    struct dsm_request *r = request_at(core, mark);
    r->number = m->number;
    r->operand = m->operand;
    r->expected = m->expected;
    r->offset = m->offset;
    r->operation = m->operation;
    r->width = m->width;
    enqueue(core, dsm_page_at(core, m->subject), mark);
    advance(core, m->subject);
}

void dsm_home_invalidated(dsm_core *core, uint64_t page, uint32_t node)
{
    DSM_ASSERT(dsm_page_shared_by(core, page, node));
    dsm_page_drop_sharer(core, page, node);
    answered(core, page);
    advance(core, page);
}

void dsm_home_returned(dsm_core *core, uint64_t page, uint32_t node, enum dsm_access kept, int written,
                       const uint8_t *bytes)
{
    struct dsm_page *p = dsm_page_at(core, page);
    DSM_ASSERT(p->owner == node + 1 && p->active != 0);
    DSM_ASSERT(kept != DSM_ACCESS_WRITE);
    if (bytes != NULL) {
        dsm_emit_install(core, page, bytes);
    }
    if (written) {
        p->flags |= DSM_PAGE_WRITTEN;
    }
    p->flags &= (uint8_t)~DSM_PAGE_STALE;
    p->owner = 0;
    if (kept == DSM_ACCESS_READ) {
        dsm_page_add_sharer(core, page, node);
    }
    answered(core, page);
    advance(core, page);
}

/* ---- a node is gone ------------------------------------------------------------------------------- */

static void drop_queued(dsm_core *core, struct dsm_page *p, uint32_t mark)
{
    uint32_t previous = 0;
    uint32_t at = p->queue_head;
    while (at != mark) {
        previous = at;
        at = request_at(core, at)->next;
    }
    uint32_t next = request_at(core, mark)->next;
    if (previous == 0) {
        p->queue_head = next;
    } else {
        request_at(core, previous)->next = next;
    }
    if (p->queue_tail == mark) {
        p->queue_tail = previous;
    }
    request_free(core, mark);
}

/* The active request of `page` need not wait for an answer from `peer` any more. */
static void excuse(dsm_core *core, uint64_t page, uint32_t peer)
{
    struct dsm_page *p = dsm_page_at(core, page);
    const struct dsm_request *r = request_at(core, p->active);
    if (p->owner == peer + 1) {
        forget_gone(core, page);
        refuse_lost(core, page);
    } else if (r->access != DSM_ACCESS_READ && spared(core, r) != peer && dsm_page_shared_by(core, page, peer)) {
        dsm_page_drop_sharer(core, page, peer);
        answered(core, page);
    } else if (r->node == peer) {
        dsm_page_drop_sharer(core, page, peer); /* completed without a grant once all have answered */
    }
}

void dsm_home_peer_gone(dsm_core *core, uint32_t peer)
{
    /* first out of all queues, so that none is taken in hand below */
    for (uint32_t mark = 1; mark <= core->requests_fresh; mark++) {
        const struct dsm_request *r = request_at(core, mark);
        if (r->access != DSM_ACCESS_NONE && r->node == peer && dsm_page_at(core, r->page)->active != mark) {
            drop_queued(core, dsm_page_at(core, r->page), mark);
        }
    }
    for (uint32_t mark = 1; mark <= core->requests_fresh; mark++) {
        const struct dsm_request *r = request_at(core, mark);
        if (r->access != DSM_ACCESS_NONE && dsm_page_at(core, r->page)->active == mark) {
            uint64_t page = r->page;
            excuse(core, page, peer);
            advance(core, page);
        }
    }
}
