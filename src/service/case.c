// SPDX-License-Identifier: EUPL-1.2
#include "service/case.h"

#include "law/pack_rows.h"
#include "law/procedure.h"
#include "service/admission.h"
#include "service/case_acts.h"
#include "service/desk_work.h"
#include "service/downtime.h"
#include "service/entity.h"
#include "service/intake.h"
#include "service/gate_view.h"
#include "service/party.h"
#include "service/seen.h"
#include "service/strand.h"

struct err case_get(struct store_conn *conn, struct span id, struct arena *arena, struct case_file *ret, struct why *why) {
    struct value param = value_text(id);
    struct rows rows;
    TRY(store_read(conn, STMT_CASE_GET, &param, 1, arena, &rows, why));
    if (rows.count == 0) return access_no_case(why);
    struct case_file file = {.id = rows_span(&rows, 0, 0),
                             .procedure = rows_span(&rows, 0, 1),
                             .workspace = rows_span(&rows, 0, 2),
                             .entity_id = rows_span(&rows, 0, 3),
                             .sectors = rows_span(&rows, 0, 4),
                             .state = rows_span(&rows, 0, 5),
                             .version = rows_int(&rows, 0, 7),
                             .next_due_ms = rows_int(&rows, 0, 8),
                             .opened_ms = rows_int(&rows, 0, 9),
                             .changed_ms = rows_int(&rows, 0, 10),
                             .last_seq = rows_int(&rows, 0, 11),
                             .offices = rows_span(&rows, 0, 12),
                             .is_closed = rows_int(&rows, 0, 13) != 0,
                             .plain_version = rows_int(&rows, 0, 14),
                             .plain_changed_ms = rows_int(&rows, 0, 15),
                             .plain_due_ms = rows_int(&rows, 0, 16),
                             .owner = rows_span(&rows, 0, 17),
                             .backup = rows_span(&rows, 0, 18)};
    if (is_err(json_parse(arena, rows_span(&rows, 0, 6), &file.content, NULL)))
        return why_set(why, ERR_CORRUPT, "", "case.corrupt", "", "the case's content is no JSON");
    *ret = file;
    return err_none();
}

static bool has_word(struct span words, struct span word) {
    for (size_t at = 0; at < words.len;) {
        size_t end = span_find(words, ' ', at);
        if (span_equals(span_part(words, at, end), word)) return true;
        at = end + 1;
    }
    return false;
}

// The offices of the kinds that the case reaches and that work there; where nothing says so, those that the workspace is for.
static const struct span *offices_of(const struct services *services, struct span kinds, const struct workspace *workspace, bool is_named, struct arena *arena,
                                     size_t *ret_count) {
    const struct access *access = services->access;
    struct span *ids = arena_take_array(arena, access->office_count + 1, sizeof *ids);
    *ret_count = 0;
    if (kinds.len == 0 && workspace != NULL) kinds = workspace->reach;
    for (size_t i = 0; ids != NULL && i < access->office_count; i++) {
        const struct office_kind *kind = access->offices[i].kind;
        struct span own = arena_printf(arena, "=%.*s", SPAN_FMT(access->offices[i].id)); // it alone (law/audience.c: the opener)
        bool is_reached = is_named ? admission_is_of(kinds, kind->id) : has_word(kinds, kind->id) || has_word(kinds, own);
        if (workspace_is_of(workspace, kind) && is_reached) ids[(*ret_count)++] = access->offices[i].id;
    }
    return ids;
}

static void sectors_read(struct span sectors_json, struct arena *arena, size_t *ret_count, const struct span **ret) {
    struct json list;
    if (sectors_json.len == 0 || is_err(json_parse(arena, sectors_json, &list, NULL)) || list.type != JSON_ARRAY) return;
    struct span *sectors = arena_take_array(arena, list.count + 1, sizeof *sectors);
    for (size_t i = 0; sectors != NULL && i < list.count; i++)
        if (list.items[i].type == JSON_STRING) sectors[(*ret_count)++] = list.items[i].string;
    *ret = sectors;
}

