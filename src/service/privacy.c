// SPDX-License-Identifier: EUPL-1.2
#include "service/privacy.h"

#include <stdio.h>

#include "law/pack.h"
#include "law/translate.h"
#include "service/access_private.h"
#include "service/case.h"
#include "service/entity.h"
#include "service/gate_view.h"
#include "service/record_store.h"

enum { COLUMNS_MAX = 10, FILINGS_PAGE = 200, SEARCH_PAGE = 400, HITS_MAX = 500 };

// --- what concerns a person, by topic; a column's name says what it is, an instant ends in _ms ---

struct topic {
    const char *name, *words;
    enum statement statement;
    const char *columns[COLUMNS_MAX];
};
static const struct topic TOPICS[] = {
    {"account", "Your account. Passwords and secrets are kept only so that they can be checked, and are not shown.", STMT_PRIVACY_ACCOUNT,
     {"login", "name", "language", "pseudonym", "is_administrator", "is_disabled", "created_ms"}},
    {"sign_in_elsewhere", "Accounts elsewhere that sign you in", STMT_PRIVACY_LINKS, {"provider", "made_ms", "used_ms"}},
    {"passkeys", "Your passkeys", STMT_PRIVACY_PASSKEYS, {"id", "name", "made_ms", "used_ms"}},
    {"sessions", "Your sessions", STMT_PRIVACY_SESSIONS, {"id", "created_ms", "expires_ms"}},
    {"tokens", "Your tokens for machines", STMT_PRIVACY_TOKENS, {"id", "name", "scopes", "created_ms", "expires_ms", "revoked_ms"}},
    {"roles", "Your roles at offices", STMT_PRIVACY_ROLES, {"office", "role", "sectors", "granted_ms", "revoked_ms"}},
    {"mandates", "Your mandates for entities", STMT_PRIVACY_MANDATES, {"entity", "scopes", "ground", "from_ms", "until_ms", "granted_ms", "revoked_ms"}},
    {"firms", "Firms that you work for", STMT_PRIVACY_FIRMS, {"firm", "is_manager", "added_ms", "ended_ms"}},
    {"channels", "Where you are written to", STMT_PRIVACY_CHANNELS, {"medium", "address", "language", "confirmed_ms", "failed_ms"}},
    {"deliveries", "What was sent to you", STMT_PRIVACY_DELIVERIES, {"kind", "topic", "case", "medium", "address", "state", "created_ms", "sent_ms"}},
    {"calls", "Calls to you while on duty", STMT_PRIVACY_PAGES, {"page", "step", "at_ms"}},
    {"turns", "Your turns on the rota", STMT_PRIVACY_TURNS, {"office", "step", "from_ms", "until_ms"}},
    {"shifts", "Your shifts", STMT_PRIVACY_SHIFTS, {"begun_ms", "since_ms"}},
    {"absences", "Your absences", STMT_PRIVACY_ABSENCES, {"from_ms", "until_ms", "noted_ms"}},
    {"events", "What happened to your account", STMT_PRIVACY_EVENTS, {"kind", "detail", "at_ms"}},
    {"readings", "What you read", STMT_PRIVACY_READINGS, {"kind", "resource", "office", "entity", "readings", "first_ms"}},
    {"drafts", "Your drafts; they are encrypted for you, open them to see what is in them", STMT_PRIVACY_DRAFTS, {"id", "changed_ms", "expires_ms"}},
    {"attachments", "Files that you uploaded", STMT_PRIVACY_ATTACHMENTS, {"id", "name", "media_type", "size_bytes", "case", "filing", "created_ms"}},
    {"searches", "Searches for persons that you made", STMT_PRIVACY_SEARCHES, {"case", "ground", "hits", "at_ms"}},
};
enum { TOPIC_COUNT = sizeof TOPICS / sizeof TOPICS[0], TOPIC_ROWS = 1000 };

