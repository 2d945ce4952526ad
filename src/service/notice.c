// SPDX-License-Identifier: EUPL-1.2
/* From what happened to claims and mandates to deliveries: who is told, and when. */
#include "service/notice.h"

#include "law/reminder.h"
#include "service/act.h"
#include "service/entity.h"
#include "service/reach_private.h"

enum { NOTICES_AT_ONCE = 50, CLAIMS_PAUSE_MS = 15 * 60 * 1000 };
enum { N_ID, N_KIND, N_SUBJECT, N_AUDIENCE, N_UNTIL };       // columns of notices_due
enum { M_ENTITY, M_UNTIL, M_REVOKED, M_IS_OF_CLAIM, M_GRANTED }; // columns of notice_mandate

struct notice {
    int64_t id, now_ms;
    struct span kind, subject, audience;
    int64_t until_ms; // INSTANT_NONE: it speaks of no end
    struct services *services;
    struct store_conn *conn;
    struct arena *arena;
    struct reach_list *list; // who is told; used again and again
};

struct err notice_add(struct store_conn *conn, const char *kind, struct span subject, int64_t now_ms, struct why *why) {
    return store_write(conn, STMT_NOTICE_ADD,
                       PARAMS(value_text(span_of(kind)), value_text(subject), value_null(), value_null(), value_int(now_ms)), NULL, why);
}

// ---- whom ----------------------------------------------------------------------------------------------------------

static struct err add_people(const struct notice *n, const struct rows *people, struct why *why) {
    for (size_t i = 0; i < people->count; i++) TRY(reach_person(n->conn, rows_span(people, i, 0), n->arena, n->list, why));
    return err_none();
}

// Who manages the entity; where nobody does who can be reached, whom its entry names.
static struct err add_representatives(const struct notice *n, struct span entity, struct why *why) {
    struct rows people;
    if (entity.len == 0) return err_none();
    TRY(store_read(n->conn, STMT_NOTICE_MANAGERS, PARAMS(value_text(entity), value_int(n->now_ms)), n->arena, &people, why));
    size_t before = n->list->count;
    TRY(add_people(n, &people, why));
    return n->list->count > before ? err_none() : reach_entity(n->conn, entity, n->now_ms, n->arena, n->list, why);
}

static bool office_decides(const struct access_office *office, const struct access_entity *of) {
    if ((office->kind->does & OFFICE_MANAGES_REGISTER) == 0) return false;
    if (office->sector_count == 0) return true;
    for (size_t i = 0; of->entity.len > 0 && i < office->sector_count; i++)
        for (size_t k = 0; k < of->sector_count; k++)
            if (span_equals(office->sectors[i], of->sectors[k])) return true;
    return false;
}

// The office that sees to what concerns the entity (empty: fits nothing): the first that decides claims for it; NULL where none does.
static struct err office_of(const struct notice *n, struct span entity, const struct access_office **ret, struct why *why) {
    struct access_entity of;
    *ret = NULL;
    TRY(claim_entity(n->services, n->conn, entity, n->arena, &of, why));
    for (size_t i = 0; *ret == NULL && i < n->services->access->office_count; i++)
        if (office_decides(&n->services->access->offices[i], &of)) *ret = &n->services->access->offices[i];
    return err_none();
}

// ---- telling -------------------------------------------------------------------------------------------------------

// Where the reader goes on: a machine asks for the path of the API, a person opens the page. The same place; both empty: the node's first page.
struct way {
    struct span path, page;
};

// {"subject":..,"entity":..,"until_ms":..,"path":..,"page":..}: what delivery_text.c makes the words of.
static struct span words_of(const struct notice *n, struct span entity, const struct way *way) {
    struct buf text;
    struct json_out out;
    buf_init(&text, n->arena, 1024);
    json_out_init(&out, &text);
    json_out_object(&out);
    json_out_member_string(&out, "subject", n->subject);
    json_out_member_string(&out, "entity", entity);
    json_out_member_string(&out, "path", way->path);
    json_out_member_string(&out, "page", way->page);
    if (n->until_ms != INSTANT_NONE) json_out_member_int(&out, "until_ms", n->until_ms);
    json_out_object_end(&out);
    return text.is_failed || out.is_failed ? span_make(NULL, 0) : buf_span(&text);
}

