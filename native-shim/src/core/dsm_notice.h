/*
 * dsm_notice.h - the log of write notices: which pages each node wrote in each of its intervals, as far as some node
 * may not have seen it yet.
 *
 * Exact, page by page and interval by interval, while it fits. Beyond that neighbouring intervals of a node are put
 * together, and then neighbouring ranges of pages: a node that has not listened for long drops a page too many, never
 * one too few, and the log never grows (Keleher et al. 1994 collect their notices at barriers; a program that uses
 * locks alone has none).
 *
 * On the wire, in frames of bounded size that each stand alone:
 *
 *   | notices (u32) | 0 (u32) | notice ...      notice: | origin u32 | ranges u32 | first u64 | last u64 | range ...
 *                                               range:  | first page u64 | pages u64 |
 *
 * Little-endian; origins ascend; of one origin, intervals follow each other without a gap.
 *
 * Memory is handed in; no other state. Not thread-safe (the engine lock).
 */
#ifndef DSM_NOTICE_H
#define DSM_NOTICE_H

#include <stddef.h>
#include <stdint.h>

#include "dsm_range.h"

#define DSM_NOTICE_FRAME_HEAD    8u
#define DSM_NOTICE_HEAD          24u
#define DSM_NOTICE_RANGE         16u

/* Room in a frame for one notice of `ranges` ranges. */
#define DSM_NOTICE_BYTES(ranges) (DSM_NOTICE_FRAME_HEAD + DSM_NOTICE_HEAD + DSM_NOTICE_RANGE * (ranges))

/* The pages that `origin` wrote in its intervals `first` .. `last`. */
typedef struct dsm_notice {
    uint32_t origin, ranges;
    uint64_t first, last;
} dsm_notice;

typedef struct dsm_notice_limits {
    uint32_t nodes;
    uint32_t notices;       /* in the log at once; more than 2 * nodes */
    uint32_t ranges;        /* in the log at once; at least nodes + notice_ranges */
    uint32_t notice_ranges; /* in one notice: what fits in a frame */
} dsm_notice_limits;

typedef struct dsm_notice_log dsm_notice_log;

/* Bytes of memory that the log needs; 0 when the limits contradict each other. */
size_t dsm_notice_size(const dsm_notice_limits *limits);

/* `memory`: 8-byte aligned, dsm_notice_size() bytes. */
dsm_notice_log *dsm_notice_init(void *memory, const dsm_notice_limits *limits);

/* Adds what `origin` wrote; `first` is one more than the last that the log was told of `origin`. `ranges` is a list of
 * 1 .. notice_ranges as dsm_range.h has it. Always succeeds: what is old gives way by becoming less exact. */
void dsm_notice_append(dsm_notice_log *log, const dsm_notice *notice, const dsm_range *ranges);

/* Forgets what everybody has seen: every notice with last <= seen_by_all[origin]. */
void dsm_notice_trim(dsm_notice_log *log, const uint64_t *seen_by_all);

/* Encodes what a node whose knowledge is `told` has not seen, from origin *next on, into `out` of `room` bytes (at
 * least DSM_NOTICE_BYTES(notice_ranges)), raising `told` by it; *next == nodes when nothing is left. Returns the bytes
 * written, 0 when there was nothing (more) to tell. (told[n] = UINT64_MAX leaves node n out.) */
uint32_t dsm_notice_encode(const dsm_notice_log *log, uint64_t *told, uint32_t *next, uint8_t *out, uint32_t room);

/* 0 when the bytes are one whole frame that a node which knows `knows` may be sent: nothing malformed, and no gap
 * between what it knows and what it is told. -1 when not. */
int dsm_notice_check(const uint8_t *frame, uint32_t length, const dsm_notice_limits *limits, uint64_t pages,
                     const uint64_t *knows);

/* Walks through a frame that dsm_notice_check accepted: *at starts as 0. 1 and the next notice with its ranges (room
 * for notice_ranges), 0 at the end. */
int dsm_notice_next(const uint8_t *frame, uint32_t length, uint32_t *at, dsm_notice *notice, dsm_range *ranges);

/* Notices and ranges in the log now. */
uint32_t dsm_notice_count(const dsm_notice_log *log);
uint32_t dsm_notice_ranges(const dsm_notice_log *log);

/* NULL, or what is wrong with the log itself. Slow. */
const char *dsm_notice_check_log(const dsm_notice_log *log);

#endif
