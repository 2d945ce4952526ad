// SPDX-License-Identifier: EUPL-1.2
/* Who holds the chair on a day, and who held it before; at the bounds of the table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "law/office_term.h"
#include "law/pack.h"
#include "law_under_test.h"

static void the_presidency(void **state) {
    (void)state;
    static const struct { const char *day, *holder, *before; } ROWS[] = {
        {"2023-12-31", "", ""},   {"2024-01-01", "BE", ""},   {"2026-06-30", "CY", "DK"}, {"2026-07-01", "IE", "CY"},
        {"2026-12-31", "IE", "CY"}, {"2027-01-01", "LT", "IE"}, {"2030-12-31", "MT", "SK"}, {"2031-01-01", "", "MT"},
    };
    struct arena arena;
    struct law *law = NULL;
    const struct office_term *terms;
    arena_init(&arena, (size_t)256 * 1024 * 1024);
    assert_false(is_err(law_under_test(&arena, &law, NULL)));
    assert_int_equal(office_terms(law, &terms), 1);
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        struct civil day;
        struct span before;
        assert_true(civil_parse(span_of(ROWS[i].day), &day));
        struct span holder = office_term_holder(&terms[0], day, &before);
        assert_true(span_equals(holder, span_of(ROWS[i].holder)));
        assert_true(span_equals(before, span_of(ROWS[i].before)));
    }
    arena_fini(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_presidency)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
