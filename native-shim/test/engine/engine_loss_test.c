/*
 * engine_loss_test.c - nodes that die, stop, are given up by the control plane, or leave. Each node is a process of its
 * own; its end and its lines on standard error are what is looked at.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "engine_fixture.h"

#define PAGE        4096u
#define NODES_MAX   4
#define MILLISECOND UINT64_C(1000000)
#define SILENCE     (800 * MILLISECOND)
#define GRACE       (300 * MILLISECOND)

static uint64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 * MILLISECOND + (uint64_t)t.tv_nsec;
}

static void pause_ms(long ms)
{
    struct timespec t = {ms / 1000, ms % 1000 * (long)MILLISECOND};
    nanosleep(&t, NULL);
}

/* ---- a cluster of processes ---------------------------------------------------------------------------------------- */

typedef struct cluster {
    uint32_t nodes;
    pid_t process[NODES_MAX];
    int lines[NODES_MAX];  /* what each writes on standard error */
    int ports[NODES_MAX];  /* child -> parent: its port; then "ready" bytes */
    int orders[NODES_MAX]; /* parent -> child: all ports; then bytes to go on */
} cluster;

typedef struct member {
    uint32_t node, nodes;
    dsm_engine *engine;
    volatile uint8_t *base;
    int to_parent, from_parent;
} member;

static void say(member *m, char what)
{
    if (write(m->to_parent, &what, 1) != 1)
        _exit(90);
}
static void await_order(member *m)
{
    char what;
    if (read(m->from_parent, &what, 1) != 1)
        _exit(91);
}

static void be_member(member *m, uint64_t exit_on_loss, void (*body)(member *))
{
    int ports[NODES_MAX] = {0};
    char addresses[NODES_MAX * 24] = "";
    dsm_options o = fixture_options(m->node, m->nodes);
    o.silence_ns = SILENCE;
    o.grace_ns = GRACE;
    o.exit_on_loss = exit_on_loss;
    o.native_wait_ns = 1;
    if (dsm_engine_create(&o, &m->engine) != DSM_OK)
        _exit(92);
    int port = dsm_engine_port(m->engine);
    if (write(m->to_parent, &port, sizeof port) != sizeof port ||
        read(m->from_parent, ports, sizeof ports) != sizeof ports)
        _exit(93);
    for (uint32_t n = 0; n < m->nodes; n++) {
        size_t used = strlen(addresses);
        snprintf(addresses + used, sizeof addresses - used, "%s127.0.0.1:%d", n == 0 ? "" : ",", ports[n]);
    }
    if (dsm_engine_connect(m->engine, addresses, 10000 * MILLISECOND) != DSM_OK)
        _exit(94);
    m->base = (volatile uint8_t *)(uintptr_t)dsm_engine_base(m->engine);
    body(m);
}

static void start(cluster *c, uint32_t nodes, uint64_t exit_on_loss, void (*body)(member *))
{
    int ports[NODES_MAX] = {0};
    c->nodes = nodes;
    for (uint32_t n = 0; n < nodes; n++) {
        int up[2], down[2], error[2];
        assert_true(pipe(up) == 0 && pipe(down) == 0 && pipe(error) == 0);
        c->process[n] = fork();
        if (c->process[n] == 0) {
            signal(SIGSEGV, SIG_DFL);
            signal(SIGBUS, SIG_DFL);
            alarm(60);
            dup2(error[1], STDERR_FILENO);
            for (uint32_t i = 0; i < n; i++)
                close(c->orders[i]), close(c->ports[i]), close(c->lines[i]);
            close(up[0]), close(down[1]), close(error[0]), close(error[1]);
            member m = {.node = n, .nodes = nodes, .to_parent = up[1], .from_parent = down[0]};
            be_member(&m, exit_on_loss, body);
            _exit(0);
        }
        close(up[1]), close(down[0]), close(error[1]);
        c->ports[n] = up[0], c->orders[n] = down[1], c->lines[n] = error[0];
    }
    for (uint32_t n = 0; n < nodes; n++)
        assert_int_equal(read(c->ports[n], &ports[n], sizeof ports[n]), sizeof ports[n]);
    for (uint32_t n = 0; n < nodes; n++)
        assert_int_equal(write(c->orders[n], ports, sizeof ports), sizeof ports);
}

