#include "victim.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct victim *victim_new(const dsm_core_config *config)
{
    struct victim *v = calloc(1, sizeof *v);
    v->config = *config;
    v->now = 1000;
    v->size = (dsm_core_size(config) + 63) & ~(size_t)63;
    assert_true(v->size > 0);
    void *memory = aligned_alloc(64, v->size);
    memset(memory, 0, v->size);
    v->core = dsm_core_init(memory, config, v->now);
    return v;
}

void victim_free(struct victim *v)
{
    free(v->core);
    free(v);
}

static void keep(void *context, const dsm_action *action)
{
    struct victim *v = context;
    assert_true(v->count < VICTIM_ACTIONS);
    v->action[v->count++] = *action;
}

int victim_step(struct victim *v, dsm_event event)
{
    v->count = 0;
    int result = dsm_core_step(v->core, &event, v->now, keep, v);
    const char *wrong = dsm_core_check(v->core);
    if (wrong != NULL) {
        fail_msg("%s", wrong);
    }
    return result;
}

int victim_receive(struct victim *v, uint32_t peer, const dsm_message *message)
{
    uint8_t bytes[DSM_HEAD_MAX + 4096] = {0};
    uint32_t length = dsm_wire_encode(message, v->config.page_bytes, bytes);
    length = (uint32_t)dsm_wire_frame(bytes, length, v->config.page_bytes);
    assert_true(length <= sizeof bytes);
    return victim_step(v, (dsm_event){.type = DSM_EV_MESSAGE, .peer = peer, .bytes = bytes, .length = length});
}

dsm_message victim_message(const struct victim *v, uint32_t i)
{
    assert_true(i < v->count && v->action[i].type == DSM_ACT_SEND);
    uint8_t bytes[DSM_HEAD_MAX + 4096] = {0};
    memcpy(bytes, v->action[i].head, v->action[i].head_length);
    uint32_t length = v->action[i].head_length + (v->action[i].with_page ? v->config.page_bytes : 0);
    dsm_message m;
    assert_int_equal(dsm_wire_decode(bytes, length, v->config.page_bytes, &m), 0);
    m.page = NULL; /* the bytes of this frame end with this function */
    return m;
}

uint32_t victim_sent(const struct victim *v, uint32_t type)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < v->count; i++) {
        count += v->action[i].type == DSM_ACT_SEND && v->action[i].head[4] == type;
    }
    return count;
}
