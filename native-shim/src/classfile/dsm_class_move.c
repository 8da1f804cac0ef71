#include "dsm_class_move.h"

#include <stdlib.h>

#define CODE_MAX 65535u

/* Where each place of the old code is in the new one. */
typedef struct moving {
    dsm_class_file *f;
    const dsm_class_code *code;
    dsm_buffer *out;
    uint32_t *to;  /* where the instruction at a place is, or what jumps to it goes to */
    uint32_t *end; /* where what is guarded up to a place ends */
    bool bad;
} moving;

bool dsm_class_code_open(dsm_class_file *f, uint32_t attribute, dsm_class_code *code)
{
    code->attribute = attribute;
    code->start = attribute + 14;
    code->length = dsm_class_u4(f, attribute + 10);
    code->end = attribute + 6 + dsm_class_u4(f, attribute + 2);
    code->edit_count = code->more_stack = 0;
    if (f->bad || code->end > f->length || code->end < code->start || code->length > CODE_MAX || code->length == 0 ||
        code->length > code->end - code->start)
        return false;
    code->rest = code->start + code->length;
    return code->end - code->rest >= 4;
}

static bool is_movable(dsm_text name)
{
    return dsm_text_is(name, "LineNumberTable") || dsm_text_is(name, "LocalVariableTable") ||
           dsm_text_is(name, "LocalVariableTypeTable") || dsm_text_is(name, "StackMapTable");
}

uint32_t dsm_class_code_find(dsm_class_file *f, const dsm_class_code *code, const char *name)
{
    uint32_t at = code->rest + 2 + 8 * dsm_class_u2(f, code->rest), found = 0;
    uint32_t attributes = dsm_class_u2(f, at);
    at += 2;
    for (; attributes > 0 && !f->bad; attributes--) {
        dsm_text own = dsm_class_utf8(f, dsm_class_u2(f, at));
        uint32_t bytes = dsm_class_u4(f, at + 2);
        if (f->bad || !is_movable(own) || at + 6 > code->end || bytes > code->end - at - 6) {
            f->bad = true;
            return 0;
        }
        if (dsm_text_is(own, name))
            found = at;
        at += 6 + bytes;
    }
    f->bad |= at != code->end;
    return f->bad ? 0 : found;
}

/* ---- where everything goes ----------------------------------------------------------------------------------- */

static uint32_t padding(uint32_t at)
{
    return 3 - (at & 3);
}

static bool is_switch(uint32_t op)
{
    return op == DSM_OP_TABLESWITCH || op == DSM_OP_LOOKUPSWITCH;
}

static void lay_out(moving *m)
{
    const dsm_class_code *c = m->code;
    uint32_t now = 0, edit = 0;
    for (uint32_t at = 0; at < c->length && !m->f->bad;) {
        uint32_t bytes = dsm_class_instruction(m->f, c->start + at, c->start, c->rest);
        if (m->f->bad)
            return;
        m->to[at] = m->end[at] = now;
        for (; edit < c->edit_count && c->edits[edit].at == at; edit++) {
            if (c->edits[edit].kind == DSM_EDIT_REPLACE)
                continue;
            now += c->edits[edit].length;
            if (c->edits[edit].kind != DSM_EDIT_BEFORE)
                m->to[at] = now;
            if (c->edits[edit].kind == DSM_EDIT_AFTER)
                m->end[at] = now;
        }
        uint32_t new_bytes = bytes;
        if (is_switch(m->f->bytes[c->start + at]))
            new_bytes += padding(now) - padding(at);
        for (uint32_t i = 1; i < bytes; i++)
            m->to[at + i] = m->end[at + i] = UINT32_MAX; /* within an instruction */
        at += bytes;
        now += new_bytes;
    }
    m->to[c->length] = m->end[c->length] = now;
    m->bad |= now > CODE_MAX || edit != c->edit_count;
}

