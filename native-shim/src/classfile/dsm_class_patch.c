#include "dsm_class_patch.h"

#include "dsm_class_locals.h"
#include "dsm_class_pool.h"

#include <stdlib.h>

#define FIRST_VERSION 51u /* from here on every jump's target has a frame */
#define ACC_STATIC    8u
#define POOL_AT       10u
#define NOT_OF_BLOCK  "Cannot enter synchronized block"
#define TRACKED       64u /* variables */
#define TEXT_MAX      4096u
#define PLACE_OF_CAST ", which casts an object to "

/* Instructions before the one that is looked at, the last first. */
enum { BEHIND = 4 };

typedef struct patch {
    const dsm_class_rules *rules;
    dsm_class_file f;
    dsm_class_pool pool;
    dsm_buffer body;
    uint32_t flags;
    bool cannot;
    bool changed;
    /* of the method */
    dsm_text name, descriptor;
    bool is_static;
    dsm_class_code code;
    dsm_class_locals frames;
    uint64_t locked;   /* variables that hold what is locked */
    uint64_t unlocked; /* variables that are read for a monitorexit */
    uint64_t loaded;   /* variables that are read in another way */
    uint32_t behind[BEHIND];
} patch;

static void edit(patch *p, uint32_t at, enum dsm_edit_kind kind, const uint8_t *bytes, uint32_t length)
{
    dsm_class_code *c = &p->code;
    uint32_t last = c->edit_count == 0 ? 0 : c->edits[c->edit_count - 1].at;
    bool twice = c->edit_count != 0 && last == at && kind != DSM_EDIT_REPLACE;
    if (c->edit_count == DSM_EDITS_MAX || twice || (c->edit_count != 0 && last > at)) {
        p->cannot = true;
        return;
    }
    c->edits[c->edit_count] = (dsm_edit){.at = at, .kind = kind, .length = length};
    memcpy(c->edits[c->edit_count++].bytes, bytes, length);
}

static uint32_t method(patch *p, const char *owner, const char *name, const char *type)
{
    dsm_text words[] = {dsm_class_rules_text(p->rules, owner), dsm_class_rules_text(p->rules, name),
                        dsm_class_rules_text(p->rules, type)};
    p->cannot |= words[0].length == 0 || words[1].length == 0 || words[2].length == 0;
    return dsm_class_pool_method(&p->pool, words[0], words[1], words[2]);
}

/* ---- texts --------------------------------------------------------------------------------------------------- */

typedef struct line {
    uint32_t length;
    bool failed;
    uint8_t text[TEXT_MAX];
} line;

static void say(line *l, dsm_text text, bool dotted)
{
    if (text.length > TEXT_MAX - l->length) {
        l->failed = true;
        return;
    }
    for (uint32_t i = 0; i < text.length; i++)
        l->text[l->length++] = dotted && text.bytes[i] == '/' ? '.' : text.bytes[i];
}

static void say_word(line *l, const char *word)
{
    say(l, (dsm_text){(const uint8_t *)word, (uint32_t)strlen(word)}, false);
}

/* An array's type as the source has it. */
static void say_type(line *l, dsm_text type)
{
    static const char *const primitive[] = {"Bbyte", "Cchar", "Ddouble", "Ffloat",
                                            "Iint",  "Jlong", "Sshort",  "Zboolean"};
    uint32_t dimensions = 0;
    while (dimensions < type.length && type.bytes[dimensions] == '[')
        dimensions++;
    dsm_text element = {type.bytes + dimensions, type.length - dimensions};
    if (element.length > 2 && element.bytes[0] == 'L') {
        say(l, (dsm_text){element.bytes + 1, element.length - 2}, true);
    } else {
        uint32_t before = l->length;
        for (uint32_t i = 0; i < sizeof primitive / sizeof primitive[0]; i++) {
            if (element.length == 1 && element.bytes[0] == (uint8_t)primitive[i][0])
                say_word(l, primitive[i] + 1);
        }
        l->failed |= l->length == before;
    }
    for (; dimensions > 0; dimensions--)
        say_word(l, "[]");
}

/* ldc_w of the text, and invokestatic of the method. */
static void call_with(patch *p, const line *l, uint32_t called, uint8_t *code)
{
    uint32_t string = dsm_class_pool_string(&p->pool, l->text, l->length);
    p->cannot |= l->failed;
    code[0] = DSM_OP_LDC_W;
    code[1] = (uint8_t)(string >> 8);
    code[2] = (uint8_t)string;
    code[3] = DSM_OP_INVOKESTATIC;
    code[4] = (uint8_t)(called >> 8);
    code[5] = (uint8_t)called;
}

