/*
 * dsm_classfile.h - a class file (JVMS 4) as bytes: where its constants are, and reading with bounds.
 *
 * Whatever is wrong with the file sets `bad`; readers then give 0 or an empty text, so that a caller may look once at the
 * end. Nothing outside of the file is ever read. No allocation, no state: one reader belongs to one thread.
 */
#ifndef DSM_CLASSFILE_H
#define DSM_CLASSFILE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum dsm_tag {
    DSM_TAG_UTF8 = 1,
    DSM_TAG_LONG = 5,
    DSM_TAG_DOUBLE = 6,
    DSM_TAG_CLASS = 7,
    DSM_TAG_STRING = 8,
    DSM_TAG_FIELD = 9,
    DSM_TAG_METHOD = 10,
    DSM_TAG_INTERFACE_METHOD = 11,
    DSM_TAG_NAME_AND_TYPE = 12,
    DSM_TAG_METHOD_HANDLE = 15,
    DSM_TAG_INVOKE_DYNAMIC = 18
};

enum dsm_op {
    DSM_OP_ALOAD = 25,
    DSM_OP_ALOAD_0 = 42,
    DSM_OP_ASTORE = 58,
    DSM_OP_ASTORE_0 = 75,
    DSM_OP_DUP = 89,
    DSM_OP_IINC = 132,
    DSM_OP_IFEQ = 153,
    DSM_OP_JSR = 168,
    DSM_OP_RET = 169,
    DSM_OP_TABLESWITCH = 170,
    DSM_OP_LOOKUPSWITCH = 171,
    DSM_OP_GETSTATIC = 178,
    DSM_OP_GETFIELD = 180,
    DSM_OP_INVOKEVIRTUAL = 182,
    DSM_OP_INVOKESPECIAL = 183,
    DSM_OP_INVOKESTATIC = 184,
    DSM_OP_INVOKEINTERFACE = 185,
    DSM_OP_CHECKCAST = 192,
    DSM_OP_MONITORENTER = 194,
    DSM_OP_MONITOREXIT = 195,
    DSM_OP_WIDE = 196,
    DSM_OP_IFNULL = 198,
    DSM_OP_IFNONNULL = 199,
    DSM_OP_GOTO_W = 200,
    DSM_OP_JSR_W = 201,
    DSM_OP_LDC = 18,
    DSM_OP_LDC_W = 19
};

#define DSM_CLASS_CONSTANTS_MAX 65536u
#define DSM_CLASS_BYTES_MAX     0x1000000u /* larger files are left to others */

typedef struct dsm_text {
    const uint8_t *bytes;
    uint32_t length;
} dsm_text;

typedef struct dsm_class_file {
    const uint8_t *bytes;
    uint32_t length;
    uint32_t *index; /* where each constant's tag is; 0: nowhere */
    uint32_t constants;
    uint32_t end;  /* of the constants */
    uint32_t self; /* the constant (UTF8) with the name of the class */
    bool bad;
} dsm_class_file;

/* Reads the head and finds the constants. `index`: DSM_CLASS_CONSTANTS_MAX entries to work in. False if that is no class file, or
 * one with constants that are not known. */
bool dsm_class_open(dsm_class_file *f, const uint8_t *bytes, uint32_t length, uint32_t *index);

/* Bytes of the instruction at `at` of code that starts at `start`, 0 if there is none that is known. */
uint32_t dsm_class_instruction(dsm_class_file *f, uint32_t at, uint32_t start, uint32_t end);

static inline uint32_t dsm_class_u1(dsm_class_file *f, uint32_t at)
{
    if (at >= f->length) {
        f->bad = true;
        return 0;
    }
    return f->bytes[at];
}

static inline uint32_t dsm_class_u2(dsm_class_file *f, uint32_t at)
{
    if (at >= f->length - 1) {
        f->bad = true;
        return 0;
    }
    return (uint32_t)f->bytes[at] << 8 | f->bytes[at + 1];
}

static inline uint32_t dsm_class_u4(dsm_class_file *f, uint32_t at)
{
    return dsm_class_u2(f, at) << 16 | dsm_class_u2(f, at + 2);
}

/* Where the constant of that number is, if it has that tag. */
static inline uint32_t dsm_class_constant(dsm_class_file *f, uint32_t number, enum dsm_tag tag)
{
    uint32_t at = number < f->constants ? f->index[number] : 0;
    if (at == 0 || f->bytes[at] != tag) {
        f->bad = true;
        return 0;
    }
    return at;
}

static inline dsm_text dsm_class_utf8(dsm_class_file *f, uint32_t number)
{
    uint32_t at = dsm_class_constant(f, number, DSM_TAG_UTF8);
    if (at == 0)
        return (dsm_text){f->bytes, 0};
    return (dsm_text){f->bytes + at + 3, dsm_class_u2(f, at + 1)};
}

/* The name in the class constant of that number. */
static inline dsm_text dsm_class_name(dsm_class_file *f, uint32_t number)
{
    return dsm_class_utf8(f, dsm_class_u2(f, dsm_class_constant(f, number, DSM_TAG_CLASS) + 1));
}

/* Where the field or method constant of that number is; 0 if it is none. */
static inline uint32_t dsm_class_member(dsm_class_file *f, uint32_t number)
{
    uint32_t at = number < f->constants ? f->index[number] : 0;
    if (at == 0 || f->bytes[at] < DSM_TAG_FIELD || f->bytes[at] > DSM_TAG_INTERFACE_METHOD) {
        f->bad = true;
        return 0;
    }
    return at;
}

/* Of the field, method or call site at `at`: its owner's name, its own (0) or its descriptor (1). */
static inline dsm_text dsm_class_owner(dsm_class_file *f, uint32_t at)
{
    return dsm_class_name(f, dsm_class_u2(f, at + 1));
}

static inline dsm_text dsm_class_name_or_type(dsm_class_file *f, uint32_t at, uint32_t which)
{
    uint32_t pair = dsm_class_constant(f, dsm_class_u2(f, at + 3), DSM_TAG_NAME_AND_TYPE);
    return dsm_class_utf8(f, dsm_class_u2(f, pair + 1 + 2 * which));
}

static inline bool dsm_text_starts(dsm_text t, const char *with)
{
    size_t length = strlen(with);
    return t.length >= length && memcmp(t.bytes, with, length) == 0;
}

static inline bool dsm_text_is(dsm_text t, const char *what)
{
    return t.length == strlen(what) && memcmp(t.bytes, what, t.length) == 0;
}

static inline bool dsm_text_same(dsm_text one, dsm_text other)
{
    return one.length == other.length && memcmp(one.bytes, other.bytes, one.length) == 0;
}

static inline bool dsm_text_is_array(dsm_text t)
{
    return t.length != 0 && t.bytes[0] == '[';
}

#endif