void case_access(const struct services *services, const struct case_file *file, struct arena *arena, struct access_case *ret) {
    *ret = (struct access_case){.entity = file->entity_id.len > 0 ? file->entity_id : span_make(NULL, 0),
                                .procedure = file->procedure,
                                .workspace = workspace_find(services->law, file->workspace),
                                .is_closed_to_entity = file->is_closed,
                                .has_parties = file->has_parties,
                                .parties = file->parties,
                                .party_count = file->party_count};
    if (ret->workspace == NULL) return; // of no office that this program knows
    ret->offices = offices_of(services, file->offices, ret->workspace, false, arena, &ret->office_count);
    ret->readers = file->offices;
    if (span_find(file->offices, '*', 0) < file->offices.len) ret->named = offices_of(services, file->offices, ret->workspace, true, arena, &ret->named_count);
    sectors_read(file->sectors, arena, &ret->sector_count, &ret->sectors);
    struct span *filer = file->filer.len == 0 ? NULL : ARENA_NEW(arena, struct span);
    if (filer == NULL) return;
    *filer = file->filer;
    ret->filers = filer;
    ret->filer_count = 1;
}

void case_access_opening(const struct services *services, const struct case_file *file, const struct span *roles, size_t count,
                         struct arena *arena, struct access_case *ret) {
    struct case_file opened = *file;
    struct buf words;
    buf_init(&words, arena, 256);
    buf_add_byte(&words, ' ');
    for (size_t i = 0; i < count; i++) {
        if (!role_is_office(roles[i])) continue;
        buf_add(&words, roles[i]);
        buf_add_byte(&words, ' ');
    }
    opened.offices = buf_span(&words);
    opened.workspace = workspace_first(services->law)->id; // also an office that doesn't work in the case's workspace may open it where the law says so
    case_access(services, &opened, arena, ret);
    ret->workspace = workspace_find(services->law, file->workspace);
    if (ret->workspace == NULL) ret->office_count = 0;
    ret->is_opening = true;
}

struct err case_find_filer(struct store_conn *conn, const struct principal *principal, int64_t now_ms, struct arena *arena,
                           struct case_file *file, struct why *why) {
    if (!principal->is_known || principal->pseudonym.len == 0) return err_none();
    TRY(party_find_own(conn, principal, now_ms, arena, file, why));
    uint32_t scopes = 0;
    for (size_t i = 0; i < principal->mandate_count; i++)
        if (span_equals(principal->mandates[i].entity, file->entity_id) && mandate_is_in_force(&principal->mandates[i], now_ms) &&
            mandate_covers(&principal->mandates[i], file->procedure, span_make(NULL, 0)))
            scopes |= principal->mandates[i].scopes;
    if (file->entity_id.len > 0 && (scopes & (MANDATE_READ | MANDATE_FILE)) != MANDATE_FILE) return err_none();
    struct value params[] = {value_text(file->id), value_text(principal->pseudonym)};
    struct rows rows;
    TRY(store_read(conn, STMT_FILING_IS_FILER, params, 2, arena, &rows, why));
    if (rows_int(&rows, 0, 0) != 0) file->filer = principal->pseudonym;
    return err_none();
}

// The register is read by all offices at the desk; the single point of contact passes on what is in it.
void entity_access(const struct services *services, struct span entity_id, struct span sectors, struct arena *arena,
                   struct access_entity *ret) {
    *ret = (struct access_entity){.entity = entity_id};
    ret->offices = offices_of(services, office_kinds_text(services->law, services->state, true), workspace_first(services->law), false, arena, &ret->office_count);
    sectors_read(sectors, arena, &ret->sector_count, &ret->sectors);
}

// The sectors that a bounded role reaches: its own within its office's, or its office's.
static void write_sectors(struct json_out *out, const struct role *role) {
    const struct span *sectors = role->sector_count > 0 ? role->sectors : role->office_sectors;
    size_t count = role->sector_count > 0 ? role->sector_count : role->office_sector_count;
    for (size_t i = 0; i < count; i++)
        if (role_reaches_sector(role, sectors[i])) json_out_string(out, sectors[i]);
}

struct err entity_list_bounds(const struct principal *principal, struct arena *arena, struct span *ret_sectors_json, struct why *why) {
    struct buf buf;
    struct json_out out;
    bool may = false, is_bounded = true;
    buf_init(&buf, arena, 64 * 1024);
    json_out_init(&out, &buf);
    json_out_array(&out);
    for (size_t i = 0; principal->is_totp_done && i < principal->role_count; i++) {
        const struct role *role = &principal->roles[i];
        if ((role->kind->does & OFFICE_READS_REGISTER) == 0) continue; // lists show what one could open, no more
        may = true;
        if (role_is_unbounded(role)) is_bounded = false;
        write_sectors(&out, role);
    }
    json_out_array_end(&out);
    if (!may) return why_set(why, ERR_DENIED, "", "access.office", "", "this list is for officers, signed in with their second factor");
    *ret_sectors_json = is_bounded ? buf_span(&buf) : span_make(NULL, 0);
    return err_none();
}

