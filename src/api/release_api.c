// SPDX-License-Identifier: EUPL-1.2
/* Disclosures: who will receive what, who did, who did not and why; their signed documents; peers. */
#include "api/access_json.h"
#include "api/resources.h"
#include "format/paper_html.h"
#include "service/release_package.h"

// The case, for someone who reads it for an office; as if it were not there for anybody else.
static struct err office_case(struct api_request *request, struct span case_id, struct case_file *ret, const struct role **ret_role, struct why *why) {
    struct access_case of;
    struct gate_view view;
    TRY(case_get(request->conn, case_id, request->arena, ret, why));
    case_access(request->services, ret, request->arena, &of);
    TRY(access_may_read_case(&request->principal, &of, request->received_ms, why));
    *ret_role = access_role_for_case(&request->principal, &of);
    if (*ret_role == NULL) return access_no_case(why);
    struct gate_place place = gate_place_of(ret);
    TRY(gate_view_open(request->services, request->conn, &place, &request->principal, GATE_CASE, request->received_ms, request->arena, &view, why));
    return gate_view_known(&view, why);
}

// --- the list ---

// How often the recipient and the office were sent the notice of recall, and when they are again.
static struct err write_recall(struct json_out *out, struct store_conn *conn, const struct rows *rows, size_t i, struct arena *arena, struct why *why) {
    struct value of[] = {value_text(rows_span(rows, i, 0)), value_text(rows_span(rows, i, 1))};
    struct rows told;
    TRY(store_read(conn, STMT_NOTICE_RECALL_TOLD, of, 2, arena, &told, why));
    bool is_open = span_is(rows_span(rows, i, 3), "recalled");
    json_out_name(out, "recall");
    json_out_object(out);
    json_out_member_int(out, "sent", rows_int(&told, 0, 0));
    member_instant(out, arena, "last_sent_at", rows_at(&told, 0, 1));
    const struct value never = value_null();
    member_instant(out, arena, "next_at", is_open ? rows_at(&told, 0, 2) : &never);
    json_out_member_bool(out, "is_confirmed", !is_open);
    json_out_object_end(out);
    return err_none();
}

static struct err write_disclosure(struct json_out *out, struct store_conn *conn, struct arena *arena, const struct rows *rows, size_t i, struct why *why) {
    struct json op;
    json_out_object(out);
    json_out_member_string(out, "release", rows_span(rows, i, 0));
    json_out_member_string(out, "recipient", rows_span(rows, i, 1));
    json_out_member_string(out, "filing", rows_span(rows, i, 2));
    json_out_member_string(out, "state", rows_span(rows, i, 3));
    json_out_name(out, "released_at");
    if (rows_at(rows, i, 4)->type == VALUE_NULL) json_out_null(out);
    else json_out_string(out, instant_text(arena, rows_int(rows, i, 4)));
    json_out_member_string(out, "changed_at", instant_text(arena, rows_int(rows, i, 5)));
    json_out_member_string(out, "last_filing", rows_span(rows, i, 6));
    json_out_member_string(out, "recalled_by", rows_span(rows, i, 7));
    if (rows_span(rows, i, 7).at != NULL) TRY(write_recall(out, conn, rows, i, arena, why));
    if (!is_err(json_parse(arena, rows_span(rows, i, 8), &op, NULL))) {
        json_out_member_string(out, "label", json_get_string(&op, "label"));
        json_out_member_string(out, "basis", json_get_string(&op, "basis"));
        json_out_name(out, "fields");
        if (json_is_null(json_get(&op, "names"))) json_out_raw(out, SPAN("[]"));
        else json_out_value(out, json_get(&op, "names"));
    }
    json_out_object_end(out);
    return err_none();
}

static bool is_decided(const struct rows *disclosures, struct span filing, struct span recipient) {
    for (size_t i = 0; i < disclosures->count; i++)
        if (span_equals(rows_span(disclosures, i, 2), filing) && span_equals(rows_span(disclosures, i, 1), recipient)) return true;
    return false;
}