static void value_write(struct json_out *out, const char *column, const struct value *value, struct arena *arena) {
    size_t len = strlen(column);
    bool is_instant = len > 3 && strcmp(column + len - 3, "_ms") == 0;
    struct span name = span_make(column, is_instant ? len - 3 : len);
    json_out_name_span(out, is_instant ? arena_printf(arena, "%.*s_at", SPAN_FMT(name)) : name);
    if (value->type == VALUE_NULL) json_out_null(out);
    else if (value->type != VALUE_INT) json_out_string(out, value->bytes);
    else if (is_instant) json_out_string(out, instant_text(arena, value->integer));
    else if (span_starts_with(name, SPAN("is_"))) json_out_bool(out, value->integer != 0);
    else json_out_int(out, value->integer);
}

struct reader { // who asks, through which exit of the gate
    const struct services *services;
    const struct principal *who;
    enum gate_exit exit;
    bool is_filer;
    int64_t now_ms;
};

// Columns id, name, .., case, filing of an attachment that was filed: whether its name may be told; it may say as much as the file.
static bool tells_name(const struct reader *r, struct store_conn *conn, const struct rows *rows, size_t i, struct arena *arena) {
    struct case_file file;
    struct gate_view view;
    struct gate_verdict verdict = {.is_allowed = false};
    if (rows_span(rows, i, 5).len == 0) return true;
    if (is_err(case_get(conn, rows_span(rows, i, 4), arena, &file, NULL))) return false;
    struct gate_place place = gate_place_of(&file);
    place.filer = r->who->pseudonym;
    return !is_err(gate_view_open(r->services, conn, &place, r->who, r->exit, r->now_ms, arena, &view, NULL)) &&
           !is_err(gate_view_attachment(&view, conn, rows_span(rows, i, 5), rows_span(rows, i, 0), arena, &verdict, NULL)) && verdict.is_allowed;
}

static struct err topic_write(struct json_out *out, const struct reader *r, const struct topic *topic, struct store_conn *conn, struct arena *arena, struct why *why) {
    struct value person = value_text(r->who->person_id);
    struct rows rows;
    TRY(store_read(conn, topic->statement, &person, 1, arena, &rows, why));
    json_out_object(out);
    json_out_member_text(out, "topic", topic->name);
    json_out_member_text(out, "words", topic->words);
    json_out_name(out, "rows");
    json_out_array(out);
    for (size_t i = 0; i < rows.count; i++) {
        bool is_withheld = topic->statement == STMT_PRIVACY_ATTACHMENTS && !tells_name(r, conn, &rows, i, arena);
        json_out_object(out);
        for (size_t c = 0; c < rows.columns && c < COLUMNS_MAX && topic->columns[c] != NULL; c++)
            value_write(out, topic->columns[c], is_withheld && c == 1 ? &(struct value){.type = VALUE_NULL} : rows_at(&rows, i, c), arena);
        json_out_object_end(out);
    }
    json_out_array_end(out);
    json_out_member_bool(out, "is_cut", rows.count == TOPIC_ROWS);
    json_out_object_end(out);
    return err_none();
}

// The record as the gate lets it through for who asks; *ret_is_known false where she may not know of it.
static struct err record_open(const struct reader *r, struct store_conn *conn, struct span filing, struct span case_id, struct arena *arena,
                              struct record_open *ret, bool *ret_is_known, struct why *why) {
    struct case_file file;
    struct gate_view view;
    TRY(case_get(conn, case_id, arena, &file, why));
    struct gate_place place = gate_place_of(&file);
    if (r->is_filer) place.filer = r->who->pseudonym;
    TRY(gate_view_open(r->services, conn, &place, r->who, r->exit, r->now_ms, arena, &view, why));
    *ret_is_known = !is_err(gate_view_known(&view, NULL));
    return *ret_is_known ? gate_read_record(&view, conn, filing, arena, ret, NULL, why) : err_none();
}

