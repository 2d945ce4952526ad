// SPDX-License-Identifier: EUPL-1.2
/* What happens in the world of test/unit/api/matrix.c before it is looked at: all of it drawn from the seed, all of it filed over the API. */
#ifndef TEST_UNIT_API_MATRIX_STORY_H
#define TEST_UNIT_API_MATRIX_STORY_H

#include "matrix_world.h"

#define NODE (M->node)
#define NOW (M->node->env.now_ms)
#define DONE(EXPR) must(NODE, WRITE(NODE, (EXPR)))
static inline const char *at_ms(int64_t ms) {
    struct span instant = instant_text(&NODE->arena, ms - ms % 1000);
    return text("%.*s", SPAN_FMT(instant));
}

// --- persons ---

static inline void role_give(unsigned who, unsigned office, enum access_role_kind role, unsigned sectors) {
    struct m_person *person = &M->persons[who];
    struct span names[SECTOR_COUNT], id;
    size_t count = 0;
    for (unsigned k = 0; k < SECTOR_COUNT; k++)
        if ((sectors >> k & 1) != 0) names[count++] = span_of(SECTOR_NAMES[k]);
    struct access_role_new new = {.person_id = span_of(person->id), .office = span_of(M_OFFICES[office].id), .role = role, .sector_count = count, .sectors = names};
    DONE(access_role_grant(&NODE->access, NODE->writer, &new, SPAN(""), &NODE->env, &NODE->arena, &id, &NODE->why));
    person->roles[person->role_count++] = (struct m_role){office, sectors, role};
}

static inline void person_make(unsigned who) {
    struct m_person *person = &M->persons[who];
    struct access_env later = NODE->env;
    struct access_signed_in in;
    (void)snprintf(person->login, sizeof person->login, "p%u@node.example", who);
    struct span id = world_person(NODE, person->login);
    (void)snprintf(person->id, sizeof person->id, "%.*s", SPAN_FMT(id));
    person->is_known = true;
    person->has_factor = who < P_OFFICER || who >= P_ADMIN || draw(6) != 0;
    later.now_ms += 60 * MS_PER_DAY; // sessions that outlive the story
    DONE(access_session_open(NODE->writer, span_of(person->id), person->has_factor, &later, &NODE->arena, &in, &NODE->why));
    (void)snprintf(person->token, sizeof person->token, "%.*s", SPAN_FMT(in.token));
}

static inline void machine_make(void) { // a token of an officer that may file and not read
    struct m_person *machine = &M->persons[P_MACHINE];
    struct access_env later = NODE->env;
    struct principal who = {.is_known = true, .is_totp_done = true, .means = MEANS_SESSION, .scopes = SCOPE_ALL, .person_id = span_of(machine->id), .role_count = 1};
    struct role role = {.office = SPAN("csirt"), .kind = offices_made[0].kind, .role = ROLE_OFFICER};
    struct span id, token;
    who.roles = &role;
    DONE(access_token_create(NODE->writer, &who, &(struct access_token_new){.name = SPAN("machine"), .scopes = SCOPE_FILE, .expires_ms = NOW + 90 * MS_PER_DAY}, &later,
                             &NODE->arena, &id, &token, &NODE->why));
    (void)snprintf(machine->token, sizeof machine->token, "%.*s", SPAN_FMT(token));
    machine->is_machine = true;
}

