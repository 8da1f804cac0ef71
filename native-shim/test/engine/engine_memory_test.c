/* engine_memory_test.c - pages among engines of one process: exact under contention and false sharing. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "engine_fixture.h"

#define PAGE 4096u

static void test_one_writes_the_other_reads(void **state) {
    (void)state;
    fixture f;
    fixture_open(&f, 2, NULL, NULL);
    for (uint64_t page = 0; page < 200; page++) fixture_put(&f, page % 2, page * PAGE + 8, page + 1);
    for (uint64_t page = 0; page < 200; page++) assert_int_equal(fixture_get(&f, 1 - page % 2, page * PAGE + 8), page + 1);
    for (uint64_t page = 0; page < 200; page++) {
        fixture_put(&f, 0, page * PAGE, page);
        fixture_put(&f, 1, page * PAGE, page * 3);
        assert_int_equal(fixture_get(&f, 0, page * PAGE), page * 3);
        assert_int_equal(fixture_get(&f, 0, page * PAGE + 8), page + 1);
    }
    fixture_close(&f);
}

#define ROUNDS 300u
#define COUNTERS 8u

static void count(fixture *f, uint32_t node, uint32_t thread) {
    for (uint32_t i = 0; i < ROUNDS; i++) {
        fixture_add(f, node, 16 * PAGE + 8 * (i % COUNTERS), 1);                         /* shared by all */
        fixture_add(f, node, (32 + i % 5) * PAGE + 8 * (node * 16 + thread), 1); /* false sharing */
    }
}

static void check_counts(uint32_t nodes) {
    fixture f;
    fixture_open(&f, nodes, NULL, NULL);
    fixture_run(&f, 8, count);
    uint64_t all = 0;
    for (uint32_t i = 0; i < COUNTERS; i++) all += fixture_get(&f, 0, 16 * PAGE + 8 * i);
    assert_int_equal(all, nodes * 8 * ROUNDS);
    for (uint32_t n = 0; n < nodes; n++)
        for (uint32_t t = 0; t < 8; t++) {
            uint64_t sum = 0;
            for (uint32_t page = 0; page < 5; page++) sum += fixture_get(&f, nodes - 1, (32 + page) * PAGE + 8 * (n * 16 + t));
            assert_int_equal(sum, ROUNDS);
        }
    fixture_close(&f);
}

static void test_two_nodes_of_eight_threads_count_exactly(void **state) {
    (void)state;
    check_counts(2);
}

static void test_four_nodes_of_eight_threads_count_exactly(void **state) {
    (void)state;
    check_counts(4);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_writes_the_other_reads),
        cmocka_unit_test(test_two_nodes_of_eight_threads_count_exactly),
        cmocka_unit_test(test_four_nodes_of_eight_threads_count_exactly),
    };
    fixture_deadline(60);
    return cmocka_run_group_tests_name("engine memory", tests, NULL, NULL);
}
