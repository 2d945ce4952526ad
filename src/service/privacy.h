// SPDX-License-Identifier: EUPL-1.2
/*
 * What the node holds about a person: for herself (Article 15 GDPR), and a guided search for an officer who answers someone without
 * an account; and the notice that tells why.
 */
#ifndef SERVICE_PRIVACY_H
#define SERVICE_PRIVACY_H

#include "base/json.h"
#include "service/services.h"

// One JSON object: {"made_at","person","topics":[{"topic","words","rows":[{..}],"is_cut"}],"filings":[{..,"fields":{..}}],"filings_next",
// "elsewhere"}. Reading, within a snapshot. Filings after AFTER_SEQ, a page of them with what can still be read.
CHECKED struct err privacy_export(struct json_out *out, const struct services *services, struct store_conn *conn,
                                  const struct principal *who, int64_t after_seq, int64_t now_ms, struct arena *arena, struct why *why);

struct privacy_search {
    struct span case_id;            // the request that it serves; may be empty
    struct span ground;
    struct span name, email, phone; // at least one; compared without case, phones by their digits
    int64_t after_seq;              // of filings, to go on; -1 from the start
};
// Looks through accounts, the register and a page of filings for the terms: {"hits":[{"where","id","field","case"}],"next":seq|null}.
// References, no values: what is given out a review decides.
CHECKED struct err privacy_search_write(struct json_out *out, const struct services *services, struct store_conn *conn, const struct principal *who,
                                        const struct privacy_search *search, int64_t now_ms, struct arena *arena, size_t *ret_hits,
                                        struct why *why);
// Who searched, on which ground, with a keyed hash of the terms. A write job.
CHECKED struct err privacy_search_note(const struct services *services, struct store_conn *conn, const struct principal *who,
                                       const struct privacy_search *search, size_t hits, int64_t now_ms, struct arena *arena, struct why *why);

// The notice: privacy.yaml of the state's own pack for what it says, the Union's for the rest, in LANG.
CHECKED struct err privacy_notice_write(struct json_out *out, const struct services *services, struct span lang, struct arena *arena, struct why *why);

#endif