static inline void persons_make(void) {
    for (unsigned i = 0; i < P_NOBODY; i++) person_make(i);
    role_give(P_CSIRT, 0, ROLE_HEAD, 0);
    role_give(P_CA, 1, ROLE_HEAD, 0);
    role_give(P_SPOC, 4, ROLE_HEAD, 0);
    role_give(P_CCMA, 5, ROLE_OFFICER, 0);
    role_give(P_MACHINE, 0, ROLE_OFFICER, 0);
    for (unsigned i = 0; i < OFFICER_COUNT; i++)
        for (unsigned k = draw(3) == 0 ? 2 : 1; k > 0; k--) {
            unsigned office = draw(OFFICE_COUNT), bound = draw(2) == 0 ? 0 : 1 + draw(7);
            if (M_OFFICES[office].sectors != 0) bound &= M_OFFICES[office].sectors;
            if (M->persons[P_OFFICER + i].role_count > 0 && M->persons[P_OFFICER + i].roles[0].office == office) continue; // one role at an office
            role_give(P_OFFICER + i, office, (enum access_role_kind)(ROLE_READER + (int)draw(3)), bound);
        }
    struct value admin[] = {value_text(span_of(M->persons[P_ADMIN].id)), value_int(1)};
    DONE(store_write(NODE->writer, STMT_ACCESS_PERSON_SET_ADMINISTRATOR, admin, 2, NULL, &NODE->why));
    machine_make();
}

// --- the register ---

static inline void register_entity(unsigned i) {
    struct m_entity *entity = &M->entities[i];
    unsigned owner = i % COMPANY_COUNT;
    entity->sectors = 1U << draw(SECTOR_COUNT) | (draw(3) == 0 ? 1U << draw(SECTOR_COUNT) : 0);
    entity->name = (int)M->secret_count;
    const char *name = secret("name"), *street = secret("address"), *contact = secret("contacts"), *types = "";
    M->secrets[entity->name].is_name = true;
    for (unsigned k = 0; k < SECTOR_COUNT; k++)
        if ((entity->sectors >> k & 1) != 0) types = text("%s%s\"%s\"", types, types[0] != '\0' ? "," : "", SECTOR_TYPES[k]);
    const char *fields = text("\"name\":\"%s\",\"national_number\":\"DEMO-%u\",\"address\":{\"street\":\"%s\",\"postal_code\":\"0000\",\"city\":\"Demoville\",\"country\":\"BE\"},"
                              "\"contacts\":[{\"role\":\"security\",\"name\":\"%s\",\"email\":\"desk%u@entity.example\",\"phone\":\"+999 1 234 56 78\"}],"
                              "\"entity_types\":[%s],\"services_states\":[\"BE\"],\"staff\":\"320\",\"turnover_eur\":\"90000000\",\"balance_eur\":\"70000000\"",
                              name, i, street, contact, i, types);
    NOW += 60 * 1000;
    struct m_deed deed = {.who = owner, .procedure = "registration", .document = "registration", .at = -1, .entity = -1, .fields = fields};
    struct m_answer answer = must_post(owner, "/api/v1/filings", deed_body(&deed));
    id_take(entity->id, &answer.json, "entity");
    id_know(entity->id, 'E', i);
    unsigned filing = filing_note(&deed, &answer.json);
    struct m_case *of = &M->cases[M->filings[filing].at];
    of->entity = (int)i;
    of->sectors = entity->sectors;
    of->reach = CSIRT | CA | SPOC;
    M->mandates[M->mandate_count++] = (struct m_mandate){.person = owner, .entity = i, .scopes = MANDATE_ALL, .bound = "", .until_ms = INSTANT_NONE};
    (void)must_file((struct m_deed){.who = P_CA, .procedure = "registration", .document = "approval", .as = "ca", .at = (int)M->filings[filing].at, .entity = -1,
                                    .fields = text("\"class\":\"essential\",\"grounds\":\"%s\"", secret("grounds"))});
    if (draw(2) == 0)
        (void)must_file((struct m_deed){.who = owner, .procedure = "registration", .document = "products_declaration", .as = "entity", .at = (int)M->filings[filing].at, .entity = -1,
                                        .seen_by = CSIRT | ENTITY, .fields = text("\"products\":[{\"supplier\":\"%s\",\"product\":\"Gate\"}]", secret("products"))});
    M->entity_count++;
}

// --- who may act ---

static const char *const BOUNDS[] = {"", "", "incident", "incident/notification", "registration", "advisory"};

