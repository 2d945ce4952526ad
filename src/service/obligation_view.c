// SPDX-License-Identifier: EUPL-1.2
/* What a state owes, since when, by which article, done when and by which filing: the rows of the law beside what the node has. */
#include "law/obligation.h"
#include "law/procedure.h"
#include "service/obligation.h"

#include "service/case.h"
#include "service/seen.h"

enum { SHOWN_MAX = 24 };

struct showing {
    struct json_out *out;
    struct services *services;
    struct store_conn *conn;
    const struct principal *principal;
    struct arena *arena;
    int64_t now_ms;
    struct why *why;
};

static void instant(struct showing *v, const char *name, int64_t at_ms) {
    json_out_member_string(v->out, name, at_ms == INSTANT_NONE ? span_make(NULL, 0) : instant_text(v->arena, at_ms));
}

// The case, where she may see it; *ret NULL otherwise.
static struct err visible_case(struct showing *v, struct span id, const struct case_file **ret) {
    struct case_file *file = ARENA_NEW(v->arena, struct case_file);
    struct access_case *of = ARENA_NEW(v->arena, struct access_case);
    *ret = NULL;
    if (file == NULL || of == NULL) return err_make(ERR_MEMORY);
    TRY(case_get(v->conn, id, v->arena, file, v->why));
    case_access(v->services, file, v->arena, of);
    struct viewer viewer = viewer_of(v->principal, of, v->now_ms);
    if (viewer.views != 0) *ret = file;
    return err_none();
}

// Times and standing of a duty as the case states it.
// Fulfilled at DONE_MS, where an officer said when; INSTANT_NONE: as the case has it.
static void write_duty(struct showing *v, const struct json *duty, int64_t done_ms) {
    struct duty_times times;
    if (!duty_read(duty, &times)) return;
    if (done_ms != INSTANT_NONE && times.done_ms != INSTANT_NONE) times.done_ms = done_ms;
    instant(v, "due", times.due_ms);
    instant(v, "due_latest", times.due_latest_ms);
    json_out_member_string(v->out, "status", span_of(duty_status_name(duty_status(&times, v->now_ms))));
}

static struct err case_duty(struct showing *v, const struct case_file *file, const char *list, int64_t done_ms) {
    struct json content = file->content;
    const struct json *duties = json_get(&content, list);
    for (size_t i = 0; duties != NULL && i < duties->count; i++)
        if (!json_is_null(json_get(&duties->items[i], "due"))) {
            write_duty(v, &duties->items[i], done_ms);
            return err_none();
        }
    return err_none();
}

static struct err write_opened(struct showing *v, const struct obligation *o) {
    struct value params[] = {value_text(o->id), value_int(SHOWN_MAX)};
    struct rows rows;
    TRY(store_read(v->conn, STMT_OBLIGATION_LIST, params, 2, v->arena, &rows, v->why));
    for (size_t i = 0; i < rows.count; i++) {
        const struct case_file *file;
        TRY(visible_case(v, rows_span(&rows, i, 1), &file));
        if (file == NULL) continue;
        json_out_object(v->out);
        json_out_member_string(v->out, "due_on", rows_span(&rows, i, 0));
        json_out_member_string(v->out, "case", rows_span(&rows, i, 1));
        json_out_member_string(v->out, "opened_by", rows_span(&rows, i, 2));
        instant(v, "since", rows_int(&rows, i, 3));
        TRY(case_duty(v, file, o->is_of_entities ? "party_duties" : "duties",
                      rows_at(&rows, i, 4)->type == VALUE_NULL ? INSTANT_NONE : rows_int(&rows, i, 6)));
        if (o->is_of_entities) {
            struct rows parties;
            struct value id = value_text(rows_span(&rows, i, 1));
            TRY(store_read(v->conn, STMT_OBLIGATION_PARTIES, &id, 1, v->arena, &parties, v->why));
            json_out_member_int(v->out, "asked", rows_int(&parties, 0, 0));
            json_out_member_int(v->out, "confirmed", rows_int(&parties, 0, 1));
        }
        if (rows_at(&rows, i, 4)->type != VALUE_NULL) {
            instant(v, "done_at", rows_int(&rows, i, 6));
            json_out_member_string(v->out, "done_by", rows_span(&rows, i, 4));
            json_out_member_string(v->out, "filing", rows_span(&rows, i, 5));
        }
        json_out_object_end(v->out);
    }
    return err_none();
}

