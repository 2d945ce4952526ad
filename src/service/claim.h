// SPDX-License-Identifier: EUPL-1.2
/*
 * Claims: who opens a case without account gets a token. With it she reads how the case stands, adds to it, and later,
 * signed in, takes it over. The token is shown once and kept as SHA-256 only; the case itself is a filing like any other,
 * in a state of quarantine until an officer knows who filed (law/procedure.h).
 */
#ifndef SERVICE_CLAIM_H
#define SERVICE_CLAIM_H

#include "base/json.h"
#include "service/services.h"

enum { CLAIM_TOKEN_BYTES = 6 + 64, CLAIM_KEY_MIN_BYTES = 16 }; // "vrd_e_" and 256 bits in hexadecimal

struct claim {
    struct span case_id, filing_id, person_id; // person_id empty: nobody took the case over
    int64_t created_ms;
    struct hash token_hash;
};

// A new token into RET. With KEY, a secret of the client's of at least CLAIM_KEY_MIN_BYTES, the same request (BODY_HASH) sent
// again gives the same token, so that an answer that was lost can be had again; shorter keys count for nothing.
void claim_token_make(const struct services *services, struct span key, const struct hash *body_hash, char ret[CLAIM_TOKEN_BYTES + 1]);
struct hash claim_token_hash(struct span token);
// ERR_NOT_FOUND (rule claim.unknown) for anything that is no token of a case here.
CHECKED struct err claim_find(struct store_conn *conn, struct span token, struct arena *arena, struct claim *ret, struct why *why);
// In the transaction that writes what the holder files: the token may have ended, or been taken over, since it was looked at.
CHECKED struct err claim_still_counts(struct store_conn *conn, const struct hash *token_hash, struct arena *arena, struct why *why);
// In a transaction. ERR_LIMIT (rule access.emergency) where the node has taken MOST_PER_HOUR within the hour.
CHECKED struct err claim_add(struct store_conn *conn, const struct hash *token_hash, struct span case_id, struct span filing_id,
                             int64_t points, int64_t most_per_hour, int64_t now_ms, struct arena *arena, struct why *why);
// In a transaction. A token for the outsider of a case, made by an office's filing; the case's token before ends, and so does what was
// taken over with it.
CHECKED struct err claim_invite(struct store_conn *conn, const struct hash *token_hash, struct span case_id, struct span filing_id, int64_t now_ms,
                                struct why *why);
// In a transaction. ERR_CONFLICT (rule claim.taken) where somebody else took it.
CHECKED struct err claim_take(struct store_conn *conn, const struct hash *token_hash, struct span person_id, int64_t now_ms, struct why *why);

// What of a filing agrees with the register: hints for the officer who checks, never a decision.
struct claim_hints {
    int64_t points;     // 0 to 100
    struct rows by_name, by_number; // id, name, status, profile
    bool phone_is_known, email_is_known; // stand in one of these entries
};
// VALUES: the form's. Fields are compared as the document's `compare:` says.
CHECKED struct err claim_hints_find(const struct services *services, struct store_conn *conn, struct span procedure, struct span document,
                                    const struct json *values, struct civil at, struct arena *arena, struct claim_hints *ret, struct why *why);
// {"points","phone_is_on_register","email_is_on_register","entities":[{"id","name","status","agrees":["name","national_number"],
// "open_cases":[{"id","state"}]}]}: cases of PROCEDURE in which something is owed or that were opened within a day.
CHECKED struct err claim_hints_write(struct json_out *out, struct store_conn *conn, const struct claim_hints *hints, struct span procedure,
                                     int64_t now_ms, struct arena *arena, struct why *why);

#endif
