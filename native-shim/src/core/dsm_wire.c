#include "dsm_wire.h"

#include <stddef.h>
#include <string.h>

/* What a type looks like: its fields after the head, the flags it may carry. */
struct shape {
    uint8_t known;
    uint8_t fields; /* bytes after the head, page bytes not counted */
    uint8_t flags;  /* allowed */
};

static const struct shape SHAPES[DSM_MSG_TYPES] = {
    [DSM_MSG_HELLO] = {1, 40, 0},
    [DSM_MSG_BYE] = {1, 0, 0},
    [DSM_MSG_HEARTBEAT] = {1, 0, 0},
    [DSM_MSG_PAGE_REQUEST] = {1, 8, 0},
    [DSM_MSG_PAGE_GRANT] = {1, 8, DSM_FLAG_HAS_PAGE | DSM_FLAG_ZERO | DSM_FLAG_EXCLUSIVE | DSM_FLAG_LOST},
    [DSM_MSG_PAGE_INVALIDATE] = {1, 0, 0},
    [DSM_MSG_PAGE_INVALIDATED] = {1, 0, 0},
    [DSM_MSG_PAGE_RECALL] = {1, 8, 0},
    [DSM_MSG_PAGE_RETURN] = {1, 8, DSM_FLAG_HAS_PAGE},
    [DSM_MSG_LOCK_REQUEST] = {1, 0, DSM_FLAG_TRY},
    [DSM_MSG_LOCK_GRANT] = {1, 8, DSM_FLAG_WANTED | DSM_FLAG_ORPHANED | DSM_FLAG_REFUSED | DSM_FLAG_FULL},
    [DSM_MSG_LOCK_RECALL] = {1, 0, DSM_FLAG_TRY},
    [DSM_MSG_LOCK_RETURN] = {1, 8, DSM_FLAG_REFUSED | DSM_FLAG_ORPHANED},
    [DSM_MSG_BARRIER_ARRIVE] = {1, 16, 0},
    [DSM_MSG_BARRIER_DEPART] = {1, 8, DSM_FLAG_BROKEN | DSM_FLAG_PARTIES | DSM_FLAG_FULL},
    [DSM_MSG_BARRIER_BREAK] = {1, 8, 0},
};

#define MAX_FIELDS 40u

