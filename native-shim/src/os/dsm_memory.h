/* dsm_memory.h - big lazily touched mappings. */
#ifndef DSM_MEMORY_H
#define DSM_MEMORY_H

#include <stddef.h>

/* Zeroed memory that costs nothing until it is touched; NULL and errno when refused. Page-aligned, not
 * inherited by a forked child, not dumped. */
void *dsm_memory_reserve(size_t bytes);
void dsm_memory_release(void *memory, size_t bytes);
/* Gives the touched part back; it reads as zero again. */
void dsm_memory_forget(void *memory, size_t bytes);

#endif
