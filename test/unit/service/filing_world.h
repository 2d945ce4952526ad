// SPDX-License-Identifier: EUPL-1.2
/*
 * A node's services with persons on a database of their own, and filings drawn from a seed: registrations, early warnings,
 * notifications, answers, erasures, wrong ones and repeated ones. For the tests of filing and for those on a failing disk, which
 * include it as well; so it knows no test framework and says what is wrong in words.
 */
#ifndef TEST_FILING_WORLD_H
#define TEST_FILING_WORLD_H

#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "law/pack.h"
#include "os/zone.h"
#include "offices.h"
#include "service/filing.h"
#include "service/rebuild.h"
#include "service/record_store.h"

enum { FILERS = 5, COMPANIES = 3, PLACES_MAX = 512, FILER_MANDATES = 64 };
enum { FILER_CSIRT = 3, FILER_CA = 4 }; // heads of their offices

struct filer {
    char id[32], pseudonym[80];
    struct mandate mandates[FILER_MANDATES];
    size_t mandate_count;
    struct role role;
};

struct filed { // one accepted filing, as whoever filed it knows it
    char filing[20], case_id[20], entity[20], key[16], document[32];
    unsigned filer;
    struct hash request_hash;
};

struct filing_world {
    struct arena law_arena;
    struct services services;
    struct access access;
    struct filer filers[FILERS];
    struct filed filed[PLACES_MAX]; // acknowledged
    size_t filed_count;
    int64_t now_ms;
    uint64_t chance;
    unsigned serial;
};

// --- chance ---

static uint64_t world_salt, world_drawn; // what services->random gives: repeatable from world_salt
static inline void world_bytes(void *at, size_t size_bytes) {
    uint8_t *bytes = at;
    for (size_t i = 0; i < size_bytes; i += HASH_BYTES) {
        uint64_t seed[2] = {world_salt, world_drawn++};
        struct hash block = hash_sha256(span_make(seed, sizeof seed));
        memcpy(bytes + i, block.bytes, size_bytes - i < HASH_BYTES ? size_bytes - i : HASH_BYTES);
    }
}
static inline void world_id(char prefix, char ret[18]) {
    static const char DIGITS[] = "0123456789abcdefghjkmnpqrstvwxyz";
    uint8_t bytes[16];
    world_bytes(bytes, sizeof bytes);
    ret[0] = prefix;
    for (size_t i = 0; i < 16; i++) ret[1 + i] = DIGITS[bytes[i] & 31];
    ret[17] = '\0';
}
static inline uint64_t world_draw(struct filing_world *world, uint64_t below) { // xorshift64*
    world->chance ^= world->chance >> 12;
    world->chance ^= world->chance << 25;
    world->chance ^= world->chance >> 27;
    return (world->chance * 2685821657736338717u >> 32) % below;
}

// --- the node ---

static const struct access_office WORLD_OFFICES[] = {
    {.id = {(const uint8_t *)"csirt", 5}, .kind = OFFICE_CSIRT},
    {.id = {(const uint8_t *)"ca", 2}, .kind = OFFICE_CA},
};

static inline struct err world_open(struct filing_world *world, struct why *why) {
    struct law *law;
    struct services *services = &world->services;
    arena_init(&world->law_arena, LIMIT_PACK_ARENA_BYTES);
    TRY(law_load(&world->law_arena, embedded_law, embedded_law_count, &law, why));
    services->law = law;
    services->law_hash = law_hash(law);
    services->state = SPAN("BE");
    services->random = world_bytes;
    services->random_id = world_id;
    services->access = &world->access;
    memcpy(services->node_secret, "node secret of the filing tests.", 32);
    TRY(zone_load(&world->law_arena, (const char *)law_zone(law, services->state).at, &services->zone, why));
    return access_init(&world->access, WORLD_OFFICES, 2, services->node_secret, 2, why);
}
static inline void world_close(struct filing_world *world) {
    access_fini(&world->access);
    arena_fini(&world->law_arena);
}

