/* Conditions: waits, signals, and waits that are taken back. */
#include "tests.h"

#include "dsm_state.h"

#define CONDITION 3u

static void acquire(struct cluster *c, uint32_t node, uint32_t slot, uint64_t id, uint64_t thread)
{
    (void)lock(c, node, slot, id, thread, 0);
    settle(c);
    assert_int_equal(c->node[node].status[slot], DSM_OK);
}

static void release(struct cluster *c, uint32_t node, uint64_t id, uint64_t thread)
{
    assert_int_equal(unlock(c, node, id, thread), DSM_OK);
    settle(c);
}

/* The thread takes the lock and waits. */
static void begin_wait(struct cluster *c, uint32_t node, uint32_t slot, uint64_t id, uint64_t thread)
{
    acquire(c, node, slot, id, thread);
    assert_int_equal(await(c, node, slot, id, CONDITION, thread), DSM_PENDING);
    settle(c);
    assert_int_equal(c->node[node].status[slot], NOT_ENDED);
    assert_int_equal(dsm_core_lock_holds(c->node[node].core, id, thread), 0);
}

static void only_the_holder_may_wait_or_signal(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(2);
    uint64_t id = id_homed_at(c, 0, 0);
    assert_int_equal(await(c, 1, 0, id, CONDITION, 5), DSM_E_NOT_OWNER);
    assert_int_equal(signal_one(c, 1, id, CONDITION, 5), DSM_E_NOT_OWNER);
    acquire(c, 1, 0, id, 5);
    assert_int_equal(await(c, 1, 0, id, CONDITION, 6), DSM_E_NOT_OWNER);
    assert_int_equal(signal_all(c, 1, id, CONDITION, 6), DSM_E_NOT_OWNER);
    assert_int_equal(signal_all(c, 1, id, CONDITION, 5), DSM_OK); /* nobody waits */
    assert_int_equal(step(c, 1, (dsm_event){.type = DSM_EV_CONDITION_SIGNAL, .id = id, .thread = 5, .flags = 2}),
                     DSM_E_ARGUMENT);
    release(c, 1, id, 5);
    cluster_free(c);
}

static void a_signal_wakes_the_first_that_waits(void **state)
{
    (void)state;
    for (uint32_t home = 0; home < 3; home++) {
        struct cluster *c = cluster_new(3);
        uint64_t id = id_homed_at(c, home, 0);
        begin_wait(c, 1, 0, id, 11);
        begin_wait(c, 2, 0, id, 21);
        begin_wait(c, 1, 1, id, 12);
        acquire(c, 0, 0, id, 1);
        assert_int_equal(signal_one(c, 0, id, CONDITION + 1, 1), DSM_OK); /* another condition */
        assert_int_equal(signal_one(c, 0, id, CONDITION, 1), DSM_OK);
        settle(c);
        assert_int_equal(c->node[1].status[0], NOT_ENDED); /* the lock is not free yet */
        release(c, 0, id, 1);
        assert_int_equal(c->node[1].status[0], DSM_OK);
        assert_int_equal(dsm_core_lock_holds(c->node[1].core, id, 11), 1);
        assert_int_equal(c->node[2].status[0], NOT_ENDED);
        assert_int_equal(signal_all(c, 1, id, CONDITION, 11), DSM_OK);
        release(c, 1, id, 11);
        int local = c->node[1].status[1] == DSM_OK;
        int remote = c->node[2].status[0] == DSM_OK;
        assert_true(local != remote); /* one after the other */
        release(c, local ? 1 : 2, id, local ? 12 : 21);
        release(c, local ? 2 : 1, id, local ? 21 : 12);
        for (uint32_t node = 0; node < 3; node++) {
            assert_true(dsm_core_quiet(c->node[node].core));
        }
        cluster_free(c);
    }
}

static void a_waiter_has_its_lock_back_as_deep_as_before(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(2);
    uint64_t id = id_homed_at(c, 0, 0);
    acquire(c, 1, 0, id, 11);
    assert_int_equal(lock(c, 1, 0, id, 11, 0), DSM_OK);
    assert_int_equal(lock(c, 1, 0, id, 11, 0), DSM_OK);
    assert_int_equal(await(c, 1, 0, id, CONDITION, 11), DSM_PENDING);
    acquire(c, 0, 0, id, 1); /* free at once, however deep it was */
    assert_int_equal(signal_one(c, 0, id, CONDITION, 1), DSM_OK);
    release(c, 0, id, 1);
    assert_int_equal(c->node[1].status[0], DSM_OK);
    assert_int_equal(dsm_core_lock_holds(c->node[1].core, id, 11), 3);
    cluster_free(c);
}

static void a_wait_taken_back_ends_with_the_lock_held(void **state)
{
    (void)state;
    for (uint32_t home = 0; home < 2; home++) {
        struct cluster *c = cluster_new(2);
        uint64_t id = id_homed_at(c, home, 0);
        begin_wait(c, 1, 0, id, 11);
        acquire(c, 0, 0, id, 1);
        assert_int_equal(cancel(c, 1, 0), DSM_PENDING);
        settle(c);
        assert_int_equal(c->node[1].status[0], NOT_ENDED); /* the lock first */
        assert_int_equal(cancel(c, 1, 0), DSM_PENDING);    /* which cannot be taken back */
        release(c, 0, id, 1);
        assert_int_equal(c->node[1].status[0], DSM_E_CANCELLED);
        assert_int_equal(dsm_core_lock_holds(c->node[1].core, id, 11), 1);
        release(c, 1, id, 11);
        assert_int_equal(cancel(c, 1, 0), DSM_OK); /* long over */
        cluster_free(c);
    }
}

