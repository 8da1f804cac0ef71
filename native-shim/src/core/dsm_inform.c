#include "dsm_inform.h"

#include <string.h>

#include "dsm_copy.h"
#include "dsm_emit.h"
#include "dsm_peer.h"
#include "dsm_vector.h"

static uint64_t *row(const dsm_core *core, uint64_t *matrix, uint32_t peer)
{
    return matrix + (size_t)peer * core->config.nodes;
}

/* ---- the log ---------------------------------------------------------------------------------------------- */

/* Drops what every living node has said that it has applied. */
static void trim(dsm_core *core)
{
    uint32_t nodes = core->config.nodes;
    memcpy(core->seen_by_all, core->vector, nodes * sizeof *core->vector);
    for (uint32_t peer = 0; peer < nodes; peer++) {
        if (peer == core->config.node || dsm_peer_gone(core, peer)) {
            continue;
        }
        uint64_t *seen = row(core, core->seen, peer);
        uint64_t own = seen[peer];
        seen[peer] = UINT64_MAX; /* of its own intervals it needs no notice */
        dsm_vector_min(core->seen_by_all, seen, nodes);
        seen[peer] = own;
    }
    dsm_notice_trim(core->log, core->seen_by_all);
}

static void schedule(dsm_core *core)
{
    if (core->config.inform_ns != 0 && core->inform_due == DSM_FOREVER) {
        core->inform_due = core->now + core->config.inform_ns;
    }
}

static void add(dsm_core *core, const dsm_notice *notice)
{
    if (dsm_notice_count(core->log) > core->limits.notices / 2) {
        trim(core);
    }
    dsm_notice_append(core->log, notice, core->ranges);
    core->vector[notice->origin] = notice->last;
    core->news++;
    schedule(core);
}

uint64_t dsm_inform_publish(dsm_core *core, const uint64_t *pages, uint32_t count)
{
    uint32_t own = core->config.node;
    for (uint32_t at = 0, used = 0; at < count; at += used) {
        dsm_notice notice = {own, 0, core->vector[own] + 1, core->vector[own] + 1};
        notice.ranges = dsm_range_collect(pages + at, count - at, core->ranges, core->limits.notice_ranges, &used);
        add(core, &notice);
    }
    return core->vector[own];
}

/* ---- telling ----------------------------------------------------------------------------------------------- */

void dsm_inform(dsm_core *core, uint32_t peer)
{
    DSM_ASSERT(peer != core->config.node);
    struct dsm_peer *p = &core->peers[peer];
    if (core->copies == NULL || p->informed == core->news || dsm_peer_gone(core, peer)) {
        return;
    }
    uint32_t next = 0;
    uint32_t length;
    while ((length = dsm_notice_encode(core->log, row(core, core->known, peer), &next, core->body,
                                       DSM_WIRE_BODY_MAX(core->config.page_bytes))) != 0) {
        const dsm_message message = {.type = DSM_MSG_NOTICES, .body = core->body, .body_length = length};
        dsm_emit_send_body(core, peer, &message);
    }
    p->informed = core->news;
}

void dsm_inform_tell(dsm_core *core, uint32_t peer)
{
    DSM_ASSERT(peer != core->config.node);
    if (core->copies == NULL || dsm_peer_gone(core, peer)) {
        return;
    }
    uint32_t next = 0;
    uint32_t length;
    while ((length = dsm_vector_encode(core->vector, row(core, core->told, peer), core->config.nodes, &next, core->body,
                                       DSM_WIRE_BODY_MAX(core->config.page_bytes))) != 0) {
        const dsm_message message = {.type = DSM_MSG_VECTOR, .body = core->body, .body_length = length};
        dsm_emit_send_body(core, peer, &message);
    }
}

/* How many intervals the peer has been sent and not said to have applied. */
static uint64_t unconfirmed(const dsm_core *core, uint32_t peer)
{
    const uint64_t *known = row(core, core->known, peer);
    const uint64_t *seen = row(core, core->seen, peer);
    uint64_t sum = 0;
    for (uint32_t n = 0; n < core->config.nodes; n++) {
        sum += n != peer && known[n] > seen[n] ? known[n] - seen[n] : 0;
    }
    return sum;
}

void dsm_inform_tick(dsm_core *core)
{
    if (core->now < core->inform_due) {
        return;
    }
    core->inform_due = DSM_FOREVER;
    trim(core);
    for (uint32_t peer = 0; peer < core->config.nodes; peer++) {
        if (peer == core->config.node || dsm_peer_gone(core, peer)) {
            continue;
        }
        /* One that does not answer is not flooded: the log becomes less exact instead. */
        if (unconfirmed(core, peer) <= core->limits.notices / 2) {
            dsm_inform(core, peer);
        } else {
            schedule(core);
        }
        dsm_inform_tell(core, peer);
    }
}

/* ---- being told --------------------------------------------------------------------------------------------- */

int dsm_inform_check(const dsm_core *core, const dsm_message *m)
{
    int fits = 0;
    uint32_t own = core->config.node;
    if (core->copies != NULL && m->type == DSM_MSG_NOTICES) {
        fits = dsm_notice_check(m->body, m->body_length, &core->limits, core->config.pages, core->vector) == 0;
    } else if (core->copies != NULL) {
        /* nobody has seen what this node has yet to write */
        fits = dsm_vector_check(m->body, m->body_length, core->config.nodes) == 0 &&
               dsm_vector_claim(m->body, own) <= core->vector[own];
    }
    return fits ? DSM_OK : DSM_E_PROTOCOL;
}

static void raise(uint64_t *number, uint64_t to)
{
    *number = *number < to ? to : *number;
}

void dsm_inform_noticed(dsm_core *core, uint32_t peer, const dsm_message *m)
{
    dsm_notice notice;
    uint32_t at = 0;
    while (dsm_notice_next(m->body, m->body_length, &at, &notice, core->ranges)) {
        raise(&row(core, core->known, peer)[notice.origin], notice.last);
        raise(&row(core, core->seen, peer)[notice.origin], notice.last);
        if (DSM_MUTANT_IS(DSM_MUTANT_UNMERGED_VECTOR)) {
            for (uint32_t other = 0; other < core->config.nodes; other++) {
                raise(&row(core, core->known, other)[notice.origin], notice.last);
            }
        }
        if (notice.last <= core->vector[notice.origin] || notice.origin == core->config.node) {
            continue;
        }
        for (uint32_t i = 0; i < notice.ranges; i++) {
            dsm_copy_noticed_range(core, &core->ranges[i]);
        }
        notice.first = core->vector[notice.origin] + 1;
        add(core, &notice);
    }
}

void dsm_inform_vector(dsm_core *core, uint32_t peer, const dsm_message *m)
{
    uint64_t *seen = row(core, core->seen, peer);
    int status = dsm_vector_decode(m->body, m->body_length, core->config.nodes, seen);
    DSM_ASSERT(status == 0);
    (void)dsm_vector_merge(row(core, core->known, peer), seen, core->config.nodes);
    if (dsm_notice_count(core->log) != 0) {
        schedule(core); /* some of it may go now */
    }
}
