// SPDX-License-Identifier: EUPL-1.2
/* The register: entities, for the offices that keep it and for the persons who act for them. */
#include "api/entity_filter.h"
#include "api/resources.h"
#include "law/procedure.h"
#include "law/scope.h"
#include "service/case.h"
#include "service/entity_part.h"
#include "service/gate_entity.h"
#include "service/gate_list.h"
#include "service/tally.h"

static struct err entity_render(struct api_request *request, struct api_response *response, struct store_conn *reader, void *context, struct why *why) {
    (void)request;
    (void)reader;
    (void)why;
    struct json_out out;
    api_json(response, 200, &out);
    entity_write_json(&out, context, true);
    return err_none();
}

static struct err open_entity(struct api_request *request, struct entity *ret, struct why *why) {
    struct access_entity of;
    TRY(entity_get(request->conn, request->params[0], request->arena, ret, why));
    entity_access(request->services, ret->id, ret->sectors, request->arena, &of);
    TRY(access_may_see_entity(&request->principal, &of, request->received_ms, why));
    return gate_entity(request->services, request->conn, &request->principal, request->received_ms, ret, request->arena, NULL, why);
}

static bool sees_attribute(const struct api_request *request, const struct entity *entity, struct span attribute) {
    const struct services *services = request->services;
    const struct principal *principal = &request->principal;
    struct civil at = zone_date(services->zone, request->received_ms);
    for (size_t i = 0; i < principal->mandate_count; i++) {
        const struct mandate *mandate = &principal->mandates[i];
        if (!span_equals(mandate->entity, entity->id) || !mandate_is_in_force(mandate, request->received_ms)) continue;
        // What only some see is for who may read all that is the entity's: a bounded mandate shows it in its case, or not at all.
        bool is_whole = (mandate->scopes & MANDATE_READ) != 0 && mandate->procedures.len == 0;
        if (procedure_register_sees(services->law, services->state, at, attribute, is_whole ? SPAN("entity") : SPAN(""))) return true;
    }
    struct access_entity of;
    entity_access(services, entity->id, entity->sectors, request->arena, &of);
    for (size_t i = 0; i < principal->role_count; i++) {
        struct principal alone = *principal; // with this role only: whether it reaches the entry is for access to say
        alone.role_count = 1;
        alone.roles = &principal->roles[i];
        if (access_role_for_entity(&alone, &of) != NULL &&
            procedure_register_sees(services->law, services->state, at, attribute, principal->roles[i].kind->id))
            return true;
    }
    return false;
}

// Takes out of the profile what only some may see.
static void hide_private(const struct api_request *request, struct entity *entity) {
    size_t kept = 0;
    for (size_t i = 0; i < entity->profile.count; i++)
        if (sees_attribute(request, entity, entity->profile.members[i].name)) entity->profile.members[kept++] = entity->profile.members[i];
    entity->profile.count = kept;
}

static struct err get_entity(struct api_request *request, struct api_response *response, struct why *why) {
    struct entity *entity = ARENA_NEW(request->arena, struct entity);
    if (entity == NULL) return err_make(ERR_MEMORY);
    TRY(open_entity(request, entity, why));
    if (api_etag(request, response, entity->id, entity->version)) return err_none();
    hide_private(request, entity);
    struct access_entity of;
    entity_access(request->services, entity->id, entity->sectors, request->arena, &of);
    const struct role *role = access_role_for_entity(&request->principal, &of);
    return api_read_noted(request, response, "entity", entity->id, entity->id, role, entity_render, entity, why);
}

