// SPDX-License-Identifier: EUPL-1.2
/* What a party sees of a case: what the offices let all parties see, and its own part. */
#include "law/pack_rows.h"
#include "law/procedure.h"
#include "service/entity.h"
#include "service/gate_view.h"
#include "service/party.h"

bool party_sees_filing(const struct services *services, const struct case_file *file, struct span filing, struct span document, int64_t now_ms,
                       struct span *ret_status) {
    const struct json *known = json_get(&file->content, "filings");
    struct span status = SPAN("replaced");
    for (size_t i = 0; known != NULL && i < known->count; i++)
        if (span_equals(json_get_string(&known->items[i], "id"), filing)) status = json_get_string(&known->items[i], "status");
    if (ret_status != NULL) *ret_status = status;
    return !span_is(status, "replaced") && procedure_party_sees(services->law, services->state, zone_date(services->zone, now_ms), file->procedure,
                                                                document, &file->content);
}

static bool sees(const struct services *services, const struct case_file *file, struct span filing, struct span document, int64_t now_ms) {
    return party_sees_filing(services, file, filing, document, now_ms, NULL);
}

// Filings, as lists of a case name them; those of offices only where the party sees them.
static void write_filings(struct json_out *out, const struct services *services, const struct case_file *file, const struct rows *rows,
                          bool is_own, int64_t now_ms, struct arena *arena) {
    const struct json *known = json_get(&file->content, "filings");
    for (size_t i = 0; i < rows->count; i++) {
        struct span id = rows_span(rows, i, 0), document = rows_span(rows, i, 6);
        if (!is_own && !sees(services, file, id, document, now_ms)) continue;
        json_out_object(out);
        json_out_member_string(out, "id", id);
        json_out_member_int(out, "log_index", rows_int(rows, i, 1));
        json_out_member_string(out, "document", document);
        json_out_member_string(out, "filer_role", rows_span(rows, i, 7));
        json_out_member_string(out, "received_at", instant_text(arena, rows_int(rows, i, 9)));
        json_out_member_string(out, "recorded_at", instant_text(arena, rows_int(rows, i, 10)));
        for (size_t k = 0; !is_own && known != NULL && k < known->count; k++)
            if (span_equals(json_get_string(&known->items[k], "id"), id)) json_out_member_string(out, "status", json_get_string(&known->items[k], "status"));
        json_out_object_end(out);
    }
}

// Who a party is, where it is an office: its name, and the member for which it speaks.
static void write_office(struct json_out *out, const struct services *services, struct span id) {
    const struct access_office *office = access_office_find(services->access, id);
    if (office == NULL) return;
    json_out_member_string(out, "name", office->name);
    json_out_member_string(out, "of_state", office->state);
}

static struct err write_next(struct json_out *out, const struct services *services, struct store_conn *conn, const struct case_file *file,
                             const struct party *party, struct span lang, int64_t now_ms, struct arena *arena, struct why *why) {
    struct entity entity;
    struct json subject;
    const struct procedure_step *steps;
    size_t count;
    bool has_entity = !is_err(entity_get(conn, party->id, arena, &entity, NULL));
    if (has_entity) TRY(entity_subject(&entity, arena, &subject, why));
    TRY(procedure_next_of_party(services->law, services->state, zone_date(services->zone, now_ms), file->procedure, has_entity ? &subject : NULL,
                                &file->content, party->has_part ? &party->content : NULL, party->joined_by, lang, arena, &steps, &count, why));
    for (size_t i = 0; i < count; i++) {
        json_out_object(out);
        json_out_member_text(out, "as", "party");
        json_out_member_string(out, "party", party->id);
        json_out_member_string(out, "document", steps[i].document);
        json_out_member_string(out, "label", steps[i].label);
        json_out_member_string(out, "article", steps[i].article);
        json_out_member_bool(out, "is_owed", steps[i].is_owed);
        if (steps[i].due_ms != INSTANT_NONE) json_out_member_string(out, "due", instant_text(arena, steps[i].due_ms));
        json_out_object_end(out);
    }
    return err_none();
}

struct json party_duty_shown(const struct services *services, const struct case_file *file, const struct json *duty, int64_t now_ms, struct arena *arena) {
    static const char *const BY[] = {"opened_by", "done_by", "closed_by"};
    const struct json *known = json_get(&file->content, "filings");
    struct json shown = *duty;
    shown.members = arena_take_array(arena, duty->count + 1, sizeof *shown.members);
    if (shown.members == NULL) return (struct json){.type = JSON_OBJECT};
    memcpy(shown.members, duty->members, duty->count * sizeof *shown.members);
    for (size_t i = 0; i < shown.count; i++)
        for (size_t k = 0; known != NULL && k < known->count; k++) {
            struct json_member *member = &shown.members[i];
            bool is_by = span_is(member->name, BY[0]) || span_is(member->name, BY[1]) || span_is(member->name, BY[2]);
            struct span id = json_get_string(&known->items[k], "id");
            if (!is_by || member->value.type != JSON_STRING || !span_equals(member->value.string, id)) continue;
            if (!sees(services, file, id, json_get_string(&known->items[k], "document"), now_ms)) member->value = (struct json){.type = JSON_NULL};
        }
    return shown;
}

