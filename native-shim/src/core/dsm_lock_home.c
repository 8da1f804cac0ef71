#include "dsm_emit.h"
#include "dsm_inform.h"
#include "dsm_lock.h"
#include "dsm_peer.h"

/* ---- the queue of waiting nodes: linked through one word per lock and node; the last links to itself ---- */

static uint32_t *link_of(const dsm_core *core, uint32_t index, uint32_t node)
{
    return &core->lock_queue[(size_t)index * core->config.nodes + node];
}

static int queued(const dsm_core *core, uint32_t index, uint32_t node)
{
    return *link_of(core, index, node) != 0;
}

static void enqueue(dsm_core *core, uint32_t index, uint32_t node)
{
    struct dsm_lock *l = dsm_lock_at(core, index);
    DSM_ASSERT(!queued(core, index, node));
    *link_of(core, index, node) = node + 1;
    if (l->queue_head == 0) {
        l->queue_head = node + 1;
    } else {
        *link_of(core, index, l->queue_tail - 1) = node + 1;
    }
    l->queue_tail = node + 1;
    core->lock_queued++;
}

static void remove_queued(dsm_core *core, uint32_t index, uint32_t node)
{
    struct dsm_lock *l = dsm_lock_at(core, index);
    uint32_t previous = 0;
    uint32_t at = l->queue_head;
    while (at != node + 1) {
        DSM_ASSERT(at != 0 && *link_of(core, index, at - 1) != at);
        previous = at;
        at = *link_of(core, index, at - 1);
    }
    uint32_t next = l->queue_tail == at ? 0 : *link_of(core, index, node);
    *link_of(core, index, node) = 0;
    if (previous == 0) {
        l->queue_head = next;
    } else {
        *link_of(core, index, previous - 1) = next != 0 ? next : previous;
    }
    if (next == 0) {
        l->queue_tail = previous;
    }
    core->lock_queued--;
}

/* ---- the token -------------------------------------------------------------------------------------------- */

static void answer(dsm_core *core, uint32_t node, uint64_t id, uint32_t index, uint64_t epoch, uint32_t flags)
{
    if (node == core->config.node) {
        dsm_lock_granted(core, index, epoch, flags);
        return;
    }
    if (epoch != 0) {
        dsm_inform(core, node); /* before the token: whoever acquires it has applied them */
    }
    const dsm_message message = {.type = DSM_MSG_LOCK_GRANT, .flags = (uint8_t)flags, .subject = id, .epoch = epoch};
    dsm_emit_send(core, node, &message, 0);
}

/* The token, which is here and free, goes to `node`. If others wait it is to come back without being recalled. */
static void grant(dsm_core *core, uint32_t index, uint32_t node)
{
    struct dsm_lock *l = dsm_lock_at(core, index);
    DSM_ASSERT(l->holder == 0 && l->recalled == DSM_LOCK_NOT_RECALLED);
    uint32_t flags = l->queue_head != 0 ? DSM_FLAG_WANTED : 0;
    flags |= l->home_orphaned ? DSM_FLAG_ORPHANED : 0;
    l->holder = node + 1;
    l->home_epoch = ++core->lock_epoch;
    l->home_orphaned = 0;
    l->recalled = l->queue_head != 0 ? DSM_LOCK_RECALLED : DSM_LOCK_NOT_RECALLED;
    answer(core, node, l->entry.id, index, l->home_epoch, flags);
}

static void recall(dsm_core *core, uint32_t index, int try_only)
{
    struct dsm_lock *l = dsm_lock_at(core, index);
    uint32_t holder = l->holder - 1;
    DSM_ASSERT(l->holder != 0 && l->recalled == DSM_LOCK_NOT_RECALLED);
    l->recalled = try_only ? DSM_LOCK_TRY_RECALLED : DSM_LOCK_RECALLED;
    if (holder == core->config.node) {
        dsm_lock_recalled(core, index, try_only);
        return;
    }
    const dsm_message message = {
        .type = DSM_MSG_LOCK_RECALL, .flags = try_only ? DSM_FLAG_TRY : 0, .subject = l->entry.id};
    dsm_emit_send(core, holder, &message, 0);
}

/* The token is here and free: the node whose try fetched it comes first, then those in the queue. */
static void pass_on(dsm_core *core, uint32_t index)
{
    struct dsm_lock *l = dsm_lock_at(core, index);
    if (l->trier != 0) {
        uint32_t node = l->trier - 1;
        l->trier = 0;
        grant(core, index, node);
    } else if (l->queue_head != 0) {
        uint32_t node = l->queue_head - 1;
        remove_queued(core, index, node);
        grant(core, index, node);
    }
}