// The persons' rows, made on a fresh database; everything else of the world begins anew under SEED.
static inline struct err world_people(struct filing_world *world, struct store_conn *conn, struct arena *arena, struct why *why) {
    static const char *const LOGINS[FILERS] = {"ana@company.example", "ben@company.example", "eva@company.example", "night@csirt.example", "head@ca.example"};
    struct access_env env = {.now_ms = world->now_ms, .random = world_bytes};
    TRY(store_begin(conn, why));
    for (unsigned i = 0; i < FILERS; i++) {
        struct filer *filer = &world->filers[i];
        struct access_person_new person = {.login = span_of(LOGINS[i]), .name = span_of("Invented Person"), .language = SPAN("en")};
        struct span id;
        struct rows rows;
        TRY(access_person_create(&world->access, conn, &person, &env, arena, &id, why));
        struct value param = value_text(id);
        TRY(store_read(conn, STMT_ACCESS_PERSON_GET, &param, 1, arena, &rows, why));
        (void)snprintf(filer->id, sizeof filer->id, "%.*s", SPAN_FMT(id));
        (void)snprintf(filer->pseudonym, sizeof filer->pseudonym, "%.*s", SPAN_FMT(rows_span(&rows, 0, 4)));
        const struct access_office *office = &WORLD_OFFICES[i == FILER_CA ? 1 : 0];
        filer->role = (struct role){.office = office->id, .kind = office->kind, .role = ROLE_HEAD};
    }
    return store_commit(conn, why);
}

static inline void world_begin(struct filing_world *world, uint64_t seed) {
    world->chance = seed * 0x9e3779b97f4a7c15u + 1;
    world_salt = seed;
    world_drawn = 1 << 20;
    world->now_ms = (int64_t)1790000000 * 1000;
    world->filed_count = 0;
    world->serial = 0;
    for (size_t i = 0; i < FILERS; i++) world->filers[i].mandate_count = 0;
}

static inline struct principal world_principal(struct filing_world *world, unsigned filer) {
    struct filer *of = &world->filers[filer];
    return (struct principal){.is_known = true,
                              .person_id = span_of(of->id),
                              .pseudonym = span_of(of->pseudonym),
                              .role_count = filer >= COMPANIES ? 1 : 0,
                              .roles = &of->role,
                              .mandate_count = of->mandate_count,
                              .mandates = of->mandates,
                              .scopes = SCOPE_ALL,
                              .means = MEANS_SESSION,
                              .is_totp_done = true};
}

// --- filings ---

struct deed { // a filing on its way
    struct filing_request request;
    struct principal principal;
    struct filing_plan plan;
    struct span body;
    struct json fields;
    unsigned filer;
    char key[16];
    bool is_decided; // decided and accepted, or a repeat
    bool is_wrong;   // the generator wants it to be refused
    struct err result;
    int64_t seq;
};

static inline struct span world_instant(const struct filing_world *world, struct arena *arena, int64_t ago_ms) {
    int64_t ms = world->now_ms - ago_ms;
    return instant_text(arena, ms - ms % 1000);
}

static inline struct span registration_fields(struct filing_world *world, struct arena *arena) {
    unsigned n = world->serial;
    return arena_printf(arena,
                        "{\"name\":\"Vraxquel Works %04u\",\"national_number\":\"DEMO-%u-%u\",\"address\":{\"street\":\"Invented Street %04u\","
                        "\"postal_code\":\"0000\",\"city\":\"Demoville\",\"country\":\"BE\"},\"contacts\":[{\"role\":\"security\",\"name\":\"Night "
                        "desk %04u\",\"email\":\"security%04u@vraxquel.example\",\"phone\":\"+999 1 234 56 78\"}],\"entity_types\":[\"%s\"],"
                        "\"services_states\":[\"BE\"],\"staff\":\"%u\",\"turnover_eur\":\"90000000\",\"balance_eur\":\"70000000\"}",
                        n, n, (unsigned)world_draw(world, 100000), n, n, n, n % 3 == 0 ? "EN_EL_SUPPLY" : "EN_EL_DSO",
                        (unsigned)(20 + world_draw(world, 400)));
}

