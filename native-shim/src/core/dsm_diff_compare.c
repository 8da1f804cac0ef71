/* dsm_diff_compare.c - see dsm_diff_compare.h */
#include "dsm_diff_compare.h"

#include <string.h>

#if DSM_DIFF_HAS_AVX2
#include <immintrin.h>
#endif
#if DSM_DIFF_HAS_NEON
#include <arm_neon.h>
#endif

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "byte b of a word is its bits 8b to 8b+7");

void dsm_diff_compare_bytes(const uint8_t *now, const uint8_t *twin, uint32_t blocks, uint64_t *changed)
{
    for (uint32_t block = 0; block < blocks; block++) {
        uint64_t bits = 0;
        for (uint32_t b = 0; b < 64; b++) {
            bits |= (uint64_t)(now[64u * block + b] != twin[64u * block + b]) << b;
        }
        changed[block] = bits;
    }
}

void dsm_diff_compare_words(const uint8_t *now, const uint8_t *twin, uint32_t blocks, uint64_t *changed)
{
    for (uint32_t block = 0; block < blocks; block++) {
        uint64_t bits = 0;
        for (uint32_t word = 0; word < 8; word++) {
            uint64_t a, b;
            memcpy(&a, now + 64u * block + 8u * word, sizeof a);
            memcpy(&b, twin + 64u * block + 8u * word, sizeof b);
            if (a != b) {
                bits |= (uint64_t)dsm_diff_bytes_of(a ^ b) << (8u * word);
            }
        }
        changed[block] = bits;
    }
}

#if DSM_DIFF_HAS_AVX2
__attribute__((target("avx2"))) void dsm_diff_compare_avx2(const uint8_t *now, const uint8_t *twin, uint32_t blocks,
                                                           uint64_t *changed)
{
    for (uint32_t block = 0; block < blocks; block++) {
        const uint8_t *a = now + 64u * block, *b = twin + 64u * block;
        __m256i low = _mm256_cmpeq_epi8(_mm256_loadu_si256((const __m256i *)(const void *)a),
                                        _mm256_loadu_si256((const __m256i *)(const void *)b));
        __m256i high = _mm256_cmpeq_epi8(_mm256_loadu_si256((const __m256i *)(const void *)(a + 32)),
                                         _mm256_loadu_si256((const __m256i *)(const void *)(b + 32)));
        uint64_t same = (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
        changed[block] = ~same;
    }
}
#endif

#if DSM_DIFF_HAS_NEON
/* 0xff or 0 in each of 16 bytes, to one bit each. */
static uint64_t neon_bits(uint8x16_t differs)
{
    static const uint8_t weights[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    uint8x16_t weighted = vandq_u8(differs, vld1q_u8(weights));
    return (uint64_t)vaddv_u8(vget_low_u8(weighted)) | (uint64_t)vaddv_u8(vget_high_u8(weighted)) << 8;
}

void dsm_diff_compare_neon(const uint8_t *now, const uint8_t *twin, uint32_t blocks, uint64_t *changed)
{
    for (uint32_t block = 0; block < blocks; block++) {
        uint64_t bits = 0;
        for (uint32_t part = 0; part < 4; part++) {
            uint8x16_t same =
                vceqq_u8(vld1q_u8(now + 64u * block + 16u * part), vld1q_u8(twin + 64u * block + 16u * part));
            bits |= neon_bits(vmvnq_u8(same)) << (16u * part);
        }
        changed[block] = bits;
    }
}
#endif
