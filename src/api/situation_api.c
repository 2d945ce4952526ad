// SPDX-License-Identifier: EUPL-1.2
/*
 * What the map shows: how many open cases of a workspace concern which state. Counted over the cases that the one who asks may open, so it
 * says nothing that she could not count herself; which facts name states the law's facts tell by their shape: lists of codes.
 */
#include "api/resources.h"
#include "law/procedure.h"
#include "service/case.h"
#include "service/gate_list.h"
#include "service/seen.h"

enum { STATES_MAX = 64, LOOKED_AT_MAX = 5000, CODE_BYTES = 2 };

struct situation {
    struct { struct span code; int64_t cases, late; } states[STATES_MAX];
    size_t count;
    int64_t cases, unplaced;
};

static bool is_code(const struct json *item) {
    const struct span text = item->string;
    return item->type == JSON_STRING && text.len == CODE_BYTES && text.at[0] >= 'A' && text.at[0] <= 'Z' && text.at[1] >= 'A' && text.at[1] <= 'Z';
}

static void count_state(struct situation *s, struct span code, bool is_late) {
    size_t i = 0;
    while (i < s->count && !span_equals(s->states[i].code, code)) i++;
    if (i == STATES_MAX) return;
    if (i == s->count) {
        s->states[s->count++].code = code;
        s->states[i].cases = s->states[i].late = 0;
    }
    s->states[i].cases++;
    if (is_late) s->states[i].late++;
}

// Each state once a case, whichever facts name it.
static void count_case(struct situation *s, const struct viewer *viewer, const struct json *content, bool is_late) {
    const struct json *facts = json_get(content, "facts");
    struct span seen[STATES_MAX];
    size_t seen_count = 0;
    for (size_t i = 0; facts != NULL && facts->type == JSON_OBJECT && i < facts->count; i++) {
        const struct json *list = &facts->members[i].value;
        if (list->type != JSON_ARRAY || !viewer_sees_name(viewer, content, "facts", facts->members[i].name)) continue;
        for (size_t k = 0; k < list->count && seen_count < STATES_MAX; k++) {
            bool is_seen = !is_code(&list->items[k]);
            for (size_t n = 0; n < seen_count; n++) is_seen = is_seen || span_equals(seen[n], list->items[k].string);
            if (is_seen) continue;
            seen[seen_count++] = list->items[k].string;
            count_state(s, list->items[k].string, is_late);
        }
    }
    s->cases++;
    if (seen_count == 0) s->unplaced++;
}

static struct err look_at(struct api_request *request, const struct gate_list *gate, const struct rows *rows, size_t i, struct situation *s, struct why *why) {
    struct case_file file = {.id = rows_span(rows, i, 0), .procedure = rows_span(rows, i, 1), .workspace = rows_span(rows, i, 2), .entity_id = rows_span(rows, i, 3),
                             .sectors = rows_span(rows, i, 4), .state = rows_span(rows, i, 5), .offices = rows_span(rows, i, 8), .is_closed = rows_int(rows, i, 9) != 0};
    const struct services *services = request->services;
    struct access_case of;
    bool is_hidden = false;
    TRY(case_find_filer(request->conn, &request->principal, request->received_ms, request->arena, &file, why));
    case_access(services, &file, request->arena, &of);
    if (procedure_state_is_final(services->law, services->state, zone_date(services->zone, request->received_ms), file.procedure, file.state)) return err_none();
    if (is_err(access_may_read_case(&request->principal, &of, request->received_ms, NULL))) return err_none();
    struct gate_place place = gate_place_of(&file);
    TRY(gate_list_hides(gate, services, request->conn, &place, &request->principal, request->received_ms, request->arena, &is_hidden, why));
    if (is_hidden) return err_none();
    TRY(json_parse_within(request->arena, rows_span(rows, i, 7), LIMIT_RECEIPT_BYTES, &file.content, why));
    struct viewer viewer = viewer_of(&request->principal, &of, request->received_ms);
    count_case(s, &viewer, &file.content, rows_int(rows, i, 6) < request->received_ms);
    return err_none();
}

static struct err get_situation(struct api_request *request, struct api_response *response, struct why *why) {
    const struct workspace *workspace;
    struct situation *s = ARENA_NEW(request->arena, struct situation);
    struct span bounds;
    struct rows rows;
    struct gate_list gate;
    struct json_out out;
    if (s == NULL) return err_make(ERR_MEMORY);
    TRY(api_workspace(request, &workspace, why));
    TRY(case_list_bounds(request->services, &request->principal, workspace, request->arena, &bounds, why));
    struct value params[] = {value_int(LOOKED_AT_MAX + 1), value_text(workspace->id), value_text(bounds)};
    TRY(store_read(request->conn, STMT_CASE_SITUATION, params, 3, request->arena, &rows, why));
    TRY(gate_list_load(request->conn, request->received_ms, request->arena, &gate, why));
    for (size_t i = 0; i < rows.count && i < LOOKED_AT_MAX; i++) TRY(look_at(request, &gate, &rows, i, s, why));
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_member_string(&out, "at", instant_text(request->arena, request->received_ms));
    json_out_member_string(&out, "workspace", workspace->id);
    json_out_member_int(&out, "cases", s->cases);
    json_out_member_int(&out, "of_no_state", s->unplaced);
    json_out_member_bool(&out, "is_whole", rows.count <= LOOKED_AT_MAX);
    json_out_name(&out, "states");
    json_out_array(&out);
    for (size_t i = 0; i < s->count; i++) {
        json_out_object(&out);
        json_out_member_string(&out, "state", s->states[i].code);
        json_out_member_int(&out, "cases", s->states[i].cases);
        json_out_member_int(&out, "late", s->states[i].late);
        json_out_object_end(&out);
    }
    json_out_array_end(&out);
    json_out_object_end(&out);
    return err_none();
}

static const struct route_param OF[] = {{"workspace", "string", "which; that of one's office by default"}, {NULL, NULL, NULL}};

const struct route routes_situation[] = {
    {"GET", "/api/v1/situation", get_situation, AUTH_KNOWN, SCOPE_READ, RATE_COUNT, "cases", "How many open cases concern which state, for the map", NULL, "Situation", 200, OF, false},
    {0},
};
