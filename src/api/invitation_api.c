// SPDX-License-Identifier: EUPL-1.2
/* Invitations to act for an entity, and firms whose members act by the firm's mandates. */
#include "api/act_json.h"
#include "api/resources.h"

enum { ID_BYTES = 32, LOGIN_BYTES = 256, CODE_BYTES = 64 };

// --- invitations ---

struct invitation_ctx {
    struct act_gift gift;
    struct span login, id, code, entity;
};

static struct err invitation_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *context,
                                   struct why *why) {
    (void)edge;
    struct invitation_ctx *ctx = context;
    struct access_env env = access_env_of(request, now_ms);
    return invitation_make(conn, request->params[0], &ctx->gift, ctx->login, request->principal.person_id, &env, request->arena, &ctx->id,
                           &ctx->code, why);
}

static struct err invitation_render(struct api_request *request, struct api_response *response, struct store_conn *reader, void *context,
                                    struct why *why) {
    (void)request;
    (void)reader;
    (void)why;
    const struct invitation_ctx *ctx = context;
    struct json_out out;
    api_json(response, 201, &out);
    json_out_object(&out);
    json_out_member_string(&out, "id", ctx->id);
    json_out_member_string(&out, "code", ctx->code);
    json_out_object_end(&out);
    api_respond_header(response, "cache-control", SPAN("no-store"));
    return err_none();
}

static struct err post_invitation(struct api_request *request, struct api_response *response, struct why *why) {
    static const char *const NAMES[] = {"login", "scopes", "until", "ground", "capacity", "procedures", "may_delegate", NULL};
    struct invitation_ctx *ctx = ARENA_NEW(request->arena, struct invitation_ctx);
    struct access_entity of;
    struct json body;
    if (ctx == NULL) return err_make(ERR_MEMORY);
    TRY(mandate_entity(request, request->params[0], &of, why));
    TRY(access_may_manage_entity(&request->principal, &of, request->received_ms, why));
    TRY(api_body(request, &body, why));
    TRY(api_members_only(&body, NAMES, why));
    TRY(api_member_text_optional(&body, "login", LOGIN_BYTES, &ctx->login, why));
    TRY(gift_read(request, &body, &ctx->gift, why));
    TRY(may_give(request, request->params[0], &ctx->gift, why));
    return api_write(request, response, invitation_apply, invitation_render, ctx, false);
}

static void write_bounds(struct api_request *request, struct json_out *out, const struct rows *rows, size_t row) {
    write_procedures(request, out, rows_span(rows, row, 4));
}

static const struct list_column INVITATIONS[] = {
    {"id", LIST_TEXT, 0, NULL}, {"login", LIST_TEXT, 1, NULL}, {"scopes", LIST_SCOPES_MANDATE, 2, NULL}, {"capacity", LIST_TEXT, 3, NULL},
    {"procedures", LIST_TEXT, 4, write_bounds}, {"may_delegate", LIST_BOOL, 5, NULL}, {"ground", LIST_TEXT, 6, NULL}, {"until", LIST_INSTANT, 7, NULL},
    {"made_at", LIST_INSTANT, 8, NULL}, {"made_by_name", LIST_TEXT, 9, NULL}, {"expires_at", LIST_INSTANT, 10, NULL}, {"used_at", LIST_INSTANT, 11, NULL},
    {"used_by_name", LIST_TEXT, 12, NULL}, {"mandate", LIST_TEXT, 13, NULL}, {"revoked_at", LIST_INSTANT, 14, NULL}, {0}};

static struct err get_invitations(struct api_request *request, struct api_response *response, struct why *why) {
    struct access_entity of;
    struct json after = {.type = JSON_STRING};
    struct rows rows;
    bool is_given = false;
    TRY(mandate_entity(request, request->params[0], &of, why));
    TRY(access_may_manage_entity(&request->principal, &of, request->received_ms, why));
    TRY(api_cursor_read(request, "invitations", &after, 1, &is_given, why));
    struct value params[] = {value_text(request->params[0]), value_text(is_given ? after.string : SPAN("")), value_int(LIMIT_PAGE_ROWS)};
    TRY(store_read(request->conn, STMT_ACT_INVITATION_LIST, params, 3, request->arena, &rows, why));
    return list_write(request, response, INVITATIONS, &rows, "invitations", 0);
}

static struct err revoke_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *context,
                               struct why *why) {
    (void)edge;
    (void)context;
    return invitation_revoke(conn, request->params[0], request->params[1], request->principal.person_id, now_ms, why);
}

