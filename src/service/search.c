// SPDX-License-Identifier: EUPL-1.2
#include "service/search.h"

#include "service/gate_entity.h"
#include "service/seen.h"

enum { WORD_BYTES = 8, CANDIDATES = 200, RARE_MAX = 1000 };

static struct hash search_key(const struct services *services) {
    return hash_hmac(span_make(services->node_secret, sizeof services->node_secret), SPAN("varde search v1"));
}

static struct hash word_hash(const struct hash *key, struct span word) { return hash_hmac(hash_span(key), word); }

// Which field of a record: names are few in a form, and 31 bits tell them apart.
static int64_t item_of(struct span field) {
    struct hash hash = hash_sha256(field);
    return (int64_t)(hash.bytes[0] & 0x7f) << 24 | (int64_t)hash.bytes[1] << 16 | (int64_t)hash.bytes[2] << 8 | hash.bytes[3];
}

static int64_t workspace_number(const struct services *services, struct span name) {
    const struct workspace *workspace = workspace_find(services->law, name);
    return workspace != NULL ? workspace->number : -1; // of none that this program knows: never found
}

// --- keeping the index ---

static struct err field_add(struct store_conn *conn, const struct hash *key, int64_t workspace, int64_t seq, struct span name, struct span text,
                            struct arena *arena, struct why *why) {
    struct span *words;
    size_t count;
    TRY(search_words(text, arena, SEARCH_WORDS_PER_FIELD, &words, &count));
    for (size_t i = 0; i < count; i++) {
        struct hash hash = word_hash(key, words[i]);
        struct value params[] = {value_int(workspace), value_blob(span_make(hash.bytes, WORD_BYTES)), value_int(seq), value_int(item_of(name))};
        TRY(store_write(conn, STMT_SEARCH_WORD_ADD, params, 4, NULL, why));
    }
    return err_none();
}

struct err search_op(const struct services *services, struct store_conn *conn, const struct effects_of *of, struct span workspace,
                     const struct json *op, struct arena *arena, struct why *why) {
    if (!span_is(json_get_string(op, "op"), "search")) return err_none();
    const struct json *fields = json_get(op, "fields");
    struct hash key = search_key(services);
    for (size_t i = 0; fields != NULL && i < fields->count; i++)
        for (size_t k = 0; of->values != NULL && k < of->values->count; k++) {
            const struct json_member *field = &of->values->members[k];
            if (!span_equals(field->name, fields->items[i].string) || field->value.type != JSON_STRING) continue;
            TRY(field_add(conn, &key, workspace_number(services, workspace), of->seq, field->name, field->value.string, arena, why));
        }
    return err_none();
}

struct err search_erase(struct store_conn *conn, int64_t seq, struct span field, struct why *why) {
    struct value params[] = {value_int(seq), value_int(item_of(field))};
    return store_write(conn, STMT_SEARCH_FIELD_REMOVE, params, 2, NULL, why);
}

struct err search_move(const struct services *services, struct store_conn *conn, struct span case_id, struct span workspace, struct why *why) {
    struct value params[] = {value_text(case_id), value_int(workspace_number(services, workspace))};
    return store_write(conn, STMT_SEARCH_CASE_MOVE, params, 2, NULL, why);
}

// --- searching ---

struct search {
    const struct services *services;
    struct store_conn *conn;
    const struct search_question *question;
    struct arena *arena;
    struct gate_list gate;
    size_t word_count;
    struct value words[SEARCH_WORDS_MAX];
};

static struct err words_read(struct search *s, struct why *why) {
    struct span *words;
    size_t count;
    struct hash key = search_key(s->services);
    TRY(search_words(s->question->text, s->arena, SEARCH_WORDS_MAX * 4, &words, &count));
    if (count == 0) return why_set(why, ERR_INPUT, "q", "search.words", "", "q needs a word of at least two letters or digits");
    // Of an address the whole says more than its parts, and the longest word is likely the rarest: it leads.
    for (size_t i = 0; i < count; i++)
        for (size_t k = i + 1; k < count; k++)
            if (words[k].len > words[i].len) {
                struct span other = words[i];
                words[i] = words[k];
                words[k] = other;
            }
    for (size_t i = 0; i < count && s->word_count < SEARCH_WORDS_MAX; i++) {
        struct hash *hash = ARENA_NEW(s->arena, struct hash);
        if (hash == NULL) return err_make(ERR_MEMORY);
        *hash = word_hash(&key, words[i]);
        s->words[s->word_count++] = value_blob(span_make(hash->bytes, WORD_BYTES));
    }
    return err_none();
}

// The rarest word leads: what has it is looked through for the others.
static struct err words_order(struct search *s, struct why *why) {
    int64_t counts[SEARCH_WORDS_MAX];
    for (size_t i = 0; s->word_count > 1 && i < s->word_count; i++) {
        struct value word = s->words[i], params[] = {value_int(s->question->workspace->number), word, value_int(RARE_MAX)};
        struct rows rows;
        TRY(store_read(s->conn, STMT_SEARCH_RARITY, params, 3, s->arena, &rows, why));
        int64_t count = rows_int(&rows, 0, 0);
        size_t at = i;
        for (; at > 0 && counts[at - 1] > count; at--) s->words[at] = s->words[at - 1], counts[at] = counts[at - 1];
        s->words[at] = word;
        counts[at] = count;
    }
    return err_none();
}

