// SPDX-License-Identifier: EUPL-1.2
/* Signing in, second factor, sessions, tokens, lock-out and the way back in, on a real database. */
#include "access_world.h"

static const char HERE[] = "203.0.113.9", THERE[] = "2001:db8:7::1";

static void a_person_signs_in_and_out(void **state) {
    struct world *w = *state;
    struct span id = world_person(w, "Ana@Company.example");
    struct access_signed_in in = world_sign_in(w, GOOD_LOGIN, GOOD_PASSWORD, SPAN(""), HERE);
    assert_int_equal(in.outcome, SIGN_IN_DONE);
    assert_true(span_equals(in.person_id, id));
    assert_int_equal(in.expires_ms, w->env.now_ms + LIMIT_SESSION_MS);
    struct principal who;
    must(w, world_ask(w, in.token, &who));
    assert_true(who.is_known && who.means == MEANS_SESSION && who.scopes == SCOPE_ALL && !who.is_totp_done);
    assert_true(span_equals(who.person_id, id) && span_is(who.name, "Ana Lima") && who.pseudonym.len == 17);
    must(w, WRITE(w, access_session_end(w->writer, id, in.session_id, w->env.now_ms, &w->why)));
    refused(w, world_ask(w, in.token, &who), ERR_UNAUTHENTICATED, "access.bearer");
    refused(w, WRITE(w, access_session_end(w->writer, id, in.session_id, w->env.now_ms, &w->why)), ERR_NOT_FOUND,
            "access.session");
    struct rows events;
    must(w, access_events(w->reader, id, 0, &w->arena, &events, &w->why));
    assert_int_equal(events.count, 4); // made, password set, in, out
    assert_true(span_is(rows_span(&events, 0, 2), "signed_out") && span_is(rows_span(&events, 1, 4), HERE));
}

static void a_login_is_taken_once(void **state) {
    struct world *w = *state;
    world_person(w, GOOD_LOGIN);
    struct access_person_new person = {.login = SPAN("ANA@company.EXAMPLE"), .name = SPAN("Other"), .language = SPAN("")};
    struct span id;
#define CREATE() WRITE(w, access_person_create(&w->access, w->writer, &person, &w->env, &w->arena, &id, &w->why))
    refused(w, CREATE(), ERR_CONFLICT, "access.login_taken");
    person.login = SPAN("a b");
    refused(w, CREATE(), ERR_INPUT, "access.login");
    person.login = SPAN("bo");
    refused(w, CREATE(), ERR_INPUT, "access.login");
    person.login = SPAN("bob");
    person.name = SPAN(" \n ");
    refused(w, CREATE(), ERR_INPUT, "access.name");
    person.name = SPAN("Bob\nRoot");
    refused(w, CREATE(), ERR_INPUT, "access.name");
    person.name = SPAN("Bob");
    person.language = SPAN("FR");
    refused(w, CREATE(), ERR_INPUT, "access.language");
    person.language = SPAN("fr");
    must(w, CREATE());
}

static void unknown_and_wrong_get_the_same_answer(void **state) {
    struct world *w = *state;
    world_person(w, GOOD_LOGIN);
    static const struct {
        const char *login, *password;
    } WRONG[] = {{GOOD_LOGIN, "not the password"}, {"nobody@company.example", GOOD_PASSWORD}, {GOOD_LOGIN, ""}, {"", ""},
                 {"x y", GOOD_PASSWORD}};
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        struct access_signed_in in = world_sign_in(w, WRONG[i].login, WRONG[i].password, SPAN(""), HERE);
        assert_int_equal(in.outcome, SIGN_IN_REFUSED);
        assert_string_equal(in.words, "Login, password or code is not right.");
        assert_true(in.token.at == NULL && in.person_id.at == NULL);
    }
    // someone known and someone unknown are locked after the same number of attempts
    int known = 0, unknown = 0;
    while (world_sign_in(w, GOOD_LOGIN, "wrong", SPAN(""), "192.0.2.1").outcome == SIGN_IN_REFUSED) known++;
    while (world_sign_in(w, "nobody@company.example", "wrong", SPAN(""), "192.0.2.2").outcome == SIGN_IN_REFUSED) unknown++;
    assert_int_equal(known + 2, unknown + 1); // the loop above had tried them twice and once
}

