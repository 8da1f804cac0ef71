/*
 * dsm_transport.h - what the engine needs of a network, as a small table of functions.
 *
 * Connections are ordered, reliable byte streams that are known by a pollable descriptor. Nothing blocks.
 * Results are a count or descriptor, or -errno. recv, sendv and close of one connection are called by one thread
 * at a time each, recv and sendv by two at once.
 */
#ifndef DSM_TRANSPORT_H
#define DSM_TRANSPORT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

typedef struct dsm_transport dsm_transport;

struct dsm_transport {
    /* On a numeric address, NULL = loopback; *port 0 = a free one, which is then stored there. */
    int (*listen)(dsm_transport *transport, const char *host, uint32_t *port);
    /* Starts to connect to "host:port"; the descriptor is writable once it stands or failed. */
    int (*connect)(dsm_transport *transport, const char *address, size_t length);
    int (*connected)(dsm_transport *transport, int connection);
    int (*accept)(dsm_transport *transport, int listener);
    /* Bytes (> 0), 0 at the end of the stream, -EAGAIN when there are none now. */
    ssize_t (*recv)(dsm_transport *transport, int connection, void *bytes, size_t capacity);
    /* Bytes taken (maybe fewer than given), -EAGAIN when none can be taken now. */
    ssize_t (*sendv)(dsm_transport *transport, int connection, const struct iovec *parts, int count);
    /* Both directions end; a reader finds the end of the stream. May be called beside recv and sendv. */
    void (*shut)(dsm_transport *transport, int connection);
    void (*close)(dsm_transport *transport, int descriptor);
};

/* TCP, TCP_NODELAY. Has no state: one serves everybody. */
dsm_transport *dsm_transport_tcp(void);

#endif
