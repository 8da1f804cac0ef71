#include "dsm_lock.h"

#include "dsm_emit.h"
#include "dsm_inform.h"
#include "dsm_interval.h"
#include "dsm_peer.h"
#include "dsm_slot.h"

void dsm_lock_tidy(dsm_core *core, uint32_t index)
{
    const struct dsm_lock *l = dsm_lock_at(core, index);
    int at_node = l->token || l->requested || l->returning || l->conditions || !dsm_list_empty(&l->waiters);
    int at_home = l->holder || l->queue_head || l->home_orphaned || l->waits_head;
    /* (a release that had nothing to wait for may have given it back already) */
    if (l->entry.used && !at_node && !at_home) {
        dsm_table_remove(&core->locks, index);
    }
}

/* ---- the token and this node's threads ------------------------------------------------------------ */

/* Asks the home for the token. May end with the token here, if this node is the home. */
static void request(dsm_core *core, uint32_t index, int try_only)
{
    struct dsm_lock *l = dsm_lock_at(core, index);
    uint64_t id = l->entry.id;
    uint32_t home = dsm_core_sync_home(&core->config, id);
    DSM_ASSERT(!l->token && !l->returning && l->requested == DSM_LOCK_NOT_REQUESTED);
    l->requested = try_only ? DSM_LOCK_TRIED : DSM_LOCK_REQUESTED;
    core->lock_requested++;
    if (home == core->config.node) {
        dsm_lock_home_request(core, id, home, try_only);
    } else {
        dsm_inform_tell(core, home); /* so that the token brings no notice a second time */
        const dsm_message message = {.type = DSM_MSG_LOCK_REQUEST, .flags = try_only ? DSM_FLAG_TRY : 0, .subject = id};
        dsm_emit_send(core, home, &message, 0);
    }
    if (l->requested) {
        dsm_count(core, DSM_C_LOCK_REMOTE);
    }
}

/* The home has answered. */
static void request_over(dsm_core *core, struct dsm_lock *l)
{
    DSM_ASSERT(l->requested != DSM_LOCK_NOT_REQUESTED && core->lock_requested > 0);
    l->requested = DSM_LOCK_NOT_REQUESTED;
    core->lock_requested--;
}

static void end_wait(dsm_core *core, uint32_t slot, int status)
{
    const struct dsm_slot *s = dsm_slot_at(core, slot);
    DSM_ASSERT(s->kind == DSM_SLOT_LOCK && core->lock_waiting > 0);
    dsm_count_add(core, DSM_C_LOCK_WAIT_NS, core->now - s->since);
    core->lock_waiting--;
    dsm_slot_release(core, slot);
    dsm_emit_wake(core, slot, status);
}

static void fail_waiters(dsm_core *core, struct dsm_lock *l, int status)
{
    for (uint32_t slot; (slot = dsm_list_pop(core, &l->waiters)) != DSM_NO_SLOT;) {
        end_wait(core, slot, status);
    }
}

/* Ends the waits that were to be tries only. */
static void refuse_tries(dsm_core *core, struct dsm_lock *l)
{
    struct dsm_list list = l->waiters;
    l->waiters = (struct dsm_list){0, 0};
    for (uint32_t slot; (slot = dsm_list_pop(core, &list)) != DSM_NO_SLOT;) {
        if (dsm_slot_at(core, slot)->try_only) {
            end_wait(core, slot, DSM_E_BUSY);
        } else {
            dsm_list_append(core, &l->waiters, slot);
        }
    }
}

/* The thread takes the lock; the token is here and free. Returns the outcome to tell it. */
static int take(dsm_core *core, struct dsm_lock *l, uint64_t thread)
{
    DSM_ASSERT(l->token && l->thread == 0 && l->depth == 0 && !l->lent);
    int status = l->orphaned ? DSM_ORPHANED : DSM_OK;
    l->thread = thread;
    l->depth = 1;
    l->orphaned = 0;
    l->used_lately = 1;
    dsm_count_shared(core, DSM_C_LOCK_ACQUIRES);
    return status;
}

/* The waiting thread, taken out of the list, gets the lock. */
static void hand_to(dsm_core *core, struct dsm_lock *l, uint32_t slot)
{
    const struct dsm_slot s = *dsm_slot_at(core, slot);
    int status = take(core, l, s.thread);
    if (s.depth != 0) {
        l->depth = s.depth;
        status = s.outcome != DSM_OK ? s.outcome : status;
    }
    end_wait(core, slot, status);
}

/* From now on no thread here gets the lock; the token goes when this node's release is over. */
static void give_token_back(dsm_core *core, uint32_t index)
{
    struct dsm_lock *l = dsm_lock_at(core, index);
    DSM_ASSERT(l->token && !l->lent && (l->thread == 0 || DSM_MUTANT_IS(DSM_MUTANT_LOCK_TWICE)));
    l->token = 0;
    core->lock_tokens--;
    l->wanted = 0;
    l->handovers = 0;
    l->returning = 1;
    dsm_interval_then_lock(core, index);
}