// Whether a field with that word is shown: erased or kept back, it is not found. *RET_FIELD is its name.
static struct err word_is_shown(const struct search *s, const struct record_open *record, struct value word, int64_t seq, bool *ret, struct span *ret_field, struct why *why) {
    struct value params[] = {value_int(s->question->workspace->number), word, value_int(seq)};
    struct rows items;
    TRY(store_read(s->conn, STMT_SEARCH_ITEMS, params, 3, s->arena, &items, why));
    *ret = false;
    for (size_t i = 0; !*ret && i < items.count; i++)
        for (size_t k = 0; !*ret && k < record->field_count; k++) {
            if (item_of(record->fields[k].item.name) != rows_int(&items, i, 0) || record->fields[k].state != RECEIPT_SHOWN) continue;
            *ret = true;
            *ret_field = record->fields[k].item.name;
        }
    return err_none();
}

// Row of search_page: seq, filing, case, document, filer_role, filer, office, seen_by, recorded_ms, procedure, workspace, entity_id,
// sectors, offices, is_closed, entity name, state. *RET_FIELD: where the word of least filings stands.
static struct err hit_check(const struct search *s, const struct rows *rows, size_t i, bool *ret, struct span *ret_field, struct why *why) {
    const struct search_question *question = s->question;
    struct case_file file = {.id = rows_span(rows, i, 2), .procedure = rows_span(rows, i, 9), .workspace = rows_span(rows, i, 10),
                             .entity_id = rows_span(rows, i, 11), .sectors = rows_span(rows, i, 12), .offices = rows_span(rows, i, 13),
                             .is_closed = rows_int(rows, i, 14) != 0};
    struct access_case of;
    struct gate_place place = gate_place_of(&file);
    struct gate_view view;
    struct gate_withheld withheld;
    struct record_open record;
    *ret = false;
    case_access(s->services, &file, s->arena, &of);
    if (of.workspace != question->workspace || is_err(access_may_read_case(question->principal, &of, question->now_ms, NULL))) return err_none();
    struct viewer viewer = viewer_of(question->principal, &of, question->now_ms);
    struct matter matter = {.seen_by = rows_span(rows, i, 7), .filer_role = rows_span(rows, i, 4), .filer = rows_span(rows, i, 5), .office = rows_span(rows, i, 6)};
    if ((viewer.views & VIEW_OFFICES) == 0 || !viewer_sees(&viewer, &matter)) return err_none();
    TRY(gate_view_open(s->services, s->conn, &place, question->principal, GATE_SEARCH, question->now_ms, s->arena, &view, why));
    if (!gate_view_ask_case(&view).is_allowed || gate_view_is_frozen(&view, rows_span(rows, i, 1))) return err_none();
    TRY(gate_read_record(&view, s->conn, rows_span(rows, i, 1), s->arena, &record, &withheld, why));
    *ret = true;
    for (size_t w = s->word_count; *ret && w-- > 0;) TRY(word_is_shown(s, &record, s->words[w], rows_int(rows, i, 0), ret, ret_field, why));
    return err_none();
}

static struct err hit_write(struct json_out *out, const struct search *s, const struct rows *rows, size_t i, struct span field, struct why *why) {
    struct span name;
    TRY(gate_entity_name(&s->gate, s->services, s->conn, s->question->principal, s->question->now_ms, rows_span(rows, i, 11), rows_span(rows, i, 15), s->arena, &name, why));
    json_out_object(out);
    json_out_member_string(out, "case", rows_span(rows, i, 2));
    json_out_member_string(out, "filing", rows_span(rows, i, 1));
    json_out_member_string(out, "procedure", rows_span(rows, i, 9));
    json_out_member_string(out, "document", rows_span(rows, i, 3));
    json_out_member_string(out, "field", field);
    json_out_member_string(out, "state", rows_span(rows, i, 16));
    json_out_member_string(out, "entity", rows_span(rows, i, 11));
    json_out_member_string(out, "entity_name", name);
    json_out_member_string(out, "recorded_at", instant_text(s->arena, rows_int(rows, i, 8)));
    json_out_object_end(out);
    return err_none();
}

static struct err page_read(struct search *s, int64_t before_seq, struct rows *ret, struct why *why) {
    struct span bounds;
    TRY(case_list_bounds(s->services, s->question->principal, s->question->workspace, s->arena, &bounds, why));
    struct value params[5 + SEARCH_WORDS_MAX - 1] = {value_int(s->question->workspace->number), s->words[0], value_int(before_seq), value_int(CANDIDATES), value_text(bounds)};
    for (size_t i = 1; i < SEARCH_WORDS_MAX; i++) params[4 + i] = i < s->word_count ? s->words[i] : value_null();
    return store_read(s->conn, STMT_SEARCH_PAGE, params, 5 + SEARCH_WORDS_MAX - 1, s->arena, ret, why);
}

struct err search_write(struct json_out *out, const struct services *services, struct store_conn *conn, const struct search_question *question,
                        struct arena *arena, int64_t *ret_last, struct why *why) {
    struct search s = {.services = services, .conn = conn, .question = question, .arena = arena};
    struct rows rows;
    int64_t found = 0, last = -1;
    TRY(words_read(&s, why));
    TRY(words_order(&s, why));
    TRY(gate_list_load(conn, question->now_ms, arena, &s.gate, why));
    TRY(page_read(&s, question->before_seq, &rows, why));
    json_out_array(out);
    for (size_t i = 0; i < rows.count; i++) {
        bool is_hit;
        struct span field = span_make(NULL, 0);
        TRY(hit_check(&s, &rows, i, &is_hit, &field, why));
        if (!is_hit) continue;
        if (found == question->limit) break;
        TRY(hit_write(out, &s, &rows, i, field, why));
        found++;
        last = rows_int(&rows, i, 0);
    }
    json_out_array_end(out);
    bool is_full = rows.count == CANDIDATES || found == question->limit;
    *ret_last = !is_full || rows.count == 0 ? -1 : found == question->limit ? last : rows_int(&rows, rows.count - 1, 0);
    return err_none();
}
