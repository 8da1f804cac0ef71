/* RELEASE pages: homes, copies, twins, releases and notices, one at a time. */
#include "tests.h"

#include <string.h>

#include "dsm_state.h"

#define RELEASE_PAGES 16u
#define FLAG_PAGE     20u /* SEQUENTIAL */

static struct cluster *open_cluster_with(uint32_t nodes, uint32_t migrate_after, uint64_t inform_ns)
{
    dsm_core_config config = cluster_config();
    config.release_end = RELEASE_PAGES;
    config.twins = CLUSTER_TWINS;
    config.notices = 64;
    config.migrate_after = migrate_after;
    config.inform_ns = inform_ns;
    return cluster_new_with(nodes, &config);
}

static struct cluster *open_cluster(uint32_t nodes)
{
    return open_cluster_with(nodes, 0, 0);
}

/* One thread of the node touches one byte, faulting until it may. */
static void touch(struct cluster *c, uint32_t node, uint64_t page, int write)
{
    if (write) {
        uint8_t same = c->node[node].view[page][0];
        while (c->node[node].access[page] < DSM_ACCESS_WRITE) {
            write_byte(c, node, page, same);
            same = c->node[node].view[page][0];
        }
    } else {
        (void)read_byte(c, node, page);
    }
}

static void store(struct cluster *c, uint32_t node, uint64_t page, uint32_t offset, uint8_t value)
{
    while (c->node[node].access[page] < DSM_ACCESS_WRITE) {
        assert_true(fault(c, node, 7, page, 1) >= 0);
        settle(c);
        assert_int_equal(c->node[node].status[7], DSM_OK);
        assert_int_equal(resumed(c, node, 7), DSM_OK);
    }
    c->node[node].view[page][offset] = value;
}

static uint8_t load(struct cluster *c, uint32_t node, uint64_t page, uint32_t offset)
{
    (void)read_byte(c, node, page);
    return c->node[node].view[page][offset];
}

static void acquire(struct cluster *c, uint32_t node, uint64_t id)
{
    (void)lock(c, node, 6, id, node + 100, 0);
    settle(c);
    assert_int_equal(c->node[node].status[6], DSM_OK);
}

static void release(struct cluster *c, uint32_t node, uint64_t id)
{
    assert_int_equal(unlock(c, node, id, node + 100), DSM_OK);
    settle(c);
}

/* The node takes the lock and gives it back: it has acquired all that was released with it. */
static void visit(struct cluster *c, uint32_t node, uint64_t id)
{
    acquire(c, node, id);
    release(c, node, id);
}

static uint64_t sent(const struct cluster *c, uint32_t node, uint32_t type)
{
    return counter(c, node, DSM_C_MESSAGES_OUT + type);
}

/* ---- homes ------------------------------------------------------------------------------------------------ */

static void who_touches_a_page_first_becomes_its_home(void **state)
{
    (void)state;
    struct cluster *c = open_cluster(3);
    store(c, 1, 0, 5, 42); /* page 0 is directed by node 0 */
    assert_int_equal(c->node[1].access[0], DSM_ACCESS_WRITE);
    assert_int_equal(dsm_core_owner(c->node[0].core, 0), 1);
    assert_int_equal(dsm_core_owner(c->node[1].core, 0), 1);
    assert_int_equal(dsm_core_owner(c->node[2].core, 0), DSM_NO_NODE);
    assert_int_equal(counter(c, 1, DSM_C_TWINS), 0);
    assert_int_equal(load(c, 2, 0, 5), 42); /* by way of the directory */
    assert_int_equal(sent(c, 0, DSM_MSG_FETCH), 1);
    assert_int_equal(sent(c, 1, DSM_MSG_COPY), 1);
    assert_int_equal(dsm_core_owner(c->node[2].core, 0), 1);
    assert_true(dsm_core_quiet(c->node[2].core));
    cluster_free(c);
}

