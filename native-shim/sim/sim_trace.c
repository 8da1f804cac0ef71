#include "sim_trace.h"

#include "dsm_wire.h"

#include <inttypes.h>
#include <string.h>

static const char *const event_names[] = {
    "FAULT", "RESUMED",   "MESSAGE",   "LOCK_ACQUIRE",   "LOCK_RELEASE",     "BARRIER_ARRIVE", "CANCEL",
    "TICK",  "PEER_LEFT", "PEER_LOST", "CONDITION_WAIT", "CONDITION_SIGNAL", "ATOMIC",         "EVICT",
};

static const char *const message_names[DSM_MSG_TYPES] = {
    [DSM_MSG_HELLO] = "HELLO",
    [DSM_MSG_BYE] = "BYE",
    [DSM_MSG_HEARTBEAT] = "HEARTBEAT",
    [DSM_MSG_PAGE_REQUEST] = "PAGE_REQUEST",
    [DSM_MSG_PAGE_GRANT] = "PAGE_GRANT",
    [DSM_MSG_PAGE_INVALIDATE] = "PAGE_INVALIDATE",
    [DSM_MSG_PAGE_INVALIDATED] = "PAGE_INVALIDATED",
    [DSM_MSG_PAGE_RECALL] = "PAGE_RECALL",
    [DSM_MSG_PAGE_RETURN] = "PAGE_RETURN",
    [DSM_MSG_LOCK_REQUEST] = "LOCK_REQUEST",
    [DSM_MSG_LOCK_GRANT] = "LOCK_GRANT",
    [DSM_MSG_LOCK_RECALL] = "LOCK_RECALL",
    [DSM_MSG_LOCK_RETURN] = "LOCK_RETURN",
    [DSM_MSG_BARRIER_ARRIVE] = "BARRIER_ARRIVE",
    [DSM_MSG_BARRIER_DEPART] = "BARRIER_DEPART",
    [DSM_MSG_BARRIER_BREAK] = "BARRIER_BREAK",
    [DSM_MSG_FETCH] = "FETCH",
    [DSM_MSG_COPY] = "COPY",
    [DSM_MSG_HOME_IS] = "HOME_IS",
    [DSM_MSG_GIVE] = "GIVE",
    [DSM_MSG_DIFF] = "DIFF",
    [DSM_MSG_FLUSHED] = "FLUSHED",
    [DSM_MSG_NOTICES] = "NOTICES",
    [DSM_MSG_VECTOR] = "VECTOR",
    [DSM_MSG_CONDITION_WAIT] = "CONDITION_WAIT",
    [DSM_MSG_CONDITION_SIGNAL] = "CONDITION_SIGNAL",
    [DSM_MSG_CONDITION_CANCEL] = "CONDITION_CANCEL",
    [DSM_MSG_CONDITION_END] = "CONDITION_END",
    [DSM_MSG_ATOMIC] = "ATOMIC",
    [DSM_MSG_ATOMIC_RESULT] = "ATOMIC_RESULT",
    [DSM_MSG_PEER_GONE] = "PEER_GONE",
};

static const char *message_name(uint32_t type)
{
    return type < DSM_MSG_TYPES && message_names[type] ? message_names[type] : "?";
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * 0x9fb21c651e98df25u;
    return hash ^ (hash >> 32);
}

static void print_event(const sim_record *r, FILE *out)
{
    uint32_t count = sizeof event_names / sizeof *event_names;
    fprintf(out, "> %-14s", r->a >= 0 && (uint32_t)r->a < count ? event_names[r->a] : "?");
    switch (r->a) {
    case DSM_EV_FAULT:
        fprintf(out, " slot %u page %" PRIu64 " %s", r->b, r->c, r->d ? "write" : "read");
        break;
    case DSM_EV_MESSAGE:
        fprintf(out, " from %u: %s flags %u subject %" PRIu64, r->b, message_name((uint32_t)(r->d & 0xff)),
                (unsigned)(r->d >> 8 & 0xff), r->c);
        break;
    case DSM_EV_RESUMED:
    case DSM_EV_CANCEL:
        fprintf(out, " slot %u", r->b);
        break;
    case DSM_EV_ATOMIC:
    case DSM_EV_EVICT:
        fprintf(out, " slot %u page %" PRIu64 " detail %" PRIu64, r->b, r->c, r->d);
        break;
    case DSM_EV_CONDITION_WAIT:
    case DSM_EV_CONDITION_SIGNAL:
    case DSM_EV_LOCK_ACQUIRE:
    case DSM_EV_BARRIER_ARRIVE:
        fprintf(out, " slot %u id %" PRIu64 " detail %" PRIu64, r->b, r->c, r->d);
        break;
    case DSM_EV_LOCK_RELEASE:
        fprintf(out, " id %" PRIu64 " thread %" PRIu64, r->c, r->d);
        break;
    case DSM_EV_PEER_LEFT:
    case DSM_EV_PEER_LOST:
        fprintf(out, " peer %u", r->b);
        break;
    default:
        break;
    }
}

