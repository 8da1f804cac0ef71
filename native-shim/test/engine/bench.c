/*
 * bench.c - bare faults between two processes against the raw TCP exchange of the same run, cores and regime.
 * One JSON object a line. Usage: bench [polling] [blocking] [threads] [touch] [locks]   (all of them without arguments)
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dsm.h"
#include "dsm_core.h"

#define PAGE    4096u
#define SPACE   (UINT64_C(4) << 30)
#define ARENA   (SPACE / 2 + SPACE / 4) /* node 1 is home of everything from here on */
#define COLD    4000u
#define RAW     4000u
#define SECONDS UINT64_C(1000000000)

typedef struct setting {
    const char *regime;
    uint64_t spin_ns;
    int core[2];
} setting;

static uint64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * SECONDS + (uint64_t)t.tv_nsec;
}

static _Noreturn void give_up(const char *what)
{
    fprintf(stderr, "bench: %s: %s\n", what, dsm_last_error());
    exit(1);
}

static int ascending(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* ---- two processes that know each other's ports --------------------------------------------------------- */

typedef struct pair {
    dsm_engine *engine;
    uint32_t node;
    int raw_listener;
    uint32_t port[2], raw_port[2];
    int to_other, from_other;
} pair;

static void exchange(pair *p, uint32_t *values)
{
    if (write(p->to_other, &values[p->node], 4) != 4 || read(p->from_other, &values[1 - p->node], 4) != 4)
        give_up("pipe");
}

static void open_pair(pair *p, const setting *s, uint64_t native_wait_ns)
{
    if (dsm_pin(s->core[p->node]) != DSM_OK)
        give_up("pin");
    dsm_options o = {.size = sizeof o,
                     .node = p->node,
                     .nodes = 2,
                     .space_bytes = SPACE,
                     .spin_ns = s->spin_ns,
                     .native_wait_ns = native_wait_ns};
    const char *pager = getenv("DSM_BENCH_PAGER");
    if (pager != NULL)
        o.pager = strcmp(pager, "mprotect") == 0 ? DSM_PAGER_MPROTECT : DSM_PAGER_USERFAULT;
    if (dsm_engine_create(&o, &p->engine) != DSM_OK)
        give_up("create");
    p->port[p->node] = (uint32_t)dsm_engine_port(p->engine);
    p->raw_listener = dsm_raw_listen(&p->raw_port[p->node]);
    exchange(p, p->port);
    exchange(p, p->raw_port);
    char addresses[64];
    snprintf(addresses, sizeof addresses, "127.0.0.1:%u,127.0.0.1:%u", p->port[0], p->port[1]);
    if (dsm_engine_connect(p->engine, addresses, 10 * SECONDS) != DSM_OK)
        give_up("connect");
}

static void meet(pair *p, uint64_t barrier)
{
    uint64_t ticket;
    int rc = dsm_barrier(p->engine, barrier, 2, 0, &ticket);
    while (rc == DSM_RESULT_PENDING) {
        dsm_completion done;
        int n = dsm_completions(p->engine, &done, 1, 60 * SECONDS);
        if (n == 1 && done.kind == DSM_COMPLETION_OPERATION)
            rc = done.status;
        if (n <= 0)
            give_up("completions");
    }
    if (rc != DSM_OK)
        give_up("barrier");
}

static void run_pair(const setting *s, uint64_t native_wait_ns, void (*body)(pair *, const setting *))
{
    int ab[2], ba[2];
    if (pipe(ab) != 0 || pipe(ba) != 0)
        give_up("pipe");
    pair p = {0};
    pid_t child = fork();
    p.node = child == 0;
    p.to_other = child == 0 ? ba[1] : ab[1];
    p.from_other = child == 0 ? ab[0] : ba[0];
    alarm(120);
    open_pair(&p, s, native_wait_ns);
    body(&p, s);
    meet(&p, 99);
    dsm_engine_leave(p.engine);
    dsm_engine_close(p.engine);
    if (child == 0)
        exit(0);
    int status;
    waitpid(child, &status, 0);
    if (status != 0)
        give_up("the other process failed");
}

/* ---- latency ------------------------------------------------------------------------------------------------ */

static uint64_t percentile(uint64_t *times, uint32_t count, double part)
{
    qsort(times, count, sizeof *times, ascending);
    return times[(uint32_t)((count - 1) * part)];
}

static void shuffled(uint32_t *order, uint32_t count)
{
    uint64_t seed = 88172645463325252u;
    for (uint32_t i = 0; i < count; i++)
        order[i] = i;
    for (uint32_t i = count - 1; i > 0; i--) {
        seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
        uint32_t j = (uint32_t)(seed % (i + 1)), t = order[i];
        order[i] = order[j];
        order[j] = t;
    }
}

static void raw(pair *p, int polling, uint64_t *out)
{
    char address[32];
    if (p->node == 1) {
        if (dsm_raw_serve(p->raw_listener, PAGE, polling, 60 * SECONDS) != DSM_OK)
            give_up("raw serve");
        return;
    }
    snprintf(address, sizeof address, "127.0.0.1:%u", p->raw_port[1]);
    if (dsm_raw_measure(address, PAGE, polling, 500, RAW, out) != DSM_OK)
        give_up("raw");
}

static void cold(pair *p, uint64_t first, int write, uint64_t *out)
{
    static uint32_t order[COLD];
    shuffled(order, COLD);
    volatile uint8_t *base = (volatile uint8_t *)(uintptr_t)dsm_engine_base(p->engine) + first;
    for (uint32_t i = 0; i < COLD; i++) {
        volatile uint8_t *at = base + (uint64_t)order[i] * PAGE;
        uint64_t start = now();
        if (write)
            *at = 1;
        else
            (void)*at;
        out[i] = now() - start;
    }
}

/* Home's pages with bytes in them, as a program would leave them; then closed again by being shared. */
static void fill(pair *p, uint64_t first, uint32_t pages)
{
    volatile uint8_t *base = (volatile uint8_t *)(uintptr_t)dsm_engine_base(p->engine) + first;
    for (uint32_t i = 0; i < pages; i++)
        base[(uint64_t)i * PAGE + 7] = 7;
}

static void latency(pair *p, const setting *s)
{
    static uint64_t wire[2][RAW], times[COLD];
    int polling = s->spin_ns > 1;
    raw(p, polling, wire[0]);
    if (p->node == 1)
        fill(p, ARENA + (UINT64_C(64) << 20), 2 * COLD);
    meet(p, 1);
    for (int kind = 0; kind < 4; kind++) {
        int write = kind & 1, filled = kind / 2;
        uint64_t first = ARENA + (filled ? UINT64_C(64) << 20 : 0) + (uint64_t)write * COLD * PAGE;
        if (p->node == 0)
            cold(p, first, write, times);
        meet(p, 10 + (uint64_t)kind);
        if (p->node == 0) {
            uint64_t yardstick = percentile(wire[0], RAW, 0.5);
            printf("{\"bench\":\"fault.%s\",\"home\":\"%s\",\"nodes\":2,\"transport\":\"tcp\",\"regime\":\"%s\","
                   "\"cores\":\"%d,%d\",\"p50_us\":%.2f,"
                   "\"p99_us\":%.2f,\"raw_p50_us\":%.2f,\"raw_p99_us\":%.2f,\"ratio\":%.2f}\n",
                   write ? "write" : "read", filled ? "written" : "fresh", s->regime, s->core[0], s->core[1],
                   (double)percentile(times, COLD, 0.5) / 1000, (double)percentile(times, COLD, 0.99) / 1000,
                   (double)yardstick / 1000, (double)percentile(wire[0], RAW, 0.99) / 1000,
                   (double)percentile(times, COLD, 0.5) / (double)yardstick);
            fflush(stdout);
        }
    }
    raw(p, polling, wire[1]);
    if (p->node == 0)
        printf("{\"bench\":\"raw.again\",\"regime\":\"%s\",\"p50_us\":%.2f}\n", s->regime,
               (double)percentile(wire[1], RAW, 0.5) / 1000);
}

/* ---- throughput -------------------------------------------------------------------------------------------------- */

static atomic_uint next_page;
static uint32_t last_page;
static volatile uint8_t *reading;

static void *reader(void *argument)
{
    (void)argument;
    for (;;) {
        uint32_t page = atomic_fetch_add(&next_page, 1);
        if (page >= last_page)
            return NULL;
        (void)reading[(uint64_t)page * PAGE];
    }
}

static void throughput(pair *p, const setting *s)
{
    static const uint32_t counts[] = {1, 8, 32};
    for (uint32_t i = 0; i < 3; i++) {
        if (p->node == 0) {
            pthread_t threads[32];
            reading = (volatile uint8_t *)(uintptr_t)dsm_engine_base(p->engine) + ARENA + (uint64_t)i * 20000 * PAGE;
            next_page = 0;
            last_page = 20000;
            uint64_t start = now();
            for (uint32_t t = 0; t < counts[i]; t++)
                pthread_create(&threads[t], NULL, reader, NULL);
            for (uint32_t t = 0; t < counts[i]; t++)
                pthread_join(threads[t], NULL);
            double seconds = (double)(now() - start) / 1e9;
            printf("{\"bench\":\"fault.throughput\",\"threads\":%u,\"regime\":\"%s\",\"faults_per_s\":%.0f,\"mb_per_"
                   "s\":%.0f}\n",
                   counts[i], s->regime, 20000 / seconds, 20000 * 4096 / seconds / 1e6);
            fflush(stdout);
        }
        meet(p, 20 + i);
    }
}

/* Fetches pages that their home has written in bulk, and reads a byte of each: memory is found on the way, too. */
static void touch(pair *p, const setting *s)
{
    uint64_t bytes = UINT64_C(64) << 20;
    if (p->node == 1)
        fill(p, ARENA, (uint32_t)(3 * bytes / PAGE));
    meet(p, 29);
    for (uint32_t write = 0; write < 3; write++) {
        if (p->node == 0) {
            volatile uint8_t *base = (volatile uint8_t *)(uintptr_t)dsm_engine_base(p->engine) + ARENA + write * bytes;
            uint64_t start = now(), sum = 0;
            if (write < 2 && dsm_touch(p->engine, ARENA + write * bytes, bytes, write) != DSM_OK)
                give_up("touch");
            double touched = (double)(now() - start) / 1e9;
            for (uint64_t at = 0; at < bytes; at += PAGE)
                sum += base[at + 7];
            double seconds = (double)(now() - start) / 1e9;
            if (sum != 7 * bytes / PAGE)
                give_up("touch fetched something else");
            printf("{\"bench\":\"%s\",\"regime\":\"%s\",\"touch_mb_per_s\":%.0f,\"mb_per_s\":%.0f}\n",
                   write == 2 ? "scan.faulting"
                   : write    ? "touch.write"
                              : "touch.read",
                   s->regime, write == 2 ? 0 : (double)bytes / touched / 1e6, (double)bytes / seconds / 1e6);
            fflush(stdout);
        }
        meet(p, 30 + write);
    }
}

/* A lock that this node alone uses, with connections standing: what a program pays whose locks meet nobody. */
static void locks(pair *p, const setting *s)
{
    uint64_t ticket, start = 0;
    const uint32_t rounds = 2000000;
    meet(p, 40);
    if (p->node == 0) {
        for (uint32_t i = 0; i < rounds + 1000; i++) {
            if (i == 1000)
                start = now();
            if (dsm_lock(p->engine, 5, 1, 0, &ticket) != DSM_OK || dsm_unlock(p->engine, 5, 1) != DSM_OK)
                give_up("lock");
        }
        printf("{\"bench\":\"lock.cached\",\"regime\":\"%s\",\"ns\":%.1f}\n", s->regime,
               (double)(now() - start) / rounds);
        fflush(stdout);
    }
    meet(p, 41);
}

static int wanted(int argc, char **argv, const char *name)
{
    if (argc == 1)
        return 1;
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], name) == 0)
            return 1;
    return 0;
}

int main(int argc, char **argv)
{
    setting polling = {"polling", 60 * SECONDS, {0, 1}};
    setting blocking = {"blocking", 1, {0, 1}}, one_core = {"blocking", 1, {0, 0}};
    setting free_running = {"blocking", 1, {-1, -1}};
    if (wanted(argc, argv, "polling"))
        run_pair(&polling, 1, latency);
    if (wanted(argc, argv, "blocking")) {
        run_pair(&one_core, SECONDS, latency);
        run_pair(&blocking, SECONDS, latency);
    }
    if (wanted(argc, argv, "threads")) {
        run_pair(&polling, 1, throughput);
        run_pair(&free_running, SECONDS, throughput);
    }
    if (wanted(argc, argv, "touch")) {
        run_pair(&polling, 1, touch);
        run_pair(&free_running, SECONDS, touch);
    }
    if (wanted(argc, argv, "locks"))
        run_pair(&free_running, SECONDS, locks);
    return 0;
}
