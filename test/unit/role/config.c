// SPDX-License-Identifier: EUPL-1.2
#include "role/config.h"
#include "law/pack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>

#define BASE                                                                                                           \
    "state: BE\nname: 'Test'\nlog_origin: varde.invalid/be\nlisten: 127.0.0.1:8443\npublic_url: https://localhost:8443\n" \
    "certificate: tls/c.pem\nkey: /etc/k.pem\noffices:\n  - {id: csirt, kind: csirt, name: CSIRT}\n"                      \
    "  - {id: ca-energy, kind: ca, name: Energy, telephone: '+32 1', sectors: [energy, space]}\n"

static void refused(const char *text, const char *words) {
    struct config config;
    struct why why = {0};
    struct err e = config_parse("/d", "varde.yaml", span_of(text), &config, &why);
    assert_int_equal(e.code, ERR_INPUT);
    if (strstr(why.words, words) == NULL) fail_msg("\"%s\" does not say \"%s\"", why.words, words);
}

static void what_init_writes_can_be_read(void **state) {
    (void)state;
    struct buf buf;
    buf_init(&buf, NULL, 100000);
    struct why why = {0};
    struct arena packs;
    struct law *law;
    arena_init(&packs, LIMIT_PACK_ARENA_BYTES);
    if (is_err(law_load(&packs, embedded_law, embedded_law_count, &law, &why))) fail_msg("%s", why.words);
    struct config_draft draft = {.state = "EL", .name = "Κόμβος 'x': #1", .log_origin = "varde.invalid/el", .listen = "[::1]:9100", .is_demo = true, .law = law};
    config_write(&buf, &draft);
    struct config config;
    struct err e = config_parse("/data", "varde.yaml", buf_span(&buf), &config, &why);
    if (is_err(e)) fail_msg("%s", why.words);
    assert_true(span_is(config.state, "EL"));
    assert_true(span_is(config.name, "Κόμβος 'x': #1"));
    assert_true(span_is(config.log_origin, "varde.invalid/el"));
    assert_true(config.is_demo);
    assert_string_equal(config.listen.host, "::1");
    assert_int_equal(config.listen.port, 9100);
    assert_string_equal(config.certificate_file, "/data/tls/certificate.pem");
    assert_int_equal(config.checkpoint_interval_s, 600);
    assert_int_equal(config.office_count, 4);
    assert_false(config.plain.is_set);
    config_fini(&config);
    // The Union's node: the bodies there, and one member of each state in each network and group.
    draft.state = "EU";
    draft.listen = "127.0.0.1:9100";
    buf_fini(&buf);
    buf_init(&buf, NULL, 100000);
    config_write(&buf, &draft);
    e = config_parse("/data", "varde.yaml", buf_span(&buf), &config, &why);
    if (is_err(e)) fail_msg("%s", why.words);
    const struct config_office *member = config_find_office(&config, SPAN("csirt-member-el"));
    assert_non_null(member);
    assert_true(span_is(member->state, "EL") && span_is(member->kind, "csirt_member"));
    assert_null(config_find_office(&config, SPAN("csirt")));
    config_fini(&config);
    buf_fini(&buf);
    arena_fini(&packs);
}

static void values_are_read(void **state) {
    (void)state;
    struct config config;
    struct why why = {0};
    struct err e = config_parse("/d", "varde.yaml",
                                span_of(BASE "hook: {url: 'https://h.example/x', secret: s}\nsandbox: required\nworkers: 3\n"
                                             "listen_plain: 127.0.0.1:80\nuser: varde\nanswer_telephone: '+32 2'\n"
                                             "emergency: {telephone: '+32 9', post: 'Street 1', per_hour: 7}\n"),
                                &config, &why);
    if (is_err(e)) fail_msg("%s", why.words);
    const struct config_office *office = config_find_office(&config, SPAN("ca-energy"));
    assert_non_null(office);
    assert_int_equal(office->sector_count, 2);
    assert_true(span_is(office->sectors[1], "space"));
    assert_null(config_find_office(&config, SPAN("ca")));
    assert_string_equal(config.key_file, "/etc/k.pem");
    assert_string_equal(config.hook_secret_file, "/d/s");
    assert_int_equal(config.sandbox, SANDBOX_REQUIRED);
    assert_int_equal(config.workers, 3);
    assert_int_equal(config.plain.port, 80);
    assert_true(span_is(config.emergency_telephone, "+32 9") && span_is(config.emergency_post, "Street 1") && config.emergency_fax.at == NULL);
    assert_int_equal(config.emergency_per_hour, 7);
    config_fini(&config);
}

static void mistakes_name_their_line(void **state) {
    (void)state;
    refused(BASE "colour: red\n", "varde.yaml:11: \"colour\"");
    refused(BASE "workers: 0\n", "varde.yaml:11: workers");
    refused(BASE "workers: 2\nworkers: 3\n", "varde.yaml:12");
    refused(BASE "demo: perhaps\n", "varde.yaml:11: demo");
    refused(BASE "emergency: {per_hour: -1}\n", "varde.yaml:11: emergency: per_hour");
    refused(BASE "emergency: {pager: x}\n", "\"pager\"");
    refused(BASE "sandbox: yes\n", "varde.yaml:11: sandbox");
    refused(BASE "listen_plain: 192.0.2.1:80\n", "loopback");
    refused(BASE "hook: {url: 'http://h.example/x', secret: s}\n", "https://");
    refused(BASE "hook: {url: 'https://h.example/x', key: s}\n", "\"key\"");
    refused(BASE "  - {id: csirt, kind: csirt, name: Twice}\n", "varde.yaml:11: two offices");
    refused(BASE "exercise: yes\n", "the log of an exercise is called exercise.");
    refused(BASE "  - {id: x, kind: Ministry, name: X}\n", "varde.yaml:11: an office needs a kind");
    refused("state: BEL\n", "state");
    refused("- a\n", "varde.yaml:1");
    refused("", "");
    refused("state: BE\nname: x\nlog_origin: o\nlisten: 0.0.0.0:8443\npublic_url: https://x\ncertificate: c\nkey: k\ndemo: true\n"
            "offices: [{id: ca, kind: ca, name: CA}]\n",
            "varde.yaml:8: demo: refused");
    refused("state: BE\nname: x\nlog_origin: o\nlisten: localhost:8443\n", "varde.yaml:4");
}

static void addresses(void **state) {
    (void)state;
    struct config_address a;
    assert_true(config_parse_address(SPAN("0.0.0.0:443"), &a));
    assert_false(config_is_loopback(&a));
    assert_true(config_parse_address(SPAN("[::1]:1"), &a));
    assert_true(config_is_loopback(&a));
    static const char *const BAD[] = {"", ":", "1.2.3.4", "1.2.3.4:", "1.2.3.4:65536", "1.2.3:80", "::1:80", "[::1]80", "[1.2.3.4]:80", "a:1", "1.2.3.4:-1"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) assert_false(config_parse_address(span_of(BAD[i]), &a));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_init_writes_can_be_read),
        cmocka_unit_test(values_are_read),
        cmocka_unit_test(mistakes_name_their_line),
        cmocka_unit_test(addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