/* The token has gone. Tries that met it on its way ask for it as tries, unless others here ask for good. */
static void ask_again(dsm_core *core, uint32_t index)
{
    struct dsm_lock *l = dsm_lock_at(core, index);
    int good = 0;
    for (uint32_t at = l->waiters.head; at != 0; at = dsm_slot_at(core, at - 1)->next) {
        good |= !dsm_slot_at(core, at - 1)->try_only;
    }
    if (good) {
        refuse_tries(core, l);
    }
    if (!dsm_list_empty(&l->waiters)) {
        request(core, index, !good);
    }
}

void dsm_lock_return(dsm_core *core, uint32_t index)
{
    struct dsm_lock *l = dsm_lock_at(core, index);
    DSM_ASSERT(l->returning && !l->token);
    uint32_t flags = l->orphaned ? DSM_FLAG_ORPHANED : 0;
    uint32_t home = dsm_core_sync_home(&core->config, l->entry.id);
    l->returning = 0;
    l->orphaned = 0;
    if (home == core->config.node) {
        dsm_lock_home_returned(core, index, home, flags);
    } else {
        dsm_inform(core, home);
        const dsm_message message = {
            .type = DSM_MSG_LOCK_RETURN, .flags = (uint8_t)flags, .subject = l->entry.id, .epoch = l->epoch};
        dsm_emit_send(core, home, &message, 0);
    }
    ask_again(core, index);
}

/* Too many tokens are cached here: gives one back that is idle and was not used lately (second chance, as a page cache
 * does it), but not that of `keep`. Looks at a bounded number of entries; what it misses, the next grant meets. */
static void shed(dsm_core *core, uint32_t keep)
{
    for (uint32_t looked = 0; looked < 64 && core->lock_tokens > core->config.locks / 4; looked++) {
        uint32_t index = core->lock_hand++ % core->locks.fresh;
        struct dsm_lock *l = dsm_lock_at(core, index);
        int idle = l->entry.used && l->token && !l->lent && l->thread == 0 && dsm_list_empty(&l->waiters);
        if (!idle || index == keep) {
            continue;
        }
        if (l->used_lately) {
            l->used_lately = 0;
            continue;
        }
        give_token_back(core, index);
        dsm_lock_tidy(core, index);
        return;
    }
}

/* The token is here and no thread holds it: gives it to the first that waits here, or, if it is wanted
 * elsewhere and these have had their share, gives it back. */
static void pass_on(dsm_core *core, uint32_t index)
{
    struct dsm_lock *l = dsm_lock_at(core, index);
    int nobody = dsm_list_empty(&l->waiters);
    int share_over =
        l->handovers >= core->config.local_handovers || core->now - l->wanted_since >= core->config.local_handover_ns;
    if (l->wanted && (nobody || share_over)) {
        give_token_back(core, index);
    } else if (!nobody) {
        uint32_t slot = dsm_list_pop(core, &l->waiters);
        l->handovers += l->wanted;
        hand_to(core, l, slot);
    }
}

/* ---- events ------------------------------------------------------------------------------------------- */

/* Lets the thread wait; asks the home unless the token is here or has been asked for. */
static int wait(dsm_core *core, uint32_t index, const dsm_event *event)
{
    struct dsm_lock *l = dsm_lock_at(core, index);
    DSM_ASSERT(!l->lent);
    struct dsm_slot *s = dsm_slot_take(core, event->slot, DSM_SLOT_LOCK, event->thread);
    s->entry = index;
    s->try_only = (event->flags & DSM_LOCK_TRY) != 0;
    core->lock_waiting++;
    dsm_list_append(core, &l->waiters, event->slot);
    core->own_slot = event->slot;
    core->own_status = DSM_PENDING;
    if (!l->token && !l->requested && !l->returning) {
        request(core, index, s->try_only);
    }
    return core->own_status;
}

/* What an acquisition ends with at once, DSM_PENDING if it must wait. */
static int try_now(dsm_core *core, struct dsm_lock *l, const dsm_event *event)
{
    if (l->thread == event->thread) {
        if (l->depth == UINT32_MAX) {
            return DSM_E_FULL;
        }
        l->depth++;
        dsm_count_shared(core, DSM_C_LOCK_ACQUIRES);
        return DSM_OK;
    }
    uint32_t home = dsm_core_sync_home(&core->config, l->entry.id);
    if (home != core->config.node && dsm_peer_gone(core, home)) {
        return DSM_E_LOST;
    }
    if (l->token && l->thread == 0) {
        return take(core, l, event->thread);
    }
    /* A thread of this node holds it, or will before a try could. (One that goes back may be wanted by nobody.) */
    if ((event->flags & DSM_LOCK_TRY) && (l->token || l->requested == DSM_LOCK_REQUESTED)) {
        return DSM_E_BUSY;
    }
    return DSM_PENDING;
}

