// SPDX-License-Identifier: EUPL-1.2
/*
 * Reaching people without a network: calls go from one to the next, nobody is reminded twice or of what is done, and whatever a crash
 * leaves open is found out about.
 */
#include "access_world.h"

#include <sqlite3.h>

#include "law/pack.h"
#include "service/page.h"
#include "service/reach.h"

enum { MINUTE = 60 * 1000 };
#define HOUR ((int64_t)60 * MINUTE)
#define NOW(WORLD) ((WORLD)->env.now_ms)

static struct services services;
static struct reach_config config;
static const struct reach_office REACH_OFFICES[] = {
    {{(const uint8_t *)"csirt", 5}, {(const uint8_t *)"csirt", 5}, {(const uint8_t *)"CSIRT", 5}, 15 * MINUTE, true}};
static struct arena law_arena;
static unsigned made;

static void numbered_id(char prefix, char ret[18]) { (void)snprintf(ret, 18, "%c%016u", prefix, made++); }

static int begin(void **state) {
    if (world_open(state) != 0) return -1;
    struct world *world = *state;
    struct law *law;
    arena_init(&law_arena, (size_t)64 * 1024 * 1024);
    must(world, law_load(&law_arena, embedded_law, embedded_law_count, &law, &world->why));
    config = (struct reach_config){.has_mail = true, .mail_domain = SPAN("node.example"), .bounce_local = SPAN("b"), .bounce_domain = SPAN("node.example"),
                                   .has_mailbox = true, .is_copied = true, .ask_ms = MINUTE, .office_count = 1, .offices = REACH_OFFICES};
    services = (struct services){.law = law, .state = SPAN("LU"), .node_name = SPAN("Node"), .access = &world->access, .public_url = SPAN("https://node.example"),
                                 .reach = &config, .random_id = numbered_id};
    memcpy(services.node_secret, NODE_SECRET, sizeof services.node_secret);
    return 0;
}
static int end(void **state) {
    arena_fini(&law_arena);
    return world_close(state);
}

#define DO(WORLD, EXPR) must((WORLD), WRITE((WORLD), (EXPR)))
#define PUT(WORLD, STATEMENT, ...) DO(WORLD, store_write((WORLD)->writer, (STATEMENT), PARAMS(__VA_ARGS__), NULL, &(WORLD)->why))

static struct rows ask(struct world *world, enum statement statement, const struct value *params, size_t count) {
    struct rows rows;
    must(world, store_read(world->reader, statement, params, count, &world->arena, &rows, &world->why));
    return rows;
}

static struct span officer(struct world *world, const char *login, enum access_role_kind role, bool has_channel) {
    struct span id = world_person(world, login), role_id;
    DO(world, access_role_grant(&world->access, world->writer, &(struct access_role_new){.person_id = id, .office = SPAN("csirt"), .role = role}, SPAN(""), &world->env,
                                &world->arena, &role_id, &world->why));
    if (!has_channel) return id;
    struct span channel = arena_printf(&world->arena, "K%s", login);
    PUT(world, STMT_CHANNEL_ADD, value_text(channel), value_text(SPAN("person")), value_text(id), value_text(SPAN("mail")),
        value_text(arena_printf(&world->arena, "%s@node.example", login)), value_text(SPAN("en")), value_null(), value_null(), value_null(), value_null(),
        value_int(NOW(world)), value_int(NOW(world)), value_text(id));
    return id;
}

static void add_case(struct world *world, const char *id) {
    PUT(world, STMT_CASE_PUT, value_text(span_of(id)), value_text(SPAN("incident")), value_text(SPAN("desk")), value_null(), value_null(), value_text(SPAN("reported")),
        value_text(SPAN("{}")), value_int(1), value_int(INT64_MAX), value_int(NOW(world)), value_int(NOW(world)), value_int(0));
    PUT(world, STMT_DESK_CASE_PUT, value_text(span_of(id)), value_text(SPAN("desk")), value_text(SPAN("incident")), value_null(), value_null(), value_text(SPAN("reported")),
        value_int(1), value_text(SPAN(" csirt ca ")), value_int(0), value_text(SPAN("early_warning")), value_text(SPAN(" ")), value_text(SPAN(" csirt ")), value_int(INT64_MAX),
        value_int(INT64_MAX), value_int(NOW(world)), value_int(0), value_int(1), value_int(INT64_MAX));
}

