#include "dsm_barrier.h"

#include "dsm_emit.h"
#include "dsm_inform.h"
#include "dsm_interval.h"
#include "dsm_peer.h"
#include "dsm_relay.h"
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

/* Tells the home of the arrival. */
static void say_arrived(dsm_core *core, uint64_t id, const struct dsm_slot *s)
{
    uint32_t own = core->config.node, home = dsm_core_sync_home(&core->config, id);
    if (home == own) {
        dsm_barrier_home_arrived(core, id, home, s->arrival, s->parties);
        return;
    }
    uint32_t via = dsm_relay_up(core, home);
    dsm_inform(core, via);
    dsm_inform_tell(core, via);
    const dsm_message message = {
        .type = DSM_MSG_BARRIER_ARRIVE, .subject = id, .epoch = s->arrival, .parties = s->parties, .origin = own};
    dsm_relay_send(core, via, &message);
}

/* Tells the home that the arrival is taken back. */
static void say_broken(dsm_core *core, uint64_t id, uint64_t arrival)
{
    uint32_t own = core->config.node, home = dsm_core_sync_home(&core->config, id);
    if (home == own) {
        dsm_barrier_home_broken(core, id, home, arrival);
        return;
    }
    const dsm_message message = {.type = DSM_MSG_BARRIER_BREAK, .subject = id, .epoch = arrival, .origin = own};
    dsm_relay_send(core, dsm_relay_up(core, home), &message);
}

/* The arrival gets its number now. */
static void send_arrival(dsm_core *core, uint64_t id, struct dsm_slot *s)
{
    s->arrival = ++core->arrival;
    say_arrived(core, id, s);
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
    dsm_list_remove(core, &b->waiters, slot);
    dsm_count_add(core, DSM_C_BARRIER_WAIT_NS, core->now - s.since);
    int unsent = dsm_interval_forget_slot(core, slot);
    dsm_slot_release(core, slot);
    if (unsent) {
        send_arrival(core, id, &s); /* the others are to learn that it came, and that it left */
    }
    say_broken(core, id, s.arrival);
    tidy(core, id);
}

int dsm_barrier_check(const dsm_core *core, uint32_t peer, const dsm_message *m)
{
    /* The waiters it is about may have been cancelled meanwhile: then it says nothing new, and is no offence. */
    uint32_t home = dsm_core_sync_home(&core->config, m->subject);
    int legal = home != core->config.node && dsm_relay_may(core, peer, home, m) &&
                (m->origin != core->config.node || m->epoch <= core->arrival);
    return legal ? DSM_OK : DSM_E_PROTOCOL;
}

void dsm_barrier_depart(dsm_core *core, const dsm_message *m)
{
    if (m->origin == core->config.node) {
        dsm_barrier_departed(core, m->subject, m->epoch, m->flags);
    } else {
        dsm_relay_send(core, m->origin, m);
    }
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

/* The waiting slot with the lowest number above `after` whose arrival or departure may be lost with this relay. */
static uint32_t next_behind(const dsm_core *core, uint32_t relay, uint64_t after)
{
    uint32_t found = DSM_NO_SLOT;
    for (uint32_t slot = 0; slot < core->config.slots; slot++) {
        const struct dsm_slot *s = dsm_slot_at(core, slot);
        if (s->kind != DSM_SLOT_BARRIER || s->arrival <= after) {
            continue;
        }
        uint32_t home = dsm_core_sync_home(&core->config, dsm_barrier_at(core, s->entry)->entry.id);
        int lower = found == DSM_NO_SLOT || s->arrival < dsm_slot_at(core, found)->arrival;
        if (dsm_relay_of(&core->config, home, core->config.node) == relay && lower) {
            found = slot;
        }
    }
    return found;
}

void dsm_barrier_relay_gone(dsm_core *core, uint32_t relay)
{
    uint32_t slot;
    for (uint64_t after = DSM_MUTANT_IS(DSM_MUTANT_WAITS_BEHIND) ? UINT64_MAX : 0;
         (slot = next_behind(core, relay, after)) != DSM_NO_SLOT;) {
        const struct dsm_slot s = *dsm_slot_at(core, slot);
        struct dsm_barrier *b = dsm_barrier_at(core, s.entry);
        uint64_t id = b->entry.id;
        after = s.arrival;
        dsm_list_remove(core, &b->waiters, slot);
        end_wait(core, slot, DSM_E_BROKEN);
        say_arrived(core, id, &s);       /* if the home does not know yet: that it came, */
        say_broken(core, id, s.arrival); /* and, if its generation is not over, that it is gone again */
        tidy(core, id);
    }
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
    const dsm_message message = {
        .type = DSM_MSG_BARRIER_DEPART, .flags = (uint8_t)flags, .subject = id, .epoch = arrival, .origin = node};
    dsm_relay_send(core, dsm_relay_down(core, core->config.node, node), &message);
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
    uint32_t home = dsm_core_sync_home(&core->config, m->subject);
    if (!dsm_relay_may(core, peer, home, m)) {
        return DSM_E_PROTOCOL;
    }
    if (home != core->config.node) {
        return DSM_OK; /* passed on */
    }
    int counted = m->epoch <= core->peers[m->origin].arrival;
    if (m->type == DSM_MSG_BARRIER_ARRIVE) {
        /* It comes again when a relay has gone, and then perhaps from there as well. */
        int again = dsm_relay_of(&core->config, home, m->origin) != DSM_NO_NODE;
        return !counted || again ? DSM_OK : DSM_E_PROTOCOL;
    }
    return counted ? DSM_OK : DSM_E_PROTOCOL;
}

void dsm_barrier_home_message(dsm_core *core, const dsm_message *m)
{
    uint32_t home = dsm_core_sync_home(&core->config, m->subject);
    if (home != core->config.node) {
        dsm_relay_send(core, home, m);
    } else if (m->type == DSM_MSG_BARRIER_BREAK) {
        dsm_barrier_home_broken(core, m->subject, m->origin, m->epoch);
    } else if (m->epoch > core->peers[m->origin].arrival) {
        dsm_barrier_home_arrived(core, m->subject, m->origin, m->epoch, m->parties);
    }
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
