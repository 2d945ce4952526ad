// SPDX-License-Identifier: EUPL-1.2
/*
 * Parties of a case: an advisory's addressees, the cases under a campaign, the offices of which something is asked. A case whose procedure has `parties:` is not of one
 * entity but of many; each has a part of its own (law/procedure.h, party_state), which only it and the offices see.
 *
 * Thirty thousand parties come into being a few hundred at a time: the filing that names them writes tasks, and the node does
 * one after another in transactions of their own (party_task_step), so that other filings pass between them. A task is done
 * and struck out in the same transaction: once, whatever dies in between.
 */
#ifndef SERVICE_PARTY_H
#define SERVICE_PARTY_H

#include "service/case.h"

struct effects_of;

enum { PARTY_CHUNK = 500, PARTIES_MAX = 60000 };

struct party {
    struct span case_id, id, state;
    struct span joined_by; // filing
    int64_t joined_seq, joined_ms, version, changed_ms;
    bool is_present;       // has not left
    bool has_part;
    struct json content;   // its part, where it has one
};

// ERR_NOT_FOUND where it never was one.
CHECKED struct err party_get(struct store_conn *conn, struct span case_id, struct span id, struct arena *arena, struct party *ret,
                             struct why *why);
// Whether the case has parties at all.
bool case_has_parties(const struct case_file *file);
// Sets file->parties: entities among the case's parties for which PRINCIPAL has a mandate to read or file, and offices at which she has a role. Called by case_find_filer.
CHECKED struct err party_find_own(struct store_conn *conn, const struct principal *principal, int64_t now_ms, struct arena *arena,
                                  struct case_file *file, struct why *why);

// --- effects, in the writer's transaction ---

struct party_place { // where an operation belongs
    struct span case_id;
    const struct effects_of *of;
};
// Whether those whom the operations name as parties are there: entities on the register, cases that are not above others, offices of the
// node. Before the filing is accepted.
CHECKED struct err party_check_ops(const struct services *services, struct store_conn *conn, struct span procedure, struct span case_id,
                                   const struct json *ops, struct arena *arena, struct why *why);
// Adds to RET_OPS, which has room, a party_add for each party_offices among OPS, with the offices that the node has now; FILER is the
// office that files.
CHECKED struct err party_offices_resolve(const struct services *services, const struct json *ops, struct span filer, struct arena *arena,
                                         struct json *ret_ops, struct why *why);
// Adds or takes away parties, or queues that; other operations are left alone.
CHECKED struct err party_op(struct store_conn *conn, const struct party_place *place, const struct json *op, struct arena *arena,
                            struct why *why);
// Whether the operation is a message to the parties, which party_message queues.
bool party_is_message(const struct json *op);
CHECKED struct err party_message(struct store_conn *conn, const struct party_place *place, const struct json *op, struct arena *arena,
                                 struct why *why);
// The rows of case_state.party_duties.
CHECKED struct err party_put_duties(struct store_conn *conn, const struct party_place *place, const struct json *content,
                                    struct arena *arena, struct why *why);
// A party's part after its filing: {"id","content"}.
CHECKED struct err party_put(struct store_conn *conn, const struct party_place *place, const struct json *party, struct arena *arena,
                             struct why *why);

// One step of what is queued for parties; *ret_is_more: there is more to do. In a transaction of its own.
CHECKED struct err party_task_step(struct store_conn *conn, int64_t now_ms, struct arena *arena, bool *ret_is_more, struct why *why);

// --- what a party sees ---

// The case as those parties see it for which the one who asks acts (file->parties): one JSON object, like case_write_json. Of
// others there is nothing in it, nor of the case's own facts and duties.
CHECKED struct err party_write_case_json(struct json_out *out, const struct services *services, struct store_conn *conn,
                                         const struct case_file *file, const struct principal *principal, struct span lang,
                                         int64_t now_ms, struct arena *arena, struct why *why);
// One party's part: state, duties with their status, its filings.
CHECKED struct err party_write_part(struct json_out *out, const struct services *services, struct store_conn *conn,
                                    const struct case_file *file, struct span id, bool is_office, int64_t now_ms, struct arena *arena,
                                    struct why *why);
// What they may file next, as party: elements of an array.
CHECKED struct err party_write_next(struct json_out *out, const struct services *services, struct store_conn *conn, const struct case_file *file,
                                    struct span lang, int64_t now_ms, struct arena *arena, struct why *why);
// A duty of a party as the party sees it: without the ids of filings that it may not see.
struct json party_duty_shown(const struct services *services, const struct case_file *file, const struct json *duty, int64_t now_ms, struct arena *arena);
// Whether parties see what an office filed as DOCUMENT: the law lets them, and it was not replaced since (a draft is none of theirs).
bool party_sees_filing(const struct services *services, const struct case_file *file, struct span filing, struct span document, int64_t now_ms,
                       struct span *ret_status);
// Whether the principal may read, as a party or as the entity of a case that is one, what an office filed as DOCUMENT in the case.
// *ret_is_below: as the entity of a case under this one, of which itself she knows nothing.
CHECKED struct err party_may_read_filing(const struct services *services, struct store_conn *conn, const struct principal *principal,
                                         struct span case_id, struct span filing_id, struct span document, int64_t now_ms,
                                         struct arena *arena, bool *ret, bool *ret_is_below, struct why *why);

// --- cases under a case (party_above.c, party_suggest.c) ---

// Writes the members "shared" (filings of offices above that this case's people may read) and, for an office that sees
// the case above too, "above"; nothing where no case stands above this one.
CHECKED struct err party_write_above(struct json_out *out, const struct services *services, struct store_conn *conn, struct span case_id,
                                     const struct principal *principal, bool is_office, int64_t now_ms, struct arena *arena, struct why *why);
// Cases that may belong under FILE, with the reasons: {"case","looked_at","read","suggestions":[{"case","entity","because":[..]}]}.
CHECKED struct err party_write_suggestions(struct json_out *out, const struct services *services, struct store_conn *conn,
                                           const struct case_file *file, const struct principal *principal, int64_t now_ms,
                                           struct arena *arena, struct why *why);

#endif
