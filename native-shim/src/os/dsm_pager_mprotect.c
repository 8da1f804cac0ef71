/*
 * dsm_pager_mprotect.c - pages of a memfd that is mapped twice, opened and closed with mprotect.
 *
 * Every border between neighbouring pages of different access costs the process one mapping, and at
 * vm.max_map_count every mmap of the whole process fails. So the borders are counted exactly, page by page,
 * and when they come to the budget whole chunks of 512 pages are taken back to NONE: one mapping instead of
 * up to 512. Which chunk: a clock over the chunks that have borders, the worst of a few.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "dsm_memory.h"
#include "dsm_pager.h"

#define CHUNK_PAGES    512u
#define CANDIDATES     4u
#define MAPPINGS_LEAST 64u
#define NEW_MAPPINGS   2u /* that one mprotect can make */

typedef struct mprotect_pager {
    dsm_pager pager;
    uint64_t limit;
    uint16_t *borders;  /* per chunk: pages in it that differ from the page before */
    uint32_t *position; /* per chunk with borders: 1 + its index in `bordered` */
    uint32_t *bordered; /* the chunks with borders, in no order */
    uint32_t bordered_count;
    uint32_t hand;
    uint64_t chunks;
} mprotect_pager;

static mprotect_pager *of(dsm_pager *pager)
{
    return (mprotect_pager *)pager; /* its first member */
}

/* ---- counting borders ---------------------------------------------------------------------------- */

static bool is_border(const dsm_pager *p, uint64_t page)
{
    return page > 0 && page < p->pages && p->mapped[page] != p->mapped[page - 1];
}

static void list_chunk(mprotect_pager *m, uint64_t chunk)
{
    m->bordered[m->bordered_count++] = (uint32_t)chunk;
    m->position[chunk] = m->bordered_count;
}

static void unlist_chunk(mprotect_pager *m, uint64_t chunk)
{
    uint32_t index = m->position[chunk] - 1;
    uint32_t last = m->bordered[--m->bordered_count];
    m->bordered[index] = last;
    m->position[last] = index + 1;
    m->position[chunk] = 0;
}

static void count_border(mprotect_pager *m, uint64_t page, int change)
{
    uint64_t chunk = page / CHUNK_PAGES;
    m->pager.mappings = (uint64_t)((int64_t)m->pager.mappings + change);
    m->borders[chunk] = (uint16_t)(m->borders[chunk] + change);
    if (m->borders[chunk] == 0)
        unlist_chunk(m, chunk);
    else if (m->position[chunk] == 0)
        list_chunk(m, chunk);
}

/* Writes down that a run of pages has `access` now. */
static void note(mprotect_pager *m, uint64_t first, uint64_t count, enum dsm_pager_access access)
{
    dsm_pager *p = &m->pager;
    for (uint64_t page = first; page < first + count; page++) {
        int before = is_border(p, page), next_before = is_border(p, page + 1);
        p->mapped[page] = (uint8_t)access;
        int change = is_border(p, page) - before, next_change = is_border(p, page + 1) - next_before;
        if (change != 0)
            count_border(m, page, change);
        if (next_change != 0)
            count_border(m, page + 1, next_change);
    }
}

/* ---- staying within the budget -------------------------------------------------------------------- */

static int system_access(enum dsm_pager_access access)
{
    return access == DSM_PAGER_NONE ? PROT_NONE : access == DSM_PAGER_READ ? PROT_READ : PROT_READ | PROT_WRITE;
}

static int set(mprotect_pager *m, uint64_t first, uint64_t count, enum dsm_pager_access access)
{
    dsm_pager *p = &m->pager;
    return mprotect(p->application + first * p->page_bytes, count * p->page_bytes, system_access(access));
}

/* The last resort: one mapping for the whole space. */
static void narrow_all(mprotect_pager *m)
{
    dsm_pager *p = &m->pager;
    if (set(m, 0, p->pages, DSM_PAGER_NONE) != 0)
        dsm_pager_die("mprotect", errno);
    /* Pages that are open without a border near them are not listed; a chunk without any border is all of one
     * access, so asking its first page is enough. */
    for (uint64_t chunk = 0; chunk < m->chunks; chunk++) {
        uint64_t first = chunk * CHUNK_PAGES;
        uint64_t count = first + CHUNK_PAGES <= p->pages ? CHUNK_PAGES : p->pages - first;
        if (m->borders[chunk] == 0 && p->mapped[first] == DSM_PAGER_NONE)
            continue;
        p->narrowed += count;
        memset(p->mapped + first, DSM_PAGER_NONE, count);
        m->borders[chunk] = 0;
        m->position[chunk] = 0;
    }
    m->bordered_count = 0;
    p->mappings = 1;
}

