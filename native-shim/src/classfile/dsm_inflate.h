/*
 * dsm_inflate.h - zlib's inflate, found at run time: a machine without zlib does without reading ahead in C.
 */
#ifndef DSM_INFLATE_H
#define DSM_INFLATE_H

#include <stdbool.h>
#include <stdint.h>

/* Kept from call to call; zero at first. Of one thread at a time. */
typedef struct dsm_inflate {
    void *stream;
} dsm_inflate;

/* Unpacks raw deflated bytes; whether they were exactly those of `whole` bytes. */
bool dsm_inflate_all(dsm_inflate *inflate, const uint8_t *packed, uint32_t packed_bytes, uint8_t *to, uint32_t whole);
void dsm_inflate_end(dsm_inflate *inflate);

#endif
