/* Arrivals, departures, breaks. */
#include "tests.h"

static void all_go_when_the_last_has_come(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(3);
    for (uint32_t home = 0; home < 3; home++) {
        uint64_t id = id_homed_at(c, home, 0);
        for (int generation = 0; generation < 3; generation++) {
            arrive(c, 0, 0, id, 4);
            arrive(c, 1, 0, id, 4);
            arrive(c, 1, 1, id, 4);
            deliver_all(c);
            assert_int_equal(c->node[1].status[0], NOT_ENDED);
            arrive(c, 2, 0, id, 4);
            deliver_all(c);
            assert_int_equal(c->node[0].status[0], DSM_OK);
            assert_int_equal(c->node[1].status[0], DSM_OK);
            assert_int_equal(c->node[1].status[1], DSM_OK);
            assert_int_equal(c->node[2].status[0], DSM_OK);
        }
    }
    cluster_free(c);
}

int test_barriers(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_go_when_the_last_has_come),
    };
    return cmocka_run_group_tests_name("barriers", tests, NULL, NULL);
}
