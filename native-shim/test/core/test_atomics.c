/* Atomic operations: here, at the home, and where the page is alone. */
#include "tests.h"

#include <string.h>

#include "dsm_state.h"

#define SHARED_PAGE 0u  /* RELEASE */
#define FLAG_PAGE   20u /* SEQUENTIAL */
#define PLACE       8u

static struct cluster *open_cluster(uint32_t nodes)
{
    dsm_core_config config = cluster_config();
    config.release_end = 16;
    config.twins = CLUSTER_TWINS;
    return cluster_new_with(nodes, &config);
}

/* The operation, to its end; what was there before. */
static uint64_t done(struct cluster *c, uint32_t node, uint64_t page, uint32_t operation, uint64_t operand,
                     uint64_t expected)
{
    assert_true(atomic(c, node, 0, page, PLACE, operation, operand, expected) >= 0);
    settle(c);
    assert_int_equal(c->node[node].status[0], DSM_OK);
    return c->node[node].result[0];
}

static void every_operation_does_what_it_says(void **state)
{
    (void)state;
    const uint64_t pages[] = {SHARED_PAGE, FLAG_PAGE};
    for (uint32_t i = 0; i < 2; i++) {
        struct cluster *c = open_cluster(3);
        for (uint32_t node = 0; node < 3; node++) {
            uint64_t base = 100 * node;
            assert_int_equal(done(c, node, pages[i], DSM_OP_SET, base + 5, 0), node == 0 ? 0 : base - 100 + 9);
            assert_int_equal(done(c, node, pages[i], DSM_OP_ADD, 2, 0), base + 5);
            assert_int_equal(done(c, node, pages[i], DSM_OP_COMPARE_SET, 1, 4), base + 7); /* not there */
            assert_int_equal(done(c, node, pages[i], DSM_OP_COMPARE_SET, base + 9, base + 7), base + 7);
            assert_int_equal(done(c, node, pages[i], DSM_OP_GET, 0, 0), base + 9);
        }
        cluster_free(c);
    }
}

static void four_bytes_leave_their_neighbours_alone(void **state)
{
    (void)state;
    struct cluster *c = open_cluster(2);
    assert_int_equal(done(c, 1, FLAG_PAGE, DSM_OP_SET, UINT64_MAX, 0), 0);
    uint64_t value = 0;
    dsm_event event = {.type = DSM_EV_ATOMIC,
                       .page = FLAG_PAGE,
                       .offset = PLACE,
                       .width = 4,
                       .operation = DSM_OP_ADD,
                       .operand = 2,
                       .value = &value,
                       .thread = 1,
                       .slot = 1};
    (void)step(c, 1, event);
    settle(c);
    assert_int_equal(c->node[1].result[1], UINT32_MAX);
    assert_true(done(c, 0, FLAG_PAGE, DSM_OP_GET, 0, 0) == (UINT64_C(0xffffffff00000000) | 1u));
    cluster_free(c);
}

static void odd_requests_are_refused(void **state)
{
    (void)state;
    struct cluster *c = open_cluster(2);
    const dsm_event good = {.type = DSM_EV_ATOMIC, .page = FLAG_PAGE, .offset = 8, .width = 8, .thread = 1};
    dsm_event bad = good;
    bad.width = 2;
    assert_int_equal(step(c, 0, bad), DSM_E_ARGUMENT);
    bad = good;
    bad.offset = 12;
    assert_int_equal(step(c, 0, bad), DSM_E_ARGUMENT);
    bad = good;
    bad.offset = CLUSTER_PAGE_BYTES;
    assert_int_equal(step(c, 0, bad), DSM_E_ARGUMENT);
    bad = good;
    bad.page = CLUSTER_PAGES;
    assert_int_equal(step(c, 0, bad), DSM_E_ARGUMENT);
    bad = good;
    bad.operation = 4;
    assert_int_equal(step(c, 0, bad), DSM_E_ARGUMENT);
    dsm_message outside = {.type = DSM_MSG_ATOMIC,
                           .subject = FLAG_PAGE,
                           .number = 1,
                           .offset = CLUSTER_PAGE_BYTES,
                           .width = 8,
                           .origin = 1};
    assert_int_equal(inject(c, 1, 0, &outside), DSM_E_PROTOCOL);
    outside.offset = 0;
    outside.origin = 0; /* in another's name */
    assert_int_equal(inject(c, 1, 0, &outside), DSM_E_PROTOCOL);
    const dsm_message answer = {.type = DSM_MSG_ATOMIC_RESULT, .subject = FLAG_PAGE, .number = 77};
    assert_int_equal(inject(c, 1, 0, &answer), DSM_E_PROTOCOL); /* to no question */
    cluster_free(c);
}

