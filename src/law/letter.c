// SPDX-License-Identifier: EUPL-1.2
/* Making a letter's parts from its template: sentences, facts, tables, what the writer added. */
#include "law/law_private.h"
#include "law/letter_private.h"
#include "law/procedure_private.h"

enum { BLOCKS_MAX = 4096, FORM_LINES_LONG = 6 };

struct composing {
    const struct letter_input *input;
    struct arena *arena;
    struct facts facts;
    struct letter_block *blocks;
    size_t count;
    struct letter_gap gap;
    struct span speech; // of the next block, where it is not the letter's
    bool is_full;
};

static void add(struct composing *c, enum letter_kind kind, uint16_t level, struct span text) {
    if (c->count == BLOCKS_MAX) {
        c->is_full = true;
        return;
    }
    c->blocks[c->count++] = (struct letter_block){kind, level, text, c->speech};
    c->speech = span_make(NULL, 0);
}

static struct span words_of(const struct composing *c, struct span key) {
    const struct letter_input *input = c->input;
    return letter_word(input->law, input->letter, input->state, letter_key(c->arena, input->letter, key), input->lang);
}

static struct span filled(struct composing *c, struct span key) { return letter_fill(c->input, words_of(c, key), c->arena, &c->gap); }

// Words in the letter's language; where they are not there FALLBACK, which is English, and the next block says so.
static struct span own_or(struct composing *c, struct span key, struct span fallback) {
    const struct letter_input *input = c->input;
    struct span text = letter_word(input->law, input->letter, input->state, key, input->lang);
    if (text.len > 0) return text;
    if (!span_is(input->lang, "en")) c->speech = SPAN("en");
    text = law_word(input->law, input->state, key, SPAN("en"));
    return text.len > 0 ? text : fallback;
}

// Words of a field: the form's own before those of the set that it stands in.
static struct span field_words(struct composing *c, const struct field *field, const char *middle, struct span name, struct span fallback) {
    const struct letter_input *input = c->input;
    struct span key = arena_printf(c->arena, "%.*s.%s%.*s", SPAN_FMT(field->key), middle, SPAN_FMT(name));
    if (field->set_key.len > 0 && letter_word(input->law, input->letter, input->state, key, input->lang).len == 0)
        key = arena_printf(c->arena, "%.*s.%s%.*s", SPAN_FMT(field->set_key), middle, SPAN_FMT(name));
    return own_or(c, key, fallback);
}

// Words that all letters share.
static struct span label_of(struct composing *c, const char *group, struct span name) {
    return own_or(c, arena_printf(c->arena, "letter.%s.%.*s", group, SPAN_FMT(name)), name);
}

static void add_facts(struct composing *c, const struct names *names) {
    for (size_t i = 0; i < names->count; i++) {
        struct span value = letter_fact(c->input, names->items[i], c->arena);
        if (value.at == NULL) continue;
        add(c, LETTER_LABEL, 0, label_of(c, "fact", names->items[i]));
        add(c, LETTER_VALUE, 0, value);
    }
}

static const struct letter_field *field_named(const struct letter *letter, struct span name) {
    for (size_t i = 0; i < letter->field_count; i++)
        if (span_equals(letter->fields[i].name, name)) return &letter->fields[i];
    return NULL;
}

static void add_written(struct composing *c, struct span name) {
    struct span text = json_get_string(c->input->texts, (const char *)name.at);
    const struct letter_field *field = field_named(c->input->letter, name);
    if (field == NULL || span_trim(text).len == 0) return;
    struct span key = arena_printf(c->arena, "field.%.*s", SPAN_FMT(name)), label = words_of(c, key);
    add(c, LETTER_HEADING, 2, label.len > 0 ? label : field->label);
    for (size_t from = 0; from < text.len;) { // an empty line ends a paragraph
        size_t to = from;
        while (to < text.len && !(text.at[to] == '\n' && to + 1 < text.len && text.at[to + 1] == '\n')) to++;
        struct span part = span_trim(span_part(text, from, to));
        if (part.len > 0) add(c, LETTER_WRITTEN, 0, part);
        from = to + 2;
    }
}

// --- tables and forms ---

