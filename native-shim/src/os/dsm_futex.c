/* dsm_futex.c - see dsm_futex.h */
#define _GNU_SOURCE
#include "dsm_futex.h"

#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "dsm_clock.h"

#define DSM_MUTEX_SPINS 100 /* turns before sleeping: about as long as a core step without a system call */

void dsm_futex_wait(_Atomic uint32_t *word, uint32_t expected, uint64_t timeout_ns)
{
    int saved = errno;
    struct timespec timeout = dsm_clock_timespec(timeout_ns);
    syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, expected, &timeout, NULL, 0);
    errno = saved;
}

void dsm_futex_wake(_Atomic uint32_t *word, uint32_t count)
{
    int saved = errno;
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, count, NULL, NULL, 0);
    errno = saved;
}

bool dsm_mutex_try(dsm_mutex *mutex)
{
    uint32_t expected = 0;
    return atomic_compare_exchange_strong_explicit(&mutex->word, &expected, 1, memory_order_acquire,
                                                   memory_order_relaxed);
}

void dsm_mutex_lock(dsm_mutex *mutex)
{
    for (int turn = 0; turn < DSM_MUTEX_SPINS; turn++) {
        if (dsm_mutex_try(mutex))
            return;
        dsm_clock_relax();
    }
    while (atomic_exchange_explicit(&mutex->word, 2, memory_order_acquire) != 0)
        dsm_futex_wait(&mutex->word, 2, DSM_SECOND);
}

void dsm_mutex_unlock(dsm_mutex *mutex)
{
    if (atomic_exchange_explicit(&mutex->word, 0, memory_order_release) == 2)
        dsm_futex_wake(&mutex->word, 1);
}
