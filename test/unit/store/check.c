// SPDX-License-Identifier: EUPL-1.2
/* Looking at a database: sound, damaged, of another program, behind the schema. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "store/check.h"
#include "store/store.h"

static char directory[64], file[96];

static int set_up(void **state) {
    (void)state;
    (void)snprintf(directory, sizeof directory, "/tmp/varde-check-XXXXXX");
    if (mkdtemp(directory) == NULL) return -1;
    (void)snprintf(file, sizeof file, "%s/node.db", directory);
    struct store *store = NULL;
    if (is_err(store_open(file, true, &store, NULL))) return -1;
    store_close(store);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    static const char *const ENDINGS[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < 3; i++) {
        char path[128];
        (void)snprintf(path, sizeof path, "%s%s", file, ENDINGS[i]);
        (void)unlink(path);
    }
    return rmdir(directory);
}

static void change(const char *sql) {
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void a_sound_database(void **state) {
    (void)state;
    struct store_health health = {.missing_migrations = 77};
    struct why why = {0};
    assert_false(is_err(store_check(file, &health, &why)));
    assert_true(health.is_sound);
    assert_int_equal(health.missing_migrations, 0);
    assert_true(health.size_bytes > 4096 && health.free_bytes < health.size_bytes);
}

static void an_older_schema_is_counted_and_left(void **state) {
    (void)state;
    change("DELETE FROM migration WHERE number = (SELECT max(number) FROM migration)");
    struct store_health health;
    for (int i = 0; i < 2; i++) {
        assert_false(is_err(store_check(file, &health, NULL)));
        assert_int_equal(health.missing_migrations, 1);
    }
}

static void another_program_is_refused(void **state) {
    (void)state;
    struct store_health health;
    struct why why = {0};
    change("PRAGMA application_id = 1");
    assert_int_equal(store_check(file, &health, &why).code, ERR_UNSUPPORTED);
    assert_string_equal(why.rule, "store.foreign");
    assert_int_equal(store_check("/nowhere/node.db", &health, NULL).code, ERR_NOT_FOUND);
}

// An index whose entries differ from its table: SQLite reads on happily; only the check tells.
static void damage_is_found(void **state) {
    (void)state;
    change("CREATE TABLE t (a INTEGER, b INTEGER); CREATE INDEX i ON t (a); INSERT INTO t VALUES (1, 5), (2, 6);"
           "PRAGMA writable_schema = 1; UPDATE sqlite_schema SET sql = 'CREATE INDEX i ON t (b)' WHERE name = 'i';"
           "PRAGMA writable_schema = 0;");
    struct store_health health;
    struct why why = {0};
    struct err e = store_check(file, &health, &why);
    assert_true(is_err(e) || !health.is_sound);
    if (!is_err(e)) assert_true(health.first_fault[0] != '\0');
}

static void overwritten_pages_are_found(void **state) {
    (void)state;
    FILE *damaged = fopen(file, "r+b");
    assert_non_null(damaged);
    assert_int_equal(fseek(damaged, 4096 * 2 + 3, SEEK_SET), 0);
    for (int i = 0; i < 600; i++) assert_int_not_equal(fputc(0x5a, damaged), EOF);
    assert_int_equal(fclose(damaged), 0);
    struct store_health health;
    struct err e = store_check(file, &health, NULL);
    assert_true(is_err(e) || !health.is_sound);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_sound_database, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_older_schema_is_counted_and_left, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_program_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(damage_is_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(overwritten_pages_are_found, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
