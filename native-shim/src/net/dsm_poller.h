/*
 * dsm_poller.h - who is woken when input comes: an epoll set of all connections (the inner one), inside a
 * second (the outer one) in which the service thread sleeps.
 *
 * While some faulting thread waits on the inner set itself, the inner is disarmed in the outer, so that the service
 * thread sleeps on. Arming makes the kernel look again whether the inner is ready, so nothing is missed
 * and no fault costs a wake-up of another thread.
 */
#ifndef DSM_POLLER_H
#define DSM_POLLER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define DSM_POLLER_BATCH 16u

typedef struct dsm_poller {
    int inner, outer;
    int poke;  /* an eventfd in the outer: wakes the service thread */
    int nudge; /* an eventfd in the inner: wakes the thread that waits there */
    bool armed;
    atomic_bool poked, nudged;
} dsm_poller;

int dsm_poller_open(dsm_poller *poller); /* 0 or -errno; armed */
void dsm_poller_close(dsm_poller *poller);

int dsm_poller_add(dsm_poller *poller, int descriptor, uint32_t id);
void dsm_poller_remove(dsm_poller *poller, int descriptor);
/* Whether room for output wakes as well. */
void dsm_poller_output(dsm_poller *poller, int descriptor, uint32_t id, bool wanted);

/* Under the caller's lock. */
void dsm_poller_arm(dsm_poller *poller, bool armed);

/* Waits on the inner set; ids (up to DSM_POLLER_BATCH) of what is ready. Ends early when nudged. */
uint32_t dsm_poller_wait(dsm_poller *poller, uint32_t *ids, uint64_t timeout_ns);
/* Sleeps on the outer set; ends early when poked. True if the inner is armed and ready. */
bool dsm_poller_sleep(dsm_poller *poller, uint64_t timeout_ns);
void dsm_poller_poke(dsm_poller *poller);
void dsm_poller_nudge(dsm_poller *poller);

#endif
