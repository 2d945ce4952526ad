// SPDX-License-Identifier: EUPL-1.2
#include "service/rebuild.h"

#include "law/procedure.h"
#include "service/case.h"
#include "service/collection.h"
#include "service/effects.h"
#include "service/entity.h"
#include "service/figures.h"
#include "service/party.h"
#include "service/record_store.h"
#include "service/registry.h"
#include "service/strand.h"

enum { REBUILD_ARENA_BYTES = 64 * 1024 * 1024 };

struct lived { // one record, opened
    struct record_open record;
    struct json values, effects;
    struct effects_of of;
};

static int64_t header_instant(const struct record_open *record, const char *name, struct arena *arena) {
    struct json value = record_header_value(record, name, arena);
    struct stamp stamp;
    return value.type == JSON_STRING && !is_err(stamp_parse(value.string, NULL, name, &stamp, NULL)) ? stamp.ms : 0;
}

// The effects must be those that the header commits to.
static struct err check_effects(const struct record_open *record, struct arena *arena, struct why *why) {
    struct json wanted = record_header_value(record, "effects", arena);
    struct hash hash = hash_sha256(record->effects);
    struct buf text;
    buf_init(&text, arena, 128);
    buf_add_hex(&text, hash_span(&hash));
    if (wanted.type == JSON_STRING && span_equals(wanted.string, buf_span(&text))) return err_none();
    return why_set(why, ERR_CORRUPT, "", "record.effects", "", "record %lld: the effects are not those that were committed to", (long long)record->seq);
}

static struct err open_record(struct store_conn *conn, int64_t seq, struct arena *arena, struct lived *ret, struct why *why) {
    TRY(record_read_at(conn, seq, arena, &ret->record, why));
    TRY(check_effects(&ret->record, arena, why));
    TRY(record_values(&ret->record, arena, &ret->values, why));
    TRY(json_parse_within(arena, ret->record.effects, LIMIT_EFFECTS_BYTES, &ret->effects, why));
    ret->of = (struct effects_of){.filing_id = ret->record.filing_id,
                                  .seq = seq,
                                  .document = record_header_value(&ret->record, "document", arena).string,
                                  .filer_role = record_header_value(&ret->record, "filer_role", arena).string,
                                  .filer = record_header_value(&ret->record, "filer", arena).string,
                                  .office = record_header_value(&ret->record, "office", arena).string,
                                  .received_ms = header_instant(&ret->record, RECORD_ITEM_RECEIVED_AT, arena),
                                  .recorded_ms = header_instant(&ret->record, RECORD_ITEM_RECORDED_AT, arena),
                                  .values = &ret->values,
                                  .effects = &ret->effects,
                                  .is_rebuild = true};
    return err_none();
}

static struct err count_records(struct store_conn *conn, struct arena *arena, uint64_t *ret, struct why *why) {
    struct rows rows;
    TRY(store_read(conn, STMT_RECORD_COUNT, NULL, 0, arena, &rows, why));
    *ret = (uint64_t)rows_int(&rows, 0, 0);
    return err_none();
}

