/* dsm_socket.c - see dsm_socket.h */
#define _GNU_SOURCE
#include "dsm_socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dsm_clock.h"

#define BACKLOG 1024 /* every other node may connect before the first accept; the kernel caps it */

/* Closes `socket` and returns the errno that made that necessary. */
static int fail(int socket)
{
    int error = errno;
    close(socket);
    return -error;
}

/* A numeric address: no name is looked up, which could block. 0 or -EINVAL. */
static int resolve(const char *host, const char *port, struct sockaddr_storage *out, socklen_t *length)
{
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    if (getaddrinfo(host, port, &hints, &found) != 0)
        return -EINVAL;
    memcpy(out, found->ai_addr, found->ai_addrlen);
    *length = found->ai_addrlen;
    freeaddrinfo(found);
    return 0;
}

static uint32_t port_of(const struct sockaddr_storage *address)
{
    return ntohs(address->ss_family == AF_INET6 ? ((const struct sockaddr_in6 *)address)->sin6_port
                                                : ((const struct sockaddr_in *)address)->sin_port);
}

int dsm_socket_is_loopback(const char *host)
{
    struct sockaddr_storage address;
    socklen_t length;
    if (host == NULL)
        return 1;
    if (resolve(host, NULL, &address, &length) != 0)
        return -EINVAL;
    if (address.ss_family == AF_INET)
        return ntohl(((const struct sockaddr_in *)&address)->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
    const struct in6_addr *six = &((const struct sockaddr_in6 *)&address)->sin6_addr;
    return IN6_IS_ADDR_LOOPBACK(six) || (IN6_IS_ADDR_V4MAPPED(six) && six->s6_addr[12] == IN_LOOPBACKNET);
}

int dsm_socket_listen(const char *host, uint32_t *port)
{
    struct sockaddr_storage address;
    socklen_t length;
    char digits[16];
    snprintf(digits, sizeof digits, "%u", *port);
    if (*port > 65535 || resolve(host == NULL ? "127.0.0.1" : host, digits, &address, &length) != 0)
        return -EINVAL;
    int listener = socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (listener < 0)
        return -errno;
    int one = 1; /* a fixed port can be had again while old connections of it are timing out */
    if (setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0)
        return fail(listener);
    if (bind(listener, (struct sockaddr *)&address, length) != 0)
        return fail(listener);
    if (listen(listener, BACKLOG) != 0)
        return fail(listener);
    length = sizeof address;
    if (getsockname(listener, (struct sockaddr *)&address, &length) != 0)
        return fail(listener);
    *port = port_of(&address);
    return listener;
}

/* "host:port" or "[host]:port"; 0 or -EINVAL. */
static int parse(const char *text, size_t length, struct sockaddr_storage *out, socklen_t *out_length)
{
    char host[64], port[8];
    const char *colon = memrchr(text, ':', length);
    if (colon == NULL)
        return -EINVAL;
    const char *from = text;
    size_t bytes = (size_t)(colon - text), digits = length - bytes - 1;
    bool bracketed = bytes > 2 && text[0] == '[' && colon[-1] == ']';
    if (bracketed)
        from++, bytes -= 2;
    if (bytes >= sizeof host || digits == 0 || digits > 5 || (memchr(from, ':', bytes) != NULL) != bracketed)
        return -EINVAL;
    memcpy(host, from, bytes);
    host[bytes] = '\0';
    memcpy(port, colon + 1, digits);
    port[digits] = '\0';
    for (size_t i = 0; i < digits; i++)
        if (port[i] < '0' || port[i] > '9')
            return -EINVAL;
    unsigned long number = strtoul(port, NULL, 10);
    if (number == 0 || number > 65535)
        return -EINVAL;
    return resolve(strcmp(host, "localhost") == 0 ? "127.0.0.1" : host, port, out, out_length);
}

/* Without TCP_NODELAY an exchange of small messages waits 40 ms for a delayed acknowledgement. */
static int no_delay(int socket)
{
    int one = 1;
    return setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

int dsm_socket_connect(const char *text, size_t length)
{
    struct sockaddr_storage address;
    socklen_t address_length;
    int rc = parse(text, length, &address, &address_length);
    if (rc != 0)
        return rc;
    int connection = socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (connection < 0)
        return -errno;
    if (no_delay(connection) != 0)
        return fail(connection);
    if (connect(connection, (struct sockaddr *)&address, address_length) == 0 || errno == EINPROGRESS)
        return connection;
    int error = fail(connection);
    return error == -EINVAL ? -ENETUNREACH : error; /* a route into a black hole: the text is an address all the same */
}

int dsm_socket_connected(int socket)
{
    int error = 0;
    socklen_t length = sizeof error;
    if (getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &length) != 0)
        return -errno;
    return -error;
}

int dsm_socket_accept(int listener)
{
    int connection = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (connection < 0)
        return -errno;
    if (no_delay(connection) != 0)
        return fail(connection);
    return connection;
}

int dsm_socket_wait(int socket, int writable, uint64_t timeout_ns)
{
    struct pollfd set = {.fd = socket, .events = writable ? POLLOUT : POLLIN};
    uint64_t deadline = dsm_clock_now() + timeout_ns;
    for (;;) {
        uint64_t now = dsm_clock_now();
        struct timespec left = dsm_clock_timespec(now < deadline ? deadline - now : 0);
        int rc = ppoll(&set, 1, &left, NULL);
        if (rc >= 0)
            return rc;
        if (errno != EINTR)
            return -errno;
    }
}
