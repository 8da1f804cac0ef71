/* engine_transport_test.c - the same exact results over a transport that does everything a socket may do. */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "dsm_clock.h"
#include "dsm_engine.h"
#include "dsm_faulty.h"
#include "dsm_link.h"
#include "dsm_wire.h"
#include "engine_fixture.h"

#define PAGE 4096u
#define MIB  (UINT64_C(1) << 20)

/* ---- the link alone -------------------------------------------------------------------------------------- */

/* Frames of every length up to a page and more, through pieces of at most 700 bytes and full buffers: the ring keeps
 * what does not go out, and every byte arrives once and in order. */
static void test_link_keeps_order_through_full_buffers(void **state)
{
    (void)state;
    static dsm_faulty faulty;
    static uint8_t body[PAGE], head[DSM_LINK_HEAD_MAX], model[4 * MIB];
    int ends[2];
    uint64_t sent = 0, received = 0, backed_up = 0;
    dsm_link out, in;
    memset(&faulty, 0, sizeof faulty);
    dsm_faulty_init(&faulty, dsm_transport_tcp(), 5);
    faulty.again_percent = 30;
    faulty.piece_bytes = 700;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    assert_int_equal(dsm_link_open(&out, &faulty.transport, ends[0], 1 << 16, 8 * MIB), 0);
    assert_int_equal(dsm_link_open(&in, &faulty.transport, ends[1], 1 << 16, 8 * MIB), 0);
    for (uint32_t i = 0; i < sizeof body; i++)
        body[i] = (uint8_t)(i * 31);
    for (uint32_t round = 0; round < 2000 || received < sent; round++) {
        if (round < 2000) {
            uint32_t length = 1 + round % DSM_LINK_HEAD_MAX;
            for (uint32_t i = 0; i < length; i++)
                head[i] = (uint8_t)(round + i);
            if (dsm_link_full(&out))
                assert_true(dsm_link_flush(&out) >= 0);
            bool with_body = round % 3 == 0;
            memcpy(model + sent, head, length);
            if (with_body)
                memcpy(model + sent + length, body, PAGE);
            dsm_link_gather(&out, head, length, with_body ? body : NULL, PAGE);
            assert_true(!with_body || dsm_link_holds(&out, body));
            sent += length + (with_body ? PAGE : 0);
        }
        if (round % 7 == 0 || round >= 2000)
            assert_true(dsm_link_flush(&out) >= 0);
        backed_up += dsm_link_backed_up(&out);
        if (round < 1500 && round % 50 != 0)
            continue; /* a slow reader */
        int64_t got = dsm_link_receive(&in);
        assert_true(got >= 0);
        uint32_t available;
        const uint8_t *bytes = dsm_link_input(&in, &available);
        assert_memory_equal(bytes, model + received, available);
        dsm_link_consume(&in, available);
        received += available;
        assert_true(round < 200000);
    }
    assert_true(backed_up > 1000); /* or this test has tested nothing */
    assert_int_equal(received, sent);
    dsm_link_close(&out);
    int64_t end = 0;
    for (int i = 0; i < 100 && end == 0; i++)
        end = dsm_link_receive(&in);
    assert_int_equal(end, -EPIPE);
    dsm_link_close(&in);
}

static void test_link_refuses_what_its_ring_cannot_keep(void **state)
{
    (void)state;
    static dsm_faulty faulty;
    static uint8_t body[PAGE];
    uint8_t head[16] = {0};
    int ends[2];
    dsm_link link;
    memset(&faulty, 0, sizeof faulty);
    dsm_faulty_init(&faulty, dsm_transport_tcp(), 5);
    faulty.again_percent = 100;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    assert_int_equal(dsm_link_open(&link, &faulty.transport, ends[0], 1 << 16, 3 * PAGE), 0);
    dsm_link_gather(&link, head, 16, body, PAGE);
    assert_int_equal(dsm_link_flush(&link), 1);
    dsm_link_gather(&link, head, 16, body, PAGE);
    assert_int_equal(dsm_link_flush(&link), 1);
    dsm_link_gather(&link, head, 16, body, PAGE);
    assert_int_equal(dsm_link_flush(&link), -ENOBUFS);
    dsm_link_close(&link);
    close(ends[1]);
}

/* ---- delays that a variable of the environment asks for ------------------------------------------------------- */

