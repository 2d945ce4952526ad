// SPDX-License-Identifier: EUPL-1.2
/*
 * Filings in any order, from a seed: no version is lost, a first clock never moves, a refused filing changes nothing, and
 * deciding again gives the same bytes. The seed of a failing run is printed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "law/json_tree.h"
#include "law/pack.h"
#include "law/procedure.h"
#include "os/zone.h"

static struct arena program, arena;
static struct law *law;
static const struct zone *zone;
static uint64_t seed;

static int setup(void **state) {
    (void)state;
    arena_init(&program, (size_t)128 * 1024 * 1024);
    arena_init(&arena, (size_t)256 * 1024 * 1024);
    struct why why = {0};
    if (!is_err(law_load(&program, embedded_law, embedded_law_count, &law, &why)) &&
        !is_err(zone_load(&program, "Europe/Brussels", &zone, &why)))
        return 0;
    print_error("%s\n", why.words);
    return 1;
}
static int teardown(void **state) {
    (void)state;
    arena_fini(&arena);
    arena_fini(&program);
    return 0;
}

static uint64_t drawn(uint64_t below) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (seed >> 33) % below;
}

// Documents with fields that pass; %T is a past time, %F one of the case's filings.
static const struct {
    const char *document, *role, *fields;
} FILINGS[] = {
    {"early_warning", "entity", "{\"detected_at\":\"%T\",\"assessed_at\":\"%T\",\"aware_at\":\"%T\",\"summary\":\"x\",\"suspected_malicious\":\"no\",\"cross_border\":\"no\",\"recipients_affected\":\"yes\"}"},
    {"early_warning", "entity", "{\"aware_at\":\"%T\",\"summary\":\"x\",\"suspected_malicious\":\"no\",\"cross_border\":\"no\",\"trust_service_affected\":true}"},
    {"notification", "entity", "{\"detected_at\":\"%T\",\"assessed_at\":\"%T\",\"aware_at\":\"%T\",\"suspected_malicious\":\"no\",\"cross_border\":\"no\",\"severity\":\"low\",\"impact\":\"x\"}"},
    {"notification", "entity", "{\"suspected_malicious\":\"yes\",\"cross_border\":\"no\",\"severity\":\"low\",\"impact\":\"x\",\"trust_service_affected\":true}"},
    {"progress_report", "entity", "{\"status\":\"x\",\"is_ongoing\":true}"},
    {"final_report", "entity", "{\"description\":\"x\",\"cause\":\"x\",\"measures\":\"x\"}"},
    {"handled_notice", "entity", "{\"aware_at\":\"%T\",\"handled_at\":\"%T\"}"},
    {"intermediate_request", "csirt", "{\"request\":\"x\"}"},
    {"intermediate_report", "entity", "{\"status\":\"x\"}"},
    {"intermediate_report", "entity", "{\"answers\":\"%F\",\"status\":\"x\"}"},
    {"answer", "csirt", "{\"feedback\":\"x\",\"law_enforcement_guidance\":\"x\"}"},
    {"recipients_notice", "entity", "{\"about\":\"incident\",\"informed_at\":\"%T\",\"how\":\"x\"}"},
    {"voluntary_notification", "entity", "{\"kind\":\"near_miss\",\"summary\":\"x\"}"},
    {"not_significant", "entity", "{\"assessed_at\":\"%T\",\"reason\":\"x\"}"},
    {"significant", "entity", "{\"aware_at\":\"%T\"}"},
    {"clock_correction", "entity", "{\"aware_at\":\"%T\",\"reason\":\"x\"}"},
    {"clock_acceptance", "ca", "{\"reason\":\"x\"}"},
    {"clock_contest", "ca", "{\"aware_at\":\"%T\",\"reason\":\"x\"}"},
    {"mistaken_filing", "entity", "{\"filing\":\"%F\",\"reason\":\"x\"}"},
    {"mistake_confirmed", "csirt", "{\"filing\":\"%F\",\"reason\":\"x\"}"},
    {"withdrawal", "csirt", "{\"reason\":\"x\"}"},
    {"reopening", "csirt", "{\"reason\":\"x\"}"},
    {"closure", "csirt", "{}"},
};
enum { FILING_COUNT = sizeof FILINGS / sizeof FILINGS[0] };

static struct span filled(const char *text, int64_t now_ms, uint64_t filings) {
    struct buf out;
    buf_init(&out, &arena, 4096);
    for (const char *at = text; *at != '\0'; at++) {
        if (at[0] == '%' && at[1] == 'T') {
            buf_add_instant(&out, now_ms - (int64_t)drawn(60) * MS_PER_HOUR - (int64_t)drawn(60) * MS_PER_MINUTE);
            at++;
        } else if (at[0] == '%' && at[1] == 'F') {
            buf_printf(&out, "F%016llu", (unsigned long long)drawn(filings + 1));
            at++;
        } else {
            buf_add_byte(&out, (uint8_t)*at);
        }
    }
    return buf_span(&out);
}

static struct span canonical(const struct json *value) {
    struct buf out;
    buf_init(&out, &arena, 4 * 1024 * 1024);
    assert_false(is_err(json_canonical(&out, value)));
    return buf_span(&out);
}

static int64_t time_of(const struct json *row, const char *name) { return json_instant(json_get(row, name), NULL); }

#define MUST(CONDITION)                                                                                                            \
    do {                                                                                                                           \
        if (!(CONDITION)) fail_msg("%s, seed %llu", #CONDITION, (unsigned long long)first);                                         \
    } while (0)

// MAY_BE_EARLIER: where several limits bind (trust services; detection beside awareness), a fact that becomes known later may
// bring a due time forward, never back.
static void check_kept(const struct json *before, const struct json *after, bool may_be_earlier, uint64_t first) {
    const struct json *old = json_get(before, "filings"), *now = json_get(after, "filings");
    MUST(now->count == old->count + 1);
    for (size_t i = 0; i < old->count; i++) {
        MUST(span_equals(json_get_string(&old->items[i], "id"), json_get_string(&now->items[i], "id")));
        MUST(json_get_int(&old->items[i], "version", 0) == json_get_int(&now->items[i], "version", 0));
        MUST(time_of(&old->items[i], "received_at") == time_of(&now->items[i], "received_at"));
        MUST(span_is(json_get_string(&old->items[i], "status"), "filed") ||
             !span_is(json_get_string(&now->items[i], "status"), "filed"));
    }
    static const char *const FIRST[] = {"aware_at", "detected_at", "assessed_at", "handled_at"};
    for (size_t i = 0; i < sizeof FIRST / sizeof FIRST[0]; i++) {
        int64_t was = time_of(json_get(before, "facts"), FIRST[i]);
        MUST(was == INSTANT_NONE || was == time_of(json_get(after, "facts"), FIRST[i]));
    }
    old = json_get(before, "duties");
    now = json_get(after, "duties");
    MUST(now->count >= old->count);
    for (size_t i = 0; i < old->count; i++) {
        int64_t due = time_of(&old->items[i], "due"), latest = time_of(&old->items[i], "due_latest");
        MUST(span_equals(json_get_string(&old->items[i], "duty"), json_get_string(&now->items[i], "duty")));
        MUST(due == INSTANT_NONE || due == time_of(&now->items[i], "due") || (may_be_earlier && time_of(&now->items[i], "due") < due));
        MUST(latest == INSTANT_NONE || latest <= time_of(&now->items[i], "due_latest"));
        MUST(json_is_null(json_get(&old->items[i], "closed_by")) || !json_is_null(json_get(&now->items[i], "closed_by")));
        MUST(time_of(&now->items[i], "due") <= time_of(&now->items[i], "due_latest"));
    }
}

// Versions of a document that stands once in a case count up.
static void check_versions(const struct json *after, uint64_t first) {
    const struct json *filings = json_get(after, "filings");
    for (size_t i = 0; i < filings->count; i++) {
        size_t current = 0;
        for (size_t k = 0; k < filings->count; k++) {
            bool is_same = span_equals(json_get_string(&filings->items[i], "document"), json_get_string(&filings->items[k], "document"));
            if (!is_same || (!span_is(json_get_string(&filings->items[i], "document"), "early_warning") &&
                             !span_is(json_get_string(&filings->items[i], "document"), "notification")))
                continue;
            current += span_is(json_get_string(&filings->items[k], "status"), "filed");
            if (i < k) MUST(json_get_int(&filings->items[i], "version", 0) < json_get_int(&filings->items[k], "version", 0));
        }
        MUST(current <= 1);
    }
}

static void one_case(uint64_t first, const char *state, size_t *accepted) {
    struct json types = json_array(), subject = json_object(), given;
    struct json_tree tree = {.arena = &arena};
    bool is_trust = drawn(2) == 0;
    (void)json_tree_push(&tree, &types, json_from_string(is_trust ? SPAN("DI_TSP") : SPAN("DI_CLOUD")));
    (void)json_tree_add(&tree, &subject, SPAN("types"), types);
    const struct json *case_state = NULL;
    int64_t now_ms = 1772323200000 + (int64_t)drawn(300) * MS_PER_DAY;
    for (uint64_t step = 0; step < 40; step++) {
        now_ms += (int64_t)drawn(40) * MS_PER_HOUR;
        size_t which = (size_t)drawn(FILING_COUNT);
        assert_false(is_err(json_parse(&arena, filled(FILINGS[which].fields, now_ms, step), &given, NULL)));
        struct procedure_input input = {.law = law,
                                        .state = span_of(state),
                                        .at = {.year = 2026, .month = 11, .day = 21},
                                        .zone = zone,
                                        .procedure = SPAN("incident"),
                                        .document = span_of(FILINGS[which].document),
                                        .filer_role = span_of(FILINGS[which].role),
                                        .fields = &given,
                                        .subject = &subject,
                                        .case_state = case_state,
                                        .received_at = {.ms = now_ms},
                                        .recorded_ms = now_ms,
                                        .filing_id = arena_printf(&arena, "F%016llu", (unsigned long long)step),
                                        .case_id = SPAN("C0000000000000001"),
                                        .entity_id = SPAN("E0000000000000001")};
        struct procedure_decision one, two;
        struct span before = case_state == NULL ? SPAN("") : canonical(case_state);
        MUST(!is_err(procedure_decide(&input, &arena, &one, NULL)) && !is_err(procedure_decide(&input, &arena, &two, NULL)));
        MUST(one.is_accepted == (one.fault_count == 0) && one.is_accepted == two.is_accepted);
        if (case_state != NULL) MUST(span_equals(before, canonical(case_state)));
        if (!one.is_accepted) continue;
        ++*accepted;
        struct span after = canonical(one.case_state);
        MUST(span_equals(after, canonical(two.case_state)) && span_equals(canonical(one.effects), canonical(two.effects)));
        if (case_state != NULL) check_kept(case_state, one.case_state, is_trust || strcmp(state, "FI") == 0 || strcmp(state, "SK") == 0, first);
        check_versions(one.case_state, first);
        struct json *read_back = ARENA_NEW(&arena, struct json); // as the store gives it back
        MUST(!is_err(json_parse(&arena, after, read_back, NULL)));
        case_state = read_back;
    }
}

static void any_order_keeps_versions_and_first_clocks(void **state) {
    (void)state;
    static const char *const STATES[] = {"LU", "FI", "CZ", "PT", "IT", "HR", "DK", "BE", "CY", "SK"};
    const char *rounds = getenv("VARDE_ROUNDS");
    uint64_t count = rounds != NULL ? strtoull(rounds, NULL, 10) : 300;
    size_t accepted = 0;
    for (uint64_t round = 1; round <= count; round++) {
        seed = round * 0x9e3779b97f4a7c15u;
        one_case(round, STATES[round % (sizeof STATES / sizeof STATES[0])], &accepted);
        arena_reset(&arena);
    }
    assert_true(accepted > count * 3); // most cases go somewhere
}

// Anything that is JSON may come in; it is accepted or has faults, and never an error.
static void any_fields_get_faults(void **state) {
    (void)state;
    static const char *const PIECES[] = {"null", "true", "7", "-1", "1.5", "\"\"", "\"x\"", "[]", "{}", "[null]", "[1,2]", "{\"a\":1}", "\"2026-01-01\"",
                                         "\"9999-99-99T99:99:99Z\"", "\"10.0.0.0/8\"", "\"\\u0000\"", "[[[]]]", "{\"street\":[]}", "[{\"role\":{}}]", "\"1e9\""};
    static const char *const FIELDS[] = {"name", "address", "contacts", "entity_types", "services_states", "ip_ranges", "domains", "staff", "turnover_eur",
                                         "representative", "establishments", "main_establishment", "as_numbers", "own_class", "unknown~/x"};
    for (uint64_t round = 1; round <= 3000; round++) {
        seed = round * 0x9e3779b97f4a7c15u;
        struct buf text;
        buf_init(&text, &arena, 65536);
        buf_add_byte(&text, '{');
        for (size_t i = 0; i < sizeof FIELDS / sizeof FIELDS[0]; i++)
            if (drawn(2) == 0) buf_printf(&text, "%s\"%s\":%s", text.len > 1 ? "," : "", FIELDS[i], PIECES[drawn(sizeof PIECES / sizeof PIECES[0])]);
        buf_add_byte(&text, '}');
        struct json fields;
        assert_false(is_err(json_parse(&arena, buf_span(&text), &fields, NULL)));
        struct procedure_input input = {.law = law,
                                        .state = SPAN("LU"),
                                        .at = {.year = 2026, .month = 11, .day = 21},
                                        .zone = zone,
                                        .procedure = SPAN("registration"),
                                        .document = SPAN("registration"),
                                        .filer_role = SPAN("entity"),
                                        .fields = &fields,
                                        .received_at = {.ms = 1772323200000},
                                        .recorded_ms = 1772323200000,
                                        .filing_id = SPAN("F0000000000000001"),
                                        .case_id = SPAN("C0000000000000001"),
                                        .entity_id = SPAN("E0000000000000001")};
        struct procedure_decision decision;
        assert_false(is_err(procedure_decide(&input, &arena, &decision, NULL)));
        assert_false(decision.is_accepted);
        for (size_t i = 0; i < decision.fault_count; i++) {
            assert_true(decision.faults[i].rule.len > 0 && decision.faults[i].words.len > 0);
            assert_true(span_is_utf8(decision.faults[i].words) && span_is_utf8(decision.faults[i].field));
        }
        assert_false(is_err(procedure_check_fields(&input, false, &arena, &decision, NULL)));
        if (round % 100 == 0) arena_reset(&arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(any_order_keeps_versions_and_first_clocks), cmocka_unit_test(any_fields_get_faults)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
