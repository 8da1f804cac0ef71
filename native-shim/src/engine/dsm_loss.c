/*
 * dsm_loss.c - rule 14: a node that dies takes its pages with it, so the others end, each with one line.
 *
 * This is native business since a Java thread that stands in a fault holds up its JVM's safepoints: no Java code may
 * be able to run. If a thread stands in a fault, now or the moment one does, the process ends at once; otherwise Java is
 * told and gets its time. May run in the signal handler: no stdio.
 */
#define _GNU_SOURCE
#include <unistd.h>

#include "dsm_clock.h"
#include "dsm_engine.h"
#include "dsm_error.h"
#include "dsm_line.h"

static void ends(const dsm_engine *e, dsm_line *line)
{
    dsm_line_text(line, "; node ");
    dsm_line_number(line, e->config.node);
    dsm_line_text(line, " ends with status 75");
}

/* Others close their connections to a node that they have not heard of. Was that this node's own doing? */
static bool was_stopped(const dsm_engine *e, uint64_t now, uint64_t *for_ns)
{
    uint64_t gap = now - atomic_load(&((dsm_engine *)e)->alive_at);
    bool recent = e->stopped_ns != 0 && now - e->stopped_at < e->config.silence_ns;
    *for_ns = recent && e->stopped_ns > gap ? e->stopped_ns : gap;
    return *for_ns > e->config.silence_ns / 2;
}

/* A node that ends because another is lost is itself lost to the rest, who may notice that first. The cause is the
 * one that has been silent for longest: among those whose loss is known, and those whose next heartbeats are overdue. */
static uint32_t cause_of(const dsm_engine *e, uint32_t found, uint64_t now)
{
    uint32_t cause = found;
    for (uint32_t peer = 0; peer < e->config.nodes; peer++) {
        const dsm_remote *r = &e->remotes[peer];
        bool overdue = r->open && now - r->heard > e->config.silence_ns / 2;
        if (peer == e->config.node || r->left || !(r->lost || overdue))
            continue;
        if (r->heard < e->remotes[cause].heard)
            cause = peer;
    }
    return cause;
}

static void write_line(dsm_engine *e, uint32_t peer, uint64_t now)
{
    const dsm_remote *r = &e->remotes[peer];
    dsm_line line = {0};
    uint64_t stopped_for;
    dsm_line_text(&line, "dsm: node ");
    if (was_stopped(e, now, &stopped_for)) {
        dsm_line_number(&line, e->config.node);
        dsm_line_text(&line, " was stopped for ");
        dsm_line_seconds(&line, stopped_for);
        dsm_line_text(&line, " and is lost to the others, who wait for ");
        dsm_line_seconds(&line, e->config.silence_ns);
    } else {
        dsm_line_number(&line, peer);
        dsm_line_text(&line, " is lost (");
        if (r->reason[0] != '\0') {
            dsm_line_text(&line, r->reason);
        } else if (!r->lost || r->status == DSM_E_TIMEOUT) {
            dsm_line_text(&line, "not heard of for ");
            dsm_line_seconds(&line, r->lost ? e->config.silence_ns : now - r->heard);
        } else {
            dsm_line_text(&line, "its connection broke");
        }
        dsm_line_text(&line, "); its pages and locks are gone");
    }
    ends(e, &line);
    dsm_line_write(&line);
    e->line_written = true;
}

static void report(dsm_engine *e, uint32_t peer, uint64_t now)
{
    dsm_remote *r = &e->remotes[peer];
    r->reported = true;
    if (r->open)
        e->transport->shut(e->transport, r->link.socket);
    if (r->left)
        return; /* it may end when it likes */
    e->any_lost = true;
    dsm_engine_complete(e);
    if (e->ending || !e->options.exit_on_loss)
        return;
    if (!e->line_written)
        write_line(e, cause_of(e, peer, now), now);
    if (e->faulting > 0)
        _exit(DSM_EXIT_LOST);
    if (e->exit_at != 0)
        return;
    e->exit_status = DSM_EXIT_LOST;
    e->exit_at = now + e->options.grace_ns;
    e->batch.poke = true;
}

void dsm_engine_lost(dsm_engine *e)
{
    uint64_t now = dsm_clock_now();
    e->batch.lost = 0;
    dsm_lent_take_all_back(e); /* the core knows what becomes of the lost node's locks */
    for (uint32_t peer = 0; peer < e->config.nodes; peer++)
        if (e->remotes[peer].lost && !e->remotes[peer].reported)
            report(e, peer, now);
}

void dsm_engine_fault_stands(dsm_engine *e)
{
    if (e->any_lost && e->options.exit_on_loss && !e->ending)
        _exit(DSM_EXIT_LOST);
}

/* The home may know of a loss before this node does. Its own connection to that node shows it soon, and who sees that
 * writes the line that names the node and ends the process. */
static void await_news_of_loss(dsm_engine *e)
{
    _Atomic uint32_t never = 0;
    dsm_engine_unlock(e);
    dsm_futex_wait(&never, 0, 2 * DSM_SECOND);
    dsm_engine_lock(e);
}

_Noreturn void dsm_engine_fault_unserved(dsm_engine *e, uint64_t page)
{
    if (e->batch.lost != 0)
        dsm_engine_lost(e); /* has the line of it written first */
    if (!e->ending && !e->line_written)
        await_news_of_loss(e);
    if (!e->ending) {
        if (!e->line_written) {
            dsm_line line = {0};
            dsm_line_text(&line, "dsm: the shared page at ");
            dsm_line_hex(&line, (uintptr_t)e->pager->application + page * e->config.page_bytes);
            dsm_line_text(&line, " is gone with the node that had it");
            ends(e, &line);
            dsm_line_write(&line);
        }
        _exit(DSM_EXIT_LOST);
    }
    /* The process is about to end, by itself or by the service thread; this thread can never go on. */
    dsm_engine_unlock(e);
    for (;;) {
        _Atomic uint32_t never = 0;
        dsm_futex_wait(&never, 0, DSM_SECOND);
    }
}

uint64_t dsm_engine_end_when_due(dsm_engine *e, uint64_t now)
{
    if (e->exit_at == 0)
        return DSM_FOREVER;
    if (now >= e->exit_at)
        _exit(e->exit_status);
    return e->exit_at;
}

/* ---- dsm.h ------------------------------------------------------------------------------------------------- */

int dsm_engine_peer_lost(dsm_engine *e, uint32_t peer, const char *reason)
{
    if (peer >= e->config.nodes || peer == e->config.node)
        return dsm_error(DSM_E_ARGUMENT, "node %u cannot be lost to node %u", peer, e->config.node);
    dsm_guard guard;
    dsm_engine_enter(e, &guard);
    dsm_remote *r = &e->remotes[peer];
    if (e->connected && !r->lost && !r->left) {
        for (size_t i = 0; reason != NULL && reason[i] != '\0' && i + 1 < sizeof r->reason; i++)
            r->reason[i] = reason[i] < ' ' ? ' ' : reason[i]; /* it goes into one line */
        dsm_event lost = {.type = DSM_EV_PEER_LOST, .peer = peer};
        dsm_engine_step(e, &lost, dsm_clock_now());
    }
    dsm_engine_exit(e, &guard);
    return DSM_OK;
}

int dsm_engine_exit_by(dsm_engine *e, int status, uint64_t after_ns)
{
    dsm_guard guard;
    dsm_engine_enter(e, &guard);
    e->ending = true;
    e->exit_status = status;
    e->exit_at = dsm_clock_now() + after_ns;
    e->batch.poke = true;
    dsm_engine_exit(e, &guard);
    return DSM_OK;
}
