/* A granted page stays until it was used; an access that keeps losing its page keeps it longer. */
#include "tests.h"

static void a_recall_waits_for_the_granted_thread_and_its_hold(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(2);
    fault(c, 1, 0, 0, 1);
    deliver_all(c);
    assert_int_equal(c->node[1].status[0], DSM_OK);
    fault(c, 0, 0, 0, 1);
    deliver_all(c);
    c->now += 100000; /* however long the thread takes to come to itself */
    tick(c, 1);
    assert_int_equal(under_way(c, 1, 0), 0);
    assert_int_equal(c->node[1].access[0], DSM_ACCESS_WRITE);
    assert_int_equal(counter(c, 1, DSM_C_DEFERRED), 1);
    assert_int_equal(dsm_core_deadline(c->node[1].core), DSM_FOREVER);
    resumed(c, 1, 0);
    assert_int_equal(dsm_core_deadline(c->node[1].core), c->now + 100);
    c->now += 99;
    tick(c, 1);
    assert_int_equal(under_way(c, 1, 0), 0);
    c->now += 1;
    tick(c, 1);
    assert_int_equal(under_way(c, 1, 0), DSM_MSG_PAGE_RETURN);
    assert_int_equal(dsm_core_deadline(c->node[1].core), DSM_FOREVER);
    settle(c);
    assert_int_equal(c->node[0].status[0], DSM_OK);
    cluster_free(c);
}

static void an_unused_page_goes_at_once(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(2);
    write_byte(c, 1, 0, 3);
    c->now += 1000;
    fault(c, 0, 0, 0, 0);
    deliver_all(c);
    assert_int_equal(c->node[0].status[0], DSM_OK);
    assert_int_equal(counter(c, 1, DSM_C_DEFERRED), 0);
    cluster_free(c);
}

static void the_homes_own_copy_is_held_too(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(2);
    assert_int_equal(fault(c, 0, 0, 0, 0), DSM_OK);
    fault(c, 1, 0, 0, 1);
    deliver_all(c);
    assert_int_equal(c->node[0].access[0], DSM_ACCESS_READ);
    assert_int_equal(c->node[1].status[0], NOT_ENDED);
    resumed(c, 0, 0);
    settle(c);
    assert_int_equal(c->node[1].status[0], DSM_OK);
    cluster_free(c);
}

/* Otherwise one thread after the other could keep the page here for ever. */
static void faults_on_a_recalled_page_do_not_hold_it(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(2);
    fault(c, 1, 0, 0, 1);
    deliver_all(c);
    resumed(c, 1, 0);
    fault(c, 0, 0, 0, 1);
    deliver_all(c);
    assert_int_equal(fault(c, 1, 1, 0, 1), DSM_OK); /* it may try */
    c->now += 100;
    tick(c, 1);
    assert_int_equal(under_way(c, 1, 0), DSM_MSG_PAGE_RETURN); /* but the page goes when it is due */
    assert_int_equal(resumed(c, 1, 1), DSM_OK);
    settle(c);
    assert_int_equal(c->node[0].status[0], DSM_OK);
    cluster_free(c);
}

/* Thread 1 of node 1 faults for writing at `pc`, gets the page and resumes; then the home's node takes it back.
 * Returns how long the hold was. */
static uint64_t lose_once(struct cluster *c, uint64_t page, uint64_t pc)
{
    fault_at(c, 1, 0, page, 1, 1, pc);
    settle(c);
    assert_int_equal(c->node[1].status[0], DSM_OK);
    resumed(c, 1, 0);
    uint64_t start = c->now;
    fault_at(c, 0, 1, page, 1, 2, 0);
    settle(c);
    assert_int_equal(c->node[0].status[1], DSM_OK);
    uint64_t hold = c->now - start;
    resumed(c, 0, 1);
    c->now += 10000;
    return hold;
}

static void an_access_that_loses_its_page_holds_it_longer(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(2);
    uint64_t sum = 0;
    uint64_t longest = 0;
    uint64_t at[257];
    for (int i = 0; i <= 256; i++) {
        at[i] = lose_once(c, 0, 0x77);
        sum += at[i];
        longest = at[i] > longest ? at[i] : longest;
    }
    assert_int_equal(at[0], 100);
    assert_int_equal(at[1], 200);
    assert_int_equal(at[2], 400);
    assert_int_equal(at[3], 100);
    assert_int_equal(at[4], 800);
    assert_int_equal(at[32], 6400);
    assert_int_equal(longest, 6400);
    assert_int_equal(at[64], 6400);
    assert_int_equal(at[192], 6400); /* again and again */
    assert_true(sum < 257 * 4 * 100);
    assert_int_equal(lose_once(c, 0, 0x78), 100); /* another instruction */
    cluster_free(c);
}

/* Threads whose records fall into the same place must not make each other forget. */
static void threads_do_not_disturb_each_others_records(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(2);
    for (int i = 0; i < 2; i++) {
        for (uint64_t thread = 1; thread <= 8; thread++) {
            fault_at(c, 1, 0, 0, 1, thread, 0x77);
            settle(c);
            resumed(c, 1, 0);
            uint64_t start = c->now;
            write_byte(c, 0, 0, 1);
            assert_int_equal(c->now - start, i == 0 ? 100 : 200);
            c->now += 10000;
        }
    }
    cluster_free(c);
}