static void a_page_nobody_else_has_costs_nothing(void **state)
{
    (void)state;
    struct cluster *c = open_cluster(2);
    uint64_t id = id_homed_at(c, 1, 0);
    for (uint64_t page = 0; page < RELEASE_PAGES; page++) {
        store(c, 0, page, 0, 1);
    }
    uint32_t protects = c->node[0].protects;
    for (uint32_t round = 0; round < 5; round++) {
        acquire(c, 0, id);
        for (uint64_t page = 0; page < RELEASE_PAGES; page++) {
            store(c, 0, page, 0, (uint8_t)round);
        }
        release(c, 0, id);
        visit(c, 1, id); /* the token leaves: a release, if there was anything to release */
    }
    assert_int_equal(c->node[0].protects, protects);
    assert_int_equal(counter(c, 0, DSM_C_RELEASES), 0);
    assert_int_equal(counter(c, 0, DSM_C_TWINS), 0);
    assert_int_equal(sent(c, 0, DSM_MSG_NOTICES), 0);
    cluster_free(c);
}

static void a_page_is_exclusive_again_when_its_copies_have_died(void **state)
{
    (void)state;
    struct cluster *c = open_cluster_with(3, 0, 500);
    uint64_t id = id_homed_at(c, 2, 0);
    store(c, 0, 0, 0, 1);
    touch(c, 1, 0, 0);
    touch(c, 2, 0, 0);
    assert_int_equal(c->node[0].access[0], DSM_ACCESS_READ); /* narrowed by the first copy */
    acquire(c, 0, id);
    store(c, 0, 0, 0, 2);
    release(c, 0, id);
    visit(c, 1, id);
    settle(c); /* all are told, and say so */
    assert_int_equal(c->node[1].access[0], DSM_ACCESS_NONE);
    assert_int_equal(c->node[2].access[0], DSM_ACCESS_NONE);
    uint64_t releases = counter(c, 0, DSM_C_RELEASES);
    acquire(c, 0, id);
    store(c, 0, 0, 0, 3);
    release(c, 0, id);
    visit(c, 1, id);
    assert_int_equal(c->node[0].access[0], DSM_ACCESS_WRITE); /* nothing to track, nothing to close */
    assert_int_equal(counter(c, 0, DSM_C_RELEASES), releases);
    assert_int_equal(load(c, 1, 0, 0), 3);
    acquire(c, 0, id); /* fetched again: tracked again */
    store(c, 0, 0, 0, 4);
    release(c, 0, id);
    visit(c, 1, id);
    assert_int_equal(counter(c, 0, DSM_C_RELEASES), releases + 1);
    assert_int_equal(load(c, 1, 0, 0), 4);
    cluster_free(c);
}

static void a_page_moves_to_the_node_that_keeps_writing_it(void **state)
{
    (void)state;
    struct cluster *c = open_cluster_with(3, 3, 0);
    uint64_t id = id_homed_at(c, 2, 0);
    store(c, 0, 0, 0, 1); /* node 0 is home */
    for (uint8_t round = 1; round <= 3; round++) {
        assert_int_equal(dsm_core_owner(c->node[0].core, 0), 0);
        acquire(c, 1, id);
        store(c, 1, 0, 1, round);
        release(c, 1, id);
        visit(c, 2, id);
    }
    assert_int_equal(dsm_core_owner(c->node[0].core, 0), 1);
    assert_int_equal(dsm_core_owner(c->node[1].core, 0), 1);
    assert_int_equal(counter(c, 1, DSM_C_HOMES_MOVED), 1);
    uint64_t twins = counter(c, 1, DSM_C_TWINS);
    acquire(c, 1, id);
    store(c, 1, 0, 1, 77);
    release(c, 1, id);
    assert_int_equal(counter(c, 1, DSM_C_TWINS), twins); /* in place */
    visit(c, 0, id);
    visit(c, 2, id);
    assert_int_equal(load(c, 0, 0, 1), 77);
    assert_int_equal(load(c, 2, 0, 1), 77);
    assert_int_equal(load(c, 2, 0, 0), 1);
    acquire(c, 0, id); /* the home before writes it from afar */
    store(c, 0, 0, 0, 78);
    release(c, 0, id);
    visit(c, 1, id);
    assert_int_equal(load(c, 1, 0, 0), 78);
    cluster_free(c);
}

