// SPDX-License-Identifier: EUPL-1.2
/*
 * The world of test/unit/api/matrix.c: a node with offices, persons, roles, mandates and what they filed, asked over the API as its
 * clients ask it; and beside it a model of who is who and what was filed by whom, which the oracle (matrix_oracle.h) reads. Only for
 * that program.
 *
 * Every secret is a word of its own, "zq" and eight digits; every identifier of the node is a letter and a number of sixteen digits.
 * So whatever an answer says can be found in its bytes.
 */
#ifndef TEST_UNIT_API_MATRIX_WORLD_H
#define TEST_UNIT_API_MATRIX_WORLD_H

#include "../service/access_world.h"

#include <sodium.h>

#include "api/api.h"
#include "law/pack.h"
#include "os/zone.h"
#include "service/act.h"
#include "service/reach.h"
#include "service/record_store.h"

enum { CSIRT = 1, CA = 2, SPOC = 4, CCMA = 8, OFFICES_ALL = 15, ENTITY = 16, ANYONE = 32 }; // in which role one looks, bits
enum { ENERGY_BIT = 1, HEALTH_BIT = 2, WATER_BIT = 4, SECTOR_COUNT = 3 };
enum { ENTITY_COUNT = 5, COMPANY_COUNT = 7, KEEPER_COUNT = 4, OFFICER_COUNT = 6 };
enum { P_CSIRT = COMPANY_COUNT, P_CA, P_SPOC, P_CCMA, P_OFFICER, P_ADMIN = P_OFFICER + OFFICER_COUNT, P_MACHINE, P_NOBODY, PERSON_COUNT };
enum { CASES_MAX = 96, FILINGS_MAX = 512, SECRETS_MAX = 2048, ATTACHMENTS_MAX = 64, MANDATES_MAX = 128, MENTIONS_MAX = 64, IDS_MAX = 8192 };

static const char *const SECTOR_NAMES[SECTOR_COUNT] = {"energy", "health", "drinking_water"};
static const char *const SECTOR_TYPES[SECTOR_COUNT] = {"EN_EL_SUPPLY", "HE_PROVIDER", "DW_SUPPLY"};
static const struct m_office { const char *id, *kind; unsigned bit, sectors; } M_OFFICES[] = {
    {"csirt", "csirt", CSIRT, 0}, {"ca", "ca", CA, 0}, {"ca-energy", "ca", CA, ENERGY_BIT},
    {"ca-health", "ca", CA, HEALTH_BIT}, {"spoc", "spoc", SPOC, 0}, {"ccma", "ccma", CCMA, 0}};
enum { OFFICE_COUNT = 6 };

struct m_role { unsigned office, sectors; enum access_role_kind role; };
struct m_person {
    char id[20], token[64], login[32];
    bool is_known, has_factor, is_machine; // machine: a token that may file and not read
    unsigned role_count;
    struct m_role roles[2];
};
struct m_mandate { unsigned person, entity; uint32_t scopes; const char *bound; int64_t from_ms, until_ms; bool is_ended; };
struct m_entity { char id[20]; unsigned sectors; int name; }; // name: its secret
struct m_case {
    char id[20];
    const char *procedure;
    int entity;              // -1: none
    unsigned sectors, reach; // kinds of office; of what was filed in it
    bool is_supervision, is_held, is_closed_to_entity, is_released;
    unsigned parties;        // bits of entities
    unsigned members[8], member_count; // cases under it
    bool has_hold;           // of the whole case
    unsigned hold_office, hold_spared;
};
struct m_filing {
    char id[20];
    unsigned at, seen_by; // case; bits, 0: whoever sees the case
    const char *document;
    unsigned who;
    int office, party;    // -1: none
    bool is_frozen, has_hold, has_audience;
    unsigned hold_office, hold_spared, audience; // audience: bits
    char audience_field[32];                     // empty: all fields
};
struct m_secret { int filing; char field[32]; bool is_dead, is_name, is_office_only; }; // office only: the form hides it from parties
struct m_attachment { char id[20]; int filing, name, bytes; };
struct m_mention { unsigned filing, at; };

