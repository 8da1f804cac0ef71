/*
 * dsm_lent.h - locks that are handed out without the engine lock.
 *
 * A lock whose token is here and which nobody else wants is lent by the core to a cell: one word that says who holds it, which
 * a thread changes by one compare-and-swap. That costs neither the engine lock nor the blocking of signals, and
 * orders like any lock (acquire, release). Before a step that is about the lock, the engine takes the cell's word
 * away, atomically, and tells the core what it said; who then finds its compare-and-swap failing goes the long way.
 *
 * The word: generation (32 bits, odd: the cell is lent) | thread (28) | depth (4). A thread reads the word, then the cell's lock
 * id, then swaps: the generation says that the cell has served the same loan all the while. Threads with larger
 * numbers, and deeper re-entry, go the long way.
 */
#ifndef DSM_LENT_H
#define DSM_LENT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define DSM_LENT_CELLS       1024u
#define DSM_LENT_THREAD_BITS 28u
#define DSM_LENT_DEPTH_BITS  4u
#define DSM_LENT_DEPTH_MAX   ((1u << DSM_LENT_DEPTH_BITS) - 1)

typedef struct dsm_lent_cell {
    _Alignas(64) _Atomic uint64_t word;
    _Atomic uint64_t lock; /* changes only while the cell is not lent */
} dsm_lent_cell;

enum dsm_lent_outcome { DSM_LENT_DONE, DSM_LENT_HELD /* by another thread */, DSM_LENT_NOT /* the long way */ };

static inline dsm_lent_cell *dsm_lent_cell_of(dsm_lent_cell *cells, uint64_t lock)
{
    return &cells[lock * UINT64_C(0x9e3779b97f4a7c15) >> 54]; /* Fibonacci hashing (Knuth); 10 bits */
}

static inline uint32_t dsm_lent_depth(uint64_t word)
{
    return (uint32_t)word & DSM_LENT_DEPTH_MAX;
}

static inline uint64_t dsm_lent_thread(uint64_t word)
{
    return word << 32 >> (32 + DSM_LENT_DEPTH_BITS);
}

/* Whether the cell is lent, and to hand out `lock`; *word is what it says. */
static inline bool dsm_lent_is(dsm_lent_cell *cell, uint64_t lock, uint64_t *word)
{
    *word = atomic_load_explicit(&cell->word, memory_order_acquire);
    return (*word >> 32 & 1) != 0 && atomic_load_explicit(&cell->lock, memory_order_relaxed) == lock;
}

/* The thread takes the lock, once more if it has it. */
static inline enum dsm_lent_outcome dsm_lent_acquire(dsm_lent_cell *cell, uint64_t lock, uint64_t thread)
{
    uint64_t word, taken;
    if (thread >> DSM_LENT_THREAD_BITS != 0 || !dsm_lent_is(cell, lock, &word))
        return DSM_LENT_NOT;
    if (dsm_lent_depth(word) == 0)
        taken = word | thread << DSM_LENT_DEPTH_BITS | 1;
    else if (dsm_lent_thread(word) != thread)
        return DSM_LENT_HELD;
    else if (dsm_lent_depth(word) == DSM_LENT_DEPTH_MAX)
        return DSM_LENT_NOT;
    else
        taken = word + 1;
    return atomic_compare_exchange_strong_explicit(&cell->word, &word, taken, memory_order_acquire,
                                                   memory_order_relaxed)
               ? DSM_LENT_DONE
               : DSM_LENT_HELD; /* whoever was faster: look again */
}

/* The thread gives the lock back, one level; DSM_LENT_NOT unless it has it here. */
static inline enum dsm_lent_outcome dsm_lent_release(dsm_lent_cell *cell, uint64_t lock, uint64_t thread)
{
    uint64_t word, left;
    if (!dsm_lent_is(cell, lock, &word) || dsm_lent_depth(word) == 0 || dsm_lent_thread(word) != thread)
        return DSM_LENT_NOT;
    left = dsm_lent_depth(word) == 1 ? word >> 32 << 32 : word - 1;
    return atomic_compare_exchange_strong_explicit(&cell->word, &word, left, memory_order_release, memory_order_relaxed)
               ? DSM_LENT_DONE
               : DSM_LENT_NOT; /* only the engine can have been faster */
}

/* How many times the thread holds the lock; -1 if the cell does not know. */
static inline int dsm_lent_holds(dsm_lent_cell *cell, uint64_t lock, uint64_t thread)
{
    uint64_t word;
    if (!dsm_lent_is(cell, lock, &word))
        return -1;
    return dsm_lent_depth(word) != 0 && dsm_lent_thread(word) == thread ? (int)dsm_lent_depth(word) : 0;
}

#endif