static void await_ready(cluster *c, uint32_t node)
{
    char what;
    assert_int_equal(read(c->ports[node], &what, 1), 1);
}
static void await_all_ready(cluster *c)
{
    for (uint32_t n = 0; n < c->nodes; n++)
        await_ready(c, n);
}
static void order(cluster *c, uint32_t node)
{
    assert_int_equal(write(c->orders[node], "g", 1), 1);
}

/* Stops all threads of a member; returns when they stand. */
static void stop(cluster *c, uint32_t node)
{
    int status;
    kill(c->process[node], SIGSTOP);
    assert_int_equal(waitpid(c->process[node], &status, WUNTRACED), c->process[node]);
    assert_true(WIFSTOPPED(status));
}

/* The end of one member: its status, and all it wrote. Fails when it does not end within `within_ns`. */
static int end_of(cluster *c, uint32_t node, uint64_t within_ns, char *text, size_t capacity)
{
    uint64_t deadline = now() + within_ns;
    int status = -1;
    while (waitpid(c->process[node], &status, WNOHANG) == 0) {
        if (now() > deadline) {
            kill(c->process[node], SIGKILL);
            waitpid(c->process[node], &status, 0);
            fail_msg("node %u has not ended in time", node);
        }
        pause_ms(2);
    }
    size_t length = 0;
    ssize_t n;
    while (length + 1 < capacity && (n = read(c->lines[node], text + length, capacity - 1 - length)) > 0)
        length += (size_t)n;
    text[length] = '\0';
    close(c->lines[node]), close(c->ports[node]), close(c->orders[node]);
    return status;
}

static unsigned count_of(const char *text, const char *what)
{
    unsigned count = 0;
    for (const char *at = strstr(text, what); at != NULL; at = strstr(at + 1, what))
        count++;
    return count;
}

static void assert_lost_line(const char *text, const char *line)
{
    if (count_of(text, "\n") != 1 || strncmp(text, line, strlen(line)) != 0)
        fail_msg("expected one line \"%s\", got \"%s\"", line, text);
}

static void assert_status(int status, int expected)
{
    if (!WIFEXITED(status) || WEXITSTATUS(status) != expected)
        fail_msg("wait status %x instead of exit %d", status, expected);
}

/* ---- bodies --------------------------------------------------------------------------------------------------------- */

/* Node 1 owns a page and is killed; node 0 faults on it for ever. */
static void fault_on_the_dead(member *m)
{
    uint64_t offset = 16 * PAGE; /* homed at node 1 */
    if (m->node == 1)
        m->base[offset] = 1;
    say(m, 'r');
    await_order(m);
    if (m->node == 1) {
        pause();
        return;
    }
    (void)m->base[offset];
    _exit(0);
}

static void test_a_fault_on_a_dead_node_ends_the_process_at_once(void **state)
{
    (void)state;
    cluster c;
    char text[2048];
    start(&c, 2, 1, fault_on_the_dead);
    await_all_ready(&c);
    stop(&c, 1); /* it will never answer, but its connection still stands */
    order(&c, 0);
    pause_ms(50);
    uint64_t began = now();
    kill(c.process[1], SIGKILL);
    assert_status(end_of(&c, 0, 5000 * MILLISECOND, text, sizeof text), 75);
    assert_true(now() - began < SILENCE / 2); /* no grace with a thread in a fault */
    assert_lost_line(
        text, "dsm: node 1 is lost (its connection broke); its pages and locks are gone; node 0 ends with status 75\n");
    end_of(&c, 1, 1000 * MILLISECOND, text, sizeof text);
}

static void test_a_silent_node_is_lost_within_the_bound(void **state)
{
    (void)state;
    cluster c;
    char text[2048];
    start(&c, 2, 1, fault_on_the_dead);
    await_all_ready(&c);
    stop(&c, 1);
    uint64_t began = now();
    order(&c, 0);
    assert_status(end_of(&c, 0, 5000 * MILLISECOND, text, sizeof text), 75);
    assert_true(now() - began > SILENCE / 2 && now() - began < 3 * SILENCE);
    assert_lost_line(
        text,
        "dsm: node 1 is lost (not heard of for 0.8 s); its pages and locks are gone; node 0 ends with status 75\n");
    /* The stopped one goes on, learns of it, and says what was the matter. */
    order(&c, 1);
    kill(c.process[1], SIGCONT);
    assert_status(end_of(&c, 1, 5000 * MILLISECOND, text, sizeof text), 75);
    if (count_of(text, "\n") != 1 || count_of(text, "dsm: node 1 was stopped for") != 1)
        fail_msg("got \"%s\"", text);
}

