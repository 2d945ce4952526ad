// SPDX-License-Identifier: EUPL-1.2
/*
 * Cases that may belong under a case: their facts are alike, or something filed in them mentions a text that stands there. Only what
 * the one who asks may read is looked through, record by record through the gate; nothing is kept.
 */
#include "law/procedure.h"
#include "service/entity.h"
#include "service/gate_list.h"
#include "service/party.h"

enum { TERMS_MAX = 60, TERM_BYTES_LEAST = 4, CASES_READ = 300, SUGGESTED_MAX = 100, REASONS_MAX = 8, SCRATCH_BYTES = 16 * 1024 * 1024 };

struct term {
    struct span field, text; // text in lower case
};
struct terms {
    size_t count;
    struct term items[TERMS_MAX];
};

static void term_add(struct terms *terms, struct span field, const struct json *value, struct arena *arena) {
    if (value->type == JSON_STRING && value->string.len >= TERM_BYTES_LEAST && terms->count < TERMS_MAX)
        terms->items[terms->count++] = (struct term){.field = field, .text = name_fold(arena, value->string)};
    for (size_t i = 0; value->type == JSON_ARRAY && i < value->count; i++) term_add(terms, field, &value->items[i], arena);
    for (size_t i = 0; value->type == JSON_OBJECT && i < value->count; i++) term_add(terms, field, &value->members[i].value, arena);
}

static struct span last_filing(const struct case_file *file, struct span document) {
    const struct json *known = json_get(&file->content, "filings");
    struct span found = span_make(NULL, 0);
    for (size_t i = 0; known != NULL && i < known->count; i++)
        if (span_equals(json_get_string(&known->items[i], "document"), document) && span_is(json_get_string(&known->items[i], "status"), "filed"))
            found = json_get_string(&known->items[i], "id");
    return found;
}

struct search {
    const struct services *services;
    struct store_conn *conn;
    const struct principal *principal;
    const struct case_file *file; // that cases are looked for
    struct procedure_suggests rule;
    struct terms terms;
    struct gate_list gate;
    int64_t now_ms;
    struct json_out *out;
    struct why *why;
};

// The record's fields as the one who asks may see them.
static struct err read_values(const struct search *s, const struct case_file *file, struct span filing, struct arena *arena, struct json *ret) {
    struct gate_view view;
    struct gate_place place = gate_place_of(file);
    struct record_open record;
    TRY(gate_view_open(s->services, s->conn, &place, s->principal, GATE_SEARCH, s->now_ms, arena, &view, s->why));
    TRY(gate_read_record(&view, s->conn, filing, arena, &record, NULL, s->why));
    return record_values(&record, arena, ret, s->why);
}

static bool contains(struct span text, struct span part) {
    for (size_t at = 0; at + part.len <= text.len; at++)
        if (memcmp(text.at + at, part.at, part.len) == 0) return true;
    return false;
}

static bool mentions(const struct json *value, struct span text, struct arena *arena) {
    if (value->type == JSON_STRING) return contains(name_fold(arena, value->string), text);
    for (size_t i = 0; value->type == JSON_ARRAY && i < value->count; i++)
        if (mentions(&value->items[i], text, arena)) return true;
    for (size_t i = 0; value->type == JSON_OBJECT && i < value->count; i++)
        if (mentions(&value->members[i].value, text, arena)) return true;
    return false;
}

struct reason {
    struct span fact;            // alike; or
    struct span field, filing, in; // the text of our field is in this field of that filing
};

static bool is_same(const struct json *a, const struct json *b) {
    if (json_is_null(a) || json_is_null(b) || a->type != b->type) return false;
    return a->type == JSON_STRING ? span_equals(a->string, b->string) : a->type == JSON_BOOL ? a->boolean == b->boolean : false;
}

static struct err look_through(const struct search *s, const struct case_file *file, struct reason *reasons, size_t *count, struct arena *arena) {
    struct value id = value_text(file->id);
    struct rows filings;
    bool is_found[TERMS_MAX] = {false};
    TRY(store_read(s->conn, STMT_FILINGS_OF_CASE, &id, 1, arena, &filings, s->why));
    for (size_t i = filings.count; i-- > 0 && *count < REASONS_MAX;) {
        struct json values;
        TRY(read_values(s, file, rows_span(&filings, i, 0), arena, &values));
        for (size_t f = 0; f < values.count; f++)
            for (size_t t = 0; t < s->terms.count && *count < REASONS_MAX; t++) {
                if (is_found[t] || !mentions(&values.members[f].value, s->terms.items[t].text, arena)) continue;
                is_found[t] = true;
                reasons[(*count)++] = (struct reason){.field = s->terms.items[t].field, .filing = rows_span(&filings, i, 0), .in = values.members[f].name};
            }
    }
    return err_none();
}

