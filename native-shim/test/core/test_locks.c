/* The token, its queue, its epochs. */
#include "tests.h"

#include "victim.h"

static void acquire(struct cluster *c, uint32_t node, uint32_t slot, uint64_t id, uint64_t thread)
{
    int result = lock(c, node, slot, id, thread, 0);
    assert_true(result == DSM_OK || result == DSM_PENDING);
    deliver_all(c);
}

static int has(const struct cluster *c, uint32_t node, uint64_t id, uint64_t thread)
{
    return dsm_core_lock_holds(c->node[node].core, id, thread) > 0;
}

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
    assert_int_equal(counter(c, 1, DSM_C_LOCK_ACQUIRES), 2);
    assert_int_equal(counter(c, 1, DSM_C_LOCK_REMOTE), 1);
    cluster_free(c);
}

static void a_held_lock_goes_to_the_waiting_node_on_release(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(3);
    uint64_t id = id_homed_at(c, 0, 0);
    acquire(c, 1, 0, id, 9);
    acquire(c, 2, 0, id, 9);
    assert_int_equal(c->node[2].status[0], NOT_ENDED);
    assert_int_equal(unlock(c, 1, id, 9), DSM_OK);
    deliver_all(c);
    assert_int_equal(c->node[2].status[0], DSM_OK);
    assert_int_equal(unlock(c, 1, id, 9), DSM_E_NOT_OWNER);
    assert_int_equal(unlock(c, 2, id, 9), DSM_OK);
    assert_int_equal(unlock(c, 2, id + 1000, 9), DSM_E_NOT_OWNER);
    cluster_free(c);
}

static void it_is_reentrant(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(2);
    uint64_t id = id_homed_at(c, 0, 0);
    acquire(c, 1, 0, id, 9);
    assert_int_equal(lock(c, 1, 0, id, 9, 0), DSM_OK);
    assert_int_equal(lock(c, 1, 0, id, 9, DSM_LOCK_TRY), DSM_OK);
    assert_int_equal(dsm_core_lock_holds(c->node[1].core, id, 9), 3);
    assert_int_equal(lock(c, 1, 0, id, 8, DSM_LOCK_TRY), DSM_E_BUSY);
    acquire(c, 0, 0, id, 9);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(c->node[0].status[0], NOT_ENDED);
        assert_int_equal(unlock(c, 1, id, 9), DSM_OK);
        deliver_all(c);
    }
    assert_int_equal(c->node[0].status[0], DSM_OK);
    cluster_free(c);
}

static void nodes_get_it_in_order_of_arrival(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(5);
    for (uint32_t home = 0; home < 2; home++) { /* the home among those that wait, and not */
        uint64_t id = id_homed_at(c, home, 0);
        uint32_t order[] = {1, 4, 0, 3, 2};
        for (int i = 0; i < 5; i++) {
            acquire(c, order[i], 0, id, 9);
        }
        for (int i = 0; i < 5; i++) {
            for (int j = 0; j < 5; j++) {
                assert_int_equal(has(c, order[j], id, 9), i == j);
            }
            assert_int_equal(unlock(c, order[i], id, 9), DSM_OK);
            deliver_all(c);
        }
    }
    cluster_free(c);
}

static void local_threads_pass_only_so_often_while_others_wait(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(2); /* local_handovers 2 */
    uint64_t id = id_homed_at(c, 0, 0);
    for (uint32_t t = 0; t < 5; t++) {
        acquire(c, 1, t, id, t + 1);
    }
    acquire(c, 0, 0, id, 9);
    for (uint32_t t = 0; t < 3; t++) { /* the holder, and two after it */
        assert_true(has(c, 1, id, t + 1));
        unlock(c, 1, id, t + 1);
        deliver_all(c);
    }
    assert_true(has(c, 0, id, 9));
    unlock(c, 0, id, 9);
    deliver_all(c);
    assert_true(has(c, 1, id, 4)); /* the token was asked for again for those still waiting */
    unlock(c, 1, id, 4);
    assert_true(has(c, 1, id, 5));
    cluster_free(c);
}

