/* test_diff.c - diffs: every comparison finds the same, every byte that changed travels and no other. */
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "tests.h"

#include "dsm_diff.h"

#define PAGE 4096u

static uint64_t random_next(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

typedef struct pages {
    _Alignas(64) uint8_t twin[DSM_DIFF_PAGE_MAX], now[DSM_DIFF_PAGE_MAX], home[DSM_DIFF_PAGE_MAX];
    uint8_t diff[DSM_DIFF_MAX(DSM_DIFF_PAGE_MAX) + 1];
} pages;

static pages shared; /* too large for a test's stack */

static void fill(uint8_t *page, uint32_t bytes, uint64_t *seed)
{
    for (uint32_t i = 0; i < bytes; i++) {
        page[i] = (uint8_t)random_next(seed);
    }
}

/* Changes runs of random lengths until about one byte in `sparse` differs. */
static void scribble(uint8_t *page, uint32_t bytes, uint32_t sparse, uint64_t *seed)
{
    uint32_t changes = 1 + (uint32_t)(random_next(seed) % (bytes / sparse + 1));
    for (uint32_t i = 0; i < changes; i++) {
        uint32_t at = (uint32_t)(random_next(seed) % bytes), length = 1 + (uint32_t)(random_next(seed) % 19);
        for (uint32_t b = at; b < bytes && b < at + length; b++) {
            page[b] = (uint8_t)random_next(seed);
        }
    }
}

static const uint32_t sizes[] = {64, 128, 1024, 4096, 16384, 65536};

/* The bytes that differ arrive at a home that meanwhile wrote all the others; nothing else of it changes. */
static void check_round_trip(const dsm_diff_ops *ops, uint32_t bytes, uint64_t *seed)
{
    pages *p = &shared;
    fill(p->home, bytes, seed);
    uint32_t length = dsm_diff_encode(ops, p->now, p->twin, bytes, p->diff);
    assert_true(length <= DSM_DIFF_MAX(bytes));
    assert_int_equal(dsm_diff_check(p->diff, length, bytes), 0);
    static uint8_t expected[DSM_DIFF_PAGE_MAX];
    for (uint32_t i = 0; i < bytes; i++) {
        expected[i] = p->now[i] != p->twin[i] ? p->now[i] : p->home[i];
    }
    dsm_diff_apply(p->diff, bytes, p->home);
    assert_memory_equal(p->home, expected, bytes);
}

static void every_comparison_is_exact_on_random_pages(void **state)
{
    (void)state;
    uint64_t seed = 42;
    for (int round = 0; round < 300; round++) {
        uint32_t bytes = sizes[round % 6];
        fill(shared.twin, bytes, &seed);
        memcpy(shared.now, shared.twin, bytes);
        scribble(shared.now, bytes, 1 + (uint32_t)(random_next(&seed) % 64), &seed);
        for (int kind = 0; kind < DSM_DIFF_KINDS; kind++) {
            dsm_diff_ops ops;
            if (dsm_diff_ops_of((enum dsm_diff_kind)kind, &ops) == 0) {
                check_round_trip(&ops, bytes, &seed);
            }
        }
    }
}

static void all_comparisons_encode_alike(void **state)
{
    (void)state;
    static uint8_t first[DSM_DIFF_MAX(PAGE)];
    uint64_t seed = 7;
    for (int round = 0; round < 400; round++) {
        dsm_diff_ops ops;
        fill(shared.twin, PAGE, &seed);
        memcpy(shared.now, shared.twin, PAGE);
        scribble(shared.now, PAGE, 1 + (uint32_t)(random_next(&seed) % 256), &seed);
        assert_int_equal(dsm_diff_ops_of(DSM_DIFF_BYTES, &ops), 0);
        uint32_t expected = dsm_diff_encode(&ops, shared.now, shared.twin, PAGE, first);
        for (int kind = DSM_DIFF_WORDS; kind < DSM_DIFF_KINDS; kind++) {
            if (dsm_diff_ops_of((enum dsm_diff_kind)kind, &ops) != 0) {
                continue;
            }
            uint32_t length = dsm_diff_encode(&ops, shared.now, shared.twin, PAGE, shared.diff);
            assert_int_equal(length, expected);
            assert_memory_equal(shared.diff, first, length);
        }
    }
}

static void the_chosen_comparison_is_the_best_there_is(void **state)
{
    (void)state;
    dsm_diff_ops chosen = dsm_diff_choose(), ops;
    int widest = DSM_DIFF_WORDS;
    for (int kind = 0; kind < DSM_DIFF_KINDS; kind++) {
        if (dsm_diff_ops_of((enum dsm_diff_kind)kind, &ops) == 0) {
            widest = kind > widest ? kind : widest;
        }
    }
    assert_int_equal(chosen.kind, widest);
    assert_non_null(chosen.compare);
    assert_int_equal(dsm_diff_ops_of(DSM_DIFF_KINDS, &ops), -1);
}

static void the_edges_of_a_page_travel(void **state)
{
    (void)state;
    dsm_diff_ops ops = dsm_diff_choose();
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
        uint32_t bytes = sizes[s];
        uint64_t seed = s;
        memset(shared.twin, 0, bytes);
        memset(shared.now, 0, bytes);
        assert_int_equal(dsm_diff_encode(&ops, shared.now, shared.twin, bytes, shared.diff), DSM_DIFF_HEAD);
        check_round_trip(&ops, bytes, &seed);
        shared.now[0] = 1;
        shared.now[bytes - 1] = 1;
        check_round_trip(&ops, bytes, &seed);
        memset(shared.now, 0xff, bytes); /* all of it, one run */
        assert_int_equal(dsm_diff_encode(&ops, shared.now, shared.twin, bytes, shared.diff), DSM_DIFF_HEAD + 4 + bytes);
        check_round_trip(&ops, bytes, &seed);
        for (uint32_t i = 0; i < bytes; i++) {
            shared.now[i] = (uint8_t)(i & 1u); /* the most runs there can be */
        }
        assert_int_equal(dsm_diff_encode(&ops, shared.now, shared.twin, bytes, shared.diff),
                         DSM_DIFF_HEAD + bytes / 8 + bytes / 2);
        check_round_trip(&ops, bytes, &seed);
    }
}

