// SPDX-License-Identifier: EUPL-1.2
#include "service/admission.h"

#include "service/effects.h"
#include "service/record_store.h"
#include "service/tally.h"

static bool is_op(const struct json *op, const char *name) { return span_is(json_get_string(op, "op"), name); }

// Whether WORDS has the word, with BEFORE before it or AFTER behind it (0: nothing).
static bool has_word(struct span words, uint8_t before, struct span word, uint8_t after) {
    for (size_t at = 0; word.len > 0 && at < words.len;) {
        size_t end = span_find(words, ' ', at), from = at, to = end;
        at = end + 1;
        if (before != 0 && (from == to || words.at[from++] != before)) continue;
        if (after != 0 && (from >= to || words.at[--to] != after)) continue;
        if (span_equals(span_part(words, from, to), word)) return true;
    }
    return false;
}

bool admission_is_of(struct span offices, struct span kind) { return has_word(offices, 0, kind, '*'); }
bool admission_has(struct span offices, struct span person_id) { return has_word(offices, '@', person_id, 0); }

bool admission_is_by(const struct json *ops, struct span field) {
    for (size_t i = 0; i < ops->count; i++)
        if (is_op(&ops->items[i], "admit") && span_equals(json_get_string(&ops->items[i], "field"), field)) return true;
    return false;
}

static struct span person_of(const struct json *values, struct span field) {
    for (size_t i = 0; values != NULL && values->type == JSON_OBJECT && i < values->count; i++)
        if (span_equals(values->members[i].name, field) && values->members[i].value.type == JSON_STRING) return values->members[i].value.string;
    return span_make(NULL, 0); // nobody, or erased
}

struct err admission_op(struct store_conn *conn, const struct effects_of *of, const struct json *op, struct span case_id, struct why *why) {
    if (is_op(op, "dismiss")) {
        struct value params[] = {value_text(json_get_string(op, "filing")), value_text(case_id)};
        return store_write(conn, STMT_READER_DROP, params, 2, NULL, why);
    }
    struct span person = is_op(op, "admit") ? person_of(of->values, json_get_string(op, "field")) : span_make(NULL, 0);
    if (person.at == NULL) return err_none();
    struct value params[] = {value_text(of->filing_id), value_text(case_id), value_text(person)};
    return store_write(conn, STMT_READER_ADD, params, 3, NULL, why);
}

struct err admission_put(struct store_conn *conn, struct span case_id, struct arena *arena, struct why *why) {
    struct value id = value_text(case_id);
    struct rows offices, readers;
    struct buf words;
    TRY(store_read(conn, STMT_CASE_OFFICES, &id, 1, arena, &offices, why));
    struct span now = offices.count == 0 ? span_make(NULL, 0) : rows_span(&offices, 0, 0);
    if (span_find(now, '*', 0) == now.len && span_find(now, '@', 0) == now.len) return err_none();
    TRY(store_read(conn, STMT_READERS_OF_CASE, &id, 1, arena, &readers, why));
    buf_init(&words, arena, 256 * 1024);
    buf_add_byte(&words, ' ');
    for (size_t at = 0; at < now.len;) {
        size_t end = span_find(now, ' ', at);
        if (end > at && now.at[at] != '@') buf_add(&words, span_part(now, at, end)), buf_add_byte(&words, ' ');
        at = end + 1;
    }
    for (size_t i = 0; i < readers.count; i++) buf_printf(&words, "@%.*s ", SPAN_FMT(rows_span(&readers, i, 0)));
    if (words.is_failed) return err_make(ERR_MEMORY);
    struct value params[] = {id, value_text(buf_span(&words))};
    return tally_write(conn, TALLY_CASES, STMT_CASE_OFFICES_SET, params, 2, arena, why);
}

struct err admission_erased(struct store_conn *conn, struct span filing_id, struct arena *arena, struct why *why) {
    struct value id = value_text(filing_id);
    struct rows rows;
    struct record_open record;
    struct json values;
    bool is_named = false;
    TRY(store_read(conn, STMT_READER_BY, &id, 1, arena, &rows, why));
    if (rows.count == 0) return err_none();
    TRY(record_read(conn, filing_id, arena, &record, why));
    TRY(record_values(&record, arena, &values, why));
    for (size_t i = 0; i < values.count; i++)
        is_named = is_named || (values.members[i].value.type == JSON_STRING && span_equals(values.members[i].value.string, rows_span(&rows, 0, 1)));
    if (is_named) return err_none();
    struct value params[] = {id, value_text(rows_span(&rows, 0, 0))};
    TRY(store_write(conn, STMT_READER_DROP, params, 2, NULL, why));
    return admission_put(conn, rows_span(&rows, 0, 0), arena, why);
}
