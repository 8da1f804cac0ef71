/* RELEASE pages: writers, and what a release does. */
#include "release_fixture.h"

static void neighbouring_bytes_of_many_writers_all_survive(void **state)
{
    (void)state;
    struct cluster *c = open_cluster(4);
    store(c, 0, 0, 0, 10); /* home */
    for (uint32_t node = 0; node < 4; node++) {
        acquire(c, node, id_homed_at(c, node, 1)); /* each its own lock: no order among them */
        store(c, node, 0, node, (uint8_t)(20 + node));
    }
    for (uint32_t node = 0; node < 4; node++) {
        release(c, node, id_homed_at(c, node, 1));
        visit(c, (node + 1) % 4, id_homed_at(c, node, 1));
    }
    for (uint32_t node = 0; node < 4; node++) {
        assert_int_equal(arrive(c, node, node, 77, 4) < 0, 0);
    }
    settle(c);
    for (uint32_t reader = 0; reader < 4; reader++) {
        for (uint32_t node = 0; node < 4; node++) {
            assert_int_equal(load(c, reader, 0, node), 20 + node);
        }
    }
    cluster_free(c);
}

static void a_written_page_that_others_wrote_too_is_merged_when_touched(void **state)
{
    (void)state;
    struct cluster *c = open_cluster(2);
    uint64_t id = id_homed_at(c, 0, 0);
    store(c, 0, 0, 0, 1);
    store(c, 1, 0, 9, 91); /* node 1 has a twin */
    acquire(c, 0, id);
    store(c, 0, 0, 8, 81);
    release(c, 0, id);
    acquire(c, 1, id);
    assert_int_equal(c->node[1].access[0], DSM_ACCESS_NONE);
    assert_int_equal(sent(c, 1, DSM_MSG_DIFF), 0);
    assert_int_equal(load(c, 1, 0, 8), 81);
    assert_int_equal(c->node[1].view[0][9], 91);
    assert_int_equal(counter(c, 1, DSM_C_MERGES), 1);
    release(c, 1, id);
    visit(c, 0, id);
    assert_int_equal(load(c, 0, 0, 9), 91);
    assert_int_equal(load(c, 0, 0, 8), 81);
    cluster_free(c);
}

/* Closed by a notice, released before anybody here touched it again. */
static void a_stale_page_is_released_like_any_other(void **state)
{
    (void)state;
    struct cluster *c = open_cluster(2);
    uint64_t id = id_homed_at(c, 0, 0);
    store(c, 0, 0, 0, 1);
    store(c, 1, 0, 9, 91);
    acquire(c, 0, id);
    store(c, 0, 0, 8, 81);
    release(c, 0, id);
    visit(c, 1, id);
    visit(c, 0, id);
    assert_int_equal(load(c, 0, 0, 9), 91);
    assert_int_equal(load(c, 0, 0, 8), 81);
    assert_int_equal(counter(c, 1, DSM_C_MERGES), 0);
    assert_int_equal(load(c, 1, 0, 8), 81);
    cluster_free(c);
}

static void more_pages_than_twins_may_be_written(void **state)
{
    (void)state;
    struct cluster *c = open_cluster(2);
    uint64_t id = id_homed_at(c, 0, 0);
    for (uint64_t page = 0; page < RELEASE_PAGES; page++) {
        store(c, 0, page, 0, 1);
    }
    acquire(c, 1, id);
    for (uint64_t page = 0; page < RELEASE_PAGES; page++) {
        store(c, 1, page, 1, (uint8_t)(100 + page));
    }
    release(c, 1, id);
    visit(c, 0, id);
    for (uint64_t page = 0; page < RELEASE_PAGES; page++) {
        assert_int_equal(load(c, 0, page, 1), 100 + page);
    }
    assert_int_equal(counter(c, 1, DSM_C_TWINS), RELEASE_PAGES);
    assert_int_equal(counter(c, 1, DSM_C_RELEASES), 2);
    cluster_free(c);
}

static void a_lock_nobody_else_wants_costs_no_message_and_no_release(void **state)
{
    (void)state;
    struct cluster *c = open_cluster(2);
    uint64_t id = id_homed_at(c, 0, 0);
    store(c, 0, 0, 0, 1);
    acquire(c, 1, id);
    store(c, 1, 0, 1, 1);
    release(c, 1, id);
    uint64_t before = 0;
    uint64_t after = 0;
    for (uint32_t type = 0; type < DSM_MSG_TYPES; type++) {
        before += sent(c, 1, type);
    }
    for (uint8_t round = 0; round < 10; round++) {
        acquire(c, 1, id);
        store(c, 1, 0, 1, round);
        release(c, 1, id);
    }
    for (uint32_t type = 0; type < DSM_MSG_TYPES; type++) {
        after += sent(c, 1, type);
    }
    assert_int_equal(after, before);
    assert_int_equal(counter(c, 1, DSM_C_RELEASES), 0);
    cluster_free(c);
}

