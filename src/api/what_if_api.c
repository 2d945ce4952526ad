// SPDX-License-Identifier: EUPL-1.2
/* What a proposal would change on the node's register: counted in steps by whoever asks, then as figures or as a list of entries. */
#include "api/resources.h"
#include "format/csv.h"
#include "service/what_if_run.h"

enum { WINDOW_MAX = 2000, WINDOW = 500, CHOSEN_MAX = 16 };

// Officers without bounds of sector, of an office that offices.yaml lets ask. RET_IS_UNION may be NULL.
static struct err need_office(const struct principal *who, bool *ret_is_union, struct why *why) {
    for (size_t i = 0; who->is_totp_done && i < who->role_count; i++) {
        if (!role_is_unbounded(&who->roles[i]) || (who->roles[i].kind->does & OFFICE_ASKS_WHAT_IF) == 0) continue;
        if (ret_is_union != NULL) *ret_is_union = who->roles[i].kind->is_of_union;
        return err_none();
    }
    return why_set(why, ERR_DENIED, "", "access.office", "", "this is for officers without bounds of sector, signed in with their second factor");
}

static struct err is_csv(const struct api_request *request, bool *ret, struct why *why) {
    struct span format = api_query(request, "format");
    *ret = span_is(format, "csv");
    if (format.at == NULL || *ret || span_is(format, "json")) return err_none();
    return why_set(why, ERR_INPUT, "format", "api.query", "", "format is json or csv");
}

static struct err choices_read(const struct json *body, struct law_choice *chosen, size_t *ret_count, struct why *why) {
    const struct json *choices = json_get(body, "choices");
    *ret_count = 0;
    if (choices == NULL || json_is_null(choices)) return err_none();
    bool is_good = choices->type == JSON_OBJECT && choices->count <= CHOSEN_MAX;
    for (size_t i = 0; is_good && i < choices->count; i++) {
        is_good = choices->members[i].value.type == JSON_STRING;
        if (is_good) chosen[(*ret_count)++] = (struct law_choice){choices->members[i].name, choices->members[i].value.string};
    }
    return is_good ? err_none() : why_set(why, ERR_INPUT, "/choices", "what_if.choices", "", "an object of names and values is expected");
}

static struct err post_what_if(struct api_request *request, struct api_response *response, struct why *why) {
    static const char *const NAMES[] = {"proposal", "choices", "at", "covers_union", NULL};
    struct law_choice chosen[CHOSEN_MAX];
    struct what_if_question question = {.choices = chosen, .at = zone_date(request->services->zone, request->received_ms)};
    struct span day, id;
    struct json body;
    struct json_out out;
    bool is_union = false;
    TRY(need_office(&request->principal, &is_union, why));
    TRY(api_body(request, &body, why));
    TRY(api_members_only(&body, NAMES, why));
    TRY(api_member_text(&body, "proposal", LIMIT_NAME_BYTES, &question.proposal, why));
    TRY(api_member_text_optional(&body, "at", LIMIT_NAME_BYTES, &day, why));
    TRY(choices_read(&body, chosen, &question.choice_count, why));
    if (day.len > 0 && !civil_parse(day, &question.at)) return why_set(why, ERR_INPUT, "/at", "api.query", "", "a day such as 2027-01-01 is expected");
    question.covers_union = json_get_bool(&body, "covers_union", false);
    if (question.covers_union && !is_union)
        return why_set(why, ERR_INPUT, "/covers_union", "what_if.union", "", "the register of one state does not cover the Union");
    TRY(what_if_run_begin(request->services, &request->principal, &question, request->received_ms, request->arena, &id, why));
    api_json(response, 201, &out);
    json_out_object(&out);
    json_out_member_string(&out, "id", id);
    json_out_member_string(&out, "count", arena_printf(request->arena, "/api/v1/law/what-if/%.*s", SPAN_FMT(id)));
    json_out_object_end(&out);
    return err_none();
}

static void write_progress(struct api_response *response, const struct api_request *request, const struct what_if_run *run) {
    struct span head, comparison;
    struct json_out out;
    api_json(response, 200, &out);
    what_if_head(run->what_if, run->covers_union, request->lang, request->arena, &head, &comparison);
    json_out_object(&out);
    json_out_member_string(&out, "id", run->id);
    json_out_member_string(&out, "head", head);
    json_out_member_string(&out, "comparison", comparison);
    json_out_member_bool(&out, "done", run->is_done);
    json_out_member_int(&out, "looked_at", (int64_t)run->looked_at);
    json_out_name(&out, "result");
    if (run->is_done) what_if_write_json(&out, run->what_if, run->covers_union, request->lang, request->arena);
    else json_out_null(&out);
    json_out_object_end(&out);
}

static void respond_csv(struct api_response *response) {
    response->status = 200;
    response->media_type = "text/csv; charset=utf-8";
    api_respond_header(response, "content-disposition", SPAN("attachment; filename=\"what-if.csv\""));
}

// Counts a step further each time; JSON with "done" false until the whole register was looked at.
static struct err get_what_if(struct api_request *request, struct api_response *response, struct why *why) {
    const struct services *services = request->services;
    struct what_if_run *run;
    bool wants_csv;
    TRY(need_office(&request->principal, NULL, why));
    TRY(is_csv(request, &wants_csv, why));
    TRY(what_if_run_take(services, &request->principal, request->params[0], request->received_ms, &run, why));
    struct err e = store_snapshot_begin(request->conn, why);
    if (!is_err(e)) {
        e = what_if_run_step(run, services, request->conn, &request->principal, request->received_ms, request->arena, why);
        store_snapshot_end(request->conn);
    }
    if (!is_err(e) && wants_csv && run->is_done) {
        respond_csv(response);
        what_if_write_csv(&response->body, run->what_if, run->covers_union, request->lang, request->arena);
    } else if (!is_err(e)) {
        write_progress(response, request, run);
    }
    what_if_run_give(services, run);
    return e;
}

