// SPDX-License-Identifier: EUPL-1.2
/*
 * Notices: people are told that a claim to act for an entity waits for them, what became of theirs, what happens to mandates, and
 * that what was disclosed to them is recalled. A notice is a row that waits (schema/460-notice.sql); reach_work makes deliveries of those
 * that are due, which name the claim, mandate or release and nothing else.
 *
 *   claim_waits      officers who may decide it, and who manages the entity; each at most every quarter of an hour, then of all together
 *   claim_granted, claim_refused                 who made it, and who manages the entity
 *   mandate_given, _ends, _ended, _revoked       who has it, and who manages the entity: where nobody does who can be reached, its
 *                                                 contacts on the register. When its end is near stands in the packs' reminders.yaml (`of: mandate`)
 *   recall           the recipient, at the mail address of its entry as a peer: the signed notice itself; and the office that released it. Again
 *                    until it is confirmed, as reminders.yaml says (`of: recall`); also while the case is frozen, which is when it matters
 */
#ifndef SERVICE_NOTICE_H
#define SERVICE_NOTICE_H

#include "service/services.h"

// Notes that KIND happened to SUBJECT, a claim or a mandate. Writing, in the transaction in which it happened.
CHECKED struct err notice_add(struct store_conn *conn, const char *kind, struct span subject, int64_t now_ms, struct why *why);

// Notes that RELEASE was recalled from RECIPIENT ("state:FR"). Writing, likewise.
CHECKED struct err notice_recall(struct store_conn *conn, struct span release_id, struct span recipient, int64_t now_ms, struct why *why);

#endif