static struct span document_label(struct composing *c, struct span procedure, struct span document) {
    const struct procedure *p = procedure_get(c->input->law, c->input->state, c->input->at, procedure);
    const struct document *d = p == NULL ? NULL : document_get(p, c->input->at, document);
    struct span key = arena_printf(c->arena, "%.*s.%.*s.label", SPAN_FMT(d != NULL ? d->home : procedure), SPAN_FMT(document));
    return own_or(c, key, d != NULL ? d->label : document);
}

static void add_cell(struct composing *c, struct span text) { add(c, LETTER_CELL, 0, text.len > 0 ? text : SPAN("\xe2\x80\x93")); }

static void add_heads(struct composing *c, bool is_of_duties) {
    add(c, LETTER_TABLE, 3, SPAN(""));
    add(c, LETTER_HEAD, 0, label_of(c, "column", SPAN("document")));
    add(c, LETTER_HEAD, 0, label_of(c, "column", is_of_duties ? SPAN("article") : SPAN("filing")));
    add(c, LETTER_HEAD, 0, label_of(c, "column", is_of_duties ? SPAN("due") : SPAN("received")));
}

static struct span moment_of(struct composing *c, const struct json *object, const char *name) {
    int64_t ms = json_instant(json_get(object, name), c->input->zone);
    return ms == INSTANT_NONE ? span_make(NULL, 0) : letter_moment(c->input, ms, false, c->arena);
}

static void add_table(struct composing *c, bool is_of_duties) {
    const struct json *rows = c->input->case_state == NULL ? NULL : json_get(c->input->case_state, is_of_duties ? "duties" : "filings");
    struct span procedure = c->input->case_state == NULL ? SPAN("") : json_get_string(c->input->case_state, "procedure");
    bool has_head = false;
    for (size_t i = 0; rows != NULL && i < rows->count; i++) {
        const struct json *row = &rows->items[i];
        const struct json *seen_by = json_get(row, "seen_by");
        if (seen_by != NULL && !json_has_string(seen_by, SPAN("entity"))) continue; // the letter may go to it
        bool is_shown = is_of_duties ? json_get_string(row, "done_by").at == NULL && json_get_string(row, "closed_by").at == NULL &&
                                           span_is(json_get_string(row, "owed_by"), "entity")
                                     : !span_is(json_get_string(row, "status"), "withdrawn");
        if (!is_shown) continue;
        if (!has_head) add_heads(c, is_of_duties);
        has_head = true;
        add_cell(c, document_label(c, procedure, json_get_string(row, "document")));
        add_cell(c, json_get_string(row, is_of_duties ? "article" : "id"));
        add_cell(c, moment_of(c, row, is_of_duties ? "due" : "received_at"));
    }
}

static struct span field_label(struct composing *c, const struct field *field) {
    return field_words(c, field, "", SPAN("label"), field->label);
}

static const struct document *document_named(const struct composing *c, struct span procedure, struct span document) {
    const struct procedure *p = procedure_get(c->input->law, c->input->state, c->input->at, procedure);
    return p == NULL ? NULL : document_get(p, c->input->at, document);
}

static void add_form_field(struct composing *c, const struct field *field) {
    struct span label = field_label(c, field);
    bool is_needed = field->is_required || (field->required_when != NULL && condition_holds(field->required_when, &c->facts));
    add(c, LETTER_TEXT, 0, is_needed ? arena_printf(c->arena, "%.*s *", SPAN_FMT(label)) : label);
    for (size_t i = 0; i < field->choice_count; i++) {
        add(c, LETTER_ITEM, 0, arena_printf(c->arena, "\xe2\x98\x90 %.*s", SPAN_FMT(field_words(c, field, "choice.", field->choices[i].value, field->choices[i].label))));
    }
    if (field->choice_count > 0) return;
    if (field->type == FIELD_BOOL) {
        add(c, LETTER_ITEM, 0, arena_printf(c->arena, "\xe2\x98\x90 %.*s", SPAN_FMT(label_of(c, "common", SPAN("yes")))));
        add(c, LETTER_ITEM, 0, arena_printf(c->arena, "\xe2\x98\x90 %.*s", SPAN_FMT(label_of(c, "common", SPAN("no")))));
    } else {
        add(c, LETTER_RULED, field->type == FIELD_LONG_TEXT ? FORM_LINES_LONG : 1, SPAN(""));
    }
}

