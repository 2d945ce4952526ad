// SPDX-License-Identifier: EUPL-1.2
/* Drafts and attachments. */
#include "api/resources.h"
#include "law/pack.h"
#include "service/party.h"
#include "service/seen.h"
#include "service/draft.h"
#include "service/gate_view.h"

static struct span new_id(struct api_request *request, char prefix) {
    char id[18];
    request->services->random_id(prefix, id);
    return arena_copy(request->arena, span_of(id));
}

// --- drafts ---

struct draft_ctx {
    struct span id, content;
    int64_t version, now_ms;
    bool is_new;
};

static struct err draft_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *context, struct why *why) {
    (void)edge;
    struct draft_ctx *ctx = context;
    ctx->now_ms = now_ms;
    return draft_put(request->services, conn, request->principal.person_id, ctx->id, ctx->content, ctx->version, now_ms, request->arena, why);
}

static void write_draft(struct json_out *out, struct arena *arena, struct span id, int64_t version, int64_t changed_ms, struct span content) {
    json_out_object(out);
    json_out_member_string(out, "id", id);
    json_out_member_int(out, "version", version);
    json_out_member_string(out, "changed_at", instant_text(arena, changed_ms));
    json_out_member_string(out, "expires_at", instant_text(arena, changed_ms + DRAFT_KEPT_MS));
    json_out_name(out, "draft");
    json_out_raw(out, content);
    json_out_object_end(out);
}

static struct err draft_render(struct api_request *request, struct api_response *response, struct store_conn *reader, void *context, struct why *why) {
    (void)reader;
    (void)why;
    struct draft_ctx *ctx = context;
    struct json_out out;
    api_json(response, ctx->is_new ? 201 : 200, &out);
    if (ctx->is_new) api_respond_header(response, "location", arena_printf(request->arena, "/api/v1/drafts/%.*s", SPAN_FMT(ctx->id)));
    api_respond_header(response, "etag", arena_printf(request->arena, "\"%.*s-%lld\"", SPAN_FMT(ctx->id), (long long)ctx->version + 1));
    write_draft(&out, request->arena, ctx->id, ctx->version + 1, ctx->now_ms, ctx->content);
    return err_none();
}

// A draft is any JSON object; it is stored as sent, so that nothing that was typed is lost, complete or not.
static struct err read_draft(struct api_request *request, struct draft_ctx *ctx, struct why *why) {
    struct json body;
    struct buf canonical;
    TRY(api_body(request, &body, why));
    buf_init(&canonical, request->arena, LIMIT_JSON_BYTES * 2);
    struct json_out out;
    json_out_init(&out, &canonical);
    json_out_value(&out, &body);
    if (canonical.is_failed) return err_make(ERR_MEMORY);
    ctx->content = buf_span(&canonical);
    return err_none();
}

static struct err post_draft(struct api_request *request, struct api_response *response, struct why *why) {
    TRY(api_room(request, why));
    struct draft_ctx *ctx = ARENA_NEW(request->arena, struct draft_ctx);
    if (ctx == NULL) return err_make(ERR_MEMORY);
    TRY(read_draft(request, ctx, why));
    ctx->id = new_id(request, 'D');
    ctx->is_new = true;
    return api_write(request, response, draft_apply, draft_render, ctx, false);
}

static struct err put_draft(struct api_request *request, struct api_response *response, struct why *why) {
    TRY(api_room(request, why));
    struct draft_ctx *ctx = ARENA_NEW(request->arena, struct draft_ctx);
    struct draft draft;
    if (ctx == NULL) return err_make(ERR_MEMORY);
    TRY(read_draft(request, ctx, why));
    TRY(draft_get(request->services, request->conn, request->principal.person_id, request->params[0], request->received_ms, request->arena, &draft, why));
    TRY(api_if_match(request, draft.id, draft.version, why));
    ctx->id = request->params[0];
    ctx->version = draft.version;
    return api_write(request, response, draft_apply, draft_render, ctx, false);
}

