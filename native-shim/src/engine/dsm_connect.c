/*
 * dsm_connect.c - from addresses to standing connections.
 *
 * Every node connects to those with a smaller number and accepts those with a greater one; both ends prove that they know
 * the cluster's key and say HELLO (dsm_greet.h) before anything else is parsed. Whoever does otherwise is dropped with a
 * line, at most one a minute, and cannot keep anybody waiting: all this happens side by side, and each has its time.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "dsm_clock.h"
#include "dsm_engine.h"
#include "dsm_error.h"
#include "dsm_greet.h"
#include "dsm_line.h"

/* Accepted connections that have not said yet who they are. Where there are more the oldest goes, so this many must come
 * within the time that an honest one takes to answer its challenge to crowd it out. */
#define STRANGERS       512u
#define FEWEST          16u                    /* where the process may open few files */
#define ACCEPTS         64u                    /* of one turn, so that those who came before are heard meanwhile */
#define HELLO_WITHIN_NS (5 * DSM_SECOND)       /* of being accepted */
#define RETRY_NS        (20 * DSM_MILLISECOND) /* of a refused connection */
#define LOOK_NS         (20 * DSM_MILLISECOND)
#define LINE_EVERY_NS   (60 * DSM_SECOND) /* about strangers */
#define INPUT_BYTES     (128u * 1024u)    /* of one connection: some thirty pages a system call */
#define INPUT_PAGES     8u                /* at least, where pages are large: a frame must fit into half of it */
#define OUTPUT_SPARE    (UINT64_C(1) << 20)

enum stage { ABSENT, CONNECTING, GREETING, STANDING };

/* One connection on its way: to a peer we know, or from somebody who has not said yet. */
typedef struct candidate {
    enum stage stage;
    int socket;
    uint64_t retry_at, drop_at;
    dsm_greeting greeting;
} candidate;

typedef struct handshake {
    dsm_engine *engine;
    candidate *known; /* one a node; of those with a greater number only the stage is used */
    candidate *strangers;
    uint32_t places;      /* for strangers */
    const char **address; /* one a node, not terminated */
    size_t *address_length;
    uint32_t missing;
    uint64_t line_at; /* before then nothing is said about strangers */
    uint64_t unsaid;
    struct pollfd *set;
} handshake;

static void tell_of_stranger(handshake *h, const char *why)
{
    uint64_t now = dsm_clock_now();
    if (now < h->line_at) {
        h->unsaid++;
        return;
    }
    h->line_at = now + LINE_EVERY_NS;
    dsm_line line = {0};
    dsm_line_text(&line, "dsm: node ");
    dsm_line_number(&line, h->engine->config.node);
    dsm_line_text(&line, " dropped a connection to its data port: ");
    dsm_line_text(&line, why);
    if (h->unsaid > 0) {
        dsm_line_text(&line, "; and ");
        dsm_line_number(&line, h->unsaid);
        dsm_line_text(&line, " more before");
        h->unsaid = 0;
    }
    dsm_line_write(&line);
}

static void drop(handshake *h, candidate *c)
{
    if (c->stage != ABSENT && c->socket >= 0)
        h->engine->transport->close(h->engine->transport, c->socket);
    *c = (candidate){.stage = ABSENT, .socket = -1};
}

/* ---- one connection ------------------------------------------------------------------------------------------ */

static int stand(handshake *h, uint32_t node, int socket)
{
    dsm_engine *e = h->engine;
    /* Never more than this is outstanding to one peer: an answer to each operation of each of its threads, and one
     * return, acknowledgement or request for each operation anywhere. */
    uint64_t frame = e->config.page_bytes + DSM_HEAD_MAX;
    uint64_t output = 2 * frame * e->config.slots * e->config.nodes + dsm_twin_output(e) + OUTPUT_SPARE;
    uint32_t input = INPUT_PAGES * e->config.page_bytes;
    if (input < INPUT_BYTES)
        input = INPUT_BYTES;
    int rc = dsm_link_open(&e->remotes[node].link, e->transport, socket, input, output);
    if (rc != 0)
        return dsm_error(DSM_E_SYSTEM, "no memory for the buffers of node %u: %s", node, strerror(-rc));
    h->known[node].stage = STANDING;
    h->missing--;
    return DSM_OK;
}