static uint32_t place(moving *m, const uint32_t *of, int64_t at)
{
    if (at < 0 || at > m->code->length || of[at] == UINT32_MAX) {
        m->bad = true;
        return 0;
    }
    return of[at];
}

/* ---- instructions -------------------------------------------------------------------------------------------- */

/* The jump of the instruction at `at` by `by`, from where it is now. */
static int64_t jump(moving *m, uint32_t at, uint32_t now, int32_t by)
{
    int64_t target = (int64_t)at + by;
    if (target >= m->code->length)
        m->bad = true;
    return (int64_t)place(m, m->to, target) - now;
}

static void put_switch(moving *m, uint32_t op, uint32_t at, uint32_t now)
{
    const dsm_class_code *c = m->code;
    uint32_t operands = c->start + at + 1 + padding(at), count, fixed;
    dsm_buffer_u1(m->out, op);
    dsm_buffer_put(m->out, (uint8_t[3]){0}, padding(now));
    dsm_buffer_u4(m->out, (uint32_t)jump(m, at, now, (int32_t)dsm_class_u4(m->f, operands)));
    if (op == DSM_OP_TABLESWITCH) {
        count = dsm_class_u4(m->f, operands + 8) - dsm_class_u4(m->f, operands + 4) + 1;
        fixed = 12;
        dsm_buffer_put(m->out, m->f->bytes + operands + 4, 8);
    } else {
        count = dsm_class_u4(m->f, operands + 4);
        fixed = 8;
        dsm_buffer_u4(m->out, count);
    }
    for (uint32_t i = 0; i < count && !m->f->bad && !m->bad && !m->out->failed; i++) {
        uint32_t each = operands + fixed + (op == DSM_OP_TABLESWITCH ? 4 * i : 8 * i + 4);
        if (op == DSM_OP_LOOKUPSWITCH)
            dsm_buffer_u4(m->out, dsm_class_u4(m->f, each - 4));
        dsm_buffer_u4(m->out, (uint32_t)jump(m, at, now, (int32_t)dsm_class_u4(m->f, each)));
    }
}

static void put_instruction(moving *m, uint32_t at, uint32_t bytes, uint32_t now)
{
    const uint8_t *old = m->f->bytes + m->code->start + at;
    uint32_t op = old[0];
    if (is_switch(op)) {
        put_switch(m, op, at, now);
    } else if ((op >= DSM_OP_IFEQ && op < DSM_OP_JSR) || op == DSM_OP_IFNULL || op == DSM_OP_IFNONNULL) {
        int64_t by = jump(m, at, now, (int16_t)(old[1] << 8 | old[2]));
        m->bad |= by < INT16_MIN || by > INT16_MAX;
        dsm_buffer_u1(m->out, op);
        dsm_buffer_u2(m->out, (uint32_t)by & 0xffff);
    } else if (op == DSM_OP_GOTO_W) {
        int64_t by = jump(m, at, now, (int32_t)dsm_class_u4(m->f, m->code->start + at + 1));
        dsm_buffer_u1(m->out, op);
        dsm_buffer_u4(m->out, (uint32_t)by);
    } else {
        m->bad |=
            op == DSM_OP_JSR || op == DSM_OP_JSR_W || op == DSM_OP_RET || (op == DSM_OP_WIDE && old[1] == DSM_OP_RET);
        dsm_buffer_put(m->out, old, bytes);
    }
}

static void put_instructions(moving *m)
{
    const dsm_class_code *c = m->code;
    uint32_t edit = 0, from = m->out->length;
    for (uint32_t at = 0; at < c->length && !m->bad && !m->out->failed;) {
        uint32_t bytes = dsm_class_instruction(m->f, c->start + at, c->start, c->rest);
        if (m->f->bad)
            return;
        const dsm_edit *replaced = NULL;
        for (; edit < c->edit_count && c->edits[edit].at == at; edit++) {
            if (c->edits[edit].kind == DSM_EDIT_REPLACE)
                replaced = &c->edits[edit];
            else
                dsm_buffer_put(m->out, c->edits[edit].bytes, c->edits[edit].length);
        }
        if (replaced != NULL && replaced->length == bytes)
            dsm_buffer_put(m->out, replaced->bytes, bytes);
        else
            put_instruction(m, at, bytes, m->out->length - from);
        at += bytes;
    }
}

