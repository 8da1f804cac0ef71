#include "dsm_plain.h"

#include <stdlib.h>

#define FIRST_BUCKETS 1024u
#define DEEPEST       200u /* ancestors; more are taken for a circle */

enum state { UNKNOWN, READ, HIDDEN, SHARED, PLAIN };

typedef struct links {
    uint32_t count;
    uint32_t parents, ties; /* the first are parents, then ties, then owners of fields */
    dsm_plain_class *to[];
} links;

struct dsm_plain_class {
    dsm_plain_class *next; /* of its bucket */
    links *links;          /* while it is READ */
    uint32_t hash;
    uint32_t seen;        /* the search that has seen it last */
    uint32_t family_seen; /* the search that has asked for its family last */
    uint8_t state;        /* enum state */
    uint8_t plain_family; /* neither it nor what it inherits from mentions anything shared */
    uint16_t length;
    uint8_t name[];
};

typedef struct list {
    dsm_plain_class **classes;
    uint32_t count, room;
} list;

struct dsm_plain {
    dsm_plain_class **buckets;
    uint32_t bucket_count; /* a power of two */
    uint32_t count;
    uint32_t search;
    list seen, needed;
    bool failed; /* there was no memory: the answer is no */
};

/* ---- the table of names -------------------------------------------------------------------------------------- */

dsm_plain *dsm_plain_create(void)
{
    dsm_plain *p = calloc(1, sizeof *p);
    if (p == NULL)
        return NULL;
    p->bucket_count = FIRST_BUCKETS;
    p->buckets = calloc(p->bucket_count, sizeof p->buckets[0]);
    if (p->buckets == NULL) {
        free(p);
        return NULL;
    }
    return p;
}

void dsm_plain_destroy(dsm_plain *p)
{
    if (p == NULL)
        return;
    for (uint32_t i = 0; i < p->bucket_count; i++) {
        for (dsm_plain_class *at = p->buckets[i], *next; at != NULL; at = next) {
            next = at->next;
            free(at->links);
            free(at);
        }
    }
    free(p->seen.classes);
    free(p->needed.classes);
    free(p->buckets);
    free(p);
}

static void grow(dsm_plain *p)
{
    uint32_t more = p->bucket_count * 2;
    dsm_plain_class **buckets = calloc(more, sizeof buckets[0]);
    if (buckets == NULL)
        return; /* slower, but right */
    for (uint32_t i = 0; i < p->bucket_count; i++) {
        for (dsm_plain_class *at = p->buckets[i], *next; at != NULL; at = next) {
            next = at->next;
            at->next = buckets[at->hash & (more - 1)];
            buckets[at->hash & (more - 1)] = at;
        }
    }
    free(p->buckets);
    p->buckets = buckets;
    p->bucket_count = more;
}

/* FNV-1a. */
static uint32_t hash_of(dsm_text name)
{
    uint32_t hash = 2166136261u;
    for (uint32_t i = 0; i < name.length; i++)
        hash = (hash ^ name.bytes[i]) * 16777619u;
    return hash ^ hash >> 15;
}

/* The class of that name, made if need be; NULL without memory. */
static dsm_plain_class *class_of(dsm_plain *p, dsm_text name)
{
    uint32_t hash = hash_of(name);
    for (dsm_plain_class *at = p->buckets[hash & (p->bucket_count - 1)]; at != NULL; at = at->next) {
        if (at->hash == hash && dsm_text_same((dsm_text){at->name, at->length}, name))
            return at;
    }
    dsm_plain_class *made = malloc(sizeof *made + name.length);
    if (made == NULL)
        return NULL;
    *made = (dsm_plain_class){.hash = hash, .length = (uint16_t)name.length};
    memcpy(made->name, name.bytes, name.length);
    if (p->count >= p->bucket_count)
        grow(p);
    made->next = p->buckets[hash & (p->bucket_count - 1)];
    p->buckets[hash & (p->bucket_count - 1)] = made;
    p->count++;
    return made;
}

/* ---- what is told -------------------------------------------------------------------------------------------- */

static bool link_all(dsm_plain *p, dsm_plain_class *c, const dsm_class_found *found, const dsm_class_room *room)
{
    links *all = malloc(sizeof *all + found->mentions * sizeof all->to[0]);
    if (all == NULL)
        return false;
    *all = (links){0};
    for (int relation = DSM_CLASS_PARENT; relation <= DSM_CLASS_FIELD_OWNER; relation++) {
        for (uint32_t i = 0; i < found->mentions; i++) {
            if ((int)room->mentions[i].relation != relation)
                continue;
            dsm_plain_class *to = class_of(p, room->mentions[i].name);
            if (to == NULL) {
                free(all);
                return false;
            }
            all->to[all->count++] = to;
        }
        if (relation == DSM_CLASS_PARENT)
            all->parents = all->count;
        else if (relation == DSM_CLASS_TIE)
            all->ties = all->count;
    }
    free(c->links);
    c->links = all;
    return true;
}