/* A page that others write too stays where it is. */
static void a_page_with_two_writers_does_not_move(void **state)
{
    (void)state;
    struct cluster *c = open_cluster_with(3, 2, 0);
    uint64_t id = id_homed_at(c, 0, 0);
    store(c, 0, 0, 0, 1);
    for (uint8_t round = 1; round <= 6; round++) {
        uint32_t node = 1 + round % 2;
        acquire(c, node, id);
        store(c, node, 0, node, round);
        release(c, node, id);
        visit(c, 0, id);
    }
    assert_int_equal(dsm_core_owner(c->node[0].core, 0), 0);
    assert_int_equal(load(c, 0, 0, 2), 5);
    assert_int_equal(load(c, 0, 0, 1), 6);
    cluster_free(c);
}

/* ---- writers ------------------------------------------------------------------------------------------------ */

static void neighbouring_bytes_of_many_writers_all_survive(void **state)
{
    (void)state;
    struct cluster *c = open_cluster(4);
    store(c, 0, 0, 0, 10); /* home */
    for (uint32_t node = 0; node < 4; node++) {
        acquire(c, node, id_homed_at(c, node, 1)); /* each its own lock: no order among them */
        store(c, node, 0, node, (uint8_t)(20 + node));
    }
    for (uint32_t node = 0; node < 4; node++) {
        release(c, node, id_homed_at(c, node, 1));
        visit(c, (node + 1) % 4, id_homed_at(c, node, 1));
    }
    for (uint32_t node = 0; node < 4; node++) {
        assert_int_equal(arrive(c, node, node, 77, 4) < 0, 0);
    }
    settle(c);
    for (uint32_t reader = 0; reader < 4; reader++) {
        for (uint32_t node = 0; node < 4; node++) {
            assert_int_equal(load(c, reader, 0, node), 20 + node);
        }
    }
    cluster_free(c);
}

static void a_written_page_that_others_wrote_too_is_merged_when_touched(void **state)
{
    (void)state;
    struct cluster *c = open_cluster(2);
    uint64_t id = id_homed_at(c, 0, 0);
    store(c, 0, 0, 0, 1);
    store(c, 1, 0, 9, 91); /* node 1 has a twin */
    acquire(c, 0, id);
    store(c, 0, 0, 8, 81);
    release(c, 0, id);
    acquire(c, 1, id);
    assert_int_equal(c->node[1].access[0], DSM_ACCESS_NONE);
    assert_int_equal(sent(c, 1, DSM_MSG_DIFF), 0);
    assert_int_equal(load(c, 1, 0, 8), 81);
    assert_int_equal(c->node[1].view[0][9], 91);
    assert_int_equal(counter(c, 1, DSM_C_MERGES), 1);
    release(c, 1, id);
    visit(c, 0, id);
    assert_int_equal(load(c, 0, 0, 9), 91);
    assert_int_equal(load(c, 0, 0, 8), 81);
    cluster_free(c);
}

/* Closed by a notice, released before anybody here touched it again. */
static void a_stale_page_is_released_like_any_other(void **state)
{
    (void)state;
    struct cluster *c = open_cluster(2);
    uint64_t id = id_homed_at(c, 0, 0);
    store(c, 0, 0, 0, 1);
    store(c, 1, 0, 9, 91);
    acquire(c, 0, id);
    store(c, 0, 0, 8, 81);
    release(c, 0, id);
    visit(c, 1, id);
    visit(c, 0, id);
    assert_int_equal(load(c, 0, 0, 9), 91);
    assert_int_equal(load(c, 0, 0, 8), 81);
    assert_int_equal(counter(c, 1, DSM_C_MERGES), 0);
    assert_int_equal(load(c, 1, 0, 8), 81);
    cluster_free(c);
}

