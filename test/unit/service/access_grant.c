// SPDX-License-Identifier: EUPL-1.2
/* The first administrator, roles, mandates, one-time codes, shutting out, the queue of the hasher, who read what. */
#include "access_world.h"

#include <pthread.h>

static const char SETUP_CODE[] = "k7w2-9d3f-0q8s-vv41";

static struct err set_up(struct world *w, const char *code, const char *login, struct span *ret_id, struct why *why) {
    struct hash sha256 = hash_sha256(span_of(SETUP_CODE));
    struct access_password password;
    TRY(access_password_prepare(&w->access, span_of(GOOD_PASSWORD), SPAN(""), &w->env, &password, why));
    struct access_person_new person = {.login = span_of(login), .name = SPAN("Root"), .language = SPAN(""),
                                       .password = &password};
    return access_setup_first_administrator(&w->access, w->writer, span_of(code), sha256.bytes, &person, &w->env, &w->arena,
                                            ret_id, why);
}

static void the_first_administrator_comes_once(void **state) {
    struct world *w = *state;
    struct span id;
    bool is_done = true;
    must(w, access_is_set_up(w->reader, &is_done, &w->why));
    assert_false(is_done);
    refused(w, WRITE(w, set_up(w, "k7w2-9d3f-0q8s-vv42", "root@ca.example", &id, &w->why)), ERR_DENIED, "access.setup_code");
    refused(w, WRITE(w, set_up(w, "", "root@ca.example", &id, &w->why)), ERR_DENIED, "access.setup_code");
    must(w, WRITE(w, set_up(w, SETUP_CODE, "root@ca.example", &id, &w->why)));
    refused(w, WRITE(w, set_up(w, SETUP_CODE, "other@ca.example", &id, &w->why)), ERR_CONFLICT, "access.set_up");
    must(w, access_is_set_up(w->reader, &is_done, &w->why));
    assert_true(is_done);
    struct access_signed_in in = world_sign_in(w, "root@ca.example", GOOD_PASSWORD, SPAN(""), "203.0.113.9");
    struct principal who;
    must(w, world_ask(w, in.token, &who));
    assert_true(who.is_administrator);
    refused(w, access_require_administrator(&who, &w->why), ERR_DENIED, "access.second_factor");
    assert_int_equal(world_sign_in(w, "other@ca.example", GOOD_PASSWORD, SPAN(""), "203.0.113.9").outcome, SIGN_IN_REFUSED);
}

// Two in one group of the writer: each in its savepoint.
static void the_first_administrator_comes_once_in_a_group(void **state) {
    struct world *w = *state;
    struct span a, b;
    world_begin(w);
    must(w, store_savepoint(w->writer, &w->why));
    must(w, set_up(w, SETUP_CODE, "a@ca.example", &a, &w->why));
    must(w, store_release(w->writer, &w->why));
    must(w, store_savepoint(w->writer, &w->why));
    refused(w, set_up(w, SETUP_CODE, "b@ca.example", &b, &w->why), ERR_CONFLICT, "access.set_up");
    store_rollback_savepoint(w->writer);
    must(w, store_commit(w->writer, &w->why));
    struct rows persons;
    must(w, access_persons(w->reader, SPAN(""), &w->arena, &persons, &w->why));
    assert_int_equal(persons.count, 1);
}

static pthread_mutex_t writer_lock = PTHREAD_MUTEX_INITIALIZER;
struct rival {
    struct world *world;
    char login[32];
    enum err_code result;
};
static void *rival_run(void *arg) {
    struct rival *rival = arg;
    struct world own = *rival->world; // same store and connections, arena and reasons of its own
    arena_init(&own.arena, 1 << 20);
    own.why = (struct why){0};
    struct span id;
    (void)pthread_mutex_lock(&writer_lock); // there is one writer
    struct err e = store_begin(own.writer, &own.why);
    if (!is_err(e)) e = set_up(&own, SETUP_CODE, rival->login, &id, &own.why);
    if (is_err(e))
        store_rollback(own.writer);
    else
        e = store_commit(own.writer, &own.why);
    (void)pthread_mutex_unlock(&writer_lock);
    rival->result = e.code;
    arena_fini(&own.arena);
    return NULL;
}

