// SPDX-License-Identifier: EUPL-1.2
/* The arithmetic of size: ceilings to the hundredth, ties, the rule of two years, open figures, sums that cannot wrap. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/embed.h"
#include "law/decimal.h"
#include "law/size.h"

enum { MICRO = 1, SMALL = 2, MEDIUM = 4, LARGE = 8 };
static struct arena arena;
static struct size_rules rules;

static int load(void **state) {
    (void)state;
    arena_init(&arena, (size_t)64 * 1024 * 1024);
    for (size_t i = 0; i < embedded_law_count; i++) {
        if (strcmp(embedded_law[i].path, "eu/nis2/size.yaml") != 0) continue;
        struct yaml *root = ARENA_NEW(&arena, struct yaml);
        struct span text = span_make(embedded_law[i].bytes, embedded_law[i].size_bytes);
        if (is_err(yaml_load(&arena, embedded_law[i].path, text, root, NULL))) return -1;
        return is_err(size_rules_load(&arena, root, &rules, NULL)) ? -1 : 0;
    }
    return -1;
}
static int unload(void **state) {
    (void)state;
    arena_fini(&arena);
    return 0;
}

static struct size_facts facts_of(const char *text) {
    struct json json;
    struct size_facts facts;
    struct why why = {0};
    assert_false(is_err(json_parse(&arena, span_of(text), &json, NULL)));
    if (is_err(size_read(&rules, &json, &arena, &facts, &why))) fail_msg("%s: %s", why.field, why.words);
    return facts;
}

static unsigned sizes(const char *text) {
    struct size_facts facts = facts_of(text);
    return size_possible(&rules, &facts, false);
}

static void ceilings_are_exact(void **state) {
    (void)state;
    assert_int_equal(sizes("{\"staff\":\"9.99\",\"turnover\":2000000,\"balance\":99999999}"), MICRO);
    assert_int_equal(sizes("{\"staff\":10,\"turnover\":0,\"balance\":0}"), SMALL);
    assert_int_equal(sizes("{\"staff\":9,\"turnover\":\"2000000.01\",\"balance\":\"2000000.01\"}"), SMALL);
    assert_int_equal(sizes("{\"staff\":49.99,\"turnover\":10000000,\"balance\":10000000.01}"), SMALL);
    assert_int_equal(sizes("{\"staff\":50,\"turnover\":0,\"balance\":0}"), MEDIUM);
    assert_int_equal(sizes("{\"staff\":1,\"turnover\":\"10000000.01\",\"balance\":\"10000000.01\"}"), MEDIUM);
    assert_int_equal(sizes("{\"staff\":249.99,\"turnover\":50000000,\"balance\":900000000}"), MEDIUM);
    assert_int_equal(sizes("{\"staff\":1,\"turnover\":\"50000000.01\",\"balance\":43000000}"), MEDIUM);
    assert_int_equal(sizes("{\"staff\":1,\"turnover\":\"50000000.01\",\"balance\":\"43000000.01\"}"), LARGE);
    assert_int_equal(sizes("{\"staff\":250,\"turnover\":0,\"balance\":0}"), LARGE);
}

static void open_figures_leave_a_range(void **state) {
    (void)state;
    assert_int_equal(sizes("{}"), MICRO | SMALL | MEDIUM | LARGE);
    assert_int_equal(sizes("{\"staff\":9}"), MICRO | SMALL | MEDIUM | LARGE);
    assert_int_equal(sizes("{\"staff\":9,\"turnover\":1}"), MICRO); // one money ceiling suffices
    assert_int_equal(sizes("{\"staff\":60}"), MEDIUM | LARGE);
    assert_int_equal(sizes("{\"turnover\":1,\"balance\":1}"), MICRO | SMALL | MEDIUM | LARGE);
    assert_int_equal(sizes("{\"staff\":250}"), LARGE);
    assert_int_equal(sizes("{\"staff\":10,\"turnover\":1,\"relations\":[{\"direction\":\"up\",\"capital\":50,\"staff\":100}]}"), MEDIUM | LARGE);
    assert_int_equal(sizes("{\"staff\":10,\"turnover\":1,\"relations\":[{\"direction\":\"up\",\"capital\":50}]}"), SMALL | MEDIUM | LARGE);
}

static void two_years_for_each_ceiling(void **state) {
    (void)state;
#define YEAR(Y, STAFF) "{\"year\":" #Y ",\"staff\":" #STAFF ",\"turnover\":0,\"balance\":0}"
    assert_int_equal(sizes("{\"accounts\":[" YEAR(2024, 20) "," YEAR(2025, 60) "]}"), SMALL);
    assert_int_equal(sizes("{\"accounts\":[" YEAR(2023, 20) "," YEAR(2024, 60) "," YEAR(2025, 60) "]}"), MEDIUM);
    assert_int_equal(sizes("{\"accounts\":[" YEAR(2023, 20) "," YEAR(2024, 60) "," YEAR(2025, 20) "]}"), SMALL);
    assert_int_equal(sizes("{\"accounts\":[" YEAR(2022, 20) "," YEAR(2023, 60) "," YEAR(2024, 20) "," YEAR(2025, 60) "]}"), SMALL);
    // Above small in both years, above medium only once: medium.
    assert_int_equal(sizes("{\"accounts\":[" YEAR(2023, 20) "," YEAR(2024, 60) "," YEAR(2025, 300) "]}"), MEDIUM);
    assert_int_equal(sizes("{\"accounts\":[" YEAR(2023, 20) "," YEAR(2024, 300) "," YEAR(2025, 300) "]}"), LARGE);
    // The figures of a related enterprise follow the year.
    assert_int_equal(sizes("{\"accounts\":[" YEAR(2024, 20) "," YEAR(2025, 20) "],\"relations\":[{\"direction\":\"up\",\"votes\":60,\"accounts\":["
                           YEAR(2024, 20) "," YEAR(2025, 40) "]}]}"),
                     SMALL);
    assert_int_equal(sizes("{\"accounts\":[" YEAR(2024, 20) "," YEAR(2025, 20) "],\"relations\":[{\"direction\":\"up\",\"votes\":60,\"accounts\":["
                           YEAR(2024, 40) "," YEAR(2025, 40) "]}]}"),
                     MEDIUM);
    // The periods before the one of the figures, for oneself and for who is related.
    assert_int_equal(sizes("{\"earlier\":[" YEAR(2024, 20) "],\"staff\":60,\"turnover\":0,\"balance\":0}"), SMALL);
    assert_int_equal(sizes("{\"earlier\":[" YEAR(2023, 20) "," YEAR(2024, 60) "],\"staff\":60,\"turnover\":0,\"balance\":0}"), MEDIUM);
    assert_int_equal(sizes("{\"earlier\":[],\"staff\":60,\"turnover\":0,\"balance\":0}"), MEDIUM);
#define RELATED "\"staff\":20,\"turnover\":0,\"balance\":0,\"relations\":[{\"direction\":\"up\",\"votes\":60,\"staff\":40,\"turnover\":0,\"balance\":0,\"earlier\":["
    assert_int_equal(sizes("{\"earlier\":[" YEAR(2024, 20) "]," RELATED YEAR(2024, 20) "]}]}"), SMALL);
    assert_int_equal(sizes("{\"earlier\":[" YEAR(2024, 20) "]," RELATED YEAR(2024, 40) "]}]}"), MEDIUM);
    assert_int_equal(sizes("{" RELATED YEAR(2024, 20) "]}]}"), MEDIUM); // one period: her last
#undef RELATED
#undef YEAR
}

#define WITH(RELATIONS) "{\"staff\":40,\"turnover\":0,\"balance\":0,\"relations\":[" RELATIONS "]}"
#define FIGURES(STAFF) "\"staff\":" #STAFF ",\"turnover\":0,\"balance\":0"

static void ties_and_shares(void **state) {
    (void)state;
    assert_int_equal(sizes(WITH("{\"direction\":\"up\",\"capital\":24.99," FIGURES(1000) "}")), SMALL);
    assert_int_equal(sizes(WITH("{\"direction\":\"up\",\"capital\":25," FIGURES(39.96) "}")), SMALL); // 40 + 9.99
    assert_int_equal(sizes(WITH("{\"direction\":\"up\",\"capital\":25," FIGURES(40) "}")), MEDIUM);
    assert_int_equal(sizes(WITH("{\"direction\":\"up\",\"capital\":10,\"votes\":25," FIGURES(40) "}")), MEDIUM); // the higher share
    assert_int_equal(sizes(WITH("{\"direction\":\"down\",\"capital\":33.33," FIGURES(30) "}")), SMALL);        // 40 + 9.999: no rounding up
    assert_int_equal(sizes(WITH("{\"direction\":\"down\",\"capital\":33.34," FIGURES(30) "}")), MEDIUM);       // 40 + 10.002
    assert_int_equal(sizes(WITH("{\"direction\":\"down\",\"capital\":50," FIGURES(19.98) "}")), SMALL);
    assert_int_equal(sizes(WITH("{\"direction\":\"down\",\"capital\":50.01," FIGURES(10) "}")), MEDIUM); // votes follow capital: linked
    assert_int_equal(sizes(WITH("{\"direction\":\"down\",\"capital\":60,\"votes\":40," FIGURES(16) "}")), SMALL); // 60 % without votes: a partner
    assert_int_equal(sizes(WITH("{\"direction\":\"up\",\"control\":\"appoints_management\"," FIGURES(10) "}")), MEDIUM);
    assert_int_equal(sizes(WITH("{\"direction\":\"up\",\"control\":\"natural_person\"," FIGURES(10) "}")), SMALL);
    assert_int_equal(sizes(WITH("{\"direction\":\"up\",\"capital\":30,\"investor\":\"business_angel\",\"investment\":\"1249999.99\"," FIGURES(300) "}")), SMALL);
    assert_int_equal(sizes(WITH("{\"direction\":\"up\",\"capital\":30,\"investor\":\"business_angel\",\"investment\":1250000," FIGURES(300) "}")), MEDIUM);
    // The exception is for holders, not for what one holds.
    assert_int_equal(sizes(WITH("{\"direction\":\"down\",\"capital\":30,\"investor\":\"venture_capital\"," FIGURES(300) "}")), MEDIUM);
}

static void linked_enterprises_chain(void **state) {
    (void)state;
    assert_int_equal(sizes(WITH("{\"direction\":\"up\",\"votes\":51," FIGURES(1) ",\"relations\":[{\"direction\":\"up\",\"votes\":51," FIGURES(
                         1) ",\"relations\":[{\"direction\":\"down\",\"votes\":51," FIGURES(8) "}]}]}")),
                     MEDIUM);
    assert_int_equal(sizes(WITH("{\"direction\":\"up\",\"votes\":51," FIGURES(1) ",\"relations\":[{\"direction\":\"up\",\"votes\":51," FIGURES(
                         1) ",\"relations\":[{\"direction\":\"down\",\"votes\":51," FIGURES(7) "}]}]}")),
                     SMALL);
}

static void sums_cannot_wrap(void **state) {
    (void)state;
    struct buf text;
    buf_init(&text, &arena, 65536);
    buf_add_text(&text, "{\"staff\":1,\"turnover\":1,\"balance\":1,\"relations\":[");
    for (size_t i = 0; i < 200; i++)
        buf_printf(&text, "%s{\"direction\":\"up\",\"votes\":60,\"staff\":100000000,\"turnover\":1000000000000,\"balance\":1000000000000}", i > 0 ? "," : "");
    buf_add_text(&text, "]}");
    buf_add_byte(&text, 0);
    assert_int_equal(sizes((const char *)text.at), LARGE);
}

static void limits_hold(void **state) {
    (void)state;
    struct json json;
    struct size_facts facts;
    struct why why = {0};
    struct buf text;
    buf_init(&text, &arena, 65536);
    buf_add_text(&text, "{\"relations\":[");
    for (size_t i = 0; i < 300; i++) buf_printf(&text, "%s{\"direction\":\"up\",\"votes\":60}", i > 0 ? "," : "");
    buf_add_text(&text, "]}");
    assert_false(is_err(json_parse(&arena, buf_span(&text), &json, NULL)));
    assert_int_equal(size_read(&rules, &json, &arena, &facts, &why).code, ERR_LIMIT);
    buf_clear(&text);
    why = (struct why){0};
    for (size_t i = 0; i < 10; i++) buf_add_text(&text, i == 0 ? "{\"relations\":[" : "{\"direction\":\"up\",\"votes\":60,\"relations\":[");
    for (size_t i = 0; i < 10; i++) buf_add_text(&text, "]}");
    assert_false(is_err(json_parse(&arena, buf_span(&text), &json, NULL)));
    assert_int_equal(size_read(&rules, &json, &arena, &facts, &why).code, ERR_LIMIT);
}

static void figures_are_read_strictly(void **state) {
    (void)state;
    static const char *const BAD[] = {"", "-1", "+1", "1.", ".5", "1.234", "1e3", "1,5", " 1", "1 ", "0x1", "100000000.01", "99999999999999999999"};
    int64_t value = -7;
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) assert_false(decimal_parse(span_of(BAD[i]), INT64_C(10000000000), &value));
    assert_int_equal(value, -7);
    assert_true(decimal_parse(SPAN("100000000"), INT64_C(10000000000), &value));
    assert_int_equal(value, INT64_C(10000000000));
    assert_true(decimal_parse(SPAN("0012.5"), INT64_C(10000000000), &value));
    assert_int_equal(value, 1250);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ceilings_are_exact),    cmocka_unit_test(open_figures_leave_a_range),
        cmocka_unit_test(two_years_for_each_ceiling), cmocka_unit_test(ties_and_shares),
        cmocka_unit_test(linked_enterprises_chain), cmocka_unit_test(sums_cannot_wrap),
        cmocka_unit_test(limits_hold),           cmocka_unit_test(figures_are_read_strictly),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
