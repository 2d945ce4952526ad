// SPDX-License-Identifier: EUPL-1.2
/*
 * Recalls: whoever was sent what is recalled is sent the notice of it, signed, until somebody records that it was confirmed. A peer is written
 * to at the address of its entry; the office that released it is reminded to hand the notice over by the agreed way, too.
 */
#include "law/reminder.h"
#include "service/notice.h"
#include "service/reach_private.h"
#include "service/record_store.h"
#include "service/release_package.h"

enum { D_STATE = 2, D_CHANGED = 4 };          // columns of disclosure_get
enum { P_WAY, P_FILING, P_FIELD };            // columns of peer_get
enum { F_CASE = 2, F_ROLE = 7, F_OFFICE = 13 }; // columns of filing_get

struct recall {
    struct services *services;
    struct store_conn *conn;
    struct span release_id, recipient, case_id, kind, office; // kind of the office that released it; office.at == NULL: not known which
    struct reach_list *list;
    int64_t now_ms;
    struct arena *arena;
};

struct err notice_recall(struct store_conn *conn, struct span release_id, struct span recipient, int64_t now_ms, struct why *why) {
    return store_write(conn, STMT_NOTICE_RECALL_ADD, PARAMS(value_text(release_id), value_text(recipient), value_int(now_ms)), NULL, why);
}

// A row for each moment at which it is told.
static struct err recall_dates(const struct recall *r, int64_t recalled_ms, struct why *why) {
    struct reminder_moment moments[REMINDERS_MAX];
    const struct reminder_duty of = {.of = SPAN("recall"), .opened_ms = recalled_ms - 1, .due_ms = recalled_ms, .due_latest_ms = recalled_ms};
    size_t count = reminder_moments(r->services->law, r->services->state, zone_date(r->services->zone, r->now_ms), &of, moments);
    for (size_t i = 0; i < count; i++)
        TRY(store_write(r->conn, STMT_NOTICE_ADD,
                        PARAMS(value_text(SPAN("recall")), value_text(r->release_id), value_text(r->recipient), value_null(), value_int(moments[i].when_ms)),
                        NULL, why));
    return err_none();
}

// ---- whom ----------------------------------------------------------------------------------------------------------

static struct err office_find(struct recall *r, struct why *why) {
    struct rows filing;
    TRY(store_read(r->conn, STMT_FILING_GET, PARAMS(value_text(r->release_id)), r->arena, &filing, why));
    r->kind = reach_first_kind(r->services); // the node itself released it, on a standing authorisation
    if (filing.count > 0) r->case_id = rows_span(&filing, 0, F_CASE);
    if (filing.count == 0 || !role_is_office(rows_span(&filing, 0, F_ROLE))) return err_none();
    r->kind = rows_span(&filing, 0, F_ROLE);
    r->office = rows_span(&filing, 0, F_OFFICE);
    return err_none();
}

// The address that the peer's entry names; empty where there is none, or where this node may not write to it.
static struct err peer_address(const struct recall *r, struct span *ret, struct why *why) {
    struct rows peer;
    struct record_open entry;
    struct json values;
    *ret = SPAN("");
    TRY(store_read(r->conn, STMT_PEER_GET, PARAMS(value_text(r->recipient)), r->arena, &peer, why));
    if (peer.count == 0 || rows_span(&peer, 0, P_FIELD).at == NULL) return err_none();
    if (span_is(rows_span(&peer, 0, P_WAY), "exercise") != r->services->is_exercise) return err_none(); // exercises and life are apart
    TRY(record_read(r->conn, rows_span(&peer, 0, P_FILING), r->arena, &entry, why));
    TRY(record_values(&entry, r->arena, &values, why));
    struct span found = json_get_string(&values, arena_text(r->arena, rows_span(&peer, 0, P_FIELD)));
    if (found.at != NULL) *ret = found; // otherwise erased
    return err_none();
}

static struct span words_of(const struct recall *r, struct span path, struct span page) {
    struct buf text;
    struct json_out out;
    buf_init(&text, r->arena, 1024);
    json_out_init(&out, &text);
    json_out_object(&out);
    json_out_member_string(&out, "subject", r->release_id);
    json_out_member_string(&out, "recipient", r->recipient);
    json_out_member_string(&out, "path", path); // for a machine; the page for a person
    json_out_member_string(&out, "page", page);
    json_out_object_end(&out);
    return text.is_failed || out.is_failed ? span_make(NULL, 0) : buf_span(&text);
}