// `k` is how the case reaches her, `r` the kind as what she then sees what only some do.
static void write_bound(struct json_out *out, const struct role *role, struct span kind, struct span reach) {
    json_out_object(out);
    json_out_member_string(out, "k", reach);
    json_out_member_string(out, "r", kind);
    json_out_name(out, "s");
    if (role_is_unbounded(role)) {
        json_out_null(out);
    } else {
        json_out_array(out);
        write_sectors(out, role);
        json_out_array_end(out);
    }
    json_out_object_end(out);
}

struct err case_list_bounds(const struct services *services, const struct principal *principal, const struct workspace *workspace,
                            struct arena *arena, struct span *ret_bounds_json, struct why *why) {
    (void)services;
    struct buf buf;
    struct json_out out;
    bool may = false;
    buf_init(&buf, arena, 64 * 1024);
    json_out_init(&out, &buf);
    json_out_array(&out);
    for (size_t i = 0; principal->is_totp_done && i < 3 * principal->role_count; i++) { // by the kind, by name (admission.h), as the one office that opened it
        const struct role *role = &principal->roles[i / 3];
        if (!access_role_works_in(role, workspace)) continue; // lists show what one could open, no more
        may = true;
        struct span kind = arena_printf(arena, " %.*s ", SPAN_FMT(role->kind->id));
        write_bound(&out, role, kind, i % 3 == 0 ? kind
                                : i % 3 == 1 ? arena_printf(arena, " @%.*s ", SPAN_FMT(role->person_id)) : arena_printf(arena, " =%.*s ", SPAN_FMT(role->office)));
    }
    json_out_array_end(&out);
    if (!may) return why_set(why, ERR_DENIED, "", "access.office", "", "this list is for officers, signed in with their second factor");
    if (buf.is_failed) return err_make(ERR_MEMORY);
    *ret_bounds_json = buf_span(&buf);
    return err_none();
}

void duty_write_beside(struct json_out *out, const struct json *duty, int64_t now_ms, bool is_office, const struct downtimes *beside,
                       struct arena *arena) {
    struct duty_times times;
    json_out_object(out);
    for (size_t i = 0; i < duty->count; i++) {
        json_out_name_span(out, duty->members[i].name);
        json_out_value(out, &duty->members[i].value);
    }
    if (duty_read(duty, &times)) {
        enum duty_status status = duty_status(&times, now_ms);
        // Between the readings nobody is late: an office sees an open duty, the filer is warned.
        if (is_office && status == DUTY_POSSIBLY_LATE) status = DUTY_DUE_SOON;
        if (is_office && status == DUTY_DONE_POSSIBLY_LATE) status = DUTY_DONE_IN_TIME;
        json_out_member_text(out, "status", duty_status_name(status));
        if (times.due_ms != INSTANT_NONE && times.done_ms == INSTANT_NONE && !times.is_closed)
            json_out_member_int(out, "seconds_left", (times.due_ms - now_ms) / 1000);
    }
    if (beside != NULL) downtimes_write_beside(out, beside, duty, now_ms, arena);
    json_out_object_end(out);
}

void duty_write_json(struct json_out *out, const struct json *duty, int64_t now_ms, bool is_office) {
    duty_write_beside(out, duty, now_ms, is_office, NULL, NULL);
}

struct shown { // of the case to one viewer
    const struct case_file *file;
    struct viewer viewer;
    struct gate_view gate;
    struct rows filings; // all of them, as filings_of_case gives them
    struct rows intakes; // those that an officer recorded
};

static bool shows_filing(const struct shown *shown, struct span id) {
    for (size_t i = 0; i < shown->filings.count; i++) {
        if (!span_equals(rows_span(&shown->filings, i, 0), id)) continue;
        return viewer_sees(&shown->viewer, &(struct matter){.seen_by = rows_span(&shown->filings, i, 11),
                                                            .filer_role = rows_span(&shown->filings, i, 7),
                                                            .filer = rows_span(&shown->filings, i, 8),
                                                            .office = rows_span(&shown->filings, i, 12)});
    }
    return false;
}

