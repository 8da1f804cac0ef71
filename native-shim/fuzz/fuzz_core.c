/*
 * fuzz_core.c - a core among peers that send anything: the input is a program of operations of this node's
 * own threads and of frames from its peers, well-formed or not. After every step the state must be
 * consistent; a refused frame must have left it as it was, and its sender is dropped, as the driver does.
 *
 * The driver's own obligations are kept (slots, wakes, RESUMED): only peers are hostile here.
 */
#include "dsm_core.h"
#include "dsm_diff.h"
#include "dsm_wire.h"
#include "sim_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_BYTES 64u
#define NODES      4u
#define SLOTS      4u
#define PAGES      8u
#define RELEASE    4u /* pages from here on are RELEASE pages */
#define TWINS      2u
#define FRAME_MOST DSM_WIRE_FRAME_MAX(PAGE_BYTES)

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

enum slot_state { FREE, WAITING, WOKEN_FAULT };

typedef struct bench {
    dsm_core *core;
    uint8_t *memory;
    size_t memory_bytes;
    uint64_t now;
    enum slot_state slots[SLOTS];
    uint8_t fault[SLOTS];
    uint8_t gone[NODES];
    uint64_t page[PAGE_BYTES / 8];
    uint64_t value;
    const uint8_t *input;
    size_t left;
} bench;

static void demand(int holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "fuzz_core: %s\n", what);
        abort();
    }
}

static uint64_t take(bench *b, uint32_t count)
{
    uint64_t value = 0;
    while (count-- > 0 && b->left > 0) {
        value = value << 8 | *b->input++;
        b->left--;
    }
    return value;
}

static void end(bench *b, uint32_t slot, int32_t status)
{
    demand(slot < SLOTS && b->slots[slot] == WAITING, "a slot is woken in which nobody waits");
    b->slots[slot] = b->fault[slot] && status == DSM_OK ? WOKEN_FAULT : FREE;
}

static void sink(void *context, const dsm_action *action)
{
    bench *b = context;
    uint8_t frame[FRAME_MOST] = {0};
    dsm_message message;
    switch (action->type) {
    case DSM_ACT_SEND:
        demand(action->peer < NODES && action->peer != 0 && !b->gone[action->peer], "sends to nobody");
        demand(action->head_length <= DSM_HEAD_MAX, "sends too long a head");
        memcpy(frame, action->head, action->head_length);
        uint32_t length = action->head_length + (action->with_page ? PAGE_BYTES : 0) + action->length;
        demand(length <= FRAME_MOST, "sends too long a frame");
        if (action->length != 0)
            memcpy(frame + action->head_length, action->bytes, action->length);
        if (action->with_diff) {
            demand(action->twin < TWINS && action->page >= RELEASE, "compares what has no twin");
            length += DSM_DIFF_HEAD; /* nothing has changed */
            frame[action->head_length] = 1;
            dsm_wire_set_length(frame, length);
        }
        demand(dsm_wire_decode(frame, length, PAGE_BYTES, &message) == 0, "sends what its own codec refuses");
        break;
    case DSM_ACT_TWIN:
    case DSM_ACT_MERGE:
        demand(action->page >= RELEASE && action->page < PAGES && action->twin < TWINS, "no such twin");
        break;
    case DSM_ACT_APPLY:
        demand(action->page >= RELEASE && action->page < PAGES, "applies a diff to no RELEASE page");
        demand(dsm_diff_check(action->bytes, action->length, PAGE_BYTES) == 0, "applies what is no diff");
        dsm_diff_apply(action->bytes, PAGE_BYTES, (uint8_t *)b->page);
        break;
    case DSM_ACT_ATOMIC:
        demand(action->page < PAGES && action->offset + action->width <= PAGE_BYTES, "works beside the page");
        *action->value = action->operand;
        break;
    case DSM_ACT_INSTALL:
        demand(action->page < PAGES && action->bytes != NULL, "installs nothing");
        memcpy(frame, action->bytes, PAGE_BYTES); /* ASan: all of them are there */
        break;
    case DSM_ACT_PROTECT:
        demand(action->page < PAGES && action->access <= DSM_ACCESS_WRITE, "protects nothing");
        break;
    case DSM_ACT_WAKE:
        end(b, action->slot, action->status);
        break;
    case DSM_ACT_LOST:
        demand(action->peer < NODES && action->peer != 0, "loses nobody");
        b->gone[action->peer] = 1;
        break;
    default:
        demand(0, "emits an unknown action");
    }
}

static int step(bench *b, const dsm_event *event)
{
    int result = dsm_core_step(b->core, event, b->now, sink, b);
    const char *wrong = dsm_core_check(b->core);
    demand(wrong == NULL, wrong);
    return result;
}

/* ---- the node's own threads --------------------------------------------------------------------- */

