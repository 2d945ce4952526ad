// SPDX-License-Identifier: EUPL-1.2
#include "service/gate_op.h"

#include "exchange/marking.h"
#include "law/procedure.h"
#include "service/case.h"
#include "service/effects.h"
#include "service/entity.h"
#include "service/record_store.h"
#include "service/release_op.h"

static bool is_op(const struct json *op, const char *name) { return span_is(json_get_string(op, "op"), name); }

static int64_t instant_or(struct span text, int64_t fallback) {
    struct stamp stamp;
    return text.len > 0 && !is_err(stamp_parse(text, NULL, "", &stamp, NULL)) ? stamp.ms : fallback;
}

static struct span json_bytes(struct arena *arena, const struct json *value) {
    struct buf buf;
    buf_init(&buf, arena, LIMIT_JSON_BYTES * 2);
    return is_err(json_canonical(&buf, value)) ? span_make(NULL, 0) : buf_span(&buf);
}

// --- doing ---

// What is cached of the entity's entry no longer counts.
static struct err touch_entity(struct store_conn *conn, const struct effects_of *of, struct span case_id, struct arena *arena, struct why *why) {
    struct case_file file;
    struct err e = case_get(conn, case_id, arena, &file, NULL);
    if (e.code == ERR_NOT_FOUND) return err_none(); // the filing opens the case
    TRY(e);
    return file.entity_id.len > 0 ? entity_touch(conn, file.entity_id, of->recorded_ms, arena, why) : err_none();
}

static struct err block_op(struct store_conn *conn, const struct effects_of *of, const struct json *op, size_t ordinal, struct span case_id,
                           struct arena *arena, struct why *why) {
    struct span kind = json_get_string(op, "as"), target = json_get_string(op, "filing");
    // What an entity spares is nobody, so that no office is named by it.
    struct span office = span_is(kind, "hold") ? of->filer_role : SPAN("");
    struct value params[] = {value_text(of->filing_id), value_int((int64_t)ordinal), value_text(case_id), value_text(kind), value_text(target),
                             value_int(instant_or(json_get_string(op, "until"), INT64_MAX)), value_int(of->recorded_ms), value_text(office),
                             value_text(json_bytes(arena, op))};
    TRY(store_write(conn, STMT_BLOCK_ADD, params, sizeof params / sizeof params[0], NULL, why));
    if (!span_is(kind, "freeze")) return err_none();
    return release_withdraw(conn, of, target, json_get(op, "names"), arena, why);
}

static struct err unblock_op(struct store_conn *conn, const struct effects_of *of, const struct json *op, struct why *why) {
    struct value params[] = {value_text(json_get_string(op, "block")), value_text(of->filing_id), value_int(of->recorded_ms)};
    return store_write(conn, STMT_BLOCK_LIFT, params, 3, NULL, why);
}

static void add_all(struct json_out *out, const struct json *list, const char *prefix, struct arena *arena) {
    for (size_t i = 0; list != NULL && list->type == JSON_ARRAY && i < list->count; i++)
        if (list->items[i].type == JSON_STRING) json_out_string(out, arena_printf(arena, "%s%.*s", prefix, SPAN_FMT(list->items[i].string)));
}

static struct err entity_of_case(struct store_conn *conn, struct span case_id, struct arena *arena, struct span *ret, struct why *why) {
    struct case_file file;
    TRY(case_get(conn, case_id, arena, &file, why));
    *ret = file.entity_id;
    return err_none();
}

// The audience that the operation names; at == NULL where it names none.
static struct err audience_text(struct store_conn *conn, const struct json *op, struct span case_id, struct arena *arena, struct span *ret, struct why *why) {
    static const char *const NAMED[] = {"offices", "states", "bodies", "entity"};
    struct buf buf;
    struct json_out out;
    struct span entity = span_make(NULL, 0);
    bool is_named = false;
    *ret = span_make(NULL, 0);
    for (size_t i = 0; i < sizeof NAMED / sizeof NAMED[0]; i++) is_named = is_named || !json_is_null(json_get(op, NAMED[i]));
    if (!is_named) return err_none();
    if (json_get_bool(op, "entity", false)) TRY(entity_of_case(conn, case_id, arena, &entity, why));
    buf_init(&buf, arena, 64 * 1024);
    json_out_init(&out, &buf);
    json_out_array(&out);
    add_all(&out, json_get(op, "offices"), "office:", arena);
    add_all(&out, json_get(op, "states"), "state:", arena);
    add_all(&out, json_get(op, "bodies"), "body:", arena);
    if (entity.len > 0) json_out_string(&out, arena_printf(arena, "entity:%.*s", SPAN_FMT(entity)));
    json_out_array_end(&out);
    *ret = buf_span(&buf);
    return buf.is_failed ? err_make(ERR_MEMORY) : err_none();
}