static void write_duty(struct json_out *out, const struct services *services, const struct case_file *file, const struct json *duty, int64_t now_ms, struct arena *arena) {
    struct json shown = party_duty_shown(services, file, duty, now_ms, arena);
    duty_write_json(out, &shown, now_ms, false);
}

static struct err write_duties(struct json_out *out, const struct services *services, struct store_conn *conn, const struct case_file *file, struct span id,
                               int64_t now_ms, struct arena *arena, struct why *why) {
    struct party party;
    struct json duties;
    TRY(party_get(conn, file->id, id, arena, &party, why));
    TRY(party_duties(&file->content, party.has_part ? &party.content : NULL, party.joined_by, arena, &duties));
    for (size_t i = 0; i < duties.count; i++) write_duty(out, services, file, &duties.items[i], now_ms, arena);
    return err_none();
}

struct err party_write_part(struct json_out *out, const struct services *services, struct store_conn *conn, const struct case_file *file,
                            struct span id, bool is_office, int64_t now_ms, struct arena *arena, struct why *why) {
    struct party party;
    struct json duties;
    struct rows own;
    TRY(party_get(conn, file->id, id, arena, &party, why));
    TRY(party_duties(&file->content, party.has_part ? &party.content : NULL, party.joined_by, arena, &duties));
    struct value params[] = {value_text(file->id), value_text(id)};
    TRY(store_read(conn, STMT_FILINGS_OF_PARTY, params, 2, arena, &own, why));
    json_out_object(out);
    json_out_member_string(out, "party", id);
    write_office(out, services, id);
    json_out_member_string(out, "state", party.state);
    json_out_member_bool(out, "is_present", party.is_present);
    json_out_member_string(out, "joined_at", instant_text(arena, party.joined_ms));
    json_out_member_string(out, "changed_at", instant_text(arena, party.changed_ms));
    json_out_name(out, "facts");
    if (party.has_part) json_out_value(out, json_get(&party.content, "facts"));
    else json_out_raw(out, SPAN("{}"));
    json_out_name(out, "duties");
    json_out_array(out);
    for (size_t i = 0; i < duties.count; i++) {
        if (is_office) duty_write_json(out, &duties.items[i], now_ms, true);
        else write_duty(out, services, file, &duties.items[i], now_ms, arena);
    }
    json_out_array_end(out);
    json_out_name(out, "filings");
    json_out_array(out);
    write_filings(out, services, file, &own, true, now_ms, arena);
    json_out_array_end(out);
    json_out_object_end(out);
    return err_none();
}

struct err party_write_next(struct json_out *out, const struct services *services, struct store_conn *conn, const struct case_file *file,
                            struct span lang, int64_t now_ms, struct arena *arena, struct why *why) {
    for (size_t i = 0; i < file->party_count; i++) {
        struct party party;
        TRY(party_get(conn, file->id, file->parties[i], arena, &party, why));
        if (party.is_present) TRY(write_next(out, services, conn, file, &party, lang, now_ms, arena, why));
    }
    return err_none();
}

// What parties see of each other: who they are, in which state, and what of their filings is for all.
static struct err write_others(struct json_out *out, const struct services *services, struct store_conn *conn, const struct case_file *file,
                               int64_t now_ms, struct arena *arena, struct why *why) {
    struct rows rows;
    struct value params[] = {value_text(file->id), value_text(SPAN("")), value_int(LIMIT_PAGE_ROWS), value_null()};
    if (!procedure_parties_see_parties(services->law, services->state, file->procedure)) return err_none();
    TRY(store_read(conn, STMT_PARTY_PAGE, params, 4, arena, &rows, why));
    json_out_name(out, "others");
    json_out_array(out);
    for (size_t i = 0; i < rows.count; i++) {
        struct span id = rows_span(&rows, i, 0);
        bool is_own = false;
        struct rows filings;
        for (size_t k = 0; k < file->party_count; k++) is_own = is_own || span_equals(file->parties[k], id);
        if (is_own) continue;
        struct value of[] = {value_text(file->id), value_text(id)};
        TRY(store_read(conn, STMT_FILINGS_OF_PARTY, of, 2, arena, &filings, why));
        json_out_object(out);
        json_out_member_string(out, "party", id);
        write_office(out, services, id);
        json_out_member_string(out, "state", rows_span(&rows, i, 1));
        json_out_name(out, "filings");
        json_out_array(out);
        for (size_t k = 0; k < filings.count; k++) {
            if (!procedure_party_sees(services->law, services->state, zone_date(services->zone, now_ms), file->procedure, rows_span(&filings, k, 6), &file->content)) continue;
            json_out_object(out);
            json_out_member_string(out, "id", rows_span(&filings, k, 0));
            json_out_member_string(out, "document", rows_span(&filings, k, 6));
            json_out_member_string(out, "received_at", instant_text(arena, rows_int(&filings, k, 9)));
            json_out_object_end(out);
        }
        json_out_array_end(out);
        json_out_object_end(out);
    }
    json_out_array_end(out);
    return err_none();
}

