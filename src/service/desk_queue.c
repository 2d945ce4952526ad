// SPDX-License-Identifier: EUPL-1.2
#include "service/desk_queue.h"

#include "law/procedure.h"
#include "service/gate_entity.h"
#include "service/seen.h"
#include "service/tally.h"

#define NEVER_MS INT64_MAX
enum { QUEUE_FILINGS_MAX = 20 };

enum { // columns of desk_page_*
    Q_CASE, Q_PROCEDURE, Q_WORKSPACE, Q_ENTITY, Q_SECTORS, Q_STATE, Q_OFFICES, Q_IS_CLOSED, Q_OPENED_BY, Q_FLAGS, Q_OWNER, Q_BACKUP,
    Q_IS_OWNED, Q_NEXT_DUE, Q_OPENED, Q_CHANGED, Q_LAST_SEQ, Q_ENTITY_NAME, Q_CLASS, Q_OWNER_NAME, Q_BACKUP_NAME
};

struct queue {
    const struct services *services;
    struct store_conn *conn;
    const struct queue_question *question;
    struct arena *arena;
    struct gate_list gate;
    struct rows away; // absences of now
    struct span deputy_of, away_alone; // JSON arrays of persons
    struct span bounds, hidden; // hidden: what a count leaves out
    struct tally_fit fit;
};

// --- who is away ---

static bool is_now(const struct queue *q, size_t i) { return rows_int(&q->away, i, 2) <= q->question->now_ms; }

static const struct value *absence_of(const struct queue *q, struct span person) {
    for (size_t i = 0; person.len > 0 && i < q->away.count; i++)
        if (is_now(q, i) && span_equals(rows_span(&q->away, i, 1), person)) return rows_at(&q->away, i, 0);
    return NULL;
}

// Persons who are away: those for whom DEPUTY stands in, or (DEPUTY empty) those for whom the backup of each case does.
static struct span away_list(const struct queue *q, struct span deputy) {
    struct buf buf;
    struct json_out out;
    buf_init(&buf, q->arena, 64 * 1024);
    json_out_init(&out, &buf);
    json_out_array(&out);
    for (size_t i = 0; i < q->away.count; i++) {
        struct span own = rows_span(&q->away, i, 4);
        if (is_now(q, i) && (deputy.len > 0 ? span_equals(own, deputy) : own.len == 0)) json_out_string(&out, rows_span(&q->away, i, 1));
    }
    json_out_array_end(&out);
    return buf.is_failed ? SPAN("[]") : buf_span(&buf);
}

static void person_write(struct json_out *out, const struct queue *q, const char *member, struct span id, struct span name) {
    json_out_name(out, member);
    if (id.len == 0) {
        json_out_null(out);
        return;
    }
    const struct value *absence = absence_of(q, id);
    json_out_object(out);
    json_out_member_string(out, "id", id);
    json_out_member_string(out, "name", name);
    json_out_member_bool(out, "is_away", absence != NULL);
    if (absence != NULL) json_out_member_string(out, "away_until", instant_text(q->arena, absence[3].integer));
    json_out_object_end(out);
}

// Who is to be asked now: the owner or, while she is away, her deputy or the case's backup.
static void acting_write(struct json_out *out, const struct queue *q, const struct rows *rows, size_t i) {
    struct span owner = rows_span(rows, i, Q_OWNER), acting = owner, name = rows_span(rows, i, Q_OWNER_NAME);
    const struct value *absence = absence_of(q, owner);
    if (absence != NULL) {
        bool has_deputy = absence[4].bytes.len > 0;
        acting = has_deputy ? absence[4].bytes : rows_span(rows, i, Q_BACKUP);
        name = has_deputy ? absence[6].bytes : rows_span(rows, i, Q_BACKUP_NAME);
    }
    person_write(out, q, "acting", acting, name);
}

// --- a row ---

