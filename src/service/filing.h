// SPDX-License-Identifier: EUPL-1.2
/*
 * Filing: the one way in. A filing is decided by a worker on what it read, and written by the writer, who decides again
 * where anything that the decision stood on has moved.
 */
#ifndef SERVICE_FILING_H
#define SERVICE_FILING_H

#include "base/json.h"
#include "law/procedure.h"
#include "service/services.h"

struct filing_request { // what someone wants to file; untrusted
    struct span procedure, document;
    struct span case_id;   // empty: opens a case
    struct span entity_id; // empty: of the case, or none
    struct span as;        // filer's role; empty: the first that the document and the person have in common
    struct span corrects;  // filing that this one corrects; may be empty
    const struct json *fields;
    const struct json *on_behalf; // how it came, where an officer records it for another; NULL otherwise
    bool is_node;                 // the node itself, under an order that a person gave
    bool is_claim_holder;         // shown by the token of the case's claim (service/claim.h), not by an account
    size_t attachment_count;
    struct span attachments[LIMIT_ATTACHMENTS_PER_FILING];
    struct span idempotency_key; // may be empty
    struct hash request_hash;    // of everything that must be the same when a key is used again
    int64_t received_ms;
};

struct filing_plan { // a decision, and the versions that it stands on
    const struct filing_request *request;
    const struct principal *principal;
    bool is_repeat;        // the idempotency key was used for the same request: filing_id is the earlier filing
    struct procedure_document document;
    struct procedure_decision decision;
    struct json effects;   // as effects.h states them
    struct span filing_id, case_id, entity_id; // entity_id empty: none
    struct span as, office;
    struct span intake_kind; // of the office that records it for another; empty otherwise
    int64_t received_ms;     // when the office or its node had it
    bool is_new_case, is_new_entity;
    int64_t case_version, entity_version; // 0: new or none
    struct span party_id;  // that files; empty: none
    int64_t party_version;
    bool has_selection;    // who became a party was looked up on the register as it stood at LOG_SIZE
    int64_t log_size;
    int64_t decided_ms;
    struct span workspace;
};

// Decides on what CONN sees. *ret->decision.is_accepted false: the law's faults are in it. Errors: access, unknown things,
// a reused idempotency key with another request (ERR_CONFLICT, rule filing.idempotency).
CHECKED struct err filing_decide(struct services *services, struct store_conn *conn, const struct principal *principal,
                                 const struct filing_request *request, int64_t now_ms, struct arena *arena,
                                 struct filing_plan *ret, struct why *why);

// Writes the plan in the writer's transaction; decides again where a version moved. *ret_seq is the place in the log (of
// the earlier filing for a repeat). A plan that is no longer accepted is left with its faults and ERR_CONFLICT or ERR_LAW.
CHECKED struct err filing_write(struct services *services, struct store_conn *conn, struct log_edge *edge,
                                struct filing_plan *plan, int64_t now_ms, struct arena *arena, int64_t *ret_seq,
                                struct why *why);

#endif
