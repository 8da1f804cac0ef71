/* engine_signal_test.c - faults that are not ours, and what a fault of ours must leave alone. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "dsm_signal.h"
#include "engine_fixture.h"

#define PAGE      4096u
#define UNCHECKED __attribute__((noinline, no_sanitize("address"), no_sanitize("undefined"), no_sanitize("thread")))

UNCHECKED static void write_to(uintptr_t address)
{
    *(volatile uint8_t *)address = 1;
}

UNCHECKED static uint8_t read_from(uintptr_t address)
{
    return *(volatile uint8_t *)address;
}

/* Runs `body` in a child (before any engine is there: each test makes its own) and returns its wait status. */
static int in_child(void (*body)(void))
{
    pid_t child = fork();
    if (child == 0) {
        signal(SIGSEGV, SIG_DFL);
        signal(SIGBUS, SIG_DFL);
        alarm(30);
        body();
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

#define REQUIRE(condition)                                                  \
    do {                                                                    \
        if (!(condition)) {                                                 \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
            _exit(1);                                                       \
        }                                                                   \
    } while (0)

/* ---- chaining ------------------------------------------------------------------------------------------------ */

static void null_write_under_engine(void)
{
    fixture f;
    fixture_open(&f, 2, NULL, NULL);
    fixture_put(&f, 0, 0, 1);
    write_to(0);
}

static void test_foreign_fault_still_kills(void **state)
{
    (void)state;
    int status = in_child(null_write_under_engine);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGSEGV);
}

static sigjmp_buf back;
static volatile sig_atomic_t seen_code, seen_mask_ok, calls;
static void *volatile seen_address;

static void jump_out(int number, siginfo_t *info, void *context)
{
    (void)number, (void)context;
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    /* As the kernel would have it: the signal itself and the handler's own mask, nothing else. */
    seen_mask_ok =
        sigismember(&mask, SIGSEGV) == 1 && sigismember(&mask, SIGUSR1) == 1 && sigismember(&mask, SIGUSR2) == 0;
    seen_code = info->si_code;
    seen_address = info->si_addr;
    calls++;
    siglongjmp(back, 1);
}

static void handler_from_before(void)
{
    struct sigaction mine = {.sa_sigaction = jump_out, .sa_flags = SA_SIGINFO};
    sigaddset(&mine.sa_mask, SIGUSR1);
    sigaction(SIGSEGV, &mine, NULL);
    fixture f;
    fixture_open(&f, 2, NULL, NULL);
    for (uint64_t i = 0; i < 100; i++) {
        if (sigsetjmp(back, 1) == 0) {
            write_to(64 + i);
            REQUIRE(false);
        }
        REQUIRE(seen_address == (void *)(uintptr_t)(64 + i) && seen_code == SEGV_MAPERR && seen_mask_ok);
        fixture_put(&f, i % 2, i * PAGE, i);
        REQUIRE(fixture_get(&f, 1 - i % 2, i * PAGE) == i);
    }
    REQUIRE(calls == 100);
    /* A signal that somebody sends is his business too, and carries no address. */
    if (sigsetjmp(back, 1) == 0) {
        raise(SIGSEGV);
        REQUIRE(false);
    }
    REQUIRE(seen_code <= 0 && calls == 101);
    /* Code cannot be run there: not a matter of a page that is not here. */
    if (sigsetjmp(back, 1) == 0) {
        ((void (*)(void))(uintptr_t)f.base[0])();
        REQUIRE(false);
    }
    REQUIRE(calls == 102 && seen_address == (void *)(uintptr_t)f.base[0]);
}

static void test_earlier_handler_gets_what_is_its_own(void **state)
{
    (void)state;
    assert_int_equal(in_child(handler_from_before), 0);
}

static volatile sig_atomic_t plain_calls;
static void plain(int number)
{
    (void)number;
    plain_calls++;
    siglongjmp(back, 1);
}

static void reset_handler(void)
{
    struct sigaction once = {.sa_handler = plain, .sa_flags = (int)SA_RESETHAND};
    sigaction(SIGSEGV, &once, NULL);
    fixture f;
    fixture_open(&f, 2, NULL, NULL);
    if (sigsetjmp(back, 1) == 0)
        write_to(8);
    REQUIRE(plain_calls == 1);
    write_to(8); /* the default now */
}

static void test_handler_for_one_time_is_called_once(void **state)
{
    (void)state;
    int status = in_child(reset_handler);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGSEGV);
}

static void ignored(void)
{
    signal(SIGSEGV, SIG_IGN);
    fixture f;
    fixture_open(&f, 2, NULL, NULL);
    raise(SIGSEGV); /* ignored, as asked */
    fixture_put(&f, 1, 0, 5);
    REQUIRE(fixture_get(&f, 0, 0) == 5);
    write_to(8); /* a fault of its own nobody can ignore */
}

static void test_ignored_signal_is_ignored_but_a_fault_kills(void **state)
{
    (void)state;
    int status = in_child(ignored);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGSEGV);
}

static void sent_signal(void)
{
    fixture f;
    fixture_open(&f, 2, NULL, NULL);
    raise(SIGBUS);
    pause();
}

static void test_sent_signal_kills_by_default(void **state)
{
    (void)state;
    int status = in_child(sent_signal);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGBUS);
}

/* ---- what a fault leaves alone -------------------------------------------------------------------------------- */