/* Nobody faults: the runtime is told, and has its time. Then the process ends all the same. */
static void wait_for_news(member *m)
{
    uint64_t ticket = 0;
    if (m->node == 0) {
        if (dsm_barrier(m->engine, 3, m->nodes, DSM_NO_NATIVE_WAIT, &ticket) != DSM_RESULT_PENDING)
            _exit(80);
        say(m, 'r');
        dsm_completion done[4];
        int lost = 0, broken = 0;
        while (!lost || !broken) {
            int n = dsm_completions(m->engine, done, 4, 10000 * MILLISECOND);
            if (n <= 0)
                _exit(81);
            for (int i = 0; i < n; i++) {
                if (done[i].kind == DSM_COMPLETION_LOST && done[i].ticket == 1)
                    lost = 1;
                if (done[i].kind == DSM_COMPLETION_OPERATION && done[i].ticket == ticket &&
                    done[i].status == DSM_E_BROKEN)
                    broken = 1;
            }
        }
        say(m, 't');
        pause();
    }
    say(m, 'r');
    await_order(m);
    if (m->node == 1)
        raise(SIGKILL);
    pause();
}

static void test_without_a_fault_the_runtime_has_its_grace(void **state)
{
    (void)state;
    cluster c;
    char text[2048];
    start(&c, 2, 1, wait_for_news);
    await_all_ready(&c);
    order(&c, 1);
    await_ready(&c, 0); /* told */
    uint64_t told = now();
    assert_status(end_of(&c, 0, 5000 * MILLISECOND, text, sizeof text), 75);
    assert_true(now() - told > GRACE / 3 && now() - told < 10 * GRACE);
    assert_lost_line(text, "dsm: node 1 is lost (its connection broke)");
    end_of(&c, 1, 1000 * MILLISECOND, text, sizeof text);
}

static void learn_from_control_plane(member *m)
{
    say(m, 'r');
    await_order(m);
    if (m->node == 0)
        dsm_engine_peer_lost(m->engine, 1, "the manager\nsays so");
    pause();
}

static void test_the_control_plane_can_give_a_node_up(void **state)
{
    (void)state;
    cluster c;
    char text[2048];
    start(&c, 3, 1, learn_from_control_plane);
    await_all_ready(&c);
    order(&c, 0);
    assert_status(end_of(&c, 0, 5000 * MILLISECOND, text, sizeof text), 75);
    assert_lost_line(
        text, "dsm: node 1 is lost (the manager says so); its pages and locks are gone; node 0 ends with status 75\n");
    assert_status(end_of(&c, 1, 5000 * MILLISECOND, text, sizeof text), 75);
    assert_status(end_of(&c, 2, 5000 * MILLISECOND, text, sizeof text), 75);
    assert_int_equal(count_of(text, "\n"), 1); /* several are lost by now, one line tells */
}

static void only_told(member *m)
{
    say(m, 'r');
    await_order(m);
    if (m->node == 1)
        raise(SIGKILL);
    dsm_completion done;
    if (dsm_completions(m->engine, &done, 1, 10000 * MILLISECOND) != 1)
        _exit(82);
    if (done.kind != DSM_COMPLETION_LOST || done.ticket != 1)
        _exit(83);
    pause_ms(2 * (long)(GRACE / MILLISECOND));
    _exit(7);
}

static void test_without_exit_on_loss_it_is_only_told(void **state)
{
    (void)state;
    cluster c;
    char text[2048];
    start(&c, 2, 0, only_told);
    await_all_ready(&c);
    order(&c, 0), order(&c, 1);
    assert_status(end_of(&c, 0, 8000 * MILLISECOND, text, sizeof text), 7);
    assert_string_equal(text, "");
    end_of(&c, 1, 1000 * MILLISECOND, text, sizeof text);
}

/* Leaving in good order: whoever stays longer sees no loss. */
static void leave_early(member *m)
{
    say(m, 'r');
    await_order(m);
    dsm_engine_leave(m->engine);
    say(m, 'l');
    await_order(m);
    dsm_engine_close(m->engine);
    _exit((int)m->node);
}

