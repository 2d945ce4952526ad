// SPDX-License-Identifier: EUPL-1.2
#include "service/entity_part.h"

#include "base/json.h"
#include "base/limits.h"

enum { PART_LETTERS = 12, FEW_MAX = 2000 };

static bool is_within_letter(uint8_t byte) { return (byte & 0xc0) == 0x80; } // UTF-8 after its first byte

// The first letters of TEXT from AT on.
static struct span part_from(struct span text, size_t at) {
    size_t end = at, letters = 0;
    while (end < text.len) {
        if (!is_within_letter(text.at[end]) && letters++ == PART_LETTERS) break;
        end++;
    }
    return span_part(text, at, end);
}

static struct err parts_write(struct store_conn *conn, enum statement statement, struct span id, struct span folded, struct arena *arena, struct why *why) {
    struct buf text;
    struct json_out out;
    buf_init(&text, arena, LIMIT_EFFECTS_BYTES);
    json_out_init(&out, &text);
    json_out_array(&out);
    for (size_t i = 0; i < folded.len; i++)
        if (!is_within_letter(folded.at[i])) json_out_string(&out, part_from(folded, i));
    json_out_array_end(&out);
    if (out.is_failed || text.is_failed) return err_make(ERR_MEMORY);
    struct value params[] = {value_text(id), value_text(buf_span(&text))};
    return store_write(conn, statement, params, 2, NULL, why);
}

struct err entity_parts_put(struct store_conn *conn, struct span id, struct span before, struct span folded, struct arena *arena, struct why *why) {
    if (before.at != NULL && span_equals(before, folded)) return err_none();
    if (before.len > 0) TRY(parts_write(conn, STMT_ENTITY_PARTS_REMOVE, id, before, arena, why));
    return folded.len > 0 ? parts_write(conn, STMT_ENTITY_PARTS_ADD, id, folded, arena, why) : err_none();
}

struct err entity_parts_range(struct store_conn *conn, struct span folded, struct arena *arena, struct entity_range *ret, struct why *why) {
    struct entity_range range = {.first = part_from(folded, 0)};
    struct buf end;
    struct rows rows;
    buf_init(&end, arena, range.first.len + 8);
    buf_add(&end, range.first);
    buf_add(&end, SPAN("\xf4\x8f\xbf\xbf")); // the last of all letters
    if (end.is_failed) return err_make(ERR_MEMORY);
    range.end = buf_span(&end);
    struct value params[] = {value_text(range.first), value_text(range.end), value_int(FEW_MAX + 1)};
    TRY(store_read(conn, STMT_ENTITY_PARTS_WITHIN, params, 3, arena, &rows, why));
    range.is_few = rows_int(&rows, 0, 0) <= FEW_MAX;
    *ret = range;
    return err_none();
}