/* The signal is on its way when the waiter gives up: it counts, and the wait ends as signalled. */
static void a_signal_that_came_first_is_not_lost(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(3);
    uint64_t id = id_homed_at(c, 2, 0);
    begin_wait(c, 1, 0, id, 11);
    acquire(c, 0, 0, id, 1);
    assert_int_equal(signal_one(c, 0, id, CONDITION, 1), DSM_OK);
    assert_true(deliver(c, 0, 2));
    assert_int_equal(under_way(c, 2, 1), DSM_MSG_CONDITION_END);
    assert_int_equal(cancel(c, 1, 0), DSM_PENDING);
    release(c, 0, id, 1);
    assert_int_equal(c->node[1].status[0], DSM_OK);
    cluster_free(c);
}

/* The other way round: the wait is over when the signal comes, and the next in line gets it. */
static void a_signal_goes_to_one_that_still_waits(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(3);
    uint64_t id = id_homed_at(c, 2, 0);
    begin_wait(c, 1, 0, id, 11);
    begin_wait(c, 1, 1, id, 12);
    acquire(c, 0, 0, id, 1);
    assert_int_equal(cancel(c, 1, 0), DSM_PENDING);
    assert_true(deliver(c, 1, 2));
    assert_int_equal(signal_one(c, 0, id, CONDITION, 1), DSM_OK);
    release(c, 0, id, 1);
    assert_int_equal(c->node[1].status[0], DSM_E_CANCELLED);
    release(c, 1, id, 11);
    assert_int_equal(c->node[1].status[1], DSM_OK);
    cluster_free(c);
}

/* await gives the lock up in the same breath: no signal can fall between. */
static void a_signal_by_the_next_holder_finds_the_waiter(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(3);
    uint64_t id = id_homed_at(c, 2, 0);
    acquire(c, 1, 0, id, 11);
    assert_int_equal(lock(c, 0, 0, id, 1, 0), DSM_PENDING);
    settle(c);
    assert_int_equal(await(c, 1, 0, id, CONDITION, 11), DSM_PENDING);
    while (c->node[0].status[0] == NOT_ENDED) {
        assert_true(deliver(c, 1, 2) || deliver(c, 2, 0));
    }
    assert_int_equal(signal_one(c, 0, id, CONDITION, 1), DSM_OK);
    release(c, 0, id, 1);
    assert_int_equal(c->node[1].status[0], DSM_OK);
    cluster_free(c);
}

static void waits_of_and_at_lost_nodes_end(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(3);
    uint64_t id = id_homed_at(c, 2, 0);
    begin_wait(c, 0, 0, id, 1);
    begin_wait(c, 1, 0, id, 11);
    lose(c, 2, 0); /* a waiter's node */
    assert_int_equal(c->node[2].core->waits_used, 1);
    lose(c, 1, 0);
    lose(c, 1, 2); /* the home */
    assert_int_equal(c->node[1].status[0], DSM_E_LOST);
    assert_int_equal(c->node[1].core->conditions, 0);
    cluster_free(c);
}

static void what_only_a_holder_may_send_is_refused_from_others(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(3);
    uint64_t id = id_homed_at(c, 0, 0);
    acquire(c, 1, 0, id, 11);
    const dsm_message wait = {.type = DSM_MSG_CONDITION_WAIT, .subject = id, .condition = CONDITION, .number = 9};
    const dsm_message signal = {.type = DSM_MSG_CONDITION_SIGNAL, .subject = id, .condition = CONDITION};
    const dsm_message end = {.type = DSM_MSG_CONDITION_END, .subject = id, .number = 9};
    assert_int_equal(inject(c, 2, 0, &wait), DSM_E_PROTOCOL);
    assert_int_equal(inject(c, 2, 0, &signal), DSM_E_PROTOCOL);
    assert_int_equal(inject(c, 1, 2, &signal), DSM_E_PROTOCOL); /* not the home */
    assert_int_equal(inject(c, 0, 1, &end), DSM_E_PROTOCOL);    /* nobody waits */
    assert_int_equal(inject(c, 1, 0, &signal), DSM_OK);
    cluster_free(c);
}

int test_conditions(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_holder_may_wait_or_signal),
        cmocka_unit_test(a_signal_wakes_the_first_that_waits),
        cmocka_unit_test(a_waiter_has_its_lock_back_as_deep_as_before),
        cmocka_unit_test(a_wait_taken_back_ends_with_the_lock_held),
        cmocka_unit_test(a_signal_that_came_first_is_not_lost),
        cmocka_unit_test(a_signal_goes_to_one_that_still_waits),
        cmocka_unit_test(a_signal_by_the_next_holder_finds_the_waiter),
        cmocka_unit_test(waits_of_and_at_lost_nodes_end),
        cmocka_unit_test(what_only_a_holder_may_send_is_refused_from_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
