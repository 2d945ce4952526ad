// SPDX-License-Identifier: EUPL-1.2
#include "service/filing.h"

#include "law/pack.h"
#include "law/scope.h"
#include "service/case.h"
#include "service/collection.h"
#include "service/desk_work.h"
#include "service/effects.h"
#include "service/entity.h"
#include "service/erasure.h"
#include "service/figures.h"
#include "service/gate_op.h"
#include "service/gate_view.h"
#include "service/intake.h"
#include "service/letter_op.h"
#include "service/lock.h"
#include "service/party.h"
#include "service/selection.h"
#include "service/filing_attachment.h"
#include "service/record_store.h"
#include "service/registry.h"
#include "service/release_op.h"
#include "service/schedule.h"
#include "service/standing.h"
#include "service/strand.h"

// --- deciding ---

static struct err find_repeat(struct store_conn *conn, const struct filing_request *request, const struct principal *principal,
                              struct arena *arena, struct filing_plan *plan, struct why *why) {
    if (request->idempotency_key.len == 0 || !principal->is_known) return err_none();
    struct value params[] = {value_text(principal->person_id), value_text(request->idempotency_key)};
    struct rows rows;
    TRY(store_read(conn, STMT_IDEMPOTENCY_GET, params, 2, arena, &rows, why));
    if (rows.count == 0) return err_none();
    if (!span_equals(rows_span(&rows, 0, 0), hash_span(&request->request_hash)))
        return why_set(why, ERR_CONFLICT, "Idempotency-Key", "filing.idempotency", "", "this key was used for another request");
    plan->is_repeat = true;
    plan->filing_id = rows_span(&rows, 0, 1);
    return err_none();
}

struct filing_place { // the case and the entity as read
    struct case_file file;
    struct entity entity;
    struct json subject, noted; // noted: at points of the case's strands
    struct party party; // that files
    bool has_case, has_entity, has_party;
};

static struct err read_entity(struct store_conn *conn, struct span id, struct arena *arena, struct filing_place *place, struct why *why) {
    TRY(entity_get(conn, id, arena, &place->entity, why));
    place->has_entity = true;
    return entity_subject(&place->entity, arena, &place->subject, why);
}

static struct err read_place(struct store_conn *conn, const struct filing_request *request, struct arena *arena,
                             struct filing_place *place, struct why *why) {
    struct span entity_id = request->entity_id;
    if (request->case_id.len > 0) {
        TRY(case_get(conn, request->case_id, arena, &place->file, why));
        TRY(strand_noted(conn, request->case_id, arena, &place->noted, why));
        place->has_case = true;
        entity_id = place->file.entity_id;
    }
    return entity_id.len == 0 ? err_none() : read_entity(conn, entity_id, arena, place, why);
}

// Which party files, where the document is a party's: the one that the request names, or the only one that this person may file for.
// Where none is found, the rules of access say so.
static struct err read_party(const struct services *services, struct store_conn *conn, const struct filing_request *request, const struct procedure_document *document,
                             struct arena *arena, struct filing_place *place, struct why *why) {
    struct case_file *file = &place->file;
    if (!document->is_by_party || !place->has_case || file->party_count == 0) return err_none();
    size_t at = 0;
    while (request->entity_id.len > 0 && at < file->party_count && !span_equals(file->parties[at], request->entity_id)) at++;
    if (request->entity_id.len == 0 && file->party_count > 1)
        return why_set(why, ERR_INPUT, "/entity", "filing.party", "", "you act for several parties of this case; name one in \"entity\"");
    file->parties += at < file->party_count ? at : 0; // what is asked from here on is asked of this one
    file->party_count = at < file->party_count;
    if (file->party_count == 0) return err_none();
    TRY(party_get(conn, file->id, file->parties[0], arena, &place->party, why));
    place->has_party = true;
    if (access_office_find(services->access, place->party.id) != NULL) return err_none(); // an office is none on the register
    return read_entity(conn, place->party.id, arena, place, why);
}

// Whether the request says of its case what is so. Asked after access: a stranger learns nothing of a case by its faults.
static struct err check_place(const struct filing_request *request, const struct filing_place *place, struct why *why) {
    if (!place->has_case) return err_none();
    if (!span_equals(place->file.procedure, request->procedure))
        return why_set(why, ERR_INPUT, "/procedure", "filing.procedure", "", "case %.*s is of the procedure %.*s", SPAN_FMT(request->case_id), SPAN_FMT(place->file.procedure));
    if (request->entity_id.len > 0 && !span_equals(request->entity_id, place->file.entity_id) && !place->has_party)
        return why_set(why, ERR_INPUT, "/entity", "filing.entity", "", "case %.*s is not of this entity", SPAN_FMT(request->case_id));
    return err_none();
}

