// SPDX-License-Identifier: EUPL-1.2
/* Packs and what differs between them, as text and as JSON. */
#include <stdio.h>

#include "law/pack_rows.h"
#include "law/translate.h"

// Whose texts a tree holds, and in which language they are said; NULL: as they stand.
struct saying {
    const struct law *law;
    struct span state, lang;
};

static struct span said(const struct saying *saying, const struct yaml *node) {
    return saying == NULL ? node->text : law_say_row(saying->law, saying->state, node->text, saying->lang);
}

// Members that hold texts for people: of those alone the words are said, names of rows are not.
static const struct saying *saying_of(const struct saying *saying, struct span member) {
    static const char *const TEXTS[] = {"name", "value", "law", "notes", "source", "as", "words", "label", "help", "reason", "when_words"};
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++)
        if (span_is(member, TEXTS[i])) return saying;
    return NULL;
}

static void tree_json(struct json_out *out, const struct yaml *node, const struct saying *saying, bool is_text) {
    if (yaml_is_null(node)) {
        json_out_null(out);
    } else if (node->type == YAML_SCALAR) {
        json_out_string(out, is_text ? said(saying, node) : node->text);
    } else if (node->type == YAML_SEQUENCE) {
        json_out_array(out);
        for (size_t i = 0; i < node->count; i++) tree_json(out, &node->items[i], saying, is_text);
        json_out_array_end(out);
    } else {
        json_out_object(out);
        for (size_t i = 0; i < node->count; i++) {
            json_out_name_span(out, node->pairs[i].name);
            tree_json(out, &node->pairs[i].value, saying, saying_of(saying, node->pairs[i].name) != NULL);
        }
        json_out_object_end(out);
    }
}

void yaml_write_json(struct json_out *out, const struct yaml *node) { tree_json(out, node, NULL, false); }

static void tree_line(struct buf *out, const struct yaml *node, const struct saying *saying, bool is_text) {
    if (node == NULL) return;
    if (node->type == YAML_SCALAR) {
        buf_add(out, is_text ? said(saying, node) : node->text);
        return;
    }
    bool is_mapping = node->type == YAML_MAPPING;
    buf_add_byte(out, is_mapping ? '{' : '[');
    for (size_t i = 0; i < node->count; i++) {
        if (i > 0) buf_add_text(out, ", ");
        if (is_mapping) buf_printf(out, "%.*s: ", SPAN_FMT(node->pairs[i].name));
        tree_line(out, is_mapping ? &node->pairs[i].value : &node->items[i], saying, is_mapping ? saying_of(saying, node->pairs[i].name) != NULL : is_text);
    }
    buf_add_byte(out, is_mapping ? '}' : ']');
}

static struct span word_of(const struct law *law, const char *group, const char *name, struct span lang, struct arena *arena) {
    struct span key = arena_printf(arena, "%s.%s", group, name), text = law_word(law, SPAN(""), key, lang);
    return text.at != NULL ? text : span_of(name);
}

// --- JSON ---

static void date_member(struct json_out *out, const char *name, struct civil date, struct arena *arena) {
    json_out_member_string(out, name, civil_text(arena, date));
}

static struct saying saying_make(const struct law *law, const struct pack *pack, struct span lang) {
    return (struct saying){.law = law, .state = yaml_get_text(pack->manifest, "state"), .lang = lang};
}

static void pack_members(struct json_out *out, const struct law *law, const struct pack *pack, struct civil at, struct span lang, struct arena *arena) {
    struct span state = yaml_get_text(pack->manifest, "state");
    json_out_member_string(out, "pack", pack->id);
    json_out_member_string(out, "title", law_say_row(law, state, pack->title, lang));
    json_out_member_string(out, "version", pack->version);
    date_member(out, "at", at, arena);
    json_out_name(out, "from");
    if (pack->has_from) json_out_string(out, civil_text(arena, pack->from));
    else json_out_null(out);
    json_out_member_bool(out, "in_force", pack_is_in_force(pack, at));
    json_out_member_bool(out, "proposal", pack_is_proposal(pack));
    if (!span_starts_with(pack->id, SPAN("national/"))) return;
    json_out_member_string(out, "law", law_say_row(law, state, yaml_get_text(pack->manifest, "law"), lang));
    json_out_member_bool(out, "transposed", !pack_is_untransposed(pack, at));
}

// What the reader must know before the first row: a proposal, an untransposed state, a pack that doesn't apply that day.
static const char *caution_of(const struct pack *pack, struct civil at) {
    if (pack_is_proposal(pack)) return "proposal";
    if (pack_is_untransposed(pack, at)) return "untransposed";
    return pack_is_in_force(pack, at) ? NULL : "not_in_force";
}

