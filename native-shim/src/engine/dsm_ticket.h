/* dsm_ticket.h - a ticket names one use of one slot: generation << 32 | slot + 1. Never 0. */
#ifndef DSM_TICKET_H
#define DSM_TICKET_H

#include "dsm_engine.h"

static inline uint64_t dsm_ticket_of(const dsm_engine *engine, uint32_t slot)
{
    return (uint64_t)engine->slots[slot].generation << 32 | (slot + 1);
}

#endif
