/* Heartbeats, silence, leaving, and what becomes of the pages of a node that is gone. */
#include "tests.h"

#include "victim.h"

#define BEAT    100u
#define SILENCE 1000u

static struct victim *beating(uint32_t nodes)
{
    dsm_core_config config = cluster_config();
    config.nodes = nodes;
    config.heartbeat_ns = BEAT;
    config.silence_ns = SILENCE;
    return victim_new(&config);
}

static void advance(struct victim *v, uint64_t ns)
{
    v->now += ns;
    assert_int_equal(victim_step(v, (dsm_event){.type = DSM_EV_TICK}), DSM_OK);
}

static uint32_t lost(const struct victim *v)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < v->count; i++) {
        count += v->action[i].type == DSM_ACT_LOST;
    }
    return count;
}

static void something_is_sent_to_every_peer_often_enough(void **state)
{
    (void)state;
    struct victim *v = beating(4);
    assert_true(dsm_core_deadline(v->core) <= v->now);
    advance(v, 0);
    assert_int_equal(victim_sent(v, DSM_MSG_HEARTBEAT), 3);
    uint64_t due = dsm_core_deadline(v->core);
    assert_int_equal(due, v->now + BEAT);
    advance(v, BEAT - 1);
    assert_int_equal(v->count, 0);
    victim_step(v, (dsm_event){.type = DSM_EV_FAULT, .slot = 0, .page = 1, .thread = 1}); /* a message to node 1 */
    assert_int_equal(victim_sent(v, DSM_MSG_PAGE_REQUEST), 1);
    advance(v, 1);
    assert_int_equal(victim_sent(v, DSM_MSG_HEARTBEAT), 2);
    advance(v, BEAT - 1);
    assert_int_equal(victim_sent(v, DSM_MSG_HEARTBEAT), 1);
    victim_free(v);
}

static void a_silent_peer_is_lost_once(void **state)
{
    (void)state;
    struct victim *v = beating(3);
    v->now += 50 * SILENCE; /* the first tick comes late: all connections stand only now */
    advance(v, 0);
    assert_int_equal(lost(v), 0);
    const dsm_message beat = {.type = DSM_MSG_HEARTBEAT};
    uint64_t start = v->now;
    int seen = 0;
    while (v->now < start + 3 * SILENCE) {
        advance(v, BEAT);
        if (lost(v)) {
            for (uint32_t i = 0; i < v->count; i++) {
                assert_true(v->action[i].type != DSM_ACT_LOST || v->action[i].peer == 2);
            }
            assert_true(v->now >= start + SILENCE && v->now <= start + SILENCE + BEAT);
            seen++;
        }
        assert_int_equal(victim_receive(v, 1, &beat), DSM_OK);
    }
    assert_int_equal(seen, 1);
    victim_free(v);
}

static void silence_is_noticed_without_heartbeats(void **state)
{
    (void)state;
    dsm_core_config config = cluster_config();
    config.nodes = 2;
    config.silence_ns = SILENCE;
    struct victim *v = victim_new(&config);
    advance(v, 0);
    uint64_t start = v->now;
    while (!lost(v)) {
        assert_true(dsm_core_deadline(v->core) > v->now);
        advance(v, dsm_core_deadline(v->core) - v->now);
    }
    assert_int_equal(v->now, start + SILENCE);
    victim_free(v);
}

/* What the others sent while this node was stopped may lie unread; they are not to blame. */
static void the_time_this_node_slept_counts_for_nobody(void **state)
{
    (void)state;
    struct victim *v = beating(3);
    advance(v, 0);
    advance(v, BEAT);
    advance(v, 100 * SILENCE);
    assert_int_equal(lost(v), 0);
    for (int i = 0; i < 9; i++) {
        advance(v, BEAT);
    }
    assert_int_equal(lost(v), 2); /* but from then on they are silent themselves */
    victim_free(v);
}