static struct err filing_write(struct json_out *out, const struct reader *r, struct store_conn *conn, struct span id, struct span case_id,
                               struct arena *arena, struct why *why) {
    static const char *const HEADER[] = {"filing", "procedure", "document", "case", "entity", "filer_role", "received_at", "recorded_at", "marking"};
    struct record_open record;
    struct json values;
    bool is_known = false;
    TRY(record_open(r, conn, id, case_id, arena, &record, &is_known, why));
    if (!is_known) return err_none();
    TRY(record_values(&record, arena, &values, why));
    json_out_object(out);
    for (size_t i = 0; i < sizeof HEADER / sizeof HEADER[0]; i++) {
        struct json value = record_header_value(&record, HEADER[i], arena);
        json_out_name(out, HEADER[i]);
        json_out_value(out, &value);
    }
    json_out_name(out, "fields");
    json_out_value(out, &values);
    json_out_object_end(out);
    return err_none();
}

struct err privacy_export(struct json_out *out, const struct services *services, struct store_conn *conn, const struct principal *who,
                          int64_t after_seq, int64_t now_ms, struct arena *arena, struct why *why) {
    const struct reader reader = {services, who, GATE_EXPORT, true, now_ms};
    struct value params[] = {value_text(who->pseudonym), value_int(after_seq), value_int(FILINGS_PAGE)};
    struct rows rows;
    json_out_object(out);
    json_out_member_string(out, "made_at", instant_text(arena, now_ms));
    json_out_member_string(out, "node", services->node_name);
    json_out_member_string(out, "person", who->person_id);
    json_out_name(out, "topics");
    json_out_array(out);
    for (size_t i = 0; i < TOPIC_COUNT && after_seq < 0; i++) TRY(topic_write(out, &reader, &TOPICS[i], conn, arena, why));
    json_out_array_end(out);
    TRY(store_read(conn, STMT_PRIVACY_FILINGS, params, 3, arena, &rows, why));
    json_out_name(out, "filings");
    json_out_array(out);
    for (size_t i = 0; i < rows.count; i++) TRY(filing_write(out, &reader, conn, rows_span(&rows, i, 1), rows_span(&rows, i, 2), arena, why));
    json_out_array_end(out);
    json_out_name(out, "filings_next");
    if (rows.count == FILINGS_PAGE) json_out_int(out, rows_int(&rows, rows.count - 1, 0));
    else json_out_null(out);
    json_out_member_text(out, "elsewhere", "Where an entity named you as a contact, or a filing of someone else mentions you, that is part of the entity's data. "
                                           "Ask the office that keeps the register: it searches for you and answers after a review.");
    json_out_object_end(out);
    return err_none();
}

// --- searching for someone ---

static struct span lower(struct arena *arena, struct span text) {
    uint8_t *out = arena_take(arena, text.len + 1);
    for (size_t i = 0; out != NULL && i < text.len; i++) out[i] = text.at[i] >= 'A' && text.at[i] <= 'Z' ? (uint8_t)(text.at[i] + 32) : text.at[i];
    return span_make(out, out == NULL ? 0 : text.len);
}

static struct span digits(struct arena *arena, struct span text) {
    uint8_t *out = arena_take(arena, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; out != NULL && i < text.len; i++)
        if (text.at[i] >= '0' && text.at[i] <= '9') out[len++] = text.at[i];
    return span_make(out, len);
}

static bool contains(struct span text, struct span part) {
    for (size_t i = 0; part.len > 0 && i + part.len <= text.len; i++)
        if (memcmp(text.at + i, part.at, part.len) == 0) return true;
    return false;
}

struct terms {
    struct span name, email, phone; // lower case, phone its digits
};

static bool text_meets(const struct terms *t, struct span text, struct arena *arena) {
    struct span low = lower(arena, text);
    if (contains(low, t->name) || contains(low, t->email)) return true;
    return t->phone.len >= 6 && contains(digits(arena, text), t->phone);
}

