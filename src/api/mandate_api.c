// SPDX-License-Identifier: EUPL-1.2
/* Mandates of entities, and who read what. */
#include "api/act_json.h"
#include "api/resources.h"

enum { ID_BYTES = 32, LOGIN_BYTES = 256 };

// What the entity is to the rules of access; the same where it does not exist.
struct err mandate_entity(struct api_request *request, struct span entity_id, struct access_entity *ret, struct why *why) {
    return claim_entity(request->services, request->conn, entity_id, request->arena, ret, why);
}

static struct err may_manage(struct api_request *request, struct span entity_id, struct why *why) {
    struct access_entity of;
    TRY(mandate_entity(request, entity_id, &of, why));
    return access_may_manage_entity(&request->principal, &of, request->received_ms, why);
}

struct err gift_read(struct api_request *request, const struct json *body, struct act_gift *ret, struct why *why) {
    const struct span *procedures;
    size_t count = 0;
    const struct json *delegate = json_get(body, "may_delegate");
    TRY(scopes_read(body, mandate_scope_names, &ret->scopes, why));
    TRY(member_instant_read(body, "from", request->received_ms, &ret->from_ms, why));
    TRY(member_instant_read(body, "until", INSTANT_NONE, &ret->until_ms, why));
    TRY(api_member_text(body, "ground", LIMIT_NAME_BYTES, &ret->ground, why));
    TRY(api_member_text_optional(body, "capacity", ID_BYTES, &ret->capacity, why));
    TRY(member_texts_read(body, "procedures", 64, request->arena, &procedures, &count, why));
    for (size_t i = 0; i < count; i++)
        if (procedures[i].len == 0 || span_find(procedures[i], ' ', 0) < procedures[i].len)
            return why_set(why, ERR_INPUT, "/procedures", "act.procedure", NULL, "procedures are names without blanks");
    ret->procedures = sectors_join(procedures, count, request->arena);
    if (!json_is_null(delegate) && delegate->type != JSON_BOOL)
        return why_set(why, ERR_INPUT, "/may_delegate", "api.type", NULL, "may_delegate must be true or false");
    ret->delegation = json_is_null(delegate) ? DELEGATE_BY_CAPACITY : delegate->boolean ? DELEGATE_YES : DELEGATE_NO;
    return ret->procedures.at == NULL ? err_make(ERR_MEMORY) : act_gift_check(request->services, ret, request->received_ms, why);
}

void write_procedures(struct api_request *request, struct json_out *out, struct span procedures) {
    (void)request;
    json_out_array(out);
    for (size_t at = 0; at < procedures.len;) {
        size_t end = span_find(procedures, ' ', at);
        json_out_string(out, span_part(procedures, at, end));
        at = end + 1;
    }
    json_out_array_end(out);
}

static void write_bounds(struct api_request *request, struct json_out *out, const struct rows *rows, size_t row) {
    write_procedures(request, out, rows_span(rows, row, 14));
}

static const struct list_column MANDATES[] = {
    {"id", LIST_TEXT, 0, NULL}, {"person", LIST_TEXT, 1, NULL}, {"name", LIST_TEXT, 10, NULL}, {"firm", LIST_TEXT, 11, NULL},
    {"firm_name", LIST_TEXT, 12, NULL}, {"entity", LIST_TEXT, 2, NULL}, {"scopes", LIST_SCOPES_MANDATE, 3, NULL},
    {"capacity", LIST_TEXT, 13, NULL}, {"procedures", LIST_TEXT, 14, write_bounds}, {"may_delegate", LIST_BOOL, 15, NULL},
    {"from", LIST_INSTANT, 4, NULL}, {"until", LIST_INSTANT, 5, NULL}, {"ground", LIST_TEXT, 6, NULL}, {"granted_at", LIST_INSTANT, 7, NULL},
    {"renewed_at", LIST_INSTANT, 17, NULL}, {"revoked_at", LIST_INSTANT, 9, NULL}, {0}};

