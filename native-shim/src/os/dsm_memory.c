/* dsm_memory.c - see dsm_memory.h */
#define _GNU_SOURCE
#include "dsm_memory.h"

#include <sys/mman.h>

void *dsm_memory_reserve(size_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        return NULL;
    /* Both only spare others the cost; an old kernel that refuses them changes nothing that matters. */
    madvise(memory, bytes, MADV_DONTFORK);
    madvise(memory, bytes, MADV_DONTDUMP);
    /* A huge page would be touched whole for one entry of a sparse table. */
    madvise(memory, bytes, MADV_NOHUGEPAGE);
    return memory;
}

void dsm_memory_release(void *memory, size_t bytes)
{
    if (memory != NULL)
        munmap(memory, bytes);
}

void dsm_memory_forget(void *memory, size_t bytes)
{
    madvise(memory, bytes, MADV_DONTNEED);
}
