// SPDX-License-Identifier: EUPL-1.2
/* Letters: their templates, previews, blank forms, and those that were made. */
#include "api/resources.h"
#include "law/letter.h"
#include "service/case.h"
#include "service/draft.h"
#include "service/entity.h"
#include "service/gate_view.h"
#include "service/letter_op.h"

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
    const struct office_kind *kinds;
    size_t count = office_kinds(request->services->law, &kinds);
    struct case_file file;
    struct access_case of;
    TRY(case_get(request->conn, ret->case_id, request->arena, &file, why));
    case_access(request->services, &file, request->arena, &of);
    TRY(access_may_read_case(&request->principal, &of, request->received_ms, why));
    for (size_t i = 0; i < count; i++) {
        struct why own = {0};
        if ((as.len > 0 && !span_equals(as, kinds[i].id)) || !letter_is_of(letter, file.procedure, kinds[i].id)) continue;
        if (!is_err(access_may_file(&request->principal, &of, kinds[i].id, false, request->received_ms, &ret->office, &own))) return err_none();
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
    TRY(letter_about_allowed(request->services, request->conn, &request->principal, wanted.case_id, wanted.about, request->received_ms, request->arena, why));
    buf_init(&paper, request->arena, LETTER_PAPER_BYTES);
    TRY(letter_paper(request->services, request->conn, &wanted, request->arena, &paper, why));
    return respond_pdf(request, response, buf_span(&paper), SPAN("draft"), why);
}

// --- those that were filed ---

static void write_row(struct json_out *out, struct arena *arena, const struct letter_row *row) {
    const struct { const char *name; int64_t ms; } TIMES[] = {{"written_at", row->written_ms}, {"issued_at", row->issued_ms}, {"served_at", row->served_ms}};
    const struct { const char *name; struct span text; } TEXTS[] = {{"number", row->label}, {"made_by", row->made_by}, {"sealed_by", row->sealed_by}, {"served_by", row->served_by}};
    json_out_object(out);
    json_out_member_string(out, "id", row->filing_id);
    json_out_member_string(out, "template", row->template);
    json_out_member_string(out, "language", row->language);
    json_out_member_string(out, "office", row->office);
    json_out_member_string(out, "state", row->state);
    for (size_t i = 0; i < 4; i++) {
        json_out_name(out, TEXTS[i].name);
        if (TEXTS[i].text.len > 0) json_out_string(out, TEXTS[i].text);
        else json_out_null(out);
    }
    for (size_t i = 0; i < 3; i++) {
        json_out_name(out, TIMES[i].name);
        if (TIMES[i].ms != INSTANT_NONE) json_out_string(out, instant_text(arena, TIMES[i].ms));
        else json_out_null(out);
    }
    json_out_object_end(out);
}

// Before it is made, a letter is the offices' own affair.
static bool is_made(const struct letter_row *row) { return row->made_by.len > 0; }

struct letter_reader { // who reads letters of a case, after access and gate
    struct case_file file;
    struct gate_view view;
    const struct role *role; // NULL: for the entity, or as a filer
    bool is_office;
};

static struct err open_case(struct api_request *request, struct span case_id, struct letter_reader *ret, struct why *why) {
    struct access_case of;
    TRY(case_get(request->conn, case_id, request->arena, &ret->file, why));
    TRY(case_find_filer(request->conn, &request->principal, request->received_ms, request->arena, &ret->file, why));
    case_access(request->services, &ret->file, request->arena, &of);
    TRY(access_may_read_case(&request->principal, &of, request->received_ms, why));
    struct gate_place place = gate_place_of(&ret->file);
    TRY(gate_view_open(request->services, request->conn, &place, &request->principal, GATE_FILING, request->received_ms, request->arena, &ret->view, why));
    TRY(gate_view_known(&ret->view, why));
    ret->role = access_role_for_case(&request->principal, &of);
    ret->is_office = ret->role != NULL;
    return err_none();
}

static struct err get_letters(struct api_request *request, struct api_response *response, struct why *why) {
    struct letter_reader *reader = ARENA_NEW(request->arena, struct letter_reader);
    struct letter_row *rows;
    size_t count;
    struct json_out out;
    if (reader == NULL) return err_make(ERR_MEMORY);
    TRY(open_case(request, request->params[0], reader, why));
    TRY(letters_of_case(request->conn, request->params[0], request->arena, &rows, &count, why));
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_name(&out, "letters");
    json_out_array(&out);
    for (size_t i = 0; i < count; i++)
        if (reader->is_office || is_made(&rows[i])) write_row(&out, request->arena, &rows[i]);
    json_out_array_end(&out);
    json_out_object_end(&out);
    return err_none();
}