static void print_record(const sim_record *r, FILE *out)
{
    fprintf(out, "  %12" PRIu64 " ns  node %-2u ", r->at, r->node);
    switch (r->kind) {
    case SIM_RECORD_EVENT:
        print_event(r, out);
        break;
    case SIM_RECORD_RESULT:
        fprintf(out, "  = %d", r->a);
        break;
    case SIM_RECORD_SEND:
        fprintf(out, "  send to %d: %s flags %u%s subject %" PRIu64 " detail %" PRIu64, r->a, message_name(r->b & 0xff),
                r->b >> 8 & 0xff, r->b >> 16 ? " +page" : "", r->c, r->d);
        break;
    case SIM_RECORD_PROTECT:
        fprintf(out, "  protect page %" PRIu64 " %s", r->c, r->a == 0 ? "NONE" : r->a == 1 ? "READ" : "WRITE");
        break;
    case SIM_RECORD_INSTALL:
        fprintf(out, "  install page %" PRIu64 " bytes %016" PRIx64 "..", r->c, r->d);
        break;
    case SIM_RECORD_WAKE:
        fprintf(out, "  wake slot %u status %d", r->b, r->a);
        break;
    case SIM_RECORD_LOST:
        fprintf(out, "  lost peer %d reason %d", r->a, (int)r->b);
        break;
    case SIM_RECORD_ACCESS:
        fprintf(out, "thread %d %s address 0x%" PRIx64 " value %" PRIx64, r->a, r->b ? "writes" : "reads", r->c, r->d);
        break;
    case SIM_RECORD_NARROW:
        fprintf(out, "driver narrows page %" PRIu64, r->c);
        break;
    case SIM_RECORD_CRASH:
        fprintf(out, "CRASHES");
        break;
    case SIM_RECORD_CUT:
        fprintf(out, "connection to %d breaks, %u frames still arrive", r->a, r->b);
        break;
    case SIM_RECORD_BYTES:
        fprintf(out, "  %s page %" PRIu64 " twin %u",
                r->a == DSM_ACT_TWIN    ? "twin"
                : r->a == DSM_ACT_MERGE ? "merge"
                                        : "apply",
                r->c, r->b);
        break;
    case SIM_RECORD_ATOMIC:
        fprintf(out, "  atomic %d page %" PRIu64 " offset %u operand %" PRIu64, r->a, r->c, r->b, r->d);
        break;
    case SIM_RECORD_HOSTILE:
        fprintf(out, "hostile frame of %u bytes to %d", r->b, r->a);
        break;
    default:
        break;
    }
    fputc('\n', out);
}

void sim_trace_add(sim_trace *trace, const sim_record *record)
{
    uint64_t hash = mix(trace->hash, record->at);
    hash = mix(hash, (uint64_t)record->kind << 48 | (uint64_t)record->node << 32 | (uint32_t)record->a);
    hash = mix(hash, record->b);
    hash = mix(hash, record->c);
    trace->hash = mix(hash, record->d);
    trace->ring[trace->records++ % SIM_TRACE_RING] = *record;
    if (trace->echo)
        print_record(record, trace->echo);
}

void sim_trace_bytes(sim_trace *trace, const uint8_t *bytes, uint32_t length)
{
    uint64_t word;
    uint32_t i = 0;
    for (; i + 8 <= length; i += 8) {
        memcpy(&word, bytes + i, 8);
        trace->hash = mix(trace->hash, word);
    }
    for (; i < length; i++)
        trace->hash = mix(trace->hash, bytes[i]);
}

void sim_trace_print(const sim_trace *trace, FILE *out)
{
    uint64_t shown = trace->records < SIM_TRACE_SHOWN ? trace->records : SIM_TRACE_SHOWN;
    for (uint64_t i = trace->records - shown; i < trace->records; i++)
        print_record(&trace->ring[i % SIM_TRACE_RING], out);
}
