/*
 * dsm_diff.h - what changed in a page since its twin was taken, to the byte, and how it is put into another copy.
 *
 * Byte-exact, since two nodes may write neighbouring bytes of one word and both writes must survive (JLS 17.6).
 * Applied in whole aligned 8-byte words, each in one atomic access, since a racing reader at the home must see no
 * int, reference or long half changed (JLS 17.7), and a racing writer there must not lose its byte.
 *
 * Twins and diffs: Keleher et al. 1994 (TreadMarks). Merging into a copy that is itself dirty, by comparing what comes
 * in with the twin: Stets et al. 1997 (Cashmere-2L, two-way diffing).
 *
 *   form 1, few runs:    | 1 | 0 | 0 (u16) | runs (u32)  | { offset u16, length - 1 u16, bytes } ...
 *   form 2, many runs:   | 2 | 0 | 0 (u16) | bytes (u32) | one bit a byte of the page, lowest first | the changed bytes
 *
 * All integers little-endian. Runs ascend and neither touch nor overlap.
 *
 * No state: everything stands in what is handed in. Thread-safe; `now`, `twin` and what is copied from must not
 * change meanwhile (the page is protected first), the page that is written into may.
 */
#ifndef DSM_DIFF_H
#define DSM_DIFF_H

#include <stdint.h>

#define DSM_DIFF_PAGE_MIN        64u    /* bytes; pages are powers of two */
#define DSM_DIFF_PAGE_MAX        65536u /* bytes */
#define DSM_DIFF_HEAD            8u

/* Bytes that the diff of a page of `page_bytes` never exceeds. */
#define DSM_DIFF_MAX(page_bytes) (DSM_DIFF_HEAD + (page_bytes) + (page_bytes) / 8u)

enum dsm_diff_kind { DSM_DIFF_BYTES, DSM_DIFF_WORDS, DSM_DIFF_AVX2, DSM_DIFF_NEON, DSM_DIFF_KINDS };

/* Compares `blocks` blocks of 64 bytes; bit b of changed[i] says that byte 64 * i + b differs. */
typedef void dsm_diff_compare(const uint8_t *now, const uint8_t *twin, uint32_t blocks, uint64_t *changed);

/* The comparison of this machine. Chosen once, by whoever owns the memory it lies in. */
typedef struct dsm_diff_ops {
    dsm_diff_compare *compare;
    enum dsm_diff_kind kind;
} dsm_diff_ops;

/* The fastest comparison this processor has. */
dsm_diff_ops dsm_diff_choose(void);

/* That comparison; 0 if this processor (or this build) has it, -1 otherwise. */
int dsm_diff_ops_of(enum dsm_diff_kind kind, dsm_diff_ops *ops);

/* Encodes what differs between `now` and `twin` into `out`, which has room for DSM_DIFF_MAX(page_bytes); returns
 * the bytes written, DSM_DIFF_HEAD when nothing differs. */
uint32_t dsm_diff_encode(const dsm_diff_ops *ops, const uint8_t *now, const uint8_t *twin, uint32_t page_bytes,
                         uint8_t *out);

/* 0 when these bytes are a whole diff of a page of `page_bytes` and nothing else, -1 when not. */
int dsm_diff_check(const uint8_t *diff, uint32_t length, uint32_t page_bytes);

/* Puts a diff that dsm_diff_check accepted into `page` (8-byte aligned). */
void dsm_diff_apply(const uint8_t *diff, uint32_t page_bytes, uint8_t *page);

/* Brings `page`, written here since `twin` was taken, up to `incoming`, the home's bytes: every byte in which the home
 * differs from the twin is taken over, what was written here stays; the twin then equals `incoming`. The home's bytes
 * must hold everything of this node that was sent before the twin was taken. `page` and `twin` 8-byte aligned. */
void dsm_diff_merge(const uint8_t *incoming, uint32_t page_bytes, uint8_t *page, uint8_t *twin);

#endif
