// SPDX-License-Identifier: EUPL-1.2
/*
 * What the parties of a case answered, side by side: the last version of one document of each, by whom, and who has not filed it. A
 * report of many hands is written from this; every text keeps who said it. For offices that see the case, and for parties where
 * the law lets them read each other's.
 */
#include "api/resources.h"
#include "law/json_tree.h"
#include "law/procedure.h"
#include "service/case.h"
#include "service/gate_view.h"
#include "service/party.h"

enum { TALLY_BY = 3, TALLY_ROWS = 2000 };
struct answers_asked {
    struct case_file file;
    struct span document, after;
    struct span list, by[TALLY_BY]; // of a tally
    size_t by_count;
    bool is_party;
    struct gate_view view;
};

static struct err open_case(struct api_request *request, struct answers_asked *ret, struct why *why) {
    struct access_case of;
    const struct services *services = request->services;
    struct civil at = zone_date(services->zone, request->received_ms);
    TRY(case_get(request->conn, request->params[0], request->arena, &ret->file, why));
    TRY(case_find_filer(request->conn, &request->principal, request->received_ms, request->arena, &ret->file, why));
    case_access(services, &ret->file, request->arena, &of);
    if (!case_has_parties(&ret->file)) return access_no_case(why);
    if (access_role_for_case(&request->principal, &of) == NULL) {
        TRY(access_may_read_part(&request->principal, &of, request->received_ms, why));
        ret->is_party = procedure_parties_see_parties(services->law, services->state, ret->file.procedure) &&
                        procedure_party_sees(services->law, services->state, at, ret->file.procedure, ret->document, &ret->file.content);
        if (!ret->is_party) return access_no_case(why);
    } else {
        TRY(access_may_read_case(&request->principal, &of, request->received_ms, why));
    }
    struct gate_place place = gate_place_of(&ret->file);
    place.is_party = ret->is_party;
    TRY(gate_view_open(services, request->conn, &place, &request->principal, GATE_FILING, request->received_ms, request->arena, &ret->view, why));
    return gate_view_known(&ret->view, why);
}

// The party's last filing of the document; at < 0 where it filed none.
static struct err find_last(struct store_conn *conn, const struct answers_asked *asked, struct span party, struct arena *arena, struct rows *filings, int64_t *ret_at,
                            struct why *why) {
    struct value params[] = {value_text(asked->file.id), value_text(party)};
    TRY(store_read(conn, STMT_FILINGS_OF_PARTY, params, 2, arena, filings, why));
    *ret_at = -1;
    for (size_t i = 0; i < filings->count; i++)
        if (span_equals(rows_span(filings, i, 6), asked->document)) *ret_at = (int64_t)i;
    return err_none();
}

static void write_who(struct json_out *out, const struct services *services, const struct rows *parties, size_t i) {
    const struct access_office *office = access_office_find(services->access, rows_span(parties, i, 0));
    json_out_object(out);
    json_out_member_string(out, "party", rows_span(parties, i, 0));
    json_out_member_string(out, "name", office != NULL ? office->name : rows_span(parties, i, 4));
    if (office != NULL) json_out_member_string(out, "of_state", office->state);
    json_out_member_string(out, "state", rows_span(parties, i, 1));
}

static struct err write_answer(struct json_out *out, struct api_request *request, struct store_conn *conn, const struct answers_asked *asked, struct span filing,
                               struct why *why) {
    const struct services *services = request->services;
    struct civil at = zone_date(services->zone, request->received_ms);
    struct record_open record;
    struct gate_withheld withheld;
    TRY(gate_read_record(&asked->view, conn, filing, request->arena, &record, &withheld, why));
    json_out_member_string(out, "filing", filing);
    json_out_name(out, "fields");
    json_out_object(out);
    for (size_t i = 0; i < record.field_count; i++) {
        const struct receipt_item *item = &record.fields[i];
        if (item->state != RECEIPT_SHOWN) continue;
        if (asked->is_party && !procedure_party_sees_field(services->law, services->state, at, asked->file.procedure, asked->document, item->item.name)) continue;
        json_out_name_span(out, item->item.name);
        json_out_raw(out, item->item.canonical);
    }
    json_out_object_end(out);
    gate_withheld_write(out, &withheld);
    return err_none();
}