// What rules propose and nobody decided yet.
static struct err write_waiting(struct json_out *out, struct api_request *request, struct store_conn *conn, struct span case_id, const struct rows *disclosures,
                                struct why *why) {
    struct value id = value_text(case_id);
    struct rows rows;
    TRY(store_read(conn, STMT_PROPOSALS_OF_CASE, &id, 1, request->arena, &rows, why));
    json_out_name(out, "waiting");
    json_out_array(out);
    for (size_t i = 0; i < rows.count; i++) {
        struct json proposal;
        const struct span *to;
        TRY(json_parse(request->arena, rows_span(&rows, i, 2), &proposal, why));
        size_t count = release_proposed(&proposal, request->arena, &to);
        for (size_t k = 0; k < count; k++) {
            if (is_decided(disclosures, rows_span(&rows, i, 0), to[k])) continue;
            json_out_object(out);
            json_out_member_string(out, "recipient", to[k]);
            json_out_member_string(out, "filing", rows_span(&rows, i, 0));
            json_out_member_string(out, "rule", json_get_string(&proposal, "rule"));
            json_out_member_string(out, "article", json_get_string(&proposal, "article"));
            json_out_member_string(out, "reason", json_get_string(json_get(&proposal, "reason"), "en"));
            json_out_object_end(out);
        }
    }
    json_out_array_end(out);
    return err_none();
}

static struct err disclosures_render(struct api_request *request, struct api_response *response, struct store_conn *conn, void *context, struct why *why) {
    const struct case_file *file = context;
    struct value id = value_text(file->id);
    struct rows rows;
    struct json_out out;
    TRY(store_read(conn, STMT_DISCLOSURES_OF_CASE, &id, 1, request->arena, &rows, why));
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_member_string(&out, "case", file->id);
    json_out_name(&out, "disclosures");
    json_out_array(&out);
    for (size_t i = 0; i < rows.count; i++) TRY(write_disclosure(&out, conn, request->arena, &rows, i, why));
    json_out_array_end(&out);
    TRY(write_waiting(&out, request, conn, file->id, &rows, why));
    json_out_object_end(&out);
    return err_none();
}

static struct err get_disclosures(struct api_request *request, struct api_response *response, struct why *why) {
    struct case_file *file = ARENA_NEW(request->arena, struct case_file);
    const struct role *role;
    struct span case_id = api_query(request, "case");
    if (file == NULL) return err_make(ERR_MEMORY);
    if (case_id.at == NULL) return why_set(why, ERR_INPUT, "case", "api.required", "", "name the case: ?case=C...");
    TRY(office_case(request, case_id, file, &role, why));
    return api_read_noted(request, response, "case", file->id, file->entity_id, role, disclosures_render, file, why);
}

// --- documents ---

struct document {
    const char *name, *media;
    struct buf bytes, envelope;
};
struct documents {
    struct span release, recipient;
    bool is_recall;
    struct span format; // "json", "html", "pdf", "bundle"
    struct document made[3];
};

static struct err seal(struct api_request *request, const struct documents *of, struct document *document, struct why *why) {
    struct services *services = request->services;
    buf_init(&document->envelope, request->arena, 16 * 1024);
    if (document->bytes.is_failed) return err_make(ERR_MEMORY);
    if (services->sign == NULL) return why_set(why, ERR_UNSUPPORTED, "", "envelope.keys", "", "documents are signed by a running node");
    struct envelope envelope = {.kind = of->is_recall ? SPAN("recall") : SPAN("disclosure"), .subject = of->release, .to = of->recipient,
                                .media = span_of(document->media), .sha256 = hash_sha256(buf_span(&document->bytes)), .time_ms = request->received_ms};
    return services->sign(services->sign_context, &envelope, &document->envelope, why);
}