static void more_pages_than_twins_may_be_written(void **state)
{
    (void)state;
    struct cluster *c = open_cluster(2);
    uint64_t id = id_homed_at(c, 0, 0);
    for (uint64_t page = 0; page < RELEASE_PAGES; page++) {
        store(c, 0, page, 0, 1);
    }
    acquire(c, 1, id);
    for (uint64_t page = 0; page < RELEASE_PAGES; page++) {
        store(c, 1, page, 1, (uint8_t)(100 + page));
    }
    release(c, 1, id);
    visit(c, 0, id);
    for (uint64_t page = 0; page < RELEASE_PAGES; page++) {
        assert_int_equal(load(c, 0, page, 1), 100 + page);
    }
    assert_int_equal(counter(c, 1, DSM_C_TWINS), RELEASE_PAGES);
    assert_int_equal(counter(c, 1, DSM_C_RELEASES), 2);
    cluster_free(c);
}

/* ---- releases ------------------------------------------------------------------------------------------------ */

static void a_lock_nobody_else_wants_costs_no_message_and_no_release(void **state)
{
    (void)state;
    struct cluster *c = open_cluster(2);
    uint64_t id = id_homed_at(c, 0, 0);
    store(c, 0, 0, 0, 1);
    acquire(c, 1, id);
    store(c, 1, 0, 1, 1);
    release(c, 1, id);
    uint64_t before = 0;
    uint64_t after = 0;
    for (uint32_t type = 0; type < DSM_MSG_TYPES; type++) {
        before += sent(c, 1, type);
    }
    for (uint8_t round = 0; round < 10; round++) {
        acquire(c, 1, id);
        store(c, 1, 0, 1, round);
        release(c, 1, id);
    }
    for (uint32_t type = 0; type < DSM_MSG_TYPES; type++) {
        after += sent(c, 1, type);
    }
    assert_int_equal(after, before);
    assert_int_equal(counter(c, 1, DSM_C_RELEASES), 0);
    cluster_free(c);
}

static void the_token_leaves_only_when_the_home_has_the_bytes(void **state)
{
    (void)state;
    struct cluster *c = open_cluster(3);
    uint64_t id = id_homed_at(c, 2, 0);
    store(c, 0, 0, 0, 1);
    acquire(c, 1, id);
    store(c, 1, 0, 1, 7);
    release(c, 1, id);
    assert_int_equal(lock(c, 2, 0, id, 5, 0), DSM_PENDING);
    assert_int_equal(under_way(c, 2, 1), DSM_MSG_LOCK_RECALL);
    assert_true(deliver(c, 2, 1));
    assert_int_equal(c->node[1].access[0], DSM_ACCESS_READ); /* closed before it is compared */
    assert_int_equal(under_way(c, 1, 0), DSM_MSG_DIFF);
    assert_int_equal(under_way(c, 1, 2), 0);                           /* neither the token nor a notice */
    assert_int_equal(lock(c, 1, 1, id, 6, DSM_LOCK_TRY), DSM_PENDING); /* it is on its way out */
    assert_true(deliver(c, 1, 0));
    assert_int_equal(c->node[0].view[0][1], 7);
    assert_int_equal(under_way(c, 1, 2), 0);
    assert_true(deliver(c, 0, 1));                         /* FLUSHED */
    assert_int_equal(under_way(c, 1, 2), DSM_MSG_NOTICES); /* before the token */
    assert_true(deliver(c, 1, 2));
    assert_int_equal(under_way(c, 1, 2), DSM_MSG_LOCK_RETURN);
    settle(c);
    assert_int_equal(c->node[2].status[0], DSM_OK);
    assert_int_equal(c->node[1].status[1], DSM_E_BUSY);
    cluster_free(c);
}

static void all_diffs_for_one_home_share_one_acknowledgement(void **state)
{
    (void)state;
    struct cluster *c = open_cluster(3);
    uint64_t id = id_homed_at(c, 2, 0);
    for (uint64_t page = 0; page < 6; page++) {
        store(c, page < 4 ? 0 : 2, page, 0, 1);
    }
    acquire(c, 1, id);
    for (uint64_t page = 0; page < 6; page++) {
        store(c, 1, page, 1, 9);
    }
    release(c, 1, id);
    visit(c, 2, id);
    assert_int_equal(counter(c, 1, DSM_C_DIFFS_SENT), 6);
    assert_int_equal(sent(c, 0, DSM_MSG_FLUSHED), 1);
    assert_int_equal(sent(c, 2, DSM_MSG_FLUSHED), 1);
    assert_int_equal(counter(c, 1, DSM_C_RELEASES), 1);
    cluster_free(c);
}