int dsm_lock_acquire(dsm_core *core, const dsm_event *event)
{
    if (event->slot >= core->config.slots || event->thread == 0 || (event->flags & ~DSM_LOCK_TRY) != 0 ||
        dsm_slot_at(core, event->slot)->kind != DSM_SLOT_FREE) {
        return DSM_E_ARGUMENT;
    }
    uint32_t index = dsm_table_find(&core->locks, event->id);
    if (index == DSM_NO_ENTRY) {
        index = dsm_table_add(&core->locks, event->id);
    }
    if (index == DSM_NO_ENTRY) {
        return DSM_E_FULL;
    }
    int status = try_now(core, dsm_lock_at(core, index), event);
    if (status == DSM_PENDING) {
        status = wait(core, index, event);
    }
    dsm_lock_tidy(core, index);
    return status;
}

int dsm_lock_release(dsm_core *core, const dsm_event *event)
{
    uint32_t index = dsm_table_find(&core->locks, event->id);
    if (index == DSM_NO_ENTRY || event->thread == 0 || dsm_lock_at(core, index)->thread != event->thread) {
        return DSM_E_NOT_OWNER;
    }
    struct dsm_lock *l = dsm_lock_at(core, index);
    DSM_ASSERT(l->depth > 0);
    if (--l->depth == 0) {
        l->thread = 0;
        if (l->token || !DSM_MUTANT_IS(DSM_MUTANT_LOCK_TWICE)) {
            pass_on(core, index);
        }
        dsm_lock_tidy(core, index);
    }
    return DSM_OK;
}

void dsm_lock_let_go(dsm_core *core, uint32_t index)
{
    struct dsm_lock *l = dsm_lock_at(core, index);
    DSM_ASSERT(l->thread != 0 && l->depth > 0);
    l->depth = 0;
    l->thread = 0;
    pass_on(core, index);
}

void dsm_lock_want_again(dsm_core *core, uint32_t slot)
{
    struct dsm_slot *s = dsm_slot_at(core, slot);
    uint32_t index = s->entry;
    struct dsm_lock *l = dsm_lock_at(core, index);
    DSM_ASSERT(s->depth > 0);
    s->kind = DSM_SLOT_LOCK;
    core->lock_waiting++;
    if (l->token && l->thread == 0) {
        hand_to(core, l, slot);
        return;
    }
    dsm_list_append(core, &l->waiters, slot);
    uint32_t home = dsm_core_sync_home(&core->config, l->entry.id);
    if (home != core->config.node && dsm_peer_gone(core, home)) {
        fail_waiters(core, l, DSM_E_LOST);
    } else if (!l->token && !l->requested && !l->returning) {
        request(core, index, 0);
    }
}

void dsm_lock_cancel(dsm_core *core, uint32_t slot)
{
    struct dsm_slot *s = dsm_slot_at(core, slot);
    DSM_ASSERT(s->kind == DSM_SLOT_LOCK);
    uint32_t index = s->entry;
    struct dsm_lock *l = dsm_lock_at(core, index);
    dsm_list_remove(core, &l->waiters, slot);
    dsm_count_add(core, DSM_C_LOCK_WAIT_NS, core->now - s->since);
    core->lock_waiting--;
    dsm_slot_release(core, slot);
    /* A request under way goes on: the token will come, and stay here until it is wanted. */
    dsm_lock_tidy(core, index);
}

/* ---- lending ------------------------------------------------------------------------------------------ */

int dsm_core_lock_lend(dsm_core *core, uint64_t id)
{
    uint32_t index = dsm_table_find(&core->locks, id);
    if (index == DSM_NO_ENTRY) {
        return 0;
    }
    struct dsm_lock *l = dsm_lock_at(core, index);
    int idle = l->token && l->thread == 0 && !l->wanted && !l->orphaned && dsm_list_empty(&l->waiters);
    if (!idle || l->conditions != 0 || l->lent || core->any_gone) {
        return 0;
    }
    l->lent = 1;
    return 1;
}

void dsm_core_lock_back(dsm_core *core, uint64_t id, uint64_t thread, uint32_t depth)
{
    uint32_t index = dsm_table_find(&core->locks, id);
    DSM_ASSERT(index != DSM_NO_ENTRY && (thread != 0) == (depth != 0));
    struct dsm_lock *l = dsm_lock_at(core, index);
    DSM_ASSERT(l->lent && l->token && l->thread == 0);
    l->lent = 0;
    l->thread = thread;
    l->depth = depth;
    l->used_lately = 1;
}

