// SPDX-License-Identifier: EUPL-1.2
/* Whether a release may be made: the gate is asked for each recipient and field before the filing is accepted. */
#include "service/effects.h"
#include "service/release_op.h"

static bool is_op(const struct json *op, const char *name) { return span_is(json_get_string(op, "op"), name); }

// "state:FR" is of the role "states", "body:enisa" of "enisa", "office:spoc" of "spoc": what forms call them.
static struct span role_of(struct span recipient) {
    if (span_starts_with(recipient, SPAN("state:"))) return SPAN("states");
    return span_part(recipient, span_find(recipient, ':', 0) + 1, recipient.len);
}

struct err release_view(const struct services *services, struct store_conn *conn, const struct gate_place *place, struct span recipient, struct span basis,
                        int64_t now_ms, struct arena *arena, struct gate_view *ret, struct why *why) {
    TRY(gate_view_case(services, conn, place, GATE_RELEASE, now_ms, arena, ret, why));
    struct span *names = arena_take_array(arena, 1, sizeof *names);
    if (names == NULL) return err_make(ERR_MEMORY);
    names[0] = recipient;
    ret->basis = basis;
    ret->circle = names; // by the law that is the basis it is for this recipient, unless its marking says otherwise
    ret->circle_count = 1;
    ret->hats[ret->hat_count++] = (struct gate_to){.name_count = 1, .names = names, .role = role_of(recipient), .is_community = !span_starts_with(recipient, SPAN("body:")) || span_is(recipient, "body:enisa")};
    return err_none();
}

struct err release_is_proposed(struct store_conn *conn, struct span case_id, struct span source, struct span recipient, struct arena *arena, bool *ret,
                               struct json *ret_rule, struct why *why) {
    struct value id = value_text(case_id);
    struct rows rows;
    *ret = false;
    TRY(store_read(conn, STMT_PROPOSALS_OF_CASE, &id, 1, arena, &rows, why));
    for (size_t i = 0; i < rows.count; i++) {
        struct json proposal;
        if (!span_equals(rows_span(&rows, i, 0), source)) continue;
        TRY(json_parse(arena, rows_span(&rows, i, 2), &proposal, why));
        const struct span *to;
        size_t count = release_proposed(&proposal, arena, &to);
        if (!audience_has(to, count, recipient)) continue;
        *ret = true;
        if (ret_rule != NULL) *ret_rule = proposal;
        return err_none();
    }
    return err_none();
}

static struct err confirmed(struct store_conn *conn, const struct json *op, struct span case_id, struct span recipient, struct arena *arena, struct why *why) {
    bool is_proposed;
    TRY(release_is_proposed(conn, case_id, json_get_string(op, "filing"), recipient, arena, &is_proposed, NULL, why));
    if (is_proposed) return err_none();
    static const struct { const char *prefix, *member; } MEMBERS[] = {{"state:", "confirmed_states"}, {"body:", "confirmed_bodies"}, {"office:", "confirmed_offices"}};
    struct span id = span_part(recipient, span_find(recipient, ':', 0) + 1, recipient.len);
    for (size_t k = 0; k < 3; k++) {
        const struct json *list = json_get(op, MEMBERS[k].member);
        if (!span_starts_with(recipient, span_of(MEMBERS[k].prefix))) continue;
        for (size_t i = 0; list != NULL && list->type == JSON_ARRAY && i < list->count; i++)
            if (span_equals(list->items[i].string, id)) return err_none();
        return why_set(why, ERR_INPUT, arena_text(arena, arena_printf(arena, "/fields/%s", MEMBERS[k].member)), "release.not_proposed", "",
                       "no rule proposes %.*s for this filing: name it here to confirm that it is meant", SPAN_FMT(recipient));
    }
    return why_set(why, ERR_INPUT, "", "release.recipient", "", "%.*s is no recipient", SPAN_FMT(recipient));
}

