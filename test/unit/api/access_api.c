// SPDX-License-Identifier: EUPL-1.2
/* The resources of access as a client sees them: requests in, responses out, a real database behind. */
#include "base/embed.h"
#include "law/pack.h"
#include "../service/access_world.h"

#include "api/api.h"

static const char SETUP_CODE[] = "k7w2-9d3f-0q8s-vv41";
static struct services services;
static struct hash setup_hash;

struct answer {
    unsigned status;
    struct json body;
    struct api_response response;
};

struct headers {
    struct span authorization, cookie, csrf;
};

static void add_header(struct api_request *request, const char *name, struct span value) {
    if (value.at != NULL) request->headers[request->header_count++] = (struct api_header){span_of(name), value};
}

// One request, with its write done as the node's writer does it.
static struct answer ask(struct world *w, const char *method, const char *path, const struct headers *headers, const char *body) {
    struct api_request *request = ARENA_NEW(&w->arena, struct api_request);
    struct answer answer = {0};
    size_t query = span_find(span_of(path), '?', 0);
    services.access = &w->access;
    services.random = world_random;
    services.node_name = SPAN("Varde BE");
    services.setup_code = hash_span(&setup_hash);
    request->method = span_of(method);
    request->path = span_part(span_of(path), 0, query);
    request->query = span_part(span_of(path), query + 1, strlen(path));
    request->peer = SPAN("203.0.113.9");
    request->received_ms = w->env.now_ms;
    request->arena = &w->arena;
    request->services = &services;
    request->conn = w->reader;
    if (body != NULL) {
        request->body = span_of(body);
        add_header(request, "content-type", SPAN("application/json"));
    }
    if (headers != NULL) {
        add_header(request, "authorization", headers->authorization);
        add_header(request, "cookie", headers->cookie);
        add_header(request, "x-csrf-token", headers->csrf);
    }
    buf_init(&answer.response.body, &w->arena, 1 << 20);
    api_handle(request, &answer.response);
    struct api_job *job = answer.response.job;
    if (job != NULL) {
        struct why why = {0};
        world_begin(w);
        job->write.now_ms = w->env.now_ms;
        struct err e = world_end(w, job->write.apply(&job->write, w->writer, NULL, &why));
        api_finish(job, e, &why, w->reader);
    }
    answer.status = answer.response.status;
    if (answer.response.body.len > 0) must(w, json_parse(&w->arena, buf_span(&answer.response.body), &answer.body, &w->why));
    return answer;
}

static struct headers bearer(struct world *w, struct span token) {
    return (struct headers){.authorization = arena_printf(&w->arena, "Bearer %.*s", SPAN_FMT(token))};
}

static struct span text_of(const struct answer *answer, const char *name) { return json_get_string(&answer->body, name); }

static void expect(const struct answer *answer, unsigned status, const char *rule) {
    struct span type = text_of(answer, "type");
    bool is_rule = rule == NULL || span_ends_with(type, span_of(rule));
    if (answer->status != status || !is_rule)
        fail_msg("expected %u %s, got %u %.*s: %.*s", status, rule != NULL ? rule : "", answer->status, SPAN_FMT(type),
                 SPAN_FMT(buf_span(&answer->response.body)));
}

static struct span header_of(const struct answer *answer, const char *name) {
    for (size_t i = 0; i < answer->response.header_count; i++)
        if (span_is(answer->response.headers[i].name, name)) return answer->response.headers[i].value;
    return span_make(NULL, 0);
}

static int open_api(void **state) {
    setup_hash = hash_sha256(span_of(SETUP_CODE));
    return world_open(state);
}

