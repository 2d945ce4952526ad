// SPDX-License-Identifier: EUPL-1.2
#include "service/party.h"

#include "law/procedure.h"
#include "service/effects.h"

#define NEVER_MS INT64_MAX

static struct span json_bytes(struct arena *arena, const struct json *value) {
    struct buf buf;
    buf_init(&buf, arena, LIMIT_JSON_BYTES * 2);
    if (is_err(json_canonical(&buf, value))) return span_make(NULL, 0);
    return buf_span(&buf);
}

static int64_t instant_of(struct span text, int64_t fallback) {
    struct stamp stamp;
    return text.at != NULL && !is_err(stamp_parse(text, NULL, "", &stamp, NULL)) ? stamp.ms : fallback;
}

struct err party_get(struct store_conn *conn, struct span case_id, struct span id, struct arena *arena, struct party *ret, struct why *why) {
    struct value params[] = {value_text(case_id), value_text(id)};
    struct rows rows;
    TRY(store_read(conn, STMT_PARTY_GET, params, 2, arena, &rows, why));
    if (rows.count == 0) return access_no_case(why);
    struct party party = {.case_id = case_id,
                          .id = id,
                          .state = rows_span(&rows, 0, 0),
                          .joined_seq = rows_int(&rows, 0, 1),
                          .joined_ms = rows_int(&rows, 0, 2),
                          .is_present = rows_at(&rows, 0, 3)->type == VALUE_NULL,
                          .version = rows_int(&rows, 0, 4),
                          .changed_ms = rows_int(&rows, 0, 5),
                          .has_part = rows_span(&rows, 0, 6).at != NULL,
                          .joined_by = rows_span(&rows, 0, 7)};
    if (party.has_part && is_err(json_parse(arena, rows_span(&rows, 0, 6), &party.content, NULL)))
        return why_set(why, ERR_CORRUPT, "", "case.corrupt", "", "a party's part is no JSON");
    *ret = party;
    return err_none();
}

bool case_has_parties(const struct case_file *file) { return json_get(&file->content, "party_duties") != NULL; }

// The entities of the principal's mandates that count now in cases of the PROCEDURE, and the offices of her roles, as a JSON array; at == NULL
// where she has none.
static struct span mandated(const struct principal *principal, struct span procedure, int64_t now_ms, struct arena *arena) {
    struct buf buf;
    struct json_out out;
    size_t count = 0;
    buf_init(&buf, arena, 64 * 1024);
    json_out_init(&out, &buf);
    json_out_array(&out);
    for (size_t i = 0; i < principal->mandate_count; i++) {
        const struct mandate *mandate = &principal->mandates[i];
        if (!mandate_is_in_force(mandate, now_ms) || (mandate->scopes & (MANDATE_READ | MANDATE_FILE)) == 0) continue;
        if (!mandate_covers(mandate, procedure, span_make(NULL, 0))) continue;
        json_out_string(&out, mandate->entity);
        count++;
    }
    for (size_t i = 0; principal->is_totp_done && i < principal->role_count; i++, count++) json_out_string(&out, principal->roles[i].office);
    json_out_array_end(&out);
    return count > 0 ? buf_span(&buf) : span_make(NULL, 0);
}

struct err party_find_own(struct store_conn *conn, const struct principal *principal, int64_t now_ms, struct arena *arena,
                          struct case_file *file, struct why *why) {
    if (!case_has_parties(file) || !principal->is_known) return err_none();
    file->has_parties = true;
    struct span entities = mandated(principal, file->procedure, now_ms, arena);
    if (entities.at == NULL) return err_none();
    struct value params[] = {value_text(file->id), value_text(entities)};
    struct rows rows;
    TRY(store_read(conn, STMT_PARTIES_AMONG, params, 2, arena, &rows, why));
    struct span *parties = arena_take_array(arena, rows.count + 1, sizeof *parties);
    if (parties == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < rows.count; i++) {
        parties[i] = rows_span(&rows, i, 0);
        file->parties_version += rows_int(&rows, i, 1);
    }
    file->parties = parties;
    file->party_count = rows.count;
    return err_none();
}

