/* engine_release_test.c - RELEASE pages, conditions and atomic operations with real faults and sockets. Every result is exact. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "engine_fixture.h"

#define PAGE        4096u
#define THREADS     8u /* of each node */
#define MILLISECOND UINT64_C(1000000)

/* ---- where RELEASE pages are ---------------------------------------------------------------------------------- */

static uint64_t shared_at(uint64_t offset) /* of the part that is homed in turn */
{
    return (UINT64_C(16) << 20) + offset;
}
static uint64_t arena_at(uint32_t node, uint32_t nodes, uint64_t offset)
{
    uint64_t arena = (UINT64_C(32) << 20) / nodes;
    return (UINT64_C(32) << 20) + arena * node + arena / 2 + offset;
}

static void release(dsm_options *o)
{
    o->release = 1;
    o->home_block_pages = 1;
}
static void release_with_few_twins(dsm_options *o)
{
    release(o);
    o->twins = 4;
    o->notices = 64;
    o->migrate_after = 1;
}
static void release_untold(dsm_options *o)
{
    release(o);
    o->inform_ns = UINT64_MAX;
    o->migrate_after = UINT64_MAX;
    o->native_wait_ns = 1; /* every contended wait becomes a ticket */
}
static void release_spinning(dsm_options *o)
{
    release(o);
    o->spin_ns = 20000;
}

static uint64_t count_of(const fixture *f, enum dsm_counter counter)
{
    uint64_t sum = 0;
    for (uint32_t n = 0; n < f->nodes; n++)
        sum += __atomic_load_n(&dsm_engine_counters(f->engine[n])[counter], __ATOMIC_RELAXED);
    return sum;
}

static void test_halves_are_release(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f, 2, release, NULL);
    assert_int_equal(dsm_release_is(f.engine[0], 0), 0);
    assert_int_equal(dsm_release_is(f.engine[0], shared_at(0) - 1), 0);
    assert_int_equal(dsm_release_is(f.engine[0], shared_at(0)), 1);
    assert_int_equal(dsm_release_is(f.engine[0], arena_at(1, 2, 0) - 1), 0);
    assert_int_equal(dsm_release_is(f.engine[0], arena_at(1, 2, 0)), 1);
    assert_int_equal(dsm_release_is(f.engine[0], UINT64_C(64) << 20), 0);
    fixture_close(&f);
    fixture_open(&f, 2, NULL, NULL);
    assert_int_equal(dsm_release_is(f.engine[0], shared_at(0)), 0);
    fixture_close(&f);
    dsm_options o = fixture_options(0, 1);
    dsm_engine *engine = NULL;
    o.release = 2;
    assert_int_equal(dsm_engine_create(&o, &engine), DSM_E_ARGUMENT);
    assert_non_null(strstr(dsm_last_error(), "release"));
}

/* ---- counters under locks, with false sharing -------------------------------------------------------------------- */

#define LOCKS  5u
#define ROUNDS 120u

/* The counters of all locks, two bytes each, lie in one page: other nodes hold the others' locks at the same time. */
static uint64_t counter_at(uint64_t lock)
{
    return shared_at(3 * PAGE + 1000 + 2 * lock);
}

static void increment(fixture *f, uint32_t node, uint32_t thread)
{
    uint64_t me = node * 100 + thread + 1;
    for (uint32_t i = 0; i < ROUNDS; i++) {
        uint64_t lock = (i + me) % LOCKS, at = counter_at(lock);
        fixture_lock(f, node, lock, me);
        uint8_t low = (uint8_t)(fixture_get_byte(f, node, at) + 1);
        fixture_put_byte(f, node, at, low);
        if (low == 0)
            fixture_put_byte(f, node, at + 1, (uint8_t)(fixture_get_byte(f, node, at + 1) + 1));
        fixture_unlock(f, node, lock, me);
    }
}

