#include "dsm_barrier.h"

#include "dsm_emit.h"
#include "dsm_inform.h"
#include "dsm_interval.h"
#include "dsm_peer.h"
#include "dsm_slot.h"

/* Gives the entry's room back if nothing is known of the barrier on this node any more. */
static void tidy(dsm_core *core, uint64_t id)
{
    uint32_t index = dsm_table_find(&core->barriers, id);
    if (index == DSM_NO_ENTRY) {
        return;
    }
    const struct dsm_barrier *b = dsm_barrier_at(core, index);
    if (dsm_list_empty(&b->waiters) && b->arrived == 0) {
        dsm_table_remove(&core->barriers, index);
    }
}

/* Entry of the barrier, a new one if there was none. DSM_NO_ENTRY: the table is full. */
static uint32_t entry_of(dsm_core *core, uint64_t id)
{
    uint32_t index = dsm_table_find(&core->barriers, id);
    return index != DSM_NO_ENTRY ? index : dsm_table_add(&core->barriers, id);
}

/* ---- at a node ------------------------------------------------------------------------------------------ */

static void end_wait(dsm_core *core, uint32_t slot, int status)
{
    const struct dsm_slot *s = dsm_slot_at(core, slot);
    DSM_ASSERT(s->kind == DSM_SLOT_BARRIER);
    dsm_count_add(core, DSM_C_BARRIER_WAIT_NS, core->now - s->since);
    if (status == DSM_OK) {
        dsm_count(core, DSM_C_BARRIERS);
    }
    dsm_slot_release(core, slot);
    dsm_emit_wake(core, slot, status);
}

int dsm_barrier_arrive(dsm_core *core, const dsm_event *event)
{
    if (event->slot >= core->config.slots || event->parties == 0 ||
        dsm_slot_at(core, event->slot)->kind != DSM_SLOT_FREE) {
        return DSM_E_ARGUMENT;
    }
    uint32_t home = dsm_core_sync_home(&core->config, event->id);
    if (home != core->config.node && dsm_peer_gone(core, home)) {
        return DSM_E_LOST;
    }
    uint32_t index = entry_of(core, event->id);
    if (index == DSM_NO_ENTRY) {
        return DSM_E_FULL;
    }
    struct dsm_slot *s = dsm_slot_take(core, event->slot, DSM_SLOT_BARRIER, event->thread);
    s->entry = index;
    s->parties = event->parties;
    dsm_list_append(core, &dsm_barrier_at(core, index)->waiters, event->slot);
    core->own_slot = event->slot;
    core->own_status = DSM_PENDING;
    dsm_interval_then_slot(core, event->slot);
    tidy(core, event->id);
    return core->own_status;
}

/* Tells the home of the arrival, which gets its number now. */
static void send_arrival(dsm_core *core, uint64_t id, struct dsm_slot *s)
{
    uint32_t home = dsm_core_sync_home(&core->config, id);
    s->arrival = ++core->arrival;
    if (home == core->config.node) {
        dsm_barrier_home_arrived(core, id, home, s->arrival, s->parties);
        return;
    }
    dsm_inform(core, home);
    dsm_inform_tell(core, home);
    const dsm_message message = {
        .type = DSM_MSG_BARRIER_ARRIVE, .subject = id, .epoch = s->arrival, .parties = s->parties, .arrived = 1};
    dsm_emit_send(core, home, &message, 0);
}

void dsm_barrier_released(dsm_core *core, uint32_t slot)
{
    struct dsm_slot *s = dsm_slot_at(core, slot);
    DSM_ASSERT(s->kind == DSM_SLOT_BARRIER && s->arrival == 0);
    uint64_t id = dsm_barrier_at(core, s->entry)->entry.id;
    send_arrival(core, id, s);
    tidy(core, id);
}

