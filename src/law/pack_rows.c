// SPDX-License-Identifier: EUPL-1.2
/* Reading rows out of packs, and setting those of one pack against those of another. */
#include "law/pack_rows.h"

#include "law/json_tree.h"

enum { ROWS_MAX = 20000 };

bool pack_is_proposal(const struct pack *pack) { return span_starts_with(pack->id, SPAN("eu/")) && !pack->has_from; }

bool pack_is_in_force(const struct pack *pack, struct civil at) {
    return !pack_is_proposal(pack) && (!pack->has_from || civil_compare(pack->from, at) <= 0);
}

bool pack_is_untransposed(const struct pack *pack, struct civil at) {
    bool is_state = span_starts_with(pack->id, SPAN("national/"));
    return is_state && (!span_is(yaml_get_text(pack->manifest, "transposed"), "yes") || !pack_is_in_force(pack, at));
}

struct span law_caution(const struct law *law, struct span state, struct civil at, struct span lang) {
    const struct pack *pack = law_pack_of_state(law, state);
    if (pack == NULL || !pack_is_untransposed(pack, at)) return span_make(NULL, 0);
    struct span text = law_word(law, SPAN(""), SPAN("diff.untransposed"), lang);
    return text.at != NULL ? text : law_word(law, SPAN(""), SPAN("diff.untransposed"), SPAN("en"));
}

// A row that begins with a running number is named by its code.
static bool is_numbered(const struct yaml *row) {
    int64_t number;
    bool has_first = row != NULL && row->type == YAML_MAPPING && row->count > 0 && row->pairs[0].value.type == YAML_SCALAR;
    return has_first && span_to_int(row->pairs[0].value.text, &number) && yaml_get_text(row, "code").len > 0;
}

struct span pack_row_name(const struct yaml *row) {
    if (is_numbered(row)) return yaml_get_text(row, "code");
    bool has_first = row != NULL && row->type == YAML_MAPPING && row->count > 0 && row->pairs[0].value.type == YAML_SCALAR;
    return has_first ? row->pairs[0].value.text : span_make(NULL, 0);
}

// --- reading ---

struct row_reader {
    struct arena *arena;
    struct civil at;
    struct span file;
    struct span article, certainty; // of the file, for rows that have none
    struct pack_rows *rows;
    size_t capacity;
    bool is_failed;
};

static bool is_provenance(struct span name) {
    static const char *const NAMES[] = {"id", "title", "version", "source", "checked_on", "certainty", "languages", "official", "courtesy"};
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++)
        if (span_is(name, NAMES[i])) return true;
    return false;
}

static uint32_t digest_add(uint32_t digest, struct span text) {
    for (size_t i = 0; i < text.len; i++) digest = (digest ^ text.at[i]) * UINT32_C(16777619); // FNV-1a
    return digest;
}

static void row_put(struct row_reader *r, struct pack_row row) {
    struct validity validity;
    bool is_dated = row.node != NULL && row.node->type == YAML_MAPPING && !is_err(yaml_validity(row.node, &validity, NULL));
    if (is_dated && !is_valid_at(&validity, r->at)) return;
    if (r->rows->count == r->capacity) {
        size_t more = r->capacity == 0 ? 64 : 2 * r->capacity;
        struct pack_row *all = more > ROWS_MAX ? NULL : arena_take_array(r->arena, more, sizeof *all);
        r->is_failed |= all == NULL;
        if (all == NULL) return;
        if (r->rows->count > 0) memcpy(all, r->rows->rows, r->rows->count * sizeof *all);
        r->rows->rows = all;
        r->capacity = more;
    }
    row.file = r->file;
    row.article = yaml_get_text(row.node, "article");
    row.certainty = yaml_get_text(row.node, "certainty");
    if (row.article.len == 0) row.article = r->article;
    if (row.certainty.len == 0) row.certainty = r->certainty;
    row.digest = digest_add(digest_add(UINT32_C(2166136261), row.file), row.name);
    r->rows->rows[r->rows->count++] = row;
}

