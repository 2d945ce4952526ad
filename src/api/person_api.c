// SPDX-License-Identifier: EUPL-1.2
/* Persons and their roles, for administrators; one-time codes. */
#include "api/access_json.h"
#include "api/resources.h"

enum { ID_BYTES = 32, LOGIN_BYTES = 256, CODE_BYTES = 64, SECTORS_MOST = 64 };

// --- persons ---

static const struct list_column PERSONS[] = {
    {"id", LIST_TEXT, 0, NULL}, {"login", LIST_TEXT, 1, NULL}, {"name", LIST_TEXT, 2, NULL}, {"language", LIST_TEXT, 3, NULL},
    {"is_administrator", LIST_BOOL, 5, NULL}, {"is_shut_out", LIST_BOOL, 6, NULL}, {"created_at", LIST_INSTANT, 7, NULL},
    {"has_password", LIST_BOOL, 8, NULL}, {"has_second_factor", LIST_BOOL, 9, NULL}, {0}};

static struct err get_persons(struct api_request *request, struct api_response *response, struct why *why) {
    struct json after = {.type = JSON_STRING};
    bool is_given = false;
    struct rows rows;
    TRY(api_cursor_read(request, "persons", &after, 1, &is_given, why));
    TRY(access_persons(request->conn, is_given ? after.string : SPAN(""), request->arena, &rows, why));
    return list_write(request, response, PERSONS, &rows, "persons", 0);
}

static void write_role_name(struct api_request *request, struct json_out *out, const struct rows *rows, size_t row) {
    (void)request;
    json_out_text(out, role_name(rows_int(rows, row, 2)));
}

static const struct list_column ROLES[] = {{"id", LIST_TEXT, 0, NULL},      {"office", LIST_TEXT, 1, NULL},
                                           {"role", LIST_TEXT, 2, write_role_name}, {"sectors", LIST_TEXT, 3, NULL},
                                           {"granted_at", LIST_INSTANT, 4, NULL}, {"granted_by", LIST_TEXT, 5, NULL}, {0}};

static struct err get_person(struct api_request *request, struct api_response *response, struct why *why) {
    struct rows person, roles;
    TRY(access_person_find(request->conn, request->params[0], request->arena, &person, why));
    TRY(access_roles(request->conn, request->params[0], request->arena, &roles, why));
    struct json_out out;
    api_json(response, 200, &out);
    json_out_object(&out);
    list_members(request, &out, PERSONS, &person, 0);
    json_out_name(&out, "roles");
    json_out_array(&out);
    for (size_t i = 0; i < roles.count; i++) list_item(request, &out, ROLES, &roles, i);
    json_out_array_end(&out);
    json_out_object_end(&out);
    return err_none();
}

struct flag_ctx {
    bool is_shut_out, is_administrator, has_shut_out, has_administrator;
};

static struct err flag_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms,
                             void *context, struct why *why) {
    (void)edge;
    const struct flag_ctx *ctx = context;
    struct span person = request->params[0], by = request->principal.person_id;
    if (ctx->has_administrator) TRY(access_administrator_set(conn, person, ctx->is_administrator, by, now_ms, why));
    return ctx->has_shut_out ? access_person_disable(conn, person, ctx->is_shut_out, by, now_ms, why) : err_none();
}

// FIELD is "/" and the member's name.
static struct err flag_read(const struct json *body, const char *field, bool *ret_has, bool *ret, struct why *why) {
    const struct json *value = json_get(body, field + 1);
    *ret_has = !json_is_null(value);
    if (*ret_has && value->type != JSON_BOOL)
        return why_set(why, ERR_INPUT, field, "api.type", NULL, "%s must be true or false", field + 1);
    *ret = *ret_has && value->boolean;
    return err_none();
}

static struct err patch_person(struct api_request *request, struct api_response *response, struct why *why) {
    static const char *const NAMES[] = {"is_shut_out", "is_administrator", NULL};
    struct flag_ctx *ctx = ARENA_NEW(request->arena, struct flag_ctx);
    struct json body;
    if (ctx == NULL) return err_make(ERR_MEMORY);
    TRY(api_body(request, &body, why));
    TRY(api_members_only(&body, NAMES, why));
    TRY(flag_read(&body, "/is_shut_out", &ctx->has_shut_out, &ctx->is_shut_out, why));
    TRY(flag_read(&body, "/is_administrator", &ctx->has_administrator, &ctx->is_administrator, why));
    return api_write(request, response, flag_apply, api_done_render, ctx, false);
}

