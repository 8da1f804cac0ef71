#include "dsm_condition.h"

#include "dsm_emit.h"
#include "dsm_lock.h"
#include "dsm_peer.h"
#include "dsm_slot.h"

/* ---- at a node ------------------------------------------------------------------------------------------------ */

static void tell_home(dsm_core *core, const dsm_message *message)
{
    uint32_t home = dsm_core_sync_home(&core->config, message->subject);
    if (home == core->config.node) {
        dsm_condition_home_message(core, home, message);
    } else {
        dsm_emit_send(core, home, message, 0);
    }
}

/* The lock, if `thread` holds it; NULL otherwise. */
static struct dsm_lock *held_by(const dsm_core *core, const dsm_event *event, uint32_t *index)
{
    *index = dsm_table_find(&core->locks, event->id);
    if (*index == DSM_NO_ENTRY || event->thread == 0) {
        return NULL;
    }
    struct dsm_lock *l = dsm_lock_at(core, *index);
    return l->thread == event->thread ? l : NULL;
}

int dsm_condition_wait(dsm_core *core, const dsm_event *event)
{
    uint32_t index;
    struct dsm_lock *l = held_by(core, event, &index);
    if (event->slot >= core->config.slots || dsm_slot_at(core, event->slot)->kind != DSM_SLOT_FREE) {
        return DSM_E_ARGUMENT;
    }
    if (l == NULL) {
        return DSM_E_NOT_OWNER;
    }
    uint32_t home = dsm_core_sync_home(&core->config, event->id);
    if (home != core->config.node && dsm_peer_gone(core, home)) {
        return DSM_E_LOST;
    }
    struct dsm_slot *s = dsm_slot_take(core, event->slot, DSM_SLOT_CONDITION, event->thread);
    s->entry = index;
    s->depth = l->depth;
    /* The number says which slot it is about when it comes back. */
    s->arrival = ++core->numbers * core->config.slots + event->slot;
    l->conditions++;
    core->conditions++;
    core->own_slot = event->slot;
    core->own_status = DSM_PENDING;
    const dsm_message message = {
        .type = DSM_MSG_CONDITION_WAIT, .subject = event->id, .condition = event->condition, .number = s->arrival};
    tell_home(core, &message); /* before the lock is anybody else's */
    dsm_lock_let_go(core, index);
    return core->own_status;
}

int dsm_condition_signal(dsm_core *core, const dsm_event *event)
{
    uint32_t index;
    if ((event->flags & ~DSM_SIGNAL_ALL) != 0) {
        return DSM_E_ARGUMENT;
    }
    if (held_by(core, event, &index) == NULL) {
        return DSM_E_NOT_OWNER;
    }
    const dsm_message message = {.type = DSM_MSG_CONDITION_SIGNAL,
                                 .flags = event->flags & DSM_SIGNAL_ALL ? DSM_FLAG_ALL : 0,
                                 .subject = event->id,
                                 .condition = event->condition};
    tell_home(core, &message);
    return DSM_OK;
}

/* Takes the slot out of its wait; it is to have the lock again, and then ends with `outcome`. */
static void wants_lock_again(dsm_core *core, uint32_t slot, int outcome)
{
    struct dsm_slot *s = dsm_slot_at(core, slot);
    struct dsm_lock *l = dsm_lock_at(core, s->entry);
    DSM_ASSERT(s->kind == DSM_SLOT_CONDITION && l->conditions > 0 && core->conditions > 0);
    l->conditions--;
    core->conditions--;
    s->outcome = outcome;
    dsm_lock_want_again(core, slot);
}

