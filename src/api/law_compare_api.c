// SPDX-License-Identifier: EUPL-1.2
/* What a law pack holds on a day, what one has instead of, besides or without another, and which other acts an incident touches; a state's own words. */
#include "api/resources.h"
#include "law/acts.h"
#include "law/pack_rows.h"

static struct err day_of(const struct api_request *request, const char *name, struct civil fallback, struct civil *ret, struct why *why) {
    *ret = fallback;
    struct span wanted = api_query(request, name);
    if (wanted.at != NULL && !civil_parse(wanted, ret)) return why_set(why, ERR_INPUT, name, "api.query", "", "%s must be a date like 2026-11-22", name);
    return err_none();
}

static struct err pack_of(const struct api_request *request, const char *name, const struct pack **ret, struct why *why) {
    *ret = law_pack(request->services->law, api_query(request, name));
    if (*ret == NULL) return why_set(why, ERR_INPUT, name, "law.pack", "", "%s names no pack of GET /api/v1/law/packs", name);
    return err_none();
}

static struct err get_rows(struct api_request *request, struct api_response *response, struct why *why) {
    const struct pack *pack;
    struct civil at;
    struct pack_rows rows;
    TRY(pack_of(request, "pack", &pack, why));
    TRY(day_of(request, "at", zone_date(request->services->zone, request->received_ms), &at, why));
    TRY(pack_rows_read(pack, at, request->arena, &rows));
    struct json_out out;
    api_json(response, 200, &out);
    pack_write_json(&out, request->services->law, pack, at, &rows, request->lang, request->arena);
    return err_none();
}

static struct err get_diff(struct api_request *request, struct api_response *response, struct why *why) {
    const struct pack *before, *after;
    struct civil at, then;
    struct pack_comparison comparison;
    TRY(pack_of(request, "before", &before, why));
    TRY(pack_of(request, "after", &after, why));
    TRY(day_of(request, "at", zone_date(request->services->zone, request->received_ms), &at, why));
    TRY(day_of(request, "then", at, &then, why));
    TRY(packs_compare(request->services->law, before, at, after, then, request->arena, &comparison));
    struct json_out out;
    api_json(response, 200, &out);
    comparison_write_json(&out, &comparison, request->lang, request->arena);
    return err_none();
}

static struct err post_acts(struct api_request *request, struct api_response *response, struct why *why) {
    const struct services *services = request->services;
    struct json facts;
    struct civil at;
    const struct acts_answer *answer;
    TRY(api_body(request, &facts, why));
    TRY(day_of(request, "at", zone_date(services->zone, request->received_ms), &at, why));
    TRY(acts_answer_make(services->law, &facts, NULL, NULL, services->state, services->zone, at, request->arena, &answer, why));
    struct json_out out;
    api_json(response, 200, &out);
    acts_write_json(&out, answer, request->lang);
    return err_none();
}

static struct err get_act_facts(struct api_request *request, struct api_response *response, struct why *why) {
    (void)why;
    struct json_out out;
    api_json(response, 200, &out);
    acts_write_facts(&out, request->services->law, request->lang, request->arena);
    return err_none();
}

// --- a state's own words ---

struct own_words {
    struct json_out *out;
    const struct law *law;
};

// What a pack says of itself (pack.title and so on) stands for no text of another.
static void write_own_word(void *context, struct span lang, struct span key, struct span text) {
    const struct own_words *own = context;
    struct span before = span_starts_with(key, SPAN("pack.")) ? span_make(NULL, 0) : law_word_exact(own->law, SPAN(""), key, lang);
    if (before.at != NULL && span_equals(before, text)) return;
    json_out_object(own->out);
    json_out_member_string(own->out, "key", key);
    json_out_member_string(own->out, "language", lang);
    json_out_member_string(own->out, "own", text);
    json_out_member_string(own->out, "union", before);
    json_out_object_end(own->out);
}

static struct err get_words(struct api_request *request, struct api_response *response, struct why *why) {
    (void)why;
    const struct services *services = request->services;
    const struct pack *pack = law_pack_of_state(services->law, services->state); // none on the Union's node
    struct json_out out;
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_member_string(&out, "pack", pack != NULL ? pack->id : span_make(NULL, 0));
    json_out_name(&out, "words");
    json_out_array(&out);
    struct own_words own = {&out, services->law};
    if (pack != NULL) pack_words_visit(services->law, pack, write_own_word, &own);
    json_out_array_end(&out);
    json_out_object_end(&out);
    return err_none();
}

static const struct route_param AT[] = {{"at", "string", "the law of which day; today by default"}, {NULL, NULL, NULL}};
static const struct route_param ROWS[] = {
    {"pack", "string", "the pack, for example national/be"},
    {"at", "string", "the rows of which day; today by default"},
    {NULL, NULL, NULL},
};
static const struct route_param DIFF[] = {
    {"before", "string", "a pack, for example eu/nis2"},
    {"after", "string", "the pack that is laid over it or compared with it, for example national/de"},
    {"at", "string", "the rows of the first on which day; today by default"},
    {"then", "string", "the rows of the second on which day; as at by default"},
    {NULL, NULL, NULL},
};

const struct route routes_law_compare[] = {
    {"GET", "/api/v1/law/rows", get_rows, AUTH_NONE, 0, RATE_OPEN, "law", "What a law pack holds on a day, row by row with articles", NULL, "PackRows", 200, ROWS, false},
    {"GET", "/api/v1/law/diff", get_diff, AUTH_NONE, 0, RATE_OPEN, "law", "What a law pack has instead of, besides or without another", NULL, "PackDiff", 200, DIFF, false},
    {"GET", "/api/v1/law/words", get_words, AUTH_NONE, 0, RATE_OPEN, "law", "The words of the state's own pack that the Union's packs do not have, or have otherwise", NULL, "OwnWords", 200, NULL, false},
    {"POST", "/api/v1/acts", post_acts, AUTH_NONE, 0, RATE_OPEN, "law", "Which other acts an incident touches, who asks what by when; this notifies nobody, nothing is stored", "ActFacts", "ActsAnswer", 200, AT, false},
    {"GET", "/api/v1/acts/facts", get_act_facts, AUTH_NONE, 0, RATE_OPEN, "law", "What can be said about an incident to ask which acts it touches", NULL, "ActQuestions", 200, NULL, false},
    {0},
};
