// SPDX-License-Identifier: EUPL-1.2
/* Compiling statements at first use, binding, running, copying rows. */
#include <assert.h>
#include <stdio.h>

#include "store/sqlite.h"

// "$1" is a name to SQLite, numbered by first appearance; so each of its indices is mapped to our number.
static struct err parameters_map(struct statement_slot *slot, sqlite3_stmt *stmt, const char *name, struct why *why) {
    int count = sqlite3_bind_parameter_count(stmt);
    bool is_seen[STORE_PARAMS_MAX + 1] = {false};
    int64_t highest = 0;
    slot->is_in_order = true;
    for (int i = 1; i <= count; i++) {
        const char *text = sqlite3_bind_parameter_name(stmt, i);
        int64_t number = 0;
        if (text == NULL || text[0] != '$' || !span_to_int(span_of(text + 1), &number) || number < 1 ||
            number > STORE_PARAMS_MAX)
            return why_set(why, ERR_UNSUPPORTED, NULL, "store.statement", NULL, "%s: parameter %d is not $1 to $%d",
                           name, i, STORE_PARAMS_MAX);
        slot->number_of[i - 1] = (uint8_t)number;
        slot->is_in_order = slot->is_in_order && number == i;
        is_seen[number] = true;
        if (number > highest) highest = number;
    }
    for (int64_t n = 1; n <= highest; n++)
        if (!is_seen[n])
            return why_set(why, ERR_UNSUPPORTED, NULL, "store.statement", NULL, "%s: $%d is not used", name, (int)n);
    slot->parameters = (uint8_t)highest;
    return err_none();
}

static struct err slot_compile(struct store_conn *conn, enum statement statement, struct why *why) {
    const struct statement_text *text = &statement_texts()[statement];
    struct statement_slot *slot = &conn->slots[statement];
    sqlite3_stmt *stmt = NULL, *second = NULL;
    const char *tail = NULL;
    int code = sqlite3_prepare_v3(conn->db, (const char *)text->sql.at, (int)text->sql.len, SQLITE_PREPARE_PERSISTENT,
                                  &stmt, &tail);
    if (code != SQLITE_OK) return sqlite_refuse(conn->db, code, text->name, why);
    int left = (int)((const char *)text->sql.at + text->sql.len - tail);
    code = sqlite3_prepare_v3(conn->db, tail, left, 0, &second, NULL);
    if (stmt == NULL || code != SQLITE_OK || second != NULL) {
        (void)sqlite3_finalize(stmt);
        (void)sqlite3_finalize(second);
        return why_set(why, ERR_UNSUPPORTED, NULL, "store.statement", NULL, "%s: is not exactly one statement",
                       text->name);
    }
    struct err e = parameters_map(slot, stmt, text->name, why);
    if (is_err(e))
        (void)sqlite3_finalize(stmt);
    else
        slot->compiled = stmt;
    return e;
}

struct err store_prepare_all(struct store_conn *conn, struct why *why) {
    for (enum statement i = 0; i < STMT_COUNT; i++)
        if (conn->slots[i].compiled == NULL) TRY(slot_compile(conn, i, why));
    return err_none();
}

static int value_bind(sqlite3_stmt *stmt, int index, const struct value *value) {
    switch (value->type) {
    case VALUE_INT: return sqlite3_bind_int64(stmt, index, value->integer);
    case VALUE_TEXT:
        return sqlite3_bind_text64(stmt, index, (const char *)value->bytes.at, value->bytes.len, SQLITE_STATIC,
                                   SQLITE_UTF8);
    case VALUE_BLOB: return sqlite3_bind_blob64(stmt, index, value->bytes.at, value->bytes.len, SQLITE_STATIC);
    case VALUE_NULL:
    default: return sqlite3_bind_null(stmt, index);
    }
}

// The compiled statement with its parameters; the caller resets it.
static struct err slot_ready(struct store_conn *conn, enum statement statement, const struct value *params,
                             size_t count, sqlite3_stmt **ret, struct why *why) {
    assert((unsigned)statement < STMT_COUNT);
    if (conn->is_broken)
        return why_set(why, ERR_IO, NULL, "store.broken", NULL,
                       "a commit failed on the disk; the store must be opened anew");
    struct statement_slot *slot = &conn->slots[statement];
    if (slot->compiled == NULL) TRY(slot_compile(conn, statement, why));
    assert(count == slot->parameters);
    assert(sqlite3_stmt_readonly(slot->compiled) || conn->is_begun); // who writes has begun a transaction
    if (conn->is_begun && sqlite3_get_autocommit(conn->db))
        return why_set(why, ERR_IO, NULL, "store.rolled_back", NULL, "%s: the transaction was given up after an error",
                       store_statement_name(statement));
    for (size_t i = 0; i < count; i++) {
        struct span text = params[i].bytes;
        if (params[i].type == VALUE_TEXT && (!span_is_utf8(text) || span_find(text, 0, 0) < text.len))
            return why_set(why, ERR_INPUT, NULL, "store.text", NULL, "%s: $%zu is no text in UTF-8 without NUL",
                           store_statement_name(statement), i + 1);
    }
    int bound = sqlite3_bind_parameter_count(slot->compiled);
    for (int i = 1; i <= bound; i++) {
        int code = value_bind(slot->compiled, i, &params[slot->number_of[i - 1] - 1]);
        if (code != SQLITE_OK) return sqlite_refuse(conn->db, code, store_statement_name(statement), why);
    }
    *ret = slot->compiled;
    return err_none();
}