// What the rules of access must know: of the case where there is one, else of the case that would be opened.
static void access_of_place(struct services *services, const struct filing_request *request, const struct filing_place *place,
                            const struct span *roles, size_t role_count, struct arena *arena, struct access_case *ret) {
    if (place->has_case) {
        case_access(services, &place->file, arena, ret);
        return;
    }
    struct case_file opened = {.procedure = request->procedure, .workspace = case_workspace(services, request->procedure),
                               .entity_id = place->has_entity ? place->entity.id : span_make(NULL, 0), .sectors = place->has_entity ? place->entity.sectors : span_make(NULL, 0)};
    case_access_opening(services, &opened, roles, role_count, arena, ret);
}

// An entity that is not on the register yet has no mandates: whoever is known may ask for it to be registered.
static struct err may_file_as(const struct principal *principal, const struct access_case *of, struct span as, bool is_new_case,
                              bool is_new_entity, int64_t now_ms, struct span *ret_office, struct why *why) {
    if (is_new_entity && span_is(as, "entity")) return access_require(principal, SCOPE_FILE, why);
    return access_may_file(principal, of, as, is_new_case, now_ms, ret_office, why);
}

// The filer's role: the one asked for, or the first role of the document that this person has.
static struct err choose_role(struct services *services, const struct principal *principal, const struct filing_request *request,
                              const struct filing_place *place, struct civil at, struct arena *arena, struct filing_plan *plan,
                              struct why *why) {
    struct access_case of;
    const struct span *roles;
    size_t count;
    TRY(procedure_filers(services->law, services->state, at, request->procedure, request->document, arena, &roles, &count, why));
    bool is_intake = request->on_behalf != NULL; // opened for another: by the offices that record it
    access_of_place(services, request, place, is_intake ? plan->document.intake : roles, is_intake ? plan->document.intake_count : count, arena, &of);
    of.document = request->document;
    bool is_new_entity = !place->has_entity && plan->document.needs_entity && !place->has_case;
    if (request->is_node) return schedule_role(roles, count, &plan->as, why);
    if (request->is_claim_holder) {
        plan->as = SPAN("anyone");
        if (place->has_case && (plan->document.claim == CLAIM_FILES || plan->document.claim == CLAIM_TAKES)) return err_none();
        return why_set(why, ERR_DENIED, "/document", "filing.claim", "", "this document is not filed with a claim token");
    }
    if (is_intake) {
        plan->as = place->has_entity || plan->document.needs_entity ? SPAN("entity") : SPAN("anyone");
        return intake_allowed(principal, &plan->document, &of, !place->has_case, plan->decided_ms, &plan->intake_kind, &plan->office, why);
    }
    if (request->as.len > 0) {
        plan->as = request->as;
        return may_file_as(principal, &of, request->as, !place->has_case, is_new_entity, plan->decided_ms, &plan->office, why);
    }
    struct why first = {0};
    struct err refused = err_make(ERR_DENIED);
    for (size_t i = 0; i < count; i++) {
        struct why own = {0};
        struct err e = may_file_as(principal, &of, roles[i], !place->has_case, is_new_entity, plan->decided_ms, &plan->office, &own);
        if (!is_err(e)) {
            plan->as = roles[i];
            return e;
        }
        if (i == 0) first = own, refused = e;
    }
    return why_set(why, refused.code, first.field, first.rule[0] != '\0' ? first.rule : "filing.role", first.article, "%s",
                   first.words[0] != '\0' ? first.words : "nobody may file this document here");
}

static struct span fresh_id(struct services *services, char prefix, struct arena *arena) {
    char id[18];
    services->random_id(prefix, id);
    return arena_copy(arena, span_of(id));
}

// Whether an operation of the decision writes this entity's entry.
static bool registers(const struct json *ops, struct span entity_id) {
    for (size_t i = 0; i < ops->count; i++)
        if (span_equals(json_get_string(&ops->items[i], "entity"), entity_id) && span_is(json_get_string(&ops->items[i], "op"), "register")) return true;
    return false;
}

