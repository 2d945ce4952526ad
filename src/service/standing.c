// SPDX-License-Identifier: EUPL-1.2
#include "service/standing.h"

#include "law/operation_form.h"
#include "service/release_op.h"

struct standing { // one authorisation in force
    struct span filing_id;
    struct json op;
};

static bool has(const struct json *list, struct span text) {
    for (size_t i = 0; list != NULL && list->type == JSON_ARRAY && i < list->count; i++)
        if (list->items[i].type == JSON_STRING && span_equals(list->items[i].string, text)) return true;
    return false;
}

static bool authorises(const struct standing *standing, struct span document, struct span recipient, struct arena *arena) {
    const struct span *to;
    size_t count = release_recipients(&standing->op, arena, &to);
    return has(json_get(&standing->op, "documents"), document) && audience_has(to, count, recipient);
}

// What both the rule and the authorisation name, was filled in, and passes the gate.
static struct err names_allowed(struct services *services, struct store_conn *conn, const struct filing_plan *plan, const struct standing *standing,
                                const struct json *proposal, struct span recipient, int64_t now_ms, struct arena *arena, struct json *ret, struct why *why) {
    struct case_file file;
    struct gate_view view;
    struct record_open record;
    struct marking marking;
    const struct marking **fields;
    enum tlp most = tlp_of(json_get_string(&standing->op, "label"));
    *ret = (struct json){.type = JSON_ARRAY};
    TRY(case_get(conn, plan->case_id, arena, &file, why));
    struct gate_place place = gate_place_of(&file);
    TRY(release_view(services, conn, &place, recipient, json_get_string(&standing->op, "basis"), now_ms, arena, &view, why));
    TRY(gate_read_record(&view, conn, plan->filing_id, arena, &record, NULL, why));
    TRY(gate_view_marking(conn, &record, arena, &marking, &fields, why));
    ret->items = arena_take_array(arena, record.field_count + 1, sizeof *ret->items);
    if (ret->items == NULL) return err_make(ERR_MEMORY);
    if (marking.label > most || most == TLP_RED) return err_none();
    for (size_t i = 0; i < record.field_count; i++) {
        const struct receipt_item *item = &record.fields[i];
        bool is_named = has(json_get(proposal, "fields"), item->item.name) && has(json_get(&standing->op, "names"), item->item.name);
        bool is_strict = fields[i] != NULL && fields[i]->label > most;
        if (item->state == RECEIPT_SHOWN && is_named && !is_strict && !span_is(item->item.canonical, "null"))
            ret->items[ret->count++] = json_from_string(item->item.name);
    }
    return err_none();
}

// --- the filing ---

static void put(struct json *fields, const struct operation_form *form, const char *argument, struct json value, struct arena *arena) {
    const struct operation_argument *at = operation_form_argument(form, argument);
    if (at == NULL) return;
    struct json rows = {.type = JSON_ARRAY, .count = value.count};
    if (at->is_names && value.type == JSON_ARRAY) {
        rows.items = arena_take_array(arena, value.count + 1, sizeof *rows.items);
        for (size_t i = 0; rows.items != NULL && i < value.count; i++) {
            rows.items[i] = (struct json){.type = JSON_OBJECT, .count = 1, .members = ARENA_NEW(arena, struct json_member)};
            if (rows.items[i].members == NULL) return; // the form will miss it
            rows.items[i].members[0] = (struct json_member){SPAN("name"), value.items[i]};
        }
        value = rows;
    }
    fields->members[fields->count++] = (struct json_member){at->field, value};
}

static struct json one_item(struct span recipient, struct arena *arena) {
    struct json list = {.type = JSON_ARRAY, .count = 1, .items = ARENA_NEW(arena, struct json)};
    if (list.items != NULL) list.items[0] = json_from_string(span_part(recipient, span_find(recipient, ':', 0) + 1, recipient.len));
    else list.count = 0;
    return list;
}

