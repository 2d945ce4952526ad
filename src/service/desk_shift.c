// SPDX-License-Identifier: EUPL-1.2
#include "service/desk_shift.h"

enum { ABSENCE_DAYS_MAX = 366, ABSENCES_KEPT_DAYS = 31 };

struct err shift_of(struct store_conn *conn, struct span person_id, struct arena *arena, struct shift *ret, struct why *why) {
    struct value id = value_text(person_id);
    struct rows rows;
    TRY(store_read(conn, STMT_DESK_SHIFT_GET, &id, 1, arena, &rows, why));
    *ret = (struct shift){.begun_ms = INSTANT_NONE, .since_ms = INSTANT_NONE};
    if (rows.count == 0) return err_none();
    ret->is_known = true;
    if (rows_at(&rows, 0, 0)->type != VALUE_NULL) ret->begun_ms = rows_int(&rows, 0, 0);
    ret->since_ms = rows_int(&rows, 0, 1);
    return err_none();
}

struct err shift_mark(struct store_conn *conn, struct span person_id, bool is_begin, int64_t now_ms, struct why *why) {
    struct value params[] = {value_text(person_id), value_int(now_ms)};
    return store_write(conn, is_begin ? STMT_DESK_SHIFT_BEGIN : STMT_DESK_SHIFT_END, params, 2, NULL, why);
}

static bool shares_office(const struct principal *a, const struct principal *b, enum access_role_kind least) {
    for (size_t i = 0; i < a->role_count; i++)
        for (size_t k = 0; k < b->role_count; k++)
            if (a->roles[i].role >= least && span_equals(a->roles[i].office, b->roles[k].office)) return true;
    return false;
}

// Her own, or of a person of an office that she is the head of. Another's is answered as if she were nobody.
static struct err may_note(const struct services *services, struct store_conn *conn, const struct principal *by, struct span person_id,
                           struct arena *arena, struct principal *ret, struct why *why) {
    struct err e = access_principal_as(services->access, conn, person_id, arena, ret, NULL);
    if (is_err(e) && e.code != ERR_NOT_FOUND) return e;
    if (!is_err(e) && span_equals(person_id, by->person_id)) return err_none();
    if (!is_err(e) && shares_office(by, ret, ROLE_HEAD)) return err_none();
    if (!is_err(e) && shares_office(by, ret, ROLE_READER))
        return why_set(why, ERR_DENIED, "/person", "desk.absence_of", "", "only she herself or the head of the office notes that");
    return why_set(why, ERR_NOT_FOUND, "/person", "desk.person", "", "there is no such person at your offices");
}

struct err absence_note(const struct services *services, struct store_conn *conn, const struct absence *absence, int64_t now_ms,
                        struct arena *arena, struct why *why) {
    struct principal person, deputy;
    TRY(may_note(services, conn, absence->by, absence->person_id, arena, &person, why));
    if (absence->until_ms <= absence->from_ms || absence->until_ms <= now_ms)
        return why_set(why, ERR_INPUT, "/until", "desk.absence_time", "", "an absence ends after it begins, and after now");
    if (absence->until_ms - absence->from_ms > ABSENCE_DAYS_MAX * MS_PER_DAY)
        return why_set(why, ERR_INPUT, "/until", "desk.absence_time", "", "at most %d days are noted at once", (int)ABSENCE_DAYS_MAX);
    if (absence->deputy.len > 0) {
        struct err e = access_principal_as(services->access, conn, absence->deputy, arena, &deputy, NULL);
        if (is_err(e) || !shares_office(&deputy, &person, ROLE_OFFICER) || span_equals(absence->deputy, absence->person_id))
            return why_set(why, ERR_INPUT, "/deputy", "desk.person", "", "the deputy is another officer of one of her offices");
    }
    struct value before = value_int(now_ms - ABSENCES_KEPT_DAYS * MS_PER_DAY);
    TRY(store_write(conn, STMT_DESK_ABSENCE_PRUNE, &before, 1, NULL, why));
    struct value params[] = {value_text(absence->id), value_text(absence->person_id), value_int(absence->from_ms), value_int(absence->until_ms),
                             absence->deputy.len > 0 ? value_text(absence->deputy) : value_null(), value_text(absence->by->person_id), value_int(now_ms)};
    return store_write(conn, STMT_DESK_ABSENCE_ADD, params, 7, NULL, why);
}

