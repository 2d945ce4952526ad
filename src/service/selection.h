// SPDX-License-Identifier: EUPL-1.2
/*
 * Who on the register fits criteria (law/selection.h), now. What an officer was shown has a version, a hash over the entities found:
 * the same version, the same entities. A filing that makes them parties names the version; where the register has moved since, the
 * filing is refused with the difference, and the officer looks again.
 */
#ifndef SERVICE_SELECTION_H
#define SERVICE_SELECTION_H

#include "law/selection.h"
#include "service/entity.h"

struct filing_plan;

enum { SELECTION_FOUND_MAX = 60000 };

struct selection_row {
    struct span id, sectors, class, name; // sectors: JSON array or at == NULL
    bool is_registered;                   // false: still pending, never selected
    bool has_contact;
};
struct selection_found {
    size_t count, pending_count;
    const struct selection_row *rows; // registered ones first to last by id, pending ones among them
    size_t row_count;
    struct span version;              // over the registered ones
};

// SECTORS_JSON bounds whom one may select (NULL: nobody is left out). ERR_LIMIT where more than SELECTION_FOUND_MAX are found. Reading.
CHECKED struct err selection_find(struct store_conn *conn, const struct selection *selection, struct span sectors_json, struct arena *arena,
                                  struct selection_found *ret, struct why *why);
// The entities found as a JSON array.
CHECKED struct err selection_entities(const struct selection_found *found, struct arena *arena, struct json *ret);

// What became of the selection since the preview VERSION: who came and who went. ERR_NOT_FOUND where no such preview is kept.
struct selection_difference {
    size_t came_count, went_count;
    const struct span *came, *went; // identifiers
};
CHECKED struct err selection_compare(struct store_conn *conn, struct span version, const struct selection_found *found, struct arena *arena,
                                     struct selection_difference *ret, struct why *why);
// Keeps a preview for two days; writing.
CHECKED struct err selection_keep(struct store_conn *conn, const struct selection *selection, const struct selection_found *found,
                                  int64_t now_ms, struct arena *arena, struct why *why);

// For each party_select among the plan's operations: the party_add that follows from it goes to *RET_OPS. Where a preview is named and
// another was found now, the plan is refused (decision.is_accepted false, with the difference in the fault's words).
CHECKED struct err selection_resolve(struct services *services, struct store_conn *conn, struct filing_plan *plan, struct arena *arena,
                                     struct json *ret_ops, struct why *why);

#endif
