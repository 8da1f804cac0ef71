/* dsm_clock.h - monotonic time, in nanoseconds. */
#ifndef DSM_CLOCK_H
#define DSM_CLOCK_H

#include <stdint.h>
#include <time.h>

#define DSM_MICROSECOND UINT64_C(1000)
#define DSM_MILLISECOND UINT64_C(1000000)
#define DSM_SECOND      UINT64_C(1000000000)

/* CLOCK_MONOTONIC; async-signal-safe, does not touch errno. */
static inline uint64_t dsm_clock_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * DSM_SECOND + (uint64_t)t.tv_nsec;
}

static inline struct timespec dsm_clock_timespec(uint64_t ns)
{
    struct timespec t = {.tv_sec = (time_t)(ns / DSM_SECOND), .tv_nsec = (long)(ns % DSM_SECOND)};
    return t;
}

/* One turn of a loop that waits without sleeping. */
static inline void dsm_clock_relax(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield" ::: "memory");
#endif
}

#endif
