#include "dsm_operation.h"

#include "dsm_core.h"

static uint32_t do4(uint32_t *at, uint32_t operation, uint32_t operand, uint32_t expected)
{
    switch (operation) {
    case DSM_OP_ADD:
        return __atomic_fetch_add(at, operand, __ATOMIC_SEQ_CST);
    case DSM_OP_SET:
        return __atomic_exchange_n(at, operand, __ATOMIC_SEQ_CST);
    case DSM_OP_COMPARE_SET:
        /* a failed exchange brings what is there */
        (void)__atomic_compare_exchange_n(at, &expected, operand, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
        return expected;
    default:
        return __atomic_load_n(at, __ATOMIC_SEQ_CST);
    }
}

static uint64_t do8(uint64_t *at, uint32_t operation, uint64_t operand, uint64_t expected)
{
    switch (operation) {
    case DSM_OP_ADD:
        return __atomic_fetch_add(at, operand, __ATOMIC_SEQ_CST);
    case DSM_OP_SET:
        return __atomic_exchange_n(at, operand, __ATOMIC_SEQ_CST);
    case DSM_OP_COMPARE_SET:
        (void)__atomic_compare_exchange_n(at, &expected, operand, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
        return expected;
    default:
        return __atomic_load_n(at, __ATOMIC_SEQ_CST);
    }
}

uint64_t dsm_operation_do(uint8_t *at, uint32_t operation, uint32_t width, uint64_t operand, uint64_t expected)
{
    if (width == 4) {
        return do4((uint32_t *)(void *)at, operation, (uint32_t)operand, (uint32_t)expected);
    }
    return do8((uint64_t *)(void *)at, operation, operand, expected);
}