static void words_write(struct json_out *out, const char *member, struct span words) {
    json_out_name(out, member);
    json_out_array(out);
    for (size_t at = 0; at < words.len;) {
        size_t end = span_find(words, ' ', at);
        if (end > at) json_out_string(out, span_part(words, at, end));
        at = end + 1;
    }
    json_out_array_end(out);
}

static struct err next_duty_write(struct json_out *out, const struct queue *q, const struct viewer *viewer, struct span case_id, struct why *why) {
    struct value id = value_text(case_id);
    struct rows rows;
    TRY(store_read(q->conn, STMT_DESK_DUTIES_OPEN, &id, 1, q->arena, &rows, why));
    json_out_name(out, "next_duty");
    for (size_t i = 0; i < rows.count; i++) {
        struct json duty;
        if (!viewer_sees(viewer, &(struct matter){.seen_by = rows_span(&rows, i, 1)})) continue;
        if (is_err(json_parse(q->arena, rows_span(&rows, i, 0), &duty, NULL))) continue;
        duty_write_json(out, &duty, q->question->now_ms, true);
        return err_none();
    }
    json_out_null(out);
    return err_none();
}

static struct matter matter_of(const struct rows *rows, size_t i) { // of desk_filings_after
    return (struct matter){.seen_by = rows_span(rows, i, 5), .filer_role = rows_span(rows, i, 2), .filer = rows_span(rows, i, 3), .office = rows_span(rows, i, 4)};
}

// What others filed since she last read the case; with a cap, since more is simply much.
static struct err unread_write(struct json_out *out, const struct queue *q, const struct viewer *viewer, const struct rows *row, size_t at, struct why *why) {
    struct span case_id = rows_span(row, at, Q_CASE);
    struct value mark_of[] = {value_text(q->question->principal->person_id), value_text(case_id)};
    struct rows mark, filings = {0};
    TRY(store_read(q->conn, STMT_DESK_MARK_GET, mark_of, 2, q->arena, &mark, why));
    int64_t seq = mark.count == 0 ? -1 : rows_int(&mark, 0, 0);
    struct value params[] = {value_text(case_id), value_int(seq), value_int(INT64_MIN), value_int(QUEUE_FILINGS_MAX)};
    if (seq < rows_int(row, at, Q_LAST_SEQ)) TRY(store_read(q->conn, STMT_DESK_FILINGS_AFTER, params, 4, q->arena, &filings, why));
    int64_t unread = 0;
    for (size_t i = 0; i < filings.count; i++) {
        struct matter matter = matter_of(&filings, i);
        unread += viewer_sees(viewer, &matter) && !span_equals(matter.filer, q->question->principal->pseudonym);
    }
    json_out_member_int(out, "unread", unread);
    return err_none();
}

// What was filed since an instant, last first.
static struct err changes_write(struct json_out *out, const struct queue *q, const struct viewer *viewer, struct span case_id, struct why *why) {
    struct value params[] = {value_text(case_id), value_int(-1), value_int(q->question->since_ms), value_int(QUEUE_FILINGS_MAX)};
    struct rows rows;
    TRY(store_read(q->conn, STMT_DESK_FILINGS_AFTER, params, 4, q->arena, &rows, why));
    json_out_name(out, "changes");
    json_out_array(out);
    for (size_t i = 0; i < rows.count; i++) {
        struct matter matter = matter_of(&rows, i);
        if (!viewer_sees(viewer, &matter) || gate_list_withdrawn(&q->gate, rows_span(&rows, i, 0)).at != NULL) continue;
        json_out_object(out);
        json_out_member_string(out, "filing", rows_span(&rows, i, 0));
        json_out_member_string(out, "document", rows_span(&rows, i, 1));
        json_out_member_string(out, "filer_role", rows_span(&rows, i, 2));
        json_out_member_string(out, "recorded_at", instant_text(q->arena, rows_int(&rows, i, 6)));
        json_out_object_end(out);
    }
    json_out_array_end(out);
    return err_none();
}