static struct err write_attachments(struct json_out *out, const struct services *services, struct store_conn *conn, const struct case_file *file,
                                    const struct gate_view *gate, const struct rows *filings, int64_t now_ms, struct arena *arena, struct why *why) {
    struct value id = value_text(file->id);
    struct rows rows;
    TRY(store_read(conn, STMT_ATTACHMENTS_OF_CASE, &id, 1, arena, &rows, why));
    json_out_name(out, "attachments");
    json_out_array(out);
    for (size_t i = 0; i < rows.count; i++)
        for (size_t k = 0; k < filings->count; k++) {
            if (!span_equals(rows_span(filings, k, 0), rows_span(&rows, i, 5))) continue;
            if (!sees(services, file, rows_span(filings, k, 0), rows_span(filings, k, 6), now_ms)) continue;
            struct gate_verdict verdict; // a name may say as much as the file
            TRY(gate_view_attachment(gate, conn, rows_span(&rows, i, 5), rows_span(&rows, i, 0), arena, &verdict, why));
            if (!verdict.is_allowed) continue;
            json_out_object(out);
            json_out_member_string(out, "id", rows_span(&rows, i, 0));
            json_out_member_string(out, "name", rows_span(&rows, i, 1));
            json_out_member_string(out, "media_type", rows_span(&rows, i, 2));
            json_out_member_int(out, "size_bytes", rows_int(&rows, i, 3));
            json_out_member_string(out, "filing", rows_span(&rows, i, 5));
            json_out_object_end(out);
        }
    json_out_array_end(out);
    return err_none();
}

// Of the parties for which she acts those for which she may also read; to file is not to read what others filed.
static struct case_file readable_parts(const struct case_file *file, const struct principal *principal, int64_t now_ms, struct arena *arena) {
    struct case_file own = *file;
    struct span *parties = arena_take_array(arena, file->party_count + 1, sizeof *parties);
    own.party_count = 0;
    own.parties = parties;
    for (size_t i = 0; parties != NULL && i < file->party_count; i++) {
        struct access_case of = {.procedure = file->procedure, .has_parties = true, .party_count = 1, .parties = &file->parties[i]};
        if (!is_err(access_may_read_part(principal, &of, now_ms, NULL))) parties[own.party_count++] = file->parties[i];
    }
    return own;
}

struct err party_write_case_json(struct json_out *out, const struct services *services, struct store_conn *conn, const struct case_file *whole,
                                 const struct principal *principal, struct span lang, int64_t now_ms, struct arena *arena, struct why *why) {
    const struct case_file own = readable_parts(whole, principal, now_ms, arena), *file = &own;
    struct gate_place place = gate_place_of(whole);
    struct gate_view gate;
    TRY(gate_view_open(services, conn, &place, principal, GATE_CASE, now_ms, arena, &gate, why));
    struct value id = value_text(file->id);
    struct rows filings;
    TRY(store_read(conn, STMT_FILINGS_OF_CASE, &id, 1, arena, &filings, why));
    json_out_object(out);
    json_out_member_string(out, "id", file->id);
    json_out_member_string(out, "procedure", file->procedure);
    json_out_member_string(out, "workspace", file->workspace);
    json_out_member_string(out, "state", file->state);
    json_out_member_int(out, "version", file->version + file->parties_version);
    json_out_member_string(out, "opened_at", instant_text(arena, file->opened_ms));
    json_out_member_bool(out, "is_party", true);
    json_out_member_string(out, "caution", law_caution(services->law, services->state, zone_date(services->zone, now_ms), lang));
    json_out_name(out, "filings");
    json_out_array(out);
    write_filings(out, services, file, &filings, false, now_ms, arena);
    json_out_array_end(out);
    TRY(write_attachments(out, services, conn, file, &gate, &filings, now_ms, arena, why));
    json_out_name(out, "parties");
    json_out_array(out);
    for (size_t i = 0; i < file->party_count; i++)
        TRY(party_write_part(out, services, conn, file, file->parties[i], false, now_ms, arena, why));
    json_out_array_end(out);
    TRY(write_others(out, services, conn, file, now_ms, arena, why));
    json_out_name(out, "duties");
    json_out_array(out);
    for (size_t i = 0; i < file->party_count; i++) TRY(write_duties(out, services, conn, file, file->parties[i], now_ms, arena, why));
    json_out_array_end(out);
    json_out_name(out, "next");
    json_out_array(out);
    TRY(party_write_next(out, services, conn, file, lang, now_ms, arena, why));
    json_out_array_end(out);
    json_out_object_end(out);
    return err_none();
}

