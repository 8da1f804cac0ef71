/* dsm_faulty.c - see dsm_faulty.h */
#define _GNU_SOURCE
#include "dsm_faulty.h"

#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "dsm_clock.h"

#define PARTS_MAX      64
#define DELAY_MAX_US   1000000u
#define PIECE_MAX      512u                         /* so that most messages come by themselves */
#define PASS_PERCENT   90u                          /* of pieces: a page has some sixteen */
#define STREAM_SPACING UINT64_C(0x9E3779B97F4A7C15) /* odd: no two of 2^64 streams begin alike */

static dsm_faulty *of(dsm_transport *transport)
{
    return (dsm_faulty *)transport; /* its first member */
}

/* Marsaglia's xorshift over one shared word; a lost update only makes it less regular. */
static uint64_t random_below(dsm_faulty *f, uint64_t bound)
{
    uint64_t x = atomic_load_explicit(&f->random, memory_order_relaxed);
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    atomic_store_explicit(&f->random, x, memory_order_relaxed);
    return x % bound;
}

static int shrink(dsm_faulty *f, int socket)
{
    if (socket < 0 || f->buffer_bytes == 0)
        return socket;
    setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &f->buffer_bytes, sizeof f->buffer_bytes);
    setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &f->buffer_bytes, sizeof f->buffer_bytes);
    return socket;
}

static int faulty_listen(dsm_transport *transport, const char *host, uint32_t *port)
{
    return shrink(of(transport), of(transport)->inner->listen(of(transport)->inner, host, port));
}

static int faulty_connect(dsm_transport *transport, const char *address, size_t length)
{
    return shrink(of(transport), of(transport)->inner->connect(of(transport)->inner, address, length));
}

static int faulty_connected(dsm_transport *transport, int connection)
{
    return of(transport)->inner->connected(of(transport)->inner, connection);
}

static int faulty_accept(dsm_transport *transport, int listener)
{
    return shrink(of(transport), of(transport)->inner->accept(of(transport)->inner, listener));
}

/* Whether what lies there has to wait. Its time begins when it is first seen, so that also a message that comes alone is
 * late. Who polls meanwhile lets others have the processor: they may be what is to overtake. */
static bool held_back(dsm_faulty *f, int connection)
{
    _Atomic uint64_t *not_before = &f->not_before[connection];
    uint64_t until = atomic_load_explicit(not_before, memory_order_relaxed), now = dsm_clock_now();
    if (until == 0) {
        int there = 0;
        if (ioctl(connection, FIONREAD, &there) != 0 || there == 0 || random_below(f, 100) < f->pass_percent)
            return false;
        until = now + 1 + random_below(f, f->delay_ns);
        atomic_store_explicit(not_before, until, memory_order_relaxed);
    }
    if (now < until) {
        sched_yield();
        return true;
    }
    atomic_store_explicit(not_before, 0, memory_order_relaxed);
    return false;
}

static ssize_t faulty_recv(dsm_transport *transport, int connection, void *bytes, size_t capacity)
{
    dsm_faulty *f = of(transport);
    if (random_below(f, 100) < f->again_percent)
        return -EAGAIN;
    if (f->delay_ns != 0 && connection < DSM_FAULTY_DESCRIPTORS && held_back(f, connection))
        return -EAGAIN;
    if (f->piece_bytes != 0 && capacity > 1) {
        size_t piece = 1 + random_below(f, f->piece_bytes);
        if (piece < capacity)
            capacity = piece;
    }
    return f->inner->recv(f->inner, connection, bytes, capacity);
}

static ssize_t faulty_sendv(dsm_transport *transport, int connection, const struct iovec *parts, int count)
{
    dsm_faulty *f = of(transport);
    struct iovec cut[PARTS_MAX];
    if (random_below(f, 100) < f->again_percent)
        return -EAGAIN;
    if (f->piece_bytes == 0 || count > PARTS_MAX)
        return f->inner->sendv(f->inner, connection, parts, count);
    size_t left = 1 + random_below(f, f->piece_bytes);
    int used = 0;
    for (; used < count && left > 0; used++) {
        cut[used] = parts[used];
        if (cut[used].iov_len > left)
            cut[used].iov_len = left;
        left -= cut[used].iov_len;
    }
    return f->inner->sendv(f->inner, connection, cut, used);
}

static void faulty_shut(dsm_transport *transport, int connection)
{
    of(transport)->inner->shut(of(transport)->inner, connection);
}

static void faulty_close(dsm_transport *transport, int descriptor)
{
    of(transport)->inner->close(of(transport)->inner, descriptor);
}

void dsm_faulty_init(dsm_faulty *f, dsm_transport *inner, uint64_t seed)
{
    f->transport = (dsm_transport){faulty_listen, faulty_connect, faulty_connected, faulty_accept,
                                   faulty_recv,   faulty_sendv,   faulty_shut,      faulty_close};
    f->inner = inner;
    f->random = seed | 1;
}

int dsm_faulty_open(const char *text, uint64_t stream, dsm_transport *inner, dsm_faulty **out)
{
    unsigned long long seed, delay_us;
    int used = -1;
    /* sscanf takes signs and blanks, which a number of ours has none of. */
    if (strspn(text, "0123456789:") != strlen(text) || sscanf(text, "%19llu:%7llu%n", &seed, &delay_us, &used) != 2 ||
        used < 0 || text[used] != '\0' || delay_us == 0 || delay_us > DELAY_MAX_US)
        return -EINVAL;
    dsm_faulty *f = calloc(1, sizeof *f);
    if (f == NULL)
        return -ENOMEM;
    dsm_faulty_init(f, inner, (uint64_t)seed + (stream + 1) * STREAM_SPACING);
    f->delay_ns = delay_us * DSM_MICROSECOND;
    f->pass_percent = PASS_PERCENT;
    f->piece_bytes = PIECE_MAX;
    *out = f;
    return 0;
}
