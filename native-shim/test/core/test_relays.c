/* Barriers of many nodes: arrivals, departures and notices by way of relays. */
#include "release_fixture.h"

#include "dsm_relay.h"
#include "dsm_state.h"

#define NODES 5u

/* Of a barrier of node 0, nodes 1 and 2 are relays; 3 is behind 1, and 4 behind 2. */
static struct cluster *open_with_relays(void)
{
    dsm_core_config config = cluster_config();
    config.release_end = RELEASE_PAGES;
    config.twins = CLUSTER_TWINS;
    config.notices = 64;
    config.relays = 2;
    return cluster_new_with(NODES, &config);
}

static void leave(struct cluster *c, uint32_t node)
{
    for (uint32_t other = 0; other < c->nodes; other++) {
        if (other != node) {
            assert_int_equal(step(c, other, (dsm_event){.type = DSM_EV_PEER_LEFT, .peer = node}), DSM_OK);
        }
    }
    c->dead |= 1u << node;
}

static void each_node_is_behind_one_relay_at_most(void **state)
{
    (void)state;
    dsm_core_config config = cluster_config();
    for (config.nodes = 1; config.nodes <= 70; config.nodes++) {
        for (config.relays = 1; config.relays <= config.nodes; config.relays++) {
            uint32_t home = config.nodes / 3, behind[70] = {0}, most = 0;
            for (uint32_t node = 0; node < config.nodes; node++) {
                uint32_t relay = dsm_relay_of(&config, home, node);
                if (relay != DSM_NO_NODE) {
                    assert_int_equal(dsm_relay_of(&config, home, relay), DSM_NO_NODE);
                    assert_true(relay != home && relay < config.nodes);
                    most = ++behind[relay] > most ? behind[relay] : most;
                }
            }
            assert_int_equal(dsm_relay_of(&config, home, home), DSM_NO_NODE);
            uint32_t rest = config.nodes > config.relays + 1 ? config.nodes - 1 - config.relays : 0;
            assert_int_equal(most, (rest + config.relays - 1) / config.relays);
        }
    }
}

static void small_clusters_have_no_relays(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(NODES);
    for (uint32_t node = 0; node < NODES; node++) {
        assert_int_equal(dsm_relay_of(&c->node[0].core->config, 0, node), DSM_NO_NODE);
    }
    cluster_free(c);
}

static void what_all_wrote_is_seen_by_all_behind_relays(void **state)
{
    (void)state;
    struct cluster *c = open_with_relays();
    uint64_t id = id_homed_at(c, 0, 0);
    for (uint64_t page = 0; page < NODES; page++) {
        for (uint32_t node = 0; node < NODES; node++) {
            touch(c, node, page, 0);
        }
    }
    for (uint32_t round = 1; round <= 3; round++) {
        for (uint32_t node = 0; node < NODES; node++) {
            store(c, node, node, 3, (uint8_t)(10 * round + node));
        }
        uint64_t told = counter(c, 0, DSM_C_MESSAGES_OUT + DSM_MSG_NOTICES);
        for (uint32_t node = 0; node < NODES; node++) {
            assert_int_equal(arrive(c, node, 0, id, NODES), DSM_PENDING);
            settle(c);
            assert_int_equal(c->node[node].status[0], node + 1 < NODES ? NOT_ENDED : DSM_OK);
        }
        assert_int_equal(counter(c, 0, DSM_C_MESSAGES_OUT + DSM_MSG_NOTICES) - told, 2); /* to its relays alone */
        for (uint32_t node = 0; node < NODES; node++) {
            assert_int_equal(c->node[node].status[0], DSM_OK);
            for (uint32_t other = 0; other < NODES; other++) {
                assert_int_equal(load(c, node, other, 3), 10 * round + other);
            }
        }
    }
    assert_int_equal(sent(c, 1, DSM_MSG_BARRIER_ARRIVE), 6); /* its own and those of node 3 */
    assert_int_equal(sent(c, 1, DSM_MSG_BARRIER_DEPART), 3);
    cluster_free(c);
}

