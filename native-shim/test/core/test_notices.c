/* test_notice.c - ranges of pages, and the log of write notices: exact while it fits, bounded always, never too few. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tests.h"

#include "dsm_notice.h"

#define PAGES         4096u
#define NODES         3u
#define NOTICE_RANGES 12u

static uint64_t random_next(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

/* ---- ranges ------------------------------------------------------------------------------------------ */

static void pages_are_sorted_and_gathered_into_ranges(void **state)
{
    (void)state;
    uint64_t seed = 9, pages[200];
    for (int round = 0; round < 500; round++) {
        uint8_t wanted[64] = {0}, got[64] = {0};
        uint32_t count = (uint32_t)(random_next(&seed) % 200), used = 0;
        dsm_range ranges[64];
        for (uint32_t i = 0; i < count; i++) {
            pages[i] = round % 3 == 0 ? i % 64 : random_next(&seed) % 64; /* sorted in places, repeated often */
            wanted[pages[i]] = 1;
        }
        dsm_range_sort(pages, count);
        uint32_t filled = dsm_range_collect(pages, count, ranges, 64, &used);
        assert_int_equal(used, count);
        assert_int_equal(dsm_range_check(ranges, filled, 64), 0);
        for (uint32_t r = 0; r < filled; r++) {
            memset(got + ranges[r].first, 1, ranges[r].count);
        }
        assert_memory_equal(got, wanted, sizeof got);
    }
}

static void ranges_that_do_not_fit_are_left_for_the_next(void **state)
{
    (void)state;
    const uint64_t pages[] = {1, 2, 4, 4, 5, 9, 20, 21};
    dsm_range ranges[2];
    uint32_t used = 0;
    assert_int_equal(dsm_range_collect(pages, 8, ranges, 2, &used), 2);
    assert_int_equal(used, 5);
    assert_int_equal(ranges[1].first, 4);
    assert_int_equal(ranges[1].count, 2);
    assert_int_equal(dsm_range_collect(pages + used, 8 - used, ranges, 2, &used), 2);
    assert_int_equal(used, 3);
}

static void lists_that_are_none_are_found_out(void **state)
{
    (void)state;
    const dsm_range touching[] = {{1, 2}, {3, 1}}, empty[] = {{1, 0}}, beyond[] = {{9, 2}}, huge[] = {{2, UINT64_MAX}};
    assert_int_equal(dsm_range_check(touching, 2, 10), -1);
    assert_int_equal(dsm_range_check(touching, 1, 10), 0);
    assert_int_equal(dsm_range_check(empty, 1, 10), -1);
    assert_int_equal(dsm_range_check(beyond, 1, 10), -1);
    assert_int_equal(dsm_range_check(huge, 1, 10), -1);
}

/* ---- the log ----------------------------------------------------------------------------------------- */

typedef struct fixture {
    dsm_notice_limits limits;
    void *memory;
    dsm_notice_log *log;
    uint64_t last[NODES]; /* of each node's intervals */
} fixture;

static void open_log(fixture *f, uint32_t notices, uint32_t ranges)
{
    memset(f, 0, sizeof *f);
    f->limits = (dsm_notice_limits){NODES, notices, ranges, NOTICE_RANGES};
    f->memory = malloc(dsm_notice_size(&f->limits));
    f->log = dsm_notice_init(f->memory, &f->limits);
}

static void append(fixture *f, uint32_t origin, const dsm_range *ranges, uint32_t count)
{
    dsm_notice notice = {origin, count, f->last[origin] + 1, f->last[origin] + 1};
    f->last[origin]++;
    dsm_notice_append(f->log, &notice, ranges);
    assert_null(dsm_notice_check_log(f->log));
}

static void append_page(fixture *f, uint32_t origin, uint64_t page)
{
    const dsm_range range = {page, 1};
    append(f, origin, &range, 1);
}

/* Marks the pages of everything that a node knowing `told` is sent, and brings `told` up to date. */
static uint32_t collect(const fixture *f, uint64_t *told, uint8_t *pages)
{
    uint8_t frame[DSM_NOTICE_BYTES(NOTICE_RANGES)];
    dsm_notice notice;
    dsm_range ranges[NOTICE_RANGES];
    uint64_t knows[NODES];
    uint32_t next = 0, length, count = 0;
    memcpy(knows, told, sizeof knows);
    while ((length = dsm_notice_encode(f->log, told, &next, frame, sizeof frame)) != 0) {
        uint32_t at = 0;
        assert_true(length <= sizeof frame);
        assert_int_equal(dsm_notice_check(frame, length, &f->limits, PAGES, knows), 0);
        while (dsm_notice_next(frame, length, &at, &notice, ranges)) {
            assert_true(notice.first <= knows[notice.origin] + 1);
            knows[notice.origin] = notice.last;
            for (uint32_t r = 0; r < notice.ranges; r++) {
                memset(pages + ranges[r].first, 1, ranges[r].count);
            }
            count++;
        }
    }
    assert_int_equal(next, NODES);
    assert_memory_equal(knows, told, sizeof knows);
    return count;
}