static struct err row_write(struct json_out *out, const struct queue *q, const struct rows *rows, size_t i, struct why *why) {
    const struct queue_question *question = q->question;
    struct case_file file = {.id = rows_span(rows, i, Q_CASE), .procedure = rows_span(rows, i, Q_PROCEDURE), .workspace = rows_span(rows, i, Q_WORKSPACE),
                             .entity_id = rows_span(rows, i, Q_ENTITY), .sectors = rows_span(rows, i, Q_SECTORS),
                             .offices = rows_span(rows, i, Q_OFFICES), .is_closed = rows_int(rows, i, Q_IS_CLOSED) != 0};
    struct access_case of;
    struct gate_place place = gate_place_of(&file);
    bool is_hidden;
    case_access(q->services, &file, q->arena, &of);
    struct viewer viewer = viewer_of(question->principal, &of, question->now_ms);
    if ((viewer.views & VIEW_OFFICES) == 0) return err_none(); // the statement let it through, the rule doesn't
    TRY(gate_list_hides(&q->gate, q->services, q->conn, &place, question->principal, question->now_ms, q->arena, &is_hidden, why));
    if (is_hidden) return err_none();
    struct span name;
    TRY(gate_entity_name(&q->gate, q->services, q->conn, question->principal, question->now_ms, file.entity_id, rows_span(rows, i, Q_ENTITY_NAME), q->arena, &name, why));
    json_out_object(out);
    json_out_member_string(out, "case", file.id);
    json_out_member_string(out, "procedure", file.procedure);
    json_out_member_string(out, "entity", file.entity_id);
    json_out_member_string(out, "entity_name", name);
    json_out_member_string(out, "class", rows_span(rows, i, Q_CLASS));
    json_out_name(out, "sectors");
    json_out_raw(out, file.sectors.at != NULL ? file.sectors : SPAN("[]"));
    json_out_member_string(out, "state", rows_span(rows, i, Q_STATE));
    json_out_member_string(out, "opened_by", rows_span(rows, i, Q_OPENED_BY));
    words_write(out, "flags", rows_span(rows, i, Q_FLAGS));
    person_write(out, q, "owner", rows_span(rows, i, Q_OWNER), rows_span(rows, i, Q_OWNER_NAME));
    person_write(out, q, "backup", rows_span(rows, i, Q_BACKUP), rows_span(rows, i, Q_BACKUP_NAME));
    acting_write(out, q, rows, i);
    TRY(next_duty_write(out, q, &viewer, file.id, why));
    json_out_member_string(out, "opened_at", instant_text(q->arena, rows_int(rows, i, Q_OPENED)));
    json_out_member_string(out, "changed_at", instant_text(q->arena, rows_int(rows, i, Q_CHANGED)));
    TRY(unread_write(out, q, &viewer, rows, i, why));
    if (question->order == QUEUE_CHANGED && question->since_ms != INSTANT_NONE) TRY(changes_write(out, q, &viewer, file.id, why));
    json_out_object_end(out);
    return err_none();
}

// --- the page ---

static struct value text_or_any(struct span text) { return text.at == NULL ? value_null() : value_text(text); }

static enum statement statement_of(enum queue_order order, bool is_few) {
    switch (order) {
    case QUEUE_NEWEST: return is_few ? STMT_DESK_FEW_NEWEST : STMT_DESK_PAGE_NEWEST;
    case QUEUE_CHANGED: return is_few ? STMT_DESK_FEW_CHANGED : STMT_DESK_PAGE_CHANGED;
    case QUEUE_OF_PERSON: return STMT_DESK_PAGE_PERSON;
    case QUEUE_UNOWNED: break;
    }
    return is_few ? STMT_DESK_FEW_QUEUE : STMT_DESK_PAGE_QUEUE;
}

