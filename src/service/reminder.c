// SPDX-License-Identifier: EUPL-1.2
/* Reminders: made from the duties of a case when they change, sent when their time comes and only while the duty is owed. */
#include "law/reminder.h"

#include "law/procedure.h"
#include "service/reach_private.h"

enum { CASES_AT_ONCE = 50, REMINDERS_AT_ONCE = 200 };

static struct err make_duty(struct services *services, struct store_conn *conn, const struct case_file *file, const struct rows *duties, size_t i,
                            int64_t now_ms, struct arena *arena, struct why *why) {
    struct json content;
    struct duty_times times;
    if (is_err(json_parse(arena, rows_span(duties, i, 5), &content, NULL)) || !duty_read(&content, &times)) return err_none();
    struct value id = value_text(file->id), duty = value_text(rows_span(duties, i, 0));
    struct value opened_by = value_text(json_get_string(&content, "opened_by"));
    if (opened_by.type == VALUE_NULL) opened_by = value_text(SPAN(""));
    if (times.is_closed || times.done_ms != INSTANT_NONE || rows_at(duties, i, 4)->type != VALUE_NULL)
        return store_write(conn, STMT_REMINDER_END, PARAMS(id, duty, opened_by, value_int(now_ms), value_text(SPAN("not_owed"))), NULL, why);
    // Whoever filed just now knows what is owed already: only what comes after the last filing is a reminder.
    const struct reminder_duty of = {.procedure = file->procedure, .duty = rows_span(duties, i, 0), .owed_by = rows_span(duties, i, 1),
                                     .opened_ms = file->changed_ms, .due_ms = times.due_ms, .due_latest_ms = times.due_latest_ms};
    struct reminder_moment moments[REMINDERS_MAX];
    size_t count = reminder_moments(services->law, services->state, zone_date(services->zone, now_ms), &of, moments);
    for (size_t k = 0; k < count; k++)
        TRY(store_write(conn, STMT_REMINDER_PUT,
                        PARAMS(id, duty, opened_by, value_text(moments[k].reminder), value_text(of.owed_by), value_int(moments[k].when_ms),
                               value_int(moments[k].is_after)),
                        NULL, why));
    return err_none();
}

struct err reminders_make(struct services *services, struct store_conn *conn, int64_t now_ms, struct arena *arena, struct why *why) {
    struct rows cases;
    TRY(store_read(conn, STMT_REMINDER_CASE_TAKE, PARAMS(value_int(CASES_AT_ONCE)), arena, &cases, why));
    for (size_t i = 0; i < cases.count; i++) {
        struct case_file file;
        struct rows duties;
        struct span case_id = rows_span(&cases, i, 0);
        TRY(store_write(conn, STMT_REMINDER_CASE_DONE, PARAMS(value_text(case_id)), NULL, why));
        if (is_err(case_get(conn, case_id, arena, &file, NULL))) continue;
        TRY(store_read(conn, STMT_DUTIES_OF_CASE, PARAMS(value_text(case_id)), arena, &duties, why));
        for (size_t k = 0; k < duties.count; k++) TRY(make_duty(services, conn, &file, &duties, k, now_ms, arena, why));
    }
    return err_none();
}

// --- sending ---

static struct err is_owed(struct store_conn *conn, struct span case_id, struct span owed_by, struct arena *arena, bool *ret, struct why *why) {
    struct rows duties;
    TRY(store_read(conn, STMT_DUTIES_OF_CASE, PARAMS(value_text(case_id)), arena, &duties, why));
    *ret = false;
    for (size_t i = 0; i < duties.count; i++)
        *ret = *ret || (span_equals(rows_span(&duties, i, 1), owed_by) && rows_at(&duties, i, 4)->type == VALUE_NULL &&
                        rows_int(&duties, i, 2) != REACH_NEVER_MS);
    return err_none();
}

// A reminder that waits already (the mail server is down) says the right thing when it goes: no second one beside it.
static struct err without_waiting(struct store_conn *conn, struct span case_id, struct arena *arena, struct reach_list *list, struct why *why) {
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        struct rows waits;
        TRY(store_read(conn, STMT_DELIVERY_WAITS, PARAMS(value_text(SPAN("reminder")), value_text(case_id), value_text(list->targets[i].address)),
                       arena, &waits, why));
        if (rows_int(&waits, 0, 0) == 0) list->targets[kept++] = list->targets[i];
    }
    list->count = kept;
    return err_none();
}