struct m_world {
    struct world *node;
    struct services services;
    struct reach_config reach;
    struct arena law_arena, scratch;
    struct log_edge edge;
    uint8_t log_secret[NOTE_SECRET_BYTES];
    uint64_t chance;
    unsigned entity_count, case_count, filing_count, secret_count, attachment_count, mandate_count, mention_count, asked;
    struct m_person persons[PERSON_COUNT];
    struct m_entity entities[ENTITY_COUNT];
    struct m_case cases[CASES_MAX];
    struct m_filing filings[FILINGS_MAX];
    struct m_secret secrets[SECRETS_MAX];
    struct m_attachment attachments[ATTACHMENTS_MAX];
    struct m_mandate mandates[MANDATES_MAX];
    struct m_mention mentions[MENTIONS_MAX];
    struct m_id { char kind; unsigned of; } ids[IDS_MAX]; // by number: 'C' case, 'F' filing, 'E' entity, 'A' attachment; 0: not in the model
};
static struct m_world *M;
static uint64_t seed_now;

static inline unsigned draw(unsigned below) { // xorshift64*
    M->chance ^= M->chance >> 12;
    M->chance ^= M->chance << 25;
    M->chance ^= M->chance >> 27;
    return (unsigned)(M->chance * 2685821657736338717u >> 32) % below;
}
static unsigned id_made;
static inline void numbered_id(char prefix, char ret[18]) { (void)snprintf(ret, 18, "%c%016u", prefix, id_made++); }
static inline unsigned id_number(const char *id) { return (unsigned)strtoul(id + 1, NULL, 10) % IDS_MAX; }

static inline const char *text(const char *format, ...) PRINTF_LIKE(1, 2);
static inline const char *text(const char *format, ...) { // in the world's arena
    va_list args;
    char *at = arena_take(&M->node->arena, 4096);
    assert_non_null(at);
    va_start(args, format);
    assert_true(vsnprintf(at, 4096, format, args) < 4096);
    va_end(args);
    return at;
}
// A new secret for FIELD of the filing that is made next.
static inline const char *secret(const char *field) {
    assert_true(M->secret_count < SECRETS_MAX);
    struct m_secret *made = &M->secrets[M->secret_count];
    *made = (struct m_secret){.filing = -1};
    (void)snprintf(made->field, sizeof made->field, "%s", field);
    return text("zq%08u", M->secret_count++);
}

// --- asking ---

static inline void head_sign(void) { // as keys would
    struct buf note;
    struct hash root = tree_root(&M->edge.frontier);
    buf_init(&note, &M->node->arena, NOTE_BYTES_MAX);
    note_sign(&note, M->services.origin, M->edge.frontier.size, &root, M->log_secret);
    signed_head_set(M->services.head, M->edge.frontier.size, buf_span(&note));
}

struct m_answer { unsigned status; struct span body; struct json json; };

// One request. What it writes is kept where KEEP says so, and undone otherwise. Answers live until the next request.
static inline struct m_answer ask(unsigned who, const char *method, const char *path, const char *body, const char *media, bool keep) {
    const struct m_person *person = &M->persons[who];
    struct world *w = M->node;
    if (M->asked++ % 500 == 0) { // no rates here
        access_rates_free(w->access.rates);
        w->access.rates = access_rates_new(M->services.node_secret);
    }
    arena_reset(&M->scratch);
    struct api_request *request = ARENA_NEW(&M->scratch, struct api_request);
    struct api_response response = {0};
    assert_non_null(request);
    size_t query = span_find(span_of(path), '?', 0);
    *request = (struct api_request){.method = span_of(method), .path = span_part(span_of(path), 0, query), .query = span_part(span_of(path), query + 1, strlen(path)),
                                    .peer = SPAN("203.0.113.9"), .received_ms = w->env.now_ms, .arena = &M->scratch, .services = &M->services, .conn = w->reader};
    if (body != NULL) {
        request->body = span_of(body);
        request->headers[request->header_count++] = (struct api_header){SPAN("content-type"), span_of(media)};
    }
    if (person->is_known) request->headers[request->header_count++] = (struct api_header){SPAN("authorization"), arena_printf(&M->scratch, "Bearer %s", person->token)};
    buf_init(&response.body, &M->scratch, 8 << 20);
    api_handle(request, &response);
    struct api_job *job = response.job;
    if (job != NULL) {
        struct why why = {0};
        struct log_edge before = M->edge;
        must(w, store_begin(w->writer, &w->why));
        job->write.now_ms = w->env.now_ms;
        struct err e = job->write.apply(&job->write, w->writer, &M->edge, &why);
        if (!is_err(e) && keep) {
            must(w, store_commit(w->writer, &w->why));
            if (job->write.needs_head) head_sign();
        } else {
            store_rollback(w->writer);
            M->edge = before;
        }
        api_finish(job, e, &why, w->reader);
    }
    struct m_answer answer = {.status = response.status, .body = buf_span(&response.body)};
    if (answer.body.len > 0 && answer.body.at[0] == '{') (void)json_parse(&M->scratch, answer.body, &answer.json, NULL).code;
    return answer;
}
static inline struct m_answer get(unsigned who, const char *path) { return ask(who, "GET", path, NULL, NULL, false); }
static inline struct m_answer post(unsigned who, const char *path, const char *body) { return ask(who, "POST", path, body, "application/json", true); }
static inline struct m_answer must_post(unsigned who, const char *path, const char *body) {
    struct m_answer answer = post(who, path, body);
    if (answer.status < 200 || answer.status > 299)
        fail_msg("seed %llu: person %u, POST %s %s: %u %.*s", (unsigned long long)seed_now, who, path, body, answer.status, SPAN_FMT(answer.body));
    return answer;
}

