/* engine_lent_test.c - locks that are handed out without the engine lock, and how they are taken back. */
#define _GNU_SOURCE
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "dsm_lent.h"
#include "engine_fixture.h"

#define PAGE 4096u

static void patient(dsm_options *o)
{
    o->native_wait_ns = UINT64_C(20000000000); /* no ticket, however busy the machine is */
}

static uint64_t acquired(fixture *f, uint32_t node)
{
    return fixture_counter(f, node, DSM_C_LOCK_ACQUIRES);
}

/* ---- one thread ------------------------------------------------------------------------------------------ */

static void lock_times(fixture *f, uint64_t lock, uint64_t thread, int times)
{
    uint64_t ticket;
    for (int i = 0; i < times; i++) {
        assert_int_equal(dsm_lock(f->engine[0], lock, thread, 0, &ticket), DSM_OK);
        assert_int_equal(dsm_lock_holds(f->engine[0], lock, thread), i + 1);
    }
    for (int i = times; i > 0; i--) {
        assert_int_equal(dsm_lock_holds(f->engine[0], lock, thread), i);
        assert_int_equal(dsm_unlock(f->engine[0], lock, thread), DSM_OK);
    }
    assert_int_equal(dsm_lock_holds(f->engine[0], lock, thread), 0);
    assert_int_equal(dsm_unlock(f->engine[0], lock, thread), DSM_E_NOT_OWNER);
}

static void check_depths(uint32_t nodes)
{
    static const uint64_t threads[] = {1, (1u << DSM_LENT_THREAD_BITS) - 1, 1u << DSM_LENT_THREAD_BITS, UINT64_MAX};
    fixture f;
    fixture_open(&f, nodes, patient, NULL);
    uint64_t expected = 0;
    for (uint32_t t = 0; t < sizeof threads / sizeof threads[0]; t++)
        for (int times = 1; times <= (int)DSM_LENT_DEPTH_MAX + 3; times++) {
            lock_times(&f, 7, threads[t], times);
            expected += (uint64_t)times;
        }
    assert_int_equal(acquired(&f, 0), expected);
    fixture_close(&f);
}

static void test_any_thread_at_any_depth(void **state)
{
    (void)state;
    check_depths(1);
    check_depths(2);
}

static void test_a_held_lock_is_not_given_to_another_thread(void **state)
{
    (void)state;
    fixture f;
    uint64_t ticket, before;
    fixture_open(&f, 2, patient, NULL);
    for (int round = 0; round < 3; round++) { /* from the second on, it is lent */
        fixture_lock(&f, 0, 9, 1);
        assert_int_equal(dsm_lock(f.engine[0], 9, 2, DSM_TRY, &ticket), DSM_E_BUSY);
        assert_int_equal(dsm_unlock(f.engine[0], 9, 2), DSM_E_NOT_OWNER);
        assert_int_equal(dsm_lock_holds(f.engine[0], 9, 2), 0);
        assert_int_equal(dsm_lock(f.engine[1], 9, 1, DSM_TRY, &ticket), DSM_E_BUSY);
        assert_int_equal(dsm_lock_holds(f.engine[0], 9, 1), 1);
        fixture_unlock(&f, 0, 9, 1);
    }
    before = acquired(&f, 0);
    fixture_lock(&f, 0, 9, 1);
    fixture_lock(&f, 0, 9, 1);
    assert_int_equal(dsm_lock(f.engine[1], 9, 1, DSM_NO_NATIVE_WAIT, &ticket), DSM_RESULT_PENDING);
    fixture_unlock(&f, 0, 9, 1);
    assert_int_equal(dsm_lock_holds(f.engine[0], 9, 1), 1);
    fixture_unlock(&f, 0, 9, 1);
    assert_int_equal(fixture_await(&f, 1, ticket), DSM_OK);
    assert_int_equal(dsm_lock(f.engine[0], 9, 1, DSM_TRY, &ticket), DSM_E_BUSY);
    fixture_unlock(&f, 1, 9, 1);
    fixture_lock(&f, 0, 9, 1);
    fixture_unlock(&f, 0, 9, 1);
    assert_int_equal(acquired(&f, 0) - before, 3);
    fixture_close(&f);
}

