// SPDX-License-Identifier: EUPL-1.2
/* From the messages of filings to deliveries: who is to be told, and how. */
#include "base/hash.h"
#include "service/admission.h"
#include "service/entity.h"
#include "service/reach_private.h"

enum { MESSAGES_AT_ONCE = 50, TOLD_AT_ONCE = 200, CODE_CHARACTERS = 16 };

// --- what the node can make again ---

struct span reach_proof(const struct services *services, const char *purpose, struct span what, struct arena *arena) {
    struct hash key = hash_hmac(span_make(services->node_secret, sizeof services->node_secret), span_of(purpose));
    struct hash mac = hash_hmac(hash_span(&key), what);
    struct buf text;
    buf_init(&text, arena, 64);
    buf_add_hex(&text, span_make(mac.bytes, HASH_BYTES / 2));
    return text.is_failed ? SPAN("") : buf_span(&text);
}

struct span reach_code(const struct services *services, struct span key, struct arena *arena) {
    static const char CROCKFORD[] = "0123456789abcdefghjkmnpqrstvwxyz";
    struct hash own = hash_hmac(span_make(services->node_secret, sizeof services->node_secret), SPAN("varde reach code"));
    struct hash mac = hash_hmac(hash_span(&own), key);
    struct buf text;
    buf_init(&text, arena, 32);
    for (size_t i = 0; i < CODE_CHARACTERS; i++) {
        if (i > 0 && i % 4 == 0) buf_add_byte(&text, '-');
        buf_add_byte(&text, (uint8_t)CROCKFORD[mac.bytes[i] & 31U]);
    }
    return text.is_failed ? SPAN("") : buf_span(&text);
}

struct span reach_hook_secret(const struct services *services, struct span channel_id, struct arena *arena) {
    return reach_proof(services, "varde hook of a channel", channel_id, arena);
}

const struct reach_office *reach_office_find(const struct services *services, struct span id) {
    for (size_t i = 0; services->reach != NULL && i < services->reach->office_count; i++)
        if (span_equals(services->reach->offices[i].id, id)) return &services->reach->offices[i];
    return NULL;
}

// --- in a filing's transaction ---

struct err reach_case_changed(struct store_conn *conn, struct span case_id, struct why *why) {
    return store_write(conn, STMT_REMINDER_CASE_MARK, PARAMS(value_text(case_id)), NULL, why);
}

// --- offices ---

static bool shares_sector(const struct access_office *office, const struct access_case *of) {
    if (office->sector_count == 0) return true;
    for (size_t i = 0; i < office->sector_count; i++)
        for (size_t k = 0; k < of->sector_count; k++)
            if (span_equals(office->sectors[i], of->sectors[k])) return true;
    return false;
}

size_t reach_offices_of(const struct services *services, const struct case_file *file, struct span kind, const struct access_office *ret[64]) {
    struct arena arena;
    struct access_case of;
    size_t count = 0;
    arena_init(&arena, 256 * 1024);
    case_access(services, file, &arena, &of);
    for (size_t i = 0; i < services->access->office_count && count < 64; i++) {
        const struct access_office *office = &services->access->offices[i];
        if (span_equals(office->kind->id, kind) && shares_sector(office, &of)) ret[count++] = office;
    }
    arena_fini(&arena);
    return count;
}

struct span reach_first_kind(const struct services *services) {
    const struct office_kind *kind = office_kind_that(services->law, services->state, OFFICE_ANSWERS);
    return kind == NULL ? SPAN("") : kind->id;
}

// --- messages ---

struct message {
    struct span filing_id, case_id;
    struct reach_list *list; // whose turn it is; used again and again
    struct json content;
    struct span kind, words;
    struct case_file file;
};

static struct span json_text(struct arena *arena, const struct json *value) {
    struct buf buf;
    buf_init(&buf, arena, LIMIT_TEXT_BYTES);
    return value == NULL || is_err(json_canonical(&buf, value)) ? SPAN("{}") : buf_span(&buf);
}

struct task_of { // whose it is where the message can't be delivered
    struct span kind, office; // office.at == NULL: any of the kind
};