static struct json text_or_null(struct span s) { return s.len > 0 ? json_from_string(s) : (struct json){.type = JSON_NULL}; }
// The operation that gives the case another entity, or none; NULL where there is none.
static const struct json *entity_op_of(const struct json *ops) {
    for (size_t i = 0; i < ops->count; i++)
        if (span_is(json_get_string(&ops->items[i], "op"), "case_entity")) return &ops->items[i];
    return NULL;
}

// The case is to be this entity's from now on: one that the filer may see, and only where it had none.
static struct err attach(struct services *services, struct store_conn *conn, struct filing_plan *plan, struct filing_place *place,
                         struct span entity_id, struct arena *arena, struct why *why) {
    struct access_entity of;
    if (place->has_entity)
        return why_set(why, ERR_CONFLICT, "/entity", "filing.case_entity", "", "the case is of the entity %.*s already; it must be detached first",
                       SPAN_FMT(place->entity.id));
    struct err e = entity_get(conn, entity_id, arena, &place->entity, NULL);
    if (!is_err(e)) entity_access(services, place->entity.id, place->entity.sectors, arena, &of);
    if (e.code == ERR_NOT_FOUND || (!is_err(e) && access_role_for_entity(plan->principal, &of) == NULL))
        return why_set(why, ERR_INPUT, "/entity", "filing.link", "", "there is no entity %.*s on the register, or none that you may see", SPAN_FMT(entity_id));
    TRY(e);
    place->has_entity = true;
    plan->entity_id = place->entity.id;
    plan->entity_version = place->entity.version;
    return entity_subject(&place->entity, arena, &place->subject, why);
}

static struct err effects_make(struct services *services, struct store_conn *conn, const struct filing_place *place, struct filing_plan *plan, struct civil at,
                               struct arena *arena, struct why *why) {
    const struct json *ops = plan->decision.effects;
    struct json selected;
    TRY(selection_resolve(services, conn, plan, arena, &selected, why));
    struct json all = {.type = JSON_ARRAY, .items = arena_take_array(arena, ops->count + selected.count + 1, sizeof(struct json))};
    struct json file = {.type = JSON_OBJECT, .members = arena_take_array(arena, 9, sizeof(struct json_member))};
    struct json out = {.type = JSON_OBJECT, .members = arena_take_array(arena, 3, sizeof(struct json_member))};
    bool is_party = plan->party_id.len > 0;
    struct procedure_reach reach = {0};
    if (!is_party)
        TRY(procedure_reach(services->law, services->state, at, plan->request->procedure, place->has_entity ? &place->subject : NULL, plan->decision.case_state, arena, &reach, why));
    if (all.items == NULL || file.members == NULL || out.members == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < ops->count; i++) all.items[all.count++] = ops->items[i];
    TRY(figures_prepare(services, conn, &all, plan->case_id, plan->decided_ms, arena, why));
    TRY(registry_prepare(services, conn, &all, plan->decision.values, plan->decided_ms, arena, why));
    TRY(collection_prepare(services, conn, plan, &all, arena, why));
    for (size_t i = 0; i < selected.count; i++) all.items[all.count++] = selected.items[i];
    if (plan->entity_id.len > 0 && registers(ops, plan->entity_id))
        TRY(entity_assess(services, place->has_entity ? &place->entity.profile : NULL, ops, plan->entity_id, plan->decision.values, at, arena, &all.items[all.count++], why));
    file.members[file.count++] = (struct json_member){SPAN("id"), json_from_string(plan->case_id)};
    file.members[file.count++] = (struct json_member){SPAN("procedure"), json_from_string(plan->request->procedure)};
    file.members[file.count++] = (struct json_member){SPAN("workspace"), json_from_string(plan->workspace)};
    bool is_detached = entity_op_of(ops) != NULL && json_is_null(json_get(entity_op_of(ops), "entity"));
    struct span entity_id = is_detached ? span_make(NULL, 0) : plan->entity_id;
    file.members[file.count++] = (struct json_member){SPAN("entity"), is_party ? (struct json){.type = JSON_NULL} : text_or_null(entity_id)};
    file.members[file.count++] = (struct json_member){SPAN("is_new"), json_from_bool(plan->is_new_case)};
    if (!is_party) {
        file.members[file.count++] = (struct json_member){SPAN("offices"), json_from_string(reach.offices)};
        file.members[file.count++] = (struct json_member){SPAN("is_closed"), json_from_bool(reach.is_closed_to_entity)};
        file.members[file.count++] = (struct json_member){SPAN("is_final"), json_from_bool(reach.is_final)};
        file.members[file.count++] = (struct json_member){SPAN("content"), *plan->decision.case_state};
    }
    out.members[out.count++] = (struct json_member){SPAN("case"), file};
    if (is_party) {
        struct json party = {.type = JSON_OBJECT, .members = arena_take_array(arena, 3, sizeof(struct json_member))};
        if (party.members == NULL) return err_make(ERR_MEMORY);
        party.members[party.count++] = (struct json_member){SPAN("id"), json_from_string(plan->party_id)};
        party.members[party.count++] = (struct json_member){SPAN("entity"), text_or_null(plan->entity_id)};
        party.members[party.count++] = (struct json_member){SPAN("content"), *plan->decision.party_state};
        out.members[out.count++] = (struct json_member){SPAN("party"), party};
    }
    out.members[out.count++] = (struct json_member){SPAN("ops"), all};
    plan->effects = out;
    return err_none();
}

