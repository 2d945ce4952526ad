// SPDX-License-Identifier: EUPL-1.2
#include "service/party.h"
#include "service/selection.h"

#include <stdlib.h>

#include "service/filing.h"
#include "service/record_store.h"

enum { PROFILE_PAGE = 200, PROFILE_ARENA_BYTES = 32 * 1024 * 1024 };

static struct value list_value(const struct json *list, struct arena *arena) {
    struct span text;
    return list == NULL || is_err(json_canonical_text(arena, list, &text)) ? value_null() : value_text(text);
}

// --- the free condition ---

static struct err page_filter(struct store_conn *conn, const struct selection *selection, struct selection_row *rows, size_t count,
                              bool *ret_keeps, struct arena *scratch, struct why *why) {
    struct json ids = {.type = JSON_ARRAY, .items = arena_take_array(scratch, count + 1, sizeof *ids.items)};
    struct rows entities;
    if (ids.items == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < count; i++) ids.items[ids.count++] = json_from_string(rows[i].id);
    struct value param = list_value(&ids, scratch);
    TRY(store_read(conn, STMT_SELECTION_PROFILES, &param, 1, scratch, &entities, why));
    for (size_t i = 0; i < entities.count; i++) {
        struct entity entity;
        struct json subject;
        TRY(entity_of_row(&entities, i, scratch, &entity, why));
        TRY(entity_subject(&entity, scratch, &subject, why));
        for (size_t k = 0; k < count; k++)
            if (span_equals(rows[k].id, entity.id)) ret_keeps[k] = selection_condition_holds(selection, &subject);
    }
    return err_none();
}

static bool is_named(const struct json *list, struct span id) {
    size_t low = 0, high = list == NULL ? 0 : list->count; // sorted by selection_read
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = span_compare(list->items[middle].string, id);
        if (order == 0) return true;
        if (order < 0) low = middle + 1;
        else high = middle;
    }
    return false;
}

static struct err condition_filter(struct store_conn *conn, const struct selection *selection, struct selection_row *rows, size_t *count,
                                   struct why *why) {
    struct arena scratch;
    struct err e = err_none();
    size_t kept = 0;
    arena_init(&scratch, PROFILE_ARENA_BYTES);
    for (size_t from = 0; !is_err(e) && from < *count; from += PROFILE_PAGE) {
        bool keeps[PROFILE_PAGE] = {false};
        size_t many = *count - from < PROFILE_PAGE ? *count - from : PROFILE_PAGE;
        arena_reset(&scratch);
        e = page_filter(conn, selection, &rows[from], many, keeps, &scratch, why);
        for (size_t i = 0; !is_err(e) && i < many; i++)
            if (keeps[i] || is_named(selection->entities, rows[from + i].id)) rows[kept++] = rows[from + i];
    }
    arena_fini(&scratch);
    *count = kept;
    return e;
}

// --- finding ---

static struct err version_make(const struct selection_found *found, struct arena *arena, struct span *ret) {
    struct buf ids, hex;
    buf_init(&ids, arena, SELECTION_FOUND_MAX * 20 + 64);
    buf_init(&hex, arena, 128);
    for (size_t i = 0; i < found->row_count; i++) {
        if (!found->rows[i].is_registered) continue;
        buf_add(&ids, found->rows[i].id);
        buf_add_byte(&ids, '\n');
    }
    if (ids.is_failed) return err_make(ERR_MEMORY);
    struct hash hash = hash_sha256(buf_span(&ids));
    buf_add_hex(&hex, span_part(hash_span(&hash), 0, 16));
    *ret = buf_span(&hex);
    return err_none();
}