static void a_scan_does_not_escalate(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(2);
    for (uint64_t page = 0; page < CLUSTER_PAGES; page += 2) {
        assert_int_equal(lose_once(c, page, 0x77), 100);
    }
    cluster_free(c);
}

static void a_touch_does_not_escalate(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(2);
    for (int i = 0; i < 10; i++) {
        assert_int_equal(lose_once(c, 0, 0), 100);
    }
    cluster_free(c);
}

/* Thread `t` of `node` gets one page of its access across 0 and 1, then loses it before it got the other. */
static void one_half(struct cluster *c, uint32_t node, uint64_t page)
{
    fault_at(c, node, 0, page, 1, 1, 0x99);
    settle(c);
    assert_int_equal(c->node[node].status[0], DSM_OK);
    resumed(c, node, 0);
    c->now += 10000;
}

static void an_access_across_two_pages_gets_both(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(3);
    /* nodes 1 and 2 both alternate between pages 0 and 1 */
    one_half(c, 1, 0);
    one_half(c, 2, 0);
    one_half(c, 1, 1);
    one_half(c, 2, 1);
    /* from now on each acquires both, lower first */
    fault_at(c, 1, 0, 0, 1, 1, 0x99);
    fault_at(c, 2, 0, 0, 1, 1, 0x99);
    settle(c);
    uint32_t first = c->node[1].status[0] == DSM_OK ? 1 : 2;
    uint32_t second = 3 - first;
    assert_int_equal(c->node[first].status[0], DSM_OK);
    assert_int_equal(c->node[second].status[0], NOT_ENDED);
    assert_int_equal(c->node[first].access[0], DSM_ACCESS_WRITE);
    assert_int_equal(c->node[first].access[1], DSM_ACCESS_WRITE);
    resumed(c, first, 0);
    settle(c);
    assert_int_equal(c->node[second].status[0], DSM_OK);
    assert_int_equal(c->node[second].access[0], DSM_ACCESS_WRITE);
    assert_int_equal(c->node[second].access[1], DSM_ACCESS_WRITE);
    resumed(c, second, 0);
    settle(c);
    assert_true(dsm_core_quiet(c->node[second].core));
    cluster_free(c);
}

static void the_lower_page_waits_for_the_upper_one(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(3);
    one_half(c, 1, 0);
    one_half(c, 1, 1);
    write_byte(c, 2, 0, 1); /* 1 loses page 0 */
    fault(c, 2, 0, 1, 1);   /* and 2 is granted page 1, and does not resume */
    settle(c);
    fault_at(c, 1, 0, 0, 1, 1, 0x99);
    settle(c);
    assert_int_equal(c->node[1].access[0], DSM_ACCESS_WRITE);
    assert_int_equal(c->node[1].status[0], NOT_ENDED);
    fault(c, 0, 0, 0, 0); /* the home wants page 0 now */
    c->now += 100000;
    settle(c);
    assert_int_equal(c->node[0].status[0], NOT_ENDED);
    resumed(c, 2, 0);
    settle(c);
    assert_int_equal(c->node[1].status[0], DSM_OK);
    resumed(c, 1, 0);
    settle(c);
    assert_int_equal(c->node[0].status[0], DSM_OK);
    cluster_free(c);
}

/* An instruction of node 1 faults on `page`, and then loses it to node 2. 1 if `other` was brought as well. */
static int brings_both(struct cluster *c, uint64_t page, uint64_t other)
{
    one_half(c, 1, page);
    int both = c->node[1].access[other] == DSM_ACCESS_WRITE;
    write_byte(c, 2, page, 1);
    write_byte(c, 2, other, 1);
    return both;
}

static void an_access_to_two_pages_far_apart_gets_both(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(3);
    for (int i = 1; i <= 30; i++) {
        uint64_t page = i % 2 ? 4 : 1;
        int eighth = i == 10 || i == 18 || i == 26; /* the 3rd fault is the first repeat */
        int after = i == 11 || i == 19 || i == 27;
        assert_int_equal(brings_both(c, page, 5 - page), eighth || after);
    }
    cluster_free(c);
}

/* What goes to and fro no more needs one page only. */
static void a_loop_on_one_page_leaves_the_other(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(3);
    for (int i = 1; i <= 11; i++) {
        brings_both(c, i % 2 ? 4 : 1, i % 2 ? 1 : 4);
    }
    for (int i = 0; i < 32; i++) {
        assert_int_equal(brings_both(c, 4, 1), 0);
    }
    cluster_free(c);
}

int test_holds(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_recall_waits_for_the_granted_thread_and_its_hold),
        cmocka_unit_test(an_unused_page_goes_at_once),
        cmocka_unit_test(the_homes_own_copy_is_held_too),
        cmocka_unit_test(faults_on_a_recalled_page_do_not_hold_it),
        cmocka_unit_test(an_access_that_loses_its_page_holds_it_longer),
        cmocka_unit_test(threads_do_not_disturb_each_others_records),
        cmocka_unit_test(a_scan_does_not_escalate),
        cmocka_unit_test(a_touch_does_not_escalate),
        cmocka_unit_test(an_access_across_two_pages_gets_both),
        cmocka_unit_test(the_lower_page_waits_for_the_upper_one),
        cmocka_unit_test(an_access_to_two_pages_far_apart_gets_both),
        cmocka_unit_test(a_loop_on_one_page_leaves_the_other),
    };
    return cmocka_run_group_tests_name("holds", tests, NULL, NULL);
}
