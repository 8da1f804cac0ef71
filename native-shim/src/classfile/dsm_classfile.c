#include "dsm_classfile.h"

#define MAGIC       0xcafebabeu
#define HEAD_BYTES  10u /* up to the first constant */
#define LEAST_BYTES 24u

/* Bytes of a constant with its tag; 0 where there is no such tag. */
static const uint8_t constant_bytes[] = {0, 3, 0, 5, 5, 9, 9, 3, 3, 5, 5, 5, 5, 0, 0, 4, 3, 5, 5, 3, 3};

/* Bytes of an instruction, JVMS 6.5; 0 where its operands say, or where there is none. */
static const uint8_t instruction_bytes[256] = {
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 3, 2, 3, 3, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, /* 0 */
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, /* 32 */
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, /* 64 */
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, /* 96 */
    1, 1, 1, 1, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 3, 3, 3, 3, 3, 3, 3, /* 128 */
    3, 3, 3, 3, 3, 3, 3, 3, 3, 2, 0, 0, 1, 1, 1, 1, 1, 1, 3, 3, 3, 3, 3, 3, 3, 5, 5, 3, 2, 3, 1, 1, /* 160 */
    3, 3, 1, 1, 0, 4, 3, 3, 5, 5, 0,                                                                /* 192 */
};

/* Fills the index; where the constants end, 0 if they are not understood. */
static uint32_t find_constants(dsm_class_file *f)
{
    uint32_t at = HEAD_BYTES;
    f->index[0] = 0;
    for (uint32_t number = 1; number < f->constants; number++) {
        uint32_t tag = dsm_class_u1(f, at);
        if (tag >= sizeof constant_bytes || constant_bytes[tag] == 0)
            return 0;
        uint32_t bytes = constant_bytes[tag];
        if (tag == DSM_TAG_UTF8)
            bytes += dsm_class_u2(f, at + 1);
        if (f->bad || bytes > f->length - at)
            return 0;
        f->index[number] = at;
        at += bytes;
        if ((tag == DSM_TAG_LONG || tag == DSM_TAG_DOUBLE) && ++number < f->constants)
            f->index[number] = 0;
    }
    return at;
}

bool dsm_class_open(dsm_class_file *f, const uint8_t *bytes, uint32_t length, uint32_t *index)
{
    *f = (dsm_class_file){.bytes = bytes, .length = length, .index = index};
    if (length < LEAST_BYTES || length > DSM_CLASS_BYTES_MAX || dsm_class_u4(f, 0) != MAGIC)
        return false;
    f->constants = dsm_class_u2(f, 8);
    f->end = find_constants(f);
    if (f->end == 0)
        return false;
    f->self = dsm_class_u2(f, dsm_class_constant(f, dsm_class_u2(f, f->end + 2), DSM_TAG_CLASS) + 1);
    dsm_class_utf8(f, f->self);
    return !f->bad;
}

static uint64_t variable_bytes(dsm_class_file *f, uint32_t op, uint32_t at, uint32_t start)
{
    uint32_t operands = at + 4 - ((at - start) & 3);
    if (op == DSM_OP_TABLESWITCH) {
        int64_t count = (int64_t)(int32_t)dsm_class_u4(f, operands + 8) - (int32_t)dsm_class_u4(f, operands + 4) + 1;
        return count < 0 ? 0 : operands + 12 + 4 * (uint64_t)count - at;
    }
    if (op == DSM_OP_LOOKUPSWITCH)
        return operands + 8 + 8 * (uint64_t)dsm_class_u4(f, operands + 4) - at;
    if (op == DSM_OP_WIDE)
        return dsm_class_u1(f, at + 1) == DSM_OP_IINC ? 6 : 4;
    return 0;
}

uint32_t dsm_class_instruction(dsm_class_file *f, uint32_t at, uint32_t start, uint32_t end)
{
    uint32_t op = dsm_class_u1(f, at);
    uint64_t bytes = instruction_bytes[op];
    if (bytes == 0)
        bytes = variable_bytes(f, op, at, start);
    if (f->bad || bytes == 0 || at >= end || bytes > end - at) {
        f->bad = true;
        return 0;
    }
    return (uint32_t)bytes;
}