static void cookies_need_their_csrf_token(void **state) {
    struct world *w = *state;
    world_person(w, GOOD_LOGIN);
    struct access_signed_in in = world_sign_in(w, GOOD_LOGIN, GOOD_PASSWORD, SPAN(""), HERE);
    struct span cookie = arena_printf(&w->arena, "theme=dark; " ACCESS_COOKIE "=%.*s; other=1", SPAN_FMT(in.token));
    struct access_credentials with = {.cookie = cookie};
    struct principal who;
#define ASK() must(w, access_authenticate(&w->access, w->reader, &with, w->env.now_ms, &w->arena, &who, &w->why))
    ASK();
    assert_true(who.is_known && span_equals(who.csrf, in.csrf));
    with.is_changing = true;
    ASK();
    assert_true(!who.is_known && who.is_csrf_missing);
    refused(w, access_require(&who, SCOPE_FILE, &w->why), ERR_DENIED, "access.csrf");
    with.csrf = SPAN("00000000000000000000000000000000");
    ASK();
    assert_false(who.is_known);
    with.csrf = in.csrf;
    ASK();
    assert_true(who.is_known);
    struct access_signed_in second = world_sign_in(w, GOOD_LOGIN, GOOD_PASSWORD, SPAN(""), HERE);
    with.csrf = second.csrf; // of another session of the same person
    ASK();
    assert_false(who.is_known);
    with = (struct access_credentials){.cookie = SPAN(ACCESS_COOKIE "=vrd_s_short")};
    ASK();
    assert_true(!who.is_known && who.is_session_over);
    refused(w, access_require(&who, SCOPE_READ, &w->why), ERR_UNAUTHENTICATED, "access.session_over");
    with = (struct access_credentials){.cookie = SPAN("")};
    ASK();
    assert_true(!who.is_known && !who.is_session_over);
    refused(w, access_require(&who, SCOPE_READ, &w->why), ERR_UNAUTHENTICATED, "access.nobody");
    with.authorization = SPAN("Basic YTpi");
    refused(w, access_authenticate(&w->access, w->reader, &with, w->env.now_ms, &w->arena, &who, &w->why),
            ERR_UNAUTHENTICATED, "access.bearer");
}

static void sessions_end_and_are_prolonged_to_a_bound(void **state) {
    struct world *w = *state;
    world_person(w, GOOD_LOGIN);
    int64_t start_ms = w->env.now_ms, expires_ms = 0;
    struct access_signed_in in = world_sign_in(w, GOOD_LOGIN, GOOD_PASSWORD, SPAN(""), HERE);
    struct principal who;
    int prolonged = 0;
    for (;;) {
        w->env.now_ms += LIMIT_SESSION_MS - 1;
        if (is_err(world_ask(w, in.token, &who))) break;
        must(w, WRITE(w, access_session_prolong(w->writer, &who, w->env.now_ms, &expires_ms, &w->why)));
        assert_true(expires_ms <= start_ms + LIMIT_SESSION_WHOLE_MS);
        prolonged++;
    }
    w->why = (struct why){0};
    assert_int_equal(prolonged, 12);
    assert_int_equal(expires_ms, start_ms + LIMIT_SESSION_WHOLE_MS);
    // a principal from before the end can't prolong after it
    refused(w, WRITE(w, access_session_prolong(w->writer, &who, w->env.now_ms, &expires_ms, &w->why)), ERR_UNAUTHENTICATED,
            "access.session_over");
    in = world_sign_in(w, GOOD_LOGIN, GOOD_PASSWORD, SPAN(""), HERE);
    w->env.now_ms = in.expires_ms - 1;
    must(w, world_ask(w, in.token, &who));
    w->env.now_ms = in.expires_ms;
    refused(w, world_ask(w, in.token, &who), ERR_UNAUTHENTICATED, "access.bearer");
}

