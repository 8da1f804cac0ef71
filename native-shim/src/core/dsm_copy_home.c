#include "dsm_copy.h"
#include "dsm_emit.h"
#include "dsm_inform.h"
#include "dsm_interval.h"
#include "dsm_peer.h"

/* 1 if every other node has applied this node's notice of `interval`. */
static int applied_by_all(const dsm_core *core, uint64_t interval)
{
    uint32_t nodes = core->config.nodes;
    for (uint32_t peer = 0; peer < nodes; peer++) {
        int counts = peer != core->config.node && !dsm_peer_gone(core, peer);
        if (counts && core->seen[(size_t)peer * nodes + core->config.node] < interval) {
            return 0;
        }
    }
    return 1;
}

int dsm_copy_exclusive(const dsm_core *core, const struct dsm_copy *c)
{
    if ((c->flags & DSM_COPY_SHARED) == 0) {
        return 1;
    }
    return (c->flags & DSM_COPY_LISTED) == 0 && c->dies != 0 && applied_by_all(core, c->dies);
}

void dsm_copy_become_home(dsm_core *core, uint64_t page)
{
    struct dsm_copy *c = dsm_copy_at(core, page);
    DSM_ASSERT(c->state == DSM_COPY_NONE && c->home == 0);
    c->home = core->config.node + 1;
    c->epoch = 1;
    dsm_copy_move(core, page, DSM_COPY_HOME, 1); /* nobody can be waiting: whom would it have asked? */
}

uint32_t dsm_copy_onward(const dsm_core *core, const dsm_message *m, uint8_t *flags)
{
    const struct dsm_copy *c = dsm_copy_at(core, m->subject);
    int directory = dsm_core_home(&core->config, m->subject) == core->config.node;
    DSM_ASSERT(c->home != 0);
    *flags |= directory ? DSM_FLAG_DIRECTED : 0;
    if ((m->flags & DSM_FLAG_DIRECTED) && dsm_peer_gone(core, c->home - 1)) {
        return DSM_NO_NODE;
    }
    return dsm_copy_way(core, m->subject);
}

/* Passes the page's home on. Its bytes are as they are here; nobody here writes it any more without a twin. */
static void give(dsm_core *core, uint64_t page, uint32_t node)
{
    struct dsm_copy *c = dsm_copy_at(core, page);
    int touched = c->state == DSM_COPY_HOME;
    if (touched) {
        dsm_copy_move(core, page, DSM_COPY_CLEAN, 0); /* closed before its bytes are taken */
    }
    dsm_inform(core, node); /* its atomic operations read here what others had released */
    c->flags &= (uint8_t) ~(DSM_COPY_SHARED | DSM_COPY_CLOSED);
    c->home = node + 1;
    c->epoch++;
    c->dies = 0;
    const dsm_message message = {
        .type = DSM_MSG_GIVE, .flags = touched ? DSM_FLAG_HAS_PAGE : DSM_FLAG_ZERO, .subject = page, .epoch = c->epoch};
    dsm_emit_send(core, node, &message, touched);
}

static void answer_lost(dsm_core *core, const dsm_message *m)
{
    const dsm_message message = {
        .type = DSM_MSG_COPY, .flags = DSM_FLAG_LOST, .subject = m->subject, .number = m->number, .epoch = 0};
    if (m->origin != core->config.node) {
        dsm_emit_send(core, m->origin, &message, 0);
    } else {
        dsm_copy_received(core, m->origin, &message); /* it was home once, and nobody knows of a later one that lives */
    }
}

