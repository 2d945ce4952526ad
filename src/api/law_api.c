// SPDX-License-Identifier: EUPL-1.2
/* The law as data: scope questions without account, packs, procedures, forms. */
#include "api/resources.h"
#include "law/cited.h"
#include "law/find.h"
#include "law/control.h"
#include "law/ceiling.h"
#include "law/grid.h"
#include "law/pack.h"
#include "law/pack_rows.h"
#include "law/procedure.h"
#include "law/scope.h"

static struct err date_of(const struct api_request *request, struct civil *ret, struct why *why) {
    *ret = zone_date(request->services->zone, request->received_ms);
    struct span wanted = api_query(request, "at");
    if (wanted.at != NULL && !civil_parse(wanted, ret)) return why_set(why, ERR_INPUT, "at", "api.query", "", "at must be a date like 2026-11-22");
    return err_none();
}

static struct err post_scope(struct api_request *request, struct api_response *response, struct why *why) {
    struct json facts;
    struct civil at;
    struct scope_answer answer;
    TRY(api_body(request, &facts, why));
    TRY(date_of(request, &at, why));
    TRY(scope_answer_make(request->services->law, &facts, request->services->state, at, request->arena, &answer, why));
    struct json_out out;
    api_json(response, 200, &out);
    scope_write_json(&out, &answer, request->lang);
    return err_none();
}

static struct err post_significance(struct api_request *request, struct api_response *response, struct why *why) {
    const struct services *services = request->services;
    struct json facts;
    struct civil at;
    struct grid_answer answer;
    TRY(api_body(request, &facts, why));
    TRY(date_of(request, &at, why));
    TRY(grid_answer_make(services->law, &facts, services->state, services->zone, at, request->received_ms, request->arena, &answer, why));
    struct json_out out;
    api_json(response, 200, &out);
    grid_write_json(&out, &answer, request->lang);
    return err_none();
}

static struct err post_ceilings(struct api_request *request, struct api_response *response, struct why *why) {
    const struct services *services = request->services;
    struct ceiling_question question = {.law = services->law, .state = services->state, .lang = request->lang};
    struct json asked;
    struct buf text;
    struct json_out answer, out;
    TRY(api_body(request, &asked, why));
    TRY(date_of(request, &question.at, why));
    buf_init(&text, request->arena, LIMIT_JSON_BYTES);
    json_out_init(&answer, &text);
    TRY(ceiling_answer_json(&question, &asked, request->arena, &answer, why));
    if (text.is_failed) return err_make(ERR_MEMORY);
    api_json(response, 200, &out);
    json_out_raw(&out, buf_span(&text));
    return err_none();
}

static struct err get_significance_facts(struct api_request *request, struct api_response *response, struct why *why) {
    (void)why;
    struct json_out out;
    api_json(response, 200, &out);
    grid_write_facts(&out, request->services->law, request->services->state, request->lang, request->arena);
    return err_none();
}

static void write_languages(struct json_out *out, const struct pack *pack, const char *name) {
    const struct yaml *list = pack->manifest == NULL ? NULL : yaml_get(pack->manifest, name);
    json_out_name(out, name);
    json_out_array(out);
    for (size_t i = 0; list != NULL && i < list->count; i++) json_out_string(out, list->items[i].text);
    json_out_array_end(out);
}

static struct err get_packs(struct api_request *request, struct api_response *response, struct why *why) {
    (void)why;
    const struct law *law = request->services->law;
    struct json_out out;
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_name(&out, "packs");
    json_out_array(&out);
    for (size_t i = 0; i < law_pack_count(law); i++) {
        const struct pack *pack = law_pack_at(law, i);
        struct buf hash;
        buf_init(&hash, request->arena, 128);
        buf_add_hex(&hash, hash_span(&pack->hash));
        json_out_object(&out);
        json_out_member_string(&out, "id", pack->id);
        json_out_member_string(&out, "title", pack->title);
        json_out_member_string(&out, "version", pack->version);
        json_out_name(&out, "from");
        if (pack->has_from) json_out_string(&out, civil_text(request->arena, pack->from));
        else json_out_null(&out);
        json_out_member_bool(&out, "proposal", pack_is_proposal(pack));
        json_out_member_string(&out, "hash", buf_span(&hash));
        write_languages(&out, pack, "languages");
        write_languages(&out, pack, "official");
        json_out_object_end(&out);
    }
    json_out_array_end(&out);
    json_out_object_end(&out);
    return err_none();
}

static struct err write_catalogue(struct api_request *request, struct api_response *response, const char *file, struct why *why) {
    const struct yaml *root = pack_file_root(law_pack(request->services->law, SPAN("eu/nis2")), file);
    if (root == NULL) return why_set(why, ERR_NOT_FOUND, "", "law.file", "", "the pack has no %s", file);
    struct json_out out;
    api_json(response, 200, &out);
    yaml_write_json(&out, root);
    return err_none();
}

