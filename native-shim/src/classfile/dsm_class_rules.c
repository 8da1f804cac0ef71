#include "dsm_class_rules.h"

#include <stdlib.h>

#define KINDS     11u
#define WORD_SETS 1024u /* a power of two */

static const struct {
    const char *name;
    uint32_t words;
} kinds[KINDS] = {{"platform", 1}, {"package", 1}, {"ask", 1},  {"shared", 1}, {"linker", 1}, {"heap", 2},
                  {"super", 2},    {"look", 3},    {"pass", 3}, {"call", 6},   {"text", 2}};

struct dsm_class_rules {
    char *text;
    dsm_class_rule *rules;
    uint32_t count;
    uint32_t from[KINDS], to[KINDS]; /* rules of each kind stand together */
    uint8_t concerned[WORD_SETS / 8];
    dsm_class_pattern prefixes[8];
    uint32_t prefix_count;
};

static uint32_t word_set(dsm_text t)
{
    return (t.length * 37u + t.bytes[t.length - 1] * 11u + t.bytes[t.length / 2] * 5u + t.bytes[0]) & (WORD_SETS - 1);
}

static bool matches(const dsm_class_pattern *pattern, dsm_text t)
{
    if (t.length < pattern->text.length || (!pattern->prefix && t.length != pattern->text.length))
        return false;
    return memcmp(t.bytes, pattern->text.bytes, pattern->text.length) == 0;
}

/* ---- parsing ------------------------------------------------------------------------------------------------- */

static dsm_class_pattern next_word(const char **at, const char *end)
{
    const char *start = *at;
    while (*at < end && **at != ' ')
        ++*at;
    uint32_t length = (uint32_t)(*at - start);
    if (*at < end)
        ++*at;
    bool prefix = length > 0 && start[length - 1] == '*';
    return (dsm_class_pattern){{(const uint8_t *)start, length - prefix}, prefix};
}

static bool parse_line(dsm_class_rule *rule, const char *at, const char *end)
{
    dsm_text kind = next_word(&at, end).text;
    for (uint32_t i = 0; i < KINDS; i++) {
        if (!dsm_text_is(kind, kinds[i].name))
            continue;
        rule->kind = (enum dsm_class_rule_kind)i;
        for (uint32_t w = 0; w < kinds[i].words; w++) {
            if (at >= end)
                return false;
            rule->words[w] = next_word(&at, end);
            bool is_prefix = i <= DSM_RULE_ASK || i == DSM_RULE_LINKER;
            rule->words[w].prefix = is_prefix || (rule->words[w].prefix && i != DSM_RULE_TEXT);
        }
        return at >= end;
    }
    return false;
}

static int by_kind(const void *one, const void *other)
{
    return (int)((const dsm_class_rule *)one)->kind - (int)((const dsm_class_rule *)other)->kind;
}

static bool concern(dsm_class_rules *r, const dsm_class_pattern *word)
{
    if (word->text.length == 0)
        return true; /* any: another word of the rule tells */
    if (!word->prefix) {
        uint32_t set = word_set(word->text);
        r->concerned[set / 8] |= (uint8_t)(1u << (set & 7));
        return true;
    }
    if (r->prefix_count == sizeof r->prefixes / sizeof r->prefixes[0])
        return false;
    r->prefixes[r->prefix_count++] = *word;
    return true;
}

/* Notes the words to look for. */
static bool prepare(dsm_class_rules *r)
{
    qsort(r->rules, r->count, sizeof r->rules[0], by_kind);
    for (uint32_t i = 0; i < r->count; i++) {
        const dsm_class_rule *rule = &r->rules[i];
        if (r->to[rule->kind] == 0)
            r->from[rule->kind] = i;
        r->to[rule->kind] = i + 1;
        bool methods = rule->kind == DSM_RULE_LOOK || rule->kind == DSM_RULE_CALL || rule->kind == DSM_RULE_SUPER;
        if (methods) {
            bool any_owner = rule->words[0].text.length == 0;
            if (!concern(r, &rule->words[any_owner]))
                return false;
        } else if (rule->kind == DSM_RULE_SHARED && !concern(r, &rule->words[0])) {
            return false;
        }
    }
    return true;
}

