// SPDX-License-Identifier: EUPL-1.2
/* One incident, several acts: who asks what by when; what is open and why; nothing from outside breaks it. The rows of test/law/acts.yaml. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/time.h"
#include "base/yaml.h"
#include "law/acts.h"
#include "law/json_tree.h"
#include "law_under_test.h"

static struct arena arena;
static struct law *law;

static int setup(void **state) {
    (void)state;
    arena_init(&arena, (size_t)512 * 1024 * 1024);
    return is_err(law_under_test(&arena, &law, NULL)) ? -1 : 0;
}
static int teardown(void **state) {
    (void)state;
    arena_fini(&arena);
    return 0;
}

static struct json ask_at(const char *text, struct civil at) {
    struct json facts, answer;
    const struct acts_answer *made;
    struct why why = {0};
    struct buf out;
    struct json_out writer;
    struct err e = json_parse(&arena, span_of(text), &facts, &why);
    if (!is_err(e)) e = acts_answer_make(law, &facts, NULL, NULL, SPAN("LU"), NULL, at, &arena, &made, &why);
    if (is_err(e)) fail_msg("%s %s: %s", why.field, why.rule, why.words);
    buf_init(&out, &arena, 4 * 1024 * 1024);
    json_out_init(&writer, &out);
    acts_write_json(&writer, made, SPAN("en"));
    assert_false(is_err(json_parse(&arena, buf_span(&out), &answer, &why)));
    return answer;
}

static const struct json *report_in(const struct json *answer, const char *name) {
    const struct json *reports = json_get(answer, "reports");
    for (size_t i = 0; i < reports->count; i++)
        if (span_is(json_get_string(&reports->items[i], "report"), name)) return &reports->items[i];
    return NULL;
}

static const char *due_of(const struct json *report, const char *stage) {
    const struct json *stages = json_get(report, "stages");
    for (size_t i = 0; i < stages->count; i++)
        if (span_is(json_get_string(&stages->items[i], "stage"), stage)) return (const char *)json_get_string(&stages->items[i], "due").at;
    return NULL;
}

static const struct civil DAY = {2026, 11, 22};

static void expect(const char *facts, const char *report, const char *truth, const char *stage, const char *due) {
    struct json answer = ask_at(facts, DAY);
    const struct json *found = report_in(&answer, report);
    if (found == NULL || !span_is(json_get_string(found, "truth"), truth)) fail_msg("%s: %s is not %s", facts, report, truth);
    if (stage == NULL) return;
    const char *have = due_of(found, stage);
    if (have == NULL || strcmp(have, due) != 0) fail_msg("%s: %s %s is due %s, not %s", facts, report, stage, have != NULL ? have : "never", due);
}

static void clocks_of_the_acts(void **state) {
    (void)state;
    // C28: outage starts 08:00, known 20:00
    const char *tsp = "{\"types\":[\"DI_TSP\"],\"nis2_class\":\"essential\",\"significant\":true,\"trust_service_affected\":true,\"tsp_qualified\":true,\"significant_trust_breach\":true,"
                      "\"occurred_at\":\"2026-11-22T08:00:00Z\",\"aware_at\":\"2026-11-22T20:00:00Z\",\"dora_financial_entity\":false}";
    expect(tsp, "eidas_qualified", "applies", "notification", "2026-11-23T08:00:00Z");
    expect(tsp, "eidas_non_qualified", "no", NULL, NULL);
    expect(tsp, "nis2_incident", "applies", "notification", "2026-11-23T20:00:00Z");
    // C30 and C31: four hours after classification, never later than a day after awareness
    const char *bank = "{\"types\":[\"BA_CREDIT\"],\"nis2_class\":\"essential\",\"significant\":true,\"dora_financial_entity\":true,\"critical_service_affected\":true,"
                       "\"malicious_access_data_loss\":true,\"aware_at\":\"2026-11-23T10:00:00Z\",\"classified_at\":\"2026-11-23T18:00:00Z\"}";
    expect(bank, "dora_major_incident", "applies", "initial", "2026-11-23T22:00:00Z");
    expect(bank, "nis2_incident", "no", NULL, NULL); // DORA replaces it
    expect("{\"dora_financial_entity\":true,\"critical_service_affected\":true,\"malicious_access_data_loss\":true,\"aware_at\":\"2026-11-23T10:00:00Z\",\"classified_at\":\"2026-11-24T09:00:00Z\"}",
           "dora_major_incident", "applies", "initial", "2026-11-24T10:00:00Z");
    // C27: a fix of 1 October, final by 15 October, with the whole of that day
    expect("{\"is_manufacturer\":true,\"exploited_vulnerability\":true,\"fix_available_at\":\"2026-10-01T09:00:00Z\"}", "cra_vulnerability", "applies", "final_report", "2026-10-16T00:00:00Z");
    expect("{\"personal_data_breach\":true,\"is_controller\":true,\"risk_unlikely\":false,\"aware_at\":\"2026-11-22T20:00:00Z\"}", "gdpr_breach", "applies", "notification", "2026-11-25T20:00:00Z");
    expect("{\"nis2_class\":\"important\",\"significant\":true,\"dora_financial_entity\":false,\"incident_notification_at\":\"2028-01-31T10:00:00Z\"}", "nis2_incident", "applies", "final_report", "2028-03-01T00:00:00Z");
}

static void conditions_of_the_acts(void **state) {
    (void)state;
    // Two criteria of six, or malicious access; a limit itself is not above it
    expect("{\"dora_financial_entity\":true,\"critical_service_affected\":true,\"malicious_access_data_loss\":false,\"clients_percent\":\"10.01\",\"costs_eur\":\"100000.01\"}", "dora_major_incident", "applies", NULL, NULL);
    expect("{\"dora_financial_entity\":true,\"critical_service_affected\":true,\"malicious_access_data_loss\":false,\"clients_percent\":10,\"clients_count\":100000,\"counterparts_percent\":30,"
           "\"transactions_percent\":10,\"costs_eur\":100000,\"reputation_hit\":false,\"duration_hours\":24,\"critical_downtime_hours\":2,\"affected_states_count\":1,\"data_lost\":true}", "dora_major_incident", "no", NULL, NULL);
    expect("{\"dora_financial_entity\":true,\"critical_service_affected\":false}", "dora_major_incident", "no", NULL, NULL);
    // CER 8: digital infrastructure and banks are out; six states bring the Commission in
    expect("{\"types\":[\"EN_EL_DSO\"],\"cer_critical\":true,\"essential_service_disrupted\":true,\"affected_states_count\":6}", "cer_incident", "applies", NULL, NULL);
    expect("{\"types\":[\"EN_EL_DSO\"],\"cer_critical\":true,\"essential_service_disrupted\":true,\"affected_states_count\":6}", "cer_six_states", "applies", NULL, NULL);
    expect("{\"types\":[\"EN_EL_DSO\"],\"cer_critical\":true,\"essential_service_disrupted\":true,\"affected_states_count\":5}", "cer_six_states", "no", NULL, NULL);
    expect("{\"types\":[\"DI_CLOUD\"],\"cer_critical\":true,\"essential_service_disrupted\":true}", "cer_incident", "no", NULL, NULL);
    expect("{\"cer_critical\":true,\"essential_service_disrupted\":true}", "cer_incident", "open", NULL, NULL);
    expect("{\"types\":[\"DI_PECN\"]}", "telecom_security", "applies", NULL, NULL);
    expect("{\"personal_data_breach\":true,\"is_controller\":true,\"risk_unlikely\":true}", "gdpr_breach", "no", NULL, NULL);
}

static void what_is_open_names_what_settles_it(void **state) {
    (void)state;
    struct json answer = ask_at("{\"personal_data_breach\":true}", DAY);
    const struct json *needs = json_get(report_in(&answer, "gdpr_breach"), "needs");
    assert_int_equal(needs->count, 2);
    assert_true(span_is(needs->items[0].string, "is_controller") && span_is(needs->items[1].string, "risk_unlikely"));
    assert_true(json_get_string(&answer, "head").len > 0 && span_equals(json_get_string(&answer, "head"), json_get_string(&answer, "foot")));
    answer = ask_at("{\"dora_financial_entity\":true,\"critical_service_affected\":true,\"malicious_access_data_loss\":true}", DAY);
    assert_int_equal(json_get(report_in(&answer, "dora_major_incident"), "needs")->count, 0); // the criteria don't matter any more
}

static void an_act_counts_from_its_day(void **state) {
    (void)state;
    struct json answer = ask_at("{\"is_manufacturer\":true,\"exploited_vulnerability\":true}", (struct civil){2026, 9, 10});
    assert_null(report_in(&answer, "cra_vulnerability"));
    answer = ask_at("{\"is_manufacturer\":true,\"exploited_vulnerability\":true}", (struct civil){2026, 9, 11});
    assert_non_null(report_in(&answer, "cra_vulnerability"));
}

static void bad_facts_are_named(void **state) {
    (void)state;
    static const struct {
        const char *facts, *rule, *field;
    } CASES[] = {
        {"[]", "acts.form", ""},
        {"{\"weather\":true}", "acts.fact", "/weather"},
        {"{\"significant\":\"yes\"}", "acts.value", "/significant"},
        {"{\"nis2_class\":\"big\"}", "acts.value", "/nis2_class"},
        {"{\"costs_eur\":-1}", "acts.value", "/costs_eur"},
        {"{\"costs_eur\":\"1.234\"}", "acts.value", "/costs_eur"},
        {"{\"aware_at\":\"noon\"}", "acts.value", "/aware_at"},
        {"{\"types\":[\"NOPE\"]}", "acts.value", "/types"},
        {"{\"types\":\"DI_TSP\"}", "acts.value", "/types"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct json facts;
        const struct acts_answer *made;
        struct why why = {0};
        assert_false(is_err(json_parse(&arena, span_of(CASES[i].facts), &facts, &why)));
        assert_true(is_err(acts_answer_make(law, &facts, NULL, NULL, SPAN("LU"), NULL, DAY, &arena, &made, &why)));
        if (strcmp(why.rule, CASES[i].rule) != 0 || strcmp(why.field, CASES[i].field) != 0) fail_msg("%s: %s %s", CASES[i].facts, why.rule, why.field);
    }
}

// --- the rows of test/law/acts.yaml ---

static struct json json_of(struct json_tree *tree, const struct yaml *node) {
    struct json out = node->type == YAML_SEQUENCE ? json_array() : json_object(), number;
    if (node->type == YAML_SCALAR) {
        if (span_is(node->text, "yes") || span_is(node->text, "no")) return json_from_bool(span_is(node->text, "yes"));
        bool is_number = !is_err(json_parse(&arena, node->text, &number, NULL)) && memchr(node->text.at, '.', node->text.len) == NULL;
        return is_number ? number : json_from_string(node->text);
    }
    for (size_t i = 0; i < node->count; i++) {
        if (node->type == YAML_SEQUENCE) (void)json_tree_push(tree, &out, json_of(tree, &node->items[i]));
        else (void)json_tree_add(tree, &out, node->pairs[i].name, json_of(tree, &node->pairs[i].value));
    }
    return out;
}

// The facts of a row: those of its case first, then its own.
static struct json facts_of(const struct yaml *row) {
    struct json_tree tree = {.arena = &arena};
    struct json facts = json_object();
    const struct yaml *from = yaml_get(row, "case"), *own = yaml_get(row, "facts");
    bool has = false;
    if (from != NULL) {
        struct json content = json_of(&tree, from), subject = json_of(&tree, yaml_get(row, "subject"));
        assert_false(is_err(acts_case_facts(law, SPAN("incident"), &content, &subject, &arena, &facts, &has)));
        assert_true(has);
    }
    for (size_t i = 0; own != NULL && i < own->count; i++) (void)json_tree_set(&tree, &facts, own->pairs[i].name, json_of(&tree, &own->pairs[i].value));
    return facts;
}

static bool has_word(struct span words, struct span word) {
    struct span padded = arena_printf(&arena, " %.*s ", SPAN_FMT(words)), one = arena_printf(&arena, " %.*s ", SPAN_FMT(word));
    return memmem(padded.at, padded.len, one.at, one.len) != NULL;
}

// To whom a report goes, how it stands to NIS2, in which stages.
static void report_compare(const struct yaml *reports, const struct json *found) {
    struct span name = json_get_string(found, "report"), stages = SPAN("");
    const struct json *list = json_get(found, "stages");
    const struct yaml *row = yaml_get(reports, (const char *)arena_copy(&arena, name).at);
    if (row == NULL) fail_msg("%.*s: no row says to whom it goes", SPAN_FMT(name));
    for (size_t i = 0; list != NULL && i < list->count; i++) stages = arena_printf(&arena, "%.*s%s%.*s", SPAN_FMT(stages), i == 0 ? "" : " ", SPAN_FMT(json_get_string(&list->items[i], "stage")));
    if (!span_equals(json_get_string(found, "receiver"), yaml_get_text(row, "to")) || !span_equals(json_get_string(found, "relation"), yaml_get_text(row, "relation")) ||
        !span_equals(stages, yaml_get_text(row, "stages")))
        fail_msg("%.*s: to %.*s, %.*s, stages %.*s", SPAN_FMT(name), SPAN_FMT(json_get_string(found, "receiver")), SPAN_FMT(json_get_string(found, "relation")), SPAN_FMT(stages));
}

static void rows_of_the_acts(void **state) {
    (void)state;
    struct yaml root;
    struct why why = {0};
    FILE *in = fopen("test/law/acts.yaml", "rb");
    assert_non_null(in);
    uint8_t *bytes = arena_take(&arena, 64 * 1024);
    struct span text = span_make(bytes, fread(bytes, 1, 64 * 1024, in));
    (void)fclose(in);
    if (is_err(yaml_load(&arena, "test/law/acts.yaml", text, &root, &why))) fail_msg("%s", why.words);
    const struct yaml *rows = yaml_get(&root, "rows"), *reports = yaml_get(&root, "reports");
    bool is_seen[64] = {0};
    assert_true(reports->count <= 64);
    for (size_t i = 0; i < rows->count; i++) {
        const struct acts_answer *made;
        struct json facts = facts_of(&rows->items[i]), answer;
        struct buf out;
        struct json_out writer;
        if (is_err(acts_answer_make(law, &facts, NULL, NULL, SPAN("LU"), NULL, DAY, &arena, &made, &why))) fail_msg("acts.yaml:%u: %s %s", rows->items[i].line, why.field, why.words);
        buf_init(&out, &arena, 1024 * 1024);
        json_out_init(&writer, &out);
        acts_write_json(&writer, made, SPAN("en"));
        assert_false(is_err(json_parse(&arena, buf_span(&out), &answer, &why)));
        const struct json *found = json_get(&answer, "reports");
        for (size_t k = 0; k < found->count; k++) {
            bool is_owed = span_is(json_get_string(&found->items[k], "truth"), "applies");
            struct span name = json_get_string(&found->items[k], "report");
            if (is_owed != has_word(yaml_get_text(&rows->items[i], "owed"), name)) fail_msg("acts.yaml:%u: %.*s is %sowed", rows->items[i].line, SPAN_FMT(name), is_owed ? "" : "not ");
            if (!is_owed) continue;
            report_compare(reports, &found->items[k]);
            for (size_t r = 0; r < reports->count; r++) is_seen[r] = is_seen[r] || span_equals(reports->pairs[r].name, name);
        }
    }
    for (size_t r = 0; r < reports->count; r++)
        if (!is_seen[r]) fail_msg("%.*s: no row has it owed", SPAN_FMT(reports->pairs[r].name));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clocks_of_the_acts),
        cmocka_unit_test(conditions_of_the_acts),
        cmocka_unit_test(what_is_open_names_what_settles_it),
        cmocka_unit_test(an_act_counts_from_its_day),
        cmocka_unit_test(bad_facts_are_named),
        cmocka_unit_test(rows_of_the_acts),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