// One case is one entity's life on the register: while it is open another one would set back what was decided in it.
static struct err check_single(struct services *services, struct store_conn *conn, const struct filing_plan *plan, struct civil at,
                               struct arena *arena, struct why *why) {
    if (!plan->is_new_case || plan->is_new_entity || plan->entity_id.len == 0 || !registers(plan->decision.effects, plan->entity_id)) return err_none();
    struct value params[] = {value_text(plan->entity_id), value_text(plan->request->procedure)};
    struct rows rows;
    TRY(store_read(conn, STMT_CASES_OF_ENTITY, params, 2, arena, &rows, why));
    for (size_t i = 0; i < rows.count; i++)
        if (!procedure_state_is_final(services->law, services->state, at, plan->request->procedure, rows_span(&rows, i, 1)))
            return why_set(why, ERR_CONFLICT, "/case", "filing.case_open", "", "the entity has a case of this kind that is open: %.*s; file in it",
                           SPAN_FMT(rows_span(&rows, i, 0)));
    return err_none();
}

struct err filing_decide(struct services *services, struct store_conn *conn, const struct principal *principal,
                         const struct filing_request *request, int64_t now_ms, struct arena *arena, struct filing_plan *ret,
                         struct why *why) {
    struct filing_plan plan = {.request = request, .principal = principal, .decided_ms = now_ms};
    struct filing_place place = {0};
    TRY(find_repeat(conn, request, principal, arena, &plan, why));
    *ret = plan;
    if (plan.is_repeat) return err_none();
    struct civil at = zone_date(services->zone, now_ms);
    TRY(procedure_find(services->law, services->state, at, request->procedure, request->document, &plan.document, why));
    TRY(read_place(conn, request, arena, &place, why));
    if (place.has_case) TRY(case_find_filer(conn, principal, now_ms, arena, &place.file, why));
    bool is_persons = principal->is_known && !request->is_node && !request->is_claim_holder; // what is held is not there to file in either
    if (place.has_case && is_persons) TRY(gate_case_known(services, conn, &place.file, principal, now_ms, arena, why));
    TRY(read_party(services, conn, request, &plan.document, arena, &place, why));
    struct json fields = {.type = JSON_OBJECT};
    plan.received_ms = request->received_ms;
    if (request->fields != NULL) fields = *request->fields;
    if (request->on_behalf != NULL) TRY(intake_fields(services, &fields, request->on_behalf, arena, &fields, &plan.received_ms, why));
    TRY(choose_role(services, principal, request, &place, at, arena, &plan, why));
    TRY(check_place(request, &place, why));
    if (place.has_party && !place.has_entity) plan.office = place.party.id;
    plan.workspace = case_workspace(services, request->procedure);
    plan.is_new_case = !place.has_case;
    plan.case_version = place.has_case ? place.file.version : 0;
    plan.entity_version = place.has_entity ? place.entity.version : 0;
    plan.party_id = place.party.id; // none, where none files
    plan.party_version = place.party.version;
    plan.filing_id = fresh_id(services, 'F', arena);
    plan.case_id = place.has_case ? place.file.id : fresh_id(services, 'C', arena);
    plan.is_new_entity = !place.has_entity && plan.document.needs_entity && !place.has_case;
    plan.entity_id = place.has_entity ? place.entity.id : plan.is_new_entity ? fresh_id(services, 'E', arena) : span_make(NULL, 0);
    struct procedure_input input = {.law = services->law,
                                    .state = services->state,
                                    .at = at,
                                    .zone = services->zone,
                                    .procedure = request->procedure,
                                    .document = request->document,
                                    .filer_role = plan.as,
                                    .filer_office = plan.office,
                                    .fields = &fields,
                                    .subject = place.has_entity ? &place.subject : NULL,
                                    .case_state = place.has_case ? &place.file.content : NULL, .noted = place.has_case ? &place.noted : NULL,
                                    .received_at = {.ms = plan.received_ms, .offset_s = zone_offset_s(services->zone, plan.received_ms)},
                                    .recorded_ms = now_ms,
                                    .attachment_count = request->attachment_count,
                                    .filing_id = plan.filing_id,
                                    .case_id = plan.case_id,
                                    .entity_id = plan.entity_id,
                                    .intake_kind = plan.intake_kind,
                                    .is_correction_of = request->corrects,
                                    .party_id = plan.party_id,
                                    .party_state = place.has_party && place.party.has_part ? &place.party.content : NULL,
                                    .party_joined_by = place.party.joined_by};
    TRY(procedure_decide(&input, arena, &plan.decision, why));
    const struct json *to = plan.decision.is_accepted ? json_get(entity_op_of(plan.decision.effects), "entity") : NULL;
    if (!json_is_null(to)) { // decided again with what is known of that entity
        TRY(attach(services, conn, &plan, &place, to->string, arena, why));
        input.subject = &place.subject;
        input.entity_id = plan.entity_id;
        TRY(procedure_decide(&input, arena, &plan.decision, why));
    }
    if (plan.decision.is_accepted) {
        plan.workspace = procedure_case_workspace(services->law, services->state, at, request->procedure,
                                                  json_get_string(plan.decision.case_state, "state"));
        // Only a document that writes the register brings an entity into being.
        if (plan.is_new_entity && !registers(plan.decision.effects, plan.entity_id))
            return why_set(why, ERR_INPUT, "/entity", "filing.entity", "", "this document concerns an entity on the register; name it in \"entity\"");
        TRY(check_single(services, conn, &plan, at, arena, why));
        TRY(desk_check(services, conn, &plan, place.has_case ? &place.file : NULL, now_ms, arena, why));
        if (!request->is_node) TRY(erasure_allowed(services, conn, principal, plan.decision.effects, now_ms, arena, why));
        TRY(gate_person_allowed(conn, principal, &plan.document, plan.office, plan.decision.values, arena, why));
        TRY(gate_op_allowed(conn, plan.decision.effects, plan.case_id, plan.as, arena, why));
        TRY(release_allowed(services, conn, plan.decision.effects, plan.case_id, now_ms, arena, why));
        TRY(letter_allowed(services, conn, &plan, arena, why));
        TRY(party_check_ops(services, conn, request->procedure, plan.case_id, plan.decision.effects, arena, why));
        TRY(effects_make(services, conn, &place, &plan, at, arena, why));
    }
    *ret = plan;
    return err_none();
}

