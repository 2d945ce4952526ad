// SPDX-License-Identifier: EUPL-1.2
#include "service/strand.h"

#include "law/json_tree.h"
#include "service/effects.h"
#include "service/gate_view.h"

static bool is_op(const struct json *op, const char *name) { return span_is(json_get_string(op, "op"), name); }

// --- what counts ---

struct err strand_noted(struct store_conn *conn, struct span case_id, struct arena *arena, struct json *ret, struct why *why) {
    struct value id = value_text(case_id);
    struct rows rows;
    struct json out = {.type = JSON_OBJECT};
    TRY(store_read(conn, STMT_STRAND_NOTED, &id, 1, arena, &rows, why));
    out.members = arena_take_array(arena, rows.count + 1, sizeof *out.members);
    if (out.members == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < rows.count; i++) { // in the order of the notes
        struct span note = rows_span(&rows, i, 0);
        bool is_next = out.count == 0 || !span_equals(out.members[out.count - 1].name, note);
        if (is_next) {
            struct json points = {.type = JSON_ARRAY, .items = arena_take_array(arena, rows.count - i, sizeof *points.items)};
            if (points.items == NULL) return err_make(ERR_MEMORY);
            out.members[out.count++] = (struct json_member){note, points};
        }
        struct json *points = &out.members[out.count - 1].value;
        points->items[points->count++] = json_from_string(rows_span(&rows, i, 1));
    }
    *ret = out;
    return err_none();
}

// Whether this person may know of the case.
static struct err may_know(const struct services *services, struct store_conn *conn, const struct principal *principal, struct span case_id, int64_t now_ms,
                           struct arena *arena, struct case_file *ret_file, bool *ret, struct why *why) {
    struct access_case of;
    struct why none = {0};
    struct err e = case_get(conn, case_id, arena, ret_file, &none);
    if (!is_err(e)) e = case_find_filer(conn, principal, now_ms, arena, ret_file, &none);
    if (!is_err(e)) case_access(services, ret_file, arena, &of);
    if (!is_err(e)) e = access_may_read_case(principal, &of, now_ms, &none);
    if (!is_err(e)) e = gate_case_known(services, conn, ret_file, principal, now_ms, arena, &none);
    *ret = !is_err(e);
    return !is_err(e) || e.code == ERR_NOT_FOUND || e.code == ERR_DENIED ? err_none() : why_set(why, e.code, "", none.rule, "", "%s", none.words);
}

// --- before it is filed ---

static struct err joined_cases(struct store_conn *conn, struct span case_id, struct arena *arena, struct rows *ret, struct why *why) {
    struct value id = value_text(case_id);
    return store_read(conn, STMT_STRAND_CASES, &id, 1, arena, ret, why);
}

static struct err may_join(const struct services *services, struct store_conn *conn, const struct filing_plan *plan, const struct json *op, struct arena *arena,
                           struct why *why) {
    struct span strand = json_get_string(op, "strand"), other = json_get_string(op, "case"), here = json_get_string(op, "here"), there = json_get_string(op, "there");
    struct procedure_strand strands[LIMIT_STRANDS];
    struct case_file file;
    struct rows same, ours, theirs;
    bool has_it = false;
    TRY(case_get(conn, other, arena, &file, why));
    size_t count = procedure_strands(services->law, services->state, zone_date(services->zone, plan->decided_ms), file.procedure, SPAN("en"), arena, strands, LIMIT_STRANDS);
    for (size_t i = 0; i < count; i++) has_it = has_it || span_equals(strands[i].id, strand);
    if (!has_it) return why_set(why, ERR_INPUT, "/fields", "strand.other", arena_text(arena, json_get_string(op, "article")), "a case of that kind can't be joined");
    struct value params[] = {value_text(plan->case_id), value_text(strand), value_text(here), value_text(other), value_text(there)};
    TRY(store_read(conn, STMT_STRAND_LINK_SAME, params, 5, arena, &same, why));
    if (same.count > 0 && !span_equals(rows_span(&same, 0, 0), plan->request->corrects)) return why_set(why, ERR_CONFLICT, "/fields", "strand.same", arena_text(arena, json_get_string(op, "article")), "that was said already");
    TRY(joined_cases(conn, plan->case_id, arena, &ours, why));
    TRY(joined_cases(conn, other, arena, &theirs, why));
    if (ours.count + theirs.count + 2 <= LIMIT_STRAND_CASES) return err_none();
    return why_set(why, ERR_CONFLICT, "/fields", "strand.limit", arena_text(arena, json_get_string(op, "article")), "at most %d cases are joined", (int)LIMIT_STRAND_CASES);
}

