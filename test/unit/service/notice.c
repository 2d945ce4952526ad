// SPDX-License-Identifier: EUPL-1.2
/* Notices: who is told of claims and mandates, when, and that nobody is told of what is no longer so. */
#include "access_world.h"

#include "law/pack.h"
#include "service/act.h"
#include "service/notice.h"
#include "service/reach.h"

enum { MINUTE = 60 * 1000 };
#define DAY ((int64_t)24 * 60 * MINUTE)
#define NOW(WORLD) ((WORLD)->env.now_ms)
#define DO(WORLD, EXPR) must((WORLD), WRITE((WORLD), (EXPR)))
#define PUT(WORLD, STATEMENT, ...) DO(WORLD, store_write((WORLD)->writer, (STATEMENT), PARAMS(__VA_ARGS__), NULL, &(WORLD)->why))

static struct services services;
static struct reach_config config;
static struct arena law_arena;

static int begin(void **state) {
    if (world_open(state) != 0) return -1;
    struct world *world = *state;
    struct law *law;
    arena_init(&law_arena, (size_t)64 * 1024 * 1024);
    must(world, law_load(&law_arena, embedded_law, embedded_law_count, &law, &world->why));
    config = (struct reach_config){.has_mail = true, .mail_domain = SPAN("node.example")};
    services = (struct services){.law = law, .state = SPAN("LU"), .node_name = SPAN("Node"), .access = &world->access, .public_url = SPAN("https://node.example"),
                                 .reach = &config};
    memcpy(services.node_secret, NODE_SECRET, sizeof services.node_secret);
    return 0;
}
static int end(void **state) {
    arena_fini(&law_arena);
    return world_close(state);
}

static struct span person(struct world *world, const char *login) {
    struct span id = world_person(world, login);
    PUT(world, STMT_CHANNEL_ADD, value_text(arena_printf(&world->arena, "K%s", login)), value_text(SPAN("person")), value_text(id), value_text(SPAN("mail")),
        value_text(arena_printf(&world->arena, "%s@node.example", login)), value_text(SPAN("en")), value_null(), value_null(), value_null(), value_null(),
        value_int(NOW(world)), value_int(NOW(world)), value_text(id));
    return id;
}

static void officer(struct world *world, const char *login, const char *office) {
    struct span role, id = person(world, login);
    const struct access_role_new new = {.person_id = id, .office = span_of(office), .role = ROLE_OFFICER};
    DO(world, access_role_grant(&world->access, world->writer, &new, SPAN(""), &world->env, &world->arena, &role, &world->why));
}

// Who is told after LATER_MS, as "topic:address topic:address".
static struct span told(struct world *world, int64_t later_ms) {
    struct delivery_out *out;
    struct buf text;
    buf_init(&text, &world->arena, 4096);
    world->env.now_ms += later_ms;
    DO(world, reach_work(&services, world->writer, NOW(world), &world->arena, &world->why));
    DO(world, reach_work(&services, world->writer, NOW(world), &world->arena, &world->why)); // what the first made due
    DO(world, delivery_claim(&services, world->writer, 16, true, NOW(world), &world->arena, &out, &world->why));
    for (; out != NULL; out = out->next) {
        buf_printf(&text, "%s%.*s|%.*s", text.len > 0 ? " + " : "", SPAN_FMT(span_part(out->address, 0, span_find(out->address, '@', 0))), SPAN_FMT(out->subject));
        DO(world, delivery_settle(&services, world->writer, out->id, DELIVERY_SENT, SPAN(""), NOW(world), &world->arena, &world->why));
        assert_true(span_find(out->text, '{', 0) == out->text.len); // all names are filled in
    }
    return buf_span(&text);
}
#define TOLD(WORLD, LATER, EXPECTED)                              \
    do {                                                          \
        struct span told_ = told((WORLD), (LATER));               \
        assert_string_equal(arena_text(&(WORLD)->arena, told_), (EXPECTED)); \
    } while (0)

static struct span claim(struct world *world, struct span of) {
    struct span id;
    const struct principal principal = {.is_known = true, .person_id = of};
    const struct claim_new new = {.asked = SPAN("nobody-has-it"), .gift = {.scopes = MANDATE_READ, .capacity = SPAN("employee"), .ground = SPAN("x"), .from_ms = NOW(world), .until_ms = INSTANT_NONE}};
    DO(world, claim_make(&services, world->writer, &principal, &new, &world->env, &world->arena, &id, &world->why));
    return id;
}

static void withdraw(struct world *world, struct span id, struct span of) {
    const struct claim claim = {.id = id, .person_id = of, .state = SPAN("open"), .expires_ms = NOW(world) + DAY};
    DO(world, claim_withdraw(world->writer, &claim, of, NOW(world), &world->why));
}

static void offices_hear_of_claims(void **state) {
    struct world *world = *state;
    struct span ann = person(world, "ann");
    officer(world, "general", "ca"); // without bounds of sector: she sees what fits nothing
    officer(world, "energy", "ca-energy");
    officer(world, "csirt", "csirt");
    (void)claim(world, ann);
    TOLD(world, 0, "general|A claim to act for an entity waits");
    // Two more within a quarter of an hour: one message, when it is over.
    struct span second = claim(world, ann), third = claim(world, ann);
    TOLD(world, MINUTE, "");
    withdraw(world, second, ann);
    TOLD(world, 15 * MINUTE, "general|A claim to act for an entity waits");
    withdraw(world, third, ann);
    TOLD(world, 60 * MINUTE, "");
    // What no longer waits when its turn comes is not told.
    struct span fourth = claim(world, ann);
    withdraw(world, fourth, ann);
    TOLD(world, 60 * MINUTE, "");
    DO(world, notice_add(world->writer, "claim_refused", fourth, NOW(world), &world->why));
    TOLD(world, 0, "ann|A claim to act for an entity was refused");
}