// --- writing ---
static struct err versions_moved(struct store_conn *conn, const struct filing_plan *plan, struct arena *arena, bool *ret, struct why *why) {
    const struct { enum statement statement; struct span id; int64_t version; } STOOD_ON[] = {
        {STMT_CASE_VERSION, plan->is_new_case ? span_make(NULL, 0) : plan->case_id, plan->case_version},
        {STMT_ENTITY_VERSION, plan->is_new_entity ? span_make(NULL, 0) : plan->entity_id, plan->entity_version},
    };
    *ret = false;
    for (size_t i = 0; i < 2; i++) {
        if (STOOD_ON[i].id.len == 0) continue;
        struct value id = value_text(STOOD_ON[i].id);
        struct rows rows;
        TRY(store_read(conn, STOOD_ON[i].statement, &id, 1, arena, &rows, why));
        if (rows.count == 0 || rows_int(&rows, 0, 0) != STOOD_ON[i].version) *ret = true;
    }
    if (plan->has_selection) {
        struct rows size;
        TRY(store_read(conn, STMT_RECORD_COUNT, NULL, 0, arena, &size, why));
        *ret = *ret || rows_int(&size, 0, 0) != plan->log_size;
    }
    if (plan->party_id.len == 0) return err_none();
    struct value params[] = {value_text(plan->case_id), value_text(plan->party_id)};
    struct rows party;
    TRY(store_read(conn, STMT_PARTY_VERSION, params, 2, arena, &party, why));
    if (party.count == 0 || rows_int(&party, 0, 0) != plan->party_version) *ret = true;
    return err_none();
}