static bool value_meets(const struct terms *t, const struct json *value, struct arena *arena) {
    if (value->type == JSON_STRING) return text_meets(t, value->string, arena);
    for (size_t i = 0; value->type == JSON_ARRAY && i < value->count; i++)
        if (value_meets(t, &value->items[i], arena)) return true;
    for (size_t i = 0; value->type == JSON_OBJECT && i < value->count; i++)
        if (value_meets(t, &value->members[i].value, arena)) return true;
    return false;
}

static void hit_write(struct json_out *out, const char *where, struct span id, struct span field, struct span case_id, size_t *hits) {
    json_out_object(out);
    json_out_member_text(out, "where", where);
    json_out_member_string(out, "id", id);
    json_out_member_string(out, "field", field);
    json_out_member_string(out, "case", case_id);
    json_out_object_end(out);
    (*hits)++;
}

// Whether who asks sees the entry of the register at all.
static bool sees_entry(const struct reader *r, struct store_conn *conn, struct span id, struct arena *arena) {
    struct entity entity;
    struct access_entity of;
    if (is_err(entity_get(conn, id, arena, &entity, NULL))) return false;
    entity_access(r->services, entity.id, entity.sectors, arena, &of);
    return !is_err(access_may_see_entity(r->who, &of, r->now_ms, NULL));
}

static struct err register_search(struct json_out *out, const struct reader *r, struct store_conn *conn, const struct terms *t, struct arena *arena, size_t *hits,
                                  struct why *why) {
    const struct span words[] = {t->name, t->email};
    struct span none = {0};
    struct value person[] = {value_text(t->name.len > 0 ? t->name : none), value_text(t->email.len > 0 ? t->email : none)};
    struct rows rows;
    TRY(store_read(conn, STMT_PRIVACY_PERSONS_LIKE, person, 2, arena, &rows, why));
    for (size_t i = 0; i < rows.count; i++) hit_write(out, "account", rows_span(&rows, i, 0), none, none, hits);
    for (size_t k = 0; k < 2; k++) {
        struct value params[] = {value_text(words[k]), value_int(100)};
        if (words[k].len == 0) continue;
        TRY(store_read(conn, STMT_PRIVACY_ENTITIES_LIKE, params, 2, arena, &rows, why));
        for (size_t i = 0; i < rows.count; i++)
            if (sees_entry(r, conn, rows_span(&rows, i, 0), arena)) hit_write(out, "register", rows_span(&rows, i, 0), none, none, hits);
    }
    return err_none();
}

static struct err filings_search(struct json_out *out, const struct reader *r, struct store_conn *conn, const struct terms *t, const struct rows *rows,
                                 size_t *hits, struct why *why) {
    struct arena page;
    struct err e = err_none();
    arena_init(&page, (size_t)32 * 1024 * 1024);
    for (size_t i = 0; i < rows->count && !is_err(e) && *hits < HITS_MAX; i++) {
        struct record_open record;
        struct json values;
        bool is_known = false;
        arena_reset(&page);
        e = record_open(r, conn, rows_span(rows, i, 1), rows_span(rows, i, 2), &page, &record, &is_known, why);
        if (!is_err(e) && is_known) e = record_values(&record, &page, &values, why);
        for (size_t m = 0; !is_err(e) && is_known && m < values.count; m++)
            if (value_meets(t, &values.members[m].value, &page)) hit_write(out, "filing", rows_span(rows, i, 1), values.members[m].name, rows_span(rows, i, 2), hits);
    }
    arena_fini(&page);
    return e;
}

