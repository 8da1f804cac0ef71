#include "dsm_atomic.h"

#include "dsm_copy.h"
#include "dsm_emit.h"
#include "dsm_home.h"
#include "dsm_inform.h"
#include "dsm_interval.h"
#include "dsm_node_page.h"
#include "dsm_page.h"
#include "dsm_peer.h"
#include "dsm_slot.h"

static void end(dsm_core *core, uint32_t slot)
{
    DSM_ASSERT(dsm_slot_at(core, slot)->kind == DSM_SLOT_ATOMIC && core->atomics > 0);
    core->atomics--;
    dsm_slot_release(core, slot);
}

static void end_with(dsm_core *core, uint32_t slot, uint64_t value)
{
    end(core, slot);
    dsm_emit_wake_with(core, slot, value);
}

static dsm_message message_of(const dsm_core *core, const struct dsm_slot *s)
{
    return (dsm_message){.type = DSM_MSG_ATOMIC,
                         .subject = s->page,
                         .number = s->arrival,
                         .operand = s->operand,
                         .expected = s->expected,
                         .offset = s->offset,
                         .operation = s->operation,
                         .width = s->width,
                         .origin = core->config.node};
}

void dsm_atomic_here(dsm_core *core, uint32_t slot)
{
    const dsm_message message = message_of(core, dsm_slot_at(core, slot));
    end_with(core, slot, dsm_emit_atomic(core, message.subject, &message));
}

/* ---- at a RELEASE page's home ------------------------------------------------------------------------------ */

/* This node, the home, changes the page by an atomic operation. That is made known at once, not with the next release:
 * whoever acquires by the next operation on the word may then read it without one, from a copy that lacks it. */
static void make_known(dsm_core *core, uint64_t page)
{
    struct dsm_copy *c = dsm_copy_at(core, page);
    if (dsm_copy_exclusive(core, c)) {
        return;
    }
    uint64_t interval = dsm_inform_publish(core, &page, 1);
    if ((c->flags & (DSM_COPY_LISTED | DSM_COPY_CLOSED)) == 0) {
        c->dies = interval;
    }
}

/* This node is the page's home. */
static void at_own_home(dsm_core *core, uint32_t slot)
{
    const struct dsm_slot *s = dsm_slot_at(core, slot);
    if (s->operation != DSM_OP_GET) {
        make_known(core, s->page);
    }
    dsm_atomic_here(core, slot);
}

/* Asked for by another node, or by this one before it became the home. */
static void done_at_home(dsm_core *core, const dsm_message *m)
{
    dsm_count(core, DSM_C_ATOMICS);
    if (m->operation != DSM_OP_GET) {
        make_known(core, m->subject);
    }
    uint64_t value = dsm_emit_atomic(core, m->subject, m);
    dsm_atomic_answer(core, m->origin, m->subject, m->number, value, 0);
}

static void asked_of_release(dsm_core *core, const dsm_message *m)
{
    const struct dsm_copy *c = dsm_copy_at(core, m->subject);
    if (c->state != DSM_COPY_HOME && c->home == 0) {
        dsm_copy_become_home(core, m->subject); /* this node is the directory, and nobody has touched it yet */
    }
    if (c->state == DSM_COPY_HOME) {
        done_at_home(core, m);
        return;
    }
    dsm_message message = *m;
    uint32_t onward = dsm_copy_onward(core, m, &message.flags);
    if (onward == DSM_NO_NODE) {
        dsm_atomic_answer(core, m->origin, m->subject, m->number, 0, DSM_FLAG_LOST);
    } else {
        dsm_inform(core, onward); /* what its origin knew when it asked */
        dsm_emit_send(core, onward, &message, 0);
    }
}

/* ---- the operation of this node's thread -------------------------------------------------------------------- */

void dsm_atomic_fail(dsm_core *core, uint32_t slot, int status)
{
    end(core, slot);
    dsm_emit_wake(core, slot, status);
}