struct err selection_find(struct store_conn *conn, const struct selection *s, struct span sectors_json, struct arena *arena,
                          struct selection_found *ret, struct why *why) {
    struct value params[] = {value_text(SPAN("[\"registered\",\"pending\",\"incomplete\"]")),
                             list_value(s->sectors, arena),
                             list_value(s->types, arena),
                             list_value(s->sizes, arena),
                             list_value(s->classes, arena),
                             list_value(s->services_in, arena),
                             list_value(s->products, arena),
                             list_value(s->entities, arena),
                             list_value(s->except, arena),
                             value_int(s->has_criteria || s->is_everyone),
                             value_text(sectors_json)};
    struct rows rows;
    TRY(store_read(conn, STMT_SELECTION_FIND, params, sizeof params / sizeof params[0], arena, &rows, why));
    if (rows.count > SELECTION_FOUND_MAX)
        return why_set(why, ERR_LIMIT, "/selection", "selection.limit", "", "more than %d entities fit; select fewer", (int)SELECTION_FOUND_MAX);
    struct selection_row *found = arena_take_array(arena, rows.count + 1, sizeof *found);
    if (found == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < rows.count; i++)
        found[i] = (struct selection_row){.id = rows_span(&rows, i, 0),
                                          .is_registered = span_is(rows_span(&rows, i, 1), "registered"),
                                          .sectors = rows_span(&rows, i, 2),
                                          .class = rows_span(&rows, i, 3),
                                          .name = rows_span(&rows, i, 4),
                                          .has_contact = rows_int(&rows, i, 5) != 0};
    struct selection_found out = {.rows = found, .row_count = rows.count};
    if (s->condition != NULL) TRY(condition_filter(conn, s, found, &out.row_count, why));
    for (size_t i = 0; i < out.row_count; i++) out.count += found[i].is_registered;
    out.pending_count = out.row_count - out.count;
    TRY(version_make(&out, arena, &out.version));
    *ret = out;
    return err_none();
}

struct err selection_entities(const struct selection_found *found, struct arena *arena, struct json *ret) {
    struct json list = {.type = JSON_ARRAY, .items = arena_take_array(arena, found->count + 1, sizeof *list.items)};
    if (list.items == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < found->row_count; i++)
        if (found->rows[i].is_registered) list.items[list.count++] = json_from_string(found->rows[i].id);
    *ret = list;
    return err_none();
}

// --- previews ---

struct err selection_compare(struct store_conn *conn, struct span version, const struct selection_found *found, struct arena *arena,
                             struct selection_difference *ret, struct why *why) {
    struct value param = value_text(version);
    struct rows rows;
    struct json before, now;
    TRY(store_read(conn, STMT_PREVIEW_GET, &param, 1, arena, &rows, why));
    if (rows.count == 0) return why_set(why, ERR_NOT_FOUND, "", "selection.preview", "", "no preview of this version is kept");
    TRY(json_parse_within(arena, rows_span(&rows, 0, 1), LIMIT_EFFECTS_BYTES, &before, why));
    TRY(selection_entities(found, arena, &now));
    struct span *came = arena_take_array(arena, now.count + 1, sizeof *came), *went = arena_take_array(arena, before.count + 1, sizeof *went);
    if (came == NULL || went == NULL) return err_make(ERR_MEMORY);
    struct selection_difference out = {.came = came, .went = went};
    size_t i = 0, k = 0; // both are sorted
    while (i < before.count || k < now.count) {
        int order = i == before.count ? 1 : k == now.count ? -1 : span_compare(before.items[i].string, now.items[k].string);
        if (order < 0) went[out.went_count++] = before.items[i].string;
        if (order > 0) came[out.came_count++] = now.items[k].string;
        i += order <= 0;
        k += order >= 0;
    }
    *ret = out;
    return err_none();
}

struct err selection_keep(struct store_conn *conn, const struct selection *selection, const struct selection_found *found, int64_t now_ms,
                          struct arena *arena, struct why *why) {
    struct json list;
    struct span criteria, entities;
    TRY(selection_entities(found, arena, &list));
    TRY(json_canonical_text(arena, &selection->criteria, &criteria));
    TRY(json_canonical_text(arena, &list, &entities));
    struct value params[] = {value_text(found->version), value_text(criteria), value_text(entities), value_int(now_ms)};
    return store_write(conn, STMT_PREVIEW_PUT, params, 4, NULL, why);
}

// --- parties by selection ---

// The criteria: of this filing's own field, or of an earlier filing's in the record.
static struct err criteria_of(struct store_conn *conn, const struct filing_plan *plan, const struct json *op, struct arena *arena,
                              struct json *ret, struct why *why) {
    struct span filing = json_get_string(op, "filing"), field = json_get_string(op, "field");
    const struct json *values = plan->decision.values, *value;
    struct json stored;
    if (!span_equals(filing, plan->filing_id)) {
        struct record_open record;
        TRY(record_read(conn, filing, arena, &record, why));
        TRY(record_values(&record, arena, &stored, why));
        values = &stored;
    }
    value = json_get(values, (const char *)field.at);
    if (json_is_null(value)) return why_set(why, ERR_INPUT, "/fields", "selection.empty", "", "no selection is stated, or it was erased");
    *ret = *value;
    return err_none();
}

