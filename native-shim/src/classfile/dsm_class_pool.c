#include "dsm_class_pool.h"

void dsm_class_pool_begin(dsm_class_pool *pool, const dsm_class_file *f)
{
    pool->added = (dsm_buffer){0};
    pool->next = f->constants;
    pool->kept = 0;
    pool->full = false;
}

static uint32_t number(dsm_class_pool *pool)
{
    pool->full |= pool->next >= DSM_CLASS_CONSTANTS_MAX - 1;
    return pool->next++;
}

static uint32_t utf8(dsm_class_pool *pool, const uint8_t *bytes, uint32_t length)
{
    pool->full |= length > UINT16_MAX;
    dsm_buffer_u1(&pool->added, DSM_TAG_UTF8);
    dsm_buffer_u2(&pool->added, length);
    dsm_buffer_put(&pool->added, bytes, length);
    return number(pool);
}

static uint32_t one(dsm_class_pool *pool, enum dsm_tag tag, uint32_t of)
{
    dsm_buffer_u1(&pool->added, tag);
    dsm_buffer_u2(&pool->added, of);
    return number(pool);
}

static uint32_t pair(dsm_class_pool *pool, enum dsm_tag tag, uint32_t first, uint32_t second)
{
    dsm_buffer_u1(&pool->added, tag);
    dsm_buffer_u2(&pool->added, first);
    dsm_buffer_u2(&pool->added, second);
    return number(pool);
}

uint32_t dsm_class_pool_method(dsm_class_pool *pool, dsm_text owner, dsm_text name, dsm_text descriptor)
{
    dsm_text words[] = {owner, name, descriptor};
    for (uint32_t i = 0; i < pool->kept; i++) {
        bool same = true;
        for (uint32_t w = 0; w < 3; w++)
            same = same && dsm_text_same(pool->methods[i].words[w], words[w]);
        if (same)
            return pool->methods[i].number;
    }
    uint32_t class = one(pool, DSM_TAG_CLASS, utf8(pool, owner.bytes, owner.length));
    uint32_t own_name = utf8(pool, name.bytes, name.length);
    uint32_t type = pair(pool, DSM_TAG_NAME_AND_TYPE, own_name, utf8(pool, descriptor.bytes, descriptor.length));
    uint32_t made = pair(pool, DSM_TAG_METHOD, class, type);
    if (pool->kept < DSM_POOL_KEPT) {
        memcpy(pool->methods[pool->kept].words, words, sizeof words);
        pool->methods[pool->kept++].number = made;
    }
    return made;
}

uint32_t dsm_class_pool_string(dsm_class_pool *pool, const uint8_t *bytes, uint32_t length)
{
    return one(pool, DSM_TAG_STRING, utf8(pool, bytes, length));
}