static void check_increments(uint32_t nodes, void (*tune)(dsm_options *))
{
    fixture f;
    fixture_open(&f, nodes, tune, NULL);
    fixture_run(&f, THREADS, increment);
    for (uint32_t node = 0; node < nodes; node++) {
        uint64_t sum = 0;
        for (uint64_t lock = 0; lock < LOCKS; lock++) {
            fixture_lock(&f, node, lock, 1);
            sum +=
                fixture_get_byte(&f, node, counter_at(lock)) + 256u * fixture_get_byte(&f, node, counter_at(lock) + 1);
            fixture_unlock(&f, node, lock, 1);
        }
        assert_int_equal(sum, nodes * THREADS * ROUNDS);
    }
    if (nodes > 1) {
        assert_true(count_of(&f, DSM_C_TWINS) > 0);
        assert_true(count_of(&f, DSM_C_DIFFS_APPLIED) > 0);
    }
    fixture_close(&f);
}

static void test_counters_under_locks(void **state)
{
    (void)state;
    check_increments(1, release);
    check_increments(2, release);
    check_increments(4, release);
}
static void test_counters_with_few_twins_and_moving_homes(void **state)
{
    (void)state;
    check_increments(2, release_with_few_twins);
    check_increments(4, release_with_few_twins);
}
static void test_counters_with_tickets_and_nothing_told_unasked(void **state)
{
    (void)state;
    check_increments(2, release_untold);
    check_increments(3, release_untold);
}
static void test_counters_spinning(void **state)
{
    (void)state;
    check_increments(2, release_spinning);
}

/* ---- phases between barriers --------------------------------------------------------------------------------------- */

#define CELLS  12000u /* bytes of each of the two arrays: three pages, cut among threads anywhere but at words */
#define PHASES 16u

static uint64_t cell(uint32_t phase, uint64_t index)
{
    return shared_at(16 * PAGE + (phase % 2) * 4 * PAGE + index);
}

/* One cell of the next phase from three of this one. */
static uint8_t step_of(uint8_t left, uint8_t middle, uint8_t right)
{
    return (uint8_t)(left + 3 * middle + 5 * right + 1);
}

static void stencil(fixture *f, uint32_t node, uint32_t thread)
{
    uint32_t all = f->nodes * THREADS, me = thread * f->nodes + node; /* neighbours are on different nodes */
    uint64_t first = (uint64_t)CELLS * me / all, end = (uint64_t)CELLS * (me + 1) / all;
    for (uint64_t i = first; i < end; i++)
        fixture_put_byte(f, node, cell(0, i), (uint8_t)(i * 7));
    fixture_barrier(f, node, 5, all);
    for (uint32_t phase = 0; phase < PHASES; phase++) {
        for (uint64_t i = first; i < end; i++)
            fixture_put_byte(f, node, cell(phase + 1, i),
                             step_of(fixture_get_byte(f, node, cell(phase, (i + CELLS - 1) % CELLS)),
                                     fixture_get_byte(f, node, cell(phase, i)),
                                     fixture_get_byte(f, node, cell(phase, (i + 1) % CELLS))));
        fixture_barrier(f, node, 5, all);
    }
}

static void check_stencil(uint32_t nodes, void (*tune)(dsm_options *))
{
    static uint8_t wanted[2][CELLS];
    fixture f;
    fixture_open(&f, nodes, tune, NULL);
    fixture_run(&f, THREADS, stencil);
    for (uint64_t i = 0; i < CELLS; i++)
        wanted[0][i] = (uint8_t)(i * 7);
    for (uint32_t phase = 0; phase < PHASES; phase++)
        for (uint64_t i = 0; i < CELLS; i++)
            wanted[(phase + 1) % 2][i] = step_of(wanted[phase % 2][(i + CELLS - 1) % CELLS], wanted[phase % 2][i],
                                                 wanted[phase % 2][(i + 1) % CELLS]);
    for (uint32_t node = 0; node < nodes; node++)
        for (uint64_t i = 0; i < CELLS; i++)
            assert_int_equal(fixture_get_byte(&f, node, cell(PHASES, i)), wanted[PHASES % 2][i]);
    fixture_close(&f);
}

