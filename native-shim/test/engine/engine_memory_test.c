/* engine_memory_test.c - pages among engines of one process: exact under contention and false sharing. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "dsm_engine.h"
#include "engine_fixture.h"

#define PAGE 4096u

static void test_one_writes_the_other_reads(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f, 2, NULL, NULL);
    for (uint64_t page = 0; page < 200; page++)
        fixture_put(&f, page % 2, page * PAGE + 8, page + 1);
    for (uint64_t page = 0; page < 200; page++)
        assert_int_equal(fixture_get(&f, 1 - page % 2, page * PAGE + 8), page + 1);
    for (uint64_t page = 0; page < 200; page++) {
        fixture_put(&f, 0, page * PAGE, page);
        fixture_put(&f, 1, page * PAGE, page * 3);
        assert_int_equal(fixture_get(&f, 0, page * PAGE), page * 3);
        assert_int_equal(fixture_get(&f, 0, page * PAGE + 8), page + 1);
    }
    fixture_close(&f);
}

#define ROUNDS   300u
#define COUNTERS 8u

static void count(fixture *f, uint32_t node, uint32_t thread)
{
    for (uint32_t i = 0; i < ROUNDS; i++) {
        fixture_add(f, node, 16 * PAGE + 8 * (i % COUNTERS), 1);                 /* shared by all */
        fixture_add(f, node, (32 + i % 5) * PAGE + 8 * (node * 16 + thread), 1); /* false sharing */
    }
}

static void check_counts(uint32_t nodes)
{
    fixture f;
    fixture_open(&f, nodes, NULL, NULL);
    fixture_run(&f, 8, count);
    uint64_t all = 0;
    for (uint32_t i = 0; i < COUNTERS; i++)
        all += fixture_get(&f, 0, 16 * PAGE + 8 * i);
    assert_int_equal(all, nodes * 8 * ROUNDS);
    for (uint32_t n = 0; n < nodes; n++)
        for (uint32_t t = 0; t < 8; t++) {
            uint64_t sum = 0;
            for (uint32_t page = 0; page < 5; page++)
                sum += fixture_get(&f, nodes - 1, (32 + page) * PAGE + 8 * (n * 16 + t));
            assert_int_equal(sum, ROUNDS);
        }
    fixture_close(&f);
}

static void test_two_nodes_of_eight_threads_count_exactly(void **state)
{
    (void)state;
    check_counts(2);
}

static void test_four_nodes_of_eight_threads_count_exactly(void **state)
{
    (void)state;
    check_counts(4);
}

/* ---- ranges ------------------------------------------------------------------------------------------------ */

#define MIB (UINT64_C(1) << 20)

static void test_touch_fetches_a_range(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f, 2, NULL, NULL);
    for (uint64_t page = 0; page < 1000; page++)
        fixture_put(&f, page % 2, page * PAGE, page + 1);
    uint64_t faults = fixture_counter(&f, 0, DSM_C_READ_FAULTS);
    assert_int_equal(dsm_touch(f.engine[0], 10, 1000 * PAGE - 10, 0), DSM_OK);
    faults = fixture_counter(&f, 0, DSM_C_READ_FAULTS);
    for (uint64_t page = 0; page < 1000; page++)
        assert_int_equal(fixture_get(&f, 0, page * PAGE), page + 1);
    assert_int_equal(fixture_counter(&f, 0, DSM_C_READ_FAULTS), faults); /* nothing was left to fetch */
    uint8_t states[1000];
    assert_int_equal(dsm_touch(f.engine[1], 0, 1000 * PAGE, 1), DSM_OK);
    assert_int_equal(dsm_page_states(f.engine[1], 0, 1000, states), DSM_OK);
    for (uint64_t page = 0; page < 1000; page++)
        assert_int_equal(states[page], DSM_ACCESS_WRITE | DSM_PAGE_EXCLUSIVE);
    assert_int_equal(dsm_page_states(f.engine[0], 0, 1000, states), DSM_OK);
    for (uint64_t page = 0; page < 1000; page++)
        assert_int_equal(states[page], DSM_ACCESS_NONE);
    assert_int_equal(dsm_touch(f.engine[0], 64 * MIB - 8, 8, 1), DSM_OK);
    assert_int_equal(dsm_touch(f.engine[0], 64 * MIB, 0, 1), DSM_OK);
    assert_int_equal(dsm_touch(f.engine[0], 64 * MIB - 8, 9, 1), DSM_E_ARGUMENT);
    assert_int_equal(dsm_touch(f.engine[0], UINT64_MAX, 2, 1), DSM_E_ARGUMENT);
    fixture_close(&f);
}

