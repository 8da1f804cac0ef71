/*
 * Frames that a peer must not send. Each is refused, with the state byte for byte as before and without an
 * action; and whatever is accepted, random or not, leaves a consistent state.
 */
#include "tests.h"

#include <stdlib.h>
#include <string.h>

#include "victim.h"

static dsm_core_config small(void)
{
    dsm_core_config config = cluster_config();
    config.node = 0;
    config.nodes = 3;
    config.pages = 6;
    config.arena_first = 6;
    config.slots = 4;
    config.locks = 8;
    return config;
}

/* Receives; if it is refused, nothing may have changed. */
static int receive_bytes(struct victim *v, uint32_t peer, const uint8_t *bytes, uint32_t length)
{
    uint8_t *before = malloc(v->size);
    victim_step(v, (dsm_event){.type = DSM_EV_RESUMED, .slot = DSM_NO_SLOT}); /* nothing but the time changes */
    memcpy(before, v->core, v->size);
    int result = victim_step(v, (dsm_event){.type = DSM_EV_MESSAGE, .peer = peer, .bytes = bytes, .length = length});
    if (result != DSM_OK) {
        assert_int_equal(result, DSM_E_PROTOCOL);
        assert_int_equal(v->count, 0);
        assert_memory_equal(before, v->core, v->size);
    }
    free(before);
    return result;
}

static int receive(struct victim *v, uint32_t peer, const dsm_message *m)
{
    uint8_t bytes[DSM_HEAD_MAX + CLUSTER_PAGE_BYTES] = {0};
    uint32_t head = dsm_wire_encode(m, v->config.page_bytes, bytes);
    return receive_bytes(v, peer, bytes, (uint32_t)dsm_wire_frame(bytes, head, v->config.page_bytes));
}

static void refused(struct victim *v, uint32_t peer, dsm_message m)
{
    assert_int_equal(receive(v, peer, &m), DSM_E_PROTOCOL);
}

static void accepted(struct victim *v, uint32_t peer, dsm_message m)
{
    assert_int_equal(receive(v, peer, &m), DSM_OK);
}

static void page_frames_out_of_place(void **state)
{
    (void)state;
    dsm_core_config config = small();
    struct victim *v = victim_new(&config);
    /* pages 0, 3 are homed here; 1, 4 at node 1; 2, 5 at node 2 */
    refused(v, 1, (dsm_message){.type = DSM_MSG_PAGE_REQUEST, .subject = 1, .access = 1});
    refused(v, 1, (dsm_message){.type = DSM_MSG_PAGE_REQUEST, .subject = 6, .access = 1});
    refused(v, 1, (dsm_message){.type = DSM_MSG_PAGE_REQUEST, .subject = UINT64_MAX, .access = 1});
    refused(v, 1, (dsm_message){.type = DSM_MSG_PAGE_INVALIDATED, .subject = 0});
    refused(v, 1, (dsm_message){.type = DSM_MSG_PAGE_RETURN, .subject = 0, .access = 0});
    refused(v, 1, (dsm_message){.type = DSM_MSG_PAGE_GRANT, .subject = 1, .access = 2, .flags = DSM_FLAG_ZERO});
    refused(v, 1, (dsm_message){.type = DSM_MSG_PAGE_INVALIDATE, .subject = 1});
    refused(v, 1, (dsm_message){.type = DSM_MSG_PAGE_RECALL, .subject = 1, .access = 0});
    /* node 1 owns page 0 now */
    accepted(v, 1, (dsm_message){.type = DSM_MSG_PAGE_REQUEST, .subject = 0, .access = 2});
    refused(v, 1, (dsm_message){.type = DSM_MSG_PAGE_REQUEST, .subject = 0, .access = 1});
    refused(v, 1, (dsm_message){.type = DSM_MSG_PAGE_RETURN, .subject = 0, .access = 0, .flags = DSM_FLAG_HAS_PAGE});
    accepted(v, 2, (dsm_message){.type = DSM_MSG_PAGE_REQUEST, .subject = 0, .access = 2});
    refused(v, 2, (dsm_message){.type = DSM_MSG_PAGE_REQUEST, .subject = 0, .access = 2});
    refused(v, 2, (dsm_message){.type = DSM_MSG_PAGE_RETURN, .subject = 0, .access = 0, .flags = DSM_FLAG_HAS_PAGE});
    refused(v, 1,
            (dsm_message){.type = DSM_MSG_PAGE_RETURN, .subject = 0, .access = 0}); /* it wrote: where are the bytes? */
    refused(v, 1, (dsm_message){.type = DSM_MSG_PAGE_RETURN, .subject = 0, .access = 1, .flags = DSM_FLAG_HAS_PAGE});
    refused(v, 1, (dsm_message){.type = DSM_MSG_PAGE_INVALIDATED, .subject = 0});
    accepted(v, 1, (dsm_message){.type = DSM_MSG_PAGE_RETURN, .subject = 0, .access = 0, .flags = DSM_FLAG_HAS_PAGE});
    /* two sharers of page 3, and one asks for what it has */
    accepted(v, 1, (dsm_message){.type = DSM_MSG_PAGE_REQUEST, .subject = 3, .access = 1});
    accepted(v, 2, (dsm_message){.type = DSM_MSG_PAGE_REQUEST, .subject = 3, .access = 1});
    accepted(v, 1, (dsm_message){.type = DSM_MSG_PAGE_RETURN, .subject = 3, .access = 1});
    refused(v, 1, (dsm_message){.type = DSM_MSG_PAGE_REQUEST, .subject = 3, .access = 1});
    accepted(v, 1, (dsm_message){.type = DSM_MSG_PAGE_REQUEST, .subject = 3, .access = 2});
    refused(v, 1, (dsm_message){.type = DSM_MSG_PAGE_INVALIDATED, .subject = 3}); /* it keeps its copy */
    accepted(v, 2, (dsm_message){.type = DSM_MSG_PAGE_INVALIDATED, .subject = 3});
    victim_free(v);
}

