// SPDX-License-Identifier: EUPL-1.2
/* Pages: a call that somebody must answer for, and how it goes from the one on duty to the next. */
#include "service/page.h"

#include "base/hash.h"
#include "base/log.h"
#include "service/reach_private.h"

enum { PAGES_AT_ONCE = 20, TOGETHER_AT_ONCE = 1000, PAGE_AFTER_MS = 15 * 60 * 1000, STEP_HEAD = 3 };

struct err page_open(struct services *services, struct store_conn *conn, const struct access_office *office, struct span case_id,
                     struct span filing_id, struct span topic, struct span words, int64_t now_ms, struct why *why) {
    struct arena arena;
    struct rows open;
    char id[18];
    arena_init(&arena, 16 * 1024);
    struct err e = store_read(conn, STMT_PAGE_IS_OPEN, PARAMS(value_text(case_id), value_text(office->id)), &arena, &open, why);
    bool is_open = !is_err(e) && rows_int(&open, 0, 0) != 0;
    arena_fini(&arena);
    if (is_err(e) || is_open) return e; // being called already: the same people for the same case
    services->random_id('G', id);
    return store_write(conn, STMT_PAGE_ADD,
                       PARAMS(value_text(span_of(id)), value_text(office->id), value_text(office->kind->id),
                              value_text(case_id), value_text(filing_id), value_text(topic.at != NULL ? topic : SPAN("")), value_text(words),
                              value_int(now_ms)),
                       NULL, why);
}

struct span page_link_token(const struct services *services, struct span page_id, int64_t ordinal, struct arena *arena) {
    struct span what = arena_printf(arena, "%.*s %lld", SPAN_FMT(page_id), (long long)ordinal);
    return arena_printf(arena, "%lld.%.*s", (long long)ordinal, SPAN_FMT(reach_proof(services, "varde page link", what, arena)));
}

// --- calling ---

struct call {
    struct span page_id, office, office_kind, case_id, filing_id, words;
    int64_t step, ordinal, now_ms;
};

enum calling { CALL_TURN, CALL_STAND_IN, CALL_ABSENT }; // from the rota; a head in its place; whose turn it is but who is away: noted only

// Calls one person; *ret_count is the number of ways in which she was tried.
static struct err call_person(struct services *services, struct store_conn *conn, const struct call *c, struct span person_id, enum calling as,
                              struct arena *arena, size_t *ret_count, struct why *why) {
    struct reach_list *list = ARENA_NEW(arena, struct reach_list);
    struct rows calls;
    if (list == NULL) return err_make(ERR_MEMORY);
    TRY(store_read(conn, STMT_PAGE_CALL_COUNT, PARAMS(value_text(c->page_id)), arena, &calls, why));
    int64_t ordinal = rows_int(&calls, 0, 0);
    *ret_count = 0;
    if (person_id.at != NULL && as != CALL_ABSENT) TRY(reach_person(conn, person_id, arena, list, why));
    struct delivery_new of = {.kind = "page", .topic = arena_printf(arena, "%lld", (long long)ordinal), .is_first = true, .case_id = c->case_id,
                              .filing_id = c->filing_id, .page_id = c->page_id, .office_kind = c->office_kind, .office = c->office, .words = c->words,
                              .next_ms = c->now_ms};
    if (as != CALL_ABSENT) TRY(reach_send(services, conn, &of, list, c->now_ms, ret_count, why));
    return store_write(conn, STMT_PAGE_CALL_ADD,
                       PARAMS(value_text(c->page_id), value_int(ordinal), value_int(c->now_ms), value_int(c->step), value_text(person_id),
                              value_int((int64_t)*ret_count), value_int(as == CALL_STAND_IN), value_int(as == CALL_ABSENT)),
                       NULL, why);
}