// The form of "procedure.document", to be filled in by hand.
static void add_form(struct composing *c, struct span name) {
    size_t dot = span_find(name, '.', 0);
    const struct document *d = document_named(c, span_part(name, 0, dot), span_part(name, dot + 1, name.len));
    for (size_t i = 0; d != NULL && i < d->field_count; i++) {
        const struct field *field = &d->fields[i];
        if (!is_valid_at(&field->validity, c->input->at)) continue;
        if (field->type != FIELD_GROUP && field->type != FIELD_LIST) add_form_field(c, field);
        if (field->type != FIELD_GROUP && field->type != FIELD_LIST) continue;
        add(c, LETTER_HEADING, 3, field_label(c, field));
        for (size_t k = 0; k < field->count; k++) add_form_field(c, &field->fields[k]);
    }
}

static struct span value_words(struct composing *c, const struct field *field, const struct json *value) {
    if (value->type == JSON_BOOL) return label_of(c, "common", value->boolean ? SPAN("yes") : SPAN("no"));
    if (value->type == JSON_INT) return arena_printf(c->arena, "%lld", (long long)value->integer);
    if (field->type == FIELD_INSTANT) return letter_moment(c->input, json_instant(value, c->input->zone), false, c->arena);
    for (size_t i = 0; value->type == JSON_STRING && i < field->choice_count; i++)
        if (span_equals(field->choices[i].value, value->string))
            return field_words(c, field, "choice.", value->string, field->choices[i].label);
    if (value->type == JSON_STRING) return value->string;
    struct buf out;
    buf_init(&out, c->arena, 64 * 1024);
    for (size_t i = 0; value->type == JSON_ARRAY && i < value->count; i++) {
        if (i > 0) buf_add_text(&out, ", ");
        if (value->items[i].type == JSON_STRING) buf_add(&out, value_words(c, field, &value->items[i]));
    }
    return buf_span(&out);
}

static void add_values_of(struct composing *c, const struct field *fields, size_t count, const struct json *values) {
    for (size_t i = 0; i < count; i++) {
        const struct json *value = json_find(values, fields[i].name);
        if (json_is_null(value)) continue;
        if (value->type == JSON_OBJECT && fields[i].type == FIELD_GROUP) {
            add_values_of(c, fields[i].fields, fields[i].count, value);
        } else if (fields[i].type == FIELD_LIST) {
            for (size_t k = 0; k < value->count; k++) add_values_of(c, fields[i].fields, fields[i].count, &value->items[k]);
        } else {
            add(c, LETTER_LABEL, 0, field_label(c, &fields[i]));
            add(c, LETTER_VALUE, 0, value_words(c, &fields[i], value));
        }
    }
}

static void add_values(struct composing *c) {
    const struct letter_input *input = c->input;
    const struct document *d = input->values == NULL ? NULL : document_named(c, input->values_procedure, input->values_document);
    if (d != NULL) add_values_of(c, d->fields, d->field_count, input->values);
}

// --- the letter ---

static int64_t lines_of(const struct letter_part *part) {
    int64_t lines = 1;
    return span_to_int(part->names.items[0], &lines) && lines >= 1 && lines <= 40 ? lines : 1;
}

static void add_part(struct composing *c, const struct letter_part *part) {
    switch (part->kind) {
    case PART_HEADING: add(c, LETTER_HEADING, (uint16_t)part->level, filled(c, part->names.items[0])); break;
    case PART_TEXT: add(c, LETTER_TEXT, 0, filled(c, part->names.items[0])); break;
    case PART_LIST:
        for (size_t i = 0; i < part->names.count; i++) add(c, LETTER_ITEM, 0, filled(c, part->names.items[i]));
        break;
    case PART_FACTS: add_facts(c, &part->names); break;
    case PART_TABLE: add_table(c, span_is(part->names.items[0], "duties")); break;
    case PART_FIELD: add_written(c, part->names.items[0]); break;
    case PART_FORM: add_form(c, part->names.items[0]); break;
    case PART_VALUES: add_values(c); break;
    case PART_LINES: add(c, LETTER_RULED, (uint16_t)lines_of(part), SPAN("")); break;
    }
}

