// SPDX-License-Identifier: EUPL-1.2
/* The cases of test/law/significance.yaml, asked of the grids of criteria; and facts cut short, doubled and mixed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "law/grid.h"
#include "law/grid_private.h"
#include "os/zone.h"
#include "law_under_test.h"

static struct arena law_arena;
static struct law *law;
static const struct zone *zone;

static int load(void **state) {
    (void)state;
    struct why why = {0};
    arena_init(&law_arena, (size_t)64 * 1024 * 1024);
    if (is_err(law_under_test(&law_arena, &law, &why)) || is_err(zone_load(&law_arena, "Europe/Brussels", &zone, &why))) {
        print_error("%s: %s\n", why.rule, why.words);
        return -1;
    }
    return 0;
}
static int unload(void **state) {
    (void)state;
    arena_fini(&law_arena);
    return 0;
}

static struct yaml read_file(struct arena *arena, const char *path) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) fail_msg("%s can't be opened (run from the project's root)", path);
    size_t size = 512 * 1024;
    uint8_t *bytes = arena_take(arena, size);
    assert_non_null(bytes);
    size_t len = fread(bytes, 1, size, file);
    (void)fclose(file);
    struct yaml root;
    struct why why = {0};
    if (is_err(yaml_load(arena, path, span_make(bytes, len), &root, &why))) fail_msg("%s", why.words);
    return root;
}

static struct yaml read_cases(struct arena *arena) { return read_file(arena, "test/law/significance.yaml"); }

// Scalars become text, which every kind of fact takes.
static struct json json_of(struct arena *arena, const struct yaml *y) {
    struct json j = {.type = JSON_NULL};
    if (yaml_is_null(y)) return j;
    if (y->type == YAML_SCALAR) return json_from_string(y->text);
    j = (struct json){.type = y->type == YAML_SEQUENCE ? JSON_ARRAY : JSON_OBJECT, .count = y->count};
    if (y->type == YAML_SEQUENCE) {
        j.items = arena_take_array(arena, y->count + 1, sizeof *j.items);
        for (size_t i = 0; i < y->count; i++) j.items[i] = json_of(arena, &y->items[i]);
    } else {
        j.members = arena_take_array(arena, y->count + 1, sizeof *j.members);
        for (size_t i = 0; i < y->count; i++) j.members[i] = (struct json_member){y->pairs[i].name, json_of(arena, &y->pairs[i].value)};
    }
    return j;
}

// The case's facts, with those of BASE that it doesn't have.
static struct json facts_of(struct arena *arena, const struct yaml *own, const struct yaml *base) {
    struct json facts = json_of(arena, own), all = {.type = JSON_OBJECT};
    all.members = arena_take_array(arena, facts.count + base->count + 1, sizeof *all.members);
    for (size_t i = 0; i < facts.count; i++) all.members[all.count++] = facts.members[i];
    for (size_t i = 0; i < base->count; i++) {
        bool has = false;
        for (size_t k = 0; k < facts.count; k++) has = has || span_equals(facts.members[k].name, base->pairs[i].name);
        if (!has) all.members[all.count++] = (struct json_member){base->pairs[i].name, json_of(arena, &base->pairs[i].value)};
    }
    return all;
}

static int64_t instant_of(struct span text) {
    struct stamp stamp = {.ms = INSTANT_NONE};
    if (text.at != NULL) assert_false(is_err(stamp_parse(text, NULL, "", &stamp, NULL)));
    return stamp.ms;
}

static const struct grid_finding *finding_of(const struct grid_answer *answer, struct span id) {
    for (size_t i = 0; i < answer->finding_count; i++)
        if (span_equals(answer->findings[i].row->id, id)) return &answer->findings[i];
    return NULL;
}

static unsigned wrong(const struct yaml *one, const char *what) {
    print_error("%s:%u: %.*s: %s\n", one->file, one->line, SPAN_FMT(yaml_get_text(one, "id")), what);
    return 1;
}

static unsigned findings_wrong(const struct yaml *one, const struct grid_answer *answer, const char *name, enum grid_truth truth) {
    const struct yaml *list = yaml_get(yaml_get(one, "expect"), name);
    unsigned failures = 0;
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        const struct grid_finding *finding = finding_of(answer, list->items[i].text);
        if (finding == NULL || finding->truth != truth) failures += wrong(one, name);
    }
    return failures;
}

static unsigned case_wrong(const struct yaml *one, const struct grid_answer *answer) {
    static const char *const OUTCOMES[] = {"not_significant", "undetermined", "significant"};
    const struct yaml *expect = yaml_get(one, "expect"), *then = yaml_get(expect, "then"), *needs = yaml_get(expect, "needs");
    unsigned failures = findings_wrong(one, answer, "met", GRID_YES) + findings_wrong(one, answer, "not_met", GRID_NO) + findings_wrong(one, answer, "open", GRID_OPEN);
    struct span since = yaml_get_text(expect, "since"), exhaustive = yaml_get_text(expect, "exhaustive");
    if (!span_is(yaml_get_text(expect, "outcome"), OUTCOMES[answer->truth])) failures += wrong(one, OUTCOMES[answer->truth]);
    if (since.at != NULL && instant_of(since) != answer->since_ms) failures += wrong(one, "since");
    if (exhaustive.at != NULL && span_is(exhaustive, "yes") != answer->types[0].is_exhaustive) failures += wrong(one, "exhaustive");
    for (size_t i = 0; then != NULL && i < then->count; i++) {
        const struct grid_finding *finding = finding_of(answer, then->pairs[i].name);
        if (finding == NULL || finding->then_ms != instant_of(then->pairs[i].value.text)) failures += wrong(one, "then");
    }
    for (size_t i = 0; needs != NULL && i < needs->count; i++) {
        bool has = false;
        for (size_t k = 0; k < answer->needs.count; k++) has = has || span_equals(answer->needs.items[k], needs->items[i].text);
        if (!has) failures += wrong(one, "needs");
    }
    if (needs != NULL && needs->count != answer->needs.count) failures += wrong(one, "needs more or less");
    return failures;
}

static struct err ask(struct arena *arena, const struct yaml *one, const struct json *facts, struct grid_answer *ret, struct why *why) {
    struct civil at = {2026, 3, 10};
    struct span day = yaml_get_text(one, "at"), now = yaml_get_text(one, "now"), state = yaml_get_text(one, "state");
    if (day.at != NULL) assert_true(civil_parse(day, &at));
    int64_t now_ms = now.at != NULL ? instant_of(now) : instant_of(SPAN("2026-11-22T00:00:00Z"));
    return grid_answer_make(law, facts, state.at != NULL ? state : SPAN(""), zone, at, now_ms, arena, ret, why);
}

static void cases_come_out(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, (size_t)64 * 1024 * 1024);
    struct yaml root = read_cases(&arena);
    const struct yaml *cases = yaml_get(&root, "cases"), *base = yaml_get(&root, "base");
    unsigned failures = 0;
    for (size_t i = 0; i < cases->count; i++) {
        const struct yaml *one = &cases->items[i];
        struct why why = {0};
        struct grid_answer answer;
        struct json facts = facts_of(&arena, yaml_get(one, "facts"), base);
        if (is_err(ask(&arena, one, &facts, &answer, &why))) failures += wrong(one, why.words);
        else failures += case_wrong(one, &answer);
    }
    assert_true(cases->count >= 40);
    arena_fini(&arena);
    assert_int_equal(failures, 0);
}

// --- bounds ---

static void member_put(struct json *object, struct span name, struct json value) {
    for (size_t i = 0; i < object->count; i++)
        if (span_equals(object->members[i].name, name)) object->members[i].value = value;
    for (size_t i = 0; i < object->count; i++)
        if (span_equals(object->members[i].name, name)) return;
    object->members[object->count++] = (struct json_member){name, value};
}

// A copy of OBJECT with room for four more members.
static struct json roomy(struct arena *arena, const struct json *object) {
    struct json out = {.type = JSON_OBJECT, .count = object->count, .members = arena_take_array(arena, object->count + 4, sizeof *out.members)};
    assert_non_null(out.members);
    for (size_t i = 0; i < object->count; i++) out.members[i] = object->members[i];
    return out;
}

// What happened in a row of bounds.yaml where the fact that varies has this value.
static struct json bound_facts(struct arena *arena, const struct yaml *row, const struct yaml *base, struct span value) {
    struct json own = {.type = JSON_OBJECT}, given = {.type = JSON_OBJECT};
    struct span vary = yaml_get_text(row, "vary");
    if (yaml_get(row, "facts") != NULL) own = json_of(arena, yaml_get(row, "facts"));
    own = roomy(arena, &own);
    given = json_of(arena, yaml_get(row, "episode"));
    struct json episode = roomy(arena, &given), *types = ARENA_NEW(arena, struct json), *episodes = ARENA_NEW(arena, struct json);
    int64_t lasted_s = 3660, number;
    if (span_is(vary, "seconds")) assert_true(span_to_int(value, &lasted_s));
    int64_t from_ms = instant_of(SPAN("2026-03-02T10:00:00Z"));
    member_put(&episode, SPAN("from"), json_from_string(instant_text(arena, from_ms)));
    member_put(&episode, SPAN("to"), json_from_string(instant_text(arena, from_ms + lasted_s * 1000)));
    bool is_none = span_is(yaml_get_text(yaml_get(row, "episode"), "effect"), "none");
    bool is_of_episode = !is_none && !span_is(vary, "seconds") && span_to_int(value, &number);
    if (is_of_episode) member_put(&episode, vary, json_from_string(value));
    else if (!span_is(vary, "seconds")) member_put(&own, vary, json_from_string(value));
    *types = json_from_string(yaml_get_text(row, "type"));
    *episodes = episode;
    member_put(&own, SPAN("types"), (struct json){.type = JSON_ARRAY, .count = 1, .items = types});
    member_put(&own, SPAN("episodes"), (struct json){.type = JSON_ARRAY, .count = is_none ? 0 : 1, .items = episodes});
    struct json all = {.type = JSON_OBJECT, .members = arena_take_array(arena, own.count + base->count + 1, sizeof *all.members)};
    assert_non_null(all.members);
    for (size_t i = 0; i < base->count; i++) all.members[all.count++] = (struct json_member){base->pairs[i].name, json_of(arena, &base->pairs[i].value)};
    for (size_t i = 0; i < own.count; i++) {
        all.members = roomy(arena, &all).members;
        member_put(&all, own.members[i].name, own.members[i].value);
    }
    return all;
}

static unsigned bound_wrong(struct arena *arena, const struct yaml *row, const struct yaml *base, const char *name, enum grid_truth truth) {
    struct why why = {0};
    struct grid_answer answer;
    struct json facts = bound_facts(arena, row, base, yaml_get_text(row, name));
    if (is_err(ask(arena, row, &facts, &answer, &why))) return wrong(row, why.words);
    const struct grid_finding *finding = finding_of(&answer, yaml_get_text(row, "row"));
    if (finding != NULL && finding->truth == truth) return 0;
    print_error("%s:%u: %.*s: %.*s says %s otherwise\n", row->file, row->line, SPAN_FMT(yaml_get_text(row, "row")), SPAN_FMT(yaml_get_text(row, "vary")), name);
    return 1;
}

static void bounds_hold(void **state) {
    (void)state;
    struct arena arena;
    unsigned failures = 0;
    arena_init(&arena, (size_t)64 * 1024 * 1024);
    struct yaml bounds = read_file(&arena, "test/law/bounds.yaml"), cases = read_cases(&arena);
    const struct yaml *rows = yaml_get(&bounds, "bounds"), *base = yaml_get(&cases, "base");
    assert_true(rows->count >= 60);
    for (size_t i = 0; i < rows->count; i++)
        failures += bound_wrong(&arena, &rows->items[i], base, "no", GRID_NO) + bound_wrong(&arena, &rows->items[i], base, "yes", GRID_YES);
    arena_fini(&arena);
    assert_int_equal(failures, 0);
}

static void bad_facts_are_named(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, (size_t)16 * 1024 * 1024);
    struct yaml root = read_cases(&arena);
    const struct yaml *refused = yaml_get(&root, "refused");
    unsigned failures = 0;
    for (size_t i = 0; i < refused->count; i++) {
        const struct yaml *one = &refused->items[i];
        struct why why = {0};
        struct grid_answer answer;
        struct json facts = json_of(&arena, yaml_get(one, "facts"));
        struct err e = ask(&arena, one, &facts, &answer, &why);
        if (e.code != ERR_INPUT || !span_is(yaml_get_text(one, "rule"), why.rule) || !span_is(yaml_get_text(one, "field"), why.field)) {
            print_error("%s %s\n", why.rule, why.field);
            failures += wrong(one, "refused otherwise");
        }
    }
    arena_fini(&arena);
    assert_int_equal(failures, 0);
}

// Knowing more never turns a settled answer: what is met or not met on some facts stays so when an unknown one becomes known.
static void more_facts_settle_only(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, (size_t)64 * 1024 * 1024);
    struct yaml root = read_cases(&arena);
    const struct yaml *cases = yaml_get(&root, "cases"), *base = yaml_get(&root, "base");
    unsigned failures = 0, open = 0;
    for (size_t i = 0; i < cases->count; i++) {
        const struct yaml *one = &cases->items[i];
        struct json facts = facts_of(&arena, yaml_get(one, "facts"), base);
        struct grid_answer whole, less;
        struct why why = {0};
        assert_false(is_err(ask(&arena, one, &facts, &whole, &why)));
        for (size_t m = 0; m < facts.count; m++) {
            if (grid_fact_at(law->grids, facts.members[m].name) == GRID_FACTS_MAX) continue;
            struct json kept = facts.members[m].value;
            facts.members[m].value = (struct json){.type = JSON_NULL};
            assert_false(is_err(ask(&arena, one, &facts, &less, &why)));
            assert_int_equal(less.finding_count, whole.finding_count);
            for (size_t f = 0; f < whole.finding_count; f++) {
                if (less.findings[f].truth == GRID_OPEN) open++;
                else if (less.findings[f].truth != whole.findings[f].truth) failures += wrong(one, "a settled row turned");
                if ((less.findings[f].truth == GRID_OPEN) != (less.findings[f].needs.count > 0)) failures += wrong(one, "open without a need, or settled with one");
            }
            facts.members[m].value = kept;
        }
        if (i % 8 == 7) { // the arena only grows
            arena_fini(&arena);
            arena_init(&arena, (size_t)64 * 1024 * 1024);
            root = read_cases(&arena);
            cases = yaml_get(&root, "cases"), base = yaml_get(&root, "base");
        }
    }
    arena_fini(&arena);
    assert_true(open > 100);
    assert_int_equal(failures, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cases_come_out),
        cmocka_unit_test(bounds_hold),
        cmocka_unit_test(bad_facts_are_named),
        cmocka_unit_test(more_facts_settle_only),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
