// SPDX-License-Identifier: EUPL-1.2
#include "service/gate_list.h"

#include "service/case.h"

struct err gate_list_load(struct store_conn *conn, int64_t now_ms, struct arena *arena, struct gate_list *ret, struct why *why) {
    struct value now = value_int(now_ms);
    struct rows rows;
    TRY(store_read(conn, STMT_BLOCKS_IN_FORCE, &now, 1, arena, &rows, why));
    *ret = (struct gate_list){.rows = arena_take_array(arena, rows.count + 1, sizeof *ret->rows)};
    if (ret->rows == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < rows.count; i++)
        ret->rows[ret->count++] = (struct gate_list_row){.filing_id = rows_span(&rows, i, 0), .case_id = rows_span(&rows, i, 1),
                                                         .target = rows_span(&rows, i, 3), .is_hold = span_is(rows_span(&rows, i, 2), "hold")};
    return err_none();
}

struct err gate_list_hides(const struct gate_list *list, const struct services *services, struct store_conn *conn, const struct gate_place *place,
                           const struct principal *principal, int64_t now_ms, struct arena *arena, bool *ret, struct why *why) {
    bool is_held = false;
    *ret = false;
    for (size_t i = 0; i < list->count; i++)
        is_held = is_held || (list->rows[i].is_hold && list->rows[i].target.len == 0 && span_equals(list->rows[i].case_id, place->case_id));
    if (!is_held) return err_none();
    struct gate_view view;
    TRY(gate_view_open(services, conn, place, principal, GATE_LIST, now_ms, arena, &view, why));
    struct err e = gate_view_known(&view, NULL);
    *ret = is_err(e);
    return err_none();
}

struct err gate_list_hidden(const struct gate_list *list, const struct services *services, struct store_conn *conn, const struct principal *principal,
                            int64_t now_ms, struct arena *arena, struct span *ret, struct why *why) {
    struct buf text;
    struct json_out out;
    struct span last = SPAN("");
    buf_init(&text, arena, LIMIT_RECEIPT_BYTES);
    json_out_init(&out, &text);
    json_out_array(&out);
    for (size_t i = 0; i < list->count; i++) { // in the order of cases
        const struct gate_list_row *row = &list->rows[i];
        struct case_file file;
        bool is_hidden = false;
        if (!row->is_hold || row->target.len > 0 || span_equals(row->case_id, last)) continue;
        last = row->case_id;
        TRY(case_get(conn, row->case_id, arena, &file, why));
        struct gate_place place = gate_place_of(&file);
        TRY(gate_list_hides(list, services, conn, &place, principal, now_ms, arena, &is_hidden, why));
        if (is_hidden) json_out_string(&out, file.id);
    }
    json_out_array_end(&out);
    if (out.is_failed || text.is_failed) return err_make(ERR_MEMORY);
    *ret = buf_span(&text);
    return err_none();
}

struct span gate_list_withdrawn(const struct gate_list *list, struct span filing_id) {
    for (size_t i = 0; i < list->count; i++) {
        const struct gate_list_row *row = &list->rows[i];
        if (row->is_hold || row->target.len == 0) continue;
        if (span_equals(row->target, filing_id) || span_equals(row->filing_id, filing_id)) return row->target;
    }
    return span_make(NULL, 0);
}
