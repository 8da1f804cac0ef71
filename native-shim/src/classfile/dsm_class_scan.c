#include "dsm_class_scan.h"

#include <stddef.h>

#define FIRST_METHOD_KIND 5u /* of method handles: from here on they are of methods */

/* Marks of constants. */
#define MARK_CONCERNED    1u /* UTF8 with a word of the rules */
#define MARK_TOLD_PARENT  2u /* class that has been told as such */
#define MARK_TOLD_TIE     4u
#define MARK_TOLD_FIELD   8u
#define MARK_CALL         16u /* method whose calls become others */
#define MARK_SUPER        32u /* method that is looked at where it is called by super */

typedef struct scan {
    const dsm_class_rules *rules;
    dsm_class_file f;
    dsm_class_room *room;
    dsm_class_found *found;
    bool walks; /* the code must be read */
} scan;

/* ---- what is told -------------------------------------------------------------------------------------------- */

static void tell(scan *s, enum dsm_class_relation relation, dsm_text name)
{
    if (!dsm_class_rules_is_program(s->rules, name))
        return;
    if (s->found->mentions == DSM_CLASS_MENTIONS_MAX) {
        s->f.bad = true;
        return;
    }
    s->room->mentions[s->found->mentions++] = (dsm_class_mention){name, relation};
}

static void tell_class(scan *s, enum dsm_class_relation relation, uint8_t mark, uint32_t number)
{
    uint32_t at = dsm_class_constant(&s->f, number, DSM_TAG_CLASS);
    if (at == 0 || (s->room->marks[number] & mark) != 0)
        return;
    s->room->marks[number] |= mark;
    if (dsm_class_u2(&s->f, at + 1) != s->f.self)
        tell(s, relation, dsm_class_name(&s->f, number));
}

/* ---- constants ----------------------------------------------------------------------------------------------- */

static void mark_words(scan *s)
{
    dsm_class_file *f = &s->f;
    for (uint32_t number = 0; number < f->constants; number++) {
        uint32_t at = f->index[number];
        s->room->marks[number] = 0;
        if (at == 0)
            continue;
        if (f->bytes[at] == DSM_TAG_UTF8) {
            dsm_text t = {f->bytes + at + 3, (uint32_t)f->bytes[at + 1] << 8 | f->bytes[at + 2]};
            if (dsm_class_rules_may_concern(s->rules, t)) {
                s->room->marks[number] = MARK_CONCERNED;
                if (dsm_class_rules_has(s->rules, DSM_RULE_SHARED, t))
                    s->found->flags |= DSM_CLASS_SHARED;
            }
        } else if (f->bytes[at] == DSM_TAG_CLASS) {
            s->walks |= dsm_text_is_array(dsm_class_name(f, number));
        }
    }
}

/* What a method gives, from its descriptor. */
static dsm_text result(dsm_text descriptor)
{
    const uint8_t *end = memchr(descriptor.bytes, ')', descriptor.length);
    if (end == NULL)
        return (dsm_text){descriptor.bytes, 0};
    return (dsm_text){end + 1, descriptor.length - (uint32_t)(end + 1 - descriptor.bytes)};
}

static void method(scan *s, uint32_t number, uint32_t at)
{
    dsm_class_file *f = &s->f;
    uint32_t owner_class = dsm_class_u2(f, at + 1);
    uint32_t owner_at = dsm_class_constant(f, owner_class, DSM_TAG_CLASS);
    uint32_t pair = dsm_class_constant(f, dsm_class_u2(f, at + 3), DSM_TAG_NAME_AND_TYPE);
    uint32_t owner_number = dsm_class_u2(f, owner_at + 1), name_number = dsm_class_u2(f, pair + 1);
    dsm_text descriptor = dsm_class_utf8(f, dsm_class_u2(f, pair + 3));
    dsm_text name = dsm_class_utf8(f, name_number), owner = dsm_class_utf8(f, owner_number);
    if (f->bad)
        return;
    if (dsm_text_is_array(result(descriptor)))
        tell_class(s, DSM_CLASS_TIE, MARK_TOLD_TIE, owner_class);
    if (((s->room->marks[owner_number] | s->room->marks[name_number]) & MARK_CONCERNED) == 0)
        return;
    const dsm_class_rule *rule;
    switch (dsm_class_rules_method(s->rules, owner, name, descriptor, &rule)) {
    case DSM_VERDICT_LOOK:
        s->found->flags |= DSM_CLASS_LOOK;
        break;
    case DSM_VERDICT_CALL:
        s->found->flags |= DSM_CLASS_CALLS;
        s->room->marks[number] |= MARK_CALL;
        break;
    case DSM_VERDICT_NONE:
        break;
    }
    if (dsm_class_rules_has_pair(s->rules, DSM_RULE_SUPER, owner, name)) {
        s->room->marks[number] |= MARK_SUPER;
        s->walks = true;
    }
}