/* Each asks for the whole range at once and gets parts of it first: nobody may keep those until it has the rest. */
static void touch_the_same(fixture *f, uint32_t node, uint32_t thread)
{
    for (uint32_t i = 0; i < 40; i++)
        if (dsm_touch(f->engine[node], (i + thread) % 3 * 16 * PAGE, 32 * PAGE, i % 4 != 0) != DSM_OK)
            abort();
}

static void test_touches_of_one_range_meet(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f, 3, NULL, NULL);
    for (uint64_t page = 0; page < 64; page++)
        fixture_put(&f, page % 3, page * PAGE, page + 1);
    fixture_run(&f, 2, touch_the_same);
    for (uint64_t page = 0; page < 64; page++)
        assert_int_equal(fixture_get(&f, page % 2, page * PAGE), page + 1);
    fixture_close(&f);
}

static void test_discarded_memory_reads_as_zero(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f, 1, NULL, NULL);
    for (uint64_t page = 0; page < 10; page++)
        fixture_put(&f, 0, page * PAGE, 1);
    assert_int_equal(dsm_discard(f.engine[0], PAGE + 1, 5 * PAGE), DSM_OK); /* whole pages 2 .. 5 */
    for (uint64_t page = 0; page < 10; page++)
        assert_int_equal(fixture_get(&f, 0, page * PAGE), page < 2 || page > 5);
    assert_int_equal(dsm_discard(f.engine[0], 64 * MIB, PAGE), DSM_E_ARGUMENT);
    fixture_close(&f);
}

/* Pages of this node's own that the budget of mappings has closed are opened again in runs, not one by one. */
static void test_own_memory_is_opened_in_runs(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f, 2, NULL, NULL);
    const uint64_t first = 48 * MIB, bytes = 16 * MIB; /* in its own arena */
    assert_int_equal(dsm_touch(f.engine[1], first, bytes, 1), DSM_OK);
    assert_true(fixture_counter(&f, 1, DSM_C_MAPPINGS) <= 3);
    dsm_pager *pager = f.engine[1]->pager;
    pager->operations->protect(pager, first / PAGE, bytes / PAGE, DSM_PAGER_NONE);
    uint64_t before = fixture_counter(&f, 1, DSM_C_SOFT_FAULTS);
    for (uint64_t offset = first; offset < first + bytes; offset += PAGE)
        fixture_put(&f, 1, offset, offset);
    uint64_t faults = fixture_counter(&f, 1, DSM_C_SOFT_FAULTS) - before;
    assert_true(faults > 0 && faults <= bytes / PAGE / 512);
    fixture_close(&f);
}

/* New memory of one's own, in order: a fault opens more and more of it. Here and there: one page each. */
static void test_own_new_memory_costs_few_faults(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f, 2, NULL, NULL);
    uint8_t states[64];
    for (uint64_t offset = 48 * MIB; offset < 56 * MIB; offset += PAGE)
        fixture_put(&f, 1, offset, offset);
    uint64_t pages = fixture_counter(&f, 1, DSM_C_PAGES_OWNED);
    for (uint64_t offset = 48 * MIB; offset < 56 * MIB; offset += PAGE)
        assert_int_equal(fixture_get(&f, 0, offset), offset);
    assert_true(pages >= 2048 && pages < 2048 + 64);
    for (uint64_t offset = 57 * MIB; offset < 60 * MIB; offset += 3 * PAGE)
        fixture_put(&f, 1, offset, 1);
    assert_int_equal(dsm_page_states(f.engine[1], 58 * MIB, 64, states), DSM_OK);
    for (uint64_t i = 0; i < 64; i++)
        assert_int_equal(states[i] != 0, (58 * MIB / PAGE + i - 57 * MIB / PAGE) % 3 == 0);
    fixture_close(&f);
}

static void small_budget(dsm_options *o)
{
    o->space_bytes = 512 * MIB;
    o->max_mappings = 1000;
    o->pager = DSM_PAGER_MPROTECT;
}