static void local_threads_pass_only_so_long_while_others_wait(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(2); /* local_handover_ns 1000 */
    uint64_t id = id_homed_at(c, 0, 0);
    acquire(c, 1, 0, id, 1);
    acquire(c, 1, 1, id, 2);
    acquire(c, 0, 0, id, 9);
    c->now += 1000;
    unlock(c, 1, id, 1);
    deliver_all(c);
    assert_true(has(c, 0, id, 9));
    cluster_free(c);
}

static void a_try_takes_a_token_that_nobody_holds(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(3);
    uint64_t id = id_homed_at(c, 0, 0);
    acquire(c, 1, 0, id, 9);
    assert_int_equal(lock(c, 2, 0, id, 9, DSM_LOCK_TRY), DSM_PENDING);
    deliver_all(c);
    assert_int_equal(c->node[2].status[0], DSM_E_BUSY);
    assert_int_equal(lock(c, 0, 0, id, 9, DSM_LOCK_TRY), DSM_PENDING); /* the home itself tries */
    deliver_all(c);
    assert_int_equal(c->node[0].status[0], DSM_E_BUSY);
    unlock(c, 1, id, 9);
    assert_int_equal(lock(c, 2, 0, id, 9, DSM_LOCK_TRY), DSM_PENDING);
    deliver_all(c);
    assert_int_equal(c->node[2].status[0], DSM_OK);
    assert_int_equal(unlock(c, 2, id, 9), DSM_OK);
    cluster_free(c);
}

static void a_try_fails_at_once_behind_others(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(4);
    uint64_t id = id_homed_at(c, 0, 0);
    acquire(c, 1, 0, id, 9);
    acquire(c, 2, 0, id, 9);
    assert_int_equal(lock(c, 3, 0, id, 9, DSM_LOCK_TRY), DSM_PENDING);
    deliver(c, 3, 0);
    assert_int_equal(under_way(c, 0, 1), 0); /* the holder is not even asked */
    deliver_all(c);
    assert_int_equal(c->node[3].status[0], DSM_E_BUSY);
    assert_int_equal(lock(c, 0, 0, id, 9, DSM_LOCK_TRY), DSM_E_BUSY);
    assert_int_equal(lock(c, 2, 1, id, 8, DSM_LOCK_TRY), DSM_E_BUSY); /* a thread of this node is first */
    unlock(c, 1, id, 9);
    deliver_all(c);
    assert_int_equal(c->node[2].status[0], DSM_OK);
    cluster_free(c);
}

static void waits_behind_a_try_get_the_lock_all_the_same(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(4);
    uint64_t id = id_homed_at(c, 0, 0);
    acquire(c, 1, 0, id, 9);
    lock(c, 2, 0, id, 7, DSM_LOCK_TRY);
    lock(c, 2, 1, id, 8, 0);            /* joins the try's request */
    lock(c, 2, 2, id, 6, DSM_LOCK_TRY); /* and so does another try */
    deliver(c, 2, 0);
    lock(c, 3, 0, id, 9, 0); /* comes to the home while the holder is being asked */
    deliver(c, 3, 0);
    deliver_all(c);
    assert_int_equal(c->node[2].status[0], DSM_E_BUSY);
    assert_int_equal(c->node[2].status[1], NOT_ENDED);
    assert_int_equal(c->node[2].status[2], DSM_E_BUSY);
    unlock(c, 1, id, 9);
    deliver_all(c);
    assert_true(has(c, 3, id, 9));
    unlock(c, 3, id, 9);
    deliver_all(c);
    assert_true(has(c, 2, id, 8));
    cluster_free(c);
}