/* Takes one chunk back to NONE; false if the system refused. */
static bool narrow(mprotect_pager *m, uint64_t chunk)
{
    dsm_pager *p = &m->pager;
    uint64_t first = chunk * CHUNK_PAGES;
    uint64_t count = first + CHUNK_PAGES <= p->pages ? CHUNK_PAGES : p->pages - first;
    if (set(m, first, count, DSM_PAGER_NONE) != 0)
        return false;
    p->narrowed += count;
    note(m, first, count, DSM_PAGER_NONE);
    return true;
}

/* The chunk with the most borders among the next few under the hand, but `spared`; chunks if there is none. */
static uint64_t victim(mprotect_pager *m, uint64_t spared)
{
    uint64_t worst = m->chunks;
    for (uint32_t i = 0; i < CANDIDATES && i < m->bordered_count; i++) {
        m->hand = (m->hand + 1) % m->bordered_count;
        uint32_t chunk = m->bordered[m->hand];
        if (chunk != spared && (worst == m->chunks || m->borders[chunk] > m->borders[worst]))
            worst = chunk;
    }
    return worst;
}

/* Makes room for the mappings that one more mprotect in chunk `spared` can make. */
static void make_room(mprotect_pager *m, uint64_t spared)
{
    for (uint32_t turns = m->bordered_count; m->pager.mappings + NEW_MAPPINGS > m->limit && turns > 0; turns--) {
        uint64_t chunk = victim(m, spared);
        if (chunk == m->chunks || !narrow(m, chunk))
            break;
    }
    if (m->pager.mappings + NEW_MAPPINGS > m->limit)
        narrow_all(m);
}

static void protect(dsm_pager *p, uint64_t first, uint64_t count, enum dsm_pager_access access)
{
    mprotect_pager *m = of(p);
    while (count > 0 && p->mapped[first] == access)
        first++, count--;
    while (count > 0 && p->mapped[first + count - 1] == access)
        count--;
    if (count == 0)
        return;
    if (p->mappings + NEW_MAPPINGS > m->limit)
        make_room(m, first / CHUNK_PAGES);
    for (int attempt = 0; set(m, first, count, access) != 0; attempt++) {
        /* Others in the process may have used up the mappings: give ours back. */
        if (attempt == 2)
            dsm_pager_die("mprotect", errno);
        if (attempt == 1)
            narrow_all(m);
        else
            for (uint32_t i = m->bordered_count / 2 + 1; i > 0; i--) {
                uint64_t chunk = victim(m, m->chunks);
                if (chunk == m->chunks || !narrow(m, chunk))
                    break;
            }
    }
    note(m, first, count, access);
}

static void discard(dsm_pager *p, uint64_t first, uint64_t count)
{
    mprotect_pager *m = of(p);
    if (m->limit != 0)
        protect(p, first, count, DSM_PAGER_NONE);
    dsm_pager_punch(p, first, count);
}

static void reopen(dsm_pager *p, uint64_t page)
{
    (void)p, (void)page; /* protection is kept in the mappings, where nobody else takes it out */
}

/* ---- life cycle ------------------------------------------------------------------------------------ */

static void close_pager(dsm_pager *p)
{
    mprotect_pager *m = of(p);
    dsm_pager_unmap(p);
    dsm_memory_release(m->borders, m->chunks * sizeof *m->borders);
    dsm_memory_release(m->position, m->chunks * sizeof *m->position);
    dsm_memory_release(m->bordered, m->chunks * sizeof *m->bordered);
    free(m);
}

static const struct dsm_pager_operations operations = {protect, reopen, discard, close_pager};

static uint64_t budget(uint64_t wanted)
{
    unsigned long allowed = 65530;
    FILE *file = fopen("/proc/sys/vm/max_map_count", "re");
    if (file != NULL) {
        if (fscanf(file, "%lu", &allowed) != 1)
            allowed = 65530;
        fclose(file);
    }
    uint64_t quarter = allowed / 4;
    uint64_t limit = wanted < quarter ? wanted : quarter;
    return limit < MAPPINGS_LEAST ? MAPPINGS_LEAST : limit;
}

static int open_tables(mprotect_pager *m)
{
    m->borders = dsm_memory_reserve(m->chunks * sizeof *m->borders);
    m->position = dsm_memory_reserve(m->chunks * sizeof *m->position);
    m->bordered = dsm_memory_reserve(m->chunks * sizeof *m->bordered);
    return m->borders && m->position && m->bordered ? 0 : -ENOMEM;
}

int dsm_pager_open_mprotect(const dsm_pager_config *config, dsm_pager **out)
{
    mprotect_pager *m = calloc(1, sizeof *m);
    if (m == NULL)
        return -ENOMEM;
    m->pager.operations = &operations;
    m->limit = config->all_open ? 0 : budget(config->max_mappings);
    m->chunks = (config->pages + CHUNK_PAGES - 1) / CHUNK_PAGES;
    int rc = dsm_pager_map(&m->pager, config, config->all_open ? PROT_READ | PROT_WRITE : PROT_NONE);
    if (rc == 0)
        rc = open_tables(m);
    if (rc != 0) {
        close_pager(&m->pager);
        return rc;
    }
    *out = &m->pager;
    return 0;
}