static void a_wait_behind_a_relay_is_taken_back_by_way_of_it(void **state)
{
    (void)state;
    struct cluster *c = open_with_relays();
    uint64_t id = id_homed_at(c, 0, 0);
    assert_int_equal(arrive(c, 3, 0, id, 3), DSM_PENDING);
    assert_int_equal(arrive(c, 4, 0, id, 3), DSM_PENDING);
    settle(c);
    assert_int_equal(cancel(c, 3, 0), DSM_E_CANCELLED);
    assert_int_equal(under_way(c, 3, 1), DSM_MSG_BARRIER_BREAK);
    settle(c);
    assert_int_equal(c->node[4].status[0], DSM_E_BROKEN);
    for (uint32_t node = 2; node < NODES; node++) {
        assert_int_equal(arrive(c, node, 1, id, 3), DSM_PENDING);
        settle(c);
    }
    assert_int_equal(c->node[3].status[1], DSM_OK);
    cluster_free(c);
}

/* An arrival dies with its relay: nobody may wait for it, and the next generation needs no relay. */
static void who_waits_behind_a_relay_that_leaves_breaks_the_barrier(void **state)
{
    (void)state;
    for (int counted = 0; counted < 2; counted++) {
        struct cluster *c = open_with_relays();
        uint64_t id = id_homed_at(c, 0, 0);
        uint64_t second = id_homed_at(c, 0, 1);
        assert_int_equal(arrive(c, 4, 0, id, 3), DSM_PENDING);
        assert_int_equal(arrive(c, 4, 1, second, 2), DSM_PENDING);
        settle(c);
        assert_int_equal(arrive(c, 3, 4, id, 3), DSM_PENDING);
        assert_int_equal(arrive(c, 3, 3, second, 3), DSM_PENDING); /* a later number in an earlier slot */
        if (counted) {
            settle(c);
            assert_int_equal(c->node[3].status[3], DSM_E_PARTIES);
        }
        leave(c, 1);
        settle(c);
        assert_int_equal(c->node[3].status[4], DSM_E_BROKEN);
        assert_int_equal(c->node[4].status[0], DSM_E_BROKEN);
        assert_int_equal(c->node[4].status[1], NOT_ENDED); /* who named other parties was never with it */
        assert_int_equal(arrive(c, 3, 0, second, 2), DSM_PENDING);
        assert_int_equal(under_way(c, 3, 0), DSM_MSG_BARRIER_ARRIVE);
        settle(c);
        assert_int_equal(c->node[3].status[0], DSM_OK);
        assert_int_equal(c->node[4].status[1], DSM_OK);
        for (uint32_t node = 0; node < NODES; node++) {
            assert_true(node == 1 || dsm_core_quiet(c->node[node].core));
        }
        cluster_free(c);
    }
}

/* Node 3 knows that its relay has gone, and the home does not yet: it is answered all the same. */
static void who_knows_of_the_loss_first_is_answered(void **state)
{
    (void)state;
    struct cluster *c = open_with_relays();
    uint64_t id = id_homed_at(c, 0, 0);
    c->dead |= 1u << 1;
    assert_int_equal(step(c, 3, (dsm_event){.type = DSM_EV_PEER_LEFT, .peer = 1}), DSM_OK);
    assert_int_equal(arrive(c, 3, 0, id, 2), DSM_PENDING);
    while (deliver(c, 3, 0)) {
    }
    assert_int_equal(arrive(c, 0, 0, id, 2), DSM_OK);
    assert_int_equal(under_way(c, 0, 1), 0);
    while (deliver(c, 0, 3)) {
    }
    assert_int_equal(c->node[3].status[0], DSM_OK);
    cluster_free(c);
}

int test_relays(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_node_is_behind_one_relay_at_most),
        cmocka_unit_test(small_clusters_have_no_relays),
        cmocka_unit_test(what_all_wrote_is_seen_by_all_behind_relays),
        cmocka_unit_test(a_wait_behind_a_relay_is_taken_back_by_way_of_it),
        cmocka_unit_test(who_waits_behind_a_relay_that_leaves_breaks_the_barrier),
        cmocka_unit_test(who_knows_of_the_loss_first_is_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