static void one_of_several_tries_wins(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(2);
    uint64_t id = id_homed_at(c, 0, 0);
    lock(c, 1, 0, id, 7, DSM_LOCK_TRY);
    lock(c, 1, 1, id, 8, DSM_LOCK_TRY);
    deliver_all(c);
    assert_int_equal(c->node[1].status[0], DSM_OK);
    assert_int_equal(c->node[1].status[1], DSM_E_BUSY);
    cluster_free(c);
}

static void a_cancelled_wait_leaves_the_token_to_others(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(3);
    uint64_t id = id_homed_at(c, 0, 0);
    acquire(c, 1, 0, id, 9);
    acquire(c, 2, 0, id, 9);
    assert_int_equal(cancel(c, 2, 0), DSM_E_CANCELLED);
    assert_int_equal(cancel(c, 2, 0), DSM_OK); /* it is over */
    assert_false(dsm_core_quiet(c->node[2].core));
    unlock(c, 1, id, 9);
    deliver_all(c);
    assert_true(dsm_core_quiet(c->node[2].core)); /* the token came and is cached there */
    assert_int_equal(lock(c, 2, 0, id, 9, 0), DSM_OK);
    unlock(c, 2, id, 9);

    acquire(c, 1, 0, id, 9);
    acquire(c, 2, 0, id, 9);
    acquire(c, 0, 0, id, 9);
    assert_int_equal(cancel(c, 2, 0), DSM_E_CANCELLED);
    unlock(c, 1, id, 9);
    deliver_all(c);
    assert_true(has(c, 0, id, 9)); /* it went on at once, as others waited */
    cluster_free(c);
}

static void a_cancelled_wait_among_others_of_its_node(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(2);
    uint64_t id = id_homed_at(c, 0, 0);
    acquire(c, 1, 0, id, 1);
    for (uint32_t t = 1; t < 4; t++) {
        acquire(c, 1, t, id, t + 1);
    }
    assert_int_equal(cancel(c, 1, 2), DSM_E_CANCELLED);
    unlock(c, 1, id, 1);
    assert_true(has(c, 1, id, 2));
    assert_int_equal(cancel(c, 1, 1), DSM_OK); /* too late: it has it */
    unlock(c, 1, id, 2);
    assert_true(has(c, 1, id, 4));
    assert_int_equal(cancel(c, 1, 3), DSM_OK);
    cluster_free(c);
}

static void a_lock_whose_holder_died_is_handed_on_with_that_known(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(3);
    uint64_t id = id_homed_at(c, 0, 0);
    acquire(c, 1, 0, id, 9);
    acquire(c, 2, 0, id, 9);
    c->dead = 1u << 1;
    lose(c, 0, 1);
    lose(c, 2, 1);
    deliver_all(c);
    assert_int_equal(c->node[2].status[0], DSM_ORPHANED);
    unlock(c, 2, id, 9);
    acquire(c, 0, 0, id, 9);
    assert_true(has(c, 0, id, 9));
    assert_int_equal(c->node[0].status[0], DSM_OK); /* told once */
    cluster_free(c);
}

static void that_a_holder_died_is_not_lost_with_a_cancelled_wait(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(4);
    uint64_t id = id_homed_at(c, 0, 0);
    acquire(c, 1, 0, id, 9);
    acquire(c, 2, 0, id, 9);
    acquire(c, 3, 0, id, 9);
    cancel(c, 2, 0);
    c->dead = 1u << 1;
    for (uint32_t i = 0; i < 4; i++) {
        if (i != 1) {
            lose(c, i, 1);
        }
    }
    deliver_all(c);
    assert_int_equal(c->node[3].status[0], DSM_ORPHANED);
    cluster_free(c);
}

