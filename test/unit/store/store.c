// SPDX-License-Identifier: EUPL-1.2
/* The store's interface: reads, writes, transactions, savepoints, conflicts, readers beside the writer, migrations. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "store/sqlite.h"

static char directory[64];
static char file[96];

static int set_up(void **state) {
    (void)state;
    (void)snprintf(directory, sizeof directory, "/tmp/varde-store-XXXXXX");
    if (mkdtemp(directory) == NULL) return -1;
    (void)snprintf(file, sizeof file, "%s/node.db", directory);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    static const char *const ENDINGS[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < 4; i++) {
        char path[128];
        (void)snprintf(path, sizeof path, "%s%s", file, ENDINGS[i]);
        (void)unlink(path);
    }
    return rmdir(directory);
}

static void must(struct err e, const struct why *why) {
    if (is_err(e)) fail_msg("%s: %s", err_name(e.code), why->words);
}

static struct store *open_store(void) {
    struct why why = {0};
    struct store *store = NULL;
    must(store_open(file, true, &store, &why), &why);
    return store;
}

static struct store_conn *connect_store(struct store *store, enum store_access access) {
    struct why why = {0};
    struct store_conn *conn = NULL;
    must(store_connect(store, access, &conn, &why), &why);
    return conn;
}

static struct err meta_add(struct store_conn *conn, const char *name, const char *value) {
    struct value params[] = {value_text(span_of(name)), value_text(span_of(value))};
    return store_write(conn, STMT_STORE_META_ADD, params, 2, NULL, NULL);
}

// Whether the name holds the value, NULL for "is not there".
static bool meta_is(struct store_conn *conn, const char *name, const char *value) {
    struct arena arena;
    arena_init(&arena, 1 << 16);
    struct value params[] = {value_text(span_of(name))};
    struct rows rows;
    struct why why = {0};
    must(store_read(conn, STMT_STORE_META_GET, params, 1, &arena, &rows, &why), &why);
    bool is_same = value == NULL ? rows.count == 0
                                 : rows.count == 1 && rows.columns == 1 && span_is(rows_span(&rows, 0, 0), value);
    arena_fini(&arena);
    return is_same;
}

static void test_statements_compile(void **state) {
    (void)state;
    struct store *store = open_store();
    struct store_conn *conn = connect_store(store, STORE_WRITE);
    struct why why = {0};
    must(store_prepare_all(conn, &why), &why);
    assert_string_equal(store_statement_name(STMT_STORE_META_GET), "store_meta_get");
    assert_string_equal(store_statement_name(STMT_STORE_MIGRATIONS), "store_migrations");
    store_disconnect(conn);
    store_close(store);
}

static void test_write_read_and_reopen(void **state) {
    (void)state;
    struct store *store = open_store();
    struct store_conn *writer = connect_store(store, STORE_WRITE);
    must(store_begin(writer, NULL), NULL);
    must(meta_add(writer, "test.a", "eins"), NULL);
    must(meta_add(writer, "test.empty", ""), NULL);
    size_t changed = 99;
    struct value params[] = {value_text(SPAN("test.a")), value_text(SPAN("zwei"))};
    must(store_write(writer, STMT_STORE_META_SET, params, 2, &changed, NULL), NULL);
    assert_int_equal(changed, 1);
    must(store_commit(writer, NULL), NULL);
    assert_true(store_wal_pages(store) > 0);
    store_disconnect(writer);
    store_close(store);

    store = open_store();
    struct store_conn *reader = connect_store(store, STORE_READ);
    assert_true(meta_is(reader, "test.a", "zwei"));
    assert_true(meta_is(reader, "test.empty", ""));
    assert_true(meta_is(reader, "test.b", NULL));
    store_disconnect(reader);
    store_close(store);
}

static void test_rows_and_types(void **state) {
    (void)state;
    struct store *store = open_store();
    struct store_conn *reader = connect_store(store, STORE_READ);
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct rows rows;
    struct why why = {0};
    must(store_read(reader, STMT_STORE_MIGRATIONS, NULL, 0, &arena, &rows, &why), &why);
    assert_true(rows.count >= 1);
    assert_int_equal(rows.columns, 3);
    assert_int_equal(rows_at(&rows, 0, 0)->type, VALUE_INT);
    assert_int_equal(rows_int(&rows, 0, 0), 0);
    assert_int_equal(rows_at(&rows, 0, 1)->type, VALUE_TEXT);
    assert_true(span_is(rows_span(&rows, 0, 1), "000-store"));
    assert_int_equal(rows_at(&rows, 0, 2)->type, VALUE_BLOB);
    assert_int_equal(rows_span(&rows, 0, 2).len, 32);
    arena_fini(&arena);
    arena_init(&arena, 16); // too small for a row: a status, not a crash
    struct err e = store_read(reader, STMT_STORE_MIGRATIONS, NULL, 0, &arena, &rows, &why);
    assert_int_equal(e.code, ERR_MEMORY);
    arena_fini(&arena);
    store_disconnect(reader);
    store_close(store);
}

static void test_bad_text_is_refused(void **state) {
    (void)state;
    struct store *store = open_store();
    struct store_conn *writer = connect_store(store, STORE_WRITE);
    must(store_begin(writer, NULL), NULL);
    struct value with_nul[] = {value_text(SPAN("a\0b")), value_text(SPAN("x"))};
    assert_int_equal(store_write(writer, STMT_STORE_META_ADD, with_nul, 2, NULL, NULL).code, ERR_INPUT);
    struct value no_utf8[] = {value_text(SPAN("a")), value_text(SPAN("\xff"))};
    assert_int_equal(store_write(writer, STMT_STORE_META_ADD, no_utf8, 2, NULL, NULL).code, ERR_INPUT);
    struct value wrong_type[] = {value_text(SPAN("a")), value_blob(SPAN("\xff"))}; // the tables are STRICT
    struct why why = {0};
    assert_int_equal(store_write(writer, STMT_STORE_META_ADD, wrong_type, 2, NULL, &why).code, ERR_CONFLICT);
    assert_string_equal(why.rule, "store.constraint");
    store_rollback(writer);
    assert_true(meta_is(writer, "a", NULL));
    store_disconnect(writer);
    store_close(store);
}

static void test_rollback_and_savepoint(void **state) {
    (void)state;
    struct store *store = open_store();
    struct store_conn *writer = connect_store(store, STORE_WRITE);
    must(store_begin(writer, NULL), NULL);
    must(meta_add(writer, "gone", "1"), NULL);
    store_rollback(writer);
    assert_true(meta_is(writer, "gone", NULL));

    must(store_begin(writer, NULL), NULL);
    must(meta_add(writer, "one", "1"), NULL);
    must(store_savepoint(writer, NULL), NULL);
    must(meta_add(writer, "two", "2"), NULL);
    assert_int_equal(meta_add(writer, "one", "again").code, ERR_CONFLICT);
    store_rollback_savepoint(writer);
    must(store_savepoint(writer, NULL), NULL);
    must(meta_add(writer, "three", "3"), NULL);
    must(store_savepoint(writer, NULL), NULL); // nested
    must(meta_add(writer, "four", "4"), NULL);
    store_rollback_savepoint(writer);
    must(store_release(writer, NULL), NULL);
    must(store_commit(writer, NULL), NULL);
    assert_true(meta_is(writer, "one", "1"));
    assert_true(meta_is(writer, "two", NULL));
    assert_true(meta_is(writer, "three", "3"));
    assert_true(meta_is(writer, "four", NULL));
    store_disconnect(writer);
    store_close(store);
}

static void test_conflict_names_the_rule(void **state) {
    (void)state;
    struct store *store = open_store();
    struct store_conn *writer = connect_store(store, STORE_WRITE);
    must(store_begin(writer, NULL), NULL);
    must(meta_add(writer, "one", "1"), NULL);
    struct value params[] = {value_text(SPAN("one")), value_text(SPAN("2"))};
    struct why why = {0};
    assert_int_equal(store_write(writer, STMT_STORE_META_ADD, params, 2, NULL, &why).code, ERR_CONFLICT);
    assert_string_equal(why.rule, "store.unique");
    assert_non_null(strstr(why.words, "store_meta_add"));
    must(store_commit(writer, NULL), NULL); // the conflict took only its own statement away
    assert_true(meta_is(writer, "one", "1"));
    store_disconnect(writer);
    store_close(store);
}

static void test_one_writer_only(void **state) {
    (void)state;
    struct store *store = open_store();
    struct store_conn *writer = connect_store(store, STORE_WRITE), *second = NULL;
    assert_int_equal(store_connect(store, STORE_WRITE, &second, NULL).code, ERR_CONFLICT);
    assert_null(second);
    store_disconnect(writer);
    writer = connect_store(store, STORE_WRITE);
    store_disconnect(writer);
    store_close(store);
}

static void test_snapshot_sees_one_state(void **state) {
    (void)state;
    struct store *store = open_store();
    struct store_conn *writer = connect_store(store, STORE_WRITE), *reader = connect_store(store, STORE_READ);
    must(store_snapshot_begin(reader, NULL), NULL);
    assert_true(meta_is(reader, "late", NULL)); // the state is fixed from here
    must(store_begin(writer, NULL), NULL);
    must(store_snapshot_begin(writer, NULL), NULL); // nothing of its own inside a transaction
    must(meta_add(writer, "late", "1"), NULL);
    assert_true(meta_is(writer, "late", "1"));
    store_snapshot_end(writer);
    must(store_commit(writer, NULL), NULL);
    assert_true(meta_is(reader, "late", NULL));
    store_snapshot_end(reader);
    assert_true(meta_is(reader, "late", "1"));
    store_disconnect(reader);
    store_disconnect(writer);
    store_close(store);
}

// The writer moves two counters together; readers must never see them differ, nor go back.
struct race {
    struct store *store;
    atomic_bool is_over;
    atomic_uint differences, reads;
};

static int64_t counter_read(struct store_conn *conn, const char *name) {
    struct arena arena;
    arena_init(&arena, 1 << 16);
    struct value params[] = {value_text(span_of(name))};
    struct rows rows;
    int64_t n = -1;
    struct err e = store_read(conn, STMT_STORE_META_GET, params, 1, &arena, &rows, NULL);
    if (!is_err(e) && rows.count == 1 && !span_to_int(rows_span(&rows, 0, 0), &n)) n = -1;
    arena_fini(&arena);
    return n;
}

static void *race_read(void *argument) {
    struct race *race = argument;
    struct store_conn *reader = NULL;
    int64_t last = -1;
    if (is_err(store_connect(race->store, STORE_READ, &reader, NULL))) return NULL;
    while (!atomic_load(&race->is_over)) {
        if (is_err(store_snapshot_begin(reader, NULL))) break;
        int64_t a = counter_read(reader, "counter.a"), b = counter_read(reader, "counter.b");
        store_snapshot_end(reader);
        if (a != b || a < last) (void)atomic_fetch_add(&race->differences, 1);
        last = a;
        (void)atomic_fetch_add(&race->reads, 1);
    }
    store_disconnect(reader);
    return NULL;
}

static void *race_checkpoint(void *argument) {
    struct race *race = argument;
    while (!atomic_load(&race->is_over)) {
        if (is_err(store_checkpoint(race->store, NULL))) (void)atomic_fetch_add(&race->differences, 1);
        (void)usleep(1000);
    }
    return NULL;
}

static void test_readers_beside_the_writer(void **state) {
    (void)state;
    struct store *store = open_store();
    struct store_conn *writer = connect_store(store, STORE_WRITE);
    struct race race = {.store = store};
    pthread_t threads[4];
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, i < 3 ? race_read : race_checkpoint, &race), 0);
    for (int n = 0; n < 300 || (atomic_load(&race.reads) < 100 && n < 20000); n++) {
        char text[16];
        (void)snprintf(text, sizeof text, "%d", n);
        struct value a[] = {value_text(SPAN("counter.a")), value_text(span_of(text))};
        struct value b[] = {value_text(SPAN("counter.b")), value_text(span_of(text))};
        must(store_begin(writer, NULL), NULL);
        must(store_write(writer, STMT_STORE_META_SET, a, 2, NULL, NULL), NULL);
        must(store_write(writer, STMT_STORE_META_SET, b, 2, NULL, NULL), NULL);
        must(store_commit(writer, NULL), NULL);
    }
    atomic_store(&race.is_over, true);
    for (size_t i = 0; i < 4; i++) (void)pthread_join(threads[i], NULL);
    assert_int_equal(atomic_load(&race.differences), 0);
    assert_true(atomic_load(&race.reads) >= 100);
    store_disconnect(writer);
    must(store_checkpoint_truncate(store, NULL), NULL);
    assert_int_equal(store_wal_pages(store), 0);
    store_close(store);
}

static void test_truncate_empties_the_log(void **state) {
    (void)state;
    struct store *store = open_store();
    struct store_conn *writer = connect_store(store, STORE_WRITE);
    must(store_begin(writer, NULL), NULL);
    must(meta_add(writer, "secret", "an erased value that must not stay in the log"), NULL);
    must(store_commit(writer, NULL), NULL);
    char wal[128];
    (void)snprintf(wal, sizeof wal, "%s-wal", file);
    must(store_checkpoint_truncate(store, NULL), NULL);
    FILE *in = fopen(wal, "rb");
    assert_non_null(in);
    assert_int_equal(fseek(in, 0, SEEK_END), 0);
    assert_int_equal(ftell(in), 0);
    (void)fclose(in);
    store_disconnect(writer);
    store_close(store);
}

static void raw(const char *sql) {
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static struct err open_again(struct why *why) {
    struct store *store = NULL;
    struct err e = store_open(file, true, &store, why);
    if (!is_err(e)) store_close(store);
    return e;
}

static void test_changed_migration_is_refused(void **state) {
    (void)state;
    store_close(open_store());
    must(open_again(NULL), NULL);
    raw("UPDATE migration SET sha256 = zeroblob(32) WHERE number = 0");
    struct why why = {0};
    assert_int_equal(open_again(&why).code, ERR_CORRUPT);
    assert_string_equal(why.rule, "store.migration_changed");
    assert_non_null(strstr(why.words, "000-store"));
}

static void test_newer_migration_is_refused(void **state) {
    (void)state;
    store_close(open_store());
    raw("INSERT INTO migration VALUES (999, '999-future', zeroblob(32))");
    struct why why = {0};
    assert_int_equal(open_again(&why).code, ERR_UNSUPPORTED);
    assert_string_equal(why.rule, "store.migration_unknown");
    assert_non_null(strstr(why.words, "999-future"));
}

// Runs the store's own first migration and then made-up ones ("801-x.sql", text), as a later program would.
static struct err migrate_with(const char *const (*extra)[2], size_t count, struct why *why) {
    struct embedded_file files[8] = {{NULL, NULL, 0, false}};
    for (size_t i = 0; i < embedded_sql_count; i++)
        if (strcmp(embedded_sql[i].path, "schema/000-store.sql") == 0) files[0] = embedded_sql[i];
    assert_non_null(files[0].path);
    for (size_t i = 0; i < count; i++)
        files[i + 1] = (struct embedded_file){.path = extra[i][0], .bytes = (const unsigned char *)extra[i][1], .size_bytes = strlen(extra[i][1])};
    sqlite3 *db = NULL;
    TRY(sqlite_open(file, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, 256, &db, why));
    struct err e = migrate_run(db, files, count + 1, why);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    return e;
}

static void test_missing_migrations_are_applied(void **state) {
    (void)state;
    static const char *const OLD[][2] = {{"schema/810-b.sql", "CREATE TABLE b (x INTEGER);"}};
    static const char *const NEW[][2] = {
        {"schema/805-a.sql", "CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (1), (2);"},
        {"schema/810-b.sql", "CREATE TABLE b (x INTEGER);"},
        {"schema/820-c.sql", "INSERT INTO b SELECT x FROM a;"},
    };
    struct why why = {0};
    must(migrate_with(OLD, 1, &why), &why);
    must(migrate_with(NEW, 3, &why), &why);
    must(migrate_with(NEW, 3, &why), &why); // nothing left to do
    raw("CREATE TABLE counted (n INTEGER CHECK (n = 2)); INSERT INTO counted SELECT count(*) FROM b");
    assert_int_equal(migrate_with(OLD, 1, &why).code, ERR_UNSUPPORTED);
}

static void test_failing_migration_leaves_nothing(void **state) {
    (void)state;
    static const char *const BAD[][2] = {{"schema/801-x.sql", "CREATE TABLE x (a); INSERT INTO nowhere VALUES (1);"}};
    static const char *const GOOD[][2] = {{"schema/801-x.sql", "CREATE TABLE x (a);"}};
    static const char *const ENDING[][2] = {{"schema/801-x.sql", "CREATE TABLE x (a);"},
                                            {"schema/802-y.sql", "COMMIT;"}};
    struct why why = {0};
    assert_int_equal(migrate_with(BAD, 1, &why).code, ERR_UNSUPPORTED);
    assert_non_null(strstr(why.words, "801-x"));
    must(migrate_with(GOOD, 1, NULL), NULL); // the first try left no table x behind
    why = (struct why){0};
    assert_int_equal(migrate_with(ENDING, 2, &why).code, ERR_UNSUPPORTED);
    must(migrate_with(GOOD, 1, NULL), NULL);
}

static void test_foreign_file_is_refused(void **state) {
    (void)state;
    struct why why = {0};
    raw("CREATE TABLE someone_else (a)");
    assert_int_equal(open_again(&why).code, ERR_UNSUPPORTED);
    assert_string_equal(why.rule, "store.foreign");
    FILE *out = fopen(file, "wb");
    assert_non_null(out);
    for (int i = 0; i < 1000; i++) assert_true(fputs("this is no database ", out) >= 0);
    assert_int_equal(fclose(out), 0);
    why = (struct why){0};
    assert_int_equal(open_again(&why).code, ERR_CORRUPT);
    assert_int_equal(unlink(file), 0);
    struct store *store = NULL;
    why = (struct why){0};
    assert_int_equal(store_open(file, false, &store, &why).code, ERR_NOT_FOUND);
    assert_null(store);
}

int main(void) {
#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_statements_compile),
        TEST(test_write_read_and_reopen),
        TEST(test_rows_and_types),
        TEST(test_bad_text_is_refused),
        TEST(test_rollback_and_savepoint),
        TEST(test_conflict_names_the_rule),
        TEST(test_one_writer_only),
        TEST(test_snapshot_sees_one_state),
        TEST(test_readers_beside_the_writer),
        TEST(test_truncate_empties_the_log),
        TEST(test_changed_migration_is_refused),
        TEST(test_newer_migration_is_refused),
        TEST(test_missing_migrations_are_applied),
        TEST(test_failing_migration_leaves_nothing),
        TEST(test_foreign_file_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
