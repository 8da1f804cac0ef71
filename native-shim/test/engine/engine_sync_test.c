/* engine_sync_test.c - locks, barriers, tickets and completions. */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "dsm_wire.h"
#include "engine_fixture.h"

#define PAGE        4096u
#define MILLISECOND UINT64_C(1000000)

static uint64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 * MILLISECOND + (uint64_t)t.tv_nsec;
}

/* ---- exclusion and visibility ---------------------------------------------------------------------------------- */

#define ROUNDS 200u

static void increment(fixture *f, uint32_t node, uint32_t thread)
{
    uint64_t me = node * 100 + thread + 1;
    for (uint32_t i = 0; i < ROUNDS; i++) {
        uint64_t lock = i % 3;
        fixture_lock(f, node, lock, me);
        fixture_put(f, node, lock * PAGE, fixture_get(f, node, lock * PAGE) + 1); /* a plain read and a plain write */
        fixture_unlock(f, node, lock, me);
    }
}

static void check_increments(uint32_t nodes, uint32_t threads, void (*tune)(dsm_options *))
{
    fixture f;
    fixture_open(&f, nodes, tune, NULL);
    fixture_run(&f, threads, increment);
    uint64_t sum = 0;
    for (uint64_t lock = 0; lock < 3; lock++)
        sum += fixture_get(&f, 0, lock * PAGE);
    assert_int_equal(sum, nodes * threads * ROUNDS);
    fixture_close(&f);
}

static void spinning(dsm_options *o)
{
    o->spin_ns = 50000;
}
static void no_native_wait(dsm_options *o)
{
    o->native_wait_ns = 1; /* every contended wait becomes a ticket */
}

static void test_locks_exclude(void **state)
{
    (void)state;
    check_increments(2, 8, NULL);
    check_increments(4, 4, NULL);
}
static void test_locks_exclude_spinning(void **state)
{
    (void)state;
    check_increments(2, 4, spinning);
}
static void test_locks_exclude_with_tickets_only(void **state)
{
    (void)state;
    check_increments(3, 6, no_native_wait);
}
static void test_locks_exclude_on_one_node(void **state)
{
    (void)state;
    check_increments(1, 8, NULL);
}

#define PHASES 60u

static void phases(fixture *f, uint32_t node, uint32_t thread)
{
    uint32_t me = node * 4 + thread, all = f->nodes * 4;
    for (uint64_t phase = 1; phase <= PHASES; phase++) {
        fixture_put(f, node, (8 + me % 3) * PAGE + 8 * me, phase);
        fixture_barrier(f, node, 5, all);
        for (uint32_t other = 0; other < all; other++)
            if (fixture_get(f, node, (8 + other % 3) * PAGE + 8 * other) != phase)
                fail();
        fixture_barrier(f, node, 6, all);
    }
}

static void test_barriers_show_everybodys_writes(void **state)
{
    (void)state;
    for (uint32_t nodes = 1; nodes <= 4; nodes++) {
        fixture f;
        fixture_open(&f, nodes, nodes == 3 ? no_native_wait : nodes == 2 ? spinning : NULL, NULL);
        fixture_run(&f, 4, phases);
        fixture_close(&f);
    }
}

/* ---- outcomes of one call ----------------------------------------------------------------------------------------- */

static void patient(dsm_options *o)
{
    o->native_wait_ns = 20000 * MILLISECOND; /* no ticket, however busy the machine is */
}

static void test_lock_reentry_try_and_release(void **state)
{
    (void)state;
    fixture f;
    uint64_t ticket = 0;
    fixture_open(&f, 2, patient, NULL);
    assert_int_equal(dsm_lock(f.engine[0], 9, 1, 0, &ticket), DSM_OK);
    assert_int_equal(dsm_lock(f.engine[0], 9, 1, 0, &ticket), DSM_OK);
    assert_int_equal(dsm_lock_holds(f.engine[0], 9, 1), 2);
    assert_int_equal(dsm_lock(f.engine[0], 9, 2, DSM_TRY, &ticket), DSM_E_BUSY);
    assert_int_equal(dsm_lock(f.engine[1], 9, 1, DSM_TRY, &ticket), DSM_E_BUSY);
    assert_int_equal(dsm_unlock(f.engine[1], 9, 1), DSM_E_NOT_OWNER);
    assert_int_equal(dsm_unlock(f.engine[0], 9, 2), DSM_E_NOT_OWNER);
    assert_non_null(strstr(dsm_last_error(), "not held"));
    assert_int_equal(dsm_unlock(f.engine[0], 9, 1), DSM_OK);
    assert_int_equal(dsm_lock_holds(f.engine[0], 9, 1), 1);
    assert_int_equal(dsm_unlock(f.engine[0], 9, 1), DSM_OK);
    assert_int_equal(dsm_lock(f.engine[1], 9, 1, DSM_TRY, &ticket), DSM_OK);
    assert_int_equal(dsm_unlock(f.engine[1], 9, 1), DSM_OK);
    assert_int_equal(dsm_lock(f.engine[0], 9, 0, 0, &ticket), DSM_E_ARGUMENT);
    assert_int_equal(dsm_barrier(f.engine[0], 9, 0, 0, &ticket), DSM_E_ARGUMENT);
    fixture_close(&f);
}