static void one_that_left_is_neither_beaten_nor_lost(void **state)
{
    (void)state;
    struct victim *v = beating(3);
    advance(v, 0);
    const dsm_message bye = {.type = DSM_MSG_BYE};
    assert_int_equal(victim_receive(v, 1, &bye), DSM_OK);
    const dsm_message beat = {.type = DSM_MSG_HEARTBEAT};
    for (int i = 0; i < 30; i++) {
        advance(v, BEAT);
        assert_int_equal(victim_sent(v, DSM_MSG_HEARTBEAT), 1);
        assert_int_equal(lost(v), 0);
        victim_receive(v, 2, &beat);
    }
    assert_int_equal(victim_step(v, (dsm_event){.type = DSM_EV_PEER_LOST, .peer = 1}), DSM_OK);
    assert_int_equal(lost(v), 0);
    assert_int_equal(victim_step(v, (dsm_event){.type = DSM_EV_FAULT, .slot = 0, .page = 1, .thread = 1}), DSM_E_LOST);
    assert_int_equal(victim_step(v, (dsm_event){.type = DSM_EV_PEER_LOST, .peer = 2}), DSM_OK);
    assert_int_equal(lost(v), 1);
    assert_int_equal(victim_step(v, (dsm_event){.type = DSM_EV_PEER_LOST, .peer = 2}), DSM_OK);
    assert_int_equal(lost(v), 0);
    const dsm_message late = {.type = DSM_MSG_PAGE_REQUEST, .subject = 0, .access = DSM_ACCESS_READ};
    assert_int_equal(victim_receive(v, 2, &late), DSM_OK);
    assert_int_equal(v->count, 0);
    victim_free(v);
}

/* ---- pages ------------------------------------------------------------------------------------------------ */

static void kill_node(struct cluster *c, uint32_t node)
{
    c->dead |= 1u << node;
    for (uint32_t i = 0; i < c->nodes; i++) {
        if (!(c->dead >> i & 1u)) {
            lose(c, i, node);
            assert_true(c->node[i].lost >> node & 1u);
        }
    }
}

static void faults_on_pages_of_a_dead_home_fail(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(3);
    write_byte(c, 1, 3, 7);
    fault(c, 1, 0, 0, 0);
    fault(c, 1, 1, 0, 1);
    fault(c, 1, 2, 6, 1);
    kill_node(c, 0);
    for (uint32_t slot = 0; slot < 3; slot++) {
        assert_int_equal(c->node[1].status[slot], DSM_E_LOST);
    }
    assert_int_equal(fault(c, 1, 0, 0, 0), DSM_E_LOST);
    assert_true(dsm_core_quiet(c->node[1].core));
    assert_int_equal(fault(c, 1, 0, 3, 1), DSM_OK); /* what is here stays here */
    cluster_free(c);
}

static void a_page_dies_with_its_owner(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(4);
    write_byte(c, 3, 0, 7);
    fault(c, 1, 0, 0, 0); /* waits for the owner's answer */
    deliver(c, 1, 0);
    fault(c, 2, 0, 0, 1); /* waits in the queue */
    deliver(c, 2, 0);
    fault(c, 0, 0, 0, 0);
    kill_node(c, 3);
    deliver_all(c);
    assert_int_equal(c->node[0].status[0], DSM_E_LOST);
    assert_int_equal(c->node[1].status[0], DSM_E_LOST);
    assert_int_equal(c->node[2].status[0], DSM_E_LOST);
    fault(c, 2, 0, 0, 0); /* and whoever asks later is told, too */
    deliver_all(c);
    assert_int_equal(c->node[2].status[0], DSM_E_LOST);
    assert_int_equal(fault(c, 0, 0, 0, 1), DSM_E_LOST);
    cluster_free(c);
}