void dsm_copy_home_fetch(dsm_core *core, const dsm_message *m)
{
    uint64_t page = m->subject;
    struct dsm_copy *c = dsm_copy_at(core, page);
    if (c->state != DSM_COPY_HOME && c->home == 0) {
        give(core, page, m->origin); /* this node is the directory, and nobody has touched it yet */
        return;
    }
    if (c->state != DSM_COPY_HOME) {
        dsm_message message = *m;
        uint32_t onward = dsm_copy_onward(core, m, &message.flags);
        if (onward == DSM_NO_NODE) {
            answer_lost(core, m);
        } else {
            dsm_emit_send(core, onward, &message, 0);
        }
        return;
    }
    if (m->origin == core->config.node) {
        return; /* has become the home while its question followed the page here */
    }
    c->flags |= DSM_COPY_SHARED;
    c->flags &= (uint8_t)~DSM_COPY_CLOSED;
    if (!DSM_MUTANT_IS(DSM_MUTANT_STALE_EXCLUSIVE)) {
        c->dies = 0;
    }
    /* Its writers are stopped before its bytes are taken, and noticed when they go on. */
    dsm_copy_move(core, page, DSM_COPY_HOME, 0);
    const dsm_message message = {
        .type = DSM_MSG_COPY, .flags = DSM_FLAG_HAS_PAGE, .subject = page, .number = m->number, .epoch = c->epoch};
    dsm_emit_send(core, m->origin, &message, 1);
    dsm_count(core, DSM_C_PAGES_SERVED);
}

/* ---- diffs ----------------------------------------------------------------------------------------------- */

static void acknowledge(dsm_core *core, uint32_t node, uint64_t flush, uint32_t count)
{
    const dsm_message message = {.type = DSM_MSG_FLUSHED, .number = flush, .count = count};
    if (node != core->config.node) {
        dsm_emit_send(core, node, &message, 0);
    } else if (core->any_gone || core->any_said_gone) {
        dsm_interval_flushed(core, &message);
    }
}

/* 1 when the page is better off with `node` as its home: it alone has written it for a while. */
static int should_move(const dsm_core *core, struct dsm_copy *c, uint32_t node)
{
    if (c->writer == node + 1) {
        c->streak += c->streak != UINT32_MAX;
    } else {
        c->writer = node + 1;
        c->streak = 1;
    }
    uint32_t after = core->config.migrate_after;
    int may = node != core->config.node && !dsm_peer_gone(core, node);
    return may && after != 0 && c->streak >= after && (c->flags & DSM_COPY_LISTED) == 0;
}

static void forward(dsm_core *core, uint32_t node, uint8_t flags, const dsm_message *m)
{
    dsm_message message = *m;
    message.flags = (flags & DSM_FLAG_DIRECTED) | DSM_FLAG_FORWARDED;
    dsm_emit_send_body(core, node, &message);
}

void dsm_copy_home_diff(dsm_core *core, uint32_t peer, const dsm_message *m)
{
    struct dsm_copy *c = dsm_copy_at(core, m->subject);
    struct dsm_peer *p = &core->peers[peer];
    int direct = (m->flags & DSM_FLAG_FORWARDED) == 0;
    int passed_on = 0;
    uint8_t flags = m->flags;
    uint32_t onward;
    if (direct && p->flush != m->number) {
        p->flush = (uint32_t)m->number;
        p->diffs = 0;
    }
    if (c->state == DSM_COPY_HOME) {
        dsm_emit_apply(core, m->subject, m->body, m->body_length);
        if (should_move(core, c, m->origin)) {
            give(core, m->subject, m->origin);
            if (DSM_MUTANT_IS(DSM_MUTANT_DIFF_TWICE)) {
                forward(core, m->origin, flags, m);
            }
        }
    } else if ((onward = dsm_copy_onward(core, m, &flags)) != DSM_NO_NODE) {
        forward(core, onward, flags, m);
        passed_on = 1;
    }
    /* A diff for a lost home is acknowledged: what it would have changed is gone. */
    if (direct) {
        p->diffs += !passed_on;
        if ((m->flags & DSM_FLAG_LAST) && p->diffs != 0) {
            acknowledge(core, peer, m->number, p->diffs);
            p->diffs = 0;
        }
    } else if (!passed_on) {
        acknowledge(core, m->origin, m->number, 1);
    }
}