static struct span cell(const struct yaml *row, const char *name) {
    const struct yaml *found = yaml_get(row, name);
    return found != NULL && found->type == YAML_SCALAR ? found->text : span_make(NULL, 0);
}

static void write_word(struct api_request *request, struct json_out *out, const char *name, const char *prefix, struct span id) {
    struct span key = arena_printf(request->arena, "%s.%.*s", prefix, SPAN_FMT(id));
    json_out_member_string(out, name, id.len == 0 ? id : law_word(request->services->law, request->services->state, key, request->lang));
}

// The types with what people call them and their sectors, for whoever has to choose one.
static struct err get_named_types(struct api_request *request, struct api_response *response, struct why *why) {
    const struct yaml *types = yaml_get(pack_file_root(law_pack(request->services->law, SPAN("eu/nis2")), "types.yaml"), "types");
    struct json_out out;
    (void)why;
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_name(&out, "types");
    json_out_array(&out);
    for (size_t i = 0; types != NULL && types->type == YAML_SEQUENCE && i < types->count; i++) {
        const struct yaml *row = &types->items[i];
        struct span code = cell(row, "code"), sector = cell(row, "sector"), part = cell(row, "subsector");
        json_out_object(&out);
        json_out_member_string(&out, "code", code);
        write_word(request, &out, "label", "type", code);
        json_out_member_string(&out, "annex", cell(row, "annex"));
        json_out_member_string(&out, "sector", sector);
        write_word(request, &out, "sector_label", "sector", sector);
        json_out_member_string(&out, "subsector", part);
        write_word(request, &out, "subsector_label", "subsector", part);
        json_out_member_string(&out, "article", cell(row, "article"));
        json_out_object_end(&out);
    }
    json_out_array_end(&out);
    json_out_object_end(&out);
    return err_none();
}

static void write_values(struct api_request *request, struct json_out *out, const struct yaml *row) {
    const struct yaml *values = yaml_get(row, "values");
    json_out_name(out, "values");
    json_out_array(out);
    for (size_t i = 0; values != NULL && i < values->count; i++) {
        struct span key = arena_printf(request->arena, "%.*s.%.*s", SPAN_FMT(cell(row, "name")), SPAN_FMT(values->items[i].text));
        json_out_object(out);
        json_out_member_string(out, "value", values->items[i].text);
        write_word(request, out, "label", "fact_value", key);
        json_out_object_end(out);
    }
    json_out_array_end(out);
}

// The facts with what people call them, the question for each and its choices.
static struct err get_named_facts(struct api_request *request, struct api_response *response, struct why *why) {
    const struct yaml *facts = yaml_get(pack_file_root(law_pack(request->services->law, SPAN("eu/nis2")), "facts.yaml"), "facts");
    struct json_out out;
    (void)why;
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_name(&out, "facts");
    json_out_array(&out);
    for (size_t i = 0; facts != NULL && i < facts->count; i++) {
        const struct yaml *row = &facts->items[i];
        struct span name = cell(row, "name");
        json_out_object(&out);
        json_out_member_string(&out, "name", name);
        json_out_member_string(&out, "type", cell(row, "type"));
        write_word(request, &out, "label", "fact", name);
        write_word(request, &out, "question", "ask", name);
        json_out_member_string(&out, "article", cell(row, "article"));
        write_values(request, &out, row);
        struct span form = cell(row, "form");
        json_out_member_string(&out, "form", form.len > 0 ? form : span_make(NULL, 0));
        json_out_object_end(&out);
    }
    json_out_array_end(&out);
    json_out_object_end(&out);
    return err_none();
}

static struct err get_types(struct api_request *request, struct api_response *response, struct why *why) {
    return write_catalogue(request, response, "types.yaml", why);
}

static struct err get_facts(struct api_request *request, struct api_response *response, struct why *why) {
    return write_catalogue(request, response, "facts.yaml", why);
}

static struct err get_controls(struct api_request *request, struct api_response *response, struct why *why) {
    struct span wanted = api_query(request, "catalogue");
    struct json_out out;
    api_json(response, 200, &out);
    if (wanted.at != NULL) return catalogue_write_json(&out, request->services->law, wanted, request->lang, why);
    json_out_object(&out);
    json_out_name(&out, "catalogues");
    catalogues_write_json(&out, request->services->law, request->lang);
    json_out_object_end(&out);
    return err_none();
}

static struct err get_find(struct api_request *request, struct api_response *response, struct why *why) {
    struct json_out out;
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_name(&out, "found");
    TRY(law_find_write(&out, request->services->law, request->services->state, api_query(request, "q"), request->lang, why));
    json_out_object_end(&out);
    return err_none();
}
static const struct route_param FIND[] = {{"q", "string", "words of a text, an article, or a term of the first Directive; in English, French or German"}, {NULL, NULL, NULL}};