struct reminding {
    struct services *services;
    struct store_conn *conn;
    struct reach_list *list; // whom this delivery goes to; used again and again
    struct delivery_new of;
    size_t reached, sent;
};

static struct err remind_list(struct reminding *r, int64_t now_ms, struct arena *arena, struct why *why) {
    size_t sent = 0;
    r->reached += r->list->count;
    TRY(without_waiting(r->conn, r->of.case_id, arena, r->list, why));
    TRY(reach_send(r->services, r->conn, &r->of, r->list, now_ms, &sent, why));
    r->sent += sent;
    r->list->count = 0;
    return err_none();
}

static struct err remind_entity(struct reminding *r, const struct case_file *file, int64_t now_ms, struct arena *arena, struct why *why) {
    r->of.entity_id = file->entity_id;
    if (file->entity_id.len > 0) TRY(reach_entity(r->conn, file->entity_id, now_ms, arena, r->list, why));
    else TRY(reach_filers(r->conn, file->id, arena, r->list, why));
    return remind_list(r, now_ms, arena, why);
}

// One who is at several of the offices hears once.
static struct err remind_offices(struct reminding *r, const struct case_file *file, struct span kind, bool *ret_is_off, int64_t now_ms,
                                 struct arena *arena, struct why *why) {
    const struct access_office *offices[64];
    size_t count = reach_offices_of(r->services, file, kind, offices);
    r->of.office_kind = kind;
    *ret_is_off = false;
    for (size_t i = 0; i < count; i++) {
        const struct reach_office *office = reach_office_find(r->services, offices[i]->id);
        *ret_is_off = office != NULL && !office->is_reminded;
        if (*ret_is_off) continue;
        r->of.office = offices[i]->id;
        TRY(reach_office(r->conn, offices[i]->id, arena, r->list, why));
        TRY(remind_list(r, now_ms, arena, why));
    }
    return err_none();
}

static struct err remind(struct services *services, struct store_conn *conn, const struct case_file *file, struct span owed_by, int64_t now_ms,
                         struct arena *arena, const char **ret_outcome, struct why *why) {
    struct reminding r = {.services = services, .conn = conn, .list = ARENA_NEW(arena, struct reach_list),
                          .of = {.kind = "reminder", .topic = owed_by, .case_id = file->id, .office_kind = reach_first_kind(services), .next_ms = now_ms}};
    bool is_off = false;
    if (r.list == NULL) return err_make(ERR_MEMORY);
    if (span_is(owed_by, "entity")) TRY(remind_entity(&r, file, now_ms, arena, why));
    else TRY(remind_offices(&r, file, owed_by, &is_off, now_ms, arena, why));
    *ret_outcome = r.sent > 0 ? "sent" : r.reached > 0 ? "joined" : is_off ? "off" : "nobody";
    return err_none();
}

struct err reminders_work(struct services *services, struct store_conn *conn, int64_t now_ms, struct arena *arena, struct why *why) {
    struct rows due;
    TRY(store_read(conn, STMT_REMINDERS_DUE, PARAMS(value_int(now_ms), value_int(REMINDERS_AT_ONCE)), arena, &due, why));
    for (size_t i = 0; i < due.count; i++) {
        struct span case_id = rows_span(&due, i, 0), owed_by = rows_span(&due, i, 1);
        struct case_file file;
        const char *outcome = "not_owed";
        bool owed = false, is_done = false;
        for (size_t k = 0; k < i && !is_done; k++) // several of one case: one message
            is_done = span_equals(rows_span(&due, k, 0), case_id) && span_equals(rows_span(&due, k, 1), owed_by);
        if (is_done) continue;
        if (!is_err(case_get(conn, case_id, arena, &file, NULL))) TRY(is_owed(conn, case_id, owed_by, arena, &owed, why));
        if (owed) TRY(remind(services, conn, &file, owed_by, now_ms, arena, &outcome, why));
        TRY(store_write(conn, STMT_REMINDERS_TAKE, PARAMS(value_text(case_id), value_text(owed_by), value_int(now_ms), value_text(span_of(outcome))),
                        NULL, why));
    }
    return err_none();
}