static struct err refuse(const struct gate_verdict *verdict, struct span name, struct span recipient, struct arena *arena, struct why *why) {
    return why_set(why, ERR_DENIED, "/fields/names", verdict->rule, arena_text(arena, verdict->article), "%.*s may not go to %.*s: %.*s", SPAN_FMT(name),
                   SPAN_FMT(recipient), SPAN_FMT(verdict->words));
}

static struct err fields_pass(const struct gate_view *view, struct store_conn *conn, const struct json *op, struct span recipient, struct arena *arena,
                              struct why *why) {
    struct record_open record;
    struct gate_withheld withheld;
    const struct json *names = json_get(op, "names"), *attachments = json_get(op, "attachments");
    TRY(gate_read_record(view, conn, json_get_string(op, "filing"), arena, &record, &withheld, why));
    for (size_t i = 0; names != NULL && i < names->count; i++)
        for (size_t k = 0; k < withheld.count; k++)
            if (span_equals(withheld.items[k].name, names->items[i].string)) return refuse(&withheld.items[k].verdict, names->items[i].string, recipient, arena, why);
    for (size_t i = 0; attachments != NULL && i < attachments->count; i++) {
        struct gate_verdict verdict;
        TRY(gate_view_attachment(view, conn, record.filing_id, attachments->items[i].string, arena, &verdict, why));
        if (!verdict.is_allowed) return refuse(&verdict, attachments->items[i].string, recipient, arena, why);
    }
    return err_none();
}

// What is made of something is marked at least as strictly.
static struct err label_check(struct store_conn *conn, const struct json *op, const struct record_open *record, struct arena *arena, struct why *why) {
    struct marking whole;
    const struct marking **fields;
    const struct json *names = json_get(op, "names");
    enum tlp label;
    if (!tlp_parse(json_get_string(op, "label"), &label)) return why_set(why, ERR_INPUT, "/fields/label", "gate.label", "", "this is no TLP label");
    TRY(gate_view_marking(conn, record, arena, &whole, &fields, why));
    enum tlp strictest = whole.label;
    for (size_t i = 0; i < record->field_count; i++)
        for (size_t k = 0; names != NULL && k < names->count; k++)
            if (fields[i] != NULL && span_equals(record->fields[i].item.name, names->items[k].string) && fields[i]->label > strictest) strictest = fields[i]->label;
    if (label >= strictest) return err_none();
    return why_set(why, ERR_INPUT, "/fields/label", "gate.derived", "", "what is disclosed is marked %s: only its originator may relax that", tlp_name(strictest));
}

static bool has_item(const struct json *list, struct span id) {
    for (size_t i = 0; list->type == JSON_ARRAY && i < list->count; i++)
        if (span_equals(json_get_string(&list->items[i], "id"), id)) return true;
    return false;
}

static struct err source_check(struct store_conn *conn, const struct json *op, struct span case_id, struct arena *arena, struct record_open *ret, struct why *why) {
    struct span source = json_get_string(op, "filing");
    const struct json *names = json_get(op, "names"), *attachments = json_get(op, "attachments");
    struct err e = record_read(conn, source, arena, ret, NULL);
    if (e.code == ERR_NOT_FOUND || (!is_err(e) && !span_equals(record_header_value(ret, "case", arena).string, case_id)))
        return why_set(why, ERR_INPUT, "/fields/filing", "gate.target", "", "there is no filing %.*s in this case", SPAN_FMT(source));
    TRY(e);
    for (size_t i = 0; names != NULL && i < names->count; i++) {
        size_t k = 0;
        while (k < ret->field_count && !span_equals(ret->fields[k].item.name, names->items[i].string)) k++;
        if (k == ret->field_count)
            return why_set(why, ERR_INPUT, "/fields/names", "gate.field", "", "filing %.*s has no field %.*s", SPAN_FMT(source), SPAN_FMT(names->items[i].string));
    }
    struct json own = record_header_value(ret, "attachments", arena);
    for (size_t i = 0; attachments != NULL && i < attachments->count; i++)
        if (!has_item(&own, attachments->items[i].string))
            return why_set(why, ERR_INPUT, "/fields/attachments", "gate.field", "", "filing %.*s has no attachment %.*s", SPAN_FMT(source), SPAN_FMT(attachments->items[i].string));
    return err_none();
}