static struct err get_draft(struct api_request *request, struct api_response *response, struct why *why) {
    struct draft draft;
    TRY(draft_get(request->services, request->conn, request->principal.person_id, request->params[0], request->received_ms, request->arena, &draft, why));
    if (api_etag(request, response, draft.id, draft.version)) return err_none();
    struct json_out out;
    api_json(response, 200, &out);
    write_draft(&out, request->arena, draft.id, draft.version, draft.changed_ms, draft.content);
    return err_none();
}

static struct err get_drafts(struct api_request *request, struct api_response *response, struct why *why) {
    struct draft *drafts;
    size_t count;
    TRY(draft_list(request->services, request->conn, request->principal.person_id, request->received_ms, request->arena, &drafts, &count, why));
    struct json_out out;
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_name(&out, "drafts");
    json_out_array(&out);
    for (size_t i = 0; i < count; i++) write_draft(&out, request->arena, drafts[i].id, drafts[i].version, drafts[i].changed_ms, drafts[i].content);
    json_out_array_end(&out);
    json_out_object_end(&out);
    return err_none();
}

static struct err delete_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *context, struct why *why) {
    (void)edge;
    (void)now_ms;
    (void)context;
    struct value params[] = {value_text(request->params[0]), value_text(request->principal.person_id)};
    size_t changed = 0;
    TRY(store_write(conn, STMT_DRAFT_DELETE, params, 2, &changed, why));
    return changed == 1 ? err_none() : why_set(why, ERR_NOT_FOUND, "", "draft.unknown", "", "you have no such draft");
}

static struct err delete_render(struct api_request *request, struct api_response *response, struct store_conn *reader, void *context, struct why *why) {
    (void)request;
    (void)reader;
    (void)context;
    (void)why;
    response->status = 204;
    return err_none();
}

static struct err delete_draft(struct api_request *request, struct api_response *response, struct why *why) {
    (void)why;
    return api_write(request, response, delete_apply, delete_render, NULL, false);
}

// --- attachments ---

static struct err attachment_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *context, struct why *why) {
    (void)edge;
    return attachment_put(request->services, conn, context, request->body, now_ms, request->arena, why);
}

static struct err attachment_render(struct api_request *request, struct api_response *response, struct store_conn *reader, void *context, struct why *why) {
    (void)reader;
    (void)why;
    const struct attachment *attachment = context;
    struct buf hash;
    buf_init(&hash, request->arena, 128);
    buf_add_hex(&hash, attachment->sha256);
    struct json_out out;
    api_json(response, 201, &out);
    api_respond_header(response, "location", arena_printf(request->arena, "/api/v1/attachments/%.*s", SPAN_FMT(attachment->id)));
    json_out_object(&out);
    json_out_member_string(&out, "id", attachment->id);
    json_out_member_string(&out, "name", attachment->name);
    json_out_member_int(&out, "size_bytes", (int64_t)request->body.len);
    json_out_member_string(&out, "sha256", buf_span(&hash));
    json_out_member_string(&out, "notice", law_notice(request->services->law, request->services->state, "notice.attachment", request->lang));
    json_out_object_end(&out);
    return err_none();
}

// A name for a list: no path, nothing that makes "exe.pdf" of "fdp.exe".
static bool is_file_name(struct span name) {
    for (size_t i = 0; i < name.len; i++)
        if (name.at[i] == '/' || name.at[i] == '\\') return false;
    return name.len > 0 && name.len <= LIMIT_NAME_BYTES && !span_is(name, ".") && !span_is(name, "..") && span_is_utf8(name) && !span_has_hidden(name);
}

static bool is_media_type(struct span type) {
    for (size_t i = 0; i < type.len; i++) {
        uint8_t c = type.at[i];
        bool is_token = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' || c == '+' || c == '.' || c == '-';
        if (!is_token) return false;
    }
    return type.len >= 3 && type.len <= 127;
}

