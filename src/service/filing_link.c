// SPDX-License-Identifier: EUPL-1.2
#include "service/filing_link.h"

struct err filing_check_links(struct store_conn *conn, const struct json *ops, struct span entity_id, struct arena *arena, struct why *why) {
    for (size_t i = 0; i < ops->count; i++) {
        if (!span_is(json_get_string(&ops->items[i], "op"), "link")) continue;
        struct span from = json_get_string(&ops->items[i], "from"), to = json_get_string(&ops->items[i], "to");
        struct span other = span_equals(from, entity_id) ? to : from;
        if (other.len == 0 || other.at[0] != 'E') continue;
        if (span_equals(from, to)) return why_set(why, ERR_INPUT, "/fields", "filing.link", "", "the document names the entity itself as the other one");
        struct value id = value_text(other);
        struct rows rows;
        TRY(store_read(conn, STMT_ENTITY_VERSION, &id, 1, arena, &rows, why));
        if (rows.count == 0) return why_set(why, ERR_INPUT, "/fields", "filing.link", "", "there is no entity %.*s on the register", SPAN_FMT(other));
    }
    return err_none();
}
