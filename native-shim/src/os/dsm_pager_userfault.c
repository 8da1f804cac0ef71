/*
 * dsm_pager_userfault.c - pages of a memfd that is mapped twice, opened and closed with userfaultfd.
 *
 * The whole application view is one readable and writable mapping, registered for missing, minor and write-protection
 * faults, which the system answers with SIGBUS in the faulting thread. Protection lies in the page table: a page is
 * NONE without an entry, READ with a write-protected one, WRITE with a plain one. So nothing ever splits a mapping, and
 * the process's memory map is not locked for writing, where all its threads would meet.
 *
 * The system may take an entry out at any time (to reclaim memory); the next access then is a fault on a page that
 * `mapped` calls open, and reopen puts the entry back.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "dsm_pager.h"

/* Newer than the headers of the oldest system this is built on. */
#ifndef UFFD_USER_MODE_ONLY
#define UFFD_USER_MODE_ONLY 1
#endif
#ifndef UFFD_FEATURE_MINOR_SHMEM
#define UFFD_FEATURE_MINOR_SHMEM (1 << 10)
#endif
#ifndef UFFD_FEATURE_WP_HUGETLBFS_SHMEM
#define UFFD_FEATURE_WP_HUGETLBFS_SHMEM (1 << 12)
#endif
#define CONTINUE_MODE_WP (UINT64_C(1) << 1) /* UFFDIO_CONTINUE_MODE_WP, Linux 6.4 */

#define FEATURES                                                                                                    \
    (UFFD_FEATURE_SIGBUS | UFFD_FEATURE_MISSING_SHMEM | UFFD_FEATURE_MINOR_SHMEM | UFFD_FEATURE_PAGEFAULT_FLAG_WP | \
     UFFD_FEATURE_WP_HUGETLBFS_SHMEM)
#define TRIES 1000 /* of an operation that the kernel asks to repeat */

typedef struct userfault_pager {
    dsm_pager pager;
    int faults; /* the userfaultfd */
} userfault_pager;

static userfault_pager *of(dsm_pager *pager)
{
    return (userfault_pager *)pager; /* its first member */
}

static uint64_t address_of(const dsm_pager *p, uint64_t page)
{
    return (uint64_t)(uintptr_t)p->application + page * p->page_bytes;
}

/* ---- one operation each ------------------------------------------------------------------------------------ */

/* Entries for pages that are in the memfd and have none. 0 or -errno, with what is done in *done. */
static int enter(dsm_pager *p, uint64_t first, uint64_t count, bool protected, uint64_t *done)
{
    struct uffdio_continue request = {.range = {.start = address_of(p, first), .len = count * p->page_bytes},
                                      .mode = UFFDIO_CONTINUE_MODE_DONTWAKE | (protected ? CONTINUE_MODE_WP : 0)};
    int rc = ioctl(of(p)->faults, UFFDIO_CONTINUE, &request) == 0 ? 0 : -errno;
    *done = request.mapped > 0 ? (uint64_t)request.mapped / p->page_bytes : 0;
    return rc;
}

/* A page whose bytes have never been written is not in the memfd yet; reading it through the view puts it there. */
__attribute__((noinline, no_sanitize("thread"))) static void populate(const dsm_pager *p, uint64_t first,
                                                                      uint64_t count)
{
    for (uint64_t page = first; page < first + count; page++)
        (void)*(const volatile uint8_t *)(p->view + page * p->page_bytes);
}

static void open_pages(dsm_pager *p, uint64_t first, uint64_t count, bool protected)
{
    populate(p, first, count);
    for (int tries = 0; count > 0; tries++) {
        uint64_t done;
        int rc = enter(p, first, count, protected, &done);
        if (rc == -EEXIST && done == 0)
            done = 1; /* it has one: that is all there is to do */
        if (rc != 0 && rc != -EEXIST && rc != -EAGAIN && rc != -EFAULT && done == 0)
            dsm_pager_die("UFFDIO_CONTINUE", -rc);
        if (rc == -EFAULT && done == 0)
            populate(p, first, count); /* reclaimed in between */
        if (done == 0 && tries > TRIES)
            dsm_pager_die("UFFDIO_CONTINUE", -rc);
        first += done;
        count -= done;
    }
}