// The scope question on the entity's registered facts, at any date.
static struct err get_entity_scope(struct api_request *request, struct api_response *response, struct why *why) {
    struct entity entity;
    struct json facts;
    struct scope_answer answer;
    TRY(open_entity(request, &entity, why));
    TRY(entity_scope_facts(request->services, &entity.profile, request->arena, &facts));
    struct civil at = zone_date(request->services->zone, request->received_ms);
    struct span wanted = api_query(request, "at");
    if (wanted.at != NULL && !civil_parse(wanted, &at)) return why_set(why, ERR_INPUT, "at", "api.query", "", "at must be a date like 2026-11-22");
    TRY(scope_answer_make(request->services->law, &facts, request->services->state, at, request->arena, &answer, why));
    struct json_out out;
    api_json(response, 200, &out);
    scope_write_json(&out, &answer, request->lang);
    return err_none();
}

static struct err own_entities(struct api_request *request, struct json_out *out, struct why *why) {
    const struct principal *principal = &request->principal;
    for (size_t i = 0; i < principal->mandate_count; i++) {
        struct entity entity;
        bool is_shown = !mandate_is_in_force(&principal->mandates[i], request->received_ms);
        for (size_t k = i; k-- > 0 && span_equals(principal->mandates[k].entity, principal->mandates[i].entity);)
            is_shown = is_shown || mandate_is_in_force(&principal->mandates[k], request->received_ms); // they come by entity
        if (is_shown) continue;
        struct err e = entity_get(request->conn, principal->mandates[i].entity, request->arena, &entity, why);
        if (e.code == ERR_NOT_FOUND) continue;
        TRY(e);
        TRY(gate_entity(request->services, request->conn, principal, request->received_ms, &entity, request->arena, NULL, why));
        entity_write_json(out, &entity, false);
    }
    return err_none();
}

static void write_entity_row(struct json_out *out, const struct rows *rows, size_t i) {
    json_out_object(out);
    json_out_member_string(out, "id", rows_span(rows, i, 0));
    json_out_member_string(out, "name", rows_span(rows, i, 1));
    json_out_member_string(out, "identifier", rows_span(rows, i, 2));
    json_out_member_string(out, "status", rows_span(rows, i, 3));
    json_out_member_string(out, "class", rows_span(rows, i, 4));
    json_out_member_string(out, "class_proposed", rows_span(rows, i, 5));
    json_out_name(out, "sectors");
    json_out_raw(out, rows_span(rows, i, 6).at != NULL ? rows_span(rows, i, 6) : SPAN("[]"));
    json_out_name(out, "types");
    json_out_raw(out, rows_span(rows, i, 7));
    json_out_member_int(out, "version", rows_int(rows, i, 8));
    json_out_object_end(out);
}

struct register_question {
    struct span sectors, status, class, search, folded; // folded: what the name contains; empty: anything
    struct entity_range range;                          // where folded isn't empty
    struct tally_fit fit;                               // where it is
    bool is_counted;
};

static struct err question_read(struct api_request *request, const struct gate_list *gate, struct register_question *ret, struct span *ret_hidden, struct why *why) {
    struct register_question q = {.status = api_query(request, "status"), .class = api_query(request, "class"), .search = api_query(request, "search")};
    struct span wanted = api_query(request, "count");
    TRY(entity_list_bounds(&request->principal, request->arena, &q.sectors, why));
    q.is_counted = wanted.at != NULL && span_is(wanted, "true");
    q.folded = name_fold(request->arena, q.search);
    *ret_hidden = span_make(NULL, 0);
    if (q.is_counted) TRY(gate_entity_hidden(gate, request->services, request->conn, &request->principal, request->received_ms, request->arena, ret_hidden, why));
    if (q.folded.len > 0) TRY(entity_parts_range(request->conn, q.folded, request->arena, &q.range, why));
    else TRY(tally_entities_fit(request->conn, q.sectors, q.status, q.class, *ret_hidden, request->arena, &q.fit, why));
    *ret = q;
    return err_none();
}