static void a_person_has_a_bounded_number_of_sessions(void **state) {
    struct world *w = *state;
    struct span id = world_person(w, GOOD_LOGIN);
    struct access_signed_in first = world_sign_in(w, GOOD_LOGIN, GOOD_PASSWORD, SPAN(""), HERE);
    for (int i = 0; i < LIMIT_SESSIONS_PER_PERSON; i++) {
        w->env.now_ms++;
        assert_int_equal(world_sign_in(w, GOOD_LOGIN, GOOD_PASSWORD, SPAN(""), HERE).outcome, SIGN_IN_DONE);
    }
    struct rows rows;
    must(w, access_sessions(w->reader, id, w->env.now_ms, &w->arena, &rows, &w->why));
    assert_int_equal(rows.count, LIMIT_SESSIONS_PER_PERSON);
    struct principal who;
    refused(w, world_ask(w, first.token, &who), ERR_UNAUTHENTICATED, "access.bearer");
}

static void a_new_password_ends_the_other_sessions(void **state) {
    struct world *w = *state;
    struct span id = world_person(w, GOOD_LOGIN);
    struct access_signed_in one = world_sign_in(w, GOOD_LOGIN, GOOD_PASSWORD, SPAN(""), HERE);
    struct access_signed_in two = world_sign_in(w, GOOD_LOGIN, GOOD_PASSWORD, SPAN(""), THERE);
    bool is_right = false;
    must(w, access_password_check(&w->access, w->reader, id, span_of(GOOD_PASSWORD), &is_right, &w->why));
    assert_true(is_right);
    must(w, access_password_check(&w->access, w->reader, id, SPAN("Seven quiet lighthouses"), &is_right, &w->why));
    assert_false(is_right);
    // one who had her old password checked before the change comes too late with it
    struct access_sign_in in = {.login = span_of(GOOD_LOGIN), .password = span_of(GOOD_PASSWORD), .address = span_of(HERE)};
    struct access_sign_in_ready ready;
    must(w, access_login_prepare(&w->access, w->reader, &in, &w->env, &w->arena, &ready, &w->why));
    assert_true(ready.is_password_right);
    struct access_password next;
    must(w, access_password_prepare(&w->access, SPAN("nine loud foghorns"), SPAN(""), &w->env, &next, &w->why));
    must(w, WRITE(w, access_password_set(w->writer, id, &next, one.session_id, w->env.now_ms, &w->why)));
    struct principal who;
    must(w, world_ask(w, one.token, &who));
    refused(w, world_ask(w, two.token, &who), ERR_UNAUTHENTICATED, "access.bearer");
    struct access_signed_in late;
    must(w, WRITE(w, access_login(&w->access, w->writer, &in, &ready, &w->env, &w->arena, &late, &w->why)));
    assert_int_equal(late.outcome, SIGN_IN_REFUSED);
    assert_int_equal(world_sign_in(w, GOOD_LOGIN, GOOD_PASSWORD, SPAN(""), HERE).outcome, SIGN_IN_REFUSED);
    assert_int_equal(world_sign_in(w, GOOD_LOGIN, "nine loud foghorns", SPAN(""), HERE).outcome, SIGN_IN_DONE);
}

static void a_second_factor_is_asked_for_and_counts_once(void **state) {
    struct world *w = *state;
    struct span secret, code;
    struct principal who = world_officer(w, GOOD_LOGIN, &secret);
    assert_true(who.is_totp_done); // the session in which it was set up
    assert_int_equal(world_sign_in(w, GOOD_LOGIN, GOOD_PASSWORD, SPAN(""), HERE).outcome, SIGN_IN_CODE_NEEDED);
    assert_int_equal(world_sign_in(w, GOOD_LOGIN, "wrong", SPAN(""), HERE).outcome, SIGN_IN_REFUSED);
    code = world_code(w, secret);
    assert_int_equal(world_sign_in(w, GOOD_LOGIN, "wrong", code, HERE).outcome, SIGN_IN_REFUSED); // and the code is not used up
    struct access_signed_in in = world_sign_in(w, GOOD_LOGIN, GOOD_PASSWORD, code, HERE);
    assert_int_equal(in.outcome, SIGN_IN_DONE);
    assert_true(in.is_totp_done);
    assert_int_equal(world_sign_in(w, GOOD_LOGIN, GOOD_PASSWORD, code, HERE).outcome, SIGN_IN_REFUSED); // replayed
    w->env.now_ms += 30 * 1000;
    assert_int_equal(world_sign_in(w, GOOD_LOGIN, GOOD_PASSWORD, code, HERE).outcome, SIGN_IN_REFUSED); // still
    assert_int_equal(world_sign_in(w, GOOD_LOGIN, GOOD_PASSWORD, world_code(w, secret), HERE).outcome, SIGN_IN_DONE);
    // the same code twice at once: prepared by two, used by one
    w->env.now_ms += 60 * 1000;
    struct access_sign_in twice = {.login = span_of(GOOD_LOGIN), .password = span_of(GOOD_PASSWORD),
                                   .code = world_code(w, secret), .address = span_of(HERE)};
    struct access_sign_in_ready a, b;
    struct access_signed_in done_a, done_b;
    must(w, access_login_prepare(&w->access, w->reader, &twice, &w->env, &w->arena, &a, &w->why));
    must(w, access_login_prepare(&w->access, w->reader, &twice, &w->env, &w->arena, &b, &w->why));
    must(w, WRITE(w, access_login(&w->access, w->writer, &twice, &a, &w->env, &w->arena, &done_a, &w->why)));
    must(w, WRITE(w, access_login(&w->access, w->writer, &twice, &b, &w->env, &w->arena, &done_b, &w->why)));
    assert_int_equal(done_a.outcome, SIGN_IN_DONE);
    assert_int_equal(done_b.outcome, SIGN_IN_REFUSED);
}

