// SPDX-License-Identifier: EUPL-1.2
#include "service/downtime.h"

#include "law/procedure.h"
#include "service/effects.h"

static struct err downtime_add(struct store_conn *conn, int64_t from_ms, int64_t to_ms, struct span kind, struct why *why) {
    struct value params[] = {value_int(from_ms), to_ms == INSTANT_NONE ? value_null() : value_int(to_ms), value_text(kind), value_null()};
    return store_write(conn, STMT_DOWNTIME_ADD, params, 4, NULL, why);
}

// Of the time in which the node takes no filings; begins and ends where that changes.
static struct err readonly_note(struct store_conn *conn, bool is_read_only, int64_t now_ms, struct arena *arena, struct why *why) {
    struct value kind = value_text(SPAN("readonly"));
    struct rows open;
    TRY(store_read(conn, STMT_DOWNTIME_IS_OPEN, &kind, 1, arena, &open, why));
    bool is_open = rows_int(&open, 0, 0) != 0;
    if (is_open == is_read_only) return err_none();
    if (is_read_only) return downtime_add(conn, now_ms, INSTANT_NONE, SPAN("readonly"), why);
    struct value params[] = {kind, value_int(now_ms)};
    return store_write(conn, STMT_DOWNTIME_END, params, 2, NULL, why);
}

struct err downtime_start(struct store_conn *conn, bool is_read_only, int64_t now_ms, struct arena *arena, struct why *why) {
    struct rows last;
    TRY(store_read(conn, STMT_UPTIME_LAST, NULL, 0, arena, &last, why));
    if (last.count == 1) {
        int64_t seen_ms = rows_int(&last, 0, 2);
        bool is_clean = rows_at(&last, 0, 3)->type == VALUE_INT;
        if (now_ms - seen_ms >= DOWNTIME_LEAST_MS) TRY(downtime_add(conn, seen_ms, now_ms, is_clean ? SPAN("stop") : SPAN("crash"), why));
    }
    struct value now = value_int(now_ms);
    TRY(store_write(conn, STMT_UPTIME_START, &now, 1, NULL, why));
    return readonly_note(conn, is_read_only, now_ms, arena, why);
}

struct err downtime_beat(struct store_conn *conn, bool is_read_only, int64_t now_ms, struct arena *arena, struct why *why) {
    struct value now = value_int(now_ms);
    TRY(store_write(conn, STMT_UPTIME_BEAT, &now, 1, NULL, why));
    return readonly_note(conn, is_read_only, now_ms, arena, why);
}

struct err downtime_stop(struct store_conn *conn, int64_t now_ms, struct why *why) {
    struct value now = value_int(now_ms);
    return store_write(conn, STMT_UPTIME_STOP, &now, 1, NULL, why);
}

static struct value instant_value(const struct json *op, const char *name) {
    struct stamp stamp;
    struct span text = json_get_string(op, name);
    return text.at != NULL && !is_err(stamp_parse(text, NULL, name, &stamp, NULL)) ? value_int(stamp.ms) : value_null();
}

struct err downtime_op(struct store_conn *conn, const struct effects_of *of, struct span case_id, const struct json *op, struct why *why) {
    if (!span_is(json_get_string(op, "op"), "downtime")) return err_none();
    struct value params[] = {value_text(case_id), value_text(of->filing_id), instant_value(op, "from"), instant_value(op, "to")};
    if (!span_is(json_get_string(op, "kind"), "declared")) return store_write(conn, STMT_OUTAGE_DROP, params, 1, NULL, why);
    if (params[2].type != VALUE_INT) return why_set(why, ERR_CORRUPT, "", "effects.downtime", "", "the outage has no beginning");
    return store_write(conn, STMT_OUTAGE_PUT, params, 4, NULL, why);
}

static void write_row(struct json_out *out, const struct rows *rows, size_t i, struct arena *arena) {
    json_out_object(out);
    json_out_member_string(out, "kind", rows_span(rows, i, 0));
    json_out_member_string(out, "from", instant_text(arena, rows_int(rows, i, 1)));
    json_out_name(out, "to");
    if (rows_at(rows, i, 2)->type == VALUE_INT) json_out_string(out, instant_text(arena, rows_int(rows, i, 2)));
    else json_out_null(out);
    json_out_member_string(out, "note", rows_span(rows, i, 3));
    json_out_member_string(out, "case", rows_span(rows, i, 4));
    json_out_object_end(out);
}

struct err downtime_write(struct json_out *out, struct store_conn *conn, int64_t from_ms, int64_t to_ms, int64_t most, struct arena *arena,
                          struct why *why) {
    struct value params[] = {value_int(from_ms), value_int(to_ms), value_int(most)};
    struct rows rows;
    TRY(store_read(conn, STMT_DOWNTIMES_BETWEEN, params, 3, arena, &rows, why));
    json_out_array(out);
    for (size_t i = 0; i < rows.count; i++) write_row(out, &rows, i, arena);
    json_out_array_end(out);
    return err_none();
}

// --- beside what is late ---

// From when to when the ways to file matter for a duty; false where it is not late.
static bool window_of(const struct json *duty, int64_t now_ms, int64_t *ret_from_ms, int64_t *ret_to_ms) {
    struct duty_times times;
    if (!duty_read(duty, &times) || times.due_ms == INSTANT_NONE) return false;
    enum duty_status status = duty_status(&times, now_ms);
    *ret_from_ms = times.due_ms - DOWNTIME_BEFORE_DUE_MS;
    *ret_to_ms = times.due_latest_ms > times.due_ms ? times.due_latest_ms : times.due_ms;
    return status == DUTY_POSSIBLY_LATE || status == DUTY_LATE || status == DUTY_BEYOND_AIM || status == DUTY_DONE_POSSIBLY_LATE ||
           status == DUTY_DONE_LATE || status == DUTY_DONE_BEYOND_AIM;
}

struct err downtimes_load(struct store_conn *conn, const struct json *duties, int64_t now_ms, struct arena *arena, struct downtimes *ret,
                          struct why *why) {
    int64_t from_ms = INT64_MAX, to_ms = INT64_MIN;
    *ret = (struct downtimes){.rows = {.count = 0}};
    for (size_t i = 0; duties != NULL && duties->type == JSON_ARRAY && i < duties->count; i++) {
        int64_t from, to;
        if (!window_of(&duties->items[i], now_ms, &from, &to)) continue;
        if (from < from_ms) from_ms = from;
        if (to > to_ms) to_ms = to;
    }
    if (from_ms > to_ms) return err_none();
    struct value params[] = {value_int(from_ms), value_int(to_ms), value_int(LIMIT_PAGE_ROWS)};
    return store_read(conn, STMT_DOWNTIMES_BETWEEN, params, 3, arena, &ret->rows, why);
}

void downtimes_write_beside(struct json_out *out, const struct downtimes *downtimes, const struct json *duty, int64_t now_ms, struct arena *arena) {
    int64_t from_ms, to_ms;
    bool is_begun = false;
    if (!window_of(duty, now_ms, &from_ms, &to_ms)) return;
    for (size_t i = 0; i < downtimes->rows.count; i++) {
        bool is_over = rows_at(&downtimes->rows, i, 2)->type == VALUE_INT && rows_int(&downtimes->rows, i, 2) <= from_ms;
        if (is_over || rows_int(&downtimes->rows, i, 1) >= to_ms) continue;
        if (!is_begun) {
            json_out_name(out, "downtimes");
            json_out_array(out);
        }
        is_begun = true;
        write_row(out, &downtimes->rows, i, arena);
    }
    if (is_begun) json_out_array_end(out);
}