/* A wait for a condition gives up what the cell says, and has it again afterwards. */
static void test_waiting_gives_up_all_levels(void **state)
{
    (void)state;
    fixture f;
    uint64_t ticket;
    fixture_open(&f, 2, patient, NULL);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 3; i++)
            fixture_lock(&f, 0, 9, 1);
        assert_int_equal(dsm_wait(f.engine[0], 9, 5, 1, DSM_NO_NATIVE_WAIT, &ticket), DSM_RESULT_PENDING);
        assert_int_equal(dsm_lock_holds(f.engine[0], 9, 1), 0);
        fixture_lock(&f, (uint32_t)round % 2, 9, 2);
        assert_int_equal(dsm_signal(f.engine[round % 2], 9, 5, 2, 0), DSM_OK);
        fixture_unlock(&f, (uint32_t)round % 2, 9, 2);
        assert_int_equal(fixture_await(&f, 0, ticket), DSM_OK);
        assert_int_equal(dsm_lock_holds(f.engine[0], 9, 1), 3);
        for (int i = 0; i < 3; i++)
            fixture_unlock(&f, 0, 9, 1);
    }
    fixture_close(&f);
}

/* ---- many ------------------------------------------------------------------------------------------------ */

#define LOCKS  6u
#define ROUNDS 1500u

static uint64_t ids[LOCKS];
static uint64_t counts[LOCKS]; /* of the threads of one node: what the thread sanitizer sees guarded */

/* Half of them share a cell, so that one is taken back for another. */
static void choose_ids(void)
{
    dsm_lent_cell cells[DSM_LENT_CELLS];
    uint64_t id = 100;
    for (uint32_t i = 0; i < LOCKS; i++) {
        while (i % 2 == 1 && dsm_lent_cell_of(cells, id) != dsm_lent_cell_of(cells, ids[0]))
            id++;
        ids[i] = id++;
    }
}

static uint32_t next(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static void count(fixture *f, uint32_t node, uint32_t which)
{
    uint64_t at = which * PAGE;
    if (f->nodes == 1)
        counts[which]++;
    fixture_put(f, node, at, fixture_get(f, node, at) + 1); /* a plain read and a plain write */
}

static void any_lock(fixture *f, uint32_t node, uint32_t thread)
{
    uint32_t seed = node * 100 + thread;
    uint64_t me = seed + 1, ticket;
    for (uint32_t i = 0; i < ROUNDS / f->nodes; i++) {
        uint32_t which = next(&seed) % LOCKS, times = 1 + next(&seed) % 3;
        if (next(&seed) % 4 == 0) {
            int rc = dsm_lock(f->engine[node], ids[which], me, DSM_TRY, &ticket);
            if (rc == DSM_RESULT_PENDING)
                rc = fixture_await(f, node, ticket);
            if (rc == DSM_E_BUSY) {
                i--;
                continue;
            }
            assert_int_equal(rc, DSM_OK);
        } else {
            fixture_lock(f, node, ids[which], me);
        }
        for (uint32_t more = 1; more < times; more++)
            fixture_lock(f, node, ids[which], me);
        count(f, node, which);
        for (uint32_t more = 0; more < times; more++)
            fixture_unlock(f, node, ids[which], me);
    }
}

static void check_sums(uint32_t nodes, uint32_t threads, void (*tune)(dsm_options *))
{
    fixture f;
    uint64_t sum = 0, expected = (uint64_t)nodes * threads * (ROUNDS / nodes);
    choose_ids();
    fixture_open(&f, nodes, tune, NULL);
    fixture_run(&f, threads, any_lock);
    for (uint32_t i = 0; i < LOCKS; i++)
        sum += fixture_get(&f, 0, i * PAGE);
    assert_int_equal(sum, expected);
    fixture_close(&f);
}

static void test_threads_of_one_node(void **state)
{
    (void)state;
    check_sums(1, 6, patient);
    uint64_t sum = 0;
    for (uint32_t i = 0; i < LOCKS; i++)
        sum += counts[i];
    assert_int_equal(sum, 6 * ROUNDS);
}

static void test_threads_of_three_nodes(void **state)
{
    (void)state;
    check_sums(3, 3, patient);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_thread_at_any_depth),
        cmocka_unit_test(test_a_held_lock_is_not_given_to_another_thread),
        cmocka_unit_test(test_waiting_gives_up_all_levels),
        cmocka_unit_test(test_threads_of_one_node),
        cmocka_unit_test(test_threads_of_three_nodes),
    };
    fixture_deadline(110);
    return cmocka_run_group_tests_name("engine lent locks", tests, NULL, NULL);
}