static struct err get_mandates(struct api_request *request, struct api_response *response, struct why *why) {
    struct json after = {.type = JSON_STRING};
    struct span ends_before = api_query(request, "ends_before");
    struct stamp until = {.ms = INSTANT_NONE};
    bool is_given = false;
    struct rows rows;
    TRY(may_manage(request, request->params[0], why));
    TRY(api_cursor_read(request, "mandates", &after, 1, &is_given, why));
    if (ends_before.at != NULL) TRY(stamp_parse(ends_before, NULL, "ends_before", &until, why));
    TRY(access_mandates_of_entity(request->conn, request->params[0], is_given ? after.string : SPAN(""), until.ms, request->arena, &rows, why));
    return list_write(request, response, MANDATES, &rows, "mandates", 0);
}

// --- giving ---

struct mandate_ctx {
    struct access_mandate_new mandate;
    struct span id;
};

// Asked again where it is written: rights may have moved.
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

struct err may_give(struct api_request *request, struct span entity_id, const struct act_gift *gift, struct why *why) {
    struct access_entity of;
    enum act_side side = SIDE_NONE;
    TRY(mandate_entity(request, entity_id, &of, why));
    TRY(act_may_give(&request->principal, &of, gift, request->received_ms, &side, why));
    if (side != SIDE_OFFICER || !act_needs_second(request->services, request->received_ms)) return err_none();
    return why_set(why, ERR_DENIED, NULL, "act.second_person", NULL,
                   "By the law of this state an office does not let anyone act for an entity on one officer's word. Let the person make a claim; a second officer approves it with you.");
}

static struct err post_mandate(struct api_request *request, struct api_response *response, struct why *why) {
    static const char *const NAMES[] = {"login", "firm", "scopes", "from", "until", "ground", "capacity", "procedures", "may_delegate", NULL};
    struct mandate_ctx *ctx = ARENA_NEW(request->arena, struct mandate_ctx);
    struct json body;
    struct span login, firm, name;
    struct act_gift gift;
    if (ctx == NULL) return err_make(ERR_MEMORY);
    TRY(may_manage(request, request->params[0], why));
    TRY(api_body(request, &body, why));
    TRY(api_members_only(&body, NAMES, why));
    TRY(api_member_text_optional(&body, "login", LOGIN_BYTES, &login, why));
    TRY(api_member_text_optional(&body, "firm", ID_BYTES, &firm, why));
    if ((login.at == NULL) == (firm.at == NULL))
        return why_set(why, ERR_INPUT, "/login", "api.required", NULL, "A mandate is for a person, named by login, or for a firm.");
    TRY(gift_read(request, &body, &gift, why));
    TRY(may_give(request, request->params[0], &gift, why));
    ctx->mandate = (struct access_mandate_new){.firm_id = firm, .entity = request->params[0], .scopes = gift.scopes, .from_ms = gift.from_ms,
                                               .until_ms = gift.until_ms, .ground = gift.ground, .capacity = gift.capacity,
                                               .procedures = gift.procedures, .delegation = gift.delegation};
    if (firm.at != NULL) TRY(firm_name(request->conn, firm, request->arena, &name, why));
    else TRY(access_person_by_login(request->conn, login, request->arena, &ctx->mandate.person_id, why));
    return api_write(request, response, mandate_apply, mandate_render, ctx, false);
}

static struct err mandate_end_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge,
                                    int64_t now_ms, void *context, struct why *why) {
    (void)edge;
    (void)context;
    return access_mandate_revoke(conn, request->params[0], request->principal.person_id, now_ms, why);
}

// Whether the mandate is the principal's to lay down: her own, or of a firm that she manages.
static bool is_holder(struct api_request *request, const struct rows *mandate) {
    struct rows firm;
    if (span_equals(rows_span(mandate, 0, 0), request->principal.person_id)) return true;
    struct span firm_id = rows_span(mandate, 0, 3);
    return firm_id.len > 0 && !is_err(firm_open(request->conn, &request->principal, firm_id, true, request->arena, &firm, NULL));
}

