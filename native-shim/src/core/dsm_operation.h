/* dsm_operation.h - what an atomic operation does to memory. No state; any number of threads at once. */
#ifndef DSM_OPERATION_H
#define DSM_OPERATION_H

#include <stdint.h>

/* Does `operation` (enum dsm_op) on the `width` bytes (4 or 8) at `at`, which is aligned to them, in one
 * sequentially consistent access, and returns what was there before (4 bytes: zero-extended). */
uint64_t dsm_operation_do(uint8_t *at, uint32_t operation, uint32_t width, uint64_t operand, uint64_t expected);

#endif