static inline void mandates_draw(unsigned count) {
    for (unsigned i = 0; i < count; i++) {
        unsigned person = draw(COMPANY_COUNT), entity = draw(M->entity_count);
        uint32_t scopes = 1 + draw(7);
        int64_t from_ms = draw(5) == 0 ? NOW + 20 * MS_PER_DAY : NOW, until_ms = draw(3) == 0 ? NOW + MS_PER_HOUR : INSTANT_NONE;
        struct access_mandate_new new = {.person_id = span_of(M->persons[person].id), .entity = span_of(M->entities[entity].id), .scopes = scopes, .from_ms = from_ms,
                                         .until_ms = until_ms <= from_ms && until_ms != INSTANT_NONE ? from_ms + MS_PER_HOUR : until_ms, .ground = SPAN("drawn"),
                                         .procedures = span_of(BOUNDS[draw(6)])};
        struct span id;
        DONE(access_mandate_grant(NODE->writer, &new, SPAN(""), &NODE->env, &NODE->arena, &id, &NODE->why));
        M->mandates[M->mandate_count++] = (struct m_mandate){person, entity, scopes, (const char *)arena_text(&NODE->arena, new.procedures), from_ms, new.until_ms, false};
    }
}

// A firm of two persons with a mandate for an entity; the second works under part of it and perhaps leaves.
static inline void firm_draw(void) {
    unsigned manager = draw(COMPANY_COUNT), worker = (manager + 1 + draw(COMPANY_COUNT - 1)) % COMPANY_COUNT, entity = draw(M->entity_count), owner = entity % COMPANY_COUNT;
    char firm[20], mandate[20];
    struct m_answer made = must_post(manager, "/api/v1/firms", "{\"name\":\"Firm\"}");
    id_take(firm, &made.json, "id");
    (void)must_post(manager, text("/api/v1/firms/%s/members", firm), text("{\"login\":\"%s\"}", M->persons[worker].login));
    made = must_post(owner, text("/api/v1/entities/%s/mandates", M->entities[entity].id),
                     text("{\"firm\":\"%s\",\"scopes\":[\"read\",\"file\"],\"ground\":\"our law firm\",\"capacity\":\"law_firm\"}", firm));
    id_take(mandate, &made.json, "id");
    (void)must_post(manager, text("/api/v1/firms/%s/mandates/%s/assigned", firm, mandate), text("{\"login\":\"%s\",\"scopes\":[\"read\"]}", M->persons[worker].login));
    M->mandates[M->mandate_count++] = (struct m_mandate){worker, entity, MANDATE_READ, "", NOW, INSTANT_NONE, draw(2) == 0};
    if (!M->mandates[M->mandate_count - 1].is_ended) return;
    struct m_answer ended = ask(manager, "DELETE", text("/api/v1/firms/%s/members/%s", firm, M->persons[worker].id), NULL, NULL, true);
    assert_int_equal(ended.status, 204);
}

// Somebody leaves an entity: all her mandates for it end, those by a firm too.
static inline void leaver_draw(void) {
    unsigned entity = draw(M->entity_count), owner = entity % COMPANY_COUNT, leaver = (owner + 1 + draw(COMPANY_COUNT - 1)) % COMPANY_COUNT;
    (void)must_post(owner, "/api/v1/leavers", text("{\"login\":\"%s\",\"entity\":\"%s\"}", M->persons[leaver].login, M->entities[entity].id));
    M->mandates[M->mandate_count++] = (struct m_mandate){.person = leaver, .entity = entity, .bound = ""}; // her account says where she was seen off
    for (unsigned i = 0; i < M->mandate_count; i++)
        if (M->mandates[i].person == leaver && M->mandates[i].entity == entity) M->mandates[i].is_ended = true;
}

// --- cases of the desk ---

