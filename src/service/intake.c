// SPDX-License-Identifier: EUPL-1.2
#include "service/intake.h"

#include "service/effects.h"

struct err intake_fields(const struct services *services, const struct json *fields, const struct json *on_behalf, struct arena *arena,
                         struct json *ret, int64_t *ret_received_ms, struct why *why) {
    struct stamp received;
    struct json out = {.type = JSON_OBJECT, .members = arena_take_array(arena, fields->count + 1, sizeof(struct json_member))};
    if (out.members == NULL) return err_make(ERR_MEMORY);
    struct span text = json_get_string(on_behalf, "received_at");
    if (on_behalf->type != JSON_OBJECT || text.at == NULL)
        return why_set(why, ERR_INPUT, "/" FIELD_ON_BEHALF "/received_at", "field.required", "", "say when the office had it");
    TRY(stamp_parse(text, services->zone, "/" FIELD_ON_BEHALF "/received_at", &received, why));
    for (size_t i = 0; i < fields->count; i++) {
        if (span_is(fields->members[i].name, FIELD_ON_BEHALF))
            return why_set(why, ERR_INPUT, "/" FIELD_ON_BEHALF, "filing.intake", "", "how it came stands once, beside the fields");
        out.members[out.count++] = fields->members[i];
    }
    out.members[out.count++] = (struct json_member){SPAN(FIELD_ON_BEHALF), *on_behalf};
    *ret = out;
    *ret_received_ms = received.ms;
    return err_none();
}

struct err intake_allowed(const struct principal *principal, const struct procedure_document *document, const struct access_case *of,
                          bool is_new_case, int64_t now_ms, struct span *ret_kind, struct span *ret_office, struct why *why) {
    struct err refused = why_set(why, ERR_DENIED, "/" FIELD_ON_BEHALF, "filing.intake", "", "this document is not recorded for another");
    for (size_t i = 0; i < document->intake_count; i++) {
        struct why own = {0};
        struct err e = access_may_file(principal, of, document->intake[i], is_new_case, now_ms, ret_office, &own);
        if (!is_err(e)) {
            if (why != NULL) *why = (struct why){0};
            *ret_kind = document->intake[i];
            return e;
        }
        if (i > 0) continue; // the first reason is the one that is told
        refused = e;
        if (why != NULL) *why = own;
    }
    return refused;
}

struct err intake_op(struct store_conn *conn, const struct effects_of *of, struct span case_id, const struct json *op, struct why *why) {
    if (!span_is(json_get_string(op, "op"), "intake")) return err_none();
    struct value params[] = {value_text(of->filing_id), value_text(case_id), value_text(json_get_string(op, "office_kind")),
                             value_text(json_get_string(op, "channel"))};
    return store_write(conn, STMT_INTAKE_ADD, params, 4, NULL, why);
}

struct err intake_move(struct store_conn *conn, struct span case_id, struct span workspace, struct span entity_id, struct arena *arena,
                       struct why *why) {
    struct value id = value_text(case_id);
    struct rows before;
    TRY(store_read(conn, STMT_CASE_PLACE, &id, 1, arena, &before, why));
    if (before.count == 0) return err_none();
    if (span_equals(rows_span(&before, 0, 0), workspace) && span_equals(rows_span(&before, 0, 1), entity_id)) return err_none();
    struct value params[] = {id, value_text(workspace), value_text(entity_id)};
    return store_write(conn, STMT_FILINGS_MOVE, params, 3, NULL, why);
}

void intake_write(struct json_out *out, const struct rows *intakes, struct span filing_id) {
    for (size_t i = 0; i < intakes->count; i++) {
        if (!span_equals(rows_span(intakes, i, 0), filing_id)) continue;
        json_out_name(out, "recorded_by");
        json_out_object(out);
        json_out_member_string(out, "office_kind", rows_span(intakes, i, 1));
        json_out_member_string(out, "channel", rows_span(intakes, i, 2));
        json_out_object_end(out);
    }
}