static void grants_that_were_not_asked_for_so(void **state)
{
    (void)state;
    dsm_core_config config = small();
    struct victim *v = victim_new(&config);
    assert_int_equal(victim_step(v, (dsm_event){.type = DSM_EV_FAULT, .slot = 0, .page = 1, .thread = 1}), DSM_PENDING);
    refused(v, 2, (dsm_message){.type = DSM_MSG_PAGE_GRANT, .subject = 1, .access = 1, .flags = DSM_FLAG_ZERO});
    refused(v, 1, (dsm_message){.type = DSM_MSG_PAGE_GRANT, .subject = 4, .access = 1, .flags = DSM_FLAG_ZERO});
    refused(v, 1, (dsm_message){.type = DSM_MSG_PAGE_GRANT, .subject = 1, .access = 2, .flags = DSM_FLAG_ZERO});
    accepted(v, 1, (dsm_message){.type = DSM_MSG_PAGE_GRANT, .subject = 1, .access = 1, .flags = DSM_FLAG_HAS_PAGE});
    assert_int_equal(victim_step(v, (dsm_event){.type = DSM_EV_RESUMED, .slot = 0}), DSM_OK);
    refused(v, 1, (dsm_message){.type = DSM_MSG_PAGE_RECALL, .subject = 1, .access = 0}); /* shared, not owned */
    accepted(v, 1, (dsm_message){.type = DSM_MSG_PAGE_INVALIDATE, .subject = 1});
    refused(v, 1, (dsm_message){.type = DSM_MSG_PAGE_INVALIDATE, .subject = 1}); /* deferred, and once is enough */
    v->now += 200;
    victim_step(v, (dsm_event){.type = DSM_EV_TICK});
    assert_int_equal(victim_sent(v, DSM_MSG_PAGE_INVALIDATED), 1);
    assert_int_equal(victim_step(v, (dsm_event){.type = DSM_EV_FAULT, .slot = 0, .page = 1, .thread = 1, .write = 1}),
                     DSM_PENDING);
    /* no bytes here any more; and the bytes that were here are not known to be zero */
    refused(v, 1, (dsm_message){.type = DSM_MSG_PAGE_GRANT, .subject = 1, .access = 2});
    refused(v, 1, (dsm_message){.type = DSM_MSG_PAGE_GRANT, .subject = 1, .access = 2, .flags = DSM_FLAG_ZERO});
    accepted(v, 1, (dsm_message){.type = DSM_MSG_PAGE_GRANT, .subject = 1, .access = 2, .flags = DSM_FLAG_HAS_PAGE});
    refused(v, 1, (dsm_message){.type = DSM_MSG_PAGE_INVALIDATE, .subject = 1}); /* owned, not shared */
    victim_free(v);
}