static inline unsigned incident_draw(void) {
    unsigned entity = draw(M->entity_count), owner = entity % COMPANY_COUNT;
    bool is_cross = draw(3) == 0;
    const char *cross = is_cross ? "\"cross_border\":\"yes\",\"affected_states\":[\"FR\"]" : "\"cross_border\":\"no\"";
    unsigned warned = must_file((struct m_deed){
        .who = owner, .procedure = "incident", .document = "early_warning", .at = -1, .entity = (int)entity, .attachment = draw(3) == 0 ? attach(owner) : NULL,
        .fields = text("\"aware_at\":\"%s\",\"suspected_malicious\":\"unknown\",%s,\"summary\":\"%s\",\"contact_name\":\"%s\"", at_ms(NOW - MS_PER_HOUR), cross, secret("summary"),
                       secret("contact_name"))});
    struct m_case *of = &M->cases[M->filings[warned].at];
    of->entity = (int)entity;
    of->sectors = M->entities[entity].sectors;
    if (is_cross) of->reach |= SPOC;
    if (draw(2) == 0)
        (void)must_file((struct m_deed){.who = owner, .procedure = "incident", .document = "notification", .as = "entity", .at = (int)M->filings[warned].at, .entity = -1,
                                        .attachment = draw(3) == 0 ? attach(owner) : NULL,
                                        .fields = text("\"suspected_malicious\":\"no\",%s,\"severity\":\"medium\",\"impact\":\"%s\",\"indicators\":\"%s\"", cross, secret("impact"), secret("indicators"))});
    return M->filings[warned].at;
}

static inline void forward_draw(unsigned at, unsigned who, const char *as) {
    static const struct { const char *to; unsigned bit; } TO[] = {{"spoc", SPOC}, {"ccma", CCMA}};
    unsigned to = draw(2);
    (void)must_file((struct m_deed){.who = who, .procedure = M->cases[at].procedure, .document = "forward", .as = as, .at = (int)at, .entity = -1, .seen_by = OFFICES_ALL,
                                    .fields = text("\"to\":\"%s\",\"ground\":\"crisis\",\"reason\":\"%s\"", TO[to].to, secret("reason"))});
    M->cases[at].reach |= TO[to].bit;
}

// One document of an office, or of the entity, in a case of the desk.
static inline void document_draw(unsigned at) {
    struct m_case *of = &M->cases[at];
    bool by_ca = draw(2) == 0;
    unsigned who = by_ca ? P_CA : P_CSIRT;
    const char *as = by_ca ? "ca" : "csirt";
    struct m_deed deed = {.who = who, .procedure = of->procedure, .as = as, .at = (int)at, .entity = -1};
    bool is_incident = strcmp(of->procedure, "incident") == 0 && !of->is_held && of->entity >= 0;
    switch (draw(is_incident ? 9 : 5)) {
    case 0:
        deed.document = "note", deed.seen_by = CSIRT | CA, deed.attachment = draw(2) == 0 ? attach(who) : NULL;
        deed.fields = text("\"text\":\"%s\"", secret("text"));
        break;
    case 1:
        deed.document = "handover", deed.seen_by = OFFICES_ALL;
        deed.fields = text("\"text\":\"%s\",\"owner\":\"%s\"", secret("text"), M->persons[who].id);
        break;
    case 2:
        deed.document = "task", deed.seen_by = OFFICES_ALL;
        deed.fields = text("\"what\":\"%s\",\"until\":\"%s\"", secret("what"), at_ms(NOW + MS_PER_DAY));
        break;
    case 3: forward_draw(at, who, as); return;
    case 4:
        deed.document = "assignment", deed.seen_by = OFFICES_ALL;
        deed.fields = text("\"owner\":\"%s\"", M->persons[who].id);
        break;
    case 5:
        deed.document = "answer", deed.fields = text("\"feedback\":\"%s\"", secret("feedback"));
        break;
    case 6:
        deed.document = "guidance", deed.fields = text("\"guidance\":\"%s\"", secret("guidance"));
        break;
    case 7:
        deed.document = "dpa_information", deed.seen_by = OFFICES_ALL, deed.who = P_CA, deed.as = "ca";
        deed.fields = text("\"authority\":\"%s\",\"informed_at\":\"%s\",\"ground\":\"cooperation\",\"passed\":\"%s\"", secret("authority"), at_ms(NOW - MS_PER_HOUR), secret("passed"));
        break;
    default:
        deed.document = "support_request", deed.who = (unsigned)of->entity % COMPANY_COUNT, deed.as = "entity";
        deed.fields = text("\"request\":\"%s\"", secret("request"));
        break;
    }
    (void)must_file(deed);
}

