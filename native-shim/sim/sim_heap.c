#include "sim_heap.h"

#include "sim_memory.h"

#include <stdlib.h>

static bool before(const sim_item *x, const sim_item *y)
{
    return x->at != y->at ? x->at < y->at : x->order < y->order;
}

void sim_heap_push(sim_heap *heap, uint64_t at, enum sim_item_kind kind, uint32_t a, uint64_t b)
{
    if (heap->count == heap->capacity) {
        heap->capacity = heap->capacity ? heap->capacity * 2 : 256;
        heap->items = sim_grow(heap->items, heap->capacity * sizeof *heap->items);
    }
    sim_item item = {.at = at, .order = heap->order++, .kind = (uint32_t)kind, .a = a, .b = b};
    uint32_t i = heap->count++;
    while (i > 0 && before(&item, &heap->items[(i - 1) / 2])) {
        heap->items[i] = heap->items[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    heap->items[i] = item;
}

bool sim_heap_pop(sim_heap *heap, sim_item *out)
{
    if (heap->count == 0)
        return false;
    *out = heap->items[0];
    sim_item last = heap->items[--heap->count];
    uint32_t i = 0;
    for (;;) {
        uint32_t child = 2 * i + 1;
        if (child >= heap->count)
            break;
        if (child + 1 < heap->count && before(&heap->items[child + 1], &heap->items[child]))
            child++;
        if (!before(&heap->items[child], &last))
            break;
        heap->items[i] = heap->items[child];
        i = child;
    }
    if (heap->count > 0)
        heap->items[i] = last;
    return true;
}

void sim_heap_free(sim_heap *heap)
{
    free(heap->items);
    *heap = (sim_heap){0};
}
