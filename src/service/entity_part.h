// SPDX-License-Identifier: EUPL-1.2
/*
 * Entities by part of their name. The name stands in the table from each of its letters on, twelve letters of it: what contains a
 * text is then what lies in one range. Plain SQL, the same on every database (doc/decision/0020-register-by-part-of-name.md).
 */
#ifndef SERVICE_ENTITY_PART_H
#define SERVICE_ENTITY_PART_H

#include "store/store.h"

// The name of entity ID is now FOLDED (name_fold), and was BEFORE (at == NULL: it is new). Inside a transaction.
CHECKED struct err entity_parts_put(struct store_conn *conn, struct span id, struct span before, struct span folded, struct arena *arena, struct why *why);

struct entity_range {
    struct span first, end; // parts from FIRST on, before END
    bool is_few;            // so few that to look at each costs less than to walk through all names until a page is full
};
// Where the names stand that contain FOLDED, which is not empty.
CHECKED struct err entity_parts_range(struct store_conn *conn, struct span folded, struct arena *arena, struct entity_range *ret, struct why *why);

#endif