dsm_class_rules *dsm_class_rules_parse(const char *text, size_t length)
{
    dsm_class_rules *r = calloc(1, sizeof *r);
    uint32_t lines = 0;
    for (size_t i = 0; i < length; i++)
        lines += text[i] == '\n';
    if (r == NULL)
        return NULL;
    r->text = malloc(length + 1);
    r->rules = calloc(lines + 1, sizeof r->rules[0]);
    if (r->text == NULL || r->rules == NULL)
        goto fail;
    memcpy(r->text, text, length);
    for (const char *at = r->text, *all = r->text + length; at < all;) {
        const char *end = memchr(at, '\n', (size_t)(all - at));
        if (end == NULL || !parse_line(&r->rules[r->count], at, end))
            goto fail;
        r->count++;
        at = end + 1;
    }
    if (!prepare(r))
        goto fail;
    return r;
fail:
    dsm_class_rules_free(r);
    return NULL;
}

void dsm_class_rules_free(dsm_class_rules *rules)
{
    if (rules != NULL) {
        free(rules->rules);
        free(rules->text);
        free(rules);
    }
}

/* ---- asking -------------------------------------------------------------------------------------------------- */

bool dsm_class_rules_may_concern(const dsm_class_rules *r, dsm_text t)
{
    if (t.length == 0)
        return false;
    uint32_t set = word_set(t);
    if ((r->concerned[set / 8] >> (set & 7) & 1) != 0)
        return true;
    for (uint32_t i = 0; i < r->prefix_count; i++) {
        if (matches(&r->prefixes[i], t))
            return true;
    }
    return false;
}

static const dsm_class_rule *find(const dsm_class_rules *r, enum dsm_class_rule_kind kind, const dsm_text *words,
                                  uint32_t count)
{
    for (uint32_t i = r->from[kind]; i < r->to[kind]; i++) {
        uint32_t w = 0;
        while (w < count && matches(&r->rules[i].words[w], words[w]))
            w++;
        if (w == count)
            return &r->rules[i];
    }
    return NULL;
}

enum dsm_class_verdict dsm_class_rules_method(const dsm_class_rules *r, dsm_text owner, dsm_text name,
                                              dsm_text descriptor, const dsm_class_rule **rule)
{
    dsm_text words[] = {owner, name, descriptor};
    *rule = find(r, DSM_RULE_CALL, words, 3);
    if (*rule != NULL)
        return DSM_VERDICT_CALL;
    if (find(r, DSM_RULE_LOOK, words, 3) == NULL || find(r, DSM_RULE_PASS, words, 3) != NULL)
        return DSM_VERDICT_NONE;
    return DSM_VERDICT_LOOK;
}

bool dsm_class_rules_is_program(const dsm_class_rules *r, dsm_text name)
{
    if (name.length == 0 || dsm_text_is_array(name) || find(r, DSM_RULE_PLATFORM, &name, 1) != NULL)
        return false;
    const dsm_class_rule *package = find(r, DSM_RULE_PACKAGE, &name, 1);
    if (package == NULL)
        return true;
    uint32_t outer = package->words[0].text.length;
    return memchr(name.bytes + outer, '/', name.length - outer) != NULL;
}

bool dsm_class_rules_has(const dsm_class_rules *r, enum dsm_class_rule_kind kind, dsm_text first)
{
    return find(r, kind, &first, 1) != NULL;
}

bool dsm_class_rules_has_pair(const dsm_class_rules *r, enum dsm_class_rule_kind kind, dsm_text first, dsm_text second)
{
    dsm_text words[] = {first, second};
    return find(r, kind, words, 2) != NULL;
}

dsm_text dsm_class_rules_text(const dsm_class_rules *r, const char *key)
{
    for (uint32_t i = r->from[DSM_RULE_TEXT]; i < r->to[DSM_RULE_TEXT]; i++) {
        if (dsm_text_is(r->rules[i].words[0].text, key))
            return r->rules[i].words[1].text;
    }
    return (dsm_text){(const uint8_t *)"", 0};
}