// Two cases of the desk are linked: each shows the other to offices that see both.
static inline void link_draw(unsigned a, unsigned b) {
    unsigned filing = must_file((struct m_deed){.who = P_CSIRT, .procedure = M->cases[a].procedure, .document = "link", .as = "csirt", .at = (int)a, .entity = -1, .seen_by = OFFICES_ALL,
                                                .fields = text("\"other\":\"%s\",\"kind\":\"related\",\"reason\":\"%s\"", M->cases[b].id, secret("reason"))});
    mention(filing, b);
}

// --- supervision, advisories, campaigns, reports without account ---

static inline void supervision_draw(unsigned from) {
    unsigned entity = (unsigned)M->cases[from].entity;
    unsigned filing = must_file((struct m_deed){.who = P_CSIRT, .procedure = "supervision", .document = "referral", .as = "csirt", .at = -1, .entity = (int)entity, .attachment = attach(P_CSIRT), .seen_by = CSIRT | CA,
                                                .fields = text("\"ground\":\"late\",\"text\":\"%s\",\"from_case\":\"%s\"", secret("text"), M->cases[from].id)});
    unsigned at = M->filings[filing].at;
    struct m_case *of = &M->cases[at];
    mention(filing, from);
    of->is_supervision = of->is_closed_to_entity = true;
    of->entity = (int)entity;
    of->sectors = M->entities[entity].sectors;
    of->reach = CA;
    (void)must_file((struct m_deed){.who = P_CA, .procedure = "supervision", .document = "note", .as = "ca", .at = (int)at, .entity = -1, .seen_by = CSIRT | CA,
                                    .attachment = attach(P_CA), .fields = text("\"text\":\"%s\"", secret("text"))});
}

static inline void advisory_draw(void) {
    unsigned parties = 1 + draw((1U << M->entity_count) - 1);
    const char *named = "", *version;
    for (unsigned i = 0; i < M->entity_count; i++)
        if ((parties >> i & 1) != 0) named = text("%s%s\"%s\"", named, named[0] != '\0' ? "," : "", M->entities[i].id);
    unsigned filing = must_file((struct m_deed){
        .who = P_CSIRT, .procedure = "advisory", .document = "advisory", .at = -1, .entity = -1, .attachment = attach(P_CSIRT),
        .fields = text("\"title\":\"%s\",\"kind\":\"alert\",\"text\":\"%s\",\"severity\":\"high\",\"tlp\":\"TLP:AMBER\",\"selection\":{\"entities\":[%s]}", secret("title"), secret("text"), named)});
    unsigned at = M->filings[filing].at;
    M->cases[at].parties = parties;
    if (draw(4) == 0) return; // a draft
    struct m_answer shown = must_post(P_CSIRT, "/api/v1/selections/preview", text("{\"selection\":{\"entities\":[%s]}}", named));
    struct span found = json_get_string(&shown.json, "version");
    version = text("%.*s", SPAN_FMT(found));
    (void)must_file((struct m_deed){.who = P_CSIRT, .procedure = "advisory", .document = "advisory_release", .at = (int)at, .entity = -1,
                                    .fields = text("\"preview\":\"%s\"", version)});
    M->cases[at].is_released = true;
    for (unsigned i = 0; i < M->entity_count; i++)
        if ((parties >> i & 1) != 0 && draw(2) == 0) {
            unsigned noted = must_file((struct m_deed){.who = i % COMPANY_COUNT, .procedure = "advisory", .document = "acknowledgement", .as = "party", .at = (int)at, .entity = (int)i,
                                                       .fields = text("\"note\":\"%s\"", secret("note"))});
            M->filings[noted].party = (int)i;
        }
}