/* ---- what refers to them ------------------------------------------------------------------------------------- */

static void put_handlers(moving *m)
{
    uint32_t at = m->code->rest, count = dsm_class_u2(m->f, at);
    dsm_buffer_u2(m->out, count);
    at += 2;
    for (; count > 0 && !m->f->bad && !m->bad; count--, at += 8) {
        dsm_buffer_u2(m->out, place(m, m->to, dsm_class_u2(m->f, at)));
        dsm_buffer_u2(m->out, place(m, m->end, dsm_class_u2(m->f, at + 2)));
        dsm_buffer_u2(m->out, place(m, m->to, dsm_class_u2(m->f, at + 4)));
        dsm_buffer_u2(m->out, dsm_class_u2(m->f, at + 6));
    }
}

static void put_lines(moving *m, uint32_t at)
{
    uint32_t count = dsm_class_u2(m->f, at);
    dsm_buffer_u2(m->out, count);
    for (at += 2; count > 0 && !m->f->bad && !m->bad; count--, at += 4) {
        dsm_buffer_u2(m->out, place(m, m->to, dsm_class_u2(m->f, at)));
        dsm_buffer_u2(m->out, dsm_class_u2(m->f, at + 2));
    }
}

static void put_variables(moving *m, uint32_t at)
{
    uint32_t count = dsm_class_u2(m->f, at);
    dsm_buffer_u2(m->out, count);
    for (at += 2; count > 0 && !m->f->bad && !m->bad; count--, at += 10) {
        uint32_t start = dsm_class_u2(m->f, at), length = dsm_class_u2(m->f, at + 2);
        uint32_t from = place(m, m->to, start), to = place(m, m->end, (int64_t)start + length);
        m->bad |= to < from && length != 0;
        dsm_buffer_u2(m->out, from);
        dsm_buffer_u2(m->out, to < from ? 0 : to - from);
        m->f->bad |= m->f->bad || m->f->length - at < 10;
        if (!m->f->bad)
            dsm_buffer_put(m->out, m->f->bytes + at + 4, 6);
    }
}

/* Copies a verification type; where the next is. */
static uint32_t put_type(moving *m, uint32_t at)
{
    uint32_t tag = dsm_class_u1(m->f, at);
    dsm_buffer_u1(m->out, tag);
    if (tag == 7) {
        dsm_buffer_u2(m->out, dsm_class_u2(m->f, at + 1));
        return at + 3;
    }
    if (tag == 8) {
        dsm_buffer_u2(m->out, place(m, m->to, dsm_class_u2(m->f, at + 1)));
        return at + 3;
    }
    m->bad |= tag > 8;
    return at + 1;
}

static uint32_t put_types(moving *m, uint32_t at, uint32_t count)
{
    for (; count > 0 && !m->f->bad && !m->bad; count--)
        at = put_type(m, at);
    return at;
}

