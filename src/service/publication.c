// SPDX-License-Identifier: EUPL-1.2
#include "service/publication.h"

#include "service/effects.h"

// --- what a filing does ---

static struct err publish(struct store_conn *conn, const struct effects_of *of, const struct json *op, struct span case_id, struct span procedure,
                          struct arena *arena, struct why *why) {
    struct value after = value_text(json_get_string(op, "after"));
    const struct json *calendar = json_get(op, "calendar");
    struct span id = of->filing_id, calendar_text = {0};
    int64_t version = 1;
    struct rows last = {0};
    if (after.type == VALUE_TEXT) TRY(store_read(conn, STMT_PUBLICATION_LAST, &after, 1, arena, &last, why));
    if (last.count > 0) {
        struct value passed = value_text(rows_span(&last, 0, 0));
        id = rows_span(&last, 0, 0);
        version = rows_int(&last, 0, 1) + 1;
        TRY(store_write(conn, STMT_PUBLICATION_PASS, &passed, 1, NULL, why));
    }
    if (!json_is_null(calendar)) TRY(json_canonical_text(arena, calendar, &calendar_text));
    struct value params[] = {value_int(of->seq),        value_text(of->filing_id), value_text(id),         value_int(version),           value_text(case_id),
                             value_text(procedure),     value_text(of->document),  value_text(of->office), value_int(of->recorded_ms), value_text(calendar_text)};
    return store_write(conn, STMT_PUBLICATION_ADD, params, sizeof params / sizeof params[0], NULL, why);
}

struct err publication_op(struct store_conn *conn, const struct effects_of *of, const struct json *op, struct span case_id, struct span procedure,
                          struct arena *arena, struct why *why) {
    struct span name = json_get_string(op, "op");
    if (span_is(name, "publish")) return publish(conn, of, op, case_id, procedure, arena, why);
    if (!span_is(name, "unpublish")) return err_none();
    struct value params[] = {value_text(json_get_string(op, "filing")), value_int(of->recorded_ms)};
    return store_write(conn, STMT_PUBLICATION_END, params, 2, NULL, why);
}

// --- reading ---

static struct publication of_columns(const struct rows *rows, size_t i, size_t at) {
    struct publication out = {.id = rows_span(rows, i, at), .filing_id = rows_span(rows, i, at + 1), .version = rows_int(rows, i, at + 2),
                              .is_latest = rows_int(rows, i, at + 3) != 0, .procedure = rows_span(rows, i, at + 5), .document = rows_span(rows, i, at + 6),
                              .office = rows_span(rows, i, at + 7), .published_ms = rows_int(rows, i, at + 8),
                              .ended_ms = rows_int(rows, i, at + 9), .is_ended = rows_at(rows, i, at + 9)->type == VALUE_INT, .calendar = rows_span(rows, i, at + 10)};
    out.place = (struct gate_place){.case_id = rows_span(rows, i, at + 4), .procedure = out.procedure, .workspace = rows_span(rows, i, at + 11),
                                    .entity_id = rows_span(rows, i, at + 12), .sectors = rows_span(rows, i, at + 13), .offices = rows_span(rows, i, at + 14)};
    return out;
}

struct publication publication_of_row(const struct rows *rows, size_t i) {
    struct publication out = of_columns(rows, i, 1);
    out.seq = rows_int(rows, i, 0);
    return out;
}

// Of the header: what a receipt must show, and which document it is of. Case, filer and the rest stay.
static void header_redact(struct record_open *record) {
    static const char *const SHOWN[] = {RECORD_ITEM_NODE, RECORD_ITEM_FILING, RECORD_ITEM_RECEIVED_AT, RECORD_ITEM_RECORDED_AT, "procedure", "document", "version", "marking", "law"};
    for (size_t i = 0; i < record->header_count; i++) {
        struct receipt_item *item = &record->header[i];
        bool is_shown = item->state != RECEIPT_SHOWN;
        for (size_t k = 0; k < sizeof SHOWN / sizeof SHOWN[0]; k++) is_shown = is_shown || span_is(item->item.name, SHOWN[k]);
        if (is_shown) continue;
        item->state = RECEIPT_WITHHELD;
        item->item = (struct record_item){.name = item->item.name};
    }
}

struct err publication_open(struct services *services, struct store_conn *conn, struct publication *publication, int64_t now_ms,
                            struct arena *arena, bool *ret_is_shown, struct why *why) {
    struct gate_view view;
    TRY(gate_view_public(services, conn, &publication->place, now_ms, arena, &view, why));
    TRY(gate_read_record(&view, conn, publication->filing_id, arena, &publication->record, NULL, why));
    header_redact(&publication->record);
    *ret_is_shown = false;
    for (size_t i = 0; i < publication->record.field_count; i++) *ret_is_shown = *ret_is_shown || publication->record.fields[i].state == RECEIPT_SHOWN;
    return err_none();
}

struct err publication_find(struct store_conn *conn, struct span id, int64_t version, struct arena *arena, struct publication *ret, struct why *why) {
    struct value params[] = {value_text(id), version > 0 ? value_int(version) : value_null()};
    struct rows rows;
    TRY(store_read(conn, STMT_PUBLICATION_GET, params, 2, arena, &rows, why));
    if (rows.count == 0) return why_set(why, ERR_NOT_FOUND, "", "publication.none", "", "Nothing was published under this address.");
    *ret = of_columns(&rows, 0, 0);
    return err_none();
}

struct err publication_get(struct services *services, struct store_conn *conn, struct span id, int64_t version, int64_t now_ms, struct arena *arena,
                           struct publication *ret, struct why *why) {
    bool is_shown = false;
    TRY(publication_find(conn, id, version, arena, ret, why));
    if (!ret->is_ended) TRY(publication_open(services, conn, ret, now_ms, arena, &is_shown, why));
    return is_shown ? err_none() : why_set(why, ERR_NOT_FOUND, "", "publication.gone", "", "This was published and is no longer.");
}

struct json publication_value(const struct publication *publication, struct span field, struct arena *arena) {
    struct json value = {.type = JSON_NULL};
    for (size_t i = 0; i < publication->record.field_count; i++) {
        const struct receipt_item *item = &publication->record.fields[i];
        if (item->state != RECEIPT_SHOWN || !span_equals(item->item.name, field)) continue;
        if (is_err(json_parse(arena, item->item.canonical, &value, NULL))) value = (struct json){.type = JSON_NULL};
    }
    return value;
}

struct span publication_title(const struct publication *publication, struct arena *arena) {
    for (size_t i = 0; i < publication->record.field_count; i++) {
        const struct receipt_item *item = &publication->record.fields[i];
        struct json value = item->state == RECEIPT_SHOWN ? publication_value(publication, item->item.name, arena) : (struct json){.type = JSON_NULL};
        if (value.type == JSON_STRING) return value.string;
    }
    return SPAN("");
}
