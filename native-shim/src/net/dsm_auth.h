/*
 * dsm_auth.h - how two ends of a fresh connection prove to each other that they know the cluster's key, before anything
 * else of either is parsed. Pure: bytes in, bytes out. The control plane speaks the same (docs/wire.md draws it).
 *
 *   acceptor  -> connector  CHALLENGE  head, a fresh nonce
 *   connector -> acceptor   PROOF      head, who connects, whom it means, a fresh nonce, HMAC("connector", all so far)
 *   acceptor  -> connector  ANSWER     HMAC("acceptor", all so far)
 *
 * Who connects proves first, so an acceptor makes no code for a stranger. Neither end's code serves for the other's, for
 * another connection (both nonces are in it), another node, protocol version or plane; the key is of one cluster.
 */
#ifndef DSM_AUTH_H
#define DSM_AUTH_H

#include <stdbool.h>
#include <stdint.h>

#define DSM_AUTH_MAGIC     0x41344D44u /* "DM4A" */
#define DSM_AUTH_VERSION   1u
#define DSM_AUTH_CONTROL   1u
#define DSM_AUTH_DATA      2u

#define DSM_AUTH_KEY       32u
#define DSM_AUTH_NONCE     32u
#define DSM_AUTH_CHALLENGE 48u
#define DSM_AUTH_PROOF     88u
#define DSM_AUTH_ANSWER    32u

/* What one end knows. */
typedef struct dsm_auth {
    uint8_t key[DSM_AUTH_KEY]; /* zeros when the cluster has no secret */
    bool secured;              /* it has one */
    uint16_t plane;            /* DSM_AUTH_* */
    uint32_t protocol;         /* version of what is spoken afterwards */
} dsm_auth;

/* The acceptor's first bytes. */
void dsm_auth_challenge(const dsm_auth *auth, const uint8_t nonce[DSM_AUTH_NONCE], uint8_t out[DSM_AUTH_CHALLENGE]);
/* The connector's answer to them. NULL, or why that is no challenge of ours. */
const char *dsm_auth_prove(const dsm_auth *auth, const uint8_t challenge[DSM_AUTH_CHALLENGE], uint32_t node,
                           uint32_t acceptor, const uint8_t nonce[DSM_AUTH_NONCE], uint8_t out[DSM_AUTH_PROOF]);
/* At the acceptor: NULL and the answer, or why the proof is none. *node: who connects. */
const char *dsm_auth_check(const dsm_auth *auth, const uint8_t challenge[DSM_AUTH_CHALLENGE],
                           const uint8_t proof[DSM_AUTH_PROOF], uint32_t acceptor, uint32_t *node,
                           uint8_t out[DSM_AUTH_ANSWER]);
/* At the connector: NULL, or why that is not the acceptor it means. */
const char *dsm_auth_confirm(const dsm_auth *auth, const uint8_t challenge[DSM_AUTH_CHALLENGE],
                             const uint8_t proof[DSM_AUTH_PROOF], const uint8_t answer[DSM_AUTH_ANSWER]);

#endif
