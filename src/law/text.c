// SPDX-License-Identifier: EUPL-1.2
/* Walking the rows of packs for the texts that people read, and giving each its key. */
#include "law/text.h"

#include "law/law_private.h"

struct walk {
    struct arena *arena;
    law_text_visitor *visitor;
    void *context;
    bool is_failed;
};

static struct span joined(struct walk *w, struct span prefix, const char *middle, struct span name) {
    struct span key = arena_printf(w->arena, "%.*s.%s%.*s", SPAN_FMT(prefix), middle, SPAN_FMT(name));
    w->is_failed = w->is_failed || key.at == NULL;
    return key;
}

static void tell(struct walk *w, struct span key, const struct yaml *node) {
    if (node == NULL || node->type != YAML_SCALAR || span_trim(node->text).len == 0 || w->is_failed) return;
    struct law_text text = {.key = key, .english = node->text, .node = node};
    w->visitor(w->context, &text);
}

// The text MEMBER of ROW under PREFIX.SUFFIX.
static void member(struct walk *w, struct span prefix, const struct yaml *row, const char *name, const char *suffix) {
    const struct yaml *node = yaml_get(row, name);
    if (node != NULL) tell(w, joined(w, prefix, "", span_of(suffix)), node);
}

static void choices(struct walk *w, struct span prefix, const struct yaml *node) {
    if (node == NULL || node->type != YAML_MAPPING || yaml_get(node, "list") != NULL) return;
    for (size_t i = 0; i < node->count; i++) tell(w, joined(w, prefix, "choice.", node->pairs[i].name), &node->pairs[i].value);
}

static size_t rows_of(const struct yaml *list) { return list != NULL && list->type == YAML_SEQUENCE ? list->count : 0; }

static void fields(struct walk *w, struct span prefix, const struct yaml *list) {
    for (size_t i = 0; i < rows_of(list); i++) {
        const struct yaml *row = &list->items[i];
        struct span name = yaml_get_text(row, "field");
        if (name.len == 0) continue; // {use: SET}: its texts have the set's keys
        struct span key = joined(w, prefix, "", name);
        member(w, key, row, "label", "label");
        member(w, key, row, "help", "help");
        choices(w, key, yaml_get(row, "choices"));
        fields(w, key, yaml_get(row, "fields"));
    }
}

// The key of the text of row AT of LIST, which is called by its member NAME: the same text as an earlier one has its key, another is numbered.
static void numbered(struct walk *w, struct span prefix, const struct yaml *list, size_t at, const char *name, const char *text_name) {
    struct span id = yaml_get_text(&list->items[at], name), text = yaml_get_text(&list->items[at], text_name);
    size_t number = 1;
    if (id.len == 0 || text.len == 0) return;
    for (size_t i = 0; i < at; i++) {
        struct span earlier = yaml_get_text(&list->items[i], text_name);
        if (!span_equals(yaml_get_text(&list->items[i], name), id) || earlier.len == 0) continue;
        if (span_equals(earlier, text)) return;
        bool is_first = true; // of its text
        for (size_t k = 0; k < i; k++)
            is_first = is_first && !(span_equals(yaml_get_text(&list->items[k], name), id) && span_equals(yaml_get_text(&list->items[k], text_name), earlier));
        number += is_first;
    }
    struct span key = joined(w, prefix, "", id);
    if (number > 1) key = arena_printf(w->arena, "%.*s_%zu", SPAN_FMT(key), number);
    tell(w, key, yaml_get(&list->items[at], text_name));
}

static void documents(struct walk *w, struct span home, const struct yaml *list, const char *name) {
    for (size_t i = 0; i < rows_of(list); i++) {
        const struct yaml *row = &list->items[i], *rules = yaml_get(row, "rules"), *effects = yaml_get(row, "effects");
        struct span key = joined(w, home, "", yaml_get_text(row, name));
        member(w, key, row, "label", "label");
        member(w, key, row, "help", "help");
        member(w, key, row, "when_words", "when");
        fields(w, key, yaml_get(row, "fields"));
        fields(w, key, yaml_get(row, "add"));
        for (size_t k = 0; k < rows_of(rules); k++)
            tell(w, joined(w, key, "rule.", yaml_get_text(&rules->items[k], "rule")), yaml_get(&rules->items[k], "words"));
        for (size_t k = 0; k < rows_of(effects); k++) {
            numbered(w, joined(w, key, "", SPAN("message")), effects, k, "message", "words");
            numbered(w, joined(w, key, "", SPAN("do")), effects, k, "do", "words");
        }
    }
}