static struct err answers_render(struct api_request *request, struct api_response *response, struct store_conn *conn, void *context, struct why *why) {
    const struct answers_asked *asked = context;
    struct value params[] = {value_text(asked->file.id), value_text(asked->after), value_int(LIMIT_ANSWERS_PER_PAGE + 1), value_null()};
    struct rows parties, filings;
    struct json_out out;
    int64_t at;
    TRY(store_read(conn, STMT_PARTY_PAGE, params, 4, request->arena, &parties, why));
    size_t shown = parties.count > LIMIT_ANSWERS_PER_PAGE ? LIMIT_ANSWERS_PER_PAGE : parties.count;
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_member_string(&out, "case", asked->file.id);
    json_out_member_string(&out, "document", asked->document);
    json_out_name(&out, "answers");
    json_out_array(&out);
    for (size_t i = 0; i < shown; i++) {
        TRY(find_last(conn, asked, rows_span(&parties, i, 0), request->arena, &filings, &at, why));
        if (at < 0) continue;
        write_who(&out, request->services, &parties, i);
        json_out_member_string(&out, "received_at", instant_text(request->arena, rows_int(&filings, (size_t)at, 9)));
        TRY(write_answer(&out, request, conn, asked, rows_span(&filings, (size_t)at, 0), why));
        json_out_object_end(&out);
    }
    json_out_array_end(&out);
    json_out_name(&out, "missing");
    json_out_array(&out);
    for (size_t i = 0; i < shown; i++) {
        TRY(find_last(conn, asked, rows_span(&parties, i, 0), request->arena, &filings, &at, why));
        if (at >= 0) continue;
        write_who(&out, request->services, &parties, i);
        json_out_object_end(&out);
    }
    json_out_array_end(&out);
    struct json last = {.type = JSON_NULL};
    if (shown > 0) last = json_from_string(rows_span(&parties, shown - 1, 0));
    json_out_name(&out, "next");
    if (parties.count > shown) json_out_string(&out, api_cursor_write(request, "answers", &last, 1));
    else json_out_null(&out);
    json_out_object_end(&out);
    return err_none();
}

static struct err get_answers(struct api_request *request, struct api_response *response, struct why *why) {
    struct answers_asked *asked = ARENA_NEW(request->arena, struct answers_asked);
    struct json after = {.type = JSON_STRING};
    struct access_case of;
    bool is_after;
    if (asked == NULL) return err_make(ERR_MEMORY);
    asked->document = api_query(request, "document");
    if (asked->document.len == 0) return why_set(why, ERR_INPUT, "document", "api.query", "", "document: which one is asked about is expected");
    TRY(open_case(request, asked, why));
    TRY(api_cursor_read(request, "answers", &after, 1, &is_after, why));
    asked->after = is_after ? after.string : SPAN("");
    case_access(request->services, &asked->file, request->arena, &of);
    return api_read_noted(request, response, "case", asked->file.id, asked->file.entity_id, access_role_for_case(&request->principal, &of), answers_render, asked, why);
}

// --- counting ---

struct tally_row { // a combination of values, and how many parties gave it
    struct span values[TALLY_BY];
    size_t count;
    struct span last;           // the party that was counted last: each counts once
    struct span who[LIMIT_ANSWERS_PER_PAGE]; // states of offices
    size_t who_count;
};
struct tally {
    const struct answers_asked *asked;
    struct arena *arena;
    struct span party, state; // whose answer is counted
    size_t row_count;
    struct tally_row *rows;
    bool is_full;
};