int dsm_condition_cancel(dsm_core *core, uint32_t slot)
{
    struct dsm_slot *s = dsm_slot_at(core, slot);
    DSM_ASSERT(s->kind == DSM_SLOT_CONDITION);
    if (!s->cancelled) {
        s->cancelled = 1;
        const dsm_message message = {
            .type = DSM_MSG_CONDITION_CANCEL, .subject = dsm_lock_at(core, s->entry)->entry.id, .number = s->arrival};
        tell_home(core, &message);
        if (DSM_MUTANT_IS(DSM_MUTANT_LOST_SIGNAL) && s->kind == DSM_SLOT_CONDITION) {
            uint32_t index = s->entry;
            wants_lock_again(core, slot, DSM_E_CANCELLED);
            dsm_lock_tidy(core, index);
        }
    }
    return DSM_PENDING;
}

static uint32_t slot_of(const dsm_core *core, uint64_t number)
{
    return (uint32_t)(number % core->config.slots);
}

int dsm_condition_check(const dsm_core *core, uint32_t peer, const dsm_message *m)
{
    const struct dsm_slot *s = dsm_slot_at(core, slot_of(core, m->number));
    if (DSM_MUTANT_IS(DSM_MUTANT_LOST_SIGNAL)) {
        return DSM_OK;
    }
    int waits = s->kind == DSM_SLOT_CONDITION && s->arrival == m->number;
    return waits && dsm_lock_at(core, s->entry)->entry.id == m->subject &&
                   dsm_core_sync_home(&core->config, m->subject) == peer
               ? DSM_OK
               : DSM_E_PROTOCOL;
}

void dsm_condition_ended(dsm_core *core, uint64_t number, uint32_t flags)
{
    uint32_t slot = slot_of(core, number);
    const struct dsm_slot *s = dsm_slot_at(core, slot);
    if (s->kind != DSM_SLOT_CONDITION || s->arrival != number) {
        return;
    }
    wants_lock_again(core, slot, flags & DSM_FLAG_CANCELLED ? DSM_E_CANCELLED : DSM_OK);
}

void dsm_condition_peer_gone(dsm_core *core, uint32_t peer)
{
    for (uint32_t slot = 0; slot < core->config.slots && core->conditions != 0; slot++) {
        const struct dsm_slot *s = dsm_slot_at(core, slot);
        if (s->kind != DSM_SLOT_CONDITION) {
            continue;
        }
        uint32_t index = s->entry;
        struct dsm_lock *l = dsm_lock_at(core, index);
        if (dsm_core_sync_home(&core->config, l->entry.id) != peer) {
            continue;
        }
        l->conditions--;
        core->conditions--;
        dsm_slot_release(core, slot);
        dsm_emit_wake(core, slot, DSM_E_LOST); /* nobody could give it the lock again */
        dsm_lock_tidy(core, index);
    }
}

/* ---- at the lock's home ------------------------------------------------------------------------------------------ */

static struct dsm_wait *wait_at(const dsm_core *core, uint32_t mark)
{
    DSM_ASSERT(mark != 0 && mark <= core->waits_fresh);
    return &core->waits[mark - 1];
}

static void append(dsm_core *core, struct dsm_lock *l, uint32_t node, const dsm_message *m)
{
    uint32_t mark = core->waits_free;
    if (mark != 0) {
        core->waits_free = wait_at(core, mark)->next;
    } else {
        mark = ++core->waits_fresh;
    }
    *wait_at(core, mark) = (struct dsm_wait){m->condition, m->number, node, 0};
    if (l->waits_head == 0) {
        l->waits_head = mark;
    } else {
        wait_at(core, l->waits_tail)->next = mark;
    }
    l->waits_tail = mark;
    core->peers[node].waits++;
    core->waits_used++;
}

/* Takes `mark` out of the list, in which `previous` (0 = none) comes before it. Returns the next one. */
static uint32_t take_out(dsm_core *core, struct dsm_lock *l, uint32_t previous, uint32_t mark)
{
    struct dsm_wait *w = wait_at(core, mark);
    uint32_t next = w->next;
    if (previous == 0) {
        l->waits_head = next;
    } else {
        wait_at(core, previous)->next = next;
    }
    if (l->waits_tail == mark) {
        l->waits_tail = previous;
    }
    core->peers[w->node].waits--;
    core->waits_used--;
    w->number = 0;
    w->next = core->waits_free;
    core->waits_free = mark;
    return next;
}

