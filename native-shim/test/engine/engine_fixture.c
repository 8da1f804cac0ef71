/* engine_fixture.c - see engine_fixture.h */
#define _GNU_SOURCE
#include "engine_fixture.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dsm_engine.h"

#define UNCHECKED __attribute__((noinline, no_sanitize("address"), no_sanitize("undefined"), no_sanitize("thread")))

static _Noreturn void give_up(const char *what)
{
    fprintf(stderr, "fixture: %s: %s\n", what, dsm_last_error());
    abort();
}

uint64_t fixture_pager(void)
{
    const char *name = getenv("DSM_TEST_PAGER");
    return name == NULL ? DSM_PAGER_BEST : strcmp(name, "mprotect") == 0 ? DSM_PAGER_MPROTECT : DSM_PAGER_USERFAULT;
}

dsm_options fixture_options(uint32_t node, uint32_t nodes)
{
    dsm_options o = {.size = sizeof o, .node = node, .nodes = nodes, .cluster = 7, .base = 1};
    o.space_bytes = UINT64_C(64) << 20;
    o.slots = 128;
    o.locks = 1024;
    o.spin_ns = 1;
    o.pager = fixture_pager();
    return o;
}

/* cmocka puts its own handlers over everything at the start of each test; the engine's were installed in the first. */
static void keep_handlers(void)
{
    static struct sigaction ours[2];
    static bool known;
    if (known) {
        sigaction(SIGSEGV, &ours[0], NULL);
        sigaction(SIGBUS, &ours[1], NULL);
    } else {
        sigaction(SIGSEGV, NULL, &ours[0]);
        sigaction(SIGBUS, NULL, &ours[1]);
        known = true;
    }
}

typedef struct connecting {
    dsm_engine *engine;
    const char *addresses;
} connecting;

static void *connect_one(void *argument)
{
    connecting *c = argument;
    if (dsm_engine_connect(c->engine, c->addresses, UINT64_C(10000000000)) != DSM_OK)
        give_up("connect");
    return NULL;
}

void fixture_open(fixture *f, uint32_t nodes, void (*tune)(dsm_options *), dsm_transport *transport)
{
    char addresses[FIXTURE_NODES_MAX * 24] = "";
    pthread_t threads[FIXTURE_NODES_MAX];
    connecting each[FIXTURE_NODES_MAX];
    memset(f, 0, sizeof *f);
    f->nodes = nodes;
    for (uint32_t n = 0; n < nodes; n++) {
        dsm_options o = fixture_options(n, nodes);
        if (tune != NULL)
            tune(&o);
        int rc = transport == NULL ? dsm_engine_create(&o, &f->engine[n])
                                   : dsm_engine_create_on(transport, &o, &f->engine[n]);
        if (rc != DSM_OK)
            give_up("create");
        keep_handlers();
        f->base[n] = (volatile uint8_t *)(uintptr_t)dsm_engine_base(f->engine[n]);
        size_t used = strlen(addresses);
        snprintf(addresses + used, sizeof addresses - used, "%s127.0.0.1:%d", n == 0 ? "" : ",",
                 dsm_engine_port(f->engine[n]));
    }
    for (uint32_t n = 0; n < nodes; n++) {
        each[n] = (connecting){f->engine[n], addresses};
        pthread_create(&threads[n], NULL, connect_one, &each[n]);
    }
    for (uint32_t n = 0; n < nodes; n++)
        pthread_join(threads[n], NULL);
}

static void arrive(fixture *f, uint32_t node, uint32_t thread)
{
    (void)thread;
    fixture_barrier(f, node, UINT64_C(0xFFFFFFFF00), f->nodes);
}

void fixture_close(fixture *f)
{
    fixture_run(f, 1, arrive);
    for (uint32_t n = 0; n < f->nodes; n++)
        dsm_engine_leave(f->engine[n]);
    for (uint32_t n = 0; n < f->nodes; n++)
        dsm_engine_close(f->engine[n]);
}

typedef struct runner {
    fixture *f;
    uint32_t node, thread;
    void (*body)(fixture *, uint32_t, uint32_t);
} runner;

static void *run_one(void *argument)
{
    runner *r = argument;
    r->body(r->f, r->node, r->thread);
    return NULL;
}

void fixture_run(fixture *f, uint32_t threads, void (*body)(fixture *, uint32_t, uint32_t))
{
    uint32_t total = f->nodes * threads;
    pthread_t *ids = calloc(total, sizeof *ids);
    runner *runners = calloc(total, sizeof *runners);
    for (uint32_t i = 0; i < total; i++) {
        runners[i] = (runner){f, i % f->nodes, i / f->nodes, body};
        if (pthread_create(&ids[i], NULL, run_one, &runners[i]) != 0)
            abort();
    }
    for (uint32_t i = 0; i < total; i++)
        pthread_join(ids[i], NULL);
    free(runners);
    free(ids);
}

