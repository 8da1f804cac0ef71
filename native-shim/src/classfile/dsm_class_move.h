/*
 * dsm_class_move.h - the Code attribute of a method (JVMS 4.7.3) with instructions inserted: what refers to places in the
 * code then refers to where they have moved. Inserted code has no branches and changes no types of variables, so the stack map
 * frames need nothing but that.
 */
#ifndef DSM_CLASS_MOVE_H
#define DSM_CLASS_MOVE_H

#include "dsm_buffer.h"

#define DSM_EDITS_MAX      256u
#define DSM_EDIT_BYTES_MAX 8u

enum dsm_edit_kind {
    DSM_EDIT_BEFORE,  /* before the instruction at `at`; what jumps there runs it. No frame is there. */
    DSM_EDIT_AFTER,   /* after the instruction that ends at `at`; what jumps to `at` does not run it */
    DSM_EDIT_OUTSIDE, /* the same; and what is guarded up to `at` is so up to before it */
    DSM_EDIT_REPLACE  /* as many bytes at `at` become these */
};

typedef struct dsm_edit {
    uint32_t at; /* from the start of the code; edits are in this order, and no two insertions at one place */
    enum dsm_edit_kind kind;
    uint32_t length;
    uint8_t bytes[DSM_EDIT_BYTES_MAX];
} dsm_edit;

/* A Code attribute and what is to be done with it. */
typedef struct dsm_class_code {
    uint32_t attribute; /* where it is in the file */
    uint32_t start;     /* of the instructions in the file */
    uint32_t length;    /* of them in bytes */
    uint32_t rest;      /* where the exception table is in the file */
    uint32_t end;       /* of the attribute */
    uint32_t more_stack;
    uint32_t edit_count;
    dsm_edit edits[DSM_EDITS_MAX];
} dsm_class_code;

/* Finds the parts; false if they do not add up. */
bool dsm_class_code_open(dsm_class_file *f, uint32_t attribute, dsm_class_code *code);

/* The attribute of that name within the Code attribute; 0 if there is none. Marks the file as bad if one is that is not known
 * to be movable. */
uint32_t dsm_class_code_find(dsm_class_file *f, const dsm_class_code *code, const char *name);

/* Writes the attribute with its edits. False if that cannot be: a jump or the method would be too long, say. */
bool dsm_class_move(dsm_class_file *f, const dsm_class_code *code, dsm_buffer *out);

#endif