// Who takes it back sees both cases, as whoever said it did.
static struct err may_untie(const struct services *services, struct store_conn *conn, const struct filing_plan *plan, const struct json *op, struct arena *arena,
                            struct why *why) {
    struct value params[] = {value_text(plan->case_id), value_text(json_get_string(op, "strand")), value_text(json_get_string(op, "filing"))};
    struct case_file other;
    struct rows rows;
    bool is_known = false;
    TRY(store_read(conn, STMT_STRAND_LINK_FIND, params, 3, arena, &rows, why));
    if (rows.count > 0) TRY(may_know(services, conn, plan->principal, rows_span(&rows, 0, 0), plan->decided_ms, arena, &other, &is_known, why));
    if (is_known) return err_none();
    return why_set(why, ERR_INPUT, "/fields", "strand.link", arena_text(arena, json_get_string(op, "article")), "that filing joins nothing with this case that you may see, or no longer");
}

// A document that takes back other filings takes back none that joins cases: who sees one end alone could.
static struct err may_end(struct store_conn *conn, const struct json *op, struct arena *arena, struct why *why) {
    struct value id = value_text(json_get_string(op, "filing"));
    struct rows rows;
    TRY(store_read(conn, STMT_STRAND_LINK_MADE, &id, 1, arena, &rows, why));
    if (rows.count == 0) return err_none();
    return why_set(why, ERR_INPUT, "/fields", "strand.link", arena_text(arena, json_get_string(op, "article")), "that filing joins cases; another document takes it back");
}

struct err strand_allowed(const struct services *services, struct store_conn *conn, const struct filing_plan *plan, struct arena *arena, struct why *why) {
    const struct json *ops = plan->decision.effects;
    for (size_t i = 0; i < ops->count; i++) {
        if (is_op(&ops->items[i], "strand_link")) TRY(may_join(services, conn, plan, &ops->items[i], arena, why));
        if (is_op(&ops->items[i], "strand_end")) TRY(may_end(conn, &ops->items[i], arena, why));
        if (is_op(&ops->items[i], "strand_untie")) TRY(may_untie(services, conn, plan, &ops->items[i], arena, why));
    }
    return err_none();
}

// --- effects ---

// What is shown of these cases, and decided in them, is another from now on.
static struct err touch(struct store_conn *conn, const struct rows *cases, struct why *why) {
    for (size_t i = 0; i < cases->count; i++) {
        struct value id = value_text(rows_span(cases, i, 0));
        TRY(store_write(conn, STMT_CASE_TOUCH, &id, 1, NULL, why));
    }
    return err_none();
}

static struct err link(struct store_conn *conn, const struct effects_of *of, const struct json *op, struct span case_id, struct why *why) {
    struct span other = json_get_string(op, "case"), here = json_get_string(op, "here"), there = json_get_string(op, "there");
    for (int end = 0; end < 2; end++) {
        struct value params[] = {value_text(of->filing_id), value_text(json_get_string(op, "strand")), value_text(end ? other : case_id), value_text(end ? there : here),
                                 value_text(end ? case_id : other), value_text(end ? here : there), value_text(case_id), value_int(of->recorded_ms)};
        TRY(store_write(conn, STMT_STRAND_LINK_ADD, params, 8, NULL, why));
    }
    return err_none();
}

