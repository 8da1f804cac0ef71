/* dsm_poller.c - see dsm_poller.h */
#define _GNU_SOURCE
#include "dsm_poller.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "dsm_clock.h"

#define EVENTFD_ID UINT32_MAX
#define INNER_ID   (UINT32_MAX - 1)

#ifndef SYS_epoll_pwait2
#define SYS_epoll_pwait2 441
#endif

static int control(int set, int operation, int descriptor, uint32_t events, uint32_t id)
{
    struct epoll_event event = {.events = events, .data.u32 = id};
    return epoll_ctl(set, operation, descriptor, &event) == 0 ? 0 : -errno;
}

int dsm_poller_open(dsm_poller *poller)
{
    memset(poller, 0, sizeof *poller);
    poller->armed = true;
    poller->inner = epoll_create1(EPOLL_CLOEXEC);
    poller->outer = epoll_create1(EPOLL_CLOEXEC);
    poller->poke = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    poller->nudge = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    int rc = poller->inner < 0 || poller->outer < 0 || poller->poke < 0 || poller->nudge < 0 ? -errno : 0;
    if (rc == 0)
        rc = control(poller->outer, EPOLL_CTL_ADD, poller->inner, EPOLLIN, INNER_ID);
    if (rc == 0)
        rc = control(poller->outer, EPOLL_CTL_ADD, poller->poke, EPOLLIN, EVENTFD_ID);
    if (rc == 0)
        rc = control(poller->inner, EPOLL_CTL_ADD, poller->nudge, EPOLLIN, EVENTFD_ID);
    if (rc != 0)
        dsm_poller_close(poller);
    return rc;
}

void dsm_poller_close(dsm_poller *poller)
{
    int descriptors[4] = {poller->outer, poller->inner, poller->poke, poller->nudge};
    for (int i = 0; i < 4; i++)
        if (descriptors[i] >= 0)
            close(descriptors[i]);
    poller->inner = poller->outer = poller->poke = poller->nudge = -1;
}

int dsm_poller_add(dsm_poller *poller, int descriptor, uint32_t id)
{
    return control(poller->inner, EPOLL_CTL_ADD, descriptor, EPOLLIN, id);
}

void dsm_poller_remove(dsm_poller *poller, int descriptor)
{
    control(poller->inner, EPOLL_CTL_DEL, descriptor, 0, 0);
}

void dsm_poller_output(dsm_poller *poller, int descriptor, uint32_t id, bool wanted)
{
    control(poller->inner, EPOLL_CTL_MOD, descriptor, EPOLLIN | (wanted ? EPOLLOUT : 0), id);
}

void dsm_poller_arm(dsm_poller *poller, bool armed)
{
    if (poller->armed == armed)
        return;
    poller->armed = armed;
    control(poller->outer, EPOLL_CTL_MOD, poller->inner, armed ? EPOLLIN : 0, INNER_ID);
}

/* epoll_wait with a time in nanoseconds; kernels before 5.11 get milliseconds, rounded up. */
static int wait(int set, struct epoll_event *events, int capacity, uint64_t timeout_ns)
{
    static atomic_bool coarse;
    if (timeout_ns == 0)
        return epoll_wait(set, events, capacity, 0);
    if (!atomic_load_explicit(&coarse, memory_order_relaxed)) {
        struct timespec timeout = dsm_clock_timespec(timeout_ns);
        int n = (int)syscall(SYS_epoll_pwait2, set, events, capacity, &timeout, NULL, 0);
        if (n >= 0 || errno != ENOSYS)
            return n;
        atomic_store_explicit(&coarse, true, memory_order_relaxed);
    }
    uint64_t milliseconds = (timeout_ns + DSM_MILLISECOND - 1) / DSM_MILLISECOND;
    return epoll_wait(set, events, capacity, milliseconds > 60000 ? 60000 : (int)milliseconds);
}

static void signal_descriptor(int descriptor, atomic_bool *pending)
{
    if (atomic_exchange(pending, true))
        return;
    uint64_t one = 1;
    ssize_t n = write(descriptor, &one, sizeof one);
    (void)n; /* can only fail when it is readable already */
}

/* The flag falls last: who finds it still up has changed what the woken thread looks at only afterwards. It stays up
 * when there is nothing to read yet, since then the signal that raised it is still to come. */
static void drain(int descriptor, atomic_bool *pending)
{
    uint64_t count;
    if (read(descriptor, &count, sizeof count) == sizeof count)
        atomic_store(pending, false);
}

uint32_t dsm_poller_wait(dsm_poller *poller, uint32_t *ids, uint64_t timeout_ns)
{
    struct epoll_event events[DSM_POLLER_BATCH];
    uint32_t count = 0;
    int n = wait(poller->inner, events, DSM_POLLER_BATCH, timeout_ns);
    for (int i = 0; i < n; i++) {
        if (events[i].data.u32 == EVENTFD_ID)
            drain(poller->nudge, &poller->nudged);
        else
            ids[count++] = events[i].data.u32;
    }
    return count;
}

bool dsm_poller_sleep(dsm_poller *poller, uint64_t timeout_ns)
{
    struct epoll_event events[2];
    bool ready = false;
    int n = wait(poller->outer, events, 2, timeout_ns);
    for (int i = 0; i < n; i++) {
        if (events[i].data.u32 == EVENTFD_ID)
            drain(poller->poke, &poller->poked);
        else
            ready = true;
    }
    /* A nudge that came too late for the thread it was meant for would keep the inner ready for ever. */
    if (ready && atomic_load(&poller->nudged))
        drain(poller->nudge, &poller->nudged);
    return ready;
}

void dsm_poller_poke(dsm_poller *poller)
{
    signal_descriptor(poller->poke, &poller->poked);
}

void dsm_poller_nudge(dsm_poller *poller)
{
    signal_descriptor(poller->nudge, &poller->nudged);
}
