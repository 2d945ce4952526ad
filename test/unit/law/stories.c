// SPDX-License-Identifier: EUPL-1.2
/* Runs the stories of test/law/incident.yaml, registration.yaml, advisory.yaml, ...: filings in order, and what each leads to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "law/json_tree.h"
#include "law/pack.h"
#include "law/procedure.h"
#include "story_noted.h"
#include "story_zone.h"
#include "law_under_test.h"

static struct arena program, arena;
static struct law *law;

static int setup(void **state) {
    (void)state;
    struct why why = {0};
    arena_init(&program, (size_t)128 * 1024 * 1024);
    arena_init(&arena, (size_t)256 * 1024 * 1024);
    if (!is_err(law_under_test(&program, &law, &why))) return 0;
    print_error("%s\n", why.words);
    return 1;
}
static int teardown(void **state) {
    (void)state;
    arena_fini(&arena);
    arena_fini(&program);
    return 0;
}

enum { STORY_PARTIES = 16 };
struct story_party {
    struct span id, joined_by;
    const struct json *part;
};
struct story {
    struct span name;
    size_t step; // from 1
    const struct yaml *node;
    const struct zone *zone;
    struct json subject;
    const struct json *case_state;
    size_t party_count;
    struct story_party parties[STORY_PARTIES];
    struct procedure_decision last;
    struct json_tree tree;
    struct story_notes notes;
};

static void wrong(const struct story *s, const char *format, ...) PRINTF_LIKE(2, 3);
static void wrong(const struct story *s, const char *format, ...) {
    char words[2048];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(words, sizeof words, format, args);
    va_end(args);
    fail_msg("story \"%.*s\", step %zu: %s", SPAN_FMT(s->name), s->step, words);
}

static struct stamp stamp_of(const struct story *s, struct span text) {
    struct stamp stamp = {0};
    struct why why = {0};
    if (is_err(stamp_parse(text, s->zone, "", &stamp, &why))) wrong(s, "%s", why.words);
    return stamp;
}

static struct span identifier(uint8_t letter, int64_t number) {
    return arena_printf(&arena, "%c%016lld", letter, (long long)number);
}

// "$3" stands for the filing of step 3, "@E7" for an entity; yes, no and numbers without quotes are what they look like.
static struct json json_of(struct story *s, const struct yaml *node) {
    int64_t number;
    struct json out = node->type == YAML_SEQUENCE ? json_array() : json_object();
    if (node->type == YAML_SCALAR) {
        struct span text = node->text;
        if (yaml_is_null(node)) return json_null();
        if (!node->is_quoted && (span_is(text, "yes") || span_is(text, "no"))) return json_from_bool(span_is(text, "yes"));
        if (!node->is_quoted && span_to_int(text, &number)) return json_from_int(number);
        if (text.len > 1 && text.at[0] == '$' && span_to_int(span_part(text, 1, text.len), &number)) return json_from_string(identifier('F', number));
        if (text.len > 2 && text.at[0] == '@' && span_to_int(span_part(text, 2, text.len), &number)) return json_from_string(identifier(text.at[1], number));
        return json_from_string(text);
    }
    for (size_t i = 0; i < node->count; i++) {
        if (node->type == YAML_SEQUENCE) (void)json_tree_push(&s->tree, &out, json_of(s, &node->items[i]));
        else (void)json_tree_add(&s->tree, &out, node->pairs[i].name, json_of(s, &node->pairs[i].value));
    }
    return out;
}

// --- what a decision must leave alone ---

static const struct json *row_with(const struct json *array, const char *member, struct span value) {
    for (size_t i = 0; array != NULL && i < array->count; i++)
        if (span_equals(json_get_string(&array->items[i], member), value)) return &array->items[i];
    return NULL;
}

// --- parties ---

static struct story_party *party_of(struct story *s, struct span id) {
    for (size_t i = 0; i < s->party_count; i++)
        if (span_equals(s->parties[i].id, id)) return &s->parties[i];
    return NULL;
}

static void party_join(struct story *s, struct span id) {
    struct story_party *party = party_of(s, id);
    if (party == NULL && s->party_count == STORY_PARTIES) wrong(s, "too many parties");
    if (party == NULL) s->parties[s->party_count++] = (struct story_party){.id = id, .joined_by = identifier('F', (int64_t)s->step)};
}

// What the service does with the operations: who is named joins; whom a selection finds is said by the story (`finds:`).
static void parties_join(struct story *s, const struct yaml *row) {
    for (size_t i = 0; i < s->last.effects->count; i++) {
        const struct json *op = &s->last.effects->items[i], *list = json_get(op, "parties");
        if (span_is(json_get_string(op, "op"), "party_add"))
            for (size_t k = 0; k < list->count; k++) party_join(s, list->items[k].string);
        const struct yaml *finds = yaml_get(row, "finds");
        if (!span_is(json_get_string(op, "op"), "party_select") && !span_is(json_get_string(op, "op"), "party_offices")) continue;
        if (finds == NULL) wrong(s, "the story does not say whom the selection finds");
        struct json found = json_of(s, finds);
        for (size_t k = 0; k < found.count; k++) party_join(s, found.items[k].string);
    }
}

static void check_same(const struct story *s, const char *what, const struct json *before, const struct json *after) {
    struct buf a, b;
    buf_init(&a, &arena, 1024 * 1024);
    buf_init(&b, &arena, 1024 * 1024);
    if (is_err(json_canonical(&a, before)) || is_err(json_canonical(&b, after)) || !span_equals(buf_span(&a), buf_span(&b))) wrong(s, "%s changed", what);
}

// No version is lost, no due time that was given moves later or is taken back.
static void check_kept(const struct story *s, const struct json *before, const struct json *after) {
    const struct json *old_filings = json_get(before, "filings"), *filings = json_get(after, "filings");
    if (filings->count != (old_filings == NULL ? 0 : old_filings->count) + 1) wrong(s, "%zu filings", filings->count);
    for (size_t i = 0; old_filings != NULL && i < old_filings->count; i++) {
        const struct json *old = &old_filings->items[i], *now = &filings->items[i];
        if (!span_equals(json_get_string(old, "id"), json_get_string(now, "id")) ||
            !span_equals(json_get_string(old, "received_at"), json_get_string(now, "received_at")) ||
            json_get_int(old, "version", 0) != json_get_int(now, "version", 0))
            wrong(s, "filing %zu was changed", i + 1);
    }
    const struct json *old_duties = json_get(before, "duties"), *duties = json_get(after, "duties");
    for (size_t i = 0; old_duties != NULL && i < old_duties->count; i++) {
        int64_t old_due = json_instant(json_get(&old_duties->items[i], "due"), NULL), due = json_instant(json_get(&duties->items[i], "due"), NULL);
        int64_t old_latest = json_instant(json_get(&old_duties->items[i], "due_latest"), NULL);
        if (old_due != INSTANT_NONE && (due == INSTANT_NONE || due > old_due)) wrong(s, "duty %zu: the due time moved", i + 1);
        if (old_latest != INSTANT_NONE && json_instant(json_get(&duties->items[i], "due_latest"), NULL) < old_latest)
            wrong(s, "duty %zu: the latest reading moved back", i + 1);
    }
}

static void check_values(const struct story *s, const struct json *values) {
    struct buf out;
    buf_init(&out, &arena, 1024 * 1024);
    if (is_err(json_canonical(&out, values))) wrong(s, "the values have no canonical form");
}

// --- expectations ---

static void check_refused(const struct story *s, const struct yaml *expect) {
    const struct yaml *refused = yaml_get(expect, "refused");
    if (refused == NULL) {
        if (!s->last.is_accepted)
            wrong(s, "refused: %.*s %.*s: %.*s", SPAN_FMT(s->last.faults[0].field), SPAN_FMT(s->last.faults[0].rule), SPAN_FMT(s->last.faults[0].words));
        return;
    }
    if (s->last.is_accepted) wrong(s, "accepted, but %.*s was expected", SPAN_FMT(yaml_get_text(&refused->items[0], "rule")));
    for (size_t i = 0; i < refused->count; i++) {
        struct span rule = yaml_get_text(&refused->items[i], "rule"), field = yaml_get_text(&refused->items[i], "field"),
                    article = yaml_get_text(&refused->items[i], "article");
        bool is_found = false;
        for (size_t k = 0; k < s->last.fault_count; k++) {
            const struct fault *fault = &s->last.faults[k];
            is_found = is_found || (span_equals(fault->rule, rule) && (field.at == NULL || span_equals(fault->field, field)) &&
                                    (article.at == NULL || span_equals(fault->article, article)));
        }
        if (!is_found)
            wrong(s, "no fault %.*s %.*s; the first is %.*s %.*s %.*s", SPAN_FMT(field), SPAN_FMT(rule), SPAN_FMT(s->last.faults[0].field),
                  SPAN_FMT(s->last.faults[0].rule), SPAN_FMT(s->last.faults[0].article));
    }
    int64_t count;
    if (span_to_int(yaml_get_text(expect, "fault_count"), &count) && (size_t)count != s->last.fault_count)
        wrong(s, "%zu faults", s->last.fault_count);
}

// The last instance of the duty.
static const struct json *duty_of(const struct story *s, struct span name) {
    const struct json *duties = json_get(s->case_state, "duties"), *found = NULL;
    for (size_t i = 0; duties != NULL && i < duties->count; i++)
        if (span_equals(json_get_string(&duties->items[i], "duty"), name)) found = &duties->items[i];
    return found;
}

static void check_text(const struct story *s, const char *what, struct span found, struct span expected) {
    if (expected.len > 0 && !span_equals(found, expected)) wrong(s, "%s is \"%.*s\", expected \"%.*s\"", what, SPAN_FMT(found), SPAN_FMT(expected));
}

static void check_duties(const struct story *s, const struct yaml *duties, int64_t now_ms) {
    for (size_t i = 0; duties != NULL && i < duties->count; i++) {
        struct span name = duties->pairs[i].name;
        const struct yaml *expect = &duties->pairs[i].value;
        const struct json *duty = duty_of(s, name);
        if (expect->type == YAML_SCALAR && span_is(expect->text, "none")) {
            if (duty != NULL) wrong(s, "there is a duty %.*s", SPAN_FMT(name));
            continue;
        }
        if (duty == NULL) {
            wrong(s, "there is no duty %.*s", SPAN_FMT(name));
            return;
        }
        struct duty_times times = {0};
        assert_true(duty_read(duty, &times));
        struct span status = expect->type == YAML_SCALAR ? expect->text : yaml_get_text(expect, "status");
        check_text(s, (const char *)name.at, span_of(duty_status_name(duty_status(&times, now_ms))), status);
        if (expect->type == YAML_SCALAR) continue;
        check_text(s, "due", json_get_string(duty, "due"), yaml_get_text(expect, "due"));
        check_text(s, "due_day", json_get_string(duty, "due_day"), yaml_get_text(expect, "due_day"));
        check_text(s, "due_local", json_get_string(duty, "due_local"), yaml_get_text(expect, "due_local"));
        check_text(s, "article", json_get_string(duty, "article"), yaml_get_text(expect, "article"));
        check_text(s, "firm", json_get_bool(duty, "is_firm", true) ? SPAN("yes") : SPAN("no"), yaml_get_text(expect, "firm"));
        int64_t number;
        if (span_to_int(yaml_get_text(expect, "readings"), &number) && json_get(duty, "readings")->count != (size_t)number)
            wrong(s, "%.*s has %zu readings", SPAN_FMT(name), json_get(duty, "readings")->count);
    }
}

static struct span effect_line(const struct json *effect) {
    const struct json *to = json_get(effect, "to");
    struct span target = SPAN("");
    if (to != NULL && to->type == JSON_OBJECT && to->count == 1)
        target = to->members[0].value.type == JSON_STRING ? to->members[0].value.string : to->members[0].name;
    if (json_get_string(to, "entity").len > 0) target = SPAN("entity");
    if (json_get_string(to, "parties").len > 0) target = SPAN("parties");
    if (to != NULL && to->type == JSON_STRING) target = to->string;
    static const char *const DETAILS[] = {"kind", "rule", "status", "class", "as", "lock", "note"};
    struct span detail = SPAN("");
    for (size_t i = 0; i < 7; i++)
        if (json_get_string(effect, DETAILS[i]).len > 0) detail = json_get_string(effect, DETAILS[i]);
    return arena_printf(&arena, "%.*s %.*s %.*s", SPAN_FMT(json_get_string(effect, "op")), SPAN_FMT(detail), SPAN_FMT(target));
}

static bool has_effect(const struct story *s, struct span expected) {
    for (size_t i = 0; i < s->last.effects->count; i++)
        if (span_starts_with(effect_line(&s->last.effects->items[i]), expected)) return true;
    return false;
}

static void check_effects(const struct story *s, const struct yaml *expect) {
    const struct yaml *with = yaml_get(expect, "effects"), *without = yaml_get(expect, "no_effects");
    for (size_t i = 0; with != NULL && i < with->count; i++)
        if (!has_effect(s, with->items[i].text)) wrong(s, "no effect \"%.*s\"", SPAN_FMT(with->items[i].text));
    for (size_t i = 0; without != NULL && i < without->count; i++)
        if (has_effect(s, without->items[i].text)) wrong(s, "effect \"%.*s\"", SPAN_FMT(without->items[i].text));
    const struct yaml *sees = yaml_get(expect, "sees"), *hidden = yaml_get(expect, "does_not_see"), *registers = yaml_get(expect, "registers");
    for (size_t i = 0; sees != NULL && i < sees->count; i++)
        for (size_t k = 0; k < sees->pairs[i].value.count; k++) {
            const struct json *row = row_with(s->last.effects, "rule", sees->pairs[i].name);
            if (row == NULL || !json_has_string(json_get(row, "fields"), sees->pairs[i].value.items[k].text))
                wrong(s, "%.*s does not see %.*s", SPAN_FMT(sees->pairs[i].name), SPAN_FMT(sees->pairs[i].value.items[k].text));
        }
    for (size_t i = 0; hidden != NULL && i < hidden->count; i++)
        for (size_t k = 0; k < hidden->pairs[i].value.count; k++) {
            const struct json *row = row_with(s->last.effects, "rule", hidden->pairs[i].name);
            if (row == NULL || json_has_string(json_get(row, "fields"), hidden->pairs[i].value.items[k].text))
                wrong(s, "%.*s sees %.*s", SPAN_FMT(hidden->pairs[i].name), SPAN_FMT(hidden->pairs[i].value.items[k].text));
        }
    for (size_t i = 0; registers != NULL && i < registers->count; i++) {
        const struct json *row = row_with(s->last.effects, "op", SPAN("register"));
        if (json_find(json_get(row, "set"), registers->items[i].text) == NULL) wrong(s, "%.*s is not registered", SPAN_FMT(registers->items[i].text));
    }
}

// The members of EXPECTED must be in FOUND with these values.
static void check_members(struct story *s, const char *what, const struct json *found, const struct yaml *expected) {
    for (size_t i = 0; expected != NULL && i < expected->count; i++) {
        struct json wanted = json_of(s, &expected->pairs[i].value);
        const struct json *value = json_find(found, expected->pairs[i].name);
        struct json none = json_null();
        struct buf a, b;
        buf_init(&a, &arena, 100000);
        buf_init(&b, &arena, 100000);
        if (is_err(json_canonical(&a, &wanted)) || is_err(json_canonical(&b, value != NULL ? value : &none))) wrong(s, "no canonical form");
        if (!span_equals(buf_span(&a), buf_span(&b)))
            wrong(s, "%s %.*s is %.*s, expected %.*s", what, SPAN_FMT(expected->pairs[i].name), SPAN_FMT(buf_span(&b)), SPAN_FMT(buf_span(&a)));
    }
}

static void check_next(struct story *s, const struct yaml *row, struct span state, struct civil at) {
    const struct yaml *next = yaml_get(row, "next"), *never = yaml_get(row, "not_next");
    if (next == NULL && never == NULL) return;
    const struct procedure_step *steps;
    size_t count;
    struct span role = yaml_get_text(row, "next_as");
    assert_false(is_err(procedure_next(law, state, at, yaml_get_text(s->node, "procedure"), role, &s->subject, s->case_state, SPAN("en"),
                                       &arena, &steps, &count, NULL)));
    for (size_t i = 0; next != NULL && i < next->count; i++) // in this order, first
        if (i >= count || !span_equals(steps[i].document, next->items[i].text)) wrong(s, "next %zu is not %.*s", i, SPAN_FMT(next->items[i].text));
    for (size_t i = 0; never != NULL && i < never->count; i++)
        for (size_t k = 0; k < count; k++)
            if (span_equals(steps[k].document, never->items[i].text)) wrong(s, "%.*s may be filed next", SPAN_FMT(never->items[i].text));
}

// reach: "csirt_member =csirt-member-lu": who sees the case, kinds of office in the order of the rows, or one office.
static void check_reach(const struct story *s, const struct yaml *expect, struct span state, struct civil at) {
    struct procedure_reach reach;
    if (yaml_get(expect, "reach") == NULL) return;
    assert_false(is_err(procedure_reach(law, state, at, yaml_get_text(s->node, "procedure"), &s->subject, s->case_state, &arena, &reach, NULL)));
    check_text(s, "reach", span_trim(reach.offices), yaml_get_text(expect, "reach"));
}

static void run_filing(struct story *s, const struct yaml *row, struct span state, struct civil at) {
    struct json fields = yaml_get(row, "fields") != NULL ? json_of(s, yaml_get(row, "fields")) : json_object();
    if (yaml_get(row, "elsewhere") != NULL) s->notes.elsewhere = yaml_get(row, "elsewhere");
    struct json noted = story_noted(&s->notes, &s->tree);
    struct stamp received = stamp_of(s, yaml_get_text(row, "at"));
    struct span entity = yaml_get_text(yaml_get(row, "entity") != NULL ? row : s->node, "entity"), recorded = yaml_get_text(row, "recorded"),
                corrects = yaml_get_text(row, "corrects");
    int64_t corrected = 0, attachments = 0;
    (void)span_to_int(yaml_get_text(row, "attachments"), &attachments);
    if (corrects.len > 0) assert_true(span_to_int(span_part(corrects, 1, corrects.len), &corrected));
    struct procedure_input input = {.law = law,
                                    .state = state,
                                    .at = at,
                                    .zone = s->zone,
                                    .procedure = yaml_get_text(s->node, "procedure"),
                                    .document = yaml_get_text(row, "file"),
                                    .filer_role = yaml_get_text(row, "as"),
                                    .filer_office = yaml_get_text(row, "office"),
                                    .fields = &fields,
                                    .subject = &s->subject,
                                    .case_state = s->case_state, .noted = &noted,
                                    .received_at = received,
                                    .recorded_ms = recorded.len > 0 ? stamp_of(s, recorded).ms : received.ms,
                                    .intake_kind = yaml_get_text(row, "recorded_by"),
                                    .attachment_count = (size_t)attachments,
                                    .filing_id = identifier('F', (int64_t)s->step),
                                    .case_id = SPAN("C0000000000000001"),
                                    .entity_id = span_is(entity, "no") ? SPAN("") : SPAN("E0000000000000001")};
    if (corrected > 0) input.is_correction_of = identifier('F', corrected);
    struct story_party *party = NULL;
    if (yaml_get(row, "party") != NULL) {
        party = party_of(s, json_of(s, yaml_get(row, "party")).string);
        if (party == NULL) {
            wrong(s, "it is no party");
            return;
        }
        input.party_id = party->id;
        input.entity_id = party->id.at[0] == 'E' ? party->id : SPAN(""); // an office is none on the register
        input.party_state = party->part;
        input.party_joined_by = party->joined_by;
    }
    struct why why = {0};
    if (is_err(procedure_decide(&input, &arena, &s->last, &why))) wrong(s, "%s: %s", why.rule, why.words);
    const struct yaml *expect = yaml_get(row, "expect");
    check_refused(s, expect);
    if (!s->last.is_accepted) return;
    check_values(s, s->last.values);
    if (party != NULL) { // it changes its own part, and nothing else
        check_same(s, "the case", s->case_state, s->last.case_state);
        party->part = s->last.party_state;
    } else {
        check_kept(s, s->case_state, s->last.case_state);
        parties_join(s, row);
        story_notes_apply(&s->notes, s->last.effects, input.filing_id);
    }
    s->case_state = s->last.case_state;
    check_effects(s, expect);
    check_members(s, "value", s->last.values, yaml_get(expect, "values"));
    check_reach(s, expect, state, at);
    int64_t version;
    if (span_to_int(yaml_get_text(expect, "version"), &version) && version != s->last.version) wrong(s, "version %lld", (long long)s->last.version);
}

// parties: {"@E7": {state: silent, duties: {..}, facts: {..}, sees: [documents], does_not_see: [..], next: [..]}}
static void check_parties(struct story *s, const struct yaml *parties, int64_t now_ms) {
    struct span state = yaml_get_text(s->node, "state"), procedure = yaml_get_text(s->node, "procedure");
    struct civil at = {.year = 2026, .month = 11, .day = 21};
    for (size_t i = 0; parties != NULL && i < parties->count; i++) {
        const struct yaml *expect = &parties->pairs[i].value, *sees = yaml_get(expect, "sees"), *hidden = yaml_get(expect, "does_not_see");
        struct yaml name = {.type = YAML_SCALAR, .text = parties->pairs[i].name};
        const struct story_party *party = party_of(s, json_of(s, &name).string);
        if (party == NULL) {
            wrong(s, "%.*s is no party", SPAN_FMT(name.text));
            return;
        }
        struct span first, now = json_get_string(party->part, "state");
        assert_true(procedure_parties(law, state, procedure, &first).len > 0);
        check_text(s, "state of the part", now.at != NULL ? now : first, yaml_get_text(expect, "state"));
        check_members(s, "fact of the part", json_get(party->part, "facts"), yaml_get(expect, "facts"));
        struct json duties;
        assert_false(is_err(party_duties(s->case_state, party->part, party->joined_by, &arena, &duties)));
        struct json_member only = {.name = SPAN("duties"), .value = duties};
        const struct json owed = {.type = JSON_OBJECT, .count = 1, .members = &only}, *whole = s->case_state;
        s->case_state = &owed;
        check_duties(s, yaml_get(expect, "duties"), now_ms);
        s->case_state = whole;
        for (size_t k = 0; sees != NULL && k < sees->count; k++)
            if (!procedure_party_sees(law, state, at, procedure, sees->items[k].text, s->case_state)) wrong(s, "it does not see %.*s", SPAN_FMT(sees->items[k].text));
        for (size_t k = 0; hidden != NULL && k < hidden->count; k++)
            if (procedure_party_sees(law, state, at, procedure, hidden->items[k].text, s->case_state)) wrong(s, "it sees %.*s", SPAN_FMT(hidden->items[k].text));
        const struct procedure_step *steps;
        size_t count;
        const struct yaml *next = yaml_get(expect, "next");
        assert_false(is_err(procedure_next_of_party(law, state, at, procedure, &s->subject, s->case_state, party->part, party->joined_by, SPAN("en"), &arena,
                                                    &steps, &count, NULL)));
        for (size_t k = 0; next != NULL && k < next->count; k++)
            if (k >= count || !span_equals(steps[k].document, next->items[k].text)) wrong(s, "next %zu is not %.*s", k, SPAN_FMT(next->items[k].text));
        if (next != NULL && next->count != count) wrong(s, "%zu documents may be filed next", count);
    }
}

// The rules of a filing's member ("against", "warnings") are those of ROWS.
static void check_rules(struct story *s, const struct json *filing, const char *member, const struct yaml *rows) {
    const struct json *found = json_get(filing, member);
    size_t count = found == NULL ? 0 : found->count;
    if (count != rows->count) wrong(s, "%zu %s", count, member);
    for (size_t i = 0; i < count; i++) check_text(s, member, json_get_string(&found->items[i], "rule"), rows->items[i].text);
}

// against: [[], [rule, ..]] of each filing of the case; warnings: [rule, ..] of the last one.
static void check_notes(struct story *s, const struct yaml *against, const struct yaml *warnings) {
    const struct json *filings = json_get(s->case_state, "filings");
    if (against != NULL && against->count != filings->count) wrong(s, "%zu filings", filings->count);
    for (size_t i = 0; against != NULL && i < against->count; i++) check_rules(s, &filings->items[i], "against", &against->items[i]);
    if (warnings != NULL) check_rules(s, &filings->items[filings->count - 1], "warnings", warnings);
}

static void run_step(struct story *s, const struct yaml *row) {
    struct span state = yaml_get_text(s->node, "state"), law_at = yaml_get_text(s->node, "law_at");
    struct civil at = {.year = 2026, .month = 11, .day = 21};
    if (law_at.len > 0) assert_true(civil_parse(law_at, &at));
    if (yaml_get(row, "file") != NULL) run_filing(s, row, state, at);
    const struct yaml *expect = yaml_get(row, "expect");
    check_text(s, "state", json_get_string(s->case_state, "state"), yaml_get_text(expect, "state"));
    check_duties(s, yaml_get(expect, "duties"), stamp_of(s, yaml_get_text(row, "at")).ms);
    check_parties(s, yaml_get(expect, "parties"), stamp_of(s, yaml_get_text(row, "at")).ms);
    check_members(s, "fact", json_get(s->case_state, "facts"), yaml_get(expect, "facts"));
    check_members(s, "flag", json_get(s->case_state, "flags"), yaml_get(expect, "flags"));
    const struct yaml *statuses = yaml_get(expect, "filings");
    for (size_t i = 0; statuses != NULL && i < statuses->count; i++)
        check_text(s, "status of a filing", json_get_string(&json_get(s->case_state, "filings")->items[i], "status"), statuses->items[i].text);
    check_notes(s, yaml_get(expect, "against"), yaml_get(expect, "warnings"));
    check_next(s, row, state, at);
}

static void run_file(const char *path, size_t least) {
    FILE *in = fopen(path, "rb");
    assert_non_null(in);
    struct buf text;
    buf_init(&text, &program, (size_t)4 * 1024 * 1024);
    char chunk[4096];
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, in)) > 0;) buf_add(&text, span_make(chunk, n));
    fclose(in);
    struct yaml root;
    struct why why = {0};
    if (is_err(yaml_load(&program, path, buf_span(&text), &root, &why))) fail_msg("%s", why.words);
    const struct yaml *stories = yaml_get(&root, "stories");
    assert_true(stories->count >= least);
    for (size_t i = 0; i < stories->count; i++) {
        arena_reset(&arena);
        struct story s = {.node = &stories->items[i], .tree = {.arena = &arena}};
        s.name = yaml_get_text(s.node, "story");
        s.zone = story_zone(&program, yaml_get_text(s.node, "zone"));
        s.subject = yaml_get(s.node, "subject") != NULL ? json_of(&s, yaml_get(s.node, "subject")) : json_object();
        const struct yaml *steps = yaml_get(s.node, "steps");
        for (size_t k = 0; k < steps->count; k++) {
            s.step = k + 1;
            run_step(&s, &steps->items[k]);
        }
    }
}

// Each file with how many stories it has at least.
static const struct { const char *path; size_t least; } FILES[] = {
    {"test/law/incident.yaml", 20},
    {"test/law/registration.yaml", 10}, {"test/law/intake.yaml", 6}, {"test/law/advisory.yaml", 5},
    {"test/law/network_request.yaml", 2},  {"test/law/assistance.yaml", 7},  {"test/law/crisis.yaml", 5},
    {"test/law/desk.yaml", 3}, {"test/law/campaign.yaml", 3}, {"test/law/release.yaml", 2}, {"test/law/override.yaml", 2},
    {"test/law/measures.yaml", 5}, {"test/law/supervision.yaml", 28}, {"test/law/state.yaml", 13},
    {"test/law/disclosure.yaml", 5},
    {"test/law/group.yaml", 10}, {"test/law/peer_review.yaml", 4}, {"test/law/union_papers.yaml", 7},
};

static void stories(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof FILES / sizeof FILES[0]; i++) run_file(FILES[i].path, FILES[i].least);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(stories)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