// --- codes ---

struct code_ctx {
    struct access_person_new person; // an invitation of someone new
    bool is_new;
    enum access_code_kind kind;
    struct span person_id;
    struct access_code_issued issued;
};

static struct err code_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms,
                             void *context, struct why *why) {
    (void)edge;
    struct code_ctx *ctx = context;
    struct access_env env = access_env_of(request, now_ms);
    struct span by = request->principal.person_id;
    if (ctx->is_new)
        TRY(access_person_create(request->services->access, conn, &ctx->person, &env, request->arena, &ctx->person_id, why));
    return access_code_issue(conn, ctx->kind, ctx->person_id, by, &env, request->arena, &ctx->issued, why);
}

static struct err code_render(struct api_request *request, struct api_response *response, struct store_conn *reader,
                              void *context, struct why *why) {
    (void)reader;
    (void)why;
    const struct code_ctx *ctx = context;
    struct json_out out;
    api_json(response, 201, &out);
    json_out_object(&out);
    json_out_member_string(&out, "id", ctx->issued.id);
    json_out_member_string(&out, "person", ctx->person_id);
    json_out_member_string(&out, "code", ctx->issued.code);
    json_out_member_bool(&out, "needs_second", ctx->issued.needs_second);
    json_out_member_string(&out, "expires_at", instant_text(request->arena, ctx->issued.expires_ms));
    json_out_object_end(&out);
    api_respond_header(response, "cache-control", SPAN("no-store"));
    return err_none();
}

static struct err post_invitation(struct api_request *request, struct api_response *response, struct why *why) {
    static const char *const NAMES[] = {"login", "name", "language", NULL};
    struct code_ctx *ctx = ARENA_NEW(request->arena, struct code_ctx);
    struct json body;
    if (ctx == NULL) return err_make(ERR_MEMORY);
    TRY(api_body(request, &body, why));
    TRY(api_members_only(&body, NAMES, why));
    TRY(api_member_text(&body, "login", LOGIN_BYTES, &ctx->person.login, why));
    TRY(api_member_text(&body, "name", LIMIT_NAME_BYTES, &ctx->person.name, why));
    TRY(api_member_text_optional(&body, "language", 2, &ctx->person.language, why));
    ctx->person.by = request->principal.person_id;
    ctx->is_new = true;
    ctx->kind = CODE_INVITATION;
    return api_write(request, response, code_apply, code_render, ctx, false);
}

static struct err post_code(struct api_request *request, struct api_response *response, struct why *why) {
    static const char *const NAMES[] = {"person", "kind", NULL};
    struct code_ctx *ctx = ARENA_NEW(request->arena, struct code_ctx);
    struct json body;
    struct span kind;
    if (ctx == NULL) return err_make(ERR_MEMORY);
    TRY(api_body(request, &body, why));
    TRY(api_members_only(&body, NAMES, why));
    TRY(api_member_text(&body, "person", ID_BYTES, &ctx->person_id, why));
    TRY(api_member_text(&body, "kind", ID_BYTES, &kind, why));
    if (!span_is(kind, "invitation") && !span_is(kind, "reset"))
        return why_set(why, ERR_INPUT, "/kind", "access.code_kind", NULL, "kind is invitation or reset");
    ctx->kind = span_is(kind, "reset") ? CODE_RESET : CODE_INVITATION;
    return api_write(request, response, code_apply, code_render, ctx, false);
}

static void write_code_kind(struct api_request *request, struct json_out *out, const struct rows *rows, size_t row) {
    (void)request;
    json_out_text(out, rows_int(rows, row, 1) == CODE_RESET ? "reset" : "invitation");
}

static void write_waits_for_second(struct api_request *request, struct json_out *out, const struct rows *rows, size_t row) {
    (void)request;
    json_out_bool(out, rows_int(rows, row, 4) != 0 && rows_int(rows, row, 5) == 0);
}