static struct err page_read(struct api_request *request, const struct register_question *q, const struct json after[2], bool is_after, int64_t limit, struct rows *ret,
                            struct why *why) {
    bool is_named = q->folded.len > 0;
    const struct span from[2] = {is_after ? after[0].string : SPAN(""), is_after ? after[1].string : SPAN("")};
    if (entity_filter_is_asked(request)) return entity_filter_page(request, q->sectors, q->folded, from, limit + 1, ret, why);
    struct value params[] = {value_text(from[0]), value_text(from[1]), value_int(limit + 1),
                             value_text(q->sectors), value_text(q->status), value_text(q->class), is_named ? value_text(q->folded) : value_null(),
                             value_text(q->search), value_text(q->range.first), value_text(q->range.end)};
    enum statement statement = is_named && q->range.is_few ? STMT_ENTITY_NAMED : !is_named && q->fit.is_few ? STMT_ENTITY_FEW : STMT_ENTITY_PAGE;
    size_t count = statement == STMT_ENTITY_NAMED ? 10 : statement == STMT_ENTITY_FEW ? 6 : 8;
    return store_read(request->conn, statement, params, count, request->arena, ret, why);
}

static struct err count_read(struct api_request *request, const struct register_question *q, struct span hidden, int64_t *ret, struct why *why) {
    struct value params[] = {value_text(q->sectors), value_text(q->status), value_text(q->class), value_text(q->folded), value_text(q->search), value_text(hidden),
                             value_text(q->range.first), value_text(q->range.end)};
    struct rows rows;
    *ret = q->fit.count;
    if (entity_filter_is_asked(request)) return entity_filter_count(request, q->sectors, q->folded, hidden, ret, why);
    if (q->folded.len == 0) return err_none();
    TRY(store_read(request->conn, q->range.is_few ? STMT_ENTITY_COUNT_NAMED : STMT_ENTITY_COUNT, params, q->range.is_few ? 8 : 6, request->arena, &rows, why));
    *ret = rows_int(&rows, 0, 0);
    return err_none();
}

static struct err office_entities(struct api_request *request, struct json_out *out, struct why *why) {
    struct json after[2] = {{.type = JSON_STRING}, {.type = JSON_STRING}};
    struct register_question question = {0};
    struct gate_list gate;
    struct span hidden;
    struct rows rows;
    int64_t limit, total;
    bool is_after;
    TRY(api_query_int(request, "limit", 50, 1, LIMIT_PAGE_ROWS, &limit, why));
    TRY(api_cursor_read(request, "entities", after, 2, &is_after, why));
    TRY(gate_list_load(request->conn, request->received_ms, request->arena, &gate, why));
    TRY(question_read(request, &gate, &question, &hidden, why));
    TRY(page_read(request, &question, after, is_after, limit, &rows, why));
    size_t shown = rows.count > (size_t)limit ? (size_t)limit : rows.count;
    for (size_t i = 0; i < shown; i++) {
        bool is_listed = true; // blocks are rare: only where there are any is each row asked about
        if (gate.count > 0)
            TRY(gate_entity_is_listed(request->services, request->conn, &request->principal, request->received_ms, rows_span(&rows, i, 0), request->arena,
                                      &is_listed, why));
        if (is_listed) write_entity_row(out, &rows, i);
    }
    json_out_array_end(out);
    json_out_name(out, "next");
    if (rows.count > shown) {
        struct json last[2] = {json_from_string(rows_span(&rows, shown - 1, 10)), json_from_string(rows_span(&rows, shown - 1, 0))};
        json_out_string(out, api_cursor_write(request, "entities", last, 2));
    } else {
        json_out_null(out);
    }
    if (!question.is_counted) return err_none();
    TRY(count_read(request, &question, hidden, &total, why));
    json_out_member_int(out, "total", total);
    return err_none();
}

static struct err get_entities(struct api_request *request, struct api_response *response, struct why *why) {
    bool is_office = request->principal.role_count > 0 && request->principal.is_totp_done;
    struct json_out out;
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_name(&out, "entities");
    json_out_array(&out);
    if (is_office) {
        TRY(office_entities(request, &out, why));
    } else {
        TRY(own_entities(request, &out, why));
        json_out_array_end(&out);
        json_out_name(&out, "next");
        json_out_null(&out);
    }
    json_out_object_end(&out);
    return err_none();
}

