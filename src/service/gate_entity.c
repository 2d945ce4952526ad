// SPDX-License-Identifier: EUPL-1.2
#include "service/gate_entity.h"

// Which attributes of the register are gone.
struct kept_back {
    struct entity *entity;
    bool is_named;
};

static void remove_attribute(struct kept_back *kept, struct span name) {
    struct json *profile = &kept->entity->profile;
    size_t left = 0;
    for (size_t i = 0; i < profile->count; i++)
        if (!span_equals(profile->members[i].name, name)) profile->members[left++] = profile->members[i];
    profile->count = left;
    bool is_name = span_is(name, "name"), is_number = span_is(name, "national_number");
    if (is_name) kept->entity->name = SPAN("");
    if (is_number) kept->entity->identifier = span_make(NULL, 0);
    if (span_is(name, "types")) kept->entity->types = (struct json){.type = JSON_ARRAY};
    if (is_name || is_number) kept->is_named = false;
}

static bool is_withheld(const struct gate_withheld *withheld, struct span field) {
    for (size_t i = 0; i < withheld->count; i++)
        if (span_equals(withheld->items[i].name, field) && (span_is(span_of(withheld->items[i].verdict.rule), "gate.freeze") ||
                                                            span_is(span_of(withheld->items[i].verdict.rule), "gate.hold")))
            return true;
    return false;
}

// {"op":"register","set":{attribute: field}} of the filing's effects, where the field stays.
static struct err apply_filing(const struct gate_view *view, struct store_conn *conn, struct span filing_id, struct arena *arena, struct kept_back *kept,
                               struct why *why) {
    struct record_open record;
    struct gate_withheld withheld;
    struct json effects;
    TRY(gate_read_record(view, conn, filing_id, arena, &record, &withheld, why));
    if (withheld.count == 0) return err_none();
    TRY(json_parse(arena, record.effects, &effects, why));
    const struct json *ops = json_get(&effects, "ops");
    for (size_t i = 0; ops != NULL && i < ops->count; i++) {
        const struct json *set = json_get(&ops->items[i], "set");
        if (!span_is(json_get_string(&ops->items[i], "op"), "register") || set == NULL || set->type != JSON_OBJECT) continue;
        for (size_t k = 0; k < set->count; k++)
            if (is_withheld(&withheld, set->members[k].value.string)) remove_attribute(kept, set->members[k].name);
    }
    return err_none();
}

static struct err apply_case(const struct gate_view *view, struct store_conn *conn, struct span case_id, struct arena *arena, struct kept_back *kept, struct why *why) {
    struct value id = value_text(case_id);
    struct rows rows;
    TRY(store_read(conn, STMT_FILINGS_OF_CASE, &id, 1, arena, &rows, why));
    for (size_t i = 0; i < rows.count; i++) TRY(apply_filing(view, conn, rows_span(&rows, i, 0), arena, kept, why));
    return err_none();
}

struct err gate_entity(const struct services *services, struct store_conn *conn, const struct principal *principal, int64_t now_ms, struct entity *entity,
                       struct arena *arena, bool *ret_is_named, struct why *why) {
    struct value params[] = {value_text(entity->id), value_int(now_ms)};
    struct kept_back kept = {.entity = entity, .is_named = true};
    struct rows rows;
    TRY(store_read(conn, STMT_BLOCKS_OF_ENTITY, params, 2, arena, &rows, why));
    for (size_t i = 0; i < rows.count; i++) {
        struct case_file file;
        struct gate_view view;
        TRY(case_get(conn, rows_span(&rows, i, 0), arena, &file, why));
        struct gate_place place = gate_place_of(&file);
        TRY(gate_view_open(services, conn, &place, principal, GATE_CASE, now_ms, arena, &view, why));
        if (rows_span(&rows, i, 1).len > 0) TRY(apply_filing(&view, conn, rows_span(&rows, i, 1), arena, &kept, why));
        else TRY(apply_case(&view, conn, file.id, arena, &kept, why));
    }
    if (ret_is_named != NULL) *ret_is_named = kept.is_named;
    return err_none();
}

struct err gate_entity_is_listed(const struct services *services, struct store_conn *conn, const struct principal *principal, int64_t now_ms,
                                 struct span entity_id, struct arena *arena, bool *ret, struct why *why) {
    struct entity entity;
    TRY(entity_get(conn, entity_id, arena, &entity, why));
    return gate_entity(services, conn, principal, now_ms, &entity, arena, ret, why);
}

struct err gate_entity_name(const struct gate_list *list, const struct services *services, struct store_conn *conn, const struct principal *principal,
                            int64_t now_ms, struct span entity_id, struct span name, struct arena *arena, struct span *ret, struct why *why) {
    struct value params[] = {value_text(entity_id), value_int(now_ms)};
    struct entity entity;
    struct rows rows;
    *ret = name;
    if (list->count == 0 || entity_id.len == 0) return err_none();
    TRY(store_read(conn, STMT_BLOCKS_OF_ENTITY, params, 2, arena, &rows, why));
    if (rows.count == 0) return err_none();
    TRY(entity_get(conn, entity_id, arena, &entity, why));
    TRY(gate_entity(services, conn, principal, now_ms, &entity, arena, NULL, why));
    *ret = entity.name.len > 0 ? entity.name : span_make(NULL, 0);
    return err_none();
}

struct err gate_entity_hidden(const struct gate_list *list, const struct services *services, struct store_conn *conn, const struct principal *principal,
                              int64_t now_ms, struct arena *arena, struct span *ret, struct why *why) {
    struct buf text;
    struct json_out out;
    struct span *seen = arena_take_array(arena, list->count + 1, sizeof *seen), last = SPAN("");
    size_t seen_count = 0;
    if (seen == NULL) return err_make(ERR_MEMORY);
    buf_init(&text, arena, LIMIT_RECEIPT_BYTES);
    json_out_init(&out, &text);
    json_out_array(&out);
    for (size_t i = 0; i < list->count; i++) { // in the order of cases
        struct case_file file;
        bool is_listed = true, is_again = span_equals(list->rows[i].case_id, last);
        last = list->rows[i].case_id;
        if (is_again) continue;
        TRY(case_get(conn, last, arena, &file, why));
        for (size_t k = 0; k < seen_count; k++) is_again = is_again || span_equals(seen[k], file.entity_id);
        if (is_again || file.entity_id.len == 0) continue;
        seen[seen_count++] = file.entity_id;
        TRY(gate_entity_is_listed(services, conn, principal, now_ms, file.entity_id, arena, &is_listed, why));
        if (!is_listed) json_out_string(&out, file.entity_id);
    }
    json_out_array_end(&out);
    if (out.is_failed || text.is_failed) return err_make(ERR_MEMORY);
    *ret = buf_span(&text);
    return err_none();
}