struct standing_mark { // what counts now, and whose it is
    enum tlp label;
    struct span audience, office; // audience: JSON, at == NULL where it names none
};

static struct err mark_now(struct store_conn *conn, const struct record_open *record, struct span name, struct arena *arena, struct standing_mark *ret,
                           struct why *why) {
    struct value id = value_text(record->filing_id);
    struct rows rows;
    struct json label = record_header_value(record, "marking", arena), role = record_header_value(record, "filer_role", arena);
    *ret = (struct standing_mark){.label = tlp_of(label.type == JSON_STRING ? label.string : SPAN("")),
                                  .office = role.type == JSON_STRING ? role.string : SPAN("")};
    TRY(store_read(conn, STMT_MARKINGS_OF_FILING, &id, 1, arena, &rows, why));
    for (size_t i = 0; i < rows.count; i++) // by name: the filing's own row stands first
        if (rows_span(&rows, i, 0).len == 0 || span_equals(rows_span(&rows, i, 0), name))
            *ret = (struct standing_mark){.label = tlp_of(rows_span(&rows, i, 1)), .audience = rows_span(&rows, i, 2), .office = rows_span(&rows, i, 5)};
    return err_none();
}

static struct err mark_op(struct store_conn *conn, const struct effects_of *of, const struct json *op, struct span case_id, struct arena *arena,
                          struct why *why) {
    const struct json *names = json_get(op, "names");
    size_t count = names != NULL && names->type == JSON_ARRAY ? names->count : 0;
    struct span audience;
    struct record_open record;
    TRY(record_read(conn, json_get_string(op, "filing"), arena, &record, why));
    TRY(audience_text(conn, op, case_id, arena, &audience, why));
    for (size_t i = 0; i < (count == 0 ? 1 : count); i++) {
        struct span name = count == 0 ? SPAN("") : names->items[i].string;
        struct standing_mark before;
        TRY(mark_now(conn, &record, name, arena, &before, why));
        bool keeps = audience.at == NULL && span_is(json_get_string(op, "as"), "raise");
        struct value params[] = {value_text(json_get_string(op, "filing")), value_text(name), value_text(case_id), value_text(json_get_string(op, "label")),
                                 value_text(keeps ? before.audience : audience), value_text(json_get_string(op, "basis")), value_text(of->filing_id), value_text(of->filer_role)};
        TRY(store_write(conn, STMT_MARKING_PUT, params, sizeof params / sizeof params[0], NULL, why));
    }
    return err_none();
}

struct err gate_op(struct store_conn *conn, const struct effects_of *of, const struct json *op, size_t ordinal, struct span case_id,
                   struct arena *arena, struct why *why) {
    if (is_op(op, "block") || is_op(op, "unblock")) TRY(touch_entity(conn, of, case_id, arena, why));
    if (is_op(op, "block")) return block_op(conn, of, op, ordinal, case_id, arena, why);
    if (is_op(op, "unblock")) return unblock_op(conn, of, op, why);
    if (is_op(op, "mark")) return mark_op(conn, of, op, case_id, arena, why);
    return err_none();
}

// --- whether it may be done ---

// The filing that an operation names must be one of the case; its fields must be fields of it.
static struct err target_check(struct store_conn *conn, const struct json *op, struct span case_id, struct arena *arena, struct record_open *ret,
                               struct why *why) {
    struct span target = json_get_string(op, "filing");
    const struct json *names = json_get(op, "names");
    struct err e = record_read(conn, target, arena, ret, NULL);
    if (e.code == ERR_NOT_FOUND || (!is_err(e) && !span_equals(record_header_value(ret, "case", arena).string, case_id)))
        return why_set(why, ERR_INPUT, "/filing", "gate.target", "", "there is no filing %.*s in this case", SPAN_FMT(target));
    TRY(e);
    for (size_t i = 0; names != NULL && names->type == JSON_ARRAY && i < names->count; i++) {
        size_t k = 0;
        while (k < ret->field_count && !span_equals(ret->fields[k].item.name, names->items[i].string)) k++;
        if (k == ret->field_count)
            return why_set(why, ERR_INPUT, "/names", "gate.field", "", "filing %.*s has no field %.*s", SPAN_FMT(target), SPAN_FMT(names->items[i].string));
    }
    return err_none();
}