static void setting_a_second_factor_up_needs_its_code(void **state) {
    struct world *w = *state;
    struct span id = world_person(w, GOOD_LOGIN), codes[ACCESS_RECOVERY_CODES];
    struct access_signed_in in = world_sign_in(w, GOOD_LOGIN, GOOD_PASSWORD, SPAN(""), HERE);
    struct access_totp_new made;
#define CONFIRM(CODE)                                                                                                  \
    WRITE(w, access_totp_confirm(&w->access, w->writer, id, in.session_id, (CODE), &w->env, &w->arena, codes, &w->why))
    refused(w, CONFIRM(SPAN("000000")), ERR_CONFLICT, "access.totp_not_begun");
    must(w, WRITE(w, access_totp_begin(&w->access, w->writer, id, SPAN("Varde BE"), &w->env, &w->arena, &made, &w->why)));
    struct span uri = arena_printf(&w->arena,
                                   "otpauth://totp/Varde%%20BE:ana%%40company.example?secret=%.*s&issuer=Varde%%20BE",
                                   SPAN_FMT(made.secret_base32));
    assert_true(span_equals(made.uri, uri));
    refused(w, CONFIRM(SPAN("12345")), ERR_INPUT, "access.totp_code");
    // begun and not confirmed: nothing is asked for yet
    assert_false(world_sign_in(w, GOOD_LOGIN, GOOD_PASSWORD, SPAN(""), HERE).is_totp_done);
    struct span secret = world_secret(w, made.secret_base32);
    must(w, CONFIRM(world_code(w, secret)));
    refused(w, CONFIRM(world_code(w, secret)), ERR_CONFLICT, "access.totp_not_begun");
    for (size_t i = 0; i < ACCESS_RECOVERY_CODES; i++)
        for (size_t j = 0; j < i; j++) assert_false(span_equals(codes[i], codes[j]));
    // another node secret does not open what is stored
    struct access other = w->access;
    other.node_secret[0] ^= 1;
    bool has = false, is_right = false;
    refused(w, WRITE(w, access_totp_use(&other, w->writer, id, SPAN("123456"), w->env.now_ms, &w->arena, &has, &is_right, &w->why)),
            ERR_CORRUPT, "access.totp_row");
}

