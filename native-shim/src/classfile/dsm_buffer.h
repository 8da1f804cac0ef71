/*
 * dsm_buffer.h - bytes that grow. A buffer without memory, or beyond what a class file may have, is `failed` and takes no more.
 */
#ifndef DSM_BUFFER_H
#define DSM_BUFFER_H

#include "dsm_classfile.h"

typedef struct dsm_buffer {
    uint8_t *bytes;
    uint32_t length, room;
    bool failed;
} dsm_buffer;

/* Room for that many bytes more at the end, which count from now on; NULL if failed. */
uint8_t *dsm_buffer_extend(dsm_buffer *b, uint32_t bytes);
void dsm_buffer_put(dsm_buffer *b, const void *bytes, uint32_t length);
void dsm_buffer_u1(dsm_buffer *b, uint32_t value);
void dsm_buffer_u2(dsm_buffer *b, uint32_t value);
void dsm_buffer_u4(dsm_buffer *b, uint32_t value);

/* Overwrites what is there already. */
void dsm_buffer_set_u2(dsm_buffer *b, uint32_t at, uint32_t value);
void dsm_buffer_set_u4(dsm_buffer *b, uint32_t at, uint32_t value);
void dsm_buffer_free(dsm_buffer *b);

#endif