struct err absence_remove(const struct services *services, struct store_conn *conn, const struct principal *by, struct span id,
                          struct arena *arena, struct why *why) {
    struct value param = value_text(id);
    struct principal person;
    struct rows rows;
    TRY(store_read(conn, STMT_DESK_ABSENCE_GET, &param, 1, arena, &rows, why));
    if (rows.count == 0 || is_err(may_note(services, conn, by, rows_span(&rows, 0, 1), arena, &person, NULL)))
        return why_set(why, ERR_NOT_FOUND, "", "desk.no_absence", "", "there is no such absence that you noted");
    return store_write(conn, STMT_DESK_ABSENCE_REMOVE, &param, 1, NULL, why);
}

struct err absences_write(struct json_out *out, const struct services *services, struct store_conn *conn, const struct principal *principal,
                          int64_t now_ms, struct arena *arena, struct why *why) {
    struct value now = value_int(now_ms);
    struct rows rows;
    TRY(store_read(conn, STMT_DESK_ABSENCES, &now, 1, arena, &rows, why));
    json_out_array(out);
    for (size_t i = 0; i < rows.count; i++) {
        struct principal person;
        if (is_err(access_principal_as(services->access, conn, rows_span(&rows, i, 1), arena, &person, NULL))) continue;
        if (!shares_office(principal, &person, ROLE_READER)) continue;
        json_out_object(out);
        json_out_member_string(out, "id", rows_span(&rows, i, 0));
        json_out_member_string(out, "person", rows_span(&rows, i, 1));
        json_out_member_string(out, "name", rows_span(&rows, i, 5));
        json_out_member_string(out, "from", instant_text(arena, rows_int(&rows, i, 2)));
        json_out_member_string(out, "until", instant_text(arena, rows_int(&rows, i, 3)));
        json_out_member_string(out, "deputy", rows_span(&rows, i, 4));
        json_out_member_string(out, "deputy_name", rows_span(&rows, i, 6));
        json_out_object_end(out);
    }
    json_out_array_end(out);
    return err_none();
}

struct err colleagues_write(struct json_out *out, const struct services *services, struct store_conn *conn, struct span office, int64_t now_ms,
                            struct arena *arena, struct why *why) {
    static const char *const ROLES[] = {[ROLE_READER] = "reader", [ROLE_OFFICER] = "officer", [ROLE_HEAD] = "head"};
    struct value id = value_text(office), now = value_int(now_ms);
    struct rows rows, away;
    if (access_office_find(services->access, office) == NULL) return why_set(why, ERR_NOT_FOUND, "", "desk.no_office", "", "there is no such office here");
    TRY(store_read(conn, STMT_DESK_COLLEAGUES, &id, 1, arena, &rows, why));
    TRY(store_read(conn, STMT_DESK_ABSENCES, &now, 1, arena, &away, why));
    json_out_array(out);
    for (size_t i = 0; i < rows.count; i++) {
        int64_t role = rows_int(&rows, i, 2);
        bool is_away = false;
        for (size_t k = 0; k < away.count; k++)
            is_away = is_away || (rows_int(&away, k, 2) <= now_ms && span_equals(rows_span(&away, k, 1), rows_span(&rows, i, 0)));
        json_out_object(out);
        json_out_member_string(out, "id", rows_span(&rows, i, 0));
        json_out_member_string(out, "name", rows_span(&rows, i, 1));
        json_out_member_text(out, "role", role >= ROLE_READER && role <= ROLE_HEAD ? ROLES[role] : "reader");
        json_out_member_bool(out, "is_away", is_away);
        json_out_object_end(out);
    }
    json_out_array_end(out);
    return err_none();
}