static void a_page_that_a_dead_node_only_shared_lives_on(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(4);
    write_byte(c, 0, 0, 7);
    read_byte(c, 3, 0);
    read_byte(c, 2, 0);
    c->now += 10000;
    fault(c, 1, 0, 0, 1); /* a writer waits for the sharers' answers */
    deliver(c, 1, 0);
    fault(c, 3, 0, 0, 1); /* and the one about to die wants to write, too */
    deliver(c, 3, 0);
    kill_node(c, 3);
    deliver_all(c);
    settle(c);
    assert_int_equal(c->node[1].status[0], DSM_OK);
    assert_int_equal(c->node[1].view[0][0], 7);
    resumed(c, 1, 0);
    settle(c);
    assert_true(dsm_core_quiet(c->node[0].core));
    cluster_free(c);
}

static void a_requester_that_dies_while_it_is_served_is_forgotten(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(4);
    write_byte(c, 1, 0, 7);
    fault(c, 3, 0, 0, 1);
    deliver(c, 3, 0); /* the recall is under way */
    fault(c, 2, 0, 0, 0);
    deliver(c, 2, 0);
    kill_node(c, 3);
    settle(c);
    assert_int_equal(c->node[2].status[0], DSM_OK);
    assert_int_equal(c->node[2].view[0][0], 7);
    cluster_free(c);
}

/* Thread 1 of node 2, which is known to need pages 0 and 1, faults on `page`; node 1, the home of page 1, dies when
 * page 0 has come. Returns how the fault ends. */
static int lose_the_upper_half(struct cluster *c, uint64_t page)
{
    for (uint64_t half = 0; half < 2; half++) {
        fault_at(c, 2, 0, (page + half) % 2, 1, 1, 0x99);
        settle(c);
        resumed(c, 2, 0);
        settle(c);
    }
    write_byte(c, 1, 1, 5);
    write_byte(c, 1, 0, 5);
    c->now += 10000;
    fault_at(c, 2, 0, page, 1, 1, 0x99);
    deliver(c, 2, 0);
    deliver(c, 0, 1);
    deliver(c, 1, 0);
    deliver(c, 0, 2);
    assert_int_equal(c->node[2].access[0], DSM_ACCESS_WRITE);
    assert_int_equal(c->node[2].status[0], NOT_ENDED);
    kill_node(c, 1);
    settle(c);
    return c->node[2].status[0];
}

static void a_pair_whose_upper_half_dies_lets_the_lower_one_go(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(3);
    assert_int_equal(lose_the_upper_half(c, 1), DSM_E_LOST);
    assert_int_equal(read_byte(c, 0, 0), 5); /* page 0 was not kept */
    cluster_free(c);
}

/* A loop to and fro between two pages looks like an access across both, and needs only the one it faults on. */
static void a_supposed_pair_gets_the_half_that_lives(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(3);
    assert_int_equal(lose_the_upper_half(c, 0), DSM_OK);
    assert_int_equal(c->node[2].view[0][0], 5);
    assert_int_equal(resumed(c, 2, 0), DSM_OK);
    settle(c);
    assert_int_equal(read_byte(c, 0, 0), 5);
    cluster_free(c);
}

int test_peers(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(something_is_sent_to_every_peer_often_enough),
        cmocka_unit_test(a_silent_peer_is_lost_once),
        cmocka_unit_test(silence_is_noticed_without_heartbeats),
        cmocka_unit_test(the_time_this_node_slept_counts_for_nobody),
        cmocka_unit_test(one_that_left_is_neither_beaten_nor_lost),
        cmocka_unit_test(faults_on_pages_of_a_dead_home_fail),
        cmocka_unit_test(a_page_dies_with_its_owner),
        cmocka_unit_test(a_page_that_a_dead_node_only_shared_lives_on),
        cmocka_unit_test(a_requester_that_dies_while_it_is_served_is_forgotten),
        cmocka_unit_test(a_pair_whose_upper_half_dies_lets_the_lower_one_go),
        cmocka_unit_test(a_supposed_pair_gets_the_half_that_lives),
    };
    return cmocka_run_group_tests_name("peers", tests, NULL, NULL);
}
