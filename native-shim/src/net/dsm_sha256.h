/*
 * dsm_sha256.h - SHA-256 (FIPS 180-4) and HMAC-SHA-256 (RFC 2104), for the proofs of dsm_auth.h. No allocation, no state
 * but the caller's, and no branch or index that depends on what is hashed.
 */
#ifndef DSM_SHA256_H
#define DSM_SHA256_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DSM_SHA256_BYTES 32u
#define DSM_SHA256_BLOCK 64u

typedef struct dsm_sha256 {
    uint32_t state[8];
    uint64_t bytes; /* taken in so far */
    uint8_t block[DSM_SHA256_BLOCK];
} dsm_sha256;

void dsm_sha256_init(dsm_sha256 *hash);
void dsm_sha256_add(dsm_sha256 *hash, const void *bytes, size_t length);
/* The digest; `hash` is wiped. */
void dsm_sha256_end(dsm_sha256 *hash, uint8_t digest[DSM_SHA256_BYTES]);

typedef struct dsm_hmac {
    dsm_sha256 inner;
    uint8_t outer_key[DSM_SHA256_BLOCK];
} dsm_hmac;

/* `key` may have any length. */
void dsm_hmac_init(dsm_hmac *mac, const uint8_t *key, size_t length);
void dsm_hmac_add(dsm_hmac *mac, const void *bytes, size_t length);
/* The code; `mac` is wiped. */
void dsm_hmac_end(dsm_hmac *mac, uint8_t code[DSM_SHA256_BYTES]);

/* Whether they are the same, in a time that does not tell where they differ. */
bool dsm_bytes_equal(const uint8_t *a, const uint8_t *b, size_t length);
/* Overwrites with zeros, which the compiler may not leave out. */
void dsm_bytes_wipe(void *bytes, size_t length);

#endif
