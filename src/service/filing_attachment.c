// SPDX-License-Identifier: EUPL-1.2
#include "service/filing_attachment.h"

struct err filing_check_attachments(struct store_conn *conn, const struct filing_request *request, const struct principal *principal, size_t most, struct arena *arena, struct json *ret, struct why *why) {
    struct json list = {.type = JSON_ARRAY, .items = arena_take_array(arena, request->attachment_count + 1, sizeof(struct json))};
    if (list.items == NULL) return err_make(ERR_MEMORY);
    if (request->attachment_count > most)
        return why_set(why, ERR_INPUT, "/attachments", "filing.attachments", "", "this document takes at most %zu attachments", most);
    for (size_t i = 0; i < request->attachment_count; i++) {
        struct value id = value_text(request->attachments[i]);
        struct rows rows;
        TRY(store_read(conn, STMT_ATTACHMENT_GET, &id, 1, arena, &rows, why));
        if (rows.count == 0 || !span_equals(rows_span(&rows, 0, 1), principal->person_id) || rows_span(&rows, 0, 7).at != NULL)
            return why_set(why, ERR_INPUT, "/attachments", "filing.attachment_unknown", "", "attachment %.*s is not yours or was filed already",
                           SPAN_FMT(request->attachments[i]));
        struct json item = {.type = JSON_OBJECT, .count = 3, .members = arena_take_array(arena, 3, sizeof(struct json_member))};
        struct buf hash;
        buf_init(&hash, arena, 128);
        buf_add_hex(&hash, rows_span(&rows, 0, 5));
        if (item.members == NULL || hash.is_failed) return err_make(ERR_MEMORY);
        item.members[0] = (struct json_member){SPAN("id"), json_from_string(rows_span(&rows, 0, 0))};
        item.members[1] = (struct json_member){SPAN("sha256"), json_from_string(buf_span(&hash))};
        item.members[2] = (struct json_member){SPAN("size"), json_from_int(rows_int(&rows, 0, 4))};
        list.items[list.count++] = item;
    }
    *ret = list;
    return err_none();
}

struct err filing_claim_attachments(struct store_conn *conn, const struct filing_plan *plan, struct why *why) {
    for (size_t i = 0; i < plan->request->attachment_count; i++) {
        struct value params[] = {value_text(plan->request->attachments[i]), value_text(plan->principal->person_id),
                                 value_text(plan->case_id), value_text(plan->filing_id)};
        size_t changed = 0;
        TRY(store_write(conn, STMT_ATTACHMENT_CLAIM, params, 4, &changed, why));
        if (changed != 1)
            return why_set(why, ERR_CONFLICT, "/attachments", "filing.attachment_unknown", "", "attachment %.*s was filed by another request",
                           SPAN_FMT(plan->request->attachments[i]));
    }
    return err_none();
}
