/*
 * dsm_pager.h - what the application may do with each page, and a second view that may always be written.
 *
 * Not thread-safe: the caller holds its own lock.
 */
#ifndef DSM_PAGER_H
#define DSM_PAGER_H

#include <stdint.h>

enum dsm_pager_access { DSM_PAGER_NONE = 0, DSM_PAGER_READ = 1, DSM_PAGER_WRITE = 2 };

typedef struct dsm_pager dsm_pager;

struct dsm_pager_operations {
    /* Sets what the application may do with `count` pages from `first`. Never fails: at need it narrows other
     * pages to NONE, which their next touch finds out and the caller then opens again. */
    void (*protect)(dsm_pager *pager, uint64_t first, uint64_t count, enum dsm_pager_access access);
    /* The processor refused an access that `mapped` allows: another thread was faster, or the system has taken the
     * page's entry out, as some pagers let it. Puts it back. */
    void (*reopen)(dsm_pager *pager, uint64_t page);
    /* Gives the memory of pages back; they are NONE afterwards and would read as zero. */
    void (*discard)(dsm_pager *pager, uint64_t first, uint64_t count);
    void (*close)(dsm_pager *pager);
};

struct dsm_pager {
    const struct dsm_pager_operations *operations;
    uint8_t *application; /* the view that faults */
    uint8_t *view;        /* the same pages, always writable */
    int memory;           /* the memfd that both map */
    int bus_faults;       /* 1: an access to a closed page is a SIGBUS; 0: a SIGSEGV */
    uint64_t pages;
    uint32_t page_bytes;
    uint8_t *mapped;    /* enum dsm_pager_access as the hardware has it now, one byte a page; touched lazily */
    uint8_t *discarded; /* one bit a page, lowest first: its memory was given back; touched lazily */
    uint64_t mappings;  /* that the application view consists of now */
    uint64_t narrowed;  /* pages taken back to NONE to stay within the budget, so far */
};

/* Why opening failed, beside the negative errno. */
#define DSM_PAGER_BASE_TAKEN (-100000)

typedef struct dsm_pager_config {
    uint64_t base; /* address of page 0; 0 = wherever the kernel likes */
    uint64_t pages;
    uint32_t page_bytes;
    uint64_t max_mappings; /* of the application view; a quarter of vm.max_map_count at most, 64 at least */
    int all_open;          /* everything WRITE from the start, no page is ever closed */
} dsm_pager_config;

/* The pager that closes pages with mprotect. 0, DSM_PAGER_BASE_TAKEN or -errno. */
int dsm_pager_open_mprotect(const dsm_pager_config *config, dsm_pager **out);
/* The pager that closes pages with userfaultfd: newer systems only (Linux 6.4), but each operation costs less than half,
 * and no mappings. -ENOSYS where the system does not offer it to this process. */
int dsm_pager_open_userfault(const dsm_pager_config *config, dsm_pager **out);

/* For pagers: the memfd, both views and `mapped`; all of it undone by dsm_pager_unmap, in any state. */
int dsm_pager_map(dsm_pager *pager, const dsm_pager_config *config, int application_protection);
void dsm_pager_unmap(dsm_pager *pager);
/* Gives pages back to the system; who maps them sees zeros. */
void dsm_pager_punch(dsm_pager *pager, uint64_t first, uint64_t count);
/* For pagers: the system refuses what it cannot refuse. Writes a line and aborts. */
_Noreturn void dsm_pager_die(const char *what, int error);

/* Whether the page's memory was given back: nobody uses it any more, so that opening it for no thread's sake would only take
 * memory. */
static inline int dsm_pager_discarded(const dsm_pager *pager, uint64_t page)
{
    return (pager->discarded[page / 8] >> page % 8) & 1;
}

static inline enum dsm_pager_access dsm_pager_mapped(const dsm_pager *pager, uint64_t page)
{
    return (enum dsm_pager_access)pager->mapped[page];
}

#endif