static inline void campaign_draw(const unsigned *cases, unsigned count) {
    unsigned filing = must_file((struct m_deed){
        .who = P_CSIRT, .procedure = "campaign", .document = "campaign", .at = -1, .entity = -1,
        .fields = text("\"title\":\"%s\",\"cause\":\"%s\",\"first_seen\":\"%s\",\"count_as\":\"one\",\"count_ground\":\"One.\"", secret("title"), secret("cause"), at_ms(NOW - MS_PER_DAY))});
    unsigned at = M->filings[filing].at;
    const char *named = "";
    for (unsigned i = 0; i < count; i++) {
        named = text("%s%s\"%s\"", named, i > 0 ? "," : "", M->cases[cases[i]].id);
        M->cases[at].members[M->cases[at].member_count++] = cases[i];
    }
    unsigned added = must_file((struct m_deed){.who = P_CSIRT, .procedure = "campaign", .document = "campaign_add", .at = (int)at, .entity = -1,
                                    .fields = text("\"cases\":[%s],\"ground\":\"%s\"", named, secret("ground"))});
    for (unsigned i = 0; i < count; i++) mention(added, cases[i]);
    (void)must_file((struct m_deed){.who = P_CSIRT, .procedure = "campaign", .document = "campaign_guidance", .at = (int)at, .entity = -1,
                                    .fields = text("\"title\":\"%s\",\"text\":\"%s\",\"tlp\":\"TLP:AMBER\"", secret("title"), secret("text"))});
}

static inline void emergency_draw(void) {
    struct m_deed deed = {.who = P_NOBODY, .procedure = "incident", .document = "emergency_filing"};
    struct m_answer answer = must_post(P_NOBODY, "/api/v1/emergency",
                                       text("{\"fields\":{\"organisation\":\"%s\",\"contact_name\":\"%s\",\"contact_phone\":\"+32 2 123 45 67\",\"summary\":\"%s\"}}", secret("organisation"),
                                            secret("contact_name"), secret("summary")));
    unsigned filing = filing_note(&deed, &answer.json);
    M->cases[M->filings[filing].at].is_held = true;
    M->cases[M->filings[filing].at].reach = CSIRT;
}

static inline void voluntary_draw(void) {
    (void)must_file((struct m_deed){.who = draw(COMPANY_COUNT), .procedure = "incident", .document = "voluntary_notification", .at = -1, .entity = -1,
                                    .fields = text("\"kind\":\"near_miss\",\"summary\":\"%s\"", secret("summary"))});
}

// --- markings, spills, holds, erasure ---

static inline int filing_pick(const char *document) {
    for (unsigned i = 0, from = draw(M->filing_count); i < M->filing_count; i++) {
        unsigned at = (from + i) % M->filing_count;
        const struct m_filing *filing = &M->filings[at];
        if (strcmp(filing->document, document) == 0 && !filing->is_frozen && !filing->has_hold && !filing->has_audience && !M->cases[filing->at].has_hold) return (int)at;
    }
    return -1;
}

static inline void marking_draw(void) {
    static const struct { const char *document, *field; } WHICH[] = {{"early_warning", "summary"}, {"notification", "impact"}, {"answer", "feedback"}, {"note", "text"}};
    unsigned which = draw(4);
    int target = filing_pick(WHICH[which].document);
    if (target < 0) return;
    struct m_filing *filing = &M->filings[target];
    bool is_ca = draw(2) == 0, has_entity = draw(2) == 0, is_whole = draw(2) == 0;
    if (M->cases[filing->at].is_supervision) return;
    (void)must_file((struct m_deed){.who = P_CSIRT, .procedure = M->cases[filing->at].procedure, .document = "marking_raised", .as = "csirt", .at = (int)filing->at, .entity = -1,
                                    .seen_by = filing->seen_by, // what speaks of a filing is seen by those who see it
                                    .fields = text("\"filing\":\"%s\",%s\"label\":\"%s\",\"offices\":[\"%s\"],\"basis\":\"NIS2 13(5)\",\"reason\":\"%s\"%s", filing->id,
                                                   is_whole ? "" : text("\"names\":[{\"name\":\"%s\"}],", WHICH[which].field), draw(2) == 0 ? "TLP:RED" : "TLP:AMBER+STRICT",
                                                   is_ca ? "ca" : "csirt", secret("reason"), has_entity ? ",\"with_entity\":true" : "")});
    filing->has_audience = true;
    filing->audience = (is_ca ? CA : CSIRT) | (has_entity ? ENTITY : 0U);
    if (!is_whole) (void)snprintf(filing->audience_field, sizeof filing->audience_field, "%s", WHICH[which].field);
}

