/* dsm_diff.c - see dsm_diff.h */
#include "dsm_diff.h"

#include <string.h>

#include "dsm_bytes.h"
#include "dsm_diff_compare.h"
#include "dsm_mutant.h"

#define FORM_RUNS     1u
#define FORM_MASK     2u
#define RUN_HEAD      4u
#define WINDOW_BLOCKS 64u /* compared at once; keeps the bits of a page of any size within 512 bytes of stack */

static void put_head(uint8_t *out, uint32_t form, uint32_t count)
{
    out[0] = (uint8_t)form;
    out[1] = 0;
    dsm_bytes_put16(out + 2, 0);
    dsm_bytes_put32(out + 4, count);
}

static uint32_t head_count(const uint8_t *in)
{
    return dsm_bytes_get32(in + 4);
}

/* ---- which comparison ---------------------------------------------------------------------------- */

int dsm_diff_ops_of(enum dsm_diff_kind kind, dsm_diff_ops *ops)
{
    dsm_diff_compare *compare = NULL;
    if (kind == DSM_DIFF_BYTES) {
        compare = dsm_diff_compare_bytes;
    }
    if (kind == DSM_DIFF_WORDS) {
        compare = dsm_diff_compare_words;
    }
#if DSM_DIFF_HAS_AVX2
    if (kind == DSM_DIFF_AVX2 && __builtin_cpu_supports("avx2")) {
        compare = dsm_diff_compare_avx2;
    }
#endif
#if DSM_DIFF_HAS_NEON
    if (kind == DSM_DIFF_NEON) {
        compare = dsm_diff_compare_neon;
    }
#endif
    if (compare == NULL) {
        return -1;
    }
    ops->compare = compare;
    ops->kind = kind;
    return 0;
}

dsm_diff_ops dsm_diff_choose(void)
{
    dsm_diff_ops ops = {dsm_diff_compare_words, DSM_DIFF_WORDS};
    if (dsm_diff_ops_of(DSM_DIFF_AVX2, &ops) != 0) {
        (void)dsm_diff_ops_of(DSM_DIFF_NEON, &ops);
    }
    return ops;
}

/* ---- encoding ------------------------------------------------------------------------------------ */

typedef struct run_writer {
    const uint8_t *now;
    uint8_t *out;
    uint32_t length, runs, runs_max;
    uint32_t start, end; /* the run that is still growing; empty when equal */
} run_writer;

/* Writes the growing run down. -1 when there are so many that the other form is shorter. */
static int run_close(run_writer *writer)
{
    uint32_t bytes = writer->end - writer->start;
    if (bytes == 0) {
        return 0;
    }
    if (writer->runs == writer->runs_max) {
        return -1;
    }
    dsm_bytes_put16(writer->out + writer->length, writer->start);
    dsm_bytes_put16(writer->out + writer->length + 2, bytes - 1);
    memcpy(writer->out + writer->length + RUN_HEAD, writer->now + writer->start, bytes);
    writer->length += RUN_HEAD + bytes;
    writer->runs++;
    return 0;
}

/* Adds the changed bytes of the 64 from `base` on to the runs. */
static int run_block(run_writer *writer, uint32_t base, uint64_t bits)
{
    while (bits != 0) {
        uint32_t first = (uint32_t)__builtin_ctzll(bits);
        uint64_t rest = ~(bits >> first);
        uint32_t count = rest == 0 ? 64 : (uint32_t)__builtin_ctzll(rest);
        if (count > 64 - first) {
            count = 64 - first;
        }
        if (base + first != writer->end) {
            if (run_close(writer) != 0) {
                return -1;
            }
            writer->start = base + first;
        }
        writer->end = base + first + count;
        bits = first + count == 64 ? 0 : bits >> (first + count) << (first + count);
    }
    return 0;
}

/* Which of the 64 * `blocks` bytes differ. */
static void compare(const dsm_diff_ops *ops, const uint8_t *now, const uint8_t *twin, uint32_t blocks,
                    uint64_t *changed)
{
    ops->compare(now, twin, blocks, changed);
    for (uint32_t i = 0; DSM_MUTANT_IS(DSM_MUTANT_NEIGHBOUR_BYTE) && i < blocks; i++) {
        for (uint32_t word = 0; word < 64; word += 8) {
            changed[i] |= (changed[i] >> word & 0xffu) != 0 ? UINT64_C(0xff) << word : 0;
        }
    }
}

