/* RELEASE pages: what an acquire makes visible, and what it costs. */
#include "release_fixture.h"

static void an_acquire_drops_exactly_what_was_written(void **state)
{
    (void)state;
    struct cluster *c = open_cluster(3);
    uint64_t id = id_homed_at(c, 2, 0);
    for (uint64_t page = 0; page < RELEASE_PAGES; page++) {
        store(c, 0, page, 0, 1);
        touch(c, 1, page, 0);
    }
    acquire(c, 0, id);
    store(c, 0, 3, 0, 2);
    store(c, 0, 9, 0, 2);
    release(c, 0, id);
    visit(c, 1, id);
    for (uint64_t page = 0; page < RELEASE_PAGES; page++) {
        uint32_t expected = page == 3 || page == 9 ? DSM_ACCESS_NONE : DSM_ACCESS_READ;
        assert_int_equal(c->node[1].access[page], expected);
    }
    assert_int_equal(counter(c, 1, DSM_C_NOTICED), 2);
    visit(c, 1, id);
    visit(c, 0, id);
    visit(c, 1, id); /* nothing new: nothing more is dropped */
    assert_int_equal(counter(c, 1, DSM_C_NOTICED), 2);
    cluster_free(c);
}

static void what_happened_before_is_seen_across_different_locks(void **state)
{
    (void)state;
    struct cluster *c = open_cluster(4);
    uint64_t first = id_homed_at(c, 1, 0);
    uint64_t second = id_homed_at(c, 2, 0);
    store(c, 3, 0, 0, 1);
    touch(c, 2, 0, 0); /* a copy that is to die */
    acquire(c, 0, first);
    store(c, 0, 0, 4, 44);
    release(c, 0, first);
    acquire(c, 1, first);
    acquire(c, 1, second);
    release(c, 1, first);
    release(c, 1, second); /* node 1 wrote nothing itself */
    visit(c, 2, second);
    assert_int_equal(load(c, 2, 0, 4), 44);
    cluster_free(c);
}

static void a_barrier_merges_what_all_wrote(void **state)
{
    (void)state;
    struct cluster *c = open_cluster(4);
    for (uint32_t node = 0; node < 4; node++) {
        store(c, 0, node, 0, 1);
        for (uint32_t reader = 1; reader < 4; reader++) {
            touch(c, reader, node, 0);
        }
    }
    for (uint8_t round = 1; round <= 3; round++) {
        for (uint32_t node = 0; node < 4; node++) {
            store(c, node, node, node + 1, (uint8_t)(10 * round + node));
        }
        for (uint32_t node = 0; node < 4; node++) {
            assert_true(arrive(c, node, 0, 5, 4) >= 0);
        }
        settle(c);
        for (uint32_t reader = 0; reader < 4; reader++) {
            assert_int_equal(c->node[reader].status[0], DSM_OK);
            for (uint32_t node = 0; node < 4; node++) {
                assert_int_equal(load(c, reader, node, node + 1), 10 * round + node);
            }
        }
    }
    cluster_free(c);
}

static void a_volatile_page_is_opened_after_its_notices(void **state)
{
    (void)state;
    struct cluster *c = open_cluster(3); /* the flag's home is node 2 */
    store(c, 0, 0, 0, 1);
    touch(c, 1, 0, 0);
    touch(c, 1, FLAG_PAGE, 0);
    store(c, 0, 0, 0, 2); /* data, then the flag */
    store(c, 0, FLAG_PAGE, 0, 1);
    assert_int_equal(fault(c, 1, 0, FLAG_PAGE, 0), DSM_PENDING);
    for (int i = 0; i < 40 && c->node[1].access[FLAG_PAGE] == DSM_ACCESS_NONE; i++) {
        assert_int_equal(c->node[1].access[0], DSM_ACCESS_READ);
        if (!deliver(c, 2, 1) && !deliver(c, 1, 2) && !deliver(c, 0, 2) && !deliver(c, 2, 0)) {
            c->now += 200;
            tick(c, 0);
        }
        if (c->node[1].access[0] == DSM_ACCESS_NONE) {
            break; /* the notice came first */
        }
    }
    assert_int_equal(c->node[1].access[0], DSM_ACCESS_NONE);
    assert_int_equal(c->node[1].access[FLAG_PAGE], DSM_ACCESS_NONE);
    settle(c);
    assert_int_equal(c->node[1].view[FLAG_PAGE][0], 1);
    assert_int_equal(resumed(c, 1, 0), DSM_OK);
    assert_int_equal(load(c, 1, 0, 0), 2);
    cluster_free(c);
}

