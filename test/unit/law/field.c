// SPDX-License-Identifier: EUPL-1.2
/* Canonical forms of what people type, and the condition language. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "law/field.h"

static struct arena arena;
static int setup(void **state) {
    (void)state;
    arena_init(&arena, (size_t)16 * 1024 * 1024);
    return 0;
}
static int teardown(void **state) {
    (void)state;
    arena_fini(&arena);
    return 0;
}

struct pair {
    const char *text, *canonical; // NULL: refused
};
typedef bool canonical_form(struct arena *arena, struct span text, struct span *ret, const char **words);

static void check_pairs(const struct pair *pairs, size_t count, canonical_form *form) {
    for (size_t i = 0; i < count; i++) {
        struct span found = SPAN("");
        const char *words = "";
        bool is_good = form(&arena, span_of(pairs[i].text), &found, &words);
        if (is_good != (pairs[i].canonical != NULL)) fail_msg("\"%s\": taken is %d", pairs[i].text, is_good);
        if (is_good && !span_is(found, pairs[i].canonical)) fail_msg("\"%s\" became \"%.*s\"", pairs[i].text, SPAN_FMT(found));
        if (!is_good) assert_true(words[0] != '\0');
    }
}

static void ip_ranges(void **state) {
    (void)state;
    static const struct pair PAIRS[] = {
        {"192.0.2.0/24", "192.0.2.0/24"},   {"192.0.2.7", "192.0.2.7/32"},     {"2001:DB8:0:0::/32", "2001:db8::/32"},
        {"2001:db8::1", "2001:db8::1/128"}, {"::ffff:192.0.2.1", "192.0.2.1/32"}, {"::ffff:10.1.0.0/112", "10.1.0.0/16"}, {"::ffff:0:0/96", NULL}, {"10.0.0.0/8", "10.0.0.0/8"},
        {"192.0.2.1/24", NULL},             {"192.0.2.0/33", NULL},            {"0.0.0.0/0", NULL},
        {"192.0.2", NULL},                  {"192.0.2.256", NULL},             {"2001:db8::/129", NULL},
        {"2001:db8::/", NULL},              {"192.0.2.0/-1", NULL},            {"192.0.2.0/024", "192.0.2.0/24"},
        {"", NULL},                         {"/24", NULL},                     {"fe80::1%eth0", NULL},
        {"192.0.2.0/24 ", NULL},            {"127.1", NULL},
    };
    check_pairs(PAIRS, sizeof PAIRS / sizeof PAIRS[0], ip_range_canonical);
}

static void domains(void **state) {
    (void)state;
    static const struct pair PAIRS[] = {
        {"Example.EU", "example.eu"}, {"example.eu.", "example.eu"}, {"xn--bcher-kva.example", "xn--bcher-kva.example"},
        {"_dmarc.example.eu", "_dmarc.example.eu"}, {"example", NULL}, {"", NULL}, {".", NULL}, {"a..b", NULL}, {"-a.eu", NULL},
        {"a-.eu", NULL}, {"b\xc3\xbc" "cher.eu", NULL}, {"192.0.2.1", NULL}, {"a b.eu", NULL},
        {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.eu", NULL},
    };
    check_pairs(PAIRS, sizeof PAIRS / sizeof PAIRS[0], domain_canonical);
}

static void phones(void **state) {
    (void)state;
    static const struct pair PAIRS[] = {
        {"+352 26 12 34-56", "+35226123456"}, {"0032 (2) 123.45.67", "+3221234567"}, {"+1", NULL}, {"112", NULL},
        {"+352 phone", NULL}, {"+0123456", NULL}, {"+1234567890123456", NULL}, {"", NULL},
    };
    check_pairs(PAIRS, sizeof PAIRS / sizeof PAIRS[0], phone_canonical);
}

static void emails(void **state) {
    (void)state;
    static const struct pair PAIRS[] = {
        {"noc@example.eu", ""}, {"a.b+c@x.y.eu", ""}, {"@example.eu", NULL}, {"a@b", NULL}, {"a b@c.eu", NULL}, {"a@b..", NULL},
        {".a@b.eu", NULL}, {"a..b@c.eu", NULL}, {"a.@c.eu", NULL}, {"a@c.eu\n", NULL}, {"a@.eu", NULL}, {"a@b..eu", NULL}, {"a@-b.eu", NULL},
        {"a@b-.eu", NULL}, {"a@x-y.eu", ""}, {"a@b.eu.", NULL}, {"a\xe2\x80\xae@b.eu", NULL},
    };
    for (size_t i = 0; i < sizeof PAIRS / sizeof PAIRS[0]; i++) {
        const char *words = "";
        if (email_is_valid(span_of(PAIRS[i].text), &words) != (PAIRS[i].canonical != NULL)) fail_msg("\"%s\"", PAIRS[i].text);
    }
}

static void decimals(void **state) {
    (void)state;
    static const struct {
        const char *text, *canonical;
        int64_t scaled;
    } ROWS[] = {
        {"1234.5", "1234.50", 123450}, {"0012", "12", 1200}, {"12.00", "12", 1200}, {"-0.05", "-0.05", -5}, {"-0", "0", 0}, {"0.10", "0.10", 10},
        {"1.234", NULL, 0}, {".5", NULL, 0}, {"5.", NULL, 0}, {"1e3", NULL, 0}, {"", NULL, 0}, {"-", NULL, 0}, {"+1", NULL, 0}, {"99999999999999999999", NULL, 0},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        struct span found;
        int64_t scaled = 0;
        const char *words = "";
        bool is_good = decimal_canonical(&arena, span_of(ROWS[i].text), 2, &found, &scaled, &words);
        if (is_good != (ROWS[i].canonical != NULL)) fail_msg("\"%s\"", ROWS[i].text);
        if (!is_good) continue;
        if (!span_is(found, ROWS[i].canonical) || scaled != ROWS[i].scaled) fail_msg("\"%s\" became \"%.*s\"", ROWS[i].text, SPAN_FMT(found));
    }
}

// --- conditions ---

static bool holds(const char *text, const struct facts *facts) {
    struct yaml node;
    struct why why = {0};
    const struct condition *condition = NULL;
    if (is_err(yaml_load(&arena, "test", span_of(text), &node, &why)) || is_err(condition_load(&arena, &node, NULL, &condition, &why)))
        fail_msg("%s: %s", text, why.words);
    return condition_holds(condition, facts);
}

static void conditions(void **state) {
    (void)state;
    struct json fields, known, filings;
    assert_false(is_err(json_parse(&arena,
                                   SPAN("{\"a\":true,\"b\":\"x\",\"n\":7,\"m\":\"12.50\",\"none\":null,\"list\":[\"x\",\"y\"],"
                                        "\"t\":{\"at\":\"2026-06-01T10:00:00Z\",\"declared\":\"2026-06-01T12:00:00+02:00\"}}"),
                                   &fields, NULL)));
    assert_false(is_err(json_parse(&arena, SPAN("{\"t\":\"2026-06-01T11:00:00Z\",\"d\":\"2026-06-01\"}"), &known, NULL)));
    assert_false(is_err(json_parse(&arena, SPAN("[{\"document\":\"one\",\"status\":\"withdrawn\"},{\"document\":\"two\",\"status\":\"replaced\"}]"), &filings, NULL)));
    struct facts facts = {.fields = &fields, .case_facts = &known, .filings = &filings, .state = SPAN("open"), .role = SPAN("ca"), .received_ms = 1780312500000};
    static const struct {
        const char *text;
        bool is_true;
    } ROWS[] = {
        {"{field: a, is: yes}", true}, {"{field: a, is: no}", false}, {"{field: b, is: x}", true}, {"{field: b, is_not: x}", false},
        {"{field: b, in: [y, x]}", true}, {"{field: list, has: [y]}", true}, {"{field: list, has: [z]}", false}, {"{field: n, at_least: 7}", true},
        {"{field: n, at_most: 6}", false}, {"{field: m, at_least: 12.5}", true}, {"{field: m, at_least: 12.51}", false}, {"{field: none, known: no}", true},
        {"{field: none, is_not: x}", false}, {"{not: {field: none, is: x}}", true}, {"{field: missing, known: yes}", false},
        {"{field: t, before: {case: t}}", true}, {"{field: t, before: {case: t, minus: \"2 h\"}}", false}, {"{case: t, not_after: {field: t, plus: \"1 h\"}}", true},
        {"{case: t, after: {field: t, plus: \"1 h\"}}", false}, {"{case: d, before: {field: t}}", true}, {"{field: t, before: {case: missing}}", false},
        {"{field: t, not_before: {case: missing}}", false}, {"{field: t, after: \"2026-05-31\"}", true}, {"{received: \"yes\", after: {case: t}}", true},
        {"{filed: one}", false}, {"{filed: [one, two]}", true}, {"{state: [open, shut]}", true}, {"{role: csirt}", false}, {"{flag: some}", false},
        {"{all: [{state: open}, {role: ca}]}", true}, {"{all: [{state: open}, {role: spoc}]}", false}, {"{any: [{state: shut}, {role: ca}]}", true},
        {"{any: [{state: shut}, {role: spoc}]}", false}, {"{subject: class, is: essential}", false}, {"{setting: x, is: yes}", false},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++)
        if (holds(ROWS[i].text, &facts) != ROWS[i].is_true) fail_msg("%s is not %d", ROWS[i].text, ROWS[i].is_true);
    assert_true(condition_holds(NULL, &facts));
    struct facts nothing = {0};
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) (void)holds(ROWS[i].text, &nothing); // total: always an answer
}

// What a field asks of one's own fits its type, and becomes the token that browsers know.
static void fills(void **state) {
    (void)state;
    static const struct {
        const char *row, *token; // NULL: refused
    } ROWS[] = {
        {"{field: a, type: text, label: A, fill: name}", "name"},         {"{field: a, type: phone, label: A, fill: phone}", "tel"},
        {"{field: a, type: text, label: A, fill: street}", "street-address"}, {"{field: a, type: country, label: A, fill: country}", "country"},
        {"{field: a, type: text, label: A, fill: email}", NULL},          {"{field: a, type: email, label: A, fill: name}", NULL},
        {"{field: a, type: text, label: A, fill: password}", NULL},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        struct field_context context = {.arena = &arena};
        struct yaml rows;
        struct why why = {0};
        struct field *fields;
        size_t count;
        assert_false(is_err(yaml_load(&arena, "test", arena_printf(&arena, "- %s\n", ROWS[i].row), &rows, &why)));
        struct err e = fields_load(&context, &rows, SPAN("test"), &fields, &count, &why);
        if (is_err(e) != (ROWS[i].token == NULL)) fail_msg("%s: %s", ROWS[i].row, why.words);
        if (is_err(e)) assert_string_equal(why.rule, "field.fill");
        else assert_string_equal(fields[0].fill, ROWS[i].token);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(fills), cmocka_unit_test(ip_ranges), cmocka_unit_test(domains), cmocka_unit_test(phones),
                                       cmocka_unit_test(emails), cmocka_unit_test(decimals), cmocka_unit_test(conditions)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
