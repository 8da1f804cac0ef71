#include "dsm_wire.h"

#include <stddef.h>
#include <string.h>

#include "dsm_bytes.h"

/* What a type looks like: its fields after the head, the flags it may carry. */
struct shape {
    uint8_t known;
    uint8_t fields; /* bytes after the head, page bytes not counted */
    uint8_t flags;  /* allowed */
    uint8_t body;   /* followed by a body of any length */
};

static const struct shape SHAPES[DSM_MSG_TYPES] = {
    [DSM_MSG_HELLO] = {1, 40, 0, 0},
    [DSM_MSG_BYE] = {1, 0, 0, 0},
    [DSM_MSG_HEARTBEAT] = {1, 0, 0, 0},
    [DSM_MSG_PAGE_REQUEST] = {1, 8, 0, 0},
    [DSM_MSG_PAGE_GRANT] = {1, 8, DSM_FLAG_HAS_PAGE | DSM_FLAG_ZERO | DSM_FLAG_EXCLUSIVE | DSM_FLAG_LOST, 0},
    [DSM_MSG_PAGE_INVALIDATE] = {1, 0, 0, 0},
    [DSM_MSG_PAGE_INVALIDATED] = {1, 0, 0, 0},
    [DSM_MSG_PAGE_RECALL] = {1, 8, 0, 0},
    [DSM_MSG_PAGE_RETURN] = {1, 8, DSM_FLAG_HAS_PAGE, 0},
    [DSM_MSG_LOCK_REQUEST] = {1, 0, DSM_FLAG_TRY, 0},
    [DSM_MSG_LOCK_GRANT] = {1, 8, DSM_FLAG_WANTED | DSM_FLAG_ORPHANED | DSM_FLAG_REFUSED | DSM_FLAG_FULL, 0},
    [DSM_MSG_LOCK_RECALL] = {1, 0, DSM_FLAG_TRY, 0},
    [DSM_MSG_LOCK_RETURN] = {1, 8, DSM_FLAG_REFUSED | DSM_FLAG_ORPHANED, 0},
    [DSM_MSG_BARRIER_ARRIVE] = {1, 16, 0, 0},
    [DSM_MSG_BARRIER_DEPART] = {1, 16, DSM_FLAG_BROKEN | DSM_FLAG_PARTIES | DSM_FLAG_FULL, 0},
    [DSM_MSG_BARRIER_BREAK] = {1, 16, 0, 0},
    [DSM_MSG_FETCH] = {1, 8, DSM_FLAG_DIRECTED, 0},
    [DSM_MSG_COPY] = {1, 8, DSM_FLAG_HAS_PAGE | DSM_FLAG_LOST, 0},
    [DSM_MSG_HOME_IS] = {1, 8, 0, 0},
    [DSM_MSG_GIVE] = {1, 8, DSM_FLAG_HAS_PAGE | DSM_FLAG_ZERO, 0},
    [DSM_MSG_DIFF] = {1, 8, DSM_FLAG_LAST | DSM_FLAG_FORWARDED | DSM_FLAG_DIRECTED, 1},
    [DSM_MSG_FLUSHED] = {1, 8, 0, 0},
    [DSM_MSG_NOTICES] = {1, 0, 0, 1},
    [DSM_MSG_VECTOR] = {1, 0, 0, 1},
    [DSM_MSG_CONDITION_WAIT] = {1, 16, 0, 0},
    [DSM_MSG_CONDITION_SIGNAL] = {1, 8, DSM_FLAG_ALL, 0},
    [DSM_MSG_CONDITION_CANCEL] = {1, 8, 0, 0},
    [DSM_MSG_CONDITION_END] = {1, 8, DSM_FLAG_CANCELLED, 0},
    [DSM_MSG_ATOMIC] = {1, 40, DSM_FLAG_DIRECTED, 0},
    [DSM_MSG_ATOMIC_RESULT] = {1, 16, DSM_FLAG_LOST | DSM_FLAG_ALONE, 0},
    [DSM_MSG_PEER_GONE] = {1, 8, 0, 0},
};

#define MAX_FIELDS 40u