static void mapping_put(struct row_reader *r, const struct yaml *node, enum pack_row_kind kind, struct span list, size_t number) {
    struct pack_row row = {.kind = kind, .node = node, .key = SPAN("code"), .name = pack_row_name(node)};
    if (!is_numbered(node) && node->count > 0) row.key = node->pairs[0].name;
    if (row.name.len == 0) {
        row.key = list;
        row.name = arena_printf(r->arena, "%zu", number + 1);
    }
    row_put(r, row);
}

static void sequence_read(struct row_reader *r, struct span list, const struct yaml *node) {
    bool is_off = span_is(list, "off"), is_change = span_is(list, "change"), is_plain = true;
    for (size_t i = 0; i < node->count; i++) is_plain &= node->items[i].type == YAML_SCALAR;
    if (is_plain && !is_off) row_put(r, (struct pack_row){.key = list, .name = list, .node = node});
    for (size_t i = 0; i < node->count; i++) {
        const struct yaml *item = &node->items[i];
        if (item->type == YAML_MAPPING) mapping_put(r, item, is_off ? PACK_ROW_OFF : is_change ? PACK_ROW_CHANGE : PACK_ROW_PLAIN, list, i);
        else if (is_off && item->type == YAML_SCALAR) row_put(r, (struct pack_row){.kind = PACK_ROW_OFF, .name = item->text});
    }
}

// A mapping that says where it comes from is a row; of another, like settings, each member is one.
static void members_read(struct row_reader *r, struct span name, const struct yaml *node) {
    bool is_row = yaml_get(node, "source") != NULL || yaml_get(node, "article") != NULL || yaml_get(node, "certainty") != NULL;
    if (is_row) {
        row_put(r, (struct pack_row){.key = SPAN("cell"), .name = name, .node = node});
        return;
    }
    for (size_t i = 0; i < node->count; i++) row_put(r, (struct pack_row){.key = name, .name = node->pairs[i].name, .node = &node->pairs[i].value});
}

// A file of a proposal: the rows that it changes, adds and takes away in one list of one file.
static void amendment_read(struct row_reader *r, const struct yaml *root) {
    static const char *const LISTS[] = {"change", "add", "off"};
    r->file = yaml_get_text(root, "file");
    for (size_t k = 0; k < sizeof LISTS / sizeof LISTS[0]; k++) {
        const struct yaml *list = yaml_get(root, LISTS[k]);
        for (size_t i = 0; list != NULL && list->type == YAML_SEQUENCE && i < list->count; i++) {
            const struct yaml *row = yaml_get(&list->items[i], "row");
            if (k == 1 && row != NULL && row->type == YAML_MAPPING) mapping_put(r, row, PACK_ROW_PLAIN, span_of(LISTS[k]), i);
            else row_put(r, (struct pack_row){.kind = k == 0 ? PACK_ROW_CHANGE : PACK_ROW_OFF, .name = yaml_get_text(&list->items[i], "row"), .node = &list->items[i]});
        }
    }
}

static bool is_unknown(const struct yaml *node) { return node != NULL && node->type == YAML_SCALAR && span_is(node->text, "unknown"); }

static void file_read_rows(struct row_reader *r, const struct pack_file *file) {
    const struct yaml *root = file->root;
    r->file = file->path;
    r->article = yaml_get_text(root, "article");
    r->certainty = yaml_get_text(root, "certainty");
    if (pack_file_is_under(file, "amend/")) {
        amendment_read(r, root);
        return;
    }
    for (size_t i = 0; root->type == YAML_MAPPING && i < root->count; i++) {
        struct span name = root->pairs[i].name;
        const struct yaml *value = &root->pairs[i].value;
        if (is_provenance(name) && value->type != YAML_MAPPING) continue;
        if (value->type == YAML_SEQUENCE) sequence_read(r, name, value);
        else if (value->type == YAML_MAPPING) members_read(r, name, value);
        else row_put(r, (struct pack_row){.key = is_unknown(value) ? SPAN("cell") : name, .name = name, .node = value});
    }
}