static struct err post_attachment(struct api_request *request, struct api_response *response, struct why *why) {
    TRY(api_room(request, why));
    struct attachment *attachment = ARENA_NEW(request->arena, struct attachment);
    struct hash *hash = ARENA_NEW(request->arena, struct hash);
    if (attachment == NULL || hash == NULL) return err_make(ERR_MEMORY);
    struct span name = api_query(request, "name"), type = api_header(request, "content-type");
    if (!is_file_name(name)) return why_set(why, ERR_INPUT, "name", "attachment.name", "", "the query parameter name must be a file name");
    if (!is_media_type(type)) type = SPAN("application/octet-stream");
    if (request->body.len == 0) return why_set(why, ERR_INPUT, "", "attachment.empty", "", "the attachment is empty");
    if (request->body.len > LIMIT_ATTACHMENT_BYTES)
        return why_set(why, ERR_LIMIT, "", "attachment.size", "", "an attachment may have at most %d bytes", (int)LIMIT_ATTACHMENT_BYTES);
    *hash = hash_sha256(request->body);
    *attachment = (struct attachment){.id = new_id(request, 'A'), .person_id = request->principal.person_id, .name = name, .media_type = type, .sha256 = hash_span(hash)};
    return api_write(request, response, attachment_apply, attachment_render, attachment, false);
}

// Whether she reads the filing as a party of the case: her own party's, or what parties see of the offices'.
static struct err reads_as_party(struct api_request *request, const struct case_file *file, const struct rows *filing, bool *ret, struct why *why) {
    bool is_below;
    *ret = false;
    if (span_is(rows_span(filing, 0, 7), "party")) {
        struct access_case own = {.has_parties = true, .party_count = 1,};
        struct span party = rows_span(filing, 0, 3);
        own.parties = &party;
        own.procedure = file->procedure;
        *ret = !is_err(access_may_read_part(&request->principal, &own, request->received_ms, NULL));
        return err_none();
    }
    return party_may_read_filing(request->services, request->conn, &request->principal, file->id, rows_span(filing, 0, 0), rows_span(filing, 0, 6),
                                 request->received_ms, request->arena, ret, &is_below, why);
}

// Before it is filed an attachment is its author's alone; then it is read like its case.
static struct err may_read_attachment(struct api_request *request, const struct attachment *attachment, const struct role **ret_role, struct span *ret_entity, struct why *why) {
    if (attachment->case_id.at == NULL)
        return span_equals(attachment->person_id, request->principal.person_id) ? err_none() : err_make(ERR_NOT_FOUND);
    struct case_file file;
    struct access_case of;
    TRY(case_get(request->conn, attachment->case_id, request->arena, &file, why));
    TRY(case_find_filer(request->conn, &request->principal, request->received_ms, request->arena, &file, why));
    case_access(request->services, &file, request->arena, &of);
    *ret_role = access_role_for_case(&request->principal, &of);
    *ret_entity = file.entity_id;
    struct value id = value_text(attachment->filing_id);
    struct rows rows, *filing = &rows;
    TRY(store_read(request->conn, STMT_FILING_GET, &id, 1, request->arena, filing, why));
    if (filing->count == 0) return access_no_case(why);
    struct viewer viewer = viewer_of(&request->principal, &of, request->received_ms);
    struct matter matter = {.seen_by = rows_span(filing, 0, 12), .filer_role = rows_span(filing, 0, 7), .filer = rows_span(filing, 0, 8),
                            .office = rows_span(filing, 0, 13)};
    bool is_party = false, is_filer = viewer_owns(&viewer, &matter);
    struct err refused = is_filer ? err_none() : access_may_read_case(&request->principal, &of, request->received_ms, why);
    if (is_err(refused)) TRY(reads_as_party(request, &file, filing, &is_party, why));
    if (is_err(refused) && !is_party) return refused;
    if (!is_party && !viewer_sees(&viewer, &matter)) return access_no_case(why);
    struct gate_view view;
    struct gate_place place = gate_place_of(&file);
    place.is_party = is_party;
    if (is_filer) place.filer = request->principal.pseudonym, place.filer_as = matter.filer_role;
    struct gate_verdict verdict;
    TRY(gate_view_open(request->services, request->conn, &place, &request->principal, GATE_ATTACHMENT, request->received_ms, request->arena, &view, why));
    struct gate_view as_known = view; // what an office filed is no reason to know of a case that is held from it
    if (role_is_office(matter.filer_role) && view.block_count > 0) as_known.place.filer = SPAN("");
    TRY(gate_view_known(&as_known, why));
    TRY(gate_view_attachment(&view, request->conn, attachment->filing_id, attachment->id, request->arena, &verdict, why));
    if (verdict.is_allowed) return err_none();
    return why_set(why, ERR_DENIED, "", verdict.rule, arena_text(request->arena, verdict.article), "this attachment is kept back: %.*s", SPAN_FMT(verdict.words));
}