static void test_stencil(void **state)
{
    (void)state;
    check_stencil(2, release);
    check_stencil(4, release);
}
static void test_stencil_with_few_twins_and_moving_homes(void **state)
{
    (void)state;
    check_stencil(2, release_with_few_twins);
    check_stencil(4, release_with_few_twins);
}

/* ---- neighbouring bytes of one word ---------------------------------------------------------------------------------- */

#define TURNS 60u

/* Between two barriers every thread of every node writes its own byte of the same few words. */
static void neighbours(fixture *f, uint32_t node, uint32_t thread)
{
    uint32_t all = f->nodes * THREADS, me = thread * f->nodes + node;
    uint64_t word = arena_at(0, f->nodes, 5 * PAGE - 16); /* up to the end of a page */
    for (uint32_t turn = 1; turn <= TURNS; turn++) {
        fixture_put_byte(f, node, word - 16 + me, (uint8_t)(turn + me));
        fixture_barrier(f, node, 5, all);
        for (uint32_t other = 0; other < all; other++)
            if (fixture_get_byte(f, node, word - 16 + other) != (uint8_t)(turn + other))
                fail_msg("node %u, turn %u: byte %u is %u", node, turn, other,
                         fixture_get_byte(f, node, word - 16 + other));
        fixture_barrier(f, node, 6, all);
    }
}

static void test_neighbouring_bytes(void **state)
{
    (void)state;
    for (uint32_t nodes = 2; nodes <= 4; nodes += 2) {
        fixture f;
        fixture_open(&f, nodes, nodes == 2 ? release : release_with_few_twins, NULL);
        fixture_run(&f, THREADS, neighbours);
        fixture_close(&f);
    }
}

/* ---- a node's own pages cost nothing ------------------------------------------------------------------------------------ */

static void own_pages(fixture *f, uint32_t node, uint32_t thread)
{
    if (thread == 0)
        for (uint64_t i = 0; i < 64; i++)
            fixture_put(f, node, arena_at(node, f->nodes, i * PAGE), i + node);
    fixture_barrier(f, node, 5, f->nodes * 2);
    for (uint64_t i = 0; i < 64; i++)
        if (fixture_get(f, node, arena_at((node + 1) % f->nodes, f->nodes, i * PAGE)) != i + (node + 1) % f->nodes)
            fail();
}

static void test_pages_of_ones_own_have_no_twins(void **state)
{
    (void)state;
    fixture f;
    uint8_t states[64];
    fixture_open(&f, 2, release, NULL);
    fixture_run(&f, 2, own_pages);
    assert_int_equal(count_of(&f, DSM_C_TWINS), 0);
    assert_int_equal(count_of(&f, DSM_C_DIFFS_SENT), 0);
    /* Fetched in bulk as by touching. */
    assert_int_equal(dsm_touch(f.engine[1], arena_at(0, 2, 0), 128 * PAGE, 1), DSM_OK);
    assert_int_equal(dsm_page_states(f.engine[1], arena_at(0, 2, 0), 64, states), DSM_OK);
    assert_int_equal(states[7], DSM_ACCESS_WRITE);
    assert_int_equal(dsm_page_states(f.engine[0], arena_at(0, 2, 0), 64, states), DSM_OK);
    assert_int_equal(states[7] & DSM_PAGE_EXCLUSIVE, DSM_PAGE_EXCLUSIVE);
    fixture_close(&f);
}

/* ---- conditions ------------------------------------------------------------------------------------------------------------ */

static int wait_for(fixture *f, uint32_t node, uint64_t lock, uint64_t condition, uint64_t thread)
{
    uint64_t ticket = 0;
    int rc = dsm_wait(f->engine[node], lock, condition, thread, 0, &ticket);
    return rc == DSM_RESULT_PENDING ? fixture_await(f, node, ticket) : rc;
}

