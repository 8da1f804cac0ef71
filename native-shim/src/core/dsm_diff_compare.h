/* dsm_diff_compare.h - the comparisons behind dsm_diff_choose, one for each kind of processor. */
#ifndef DSM_DIFF_COMPARE_H
#define DSM_DIFF_COMPARE_H

#include "dsm_diff.h"

dsm_diff_compare dsm_diff_compare_bytes;
dsm_diff_compare dsm_diff_compare_words;

#if defined(__x86_64__)
#define DSM_DIFF_HAS_AVX2 1
dsm_diff_compare dsm_diff_compare_avx2; /* only where the processor has AVX2 */
#else
#define DSM_DIFF_HAS_AVX2 0
#endif

#if defined(__aarch64__)
#define DSM_DIFF_HAS_NEON 1
dsm_diff_compare dsm_diff_compare_neon;
#else
#define DSM_DIFF_HAS_NEON 0
#endif

/* One bit a byte of `difference` (two words xor-ed): bit b is set when byte b is not 0. */
static inline uint8_t dsm_diff_bytes_of(uint64_t difference)
{
    const uint64_t low = 0x7f7f7f7f7f7f7f7fu;
    uint64_t top = (((difference & low) + low) | difference) & ~low; /* 0x80 in every byte that is not 0 */
    return (uint8_t)(((top >> 7) * 0x0102040810204080u) >> 56);
}

#endif