static struct err delete_invitation(struct api_request *request, struct api_response *response, struct why *why) {
    struct access_entity of;
    TRY(mandate_entity(request, request->params[0], &of, why));
    TRY(access_may_manage_entity(&request->principal, &of, request->received_ms, why));
    return api_write(request, response, revoke_apply, api_done_render, NULL, false);
}

static struct err take_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *context,
                             struct why *why) {
    (void)edge;
    struct invitation_ctx *ctx = context;
    struct access_env env = access_env_of(request, now_ms);
    return invitation_take(request->services, conn, &request->principal, ctx->code, &env, request->arena, &ctx->id, &ctx->entity, why);
}

static struct err take_render(struct api_request *request, struct api_response *response, struct store_conn *reader, void *context,
                              struct why *why) {
    (void)request;
    (void)reader;
    (void)why;
    const struct invitation_ctx *ctx = context;
    struct json_out out;
    api_json(response, 201, &out);
    json_out_object(&out);
    json_out_member_string(&out, "mandate", ctx->id);
    json_out_member_string(&out, "entity", ctx->entity);
    json_out_object_end(&out);
    return err_none();
}

static struct err post_take(struct api_request *request, struct api_response *response, struct why *why) {
    static const char *const NAMES[] = {"code", NULL};
    struct invitation_ctx *ctx = ARENA_NEW(request->arena, struct invitation_ctx);
    struct json body;
    if (ctx == NULL) return err_make(ERR_MEMORY);
    TRY(api_body(request, &body, why));
    TRY(api_members_only(&body, NAMES, why));
    TRY(api_member_text(&body, "code", CODE_BYTES, &ctx->code, why));
    return api_write(request, response, take_apply, take_render, ctx, false);
}

// --- firms ---

struct firm_ctx {
    struct span name, id, person_id;
    bool is_manager;
    uint32_t scopes;
};

static struct err firm_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *context,
                             struct why *why) {
    (void)edge;
    struct firm_ctx *ctx = context;
    struct access_env env = access_env_of(request, now_ms);
    return firm_make(conn, &request->principal, ctx->name, &env, request->arena, &ctx->id, why);
}

static struct err firm_render(struct api_request *request, struct api_response *response, struct store_conn *reader, void *context,
                              struct why *why) {
    (void)request;
    (void)reader;
    (void)why;
    const struct firm_ctx *ctx = context;
    return api_made(response, "id", ctx->id);
}

static struct err post_firm(struct api_request *request, struct api_response *response, struct why *why) {
    static const char *const NAMES[] = {"name", NULL};
    struct firm_ctx *ctx = ARENA_NEW(request->arena, struct firm_ctx);
    struct json body;
    if (ctx == NULL) return err_make(ERR_MEMORY);
    TRY(api_body(request, &body, why));
    TRY(api_members_only(&body, NAMES, why));
    TRY(api_member_text(&body, "name", LIMIT_NAME_BYTES, &ctx->name, why));
    return api_write(request, response, firm_apply, firm_render, ctx, false);
}

static struct err get_firms(struct api_request *request, struct api_response *response, struct why *why) {
    static const struct list_column FIRMS[] = {{"id", LIST_TEXT, 0, NULL}, {"name", LIST_TEXT, 1, NULL}, {"is_manager", LIST_BOOL, 2, NULL}, {0}};
    struct value person = value_text(request->principal.person_id);
    struct rows rows;
    TRY(store_read(request->conn, STMT_ACT_FIRM_OF_PERSON, &person, 1, request->arena, &rows, why));
    return list_write(request, response, FIRMS, &rows, "firms", -1);
}

static const struct list_column MEMBERS[] = {{"person", LIST_TEXT, 0, NULL}, {"login", LIST_TEXT, 1, NULL}, {"name", LIST_TEXT, 2, NULL},
                                             {"is_manager", LIST_BOOL, 3, NULL}, {"added_at", LIST_INSTANT, 4, NULL}, {"ended_at", LIST_INSTANT, 5, NULL}, {0}};
static const struct list_column WORKERS[] = {{"person", LIST_TEXT, 0, NULL}, {"login", LIST_TEXT, 1, NULL}, {"name", LIST_TEXT, 2, NULL},
                                             {"scopes", LIST_SCOPES_MANDATE, 3, NULL}, {"added_at", LIST_INSTANT, 4, NULL}, {0}};
