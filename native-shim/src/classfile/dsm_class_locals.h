/*
 * dsm_class_locals.h - what the stack map frames of a method (JVMS 4.7.4) say: where they are, and whether some of its variables are
 * of no other class than Object wherever they are declared.
 */
#ifndef DSM_CLASS_LOCALS_H
#define DSM_CLASS_LOCALS_H

#include "dsm_class_move.h"

#define DSM_FRAMES_MAX 1024u

typedef struct dsm_class_locals {
    uint32_t count;
    uint16_t at[DSM_FRAMES_MAX]; /* places in the code, in order */
} dsm_class_locals;

/* Reads where the frames are. False if they cannot be understood. */
bool dsm_class_frames(dsm_class_file *f, const dsm_class_code *code, dsm_class_locals *locals);
bool dsm_class_frame_at(const dsm_class_locals *locals, uint32_t at);

/* Whether each variable whose bit is set in `slots` (the first 64) is, in all frames, an Object, no reference, or nothing.
 * `descriptor` and `is_static` are the method's. */
bool dsm_class_holds_objects(dsm_class_file *f, const dsm_class_code *code, dsm_text descriptor, bool is_static,
                             uint64_t slots);

#endif