// *ret_outcome becomes "sent" where somebody could be told.
static struct err tell(const struct notice *n, struct span topic, struct span entity, const struct way *way, const char **ret_outcome, struct why *why) {
    const struct access_office *office;
    size_t sent = 0;
    TRY(office_of(n, entity, &office, why));
    const struct delivery_new of = {.kind = "notice", .topic = topic, .entity_id = entity.len > 0 ? entity : span_make(NULL, 0),
                                    .office_kind = office != NULL ? office->kind->id : reach_first_kind(n->services),
                                    .office = office != NULL ? office->id : span_make(NULL, 0), .words = words_of(n, entity, way),
                                    .next_ms = n->now_ms};
    TRY(reach_send(n->services, n->conn, &of, n->list, n->now_ms, &sent, why));
    if (sent > 0) *ret_outcome = "sent";
    return err_none();
}

// ---- claims --------------------------------------------------------------------------------------------------------

enum { C_PERSON = 1, C_ENTITY = 4, C_STATE = 10, C_EXPIRES = 15 }; // columns of act_claim_get

static bool claim_waits(const struct rows *claim, int64_t now_ms) {
    struct span state = claim->count > 0 ? rows_span(claim, 0, C_STATE) : SPAN("");
    return (span_is(state, "open") || span_is(state, "proved")) && rows_int(claim, 0, C_EXPIRES) > now_ms;
}

static struct err add_for(const struct notice *n, struct span audience, struct why *why) {
    return store_write(n->conn, STMT_NOTICE_ADD,
                       PARAMS(value_text(SPAN("claim_waits")), value_text(n->subject), value_text(audience), value_null(), value_int(n->now_ms)),
                       NULL, why);
}

// A row for each office that may decide; with the first notice of a claim one for the entity too.
static struct err claim_spread(const struct notice *n, struct span entity, bool is_first, struct why *why) {
    struct access_entity of;
    TRY(claim_entity(n->services, n->conn, entity, n->arena, &of, why));
    for (size_t i = 0; i < n->services->access->office_count; i++) {
        const struct access_office *office = &n->services->access->offices[i];
        if (office_decides(office, &of)) TRY(add_for(n, arena_printf(n->arena, "office:%.*s", SPAN_FMT(office->id)), why));
    }
    return is_first && entity.len > 0 ? add_for(n, arena_printf(n->arena, "entity:%.*s", SPAN_FMT(entity)), why) : err_none();
}

// One that was told a short while ago is told later, of all that came meanwhile together.
static struct err claim_tell(const struct notice *n, struct span entity, const char **ret_outcome, struct why *why) {
    struct rows last;
    TRY(store_read(n->conn, STMT_NOTICE_AUDIENCE_LAST, PARAMS(value_text(n->audience)), n->arena, &last, why));
    int64_t from_ms = rows_int(&last, 0, 0) + CLAIMS_PAUSE_MS;
    if (rows_at(&last, 0, 0)->type != VALUE_NULL && from_ms > n->now_ms) {
        *ret_outcome = NULL;
        return store_write(n->conn, STMT_NOTICE_PUT_OFF, PARAMS(value_int(n->id), value_int(from_ms)), NULL, why);
    }
    bool is_office = span_starts_with(n->audience, SPAN("office:"));
    struct span id = span_part(n->audience, 7, n->audience.len);
    if (is_office) TRY(reach_office(n->conn, id, n->arena, n->list, why));
    else TRY(add_representatives(n, id, why));
    const struct way decide = {SPAN("/api/v1/claims?waiting=true"), SPAN("/app/claims")};
    const struct way look = {arena_printf(n->arena, "/api/v1/claims?entity=%.*s", SPAN_FMT(id)), arena_printf(n->arena, "/app/entities/%.*s/people", SPAN_FMT(id))};
    *ret_outcome = "nobody";
    TRY(tell(n, SPAN("claim_waits"), entity, is_office ? &decide : &look, ret_outcome, why));
    TRY(store_write(n->conn, STMT_NOTICE_DONE, PARAMS(value_int(n->id), value_int(n->now_ms), value_text(span_of(*ret_outcome))), NULL, why));
    return store_write(n->conn, STMT_NOTICE_AUDIENCE_TAKE, PARAMS(value_text(n->audience), value_int(n->now_ms)), NULL, why);
}