static void work(struct world *world, int64_t later_ms) {
    world->env.now_ms += later_ms;
    DO(world, reach_work(&services, world->writer, NOW(world), &world->arena, &world->why));
}

static size_t claim(struct world *world, struct delivery_out **ret) {
    size_t count = 0;
    DO(world, delivery_claim(&services, world->writer, 16, true, NOW(world), &world->arena, ret, &world->why));
    for (const struct delivery_out *out = *ret; out != NULL; out = out->next) count++;
    return count;
}

static void settle(struct world *world, int64_t id, enum delivery_outcome outcome) {
    DO(world, delivery_settle(&services, world->writer, id, outcome, SPAN("550 no\r\nsuch"), NOW(world), &world->arena, &world->why));
}

static struct span state_of(struct world *world, int64_t id) {
    struct rows rows = ask(world, STMT_DELIVERY_STATE, PARAMS(value_int(id)));
    return rows.count == 1 ? rows_span(&rows, 0, 0) : SPAN("none");
}

static void turn(struct world *world, int64_t step, struct span person) {
    PUT(world, STMT_ROTA_TURN_ADD, value_text(SPAN("csirt")), value_int(step), value_int(0), value_int(NOW(world) + 240 * HOUR), value_text(person));
}

static void message(struct world *world, const char *case_id, const char *content) {
    PUT(world, STMT_OUTBOX_ADD, value_text(SPAN("F1")), value_text(span_of(case_id)), value_text(span_of(content)), value_int(NOW(world)), value_int(NOW(world)));
}
#define WAKE "{\"kind\":\"incident_filed\",\"op\":\"message\",\"page\":true,\"to\":{\"office_kind\":\"csirt\"},\"words\":{\"en\":\"An early warning came in.\"}}"

static void calls_go_from_one_to_the_next(void **state) {
    struct world *world = *state;
    struct span head = officer(world, "head", ROLE_HEAD, true), first = officer(world, "first", ROLE_OFFICER, false), second = officer(world, "second", ROLE_OFFICER, true);
    add_case(world, "C1");
    turn(world, 1, first);
    turn(world, 2, second);
    message(world, "C1", WAKE);
    message(world, "C1", WAKE); // the same people for the same case: one page
    work(world, 0);
    struct rows pages = ask(world, STMT_PAGES_LIST_OPEN, PARAMS(value_text(SPAN("csirt")), value_int(INT64_MAX), value_text(SPAN("~")), value_int(10)));
    assert_int_equal(pages.count, 1);
    struct span page = rows_span(&pages, 0, 0);
    struct rows calls = ask(world, STMT_PAGE_CALLS, PARAMS(value_text(page)));
    assert_int_equal(calls.count, 2); // the first can't be reached: noted, and passed over at once
    assert_true(span_equals(rows_span(&calls, 0, 2), first) && rows_int(&calls, 0, 4) == 0);
    assert_true(span_equals(rows_span(&calls, 1, 2), second) && rows_int(&calls, 1, 4) == 1);
    work(world, 14 * MINUTE);
    calls = ask(world, STMT_PAGE_CALLS, PARAMS(value_text(page)));
    assert_int_equal(calls.count, 2);
    work(world, MINUTE); // nobody is third on the rota: the head stands in, again and again
    work(world, 15 * MINUTE);
    calls = ask(world, STMT_PAGE_CALLS, PARAMS(value_text(page)));
    assert_int_equal(calls.count, 4);
    assert_true(span_equals(rows_span(&calls, 3, 2), head) && rows_int(&calls, 3, 5) == 1);
    bool is_first = false;
    DO(world, page_acknowledge(world->writer, page, second, "link", NOW(world), &is_first, &world->why));
    assert_true(is_first);
    DO(world, page_acknowledge(world->writer, page, head, "signed_in", NOW(world), &is_first, &world->why));
    assert_false(is_first);
    work(world, HOUR);
    calls = ask(world, STMT_PAGE_CALLS, PARAMS(value_text(page)));
    assert_int_equal(calls.count, 4);
    struct delivery_out *out;
    assert_true(claim(world, &out) > 0);
    for (; out != NULL; out = out->next) assert_false(span_starts_with(out->subject, SPAN("[C1] You are on call"))); // taken: not sent any more
}