// A filing of before that is of this document (or of any: NULL), of the filer's own where OWN is asked for.
static inline const struct filed *world_pick(struct filing_world *world, const char *document, unsigned filer, bool own) {
    if (world->filed_count == 0) return NULL;
    size_t from = (size_t)world_draw(world, world->filed_count);
    for (size_t i = 0; i < world->filed_count; i++) {
        const struct filed *one = &world->filed[(from + i) % world->filed_count];
        if (document != NULL && strcmp(one->document, document) != 0) continue;
        if (own && one->filer != filer) continue;
        return one;
    }
    return NULL;
}

static inline void deed_of(struct deed *deed, const char *procedure, const char *document, const char *case_id, const char *entity, struct span fields) {
    deed->request.procedure = span_of(procedure);
    deed->request.document = span_of(document);
    deed->request.case_id = span_of(case_id);
    deed->request.entity_id = span_of(entity);
    deed->body = fields;
}

static inline void deed_register(struct filing_world *world, struct deed *deed, struct arena *arena) {
    deed_of(deed, "registration", "registration", "", "", registration_fields(world, arena));
}

static inline void deed_warn(struct filing_world *world, struct deed *deed, const struct filed *entity, struct arena *arena) {
    struct span at = world_instant(world, arena, (int64_t)(1 + world_draw(world, 30)) * MS_PER_HOUR);
    deed_of(deed, "incident", "early_warning", "", entity->entity,
            arena_printf(arena, "{\"aware_at\":\"%.*s\",\"summary\":\"Warning number %04u of the test.\",\"suspected_malicious\":\"%s\",\"cross_border\":\"no\"}",
                         SPAN_FMT(at), world->serial, world->serial % 4 == 0 ? "yes" : "unknown"));
}

static inline void deed_in_case(struct filing_world *world, struct deed *deed, const struct filed *warning, struct arena *arena) {
    static const char *const DOCUMENTS[] = {"notification", "answer", "guidance", "final_report", "early_warning", "intermediate_request"};
    unsigned n = world->serial;
    struct span at = world_instant(world, arena, MS_PER_HOUR), later = world_instant(world, arena, -(int64_t)MS_PER_HOUR);
    struct span fields[] = {
        arena_printf(arena, "{\"suspected_malicious\":\"no\",\"cross_border\":\"no\",\"severity\":\"medium\",\"impact\":\"Impact number %04u, %u of a hundred customers.\"}", n, n % 100),
        arena_printf(arena, "{\"feedback\":\"We look into number %04u.\",\"law_enforcement_guidance\":\"Report number %04u to the federal unit.\"}", n, n),
        arena_printf(arena, "{\"guidance\":\"Guidance number %04u: withdraw the update.\"}", n),
        arena_printf(arena, "{\"description\":\"Description number %04u.\",\"cause\":\"Cause number %04u.\",\"measures\":\"Measures number %04u.\"}", n, n, n),
        arena_printf(arena, "{\"aware_at\":\"%.*s\",\"summary\":\"Warning number %04u, again.\",\"suspected_malicious\":\"no\",\"cross_border\":\"no\"}", SPAN_FMT(at), n),
        arena_printf(arena, "{\"request\":\"Question number %04u?\",\"answer_by\":\"%.*s\"}", n, SPAN_FMT(later)),
    };
    size_t which = (size_t)world_draw(world, 6);
    bool by_office = which == 1 || which == 2 || which == 5;
    deed->filer = by_office ? FILER_CSIRT : warning->filer;
    deed_of(deed, "incident", DOCUMENTS[which], warning->case_id, "", fields[which]);
}

static inline void deed_wrong(struct filing_world *world, struct deed *deed) {
    const struct filed *warning = world_pick(world, "early_warning", 0, false);
    deed->is_wrong = true;
    switch (world_draw(world, 4)) {
    case 0: deed_of(deed, "registration", "registration", "", "", SPAN("{\"name\":7}")); break;
    case 1: deed_of(deed, "incident", "early_warning", "Cnone000000000000", "", SPAN("{}")); break;
    case 2: deed_of(deed, "incident", "closure", warning != NULL ? warning->case_id : "", "", SPAN("{\"what\":1}")); break;
    default: // a stranger
        if (warning != NULL) deed->filer = (warning->filer + 1) % COMPANIES;
        deed_of(deed, "incident", "notification", warning != NULL ? warning->case_id : "", "", SPAN("{}"));
        break;
    }
}

