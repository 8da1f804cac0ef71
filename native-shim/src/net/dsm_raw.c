/* dsm_raw.c - see dsm_raw.h */
#define _GNU_SOURCE
#include "dsm_raw.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "dsm_clock.h"
#include "dsm_socket.h"

#define SILENCE (30 * DSM_SECOND) /* a measuring client gives its server up after this */

/* A sleeping end sleeps in recv itself: polling first would slow the yardstick down. */
static int sleep_in_recv(int socket, uint64_t timeout_ns)
{
    struct timeval limit = {.tv_sec = (time_t)(timeout_ns / DSM_SECOND),
                            .tv_usec = (suseconds_t)(timeout_ns % DSM_SECOND / DSM_MICROSECOND) + 1};
    int flags = fcntl(socket, F_GETFL);
    if (flags < 0 || fcntl(socket, F_SETFL, flags & ~O_NONBLOCK) != 0)
        return -errno;
    return setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0 ? 0 : -errno;
}

/* Receives exactly `length` bytes; 0, -EPIPE at the other side's end, -ETIMEDOUT, or -errno. */
static int receive(int socket, uint8_t *bytes, uint32_t length, int polling, uint64_t timeout_ns)
{
    uint64_t deadline = dsm_clock_now() + timeout_ns;
    uint32_t turns = 0;
    for (uint32_t got = 0; got < length;) {
        ssize_t n = recv(socket, bytes + got, length - got, polling ? MSG_DONTWAIT : 0);
        if (n == 0)
            return -EPIPE;
        if (n > 0) {
            got += (uint32_t)n;
        } else if (errno == EAGAIN && polling) {
            if (++turns % 256 == 0 && dsm_clock_now() > deadline)
                return -ETIMEDOUT;
        } else if (errno == EAGAIN) {
            return -ETIMEDOUT;
        } else if (errno != EINTR) {
            return -errno;
        }
    }
    return 0;
}

static int transmit(int socket, const uint8_t *bytes, uint32_t length, uint64_t timeout_ns)
{
    for (uint32_t put = 0; put < length;) {
        ssize_t n = send(socket, bytes + put, length - put, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n >= 0) {
            put += (uint32_t)n;
        } else if (errno == EAGAIN) {
            int rc = dsm_socket_wait(socket, 1, timeout_ns);
            if (rc <= 0)
                return rc == 0 ? -ETIMEDOUT : rc;
        } else if (errno != EINTR) {
            return -errno;
        }
    }
    return 0;
}

int dsm_raw_exchange_serve(int listener, uint32_t answer_bytes, int polling, uint64_t timeout_ns)
{
    if (answer_bytes == 0 || answer_bytes > DSM_RAW_ANSWER_MAX)
        return -EINVAL;
    int rc = dsm_socket_wait(listener, 0, timeout_ns);
    if (rc <= 0)
        return rc == 0 ? -ETIMEDOUT : rc;
    int connection = dsm_socket_accept(listener);
    if (connection < 0)
        return connection;
    uint8_t request[DSM_RAW_REQUEST];
    uint8_t *answer = calloc(1, answer_bytes);
    rc = answer == NULL ? -ENOMEM : polling ? 0 : sleep_in_recv(connection, timeout_ns);
    while (rc == 0) {
        rc = receive(connection, request, sizeof request, polling, timeout_ns);
        if (rc == 0)
            rc = transmit(connection, answer, answer_bytes, timeout_ns);
    }
    free(answer);
    close(connection);
    return rc == -EPIPE || rc == -ECONNRESET ? 0 : rc;
}

static int measure(int socket, uint8_t *answer, uint32_t answer_bytes, int polling, uint32_t warmup, uint32_t rounds,
                   uint64_t *out)
{
    uint8_t request[DSM_RAW_REQUEST] = {0};
    for (uint64_t round = 0; round < (uint64_t)warmup + rounds; round++) {
        uint64_t start = dsm_clock_now();
        int rc = transmit(socket, request, sizeof request, SILENCE);
        if (rc == 0)
            rc = receive(socket, answer, answer_bytes, polling, SILENCE);
        if (rc != 0)
            return rc;
        if (round >= warmup)
            out[round - warmup] = dsm_clock_now() - start;
    }
    return 0;
}

int dsm_raw_exchange_measure(const char *address, uint32_t answer_bytes, int polling, uint32_t warmup, uint32_t rounds,
                             uint64_t *out)
{
    if (answer_bytes == 0 || answer_bytes > DSM_RAW_ANSWER_MAX)
        return -EINVAL;
    int connection = dsm_socket_connect(address, strlen(address));
    if (connection < 0)
        return connection;
    uint8_t *answer = malloc(answer_bytes);
    int rc = answer == NULL ? -ENOMEM : dsm_socket_wait(connection, 1, SILENCE);
    if (rc == 0)
        rc = -ETIMEDOUT;
    if (rc > 0)
        rc = dsm_socket_connected(connection);
    if (rc == 0 && !polling)
        rc = sleep_in_recv(connection, SILENCE);
    if (rc == 0)
        rc = measure(connection, answer, answer_bytes, polling, warmup, rounds, out);
    free(answer);
    close(connection);
    return rc;
}