static struct err get_articles(struct api_request *request, struct api_response *response, struct why *why) {
    struct json_out out;
    api_json(response, 200, &out);
    return law_cited_write(&out, request->services->law, request->services->state, api_query(request, "cite"), request->lang, why);
}
static const struct route_param CITE[] = {{"cite", "string", "an article as rows write it, with its act or without (the Directive's); without it the articles of the Directive with how many rows cite each"}, {NULL, NULL, NULL}};

static struct err get_procedures(struct api_request *request, struct api_response *response, struct why *why) {
    struct civil at;
    TRY(date_of(request, &at, why));
    struct json_out out;
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_name(&out, "procedures");
    procedure_write_list(&out, request->services->law, request->services->state, at, request->lang);
    json_out_object_end(&out);
    return err_none();
}

static struct err get_form(struct api_request *request, struct api_response *response, struct why *why) {
    struct civil at;
    TRY(date_of(request, &at, why));
    struct json_out out;
    api_json(response, 200, &out);
    return procedure_write_form(&out, request->services->law, request->services->state, at, request->params[0], request->params[1], request->lang, why);
}

static const struct route_param CONTROLS[] = {{"catalogue", "string", "one of them with its controls, such as eu/ir-2024-2690; without it a list"}, {NULL, NULL, NULL}};
static const struct route_param AT[] = {{"at", "string", "the law of which day; today by default"}, {NULL, NULL, NULL}};

const struct route routes_law[] = {
    {"POST", "/api/v1/scope", post_scope, AUTH_NONE, 0, RATE_OPEN, "law", "Does the Directive apply: guidance on the facts given, not a decision", "ScopeFacts", "ScopeAnswer", 200, AT, false},
    {"POST", "/api/v1/significance", post_significance, AUTH_NONE, 0, RATE_OPEN, "law", "Does an incident indicate that it is significant: guidance on the facts given; nothing is stored", "SignificanceFacts", "SignificanceAnswer", 200, AT, false},
    {"GET", "/api/v1/significance/facts", get_significance_facts, AUTH_NONE, 0, RATE_OPEN, "law", "What can be said about an incident", NULL, "SignificanceQuestions", 200, NULL, false},
    {"POST", "/api/v1/ceilings", post_ceilings, AUTH_NONE, 0, RATE_OPEN, "law", "How high a fine may be: the ceiling by class and turnover of the undertaking, exactly; no amount is suggested and nothing is stored", "CeilingFacts", "CeilingAnswer", 200, AT, false},
    {"GET", "/api/v1/law/packs", get_packs, AUTH_NONE, 0, RATE_OPEN, "law", "The law packs in force here, with their hashes", NULL, "PackList", 200, NULL, false},
    {"GET", "/api/v1/law/types", get_types, AUTH_NONE, 0, RATE_OPEN, "law", "The catalogue of entity types", NULL, "Catalogue", 200, NULL, false},
    {"GET", "/api/v1/law/types/named", get_named_types, AUTH_NONE, 0, RATE_OPEN, "law", "The types of entity with what people call them", NULL, "NamedTypes", 200, NULL, false},
    {"GET", "/api/v1/law/facts", get_facts, AUTH_NONE, 0, RATE_OPEN, "law", "The facts that a scope question knows", NULL, "Catalogue", 200, NULL, false},
    {"GET", "/api/v1/law/facts/named", get_named_facts, AUTH_NONE, 0, RATE_OPEN, "law", "The facts of a scope question with what people call them, their questions and choices", NULL, "NamedFacts", 200, NULL, false},
    {"GET", "/api/v1/law/controls", get_controls, AUTH_NONE, 0, RATE_OPEN, "law", "Catalogues of controls against which measures are assessed", NULL, "Catalogue", 200, CONTROLS, false},
    {"GET", "/api/v1/law/find", get_find, AUTH_NONE, 0, RATE_OPEN, "law", "Texts of the law, and what the first Directive's terms and articles are today", NULL, "Found", 200, FIND, false},
    {"GET", "/api/v1/law/articles", get_articles, AUTH_NONE, 0, RATE_OPEN, "law", "Which rows of the law cite an article: documents, fields, duties, rules, clocks", NULL, "Cited", 200, CITE, false},
    {"GET", "/api/v1/procedures", get_procedures, AUTH_NONE, 0, RATE_OPEN, "law", "Procedures and their documents", NULL, "ProcedureList", 200, AT, false},
    {"GET", "/api/v1/procedures/{procedure}/documents/{document}", get_form, AUTH_NONE, 0, RATE_OPEN, "law", "The form of a document", NULL, "Form", 200, AT, false},
    {0},
};