static int advance_known(handshake *h, uint32_t node, uint64_t now)
{
    dsm_engine *e = h->engine;
    candidate *c = &h->known[node];
    if (c->stage == ABSENT) {
        if (now < c->retry_at)
            return DSM_OK;
        int socket = e->transport->connect(e->transport, h->address[node], h->address_length[node]);
        if (socket == -EINVAL)
            return dsm_error(DSM_E_ARGUMENT, "the address of node %u, \"%.*s\", is not HOST:PORT", node,
                             (int)h->address_length[node], h->address[node]);
        *c = (candidate){.stage = socket >= 0 ? CONNECTING : ABSENT, .socket = socket, .retry_at = now + RETRY_NS};
        return DSM_OK;
    }
    if (c->stage == CONNECTING) {
        if (e->transport->connected(e->transport, c->socket) == 0) {
            c->stage = GREETING;
            dsm_greet_connect(&c->greeting, c->socket, node);
        } else {
            drop(h, c), c->retry_at = now + RETRY_NS;
        }
        return DSM_OK;
    }
    enum dsm_greet_state state = dsm_greet_advance(e, &c->greeting);
    if (state == DSM_GREET_THROUGH)
        return stand(h, node, c->socket);
    if (state == DSM_GREET_BROKEN && c->greeting.why != NULL)
        return dsm_error(DSM_E_PROTOCOL, "node %u at %.*s cannot be joined: %s", node, (int)h->address_length[node],
                         h->address[node], c->greeting.why);
    if (state == DSM_GREET_BROKEN)
        drop(h, c), c->retry_at = now + RETRY_NS; /* it may be about to restart, or refuse us: its line says so */
    return DSM_OK;
}

static int advance_stranger(handshake *h, candidate *c, uint64_t now)
{
    dsm_engine *e = h->engine;
    enum dsm_greet_state state = dsm_greet_advance(e, &c->greeting);
    if (state == DSM_GREET_UNDER_WAY && now < c->drop_at)
        return DSM_OK;
    uint32_t node = c->greeting.peer;
    const char *why = c->greeting.why;
    if (state == DSM_GREET_UNDER_WAY)
        why = "it did not say who it is in time";
    else if (state == DSM_GREET_BROKEN && why == NULL)
        why = "it ended before it had said who it is";
    else if (state == DSM_GREET_THROUGH && (node <= e->config.node || h->known[node].stage == STANDING))
        why = "it claims the number of another node";
    if (why != NULL) {
        tell_of_stranger(h, why);
        drop(h, c);
        return DSM_OK;
    }
    int socket = c->socket;
    *c = (candidate){.stage = ABSENT, .socket = -1};
    return stand(h, node, socket);
}

/* A free place; where there is none the oldest makes room, but not before what it has said is heard. */
static int make_place(handshake *h, uint64_t now, candidate **out)
{
    candidate *oldest = &h->strangers[0];
    for (uint32_t i = 0; i < h->places; i++) {
        candidate *c = &h->strangers[i];
        if (c->stage == ABSENT) {
            *out = c;
            return DSM_OK;
        }
        if (c->drop_at < oldest->drop_at)
            oldest = c;
    }
    int rc = advance_stranger(h, oldest, now);
    if (oldest->stage != ABSENT) {
        tell_of_stranger(h, "too many have not said who they are");
        drop(h, oldest);
    }
    *out = oldest;
    return rc;
}

