// SPDX-License-Identifier: EUPL-1.2
/* Backup during writes, restore with and without keys, erasures applied again, and everything that must be refused. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "store/seal.h"
#include "store/sqlite.h"

enum { PART_BYTES_MAX = 64 * 1024 * 1024, RECORDS = 400 };

static char directory[64], file[96], restored[96];
static const struct backup_secret KEY_FILE = {.bytes = {(const uint8_t *)"thirty-two bytes of a key file..", 32}};

static void files_remove(const char *path) {
    static const char *const ENDINGS[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < 4; i++) {
        char name[128];
        (void)snprintf(name, sizeof name, "%s%s", path, ENDINGS[i]);
        (void)unlink(name);
    }
}

static int set_up(void **state) {
    (void)state;
    (void)snprintf(directory, sizeof directory, "/tmp/varde-backup-XXXXXX");
    if (mkdtemp(directory) == NULL) return -1;
    (void)snprintf(file, sizeof file, "%s/node.db", directory);
    (void)snprintf(restored, sizeof restored, "%s/restored.db", directory);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    files_remove(file);
    files_remove(restored);
    return rmdir(directory);
}

static void must(struct err e, const struct why *why) {
    if (is_err(e)) fail_msg("%s: %s", err_name(e.code), why != NULL ? why->words : "");
}

// A part in memory, written by a sink, read by a source.
struct part {
    struct buf buf;
    size_t at;
    size_t fail_after; // the sink gives an I/O error from this length on; 0: never
};
static struct err part_write(void *self, struct span bytes, struct why *why) {
    struct part *part = self;
    if (part->fail_after > 0 && part->buf.len + bytes.len > part->fail_after)
        return why_set(why, ERR_IO, NULL, "test", NULL, "the disk is full");
    buf_add(&part->buf, bytes);
    return part->buf.is_failed ? err_make(ERR_MEMORY) : err_none();
}
static struct err part_read(void *self, uint8_t *at, size_t len, size_t *ret_len, struct why *why) {
    (void)why;
    struct part *part = self;
    size_t left = part->buf.len - part->at, some = left < len ? left : len;
    if (some > 0) memcpy(at, part->buf.at + part->at, some);
    part->at += some;
    *ret_len = some;
    return err_none();
}

struct set {
    struct part parts[BACKUP_PARTS];
    struct backup_about about;
};
static void set_init(struct set *set) {
    memset(set, 0, sizeof *set);
    for (size_t i = 0; i < BACKUP_PARTS; i++) buf_init(&set->parts[i].buf, NULL, PART_BYTES_MAX);
}
static void set_fini(struct set *set) {
    for (size_t i = 0; i < BACKUP_PARTS; i++) buf_fini(&set->parts[i].buf);
}

static struct err backup(struct store *store, struct set *set, const struct backup_secret *secret, struct why *why) {
    struct backup_sink sinks[BACKUP_PARTS];
    struct backup_plan plan = {.node = "LU", .now_ms = 1790000000000, .secret = secret};
    for (size_t i = 0; i < BACKUP_PARTS; i++) {
        sinks[i] = (struct backup_sink){&set->parts[i], part_write};
        plan.sinks[i] = &sinks[i];
    }
    return store_backup(store, &plan, &set->about, why);
}

// LISTS may hold the erasures of a later backup; WITH_KEYS false leaves the keys part away.
static struct err restore(struct set *set, bool with_keys, struct set *later, const struct backup_secret *secret,
                          struct restore_result *ret, struct why *why) {
    struct backup_source main = {&set->parts[BACKUP_MAIN], part_read}, keys = {&set->parts[BACKUP_KEYS], part_read};
    struct backup_source lists[2] = {{&set->parts[BACKUP_ERASURES], part_read}};
    struct restore_plan plan = {.secret = secret, .main = &main, .keys = with_keys ? &keys : NULL};
    plan.erasures[plan.erasure_count++] = &lists[0];
    if (later != NULL) {
        lists[1] = (struct backup_source){&later->parts[BACKUP_ERASURES], part_read};
        later->parts[BACKUP_ERASURES].at = 0;
        plan.erasures[plan.erasure_count++] = &lists[1];
    }
    for (size_t i = 0; i < BACKUP_PARTS; i++) set->parts[i].at = 0;
    files_remove(restored);
    return store_restore(restored, &plan, ret, why);
}

static void key_make(int64_t seq, int64_t item, uint8_t key[32]) {
    char text[64];
    (void)snprintf(text, sizeof text, "key of %lld %lld", (long long)seq, (long long)item);
    struct hash hash = hash_sha256(span_of(text));
    memcpy(key, hash.bytes, 32);
}

// A record with two sealed items, as the filing service writes them, and the keys beside.
static void record_write(struct store_conn *conn, int64_t seq) {
    char id[32];
    uint8_t bytes[3000];
    (void)snprintf(id, sizeof id, "F%lld", (long long)seq);
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (uint8_t)(i * 31 + (size_t)seq);
    struct span some = span_make(bytes, (size_t)(32 + seq * 37 % 2900));
    struct value row[] = {value_int(seq),         value_text(span_of(id)), value_blob(span_make(bytes, 32)),
                          value_text(SPAN("[]")), value_blob(SPAN("")),    value_text(SPAN("[\"a\",\"b\"]")),
                          value_blob(some),       value_blob(some),        value_text(SPAN("{}"))};
    struct why why = {0};
    must(store_write(conn, STMT_RECORD_ADD, row, 9, NULL, &why), &why);
    uint8_t keys[64];
    key_make(seq, 0, keys);
    key_make(seq, 1, keys + 32);
    struct value params[] = {value_int(seq), value_blob(span_make(keys, sizeof keys)), value_int(2)};
    must(store_write(conn, STMT_FIELD_KEYS_ADD, params, 3, NULL, &why), &why);
}

static void records_write(struct store_conn *conn, int64_t from, int64_t to) {
    must(store_begin(conn, NULL), NULL);
    for (int64_t seq = from; seq < to; seq++) record_write(conn, seq);
    must(store_commit(conn, NULL), NULL);
}

static void erase(struct store_conn *conn, int64_t seq, int64_t item) {
    must(store_begin(conn, NULL), NULL);
    struct value row[] = {value_int(seq), value_int(item), value_text(SPAN("F-erasure")), value_int(5)};
    must(store_write(conn, STMT_FIELD_KEY_ERASE, row, 2, NULL, NULL), NULL);
    must(store_write(conn, STMT_ERASURE_ADD, row, 4, NULL, NULL), NULL);
    must(store_commit(conn, NULL), NULL);
}

struct world {
    struct store *store;
    struct store_conn *writer;
};
static struct world world_make(int64_t records) {
    struct world world = {NULL, NULL};
    struct why why = {0};
    must(store_open(file, true, &world.store, &why), &why);
    must(store_connect(world.store, STORE_WRITE, &world.writer, &why), &why);
    records_write(world.writer, 0, records);
    return world;
}
static void world_end(struct world *world) {
    store_disconnect(world->writer);
    store_close(world->store);
}

static int64_t count_in(const char *path, const char *sql) {
    sqlite3 *db = NULL;
    int64_t n = -1;
    must(sqlite_open(path, SQLITE_OPEN_READWRITE, 256, &db, NULL), NULL);
    must(sqlite_get_int(db, sql, &n, NULL), NULL);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    return n;
}

// The decrypted bytes of a part.
static void plain(struct set *set, enum backup_part part, struct buf *ret) {
    struct unseal *unseal = malloc(sizeof *unseal);
    assert_non_null(unseal);
    struct backup_source source = {&set->parts[part], part_read};
    set->parts[part].at = 0;
    must(unseal_begin(unseal, &source, part, &KEY_FILE, NULL), NULL);
    char byte;
    while (!is_err(unseal_get(unseal, &byte, 1, NULL))) buf_add_byte(ret, (uint8_t)byte);
    must(unseal_end(unseal, NULL), NULL);
    free(unseal);
}

static void test_restored_is_the_same(void **state) {
    (void)state;
    struct world world = world_make(RECORDS);
    struct set set, again;
    struct restore_result result = {.rows = 0};
    struct why why = {0};
    set_init(&set);
    set_init(&again);
    erase(world.writer, 7, 1);
    must(backup(world.store, &set, &KEY_FILE, &why), &why);
    assert_int_equal(set.about.tree_size, RECORDS);
    must(restore(&set, true, NULL, &KEY_FILE, &result, &why), &why);
    assert_string_equal(result.about.id, set.about.id);
    assert_string_equal(result.about.node, "LU");
    assert_int_equal(result.keys, RECORDS * 2 - 1);
    assert_int_equal(result.erased_again, 0);
    assert_int_equal(count_in(restored, "SELECT count(*) FROM meta WHERE name LIKE 'restore.%'"), 2);
    assert_int_equal(count_in(restored, "SELECT journal_mode = 'wal' FROM pragma_journal_mode"), 1);

    // a backup of the restored database holds the same bytes, but for the two notes
    struct buf first, second;
    buf_init(&first, NULL, PART_BYTES_MAX);
    buf_init(&second, NULL, PART_BYTES_MAX);
    sqlite3 *db = NULL;
    must(sqlite_open(restored, SQLITE_OPEN_READWRITE, 256, &db, NULL), NULL);
    must(sqlite_run(db, "DELETE FROM meta WHERE name LIKE 'restore.%'", NULL), NULL);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    struct store *copy = NULL;
    must(store_open(restored, false, &copy, &why), &why);
    must(backup(copy, &again, &KEY_FILE, &why), &why);
    store_close(copy);
    for (enum backup_part part = 0; part < BACKUP_PARTS; part++) {
        buf_clear(&first);
        buf_clear(&second);
        plain(&set, part, &first);
        plain(&again, part, &second);
        assert_true(first.len > 100 || part == BACKUP_ERASURES);
        assert_true(span_equals(buf_span(&first), buf_span(&second)));
    }
    buf_fini(&first);
    buf_fini(&second);
    set_fini(&set);
    set_fini(&again);
    world_end(&world);
}

static bool holds(struct span all, struct span part) {
    return memmem(all.at, all.len, part.at, part.len) != NULL;
}

static void entity_write(struct store_conn *conn, const char *name) {
    struct value row[] = {value_text(SPAN("E1")),
                          value_text(span_of(name)),
                          value_text(span_of(name)),
                          value_null(),
                          value_text(SPAN("registered")),
                          value_null(),
                          value_null(),
                          value_null(),
                          value_text(SPAN("[]")),
                          value_text(SPAN("{}")),
                          value_int(1),
                          value_int(1),
                          value_int(1),
                          value_null()};
    struct why why = {0};
    must(store_begin(conn, NULL), NULL);
    must(store_write(conn, STMT_ENTITY_PUT, row, 14, NULL, &why), &why);
    must(store_commit(conn, NULL), NULL);
}

static void test_main_holds_nothing_readable(void **state) {
    (void)state;
    struct world world = world_make(50);
    entity_write(world.writer, "Grid of the North");
    struct set set;
    struct restore_result result = {.rows = 0};
    struct why why = {0};
    set_init(&set);
    must(backup(world.store, &set, &KEY_FILE, &why), &why);
    struct buf main, keys;
    buf_init(&main, NULL, PART_BYTES_MAX);
    buf_init(&keys, NULL, PART_BYTES_MAX);
    plain(&set, BACKUP_MAIN, &main);
    plain(&set, BACKUP_KEYS, &keys);
    for (int64_t seq = 0; seq < 50; seq++) {
        uint8_t key[32];
        key_make(seq, 1, key);
        assert_false(holds(buf_span(&main), span_make(key, 32)));
        assert_true(holds(buf_span(&keys), span_make(key, 32)));
        assert_false(holds(buf_span(&set.parts[BACKUP_KEYS].buf), span_make(key, 32))); // and is encrypted
    }
    assert_false(holds(buf_span(&set.parts[BACKUP_MAIN].buf), SPAN("CREATE TABLE")));
    must(restore(&set, false, NULL, &KEY_FILE, &result, &why), &why);
    assert_false(holds(buf_span(&main), SPAN("Grid of the North")));
    assert_true(holds(buf_span(&keys), SPAN("Grid of the North")));
    assert_int_equal(count_in(restored, "SELECT count(*) FROM field_key"), 0);
    assert_int_equal(count_in(restored, "SELECT count(*) FROM entity"), 0);
    assert_int_equal(count_in(restored, "SELECT count(*) FROM record"), 50);
    assert_true(result.needs_rebuild);
    must(restore(&set, true, NULL, &KEY_FILE, &result, &why), &why);
    assert_int_equal(count_in(restored, "SELECT count(*) FROM entity WHERE name = 'Grid of the North'"), 1);
    assert_false(result.needs_rebuild);
    buf_fini(&main);
    buf_fini(&keys);
    set_fini(&set);
    world_end(&world);
}

static void test_erasures_are_applied_again(void **state) {
    (void)state;
    struct world world = world_make(50);
    struct set old, later;
    struct restore_result result = {.rows = 0};
    struct why why = {0};
    set_init(&old);
    set_init(&later);
    must(backup(world.store, &old, &KEY_FILE, &why), &why);
    erase(world.writer, 3, 0);
    erase(world.writer, 44, 1);
    must(backup(world.store, &later, &KEY_FILE, &why), &why);
    must(restore(&old, true, NULL, &KEY_FILE, &result, &why), &why);
    assert_int_equal(count_in(restored, "SELECT count(*) FROM field_key"), 100);
    must(restore(&old, true, &later, &KEY_FILE, &result, &why), &why);
    assert_int_equal(result.erased_again, 2);
    assert_true(result.needs_rebuild);
    assert_int_equal(count_in(restored, "SELECT count(*) FROM field_key"), 98);
    assert_int_equal(count_in(restored, "SELECT count(*) FROM field_key WHERE (record_seq, item) IN ((3, 0), (44, 1))"),
                     0);
    assert_int_equal(count_in(restored, "SELECT count(*) FROM erasure"), 2);

    // the erased key is in no page of the restored file
    uint8_t key[32], *bytes = malloc(1 << 22);
    key_make(44, 1, key);
    FILE *in = fopen(restored, "rb");
    assert_non_null(in);
    assert_non_null(bytes);
    size_t len = fread(bytes, 1, 1 << 22, in);
    assert_true(len > 4096 && len < 1 << 22);
    assert_false(holds(span_make(bytes, len), span_make(key, 32)));
    key_make(44, 0, key);
    assert_true(holds(span_make(bytes, len), span_make(key, 32)));
    (void)fclose(in);
    free(bytes);
    set_fini(&old);
    set_fini(&later);
    world_end(&world);
}

struct writing {
    struct store_conn *conn;
    atomic_bool is_over;
    int64_t written;
};
static void *write_on(void *argument) {
    struct writing *writing = argument;
    while (!atomic_load(&writing->is_over)) {
        records_write(writing->conn, writing->written, writing->written + 3);
        writing->written += 3;
    }
    return NULL;
}

static void test_backup_during_writes(void **state) {
    (void)state;
    struct world world = world_make(300);
    struct writing writing = {.conn = world.writer, .written = 300};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, write_on, &writing), 0);
    for (int round = 0; round < 3; round++) {
        struct set set;
        struct restore_result result = {.rows = 0};
        struct why why = {0};
        set_init(&set);
        must(backup(world.store, &set, &KEY_FILE, &why), &why);
        must(restore(&set, true, NULL, &KEY_FILE, &result, &why), &why);
        int64_t records = count_in(restored, "SELECT count(*) FROM record");
        assert_int_equal(records, set.about.tree_size);
        assert_int_equal(records % 3, 0); // no transaction by half
        assert_int_equal(count_in(restored, "SELECT count(*) FROM field_key"), records * 2);
        set_fini(&set);
    }
    atomic_store(&writing.is_over, true);
    (void)pthread_join(thread, NULL);
    assert_true(writing.written > 300);
    world_end(&world);
}

static void refuse(struct set *set, enum err_code code, const char *rule) {
    struct restore_result result = {.rows = 0};
    struct why why = {0};
    struct err e = restore(set, true, NULL, &KEY_FILE, &result, &why);
    if (e.code != code || (rule != NULL && strcmp(why.rule, rule) != 0))
        fail_msg("expected %s %s, got %s %s: %s", err_name(code), rule, err_name(e.code), why.rule, why.words);
    assert_true(why.words[0] != '\0');
}

static void test_cut_off_and_flipped_is_refused(void **state) {
    (void)state;
    struct world world = world_make(120);
    struct set set;
    struct why why = {0};
    set_init(&set);
    must(backup(world.store, &set, &KEY_FILE, &why), &why);
    assert_true(set.parts[BACKUP_MAIN].buf.len > 3 * SEAL_CHUNK_BYTES);
    for (size_t p = 0; p < BACKUP_PARTS; p++) {
        struct buf *buf = &set.parts[p].buf;
        size_t whole = buf->len;
        for (size_t i = 0; i < 60; i++) { // cut: at every place of the head, later at some, and at chunk ends
            size_t head = 19 + (buf->at[15] | (size_t)buf->at[16] << 8) + 24;
            size_t ends = head + (i % 4) * (SEAL_CHUNK_BYTES + 17);
            buf->len = i < 20 ? i : i < 40 ? whole * i / 61 : i < 44 && ends < whole ? ends : whole - 1 - i;
            struct restore_result result;
            why = (struct why){0};
            assert_true(is_err(restore(&set, true, NULL, &KEY_FILE, &result, &why)));
            assert_true(why.words[0] != '\0');
        }
        buf->len = whole;
        for (size_t i = 0; i < 120; i++) { // one bit, all over the head and here and there behind it
            size_t at = i < 60 ? i * 7 % 400 % whole : (i * 7919 * 13) % whole;
            buf->at[at] ^= (uint8_t)(1 << i % 8);
            struct restore_result result;
            assert_true(is_err(restore(&set, true, NULL, &KEY_FILE, &result, NULL)));
            buf->at[at] ^= (uint8_t)(1 << i % 8);
        }
        buf_add_byte(buf, 0);
        refuse(&set, ERR_CORRUPT, NULL);
        buf->len = whole;
    }
    struct restore_result result;
    must(restore(&set, true, NULL, &KEY_FILE, &result, &why), &why); // whole again, it is taken
    set_fini(&set);
    world_end(&world);
}

static void test_wrong_secrets_and_parts(void **state) {
    (void)state;
    static const struct backup_secret OTHER = {.bytes = {(const uint8_t *)"another thirty-two bytes key....", 32}};
    static const struct backup_secret WORDS = {.is_passphrase = true,
                                               .bytes = {(const uint8_t *)"beacon on a hill", 16}};
    static const struct backup_secret BAD_WORDS = {.is_passphrase = true,
                                                   .bytes = {(const uint8_t *)"beacon in a vale", 16}};
    static const struct backup_secret SHORT = {.is_passphrase = true, .bytes = {(const uint8_t *)"short", 5}};
    struct world world = world_make(20);
    struct set set, other;
    struct restore_result result = {.rows = 0};
    struct why why = {0};
    set_init(&set);
    set_init(&other);
    assert_int_equal(backup(world.store, &set, &SHORT, NULL).code, ERR_INPUT);
    assert_int_equal(set.parts[BACKUP_MAIN].buf.len, 0);
    must(backup(world.store, &set, &OTHER, &why), &why);
    refuse(&set, ERR_INPUT, "backup.secret");
    set_fini(&set);
    set_init(&set);
    must(backup(world.store, &set, &WORDS, &why), &why);
    refuse(&set, ERR_INPUT, "backup.secret");
    assert_int_equal(restore(&set, true, NULL, &BAD_WORDS, &result, &why).code, ERR_INPUT);
    assert_string_equal(why.rule, "backup.secret");
    must(restore(&set, true, NULL, &WORDS, &result, NULL), NULL);
    set_fini(&set);
    set_init(&set);
    must(backup(world.store, &set, &KEY_FILE, NULL), NULL);
    must(backup(world.store, &other, &KEY_FILE, NULL), NULL);
    struct part mine = set.parts[BACKUP_KEYS];
    set.parts[BACKUP_KEYS] = other.parts[BACKUP_KEYS];
    refuse(&set, ERR_INPUT, "backup.parts");
    set.parts[BACKUP_KEYS] = set.parts[BACKUP_MAIN]; // one part in place of another
    refuse(&set, ERR_INPUT, "backup.form");
    set.parts[BACKUP_KEYS] = mine;
    set_fini(&set);
    set_fini(&other);
    world_end(&world);
}

static void test_existing_file_is_kept(void **state) {
    (void)state;
    struct world world = world_make(20);
    struct set set;
    struct restore_result result = {.rows = 0};
    struct why why = {0};
    set_init(&set);
    must(backup(world.store, &set, &KEY_FILE, NULL), NULL);
    struct backup_source main = {&set.parts[BACKUP_MAIN], part_read};
    struct restore_plan plan = {.secret = &KEY_FILE, .main = &main};
    assert_int_equal(store_restore(file, &plan, &result, &why).code, ERR_CONFLICT);
    assert_int_equal(count_in(file, "SELECT count(*) FROM record"), 20);
    set.parts[BACKUP_MAIN].buf.len = 0;
    set.parts[BACKUP_MAIN].fail_after = 1000;
    why = (struct why){0};
    assert_int_equal(backup(world.store, &set, &KEY_FILE, &why).code, ERR_IO);
    assert_string_equal(why.words, "the disk is full");
    set_fini(&set);
    world_end(&world);
}

int main(void) {
#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_restored_is_the_same),           TEST(test_main_holds_nothing_readable),
        TEST(test_erasures_are_applied_again),     TEST(test_backup_during_writes),
        TEST(test_cut_off_and_flipped_is_refused), TEST(test_wrong_secrets_and_parts),
        TEST(test_existing_file_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
