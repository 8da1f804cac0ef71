/*
 * dsm_futex.h - waiting on a 32-bit word, and a small lock made of it.
 *
 * The lock is for code that may run in a signal handler: no allocation, no thread-local state, and the
 * caller has blocked all signals. Ulrich Drepper, "Futexes Are Tricky" (2011), mutex 2.
 */
#ifndef DSM_FUTEX_H
#define DSM_FUTEX_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Sleeps while *word == expected, at most timeout_ns. May return early; the caller looks again. Keeps errno. */
void dsm_futex_wait(_Atomic uint32_t *word, uint32_t expected, uint64_t timeout_ns);
/* Wakes up to `count` sleepers. Keeps errno. The word's memory may be gone already. */
void dsm_futex_wake(_Atomic uint32_t *word, uint32_t count);

typedef struct dsm_mutex {
    _Atomic uint32_t word; /* 0 free, 1 held, 2 held and somebody sleeps */
} dsm_mutex;

bool dsm_mutex_try(dsm_mutex *mutex);
void dsm_mutex_lock(dsm_mutex *mutex);
void dsm_mutex_unlock(dsm_mutex *mutex);

#endif
