/*
 * dsm_twin.c - what the core's actions do to the bytes of RELEASE pages: twins, diffs, and what is put into a page while
 * others may read it.
 *
 * Before bytes are copied, the page is closed: the batch has put that off. Before bytes are changed, what is to be sent of
 * them has been sent: the batch refers to them where they lie.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "dsm_engine.h"
#include "dsm_memory.h"
#include "dsm_operation.h"
#include "dsm_wire.h"

#define COPIES    64u /* bodies under way before they are sent */
#define ALIGNMENT 8u

static_assert(COPIES >= DSM_LINK_GATHER, "a link can be filled without a flush in between");

static uint32_t copies_bytes(const dsm_engine *e)
{
    return COPIES * DSM_WIRE_BODY_MAX(e->config.page_bytes);
}

static uint8_t *twin_at(const dsm_engine *e, uint32_t twin)
{
    assert(twin < e->config.twins);
    return e->twins + (uint64_t)twin * e->config.page_bytes;
}

/* ---- memory -------------------------------------------------------------------------------------------- */

int dsm_twin_open(dsm_engine *e)
{
    if (e->config.twins == 0)
        return 0; /* no page is kept by RELEASE */
    e->diff = dsm_diff_choose();
    e->twins = dsm_memory_reserve((uint64_t)e->config.twins * e->config.page_bytes);
    e->copies = dsm_memory_reserve(copies_bytes(e));
    return e->twins != NULL && e->copies != NULL ? 0 : -ENOMEM;
}

void dsm_twin_close(dsm_engine *e)
{
    dsm_memory_release(e->twins, (uint64_t)e->config.twins * e->config.page_bytes);
    dsm_memory_release(e->copies, copies_bytes(e));
    e->twins = e->copies = NULL;
}

uint64_t dsm_twin_output(const dsm_engine *e)
{
    if (e->config.twins == 0)
        return 0;
    /* A peer may be sent the diffs of a release of this node and of all others (passed on), and each of the notices that
     * may be kept once, in a frame of its own. */
    uint64_t diffs = (uint64_t)e->config.twins * e->config.nodes;
    return (diffs + e->config.notices) * DSM_WIRE_FRAME_MAX(e->config.page_bytes);
}

/* ---- actions -------------------------------------------------------------------------------------------- */

void dsm_twin_take(dsm_engine *e, const dsm_action *action)
{
    dsm_engine_settle(e, action->page);
    memcpy(twin_at(e, action->twin), dsm_engine_view(e, action->page), e->config.page_bytes);
}

void dsm_twin_apply(dsm_engine *e, const dsm_action *action)
{
    dsm_engine_sent(e, action->page);
    dsm_diff_apply(action->bytes, e->config.page_bytes, dsm_engine_view(e, action->page));
}

void dsm_twin_merge(dsm_engine *e, const dsm_action *action)
{
    dsm_engine_settle(e, action->page);
    dsm_engine_sent(e, action->page);
    dsm_diff_merge(action->bytes, e->config.page_bytes, dsm_engine_view(e, action->page), twin_at(e, action->twin));
}

void dsm_twin_atomic(dsm_engine *e, const dsm_action *action)
{
    dsm_engine_sent(e, action->page);
    *action->value = dsm_operation_do(dsm_engine_view(e, action->page) + action->offset, action->operation,
                                      action->width, action->operand, action->expected);
}

/* ---- sending ---------------------------------------------------------------------------------------------- */

/* Room for the longest body there is, until the next flush. */
static uint8_t *take_copy(dsm_engine *e)
{
    if (e->batch.copied + DSM_WIRE_BODY_MAX(e->config.page_bytes) > copies_bytes(e))
        dsm_engine_flush(e);
    return e->copies + e->batch.copied;
}

void dsm_twin_send(dsm_engine *e, const dsm_action *action)
{
    if (!dsm_engine_make_room(e, action->peer))
        return; /* nobody will miss what was in the twin */
    uint8_t head[DSM_HEAD_MAX];
    uint8_t *body = take_copy(e);
    uint32_t length = action->length;
    memcpy(head, action->head, action->head_length);
    if (action->with_diff) {
        dsm_engine_settle(e, action->page);
        length = dsm_diff_encode(&e->diff, dsm_engine_view(e, action->page), twin_at(e, action->twin),
                                 e->config.page_bytes, body);
        dsm_wire_set_length(head, action->head_length + length);
    } else {
        memcpy(body, action->bytes, length);
    }
    e->batch.copied += (length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    dsm_engine_gather(e, action->peer, head, action->head_length, body, length);
}