static uint64_t id_at(const dsm_core_config *config, uint32_t node)
{
    uint64_t id = 1;
    while (dsm_core_sync_home(config, id) != node) {
        id++;
    }
    return id;
}

static void lock_frames_out_of_place(void **state)
{
    (void)state;
    dsm_core_config config = small();
    struct victim *v = victim_new(&config);
    uint64_t mine = id_at(&config, 0);
    uint64_t theirs = id_at(&config, 1);
    refused(v, 1, (dsm_message){.type = DSM_MSG_LOCK_REQUEST, .subject = theirs});
    refused(v, 1, (dsm_message){.type = DSM_MSG_LOCK_RETURN, .subject = mine, .epoch = 1});
    refused(v, 1, (dsm_message){.type = DSM_MSG_LOCK_GRANT, .subject = theirs, .epoch = 1});
    refused(v, 2, (dsm_message){.type = DSM_MSG_LOCK_RECALL, .subject = theirs});
    accepted(v, 1,
             (dsm_message){.type = DSM_MSG_LOCK_RECALL, .subject = theirs}); /* may cross a return: says nothing */
    assert_int_equal(v->count, 0);
    accepted(v, 1, (dsm_message){.type = DSM_MSG_LOCK_REQUEST, .subject = mine});
    uint64_t epoch = victim_message(v, 0).epoch;
    refused(v, 1, (dsm_message){.type = DSM_MSG_LOCK_REQUEST, .subject = mine});
    refused(v, 1,
            (dsm_message){.type = DSM_MSG_LOCK_RETURN, .subject = mine, .epoch = epoch, .flags = DSM_FLAG_REFUSED});
    accepted(v, 2, (dsm_message){.type = DSM_MSG_LOCK_REQUEST, .subject = mine});
    refused(v, 2, (dsm_message){.type = DSM_MSG_LOCK_REQUEST, .subject = mine});
    refused(v, 2, (dsm_message){.type = DSM_MSG_LOCK_RETURN, .subject = mine, .epoch = epoch});
    refused(v, 1, (dsm_message){.type = DSM_MSG_LOCK_RETURN, .subject = mine, .epoch = epoch + 1});
    refused(v, 1,
            (dsm_message){.type = DSM_MSG_LOCK_RETURN, .subject = mine, .epoch = epoch, .flags = DSM_FLAG_REFUSED});
    accepted(v, 1, (dsm_message){.type = DSM_MSG_LOCK_RETURN, .subject = mine, .epoch = epoch});

    assert_int_equal(victim_step(v, (dsm_event){.type = DSM_EV_LOCK_ACQUIRE, .slot = 0, .id = theirs, .thread = 5}),
                     DSM_PENDING);
    refused(v, 2, (dsm_message){.type = DSM_MSG_LOCK_GRANT, .subject = theirs, .epoch = 1});
    refused(v, 1, (dsm_message){.type = DSM_MSG_LOCK_GRANT, .subject = theirs, .flags = DSM_FLAG_REFUSED}); /* no TRY */
    accepted(v, 1, (dsm_message){.type = DSM_MSG_LOCK_GRANT, .subject = theirs, .epoch = 8});
    refused(v, 1, (dsm_message){.type = DSM_MSG_LOCK_GRANT, .subject = theirs, .epoch = 9});
    accepted(v, 1, (dsm_message){.type = DSM_MSG_LOCK_RECALL, .subject = theirs});
    refused(v, 1, (dsm_message){.type = DSM_MSG_LOCK_RECALL, .subject = theirs});
    assert_int_equal(victim_step(v, (dsm_event){.type = DSM_EV_LOCK_RELEASE, .id = theirs, .thread = 5}), DSM_OK);
    assert_int_equal(victim_step(v, (dsm_event){.type = DSM_EV_LOCK_ACQUIRE, .slot = 0, .id = theirs, .thread = 5}),
                     DSM_PENDING);
    refused(v, 1, (dsm_message){.type = DSM_MSG_LOCK_GRANT, .subject = theirs, .epoch = 8}); /* epochs increase */
    victim_free(v);
}

