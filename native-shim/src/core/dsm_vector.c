/* dsm_vector.c - see dsm_vector.h */
#include "dsm_vector.h"

#include "dsm_bytes.h"

enum dsm_vector_order dsm_vector_compare(const uint64_t *a, const uint64_t *b, uint32_t nodes)
{
    int behind = 0, ahead = 0;
    for (uint32_t n = 0; n < nodes; n++) {
        behind |= a[n] < b[n];
        ahead |= a[n] > b[n];
    }
    if (behind && ahead) {
        return DSM_VECTOR_CONCURRENT;
    }
    if (behind) {
        return DSM_VECTOR_BEFORE;
    }
    return ahead ? DSM_VECTOR_AFTER : DSM_VECTOR_EQUAL;
}

int dsm_vector_covers(const uint64_t *vector, const uint64_t *other, uint32_t nodes)
{
    for (uint32_t n = 0; n < nodes; n++) {
        if (vector[n] < other[n]) {
            return 0;
        }
    }
    return 1;
}

int dsm_vector_merge(uint64_t *into, const uint64_t *from, uint32_t nodes)
{
    int changed = 0;
    for (uint32_t n = 0; n < nodes; n++) {
        if (from[n] <= into[n]) {
            continue;
        }
        into[n] = from[n];
        changed = 1;
    }
    return changed;
}

void dsm_vector_min(uint64_t *into, const uint64_t *from, uint32_t nodes)
{
    for (uint32_t n = 0; n < nodes; n++) {
        if (from[n] < into[n]) {
            into[n] = from[n];
        }
    }
}

uint32_t dsm_vector_encode(const uint64_t *vector, uint64_t *told, uint32_t nodes, uint32_t *next, uint8_t *out,
                           uint32_t room)
{
    uint32_t count = 0, n = *next, length = DSM_VECTOR_HEAD;
    for (; n < nodes && room - length >= DSM_VECTOR_PAIR; n++) {
        if (vector[n] <= told[n]) {
            continue;
        }
        told[n] = vector[n];
        dsm_bytes_put32(out + length, n);
        dsm_bytes_put64(out + length + 4, vector[n]);
        length += DSM_VECTOR_PAIR;
        count++;
    }
    *next = n;
    if (count == 0) {
        return 0;
    }
    dsm_bytes_put32(out, count);
    dsm_bytes_put32(out + 4, 0);
    return length;
}

/* The pairs alone, in order; -1 when one is out of range. */
static int check_pairs(const uint8_t *pairs, uint32_t count, uint32_t nodes)
{
    uint32_t least = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t node = dsm_bytes_get32(pairs + DSM_VECTOR_PAIR * i);
        if (node < least || node >= nodes) {
            return -1;
        }
        least = node + 1;
    }
    return 0;
}

int dsm_vector_check(const uint8_t *bytes, uint32_t length, uint32_t nodes)
{
    if (length < DSM_VECTOR_HEAD || dsm_bytes_get32(bytes + 4) != 0) {
        return -1;
    }
    uint32_t count = dsm_bytes_get32(bytes);
    if (count == 0 || count > nodes || (uint64_t)DSM_VECTOR_PAIR * count != length - DSM_VECTOR_HEAD) {
        return -1;
    }
    return check_pairs(bytes + DSM_VECTOR_HEAD, count, nodes);
}

uint64_t dsm_vector_claim(const uint8_t *bytes, uint32_t node)
{
    for (uint32_t i = 0; i < dsm_bytes_get32(bytes); i++) {
        const uint8_t *pair = bytes + DSM_VECTOR_HEAD + DSM_VECTOR_PAIR * i;
        if (dsm_bytes_get32(pair) == node) {
            return dsm_bytes_get64(pair + 4);
        }
    }
    return 0;
}

int dsm_vector_decode(const uint8_t *bytes, uint32_t length, uint32_t nodes, uint64_t *into)
{
    if (dsm_vector_check(bytes, length, nodes) != 0) {
        return -1;
    }
    const uint8_t *pairs = bytes + DSM_VECTOR_HEAD;
    for (uint32_t i = 0; i < dsm_bytes_get32(bytes); i++) {
        uint32_t node = dsm_bytes_get32(pairs + DSM_VECTOR_PAIR * i);
        uint64_t interval = dsm_bytes_get64(pairs + DSM_VECTOR_PAIR * i + 4);
        if (interval > into[node]) {
            into[node] = interval;
        }
    }
    return 0;
}
