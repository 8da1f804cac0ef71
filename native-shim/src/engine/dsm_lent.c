/* dsm_lent.c - the engine's side of dsm_lent.h: lending, and taking back. The engine lock is held. */
#define _GNU_SOURCE
#include "dsm_engine.h"
#include "dsm_wire.h"

#include <string.h>

#define TYPE_AT    4u /* of a frame's head (dsm_wire.h) */
#define SUBJECT_AT 8u

static void take_back(dsm_engine *e, dsm_lent_cell *cell)
{
    uint64_t word = atomic_load_explicit(&cell->word, memory_order_relaxed);
    uint64_t lock = atomic_load_explicit(&cell->lock, memory_order_relaxed);
    /* The next generation, held by nobody: who read the word before swaps in vain from now on. */
    word = atomic_exchange_explicit(&cell->word, ((word >> 32) + 1) << 32, memory_order_acq_rel);
    uint32_t depth = dsm_lent_depth(word);
    e->lent--;
    dsm_core_lock_back(e->core, lock, depth != 0 ? dsm_lent_thread(word) : 0, depth);
}

static bool is_lent(const dsm_lent_cell *cell)
{
    return (atomic_load_explicit(&cell->word, memory_order_relaxed) >> 32 & 1) != 0;
}

void dsm_lent_take_back(dsm_engine *e, uint64_t lock)
{
    uint64_t word;
    dsm_lent_cell *cell = dsm_lent_cell_of(e->cells, lock);
    if (e->lent != 0 && dsm_lent_is(cell, lock, &word))
        take_back(e, cell);
}

void dsm_lent_take_all_back(dsm_engine *e)
{
    for (uint32_t i = 0; i < DSM_LENT_CELLS && e->lent != 0; i++)
        if (is_lent(&e->cells[i]))
            take_back(e, &e->cells[i]);
}

void dsm_lent_lend(dsm_engine *e, uint64_t lock)
{
    dsm_lent_cell *cell = dsm_lent_cell_of(e->cells, lock);
    uint64_t word = atomic_load_explicit(&cell->word, memory_order_relaxed);
    if (is_lent(cell)) {
        if (dsm_lent_depth(word) != 0)
            return; /* its lock is in use: that one stays */
        take_back(e, cell);
        word = atomic_load_explicit(&cell->word, memory_order_relaxed);
    }
    if (!dsm_core_lock_lend(e->core, lock))
        return;
    e->lent++;
    atomic_store_explicit(&cell->lock, lock, memory_order_relaxed);
    atomic_store_explicit(&cell->word, ((word >> 32) + 1) << 32, memory_order_release);
}

void dsm_lent_before_frame(dsm_engine *e, const uint8_t *frame)
{
    uint64_t subject;
    if (e->lent == 0)
        return;
    switch (frame[TYPE_AT]) {
    case DSM_MSG_LOCK_REQUEST:
    case DSM_MSG_LOCK_GRANT:
    case DSM_MSG_LOCK_RECALL:
    case DSM_MSG_LOCK_RETURN:
    case DSM_MSG_CONDITION_WAIT:
    case DSM_MSG_CONDITION_SIGNAL:
    case DSM_MSG_CONDITION_CANCEL:
    case DSM_MSG_CONDITION_END:
        memcpy(&subject, frame + SUBJECT_AT, sizeof subject); /* little-endian, as every machine this runs on */
        dsm_lent_take_back(e, subject);
        break;
    case DSM_MSG_BYE:
    case DSM_MSG_PEER_GONE:
        dsm_lent_take_all_back(e);
        break;
    default:
        break;
    }
}
