/* dsm_auth.c - see dsm_auth.h. Integers are little-endian. */
#include "dsm_auth.h"

#include <string.h>

#include "dsm_sha256.h"

/* CHALLENGE and PROOF begin alike. */
enum head { HEAD_MAGIC = 0, HEAD_VERSION = 4, HEAD_PLANE = 8, HEAD_SECURED = 10, HEAD_PROTOCOL = 12, HEAD_BYTES = 16 };
enum proof { PROOF_NODE = 16, PROOF_ACCEPTOR = 20, PROOF_NONCE = 24, PROOF_CODE = 56 };

static const char connector_role[] = "DSM4J connector";
static const char acceptor_role[] = "DSM4J acceptor";

static void store32(uint8_t *at, uint32_t x)
{
    for (unsigned i = 0; i < 4; i++)
        at[i] = (uint8_t)(x >> 8 * i);
}

static uint32_t load32(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static uint32_t plane_and_secured(const dsm_auth *auth)
{
    return auth->plane | (auth->secured ? 1u << 16 : 0);
}

static void write_head(const dsm_auth *auth, uint8_t *out)
{
    store32(out + HEAD_MAGIC, DSM_AUTH_MAGIC);
    store32(out + HEAD_VERSION, DSM_AUTH_VERSION);
    store32(out + HEAD_PLANE, plane_and_secured(auth));
    store32(out + HEAD_PROTOCOL, auth->protocol);
}

/* Not secret, and not proven: it only tells an honest other side what is wrong. The codes cover it. */
static const char *judge_head(const dsm_auth *auth, const uint8_t *head)
{
    if (load32(head + HEAD_MAGIC) != DSM_AUTH_MAGIC)
        return "it is no node of DSM4J";
    if (load32(head + HEAD_VERSION) != DSM_AUTH_VERSION || load32(head + HEAD_PROTOCOL) != auth->protocol)
        return "it speaks another version of the protocol";
    if ((load32(head + HEAD_PLANE) & 0xffff) != auth->plane)
        return "it speaks the protocol of another port";
    if (load32(head + HEAD_PLANE) != plane_and_secured(auth))
        return auth->secured ? "it has no secret" : "it has a secret, and this node has none";
    return NULL;
}

static void code(const dsm_auth *auth, const char *role, size_t role_length, const uint8_t *challenge,
                 const uint8_t *proof, size_t proof_length, uint8_t *out)
{
    dsm_hmac mac;
    dsm_hmac_init(&mac, auth->key, sizeof auth->key);
    dsm_hmac_add(&mac, role, role_length);
    dsm_hmac_add(&mac, challenge, DSM_AUTH_CHALLENGE);
    dsm_hmac_add(&mac, proof, proof_length);
    dsm_hmac_end(&mac, out);
}

static void code_of_connector(const dsm_auth *auth, const uint8_t *challenge, const uint8_t *proof, uint8_t *out)
{
    code(auth, connector_role, sizeof connector_role, challenge, proof, PROOF_CODE, out);
}

static void code_of_acceptor(const dsm_auth *auth, const uint8_t *challenge, const uint8_t *proof, uint8_t *out)
{
    code(auth, acceptor_role, sizeof acceptor_role, challenge, proof, DSM_AUTH_PROOF, out);
}

void dsm_auth_challenge(const dsm_auth *auth, const uint8_t nonce[DSM_AUTH_NONCE], uint8_t out[DSM_AUTH_CHALLENGE])
{
    write_head(auth, out);
    memcpy(out + HEAD_BYTES, nonce, DSM_AUTH_NONCE);
}

const char *dsm_auth_prove(const dsm_auth *auth, const uint8_t challenge[DSM_AUTH_CHALLENGE], uint32_t node,
                           uint32_t acceptor, const uint8_t nonce[DSM_AUTH_NONCE], uint8_t out[DSM_AUTH_PROOF])
{
    const char *why = judge_head(auth, challenge);
    if (why != NULL)
        return why;
    write_head(auth, out);
    store32(out + PROOF_NODE, node);
    store32(out + PROOF_ACCEPTOR, acceptor);
    memcpy(out + PROOF_NONCE, nonce, DSM_AUTH_NONCE);
    code_of_connector(auth, challenge, out, out + PROOF_CODE);
    return NULL;
}

const char *dsm_auth_check(const dsm_auth *auth, const uint8_t challenge[DSM_AUTH_CHALLENGE],
                           const uint8_t proof[DSM_AUTH_PROOF], uint32_t acceptor, uint32_t *node,
                           uint8_t out[DSM_AUTH_ANSWER])
{
    uint8_t expected[DSM_SHA256_BYTES];
    const char *why = judge_head(auth, proof);
    if (why != NULL)
        return why;
    code_of_connector(auth, challenge, proof, expected);
    if (!dsm_bytes_equal(expected, proof + PROOF_CODE, sizeof expected))
        return "it does not know the cluster's secret";
    if (load32(proof + PROOF_ACCEPTOR) != acceptor)
        return "it means another node";
    *node = load32(proof + PROOF_NODE);
    code_of_acceptor(auth, challenge, proof, out);
    return NULL;
}

const char *dsm_auth_confirm(const dsm_auth *auth, const uint8_t challenge[DSM_AUTH_CHALLENGE],
                             const uint8_t proof[DSM_AUTH_PROOF], const uint8_t answer[DSM_AUTH_ANSWER])
{
    uint8_t expected[DSM_SHA256_BYTES];
    code_of_acceptor(auth, challenge, proof, expected);
    return dsm_bytes_equal(expected, answer, sizeof expected) ? NULL : "it does not know the cluster's secret";
}
