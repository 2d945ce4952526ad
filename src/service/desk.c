// SPDX-License-Identifier: EUPL-1.2
#include "service/desk.h"

#include "service/search.h"
#include "service/seen.h"
#include "service/tally.h"

#define NEVER_MS INT64_MAX

struct span desk_seen_by(const struct json *content, struct span filing_id, struct arena *arena) {
    const struct json *filings = json_get(content, "filings");
    for (size_t i = 0; filings != NULL && i < filings->count; i++)
        if (span_equals(json_get_string(&filings->items[i], "id"), filing_id)) return seen_by_text(&filings->items[i], arena);
    return span_make(NULL, 0);
}

static int64_t instant_of(const struct json *row, const char *name) {
    struct stamp stamp;
    struct span text = json_get_string(row, name);
    return text.at != NULL && !is_err(stamp_parse(text, NULL, "", &stamp, NULL)) ? stamp.ms : NEVER_MS;
}

struct owed { // what is open in a case
    int64_t late_ms, plain_due_ms;
    struct span by;
};

static void word_add(struct buf *words, struct span word) {
    if (word.len == 0) return;
    struct span text = buf_span(words);
    for (size_t at = 0; at < text.len;) {
        size_t end = span_find(text, ' ', at);
        if (span_equals(span_part(text, at, end), word)) return;
        at = end + 1;
    }
    buf_add(words, word);
    buf_add_byte(words, ' ');
}

static struct owed owed_of(const struct json *content, struct arena *arena) {
    struct owed owed = {.late_ms = NEVER_MS, .plain_due_ms = NEVER_MS};
    struct buf words;
    buf_init(&words, arena, 1024);
    buf_add_byte(&words, ' ');
    const struct json *duties = json_get(content, "duties");
    for (size_t i = 0; duties != NULL && i < duties->count; i++) {
        const struct json *duty = &duties->items[i];
        if (json_get_string(duty, "done_at").at != NULL || json_get_string(duty, "closed_by").at != NULL) continue;
        int64_t due_ms = instant_of(duty, "due"), late_ms = instant_of(duty, "due_latest");
        if (late_ms == NEVER_MS) late_ms = due_ms;
        if (late_ms < owed.late_ms) owed.late_ms = late_ms;
        if (due_ms < owed.plain_due_ms && json_get(duty, "seen_by") == NULL) owed.plain_due_ms = due_ms;
        word_add(&words, json_get_string(duty, "owed_by"));
    }
    owed.by = buf_span(&words);
    return owed;
}

// Flags that are set and that every kind of office may see: a queue is read by all of them.
static struct span flags_of(const struct services *services, const struct json *content, struct arena *arena) {
    const struct office_kind *kinds;
    size_t kind_count = office_kinds(services->law, &kinds);
    bool is_union = state_is_union(services->state);
    const struct json *flags = json_get(content, "flags"), *audience = json_get(json_get(content, "audience"), "flags");
    struct buf words;
    buf_init(&words, arena, 8 * 1024);
    buf_add_byte(&words, ' ');
    for (size_t i = 0; flags != NULL && i < flags->count; i++) {
        if (flags->members[i].value.type != JSON_BOOL || !flags->members[i].value.boolean) continue;
        const struct json *names = NULL;
        for (size_t k = 0; audience != NULL && k < audience->count; k++)
            if (span_equals(audience->members[k].name, flags->members[i].name)) names = &audience->members[k].value;
        bool do_all_see = true;
        for (size_t k = 0; names != NULL && k < kind_count; k++) {
            bool does_see = kinds[k].is_of_union != is_union;
            for (size_t n = 0; n < names->count; n++) does_see = does_see || span_equals(names->items[n].string, kinds[k].id);
            do_all_see = do_all_see && does_see;
        }
        if (do_all_see) word_add(&words, flags->members[i].name);
    }
    return buf_span(&words);
}

struct err desk_case_put(const struct services *services, struct store_conn *conn, const struct effects_of *of, const struct desk_row *row, const struct json *content,
                         int64_t next_due_ms, struct arena *arena, struct why *why) {
    struct owed owed = owed_of(content, arena);
    struct value id = value_text(row->id);
    struct rows before;
    TRY(store_read(conn, STMT_DESK_CASE_WORKSPACE, &id, 1, arena, &before, why));
    if (before.count > 0 && !span_equals(rows_span(&before, 0, 0), row->workspace)) TRY(search_move(services, conn, row->id, row->workspace, why));
    const struct workspace *workspace = workspace_find(services->law, row->workspace);
    struct span offices = json_get_string(row->file, "offices");
    if (offices.at == NULL) offices = workspace != NULL ? workspace->reach : SPAN(" ");
    struct value params[] = {value_text(row->id),
                             value_text(row->workspace),
                             value_text(row->procedure),
                             value_text(row->entity),
                             value_text(row->sectors),
                             value_text(json_get_string(content, "state")),
                             value_int(!json_get_bool(row->file, "is_final", false)),
                             value_text(offices),
                             value_int(json_get_bool(row->file, "is_closed", false)),
                             value_text(of->document),
                             value_text(flags_of(services, content, arena)),
                             value_text(owed.by),
                             value_int(next_due_ms),
                             value_int(owed.late_ms),
                             value_int(of->recorded_ms),
                             value_int(of->seq),
                             value_int(row->seen_by.len == 0),
                             value_int(owed.plain_due_ms)};
    return tally_write(conn, TALLY_CASES, STMT_DESK_CASE_PUT, params, sizeof params / sizeof params[0], arena, why);
}