// --- effects ---

static struct err add_now(struct store_conn *conn, struct span case_id, struct span parties_json, struct span state, int64_t seq,
                          int64_t now_ms, struct why *why) {
    struct value params[] = {value_text(case_id), value_text(parties_json), value_text(state), value_int(seq), value_int(now_ms)};
    return store_write(conn, STMT_PARTY_ADD_MANY, params, 5, NULL, why);
}

static struct err task_add(struct store_conn *conn, const struct party_place *place, const char *kind, struct span content, struct why *why) {
    if (content.at == NULL) return err_make(ERR_MEMORY);
    struct value params[] = {value_text(place->case_id), value_text(place->of->filing_id), value_int(place->of->seq),
                             value_text(span_of(kind)), value_text(content)};
    return store_write(conn, STMT_PARTY_TASK_ADD, params, 5, NULL, why);
}

// The part [from, to) of a list, as canonical JSON.
static struct span part_of(struct arena *arena, const struct json *list, size_t from, size_t to) {
    struct json part = {.type = JSON_ARRAY, .count = to - from, .items = list->items + from};
    return json_bytes(arena, &part);
}

// In a rebuild nobody waits: all at once. Otherwise what is long, or must come after what is still queued, is queued.
static struct err add_or_queue(struct store_conn *conn, const struct party_place *place, const struct json *op, const struct json *list,
                               struct arena *arena, struct why *why) {
    struct span state = json_get_string(op, "state");
    struct value id = value_text(place->case_id);
    struct rows waiting;
    TRY(store_read(conn, STMT_PARTY_TASK_COUNT, &id, 1, arena, &waiting, why));
    bool is_now = place->of->is_rebuild || (list->count <= PARTY_CHUNK && rows_int(&waiting, 0, 0) == 0);
    for (size_t from = 0; from < list->count; from += PARTY_CHUNK) {
        size_t to = from + PARTY_CHUNK < list->count ? from + PARTY_CHUNK : list->count;
        struct span chunk = part_of(arena, list, from, to);
        if (chunk.at == NULL) return err_make(ERR_MEMORY);
        if (is_now) TRY(add_now(conn, place->case_id, chunk, state, place->of->seq, place->of->recorded_ms, why));
        else TRY(task_add(conn, place, "add", arena_printf(arena, "{\"at\":%lld,\"parties\":%.*s,\"state\":\"%.*s\"}",
                                                           (long long)place->of->recorded_ms, SPAN_FMT(chunk), SPAN_FMT(state)), why));
    }
    return err_none();
}

struct err party_check_ops(const struct services *services, struct store_conn *conn, struct span procedure, struct span case_id, const struct json *ops,
                           struct arena *arena, struct why *why) {
    bool is_of_offices = span_is(procedure_parties(services->law, services->state, procedure, NULL), "offices");
    for (size_t i = 0; i < ops->count; i++) {
        const struct json *list = json_get(&ops->items[i], "parties");
        if (list == NULL || list->type != JSON_ARRAY || !span_is(json_get_string(&ops->items[i], "op"), "party_add")) continue;
        for (size_t k = 0; is_of_offices && k < list->count; k++)
            if (access_office_find(services->access, list->items[k].string) == NULL)
                return why_set(why, ERR_INPUT, "/fields", "filing.party_unknown", "", "%.*s can't be a party: there is no such office", SPAN_FMT(list->items[k].string));
        if (is_of_offices) continue;
        struct value param = value_text(json_bytes(arena, list));
        struct rows unknown;
        TRY(store_read(conn, STMT_PARTIES_UNKNOWN, &param, 1, arena, &unknown, why));
        if (unknown.count > 0)
            return why_set(why, ERR_INPUT, "/fields", "filing.party_unknown", "", "%.*s can't be a party: it is not there, or stands above others itself",
                           SPAN_FMT(rows_span(&unknown, 0, 0)));
        for (size_t k = 0; k < list->count; k++)
            if (span_equals(list->items[k].string, case_id)) return why_set(why, ERR_INPUT, "/fields", "filing.party_unknown", "", "a case is no party of itself");
    }
    return err_none();
}