static int carries_page(uint8_t type, uint8_t flags)
{
    int may = type == DSM_MSG_PAGE_GRANT || type == DSM_MSG_PAGE_RETURN || type == DSM_MSG_COPY || type == DSM_MSG_GIVE;
    return may && (flags & DSM_FLAG_HAS_PAGE) != 0;
}

int64_t dsm_wire_frame(const uint8_t *bytes, uint32_t available, uint32_t page_bytes)
{
    if (available < 4) {
        return 0;
    }
    uint32_t length = dsm_bytes_get32(bytes);
    if (length < DSM_WIRE_HEAD || length > DSM_WIRE_HEAD + MAX_FIELDS + (uint64_t)DSM_WIRE_BODY_MAX(page_bytes)) {
        return -1;
    }
    return (int64_t)length;
}

static int decode_hello(const uint8_t *fields, dsm_message *m)
{
    m->magic = dsm_bytes_get32(fields);
    m->version = dsm_bytes_get32(fields + 4);
    m->node = dsm_bytes_get32(fields + 8);
    m->nodes = dsm_bytes_get32(fields + 12);
    m->page_bytes = dsm_bytes_get32(fields + 16);
    uint32_t reserved = dsm_bytes_get32(fields + 20);
    m->cluster = dsm_bytes_get64(fields + 24);
    m->pages = dsm_bytes_get64(fields + 32);
    return reserved == 0 && m->magic == DSM_WIRE_MAGIC ? 0 : -1;
}

static int decode_access(const uint8_t *fields, dsm_message *m)
{
    m->access = dsm_bytes_get32(fields);
    return dsm_bytes_get32(fields + 4) == 0 ? 0 : -1;
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

/* Flags of which exactly one, or at most one, may be set. */
static int one_of(uint8_t flags)
{
    return flags != 0 && (flags & (flags - 1)) == 0 ? 0 : -1;
}

static int at_most_one_of(uint8_t flags)
{
    return flags == 0 ? 0 : one_of(flags);
}

static int decode_atomic(const uint8_t *f, dsm_message *m)
{
    m->number = dsm_bytes_get64(f);
    m->operand = dsm_bytes_get64(f + 8);
    m->expected = dsm_bytes_get64(f + 16);
    m->offset = dsm_bytes_get32(f + 24);
    m->operation = f[28];
    m->width = f[29];
    m->origin = dsm_bytes_get32(f + 32);
    if (dsm_bytes_get16(f + 30) != 0 || dsm_bytes_get32(f + 36) != 0) {
        return -1;
    }
    return (m->width == 4 || m->width == 8) && m->offset % m->width == 0 && m->operation <= 3 ? 0 : -1;
}

/* Of release consistency, conditions and atomics. */
static int decode_release_fields(const uint8_t *f, dsm_message *m)
{
    switch (m->type) {
    case DSM_MSG_FETCH:
        m->origin = dsm_bytes_get32(f);
        m->number = dsm_bytes_get32(f + 4);
        return 0;
    case DSM_MSG_COPY:
        m->number = dsm_bytes_get32(f);
        m->epoch = dsm_bytes_get32(f + 4);
        return one_of(m->flags);
    case DSM_MSG_HOME_IS:
        m->epoch = dsm_bytes_get32(f);
        return dsm_bytes_get32(f + 4) == 0 ? 0 : -1;
    case DSM_MSG_GIVE:
        m->epoch = dsm_bytes_get32(f);
        return dsm_bytes_get32(f + 4) == 0 ? one_of(m->flags) : -1;
    case DSM_MSG_DIFF:
        m->origin = dsm_bytes_get32(f);
        m->number = dsm_bytes_get32(f + 4);
        return m->flags == (DSM_FLAG_FORWARDED | DSM_FLAG_DIRECTED) ? 0
               : m->flags & DSM_FLAG_DIRECTED                       ? -1
                                                                    : at_most_one_of(m->flags);
    case DSM_MSG_FLUSHED:
        m->number = dsm_bytes_get32(f);
        m->count = dsm_bytes_get32(f + 4);
        return m->subject == 0 && m->count != 0 ? 0 : -1;
    case DSM_MSG_NOTICES:
    case DSM_MSG_VECTOR:
        return m->subject == 0 ? 0 : -1;
    case DSM_MSG_CONDITION_WAIT:
        m->condition = dsm_bytes_get64(f);
        m->number = dsm_bytes_get64(f + 8);
        return 0;
    case DSM_MSG_CONDITION_SIGNAL:
        m->condition = dsm_bytes_get64(f);
        return 0;
    case DSM_MSG_CONDITION_CANCEL:
    case DSM_MSG_CONDITION_END:
        m->number = dsm_bytes_get64(f);
        return 0;
    case DSM_MSG_ATOMIC:
        return decode_atomic(f, m);
    case DSM_MSG_PEER_GONE:
        m->origin = dsm_bytes_get32(f);
        return m->subject == 0 && dsm_bytes_get32(f + 4) == 0 ? 0 : -1;
    default:
        m->number = dsm_bytes_get64(f);
        m->value = dsm_bytes_get64(f + 8);
        return at_most_one_of(m->flags);
    }
}

static int decode_fields(const uint8_t *f, dsm_message *m)
{
    if (m->type >= DSM_MSG_FETCH) {
        return decode_release_fields(f, m);
    }
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
        m->epoch = dsm_bytes_get64(f);
        return check_lock_grant(m);
    case DSM_MSG_LOCK_RETURN:
        m->epoch = dsm_bytes_get64(f);
        return m->epoch != 0 && m->flags != (DSM_FLAG_REFUSED | DSM_FLAG_ORPHANED) ? 0 : -1;
    case DSM_MSG_BARRIER_ARRIVE:
        m->epoch = dsm_bytes_get64(f);
        m->parties = dsm_bytes_get32(f + 8);
        m->origin = dsm_bytes_get32(f + 12);
        return m->epoch != 0 && m->parties != 0 ? 0 : -1;
    case DSM_MSG_BARRIER_DEPART:
    case DSM_MSG_BARRIER_BREAK:
        m->epoch = dsm_bytes_get64(f);
        m->origin = dsm_bytes_get32(f + 8);
        /* at most one of the flags */
        return m->epoch != 0 && dsm_bytes_get32(f + 12) == 0 && (m->flags & (m->flags - 1)) == 0 ? 0 : -1;
    default:
        return 0;
    }
}

