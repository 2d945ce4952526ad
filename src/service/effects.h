// SPDX-License-Identifier: EUPL-1.2
/*
 * Effects: what an accepted filing changes in the tables that are derived from the record. The same function runs when the
 * filing is accepted and when `varde rebuild` lives through the log again; it decides nothing.
 *
 * effects JSON: {"case":{"id","procedure","workspace","entity"|null,"is_new","offices":" csirt ca ","is_closed","is_final",
 *                        "content":<case_state>},
 *                                  (no content where a party filed: {"case":{...},"party":{"id":"E...","content":<party_state>}})
 *                "ops":[...as law/procedure.h states them, and
 *                       {"op":"entity_assessed","entity","class","sectors","size"}   what the program proposes]}
 */
#ifndef SERVICE_EFFECTS_H
#define SERVICE_EFFECTS_H

#include "base/json.h"
#include "service/services.h"

struct effects_of {
    struct span filing_id;
    int64_t seq;
    struct span document, filer_role, filer, office; // office empty: none
    int64_t received_ms, recorded_ms;
    const struct json *values;  // the form's fields; an erased one is absent
    const struct json *effects;
    bool is_rebuild; // messages are not queued again
};

// On the writing connection, inside a transaction.
CHECKED struct err effects_apply(struct services *services, struct store_conn *conn, const struct effects_of *of,
                                 struct arena *arena, struct why *why);

#endif
