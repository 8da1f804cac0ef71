/*
 * dsm_class_pool.h - constants that are added to those of a class file.
 */
#ifndef DSM_CLASS_POOL_H
#define DSM_CLASS_POOL_H

#include "dsm_buffer.h"

#define DSM_POOL_KEPT 64u

typedef struct dsm_class_pool {
    dsm_buffer added;
    uint32_t next; /* the number of the next one */
    uint32_t kept; /* methods that were added, by their three words */
    struct {
        dsm_text words[3];
        uint32_t number;
    } methods[DSM_POOL_KEPT];
    bool full;
} dsm_class_pool;

void dsm_class_pool_begin(dsm_class_pool *pool, const dsm_class_file *f);

/* The number of a method of a class (not of an interface); the words must live as long as the pool. */
uint32_t dsm_class_pool_method(dsm_class_pool *pool, dsm_text owner, dsm_text name, dsm_text descriptor);

/* The number of a string, of `length` bytes of modified UTF-8. */
uint32_t dsm_class_pool_string(dsm_class_pool *pool, const uint8_t *bytes, uint32_t length);

#endif