// Fields of the filing ONE (of this document) that an erasure may name.
static inline void deed_erase(struct deed *deed, const struct filed *one, const char *name, struct arena *arena) {
    struct span names = name == NULL ? SPAN("") : arena_printf(arena, "\"names\":[{\"name\":\"%s\"}],", name);
    deed->filer = FILER_CA;
    deed_of(deed, "erasure", "erasure", "", "",
            arena_printf(arena, "{\"target\":\"%s\",%.*s\"ground\":\"no_longer_needed\",\"reason\":\"Not needed.\"}", one->filing, SPAN_FMT(names)));
    deed->request.as = SPAN("ca");
}

static inline const char *world_field_of(struct filing_world *world, const char *document) {
    static const struct { const char *document, *fields[3]; } FIELDS[] = {
        {"registration", {"name", "contacts", "address"}}, {"early_warning", {"summary", "aware_at", "suspected_malicious"}},
        {"notification", {"impact", "severity", "cross_border"}}, {"answer", {"feedback", "law_enforcement_guidance", "feedback"}},
        {"final_report", {"cause", "description", "measures"}}, {"guidance", {"guidance", "guidance", "guidance"}},
    };
    for (size_t i = 0; i < sizeof FIELDS / sizeof FIELDS[0]; i++)
        if (strcmp(FIELDS[i].document, document) == 0) return FIELDS[i].fields[world_draw(world, 3)];
    return NULL;
}

// Parses the fields, and makes the hash that the API makes of the body.
static inline struct err deed_finish(struct filing_world *world, struct deed *deed, struct arena *arena, struct why *why) {
    if (deed->body.at == NULL) return err_make(ERR_MEMORY);
    TRY(json_parse(arena, deed->body, &deed->fields, why));
    deed->request.fields = &deed->fields;
    deed->request.request_hash = hash_sha256(deed->body);
    deed->request.idempotency_key = span_of(deed->key);
    deed->request.received_ms = world->now_ms - 40;
    deed->principal = world_principal(world, deed->filer);
    return err_none();
}

// Draws the next filing. ERASURES: whether fields are erased among them.
static inline struct err deed_draw(struct filing_world *world, struct deed *deed, bool erasures, struct arena *arena, struct why *why) {
    *deed = (struct deed){.filer = (unsigned)world_draw(world, COMPANIES)};
    world->serial++;
    if (world->serial % 3 != 0) (void)snprintf(deed->key, sizeof deed->key, "key-%u", world->serial);
    const struct filed *entity = world_pick(world, "registration", deed->filer, true), *warning = world_pick(world, "early_warning", 0, false);
    const struct filed *any = world_pick(world, NULL, 0, false);
    uint64_t kind = world_draw(world, 100);
    if (kind < 15) deed_wrong(world, deed);
    else if (entity == NULL || kind < 25) deed_register(world, deed, arena);
    else if (warning == NULL || kind < 45) deed_warn(world, deed, entity, arena);
    else if (erasures && kind < 60 && any != NULL) deed_erase(deed, any, world_draw(world, 4) == 0 ? NULL : world_field_of(world, any->document), arena);
    else deed_in_case(world, deed, warning, arena);
    return deed_finish(world, deed, arena, why);
}

// Decides as a worker does. A refusal, by law or by access, is no error here.
static inline struct err deed_decide(struct filing_world *world, struct deed *deed, struct store_conn *conn, struct arena *arena, struct why *why) {
    struct err e = filing_decide(&world->services, conn, &deed->principal, &deed->request, world->now_ms, arena, &deed->plan, why);
    deed->is_decided = !is_err(e) && (deed->plan.is_repeat || deed->plan.decision.is_accepted);
    bool is_of_machine = e.code == ERR_IO || e.code == ERR_CORRUPT || e.code == ERR_MEMORY;
    return is_of_machine ? e : err_none();
}

