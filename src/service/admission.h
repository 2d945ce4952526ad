// SPDX-License-Identifier: EUPL-1.2
/*
 * Persons who read a case because a filing named them: experts of a review, guests of a meeting. The law says of which kinds of office
 * only those do (`named: yes`); desk_case.offices then holds the kind as "expert*" and each person as "@P...".
 */
#ifndef SERVICE_ADMISSION_H
#define SERVICE_ADMISSION_H

#include "base/json.h"
#include "service/services.h"

struct effects_of;

// Does one operation of a filing's effects, where it admits or dismisses somebody; others are left alone.
CHECKED struct err admission_op(struct store_conn *conn, const struct effects_of *of, const struct json *op, struct span case_id, struct why *why);
// Writes anew who reads the case; after its offices were written.
CHECKED struct err admission_put(struct store_conn *conn, struct span case_id, struct arena *arena, struct why *why);
// After fields of the filing were erased: whom it named is forgotten.
CHECKED struct err admission_erased(struct store_conn *conn, struct span filing_id, struct arena *arena, struct why *why);
// Whether the decision's operation named OP admits by FIELD.
bool admission_is_by(const struct json *ops, struct span field);
// Whether OFFICES (of a case) let only named persons of the kind in, and whether they name the person.
bool admission_is_of(struct span offices, struct span kind);
bool admission_has(struct span offices, struct span person_id);

#endif