static void test_delays_are_read_from_a_text(void **state)
{
    (void)state;
    static const char *const wrong[] = {"", "7", "7:", ":7", "7:0", "7:1000001", "-7:5", "7:5 ", "7:5:5", "7:99999999"};
    dsm_faulty *f = NULL, *other = NULL;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(dsm_faulty_open(wrong[i], 0, dsm_transport_tcp(), &f), -EINVAL);
    assert_int_equal(dsm_faulty_open("7:300", 0, dsm_transport_tcp(), &f), 0);
    assert_int_equal(dsm_faulty_open("7:300", 1, dsm_transport_tcp(), &other), 0);
    assert_int_equal(f->delay_ns, 300000);
    assert_true(f->random != other->random);
    free(f);
    free(other);
}

/* One byte at a time, alone on its connection: some are late, none is lost, and one that was sent later on another connection
 * overtakes. */
static void test_a_delay_holds_what_comes_alone(void **state)
{
    (void)state;
    int ends[2][2];
    uint8_t byte = 0;
    uint32_t overtaken = 0;
    dsm_faulty *f;
    assert_int_equal(dsm_faulty_open("7:500", 0, dsm_transport_tcp(), &f), 0);
    for (int i = 0; i < 2; i++)
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends[i]), 0);
    for (uint32_t round = 0; round < 1000; round++) {
        for (int i = 0; i < 2; i++)
            assert_int_equal(write(ends[i][0], &byte, 1), 1);
        bool first = f->transport.recv(&f->transport, ends[0][1], &byte, 1) == 1;
        bool second = f->transport.recv(&f->transport, ends[1][1], &byte, 1) == 1;
        overtaken += second && !first;
        while (!first)
            first = f->transport.recv(&f->transport, ends[0][1], &byte, 1) == 1;
        while (!second)
            second = f->transport.recv(&f->transport, ends[1][1], &byte, 1) == 1;
    }
    assert_in_range(overtaken, 45, 180); /* 9 of 100 */
    for (int i = 0; i < 2; i++) {
        close(ends[i][0]);
        assert_int_equal(f->transport.recv(&f->transport, ends[i][1], &byte, 1), 0); /* the end is seen */
        close(ends[i][1]);
    }
    free(f);
}

/* ---- engines over it ---------------------------------------------------------------------------------------- */

#define ROUNDS 40u
#define PAGES  24u

/* Every node writes its own words of pages that all want, and holds locks meanwhile: grants and returns with page
 * bytes cross in both directions. */
static void exchange(fixture *f, uint32_t node, uint32_t thread)
{
    for (uint32_t i = 0; i < ROUNDS; i++) {
        uint64_t page = (i * 7 + thread * 3) % PAGES;
        fixture_add(f, node, page * PAGE + 8 * (node * 8 + thread), 1);
        fixture_lock(f, node, page, node * 100 + thread + 1);
        uint64_t value = fixture_get(f, node, page * PAGE + 2048);
        fixture_put(f, node, page * PAGE + 2048, value + 1);
        fixture_unlock(f, node, page, node * 100 + thread + 1);
    }
}

static void check_exchange(dsm_transport *transport, uint32_t nodes, uint32_t threads)
{
    fixture f;
    uint64_t words = 0, locked = 0;
    fixture_open(&f, nodes, NULL, transport);
    fixture_run(&f, threads, exchange);
    for (uint64_t page = 0; page < PAGES; page++) {
        locked += fixture_get(&f, 0, page * PAGE + 2048);
        for (uint32_t n = 0; n < nodes; n++)
            for (uint32_t t = 0; t < threads; t++)
                words += fixture_get(&f, 1, page * PAGE + 8 * (n * 8 + t));
    }
    assert_int_equal(words, nodes * threads * ROUNDS);
    assert_int_equal(locked, nodes * threads * ROUNDS);
    fixture_close(&f);
}

static void test_pieces_and_refusals(void **state)
{
    (void)state;
    static dsm_faulty faulty;
    memset(&faulty, 0, sizeof faulty);
    dsm_faulty_init(&faulty, dsm_transport_tcp(), 11);
    faulty.again_percent = 40;
    faulty.piece_bytes = 1500;
    check_exchange(&faulty.transport, 2, 4);
}

static void test_delays_on_three_nodes(void **state)
{
    (void)state;
    static dsm_faulty faulty;
    memset(&faulty, 0, sizeof faulty);
    dsm_faulty_init(&faulty, dsm_transport_tcp(), 12);
    faulty.again_percent = 10;
    faulty.delay_ns = 200000;
    check_exchange(&faulty.transport, 3, 3);
}

