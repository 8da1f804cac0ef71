#include "dsm_buffer.h"

#include <stdlib.h>

#define FIRST_ROOM 4096u

uint8_t *dsm_buffer_extend(dsm_buffer *b, uint32_t bytes)
{
    if (b->failed || bytes > 2 * DSM_CLASS_BYTES_MAX - b->length) {
        b->failed = true;
        return NULL;
    }
    if (b->length + bytes > b->room) {
        uint32_t room = b->room == 0 ? FIRST_ROOM : b->room;
        while (room < b->length + bytes)
            room *= 2;
        uint8_t *more = realloc(b->bytes, room);
        if (more == NULL) {
            b->failed = true;
            return NULL;
        }
        b->bytes = more;
        b->room = room;
    }
    b->length += bytes;
    return b->bytes + b->length - bytes;
}

void dsm_buffer_put(dsm_buffer *b, const void *bytes, uint32_t length)
{
    uint8_t *at = dsm_buffer_extend(b, length);
    if (at != NULL && length != 0)
        memcpy(at, bytes, length);
}

void dsm_buffer_u1(dsm_buffer *b, uint32_t value)
{
    dsm_buffer_put(b, &(uint8_t){(uint8_t)value}, 1);
}

void dsm_buffer_u2(dsm_buffer *b, uint32_t value)
{
    dsm_buffer_put(b, (uint8_t[]){(uint8_t)(value >> 8), (uint8_t)value}, 2);
}

void dsm_buffer_u4(dsm_buffer *b, uint32_t value)
{
    dsm_buffer_u2(b, value >> 16);
    dsm_buffer_u2(b, value & 0xffff);
}

void dsm_buffer_set_u2(dsm_buffer *b, uint32_t at, uint32_t value)
{
    if (!b->failed) {
        b->bytes[at] = (uint8_t)(value >> 8);
        b->bytes[at + 1] = (uint8_t)value;
    }
}

void dsm_buffer_set_u4(dsm_buffer *b, uint32_t at, uint32_t value)
{
    dsm_buffer_set_u2(b, at, value >> 16);
    dsm_buffer_set_u2(b, at + 2, value & 0xffff);
}

void dsm_buffer_free(dsm_buffer *b)
{
    free(b->bytes);
    *b = (dsm_buffer){0};
}