int dsm_wire_decode(const uint8_t *bytes, uint32_t length, uint32_t page_bytes, dsm_message *out)
{
    if (length < DSM_WIRE_HEAD || dsm_bytes_get32(bytes) != length) {
        return -1;
    }
    dsm_message m;
    memset(&m, 0, sizeof m);
    m.type = bytes[4];
    m.flags = bytes[5];
    m.subject = dsm_bytes_get64(bytes + 8);
    if (m.type >= DSM_MSG_TYPES || bytes[6] != 0 || bytes[7] != 0) {
        return -1;
    }
    const struct shape *shape = &SHAPES[m.type];
    if (!shape->known || (m.flags & ~shape->flags) != 0) {
        return -1;
    }
    uint64_t page = carries_page(m.type, m.flags) ? page_bytes : 0;
    uint64_t whole = (uint64_t)DSM_WIRE_HEAD + shape->fields + page;
    if (shape->body ? length <= whole || length - whole > DSM_WIRE_BODY_MAX(page_bytes) : length != whole) {
        return -1;
    }
    if (decode_fields(bytes + DSM_WIRE_HEAD, &m) != 0) {
        return -1;
    }
    if (page != 0) {
        m.page = bytes + DSM_WIRE_HEAD + shape->fields;
    }
    if (shape->body) {
        m.body = bytes + whole;
        m.body_length = length - (uint32_t)whole;
    }
    *out = m;
    return 0;
}

static void encode_atomic(const dsm_message *m, uint8_t *f)
{
    dsm_bytes_put64(f, m->number);
    dsm_bytes_put64(f + 8, m->operand);
    dsm_bytes_put64(f + 16, m->expected);
    dsm_bytes_put32(f + 24, m->offset);
    f[28] = m->operation;
    f[29] = m->width;
    dsm_bytes_put16(f + 30, 0);
    dsm_bytes_put32(f + 32, m->origin);
    dsm_bytes_put32(f + 36, 0);
}

