// SPDX-License-Identifier: EUPL-1.2
#include "service/desk_work.h"

#include "service/admission.h"
#include "service/filing_link.h"
#include "service/lock.h"
#include "service/record_store.h"
#include "service/seen.h"
#include "service/strand.h"
#include "service/tally.h"

static bool is_op(const struct json *op, const char *name) { return span_is(json_get_string(op, "op"), name); }
static bool is_case(struct span id) { return id.len > 0 && id.at[0] == 'C'; }

// --- before it is filed ---

static struct err person_check(const struct services *services, struct store_conn *conn, const struct access_case *of, struct span field,
                               struct span person_id, bool is_admitted, struct arena *arena, struct why *why) {
    struct principal person;
    char at[128];
    struct span pointer = arena_printf(arena, "/fields/%.*s", SPAN_FMT(field));
    if (pointer.at == NULL || pointer.len >= sizeof at) return err_make(ERR_MEMORY);
    memcpy(at, pointer.at, pointer.len);
    at[pointer.len] = '\0';
    struct err e = access_principal_as(services->access, conn, person_id, arena, &person, NULL);
    if (is_err(e) && e.code != ERR_NOT_FOUND) return e;
    for (size_t i = 0; !is_err(e) && i < person.role_count; i++) {
        if (person.roles[i].role >= ROLE_OFFICER && access_role_reaches(&person.roles[i], of)) return err_none();
        if (is_admitted && access_role_is_named(&person.roles[i], of)) return err_none();
    }
    return why_set(why, ERR_INPUT, arena_text(arena, span_of(at)), "desk.person", "",
                   "%.*s is no officer of an office that sees this case", SPAN_FMT(person_id));
}

static struct err link_check(const struct services *services, struct store_conn *conn, const struct filing_plan *plan, struct span from,
                             struct span to, int64_t now_ms, struct arena *arena, struct why *why) {
    struct case_file file;
    struct access_case of;
    struct why none = {0};
    struct span other = span_equals(from, plan->case_id) ? to : from;
    if (span_equals(from, to)) return why_set(why, ERR_INPUT, "/fields", "filing.link", "", "the document names its own case as the other one");
    struct err e = case_get(conn, other, arena, &file, &none);
    if (!is_err(e)) e = case_find_filer(conn, plan->principal, now_ms, arena, &file, &none);
    if (!is_err(e)) case_access(services, &file, arena, &of);
    if (!is_err(e)) e = access_may_read_case(plan->principal, &of, now_ms, &none);
    if (!is_err(e) && span_equals(file.workspace, plan->workspace)) return err_none();
    if (is_err(e) && e.code != ERR_NOT_FOUND && e.code != ERR_DENIED) return e;
    return why_set(why, ERR_INPUT, "/fields", "filing.link", "", "there is no case %.*s here that you may see", SPAN_FMT(other));
}

struct err desk_check(const struct services *services, struct store_conn *conn, const struct filing_plan *plan, const struct case_file *file,
                      int64_t now_ms, struct arena *arena, struct why *why) {
    const struct json *ops = plan->decision.effects;
    struct access_case of = {0};
    if (file != NULL) case_access(services, file, arena, &of);
    for (size_t i = 0; i < ops->count; i++) {
        const struct json *op = &ops->items[i];
        if (is_op(op, "person")) {
            const struct json *value = json_get(plan->decision.values, arena_text(arena, json_get_string(op, "field")));
            if (!json_is_null(value)) TRY(person_check(services, conn, &of, json_get_string(op, "field"), value->string, admission_is_by(ops, json_get_string(op, "field")), arena, why));
        }
        struct span from = json_get_string(op, "from"), to = json_get_string(op, "to");
        if (is_op(op, "strand_link")) TRY(link_check(services, conn, plan, plan->case_id, json_get_string(op, "case"), now_ms, arena, why));
        if (is_op(op, "link") && is_case(from) && is_case(to)) TRY(link_check(services, conn, plan, from, to, now_ms, arena, why));
    }
    TRY(strand_allowed(services, conn, plan, arena, why));
    TRY(lock_check(services, conn, plan, now_ms, arena, why));
    return filing_check_links(conn, ops, plan->entity_id, arena, why);
}

// --- effects ---