static int encode_runs(const dsm_diff_ops *ops, const uint8_t *now, const uint8_t *twin, uint32_t page_bytes,
                       uint8_t *out, uint32_t *length)
{
    /* A run costs RUN_HEAD bytes more than its own; beyond this many the mask, an eighth of a page, is shorter. */
    run_writer writer = {now, out, DSM_DIFF_HEAD, 0, page_bytes / 8u / RUN_HEAD, 0, 0};
    uint64_t changed[WINDOW_BLOCKS];
    for (uint32_t at = 0; at < page_bytes; at += 64u * WINDOW_BLOCKS) {
        uint32_t blocks = (page_bytes - at) / 64u < WINDOW_BLOCKS ? (page_bytes - at) / 64u : WINDOW_BLOCKS;
        compare(ops, now + at, twin + at, blocks, changed);
        for (uint32_t i = 0; i < blocks; i++) {
            if (changed[i] != 0 && run_block(&writer, at + 64u * i, changed[i]) != 0) {
                return -1;
            }
        }
    }
    if (run_close(&writer) != 0) {
        return -1;
    }
    put_head(out, FORM_RUNS, writer.runs);
    *length = writer.length;
    return 0;
}

/* Copies the bytes of the 64 at `from` whose bit is set, packed; returns how many. */
static uint32_t pack_block(const uint8_t *from, uint64_t bits, uint8_t *out)
{
    uint32_t count = 0;
    if (bits == UINT64_MAX) {
        memcpy(out, from, 64);
        return 64;
    }
    for (; bits != 0; bits &= bits - 1) {
        out[count++] = from[__builtin_ctzll(bits)];
    }
    return count;
}

static uint32_t encode_mask(const dsm_diff_ops *ops, const uint8_t *now, const uint8_t *twin, uint32_t page_bytes,
                            uint8_t *out)
{
    uint8_t *mask = out + DSM_DIFF_HEAD, *bytes = mask + page_bytes / 8u;
    uint32_t count = 0;
    uint64_t changed[WINDOW_BLOCKS];
    for (uint32_t at = 0; at < page_bytes; at += 64u * WINDOW_BLOCKS) {
        uint32_t blocks = (page_bytes - at) / 64u < WINDOW_BLOCKS ? (page_bytes - at) / 64u : WINDOW_BLOCKS;
        compare(ops, now + at, twin + at, blocks, changed);
        memcpy(mask + at / 8u, changed, 8u * blocks);
        for (uint32_t i = 0; i < blocks; i++) {
            count += pack_block(now + at + 64u * i, changed[i], bytes + count);
        }
    }
    put_head(out, FORM_MASK, count);
    return (uint32_t)(bytes - out) + count;
}

uint32_t dsm_diff_encode(const dsm_diff_ops *ops, const uint8_t *now, const uint8_t *twin, uint32_t page_bytes,
                         uint8_t *out)
{
    uint32_t length = 0;
    if (encode_runs(ops, now, twin, page_bytes, out, &length) == 0) {
        return length;
    }
    return encode_mask(ops, now, twin, page_bytes, out);
}

/* ---- checking ------------------------------------------------------------------------------------ */

static int check_runs(const uint8_t *diff, uint32_t length, uint32_t page_bytes)
{
    uint32_t at = DSM_DIFF_HEAD, next = 0; /* next: the first byte of the page that the next run may touch */
    for (uint32_t left = head_count(diff); left > 0; left--) {
        if (length - at < RUN_HEAD) {
            return -1;
        }
        uint32_t offset = dsm_bytes_get16(diff + at), bytes = dsm_bytes_get16(diff + at + 2) + 1u;
        at += RUN_HEAD;
        if (offset < next || bytes > page_bytes || offset > page_bytes - bytes || bytes > length - at) {
            return -1;
        }
        at += bytes;
        next = offset + bytes + 1u;
    }
    return at == length ? 0 : -1;
}

static int check_mask(const uint8_t *diff, uint32_t length, uint32_t page_bytes)
{
    uint32_t count = 0;
    if (length < DSM_DIFF_HEAD + page_bytes / 8u) {
        return -1;
    }
    for (uint32_t i = 0; i < page_bytes / 8u; i++) {
        /* no popcount: without the CPU flag it would be a call into libgcc */
        for (uint32_t bits = diff[DSM_DIFF_HEAD + i]; bits != 0; bits &= bits - 1) {
            count++;
        }
    }
    return count == head_count(diff) && length == DSM_DIFF_HEAD + page_bytes / 8u + count ? 0 : -1;
}

int dsm_diff_check(const uint8_t *diff, uint32_t length, uint32_t page_bytes)
{
    if (length < DSM_DIFF_HEAD || length > DSM_DIFF_MAX(page_bytes)) {
        return -1;
    }
    if (diff[1] != 0 || diff[2] != 0 || diff[3] != 0) {
        return -1;
    }
    if (diff[0] == FORM_RUNS) {
        return check_runs(diff, length, page_bytes);
    }
    if (diff[0] == FORM_MASK) {
        return check_mask(diff, length, page_bytes);
    }
    return -1;
}

