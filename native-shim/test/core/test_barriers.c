/* Arrivals, departures, breaks. */
#include "tests.h"

static int status(const struct cluster *c, uint32_t node, uint32_t slot)
{
    return c->node[node].status[slot];
}

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
            assert_int_equal(status(c, 1, 0), NOT_ENDED);
            arrive(c, 2, 0, id, 4);
            deliver_all(c);
            assert_int_equal(status(c, 0, 0), DSM_OK);
            assert_int_equal(status(c, 1, 0), DSM_OK);
            assert_int_equal(status(c, 1, 1), DSM_OK);
            assert_int_equal(status(c, 2, 0), DSM_OK);
        }
    }
    assert_int_equal(counter(c, 1, DSM_C_BARRIERS), 18);
    for (uint32_t i = 0; i < 3; i++) {
        assert_true(dsm_core_quiet(c->node[i].core));
    }
    cluster_free(c);
}

static void one_party_does_not_wait(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(2);
    assert_int_equal(arrive(c, 0, 0, id_homed_at(c, 0, 0), 1), DSM_OK);
    assert_int_equal(arrive(c, 0, 0, id_homed_at(c, 1, 0), 1), DSM_PENDING);
    deliver_all(c);
    assert_int_equal(status(c, 0, 0), DSM_OK);
    assert_int_equal(arrive(c, 0, 0, 1, 0), DSM_E_ARGUMENT);
    assert_int_equal(arrive(c, 0, CLUSTER_SLOTS, 1, 1), DSM_E_ARGUMENT);
    cluster_free(c);
}

/* A thread that comes while the departure of its node's others is still under way belongs to the next generation. */
static void an_arrival_that_crosses_a_departure_waits_for_the_next(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(2);
    uint64_t id = id_homed_at(c, 0, 0);
    arrive(c, 1, 0, id, 2);
    deliver_all(c);
    assert_int_equal(arrive(c, 0, 0, id, 2), DSM_OK); /* DEPART is under way */
    assert_int_equal(arrive(c, 1, 1, id, 2), DSM_PENDING);
    deliver_all(c);
    assert_int_equal(status(c, 1, 0), DSM_OK);
    assert_int_equal(status(c, 1, 1), NOT_ENDED);
    assert_int_equal(arrive(c, 0, 0, id, 2), DSM_OK);
    deliver_all(c);
    assert_int_equal(status(c, 1, 1), DSM_OK);
    cluster_free(c);
}

static void another_number_of_parties_is_sent_away_alone(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(3);
    uint64_t id = id_homed_at(c, 0, 0);
    arrive(c, 1, 0, id, 3);
    deliver_all(c);
    assert_int_equal(arrive(c, 0, 0, id, 2), DSM_E_PARTIES);
    arrive(c, 1, 1, id, 4);
    arrive(c, 2, 0, id, 5);
    deliver_all(c);
    assert_int_equal(status(c, 1, 0), NOT_ENDED);
    assert_int_equal(status(c, 1, 1), DSM_E_PARTIES);
    assert_int_equal(status(c, 2, 0), DSM_E_PARTIES);
    arrive(c, 0, 0, id, 3);
    arrive(c, 2, 0, id, 3);
    deliver_all(c);
    assert_int_equal(status(c, 0, 0), DSM_OK);
    assert_int_equal(status(c, 1, 0), DSM_OK);
    assert_int_equal(status(c, 2, 0), DSM_OK);
    /* the next generation may have another number */
    arrive(c, 0, 0, id, 2);
    arrive(c, 1, 0, id, 2);
    deliver_all(c);
    assert_int_equal(status(c, 1, 0), DSM_OK);
    cluster_free(c);
}

static void a_wait_taken_back_breaks_its_generation_only(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(3);
    for (uint32_t home = 0; home < 3; home++) {
        uint64_t id = id_homed_at(c, home, 0);
        arrive(c, 0, 0, id, 4);
        arrive(c, 1, 0, id, 4);
        arrive(c, 1, 1, id, 4);
        deliver_all(c);
        assert_int_equal(cancel(c, 1, 0), DSM_E_CANCELLED);
        deliver_all(c);
        assert_int_equal(status(c, 0, 0), DSM_E_BROKEN);
        assert_int_equal(status(c, 1, 1), DSM_E_BROKEN);
        arrive(c, 1, 0, id, 2);
        arrive(c, 2, 0, id, 2);
        deliver_all(c);
        assert_int_equal(status(c, 1, 0), DSM_OK);
        assert_int_equal(status(c, 2, 0), DSM_OK);
    }
    cluster_free(c);
}

