/* dsm_socket.c - see dsm_socket.h */
#define _GNU_SOURCE
#include "dsm_socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
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

int dsm_socket_listen(uint32_t *port)
{
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (listener < 0)
        return -errno;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0)
        return fail(listener);
    if (listen(listener, BACKLOG) != 0)
        return fail(listener);
    if (getsockname(listener, (struct sockaddr *)&address, &length) != 0)
        return fail(listener);
    *port = ntohs(address.sin_port);
    return listener;
}

static int parse(const char *text, size_t length, struct sockaddr_in *out)
{
    char host[64];
    const char *colon = memrchr(text, ':', length);
    if (colon == NULL || (size_t)(colon - text) >= sizeof host)
        return -EINVAL;
    memcpy(host, text, (size_t)(colon - text));
    host[colon - text] = '\0';
    unsigned long port = 0;
    size_t digits = length - (size_t)(colon - text) - 1;
    if (digits == 0 || digits > 5)
        return -EINVAL;
    for (size_t i = 1; i <= digits; i++) {
        if (colon[i] < '0' || colon[i] > '9')
            return -EINVAL;
        port = port * 10 + (unsigned long)(colon[i] - '0');
    }
    if (port == 0 || port > 65535)
        return -EINVAL;
    memset(out, 0, sizeof *out);
    out->sin_family = AF_INET;
    out->sin_port = htons((uint16_t)port);
    const char *numeric = strcmp(host, "localhost") == 0 ? "127.0.0.1" : host;
    return inet_pton(AF_INET, numeric, &out->sin_addr) == 1 ? 0 : -EINVAL;
}

/* Without TCP_NODELAY an exchange of small messages waits 40 ms for a delayed acknowledgement. */
static int no_delay(int socket)
{
    int one = 1;
    return setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

int dsm_socket_connect(const char *text, size_t length)
{
    struct sockaddr_in address;
    int rc = parse(text, length, &address);
    if (rc != 0)
        return rc;
    int connection = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (connection < 0)
        return -errno;
    if (no_delay(connection) != 0)
        return fail(connection);
    if (connect(connection, (struct sockaddr *)&address, sizeof address) != 0 && errno != EINPROGRESS)
        return fail(connection);
    return connection;
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