static size_t spans_of(struct span text, struct arena *arena, struct span **ret) {
    struct json list;
    size_t count = 0;
    *ret = NULL;
    if (text.at == NULL || is_err(json_parse(arena, text, &list, NULL)) || list.type != JSON_ARRAY) return 0;
    *ret = arena_take_array(arena, list.count + 1, sizeof **ret);
    for (size_t i = 0; *ret != NULL && i < list.count; i++) (*ret)[count++] = list.items[i].string;
    return count;
}

// Whoever is no originator makes it stricter in every respect, or not at all.
static struct err raise_check(const struct standing_mark *before, enum tlp label, struct span audience, struct arena *arena, struct why *why) {
    struct span *old, *new;
    struct marking was = {.label = before->label, .has_audience = before->audience.at != NULL}, is = {.label = label, .has_audience = true};
    if (label < before->label)
        return why_set(why, ERR_INPUT, "/label", "gate.raise", "", "it is marked %s: %s would lower that", tlp_name(before->label), tlp_name(label));
    was.audience_count = spans_of(before->audience, arena, &old);
    was.audience = old;
    is.audience_count = spans_of(audience.at != NULL ? audience : before->audience, arena, &new);
    is.audience = new;
    if (audience.at == NULL || marking_is_within(&is, &was)) return err_none();
    return why_set(why, ERR_INPUT, "/offices", "gate.raise", "", "the new audience has names that the old one does not have");
}

static struct err mark_check(struct store_conn *conn, const struct json *op, struct span case_id, struct span as, struct arena *arena, struct why *why) {
    struct record_open record;
    struct standing_mark before;
    enum tlp label;
    struct span audience;
    const struct json *names = json_get(op, "names");
    size_t count = names != NULL && names->type == JSON_ARRAY ? names->count : 0;
    TRY(target_check(conn, op, case_id, arena, &record, why));
    TRY(audience_text(conn, op, case_id, arena, &audience, why));
    if (!tlp_parse(json_get_string(op, "label"), &label)) return why_set(why, ERR_INPUT, "/label", "gate.label", "", "this is no TLP label");
    for (size_t i = 0; i < (count == 0 ? 1 : count); i++) {
        TRY(mark_now(conn, &record, count == 0 ? SPAN("") : names->items[i].string, arena, &before, why));
        if (span_is(json_get_string(op, "as"), "raise")) TRY(raise_check(&before, label, audience, arena, why));
        else if (!span_equals(before.office, as))
            return why_set(why, ERR_DENIED, "/label", "gate.originator", "", "only whoever marked it (%.*s) may lower the marking or widen the audience",
                           SPAN_FMT(before.office));
    }
    return err_none();
}

// What is said to be erased must be: its keys are gone.
static struct err erased_check(struct store_conn *conn, const struct rows *block, struct arena *arena, struct why *why) {
    struct record_open record;
    struct json op;
    TRY(json_parse(arena, rows_span(block, 0, 5), &op, why));
    const struct json *names = json_get(&op, "names");
    bool is_all = names == NULL || names->type != JSON_ARRAY || names->count == 0;
    if (is_all && !json_is_null(json_get(&op, "attachments"))) return err_none();
    TRY(record_read(conn, rows_span(block, 0, 2), arena, &record, why));
    for (size_t i = 0; i < record.field_count; i++) {
        bool is_named = is_all;
        for (size_t k = 0; !is_named && k < names->count; k++) is_named = span_equals(names->items[k].string, record.fields[i].item.name);
        if (is_named && record.fields[i].state != RECEIPT_ERASED)
            return why_set(why, ERR_INPUT, "/fields/outcome", "gate.not_erased", "", "%.*s is still there: have it erased first", SPAN_FMT(record.fields[i].item.name));
    }
    return err_none();
}