static size_t characters_of(struct span text) {
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) count += (text.at[i] & 0xc0) != 0x80;
    return count;
}

static struct err check_texts(const struct letter_input *input, struct why *why) {
    const struct letter *letter = input->letter;
    for (size_t i = 0; input->texts != NULL && i < input->texts->count; i++) {
        struct span name = input->texts->members[i].name;
        const struct letter_field *field = field_named(letter, name);
        if (field == NULL)
            return why_set(why, ERR_INPUT, "/fields/texts", "letter.field", (const char *)letter->article.at, "the letter \"%.*s\" has no part \"%.*s\" to be written",
                           SPAN_FMT(letter->id), SPAN_FMT(name));
        if (characters_of(input->texts->members[i].value.string) > field->max_chars)
            return why_set(why, ERR_INPUT, "/fields/texts", "letter.field", (const char *)field->article.at, "\"%.*s\" has more than %zu characters", SPAN_FMT(name), field->max_chars);
    }
    for (size_t i = 0; i < letter->field_count && !input->is_draft; i++)
        if (letter->fields[i].is_required && span_trim(json_get_string(input->texts, (const char *)letter->fields[i].name.at)).len == 0)
            return why_set(why, ERR_INPUT, "/fields/texts", "letter.field", (const char *)letter->fields[i].article.at, "the letter needs the part \"%.*s\": %.*s",
                           SPAN_FMT(letter->fields[i].name), SPAN_FMT(letter->fields[i].label));
    return err_none();
}

// A filing that was made against a rule says so, wherever a letter is about it.
static void add_against(struct composing *c) {
    struct span id = json_get_string(json_get(c->input->facts, "filing"), "id");
    const struct json *filings = c->input->case_state == NULL ? NULL : json_get(c->input->case_state, "filings");
    for (size_t i = 0; id.len > 0 && filings != NULL && i < filings->count; i++) {
        const struct json *against = json_get(&filings->items[i], "against");
        if (against == NULL || !span_equals(json_get_string(&filings->items[i], "id"), id)) continue;
        add(c, LETTER_TEXT, 0, label_of(c, "common", SPAN("against")));
        for (size_t k = 0; k < against->count; k++)
            add(c, LETTER_ITEM, 0, arena_printf(c->arena, "%.*s (%.*s)", SPAN_FMT(json_get_string(&against->items[k], "rule")), SPAN_FMT(json_get_string(&against->items[k], "article"))));
    }
}

struct err letter_compose(const struct letter_input *input, struct arena *arena, const struct letter_block **ret, size_t *ret_count, struct why *why) {
    struct composing c = {.input = input, .arena = arena, .blocks = arena_take_array(arena, BLOCKS_MAX, sizeof *c.blocks)};
    const struct json *state = input->case_state;
    if (c.blocks == NULL) return err_make(ERR_MEMORY);
    c.facts = (struct facts){.fields = input->texts,
                             .subject = input->subject,
                             .case_facts = state == NULL ? NULL : json_get(state, "facts"),
                             .flags = state == NULL ? NULL : json_get(state, "flags"),
                             .filings = state == NULL ? NULL : json_get(state, "filings"),
                             .duties = state == NULL ? NULL : json_get(state, "duties"),
                             .state = state == NULL ? SPAN("") : json_get_string(state, "state"),
                             .role = input->role,
                             .received_ms = INSTANT_NONE,
                             .zone = input->zone};
    TRY(check_texts(input, why));
    for (size_t i = 0; i < input->letter->part_count; i++)
        if (condition_holds(input->letter->parts[i].when, &c.facts)) add_part(&c, &input->letter->parts[i]);
    add_against(&c);
    if (c.is_full) return why_set(why, ERR_LIMIT, "", "letter.size", "", "the letter has more than %d parts", (int)BLOCKS_MAX);
    if (c.gap.name.at != NULL && !input->is_draft)
        return why_set(why, ERR_INPUT, "/fields/template", "letter.fact", (const char *)input->letter->article.at,
                       "the letter says {%.*s}, which is not known here", SPAN_FMT(c.gap.name));
    *ret = c.blocks;
    *ret_count = c.count;
    return err_none();
}
