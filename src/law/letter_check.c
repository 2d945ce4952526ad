// SPDX-License-Identifier: EUPL-1.2
/* What law check proves of letters: each sentence is there in each language of its pack, says only what a node knows, and is used; what is asked is shown. */
#include "law/law_private.h"
#include "law/letter_private.h"
#include "law/procedure_private.h"

struct checking {
    const struct law *law;
    const struct letter *letter;
    struct arena *arena;
    struct buf *report;
    size_t *findings;
};

static void finding(struct checking *c, const struct yaml *node, const char *what, struct span name) {
    buf_printf(c->report, "%s:%u: letter %.*s: %s %.*s\n", node->file, node->line, SPAN_FMT(c->letter->id), what, SPAN_FMT(name));
    *c->findings += 1;
}

static bool has_placeholder(struct span text, struct span wanted) {
    struct span name;
    bool is_whole;
    for (size_t at = 0; letter_placeholder_next(text, &at, &name, &is_whole);)
        if (span_equals(name, wanted)) return true;
    return false;
}

static void check_placeholders(struct checking *c, const struct yaml *node, struct span text, struct span english) {
    struct span name;
    bool is_whole = true;
    for (size_t at = 0; letter_placeholder_next(text, &at, &name, &is_whole);) {
        if (letter_fact_type(c->letter, name) == LETTER_FACT_NONE) finding(c, node, "there is no such fact:", name);
        else if (!has_placeholder(english, name)) finding(c, node, "the English sentence does not say", name);
    }
    if (!is_whole) finding(c, node, "a brace is left open:", text);
    is_whole = true;
    for (size_t at = 0; letter_placeholder_next(english, &at, &name, &is_whole);)
        if (!has_placeholder(text, name)) finding(c, node, "a translation leaves out", name);
}

// A pack that has a language for letters at all has all sentences in it.
static void check_word(struct checking *c, const struct yaml *node, struct span key) {
    const struct pack *pack = c->letter->pack;
    const struct pack_words *words = &c->law->words[pack - c->law->packs];
    struct span english = letter_word(c->law, c->letter, SPAN(""), key, SPAN("en"));
    if (english.len == 0) finding(c, node, "no words for", key);
    for (size_t i = 0; i < words->count; i++) {
        struct span lang = words->lists[i].lang;
        if (letter_word(c->law, c->letter, SPAN(""), SPAN("letter.common.page"), lang).at == NULL) continue;
        struct span text = letter_word(c->law, c->letter, SPAN(""), key, lang);
        if (span_trim(text).len == 0) finding(c, node, "no words for", arena_printf(c->arena, "%.*s in %.*s", SPAN_FMT(key), SPAN_FMT(lang)));
        else check_placeholders(c, node, text, english);
    }
}

static void check_reference(void *context, const char *kind, struct span name, const struct yaml *node) {
    struct checking *c = context;
    bool is_field = false;
    for (size_t i = 0; i < c->letter->field_count; i++) is_field = is_field || span_equals(c->letter->fields[i].name, name);
    if (strcmp(kind, "field") == 0 && !is_field) finding(c, node, "a condition asks for a field that the letter does not have:", name);
    if (strcmp(kind, "setting") == 0) finding(c, node, "letters know no settings:", name);
}

static void check_form(struct checking *c, const struct letter_part *part) {
    struct span name = part->names.items[0];
    size_t dot = span_find(name, '.', 0);
    const struct procedure *p = procedure_get(c->law, SPAN(""), latest_day(), span_part(name, 0, dot));
    if (p == NULL || document_get(p, latest_day(), span_part(name, dot + 1, name.len)) == NULL) finding(c, part->node, "there is no such form:", name);
}

static void check_part(struct checking *c, const struct letter_part *part) {
    condition_visit(part->when, check_reference, c);
    for (size_t i = 0; i < part->names.count; i++) {
        struct span name = part->names.items[i];
        switch (part->kind) {
        case PART_HEADING:
        case PART_TEXT:
        case PART_LIST: check_word(c, part->node, letter_key(c->arena, c->letter, name)); break;
        case PART_FACTS:
            if (letter_fact_type(NULL, name) == LETTER_FACT_NONE) finding(c, part->node, "there is no such fact:", name);
            else check_word(c, part->node, arena_printf(c->arena, "letter.fact.%.*s", SPAN_FMT(name)));
            break;
        case PART_TABLE:
            if (!span_is(name, "duties") && !span_is(name, "filings")) finding(c, part->node, "there is no such table:", name);
            break;
        case PART_FIELD:
            if (letter_fact_type(c->letter, arena_printf(c->arena, "field.%.*s", SPAN_FMT(name))) == LETTER_FACT_NONE) finding(c, part->node, "there is no such field:", name);
            break;
        case PART_FORM: check_form(c, part); break;
        case PART_LINES:
        case PART_VALUES: break;
        }
    }
}

// What its writer adds stands in the letter.
static void check_shown(struct checking *c, const struct letter_field *field) {
    for (size_t i = 0; i < c->letter->part_count; i++)
        if (c->letter->parts[i].kind == PART_FIELD && names_have(&c->letter->parts[i].names, field->name)) return;
    finding(c, c->letter->node, "it asks for what it does not show:", field->name);
}

void letters_check(const struct law *law, struct buf *report, size_t *findings) {
    static const char *const COMMON[] = {"page", "draft", "number", "date", "to", "courtesy", "signed", "proof", "against", "marking", "approved", "yes", "no"};
    struct arena arena;
    arena_init(&arena, 4 * 1024 * 1024);
    for (size_t i = 0; law->letters != NULL && i < law->letters->count; i++) {
        const struct letter *letter = &law->letters->letters[i];
        struct checking c = {.law = law, .letter = letter, .arena = &arena, .report = report, .findings = findings};
        for (size_t k = 0; k < sizeof COMMON / sizeof COMMON[0]; k++) check_word(&c, letter->node, arena_printf(&arena, "letter.common.%s", COMMON[k]));
        check_word(&c, letter->node, letter_key(&arena, letter, SPAN("label")));
        for (size_t k = 0; k < letter->field_count; k++) check_word(&c, letter->node, arena_printf(&arena, "letter.%.*s.field.%.*s", SPAN_FMT(letter->id), SPAN_FMT(letter->fields[k].name)));
        for (size_t k = 0; k < letter->field_count; k++) check_shown(&c, &letter->fields[k]);
        for (size_t k = 0; k < letter->procedures.count; k++)
            if (procedure_get(law, SPAN(""), latest_day(), letter->procedures.items[k]) == NULL) finding(&c, letter->node, "there is no procedure", letter->procedures.items[k]);
        for (size_t k = 0; k < letter->part_count; k++) check_part(&c, &letter->parts[k]);
    }
    if (law->letters != NULL) buf_printf(report, "%zu letters\n", law->letters->count);
    arena_fini(&arena);
}