static struct span tally_text(const struct json *value, struct arena *arena) {
    switch (value->type) {
    case JSON_STRING: return value->string;
    case JSON_INT: return arena_printf(arena, "%lld", (long long)value->integer);
    case JSON_BOOL: return value->boolean ? SPAN("yes") : SPAN("no");
    default: return SPAN("");
    }
}

static void tally_add(struct tally *t, const struct span values[TALLY_BY]) {
    size_t at = 0;
    for (; at < t->row_count; at++) {
        bool is_same = true;
        for (size_t i = 0; i < t->asked->by_count; i++) is_same = is_same && span_equals(t->rows[at].values[i], values[i]);
        if (is_same) break;
    }
    if (at == TALLY_ROWS) {
        t->is_full = true;
        return;
    }
    struct tally_row *row = &t->rows[at];
    if (at == t->row_count) memcpy(t->rows[t->row_count++].values, values, sizeof row->values);
    if (row->count > 0 && span_equals(row->last, t->party)) return;
    row->count++;
    row->last = t->party;
    if (t->state.len > 0 && row->who_count < LIMIT_ANSWERS_PER_PAGE) row->who[row->who_count++] = t->state;
}

// Each combination of the element's values; a value that is a list gives one for each of its own.
static void tally_element(struct tally *t, const struct json *element, size_t part, struct span values[TALLY_BY]) {
    if (part == t->asked->by_count) {
        tally_add(t, values);
        return;
    }
    const struct json *value = json_find(element, t->asked->by[part]);
    size_t count = json_is_null(value) ? 0 : value->type == JSON_ARRAY ? value->count : 1;
    for (size_t i = 0; i < count; i++) {
        values[part] = tally_text(value->type == JSON_ARRAY ? &value->items[i] : value, t->arena);
        tally_element(t, element, part + 1, values);
    }
}

static struct err tally_answer(struct tally *t, struct store_conn *conn, struct span filing, struct why *why) {
    struct record_open record;
    struct gate_withheld withheld;
    struct span values[TALLY_BY] = {{0}};
    TRY(gate_read_record(&t->asked->view, conn, filing, t->arena, &record, &withheld, why));
    for (size_t i = 0; i < record.field_count; i++) {
        struct json list;
        if (record.fields[i].state != RECEIPT_SHOWN || !span_equals(record.fields[i].item.name, t->asked->list)) continue;
        TRY(json_parse(t->arena, record.fields[i].item.canonical, &list, why));
        for (size_t k = 0; list.type == JSON_ARRAY && k < list.count; k++)
            if (list.items[k].type == JSON_OBJECT) tally_element(t, &list.items[k], 0, values);
    }
    return err_none();
}

static void tally_write(struct json_out *out, const struct tally *t, size_t answered, size_t missing) {
    const struct answers_asked *asked = t->asked;
    json_out_object(out);
    json_out_member_string(out, "case", asked->file.id);
    json_out_member_string(out, "document", asked->document);
    json_out_member_string(out, "list", asked->list);
    json_out_member_int(out, "answered", (int64_t)answered);
    json_out_member_int(out, "missing", (int64_t)missing);
    json_out_name(out, "rows");
    json_out_array(out);
    for (size_t i = 0; i < t->row_count; i++) {
        json_out_object(out);
        json_out_name(out, "values");
        json_out_object(out);
        for (size_t k = 0; k < asked->by_count; k++) {
            json_out_name_span(out, asked->by[k]);
            json_out_string(out, t->rows[i].values[k]);
        }
        json_out_object_end(out);
        json_out_member_int(out, "parties", (int64_t)t->rows[i].count);
        json_out_name(out, "states");
        json_out_array(out);
        for (size_t k = 0; k < t->rows[i].who_count; k++) json_out_string(out, t->rows[i].who[k]);
        json_out_array_end(out);
        json_out_object_end(out);
    }
    json_out_array_end(out);
    json_out_object_end(out);
}