static const struct list_column FIRM_MANDATES[] = {
    {"id", LIST_TEXT, 0, NULL}, {"entity", LIST_TEXT, 1, NULL}, {"entity_name", LIST_TEXT, 8, NULL}, {"scopes", LIST_SCOPES_MANDATE, 2, NULL},
    {"capacity", LIST_TEXT, 3, NULL}, {"procedures", LIST_TEXT, 4, write_bounds}, {"from", LIST_INSTANT, 5, NULL}, {"until", LIST_INSTANT, 6, NULL},
    {"ground", LIST_TEXT, 7, NULL}, {0}};

static struct err write_firm_mandates(struct api_request *request, struct json_out *out, const struct rows *mandates, struct why *why) {
    json_out_array(out);
    for (size_t i = 0; i < mandates->count; i++) {
        struct value id = value_text(rows_span(mandates, i, 0));
        struct rows workers;
        TRY(store_read(request->conn, STMT_ACT_ASSIGNMENT_LIST, &id, 1, request->arena, &workers, why));
        json_out_object(out);
        list_members(request, out, FIRM_MANDATES, mandates, i);
        json_out_name(out, "assigned");
        json_out_array(out);
        for (size_t k = 0; k < workers.count; k++) list_item(request, out, WORKERS, &workers, k);
        json_out_array_end(out);
        json_out_object_end(out);
    }
    json_out_array_end(out);
    return err_none();
}

// The members, and (for managers) the mandates with who works under them.
static struct err get_firm(struct api_request *request, struct api_response *response, struct why *why) {
    struct rows firm, members, mandates = {.count = 0}, again;
    struct value id = value_text(request->params[0]);
    TRY(firm_open(request->conn, &request->principal, request->params[0], false, request->arena, &firm, why));
    bool manages = !is_err(firm_open(request->conn, &request->principal, request->params[0], true, request->arena, &again, NULL));
    TRY(store_read(request->conn, STMT_ACT_MEMBER_LIST, &id, 1, request->arena, &members, why));
    if (manages) TRY(store_read(request->conn, STMT_ACT_MANDATE_OF_FIRM, &id, 1, request->arena, &mandates, why));
    struct json_out out;
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_member_string(&out, "id", rows_span(&firm, 0, 0));
    json_out_member_string(&out, "name", rows_span(&firm, 0, 1));
    json_out_member_bool(&out, "is_manager", manages);
    json_out_name(&out, "members");
    json_out_array(&out);
    for (size_t i = 0; i < members.count; i++) list_item(request, &out, MEMBERS, &members, i);
    json_out_array_end(&out);
    json_out_name(&out, "mandates");
    TRY(write_firm_mandates(request, &out, &mandates, why));
    json_out_object_end(&out);
    return err_none();
}

// Body with a login and perhaps more; the firm must be managed by the principal.
static struct err member_read(struct api_request *request, const char *const *names, struct json *ret_body, struct firm_ctx *ctx, struct why *why) {
    struct rows firm;
    struct span login;
    TRY(firm_open(request->conn, &request->principal, request->params[0], true, request->arena, &firm, why));
    TRY(api_body(request, ret_body, why));
    TRY(api_members_only(ret_body, names, why));
    TRY(api_member_text(ret_body, "login", LOGIN_BYTES, &login, why));
    return access_person_by_login(request->conn, login, request->arena, &ctx->person_id, why);
}

static struct err member_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *context,
                               struct why *why) {
    (void)edge;
    const struct firm_ctx *ctx = context;
    return firm_member_add(conn, request->params[0], ctx->person_id, ctx->is_manager, request->principal.person_id, now_ms, request->arena, why);
}

static struct err post_member(struct api_request *request, struct api_response *response, struct why *why) {
    static const char *const NAMES[] = {"login", "is_manager", NULL};
    struct firm_ctx *ctx = ARENA_NEW(request->arena, struct firm_ctx);
    struct json body;
    if (ctx == NULL) return err_make(ERR_MEMORY);
    TRY(member_read(request, NAMES, &body, ctx, why));
    ctx->is_manager = json_get_bool(&body, "is_manager", false);
    return api_write(request, response, member_apply, api_done_render, ctx, false);
}

static struct err member_end_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *context,
                                   struct why *why) {
    (void)edge;
    (void)context;
    return firm_member_end(conn, request->params[0], request->params[1], request->principal.person_id, now_ms, request->arena, why);
}

// A manager ends a member; a member may go.
static struct err delete_member(struct api_request *request, struct api_response *response, struct why *why) {
    struct rows firm;
    bool is_self = span_equals(request->params[1], request->principal.person_id);
    TRY(firm_open(request->conn, &request->principal, request->params[0], !is_self, request->arena, &firm, why));
    return api_write(request, response, member_end_apply, api_done_render, NULL, false);
}