static void slot_rest(sqlite3_stmt *stmt) {
    (void)sqlite3_reset(stmt);
    (void)sqlite3_clear_bindings(stmt);
}

static struct err cell_copy(sqlite3_stmt *stmt, int column, struct arena *arena, struct value *ret, const char *name,
                            struct why *why) {
    struct span bytes = {NULL, 0};
    int type = sqlite3_column_type(stmt, column);
    switch (type) {
    case SQLITE_NULL: *ret = value_null(); return err_none();
    case SQLITE_INTEGER: *ret = value_int(sqlite3_column_int64(stmt, column)); return err_none();
    case SQLITE_TEXT:
        bytes = span_make(sqlite3_column_text(stmt, column), (size_t)sqlite3_column_bytes(stmt, column));
        break;
    case SQLITE_BLOB:
        bytes = span_make(sqlite3_column_blob(stmt, column), (size_t)sqlite3_column_bytes(stmt, column));
        break;
    default:
        return why_set(why, ERR_CORRUPT, NULL, "store.real", NULL, "%s: column %d holds a floating number", name,
                       column + 1);
    }
    struct span copy = arena_copy(arena, bytes);
    if (copy.at == NULL) return why_set(why, ERR_MEMORY, NULL, "store.memory", NULL, "%s: the rows do not fit", name);
    *ret = type == SQLITE_TEXT ? value_text(copy) : value_blob(copy);
    return err_none();
}

struct row_list {
    struct value *cells;
    size_t count, capacity, columns;
};

static bool list_grow(struct row_list *list, struct arena *arena) {
    if (list->count < list->capacity) return true;
    size_t capacity = list->capacity == 0 ? 4 : list->capacity * 2;
    struct value *cells = arena_take_array(arena, capacity * list->columns, sizeof *cells);
    if (cells == NULL) return false;
    if (list->count > 0) memcpy(cells, list->cells, list->count * list->columns * sizeof *cells);
    list->cells = cells;
    list->capacity = capacity;
    return true;
}

static struct err rows_copy(struct store_conn *conn, sqlite3_stmt *stmt, const char *name, struct arena *arena,
                            struct row_list *list, struct why *why) {
    int code;
    while ((code = sqlite3_step(stmt)) == SQLITE_ROW) {
        if (!list_grow(list, arena))
            return why_set(why, ERR_MEMORY, NULL, "store.memory", NULL, "%s: the rows do not fit", name);
        struct value *row = list->cells + list->count * list->columns;
        for (size_t c = 0; c < list->columns; c++) TRY(cell_copy(stmt, (int)c, arena, &row[c], name, why));
        list->count++;
    }
    return code == SQLITE_DONE ? err_none() : sqlite_refuse(conn->db, code, name, why);
}

struct err store_read(struct store_conn *conn, enum statement statement, const struct value *params, size_t count,
                      struct arena *arena, struct rows *ret, struct why *why) {
    sqlite3_stmt *stmt = NULL;
    TRY(slot_ready(conn, statement, params, count, &stmt, why));
    struct row_list list = {.columns = (size_t)sqlite3_column_count(stmt)};
    assert(list.columns > 0);
    struct err e = rows_copy(conn, stmt, store_statement_name(statement), arena, &list, why);
    slot_rest(stmt);
    if (!is_err(e)) *ret = (struct rows){.count = list.count, .columns = list.columns, .cells = list.cells};
    return e;
}

struct err store_write(struct store_conn *conn, enum statement statement, const struct value *params, size_t count,
                       size_t *ret_changed, struct why *why) {
    sqlite3_stmt *stmt = NULL;
    TRY(slot_ready(conn, statement, params, count, &stmt, why));
    assert(!sqlite3_stmt_readonly(stmt));
    int code = sqlite3_step(stmt);
    struct err e = err_none();
    if (code != SQLITE_DONE && code != SQLITE_ROW)
        e = sqlite_refuse(conn->db, code, store_statement_name(statement), why);
    else if (ret_changed != NULL)
        *ret_changed = (size_t)sqlite3_changes64(conn->db);
    slot_rest(stmt);
    return e;
}