struct letter_file {
    struct attachment attachment;
    struct span name;
};

static struct err file_render(struct api_request *request, struct api_response *response, struct store_conn *reader, void *context, struct why *why) {
    const struct letter_file *file = context;
    TRY(attachment_read(reader, &file->attachment, request->arena, &response->body, why));
    response->status = 200;
    response->media_type = span_ends_with(file->name, SPAN(".pdf")) ? "application/pdf" : "application/pkcs7-signature";
    api_respond_header(response, "content-disposition", arena_printf(request->arena, "attachment; filename=\"%.*s\"", SPAN_FMT(file->name)));
    api_respond_header(response, "cache-control", SPAN("no-store"));
    return err_none();
}

static struct span file_name(struct span label, const char *suffix, struct arena *arena) {
    struct buf out;
    buf_init(&out, arena, 256);
    for (size_t i = 0; i < label.len && i < 120; i++) {
        uint8_t c = label.at[i];
        bool is_plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '.';
        buf_add_byte(&out, is_plain ? c : '-');
    }
    buf_add_text(&out, suffix);
    return buf_span(&out);
}

// The file that the node filed, through access and gate; its own draft while a letter waits for the head.
static struct err letter_file(struct api_request *request, struct api_response *response, bool is_seal, struct why *why) {
    struct letter_reader *reader = ARENA_NEW(request->arena, struct letter_reader);
    struct letter_file *file = ARENA_NEW(request->arena, struct letter_file);
    struct letter_row row;
    struct buf paper;
    struct rows rows;
    struct gate_verdict verdict;
    struct why own = {0};
    if (reader == NULL || file == NULL) return err_make(ERR_MEMORY);
    struct err e = letter_get(request->conn, request->params[0], request->arena, &row, &own);
    if (!is_err(e)) e = open_case(request, row.case_id, reader, &own);
    if (!is_err(e) && !reader->is_office && !is_made(&row)) e = err_make(ERR_NOT_FOUND);
    if (e.code == ERR_NOT_FOUND) return why_set(why, ERR_NOT_FOUND, "", "letter.unknown", "", "there is no such letter, or none that you may read");
    if (is_err(e)) return why_set(why, e.code, own.field, own.rule, own.article, "%s", own.words);
    struct span filing = is_seal ? row.sealed_by : row.made_by;
    if (is_seal && filing.len == 0) return why_set(why, ERR_NOT_FOUND, "", "letter.seal", "", "the letter has no seal");
    if (filing.len == 0) {
        buf_init(&paper, request->arena, LETTER_PAPER_BYTES);
        TRY(letter_paper_of(request->services, request->conn, &row, request->arena, &paper, why));
        return respond_pdf(request, response, buf_span(&paper), SPAN("draft"), why);
    }
    struct value id = value_text(filing);
    TRY(store_read(request->conn, STMT_LETTER_ATTACHMENT, &id, 1, request->arena, &rows, why));
    if (rows.count == 0) return why_set(why, ERR_NOT_FOUND, "", "letter.unknown", "", "the letter's file is gone");
    TRY(gate_view_attachment(&reader->view, request->conn, filing, rows_span(&rows, 0, 0), request->arena, &verdict, why));
    if (!verdict.is_allowed) return why_set(why, ERR_NOT_FOUND, "", "letter.unknown", "", "there is no such letter, or none that you may read");
    TRY(attachment_get(request->conn, rows_span(&rows, 0, 0), request->arena, &file->attachment, why));
    file->name = file_name(row.label, is_seal ? ".p7s" : ".pdf", request->arena);
    return api_read_noted(request, response, "attachment", file->attachment.id, reader->file.entity_id, reader->role, file_render, file, why);
}

static struct err get_letter(struct api_request *request, struct api_response *response, struct why *why) { return letter_file(request, response, false, why); }

static struct err get_seal(struct api_request *request, struct api_response *response, struct why *why) { return letter_file(request, response, true, why); }

// --- a code on paper ---

// {"letter":{"code","expires"}}
static struct json code_facts(struct arena *arena, struct span code, struct span expires) {
    struct json_member *inner = arena_take_array(arena, 2, sizeof *inner), *outer = ARENA_NEW(arena, struct json_member);
    if (inner == NULL || outer == NULL) return (struct json){.type = JSON_NULL};
    inner[0] = (struct json_member){SPAN("code"), json_from_string(code)};
    inner[1] = (struct json_member){SPAN("expires"), json_from_string(expires)};
    *outer = (struct json_member){SPAN("letter"), {.type = JSON_OBJECT, .count = 2, .members = inner}};
    return (struct json){.type = JSON_OBJECT, .count = 1, .members = outer};
}

