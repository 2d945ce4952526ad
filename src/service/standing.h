// SPDX-License-Identifier: EUPL-1.2
/*
 * Standing authorisations: what a rule proposes and a state has authorised in advance, the node releases itself, with that ground on
 * record. Never more than both allow, never past the gate, never what is marked more strictly than authorised.
 */
#ifndef SERVICE_STANDING_H
#define SERVICE_STANDING_H

#include "service/filing.h"

// After PLAN was written, in the same transaction: files the releases that its proposals and the authorisations in force allow.
// What can't be released so is left to an officer; an error is one of the machine.
CHECKED struct err standing_apply(struct services *services, struct store_conn *conn, struct log_edge *edge, const struct filing_plan *plan,
                                  int64_t now_ms, struct arena *arena, struct why *why);

#endif