// A person opens a page of the web interface, a machine asks the API; and who made a claim is not told by either which entity it fits.
static void links_open_pages_and_hooks_resources(void **state) {
    struct world *world = *state;
    struct span ann = person(world, "ann"), boss = person(world, "boss");
    officer(world, "general", "ca");
    PUT(world, STMT_CHANNEL_ADD, value_text(SPAN("KH")), value_text(SPAN("office")), value_text(SPAN("ca")), value_text(SPAN("hook")), value_text(SPAN("https://pager.example/x")),
        value_text(SPAN("en")), value_null(), value_null(), value_null(), value_null(), value_int(NOW(world)), value_int(NOW(world)), value_text(boss));
    PUT(world, STMT_CHANNEL_ADD, value_text(SPAN("KM")), value_text(SPAN("office")), value_text(SPAN("ca")), value_text(SPAN("mail")), value_text(SPAN("desk@node.example")),
        value_text(SPAN("en")), value_null(), value_null(), value_null(), value_null(), value_int(NOW(world)), value_int(NOW(world)), value_text(boss));
    struct span id = claim(world, ann);
    DO(world, notice_add(world->writer, "claim_granted", id, NOW(world), &world->why));
    DO(world, reach_work(&services, world->writer, NOW(world), &world->arena, &world->why));
    DO(world, reach_work(&services, world->writer, NOW(world), &world->arena, &world->why));
    struct delivery_out *out;
    unsigned pages = 0, resources = 0, own = 0;
    DO(world, delivery_claim(&services, world->writer, 16, true, NOW(world), &world->arena, &out, &world->why));
    for (; out != NULL; out = out->next) {
        bool is_hook = span_starts_with(out->address, SPAN("https:"));
        const char *said = arena_text(&world->arena, is_hook ? out->body : out->text);
        if (is_hook) resources += strstr(said, "\"https://node.example/api/v1/claims?waiting=true\"") != NULL;
        else if (span_is(out->address, "ann@node.example")) own += strstr(said, "https://node.example/app/people\n") != NULL;
        else pages += strstr(said, "https://node.example/app/claims\n") != NULL;
        assert_true(is_hook || strstr(said, "/api/v1/") == NULL);
    }
    assert_true(resources == 1 && pages == 1 && own == 1);
}

static struct span mandate(struct world *world, struct span of, uint32_t scopes, int64_t until_ms) {
    struct span id;
    const struct access_mandate_new new = {.person_id = of, .entity = SPAN("E1"), .scopes = scopes, .from_ms = NOW(world), .until_ms = until_ms, .ground = SPAN("x")};
    DO(world, access_mandate_grant(world->writer, &new, SPAN("P1"), &world->env, &world->arena, &id, &world->why));
    return id;
}

static void mandates_are_told_of(void **state) {
    struct world *world = *state;
    struct span boss = person(world, "boss"), ann = person(world, "ann");
    (void)mandate(world, boss, MANDATE_ALL, INSTANT_NONE);
    TOLD(world, 0, "boss|A mandate to act for an entity was given");
    int64_t until_ms = NOW(world) + 60 * DAY;
    struct span id = mandate(world, ann, MANDATE_READ, until_ms);
    TOLD(world, 0, "ann|A mandate to act for an entity was given + boss|A mandate to act for an entity was given");
    TOLD(world, 29 * DAY, "");
    TOLD(world, DAY, "ann|A mandate to act for an entity ends soon + boss|A mandate to act for an entity ends soon");
    // Renewed: what was planned of the old end is told no more.
    DO(world, access_mandate_renew(world->writer, id, until_ms + 60 * DAY, boss, NOW(world), &world->arena, &world->why));
    TOLD(world, 59 * DAY, "");
    TOLD(world, DAY, "ann|A mandate to act for an entity ends soon + boss|A mandate to act for an entity ends soon");
    TOLD(world, 23 * DAY, "ann|A mandate to act for an entity ends soon + boss|A mandate to act for an entity ends soon");
    TOLD(world, 7 * DAY, "ann|A mandate to act for an entity has ended + boss|A mandate to act for an entity has ended");
    TOLD(world, 90 * DAY, "");
    struct span other = mandate(world, ann, MANDATE_READ, NOW(world) + 60 * DAY);
    TOLD(world, 0, "ann|A mandate to act for an entity was given + boss|A mandate to act for an entity was given");
    DO(world, access_mandate_revoke(world->writer, other, boss, NOW(world), &world->why));
    TOLD(world, 0, "ann|A mandate to act for an entity was revoked + boss|A mandate to act for an entity was revoked");
    TOLD(world, 61 * DAY, ""); // its end is told of by that alone
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(offices_hear_of_claims, begin, end),
        cmocka_unit_test_setup_teardown(links_open_pages_and_hooks_resources, begin, end),
        cmocka_unit_test_setup_teardown(mandates_are_told_of, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
