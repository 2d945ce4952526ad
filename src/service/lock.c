// SPDX-License-Identifier: EUPL-1.2
#include "service/lock.h"

#include "service/effects.h"

static bool is_op(const struct json *op, const char *name) { return span_is(json_get_string(op, "op"), name); }

static struct err ask(const struct services *services, struct store_conn *conn, const struct filing_plan *plan, const struct json *op, int64_t now_ms,
                      struct arena *arena, struct why *why) {
    const struct json *keys = json_get(op, "keys");
    for (size_t i = 0; keys != NULL && i < keys->count; i++) {
        struct value params[] = {value_text(json_get_string(op, "lock")), value_text(keys->items[i].string), value_int(now_ms), value_text(plan->case_id)};
        struct rows rows;
        TRY(store_read(conn, STMT_LOCK_FIND, params, 4, arena, &rows, why));
        if (rows.count == 0) continue;
        const char *rule = arena_text(arena, arena_printf(arena, "lock.%.*s", SPAN_FMT(json_get_string(op, "lock"))));
        return why_set(why, ERR_LAW, "", rule, arena_text(arena, json_get_string(op, "article")), "%.*s (%.*s, until %.*s)", SPAN_FMT(json_get_string(op, "words")),
                       SPAN_FMT(keys->items[i].string), SPAN_FMT(civil_text(arena, zone_date(services->zone, rows_int(&rows, 0, 0)))));
    }
    return err_none();
}

static struct err speaks_for(const struct services *services, const struct filing_plan *plan, const struct json *op, struct arena *arena, struct why *why) {
    const struct access_office *office = access_office_find(services->access, plan->office);
    if (office != NULL && span_equals(office->state, json_get_string(op, "state"))) return err_none();
    return why_set(why, ERR_INPUT, arena_text(arena, arena_printf(arena, "/fields/%.*s", SPAN_FMT(json_get_string(op, "field")))), "field.own", "",
                   "Your office does not speak for %.*s.", SPAN_FMT(json_get_string(op, "state")));
}

struct err lock_check(const struct services *services, struct store_conn *conn, const struct filing_plan *plan, int64_t now_ms, struct arena *arena,
                      struct why *why) {
    const struct json *ops = plan->decision.effects;
    for (size_t i = 0; i < ops->count; i++) {
        if (is_op(&ops->items[i], "unlocked")) TRY(ask(services, conn, plan, &ops->items[i], now_ms, arena, why));
        if (is_op(&ops->items[i], "speaks_for")) TRY(speaks_for(services, plan, &ops->items[i], arena, why));
    }
    return err_none();
}

struct err lock_op(struct store_conn *conn, const struct effects_of *of, const struct json *op, struct span case_id, struct why *why) {
    struct stamp until;
    const struct json *keys = json_get(op, "keys");
    if (!is_op(op, "lock")) return err_none();
    TRY(stamp_parse(json_get_string(op, "until"), NULL, "until", &until, why));
    for (size_t i = 0; keys != NULL && i < keys->count; i++) {
        struct value params[] = {value_text(of->filing_id), value_text(json_get_string(op, "lock")), value_text(keys->items[i].string), value_text(case_id), value_int(until.ms)};
        TRY(store_write(conn, STMT_LOCK_ADD, params, 5, NULL, why));
    }
    return err_none();
}