// On the thread that handles the request: setting a PDF takes its time, and others wait for the thread that renders.
static struct err make(struct api_request *request, const struct documents *of, struct document ret[3], struct why *why) {
    static const char *const NAMES[] = {"json", "html", "pdf"}, *const MEDIA[] = {"application/json", "text/html", "application/pdf"};
    struct services *services = request->services;
    struct store_conn *conn = request->conn;
    struct release_package *package = ARENA_NEW(request->arena, struct release_package);
    struct buf paper;
    struct paper parsed;
    bool is_bundle = span_is(of->format, "bundle");
    if (package == NULL) return err_make(ERR_MEMORY);
    buf_init(&paper, request->arena, PAPER_BYTES);
    for (size_t i = 0; i < 3; i++) {
        ret[i] = (struct document){.name = NAMES[i], .media = MEDIA[i]};
        buf_init(&ret[i].bytes, request->arena, PAPER_PDF_BYTES);
    }
    if (of->is_recall) {
        TRY(release_recall_json(services, conn, of->release, of->recipient, request->arena, &ret[0].bytes, &paper, why));
    } else {
        TRY(release_package_open(services, conn, of->release, of->recipient, request->received_ms, request->arena, package, why));
        TRY(release_package_json(package, conn, request->arena, &ret[0].bytes, why));
        release_package_paper(package, request->arena, &paper);
    }
    if (paper.is_failed) return err_make(ERR_MEMORY);
    TRY(paper_parse(buf_span(&paper), request->arena, &parsed, why));
    paper_html(&parsed, &ret[1].bytes);
    if ((is_bundle || span_is(of->format, "pdf")) && services->press != NULL) TRY(services->press(services->press_context, buf_span(&paper), &ret[2].bytes, why));
    for (size_t i = 0; i < 3; i++)
        if (is_bundle || span_is(of->format, ret[i].name)) TRY(seal(request, of, &ret[i], why));
    return err_none();
}

static struct span base64_of(struct arena *arena, struct span bytes) {
    struct buf text;
    buf_init(&text, arena, PAPER_PDF_BYTES * 2);
    buf_add_base64(&text, bytes);
    return buf_span(&text);
}

static void write_bundle(struct api_request *request, struct api_response *response, const struct documents *of, const struct document *documents) {
    struct json_out out;
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_member_string(&out, "release", of->release);
    json_out_member_string(&out, "recipient", of->recipient);
    json_out_name(&out, "documents");
    json_out_array(&out);
    for (size_t i = 0; i < 3; i++) {
        struct buf hash;
        struct hash digest = hash_sha256(buf_span(&documents[i].bytes));
        buf_init(&hash, request->arena, 128);
        buf_add_hex(&hash, hash_span(&digest));
        json_out_object(&out);
        json_out_member_string(&out, "name", arena_printf(request->arena, "%.*s-%.*s.%s", SPAN_FMT(of->release),
                                                         SPAN_FMT(span_part(of->recipient, span_find(of->recipient, ':', 0) + 1, of->recipient.len)), documents[i].name));
        json_out_member_text(&out, "media_type", documents[i].media);
        json_out_member_string(&out, "sha256", buf_span(&hash));
        json_out_member_string(&out, "content", base64_of(request->arena, buf_span(&documents[i].bytes)));
        json_out_member_string(&out, "envelope", buf_span(&documents[i].envelope));
        json_out_object_end(&out);
    }
    json_out_array_end(&out);
    json_out_object_end(&out);
}

static struct err documents_render(struct api_request *request, struct api_response *response, struct store_conn *conn, void *context, struct why *why) {
    (void)conn;
    (void)why;
    const struct documents *of = context;
    const struct document *documents = of->made;
    api_respond_header(response, "cache-control", SPAN("no-store"));
    if (span_is(of->format, "bundle")) {
        write_bundle(request, response, of, documents);
        return err_none();
    }
    for (size_t i = 0; i < 3; i++) {
        if (!span_is(of->format, documents[i].name)) continue;
        response->status = 200;
        response->media_type = documents[i].media;
        api_respond_header(response, "content-disposition", SPAN("attachment"));
        api_respond_header(response, "varde-envelope", base64_of(request->arena, buf_span(&documents[i].envelope)));
        buf_add(&response->body, buf_span(&documents[i].bytes));
    }
    return err_none();
}

