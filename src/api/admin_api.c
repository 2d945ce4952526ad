// SPDX-License-Identifier: EUPL-1.2
/* What the node's administrators watch over: its backups, and the tokens of all machines. */
#include "api/access_json.h"
#include "api/resources.h"

enum { BACKUPS_SHOWN = 30 };

// --- backups ---

static const struct list_column BACKUPS[] = {
    {"id", LIST_TEXT, 0, NULL}, {"made_at", LIST_INSTANT, 1, NULL}, {"is_whole", LIST_BOOL, 2, NULL}, {"place", LIST_TEXT, 3, NULL},
    {"keys_place", LIST_TEXT, 4, NULL}, {"records", LIST_INT, 5, NULL}, {"tried_at", LIST_INSTANT, 7, NULL}, {0}};

static void write_backups(struct api_request *request, struct json_out *out, const struct rows *rows) {
    for (size_t i = 0; i < rows->count; i++) {
        json_out_object(out);
        list_members(request, out, BACKUPS, rows, i);
        json_out_name(out, "bytes");
        if (rows_at(rows, i, 6)->type == VALUE_NULL) json_out_null(out);
        else json_out_int(out, rows_int(rows, i, 6));
        json_out_object_end(out);
    }
}

static bool is_older(const struct rows *rows, size_t column, int64_t than_ms) {
    return rows_at(rows, 0, column)->type == VALUE_NULL || rows_int(rows, 0, column) < than_ms;
}

// Whole ones first, then the lists of what was erased, each newest first.
static struct err get_backups(struct api_request *request, struct api_response *response, struct why *why) {
    struct rows last, whole, lists, records;
    struct value of_whole[] = {value_int(1), value_int(BACKUPS_SHOWN)}, of_lists[] = {value_int(0), value_int(BACKUPS_SHOWN)};
    struct json_out out;
    TRY(store_read(request->conn, STMT_BACKUP_NOTE_LAST, NULL, 0, request->arena, &last, why));
    TRY(store_read(request->conn, STMT_BACKUP_NOTES, of_whole, 2, request->arena, &whole, why));
    TRY(store_read(request->conn, STMT_BACKUP_NOTES, of_lists, 2, request->arena, &lists, why));
    TRY(store_read(request->conn, STMT_RECORD_COUNT, NULL, 0, request->arena, &records, why));
    bool is_never = rows_at(&last, 0, 0)->type == VALUE_NULL;
    bool is_late = is_older(&last, 0, request->received_ms - LIMIT_BACKUP_LATE_MS);
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_member_text(&out, "state", is_never ? "never" : is_late ? "late" : "fresh");
    member_instant(&out, request->arena, "made_at", rows_at(&last, 0, 0));
    member_instant(&out, request->arena, "erasures_at", rows_at(&last, 0, 1));
    member_instant(&out, request->arena, "tried_at", rows_at(&last, 0, 2));
    json_out_member_bool(&out, "is_trial_due", is_older(&last, 2, request->received_ms - LIMIT_BACKUP_TRY_DAYS * MS_PER_DAY));
    json_out_member_int(&out, "records_since", rows_int(&records, 0, 0) - (whole.count > 0 ? rows_int(&whole, 0, 5) : 0));
    json_out_name(&out, "items");
    json_out_array(&out);
    write_backups(request, &out, &whole);
    write_backups(request, &out, &lists);
    json_out_array_end(&out);
    json_out_object_end(&out);
    return err_none();
}

// --- tokens of all ---

static const struct list_column TOKENS[] = {
    {"id", LIST_TEXT, 0, NULL}, {"name", LIST_TEXT, 1, NULL}, {"scopes", LIST_SCOPES_TOKEN, 2, NULL}, {"created_at", LIST_INSTANT, 3, NULL},
    {"expires_at", LIST_INSTANT, 4, NULL}, {"revoked_at", LIST_INSTANT, 5, NULL}, {"used_at", LIST_INSTANT, 6, NULL},
    {"person", LIST_TEXT, 7, NULL}, {"login", LIST_TEXT, 8, NULL}, {"person_name", LIST_TEXT, 9, NULL}, {0}};

static struct err get_tokens(struct api_request *request, struct api_response *response, struct why *why) {
    struct json after = {.type = JSON_STRING};
    bool is_given = false;
    struct rows rows;
    TRY(api_cursor_read(request, "tokens-all", &after, 1, &is_given, why));
    TRY(access_tokens_of_all(request->conn, is_given ? after.string : SPAN(""), request->arena, &rows, why));
    return list_write(request, response, TOKENS, &rows, "tokens-all", 0);
}

static struct err revoke_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *context, struct why *why) {
    (void)edge;
    (void)context;
    return access_token_revoke(conn, request->params[0], request->params[1], request->principal.person_id, now_ms, why);
}

static struct err delete_token(struct api_request *request, struct api_response *response, struct why *why) {
    (void)why;
    return api_write(request, response, revoke_apply, api_done_render, NULL, false);
}

const struct route routes_admin[] = {
    {"GET", "/api/v1/backups", get_backups, AUTH_ADMINISTRATOR, SCOPE_ADMINISTER, RATE_READ, "administration", "When this node was backed up, and whether a backup was restored to try it", NULL, "BackupList", 200, NULL, false},
    {"GET", "/api/v1/tokens/all", get_tokens, AUTH_ADMINISTRATOR, SCOPE_ADMINISTER, RATE_READ, "administration", "The tokens of all persons", NULL, "TokenOfAllList", 200, NULL, false},
    {"DELETE", "/api/v1/persons/{person}/tokens/{token}", delete_token, AUTH_ADMINISTRATOR, SCOPE_ADMINISTER, RATE_FILE, "administration", "Revokes a token of another person", NULL, NULL, 204, NULL, false},
    {0},
};