// Rows that have one label and a name: {state: closed, label: Closed}.
static void labelled(struct walk *w, struct span home, const struct yaml *list, const char *middle, const char *id, const char *text, const char *suffix) {
    for (size_t i = 0; i < rows_of(list); i++) {
        struct span key = joined(w, home, middle, yaml_get_text(&list->items[i], id));
        if (suffix[0] != '\0') key = joined(w, key, "", span_of(suffix));
        tell(w, key, yaml_get(&list->items[i], text));
    }
}

// Of fields, or of rules.
static void set(struct walk *w, struct span key, const struct yaml *list) {
    fields(w, key, list);
    for (size_t k = 0; k < rows_of(list); k++) {
        struct span rule = yaml_get_text(&list->items[k], "rule");
        if (rule.len > 0) tell(w, joined(w, key, "rule.", rule), yaml_get(&list->items[k], "words"));
    }
}

static void procedure(struct walk *w, const struct yaml *root) {
    const struct yaml *sets = yaml_get(root, "sets"), *strands = yaml_get(root, "strands");
    struct span home = yaml_get_text(root, "procedure");
    if (home.len == 0) home = yaml_get_text(root, "common");
    member(w, home, root, "label", "label");
    member(w, home, root, "help", "help");
    labelled(w, home, yaml_get(root, "states"), "state.", "state", "label", "label");
    labelled(w, home, yaml_get(root, "party_states"), "party_state.", "state", "label", "label");
    for (size_t i = 0; sets != NULL && sets->type == YAML_MAPPING && i < sets->count; i++)
        set(w, joined(w, home, "set.", sets->pairs[i].name), &sets->pairs[i].value);
    documents(w, home, yaml_get(root, "documents"), "document");
    documents(w, home, yaml_get(root, "change"), "document");
    labelled(w, home, yaml_get(root, "duties"), "duty.", "duty", "words", "");
    labelled(w, home, yaml_get(root, "proposals"), "proposal.", "proposal", "reason", "");
    labelled(w, home, strands, "strand.", "strand", "label", "");
    for (size_t i = 0; i < rows_of(strands); i++) labelled(w, home, yaml_get(&strands->items[i], "notes"), "note.", "note", "words", "");
    labelled(w, home, yaml_get(root, "indications"), "indication.", "indication", "words", "");
}

static void clocks(struct walk *w, const struct yaml *root) {
    const struct yaml *list = yaml_get(root, "clocks"), *corrections = yaml_get(root, "corrections");
    for (size_t i = 0; i < rows_of(corrections); i++) {
        const struct yaml *as = yaml_get(&corrections->items[i], "as");
        if (as != NULL) tell(w, word_key(w->arena, SPAN("clock.as."), as->text), as);
    }
    for (size_t i = 0; i < rows_of(list); i++) {
        const struct yaml *rows = yaml_get(&list->items[i], "rows");
        struct span key = joined(w, SPAN("clock"), "", yaml_get_text(&list->items[i], "clock"));
        size_t notes = 0;
        member(w, key, &list->items[i], "words", "words");
        for (size_t k = 0; k < rows_of(rows); k++) {
            const struct yaml *as = yaml_get(&rows->items[k], "as"), *words = yaml_get(&rows->items[k], "words");
            if (as != NULL) tell(w, word_key(w->arena, SPAN("clock.as."), as->text), as);
            if (words != NULL) tell(w, ++notes == 1 ? joined(w, key, "", SPAN("note")) : arena_printf(w->arena, "%.*s.note_%zu", SPAN_FMT(key), notes), words);
        }
    }
}

static void grid(struct walk *w, const struct yaml *root) {
    labelled(w, SPAN("grid_effect"), yaml_get(root, "effects"), "", "effect", "words", "");
    labelled(w, SPAN("grid_fact"), yaml_get(root, "facts"), "", "fact", "words", "");
    labelled(w, SPAN("grid"), yaml_get(root, "rows"), "", "id", "words", "");
}

// Any other file: members with texts, wherever they stand; a row is called by its first value.
static void rows(struct walk *w, struct span prefix, const struct yaml *node) {
    static const char *const TEXTS[] = {"label", "help", "words", "when_words", "reason"};
    if (node->type == YAML_SEQUENCE)
        for (size_t i = 0; i < node->count; i++) {
            const struct yaml *row = &node->items[i];
            if (row->type == YAML_MAPPING && row->count > 0 && row->pairs[0].value.type == YAML_SCALAR)
                rows(w, joined(w, prefix, "", row->pairs[0].value.text), row);
        }
    if (node->type != YAML_MAPPING) return;
    for (size_t t = 0; t < sizeof TEXTS / sizeof TEXTS[0]; t++) member(w, prefix, node, TEXTS[t], TEXTS[t]);
    choices(w, prefix, yaml_get(node, "choices"));
    for (size_t i = 0; i < node->count; i++) {
        const struct yaml_pair *pair = &node->pairs[i];
        if (pair->value.type == YAML_SEQUENCE) rows(w, prefix, &pair->value);
        else if (pair->value.type == YAML_MAPPING && !span_is(pair->name, "choices")) rows(w, joined(w, prefix, "", pair->name), &pair->value);
    }
}

