/* RELEASE pages: nodes that are lost, messages that cannot be. */
#include "release_fixture.h"

#include <string.h>

static void a_release_to_a_lost_home_ends(void **state)
{
    (void)state;
    struct cluster *c = open_cluster(3);
    uint64_t id = id_homed_at(c, 2, 0);
    store(c, 0, 0, 0, 1);
    acquire(c, 1, id);
    store(c, 1, 0, 1, 7);
    release(c, 1, id);
    assert_int_equal(lock(c, 2, 0, id, 5, 0), DSM_PENDING);
    assert_true(deliver(c, 2, 1));
    assert_int_equal(under_way(c, 1, 0), DSM_MSG_DIFF);
    lose(c, 1, 0);
    lose(c, 2, 0);
    while (deliver(c, 1, 2) || deliver(c, 2, 1)) {
    }
    assert_int_equal(c->node[2].status[0], DSM_OK); /* not stuck */
    assert_int_equal(fault(c, 2, 1, 0, 0), DSM_E_LOST);
    cluster_free(c);
}

/* Node 2 knows of the loss of node 1 before it asks node 0, which does not and passes it on there. */
static void what_was_passed_on_to_a_lost_node_does_not_wait_for_ever(void **state)
{
    (void)state;
    struct cluster *c = open_cluster_with(3, 1, 0);
    uint64_t id = id_homed_at(c, 2, 0);
    for (uint64_t page = 0; page < 4; page += 3) {
        store(c, 0, page, 0, 1);
        touch(c, 2, page, 0); /* from node 0, which node 2 takes for the home */
    }
    acquire(c, 1, id_homed_at(c, 0, 0));
    store(c, 1, 0, 1, 1);
    store(c, 1, 3, 1, 1);
    release(c, 1, id_homed_at(c, 0, 0));
    visit(c, 0, id_homed_at(c, 0, 0));
    assert_int_equal(dsm_core_owner(c->node[0].core, 0), 1); /* both have moved to node 1 */
    assert_int_equal(dsm_core_owner(c->node[2].core, 0), 0);
    acquire(c, 2, id);
    store(c, 2, 0, 2, 1);
    assert_int_equal(step(c, 2, (dsm_event){.type = DSM_EV_EVICT, .page = 3}), DSM_OK);
    lose(c, 2, 1);
    release(c, 2, id);
    assert_int_equal(lock(c, 0, 0, id, 5, 0), DSM_PENDING);
    while (deliver(c, 0, 2)) {
    }
    assert_int_equal(under_way(c, 2, 0), DSM_MSG_DIFF);
    assert_int_equal(fault(c, 2, 1, 3, 0), DSM_PENDING);
    assert_true(deliver(c, 2, 0) && deliver(c, 2, 0)); /* DIFF and FETCH go on to node 1 */
    assert_int_equal(c->node[2].status[1], NOT_ENDED);
    lose(c, 0, 1);
    while (deliver(c, 0, 2) || deliver(c, 2, 0)) {
    }
    assert_int_equal(c->node[0].status[0], DSM_OK);
    assert_int_equal(c->node[2].status[1], DSM_E_LOST);
    const dsm_message own = {.type = DSM_MSG_PEER_GONE, .origin = 2};
    assert_int_equal(inject(c, 0, 2, &own), DSM_E_PROTOCOL);
    cluster_free(c);
}

/* Node 1 takes node 2 for the home of page 0, which has moved on to node 3; then node 2 is lost. */
static struct cluster *with_a_lost_hint(void)
{
    struct cluster *c = open_cluster_with(4, 3, 0);
    uint64_t id = id_homed_at(c, 0, 0);
    store(c, 2, 0, 0, 1);
    store(c, 1, 0, 5, 42);
    assert_int_equal(dsm_core_owner(c->node[1].core, 0), 2);
    for (uint8_t round = 1; round <= 3; round++) {
        acquire(c, 3, id);
        store(c, 3, 0, 9, round);
        release(c, 3, id);
        visit(c, 0, id);
    }
    assert_int_equal(dsm_core_owner(c->node[0].core, 0), 3); /* the directory */
    assert_int_equal(dsm_core_owner(c->node[1].core, 0), 2);
    c->dead |= 1u << 2;
    for (uint32_t node = 0; node < 4; node++) {
        if (node != 2) {
            lose(c, node, 2);
        }
    }
    settle(c);
    return c;
}

