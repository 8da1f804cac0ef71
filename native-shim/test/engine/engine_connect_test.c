/* engine_connect_test.c - joining: strangers, other clusters, nodes that do not come. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "dsm_auth.h"
#include "engine_fixture.h"

#define PAGE        4096u
#define MILLISECOND UINT64_C(1000000)

static int dial(int port)
{
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(s, (struct sockaddr *)&to, sizeof to) == 0)
        return s;
    close(s);
    return -1;
}

typedef struct joining {
    dsm_engine *engine;
    char addresses[64];
    uint64_t timeout_ns;
    int rc;
    char error[240];
} joining;

static void *join(void *argument)
{
    joining *j = argument;
    j->rc = dsm_engine_connect(j->engine, j->addresses, j->timeout_ns);
    snprintf(j->error, sizeof j->error, "%s", j->rc == DSM_OK ? "" : dsm_last_error());
    return NULL;
}

/* Two engines with settings of their own join each other, or not. */
static void pair_up(joining j[2], void (*tune)(dsm_options *, uint32_t node), uint64_t timeout_ns)
{
    pthread_t threads[2];
    memset(j, 0, 2 * sizeof *j);
    for (uint32_t n = 0; n < 2; n++) {
        dsm_options o = fixture_options(n, 2);
        if (tune != NULL)
            tune(&o, n);
        assert_int_equal(dsm_engine_create(&o, &j[n].engine), DSM_OK);
        j[n].timeout_ns = timeout_ns;
    }
    for (uint32_t n = 0; n < 2; n++)
        snprintf(j[n].addresses, sizeof j[n].addresses, "127.0.0.1:%d,localhost:%d", dsm_engine_port(j[0].engine),
                 dsm_engine_port(j[1].engine));
    for (uint32_t n = 0; n < 2; n++)
        pthread_create(&threads[n], NULL, join, &j[n]);
    for (uint32_t n = 0; n < 2; n++)
        pthread_join(threads[n], NULL);
}

static void close_both(joining j[2])
{
    for (uint32_t n = 0; n < 2; n++)
        dsm_engine_leave(j[n].engine);
    for (uint32_t n = 0; n < 2; n++)
        dsm_engine_close(j[n].engine);
}

/* ---- settings that differ ------------------------------------------------------------------------------------------ */

static void other_cluster(dsm_options *o, uint32_t node)
{
    o->cluster = 100 + node;
}
static void other_space(dsm_options *o, uint32_t node)
{
    o->space_bytes <<= node;
    o->arena_first_byte = 0;
}