static void begin(bench *b, dsm_event *event, uint32_t slot, int fault)
{
    if (b->slots[slot] != FREE)
        return;
    event->slot = slot;
    b->slots[slot] = WAITING;
    b->fault[slot] = (uint8_t)fault;
    int result = step(b, event);
    if (result != DSM_PENDING)
        end(b, slot, result);
}

static void own_operation(bench *b, uint8_t what)
{
    uint32_t slot = (uint32_t)take(b, 1) % SLOTS;
    uint64_t number = take(b, 1);
    dsm_event event = {.thread = 1 + slot, .pc = 1 + number % 3};
    switch (what % 10) {
    case 0:
        event.type = DSM_EV_FAULT;
        event.page = number % PAGES;
        event.write = number >> 7 & 1;
        begin(b, &event, slot, 1);
        break;
    case 1:
        if (b->slots[slot] != WOKEN_FAULT)
            break;
        b->slots[slot] = FREE;
        step(b, &(dsm_event){.type = DSM_EV_RESUMED, .slot = slot});
        break;
    case 2:
        event.type = DSM_EV_LOCK_ACQUIRE;
        event.id = number % 6;
        event.flags = number >> 7 & 1;
        begin(b, &event, slot, 0);
        break;
    case 3:
        step(b, &(dsm_event){.type = DSM_EV_LOCK_RELEASE, .id = number % 6, .thread = 1 + slot});
        break;
    case 4:
        event.type = DSM_EV_BARRIER_ARRIVE;
        event.id = number % 4;
        event.parties = 1 + (uint32_t)(number >> 4) % 4;
        begin(b, &event, slot, 0);
        break;
    case 5:
        event.type = DSM_EV_CONDITION_WAIT;
        event.id = number % 6;
        event.condition = number >> 7;
        begin(b, &event, slot, 0);
        break;
    case 6:
        step(b, &(dsm_event){.type = DSM_EV_CONDITION_SIGNAL,
                             .id = number % 6,
                             .condition = number >> 7 & 1,
                             .thread = 1 + slot,
                             .flags = number >> 6 & 1});
        break;
    case 7:
        event.type = DSM_EV_ATOMIC;
        event.page = number % PAGES;
        event.width = 8;
        event.operation = (uint32_t)(number >> 4) % 4;
        event.value = &b->value;
        begin(b, &event, slot, 0);
        break;
    case 8:
        step(b, &(dsm_event){.type = DSM_EV_EVICT, .page = number % PAGES});
        break;
    default:
        if (b->slots[slot] == WAITING && !b->fault[slot] &&
            step(b, &(dsm_event){.type = DSM_EV_CANCEL, .slot = slot}) == DSM_E_CANCELLED)
            end(b, slot, DSM_E_CANCELLED);
        break;
    }
}

/* ---- peers ---------------------------------------------------------------------------------------- */

static void drop(bench *b, uint32_t peer)
{
    if (b->gone[peer])
        return;
    b->gone[peer] = 1;
    step(b, &(dsm_event){.type = DSM_EV_PEER_LOST, .peer = peer});
}

static void deliver(bench *b, uint32_t peer, const uint8_t *frame, uint32_t length)
{
    if (b->gone[peer])
        return;
    uint8_t *exact = malloc(length ? length : 1);
    demand(exact != NULL, "out of memory");
    memcpy(exact, frame, length);
    uint8_t *before = sim_state_copy(b->core, b->memory, b->memory_bytes);
    dsm_event event = {.type = DSM_EV_MESSAGE, .peer = peer, .bytes = exact, .length = length};
    int result = step(b, &event);
    demand(result == DSM_OK || result == DSM_E_PROTOCOL, "a frame gives an unknown status");
    if (result == DSM_E_PROTOCOL) {
        uint8_t *after = sim_state_copy(b->core, b->memory, b->memory_bytes);
        demand(memcmp(before, after, b->memory_bytes) == 0, "a refused frame has changed the state");
        free(after);
        drop(b, peer);
    }
    free(before);
    free(exact);
}

/* A frame with a body whose numbers are small, so that some of them are right. */
static void bodied_frame(bench *b, uint32_t peer, dsm_message *m)
{
    uint8_t frame[FRAME_MOST] = {0};
    m->subject = m->type == DSM_MSG_DIFF ? m->subject : 0;
    m->flags = m->type == DSM_MSG_DIFF ? m->flags & 3 : 0;
    m->body_length = m->type == DSM_MSG_DIFF ? 13 : m->type == DSM_MSG_VECTOR ? 20 : 48;
    uint32_t head = dsm_wire_encode(m, PAGE_BYTES, frame);
    uint8_t *body = frame + head;
    body[0] = 1;
    if (m->type == DSM_MSG_DIFF) { /* one run of one byte */
        body[4] = 1;
        body[8] = (uint8_t)(take(b, 1) % PAGE_BYTES);
    } else if (m->type == DSM_MSG_VECTOR) { /* one node's interval */
        body[8] = (uint8_t)(take(b, 1) % NODES);
        body[12] = (uint8_t)(take(b, 1) % 4);
    } else { /* one notice of one range */
        body[8] = (uint8_t)(take(b, 1) % NODES);
        body[12] = 1;
        body[16] = (uint8_t)(1 + take(b, 1) % 3);
        body[24] = (uint8_t)(body[16] + take(b, 1) % 3);
        body[32] = (uint8_t)(take(b, 1) % PAGES);
        body[40] = (uint8_t)(1 + take(b, 1) % 3);
    }
    deliver(b, peer, frame, head + m->body_length);
}

