/*
 * dsm_vector.h - vectors of intervals: for every node, the last of its intervals whose write notices are known.
 *
 * An interval is what a node wrote between two of its releases; a node's intervals count 1, 2, ... (0 = none yet).
 * Vectors of intervals order releases and acquires across all locks, barriers and volatiles (Keleher et al. 1992).
 *
 * A vector is an array of `nodes` numbers, for any number of nodes. On the wire goes only what has changed since it
 * was last told:
 *
 *   | count (u32) | 0 (u32) | { node u32, interval u64 } ...        nodes ascend, little-endian
 *
 * No state; thread-safe on different vectors.
 */
#ifndef DSM_VECTOR_H
#define DSM_VECTOR_H

#include <stdint.h>

#define DSM_VECTOR_HEAD 8u
#define DSM_VECTOR_PAIR 12u

enum dsm_vector_order { DSM_VECTOR_EQUAL, DSM_VECTOR_BEFORE, DSM_VECTOR_AFTER, DSM_VECTOR_CONCURRENT };

/* How `a` stands to `b`: BEFORE when b knows all that a knows, and more. */
enum dsm_vector_order dsm_vector_compare(const uint64_t *a, const uint64_t *b, uint32_t nodes);

/* 1 when `vector` knows everything that `other` knows. */
int dsm_vector_covers(const uint64_t *vector, const uint64_t *other, uint32_t nodes);

/* Raises `into` to what either knows; 1 when that changed it. */
int dsm_vector_merge(uint64_t *into, const uint64_t *from, uint32_t nodes);

/* Lowers `into` to what both know. */
void dsm_vector_min(uint64_t *into, const uint64_t *from, uint32_t nodes);

/* Encodes the numbers in which `vector` is ahead of `told`, from node *next on, into `out`, at most `room` bytes
 * (at least DSM_VECTOR_HEAD + DSM_VECTOR_PAIR), and moves *next on; *next == nodes when all are told. Returns the
 * bytes written, 0 when there was nothing (more) to tell. `told` is raised by what was written. */
uint32_t dsm_vector_encode(const uint64_t *vector, uint64_t *told, uint32_t nodes, uint32_t *next, uint8_t *out,
                           uint32_t room);

/* 0 when the bytes are exactly what dsm_vector_encode writes, -1 when not. */
int dsm_vector_check(const uint8_t *bytes, uint32_t length, uint32_t nodes);
/* What bytes that were checked tell of `node`; 0 = nothing. */
uint64_t dsm_vector_claim(const uint8_t *bytes, uint32_t node);

/* Merges what dsm_vector_encode wrote into `into`. -1, and nothing changed, when the bytes are not exactly that. */
int dsm_vector_decode(const uint8_t *bytes, uint32_t length, uint32_t nodes, uint64_t *into);

#endif
