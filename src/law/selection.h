// SPDX-License-Identifier: EUPL-1.2
/*
 * Criteria that select entities of the register: what a field of the type `selection` holds. Pure; who they are is asked of the
 * store (service/selection.h).
 *
 *   {"everyone": true}                     the whole register, which must be said
 *   {"sectors": [..], "types": [..], "sizes": ["medium"], "classes": ["essential"], "services_in": ["LU"],
 *    "products": ["fortios"],             contained in a declared product or supplier, letters' case apart
 *    "condition": {"subject": "staff", "at_least": 250},   the language of procedures (law/condition.h), about the subject alone
 *    "entities": ["E..."], "except": ["E..."]}
 * An entity is selected that meets all criteria given, each by one of its values; or that stands in "entities"; and never one
 * in "except".
 */
#ifndef LAW_SELECTION_H
#define LAW_SELECTION_H

#include "base/json.h"

struct law;
struct condition;

enum { SELECTION_VALUES_MAX = 100, SELECTION_ENTITIES_MAX = 5000, SELECTION_CONDITION_NODES_MAX = 200 };

struct selection {
    struct json criteria;       // canonical: known members in this order, lists without duplicates; lives in the arena
    bool is_everyone;
    bool has_criteria;          // beside entities and except
    const struct json *sectors, *types, *sizes, *classes, *services_in, *products, *entities, *except; // NULL where not given
    const struct condition *condition; // NULL: none
};

// Reads criteria from outside. ERR_INPUT with the member in why->field ("/sectors"), rules selection.*.
CHECKED struct err selection_read(const struct law *law, const struct json *sent, struct arena *arena, struct selection *ret,
                                  struct why *why);
// Whether the free condition holds for the facts on an entity (procedure_input.subject); true where there is none.
bool selection_condition_holds(const struct selection *selection, const struct json *subject);

#endif