/* A bounded buffer, all of it in RELEASE pages: producers on even threads, consumers on odd ones. */
#define BUFFER_LOCK 77u
#define ROOM        4u
#define ITEMS       60u /* of each producer */
enum { NOT_FULL = 1, NOT_EMPTY = 2 };
static uint64_t head_at(void)
{
    return shared_at(40 * PAGE);
}
static uint64_t tail_at(void)
{
    return shared_at(40 * PAGE + 8);
}
static uint64_t item_at(uint64_t i)
{
    return shared_at(41 * PAGE - 16 + 8 * (i % ROOM));
} /* across two pages */
static _Atomic uint64_t taken_sum, taken_count;

static void produce(fixture *f, uint32_t node, uint64_t me)
{
    for (uint64_t i = 0; i < ITEMS; i++) {
        fixture_lock(f, node, BUFFER_LOCK, me);
        while (fixture_get(f, node, tail_at()) - fixture_get(f, node, head_at()) == ROOM)
            assert_int_equal(wait_for(f, node, BUFFER_LOCK, NOT_FULL, me), DSM_OK);
        uint64_t tail = fixture_get(f, node, tail_at());
        fixture_put(f, node, item_at(tail), me * 1000 + i);
        fixture_put(f, node, tail_at(), tail + 1);
        assert_int_equal(dsm_signal(f->engine[node], BUFFER_LOCK, NOT_EMPTY, me, 0), DSM_OK);
        fixture_unlock(f, node, BUFFER_LOCK, me);
    }
}

static void consume(fixture *f, uint32_t node, uint64_t me)
{
    for (uint64_t i = 0; i < ITEMS; i++) {
        fixture_lock(f, node, BUFFER_LOCK, me);
        while (fixture_get(f, node, tail_at()) == fixture_get(f, node, head_at()))
            assert_int_equal(wait_for(f, node, BUFFER_LOCK, NOT_EMPTY, me), DSM_OK);
        uint64_t head = fixture_get(f, node, head_at());
        atomic_fetch_add(&taken_sum, fixture_get(f, node, item_at(head)));
        atomic_fetch_add(&taken_count, 1);
        fixture_put(f, node, head_at(), head + 1);
        assert_int_equal(dsm_signal(f->engine[node], BUFFER_LOCK, NOT_FULL, me, 0), DSM_OK);
        fixture_unlock(f, node, BUFFER_LOCK, me);
    }
}

static void buffer(fixture *f, uint32_t node, uint32_t thread)
{
    uint64_t me = node * 100 + thread + 1;
    if (thread % 2 == 0)
        produce(f, node, me);
    else
        consume(f, node, me);
}

static void test_bounded_buffer(void **state)
{
    (void)state;
    for (uint32_t nodes = 1; nodes <= 4; nodes *= 2) {
        fixture f;
        uint64_t wanted = 0;
        fixture_open(&f, nodes, nodes == 2 ? release_untold : release, NULL);
        atomic_store(&taken_sum, 0);
        atomic_store(&taken_count, 0);
        fixture_run(&f, 4, buffer);
        for (uint64_t node = 0; node < nodes; node++)
            for (uint64_t thread = 0; thread < 4; thread += 2)
                wanted += ITEMS * (node * 100 + thread + 1) * 1000 + (uint64_t)ITEMS * (ITEMS - 1) / 2;
        assert_int_equal(atomic_load(&taken_count), nodes * 2 * ITEMS);
        assert_int_equal(atomic_load(&taken_sum), wanted);
        fixture_close(&f);
    }
}