// Whether the office is one of those that the operation means, filed for FILER.
static bool is_meant(const struct access_office *office, const struct json *op, struct span filer) {
    const struct json *states = json_get(op, "states");
    bool is_filer = span_equals(office->id, filer);
    if (span_is(json_get_string(op, "kind"), "filer")) return is_filer;
    if (!span_equals(office->kind->id, json_get_string(op, "kind")) || (is_filer && json_get_bool(op, "others", false))) return false;
    bool is_of_state = states == NULL;
    for (size_t i = 0; states != NULL && i < states->count; i++) is_of_state = is_of_state || span_equals(states->items[i].string, office->state);
    return is_of_state;
}

struct err party_offices_resolve(const struct services *services, const struct json *ops, struct span filer, struct arena *arena,
                                 struct json *ret_ops, struct why *why) {
    (void)why;
    const struct access *access = services->access;
    for (size_t i = 0; i < ops->count; i++) {
        const struct json *op = &ops->items[i];
        if (!span_is(json_get_string(op, "op"), "party_offices")) continue;
        struct json list = {.type = JSON_ARRAY, .items = arena_take_array(arena, access->office_count + 1, sizeof *list.items)};
        struct json made = {.type = JSON_OBJECT, .members = arena_take_array(arena, 5, sizeof *made.members)};
        if (list.items == NULL || made.members == NULL) return err_make(ERR_MEMORY);
        for (size_t k = 0; k < access->office_count; k++)
            if (is_meant(&access->offices[k], op, filer)) list.items[list.count++] = json_from_string(access->offices[k].id);
        made.members[made.count++] = (struct json_member){SPAN("op"), json_from_string(SPAN("party_add"))};
        made.members[made.count++] = (struct json_member){SPAN("selection"), json_from_string(json_get_string(op, "kind"))};
        made.members[made.count++] = (struct json_member){SPAN("parties"), list};
        made.members[made.count++] = (struct json_member){SPAN("state"), json_from_string(json_get_string(op, "state"))};
        made.members[made.count++] = (struct json_member){SPAN("article"), json_from_string(json_get_string(op, "article"))};
        if (list.count > 0) ret_ops->items[ret_ops->count++] = made;
    }
    return err_none();
}

struct err party_op(struct store_conn *conn, const struct party_place *place, const struct json *op, struct arena *arena, struct why *why) {
    struct span name = json_get_string(op, "op");
    bool is_add = span_is(name, "party_add"), is_remove = span_is(name, "party_remove");
    const struct json *list = json_get(op, "parties");
    if ((!is_add && !is_remove) || list == NULL || list->type != JSON_ARRAY) return err_none();
    if (is_add) return add_or_queue(conn, place, op, list, arena, why);
    struct value params[] = {value_text(place->case_id), value_text(json_bytes(arena, list)), value_int(place->of->seq), value_int(place->of->recorded_ms)};
    return store_write(conn, STMT_PARTY_REMOVE_MANY, params, 4, NULL, why);
}

bool party_is_message(const struct json *op) {
    return span_is(json_get_string(op, "op"), "message") && json_get_string(json_get(op, "to"), "parties").at != NULL;
}

struct err party_message(struct store_conn *conn, const struct party_place *place, const struct json *op, struct arena *arena, struct why *why) {
    return task_add(conn, place, "message", json_bytes(arena, op), why);
}