// What was decided for someone whose role or mandate has ended meanwhile is decided again, by what she may now.
static struct err rights_moved(struct services *services, struct store_conn *conn, struct filing_plan *plan, int64_t now_ms,
                               struct arena *arena, bool *ret_is_moved, struct why *why) {
    struct principal *now = ARENA_NEW(arena, struct principal);
    bool is_changed = false;
    if (now == NULL) return err_make(ERR_MEMORY);
    TRY(access_renew(services->access, conn, plan->principal, plan->decided_ms, now_ms, arena, &is_changed, now, why));
    if (!is_changed) return err_none();
    plan->principal = now;
    *ret_is_moved = true;
    return err_none();
}

// The committed header, in this order for ever (doc/spec/record.md).
static struct err header_make(struct services *services, const struct filing_plan *plan, int64_t now_ms, const struct json *attachments,
                              struct arena *arena, struct record_header *header, size_t *ret_count) {
    struct buf effects, law, digest;
    buf_init(&effects, arena, LIMIT_JSON_BYTES * 2);
    buf_init(&law, arena, 128);
    buf_init(&digest, arena, 128);
    TRY(json_canonical(&effects, &plan->effects));
    struct hash hash = hash_sha256(buf_span(&effects));
    buf_add_hex(&digest, hash_span(&hash));
    buf_add_hex(&law, hash_span(&services->law_hash));
    const struct filing_request *request = plan->request;
    struct record_header items[] = {
        {SPAN(RECORD_ITEM_NODE), json_from_string(services->state)},
        {SPAN(RECORD_ITEM_FILING), json_from_string(plan->filing_id)},
        {SPAN("procedure"), json_from_string(request->procedure)},
        {SPAN("document"), json_from_string(request->document)},
        {SPAN("version"), json_from_int(plan->decision.version)},
        {SPAN("case"), json_from_string(plan->case_id)},
        {SPAN("entity"), text_or_null(plan->entity_id)},
        {SPAN("filer"), json_from_string(plan->principal->is_known ? plan->principal->pseudonym : SPAN("anonymous"))},
        {SPAN("filer_role"), json_from_string(plan->as)},
        {SPAN("office"), text_or_null(plan->office)},
        {SPAN("corrects"), text_or_null(request->corrects)},
        {SPAN("marking"), text_or_null(plan->decision.marking)},
        {SPAN(RECORD_ITEM_RECEIVED_AT), json_from_string(instant_text(arena, plan->received_ms))},
        {SPAN(RECORD_ITEM_RECORDED_AT), json_from_string(instant_text(arena, now_ms))},
        {SPAN("attachments"), *attachments},
        {SPAN("law"), json_from_string(buf_span(&law))},
        {SPAN("effects"), json_from_string(buf_span(&digest))},
    };
    memcpy(header, items, sizeof items);
    *ret_count = sizeof items / sizeof items[0];
    return err_none();
}

static struct err remember_key(struct store_conn *conn, const struct filing_plan *plan, int64_t now_ms, struct why *why) {
    if (plan->request->idempotency_key.len == 0 || !plan->principal->is_known) return err_none();
    struct value params[] = {value_text(plan->principal->person_id), value_text(plan->request->idempotency_key),
                             value_blob(hash_span(&plan->request->request_hash)), value_text(plan->filing_id), value_int(now_ms)};
    return store_write(conn, STMT_IDEMPOTENCY_ADD, params, 5, NULL, why);
}

