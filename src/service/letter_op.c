// SPDX-License-Identifier: EUPL-1.2
#include "service/letter_op.h"

#include "service/case.h"
#include "service/effects.h"
#include "service/gate_view.h"
#include "service/record_store.h"

static bool is_letter(const struct json *op, const char *as) {
    return span_is(json_get_string(op, "op"), "letter") && (as == NULL || span_is(json_get_string(op, "as"), as));
}

// --- reading ---

static int64_t ms_at(const struct rows *rows, size_t i, size_t column) {
    return rows_at(rows, i, column)->type == VALUE_NULL ? INSTANT_NONE : rows_int(rows, i, column);
}

static struct letter_row row_of(const struct rows *rows, size_t i, struct span filing_id, struct span case_id) {
    return (struct letter_row){.filing_id = filing_id,
                               .case_id = case_id,
                               .entity_id = rows_span(rows, i, 1),
                               .office = rows_span(rows, i, 2),
                               .writer = rows_span(rows, i, 3),
                               .template = rows_span(rows, i, 4),
                               .language = rows_span(rows, i, 5),
                               .state = rows_span(rows, i, 6),
                               .label = rows_span(rows, i, 7),
                               .written_ms = rows_int(rows, i, 8),
                               .issued_ms = ms_at(rows, i, 9),
                               .made_by = rows_span(rows, i, 10),
                               .sealed_by = rows_span(rows, i, 11),
                               .served_by = rows_span(rows, i, 12),
                               .served_ms = ms_at(rows, i, 13)};
}

struct err letter_get(struct store_conn *conn, struct span filing_id, struct arena *arena, struct letter_row *ret, struct why *why) {
    struct value id = value_text(filing_id);
    struct rows rows;
    TRY(store_read(conn, STMT_LETTER_GET, &id, 1, arena, &rows, why));
    if (rows.count == 0) return why_set(why, ERR_NOT_FOUND, "", "letter.unknown", "", "there is no such letter");
    *ret = row_of(&rows, 0, filing_id, rows_span(&rows, 0, 0));
    return err_none();
}

struct err letters_of_case(struct store_conn *conn, struct span case_id, struct arena *arena, struct letter_row **ret, size_t *ret_count, struct why *why) {
    struct value id = value_text(case_id);
    struct rows rows;
    TRY(store_read(conn, STMT_LETTERS_OF_CASE, &id, 1, arena, &rows, why));
    struct letter_row *letters = arena_take_array(arena, rows.count + 1, sizeof *letters);
    if (letters == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < rows.count; i++) letters[i] = row_of(&rows, i, rows_span(&rows, i, 0), case_id);
    *ret = letters;
    *ret_count = rows.count;
    return err_none();
}

// --- doing ---

static const struct letter *template_at(const struct services *services, struct span template, int64_t at_ms) {
    return letter_find(services->law, services->state, zone_date(services->zone, at_ms), template);
}

// The next number of the office in this year. In the writer's transaction, so that none is given twice or lost.
static struct err issue(const struct services *services, struct store_conn *conn, struct span filing_id, struct span office, struct span template,
                        int64_t now_ms, struct arena *arena, struct why *why) {
    int32_t year = zone_date(services->zone, now_ms).year;
    struct value key[] = {value_text(office), value_int(year)};
    struct rows rows;
    TRY(store_read(conn, STMT_LETTER_LAST_NUMBER, key, 2, arena, &rows, why));
    int64_t number = rows_int(&rows, 0, 0) + 1;
    const struct letter *letter = template_at(services, template, now_ms);
    struct span label = letter == NULL ? arena_printf(arena, "%.*s-%d-%lld", SPAN_FMT(office), year, (long long)number)
                                       : letter_number(services->law, services->state, letter, office, year, number, arena);
    struct value params[] = {value_text(filing_id), value_int(year), value_int(number), value_text(label), value_int(now_ms)};
    return store_write(conn, STMT_LETTER_ISSUE, params, 5, NULL, why);
}

