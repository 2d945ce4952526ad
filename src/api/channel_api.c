// SPDX-License-Identifier: EUPL-1.2
/*
 * Channels: where a person or an office is reached. An address counts once the code that was mailed to it came back; with an OpenPGP key the
 * code is encrypted, so that it shows that the key works.
 */
#include "api/access_json.h"
#include "api/resources.h"
#include "base/hash.h"
#include "format/mail.h"
#include "service/reach.h"

enum { CHANNELS_MOST = 10, MADE_A_DAY = 20, CODE_TRIES = 5, OPENPGP_BYTES = 64 * 1024, HOOK_BYTES = 1024, CODE_AGAIN_MS = 60 * 1000 };
#define CODE_MS MS_PER_DAY
#define PARAMS(...) ((const struct value[]){__VA_ARGS__}), sizeof((const struct value[]){__VA_ARGS__}) / sizeof(struct value)
enum { C_ID, C_OWNER_KIND, C_OWNER, C_MEDIUM, C_ADDRESS, C_LANGUAGE, C_OPENPGP, C_QUIET_FROM, C_QUIET_UNTIL, C_CODE_MS, C_CODE_TRIES,
       C_CONFIRMED, C_FAILED, C_FAILURE, C_CREATED };

static void write_time(struct json_out *out, struct arena *arena, const char *name, const struct value *minutes) {
    struct span text = minutes->type == VALUE_NULL ? span_make(NULL, 0)
                                                   : arena_printf(arena, "%02lld:%02lld", (long long)(minutes->integer / 60), (long long)(minutes->integer % 60));
    json_out_member_string(out, name, text);
}

static void write_channel(struct api_request *request, struct json_out *out, const struct rows *rows, size_t i, bool has_secret) {
    struct arena *arena = request->arena;
    json_out_object(out);
    json_out_member_string(out, "id", rows_span(rows, i, C_ID));
    json_out_member_string(out, "owner_kind", rows_span(rows, i, C_OWNER_KIND));
    json_out_member_string(out, "owner", rows_span(rows, i, C_OWNER));
    json_out_member_string(out, "medium", rows_span(rows, i, C_MEDIUM));
    json_out_member_string(out, "address", rows_span(rows, i, C_ADDRESS));
    json_out_member_string(out, "language", rows_span(rows, i, C_LANGUAGE));
    json_out_member_bool(out, "is_encrypted", rows_at(rows, i, C_OPENPGP)->type != VALUE_NULL);
    write_time(out, arena, "quiet_from", rows_at(rows, i, C_QUIET_FROM));
    write_time(out, arena, "quiet_until", rows_at(rows, i, C_QUIET_UNTIL));
    json_out_member_bool(out, "is_confirmed", rows_at(rows, i, C_CONFIRMED)->type != VALUE_NULL);
    member_instant(out, arena, "failed_at", rows_at(rows, i, C_FAILED));
    json_out_member_string(out, "failure", rows_span(rows, i, C_FAILURE));
    if (has_secret) json_out_member_string(out, "secret", reach_hook_secret(request->services, rows_span(rows, i, C_ID), arena));
    json_out_object_end(out);
}

// --- whose ---

// May change the channels of this owner: her own; those of an office its heads and administrators.
static struct err may_change(const struct principal *who, struct span owner_kind, struct span owner, struct why *why) {
    if (span_is(owner_kind, "person") && span_equals(owner, who->person_id)) return err_none();
    if (span_is(owner_kind, "office") && (access_has_role_at(who, owner, ROLE_HEAD) || (who->is_administrator && who->is_totp_done)))
        return err_none();
    return why_set(why, ERR_NOT_FOUND, "", "channel.unknown", "", "there is no such channel of yours");
}

static struct err find(struct api_request *request, struct store_conn *conn, struct rows *ret, struct why *why) {
    TRY(store_read(conn, STMT_CHANNEL_GET, PARAMS(value_text(request->params[0])), request->arena, ret, why));
    if (ret->count == 0) return why_set(why, ERR_NOT_FOUND, "", "channel.unknown", "", "there is no such channel of yours");
    return may_change(&request->principal, rows_span(ret, 0, C_OWNER_KIND), rows_span(ret, 0, C_OWNER), why);
}