/* A frame whose fields are right in form, so that the input reaches the protocol behind the codec. */
static void formed_frame(bench *b)
{
    uint32_t peer = 1 + (uint32_t)take(b, 1) % (NODES - 1);
    uint64_t fields = take(b, 3);
    dsm_message m = {
        .type = (uint8_t)(1 + take(b, 1) % DSM_MSG_PEER_GONE),
        .flags = (uint8_t)(fields & 0xf),
        .subject = fields >> 4 & 7,
        .access = (uint32_t)(fields >> 7 & 3) % 3,
        .epoch = fields >> 13 & 0x1f,
    };
    if (m.type >= DSM_MSG_BARRIER_ARRIVE && m.type <= DSM_MSG_BARRIER_BREAK) {
        m.parties = 1 + (uint32_t)(fields >> 9 & 3);
        m.origin = fields >> 11 & 1 ? peer : (uint32_t)(fields >> 12 & 3);
    } else if (m.type >= DSM_MSG_FETCH) {
        m.origin = (uint32_t)(fields >> 9 & 3);
        m.count = 1 + (uint32_t)(fields >> 11 & 3);
        m.number = fields >> 13 & 7;
        m.width = 8;
        m.operation = fields >> 16 & 3;
        m.subject = m.type == DSM_MSG_FLUSHED || m.type == DSM_MSG_PEER_GONE ? 0 : m.subject;
    }
    uint8_t frame[FRAME_MOST] = {0};
    uint32_t whole;
    if (m.type == DSM_MSG_DIFF || m.type == DSM_MSG_NOTICES || m.type == DSM_MSG_VECTOR) {
        bodied_frame(b, peer, &m);
        return;
    }
    dsm_wire_encode(&m, PAGE_BYTES, frame);
    memcpy(&whole, frame, sizeof whole);
    deliver(b, peer, frame, whole <= FRAME_MOST ? whole : FRAME_MOST);
}

static void raw_frame(bench *b)
{
    uint32_t peer = 1 + (uint32_t)take(b, 1) % (NODES - 1);
    uint32_t length = (uint32_t)take(b, 1) % (FRAME_MOST + 1);
    uint8_t frame[FRAME_MOST] = {0};
    for (uint32_t i = 0; i < length; i++)
        frame[i] = (uint8_t)take(b, 1);
    deliver(b, peer, frame, length);
}

/* ---- one input ------------------------------------------------------------------------------------ */

static void build(bench *b)
{
    dsm_core_config config = {
        .node = 0,
        .nodes = NODES,
        .page_bytes = PAGE_BYTES,
        .slots = SLOTS,
        .pages = PAGES,
        .home_block = 1,
        .locks = 8,
        .arena_first = PAGES,
        .release_first = RELEASE,
        .release_end = PAGES,
        .twins = TWINS,
        .notices = 16,
        .migrate_after = 2,
        .inform_ns = 100000,
        .release_step = 2,
        .relays = 1,
        .hold_ns = 1000,
        .hold_max_ns = 100000,
        .heartbeat_ns = 1000000,
        .silence_ns = 0,
        .local_handovers = 2,
        .local_handover_ns = 10000,
    };
    b->memory_bytes = dsm_core_size(&config);
    demand(b->memory_bytes != 0, "dsm_core_size refuses the configuration");
    size_t rounded = (b->memory_bytes + 63) & ~(size_t)63;
    b->memory = aligned_alloc(64, rounded);
    demand(b->memory != NULL, "out of memory");
    memset(b->memory, 0, rounded);
    b->now = 1000;
    b->core = dsm_core_init(b->memory, &config, b->now);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    bench b = {.input = bytes, .left = length};
    build(&b);
    while (b.left > 0) {
        uint8_t what = (uint8_t)take(&b, 1);
        b.now += what;
        if (what < 100)
            own_operation(&b, what);
        else if (what < 220)
            formed_frame(&b);
        else if (what < 240)
            raw_frame(&b);
        else if (what < 250) {
            b.now += 100000;
            step(&b, &(dsm_event){.type = DSM_EV_TICK});
        } else
            drop(&b, 1 + what % (NODES - 1));
    }
    /* Whoever still waits must not wait for ever once all peers are gone: only its own threads are left. */
    for (uint32_t peer = 1; peer < NODES; peer++)
        drop(&b, peer);
    free(b.memory);
    return 0;
}
