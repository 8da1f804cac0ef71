/* dsm_notice.c - see dsm_notice.h */
#include "dsm_notice.h"

#include <string.h>

#include "dsm_bytes.h"

#define NONE UINT32_MAX

typedef struct link_range {
    uint64_t first, count;
    uint32_t next, reserved;
} link_range;

typedef struct entry {
    uint64_t first, last;
    uint32_t range, ranges; /* the first of its ranges, and how many */
    uint32_t older, newer;  /* of the same origin; `newer` also links the free ones */
} entry;

typedef struct origin_list {
    uint32_t oldest, newest;
    uint32_t entries, ranges;
} origin_list;

struct dsm_notice_log {
    dsm_notice_limits limits;
    uint32_t free_entry, free_entries, fresh_entry; /* from `fresh` on, none has ever been used */
    uint32_t free_range, free_ranges, fresh_range;
    origin_list *origins;
    entry *entries;
    link_range *ranges;
};

/* ---- memory ---------------------------------------------------------------------------------------- */

size_t dsm_notice_size(const dsm_notice_limits *limits)
{
    if (limits->nodes == 0 || limits->notice_ranges == 0 || limits->notices == NONE || limits->ranges == NONE) {
        return 0;
    }
    if (limits->notices <= 2u * (uint64_t)limits->nodes) {
        return 0;
    }
    if (limits->ranges < (uint64_t)limits->nodes + limits->notice_ranges) {
        return 0;
    }
    return sizeof(dsm_notice_log) + limits->nodes * sizeof(origin_list) + limits->notices * sizeof(entry) +
           limits->ranges * sizeof(link_range);
}

dsm_notice_log *dsm_notice_init(void *memory, const dsm_notice_limits *limits)
{
    dsm_notice_log *log = memory;
    uint8_t *at = (uint8_t *)memory + sizeof *log;
    log->limits = *limits;
    log->entries = (entry *)(void *)at;
    at += limits->notices * sizeof(entry);
    log->ranges = (link_range *)(void *)at;
    at += limits->ranges * sizeof(link_range);
    log->origins = (origin_list *)(void *)at;
    for (uint32_t n = 0; n < limits->nodes; n++) {
        log->origins[n] = (origin_list){NONE, NONE, 0, 0};
    }
    log->free_entry = NONE;
    log->free_entries = limits->notices;
    log->free_range = NONE;
    log->free_ranges = limits->ranges;
    log->fresh_entry = log->fresh_range = 0;
    return log;
}

static uint32_t range_take(dsm_notice_log *log)
{
    uint32_t taken = log->free_range;
    if (taken == NONE) {
        taken = log->fresh_range++;
    } else {
        log->free_range = log->ranges[taken].next;
    }
    log->free_ranges--;
    return taken;
}

static void range_give(dsm_notice_log *log, uint32_t range)
{
    log->ranges[range].next = log->free_range;
    log->free_range = range;
    log->free_ranges++;
}

static void ranges_give(dsm_notice_log *log, uint32_t range)
{
    while (range != NONE) {
        uint32_t next = log->ranges[range].next;
        range_give(log, range);
        range = next;
    }
}

static uint32_t entry_take(dsm_notice_log *log)
{
    uint32_t taken = log->free_entry;
    if (taken == NONE) {
        taken = log->fresh_entry++;
    } else {
        log->free_entry = log->entries[taken].newer;
    }
    log->free_entries--;
    return taken;
}

static void entry_unlink(dsm_notice_log *log, origin_list *list, uint32_t index)
{
    entry *gone = &log->entries[index];
    if (gone->older == NONE) {
        list->oldest = gone->newer;
    } else {
        log->entries[gone->older].newer = gone->newer;
    }
    if (gone->newer == NONE) {
        list->newest = gone->older;
    } else {
        log->entries[gone->newer].older = gone->older;
    }
    list->entries--;
    list->ranges -= gone->ranges;
    gone->newer = log->free_entry;
    log->free_entry = index;
    log->free_entries++;
}

/* ---- becoming less exact ----------------------------------------------------------------------------- */

