/*
 * dsm_class_rules.h - which names a class file is searched for. There is one list of them, the agent's; this is its
 * copy, handed over as text, one rule a line, words parted by one space:
 *
 *   platform PREFIX               classes with such names are none of the program's
 *   package PREFIX                the same, of those of that very package
 *   ask PREFIX                    the agent decides about the classes with such names
 *   shared TEXT                   what mentions that mentions something shared
 *   linker PREFIX                 owners of bootstrap methods: they take no arrays of the program's
 *   heap OWNER NAME               methods whose result is an array of the heap; a word may end with '*', as below
 *   super OWNER NAME              methods that are looked at where they are called by super
 *   look OWNER NAME DESCRIPTOR    a class that refers to such a method is looked at by the agent
 *   pass OWNER NAME DESCRIPTOR    an exception to "look"
 *   call OWNER NAME DESCRIPTOR TO-OWNER TO-NAME TO-DESCRIPTOR
 *                                 an invokevirtual of it becomes an invokestatic of what follows
 *   text KEY WORD                 names that patches use: see dsm_class_patch.h
 *
 * Immutable once parsed; may be used by any thread.
 */
#ifndef DSM_CLASS_RULES_H
#define DSM_CLASS_RULES_H

#include "dsm_classfile.h"

#include <stddef.h>

typedef struct dsm_class_pattern {
    dsm_text text;
    bool prefix; /* what starts with it */
} dsm_class_pattern;

enum dsm_class_rule_kind {
    DSM_RULE_PLATFORM,
    DSM_RULE_PACKAGE,
    DSM_RULE_ASK,
    DSM_RULE_SHARED,
    DSM_RULE_LINKER,
    DSM_RULE_HEAP,
    DSM_RULE_SUPER,
    DSM_RULE_LOOK,
    DSM_RULE_PASS,
    DSM_RULE_CALL,
    DSM_RULE_TEXT
};

#define DSM_RULE_WORDS 6u

typedef struct dsm_class_rule {
    enum dsm_class_rule_kind kind;
    dsm_class_pattern words[DSM_RULE_WORDS];
} dsm_class_rule;

typedef struct dsm_class_rules dsm_class_rules;

/* What a method is to the rules. */
enum dsm_class_verdict { DSM_VERDICT_NONE, DSM_VERDICT_LOOK, DSM_VERDICT_CALL };

/* Parses a copy of the text; NULL if it is none of this form, or there is no memory. */
dsm_class_rules *dsm_class_rules_parse(const char *text, size_t length);
void dsm_class_rules_free(dsm_class_rules *rules);

/* Whether a class with that name is the program's. */
bool dsm_class_rules_is_program(const dsm_class_rules *rules, dsm_text name);

/* Whether a text may be a word of a rule about methods, or the annotation: never wrongly no. */
bool dsm_class_rules_may_concern(const dsm_class_rules *rules, dsm_text text);

/* `rule` becomes the one that says what a call becomes. */
enum dsm_class_verdict dsm_class_rules_method(const dsm_class_rules *rules, dsm_text owner, dsm_text name,
                                              dsm_text descriptor, const dsm_class_rule **rule);

/* Whether there is a rule of that kind whose first word (or first two) match. */
bool dsm_class_rules_has(const dsm_class_rules *rules, enum dsm_class_rule_kind kind, dsm_text first);
bool dsm_class_rules_has_pair(const dsm_class_rules *rules, enum dsm_class_rule_kind kind, dsm_text first,
                              dsm_text second);

/* The word of a "text" rule; empty if there is none. */
dsm_text dsm_class_rules_text(const dsm_class_rules *rules, const char *key);

#endif
