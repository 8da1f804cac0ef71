/* dsm_link.c - see dsm_link.h */
#include "dsm_link.h"

#include <errno.h>
#include <string.h>

#include "dsm_memory.h"

#define RING_KEPT (UINT64_C(1) << 20) /* bytes of an empty ring that keep their memory */

int dsm_link_open(dsm_link *link, dsm_transport *transport, int socket, uint32_t input_bytes, uint64_t output_bytes)
{
    memset(link, 0, sizeof *link);
    link->transport = transport;
    link->socket = socket;
    link->in_capacity = input_bytes;
    link->ring_capacity = output_bytes;
    link->in = dsm_memory_reserve(input_bytes);
    link->ring = dsm_memory_reserve(output_bytes);
    if (link->in != NULL && link->ring != NULL)
        return 0;
    dsm_link_close(link);
    return -ENOMEM;
}

void dsm_link_close(dsm_link *link)
{
    if (link->socket >= 0)
        link->transport->close(link->transport, link->socket);
    link->socket = -1;
    dsm_memory_release(link->in, link->in_capacity);
    dsm_memory_release(link->ring, link->ring_capacity);
    link->in = link->ring = NULL;
    link->in_first = link->in_end = link->gathered = 0;
    link->ring_first = link->ring_end = 0;
}

/* ---- input ------------------------------------------------------------------------------------- */

int64_t dsm_link_receive(dsm_link *link)
{
    if (link->in_first == link->in_end) {
        link->in_first = link->in_end = 0;
    } else if (link->in_first > link->in_capacity / 2) {
        /* Less than half is left: moving it costs less than the copies that made room for it. */
        memmove(link->in, link->in + link->in_first, link->in_end - link->in_first);
        link->in_end -= link->in_first;
        link->in_first = 0;
    }
    if (link->in_end == link->in_capacity)
        return 0; /* the reader has work enough */
    ssize_t n =
        link->transport->recv(link->transport, link->socket, link->in + link->in_end, link->in_capacity - link->in_end);
    if (n == 0)
        return -EPIPE;
    if (n < 0)
        return n == -EAGAIN ? 0 : n;
    link->in_end += (uint32_t)n;
    return n;
}

/* ---- output ------------------------------------------------------------------------------------ */

void dsm_link_gather(dsm_link *link, const uint8_t *head, uint32_t head_length, const uint8_t *body,
                     uint32_t body_length)
{
    uint32_t at = link->gathered++;
    link->gather[at].head_length = head_length;
    link->gather[at].body = body;
    link->gather[at].body_length = body == NULL ? 0 : body_length;
    memcpy(link->gather[at].head, head, head_length);
}

bool dsm_link_holds(const dsm_link *link, const uint8_t *body)
{
    for (uint32_t i = 0; i < link->gathered; i++)
        if (link->gather[i].body == body)
            return true;
    return false;
}

static int keep(dsm_link *link, const uint8_t *bytes, uint64_t length)
{
    if (link->ring_end - link->ring_first + length > link->ring_capacity)
        return -ENOBUFS;
    uint64_t at = link->ring_end % link->ring_capacity;
    uint64_t first = link->ring_capacity - at < length ? link->ring_capacity - at : length;
    memcpy(link->ring + at, bytes, first);
    memcpy(link->ring, bytes + first, length - first);
    link->ring_end += length;
    uint64_t kept = link->ring_end - link->ring_first;
    if (kept > link->ring_touched)
        link->ring_touched = kept;
    return 0;
}

/* The part of what was gathered that lies behind its first `skip` bytes goes into the ring. */
static int keep_rest(dsm_link *link, uint64_t skip)
{
    for (uint32_t i = 0; i < link->gathered; i++) {
        const uint8_t *parts[2] = {link->gather[i].head, link->gather[i].body};
        uint64_t lengths[2] = {link->gather[i].head_length, link->gather[i].body_length};
        for (int part = 0; part < 2; part++) {
            uint64_t over = skip < lengths[part] ? skip : lengths[part];
            skip -= over;
            if (lengths[part] == over)
                continue;
            int rc = keep(link, parts[part] + over, lengths[part] - over);
            if (rc != 0)
                return rc;
        }
    }
    link->gathered = 0;
    return 0;
}

static int drain(dsm_link *link)
{
    while (dsm_link_backed_up(link)) {
        uint64_t at = link->ring_first % link->ring_capacity, length = link->ring_end - link->ring_first;
        uint64_t first = link->ring_capacity - at < length ? link->ring_capacity - at : length;
        struct iovec parts[2] = {{link->ring + at, first}, {link->ring, length - first}};
        ssize_t n = link->transport->sendv(link->transport, link->socket, parts, length > first ? 2 : 1);
        if (n < 0)
            return n == -EAGAIN ? 1 : (int)n;
        link->ring_first += (uint64_t)n;
    }
    if (link->ring_touched > RING_KEPT)
        dsm_memory_forget(link->ring, link->ring_capacity);
    link->ring_first = link->ring_end = link->ring_touched = 0;
    return 0;
}

int dsm_link_flush(dsm_link *link)
{
    if (dsm_link_backed_up(link)) {
        int rc = keep_rest(link, 0);
        return rc != 0 ? rc : drain(link);
    }
    if (link->gathered == 0)
        return 0;
    struct iovec parts[2 * DSM_LINK_GATHER];
    int count = 0;
    uint64_t total = 0;
    for (uint32_t i = 0; i < link->gathered; i++) {
        parts[count++] = (struct iovec){link->gather[i].head, link->gather[i].head_length};
        if (link->gather[i].body != NULL)
            parts[count++] = (struct iovec){(void *)link->gather[i].body, link->gather[i].body_length};
        total += link->gather[i].head_length + link->gather[i].body_length;
    }
    ssize_t n = link->transport->sendv(link->transport, link->socket, parts, count);
    if (n < 0 && n != -EAGAIN)
        return (int)n;
    if (n > 0 && (uint64_t)n == total) {
        link->gathered = 0;
        return 0;
    }
    int rc = keep_rest(link, n > 0 ? (uint64_t)n : 0);
    return rc != 0 ? rc : drain(link);
}