static void refuse_trier(dsm_core *core, uint32_t index)
{
    struct dsm_lock *l = dsm_lock_at(core, index);
    if (l->trier != 0) {
        uint32_t node = l->trier - 1;
        l->trier = 0;
        answer(core, node, l->entry.id, index, 0, DSM_FLAG_REFUSED);
    }
}

/* ---- messages --------------------------------------------------------------------------------------------- */

static int check_return(const struct dsm_lock *l, uint32_t peer, const dsm_message *m)
{
    if (l->holder != peer + 1 || l->home_epoch != m->epoch) {
        return DSM_E_PROTOCOL;
    }
    if ((m->flags & DSM_FLAG_REFUSED) && l->recalled != DSM_LOCK_TRY_RECALLED) {
        return DSM_E_PROTOCOL;
    }
    return DSM_OK;
}

int dsm_lock_home_check(const dsm_core *core, uint32_t peer, const dsm_message *m)
{
    if (dsm_core_sync_home(&core->config, m->subject) != core->config.node) {
        return DSM_E_PROTOCOL;
    }
    uint32_t index = dsm_table_find(&core->locks, m->subject);
    if (m->type == DSM_MSG_LOCK_RETURN) {
        return index == DSM_NO_ENTRY ? DSM_E_PROTOCOL : check_return(dsm_lock_at(core, index), peer, m);
    }
    if (index == DSM_NO_ENTRY) {
        return DSM_OK;
    }
    const struct dsm_lock *l = dsm_lock_at(core, index);
    int known = l->holder == peer + 1 || l->trier == peer + 1 || queued(core, index, peer);
    return known ? DSM_E_PROTOCOL : DSM_OK;
}

void dsm_lock_home_request(dsm_core *core, uint64_t id, uint32_t node, int try_only)
{
    uint32_t index = dsm_table_find(&core->locks, id);
    if (index == DSM_NO_ENTRY) {
        index = dsm_table_add(&core->locks, id);
    }
    if (index == DSM_NO_ENTRY) {
        DSM_ASSERT(node != core->config.node); /* its own request has an entry */
        answer(core, node, id, index, 0, DSM_FLAG_FULL);
        return;
    }
    struct dsm_lock *l = dsm_lock_at(core, index);
    DSM_ASSERT(l->holder != node + 1);
    if (l->holder == 0) {
        DSM_ASSERT(l->queue_head == 0);
        grant(core, index, node);
    } else if (try_only && (l->queue_head != 0 || l->recalled != DSM_LOCK_NOT_RECALLED)) {
        answer(core, node, id, index, 0, DSM_FLAG_REFUSED);
    } else if (try_only) {
        l->trier = node + 1;
        recall(core, index, 1);
    } else {
        enqueue(core, index, node);
        if (l->recalled == DSM_LOCK_NOT_RECALLED) {
            recall(core, index, 0);
        }
    }
}

void dsm_lock_home_returned(dsm_core *core, uint32_t index, uint32_t node, uint32_t flags)
{
    struct dsm_lock *l = dsm_lock_at(core, index);
    DSM_ASSERT(l->holder == node + 1);
    l->recalled = DSM_LOCK_NOT_RECALLED;
    if (flags & DSM_FLAG_REFUSED) {
        refuse_trier(core, index);
        /* a node that came while the try was under way; the refused one may have asked again already */
        if (l->queue_head != 0 && l->recalled == DSM_LOCK_NOT_RECALLED) {
            recall(core, index, 0);
        }
        return;
    }
    l->holder = 0;
    l->home_orphaned = (flags & DSM_FLAG_ORPHANED) != 0;
    pass_on(core, index);
}

/* ---- a node is gone ------------------------------------------------------------------------------------------ */

void dsm_lock_home_peer_gone(dsm_core *core, uint32_t peer)
{
    for (uint32_t index = 0; index < core->locks.fresh; index++) {
        struct dsm_lock *l = dsm_lock_at(core, index);
        if (!l->entry.used || dsm_core_sync_home(&core->config, l->entry.id) != core->config.node) {
            continue;
        }
        if (queued(core, index, peer)) {
            remove_queued(core, index, peer);
        }
        if (l->trier == peer + 1) {
            l->trier = 0;
        }
        if (l->holder == peer + 1) {
            l->holder = 0;
            l->recalled = DSM_LOCK_NOT_RECALLED;
            l->home_orphaned = !core->peers[peer].left; /* one that left in good order held none */
            pass_on(core, index);
        }
        dsm_lock_tidy(core, index);
    }
}