// Facts or flags that the viewer may see.
static void write_named(struct json_out *out, const struct shown *shown, const char *kind, bool is_blocked) {
    const struct json *all = is_blocked ? NULL : json_get(&shown->file->content, kind);
    json_out_name(out, kind);
    json_out_object(out);
    for (size_t i = 0; all != NULL && i < all->count; i++) {
        if (!viewer_sees_name(&shown->viewer, &shown->file->content, kind, all->members[i].name)) continue;
        json_out_name_span(out, all->members[i].name);
        json_out_value(out, &all->members[i].value);
    }
    json_out_object_end(out);
}

static void write_duties(struct json_out *out, const struct shown *shown, int64_t now_ms, struct arena *arena) {
    const struct json *duties = json_get(&shown->file->content, "duties");
    json_out_name(out, "duties");
    json_out_array(out);
    for (size_t i = 0; duties != NULL && i < duties->count; i++)
        if (viewer_sees_row(&shown->viewer, &duties->items[i]))
            viewer_write_duty(out, &shown->viewer, &shown->file->content, &duties->items[i], now_ms, arena);
    json_out_array_end(out);
}

// What the law warns of, and rules that the filing was made against.
static void write_notes(struct json_out *out, const struct json *filing) {
    static const char *const NOTES[] = {"warnings", "against"};
    for (size_t i = 0; i < sizeof NOTES / sizeof NOTES[0]; i++) {
        const struct json *rows = json_get(filing, NOTES[i]);
        if (rows == NULL) continue;
        json_out_name(out, NOTES[i]);
        json_out_value(out, rows);
    }
}

static void write_filings(struct json_out *out, const struct shown *shown, struct arena *arena) {
    const struct case_file *file = shown->file;
    const struct rows rows = shown->filings;
    const struct json *known = json_get(&file->content, "filings");
    json_out_name(out, "filings");
    json_out_array(out);
    for (size_t i = 0; i < rows.count; i++) {
        if (!shows_filing(shown, rows_span(&rows, i, 0))) continue;
        json_out_object(out);
        json_out_member_string(out, "id", rows_span(&rows, i, 0));
        json_out_member_int(out, "log_index", rows_int(&rows, i, 1));
        json_out_member_string(out, "document", rows_span(&rows, i, 6));
        json_out_member_string(out, "filer_role", rows_span(&rows, i, 7));
        json_out_member_string(out, "received_at", instant_text(arena, rows_int(&rows, i, 9)));
        json_out_member_string(out, "recorded_at", instant_text(arena, rows_int(&rows, i, 10)));
        intake_write(out, &shown->intakes, rows_span(&rows, i, 0));
        for (size_t k = 0; known != NULL && k < known->count; k++) {
            if (!span_equals(json_get_string(&known->items[k], "id"), rows_span(&rows, i, 0))) continue;
            json_out_member_int(out, "version", json_get_int(&known->items[k], "version", 1));
            json_out_member_string(out, "status", json_get_string(&known->items[k], "status"));
            write_notes(out, &known->items[k]);
        }
        if (gate_view_is_frozen(&shown->gate, rows_span(&rows, i, 0))) json_out_member_bool(out, "is_withdrawn", true);
        if (rows_span(&rows, i, 11).len > 0) json_out_member_string(out, "seen_by", rows_span(&rows, i, 11));
        json_out_object_end(out);
    }
    json_out_array_end(out);
}

static struct err write_proposals(struct json_out *out, struct store_conn *conn, const struct shown *shown, struct arena *arena, struct why *why) {
    struct value id = value_text(shown->file->id);
    struct rows rows;
    TRY(store_read(conn, STMT_PROPOSALS_OF_CASE, &id, 1, arena, &rows, why));
    json_out_name(out, "proposals");
    json_out_array(out);
    for (size_t i = 0; i < rows.count; i++) {
        if (!shows_filing(shown, rows_span(&rows, i, 0))) continue;
        json_out_object(out);
        json_out_member_string(out, "filing", rows_span(&rows, i, 0));
        json_out_name(out, "proposal");
        json_out_raw(out, rows_span(&rows, i, 2));
        json_out_object_end(out);
    }
    json_out_array_end(out);
    return err_none();
}

