#include "dsm_table.h"

#include <string.h>

static uint32_t *bucket_of(const struct dsm_table *table, uint64_t id)
{
    /* high bits: the low ones already chose the home */
    return &table->buckets[(dsm_hash(id) >> 32) & (table->capacity - 1)];
}

uint32_t dsm_table_find(const struct dsm_table *table, uint64_t id)
{
    for (uint32_t mark = *bucket_of(table, id); mark != 0;) {
        const struct dsm_entry *e = dsm_table_at(table, mark - 1);
        if (e->id == id) {
            return mark - 1;
        }
        mark = e->chain;
    }
    return DSM_NO_ENTRY;
}

uint32_t dsm_table_add(struct dsm_table *table, uint64_t id)
{
    DSM_ASSERT(dsm_table_find(table, id) == DSM_NO_ENTRY);
    uint32_t index;
    if (table->free != 0) {
        index = table->free - 1;
        table->free = dsm_table_at(table, index)->chain;
    } else if (table->fresh < table->capacity) {
        index = table->fresh++;
    } else {
        return DSM_NO_ENTRY;
    }
    struct dsm_entry *e = dsm_table_at(table, index);
    uint32_t *bucket = bucket_of(table, id);
    memset(e, 0, table->stride);
    e->id = id;
    e->used = 1;
    e->chain = *bucket;
    *bucket = index + 1;
    table->count++;
    return index;
}

void dsm_table_remove(struct dsm_table *table, uint32_t index)
{
    struct dsm_entry *e = dsm_table_at(table, index);
    DSM_ASSERT(e->used == 1 && table->count > 0);
    uint32_t *link = bucket_of(table, e->id);
    while (*link != index + 1) {
        DSM_ASSERT(*link != 0);
        link = &dsm_table_at(table, *link - 1)->chain;
    }
    *link = e->chain;
    e->used = 0;
    e->chain = table->free;
    table->free = index + 1;
    table->count--;
}