/* After all methods: what may be called by another way than an instruction. */
static void method_handle(scan *s, uint32_t at)
{
    dsm_class_file *f = &s->f;
    if (dsm_class_u1(f, at + 1) < FIRST_METHOD_KIND)
        return;
    uint32_t number = dsm_class_u2(f, at + 2);
    uint32_t target = dsm_class_member(f, number);
    if (target == 0)
        return;
    if ((s->room->marks[number] & MARK_CALL) != 0)
        s->found->flags |= DSM_CLASS_LOOK;
    dsm_text descriptor = dsm_class_name_or_type(f, target, 1);
    uint32_t parameters = descriptor.length - result(descriptor).length;
    if (parameters != 0 && memchr(descriptor.bytes, '[', parameters) != NULL &&
        !dsm_class_rules_has(s->rules, DSM_RULE_LINKER, dsm_class_owner(f, target)))
        s->found->flags |= DSM_CLASS_LOOK;
}

static void read_references(scan *s)
{
    dsm_class_file *f = &s->f;
    bool handles = false;
    for (uint32_t number = 1; number < f->constants && !f->bad; number++) {
        uint32_t at = f->index[number];
        if (at == 0)
            continue;
        switch (f->bytes[at]) {
        case DSM_TAG_FIELD:
            tell_class(s, DSM_CLASS_FIELD_OWNER, MARK_TOLD_FIELD, dsm_class_u2(f, at + 1));
            if (dsm_text_is_array(dsm_class_name_or_type(f, at, 1)))
                tell_class(s, DSM_CLASS_TIE, MARK_TOLD_TIE, dsm_class_u2(f, at + 1));
            break;
        case DSM_TAG_METHOD:
        case DSM_TAG_INTERFACE_METHOD:
            method(s, number, at);
            break;
        case DSM_TAG_INVOKE_DYNAMIC: {
            dsm_text made = result(dsm_class_name_or_type(f, at, 1));
            if (made.length > 2 && made.bytes[0] == 'L')
                tell(s, DSM_CLASS_TIE, (dsm_text){made.bytes + 1, made.length - 2});
            break;
        }
        case DSM_TAG_METHOD_HANDLE:
            handles = true;
            break;
        default:
            break;
        }
    }
    for (uint32_t number = 1; handles && number < f->constants && !f->bad; number++) {
        if (f->index[number] != 0 && f->bytes[f->index[number]] == DSM_TAG_METHOD_HANDLE)
            method_handle(s, f->index[number]);
    }
}

/* ---- members ------------------------------------------------------------------------------------------------- */

bool dsm_class_gives_heap_array(const dsm_class_rules *rules, dsm_class_file *f, uint32_t at)
{
    uint32_t op = dsm_class_u1(f, at);
    if (op < DSM_OP_INVOKEVIRTUAL || op > DSM_OP_INVOKEINTERFACE)
        return false;
    uint32_t target = dsm_class_member(f, dsm_class_u2(f, at + 1));
    if (target == 0)
        return false;
    return dsm_class_rules_has_pair(rules, DSM_RULE_HEAP, dsm_class_owner(f, target),
                                    dsm_class_name_or_type(f, target, 0));
}

/* Looks for monitors, for casts to arrays of what is not an array of the heap already, and for calls by super. */
static void read_code(scan *s, uint32_t start, uint32_t end)
{
    dsm_class_file *f = &s->f;
    uint32_t previous = start;
    for (uint32_t at = start; at < end && !f->bad;) {
        uint32_t op = f->bytes[at];
        uint32_t bytes = dsm_class_instruction(f, at, start, end);
        if (op == DSM_OP_MONITORENTER || op == DSM_OP_MONITOREXIT) {
            s->found->flags |= DSM_CLASS_MONITORS;
        } else if (op == DSM_OP_CHECKCAST) {
            if (dsm_text_is_array(dsm_class_name(f, dsm_class_u2(f, at + 1))) &&
                (previous == at || !dsm_class_gives_heap_array(s->rules, f, previous)))
                s->found->flags |= DSM_CLASS_CASTS;
        } else if (op == DSM_OP_INVOKESPECIAL) {
            uint32_t number = dsm_class_u2(f, at + 1);
            if (dsm_class_member(f, number) != 0 && (s->room->marks[number] & MARK_SUPER) != 0)
                s->found->flags |= DSM_CLASS_LOOK;
        }
        previous = at;
        at += bytes;
    }
}