static struct err attachment_read_render(struct api_request *request, struct api_response *response, struct store_conn *reader, void *context, struct why *why) {
    TRY(attachment_read(reader, context, request->arena, &response->body, why));
    response->status = 200;
    // Never shown by a browser: what an attacker uploads is only ever saved.
    response->media_type = "application/octet-stream";
    api_respond_header(response, "content-disposition", SPAN("attachment"));
    api_respond_header(response, "cache-control", SPAN("no-store"));
    return err_none();
}

static struct err get_attachment(struct api_request *request, struct api_response *response, struct why *why) {
    struct attachment *attachment = ARENA_NEW(request->arena, struct attachment);
    const struct role *role = NULL;
    struct span entity = span_make(NULL, 0);
    struct why own = {0};
    if (attachment == NULL) return err_make(ERR_MEMORY);
    struct err e = attachment_get(request->conn, request->params[0], request->arena, attachment, &own);
    if (!is_err(e)) e = may_read_attachment(request, attachment, &role, &entity, &own);
    if (e.code == ERR_NOT_FOUND) return why_set(why, ERR_NOT_FOUND, "", "attachment.unknown", "", "there is no such attachment, or none that you may read");
    if (is_err(e)) return why_set(why, e.code, own.field, own.rule, own.article, "%s", own.words);
    if (attachment->case_id.at == NULL) return attachment_read_render(request, response, request->conn, attachment, why);
    return api_read_noted(request, response, "attachment", attachment->id, entity, role, attachment_read_render, attachment, why);
}

static const struct route_param ATTACHMENT_NAME[] = {{"name", "string", "file name, required"}, {NULL, NULL, NULL}};

const struct route routes_draft[] = {
    {"GET", "/api/v1/drafts", get_drafts, AUTH_KNOWN, SCOPE_FILE, RATE_READ, "drafts", "One's drafts, last changed first", NULL, "DraftList", 200, NULL, false},
    {"POST", "/api/v1/drafts", post_draft, AUTH_KNOWN, SCOPE_FILE, RATE_READ, "drafts", "Saves a new draft; only its author can read it", "AnyObject", "Draft", 201, NULL, false},
    {"GET", "/api/v1/drafts/{id}", get_draft, AUTH_KNOWN, SCOPE_FILE, RATE_READ, "drafts", "A draft", NULL, "Draft", 200, NULL, false},
    {"PUT", "/api/v1/drafts/{id}", put_draft, AUTH_KNOWN, SCOPE_FILE, RATE_READ, "drafts", "Saves a draft again; If-Match guards against another window", "AnyObject", "Draft", 200, NULL, false},
    {"DELETE", "/api/v1/drafts/{id}", delete_draft, AUTH_KNOWN, SCOPE_FILE, RATE_READ, "drafts", "Deletes a draft", NULL, NULL, 204, NULL, false},
    {"POST", "/api/v1/attachments", post_attachment, AUTH_KNOWN, SCOPE_FILE, RATE_FILE, "drafts", "Uploads an attachment (the body's bytes), to be named in a filing. Classified matter does not belong here", "Bytes", "Attachment", 201, ATTACHMENT_NAME, false},
    {"GET", "/api/v1/attachments/{id}", get_attachment, AUTH_KNOWN, SCOPE_READ, RATE_READ, "drafts", "An attachment's bytes", NULL, NULL, 200, NULL, false},
    {0},
};
