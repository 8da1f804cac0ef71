/* engine_auth_test.c - who does not know the key does not get in: the hash, the proofs, and attacks on a joining node. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "dsm_auth.h"
#include "dsm_sha256.h"
#include "dsm_socket.h"
#include "dsm_wire.h"
#include "engine_fixture.h"

#define MILLISECOND UINT64_C(1000000)

/* ---- the hash -------------------------------------------------------------------------------------------------------- */

static void check_hex(const uint8_t *bytes, size_t length, const char *hex)
{
    char text[129];
    assert_true(2 * length < sizeof text);
    for (size_t i = 0; i < length; i++)
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    assert_string_equal(text, hex);
}

static void check_sha(const char *message, size_t repeat, const char *hex)
{
    dsm_sha256 hash;
    uint8_t digest[DSM_SHA256_BYTES];
    dsm_sha256_init(&hash);
    for (size_t i = 0; i < repeat; i++)
        dsm_sha256_add(&hash, message, strlen(message));
    dsm_sha256_end(&hash, digest);
    check_hex(digest, sizeof digest, hex);
}

/* FIPS 180-2, appendix B; the empty message and the lengths around a block from an independent implementation. */
static void test_sha256_of_known_messages(void **state)
{
    (void)state;
    check_sha("", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    check_sha("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    check_sha("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    check_sha("a", 1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    check_sha("x", 55, "d5e285683cd4efc02d021a5c62014694958901005d6f71e89e0989fac77e4072");
    check_sha("x", 56, "04c26261370ee7541549d16dee320c723e3fd14671e66a099afe0a377c16888e");
}

static void check_hmac(const uint8_t *key, size_t key_length, const char *message, const char *hex)
{
    dsm_hmac mac;
    uint8_t code[DSM_SHA256_BYTES];
    dsm_hmac_init(&mac, key, key_length);
    dsm_hmac_add(&mac, message, strlen(message));
    dsm_hmac_end(&mac, code);
    check_hex(code, sizeof code, hex);
}

/* RFC 4231, cases 1, 2, 6 and 7. */
static void test_hmac_of_known_messages(void **state)
{
    (void)state;
    uint8_t key[131];
    memset(key, 0x0b, 20);
    check_hmac(key, 20, "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    check_hmac((const uint8_t *)"Jefe", 4, "what do ya want for nothing?",
               "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    memset(key, 0xaa, sizeof key);
    check_hmac(key, sizeof key, "Test Using Larger Than Block-Size Key - Hash Key First",
               "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    check_hmac(
        key, sizeof key,
        "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be "
        "hashed before being used by the HMAC algorithm.",
        "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
}

/* ---- the proofs ------------------------------------------------------------------------------------------------------ */

static const dsm_auth good = {.key = {1, 2, 3}, .secured = true, .plane = DSM_AUTH_DATA, .protocol = 7};

typedef struct exchange {
    uint8_t challenge[DSM_AUTH_CHALLENGE], proof[DSM_AUTH_PROOF], answer[DSM_AUTH_ANSWER];
} exchange;

/* Nonces are counted up, so that every exchange of a test is a fresh one. */
static void fresh_nonce(uint8_t nonce[DSM_AUTH_NONCE])
{
    static uint32_t count;
    memset(nonce, 0x5a, DSM_AUTH_NONCE);
    memcpy(nonce, &count, sizeof count);
    count++;
}

static const char *exchange_with(exchange *x, const dsm_auth *acceptor, const dsm_auth *connector, uint32_t means)
{
    uint8_t nonce[DSM_AUTH_NONCE];
    uint32_t node = 0;
    fresh_nonce(nonce);
    dsm_auth_challenge(acceptor, nonce, x->challenge);
    fresh_nonce(nonce);
    const char *why = dsm_auth_prove(connector, x->challenge, 3, means, nonce, x->proof);
    if (why == NULL)
        why = dsm_auth_check(acceptor, x->challenge, x->proof, 1, &node, x->answer);
    if (why == NULL)
        assert_int_equal(node, 3);
    return why != NULL ? why : dsm_auth_confirm(connector, x->challenge, x->proof, x->answer);
}

static void test_who_knows_the_key_gets_in_and_nobody_else(void **state)
{
    (void)state;
    exchange x;
    assert_null(exchange_with(&x, &good, &good, 1));
    dsm_auth other = good;
    other.key[31] ^= 1;
    assert_string_equal(exchange_with(&x, &good, &other, 1), "it does not know the cluster's secret");
    other = good, other.protocol++;
    assert_string_equal(exchange_with(&x, &good, &other, 1), "it speaks another version of the protocol");
    other = good, other.plane = DSM_AUTH_CONTROL;
    assert_string_equal(exchange_with(&x, &good, &other, 1), "it speaks the protocol of another port");
    other = good, other.secured = false;
    assert_string_equal(exchange_with(&x, &good, &other, 1), "it has a secret, and this node has none");
    assert_string_equal(exchange_with(&x, &other, &good, 1), "it has no secret");
    assert_string_equal(exchange_with(&x, &good, &good, 2), "it means another node");
}

/* What the head says in the clear is covered by the codes: changing it on the way helps nobody. */
static void test_every_bit_is_covered(void **state)
{
    (void)state;
    exchange x, y;
    uint32_t node;
    uint8_t answer[DSM_AUTH_ANSWER];
    assert_null(exchange_with(&x, &good, &good, 1));
    for (uint32_t bit = 0; bit < 8 * DSM_AUTH_CHALLENGE; bit++) {
        y = x, y.challenge[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_non_null(dsm_auth_check(&good, y.challenge, x.proof, 1, &node, answer));
        assert_non_null(dsm_auth_confirm(&good, y.challenge, x.proof, x.answer));
    }
    for (uint32_t bit = 0; bit < 8 * DSM_AUTH_PROOF; bit++) {
        y = x, y.proof[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_non_null(dsm_auth_check(&good, x.challenge, y.proof, 1, &node, answer));
        assert_non_null(dsm_auth_confirm(&good, x.challenge, y.proof, x.answer));
    }
    for (uint32_t bit = 0; bit < 8 * DSM_AUTH_ANSWER; bit++) {
        y = x, y.answer[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_non_null(dsm_auth_confirm(&good, x.challenge, x.proof, y.answer));
    }
}

static void test_replayed_and_reflected_codes_are_refused(void **state)
{
    (void)state;
    exchange old, now;
    uint32_t node;
    uint8_t answer[DSM_AUTH_ANSWER];
    assert_null(exchange_with(&old, &good, &good, 1));
    assert_null(exchange_with(&now, &good, &good, 1));
    assert_non_null(dsm_auth_check(&good, now.challenge, old.proof, 1, &node, answer)); /* a proof heard before */
    assert_non_null(dsm_auth_confirm(&good, now.challenge, now.proof, old.answer));     /* an answer heard before */
    assert_non_null(dsm_auth_confirm(&good, now.challenge, now.proof, now.proof + 56)); /* the connector's own code */
    uint8_t proof[DSM_AUTH_PROOF];
    memcpy(proof, now.proof, sizeof proof);
    memcpy(proof + 56, now.answer, sizeof now.answer); /* the acceptor's own code */
    assert_non_null(dsm_auth_check(&good, now.challenge, proof, 1, &node, answer));
}

/* The control plane's implementation, in Java, is tested against the same bytes. */
static void test_bytes_that_both_planes_agree_on(void **state)
{
    (void)state;
    dsm_auth auth = {.secured = true, .plane = DSM_AUTH_CONTROL, .protocol = 2};
    uint8_t nonce[DSM_AUTH_NONCE];
    exchange x;
    uint32_t node;
    for (uint32_t i = 0; i < DSM_AUTH_KEY; i++)
        auth.key[i] = (uint8_t)i;
    memset(nonce, 0x11, sizeof nonce);
    dsm_auth_challenge(&auth, nonce, x.challenge);
    memset(nonce, 0x22, sizeof nonce);
    assert_null(dsm_auth_prove(&auth, x.challenge, 3, UINT32_MAX, nonce, x.proof));
    assert_null(dsm_auth_check(&auth, x.challenge, x.proof, UINT32_MAX, &node, x.answer));
    check_hex(x.challenge, 16, "444d3441010000000100010002000000");
    check_hex(x.proof, 24, "444d344101000000010001000200000003000000ffffffff");
    check_hex(x.proof + 56, 32, "39a2ed4dc9fa77674f4cd5a755c446fea549749146cfc2004a9420684dcd08c2");
    check_hex(x.answer, 32, "5c9b306dd9a09eb12130f471044e14640a8bf57d659f908832e28bbe7a46e4ff");
}

/* ---- addresses -------------------------------------------------------------------------------------------------------- */

static void test_only_loopback_goes_without_a_key(void **state)
{
    (void)state;
    static const uint8_t key[DSM_KEY_BYTES] = {9};
    static const char *const open[] = {"0.0.0.0", "::", "192.0.2.1", "::ffff:192.0.2.1"};
    static const char *const closed[] = {"127.0.0.1", "127.1.2.3", "::ffff:127.0.0.1"};
    dsm_options o = fixture_options(0, 2);
    dsm_engine *engine = NULL;
    for (size_t i = 0; i < sizeof open / sizeof open[0]; i++) {
        dsm_network network = {.size = sizeof network, .bind = open[i]};
        assert_int_equal(dsm_engine_create_at(&o, &network, &engine), DSM_E_ARGUMENT);
        assert_non_null(strstr(dsm_last_error(), "no secret"));
        assert_null(engine);
    }
    for (size_t i = 0; i < sizeof closed / sizeof closed[0]; i++) {
        dsm_network network = {.size = sizeof network, .bind = closed[i]};
        assert_int_equal(dsm_engine_create_at(&o, &network, &engine), DSM_OK);
        dsm_engine_close(engine);
    }
    dsm_network everywhere = {.size = sizeof everywhere, .bind = "0.0.0.0", .key = key};
    assert_int_equal(dsm_engine_create_at(&o, &everywhere, &engine), DSM_OK);
    int port = dsm_engine_port(engine);
    dsm_engine_close(engine);
    dsm_network fixed = {.size = sizeof fixed, .port = (uint64_t)port};
    assert_int_equal(dsm_engine_create_at(&o, &fixed, &engine), DSM_OK);
    assert_int_equal(dsm_engine_port(engine), port);
    dsm_engine_close(engine);
    dsm_network wrong = {.size = sizeof wrong, .bind = "no.address"};
    assert_int_equal(dsm_engine_create_at(&o, &wrong, &engine), DSM_E_ARGUMENT);
}

/* ---- attacks on nodes that are joining --------------------------------------------------------------------------------- */

typedef struct member {
    dsm_engine *engine;
    char addresses[96];
    uint64_t timeout_ns;
    int rc;
    char error[240];
    pthread_t thread;
} member;

static void *join(void *argument)
{
    member *m = argument;
    m->rc = dsm_engine_connect(m->engine, m->addresses, m->timeout_ns);
    snprintf(m->error, sizeof m->error, "%s", m->rc == DSM_OK ? "" : dsm_last_error());
    return NULL;
}

static void create(member *m, uint32_t node, const uint8_t *key, const char *bind)
{
    dsm_options o = fixture_options(node, 2);
    dsm_network network = {.size = sizeof network, .bind = bind, .key = key};
    *m = (member){.timeout_ns = 20000 * MILLISECOND};
    assert_int_equal(dsm_engine_create_at(&o, &network, &m->engine), DSM_OK);
}

static void address(member m[2], const char *host, int port_of_zero)
{
    for (uint32_t n = 0; n < 2; n++)
        snprintf(m[n].addresses, sizeof m[n].addresses, "%s:%d,%s:%d", host,
                 port_of_zero != 0 ? port_of_zero : dsm_engine_port(m[0].engine), host, dsm_engine_port(m[1].engine));
}

static void start(member *m)
{
    pthread_create(&m->thread, NULL, join, m);
}

static void close_both(member m[2])
{
    for (uint32_t n = 0; n < 2; n++)
        dsm_engine_leave(m[n].engine);
    for (uint32_t n = 0; n < 2; n++)
        dsm_engine_close(m[n].engine);
}

static const uint8_t key_a[DSM_KEY_BYTES] = "this is known to all nodes only";
static const uint8_t key_b[DSM_KEY_BYTES] = "this is known to somebody else.";

static int dial(int port)
{
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (s >= 0 && connect(s, (struct sockaddr *)&to, sizeof to) == 0)
        return s;
    close(s);
    return -1;
}

static void receive(int s, uint8_t *bytes, size_t length)
{
    assert_int_equal(recv(s, bytes, length, MSG_WAITALL), length);
}

/* The other side has ended the connection and says nothing more. */
static void expect_end(int s)
{
    uint8_t byte;
    ssize_t n = recv(s, &byte, 1, 0);
    assert_true(n == 0 || (n < 0 && errno == ECONNRESET));
    close(s);
}

static void test_other_keys_do_not_join(void **state)
{
    (void)state;
    const uint8_t *keys[3] = {key_a, key_b, NULL};
    for (int other = 1; other < 3; other++) {
        for (int first = 0; first < 2; first++) {
            member m[2];
            create(&m[0], 0, keys[first == 0 ? 0 : other], NULL);
            create(&m[1], 1, keys[first == 0 ? other : 0], NULL);
            address(m, "127.0.0.1", 0);
            for (int n = 0; n < 2; n++)
                m[n].timeout_ns = 300 * MILLISECOND, start(&m[n]);
            for (int n = 0; n < 2; n++)
                pthread_join(m[n].thread, NULL);
            assert_int_equal(m[0].rc, DSM_E_TIMEOUT);
            assert_int_equal(m[1].rc, other == 1 ? DSM_E_TIMEOUT : DSM_E_PROTOCOL);
            if (other == 2)
                assert_non_null(strstr(m[1].error, first == 0 ? "it has a secret" : "it has no secret"));
            close_both(m);
        }
    }
}

static void test_nodes_join_over_ipv6(void **state)
{
    (void)state;
    uint32_t port = 0;
    int probe = dsm_socket_listen("::1", &port);
    if (probe < 0) {
        print_message("test_nodes_join_over_ipv6: skipped, this machine has no ::1\n");
        return;
    }
    close(probe);
    member m[2];
    create(&m[0], 0, key_a, "::1");
    create(&m[1], 1, key_a, "::1");
    address(m, "[::1]", 0);
    for (int n = 0; n < 2; n++)
        start(&m[n]);
    for (int n = 0; n < 2; n++) {
        pthread_join(m[n].thread, NULL);
        assert_string_equal(m[n].error, "");
    }
    close_both(m);
}

/* Stands between node 1 and node 0 and keeps what passes. */
typedef struct wiretap {
    int listener, port_of_zero;
    uint8_t up[512], down[512]; /* from node 1 and to it */
    uint32_t up_length, down_length;
} wiretap;

static void *tap(void *argument)
{
    wiretap *w = argument;
    int one = accept(w->listener, NULL, NULL), zero = dial(w->port_of_zero);
    receive(zero, w->down, DSM_AUTH_CHALLENGE);
    send(one, w->down, DSM_AUTH_CHALLENGE, MSG_NOSIGNAL);
    receive(one, w->up, DSM_AUTH_PROOF + 56);
    send(zero, w->up, DSM_AUTH_PROOF + 56, MSG_NOSIGNAL);
    receive(zero, w->down + DSM_AUTH_CHALLENGE, DSM_AUTH_ANSWER + 56);
    w->up_length = DSM_AUTH_PROOF + 56;
    w->down_length = DSM_AUTH_CHALLENGE + DSM_AUTH_ANSWER + 56;
    close(zero); /* node 1 does not get the answer: it would be joined */
    close(one);
    return NULL;
}

static int listen_raw(int *port)
{
    uint32_t p = 0;
    int listener = dsm_socket_listen(NULL, &p);
    assert_true(listener >= 0);
    *port = (int)p;
    return listener;
}

static void test_heard_handshakes_are_worth_nothing(void **state)
{
    (void)state;
    member m[2];
    wiretap w = {0};
    pthread_t thief;
    int port;
    uint8_t bytes[DSM_AUTH_CHALLENGE];
    create(&m[0], 0, key_a, NULL);
    create(&m[1], 1, key_a, NULL);
    w.listener = listen_raw(&port);
    w.port_of_zero = dsm_engine_port(m[0].engine);
    address(m, "127.0.0.1", port);
    m[1].timeout_ns = 500 * MILLISECOND;
    start(&m[0]);
    start(&m[1]);
    assert_int_equal(dsm_socket_wait(w.listener, 0, 5000 * MILLISECOND), 1);
    pthread_create(&thief, NULL, tap, &w);
    pthread_join(thief, NULL);
    pthread_join(m[1].thread, NULL); /* it has never got an answer */
    assert_int_equal(m[1].rc, DSM_E_TIMEOUT);
    /* Node 0 has lost nothing by that: the one that had proved itself was node 1, whose connection broke. */
    pthread_join(m[0].thread, NULL);
    assert_int_equal(m[0].rc, DSM_OK);
    close(w.listener);
    close_both(m);

    /* A new run with the same key: what was heard before opens nothing, neither as node 1 nor as node 0. */
    create(&m[0], 0, key_a, NULL);
    create(&m[1], 1, key_a, NULL);
    w.listener = listen_raw(&port);
    address(m, "127.0.0.1", 0);
    start(&m[0]);
    int s = dial(dsm_engine_port(m[0].engine));
    receive(s, bytes, sizeof bytes);
    assert_memory_not_equal(bytes, w.down, sizeof bytes);
    assert_int_equal(send(s, w.up, w.up_length, MSG_NOSIGNAL), w.up_length);
    expect_end(s);
    /* Its own challenge, sent back to it by who has no key, and its own bytes as a proof. */
    s = dial(dsm_engine_port(m[0].engine));
    receive(s, bytes, sizeof bytes);
    uint8_t reflected[DSM_AUTH_PROOF + 56] = {0};
    memcpy(reflected, bytes, sizeof bytes);
    assert_int_equal(send(s, reflected, sizeof reflected, MSG_NOSIGNAL), sizeof reflected);
    expect_end(s);
    address(m, "127.0.0.1", port);
    m[1].timeout_ns = 2000 * MILLISECOND;
    start(&m[1]);
    assert_int_equal(dsm_socket_wait(w.listener, 0, 5000 * MILLISECOND), 1);
    s = accept(w.listener, NULL, NULL);
    assert_int_equal(send(s, w.down, w.down_length, MSG_NOSIGNAL), w.down_length); /* as node 0 */
    pthread_join(m[1].thread, NULL);
    assert_int_equal(m[1].rc, DSM_E_PROTOCOL);
    assert_non_null(strstr(m[1].error, "does not know the cluster's secret"));
    close(s);
    close(w.listener);
    /* And node 0 still waits for the real one. */
    address(m, "127.0.0.1", 0);
    m[1].timeout_ns = 10000 * MILLISECOND;
    start(&m[1]);
    for (int n = 0; n < 2; n++) {
        pthread_join(m[n].thread, NULL);
        assert_string_equal(m[n].error, "");
    }
    close_both(m);
}

static void test_truncated_handshakes_end(void **state)
{
    (void)state;
    member m[2];
    uint8_t bytes[DSM_AUTH_CHALLENGE], proof[DSM_AUTH_PROOF + 56];
    create(&m[0], 0, key_a, NULL);
    create(&m[1], 1, key_a, NULL);
    address(m, "127.0.0.1", 0);
    start(&m[0]);
    dsm_auth auth = {.secured = true, .plane = DSM_AUTH_DATA, .protocol = DSM_WIRE_VERSION};
    memcpy(auth.key, key_a, sizeof auth.key);
    for (size_t length = 0; length < sizeof proof; length += 11) {
        int s = dial(dsm_engine_port(m[0].engine));
        receive(s, bytes, sizeof bytes);
        uint8_t nonce[DSM_AUTH_NONCE] = {4};
        memset(proof, 0, sizeof proof);
        assert_null(dsm_auth_prove(&auth, bytes, 1, 0, nonce, proof)); /* even of who knows the key */
        assert_int_equal(send(s, proof, length, MSG_NOSIGNAL), length);
        shutdown(s, SHUT_WR);
        expect_end(s);
    }
    /* The right proof, and then something that is no HELLO: refused, after the answer to the proof. */
    int s = dial(dsm_engine_port(m[0].engine));
    receive(s, bytes, sizeof bytes);
    uint8_t nonce[DSM_AUTH_NONCE] = {4}, answer[DSM_AUTH_ANSWER + 56];
    assert_null(dsm_auth_prove(&auth, bytes, 1, 0, nonce, proof));
    memset(proof + DSM_AUTH_PROOF, 0xff, 56);
    assert_int_equal(send(s, proof, sizeof proof, MSG_NOSIGNAL), sizeof proof);
    receive(s, answer, sizeof answer);
    expect_end(s);
    start(&m[1]);
    for (int n = 0; n < 2; n++) {
        pthread_join(m[n].thread, NULL);
        assert_string_equal(m[n].error, "");
    }
    close_both(m);
}

#define CROWD 5000

static void test_a_crowd_that_says_nothing_keeps_nobody_out(void **state)
{
    (void)state;
    static int idle[CROWD];
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_max < CROWD + 2000) {
        print_message("test_a_crowd_that_says_nothing_keeps_nobody_out: skipped, too few descriptors are allowed\n");
        return;
    }
    rlim_t before = limit.rlim_cur;
    limit.rlim_cur = CROWD + 2000;
    setrlimit(RLIMIT_NOFILE, &limit);
    member m[2];
    create(&m[0], 0, key_a, NULL);
    create(&m[1], 1, key_a, NULL);
    address(m, "127.0.0.1", 0);
    start(&m[0]);
    for (int i = 0; i < CROWD; i++)
        idle[i] = dial(dsm_engine_port(m[0].engine));
    start(&m[1]);
    for (int n = 0; n < 2; n++) {
        pthread_join(m[n].thread, NULL);
        assert_string_equal(m[n].error, "");
    }
    for (int i = 0; i < CROWD; i++)
        close(idle[i]);
    limit.rlim_cur = before;
    setrlimit(RLIMIT_NOFILE, &limit);
    close_both(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sha256_of_known_messages),
        cmocka_unit_test(test_hmac_of_known_messages),
        cmocka_unit_test(test_who_knows_the_key_gets_in_and_nobody_else),
        cmocka_unit_test(test_every_bit_is_covered),
        cmocka_unit_test(test_replayed_and_reflected_codes_are_refused),
        cmocka_unit_test(test_bytes_that_both_planes_agree_on),
        cmocka_unit_test(test_only_loopback_goes_without_a_key),
        cmocka_unit_test(test_other_keys_do_not_join),
        cmocka_unit_test(test_nodes_join_over_ipv6),
        cmocka_unit_test(test_heard_handshakes_are_worth_nothing),
        cmocka_unit_test(test_truncated_handshakes_end),
        cmocka_unit_test(test_a_crowd_that_says_nothing_keeps_nobody_out),
    };
    fixture_deadline(90);
    return cmocka_run_group_tests_name("engine auth", tests, NULL, NULL);
}