void dsm_barrier_cancel(dsm_core *core, uint32_t slot)
{
    struct dsm_slot s = *dsm_slot_at(core, slot);
    DSM_ASSERT(s.kind == DSM_SLOT_BARRIER);
    struct dsm_barrier *b = dsm_barrier_at(core, s.entry);
    uint64_t id = b->entry.id;
    uint32_t home = dsm_core_sync_home(&core->config, id);
    dsm_list_remove(core, &b->waiters, slot);
    dsm_count_add(core, DSM_C_BARRIER_WAIT_NS, core->now - s.since);
    int unsent = dsm_interval_forget_slot(core, slot);
    dsm_slot_release(core, slot);
    if (unsent) {
        send_arrival(core, id, &s); /* the others are to learn that it came, and that it left */
    }
    if (home == core->config.node) {
        dsm_barrier_home_broken(core, id, home, s.arrival);
    } else {
        const dsm_message message = {.type = DSM_MSG_BARRIER_BREAK, .subject = id, .epoch = s.arrival};
        dsm_emit_send(core, home, &message, 0);
    }
    tidy(core, id);
}

int dsm_barrier_check(const dsm_core *core, uint32_t peer, const dsm_message *m)
{
    /* The waiters it is about may have been cancelled meanwhile: then it says nothing new, and is no offence. */
    int legal = m->type == DSM_MSG_BARRIER_DEPART && dsm_core_sync_home(&core->config, m->subject) == peer &&
                m->epoch <= core->arrival;
    return legal ? DSM_OK : DSM_E_PROTOCOL;
}

static int outcome_of(uint32_t flags)
{
    return flags & DSM_FLAG_BROKEN    ? DSM_E_BROKEN
           : flags & DSM_FLAG_PARTIES ? DSM_E_PARTIES
           : flags & DSM_FLAG_FULL    ? DSM_E_FULL
                                      : DSM_OK;
}

void dsm_barrier_departed(dsm_core *core, uint64_t id, uint64_t arrival, uint32_t flags)
{
    uint32_t index = dsm_table_find(&core->barriers, id);
    if (index == DSM_NO_ENTRY) {
        return;
    }
    int alone = (flags & (DSM_FLAG_PARTIES | DSM_FLAG_FULL)) != 0;
    struct dsm_barrier *b = dsm_barrier_at(core, index);
    struct dsm_list list = b->waiters;
    b->waiters = (struct dsm_list){0, 0};
    for (uint32_t slot; (slot = dsm_list_pop(core, &list)) != DSM_NO_SLOT;) {
        uint64_t number = dsm_slot_at(core, slot)->arrival;
        int earlier = number != 0 && (number <= arrival || DSM_MUTANT_IS(DSM_MUTANT_GENERATION));
        int over = alone ? number == arrival : earlier;
        if (over) {
            end_wait(core, slot, outcome_of(flags));
        } else {
            dsm_list_append(core, &b->waiters, slot);
        }
    }
    tidy(core, id);
}

void dsm_barrier_peer_gone(dsm_core *core, uint32_t peer)
{
    for (uint32_t slot = 0; slot < core->config.slots; slot++) {
        const struct dsm_slot *s = dsm_slot_at(core, slot);
        if (s->kind != DSM_SLOT_BARRIER) {
            continue;
        }
        struct dsm_barrier *b = dsm_barrier_at(core, s->entry);
        uint64_t id = b->entry.id;
        if (dsm_core_sync_home(&core->config, id) == peer) {
            (void)dsm_interval_forget_slot(core, slot);
            dsm_list_remove(core, &b->waiters, slot);
            end_wait(core, slot, DSM_E_LOST);
            tidy(core, id);
        }
    }
}

/* ---- at its home ------------------------------------------------------------------------------------------ */

static struct dsm_arrivals *arrivals_of(const dsm_core *core, uint32_t index, uint32_t node)
{
    return &core->arrivals[(size_t)index * core->config.nodes + node];
}

static void depart(dsm_core *core, uint64_t id, uint32_t node, uint64_t arrival, uint32_t flags)
{
    if (node == core->config.node) {
        dsm_barrier_departed(core, id, arrival, flags);
        return;
    }
    dsm_inform(core, node);
    const dsm_message message = {
        .type = DSM_MSG_BARRIER_DEPART, .flags = (uint8_t)flags, .subject = id, .epoch = arrival};
    dsm_emit_send(core, node, &message, 0);
}

