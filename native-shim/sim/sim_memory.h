/*
 * sim_memory.h - allocation that never fails silently: the simulator ends when memory does.
 */
#ifndef SIM_MEMORY_H
#define SIM_MEMORY_H

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

static inline void *sim_must(void *memory)
{
    if (!memory) {
        fprintf(stderr, "dsm-sim: out of memory\n");
        abort();
    }
    return memory;
}

/* Zeroed. */
static inline void *sim_new(size_t count, size_t bytes)
{
    return sim_must(calloc(count ? count : 1, bytes ? bytes : 1));
}

static inline void *sim_grow(void *memory, size_t bytes)
{
    return sim_must(realloc(memory, bytes));
}

#endif
