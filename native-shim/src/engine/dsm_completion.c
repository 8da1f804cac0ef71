/* dsm_completion.c - the ends of pending waits, and losses, on their way to the runtime's completion thread. */
#define _GNU_SOURCE
#include "dsm_clock.h"
#include "dsm_engine.h"
#include "dsm_error.h"
#include "dsm_ticket.h"

void dsm_engine_complete(dsm_engine *e)
{
    atomic_fetch_add(&e->completion_word, 1);
    dsm_batch *b = &e->batch;
    if (atomic_load(&e->completion_callers) == 0)
        return;
    if (b->wakes < DSM_BATCH_WAKES)
        b->wake[b->wakes++] = &e->completion_word;
    else
        dsm_futex_wake(&e->completion_word, 1);
}

/* `lock` held. An operation keeps its slot until it is told here, so the ring of ended ones cannot overflow. */
static uint32_t collect(dsm_engine *e, dsm_completion *out, uint32_t max)
{
    uint32_t count = 0;
    for (uint32_t peer = 0; e->any_lost && peer < e->config.nodes && count < max; peer++) {
        dsm_remote *r = &e->remotes[peer];
        if (!r->lost || r->left || r->told)
            continue;
        r->told = true;
        out[count++] = (dsm_completion){.ticket = peer, .status = DSM_E_LOST, .kind = DSM_COMPLETION_LOST};
    }
    while (e->ended_count > 0 && count < max) {
        uint32_t slot = e->ended[e->ended_first];
        e->ended_first = (e->ended_first + 1) % e->config.slots;
        e->ended_count--;
        out[count++] = (dsm_completion){
            .ticket = dsm_ticket_of(e, slot), .status = e->slots[slot].status, .kind = DSM_COMPLETION_OPERATION};
        dsm_engine_free_slot(e, slot);
    }
    return count;
}

static int wait_for_some(dsm_engine *e, dsm_completion *out, uint32_t max, uint64_t deadline)
{
    for (;;) {
        dsm_guard guard;
        uint32_t seen = atomic_load(&e->completion_word);
        dsm_engine_enter(e, &guard);
        uint32_t count = collect(e, out, max);
        dsm_engine_exit(e, &guard);
        if (count > 0)
            return (int)count;
        if (atomic_load(&e->closing))
            return DSM_E_CLOSED;
        uint64_t now = dsm_clock_now();
        if (now >= deadline)
            return 0;
        dsm_futex_wait(&e->completion_word, seen, deadline - now);
    }
}

int dsm_completions(dsm_engine *e, dsm_completion *out, uint32_t max, uint64_t timeout_ns)
{
    if (out == NULL || max == 0 || max > INT32_MAX)
        return dsm_error(DSM_E_ARGUMENT, "dsm_completions: room for at least one completion is needed");
    uint64_t now = dsm_clock_now();
    atomic_fetch_add(&e->completion_callers, 1);
    int rc = wait_for_some(e, out, max, timeout_ns < DSM_FOREVER - now ? now + timeout_ns : DSM_FOREVER);
    atomic_fetch_sub(&e->completion_callers, 1);
    return rc;
}