/* Joins neighbours of a list with at most `gap` pages between them; returns how many ranges are left. */
static uint32_t join_within(dsm_notice_log *log, uint32_t head, uint64_t gap)
{
    uint32_t left = 0;
    for (uint32_t at = head; at != NONE; at = log->ranges[at].next) {
        link_range *range = &log->ranges[at];
        left++;
        while (range->next != NONE && log->ranges[range->next].first - (range->first + range->count) <= gap) {
            uint32_t joined = range->next;
            range->count = log->ranges[joined].first + log->ranges[joined].count - range->first;
            range->next = log->ranges[joined].next;
            range_give(log, joined);
        }
    }
    return left;
}

/* Brings an entry down to `most` ranges, closing the narrowest gaps first. */
static void coarsen(dsm_notice_log *log, origin_list *list, entry *e, uint32_t most)
{
    uint32_t before = e->ranges;
    for (uint64_t gap = 1; e->ranges > most; gap = gap > UINT64_MAX / 2 ? UINT64_MAX : gap * 2) {
        e->ranges = join_within(log, e->range, gap);
    }
    list->ranges -= before - e->ranges;
}

/* Puts two lists together into the first; returns how many ranges that makes. */
static uint32_t unite(dsm_notice_log *log, uint32_t *head, uint32_t other)
{
    uint32_t *link = head, mine = *head;
    while (mine != NONE || other != NONE) {
        uint32_t *from =
            other == NONE || (mine != NONE && log->ranges[mine].first <= log->ranges[other].first) ? &mine : &other;
        *link = *from;
        *from = log->ranges[*from].next;
        link = &log->ranges[*link].next;
    }
    *link = NONE;
    /* In order now, but what overlapped or touched still does: a reach behind the next one's start. */
    uint32_t left = 0;
    for (uint32_t at = *head; at != NONE; at = log->ranges[at].next) {
        link_range *range = &log->ranges[at];
        left++;
        while (range->next != NONE && log->ranges[range->next].first <= range->first + range->count) {
            link_range *joined = &log->ranges[range->next];
            uint64_t end = joined->first + joined->count, gone = range->next;
            if (end > range->first + range->count) {
                range->count = end - range->first;
            }
            range->next = joined->next;
            range_give(log, (uint32_t)gone);
        }
    }
    return left;
}

/* Puts an entry's newer neighbour into it. */
static void absorb(dsm_notice_log *log, origin_list *list, uint32_t index)
{
    entry *into = &log->entries[index], *from = &log->entries[into->newer];
    uint32_t before = into->ranges + from->ranges, from_index = into->newer;
    into->ranges = unite(log, &into->range, from->range);
    into->last = from->last;
    list->ranges -= before - into->ranges;
    from->range = NONE;
    from->ranges = 0;
    entry_unlink(log, list, from_index);
    coarsen(log, list, into, log->limits.notice_ranges);
}

/* One round over an origin: every other entry goes into the one before it; a lone entry becomes half as exact. */
static void collapse(dsm_notice_log *log, origin_list *list)
{
    if (list->entries == 1) {
        entry *only = &log->entries[list->oldest];
        coarsen(log, list, only, only->ranges > 1 ? only->ranges / 2 : 1);
        return;
    }
    for (uint32_t at = list->oldest; at != NONE && log->entries[at].newer != NONE; at = log->entries[at].newer) {
        absorb(log, list, at);
    }
}

static void make_room(dsm_notice_log *log, uint32_t ranges)
{
    while (log->free_entries == 0 || log->free_ranges < ranges) {
        origin_list *largest = &log->origins[0];
        for (uint32_t n = 1; n < log->limits.nodes; n++) {
            origin_list *list = &log->origins[n];
            if (log->free_entries == 0 ? list->entries > largest->entries : list->ranges > largest->ranges) {
                largest = list;
            }
        }
        collapse(log, largest);
    }
}

/* ---- adding and forgetting --------------------------------------------------------------------------- */

void dsm_notice_append(dsm_notice_log *log, const dsm_notice *notice, const dsm_range *ranges)
{
    origin_list *list = &log->origins[notice->origin];
    make_room(log, notice->ranges);
    uint32_t index = entry_take(log);
    entry *added = &log->entries[index];
    *added = (entry){notice->first, notice->last, NONE, notice->ranges, list->newest, NONE};
    for (uint32_t i = notice->ranges; i > 0; i--) {
        uint32_t range = range_take(log);
        log->ranges[range] = (link_range){ranges[i - 1].first, ranges[i - 1].count, added->range, 0};
        added->range = range;
    }
    if (list->newest == NONE) {
        list->oldest = index;
    } else {
        log->entries[list->newest].newer = index;
    }
    list->newest = index;
    list->entries++;
    list->ranges += notice->ranges;
}

