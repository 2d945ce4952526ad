// SPDX-License-Identifier: EUPL-1.2
/* The preview of a release: side by side what was filed, what each recipient would get, and why the rest stays. */
#include "api/resources.h"
#include "service/gate_view.h"
#include "service/release_op.h"

enum { RECIPIENTS_MAX = 64 };

struct preview {
    struct case_file file;
    struct rows proposals;
    struct span filing, basis;
    size_t asked_count;
    struct span asked[RECIPIENTS_MAX]; // recipients beside those that rules propose
};

static void write_original(struct json_out *out, const struct record_open *record) {
    json_out_name(out, "original");
    json_out_object(out);
    for (size_t i = 0; i < record->field_count; i++) {
        if (record->fields[i].state != RECEIPT_SHOWN) continue;
        json_out_name_span(out, record->fields[i].item.name);
        json_out_raw(out, record->fields[i].item.canonical);
    }
    json_out_object_end(out);
}

static bool has(const struct json *list, struct span name) {
    for (size_t i = 0; list != NULL && list->type == JSON_ARRAY && i < list->count; i++)
        if (span_equals(list->items[i].string, name)) return true;
    return false;
}

// What goes through the gate and is proposed (or, where nothing was proposed, may be chosen), and what stays and why.
static struct err write_recipient(struct json_out *out, struct api_request *request, const struct preview *preview, struct store_conn *conn, struct span filing,
                                  struct span recipient, const struct json *proposal, struct why *why) {
    struct gate_view view;
    struct gate_withheld withheld;
    struct record_open record;
    struct gate_place place = gate_place_of(&preview->file);
    struct span basis = proposal != NULL ? json_get_string(proposal, "article") : preview->basis;
    TRY(release_view(request->services, conn, &place, recipient, basis, request->received_ms, request->arena, &view, why));
    TRY(gate_read_record(&view, conn, filing, request->arena, &record, &withheld, why));
    json_out_object(out);
    json_out_member_string(out, "recipient", recipient);
    json_out_member_bool(out, "is_proposed", proposal != NULL);
    json_out_member_string(out, "rule", json_get_string(proposal, "rule"));
    json_out_member_string(out, "article", json_get_string(proposal, "article"));
    json_out_member_string(out, "reason", json_get_string(json_get(proposal, "reason"), "en"));
    json_out_name(out, "gets");
    json_out_object(out);
    for (size_t i = 0; i < record.field_count; i++) {
        const struct receipt_item *item = &record.fields[i];
        if (item->state != RECEIPT_SHOWN || (proposal != NULL && !has(json_get(proposal, "fields"), item->item.name))) continue;
        json_out_name_span(out, item->item.name);
        json_out_raw(out, item->item.canonical);
    }
    json_out_object_end(out);
    for (size_t i = 0; proposal != NULL && i < record.field_count; i++) {
        if (record.fields[i].state != RECEIPT_SHOWN || has(json_get(proposal, "fields"), record.fields[i].item.name)) continue;
        withheld.items[withheld.count].name = record.fields[i].item.name;
        withheld.items[withheld.count].verdict = (struct gate_verdict){.rule = "release.rule", .article = json_get_string(proposal, "article")};
        withheld.items[withheld.count++].verdict.words = SPAN("the rule does not propose it");
    }
    gate_withheld_write(out, &withheld);
    json_out_object_end(out);
    return err_none();
}

static struct err write_recipients(struct json_out *out, struct api_request *request, const struct preview *preview, struct store_conn *conn, struct span filing,
                                   struct why *why) {
    json_out_name(out, "recipients");
    json_out_array(out);
    for (size_t i = 0; i < preview->proposals.count; i++) {
        struct json proposal;
        const struct span *to;
        if (!span_equals(rows_span(&preview->proposals, i, 0), filing)) continue;
        TRY(json_parse(request->arena, rows_span(&preview->proposals, i, 2), &proposal, why));
        size_t count = release_proposed(&proposal, request->arena, &to);
        for (size_t k = 0; k < count; k++) TRY(write_recipient(out, request, preview, conn, filing, to[k], &proposal, why));
    }
    for (size_t i = 0; i < preview->asked_count; i++) {
        bool is_proposed;
        TRY(release_is_proposed(conn, preview->file.id, filing, preview->asked[i], request->arena, &is_proposed, NULL, why));
        if (!is_proposed) TRY(write_recipient(out, request, preview, conn, filing, preview->asked[i], NULL, why));
    }
    json_out_array_end(out);
    return err_none();
}

// Peers that get nothing of this filing, because no rule names them.
static struct err write_nobody(struct json_out *out, struct api_request *request, const struct preview *preview, struct store_conn *conn, struct span filing, struct why *why) {
    struct rows peers;
    TRY(store_read(conn, STMT_PEERS, NULL, 0, request->arena, &peers, why));
    json_out_name(out, "not_receiving");
    json_out_array(out);
    for (size_t i = 0; i < peers.count; i++) {
        bool is_proposed;
        struct span name = rows_span(&peers, i, 0);
        TRY(release_is_proposed(conn, preview->file.id, filing, name, request->arena, &is_proposed, NULL, why));
        if (is_proposed || audience_has(preview->asked, preview->asked_count, name)) continue;
        json_out_object(out);
        json_out_member_string(out, "recipient", name);
        json_out_member_text(out, "why", "no rule proposes it, and it was not asked for");
        json_out_object_end(out);
    }
    json_out_object(out);
    json_out_member_text(out, "recipient", "everybody else");
    json_out_member_text(out, "why", "nothing goes to everybody: recipients are named, one by one");
    json_out_object_end(out);
    json_out_array_end(out);
    return err_none();
}