static struct err note(struct store_conn *conn, const struct effects_of *of, const struct json *op, struct span case_id, struct why *why) {
    const struct json *points = json_get(op, "points");
    for (size_t i = 0; points != NULL && i < points->count; i++) {
        struct value params[] = {value_text(of->filing_id), value_text(json_get_string(op, "strand")), value_text(json_get_string(op, "note")), value_text(case_id),
                                 value_text(points->items[i].string), value_int(of->recorded_ms)};
        TRY(store_write(conn, STMT_STRAND_NOTE_ADD, params, 6, NULL, why));
    }
    return err_none();
}

static struct err drop(struct store_conn *conn, struct span filing_id, bool is_link, struct why *why) {
    struct value id = value_text(filing_id);
    if (is_link) return store_write(conn, STMT_STRAND_LINK_DROP, &id, 1, NULL, why);
    TRY(store_write(conn, STMT_STRAND_NOTE_DROP, &id, 1, NULL, why));
    return store_write(conn, STMT_STRAND_ABOUT_DROP, &id, 1, NULL, why);
}

struct err strand_op(struct store_conn *conn, const struct effects_of *of, const struct json *op, struct span case_id, struct arena *arena, struct why *why) {
    bool is_end = is_op(op, "strand_end"), is_untie = is_op(op, "strand_untie"), is_link = is_op(op, "strand_link"), is_note = is_op(op, "strand_note");
    struct rows cases;
    if (is_op(op, "strand_about")) {
        struct value params[] = {value_text(of->filing_id), value_text(json_get_string(op, "strand")), value_text(case_id), value_text(json_get_string(op, "case"))};
        return store_write(conn, STMT_STRAND_ABOUT_ADD, params, 4, NULL, why);
    }
    if (!is_end && !is_untie && !is_link && !is_note) return err_none();
    if (is_link) TRY(link(conn, of, op, case_id, why));
    if (is_note) TRY(note(conn, of, op, case_id, why));
    TRY(joined_cases(conn, case_id, arena, &cases, why)); // before it is taken back: those, too, are others from now on
    if (is_end || is_untie) TRY(drop(conn, json_get_string(op, "filing"), is_untie, why));
    return touch(conn, &cases, why);
}

// --- showing ---

struct err strand_withhold(const struct gate_view *view, struct store_conn *conn, struct record_open *record, struct arena *arena,
                           struct gate_withheld *withheld, struct why *why) {
    const struct services *services = view->services;
    struct span field = procedure_strand_field(services->law, services->state, zone_date(services->zone, view->now_ms),
                                               record_header_value(record, "procedure", arena).string, record_header_value(record, "document", arena).string);
    for (size_t i = 0; field.len > 0 && view->principal != NULL && i < record->field_count; i++) {
        struct receipt_item *at = &record->fields[i];
        struct case_file file;
        struct json other;
        bool is_shown;
        if (at->state != RECEIPT_SHOWN || !span_equals(at->item.name, field)) continue;
        TRY(json_parse(arena, at->item.canonical, &other, why));
        if (other.type != JSON_STRING) continue;
        TRY(may_know(services, conn, view->principal, other.string, view->now_ms, arena, &file, &is_shown, why));
        if (is_shown) continue;
        at->state = RECEIPT_WITHHELD;
        at->item = (struct record_item){.name = field};
        withheld->items[withheld->count].name = field;
        withheld->items[withheld->count++].verdict = (struct gate_verdict){.rule = "strand.other", .words = SPAN("A case that you may not see.")};
    }
    return err_none();
}

struct shown {
    struct json_out *out;
    const struct services *services;
    struct store_conn *conn;
    const struct case_file *file;
    const struct principal *principal;
    const struct procedure_strand *strand;
    struct civil at;
    struct span lang;
    int64_t now_ms;
    struct arena *arena;
    struct why *why;
};

static struct err sees(const struct shown *s, struct span case_id, struct case_file *file, bool *ret) {
    return may_know(s->services, s->conn, s->principal, case_id, s->now_ms, s->arena, file, ret, s->why);
}

