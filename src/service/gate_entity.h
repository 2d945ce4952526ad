// SPDX-License-Identifier: EUPL-1.2
/* The gate over the register: an entry is made of fields of filings, and what is frozen or held there stays here as well. */
#ifndef SERVICE_GATE_ENTITY_H
#define SERVICE_GATE_ENTITY_H

#include "service/entity.h"
#include "service/gate_list.h"
#include "service/gate_view.h"

// Takes out of the entry what blocks in its cases keep from this person: attributes of the profile, its name and number.
// *RET_IS_NAMED (may be NULL) false: the name or number stayed, so that it is in no list and found by no search.
CHECKED struct err gate_entity(const struct services *services, struct store_conn *conn, const struct principal *principal, int64_t now_ms,
                               struct entity *entity, struct arena *arena, bool *ret_is_named, struct why *why);
// Whether the entry may stand in a list for this person; for rows of which only the id is known.
CHECKED struct err gate_entity_is_listed(const struct services *services, struct store_conn *conn, const struct principal *principal, int64_t now_ms,
                                         struct span entity_id, struct arena *arena, bool *ret, struct why *why);
// NAME of the entry as this person may see it in a row of a list; at == NULL where it stays here. Blocks are rare: without any of the
// entity's nothing is read.
CHECKED struct err gate_entity_name(const struct gate_list *list, const struct services *services, struct store_conn *conn, const struct principal *principal,
                                    int64_t now_ms, struct span entity_id, struct span name, struct arena *arena, struct span *ret, struct why *why);
// The entries that are in no list for this person, as a JSON array of their ids: what a total leaves out.
CHECKED struct err gate_entity_hidden(const struct gate_list *list, const struct services *services, struct store_conn *conn, const struct principal *principal,
                                      int64_t now_ms, struct arena *arena, struct span *ret, struct why *why);

#endif