static struct err write_filing(struct json_out *out, struct api_request *request, const struct preview *preview, struct store_conn *conn, struct span filing, struct why *why) {
    struct gate_view own;
    struct record_open record;
    struct gate_place place = gate_place_of(&preview->file);
    struct marking marking;
    const struct marking **fields;
    TRY(gate_view_open(request->services, conn, &place, &request->principal, GATE_FILING, request->received_ms, request->arena, &own, why));
    TRY(gate_read_record(&own, conn, filing, request->arena, &record, NULL, why));
    TRY(gate_view_marking(conn, &record, request->arena, &marking, &fields, why));
    json_out_object(out);
    json_out_member_string(out, "filing", filing);
    json_out_name(out, "document");
    struct json document = record_header_value(&record, "document", request->arena);
    json_out_value(out, &document);
    json_out_member_text(out, "marking", tlp_name(marking.label));
    write_original(out, &record);
    TRY(write_recipients(out, request, preview, conn, filing, why));
    TRY(write_nobody(out, request, preview, conn, filing, why));
    json_out_object_end(out);
    return err_none();
}

static struct err preview_render(struct api_request *request, struct api_response *response, struct store_conn *conn, void *context, struct why *why) {
    const struct preview *preview = context;
    struct json_out out;
    struct span last = SPAN("");
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_member_string(&out, "case", preview->file.id);
    json_out_name(&out, "filings");
    json_out_array(&out);
    if (preview->filing.at != NULL) TRY(write_filing(&out, request, preview, conn, preview->filing, why));
    for (size_t i = 0; preview->filing.at == NULL && i < preview->proposals.count; i++) { // by filing
        if (span_equals(rows_span(&preview->proposals, i, 0), last)) continue;
        last = rows_span(&preview->proposals, i, 0);
        TRY(write_filing(&out, request, preview, conn, last, why));
    }
    json_out_array_end(&out);
    json_out_object_end(&out);
    return err_none();
}

static struct err recipients_read(const struct api_request *request, struct preview *preview, struct why *why) {
    struct span text = api_query(request, "recipients");
    for (size_t at = 0; at < text.len;) {
        size_t end = span_find(text, ',', at);
        struct span name = span_part(text, at, end);
        bool is_name = span_starts_with(name, SPAN("state:")) || span_starts_with(name, SPAN("body:")) || span_starts_with(name, SPAN("office:"));
        if (!is_name) return why_set(why, ERR_INPUT, "recipients", "api.query", "", "recipients are names like state:FR,body:enisa,office:spoc");
        if (preview->asked_count == RECIPIENTS_MAX) return why_set(why, ERR_INPUT, "recipients", "api.query", "", "at most %d recipients are looked at", (int)RECIPIENTS_MAX);
        preview->asked[preview->asked_count++] = name;
        at = end + 1;
    }
    return err_none();
}

static struct err get_preview(struct api_request *request, struct api_response *response, struct why *why) {
    struct preview *preview = ARENA_NEW(request->arena, struct preview);
    struct access_case of;
    struct gate_view view;
    struct rows rows;
    if (preview == NULL) return err_make(ERR_MEMORY);
    preview->filing = api_query(request, "filing");
    preview->basis = api_query(request, "basis");
    TRY(recipients_read(request, preview, why));
    TRY(case_get(request->conn, request->params[0], request->arena, &preview->file, why));
    case_access(request->services, &preview->file, request->arena, &of);
    TRY(access_may_read_case(&request->principal, &of, request->received_ms, why));
    const struct role *role = access_role_for_case(&request->principal, &of);
    if (role == NULL) return access_no_case(why);
    struct gate_place place = gate_place_of(&preview->file);
    TRY(gate_view_open(request->services, request->conn, &place, &request->principal, GATE_CASE, request->received_ms, request->arena, &view, why));
    TRY(gate_view_known(&view, why));
    if (preview->filing.at != NULL) {
        struct value id = value_text(preview->filing);
        TRY(store_read(request->conn, STMT_FILING_GET, &id, 1, request->arena, &rows, why));
        if (rows.count == 0 || !span_equals(rows_span(&rows, 0, 2), preview->file.id)) return access_no_case(why);
    }
    struct value id = value_text(preview->file.id);
    TRY(store_read(request->conn, STMT_PROPOSALS_OF_CASE, &id, 1, request->arena, &preview->proposals, why));
    return api_read_noted(request, response, "case", preview->file.id, preview->file.entity_id, role, preview_render, preview, why);
}

static const struct route_param PREVIEW[] = {
    {"filing", "string", "of this filing; otherwise of all for which rules propose something"},
    {"recipients", "string", "also for these, separated by commas: state:FR,body:enisa,office:spoc"},
    {"basis", "string", "legal basis for those that no rule proposes"},
    {NULL, NULL, NULL},
};

const struct route routes_preview[] = {
    {"GET", "/api/v1/cases/{id}/releases/preview", get_preview, AUTH_KNOWN, SCOPE_READ, RATE_READ, "releases", "What each recipient would get, side by side, and why the rest stays", NULL, "ReleasePreview", 200, PREVIEW, false},
    {0},
};