// Signs in and sets a second factor up, through the API; gives the headers of the session.
static struct headers whole_sign_in(struct world *w, const char *login, struct span *ret_secret) {
    const char *body = (const char *)arena_printf(&w->arena, "{\"login\":\"%s\",\"password\":\"%s\"}", login, GOOD_PASSWORD).at;
    struct answer in = ask(w, "POST", "/api/v1/session", NULL, body);
    expect(&in, 201, NULL);
    struct headers headers = bearer(w, text_of(&in, "token"));
    struct answer begun = ask(w, "POST", "/api/v1/me/totp", &headers,
                              (const char *)arena_printf(&w->arena, "{\"password\":\"%s\"}", GOOD_PASSWORD).at);
    expect(&begun, 200, NULL);
    struct span secret = world_secret(w, text_of(&begun, "secret")), code = world_code(w, secret);
    struct answer done = ask(w, "POST", "/api/v1/me/totp/confirm", &headers,
                             (const char *)arena_printf(&w->arena, "{\"code\":\"%.*s\"}", SPAN_FMT(code)).at);
    expect(&done, 200, NULL);
    assert_int_equal(json_get(&done.body, "recovery_codes")->count, ACCESS_RECOVERY_CODES);
    w->env.now_ms += 60 * 1000;
    if (ret_secret != NULL) *ret_secret = secret;
    return headers;
}

static struct headers administrator(struct world *w) {
    struct answer made = ask(w, "POST", "/api/v1/setup", NULL,
                             "{\"code\":\"k7w2-9d3f-0q8s-vv41\",\"login\":\"root@ca.example\",\"name\":\"Root\","
                             "\"password\":\"seven quiet lighthouses\"}");
    expect(&made, 201, NULL);
    return whole_sign_in(w, "root@ca.example", NULL);
}

static void setup_works_once(void **state) {
    struct world *w = *state;
    static const char WRONG[] = "{\"code\":\"0000-0000-0000-0000\",\"login\":\"root@ca.example\",\"name\":\"Root\","
                                "\"password\":\"seven quiet lighthouses\"}";
    struct answer a = ask(w, "POST", "/api/v1/setup", NULL, WRONG);
    expect(&a, 403, "access.setup_code");
    struct headers root = administrator(w);
    a = ask(w, "POST", "/api/v1/setup", NULL, WRONG);
    expect(&a, 409, "access.set_up");
    a = ask(w, "GET", "/api/v1/me", &root, NULL);
    expect(&a, 200, NULL);
    assert_true(json_get_bool(&a.body, "is_administrator", false) && json_get_bool(&a.body, "is_second_factor_done", false));
    assert_int_equal(json_get_int(&a.body, "recovery_codes_left", 0), ACCESS_RECOVERY_CODES);
}

static void browsers_use_the_cookie_with_its_csrf_token(void **state) {
    struct world *w = *state;
    world_person(w, GOOD_LOGIN);
    struct answer in = ask(w, "POST", "/api/v1/session", NULL,
                           "{\"login\":\"ana@company.example\",\"password\":\"seven quiet lighthouses\",\"cookie\":true}");
    expect(&in, 201, NULL);
    assert_true(text_of(&in, "token").at == NULL); // out of reach of scripts
    struct span set = header_of(&in, "set-cookie");
    assert_true(span_starts_with(set, SPAN("__Host-varde=vrd_s_")));
    assert_true(span_ends_with(set, SPAN("; Path=/; Secure; HttpOnly; SameSite=Strict")));
    struct headers headers = {.cookie = span_part(set, 0, span_find(set, ';', 0))};
    struct answer a = ask(w, "GET", "/api/v1/me", &headers, NULL);
    expect(&a, 200, NULL);
    a = ask(w, "POST", "/api/v1/session/prolong", &headers, NULL);
    expect(&a, 403, "access.csrf");
    headers.csrf = text_of(&in, "csrf");
    a = ask(w, "POST", "/api/v1/session/prolong", &headers, NULL);
    expect(&a, 200, NULL);
    a = ask(w, "DELETE", "/api/v1/session", &headers, NULL);
    expect(&a, 204, NULL);
    assert_true(span_ends_with(header_of(&a, "set-cookie"), SPAN("Max-Age=0")));
    a = ask(w, "GET", "/api/v1/me", &headers, NULL);
    expect(&a, 401, "access.session_over");
    a = ask(w, "GET", "/api/v1/me", NULL, NULL);
    expect(&a, 401, "access.nobody");
}

