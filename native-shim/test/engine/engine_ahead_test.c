/* engine_ahead_test.c - reading in order fetches what comes next; reading here and there does not. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "engine_fixture.h"

#define PAGE   4096u
#define PAGES  600u /* more than streams are told apart by */
#define BEHIND 64u  /* that may be fetched behind the last page that is read */

static void release(dsm_options *o)
{
    o->release = 1;
}

static uint64_t start;
static _Atomic uint64_t wrong;
static uint32_t step;

/* Node 0 writes all pages; then node 1 reads every `step`-th. All are written again, so that copies must go. */
static void write_then_read(fixture *f, uint32_t node, uint32_t thread)
{
    (void)thread;
    for (uint64_t round = 1; round <= 3; round++) {
        for (uint64_t page = 0; page < PAGES + BEHIND && node == 0; page++)
            fixture_put(f, node, start + page * PAGE, round << 32 | page);
        fixture_barrier(f, node, 1, 2);
        uint64_t before = fixture_counter(f, node, DSM_C_PAGES_FETCHED), read = 0;
        uint64_t soft = fixture_counter(f, node, DSM_C_SOFT_FAULTS);
        for (uint64_t page = 0; page < PAGES && node == 1; page += step, read++)
            wrong += fixture_get(f, node, start + page * PAGE) != (round << 32 | page);
        uint64_t came = fixture_counter(f, node, DSM_C_PAGES_FETCHED) - before;
        if (node == 1 && (came < read || came > read + (step == 1 ? BEHIND : 0))) {
            fprintf(stderr, "%llu pages came for %llu that were read\n", (unsigned long long)came,
                    (unsigned long long)read);
            wrong++;
        }
        /* A page that was here already when it was first read. */
        wrong += node == 1 && step == 1 && fixture_counter(f, node, DSM_C_SOFT_FAULTS) == soft;
        fixture_barrier(f, node, 2, 2);
    }
}

static void check(uint32_t every, void (*tune)(dsm_options *), uint64_t first)
{
    fixture f;
    start = first;
    step = every;
    fixture_open(&f, 2, tune, NULL);
    fixture_run(&f, 1, write_then_read);
    assert_int_equal(wrong, 0);
    fixture_close(&f);
}

static void test_in_order(void **state)
{
    (void)state;
    check(1, NULL, UINT64_C(32) << 20); /* the arena of node 0 */
    check(1, release, UINT64_C(16) << 20);
}

static void test_here_and_there(void **state)
{
    (void)state;
    check(2, NULL, UINT64_C(32) << 20);
    check(7, release, UINT64_C(16) << 20);
}

/* Both nodes go through the same pages at once, reading and writing: nothing but the values may be relied on. */
static void both_count(fixture *f, uint32_t node, uint32_t thread)
{
    for (uint32_t round = 0; round < 2; round++) {
        for (uint64_t page = 0; page < 150; page++) {
            (void)fixture_get(f, node, page * PAGE + 8 * (2 * node + thread));
            fixture_add(f, node, page * PAGE, 1);
        }
    }
}

static void test_both_at_once(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f, 2, NULL, NULL);
    fixture_run(&f, 2, both_count);
    for (uint64_t page = 0; page < 150; page++)
        assert_int_equal(fixture_get(&f, 0, page * PAGE), 8);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_in_order),
        cmocka_unit_test(test_here_and_there),
        cmocka_unit_test(test_both_at_once),
    };
    fixture_deadline(100);
    return cmocka_run_group_tests_name("engine ahead", tests, NULL, NULL);
}
