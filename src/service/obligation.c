// SPDX-License-Identifier: EUPL-1.2
#include "service/obligation.h"

#include "law/obligation.h"
#include "service/case.h"
#include "service/effects.h"
#include "service/filing.h"
#include "service/selection.h"

// --- operations ---

struct err obligation_op(struct services *services, struct store_conn *conn, const struct effects_of *of, const struct json *op,
                         struct span case_id, struct arena *arena, struct why *why) {
    (void)arena;
    if (!span_is(json_get_string(op, "op"), "obligation")) return err_none();
    if (span_is(json_get_string(op, "as"), "done")) {
        struct civil day; // an officer may say on which it was
        int64_t done_ms = civil_parse(json_get_string(op, "due_on"), &day) ? zone_day_start(services->zone, day) : of->received_ms;
        struct value params[] = {value_text(case_id), value_text(of->filing_id), value_text(json_get_string(op, "filing")), value_int(done_ms)};
        return store_write(conn, STMT_OBLIGATION_DONE, params, 4, NULL, why);
    }
    struct value params[] = {value_text(json_get_string(op, "obligation")), value_text(json_get_string(op, "due_on")), value_text(case_id),
                             value_text(of->filing_id), value_int(of->seq), value_int(of->recorded_ms)};
    return store_write(conn, STMT_OBLIGATION_OPEN, params, 6, NULL, why);
}

// --- looking ---

struct look {
    struct services *services;
    struct store_conn *conn;
    struct arena *arena;
    struct civil from, today;
    struct why *why;
};

// The first day that this node answers for: as configured, else the day after its first record.
static struct err first_day(struct look *l) {
    struct rows rows;
    l->from = l->services->obligations_from;
    if (l->from.year != 0) return err_none();
    TRY(store_read(l->conn, STMT_OBLIGATION_FIRST_RECORD, NULL, 0, l->arena, &rows, l->why));
    l->from = rows.count == 0 ? l->today : zone_date(l->services->zone, rows_int(&rows, 0, 0));
    l->from = civil_from_days(civil_to_days(l->from) + 1);
    return err_none();
}

static bool has_office(const struct services *services, struct span kind) {
    for (size_t i = 0; i < services->access->office_count; i++)
        if (span_equals(kind, services->access->offices[i].kind->id)) return true;
    return false;
}

// The first office of this node that follows up what a body outside owes; empty: none.
static struct span watcher_of(const struct services *services, const struct obligation *o) {
    for (size_t i = 0; i < o->watcher_count; i++)
        if (has_office(services, o->watchers[i])) return o->watchers[i];
    return span_make(NULL, 0);
}

// The first of its owners that this node has; "body" where one outside owes it and an office here watches; empty: none.
static struct span owner_of(const struct services *services, const struct obligation *o) {
    for (size_t i = 0; i < o->owner_count; i++)
        if (o->is_of_entities || has_office(services, o->owners[i])) return o->owners[i];
    return watcher_of(services, o).len > 0 ? SPAN("body") : span_make(NULL, 0);
}

static struct err past_of(struct look *l, const struct obligation *o, struct obligation_past *ret) {
    struct value id = value_text(o->id);
    struct rows rows;
    *ret = (struct obligation_past){0};
    TRY(store_read(l->conn, STMT_OBLIGATION_LAST, &id, 1, l->arena, &rows, l->why));
    if (rows.count == 0) return err_none();
    ret->is_there = civil_parse(rows_span(&rows, 0, 0), &ret->due);
    ret->is_done = rows_at(&rows, 0, 1)->type != VALUE_NULL;
    if (ret->is_done) ret->done = zone_date(l->services->zone, rows_int(&rows, 0, 1));
    return err_none();
}

// Where nobody on the register is concerned there is nothing to ask.
static struct err somebody(struct look *l, const struct obligation *o, bool *ret) {
    struct selection selection;
    struct selection_found found;
    *ret = true;
    if (!o->is_of_entities) return err_none();
    TRY(selection_read(l->services->law, &o->selection, l->arena, &selection, l->why));
    TRY(selection_find(l->conn, &selection, span_make(NULL, 0), l->arena, &found, l->why));
    *ret = found.count > 0;
    return err_none();
}

static struct err look_to_open(struct look *l, const struct obligation *o, struct obligation_step *ret) {
    struct obligation_past past;
    struct obligation_next next;
    bool is_somebody;
    TRY(past_of(l, o, &past));
    if (!obligation_next(o, &past, l->from, l->today, &next)) return err_none();
    if (civil_compare(l->today, l->from) < 0 || civil_compare(next.opens, l->today) > 0) return err_none();
    TRY(somebody(l, o, &is_somebody));
    if (is_somebody) *ret = (struct obligation_step){.of = o, .due_on = civil_text(l->arena, next.due)};
    return err_none();
}