static void guessing_locks_for_a_while_and_recovery_opens(void **state) {
    struct world *w = *state;
    struct span codes[ACCESS_RECOVERY_CODES], id = world_person(w, GOOD_LOGIN);
    struct access_signed_in in = world_sign_in(w, GOOD_LOGIN, GOOD_PASSWORD, SPAN(""), HERE);
    struct span secret = world_factor(w, id, in.session_id, codes);
    for (int i = 1; i < LIMIT_FREE_FAILURES_PERSON; i++)
        assert_int_equal(world_sign_in(w, GOOD_LOGIN, "wrong", SPAN(""), THERE).outcome, SIGN_IN_REFUSED);
    in = world_sign_in(w, GOOD_LOGIN, "wrong", SPAN(""), THERE);
    assert_int_equal(in.outcome, SIGN_IN_LOCKED);
    assert_int_equal(in.locked_until_ms, w->env.now_ms + LIMIT_LOCK_FIRST_MS);
    assert_non_null(strstr(in.words, "Z. It opens by itself"));
    // locked for the right password too, from everywhere; knocking does not lengthen it
    for (int i = 0; i < 50; i++) {
        struct access_signed_in again = world_sign_in(w, GOOD_LOGIN, GOOD_PASSWORD, world_code(w, secret), HERE);
        assert_int_equal(again.outcome, SIGN_IN_LOCKED);
        assert_int_equal(again.locked_until_ms, in.locked_until_ms);
    }
    // a wrong recovery code does not open it; a right one with the password does, once
    assert_int_equal(world_sign_in(w, GOOD_LOGIN, GOOD_PASSWORD, SPAN("0123-4567-89ab-cdef"), HERE).outcome, SIGN_IN_LOCKED);
    assert_int_equal(world_sign_in(w, GOOD_LOGIN, GOOD_PASSWORD, codes[3], HERE).outcome, SIGN_IN_DONE);
    assert_int_equal(world_sign_in(w, GOOD_LOGIN, GOOD_PASSWORD, codes[3], HERE).outcome, SIGN_IN_REFUSED);
    assert_int_equal(world_sign_in(w, GOOD_LOGIN, GOOD_PASSWORD, world_code(w, secret), HERE).outcome, SIGN_IN_DONE);
    // the wait doubles with each further failure and ends by itself
    int64_t wait_ms = 0;
    for (int i = 0; i < 12; i++) {
        do in = world_sign_in(w, GOOD_LOGIN, "wrong", SPAN(""), "198.51.100.7");
        while (in.outcome == SIGN_IN_REFUSED);
        assert_int_equal(in.outcome, SIGN_IN_LOCKED);
        assert_true(in.locked_until_ms - w->env.now_ms >= wait_ms);
        wait_ms = in.locked_until_ms - w->env.now_ms;
        w->env.now_ms = in.locked_until_ms;
    }
    assert_int_equal(wait_ms, LIMIT_LOCK_PERSON_MS);
    assert_int_equal(world_sign_in(w, GOOD_LOGIN, GOOD_PASSWORD, world_code(w, secret), HERE).outcome, SIGN_IN_DONE);
}

static void one_address_is_locked_for_all_logins(void **state) {
    struct world *w = *state;
    world_person(w, GOOD_LOGIN);
    char login[32];
    for (int i = 1; i <= LIMIT_FREE_FAILURES_ADDRESS; i++) {
        (void)snprintf(login, sizeof login, "guess%d@company.example", i);
        assert_int_equal(world_sign_in(w, login, "wrong", SPAN(""), "2001:db8:7::2").outcome,
                         i < LIMIT_FREE_FAILURES_ADDRESS ? SIGN_IN_REFUSED : SIGN_IN_LOCKED);
    }
    assert_int_equal(world_sign_in(w, GOOD_LOGIN, GOOD_PASSWORD, SPAN(""), THERE).outcome, SIGN_IN_LOCKED); // the same /64
    assert_int_equal(world_sign_in(w, GOOD_LOGIN, GOOD_PASSWORD, SPAN(""), HERE).outcome, SIGN_IN_DONE);
    w->env.now_ms += LIMIT_LOCK_FIRST_MS;
    assert_int_equal(world_sign_in(w, GOOD_LOGIN, GOOD_PASSWORD, SPAN(""), THERE).outcome, SIGN_IN_DONE);
}

static void guesses_made_at_once_count_one_by_one(void **state) {
    struct world *w = *state;
    world_person(w, GOOD_LOGIN);
    enum { AT_ONCE = 40 };
    struct access_sign_in in = {.login = span_of(GOOD_LOGIN), .password = SPAN("wrong"), .address = span_of(HERE)};
    struct access_sign_in_ready ready[AT_ONCE];
    for (int i = 0; i < AT_ONCE; i++) {
        if (i == AT_ONCE - 1) in.password = span_of(GOOD_PASSWORD); // the last one guesses right
        must(w, access_login_prepare(&w->access, w->reader, &in, &w->env, &w->arena, &ready[i], &w->why));
    }
    for (int i = 0; i < AT_ONCE; i++) {
        struct access_signed_in done;
        must(w, WRITE(w, access_login(&w->access, w->writer, &in, &ready[i], &w->env, &w->arena, &done, &w->why)));
        assert_int_equal(done.outcome, i + 1 < LIMIT_FREE_FAILURES_PERSON ? SIGN_IN_REFUSED : SIGN_IN_LOCKED);
    }
}