void dsm_atomic_released(dsm_core *core, uint32_t slot)
{
    struct dsm_slot *s = dsm_slot_at(core, slot);
    uint64_t page = s->page;
    DSM_ASSERT(s->kind == DSM_SLOT_ATOMIC && s->arrival == 0);
    uint32_t home = dsm_core_home(&core->config, page);
    if (dsm_copy_is(core, page)) {
        const struct dsm_copy *c = dsm_copy_at(core, page);
        if (c->home == 0 && home == core->config.node) {
            dsm_copy_become_home(core, page);
        }
        if (c->state == DSM_COPY_HOME) {
            at_own_home(core, slot);
            return;
        }
        home = dsm_copy_way(core, page);
    }
    /* The number says which slot the result is for. */
    s->arrival = ++core->numbers * core->config.slots + slot;
    const dsm_message message = message_of(core, s);
    if (home == DSM_NO_NODE || (home != core->config.node && dsm_peer_gone(core, home))) {
        dsm_atomic_fail(core, slot, DSM_E_LOST);
    } else if (home != core->config.node) {
        dsm_inform(core, home);
        dsm_emit_send(core, home, &message, 0);
    } else {
        dsm_home_atomic(core, home, &message);
    }
}

static int valid(const dsm_core *core, const dsm_event *event)
{
    int width = event->width == 4 || event->width == 8;
    return event->page < core->config.pages && event->slot < core->config.slots && event->value != NULL && width &&
           event->offset % event->width == 0 && event->offset < core->config.page_bytes &&
           event->operation <= DSM_OP_COMPARE_SET && dsm_slot_at(core, event->slot)->kind == DSM_SLOT_FREE;
}

/* What changes a word is a release first, even where this node is the home: another may read it by an operation of its
 * own, without asking anything of this one. (A SEQUENTIAL page that is here is released when it is asked for.) */
static void begin(dsm_core *core, uint32_t slot)
{
    const struct dsm_slot *s = dsm_slot_at(core, slot);
    if (dsm_copy_is(core, s->page)) {
        if (s->operation == DSM_OP_GET && dsm_copy_at(core, s->page)->state == DSM_COPY_HOME) {
            dsm_atomic_here(core, slot);
        } else {
            dsm_interval_then_slot(core, slot);
        }
        return;
    }
    const struct dsm_page *p = dsm_page_at(core, s->page);
    if (dsm_page_reach(p->state) == DSM_ACCESS_WRITE || (p->flags & DSM_PAGE_ALONE)) {
        dsm_node_page_atomic(core, slot);
    } else {
        dsm_interval_then_slot(core, slot);
    }
}

int dsm_atomic_begin(dsm_core *core, const dsm_event *event)
{
    if (!valid(core, event)) {
        return DSM_E_ARGUMENT;
    }
    struct dsm_slot *s = dsm_slot_take(core, event->slot, DSM_SLOT_ATOMIC, event->thread);
    s->page = event->page;
    s->need = DSM_ACCESS_WRITE;
    s->offset = event->offset;
    s->operation = (uint8_t)event->operation;
    s->width = (uint8_t)event->width;
    s->operand = event->operand;
    s->expected = event->expected;
    core->atomics++;
    core->own_slot = event->slot;
    core->own_status = DSM_PENDING;
    begin(core, event->slot);
    if (core->own_status == DSM_OK) {
        *event->value = core->own_result;
    }
    return core->own_status;
}

/* ---- messages -------------------------------------------------------------------------------------------------- */

static uint32_t slot_of(const dsm_core *core, uint64_t number)
{
    return (uint32_t)(number % core->config.slots);
}

static int check_result(const dsm_core *core, const dsm_message *m)
{
    const struct dsm_slot *s = dsm_slot_at(core, slot_of(core, m->number));
    int asked = s->kind == DSM_SLOT_ATOMIC && s->arrival != 0; /* and does not wait for a release, with no number yet */
    if (!asked || s->arrival != m->number || s->page != m->subject) {
        return core->any_gone ? DSM_OK : DSM_E_PROTOCOL; /* it failed already when a node was lost */
    }
    return DSM_OK;
}

