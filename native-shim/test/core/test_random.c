/*
 * Random programs of random threads on a few cores, delivered in random order (FIFO per connection). What must hold:
 * a permitted access sees the latest write; one thread at a time holds a lock; nobody leaves a barrier before all have
 * come; everything comes to an end. A failing seed is printed. Some waits are taken back at random.
 */
#include "tests.h"

#include <stdlib.h>
#include <string.h>

#define THREADS    3u /* per node, each with the slot of its number */
#define PAGES      4u
#define LOCKS      3u
#define ROUNDS     3u
#define OPERATIONS 8u /* per round */

enum doing { THINKING, TOUCHING, GOING, LOCKING, MEETING, AT_BARRIER, DONE };

struct thread {
    enum doing doing;
    uint32_t rounds, operations;
    uint64_t page;
    uint32_t pages_left; /* of an access across two pages */
    uint32_t write;
    uint32_t holds; /* lock number + 1 */
    uint32_t wants;
};

struct world {
    struct cluster *c;
    uint64_t random;
    struct thread thread[CLUSTER_NODES][THREADS];
    uint64_t version[PAGES];
    uint32_t holder[LOCKS]; /* node * THREADS + thread + 1 */
    uint32_t arrived;       /* at the barrier of all, ever */
    uint32_t met, parted;   /* at the barrier of any two: arrivals, and those that ended well */
    uint32_t dead;          /* bit per node */
    int crashing;
};

static uint32_t draw(struct world *w, uint32_t below)
{
    w->random = w->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(w->random >> 33) % below;
}

static int is_dead(const struct world *w, uint32_t node)
{
    return (int)(w->dead >> node & 1u);
}

/* The instruction runs if all its pages are open; otherwise it faults on the first that is not. */
static void run_access(struct world *w, uint32_t node, uint32_t t)
{
    struct thread *th = &w->thread[node][t];
    struct node *n = &w->c->node[node];
    uint32_t need = th->write ? DSM_ACCESS_WRITE : DSM_ACCESS_READ;
    uint64_t span = th->pages_left;
    for (uint64_t page = th->page; page < th->page + span; page++) {
        if (n->access[page] < need) {
            int result = fault_at(w->c, node, t, page, th->write, t + 1, 0x100 + th->page * 2 + th->write);
            assert_true(result == DSM_OK || result == DSM_PENDING || (w->dead && result == DSM_E_LOST));
            th->doing = TOUCHING;
            return;
        }
    }
    for (uint64_t page = th->page; page < th->page + span; page++) {
        uint64_t seen;
        memcpy(&seen, n->view[page], sizeof seen);
        assert_int_equal(seen, w->version[page]);
        if (th->write) {
            w->version[page]++;
            memcpy(n->view[page], &w->version[page], sizeof seen);
        }
    }
    th->doing = THINKING;
}

static void begin_access(struct world *w, uint32_t node, uint32_t t)
{
    struct thread *th = &w->thread[node][t];
    th->page = draw(w, PAGES);
    th->write = draw(w, 2);
    th->pages_left = draw(w, 4) == 0 && th->page + 1 < PAGES ? 2 : 1;
    run_access(w, node, t);
}

static void got_lock(struct world *w, uint32_t node, uint32_t t, int status)
{
    struct thread *th = &w->thread[node][t];
    th->doing = THINKING;
    if (status == DSM_OK || (w->dead && status == DSM_ORPHANED)) {
        uint32_t holder = w->holder[th->wants];
        assert_true(holder == 0 || is_dead(w, (holder - 1) / THREADS));
        w->holder[th->wants] = node * THREADS + t + 1;
        th->holds = th->wants + 1;
    } else {
        assert_true(status == DSM_E_BUSY || (w->dead && status == DSM_E_LOST));
    }
}

static void begin_lock(struct world *w, uint32_t node, uint32_t t)
{
    struct thread *th = &w->thread[node][t];
    th->wants = draw(w, LOCKS);
    th->doing = LOCKING;
    int result = lock(w->c, node, t, 70 + th->wants, t + 1, draw(w, 3) == 0 ? DSM_LOCK_TRY : 0);
    if (result != DSM_PENDING) {
        got_lock(w, node, t, result);
    }
}

static void release(struct world *w, uint32_t node, uint32_t t)
{
    struct thread *th = &w->thread[node][t];
    assert_int_equal(w->holder[th->holds - 1], node * THREADS + t + 1);
    w->holder[th->holds - 1] = 0;
    assert_int_equal(unlock(w->c, node, 70 + th->holds - 1, t + 1), DSM_OK);
    th->holds = 0;
}

static void left_barrier(struct world *w, uint32_t node, uint32_t t, int status)
{
    struct thread *th = &w->thread[node][t];
    assert_true(status == DSM_OK || (w->dead && (status == DSM_E_BROKEN || status == DSM_E_LOST)));
    if (status == DSM_OK) {
        assert_true(w->arrived >= (th->rounds + 1) * w->c->nodes * THREADS);
    }
    th->operations = 0;
    th->doing = ++th->rounds == ROUNDS ? DONE : THINKING;
}

/* Two leave for every two that came: a departure never lets an arrival of the next generation go. */
static void left_meeting(struct world *w, uint32_t node, uint32_t t, int status)
{
    assert_true(status == DSM_OK || status == DSM_E_BROKEN || (w->dead && status == DSM_E_LOST));
    w->parted += status == DSM_OK;
    assert_true(w->parted <= w->met / 2 * 2);
    w->thread[node][t].doing = THINKING;
}

