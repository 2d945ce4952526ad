// SPDX-License-Identifier: EUPL-1.2
/*
 * Releases: which recipient got what, and what became of it. Operations as law/operation.c names them.
 *
 * A recipient is a name: "state:FR", "body:enisa", "office:spoc". A disclosure (one release, one recipient) is held, refused,
 * released, handed_over, acknowledged, answered, recalled or destroyed.
 */
#ifndef SERVICE_RELEASE_OP_H
#define SERVICE_RELEASE_OP_H

#include "exchange/gate.h"
#include "service/gate_view.h"

struct effects_of;

// Does one operation of a filing's effects, where it concerns releases; others are left alone.
CHECKED struct err release_op(struct store_conn *conn, const struct effects_of *of, const struct json *op, struct span case_id,
                              struct arena *arena, struct why *why);
// Recalls every disclosure of the filing (NAMES null: of any field), and what a frozen release itself disclosed.
CHECKED struct err release_withdraw(struct store_conn *conn, const struct effects_of *of, struct span source, const struct json *names,
                                    struct arena *arena, struct why *why);
// An exercise reaches only peers of exercises, and these get nothing else; offices of the node apart. Denied otherwise, gate.exercise. Reading.
CHECKED struct err release_exercise_apart(const struct services *services, struct store_conn *conn, struct span recipient, struct arena *arena, struct why *why);
// Whether the releases among OPS may be made: the gate lets each field out to each recipient, and who was not proposed is confirmed.
CHECKED struct err release_allowed(const struct services *services, struct store_conn *conn, const struct json *ops, struct span case_id,
                                   int64_t now_ms, struct arena *arena, struct why *why);

// The recipients that an operation names (members states, bodies, offices, state, body, office), as names.
size_t release_recipients(const struct json *op, struct arena *arena, const struct span **ret);
// The recipients that a proposal names, as names.
size_t release_proposed(const struct json *proposal, struct arena *arena, const struct span **ret);
// A view of the case for this recipient of a release, under BASIS.
CHECKED struct err release_view(const struct services *services, struct store_conn *conn, const struct gate_place *place, struct span recipient,
                                struct span basis, int64_t now_ms, struct arena *arena, struct gate_view *ret, struct why *why);
// Whether a rule proposed RECIPIENT for this filing; *ret_rule (may be NULL) is the proposal as JSON text.
CHECKED struct err release_is_proposed(struct store_conn *conn, struct span case_id, struct span source, struct span recipient,
                                       struct arena *arena, bool *ret, struct json *ret_rule, struct why *why);

#endif