/* Copies a frame that is `by` bytes behind the one before; where the next is. */
static uint32_t put_frame(moving *m, uint32_t at, uint32_t kind, uint32_t by)
{
    if (kind < 64 || kind == 251) {
        if (by < 64) {
            dsm_buffer_u1(m->out, by);
        } else {
            dsm_buffer_u1(m->out, 251);
            dsm_buffer_u2(m->out, by);
        }
        return at + (kind == 251 ? 3 : 1);
    }
    if (kind < 128 || kind == 247) {
        if (by < 64) {
            dsm_buffer_u1(m->out, 64 + by);
        } else {
            dsm_buffer_u1(m->out, 247);
            dsm_buffer_u2(m->out, by);
        }
        return put_types(m, at + (kind == 247 ? 3 : 1), 1);
    }
    dsm_buffer_u1(m->out, kind);
    dsm_buffer_u2(m->out, by);
    at += 3;
    if (kind < 251)
        return at;
    if (kind < 255)
        return put_types(m, at, kind - 251);
    for (int part = 0; part < 2; part++) {
        uint32_t types = dsm_class_u2(m->f, at);
        dsm_buffer_u2(m->out, types);
        at = put_types(m, at + 2, types);
    }
    return at;
}

static void put_frames(moving *m, uint32_t at)
{
    uint32_t count = dsm_class_u2(m->f, at);
    int64_t old = -1, now = -1;
    dsm_buffer_u2(m->out, count);
    at += 2;
    for (; count > 0 && !m->f->bad && !m->bad; count--) {
        uint32_t kind = dsm_class_u1(m->f, at);
        uint32_t by = kind < 64 ? kind : kind < 128 ? kind - 64 : dsm_class_u2(m->f, at + 1);
        m->bad |= kind >= 128 && kind < 247;
        old += 1 + (int64_t)by;
        int64_t next = place(m, m->to, old);
        m->bad |= next <= now || next - now - 1 > UINT16_MAX;
        if (!m->bad)
            at = put_frame(m, at, kind, (uint32_t)(next - now - 1));
        now = next;
    }
}

static void put_attributes(moving *m)
{
    uint32_t at = m->code->rest + 2 + 8 * dsm_class_u2(m->f, m->code->rest);
    uint32_t attributes = dsm_class_u2(m->f, at);
    dsm_buffer_u2(m->out, attributes);
    at += 2;
    for (; attributes > 0 && !m->f->bad && !m->bad; attributes--) {
        dsm_text name = dsm_class_utf8(m->f, dsm_class_u2(m->f, at));
        uint32_t head = m->out->length;
        dsm_buffer_u2(m->out, dsm_class_u2(m->f, at));
        dsm_buffer_u4(m->out, 0);
        if (dsm_text_is(name, "LineNumberTable"))
            put_lines(m, at + 6);
        else if (dsm_text_is(name, "StackMapTable"))
            put_frames(m, at + 6);
        else
            put_variables(m, at + 6);
        if (m->out->failed)
            return;
        dsm_buffer_set_u4(m->out, head + 2, m->out->length - head - 6);
        at += 6 + dsm_class_u4(m->f, at + 2);
    }
}

bool dsm_class_move(dsm_class_file *f, const dsm_class_code *code, dsm_buffer *out)
{
    uint32_t stack = dsm_class_u2(f, code->attribute + 6) + code->more_stack, head = out->length;
    dsm_class_code_find(f, code, ""); /* are all attributes known? */
    if (f->bad || stack > UINT16_MAX)
        return false;
    uint32_t *places = malloc(2 * (code->length + 1u) * sizeof places[0]);
    if (places == NULL)
        return false;
    moving m = {.f = f, .code = code, .out = out, .to = places, .end = places + code->length + 1};
    lay_out(&m);
    if (!f->bad && !m.bad) {
        dsm_buffer_u2(out, dsm_class_u2(f, code->attribute));
        dsm_buffer_u4(out, 0);
        dsm_buffer_u2(out, stack);
        dsm_buffer_u2(out, dsm_class_u2(f, code->attribute + 8));
        dsm_buffer_u4(out, m.to[code->length]);
        uint32_t from = out->length;
        put_instructions(&m);
        m.bad |= out->length - from != m.to[code->length];
        put_handlers(&m);
        put_attributes(&m);
        if (!out->failed)
            dsm_buffer_set_u4(out, head + 2, out->length - head - 6);
    }
    free(places);
    return !f->bad && !m.bad && !out->failed;
}