static void a_lock_whose_home_died_fails(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(3);
    uint64_t id = id_homed_at(c, 0, 0);
    acquire(c, 1, 0, id, 9);
    acquire(c, 1, 1, id, 8);
    acquire(c, 2, 0, id, 9);
    c->dead = 1u;
    lose(c, 1, 0);
    lose(c, 2, 0);
    assert_int_equal(c->node[1].status[1], DSM_E_LOST);
    assert_int_equal(c->node[2].status[0], DSM_E_LOST);
    assert_int_equal(lock(c, 2, 0, id, 9, 0), DSM_E_LOST);
    assert_int_equal(unlock(c, 1, id, 9), DSM_OK);
    assert_int_equal(lock(c, 1, 0, id, 9, 0), DSM_E_LOST);
    cluster_free(c);
}

static void a_full_table_is_told(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(2); /* 16 locks */
    for (uint32_t i = 0; i < 16; i++) {
        assert_int_equal(lock(c, 0, 0, id_homed_at(c, 0, i), 1, 0), DSM_OK);
    }
    assert_int_equal(lock(c, 0, 0, id_homed_at(c, 0, 16), 1, 0), DSM_E_FULL);
    assert_int_equal(lock(c, 1, 0, id_homed_at(c, 0, 16), 1, 0), DSM_PENDING);
    assert_int_equal(lock(c, 1, 1, id_homed_at(c, 0, 17), 1, DSM_LOCK_TRY), DSM_PENDING);
    deliver_all(c);
    assert_int_equal(c->node[1].status[0], DSM_E_FULL);
    assert_int_equal(c->node[1].status[1], DSM_E_FULL);
    assert_true(dsm_core_quiet(c->node[1].core));
    cluster_free(c);
}

/* 16 entries, so each node caches 8 tokens at most. */
static void more_locks_than_the_table_holds_one_after_the_other(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(3);
    for (uint32_t i = 0; i < 100; i++) {
        uint64_t id = id_homed_at(c, i % 3, i / 3);
        for (uint32_t node = 0; node < 3; node++) {
            acquire(c, node, 0, id, 1);
            assert_true(has(c, node, id, 1));
            assert_int_equal(unlock(c, node, id, 1), DSM_OK);
            deliver_all(c);
        }
    }
    cluster_free(c);
}

static void a_lock_in_use_keeps_its_token_among_many(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(2);
    uint64_t hot = id_homed_at(c, 0, 0);
    acquire(c, 1, 0, hot, 1);
    unlock(c, 1, hot, 1);
    for (uint32_t i = 1; i < 60; i++) {
        acquire(c, 1, 0, id_homed_at(c, i % 2, i), 1);
        unlock(c, 1, id_homed_at(c, i % 2, i), 1);
        assert_int_equal(lock(c, 1, 0, hot, 1, 0), DSM_OK);
        unlock(c, 1, hot, 1);
        deliver_all(c);
    }
    cluster_free(c);
}

/* Node 1 gives a token back unasked while the home recalls it. */
static void cross_return_and_recall(uint32_t flags)
{
    struct cluster *c = cluster_new(3);
    uint64_t id = id_homed_at(c, 0, 0);
    acquire(c, 1, 0, id, 1);
    unlock(c, 1, id, 1);
    uint32_t i = 1;
    while (under_way(c, 1, 0) != DSM_MSG_LOCK_RETURN) { /* node 1 is home of these: no message but the return */
        assert_int_equal(lock(c, 1, 0, id_homed_at(c, 1, i), 1, 0), DSM_OK);
        assert_int_equal(unlock(c, 1, id_homed_at(c, 1, i), 1), DSM_OK);
        assert_true(++i < 40);
    }
    assert_int_equal(lock(c, 2, 0, id, 1, flags), DSM_PENDING);
    deliver(c, 2, 0);
    assert_int_equal(under_way(c, 0, 1), DSM_MSG_LOCK_RECALL);
    assert_int_equal(lock(c, 1, 0, id, 1, 0), DSM_PENDING);
    deliver_all(c);
    assert_int_equal(c->node[2].status[0], DSM_OK);
    assert_int_equal(c->node[1].status[0], NOT_ENDED);
    unlock(c, 2, id, 1);
    deliver_all(c);
    assert_int_equal(c->node[1].status[0], DSM_OK);
    cluster_free(c);
}