static inline void spill_draw(void) {
    int target = filing_pick(draw(2) == 0 ? "early_warning" : "note");
    if (target < 0 || M->cases[M->filings[target].at].is_supervision) return;
    (void)must_file((struct m_deed){.who = P_CSIRT, .procedure = M->cases[M->filings[target].at].procedure, .document = "spill", .as = "csirt", .at = (int)M->filings[target].at, .entity = -1,
                                    .seen_by = M->filings[target].seen_by,
                                    .fields = text("\"filing\":\"%s\",\"kind\":\"classified\",\"reason\":\"%s\"", M->filings[target].id, secret("reason"))});
    M->filings[target].is_frozen = true;
}

static inline void hold_draw(unsigned at, bool is_whole) {
    int target = -1;
    bool is_spared = draw(2) == 0;
    for (unsigned i = 0; i < M->filing_count && !is_whole; i++)
        if (M->filings[i].at == at && !M->filings[i].is_frozen && !M->filings[i].has_audience) target = (int)i;
    if (!is_whole && target < 0) return;
    (void)must_file((struct m_deed){.who = P_CA, .procedure = M->cases[at].procedure, .document = "hold", .as = "ca", .at = (int)at, .entity = -1,
                                    .seen_by = target >= 0 && M->filings[target].seen_by != 0 ? M->filings[target].seen_by & (CSIRT | CA | SPOC) : CSIRT | CA | SPOC,
                                    .fields = text("%s%s\"ground\":\"public_security\",\"reason\":\"%s\"", is_whole ? "" : text("\"filing\":\"%s\",", M->filings[target].id),
                                                   is_spared ? "\"spared\":[\"csirt\"]," : "", secret("reason"))});
    if (is_whole) M->cases[at].has_hold = true, M->cases[at].hold_office = 1, M->cases[at].hold_spared = is_spared ? CSIRT : 0;
    else M->filings[target].has_hold = true, M->filings[target].hold_office = 1, M->filings[target].hold_spared = is_spared ? CSIRT : 0;
}

static inline void erasure_draw(void) {
    int target = filing_pick("answer");
    if (target < 0) return;
    char case_id[20];
    struct m_answer answer = must_post(P_CA, "/api/v1/filings", text("{\"procedure\":\"erasure\",\"document\":\"erasure\",\"as\":\"ca\",\"fields\":{\"target\":\"%s\",\"ground\":\"no_longer_needed\",\"reason\":\"Not needed.\"}}",
                                                                     M->filings[target].id));
    id_take(case_id, &answer.json, "case");
    for (unsigned i = 0; i < M->secret_count; i++)
        if (M->secrets[i].filing == target) M->secrets[i].is_dead = true;
}

static inline void story_draw(void) {
    unsigned desk[8], count = 0;
    persons_make();
    for (unsigned i = 0; i < ENTITY_COUNT; i++) register_entity(i);
    mandates_draw(14);
    firm_draw();
    for (; count < 7; count++) desk[count] = incident_draw();
    voluntary_draw();
    emergency_draw();
    for (unsigned i = 0; i < 36; i++) document_draw(desk[draw(count)]);
    document_draw(M->filings[(unsigned)filing_pick("registration")].at);
    link_draw(desk[0], desk[1]);
    supervision_draw(desk[2]);
    advisory_draw();
    advisory_draw();
    campaign_draw(&desk[3], 2);
    for (unsigned i = 0; i < 4; i++) marking_draw();
    erasure_draw();
    spill_draw();
    hold_draw(desk[4], true);
    hold_draw(desk[5], false);
    firm_draw();
    leaver_draw();
    NOW += 2 * MS_PER_HOUR; // some mandates have ended
    DONE(reach_work(&M->services, NODE->writer, NOW, &NODE->arena, &NODE->why));
}

#endif
