// SPDX-License-Identifier: EUPL-1.2
#include "service/standing_erasure.h"

#include "service/effects.h"
#include "service/schedule.h"

enum { LIST_ROWS = 100 };

// --- operations ---

static struct span text_of(const struct json *value, struct arena *arena) {
    struct buf text;
    struct json_out out;
    buf_init(&text, arena, 64 * 1024);
    json_out_init(&out, &text);
    json_out_value(&out, value);
    return text.is_failed || out.is_failed ? SPAN("[]") : buf_span(&text);
}

struct err standing_erasure_op(struct store_conn *conn, const struct effects_of *of, const struct json *op, struct span case_id,
                               struct arena *arena, struct why *why) {
    struct span as = json_get_string(op, "as");
    if (!span_is(as, "stand")) {
        struct value params[] = {value_text(case_id), value_text(span_is(as, "confirm") ? SPAN("in_force") : SPAN("revoked")), value_int(of->recorded_ms)};
        return store_write(conn, STMT_ERASURE_STANDING_MOVE, params, 3, NULL, why);
    }
    struct stamp until = {.ms = INT64_MAX};
    const struct json *rules = json_get(op, "rules");
    struct span end = json_get_string(op, "until");
    if (end.len > 0) TRY(stamp_parse(end, NULL, "", &until, why));
    struct value params[] = {value_text(case_id), value_text(of->filing_id), value_text(rules == NULL ? SPAN("[]") : text_of(rules, arena)),
                             value_int(until.ms), value_text(SPAN("proposed")), value_int(of->recorded_ms)};
    return store_write(conn, STMT_ERASURE_STANDING_PUT, params, 6, NULL, why);
}

// --- accounts ---

// The rule for accounts is one that names them: a rule for all documents is not meant for people.
static struct err account_rule(const struct services *services, int64_t now_ms, struct arena *arena, const struct retention_rule **ret, struct why *why) {
    struct retention_rules rules;
    *ret = NULL;
    TRY(retention_rules_read(services->law, services->state, arena, &rules, why));
    const struct retention_rule *rule = retention_rule_for(&rules, SPAN("account"), SPAN("left"), zone_date(services->zone, now_ms));
    if (rule != NULL && rule->is_known && span_is(rule->procedure, "account")) *ret = rule;
    return err_none();
}

struct err accounts_due(const struct services *services, struct store_conn *conn, const struct json *only, int64_t through_ms, int64_t now_ms,
                        struct arena *arena, struct accounts_due *ret, struct why *why) {
    const struct retention_rule *rule;
    struct value most = value_int(ACCOUNTS_AT_ONCE);
    struct rows rows;
    *ret = (struct accounts_due){.rule = SPAN("")};
    TRY(account_rule(services, now_ms, arena, &rule, why));
    struct span name = retention_rule_name(rule, arena);
    if (rule == NULL || (only != NULL && !retention_is_named(only, name))) return err_none();
    ret->rule = name;
    TRY(store_read(conn, STMT_ACCOUNTS_LEFT, &most, 1, arena, &rows, why));
    ret->persons = arena_take_array(arena, rows.count + 1, sizeof *ret->persons);
    if (ret->persons == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < rows.count; i++)
        if (retention_over_ms(rule, services->zone, rows_int(&rows, i, 1)) <= through_ms) ret->persons[ret->count++] = rows_span(&rows, i, 0);
    return err_none();
}

struct err account_erase(struct store_conn *conn, struct span person_id, struct why *why) {
    static const enum statement STATEMENTS[] = {
        STMT_ACCOUNT_ERASE_PERSON_PASSWORD, STMT_ACCOUNT_ERASE_PERSON_TOTP, STMT_ACCOUNT_ERASE_PERSON_RECOVERY, STMT_ACCOUNT_ERASE_SESSION,
        STMT_ACCOUNT_ERASE_TOKEN, STMT_ACCOUNT_ERASE_ACCESS_CODE, STMT_ACCOUNT_ERASE_ACCESS_EVENT, STMT_ACCOUNT_ERASE_PASSKEY,
        STMT_ACCOUNT_ERASE_PERSON_LINK, STMT_ACCOUNT_ERASE_DRAFT, STMT_ACCOUNT_ERASE_DESK_MARK, STMT_ACCOUNT_ERASE_DESK_SHIFT,
        STMT_ACCOUNT_ERASE_DESK_ABSENCE, STMT_ACCOUNT_ERASE_IDEMPOTENCY, STMT_ACCOUNT_ERASE_CHANNEL, STMT_ACCOUNT_ERASE_DELIVERY,
        STMT_ACCOUNT_ERASE_PERSON};
    struct value id = value_text(person_id);
    for (size_t i = 0; i < sizeof STATEMENTS / sizeof *STATEMENTS; i++) TRY(store_write(conn, STATEMENTS[i], &id, 1, NULL, why));
    return err_none();
}

// --- running ---

