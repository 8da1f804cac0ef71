/*
 * dsm_table.h - a hash table of fixed capacity from 64-bit ids to entries that never move (waiting slots keep
 * their index). Entries are taken from a dense array and chained in their bucket; an entry lives only while
 * something is known of its id, so no idle entry takes room.
 */
#ifndef DSM_TABLE_H
#define DSM_TABLE_H

#include "dsm_state.h"

#define DSM_NO_ENTRY UINT32_MAX

/* The finalizer of splitmix64 (Steele, Lea, Flood 2014). */
static inline uint64_t dsm_hash(uint64_t x)
{
    x ^= x >> 30;
    x *= UINT64_C(0xbf58476d1ce4e5b9);
    x ^= x >> 27;
    x *= UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

static inline struct dsm_entry *dsm_table_at(const struct dsm_table *table, uint32_t index)
{
    DSM_ASSERT(index < table->fresh);
    return (struct dsm_entry *)(void *)(table->entries + (size_t)index * table->stride);
}

/* Index of the entry of `id`, DSM_NO_ENTRY if there is none. */
uint32_t dsm_table_find(const struct dsm_table *table, uint64_t id);
/* Adds an entry for `id`, which has none; all zero but its head. DSM_NO_ENTRY if the table is full. */
uint32_t dsm_table_add(struct dsm_table *table, uint64_t id);
void dsm_table_remove(struct dsm_table *table, uint32_t index);

#endif
