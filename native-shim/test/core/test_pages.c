/* Faults, grants, recalls and invalidations between cores. */
#include "tests.h"

#include "victim.h"

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
    assert_int_equal(counter(c, 0, DSM_C_READ_FAULTS), 1);
    assert_int_equal(counter(c, 0, DSM_C_WRITE_FAULTS), 1);
    assert_int_equal(counter(c, 0, DSM_C_PAGES_OWNED), 1);
    assert_int_equal(counter(c, 0, DSM_C_PAGES_SHARED), 0);
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

static void a_clean_page_comes_back_without_bytes(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(3);
    write_byte(c, 0, 0, 5);
    write_byte(c, 0, 0, 6);
    assert_int_equal(read_byte(c, 1, 0), 6);
    write_byte(c, 0, 0, 7);                  /* 1 loses its copy */
    assert_int_equal(read_byte(c, 2, 3), 0); /* exclusive-clean at 2 */
    assert_int_equal(read_byte(c, 1, 3), 0);
    assert_int_equal(counter(c, 2, DSM_C_PAGES_SERVED), 0);
    assert_int_equal(counter(c, 2, DSM_C_MESSAGES_OUT + DSM_MSG_PAGE_RETURN), 1);
    cluster_free(c);
}

static void a_fresh_page_travels_without_bytes(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(2);
    assert_int_equal(read_byte(c, 1, 0), 0);
    assert_int_equal(counter(c, 1, DSM_C_PAGES_FETCHED), 0);
    write_byte(c, 1, 2, 1);
    assert_int_equal(counter(c, 1, DSM_C_PAGES_FETCHED), 0);
    assert_int_equal(counter(c, 0, DSM_C_PAGES_SERVED), 0);
    assert_int_equal(read_byte(c, 0, 2), 1);
    assert_int_equal(counter(c, 1, DSM_C_PAGES_SERVED), 1);
    cluster_free(c);
}

static void faults_of_one_node_share_a_request(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(2);
    write_byte(c, 0, 0, 9);
    assert_int_equal(fault(c, 1, 0, 0, 0), DSM_PENDING);
    assert_int_equal(fault(c, 1, 1, 0, 0), DSM_PENDING);
    assert_int_equal(counter(c, 1, DSM_C_MESSAGES_OUT + DSM_MSG_PAGE_REQUEST), 1);
    settle(c);
    assert_int_equal(c->node[1].status[0], DSM_OK);
    assert_int_equal(c->node[1].status[1], DSM_OK);
    cluster_free(c);
}

static void a_writer_behind_a_reader_asks_again_unless_alone(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(3);
    assert_int_equal(read_byte(c, 2, 0), 0); /* so that the page is shared */
    assert_int_equal(fault(c, 1, 0, 0, 0), DSM_PENDING);
    assert_int_equal(fault(c, 1, 1, 0, 1), DSM_PENDING);
    settle(c);
    assert_int_equal(c->node[1].status[0], DSM_OK);
    assert_int_equal(c->node[1].status[1], DSM_OK);
    assert_int_equal(counter(c, 1, DSM_C_MESSAGES_OUT + DSM_MSG_PAGE_REQUEST), 2);
    assert_int_equal(counter(c, 1, DSM_C_UPGRADES), 1);
    resumed(c, 1, 0);
    resumed(c, 1, 1);

    assert_int_equal(fault(c, 1, 0, 3, 0), DSM_PENDING);
    assert_int_equal(fault(c, 1, 1, 3, 1), DSM_PENDING);
    uint32_t protects = c->node[1].protects;
    settle(c);
    assert_int_equal(c->node[1].status[0], DSM_OK);
    assert_int_equal(c->node[1].status[1], DSM_OK);
    assert_int_equal(counter(c, 1, DSM_C_MESSAGES_OUT + DSM_MSG_PAGE_REQUEST), 3);
    assert_int_equal(c->node[1].protects, protects + 1); /* opened for writing at once */
    cluster_free(c);
}

