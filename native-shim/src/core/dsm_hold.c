#include "dsm_hold.h"

#include <string.h>

#include "dsm_emit.h"
#include "dsm_node_page.h"
#include "dsm_page.h"
#include "dsm_table.h"

#define BOTH_EVERY 8u /* repeats, a power of two: see dsm_hold.h, "Two pages" */

/* Hold of the n-th repeat, see dsm_hold.h. */
static uint64_t hold_of(const dsm_core_config *config, uint64_t repeats)
{
    uint64_t base = config->hold_ns != 0 ? config->hold_ns : 1;
    uint64_t most = config->hold_max_ns;
    if (repeats == 0 || most <= config->hold_ns || DSM_MUTANT_IS(DSM_MUTANT_SHORT_HOLD)) {
        return config->hold_ns;
    }
    uint64_t period = 1; /* a power of two: from it on, the hold is at its bound */
    while (period < most / base) {
        period *= 2;
    }
    if (repeats >= period) {
        return repeats % period == 0 ? most : config->hold_ns;
    }
    if ((repeats & (repeats - 1)) != 0) {
        return config->hold_ns;
    }
    uint64_t hold = base * repeats * 2;
    return hold < most ? hold : most;
}

/* The thread's record; if it has none, the one to put it in. */
static struct dsm_progress *progress_of(const dsm_core *core, uint64_t thread)
{
    struct dsm_progress *set = core->progress + (dsm_hash(thread) & core->progress_mask) * DSM_PROGRESS_WAYS;
    struct dsm_progress *oldest = set;
    for (uint32_t i = 0; i < DSM_PROGRESS_WAYS; i++) {
        if (set[i].thread == thread) {
            return &set[i];
        }
        if (set[i].used < oldest->used) {
            oldest = &set[i];
        }
    }
    return oldest;
}

static int adjacent(uint64_t a, uint64_t b)
{
    return a + 1 == b || b + 1 == a;
}

/* 1 if this repeat is one of the two, side by side, for which both pages are asked for though they are no neighbours. */
static int wants_both(const struct dsm_progress *p)
{
    return p->crossed && p->repeats >= BOTH_EVERY && p->repeats % BOTH_EVERY < 2;
}

/* The hold of those two: that of the first, and twice the ordinary one at least. */
static uint64_t hold_of_both(const dsm_core_config *config, uint64_t repeats)
{
    uint64_t hold = hold_of(config, repeats - repeats % BOTH_EVERY);
    uint64_t least = hold_of(config, 1);
    return hold > least ? hold : least;
}

uint64_t dsm_hold_note(dsm_core *core, uint64_t thread, uint64_t pc, uint64_t page, uint64_t *other)
{
    if (pc == 0) {
        return core->config.hold_ns;
    }
    struct dsm_progress *p = progress_of(core, thread);
    uint64_t mark = page + 1;
    if (p->thread != thread || p->pc != pc) {
        memset(p, 0, sizeof *p);
        p->thread = thread;
        p->pc = pc;
        p->last = mark;
    } else if (p->last == mark) {
        p->repeats++;
    } else if (p->before == mark) {
        p->repeats++;
        p->crossed = 1;
        p->before = p->last;
        p->last = mark;
        if (adjacent(p->last, p->before) && !DSM_MUTANT_IS(DSM_MUTANT_ONE_AT_A_TIME)) {
            *other = p->before - 1;
        }
    } else {
        p->before = p->last;
        p->last = mark;
        p->repeats = 0;
        p->crossed = 0;
    }
    p->used = core->now;
    if (!wants_both(p) || DSM_MUTANT_IS(DSM_MUTANT_ONE_AT_A_TIME)) {
        return hold_of(&core->config, p->repeats);
    }
    p->crossed = p->repeats % BOTH_EVERY == 0;
    *other = p->before - 1;
    return hold_of_both(&core->config, p->repeats);
}

void dsm_hold_begin(dsm_core *core, uint64_t page)
{
    struct dsm_page *p = dsm_page_at(core, page);
    DSM_ASSERT(p->state != DSM_PAGE_INVALID);
    DSM_ASSERT(p->held < UINT32_MAX);
    p->held++;
}