static void a_diff_for_a_lost_node_finds_the_home_by_way_of_the_directory(void **state)
{
    (void)state;
    struct cluster *c = with_a_lost_hint();
    uint64_t id = id_homed_at(c, 3, 0);
    acquire(c, 1, id);
    release(c, 1, id);
    visit(c, 3, id);
    assert_int_equal(c->node[3].view[0][5], 42);
    assert_int_equal(c->node[3].view[0][9], 3);
    assert_int_equal(load(c, 1, 0, 9), 3);
    cluster_free(c);
}

static void what_asks_a_lost_node_finds_the_home_by_way_of_the_directory(void **state)
{
    (void)state;
    struct cluster *c = with_a_lost_hint();
    assert_true(atomic(c, 1, 1, 0, 8, DSM_OP_GET, 0, 0) >= 0);
    settle(c);
    assert_int_equal(c->node[1].status[1], DSM_OK);
    assert_int_equal(c->node[1].result[1], 3u << 8);
    assert_int_equal(load(c, 1, 0, 9), 3);
    cluster_free(c);
}

/* Node 0, the directory, has sent its diff to node 1, which has given the page to node 2 and knows that this is lost: it asks the
 * directory, which does not know yet. */
static void a_diff_may_come_back_to_the_directory_that_sent_it(void **state)
{
    (void)state;
    struct cluster *c = open_cluster_with(3, 1, 0);
    uint64_t id = id_homed_at(c, 1, 0);
    store(c, 1, 0, 0, 1); /* page 0 is directed by node 0, and at home at node 1 */
    store(c, 0, 0, 5, 42);
    acquire(c, 2, id);
    store(c, 2, 0, 9, 3);
    assert_int_equal(unlock(c, 2, id, 102), DSM_OK);
    assert_int_equal(lock(c, 1, 6, id, 101, 0), DSM_PENDING);
    while (deliver(c, 1, 2) || deliver(c, 2, 1)) {
    }
    assert_int_equal(dsm_core_owner(c->node[2].core, 0), 2);
    assert_int_equal(dsm_core_owner(c->node[0].core, 0), 1); /* HOME_IS is still under way, and will not come */
    c->dead |= 1u << 2;
    lose(c, 1, 2);
    uint64_t own = id_homed_at(c, 0, 0);
    assert_int_equal(lock(c, 0, 6, own, 100, 0), DSM_OK);
    assert_int_equal(unlock(c, 0, own, 100), DSM_OK);
    assert_int_equal(lock(c, 1, 0, own, 101, 0), DSM_PENDING);
    while (deliver(c, 1, 0) || deliver(c, 0, 1)) {
    }
    assert_int_equal(c->node[1].status[0], DSM_OK); /* the release is over, and the write is lost with node 2 */
    cluster_free(c);
}

static void what_waits_for_a_page_of_a_lost_home_fails(void **state)
{
    (void)state;
    struct cluster *c = open_cluster(3);
    store(c, 0, 0, 0, 1);
    assert_int_equal(fault(c, 1, 0, 0, 1), DSM_PENDING);
    assert_int_equal(atomic(c, 1, 1, 0, 8, DSM_OP_ADD, 1, 0), DSM_PENDING);
    lose(c, 1, 0);
    assert_int_equal(c->node[1].status[0], DSM_E_LOST);
    assert_int_equal(c->node[1].status[1], DSM_E_LOST);
    assert_int_equal(fault(c, 1, 0, 0, 0), DSM_E_LOST);
    assert_true(dsm_core_quiet(c->node[1].core));
    cluster_free(c);
}

/* A body of the test's own making, behind the head of `message`. */
static int inject_body(struct cluster *c, uint32_t from, uint32_t to, dsm_message message, const void *body,
                       uint32_t length)
{
    uint8_t bytes[DSM_WIRE_FRAME_MAX(CLUSTER_PAGE_BYTES)];
    message.body_length = length;
    uint32_t head = dsm_wire_encode(&message, CLUSTER_PAGE_BYTES, bytes);
    memcpy(bytes + head, body, length);
    return inject_bytes(c, from, to, bytes, head + length);
}

