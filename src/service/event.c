// SPDX-License-Identifier: EUPL-1.2
#include "service/event.h"

#include "service/case.h"
#include "service/gate_view.h"
#include "service/seen.h"

// One row of filings_since.
static bool may_know(const struct services *services, struct store_conn *conn, const struct gate_list *gate, const struct principal *principal,
                     const struct rows *rows, size_t i, int64_t now_ms, struct arena *arena) {
    struct access_case of;
    struct case_file file = {.id = rows_span(rows, i, 2), .procedure = rows_span(rows, i, 5), .workspace = rows_span(rows, i, 4),
                             .entity_id = rows_span(rows, i, 3), .sectors = rows_span(rows, i, 7), .offices = rows_span(rows, i, 8),
                             .is_closed = rows_int(rows, i, 9) != 0};
    struct gate_place place = gate_place_of(&file);
    bool is_hidden = true;
    case_access(services, &file, arena, &of);
    if (is_err(access_may_read_case(principal, &of, now_ms, NULL))) return false;
    struct viewer viewer = viewer_of(principal, &of, now_ms);
    struct matter matter = {.seen_by = rows_span(rows, i, 10), .filer = rows_span(rows, i, 11), .filer_role = rows_span(rows, i, 12),
                            .office = rows_span(rows, i, 13)};
    if (!viewer_sees(&viewer, &matter)) return false;
    if (is_err(gate_list_hides(gate, services, conn, &place, principal, now_ms, arena, &is_hidden, NULL))) return false;
    return !is_hidden;
}

// Of what is frozen, and of what froze it, one only learns that it is withdrawn.
static void one_write(struct buf *text, const struct gate_list *gate, const struct rows *rows, size_t i) {
    struct span withdrawn = gate_list_withdrawn(gate, rows_span(rows, i, 1));
    buf_printf(text, "id: %lld\nevent: %s\ndata: ", (long long)rows_int(rows, i, 0), withdrawn.at != NULL ? "withdrawn" : "filing");
    struct json_out out;
    json_out_init(&out, text);
    json_out_object(&out);
    json_out_member_string(&out, "filing", withdrawn.at != NULL ? withdrawn : rows_span(rows, i, 1));
    json_out_member_string(&out, "case", rows_span(rows, i, 2));
    if (withdrawn.at == NULL) {
        json_out_member_string(&out, "entity", rows_span(rows, i, 3));
        json_out_member_string(&out, "procedure", rows_span(rows, i, 5));
        json_out_member_string(&out, "document", rows_span(rows, i, 6));
    }
    json_out_object_end(&out);
    buf_add_text(text, "\n\n");
}

void event_write(struct buf *text, const struct services *services, struct store_conn *conn, const struct gate_list *gate,
                 const struct principal *principal, const struct rows *rows, size_t i, int64_t now_ms, struct arena *arena) {
    if (may_know(services, conn, gate, principal, rows, i, now_ms, arena)) one_write(text, gate, rows, i);
}
