// SPDX-License-Identifier: EUPL-1.2
/* The file of an extract as another node gives it: what is wrong is named by its place, and what may be alike in two entries. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <string.h>

#include "law/extract_file.h"
#include "law/pack.h"
#include "law/procedure.h"

static struct arena arena;
static struct law *law;
static struct why why;
static const struct civil AT = {2026, 11, 22};

static int setup(void **state) {
    (void)state;
    arena_init(&arena, (size_t)256 * 1024 * 1024);
    return is_err(law_load(&arena, embedded_law, embedded_law_count, &law, &why));
}
static int teardown(void **state) {
    (void)state;
    arena_fini(&arena);
    return 0;
}

#define HEAD "\"extract\":\"enisa\",\"to\":\"enisa\",\"state\":\"BE\",\"at\":\"2026-11-22T10:00:00Z\",\"version\":\"v\",\"total\":1,\"has_more\":false,\"removed\":[]"
#define ENTRY "{\"entity\":\"E0123456789abcdef\",\"is_new\":true,\"entry\":{\"name\":\"A\",\"types\":[\"DI_CLOUD\"]}}"

static void files(void **state) {
    (void)state;
    static const struct { const char *text, *rule, *place; } CASES[] = { // without rule: it is taken
        {"{" HEAD ",\"changed\":[" ENTRY "]}", NULL, NULL},
        {"{" HEAD ",\"changed\":[{\"entity\":\"E0123456789abcdef\",\"is_new\":false,\"entry\":{\"name\":\"A\",\"types\":[\"EN_EL_DSO\",\"DNRS\"],\"representative\":null,\"services_in\":[\"BE\",\"LU\"]}}]}", NULL, NULL},
        {"[]", "registry.file", ""},
        {"{" HEAD "}", "registry.head", "/changed"},
        {"{" HEAD ",\"changed\":[],\"colour\":1}", "registry.member", ""},
        {"{" HEAD ",\"changed\":[],\"is_whole\":true,\"extra\":{}}", "registry.member", ""},
        {"{" HEAD ",\"changed\":[1]}", "registry.entity", "/changed/0"},
        {"{" HEAD ",\"changed\":[{\"entity\":\"E0123456789ABCDEF\",\"is_new\":true,\"entry\":{}}]}", "registry.entity", "/changed/0"},
        {"{" HEAD ",\"changed\":[{\"entity\":\"E0123456789abcdef\",\"entry\":{\"name\":\"A\",\"types\":[\"DNRS\"]}}]}", "registry.line", "/changed/0"},
        {"{" HEAD ",\"changed\":[{\"entity\":\"E0123456789abcdef\",\"is_new\":true,\"entry\":7}]}", "registry.entry", "/changed/0/entry"},
        {"{" HEAD ",\"changed\":[{\"entity\":\"E0123456789abcdef\",\"is_new\":true,\"entry\":{\"name\":\"\",\"types\":[\"DNRS\"]}}]}", "registry.name", "/changed/0/entry/name"},
        {"{" HEAD ",\"changed\":[{\"entity\":\"E0123456789abcdef\",\"is_new\":true,\"entry\":{\"name\":\"A\"}}]}", "registry.types", "/changed/0/entry/types"},
        {"{" HEAD ",\"changed\":[{\"entity\":\"E0123456789abcdef\",\"is_new\":true,\"entry\":{\"name\":\"A\",\"types\":[\"EN_EL_DSO\"]}}]}", "registry.types", "/changed/0/entry/types"},
        {"{" HEAD ",\"changed\":[{\"entity\":\"E0123456789abcdef\",\"is_new\":true,\"entry\":{\"name\":\"A\",\"types\":[\"DNRS\"],\"ip_ranges\":[\"10.0.0.0/8\"]}}]}", "registry.attribute", "/changed/0/entry"},
        {"{" HEAD ",\"changed\":[{\"entity\":\"E0123456789abcdef\",\"is_new\":true,\"entry\":{\"name\":\"A\",\"types\":[\"DNRS\"],\"main_establishment\":\"Belgium\"}}]}", "field.type", "/changed/0/entry/main_establishment"},
        {"{" HEAD ",\"changed\":[" ENTRY "," ENTRY "]}", "registry.twice", "/changed"},
        {"{\"extract\":\"enisa\",\"to\":\"enisa\",\"state\":\"BE\",\"at\":\"yesterday\",\"version\":\"v\",\"total\":1,\"changed\":[],\"removed\":[]}", "registry.head", "/at"},
        {"{\"extract\":\"enisa\",\"to\":\"enisa\",\"state\":\"LU\",\"at\":\"2026-11-22T10:00:00Z\",\"version\":\"v\",\"total\":1,\"changed\":[],\"removed\":[]}", "registry.state", "/state"},
        {"{\"extract\":\"other\",\"to\":\"enisa\",\"state\":\"BE\",\"at\":\"2026-11-22T10:00:00Z\",\"version\":\"v\",\"total\":1,\"changed\":[],\"removed\":[]}", "registry.extract", "/extract"},
        {"{\"extract\":\"enisa\",\"to\":\"dpa\",\"state\":\"BE\",\"at\":\"2026-11-22T10:00:00Z\",\"version\":\"v\",\"total\":1,\"changed\":[],\"removed\":[]}", "registry.to", "/to"},
        {"{\"extract\":\"enisa\",\"to\":\"enisa\",\"state\":\"BE\",\"at\":\"2026-11-22T10:00:00Z\",\"version\":\"v\",\"total\":-1,\"changed\":[],\"removed\":[]}", "registry.head", "/total"},
        {"{\"extract\":\"enisa\",\"to\":\"enisa\",\"state\":\"BE\",\"at\":\"2026-11-22T10:00:00Z\",\"version\":\"v\",\"total\":1,\"has_more\":true,\"is_whole\":true,\"changed\":[],\"removed\":[]}", "registry.whole", "/has_more"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct fault_list faults = {.arena = &arena};
        struct extract_file file;
        why = (struct why){0};
        struct err e = extract_file_read(law, registry_extract(law, SPAN("enisa")), SPAN("BE"), AT, span_of(CASES[i].text), &arena, &faults, &file, &why);
        bool is_found = CASES[i].rule == NULL ? !is_err(e) && faults.count == 0 && file.change_count == 1 : is_err(e) && strcmp(why.rule, CASES[i].rule) == 0;
        for (size_t k = 0; CASES[i].rule != NULL && k < faults.count; k++)
            is_found = is_found || (span_is(faults.items[k].rule, CASES[i].rule) && span_is(faults.items[k].field, CASES[i].place));
        if (!is_found) fail_msg("case %zu: %zu faults, the first %.*s %.*s; %s", i, faults.count, SPAN_FMT(faults.count > 0 ? faults.items[0].rule : SPAN("")),
                                SPAN_FMT(faults.count > 0 ? faults.items[0].field : SPAN("")), why.words);
    }
}

static void alike(void **state) {
    (void)state;
    struct json entry;
    struct span keys[8];
    static const char *const EXPECTED[] = {"name:a cloud", "contacts.email:noc@cloud.example", "representative.email:law@firm.example"};
    assert_false(is_err(json_parse(&arena, SPAN("{\"name\":\" A  CLOUD\",\"contacts\":[{\"email\":\"NOC@cloud.example\",\"phone\":\"+3225550100\"},{\"email\":\"noc@cloud.example\"},{\"email\":\"x\"}],"
                                                "\"representative\":{\"name\":\"Law\",\"email\":\"law@firm.example\"}}"), &entry, &why)));
    size_t count = extract_keys(registry_extract(law, SPAN("enisa")), &entry, &arena, keys, 8);
    assert_int_equal(count, 3);
    for (size_t i = 0; i < count; i++) assert_string_equal(arena_text(&arena, keys[i]), EXPECTED[i]);
    assert_int_equal(extract_keys(registry_extract(law, SPAN("enisa")), &entry, &arena, keys, 2), 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(files), cmocka_unit_test(alike)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