static void a_node_is_told_exactly_what_it_has_not_seen(void **state)
{
    (void)state;
    fixture f;
    uint8_t pages[PAGES] = {0};
    uint64_t told[NODES] = {1, 0, UINT64_MAX}, none[NODES];
    open_log(&f, 100, 200);
    append_page(&f, 0, 10);
    append_page(&f, 0, 11);
    append_page(&f, 1, 12);
    append_page(&f, 2, 13); /* its own */
    assert_int_equal(dsm_notice_count(f.log), 4);
    uint8_t frame[DSM_NOTICE_BYTES(NOTICE_RANGES)];
    uint32_t next = 0, length = dsm_notice_encode(f.log, told, &next, frame, sizeof frame);
    assert_int_equal(length, DSM_NOTICE_FRAME_HEAD + 2 * (DSM_NOTICE_HEAD + DSM_NOTICE_RANGE));
    memcpy(none, told, sizeof none);
    assert_int_equal(collect(&f, none, pages), 0); /* nothing twice */
    told[0] = 1;
    told[1] = 0;
    told[2] = 1;
    assert_int_equal(collect(&f, told, pages), 2);
    for (uint32_t p = 0; p < PAGES; p++) {
        assert_int_equal(pages[p], p == 11 || p == 12);
    }
    free(f.memory);
}

static void what_all_have_seen_is_dropped(void **state)
{
    (void)state;
    fixture f;
    uint8_t pages[PAGES] = {0};
    const uint64_t seen[NODES] = {2, 0, 9};
    uint64_t told[NODES] = {2, 0, 0};
    open_log(&f, 100, 200);
    for (int i = 0; i < 4; i++) {
        append_page(&f, 0, 20 + (uint64_t)i);
    }
    append_page(&f, 1, 30);
    append_page(&f, 2, 40);
    dsm_notice_trim(f.log, seen);
    assert_null(dsm_notice_check_log(f.log));
    assert_int_equal(dsm_notice_count(f.log), 3);
    assert_int_equal(dsm_notice_ranges(f.log), 3);
    assert_int_equal(collect(&f, told, pages), 3);
    for (uint32_t p = 0; p < PAGES; p++) {
        assert_int_equal(pages[p], p == 22 || p == 23 || p == 30);
    }
    free(f.memory);
}

/* Random writers and readers, a log far too small: nobody ever misses a page, and the log stays within its limits. */
static void a_laggard_drops_a_page_too_many_never_one_too_few(void **state)
{
    (void)state;
    static uint8_t owed[8][PAGES]; /* by reader: pages written that it has not been told */
    for (uint64_t round = 1; round <= 20; round++) {
        uint64_t seed = round, told[8][NODES] = {{0}};
        fixture f;
        memset(owed, 0, sizeof owed);
        open_log(&f, 2 * NODES + 2 + (uint32_t)(round * 3), NODES + NOTICE_RANGES + (uint32_t)(round * 5));
        for (int step = 0; step < 1500; step++) {
            uint32_t reader = (uint32_t)(random_next(&seed) % 7), origin = (uint32_t)(random_next(&seed) % NODES), used;
            if (random_next(&seed) % 3 == 0) { /* reader 7 is never told anything until the end */
                uint8_t pages[PAGES] = {0};
                (void)collect(&f, told[reader], pages);
                for (uint32_t p = 0; p < PAGES; p++) {
                    assert_true(pages[p] || !owed[reader][p]);
                }
                memset(owed[reader], 0, PAGES);
                continue;
            }
            uint64_t written[NOTICE_RANGES];
            dsm_range ranges[NOTICE_RANGES];
            uint32_t count = 1 + (uint32_t)(random_next(&seed) % NOTICE_RANGES);
            uint64_t from = random_next(&seed) % (PAGES - 64);
            for (uint32_t i = 0; i < count; i++) {
                written[i] = random_next(&seed) % 4 == 0 ? random_next(&seed) % PAGES : from + random_next(&seed) % 64;
                for (int r = 0; r < 8; r++) {
                    owed[r][written[i]] = 1;
                }
            }
            dsm_range_sort(written, count);
            count = dsm_range_collect(written, count, ranges, NOTICE_RANGES, &used);
            append(&f, origin, ranges, count);
        }
        for (int reader = 0; reader < 8; reader++) {
            uint8_t pages[PAGES] = {0};
            (void)collect(&f, told[reader], pages);
            for (uint32_t p = 0; p < PAGES; p++) {
                assert_true(pages[p] || !owed[reader][p]);
            }
        }
        dsm_notice_trim(f.log, f.last);
        assert_int_equal(dsm_notice_count(f.log), 0);
        assert_int_equal(dsm_notice_ranges(f.log), 0);
        free(f.memory);
    }
}