/* ---- applying ------------------------------------------------------------------------------------ */

/* Takes the bytes of `value` that `mask` covers over into the word, in one access that a racing reader sees whole
 * and that loses no racing writer's byte. */
static void blend(uint8_t *word, uint64_t value, uint64_t mask)
{
    uint64_t *at = (uint64_t *)(void *)word;
    if (mask == UINT64_MAX) {
        __atomic_store_n(at, value, __ATOMIC_RELAXED);
        return;
    }
    uint64_t old = __atomic_load_n(at, __ATOMIC_RELAXED);
    while (
        !__atomic_compare_exchange_n(at, &old, (old & ~mask) | (value & mask), 1, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
    }
}

/* 0xff in every byte whose bit is set. */
static uint64_t spread(uint8_t bits)
{
    uint64_t each = (bits * 0x0101010101010101u) & 0x8040201008040201u; /* bit b alone in byte b */
    uint64_t top = (each + 0x7f7f7f7f7f7f7f7fu) & 0x8080808080808080u; /* 0x80 where it was set; nothing carries over */
    return (top >> 7) * 0xffu;
}

/* A word that is being put together: several runs may end and begin in one, and a reader must see all or none. */
typedef struct word_writer {
    uint8_t *page;
    uint32_t word; /* offset of it in the page, in bytes */
    uint64_t value, mask;
} word_writer;

static void word_flush(word_writer *writer)
{
    if (writer->mask != 0) {
        blend(writer->page + writer->word, writer->value, writer->mask);
    }
    writer->value = writer->mask = 0;
}

static void word_put(word_writer *writer, uint32_t offset, const uint8_t *bytes, uint32_t count)
{
    while (count > 0) {
        uint32_t word = offset & ~7u, within = offset & 7u, part = 8u - within < count ? 8u - within : count;
        uint64_t value = 0;
        if (word != writer->word) {
            word_flush(writer);
        }
        writer->word = word;
        memcpy(&value, bytes, part);
        writer->value |= value << (8u * within);
        writer->mask |= (part == 8u ? UINT64_MAX : (UINT64_C(1) << (8u * part)) - 1u) << (8u * within);
        offset += part;
        bytes += part;
        count -= part;
    }
}

static void apply_runs(const uint8_t *diff, uint8_t *page)
{
    word_writer writer = {page, 0, 0, 0};
    const uint8_t *at = diff + DSM_DIFF_HEAD;
    for (uint32_t left = head_count(diff); left > 0; left--) {
        uint32_t bytes = dsm_bytes_get16(at + 2) + 1u;
        word_put(&writer, dsm_bytes_get16(at), at + RUN_HEAD, bytes);
        at += RUN_HEAD + bytes;
    }
    word_flush(&writer);
}

static void apply_mask(const uint8_t *diff, uint32_t page_bytes, uint8_t *page)
{
    const uint8_t *mask = diff + DSM_DIFF_HEAD, *bytes = mask + page_bytes / 8u;
    for (uint32_t word = 0; word < page_bytes / 8u; word++) {
        uint64_t value = 0;
        if (mask[word] == 0) {
            continue;
        }
        if (mask[word] == 0xffu) {
            memcpy(&value, bytes, 8);
            bytes += 8;
        } else {
            for (uint32_t b = 0; b < 8; b++) {
                if (mask[word] >> b & 1u) {
                    value |= (uint64_t)*bytes++ << (8u * b);
                }
            }
        }
        blend(page + 8u * word, value, spread(mask[word]));
    }
}

void dsm_diff_apply(const uint8_t *diff, uint32_t page_bytes, uint8_t *page)
{
    if (diff[0] == FORM_MASK) {
        apply_mask(diff, page_bytes, page);
    } else {
        apply_runs(diff, page);
    }
}

void dsm_diff_merge(const uint8_t *incoming, uint32_t page_bytes, uint8_t *page, uint8_t *twin)
{
    for (uint32_t at = 0; at < page_bytes; at += 8u) {
        uint64_t theirs, ours;
        memcpy(&theirs, incoming + at, sizeof theirs);
        memcpy(&ours, twin + at, sizeof ours);
        if (theirs == ours) {
            continue;
        }
        blend(page + at, theirs, spread(dsm_diff_bytes_of(theirs ^ ours)));
        memcpy(twin + at, &theirs, sizeof theirs);
    }
}