static int check_asked(const dsm_core *core, uint32_t peer, const dsm_message *m)
{
    if (m->subject >= core->config.pages || m->origin >= core->config.nodes ||
        m->offset > core->config.page_bytes - m->width) {
        return DSM_E_PROTOCOL;
    }
    int directory = dsm_core_home(&core->config, m->subject) == core->config.node;
    if (!dsm_copy_is(core, m->subject)) {
        return directory && m->origin == peer ? dsm_home_check(core, peer, m) : DSM_E_PROTOCOL;
    }
    const struct dsm_copy *c = dsm_copy_at(core, m->subject);
    int knows = c->state == DSM_COPY_HOME || (c->home != 0 && c->home - 1 != core->config.node);
    return knows || directory ? DSM_OK : DSM_E_PROTOCOL;
}

int dsm_atomic_check(const dsm_core *core, uint32_t peer, const dsm_message *m)
{
    return m->type == DSM_MSG_ATOMIC ? check_asked(core, peer, m) : check_result(core, m);
}

void dsm_atomic_asked(dsm_core *core, uint32_t peer, const dsm_message *m)
{
    if (dsm_copy_is(core, m->subject)) {
        asked_of_release(core, m);
    } else {
        dsm_home_atomic(core, peer, m);
    }
}

void dsm_atomic_answer(dsm_core *core, uint32_t node, uint64_t page, uint64_t number, uint64_t value, uint32_t flags)
{
    if (node == core->config.node) {
        dsm_atomic_result(core, number, value, flags);
        return;
    }
    const dsm_message message = {
        .type = DSM_MSG_ATOMIC_RESULT, .flags = (uint8_t)flags, .subject = page, .number = number, .value = value};
    dsm_inform(core, node);
    dsm_emit_send(core, node, &message, 0);
}

/* The word was changed elsewhere: a copy that is here lacks it, and others' copies lack it until this node's notice. */
static void written_elsewhere(dsm_core *core, uint64_t page)
{
    struct dsm_copy *c = dsm_copy_at(core, page);
    int exclusive = c->state == DSM_COPY_HOME && dsm_copy_exclusive(core, c);
    dsm_copy_noticed(core, page);
    if ((c->flags & DSM_COPY_LISTED) == 0 && !exclusive) {
        dsm_interval_list(core, page);
    }
}

void dsm_atomic_result(dsm_core *core, uint64_t number, uint64_t value, uint32_t flags)
{
    uint32_t slot = slot_of(core, number);
    const struct dsm_slot *s = dsm_slot_at(core, slot);
    if (s->kind != DSM_SLOT_ATOMIC || s->arrival == 0 || s->arrival != number) {
        return;
    }
    if (flags & DSM_FLAG_LOST) {
        dsm_atomic_fail(core, slot, DSM_E_LOST);
        return;
    }
    if (dsm_copy_is(core, s->page)) {
        if (s->operation != DSM_OP_GET) {
            written_elsewhere(core, s->page);
        }
    } else if (flags & DSM_FLAG_ALONE) {
        dsm_page_at(core, s->page)->flags |= DSM_PAGE_ALONE;
    }
    end_with(core, slot, value);
}

/* ---- a node is gone ----------------------------------------------------------------------------------------------- */

void dsm_atomic_peer_gone(dsm_core *core, uint32_t peer)
{
    for (uint32_t slot = 0; slot < core->config.slots && core->atomics != 0; slot++) {
        const struct dsm_slot *s = dsm_slot_at(core, slot);
        if (s->kind != DSM_SLOT_ATOMIC || s->arrival == 0) {
            continue; /* what waits for a page or a release is told by these */
        }
        /* That of a RELEASE page may have been passed on to the lost node, and cannot be asked for twice. */
        if (dsm_copy_is(core, s->page) || dsm_core_home(&core->config, s->page) == peer) {
            dsm_atomic_fail(core, slot, DSM_E_LOST);
        }
    }
}