static void a_run_may_cross_what_is_compared_at_once(void **state)
{
    (void)state;
    dsm_diff_ops ops = dsm_diff_choose();
    uint64_t seed = 3;
    memset(shared.twin, 0, 65536);
    memset(shared.now, 0, 65536);
    memset(shared.now + 4000, 1, 200);
    assert_int_equal(dsm_diff_encode(&ops, shared.now, shared.twin, 65536, shared.diff), DSM_DIFF_HEAD + 4 + 200);
    check_round_trip(&ops, 65536, &seed);
}

static void hostile_diffs_are_refused(void **state)
{
    (void)state;
    dsm_diff_ops ops = dsm_diff_choose();
    static uint8_t bytes[DSM_DIFF_MAX(PAGE)];
    uint64_t seed = 11;
    for (int round = 0; round < 60; round++) {
        fill(shared.twin, PAGE, &seed);
        memcpy(shared.now, shared.twin, PAGE);
        scribble(shared.now, PAGE, round % 2 == 0 ? 3 : 200, &seed);
        uint32_t length = dsm_diff_encode(&ops, shared.now, shared.twin, PAGE, bytes);
        for (uint32_t cut = 0; cut < length; cut++) {
            assert_int_equal(dsm_diff_check(bytes, cut, PAGE), -1);
        }
        for (int flip = 0; flip < 2000; flip++) {
            /* Accepted or refused: applying what was accepted stays within the page (ASan watches). */
            memcpy(shared.diff, bytes, length);
            shared.diff[random_next(&seed) % (flip % 2 == 0 ? 24 : length)] ^=
                (uint8_t)(1u << (random_next(&seed) % 8));
            if (dsm_diff_check(shared.diff, length, PAGE) == 0) {
                dsm_diff_apply(shared.diff, PAGE, shared.home);
            }
        }
    }
}

static void runs_out_of_order_are_refused(void **state)
{
    (void)state;
    const uint8_t good[] = {1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 9, 2, 0, 0, 0, 9};
    const uint8_t overlapping[] = {1, 0, 0, 0, 2, 0, 0, 0, 4, 0, 1, 0, 9, 9, 5, 0, 0, 0, 9};
    const uint8_t touching[] = {1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 9, 1, 0, 0, 0, 9};
    const uint8_t outside[] = {1, 0, 0, 0, 1, 0, 0, 0, 63, 0, 1, 0, 9, 9};
    const uint8_t other_form[] = {3, 0, 0, 0, 0, 0, 0, 0};
    const uint8_t reserved[] = {1, 1, 0, 0, 0, 0, 0, 0};
    assert_int_equal(dsm_diff_check(good, sizeof good, 64), 0);
    assert_int_equal(dsm_diff_check(overlapping, sizeof overlapping, 64), -1);
    assert_int_equal(dsm_diff_check(touching, sizeof touching, 64), -1);
    assert_int_equal(dsm_diff_check(outside, sizeof outside, 64), -1);
    assert_int_equal(dsm_diff_check(other_form, sizeof other_form, 64), -1);
    assert_int_equal(dsm_diff_check(reserved, sizeof reserved, 64), -1);
}