// What the writer does with one job of a group.
static inline struct err deed_write(struct filing_world *world, struct deed *deed, struct store_conn *conn, struct log_edge *edge, struct arena *arena,
                                    struct why *why) {
    struct log_edge before = *edge;
    TRY(store_savepoint(conn, why));
    struct filing_plan plan = deed->plan;
    struct err e = filing_write(&world->services, conn, edge, &plan, world->now_ms, arena, &deed->seq, why);
    if (!is_err(e)) e = store_release(conn, why);
    if (is_err(e)) {
        store_rollback_savepoint(conn);
        *edge = before;
    } else {
        deed->plan = plan;
    }
    deed->result = e;
    return e.code == ERR_IO || e.code == ERR_CORRUPT ? e : err_none();
}

static inline void text_take(char *to, size_t size, struct span from) { (void)snprintf(to, size, "%.*s", SPAN_FMT(from)); }

// The filer learns that it was filed.
static inline void filed_of(const struct deed *deed, struct filed *ret) {
    *ret = (struct filed){.filer = deed->filer, .request_hash = deed->request.request_hash};
    text_take(ret->filing, sizeof ret->filing, deed->plan.filing_id);
    text_take(ret->case_id, sizeof ret->case_id, deed->plan.case_id);
    text_take(ret->entity, sizeof ret->entity, deed->plan.entity_id);
    text_take(ret->key, sizeof ret->key, span_of(deed->key));
    text_take(ret->document, sizeof ret->document, deed->request.document);
}
static inline void world_acknowledge(struct filing_world *world, const struct filed *one, bool is_new_entity) {
    if (world->filed_count == PLACES_MAX) return;
    struct filed *kept = &world->filed[world->filed_count++];
    *kept = *one;
    struct filer *filer = &world->filers[one->filer];
    if (!is_new_entity || filer->mandate_count == FILER_MANDATES) return;
    filer->mandates[filer->mandate_count++] =
        (struct mandate){.id = SPAN("M"), .entity = span_of(kept->entity), .scopes = MANDATE_ALL, .from_ms = 0, .until_ms = INSTANT_NONE};
}

// --- looking ---

static const char *const WORLD_DERIVED[] = {
    "entity", "case_file", "duty", "filing", "proposal", "tree_node", "case_figure", "figure_release", "legal_hold",
    "erasure_batch", "erasure_part", "block", "case_party", "desk_case", "desk_link", "disclosure", "entity_part", "entity_trait", "intake",
    "letter", "marking", "outage", "party_duty", "party_duty_done", "party_task", "peer", "search_word", "standing", "strand_link", "strand_note",
    "strand_about"};
enum { WORLD_DERIVED_COUNT = 31 };

// A hash of all rows of a table, without the numbers of tallies, which are by chance (tallies_wrong looks at these).
static inline bool table_hash(sqlite3 *db, const char *table, struct hash *ret) {
    char sql[96];
    sqlite3_stmt *stmt = NULL;
    crypto_hash_sha256_state state;
    (void)crypto_hash_sha256_init(&state);
    (void)snprintf(sql, sizeof sql, "SELECT * FROM %s ORDER BY 1, 2", table);
    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK) return false;
    int code;
    while ((code = sqlite3_step(stmt)) == SQLITE_ROW)
        for (int c = 0; c < sqlite3_column_count(stmt); c++) {
            if (strcmp(sqlite3_column_name(stmt, c), "tally") == 0) continue;
            int kind = sqlite3_column_type(stmt, c), len = sqlite3_column_bytes(stmt, c);
            (void)crypto_hash_sha256_update(&state, (const uint8_t *)&kind, sizeof kind);
            (void)crypto_hash_sha256_update(&state, (const uint8_t *)&len, sizeof len);
            if (len > 0) (void)crypto_hash_sha256_update(&state, sqlite3_column_blob(stmt, c), (unsigned long long)len);
        }
    (void)sqlite3_finalize(stmt);
    (void)crypto_hash_sha256_final(&state, ret->bytes);
    return code == SQLITE_DONE;
}