static const struct list_column CODES[] = {
    {"id", LIST_TEXT, 0, NULL}, {"kind", LIST_TEXT, 1, write_code_kind}, {"person", LIST_TEXT, 2, NULL}, {"login", LIST_TEXT, 3, NULL},
    {"waits_for_second", LIST_BOOL, 4, write_waits_for_second}, {"issued_at", LIST_INSTANT, 6, NULL},
    {"issued_by", LIST_TEXT, 7, NULL}, {"expires_at", LIST_INSTANT, 8, NULL}, {0}};

static struct err get_codes(struct api_request *request, struct api_response *response, struct why *why) {
    struct rows rows;
    TRY(access_codes(request->conn, request->received_ms, request->arena, &rows, why));
    return list_write(request, response, CODES, &rows, "codes", -1);
}

static struct err join_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms,
                             void *context, struct why *why) {
    (void)edge;
    struct span *half = context;
    struct access_env env = access_env_of(request, now_ms);
    return access_code_join(conn, &request->principal, request->params[0], &env, request->arena, half, why);
}

static struct err join_render(struct api_request *request, struct api_response *response, struct store_conn *reader,
                              void *context, struct why *why) {
    (void)request;
    (void)reader;
    (void)why;
    const struct span *half = context;
    struct json_out out;
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_member_string(&out, "second_half", *half);
    json_out_object_end(&out);
    api_respond_header(response, "cache-control", SPAN("no-store"));
    return err_none();
}

static struct err post_code_join(struct api_request *request, struct api_response *response, struct why *why) {
    (void)why;
    struct span *half = ARENA_NEW(request->arena, struct span);
    if (half == NULL) return err_make(ERR_MEMORY);
    return api_write(request, response, join_apply, join_render, half, false);
}

struct redeem_ctx {
    struct span code, person_id;
    struct access_password password;
    bool is_done;
    const char *words;
};

static struct err redeem_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms,
                               void *context, struct why *why) {
    (void)edge;
    struct redeem_ctx *ctx = context;
    struct access_env env = access_env_of(request, now_ms);
    return access_code_redeem(request->services->access, conn, ctx->code, &ctx->password, request->peer, &env, &ctx->is_done,
                              &ctx->person_id, &ctx->words, request->arena, why);
}

static struct err redeem_render(struct api_request *request, struct api_response *response, struct store_conn *reader,
                                void *context, struct why *why) {
    (void)request;
    (void)reader;
    const struct redeem_ctx *ctx = context;
    if (!ctx->is_done) return why_set(why, ERR_DENIED, "/code", "access.code_refused", NULL, "%s", ctx->words);
    struct json_out out;
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_member_string(&out, "person", ctx->person_id);
    json_out_member_text(&out, "words", ctx->words);
    json_out_object_end(&out);
    return err_none();
}

static struct err post_redeem(struct api_request *request, struct api_response *response, struct why *why) {
    static const char *const NAMES[] = {"code", "password", NULL};
    struct redeem_ctx *ctx = ARENA_NEW(request->arena, struct redeem_ctx);
    struct json body;
    struct span password;
    if (ctx == NULL) return err_make(ERR_MEMORY);
    TRY(api_body(request, &body, why));
    TRY(api_members_only(&body, NAMES, why));
    TRY(api_member_text(&body, "code", CODE_BYTES, &ctx->code, why));
    TRY(api_member_text(&body, "password", LIMIT_PASSWORD_BYTES, &password, why));
    struct access_env env = access_env_of(request, request->received_ms);
    TRY(access_password_prepare(request->services->access, password, SPAN(""), &env, &ctx->password, why));
    return api_write(request, response, redeem_apply, redeem_render, ctx, false);
}

// --- roles ---

struct role_ctx {
    struct access_role_new role;
    struct span id;
};

static struct err role_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms,
                             void *context, struct why *why) {
    (void)edge;
    struct role_ctx *ctx = context;
    struct access_env env = access_env_of(request, now_ms);
    return access_role_grant(request->services->access, conn, &ctx->role, request->principal.person_id, &env, request->arena,
                             &ctx->id, why);
}