static struct err file_release(struct services *services, struct store_conn *conn, struct log_edge *edge, const struct filing_plan *plan,
                               const struct standing *standing, struct span recipient, const struct json *names, int64_t now_ms, struct arena *arena,
                               struct why *why) {
    enum { FIELDS = 8 };
    struct operation_form form;
    struct filing_request *request = ARENA_NEW(arena, struct filing_request);
    struct filing_plan *release = ARENA_NEW(arena, struct filing_plan);
    struct json *fields = ARENA_NEW(arena, struct json);
    struct why refused = {0};
    int64_t seq;
    if (request == NULL || release == NULL || fields == NULL) return err_make(ERR_MEMORY);
    if (!operation_form_find(services->law, services->state, zone_date(services->zone, now_ms), plan->request->procedure, SPAN("release"), SPAN("node"), arena, &form))
        return err_none();
    *fields = (struct json){.type = JSON_OBJECT, .members = arena_take_array(arena, FIELDS, sizeof *fields->members)};
    if (fields->members == NULL) return err_make(ERR_MEMORY);
    bool is_state = span_starts_with(recipient, SPAN("state:"));
    put(fields, &form, "filing", json_from_string(plan->filing_id), arena);
    put(fields, &form, "names", *names, arena);
    put(fields, &form, is_state ? "states" : "bodies", one_item(recipient, arena), arena);
    put(fields, &form, "label", json_from_string(json_get_string(&standing->op, "label")), arena);
    put(fields, &form, "basis", json_from_string(json_get_string(&standing->op, "basis")), arena);
    put(fields, &form, "entity", json_from_bool(false), arena);
    put(fields, &form, "standing", json_from_string(standing->filing_id), arena);
    *request = (struct filing_request){.procedure = plan->request->procedure, .document = form.document, .case_id = plan->case_id, .as = SPAN("node"),
                                       .fields = fields, .received_ms = now_ms};
    struct err e = filing_decide(services, conn, access_node(), request, now_ms, arena, release, &refused);
    if (is_err(e)) return e.code == ERR_IO || e.code == ERR_MEMORY || e.code == ERR_CORRUPT ? e : err_none(); // an officer decides
    if (!release->decision.is_accepted) return err_none();
    return filing_write(services, conn, edge, release, now_ms, arena, &seq, why);
}

static struct err standings_load(struct store_conn *conn, int64_t now_ms, struct arena *arena, struct standing **ret, size_t *ret_count, struct why *why) {
    struct value now = value_int(now_ms);
    struct rows rows;
    TRY(store_read(conn, STMT_STANDING_IN_FORCE, &now, 1, arena, &rows, why));
    *ret = arena_take_array(arena, rows.count + 1, sizeof **ret);
    if (*ret == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < rows.count; i++) {
        (*ret)[i].filing_id = rows_span(&rows, i, 0);
        TRY(json_parse(arena, rows_span(&rows, i, 3), &(*ret)[i].op, why));
    }
    *ret_count = rows.count;
    return err_none();
}

struct err standing_apply(struct services *services, struct store_conn *conn, struct log_edge *edge, const struct filing_plan *plan, int64_t now_ms,
                          struct arena *arena, struct why *why) {
    const struct json *ops = plan->decision.effects;
    struct standing *standings = NULL;
    size_t count = 0;
    bool is_loaded = false;
    for (size_t i = 0; ops != NULL && i < ops->count; i++) {
        const struct span *to;
        if (!span_is(json_get_string(&ops->items[i], "op"), "proposal")) continue;
        if (!is_loaded) TRY(standings_load(conn, now_ms, arena, &standings, &count, why));
        is_loaded = true;
        size_t recipients = release_proposed(&ops->items[i], arena, &to);
        for (size_t k = 0; k < recipients * count; k++) {
            const struct standing *standing = &standings[k % count];
            struct span recipient = to[k / count];
            struct json names;
            if (!authorises(standing, plan->request->document, recipient, arena)) continue;
            TRY(names_allowed(services, conn, plan, standing, &ops->items[i], recipient, now_ms, arena, &names, why));
            if (names.count > 0) TRY(file_release(services, conn, edge, plan, standing, recipient, &names, now_ms, arena, why));
        }
    }
    return err_none();
}