static void requests_are_served_in_order_of_arrival(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(5);
    write_byte(c, 1, 0, 1);
    uint32_t order[] = {3, 2, 4};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(fault(c, order[i], 0, 0, 1), DSM_PENDING);
        deliver(c, order[i], 0);
    }
    assert_int_equal(fault(c, 0, 0, 0, 1), DSM_PENDING); /* the home's own comes last */
    for (int i = 0; i < 3; i++) {
        settle(c);
        assert_int_equal(dsm_core_owner(c->node[0].core, 0), order[i]);
        assert_int_equal(c->node[order[i]].status[0], DSM_OK);
        assert_int_equal(resumed(c, order[i], 0), DSM_OK);
    }
    settle(c);
    assert_int_equal(c->node[0].status[0], DSM_OK);
    assert_int_equal(counter(c, 0, DSM_C_MIGRATIONS), 4);
    cluster_free(c);
}

static void an_upgrade_sends_no_bytes_unless_the_copy_is_gone(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(3);
    write_byte(c, 0, 0, 1);
    read_byte(c, 1, 0);
    read_byte(c, 2, 0);
    uint64_t served = counter(c, 0, DSM_C_PAGES_SERVED);
    c->now += 1000;
    /* both sharers want to write: the first upgrades, the second's copy is gone by then */
    assert_int_equal(fault(c, 1, 0, 0, 1), DSM_PENDING);
    assert_int_equal(fault(c, 2, 0, 0, 1), DSM_PENDING);
    deliver(c, 1, 0);
    deliver(c, 2, 0);
    settle(c);
    assert_int_equal(c->node[1].status[0], DSM_OK);
    assert_int_equal(counter(c, 0, DSM_C_PAGES_SERVED), served);
    c->node[1].view[0][0] = 2;
    resumed(c, 1, 0);
    settle(c);
    assert_int_equal(c->node[2].status[0], DSM_OK);
    assert_int_equal(c->node[2].view[0][0], 2);
    assert_int_equal(counter(c, 0, DSM_C_PAGES_SERVED), served + 1);
    cluster_free(c);
}

static void a_fault_that_is_over_already_opens_again(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(2);
    write_byte(c, 1, 0, 1);
    uint32_t protects = c->node[1].protects;
    assert_int_equal(fault(c, 1, 0, 0, 1), DSM_OK); /* the driver had narrowed it */
    assert_int_equal(c->node[1].protects, protects + 1);
    assert_int_equal(c->node[1].access[0], DSM_ACCESS_WRITE);
    assert_int_equal(resumed(c, 1, 0), DSM_OK);
    cluster_free(c);
}

static void events_out_of_range_change_nothing(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(2);
    assert_int_equal(fault(c, 0, CLUSTER_SLOTS, 0, 0), DSM_E_ARGUMENT);
    assert_int_equal(fault(c, 0, 0, CLUSTER_PAGES, 0), DSM_E_ARGUMENT);
    assert_int_equal(fault(c, 0, 0, 0, 2), DSM_E_ARGUMENT);
    assert_int_equal(fault_at(c, 0, 0, 0, 0, 0, 0), DSM_E_ARGUMENT);
    assert_int_equal(resumed(c, 0, 0), DSM_E_ARGUMENT);
    assert_int_equal(resumed(c, 0, CLUSTER_SLOTS), DSM_E_ARGUMENT);
    assert_int_equal(fault(c, 1, 0, 0, 0), DSM_PENDING);
    assert_int_equal(fault(c, 1, 0, 2, 0), DSM_E_ARGUMENT); /* the slot is taken */
    assert_int_equal(resumed(c, 1, 0), DSM_E_ARGUMENT);     /* and waits */
    assert_int_equal(cancel(c, 1, 0), DSM_E_ARGUMENT);      /* a fault is not taken back */
    assert_int_equal(cancel(c, 1, CLUSTER_SLOTS), DSM_E_ARGUMENT);
    assert_int_equal(step(c, 0, (dsm_event){.type = DSM_EV_PEER_LOST, .peer = 0}), DSM_E_ARGUMENT);
    assert_int_equal(step(c, 0, (dsm_event){.type = DSM_EV_PEER_LEFT, .peer = 2}), DSM_E_ARGUMENT);
    assert_int_equal(step(c, 0, (dsm_event){.type = (enum dsm_event_type)99}), DSM_E_ARGUMENT);
    assert_int_equal(inject_bytes(c, 1, 0, NULL, 0), DSM_E_PROTOCOL);
    cluster_free(c);
}