uint32_t dsm_class_next_attribute(dsm_class_file *f, uint32_t at)
{
    uint32_t bytes = dsm_class_u4(f, at + 2);
    if (f->bad || bytes > f->length - at || f->length - at - bytes < 6) {
        f->bad = true;
        return at;
    }
    return at + 6 + bytes;
}

/* Fields or methods; where they end. */
static uint32_t read_members(scan *s, uint32_t at, bool with_code)
{
    dsm_class_file *f = &s->f;
    uint32_t members = dsm_class_u2(f, at);
    at += 2;
    for (; members > 0 && !f->bad; members--) {
        uint32_t attributes = dsm_class_u2(f, at + 6);
        at += 8;
        for (; attributes > 0 && !f->bad; attributes--) {
            uint32_t next = dsm_class_next_attribute(f, at);
            if (with_code && !f->bad && dsm_text_is(dsm_class_utf8(f, dsm_class_u2(f, at)), "Code")) {
                uint32_t bytes = dsm_class_u4(f, at + 10);
                if (next - at < 14 || bytes > next - at - 14)
                    f->bad = true;
                else
                    read_code(s, at + 14, at + 14 + bytes);
            }
            at = next;
        }
    }
    return at;
}

/* The classes that it is written within (JVMS 4.7.6, 4.7.7, 4.7.28). */
static void read_outer(scan *s, uint32_t at)
{
    dsm_class_file *f = &s->f;
    uint32_t attributes = dsm_class_u2(f, at);
    at += 2;
    for (; attributes > 0 && !f->bad; attributes--) {
        dsm_text name = dsm_class_utf8(f, dsm_class_u2(f, at));
        if (dsm_text_is(name, "NestHost") || dsm_text_is(name, "EnclosingMethod")) {
            tell_class(s, DSM_CLASS_TIE, MARK_TOLD_TIE, dsm_class_u2(f, at + 6));
        } else if (dsm_text_is(name, "InnerClasses")) {
            uint32_t entries = dsm_class_u2(f, at + 6);
            for (uint32_t entry = at + 8; entries > 0 && !f->bad; entries--, entry += 8) {
                uint32_t outer = dsm_class_u2(f, entry + 2);
                uint32_t inner = dsm_class_constant(f, dsm_class_u2(f, entry), DSM_TAG_CLASS);
                if (outer != 0 && dsm_class_u2(f, inner + 1) == f->self)
                    tell_class(s, DSM_CLASS_TIE, MARK_TOLD_TIE, outer);
            }
        }
        at = dsm_class_next_attribute(f, at);
    }
}

bool dsm_class_scan(const dsm_class_rules *rules, const uint8_t *bytes, uint32_t length, dsm_class_room *room,
                    dsm_class_found *found)
{
    scan s = {.rules = rules, .room = room, .found = found};
    *found = (dsm_class_found){0, 0};
    if (!dsm_class_open(&s.f, bytes, length, room->index))
        return false;
    dsm_class_file *f = &s.f;
    mark_words(&s);
    uint32_t at = f->end;
    s.walks |= memchr(bytes + at, DSM_OP_MONITORENTER, length - at) != NULL;
    if (dsm_class_u2(f, at + 4) != 0)
        tell_class(&s, DSM_CLASS_PARENT, MARK_TOLD_PARENT, dsm_class_u2(f, at + 4));
    uint32_t interfaces = dsm_class_u2(f, at + 6);
    at += 8;
    for (; interfaces > 0 && !f->bad; interfaces--, at += 2)
        tell_class(&s, DSM_CLASS_PARENT, MARK_TOLD_PARENT, dsm_class_u2(f, at));
    read_references(&s);
    at = read_members(&s, at, false);
    at = read_members(&s, at, s.walks);
    read_outer(&s, at);
    return !f->bad;
}