enum { FILTERS = 11 }; // $1 to $11 of all
static void filters_fill(const struct queue *q, struct value filters[FILTERS]) {
    const struct queue_question *question = q->question;
    struct value all[FILTERS] = {value_text(question->workspace_name), value_text(q->bounds), text_or_any(question->state), text_or_any(question->procedure),
                                 text_or_any(question->sector), text_or_any(question->flag), text_or_any(question->owed_by),
                                 text_or_any(question->opened_by), question->late_before_ms == INSTANT_NONE ? value_null() : value_int(question->late_before_ms),
                                 text_or_any(question->class), question->owned < 0 ? value_null() : value_int(question->owned)};
    memcpy(filters, all, sizeof all);
}

// One half of the queue: what has no owner, or what has one. After what was read before, or from its begin.
static struct err half_read(const struct queue *q, bool is_owned, int64_t limit, struct rows *ret, struct why *why) {
    const struct queue_question *question = q->question;
    bool is_after = question->is_after && (question->after_first != 0) == is_owned;
    struct value params[FILTERS + 4];
    filters_fill(q, params);
    params[FILTERS] = value_int(is_owned);
    params[FILTERS + 1] = value_int(is_after ? question->after_second : INT64_MIN);
    params[FILTERS + 2] = value_text(is_after ? question->after_id : SPAN(""));
    params[FILTERS + 3] = value_int(limit);
    return store_read(q->conn, statement_of(QUEUE_UNOWNED, q->fit.is_few), params, FILTERS + 4, q->arena, ret, why);
}

static struct err both_halves_read(const struct queue *q, struct rows *ret, struct why *why) {
    const struct queue_question *question = q->question;
    int64_t limit = question->limit + 1;
    struct rows owned;
    *ret = (struct rows){.count = 0};
    bool is_first_over = question->owned == 1 || (question->is_after && question->after_first != 0);
    if (!is_first_over) TRY(half_read(q, false, limit, ret, why));
    if (question->owned == 0 || (int64_t)ret->count == limit) return err_none();
    TRY(half_read(q, true, limit - (int64_t)ret->count, &owned, why));
    if (ret->count == 0 || owned.count == 0) {
        if (ret->count == 0) *ret = owned;
        return err_none();
    }
    size_t had = ret->count * ret->columns, more = owned.count * owned.columns;
    struct value *cells = arena_take_array(q->arena, had + more, sizeof *cells);
    if (cells == NULL) return err_make(ERR_MEMORY);
    memcpy(cells, ret->cells, had * sizeof *cells);
    memcpy(&cells[had], owned.cells, more * sizeof *cells);
    ret->cells = cells;
    ret->count += owned.count;
    return err_none();
}

static struct err page_read(const struct queue *q, struct rows *ret, struct why *why) {
    const struct queue_question *question = q->question;
    if (question->order == QUEUE_UNOWNED) return both_halves_read(q, ret, why);
    bool is_down = question->order == QUEUE_NEWEST || question->order == QUEUE_CHANGED;
    int64_t first = 0;
    if (question->order == QUEUE_CHANGED) first = question->since_ms == INSTANT_NONE ? INT64_MIN : question->since_ms;
    struct value params[FILTERS + 4 + 2];
    size_t count = FILTERS + 4;
    filters_fill(q, params);
    params[FILTERS] = value_int(first);
    params[FILTERS + 1] = value_int(question->is_after ? question->after_second : is_down ? NEVER_MS : INT64_MIN);
    params[FILTERS + 2] = value_text(question->is_after ? question->after_id : is_down ? SPAN("~") : SPAN(""));
    params[FILTERS + 3] = value_int(question->limit + 1);
    if (question->order == QUEUE_OF_PERSON) {
        params[FILTERS - 1] = value_text(question->person);
        params[count++] = value_text(q->deputy_of);
        params[count++] = value_text(q->away_alone);
    }
    return store_read(q->conn, statement_of(question->order, q->fit.is_few), params, count, q->arena, ret, why);
}

