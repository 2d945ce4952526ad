// SPDX-License-Identifier: EUPL-1.2
#include "os/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/random.h"

static void files(void **state) {
    (void)state;
    char dir[] = "/tmp/varde-test-XXXXXX";
    assert_non_null(mkdtemp(dir));
    struct arena arena;
    arena_init(&arena, 1000000);
    const char *inner = path_join(&arena, dir, "inner"), *file = path_join(&arena, inner, "file");
    assert_false(is_err(dir_make(inner, 0700, NULL)));
    assert_int_equal(dir_make(inner, 0700, NULL).code, ERR_CONFLICT);
    assert_true(dir_is_empty(inner));
    struct span got;
    struct why why = {0};
    assert_int_equal(file_read(&arena, file, 100, &got, &why).code, ERR_NOT_FOUND);
    assert_non_null(strstr(why.words, "/inner/file"));
    assert_false(is_err(file_create(file, SPAN("first"), 0640, NULL)));
    assert_int_equal(file_create(file, SPAN("other"), 0640, NULL).code, ERR_CONFLICT);
    assert_false(is_err(file_read(&arena, file, 5, &got, NULL)));
    assert_true(span_is(got, "first"));
    assert_int_equal(file_read(&arena, file, 4, &got, NULL).code, ERR_LIMIT);
    assert_int_equal(file_read(&arena, inner, 4, &got, NULL).code, ERR_INPUT);
    assert_false(is_err(file_write(file, SPAN("second"), 0600, NULL)));
    assert_false(is_err(file_read(&arena, file, 100, &got, NULL)));
    assert_true(span_is(got, "second"));
    struct stat about;
    assert_int_equal(stat(file, &about), 0);
    assert_int_equal(about.st_mode & 07777, 0600);
    assert_false(is_err(file_remove(file, NULL)));
    assert_true(dir_is_empty(inner)); // no temporary file is left
    assert_int_equal(rmdir(inner), 0);
    assert_int_equal(rmdir(dir), 0);
    arena_fini(&arena);
}

static void identifiers(void **state) {
    (void)state;
    char id[RANDOM_ID_BYTES], other[RANDOM_ID_BYTES];
    random_id('C', id);
    random_id('C', other);
    assert_int_equal(strlen(id), 17);
    assert_int_equal(id[0], 'C');
    assert_int_equal(strspn(id + 1, "0123456789abcdefghjkmnpqrstvwxyz"), 16);
    assert_string_not_equal(id, other);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(files), cmocka_unit_test(identifiers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
