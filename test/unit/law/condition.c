// SPDX-License-Identifier: EUPL-1.2
/* `within`: each of the values is among others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "law/condition.h"

static struct arena arena;

static struct json facts_of(const char *text) {
    struct json out = {0};
    struct why why = {0};
    if (is_err(json_parse(&arena, span_of(text), &out, &why))) fail_msg("%s: %s", text, why.words);
    return out;
}

static bool loads(const char *text, const struct condition **ret) {
    struct yaml *root = ARENA_NEW(&arena, struct yaml);
    struct why why = {0};
    assert_non_null(root);
    if (is_err(yaml_load(&arena, "condition", span_of(text), root, &why))) fail_msg("%s", why.words);
    return !is_err(condition_load(&arena, root, NULL, ret, &why));
}

static void each_is_among_the_others(void **state) {
    (void)state;
    static const struct { const char *condition, *facts; bool holds; } CASES[] = {
        {"case: asked\nwithin: {case: agreed}\n", "{\"asked\":[\"BE\",\"LU\"],\"agreed\":[\"LU\",\"FR\",\"BE\"]}", true},
        {"case: asked\nwithin: {case: agreed}\n", "{\"asked\":[\"BE\",\"LU\"],\"agreed\":[\"LU\",\"FR\"]}", false},
        {"case: asked\nwithin: {case: agreed}\n", "{\"asked\":[\"BE\",\"BE\"],\"agreed\":[\"BE\"]}", true},
        {"case: asked\nwithin: {case: agreed}\n", "{\"asked\":[],\"agreed\":[\"BE\"]}", false},
        {"case: asked\nwithin: {case: agreed}\n", "{\"asked\":[\"BE\"],\"agreed\":[]}", false},
        {"case: asked\nwithin: {case: agreed}\n", "{\"asked\":[\"BE\"]}", false},
        {"case: asked\nwithin: {case: agreed}\n", "{\"agreed\":[\"BE\"]}", false},
        {"case: asked\nwithin: {case: agreed}\n", "{\"asked\":\"BE\",\"agreed\":[\"BE\"]}", true},
        {"case: asked\nwithin: {case: agreed}\n", "{\"asked\":[\"BE\"],\"agreed\":\"BE\"}", true},
        {"case: asked\nwithin: {case: agreed}\n", "{\"asked\":[1],\"agreed\":[\"1\"]}", false},
        {"case: asked\nwithin: [BE, LU]\n", "{\"asked\":[\"LU\"]}", true},
        {"case: asked\nwithin: [BE, LU]\n", "{\"asked\":[\"LU\",\"FR\"]}", false},
        {"case: asked\nhas: [BE, LU]\n", "{\"asked\":[\"LU\",\"FR\"]}", true}, // which asks for one of them
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        const struct condition *condition;
        struct json values = facts_of(CASES[i].facts);
        struct facts facts = {.case_facts = &values};
        assert_true(loads(CASES[i].condition, &condition));
        if (condition_holds(condition, &facts) != CASES[i].holds) fail_msg("case %zu: %s of %s", i, CASES[i].condition, CASES[i].facts);
    }
}

static void what_is_no_list_is_refused(void **state) {
    (void)state;
    const struct condition *condition;
    assert_false(loads("case: asked\nwithin: {case: agreed, field: x}\n", &condition));
    assert_false(loads("case: asked\nwithin: {list: none}\n", &condition));
    assert_false(loads("case: asked\nwithin: [BE]\nhas: [LU]\n", &condition));
    assert_false(loads("flag: x\nwithin: [BE]\n", &condition));
}

static int setup(void **state) {
    (void)state;
    arena_init(&arena, (size_t)4 * 1024 * 1024);
    return 0;
}
static int teardown(void **state) {
    (void)state;
    arena_fini(&arena);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_is_among_the_others), cmocka_unit_test(what_is_no_list_is_refused)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