/* No descriptor is left for who waits to be accepted: the oldest stranger gives its own up. */
static void make_descriptor(handshake *h)
{
    candidate *oldest = NULL;
    for (uint32_t i = 0; i < h->places; i++) {
        candidate *c = &h->strangers[i];
        if (c->stage != ABSENT && (oldest == NULL || c->drop_at < oldest->drop_at))
            oldest = c;
    }
    if (oldest == NULL)
        return;
    tell_of_stranger(h, "too many have not said who they are");
    drop(h, oldest);
}

static int accept_strangers(handshake *h, uint64_t now)
{
    dsm_engine *e = h->engine;
    for (uint32_t i = 0; i < ACCEPTS; i++) {
        int socket = e->transport->accept(e->transport, e->listener);
        if (socket == -EMFILE || socket == -ENFILE)
            make_descriptor(h);
        if (socket < 0)
            break;
        candidate *place;
        int rc = make_place(h, now, &place);
        *place = (candidate){.stage = GREETING, .socket = socket, .drop_at = now + HELLO_WITHIN_NS};
        if (dsm_greet_accept(e, &place->greeting, socket) != 0)
            drop(h, place);
        if (rc != DSM_OK)
            return rc;
    }
    return DSM_OK;
}

/* ---- all of them ------------------------------------------------------------------------------------------------- */

static void await_events(handshake *h, uint64_t until)
{
    nfds_t count = 0;
    h->set[count++] = (struct pollfd){.fd = h->engine->listener, .events = POLLIN};
    for (uint32_t n = 0; n < h->engine->config.node; n++) {
        const candidate *c = &h->known[n];
        if (c->stage == CONNECTING || c->stage == GREETING)
            h->set[count++] = (struct pollfd){.fd = c->socket, .events = c->stage == CONNECTING ? POLLOUT : POLLIN};
    }
    for (uint32_t i = 0; i < h->places; i++)
        if (h->strangers[i].stage != ABSENT)
            h->set[count++] = (struct pollfd){.fd = h->strangers[i].socket, .events = POLLIN};
    uint64_t now = dsm_clock_now();
    uint64_t left = until > now ? until - now : 0;
    struct timespec timeout = dsm_clock_timespec(left < LOOK_NS ? left : LOOK_NS);
    ppoll(h->set, count, &timeout, NULL);
}

static int missing_error(const handshake *h)
{
    char list[96] = "";
    size_t length = 0;
    for (uint32_t n = 0; n < h->engine->config.nodes && length < sizeof list - 12; n++)
        if (n != h->engine->config.node && h->known[n].stage != STANDING)
            length += (size_t)snprintf(list + length, sizeof list - length, "%s%u", length > 0 ? ", " : "", n);
    return dsm_error(
        DSM_E_TIMEOUT,
        "node %u has waited in vain for node %s; are all nodes started, and with the same settings and secret?",
        h->engine->config.node, list);
}

static int shake_hands(handshake *h, uint64_t deadline)
{
    dsm_engine *e = h->engine;
    while (h->missing > 0) {
        uint64_t now = dsm_clock_now();
        int rc = DSM_OK;
        for (uint32_t n = 0; n < e->config.node && rc == DSM_OK; n++)
            if (h->known[n].stage != STANDING)
                rc = advance_known(h, n, now);
        if (rc == DSM_OK)
            rc = accept_strangers(h, now);
        for (uint32_t i = 0; i < h->places && rc == DSM_OK; i++)
            if (h->strangers[i].stage != ABSENT)
                rc = advance_stranger(h, &h->strangers[i], now);
        if (rc != DSM_OK)
            return rc;
        if (h->missing == 0)
            break;
        if (now >= deadline)
            return missing_error(h);
        await_events(h, deadline);
    }
    return DSM_OK;
}

static int read_addresses(handshake *h, const char *addresses)
{
    const dsm_engine *e = h->engine;
    const char *at = addresses;
    for (uint32_t n = 0; n < e->config.nodes; n++) {
        if (at == NULL)
            return dsm_error(DSM_E_ARGUMENT, "addresses of %u nodes are given, %u are needed", n, e->config.nodes);
        const char *comma = strchr(at, ',');
        h->address[n] = at;
        h->address_length[n] = comma == NULL ? strlen(at) : (size_t)(comma - at);
        at = comma == NULL ? NULL : comma + 1;
    }
    return DSM_OK;
}

