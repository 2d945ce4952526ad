// SPDX-License-Identifier: EUPL-1.2
/* Mandates of entities, and who read what. */
#include "api/access_json.h"
#include "api/resources.h"
#include "service/case.h"
#include "service/entity.h"

enum { ID_BYTES = 32, LOGIN_BYTES = 256 };

// That the principal may manage the entity; the same answer where it does not exist.
static struct err may_manage(struct api_request *request, struct span entity_id, struct why *why) {
    struct entity entity;
    struct access_entity of = {.entity = entity_id};
    struct err e = entity_get(request->conn, entity_id, request->arena, &entity, NULL);
    if (e.code == ERR_NONE)
        entity_access(request->services, entity.id, entity.sectors, request->arena, &of);
    else if (e.code != ERR_NOT_FOUND)
        return e;
    return access_may_manage_entity(&request->principal, &of, request->received_ms, why);
}

static const struct list_column MANDATES[] = {
    {"id", LIST_TEXT, 0, NULL}, {"person", LIST_TEXT, 1, NULL}, {"name", LIST_TEXT, 10, NULL}, {"entity", LIST_TEXT, 2, NULL},
    {"scopes", LIST_SCOPES_MANDATE, 3, NULL}, {"from", LIST_INSTANT, 4, NULL}, {"until", LIST_INSTANT, 5, NULL},
    {"ground", LIST_TEXT, 6, NULL}, {"granted_at", LIST_INSTANT, 7, NULL}, {"revoked_at", LIST_INSTANT, 9, NULL}, {0}};

static struct err get_mandates(struct api_request *request, struct api_response *response, struct why *why) {
    struct rows rows;
    TRY(may_manage(request, request->params[0], why));
    TRY(access_mandates_of_entity(request->conn, request->params[0], request->arena, &rows, why));
    return list_write(request, response, MANDATES, &rows, "mandates", -1);
}

struct mandate_ctx {
    struct access_mandate_new mandate;
    struct span id;
};

static struct err mandate_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms,
                                void *context, struct why *why) {
    (void)edge;
    struct mandate_ctx *ctx = context;
    struct access_env env = access_env_of(request, now_ms);
    return access_mandate_grant(conn, &ctx->mandate, request->principal.person_id, &env, request->arena, &ctx->id, why);
}

static struct err mandate_render(struct api_request *request, struct api_response *response, struct store_conn *reader,
                                 void *context, struct why *why) {
    (void)request;
    (void)reader;
    (void)why;
    const struct mandate_ctx *ctx = context;
    return api_made(response, "id", ctx->id);
}

static struct err post_mandate(struct api_request *request, struct api_response *response, struct why *why) {
    static const char *const NAMES[] = {"login", "scopes", "from", "until", "ground", NULL};
    struct mandate_ctx *ctx = ARENA_NEW(request->arena, struct mandate_ctx);
    struct json body;
    struct span login;
    if (ctx == NULL) return err_make(ERR_MEMORY);
    TRY(may_manage(request, request->params[0], why));
    TRY(api_body(request, &body, why));
    TRY(api_members_only(&body, NAMES, why));
    TRY(api_member_text(&body, "login", LOGIN_BYTES, &login, why));
    TRY(scopes_read(&body, mandate_scope_names, &ctx->mandate.scopes, why));
    TRY(member_instant_read(&body, "from", request->received_ms, &ctx->mandate.from_ms, why));
    TRY(member_instant_read(&body, "until", INSTANT_NONE, &ctx->mandate.until_ms, why));
    TRY(api_member_text(&body, "ground", LIMIT_NAME_BYTES, &ctx->mandate.ground, why));
    TRY(access_person_by_login(request->conn, login, request->arena, &ctx->mandate.person_id, why));
    ctx->mandate.entity = request->params[0];
    return api_write(request, response, mandate_apply, mandate_render, ctx, false);
}

static struct err mandate_end_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge,
                                    int64_t now_ms, void *context, struct why *why) {
    (void)edge;
    (void)context;
    return access_mandate_revoke(conn, request->params[0], request->principal.person_id, now_ms, why);
}