static void write_suggestion(const struct search *s, const struct case_file *file, struct span name, const struct reason *reasons, size_t count) {
    struct json_out *out = s->out;
    json_out_object(out);
    json_out_member_string(out, "case", file->id);
    json_out_member_string(out, "procedure", file->procedure);
    json_out_member_string(out, "state", file->state);
    json_out_member_string(out, "entity", file->entity_id);
    json_out_member_string(out, "name", name);
    json_out_name(out, "because");
    json_out_array(out);
    for (size_t i = 0; i < count; i++) {
        json_out_object(out);
        if (reasons[i].fact.at != NULL) json_out_member_string(out, "same", reasons[i].fact);
        else {
            json_out_member_string(out, "mentions", reasons[i].field);
            json_out_member_string(out, "filing", reasons[i].filing);
            json_out_member_string(out, "field", reasons[i].in);
        }
        json_out_object_end(out);
    }
    json_out_array_end(out);
    json_out_object_end(out);
}

static struct err suggest_one(const struct search *s, const struct rows *rows, size_t i, bool is_read, struct arena *scratch, size_t *shown) {
    struct case_file file;
    struct access_case of;
    struct reason reasons[REASONS_MAX];
    size_t count = 0;
    bool is_hidden;
    TRY(case_get(s->conn, rows_span(rows, i, 0), scratch, &file, s->why));
    case_access(s->services, &file, scratch, &of);
    struct gate_place place = gate_place_of(&file);
    if (access_role_for_case(s->principal, &of) == NULL) return err_none();
    TRY(gate_list_hides(&s->gate, s->services, s->conn, &place, s->principal, s->now_ms, scratch, &is_hidden, s->why));
    if (is_hidden) return err_none();
    const struct json *ours = json_get(&s->file->content, "facts"), *theirs = json_get(&file.content, "facts");
    for (size_t k = 0; k < s->rule.same_count && count < REASONS_MAX; k++) {
        const char *name = (const char *)s->rule.same[k].at;
        if (is_same(json_get(ours, name), json_get(theirs, name))) reasons[count++] = (struct reason){.fact = s->rule.same[k]};
    }
    if (is_read && s->terms.count > 0) TRY(look_through(s, &file, reasons, &count, scratch));
    if (count == 0) return err_none();
    (*shown)++;
    write_suggestion(s, &file, rows_span(rows, i, 1), reasons, count);
    return err_none();
}

static struct err suggest_all(const struct search *s, const struct rows *rows) {
    struct arena scratch;
    struct err e = err_none();
    size_t shown = 0;
    arena_init(&scratch, SCRATCH_BYTES);
    for (size_t i = 0; !is_err(e) && i < rows->count && shown < SUGGESTED_MAX; i++) {
        arena_reset(&scratch);
        e = suggest_one(s, rows, i, i < CASES_READ, &scratch, &shown);
    }
    arena_fini(&scratch);
    return e;
}

struct err party_write_suggestions(struct json_out *out, const struct services *services, struct store_conn *conn, const struct case_file *file,
                                   const struct principal *principal, int64_t now_ms, struct arena *arena, struct why *why) {
    struct search s = {.services = services, .conn = conn, .principal = principal, .file = file, .now_ms = now_ms, .out = out, .why = why};
    struct rows rows;
    struct json values = {.type = JSON_OBJECT}, of = {.type = JSON_ARRAY};
    struct span procedures;
    if (!procedure_suggests_of(services->law, services->state, file->procedure, &s.rule)) return access_no_case(why);
    struct span filing = last_filing(file, s.rule.document);
    if (filing.at != NULL) TRY(read_values(&s, file, filing, arena, &values));
    for (size_t i = 0; i < s.rule.mention_count; i++) {
        const struct json *value = json_get(&values, (const char *)s.rule.mentions[i].at);
        if (!json_is_null(value)) term_add(&s.terms, s.rule.mentions[i], value, arena);
    }
    of.items = arena_take_array(arena, s.rule.of_count + 1, sizeof *of.items);
    if (of.items == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < s.rule.of_count; i++) of.items[of.count++] = json_from_string(s.rule.of[i]);
    TRY(json_canonical_text(arena, &of, &procedures));
    struct value params[] = {value_text(file->id), value_text(procedures), value_int(file->opened_ms - s.rule.within_ms), value_int(file->opened_ms + s.rule.within_ms)};
    TRY(store_read(conn, STMT_MEMBER_CANDIDATES, params, 4, arena, &rows, why));
    TRY(gate_list_load(conn, now_ms, arena, &s.gate, why));
    json_out_object(out);
    json_out_member_string(out, "case", file->id);
    json_out_member_int(out, "looked_at", (int64_t)rows.count);
    json_out_member_int(out, "read", (int64_t)(rows.count < CASES_READ ? rows.count : CASES_READ));
    json_out_name(out, "suggestions");
    json_out_array(out);
    TRY(suggest_all(&s, &rows));
    json_out_array_end(out);
    json_out_object_end(out);
    return err_none();
}