/* ---- acquires ------------------------------------------------------------------------------------------------- */

static void an_acquire_drops_exactly_what_was_written(void **state)
{
    (void)state;
    struct cluster *c = open_cluster(3);
    uint64_t id = id_homed_at(c, 2, 0);
    for (uint64_t page = 0; page < RELEASE_PAGES; page++) {
        store(c, 0, page, 0, 1);
        touch(c, 1, page, 0);
    }
    acquire(c, 0, id);
    store(c, 0, 3, 0, 2);
    store(c, 0, 9, 0, 2);
    release(c, 0, id);
    visit(c, 1, id);
    for (uint64_t page = 0; page < RELEASE_PAGES; page++) {
        uint32_t expected = page == 3 || page == 9 ? DSM_ACCESS_NONE : DSM_ACCESS_READ;
        assert_int_equal(c->node[1].access[page], expected);
    }
    assert_int_equal(counter(c, 1, DSM_C_NOTICED), 2);
    visit(c, 1, id);
    visit(c, 0, id);
    visit(c, 1, id); /* nothing new: nothing more is dropped */
    assert_int_equal(counter(c, 1, DSM_C_NOTICED), 2);
    cluster_free(c);
}

static void what_happened_before_is_seen_across_different_locks(void **state)
{
    (void)state;
    struct cluster *c = open_cluster(4);
    uint64_t first = id_homed_at(c, 1, 0);
    uint64_t second = id_homed_at(c, 2, 0);
    store(c, 3, 0, 0, 1);
    touch(c, 2, 0, 0); /* a copy that is to die */
    acquire(c, 0, first);
    store(c, 0, 0, 4, 44);
    release(c, 0, first);
    acquire(c, 1, first);
    acquire(c, 1, second);
    release(c, 1, first);
    release(c, 1, second); /* node 1 wrote nothing itself */
    visit(c, 2, second);
    assert_int_equal(load(c, 2, 0, 4), 44);
    cluster_free(c);
}

static void a_barrier_merges_what_all_wrote(void **state)
{
    (void)state;
    struct cluster *c = open_cluster(4);
    for (uint32_t node = 0; node < 4; node++) {
        store(c, 0, node, 0, 1);
        for (uint32_t reader = 1; reader < 4; reader++) {
            touch(c, reader, node, 0);
        }
    }
    for (uint8_t round = 1; round <= 3; round++) {
        for (uint32_t node = 0; node < 4; node++) {
            store(c, node, node, node + 1, (uint8_t)(10 * round + node));
        }
        for (uint32_t node = 0; node < 4; node++) {
            assert_true(arrive(c, node, 0, 5, 4) >= 0);
        }
        settle(c);
        for (uint32_t reader = 0; reader < 4; reader++) {
            assert_int_equal(c->node[reader].status[0], DSM_OK);
            for (uint32_t node = 0; node < 4; node++) {
                assert_int_equal(load(c, reader, node, node + 1), 10 * round + node);
            }
        }
    }
    cluster_free(c);
}

