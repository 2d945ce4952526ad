// SPDX-License-Identifier: EUPL-1.2
/* The lean row of a case: what statistics ask about, without words, so that a million of them are soon read. */
#include "service/effects.h"
#include "service/figures.h"

// In canonical form: a decision and the effects read back have their members in different orders.
static void member_copy(struct json_out *out, const struct json *from, const char *name) {
    const struct json *value = json_get(from, name);
    struct buf text;
    if (json_is_null(value)) return;
    json_out_name(out, name);
    buf_init(&text, NULL, LIMIT_JSON_BYTES * 2);
    if (is_err(json_canonical(&text, value))) out->is_failed = true;
    json_out_raw(out, buf_span(&text));
    buf_fini(&text);
}

static void rows_copy(struct json_out *out, const struct json *content, const char *list, const char *const *names) {
    const struct json *rows = json_get(content, list);
    json_out_name(out, list);
    json_out_array(out);
    for (size_t i = 0; rows != NULL && i < rows->count; i++) {
        json_out_object(out);
        for (const char *const *name = names; *name != NULL; name++) member_copy(out, &rows->items[i], *name);
        json_out_object_end(out);
    }
    json_out_array_end(out);
}

struct err case_figure_put(struct store_conn *conn, const struct effects_of *of, struct span case_id, struct span procedure,
                           struct span entity_id, const struct json *content, struct arena *arena, struct why *why) {
    static const char *const FILINGS[] = {"document", "received_at", "status", "against", NULL};
    static const char *const DUTIES[] = {"duty", "owed_by", "anchor_at", "due", "due_latest", "is_firm", "done_at", "closed_by", NULL};
    struct value id = value_text(case_id);
    struct rows before;
    struct buf text;
    struct json_out out;
    TRY(store_read(conn, STMT_CASE_FIGURE_GET, &id, 1, arena, &before, why));
    int64_t first_ms = of->received_ms, last_ms = of->received_ms;
    if (before.count > 0 && rows_int(&before, 0, 0) < first_ms) first_ms = rows_int(&before, 0, 0);
    if (before.count > 0 && rows_int(&before, 0, 1) > last_ms) last_ms = rows_int(&before, 0, 1);
    buf_init(&text, arena, LIMIT_JSON_BYTES * 2);
    json_out_init(&out, &text);
    json_out_object(&out);
    member_copy(&out, content, "state");
    member_copy(&out, content, "facts");
    member_copy(&out, content, "flags");
    rows_copy(&out, content, "filings", FILINGS);
    rows_copy(&out, content, "duties", DUTIES);
    json_out_object_end(&out);
    if (text.is_failed || out.is_failed) return err_make(ERR_MEMORY);
    struct value params[] = {id, value_text(procedure), value_text(entity_id), value_int(first_ms), value_int(last_ms), value_text(buf_span(&text))};
    return store_write(conn, STMT_CASE_FIGURE_PUT, params, 6, NULL, why);
}