// The first filing since the opening that fulfils it; others of the same document may be about something else.
static struct err look_for_document(struct look *l, const struct obligation_done *done, int64_t seq, struct obligation_step *step, struct why *why) {
    struct rows found;
    do {
        struct value params[] = {value_text(done->procedure), value_text(done->document), value_int(seq)};
        TRY(store_read(l->conn, STMT_OBLIGATION_FULFILLING, params, 3, l->arena, &found, why));
        for (size_t i = 0; i < found.count; i++) {
            struct case_file file;
            TRY(case_get(l->conn, rows_span(&found, i, 2), l->arena, &file, why));
            seq = rows_int(&found, i, 3);
            if (!obligation_is_done(done, &file.content)) continue;
            step->filing = rows_span(&found, i, 0);
            step->at_ms = rows_int(&found, i, 1);
            return err_none();
        }
    } while (found.count > 0);
    return err_none();
}

static struct err look_for_filing(struct look *l, const struct obligation *o, struct obligation_step *ret) {
    struct value id = value_text(o->id);
    struct rows waits;
    TRY(store_read(l->conn, STMT_OBLIGATION_WAITS, &id, 1, l->arena, &waits, l->why));
    for (size_t i = 0; waits.count > 0 && i < o->done_count; i++) {
        struct obligation_step step = {.of = o, .case_id = rows_span(&waits, 0, 0)};
        TRY(look_for_document(l, &o->done_by[i], rows_int(&waits, 0, 1), &step, l->why));
        if (step.filing.len == 0) continue;
        *ret = step;
        return err_none();
    }
    return err_none();
}

struct err obligation_look(struct services *services, struct store_conn *conn, int64_t now_ms, struct arena *arena,
                           struct obligation_step *ret, struct why *why) {
    struct look l = {.services = services, .conn = conn, .arena = arena, .today = zone_date(services->zone, now_ms), .why = why};
    const struct obligation *rows;
    size_t count = obligations_of(services->law, services->state, &rows);
    *ret = (struct obligation_step){0};
    TRY(first_day(&l));
    for (size_t i = 0; i < count && ret->of == NULL; i++) {
        const struct obligation *o = &rows[i];
        if (!obligation_is_of(o, services->state, l.today) || o->procedure.len > 0 || owner_of(services, o).len == 0) continue;
        TRY(look_for_filing(&l, o, ret));
        if (ret->of == NULL) TRY(look_to_open(&l, o, ret));
    }
    return err_none();
}

// --- filing ---
// The forms that the node fills in: {obligation, owner, due_on} for "opened", of a body outside with watched_by, {obligation, due_on, selection} for "asked", {filing} for "done".

static struct err file(struct services *services, struct store_conn *conn, struct log_edge *edge, const char *as, const struct obligation_step *step,
                       const struct json *fields, int64_t now_ms, struct arena *arena, struct why *why) {
    static const struct principal NODE = {.is_known = true, .pseudonym = {(const uint8_t *)"node", 4}};
    struct procedure_document document;
    struct civil today = zone_date(services->zone, now_ms);
    struct filing_plan plan;
    int64_t seq;
    TRY(procedure_find_filed(services->law, services->state, today, SPAN("obligation"), span_of(as), SPAN("node"), &document, why));
    struct filing_request request = {.procedure = document.procedure, .document = document.document, .case_id = step->case_id, .fields = fields,
                                     .received_ms = step->case_id.len > 0 ? step->at_ms : now_ms, .is_node = true};
    TRY(filing_decide(services, conn, &NODE, &request, now_ms, arena, &plan, why));
    return filing_write(services, conn, edge, &plan, now_ms, arena, &seq, why);
}

struct err obligation_do(struct services *services, struct store_conn *conn, struct log_edge *edge, const struct obligation_step *step,
                         int64_t now_ms, struct arena *arena, struct why *why) {
    const struct obligation *o = step->of;
    struct json_member members[4] = {{SPAN("filing"), json_from_string(step->filing)}};
    struct json fields = {.type = JSON_OBJECT, .members = members, .count = 1};
    struct rows rows;
    if (step->case_id.len > 0) {
        struct value id = value_text(o->id);
        TRY(store_read(conn, STMT_OBLIGATION_WAITS, &id, 1, arena, &rows, why));
        if (rows.count == 0 || !span_equals(rows_span(&rows, 0, 0), step->case_id)) return err_none();
        return file(services, conn, edge, "done", step, &fields, now_ms, arena, why);
    }
    struct value params[] = {value_text(o->id), value_text(step->due_on)};
    TRY(store_read(conn, STMT_OBLIGATION_GET, params, 2, arena, &rows, why));
    if (rows.count > 0) return err_none();
    members[0] = (struct json_member){SPAN("obligation"), json_from_string(o->id)};
    members[1] = (struct json_member){SPAN("due_on"), json_from_string(step->due_on)};
    members[2] = o->is_of_entities ? (struct json_member){SPAN("selection"), o->selection}
                                   : (struct json_member){SPAN("owner"), json_from_string(owner_of(services, o))};
    members[3] = (struct json_member){SPAN("watched_by"), json_from_string(watcher_of(services, o))};
    fields.count = o->is_outside ? 4 : 3;
    return file(services, conn, edge, o->is_of_entities ? "asked" : "opened", step, &fields, now_ms, arena, why);
}