static void a_return_unasked_may_cross_a_recall(void **state)
{
    (void)state;
    cross_return_and_recall(0);
    cross_return_and_recall(DSM_LOCK_TRY);
}

static void epochs_increase(void **state)
{
    (void)state;
    dsm_core_config config = cluster_config();
    config.nodes = 3;
    struct victim *v = victim_new(&config);
    uint64_t id = 1;
    while (dsm_core_sync_home(&config, id) != 0) {
        id++;
    }
    const dsm_message request = {.type = DSM_MSG_LOCK_REQUEST, .subject = id};
    uint64_t last = 0;
    victim_receive(v, 1, &request);
    for (uint32_t i = 0; i < 20; i++) {
        dsm_message grant = victim_message(v, 0);
        assert_int_equal(grant.type, DSM_MSG_LOCK_GRANT);
        assert_true(grant.epoch > last);
        last = grant.epoch;
        uint32_t holder = 1 + i % 2;
        assert_int_equal(victim_receive(v, 3 - holder, &request), DSM_OK);
        assert_int_equal(victim_sent(v, DSM_MSG_LOCK_RECALL), 1);
        const dsm_message back = {.type = DSM_MSG_LOCK_RETURN, .subject = id, .epoch = last};
        assert_int_equal(victim_receive(v, holder, &back), DSM_OK);
    }
    victim_free(v);
}

static void events_out_of_range_change_nothing(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(2);
    uint64_t id = id_homed_at(c, 1, 0);
    assert_int_equal(lock(c, 0, CLUSTER_SLOTS, id, 1, 0), DSM_E_ARGUMENT);
    assert_int_equal(lock(c, 0, 0, id, 0, 0), DSM_E_ARGUMENT);
    assert_int_equal(lock(c, 0, 0, id, 1, 2), DSM_E_ARGUMENT);
    assert_int_equal(lock(c, 0, 0, id, 1, 0), DSM_PENDING);
    assert_int_equal(lock(c, 0, 0, id, 2, 0), DSM_E_ARGUMENT);
    assert_int_equal(unlock(c, 0, id, 0), DSM_E_NOT_OWNER);
    cluster_free(c);
}

int test_locks(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_holder_takes_it_again_without_a_message),
        cmocka_unit_test(a_held_lock_goes_to_the_waiting_node_on_release),
        cmocka_unit_test(it_is_reentrant),
        cmocka_unit_test(nodes_get_it_in_order_of_arrival),
        cmocka_unit_test(local_threads_pass_only_so_often_while_others_wait),
        cmocka_unit_test(local_threads_pass_only_so_long_while_others_wait),
        cmocka_unit_test(a_try_takes_a_token_that_nobody_holds),
        cmocka_unit_test(a_try_fails_at_once_behind_others),
        cmocka_unit_test(waits_behind_a_try_get_the_lock_all_the_same),
        cmocka_unit_test(one_of_several_tries_wins),
        cmocka_unit_test(a_cancelled_wait_leaves_the_token_to_others),
        cmocka_unit_test(a_cancelled_wait_among_others_of_its_node),
        cmocka_unit_test(a_lock_whose_holder_died_is_handed_on_with_that_known),
        cmocka_unit_test(that_a_holder_died_is_not_lost_with_a_cancelled_wait),
        cmocka_unit_test(a_lock_whose_home_died_fails),
        cmocka_unit_test(a_full_table_is_told),
        cmocka_unit_test(more_locks_than_the_table_holds_one_after_the_other),
        cmocka_unit_test(a_lock_in_use_keeps_its_token_among_many),
        cmocka_unit_test(a_return_unasked_may_cross_a_recall),
        cmocka_unit_test(epochs_increase),
        cmocka_unit_test(events_out_of_range_change_nothing),
    };
    return cmocka_run_group_tests_name("locks", tests, NULL, NULL);
}
