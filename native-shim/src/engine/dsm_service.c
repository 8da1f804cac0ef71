/*
 * dsm_service.c - the one thread of an engine: reads the connections while no thread of the application waits on
 * them, keeps time for the core, and ends the process when it must.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/prctl.h>

#include "dsm_clock.h"
#include "dsm_engine.h"

#define STACK_BYTES     (256u * 1024u)
#define TURNS           16u              /* of reading before it looks at everything else */
#define SLEEP_NS        (DSM_SECOND / 4) /* the longest sleep: the gap by which a stopped process is known */
#define LEADER_STALL_NS DSM_MILLISECOND  /* a leader without progress for this long is helped out */
#define TIMER_SLACK_NS  1000ul           /* holds are microseconds long */

/* A gap in this thread's own time: the process (or the machine) was stopped. `lock` held. */
static void look_at_clock(dsm_engine *e, uint64_t now)
{
    uint64_t gap = now - atomic_load(&e->alive_at);
    if (gap > e->config.silence_ns / 2) {
        e->stopped_ns = gap;
        e->stopped_at = now;
    }
    atomic_store(&e->alive_at, now);
}

/* How long to sleep. `lock` held. */
static uint64_t sleep_time(dsm_engine *e, uint64_t now, uint64_t end_at)
{
    uint64_t until = now + SLEEP_NS;
    uint64_t deadline = e->connected ? dsm_core_deadline(e->core) : DSM_FOREVER;
    if (deadline < until)
        until = deadline;
    if (end_at < until)
        until = end_at;
    if (e->leader != NULL && now + LEADER_STALL_NS < until)
        until = now + LEADER_STALL_NS;
    /* What was read but not parsed yet makes no connection readable. */
    if (e->leader == NULL && atomic_load_explicit(&e->backlog, memory_order_relaxed) != 0)
        until = now;
    e->service_wakes_at = until;
    return until > now ? until - now : 0;
}

/* Everything but reading, under one hold of the lock; returns how long to sleep. */
static uint64_t keep_house(dsm_engine *e)
{
    dsm_engine_lock(e);
    uint64_t now = dsm_clock_now();
    look_at_clock(e, now);
    uint64_t end_at = dsm_engine_end_when_due(e, now);
    dsm_engine_tick(e, now);
    uint64_t timeout = sleep_time(e, now, end_at);
    dsm_engine_unlock(e);
    return timeout;
}

static void *serve(void *context)
{
    dsm_engine *e = context;
    uint64_t turns_seen = 0;
    prctl(PR_SET_TIMERSLACK, TIMER_SLACK_NS);
    while (!atomic_load(&e->closing)) {
        /* Reading comes before the tick: only then may a silence be called one. */
        uint64_t timeout = keep_house(e);
        bool led = e->leader != NULL;
        bool ready = dsm_poller_sleep(&e->poller, timeout);
        uint64_t turns = atomic_load_explicit(&e->leader_turns, memory_order_relaxed);
        bool stalled = led && turns == turns_seen;
        turns_seen = turns;
        for (uint32_t turn = 0; turn < TURNS && (e->leader == NULL || stalled); turn++) {
            bool more = atomic_load_explicit(&e->backlog, memory_order_relaxed) != 0;
            if (!ready && !stalled && !more)
                break;
            dsm_engine_intake(e, NULL, NULL, 0, false);
            ready = stalled = false; /* what else has come wakes this thread again */
        }
    }
    return NULL;
}

int dsm_engine_service_start(dsm_engine *e)
{
    pthread_attr_t attributes;
    sigset_t all, before;
    char name[16];
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    sigfillset(&all);
    atomic_store(&e->alive_at, dsm_clock_now());
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int rc = pthread_create(&e->service, &attributes, serve, e);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    if (rc != 0)
        return -rc;
    snprintf(name, sizeof name, "dsm-service-%u", e->config.node % 1000);
    pthread_setname_np(e->service, name);
    e->service_runs = true;
    return 0;
}

void dsm_engine_service_stop(dsm_engine *e)
{
    if (!e->service_runs)
        return;
    atomic_store(&e->closing, true);
    dsm_poller_poke(&e->poller);
    pthread_join(e->service, NULL);
    e->service_runs = false;
}