// --- reading what an office filed ---

// The entities for which she may read; PROCEDURE empty: whatever the bounds of the mandate.
static struct span readable_entities(const struct principal *principal, struct span procedure, int64_t now_ms, struct arena *arena) {
    struct buf buf;
    struct json_out out;
    buf_init(&buf, arena, 64 * 1024);
    json_out_init(&out, &buf);
    json_out_array(&out);
    for (size_t i = 0; i < principal->mandate_count; i++) {
        const struct mandate *mandate = &principal->mandates[i];
        if (!mandate_is_in_force(mandate, now_ms) || (mandate->scopes & MANDATE_READ) == 0) continue;
        if (procedure.len == 0 || mandate_covers(mandate, procedure, span_make(NULL, 0))) json_out_string(&out, mandate->entity);
    }
    for (size_t i = 0; principal->is_totp_done && i < principal->role_count; i++) json_out_string(&out, principal->roles[i].office);
    json_out_array_end(&out);
    return buf.is_failed ? SPAN("[]") : buf_span(&buf);
}

// Whether it is what one party filed, and the law lets the others read it.
static struct err is_shared(const struct services *services, struct store_conn *conn, const struct case_file *file, struct span filing_id,
                            struct span document, int64_t now_ms, struct arena *arena, bool *ret, struct why *why) {
    struct value id = value_text(filing_id);
    struct rows rows;
    TRY(store_read(conn, STMT_FILING_GET, &id, 1, arena, &rows, why));
    *ret = rows.count == 1 && span_is(rows_span(&rows, 0, 7), "party") &&
           procedure_party_sees(services->law, services->state, zone_date(services->zone, now_ms), file->procedure, document, &file->content);
    return err_none();
}

// Row: case, procedure, entity. Whether she reads that case, within the bounds of a mandate.
static bool reads_member(const struct principal *principal, const struct rows *rows, size_t i, int64_t now_ms) {
    for (size_t k = 0; k < principal->mandate_count; k++) {
        const struct mandate *mandate = &principal->mandates[k];
        if (mandate_is_in_force(mandate, now_ms) && (mandate->scopes & MANDATE_READ) != 0 && span_equals(mandate->entity, rows_span(rows, i, 2)) &&
            mandate_covers(mandate, rows_span(rows, i, 1), span_make(NULL, 0)))
            return true;
    }
    return false;
}

struct err party_may_read_filing(const struct services *services, struct store_conn *conn, const struct principal *principal,
                                 struct span case_id, struct span filing_id, struct span document, int64_t now_ms, struct arena *arena,
                                 bool *ret, bool *ret_is_below, struct why *why) {
    struct case_file file;
    *ret = *ret_is_below = false;
    if (!principal->is_known || principal->mandate_count + principal->role_count == 0 || (principal->scopes & SCOPE_READ) == 0) return err_none();
    TRY(case_get(conn, case_id, arena, &file, why));
    if (!case_has_parties(&file)) return err_none();
    bool is_of_other = false;
    TRY(is_shared(services, conn, &file, filing_id, document, now_ms, arena, &is_of_other, why));
    if (!is_of_other && !sees(services, &file, filing_id, document, now_ms)) return err_none();
    bool is_of_cases = span_is(procedure_parties(services->law, services->state, file.procedure, NULL), "cases");
    struct value params[] = {value_text(case_id), value_text(readable_entities(principal, is_of_cases ? SPAN("") : file.procedure, now_ms, arena))};
    struct rows rows;
    TRY(store_read(conn, is_of_cases ? STMT_PARTY_MEMBERS_AMONG : STMT_PARTIES_AMONG, params, 2, arena, &rows, why));
    for (size_t i = 0; i < rows.count; i++) *ret = *ret || !is_of_cases || reads_member(principal, &rows, i, now_ms);
    *ret_is_below = is_of_cases;
    return err_none();
}
