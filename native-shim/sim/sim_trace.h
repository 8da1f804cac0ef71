/*
 * sim_trace.h - what happened: a running hash of every event and action (the same seed must give the
 * same one), and a ring of the latest records, put into words only when somebody wants to read them.
 */
#ifndef SIM_TRACE_H
#define SIM_TRACE_H

#include "dsm_core.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define SIM_TRACE_RING  64u /* a power of two */
#define SIM_TRACE_SHOWN 30u

enum sim_record_kind {
    SIM_RECORD_EVENT,   /* into the core: a = event type, b = slot or peer, c = page, id or frame type, d = detail */
    SIM_RECORD_RESULT,  /* a = what the step returned */
    SIM_RECORD_SEND,    /* a = peer, b = type | flags << 8 | has page << 16, c = subject, d = access/epoch */
    SIM_RECORD_PROTECT, /* a = access, c = page */
    SIM_RECORD_INSTALL, /* c = page, d = first 8 bytes */
    SIM_RECORD_WAKE,    /* a = status, b = slot */
    SIM_RECORD_LOST,    /* a = peer, b = reason */
    SIM_RECORD_ACCESS,  /* a = thread, b = write, c = address, d = value */
    SIM_RECORD_NARROW,  /* a = access left, c = page */
    SIM_RECORD_CRASH,
    SIM_RECORD_CUT,     /* a = other end, b = frames that still arrive */
    SIM_RECORD_BYTES,   /* a = action type, b = twin, c = page, d = length */
    SIM_RECORD_ATOMIC,  /* a = operation, b = offset, c = page, d = operand */
    SIM_RECORD_HOSTILE, /* a = victim, b = frame length */
};

typedef struct sim_record {
    uint64_t at;
    uint16_t kind, node;
    int32_t a;
    uint32_t b;
    uint64_t c, d;
} sim_record;

typedef struct sim_trace {
    uint64_t hash;
    uint64_t records;
    FILE *echo; /* every record in words, as it comes; or NULL */
    sim_record ring[SIM_TRACE_RING];
} sim_trace;

void sim_trace_add(sim_trace *trace, const sim_record *record);
void sim_trace_bytes(sim_trace *trace, const uint8_t *bytes, uint32_t length);
/* The last SIM_TRACE_SHOWN records, oldest first. */
void sim_trace_print(const sim_trace *trace, FILE *out);

#endif