static struct err get_channels(struct api_request *request, struct api_response *response, struct why *why) {
    struct span office = api_query(request, "office");
    struct value owner[] = {value_text(office.at != NULL ? SPAN("office") : SPAN("person")),
                            value_text(office.at != NULL ? office : request->principal.person_id)};
    if (office.at != NULL && !access_has_role_at(&request->principal, office, ROLE_READER) &&
        is_err(may_change(&request->principal, owner[0].bytes, office, NULL)))
        return why_set(why, ERR_DENIED, "office", "access.office", "", "the channels of an office are for its own people");
    struct rows rows;
    TRY(store_read(request->conn, STMT_CHANNELS_OF, owner, 2, request->arena, &rows, why));
    struct json_out out;
    list_begin(response, &out);
    for (size_t i = 0; i < rows.count; i++) write_channel(request, &out, &rows, i, false);
    list_end(request, &out, "channels", NULL, false);
    return err_none();
}

// --- making one ---

struct channel_ctx {
    struct span id, owner_kind, owner, medium, address, language, openpgp, code;
    struct value quiet_from, quiet_until;
    bool is_hook;
};

// "22:30" as minutes of the day.
static struct err read_time(const struct json *body, const char *name, struct value *ret, struct why *why) {
    struct span text;
    int64_t hours, minutes;
    char field[32] = "/";
    memcpy(field + 1, name, strlen(name) + 1);
    TRY(api_member_text_optional(body, name, 5, &text, why));
    *ret = value_null();
    if (text.at == NULL) return err_none();
    if (text.len != 5 || text.at[2] != ':' || !span_to_int(span_part(text, 0, 2), &hours) || !span_to_int(span_part(text, 3, 5), &minutes) ||
        hours < 0 || hours > 23 || minutes < 0 || minutes > 59)
        return why_set(why, ERR_INPUT, field, "channel.time", "", "a time of the day like 22:30 is expected");
    *ret = value_int(hours * 60 + minutes);
    return err_none();
}

static struct err read_wishes(const struct json *body, struct channel_ctx *ctx, struct why *why) {
    TRY(api_member_text_optional(body, "language", 2, &ctx->language, why));
    bool is_code = ctx->language.len == 2 && ctx->language.at[0] >= 'a' && ctx->language.at[0] <= 'z' && ctx->language.at[1] >= 'a' && ctx->language.at[1] <= 'z';
    if (ctx->language.len > 0 && !is_code) return why_set(why, ERR_INPUT, "/language", "channel.language", "", "two small letters are expected, such as fr");
    if (ctx->language.at == NULL) ctx->language = SPAN("");
    TRY(read_time(body, "quiet_from", &ctx->quiet_from, why));
    TRY(read_time(body, "quiet_until", &ctx->quiet_until, why));
    if ((ctx->quiet_from.type == VALUE_NULL) != (ctx->quiet_until.type == VALUE_NULL))
        return why_set(why, ERR_INPUT, "/quiet_until", "channel.time", "", "quiet_from and quiet_until go together");
    return err_none();
}

static bool is_url(struct span text) {
    if (!span_starts_with(text, SPAN("https://")) || text.len < 12) return false;
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] <= ' ' || text.at[i] > '~' || text.at[i] == '"' || text.at[i] == '\\' || text.at[i] == '@') return false;
    return true;
}

static struct err read_address(const struct api_request *request, const struct json *body, struct channel_ctx *ctx, struct why *why) {
    TRY(api_member_text(body, "medium", 8, &ctx->medium, why));
    TRY(api_member_text(body, "address", HOOK_BYTES, &ctx->address, why));
    TRY(api_member_text_optional(body, "openpgp", OPENPGP_BYTES, &ctx->openpgp, why));
    ctx->is_hook = span_is(ctx->medium, "hook");
    if (!ctx->is_hook && !span_is(ctx->medium, "mail")) return why_set(why, ERR_INPUT, "/medium", "channel.medium", "", "medium is mail or hook");
    if (ctx->is_hook && !is_url(ctx->address)) return why_set(why, ERR_INPUT, "/address", "channel.address", "", "a hook is an address that begins with https://");
    if (!ctx->is_hook && !mail_address_is_plain(ctx->address))
        return why_set(why, ERR_INPUT, "/address", "channel.address", "", "this is no mail address that can be used (ASCII, without quotes)");
    if (ctx->openpgp.at != NULL && (ctx->is_hook || !span_starts_with(span_trim(ctx->openpgp), SPAN("-----BEGIN PGP PUBLIC KEY BLOCK-----"))))
        return why_set(why, ERR_INPUT, "/openpgp", "channel.openpgp", "", "an armoured OpenPGP public key is expected, for mail");
    // A hook makes the node call an address of someone's choice: not of everybody's.
    bool has_role = request->principal.is_totp_done && request->principal.role_count > 0;
    if (ctx->is_hook && !has_role && !request->principal.is_administrator)
        return why_set(why, ERR_DENIED, "/medium", "channel.hook", "", "hooks are for people of the node's offices");
    if (!ctx->is_hook && (request->services->reach == NULL || !request->services->reach->has_mail))
        return why_set(why, ERR_LAW, "/medium", "channel.no_mail", "", "this node sends no mail: its configuration names no mail server");
    return err_none();
}

