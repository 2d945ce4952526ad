// SPDX-License-Identifier: EUPL-1.2
/*
 * Filings drawn from a seed: what is accepted proves itself, derived tables are those of a rebuild, a replay decides alike, what
 * is erased is gone from the bytes of the database while its record still proves itself. And plans that stand on what has moved,
 * and requests sent twice.
 *
 *     filing [seeds a property (4; 60 with VARDE_LONG)] [first seed]
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <unistd.h>

#include "filing_stand.h"
#include "service/archive.h"
#include "store/backup.h"


// --- properties ---

static void every_sequence_lives_again(void **state) {
    (void)state;
    for (uint64_t seed = seed_first; seed < seed_first + seeds; seed++)
        for (int erasures = 0; erasures < 2; erasures++) {
            uint64_t size = 0;
            node_begin(seed);
            size_t accepted = file_many(FILINGS, erasures == 1);
            assert_true(accepted > FILINGS / 3 && accepted < FILINGS);
            sound(records_wrong(conn, &arena, &size));
            assert_int_equal(size, accepted);
            sound(derived_wrong(world, conn, file, &why));
            must(record_edge_load(conn, &arena, &edge, &why));
            assert_true(file_many(8, erasures == 1) > 0); // and goes on
            sound(derived_wrong(world, conn, file, &why));
            node_end();
        }
}

static void a_replay_decides_alike(void **state) {
    (void)state;
    for (uint64_t seed = seed_first; seed < seed_first + seeds; seed++) {
        struct store *scratch;
        struct store_conn *scratch_conn;
        struct rebuild_report report;
        struct buf differences;
        node_begin(seed);
        size_t accepted = file_many(FILINGS, false);
        buf_init(&differences, &arena, 1024 * 1024);
        must(store_open(scratch_file, true, &scratch, &why));
        must(store_connect(scratch, STORE_WRITE, &scratch_conn, &why));
        must(replay_run(&world->services, conn, scratch_conn, NULL, NULL, &differences, &report, &why));
        if (report.differences > 0) fail_msg("seed %llu: %.*s", (unsigned long long)seed, SPAN_FMT(buf_span(&differences)));
        assert_int_equal(report.records, accepted);
        store_disconnect(scratch_conn);
        store_close(scratch);
        database_remove(scratch_file);
        node_end();
    }
}

// --- erasure ---

static struct span file_bytes(const char *ending) {
    char path[128];
    (void)snprintf(path, sizeof path, "%s%s", file, ending);
    FILE *in = fopen(path, "rb");
    if (in == NULL) return span_make(NULL, 0);
    assert_int_equal(fseek(in, 0, SEEK_END), 0);
    size_t len = (size_t)ftell(in);
    rewind(in);
    uint8_t *at = mem_take(len + 1);
    assert_non_null(at);
    assert_int_equal(fread(at, 1, len, in), len);
    (void)fclose(in);
    return span_make(at, len);
}

static bool bytes_hold(struct span value) {
    static const char *const ENDINGS[] = {"", "-wal"};
    bool is_there = false;
    for (size_t i = 0; i < 2; i++) {
        struct span bytes = file_bytes(ENDINGS[i]);
        if (bytes.len > 0 && memmem(bytes.at, bytes.len, value.at, value.len) != NULL) is_there = true;
        mem_give((void *)(uintptr_t)bytes.at);
    }
    return is_there;
}

struct secret { // of a field that is to be erased
    uint8_t key[32];
    struct span text;   // a piece of its value that stands nowhere else; empty: none
    struct span folded; // the same in lower case
};

// Strings in a value that are like no other: they end in a number of four digits.
static struct span unique_text(const struct json *value) {
    if (value->type == JSON_STRING && value->string.len > 8) {
        struct span s = value->string;
        for (size_t i = 0; i + 4 <= s.len; i++) {
            size_t digits = 0;
            while (i + digits < s.len && s.at[i + digits] >= '0' && s.at[i + digits] <= '9') digits++;
            if (digits == 4 && i > 4 && s.at[i - 1] == ' ') return span_part(s, 0, i + 4);
            if (digits > 0) i += digits - 1;
        }
    }
    for (size_t i = 0; i < value->count && (value->type == JSON_OBJECT || value->type == JSON_ARRAY); i++) {
        struct span found = unique_text(value->type == JSON_OBJECT ? &value->members[i].value : &value->items[i]);
        if (found.len > 0) return found;
    }
    return span_make(NULL, 0);
}

static bool key_of(int64_t seq, size_t item, uint8_t ret[32]) {
    struct value param = value_int(seq);
    struct rows rows;
    must(store_read(conn, STMT_FIELD_KEYS, &param, 1, &arena, &rows, &why));
    for (size_t i = 0; i < rows.count; i++)
        if (rows_int(&rows, i, 0) == (int64_t)item) {
            memcpy(ret, rows_span(&rows, i, 1).at, 32);
            return true;
        }
    return false;
}

// Erases one field, or NULL all, of a filing; what was erased goes to SECRETS.
static size_t erase(const struct filed *one, const char *name, struct secret *secrets, size_t room) {
    struct record_open record;
    size_t count = 0;
    must(record_read(conn, span_of(one->filing), &arena, &record, &why));
    for (size_t i = 0; i < record.field_count && count < room; i++) {
        struct json value;
        if (name != NULL && !span_is(record.fields[i].item.name, name)) continue;
        if (record.fields[i].state != RECEIPT_SHOWN || !key_of(record.seq, i, secrets[count].key)) continue;
        must(json_parse(&arena, record.fields[i].item.canonical, &value, &why));
        secrets[count].text = unique_text(&value);
        char *folded = arena_take(&arena, secrets[count].text.len + 1);
        assert_non_null(folded);
        for (size_t k = 0; k < secrets[count].text.len; k++) {
            uint8_t c = secrets[count].text.at[k];
            folded[k] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
        }
        secrets[count].folded = span_make(folded, secrets[count].text.len);
        count++;
    }
    struct deed deed = {.filer = FILER_CA};
    world->serial++;
    deed_erase(&deed, one, name, &arena);
    if (!file_it(&deed)) fail_msg("seed %llu: not erased: %s: %s", (unsigned long long)seed_now, one->filing, why.words);
    struct record_open again;
    must(record_read(conn, span_of(one->filing), &arena, &again, &why)); // still proves itself
    assert_true(hash_equals(&again.entry, &record.entry));
    for (size_t i = 0; i < again.field_count; i++)
        if (name == NULL || span_is(again.fields[i].item.name, name)) assert_int_equal(again.fields[i].state, RECEIPT_ERASED);
    return count;
}

static void what_is_erased_is_gone(void **state) {
    (void)state;
    enum { ROOM = 512 };
    size_t texts = 0, keys = 0;
    for (uint64_t seed = seed_first; seed < seed_first + seeds; seed++) {
        struct secret secrets[ROOM];
        struct filed one;
        size_t count = 0;
        uint64_t size = 0;
        node_begin(seed);
        (void)file_many(FILINGS, false);
        must(store_checkpoint_truncate(store, &why));
        for (size_t i = 0; i < 15 && count < ROOM - 64; i++) {
            const struct filed *picked = world_pick(world, NULL, 0, false);
            if (picked == NULL) continue;
            one = *picked;
            if (strcmp(one.document, "erasure") == 0) continue;
            size_t from = count;
            count += erase(&one, world_draw(world, 4) == 0 ? NULL : world_field_of(world, one.document), secrets + count, ROOM - count);
            if (i % 3 == 0) (void)file_many(2, false); // more is filed meanwhile
            if (i % 4 != 0) continue;
            must(store_checkpoint_truncate(store, &why)); // as the node does within half a second
            for (size_t k = from; k < count; k++) assert_false(bytes_hold(span_make(secrets[k].key, 32)));
        }
        assert_true(atomic_load(&world->services.has_erased));
        must(store_checkpoint_truncate(store, &why));
        for (size_t i = 0; i < count; i++) {
            if (bytes_hold(span_make(secrets[i].key, 32))) fail_msg("seed %llu: the key of an erased field is in the file", (unsigned long long)seed);
            keys++;
            if (secrets[i].text.len == 0) continue;
            texts++;
            if (bytes_hold(secrets[i].text) || bytes_hold(secrets[i].folded))
                fail_msg("seed %llu: in the file: %.*s", (unsigned long long)seed, SPAN_FMT(secrets[i].text));
        }
        sound(records_wrong(conn, &arena, &size));
        sound(derived_wrong(world, conn, file, &why));
        must(store_checkpoint_truncate(store, &why));
        for (size_t i = 0; i < count; i++)
            if (secrets[i].text.len > 0) assert_false(bytes_hold(secrets[i].text)); // nor brought back
        node_end();
    }
    assert_true(keys > seeds * 8 && texts > seeds * 2);
}

static struct filed registered(unsigned filer) {
    struct deed deed = {.filer = filer};
    world->serial++;
    deed_register(world, &deed, &arena);
    if (!file_it(&deed)) fail_msg("not registered: %s", why.words);
    return world->filed[world->filed_count - 1];
}

static void an_entry_loses_the_field(void **state) {
    (void)state;
    struct secret secrets[8];
    node_begin(seed_first);
    struct filed one = registered(0);
    const char *const sql = "SELECT count(*) FROM entity WHERE profile LIKE '%Vraxquel%' OR name LIKE '%Vraxquel%' OR name_folded LIKE '%vraxquel works%'";
    assert_int_equal(number_of(file, sql), 1);
    int64_t version = number_of(file, "SELECT version FROM entity");
    (void)erase(&one, "name", secrets, 8);
    assert_int_equal(number_of(file, "SELECT count(*) FROM entity WHERE name = '' AND name_folded = '' AND profile NOT LIKE '%\"name\":\"Vraxquel%'"), 1);
    assert_int_equal(number_of(file, "SELECT count(*) FROM entity WHERE profile LIKE '%Invented Street%'"), 1); // the rest is there
    assert_int_equal(number_of(file, "SELECT version FROM entity"), version + 1); // a plan that stood on it is decided again
    node_end();
}

// --- backup and restore ---

static struct err sink_write(void *self, struct span bytes, struct why *reason) {
    (void)reason;
    struct buf *buf = self;
    buf_add(buf, bytes);
    return buf->is_failed ? err_make(ERR_MEMORY) : err_none();
}
static struct err source_read(void *self, uint8_t *at, size_t len, size_t *ret_len, struct why *reason) {
    (void)reason;
    struct span *left = self;
    size_t take = left->len < len ? left->len : len;
    if (take > 0) memcpy(at, left->at, take);
    *left = span_part(*left, take, left->len);
    *ret_len = take;
    return err_none();
}

static const struct backup_secret SECRET = {.is_passphrase = false, .bytes = {(const uint8_t *)"0123456789abcdef0123456789abcdef", 32}};

// All parts into memory.
static void back_up(struct span ret[BACKUP_PARTS]) {
    struct buf parts[BACKUP_PARTS];
    struct backup_sink sinks[BACKUP_PARTS];
    struct backup_about about;
    struct backup_plan plan = {.node = "BE", .now_ms = world->now_ms, .secret = &SECRET};
    for (size_t i = 0; i < BACKUP_PARTS; i++) {
        buf_init(&parts[i], &arena, 8 * 1024 * 1024);
        sinks[i] = (struct backup_sink){&parts[i], sink_write};
        plan.sinks[i] = &sinks[i];
    }
    must(store_backup(store, &plan, &about, &why));
    for (size_t i = 0; i < BACKUP_PARTS; i++) ret[i] = buf_span(&parts[i]);
}

// Restores these parts (KEYS may be empty) into a database beside, rebuilds it where it must be, and looks at it.
static void restore(struct span main_part, struct span keys, struct span list, bool wants_rebuild) {
    struct backup_source sources[3] = {{&main_part, source_read}, {&keys, source_read}, {&list, source_read}};
    struct restore_plan plan = {.secret = &SECRET, .main = &sources[0], .keys = keys.len > 0 ? &sources[1] : NULL, .erasure_count = 1, .erasures = {&sources[2]}};
    struct restore_result result;
    struct rebuild_report report;
    struct store *other;
    struct store_conn *other_conn;
    uint64_t size = 0;
    bool needs = false;
    database_remove(scratch_file);
    must(store_restore(scratch_file, &plan, &result, &why));
    assert_int_equal(result.needs_rebuild, wants_rebuild);
    must(store_open(scratch_file, false, &other, &why));
    must(store_connect(other, STORE_WRITE, &other_conn, &why));
    must(archive_needs_rebuild(other_conn, &arena, &needs, &why));
    assert_int_equal(needs, wants_rebuild);
    if (needs) must(rebuild_run(&world->services, other_conn, NULL, NULL, &report, &why));
    must(archive_needs_rebuild(other_conn, &arena, &needs, &why));
    assert_false(needs);
    sound(records_wrong(other_conn, &arena, &size));
    sound(derived_wrong(world, other_conn, scratch_file, &why));
    store_disconnect(other_conn);
    store_close(other);
}

static void a_restored_node_lives_on(void **state) {
    (void)state;
    struct hash own[WORLD_DERIVED_COUNT], restored[WORLD_DERIVED_COUNT];
    struct span before[BACKUP_PARTS], after[BACKUP_PARTS];
    struct secret secrets[8];
    static const char *const sql = "SELECT count(*) FROM entity WHERE profile LIKE '%Vraxquel%'";
    node_begin(seed_first);
    struct filed one = registered(0);
    (void)file_many(FILINGS, false);
    int64_t entities = number_of(file, sql);
    back_up(before);
    restore(before[BACKUP_MAIN], before[BACKUP_KEYS], before[BACKUP_ERASURES], false);
    assert_true(tables_hash(file, own) && tables_hash(scratch_file, restored));
    for (size_t i = 0; i < WORLD_DERIVED_COUNT; i++) assert_true(hash_equals(&own[i], &restored[i]));
    restore(before[BACKUP_MAIN], SPAN(""), before[BACKUP_ERASURES], true); // provable, not readable
    assert_int_equal(number_of(scratch_file, sql), 0);
    (void)erase(&one, NULL, secrets, 8);
    back_up(after);
    restore(before[BACKUP_MAIN], before[BACKUP_KEYS], after[BACKUP_ERASURES], true); // the older backup and the newer list
    assert_int_equal(number_of(scratch_file, sql), entities - 1);
    assert_int_equal(number_of(scratch_file, "SELECT count(*) FROM field_key WHERE record_seq = 0"), 0);
    database_remove(scratch_file);
    node_end();
}

// --- what has moved, what is sent twice ---

static void warn_of(struct deed *deed, const struct filed *entity, const char *key) {
    *deed = (struct deed){.filer = entity->filer};
    world->serial++;
    (void)snprintf(deed->key, sizeof deed->key, "%s", key);
    deed_warn(world, deed, entity, &arena);
}

static void a_plan_on_what_has_moved_is_decided_again(void **state) {
    (void)state;
    node_begin(seed_first);
    struct filed entity = registered(1);
    struct deed warning, two[2] = {{.filer = 1}, {.filer = 1}};
    warn_of(&warning, &entity, "");
    assert_true(file_it(&warning));
    const char *case_id = arena_text(&arena, warning.plan.case_id);
    for (size_t i = 0; i < 2; i++) {
        deed_of(&two[i], "incident", "notification", case_id, "",
                SPAN("{\"suspected_malicious\":\"no\",\"cross_border\":\"no\",\"severity\":\"medium\",\"impact\":\"x\"}"));
        must(deed_finish(world, &two[i], &arena, &why));
        must(deed_decide(world, &two[i], conn, &arena, &why));
        assert_true(two[i].is_decided);
        assert_int_equal(two[i].plan.decision.version, 1); // both think that they are the first
    }
    uint64_t before = atomic_load(&world->services.counters[COUNT_DECIDED_AGAIN]);
    must(store_begin(conn, &why));
    for (size_t i = 0; i < 2; i++) {
        must(deed_write(world, &two[i], conn, &edge, &arena, &why));
        must(two[i].result);
    }
    must(store_commit(conn, &why));
    assert_int_equal(atomic_load(&world->services.counters[COUNT_DECIDED_AGAIN]) - before, 1);
    assert_int_equal(two[1].plan.decision.version, 2);
    sound(derived_wrong(world, conn, file, &why));
    node_end();
}

// A plan that the law no longer accepts where it stands is refused, and leaves nothing.
static void a_plan_may_come_too_late(void **state) {
    (void)state;
    node_begin(seed_first);
    struct filed entity = registered(1);
    struct deed ends[2] = {{.filer = FILER_CA}, {.filer = FILER_CA}};
    for (size_t i = 0; i < 2; i++) {
        deed_of(&ends[i], "registration", "refusal", entity.case_id, "", SPAN("{\"reason\":\"Not in scope.\"}"));
        must(deed_finish(world, &ends[i], &arena, &why));
        must(deed_decide(world, &ends[i], conn, &arena, &why));
        if (!ends[i].is_decided && ends[i].plan.decision.fault_count > 0) fail_msg("%.*s %.*s", SPAN_FMT(ends[i].plan.decision.faults[0].words), SPAN_FMT(ends[i].plan.decision.faults[0].field));
        assert_true(ends[i].is_decided);
    }
    must(store_begin(conn, &why));
    must(deed_write(world, &ends[0], conn, &edge, &arena, &why));
    must(ends[0].result);
    uint64_t size = edge.frontier.size;
    must(deed_write(world, &ends[1], conn, &edge, &arena, &why));
    assert_int_equal(ends[1].result.code, ERR_LAW);
    assert_int_equal(edge.frontier.size, size);
    must(store_commit(conn, &why));
    assert_int_equal(number_of(file, "SELECT count(*) FROM record"), 2);
    why = (struct why){0};
    sound(derived_wrong(world, conn, file, &why));
    node_end();
}

static void a_repeat_is_the_same_filing(void **state) {
    (void)state;
    node_begin(seed_first);
    struct filed entity = registered(2);
    struct deed first, again, other;
    warn_of(&first, &entity, "once");
    again = first;
    assert_true(file_it(&first));
    assert_false(file_it(&again)); // afterwards
    assert_true(again.is_decided && again.plan.is_repeat);
    assert_true(span_equals(again.plan.filing_id, first.plan.filing_id));
    assert_int_equal(again.seq, first.seq);
    warn_of(&other, &entity, "once"); // another body under the same key
    must(deed_finish(world, &other, &arena, &why));
    why = (struct why){0};
    struct err e = filing_decide(&world->services, conn, &other.principal, &other.request, world->now_ms, &arena, &other.plan, &why);
    assert_int_equal(e.code, ERR_CONFLICT);
    assert_string_equal(why.rule, "filing.idempotency");
    why = (struct why){0};
    // both decided before either was written
    struct deed twins[3];
    warn_of(&twins[0], &entity, "twice");
    twins[1] = twins[0];
    warn_of(&twins[2], &entity, "twice");
    for (size_t i = 0; i < 3; i++) {
        must(deed_finish(world, &twins[i], &arena, &why));
        must(deed_decide(world, &twins[i], conn, &arena, &why));
        assert_true(twins[i].is_decided && !twins[i].plan.is_repeat);
    }
    must(store_begin(conn, &why));
    for (size_t i = 0; i < 3; i++) must(deed_write(world, &twins[i], conn, &edge, &arena, &why));
    must(store_commit(conn, &why));
    must(twins[0].result);
    must(twins[1].result);
    assert_true(twins[1].plan.is_repeat && span_equals(twins[1].plan.filing_id, twins[0].plan.filing_id) && twins[1].seq == twins[0].seq);
    assert_int_equal(twins[2].result.code, ERR_CONFLICT);
    assert_int_equal(number_of(file, "SELECT count(*) FROM record"), 3);
    why = (struct why){0};
    node_end();
}

int main(int argc, char **argv) {
    const char *is_long = getenv("VARDE_LONG");
    if (is_long != NULL && is_long[0] != '\0') seeds = 60;
    if (argc > 1) seeds = strtoull(argv[1], NULL, 10);
    if (argc > 2) seed_first = strtoull(argv[2], NULL, 10);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sequence_lives_again),
        cmocka_unit_test(a_replay_decides_alike),
        cmocka_unit_test(what_is_erased_is_gone),
        cmocka_unit_test(an_entry_loses_the_field),
        cmocka_unit_test(a_restored_node_lives_on),
        cmocka_unit_test(a_plan_on_what_has_moved_is_decided_again),
        cmocka_unit_test(a_plan_may_come_too_late),
        cmocka_unit_test(a_repeat_is_the_same_filing),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