static void test_outcomes_of_waits(void **state)
{
    (void)state;
    fixture f;
    uint64_t ticket = 0, other = 0;
    fixture_open(&f, 2, release, NULL);
    for (uint64_t lock = 0; lock < 4; lock++) { /* directed by either node */
        assert_int_equal(dsm_wait(f.engine[0], lock, 1, 1, 0, &ticket), DSM_E_NOT_OWNER);
        assert_int_equal(dsm_signal(f.engine[0], lock, 1, 1, 0), DSM_E_NOT_OWNER);
        assert_int_equal(dsm_wait(f.engine[0], lock, 1, 0, 0, &ticket), DSM_E_ARGUMENT);
        fixture_lock(&f, 0, lock, 1);
        fixture_lock(&f, 0, lock, 1);
        assert_int_equal(dsm_wait(f.engine[0], lock, 1, 1, DSM_NO_NATIVE_WAIT, &ticket), DSM_RESULT_PENDING);
        assert_int_equal(dsm_lock_holds(f.engine[0], lock, 1), 0);
        /* Cancelled while another has the lock: it ends when it has the lock again, as deep as before. */
        fixture_lock(&f, 1, lock, 1);
        assert_int_equal(dsm_cancel(f.engine[0], ticket), DSM_RESULT_PENDING);
        fixture_unlock(&f, 1, lock, 1);
        assert_int_equal(fixture_await(&f, 0, ticket), DSM_E_CANCELLED);
        assert_int_equal(dsm_lock_holds(f.engine[0], lock, 1), 2);
        assert_int_equal(dsm_cancel(f.engine[0], ticket), DSM_OK);
        /* Signalled first: a cancellation that comes after it changes nothing. */
        assert_int_equal(dsm_wait(f.engine[0], lock, 1, 1, DSM_NO_NATIVE_WAIT, &ticket), DSM_RESULT_PENDING);
        fixture_lock(&f, 1, lock, 1);
        assert_int_equal(dsm_signal(f.engine[1], lock, 2, 1, 1), DSM_OK); /* nobody waits for that one */
        assert_int_equal(dsm_signal(f.engine[1], lock, 1, 1, 0), DSM_OK);
        fixture_unlock(&f, 1, lock, 1);
        assert_int_equal(fixture_await(&f, 0, ticket), DSM_OK);
        assert_int_equal(dsm_lock_holds(f.engine[0], lock, 1), 2);
        /* All of them. */
        assert_int_equal(dsm_wait(f.engine[0], lock, 1, 1, DSM_NO_NATIVE_WAIT, &ticket), DSM_RESULT_PENDING);
        fixture_lock(&f, 0, lock, 2);
        assert_int_equal(dsm_wait(f.engine[0], lock, 1, 2, DSM_NO_NATIVE_WAIT, &other), DSM_RESULT_PENDING);
        fixture_lock(&f, 1, lock, 1);
        assert_int_equal(dsm_signal(f.engine[1], lock, 1, 1, 1), DSM_OK);
        fixture_unlock(&f, 1, lock, 1);
        assert_int_equal(fixture_await(&f, 0, ticket), DSM_OK);
        fixture_unlock(&f, 0, lock, 1);
        fixture_unlock(&f, 0, lock, 1);
        assert_int_equal(fixture_await(&f, 0, other), DSM_OK);
        assert_int_equal(dsm_lock_holds(f.engine[0], lock, 2), 1);
        fixture_unlock(&f, 0, lock, 2);
    }
    fixture_close(&f);
}

/* ---- atomic operations --------------------------------------------------------------------------------------------------------- */

static uint64_t atomic_on(fixture *f, uint32_t node, uint64_t offset, uint32_t width, uint32_t operation,
                          uint64_t operand, uint64_t expected)
{
    uint64_t value = 0;
    if (dsm_atomic(f->engine[node], offset, width, operation, operand, expected, &value) != DSM_OK)
        fail_msg("%s", dsm_last_error());
    return value;
}

#define ADDITIONS 100u

