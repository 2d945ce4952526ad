// SPDX-License-Identifier: EUPL-1.2
#include "cli/backup_note.h"

#include "base/time.h"

enum { NOTES_KEPT_DAYS = 400, PARAMS_MAX = 7 };

static struct value text_or_null(const char *text) { return text != NULL ? value_text(span_of(text)) : value_null(); }

static struct err put(struct store_conn *conn, enum statement statement, const struct value *params, size_t count, int64_t before_ms, struct why *why) {
    struct value before = value_int(before_ms);
    TRY(store_begin(conn, why));
    struct err e = store_write(conn, statement, params, count, NULL, why);
    if (!is_err(e)) e = store_write(conn, STMT_BACKUP_NOTE_EXPIRE, &before, 1, NULL, why);
    if (!is_err(e)) e = store_commit(conn, why);
    if (is_err(e)) store_rollback(conn);
    return e;
}

static struct err note_put(const char *file, enum statement statement, const struct value *params, size_t count, int64_t now_ms, struct why *why) {
    struct store *store = NULL;
    struct store_conn *conn = NULL;
    TRY(store_open_as_is(file, &store, why));
    struct err e = store_connect(store, STORE_WRITE, &conn, why);
    if (!is_err(e)) e = put(conn, statement, params, count, now_ms - NOTES_KEPT_DAYS * MS_PER_DAY, why);
    store_disconnect(conn);
    store_close(store);
    return e;
}

struct err backup_note_made(const char *database_file, const struct backup_note *note, struct why *why) {
    const struct backup_about *about = note->about;
    struct value params[PARAMS_MAX] = {value_text(span_of(about->id)), value_int(about->made_ms), value_int(note->is_whole), value_text(span_of(note->place)),
                                       text_or_null(note->keys_place), value_int(about->tree_size), value_int((int64_t)note->size_bytes)};
    return note_put(database_file, STMT_BACKUP_NOTE, params, PARAMS_MAX, about->made_ms, why);
}

struct err backup_note_tried(const char *database_file, const struct backup_note *note, int64_t now_ms, struct why *why) {
    const struct backup_about *about = note->about;
    struct value params[] = {value_text(span_of(about->id)), value_int(about->made_ms), value_text(span_of(note->place)), value_int(about->tree_size), value_int(now_ms)};
    return note_put(database_file, STMT_BACKUP_NOTE_TRIED, params, sizeof params / sizeof params[0], now_ms, why);
}