void dsm_hold_briefly(dsm_core *core, uint64_t page)
{
    struct dsm_page *p = dsm_page_at(core, page);
    DSM_ASSERT(p->state != DSM_PAGE_INVALID);
    if (p->deferred == DSM_DEFERRED_NONE && core->now + core->config.hold_ns > p->hold_until) {
        p->hold_until = core->now + core->config.hold_ns;
    }
}

static void unlink_deferred(dsm_core *core, struct dsm_page *p)
{
    if (p->deferred_previous == 0) {
        core->deferred_first = p->deferred_next;
    } else {
        dsm_page_at(core, p->deferred_previous - 1)->deferred_next = p->deferred_next;
    }
    if (p->deferred_next != 0) {
        dsm_page_at(core, p->deferred_next - 1)->deferred_previous = p->deferred_previous;
    }
    p->deferred_next = 0;
    p->deferred_previous = 0;
}

static void serve(dsm_core *core, uint64_t page)
{
    struct dsm_page *p = dsm_page_at(core, page);
    DSM_ASSERT(p->deferred != DSM_DEFERRED_NONE && p->held == 0);
    enum dsm_deferred what = (enum dsm_deferred)p->deferred;
    unlink_deferred(core, p);
    p->deferred = DSM_DEFERRED_NONE;
    p->hold_until = 0;
    dsm_node_page_answer(core, page, what);
}

/* Serves a deferred page that nobody holds any more, now or when its time has come. */
static void settle(dsm_core *core, uint64_t page)
{
    const struct dsm_page *p = dsm_page_at(core, page);
    if (p->deferred == DSM_DEFERRED_NONE || p->held != 0) {
        return;
    }
    if (p->hold_until <= core->now) {
        serve(core, page);
    } else if (p->hold_until < core->deferred_due) {
        core->deferred_due = p->hold_until;
    }
}

void dsm_hold_end(dsm_core *core, uint64_t page, uint64_t hold_ns)
{
    struct dsm_page *p = dsm_page_at(core, page);
    DSM_ASSERT(p->held > 0);
    DSM_ASSERT(p->state != DSM_PAGE_INVALID || DSM_MUTANT_IS(DSM_MUTANT_NO_HOLD));
    p->held--;
    if (hold_ns != 0 && core->now + hold_ns > p->hold_until) {
        p->hold_until = core->now + hold_ns;
    }
    settle(core, page);
}

int dsm_hold_active(const dsm_core *core, uint64_t page)
{
    const struct dsm_page *p = dsm_page_at(core, page);
    if (DSM_MUTANT_IS(DSM_MUTANT_NO_HOLD)) {
        return 0;
    }
    return p->held != 0 || p->hold_until > core->now;
}

void dsm_hold_defer(dsm_core *core, uint64_t page, enum dsm_deferred what)
{
    struct dsm_page *p = dsm_page_at(core, page);
    DSM_ASSERT(p->deferred == DSM_DEFERRED_NONE && what != DSM_DEFERRED_NONE);
    p->deferred = (uint8_t)what;
    p->deferred_previous = 0;
    p->deferred_next = core->deferred_first;
    if (core->deferred_first != 0) {
        dsm_page_at(core, core->deferred_first - 1)->deferred_previous = page + 1;
    }
    core->deferred_first = page + 1;
    dsm_count(core, DSM_C_DEFERRED);
    settle(core, page);
}

/* The first deferred page that is due, page + 1; when there is none, brings deferred_due up to date. */
static uint64_t due_page(dsm_core *core)
{
    uint64_t due = DSM_FOREVER;
    for (uint64_t mark = core->deferred_first; mark != 0;) {
        const struct dsm_page *p = dsm_page_at(core, mark - 1);
        if (p->held == 0 && p->hold_until <= core->now) {
            return mark;
        }
        if (p->held == 0 && p->hold_until < due) {
            due = p->hold_until;
        }
        mark = p->deferred_next;
    }
    core->deferred_due = due;
    return 0;
}

void dsm_hold_tick(dsm_core *core)
{
    if (core->now < core->deferred_due) {
        return;
    }
    /* Serving one page may defer or serve others: the list is looked at anew each time. */
    for (uint64_t mark; (mark = due_page(core)) != 0;) {
        serve(core, mark - 1);
    }
}