static struct err assign_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *context,
                               struct why *why) {
    (void)edge;
    const struct firm_ctx *ctx = context;
    return firm_assign(conn, request->params[0], request->params[1], ctx->person_id, ctx->scopes, request->principal.person_id, now_ms,
                       request->arena, why);
}

static struct err post_assignment(struct api_request *request, struct api_response *response, struct why *why) {
    static const char *const NAMES[] = {"login", "scopes", NULL};
    struct firm_ctx *ctx = ARENA_NEW(request->arena, struct firm_ctx);
    struct json body;
    if (ctx == NULL) return err_make(ERR_MEMORY);
    TRY(member_read(request, NAMES, &body, ctx, why));
    TRY(scopes_read(&body, mandate_scope_names, &ctx->scopes, why));
    return api_write(request, response, assign_apply, api_done_render, ctx, false);
}

static struct err unassign_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *context,
                                 struct why *why) {
    (void)edge;
    (void)context;
    return firm_unassign(conn, request->params[0], request->params[1], request->params[2], request->principal.person_id, now_ms, request->arena,
                         why);
}

static struct err delete_assignment(struct api_request *request, struct api_response *response, struct why *why) {
    struct rows firm;
    TRY(firm_open(request->conn, &request->principal, request->params[0], true, request->arena, &firm, why));
    return api_write(request, response, unassign_apply, api_done_render, NULL, false);
}

static const struct route_param PAGE[] = {{"cursor", "string", "from \"next\" of the page before"}, {0}};

const struct route routes_invitation[] = {
    {"GET", "/api/v1/entities/{entity}/invitations", get_invitations, AUTH_KNOWN, SCOPE_MANAGE, RATE_READ, "access",
     "Invitations to act for an entity, without the codes", NULL, "InvitationList", 200, PAGE, false},
    {"POST", "/api/v1/entities/{entity}/invitations", post_invitation, AUTH_KNOWN, SCOPE_MANAGE, RATE_FILE, "access",
     "Invites whoever holds the code to act for an entity", "InvitationNew", "InvitationMade", 201, NULL, false},
    {"DELETE", "/api/v1/entities/{entity}/invitations/{invitation}", delete_invitation, AUTH_KNOWN, SCOPE_MANAGE, RATE_FILE, "access",
     "Takes an invitation back", NULL, NULL, 204, NULL, false},
    {"POST", "/api/v1/me/invitations", post_take, AUTH_KNOWN, SCOPE_ACCOUNT, RATE_PROOF, "access", "Takes an invitation by its code",
     "ClaimCode", "InvitationTaken", 201, NULL, false},
    {"GET", "/api/v1/firms", get_firms, AUTH_KNOWN, SCOPE_MANAGE, RATE_READ, "access", "The firms that one is a member of", NULL, "FirmList", 200, NULL, false},
    {"POST", "/api/v1/firms", post_firm, AUTH_KNOWN, SCOPE_MANAGE, RATE_FILE, "access", "Makes a firm, with oneself as its manager", "FirmNew", "Made", 201, NULL, false},
    {"GET", "/api/v1/firms/{firm}", get_firm, AUTH_KNOWN, SCOPE_MANAGE, RATE_READ, "access", "A firm with its members and, for its managers, its mandates", NULL, "Firm", 200, NULL, false},
    {"POST", "/api/v1/firms/{firm}/members", post_member, AUTH_KNOWN, SCOPE_MANAGE, RATE_FILE, "access", "Makes a person a member", "FirmMember", NULL, 204, NULL, false},
    {"DELETE", "/api/v1/firms/{firm}/members/{person}", delete_member, AUTH_KNOWN, SCOPE_MANAGE, RATE_FILE, "access",
     "Ends a membership, and with it all work under the firm's mandates", NULL, NULL, 204, NULL, false},
    {"POST", "/api/v1/firms/{firm}/mandates/{mandate}/assigned", post_assignment, AUTH_KNOWN, SCOPE_MANAGE, RATE_FILE, "access",
     "Sets a member to work under a mandate of the firm", "Assignment", NULL, 204, NULL, false},
    {"DELETE", "/api/v1/firms/{firm}/mandates/{mandate}/assigned/{person}", delete_assignment, AUTH_KNOWN, SCOPE_MANAGE, RATE_FILE, "access",
     "Ends a member's work under a mandate of the firm", NULL, NULL, 204, NULL, false},
    {0},
};