static struct err written(const struct services *services, struct store_conn *conn, const struct effects_of *of, const struct json *op,
                          struct span case_id, struct span entity_id, struct arena *arena, struct why *why) {
    struct span template = json_get_string(op, "template");
    const struct letter *letter = template_at(services, template, of->recorded_ms);
    struct span office = of->office.len > 0 ? of->office : of->filer_role;
    struct value params[] = {value_text(of->filing_id), value_text(case_id), entity_id.len > 0 ? value_text(entity_id) : value_null(),
                             value_text(office), value_text(of->filer), value_text(template), value_text(json_get_string(op, "language")),
                             value_text(SPAN("waiting")), value_int(of->recorded_ms)};
    TRY(store_write(conn, STMT_LETTER_ADD, params, sizeof params / sizeof params[0], NULL, why));
    if (letter != NULL && letter_needs_head(letter)) return err_none();
    return issue(services, conn, of->filing_id, office, template, of->recorded_ms, arena, why);
}

// From when service counts: the fact that this filing left in its case.
static struct err served(struct store_conn *conn, const struct effects_of *of, struct span letter, struct why *why) {
    const struct json *content = json_get(json_get(of->effects, "case"), "content");
    struct stamp at;
    struct span text = json_get_string(json_get(content, "facts"), "served_at");
    bool is_known = text.at != NULL && !is_err(stamp_parse(text, NULL, "", &at, NULL));
    struct value params[] = {value_text(letter), value_text(of->filing_id), is_known ? value_int(at.ms) : value_null()};
    return store_write(conn, STMT_LETTER_SERVE, params, 3, NULL, why);
}

struct err letter_op(const struct services *services, struct store_conn *conn, const struct effects_of *of, const struct json *op,
                     struct span case_id, struct span entity_id, struct arena *arena, struct why *why) {
    if (!is_letter(op, NULL)) return err_none();
    if (is_letter(op, "written")) return written(services, conn, of, op, case_id, entity_id, arena, why);
    struct span id = json_get_string(op, "letter"), number = json_get_string(of->values, "number");
    struct value params[] = {value_text(id), value_text(of->filing_id), number.len > 0 ? value_text(number) : value_null()};
    if (is_letter(op, "served")) return served(conn, of, id, why);
    if (is_letter(op, "refused")) return store_write(conn, STMT_LETTER_REFUSE, params, 1, NULL, why);
    if (is_letter(op, "made")) return store_write(conn, STMT_LETTER_MAKE, params, 3, NULL, why);
    if (is_letter(op, "sealed")) return store_write(conn, STMT_LETTER_SEAL, params, 2, NULL, why);
    struct letter_row row;
    TRY(letter_get(conn, id, arena, &row, why));
    return issue(services, conn, id, row.office, row.template, of->recorded_ms, arena, why);
}

// --- whether it may be ---

static int64_t instant_in(const struct json *values, const char *name) {
    const struct json *value = json_get(values, name);
    struct span text = value != NULL && value->type == JSON_OBJECT ? json_get_string(value, "at") : json_get_string(values, name);
    struct stamp stamp;
    return text.at != NULL && !is_err(stamp_parse(text, NULL, name, &stamp, NULL)) ? stamp.ms : INSTANT_NONE;
}

static struct err request_from(const struct json *values, struct span case_id, struct span office, int64_t date_ms, struct arena *arena,
                               struct letter_request *ret, struct why *why) {
    struct json *texts = ARENA_NEW(arena, struct json);
    if (texts == NULL) return err_make(ERR_MEMORY);
    TRY(letter_texts(json_get(values, "texts"), arena, texts, why));
    *ret = (struct letter_request){.template = json_get_string(values, "template"),
                                   .language = json_get_string(values, "language"),
                                   .case_id = case_id,
                                   .office = office,
                                   .addressee = json_get_string(values, "addressee"),
                                   .signer = json_get_string(values, "signer"),
                                   .about = json_get_string(values, "about"),
                                   .texts = texts,
                                   .answer_by_ms = instant_in(values, "answer_by"),
                                   .date_ms = date_ms};
    return err_none();
}

// Tried with a number that stands for the one to be given: what can't be composed is refused before it is filed.
static struct err may_write(const struct services *services, struct store_conn *conn, const struct filing_plan *f, struct arena *arena, struct why *why) {
    struct letter_request request;
    const struct letter *letter;
    struct case_file file;
    struct buf paper;
    if (f->is_new_case) return why_set(why, ERR_INPUT, "/case", "letter.case", "", "a letter is written in a case");
    TRY(request_from(f->decision.values, f->case_id, f->office, f->decided_ms, arena, &request, why));
    TRY(letter_template(services, request.template, request.language, f->decided_ms, &letter, why));
    TRY(case_get(conn, f->case_id, arena, &file, why));
    if (!letter_is_of(letter, file.procedure, f->as))
        return why_set(why, ERR_INPUT, "/fields/template", "letter.office", "", "the letter \"%.*s\" is not for this office in a case of this kind", SPAN_FMT(request.template));
    TRY(letter_about_allowed(services, conn, f->principal, f->case_id, request.about, f->decided_ms, arena, why));
    request.number = request.filing = SPAN("\xe2\x80\xa6");
    buf_init(&paper, arena, LETTER_PAPER_BYTES);
    return letter_paper(services, conn, &request, arena, &paper, why);
}