static void homes_take_turns_and_arenas_follow(void **state)
{
    (void)state;
    dsm_core_config config = cluster_config();
    config.nodes = 3;
    config.home_block = 4;
    config.pages = 44;
    config.arena_first = 24;
    for (uint64_t page = 0; page < 24; page++) {
        assert_int_equal(dsm_core_home(&config, page), page / 4 % 3);
    }
    for (uint64_t page = 24; page < 44; page++) { /* 20 pages: 6 each, the last has the rest */
        uint64_t arena = (page - 24) / 6;
        assert_int_equal(dsm_core_home(&config, page), arena < 3 ? arena : 2);
    }
    config.pages = 26; /* fewer pages than arenas */
    assert_int_equal(dsm_core_home(&config, 25), 2);
}

static void settings_out_of_range_have_no_size(void **state)
{
    (void)state;
    dsm_core_config good = cluster_config();
    good.nodes = 3;
    assert_true(dsm_core_size(&good) > 0);
    dsm_core_config bad[10];
    for (int i = 0; i < 10; i++) {
        bad[i] = good;
    }
    bad[0].nodes = 0;
    bad[1].node = 3;
    bad[2].page_bytes = 100;
    bad[3].slots = 0;
    bad[4].pages = 0;
    bad[5].home_block = 0;
    bad[6].locks = 12;
    bad[7].arena_first = good.pages + 1;
    bad[8].pages = UINT64_MAX;
    bad[9].page_bytes = 32;
    for (int i = 0; i < 10; i++) {
        assert_int_equal(dsm_core_size(&bad[i]), 0);
    }
}

/* 200 nodes share a page; the sharer set is wider than a word. */
static void more_than_64_nodes_share_a_page(void **state)
{
    (void)state;
    dsm_core_config config = cluster_config();
    config.nodes = 200;
    config.pages = 200;
    config.arena_first = 200;
    struct victim *v = victim_new(&config);
    const dsm_message read = {.type = DSM_MSG_PAGE_REQUEST, .subject = 0, .access = DSM_ACCESS_READ};
    const dsm_message kept = {.type = DSM_MSG_PAGE_RETURN, .subject = 0, .access = DSM_ACCESS_READ};
    for (uint32_t node = 1; node < 200; node++) {
        assert_int_equal(victim_receive(v, node, &read), DSM_OK);
        if (node == 2) {
            assert_int_equal(victim_receive(v, 1, &kept), DSM_OK); /* the first had it exclusively */
        }
        assert_int_equal(victim_sent(v, DSM_MSG_PAGE_GRANT), 1);
    }
    const dsm_message write = {.type = DSM_MSG_PAGE_REQUEST, .subject = 0, .access = DSM_ACCESS_WRITE};
    const dsm_message dropped = {.type = DSM_MSG_PAGE_INVALIDATED, .subject = 0};
    assert_int_equal(victim_receive(v, 130, &write), DSM_OK);
    assert_int_equal(victim_sent(v, DSM_MSG_PAGE_INVALIDATE), 198);
    for (uint32_t node = 1; node < 200; node++) {
        if (node != 130) {
            assert_int_equal(victim_sent(v, DSM_MSG_PAGE_GRANT), 0);
            assert_int_equal(victim_receive(v, node, &dropped), DSM_OK);
        }
    }
    assert_int_equal(victim_sent(v, DSM_MSG_PAGE_GRANT), 1);
    assert_int_equal(v->action[0].peer, 130);
    assert_int_equal(dsm_core_owner(v->core, 0), 130);
    victim_free(v);
}

