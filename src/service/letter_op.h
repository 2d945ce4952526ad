// SPDX-License-Identifier: EUPL-1.2
/*
 * Letters that were filed: the operation {"op":"letter","as":..} of filings' effects (law/operation.c), and what the node does next.
 *
 * written   the filing is a letter; where its template needs the head of the office it waits, else it is issued at once
 * approved  a head of the office, who did not write it, issues it: only now it gets its number
 * refused   she does not
 * made      the node has attached the PDF (filing letter_made: the record commits to its hash)
 * sealed    the node has attached the seal
 * served    an office recorded its service; the case's fact served_at says from when it counts
 */
#ifndef SERVICE_LETTER_OP_H
#define SERVICE_LETTER_OP_H

#include "service/filing.h"
#include "service/letter.h"

struct effects_of;

struct letter_row { // as stored
    struct span filing_id, case_id, entity_id, office, writer, template, language, state, label;
    int64_t written_ms, issued_ms, served_ms; // INSTANT_NONE
    struct span made_by, sealed_by, served_by;
};
// ERR_NOT_FOUND where there is no such letter.
CHECKED struct err letter_get(struct store_conn *conn, struct span filing_id, struct arena *arena, struct letter_row *ret, struct why *why);
CHECKED struct err letters_of_case(struct store_conn *conn, struct span case_id, struct arena *arena, struct letter_row **ret, size_t *ret_count,
                                   struct why *why);

// Does one operation of a filing's effects, where it concerns letters; others are left alone.
CHECKED struct err letter_op(const struct services *services, struct store_conn *conn, const struct effects_of *of, const struct json *op,
                             struct span case_id, struct span entity_id, struct arena *arena, struct why *why);

// Whether the letters among the effects of what was decided may be written, approved or served so: the template fits and can be filled, the letter is of this case
// and in the right state, the approver is another person and head. Errors name field and rule (letter.*).
CHECKED struct err letter_allowed(const struct services *services, struct store_conn *conn, const struct filing_plan *plan,
                                  struct arena *arena, struct why *why);

// The paper of an issued letter, from the values that were filed.
CHECKED struct err letter_paper_of(const struct services *services, struct store_conn *conn, const struct letter_row *row, struct arena *arena,
                                   struct buf *ret, struct why *why);
// Files letter_made or letter_sealed as the node, with CONTENT attached. In the writer's transaction; may run twice.
enum letter_step { LETTER_MADE, LETTER_SEALED };
CHECKED struct err letter_step_write(struct services *services, struct store_conn *conn, struct log_edge *edge, enum letter_step step,
                                     const struct letter_row *row, struct span content, int64_t now_ms, struct arena *arena, struct why *why);
// Remembers a failed attempt; the next is not before a pause that grows to half an hour.
CHECKED struct err letter_attempt_failed(struct store_conn *conn, struct span filing_id, struct span words, int64_t now_ms, struct arena *arena,
                                         struct why *why);

#endif