static int64_t number(struct world *world, const char *what) { // past the store, which has no need of it
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = NULL;
    assert_int_equal(sqlite3_open_v2(world->file, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, what, -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    int64_t found = sqlite3_column_int64(stmt, 0);
    (void)sqlite3_finalize(stmt);
    (void)sqlite3_close(db);
    return found;
}

static void away(struct world *world, const char *id, struct span person, int64_t from_ms, int64_t until_ms) {
    PUT(world, STMT_DESK_ABSENCE_ADD, value_text(span_of(id)), value_text(person), value_int(from_ms), value_int(until_ms), value_null(), value_text(person), value_int(NOW(world)));
}

static struct rows calls_of(struct world *world, const char *case_id) {
    struct rows pages = ask(world, STMT_PAGES_LIST_OF_CASE, PARAMS(value_text(SPAN("csirt")), value_int(INT64_MAX), value_text(SPAN("~")), value_int(10), value_int(0), value_text(span_of(case_id))));
    assert_int_equal(pages.count, 1);
    return ask(world, STMT_PAGE_CALLS, PARAMS(value_text(rows_span(&pages, 0, 0))));
}
static void is_call(const struct rows *calls, size_t i, struct span person, int64_t step, bool is_called, bool is_stand_in, bool is_absent) {
    assert_true(calls->count > i && span_equals(rows_span(calls, i, 2), person));
    assert_int_equal(rows_int(calls, i, 1), step);
    assert_int_equal(rows_int(calls, i, 4) > 0, is_called);
    assert_int_equal(rows_int(calls, i, 5), is_stand_in);
    assert_int_equal(rows_int(calls, i, 6), is_absent);
}

// Whose turn it is but who is away is not called: the next is, at once, and the record says why.
static void absence_passes_a_call_on(void **state) {
    struct world *world = *state;
    struct span head = officer(world, "head", ROLE_HEAD, true), other = officer(world, "other", ROLE_HEAD, true), first = officer(world, "first", ROLE_OFFICER, true),
                second = officer(world, "second", ROLE_OFFICER, true);
    turn(world, 1, first);
    turn(world, 2, second);
    turn(world, 3, head);
    int64_t now = NOW(world);
    away(world, "AB1", first, now - HOUR, now); // over: it no longer counts
    away(world, "AB2", second, now + 5 * HOUR, now + 9 * HOUR);
    add_case(world, "C1");
    message(world, "C1", WAKE);
    work(world, 0);
    struct rows calls = calls_of(world, "C1");
    is_call(&calls, 0, first, 1, true, false, false);
    assert_int_equal(calls.count, 1);
    away(world, "AB3", first, now, now + 8 * HOUR); // from this moment on
    add_case(world, "C2");
    message(world, "C2", WAKE);
    work(world, 0);
    calls = calls_of(world, "C2");
    is_call(&calls, 0, first, 1, false, false, true);
    is_call(&calls, 1, second, 2, true, false, false);
    assert_int_equal(calls.count, 2);
    // Second and head away too: the other head stands in. Both heads: they are called all the same.
    away(world, "AB4", head, now, now + 9 * HOUR);
    add_case(world, "C3");
    message(world, "C3", WAKE);
    work(world, 5 * HOUR);
    calls = calls_of(world, "C3");
    is_call(&calls, 0, first, 1, false, false, true);
    is_call(&calls, 1, second, 2, false, false, true);
    is_call(&calls, 2, head, 3, false, false, true);
    is_call(&calls, 3, other, 3, true, true, false);
    assert_int_equal(calls.count, 4);
    away(world, "AB5", other, now, now + 9 * HOUR);
    add_case(world, "C4");
    message(world, "C4", WAKE);
    work(world, 0);
    calls = calls_of(world, "C4");
    assert_int_equal(calls.count, 5);
    assert_true(rows_int(&calls, 3, 4) > 0 && rows_int(&calls, 4, 4) > 0);
    // Nobody's call goes to somebody away but for that.
    assert_int_equal(number(world, "SELECT count(*) FROM page_call WHERE is_absent = 1 AND deliveries > 0"), 0);
}

enum { FLOOD = 300 };

// Everybody is called for every page in the rota's order, but not with a message for each; and what nobody takes is called for ever less often.
static void a_flood_is_called_for_together(void **state) {
    struct world *world = *state;
    struct span head = officer(world, "head", ROLE_HEAD, true), first = officer(world, "first", ROLE_OFFICER, true), second = officer(world, "second", ROLE_OFFICER, true);
    turn(world, 1, first);
    turn(world, 2, second);
    turn(world, 3, head);
    for (unsigned i = 0; i < FLOOD; i++) {
        char id[8];
        (void)snprintf(id, sizeof id, "C%u", i);
        add_case(world, id);
        message(world, id, WAKE);
    }
    for (unsigned i = 0; i < FLOOD / 50 + 1; i++) work(world, 0);
    assert_int_equal(number(world, "SELECT count(*) FROM page WHERE step = 1"), FLOOD);
    int64_t calls = number(world, "SELECT count(*) FROM delivery WHERE kind = 'page'");
    assert_true(calls >= 1 && calls <= FLOOD / 10);
    work(world, 14 * MINUTE);
    assert_int_equal(number(world, "SELECT count(*) FROM page WHERE step = 1"), FLOOD); // not before its time
    work(world, MINUTE);
    assert_int_equal(number(world, "SELECT count(*) FROM page WHERE step = 2"), FLOOD);
    work(world, 15 * MINUTE);
    assert_int_equal(number(world, "SELECT count(*) FROM page WHERE step = 3"), FLOOD);
    assert_int_equal(number(world, "SELECT count(*) FROM page_call"), 3 * FLOOD); // each page has each call
    assert_int_equal(number(world, "SELECT count(*) FROM (SELECT page_id FROM page_call GROUP BY page_id HAVING group_concat(step, '') <> '123')"), 0);
    assert_int_equal(number(world, "SELECT count(*) FROM page_call WHERE deliveries = 0"), 0);
    calls = number(world, "SELECT count(*) FROM delivery WHERE kind = 'page'");
    int64_t rounds = 0;
    for (unsigned minutes = 0; minutes < 24 * 60; minutes += 15) {
        work(world, 15 * MINUTE);
        int64_t now = number(world, "SELECT count(*) FROM delivery WHERE kind = 'page'");
        assert_true(now - calls <= 1); // one message for all of them
        rounds += now - calls;
        calls = now;
    }
    assert_true(rounds >= 8 && rounds <= 12); // after 15 (twice), 30, 60, 120 minutes, then every four hours
    struct delivery_out *out;
    bool tells_more = false;
    for (unsigned i = 0; i < 10 && claim(world, &out) > 0; i++)
        for (; out != NULL; out = out->next) tells_more = tells_more || strstr((const char *)out->text.at, "300 calls of your office wait") != NULL;
    assert_true(tells_more);
}

// What was set in life is not called in an exercise, nor the other way round; mails say what they are.
static void an_exercise_calls_no_hook_of_life(void **state) {
    struct world *world = *state;
    struct span owner = officer(world, "first", ROLE_OFFICER, true);
    static const char *const HOOKS[] = {"KLIFE", "KDRILL"};
    for (size_t i = 0; i < 2; i++)
        PUT(world, STMT_CHANNEL_ADD, value_text(span_of(HOOKS[i])), value_text(SPAN("person")), value_text(owner), value_text(SPAN("hook")),
            value_text(arena_printf(&world->arena, "https://pager.example/%s", HOOKS[i])), value_text(SPAN("en")), value_null(), value_null(), value_null(), value_null(),
            value_int(NOW(world)), value_int(NOW(world)), value_text(owner));
    PUT(world, STMT_CHANNEL_OF_EXERCISE, value_text(SPAN("KDRILL")));
    turn(world, 1, owner);
    for (int exercise = 0; exercise < 2; exercise++) {
        struct delivery_out *out;
        const char *own = HOOKS[exercise], *other = HOOKS[1 - exercise];
        unsigned hooks = 0, mails = 0;
        services.is_exercise = exercise != 0;
        const char *id = exercise != 0 ? "C2" : "C1";
        add_case(world, id);
        message(world, id, WAKE);
        work(world, 0);
        (void)claim(world, &out);
        for (; out != NULL; out = out->next) {
            bool is_hook = span_starts_with(out->address, SPAN("https:"));
            if (is_hook) {
                const char *body = arena_text(&world->arena, out->body);
                assert_true(span_is(out->address, (const char *)arena_printf(&world->arena, "https://pager.example/%s", own).at));
                assert_true((strstr(body, "\"is_exercise\":true") != NULL) == services.is_exercise && (strstr(body, "EXERCISE ") != NULL) == services.is_exercise);
            } else assert_true(span_starts_with(out->subject, SPAN("EXERCISE ")) == services.is_exercise);
            *(is_hook ? &hooks : &mails) += 1;
            settle(world, out->id, DELIVERY_SENT);
        }
        assert_true(hooks == mails && hooks > 0); // the call and the message, by each way
        char what[200];
        (void)snprintf(what, sizeof what, "SELECT count(*) FROM delivery WHERE state = 'failed' AND case_id = '%s' AND channel_id = '%s' AND failure LIKE '%%exercise%%'", id, other);
        assert_int_equal(number(world, what), hooks); // seen by somebody, not lost
    }
    services.is_exercise = false;
}

static void a_link_is_nobody_elses(void **state) {
    struct world *world = *state;
    struct span first = officer(world, "first", ROLE_OFFICER, true), person;
    add_case(world, "C1");
    turn(world, 1, first);
    message(world, "C1", WAKE);
    work(world, 0);
    struct delivery_out *out;
    struct span link = span_make(NULL, 0);
    (void)claim(world, &out);
    for (; out != NULL; out = out->next)
        if (strstr((const char *)out->text.at, "/link/") != NULL) link = span_of(strstr((const char *)out->text.at, "/api/v1/pages/"));
    assert_true(link.at != NULL);
    struct span page = span_part(link, 14, 31), token = span_part(link, 37, 37 + 34);
    must(world, page_link_check(&services, world->reader, page, token, &world->arena, &person, &world->why));
    assert_true(span_equals(person, first));
    char forged[64];
    (void)snprintf(forged, sizeof forged, "%.*s", SPAN_FMT(token));
    forged[10] = forged[10] == '0' ? '1' : '0';
    refused(world, page_link_check(&services, world->reader, page, span_of(forged), &world->arena, &person, &world->why), ERR_NOT_FOUND, "page.unknown");
    refused(world, page_link_check(&services, world->reader, SPAN("G0000000000000099"), token, &world->arena, &person, &world->why), ERR_NOT_FOUND, "page.unknown");
    refused(world, page_link_check(&services, world->reader, page, SPAN("7"), &world->arena, &person, &world->why), ERR_NOT_FOUND, "page.unknown");
}

static int64_t one_mail(struct world *world, const char *kind, struct delivery_out **ret) {
    struct delivery_new of = {.kind = kind, .topic = SPAN("incident_filed"), .case_id = SPAN("C1"), .owner_kind = "office", .owner = SPAN("csirt"), .office_kind = SPAN("csirt"),
                              .medium = "mail", .address = SPAN("a@b.example"), .language = SPAN("en"), .words = SPAN("{\"en\":\"Words.\"}"), .next_ms = NOW(world)};
    DO(world, delivery_add(world->writer, &of, NOW(world), &world->why));
    assert_int_equal(claim(world, ret), 1);
    assert_true(span_is(state_of(world, (*ret)->id), "sending"));
    return (*ret)->id;
}

static void heard(struct world *world, struct span mark, bool is_copy, bool is_failed) {
    DO(world, delivery_heard(&services, world->writer, mark, is_copy, is_failed, SPAN("came back"), NOW(world), &world->arena, &world->why));
}

static void recover(struct world *world, int64_t mailbox_read_ms) {
    DO(world, delivery_recover(&services, world->writer, NOW(world), mailbox_read_ms, NOW(world), &world->why));
}

static void a_crash_leaves_a_question(void **state) {
    struct world *world = *state;
    struct delivery_out *out, *other;
    add_case(world, "C1");
    int64_t sent = one_mail(world, "message", &out);
    struct span mark = out->mark;
    int64_t lost = one_mail(world, "message", &other);
    world->env.now_ms += 1000;
    recover(world, 0);
    assert_true(span_is(state_of(world, sent), "asking") && span_is(state_of(world, lost), "asking"));
    assert_int_equal(claim(world, &other), 0); // not again before it is known
    recover(world, NOW(world)); // read, but a copy may still be under way
    assert_true(span_is(state_of(world, lost), "asking"));
    heard(world, mark, true, false);
    assert_true(span_is(state_of(world, sent), "sent"));
    world->env.now_ms += 2 * MINUTE;
    recover(world, NOW(world));
    assert_true(span_is(state_of(world, lost), "waiting") && span_is(state_of(world, sent), "sent"));
    assert_int_equal(claim(world, &other), 1);
    assert_int_equal(other->id, lost); // the same mark: who compares it drops a second one
    // A mailbox that can't be read holds nothing up for ever.
    world->env.now_ms += 1000;
    recover(world, 0);
    assert_true(span_is(state_of(world, lost), "asking"));
    world->env.now_ms += 11 * MINUTE;
    recover(world, 0);
    assert_true(span_is(state_of(world, lost), "waiting"));
    config.has_mailbox = config.is_copied = false; // nobody to ask: again at once
    assert_int_equal(claim(world, &other), 1);
    world->env.now_ms += 1000;
    recover(world, 0);
    assert_true(span_is(state_of(world, lost), "waiting"));
}

static void marks_are_ours(void **state) {
    struct world *world = *state;
    struct delivery_out *out;
    int64_t id, got = 0;
    add_case(world, "C1");
    id = one_mail(world, "message", &out);
    assert_true(delivery_mark_read(&services, out->mark, &world->arena, &got) && got == id);
    static const char *const BAD[] = {"", "d", "d1", "d1.", "d1.0000000000000000", "x1.0000000000000000", "d0.1", "d99999999999999999999.00", "d-1.0000000000000000"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) assert_false(delivery_mark_read(&services, span_of(BAD[i]), &world->arena, &got));
    heard(world, SPAN("d1.0000000000000000"), false, true); // anybody can write to that mailbox
    assert_true(span_is(state_of(world, id), "sending"));
    heard(world, out->mark, false, true);
    assert_true(span_is(state_of(world, id), "failed"));
    heard(world, out->mark, true, false); // a copy after the bounce changes nothing
    assert_true(span_is(state_of(world, id), "failed"));
}

static void answers_of_the_server(void **state) {
    struct world *world = *state;
    struct delivery_out *out;
    add_case(world, "C1");
    int64_t id = one_mail(world, "message", &out);
    settle(world, id, DELIVERY_UNSENT); // nothing was tried
    world->env.now_ms += 2000;
    assert_int_equal(claim(world, &out), 1);
    settle(world, id, DELIVERY_LATER);
    world->env.now_ms += 29 * 1000;
    assert_int_equal(claim(world, &out), 0);
    world->env.now_ms += 2000;
    assert_int_equal(claim(world, &out), 1);
    settle(world, id, DELIVERY_LATER);
    world->env.now_ms += 45 * 1000; // doubled
    assert_int_equal(claim(world, &out), 0);
    world->env.now_ms += 6 * 24 * HOUR;
    assert_int_equal(claim(world, &out), 1);
    settle(world, id, DELIVERY_LATER); // too old
    assert_true(span_is(state_of(world, id), "failed"));
    struct rows tasks = ask(world, STMT_DELIVERIES_FAILED, PARAMS(value_text(SPAN("[\"csirt\"]")), value_int(0), value_int(10), value_text(SPAN("[]"))));
    assert_int_equal(tasks.count, 1);
    assert_true(span_is(rows_span(&tasks, 0, 13), "550 no  such")); // one line, whatever the server said
    settle(world, id, DELIVERY_SENT); // settled already
    assert_true(span_is(state_of(world, id), "failed"));
}

static void duty(struct world *world, const char *name, int64_t due_ms, bool is_done) {
    struct span due = instant_text(&world->arena, due_ms);
    struct span content = arena_printf(&world->arena, "{\"duty\":\"%s\",\"opened_by\":\"F1\",\"due\":\"%.*s\",\"due_latest\":\"%.*s\",\"is_firm\":true}", name, SPAN_FMT(due), SPAN_FMT(due));
    PUT(world, STMT_DUTY_ADD, value_text(SPAN("C1")), value_int((int64_t)(name[0])), value_text(span_of(name)), value_null(), value_text(SPAN("csirt")), value_null(),
        value_text(SPAN("desk")), value_null(), value_int(due_ms), value_int(due_ms), is_done ? value_int(due_ms) : value_null(), value_text(content), value_text(SPAN("incident")),
        value_null());
}

static void one_reminder_for_many(void **state) {
    struct world *world = *state;
    struct delivery_out *out;
    (void)officer(world, "first", ROLE_OFFICER, true);
    add_case(world, "C1");
    duty(world, "answer", NOW(world) + 48 * HOUR, false);
    DO(world, reach_case_changed(world->writer, SPAN("C1"), &world->why));
    work(world, 0);
    struct rows rows = ask(world, STMT_REMINDERS_OF_CASE, PARAMS(value_text(SPAN("C1"))));
    assert_true(rows.count >= 5); // several before and after
    assert_int_equal(claim(world, &out), 0);
    work(world, 47 * HOUR + 30 * MINUTE); // the node was down for three of them
    assert_int_equal(claim(world, &out), 1);
    assert_true(strstr((const char *)out->text.at, "is due on") != NULL && strstr((const char *)out->text.at, "incident") == NULL);
    settle(world, out->id, DELIVERY_UNSENT); // and the mail server is away until it is overdue
    work(world, 3 * 24 * HOUR);
    assert_int_equal(claim(world, &out), 1); // still one, with the words of now
    assert_true(strstr((const char *)out->text.at, "has not come") != NULL);
    settle(world, out->id, DELIVERY_UNSENT);
    PUT(world, STMT_DUTY_CLEAR, value_text(SPAN("C1")));
    duty(world, "answer", NOW(world) - 24 * HOUR, true);
    DO(world, reach_case_changed(world->writer, SPAN("C1"), &world->why));
    work(world, 30 * 24 * HOUR);
    assert_int_equal(claim(world, &out), 0); // done: neither the one that waited nor those to come
    rows = ask(world, STMT_REMINDERS_OF_CASE, PARAMS(value_text(SPAN("C1"))));
    for (size_t i = 0; i < rows.count; i++) assert_true(rows_at(&rows, i, 5)->type != VALUE_NULL);
}

static void quiet_times_hold_messages_only(void **state) {
    struct world *world = *state;
    struct span id = officer(world, "first", ROLE_OFFICER, true);
    struct reach_list list = {.count = 1};
    struct wall wall = wall_at(NOW(world), 0);
    int minute = wall.hour * 60 + wall.minute;
    list.targets[0] = (struct reach_target){.owner_kind = "person", .owner = id, .medium = "mail", .address = SPAN("first@node.example"), .language = SPAN("en"),
                                            .quiet_from = (minute + 1440 - 60) % 1440, .quiet_until = (minute + 60) % 1440};
    struct delivery_new of = {.kind = "message", .owner_kind = "person", .words = SPAN("{\"en\":\"x\"}"), .next_ms = NOW(world)};
    struct delivery_out *out;
    size_t count;
    DO(world, reach_send(&services, world->writer, &of, &list, NOW(world), &count, &world->why));
    assert_int_equal(claim(world, &out), 0);
    of.is_first = true;
    DO(world, reach_send(&services, world->writer, &of, &list, NOW(world), &count, &world->why));
    assert_int_equal(claim(world, &out), 1);
    world->env.now_ms += 61 * MINUTE;
    assert_int_equal(claim(world, &out), 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(calls_go_from_one_to_the_next, begin, end),
        cmocka_unit_test_setup_teardown(absence_passes_a_call_on, begin, end),
        cmocka_unit_test_setup_teardown(an_exercise_calls_no_hook_of_life, begin, end),
        cmocka_unit_test_setup_teardown(a_flood_is_called_for_together, begin, end), cmocka_unit_test_setup_teardown(a_link_is_nobody_elses, begin, end),
        cmocka_unit_test_setup_teardown(a_crash_leaves_a_question, begin, end),     cmocka_unit_test_setup_teardown(marks_are_ours, begin, end),
        cmocka_unit_test_setup_teardown(answers_of_the_server, begin, end),         cmocka_unit_test_setup_teardown(one_reminder_for_many, begin, end),
        cmocka_unit_test_setup_teardown(quiet_times_hold_messages_only, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
