/*
 * sim_heap.h - what happens next: a binary heap of items by (time, order of being put in), so that two
 * items of the same instant come out in the order they went in, on every machine.
 */
#ifndef SIM_HEAP_H
#define SIM_HEAP_H

#include <stdbool.h>
#include <stdint.h>

enum sim_item_kind {
    SIM_ITEM_DELIVER,   /* a: connection. Its oldest frame reaches the other end */
    SIM_ITEM_THREAD,    /* a: thread, b: generation of its timer. The thread goes on */
    SIM_ITEM_TICK,      /* a: node, b: generation. The node's clock has reached its deadline */
    SIM_ITEM_CANCEL,    /* a: thread, b: serial of its operation. It is timed out or interrupted */
    SIM_ITEM_CRASH,     /* a: node */
    SIM_ITEM_PEER_LOST, /* a: node that learns it, b: node that is gone */
    SIM_ITEM_HOSTILE,   /* a: node that turns hostile, or sends its next hostile frame */
    SIM_ITEM_CALL,      /* a: argument. The scenario's own hook */
};

typedef struct sim_item {
    uint64_t at; /* simulated ns */
    uint64_t order;
    uint32_t kind, a;
    uint64_t b;
} sim_item;

typedef struct sim_heap {
    sim_item *items;
    uint32_t count, capacity;
    uint64_t order;
} sim_heap;

void sim_heap_push(sim_heap *heap, uint64_t at, enum sim_item_kind kind, uint32_t a, uint64_t b);
bool sim_heap_pop(sim_heap *heap, sim_item *out);
void sim_heap_free(sim_heap *heap);

#endif
