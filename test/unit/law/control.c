// SPDX-License-Identifier: EUPL-1.2
/* Catalogues of controls: those of the packs, and one that a state adds with a field of its own over the self-assessment: no C. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "law/control.h"
#include "law/pack.h"
#include "law/procedure.h"
#include "os/zone.h"

static struct arena arena;
static int setup(void **state) {
    (void)state;
    arena_init(&arena, (size_t)512 * 1024 * 1024);
    return 0;
}
static int teardown(void **state) {
    (void)state;
    arena_fini(&arena);
    return 0;
}

static const char CONTROLS[] = "label: \"National framework (invented)\"\narticle: \"NF\"\ncontrols:\n"
                               "  - {control: ID, label: Identify, article: \"NF ID\"}\n"
                               "  - {control: ID.1, label: Inventory, article: \"NF ID.1\", points: [i]}\n"
                               "  - {control: ID.2, label: Owners, article: \"NF ID.2\", points: [i]}\n";
static const char OVERLAY[] = "procedure: measures\ntitle: \"Invented\"\nsource: \"a test\"\nchecked_on: 2026-11-22\nchange:\n  - document: self_assessment\n    add:\n"
                              "      - field: framework\n        type: list\n        catalogue: national/be\n        label: Framework\n        article: NF\n        complete: yes\n"
                              "        fields:\n          - {field: level, type: int, min: 1, max: 4, label: Level, required: yes}\n";

static struct law *law_with_framework(void) {
    struct embedded_file *files = arena_take_array(&arena, embedded_law_count + 2, sizeof *files);
    struct law *law;
    struct why why = {0};
    assert_non_null(files);
    memcpy(files, embedded_law, embedded_law_count * sizeof *files);
    files[embedded_law_count] = (struct embedded_file){.path = "national/be/controls.yaml", .bytes = (const uint8_t *)CONTROLS, .size_bytes = sizeof CONTROLS - 1};
    files[embedded_law_count + 1] = (struct embedded_file){.path = "national/be/procedures/measures.yaml", .bytes = (const uint8_t *)OVERLAY, .size_bytes = sizeof OVERLAY - 1};
    if (is_err(law_load(&arena, files, embedded_law_count + 2, &law, &why))) fail_msg("%s", why.words);
    return law;
}

static void the_annex_is_whole(void **state) {
    (void)state;
    struct law *law;
    assert_false(is_err(law_load(&arena, embedded_law, embedded_law_count, &law, NULL)));
    const struct catalogue *annex = catalogue_find(law, SPAN("eu/ir-2024-2690")), *points = catalogue_find(law, SPAN("eu/nis2"));
    assert_non_null(annex);
    assert_int_equal(annex->asked_count, 161);
    assert_int_equal(points->asked_count, 10);
    assert_int_equal(control_find(annex, SPAN("1.1.1"))->parts.count, 11); // a to k
    assert_int_equal(control_find(annex, SPAN("6.7.2"))->parts.count, 12);
    assert_int_equal(control_find(annex, SPAN("9.2"))->parts.count, 14);   // a, b, and the twelve of c
    assert_false(control_find(annex, SPAN("6.10"))->is_asked);
    assert_true(control_find(annex, SPAN("6.1.1"))->is_asked);             // "6.1" and "6.10" are no parts of each other
    assert_true(control_find(annex, SPAN("5.2"))->is_asked);
    assert_null(control_find(annex, SPAN("14.1")));
    for (size_t i = 0; i < annex->count; i++) {
        if (annex->controls[i].points.count == 0) fail_msg("%.*s has no point of 21(2)", SPAN_FMT(annex->controls[i].id));
        for (size_t k = 0; k < annex->controls[i].points.count; k++) assert_non_null(control_find(points, annex->controls[i].points.items[k]));
    }
    static const char *const LANGUAGES[] = {"en", "fr", "de"};
    for (size_t i = 0; i < 3; i++) {
        struct buf text;
        struct json_out out;
        struct json read;
        buf_init(&text, &arena, 1024 * 1024);
        json_out_init(&out, &text);
        assert_false(is_err(catalogue_write_json(&out, law, SPAN("eu/ir-2024-2690"), span_of(LANGUAGES[i]), NULL)));
        assert_false(is_err(json_parse(&arena, buf_span(&text), &read, NULL)));
        struct span first = json_get_string(&json_get(&read, "controls")->items[0], "label");
        assert_true(span_starts_with(first, i == 0 ? SPAN("Policy") : i == 1 ? SPAN("Politique") : SPAN("Konzept")));
    }
}

static struct procedure_decision decide(const struct law *law, const char *state, const char *fields) {
    const struct zone *zone;
    struct why why = {0};
    struct json body, subject;
    struct procedure_decision decision;
    assert_false(is_err(zone_load(&arena, "Europe/Brussels", &zone, &why)));
    assert_false(is_err(json_parse(&arena, span_of(fields), &body, &why)));
    assert_false(is_err(json_parse(&arena, SPAN("{\"class\":\"essential\",\"types\":[\"EN_EL_SUPPLY\"]}"), &subject, &why)));
    struct procedure_input input = {.law = law, .state = span_of(state), .at = {.year = 2026, .month = 11, .day = 22}, .zone = zone, .procedure = SPAN("measures"),
                                    .document = SPAN("self_assessment"), .filer_role = SPAN("entity"), .fields = &body, .subject = &subject,
                                    .received_at = {.ms = 1795340000000}, .recorded_ms = 1795340000000, .filing_id = SPAN("F0000000000000001"),
                                    .case_id = SPAN("C0000000000000001"), .entity_id = SPAN("E0000000000000001")};
    if (is_err(procedure_decide(&input, &arena, &decision, &why))) fail_msg("%s", why.words);
    return decision;
}

static void a_state_adds_its_own(void **state) {
    (void)state;
    const struct law *law = law_with_framework();
    static const char BASE[] = "{\"assessed_on\":\"2026-11-01\",\"finished\":false";
    struct { const char *fields, *rule, *pointer; } CASES[] = {
        {",\"framework\":[{\"control\":\"ID.1\",\"level\":2},{\"control\":\"ID.2\",\"level\":3}]}", NULL, NULL},
        {",\"framework\":[{\"control\":\"ID.1\",\"level\":2}]}", "controls.incomplete", "/framework"},
        {",\"framework\":[{\"control\":\"ID\",\"level\":2}]}", "field.choice", "/framework/0/control"},
        {",\"framework\":[{\"control\":\"ID.1\",\"level\":2},{\"control\":\"ID.2\",\"level\":5}]}", "field.limit", "/framework/1/level"},
        {",\"framework\":[{\"control\":\"ID.1\",\"level\":2},{\"control\":\"ID.2\",\"level\":1},{\"control\":\"ID.1\",\"level\":3}]}", "controls.twice", "/framework/2/control"},
        {",\"framework\":[{\"level\":2}]}", "field.required", "/framework/0/control"},
        {",\"framework\":[7]}", "field.type", "/framework/0"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct span whole = arena_printf(&arena, "%s%s", BASE, CASES[i].fields);
        struct procedure_decision decision = decide(law, "BE", (const char *)whole.at);
        bool is_found = CASES[i].rule == NULL && decision.is_accepted;
        for (size_t k = 0; CASES[i].rule != NULL && k < decision.fault_count; k++)
            is_found = is_found || (span_is(decision.faults[k].rule, CASES[i].rule) && span_is(decision.faults[k].field, CASES[i].pointer));
        if (!is_found)
            fail_msg("case %zu: %.*s %.*s", i, SPAN_FMT(decision.fault_count > 0 ? decision.faults[0].rule : SPAN("accepted")),
                     SPAN_FMT(decision.fault_count > 0 ? decision.faults[0].field : SPAN("")));
    }
    struct procedure_decision elsewhere = decide(law, "LU", "{\"assessed_on\":\"2026-11-01\",\"finished\":false,\"framework\":[{\"control\":\"ID.1\",\"level\":2}]}");
    assert_false(elsewhere.is_accepted); // another state's form has no such field
}

static void ranges_meet(void **state) {
    (void)state;
    static const struct { const char *a, *b; bool meets; } PAIRS[] = {
        {"10.1.2.3/32", "10.0.0.0/8", true},   {"10.0.0.0/8", "10.1.2.3", true},       {"11.0.0.0/8", "10.0.0.0/8", false},       {"172.0.0.0/8", "172.16.0.0/12", true},
        {"172.32.0.0/16", "172.16.0.0/12", false}, {"fd00:1::/32", "fc00::/7", true},   {"2001:db8::1/128", "2001:db8::/32", true}, {"2001:db9::/32", "2001:db8::/32", false},
        {"10.0.0.0/8", "fc00::/7", false},     {"not one", "10.0.0.0/8", false},       {"10.0.0.0/33", "10.0.0.0/8", false},       {"0.0.0.0/0", "203.0.113.0/24", true},
    };
    for (size_t i = 0; i < sizeof PAIRS / sizeof PAIRS[0]; i++)
        if (ip_range_overlaps(span_of(PAIRS[i].a), span_of(PAIRS[i].b)) != PAIRS[i].meets) fail_msg("%s and %s", PAIRS[i].a, PAIRS[i].b);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_annex_is_whole), cmocka_unit_test(a_state_adds_its_own), cmocka_unit_test(ranges_meet)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
