/*
 * fuzz_class.c - arbitrary bytes as a class file. Nothing beyond the file is read (ASan watches: it is an exact allocation), every
 * name that is told lies within it, and what is patched is again a class file that the same code understands.
 */
#include "dsm_class_patch.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static const char rules_text[] =
    "platform java/\npackage org/dsm4j/\nask org/dsm4j/\nshared Lorg/dsm4j/Shared;\nlinker java/lang/invoke/\n"
    "heap [* clone\nheap java/util/Arrays copyOf*\nsuper java/lang/Object hashCode\nlook java/lang/reflect/Array * *\n"
    "look java/util/concurrent/atomic/Atomic* * *\npass java/util/concurrent/atomic/Atomic* <init> *\n"
    "look * wait ()V\ncall * wait ()V M await (Ljava/lang/Object;)V\n"
    "call java/util/concurrent/atomic/AtomicLong incrementAndGet ()J C incrementAndGet "
    "(Ljava/util/concurrent/atomic/AtomicLong;)J\n"
    "text monitors M\ntext lock lock\ntext lock-type (Ljava/lang/Object;Ljava/lang/String;)Ljava/lang/Object;\n"
    "text unlocked unlocked\ntext unlocked-type (Ljava/lang/Object;)V\ntext escapes E\ntext check check\n"
    "text check-type (Ljava/lang/Object;Ljava/lang/String;)V\n";

static void demand(int holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static dsm_class_rules *rules;
    static dsm_class_room room;
    if (rules == NULL)
        rules = dsm_class_rules_parse(rules_text, sizeof rules_text - 1);
    demand(rules != NULL);
    uint8_t *file = malloc(length ? length : 1);
    demand(file != NULL);
    memcpy(file, bytes, length);
    memset(&room, 0xff, sizeof room);
    dsm_class_found found;
    if (dsm_class_scan(rules, file, (uint32_t)length, &room, &found)) {
        for (uint32_t i = 0; i < found.mentions; i++) {
            dsm_text name = room.mentions[i].name;
            demand(name.length > 0 && name.bytes >= file && name.bytes + name.length <= file + length);
        }
    }
    uint8_t *patched;
    uint32_t patched_length;
    if (dsm_class_patch(rules, file, (uint32_t)length, DSM_CLASS_PATCHES, &room, &patched, &patched_length) ==
        DSM_PATCH_DONE) {
        demand(patched_length > length);
        dsm_class_scan(rules, patched, patched_length, &room, &found);
        free(patched);
    }
    free(file);
    return 0;
}