static void check_refused(void (*tune)(dsm_options *, uint32_t), const char *why)
{
    joining j[2];
    pair_up(j, tune, 700 * MILLISECOND);
    assert_int_equal(j[0].rc, DSM_E_TIMEOUT); /* for it, the other was a stranger */
    assert_int_equal(j[1].rc, DSM_E_PROTOCOL);
    if (strstr(j[1].error, why) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", j[1].error, why);
    if (strstr(j[0].error, "in vain for node 1") == NULL)
        fail_msg("\"%s\"", j[0].error);
    close_both(j);
}

static void test_nodes_of_other_clusters_are_refused(void **state)
{
    (void)state;
    check_refused(other_cluster, "another cluster");
    check_refused(other_space, "address space has another size");
}

static void test_who_does_not_come_is_named(void **state)
{
    (void)state;
    dsm_options o = fixture_options(1, 3);
    joining j = {.timeout_ns = 200 * MILLISECOND, .addresses = "127.0.0.1:1,127.0.0.1:2,127.0.0.1:3"};
    assert_int_equal(dsm_engine_create(&o, &j.engine), DSM_OK);
    join(&j);
    assert_int_equal(j.rc, DSM_E_TIMEOUT);
    assert_non_null(strstr(j.error, "node 0, 2"));
    /* Addresses that are none. */
    static const char *const bad[] = {"", "127.0.0.1:1,127.0.0.1:2", "nohost,x,y", "127.0.0.1:99999,a:1,b:2",
                                      "127.0.0.1:,a:1,b:2"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(dsm_engine_connect(j.engine, bad[i], MILLISECOND), DSM_E_ARGUMENT);
    dsm_engine_close(j.engine);
}

static void test_settings_out_of_range_are_refused(void **state)
{
    (void)state;
    dsm_engine *engine = NULL;
    dsm_options good = fixture_options(0, 2), o;
    o = good, o.node = 2;
    assert_int_equal(dsm_engine_create(&o, &engine), DSM_E_ARGUMENT);
    o = good, o.space_bytes = 12345;
    assert_int_equal(dsm_engine_create(&o, &engine), DSM_E_ARGUMENT);
    o = good, o.slots = 3;
    assert_int_equal(dsm_engine_create(&o, &engine), DSM_E_ARGUMENT);
    o = good, o.locks = 1000;
    assert_int_equal(dsm_engine_create(&o, &engine), DSM_E_ARGUMENT);
    o = good, o.size = 0;
    assert_int_equal(dsm_engine_create(&o, &engine), DSM_E_ARGUMENT);
    assert_null(engine);
}

/* ---- strangers ---------------------------------------------------------------------------------------------------------- */

static int target_port;
static volatile int garbage_stops;

static void *throw_garbage(void *argument)
{
    unsigned seed = (unsigned)(uintptr_t)argument;
    uint8_t bytes[600];
    static int silent[40];
    int silent_count = 0;
    while (!garbage_stops) {
        int s = dial(target_port);
        if (s < 0)
            continue;
        size_t length = (size_t)rand_r(&seed) % sizeof bytes;
        for (size_t i = 0; i < length; i++)
            bytes[i] = (uint8_t)rand_r(&seed);
        /* Some begin like a HELLO: its length and type, then nonsense. */
        if (seed % 3 == 0 && length > 8)
            memcpy(bytes, "\x38\0\0\0\1\0\0\0", 8);
        if (send(s, bytes, length, MSG_NOSIGNAL) < 0)
            length = 0;
        if (silent_count < 40 && seed % 4 == 0)
            silent[silent_count++] = s; /* says no more, and does not go */
        else
            close(s);
    }
    while (silent_count > 0)
        close(silent[--silent_count]);
    return NULL;
}

static void test_garbage_on_the_data_port_hurts_nobody(void **state)
{
    (void)state;
    joining j[2];
    pthread_t threads[2], garbage;
    memset(j, 0, sizeof j);
    for (uint32_t n = 0; n < 2; n++) {
        dsm_options o = fixture_options(n, 2);
        assert_int_equal(dsm_engine_create(&o, &j[n].engine), DSM_OK);
        j[n].timeout_ns = 20000 * MILLISECOND;
    }
    for (uint32_t n = 0; n < 2; n++)
        snprintf(j[n].addresses, sizeof j[n].addresses, "127.0.0.1:%d,127.0.0.1:%d", dsm_engine_port(j[0].engine),
                 dsm_engine_port(j[1].engine));
    target_port = dsm_engine_port(j[0].engine);
    garbage_stops = 0;
    pthread_create(&garbage, NULL, throw_garbage, (void *)(uintptr_t)7);
    pthread_create(&threads[0], NULL, join, &j[0]);
    struct timespec pause = {0, 300 * (long)MILLISECOND}; /* it waits for node 1 under fire */
    nanosleep(&pause, NULL);
    pthread_create(&threads[1], NULL, join, &j[1]);
    for (uint32_t n = 0; n < 2; n++)
        pthread_join(threads[n], NULL);
    garbage_stops = 1;
    pthread_join(garbage, NULL);
    assert_int_equal(j[0].rc, DSM_OK);
    assert_int_equal(j[1].rc, DSM_OK);
    assert_int_equal(dial(target_port), -1); /* nobody else has business there now */
    close_both(j);
}

/* The other side counts a connection as standing once it has our HELLO: who has said nothing gets but a challenge. */
static void test_who_says_nothing_is_told_nothing(void **state)
{
    (void)state;
    joining j[2];
    pthread_t threads[2];
    char said[256];
    memset(j, 0, sizeof j);
    for (uint32_t n = 0; n < 2; n++) {
        dsm_options o = fixture_options(n, 2);
        assert_int_equal(dsm_engine_create(&o, &j[n].engine), DSM_OK);
        j[n].timeout_ns = 20000 * MILLISECOND;
    }
    for (uint32_t n = 0; n < 2; n++)
        snprintf(j[n].addresses, sizeof j[n].addresses, "127.0.0.1:%d,127.0.0.1:%d", dsm_engine_port(j[0].engine),
                 dsm_engine_port(j[1].engine));
    int s = dial(dsm_engine_port(j[0].engine));
    assert_true(s >= 0);
    assert_int_equal(shutdown(s, SHUT_WR), 0);
    pthread_create(&threads[0], NULL, join, &j[0]);
    assert_int_equal(recv(s, said, sizeof said, MSG_WAITALL), DSM_AUTH_CHALLENGE); /* closed, and not a byte more */
    close(s);
    pthread_create(&threads[1], NULL, join, &j[1]);
    for (uint32_t n = 0; n < 2; n++) {
        pthread_join(threads[n], NULL);
        assert_int_equal(j[n].rc, DSM_OK);
    }
    close_both(j);
}

/* ---- the raw exchange ------------------------------------------------------------------------------------------------------ */

static void *serve_raw(void *argument)
{
    int listener = *(int *)argument;
    return (void *)(intptr_t)dsm_raw_serve(listener, 4096, 0, 5000 * MILLISECOND);
}

static void test_raw_exchange_measures(void **state)
{
    (void)state;
    uint32_t port = 0;
    uint64_t times[50] = {0};
    char address[32];
    pthread_t server;
    void *rc = (void *)(intptr_t)-1;
    int listener = dsm_raw_listen(&port);
    assert_true(listener >= 0 && port != 0);
    pthread_create(&server, NULL, serve_raw, &listener);
    snprintf(address, sizeof address, "127.0.0.1:%u", port);
    assert_int_equal(dsm_raw_measure(address, 4096, 0, 5, 50, times), DSM_OK);
    pthread_join(server, &rc);
    assert_int_equal((intptr_t)rc, DSM_OK);
    for (int i = 0; i < 50; i++)
        assert_true(times[i] > 0);
    close(listener);
    assert_int_equal(dsm_raw_measure("127.0.0.1:1", 4096, 0, 0, 1, times), DSM_E_SYSTEM);
    assert_int_equal(dsm_raw_measure("nonsense", 4096, 0, 0, 1, times), DSM_E_ARGUMENT);
    assert_int_equal(dsm_pin(100000), DSM_E_ARGUMENT);
    assert_int_equal(dsm_pin(-1), DSM_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nodes_of_other_clusters_are_refused),
        cmocka_unit_test(test_who_does_not_come_is_named),
        cmocka_unit_test(test_settings_out_of_range_are_refused),
        cmocka_unit_test(test_garbage_on_the_data_port_hurts_nobody),
        cmocka_unit_test(test_who_says_nothing_is_told_nothing),
        cmocka_unit_test(test_raw_exchange_measures),
    };
    fixture_deadline(60);
    return cmocka_run_group_tests_name("engine connect", tests, NULL, NULL);
}