static void test_delays_come_from_the_environment(void **state)
{
    (void)state;
    dsm_options o = fixture_options(0, 1);
    dsm_engine *e;
    setenv("DSM_TEST_DELAYS", "soon", 1);
    assert_int_equal(dsm_engine_create(&o, &e), DSM_E_ARGUMENT);
    assert_non_null(strstr(dsm_last_error(), "\"soon\"; it takes SEED:MICROSECONDS"));
    setenv("DSM_TEST_DELAYS", "3:200", 1);
    check_exchange(NULL, 3, 3);
    unsetenv("DSM_TEST_DELAYS");
}

/* Both nodes fetch half of the space from each other at once, through the smallest buffers the system gives: both sides
 * are full both ways, and both get through. */
static void fetch_all(fixture *f, uint32_t node, uint32_t thread)
{
    for (uint32_t block = thread; block < 512; block += 4) {
        if ((block & 1) == node)
            continue; /* its own */
        if (dsm_touch(f->engine[node], (uint64_t)block * 16 * PAGE, 16 * PAGE, 0) != DSM_OK)
            fail();
    }
}

static void test_full_buffers_both_ways(void **state)
{
    (void)state;
    static dsm_faulty faulty;
    fixture f;
    memset(&faulty, 0, sizeof faulty);
    dsm_faulty_init(&faulty, dsm_transport_tcp(), 13);
    faulty.buffer_bytes = 16384;
    fixture_open(&f, 2, NULL, &faulty.transport);
    for (uint64_t page = 0; page < 8192; page++)
        fixture_put(&f, (page / 16) & 1, page * PAGE + 16, page + 1);
    fixture_run(&f, 4, fetch_all);
    for (uint64_t page = 0; page < 8192; page++)
        assert_int_equal(fixture_get(&f, 1 - ((page / 16) & 1), page * PAGE + 16), page + 1);
    fixture_close(&f);
}

#define BURST       4000u /* frames: more than the service thread parses in one go, and they fit in its buffer */
#define MILLISECOND UINT64_C(1000000)

/* Node 1 says at once, so many times over, that it lives. How long it takes node 0, of which no thread waits for anything,
 * to have heard it all. */
static uint64_t hear_a_burst(fixture *f)
{
    const dsm_message alive = {.type = DSM_MSG_HEARTBEAT};
    const uint64_t *heard = &dsm_engine_counters(f->engine[0])[DSM_C_MESSAGES_IN + DSM_MSG_HEARTBEAT];
    uint64_t before = __atomic_load_n(heard, __ATOMIC_RELAXED), since = dsm_clock_now();
    uint8_t head[DSM_HEAD_MAX];
    uint32_t length = dsm_wire_encode(&alive, PAGE, head);
    dsm_guard guard, deaf;
    dsm_engine_enter(f->engine[0], &deaf); /* it parses nothing until all is there */
    dsm_engine_enter(f->engine[1], &guard);
    for (uint32_t i = 0; i < BURST; i++)
        dsm_engine_send(f->engine[1], 0, head, length);
    dsm_engine_exit(f->engine[1], &guard);
    dsm_engine_exit(f->engine[0], &deaf);
    while (__atomic_load_n(heard, __ATOMIC_RELAXED) - before < BURST)
        sched_yield();
    return dsm_clock_now() - since;
}

/* What has been read and not parsed makes no connection readable: the service thread must not sleep over it (a quarter
 * of a second each time). The fastest of a few, since this machine may be busy. */
static void test_a_burst_is_not_slept_over(void **state)
{
    (void)state;
    fixture f;
    uint64_t least = UINT64_MAX;
    fixture_open(&f, 2, NULL, NULL);
    for (int round = 0; round < 4; round++) {
        uint64_t took = hear_a_burst(&f);
        least = took < least ? took : least;
    }
    assert_true(least < 200 * MILLISECOND);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_link_keeps_order_through_full_buffers),
        cmocka_unit_test(test_link_refuses_what_its_ring_cannot_keep),
        cmocka_unit_test(test_delays_are_read_from_a_text),
        cmocka_unit_test(test_a_delay_holds_what_comes_alone),
        cmocka_unit_test(test_delays_come_from_the_environment),
        cmocka_unit_test(test_pieces_and_refusals),
        cmocka_unit_test(test_delays_on_three_nodes),
        cmocka_unit_test(test_full_buffers_both_ways),
        cmocka_unit_test(test_a_burst_is_not_slept_over),
    };
    fixture_deadline(100);
    return cmocka_run_group_tests_name("engine transport", tests, NULL, NULL);
}