static struct err tally_render(struct api_request *request, struct api_response *response, struct store_conn *conn, void *context, struct why *why) {
    const struct answers_asked *asked = context;
    struct tally t = {.asked = asked, .arena = request->arena, .rows = arena_take_array(request->arena, TALLY_ROWS, sizeof *t.rows)};
    struct span after = SPAN("");
    struct rows parties, filings;
    struct json_out out;
    size_t answered = 0, missing = 0;
    int64_t at;
    if (t.rows == NULL) return err_make(ERR_MEMORY);
    do {
        struct value params[] = {value_text(asked->file.id), value_text(after), value_int(LIMIT_ANSWERS_PER_PAGE), value_null()};
        TRY(store_read(conn, STMT_PARTY_PAGE, params, 4, request->arena, &parties, why));
        for (size_t i = 0; i < parties.count; i++) {
            const struct access_office *office = access_office_find(request->services->access, rows_span(&parties, i, 0));
            TRY(find_last(conn, asked, rows_span(&parties, i, 0), request->arena, &filings, &at, why));
            t.party = after = rows_span(&parties, i, 0);
            t.state = office != NULL ? office->state : SPAN("");
            if (at >= 0) TRY(tally_answer(&t, conn, rows_span(&filings, (size_t)at, 0), why));
            if (at >= 0) answered++;
            else missing++;
        }
    } while (parties.count == LIMIT_ANSWERS_PER_PAGE);
    if (t.is_full) return why_set(why, ERR_INPUT, "by", "api.tally", "", "there are more than %d combinations; name fewer fields", (int)TALLY_ROWS);
    api_json(response, 200, &out);
    tally_write(&out, &t, answered, missing);
    return err_none();
}

static struct err get_tally(struct api_request *request, struct api_response *response, struct why *why) {
    struct answers_asked *asked = ARENA_NEW(request->arena, struct answers_asked);
    struct access_case of;
    if (asked == NULL) return err_make(ERR_MEMORY);
    struct span by = api_query(request, "by");
    asked->document = api_query(request, "document");
    asked->list = api_query(request, "list");
    for (size_t from = 0; from < by.len && asked->by_count < TALLY_BY;) {
        size_t end = span_find(by, ',', from);
        asked->by[asked->by_count++] = span_part(by, from, end);
        from = end + 1;
    }
    if (asked->document.len == 0 || asked->list.len == 0 || asked->by_count == 0)
        return why_set(why, ERR_INPUT, "by", "api.query", "", "document, list (one of its fields) and by (at most %d fields of the list's elements) are expected", (int)TALLY_BY);
    TRY(open_case(request, asked, why));
    struct civil at = zone_date(request->services->zone, request->received_ms);
    if (asked->is_party && !procedure_party_sees_field(request->services->law, request->services->state, at, asked->file.procedure, asked->document, asked->list))
        return access_no_case(why);
    case_access(request->services, &asked->file, request->arena, &of);
    return api_read_noted(request, response, "case", asked->file.id, asked->file.entity_id, access_role_for_case(&request->principal, &of), tally_render, asked, why);
}

static const struct route_param TALLY[] = {
    {"document", "string", "which document of the parties"},
    {"list", "string", "which of its fields, a list"},
    {"by", "string", "fields of its elements with commas between, at most three"},
    {NULL, NULL, NULL},
};
static const struct route_param ANSWERS[] = {
    {"document", "string", "which document of the parties"},
    {"cursor", "string", "where to go on: next of the page before"},
    {NULL, NULL, NULL},
};

const struct route routes_answer[] = {
    {"GET", "/api/v1/cases/{id}/answers", get_answers, AUTH_KNOWN, SCOPE_READ, RATE_READ, "cases", "What each party of a case last filed as one document, with who said it, and who has not", NULL, "Answers", 200, ANSWERS, false},
    {"GET", "/api/v1/cases/{id}/answers/tally", get_tally, AUTH_KNOWN, SCOPE_READ, RATE_READ, "cases", "How many parties of a case gave which values in a list of one document, each counted once", NULL, "Tally", 200, TALLY, false},
    {0},
};