// --- which entries ---

static struct err move_read(const struct api_request *request, enum move *ret, struct why *why) {
    struct span text = api_query(request, "move");
    *ret = MOVES;
    for (int m = 0; m < MOVES; m++)
        if (m != MOVE_STAYS && text.at != NULL && span_is(text, move_name((enum move)m))) *ret = (enum move)m;
    if (text.at == NULL || *ret != MOVES) return err_none();
    return why_set(why, ERR_INPUT, "move", "api.query", "", "move is leaves, enters, falls, rises or open");
}

struct listing {
    struct what_if_entry *entries;
    size_t count;
    struct span next, head, comparison;
};

static void entries_json(struct api_response *response, const struct listing *l) {
    struct json_out out;
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_member_string(&out, "head", l->head);
    json_out_member_string(&out, "comparison", l->comparison);
    json_out_name(&out, "entities");
    json_out_array(&out);
    for (size_t i = 0; i < l->count; i++) {
        const struct what_if_entry *entry = &l->entries[i];
        json_out_object(&out);
        json_out_member_string(&out, "entity", entry->id);
        json_out_member_string(&out, "name", entry->name);
        json_out_member_text(&out, "move", move_name(move_between(entry->from, entry->to)));
        json_out_member_text(&out, "from", entity_class_name(entry->from));
        json_out_member_text(&out, "to", entity_class_name(entry->to));
        json_out_object_end(&out);
    }
    json_out_array_end(&out);
    json_out_member_string(&out, "next", l->next);
    json_out_object_end(&out);
}

static void entries_csv(struct api_response *response, const struct listing *l) {
    static const char *const COLUMNS[] = {"entity", "name", "move", "from", "to"};
    struct csv_out csv = {.buf = &response->body};
    respond_csv(response);
    buf_printf(&response->body, "# %.*s\r\n# %.*s\r\n", SPAN_FMT(l->head), SPAN_FMT(l->comparison));
    for (size_t i = 0; i < sizeof COLUMNS / sizeof COLUMNS[0]; i++) csv_text(&csv, span_of(COLUMNS[i]));
    csv_row_end(&csv);
    for (size_t i = 0; i < l->count; i++) {
        const struct what_if_entry *entry = &l->entries[i];
        csv_text(&csv, entry->id);
        csv_text(&csv, entry->name);
        csv_text(&csv, span_of(move_name(move_between(entry->from, entry->to))));
        csv_text(&csv, span_of(entity_class_name(entry->from)));
        csv_text(&csv, span_of(entity_class_name(entry->to)));
        csv_row_end(&csv);
    }
    if (l->next.at != NULL) api_respond_header(response, "x-next", l->next);
}

static struct err get_entities(struct api_request *request, struct api_response *response, struct why *why) {
    const struct services *services = request->services;
    struct span after = api_query(request, "after");
    struct what_if_run *run;
    struct listing l = {0};
    enum move move;
    int64_t window;
    bool wants_csv;
    TRY(need_office(&request->principal, NULL, why));
    TRY(is_csv(request, &wants_csv, why));
    TRY(move_read(request, &move, why));
    if (after.len > LIMIT_NAME_BYTES) return why_set(why, ERR_INPUT, "after", "api.query", "", "the identifier of an entity is expected");
    TRY(api_query_int(request, "window", WINDOW, 1, WINDOW_MAX, &window, why));
    TRY(what_if_run_take(services, &request->principal, request->params[0], request->received_ms, &run, why));
    struct err e = store_snapshot_begin(request->conn, why);
    if (!is_err(e)) {
        e = what_if_run_entries(run, services, request->conn, &request->principal, move, after, (size_t)window, request->received_ms, request->arena, &l.entries, &l.count,
                                &l.next, why);
        store_snapshot_end(request->conn);
    }
    if (!is_err(e)) what_if_head(run->what_if, run->covers_union, request->lang, request->arena, &l.head, &l.comparison);
    what_if_run_give(services, run);
    TRY(e);
    if (wants_csv) entries_csv(response, &l);
    else entries_json(response, &l);
    return err_none();
}

static const struct route_param FORMAT[] = {{"format", "string", "json, or csv once it is done"}, {NULL, NULL, NULL}};
static const struct route_param ENTITIES[] = {
    {"move", "string", "leaves, enters, falls, rises or open; any change by default"},
    {"after", "string", "go on after this entry (\"next\" of the answer before)"},
    {"window", "integer", "look at so many entries"},
    {"format", "string", "json or csv; in CSV the header x-next says where to go on"},
    {NULL, NULL, NULL},
};

const struct route routes_what_if[] = {
    {"POST", "/api/v1/law/what-if", post_what_if, AUTH_KNOWN, SCOPE_READ, RATE_READ, "law", "Asks what a proposal would change on the register: an unofficial reading, never law", "WhatIfNew", "WhatIfStarted", 201, NULL, false},
    {"GET", "/api/v1/law/what-if/{id}", get_what_if, AUTH_KNOWN, SCOPE_READ, RATE_READ, "law", "Counts a step further; the figures once the whole register was looked at", NULL, "WhatIf", 200, FORMAT, false},
    {"GET", "/api/v1/law/what-if/{id}/entities", get_entities, AUTH_KNOWN, SCOPE_READ, RATE_READ, "law", "Whose class would change, entry by entry", NULL, "WhatIfEntities", 200, ENTITIES, false},
    {0},
};
