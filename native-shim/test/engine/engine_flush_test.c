/* engine_flush_test.c - releases of many pages and of the longest diffs there are: every byte arrives, whatever the link's buffers. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "engine_fixture.h"

#define PAGE   4096u
#define PAGES  600u /* more than a batch, a link's gathering or the copies of bodies hold */
#define FIRST  (UINT64_C(16) << 20)
#define ROUNDS 3u

static void release(dsm_options *o)
{
    o->release = 1;
    o->migrate_after = UINT64_MAX;
}
static void few_twins(dsm_options *o)
{
    release(o);
    o->twins = 7;
}
static void moving(dsm_options *o)
{
    release(o);
    o->migrate_after = 1;
}

/* The writers of a round share every page: node n writes the bytes that are n modulo the nodes, which is the longest diff. */
static uint8_t value_of(uint32_t round, uint64_t page, uint32_t byte)
{
    return (uint8_t)(round * 31 + page * 7 + byte * 3 + 1);
}
static uint32_t step_of(uint64_t page)
{
    return page % 16 == 0 ? 1 : 97; /* all bytes of some pages, some bytes of all */
}

static void write_all(fixture *f, uint32_t node, uint32_t thread)
{
    (void)thread;
    for (uint32_t round = 0; round < ROUNDS; round++) {
        for (uint64_t page = 0; page < PAGES; page++)
            for (uint32_t byte = node; byte < PAGE; byte += f->nodes * step_of(page))
                fixture_put_byte(f, node, FIRST + page * PAGE + byte, value_of(round, page, byte));
        fixture_barrier(f, node, 5, f->nodes);
        for (uint64_t page = 0; page < PAGES; page += 1 + node)
            for (uint32_t writer = 0; writer < f->nodes; writer++)
                for (uint32_t byte = writer; byte < PAGE; byte += f->nodes * step_of(page))
                    if (fixture_get_byte(f, node, FIRST + page * PAGE + byte) != value_of(round, page, byte))
                        fail_msg("node %u, round %u: page %u, byte %u", node, round, (unsigned)page, byte);
        fixture_barrier(f, node, 6, f->nodes);
    }
}

static void check(uint32_t nodes, void (*tune)(dsm_options *))
{
    fixture f;
    fixture_open(&f, nodes, tune, NULL);
    fixture_run(&f, 1, write_all);
    uint64_t diffs = 0;
    for (uint32_t node = 0; node < nodes; node++)
        diffs += fixture_counter(&f, node, DSM_C_DIFFS_SENT);
    assert_true(diffs >= PAGES / 2);
    fixture_close(&f);
}

static void test_many_pages_at_once(void **state)
{
    (void)state;
    check(2, release);
    check(3, release);
}
static void test_more_pages_than_twins(void **state)
{
    (void)state;
    check(2, few_twins);
}
static void test_homes_that_move(void **state)
{
    (void)state;
    check(2, moving);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_many_pages_at_once),
        cmocka_unit_test(test_more_pages_than_twins),
        cmocka_unit_test(test_homes_that_move),
    };
    fixture_deadline(100);
    return cmocka_run_group_tests_name("engine flush", tests, NULL, NULL);
}