/* All connections stand: from here on they are read and time counts. */
static int begin(dsm_engine *e)
{
    sigset_t all, before;
    int rc = 0;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    dsm_mutex_lock(&e->reading); /* who reads looks at `open` */
    dsm_engine_lock(e);
    e->connected = true;
    for (uint32_t n = 0; n < e->config.nodes; n++) {
        if (n == e->config.node)
            continue;
        e->remotes[n].open = true;
        e->remotes[n].heard = dsm_clock_now();
        e->open_remotes++;
        if (rc == 0)
            rc = dsm_poller_add(&e->poller, e->remotes[n].link.socket, n);
    }
    dsm_event first = {.type = DSM_EV_TICK};
    dsm_engine_step(e, &first, dsm_clock_now());
    e->batch.poke = true;
    dsm_engine_unlock(e);
    dsm_mutex_unlock(&e->reading);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return rc == 0 ? DSM_OK : dsm_error(DSM_E_SYSTEM, "the connections cannot be watched: %s", strerror(-rc));
}

/* Strangers take a quarter of the descriptors at most: the rest of the process needs some too. */
static uint32_t places_for_strangers(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur / 4 >= STRANGERS)
        return STRANGERS;
    return limit.rlim_cur / 4 > FEWEST ? (uint32_t)(limit.rlim_cur / 4) : FEWEST;
}

static int connect_all(dsm_engine *e, const char *addresses, uint64_t timeout_ns)
{
    uint32_t nodes = e->config.nodes;
    uint64_t now = dsm_clock_now();
    handshake *h = calloc(1, sizeof *h);
    if (h == NULL)
        return dsm_error(DSM_E_SYSTEM, "no memory to connect %u nodes", nodes);
    h->engine = e;
    h->missing = nodes - 1;
    h->known = calloc(nodes, sizeof *h->known);
    h->places = places_for_strangers();
    h->strangers = calloc(h->places, sizeof *h->strangers);
    h->address = calloc(nodes, sizeof *h->address);
    h->address_length = calloc(nodes, sizeof *h->address_length);
    h->set = calloc(1 + nodes + h->places, sizeof *h->set);
    int rc = DSM_OK;
    if (h->known == NULL || h->strangers == NULL || h->address == NULL || h->address_length == NULL || h->set == NULL)
        rc = dsm_error(DSM_E_SYSTEM, "no memory to connect %u nodes", nodes);
    if (rc == DSM_OK)
        rc = read_addresses(h, addresses);
    if (rc == DSM_OK)
        rc = shake_hands(h, timeout_ns < DSM_FOREVER - now ? now + timeout_ns : DSM_FOREVER);
    for (uint32_t i = 0; i < h->places && h->strangers != NULL; i++)
        drop(h, &h->strangers[i]);
    for (uint32_t n = 0; n < nodes && h->known != NULL; n++)
        if (h->known[n].stage != STANDING)
            drop(h, &h->known[n]);
        else if (rc != DSM_OK)
            dsm_link_close(&e->remotes[n].link);
    free(h->set);
    free(h->address_length);
    free(h->address);
    free(h->strangers);
    free(h->known);
    free(h);
    return rc;
}

int dsm_engine_connect(dsm_engine *e, const char *addresses, uint64_t timeout_ns)
{
    if (e->config.nodes == 1 || e->connected)
        return DSM_OK;
    if (addresses == NULL)
        return dsm_error(DSM_E_ARGUMENT, "dsm_engine_connect needs the addresses of all nodes");
    int rc = connect_all(e, addresses, timeout_ns);
    if (rc == DSM_OK)
        rc = begin(e);
    if (rc != DSM_OK)
        return rc;
    e->transport->close(e->transport, e->listener); /* nobody else has business there */
    e->listener = -1;
    return DSM_OK;
}