// "tables/class.yaml" -> "class"
static struct span stem_of(struct span path) {
    size_t from = path.len;
    while (from > 0 && path.at[from - 1] != '/') from--;
    return span_part(path, from, path.len - 5);
}

// Where a cell or a pack was read: one key for each text, so that the Union's words say it for all states.
static void source(struct walk *w, const struct yaml *row) {
    const struct yaml *node = yaml_get(row, "source");
    if (node != NULL && node->type == YAML_SCALAR) tell(w, word_key(w->arena, SPAN("source."), node->text), node);
}

static void manifest(struct walk *w, const struct pack_file *f) {
    const struct yaml *notes = yaml_get(f->root, "notes");
    member(w, SPAN("pack"), f->root, "title", "title");
    if (yaml_get(f->root, "state") == NULL) return;
    member(w, SPAN("pack"), f->root, "law", "law");
    source(w, f->root);
    for (size_t i = 0; i < rows_of(notes); i++) tell(w, i == 0 ? SPAN("pack.note") : arena_printf(w->arena, "pack.note_%zu", i + 1), &notes->items[i]);
}

// The cells of a directory or a profile: NAME is the member that people read. A proper name is the same in every language.
static void cells(struct walk *w, struct span prefix, const struct yaml *root, const char *name) {
    for (size_t i = 0; root->type == YAML_MAPPING && i < root->count; i++) {
        const struct yaml *cell = &root->pairs[i].value, *node = yaml_get(cell, name);
        if (node != NULL && !span_is(yaml_get_text(cell, "proper"), "yes")) tell(w, joined(w, prefix, "", root->pairs[i].name), node);
        source(w, cell);
    }
}

// The notice: texts by name, and lists of rows whose every text but the article is read.
static void notice(struct walk *w, const struct yaml *root) {
    for (size_t i = 0; root->type == YAML_MAPPING && i < root->count; i++) {
        const struct yaml *value = &root->pairs[i].value;
        struct span key = joined(w, SPAN("privacy"), "", root->pairs[i].name);
        tell(w, key, value);
        for (size_t k = 0; k < rows_of(value); k++) {
            const struct yaml *row = &value->items[k];
            struct span row_key = arena_printf(w->arena, "%.*s.%zu", SPAN_FMT(key), k + 1);
            for (size_t m = 0; row->type == YAML_MAPPING && m < row->count; m++)
                if (!span_is(row->pairs[m].name, "article")) tell(w, joined(w, row_key, "", row->pairs[m].name), &row->pairs[m].value);
        }
    }
}

static void file(struct walk *w, const struct pack_file *f) {
    // Facts, switches, types, tables, size: their texts stand in words/ in every language. Letters likewise.
    static const char *const ELSEWHERE[] = {"words/", "letters/", "tables/", "facts.yaml", "switches.yaml", "types.yaml", "size.yaml"};
    for (size_t i = 0; i < sizeof ELSEWHERE / sizeof ELSEWHERE[0]; i++)
        if (span_starts_with(f->path, span_of(ELSEWHERE[i]))) return;
    if (span_is(f->path, "pack.yaml")) manifest(w, f);
    else if (span_is(f->path, "directory.yaml")) cells(w, SPAN("directory"), f->root, "name");
    else if (span_is(f->path, "profile.yaml")) cells(w, SPAN("profile"), f->root, "value");
    else if (span_is(f->path, "privacy.yaml")) notice(w, f->root);
    else if (span_is(f->path, "clocks.yaml") || pack_file_is_under(f, "clocks/")) clocks(w, f->root);
    else if (span_is(f->path, "grid.yaml")) grid(w, f->root);
    else if (pack_file_is_under(f, "procedures/")) procedure(w, f->root);
    else rows(w, stem_of(f->path), f->root);
}

bool pack_texts_visit(const struct pack *pack, struct arena *arena, law_text_visitor *visitor, void *context) {
    struct walk walk = {.arena = arena, .visitor = visitor, .context = context};
    for (size_t i = 0; i < pack->file_count; i++) file(&walk, &pack->files[i]);
    return !walk.is_failed;
}