/* ---- the home speaks ------------------------------------------------------------------------------------ */

int dsm_lock_check(const dsm_core *core, uint32_t peer, const dsm_message *m)
{
    uint32_t index = dsm_table_find(&core->locks, m->subject);
    if (dsm_core_sync_home(&core->config, m->subject) != peer) {
        return DSM_E_PROTOCOL;
    }
    if (m->type == DSM_MSG_LOCK_RECALL) {
        /* if the token is not here, it was given back unasked, and this crossed it */
        return index == DSM_NO_ENTRY || !dsm_lock_at(core, index)->wanted ? DSM_OK : DSM_E_PROTOCOL;
    }
    if (index == DSM_NO_ENTRY) {
        return DSM_E_PROTOCOL;
    }
    const struct dsm_lock *l = dsm_lock_at(core, index);
    if (m->type != DSM_MSG_LOCK_GRANT || l->requested == DSM_LOCK_NOT_REQUESTED) {
        return DSM_E_PROTOCOL;
    }
    if (m->flags & DSM_FLAG_REFUSED) {
        return l->requested == DSM_LOCK_TRIED ? DSM_OK : DSM_E_PROTOCOL;
    }
    if (m->flags & DSM_FLAG_FULL) {
        return DSM_OK;
    }
    return m->epoch > core->peers[peer].lock_epoch ? DSM_OK : DSM_E_PROTOCOL;
}

void dsm_lock_granted(dsm_core *core, uint32_t index, uint64_t epoch, uint32_t flags)
{
    struct dsm_lock *l = dsm_lock_at(core, index);
    DSM_ASSERT(!l->token && (l->thread == 0 || DSM_MUTANT_IS(DSM_MUTANT_LOCK_TWICE)));
    request_over(core, l);
    if (flags & DSM_FLAG_FULL) {
        fail_waiters(core, l, DSM_E_FULL);
    } else if (flags & DSM_FLAG_REFUSED) {
        refuse_tries(core, l);
        if (!dsm_list_empty(&l->waiters)) {
            request(core, index, 0);
        }
    } else {
        l->token = 1;
        core->lock_tokens++;
        l->epoch = epoch;
        l->orphaned = (flags & DSM_FLAG_ORPHANED) != 0;
        l->wanted = (flags & DSM_FLAG_WANTED) != 0;
        l->wanted_since = core->now;
        l->handovers = 0;
        core->peers[dsm_core_sync_home(&core->config, l->entry.id)].lock_epoch = epoch;
        uint32_t slot = dsm_list_pop(core, &l->waiters);
        if (slot != DSM_NO_SLOT) {
            hand_to(core, l, slot);
            refuse_tries(core, l);
            l->used_lately = 0; /* once is no habit */
        } else if (l->wanted) {
            give_token_back(core, index);
        }
        shed(core, index);
    }
}

static void refuse_recall(dsm_core *core, uint32_t index)
{
    const struct dsm_lock *l = dsm_lock_at(core, index);
    uint32_t home = dsm_core_sync_home(&core->config, l->entry.id);
    if (home == core->config.node) {
        dsm_lock_home_returned(core, index, home, DSM_FLAG_REFUSED);
        return;
    }
    const dsm_message message = {
        .type = DSM_MSG_LOCK_RETURN, .flags = DSM_FLAG_REFUSED, .subject = l->entry.id, .epoch = l->epoch};
    dsm_emit_send(core, home, &message, 0);
}

void dsm_lock_recalled(dsm_core *core, uint32_t index, int try_only)
{
    struct dsm_lock *l = dsm_lock_at(core, index);
    DSM_ASSERT(!l->wanted && !l->lent);
    if (!l->token) {
        return;
    }
    dsm_count(core, DSM_C_LOCK_RECALLS);
    if (l->thread == 0 || (DSM_MUTANT_IS(DSM_MUTANT_LOCK_TWICE) && !try_only)) {
        give_token_back(core, index);
    } else if (try_only) {
        refuse_recall(core, index);
    } else {
        l->wanted = 1;
        l->wanted_since = core->now;
        l->handovers = 0;
    }
}

/* ---- the home is gone --------------------------------------------------------------------------------------- */

void dsm_lock_peer_gone(dsm_core *core, uint32_t peer)
{
    for (uint32_t index = 0; index < core->locks.fresh; index++) {
        struct dsm_lock *l = dsm_lock_at(core, index);
        if (!l->entry.used || dsm_core_sync_home(&core->config, l->entry.id) != peer) {
            continue;
        }
        if (l->requested) {
            request_over(core, l);
        }
        fail_waiters(core, l, DSM_E_LOST);
        dsm_lock_tidy(core, index);
    }
}