struct err privacy_search_write(struct json_out *out, const struct services *services, struct store_conn *conn, const struct principal *who,
                                const struct privacy_search *search, int64_t now_ms, struct arena *arena, size_t *ret_hits, struct why *why) {
    const struct reader reader = {services, who, GATE_SEARCH, false, now_ms};
    struct terms t = {lower(arena, search->name), lower(arena, search->email), digits(arena, search->phone)};
    struct value params[] = {value_int(search->after_seq), value_int(SEARCH_PAGE)};
    struct rows rows;
    json_out_object(out);
    json_out_name(out, "hits");
    json_out_array(out);
    if (search->after_seq < 0) TRY(register_search(out, &reader, conn, &t, arena, ret_hits, why));
    TRY(store_read(conn, STMT_PRIVACY_FILING_PAGE, params, 2, arena, &rows, why));
    TRY(filings_search(out, &reader, conn, &t, &rows, ret_hits, why));
    json_out_array_end(out);
    json_out_name(out, "next");
    if (rows.count == SEARCH_PAGE) json_out_int(out, rows_int(&rows, rows.count - 1, 0));
    else json_out_null(out);
    json_out_member_text(out, "note", "These are places, not answers. What the person is given is decided by a review: a contact field belongs to its entity, "
                                      "and others' rights and the confidentiality of cases come first.");
    json_out_object_end(out);
    return err_none();
}

struct err privacy_search_note(const struct services *services, struct store_conn *conn, const struct principal *who,
                               const struct privacy_search *search, size_t hits, int64_t now_ms, struct arena *arena, struct why *why) {
    struct span terms = arena_printf(arena, "%.*s\n%.*s\n%.*s", SPAN_FMT(search->name), SPAN_FMT(search->email), SPAN_FMT(search->phone));
    struct hash hash = access_blind(services->access, "varde privacy search", terms);
    struct value params[] = {value_int(now_ms), value_text(who->person_id), value_text(search->case_id), value_text(search->ground),
                             value_blob(hash_span(&hash)), value_int((int64_t)hits)};
    return store_write(conn, STMT_PRIVACY_SEARCH_ADD, params, 6, NULL, why);
}

// --- the notice ---

static void notice_value(struct json_out *out, const struct yaml *node, const struct services *services, struct span lang, struct arena *arena) {
    if (yaml_is_null(node)) json_out_null(out);
    else if (node->type == YAML_SCALAR) json_out_string(out, law_say(services->law, services->state, node->text, lang, arena));
    else if (node->type == YAML_SEQUENCE) {
        json_out_array(out);
        for (size_t i = 0; i < node->count; i++) notice_value(out, &node->items[i], services, lang, arena);
        json_out_array_end(out);
    } else {
        json_out_object(out);
        for (size_t i = 0; i < node->count; i++) {
            json_out_name_span(out, node->pairs[i].name);
            notice_value(out, &node->pairs[i].value, services, lang, arena);
        }
        json_out_object_end(out);
    }
}

struct err privacy_notice_write(struct json_out *out, const struct services *services, struct span lang, struct arena *arena, struct why *why) {
    const struct yaml *state = pack_file_root(law_pack_of_state(services->law, services->state), "privacy.yaml");
    const struct yaml *general = pack_file_root(law_pack(services->law, SPAN("eu/nis2")), "privacy.yaml");
    if (general == NULL) return why_set(why, ERR_NOT_FOUND, "", "law.file", "", "the packs have no privacy notice");
    json_out_object(out);
    json_out_member_string(out, "state", services->state);
    json_out_member_string(out, "node", services->node_name);
    json_out_member_string(out, "answers", services->answer_by);
    json_out_member_string(out, "how", services->answer_how);
    for (size_t i = 0; i < general->count; i++) {
        char name[64];
        (void)snprintf(name, sizeof name, "%.*s", SPAN_FMT(general->pairs[i].name));
        const struct yaml *own = yaml_get(state, name);
        json_out_name_span(out, general->pairs[i].name);
        notice_value(out, own != NULL ? own : &general->pairs[i].value, services, lang, arena);
    }
    json_out_object_end(out);
    return err_none();
}