static void caution_json(struct json_out *out, const struct law *law, const struct pack *pack, struct civil at, struct span lang, struct arena *arena) {
    const char *caution = caution_of(pack, at);
    json_out_name(out, "caution");
    if (caution == NULL) json_out_null(out);
    else json_out_string(out, word_of(law, "diff", caution, lang, arena));
}

static void row_members(struct json_out *out, const struct pack_row *row) {
    json_out_member_string(out, "file", row->file);
    json_out_member_string(out, "key", row->key);
    json_out_member_string(out, "name", row->name);
    json_out_member_string(out, "article", row->article.len > 0 ? row->article : span_make(NULL, 0));
    json_out_member_string(out, "certainty", row->certainty.len > 0 ? row->certainty : span_make(NULL, 0));
}

static void row_json(struct json_out *out, const struct pack_row *row, const struct saying *saying) {
    tree_json(out, row != NULL ? row->node : NULL, saying, row != NULL && saying_of(saying, row->name) != NULL);
}

void comparison_write_json(struct json_out *out, const struct pack_comparison *c, struct span lang, struct arena *arena) {
    const struct pack *packs[] = {c->before, c->after};
    static const char *const NAMES[] = {"before", "after"};
    json_out_object(out);
    for (size_t i = 0; i < 2; i++) {
        struct civil at = i == 0 ? c->at : c->then;
        json_out_name(out, NAMES[i]);
        json_out_object(out);
        pack_members(out, c->law, packs[i], at, lang, arena);
        caution_json(out, c->law, packs[i], at, lang, arena);
        json_out_object_end(out);
    }
    const struct saying before = saying_make(c->law, c->before, lang), after = saying_make(c->law, c->after, lang);
    json_out_member_bool(out, "overlay", c->is_overlay);
    json_out_name(out, "rows");
    json_out_array(out);
    for (size_t i = 0; i < c->count; i++) {
        const struct pack_difference *d = &c->rows[i];
        json_out_object(out);
        json_out_member_text(out, "what", difference_name(d->what));
        row_members(out, d->after != NULL ? d->after : d->before);
        json_out_name(out, "before");
        row_json(out, d->before, &before);
        json_out_name(out, "after");
        row_json(out, d->after, &after);
        json_out_object_end(out);
    }
    json_out_array_end(out);
    json_out_object_end(out);
}

void pack_write_json(struct json_out *out, const struct law *law, const struct pack *pack, struct civil at, const struct pack_rows *rows,
                     struct span lang, struct arena *arena) {
    json_out_object(out);
    pack_members(out, law, pack, at, lang, arena);
    caution_json(out, law, pack, at, lang, arena);
    const struct saying saying = saying_make(law, pack, lang);
    json_out_name(out, "rows");
    json_out_array(out);
    for (size_t i = 0; i < rows->count; i++) {
        json_out_object(out);
        row_members(out, &rows->rows[i]);
        json_out_name(out, "row");
        row_json(out, &rows->rows[i], &saying);
        json_out_object_end(out);
    }
    json_out_array_end(out);
    json_out_object_end(out);
}

// --- text ---

static void heading(struct buf *out, const struct law *law, const struct pack *pack, struct civil at, struct span lang, struct arena *arena) {
    buf_printf(out, "%.*s, %.*s: %.*s", SPAN_FMT(pack->id), SPAN_FMT(civil_text(arena, at)),
               SPAN_FMT(law_say_row(law, yaml_get_text(pack->manifest, "state"), pack->title, lang)));
    struct span act = law_say_row(law, yaml_get_text(pack->manifest, "state"), yaml_get_text(pack->manifest, "law"), lang);
    if (act.len > 0) buf_printf(out, " (%.*s)", SPAN_FMT(act));
    buf_add_byte(out, '\n');
    const char *caution = caution_of(pack, at);
    if (caution != NULL) buf_printf(out, "  %.*s\n", SPAN_FMT(word_of(law, "diff", caution, lang, arena)));
}

static void name_line(struct buf *out, const struct law *law, const struct pack_row *row, struct span lang, struct arena *arena) {
    char mark[16];
    (void)snprintf(mark, sizeof mark, "%.*s", SPAN_FMT(row->certainty));
    struct span label = law_word(law, SPAN(""), arena_printf(arena, "cell.%.*s", SPAN_FMT(row->name)), lang);
    bool is_cell = span_is(row->key, "cell") && label.at != NULL;
    buf_printf(out, "  %.*s", SPAN_FMT(row->file));
    if (!is_cell && row->key.len > 0 && !span_equals(row->key, row->name)) buf_printf(out, " %.*s", SPAN_FMT(row->key));
    buf_printf(out, " %.*s", SPAN_FMT(is_cell ? label : row->name));
    if (row->article.len > 0) buf_printf(out, " (%.*s)", SPAN_FMT(row->article));
    if (mark[0] != '\0') buf_printf(out, " [%.*s]", SPAN_FMT(word_of(law, "certainty", mark, lang, arena)));
    buf_add_byte(out, '\n');
}

