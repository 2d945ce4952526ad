// SPDX-License-Identifier: EUPL-1.2
/* Mistakes in the packs of procedures, each planted into the real ones: refused or found, with file and line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "law/law_private.h"
#include "law/pack.h"
#include "law/procedure.h"

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

struct mistake {
    const char *file, *find, *instead;
    const char *words; // part of what is said
};

// The embedded packs with one place of one file changed.
static const struct embedded_file *packs_with(const struct mistake *mistake) {
    struct embedded_file *files = arena_take_array(&arena, embedded_law_count, sizeof *files);
    assert_non_null(files);
    bool is_changed = false;
    for (size_t i = 0; i < embedded_law_count; i++) {
        files[i] = embedded_law[i];
        if (strcmp(files[i].path, mistake->file) != 0) continue;
        const char *text = (const char *)files[i].bytes, *at = strstr(text, mistake->find);
        if (at == NULL) fail_msg("%s has no \"%s\"", mistake->file, mistake->find);
        struct span changed = arena_printf(&arena, "%.*s%s%s", (int)(at - text), text, mistake->instead, at + strlen(mistake->find));
        assert_non_null(changed.at);
        files[i].bytes = changed.at;
        files[i].size_bytes = changed.len;
        is_changed = true;
    }
    assert_true(is_changed);
    return files;
}

static void expect_place(const char *text, const struct mistake *mistake) {
    const char *at = strstr(text, mistake->words);
    char place[128];
    (void)snprintf(place, sizeof place, "%s:", mistake->file);
    const char *named = strstr(text, place);
    if (at == NULL || named == NULL || atoi(named + strlen(place)) < 2) fail_msg("\"%s\" was expected in %s, said was: %s", mistake->words, mistake->file, text);
}

#define INCIDENT "eu/nis2/procedures/incident.yaml"
#define REGISTRATION "eu/nis2/procedures/registration.yaml"
#define MEASURES "eu/nis2/procedures/measures.yaml"
#define MANAGEMENT "eu/nis2/procedures/management.yaml"
#define DESK "eu/nis2/procedures/common/desk.yaml"
#define SUPERVISION "eu/nis2/procedures/supervision.yaml"
#define SANCTIONS "eu/nis2/procedures/common/sanctions.yaml"
#define POWERS "eu/nis2/procedures/common/powers.yaml"
#define GATE "eu/nis2/procedures/common/gate.yaml"
#define OVERRIDE "eu/nis2/procedures/common/override.yaml"
#define FORWARD "eu/nis2/procedures/common/forward.yaml"

static void bad_rows_are_refused(void **state) {
    (void)state;
    static const struct mistake MISTAKES[] = {
        {INCIDENT, "    opens: yes\n", "    opens: perhaps\n", "yes or no"},
        {SANCTIONS, "    ends: {document: same_conduct_ended, field: joined_by}\n", "", "the one that takes it back"},
        {SANCTIONS, "there: there}", "where: there}", "not known here"},
        {MEASURES, "required: {item: status, is: not_applicable}", "required: {item: stadus, is: not_applicable}", "no field \"stadus\" beside it"},
        {MEASURES, "type: list\n        catalogue: eu/nis2", "type: group\n        catalogue: eu/nis2", "only a list"},
        {"eu/nis2/controls.yaml", "{control: b,", "{control: a,", "stands twice"},
        {"eu/nis2/procedures/scan.yaml", "\"10.0.0.0/8\"", "\"10.0.0.0/99\"", "ranges like"},
        {"eu/nis2/offices.yaml", "{workspace: own, number: 8,", "{workspace: own, number: 8, reach: [ca],", "no office works in it"},
        {"eu/nis2/procedures/disclosure_party.yaml", "claim: invites", "claim: begs", "or invites is expected"},
        {INCIDENT, "type: bool", "type: boolean", "there is no type \"boolean\""},
        {INCIDENT, "    article: \"NIS2 23(4)(a)\"\n    by: [entity]", "    by: [entity]", "article is missing"},
        {INCIDENT, "    by: [entity]\n", "", "who may file is missing"},
        {INCIDENT, "{use: moments}", "{use: momentum}", "there is no set \"momentum\""},
        {INCIDENT, "{use: recipients}\n", "{use: nature}\n", "two fields"},
        {INCIDENT, "before: {field: detected_at}", "earlier: {field: detected_at}", "not known here"},
        {INCIDENT, "required: {case: aware_at, known: no}", "required: {case: aware_at}", "exactly one comparison"},
        {INCIDENT, "{list: trust_service_types}", "{list: trusty}", "no such list"},
        {INCIDENT, "    opens_on: [intermediate_request]\n", "", "opens_on or opens_when is missing"},
        {INCIDENT, "max_chars: 250", "max_chars: 1000000", "max_chars"},
        {INCIDENT, "include: [desk", "include: [dusk, desk", "no common file \"dusk\""},
        {INCIDENT, "procedure: incident\n", "procedure: desk\n", "called \"desk\" already"},
        {DESK, "document: task_done", "document: answer", "\"answer\" stands twice"},
        {FORWARD, "  - forwarded_to_ca\n", "  - forwarded_to_ca\n  - cross_border\n", "\"cross_border\" stands twice"},
        {FORWARD, "office: spoc", "office: police", "a kind of offices.yaml"},
        {DESK, "seen_by: [csirt, ca, union]", "seen_by: [police]", "offices, or a list of roles"},
        {DESK, "assign: owner, backup: backup", "assign: owner", "backup: the field that names her"},
        {INCIDENT, "release, override]", "release]", "there is no set \"against_rule\""},
        {OVERRIDE, "override: asked", "override: begged", "asked or confirmed"},
        {OVERRIDE, "override: asked, field: document, rules: rules", "override: asked, field: document", "which names the document (and rules:)"},
        {OVERRIDE, "office: same", "office: other", "office: same is expected"},
        {INCIDENT, "aware_at: instant", "aware_at: moment", "a fact is"},
        {INCIDENT, "keeps: severity", "keeps: severity\n      colour: red", "not known here"},
        {INCIDENT, "to: {body: enisa}", "to: {body: enisa, office: spoc}", "one of office, states, body"},
        {INCIDENT, "held: csirt}", "held: police}", "the kind of office that receives"},
        {INCIDENT, "claim: opens", "claim: gives", "opens, files, takes, reads or invites"},
        {INCIDENT, "claim: files\n", "claim: files\n    emergency: yes\n", "is the emergency report"},
        {INCIDENT, "compare: {name: organisation, national_number: organisation_number, phone: contact_phone, email: contact_email}", "compare: organisation", "attributes of the register"},
        {"eu/nis2/procedures/availability.yaml", "downtime: withdrawn", "downtime: gone", "declared or withdrawn"},
        {"eu/nis2/procedures/availability.yaml", "{downtime: declared, field: from_at,", "{downtime: declared,", "of the beginning"},
        {"eu/nis2/clocks.yaml", "unit: h", "unit: hours", "h, d, wd, w, month"},
        {"eu/nis2/clocks.yaml", "amount: 24", "amount: -1", "0 to 10000"},
        {"eu/nis2/clocks.yaml", "take: earliest", "take: any", "first, earliest or readings"},
        {"national/dk/clocks.yaml", "answer_is_firm", "answer_is_frim", "no setting \"answer_is_frim\""},
        {"national/cz/clocks.yaml", "    absent: yes\n", "", "either rows or absent"},
        {"national/pt/procedures/incident.yaml", "document: handled_notice\n    label", "document: handle_notice\n    label", "no such document to change"},
        {"national/it/procedures/incident.yaml", "procedure: incident", "procedure: incidents", "no such procedure"},
        {"calendars/be.yaml", "\"07-21\"", "\"07-32\"", "a day like"},
    };
    for (size_t i = 0; i < sizeof MISTAKES / sizeof MISTAKES[0]; i++) {
        arena_reset(&arena); // of the mistake before
        struct law *law;
        struct why why = {0};
        struct err e = law_load(&arena, packs_with(&MISTAKES[i]), embedded_law_count, &law, &why);
        if (!is_err(e)) fail_msg("\"%s\" for \"%s\" was taken", MISTAKES[i].instead, MISTAKES[i].find);
        expect_place(why.words, &MISTAKES[i]);
    }
}

static void what_does_not_hang_together_is_found(void **state) {
    (void)state;
    static const struct mistake MISTAKES[] = {
        {SANCTIONS, "here: here, case", "here: reasons, case", "the point here is no choice"},
        {SANCTIONS, "case: other_case, there", "case: reasons, there", "the other case is no case"},
        {SANCTIONS, "ends: {document: same_conduct_ended, field: joined_by}", "ends: {document: same_conduct, field: here}", "what takes back what joins cases"},
        {SANCTIONS, "link: {document: same_conduct,", "link: {document: same_deed,", "joined by what can't be filed"},
        {SANCTIONS, "{note: fined, on: fine, field: conduct,", "{note: fined, on: fine, field: amount,", "is noted on what asks no such choice"},
        {SANCTIONS, "{field: conduct, noted: dpa_fined}", "{field: conduct, noted: fined_by_all}", "no strand has the note"},
        {SANCTIONS, "{set: fined_a, when: {field: conduct, has: [a]}}", "{set: fined_a, when: {field: conduct, noted: dpa_fined}}", "only a rule that refuses what offices file"},
        {SANCTIONS, "warn_when: {field: turnover, known: no}", "warn_when: {field: conduct, noted: dpa_fined}", "only a rule that refuses what offices file"},
        {SANCTIONS, "period: {from: conduct_from, until: conduct_until}", "period: {from: conduct_from, until: reasons}", "no fact with a day"},
        {SANCTIONS, "- {document: findings, field: incident}", "- {document: findings, field: intended}", "about no case that is asked"},
        {MEASURES, "    by: [entity]\n    in: [finished]", "    by: [entity, ca]\n    in: [finished]", "own by: \"ca\""},
        {MEASURES, "catalogue: eu/nis2\n", "catalogue: eu/nis\n", "there is no catalogue \"eu/nis\""},
        {MEASURES, "type: long_text, label: \"Which networks", "type: long_text, searchable: yes, label: \"Which networks", "offices would find it by its words"},
        {MEASURES, "    opens: yes\n", "    opens: yes\n    entity: optional\n", "may concern no entity"},
        {MANAGEMENT, "    owed_by: entity\n", "    owed_by: ca\n", "yet it is owed by: \"ca\""},
        {MANAGEMENT, "    attachments: 8\n", "    attachments: 8\n    effects:\n      - {message: x, to: ca, article: x, words: x}\n", "an effect elsewhere"},
        {MANAGEMENT, "    attachments: 8\n", "    attachments: 8\n    intake: [ca]\n", "no office records it"},
        {MANAGEMENT, "    attachments: 8\n", "    attachments: 8\n    public: yes\n", "and yet it is public"},
        {MANAGEMENT, "workspace: own\n", "workspace: own\nreaches:\n  - {office: ca, article: x}\n", "yet it reaches: \"ca\""},
        {"eu/nis2/procedures/disclosure_party.yaml", "    by: [csirt]\n    opens: yes", "    by: [csirt, anyone]\n    opens: yes", "invites an outsider"},
        {INCIDENT, "      - {use: against_rule}\n", "", "no field override that names a filing"},
        {INCIDENT, "marking: \"TLP:CLEAR\"\n    by: [csirt, ca]", "marking: \"TLP:CLEAR\"\n    by: [csirt, ca, entity]", "not only offices file"},
        {INCIDENT, "overridable: yes, refuse_when: {field: entity_consulted_at, known: no}", "overridable: yes, refuse_when: {role: ca}", "a rule of access is never overridable"},
        {INCIDENT, "procedure: incident\n", "procedure: incident\noverridable: no\n", "nothing is overridable in this procedure"},
        {SUPERVISION, "refuse_when: {any: [{flag: suspended}, {flag: banned}]}", "refuse_when: {against: supervision.nothing}", "there is no against"},
        {SUPERVISION, "refuse_when: {any: [{flag: suspended}, {flag: banned}]}", "refuse_when: {barred: fines}", "there is no barred"},
        {SUPERVISION, "closed_to_entity_in: [referred, open,", "closed_to_entity_in: [referred,", "moves the case, which others see too"},
        {POWERS, "{set: indicated, for_all: yes, when", "{set: indicated, when", "depends on what others may not see"},
        {GATE, "rule: marking.red_without_names,", "rule: marking.red_without_names, overridable: yes,", "decides who sees or gets what"},
        {OVERRIDE, "    head: yes\n", "", "only the head of an office asks"},
        {OVERRIDE, "    other_than: {field: request, document: override_request, office: same}\n", "", "a second person of the office confirms"},
        {INCIDENT, "keeps: severity", "keeps: severeness", "no fact \"severeness\""},
        {INCIDENT, "  severity: choice", "  severity: bool", "the field a choice"},
        {INCIDENT, "{set: cross_border,", "{set: cross_boarder,", "no flag \"cross_boarder\""},
        {INCIDENT, "- {to: final, in: [new", "- {to: finally, in: [new", "no state \"finally\""},
        {INCIDENT, "- {to: closed}", "- {to: final}", "no document leads to state \"closed\""},
        {INCIDENT, "- {to: voluntary, in: [new]}", "- {to: voluntary, in: [reported]}", "never filed in state \"reported\""},
        {INCIDENT, "- {to: voluntary, in: [new]}", "- {to: voluntary, when: {field: kind, is: threat}}", "need not bring it into a state"},
        {INCIDENT, "when: {flag: withdrawal_requested}", "when: {flag: withdrawal}", "no flag \"withdrawal\""},
        {INCIDENT, "document: answer\n    owed_by: csirt", "document: answer\n    owed_by: entity", "who may not file it"},
        {INCIDENT, "document: answer\n    owed_by", "document: reply\n    owed_by", "can't be met"},
        {INCIDENT, "    done_by: [early_warning, notification", "    done_by: [notification", "not fulfilled by its own document"},
        {INCIDENT, "clock: final_report_after_handling", "clock: final_report_some_time", "no state has a clock"},
        {INCIDENT, "matches: answers", "matches: answer", "no field \"answer\""},
        {INCIDENT, "fields: [summary, personal_data_affected", "fields: [summery, personal_data_affected", "no field \"summery\""},
        {INCIDENT, "label: Telephone, article", "article", "has no label"},
        {INCIDENT, "      - {field: contact_email, type: email, fill: email, label: E-mail, article: \"NIS2 23(5)\", hidden_from: [states, enisa]}\n      - {field: summary", "      - {field: contact_email, type: email, fill: email, label: E-mail, article: \"NIS2 23(5)\"}\n      - {field: colour, type: text, label: Colour, article: \"NIS2 23(5)\"}\n      - {field: summary", "asks for 9 fields"},
        {INCIDENT, "    intake: [csirt]", "    intake: [police]", "no office \"police\""},
        {INCIDENT, "        - {field: received_at, type: instant, label: \"When did the office have it?\"", "        - {field: had_at, type: instant, label: \"When did the office have it?\"", "on_behalf with received_at is missing"},
        {INCIDENT, "compare: {name: organisation,", "compare: {name: organization,", "no field \"organization\""},
        {INCIDENT, "{case_entity: entity,", "{case_entity: company,", "no field \"company\""},
        // what only some see must not become known to others
        {DESK, "      - {assign: owner, backup: backup, article", "      - {message: noted, to: entity, words: \"A hand-over.\", article: \"NIS2 11(1)(c)\"}\n      - {assign: owner, backup: backup, article", "one who may not see it: \"entity\""},
        {DESK, "by: [csirt, ca, union]\n    seen_by: [csirt, ca, union]", "by: [csirt, ca, spoc, union]\n    seen_by: [csirt, ca, union]", "not seen by one who files it: \"spoc\""},
        {DESK, "owed_by: filer", "owed_by: entity", "owed by one who may not see it: \"entity\""},
        {FORWARD, "    flags:\n", "    flags:\n      - {set: cross_border}\n", "other readers sets too: \"cross_border\""},
        {FORWARD, "    flags:\n", "    moves:\n      - {to: closed}\n    flags:\n", "moves the case"},
        {INCIDENT, "when: {flag: withdrawal_requested}", "when: {flag: forwarded_to_spoc}", "others may not see: \"forwarded_to_spoc\""},
        {INCIDENT, "when: {flag: withdrawal_requested}", "when: {filed: note}", "others may not see: \"note\""},
        {INCIDENT, "when: {flag: withdrawal_requested}", "when: {duty_open: task}", "others may not see: \"task\""},
        {INCIDENT, "office: spoc, when: {any: [{flag: cross_border}", "office: spoc, when: {any: [{flag: crossed}", "no flag \"crossed\""},
        {INCIDENT, "    claim: files\n", "    claim: opens\n", "it opens a case"},
        {INCIDENT, "    emergency: yes", "    emergency: no", "none of them says emergency: yes"},
        {"eu/nis2/procedures/vulnerability_report.yaml", "claim: opens\n", "claim: opens\n    emergency: yes\n", "one emergency report is enough"},
        {INCIDENT, "label: \"How did it end?\", article: \"NIS2 23(4)(e)\"", "label: \"How did it end?\"", "no source"},
        {INCIDENT, "{setting: answer_is_firm", "{setting: answer_firm", "no setting"},
        {INCIDENT, "{field: aware_at, before: {field: detected_at}}", "{field: aware_at, before: {field: seen_at}}", "no field \"seen_at\""},
        {REGISTRATION, "- {to: closed, when: {field: ceases, is: yes}}", "- {to: closed, when: {field: ceased, is: yes}}", "no field \"ceased\""},
        {"eu/nis2/procedures/common/letters.yaml", "clock: service_portal", "clock: service_pigeon", "no clock of this state"},
        {"eu/nis2/clocks.yaml", "anchor: handled_at", "anchor: ended_at", "no document gives the time \"ended_at\""},
        {"eu/nis2/clocks.yaml", "anchor: filed.notification", "anchor: filed.notice", "which can't be filed"},
        {"eu/nis2/clocks.yaml", "anchor: field.changed_on", "anchor: field.change_day", "has no time \"change_day\""},
        {"national/hr/clocks.yaml", "anchor: filed.notification", "anchor: known_at", "no document gives the time \"known_at\""},
        {"national/hr/clocks.yaml", "checked_on: 2026-11-21\n", "", "source and checked_on"},
    };
    for (size_t i = 0; i < sizeof MISTAKES / sizeof MISTAKES[0]; i++) {
        arena_reset(&arena); // of the mistake before
        struct law *law;
        struct why why = {0};
        if (is_err(law_load(&arena, packs_with(&MISTAKES[i]), embedded_law_count, &law, &why)))
            fail_msg("\"%s\": %s", MISTAKES[i].instead, why.words);
        struct buf report;
        buf_init(&report, &arena, 1024 * 1024);
        size_t findings = 0;
        assert_false(is_err(procedure_check(law, &report, &findings)));
        emergency_check(law, &report, &findings);
        buf_add_byte(&report, '\0');
        if (findings == 0) fail_msg("\"%s\" for \"%s\" was not found", MISTAKES[i].instead, MISTAKES[i].find);
        expect_place((const char *)report.at, &MISTAKES[i]);
    }
}

static void the_real_packs_are_good(void **state) {
    (void)state;
    struct law *law;
    struct why why = {0};
    if (is_err(law_load(&arena, embedded_law, embedded_law_count, &law, &why))) fail_msg("%s", why.words);
    struct buf report;
    buf_init(&report, &arena, 1024 * 1024);
    size_t findings = 1;
    assert_false(is_err(procedure_check(law, &report, &findings)));
    buf_add_byte(&report, '\0');
    if (findings != 0) fail_msg("%s", (const char *)report.at);
}

// What the packs promise of their forms: an early warning asks for at most ten things.
static void early_warning_is_short(void **state) {
    (void)state;
    struct law *law;
    assert_false(is_err(law_load(&arena, embedded_law, embedded_law_count, &law, NULL)));
    static const char *const STATES[] = {"LU", "FI", "CZ", "PT", "IT", "DK"};
    for (size_t i = 0; i < sizeof STATES / sizeof STATES[0]; i++) {
        struct buf text;
        struct json_out out;
        struct json form;
        buf_init(&text, &arena, 1024 * 1024);
        json_out_init(&out, &text);
        struct why why = {0};
        struct civil at = {.year = 2026, .month = 11, .day = 21};
        assert_false(is_err(procedure_write_form(&out, law, span_of(STATES[i]), at, SPAN("incident"), SPAN("early_warning"), SPAN("en"), &why)));
        assert_false(is_err(json_parse(&arena, buf_span(&text), &form, &why)));
        const struct json *fields = json_get(&form, "fields");
        size_t required = 0;
        for (size_t k = 0; k < fields->count; k++)
            required += json_get_bool(&fields->items[k], "is_required", false) || !json_is_null(json_get(&fields->items[k], "required_when"));
        assert_in_range(required, 3, 10);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_real_packs_are_good), cmocka_unit_test(bad_rows_are_refused),
                                       cmocka_unit_test(what_does_not_hang_together_is_found), cmocka_unit_test(early_warning_is_short)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