static void refusals_are_counted_and_locks_say_when_they_end(void **state) {
    struct world *w = *state;
    world_person(w, GOOD_LOGIN);
    static const char WRONG[] = "{\"login\":\"ana@company.example\",\"password\":\"wrong wrong wrong\"}";
    struct answer a;
    for (int i = 1; i < LIMIT_FREE_FAILURES_PERSON; i++) {
        a = ask(w, "POST", "/api/v1/session", NULL, WRONG);
        expect(&a, 401, "access.refused");
    }
    a = ask(w, "POST", "/api/v1/session", NULL, WRONG);
    expect(&a, 429, "access.locked");
    assert_true(span_is(header_of(&a, "retry-after"), "30"));
    a = ask(w, "POST", "/api/v1/session", NULL, "{\"login\":\"ana@company.example\"}");
    expect(&a, 422, "api.required");
    a = ask(w, "POST", "/api/v1/session", NULL, "{\"login\":\"ana@company.example\",\"password\":\"x\",\"admin\":true}");
    expect(&a, 422, "api.unknown_member");
    a = ask(w, "POST", "/api/v1/session", NULL, "[1");
    expect(&a, 400, "json.syntax");
    while (a.status != 429) a = ask(w, "POST", "/api/v1/session", NULL, "{}"); // the address runs out of attempts as well
    expect(&a, 429, "access.rate");
}

static void an_officer_is_invited_and_given_a_role(void **state) {
    struct world *w = *state;
    struct headers root = administrator(w);
    struct answer a = ask(w, "POST", "/api/v1/invitations", &root, "{\"login\":\"olga@ca.example\",\"name\":\"Olga\"}");
    expect(&a, 201, NULL);
    struct span person = text_of(&a, "person"), code = text_of(&a, "code");
    a = ask(w, "POST", "/api/v1/redeem", NULL, "{\"code\":\"0000-0000-0000-0000\",\"password\":\"seven quiet lighthouses\"}");
    expect(&a, 403, "access.code_refused");
    a = ask(w, "POST", "/api/v1/redeem", NULL,
            (const char *)arena_printf(&w->arena, "{\"code\":\"%.*s\",\"password\":\"short\"}", SPAN_FMT(code)).at);
    expect(&a, 422, "access.password_short");
    a = ask(w, "POST", "/api/v1/redeem", NULL,
            (const char *)arena_printf(&w->arena, "{\"code\":\"%.*s\",\"password\":\"%s\"}", SPAN_FMT(code), GOOD_PASSWORD).at);
    expect(&a, 200, NULL);
    const char *role = (const char *)arena_printf(
        &w->arena, "{\"person\":\"%.*s\",\"office\":\"ca\",\"role\":\"officer\",\"sectors\":[\"banking\"]}", SPAN_FMT(person)).at;
    struct headers olga = whole_sign_in(w, "olga@ca.example", NULL);
    a = ask(w, "POST", "/api/v1/roles", &olga, role); // not an administrator
    expect(&a, 403, "access.administrator");
    a = ask(w, "GET", "/api/v1/persons", &olga, NULL);
    expect(&a, 403, "access.administrator");
    a = ask(w, "POST", "/api/v1/roles", &root, role);
    expect(&a, 201, NULL);
    struct span id = text_of(&a, "id");
    a = ask(w, "GET", "/api/v1/me", &olga, NULL);
    const struct json *roles = json_get(&a.body, "roles");
    assert_int_equal(roles->count, 1);
    assert_true(span_is(json_get_string(&roles->items[0], "role"), "officer"));
    a = ask(w, "GET", (const char *)arena_printf(&w->arena, "/api/v1/persons/%.*s", SPAN_FMT(person)).at, &root, NULL);
    expect(&a, 200, NULL);
    assert_int_equal(json_get(&a.body, "roles")->count, 1);
    a = ask(w, "DELETE", (const char *)arena_printf(&w->arena, "/api/v1/roles/%.*s", SPAN_FMT(id)).at, &root, NULL);
    expect(&a, 204, NULL);
    a = ask(w, "GET", "/api/v1/me", &olga, NULL);
    assert_int_equal(json_get(&a.body, "roles")->count, 0);
    a = ask(w, "PATCH", (const char *)arena_printf(&w->arena, "/api/v1/persons/%.*s", SPAN_FMT(person)).at, &root,
            "{\"is_shut_out\":true}");
    expect(&a, 204, NULL);
    a = ask(w, "GET", "/api/v1/me", &olga, NULL);
    expect(&a, 401, "access.bearer");
}

