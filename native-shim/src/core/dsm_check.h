/* dsm_check.h - shared by the files that check the state's own consistency. */
#ifndef DSM_CHECK_H
#define DSM_CHECK_H

#include "dsm_state.h"

/* Sums over the whole state, to be compared with the counts kept in passing. */
struct dsm_sums {
    uint64_t slots, requests, deferred, owned, shared;
    uint64_t lock_waiting, lock_requested, lock_queued, lock_tokens, barriers_open, conditions, condition_entries,
        atomics;
    uint64_t holding; /* pages that threads hold, by their slots */
    uint64_t held;    /* the same, by the pages */
    uint64_t waiting; /* slots found in the lists of pages, locks and barriers */
    uint64_t cached, fetching, listed, flushed, twins;
};

#define CHECK(condition, what) \
    do {                       \
        if (!(condition)) {    \
            return (what);     \
        }                      \
    } while (0)

/* Counts the slots of a list but for those of atomic operations; -1 if it is no list of slots of these kinds (a bit
 * for each). */
int64_t dsm_check_list(const dsm_core *core, const struct dsm_list *list, uint32_t kinds);

/* One RELEASE page; then what all of them share (dsm_check_release.c). */
const char *dsm_check_copy(const dsm_core *core, uint64_t page, struct dsm_sums *sums);
const char *dsm_check_release(const dsm_core *core, struct dsm_sums *sums);

#endif