void dsm_notice_trim(dsm_notice_log *log, const uint64_t *seen_by_all)
{
    for (uint32_t n = 0; n < log->limits.nodes; n++) {
        origin_list *list = &log->origins[n];
        while (list->oldest != NONE && log->entries[list->oldest].last <= seen_by_all[n]) {
            uint32_t index = list->oldest;
            ranges_give(log, log->entries[index].range);
            entry_unlink(log, list, index);
        }
    }
}

/* ---- the wire ------------------------------------------------------------------------------------------ */

static uint32_t put_notice(const dsm_notice_log *log, uint32_t origin, const entry *e, uint8_t *out)
{
    uint32_t length = DSM_NOTICE_HEAD;
    dsm_bytes_put32(out, origin);
    dsm_bytes_put32(out + 4, e->ranges);
    dsm_bytes_put64(out + 8, e->first);
    dsm_bytes_put64(out + 16, e->last);
    for (uint32_t at = e->range; at != NONE; at = log->ranges[at].next) {
        dsm_bytes_put64(out + length, log->ranges[at].first);
        dsm_bytes_put64(out + length + 8, log->ranges[at].count);
        length += DSM_NOTICE_RANGE;
    }
    return length;
}

/* The oldest entry of an origin that goes beyond `told`. Sought from the newest, since most know nearly all. */
static uint32_t first_unseen(const dsm_notice_log *log, const origin_list *list, uint64_t told)
{
    uint32_t found = NONE;
    for (uint32_t at = list->newest; at != NONE && log->entries[at].last > told; at = log->entries[at].older) {
        found = at;
    }
    return found;
}

uint32_t dsm_notice_encode(const dsm_notice_log *log, uint64_t *told, uint32_t *next, uint8_t *out, uint32_t room)
{
    uint32_t length = DSM_NOTICE_FRAME_HEAD, count = 0;
    for (; *next < log->limits.nodes; ++*next) {
        uint32_t at = first_unseen(log, &log->origins[*next], told[*next]);
        for (; at != NONE; at = log->entries[at].newer) {
            const entry *e = &log->entries[at];
            if (DSM_NOTICE_HEAD + DSM_NOTICE_RANGE * e->ranges > room - length) {
                goto full;
            }
            length += put_notice(log, *next, e, out + length);
            told[*next] = e->last;
            count++;
        }
    }
full:
    if (count == 0) {
        return 0;
    }
    dsm_bytes_put32(out, count);
    dsm_bytes_put32(out + 4, 0);
    return length;
}

/* One notice at `at`: its length, 0 when malformed. */
static uint32_t check_notice(const uint8_t *at, uint32_t left, const dsm_notice_limits *limits, uint64_t pages)
{
    if (left < DSM_NOTICE_HEAD) {
        return 0;
    }
    uint32_t ranges = dsm_bytes_get32(at + 4);
    if (dsm_bytes_get32(at) >= limits->nodes || ranges == 0 || ranges > limits->notice_ranges) {
        return 0;
    }
    if (ranges > (left - DSM_NOTICE_HEAD) / DSM_NOTICE_RANGE) {
        return 0;
    }
    if (dsm_bytes_get64(at + 8) == 0 || dsm_bytes_get64(at + 16) < dsm_bytes_get64(at + 8)) {
        return 0;
    }
    uint64_t least = 0;
    for (uint32_t i = 0; i < ranges; i++) {
        const uint8_t *range = at + DSM_NOTICE_HEAD + DSM_NOTICE_RANGE * i;
        uint64_t first = dsm_bytes_get64(range), count = dsm_bytes_get64(range + 8);
        if (first < least || count == 0 || first >= pages || count > pages - first) {
            return 0;
        }
        least = first + count + 1;
    }
    return DSM_NOTICE_HEAD + DSM_NOTICE_RANGE * ranges;
}