static uint64_t count_mappings(uintptr_t from, uint64_t bytes)
{
    uint64_t count = 0;
    char line[512];
    FILE *maps = fopen("/proc/self/maps", "r");
    assert_non_null(maps);
    while (fgets(line, sizeof line, maps) != NULL) {
        unsigned long start, end;
        if (sscanf(line, "%lx-%lx", &start, &end) == 2 && start < from + bytes && end > from)
            count++;
    }
    fclose(maps);
    return count;
}

/* Every second page of 60,000 goes to and fro: far more borders than the budget, and never a failure. */
static void test_thirty_thousand_alternating_pages(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f, 2, small_budget, NULL);
    for (uint64_t page = 0; page < 60000; page += 2)
        fixture_put(&f, page / 2 % 2, page * PAGE, page + 1);
    for (uint64_t page = 0; page < 60000; page += 2) {
        assert_int_equal(fixture_get(&f, 1 - page / 2 % 2, page * PAGE), page + 1);
        if (page % 10000 != 0)
            continue;
        for (uint32_t n = 0; n < 2; n++) {
            uint64_t mappings = count_mappings((uintptr_t)f.base[n], 512 * MIB);
            assert_true(mappings <= 1000);
            assert_int_equal(mappings, fixture_counter(&f, n, DSM_C_MAPPINGS));
        }
    }
    assert_true(fixture_counter(&f, 0, DSM_C_COALESCED) > 0);
    fixture_close(&f);
}

/* The i-th of 32 pages, never one behind the last: faults in order would ask for pages ahead, which come when they come. */
static uint64_t scattered(uint64_t i)
{
    return i * 13 % 32;
}

/* The system may take page table entries out to use the memory otherwise: what they meant must come back. */
static void test_entries_that_the_system_takes_out_come_back(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f, 2, NULL, NULL);
    if (!f.engine[0]->pager->bus_faults) { /* the mprotect pager keeps nothing in entries */
        fixture_close(&f);
        return;
    }
    for (uint64_t page = 0; page < 64; page++)
        fixture_put(&f, 1, page * PAGE, page + 1);
    for (uint64_t i = 0; i < 32; i++)
        assert_int_equal(fixture_get(&f, 0, scattered(i) * PAGE), scattered(i) + 1); /* shared now */
    uint64_t fetched = fixture_counter(&f, 0, DSM_C_PAGES_FETCHED);
    for (uint32_t n = 0; n < 2; n++)
        assert_int_equal(madvise((void *)(uintptr_t)f.base[n], 64 * PAGE, MADV_DONTNEED), 0);
    for (uint64_t i = 0; i < 32; i++)
        assert_int_equal(fixture_get(&f, 0, scattered(i) * PAGE), scattered(i) + 1);
    assert_int_equal(fixture_counter(&f, 0, DSM_C_PAGES_FETCHED), fetched);
    for (uint64_t page = 0; page < 64; page++)
        fixture_put(&f, 1, page * PAGE, fixture_get(&f, 1, page * PAGE) + 1);
    for (uint64_t page = 0; page < 64; page++)
        assert_int_equal(fixture_get(&f, 0, page * PAGE), page + 2);
    fixture_close(&f);
}

/* A value that lies across two pages, which two nodes write in turn. */
static void cross(fixture *f, uint32_t node, uint32_t thread)
{
    (void)thread;
    for (uint32_t i = 0; i < 300; i++)
        fixture_add_unaligned(f, node, 20 * PAGE - 4 + (i % 4) * PAGE);
}

static void test_accesses_across_two_pages(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f, 2, NULL, NULL);
    fixture_run(&f, 1, cross);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_writes_the_other_reads),
        cmocka_unit_test(test_two_nodes_of_eight_threads_count_exactly),
        cmocka_unit_test(test_four_nodes_of_eight_threads_count_exactly),
        cmocka_unit_test(test_touch_fetches_a_range),
        cmocka_unit_test(test_touches_of_one_range_meet),
        cmocka_unit_test(test_discarded_memory_reads_as_zero),
        cmocka_unit_test(test_own_memory_is_opened_in_runs),
        cmocka_unit_test(test_own_new_memory_costs_few_faults),
        cmocka_unit_test(test_thirty_thousand_alternating_pages),
        cmocka_unit_test(test_entries_that_the_system_takes_out_come_back),
        cmocka_unit_test(test_accesses_across_two_pages),
    };
    fixture_deadline(100);
    return cmocka_run_group_tests_name("engine memory", tests, NULL, NULL);
}