static bool is_head(const struct principal *principal, struct span office) {
    for (size_t i = 0; i < principal->role_count; i++)
        if (span_equals(principal->roles[i].office, office) && principal->roles[i].role == ROLE_HEAD) return true;
    return false;
}

static struct err may_follow(struct store_conn *conn, const struct json *op, const struct filing_plan *f, struct arena *arena, struct why *why) {
    struct letter_row row;
    struct span id = json_get_string(op, "letter");
    struct why own = {0};
    struct err e = letter_get(conn, id, arena, &row, &own);
    if (e.code == ERR_NOT_FOUND || (!is_err(e) && !span_equals(row.case_id, f->case_id)))
        return why_set(why, ERR_INPUT, "/fields/letter", "letter.unknown", "", "there is no letter %.*s in this case", SPAN_FMT(id));
    TRY(e);
    bool is_approval = is_letter(op, "approved") || is_letter(op, "refused");
    const char *wanted = is_approval ? "waiting" : is_letter(op, "made") ? "issued" : is_letter(op, "sealed") ? "made" : NULL;
    bool is_right = wanted != NULL ? span_is(row.state, wanted) : span_is(row.state, "made") || span_is(row.state, "sealed");
    if (!is_right) return why_set(why, ERR_CONFLICT, "/fields/letter", "letter.state", "", "the letter is %.*s", SPAN_FMT(row.state));
    if (!is_approval) return err_none();
    if (!span_equals(row.office, f->office) || !is_head(f->principal, row.office))
        return why_set(why, ERR_DENIED, "/fields/letter", "letter.head", "", "only the head of the office that wrote it approves a letter");
    if (span_equals(row.writer, f->principal->pseudonym))
        return why_set(why, ERR_DENIED, "/fields/letter", "letter.second_person", "", "a second person approves what you wrote");
    return err_none();
}

struct err letter_allowed(const struct services *services, struct store_conn *conn, const struct filing_plan *plan, struct arena *arena,
                          struct why *why) {
    const struct json *ops = plan->decision.effects;
    for (size_t i = 0; i < ops->count; i++) {
        const struct json *op = &ops->items[i];
        if (is_letter(op, "written")) TRY(may_write(services, conn, plan, arena, why));
        else if (is_letter(op, NULL)) TRY(may_follow(conn, op, plan, arena, why));
    }
    return err_none();
}

struct err letter_paper_of(const struct services *services, struct store_conn *conn, const struct letter_row *row, struct arena *arena, struct buf *ret,
                           struct why *why) {
    struct record_open record;
    struct json values;
    struct letter_request request;
    struct case_file file;
    struct gate_view view;
    TRY(case_get(conn, row->case_id, arena, &file, why));
    struct gate_place place = gate_place_of(&file);
    int64_t now_ms = row->issued_ms != INSTANT_NONE ? row->issued_ms : row->written_ms;
    TRY(gate_view_document(services, conn, &place, now_ms, arena, &view, why));
    struct gate_verdict verdict = gate_view_blocks_ask(&view, row->filing_id); // what the office wrote is the letter; only blocks stop it
    if (!verdict.is_allowed) return why_set(why, ERR_DENIED, "", verdict.rule, arena_text(arena, verdict.article), "this letter stays: %.*s", SPAN_FMT(verdict.words));
    TRY(record_read(conn, row->filing_id, arena, &record, why));
    TRY(record_values(&record, arena, &values, why));
    TRY(request_from(&values, row->case_id, row->office, row->issued_ms != INSTANT_NONE ? row->issued_ms : row->written_ms, arena, &request, why));
    request.number = row->label;
    request.filing = row->filing_id;
    request.is_draft = row->issued_ms == INSTANT_NONE;
    return letter_paper(services, conn, &request, arena, ret, why);
}