static struct err get_counts(struct api_request *request, struct api_response *response, struct why *why) {
    struct span sectors;
    TRY(entity_list_bounds(&request->principal, request->arena, &sectors, why));
    struct value bounds = value_text(sectors);
    struct rows rows, distinct;
    TRY(store_read(request->conn, STMT_ENTITY_COUNTS, &bounds, 1, request->arena, &rows, why));
    TRY(store_read(request->conn, STMT_ENTITY_COUNTS_DISTINCT, &bounds, 1, request->arena, &distinct, why));
    struct json_out out;
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_name(&out, "counts");
    json_out_array(&out);
    for (size_t i = 0; i < rows.count; i++) {
        if (!access_reaches_sector(&request->principal, rows_span(&rows, i, 0))) continue;
        json_out_object(&out);
        json_out_member_string(&out, "sector", rows_span(&rows, i, 0));
        json_out_member_string(&out, "class", rows_span(&rows, i, 1));
        json_out_member_string(&out, "status", rows_span(&rows, i, 2));
        json_out_member_int(&out, "entities", rows_int(&rows, i, 3));
        json_out_object_end(&out);
    }
    json_out_array_end(&out);
    // An entity of two sectors is counted in each above, and once here.
    json_out_name(&out, "distinct");
    json_out_array(&out);
    for (size_t i = 0; i < distinct.count; i++) {
        json_out_object(&out);
        json_out_member_string(&out, "class", rows_span(&distinct, i, 0));
        json_out_member_string(&out, "status", rows_span(&distinct, i, 1));
        json_out_member_int(&out, "entities", rows_int(&distinct, i, 2));
        json_out_object_end(&out);
    }
    json_out_array_end(&out);
    json_out_object_end(&out);
    return err_none();
}

static const struct route_param LIST_ENTITIES[] = {
    {"search", "string", "part of the name, or the whole identifier"},
    {"status", "string", "pending, registered, ..."},
    {"class", "string", "essential, important, domain_name_registration, out, undetermined"},
    {"sector", "string", "only this sector"},
    {"size", "string", "micro, small, medium or large"},
    {"type", "string", "only this type of entity"},
    {"service", "string", "only where services are provided in this Member State"},
    {"lacks", "string", "only where the entry has no such part: an attribute of the register, such as ip_ranges"},
    {"limit", "integer", "rows, 1 to 250; 50 by default"},
    {"cursor", "string", "where to go on: next of the page before"},
    {"count", "boolean", "true: also the exact number of all"},
    {NULL, NULL, NULL},
};
static const struct route_param SCOPE_AT[] = {{"at", "string", "the law of which day"}, {NULL, NULL, NULL}};

const struct route routes_entity[] = {
    {"GET", "/api/v1/entities", get_entities, AUTH_KNOWN, SCOPE_READ, RATE_READ, "register", "Entities: all in one's sectors for officers, one's own otherwise", NULL, "EntityList", 200, LIST_ENTITIES, false},
    {"GET", "/api/v1/entities/counts", get_counts, AUTH_KNOWN, SCOPE_READ, RATE_READ, "register", "Number of entities by sector, class and status", NULL, "EntityCounts", 200, NULL, false},
    {"GET", "/api/v1/entities/{id}", get_entity, AUTH_KNOWN, SCOPE_READ, RATE_READ, "register", "An entity with its registered profile", NULL, "Entity", 200, NULL, false},
    {"GET", "/api/v1/entities/{id}/scope", get_entity_scope, AUTH_KNOWN, SCOPE_READ, RATE_READ, "register", "What the law says of its registered facts", NULL, "ScopeAnswer", 200, SCOPE_AT, false},
    {0},
};