// --- filing ---

static inline void id_take(char *to, const struct json *answer, const char *name) {
    struct span id = json_get_string(answer, name);
    (void)snprintf(to, 20, "%.*s", SPAN_FMT(id));
}
static inline void id_know(const char *id, char kind, unsigned of) {
    if (id[0] != '\0') M->ids[id_number(id)] = (struct m_id){kind, of};
}
static inline unsigned case_of(const char *id, const char *procedure) {
    for (unsigned i = 0; i < M->case_count; i++)
        if (strcmp(M->cases[i].id, id) == 0) return i;
    assert_true(M->case_count < CASES_MAX);
    struct m_case *made = &M->cases[M->case_count];
    *made = (struct m_case){.procedure = procedure, .entity = -1, .reach = CSIRT | CA};
    (void)snprintf(made->id, sizeof made->id, "%s", id);
    id_know(id, 'C', M->case_count);
    return M->case_count++;
}

struct m_deed { // a filing that is to be made
    unsigned who;
    const char *procedure, *document, *as;
    int at, entity; // case, entity; -1: none
    const char *fields, *attachment;
    unsigned seen_by;
};

// The secrets that were drawn since the last filing belong to this one.
static inline void secrets_settle(int filing) {
    for (unsigned i = M->secret_count; i > 0 && M->secrets[i - 1].filing == -1; i--) M->secrets[i - 1].filing = filing;
}
static inline unsigned filing_note(const struct m_deed *deed, const struct json *answer) {
    char case_id[20];
    assert_true(M->filing_count < FILINGS_MAX);
    struct m_filing *filing = &M->filings[M->filing_count];
    *filing = (struct m_filing){.document = deed->document, .who = deed->who, .office = -1, .party = -1, .seen_by = deed->seen_by};
    id_take(filing->id, answer, "filing");
    id_take(case_id, answer, "case");
    filing->at = case_of(case_id, deed->procedure);
    id_know(filing->id, 'F', M->filing_count);
    for (unsigned i = 0; deed->as != NULL && i < OFFICE_COUNT; i++)
        if (strcmp(M_OFFICES[i].id, deed->as) == 0) filing->office = (int)i; // the keepers' offices are called like their kinds
    secrets_settle((int)M->filing_count);
    return M->filing_count++;
}
static inline const char *deed_body(const struct m_deed *deed) {
    const char *at = deed->at >= 0 ? text("\"case\":\"%s\",", M->cases[deed->at].id) : "";
    const char *entity = deed->entity >= 0 ? text("\"entity\":\"%s\",", M->entities[deed->entity].id) : "";
    const char *as = deed->as != NULL ? text("\"as\":\"%s\",", deed->as) : "";
    const char *attached = deed->attachment != NULL ? text("\"attachments\":[\"%s\"],", deed->attachment) : "";
    return text("{\"procedure\":\"%s\",\"document\":\"%s\",%s%s%s%s\"fields\":{%s}}", deed->procedure, deed->document, at, entity, as, attached, deed->fields);
}
// Files, whatever comes of it is a failure of the test where it is no filing.
static inline unsigned must_file(struct m_deed deed) {
    M->node->env.now_ms += 60 * 1000;
    struct m_answer answer = must_post(deed.who, "/api/v1/filings", deed_body(&deed));
    unsigned filing = filing_note(&deed, &answer.json);
    for (unsigned i = 0; i < M->attachment_count; i++)
        if (deed.attachment != NULL && strcmp(M->attachments[i].id, deed.attachment) == 0) M->attachments[i].filing = (int)filing;
    return filing;
}
// Uploads something whose name and bytes are secrets of the filing that is made next.
static inline const char *attach(unsigned who) {
    assert_true(M->attachment_count < ATTACHMENTS_MAX);
    struct m_attachment *made = &M->attachments[M->attachment_count];
    *made = (struct m_attachment){.filing = -1, .name = (int)M->secret_count};
    const char *name = secret("");
    made->bytes = (int)M->secret_count;
    const char *bytes = secret("");
    struct m_answer answer = ask(who, "POST", text("/api/v1/attachments?name=%s.txt", name), bytes, "text/plain", true);
    assert_int_equal(answer.status, 201);
    id_take(made->id, &answer.json, "id");
    id_know(made->id, 'A', M->attachment_count++);
    return made->id;
}
static inline void mention(unsigned filing, unsigned at) { // of a case in a filing
    assert_true(M->mention_count < MENTIONS_MAX);
    M->mentions[M->mention_count++] = (struct m_mention){filing, at};
}