static void the_first_administrator_comes_once_among_rivals(void **state) {
    struct world *w = *state;
    enum { RIVALS = 8 };
    pthread_t threads[RIVALS];
    struct rival rivals[RIVALS];
    for (int i = 0; i < RIVALS; i++) {
        rivals[i] = (struct rival){.world = w};
        (void)snprintf(rivals[i].login, sizeof rivals[i].login, "rival%d@ca.example", i);
        assert_int_equal(pthread_create(&threads[i], NULL, rival_run, &rivals[i]), 0);
    }
    int won = 0;
    for (int i = 0; i < RIVALS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        won += rivals[i].result == ERR_NONE;
        assert_true(rivals[i].result == ERR_NONE || rivals[i].result == ERR_CONFLICT);
    }
    assert_int_equal(won, 1);
}

static struct principal administrator(struct world *w, const char *login) {
    struct principal who = world_officer(w, login, NULL);
    must(w, WRITE(w, access_administrator_set(w->writer, who.person_id, true, span_make(NULL, 0), w->env.now_ms, &w->why)));
    who.is_administrator = true;
    return who;
}

static struct err grant(struct world *w, struct span person, const char *office, enum access_role_kind kind,
                        const char *sector, struct span by, struct span *ret_id) {
    struct span sectors[] = {span_of(sector)};
    struct access_role_new role = {.person_id = person, .office = span_of(office), .role = kind,
                                   .sector_count = sector != NULL, .sectors = sectors};
    return WRITE(w, access_role_grant(&w->access, w->writer, &role, by, &w->env, &w->arena, ret_id, &w->why));
}

static void roles_are_given_and_end_at_once(void **state) {
    struct world *w = *state;
    struct principal root = administrator(w, "root@ca.example");
    struct span id, officer = world_person(w, "olga@ca.example");
    struct access_signed_in in = world_sign_in(w, "olga@ca.example", GOOD_PASSWORD, SPAN(""), "203.0.113.9");
    refused(w, grant(w, root.person_id, "ca", ROLE_HEAD, NULL, root.person_id, &id), ERR_DENIED, "access.not_herself");
    refused(w, grant(w, officer, "ministry", ROLE_HEAD, NULL, root.person_id, &id), ERR_INPUT, "access.office");
    refused(w, grant(w, officer, "ca", (enum access_role_kind)4, NULL, root.person_id, &id), ERR_INPUT, "access.role");
    refused(w, grant(w, officer, "ca-energy", ROLE_OFFICER, "banking", root.person_id, &id), ERR_INPUT, "access.sector");
    refused(w, grant(w, officer, "ca", ROLE_OFFICER, "energy banking", root.person_id, &id), ERR_INPUT, "access.sector");
    refused(w, grant(w, SPAN("P0000000000000000"), "ca", ROLE_OFFICER, NULL, root.person_id, &id), ERR_NOT_FOUND,
            "access.person");
    must(w, grant(w, officer, "ca", ROLE_OFFICER, "banking", root.person_id, &id));
    refused(w, grant(w, officer, "ca", ROLE_HEAD, NULL, root.person_id, &id), ERR_CONFLICT, "access.role_twice");
    struct principal who;
    must(w, world_ask(w, in.token, &who));
    assert_int_equal(who.role_count, 1);
    assert_true(span_is(who.roles[0].office, "ca") && who.roles[0].kind == OFFICE_CA && who.roles[0].role == ROLE_OFFICER);
    assert_true(who.roles[0].sector_count == 1 && span_is(who.roles[0].sectors[0], "banking"));
    assert_false(access_is_officer_of(&who, SPAN("ca"), ROLE_OFFICER)); // without a second factor
    struct span codes[ACCESS_RECOVERY_CODES];
    (void)world_factor(w, officer, in.session_id, codes);
    must(w, world_ask(w, in.token, &who));
    assert_true(access_is_officer_of(&who, SPAN("ca"), ROLE_OFFICER) && !access_is_officer_of(&who, SPAN("ca"), ROLE_HEAD));
    assert_false(access_is_officer_of(&who, SPAN("csirt"), ROLE_READER));
    // an office that left the configuration gives nothing any more
    struct access smaller = w->access;
    smaller.office_count = 1;
    struct access_credentials credentials = {.authorization = arena_printf(&w->arena, "Bearer %.*s", SPAN_FMT(in.token))};
    must(w, access_authenticate(&smaller, w->reader, &credentials, w->env.now_ms, &w->arena, &who, &w->why));
    assert_int_equal(who.role_count, 0);
    must(w, WRITE(w, access_role_revoke(w->writer, id, root.person_id, w->env.now_ms, &w->why)));
    must(w, world_ask(w, in.token, &who));
    assert_int_equal(who.role_count, 0);
    refused(w, WRITE(w, access_role_revoke(w->writer, id, root.person_id, w->env.now_ms, &w->why)), ERR_NOT_FOUND,
            "access.role_id");
}

