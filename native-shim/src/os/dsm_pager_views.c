/* dsm_pager_views.c - what all pagers have in common: one memfd, mapped twice. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dsm_line.h"
#include "dsm_memory.h"
#include "dsm_pager.h"

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

static int map_view(int memory, uint64_t base, uint64_t bytes, int protection, uint8_t **out)
{
    int flags = MAP_SHARED | MAP_NORESERVE | (base != 0 ? MAP_FIXED_NOREPLACE : 0);
    uint8_t *at = mmap((void *)(uintptr_t)base, bytes, protection, flags, memory, 0);
    if (at == MAP_FAILED)
        return errno == EEXIST ? DSM_PAGER_BASE_TAKEN : -errno;
    if (base != 0 && (uintptr_t)at != base) { /* a kernel that does not know MAP_FIXED_NOREPLACE */
        munmap(at, bytes);
        return DSM_PAGER_BASE_TAKEN;
    }
    *out = at;
    /* A child has its own copy of the process, but these would be shared with it behind the protocol's back. */
    if (madvise(at, bytes, MADV_DONTFORK) != 0 || madvise(at, bytes, MADV_DONTDUMP) != 0)
        return -errno;
    /* A huge page would be found whole for one small one that came; where there are none, this is refused. */
    madvise(at, bytes, MADV_NOHUGEPAGE);
    return 0;
}

int dsm_pager_map(dsm_pager *p, const dsm_pager_config *config, int application_protection)
{
    uint64_t bytes = config->pages * config->page_bytes;
    p->pages = config->pages;
    p->page_bytes = config->page_bytes;
    p->mappings = 1;
    p->memory = memfd_create("dsm", MFD_CLOEXEC);
    if (p->memory < 0 || ftruncate(p->memory, (off_t)bytes) != 0)
        return -errno;
    int rc = map_view(p->memory, config->base, bytes, application_protection, &p->application);
    if (rc == 0)
        rc = map_view(p->memory, 0, bytes, PROT_READ | PROT_WRITE, &p->view);
    if (rc != 0)
        return rc;
    p->mapped = dsm_memory_reserve(p->pages);
    p->discarded = dsm_memory_reserve(p->pages / 8 + 1);
    return p->mapped != NULL && p->discarded != NULL ? 0 : -ENOMEM;
}

void dsm_pager_unmap(dsm_pager *p)
{
    uint64_t bytes = p->pages * p->page_bytes;
    if (p->application != NULL)
        munmap(p->application, bytes);
    if (p->view != NULL)
        munmap(p->view, bytes);
    if (p->memory >= 0)
        close(p->memory);
    dsm_memory_release(p->mapped, p->pages);
    dsm_memory_release(p->discarded, p->pages / 8 + 1);
    p->application = p->view = p->mapped = p->discarded = NULL;
    p->memory = -1;
}

void dsm_pager_punch(dsm_pager *p, uint64_t first, uint64_t count)
{
    for (uint64_t page = first; page < first + count; page++)
        p->discarded[page / 8] |= (uint8_t)(1u << page % 8);
    fallocate(p->memory, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)(first * p->page_bytes),
              (off_t)(count * p->page_bytes));
}

_Noreturn void dsm_pager_die(const char *what, int error)
{
    dsm_line line = {0};
    dsm_line_text(&line, "dsm: the system refuses to protect shared pages (");
    dsm_line_text(&line, what);
    dsm_line_text(&line, ": errno ");
    dsm_line_number(&line, (uint64_t)error);
    dsm_line_text(&line, "); the process may have used up its mappings: raise vm.max_map_count");
    dsm_line_write(&line);
    abort();
}