static void write_protect(dsm_pager *p, uint64_t first, uint64_t count, bool protected)
{
    struct uffdio_writeprotect request = {.range = {.start = address_of(p, first), .len = count * p->page_bytes},
                                          .mode = protected ? UFFDIO_WRITEPROTECT_MODE_WP
                                                            : UFFDIO_WRITEPROTECT_MODE_DONTWAKE};
    int tries = 0;
    while (ioctl(of(p)->faults, UFFDIO_WRITEPROTECT, &request) != 0)
        if (errno != EAGAIN || ++tries > TRIES)
            dsm_pager_die("UFFDIO_WRITEPROTECT", errno);
}

static void close_pages(dsm_pager *p, uint64_t first, uint64_t count)
{
    if (madvise((void *)(uintptr_t)address_of(p, first), count * p->page_bytes, MADV_DONTNEED) != 0)
        dsm_pager_die("madvise", errno);
}

/* ---- the pager ------------------------------------------------------------------------------------------------ */

/* A run of pages that are all `before`. */
static void change(dsm_pager *p, uint64_t first, uint64_t count, enum dsm_pager_access before,
                   enum dsm_pager_access access)
{
    if (before == access)
        return;
    if (access == DSM_PAGER_NONE)
        close_pages(p, first, count);
    else if (before == DSM_PAGER_NONE)
        open_pages(p, first, count, access == DSM_PAGER_READ);
    else
        write_protect(p, first, count, access == DSM_PAGER_READ);
    memset(p->mapped + first, access, count);
}

static void protect(dsm_pager *p, uint64_t first, uint64_t count, enum dsm_pager_access access)
{
    for (uint64_t end = first + count; first < end;) {
        enum dsm_pager_access before = dsm_pager_mapped(p, first);
        uint64_t run = 1;
        while (first + run < end && dsm_pager_mapped(p, first + run) == before)
            run++;
        change(p, first, run, before, access);
        first += run;
    }
}

static void reopen(dsm_pager *p, uint64_t page)
{
    enum dsm_pager_access access = dsm_pager_mapped(p, page);
    if (access != DSM_PAGER_NONE)
        open_pages(p, page, 1, access == DSM_PAGER_READ);
}

static void discard(dsm_pager *p, uint64_t first, uint64_t count)
{
    protect(p, first, count, DSM_PAGER_NONE);
    dsm_pager_punch(p, first, count);
}

static void close_pager(dsm_pager *p)
{
    if (of(p)->faults >= 0)
        close(of(p)->faults);
    dsm_pager_unmap(p);
    free(p);
}

static const struct dsm_pager_operations operations = {protect, reopen, discard, close_pager};

/* ---- is it to be had? ------------------------------------------------------------------------------------------ */

static int open_faults(userfault_pager *u)
{
    struct uffdio_api api = {.api = UFFD_API, .features = FEATURES};
    u->faults = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK | UFFD_USER_MODE_ONLY);
    if (u->faults < 0 || ioctl(u->faults, UFFDIO_API, &api) != 0)
        return -ENOSYS;
    return 0;
}

static int watch(userfault_pager *u)
{
    const dsm_pager *p = &u->pager;
    struct uffdio_register request = {.range = {.start = address_of(p, 0), .len = p->pages * p->page_bytes},
                                      .mode = UFFDIO_REGISTER_MODE_MISSING | UFFDIO_REGISTER_MODE_MINOR |
                                              UFFDIO_REGISTER_MODE_WP};
    return ioctl(u->faults, UFFDIO_REGISTER, &request) == 0 ? 0 : -ENOSYS;
}

/* Goes once through what the kernel may not know yet, on page 0. */
static int try_out(userfault_pager *u)
{
    dsm_pager *p = &u->pager;
    uint64_t done;
    populate(p, 0, 1);
    if (enter(p, 0, 1, true, &done) != 0)
        return -ENOSYS;
    p->mapped[0] = DSM_PAGER_READ;
    protect(p, 0, 1, DSM_PAGER_WRITE);
    protect(p, 0, 1, DSM_PAGER_READ);
    discard(p, 0, 1);
    return 0;
}

int dsm_pager_open_userfault(const dsm_pager_config *config, dsm_pager **out)
{
    userfault_pager *u = calloc(1, sizeof *u);
    if (u == NULL)
        return -ENOMEM;
    u->pager.operations = &operations;
    u->pager.memory = -1;
    u->pager.bus_faults = 1;
    int rc = open_faults(u);
    if (rc == 0)
        rc = dsm_pager_map(&u->pager, config, PROT_READ | PROT_WRITE);
    if (rc == 0)
        rc = watch(u);
    if (rc == 0)
        rc = try_out(u);
    if (rc != 0) {
        close_pager(&u->pager);
        return rc;
    }
    *out = &u->pager;
    return 0;
}