struct err pack_rows_read(const struct pack *pack, struct civil at, struct arena *arena, struct pack_rows *ret) {
    struct pack_rows rows = {0};
    struct row_reader reader = {.arena = arena, .at = at, .rows = &rows};
    bool is_read = pack_is_proposal(pack) || pack_is_in_force(pack, at);
    for (size_t i = 0; is_read && i < pack->file_count; i++)
        if (!pack_file_is_under(&pack->files[i], "words/")) file_read_rows(&reader, &pack->files[i]);
    if (reader.is_failed) return err_make(ERR_MEMORY);
    *ret = rows;
    return err_none();
}

// --- comparing ---

const char *difference_name(enum difference difference) {
    static const char *const NAMES[] = {"instead", "besides", "without"};
    return NAMES[difference];
}

static bool is_same(const struct yaml *a, const struct yaml *b) {
    if (a == NULL || b == NULL || a->type != b->type) return a == b;
    if (a->type == YAML_SCALAR) return span_equals(a->text, b->text);
    if (a->count != b->count) return false;
    for (size_t i = 0; i < a->count; i++) {
        bool is_mapping = a->type == YAML_MAPPING;
        if (is_mapping && !span_equals(a->pairs[i].name, b->pairs[i].name)) return false;
        if (is_mapping ? !is_same(&a->pairs[i].value, &b->pairs[i].value) : !is_same(&a->items[i], &b->items[i])) return false;
    }
    return true;
}

static bool is_identity(const struct pack_row *a, const struct pack_row *b) {
    if (a->digest != b->digest) return false;
    bool is_key = a->key.len == 0 || b->key.len == 0 || span_equals(a->key, b->key);
    return is_key && span_equals(a->name, b->name) && span_equals(a->file, b->file);
}

// The row of the same identity, and the same place among those that share it.
static const struct pack_row *row_find(const struct pack_rows *in, const struct pack_rows *of, const struct pack_row *row) {
    size_t nth = 0;
    for (const struct pack_row *k = of->rows; k < row; k++) nth += is_identity(k, row);
    for (size_t i = 0; i < in->count; i++)
        if (is_identity(&in->rows[i], row) && nth-- == 0) return &in->rows[i];
    return NULL;
}

static void difference_put(struct pack_comparison *c, enum difference what, const struct pack_row *before, const struct pack_row *after) {
    c->rows[c->count++] = (struct pack_difference){.what = what, .before = before, .after = after};
}

static void row_compare(struct pack_comparison *c, const struct pack_row *before, const struct pack_row *after) {
    bool is_gone = after->kind == PACK_ROW_OFF || span_is(yaml_get_text(after->node, "absent"), "yes");
    if (is_gone && c->is_overlay) difference_put(c, DIFFERENCE_WITHOUT, before, after);
    else if (before == NULL) difference_put(c, DIFFERENCE_BESIDES, NULL, after);
    else if (!is_same(before->node, after->node)) difference_put(c, DIFFERENCE_INSTEAD, before, after);
}

struct err packs_compare(const struct law *law, const struct pack *before, struct civil at, const struct pack *after, struct civil then,
                         struct arena *arena, struct pack_comparison *ret) {
    struct pack_comparison c = {.law = law, .before = before, .after = after, .at = at, .then = then};
    bool is_over = span_starts_with(after->id, SPAN("national/")) || pack_is_proposal(after);
    c.is_overlay = before != after && is_over && span_starts_with(before->id, SPAN("eu/")) && !pack_is_proposal(before);
    struct pack_rows a, b;
    TRY(pack_rows_read(before, at, arena, &a));
    TRY(pack_rows_read(after, then, arena, &b));
    c.rows = arena_take_array(arena, a.count + b.count + 1, sizeof *c.rows);
    if (c.rows == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < b.count; i++) {
        bool is_silent = span_is(b.rows[i].file, "pack.yaml") || is_unknown(b.rows[i].node); // the heading has it, or nobody knows
        if (c.is_overlay && is_silent) continue;
        row_compare(&c, row_find(&a, &b, &b.rows[i]), &b.rows[i]);
    }
    for (size_t i = 0; !c.is_overlay && i < a.count; i++)
        if (row_find(&b, &a, &a.rows[i]) == NULL) difference_put(&c, DIFFERENCE_WITHOUT, &a.rows[i], NULL);
    *ret = c;
    return err_none();
}