/* What leaves a node is gathered after its page was closed, and comes in before the page is opened. */
static void actions_come_in_a_safe_order(void **state)
{
    (void)state;
    dsm_core_config config = cluster_config();
    config.nodes = 2;
    struct victim *v = victim_new(&config);
    const dsm_message recall = {.type = DSM_MSG_PAGE_RECALL, .subject = 1, .access = DSM_ACCESS_READ};
    const dsm_message grant = {
        .type = DSM_MSG_PAGE_GRANT, .flags = DSM_FLAG_HAS_PAGE, .subject = 1, .access = DSM_ACCESS_WRITE};
    victim_step(v, (dsm_event){.type = DSM_EV_FAULT, .slot = 0, .page = 1, .thread = 1, .write = 1});
    assert_int_equal(victim_receive(v, 1, &grant), DSM_OK);
    assert_int_equal(v->count, 3);
    assert_int_equal(v->action[0].type, DSM_ACT_INSTALL);
    assert_int_equal(v->action[1].type, DSM_ACT_PROTECT);
    assert_int_equal(v->action[1].access, DSM_ACCESS_WRITE);
    assert_int_equal(v->action[2].type, DSM_ACT_WAKE);
    victim_step(v, (dsm_event){.type = DSM_EV_RESUMED, .slot = 0});
    v->now += 1000;
    assert_int_equal(victim_receive(v, 1, &recall), DSM_OK);
    assert_int_equal(v->count, 2);
    assert_int_equal(v->action[0].type, DSM_ACT_PROTECT);
    assert_int_equal(v->action[0].access, DSM_ACCESS_READ);
    assert_int_equal(v->action[1].type, DSM_ACT_SEND);
    assert_int_equal(v->action[1].with_page, 1);
    victim_free(v);
}

static void fetches_are_counted_by_their_time(void **state)
{
    (void)state;
    struct cluster *c = cluster_new(2);
    fault(c, 1, 0, 0, 0);
    c->now += 1500; /* 2^10.55: bucket 21, [2^10.5, 2^11) */
    settle(c);
    assert_int_equal(counter(c, 1, DSM_C_FETCH_NS), 1500);
    assert_int_equal(counter(c, 1, DSM_C_FETCH_HISTOGRAM + 21), 1);
    cluster_free(c);
}

int test_pages(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_touch_at_home_needs_no_message),
        cmocka_unit_test(a_read_fetches_what_another_node_wrote),
        cmocka_unit_test(read_then_write_alone_costs_one_trip),
        cmocka_unit_test(a_clean_page_comes_back_without_bytes),
        cmocka_unit_test(a_fresh_page_travels_without_bytes),
        cmocka_unit_test(faults_of_one_node_share_a_request),
        cmocka_unit_test(a_writer_behind_a_reader_asks_again_unless_alone),
        cmocka_unit_test(requests_are_served_in_order_of_arrival),
        cmocka_unit_test(an_upgrade_sends_no_bytes_unless_the_copy_is_gone),
        cmocka_unit_test(a_fault_that_is_over_already_opens_again),
        cmocka_unit_test(events_out_of_range_change_nothing),
        cmocka_unit_test(homes_take_turns_and_arenas_follow),
        cmocka_unit_test(settings_out_of_range_have_no_size),
        cmocka_unit_test(more_than_64_nodes_share_a_page),
        cmocka_unit_test(actions_come_in_a_safe_order),
        cmocka_unit_test(fetches_are_counted_by_their_time),
    };
    return cmocka_run_group_tests_name("pages", tests, NULL, NULL);
}
