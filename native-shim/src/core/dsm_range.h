/* dsm_range.h - pages as sorted ranges: what a write notice names. No state; all memory is handed in. */
#ifndef DSM_RANGE_H
#define DSM_RANGE_H

#include <stdint.h>

/* `count` pages (1 or more) from `first` on. In a list, ranges ascend and at least one page lies between two. */
typedef struct dsm_range {
    uint64_t first, count;
} dsm_range;

/* Sorts page numbers, ascending, in place: O(n log n) always, no recursion. */
void dsm_range_sort(uint64_t *pages, uint32_t count);

/* Turns sorted page numbers (repeats allowed) into at most `room` ranges and returns how many; *used says how many of
 * the page numbers they cover (all, unless there was too little room). */
uint32_t dsm_range_collect(const uint64_t *pages, uint32_t count, dsm_range *ranges, uint32_t room, uint32_t *used);

/* 0 when it is a list as described above with all pages below `pages`, -1 when not. */
int dsm_range_check(const dsm_range *ranges, uint32_t count, uint64_t pages);

#endif