static struct err write_in_cases(struct showing *v, const struct obligation *o) {
    struct value params[] = {value_text(o->procedure), value_text(o->duty), value_int(SHOWN_MAX)};
    struct rows rows;
    TRY(store_read(v->conn, STMT_OBLIGATION_DUTIES, params, 3, v->arena, &rows, v->why));
    for (size_t i = 0; i < rows.count; i++) {
        const struct case_file *file;
        struct json duty;
        TRY(visible_case(v, rows_span(&rows, i, 0), &file));
        if (file == NULL || is_err(json_parse(v->arena, rows_span(&rows, i, 1), &duty, NULL)) || seen_by_text(&duty, v->arena).len > 0) continue;
        json_out_object(v->out);
        json_out_member_string(v->out, "case", rows_span(&rows, i, 0));
        json_out_member_string(v->out, "opened_by", json_get_string(&duty, "opened_by"));
        json_out_member_string(v->out, "since", json_get_string(&duty, "anchor_at"));
        write_duty(v, &duty, INSTANT_NONE);
        if (!json_is_null(json_get(&duty, "done_by"))) {
            json_out_member_string(v->out, "done_at", json_get_string(&duty, "done_at"));
            json_out_member_string(v->out, "filing", json_get_string(&duty, "done_by"));
        }
        json_out_object_end(v->out);
    }
    return err_none();
}

static void write_row(struct showing *v, const struct obligation *o, struct span lang) {
    json_out_member_string(v->out, "obligation", o->id);
    json_out_member_string(v->out, "label", obligation_label(v->services->law, v->services->state, zone_date(v->services->zone, v->now_ms), o, lang, v->arena));
    json_out_member_string(v->out, "article", o->article);
    if (o->certainty.len > 0) json_out_member_string(v->out, "certainty", o->certainty);
    json_out_name(v->out, "owner");
    json_out_array(v->out);
    for (size_t i = 0; i < o->owner_count; i++) json_out_string(v->out, o->owners[i]);
    json_out_array_end(v->out);
    if (o->watcher_count > 0) {
        json_out_name(v->out, "watched_by");
        json_out_array(v->out);
        for (size_t i = 0; i < o->watcher_count; i++) json_out_string(v->out, o->watchers[i]);
        json_out_array_end(v->out);
    }
    json_out_member_string(v->out, "opens", obligation_is_told(o) ? SPAN("elsewhere") : o->procedure.len > 0 ? SPAN("in_case") : SPAN("calendar"));
    if (o->has_first) json_out_member_string(v->out, "first", civil_text(v->arena, o->first));
    if (o->months > 0) json_out_member_int(v->out, "every_months", o->months);
}

struct err obligations_write(struct json_out *out, struct services *services, struct store_conn *conn, const struct principal *principal,
                             struct span lang, int64_t now_ms, struct arena *arena, struct why *why) {
    struct showing v = {.out = out, .services = services, .conn = conn, .principal = principal, .arena = arena, .now_ms = now_ms, .why = why};
    struct civil today = zone_date(services->zone, now_ms);
    const struct obligation *rows;
    size_t count = obligations_of(services->law, services->state, &rows);
    json_out_object(out);
    json_out_member_string(out, "state", services->state);
    json_out_member_string(out, "at", instant_text(arena, now_ms));
    json_out_name(out, "obligations");
    json_out_array(out);
    for (size_t i = 0; i < count; i++) {
        if (!obligation_is_of(&rows[i], services->state, today)) continue;
        json_out_object(out);
        write_row(&v, &rows[i], lang);
        json_out_name(out, "periods");
        json_out_array(out);
        if (rows[i].procedure.len > 0) TRY(write_in_cases(&v, &rows[i]));
        else if (!obligation_is_told(&rows[i])) TRY(write_opened(&v, &rows[i]));
        json_out_array_end(out);
        json_out_object_end(out);
    }
    json_out_array_end(out);
    json_out_object_end(out);
    return err_none();
}