static void a_log_large_enough_stays_exact(void **state)
{
    (void)state;
    uint8_t pages[PAGES] = {0}, wanted[PAGES] = {0};
    uint64_t seed = 77, told[NODES] = {0};
    fixture f;
    open_log(&f, 1000, 2000);
    for (int i = 0; i < 300; i++) {
        uint64_t page = random_next(&seed) % PAGES;
        wanted[page] = 1;
        append_page(&f, (uint32_t)(i % NODES), page);
    }
    assert_int_equal(collect(&f, told, pages), 300);
    assert_memory_equal(pages, wanted, PAGES);
    free(f.memory);
}

static void limits_that_contradict_each_other_are_refused(void **state)
{
    (void)state;
    const dsm_notice_limits good = {2, 5, 14, 12}, few = {2, 4, 14, 12}, narrow = {2, 5, 13, 12},
                            empty = {0, 5, 14, 12};
    assert_true(dsm_notice_size(&good) > 0);
    assert_int_equal(dsm_notice_size(&few), 0);
    assert_int_equal(dsm_notice_size(&narrow), 0);
    assert_int_equal(dsm_notice_size(&empty), 0);
}

static void hostile_frames_are_refused(void **state)
{
    (void)state;
    fixture f;
    const uint64_t knows[NODES] = {0, 0, 0};
    uint64_t told[NODES] = {0, 0, 0}, seed = 4;
    uint8_t frame[DSM_NOTICE_BYTES(NOTICE_RANGES)], bad[sizeof frame];
    uint32_t next = 0;
    open_log(&f, 100, 200);
    append_page(&f, 0, 10);
    append_page(&f, 0, PAGES - 1);
    append_page(&f, 1, 12);
    uint32_t length = dsm_notice_encode(f.log, told, &next, frame, sizeof frame);
    assert_int_equal(dsm_notice_check(frame, length, &f.limits, PAGES, knows), 0);
    assert_int_equal(dsm_notice_check(frame, length, &f.limits, PAGES - 1, knows), -1);
    for (uint32_t cut = 0; cut < length; cut++) {
        assert_int_equal(dsm_notice_check(frame, cut, &f.limits, PAGES, knows), -1);
    }
    memcpy(bad, frame, length);
    bad[DSM_NOTICE_FRAME_HEAD + 8] = 2; /* a gap: intervals 2 .. 2 for who knows none */
    bad[DSM_NOTICE_FRAME_HEAD + 16] = 2;
    assert_int_equal(dsm_notice_check(bad, length, &f.limits, PAGES, knows), -1);
    for (int flip = 0; flip < 20000; flip++) {
        /* Accepted or refused: walking through what was accepted stays within it (ASan watches). */
        dsm_notice notice;
        dsm_range ranges[NOTICE_RANGES];
        uint32_t at = 0;
        memcpy(bad, frame, length);
        bad[random_next(&seed) % length] ^= (uint8_t)(1u << (random_next(&seed) % 8));
        if (dsm_notice_check(bad, length, &f.limits, PAGES, knows) != 0) {
            continue;
        }
        while (dsm_notice_next(bad, length, &at, &notice, ranges)) {
            assert_true(notice.origin < NODES && notice.ranges >= 1 && notice.ranges <= NOTICE_RANGES);
            assert_int_equal(dsm_range_check(ranges, notice.ranges, PAGES), 0);
        }
    }
    free(f.memory);
}

int test_notices(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_are_sorted_and_gathered_into_ranges),
        cmocka_unit_test(ranges_that_do_not_fit_are_left_for_the_next),
        cmocka_unit_test(lists_that_are_none_are_found_out),
        cmocka_unit_test(a_node_is_told_exactly_what_it_has_not_seen),
        cmocka_unit_test(what_all_have_seen_is_dropped),
        cmocka_unit_test(a_laggard_drops_a_page_too_many_never_one_too_few),
        cmocka_unit_test(a_log_large_enough_stays_exact),
        cmocka_unit_test(limits_that_contradict_each_other_are_refused),
        cmocka_unit_test(hostile_frames_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
