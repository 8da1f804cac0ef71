/* dsm_intake.c - from bytes that came to core steps. */
#define _GNU_SOURCE
#include <string.h>

#include "dsm_clock.h"
#include "dsm_engine.h"
#include "dsm_wire.h"

#define FRAMES_A_TURN    64u /* of one connection; a leader takes bounded steps */
#define FRAMES_AFTER_END 4u  /* that a leader still parses when its own wait is over: others may be in them */
#define FRAMES_AHEAD     32u /* the same, when this node has asked for pages ahead: it will use them next */
#define DIRECT_REMOTES   2u  /* up to so many connections are read without asking which are ready */
#define TYPE_AT          4u  /* of a frame's head */

/* ---- one connection's end ------------------------------------------------------------------------------- */

static void set_backlog(dsm_engine *e, dsm_remote *r, bool backlog)
{
    if (r->backlog == backlog)
        return;
    r->backlog = backlog;
    atomic_fetch_add_explicit(&e->backlog, backlog ? 1u : UINT32_MAX, memory_order_relaxed);
}

/* Both locks held. The core is told only now that nothing can come from there any more. */
static void close_remote(dsm_engine *e, uint32_t node, const char *reason, uint64_t now)
{
    dsm_remote *r = &e->remotes[node];
    dsm_engine_flush(e); /* nothing may be left gathered for it */
    set_backlog(e, r, false);
    r->open = false;
    atomic_store_explicit(&r->wants_output, false, memory_order_relaxed);
    e->open_remotes--;
    dsm_poller_remove(&e->poller, r->link.socket);
    dsm_link_close(&r->link);
    if (r->reason[0] == '\0')
        strncpy(r->reason, reason, sizeof r->reason - 1);
    if (r->lost)
        return;
    dsm_event lost = {.type = DSM_EV_PEER_LOST, .peer = node};
    dsm_engine_step(e, &lost, now);
}

/* ---- one connection's frames -------------------------------------------------------------------------------- */

/* A whole frame at the front of the buffer: its length; 0 = not yet; negative = there can be none. */
static int64_t whole_frame(const dsm_engine *e, const dsm_remote *r, const uint8_t **bytes)
{
    uint32_t available;
    *bytes = dsm_link_input(&r->link, &available);
    int64_t length = dsm_wire_frame(*bytes, available, e->config.page_bytes);
    return length > (int64_t)available ? 0 : length;
}

static int take_frame(dsm_engine *e, uint32_t node, const uint8_t *bytes, uint32_t length, uint64_t now)
{
    dsm_remote *r = &e->remotes[node];
    if (r->lost)
        return DSM_OK; /* given up: what it still says counts no more */
    dsm_lent_before_frame(e, bytes);
    dsm_event event = {.type = DSM_EV_MESSAGE, .peer = node, .bytes = bytes, .length = length};
    int rc = dsm_engine_step(e, &event, now);
    if (rc == DSM_OK && bytes[TYPE_AT] == DSM_MSG_BYE)
        r->left = true;
    return rc;
}

/* Both locks held. Returns how many frames were parsed, or a negative code for what cannot be parsed. */
static int take_frames(dsm_engine *e, uint32_t node, const dsm_waiter *self, uint64_t now)
{
    dsm_remote *r = &e->remotes[node];
    const uint8_t *bytes;
    int64_t length = 0;
    uint32_t frames = 0, after_end = 0;
    while (frames < FRAMES_A_TURN && (length = whole_frame(e, r, &bytes)) > 0) {
        int rc = take_frame(e, node, bytes, (uint32_t)length, now);
        if (rc == DSM_E_PROTOCOL)
            return rc;
        dsm_link_consume(&r->link, (uint32_t)length);
        frames++;
        if (self != NULL && self->remaining == 0 &&
            ++after_end > (e->ahead.remaining != 0 ? FRAMES_AHEAD : FRAMES_AFTER_END))
            break;
    }
    if (length < 0)
        return DSM_E_PROTOCOL;
    set_backlog(e, r, whole_frame(e, r, &bytes) != 0);
    return (int)frames;
}

/* ---- a turn of reading ------------------------------------------------------------------------------------------ */

typedef struct turn {
    dsm_engine *engine;
    const dsm_waiter *self;
    bool locked;
    bool moved;
    uint64_t now;
} turn;

static void lock_once(turn *t)
{
    if (t->locked)
        return;
    dsm_engine_lock(t->engine);
    t->locked = true;
    t->now = dsm_clock_now();
}

static void read_remote(turn *t, uint32_t node)
{
    dsm_engine *e = t->engine;
    dsm_remote *r = &e->remotes[node];
    if (!r->open)
        return;
    int64_t got = dsm_link_receive(&r->link);
    if (got == 0 && !r->backlog && !atomic_load_explicit(&r->wants_output, memory_order_relaxed))
        return;
    lock_once(t);
    if (got > 0) {
        t->moved = true;
        r->heard = t->now;
        dsm_engine_count_add(e, DSM_C_BYTES_IN, (uint64_t)got);
    }
    int frames = take_frames(e, node, t->self, t->now);
    if (frames > 0)
        t->moved = true;
    if (frames < 0)
        close_remote(e, node, "it sent what the protocol does not allow", t->now);
    else if (got < 0 && !r->backlog)
        close_remote(e, node, "its connection broke", t->now);
    else if (atomic_load_explicit(&r->wants_output, memory_order_relaxed) && !r->dirty) {
        r->dirty = true; /* the end of the batch tries again what did not go out */
        r->next_dirty = e->batch.dirty;
        e->batch.dirty = node;
    }
}

static void read_all(turn *t)
{
    dsm_engine *e = t->engine;
    for (uint32_t node = 0; node < e->config.nodes; node++)
        read_remote(t, node);
}

static void read_ready(turn *t, const uint32_t *ids, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        read_remote(t, ids[i]);
}

bool dsm_engine_intake(dsm_engine *e, const dsm_waiter *self, const uint32_t *ids, uint32_t count, bool patient)
{
    uint32_t found[DSM_POLLER_BATCH];
    if (patient)
        dsm_mutex_lock(&e->reading);
    else if (!dsm_mutex_try(&e->reading))
        return false;
    turn t = {.engine = e, .self = self};
    if (atomic_load_explicit(&e->backlog, memory_order_relaxed) != 0 ||
        (ids == NULL && e->config.nodes <= DIRECT_REMOTES + 1))
        read_all(&t);
    else if (ids == NULL)
        read_ready(&t, found, dsm_poller_wait(&e->poller, found, 0));
    else
        read_ready(&t, ids, count);
    uint64_t now = t.locked ? t.now : dsm_clock_now();
    if (now >= atomic_load_explicit(&e->deadline, memory_order_relaxed)) {
        lock_once(&t);
        dsm_engine_tick(e, t.now);
    }
    if (t.locked) {
        atomic_fetch_add_explicit(&e->leader_turns, 1, memory_order_relaxed);
        dsm_engine_count_add(e, self != NULL ? DSM_C_LEADER_STEPS : DSM_C_SERVICE_STEPS, 1);
        dsm_engine_unlock(e);
    }
    dsm_mutex_unlock(&e->reading);
    return t.moved;
}
