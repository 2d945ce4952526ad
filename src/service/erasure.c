// SPDX-License-Identifier: EUPL-1.2
#include "service/erasure.h"

#include "service/admission.h"
#include "service/collection.h"
#include "service/desk_work.h"
#include "service/effects.h"
#include "service/entity.h"
#include "service/record_store.h"
#include "service/search.h"

static bool is_erase(const struct json *op) { return span_is(json_get_string(op, "op"), "erase"); }

// Index of the field in the record, or its field_count.
static size_t field_index(const struct record_open *record, struct span name) {
    size_t i = 0;
    while (i < record->field_count && !span_equals(record->fields[i].item.name, name)) i++;
    return i;
}

static struct err no_target(struct span target, struct why *why) {
    if (why != NULL) *why = (struct why){0};
    return why_set(why, ERR_INPUT, "/target", "erasure.target", "", "there is no filing %.*s, or none that you may see", SPAN_FMT(target));
}

static struct err allowed_for(const struct services *services, struct store_conn *conn, const struct principal *principal,
                              const struct json *op, int64_t now_ms, struct arena *arena, struct why *why) {
    struct record_open record;
    struct span target = json_get_string(op, "filing");
    struct err e = record_read(conn, target, arena, &record, NULL);
    if (e.code == ERR_NOT_FOUND) return no_target(target, why);
    TRY(e);
    struct case_file file;
    struct access_case of;
    struct json case_id = record_header_value(&record, "case", arena);
    TRY(case_get(conn, case_id.string, arena, &file, why));
    case_access(services, &file, arena, &of);
    e = access_may_erase(principal, &of, now_ms, why);
    if (e.code == ERR_NOT_FOUND) return no_target(target, why); // who may not know of the filing learns no more than that
    TRY(e);
    const struct json *names = json_get(op, "fields");
    for (size_t i = 0; names != NULL && i < names->count; i++)
        if (field_index(&record, names->items[i].string) == record.field_count)
            return why_set(why, ERR_INPUT, "/names", "erasure.field", "", "filing %.*s has no field %.*s", SPAN_FMT(target), SPAN_FMT(names->items[i].string));
    return err_none();
}

struct err erasure_allowed(const struct services *services, struct store_conn *conn, const struct principal *principal,
                           const struct json *ops, int64_t now_ms, struct arena *arena, struct why *why) {
    for (size_t i = 0; i < ops->count; i++)
        if (is_erase(&ops->items[i])) TRY(allowed_for(services, conn, principal, &ops->items[i], now_ms, arena, why));
    return err_none();
}

static struct err erase_field(struct store_conn *conn, const struct effects_of *of, int64_t seq, size_t item, struct why *why) {
    struct value place[] = {value_int(seq), value_int((int64_t)item)};
    TRY(store_write(conn, STMT_FIELD_KEY_ERASE, place, 2, NULL, why));
    struct value params[] = {value_int(seq), value_int((int64_t)item), value_text(of->filing_id), value_int(of->recorded_ms)};
    return store_write(conn, STMT_ERASURE_ADD, params, 4, NULL, why);
}

// The attachments that went with the filing go with its last field.
static struct err erase_attachments(struct store_conn *conn, const struct record_open *record, struct arena *arena, struct why *why) {
    struct json list = record_header_value(record, "attachments", arena);
    for (size_t i = 0; list.type == JSON_ARRAY && i < list.count; i++) {
        struct value id = value_text(json_get_string(&list.items[i], "id"));
        TRY(store_write(conn, STMT_ATTACHMENT_KEY_ERASE, &id, 1, NULL, why));
    }
    return err_none();
}

static struct err erase_keys(struct services *services, struct store_conn *conn, const struct effects_of *of, const struct json *op,
                             struct arena *arena, struct why *why) {
    struct record_open record;
    TRY(record_read(conn, json_get_string(op, "filing"), arena, &record, why));
    const struct json *names = json_get(op, "fields");
    bool is_all = names == NULL || names->count == 0;
    for (size_t i = 0; i < record.field_count; i++) {
        bool is_named = is_all;
        for (size_t k = 0; !is_named && k < names->count; k++) is_named = span_equals(names->items[k].string, record.fields[i].item.name);
        if (!is_named) continue;
        TRY(erase_field(conn, of, record.seq, i, why));
        TRY(search_erase(conn, record.seq, record.fields[i].item.name, why));
    }
    if (is_all) TRY(erase_attachments(conn, &record, arena, why));
    atomic_store(&services->has_erased, true);
    return err_none();
}

struct err erasure_op(struct services *services, struct store_conn *conn, const struct effects_of *of, const struct json *op,
                      struct arena *arena, struct why *why) {
    if (!is_erase(op)) return err_none();
    if (!of->is_rebuild) TRY(erase_keys(services, conn, of, op, arena, why)); // living again, the keys are gone already
    TRY(admission_erased(conn, json_get_string(op, "filing"), arena, why));
    if (json_is_null(json_get(op, "fields")) || json_get(op, "fields")->count == 0) TRY(collection_erased(conn, json_get_string(op, "filing"), arena, why));
    TRY(desk_erased(conn, json_get_string(op, "filing"), arena, why));
    struct value target = value_text(json_get_string(op, "filing"));
    struct rows rows;
    TRY(store_read(conn, STMT_FILING_GET, &target, 1, arena, &rows, why));
    struct span entity = rows.count == 0 ? span_make(NULL, 0) : rows_span(&rows, 0, 3);
    if (entity.at == NULL) return err_none();
    if (of->is_rebuild) return entity_touch(conn, entity, of->recorded_ms, arena, why);
    struct value of_entity = value_text(entity); // to whom messages went was read out of its fields
    TRY(store_write(conn, STMT_DELIVERIES_ERASE, &of_entity, 1, NULL, why));
    return entity_rebuild(services, conn, entity, of->recorded_ms, arena, why);
}