/* Waits for the completion of `ticket`. Several threads may do so at once: whoever reads another's puts it down. */
static _Atomic uint64_t landed[4096];
static _Atomic int32_t landed_status[4096];

static int await_ticket(dsm_engine *engine, uint64_t ticket)
{
    for (;;) {
        for (int i = 0; i < 4096; i++) {
            uint64_t mine = ticket ^ (uint64_t)(uintptr_t)engine << 20;
            if (atomic_load(&landed[i]) != mine)
                continue;
            int status = atomic_load(&landed_status[i]);
            atomic_store(&landed[i], 0);
            return status;
        }
        dsm_completion done[8];
        int n = dsm_completions(engine, done, 8, 2000000);
        for (int i = 0; i < n; i++) {
            if (done[i].kind != DSM_COMPLETION_OPERATION)
                continue;
            for (int place = 0;; place = (place + 1) % 4096) {
                uint64_t empty = 0;
                if (!atomic_compare_exchange_strong(&landed[place], &empty, 1))
                    continue;
                atomic_store(&landed_status[place], done[i].status);
                atomic_store(&landed[place], done[i].ticket ^ (uint64_t)(uintptr_t)engine << 20);
                break;
            }
        }
    }
}

int fixture_await(fixture *f, uint32_t node, uint64_t ticket)
{
    return await_ticket(f->engine[node], ticket);
}

void fixture_barrier(fixture *f, uint32_t node, uint64_t barrier, uint32_t parties)
{
    uint64_t ticket = 0;
    int rc = dsm_barrier(f->engine[node], barrier, parties, 0, &ticket);
    if (rc == DSM_RESULT_PENDING)
        rc = await_ticket(f->engine[node], ticket);
    if (rc != DSM_OK)
        give_up("barrier");
}

void fixture_lock(fixture *f, uint32_t node, uint64_t lock, uint64_t thread)
{
    uint64_t ticket = 0;
    int rc = dsm_lock(f->engine[node], lock, thread, 0, &ticket);
    if (rc == DSM_RESULT_PENDING)
        rc = await_ticket(f->engine[node], ticket);
    if (rc != DSM_OK)
        give_up("lock");
}

void fixture_unlock(fixture *f, uint32_t node, uint64_t lock, uint64_t thread)
{
    if (dsm_unlock(f->engine[node], lock, thread) != DSM_OK)
        give_up("unlock");
}

UNCHECKED uint64_t fixture_counter(const fixture *f, uint32_t node, uint32_t counter)
{
    return __atomic_load_n(&dsm_engine_counters(f->engine[node])[counter], __ATOMIC_RELAXED);
}

uint64_t fixture_get(fixture *f, uint32_t node, uint64_t offset)
{
    return *(volatile uint64_t *)(f->base[node] + offset);
}

UNCHECKED void fixture_put(fixture *f, uint32_t node, uint64_t offset, uint64_t value)
{
    *(volatile uint64_t *)(f->base[node] + offset) = value;
}

UNCHECKED uint64_t fixture_add(fixture *f, uint32_t node, uint64_t offset, uint64_t change)
{
    uint64_t *at = (uint64_t *)(f->base[node] + offset);
#if defined(__x86_64__)
    /* In assembly: the thread sanitizer would see one address written through two views. */
    uint64_t value = change;
    __asm__ volatile("lock xaddq %0, %1" : "+r"(value), "+m"(*at) : : "memory", "cc");
    return value;
#else
    return __atomic_fetch_add(at, change, __ATOMIC_SEQ_CST);
#endif
}

UNCHECKED void fixture_add_unaligned(fixture *f, uint32_t node, uint64_t offset)
{
    typedef uint64_t __attribute__((aligned(1))) unaligned;
    volatile unaligned *at = (volatile unaligned *)(f->base[node] + offset);
    *at = *at + 1;
}

UNCHECKED uint8_t fixture_get_byte(fixture *f, uint32_t node, uint64_t offset)
{
    return f->base[node][offset];
}

UNCHECKED void fixture_put_byte(fixture *f, uint32_t node, uint64_t offset, uint8_t value)
{
    f->base[node][offset] = value;
}

static unsigned seconds_allowed;

/* One wait, until a time: signals that come here (faults do not) change nothing of it. */
static void *watch(void *argument)
{
    (void)argument;
    struct timespec deadline;
    clock_gettime(CLOCK_MONOTONIC, &deadline);
    deadline.tv_sec += seconds_allowed;
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &deadline, NULL) == EINTR)
        continue;
    fprintf(stderr, "fixture: not through after %u s\n", seconds_allowed);
    abort();
}

void fixture_deadline(unsigned seconds)
{
    pthread_t watcher;
    seconds_allowed = seconds;
    pthread_create(&watcher, NULL, watch, NULL);
    pthread_detach(watcher);
}
