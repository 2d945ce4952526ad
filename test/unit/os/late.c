// SPDX-License-Identifier: EUPL-1.2
/* Libraries that are opened where they are used. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "os/late.h"

struct table { double (*first)(double); double (*second)(double); };

static void a_table_is_whole_or_untouched(void **state) {
    (void)state;
    static const char *const GOOD[] = {"floor", "ceil"}, *const BAD[] = {"floor", "no_such_function"};
    struct table table = {0};
    struct why why = {0};
    assert_int_equal(late_open("libno-such-library.so.0", GOOD, 2, &table, sizeof table, &why).code, ERR_IO);
    assert_non_null(strstr(why.words, "libno-such-library"));
    why = (struct why){0};
    assert_int_equal(late_open("libm.so.6", BAD, 2, &table, sizeof table, &why).code, ERR_IO);
    assert_non_null(strstr(why.words, "no_such_function"));
    assert_true(table.first == NULL && table.second == NULL);
    assert_false(is_err(late_open("libm.so.6", GOOD, 2, &table, sizeof table, &why)));
    assert_true(table.first(1.5) < 1.25 && table.second(1.5) > 1.75);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_table_is_whole_or_untouched)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
