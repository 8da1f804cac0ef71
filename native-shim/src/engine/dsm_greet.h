/*
 * dsm_greet.h - the first bytes of one connection: both ends prove that they know the cluster's key (dsm_auth.h), then both
 * say HELLO, which is not looked at before. Reads not a byte more. Never blocks.
 *
 *   acceptor: CHALLENGE            ANSWER, HELLO
 *   connector:          PROOF, HELLO
 */
#ifndef DSM_GREET_H
#define DSM_GREET_H

#include <stdbool.h>
#include <stdint.h>

#include "dsm_auth.h"
#include "dsm_engine.h"
#include "dsm_wire.h"

#define DSM_GREET_HELLO 56u
#define DSM_GREET_MAX   (DSM_AUTH_PROOF + DSM_GREET_HELLO)

enum dsm_greet_state { DSM_GREET_BROKEN = -1, DSM_GREET_UNDER_WAY = 0, DSM_GREET_THROUGH = 1 };

typedef struct dsm_greeting {
    int socket;
    bool accepts;
    bool sends;          /* is at sending `bytes`, else at receiving them */
    uint8_t part;        /* of the three */
    uint32_t done, goal; /* bytes of this part */
    uint32_t peer;       /* connector: whom it means; acceptor: who has proved to be it */
    const char *why;     /* it is broken: what is wrong with the other side, or NULL: the connection ended */
    dsm_message hello;   /* the other side's, once it is through */
    uint8_t challenge[DSM_AUTH_CHALLENGE];
    uint8_t proof[DSM_AUTH_PROOF];
    uint8_t bytes[DSM_GREET_MAX];
} dsm_greeting;

/* We have connected to `peer`. 0, or -errno if the system gives no nonce. */
int dsm_greet_connect(dsm_greeting *greeting, int socket, uint32_t peer);
/* Somebody has connected to us; likewise. */
int dsm_greet_accept(const dsm_engine *engine, dsm_greeting *greeting, int socket);
/* Goes on as far as the socket lets it. Once THROUGH, `hello` fits this engine, and is of whom it should be. */
enum dsm_greet_state dsm_greet_advance(const dsm_engine *engine, dsm_greeting *greeting);

#endif