static struct err tell_peer(const struct recall *r, struct span address, struct why *why) {
    const struct delivery_new of = {.kind = "notice", .topic = SPAN("recall"), .office_kind = r->kind, .office = r->office, .owner_kind = "peer",
                                    .owner = r->recipient, .medium = "mail", .address = address, .language = SPAN("en"),
                                    .words = words_of(r, SPAN(""), SPAN("")), .next_ms = r->now_ms};
    return delivery_add(r->conn, &of, r->now_ms, why);
}

// The office that released it; of an office of the node that got it, that one too.
static struct err tell_offices(const struct recall *r, const char **ret_outcome, struct why *why) {
    size_t sent = 0;
    bool is_own = span_starts_with(r->recipient, SPAN("office:"));
    struct span got = is_own ? span_part(r->recipient, 7, r->recipient.len) : span_make(NULL, 0);
    r->list->count = 0;
    for (size_t i = 0; i < r->services->access->office_count; i++) {
        const struct access_office *office = &r->services->access->offices[i];
        bool is_releasing = r->office.at != NULL ? span_equals(office->id, r->office) : span_equals(office->kind->id, r->kind);
        if (is_releasing || (is_own && span_equals(office->kind->id, got))) TRY(reach_office(r->conn, office->id, r->arena, r->list, why));
    }
    struct span path = arena_printf(r->arena, "/api/v1/disclosures/%.*s/%.*s?document=recall", SPAN_FMT(r->release_id), SPAN_FMT(r->recipient));
    struct span page = r->case_id.at == NULL ? SPAN("") : arena_printf(r->arena, "/app/cases/%.*s/release", SPAN_FMT(r->case_id));
    const struct delivery_new of = {.kind = "notice", .topic = SPAN("recall_open"), .office_kind = r->kind, .office = r->office,
                                    .words = words_of(r, path, page),
                                    .next_ms = r->now_ms};
    TRY(reach_send(r->services, r->conn, &of, r->list, r->now_ms, &sent, why));
    if (sent > 0) *ret_outcome = "sent";
    return err_none();
}

struct err recall_work(struct services *services, struct store_conn *conn, struct span kind, struct span release_id, struct span recipient,
                       struct reach_list *list, int64_t now_ms, struct arena *arena, const char **ret_outcome, struct why *why) {
    struct recall r = {.services = services, .conn = conn, .release_id = release_id, .recipient = recipient, .list = list, .now_ms = now_ms, .arena = arena};
    struct rows disclosure;
    struct span address;
    TRY(store_read(conn, STMT_DISCLOSURE_GET, PARAMS(value_text(release_id), value_text(recipient)), arena, &disclosure, why));
    if (disclosure.count == 0 || !span_is(rows_span(&disclosure, 0, D_STATE), "recalled")) return err_none(); // confirmed since
    if (span_is(kind, "recall_made")) {
        *ret_outcome = "joined";
        return recall_dates(&r, rows_int(&disclosure, 0, D_CHANGED), why);
    }
    *ret_outcome = "nobody";
    TRY(office_find(&r, why));
    TRY(peer_address(&r, &address, why));
    if (address.len > 0 && services->reach != NULL && services->reach->has_mail) {
        TRY(tell_peer(&r, address, why));
        *ret_outcome = "sent";
    }
    return tell_offices(&r, ret_outcome, why);
}

// ---- what it says --------------------------------------------------------------------------------------------------

struct err recall_write(struct services *services, struct store_conn *conn, struct span release_id, struct span recipient, int64_t now_ms,
                        struct arena *arena, struct span *ret, struct why *why) {
    struct buf notice, paper, note, text;
    buf_init(&notice, arena, 16 * 1024);
    buf_init(&paper, arena, 64 * 1024);
    buf_init(&note, arena, 16 * 1024);
    buf_init(&text, arena, 48 * 1024);
    TRY(release_recall_json(services, conn, release_id, recipient, arena, &notice, &paper, why));
    buf_add_byte(&notice, '\n');
    if (notice.is_failed) return err_make(ERR_MEMORY);
    const struct envelope envelope = {.kind = SPAN("recall"), .subject = release_id, .to = recipient, .media = SPAN("application/json"),
                                      .sha256 = hash_sha256(buf_span(&notice)), .time_ms = now_ms};
    if (services->sign == NULL || is_err(services->sign(services->sign_context, &envelope, &note, NULL)))
        return why_set(why, ERR_BUSY, "", "envelope.keys", "", "the notice can't be signed now");
    buf_add(&text, buf_span(&notice));
    buf_add_byte(&text, '\n');
    buf_add(&text, buf_span(&note));
    *ret = buf_span(&text);
    return text.is_failed ? err_make(ERR_MEMORY) : err_none();
}
