// SPDX-License-Identifier: EUPL-1.2
/* varde backup, restore and retention on real files: the way there and back, exit codes, and that a refusal changes nothing. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/backup_set.h"
#include "cli/command.h"
#include "os/file.h"
#include "law/pack.h"
#include "role/config.h"
#include "store/store.h"

static char root[64];

static const char *in(const char *name) { // paths of four calls at a time
    static char paths[8][256];
    static size_t next;
    char *path = paths[next++ % 8];
    (void)snprintf(path, sizeof paths[0], "%s/%s", root, name);
    return path;
}

static void must(struct err e, const struct why *why) {
    if (is_err(e)) fail_msg("%s: %s", err_name(e.code), why != NULL ? why->words : "");
}

static void store_fill(const char *file) {
    struct store *store = NULL;
    struct store_conn *conn = NULL;
    struct why why = {0};
    must(store_open(file, true, &store, &why), &why);
    must(store_connect(store, STORE_WRITE, &conn, &why), &why);
    must(store_begin(conn, NULL), NULL);
    struct value params[] = {value_text(SPAN("test.beacon")), value_text(SPAN("burns"))};
    must(store_write(conn, STMT_STORE_META_SET, params, 2, NULL, NULL), NULL);
    must(store_commit(conn, NULL), NULL);
    store_disconnect(conn);
    store_close(store);
}

static int set_up(void **state) {
    (void)state;
    (void)snprintf(root, sizeof root, "/tmp/varde-cli-XXXXXX");
    if (mkdtemp(root) == NULL) return -1;
    struct buf text;
    buf_init(&text, NULL, 65536);
    struct arena packs;
    struct law *law;
    arena_init(&packs, LIMIT_PACK_ARENA_BYTES);
    must(law_load(&packs, embedded_law, embedded_law_count, &law, NULL), NULL);
    config_write(&text, &(struct config_draft){.state = "LU", .name = "Test", .log_origin = "varde.example/lu", .listen = "127.0.0.1:8443", .law = law});
    arena_fini(&packs);
    must(dir_make(in("data"), 0700, NULL), NULL);
    must(dir_make(in("to"), 0700, NULL), NULL);
    must(dir_make(in("vault"), 0700, NULL), NULL);
    must(file_create(in("data/varde.yaml"), buf_span(&text), 0600, NULL), NULL);
    must(file_create(in("secret"), SPAN("beacon on a hill\n"), 0600, NULL), NULL);
    must(file_create(in("wrong"), SPAN("beacon in a vale\n"), 0600, NULL), NULL);
    must(file_create(in("key"), SPAN("0123456789abcdef0123456789abcdef"), 0600, NULL), NULL);
    buf_fini(&text);
    store_fill(in("data/node.db"));
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    char command[128];
    (void)snprintf(command, sizeof command, "rm -rf '%s'", root);
    return system(command);
}

static int varde(const char *const *words) {
    char *argv[24] = {NULL};
    int argc = 0;
    argv[argc++] = strdup("varde");
    for (; *words != NULL; words++) argv[argc++] = strdup(*words);
    int code = command_main(argc, argv);
    for (int i = 0; i < argc; i++) free(argv[i]);
    return code;
}
#define VARDE(...) varde((const char *const[]){__VA_ARGS__, NULL})

// The one entry of a directory that was not there by that name before; "" where it is empty.
static const char *entry(const char *dir) {
    static char name[512];
    DIR *list = opendir(dir);
    assert_non_null(list);
    name[0] = '\0';
    for (struct dirent *e; (e = readdir(list)) != NULL;)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            (void)snprintf(name, sizeof name, "%s/%s", dir, e->d_name);
    (void)closedir(list);
    return name;
}

static bool beacon_burns(const char *file) {
    struct store *store = NULL;
    struct store_conn *conn = NULL;
    struct arena arena;
    struct rows rows = {0};
    struct why why = {0};
    arena_init(&arena, 4096);
    must(store_open(file, false, &store, &why), &why);
    must(store_connect(store, STORE_READ, &conn, &why), &why);
    struct value params[] = {value_text(SPAN("test.beacon"))};
    must(store_read(conn, STMT_STORE_META_GET, params, 1, &arena, &rows, &why), &why);
    bool burns = rows.count == 1 && span_is(rows_span(&rows, 0, 0), "burns");
    store_disconnect(conn);
    store_close(store);
    arena_fini(&arena);
    return burns;
}

static void test_there_and_back(void **state) {
    (void)state;
    assert_int_equal(VARDE("backup", "--data", in("data"), "--to", in("to"), "--passphrase-file", in("secret")), EXIT_DONE);
    char set[512];
    (void)snprintf(set, sizeof set, "%s", entry(in("to")));
    assert_non_null(strstr(set, "/LU-2"));
    struct stat about;
    assert_int_equal(stat(set, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0700);
    char command[700];
    (void)snprintf(command, sizeof command, "cd '%s' && sha256sum --quiet -c SHA256SUMS", set);
    assert_int_equal(system(command), 0);

    assert_int_equal(VARDE("restore", "--from", set, "--data", in("new"), "--passphrase-file", in("wrong")), EXIT_USAGE);
    assert_string_equal(entry(in("new")), "");
    assert_int_equal(VARDE("restore", "--from", set, "--data", in("new"), "--passphrase-file", in("secret"), "--json"), EXIT_DONE);
    assert_true(beacon_burns(in("new/node.db")));
    // a second time there is a database already
    assert_int_equal(VARDE("restore", "--from", set, "--data", in("new"), "--passphrase-file", in("secret")), EXIT_NO);
    assert_true(beacon_burns(in("new/node.db")));
}

static void test_names_that_may_return(void **state) {
    (void)state;
    static const char *const GOOD[] = {"varde.yaml", "node.secret", "tls/certificate.pem", "tls/key-2026_1.pem", "keys/log.vkey"};
    static const char *const BAD[] = {"", "/", "/etc/passwd", "../varde.yaml", "tls/../x", "tls//x", "a/b/c", "tls/", ".hidden", "tls/.x", "keys/heads",
                                      "keys/signing.key", "node.db", "node.db-wal", "restore.db", "setup.code", "a\nb", "a b", "a\\b"};
    for (size_t i = 0; i < sizeof GOOD / sizeof GOOD[0]; i++) assert_true(backup_file_may_return(span_of(GOOD[i])));
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++)
        if (backup_file_may_return(span_of(BAD[i]))) fail_msg("may return: %s", BAD[i]);
    assert_false(backup_file_may_return(span_make("varde.yaml\0", 11)));
}

static void test_keys_elsewhere(void **state) {
    (void)state;
    assert_int_equal(VARDE("backup", "--data", in("data"), "--to", in("to"), "--keys-to", in("vault"), "--key-file", in("key"), "--json"),
                     EXIT_DONE);
    char set[512], keys[600];
    (void)snprintf(set, sizeof set, "%s", entry(in("to")));
    (void)snprintf(keys, sizeof keys, "%s/keys.varde", entry(in("vault")));
    assert_true(file_exists(keys));
    assert_int_equal(VARDE("restore", "--from", set, "--data", in("a"), "--key-file", in("key")), EXIT_NO); // no keys here
    assert_false(file_exists(in("a/node.db")));
    assert_int_equal(VARDE("restore", "--from", set, "--data", in("a"), "--key-file", in("key"), "--keys", keys), EXIT_DONE);
    assert_int_equal(VARDE("restore", "--from", set, "--data", in("b"), "--key-file", in("key"), "--without-keys"), EXIT_DONE);
    assert_true(beacon_burns(in("a/node.db")));
    assert_true(beacon_burns(in("b/node.db")));
}

static void test_erasures_only(void **state) {
    (void)state;
    assert_int_equal(VARDE("backup", "--data", in("data"), "--to", in("to"), "--key-file", in("key")), EXIT_DONE);
    char set[512], list[600];
    (void)snprintf(set, sizeof set, "%s", entry(in("to")));
    assert_int_equal(VARDE("backup", "--data", in("data"), "--to", in("vault"), "--key-file", in("key"), "--erasures-only"), EXIT_DONE);
    (void)snprintf(list, sizeof list, "%s/main.varde", entry(in("vault")));
    assert_false(file_exists(list));
    (void)snprintf(list, sizeof list, "%s/erasures.varde", entry(in("vault")));
    assert_int_equal(VARDE("restore", "--from", set, "--data", in("a"), "--key-file", in("key"), "--erasures", list), EXIT_DONE);
    assert_int_equal(VARDE("restore", "--from", set, "--data", in("b"), "--key-file", in("key"), "--erasures", in("nowhere")), EXIT_NO);
    assert_false(file_exists(in("b/node.db")));
}

static void test_damage_changes_nothing(void **state) {
    (void)state;
    assert_int_equal(VARDE("backup", "--data", in("data"), "--to", in("to"), "--key-file", in("key")), EXIT_DONE);
    char set[512], part[600];
    (void)snprintf(set, sizeof set, "%s", entry(in("to")));
    (void)snprintf(part, sizeof part, "%s/main.varde", set);
    FILE *file = fopen(part, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, -9, SEEK_END), 0);
    int c = fgetc(file);
    assert_int_equal(fseek(file, -9, SEEK_END), 0);
    assert_true(fputc(c ^ 1, file) != EOF);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(VARDE("restore", "--from", set, "--data", in("new"), "--key-file", in("key")), EXIT_NO);
    assert_string_equal(entry(in("new")), "");
}

static void test_retention(void **state) {
    (void)state;
    assert_int_equal(VARDE("retention", "--data", in("data"), "--at", "2031-01-01", "--json"), EXIT_DONE);
    assert_int_equal(VARDE("retention", "--data", in("data")), EXIT_DONE);
    assert_int_equal(VARDE("retention", "--data", in("data"), "--at", "soon"), EXIT_USAGE);
    assert_int_equal(VARDE("retention"), EXIT_USAGE);
}

static void test_usage(void **state) {
    (void)state;
    assert_int_equal(VARDE("backup", "--data", in("data"), "--key-file", in("key")), EXIT_USAGE);
    assert_int_equal(VARDE("backup", "--data", in("data"), "--to", in("to")), EXIT_USAGE);
    assert_int_equal(VARDE("backup", "--data", in("data"), "--to", in("to"), "--key-file", in("key"), "--passphrase-file", in("secret")),
                     EXIT_USAGE);
    assert_int_equal(VARDE("backup", "--data", in("nowhere"), "--to", in("to"), "--key-file", in("key")), EXIT_NO);
    assert_int_equal(VARDE("backup", "--data", in("data"), "--to", in("nowhere"), "--key-file", in("key")), EXIT_NO);
    assert_int_equal(VARDE("restore", "--from", in("to"), "--data", in("new"), "--key-file", in("key")), EXIT_NO);
    assert_string_equal(entry(in("to")), "");
    assert_false(file_exists(in("new")));
}

int main(void) {
#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_there_and_back), TEST(test_names_that_may_return), TEST(test_keys_elsewhere), TEST(test_erasures_only),
        TEST(test_damage_changes_nothing), TEST(test_usage), TEST(test_retention),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