struct err party_put_duties(struct store_conn *conn, const struct party_place *place, const struct json *content, struct arena *arena,
                            struct why *why) {
    const struct json *duties = json_get(content, "party_duties");
    for (size_t i = 0; duties != NULL && duties->type == JSON_ARRAY && i < duties->count; i++) {
        const struct json *duty = &duties->items[i];
        int64_t due_ms = instant_of(json_get_string(duty, "due"), NEVER_MS);
        bool is_closed = json_get_string(duty, "closed_by").at != NULL;
        struct value params[] = {value_text(place->case_id), value_int((int64_t)i), value_text(json_get_string(duty, "duty")),
                                 value_int(place->of->seq), value_int(span_is(json_get_string(duty, "of"), "joined")),
                                 value_int(due_ms), value_int(instant_of(json_get_string(duty, "due_latest"), due_ms)),
                                 is_closed ? value_int(place->of->recorded_ms) : value_null(), value_text(json_bytes(arena, duty))};
        TRY(store_write(conn, STMT_PARTY_DUTY_PUT, params, 9, NULL, why));
    }
    return err_none();
}

struct err party_put(struct store_conn *conn, const struct party_place *place, const struct json *party, struct arena *arena, struct why *why) {
    struct span id = json_get_string(party, "id");
    const struct json *content = json_get(party, "content"), *done = json_get(content, "done");
    struct value params[] = {value_text(place->case_id), value_text(id), value_text(json_get_string(content, "state")),
                             value_int(place->of->recorded_ms), value_text(json_bytes(arena, content))};
    size_t changed = 0;
    TRY(store_write(conn, STMT_PARTY_PUT, params, 5, &changed, why));
    if (changed != 1) return why_set(why, ERR_CORRUPT, "", "effects.party", "", "%.*s is no party of the case", SPAN_FMT(id));
    TRY(store_write(conn, STMT_PARTY_DONE_CLEAR, params, 2, NULL, why));
    for (size_t i = 0; done != NULL && i < done->count; i++) {
        const struct json *row = &done->items[i];
        struct value opener = value_text(json_get_string(row, "opened_by"));
        struct rows opened;
        TRY(store_read(conn, STMT_FILING_GET, &opener, 1, arena, &opened, why));
        if (opened.count == 0) continue;
        struct value done_row[] = {params[0], params[1], value_text(json_get_string(row, "duty")), value_int(rows_int(&opened, 0, 1)),
                                   value_int(instant_of(json_get_string(row, "done_at"), place->of->received_ms))};
        TRY(store_write(conn, STMT_PARTY_DONE_ADD, done_row, 5, NULL, why));
    }
    return err_none();
}

// --- what is queued ---

static struct err outbox_add(struct store_conn *conn, struct span filing_id, struct span case_id, const struct json *op, struct json to,
                             int64_t now_ms, struct arena *arena, struct why *why) {
    struct json message = *op;
    message.members = arena_take_array(arena, op->count + 1, sizeof *message.members);
    if (message.members == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < op->count; i++) {
        message.members[i] = op->members[i];
        if (span_is(op->members[i].name, "to")) message.members[i].value = to;
    }
    struct value params[] = {value_text(filing_id), value_text(case_id), value_text(json_bytes(arena, &message)), value_int(now_ms), value_int(now_ms)};
    return store_write(conn, STMT_OUTBOX_ADD, params, 5, NULL, why);
}

static struct json one_member(struct arena *arena, const char *name, struct json value) {
    struct json out = {.type = JSON_OBJECT, .members = arena_take_array(arena, 1, sizeof *out.members)};
    if (out.members != NULL) out.members[out.count++] = (struct json_member){.name = span_of(name), .value = value};
    return out;
}