static void begin_meeting(struct world *w, uint32_t node, uint32_t t)
{
    w->thread[node][t].doing = MEETING;
    w->met++;
    int result = arrive(w->c, node, t, 98, 2);
    if (result != DSM_PENDING) {
        left_meeting(w, node, t, result);
    }
}

/* Takes a lock wait or a meeting back. */
static void take_back(struct world *w, uint32_t node, uint32_t t)
{
    struct thread *th = &w->thread[node][t];
    int over = w->c->node[node].status[t] != NOT_ENDED;
    assert_int_equal(cancel(w->c, node, t), over ? DSM_OK : DSM_E_CANCELLED);
    if (!over) {
        th->doing = THINKING;
    }
}

static void think(struct world *w, uint32_t node, uint32_t t)
{
    struct thread *th = &w->thread[node][t];
    if (th->operations++ >= OPERATIONS) {
        if (th->holds) {
            release(w, node, t);
        }
        w->arrived++;
        th->doing = AT_BARRIER;
        int result = arrive(w->c, node, t, 99, w->c->nodes * THREADS);
        if (result != DSM_PENDING) {
            left_barrier(w, node, t, result);
        }
    } else if (th->holds && draw(w, 2)) {
        release(w, node, t);
    } else if (!th->holds && draw(w, 4) == 0) {
        begin_lock(w, node, t);
    } else if (!th->holds && draw(w, 6) == 0) {
        begin_meeting(w, node, t);
    } else {
        begin_access(w, node, t);
    }
}

/* One step of one thread; 0 if it can only wait. */
static int step_thread(struct world *w, uint32_t node, uint32_t t)
{
    struct thread *th = &w->thread[node][t];
    int status = w->c->node[node].status[t];
    switch (th->doing) {
    case THINKING:
        think(w, node, t);
        return 1;
    case TOUCHING:
        if (status == NOT_ENDED) {
            return 0;
        }
        assert_true(status == DSM_OK || (w->dead && status == DSM_E_LOST));
        th->doing = status == DSM_OK ? GOING : THINKING;
        if (status == DSM_OK) {
            assert_int_equal(resumed(w->c, node, t), DSM_OK);
        }
        return 1;
    case GOING: /* an event of its own: the page may be gone again by now */
        run_access(w, node, t);
        return 1;
    case LOCKING:
        if (status != NOT_ENDED) {
            got_lock(w, node, t, status);
        } else if (draw(w, 50) == 0) {
            take_back(w, node, t);
        }
        return status != NOT_ENDED;
    case MEETING:
        if (status != NOT_ENDED) {
            left_meeting(w, node, t, status);
        } else if (draw(w, 50) == 0) {
            take_back(w, node, t);
        }
        return status != NOT_ENDED;
    case AT_BARRIER:
        if (status != NOT_ENDED) {
            left_barrier(w, node, t, status);
        }
        return status != NOT_ENDED;
    default:
        return 0;
    }
}

static void crash(struct world *w)
{
    uint32_t node = draw(w, w->c->nodes);
    w->dead |= 1u << node;
    w->c->dead = w->dead;
    w->crashing = 0;
    for (uint32_t peer = 0; peer < w->c->nodes; peer++) {
        /* what it sent last may still arrive or not */
        while (under_way(w->c, node, peer) != 0 && draw(w, 2)) {
            deliver(w->c, node, peer);
        }
        if (peer != node) {
            lose(w->c, peer, node);
        }
    }
}

static int all_done(const struct world *w)
{
    for (uint32_t node = 0; node < w->c->nodes; node++) {
        for (uint32_t t = 0; t < THREADS && !is_dead(w, node); t++) {
            if (w->thread[node][t].doing != DONE) {
                return 0;
            }
        }
    }
    return 1;
}

static void one_step(struct world *w)
{
    uint32_t a = draw(w, w->c->nodes);
    uint32_t b = draw(w, w->c->nodes);
    switch (draw(w, 8)) {
    case 0:
    case 1:
    case 2:
        if (!is_dead(w, a)) {
            step_thread(w, a, draw(w, THREADS));
        }
        break;
    case 3:
        w->c->now += draw(w, 80);
        if (!is_dead(w, a)) {
            tick(w->c, a);
        }
        break;
    default:
        if (!is_dead(w, a) && !is_dead(w, b)) {
            deliver(w->c, a, b);
        }
        break;
    }
    if (w->crashing && draw(w, 400) == 0) {
        crash(w);
    }
}

static void run_seed(uint64_t seed, int crashing)
{
    struct world w = {.random = seed, .crashing = crashing};
    dsm_core_config config = cluster_config();
    config.pages = PAGES;
    config.arena_first = PAGES;
    config.hold_ns = draw(&w, 2) ? 100 : 0;
    config.locks = draw(&w, 2) ? 4 : 16; /* so few that tokens are given back unasked */
    w.c = cluster_new_with(2 + draw(&w, CLUSTER_NODES - 1), &config);
    uint64_t steps = 0;
    while (!all_done(&w)) {
        one_step(&w);
        if (++steps > 400000) {
            fail_msg("seed %llu, crashing %d: does not end", (unsigned long long)seed, crashing);
        }
    }
    for (uint32_t node = 0; node < w.c->nodes && !w.dead; node++) {
        settle(w.c);
        assert_true(dsm_core_quiet(w.c->node[node].core));
    }
    cluster_free(w.c);
}

static void random_programs(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 300; seed++) {
        run_seed(seed, 0);
    }
}

static void random_programs_with_a_crash(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 300; seed++) {
        run_seed(seed, 1);
    }
}

int test_random(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_programs),
        cmocka_unit_test(random_programs_with_a_crash),
    };
    return cmocka_run_group_tests_name("random", tests, NULL, NULL);
}
