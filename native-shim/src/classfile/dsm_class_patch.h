/*
 * dsm_class_patch.h - what is most often to be rewritten in classes that are tied to nothing shared, done in the class file itself:
 *
 *   - monitorenter locks what the method "lock" gives, and after monitorexit that is told to "unlocked";
 *   - what is cast to an array is shown to the method "check";
 *   - invokevirtual of a method with a "call" rule becomes invokestatic of another one.
 *
 * Only what javac (and those that do as it does) makes is understood; the rest is left to the agent. The rules name the methods,
 * as "text" of the keys monitors, lock, lock-type, unlocked, unlocked-type, escapes, check and check-type.
 */
#ifndef DSM_CLASS_PATCH_H
#define DSM_CLASS_PATCH_H

#include "dsm_class_scan.h"

enum dsm_patch_answer {
    DSM_PATCH_DONE,
    DSM_PATCH_NOTHING, /* there was nothing to be done */
    DSM_PATCH_CANNOT   /* the agent must do it */
};

/* `*patched` becomes a new class file, which is the caller's to free. The class is plain, and found->flags have no
 * DSM_CLASS_LOOK. */
enum dsm_patch_answer dsm_class_patch(const dsm_class_rules *rules, const uint8_t *bytes, uint32_t length,
                                      uint32_t flags, dsm_class_room *room, uint8_t **patched,
                                      uint32_t *patched_length);

#endif
