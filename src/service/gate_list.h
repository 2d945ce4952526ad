// SPDX-License-Identifier: EUPL-1.2
/*
 * The gate for many cases at once: lists and the stream of events. Blocks are few; they are read once.
 */
#ifndef SERVICE_GATE_LIST_H
#define SERVICE_GATE_LIST_H

#include "service/gate_view.h"

struct gate_list {
    size_t count;
    struct gate_list_row { struct span filing_id, case_id, target; bool is_hold; } *rows; // in force, of all cases
};
CHECKED struct err gate_list_load(struct store_conn *conn, int64_t now_ms, struct arena *arena, struct gate_list *ret, struct why *why);

// Whether a hold over the whole case keeps it out of this person's sight. PLACE as its row has it.
CHECKED struct err gate_list_hides(const struct gate_list *list, const struct services *services, struct store_conn *conn,
                                   const struct gate_place *place, const struct principal *principal, int64_t now_ms, struct arena *arena, bool *ret,
                                   struct why *why);
// The cases that gate_list_hides would hide, as a JSON array of their ids: what a total leaves out. Holds are few.
CHECKED struct err gate_list_hidden(const struct gate_list *list, const struct services *services, struct store_conn *conn, const struct principal *principal,
                                    int64_t now_ms, struct arena *arena, struct span *ret, struct why *why);
// The filing that is frozen: FILING_ID itself, or what FILING_ID froze; at == NULL where it is neither.
struct span gate_list_withdrawn(const struct gate_list *list, struct span filing_id);

#endif