// How many cases the tallies say fit: all filters but class and instants, which they don't know.
static struct err fit_read(struct queue *q, struct why *why) {
    const struct queue_question *question = q->question;
    struct tally_cases_filter filter = {.workspace = question->workspace_name, .bounds = q->bounds, .state = question->state, .procedure = question->procedure,
                                        .sector = question->sector, .flag = question->flag, .owed_by = question->owed_by, .opened_by = question->opened_by,
                                        .owned = question->owned, .has_closed = question->order == QUEUE_CHANGED};
    if (question->is_counted) TRY(gate_list_hidden(&q->gate, q->services, q->conn, question->principal, question->now_ms, q->arena, &filter.hidden, why));
    q->hidden = filter.hidden;
    return tally_cases_fit(q->conn, &filter, q->arena, &q->fit, why);
}

static struct err count_read(const struct queue *q, int64_t *ret, struct why *why) {
    const struct queue_question *question = q->question;
    bool is_changed = question->order == QUEUE_CHANGED, is_late = question->late_before_ms != INSTANT_NONE;
    bool has_since = is_changed && question->since_ms != INSTANT_NONE;
    enum statement statement = is_late && !is_changed ? STMT_DESK_COUNT_LATE : STMT_DESK_COUNT;
    size_t count = FILTERS + (statement == STMT_DESK_COUNT ? 3 : 1);
    struct value params[FILTERS + 3];
    struct rows rows;
    filters_fill(q, params);
    params[FILTERS] = value_text(q->hidden);
    params[FILTERS + 1] = value_int(has_since ? question->since_ms : INT64_MIN);
    params[FILTERS + 2] = value_int(is_changed);
    if (question->order == QUEUE_OF_PERSON) {
        statement = STMT_DESK_COUNT_PERSON, count = FILTERS + 3;
        params[FILTERS - 1] = value_text(question->person);
        params[FILTERS + 1] = value_text(q->deputy_of);
        params[FILTERS + 2] = value_text(q->away_alone);
    } else if (!has_since && !is_late && question->class.at == NULL) {
        *ret = q->fit.count;
        return err_none();
    }
    TRY(store_read(q->conn, statement, params, count, q->arena, &rows, why));
    *ret = rows_int(&rows, 0, 0);
    return err_none();
}

struct err queue_write(struct json_out *out, const struct services *services, struct store_conn *conn, const struct queue_question *question,
                       struct arena *arena, struct queue_page *ret, struct why *why) {
    struct queue q = {.services = services, .conn = conn, .question = question, .arena = arena};
    struct queue_page page = {.total = -1};
    struct value now = value_int(question->now_ms);
    struct rows rows;
    TRY(case_list_bounds(services, question->principal, question->workspace, arena, &q.bounds, why));
    TRY(gate_list_load(conn, question->now_ms, arena, &q.gate, why));
    TRY(store_read(conn, STMT_DESK_ABSENCES, &now, 1, arena, &q.away, why));
    q.deputy_of = question->person.len > 0 ? away_list(&q, question->person) : SPAN("[]");
    q.away_alone = away_list(&q, SPAN(""));
    TRY(fit_read(&q, why));
    TRY(page_read(&q, &rows, why));
    if (question->is_counted) TRY(count_read(&q, &page.total, why));
    size_t shown = rows.count > (size_t)question->limit ? (size_t)question->limit : rows.count;
    json_out_array(out);
    for (size_t i = 0; i < shown; i++) TRY(row_write(out, &q, &rows, i, why));
    json_out_array_end(out);
    page.is_more = rows.count > shown;
    if (shown > 0) {
        size_t key = question->order == QUEUE_NEWEST ? Q_OPENED : question->order == QUEUE_CHANGED ? Q_CHANGED : Q_NEXT_DUE;
        page.last_first = rows_int(&rows, shown - 1, Q_IS_OWNED);
        page.last_second = rows_int(&rows, shown - 1, key);
        page.last_id = rows_span(&rows, shown - 1, Q_CASE);
    }
    *ret = page;
    return err_none();
}