static struct span first_names(const struct span *ids, size_t count, struct arena *arena) {
    struct buf out;
    buf_init(&out, arena, 1024);
    for (size_t i = 0; i < count && i < 5; i++) buf_printf(&out, "%s%.*s", i > 0 ? ", " : "", SPAN_FMT(ids[i]));
    if (count > 5) buf_add_text(&out, ", ...");
    return buf_span(&out);
}

static struct err refuse(struct filing_plan *plan, struct store_conn *conn, const struct json *op, const struct selection_found *found,
                         struct arena *arena, struct why *why) {
    struct fault *fault = ARENA_NEW(arena, struct fault);
    struct selection_difference difference;
    if (fault == NULL) return err_make(ERR_MEMORY);
    struct err e = selection_compare(conn, json_get_string(op, "preview"), found, arena, &difference, why);
    if (is_err(e) && e.code != ERR_NOT_FOUND) return e;
    fault->field = arena_printf(arena, "/%.*s", SPAN_FMT(json_get_string(op, "preview_field")));
    fault->rule = SPAN("selection.moved");
    fault->article = json_get_string(op, "article");
    if (is_err(e))
        fault->words = arena_printf(arena, "No preview of this version is kept. %zu entities fit now; look at them and name that preview.", found->count);
    else
        fault->words = arena_printf(arena, "The register moved since the preview: %zu came (%.*s), %zu went (%.*s). %zu entities fit now, version %.*s; look again and confirm.",
                                    difference.came_count, SPAN_FMT(first_names(difference.came, difference.came_count, arena)), difference.went_count,
                                    SPAN_FMT(first_names(difference.went, difference.went_count, arena)), found->count, SPAN_FMT(found->version));
    plan->decision.is_accepted = false;
    plan->decision.faults = fault;
    plan->decision.fault_count = 1;
    return err_none();
}

static struct err resolve_one(struct services *services, struct store_conn *conn, struct filing_plan *plan, const struct json *op,
                              struct arena *arena, struct json *ret_ops, struct why *why) {
    struct json criteria, parties;
    struct selection selection;
    struct selection_found found;
    TRY(criteria_of(conn, plan, op, arena, &criteria, why));
    TRY(selection_read(services->law, &criteria, arena, &selection, why));
    TRY(selection_find(conn, &selection, span_make(NULL, 0), arena, &found, why));
    if (json_get_string(op, "preview_field").at != NULL && !span_equals(json_get_string(op, "preview"), found.version))
        return refuse(plan, conn, op, &found, arena, why);
    if (found.count == 0) return why_set(why, ERR_INPUT, "/fields", "selection.nobody", "", "nobody on the register fits the selection");
    TRY(selection_entities(&found, arena, &parties));
    struct json add = {.type = JSON_OBJECT, .members = arena_take_array(arena, 5, sizeof *add.members)};
    if (add.members == NULL) return err_make(ERR_MEMORY);
    add.members[add.count++] = (struct json_member){SPAN("op"), json_from_string(SPAN("party_add"))};
    add.members[add.count++] = (struct json_member){SPAN("parties"), parties};
    add.members[add.count++] = (struct json_member){SPAN("state"), json_from_string(json_get_string(op, "state"))};
    add.members[add.count++] = (struct json_member){SPAN("selection"), json_from_string(found.version)};
    add.members[add.count++] = (struct json_member){SPAN("article"), json_from_string(json_get_string(op, "article"))};
    ret_ops->items[ret_ops->count++] = add;
    return err_none();
}

struct err selection_resolve(struct services *services, struct store_conn *conn, struct filing_plan *plan, struct arena *arena,
                             struct json *ret_ops, struct why *why) {
    const struct json *ops = plan->decision.effects;
    *ret_ops = (struct json){.type = JSON_ARRAY, .items = arena_take_array(arena, ops->count + 1, sizeof *ret_ops->items)};
    if (ret_ops->items == NULL) return err_make(ERR_MEMORY);
    if (plan->decision.is_accepted) TRY(party_offices_resolve(services, ops, plan->office, arena, ret_ops, why));
    for (size_t i = 0; i < ops->count && plan->decision.is_accepted; i++)
        if (span_is(json_get_string(&ops->items[i], "op"), "party_select")) {
            struct rows size;
            TRY(store_read(conn, STMT_RECORD_COUNT, NULL, 0, arena, &size, why));
            plan->has_selection = true;
            plan->log_size = rows_int(&size, 0, 0);
            TRY(resolve_one(services, conn, plan, &ops->items[i], arena, ret_ops, why));
        }
    return err_none();
}