static struct err clear_derived(struct store_conn *conn, struct why *why) {
    static const enum statement CLEARED[] = {STMT_DERIVED_CLEAR_ENTITY, STMT_DERIVED_CLEAR_CASE, STMT_DERIVED_CLEAR_DUTY,
                                             STMT_DERIVED_CLEAR_FILING, STMT_DERIVED_CLEAR_PROPOSAL, STMT_DERIVED_CLEAR_INTAKE,
                                             STMT_DERIVED_CLEAR_OUTAGE, STMT_DERIVED_CLEAR_CASE_PARTY, STMT_DERIVED_CLEAR_PARTY_DUTY,
                                             STMT_DERIVED_CLEAR_PARTY_DUTY_DONE, STMT_DERIVED_CLEAR_PARTY_TASK, STMT_TREE_NODES_CLEAR, STMT_DERIVED_CLEAR_ENTITY_TRAIT,
                                             STMT_DERIVED_CLEAR_BLOCK, STMT_DERIVED_CLEAR_MARKING, STMT_DERIVED_CLEAR_DISCLOSURE,
                                             STMT_DERIVED_CLEAR_STANDING, STMT_DERIVED_CLEAR_PEER, STMT_DERIVED_CLEAR_PEER_ENTRY, STMT_DERIVED_CLEAR_DESK_CASE,
                                             STMT_DERIVED_CLEAR_DESK_LINK, STMT_DERIVED_CLEAR_DESK_TALLY, STMT_DERIVED_CLEAR_ENTITY_TALLY, STMT_DERIVED_CLEAR_ENTITY_PART, STMT_DERIVED_CLEAR_SEARCH,
                                             STMT_DERIVED_CLEAR_LETTER, STMT_DERIVED_CLEAR_OBLIGATION, STMT_DERIVED_CLEAR_REGISTRY_SENT, STMT_DERIVED_CLEAR_REGISTRY_NUMBERS,
                                             STMT_DERIVED_CLEAR_COLLECTION_SENDER, STMT_DERIVED_CLEAR_COLLECTION_ENTRY, STMT_DERIVED_CLEAR_COLLECTION_KEY,
                                             STMT_DERIVED_CLEAR_COLLECTION_PAIR, STMT_DERIVED_CLEAR_COLLECTION_GRANT,
                                             STMT_DERIVED_CLEAR_CASE_FIGURE, STMT_DERIVED_CLEAR_FIGURE_RELEASE,
                                             STMT_DERIVED_CLEAR_LEGAL_HOLD, STMT_DERIVED_CLEAR_ERASURE_BATCH, STMT_DERIVED_CLEAR_ERASURE_STANDING,
                                             STMT_DERIVED_CLEAR_ERASURE_PART,
                                             STMT_DERIVED_CLEAR_PUBLICATION, STMT_DERIVED_CLEAR_CASE_READER, STMT_DERIVED_CLEAR_CASE_LOCK,
                                             STMT_DERIVED_CLEAR_STRAND_LINK, STMT_DERIVED_CLEAR_STRAND_NOTE, STMT_DERIVED_CLEAR_STRAND_ABOUT};
    for (size_t i = 0; i < sizeof CLEARED / sizeof CLEARED[0]; i++) TRY(store_write(conn, CLEARED[i], NULL, 0, NULL, why));
    return err_none();
}

static struct err add_nodes(struct store_conn *conn, struct tree_frontier *frontier, const struct hash *entry, struct why *why) {
    struct tree_node nodes[TREE_LEVELS];
    size_t count = 0;
    tree_append(frontier, entry, nodes, &count);
    for (size_t i = 0; i < count; i++) {
        struct value params[] = {value_int((int64_t)nodes[i].level), value_int((int64_t)nodes[i].index), value_blob(hash_span(&nodes[i].hash))};
        TRY(store_write(conn, STMT_TREE_NODE_ADD, params, 3, NULL, why));
    }
    return err_none();
}

static uint64_t erased_fields(const struct record_open *record) {
    uint64_t erased = 0;
    for (size_t i = 0; i < record->field_count; i++) erased += record->fields[i].state == RECEIPT_ERASED;
    return erased;
}

static struct err rebuild_all(struct services *services, struct store_conn *conn, rebuild_progress *progress, void *context,
                              struct arena *arena, struct rebuild_report *report, struct why *why) {
    struct tree_frontier frontier = {0};
    uint64_t count;
    TRY(count_records(conn, arena, &count, why));
    TRY(clear_derived(conn, why));
    for (uint64_t seq = 0; seq < count; seq++) {
        struct lived lived;
        arena_reset(arena);
        TRY(open_record(conn, (int64_t)seq, arena, &lived, why));
        TRY(effects_apply(services, conn, &lived.of, arena, why));
        TRY(add_nodes(conn, &frontier, &lived.record.entry, why));
        report->records++;
        report->erased_fields += erased_fields(&lived.record);
        if (progress != NULL) progress(context, seq + 1, count);
    }
    return err_none();
}

struct err rebuild_run(struct services *services, struct store_conn *conn, rebuild_progress *progress, void *context,
                       struct rebuild_report *ret, struct why *why) {
    struct rebuild_report report = {0};
    struct arena arena;
    TRY(store_begin(conn, why));
    arena_init(&arena, REBUILD_ARENA_BYTES);
    struct err e = rebuild_all(services, conn, progress, context, &arena, &report, why);
    arena_fini(&arena);
    struct value mark[] = {value_text(SPAN("restore.rebuild")), value_text(SPAN("done"))};
    if (!is_err(e)) e = store_write(conn, STMT_STORE_META_SET, mark, 2, NULL, why);
    if (!is_err(e)) e = store_commit(conn, why);
    if (is_err(e)) {
        store_rollback(conn);
        return e;
    }
    *ret = report;
    return err_none();
}

