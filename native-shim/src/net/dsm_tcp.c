/* dsm_tcp.c - the transport that is used: TCP sockets. */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dsm_socket.h"
#include "dsm_transport.h"

static int tcp_listen(dsm_transport *transport, const char *host, uint32_t *port)
{
    (void)transport;
    return dsm_socket_listen(host, port);
}

static int tcp_connect(dsm_transport *transport, const char *address, size_t length)
{
    (void)transport;
    return dsm_socket_connect(address, length);
}

static int tcp_connected(dsm_transport *transport, int connection)
{
    (void)transport;
    return dsm_socket_connected(connection);
}

static int tcp_accept(dsm_transport *transport, int listener)
{
    (void)transport;
    return dsm_socket_accept(listener);
}

static ssize_t tcp_recv(dsm_transport *transport, int connection, void *bytes, size_t capacity)
{
    (void)transport;
    ssize_t n;
    do
        n = recv(connection, bytes, capacity, MSG_DONTWAIT);
    while (n < 0 && errno == EINTR);
    return n >= 0 ? n : -errno;
}

static ssize_t tcp_sendv(dsm_transport *transport, int connection, const struct iovec *parts, int count)
{
    (void)transport;
    struct msghdr message = {.msg_iov = (struct iovec *)parts, .msg_iovlen = (size_t)count};
    ssize_t n;
    do
        n = sendmsg(connection, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    while (n < 0 && errno == EINTR);
    return n >= 0 ? n : -errno;
}

static void tcp_shut(dsm_transport *transport, int connection)
{
    (void)transport;
    shutdown(connection, SHUT_RDWR);
}

static void tcp_close(dsm_transport *transport, int descriptor)
{
    (void)transport;
    close(descriptor);
}

dsm_transport *dsm_transport_tcp(void)
{
    static dsm_transport tcp = {tcp_listen, tcp_connect, tcp_connected, tcp_accept,
                                tcp_recv,   tcp_sendv,   tcp_shut,      tcp_close};
    return &tcp;
}