static struct err unblock_check(struct store_conn *conn, const struct json *op, struct span case_id, struct span as, struct arena *arena, struct why *why) {
    struct value id = value_text(json_get_string(op, "block"));
    struct rows rows;
    TRY(store_read(conn, STMT_BLOCK_GET, &id, 1, arena, &rows, why));
    if (rows.count == 0 || !span_equals(rows_span(&rows, 0, 0), case_id))
        return why_set(why, ERR_INPUT, "/block", "gate.block", "", "%.*s has frozen or held nothing in this case", SPAN_FMT(id.bytes));
    if (rows_span(&rows, 0, 3).at != NULL) return why_set(why, ERR_CONFLICT, "/block", "gate.lifted", "", "it is lifted already");
    if (rows_span(&rows, 0, 4).len > 0 && !span_equals(rows_span(&rows, 0, 4), as))
        return why_set(why, ERR_DENIED, "/block", "gate.hold_office", "", "a hold is lifted by the office that placed it (%.*s)", SPAN_FMT(rows_span(&rows, 0, 4)));
    return span_is(json_get_string(op, "outcome"), "erased") ? erased_check(conn, &rows, arena, why) : err_none();
}

struct err gate_op_allowed(struct store_conn *conn, const struct json *ops, struct span case_id, struct span as, struct arena *arena, struct why *why) {
    struct record_open record;
    for (size_t i = 0; i < ops->count; i++) {
        const struct json *op = &ops->items[i];
        if (is_op(op, "mark")) TRY(mark_check(conn, op, case_id, as, arena, why));
        if (is_op(op, "unblock")) TRY(unblock_check(conn, op, case_id, as, arena, why));
        if (is_op(op, "block") && !json_is_null(json_get(op, "filing"))) TRY(target_check(conn, op, case_id, arena, &record, why));
    }
    return err_none();
}

static bool same_value(const struct json *a, const struct json *b, struct span name, struct arena *arena) {
    const char *text = arena_text(arena, name);
    static const struct json NOTHING = {.type = JSON_NULL};
    const struct json *one = json_get(a, text), *other = json_get(b, text);
    return span_equals(json_bytes(arena, one == NULL ? &NOTHING : one), json_bytes(arena, other == NULL ? &NOTHING : other));
}

static struct err second_check(struct store_conn *conn, const struct principal *principal, const struct procedure_document *document,
                               struct span office, const struct json *values, struct arena *arena, struct why *why) {
    struct record_open record;
    struct json theirs;
    const struct json *other = json_get(values, arena_text(arena, document->other_than));
    if (json_is_null(other)) return why_set(why, ERR_INPUT, "/fields", "filing.second_person", "", "a second person is needed: name the %.*s", SPAN_FMT(document->other_document));
    struct err e = record_read(conn, other->string, arena, &record, NULL);
    if (is_err(e) || !span_equals(record_header_value(&record, "document", arena).string, document->other_document))
        return why_set(why, ERR_INPUT, "/fields", "filing.second_person", "", "%.*s is no %.*s", SPAN_FMT(other->string), SPAN_FMT(document->other_document));
    if (span_equals(record_header_value(&record, "filer", arena).string, principal->pseudonym))
        return why_set(why, ERR_DENIED, "", "filing.second_person", "", "you filed %.*s yourself: a second person is needed", SPAN_FMT(other->string));
    if (document->is_other_of_office && !span_equals(record_header_value(&record, "office", arena).string, office))
        return why_set(why, ERR_DENIED, "", "filing.second_person", "", "the second person must be of the office that filed %.*s", SPAN_FMT(other->string));
    TRY(record_values(&record, arena, &theirs, why));
    for (size_t i = 0; i < document->other_same_count; i++)
        if (!same_value(&theirs, values, document->other_same[i], arena))
            return why_set(why, ERR_INPUT, arena_text(arena, arena_printf(arena, "/fields/%.*s", SPAN_FMT(document->other_same[i]))), "filing.second_person", "",
                           "this is not what %.*s says", SPAN_FMT(other->string));
    return err_none();
}

struct err gate_person_allowed(struct store_conn *conn, const struct principal *principal, const struct procedure_document *document,
                               struct span office, const struct json *values, struct arena *arena, struct why *why) {
    bool is_head = office.len == 0;
    for (size_t i = 0; i < principal->role_count; i++)
        is_head = is_head || (span_equals(principal->roles[i].office, office) && principal->roles[i].role == ROLE_HEAD);
    if (document->needs_head && !is_head) return why_set(why, ERR_DENIED, "", "filing.head", "", "only the head of an office files this document");
    return document->other_than.len == 0 ? err_none() : second_check(conn, principal, document, office, values, arena, why);
}
