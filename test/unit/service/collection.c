// SPDX-License-Identifier: EUPL-1.2
/*
 * Who reads what of a collection: its keeper all of it, who handed it in what is its own, an authority what its grant lets through while it
 * counts, nobody else anything. Filings of the Union's node through the same door as always, on a database of their own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "law/pack.h"
#include "os/zone.h"
#include "service/collection.h"
#include "service/draft.h"
#include "service/record_store.h"

enum { ENISA, SPOC_BE, SPOC_LU, CA_FR, CA_EE, GROUP, PEOPLE, OFFICES = PEOPLE, ARENA_BYTES = 512 * 1024 * 1024 };
#define NOW_MS ((int64_t)1796000000 * 1000) // 2026-11-30

static struct arena law_arena, arena;
static struct services services;
static struct access access_of;
static struct access_office offices[OFFICES];
static char ids[PEOPLE][32], pseudonyms[PEOPLE][80], directory[64], file[96];
static struct role roles[PEOPLE];
static struct store *store;
static struct store_conn *conn;
static struct log_edge edge;
static struct why why;
static int64_t now_ms;
static uint64_t drawn;

static void must_at(struct err e, int line) {
    if (is_err(e)) fail_msg("line %d: %s: %s (%s)", line, err_name(e.code), why.words, why.rule);
}
#define must(EXPR) must_at((EXPR), __LINE__)

static void draw(void *at, size_t size_bytes) {
    uint8_t *bytes = at;
    for (size_t i = 0; i < size_bytes; i++) bytes[i] = (uint8_t)(++drawn * 2654435761u >> 13);
}
static void draw_id(char prefix, char ret[18]) {
    (void)snprintf(ret, 18, "%c%016llu", prefix, (unsigned long long)++drawn);
}

// --- the node ---

static void people_make(void) {
    static const char *const KINDS[] = {"enisa", "spoc_member", "spoc_member", "authority_member", "authority_member", "group_member"};
    static const char *const NAMES[] = {"enisa", "spoc-member-be", "spoc-member-lu", "authority-member-fr", "authority-member-ee", "group-member-fr"};
    static const char *const STATES[] = {"EU", "BE", "LU", "FR", "EE", "FR"};
    struct access_env env = {.now_ms = now_ms, .random = draw};
    must(store_begin(conn, &why));
    for (size_t i = 0; i < PEOPLE; i++) {
        struct access_person_new person = {.login = span_of(NAMES[i]), .name = SPAN("Invented Person"), .language = SPAN("en")};
        struct span id;
        struct rows rows;
        offices[i] = (struct access_office){.id = span_of(NAMES[i]), .kind = office_kind_find(services.law, span_of(KINDS[i])), .state = span_of(STATES[i])};
        assert_non_null(offices[i].kind);
        must(access_person_create(&access_of, conn, &person, &env, &arena, &id, &why));
        struct value param = value_text(id);
        must(store_read(conn, STMT_ACCESS_PERSON_GET, &param, 1, &arena, &rows, &why));
        (void)snprintf(ids[i], sizeof ids[i], "%.*s", SPAN_FMT(id));
        (void)snprintf(pseudonyms[i], sizeof pseudonyms[i], "%.*s", SPAN_FMT(rows_span(&rows, 0, 4)));
        roles[i] = (struct role){.office = offices[i].id, .kind = offices[i].kind, .role = ROLE_OFFICER};
    }
    must(store_commit(conn, &why));
}

static int setup(void **state) {
    (void)state;
    struct law *law;
    arena_init(&law_arena, LIMIT_PACK_ARENA_BYTES);
    arena_init(&arena, ARENA_BYTES);
    now_ms = NOW_MS;
    if (sodium_init() < 0 || is_err(law_load(&law_arena, embedded_law, embedded_law_count, &law, &why))) return 1;
    services = (struct services){.law = law, .law_hash = law_hash(law), .state = SPAN("EU"), .random = draw, .random_id = draw_id, .access = &access_of};
    memcpy(services.node_secret, "node secret of these small tests", 32);
    if (is_err(zone_load(&law_arena, "Europe/Brussels", &services.zone, &why))) return 1;
    (void)snprintf(directory, sizeof directory, "/tmp/varde-collection-XXXXXX");
    if (mkdtemp(directory) == NULL) return 1;
    (void)snprintf(file, sizeof file, "%s/db", directory);
    if (is_err(access_init(&access_of, offices, OFFICES, services.node_secret, 2, &why))) return 1;
    if (is_err(store_open(file, true, &store, &why)) || is_err(store_connect(store, STORE_WRITE, &conn, &why))) return 1;
    people_make();
    now_ms += 60 * 1000; // nobody's rights changed since
    return is_err(record_edge_load(conn, &arena, &edge, &why));
}

static int teardown(void **state) {
    (void)state;
    static const char *const ENDINGS[] = {"", "-wal", "-shm"};
    store_disconnect(conn);
    store_close(store);
    for (size_t i = 0; i < 3; i++) {
        char path[128];
        (void)snprintf(path, sizeof path, "%s%s", file, ENDINGS[i]);
        (void)unlink(path);
    }
    (void)rmdir(directory);
    access_fini(&access_of);
    arena_fini(&arena);
    arena_fini(&law_arena);
    return 0;
}

static struct principal who(size_t person) {
    return (struct principal){.is_known = true, .person_id = span_of(ids[person]), .pseudonym = span_of(pseudonyms[person]), .role_count = 1, .roles = &roles[person],
                              .scopes = SCOPE_ALL, .means = MEANS_SESSION, .is_totp_done = true};
}

// Files and gives the case; empty where it was refused, with the first fault's rule in *ret_rule.
static struct span filed(size_t person, const char *procedure, const char *document, struct span case_id, const char *fields, struct span attachment, struct span *ret_rule) {
    struct principal principal = who(person);
    struct json values;
    struct filing_plan plan;
    int64_t seq;
    why = (struct why){0};
    must(json_parse(&arena, span_of(fields), &values, &why));
    struct filing_request request = {.procedure = span_of(procedure), .document = span_of(document), .case_id = case_id, .fields = &values, .received_ms = now_ms};
    if (attachment.len > 0) request.attachments[request.attachment_count++] = attachment;
    *ret_rule = SPAN("");
    must(filing_decide(&services, conn, &principal, &request, now_ms, &arena, &plan, &why));
    if (!plan.decision.is_accepted) {
        *ret_rule = plan.decision.faults[0].rule;
        return SPAN("");
    }
    must(store_begin(conn, &why));
    must(filing_write(&services, conn, &edge, &plan, now_ms, &arena, &seq, &why));
    must(store_commit(conn, &why));
    return arena_copy(&arena, plan.case_id);
}

static struct span attached(size_t person, const char *text) {
    struct attachment attachment = {.name = SPAN("extract.json"), .media_type = SPAN("application/json"), .person_id = span_of(ids[person])};
    struct hash hash = hash_sha256(span_of(text));
    char id[18];
    why = (struct why){0};
    draw_id('A', id);
    attachment.sha256 = hash_span(&hash);
    attachment.size_bytes = (int64_t)strlen(text);
    attachment.id = arena_copy(&arena, span_of(id));
    must(store_begin(conn, &why));
    must(attachment_put(&services, conn, &attachment, span_of(text), now_ms, &arena, &why));
    must(store_commit(conn, &why));
    return attachment.id;
}

// --- what is handed in ---

#define LINE(ID, NAME, TYPE) "{\"entity\":\"" ID "\",\"is_new\":true,\"entry\":{\"name\":\"" NAME "\",\"types\":[\"" TYPE "\"],\"contacts\":[{\"role\":\"security\",\"email\":\"a@b.example\",\"phone\":\"+3225550100\"}]}}"
#define EXTRACT(STATE, VERSION, TOTAL, CHANGED, REMOVED) "{\"extract\":\"enisa\",\"to\":\"enisa\",\"state\":\"" STATE "\",\"at\":\"2026-11-29T10:00:00Z\",\"version\":\"" VERSION "\",\"total\":" TOTAL ",\"has_more\":false,\"changed\":[" CHANGED "],\"removed\":[" REMOVED "]}"

static const char BELGIAN[] = EXTRACT("BE", "v1", "3", LINE("E0000000000000001", "Cloud", "DI_CLOUD") "," LINE("E0000000000000002", "Market", "DP_MARKET") "," LINE("E0000000000000003", "Names", "DNRS"), "");
static const char LUXEMBOURGISH[] = EXTRACT("LU", "v1", "1", LINE("E0000000000000001", "Centre", "DI_DC"), "");

static struct span seen_by(size_t person) { // the ids, blanks between; the rule of the refusal
    struct principal principal = who(person);
    struct collection_reader *reader = ARENA_NEW(&arena, struct collection_reader);
    static const char *const ALL[] = {"BE:E0000000000000001", "BE:E0000000000000002", "BE:E0000000000000003", "LU:E0000000000000001"};
    struct buf out;
    why = (struct why){0};
    if (is_err(collection_open(&services, conn, &principal, SPAN("enisa"), GATE_LIST, now_ms, &arena, reader, &why))) return span_of(why.rule);
    buf_init(&out, &arena, 1024);
    for (size_t i = 0; i < 4; i++) {
        struct collection_entry entry;
        struct why own = {0};
        if (is_err(collection_get(reader, conn, span_of(ALL[i]), &arena, &entry, &own))) continue;
        buf_printf(&out, "%s%s%s", out.len > 0 ? " " : "", ALL[i], json_get(&entry.content, "contacts") == NULL ? "-" : "");
    }
    return buf_span(&out);
}
#define sees(PERSON, TEXT) assert_string_equal(arena_text(&arena, seen_by(PERSON)), TEXT)

static void rights(void **state) {
    (void)state;
    struct span rule, belgian;
    sees(ENISA, "");
    sees(SPOC_BE, "registry.access");
    belgian = filed(SPOC_BE, "registry_extract", "extract", SPAN(""), "{\"state\":\"BE\",\"extract\":\"enisa\"}", attached(SPOC_BE, BELGIAN), &rule);
    assert_true(belgian.len > 0);
    assert_true(filed(SPOC_LU, "registry_extract", "extract", SPAN(""), "{\"state\":\"LU\",\"extract\":\"enisa\"}", attached(SPOC_LU, LUXEMBOURGISH), &rule).len > 0);
    sees(ENISA, "BE:E0000000000000001 BE:E0000000000000002 BE:E0000000000000003 LU:E0000000000000001");
    sees(SPOC_BE, "BE:E0000000000000001 BE:E0000000000000002 BE:E0000000000000003");
    sees(SPOC_LU, "LU:E0000000000000001");
    sees(CA_FR, "registry.access");
    sees(GROUP, "registry.access");

    // by sector, without contacts, until a day
    struct span asked = filed(CA_FR, "registry_access", "access_request", SPAN(""), "{\"state\":\"FR\",\"extract\":\"enisa\",\"purpose\":\"P\"}", SPAN(""), &rule);
    sees(CA_FR, "registry.access");
    (void)filed(ENISA, "registry_access", "access_grant", asked, "{\"extract\":\"enisa\",\"sectors\":[\"digital_infrastructure\"],\"withheld\":[\"contacts\"],\"until\":\"2026-12-10\"}", SPAN(""), &rule);
    sees(CA_FR, "BE:E0000000000000001- LU:E0000000000000001-");
    sees(CA_EE, "registry.access");
    sees(GROUP, "registry.access"); // another office of the same state
    // a sector or a type; of one state; what the role itself is bounded to
    (void)filed(ENISA, "registry_access", "access_grant", asked, "{\"extract\":\"enisa\",\"sectors\":[\"digital_infrastructure\"],\"types\":[\"DNRS\"],\"states\":[\"BE\"],\"until\":\"2026-12-10\"}", SPAN(""), &rule);
    sees(CA_FR, "BE:E0000000000000001 BE:E0000000000000003");
    static const struct span PROVIDERS[] = {{(const uint8_t *)"digital_providers", 17}};
    roles[CA_FR].sectors = PROVIDERS;
    roles[CA_FR].sector_count = 1;
    sees(CA_FR, "");
    roles[CA_FR].sector_count = 0;
    // its last day counts whole, in the time of the node; then it is over
    now_ms = (int64_t)1796943599 * 1000; // 2026-12-10 23:59:59 in Brussels
    sees(CA_FR, "BE:E0000000000000001 BE:E0000000000000003");
    now_ms += 1000;
    sees(CA_FR, "registry.access");
    // granted anew, and given up
    (void)filed(ENISA, "registry_access", "access_grant", asked, "{\"extract\":\"enisa\",\"until\":\"2026-12-31\"}", SPAN(""), &rule);
    sees(CA_FR, "BE:E0000000000000001 BE:E0000000000000002 BE:E0000000000000003 LU:E0000000000000001");
    (void)filed(CA_FR, "registry_access", "access_end", asked, "{}", SPAN(""), &rule);
    sees(CA_FR, "registry.access");
    // without second factor, an office reads nothing
    struct principal weak = who(ENISA);
    struct collection_reader *reader = ARENA_NEW(&arena, struct collection_reader);
    weak.is_totp_done = false;
    assert_int_equal(collection_open(&services, conn, &weak, SPAN("enisa"), GATE_LIST, now_ms, &arena, reader, &why).code, ERR_DENIED);
    // differences, and what was erased
    static const char NEXT[] = EXTRACT("BE", "v2", "2", LINE("E0000000000000002", "Bazaar", "DP_MARKET"), "\"E0000000000000003\"");
    assert_true(filed(SPOC_BE, "registry_extract", "extract", belgian, "{\"state\":\"BE\",\"extract\":\"enisa\"}", attached(SPOC_BE, NEXT), &rule).len > 0);
    sees(SPOC_BE, "BE:E0000000000000001 BE:E0000000000000002");
    (void)filed(SPOC_BE, "registry_extract", "extract", belgian, "{\"state\":\"BE\",\"extract\":\"enisa\"}", attached(SPOC_BE, NEXT), &rule);
    assert_true(span_is(rule, "registry.gap") || span_is(rule, "registry.again"));
    sees(SPOC_BE, "BE:E0000000000000001 BE:E0000000000000002"); // nothing of it was taken
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(rights)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
