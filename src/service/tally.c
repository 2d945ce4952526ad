// SPDX-License-Identifier: EUPL-1.2
#include "service/tally.h"

enum { FEW_MAX = 2000, PAGE_ROWS = 64 };

struct err tally_write(struct store_conn *conn, enum tally tally, enum statement statement, const struct value *params, size_t count, struct arena *arena,
                       struct why *why) {
    static const struct { enum statement of, enter, set, leave, drop; } STATEMENTS[] = {
        [TALLY_CASES] = {STMT_TALLY_OF_CASE, STMT_TALLY_ENTER_CASE, STMT_TALLY_SET_CASE, STMT_TALLY_LEAVE_CASE, STMT_TALLY_DROP_CASE},
        [TALLY_ENTITIES] = {STMT_TALLY_OF_ENTITY, STMT_TALLY_ENTER_ENTITY, STMT_TALLY_SET_ENTITY, STMT_TALLY_LEAVE_ENTITY, STMT_TALLY_DROP_ENTITY},
    };
    struct rows rows;
    TRY(store_write(conn, statement, params, count, NULL, why));
    TRY(store_read(conn, STATEMENTS[tally].of, params, 1, arena, &rows, why));
    if (rows.count == 0) return err_none(); // there is no such row
    struct value left = value_int(rows_int(&rows, 0, 0));
    if (left.integer != 0 && left.integer == rows_int(&rows, 0, 1)) return err_none(); // it stands where it stood
    TRY(store_write(conn, STATEMENTS[tally].enter, params, 1, NULL, why));
    TRY(store_write(conn, STATEMENTS[tally].set, params, 1, NULL, why));
    if (left.integer == 0) return err_none();
    TRY(store_write(conn, STATEMENTS[tally].leave, &left, 1, NULL, why));
    return store_write(conn, STATEMENTS[tally].drop, &left, 1, NULL, why);
}

// To sort FIT rows, or to walk through ALL until one in ALL / FIT each time has filled a page.
static bool is_few(int64_t fit, int64_t all) { return fit <= FEW_MAX && fit * fit <= PAGE_ROWS * all && fit < all; }

static struct value any(struct span text) { return text.at == NULL ? value_null() : value_text(text); }

static struct err fit_read(struct store_conn *conn, enum statement sums, enum statement among, const struct value *params, size_t count, struct span hidden,
                           struct arena *arena, struct tally_fit *ret, struct why *why) {
    struct rows rows;
    TRY(store_read(conn, sums, params, count, arena, &rows, why));
    *ret = (struct tally_fit){.count = rows_int(&rows, 0, 0), .is_few = is_few(rows_int(&rows, 0, 0), rows_int(&rows, 0, 1))};
    if (hidden.len <= 2) return err_none(); // "[]"
    TRY(store_read(conn, among, params, count + 1, arena, &rows, why));
    ret->count -= rows_int(&rows, 0, 0);
    return err_none();
}

struct err tally_cases_fit(struct store_conn *conn, const struct tally_cases_filter *filter, struct arena *arena, struct tally_fit *ret, struct why *why) {
    struct value params[] = {value_text(filter->workspace), value_text(filter->bounds), any(filter->state), any(filter->procedure), any(filter->sector),
                             any(filter->flag), any(filter->owed_by), any(filter->opened_by),
                             filter->owned < 0 ? value_null() : value_int(filter->owned), value_int(filter->has_closed), any(filter->hidden)};
    return fit_read(conn, STMT_TALLY_CASES, STMT_TALLY_CASES_AMONG, params, 10, filter->hidden, arena, ret, why);
}

struct err tally_entities_fit(struct store_conn *conn, struct span sectors, struct span status, struct span class, struct span hidden, struct arena *arena,
                              struct tally_fit *ret, struct why *why) {
    struct value params[] = {any(sectors), any(status), any(class), any(hidden)};
    return fit_read(conn, STMT_TALLY_ENTITIES, STMT_TALLY_ENTITIES_AMONG, params, 3, hidden, arena, ret, why);
}
