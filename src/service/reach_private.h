// SPDX-License-Identifier: EUPL-1.2
/* Inside of reaching people; for the files reach*.c, delivery*.c, notice.c, page.c and reminder.c only. */
#ifndef SERVICE_REACH_PRIVATE_H
#define SERVICE_REACH_PRIVATE_H

#include "service/case.h"
#include "service/reach.h"

#define PARAMS(...) ((const struct value[]){__VA_ARGS__}), sizeof((const struct value[]){__VA_ARGS__}) / sizeof(struct value)

// HMAC under a key made from the node's secret for PURPOSE, the first half in hex.
struct span reach_proof(const struct services *services, const char *purpose, struct span what, struct arena *arena);
// The kind of office that gets what is nobody's.
struct span reach_first_kind(const struct services *services);
// Offices of KIND that are concerned by the case: in its workspace, and with its sectors. Returns how many.
size_t reach_offices_of(const struct services *services, const struct case_file *file, struct span kind, const struct access_office *ret[64]);
// Adds the usable channels of those who filed in the case for no office. Reading.
CHECKED struct err reach_filers(struct store_conn *conn, struct span case_id, struct arena *arena, struct reach_list *list, struct why *why);

// page.c, in a transaction
CHECKED struct err page_open(struct services *services, struct store_conn *conn, const struct access_office *office, struct span case_id,
                             struct span filing_id, struct span topic, struct span words, int64_t now_ms, struct why *why);
CHECKED struct err pages_work(struct services *services, struct store_conn *conn, int64_t now_ms, struct arena *arena, struct why *why);
// "ORDINAL.PROOF": what a called person follows to acknowledge.
struct span page_link_token(const struct services *services, struct span page_id, int64_t ordinal, struct arena *arena);

// reminder.c, in a transaction
CHECKED struct err reminders_make(struct services *services, struct store_conn *conn, int64_t now_ms, struct arena *arena, struct why *why);
CHECKED struct err reminders_work(struct services *services, struct store_conn *conn, int64_t now_ms, struct arena *arena, struct why *why);

// notice.c: whether what a notice of TOPIC says is still so; UNTIL_MS 0: it speaks of no end
CHECKED struct err notice_holds(struct store_conn *conn, struct span topic, struct span subject, struct span recipient, int64_t until_ms,
                                int64_t now_ms, struct arena *arena, bool *ret, struct why *why);
// notice_recall.c, in a transaction: does what a row of kind recall_made or recall says
CHECKED struct err recall_work(struct services *services, struct store_conn *conn, struct span kind, struct span release_id, struct span recipient,
                               struct reach_list *list, int64_t now_ms, struct arena *arena, const char **ret_outcome, struct why *why);
// The text of a recall to a peer: the notice and its envelope. ERR_BUSY where it can't be signed now. Reading.
CHECKED struct err recall_write(struct services *services, struct store_conn *conn, struct span release_id, struct span recipient, int64_t now_ms,
                                struct arena *arena, struct span *ret, struct why *why);
// notice.c, in a transaction
CHECKED struct err notices_work(struct services *services, struct store_conn *conn, int64_t now_ms, struct arena *arena, struct why *why);

// delivery_text.c: a row of delivery_take
struct delivery_row {
    int64_t id, attempts, created_ms;
    bool is_of_exercise; // its channel was set on a node of exercises
    struct span kind, topic, case_id, filing_id, entity_id, page_id, owner_kind, owner, channel_id, medium, address, language, words, openpgp;
};
// Fills subject and text, or body. *ret_is_needed false: what it would say is no longer so. Reading.
CHECKED struct err delivery_write(struct services *services, struct store_conn *conn, const struct delivery_row *row, int64_t now_ms,
                                  struct arena *arena, struct delivery_out *out, bool *ret_is_needed, struct why *why);

#endif
