/* dsm_greet.c - see dsm_greet.h */
#include "dsm_greet.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "dsm_random.h"

static_assert(DSM_GREET_MAX <= UINT8_MAX, "a greeting is small");

static void write_hello(const dsm_engine *e, uint8_t *out)
{
    uint8_t frame[DSM_HEAD_MAX];
    dsm_message hello = {.type = DSM_MSG_HELLO,
                         .magic = DSM_WIRE_MAGIC,
                         .version = DSM_WIRE_VERSION,
                         .node = e->config.node,
                         .nodes = e->config.nodes,
                         .page_bytes = e->config.page_bytes,
                         .cluster = e->options.cluster,
                         .pages = e->config.pages};
    uint32_t length = dsm_wire_encode(&hello, e->config.page_bytes, frame);
    assert(length == DSM_GREET_HELLO);
    memcpy(out, frame, length);
}

/* NULL, or what is different about the other side. */
static const char *mismatch(const dsm_engine *e, const dsm_message *m)
{
    if (m->type != DSM_MSG_HELLO || m->magic != DSM_WIRE_MAGIC)
        return "it is no node of DSM4J";
    if (m->version != DSM_WIRE_VERSION)
        return "it speaks another version of the protocol";
    if (m->cluster != e->options.cluster)
        return "it belongs to another cluster";
    if (m->nodes != e->config.nodes)
        return "it was started with another number of nodes";
    if (m->page_bytes != e->config.page_bytes)
        return "its system has pages of another size";
    if (m->pages != e->config.pages)
        return "its address space has another size";
    if (m->node >= e->config.nodes)
        return "its number is out of range";
    return NULL;
}

static const char *judge(const dsm_engine *e, dsm_greeting *g, const uint8_t *hello)
{
    if (dsm_wire_decode(hello, DSM_GREET_HELLO, e->config.page_bytes, &g->hello) != 0)
        return "it is no node of DSM4J";
    const char *why = mismatch(e, &g->hello);
    return why == NULL && g->hello.node != g->peer ? "another node answered there" : why;
}

static void expect(dsm_greeting *g, bool sends, uint32_t goal)
{
    g->sends = sends;
    g->done = 0;
    g->goal = goal;
    g->part++;
}

int dsm_greet_connect(dsm_greeting *g, int socket, uint32_t peer)
{
    *g = (dsm_greeting){.socket = socket, .peer = peer};
    expect(g, false, DSM_AUTH_CHALLENGE);
    return 0;
}

int dsm_greet_accept(const dsm_engine *e, dsm_greeting *g, int socket)
{
    uint8_t nonce[DSM_AUTH_NONCE];
    *g = (dsm_greeting){.socket = socket, .accepts = true};
    int rc = dsm_random_fill(nonce, sizeof nonce);
    if (rc != 0)
        return rc;
    dsm_auth_challenge(&e->auth, nonce, g->challenge);
    memcpy(g->bytes, g->challenge, sizeof g->challenge);
    expect(g, true, DSM_AUTH_CHALLENGE);
    return 0;
}

/* ---- what follows a part ----------------------------------------------------------------------------------- */

static enum dsm_greet_state refuse(dsm_greeting *g, const char *why)
{
    g->why = why;
    return DSM_GREET_BROKEN;
}

static enum dsm_greet_state next_of_connector(const dsm_engine *e, dsm_greeting *g)
{
    const char *why;
    if (g->part == 1) {
        uint8_t nonce[DSM_AUTH_NONCE];
        if (dsm_random_fill(nonce, sizeof nonce) != 0)
            return refuse(g, "the system gives no random numbers");
        memcpy(g->challenge, g->bytes, sizeof g->challenge);
        why = dsm_auth_prove(&e->auth, g->challenge, e->config.node, g->peer, nonce, g->proof);
        if (why != NULL)
            return refuse(g, why);
        memcpy(g->bytes, g->proof, sizeof g->proof);
        write_hello(e, g->bytes + sizeof g->proof);
        expect(g, true, DSM_AUTH_PROOF + DSM_GREET_HELLO);
        return DSM_GREET_UNDER_WAY;
    }
    if (g->part == 2) {
        expect(g, false, DSM_AUTH_ANSWER + DSM_GREET_HELLO);
        return DSM_GREET_UNDER_WAY;
    }
    why = dsm_auth_confirm(&e->auth, g->challenge, g->proof, g->bytes);
    if (why == NULL)
        why = judge(e, g, g->bytes + DSM_AUTH_ANSWER);
    return why == NULL ? DSM_GREET_THROUGH : refuse(g, why);
}

static enum dsm_greet_state next_of_acceptor(const dsm_engine *e, dsm_greeting *g)
{
    const char *why;
    if (g->part == 1) {
        expect(g, false, DSM_AUTH_PROOF + DSM_GREET_HELLO);
        return DSM_GREET_UNDER_WAY;
    }
    if (g->part == 2) {
        uint8_t answer[DSM_AUTH_ANSWER];
        memcpy(g->proof, g->bytes, sizeof g->proof);
        why = dsm_auth_check(&e->auth, g->challenge, g->proof, e->config.node, &g->peer, answer);
        if (why != NULL)
            return refuse(g, why);
        /* It is one of us: what is wrong with it, it shall learn from our HELLO, so that its own line can say so. */
        g->why = judge(e, g, g->bytes + sizeof g->proof);
        memcpy(g->bytes, answer, sizeof answer);
        write_hello(e, g->bytes + sizeof answer);
        expect(g, true, DSM_AUTH_ANSWER + DSM_GREET_HELLO);
        return DSM_GREET_UNDER_WAY;
    }
    return g->why == NULL ? DSM_GREET_THROUGH : DSM_GREET_BROKEN;
}

/* ---- bytes --------------------------------------------------------------------------------------------------- */

/* Bytes, 0 = none can pass now, -1 = the connection has ended. */
static int pass(const dsm_engine *e, dsm_greeting *g)
{
    dsm_transport *t = e->transport;
    struct iovec rest = {g->bytes + g->done, g->goal - g->done};
    ssize_t n = g->sends ? t->sendv(t, g->socket, &rest, 1) : t->recv(t, g->socket, rest.iov_base, rest.iov_len);
    if (n == -EAGAIN)
        return 0;
    return n > 0 ? (int)n : -1;
}

enum dsm_greet_state dsm_greet_advance(const dsm_engine *e, dsm_greeting *g)
{
    for (;;) {
        while (g->done < g->goal) {
            int n = pass(e, g);
            if (n <= 0)
                return n == 0 ? DSM_GREET_UNDER_WAY : DSM_GREET_BROKEN;
            g->done += (uint32_t)n;
        }
        enum dsm_greet_state state = g->accepts ? next_of_acceptor(e, g) : next_of_connector(e, g);
        if (state != DSM_GREET_UNDER_WAY)
            return state;
    }
}