static void mandates_have_scope_dates_and_end(void **state) {
    struct world *w = *state;
    struct span id, person = world_person(w, GOOD_LOGIN);
    struct access_signed_in in = world_sign_in(w, GOOD_LOGIN, GOOD_PASSWORD, SPAN(""), "203.0.113.9");
    struct access_mandate_new mandate = {.person_id = person, .entity = SPAN("E0000000000000001"), .scopes = MANDATE_FILE,
                                         .from_ms = w->env.now_ms + 1000, .until_ms = w->env.now_ms + 2000,
                                         .ground = SPAN("letter of the board")};
#define GIVE() WRITE(w, access_mandate_grant(w->writer, &mandate, span_make(NULL, 0), &w->env, &w->arena, &id, &w->why))
    must(w, GIVE());
    struct principal who;
    struct access_case of = {.entity = mandate.entity};
#define FILE_NOW() access_may_file(&who, &of, SPAN("entity"), true, w->env.now_ms, NULL, &w->why)
    must(w, world_ask(w, in.token, &who));
    assert_int_equal(who.mandate_count, 1);
    refused(w, FILE_NOW(), ERR_NOT_FOUND, "access.no_entity"); // not yet in force
    w->env.now_ms += 1000;
    must(w, FILE_NOW());
    refused(w, access_may_read_case(&who, &of, w->env.now_ms, &w->why), ERR_NOT_FOUND, "access.no_case");
    w->env.now_ms += 1000;
    refused(w, FILE_NOW(), ERR_NOT_FOUND, "access.no_entity"); // over, also for who asked before
    must(w, world_ask(w, in.token, &who));
    assert_int_equal(who.mandate_count, 0);
    mandate.until_ms = INSTANT_NONE;
    must(w, GIVE());
    must(w, world_ask(w, in.token, &who));
    must(w, FILE_NOW());
    must(w, WRITE(w, access_mandate_revoke(w->writer, id, person, w->env.now_ms, &w->why)));
    must(w, world_ask(w, in.token, &who));
    refused(w, FILE_NOW(), ERR_NOT_FOUND, "access.no_entity");
    struct rows rows;
    must(w, access_mandates_of_entity(w->reader, mandate.entity, SPAN(""), INSTANT_NONE, &w->arena, &rows, &w->why));
    assert_int_equal(rows.count, 2); // the history stays
    mandate.scopes = 8;
    refused(w, GIVE(), ERR_INPUT, "access.mandate_scopes");
    mandate.scopes = 0;
    refused(w, GIVE(), ERR_INPUT, "access.mandate_scopes");
    mandate.scopes = MANDATE_ALL;
    mandate.until_ms = mandate.from_ms;
    refused(w, GIVE(), ERR_INPUT, "access.mandate_dates");
}

