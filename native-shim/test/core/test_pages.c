/* Faults, grants, recalls and invalidations between cores. */
#include "tests.h"

static void first_touch_at_home_needs_no_message(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(2);
    assert_int_equal(fault(c, 0, 0, 0, 0), DSM_OK);
    assert_int_equal(c->node[0].access[0], DSM_ACCESS_READ);
    assert_int_equal(resumed(c, 0, 0), DSM_OK);
    assert_int_equal(fault(c, 0, 0, 0, 1), DSM_OK);
    assert_int_equal(c->node[0].access[0], DSM_ACCESS_WRITE);
    assert_int_equal(resumed(c, 0, 0), DSM_OK);
    assert_int_equal(counter(c, 0, DSM_C_SOFT_FAULTS), 2);
    assert_true(dsm_core_quiet(c->node[0].core));
    cluster_free(c);
}

static void a_read_fetches_what_another_node_wrote(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(3);
    write_byte(c, 1, 0, 42); /* neither writer nor reader is the home */
    assert_int_equal(dsm_core_owner(c->node[0].core, 0), 1);
    assert_int_equal(read_byte(c, 2, 0), 42);
    assert_int_equal(dsm_core_owner(c->node[0].core, 0), DSM_NO_NODE);
    assert_int_equal(read_byte(c, 0, 0), 42);
    assert_int_equal(c->node[1].access[0], DSM_ACCESS_READ);
    write_byte(c, 2, 0, 43);
    assert_int_equal(c->node[1].access[0], DSM_ACCESS_NONE);
    assert_int_equal(read_byte(c, 1, 0), 43);
    cluster_free(c);
}

static void read_then_write_alone_costs_one_trip(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(2);
    assert_int_equal(fault(c, 1, 0, 0, 0), DSM_PENDING);
    assert_int_equal(under_way(c, 1, 0), DSM_MSG_PAGE_REQUEST);
    deliver(c, 1, 0);
    deliver(c, 0, 1);
    assert_int_equal(c->node[1].status[0], DSM_OK);
    assert_int_equal(c->node[1].access[0], DSM_ACCESS_READ);
    assert_int_equal(resumed(c, 1, 0), DSM_OK);
    assert_int_equal(fault(c, 1, 0, 0, 1), DSM_OK);
    assert_int_equal(c->node[1].access[0], DSM_ACCESS_WRITE);
    assert_int_equal(under_way(c, 1, 0), 0);
    assert_int_equal(resumed(c, 1, 0), DSM_OK);
    c->node[1].view[0][0] = 7;
    assert_int_equal(read_byte(c, 0, 0), 7);
    cluster_free(c);
}

int test_pages(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_touch_at_home_needs_no_message),
        cmocka_unit_test(a_read_fetches_what_another_node_wrote),
        cmocka_unit_test(read_then_write_alone_costs_one_trip),
    };
    return cmocka_run_group_tests_name("pages", tests, NULL, NULL);
}