static void a_volatile_page_is_opened_after_its_notices(void **state)
{
    (void)state;
    struct cluster *c = open_cluster(3); /* the flag's home is node 2 */
    store(c, 0, 0, 0, 1);
    touch(c, 1, 0, 0);
    touch(c, 1, FLAG_PAGE, 0);
    store(c, 0, 0, 0, 2); /* data, then the flag */
    store(c, 0, FLAG_PAGE, 0, 1);
    assert_int_equal(fault(c, 1, 0, FLAG_PAGE, 0), DSM_PENDING);
    for (int i = 0; i < 40 && c->node[1].access[FLAG_PAGE] == DSM_ACCESS_NONE; i++) {
        assert_int_equal(c->node[1].access[0], DSM_ACCESS_READ);
        if (!deliver(c, 2, 1) && !deliver(c, 1, 2) && !deliver(c, 0, 2) && !deliver(c, 2, 0)) {
            c->now += 200;
            tick(c, 0);
        }
        if (c->node[1].access[0] == DSM_ACCESS_NONE) {
            break; /* the notice came first */
        }
    }
    assert_int_equal(c->node[1].access[0], DSM_ACCESS_NONE);
    assert_int_equal(c->node[1].access[FLAG_PAGE], DSM_ACCESS_NONE);
    settle(c);
    assert_int_equal(c->node[1].view[FLAG_PAGE][0], 1);
    assert_int_equal(resumed(c, 1, 0), DSM_OK);
    assert_int_equal(load(c, 1, 0, 0), 2);
    cluster_free(c);
}

static void a_volatile_page_leaves_only_after_a_release(void **state)
{
    (void)state;
    struct cluster *c = open_cluster(3);
    store(c, 1, 0, 0, 1);         /* data at home on node 1 */
    store(c, 0, 0, 1, 7);         /* written by node 0, */
    store(c, 0, FLAG_PAGE, 0, 1); /* which then sets the flag */
    c->now += 1000;
    assert_int_equal(fault(c, 1, 0, FLAG_PAGE, 0), DSM_PENDING);
    assert_true(deliver(c, 1, 2));
    assert_true(deliver(c, 2, 0));                                   /* RECALL */
    assert_int_equal(c->node[0].access[FLAG_PAGE], DSM_ACCESS_READ); /* its writer is stopped */
    assert_int_equal(under_way(c, 0, 1), DSM_MSG_DIFF);
    assert_int_equal(under_way(c, 0, 2), 0); /* the page waits */
    assert_int_equal(fault(c, 0, 1, FLAG_PAGE, 1), DSM_PENDING);
    assert_int_equal(under_way(c, 0, 2), 0); /* and is not asked for before it is returned */
    assert_true(deliver(c, 0, 1));
    assert_true(deliver(c, 1, 0)); /* FLUSHED */
    assert_int_equal(under_way(c, 0, 2), DSM_MSG_NOTICES);
    settle(c);
    assert_int_equal(c->node[1].status[0], DSM_OK);
    assert_int_equal(c->node[1].view[FLAG_PAGE][0], 1);
    assert_int_equal(c->node[1].view[0][1], 7);
    assert_int_equal(resumed(c, 1, 0), DSM_OK);
    settle(c);
    assert_int_equal(c->node[0].status[1], DSM_OK);
    cluster_free(c);
}

static void a_fetch_overtaken_by_a_notice_is_made_again(void **state)
{
    (void)state;
    struct cluster *c = open_cluster(3);
    uint64_t id = id_homed_at(c, 2, 0);
    store(c, 0, 0, 0, 1);
    touch(c, 2, 0, 0); /* so that node 0 tracks its writes */
    assert_int_equal(fault(c, 1, 0, 0, 0), DSM_PENDING);
    assert_true(deliver(c, 1, 0)); /* the answer, with a 1, is under way to node 1 */
    assert_int_equal(lock(c, 0, 1, id, 9, 0), DSM_PENDING);
    assert_true(deliver(c, 0, 2));
    assert_true(deliver(c, 2, 0));
    assert_int_equal(c->node[0].status[1], DSM_OK);
    assert_int_equal(fault(c, 0, 2, 0, 1), DSM_OK);
    c->node[0].view[0][0] = 2;
    assert_int_equal(resumed(c, 0, 2), DSM_OK);
    assert_int_equal(unlock(c, 0, id, 9), DSM_OK);
    assert_int_equal(lock(c, 1, 3, id, 10, 0), DSM_PENDING);
    while (c->node[1].status[3] == NOT_ENDED) { /* everything but what goes from 0 to 1 */
        assert_true(deliver(c, 1, 2) || deliver(c, 2, 0) || deliver(c, 0, 2) || deliver(c, 2, 1));
    }
    assert_true(deliver(c, 0, 1)); /* now the old answer */
    assert_int_equal(c->node[1].status[0], NOT_ENDED);
    assert_int_equal(c->node[1].access[0], DSM_ACCESS_NONE);
    settle(c);
    assert_int_equal(c->node[1].status[0], DSM_OK);
    assert_int_equal(c->node[1].view[0][0], 2);
    cluster_free(c);
}

