/* dsm_sha256.c - see dsm_sha256.h. Names and constants are those of FIPS 180-4, sections 4.1.2, 4.2.2, 5.3.3 and 6.2. */
#include "dsm_sha256.h"

#include <string.h>

static const uint32_t K[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotate(uint32_t x, unsigned n)
{
    return x >> n | x << (32 - n);
}

static uint32_t load(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void store(uint8_t *at, uint32_t x)
{
    at[0] = (uint8_t)(x >> 24);
    at[1] = (uint8_t)(x >> 16);
    at[2] = (uint8_t)(x >> 8);
    at[3] = (uint8_t)x;
}

static void schedule(const uint8_t *block, uint32_t w[64])
{
    for (unsigned t = 0; t < 16; t++)
        w[t] = load(block + 4 * t);
    for (unsigned t = 16; t < 64; t++) {
        uint32_t s0 = rotate(w[t - 15], 7) ^ rotate(w[t - 15], 18) ^ w[t - 15] >> 3;
        uint32_t s1 = rotate(w[t - 2], 17) ^ rotate(w[t - 2], 19) ^ w[t - 2] >> 10;
        w[t] = s1 + w[t - 7] + s0 + w[t - 16];
    }
}

static void compress(dsm_sha256 *hash, const uint8_t *block)
{
    uint32_t w[64];
    uint32_t v[8]; /* a to h */
    schedule(block, w);
    memcpy(v, hash->state, sizeof v);
    for (unsigned t = 0; t < 64; t++) {
        uint32_t s1 = rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25);
        uint32_t choice = (v[4] & v[5]) ^ (~v[4] & v[6]);
        uint32_t t1 = v[7] + s1 + choice + K[t] + w[t];
        uint32_t s0 = rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22);
        uint32_t majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
        memmove(v + 1, v, 7 * sizeof v[0]);
        v[4] += t1;
        v[0] = t1 + s0 + majority;
    }
    for (unsigned i = 0; i < 8; i++)
        hash->state[i] += v[i];
    dsm_bytes_wipe(w, sizeof w);
    dsm_bytes_wipe(v, sizeof v);
}

void dsm_sha256_init(dsm_sha256 *hash)
{
    static const uint32_t first[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    memcpy(hash->state, first, sizeof first);
    hash->bytes = 0;
}

void dsm_sha256_add(dsm_sha256 *hash, const void *bytes, size_t length)
{
    const uint8_t *from = bytes;
    while (length > 0) {
        size_t at = hash->bytes % DSM_SHA256_BLOCK;
        size_t piece = DSM_SHA256_BLOCK - at < length ? DSM_SHA256_BLOCK - at : length;
        memcpy(hash->block + at, from, piece);
        hash->bytes += piece;
        from += piece;
        length -= piece;
        if (hash->bytes % DSM_SHA256_BLOCK == 0)
            compress(hash, hash->block);
    }
}

/* Padding: a 1 bit, zeros, and the number of bits as a big-endian word at the end of a block. */
void dsm_sha256_end(dsm_sha256 *hash, uint8_t digest[DSM_SHA256_BYTES])
{
    static const uint8_t padding[DSM_SHA256_BLOCK] = {0x80};
    uint8_t length[8];
    uint64_t bits = hash->bytes * 8;
    size_t at = hash->bytes % DSM_SHA256_BLOCK;
    store(length, (uint32_t)(bits >> 32));
    store(length + 4, (uint32_t)bits);
    dsm_sha256_add(hash, padding, (at < 56 ? 56 : 120) - at);
    dsm_sha256_add(hash, length, sizeof length);
    for (unsigned i = 0; i < 8; i++)
        store(digest + 4 * i, hash->state[i]);
    dsm_bytes_wipe(hash, sizeof *hash);
}

void dsm_hmac_init(dsm_hmac *mac, const uint8_t *key, size_t length)
{
    uint8_t block[DSM_SHA256_BLOCK] = {0};
    if (length > sizeof block) {
        dsm_sha256_init(&mac->inner);
        dsm_sha256_add(&mac->inner, key, length);
        dsm_sha256_end(&mac->inner, block);
    } else {
        memcpy(block, key, length);
    }
    for (unsigned i = 0; i < sizeof block; i++) {
        mac->outer_key[i] = block[i] ^ 0x5c;
        block[i] ^= 0x36;
    }
    dsm_sha256_init(&mac->inner);
    dsm_sha256_add(&mac->inner, block, sizeof block);
    dsm_bytes_wipe(block, sizeof block);
}

void dsm_hmac_add(dsm_hmac *mac, const void *bytes, size_t length)
{
    dsm_sha256_add(&mac->inner, bytes, length);
}

void dsm_hmac_end(dsm_hmac *mac, uint8_t code[DSM_SHA256_BYTES])
{
    dsm_sha256_end(&mac->inner, code);
    dsm_sha256_init(&mac->inner);
    dsm_sha256_add(&mac->inner, mac->outer_key, sizeof mac->outer_key);
    dsm_sha256_add(&mac->inner, code, DSM_SHA256_BYTES);
    dsm_sha256_end(&mac->inner, code);
    dsm_bytes_wipe(mac, sizeof *mac);
}

bool dsm_bytes_equal(const uint8_t *a, const uint8_t *b, size_t length)
{
    uint8_t different = 0;
    for (size_t i = 0; i < length; i++)
        different |= a[i] ^ b[i];
    /* The compiler must not find out that it may stop at the first difference. */
    __asm__ volatile("" : "+r"(different));
    return different == 0;
}

void dsm_bytes_wipe(void *bytes, size_t length)
{
    memset(bytes, 0, length);
    __asm__ volatile("" : : "r"(bytes) : "memory");
}