static void value_line(struct buf *out, struct span word, struct span member, const struct yaml *value, const struct saying *saying,
                       bool is_text) {
    bool is_bare = word.len == 0 && member.len == 0;
    buf_printf(out, "      %.*s%s%.*s%s", SPAN_FMT(word), word.len > 0 && member.len > 0 ? " " : "", SPAN_FMT(member), is_bare ? "" : ": ");
    tree_line(out, value, saying, is_text);
    buf_add_byte(out, '\n');
}

static void row_line(struct buf *out, const struct pack_row *row, const struct law *law, const struct pack *pack, struct span lang) {
    const struct saying saying = saying_make(law, pack, lang);
    value_line(out, SPAN(""), SPAN(""), row->node, &saying, saying_of(&saying, row->name) != NULL);
}

static bool is_equal_text(const struct yaml *a, const struct yaml *b, struct arena *arena) {
    struct buf x, y;
    if (a == NULL || b == NULL) return a == b;
    buf_init(&x, arena, 256 * 1024);
    buf_init(&y, arena, 256 * 1024);
    tree_line(&x, a, NULL, false);
    tree_line(&y, b, NULL, false);
    return span_equals(buf_span(&x), buf_span(&y));
}

static const struct yaml *member_of(const struct yaml *mapping, struct span name) {
    for (size_t i = 0; mapping != NULL && mapping->type == YAML_MAPPING && i < mapping->count; i++)
        if (span_equals(mapping->pairs[i].name, name)) return &mapping->pairs[i].value;
    return NULL;
}

// Of two mappings the members that differ, else both whole.
static void change_lines(struct buf *out, const struct pack_comparison *c, const struct pack_difference *d, struct span lang, struct arena *arena) {
    struct span before = word_of(c->law, "diff", "before", lang, arena), after = word_of(c->law, "diff", "after", lang, arena);
    const struct saying old = saying_make(c->law, c->before, lang), new = saying_make(c->law, c->after, lang);
    const struct yaml *a = d->before->node, *b = d->after->node;
    bool is_text = saying_of(&new, d->after->name) != NULL;
    bool is_apart = d->after->kind == PACK_ROW_PLAIN && a != NULL && b != NULL && a->type == YAML_MAPPING && b->type == YAML_MAPPING;
    if (!is_apart) {
        if (d->after->kind == PACK_ROW_PLAIN) value_line(out, before, SPAN(""), a, &old, is_text);
        value_line(out, after, SPAN(""), b, &new, is_text);
        return;
    }
    for (size_t i = 0; i < a->count; i++)
        if (!is_equal_text(&a->pairs[i].value, member_of(b, a->pairs[i].name), arena))
            value_line(out, before, a->pairs[i].name, &a->pairs[i].value, &old, saying_of(&old, a->pairs[i].name) != NULL);
    for (size_t i = 0; i < b->count; i++)
        if (!is_equal_text(&b->pairs[i].value, member_of(a, b->pairs[i].name), arena))
            value_line(out, after, b->pairs[i].name, &b->pairs[i].value, &new, saying_of(&new, b->pairs[i].name) != NULL);
}

static void difference_lines(struct buf *out, const struct pack_comparison *c, const struct pack_difference *d, struct span lang, struct arena *arena) {
    name_line(out, c->law, d->after != NULL ? d->after : d->before, lang, arena);
    if (d->what == DIFFERENCE_INSTEAD) change_lines(out, c, d, lang, arena);
    else if (d->what == DIFFERENCE_BESIDES && d->after->node != NULL) row_line(out, d->after, c->law, c->after, lang);
}

void comparison_write_text(struct buf *out, const struct pack_comparison *c, struct span lang, struct arena *arena) {
    heading(out, c->law, c->before, c->at, lang, arena);
    heading(out, c->law, c->after, c->then, lang, arena);
    for (int what = 0; what <= (int)DIFFERENCE_WITHOUT; what++) {
        bool is_first = true;
        for (size_t i = 0; i < c->count; i++) {
            if (c->rows[i].what != (enum difference)what) continue;
            if (is_first) buf_printf(out, "\n%.*s\n", SPAN_FMT(word_of(c->law, "diff", difference_name((enum difference)what), lang, arena)));
            is_first = false;
            difference_lines(out, c, &c->rows[i], lang, arena);
        }
    }
    if (c->count == 0) buf_printf(out, "\n%.*s\n", SPAN_FMT(word_of(c->law, "diff", "same", lang, arena)));
}

void pack_write_text(struct buf *out, const struct law *law, const struct pack *pack, struct civil at, const struct pack_rows *rows,
                     struct span lang, struct arena *arena) {
    heading(out, law, pack, at, lang, arena);
    for (size_t i = 0; i < rows->count; i++) {
        name_line(out, law, &rows->rows[i], lang, arena);
        row_line(out, &rows->rows[i], law, pack, lang);
    }
}