static void the_token_leaves_only_when_the_home_has_the_bytes(void **state)
{
    (void)state;
    struct cluster *c = open_cluster(3);
    uint64_t id = id_homed_at(c, 2, 0);
    store(c, 0, 0, 0, 1);
    acquire(c, 1, id);
    store(c, 1, 0, 1, 7);
    release(c, 1, id);
    assert_int_equal(lock(c, 2, 0, id, 5, 0), DSM_PENDING);
    assert_int_equal(under_way(c, 2, 1), DSM_MSG_LOCK_RECALL);
    assert_true(deliver(c, 2, 1));
    assert_int_equal(c->node[1].access[0], DSM_ACCESS_READ); /* closed before it is compared */
    assert_int_equal(under_way(c, 1, 0), DSM_MSG_DIFF);
    assert_int_equal(under_way(c, 1, 2), 0);                           /* neither the token nor a notice */
    assert_int_equal(lock(c, 1, 1, id, 6, DSM_LOCK_TRY), DSM_PENDING); /* it is on its way out */
    assert_true(deliver(c, 1, 0));
    assert_int_equal(c->node[0].view[0][1], 7);
    assert_int_equal(under_way(c, 1, 2), 0);
    assert_true(deliver(c, 0, 1));                         /* FLUSHED */
    assert_int_equal(under_way(c, 1, 2), DSM_MSG_NOTICES); /* before the token */
    assert_true(deliver(c, 1, 2));
    assert_int_equal(under_way(c, 1, 2), DSM_MSG_LOCK_RETURN);
    settle(c);
    assert_int_equal(c->node[2].status[0], DSM_OK);
    assert_int_equal(c->node[1].status[1], DSM_E_BUSY);
    cluster_free(c);
}

static void all_diffs_for_one_home_share_one_acknowledgement(void **state)
{
    (void)state;
    struct cluster *c = open_cluster(3);
    uint64_t id = id_homed_at(c, 2, 0);
    for (uint64_t page = 0; page < 6; page++) {
        store(c, page < 4 ? 0 : 2, page, 0, 1);
    }
    acquire(c, 1, id);
    for (uint64_t page = 0; page < 6; page++) {
        store(c, 1, page, 1, 9);
    }
    release(c, 1, id);
    visit(c, 2, id);
    assert_int_equal(counter(c, 1, DSM_C_DIFFS_SENT), 6);
    assert_int_equal(sent(c, 0, DSM_MSG_FLUSHED), 1);
    assert_int_equal(sent(c, 2, DSM_MSG_FLUSHED), 1);
    assert_int_equal(counter(c, 1, DSM_C_RELEASES), 1);
    cluster_free(c);
}

/* A cluster of two whose releases take `release_step` pages at a time; node 0 is the home of pages 0 .. 5, node 1 has
 * written `old` into each, and node 0 wants the lock that node 1 has. */
static struct cluster *in_the_middle_of_a_release(uint32_t release_step, uint64_t id)
{
    dsm_core_config config = cluster_config();
    config.release_end = RELEASE_PAGES;
    config.twins = CLUSTER_TWINS;
    config.notices = 64;
    config.release_step = release_step;
    struct cluster *c = cluster_new_with(2, &config);
    for (uint64_t page = 0; page < 6; page++) {
        store(c, 0, page, 0, 1);
    }
    acquire(c, 1, id);
    for (uint64_t page = 0; page < 6; page++) {
        store(c, 1, page, 1, (uint8_t)(10 + page));
    }
    assert_int_equal(unlock(c, 1, id, 101), DSM_OK);
    assert_int_equal(lock(c, 0, 6, id, 100, 0), DSM_PENDING);
    deliver_all(c);
    return c;
}

static void a_release_goes_on_in_bounded_steps(void **state)
{
    (void)state;
    dsm_core_config config = cluster_config();
    config.nodes = 2;
    uint64_t id = 0;
    while (dsm_core_sync_home(&config, id) != 0) {
        id++;
    }
    struct cluster *c = in_the_middle_of_a_release(2, id);
    assert_int_equal(counter(c, 1, DSM_C_DIFFS_SENT), 2);
    assert_int_equal(c->node[1].access[1], DSM_ACCESS_READ);
    assert_int_equal(c->node[1].access[2], DSM_ACCESS_WRITE); /* its turn has not come */
    assert_true(dsm_core_deadline(c->node[1].core) <= c->now);
    assert_false(dsm_core_quiet(c->node[1].core));
    c->node[1].view[5][2] = 77; /* goes with this release */
    store(c, 1, 4, 2, 78);
    assert_int_equal(tick(c, 1), DSM_OK);
    assert_int_equal(counter(c, 1, DSM_C_DIFFS_SENT), 4);
    deliver_all(c);
    assert_int_equal(c->node[0].status[6], NOT_ENDED); /* acknowledged so far, and not whole */
    /* A page whose turn is over opens for the next interval. */
    assert_int_equal(fault(c, 1, 5, 0, 1), DSM_OK);
    assert_int_equal(resumed(c, 1, 5), DSM_OK);
    c->node[1].view[0][2] = 79;
    settle(c);
    assert_int_equal(c->node[0].status[6], DSM_OK);
    assert_int_equal(counter(c, 1, DSM_C_RELEASES), 1);
    for (uint64_t page = 0; page < 6; page++) {
        assert_int_equal(load(c, 0, page, 1), 10 + page);
    }
    assert_int_equal(load(c, 0, 5, 2), 77);
    assert_int_equal(load(c, 0, 4, 2), 78);
    assert_int_equal(load(c, 0, 0, 2), 0);
    assert_int_equal(unlock(c, 0, id, 100), DSM_OK);
    visit(c, 1, id);
    visit(c, 0, id);
    assert_int_equal(load(c, 0, 0, 2), 79);
    cluster_free(c);
}

int test_releases(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(neighbouring_bytes_of_many_writers_all_survive),
        cmocka_unit_test(a_written_page_that_others_wrote_too_is_merged_when_touched),
        cmocka_unit_test(a_stale_page_is_released_like_any_other),
        cmocka_unit_test(more_pages_than_twins_may_be_written),
        cmocka_unit_test(a_lock_nobody_else_wants_costs_no_message_and_no_release),
        cmocka_unit_test(the_token_leaves_only_when_the_home_has_the_bytes),
        cmocka_unit_test(all_diffs_for_one_home_share_one_acknowledgement),
        cmocka_unit_test(a_release_goes_on_in_bounded_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
