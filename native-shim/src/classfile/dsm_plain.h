/*
 * dsm_plain.h - which classes of one loader are surely tied to nothing shared: from what dsm_class_scan finds in them and in the
 * few that they depend on.
 *
 * A class is plain if neither it nor any that it inherits from, is within, gets arrays from or makes lambdas for mentions
 * anything shared, nor do those and their ancestors whose fields it uses. A class of which there is no file is taken to
 * mention nothing: should it be defined later and do so, dsm_plain_define says that it was taken for plain.
 *
 * Reads no files itself: where it needs one it says the name. Not thread-safe; its owner locks.
 */
#ifndef DSM_PLAIN_H
#define DSM_PLAIN_H

#include "dsm_class_scan.h"

typedef struct dsm_plain dsm_plain;
typedef struct dsm_plain_class dsm_plain_class;

enum dsm_plain_answer {
    DSM_PLAIN_YES,
    DSM_PLAIN_NO,   /* or it cannot be told */
    DSM_PLAIN_NEEDS /* the files of some classes: see dsm_plain_needed; then ask again */
};

/* NULL without memory. */
dsm_plain *dsm_plain_create(void);
void dsm_plain_destroy(dsm_plain *p);

/* Tells what is in the very bytes of a class that is being defined, which may be other ones than were read ahead; what was found is
 * NULL if they could not be read. `was_plain`: whether another class was judged on the assumption that this one
 * mentions nothing shared. The class, or NULL without memory. */
dsm_plain_class *dsm_plain_define(dsm_plain *p, dsm_text name, const dsm_class_found *found, const dsm_class_room *room,
                                  bool *was_plain);

/* Tells what is in a class that was needed, if nothing is known of it yet. `has_file`: false if there is none. False without
 * memory. */
bool dsm_plain_read(dsm_plain *p, dsm_text name, bool has_file, const dsm_class_found *found,
                    const dsm_class_room *room);

/* Whether the class is plain. What is decided is kept. */
enum dsm_plain_answer dsm_plain_ask(dsm_plain *p, dsm_plain_class *start);

/* After DSM_PLAIN_NEEDS: the name of the n-th class that is needed; empty if there are no more. Valid as long as p. */
dsm_text dsm_plain_needed(const dsm_plain *p, uint32_t n);

#endif