static uint32_t get32(const uint8_t *b)
{
    return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static uint64_t get64(const uint8_t *b)
{
    return (uint64_t)get32(b) | (uint64_t)get32(b + 4) << 32;
}

static void put32(uint8_t *b, uint32_t v)
{
    b[0] = (uint8_t)v;
    b[1] = (uint8_t)(v >> 8);
    b[2] = (uint8_t)(v >> 16);
    b[3] = (uint8_t)(v >> 24);
}

static void put64(uint8_t *b, uint64_t v)
{
    put32(b, (uint32_t)v);
    put32(b + 4, (uint32_t)(v >> 32));
}

static int carries_page(uint8_t type, uint8_t flags)
{
    return (type == DSM_MSG_PAGE_GRANT || type == DSM_MSG_PAGE_RETURN) && (flags & DSM_FLAG_HAS_PAGE) != 0;
}

int64_t dsm_wire_frame(const uint8_t *bytes, uint32_t available, uint32_t page_bytes)
{
    if (available < 4) {
        return 0;
    }
    uint32_t length = get32(bytes);
    if (length < DSM_WIRE_HEAD || length > (uint64_t)DSM_WIRE_HEAD + MAX_FIELDS + page_bytes) {
        return -1;
    }
    return (int64_t)length;
}

static int decode_hello(const uint8_t *fields, dsm_message *m)
{
    m->magic = get32(fields);
    m->version = get32(fields + 4);
    m->node = get32(fields + 8);
    m->nodes = get32(fields + 12);
    m->page_bytes = get32(fields + 16);
    uint32_t reserved = get32(fields + 20);
    m->cluster = get64(fields + 24);
    m->pages = get64(fields + 32);
    return reserved == 0 && m->magic == DSM_WIRE_MAGIC ? 0 : -1;
}

static int decode_access(const uint8_t *fields, dsm_message *m)
{
    m->access = get32(fields);
    return get32(fields + 4) == 0 ? 0 : -1;
}

/* Flags and access of a grant must tell one of the few things a grant can tell. */
static int check_grant(const dsm_message *m)
{
    uint8_t bytes = m->flags & (DSM_FLAG_HAS_PAGE | DSM_FLAG_ZERO);
    if (m->flags & DSM_FLAG_LOST) {
        return m->flags == DSM_FLAG_LOST && m->access == 0 ? 0 : -1;
    }
    if (bytes == (DSM_FLAG_HAS_PAGE | DSM_FLAG_ZERO)) {
        return -1;
    }
    if (m->access == 1) {
        return bytes != 0 ? 0 : -1;
    }
    return m->access == 2 && !(m->flags & DSM_FLAG_EXCLUSIVE) ? 0 : -1;
}

static int check_lock_grant(const dsm_message *m)
{
    switch (m->flags & (DSM_FLAG_REFUSED | DSM_FLAG_FULL)) {
    case 0:
        return m->epoch != 0 ? 0 : -1;
    case DSM_FLAG_REFUSED:
        return m->flags == DSM_FLAG_REFUSED && m->epoch == 0 ? 0 : -1;
    case DSM_FLAG_FULL:
        return m->flags == DSM_FLAG_FULL && m->epoch == 0 ? 0 : -1;
    default:
        return -1;
    }
}

static int decode_fields(const uint8_t *f, dsm_message *m)
{
    switch (m->type) {
    case DSM_MSG_HELLO:
        return m->subject == 0 ? decode_hello(f, m) : -1;
    case DSM_MSG_BYE:
    case DSM_MSG_HEARTBEAT:
        return m->subject == 0 ? 0 : -1;
    case DSM_MSG_PAGE_REQUEST:
        return decode_access(f, m) == 0 && (m->access == 1 || m->access == 2) ? 0 : -1;
    case DSM_MSG_PAGE_GRANT:
        return decode_access(f, m) == 0 ? check_grant(m) : -1;
    case DSM_MSG_PAGE_RECALL:
    case DSM_MSG_PAGE_RETURN:
        return decode_access(f, m) == 0 && m->access <= 1 ? 0 : -1;
    case DSM_MSG_LOCK_GRANT:
        m->epoch = get64(f);
        return check_lock_grant(m);
    case DSM_MSG_LOCK_RETURN:
        m->epoch = get64(f);
        return m->epoch != 0 && m->flags != (DSM_FLAG_REFUSED | DSM_FLAG_ORPHANED) ? 0 : -1;
    case DSM_MSG_BARRIER_ARRIVE:
        m->epoch = get64(f);
        m->parties = get32(f + 8);
        m->arrived = get32(f + 12);
        return m->epoch != 0 && m->parties != 0 && m->arrived == 1 ? 0 : -1;
    case DSM_MSG_BARRIER_DEPART:
        m->epoch = get64(f);
        /* at most one of the flags */
        return m->epoch != 0 && (m->flags & (m->flags - 1)) == 0 ? 0 : -1;
    case DSM_MSG_BARRIER_BREAK:
        m->epoch = get64(f);
        return m->epoch != 0 ? 0 : -1;
    default:
        return 0;
    }
}

int dsm_wire_decode(const uint8_t *bytes, uint32_t length, uint32_t page_bytes, dsm_message *out)
{
    if (length < DSM_WIRE_HEAD || get32(bytes) != length) {
        return -1;
    }
    dsm_message m;
    memset(&m, 0, sizeof m);
    m.type = bytes[4];
    m.flags = bytes[5];
    m.subject = get64(bytes + 8);
    if (m.type >= DSM_MSG_TYPES || bytes[6] != 0 || bytes[7] != 0) {
        return -1;
    }
    const struct shape *shape = &SHAPES[m.type];
    if (!shape->known || (m.flags & ~shape->flags) != 0) {
        return -1;
    }
    uint64_t page = carries_page(m.type, m.flags) ? page_bytes : 0;
    if (length != (uint64_t)DSM_WIRE_HEAD + shape->fields + page) {
        return -1;
    }
    if (decode_fields(bytes + DSM_WIRE_HEAD, &m) != 0) {
        return -1;
    }
    if (page != 0) {
        m.page = bytes + DSM_WIRE_HEAD + shape->fields;
    }
    *out = m;
    return 0;
}

static void encode_fields(const dsm_message *m, uint8_t *f)
{
    switch (m->type) {
    case DSM_MSG_HELLO:
        put32(f, m->magic);
        put32(f + 4, m->version);
        put32(f + 8, m->node);
        put32(f + 12, m->nodes);
        put32(f + 16, m->page_bytes);
        put32(f + 20, 0);
        put64(f + 24, m->cluster);
        put64(f + 32, m->pages);
        break;
    case DSM_MSG_PAGE_REQUEST:
    case DSM_MSG_PAGE_GRANT:
    case DSM_MSG_PAGE_RECALL:
    case DSM_MSG_PAGE_RETURN:
        put32(f, m->access);
        put32(f + 4, 0);
        break;
    case DSM_MSG_LOCK_GRANT:
    case DSM_MSG_LOCK_RETURN:
    case DSM_MSG_BARRIER_DEPART:
    case DSM_MSG_BARRIER_BREAK:
        put64(f, m->epoch);
        break;
    case DSM_MSG_BARRIER_ARRIVE:
        put64(f, m->epoch);
        put32(f + 8, m->parties);
        put32(f + 12, m->arrived);
        break;
    default:
        break;
    }
}

uint32_t dsm_wire_encode(const dsm_message *message, uint32_t page_bytes, uint8_t *out)
{
    if (message->type >= DSM_MSG_TYPES || !SHAPES[message->type].known) {
        return 0;
    }
    uint32_t head = DSM_WIRE_HEAD + SHAPES[message->type].fields;
    put32(out, head + (carries_page(message->type, message->flags) ? page_bytes : 0));
    out[4] = message->type;
    out[5] = message->flags;
    out[6] = 0;
    out[7] = 0;
    put64(out + 8, message->subject);
    encode_fields(message, out + DSM_WIRE_HEAD);
    return head;
}