// Whoever registers an entity acts for it from then on, until the authority or the entity decides otherwise.
static struct err grant_first_mandate(struct services *services, struct store_conn *conn, const struct filing_plan *plan, int64_t now_ms,
                                      struct arena *arena, struct why *why) {
    if (!plan->is_new_entity || !span_is(plan->as, "entity") || plan->intake_kind.len > 0) return err_none();
    struct access_mandate_new mandate = {.person_id = plan->principal->person_id,
                                         .entity = plan->entity_id,
                                         .scopes = MANDATE_ALL,
                                         .from_ms = now_ms,
                                         .until_ms = INSTANT_NONE,
                                         .capacity = SPAN("representative"),
                                         .ground = arena_printf(arena, "filed %.*s %.*s", SPAN_FMT(plan->request->document), SPAN_FMT(plan->filing_id))};
    struct access_env env = {.now_ms = now_ms, .random = services->random};
    struct span id;
    return access_mandate_grant(conn, &mandate, plan->principal->person_id, &env, arena, &id, why);
}

static struct err write_repeat(struct store_conn *conn, const struct filing_plan *plan, struct arena *arena, int64_t *ret_seq, struct why *why) {
    struct value id = value_text(plan->filing_id);
    struct rows rows;
    TRY(store_read(conn, STMT_FILING_GET, &id, 1, arena, &rows, why));
    if (rows.count == 0) return why_set(why, ERR_CORRUPT, "", "filing.repeat", "", "the earlier filing is gone");
    *ret_seq = rows_int(&rows, 0, 1);
    return err_none();
}

static struct err write_accepted(struct services *services, struct store_conn *conn, struct log_edge *edge, const struct filing_plan *plan,
                                 int64_t now_ms, struct arena *arena, int64_t *ret_seq, struct why *why) {
    struct record_header header[RECORD_HEADER_MAX];
    struct json attachments;
    size_t header_count = 0;
    TRY(filing_check_attachments(conn, plan->request, plan->principal, plan->document.max_attachments, arena, &attachments, why));
    TRY(header_make(services, plan, now_ms, &attachments, arena, header, &header_count));
    struct record_new record = {.filing_id = plan->filing_id,
                                .header_count = header_count,
                                .header = header,
                                .values = plan->decision.values,
                                .effects = &plan->effects};
    TRY(record_append(services, conn, edge, &record, arena, ret_seq, why));
    struct effects_of of = {.filing_id = plan->filing_id,
                            .seq = *ret_seq,
                            .document = plan->request->document, .filer_role = plan->as,
                            .filer = plan->principal->is_known ? plan->principal->pseudonym : SPAN("anonymous"),
                            .office = plan->office,
                            .received_ms = plan->received_ms, .recorded_ms = now_ms,
                            .values = plan->decision.values,
                            .effects = &plan->effects};
    TRY(effects_apply(services, conn, &of, arena, why));
    TRY(remember_key(conn, plan, now_ms, why));
    TRY(filing_claim_attachments(conn, plan, why));
    return grant_first_mandate(services, conn, plan, now_ms, arena, why);
}

struct err filing_write(struct services *services, struct store_conn *conn, struct log_edge *edge, struct filing_plan *plan, int64_t now_ms,
                        struct arena *arena, int64_t *ret_seq, struct why *why) {
    if (services->is_read_only)
        return why_set(why, ERR_BUSY, "", "log.read_only", "", "the node takes no filings now: %.*s", SPAN_FMT(services->read_only_reason));
    bool is_moved = false;
    if (!plan->is_repeat) {
        struct filing_plan again = *plan;
        TRY(find_repeat(conn, plan->request, plan->principal, arena, &again, why)); // the same key in an earlier job of this group
        if (again.is_repeat) *plan = again;
        else TRY(versions_moved(conn, plan, arena, &is_moved, why));
        if (!again.is_repeat && !plan->request->is_node) TRY(rights_moved(services, conn, plan, now_ms, arena, &is_moved, why));
    }
    if (is_moved) {
        atomic_fetch_add(&services->counters[COUNT_DECIDED_AGAIN], 1);
        TRY(filing_decide(services, conn, plan->principal, plan->request, now_ms, arena, plan, why));
    }
    if (plan->is_repeat) return write_repeat(conn, plan, arena, ret_seq, why);
    if (!plan->decision.is_accepted)
        return why_set(why, ERR_LAW, "", "filing.refused", "", "%.*s", SPAN_FMT(plan->decision.faults[0].words));
    TRY(lock_check(services, conn, plan, now_ms, arena, why)); // again: another case may have locked it since, in this group too
    TRY(write_accepted(services, conn, edge, plan, now_ms, arena, ret_seq, why));
    TRY(standing_apply(services, conn, edge, plan, now_ms, arena, why));
    atomic_fetch_add(&services->counters[COUNT_FILINGS], 1);
    return err_none();
}