static struct err tell(struct services *services, struct store_conn *conn, const struct message *m, struct task_of task,
                       const char *owner_kind, struct span owner, int64_t now_ms, struct why *why) {
    struct delivery_new of = {.kind = "message", .topic = m->kind, .case_id = m->case_id, .filing_id = m->filing_id,
                              .entity_id = owner_kind[0] == 'e' ? owner : span_make(NULL, 0), .office_kind = task.kind,
                              .office = task.office, .words = m->words, .next_ms = now_ms};
    size_t sent = 0;
    TRY(reach_send(services, conn, &of, m->list, now_ms, &sent, why));
    if (sent > 0 || services->reach == NULL || !services->reach->has_mail) return err_none();
    of.owner_kind = owner_kind; // somebody was to be told and can't be: a task
    of.owner = owner;
    of.medium = "none";
    of.address = SPAN("");
    of.language = SPAN("");
    return delivery_add(conn, &of, now_ms, why);
}

static struct err tell_office(struct services *services, struct store_conn *conn, const struct message *m, const struct access_office *office,
                              int64_t now_ms, struct arena *arena, struct why *why) {
    m->list->count = 0;
    TRY(reach_office(conn, office->id, arena, m->list, why));
    TRY(tell(services, conn, m, (struct task_of){office->kind->id, office->id}, "office", office->id, now_ms, why));
    if (!json_get_bool(&m->content, "page", false)) return err_none();
    return page_open(services, conn, office, m->case_id, m->filing_id, m->kind, m->words, now_ms, why);
}

// Whose task a message to an entity is that comes back: of the office that filed, else of who answers first on this node.
static struct err office_of_filing(const struct services *services, struct store_conn *conn, struct span filing_id, struct arena *arena,
                                   struct task_of *ret, struct why *why) {
    struct rows rows;
    TRY(store_read(conn, STMT_FILING_GET, PARAMS(value_text(filing_id)), arena, &rows, why));
    *ret = (struct task_of){reach_first_kind(services), span_make(NULL, 0)};
    if (rows.count == 1 && role_is_office(rows_span(&rows, 0, 7))) *ret = (struct task_of){rows_span(&rows, 0, 7), rows_span(&rows, 0, 13)};
    return err_none();
}

static struct err tell_entity(struct services *services, struct store_conn *conn, const struct message *m, struct span entity_id,
                              int64_t now_ms, struct arena *arena, struct why *why) {
    struct task_of task;
    m->list->count = 0;
    if (entity_id.len > 0) TRY(reach_entity(conn, entity_id, now_ms, arena, m->list, why));
    else TRY(reach_filers(conn, m->case_id, arena, m->list, why));
    TRY(office_of_filing(services, conn, m->filing_id, arena, &task, why));
    return tell(services, conn, m, task, "entity", entity_id.len > 0 ? entity_id : SPAN(""), now_ms, why);
}

// The node's own hook gets every message, with what the law says of it.
static struct err tell_hook(struct services *services, struct store_conn *conn, const struct message *m, int64_t now_ms, struct arena *arena,
                            struct why *why) {
    if (services->reach == NULL || services->reach->hook_url.at == NULL) return err_none();
    struct delivery_new of = {.kind = "message", .topic = m->kind, .case_id = m->case_id, .filing_id = m->filing_id, .owner_kind = "node",
                              .owner = SPAN(""), .office_kind = reach_first_kind(services), .medium = "hook", .address = services->reach->hook_url,
                              .language = SPAN(""), .words = json_text(arena, &m->content), .next_ms = now_ms};
    return delivery_add(conn, &of, now_ms, why);
}

static struct err tell_person(struct services *services, struct store_conn *conn, const struct message *m, struct span person, struct span kind,
                              int64_t now_ms, struct arena *arena, struct why *why) {
    m->list->count = 0;
    TRY(reach_person(conn, person, arena, m->list, why));
    return tell(services, conn, m, (struct task_of){kind, span_make(NULL, 0)}, "person", person, now_ms, why);
}

// Of such an office only those are told whom a filing named.
static struct err tell_named(struct services *services, struct store_conn *conn, const struct message *m, struct span kind, int64_t now_ms,
                             struct arena *arena, struct why *why) {
    struct rows rows;
    TRY(store_read(conn, STMT_READERS_OF_CASE, PARAMS(value_text(m->case_id)), arena, &rows, why));
    for (size_t i = 0; i < rows.count; i++) {
        struct principal person;
        struct err e = access_principal_as(services->access, conn, rows_span(&rows, i, 0), arena, &person, NULL);
        if (e.code == ERR_NOT_FOUND) continue; // shut out since
        TRY(e);
        bool is_of_kind = false;
        for (size_t k = 0; k < person.role_count; k++) is_of_kind = is_of_kind || span_equals(person.roles[k].kind->id, kind);
        if (is_of_kind) TRY(tell_person(services, conn, m, rows_span(&rows, i, 0), kind, now_ms, arena, why));
    }
    return err_none();
}