// A name may say as much as the file: one that stays has none.
static struct err write_attachments(struct json_out *out, struct store_conn *conn, const struct shown *shown, struct arena *arena, struct why *why) {
    struct value id = value_text(shown->file->id);
    struct rows rows;
    TRY(store_read(conn, STMT_ATTACHMENTS_OF_CASE, &id, 1, arena, &rows, why));
    json_out_name(out, "attachments");
    json_out_array(out);
    for (size_t i = 0; i < rows.count; i++) {
        if (!shows_filing(shown, rows_span(&rows, i, 5))) continue;
        struct buf hash;
        buf_init(&hash, arena, 128);
        buf_add_hex(&hash, rows_span(&rows, i, 4));
        struct gate_verdict verdict;
        TRY(gate_view_attachment(&shown->gate, conn, rows_span(&rows, i, 5), rows_span(&rows, i, 0), arena, &verdict, why));
        json_out_object(out);
        json_out_member_string(out, "id", rows_span(&rows, i, 0));
        if (!verdict.is_allowed) {
            json_out_member_string(out, "filing", rows_span(&rows, i, 5));
            json_out_member_string(out, "withheld", verdict.words);
            json_out_object_end(out);
            continue;
        }
        json_out_member_string(out, "name", rows_span(&rows, i, 1));
        json_out_member_string(out, "media_type", rows_span(&rows, i, 2));
        json_out_member_int(out, "size_bytes", rows_int(&rows, i, 3));
        json_out_member_string(out, "sha256", buf_span(&hash));
        json_out_member_string(out, "filing", rows_span(&rows, i, 5));
        json_out_object_end(out);
    }
    json_out_array_end(out);
    return err_none();
}

// Whether PRINCIPAL acts in the case as ROLE (an office's kind, or the entity).
static bool may_act_as(const struct services *services, const struct case_file *file, const struct principal *principal, struct span role,
                       int64_t now_ms, struct arena *arena) {
    struct access_case of;
    case_access(services, file, arena, &of);
    return !is_err(access_may_file(principal, &of, role, false, now_ms, NULL, NULL));
}

static struct err write_next(struct json_out *out, const struct services *services, struct store_conn *conn, const struct case_file *file,
                             const struct principal *principal, const struct json *subject, struct span lang, int64_t now_ms,
                             struct arena *arena, struct why *why) {
    const struct office_kind *kinds;
    size_t count_of_kinds = office_kinds(services->law, &kinds);
    json_out_name(out, "next");
    json_out_array(out);
    for (size_t r = 0; r < count_of_kinds + 2; r++) {
        struct span as = r == 0 ? SPAN("entity") : r <= count_of_kinds ? kinds[r - 1].id : SPAN("anyone");
        if (!may_act_as(services, file, principal, as, now_ms, arena)) continue;
        const struct procedure_step *steps;
        size_t count;
        TRY(procedure_next(services->law, services->state, zone_date(services->zone, now_ms), file->procedure, as, subject,
                           &file->content, lang, arena, &steps, &count, why));
        for (size_t i = 0; i < count; i++) {
            json_out_object(out);
            json_out_member_string(out, "as", as);
            json_out_member_string(out, "document", steps[i].document);
            json_out_member_string(out, "label", steps[i].label);
            json_out_member_string(out, "article", steps[i].article);
            json_out_member_bool(out, "is_owed", steps[i].is_owed);
            if (steps[i].due_ms != INSTANT_NONE) json_out_member_string(out, "due", instant_text(arena, steps[i].due_ms));
            json_out_object_end(out);
        }
    }
    TRY(party_write_next(out, services, conn, file, lang, now_ms, arena, why));
    json_out_array_end(out);
    return err_none();
}

// Who works on it, by name beside the id.
static struct err write_worker(struct json_out *out, struct store_conn *conn, const char *id_name, const char *name_name, struct span person, struct arena *arena,
                               struct why *why) {
    struct value id = value_text(person);
    struct rows rows = {0};
    json_out_member_string(out, id_name, person);
    if (person.len > 0) TRY(store_read(conn, STMT_PERSON_BRIEF, &id, 1, arena, &rows, why));
    json_out_member_string(out, name_name, rows.count > 0 ? rows_span(&rows, 0, 1) : span_make(NULL, 0));
    return err_none();
}

