// SPDX-License-Identifier: EUPL-1.2
#include "service/release_package.h"

#include "service/entity.h"
#include "service/proof.h"

// --- opening ---

static bool has(const struct json *list, struct span name) {
    for (size_t i = 0; list != NULL && list->type == JSON_ARRAY && i < list->count; i++)
        if (list->items[i].type == JSON_STRING && span_equals(list->items[i].string, name)) return true;
    return false;
}

static void withhold(struct receipt_item *item) {
    if (item->state != RECEIPT_SHOWN) return;
    item->state = RECEIPT_WITHHELD;
    item->item = (struct record_item){.name = item->item.name};
}

// Of a header that goes abroad: what a receipt must show, and which document it is of. Case, filer and the rest stay.
static void header_redact(struct record_open *record, bool names_entity) {
    static const char *const SHOWN[] = {RECORD_ITEM_NODE, RECORD_ITEM_FILING, RECORD_ITEM_RECEIVED_AT, RECORD_ITEM_RECORDED_AT, "procedure", "document", "version", "marking", "law"};
    for (size_t i = 0; i < record->header_count; i++) {
        bool is_shown = names_entity && span_is(record->header[i].item.name, "entity");
        for (size_t k = 0; k < sizeof SHOWN / sizeof SHOWN[0]; k++) is_shown = is_shown || span_is(record->header[i].item.name, SHOWN[k]);
        if (!is_shown) withhold(&record->header[i]);
    }
}

static struct span field_text(const struct record_open *record, const char *name, struct arena *arena) {
    for (size_t i = 0; i < record->field_count; i++) {
        struct json value;
        if (span_is(record->fields[i].item.name, name) && record->fields[i].state == RECEIPT_SHOWN &&
            !is_err(json_parse(arena, record->fields[i].item.canonical, &value, NULL)) && value.type == JSON_STRING)
            return value.string;
    }
    return span_make(NULL, 0);
}

// The release's own fields that its recipients see: not the officer's reasons, nor who else was confirmed.
static void release_redact(struct record_open *record) {
    static const char *const SHOWN[] = {"summary", "label", "basis"};
    for (size_t i = 0; i < record->field_count; i++) {
        bool is_shown = false;
        for (size_t k = 0; k < sizeof SHOWN / sizeof SHOWN[0]; k++) is_shown = is_shown || span_is(record->fields[i].item.name, SHOWN[k]);
        if (!is_shown) withhold(&record->fields[i]);
    }
}

static struct err pass_gate(struct release_package *package, struct store_conn *conn, int64_t now_ms, struct arena *arena, struct why *why) {
    struct gate_view view;
    struct gate_withheld withheld;
    struct gate_place place = gate_place_of(&package->file);
    const struct json *names = json_get(&package->op, "names");
    TRY(release_view(package->services, conn, &place, package->recipient, package->basis, now_ms, arena, &view, why));
    TRY(gate_read_record(&view, conn, package->source_id, arena, &package->source, &withheld, why));
    for (size_t i = 0; i < withheld.count; i++)
        if (has(names, withheld.items[i].name))
            return why_set(why, ERR_DENIED, "", withheld.items[i].verdict.rule, arena_text(arena, withheld.items[i].verdict.article),
                           "%.*s stays now: %.*s", SPAN_FMT(withheld.items[i].name), SPAN_FMT(withheld.items[i].verdict.words));
    for (size_t i = 0; i < package->source.field_count; i++)
        if (!has(names, package->source.fields[i].item.name)) withhold(&package->source.fields[i]);
    // The release itself: a freeze on it stops it as well. Who may see the document in the node says nothing about its recipients.
    struct gate_verdict verdict = gate_view_blocks_ask(&view, package->release_id);
    if (verdict.is_allowed) return err_none();
    return why_set(why, ERR_DENIED, "", verdict.rule, arena_text(arena, verdict.article), "this release stays now: %.*s", SPAN_FMT(verdict.words));
}

static struct err state_check(struct span state, struct why *why) {
    if (span_is(state, "held") || span_is(state, "refused")) return why_set(why, ERR_NOT_FOUND, "", "release.unknown", "", "nothing was released to this recipient");
    if (span_is(state, "recalled") || span_is(state, "destroyed")) return why_set(why, ERR_CONFLICT, "", "release.recalled", "", "this was recalled");
    return err_none();
}

static struct err disclosure_get(struct store_conn *conn, struct span release_id, struct span recipient, struct arena *arena, struct rows *ret, struct why *why) {
    struct value params[] = {value_text(release_id), value_text(recipient)};
    TRY(store_read(conn, STMT_DISCLOSURE_GET, params, 2, arena, ret, why));
    if (ret->count == 0) return why_set(why, ERR_NOT_FOUND, "", "release.unknown", "", "nothing was released to this recipient");
    return err_none();
}