static struct err message_tell(struct services *services, struct store_conn *conn, const struct message *m, int64_t now_ms,
                               struct arena *arena, struct why *why) {
    const struct json *to = json_get(&m->content, "to");
    struct span kind = json_get_string(to, "office_kind"), office = json_get_string(to, "office"), person = json_get_string(to, "person");
    TRY(tell_hook(services, conn, m, now_ms, arena, why));
    if (kind.at != NULL && admission_is_of(m->file.offices, kind)) return tell_named(services, conn, m, kind, now_ms, arena, why);
    if (kind.at != NULL) {
        const struct access_office *offices[64];
        size_t count = reach_offices_of(services, &m->file, kind, offices);
        for (size_t i = 0; i < count; i++) TRY(tell_office(services, conn, m, offices[i], now_ms, arena, why));
        return err_none();
    }
    if (office.at != NULL) {
        const struct access_office *named = access_office_find(services->access, office);
        return named == NULL ? err_none() : tell_office(services, conn, m, named, now_ms, arena, why);
    }
    if (person.at != NULL) return tell_person(services, conn, m, person, reach_first_kind(services), now_ms, arena, why);
    const struct json *entities = json_get(to, "entities");
    for (size_t i = 0; entities != NULL && entities->type == JSON_ARRAY && i < entities->count; i++)
        if (entities->items[i].type == JSON_STRING) TRY(tell_entity(services, conn, m, entities->items[i].string, now_ms, arena, why));
    if (entities != NULL) return err_none();
    return tell_entity(services, conn, m, json_get_string(to, "entity"), now_ms, arena, why);
}

// A message to many is the last of its transaction, so that filings pass in between.
static struct err messages_work(struct services *services, struct store_conn *conn, int64_t now_ms, struct arena *arena, struct why *why) {
    struct rows rows;
    struct reach_list *list = ARENA_NEW(arena, struct reach_list);
    size_t told = 0;
    if (list == NULL) return err_make(ERR_MEMORY);
    TRY(store_read(conn, STMT_OUTBOX_DUE, PARAMS(value_int(now_ms), value_int(MESSAGES_AT_ONCE)), arena, &rows, why));
    for (size_t i = 0; i < rows.count && told < TOLD_AT_ONCE; i++) {
        struct message m = {.filing_id = rows_span(&rows, i, 1), .case_id = rows_span(&rows, i, 2), .list = list};
        TRY(store_write(conn, STMT_OUTBOX_SENT, PARAMS(value_int(rows_int(&rows, i, 0)), value_int(now_ms)), NULL, why));
        struct err e = json_parse(arena, rows_span(&rows, i, 3), &m.content, NULL);
        if (!is_err(e)) e = case_get(conn, m.case_id, arena, &m.file, NULL);
        if (e.code == ERR_INPUT || e.code == ERR_NOT_FOUND) continue; // of a case that is no more: the others go on
        TRY(e);
        const struct json *entities = json_get(json_get(&m.content, "to"), "entities");
        told += 1 + (entities != NULL ? entities->count : 0);
        m.kind = json_get_string(&m.content, "kind");
        m.words = json_text(arena, json_get(&m.content, "words"));
        TRY(message_tell(services, conn, &m, now_ms, arena, why));
    }
    return err_none();
}

// --- the node's own work ---

struct err reach_is_due(struct store_conn *conn, int64_t now_ms, struct arena *arena, bool *ret, struct why *why) {
    struct rows rows;
    TRY(store_read(conn, STMT_REACH_DUE, PARAMS(value_int(now_ms)), arena, &rows, why));
    *ret = rows_int(&rows, 0, 0) != 0;
    return err_none();
}

struct err reach_work(struct services *services, struct store_conn *conn, int64_t now_ms, struct arena *arena, struct why *why) {
    TRY(messages_work(services, conn, now_ms, arena, why));
    TRY(reminders_make(services, conn, now_ms, arena, why));
    TRY(pages_work(services, conn, now_ms, arena, why));
    TRY(notices_work(services, conn, now_ms, arena, why));
    return reminders_work(services, conn, now_ms, arena, why);
}