// Between the decision and the commit: what ended meanwhile no longer counts, what happened long ago costs nothing.
static void rights_are_looked_at_again_in_the_transaction(void **state) {
    struct world *w = *state;
    struct principal root = administrator(w, "root@ca.example"), who, now = {0};
    struct span id, role, person = world_person(w, GOOD_LOGIN);
    struct access_signed_in in = world_sign_in(w, GOOD_LOGIN, GOOD_PASSWORD, SPAN(""), "203.0.113.9");
    struct access_mandate_new mandate = {.person_id = person, .entity = SPAN("E0000000000000001"), .scopes = MANDATE_ALL,
                                         .from_ms = w->env.now_ms, .until_ms = INSTANT_NONE, .ground = SPAN("letter")};
    must(w, GIVE());
    must(w, grant(w, person, "ca", ROLE_OFFICER, "banking", root.person_id, &role));
    must(w, world_ask(w, in.token, &who));
    bool is_changed = true;
    int64_t since_ms = w->env.now_ms;
#define RENEW() access_renew(&w->access, w->reader, &who, since_ms, w->env.now_ms, &w->arena, &is_changed, &now, &w->why)
    must(w, RENEW());
    assert_false(is_changed);
    must(w, WRITE(w, access_mandate_revoke(w->writer, id, person, w->env.now_ms, &w->why)));
    must(w, RENEW());
    assert_true(is_changed && now.mandate_count == 0 && now.role_count == 1 && now.is_known);
    who = now;
    must(w, WRITE(w, access_role_revoke(w->writer, role, root.person_id, w->env.now_ms, &w->why)));
    must(w, grant(w, person, "ca", ROLE_OFFICER, "energy", root.person_id, &role));
    must(w, RENEW());
    assert_true(is_changed && now.role_count == 1 && span_is(now.roles[0].sectors[0], "energy")); // as many, and others
    since_ms += MS_PER_DAY;
    must(w, RENEW());
    assert_false(is_changed); // nothing new since: not even read
    since_ms -= MS_PER_DAY;
    must(w, WRITE(w, access_person_disable(w->writer, person, true, root.person_id, w->env.now_ms, &w->why)));
    refused(w, RENEW(), ERR_UNAUTHENTICATED, "access.session_over");
    who = (struct principal){0};
    must(w, RENEW()); // nobody has no rights to lose
    assert_false(is_changed);
}

static void shutting_out_ends_everything_and_one_administrator_stays(void **state) {
    struct world *w = *state;
    struct principal root = administrator(w, "root@ca.example"), who;
    struct span olga = world_person(w, "olga@ca.example"), token_id, token;
    struct access_signed_in in = world_sign_in(w, "olga@ca.example", GOOD_PASSWORD, SPAN(""), "203.0.113.9");
    must(w, world_ask(w, in.token, &who));
    struct access_token_new new_token = {.name = SPAN("x"), .scopes = SCOPE_READ, .expires_ms = w->env.now_ms + MS_PER_DAY};
    must(w, WRITE(w, access_token_create(w->writer, &who, &new_token, &w->env, &w->arena, &token_id, &token, &w->why)));
#define SHUT(WHO, IS_OUT, BY) WRITE(w, access_person_disable(w->writer, (WHO), (IS_OUT), (BY), w->env.now_ms, &w->why))
    must(w, SHUT(olga, true, root.person_id));
    refused(w, world_ask(w, in.token, &who), ERR_UNAUTHENTICATED, "access.bearer");
    refused(w, world_ask(w, token, &who), ERR_UNAUTHENTICATED, "access.bearer");
    assert_int_equal(world_sign_in(w, "olga@ca.example", GOOD_PASSWORD, SPAN(""), "203.0.113.9").outcome, SIGN_IN_REFUSED);
    must(w, SHUT(olga, false, root.person_id));
    assert_int_equal(world_sign_in(w, "olga@ca.example", GOOD_PASSWORD, SPAN(""), "203.0.113.9").outcome, SIGN_IN_DONE);
    refused(w, world_ask(w, token, &who), ERR_UNAUTHENTICATED, "access.bearer"); // tokens do not come back
    refused(w, SHUT(root.person_id, true, root.person_id), ERR_DENIED, "access.not_herself");
    refused(w, SHUT(root.person_id, true, olga), ERR_CONFLICT, "access.last_administrator");
    refused(w, WRITE(w, access_administrator_set(w->writer, root.person_id, false, olga, w->env.now_ms, &w->why)), ERR_CONFLICT,
            "access.last_administrator");
    must(w, WRITE(w, access_administrator_set(w->writer, olga, true, root.person_id, w->env.now_ms, &w->why)));
    must(w, SHUT(root.person_id, true, olga));
    refused(w, SHUT(olga, true, root.person_id), ERR_CONFLICT, "access.last_administrator");
}