// All heads of the office who are there, where the rota names nobody who is; where all are away, all: somebody must hear of it.
static struct err call_heads(struct services *services, struct store_conn *conn, const struct call *c, struct arena *arena, size_t *ret_people,
                             struct why *why) {
    struct rows heads;
    TRY(store_read(conn, STMT_OFFICE_PEOPLE, PARAMS(value_text(c->office), value_int(ROLE_HEAD)), arena, &heads, why));
    *ret_people = 0;
    for (int pass = 0; pass < 2 && *ret_people == 0; pass++)
        for (size_t i = 0; i < heads.count; i++) {
            struct span head = rows_span(&heads, i, 0);
            struct rows absent;
            size_t ways = 0;
            TRY(store_read(conn, STMT_IS_ABSENT, PARAMS(value_text(head), value_int(c->now_ms)), arena, &absent, why));
            if (pass == 0 && rows_int(&absent, 0, 0) != 0) continue;
            TRY(call_person(services, conn, c, head, CALL_STAND_IN, arena, &ways, why));
            (*ret_people)++;
        }
    return err_none();
}

// From the step after the last one on, the first person who is there and can be reached; who is away or can't be is noted and passed over.
static struct err page_call(struct services *services, struct store_conn *conn, struct call *c, struct arena *arena, struct why *why) {
    for (; c->step <= STEP_HEAD; c->step++) {
        struct rows turn;
        size_t ways = 0;
        TRY(store_read(conn, STMT_ROTA_AT, PARAMS(value_text(c->office), value_int(c->step), value_int(c->now_ms)), arena, &turn, why));
        if (turn.count == 0) continue;
        TRY(call_person(services, conn, c, rows_span(&turn, 0, 0), rows_int(&turn, 0, 1) != 0 ? CALL_ABSENT : CALL_TURN, arena, &ways, why));
        if (ways > 0) return err_none();
    }
    c->step = STEP_HEAD;
    size_t people = 0, ways = 0;
    TRY(call_heads(services, conn, c, arena, &people, why));
    if (people > 0) return err_none();
    log_warn("page_nobody", "page=%.*s office=%.*s", SPAN_FMT(c->page_id), SPAN_FMT(c->office));
    return call_person(services, conn, c, span_make(NULL, 0), CALL_TURN, arena, &ways, why);
}

// Row of pages_due.
static struct call call_of(const struct rows *rows, size_t i, int64_t now_ms) {
    int64_t step = rows_int(rows, i, 7);
    return (struct call){.page_id = rows_span(rows, i, 0), .office = rows_span(rows, i, 1), .office_kind = rows_span(rows, i, 2),
                         .case_id = rows_span(rows, i, 3), .filing_id = rows_span(rows, i, 4), .words = rows_span(rows, i, 6),
                         .step = step < STEP_HEAD ? step + 1 : STEP_HEAD, .now_ms = now_ms};
}

static int64_t pause_of(const struct services *services, struct span office_id) {
    const struct reach_office *office = reach_office_find(services, office_id);
    return office != NULL ? office->page_after_ms : PAGE_AFTER_MS;
}

// One call for all pages of an office that are due at one step: it is made for the oldest and noted at each. Thousands that nobody took must
// neither drown the head in messages nor keep the writer from filings.
static struct err call_together(struct services *services, struct store_conn *conn, struct span office, int64_t step, int64_t now_ms, struct arena *arena,
                                struct why *why) {
    struct rows first, calls;
    TRY(store_read(conn, STMT_PAGES_DUE_FIRST, PARAMS(value_int(now_ms), value_text(office), value_int(step)), arena, &first, why));
    if (first.count == 0) return err_none();
    struct call c = call_of(&first, 0, now_ms);
    TRY(store_read(conn, STMT_PAGE_CALL_COUNT, PARAMS(value_text(c.page_id)), arena, &calls, why));
    TRY(page_call(services, conn, &c, arena, why));
    TRY(store_write(conn, STMT_PAGE_CALLS_JOIN,
                    PARAMS(value_int(now_ms), value_text(office), value_int(step), value_text(c.page_id), value_int(rows_int(&calls, 0, 0)), value_int(TOGETHER_AT_ONCE)), NULL, why));
    return store_write(conn, STMT_PAGES_CALLED_TOGETHER,
                       PARAMS(value_int(now_ms), value_text(office), value_int(step), value_int(TOGETHER_AT_ONCE), value_int(c.step), value_int(pause_of(services, office))),
                       NULL, why);
}

