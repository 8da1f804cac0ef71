#include "dsm_class_locals.h"

#define TYPE_INTEGER 1u
#define TYPE_FLOAT   2u
#define TYPE_DOUBLE  3u
#define TYPE_LONG    4u
#define TYPE_OBJECT  7u
#define TYPE_UNINIT  8u
#define TYPES_MAX    256u
#define OBJECT       "java/lang/Object"

/* The next frame: its kind and by how much it is behind the one before; where its types are. */
static uint32_t head(dsm_class_file *f, uint32_t at, uint32_t *kind, uint32_t *by)
{
    *kind = dsm_class_u1(f, at);
    *by = *kind < 64 ? *kind : *kind < 128 ? *kind - 64 : dsm_class_u2(f, at + 1);
    f->bad |= *kind >= 128 && *kind < 247;
    return at + (*kind < 128 ? 1 : 3);
}

static uint32_t after_type(dsm_class_file *f, uint32_t at)
{
    uint32_t tag = dsm_class_u1(f, at);
    f->bad |= tag > TYPE_UNINIT;
    return at + (tag >= TYPE_OBJECT ? 3 : 1);
}

static uint32_t after_types(dsm_class_file *f, uint32_t at, uint32_t count)
{
    for (; count > 0 && !f->bad; count--)
        at = after_type(f, at);
    return at;
}

bool dsm_class_frames(dsm_class_file *f, const dsm_class_code *code, dsm_class_locals *locals)
{
    uint32_t at = dsm_class_code_find(f, code, "StackMapTable");
    locals->count = 0;
    if (at == 0)
        return !f->bad;
    uint32_t count = dsm_class_u2(f, at + 6), old = UINT32_MAX;
    if (count > DSM_FRAMES_MAX)
        return false;
    at += 8;
    for (; count > 0 && !f->bad; count--) {
        uint32_t kind, by;
        at = head(f, at, &kind, &by);
        old += by + 1;
        f->bad |= old >= code->length;
        locals->at[locals->count++] = (uint16_t)old;
        if ((kind >= 64 && kind < 128) || kind == 247) {
            at = after_type(f, at);
        } else if (kind == 255) {
            at = after_types(f, at + 2, dsm_class_u2(f, at));
            at = after_types(f, at + 2, dsm_class_u2(f, at));
        } else if (kind > 251) {
            at = after_types(f, at, kind - 251);
        }
    }
    return !f->bad;
}

bool dsm_class_frame_at(const dsm_class_locals *locals, uint32_t at)
{
    for (uint32_t i = 0; i < locals->count; i++) {
        if (locals->at[i] == at)
            return true;
    }
    return false;
}

/* ---- variables ----------------------------------------------------------------------------------------------- */

typedef struct types {
    dsm_class_file *f;
    uint32_t count;
    uint8_t tags[TYPES_MAX];
    bool is_other[TYPES_MAX]; /* a reference that is not declared as Object */
} types;

static void add(types *t, uint32_t tag, bool is_other)
{
    if (t->count == TYPES_MAX) {
        t->f->bad = true;
        return;
    }
    t->tags[t->count] = (uint8_t)tag;
    t->is_other[t->count++] = is_other;
}

static uint32_t read_types(types *t, uint32_t at, uint32_t count)
{
    for (; count > 0 && !t->f->bad; count--) {
        uint32_t tag = dsm_class_u1(t->f, at);
        bool is_object = tag == TYPE_OBJECT && dsm_text_is(dsm_class_name(t->f, dsm_class_u2(t->f, at + 1)), OBJECT);
        add(t, tag, tag > TYPE_LONG && !is_object);
        at = after_type(t->f, at);
    }
    return at;
}

/* The variables at the start of the method: what it is called with. */
static void read_parameters(types *t, dsm_text descriptor, bool is_static)
{
    if (!is_static)
        add(t, TYPE_OBJECT, true);
    for (uint32_t i = 1; i < descriptor.length && descriptor.bytes[i] != ')'; i++) {
        uint8_t c = descriptor.bytes[i];
        bool is_array = c == '[';
        while (c == '[' && i + 1 < descriptor.length)
            c = descriptor.bytes[++i];
        if (c == 'L') {
            while (i < descriptor.length && descriptor.bytes[i] != ';')
                i++;
        }
        if (is_array || c == 'L')
            add(t, TYPE_OBJECT, true);
        else
            add(t, c == 'J' ? TYPE_LONG : c == 'D' ? TYPE_DOUBLE : c == 'F' ? TYPE_FLOAT : TYPE_INTEGER, false);
    }
}

static bool holds(const types *t, uint64_t slots)
{
    uint32_t slot = 0;
    for (uint32_t i = 0; i < t->count && slot < 64; i++) {
        if (t->is_other[i] && (slots >> slot & 1) != 0)
            return false;
        slot += t->tags[i] == TYPE_LONG || t->tags[i] == TYPE_DOUBLE ? 2 : 1;
    }
    return true;
}

bool dsm_class_holds_objects(dsm_class_file *f, const dsm_class_code *code, dsm_text descriptor, bool is_static,
                             uint64_t slots)
{
    types t = {.f = f};
    uint32_t at = dsm_class_code_find(f, code, "StackMapTable");
    read_parameters(&t, descriptor, is_static);
    uint32_t count = at == 0 ? 0 : dsm_class_u2(f, at + 6);
    bool all = holds(&t, slots);
    at += 8;
    for (; count > 0 && all && !f->bad; count--) {
        uint32_t kind, by;
        at = head(f, at, &kind, &by);
        if ((kind >= 64 && kind < 128) || kind == 247) {
            at = after_type(f, at);
        } else if (kind >= 248 && kind <= 250) {
            f->bad |= t.count < 251 - kind;
            t.count -= f->bad ? 0 : 251 - kind;
        } else if (kind > 251 && kind < 255) {
            at = read_types(&t, at, kind - 251);
        } else if (kind == 255) {
            t.count = 0;
            at = read_types(&t, at + 2, dsm_class_u2(f, at));
            at = after_types(f, at + 2, dsm_class_u2(f, at));
        }
        all = holds(&t, slots);
    }
    return all && !f->bad;
}
