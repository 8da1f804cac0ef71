/*
 * dsm_slot.h - operations of this node's threads, and FIFO lists of them.
 */
#ifndef DSM_SLOT_H
#define DSM_SLOT_H

#include "dsm_state.h"

static inline struct dsm_slot *dsm_slot_at(const dsm_core *core, uint32_t slot)
{
    DSM_ASSERT(slot < core->config.slots);
    return &core->slots[slot];
}

/* Takes `slot`, which must be free. */
struct dsm_slot *dsm_slot_take(dsm_core *core, uint32_t slot, enum dsm_slot_kind kind, uint64_t thread);
void dsm_slot_release(dsm_core *core, uint32_t slot);

void dsm_list_append(dsm_core *core, struct dsm_list *list, uint32_t slot);
/* The first slot, taken out; DSM_NO_SLOT if the list is empty. */
uint32_t dsm_list_pop(dsm_core *core, struct dsm_list *list);
/* Takes `slot`, which must be in the list, out. */
void dsm_list_remove(dsm_core *core, struct dsm_list *list, uint32_t slot);

static inline int dsm_list_empty(const struct dsm_list *list)
{
    return list->head == 0;
}

#endif