static struct err send_code(const struct api_request *request, struct store_conn *conn, const struct channel_ctx *ctx, int64_t now_ms, struct why *why) {
    struct span words = arena_printf(request->arena, "{\"key\":\"channel %.*s %lld\"}", SPAN_FMT(ctx->id), (long long)now_ms);
    struct delivery_new code = {.kind = "code", .is_first = true, .owner_kind = span_is(ctx->owner_kind, "person") ? "person" : "office", .owner = ctx->owner,
                                .channel_id = ctx->id, .medium = "mail", .address = ctx->address,
                                .language = ctx->language.len > 0 ? ctx->language : request->lang, .words = words, .next_ms = now_ms};
    return words.at == NULL ? err_make(ERR_MEMORY) : delivery_add(conn, &code, now_ms, why);
}

static struct err make_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *context, struct why *why) {
    (void)edge;
    struct channel_ctx *ctx = context;
    struct rows there, made;
    TRY(store_read(conn, STMT_CHANNELS_OF, PARAMS(value_text(ctx->owner_kind), value_text(ctx->owner)), request->arena, &there, why));
    TRY(store_read(conn, STMT_CHANNELS_MADE, PARAMS(value_text(request->principal.person_id), value_int(now_ms - MS_PER_DAY)), request->arena, &made, why));
    if (there.count >= CHANNELS_MOST || rows_int(&made, 0, 0) >= MADE_A_DAY)
        return why_set(why, ERR_LAW, "", "channel.most", "", "at most %d channels, and %d new ones a day", (int)CHANNELS_MOST, (int)MADE_A_DAY);
    TRY(store_write(conn, STMT_CHANNEL_ADD,
                    PARAMS(value_text(ctx->id), value_text(ctx->owner_kind), value_text(ctx->owner), value_text(ctx->medium), value_text(ctx->address),
                           value_text(ctx->language), value_text(ctx->openpgp), ctx->quiet_from, ctx->quiet_until,
                           ctx->is_hook ? value_null() : value_int(now_ms), ctx->is_hook ? value_int(now_ms) : value_null(), value_int(now_ms),
                           value_text(request->principal.person_id)),
                    NULL, why));
    if (request->services->is_exercise) TRY(store_write(conn, STMT_CHANNEL_OF_EXERCISE, PARAMS(value_text(ctx->id)), NULL, why));
    return ctx->is_hook ? err_none() : send_code(request, conn, ctx, now_ms, why);
}

static struct err make_render(struct api_request *request, struct api_response *response, struct store_conn *reader, void *context, struct why *why) {
    const struct channel_ctx *ctx = context;
    struct rows rows;
    struct json_out out;
    TRY(store_read(reader, STMT_CHANNEL_GET, PARAMS(value_text(ctx->id)), request->arena, &rows, why));
    api_json(response, 201, &out);
    if (rows.count == 1) write_channel(request, &out, &rows, 0, ctx->is_hook);
    return rows.count == 1 ? err_none() : err_make(ERR_NOT_FOUND);
}