static struct value person_of(const struct json *values, struct span field) {
    for (size_t i = 0; values != NULL && values->type == JSON_OBJECT && i < values->count; i++)
        if (span_equals(values->members[i].name, field) && values->members[i].value.type == JSON_STRING)
            return value_text(values->members[i].value.string);
    return value_null(); // nobody named, or erased
}

static struct err assign(struct store_conn *conn, struct span case_id, struct span filing_id, const struct json *values, const struct json *op,
                         struct arena *arena, struct why *why) {
    struct value owner = person_of(values, json_get_string(op, "owner"));
    struct value params[] = {value_text(case_id), owner, person_of(values, json_get_string(op, "backup")), value_text(filing_id),
                             value_int(owner.bytes.at != NULL)};
    return tally_write(conn, TALLY_CASES, STMT_DESK_ASSIGN, params, 5, arena, why);
}

static struct err link_add(struct store_conn *conn, const struct effects_of *of, const struct desk_row *row, const struct json *op, struct why *why) {
    struct span from = json_get_string(op, "from"), to = json_get_string(op, "to");
    if (!is_case(from) || !is_case(to)) return err_none();
    struct span other = span_equals(from, row->id) ? to : from;
    for (int is_to = 0; is_to < 2; is_to++) {
        struct value params[] = {value_text(is_to ? from : to), value_text(json_get_string(op, "kind")), value_text(is_to ? to : from),
                                 value_int(is_to), value_text(of->filing_id), value_text(row->seen_by)};
        TRY(store_write(conn, STMT_DESK_LINK_PUT, params, 6, NULL, why));
    }
    struct value id = value_text(other);
    return store_write(conn, STMT_CASE_TOUCH, &id, 1, NULL, why); // it shows the link from now on
}

struct err desk_op(struct store_conn *conn, const struct effects_of *of, const struct desk_row *row, const struct json *op, struct arena *arena, struct why *why) {
    if (is_op(op, "assign")) return assign(conn, row->id, of->filing_id, of->values, op, arena, why);
    if (is_op(op, "link")) return link_add(conn, of, row, op, why);
    return err_none();
}

struct err desk_erased(struct store_conn *conn, struct span filing_id, struct arena *arena, struct why *why) {
    struct value id = value_text(filing_id);
    struct rows rows;
    struct record_open record;
    struct json values, effects;
    TRY(store_read(conn, STMT_DESK_ASSIGNED_BY, &id, 1, arena, &rows, why));
    if (rows.count == 0) return err_none();
    TRY(record_read(conn, filing_id, arena, &record, why));
    TRY(record_values(&record, arena, &values, why));
    TRY(json_parse(arena, record.effects, &effects, why));
    const struct json *ops = json_get(&effects, "ops");
    for (size_t i = 0; ops != NULL && i < ops->count; i++)
        if (is_op(&ops->items[i], "assign")) TRY(assign(conn, rows_span(&rows, 0, 0), filing_id, &values, &ops->items[i], arena, why));
    return err_none();
}

// --- showing ---

struct err desk_write_links(struct json_out *out, const struct services *services, struct store_conn *conn, struct span case_id,
                            const struct viewer *viewer, int64_t now_ms, struct arena *arena, struct why *why) {
    struct value id = value_text(case_id);
    struct rows rows;
    TRY(store_read(conn, STMT_DESK_LINKS_OF_CASE, &id, 1, arena, &rows, why));
    json_out_name(out, "links");
    json_out_array(out);
    for (size_t i = 0; i < rows.count; i++) {
        struct case_file file;
        struct access_case of;
        if (is_err(case_get(conn, rows_span(&rows, i, 1), arena, &file, NULL))) continue;
        TRY(case_find_filer(conn, viewer->principal, now_ms, arena, &file, why));
        case_access(services, &file, arena, &of);
        struct viewer other = viewer_of(viewer->principal, &of, now_ms);
        struct matter matter = {.seen_by = rows_span(&rows, i, 3)};
        if (!viewer_sees(viewer, &matter) || !viewer_sees(&other, &matter)) continue;
        json_out_object(out);
        json_out_member_string(out, "kind", rows_span(&rows, i, 0));
        json_out_member_string(out, "case", file.id);
        json_out_member_bool(out, "is_from_here", rows_int(&rows, i, 2) != 0);
        json_out_member_string(out, "procedure", file.procedure);
        json_out_member_string(out, "state", file.state);
        json_out_member_string(out, "entity", file.entity_id);
        json_out_object_end(out);
    }
    json_out_array_end(out);
    return err_none();
}