static void what_cannot_be_true_is_refused(void **state)
{
    (void)state;
    struct cluster *c = open_cluster(3);
    store(c, 0, 0, 0, 1);
    touch(c, 1, 0, 0);
    const dsm_message vector = {.type = DSM_MSG_VECTOR};
    const uint8_t seen_the_future[] = {1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0};
    assert_int_equal(inject_body(c, 1, 0, vector, seen_the_future, sizeof seen_the_future), DSM_E_PROTOCOL);
    uint8_t notices[48] = {1};
    notices[8] = 2;  /* node 2 */
    notices[12] = 1; /* one range */
    notices[16] = 2; /* intervals 2 .. 2, of which the first is missing */
    notices[24] = 2;
    notices[40] = 1;
    const dsm_message noticed = {.type = DSM_MSG_NOTICES};
    assert_int_equal(inject_body(c, 2, 0, noticed, notices, sizeof notices), DSM_E_PROTOCOL);
    notices[16] = 1;
    assert_int_equal(inject_body(c, 2, 0, noticed, notices, sizeof notices), DSM_OK);
    const uint8_t diff[] = {1, 0, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0, 99};
    const dsm_message good = {.type = DSM_MSG_DIFF, .flags = DSM_FLAG_LAST, .subject = 0, .origin = 1, .number = 4};
    dsm_message bad = good;
    bad.subject = FLAG_PAGE; /* no RELEASE page */
    assert_int_equal(inject_body(c, 1, 0, bad, diff, sizeof diff), DSM_E_PROTOCOL);
    bad = good;
    bad.origin = 2; /* in another's name, and not passed on */
    assert_int_equal(inject_body(c, 1, 0, bad, diff, sizeof diff), DSM_E_PROTOCOL);
    bad = good;
    bad.subject = 1; /* neither home nor ever was */
    assert_int_equal(inject_body(c, 1, 0, bad, diff, sizeof diff), DSM_E_PROTOCOL);
    assert_int_equal(inject_body(c, 1, 0, good, diff, sizeof diff - 1), DSM_E_PROTOCOL);
    assert_int_equal(inject_body(c, 1, 0, good, diff, sizeof diff), DSM_OK);
    assert_int_equal(c->node[0].view[0][3], 99);
    const dsm_message flushed = {.type = DSM_MSG_FLUSHED, .number = 1, .count = 1};
    assert_int_equal(inject(c, 1, 0, &flushed), DSM_E_PROTOCOL); /* nothing was sent */
    const dsm_message fetch = {.type = DSM_MSG_FETCH, .subject = 1, .origin = 1, .number = 1};
    assert_int_equal(inject(c, 1, 0, &fetch), DSM_E_PROTOCOL); /* node 0 does not direct page 1 */
    const dsm_message nobody = {.type = DSM_MSG_FETCH, .subject = 0, .origin = 3, .number = 1};
    assert_int_equal(inject(c, 1, 0, &nobody), DSM_E_PROTOCOL);
    const dsm_message give = {.type = DSM_MSG_GIVE, .flags = DSM_FLAG_ZERO, .subject = 0, .epoch = 9};
    assert_int_equal(inject(c, 1, 0, &give), DSM_E_PROTOCOL); /* it has it */
    const dsm_message request = {.type = DSM_MSG_PAGE_REQUEST, .subject = 0, .access = DSM_ACCESS_READ};
    assert_int_equal(inject(c, 1, 0, &request), DSM_E_PROTOCOL); /* the other protocol */
    cluster_free(c);
}

int test_release_losses(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_release_to_a_lost_home_ends),
        cmocka_unit_test(what_was_passed_on_to_a_lost_node_does_not_wait_for_ever),
        cmocka_unit_test(a_diff_for_a_lost_node_finds_the_home_by_way_of_the_directory),
        cmocka_unit_test(what_asks_a_lost_node_finds_the_home_by_way_of_the_directory),
        cmocka_unit_test(a_diff_may_come_back_to_the_directory_that_sent_it),
        cmocka_unit_test(what_waits_for_a_page_of_a_lost_home_fails),
        cmocka_unit_test(what_cannot_be_true_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