static bool is_together(const struct rows *together, struct span office, int64_t step) {
    for (size_t i = 0; i < together->count; i++)
        if (span_equals(rows_span(together, i, 0), office) && rows_int(together, i, 2) == step) return true;
    return false;
}

struct err pages_work(struct services *services, struct store_conn *conn, int64_t now_ms, struct arena *arena, struct why *why) {
    struct rows together, due;
    TRY(store_read(conn, STMT_PAGES_DUE_TOGETHER, PARAMS(value_int(now_ms), value_int(PAGES_AT_ONCE)), arena, &together, why));
    for (size_t i = 0; i < together.count; i++)
        TRY(call_together(services, conn, rows_span(&together, i, 0), rows_int(&together, i, 2), now_ms, arena, why));
    TRY(store_read(conn, STMT_PAGES_DUE, PARAMS(value_int(now_ms), value_int(PAGES_AT_ONCE)), arena, &due, why));
    for (size_t i = 0; i < due.count; i++) {
        if (is_together(&together, rows_span(&due, i, 1), rows_int(&due, i, 7))) continue; // the next turn's
        struct call c = call_of(&due, i, now_ms);
        TRY(page_call(services, conn, &c, arena, why));
        TRY(store_write(conn, STMT_PAGE_CALLED, PARAMS(value_text(c.page_id), value_int(c.step), value_int(now_ms + pause_of(services, c.office))), NULL, why));
    }
    return err_none();
}

// --- acknowledging ---

struct err page_acknowledge(struct store_conn *conn, struct span page_id, struct span person_id, const char *how, int64_t now_ms,
                            bool *ret_is_first, struct why *why) {
    size_t changed = 0;
    TRY(store_write(conn, STMT_PAGE_ACKNOWLEDGE, PARAMS(value_text(page_id), value_int(now_ms), value_text(person_id), value_text(span_of(how))),
                    &changed, why));
    *ret_is_first = changed == 1;
    return store_write(conn, STMT_DELIVERIES_DROP_OF_PAGE, PARAMS(value_text(page_id)), NULL, why);
}

struct err page_link_check(const struct services *services, struct store_conn *conn, struct span page_id, struct span token, struct arena *arena,
                           struct span *ret_person, struct why *why) {
    int64_t ordinal = -1;
    struct rows calls;
    size_t dot = span_find(token, '.', 0);
    if (!span_to_int(span_part(token, 0, dot), &ordinal) || ordinal < 0 ||
        !secret_equals(token, page_link_token(services, page_id, ordinal, arena)))
        return why_set(why, ERR_NOT_FOUND, "", "page.unknown", "", "there is no such call");
    TRY(store_read(conn, STMT_PAGE_CALLS, PARAMS(value_text(page_id)), arena, &calls, why));
    if ((size_t)ordinal >= calls.count) return why_set(why, ERR_NOT_FOUND, "", "page.unknown", "", "there is no such call");
    *ret_person = rows_span(&calls, (size_t)ordinal, 2);
    return err_none();
}

struct err reach_office_filed(struct store_conn *conn, struct span case_id, struct span kind, struct span filer, int64_t now_ms, struct why *why) {
    if (!role_is_office(kind)) return err_none();
    struct arena arena;
    struct rows pages = {0}, person = {0};
    arena_init(&arena, 64 * 1024);
    struct err e = store_read(conn, STMT_PAGES_OPEN_OF_CASE, PARAMS(value_text(case_id), value_text(kind)), &arena, &pages, why);
    if (!is_err(e) && pages.count > 0)
        e = store_read(conn, STMT_PERSON_BY_PSEUDONYM, PARAMS(value_text(filer)), &arena, &person, why);
    for (size_t i = 0; !is_err(e) && i < pages.count; i++) {
        bool is_first;
        e = page_acknowledge(conn, rows_span(&pages, i, 0), person.count == 1 ? rows_span(&person, 0, 0) : span_make(NULL, 0), "filing", now_ms,
                             &is_first, why);
    }
    arena_fini(&arena);
    return e;
}