static struct err claim_work(const struct notice *n, const char **ret_outcome, struct why *why) {
    struct rows claim;
    bool is_waiting = span_is(n->kind, "claim_waits") || span_is(n->kind, "claim_again");
    TRY(store_read(n->conn, STMT_ACT_CLAIM_GET, PARAMS(value_text(n->subject)), n->arena, &claim, why));
    if (claim.count == 0 || (is_waiting && !claim_waits(&claim, n->now_ms))) return err_none();
    struct span entity = rows_span(&claim, 0, C_ENTITY);
    if (is_waiting && n->audience.at != NULL) return claim_tell(n, entity, ret_outcome, why);
    *ret_outcome = "joined";
    if (is_waiting) return claim_spread(n, entity, span_is(n->kind, "claim_waits"), why);
    // What became of it. Who made it is not told here which entity it fits, so who manages that one is told apart.
    *ret_outcome = "nobody";
    struct span path = arena_printf(n->arena, "/api/v1/claims/%.*s", SPAN_FMT(n->subject));
    TRY(reach_person(n->conn, rows_span(&claim, 0, C_PERSON), n->arena, n->list, why));
    size_t told = n->list->count;
    TRY(tell(n, n->kind, SPAN(""), &(struct way){path, SPAN("/app/people")}, ret_outcome, why));
    TRY(add_representatives(n, entity, why));
    n->list->count -= told; // an address stands once: what is added comes after
    memmove(n->list->targets, n->list->targets + told, n->list->count * sizeof *n->list->targets);
    if (n->list->count == 0) return err_none();
    return tell(n, n->kind, SPAN(""), &(struct way){path, arena_printf(n->arena, "/app/entities/%.*s/people", SPAN_FMT(entity))}, ret_outcome, why);
}

// ---- mandates ------------------------------------------------------------------------------------------------------

// A row for each moment at which the end of the mandate is told of.
static struct err mandate_dates(const struct notice *n, const struct rows *mandate, struct why *why) {
    struct reminder_moment moments[REMINDERS_MAX];
    TRY(store_write(n->conn, STMT_NOTICE_DATES_DROP, PARAMS(value_text(n->subject)), NULL, why));
    if (rows_at(mandate, 0, M_UNTIL)->type == VALUE_NULL) return err_none();
    const struct reminder_duty of = {.of = SPAN("mandate"), .opened_ms = rows_int(mandate, 0, M_GRANTED), .due_ms = rows_int(mandate, 0, M_UNTIL),
                                     .due_latest_ms = rows_int(mandate, 0, M_UNTIL)};
    size_t count = reminder_moments(n->services->law, n->services->state, zone_date(n->services->zone, n->now_ms), &of, moments);
    for (size_t i = 0; i < count; i++) {
        if (moments[i].when_ms < n->now_ms - MS_PER_DAY) continue; // long past when the mandate was entered or its end moved
        TRY(store_write(n->conn, STMT_NOTICE_ADD,
                        PARAMS(value_text(moments[i].is_after ? SPAN("mandate_ended") : SPAN("mandate_ends")), value_text(n->subject), value_null(),
                               value_int(of.due_ms), value_int(moments[i].when_ms)),
                        NULL, why));
    }
    return err_none();
}