static void encode_release_fields(const dsm_message *m, uint8_t *f)
{
    switch (m->type) {
    case DSM_MSG_FETCH:
    case DSM_MSG_DIFF:
        dsm_bytes_put32(f, m->origin);
        dsm_bytes_put32(f + 4, (uint32_t)m->number);
        break;
    case DSM_MSG_COPY:
        dsm_bytes_put32(f, (uint32_t)m->number);
        dsm_bytes_put32(f + 4, (uint32_t)m->epoch);
        break;
    case DSM_MSG_HOME_IS:
    case DSM_MSG_GIVE:
        dsm_bytes_put32(f, (uint32_t)m->epoch);
        dsm_bytes_put32(f + 4, 0);
        break;
    case DSM_MSG_FLUSHED:
        dsm_bytes_put32(f, (uint32_t)m->number);
        dsm_bytes_put32(f + 4, m->count);
        break;
    case DSM_MSG_CONDITION_WAIT:
        dsm_bytes_put64(f, m->condition);
        dsm_bytes_put64(f + 8, m->number);
        break;
    case DSM_MSG_CONDITION_SIGNAL:
        dsm_bytes_put64(f, m->condition);
        break;
    case DSM_MSG_CONDITION_CANCEL:
    case DSM_MSG_CONDITION_END:
        dsm_bytes_put64(f, m->number);
        break;
    case DSM_MSG_ATOMIC:
        encode_atomic(m, f);
        break;
    case DSM_MSG_PEER_GONE:
        dsm_bytes_put32(f, m->origin);
        dsm_bytes_put32(f + 4, 0);
        break;
    case DSM_MSG_ATOMIC_RESULT:
        dsm_bytes_put64(f, m->number);
        dsm_bytes_put64(f + 8, m->value);
        break;
    default:
        break;
    }
}

static void encode_fields(const dsm_message *m, uint8_t *f)
{
    switch (m->type) {
    case DSM_MSG_HELLO:
        dsm_bytes_put32(f, m->magic);
        dsm_bytes_put32(f + 4, m->version);
        dsm_bytes_put32(f + 8, m->node);
        dsm_bytes_put32(f + 12, m->nodes);
        dsm_bytes_put32(f + 16, m->page_bytes);
        dsm_bytes_put32(f + 20, 0);
        dsm_bytes_put64(f + 24, m->cluster);
        dsm_bytes_put64(f + 32, m->pages);
        break;
    case DSM_MSG_PAGE_REQUEST:
    case DSM_MSG_PAGE_GRANT:
    case DSM_MSG_PAGE_RECALL:
    case DSM_MSG_PAGE_RETURN:
        dsm_bytes_put32(f, m->access);
        dsm_bytes_put32(f + 4, 0);
        break;
    case DSM_MSG_LOCK_GRANT:
    case DSM_MSG_LOCK_RETURN:
        dsm_bytes_put64(f, m->epoch);
        break;
    case DSM_MSG_BARRIER_DEPART:
    case DSM_MSG_BARRIER_BREAK:
        dsm_bytes_put64(f, m->epoch);
        dsm_bytes_put32(f + 8, m->origin);
        dsm_bytes_put32(f + 12, 0);
        break;
    case DSM_MSG_BARRIER_ARRIVE:
        dsm_bytes_put64(f, m->epoch);
        dsm_bytes_put32(f + 8, m->parties);
        dsm_bytes_put32(f + 12, m->origin);
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
    dsm_bytes_put32(out, head + (carries_page(message->type, message->flags) ? page_bytes : 0) + message->body_length);
    out[4] = message->type;
    out[5] = message->flags;
    out[6] = 0;
    out[7] = 0;
    dsm_bytes_put64(out + 8, message->subject);
    encode_fields(message, out + DSM_WIRE_HEAD);
    encode_release_fields(message, out + DSM_WIRE_HEAD);
    return head;
}

void dsm_wire_set_length(uint8_t *frame, uint32_t length)
{
    dsm_bytes_put32(frame, length);
}
