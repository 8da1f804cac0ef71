/* dsm_atomics.c - atomic operations of dsm.h. */
#define _GNU_SOURCE
#include <assert.h>

#include "dsm_clock.h"
#include "dsm_engine.h"
#include "dsm_error.h"

static_assert((int)DSM_ATOMIC_GET == DSM_OP_GET && (int)DSM_ATOMIC_ADD == DSM_OP_ADD &&
                  (int)DSM_ATOMIC_SET == DSM_OP_SET && (int)DSM_ATOMIC_COMPARE_SET == DSM_OP_COMPARE_SET,
              "dsm.h names the core's operations");

/* `lock` held. */
static int operate(dsm_engine *e, dsm_event *event, uint64_t *value)
{
    dsm_waiter waiter = {0};
    uint32_t slot = dsm_engine_take_fault_slot(e, DSM_USE_ATOMIC, &waiter);
    event->slot = slot;
    event->value = value;
    int rc = dsm_engine_step(e, event, dsm_clock_now());
    if (rc == DSM_PENDING) {
        uint64_t spin_until = e->spin_ns == 0 ? 0 : dsm_clock_now() + e->spin_ns;
        dsm_engine_wait(e, &waiter, spin_until, DSM_FOREVER);
        rc = e->slots[slot].status;
        *value = e->slots[slot].result;
    }
    dsm_engine_free_slot(e, slot);
    return rc;
}

int dsm_atomic(dsm_engine *e, uint64_t offset, uint32_t width, uint32_t operation, uint64_t operand, uint64_t expected,
               uint64_t *value)
{
    unsigned long long at = (unsigned long long)offset;
    if ((width != 4 && width != 8) || offset % width != 0 || operation > DSM_ATOMIC_COMPARE_SET || value == NULL)
        return dsm_error(
            DSM_E_ARGUMENT,
            "dsm_atomic at offset %llu: widths are 4 and 8, naturally aligned; operations are DSM_ATOMIC_*", at);
    if (offset >= e->options.space_bytes)
        return dsm_error(DSM_E_ARGUMENT, "dsm_atomic: offset %llu is outside of the space of %llu bytes", at,
                         (unsigned long long)e->options.space_bytes);
    dsm_event event = {.type = DSM_EV_ATOMIC,
                       .page = offset / e->config.page_bytes,
                       .offset = (uint32_t)(offset % e->config.page_bytes),
                       .width = width,
                       .operation = operation,
                       .operand = operand,
                       .expected = expected,
                       .thread = (uint64_t)pthread_self()};
    dsm_guard guard;
    dsm_engine_enter(e, &guard);
    int rc = e->connected ? operate(e, &event, value) : DSM_E_CLOSED;
    dsm_engine_exit(e, &guard);
    if (rc == DSM_E_CLOSED)
        return dsm_error(rc, "dsm_atomic: the engine is not connected (dsm_engine_connect comes first)");
    if (rc == DSM_E_LOST)
        return dsm_error(
            rc, "dsm_atomic at offset %llu: a node that it needs is lost; whether it was done is not known", at);
    return rc < 0 ? dsm_error(rc, "dsm_atomic at offset %llu failed with code %d", at, rc) : rc;
}