static void add_up(fixture *f, uint32_t node, uint32_t thread)
{
    uint64_t words[2] = {shared_at(50 * PAGE), 9 * PAGE}; /* RELEASE and SEQUENTIAL */
    for (uint32_t i = 0; i < ADDITIONS; i++)
        for (uint32_t w = 0; w < 2; w++) {
            atomic_on(f, node, words[w], 8, DSM_ATOMIC_ADD, 3, 0);
            uint64_t seen;
            do
                seen = atomic_on(f, node, words[w] + 12, 4, DSM_ATOMIC_GET, 0, 0);
            while (atomic_on(f, node, words[w] + 12, 4, DSM_ATOMIC_COMPARE_SET, seen + 1, seen) != seen);
            /* A plain write beside it: not lost either. */
            fixture_put_byte(f, node, words[w] + 100 + node * THREADS + thread, (uint8_t)(i + thread + 1));
        }
}

static void test_atomics_add_up(void **state)
{
    (void)state;
    for (uint32_t nodes = 1; nodes <= 4; nodes *= 2) {
        fixture f;
        fixture_open(&f, nodes, nodes == 4 ? release_with_few_twins : release, NULL);
        fixture_run(&f, nodes == 4 ? 2 : 4, add_up);
        uint64_t threads = nodes == 4 ? 2 : 4, words[2] = {shared_at(50 * PAGE), 9 * PAGE};
        for (uint32_t w = 0; w < 2; w++)
            for (uint32_t node = 0; node < nodes; node++) {
                assert_int_equal(atomic_on(&f, node, words[w], 8, DSM_ATOMIC_GET, 0, 0),
                                 3 * ADDITIONS * nodes * threads);
                assert_int_equal(atomic_on(&f, node, words[w] + 12, 4, DSM_ATOMIC_GET, 0, 0),
                                 ADDITIONS * nodes * threads);
            }
        fixture_close(&f);
    }
}

/* An atomic operation is a release, and one that reads what it wrote an acquire: what was written before is seen. */
#define MESSAGES 100u

static void pass_messages(fixture *f, uint32_t node, uint32_t thread)
{
    (void)thread;
    uint64_t flag = shared_at(60 * PAGE), data = shared_at(61 * PAGE + 8), own = shared_at(61 * PAGE + 16);
    for (uint64_t i = 1; i <= MESSAGES; i++) {
        if (node == i % f->nodes) {
            fixture_put(f, node, data, i * 11);
            atomic_on(f, node, flag, 8, DSM_ATOMIC_SET, i, 0);
        }
        fixture_put(f, node, own + 8 * node, i); /* false sharing meanwhile */
        while (atomic_on(f, node, flag, 8, DSM_ATOMIC_GET, 0, 0) < i)
            continue;
        if (fixture_get(f, node, data) != i * 11)
            fail_msg("node %u, message %u: %u", node, (unsigned)i, (unsigned)fixture_get(f, node, data));
        fixture_barrier(f, node, 5, f->nodes);
    }
}

static void test_atomics_pass_messages(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f, 2, release, NULL);
    fixture_run(&f, 1, pass_messages);
    fixture_close(&f);
    fixture_open(&f, 4, release_untold, NULL);
    fixture_run(&f, 1, pass_messages);
    fixture_close(&f);
}

static void test_arguments_of_atomics(void **state)
{
    (void)state;
    fixture f;
    uint64_t value = 0;
    fixture_open(&f, 2, NULL, NULL);
    assert_int_equal(dsm_atomic(f.engine[0], 4, 8, DSM_ATOMIC_GET, 0, 0, &value), DSM_E_ARGUMENT);
    assert_int_equal(dsm_atomic(f.engine[0], 8, 2, DSM_ATOMIC_GET, 0, 0, &value), DSM_E_ARGUMENT);
    assert_int_equal(dsm_atomic(f.engine[0], 8, 8, 4, 0, 0, &value), DSM_E_ARGUMENT);
    assert_int_equal(dsm_atomic(f.engine[0], 8, 8, DSM_ATOMIC_GET, 0, 0, NULL), DSM_E_ARGUMENT);
    assert_int_equal(dsm_atomic(f.engine[0], UINT64_C(64) << 20, 8, DSM_ATOMIC_GET, 0, 0, &value), DSM_E_ARGUMENT);
    assert_non_null(strstr(dsm_last_error(), "outside"));
    fixture_put(&f, 1, 8, UINT64_MAX);
    assert_int_equal(atomic_on(&f, 0, 8, 4, DSM_ATOMIC_ADD, 2, 0), UINT32_MAX);
    assert_true(fixture_get(&f, 1, 8) == UINT64_C(0xFFFFFFFF00000001));
    fixture_close(&f);
}