static void errno_and_mask(void)
{
    fixture f;
    sigset_t before, after;
    fixture_open(&f, 2, NULL, NULL);
    pthread_sigmask(SIG_SETMASK, NULL, &before);
    for (uint64_t i = 0; i < 200; i++) {
        errno = (int)(1000 + i);
        fixture_put(&f, i % 2, (i / 2) * PAGE, i);
        REQUIRE(errno == (int)(1000 + i));
    }
    pthread_sigmask(SIG_SETMASK, NULL, &after);
    REQUIRE(memcmp(&before, &after, sizeof before) == 0);
    fixture_close(&f);
}

static void test_errno_and_signal_mask_survive_a_fault(void **state)
{
    (void)state;
    assert_int_equal(in_child(errno_and_mask), 0);
}

/* A system call on a page that is not here fails with EFAULT; after dsm_touch it does not. */
static void system_calls(void)
{
    fixture f;
    int zero = open("/dev/zero", O_RDONLY);
    fixture_open(&f, 2, NULL, NULL);
    fixture_put(&f, 1, 3 * PAGE, 77);
    REQUIRE(read(zero, (void *)(f.base[0] + 3 * PAGE + 8), 64) == -1 && errno == EFAULT);
    REQUIRE(dsm_touch(f.engine[0], 3 * PAGE + 8, 64, 1) == DSM_OK);
    REQUIRE(read(zero, (void *)(f.base[0] + 3 * PAGE + 8), 64) == 64);
    REQUIRE(fixture_get(&f, 0, 3 * PAGE) == 77);
    fixture_close(&f);
}

static void test_system_call_fails_until_touched(void **state)
{
    (void)state;
    assert_int_equal(in_child(system_calls), 0);
}

/* A thread with the smallest stack there is runs into faults. */
static fixture *small_fixture;
static void *on_small_stack(void *argument)
{
    uint64_t first = (uint64_t)(uintptr_t)argument;
    for (uint64_t i = 0; i < 50; i++)
        fixture_put(small_fixture, i % 2, (first + i) * PAGE, i);
    return NULL;
}

static void small_stack(void)
{
    fixture f;
    pthread_attr_t attributes;
    pthread_t threads[4];
    long least = sysconf(_SC_THREAD_STACK_MIN); /* holds the kernel's signal frame of this processor */
    fixture_open(&f, 2, NULL, NULL);
    small_fixture = &f;
    pthread_attr_init(&attributes);
    REQUIRE(pthread_attr_setstacksize(&attributes, (size_t)least + 16384) == 0);
    for (uint64_t t = 0; t < 4; t++)
        REQUIRE(pthread_create(&threads[t], &attributes, on_small_stack, (void *)(uintptr_t)(t * 40)) == 0);
    for (int t = 0; t < 4; t++)
        pthread_join(threads[t], NULL);
    fixture_close(&f);
}

static void test_fault_on_a_small_stack(void **state)
{
    (void)state;
    assert_int_equal(in_child(small_stack), 0);
}

/* A child of fork has none of the views. */
static void child_without_views(void)
{
    fixture f;
    fixture_open(&f, 2, NULL, NULL);
    fixture_put(&f, 0, 0, 9);
    pid_t child = fork();
    if (child == 0) {
        unsigned char resident;
        _exit(mincore((void *)(uintptr_t)f.base[0], PAGE, &resident) == -1 && errno == ENOMEM ? 0 : 1);
    }
    int status = 1;
    waitpid(child, &status, 0);
    REQUIRE(status == 0);
    fixture_close(&f);
}

static void test_views_are_not_inherited(void **state)
{
    (void)state;
    assert_int_equal(in_child(child_without_views), 0);
}

static void alone(void)
{
    fixture f;
    fixture_open(&f, 1, NULL, NULL);
    fixture_put(&f, 0, 5 * PAGE, 5);
    REQUIRE(read_from((uintptr_t)f.base[0] + 5 * PAGE) == 5);
    REQUIRE(dsm_engine_counters(f.engine[0])[DSM_C_WRITE_FAULTS] == 0 &&
            dsm_engine_counters(f.engine[0])[DSM_C_MAPPINGS] == 1);
    uint64_t ticket;
    REQUIRE(dsm_lock(f.engine[0], 1, 1, 0, &ticket) == DSM_OK && dsm_unlock(f.engine[0], 1, 1) == DSM_OK);
    fixture_close(&f);
}

static void test_one_node_never_faults(void **state)
{
    (void)state;
    assert_int_equal(in_child(alone), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_foreign_fault_still_kills),
        cmocka_unit_test(test_earlier_handler_gets_what_is_its_own),
        cmocka_unit_test(test_handler_for_one_time_is_called_once),
        cmocka_unit_test(test_ignored_signal_is_ignored_but_a_fault_kills),
        cmocka_unit_test(test_sent_signal_kills_by_default),
        cmocka_unit_test(test_errno_and_signal_mask_survive_a_fault),
        cmocka_unit_test(test_system_call_fails_until_touched),
        cmocka_unit_test(test_fault_on_a_small_stack),
        cmocka_unit_test(test_views_are_not_inherited),
        cmocka_unit_test(test_one_node_never_faults),
    };
    return cmocka_run_group_tests_name("engine signal", tests, NULL, NULL);
}
