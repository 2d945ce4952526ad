// SPDX-License-Identifier: EUPL-1.2
/*
 * How SQLite means to run the statements that people wait for: none walks through a large table, and none sorts what has no bound.
 * The planner has no statistics here, as on a node: what it chooses depends on the schema and the statement alone.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "store/sqlite.h"

// Tables with a row for each case, filing, entity, message or more. Others are small, whatever a node has lived through.
static const char *const LARGE[] = {
    "record", "field_key", "tree_node", "entity", "entity_trait", "entity_part", "case_file", "duty", "filing", "proposal", "outbox", "attachment",
    "attachment_chunk", "desk_case", "desk_link", "desk_mark", "search_word", "case_figure", "page", "delivery", "reminder", "letter", "case_party", "party_duty",
    "party_duty_done", "disclosure", "marking", "idempotency", "session", "person",
};

enum sorting { NEVER, BOUNDED }; // BOUNDED: only what the statement's own text or its caller keeps small

static const struct hot {
    enum statement statement;
    enum sorting sorting;
    const char *why; // it may sort
} HOT[] = {
    // a filing
    {STMT_CASE_GET, NEVER, NULL},
    {STMT_CASE_VERSION, NEVER, NULL},
    {STMT_CASE_PUT, NEVER, NULL},
    {STMT_DUTY_CLEAR, NEVER, NULL},
    {STMT_DESK_CASE_PUT, NEVER, NULL},
    {STMT_DESK_ASSIGN, NEVER, NULL},
    {STMT_DESK_ASSIGNED_BY, NEVER, NULL},
    {STMT_TALLY_OF_CASE, NEVER, NULL},
    {STMT_TALLY_ENTER_CASE, NEVER, NULL},
    {STMT_TALLY_SET_CASE, NEVER, NULL},
    {STMT_TALLY_LEAVE_CASE, NEVER, NULL},
    {STMT_TALLY_DROP_CASE, NEVER, NULL},
    {STMT_TALLY_OF_ENTITY, NEVER, NULL},
    {STMT_TALLY_ENTER_ENTITY, NEVER, NULL},
    {STMT_TALLY_SET_ENTITY, NEVER, NULL},
    {STMT_ENTITY_GET, NEVER, NULL},
    {STMT_ENTITY_PUT, NEVER, NULL},
    {STMT_ENTITY_PARTS_REMOVE, NEVER, NULL},
    {STMT_ENTITY_TWINS, NEVER, NULL},
    {STMT_IDEMPOTENCY_GET, NEVER, NULL},
    {STMT_ACCESS_TOKEN_USED, NEVER, NULL},
    {STMT_LETTERS_OF_OFFICES, NEVER, NULL},
    {STMT_DISCLOSURES_OUT, NEVER, NULL},
    {STMT_FILING_GET, NEVER, NULL},
    {STMT_FILING_IS_FILER, NEVER, NULL},
    {STMT_SEARCH_FIELD_REMOVE, NEVER, NULL},
    {STMT_SEARCH_CASE_MOVE, NEVER, NULL},
    // the desk
    {STMT_DESK_PAGE_QUEUE, NEVER, NULL},
    {STMT_DESK_PAGE_NEWEST, NEVER, NULL},
    {STMT_DESK_PAGE_CHANGED, NEVER, NULL},
    {STMT_DESK_PAGE_PERSON, BOUNDED, "one person's own"},
    {STMT_DESK_FEW_QUEUE, BOUNDED, "taken where few fit"},
    {STMT_DESK_FEW_NEWEST, BOUNDED, "taken where few fit"},
    {STMT_DESK_FEW_CHANGED, BOUNDED, "taken where few fit"},
    {STMT_TALLY_CASES, NEVER, NULL},
    {STMT_TALLY_CASES_AMONG, NEVER, NULL},
    {STMT_DESK_COUNT_LATE, NEVER, NULL},
    {STMT_DESK_COUNT_PERSON, BOUNDED, "one person's own"},
    {STMT_DESK_DUTIES_OPEN, BOUNDED, "those of one case"},
    {STMT_DESK_FILINGS_AFTER, NEVER, NULL},
    {STMT_DESK_MARK_GET, NEVER, NULL},
    {STMT_DESK_LINKS_OF_CASE, NEVER, NULL},
    {STMT_CASE_PAGE_DUE, NEVER, NULL},
    {STMT_CASE_FEW_DUE, BOUNDED, "taken where few fit"},
    {STMT_CASE_SITUATION, NEVER, NULL},
    {STMT_CASE_PAGE_OF_ENTITY, BOUNDED, "those of one entity"},
    {STMT_CASE_PAGE_OF_ENTITY_PLAIN, BOUNDED, "those of one entity"},
    {STMT_CASES_OF_ENTITY, NEVER, NULL},
    {STMT_DUTY_PAGE, NEVER, NULL},
    {STMT_DUTY_PAGE_OF_ENTITY, BOUNDED, "those of one entity"},
    {STMT_FILINGS_OF_CASE, NEVER, NULL},
    {STMT_FILINGS_OF_PARTY, NEVER, NULL},
    {STMT_FILINGS_SINCE, NEVER, NULL},
    {STMT_PROPOSALS_OF_CASE, NEVER, NULL},
    {STMT_SEARCH_PAGE, NEVER, NULL},
    {STMT_SEARCH_RARITY, NEVER, NULL},
    {STMT_SEARCH_ITEMS, NEVER, NULL},
    // the register
    {STMT_ENTITY_PAGE, NEVER, NULL},
    {STMT_ENTITY_FEW, BOUNDED, "taken where few fit"},
    {STMT_ENTITY_NAMED, BOUNDED, "taken where few names contain the text"},
    {STMT_ENTITY_COUNT_NAMED, BOUNDED, "taken where few names contain the text"},
    {STMT_ENTITY_PARTS_WITHIN, NEVER, NULL},
    {STMT_TALLY_ENTITIES, NEVER, NULL},
    {STMT_TALLY_ENTITIES_AMONG, NEVER, NULL},
    {STMT_ENTITY_COUNTS, BOUNDED, "the tallies"},
    {STMT_ENTITY_COUNTS_DISTINCT, BOUNDED, "the tallies"},
    // what goes out
    {STMT_PAGES_LIST, NEVER, NULL},
    {STMT_PAGES_LIST_OPEN, NEVER, NULL},
    {STMT_PAGES_LIST_OF_CASE, NEVER, NULL},
    {STMT_PAGES_WAITING, NEVER, NULL},
    {STMT_PAGES_OPEN_OF_CASE, NEVER, NULL},
    {STMT_DELIVERY_DUE, NEVER, NULL},
    {STMT_DELIVERIES_OF_CASE, NEVER, NULL},
    {STMT_DELIVERIES_DROP_OF_PAGE, NEVER, NULL},
    {STMT_DELIVERIES_FAILED, NEVER, "what failed and nobody has seen to"},
    {STMT_REMINDERS_OF_CASE, BOUNDED, "those of one case"},
    {STMT_OUTBOX_DUE, NEVER, NULL},
    {STMT_OUTBOX_SENT, NEVER, NULL},
    {STMT_OUTBOX_COUNTS, NEVER, NULL},
};

static bool is_large(const char *detail) { // "SCAN name" or "SCAN name USING ..."; the name may be an alias
    static const struct { const char *alias, *table; } ALIASES[] = {{"SCAN d", "desk_case"}, {"SCAN c", "case_file"}, {"SCAN e", "entity"}, {"SCAN w", "search_word"},
                                                                    {"SCAN f", "filing"}, {"SCAN p", "entity_part"}};
    for (size_t i = 0; i < sizeof ALIASES / sizeof ALIASES[0]; i++) {
        size_t len = strlen(ALIASES[i].alias);
        if (strncmp(detail, ALIASES[i].alias, len) == 0 && (detail[len] == 0 || detail[len] == ' ')) return true;
    }
    for (size_t i = 0; i < sizeof LARGE / sizeof LARGE[0]; i++) {
        char scan[64];
        int len = snprintf(scan, sizeof scan, "SCAN %s", LARGE[i]);
        if (strncmp(detail, scan, (size_t)len) == 0 && (detail[len] == 0 || detail[len] == ' ')) return true;
    }
    return false;
}

// How many steps of its plan are wrong; each is told.
static int plan_check(sqlite3 *db, const struct hot *hot) {
    const struct statement_text *text = &statement_texts()[hot->statement];
    char sql[16 * 1024];
    sqlite3_stmt *stmt = NULL;
    bool does_sort = false;
    int wrong = 0;
    assert_true(snprintf(sql, sizeof sql, "EXPLAIN QUERY PLAN %.*s", SPAN_FMT(text->sql)) < (int)sizeof sql);
    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK) fail_msg("%s: %s", text->name, sqlite3_errmsg(db));
    while (sqlite3_step(stmt) == SQLITE_ROW) {
        const char *detail = (const char *)sqlite3_column_text(stmt, 3);
        if (is_large(detail)) wrong += printf("%s walks through a large table: %s\n", text->name, detail) > 0;
        if (strstr(detail, "TEMP B-TREE") == NULL) continue;
        if (hot->sorting == NEVER) wrong += printf("%s sorts: %s\n", text->name, detail) > 0;
        does_sort = true;
    }
    if (hot->sorting == BOUNDED && !does_sort) wrong += printf("%s sorts nothing any more: say NEVER\n", text->name) > 0;
    (void)sqlite3_finalize(stmt);
    return wrong;
}

static void hot_statements_go_by_index(void **state) {
    int wrong = 0;
    for (size_t i = 0; i < sizeof HOT / sizeof HOT[0]; i++) wrong += plan_check(*state, &HOT[i]);
    assert_int_equal(wrong, 0);
}

// The check finds what it is for: a walk, by name and by alias.
static void a_walk_is_seen(void **state) {
    sqlite3 *db = *state;
    static const char *const WALKS[] = {"SELECT * FROM desk_case", "SELECT * FROM filing f WHERE f.document = 'x'", "SELECT count(*) FROM duty WHERE owed_by = 'x'"};
    for (size_t i = 0; i < sizeof WALKS / sizeof WALKS[0]; i++) {
        char sql[256];
        sqlite3_stmt *stmt = NULL;
        (void)snprintf(sql, sizeof sql, "EXPLAIN QUERY PLAN %s", WALKS[i]);
        assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
        assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
        if (!is_large((const char *)sqlite3_column_text(stmt, 3))) fail_msg("%s: %s", WALKS[i], (const char *)sqlite3_column_text(stmt, 3));
        (void)sqlite3_finalize(stmt);
    }
    assert_false(is_large("SCAN b VIRTUAL TABLE INDEX 0:"));
    assert_false(is_large("SCAN t"));
}

static char directory[64], file[96];
static struct store *store;

static int set_up(void **state) {
    struct why why = {0};
    (void)snprintf(directory, sizeof directory, "/tmp/varde-plan-XXXXXX");
    if (mkdtemp(directory) == NULL) return -1;
    (void)snprintf(file, sizeof file, "%s/node.db", directory);
    if (is_err(store_open(file, true, &store, &why))) return -1;
    *state = store->keeper;
    return 0;
}
static int tear_down(void **state) {
    static const char *const ENDINGS[] = {"", "-wal", "-shm"};
    (void)state;
    store_close(store);
    for (size_t i = 0; i < sizeof ENDINGS / sizeof ENDINGS[0]; i++) {
        char path[128];
        (void)snprintf(path, sizeof path, "%s%s", file, ENDINGS[i]);
        (void)unlink(path);
    }
    return rmdir(directory);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(hot_statements_go_by_index), cmocka_unit_test(a_walk_is_seen)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
