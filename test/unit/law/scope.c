// SPDX-License-Identifier: EUPL-1.2
/* The cases of test/law/scope.yaml and jurisdiction.yaml, each asked of the engine and compared with what is expected. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "law/scope.h"
#include "law_under_test.h"

static struct arena law_arena;
static struct law *law;

static int load(void **state) {
    (void)state;
    struct why why = {0};
    arena_init(&law_arena, (size_t)64 * 1024 * 1024);
    if (is_err(law_under_test(&law_arena, &law, &why))) {
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

static struct span read_file(struct arena *arena, const char *path) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) fail_msg("%s: cannot be opened (run from the project's root)", path);
    size_t size = 512 * 1024;
    uint8_t *bytes = arena_take(arena, size);
    assert_non_null(bytes);
    size_t len = fread(bytes, 1, size, file);
    assert_true(len < size);
    (void)fclose(file);
    return span_make(bytes, len);
}

// YAML facts as JSON: scalars become text, which every kind of fact takes.
static struct json json_of(struct arena *arena, const struct yaml *y) {
    struct json j = {.type = JSON_STRING, .string = y->text};
    if (y->type == YAML_SCALAR) return j;
    if (y->type == YAML_SEQUENCE) {
        j = (struct json){.type = JSON_ARRAY, .count = y->count, .items = arena_take_array(arena, y->count + 1, sizeof *j.items)};
        for (size_t i = 0; i < y->count; i++) j.items[i] = json_of(arena, &y->items[i]);
        return j;
    }
    j = (struct json){.type = JSON_OBJECT, .count = y->count, .members = arena_take_array(arena, y->count + 1, sizeof *j.members)};
    for (size_t i = 0; i < y->count; i++)
        j.members[i] = (struct json_member){y->pairs[i].name, json_of(arena, &y->pairs[i].value)};
    return j;
}

struct check {
    const struct yaml *one, *expect;
    const struct scope_answer *answer;
    unsigned failures;
};

static void wrong(struct check *c, const char *what, struct span wanted, struct span got) {
    struct span id = yaml_get_text(c->one, "id"), words = yaml_get_text(c->one, "case");
    print_error("%s:%u: %.*s (%.*s): %s: expected %.*s, got %.*s\n", c->one->file, c->one->line, SPAN_FMT(id), SPAN_FMT(words), what,
                SPAN_FMT(wanted), SPAN_FMT(got));
    c->failures++;
}

static void check_text(struct check *c, const char *name, struct span got) {
    struct span wanted = yaml_get_text(c->expect, name);
    if (wanted.at != NULL && !span_equals(wanted, got)) wrong(c, name, wanted, got);
}
static void check_flag(struct check *c, const char *name, bool got) {
    check_text(c, name, got ? SPAN("yes") : SPAN("no"));
}

static bool fires(const struct check *c, struct span id) {
    for (size_t i = 0; i < c->answer->rule_count; i++)
        if (span_equals(c->answer->rules[i].id, id)) return true;
    return false;
}
static bool has_regime(const struct check *c, struct span id) {
    for (size_t i = 0; i < c->answer->regime_count; i++)
        if (span_equals(c->answer->regimes[i].id, id)) return true;
    return false;
}
static bool has_option(const struct check *c, struct span name) {
    for (size_t i = 0; i < c->answer->option_count; i++)
        if (span_equals(c->answer->options[i].name, name)) return true;
    return false;
}
static bool is_missing(const struct check *c, struct span name) {
    for (size_t i = 0; i < c->answer->missing_count; i++)
        if (span_equals(c->answer->missing[i].name, name)) return true;
    return false;
}
static bool has_change(const struct check *c, struct span wanted) {
    char text[128];
    for (size_t i = 0; i < c->answer->change_count; i++) {
        const struct scope_change *change = &c->answer->changes[i];
        struct span how = change->delta.len > 0 ? change->delta : change->value;
        (void)snprintf(text, sizeof text, "%.*s %.*s %s", SPAN_FMT(change->fact), SPAN_FMT(how), entity_class_name(change->class));
        if (span_is(wanted, text)) return true;
    }
    return false;
}

static void check_list(struct check *c, const char *name, bool (*has)(const struct check *, struct span), bool is_wanted) {
    const struct yaml *list = yaml_get(c->expect, name);
    for (size_t i = 0; list != NULL && i < list->count; i++)
        if (has(c, list->items[i].text) != is_wanted) wrong(c, name, list->items[i].text, is_wanted ? SPAN("nothing") : SPAN("it"));
}

static const struct scope_type *type_of(const struct check *c, struct span code) {
    for (size_t i = 0; i < c->answer->type_count; i++)
        if (span_equals(c->answer->types[i].code, code)) return &c->answer->types[i];
    return NULL;
}

static struct span joined(struct arena *arena, const struct span *list, size_t count) {
    struct buf text;
    buf_init(&text, arena, 4096);
    for (size_t i = 0; i < count; i++) {
        buf_add_text(&text, i > 0 ? " " : "");
        buf_add(&text, list[i]);
    }
    return buf_span(&text);
}

// {TYPE: [a, b]} or {TYPE: a} against what the answer says for the type.
static void check_by_type(struct check *c, struct arena *arena, const char *name) {
    const struct yaml *map = yaml_get(c->expect, name);
    for (size_t i = 0; map != NULL && i < map->count; i++) {
        const struct scope_type *type = type_of(c, map->pairs[i].name);
        const struct yaml *value = &map->pairs[i].value;
        if (type == NULL) {
            wrong(c, name, map->pairs[i].name, SPAN("no such type"));
            continue;
        }
        struct span texts[32], wanted = value->text, got = SPAN("");
        for (size_t k = 0; k < value->count && k < 32; k++) texts[k] = value->items[k].text;
        if (value->type == YAML_SEQUENCE) wanted = joined(arena, texts, value->count);
        if (strcmp(name, "states") == 0) got = joined(arena, type->states, type->state_count);
        else if (strcmp(name, "needs") == 0) got = joined(arena, type->needs, type->need_count);
        else if (strcmp(name, "asking") == 0) got = type->asking;
        else if (strcmp(name, "ir") == 0) got = type->ir_article;
        else got = type->jurisdiction_class;
        if (!span_equals(wanted, got)) wrong(c, name, wanted, got);
    }
}

static bool is_invalid(const struct check *c, struct span code) {
    const struct scope_type *type = type_of(c, code);
    return type != NULL && type->is_representative_invalid;
}
static bool is_any(const struct check *c, struct span code) {
    const struct scope_type *type = type_of(c, code);
    return type != NULL && type->is_any_state;
}
static bool is_concurrent(const struct check *c, struct span code) {
    const struct scope_type *type = type_of(c, code);
    return type != NULL && type->is_concurrent;
}

// The brief classification must agree with the answer that has reasons, and both writers must not fail.
static void check_consistent(struct check *c, struct arena *arena, const struct json *facts) {
    const struct scope_facts *read;
    const struct scope_view *view;
    assert_false(is_err(scope_facts_read(law, facts, arena, &read, NULL)));
    assert_false(is_err(scope_view_make(law, c->answer->state, c->answer->at, arena, &view, NULL)));
    enum entity_class brief = scope_classify(view, read);
    if (brief != c->answer->class) wrong(c, "brief", span_of(entity_class_name(c->answer->class)), span_of(entity_class_name(brief)));
    struct buf text;
    struct json_out out;
    struct json again;
    buf_init(&text, arena, 1024 * 1024);
    scope_write_text(&text, c->answer, SPAN("en"));
    assert_false(text.is_failed);
    buf_clear(&text);
    json_out_init(&out, &text);
    scope_write_json(&out, c->answer, SPAN("fr"));
    assert_false(out.is_failed || text.is_failed);
    assert_false(is_err(json_parse(arena, buf_span(&text), &again, NULL)));
}

static unsigned run_case(const struct yaml *one, struct arena *arena) {
    struct json facts = json_of(arena, yaml_get(one, "facts"));
    struct scope_answer answer;
    struct why why = {0};
    struct check c = {.one = one, .expect = yaml_get(one, "expect"), .answer = &answer};
    assert_true(yaml_get_text(one, "article").len > 0 && c.expect != NULL);
    if (is_err(scope_answer_make(law, &facts, SPAN("LU"), (struct civil){2026, 11, 22}, arena, &answer, &why))) {
        wrong(&c, "an answer", span_of(why.field), span_of(why.words));
        return c.failures;
    }
    check_text(&c, "outcome", span_of(scope_outcome_name(answer.outcome)));
    check_text(&c, "class", span_of(entity_class_name(answer.class)));
    check_text(&c, "size", answer.size);
    check_flag(&c, "dnrs", answer.is_domain_name_registration);
    check_flag(&c, "provisional", answer.is_provisional);
    check_flag(&c, "record", answer.needs_decision_record);
    check_list(&c, "rules", fires, true);
    check_list(&c, "not_rules", fires, false);
    check_list(&c, "regimes", has_regime, true);
    check_list(&c, "not_regimes", has_regime, false);
    check_list(&c, "options", has_option, true);
    check_list(&c, "missing", is_missing, true);
    check_list(&c, "changes", has_change, true);
    check_list(&c, "invalid", is_invalid, true);
    check_list(&c, "any", is_any, true);
    check_list(&c, "concurrent", is_concurrent, true);
    static const char *const BY_TYPE[] = {"states", "needs", "asking", "ir", "j"};
    for (size_t i = 0; i < sizeof BY_TYPE / sizeof BY_TYPE[0]; i++) check_by_type(&c, arena, BY_TYPE[i]);
    check_consistent(&c, arena, &facts);
    return c.failures;
}

static void run_file(const char *path, size_t least) {
    struct arena arena;
    struct yaml root;
    struct why why = {0};
    unsigned failures = 0;
    arena_init(&arena, (size_t)64 * 1024 * 1024);
    if (is_err(yaml_load(&arena, path, read_file(&arena, path), &root, &why))) fail_msg("%s", why.words);
    const struct yaml *cases = yaml_get(&root, "cases");
    assert_non_null(cases);
    assert_true(cases->count >= least); // no case may get lost
    for (size_t i = 0; i < cases->count; i++) failures += run_case(&cases->items[i], &arena);
    arena_fini(&arena);
    if (failures > 0) fail_msg("%s: %u differences", path, failures);
}

static void scope_cases(void **state) {
    (void)state;
    run_file("test/law/scope.yaml", 110);
}
static void jurisdiction_cases(void **state) {
    (void)state;
    run_file("test/law/jurisdiction.yaml", 17);
}

// A planted fault must be caught: a case that expects the contrary differs.
static void canary(void **state) {
    (void)state;
    struct arena arena;
    struct yaml root;
    arena_init(&arena, (size_t)1024 * 1024);
    assert_false(is_err(yaml_load(&arena, "canary", SPAN("{id: canary, case: planted fault, article: none, facts: {types: [DI_DNS]}, "
                                                         "expect: {class: out, rules: [X11]}}"),
                                  &root, NULL)));
    print_message("two differences follow on purpose:\n");
    assert_int_equal(run_case(&root, &arena), 2);
    arena_fini(&arena);
}

static void assert_refused(const char *facts, const char *rule, const char *field) {
    struct arena arena;
    struct json json;
    struct scope_answer answer;
    struct why why = {0};
    arena_init(&arena, (size_t)8 * 1024 * 1024);
    assert_false(is_err(json_parse(&arena, span_of(facts), &json, NULL)));
    if (!is_err(scope_answer_make(law, &json, SPAN(""), (struct civil){2026, 11, 22}, &arena, &answer, &why))) fail_msg("accepted: %s", facts);
    assert_string_equal(why.rule, rule);
    assert_string_equal(why.field, field);
    arena_fini(&arena);
}

static void bad_facts_are_refused_by_name(void **state) {
    (void)state;
    assert_refused("{\"state\":\"BE\",\"staf\":3}", "fact.unknown", "/staf");
    assert_refused("{\"state\":\"BE\",\"size\":\"micro\"}", "fact.unknown", "/size");
    assert_refused("{\"state\":\"BE\",\"types\":\"DI_DNS\"}", "fact.type", "/types");
    assert_refused("{\"state\":\"BE\",\"types\":[\"DI_DNSS\"]}", "fact.value", "/types");
    assert_refused("{\"state\":\"BE\",\"cer_critical\":\"maybe\"}", "fact.value", "/cer_critical");
    assert_refused("{\"state\":\"BE\",\"cer_critical\":1}", "fact.type", "/cer_critical");
    assert_refused("{\"state\":\"BE\",\"staff\":-1}", "fact.decimal", "/staff");
    assert_refused("{\"state\":\"BE\",\"staff\":\"1.005\"}", "fact.decimal", "/staff");
    assert_refused("{\"state\":\"BE\",\"staff\":1.005}", "fact.decimal", "/staff");
    assert_refused("{\"state\":\"BE\",\"staff\":\"1e3\"}", "fact.decimal", "/staff");
    assert_refused("{\"state\":\"BE\",\"turnover\":99999999999999}", "fact.decimal", "/turnover");
    assert_refused("{\"state\":\"BE\",\"turnover\":null,\"balance\":true}", "fact.decimal", "/balance");
    assert_refused("{\"state\":\"GR\"}", "scope.state", "/state");
    assert_refused("{\"state\":\"US\"}", "scope.state", "/state");
    assert_refused("{}", "scope.state", "/state");
    assert_refused("{\"state\":\"BE\",\"at\":\"2026-02-30\"}", "scope.date", "/at");
    assert_refused("{\"state\":\"BE\",\"established_in\":[\"GR\"]}", "fact.country", "/established_in");
    assert_refused("{\"state\":\"BE\",\"relations\":[{\"direction\":\"up\"}]}", "fact.needed", "/relations/0");
    assert_refused("{\"state\":\"BE\",\"relations\":[{\"direction\":\"up\",\"capital\":101}]}", "fact.decimal", "/relations/0/capital");
    assert_refused("{\"state\":\"BE\",\"relations\":[{\"direction\":\"up\",\"capital\":30,\"investor\":\"business_angel\"}]}", "fact.needed",
                   "/relations/0/investment");
    assert_refused("{\"state\":\"BE\",\"staff\":1,\"accounts\":[{\"year\":2024}]}", "fact.accounts", "/accounts");
    assert_refused("{\"state\":\"BE\",\"accounts\":[{\"year\":2024},{\"year\":2026}]}", "fact.accounts", "/accounts/1");
    assert_refused("{\"state\":\"BE\",\"switches\":{\"size\":\"large\"}}", "fact.unknown", "/size");
    assert_refused("[]", "fact.type", "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scope_cases),
        cmocka_unit_test(jurisdiction_cases),
        cmocka_unit_test(canary),
        cmocka_unit_test(bad_facts_are_refused_by_name),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
