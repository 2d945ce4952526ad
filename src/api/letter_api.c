// SPDX-License-Identifier: EUPL-1.2
/* Letters: their templates, previews, blank forms, and those that were made. */
#include "api/resources.h"
#include "law/letter.h"
#include "service/case.h"
#include "service/draft.h"
#include "service/letter.h"

static struct err get_templates(struct api_request *request, struct api_response *response, struct why *why) {
    (void)why;
    struct json_out out;
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_name(&out, "templates");
    letter_write_list(&out, request->services->law, request->services->state, zone_date(request->services->zone, request->received_ms), request->lang);
    json_out_object_end(&out);
    return err_none();
}

static struct err respond_pdf(struct api_request *request, struct api_response *response, struct span paper, struct span name, struct why *why) {
    const struct services *services = request->services;
    if (services->press == NULL) return why_set(why, ERR_BUSY, "", "press.gone", "", "documents can't be made here");
    TRY(services->press(services->press_context, paper, &response->body, why));
    response->status = 200;
    response->media_type = "application/pdf";
    api_respond_header(response, "content-disposition", arena_printf(request->arena, "attachment; filename=\"%.*s.pdf\"", SPAN_FMT(name)));
    api_respond_header(response, "cache-control", SPAN("no-store"));
    return err_none();
}

// --- preview ---

// Who may file the letter may see what it would look like: an officer of an office that reaches the case and may send the letter.
static struct err choose_office(struct api_request *request, const struct letter *letter, struct span as, struct letter_request *ret, struct why *why) {
    static const char *const KINDS[] = {"csirt", "ca", "spoc", "ccma"};
    struct case_file file;
    struct access_case of;
    TRY(case_get(request->conn, ret->case_id, request->arena, &file, why));
    case_access(request->services, &file, request->arena, &of);
    TRY(access_may_read_case(&request->principal, &of, request->received_ms, why));
    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++) {
        struct why own = {0};
        if ((as.len > 0 && !span_is(as, KINDS[i])) || !letter_is_of(letter, file.procedure, span_of(KINDS[i]))) continue;
        if (!is_err(access_may_file(&request->principal, &of, span_of(KINDS[i]), false, request->received_ms, &ret->office, &own))) return err_none();
    }
    return why_set(why, ERR_DENIED, "", "letter.office", "", "none of your offices may send this letter in this case");
}

static struct err read_preview(struct api_request *request, struct letter_request *ret, struct span *ret_as, struct why *why) {
    static const char *const MEMBERS[] = {"case", "as", "fields", NULL};
    struct json body, *texts = ARENA_NEW(request->arena, struct json);
    if (texts == NULL) return err_make(ERR_MEMORY);
    TRY(api_body(request, &body, why));
    TRY(api_members_only(&body, MEMBERS, why));
    TRY(api_member_text(&body, "case", 32, &ret->case_id, why));
    TRY(api_member_text_optional(&body, "as", 16, ret_as, why));
    const struct json *fields = json_get(&body, "fields");
    if (fields == NULL || fields->type != JSON_OBJECT) return why_set(why, ERR_INPUT, "/fields", "api.type", "", "fields must be an object");
    TRY(letter_texts(json_get(fields, "texts"), request->arena, texts, why));
    struct stamp answer_by;
    struct span until = json_get_string(fields, "answer_by");
    if (until.at != NULL) TRY(stamp_parse(until, request->services->zone, "/fields/answer_by", &answer_by, why));
    ret->template = json_get_string(fields, "template");
    ret->language = json_get_string(fields, "language");
    ret->addressee = json_get_string(fields, "addressee");
    ret->signer = json_get_string(fields, "signer");
    ret->about = json_get_string(fields, "about");
    ret->texts = texts;
    ret->answer_by_ms = until.at != NULL ? answer_by.ms : INSTANT_NONE;
    ret->date_ms = request->received_ms;
    ret->is_draft = true;
    return err_none();
}

static struct err post_preview(struct api_request *request, struct api_response *response, struct why *why) {
    struct letter_request wanted = {0};
    const struct letter *letter;
    struct buf paper;
    struct span as;
    TRY(read_preview(request, &wanted, &as, why));
    TRY(letter_template(request->services, wanted.template, wanted.language, wanted.date_ms, &letter, why));
    TRY(choose_office(request, letter, as, &wanted, why));
    buf_init(&paper, request->arena, LETTER_PAPER_BYTES);
    TRY(letter_paper(request->services, request->conn, &wanted, request->arena, &paper, why));
    return respond_pdf(request, response, buf_span(&paper), SPAN("draft"), why);
}

// --- forms ---

// The first office that may take the form: whom to bring it to.
static struct span office_for(const struct services *services, const struct letter *letter) {
    for (size_t i = 0; i < services->access->office_count; i++) {
        const struct access_office *office = &services->access->offices[i];
        if (letter_is_of(letter, SPAN("incident"), span_of(office_kind_name(office->kind)))) return office->id;
    }
    return SPAN("");
}

static struct err get_form(struct api_request *request, struct api_response *response, struct why *why) {
    struct letter_request wanted = {.template = request->params[0], .language = request->lang, .answer_by_ms = INSTANT_NONE};
    const struct letter *letter;
    struct buf paper;
    struct civil today = zone_date(request->services->zone, request->received_ms);
    wanted.date_ms = zone_day_start(request->services->zone, today); // the same bytes all day
    struct span asked = api_query(request, "language");
    if (asked.at != NULL) wanted.language = asked;
    letter = letter_find(request->services->law, request->services->state, today, wanted.template);
    if (letter == NULL || !letter_is_form(letter)) return why_set(why, ERR_NOT_FOUND, "", "letter.form", "", "there is no such form");
    if (asked.at == NULL && !letter_speaks(request->services->law, request->services->state, letter, wanted.language)) wanted.language = SPAN("en");
    TRY(letter_template(request->services, wanted.template, wanted.language, wanted.date_ms, &letter, why));
    wanted.office = office_for(request->services, letter);
    buf_init(&paper, request->arena, LETTER_PAPER_BYTES);
    TRY(letter_paper(request->services, request->conn, &wanted, request->arena, &paper, why));
    return respond_pdf(request, response, buf_span(&paper), wanted.template, why);
}

static const struct route_param FORM[] = {{"language", "string", "two letters; the reader's by default"}, {NULL, NULL, NULL}};

const struct route routes_letter[] = {
    {"GET", "/api/v1/letters/templates", get_templates, AUTH_KNOWN, SCOPE_READ, RATE_READ, "letters", "Templates of letters, their languages and what the writer adds", NULL, "LetterTemplates", 200, NULL, false},
    {"POST", "/api/v1/letters/preview", post_preview, AUTH_KNOWN, SCOPE_READ, RATE_READ, "letters", "What a letter would look like (PDF, marked as a draft, without a number)", "LetterPreview", NULL, 200, NULL, false},
    {"GET", "/api/v1/forms/{form}", get_form, AUTH_NONE, 0, RATE_OPEN, "letters", "A form to be printed and filled in by hand (PDF)", NULL, NULL, 200, FORM, false},
    {0},
};