int dsm_notice_check(const uint8_t *frame, uint32_t length, const dsm_notice_limits *limits, uint64_t pages,
                     const uint64_t *knows)
{
    uint32_t at = DSM_NOTICE_FRAME_HEAD, before = NONE;
    uint64_t told = 0; /* of the origin of the notice before */
    if (length < at || dsm_bytes_get32(frame) == 0 || dsm_bytes_get32(frame + 4) != 0) {
        return -1;
    }
    for (uint32_t left = dsm_bytes_get32(frame); left > 0; left--) {
        uint32_t bytes = check_notice(frame + at, length - at, limits, pages);
        if (bytes == 0) {
            return -1;
        }
        uint32_t origin = dsm_bytes_get32(frame + at);
        uint64_t first = dsm_bytes_get64(frame + at + 8);
        if (before != NONE && origin < before) {
            return -1;
        }
        if (origin == before ? first != told + 1 : first - 1 > knows[origin]) {
            return -1;
        }
        before = origin;
        told = dsm_bytes_get64(frame + at + 16);
        if (told == UINT64_MAX) {
            return -1;
        }
        at += bytes;
    }
    return at == length ? 0 : -1;
}

int dsm_notice_next(const uint8_t *frame, uint32_t length, uint32_t *at, dsm_notice *notice, dsm_range *ranges)
{
    if (*at == 0) {
        *at = DSM_NOTICE_FRAME_HEAD;
    }
    if (*at >= length) {
        return 0;
    }
    const uint8_t *in = frame + *at;
    *notice =
        (dsm_notice){dsm_bytes_get32(in), dsm_bytes_get32(in + 4), dsm_bytes_get64(in + 8), dsm_bytes_get64(in + 16)};
    for (uint32_t i = 0; i < notice->ranges; i++) {
        const uint8_t *range = in + DSM_NOTICE_HEAD + DSM_NOTICE_RANGE * i;
        ranges[i] = (dsm_range){dsm_bytes_get64(range), dsm_bytes_get64(range + 8)};
    }
    *at += DSM_NOTICE_HEAD + DSM_NOTICE_RANGE * notice->ranges;
    return 1;
}

/* ---- looking in ------------------------------------------------------------------------------------------ */

uint32_t dsm_notice_count(const dsm_notice_log *log)
{
    return log->limits.notices - log->free_entries;
}

uint32_t dsm_notice_ranges(const dsm_notice_log *log)
{
    return log->limits.ranges - log->free_ranges;
}

static const char *check_entry(const dsm_notice_log *log, const entry *e)
{
    uint32_t ranges = 0;
    uint64_t least = 0;
    for (uint32_t at = e->range; at != NONE; at = log->ranges[at].next, ranges++) {
        const link_range *range = &log->ranges[at];
        if (ranges > e->ranges) {
            return "a notice has more ranges than it counts";
        }
        if (range->first < least || range->count == 0) {
            return "a notice's ranges are out of order";
        }
        least = range->first + range->count + 1;
    }
    if (ranges != e->ranges || ranges == 0 || ranges > log->limits.notice_ranges) {
        return "a notice miscounts its ranges";
    }
    return e->first == 0 || e->last < e->first ? "a notice's intervals are out of order" : NULL;
}

const char *dsm_notice_check_log(const dsm_notice_log *log)
{
    uint64_t entries = 0, ranges = 0;
    for (uint32_t n = 0; n < log->limits.nodes; n++) {
        const origin_list *list = &log->origins[n];
        uint32_t before = NONE, count = 0, sum = 0;
        for (uint32_t at = list->oldest; at != NONE; before = at, at = log->entries[at].newer) {
            const entry *e = &log->entries[at];
            const char *wrong = check_entry(log, e);
            if (wrong != NULL) {
                return wrong;
            }
            if (e->older != before || ++count > list->entries) {
                return "a node's notices are linked wrongly";
            }
            if (before != NONE && e->first != log->entries[before].last + 1) {
                return "a gap between a node's notices";
            }
            sum += e->ranges;
        }
        if (list->newest != before || count != list->entries || sum != list->ranges) {
            return "a node's notices are miscounted";
        }
        entries += count;
        ranges += sum;
    }
    return entries == dsm_notice_count(log) && ranges == dsm_notice_ranges(log) ? NULL
                                                                                : "the log's free lists are miscounted";
}