static bool redeem(struct world *w, struct span code, const char *password, const char *address) {
    struct access_password prepared;
    struct span id;
    const char *words = NULL;
    bool is_done = false;
    must(w, access_password_prepare(&w->access, span_of(password), SPAN(""), &w->env, &prepared, &w->why));
    must(w, WRITE(w, access_code_redeem(&w->access, w->writer, code, &prepared, span_of(address), &w->env, &is_done, &id, &words,
                                        &w->arena, &w->why)));
    assert_non_null(words);
    return is_done;
}

#define ISSUE(KIND, WHO, BY) WRITE(w, access_code_issue(w->writer, (KIND), (WHO), (BY), &w->env, &w->arena, &issued, &w->why))

static void an_invited_person_sets_her_password(void **state) {
    struct world *w = *state;
    struct principal root = administrator(w, "root@ca.example");
    struct access_person_new person = {.login = SPAN("new@ca.example"), .name = SPAN("New"), .language = SPAN(""),
                                       .by = root.person_id};
    struct access_code_issued issued;
    struct span id;
    must(w, WRITE(w, access_person_create(&w->access, w->writer, &person, &w->env, &w->arena, &id, &w->why)));
    assert_int_equal(world_sign_in(w, "new@ca.example", "", SPAN(""), "203.0.113.9").outcome, SIGN_IN_REFUSED);
    refused(w, ISSUE(CODE_RESET, id, root.person_id), ERR_CONFLICT, "access.reset_early");
    must(w, ISSUE(CODE_INVITATION, id, root.person_id));
    assert_false(issued.needs_second);
    struct span first = issued.code;
    must(w, ISSUE(CODE_INVITATION, id, root.person_id)); // a later one takes its place
    assert_false(redeem(w, first, GOOD_PASSWORD, "203.0.113.9"));
    assert_true(redeem(w, issued.code, GOOD_PASSWORD, "203.0.113.9"));
    assert_false(redeem(w, issued.code, "nine loud foghorns", "203.0.113.9")); // once
    assert_int_equal(world_sign_in(w, "new@ca.example", GOOD_PASSWORD, SPAN(""), "203.0.113.9").outcome, SIGN_IN_DONE);
    refused(w, ISSUE(CODE_INVITATION, id, root.person_id), ERR_CONFLICT, "access.invitation_late");
}

static void codes_expire_and_guessing_them_locks_the_address(void **state) {
    struct world *w = *state;
    struct span olga = world_person(w, "olga@ca.example");
    struct access_code_issued issued;
    must(w, ISSUE(CODE_RESET, olga, span_make(NULL, 0)));
    for (int i = 0; i < LIMIT_FREE_FAILURES_ADDRESS; i++)
        assert_false(redeem(w, SPAN("0000-0000-0000-0000"), GOOD_PASSWORD, "2001:db8:7::1"));
    assert_false(redeem(w, issued.code, GOOD_PASSWORD, "2001:db8:7::2")); // locked, so even the right one waits
    w->env.now_ms = issued.expires_ms;
    assert_false(redeem(w, issued.code, GOOD_PASSWORD, "203.0.113.9"));
    w->env.now_ms = issued.expires_ms - 1;
    assert_true(redeem(w, issued.code, GOOD_PASSWORD, "203.0.113.9"));
}

