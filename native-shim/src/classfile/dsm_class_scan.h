/*
 * dsm_class_scan.h - what a class file mentions: enough to know that it is tied to nothing shared and that nothing in it is to be
 * rewritten, by one pass. What it says may be too much, never too little.
 */
#ifndef DSM_CLASS_SCAN_H
#define DSM_CLASS_SCAN_H

#include "dsm_class_rules.h"

/* Flags of a class. */
#define DSM_CLASS_SHARED   1u  /* mentions something shared */
#define DSM_CLASS_LOOK     2u  /* only the agent can tell whether there is something to be rewritten, and rewrite it */
#define DSM_CLASS_MONITORS 4u  /* has monitor instructions */
#define DSM_CLASS_CASTS    8u  /* casts to an array what may be a shared one */
#define DSM_CLASS_CALLS    16u /* refers to methods whose calls become others */
/* What can be done by dsm_class_patch. */
#define DSM_CLASS_PATCHES  (DSM_CLASS_MONITORS | DSM_CLASS_CASTS | DSM_CLASS_CALLS)

enum dsm_class_relation {
    DSM_CLASS_PARENT = 1, /* superclass or interface */
    DSM_CLASS_TIE,        /* it is within that class, gets arrays from it, or makes lambdas for it */
    DSM_CLASS_FIELD_OWNER /* it uses a field of that class */
};

typedef struct dsm_class_mention {
    dsm_text name; /* in the file */
    enum dsm_class_relation relation;
} dsm_class_mention;

#define DSM_CLASS_MENTIONS_MAX 4096u

/* Room to work in; of one thread at a time. */
typedef struct dsm_class_room {
    uint32_t index[DSM_CLASS_CONSTANTS_MAX];
    uint8_t marks[DSM_CLASS_CONSTANTS_MAX];
    dsm_class_mention mentions[DSM_CLASS_MENTIONS_MAX];
} dsm_class_room;

typedef struct dsm_class_found {
    uint32_t flags;
    uint32_t mentions; /* in the room, other classes of the program; any may be there more than once */
} dsm_class_found;

/* Whether the file could be read; if not, it is for the agent to say what it is. */
bool dsm_class_scan(const dsm_class_rules *rules, const uint8_t *bytes, uint32_t length, dsm_class_room *room,
                    dsm_class_found *found);

/* Whether the instruction at `at` is a call whose result is an array of the heap, though its type does not tell. */
bool dsm_class_gives_heap_array(const dsm_class_rules *rules, dsm_class_file *f, uint32_t at);

/* Where the attribute after the one at `at` is. */
uint32_t dsm_class_next_attribute(dsm_class_file *f, uint32_t at);

#endif