/* What was written here and what the home has besides meet, byte by byte, and the next diff is against the home's. */
static void merging_keeps_both(void **state)
{
    (void)state;
    static uint8_t original[PAGE];
    uint64_t seed = 5;
    for (int round = 0; round < 200; round++) {
        fill(original, PAGE, &seed);
        memcpy(shared.now, original, PAGE);
        memcpy(shared.home, original, PAGE);
        memcpy(shared.twin, original, PAGE);
        for (uint32_t i = 0; i < PAGE; i++) {
            uint64_t who = random_next(&seed) % 16;
            if (who == 0) {
                shared.now[i] ^= 0x55;
            }
            if (who == 1) {
                shared.home[i] ^= 0xaa;
            }
        }
        dsm_diff_merge(shared.home, PAGE, shared.now, shared.twin);
        assert_memory_equal(shared.twin, shared.home, PAGE);
        dsm_diff_ops ops = dsm_diff_choose();
        uint32_t length = dsm_diff_encode(&ops, shared.now, shared.twin, PAGE, shared.diff);
        for (uint32_t i = 0; i < PAGE; i++) {
            uint8_t changed = (uint8_t)((shared.now[i] ^ original[i]) | (shared.home[i] ^ original[i]));
            assert_true(changed == 0 || changed == 0x55 || changed == 0xaa);
        }
        dsm_diff_apply(shared.diff, PAGE, shared.home);
        assert_true(length >= DSM_DIFF_HEAD);
        assert_memory_equal(shared.home, shared.now, PAGE);
    }
}

/* ---- races with threads of the home ---------------------------------------------------------------- */

#define RACES 20000

typedef struct race {
    _Alignas(64) uint8_t page[64];
    int stop, torn;
} race;

/* Writes its own byte of every word, as a thread of the home does, and never sees it lost. */
static void *local_writer(void *argument)
{
    race *r = argument;
    for (uint8_t value = 0; !__atomic_load_n(&r->stop, __ATOMIC_ACQUIRE); value++) {
        for (uint32_t word = 0; word < 64; word += 8) {
            __atomic_store_n(&r->page[word + 3], value, __ATOMIC_SEQ_CST);
            if (__atomic_load_n(&r->page[word + 3], __ATOMIC_SEQ_CST) != value) {
                r->torn = 1;
            }
        }
    }
    return NULL;
}

static void a_racing_writer_of_the_home_loses_no_byte(void **state)
{
    (void)state;
    race r = {.stop = 0};
    dsm_diff_ops ops = dsm_diff_choose();
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, local_writer, &r), 0);
    for (int i = 1; i < RACES; i++) {
        uint8_t twin[64] = {0}, now[64];
        for (uint32_t b = 0; b < 64; b++) {
            now[b] = b % 8 == 3 ? 0 : (uint8_t)(i | 1);
        }
        (void)dsm_diff_encode(&ops, now, twin, 64, shared.diff);
        dsm_diff_apply(shared.diff, 64, r.page);
        for (uint32_t b = 0; b < 64; b++) {
            if (b % 8 != 3) {
                assert_int_equal(__atomic_load_n(&r.page[b], __ATOMIC_RELAXED), (uint8_t)(i | 1));
            }
        }
    }
    __atomic_store_n(&r.stop, 1, __ATOMIC_RELEASE);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(r.torn, 0);
}

/* Reads whole words; both ends of each always change together, though the middle never does (two runs in one word). */
static void *local_reader(void *argument)
{
    race *r = argument;
    while (!__atomic_load_n(&r->stop, __ATOMIC_ACQUIRE)) {
        for (uint32_t word = 0; word < 64; word += 8) {
            uint64_t value = __atomic_load_n((uint64_t *)(void *)(r->page + word), __ATOMIC_RELAXED);
            if ((value & 0xffu) != value >> 56) {
                r->torn = 1;
            }
        }
    }
    return NULL;
}

static void a_racing_reader_of_the_home_sees_no_word_half_changed(void **state)
{
    (void)state;
    race r = {.stop = 0};
    dsm_diff_ops ops = dsm_diff_choose();
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, local_reader, &r), 0);
    for (int i = 1; i < RACES; i++) {
        uint8_t twin[64] = {0}, now[64] = {0};
        uint32_t words = i % 2 == 0 ? 8 : 1; /* in the mask form and as runs */
        for (uint32_t w = 0; w < words; w++) {
            now[8 * w] = now[8 * w + 7] = (uint8_t)(i | 1);
        }
        (void)dsm_diff_encode(&ops, now, twin, 64, shared.diff);
        assert_int_equal(shared.diff[0], i % 2 == 0 ? 2 : 1);
        dsm_diff_apply(shared.diff, 64, r.page);
    }
    __atomic_store_n(&r.stop, 1, __ATOMIC_RELEASE);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(r.torn, 0);
}

int test_diffs(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_comparison_is_exact_on_random_pages),
        cmocka_unit_test(all_comparisons_encode_alike),
        cmocka_unit_test(the_chosen_comparison_is_the_best_there_is),
        cmocka_unit_test(the_edges_of_a_page_travel),
        cmocka_unit_test(a_run_may_cross_what_is_compared_at_once),
        cmocka_unit_test(hostile_diffs_are_refused),
        cmocka_unit_test(runs_out_of_order_are_refused),
        cmocka_unit_test(merging_keeps_both),
        cmocka_unit_test(a_racing_writer_of_the_home_loses_no_byte),
        cmocka_unit_test(a_racing_reader_of_the_home_sees_no_word_half_changed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
