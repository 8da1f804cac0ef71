#include "dsm_page.h"

#include "dsm_emit.h"

/* LEGAL[from] has a bit for each state it may move to. */
static const uint8_t LEGAL[] = {
    [DSM_PAGE_INVALID] = 1u << DSM_PAGE_SHARED | 1u << DSM_PAGE_CLEAN | 1u << DSM_PAGE_DIRTY,
    [DSM_PAGE_SHARED] = 1u << DSM_PAGE_INVALID | 1u << DSM_PAGE_DIRTY,
    [DSM_PAGE_CLEAN] = 1u << DSM_PAGE_INVALID | 1u << DSM_PAGE_SHARED | 1u << DSM_PAGE_DIRTY,
    [DSM_PAGE_DIRTY] = 1u << DSM_PAGE_INVALID | 1u << DSM_PAGE_SHARED,
};

/* Gauges: pages this node may write, and may only read. */
static void gauge(dsm_core *core, enum dsm_access access, int change)
{
    if (access != DSM_ACCESS_NONE) {
        dsm_count_add(core, access == DSM_ACCESS_WRITE ? DSM_C_PAGES_OWNED : DSM_C_PAGES_SHARED,
                      (uint64_t)(int64_t)change);
    }
}

void dsm_page_move(dsm_core *core, uint64_t page, enum dsm_page_state state)
{
    struct dsm_page *p = dsm_page_at(core, page);
    DSM_ASSERT(p->state <= DSM_PAGE_DIRTY && state <= DSM_PAGE_DIRTY);
    DSM_ASSERT(LEGAL[p->state] >> state & 1u);
    enum dsm_access before = dsm_page_access(p->state);
    enum dsm_access after = dsm_page_access((uint8_t)state);
    if (DSM_MUTANT_IS(DSM_MUTANT_FORGOTTEN_DIRTY)) {
        int forgotten = p->state == DSM_PAGE_CLEAN && state == DSM_PAGE_DIRTY;
        p->flags = (uint8_t)(forgotten ? p->flags | DSM_PAGE_FORGOTTEN : p->flags & ~DSM_PAGE_FORGOTTEN);
    }
    if (state == DSM_PAGE_DIRTY) {
        p->flags |= DSM_PAGE_FILLED;
    }
    p->state = (uint8_t)state;
    gauge(core, before, -1);
    gauge(core, after, 1);
    if (state == DSM_PAGE_INVALID) {
        p->hold_until = 0;
    }
    if (before != after) {
        dsm_emit_protect(core, page, after);
    }
}

uint32_t dsm_page_count_sharers(const dsm_core *core, uint64_t page)
{
    const uint64_t *words = dsm_page_sharers(core, page);
    uint32_t count = 0;
    for (uint32_t i = 0; i < core->sharer_words; i++) {
        /* no popcount: without the CPU flag it would be a call into libgcc */
        for (uint64_t word = words[i]; word != 0; word &= word - 1) {
            count++;
        }
    }
    return count;
}