// A mandate is ended by who manages the entity, or laid down by the one who has it.
static struct err delete_mandate(struct api_request *request, struct api_response *response, struct why *why) {
    struct rows rows;
    TRY(access_mandate_find(request->conn, request->params[0], request->arena, &rows, why));
    if (!span_equals(rows_span(&rows, 0, 0), request->principal.person_id) &&
        is_err(may_manage(request, rows_span(&rows, 0, 1), NULL)))
        return why_set(why, ERR_NOT_FOUND, NULL, "access.mandate_id", NULL, "There is no such mandate.");
    return api_write(request, response, mandate_end_apply, api_done_render, NULL, false);
}

// --- who read what ---

static const struct list_column READS_OF_ALL[] = {
    {"at", LIST_INSTANT, 1, NULL}, {"person", LIST_TEXT, 2, NULL}, {"login", LIST_TEXT, 3, NULL}, {"office", LIST_TEXT, 4, NULL},
    {"entity", LIST_TEXT, 7, NULL}, {"kind", LIST_TEXT, 5, NULL}, {"resource", LIST_TEXT, 6, NULL}, {"readings", LIST_INT, 8, NULL}, {0}};

static struct err reads_of_all(struct api_request *request, struct api_response *response, int64_t before_id,
                               struct why *why) {
    struct rows rows;
    TRY(access_require_administrator(&request->principal, why));
    TRY(access_readings(request->conn, before_id, request->arena, &rows, why));
    return list_write(request, response, READS_OF_ALL, &rows, "reads", 0);
}

static const struct list_column READS_OF_ENTITY[] = {{"at", LIST_INSTANT, 1, NULL}, {"office", LIST_TEXT, 2, NULL}, {"kind", LIST_TEXT, 3, NULL},
                                                     {"resource", LIST_TEXT, 4, NULL}, {"readings", LIST_INT, 5, NULL}, {0}};

static struct err get_reads(struct api_request *request, struct api_response *response, struct why *why) {
    struct span entity = api_query(request, "entity");
    struct rows rows;
    int64_t before_id = 0;
    TRY(cursor_id_read(request, "reads", &before_id, why));
    if (entity.at == NULL) return reads_of_all(request, response, before_id, why);
    // by mandate alone: an entity with no offices in it
    struct access_case own = {.entity = entity};
    if (is_err(access_may_read_case(&request->principal, &own, request->received_ms, NULL)))
        return why_set(why, ERR_NOT_FOUND, "entity", "access.no_entity", NULL,
                       "There is no such entity, or none that you may read for.");
    TRY(access_readings_of_entity(request->conn, entity, before_id, request->arena, &rows, why));
    return list_write(request, response, READS_OF_ENTITY, &rows, "reads", 0);
}

static const struct route_param READS[] = {
    {"entity", "string", "of this entity: by office, without persons; without it: all, for administrators"},
    {"cursor", "string", "from \"next\" of the page before"},
    {0},
};

const struct route routes_mandate[] = {
    {"GET", "/api/v1/entities/{entity}/mandates", get_mandates, AUTH_KNOWN, SCOPE_MANAGE, RATE_READ, "access",
     "Who may act for an entity, ended mandates too", NULL, "MandateList", 200, NULL, false},
    {"POST", "/api/v1/entities/{entity}/mandates", post_mandate, AUTH_KNOWN, SCOPE_MANAGE, RATE_FILE, "access",
     "Lets a person act for an entity", "MandateNew", "Made", 201, NULL, false},
    {"DELETE", "/api/v1/mandates/{mandate}", delete_mandate, AUTH_KNOWN, SCOPE_MANAGE, RATE_FILE, "access", "Ends a mandate",
     NULL, NULL, 204, NULL, false},
    {"GET", "/api/v1/reads", get_reads, AUTH_KNOWN, SCOPE_READ, RATE_READ, "access", "Who read what, newest first", NULL, "ReadingList", 200, READS, false},
    {0},
};