/* ---- monitors ------------------------------------------------------------------------------------------------ */

static uint8_t op_at(const patch *p, uint32_t at)
{
    return p->f.bytes[p->code.start + at];
}

/* The variable of the aload (or astore) at a place; TRACKED if there is none, or one beyond. */
static uint32_t variable(const patch *p, uint32_t at, uint32_t op, uint32_t op_0)
{
    uint32_t found = op_at(p, at), slot = TRACKED;
    if (found == op)
        slot = p->f.bytes[p->code.start + at + 1];
    else if (found >= op_0 && found < op_0 + 4)
        slot = found - op_0;
    return slot < TRACKED ? slot : TRACKED;
}

/* What the JVM says of a null that the instruction at `source` has pushed, with `before` the one before it. */
static void say_null(patch *p, line *l, uint32_t source, uint32_t before)
{
    say_word(l, NOT_OF_BLOCK);
    uint8_t op = op_at(p, source);
    bool of_this =
        op == DSM_OP_GETFIELD && !dsm_class_frame_at(&p->frames, source) && op_at(p, before) == DSM_OP_ALOAD_0;
    if (op == DSM_OP_LDC || op == DSM_OP_LDC_W || (op == DSM_OP_ALOAD_0 && !p->is_static)) {
        p->loaded |= op == DSM_OP_ALOAD_0; /* nobody may have stored something else there */
        return;
    }
    if (op != DSM_OP_GETSTATIC && (!of_this || p->is_static)) {
        p->cannot = true;
        return;
    }
    uint32_t field = dsm_class_member(&p->f, dsm_class_u2(&p->f, p->code.start + source + 1));
    if (p->f.bad)
        return;
    dsm_text owner = dsm_class_owner(&p->f, field);
    say_word(l, " because \"");
    if (of_this) {
        say_word(l, "this");
    } else {
        p->cannot |= dsm_text_starts(owner, "java/lang/"); /* some of which are shortened */
        say(l, owner, true);
    }
    say_word(l, ".");
    say(l, dsm_class_name_or_type(&p->f, field, 0), false);
    say_word(l, "\" is null");
}

/* dup, astore, monitorenter: what is locked becomes what is returned. */
static void enter(patch *p, uint32_t at)
{
    uint32_t store = p->behind[0], dup = p->behind[1], source = p->behind[2];
    uint32_t slot = variable(p, store, DSM_OP_ASTORE, DSM_OP_ASTORE_0);
    if (slot == TRACKED || op_at(p, dup) != DSM_OP_DUP || source == dup || dsm_class_frame_at(&p->frames, at) ||
        dsm_class_frame_at(&p->frames, store) || dsm_class_frame_at(&p->frames, dup)) {
        p->cannot = true;
        return;
    }
    line l = {0};
    uint8_t code[6];
    say_null(p, &l, source, p->behind[3]);
    call_with(p, &l, method(p, "monitors", "lock", "lock-type"), code);
    edit(p, dup, DSM_EDIT_BEFORE, code, sizeof code);
    p->locked |= (uint64_t)1 << slot;
}

/* aload, monitorexit. */
static void leave(patch *p, uint32_t at)
{
    uint32_t load = p->behind[0];
    uint32_t slot = variable(p, load, DSM_OP_ALOAD, DSM_OP_ALOAD_0);
    if (slot == TRACKED || load == at || dsm_class_frame_at(&p->frames, at)) {
        p->cannot = true;
        return;
    }
    uint32_t called = method(p, "monitors", "unlocked", "unlocked-type");
    uint8_t code[] = {DSM_OP_ALOAD, (uint8_t)slot, DSM_OP_INVOKESTATIC, (uint8_t)(called >> 8), (uint8_t)called};
    edit(p, at + 1, DSM_EDIT_OUTSIDE, code, sizeof code);
    p->unlocked |= (uint64_t)1 << slot;
}

/* ---- the rest ------------------------------------------------------------------------------------------------ */

static void cast(patch *p, uint32_t at)
{
    dsm_text type = dsm_class_name(&p->f, dsm_class_u2(&p->f, p->code.start + at + 1));
    if (!dsm_text_is_array(type) ||
        (p->behind[0] != at && dsm_class_gives_heap_array(p->rules, &p->f, p->code.start + p->behind[0])))
        return;
    line l = {0};
    uint8_t code[7] = {DSM_OP_DUP};
    say(&l, dsm_class_utf8(&p->f, p->f.self), true);
    say_word(&l, ".");
    say(&l, p->name, false);
    say_word(&l, PLACE_OF_CAST);
    say_type(&l, type);
    call_with(p, &l, method(p, "escapes", "check", "check-type"), code + 1);
    edit(p, at + 3, DSM_EDIT_AFTER, code, sizeof code);
    p->code.more_stack = 2;
}