/* The barrier opened before the cancellation reached its home: that is no reason to break the next generation. */
static void a_break_that_comes_too_late_breaks_nothing(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(3);
    uint64_t id = id_homed_at(c, 0, 0);
    arrive(c, 1, 0, id, 2);
    deliver_all(c);
    assert_int_equal(arrive(c, 0, 0, id, 2), DSM_OK);
    assert_int_equal(cancel(c, 1, 0), DSM_E_CANCELLED); /* crosses the departure */
    assert_int_equal(arrive(c, 1, 1, id, 3), DSM_PENDING);
    assert_int_equal(arrive(c, 0, 0, id, 3), DSM_PENDING);
    deliver_all(c);
    assert_int_equal(status(c, 0, 0), NOT_ENDED);
    assert_int_equal(status(c, 1, 1), NOT_ENDED);
    arrive(c, 2, 0, id, 3);
    deliver_all(c);
    assert_int_equal(status(c, 0, 0), DSM_OK);
    assert_int_equal(status(c, 1, 1), DSM_OK);
    cluster_free(c);
}

static void a_lost_party_breaks_every_barrier(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(4);
    uint64_t id = id_homed_at(c, 0, 0);
    uint64_t at_dead = id_homed_at(c, 3, 0);
    arrive(c, 0, 0, id, 4);
    arrive(c, 1, 0, id, 4);
    arrive(c, 1, 1, at_dead, 4);
    deliver_all(c);
    c->dead = 1u << 3;
    for (uint32_t i = 0; i < 3; i++) {
        lose(c, i, 3);
    }
    deliver_all(c);
    assert_int_equal(status(c, 0, 0), DSM_E_BROKEN);
    assert_int_equal(status(c, 1, 0), DSM_E_BROKEN);
    assert_int_equal(status(c, 1, 1), DSM_E_LOST);
    assert_int_equal(arrive(c, 1, 1, at_dead, 4), DSM_E_LOST);
    /* who comes later must not wait for the dead either */
    assert_int_equal(arrive(c, 0, 0, id, 4), DSM_E_BROKEN);
    assert_int_equal(arrive(c, 2, 0, id, 4), DSM_PENDING);
    deliver_all(c);
    assert_int_equal(status(c, 2, 0), DSM_E_BROKEN);
    cluster_free(c);
}

static void one_that_left_breaks_only_what_it_waited_at(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(3);
    uint64_t with = id_homed_at(c, 0, 0);
    uint64_t without = id_homed_at(c, 0, 1);
    arrive(c, 2, 0, with, 3);
    arrive(c, 1, 0, with, 3);
    arrive(c, 1, 1, without, 2);
    deliver_all(c);
    for (uint32_t i = 0; i < 2; i++) {
        assert_int_equal(step(c, i, (dsm_event){.type = DSM_EV_PEER_LEFT, .peer = 2}), DSM_OK);
    }
    deliver_all(c);
    assert_int_equal(status(c, 1, 0), DSM_E_BROKEN);
    assert_int_equal(status(c, 1, 1), NOT_ENDED);
    assert_int_equal(arrive(c, 0, 0, without, 2), DSM_OK);
    deliver_all(c);
    assert_int_equal(status(c, 1, 1), DSM_OK);
    cluster_free(c);
}

static void a_full_table_is_told(void **state)
{
    (void)state;
    dsm_core_config config = cluster_config();
    config.locks = 2;
    struct cluster *c = cluster_new_with(3, &config);
    arrive(c, 0, 0, id_homed_at(c, 0, 0), 3);
    arrive(c, 0, 1, id_homed_at(c, 0, 1), 3);
    assert_int_equal(arrive(c, 0, 2, id_homed_at(c, 0, 2), 3), DSM_E_FULL);
    assert_int_equal(arrive(c, 1, 0, id_homed_at(c, 0, 2), 3), DSM_PENDING);
    deliver_all(c);
    assert_int_equal(status(c, 1, 0), DSM_E_FULL);
    assert_int_equal(cancel(c, 0, 0), DSM_E_CANCELLED);
    assert_int_equal(arrive(c, 0, 2, id_homed_at(c, 0, 2), 3), DSM_PENDING); /* there is room again */
    cluster_free(c);
}

int test_barriers(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_go_when_the_last_has_come),
        cmocka_unit_test(one_party_does_not_wait),
        cmocka_unit_test(an_arrival_that_crosses_a_departure_waits_for_the_next),
        cmocka_unit_test(another_number_of_parties_is_sent_away_alone),
        cmocka_unit_test(a_wait_taken_back_breaks_its_generation_only),
        cmocka_unit_test(a_break_that_comes_too_late_breaks_nothing),
        cmocka_unit_test(a_lost_party_breaks_every_barrier),
        cmocka_unit_test(one_that_left_breaks_only_what_it_waited_at),
        cmocka_unit_test(a_full_table_is_told),
    };
    return cmocka_run_group_tests_name("barriers", tests, NULL, NULL);
}