static dsm_completion completion_of(dsm_engine *engine)
{
    dsm_completion done = {0};
    assert_int_equal(dsm_completions(engine, &done, 1, 5000 * MILLISECOND), 1);
    return done;
}

static void test_a_long_wait_ends_as_a_completion(void **state)
{
    (void)state;
    fixture f;
    uint64_t ticket = 0, second = 0;
    dsm_completion done;
    fixture_open(&f, 2, NULL, NULL);
    fixture_lock(&f, 0, 4, 1);
    assert_int_equal(dsm_lock(f.engine[1], 4, 1, DSM_NO_NATIVE_WAIT, &ticket), DSM_RESULT_PENDING);
    assert_int_equal(dsm_lock(f.engine[0], 4, 2, 0, &second), DSM_RESULT_PENDING);
    assert_true(ticket != 0 && second != 0);
    assert_int_equal(dsm_completions(f.engine[1], &done, 1, 5 * MILLISECOND), 0);
    assert_int_equal(dsm_unlock(f.engine[0], 4, 1), DSM_OK);
    /* Who comes first is the lock's business; both come. */
    dsm_completion one, other;
    if (dsm_completions(f.engine[1], &one, 1, 500 * MILLISECOND) == 1) {
        assert_int_equal(dsm_unlock(f.engine[1], 4, 1), DSM_OK);
        other = completion_of(f.engine[0]);
    } else {
        other = completion_of(f.engine[0]);
        assert_int_equal(dsm_unlock(f.engine[0], 4, 2), DSM_OK);
        one = completion_of(f.engine[1]);
    }
    assert_int_equal(one.ticket, ticket);
    assert_int_equal(other.ticket, second);
    assert_true(one.status == DSM_OK && other.status == DSM_OK && one.kind == DSM_COMPLETION_OPERATION);
    fixture_close(&f);
}

static void test_a_cancelled_wait_has_no_completion(void **state)
{
    (void)state;
    fixture f;
    uint64_t ticket = 0, later = 0;
    dsm_completion done;
    fixture_open(&f, 2, NULL, NULL);
    fixture_lock(&f, 0, 4, 1);
    assert_int_equal(dsm_lock(f.engine[1], 4, 1, 0, &ticket), DSM_RESULT_PENDING);
    assert_int_equal(dsm_cancel(f.engine[1], ticket), DSM_E_CANCELLED);
    /* The same slot again, under another ticket: the old one names a wait that is over. */
    assert_int_equal(dsm_lock(f.engine[1], 4, 1, 0, &later), DSM_RESULT_PENDING);
    assert_true(later != ticket);
    assert_int_equal(dsm_cancel(f.engine[1], ticket), DSM_OK);
    assert_int_equal(dsm_cancel(f.engine[1], later + (UINT64_C(1) << 32)), DSM_E_ARGUMENT);
    assert_int_equal(dsm_cancel(f.engine[1], 0), DSM_E_ARGUMENT);
    assert_int_equal(dsm_cancel(f.engine[1], UINT64_MAX), DSM_E_ARGUMENT);
    assert_int_equal(dsm_unlock(f.engine[0], 4, 1), DSM_OK);
    done = completion_of(f.engine[1]);
    assert_int_equal(done.ticket, later);
    assert_int_equal(dsm_cancel(f.engine[1], later), DSM_OK);
    assert_int_equal(dsm_unlock(f.engine[1], 4, 1), DSM_OK);
    assert_int_equal(dsm_completions(f.engine[1], &done, 1, MILLISECOND), 0);
    /* The lock is whole: both can have it. */
    fixture_lock(&f, 0, 4, 3);
    assert_int_equal(dsm_unlock(f.engine[0], 4, 3), DSM_OK);
    fixture_close(&f);
}

static uint64_t arrivals(fixture *f)
{
    uint64_t sum = 0;
    for (uint32_t node = 0; node < f->nodes; node++)
        sum += __atomic_load_n(&dsm_engine_counters(f->engine[node])[DSM_C_MESSAGES_IN + DSM_MSG_BARRIER_ARRIVE],
                               __ATOMIC_RELAXED);
    return sum;
}