/* ---- a lost node ------------------------------------------------------------------------------------------------------------------ */

static uint64_t lock_directed_by(uint32_t node)
{
    const dsm_core_config two = {.nodes = 2};
    uint64_t lock = 0;
    while (dsm_core_sync_home(&two, lock) != node)
        lock++;
    return lock;
}

/* Nothing waits for what a lost node would have to do, and what needs no other node goes on. */
static void test_what_needs_a_lost_node_ends(void **state)
{
    (void)state;
    fixture f;
    uint64_t near = lock_directed_by(0), far = lock_directed_by(1), ticket = 0, value = 0;
    uint64_t word = arena_at(1, 2, 0), own = arena_at(0, 2, 0);
    fixture_open(&f, 2, release, NULL);
    fixture_put(&f, 1, word, 5); /* node 1 is its home */
    fixture_put(&f, 0, own, 1);
    fixture_lock(&f, 0, near, 1);
    fixture_lock(&f, 0, far, 1);
    fixture_put(&f, 0, word + 8, 6);
    assert_int_equal(dsm_wait(f.engine[0], far, 1, 1, DSM_NO_NATIVE_WAIT, &ticket), DSM_RESULT_PENDING);
    fixture_put(&f, 0, word + 16, 7); /* a diff that will never be home */
    assert_int_equal(dsm_engine_peer_lost(f.engine[0], 1, "the test says so"), DSM_OK);
    assert_int_equal(fixture_await(&f, 0, ticket), DSM_E_LOST);
    assert_int_equal(dsm_lock_holds(f.engine[0], far, 1), 0);
    assert_int_equal(dsm_lock(f.engine[0], far, 1, 0, &ticket), DSM_E_LOST);
    assert_int_equal(dsm_atomic(f.engine[0], word, 8, DSM_ATOMIC_ADD, 1, 0, &value), DSM_E_LOST);
    assert_non_null(strstr(dsm_last_error(), "lost"));
    assert_int_equal(atomic_on(&f, 0, own, 8, DSM_ATOMIC_ADD, 1, 0), 1);
    fixture_put(&f, 0, own + 8, 9);
    fixture_unlock(&f, 0, near, 1);
    fixture_lock(&f, 0, near, 2);
    assert_int_equal(fixture_get(&f, 0, own), 2);
    fixture_unlock(&f, 0, near, 2);
    for (uint32_t node = 0; node < 2; node++)
        dsm_engine_leave(f.engine[node]);
    for (uint32_t node = 0; node < 2; node++)
        dsm_engine_close(f.engine[node]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_halves_are_release),
        cmocka_unit_test(test_counters_under_locks),
        cmocka_unit_test(test_counters_with_few_twins_and_moving_homes),
        cmocka_unit_test(test_counters_with_tickets_and_nothing_told_unasked),
        cmocka_unit_test(test_counters_spinning),
        cmocka_unit_test(test_stencil),
        cmocka_unit_test(test_stencil_with_few_twins_and_moving_homes),
        cmocka_unit_test(test_neighbouring_bytes),
        cmocka_unit_test(test_pages_of_ones_own_have_no_twins),
        cmocka_unit_test(test_bounded_buffer),
        cmocka_unit_test(test_outcomes_of_waits),
        cmocka_unit_test(test_atomics_add_up),
        cmocka_unit_test(test_atomics_pass_messages),
        cmocka_unit_test(test_arguments_of_atomics),
        cmocka_unit_test(test_what_needs_a_lost_node_ends),
    };
    fixture_deadline(100);
    return cmocka_run_group_tests_name("engine release", tests, NULL, NULL);
}