/* The generation is over, one way or the other. The barrier is fresh before anybody is told. */
static void end_generation(dsm_core *core, uint32_t index, uint32_t flags)
{
    struct dsm_barrier *b = dsm_barrier_at(core, index);
    uint64_t id = b->entry.id;
    uint32_t own = core->config.node;
    DSM_ASSERT(b->arrived > 0 && core->barriers_open > 0);
    b->arrived = 0;
    b->parties = 0;
    core->barriers_open--;
    for (uint32_t node = 0; node < core->config.nodes; node++) {
        struct dsm_arrivals *a = arrivals_of(core, index, node);
        if (node != own && a->first != 0) {
            uint64_t last = a->last;
            *a = (struct dsm_arrivals){0, 0};
            depart(core, id, node, last, flags);
        }
    }
    /* this node last: being told may give the entry's room back */
    struct dsm_arrivals mine = *arrivals_of(core, index, own);
    *arrivals_of(core, index, own) = (struct dsm_arrivals){0, 0};
    if (mine.first != 0) {
        depart(core, id, own, mine.last, flags);
    }
}

int dsm_barrier_home_check(const dsm_core *core, uint32_t peer, const dsm_message *m)
{
    if (dsm_core_sync_home(&core->config, m->subject) != core->config.node) {
        return DSM_E_PROTOCOL;
    }
    if (m->type == DSM_MSG_BARRIER_ARRIVE) {
        return m->epoch > core->peers[peer].arrival ? DSM_OK : DSM_E_PROTOCOL;
    }
    return m->type == DSM_MSG_BARRIER_BREAK && m->epoch <= core->peers[peer].arrival ? DSM_OK : DSM_E_PROTOCOL;
}

void dsm_barrier_home_arrived(dsm_core *core, uint64_t id, uint32_t node, uint64_t arrival, uint32_t parties)
{
    DSM_ASSERT(parties > 0);
    DSM_ASSERT(arrival > core->peers[node].arrival);
    core->peers[node].arrival = arrival;
    if (core->any_lost) {
        depart(core, id, node, arrival, DSM_FLAG_BROKEN);
        return;
    }
    uint32_t index = entry_of(core, id);
    if (index == DSM_NO_ENTRY) {
        depart(core, id, node, arrival, DSM_FLAG_FULL);
        return;
    }
    struct dsm_barrier *b = dsm_barrier_at(core, index);
    if (b->arrived != 0 && b->parties != parties) {
        depart(core, id, node, arrival, DSM_FLAG_PARTIES);
        return;
    }
    struct dsm_arrivals *a = arrivals_of(core, index, node);
    a->first = a->first != 0 ? a->first : arrival;
    a->last = arrival;
    core->barriers_open += b->arrived == 0;
    b->parties = parties;
    b->arrived++;
    if (b->arrived == b->parties) {
        end_generation(core, index, 0);
        tidy(core, id);
    }
}

void dsm_barrier_home_broken(dsm_core *core, uint64_t id, uint32_t node, uint64_t arrival)
{
    uint32_t index = dsm_table_find(&core->barriers, id);
    if (index == DSM_NO_ENTRY) {
        return; /* its generation was over when the break was sent */
    }
    const struct dsm_arrivals *a = arrivals_of(core, index, node);
    if (a->first != 0 && arrival >= a->first && arrival <= a->last) {
        end_generation(core, index, DSM_FLAG_BROKEN);
        tidy(core, id);
    }
}

void dsm_barrier_home_peer_gone(dsm_core *core, uint32_t peer)
{
    for (uint32_t index = 0; index < core->barriers.fresh; index++) {
        const struct dsm_barrier *b = dsm_barrier_at(core, index);
        if (!b->entry.used || b->arrived == 0) {
            continue;
        }
        uint64_t id = b->entry.id;
        if (core->any_lost || arrivals_of(core, index, peer)->first != 0) {
            end_generation(core, index, DSM_FLAG_BROKEN);
            tidy(core, id);
        }
    }
}
