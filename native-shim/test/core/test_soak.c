/*
 * Locks change hands for long, with no barrier ever, while one node does nothing: whatever a core keeps stays as large as it soon
 * was. DSM_SOAK=N in the environment: N hand-overs instead of some ten thousand.
 */
#include "release_fixture.h"

#include <stdlib.h>

#include "dsm_state.h"

#define NODES 4u /* the last is idle */
#define LOCKS 400u

struct sizes {
    uint32_t notices, ranges, locks, locks_fresh, barriers, waits_fresh, requests_fresh, listed, slots;
    uint64_t cached;
};

static void raise(uint32_t *most, uint32_t now)
{
    *most = *most < now ? now : *most;
}

static void measure(const struct cluster *c, struct sizes *most)
{
    for (uint32_t node = 0; node < NODES; node++) {
        const dsm_core *core = c->node[node].core;
        raise(&most->notices, dsm_notice_count(core->log));
        raise(&most->ranges, dsm_notice_ranges(core->log));
        raise(&most->locks, core->locks.count);
        raise(&most->locks_fresh, core->locks.fresh);
        raise(&most->barriers, core->barriers.fresh);
        raise(&most->waits_fresh, core->waits_fresh);
        raise(&most->requests_fresh, core->requests_fresh);
        raise(&most->listed, core->interval.written_count + core->interval.flushed_count);
        raise(&most->slots, core->slots_used);
        most->cached = most->cached < core->cached ? core->cached : most->cached;
    }
}

/* A little time passes; delivers, and ticks where it is due. (What is told unasked is due only now and then.) */
static void go_on(struct cluster *c)
{
    int some = 1;
    c->now += 10;
    while (some) {
        some = 0;
        deliver_all(c);
        for (uint32_t node = 0; node < NODES; node++) {
            if (dsm_core_deadline(c->node[node].core) <= c->now) {
                assert_int_equal(tick(c, node), DSM_OK);
                some = 1;
            }
        }
    }
}

/* One thread of `node` takes the lock, writes, perhaps waits in vain for a condition, and gives it back. */
static void hand_over(struct cluster *c, uint32_t node, uint64_t id, uint32_t round)
{
    uint64_t page = round % RELEASE_PAGES;
    (void)lock(c, node, 6, id, node + 100, 0);
    go_on(c);
    assert_int_equal(c->node[node].status[6], DSM_OK);
    if (c->node[node].access[page] < DSM_ACCESS_WRITE) {
        assert_true(fault(c, node, 7, page, 1) >= 0);
        go_on(c);
        assert_int_equal(c->node[node].status[7], DSM_OK);
        assert_int_equal(resumed(c, node, 7), DSM_OK);
    }
    c->node[node].view[page][node + 1] = (uint8_t)round;
    if (round % 16 == 0) {
        assert_int_equal(await(c, node, 5, id, 1, node + 100), DSM_PENDING);
        assert_int_equal(cancel(c, node, 5), DSM_PENDING);
        go_on(c);
        assert_int_equal(c->node[node].status[5], DSM_E_CANCELLED);
    }
    assert_int_equal(unlock(c, node, id, node + 100), DSM_OK);
    go_on(c);
}

static void tables_stay_flat_while_locks_change_hands(void **state)
{
    (void)state;
    const char *wish = getenv("DSM_SOAK");
    uint64_t rounds = wish != NULL ? strtoull(wish, NULL, 10) : 8000;
    dsm_core_config config = cluster_config();
    config.release_end = RELEASE_PAGES;
    config.twins = CLUSTER_TWINS;
    config.notices = 64;
    config.migrate_after = 3;
    config.inform_ns = 1000;
    config.locks = 256;
    config.release_step = 2;
    struct cluster *c = cluster_new_with(NODES, &config);
    struct sizes early = {0}, late = {0};
    for (uint64_t page = 0; page < RELEASE_PAGES; page++) {
        touch(c, NODES - 1, page, 0); /* and then it sleeps */
    }
    for (uint64_t round = 0; round < rounds; round++) {
        hand_over(c, (uint32_t)(round % (NODES - 1)), round / 7 * 31 % LOCKS, (uint32_t)round);
        measure(c, round < rounds / 2 ? &early : &late);
    }
    /* The log has a limit of its own; of all else there is never more than there has been. */
    assert_true(late.ranges <= 2 * config.notices);
    assert_true(late.locks <= early.locks + early.locks / 4 && late.locks_fresh <= early.locks_fresh + early.locks / 4);
    assert_true(late.barriers <= early.barriers && late.waits_fresh <= early.waits_fresh);
    assert_true(late.requests_fresh <= early.requests_fresh && late.listed <= early.listed);
    assert_true(late.slots <= early.slots && late.cached <= early.cached);
    assert_true(early.notices > 0 && late.notices <= config.notices && late.locks <= config.locks);
    if (wish != NULL) {
        print_message(
            "%llu hand-overs; at most, first and second half: %u and %u notices of %u and %u ranges, %u and %u locks, "
            "%u and %u waits, %llu and %llu cached pages\n",
            (unsigned long long)rounds, early.notices, late.notices, early.ranges, late.ranges, early.locks, late.locks,
            early.waits_fresh, late.waits_fresh, (unsigned long long)early.cached, (unsigned long long)late.cached);
    }
    settle(c);
    for (uint32_t node = 0; node < NODES; node++) {
        assert_true(dsm_core_quiet(c->node[node].core));
        assert_int_equal(dsm_notice_count(c->node[node].core->log), 0);
    }
    cluster_free(c);
}

int test_soak(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_stay_flat_while_locks_change_hands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