static inline bool tables_hash(const char *file, struct hash ret[WORLD_DERIVED_COUNT]) {
    sqlite3 *db = NULL;
    bool is_good = sqlite3_open_v2(file, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK;
    for (size_t i = 0; is_good && i < WORLD_DERIVED_COUNT; i++) is_good = table_hash(db, WORLD_DERIVED[i], &ret[i]);
    (void)sqlite3_close(db);
    return is_good;
}

// One number of the database, past the store; -1 where it can't be read.
static inline int64_t number_of(const char *file, const char *sql) {
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = NULL;
    int64_t number = -1;
    if (sqlite3_open_v2(file, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK && sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK &&
        sqlite3_step(stmt) == SQLITE_ROW)
        number = sqlite3_column_int64(stmt, 0);
    (void)sqlite3_finalize(stmt);
    (void)sqlite3_close(db);
    return number;
}

// Tallies say what counting says, and count nothing that isn't there.
static inline bool tallies_wrong(const char *file) {
    return number_of(file,
                     "SELECT (SELECT count(*) FROM desk_tally t WHERE t.cases = 0 OR t.cases <> (SELECT count(*) FROM desk_case d WHERE d.tally = t.id))"
                     " + (SELECT count(*) FROM desk_case d LEFT JOIN desk_tally t ON t.id = d.tally WHERE t.id IS NULL"
                     "    OR (t.workspace, t.is_open, t.is_owned, t.procedure, t.state, t.sectors, t.offices, t.flags, t.owed_by, t.opened_by)"
                     "    <> (d.workspace, d.is_open, d.is_owned, d.procedure, d.state, coalesce(d.sectors, '[]'), d.offices, d.flags, d.owed_by, d.opened_by))"
                     " + (SELECT count(*) FROM entity_tally t WHERE t.entities = 0 OR t.entities <> (SELECT count(*) FROM entity e WHERE e.tally = t.id))"
                     " + (SELECT count(*) FROM entity e LEFT JOIN entity_tally t ON t.id = e.tally WHERE t.id IS NULL"
                     "    OR (t.status, t.class, t.sectors) <> (e.status, coalesce(e.class, e.class_proposed, ''), coalesce(e.sectors, '[]')))"
                     " + (SELECT count(*) FROM entity e WHERE e.name_folded <> '' AND NOT EXISTS"
                     "    (SELECT 1 FROM entity_part p WHERE p.entity_id = e.id AND p.part = substr(e.name_folded, length(e.name_folded), 12)))") != 0;
}

// Every record proves itself, and the tree proves every record. NULL, or what is wrong.
static inline const char *records_wrong(struct store_conn *conn, struct arena *arena, uint64_t *ret_size) {
    struct log_edge edge;
    if (is_err(record_edge_load(conn, arena, &edge, NULL))) return "the edge of the log can't be loaded";
    uint64_t size = edge.frontier.size;
    struct tree_source source = {.conn = conn};
    struct tree_reader reader = record_tree_reader(&source);
    struct hash root = tree_root(&edge.frontier), again;
    if (is_err(tree_root_at(&reader, size, &again)) || !hash_equals(&root, &again)) return "the tree has two roots";
    for (uint64_t seq = 0; seq < size; seq++) {
        struct record_open record;
        struct hash proof[TREE_PROOF_MAX];
        size_t count = 0;
        if (is_err(record_read_at(conn, (int64_t)seq, arena, &record, NULL))) return "a record does not prove itself";
        struct hash leaf = tree_leaf(&record.entry);
        if (is_err(tree_inclusion(&reader, seq, size, proof, &count)) || !tree_verify_inclusion(&leaf, seq, size, proof, count, &root))
            return "a record is not in the tree";
    }
    *ret_size = size;
    return NULL;
}

// Derived tables are those that a rebuild makes. NULL, or the first that is another.
static inline const char *derived_wrong(struct filing_world *world, struct store_conn *conn, const char *file, struct why *why) {
    struct hash before[WORLD_DERIVED_COUNT], after[WORLD_DERIVED_COUNT];
    struct rebuild_report report;
    if (!tables_hash(file, before)) return "the tables can't be read";
    if (tallies_wrong(file)) return "the tallies";
    if (is_err(rebuild_run(&world->services, conn, NULL, NULL, &report, why))) return "the rebuild failed";
    if (!tables_hash(file, after)) return "the rebuilt tables can't be read";
    for (size_t i = 0; i < WORLD_DERIVED_COUNT; i++)
        if (!hash_equals(&before[i], &after[i])) return WORLD_DERIVED[i];
    return tallies_wrong(file) ? "the rebuilt tallies" : NULL;
}

#endif