static struct err post_channel(struct api_request *request, struct api_response *response, struct why *why) {
    static const char *const NAMES[] = {"office", "medium", "address", "language", "openpgp", "quiet_from", "quiet_until", NULL};
    struct channel_ctx *ctx = ARENA_NEW(request->arena, struct channel_ctx);
    struct json body;
    struct span office;
    char id[18];
    if (ctx == NULL) return err_make(ERR_MEMORY);
    TRY(api_body(request, &body, why));
    TRY(api_members_only(&body, NAMES, why));
    TRY(api_member_text_optional(&body, "office", 32, &office, why));
    TRY(read_address(request, &body, ctx, why));
    TRY(read_wishes(&body, ctx, why));
    ctx->owner_kind = office.at != NULL ? SPAN("office") : SPAN("person");
    ctx->owner = office.at != NULL ? office : request->principal.person_id;
    if (office.at != NULL && access_office_find(request->services->access, office) == NULL)
        return why_set(why, ERR_INPUT, "/office", "channel.office", "", "the node has no such office");
    if (is_err(may_change(&request->principal, ctx->owner_kind, ctx->owner, NULL)))
        return why_set(why, ERR_DENIED, "/office", "access.head", "", "the channels of an office are set by its head or an administrator");
    request->services->random_id('K', id);
    ctx->id = arena_copy(request->arena, span_of(id));
    return api_write(request, response, make_apply, make_render, ctx, false);
}

// --- the code ---

struct code_ctx {
    struct span code;
    bool is_right;
};

static struct span folded_code(struct arena *arena, struct span typed) {
    struct buf text;
    buf_init(&text, arena, 64);
    for (size_t i = 0; i < typed.len && i < 40; i++) {
        uint8_t c = typed.at[i];
        if (c >= 'A' && c <= 'Z') c = (uint8_t)(c - 'A' + 'a');
        if (c == 'o') c = '0';
        if (c == 'i' || c == 'l') c = '1';
        if (c != '-' && c != ' ') buf_add_byte(&text, c);
    }
    return buf_span(&text);
}

static struct err confirm_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *context, struct why *why) {
    (void)edge;
    struct code_ctx *ctx = context;
    struct rows rows;
    TRY(find(request, conn, &rows, why));
    ctx->is_right = rows_at(&rows, 0, C_CONFIRMED)->type != VALUE_NULL;
    int64_t code_ms = rows_int(&rows, 0, C_CODE_MS);
    if (ctx->is_right) return err_none();
    if (rows_int(&rows, 0, C_CODE_TRIES) >= CODE_TRIES || now_ms - code_ms > CODE_MS) return err_none();
    struct span key = arena_printf(request->arena, "channel %.*s %lld", SPAN_FMT(request->params[0]), (long long)code_ms);
    struct span right = folded_code(request->arena, reach_code(request->services, key, request->arena));
    ctx->is_right = secret_equals(folded_code(request->arena, ctx->code), right);
    struct value confirm[] = {value_text(request->params[0]), value_int(now_ms)};
    return ctx->is_right ? store_write(conn, STMT_CHANNEL_CONFIRM, confirm, 2, NULL, why) : store_write(conn, STMT_CHANNEL_TRY, confirm, 1, NULL, why);
}

static struct err confirm_render(struct api_request *request, struct api_response *response, struct store_conn *reader, void *context, struct why *why) {
    const struct code_ctx *ctx = context;
    if (!ctx->is_right)
        return why_set(why, ERR_LAW, "/code", "channel.code", "", "this is not the code, or it is over a day old or was tried %d times; ask for a new one", (int)CODE_TRIES);
    return api_done_render(request, response, reader, context, why);
}

static struct err post_confirm(struct api_request *request, struct api_response *response, struct why *why) {
    static const char *const NAMES[] = {"code", NULL};
    struct code_ctx *ctx = ARENA_NEW(request->arena, struct code_ctx);
    struct json body;
    struct rows rows;
    if (ctx == NULL) return err_make(ERR_MEMORY);
    TRY(find(request, request->conn, &rows, why));
    TRY(api_body(request, &body, why));
    TRY(api_members_only(&body, NAMES, why));
    TRY(api_member_text(&body, "code", 64, &ctx->code, why));
    return api_write(request, response, confirm_apply, confirm_render, ctx, false);
}