/* Under contention the page stays at its home and the operations travel. */
static void a_contended_word_stays_at_its_home(void **state)
{
    (void)state;
    struct cluster *c = open_cluster(3); /* node 2 is the home */
    for (uint32_t round = 0; round < 10; round++) {
        assert_int_equal(done(c, 0, FLAG_PAGE, DSM_OP_ADD, 1, 0), 3 * round);
        assert_int_equal(done(c, 1, FLAG_PAGE, DSM_OP_ADD, 1, 0), 3 * round + 1);
        assert_int_equal(done(c, 2, FLAG_PAGE, DSM_OP_ADD, 1, 0), 3 * round + 2);
    }
    assert_int_equal(counter(c, 0, DSM_C_PAGES_FETCHED), 0);
    assert_int_equal(counter(c, 1, DSM_C_PAGES_FETCHED), 0);
    assert_int_equal(counter(c, 2, DSM_C_ATOMICS), 30);
    cluster_free(c);
}

static void a_word_that_one_node_uses_goes_there(void **state)
{
    (void)state;
    struct cluster *c = open_cluster(3);
    for (uint32_t round = 0; round < 20; round++) {
        assert_int_equal(done(c, 0, FLAG_PAGE, DSM_OP_ADD, 1, 0), round);
    }
    assert_int_equal(c->node[0].access[FLAG_PAGE], DSM_ACCESS_WRITE);
    assert_int_equal(counter(c, 0, DSM_C_MESSAGES_OUT + DSM_MSG_ATOMIC), 4);
    assert_int_equal(done(c, 1, FLAG_PAGE, DSM_OP_ADD, 1, 0), 20); /* and back */
    assert_int_equal(done(c, 0, FLAG_PAGE, DSM_OP_ADD, 1, 0), 21);
    assert_int_equal(done(c, 2, FLAG_PAGE, DSM_OP_GET, 0, 0), 22);
    cluster_free(c);
}

/* Readers spin on copies; an operation drops them first. */
static void readers_of_the_page_see_the_new_value(void **state)
{
    (void)state;
    struct cluster *c = open_cluster(3);
    for (uint32_t node = 0; node < 3; node++) {
        (void)read_byte(c, node, FLAG_PAGE);
    }
    assert_int_equal(done(c, 0, FLAG_PAGE, DSM_OP_SET, 7, 0), 0);
    for (uint32_t node = 0; node < 3; node++) {
        (void)read_byte(c, node, FLAG_PAGE);
        assert_int_equal(c->node[node].view[FLAG_PAGE][PLACE], 7);
    }
    cluster_free(c);
}