static struct err mandate_work(const struct notice *n, const char **ret_outcome, struct why *why) {
    struct rows mandate, holders;
    TRY(store_read(n->conn, STMT_NOTICE_MANDATE, PARAMS(value_text(n->subject)), n->arena, &mandate, why));
    if (mandate.count == 0) return err_none();
    bool is_revoked = rows_at(&mandate, 0, M_REVOKED)->type != VALUE_NULL, tells_revoked = span_is(n->kind, "mandate_revoked");
    if (is_revoked != tells_revoked) return err_none(); // what is over is told of by that alone
    *ret_outcome = "joined";
    if (span_is(n->kind, "mandate_dates")) return mandate_dates(n, &mandate, why);
    if (span_is(n->kind, "mandate_given") && rows_int(&mandate, 0, M_IS_OF_CLAIM) != 0) return err_none(); // told of as the claim's end
    *ret_outcome = "not_needed";
    if (n->until_ms != INSTANT_NONE && n->until_ms != rows_int(&mandate, 0, M_UNTIL)) return err_none();
    struct span entity = rows_span(&mandate, 0, M_ENTITY);
    TRY(store_read(n->conn, STMT_NOTICE_HOLDERS, PARAMS(value_text(n->subject)), n->arena, &holders, why));
    TRY(add_people(n, &holders, why));
    TRY(add_representatives(n, entity, why));
    *ret_outcome = "nobody";
    return tell(n, n->kind, entity, &(struct way){SPAN(""), SPAN("/app/people")}, ret_outcome, why);
}

struct err notice_holds(struct store_conn *conn, struct span topic, struct span subject, struct span recipient, int64_t until_ms, int64_t now_ms,
                        struct arena *arena, bool *ret, struct why *why) {
    struct rows row;
    *ret = true;
    if (span_is(topic, "claim_waits")) {
        TRY(store_read(conn, STMT_ACT_CLAIM_GET, PARAMS(value_text(subject)), arena, &row, why));
        *ret = claim_waits(&row, now_ms);
    } else if (span_starts_with(topic, SPAN("recall"))) {
        TRY(store_read(conn, STMT_DISCLOSURE_GET, PARAMS(value_text(subject), value_text(recipient)), arena, &row, why));
        *ret = row.count > 0 && span_is(rows_span(&row, 0, 2), "recalled");
    } else if (until_ms > 0) {
        TRY(store_read(conn, STMT_NOTICE_MANDATE, PARAMS(value_text(subject)), arena, &row, why));
        *ret = row.count > 0 && rows_at(&row, 0, M_REVOKED)->type == VALUE_NULL && rows_int(&row, 0, M_UNTIL) == until_ms;
    }
    return err_none();
}

// ---- the work ------------------------------------------------------------------------------------------------------

struct err notices_work(struct services *services, struct store_conn *conn, int64_t now_ms, struct arena *arena, struct why *why) {
    struct rows due;
    struct reach_list *list = ARENA_NEW(arena, struct reach_list);
    if (list == NULL) return err_make(ERR_MEMORY);
    TRY(store_read(conn, STMT_NOTICES_DUE, PARAMS(value_int(now_ms), value_int(NOTICES_AT_ONCE)), arena, &due, why));
    for (size_t i = 0; i < due.count; i++) {
        bool has_end = rows_at(&due, i, N_UNTIL)->type != VALUE_NULL;
        const struct notice n = {.id = rows_int(&due, i, N_ID), .now_ms = now_ms, .kind = rows_span(&due, i, N_KIND), .subject = rows_span(&due, i, N_SUBJECT),
                                 .audience = rows_span(&due, i, N_AUDIENCE), .until_ms = has_end ? rows_int(&due, i, N_UNTIL) : INSTANT_NONE,
                                 .services = services, .conn = conn, .arena = arena, .list = list};
        const char *outcome = "not_needed";
        list->count = 0;
        if (span_starts_with(n.kind, SPAN("claim_"))) TRY(claim_work(&n, &outcome, why));
        else if (span_starts_with(n.kind, SPAN("recall"))) TRY(recall_work(services, conn, n.kind, n.subject, n.audience, list, now_ms, arena, &outcome, why));
        else TRY(mandate_work(&n, &outcome, why));
        if (outcome == NULL) continue; // put off
        TRY(store_write(conn, STMT_NOTICE_DONE, PARAMS(value_int(n.id), value_int(now_ms), value_text(span_of(outcome))), NULL, why));
    }
    return err_none();
}
