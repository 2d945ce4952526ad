// SPDX-License-Identifier: EUPL-1.2
/* In which language an answer speaks. Records and cases hold the law's texts in English; they are said in another language here, at the edge. */
#include "api/api.h"
#include "law/translate.h"

// --- which language ---

static bool speaks(const struct api_request *request, struct span lang) {
    return language_is_official(lang) && request->services != NULL && request->services->law != NULL && law_speaks(request->services->law, request->services->state, lang);
}

// "q=0.8" of "fr;q=0.8" in thousandths; 1000 where it is absent.
static int64_t weight_of(struct span item) {
    size_t at = span_find(item, ';', 0);
    struct span text = span_trim(span_part(item, at + 1, item.len));
    if (at == item.len || !span_starts_with(text, SPAN("q="))) return 1000;
    int64_t weight = 0, scale = 1000;
    for (size_t i = 2; i < text.len && i < 7; i++) {
        if (text.at[i] == '.') continue;
        if (text.at[i] < '0' || text.at[i] > '9') return 0;
        weight += scale * (text.at[i] - '0');
        scale /= 10;
    }
    return weight;
}

struct span api_language(const struct api_request *request) {
    struct span asked = api_query(request, "language"), best = SPAN("en");
    if (language_is_official(asked)) return asked;
    if (request->principal.language.len == 2) return request->principal.language;
    struct span header = api_header(request, "accept-language");
    int64_t best_weight = 0;
    for (size_t at = 0; header.at != NULL && at < header.len;) {
        size_t end = span_find(header, ',', at);
        struct span item = span_trim(span_part(header, at, end)), lang = span_part(item, 0, 2);
        bool is_two = item.len == 2 || (item.len > 2 && (item.at[2] == '-' || item.at[2] == ';' || item.at[2] == ' '));
        if (is_two && weight_of(item) > best_weight && speaks(request, lang)) {
            best = lang;
            best_weight = weight_of(item);
        }
        at = end + 1;
    }
    return best;
}

// --- saying it ---

struct sayer {
    struct api_request *request;
    bool is_problem;
    size_t count; // of texts that were said
};

static bool say(struct sayer *sayer, struct json *text) {
    const struct api_request *request = sayer->request;
    struct span said = law_say(request->services->law, request->services->state, text->string, request->lang, request->arena);
    if (said.at == text->string.at) return false;
    text->string = said;
    sayer->count++;
    return true;
}

// Members that hold texts of the law or of the program.
static bool is_said(struct span name, bool is_problem) {
    static const char *const NAMES[] = {"label", "words", "help", "detail", "note"};
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++)
        if (span_is(name, NAMES[i])) return true;
    return is_problem && span_is(name, "title");
}

// {"en": "..."}: what the law says, as the record has it.
static bool is_english_only(const struct json *value) {
    return value->type == JSON_OBJECT && value->count == 1 && span_is(value->members[0].name, "en") && value->members[0].value.type == JSON_STRING;
}

// Values of filings stand in objects called "fields" and "values": they are left as they were written.
static bool is_filed(const struct json_member *member) {
    return member->value.type == JSON_OBJECT && (span_is(member->name, "fields") || span_is(member->name, "values"));
}

static void say_tree(struct sayer *sayer, struct json *value) {
    for (size_t i = 0; value->type == JSON_ARRAY && i < value->count; i++) say_tree(sayer, &value->items[i]);
    for (size_t i = 0; value->type == JSON_OBJECT && i < value->count; i++) {
        struct json_member *member = &value->members[i];
        if (is_filed(member)) continue;
        if (is_english_only(&member->value)) {
            if (say(sayer, &member->value.members[0].value)) member->value.members[0].name = sayer->request->lang;
        } else if (member->value.type != JSON_STRING) {
            say_tree(sayer, &member->value);
        } else if (is_said(member->name, sayer->is_problem)) {
            (void)say(sayer, &member->value);
        }
    }
}

struct span api_translation_note(const struct api_request *request) {
    const struct services *services = request->services;
    if (law_language_is_approved(services->law, services->state, request->lang)) return span_make(NULL, 0);
    bool is_of_state = law_language_is_of_state(services->law, services->state, request->lang);
    return law_word(services->law, services->state, is_of_state ? SPAN("translation.unapproved") : SPAN("translation.courtesy"), request->lang);
}

// {"language": "fr", "status": "courtesy", "note": "..."}
static void status_write(struct json_out *out, const struct api_request *request) {
    const struct services *services = request->services;
    struct span note = api_translation_note(request);
    json_out_name(out, "translation");
    json_out_object(out);
    json_out_member_string(out, "language", request->lang);
    json_out_member_text(out, "status", note.at == NULL ? "official" : "courtesy");
    json_out_member_bool(out, "language_of_state", law_language_is_of_state(services->law, services->state, request->lang));
    if (note.at != NULL) json_out_member_string(out, "note", note);
    json_out_object_end(out);
}

static void answer_write(struct json_out *out, const struct json *tree, const struct api_request *request) {
    if (tree->type != JSON_OBJECT) {
        json_out_value(out, tree);
        return;
    }
    json_out_object(out);
    for (size_t i = 0; i < tree->count; i++) {
        json_out_name_span(out, tree->members[i].name);
        json_out_value(out, &tree->members[i].value);
    }
    if (json_get(tree, "translation") == NULL) status_write(out, request);
    json_out_object_end(out);
}

// Papers that are kept and checked as they were given: never said otherwise.
static bool is_paper(const struct route *route) {
    static const char *const PATHS[] = {"/api/v1/filings/{id}/receipt", "/api/v1/disclosures/{release}/{recipient}", "/api/v1/me/export", "/api/v1/openapi.json"};
    for (size_t i = 0; route != NULL && i < sizeof PATHS / sizeof PATHS[0]; i++)
        if (strcmp(route->path, PATHS[i]) == 0) return true;
    return false;
}

void api_say(struct api_request *request, struct api_response *response) {
    enum { SAY_BYTES = 4 * 1024 * 1024 };
    if (request->services == NULL || request->services->law == NULL || response->job != NULL || response->fetch != NULL) return;
    bool is_problem = response->media_type != NULL && strcmp(response->media_type, "application/problem+json") == 0;
    if ((response->media_type != NULL && !is_problem) || response->body.len == 0 || request->lang.len != 2 || span_is(request->lang, "en")) return;
    if (!is_problem && is_paper(request->route)) return;
    struct sayer sayer = {.request = request, .is_problem = is_problem};
    struct json tree;
    struct json_out out;
    struct buf said;
    if (is_err(json_parse_within(request->arena, arena_copy(request->arena, buf_span(&response->body)), SAY_BYTES, &tree, NULL))) return;
    say_tree(&sayer, &tree);
    buf_init(&said, request->arena, 2 * SAY_BYTES);
    json_out_init(&out, &said);
    answer_write(&out, &tree, request);
    if (said.is_failed) return; // it stays as it was, in English
    buf_clear(&response->body);
    buf_add(&response->body, buf_span(&said));
    api_respond_header(response, "content-language", request->lang);
    api_respond_header(response, "vary", SPAN("accept-language"));
}