static void the_way_back_in_takes_two(void **state) {
    struct world *w = *state;
    struct span secret, id, second_half;
    struct principal root = administrator(w, "root@ca.example"), olga = world_officer(w, "olga@ca.example", &secret), head;
    struct access_code_issued issued;
    refused(w, ISSUE(CODE_RESET, root.person_id, root.person_id), ERR_DENIED, "access.not_herself");
    // the only administrator of a node without heads does it alone
    must(w, ISSUE(CODE_RESET, olga.person_id, root.person_id));
    assert_false(issued.needs_second);
    // with a head there, it takes the head
    head = world_officer(w, "head@ca.example", NULL);
    must(w, grant(w, head.person_id, "spoc", ROLE_HEAD, NULL, root.person_id, &id));
    must(w, ISSUE(CODE_RESET, olga.person_id, root.person_id));
    assert_true(issued.needs_second);
    assert_false(redeem(w, issued.code, "nine loud foghorns", "203.0.113.9")); // one half is not enough
#define JOIN(WHO) WRITE(w, access_code_join(w->writer, (WHO), issued.id, &w->env, &w->arena, &second_half, &w->why))
    refused(w, JOIN(&root), ERR_DENIED, "access.second_person"); // not the same one twice
    refused(w, JOIN(&olga), ERR_DENIED, "access.second_person"); // not an officer without rank
    refused(w, JOIN(&head), ERR_DENIED, "access.second_person"); // her principal from before the role
    struct access_signed_in in = world_sign_in(w, "head@ca.example", GOOD_PASSWORD, SPAN(""), "203.0.113.9");
    assert_int_equal(in.outcome, SIGN_IN_CODE_NEEDED);
    struct role as_head = {.office = SPAN("spoc"), .kind = OFFICE_SPOC, .role = ROLE_HEAD};
    head.roles = &as_head;
    head.role_count = 1;
    must(w, JOIN(&head));
    refused(w, JOIN(&head), ERR_NOT_FOUND, "access.code");
    assert_false(redeem(w, second_half, "nine loud foghorns", "203.0.113.9"));
    assert_false(redeem(w, issued.code, "nine loud foghorns", "203.0.113.9"));
    struct span swapped = arena_printf(&w->arena, "%.*s.%.*s", SPAN_FMT(second_half), SPAN_FMT(issued.code));
    assert_false(redeem(w, swapped, "nine loud foghorns", "203.0.113.9"));
    // olga is locked out as well: the code ends that too
    for (int i = 0; i < LIMIT_FREE_FAILURES_PERSON; i++)
        (void)world_sign_in(w, "olga@ca.example", "wrong", SPAN(""), "192.0.2.5");
    struct span whole = arena_printf(&w->arena, "%.*s.%.*s", SPAN_FMT(issued.code), SPAN_FMT(second_half));
    assert_true(redeem(w, whole, "nine loud foghorns", "203.0.113.9"));
    in = world_sign_in(w, "olga@ca.example", "nine loud foghorns", SPAN(""), "203.0.113.9");
    assert_int_equal(in.outcome, SIGN_IN_DONE);
    assert_false(in.is_totp_done); // the second factor went with the reset, and her role with it until she sets it up anew
    struct rows events;
    must(w, access_events(w->reader, olga.person_id, 0, &w->arena, &events, &w->why));
    size_t told = 0;
    for (size_t i = 0; i < events.count; i++)
        told += span_is(rows_span(&events, i, 2), "reset_issued") || span_is(rows_span(&events, i, 2), "reset_joined") ||
                span_is(rows_span(&events, i, 2), "reset_redeemed");
    assert_int_equal(told, 4); // she sees that it was issued twice, joined and redeemed
}

struct waiter {
    struct world *world;
    enum err_code result;
};
static void *waiter_run(void *arg) {
    struct waiter *waiter = arg;
    struct access_password password = {.ops = 1, .memory_bytes = 8192};
    waiter->result = access_hash(waiter->world->access.hasher, SPAN("x"), &password, NULL).code;
    return NULL;
}