static void end(dsm_core *core, uint64_t id, uint32_t node, uint64_t number, uint32_t flags)
{
    if (node == core->config.node) {
        dsm_condition_ended(core, number, flags);
        return;
    }
    const dsm_message message = {
        .type = DSM_MSG_CONDITION_END, .flags = (uint8_t)flags, .subject = id, .number = number};
    dsm_emit_send(core, node, &message, 0);
}

static void signal_waiters(dsm_core *core, uint32_t index, uint64_t condition, int all)
{
    struct dsm_lock *l = dsm_lock_at(core, index);
    uint64_t id = l->entry.id;
    for (uint32_t previous = 0, mark = l->waits_head; mark != 0;) {
        const struct dsm_wait w = *wait_at(core, mark);
        if (w.condition != condition) {
            previous = mark;
            mark = w.next;
            continue;
        }
        mark = take_out(core, l, previous, mark);
        end(core, id, w.node, w.number, 0);
        if (!all) {
            return;
        }
    }
}

static void take_back(dsm_core *core, uint32_t index, uint32_t node, uint64_t number)
{
    struct dsm_lock *l = dsm_lock_at(core, index);
    for (uint32_t previous = 0, mark = l->waits_head; mark != 0; previous = mark, mark = wait_at(core, mark)->next) {
        const struct dsm_wait *w = wait_at(core, mark);
        if (w->node == node && w->number == number) {
            (void)take_out(core, l, previous, mark);
            end(core, l->entry.id, node, number, DSM_FLAG_CANCELLED);
            return;
        }
    }
    /* It has been signalled: that is on its way, and is what the wait ends with. */
}

int dsm_condition_home_check(const dsm_core *core, uint32_t peer, const dsm_message *m)
{
    if (dsm_core_sync_home(&core->config, m->subject) != core->config.node) {
        return DSM_E_PROTOCOL;
    }
    uint32_t index = dsm_table_find(&core->locks, m->subject);
    if (m->type == DSM_MSG_CONDITION_CANCEL) {
        return DSM_OK; /* it may be over, and the lock forgotten */
    }
    if (index == DSM_NO_ENTRY || dsm_lock_at(core, index)->holder != peer + 1) {
        return DSM_E_PROTOCOL;
    }
    int full = m->type == DSM_MSG_CONDITION_WAIT && (core->peers[peer].waits >= core->config.slots || m->number == 0);
    return full ? DSM_E_PROTOCOL : DSM_OK;
}

void dsm_condition_home_message(dsm_core *core, uint32_t node, const dsm_message *m)
{
    uint32_t index = dsm_table_find(&core->locks, m->subject);
    if (index == DSM_NO_ENTRY) {
        return;
    }
    switch (m->type) {
    case DSM_MSG_CONDITION_WAIT:
        append(core, dsm_lock_at(core, index), node, m);
        break;
    case DSM_MSG_CONDITION_SIGNAL:
        signal_waiters(core, index, m->condition, (m->flags & DSM_FLAG_ALL) != 0);
        break;
    default:
        take_back(core, index, node, m->number);
        break;
    }
}

void dsm_condition_home_peer_gone(dsm_core *core, uint32_t peer)
{
    for (uint32_t index = 0; index < core->locks.fresh && core->peers[peer].waits != 0; index++) {
        struct dsm_lock *l = dsm_lock_at(core, index);
        if (!l->entry.used) {
            continue;
        }
        for (uint32_t previous = 0, mark = l->waits_head; mark != 0;) {
            if (wait_at(core, mark)->node == peer) {
                mark = take_out(core, l, previous, mark);
            } else {
                previous = mark;
                mark = wait_at(core, mark)->next;
            }
        }
        dsm_lock_tidy(core, index);
    }
}
