/* The homes of RELEASE pages: first touch, migration, exclusive pages; and which pages are RELEASE pages. */
#include "release_fixture.h"

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

int test_homes(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_touches_a_page_first_becomes_its_home),
        cmocka_unit_test(a_page_nobody_else_has_costs_nothing),
        cmocka_unit_test(a_page_is_exclusive_again_when_its_copies_have_died),
        cmocka_unit_test(a_page_moves_to_the_node_that_keeps_writing_it),
        cmocka_unit_test(a_page_with_two_writers_does_not_move),
        cmocka_unit_test(modes_are_a_function_of_the_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