// Of a note in a case that she may not see: that it counts here, once, and nothing of where, when and by what.
static struct err write_notes(const struct shown *s) {
    struct value params[] = {value_text(s->file->id), value_text(s->strand->id)};
    struct span point = SPAN(""), told = SPAN(""); // of which a hidden one is written already
    struct rows rows;
    TRY(store_read(s->conn, STMT_STRAND_NOTES_OF_CASE, params, 2, s->arena, &rows, s->why));
    json_out_name(s->out, "notes");
    json_out_array(s->out);
    for (size_t i = 0; i < rows.count; i++) {
        struct case_file other;
        struct procedure_note words = {0};
        bool is_here = span_equals(rows_span(&rows, i, 4), s->file->id), is_shown = is_here;
        if (!is_here) TRY(sees(s, rows_span(&rows, i, 4), &other, &is_shown));
        if (!is_shown && span_equals(point, rows_span(&rows, i, 0)) && span_equals(told, rows_span(&rows, i, 1))) continue;
        if (!is_shown) point = rows_span(&rows, i, 0), told = rows_span(&rows, i, 1);
        bool is_said = procedure_note(s->services->law, s->services->state, s->at, s->file->procedure, rows_span(&rows, i, 1), s->lang, s->arena, &words);
        json_out_object(s->out);
        json_out_member_string(s->out, "point", rows_span(&rows, i, 0));
        json_out_member_string(s->out, "note", rows_span(&rows, i, 1));
        json_out_member_string(s->out, "words", is_said ? words.words : rows_span(&rows, i, 1));
        json_out_member_string(s->out, "article", words.article);
        json_out_member_bool(s->out, "is_here", is_here);
        if (is_shown) {
            json_out_member_string(s->out, "case", rows_span(&rows, i, 4));
            json_out_member_string(s->out, "there", rows_span(&rows, i, 5));
            json_out_member_string(s->out, "filing", rows_span(&rows, i, 3));
            json_out_member_string(s->out, "since", instant_text(s->arena, rows_int(&rows, i, 2)));
        }
        json_out_object_end(s->out);
    }
    json_out_array_end(s->out);
    return err_none();
}

static struct err write_links(const struct shown *s) {
    struct value params[] = {value_text(s->file->id), value_text(s->strand->id)};
    struct rows rows;
    TRY(store_read(s->conn, STMT_STRAND_LINKS_OF_CASE, params, 2, s->arena, &rows, s->why));
    json_out_name(s->out, "links");
    json_out_array(s->out);
    for (size_t i = 0; i < rows.count; i++) {
        struct case_file other;
        bool is_shown;
        TRY(sees(s, rows_span(&rows, i, 2), &other, &is_shown));
        if (!is_shown) continue;
        json_out_object(s->out);
        json_out_member_string(s->out, "point", rows_span(&rows, i, 0));
        json_out_member_string(s->out, "filing", rows_span(&rows, i, 1));
        json_out_member_string(s->out, "case", other.id);
        json_out_member_string(s->out, "there", rows_span(&rows, i, 3));
        json_out_member_string(s->out, "state", other.state);
        json_out_member_string(s->out, "entity", other.entity_id);
        json_out_member_bool(s->out, "is_from_here", span_equals(rows_span(&rows, i, 5), s->file->id)); // the reasons stand in the case in which it was said
        json_out_member_string(s->out, "since", instant_text(s->arena, rows_int(&rows, i, 4)));
        json_out_object_end(s->out);
    }
    json_out_array_end(s->out);
    return err_none();
}

// --- which other cases it may be ---

enum reason { REASON_ENTITY = 1, REASON_SAME_CASE = 2, REASON_LINKED = 4, REASON_PERIOD = 8 };
static const struct { unsigned reason; const char *name; } REASONS[] = {
    {REASON_ENTITY, "same_entity"}, {REASON_PERIOD, "period"}, {REASON_SAME_CASE, "same_case"}, {REASON_LINKED, "linked"}};

static struct span day_of(const struct case_file *file, struct span fact) {
    const struct json *value = json_find(json_get(&file->content, "facts"), fact);
    return json_is_null(value) || value->type != JSON_STRING ? span_make(NULL, 0) : value->string;
}