// --- replay ---

// Fields as they were sent, from the values as they were kept: an instant goes back to what the filer declared.
static struct json as_sent(const struct json *value, struct arena *arena) {
    struct span declared = json_get_string(value, "declared");
    if (value->type == JSON_OBJECT && value->count == 2 && declared.at != NULL && json_get_string(value, "at").at != NULL)
        return json_from_string(declared);
    struct json out = *value;
    if (value->type == JSON_OBJECT) {
        out.count = 0;
        out.members = arena_take_array(arena, value->count + 1, sizeof *out.members);
        for (size_t i = 0; out.members != NULL && i < value->count; i++) {
            if (json_is_null(&value->members[i].value)) continue;
            out.members[out.count++] = (struct json_member){value->members[i].name, as_sent(&value->members[i].value, arena)};
        }
    } else if (value->type == JSON_ARRAY) {
        out.items = arena_take_array(arena, value->count + 1, sizeof *out.items);
        for (size_t i = 0; out.items != NULL && i < value->count; i++) out.items[i] = as_sent(&value->items[i], arena);
    }
    return out;
}

static bool same_json(struct arena *arena, const struct json *a, const struct json *b) {
    struct buf one, two;
    buf_init(&one, arena, LIMIT_JSON_BYTES * 2);
    buf_init(&two, arena, LIMIT_JSON_BYTES * 2);
    if (json_is_null(a) || json_is_null(b)) return json_is_null(a) == json_is_null(b);
    return !is_err(json_canonical(&one, a)) && !is_err(json_canonical(&two, b)) && span_equals(buf_span(&one), buf_span(&two));
}

static void difference(struct buf *out, const struct lived *lived, const char *what, struct span words) {
    buf_printf(out, "%lld %.*s %s%s%.*s\n", (long long)lived->record.seq, SPAN_FMT(lived->record.filing_id), what, words.len > 0 ? ": " : "", SPAN_FMT(words));
}

// The operations without the program's own, which the services add: assessments, who a selection found, what was counted.
static struct json without_assessments(const struct json *ops, struct arena *arena) {
    struct json out = {.type = JSON_ARRAY, .items = arena_take_array(arena, ops->count + 1, sizeof *out.items)};
    for (size_t i = 0; out.items != NULL && i < ops->count; i++)
        if (!span_is(json_get_string(&ops->items[i], "op"), "entity_assessed") && json_get_string(&ops->items[i], "selection").at == NULL) {
            struct json op = collection_asked(&ops->items[i], arena);
            bool is_registry = span_is(json_get_string(&op, "op"), "registry");
            out.items[out.count++] = is_registry ? registry_asked(&op, arena) : figures_asked(&op, arena);
        }
    return out;
}

// What the services put into the decision and the effects tell again: whose the case was, and who recorded it for another.
static void inputs_of_effects(const struct json *ops, struct span *entity_id, struct span *intake_kind) {
    for (size_t i = 0; i < ops->count; i++) {
        struct span op = json_get_string(&ops->items[i], "op");
        if (span_is(op, "intake")) *intake_kind = json_get_string(&ops->items[i], "office_kind");
        if (span_is(op, "case_entity") && entity_id->len == 0) *entity_id = json_get_string(&ops->items[i], "was");
    }
}