/* ---- bounds ---------------------------------------------------------------------------------------------------- */

static void notices_do_not_pile_up_for_a_node_that_does_nothing(void **state)
{
    (void)state;
    struct cluster *c = open_cluster_with(3, 0, 1000);
    uint64_t id = id_homed_at(c, 0, 0);
    for (uint64_t page = 0; page < 4; page++) {
        store(c, 0, page, 0, 1);
        touch(c, 1, page, 0);
        touch(c, 2, page, 0); /* and then sleeps */
    }
    uint32_t most = 0;
    for (uint32_t round = 0; round < 300; round++) {
        uint32_t node = round % 2;
        acquire(c, node, id);
        store(c, node, round % 4, node + 1, (uint8_t)round);
        release(c, node, id);
        for (uint32_t i = 0; i < 3; i++) {
            uint32_t count = dsm_notice_count(c->node[i].core->log);
            most = count > most ? count : most;
        }
    }
    settle(c);
    assert_true(most <= 8);
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(dsm_notice_count(c->node[i].core->log), 0);
    }
    visit(c, 2, id);
    assert_int_equal(load(c, 2, 3, 2), (uint8_t)299);
    cluster_free(c);
}

/* The same, but it does not even listen: the log stays within its limits and becomes less exact instead. */
static void notices_stay_bounded_for_a_node_that_does_not_listen(void **state)
{
    (void)state;
    struct cluster *c = open_cluster(3);
    uint64_t id = id_homed_at(c, 0, 0);
    for (uint64_t page = 0; page < RELEASE_PAGES; page++) {
        store(c, 0, page, 0, 1);
        touch(c, 2, page, 0);
    }
    for (uint32_t round = 0; round < 400; round++) {
        uint32_t node = round % 2;
        acquire(c, node, id);
        store(c, node, round % 5, node + 1, (uint8_t)round);
        release(c, node, id);
        assert_true(dsm_notice_count(c->node[node].core->log) <= 64);
    }
    visit(c, 2, id);
    for (uint64_t page = 0; page < 5; page++) {
        assert_int_equal(c->node[2].access[page], DSM_ACCESS_NONE);
    }
    assert_int_equal(load(c, 2, 4, 2), (uint8_t)399);
    cluster_free(c);
}

static void a_clean_copy_may_be_evicted_and_nothing_else(void **state)
{
    (void)state;
    struct cluster *c = open_cluster(2);
    store(c, 0, 0, 0, 1);
    touch(c, 1, 0, 0);
    assert_int_equal(step(c, 1, (dsm_event){.type = DSM_EV_EVICT, .page = 0}), DSM_OK);
    assert_int_equal(c->node[1].access[0], DSM_ACCESS_NONE);
    assert_int_equal(step(c, 1, (dsm_event){.type = DSM_EV_EVICT, .page = 0}), DSM_E_BUSY);
    store(c, 1, 0, 3, 9);
    assert_int_equal(step(c, 1, (dsm_event){.type = DSM_EV_EVICT, .page = 0}), DSM_E_BUSY);
    assert_int_equal(step(c, 0, (dsm_event){.type = DSM_EV_EVICT, .page = 0}), DSM_E_BUSY);
    assert_int_equal(step(c, 0, (dsm_event){.type = DSM_EV_EVICT, .page = FLAG_PAGE}), DSM_E_ARGUMENT);
    cluster_free(c);
}

