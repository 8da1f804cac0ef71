/*
 * dsm_raw.h - the raw TCP exchange that every benchmark is measured against: 16 bytes there, an answer of
 * answer_bytes back, TCP_NODELAY, no protocol. `polling`: both ends spin on recv; otherwise they sleep in it.
 */
#ifndef DSM_RAW_H
#define DSM_RAW_H

#include <stdint.h>

#define DSM_RAW_REQUEST    16u
#define DSM_RAW_ANSWER_MAX (1u << 20)

/* Serves one client until it closes (0), or -errno; -ETIMEDOUT when nobody came or spoke for timeout_ns. */
int dsm_raw_exchange_serve(int listener, uint32_t answer_bytes, int polling, uint64_t timeout_ns);
/* `rounds` exchanges after `warmup`; the time of each, in ns, into out. 0 or -errno. */
int dsm_raw_exchange_measure(const char *address, uint32_t answer_bytes, int polling, uint32_t warmup, uint32_t rounds,
                             uint64_t *out);

#endif