// Entities are told of this case, in one message for all of the chunk; offices each; a case's entity of its own case.
static struct err tell(struct store_conn *conn, struct span filing_id, struct span case_id, const struct json *op, const struct rows *parties,
                       int64_t now_ms, struct arena *arena, struct why *why) {
    struct json list = {.type = JSON_ARRAY, .items = arena_take_array(arena, parties->count + 1, sizeof *list.items)};
    if (list.items == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < parties->count; i++) {
        struct span party = rows_span(parties, i, 0);
        if (party.at[0] >= 'a') { // an office: ids of entities and cases begin with a capital
            TRY(outbox_add(conn, filing_id, case_id, op, one_member(arena, "office", json_from_string(party)), now_ms, arena, why));
            continue;
        }
        if (party.at[0] != 'C') {
            list.items[list.count++] = json_from_string(party);
            continue;
        }
        struct case_file member;
        TRY(case_get(conn, party, arena, &member, why));
        if (member.entity_id.len > 0)
            TRY(outbox_add(conn, filing_id, party, op, one_member(arena, "entity", json_from_string(member.entity_id)), now_ms, arena, why));
    }
    if (list.count == 0) return err_none();
    return outbox_add(conn, filing_id, case_id, op, one_member(arena, "entities", list), now_ms, arena, why);
}

static struct err message_step(struct store_conn *conn, const struct rows *task, const struct json *op, int64_t now_ms, struct arena *arena,
                               struct why *why) {
    const struct json *states = json_get(json_get(op, "to"), "states");
    struct value params[] = {value_text(rows_span(task, 0, 1)), value_text(rows_span(task, 0, 6)), value_int(PARTY_CHUNK),
                             value_int(rows_int(task, 0, 3)), states != NULL ? value_text(json_bytes(arena, states)) : value_null(),
                             value_int(json_get_bool(json_get(op, "to"), "joined", false))};
    struct rows parties;
    TRY(store_read(conn, STMT_PARTIES_TO_TELL, params, 6, arena, &parties, why));
    if (parties.count > 0) TRY(tell(conn, rows_span(task, 0, 2), rows_span(task, 0, 1), op, &parties, now_ms, arena, why));
    struct value id = value_int(rows_int(task, 0, 0));
    if (parties.count < PARTY_CHUNK) return store_write(conn, STMT_PARTY_TASK_DONE, &id, 1, NULL, why);
    struct value moved[] = {id, value_text(rows_span(&parties, parties.count - 1, 0))};
    return store_write(conn, STMT_PARTY_TASK_MOVE, moved, 2, NULL, why);
}

static struct err add_step(struct store_conn *conn, const struct rows *task, const struct json *op, struct arena *arena, struct why *why) {
    const struct json *parties = json_get(op, "parties");
    if (parties == NULL) return why_set(why, ERR_CORRUPT, "", "party.task", "", "a task for parties names none");
    TRY(add_now(conn, rows_span(task, 0, 1), json_bytes(arena, parties), json_get_string(op, "state"), rows_int(task, 0, 3), json_get_int(op, "at", 0), why));
    struct value id = value_int(rows_int(task, 0, 0));
    return store_write(conn, STMT_PARTY_TASK_DONE, &id, 1, NULL, why);
}

struct err party_task_step(struct store_conn *conn, int64_t now_ms, struct arena *arena, bool *ret_is_more, struct why *why) {
    struct rows task, left;
    struct json op;
    *ret_is_more = false;
    TRY(store_read(conn, STMT_PARTY_TASK_NEXT, NULL, 0, arena, &task, why));
    if (task.count == 0) return err_none();
    TRY(json_parse(arena, rows_span(&task, 0, 5), &op, why));
    if (span_is(rows_span(&task, 0, 4), "add")) TRY(add_step(conn, &task, &op, arena, why));
    else TRY(message_step(conn, &task, &op, now_ms, arena, why));
    struct value any = value_null();
    TRY(store_read(conn, STMT_PARTY_TASK_COUNT, &any, 1, arena, &left, why));
    *ret_is_more = rows_int(&left, 0, 0) > 0;
    return err_none();
}