static struct err read_code(struct api_request *request, struct letter_request *ret, struct why *why) {
    static const char *const MEMBERS[] = {"entity", "template", "language", "addressee", "signer", "code", "expires_at", NULL};
    struct json body, *more = ARENA_NEW(request->arena, struct json);
    struct span code, expires;
    struct stamp until;
    if (more == NULL) return err_make(ERR_MEMORY);
    TRY(api_body(request, &body, why));
    TRY(api_members_only(&body, MEMBERS, why));
    TRY(api_member_text(&body, "entity", 32, &ret->entity_id, why));
    TRY(api_member_text(&body, "template", 64, &ret->template, why));
    TRY(api_member_text(&body, "language", 2, &ret->language, why));
    TRY(api_member_text_optional(&body, "addressee", 600, &ret->addressee, why));
    TRY(api_member_text_optional(&body, "signer", 200, &ret->signer, why));
    TRY(api_member_text(&body, "code", 64, &code, why));
    TRY(api_member_text(&body, "expires_at", 40, &expires, why));
    TRY(stamp_parse(expires, request->services->zone, "/expires_at", &until, why));
    *more = code_facts(request->arena, code, instant_text(request->arena, until.ms));
    ret->more = more;
    ret->answer_by_ms = INSTANT_NONE;
    ret->date_ms = request->received_ms;
    return err_none();
}

// For an officer who sees the entity: the code that a claim gave her, as a letter to be posted. Nothing of it is kept.
static struct err post_code_letter(struct api_request *request, struct api_response *response, struct why *why) {
    struct letter_request wanted = {0};
    const struct letter *letter;
    struct entity entity;
    struct access_entity of;
    struct buf paper;
    TRY(read_code(request, &wanted, why));
    TRY(letter_template(request->services, wanted.template, wanted.language, wanted.date_ms, &letter, why));
    TRY(entity_get(request->conn, wanted.entity_id, request->arena, &entity, why));
    entity_access(request->services, entity.id, entity.sectors, request->arena, &of);
    TRY(access_may_see_entity(&request->principal, &of, request->received_ms, why));
    const struct role *role = access_role_for_entity(&request->principal, &of);
    if (role == NULL || role->role < ROLE_OFFICER || !letter_shows(letter, SPAN("letter.code")) || !letter_is_of(letter, SPAN("registration"), role->kind->id))
        return why_set(why, ERR_DENIED, "", "letter.office", "", "your office does not send such letters to this entity");
    wanted.office = role->office;
    buf_init(&paper, request->arena, LETTER_PAPER_BYTES);
    TRY(letter_paper(request->services, request->conn, &wanted, request->arena, &paper, why));
    return respond_pdf(request, response, buf_span(&paper), SPAN("code"), why);
}

// --- forms ---

// The first office that may take the form: whom to bring it to.
static struct span office_for(const struct services *services, const struct letter *letter) {
    for (size_t i = 0; i < services->access->office_count; i++) {
        const struct access_office *office = &services->access->offices[i];
        if (letter_is_of(letter, SPAN("incident"), office->kind->id)) return office->id;
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
    {"POST", "/api/v1/letters/code", post_code_letter, AUTH_KNOWN, SCOPE_READ, RATE_READ, "letters", "The letter that carries a claim's code (PDF); nothing of it is kept", "LetterCode", NULL, 200, NULL, false},
    {"GET", "/api/v1/letters/{id}", get_letter, AUTH_KNOWN, SCOPE_READ, RATE_READ, "letters", "A letter as PDF; a draft of it for its office until it is made", NULL, NULL, 200, NULL, false},
    {"GET", "/api/v1/letters/{id}/seal", get_seal, AUTH_KNOWN, SCOPE_READ, RATE_READ, "letters", "The seal over a letter's PDF (CMS, detached)", NULL, NULL, 200, NULL, false},
    {"GET", "/api/v1/cases/{id}/letters", get_letters, AUTH_KNOWN, SCOPE_READ, RATE_READ, "letters", "Letters of a case: numbers, states, service", NULL, "LetterList", 200, NULL, false},
    {"GET", "/api/v1/forms/{form}", get_form, AUTH_NONE, 0, RATE_OPEN, "letters", "A form to be printed and filled in by hand (PDF)", NULL, NULL, 200, FORM, false},
    {0},
};