static void become(dsm_plain *p, dsm_plain_class *c, const dsm_class_found *found, const dsm_class_room *room)
{
    c->plain_family = 0;
    if (found == NULL || (found->flags & DSM_CLASS_SHARED) != 0 || !link_all(p, c, found, room)) {
        free(c->links);
        c->links = NULL;
        c->state = SHARED;
    } else {
        c->state = READ;
    }
}

dsm_plain_class *dsm_plain_define(dsm_plain *p, dsm_text name, const dsm_class_found *found, const dsm_class_room *room,
                                  bool *was_plain)
{
    dsm_plain_class *c = class_of(p, name);
    *was_plain = c != NULL && (c->state == READ || c->state == HIDDEN || c->state == PLAIN);
    if (c != NULL)
        become(p, c, found, room);
    return c;
}

bool dsm_plain_read(dsm_plain *p, dsm_text name, bool has_file, const dsm_class_found *found,
                    const dsm_class_room *room)
{
    dsm_plain_class *c = class_of(p, name);
    if (c == NULL)
        return false;
    if (c->state == UNKNOWN) {
        if (has_file)
            become(p, c, found, room);
        else
            c->state = HIDDEN;
    }
    return true;
}

/* ---- the search ---------------------------------------------------------------------------------------------- */

static void add(dsm_plain *p, list *l, dsm_plain_class *c)
{
    if (l->count == l->room) {
        uint32_t room = l->room == 0 ? 64 : l->room * 2;
        dsm_plain_class **classes = realloc(l->classes, room * sizeof classes[0]);
        if (classes == NULL) {
            p->failed = true;
            return;
        }
        l->classes = classes;
        l->room = room;
    }
    l->classes[l->count++] = c;
}

/* Whether it, or what it inherits from, mentions something shared; no as long as files are needed. */
static bool is_of_shared_family(dsm_plain *p, dsm_plain_class *c, uint32_t depth)
{
    if (c->state == SHARED || depth > DEEPEST)
        return true;
    if (c->state == UNKNOWN) {
        if (c->seen != p->search)
            add(p, &p->needed, c);
        c->seen = p->search;
        return false;
    }
    if (c->state != READ || c->plain_family || c->family_seen == p->search)
        return false;
    c->family_seen = p->search;
    uint32_t needed = p->needed.count;
    for (uint32_t i = 0; i < c->links->parents; i++) {
        if (is_of_shared_family(p, c->links->to[i], depth + 1))
            return true;
    }
    c->plain_family = needed == p->needed.count;
    return false;
}

static void visit(dsm_plain *p, dsm_plain_class *c)
{
    if (c->state != PLAIN && c->seen != p->search) {
        c->seen = p->search;
        add(p, c->state == UNKNOWN ? &p->needed : &p->seen, c);
    }
}

enum dsm_plain_answer dsm_plain_ask(dsm_plain *p, dsm_plain_class *start)
{
    p->seen.count = p->needed.count = 0;
    p->failed = false;
    p->search++;
    visit(p, start);
    for (uint32_t i = 0; i < p->seen.count; i++) {
        dsm_plain_class *at = p->seen.classes[i];
        if (at->state == SHARED)
            return DSM_PLAIN_NO;
        const links *all = at->state == READ ? at->links : NULL;
        for (uint32_t k = 0; all != NULL && k < all->ties; k++)
            visit(p, all->to[k]);
        for (uint32_t k = all == NULL ? 0 : all->ties; all != NULL && k < all->count; k++) {
            if (is_of_shared_family(p, all->to[k], 0))
                return DSM_PLAIN_NO;
        }
        if (p->failed)
            return DSM_PLAIN_NO;
    }
    if (p->needed.count != 0)
        return DSM_PLAIN_NEEDS;
    for (uint32_t i = 0; i < p->seen.count; i++) {
        dsm_plain_class *at = p->seen.classes[i];
        at->state = PLAIN;
        free(at->links);
        at->links = NULL;
    }
    return DSM_PLAIN_YES;
}

dsm_text dsm_plain_needed(const dsm_plain *p, uint32_t n)
{
    if (n >= p->needed.count)
        return (dsm_text){(const uint8_t *)"", 0};
    return (dsm_text){p->needed.classes[n]->name, p->needed.classes[n]->length};
}