static void test_a_cancelled_barrier_wait_breaks_the_barrier(void **state)
{
    (void)state;
    fixture f;
    uint64_t first = 0, second = 0;
    fixture_open(&f, 2, NULL, NULL);
    uint64_t before = arrivals(&f), until = now() + 10000 * MILLISECOND;
    assert_int_equal(dsm_barrier(f.engine[0], 8, 3, 0, &first), DSM_RESULT_PENDING);
    assert_int_equal(dsm_barrier(f.engine[1], 8, 3, 0, &second), DSM_RESULT_PENDING);
    /* The barrier's home knows of both: who comes after the break begins anew, and would wait for ever. */
    while (arrivals(&f) == before && now() < until)
        sched_yield();
    assert_int_equal(dsm_cancel(f.engine[0], first), DSM_E_CANCELLED);
    dsm_completion done = completion_of(f.engine[1]);
    assert_int_equal(done.ticket, second);
    assert_int_equal(done.status, DSM_E_BROKEN);
    fixture_close(&f);
}

static void few_slots(dsm_options *o)
{
    o->slots = 16;
}

/* Waits for locks cannot use up what faults need. */
static void test_slots_are_kept_for_faults(void **state)
{
    (void)state;
    fixture f;
    uint64_t tickets[16];
    uint32_t waiting = 0;
    fixture_open(&f, 2, few_slots, NULL);
    fixture_lock(&f, 0, 4, 1);
    while (waiting < 16 &&
           dsm_lock(f.engine[1], 4, waiting + 1, DSM_NO_NATIVE_WAIT, &tickets[waiting]) == DSM_RESULT_PENDING)
        waiting++;
    assert_int_equal(waiting, 12);
    assert_non_null(strstr(dsm_last_error(), "slots"));
    fixture_put(&f, 0, 0, 3);
    assert_int_equal(fixture_get(&f, 1, 0), 3);
    for (uint32_t i = 0; i < waiting; i++)
        assert_int_equal(dsm_cancel(f.engine[1], tickets[i]), DSM_E_CANCELLED);
    assert_int_equal(dsm_unlock(f.engine[0], 4, 1), DSM_OK);
    fixture_close(&f);
}

static void *drain_completions(void *argument)
{
    dsm_completion done;
    int rc;
    while ((rc = dsm_completions(argument, &done, 1, 60000 * MILLISECOND)) >= 0)
        continue;
    return (void *)(intptr_t)rc;
}

static void test_closing_ends_the_wait_for_completions(void **state)
{
    (void)state;
    dsm_options o = fixture_options(0, 1);
    dsm_engine *engine = NULL;
    pthread_t thread;
    void *rc = NULL;
    assert_int_equal(dsm_engine_create(&o, &engine), DSM_OK);
    pthread_create(&thread, NULL, drain_completions, engine);
    uint64_t start = now();
    struct timespec pause = {0, 20 * (long)MILLISECOND};
    nanosleep(&pause, NULL);
    assert_int_equal(dsm_engine_close(engine), DSM_OK);
    pthread_join(thread, &rc);
    assert_int_equal((intptr_t)rc, DSM_E_CLOSED);
    assert_true(now() - start < 5000 * MILLISECOND);
}

/* Who calls again and again, between two calls too, is through before the engine is gone. */
static void test_stopping_ends_those_who_call_for_completions(void **state)
{
    (void)state;
    for (int round = 0; round < 20; round++) {
        dsm_options o = fixture_options(0, 1);
        dsm_engine *engine = NULL;
        pthread_t thread;
        void *rc = NULL;
        assert_int_equal(dsm_engine_create(&o, &engine), DSM_OK);
        pthread_create(&thread, NULL, drain_completions, engine);
        assert_int_equal(dsm_engine_stop(engine), DSM_OK);
        pthread_join(thread, &rc);
        assert_int_equal((intptr_t)rc, DSM_E_CLOSED);
        assert_int_equal(dsm_engine_close(engine), DSM_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_locks_exclude),
        cmocka_unit_test(test_locks_exclude_spinning),
        cmocka_unit_test(test_locks_exclude_with_tickets_only),
        cmocka_unit_test(test_locks_exclude_on_one_node),
        cmocka_unit_test(test_barriers_show_everybodys_writes),
        cmocka_unit_test(test_lock_reentry_try_and_release),
        cmocka_unit_test(test_a_long_wait_ends_as_a_completion),
        cmocka_unit_test(test_a_cancelled_wait_has_no_completion),
        cmocka_unit_test(test_a_cancelled_barrier_wait_breaks_the_barrier),
        cmocka_unit_test(test_slots_are_kept_for_faults),
        cmocka_unit_test(test_closing_ends_the_wait_for_completions),
        cmocka_unit_test(test_stopping_ends_those_who_call_for_completions),
    };
    fixture_deadline(100);
    return cmocka_run_group_tests_name("engine sync", tests, NULL, NULL);
}