static struct err write_head(struct json_out *out, const struct shown *shown, struct store_conn *conn, struct arena *arena, struct why *why) {
    const struct case_file *file = shown->file;
    bool is_office = (shown->viewer.views & VIEW_OFFICES) != 0;
    json_out_member_string(out, "id", file->id);
    json_out_member_string(out, "procedure", file->procedure);
    json_out_member_string(out, "workspace", file->workspace);
    json_out_member_string(out, "entity", file->entity_id);
    json_out_name(out, "sectors");
    if (file->sectors.at != NULL) json_out_raw(out, file->sectors);
    else json_out_raw(out, SPAN("[]"));
    json_out_member_string(out, "state", file->state);
    json_out_member_int(out, "version", is_office ? file->version : file->plain_version);
    json_out_member_string(out, "opened_at", instant_text(arena, file->opened_ms));
    json_out_member_string(out, "changed_at", instant_text(arena, is_office ? file->changed_ms : file->plain_changed_ms));
    if (is_office) {
        TRY(write_worker(out, conn, "owner", "owner_name", file->owner, arena, why));
        TRY(write_worker(out, conn, "backup", "backup_name", file->backup, arena, why));
    }
    return err_none();
}

struct err case_write_json(struct json_out *out, const struct services *services, struct store_conn *conn, const struct case_file *file,
                           const struct principal *principal, struct span lang, int64_t now_ms, struct arena *arena, struct why *why) {
    struct access_case of;
    case_access(services, file, arena, &of);
    struct shown shown = {.file = file, .viewer = viewer_of(principal, &of, now_ms)};
    bool is_office = (shown.viewer.views & VIEW_OFFICES) != 0;
    if (!is_office && file->party_count > 0) return party_write_case_json(out, services, conn, file, principal, lang, now_ms, arena, why);
    struct gate_place place = gate_place_of(file);
    TRY(gate_view_open(services, conn, &place, principal, GATE_CASE, now_ms, arena, &shown.gate, why));
    struct value id = value_text(file->id);
    TRY(store_read(conn, STMT_FILINGS_OF_CASE, &id, 1, arena, &shown.filings, why));
    TRY(store_read(conn, STMT_INTAKE_OF_CASE, &id, 1, arena, &shown.intakes, why));
    struct downtimes downtimes;
    TRY(downtimes_load(conn, json_get(&file->content, "duties"), now_ms, arena, &downtimes, why));
    shown.viewer.downtimes = &downtimes;
    json_out_object(out);
    TRY(write_head(out, &shown, conn, arena, why));
    json_out_member_string(out, "caution", law_caution(services->law, services->state, zone_date(services->zone, now_ms), lang));
    // Facts come from fields of filings: where some of these stay, so do all facts. Duties and their times bind and stay in sight.
    bool is_blocked = gate_view_has_blocks(&shown.gate);
    write_named(out, &shown, "facts", is_blocked);
    write_named(out, &shown, "flags", is_blocked);
    write_duties(out, &shown, now_ms, arena);
    write_filings(out, &shown, arena);
    if (is_office && !is_blocked)
        procedure_write_indications(out, services->law, services->state, zone_date(services->zone, now_ms), file->procedure, &file->content, lang, arena);
    if (is_office) TRY(write_proposals(out, conn, &shown, arena, why));
    TRY(write_attachments(out, conn, &shown, arena, why));
    struct entity entity;
    struct json subject;
    bool has_entity = file->entity_id.len > 0 && !is_err(entity_get(conn, file->entity_id, arena, &entity, NULL));
    if (has_entity) TRY(entity_subject(&entity, arena, &subject, why));
    TRY(party_write_above(out, services, conn, file->id, principal, is_office, now_ms, arena, why));
    TRY(desk_write_links(out, services, conn, file->id, &shown.viewer, now_ms, arena, why));
    if (is_office) TRY(strand_write(out, services, conn, file, principal, false, lang, now_ms, arena, why));
    if (has_entity && is_office) TRY(entity_write_twins(out, conn, &entity, arena, why));
    if (file->party_count > 0) { // an office that sees the case and is a party, too
        json_out_name(out, "parties");
        json_out_array(out);
        for (size_t i = 0; i < file->party_count; i++) TRY(party_write_part(out, services, conn, file, file->parties[i], true, now_ms, arena, why));
        json_out_array_end(out);
    }
    TRY(write_next(out, services, conn, file, principal, has_entity ? &subject : NULL, lang, now_ms, arena, why));
    if (!is_office && !is_blocked) TRY(case_acts_write(out, services, conn, &shown.gate, file, &shown.filings, has_entity ? &subject : NULL, lang, now_ms, arena, why));
    json_out_object_end(out);
    return err_none();
}

struct span case_workspace(const struct services *services, struct span procedure) {
    return procedure_workspace(services->law, services->state, procedure);
}