static void a_machine_gets_a_token(void **state) {
    struct world *w = *state;
    world_person(w, GOOD_LOGIN);
    struct headers ana = whole_sign_in(w, GOOD_LOGIN, NULL);
    struct answer a = ask(w, "POST", "/api/v1/tokens", &ana, "{\"name\":\"import\",\"scopes\":[\"read\",\"everything\"]}");
    expect(&a, 422, "access.scope_name");
    a = ask(w, "POST", "/api/v1/tokens", &ana, "{\"name\":\"import\",\"scopes\":[\"read\"],\"expires_at\":\"tomorrow\"}");
    assert_int_equal(a.status, 422);
    a = ask(w, "POST", "/api/v1/tokens", &ana, "{\"name\":\"import\",\"scopes\":[\"read\",\"file\"]}");
    expect(&a, 201, NULL);
    struct span id = text_of(&a, "id");
    struct headers machine = bearer(w, text_of(&a, "token"));
    a = ask(w, "GET", "/api/v1/me", &machine, NULL);
    expect(&a, 200, NULL);
    assert_true(span_is(text_of(&a, "means"), "token") && text_of(&a, "csrf").at == NULL);
    a = ask(w, "POST", "/api/v1/me/password", &machine, "{\"old_password\":\"x\",\"password\":\"y\"}");
    expect(&a, 403, "access.scope");
    a = ask(w, "GET", "/api/v1/tokens", &ana, NULL);
    expect(&a, 200, NULL);
    assert_int_equal(json_get(&a.body, "items")->count, 1);
    assert_true(span_find(buf_span(&a.response.body), '_', 0) < a.response.body.len); // members such as created_at
    assert_null(strstr((const char *)arena_text(&w->arena, buf_span(&a.response.body)), "vrd_"));
    a = ask(w, "DELETE", (const char *)arena_printf(&w->arena, "/api/v1/tokens/%.*s", SPAN_FMT(id)).at, &ana, NULL);
    expect(&a, 204, NULL);
    a = ask(w, "GET", "/api/v1/me", &machine, NULL);
    expect(&a, 401, "access.bearer");
}

static void passwords_change_with_the_old_one(void **state) {
    struct world *w = *state;
    world_person(w, GOOD_LOGIN);
    struct headers ana = whole_sign_in(w, GOOD_LOGIN, NULL);
    struct answer a = ask(w, "POST", "/api/v1/me/password", &ana,
                          "{\"old_password\":\"wrong wrong wrong\",\"password\":\"nine loud foghorns\"}");
    expect(&a, 403, "access.password_wrong");
    a = ask(w, "POST", "/api/v1/me/password", &ana,
            "{\"old_password\":\"seven quiet lighthouses\",\"password\":\"password12345\"}");
    expect(&a, 422, "access.password_common");
    a = ask(w, "POST", "/api/v1/me/password", &ana,
            "{\"old_password\":\"seven quiet lighthouses\",\"password\":\"nine loud foghorns\"}");
    expect(&a, 204, NULL);
    a = ask(w, "GET", "/api/v1/me/events", &ana, NULL);
    expect(&a, 200, NULL);
    assert_true(span_is(json_get_string(&json_get(&a.body, "items")->items[0], "kind"), "password_set"));
    // the present password may be tried only a few times
    int tries = 0;
    do {
        a = ask(w, "POST", "/api/v1/me/password", &ana, "{\"old_password\":\"wrong wrong wrong\",\"password\":\"nine loud foghorns\"}");
        tries++;
    } while (a.status == 403);
    expect(&a, 429, "access.rate");
    assert_true(tries <= 5);
}

static void a_person_reads_open_resources_as_any_others(void **state) {
    struct world *w = *state;
    world_person(w, GOOD_LOGIN);
    struct headers ana = whole_sign_in(w, GOOD_LOGIN, NULL);
    struct answer a = ask(w, "GET", "/api/v1/law/find?q=zzzz", NULL, NULL);
    while (a.status == 200) a = ask(w, "GET", "/api/v1/law/find?q=zzzz", NULL, NULL);
    expect(&a, 429, "access.rate"); // nobody in particular has few questions
    int asked = 0;
    do a = ask(w, "GET", "/api/v1/law/find?q=zzzz", &ana, NULL);
    while (a.status == 200 && ++asked < 500);
    expect(&a, 200, NULL);
}

