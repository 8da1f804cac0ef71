/* RELEASE pages: what stays bounded. */
#include "release_fixture.h"

#include "dsm_state.h"

static void notices_do_not_pile_up_for_a_node_that_does_nothing(void **state)
{
    (void)state;
    struct cluster *c = open_cluster_with(3, 0, 1000);
    uint64_t id = id_homed_at(c, 0, 0);
    for (uint64_t page = 0; page < 4; page++) {
        store(c, 0, page, 0, 1);
        touch(c, 1, page, 0);
        touch(c, 2, page, 0); /* and then sleeps */
    }
    uint32_t most = 0;
    for (uint32_t round = 0; round < 300; round++) {
        uint32_t node = round % 2;
        acquire(c, node, id);
        store(c, node, round % 4, node + 1, (uint8_t)round);
        release(c, node, id);
        for (uint32_t i = 0; i < 3; i++) {
            uint32_t count = dsm_notice_count(c->node[i].core->log);
            most = count > most ? count : most;
        }
    }
    settle(c);
    assert_true(most <= 8);
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(dsm_notice_count(c->node[i].core->log), 0);
    }
    visit(c, 2, id);
    assert_int_equal(load(c, 2, 3, 2), (uint8_t)299);
    cluster_free(c);
}

/* The same, but it does not even listen: the log stays within its limits and becomes less exact instead. */
static void notices_stay_bounded_for_a_node_that_does_not_listen(void **state)
{
    (void)state;
    struct cluster *c = open_cluster(3);
    uint64_t id = id_homed_at(c, 0, 0);
    for (uint64_t page = 0; page < RELEASE_PAGES; page++) {
        store(c, 0, page, 0, 1);
        touch(c, 2, page, 0);
    }
    for (uint32_t round = 0; round < 400; round++) {
        uint32_t node = round % 2;
        acquire(c, node, id);
        store(c, node, round % 5, node + 1, (uint8_t)round);
        release(c, node, id);
        assert_true(dsm_notice_count(c->node[node].core->log) <= 64);
    }
    visit(c, 2, id);
    for (uint64_t page = 0; page < 5; page++) {
        assert_int_equal(c->node[2].access[page], DSM_ACCESS_NONE);
    }
    assert_int_equal(load(c, 2, 4, 2), (uint8_t)399);
    cluster_free(c);
}

static void a_clean_copy_may_be_evicted_and_nothing_else(void **state)
{
    (void)state;
    struct cluster *c = open_cluster(2);
    store(c, 0, 0, 0, 1);
    touch(c, 1, 0, 0);
    assert_int_equal(step(c, 1, (dsm_event){.type = DSM_EV_EVICT, .page = 0}), DSM_OK);
    assert_int_equal(c->node[1].access[0], DSM_ACCESS_NONE);
    assert_int_equal(step(c, 1, (dsm_event){.type = DSM_EV_EVICT, .page = 0}), DSM_E_BUSY);
    store(c, 1, 0, 3, 9);
    assert_int_equal(step(c, 1, (dsm_event){.type = DSM_EV_EVICT, .page = 0}), DSM_E_BUSY);
    assert_int_equal(step(c, 0, (dsm_event){.type = DSM_EV_EVICT, .page = 0}), DSM_E_BUSY);
    assert_int_equal(step(c, 0, (dsm_event){.type = DSM_EV_EVICT, .page = FLAG_PAGE}), DSM_E_ARGUMENT);
    cluster_free(c);
}

/* Who has come by an address through a data race may have an older copy of what lies there. */
static void a_copy_is_refreshed_even_if_it_is_written_here(void **state)
{
    (void)state;
    struct cluster *c = open_cluster(2);
    const dsm_event refresh = {.type = DSM_EV_EVICT, .page = 0, .flags = DSM_EVICT_REFRESH};
    store(c, 0, 0, 0, 1);
    store(c, 1, 0, 3, 9); /* a copy, written */
    store(c, 0, 0, 1, 2); /* the home goes on, and releases nothing */
    assert_int_equal(load(c, 1, 0, 1), 0);
    assert_int_equal(step(c, 1, refresh), DSM_OK);
    assert_int_equal(load(c, 1, 0, 1), 2);
    assert_int_equal(load(c, 1, 0, 3), 9);
    assert_int_equal(step(c, 0, refresh), DSM_OK); /* at the home nothing is older */
    assert_int_equal(load(c, 0, 0, 1), 2);
    assert_int_equal(step(c, 0, (dsm_event){.type = DSM_EV_EVICT, .page = 0, .flags = 2}), DSM_E_ARGUMENT);
    cluster_free(c);
}

int test_release_bounds(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(notices_do_not_pile_up_for_a_node_that_does_nothing),
        cmocka_unit_test(notices_stay_bounded_for_a_node_that_does_not_listen),
        cmocka_unit_test(a_clean_copy_may_be_evicted_and_nothing_else),
        cmocka_unit_test(a_copy_is_refreshed_even_if_it_is_written_here),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