static struct err decide_again(struct services *services, struct store_conn *scratch, struct lived *lived, struct arena *arena,
                               struct buf *differences, uint64_t *count, struct why *why) {
    const struct json *file = json_get(&lived->effects, "case"), *ops = json_get(&lived->effects, "ops"), *part = json_get(&lived->effects, "party");
    struct party party = {0};
    struct case_file before;
    struct entity entity;
    struct json subject, noted, sent = as_sent(&lived->values, arena);
    struct err has_case = case_get(scratch, json_get_string(file, "id"), arena, &before, NULL);
    struct span entity_id = json_get_string(part != NULL ? part : file, "entity"), intake_kind = {0};
    inputs_of_effects(ops, &entity_id, &intake_kind);
    if (part != NULL) TRY(party_get(scratch, json_get_string(file, "id"), json_get_string(part, "id"), arena, &party, why));
    struct err has_entity = entity_id.at != NULL ? entity_get(scratch, entity_id, arena, &entity, NULL) : err_make(ERR_NOT_FOUND);
    if (!is_err(has_entity)) TRY(entity_subject(&entity, arena, &subject, why));
    TRY(strand_noted(scratch, json_get_string(file, "id"), arena, &noted, why));
    struct procedure_input input = {.law = services->law,
                                    .state = services->state,
                                    .at = zone_date(services->zone, lived->of.recorded_ms),
                                    .zone = services->zone,
                                    .procedure = json_get_string(file, "procedure"),
                                    .document = lived->of.document,
                                    .filer_role = lived->of.filer_role,
                                    .filer_office = lived->of.office,
                                    .fields = &sent,
                                    .subject = is_err(has_entity) ? NULL : &subject,
                                    .case_state = is_err(has_case) ? NULL : &before.content,
                                    .noted = &noted,
                                    .party_id = party.id,
                                    .party_state = party.has_part ? &party.content : NULL,
                                    .party_joined_by = party.joined_by,
                                    .received_at = {.ms = lived->of.received_ms, .offset_s = zone_offset_s(services->zone, lived->of.received_ms)},
                                    .recorded_ms = lived->of.recorded_ms,
                                    .attachment_count = record_header_value(&lived->record, "attachments", arena).count,
                                    .filing_id = lived->of.filing_id,
                                    .case_id = json_get_string(file, "id"),
                                    .entity_id = entity_id.at != NULL ? entity_id : span_make(NULL, 0),
                                    .intake_kind = intake_kind,
                                    .is_correction_of = record_header_value(&lived->record, "corrects", arena).string};
    struct procedure_decision decision;
    struct why own = {0};
    struct err e = procedure_decide(&input, arena, &decision, &own);
    if (is_err(e)) {
        difference(differences, lived, "can't be decided", span_of(own.words));
        (*count)++;
        return err_none();
    }
    if (!decision.is_accepted) {
        difference(differences, lived, "would be refused", decision.faults[0].words);
        (*count)++;
        return err_none();
    }
    struct json then = without_assessments(ops, arena);
    const struct json *state = part != NULL ? decision.party_state : decision.case_state;
    if (!same_json(arena, state, json_get(part != NULL ? part : file, "content"))) {
        difference(differences, lived, "the case would be in another state", SPAN(""));
        (*count)++;
    }
    if (!same_json(arena, decision.effects, &then)) {
        difference(differences, lived, "other effects would follow", SPAN(""));
        (*count)++;
    }
    return err_none();
}

static struct err replay_all(struct services *services, struct store_conn *from, struct store_conn *scratch, rebuild_progress *progress,
                             void *context, struct arena *arena, struct buf *differences, struct rebuild_report *report, struct why *why) {
    uint64_t count;
    TRY(count_records(from, arena, &count, why));
    for (uint64_t seq = 0; seq < count; seq++) {
        struct lived lived;
        arena_reset(arena);
        TRY(open_record(from, (int64_t)seq, arena, &lived, why));
        uint64_t erased = erased_fields(&lived.record);
        // With fields erased there is nothing to decide on any more.
        if (erased == 0) TRY(decide_again(services, scratch, &lived, arena, differences, &report->differences, why));
        TRY(effects_apply(services, scratch, &lived.of, arena, why));
        report->records++;
        report->erased_fields += erased;
        if (progress != NULL) progress(context, seq + 1, count);
    }
    return err_none();
}

struct err replay_run(struct services *services, struct store_conn *from, struct store_conn *scratch, rebuild_progress *progress,
                      void *context, struct buf *differences, struct rebuild_report *ret, struct why *why) {
    struct rebuild_report report = {0};
    struct arena arena;
    TRY(store_begin(scratch, why));
    arena_init(&arena, REBUILD_ARENA_BYTES);
    struct err e = replay_all(services, from, scratch, progress, context, &arena, differences, &report, why);
    arena_fini(&arena);
    store_rollback(scratch);
    TRY(e);
    *ret = report;
    return err_none();
}
