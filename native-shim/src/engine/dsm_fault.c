/* dsm_fault.c - from the trap to the page: what a faulting thread does. Runs in the signal handler. */
#define _GNU_SOURCE
#include "dsm_clock.h"
#include "dsm_engine.h"
#include "dsm_line.h"

/* The page's memory is found while the request is on the wire, instead of when its bytes have come. What is read is of
 * no interest, so it may race with their coming. */
__attribute__((noinline, no_sanitize("thread"))) static void populate(const dsm_engine *e, uint64_t page)
{
    (void)*(const volatile uint8_t *)(e->pager->view + page * e->config.page_bytes);
}

/* `lock` held. The page is there, or the process ends. */
static void stand(dsm_engine *e, uint64_t page, dsm_waiter *waiter)
{
    e->faulting++;
    dsm_engine_fault_stands(e);
    /* A thread that is going to spin leads after the request is on its way; one that is going to sleep cannot, since on a
     * shared core the answer may be there before it sleeps, and would wake the service thread. */
    if (e->spin_ns == 0)
        dsm_engine_claim_lead(e, waiter);
    dsm_engine_unlock(e); /* sends the request */
    populate(e, page);
    dsm_engine_lock(e);
    uint64_t now = dsm_clock_now();
    dsm_engine_wait(e, waiter, e->spin_ns == 0 ? 0 : now + e->spin_ns, DSM_FOREVER);
    if (waiter->status < 0)
        dsm_engine_fault_unserved(e, page);
    e->faulting--;
}

static void no_memory(const dsm_engine *e, const dsm_trap *trap)
{
    dsm_line line = {0};
    dsm_line_text(&line, "dsm: node ");
    dsm_line_number(&line, e->config.node);
    dsm_line_text(&line, ": the system has no memory left for the shared page at ");
    dsm_line_hex(&line, trap->address);
    dsm_line_text(&line, "; share less, or give the machine or its memory group more");
    dsm_line_write(&line);
}

bool dsm_engine_fault(void *context, const dsm_trap *trap)
{
    dsm_engine *e = context;
    if (trap->bus && !e->pager->bus_faults) {
        no_memory(e, trap);
        return false;
    }
    if (trap->bus != (e->pager->bus_faults != 0) || e->config.nodes == 1)
        return false; /* all is open: this was no access that can be served */
    uint64_t page = (trap->address - (uintptr_t)e->pager->application) / e->config.page_bytes;
    dsm_waiter waiter = {0};
    dsm_engine_lock(e);
    if (!e->connected) {
        dsm_engine_unlock(e);
        return false;
    }
    uint32_t slot = dsm_engine_take_fault_slot(e, DSM_USE_FAULT, &waiter);
    e->slots[slot].page = page;
    dsm_event fault = {.type = DSM_EV_FAULT,
                       .slot = slot,
                       .page = page,
                       .write = trap->write,
                       .thread = (uint64_t)pthread_self(),
                       .pc = trap->pc};
    bool fresh = dsm_core_fresh(e->core, page);
    int rc = dsm_engine_step(e, &fault, dsm_clock_now());
    if (!trap->write && !fresh && rc >= 0)
        dsm_engine_read_ahead(e, page);
    if (rc == DSM_OK) {
        dsm_engine_open_around(e, page);
        if (fresh)
            dsm_engine_open_ahead(e, page, trap->write);
    } else if (rc == DSM_PENDING) {
        stand(e, page, &waiter);
    } else {
        dsm_engine_fault_unserved(e, page);
    }
    dsm_event resumed = {.type = DSM_EV_RESUMED, .slot = slot};
    dsm_engine_step(e, &resumed, dsm_clock_now());
    dsm_engine_free_slot(e, slot);
    dsm_engine_unlock(e);
    return true;
}
