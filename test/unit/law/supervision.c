// SPDX-License-Identifier: EUPL-1.2
/*
 * Each power of supervision and each measure of enforcement is open to exactly the classes of entity that Articles 32 and 33 name:
 * the tables below are typed from the Directive, not read from the packs. And ceilings: Article 34(4) and (5), to the cent.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "law/ceiling.h"
#include "law/pack.h"
#include "law/procedure.h"
#include "os/zone.h"
#include "law_under_test.h"

static struct arena program, arena;
static struct law *law;
static const struct zone *zone;

static int setup(void **state) {
    (void)state;
    struct why why = {0};
    arena_init(&program, (size_t)128 * 1024 * 1024);
    arena_init(&arena, (size_t)256 * 1024 * 1024);
    if (!is_err(law_under_test(&program, &law, &why)) && !is_err(zone_load(&program, "Europe/Luxembourg", &zone, &why))) return 0;
    print_error("%s\n", why.words);
    return 1;
}
static int teardown(void **state) {
    (void)state;
    arena_fini(&arena);
    arena_fini(&program);
    return 0;
}

#define WEIGHED                                                                                                                               \
    "\"serious\":[\"none\"],\"seriousness\":\"s\",\"duration\":\"d\",\"previous\":\"p\",\"damage\":\"d\",\"intent\":\"i\",\"mitigation\":\"m\","  \
    "\"codes\":\"c\",\"cooperation\":\"c\",\"reasoning\":\"The policies are missing since May.\",\"remedies\":\"Court.\""
#define DECISION(measures, more) "{\"measures\":[" measures "],\"facts\":\"f\"," more WEIGHED "}"
#define COMPLY "\"comply_by\":\"2026-07-01T10:00:00Z\","
#define INSPECTION(place, random) "{\"place\":\"" place "\",\"is_random\":" random ",\"subject\":\"s\",\"begins_at\":\"2026-06-25T10:00:00Z\",\"inspectors\":\"i\"}"
#define AUDIT(kind) "{\"kind\":\"" kind "\",\"subject\":\"s\",\"risk_basis\":\"r\",\"auditor\":\"authority\",\"result_by\":\"2026-07-01T10:00:00Z\"}"
#define REQUEST(kind) "{\"kind\":\"" kind "\",\"purpose\":\"To assess Article 21.\",\"specification\":\"The policies in force.\",\"answer_by\":\"2026-07-01T10:00:00Z\"}"
#define SUSPENSION "{\"what\":\"w\",\"services\":\"s\",\"by_whom\":\"authority\"," WEIGHED "}"
#define BAN "{\"person\":\"p\",\"function\":\"legal_representative\",\"by_whom\":\"authority\"," WEIGHED "}"

enum stage { OPENED, HEARD, DECIDED, LAPSED };
struct row {
    const char *what, *document, *fields;
    enum stage stage;
    bool essential, important;
};
// Article 32(2) and 33(2).
static const struct row POWERS[] = {
    {"on-site inspection (a)/(a)", "inspection", INSPECTION("on_site", "false"), OPENED, true, true},
    {"off-site supervision (a)/(a)", "inspection", INSPECTION("off_site", "false"), OPENED, true, true},
    {"random check (a)/none", "inspection", INSPECTION("on_site", "true"), OPENED, true, false},
    {"regular audit (b)/none", "audit_order", AUDIT("regular"), OPENED, true, false},
    {"targeted audit (b)/(b)", "audit_order", AUDIT("targeted"), OPENED, true, true},
    {"ad hoc audit (c)/none", "audit_order", AUDIT("ad_hoc"), OPENED, true, false},
    {"scan (d)/(c)", "scan", "{\"subject\":\"s\",\"criteria\":\"c\",\"with_entity\":false}", OPENED, true, true},
    {"information (e)/(d)", "information_request", REQUEST("information"), OPENED, true, true},
    {"duty of Article 27 (e)/(d)", "information_request", REQUEST("registration"), OPENED, true, true},
    {"access (f)/(e)", "information_request", REQUEST("access"), OPENED, true, true},
    {"evidence (g)/(f)", "information_request", REQUEST("evidence"), OPENED, true, true},
};
// Article 32(4) to (6), 33(4) and (5), 34.
static const struct row MEASURES[] = {
    {"warning a/a", "decision", DECISION("\"warning\"", ""), HEARD, true, true},
    {"instructions b/b", "decision", DECISION("\"instructions\"", "\"instructions\":\"i\"," COMPLY), HEARD, true, true},
    {"cease c/c", "decision", DECISION("\"cease\"", "\"instructions\":\"i\"," COMPLY), HEARD, true, true},
    {"bring into line d/d", "decision", DECISION("\"align\"", "\"instructions\":\"i\"," COMPLY), HEARD, true, true},
    {"inform recipients e/e", "decision", DECISION("\"inform_recipients\"", "\"recipients\":\"r\"," COMPLY), HEARD, true, true},
    {"audit recommendations f/f", "decision", DECISION("\"audit_recommendations\"", "\"recommendations\":\"r\"," COMPLY), HEARD, true, true},
    {"monitoring officer g/none", "decision",
     DECISION("\"monitoring_officer\"", "\"officer\":\"o\",\"officer_tasks\":\"t\",\"officer_from\":\"2026-07-01\",\"officer_until\":\"2026-12-31\","), HEARD, true, false},
    {"publication h/g", "decision", DECISION("\"publication\"", "\"publication\":\"p\"," COMPLY), HEARD, true, true},
    {"fine i/h", "fine", "{\"conduct\":[\"a\"],\"provisions\":[\"21\"],\"undertaking\":\"u\",\"amount\":\"1\"," WEIGHED "}", HEARD, true, true},
    {"suspension 32(5)(a)/none", "suspension", SUSPENSION, LAPSED, true, false},
    {"ban 32(5)(b)/none", "ban", BAN, LAPSED, true, false},
    {"liability 32(6)/33(5)", "liability", "{\"person\":\"p\",\"capacity\":\"c\",\"breach\":\"b\",\"reasoning\":\"The policies are missing since May.\",\"remedies\":\"Court.\"}",
     DECIDED, true, true},
};

struct world {
    struct json subject;
    const struct json *state;
    int64_t now_ms;
    int step;
};

static struct json parsed(const char *text) {
    struct json out;
    struct why why = {0};
    if (is_err(json_parse(&arena, span_of(text), &out, &why))) fail_msg("%s: %s", why.words, text);
    return out;
}

static struct procedure_decision decide(struct world *w, const char *document, const char *fields) {
    struct json sent = parsed(fields);
    struct procedure_decision decision;
    struct why why = {0};
    struct procedure_input input = {.law = law, .state = SPAN("LU"), .at = {.year = 2026, .month = 11, .day = 21}, .zone = zone, .procedure = SPAN("supervision"),
                                    .document = span_of(document), .filer_role = SPAN("ca"), .fields = &sent, .subject = &w->subject, .case_state = w->state,
                                    .received_at = {.ms = w->now_ms}, .recorded_ms = w->now_ms, .filing_id = arena_printf(&arena, "F%016d", ++w->step),
                                    .case_id = SPAN("C0000000000000001"), .entity_id = SPAN("E0000000000000001")};
    if (is_err(procedure_decide(&input, &arena, &decision, &why))) fail_msg("%s", why.words);
    return decision;
}

static void file(struct world *w, const char *document, const char *fields) {
    struct procedure_decision decision = decide(w, document, fields);
    if (!decision.is_accepted) fail_msg("%s: %.*s", document, SPAN_FMT(decision.faults[0].words));
    w->state = decision.case_state;
}

// A case that has come as far as STAGE. An important entity never comes to LAPSED: it is asked of DECIDED then.
static struct world case_at(const char *class, enum stage stage, bool is_indicated) {
    struct stamp start;
    assert_false(is_err(stamp_parse(SPAN("2026-06-01T10:00:00Z"), NULL, "", &start, NULL)));
    struct world w = {.subject = parsed((const char *)arena_printf(&arena, "{\"class\":\"%s\",\"types\":[\"DI_CDN\"]}", class).at), .now_ms = start.ms};
    file(&w, "case_opening", is_indicated ? "{\"ground\":\"measures\",\"source\":\"media\",\"source_detail\":\"d\",\"text\":\"t\"}" : "{\"ground\":\"measures\",\"source\":\"none\",\"text\":\"t\"}");
    if (stage >= HEARD)
        file(&w, "findings", "{\"conducts\":[{\"conduct\":\"a\",\"text\":\"t\",\"provisions\":\"21\"}],\"intended\":\"i\",\"observations_by\":\"2026-06-10T10:00:00Z\",\"personal_data\":false}");
    w.now_ms += 19 * MS_PER_DAY; // 20 June
    if (stage >= DECIDED) file(&w, "decision", DECISION("\"warning\"", ""));
    if (stage < LAPSED || strcmp(class, "essential") != 0) return w;
    file(&w, "deadline_notice", "{\"ineffective\":[\"warning\"],\"why_ineffective\":\"w\",\"necessary\":\"n\",\"remedy_by\":\"2026-06-22T10:00:00Z\"}");
    w.now_ms += 5 * MS_PER_DAY;
    return w;
}

static void expect(const struct row *row, const char *class, bool is_indicated, bool is_open) {
    enum stage stage = row->stage;
    bool is_reached = strcmp(class, "essential") == 0 || strcmp(class, "important") == 0;
    arena_reset(&arena);
    struct world w = case_at(class, is_reached ? stage : stage >= HEARD ? HEARD : OPENED, is_indicated);
    struct procedure_decision decision = decide(&w, row->document, row->fields);
    if (decision.is_accepted != is_open)
        fail_msg("%s at %s entity%s: %s", row->what, class, is_indicated ? "" : " without indication",
                 decision.is_accepted ? "accepted" : (const char *)arena_printf(&arena, "%.*s: %.*s", SPAN_FMT(decision.faults[0].rule), SPAN_FMT(decision.faults[0].words)).at);
    for (size_t i = 0; i < decision.fault_count; i++)
        if (decision.faults[i].article.len == 0) fail_msg("%s at %s entity is refused without article: %.*s", row->what, class, SPAN_FMT(decision.faults[i].rule));
}

static void each_power_for_its_classes(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof POWERS / sizeof POWERS[0]; i++) {
        expect(&POWERS[i], "essential", true, POWERS[i].essential);
        expect(&POWERS[i], "essential", false, POWERS[i].essential); // ex ante
        expect(&POWERS[i], "important", true, POWERS[i].important);
        expect(&POWERS[i], "important", false, false); // ex post only
        expect(&POWERS[i], "domain_name_registration", true, false);
        expect(&POWERS[i], "out", true, false);
    }
}

static void each_measure_for_its_classes(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof MEASURES / sizeof MEASURES[0]; i++) {
        expect(&MEASURES[i], "essential", true, MEASURES[i].essential);
        expect(&MEASURES[i], "essential", false, MEASURES[i].essential);
        expect(&MEASURES[i], "important", true, MEASURES[i].important);
        expect(&MEASURES[i], "domain_name_registration", true, false);
        expect(&MEASURES[i], "out", true, false);
    }
}

// --- ceilings ---

static const struct {
    const char *state, *day, *class, *turnover, *maximum, *minimum; // "": none
    bool is_barred;
} CEILINGS[] = {
    {"LU", "2026-11-21", "essential", "2000000000", "40000000", "", false}, // E08
    {"LU", "2026-11-21", "important", "500000000", "7000000", "", false},   // E09
    {"LU", "2026-11-21", "important", "600000000", "8400000", "", false},   // E09
    {"LU", "2026-11-21", "essential", "500000000", "10000000", "", false},
    {"LU", "2026-11-21", "essential", "500000000.49", "10000000", "", false}, // the share is 10 000 000.0098: rounded down to the cent
    {"LU", "2026-11-21", "essential", "500000000.50", "10000000.01", "", false},
    {"LU", "2026-11-21", "essential", "0", "10000000", "", false},
    {"LU", "2026-11-21", "essential", "", "", "", false},
    {"LU", "2026-11-21", "essential", "999999999999999", "19999999999999.98", "", false},
    {"DE", "2026-11-21", "essential", "500000000", "10000000", "", false},
    {"DE", "2026-11-21", "important", "500000000.01", "7000000", "", false},
    {"DE", "2026-11-21", "important", "600000000", "8400000", "", false},
    {"IT", "2026-11-21", "essential", "2000000000", "40000000", "2000000", false},
    {"IT", "2026-11-21", "important", "1", "7000000", "233333.34", false},
    {"PL", "2028-04-02", "important", "1", "7000000", "", true},
    {"PL", "2028-04-03", "important", "1", "7000000", "", false},
};

static void ceilings_are_exact(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof CEILINGS / sizeof CEILINGS[0]; i++) {
        arena_reset(&arena);
        bool has_turnover = CEILINGS[i].turnover[0] != '\0';
        struct json asked = parsed((const char *)arena_printf(&arena, "{\"subject\":{\"class\":\"%s\"},\"figures\":{\"turnover\":%s%s%s}}", CEILINGS[i].class, has_turnover ? "\"" : "",
                                                              has_turnover ? CEILINGS[i].turnover : "null", has_turnover ? "\"" : "").at);
        struct ceiling_question question = {.law = law, .state = span_of(CEILINGS[i].state)};
        assert_true(civil_parse(span_of(CEILINGS[i].day), &question.at));
        struct buf text;
        struct json_out out;
        struct why why = {0};
        buf_init(&text, &arena, 100000);
        json_out_init(&out, &text);
        if (is_err(ceiling_answer_json(&question, &asked, &arena, &out, &why))) fail_msg("%s", why.words);
        struct json answer = parsed((const char *)arena_printf(&arena, "%.*s", SPAN_FMT(buf_span(&text))).at);
        const struct json *row = &json_get(&answer, "ceilings")->items[0];
        struct span maximum = json_get_string(row, "maximum"), minimum = json_get_string(row, "minimum");
        if (!span_is(maximum, CEILINGS[i].maximum) || !span_is(minimum, CEILINGS[i].minimum) || json_get_bool(row, "is_barred", false) != CEILINGS[i].is_barred)
            fail_msg("%s %s %s: %.*s, at least %.*s", CEILINGS[i].state, CEILINGS[i].class, CEILINGS[i].turnover, SPAN_FMT(maximum), SPAN_FMT(minimum));
        assert_true(json_get_string(row, "article").len > 0 && json_get_string(row, "source").len > 0);
    }
}

static void what_is_no_question_is_refused(void **state) {
    (void)state;
    static const char *const BAD[] = {"[]", "{\"subject\":\"essential\"}", "{\"other\":{}}", "{}", "{\"figures\":{}}", "{\"subject\":{},\"figures\":{\"turnover\":-1}}", "{\"subject\":{},\"figures\":{\"turnover\":\"1e9\"}}",
                                      "{\"subject\":{},\"figures\":{\"turnover\":\"1000000000000000000\"}}", "{\"subject\":{},\"figures\":{\"turnover\":true}}", "{\"subject\":{\"class\":{}}}", "{\"subject\":{\"class\":[\"essential\"]}}",
                                      "{\"subject\":{\"class\":1}}"};
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        struct json asked = parsed(BAD[i]);
        struct ceiling_question question = {.law = law, .state = SPAN("LU"), .at = {.year = 2026, .month = 11, .day = 21}};
        struct buf text;
        struct json_out out;
        struct why why = {0};
        buf_init(&text, &arena, 100000);
        json_out_init(&out, &text);
        assert_int_equal(ceiling_answer_json(&question, &asked, &arena, &out, &why).code, ERR_INPUT);
        assert_true(why.words[0] != '\0');
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_power_for_its_classes), cmocka_unit_test(each_measure_for_its_classes),
                                       cmocka_unit_test(ceilings_are_exact), cmocka_unit_test(what_is_no_question_is_refused)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