static struct err code_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *context, struct why *why) {
    (void)edge;
    (void)context;
    struct rows rows;
    TRY(find(request, conn, &rows, why));
    if (rows_at(&rows, 0, C_CONFIRMED)->type != VALUE_NULL) return why_set(why, ERR_CONFLICT, "", "channel.confirmed", "", "the address is confirmed already");
    if (now_ms - rows_int(&rows, 0, C_CODE_MS) < CODE_AGAIN_MS) return why_set(why, ERR_CONFLICT, "", "channel.code_wait", "", "a code was sent within the last minute");
    struct channel_ctx of = {.id = rows_span(&rows, 0, C_ID), .owner_kind = rows_span(&rows, 0, C_OWNER_KIND), .owner = rows_span(&rows, 0, C_OWNER),
                             .address = rows_span(&rows, 0, C_ADDRESS), .language = rows_span(&rows, 0, C_LANGUAGE)};
    TRY(store_write(conn, STMT_CHANNEL_CODE, PARAMS(value_text(of.id), value_int(now_ms)), NULL, why));
    return send_code(request, conn, &of, now_ms, why);
}

static struct err post_code(struct api_request *request, struct api_response *response, struct why *why) {
    struct rows rows;
    TRY(find(request, request->conn, &rows, why));
    return api_write(request, response, code_apply, api_done_render, NULL, false);
}

// --- changing and removing ---

static struct err change_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *context, struct why *why) {
    (void)edge;
    (void)now_ms;
    const struct channel_ctx *ctx = context;
    return store_write(conn, STMT_CHANNEL_QUIET, PARAMS(value_text(request->params[0]), value_text(ctx->language), ctx->quiet_from, ctx->quiet_until), NULL, why);
}

static struct err put_channel(struct api_request *request, struct api_response *response, struct why *why) {
    static const char *const NAMES[] = {"language", "quiet_from", "quiet_until", NULL};
    struct channel_ctx *ctx = ARENA_NEW(request->arena, struct channel_ctx);
    struct json body;
    struct rows rows;
    if (ctx == NULL) return err_make(ERR_MEMORY);
    TRY(find(request, request->conn, &rows, why));
    TRY(api_body(request, &body, why));
    TRY(api_members_only(&body, NAMES, why));
    TRY(read_wishes(&body, ctx, why));
    return api_write(request, response, change_apply, api_done_render, ctx, false);
}

static struct err remove_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *context, struct why *why) {
    (void)edge;
    (void)context;
    struct rows rows;
    TRY(find(request, conn, &rows, why));
    return store_write(conn, STMT_CHANNEL_REMOVE,
                       PARAMS(value_text(request->params[0]), value_text(rows_span(&rows, 0, C_OWNER_KIND)), value_text(rows_span(&rows, 0, C_OWNER)), value_int(now_ms)),
                       NULL, why);
}

static struct err delete_channel(struct api_request *request, struct api_response *response, struct why *why) {
    struct rows rows;
    TRY(find(request, request->conn, &rows, why));
    return api_write(request, response, remove_apply, api_done_render, NULL, false);
}

static const struct route_param OF_OFFICE[] = {{"office", "string", "those of this office; one's own where absent"}, {NULL, NULL, NULL}};

const struct route routes_channel[] = {
    {"GET", "/api/v1/channels", get_channels, AUTH_KNOWN, SCOPE_READ, RATE_READ, "reach", "Where one is reached, or an office", NULL, "ChannelList", 200, OF_OFFICE, false},
    {"POST", "/api/v1/channels", post_channel, AUTH_KNOWN, SCOPE_ACCOUNT, RATE_FILE, "reach", "Add an address or a hook; mail is confirmed by a code", "ChannelNew", "Channel", 201, NULL, false},
    {"PUT", "/api/v1/channels/{id}", put_channel, AUTH_KNOWN, SCOPE_ACCOUNT, RATE_READ, "reach", "Change language and quiet time", "ChannelWishes", NULL, 204, NULL, false},
    {"DELETE", "/api/v1/channels/{id}", delete_channel, AUTH_KNOWN, SCOPE_ACCOUNT, RATE_READ, "reach", "Remove a channel", NULL, NULL, 204, NULL, false},
    {"POST", "/api/v1/channels/{id}/confirm", post_confirm, AUTH_KNOWN, SCOPE_ACCOUNT, RATE_SECOND, "reach", "Confirm an address with the code that was mailed to it", "ChannelCode", NULL, 204, NULL, false},
    {"POST", "/api/v1/channels/{id}/code", post_code, AUTH_KNOWN, SCOPE_ACCOUNT, RATE_FILE, "reach", "Mail a new code", NULL, NULL, 204, NULL, false},
    {0},
};
