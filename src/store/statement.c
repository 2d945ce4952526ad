// SPDX-License-Identifier: EUPL-1.2
/*
 * The statements: cut out of the SQL files in the binary, in the same order in which the enumeration was made from
 * them.
 */
#include <assert.h>
#include <stdio.h>

#include "store/sqlite.h"

enum { NAME_MAX_BYTES = 64 };

static struct statement_text texts[STMT_COUNT];
static char names[STMT_COUNT][NAME_MAX_BYTES];
static pthread_once_t texts_once = PTHREAD_ONCE_INIT;

static size_t line_end(struct span text, size_t from) {
    return span_find(text, '\n', from);
}

// Adds the statements of one file; returns how many there are now.
static size_t file_add(struct span text, size_t count) {
    const struct span MARK = SPAN("-- name: ");
    struct statement_text *open = NULL;
    size_t open_at = 0;
    for (size_t at = 0; at < text.len;) {
        size_t end = line_end(text, at);
        struct span line = span_part(text, at, end);
        if (span_starts_with(line, MARK)) {
            if (open != NULL) open->sql = span_part(text, open_at, at);
            struct span name = span_trim(span_part(line, MARK.len, line.len));
            assert(count < STMT_COUNT && name.len > 0 && name.len < NAME_MAX_BYTES);
            memcpy(names[count], name.at, name.len);
            open = &texts[count];
            open->name = names[count++];
            open_at = end < text.len ? end + 1 : end;
        }
        at = end + 1;
    }
    if (open != NULL) open->sql = span_part(text, open_at, text.len);
    return count;
}

static void texts_make(void) {
    size_t count = 0;
    for (size_t i = 0; i < embedded_sql_count; i++) {
        const struct embedded_file *file = &embedded_sql[i];
        if (strncmp(file->path, "schema/", 7) == 0) continue;
        count = file_add(span_make(file->bytes, file->size_bytes), count);
    }
    assert(count == STMT_COUNT); // otherwise the enumeration and the table were made from different files
}

const struct statement_text *statement_texts(void) {
    (void)pthread_once(&texts_once, texts_make);
    return texts;
}

const char *store_statement_name(enum statement statement) {
    assert((unsigned)statement < STMT_COUNT);
    return statement_texts()[statement].name;
}