static void barrier_frames_out_of_place(void **state)
{
    (void)state;
    dsm_core_config config = small();
    struct victim *v = victim_new(&config);
    uint64_t mine = id_at(&config, 0);
    uint64_t theirs = id_at(&config, 1);
    dsm_message arrive = {.type = DSM_MSG_BARRIER_ARRIVE, .subject = mine, .epoch = 5, .parties = 3, .origin = 1};
    dsm_message elsewhere = arrive;
    elsewhere.subject = theirs;
    refused(v, 1, elsewhere);
    dsm_message other = arrive;
    other.origin = 2; /* no relay */
    refused(v, 1, other);
    other.origin = 7; /* no node */
    refused(v, 1, other);
    other.origin = 0; /* itself */
    refused(v, 1, other);
    dsm_message broken = {.type = DSM_MSG_BARRIER_BREAK, .subject = mine, .epoch = 1, .origin = 1};
    refused(v, 1, broken); /* never arrived */
    accepted(v, 1, arrive);
    broken.origin = 2;
    refused(v, 1, broken);
    refused(v, 1, arrive); /* a number is used once */
    refused(v, 1, (dsm_message){.type = DSM_MSG_BARRIER_DEPART, .subject = theirs, .epoch = 1}); /* nobody arrived */
    refused(v, 1, (dsm_message){.type = DSM_MSG_BARRIER_DEPART, .subject = mine, .epoch = 1});
    dsm_message depart = {.type = DSM_MSG_BARRIER_DEPART, .subject = theirs, .epoch = 1, .origin = 2};
    refused(v, 1, depart); /* not by way of this node */
    victim_free(v);
}

/* Node 1 is the relay of all the others for barriers of node 0; the victim, node 0, is one for those of node 2. */
static void frames_of_relays_out_of_place(void **state)
{
    (void)state;
    dsm_core_config config = small();
    config.nodes = 3;
    config.relays = 1;
    struct victim *v = victim_new(&config);
    uint64_t mine = id_at(&config, 0), theirs = id_at(&config, 2);
    dsm_message arrive = {.type = DSM_MSG_BARRIER_ARRIVE, .subject = mine, .epoch = 5, .parties = 9, .origin = 2};
    accepted(v, 1, arrive);
    accepted(v, 2, arrive); /* again, since its relay has gone: it counts once */
    arrive.epoch = 6;
    accepted(v, 2, arrive);
    arrive.origin = 1;
    refused(v, 2, arrive); /* node 2 is nobody's relay there */
    arrive.subject = theirs;
    accepted(v, 1, arrive); /* passed on to node 2 */
    refused(v, 2, arrive);
    arrive.origin = 0;
    refused(v, 1, arrive);
    dsm_message depart = {.type = DSM_MSG_BARRIER_DEPART, .subject = theirs, .epoch = 6, .origin = 1};
    accepted(v, 2, depart); /* passed on to node 1 */
    refused(v, 1, depart);
    depart.origin = 0;
    refused(v, 2, depart); /* never arrived */
    victim_free(v);
}

static void a_peer_with_too_many_requests(void **state)
{
    (void)state;
    dsm_core_config config = small();
    config.pages = 60;
    config.arena_first = 60;
    struct victim *v = victim_new(&config);
    for (uint64_t page = 0; page < 15; page += 3) { /* node 2 owns five pages */
        accepted(v, 2, (dsm_message){.type = DSM_MSG_PAGE_REQUEST, .subject = page, .access = 2});
    }
    for (uint64_t page = 0; page < 12; page += 3) { /* node 1 waits for four of them: all its slots */
        accepted(v, 1, (dsm_message){.type = DSM_MSG_PAGE_REQUEST, .subject = page, .access = 2});
    }
    refused(v, 1, (dsm_message){.type = DSM_MSG_PAGE_REQUEST, .subject = 12, .access = 2});
    accepted(v, 2, (dsm_message){.type = DSM_MSG_PAGE_RETURN, .subject = 0, .flags = DSM_FLAG_HAS_PAGE});
    accepted(v, 1, (dsm_message){.type = DSM_MSG_PAGE_REQUEST, .subject = 12, .access = 2});
    victim_free(v);
}