struct err release_exercise_apart(const struct services *services, struct store_conn *conn, struct span recipient, struct arena *arena, struct why *why) {
    struct rows peers;
    bool is_of_exercises = false;
    if (span_starts_with(recipient, SPAN("office:"))) return err_none();
    TRY(store_read(conn, STMT_PEERS, NULL, 0, arena, &peers, why));
    for (size_t i = 0; i < peers.count; i++)
        if (span_equals(rows_span(&peers, i, 0), recipient)) is_of_exercises = span_is(rows_span(&peers, i, 1), "exercise");
    if (is_of_exercises == services->is_exercise) return err_none();
    return why_set(why, ERR_DENIED, "/fields", "gate.exercise", "", services->is_exercise ? "this is an exercise: %.*s is no peer of exercises" : "%.*s takes part in exercises only", SPAN_FMT(recipient));
}

static struct err one_allowed(const struct services *services, struct store_conn *conn, const struct json *op, struct span case_id, int64_t now_ms,
                              struct arena *arena, struct why *why) {
    struct case_file file;
    struct record_open record;
    const struct span *to;
    size_t count = release_recipients(op, arena, &to);
    if (count == 0) return why_set(why, ERR_INPUT, "/fields/states", "release.recipient", "", "name at least one recipient: nothing goes to everybody");
    TRY(source_check(conn, op, case_id, arena, &record, why));
    TRY(label_check(conn, op, &record, arena, why));
    TRY(case_get(conn, case_id, arena, &file, why));
    struct gate_place place = gate_place_of(&file);
    for (size_t i = 0; i < count; i++) {
        struct gate_view view;
        if (span_equals(to[i], arena_printf(arena, "state:%.*s", SPAN_FMT(services->state))))
            return why_set(why, ERR_INPUT, "/fields/states", "release.recipient", "", "this is our own state");
        TRY(release_exercise_apart(services, conn, to[i], arena, why));
        TRY(confirmed(conn, op, case_id, to[i], arena, why));
        TRY(release_view(services, conn, &place, to[i], json_get_string(op, "basis"), now_ms, arena, &view, why));
        TRY(fields_pass(&view, conn, op, to[i], arena, why));
    }
    return err_none();
}

// What is said of a disclosure must be of one that there is.
static struct err disclosure_known(struct store_conn *conn, const struct json *op, struct span case_id, struct arena *arena, struct why *why) {
    const struct span *to;
    struct span release = json_get_string(op, "release");
    size_t count = release_recipients(op, arena, &to);
    if (release.len == 0) return err_none(); // held or refused before there was one
    struct value id = value_text(release);
    struct rows rows;
    TRY(store_read(conn, STMT_DISCLOSURES_OF_RELEASE, &id, 1, arena, &rows, why));
    if (rows.count == 0 || !span_equals(rows_span(&rows, 0, 2), case_id))
        return why_set(why, ERR_INPUT, "/fields/release", "release.unknown", "", "%.*s released nothing in this case", SPAN_FMT(release));
    for (size_t i = 0; i < count; i++) {
        size_t k = 0;
        while (k < rows.count && !span_equals(rows_span(&rows, k, 0), to[i])) k++;
        if (k == rows.count)
            return why_set(why, ERR_INPUT, "/fields", "release.recipient", "", "%.*s was not released to %.*s", SPAN_FMT(release), SPAN_FMT(to[i]));
    }
    return err_none();
}

struct err release_allowed(const struct services *services, struct store_conn *conn, const struct json *ops, struct span case_id, int64_t now_ms,
                           struct arena *arena, struct why *why) {
    for (size_t i = 0; i < ops->count; i++) {
        if (is_op(&ops->items[i], "release")) TRY(one_allowed(services, conn, &ops->items[i], case_id, now_ms, arena, why));
        if (is_op(&ops->items[i], "disclosure")) TRY(disclosure_known(conn, &ops->items[i], case_id, arena, why));
    }
    return err_none();
}
