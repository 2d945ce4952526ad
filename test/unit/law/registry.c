// SPDX-License-Identifier: EUPL-1.2
/* Numbers of entities: J16 in both readings, distinct at each level, by provision; and what an extract holds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "law/pack.h"
#include "law/registry.h"

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

static struct json of(const char *text) {
    struct json out;
    assert_false(is_err(json_parse(&arena, span_of(text), &out, &why)));
    return out;
}

static int64_t number(const struct registry_numbers *n, const char *provision, const char *class, const char *sector, const char *subsector, const char *type) {
    for (size_t i = 0; i < n->count; i++) {
        const struct registry_cell *c = &n->cells[i];
        if (span_is(c->provision, provision) && span_is(c->class, class) && span_is(c->sector, sector) && span_is(c->subsector, subsector) && span_is(c->type, type))
            return c->count;
    }
    return 0;
}

static void count(struct registry_numbers *n, bool is_each_sector) {
    static const struct { const char *status, *class, *types, *profile; } ENTITIES[] = {
        {"registered", "essential", "[\"EN_EL_DSO\",\"DW_SUPPLY\"]", "{}"},            // two sectors
        {"registered", "essential", "[\"EN_EL_DSO\",\"EN_EL_SUPPLY\"]", "{}"},         // two types of one sub-sector
        {"registered", "important", "[\"DW_SUPPLY\"]", "{\"identified_2_2_b\":\"important\",\"identified_2_2_c\":\"none\"}"},
        {"registered", "domain_name_registration", "[\"DNRS\"]", "{}"},
        {"pending", "essential", "[\"EN_EL_DSO\"]", "{}"},
        {"closed", "essential", "[\"EN_EL_DSO\"]", "{}"},
    };
    assert_false(is_err(registry_numbers_begin(law, SPAN("LU"), AT, &arena, n, &why)));
    assert_true(n->is_each_sector); // what the packs say where a state says nothing
    n->is_each_sector = is_each_sector;
    for (size_t i = 0; i < sizeof ENTITIES / sizeof ENTITIES[0]; i++) {
        struct json types = of(ENTITIES[i].types), profile = of(ENTITIES[i].profile);
        assert_false(is_err(registry_numbers_add(n, span_of(ENTITIES[i].status), span_of(ENTITIES[i].class), &types, &profile, &why)));
    }
    registry_numbers_end(n);
}

// J16: an entity of two sectors counts in each of them; the total is distinct.
static void each_sector(void **state) {
    (void)state;
    struct registry_numbers n;
    count(&n, true);
    assert_int_equal(number(&n, "", "", "", "", ""), 3);
    assert_int_equal(number(&n, "", "essential", "", "", ""), 2);
    assert_int_equal(number(&n, "", "essential", "energy", "", ""), 2);
    assert_int_equal(number(&n, "", "essential", "energy", "electricity", ""), 2);
    assert_int_equal(number(&n, "", "essential", "energy", "electricity", "EN_EL_DSO"), 2);
    assert_int_equal(number(&n, "", "essential", "energy", "electricity", "EN_EL_SUPPLY"), 1);
    assert_int_equal(number(&n, "", "essential", "drinking_water", "", ""), 1);
    assert_int_equal(number(&n, "", "important", "drinking_water", "", ""), 1);
    assert_int_equal(number(&n, "", "", "drinking_water", "", ""), 2);
    assert_int_equal(number(&n, "2(2)(b)", "important", "drinking_water", "", "DW_SUPPLY"), 1);
    assert_int_equal(number(&n, "2(2)(c)", "important", "", "", ""), 0);
    assert_int_equal(number(&n, "", "domain_name_registration", "", "", ""), 0); // neither class: not among the numbers
}

// J16, the other reading: in its first sector alone.
static void first_sector(void **state) {
    (void)state;
    struct registry_numbers n;
    count(&n, false);
    assert_int_equal(number(&n, "", "", "", "", ""), 3);
    assert_int_equal(number(&n, "", "essential", "energy", "", ""), 2);
    assert_int_equal(number(&n, "", "essential", "drinking_water", "", ""), 0);
    assert_int_equal(number(&n, "", "", "drinking_water", "", ""), 1);
    assert_int_equal(number(&n, "", "essential", "energy", "electricity", "EN_EL_SUPPLY"), 1); // its types of that sector still
}

static void extract(void **state) {
    (void)state;
    const struct registry_extract *enisa = registry_extract(law, SPAN("enisa"));
    struct json cloud = of("[\"EN_EL_DSO\",\"DI_CLOUD\"]"), power = of("[\"EN_EL_DSO\"]"), none = of("null"), entry;
    struct json profile = of("{\"name\":\"C\",\"ip_ranges\":[\"192.0.2.0/24\"],\"identified_2_2_b\":\"important\",\"services_in\":[\"LU\"]}");
    assert_non_null(enisa);
    assert_null(registry_extract(law, SPAN("nobody")));
    assert_true(registry_extract_has(enisa, SPAN("registered"), &cloud));
    assert_false(registry_extract_has(enisa, SPAN("pending"), &cloud) || registry_extract_has(enisa, SPAN("registered"), &power));
    assert_false(registry_extract_has(enisa, SPAN("registered"), &none));
    assert_false(is_err(registry_extract_of(enisa, &profile, &arena, &entry)));
    assert_true(span_is(json_get_string(&entry, "name"), "C") && json_get(&entry, "ip_ranges") == NULL && json_get(&entry, "identified_2_2_b") == NULL);
    assert_true(registry_is_hidden(law, SPAN("LU"), AT, SPAN("ip_ranges"), SPAN("enisa")));
    assert_true(registry_is_hidden(law, SPAN("LU"), AT, SPAN("identified_2_2_e"), SPAN("enisa")));
    assert_false(registry_is_hidden(law, SPAN("LU"), AT, SPAN("services_in"), SPAN("enisa")));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_sector), cmocka_unit_test(first_sector), cmocka_unit_test(extract)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