// Days and instants sort as texts. A period without an end lasts.
static bool overlaps(const struct shown *s, const struct case_file *other) {
    struct span from = day_of(s->file, s->strand->from), until = day_of(s->file, s->strand->until), other_from = day_of(other, s->strand->from),
                other_until = day_of(other, s->strand->until);
    if (s->strand->from.len == 0 || from.len == 0 || other_from.len == 0) return false;
    return (other_until.len == 0 || span_compare(from, other_until) <= 0) && (until.len == 0 || span_compare(other_from, until) <= 0);
}

static void write_candidate(const struct shown *s, const struct case_file *other, unsigned reasons, bool is_joined) {
    json_out_object(s->out);
    json_out_member_string(s->out, "case", other->id);
    json_out_member_string(s->out, "state", other->state);
    json_out_member_string(s->out, "entity", other->entity_id);
    json_out_member_string(s->out, "opened_at", instant_text(s->arena, other->opened_ms));
    json_out_member_bool(s->out, "is_joined", is_joined);
    json_out_name(s->out, "because");
    json_out_array(s->out);
    for (size_t i = 0; i < sizeof REASONS / sizeof REASONS[0]; i++)
        if ((reasons & REASONS[i].reason) != 0) json_out_string(s->out, span_of(REASONS[i].name));
    json_out_array_end(s->out);
    json_out_object_end(s->out);
}

static struct err write_candidates(const struct shown *s) {
    struct value params[] = {value_text(s->file->id), value_text(s->strand->id), s->file->entity_id.len > 0 ? value_text(s->file->entity_id) : value_null(),
                             value_text(s->file->procedure)};
    struct rows rows, joined;
    TRY(store_read(s->conn, STMT_STRAND_CANDIDATES, params, 4, s->arena, &rows, s->why));
    TRY(joined_cases(s->conn, s->file->id, s->arena, &joined, s->why));
    json_out_name(s->out, "candidates");
    json_out_array(s->out);
    for (size_t i = 0; i < rows.count; i++) {
        struct case_file other;
        bool is_shown, is_joined = false;
        TRY(sees(s, rows_span(&rows, i, 0), &other, &is_shown));
        if (!is_shown) continue;
        for (size_t k = 0; k < joined.count; k++) is_joined = is_joined || span_equals(rows_span(&joined, k, 0), other.id);
        unsigned reasons = (rows_int(&rows, i, 1) != 0 ? REASON_ENTITY : 0u) | (rows_int(&rows, i, 2) != 0 ? REASON_SAME_CASE : 0u) |
                           (rows_int(&rows, i, 3) != 0 ? REASON_LINKED : 0u) | (overlaps(s, &other) ? REASON_PERIOD : 0u);
        write_candidate(s, &other, reasons, is_joined);
    }
    json_out_array_end(s->out);
    return err_none();
}

struct err strand_write(struct json_out *out, const struct services *services, struct store_conn *conn, const struct case_file *file,
                        const struct principal *principal, bool propose, struct span lang, int64_t now_ms, struct arena *arena, struct why *why) {
    struct procedure_strand strands[LIMIT_STRANDS];
    struct civil at = zone_date(services->zone, now_ms);
    size_t count = procedure_strands(services->law, services->state, at, file->procedure, lang, arena, strands, LIMIT_STRANDS);
    if (count == 0 && !propose) return err_none();
    json_out_name(out, "strands");
    json_out_array(out);
    for (size_t i = 0; i < count; i++) {
        struct shown s = {.out = out, .services = services, .conn = conn, .file = file, .principal = principal, .strand = &strands[i], .at = at, .lang = lang,
                          .now_ms = now_ms, .arena = arena, .why = why};
        json_out_object(out);
        json_out_member_string(out, "strand", strands[i].id);
        json_out_member_string(out, "label", strands[i].label);
        json_out_member_string(out, "article", strands[i].article);
        json_out_member_string(out, "document", strands[i].document);
        TRY(write_notes(&s));
        TRY(write_links(&s));
        if (propose) TRY(write_candidates(&s));
        json_out_object_end(out);
    }
    json_out_array_end(out);
    return err_none();
}