// A mandate is ended by who manages the entity, or laid down by the one who has it.
static struct err delete_mandate(struct api_request *request, struct api_response *response, struct why *why) {
    struct rows rows;
    TRY(access_mandate_find(request->conn, request->params[0], request->arena, &rows, why));
    if (!is_holder(request, &rows) && is_err(may_manage(request, rows_span(&rows, 0, 1), NULL)))
        return why_set(why, ERR_NOT_FOUND, NULL, "access.mandate_id", NULL, "There is no such mandate.");
    return api_write(request, response, mandate_end_apply, api_done_render, NULL, false);
}

struct renewal_ctx {
    int64_t until_ms;
};

static struct err renewal_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms,
                                void *context, struct why *why) {
    (void)edge;
    const struct renewal_ctx *ctx = context;
    return access_mandate_renew(conn, request->params[0], ctx->until_ms, request->principal.person_id, now_ms, request->arena, why);
}

// Whoever might give the mandate anew, as it stands and until then, may renew it.
static struct err post_renewal(struct api_request *request, struct api_response *response, struct why *why) {
    static const char *const NAMES[] = {"until", NULL};
    struct renewal_ctx *ctx = ARENA_NEW(request->arena, struct renewal_ctx);
    struct json body;
    struct rows rows;
    if (ctx == NULL) return err_make(ERR_MEMORY);
    TRY(access_mandate_find(request->conn, request->params[0], request->arena, &rows, why));
    if (is_err(may_manage(request, rows_span(&rows, 0, 1), NULL)))
        return why_set(why, ERR_NOT_FOUND, NULL, "access.mandate_id", NULL, "There is no such mandate.");
    TRY(api_body(request, &body, why));
    TRY(api_members_only(&body, NAMES, why));
    TRY(member_instant_read(&body, "until", INSTANT_NONE, &ctx->until_ms, why));
    const struct act_gift gift = {.scopes = (uint32_t)rows_int(&rows, 0, 2), .capacity = rows_span(&rows, 0, 4), .procedures = rows_span(&rows, 0, 5),
                                  .from_ms = rows_int(&rows, 0, 7), .until_ms = ctx->until_ms};
    TRY(may_give(request, rows_span(&rows, 0, 1), &gift, why));
    return api_write(request, response, renewal_apply, api_done_render, ctx, false);
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

static const struct route_param MANDATE_PAGE[] = {
    {"ends_before", "string", "only mandates in force that end before this instant"},
    {"cursor", "string", "from \"next\" of the page before"},
    {0},
};

const struct route routes_mandate[] = {
    {"GET", "/api/v1/entities/{entity}/mandates", get_mandates, AUTH_KNOWN, SCOPE_MANAGE, RATE_READ, "access",
     "Who may act for an entity, ended mandates too", NULL, "MandateList", 200, MANDATE_PAGE, false},
    {"POST", "/api/v1/entities/{entity}/mandates", post_mandate, AUTH_KNOWN, SCOPE_MANAGE, RATE_FILE, "access",
     "Lets a person or a firm act for an entity", "MandateNew", "Made", 201, NULL, false},
    {"POST", "/api/v1/mandates/{mandate}/renewal", post_renewal, AUTH_KNOWN, SCOPE_MANAGE, RATE_FILE, "access",
     "Moves the end of a mandate", "MandateRenewal", NULL, 204, NULL, false},
    {"DELETE", "/api/v1/mandates/{mandate}", delete_mandate, AUTH_KNOWN, SCOPE_MANAGE, RATE_FILE, "access", "Ends a mandate",
     NULL, NULL, 204, NULL, false},
    {"GET", "/api/v1/reads", get_reads, AUTH_KNOWN, SCOPE_READ, RATE_READ, "access", "Who read what, newest first", NULL, "ReadingList", 200, READS, false},
    {0},
};
