/* The token, its queue, its epochs. */
#include "tests.h"

static void the_last_holder_takes_it_again_without_a_message(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(2);
    uint64_t id = id_homed_at(c, 0, 0);
    assert_int_equal(lock(c, 1, 0, id, 9, 0), DSM_PENDING);
    deliver_all(c);
    assert_int_equal(c->node[1].status[0], DSM_OK);
    assert_int_equal(dsm_core_lock_holds(c->node[1].core, id, 9), 1);
    assert_int_equal(unlock(c, 1, id, 9), DSM_OK);
    assert_int_equal(lock(c, 1, 0, id, 8, 0), DSM_OK);
    assert_int_equal(under_way(c, 1, 0), 0);
    assert_int_equal(unlock(c, 1, id, 8), DSM_OK);
    cluster_free(c);
}

static void a_held_lock_goes_to_the_waiting_node_on_release(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(3);
    uint64_t id = id_homed_at(c, 0, 0);
    assert_int_equal(lock(c, 1, 0, id, 9, 0), DSM_PENDING);
    deliver_all(c);
    assert_int_equal(lock(c, 2, 0, id, 9, 0), DSM_PENDING);
    deliver_all(c);
    assert_int_equal(c->node[2].status[0], NOT_ENDED);
    assert_int_equal(unlock(c, 1, id, 9), DSM_OK);
    deliver_all(c);
    assert_int_equal(c->node[2].status[0], DSM_OK);
    assert_int_equal(unlock(c, 1, id, 9), DSM_E_NOT_OWNER);
    assert_int_equal(unlock(c, 2, id, 9), DSM_OK);
    cluster_free(c);
}

int test_locks(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_holder_takes_it_again_without_a_message),
        cmocka_unit_test(a_held_lock_goes_to_the_waiting_node_on_release),
    };
    return cmocka_run_group_tests_name("locks", tests, NULL, NULL);
}