static void mandates_are_given_by_who_manages(void **state) {
    struct world *w = *state;
    struct span manager = world_person(w, GOOD_LOGIN), id;
    world_person(w, "lawyer@firm.example");
    struct access_mandate_new manage = {.person_id = manager, .entity = SPAN("E0000000000000001"), .scopes = MANDATE_MANAGE | MANDATE_READ,
                                        .from_ms = w->env.now_ms, .until_ms = INSTANT_NONE, .ground = SPAN("registration")};
    must(w, WRITE(w, access_mandate_grant(w->writer, &manage, span_make(NULL, 0), &w->env, &w->arena, &id, &w->why)));
    struct headers ana = whole_sign_in(w, GOOD_LOGIN, NULL), lawyer = whole_sign_in(w, "lawyer@firm.example", NULL);
    static const char PATH[] = "/api/v1/entities/E0000000000000001/mandates",
                      BODY[] = "{\"login\":\"Lawyer@firm.example\",\"scopes\":[\"file\"],\"ground\":\"engagement letter\"}";
    struct answer a = ask(w, "POST", PATH, &lawyer, BODY);
    expect(&a, 404, "access.no_entity");
    a = ask(w, "POST", PATH, &ana, "{\"login\":\"who@firm.example\",\"scopes\":[\"file\"],\"ground\":\"x\"}");
    expect(&a, 404, "access.person");
    a = ask(w, "POST", PATH, &ana, BODY);
    expect(&a, 201, NULL);
    struct span given = text_of(&a, "id");
    a = ask(w, "GET", PATH, &lawyer, NULL);
    expect(&a, 403, "access.manage"); // she may know of the entity, but not who else acts for it
    a = ask(w, "GET", PATH, &ana, NULL);
    expect(&a, 200, NULL);
    assert_int_equal(json_get(&a.body, "items")->count, 2);
    a = ask(w, "GET", "/api/v1/reads?entity=E0000000000000001", &ana, NULL);
    expect(&a, 200, NULL);
    a = ask(w, "GET", "/api/v1/reads?entity=E0000000000000001", &lawyer, NULL);
    expect(&a, 404, "access.no_entity");
    a = ask(w, "GET", "/api/v1/reads", &ana, NULL);
    expect(&a, 403, "access.administrator");
    const char *hers = (const char *)arena_printf(&w->arena, "/api/v1/mandates/%.*s", SPAN_FMT(id)).at;
    a = ask(w, "DELETE", hers, &lawyer, NULL);
    expect(&a, 404, "access.mandate_id");
    a = ask(w, "DELETE", (const char *)arena_printf(&w->arena, "/api/v1/mandates/%.*s", SPAN_FMT(given)).at, &lawyer, NULL);
    expect(&a, 204, NULL); // one may lay one's own down
}

static struct arena law_arena;
static int law_open(void **state) {
    struct law *law;
    (void)state;
    arena_init(&law_arena, LIMIT_PACK_ARENA_BYTES);
    if (is_err(law_load(&law_arena, embedded_law, embedded_law_count, &law, NULL))) return -1;
    services.law = law;
    services.state = SPAN("BE");
    return 0;
}
static int law_close(void **state) {
    (void)state;
    arena_fini(&law_arena);
    return 0;
}

int main(void) {
#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, open_api, world_close)
    const struct CMUnitTest tests[] = {
        TEST(setup_works_once),
        TEST(browsers_use_the_cookie_with_its_csrf_token),
        TEST(refusals_are_counted_and_locks_say_when_they_end),
        TEST(an_officer_is_invited_and_given_a_role),
        TEST(a_machine_gets_a_token),
        TEST(passwords_change_with_the_old_one),
        TEST(a_person_reads_open_resources_as_any_others),
        TEST(mandates_are_given_by_who_manages),
    };
    return cmocka_run_group_tests(tests, law_open, law_close);
}