// --- the node ---

static struct access_office offices_made[OFFICE_COUNT];
static struct span office_sectors[OFFICE_COUNT][SECTOR_COUNT];
static struct reach_office reach_offices[OFFICE_COUNT];

static inline void node_offices(struct world *w) {
    for (unsigned i = 0; i < OFFICE_COUNT; i++) {
        size_t count = 0;
        for (unsigned k = 0; k < SECTOR_COUNT; k++)
            if ((M_OFFICES[i].sectors >> k & 1) != 0) office_sectors[i][count++] = span_of(SECTOR_NAMES[k]);
        offices_made[i] = (struct access_office){.id = span_of(M_OFFICES[i].id), .kind = office_kind_find(M->services.law, span_of(M_OFFICES[i].kind)), .sector_count = count,
                                                 .sectors = office_sectors[i], .name = span_of(M_OFFICES[i].id)};
        reach_offices[i] = (struct reach_office){.id = offices_made[i].id, .kind = span_of(M_OFFICES[i].kind), .name = offices_made[i].id, .is_reminded = true};
    }
    access_fini(&w->access);
    must(w, access_init(&w->access, offices_made, OFFICE_COUNT, NODE_SECRET, 2, &w->why));
    w->access.hasher->ops = 1;
    w->access.hasher->memory_bytes = 8192;
}

static inline int m_open(void **state) {
    struct law *law;
    uint8_t public_key[NOTE_PUBLIC_BYTES];
    if (sodium_init() < 0 || world_open(state) != 0) return -1;
    struct world *w = *state;
    M = mem_take(sizeof *M);
    assert_non_null(M);
    memset(M, 0, sizeof *M);
    M->node = w;
    arena_fini(&w->arena);
    arena_init(&w->arena, (size_t)256 * 1024 * 1024);
    arena_init(&M->law_arena, LIMIT_PACK_ARENA_BYTES);
    arena_init(&M->scratch, (size_t)128 * 1024 * 1024);
    must(w, law_load(&M->law_arena, embedded_law, embedded_law_count, &law, &w->why));
    M->services.law = law;
    node_offices(w);
    M->reach = (struct reach_config){.has_mail = true, .mail_domain = SPAN("node.example"), .bounce_local = SPAN("b"), .bounce_domain = SPAN("node.example"),
                                     .office_count = OFFICE_COUNT, .offices = reach_offices};
    M->services.law_hash = law_hash(law);
    M->services.state = SPAN("BE");
    M->services.node_name = SPAN("Node");
    M->services.origin = SPAN("node.example/log");
    M->services.access = &w->access;
    M->services.public_url = SPAN("https://node.example");
    M->services.reach = &M->reach;
    M->services.random = world_random;
    M->services.random_id = numbered_id;
    M->services.emergency_per_hour = 100;
    M->services.head = signed_head_new();
    atomic_store(&M->services.disk_free_bytes, (int64_t)1 << 40);
    memcpy(M->services.node_secret, NODE_SECRET, sizeof M->services.node_secret);
    assert_non_null(M->services.head);
    must(w, zone_load(&M->law_arena, (const char *)law_zone(law, M->services.state).at, &M->services.zone, &w->why));
    (void)crypto_sign_seed_keypair(public_key, M->log_secret, NODE_SECRET);
    must(w, record_edge_load(w->writer, &w->arena, &M->edge, &w->why));
    return 0;
}
static inline int m_close(void **state) {
    signed_head_free(M->services.head);
    arena_fini(&M->scratch);
    arena_fini(&M->law_arena);
    mem_give(M);
    return world_close(state);
}

#endif
