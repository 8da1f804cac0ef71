/*
 * dsm_link.h - one standing connection with its buffers: input is parsed in place, output is gathered and
 * written straight from where it lies, and only what the socket would not take is copied, into a ring that is
 * reserved for the most that can ever be outstanding. So neither end ever waits for the other to read.
 *
 * Input and output may be used by two threads at once; each by one at a time.
 */
#ifndef DSM_LINK_H
#define DSM_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "dsm_transport.h"

#define DSM_LINK_HEAD_MAX 64u
#define DSM_LINK_GATHER   32u /* messages written with one system call */

typedef struct dsm_link {
    dsm_transport *transport;
    int socket; /* -1 = closed */

    uint8_t *in;
    uint32_t in_capacity, in_first, in_end; /* bytes in_first .. in_end have come and are not consumed */

    uint8_t *ring;                                /* touched lazily */
    uint64_t ring_capacity, ring_first, ring_end; /* positions that only grow */
    uint64_t ring_touched;                        /* the most that lay there since it was last given back */

    uint32_t gathered;
    struct {
        uint32_t head_length;
        uint32_t body_length;
        const uint8_t *body;
        uint8_t head[DSM_LINK_HEAD_MAX];
    } gather[DSM_LINK_GATHER];
} dsm_link;

/* `output_bytes`: the most that can be outstanding. Takes the connection over. 0 or -errno. */
int dsm_link_open(dsm_link *link, dsm_transport *transport, int socket, uint32_t input_bytes, uint64_t output_bytes);
void dsm_link_close(dsm_link *link);

/* Reads once. Bytes that came (> 0), 0 = none now, -EPIPE at the end of the stream, or -errno. */
int64_t dsm_link_receive(dsm_link *link);
static inline const uint8_t *dsm_link_input(const dsm_link *link, uint32_t *available)
{
    *available = link->in_end - link->in_first;
    return link->in + link->in_first;
}
static inline void dsm_link_consume(dsm_link *link, uint32_t bytes)
{
    link->in_first += bytes;
}

static inline bool dsm_link_full(const dsm_link *link)
{
    return link->gathered == DSM_LINK_GATHER;
}
/* Adds a message; not when dsm_link_full. `head` is copied; `body` (may be NULL) is read at the flush. */
void dsm_link_gather(dsm_link *link, const uint8_t *head, uint32_t head_length, const uint8_t *body,
                     uint32_t body_length);
/* Is `body` among what has been gathered? */
bool dsm_link_holds(const dsm_link *link, const uint8_t *body);
/* Writes what was gathered, and before it what the ring still has. 0 = all out, 1 = the ring has the rest, or
 * -errno (-ENOBUFS: the ring is full). */
int dsm_link_flush(dsm_link *link);
static inline bool dsm_link_backed_up(const dsm_link *link)
{
    return link->ring_first != link->ring_end;
}

#endif