/* Who has come by an address through a data race may have an older copy of what lies there. */
static void a_copy_is_refreshed_even_if_it_is_written_here(void **state)
{
    (void)state;
    struct cluster *c = open_cluster(2);
    const dsm_event refresh = {.type = DSM_EV_EVICT, .page = 0, .flags = DSM_EVICT_REFRESH};
    store(c, 0, 0, 0, 1);
    store(c, 1, 0, 3, 9); /* a copy, written */
    store(c, 0, 0, 1, 2); /* the home goes on, and releases nothing */
    assert_int_equal(load(c, 1, 0, 1), 0);
    assert_int_equal(step(c, 1, refresh), DSM_OK);
    assert_int_equal(load(c, 1, 0, 1), 2);
    assert_int_equal(load(c, 1, 0, 3), 9);
    assert_int_equal(step(c, 0, refresh), DSM_OK); /* at the home nothing is older */
    assert_int_equal(load(c, 0, 0, 1), 2);
    assert_int_equal(step(c, 0, (dsm_event){.type = DSM_EV_EVICT, .page = 0, .flags = 2}), DSM_E_ARGUMENT);
    cluster_free(c);
}

/* ---- losses ------------------------------------------------------------------------------------------------------ */

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

static void modes_are_a_function_of_the_address(void **state)
{
    (void)state;
    dsm_core_config config = cluster_config();
    config.nodes = 3;
    config.pages = 64;
    config.arena_first = 30;
    config.release_first = 10;
    config.release_end = 20;
    config.arena_release_first = 4;
    config.arena_release_end = 8;
    for (uint64_t page = 0; page < 64; page++) {
        uint64_t arena = 34 / 3;
        uint64_t offset = page < 30 ? 0 : (page - 30) - arena * dsm_core_home(&config, page);
        int release_page = page < 30 ? page >= 10 && page < 20 : offset >= 4 && offset < 8;
        assert_int_equal(dsm_core_mode(&config, page), release_page ? DSM_MODE_RELEASE : DSM_MODE_SEQUENTIAL);
    }
    config.release_end = 31; /* into the arenas */
    assert_int_equal(dsm_core_size(&config), 0);
}

int test_release(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_touches_a_page_first_becomes_its_home),
        cmocka_unit_test(a_page_nobody_else_has_costs_nothing),
        cmocka_unit_test(a_page_is_exclusive_again_when_its_copies_have_died),
        cmocka_unit_test(a_page_moves_to_the_node_that_keeps_writing_it),
        cmocka_unit_test(a_page_with_two_writers_does_not_move),
        cmocka_unit_test(neighbouring_bytes_of_many_writers_all_survive),
        cmocka_unit_test(a_written_page_that_others_wrote_too_is_merged_when_touched),
        cmocka_unit_test(a_stale_page_is_released_like_any_other),
        cmocka_unit_test(more_pages_than_twins_may_be_written),
        cmocka_unit_test(a_lock_nobody_else_wants_costs_no_message_and_no_release),
        cmocka_unit_test(the_token_leaves_only_when_the_home_has_the_bytes),
        cmocka_unit_test(all_diffs_for_one_home_share_one_acknowledgement),
        cmocka_unit_test(an_acquire_drops_exactly_what_was_written),
        cmocka_unit_test(what_happened_before_is_seen_across_different_locks),
        cmocka_unit_test(a_barrier_merges_what_all_wrote),
        cmocka_unit_test(a_volatile_page_is_opened_after_its_notices),
        cmocka_unit_test(a_volatile_page_leaves_only_after_a_release),
        cmocka_unit_test(a_fetch_overtaken_by_a_notice_is_made_again),
        cmocka_unit_test(notices_do_not_pile_up_for_a_node_that_does_nothing),
        cmocka_unit_test(notices_stay_bounded_for_a_node_that_does_not_listen),
        cmocka_unit_test(a_clean_copy_may_be_evicted_and_nothing_else),
        cmocka_unit_test(a_copy_is_refreshed_even_if_it_is_written_here),
        cmocka_unit_test(a_release_to_a_lost_home_ends),
        cmocka_unit_test(what_was_passed_on_to_a_lost_node_does_not_wait_for_ever),
        cmocka_unit_test(what_waits_for_a_page_of_a_lost_home_fails),
        cmocka_unit_test(what_cannot_be_true_is_refused),
        cmocka_unit_test(modes_are_a_function_of_the_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