struct err standing_erasure_mark(struct store_conn *conn, struct arena *arena, int64_t *ret, struct why *why) {
    struct rows rows;
    TRY(store_read(conn, STMT_ERASURE_STANDING_MARK, NULL, 0, arena, &rows, why));
    *ret = rows_int(&rows, 0, 0);
    return err_none();
}

static struct err next(struct store_conn *conn, struct span after_case, int64_t now_ms, struct arena *arena, struct rows *ret, struct why *why) {
    struct value params[] = {value_int(now_ms), value_text(after_case)};
    return store_read(conn, STMT_ERASURE_STANDING_NEXT, params, 2, arena, ret, why);
}

// What was due before today: a run speaks of whole days, as an order does.
static int64_t today_ms(const struct services *services, int64_t now_ms) { return zone_day_start(services->zone, zone_date(services->zone, now_ms)); }

struct err standing_erasure_look(const struct services *services, struct store_conn *conn, struct span after_case, int64_t after_seq,
                                 int64_t now_ms, struct arena *arena, struct standing_look *ret, struct why *why) {
    struct rows rows;
    struct json only;
    struct retention_due due;
    struct accounts_due accounts = {0};
    *ret = (struct standing_look){.after_seq = after_seq};
    TRY(next(conn, after_case, now_ms, arena, &rows, why));
    if (rows.count == 0) return err_none();
    TRY(json_parse(arena, rows_span(&rows, 0, 1), &only, why));
    struct retention_question question = {.law = services->law, .state = services->state, .zone = services->zone, .now_ms = now_ms,
                                          .through_ms = today_ms(services, now_ms), .after_seq = after_seq, .list_max = 1, .only = &only};
    TRY(retention_due(conn, &question, SCHEDULE_ROWS, arena, &due, why));
    if (due.is_end) TRY(accounts_due(services, conn, &only, question.through_ms, now_ms, arena, &accounts, why));
    *ret = (struct standing_look){.standing = rows_span(&rows, 0, 0), .has_due = due.count > 0 || accounts.count > 0, .after_seq = due.after_seq,
                                  .is_end = due.is_end};
    return err_none();
}

struct err standing_erasure_begin(struct services *services, struct store_conn *conn, struct log_edge *edge, struct span standing,
                                  int64_t now_ms, struct arena *arena, struct why *why) {
    struct value now = value_int(now_ms);
    struct rows busy, rows = {0};
    struct span after = SPAN("");
    TRY(store_read(conn, STMT_ERASURE_BATCH_NEXT, &now, 1, arena, &busy, why));
    if (busy.count > 0) return err_none();
    do {
        TRY(next(conn, after, now_ms, arena, &rows, why));
        if (rows.count > 0) after = rows_span(&rows, 0, 0);
    } while (rows.count > 0 && !span_equals(after, standing));
    if (rows.count == 0) return err_none();
    struct span day = civil_text(arena, zone_date(services->zone, now_ms));
    struct json_member members[] = {{SPAN("standing"), json_from_string(standing)}, {SPAN("through"), json_from_string(day)}};
    struct json fields = {.type = JSON_OBJECT, .members = members, .count = 2};
    return schedule_file(services, conn, edge, "run", span_make(NULL, 0), &fields, now_ms, arena, why);
}

// --- telling ---

static void write_standing(struct json_out *out, const struct rows *rows, size_t i, int64_t now_ms, struct arena *arena) {
    int64_t until_ms = rows_int(rows, i, 3);
    bool is_over = span_is(rows_span(rows, i, 4), "in_force") && until_ms <= now_ms;
    json_out_object(out);
    json_out_member_string(out, "case", rows_span(rows, i, 0));
    json_out_member_string(out, "filing", rows_span(rows, i, 1));
    json_out_name(out, "rules");
    json_out_raw(out, rows_span(rows, i, 2));
    json_out_member_string(out, "until", until_ms == INT64_MAX ? span_make(NULL, 0) : instant_text(arena, until_ms));
    json_out_member_string(out, "stage", is_over ? SPAN("over") : rows_span(rows, i, 4));
    json_out_member_string(out, "since", instant_text(arena, rows_int(rows, i, 5)));
    json_out_object_end(out);
}

struct err standing_erasure_write(struct json_out *out, const struct services *services, struct store_conn *conn, int64_t now_ms,
                                  struct arena *arena, struct why *why) {
    struct value most = value_int(LIST_ROWS);
    struct rows rows;
    struct accounts_due due;
    TRY(store_read(conn, STMT_ERASURE_STANDINGS, &most, 1, arena, &rows, why));
    TRY(accounts_due(services, conn, NULL, now_ms, now_ms, arena, &due, why));
    json_out_name(out, "standing");
    json_out_array(out);
    for (size_t i = 0; i < rows.count; i++) write_standing(out, &rows, i, now_ms, arena);
    json_out_array_end(out);
    json_out_name(out, "accounts");
    json_out_object(out);
    json_out_member_string(out, "rule", due.rule.len > 0 ? due.rule : span_make(NULL, 0));
    json_out_member_int(out, "over", (int64_t)due.count);
    json_out_object_end(out);
    return err_none();
}
