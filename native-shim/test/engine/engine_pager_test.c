/* engine_pager_test.c - the pager alone: exact count of mappings, the budget, a taken base, discarding. */
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

#include "dsm_pager.h"
#include "engine_fixture.h"

#define PAGE  4096u
#define PAGES (UINT64_C(1) << 16)

/* Mappings of this process inside of a range, as the kernel has them. */
static uint64_t count_mappings(const void *from, uint64_t bytes)
{
    uint64_t count = 0;
    char line[512];
    FILE *maps = fopen("/proc/self/maps", "r");
    assert_non_null(maps);
    while (fgets(line, sizeof line, maps) != NULL) {
        unsigned long start, end;
        if (sscanf(line, "%lx-%lx", &start, &end) == 2 && start < (uintptr_t)from + bytes && end > (uintptr_t)from)
            count++;
    }
    fclose(maps);
    return count;
}

static dsm_pager *open_pager(uint64_t max_mappings)
{
    dsm_pager *p = NULL;
    dsm_pager_config config = {.pages = PAGES, .page_bytes = PAGE, .max_mappings = max_mappings};
    assert_int_equal(dsm_pager_open_mprotect(&config, &p), 0);
    return p;
}

static void test_mappings_are_counted_as_the_kernel_has_them(void **state)
{
    (void)state;
    dsm_pager *p = open_pager(16384);
    uint64_t seed = 88172645463325252u;
    for (uint32_t i = 0; i < 4000; i++) {
        seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
        uint64_t first = seed % PAGES, count = 1 + (seed >> 20) % (i % 10 == 0 ? 700 : 3);
        if (first + count > PAGES)
            count = PAGES - first;
        p->operations->protect(p, first, count, (enum dsm_pager_access)((seed >> 40) % 3));
        if (i % 250 == 0)
            assert_int_equal(p->mappings, count_mappings(p->application, PAGES * PAGE));
    }
    assert_true(p->mappings > 1000);
    assert_int_equal(p->mappings, count_mappings(p->application, PAGES * PAGE));
    p->operations->protect(p, 0, PAGES, DSM_PAGER_WRITE);
    assert_int_equal(p->mappings, 1);
    assert_int_equal(count_mappings(p->application, PAGES * PAGE), 1);
    p->operations->close(p);
}

static void check_alternating(uint64_t limit)
{
    dsm_pager *p = open_pager(limit);
    for (uint64_t page = 0; page < PAGES; page += 2) {
        p->operations->protect(p, page, 1, page % 4 == 0 ? DSM_PAGER_READ : DSM_PAGER_WRITE);
        /* Whatever was narrowed meanwhile, the page that was asked for is open. */
        assert_int_equal(dsm_pager_mapped(p, page), page % 4 == 0 ? DSM_PAGER_READ : DSM_PAGER_WRITE);
        assert_true(p->mappings <= limit);
    }
    assert_int_equal(p->mappings, count_mappings(p->application, PAGES * PAGE));
    assert_true(p->narrowed > 0);
    p->operations->close(p);
}

static void test_alternating_pages_stay_within_the_budget(void **state)
{
    (void)state;
    check_alternating(8192);
    check_alternating(1000);
    check_alternating(64);
}

/* Whole chunks of alternating access have no border inside that could be given up. */
static void test_alternating_chunks_stay_within_the_budget(void **state)
{
    (void)state;
    dsm_pager *p = open_pager(64);
    for (uint64_t round = 0; round < 3; round++)
        for (uint64_t chunk = 0; chunk < PAGES / 512; chunk++) {
            p->operations->protect(p, chunk * 512, 512, (enum dsm_pager_access)((chunk + round) % 3));
            assert_int_equal(dsm_pager_mapped(p, chunk * 512), (chunk + round) % 3);
            assert_true(p->mappings <= 64);
        }
    assert_int_equal(p->mappings, count_mappings(p->application, PAGES * PAGE));
    p->operations->close(p);
}

/* Others have used up the process's mappings: the pager gives back its own instead of failing. */
static void test_a_full_memory_map_is_survived(void **state)
{
    (void)state;
    dsm_pager *p = open_pager(8192);
    for (uint64_t page = 0; page < 8000; page += 2)
        p->operations->protect(p, page, 1, DSM_PAGER_READ);
    uint64_t count = 0;
    /* Every second page of a reservation made readable costs two mappings. */
    uint8_t *hog = mmap(NULL, UINT64_C(140000) * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    assert_ptr_not_equal(hog, MAP_FAILED);
    while (count < 70000 && mprotect(hog + 2 * count * PAGE, PAGE, PROT_READ) == 0)
        count++;
    assert_true(count < 70000); /* the limit was met */
    for (uint64_t page = 20001; page < 30000; page += 2) {
        p->operations->protect(p, page, 1, DSM_PAGER_WRITE);
        assert_int_equal(dsm_pager_mapped(p, page), DSM_PAGER_WRITE);
    }
    munmap(hog, UINT64_C(140000) * PAGE);
    assert_int_equal(p->mappings, count_mappings(p->application, PAGES * PAGE));
    p->operations->close(p);
}

static void test_both_views_are_the_same_memory(void **state)
{
    (void)state;
    dsm_pager *p = open_pager(64);
    p->view[5 * PAGE + 3] = 42;
    p->operations->protect(p, 5, 1, DSM_PAGER_READ);
    assert_int_equal(p->application[5 * PAGE + 3], 42);
    p->operations->discard(p, 5, 1);
    assert_int_equal(dsm_pager_mapped(p, 5), DSM_PAGER_NONE);
    assert_int_equal(p->view[5 * PAGE + 3], 0);
    p->operations->close(p);
}

static void test_a_taken_base_is_refused(void **state)
{
    (void)state;
    dsm_pager *p = open_pager(64), *second = NULL;
    dsm_pager_config config = {
        .pages = PAGES, .page_bytes = PAGE, .max_mappings = 64, .base = (uint64_t)(uintptr_t)p->application + PAGE};
    assert_int_equal(dsm_pager_open_mprotect(&config, &second), DSM_PAGER_BASE_TAKEN);
    dsm_options o = fixture_options(0, 2);
    dsm_engine *engine = NULL;
    o.base = (uint64_t)(uintptr_t)p->application;
    assert_int_equal(dsm_engine_create(&o, &engine), DSM_E_SYSTEM);
    assert_non_null(strstr(dsm_last_error(), "taken"));
    p->operations->close(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mappings_are_counted_as_the_kernel_has_them),
        cmocka_unit_test(test_alternating_pages_stay_within_the_budget),
        cmocka_unit_test(test_alternating_chunks_stay_within_the_budget),
        cmocka_unit_test(test_a_full_memory_map_is_survived),
        cmocka_unit_test(test_both_views_are_the_same_memory),
        cmocka_unit_test(test_a_taken_base_is_refused),
    };
    fixture_deadline(60);
    return cmocka_run_group_tests_name("engine pager", tests, NULL, NULL);
}
