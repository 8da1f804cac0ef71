/* dsm_range.c - see dsm_range.h */
#include "dsm_range.h"

/* Lets the page at `root` sink to its place in the heap of the first `count`. */
static void sift(uint64_t *pages, uint32_t root, uint32_t count)
{
    uint64_t page = pages[root];
    for (uint64_t child = 2u * (uint64_t)root + 1u; child < count; child = 2u * (uint64_t)root + 1u) {
        if (child + 1 < count && pages[child + 1] > pages[child]) {
            child++;
        }
        if (pages[child] <= page) {
            break;
        }
        pages[root] = pages[child];
        root = (uint32_t)child;
    }
    pages[root] = page;
}

void dsm_range_sort(uint64_t *pages, uint32_t count)
{
    uint32_t sorted = 1;
    while (sorted < count && pages[sorted - 1] <= pages[sorted]) {
        sorted++;
    }
    if (sorted >= count) {
        return; /* as written by a loop over an array */
    }
    for (uint32_t root = count / 2; root > 0; root--) {
        sift(pages, root - 1, count);
    }
    for (uint32_t end = count - 1; end > 0; end--) {
        uint64_t largest = pages[0];
        pages[0] = pages[end];
        pages[end] = largest;
        sift(pages, 0, end);
    }
}

uint32_t dsm_range_collect(const uint64_t *pages, uint32_t count, dsm_range *ranges, uint32_t room, uint32_t *used)
{
    uint32_t filled = 0, at = 0;
    for (; at < count; at++) {
        uint64_t next = filled == 0 ? 0 : ranges[filled - 1].first + ranges[filled - 1].count;
        if (filled > 0 && pages[at] < next) {
            continue;
        }
        if (filled > 0 && pages[at] == next) {
            ranges[filled - 1].count++;
            continue;
        }
        if (filled == room) {
            break;
        }
        ranges[filled].first = pages[at];
        ranges[filled++].count = 1;
    }
    *used = at;
    return filled;
}

int dsm_range_check(const dsm_range *ranges, uint32_t count, uint64_t pages)
{
    uint64_t least = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (ranges[i].first < least || ranges[i].count == 0) {
            return -1;
        }
        if (ranges[i].first >= pages || ranges[i].count > pages - ranges[i].first) {
            return -1;
        }
        least = ranges[i].first + ranges[i].count + 1;
    }
    return 0;
}