static struct err get_documents(struct api_request *request, struct api_response *response, struct why *why) {
    struct documents *of = ARENA_NEW(request->arena, struct documents);
    struct case_file *file = ARENA_NEW(request->arena, struct case_file);
    const struct role *role;
    struct rows rows;
    if (of == NULL || file == NULL) return err_make(ERR_MEMORY);
    struct span format = api_query(request, "format"), kind = api_query(request, "document");
    *of = (struct documents){.release = request->params[0], .recipient = request->params[1], .format = format.at != NULL ? format : SPAN("bundle"),
                             .is_recall = kind.at != NULL && span_is(kind, "recall")};
    if (!span_is(of->format, "bundle") && !span_is(of->format, "json") && !span_is(of->format, "html") && !span_is(of->format, "pdf"))
        return why_set(why, ERR_INPUT, "format", "api.query", "", "format is json, html, pdf or bundle");
    if (kind.at != NULL && !of->is_recall && !span_is(kind, "disclosure"))
        return why_set(why, ERR_INPUT, "document", "api.query", "", "document is disclosure or recall");
    struct value params[] = {value_text(of->release), value_text(of->recipient)};
    TRY(store_read(request->conn, STMT_DISCLOSURE_GET, params, 2, request->arena, &rows, why));
    if (rows.count == 0) return access_no_case(why);
    TRY(office_case(request, rows_span(&rows, 0, 0), file, &role, why));
    TRY(make(request, of, of->made, why));
    return api_read_noted(request, response, "filing", of->release, file->entity_id, role, documents_render, of, why);
}

// --- peers ---

static struct err get_peers(struct api_request *request, struct api_response *response, struct why *why) {
    struct rows rows;
    struct json_out out;
    if (!request->principal.is_totp_done || (request->principal.role_count == 0 && !request->principal.is_administrator))
        return why_set(why, ERR_DENIED, "", "access.office", "", "this list is for officers and administrators, signed in with their second factor");
    TRY(store_read(request->conn, STMT_PEERS, NULL, 0, request->arena, &rows, why));
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_name(&out, "peers");
    json_out_array(&out);
    for (size_t i = 0; i < rows.count; i++) {
        json_out_object(&out);
        json_out_member_string(&out, "name", rows_span(&rows, i, 0));
        json_out_member_string(&out, "way", rows_span(&rows, i, 1));
        json_out_member_string(&out, "filing", rows_span(&rows, i, 2));
        json_out_member_string(&out, "changed_at", instant_text(request->arena, rows_int(&rows, i, 3)));
        json_out_member_string(&out, "case", rows_span(&rows, i, 4));
        member_instant(&out, request->arena, "last_disclosed_at", rows_at(&rows, i, 5));
        json_out_member_int(&out, "to_hand_over", rows_int(&rows, i, 6));
        json_out_member_int(&out, "to_confirm", rows_int(&rows, i, 7));
        json_out_object_end(&out);
    }
    json_out_array_end(&out);
    json_out_object_end(&out);
    return err_none();
}

static const struct route_param OF_CASE[] = {{"case", "string", "the case, required"}, {NULL, NULL, NULL}};
static const struct route_param DOCUMENT[] = {
    {"format", "string", "json, html, pdf, or bundle (default): all three with their envelopes, as JSON"},
    {"document", "string", "disclosure (default), or recall: the notice by which it is recalled"},
    {NULL, NULL, NULL},
};

const struct route routes_release[] = {
    {"GET", "/api/v1/disclosures", get_disclosures, AUTH_KNOWN, SCOPE_READ, RATE_READ, "releases", "Who will receive something of a case, who did, who did not, and why", NULL, "DisclosureList", 200, OF_CASE, false},
    {"GET", "/api/v1/disclosures/{release}/{recipient}", get_documents, AUTH_KNOWN, SCOPE_READ, RATE_READ, "releases", "The signed documents for one recipient; the envelope of a single one in the header Varde-Envelope (base64)", NULL, "DisclosureDocuments", 200, DOCUMENT, false},
    {"GET", "/api/v1/peers", get_peers, AUTH_KNOWN, SCOPE_READ, RATE_READ, "releases", "Other states and bodies, and how they are reached", NULL, "PeerList", 200, NULL, false},
    {0},
};