static void test_leaving_is_no_loss(void **state)
{
    (void)state;
    cluster c;
    char text[2048];
    start(&c, 3, 1, leave_early);
    await_all_ready(&c);
    for (uint32_t n = 0; n < 3; n++)
        order(&c, n);
    await_all_ready(&c);
    order(&c, 2);
    assert_status(end_of(&c, 2, 5000 * MILLISECOND, text, sizeof text), 2);
    pause_ms((long)(2 * SILENCE / MILLISECOND));
    for (uint32_t n = 0; n < 2; n++) {
        order(&c, n);
        assert_status(end_of(&c, n, 5000 * MILLISECOND, text, sizeof text), (int)n);
        assert_string_equal(text, "");
    }
}

/* The end is decided: a thread in a fault that nobody serves does not hold it up, and there is no line about losses. */
static void end_by(member *m)
{
    say(m, 'r');
    await_order(m);
    if (m->node == 1)
        raise(SIGKILL);
    dsm_engine_exit_by(m->engine, 42, 400 * MILLISECOND);
    say(m, 'e');
    await_order(m);
    pause_ms(50);
    (void)m->base[16 * PAGE];
    _exit(1);
}

static void test_an_end_that_is_decided_comes_in_time(void **state)
{
    (void)state;
    cluster c;
    char text[2048];
    start(&c, 2, 1, end_by);
    await_all_ready(&c);
    order(&c, 0);
    await_ready(&c, 0);
    uint64_t began = now();
    order(&c, 1);
    order(&c, 0);
    assert_status(end_of(&c, 0, 5000 * MILLISECOND, text, sizeof text), 42);
    assert_true(now() - began < 2000 * MILLISECOND);
    assert_string_equal(text, "");
    end_of(&c, 1, 1000 * MILLISECOND, text, sizeof text);
}

/* Node 2 is gone first, as one that ends because node 1 is silent would be; the line names node 1. */
static void test_the_line_names_the_cause(void **state)
{
    (void)state;
    cluster c;
    char text[2048];
    start(&c, 3, 1, learn_from_control_plane);
    await_all_ready(&c);
    stop(&c, 1);
    pause_ms((long)(SILENCE / MILLISECOND * 3 / 4));
    kill(c.process[2], SIGKILL);
    assert_status(end_of(&c, 0, 5000 * MILLISECOND, text, sizeof text), 75);
    assert_lost_line(text, "dsm: node 1 is lost (not heard of for 0.");
    kill(c.process[1], SIGKILL);
    end_of(&c, 1, 1000 * MILLISECOND, text, sizeof text);
    end_of(&c, 2, 1000 * MILLISECOND, text, sizeof text);
}

/* Stopped for less than the bound: nothing happens. */
static void carry_on(member *m)
{
    m->base[m->node * 16 * PAGE] = (uint8_t)(m->node + 1);
    say(m, 'r');
    await_order(m);
    if (m->base[(1 - m->node) * 16 * PAGE] != 2 - m->node)
        _exit(5);
    say(m, 'd');
    await_order(m);
    dsm_engine_leave(m->engine);
    say(m, 'l');
    await_order(m);
    dsm_engine_close(m->engine);
    _exit(0);
}

static void test_a_short_stop_is_survived(void **state)
{
    (void)state;
    cluster c;
    char text[2048];
    start(&c, 2, 1, carry_on);
    await_all_ready(&c);
    stop(&c, 1);
    order(&c, 0);
    pause_ms((long)(SILENCE / MILLISECOND / 3));
    kill(c.process[1], SIGCONT);
    order(&c, 1);
    for (int step = 0; step < 2; step++) {
        await_all_ready(&c);
        order(&c, 0), order(&c, 1);
    }
    for (uint32_t n = 0; n < 2; n++) {
        assert_status(end_of(&c, n, 5000 * MILLISECOND, text, sizeof text), 0);
        assert_string_equal(text, "");
    }
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_fault_on_a_dead_node_ends_the_process_at_once),
        cmocka_unit_test(test_a_silent_node_is_lost_within_the_bound),
        cmocka_unit_test(test_the_line_names_the_cause),
        cmocka_unit_test(test_without_a_fault_the_runtime_has_its_grace),
        cmocka_unit_test(test_the_control_plane_can_give_a_node_up),
        cmocka_unit_test(test_without_exit_on_loss_it_is_only_told),
        cmocka_unit_test(test_leaving_is_no_loss),
        cmocka_unit_test(test_an_end_that_is_decided_comes_in_time),
        cmocka_unit_test(test_a_short_stop_is_survived),
    };
    return cmocka_run_group_tests_name("engine loss", tests, NULL, NULL);
}