static void a_volatile_page_leaves_only_after_a_release(void **state)
{
    (void)state;
    struct cluster *c = open_cluster(3);
    store(c, 1, 0, 0, 1);         /* data at home on node 1 */
    store(c, 0, 0, 1, 7);         /* written by node 0, */
    store(c, 0, FLAG_PAGE, 0, 1); /* which then sets the flag */
    c->now += 1000;
    assert_int_equal(fault(c, 1, 0, FLAG_PAGE, 0), DSM_PENDING);
    assert_true(deliver(c, 1, 2));
    assert_true(deliver(c, 2, 0));                                   /* RECALL */
    assert_int_equal(c->node[0].access[FLAG_PAGE], DSM_ACCESS_READ); /* its writer is stopped */
    assert_int_equal(under_way(c, 0, 1), DSM_MSG_DIFF);
    assert_int_equal(under_way(c, 0, 2), 0); /* the page waits */
    assert_int_equal(fault(c, 0, 1, FLAG_PAGE, 1), DSM_PENDING);
    assert_int_equal(under_way(c, 0, 2), 0); /* and is not asked for before it is returned */
    assert_true(deliver(c, 0, 1));
    assert_true(deliver(c, 1, 0)); /* FLUSHED */
    assert_int_equal(under_way(c, 0, 2), DSM_MSG_NOTICES);
    settle(c);
    assert_int_equal(c->node[1].status[0], DSM_OK);
    assert_int_equal(c->node[1].view[FLAG_PAGE][0], 1);
    assert_int_equal(c->node[1].view[0][1], 7);
    assert_int_equal(resumed(c, 1, 0), DSM_OK);
    settle(c);
    assert_int_equal(c->node[0].status[1], DSM_OK);
    cluster_free(c);
}

static void a_fetch_overtaken_by_a_notice_is_made_again(void **state)
{
    (void)state;
    struct cluster *c = open_cluster(3);
    uint64_t id = id_homed_at(c, 2, 0);
    store(c, 0, 0, 0, 1);
    touch(c, 2, 0, 0); /* so that node 0 tracks its writes */
    assert_int_equal(fault(c, 1, 0, 0, 0), DSM_PENDING);
    assert_true(deliver(c, 1, 0)); /* the answer, with a 1, is under way to node 1 */
    assert_int_equal(lock(c, 0, 1, id, 9, 0), DSM_PENDING);
    assert_true(deliver(c, 0, 2));
    assert_true(deliver(c, 2, 0));
    assert_int_equal(c->node[0].status[1], DSM_OK);
    assert_int_equal(fault(c, 0, 2, 0, 1), DSM_OK);
    c->node[0].view[0][0] = 2;
    assert_int_equal(resumed(c, 0, 2), DSM_OK);
    assert_int_equal(unlock(c, 0, id, 9), DSM_OK);
    assert_int_equal(lock(c, 1, 3, id, 10, 0), DSM_PENDING);
    while (c->node[1].status[3] == NOT_ENDED) { /* everything but what goes from 0 to 1 */
        assert_true(deliver(c, 1, 2) || deliver(c, 2, 0) || deliver(c, 0, 2) || deliver(c, 2, 1));
    }
    assert_true(deliver(c, 0, 1)); /* now the old answer */
    assert_int_equal(c->node[1].status[0], NOT_ENDED);
    assert_int_equal(c->node[1].access[0], DSM_ACCESS_NONE);
    settle(c);
    assert_int_equal(c->node[1].status[0], DSM_OK);
    assert_int_equal(c->node[1].view[0][0], 2);
    cluster_free(c);
}

int test_acquires(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_acquire_drops_exactly_what_was_written),
        cmocka_unit_test(what_happened_before_is_seen_across_different_locks),
        cmocka_unit_test(a_barrier_merges_what_all_wrote),
        cmocka_unit_test(a_volatile_page_is_opened_after_its_notices),
        cmocka_unit_test(a_volatile_page_leaves_only_after_a_release),
        cmocka_unit_test(a_fetch_overtaken_by_a_notice_is_made_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