static void hello_that_does_not_fit(void **state)
{
    (void)state;
    dsm_core_config config = small();
    struct victim *v = victim_new(&config);
    const dsm_message good = {.type = DSM_MSG_HELLO,
                              .magic = DSM_WIRE_MAGIC,
                              .version = DSM_WIRE_VERSION,
                              .node = 1,
                              .nodes = 3,
                              .page_bytes = CLUSTER_PAGE_BYTES,
                              .pages = 6};
    accepted(v, 1, good);
    refused(v, 2, good);
    for (int field = 0; field < 4; field++) {
        dsm_message bad = good;
        bad.version += field == 0;
        bad.nodes += field == 1;
        bad.page_bytes *= field == 2 ? 2 : 1;
        bad.pages += field == 3;
        refused(v, 1, bad);
    }
    victim_free(v);
}

/* ---- at random ------------------------------------------------------------------------------------------ */

static uint32_t draw(uint64_t *random, uint32_t below)
{
    *random = *random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*random >> 33) % below;
}

static void random_frame(struct victim *v, uint64_t *r)
{
    dsm_message m = {.type = (uint8_t)(DSM_MSG_PAGE_REQUEST + draw(r, 13)),
                     .flags = (uint8_t)(draw(r, 3) ? 1u << draw(r, 5) : 0),
                     .subject = draw(r, 7),
                     .access = draw(r, 3),
                     .epoch = draw(r, 12),
                     .parties = 1 + draw(r, 3),
                     .origin = draw(r, 4)};
    uint8_t bytes[DSM_HEAD_MAX + CLUSTER_PAGE_BYTES] = {0};
    uint32_t head = dsm_wire_encode(&m, v->config.page_bytes, bytes);
    uint32_t length = (uint32_t)dsm_wire_frame(bytes, head, v->config.page_bytes);
    if (draw(r, 20) == 0) {
        bytes[draw(r, length)] ^= (uint8_t)(1u << draw(r, 8));
    }
    receive_bytes(v, 1 + draw(r, 2), bytes, length);
}

static void random_event(struct victim *v, uint64_t *r)
{
    static const enum dsm_event_type types[] = {DSM_EV_FAULT,        DSM_EV_RESUMED,        DSM_EV_LOCK_ACQUIRE,
                                                DSM_EV_LOCK_RELEASE, DSM_EV_BARRIER_ARRIVE, DSM_EV_CANCEL,
                                                DSM_EV_TICK};
    dsm_event event = {.type = types[draw(r, 7)],
                       .slot = draw(r, 5),
                       .peer = draw(r, 4),
                       .write = draw(r, 2),
                       .parties = draw(r, 3),
                       .flags = draw(r, 2),
                       .page = draw(r, 7),
                       .id = draw(r, 7),
                       .thread = draw(r, 4),
                       .pc = draw(r, 3)};
    if (draw(r, 300) == 0) {
        event.type = draw(r, 2) ? DSM_EV_PEER_LOST : DSM_EV_PEER_LEFT;
    }
    victim_step(v, event);
}

static void anything_at_any_time(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 200; seed++) {
        uint64_t r = seed;
        dsm_core_config config = small();
        struct victim *v = victim_new(&config);
        for (int i = 0; i < 400; i++) {
            v->now += draw(&r, 60);
            if (draw(&r, 3) == 0) {
                random_event(v, &r);
            } else {
                random_frame(v, &r);
            }
        }
        victim_free(v);
    }
}

int test_hostile(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(page_frames_out_of_place),      cmocka_unit_test(grants_that_were_not_asked_for_so),
        cmocka_unit_test(lock_frames_out_of_place),      cmocka_unit_test(barrier_frames_out_of_place),
        cmocka_unit_test(frames_of_relays_out_of_place), cmocka_unit_test(a_peer_with_too_many_requests),
        cmocka_unit_test(hello_that_does_not_fit),       cmocka_unit_test(anything_at_any_time),
    };
    return cmocka_run_group_tests_name("hostile", tests, NULL, NULL);
}