static void call(patch *p, uint32_t at)
{
    uint32_t target = dsm_class_member(&p->f, dsm_class_u2(&p->f, p->code.start + at + 1));
    if (p->f.bad || p->f.bytes[target] == DSM_TAG_FIELD)
        return;
    const dsm_class_rule *rule;
    dsm_text owner = dsm_class_owner(&p->f, target);
    switch (dsm_class_rules_method(p->rules, owner, dsm_class_name_or_type(&p->f, target, 0),
                                   dsm_class_name_or_type(&p->f, target, 1), &rule)) {
    case DSM_VERDICT_NONE:
        return;
    case DSM_VERDICT_LOOK:
        p->cannot = true;
        return;
    case DSM_VERDICT_CALL:
        break;
    }
    if (op_at(p, at) != DSM_OP_INVOKEVIRTUAL) {
        p->cannot = true;
        return;
    }
    uint32_t to = dsm_class_pool_method(&p->pool, rule->words[3].text, rule->words[4].text, rule->words[5].text);
    uint8_t code[] = {DSM_OP_INVOKESTATIC, (uint8_t)(to >> 8), (uint8_t)to};
    edit(p, at, DSM_EDIT_REPLACE, code, sizeof code);
}

/* What the instruction does with variables besides monitors. */
static void note_variable(patch *p, uint32_t at, uint32_t next)
{
    uint32_t op = op_at(p, at);
    uint32_t slot = variable(p, at, DSM_OP_ALOAD, DSM_OP_ALOAD_0);
    bool unlocks = next < p->code.length && op_at(p, next) == DSM_OP_MONITOREXIT;
    if (slot != TRACKED && !unlocks)
        p->loaded |= (uint64_t)1 << slot;
    if (op == DSM_OP_WIDE)
        p->cannot |= (p->flags & DSM_CLASS_MONITORS) != 0;
}

static void look_at(patch *p, uint32_t at)
{
    uint32_t op = op_at(p, at);
    switch (op) {
    case DSM_OP_MONITORENTER:
        enter(p, at);
        break;
    case DSM_OP_MONITOREXIT:
        leave(p, at);
        break;
    case DSM_OP_CHECKCAST:
        cast(p, at);
        break;
    case DSM_OP_INVOKEVIRTUAL:
    case DSM_OP_INVOKESPECIAL:
    case DSM_OP_INVOKESTATIC:
    case DSM_OP_INVOKEINTERFACE:
        if ((p->flags & DSM_CLASS_CALLS) != 0)
            call(p, at);
        break;
    default:
        break;
    }
}

/* ---- methods ------------------------------------------------------------------------------------------------- */

static bool has_monitors(const patch *p)
{
    return (p->flags & DSM_CLASS_MONITORS) != 0;
}

static void collect(patch *p)
{
    dsm_class_code *c = &p->code;
    bool stores_this = false, monitors = false;
    p->locked = p->unlocked = p->loaded = 0;
    for (int i = 0; i < BEHIND; i++)
        p->behind[i] = 0;
    for (uint32_t at = 0; at < c->length && !p->cannot;) {
        uint32_t bytes = dsm_class_instruction(&p->f, c->start + at, c->start, c->rest);
        if (p->f.bad)
            return;
        look_at(p, at);
        note_variable(p, at, at + bytes);
        stores_this |= variable(p, at, DSM_OP_ASTORE, DSM_OP_ASTORE_0) == 0;
        monitors |= op_at(p, at) == DSM_OP_MONITORENTER || op_at(p, at) == DSM_OP_MONITOREXIT;
        for (int i = BEHIND - 1; i > 0; i--)
            p->behind[i] = p->behind[i - 1];
        p->behind[0] = at;
        at += bytes;
    }
    if (!monitors || p->cannot)
        return;
    p->cannot |= stores_this || (p->locked & p->loaded) != 0 || (p->unlocked & ~p->locked) != 0 ||
                 !dsm_class_holds_objects(&p->f, c, p->descriptor, p->is_static, p->locked);
}