/* Data, then an operation; an operation, then the data. */
static void an_operation_releases_and_acquires(void **state)
{
    (void)state;
    const uint64_t words[] = {4, FLAG_PAGE}; /* RELEASE and SEQUENTIAL */
    for (uint32_t i = 0; i < 2; i++) {
        for (uint32_t writer = 0; writer < 3; writer++) {
            struct cluster *c = open_cluster(3);
            uint32_t reader = (writer + 1) % 3;
            write_byte(c, 2, SHARED_PAGE, 1); /* at home on node 2 */
            (void)read_byte(c, reader, SHARED_PAGE);
            write_byte(c, writer, SHARED_PAGE, 50);
            (void)done(c, writer, words[i], DSM_OP_SET, 1, 0);
            assert_int_equal(done(c, reader, words[i], DSM_OP_GET, 0, 0), 1);
            assert_int_equal(read_byte(c, reader, SHARED_PAGE), 50);
            cluster_free(c);
        }
    }
}

/* On a RELEASE page the home does it; the copy that is here must not hide it from its own thread. */
static void a_thread_reads_what_its_own_operation_wrote(void **state)
{
    (void)state;
    struct cluster *c = open_cluster(3);
    write_byte(c, 0, SHARED_PAGE, 1);
    write_byte(c, 1, SHARED_PAGE, 2); /* dirty here */
    assert_int_equal(done(c, 1, SHARED_PAGE, DSM_OP_ADD, 9, 0), 0);
    assert_int_equal(read_byte(c, 1, SHARED_PAGE), 2);
    assert_int_equal(c->node[1].view[SHARED_PAGE][PLACE], 9);
    cluster_free(c);
}

/* ... nor from those who acquire from this node by something else. */
static void others_drop_their_copies_at_the_next_acquire(void **state)
{
    (void)state;
    struct cluster *c = open_cluster(3);
    uint64_t id = id_homed_at(c, 0, 0);
    write_byte(c, 0, SHARED_PAGE, 1);
    (void)read_byte(c, 2, SHARED_PAGE);
    (void)lock(c, 1, 1, id, 5, 0);
    settle(c);
    assert_int_equal(done(c, 1, SHARED_PAGE, DSM_OP_ADD, 9, 0), 0);
    assert_int_equal(unlock(c, 1, id, 5), DSM_OK);
    (void)lock(c, 2, 1, id, 6, 0);
    settle(c);
    assert_int_equal(c->node[2].status[1], DSM_OK);
    (void)read_byte(c, 2, SHARED_PAGE);
    assert_int_equal(c->node[2].view[SHARED_PAGE][PLACE], 9);
    cluster_free(c);
}

/* An operation that waits for this node's release has no number yet, and 0 is none. */
static void a_result_that_nobody_asked_for_is_refused(void **state)
{
    (void)state;
    struct cluster *c = open_cluster(2);
    write_byte(c, 0, SHARED_PAGE, 1);
    write_byte(c, 1, SHARED_PAGE, 2); /* to be released first */
    assert_int_equal(atomic(c, 1, 0, SHARED_PAGE, PLACE, DSM_OP_ADD, 3, 0), DSM_PENDING);
    assert_int_equal(under_way(c, 1, 0), DSM_MSG_DIFF);
    const dsm_message forged = {.type = DSM_MSG_ATOMIC_RESULT, .subject = SHARED_PAGE, .number = 0};
    assert_int_equal(inject(c, 0, 1, &forged), DSM_E_PROTOCOL);
    settle(c);
    assert_int_equal(c->node[1].status[0], DSM_OK);
    cluster_free(c);
}

int test_atomics(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_operation_does_what_it_says),
        cmocka_unit_test(four_bytes_leave_their_neighbours_alone),
        cmocka_unit_test(odd_requests_are_refused),
        cmocka_unit_test(a_contended_word_stays_at_its_home),
        cmocka_unit_test(a_word_that_one_node_uses_goes_there),
        cmocka_unit_test(readers_of_the_page_see_the_new_value),
        cmocka_unit_test(an_operation_releases_and_acquires),
        cmocka_unit_test(a_thread_reads_what_its_own_operation_wrote),
        cmocka_unit_test(others_drop_their_copies_at_the_next_acquire),
        cmocka_unit_test(a_result_that_nobody_asked_for_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