static void tokens_do_what_they_are_for_and_end(void **state) {
    struct world *w = *state;
    struct principal who = world_officer(w, GOOD_LOGIN, NULL), machine;
    struct span id, text;
    struct access_token_new token = {.name = SPAN("import"), .scopes = SCOPE_READ | SCOPE_FILE,
                                     .expires_ms = w->env.now_ms + MS_PER_DAY};
#define MAKE(BY) WRITE(w, access_token_create(w->writer, (BY), &token, &w->env, &w->arena, &id, &text, &w->why))
    must(w, MAKE(&who));
    must(w, world_ask(w, text, &machine));
    assert_true(machine.means == MEANS_TOKEN && machine.scopes == (SCOPE_READ | SCOPE_FILE) && machine.is_totp_done);
    must(w, access_require(&machine, SCOPE_FILE, &w->why));
    refused(w, access_require(&machine, SCOPE_DELETE, &w->why), ERR_DENIED, "access.scope");
    refused(w, access_require(&machine, SCOPE_ACCOUNT, &w->why), ERR_DENIED, "access.scope");
    refused(w, MAKE(&machine), ERR_DENIED, "access.scope"); // a token makes no token
    struct access_credentials as_cookie = {.cookie = arena_printf(&w->arena, ACCESS_COOKIE "=%.*s", SPAN_FMT(text))};
    must(w, access_authenticate(&w->access, w->reader, &as_cookie, w->env.now_ms, &w->arena, &machine, &w->why));
    assert_false(machine.is_known);
    // only its hash is in the database
    struct rows rows;
    must(w, access_tokens(w->reader, who.person_id, &w->arena, &rows, &w->why));
    assert_int_equal(rows.count, 1);
    struct access_token_new bad = token;
    token.scopes = SCOPE_READ | SCOPE_ADMINISTER;
    refused(w, MAKE(&who), ERR_INPUT, "access.token_scopes");
    token = bad;
    token.expires_ms = w->env.now_ms + (LIMIT_TOKEN_DAYS + 1) * MS_PER_DAY;
    refused(w, MAKE(&who), ERR_INPUT, "access.token_expiry");
    token.expires_ms = w->env.now_ms;
    refused(w, MAKE(&who), ERR_INPUT, "access.token_expiry");
    struct span other = world_person(w, "other@company.example");
    refused(w, WRITE(w, access_token_revoke(w->writer, other, id, span_make(NULL, 0), w->env.now_ms, &w->why)), ERR_NOT_FOUND, "access.token");
    must(w, world_ask(w, text, &machine));
    must(w, WRITE(w, access_token_revoke(w->writer, who.person_id, id, span_make(NULL, 0), w->env.now_ms, &w->why)));
    refused(w, world_ask(w, text, &machine), ERR_UNAUTHENTICATED, "access.bearer");
    token.expires_ms = w->env.now_ms + 5;
    must(w, MAKE(&who));
    w->env.now_ms += 5;
    refused(w, world_ask(w, text, &machine), ERR_UNAUTHENTICATED, "access.bearer");
}

int main(void) {
#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, world_open, world_close)
    const struct CMUnitTest tests[] = {
        TEST(a_person_signs_in_and_out),
        TEST(a_login_is_taken_once),
        TEST(unknown_and_wrong_get_the_same_answer),
        TEST(cookies_need_their_csrf_token),
        TEST(sessions_end_and_are_prolonged_to_a_bound),
        TEST(a_person_has_a_bounded_number_of_sessions),
        TEST(a_new_password_ends_the_other_sessions),
        TEST(a_second_factor_is_asked_for_and_counts_once),
        TEST(setting_a_second_factor_up_needs_its_code),
        TEST(guessing_locks_for_a_while_and_recovery_opens),
        TEST(one_address_is_locked_for_all_logins),
        TEST(guesses_made_at_once_count_one_by_one),
        TEST(tokens_do_what_they_are_for_and_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