struct err release_package_open(struct services *services, struct store_conn *conn, struct span release_id, struct span recipient, int64_t now_ms,
                                struct arena *arena, struct release_package *ret, struct why *why) {
    struct rows rows;
    TRY(disclosure_get(conn, release_id, recipient, arena, &rows, why));
    *ret = (struct release_package){.services = services, .release_id = release_id, .recipient = recipient, .source_id = rows_span(&rows, 0, 1),
                                    .state = rows_span(&rows, 0, 2), .released_ms = rows_int(&rows, 0, 3), .changed_ms = rows_int(&rows, 0, 4)};
    TRY(state_check(ret->state, why));
    TRY(json_parse(arena, rows_span(&rows, 0, 7), &ret->op, why));
    TRY(case_get(conn, rows_span(&rows, 0, 0), arena, &ret->file, why));
    ret->label = json_get_string(&ret->op, "label");
    ret->basis = json_get_string(&ret->op, "basis");
    ret->names_entity = json_get_bool(&ret->op, "entity", false);
    TRY(record_read(conn, release_id, arena, &ret->release, why));
    TRY(pass_gate(ret, conn, now_ms, arena, why));
    ret->summary = field_text(&ret->release, "summary", arena);
    form_fields(services->law, services->state, zone_date(services->zone, ret->released_ms), ret->file.procedure,
                record_header_value(&ret->source, "document", arena).string, SPAN("en"), arena, &ret->form, &ret->form_count, &ret->document_label);
    header_redact(&ret->source, ret->names_entity);
    header_redact(&ret->release, false);
    release_redact(&ret->release);
    struct entity entity;
    if (!ret->names_entity || ret->file.entity_id.len == 0) return err_none();
    TRY(entity_get(conn, ret->file.entity_id, arena, &entity, why));
    ret->entity_name = entity.name;
    return err_none();
}

// --- JSON ---

static void write_marking(struct json_out *out, const struct release_package *package) {
    json_out_name(out, "marking");
    json_out_object(out);
    json_out_member_string(out, "label", package->label);
    json_out_name(out, "audience");
    json_out_array(out);
    json_out_string(out, package->recipient);
    json_out_array_end(out);
    json_out_member_string(out, "basis", package->basis);
    json_out_object_end(out);
}

static void write_labels(struct json_out *out, const struct release_package *package) {
    json_out_name(out, "labels");
    json_out_object(out);
    for (size_t i = 0; i < package->source.field_count; i++) {
        const struct form_field *field = form_field_find(package->form, package->form_count, package->source.fields[i].item.name);
        if (field == NULL || package->source.fields[i].state != RECEIPT_SHOWN) continue;
        json_out_name_span(out, field->name);
        json_out_string(out, field->label);
    }
    json_out_object_end(out);
}

static void write_withheld(struct json_out *out, const struct record_open *source) {
    int64_t count = 0;
    json_out_name(out, "withheld");
    json_out_object(out);
    json_out_name(out, "names");
    json_out_array(out);
    for (size_t i = 0; i < source->field_count; i++) {
        if (source->fields[i].state == RECEIPT_SHOWN) continue;
        json_out_string(out, source->fields[i].item.name);
        count++;
    }
    json_out_array_end(out);
    json_out_member_int(out, "count", count);
    json_out_member_text(out, "note", "Fields of the form that are not disclosed, filled in or not.");
    json_out_object_end(out);
}

static void write_from(struct json_out *out, const struct services *services) {
    json_out_name(out, "from");
    json_out_object(out);
    json_out_member_string(out, "state", services->state);
    json_out_member_string(out, "node", services->node_name);
    json_out_member_string(out, "key", services->log_key.name);
    json_out_object_end(out);
}

struct err release_package_json(struct release_package *package, struct store_conn *conn, struct arena *arena, struct buf *ret, struct why *why) {
    struct json_out out;
    struct services *services = package->services;
    json_out_init(&out, ret);
    json_out_object(&out);
    json_out_member_text(&out, "format", PACKAGE_FORMAT);
    write_from(&out, services);
    json_out_member_string(&out, "to", package->recipient);
    json_out_member_string(&out, "release", package->release_id);
    json_out_member_string(&out, "released_at", instant_text(arena, package->released_ms));
    write_marking(&out, package);
    json_out_name(&out, "about");
    json_out_object(&out);
    json_out_member_string(&out, "filing", package->source_id);
    json_out_member_string(&out, "label", package->document_label);
    json_out_member_string(&out, "entity", package->entity_name);
    json_out_object_end(&out);
    json_out_member_string(&out, "summary", package->summary);
    write_labels(&out, package);
    write_withheld(&out, &package->source);
    json_out_name(&out, "source");
    TRY(proof_write_receipt(services, conn, &package->source, true, &out, arena, why));
    json_out_name(&out, "receipt");
    TRY(proof_write_receipt(services, conn, &package->release, true, &out, arena, why));
    json_out_object_end(&out);
    return ret->is_failed || out.is_failed ? err_make(ERR_MEMORY) : err_none();
}

// --- the recall ---

struct err release_recall_json(struct services *services, struct store_conn *conn, struct span release_id, struct span recipient, struct arena *arena,
                               struct buf *ret, struct buf *ret_paper, struct why *why) {
    struct rows rows;
    struct json_out out;
    TRY(disclosure_get(conn, release_id, recipient, arena, &rows, why));
    if (rows_span(&rows, 0, 6).at == NULL) return why_set(why, ERR_CONFLICT, "", "release.not_recalled", "", "this was not recalled");
    struct span at = instant_text(arena, rows_int(&rows, 0, 3));
    struct span words = arena_printf(arena, "What we disclosed to you on %.*s under the number %.*s is recalled. Do not read, use or pass it on. Destroy all copies, "
                                     "also in backups where that can be done, recall it from those to whom you passed it on, and tell us who confirms that, and when.",
                                     SPAN_FMT(at), SPAN_FMT(release_id));
    json_out_init(&out, ret);
    json_out_object(&out);
    json_out_member_text(&out, "format", RECALL_FORMAT);
    write_from(&out, services);
    json_out_member_string(&out, "to", recipient);
    json_out_member_string(&out, "release", release_id);
    json_out_member_string(&out, "released_at", at);
    json_out_member_string(&out, "recalled_by", rows_span(&rows, 0, 6));
    json_out_member_string(&out, "words", words);
    json_out_object_end(&out);
    release_paper_recall(services, release_id, recipient, rows_int(&rows, 0, 4), words, arena, ret_paper);
    return ret->is_failed || ret_paper->is_failed ? err_make(ERR_MEMORY) : err_none();
}