static void the_hasher_has_a_bounded_queue(void **state) {
    struct world *w = *state;
    struct access_hasher *hasher = w->access.hasher; // at most two wait
    pthread_t threads[2];
    struct waiter waiters[2] = {{w, ERR_IO}, {w, ERR_IO}}, third = {w, ERR_IO};
    (void)pthread_mutex_lock(&hasher->lock);
    hasher->is_busy = true;
    (void)pthread_mutex_unlock(&hasher->lock);
    for (int i = 0; i < 2; i++) assert_int_equal(pthread_create(&threads[i], NULL, waiter_run, &waiters[i]), 0);
    for (unsigned waiting = 0; waiting < 2;) {
        (void)pthread_mutex_lock(&hasher->lock);
        waiting = hasher->waiting;
        (void)pthread_mutex_unlock(&hasher->lock);
        (void)usleep(1000);
    }
    (void)waiter_run(&third);
    assert_int_equal(third.result, ERR_BUSY);
    (void)pthread_mutex_lock(&hasher->lock);
    hasher->is_busy = false;
    (void)pthread_cond_signal(&hasher->is_free);
    (void)pthread_mutex_unlock(&hasher->lock);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(waiters[i].result, ERR_NONE);
    }
    (void)waiter_run(&third);
    assert_int_equal(third.result, ERR_NONE);
}

static void readings_are_kept_and_told_by_office(void **state) {
    struct world *w = *state;
    struct span olga = world_person(w, "olga@ca.example");
    struct access_reading reading = {.person_id = olga, .office = SPAN("ca"), .kind = SPAN("case"),
                                     .id = SPAN("C0000000000000001"), .entity = SPAN("E0000000000000001")};
    bool is_noted = true;
    struct rows rows;
#define NOTE() must(w, WRITE(w, access_reading_note(w->writer, &reading, w->env.now_ms, &w->why)))
    must(w, access_reading_is_noted(w->reader, &reading, w->env.now_ms, &is_noted, &w->why));
    assert_false(is_noted);
    NOTE();
    NOTE(); // within the hour: the same row
    must(w, access_reading_is_noted(w->reader, &reading, w->env.now_ms, &is_noted, &w->why));
    assert_true(is_noted);
    int64_t first_ms = w->env.now_ms;
    w->env.now_ms += MS_PER_HOUR;
    must(w, access_reading_is_noted(w->reader, &reading, w->env.now_ms, &is_noted, &w->why));
    assert_false(is_noted);
    NOTE();
    reading.office = span_make(NULL, 0); // the entity's own people
    reading.id = SPAN("C0000000000000002");
    NOTE();
    must(w, access_readings(w->reader, 0, &w->arena, &rows, &w->why));
    assert_int_equal(rows.count, 3);
    assert_int_equal(rows_int(&rows, 2, 8), 2);
    assert_true(span_is(rows_span(&rows, 2, 3), "olga@ca.example"));
    must(w, access_readings_of_entity(w->reader, SPAN("E0000000000000001"), 0, &w->arena, &rows, &w->why));
    assert_int_equal(rows.count, 2);
    for (size_t i = 0; i < rows.count * rows.columns; i++) // not even in passing
        assert_false(span_equals(rows.cells[i].bytes, olga) || span_is(rows.cells[i].bytes, "olga@ca.example"));
    must(w, access_readings_of_entity(w->reader, SPAN("E0000000000000002"), 0, &w->arena, &rows, &w->why));
    assert_int_equal(rows.count, 0);
    must(w, WRITE(w, access_prune(w->writer, first_ms + 1, 0, w->env.now_ms, &w->why)));
    must(w, access_readings(w->reader, 0, &w->arena, &rows, &w->why));
    assert_int_equal(rows.count, 2);
}

int main(void) {
#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, world_open, world_close)
    const struct CMUnitTest tests[] = {
        TEST(the_first_administrator_comes_once),
        TEST(the_first_administrator_comes_once_in_a_group),
        TEST(the_first_administrator_comes_once_among_rivals),
        TEST(roles_are_given_and_end_at_once),
        TEST(mandates_have_scope_dates_and_end),
        TEST(rights_are_looked_at_again_in_the_transaction),
        TEST(shutting_out_ends_everything_and_one_administrator_stays),
        TEST(an_invited_person_sets_her_password),
        TEST(codes_expire_and_guessing_them_locks_the_address),
        TEST(the_way_back_in_takes_two),
        TEST(the_hasher_has_a_bounded_queue),
        TEST(readings_are_kept_and_told_by_office),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