/* A Code attribute; where the next attribute is. */
static uint32_t put_code(patch *p, uint32_t at, uint32_t next)
{
    if (!dsm_class_code_open(&p->f, at, &p->code)) {
        p->cannot = true;
        return next;
    }
    p->frames.count = 0;
    if (has_monitors(p) && memchr(p->f.bytes + p->code.start, DSM_OP_MONITORENTER, p->code.length) != NULL)
        p->cannot |= !dsm_class_frames(&p->f, &p->code, &p->frames);
    if (!p->cannot)
        collect(p);
    if (p->f.bad || p->cannot) {
        p->cannot = true;
    } else if (p->code.edit_count == 0) {
        dsm_buffer_put(&p->body, p->f.bytes + at, next - at);
    } else {
        p->cannot |= !dsm_class_move(&p->f, &p->code, &p->body);
        p->changed = true;
    }
    return next;
}

static uint32_t put_method(patch *p, uint32_t at)
{
    p->is_static = (dsm_class_u2(&p->f, at) & ACC_STATIC) != 0;
    p->name = dsm_class_utf8(&p->f, dsm_class_u2(&p->f, at + 2));
    p->descriptor = dsm_class_utf8(&p->f, dsm_class_u2(&p->f, at + 4));
    uint32_t attributes = dsm_class_u2(&p->f, at + 6);
    if (p->f.bad)
        return at;
    dsm_buffer_put(&p->body, p->f.bytes + at, 8);
    at += 8;
    for (; attributes > 0 && !p->f.bad && !p->cannot; attributes--) {
        uint32_t next = dsm_class_next_attribute(&p->f, at);
        if (p->f.bad)
            return at;
        if (dsm_text_is(dsm_class_utf8(&p->f, dsm_class_u2(&p->f, at)), "Code"))
            at = put_code(p, at, next);
        else
            dsm_buffer_put(&p->body, p->f.bytes + at, next - at);
        at = next;
    }
    return at;
}

static uint32_t after_fields(patch *p, uint32_t at)
{
    uint32_t fields = dsm_class_u2(&p->f, at);
    at += 2;
    for (; fields > 0 && !p->f.bad; fields--) {
        uint32_t attributes = dsm_class_u2(&p->f, at + 6);
        at += 8;
        for (; attributes > 0 && !p->f.bad; attributes--)
            at = dsm_class_next_attribute(&p->f, at);
    }
    return at;
}

static void put_body(patch *p)
{
    uint32_t at = after_fields(p, p->f.end + 8 + 2 * dsm_class_u2(&p->f, p->f.end + 6));
    uint32_t methods = dsm_class_u2(&p->f, at);
    if (p->f.bad)
        return;
    dsm_buffer_put(&p->body, p->f.bytes + p->f.end, at + 2 - p->f.end);
    at += 2;
    for (; methods > 0 && !p->f.bad && !p->cannot; methods--)
        at = put_method(p, at);
    if (!p->f.bad && !p->cannot)
        dsm_buffer_put(&p->body, p->f.bytes + at, p->f.length - at);
}

/* Head, constants, added constants, body. */
static bool join(patch *p, uint8_t **patched, uint32_t *length)
{
    dsm_buffer whole = {0};
    dsm_buffer_put(&whole, p->f.bytes, p->f.end);
    dsm_buffer_put(&whole, p->pool.added.bytes, p->pool.added.length);
    dsm_buffer_put(&whole, p->body.bytes, p->body.length);
    if (whole.failed) {
        dsm_buffer_free(&whole);
        return false;
    }
    dsm_buffer_set_u2(&whole, POOL_AT - 2, p->pool.next);
    *patched = whole.bytes;
    *length = whole.length;
    return true;
}

enum dsm_patch_answer dsm_class_patch(const dsm_class_rules *rules, const uint8_t *bytes, uint32_t length,
                                      uint32_t flags, dsm_class_room *room, uint8_t **patched, uint32_t *patched_length)
{
    patch *p = malloc(sizeof *p);
    if (p == NULL)
        return DSM_PATCH_CANNOT;
    enum dsm_patch_answer answer = DSM_PATCH_CANNOT;
    p->rules = rules;
    p->flags = flags;
    p->cannot = p->changed = false;
    p->body = (dsm_buffer){0};
    p->pool.added = (dsm_buffer){0};
    if (!dsm_class_open(&p->f, bytes, length, room->index) || dsm_class_u2(&p->f, 6) < FIRST_VERSION)
        goto out;
    dsm_class_pool_begin(&p->pool, &p->f);
    put_body(p);
    if (p->cannot || p->f.bad || p->body.failed || p->pool.added.failed || p->pool.full)
        goto out;
    answer = !p->changed ? DSM_PATCH_NOTHING : join(p, patched, patched_length) ? DSM_PATCH_DONE : DSM_PATCH_CANNOT;
out:
    dsm_buffer_free(&p->body);
    dsm_buffer_free(&p->pool.added);
    free(p);
    return answer;
}
