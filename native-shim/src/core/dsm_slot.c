#include "dsm_slot.h"

#include <string.h>

struct dsm_slot *dsm_slot_take(dsm_core *core, uint32_t slot, enum dsm_slot_kind kind, uint64_t thread)
{
    struct dsm_slot *s = dsm_slot_at(core, slot);
    DSM_ASSERT(s->kind == DSM_SLOT_FREE);
    DSM_ASSERT(core->slots_used < core->config.slots);
    memset(s, 0, sizeof *s);
    s->kind = (uint8_t)kind;
    s->thread = thread;
    s->since = core->now;
    core->slots_used++;
    return s;
}

void dsm_slot_release(dsm_core *core, uint32_t slot)
{
    struct dsm_slot *s = dsm_slot_at(core, slot);
    DSM_ASSERT(s->kind != DSM_SLOT_FREE && s->next == 0);
    DSM_ASSERT(core->slots_used > 0);
    s->kind = DSM_SLOT_FREE;
    core->slots_used--;
}

void dsm_list_append(dsm_core *core, struct dsm_list *list, uint32_t slot)
{
    DSM_ASSERT(dsm_slot_at(core, slot)->next == 0 && list->tail != slot + 1);
    if (list->head == 0) {
        list->head = slot + 1;
    } else {
        dsm_slot_at(core, list->tail - 1)->next = slot + 1;
    }
    list->tail = slot + 1;
}

uint32_t dsm_list_pop(dsm_core *core, struct dsm_list *list)
{
    if (list->head == 0) {
        return DSM_NO_SLOT;
    }
    uint32_t slot = list->head - 1;
    struct dsm_slot *s = dsm_slot_at(core, slot);
    list->head = s->next;
    if (list->head == 0) {
        list->tail = 0;
    }
    s->next = 0;
    return slot;
}

void dsm_list_remove(dsm_core *core, struct dsm_list *list, uint32_t slot)
{
    uint32_t previous = 0;
    uint32_t at = list->head;
    while (at != 0 && at != slot + 1) {
        previous = at;
        at = dsm_slot_at(core, at - 1)->next;
    }
    DSM_ASSERT(at == slot + 1);
    struct dsm_slot *s = dsm_slot_at(core, slot);
    if (previous == 0) {
        list->head = s->next;
    } else {
        dsm_slot_at(core, previous - 1)->next = s->next;
    }
    if (list->tail == slot + 1) {
        list->tail = previous;
    }
    s->next = 0;
}
