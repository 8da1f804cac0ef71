/* dsm_bytes.h - little-endian numbers in bytes of any alignment. */
#ifndef DSM_BYTES_H
#define DSM_BYTES_H

#include <stdint.h>

static inline void dsm_bytes_put16(uint8_t *out, uint32_t value)
{
    out[0] = (uint8_t)value;
    out[1] = (uint8_t)(value >> 8);
}

static inline void dsm_bytes_put32(uint8_t *out, uint32_t value)
{
    dsm_bytes_put16(out, value);
    dsm_bytes_put16(out + 2, value >> 16);
}

static inline void dsm_bytes_put64(uint8_t *out, uint64_t value)
{
    dsm_bytes_put32(out, (uint32_t)value);
    dsm_bytes_put32(out + 4, (uint32_t)(value >> 32));
}

static inline uint32_t dsm_bytes_get16(const uint8_t *in)
{
    return (uint32_t)in[0] | (uint32_t)in[1] << 8;
}

static inline uint32_t dsm_bytes_get32(const uint8_t *in)
{
    return dsm_bytes_get16(in) | dsm_bytes_get16(in + 2) << 16;
}

static inline uint64_t dsm_bytes_get64(const uint8_t *in)
{
    return dsm_bytes_get32(in) | (uint64_t)dsm_bytes_get32(in + 4) << 32;
}

#endif