static struct err role_render(struct api_request *request, struct api_response *response, struct store_conn *reader,
                              void *context, struct why *why) {
    (void)request;
    (void)reader;
    (void)why;
    const struct role_ctx *ctx = context;
    return api_made(response, "id", ctx->id);
}

static struct err post_role(struct api_request *request, struct api_response *response, struct why *why) {
    static const char *const NAMES[] = {"person", "office", "role", "sectors", NULL};
    struct role_ctx *ctx = ARENA_NEW(request->arena, struct role_ctx);
    struct json body;
    struct span role;
    if (ctx == NULL) return err_make(ERR_MEMORY);
    TRY(api_body(request, &body, why));
    TRY(api_members_only(&body, NAMES, why));
    TRY(api_member_text(&body, "person", ID_BYTES, &ctx->role.person_id, why));
    TRY(api_member_text(&body, "office", ID_BYTES, &ctx->role.office, why));
    TRY(api_member_text(&body, "role", ID_BYTES, &role, why));
    TRY(member_texts_read(&body, "sectors", SECTORS_MOST, request->arena, &ctx->role.sectors, &ctx->role.sector_count, why));
    ctx->role.role = role_from(role);
    return api_write(request, response, role_apply, role_render, ctx, false);
}

static struct err role_end_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms,
                                 void *context, struct why *why) {
    (void)edge;
    (void)context;
    return access_role_revoke(conn, request->params[0], request->principal.person_id, now_ms, why);
}

static struct err delete_role(struct api_request *request, struct api_response *response, struct why *why) {
    (void)why;
    return api_write(request, response, role_end_apply, api_done_render, NULL, false);
}

static const struct route_param PAGE[] = {{"cursor", "string", "from \"next\" of the page before"}, {0}};

const struct route routes_person[] = {
    {"GET", "/api/v1/persons", get_persons, AUTH_ADMINISTRATOR, SCOPE_ADMINISTER, RATE_READ, "administration", "All persons", NULL, "PersonList", 200, PAGE, false},
    {"GET", "/api/v1/persons/{person}", get_person, AUTH_ADMINISTRATOR, SCOPE_ADMINISTER, RATE_READ, "administration",
     "A person with her roles", NULL, "Person", 200, NULL, false},
    {"PATCH", "/api/v1/persons/{person}", patch_person, AUTH_ADMINISTRATOR, SCOPE_ADMINISTER, RATE_FILE, "administration",
     "Shuts a person out or lets her in; makes or unmakes an administrator", "PersonChange", NULL, 204, NULL, false},
    {"POST", "/api/v1/invitations", post_invitation, AUTH_ADMINISTRATOR, SCOPE_ADMINISTER, RATE_FILE, "administration",
     "Enters a person and gives the code with which she sets her password", "Invitation", "CodeIssued", 201, NULL, false},
    {"POST", "/api/v1/roles", post_role, AUTH_ADMINISTRATOR, SCOPE_ADMINISTER, RATE_FILE, "administration",
     "Gives a person a role at an office", "RoleNew", "Made", 201, NULL, false},
    {"DELETE", "/api/v1/roles/{role}", delete_role, AUTH_ADMINISTRATOR, SCOPE_ADMINISTER, RATE_FILE, "administration",
     "Ends a role at once", NULL, NULL, 204, NULL, false},
    {"GET", "/api/v1/codes", get_codes, AUTH_ADMINISTRATOR, SCOPE_ADMINISTER, RATE_READ, "administration",
     "One-time codes that are open, without the codes", NULL, "CodeList", 200, NULL, false},
    {"POST", "/api/v1/codes", post_code, AUTH_ADMINISTRATOR, SCOPE_ADMINISTER, RATE_FILE, "administration",
     "Gives a one-time code for an invited person, or for the way back in", "CodeNew", "CodeIssued", 201, NULL, false},
    {"POST", "/api/v1/codes/{code}/second", post_code_join, AUTH_KNOWN, SCOPE_ADMINISTER, RATE_FILE, "administration",
     "A second person adds her half of a code", NULL, "CodeHalf", 200, NULL, false},
    {"POST", "/api/v1/redeem", post_redeem, AUTH_NONE, 0, RATE_CODE, "access",
     "Sets a password with a one-time code", "Redeem", "Redeemed", 200, NULL, false},
    {0},
};
