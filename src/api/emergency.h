// SPDX-License-Identifier: EUPL-1.2
/*
 * Reports without account: what the resources for programs (emergency_api.c) and the pages for people without JavaScript
 * (emergency_page.c) share. The document is the one that the packs open with a claim (law/procedure.h); this room knows
 * neither its name nor its fields.
 */
#ifndef API_EMERGENCY_H
#define API_EMERGENCY_H

#include "api/api.h"
#include "service/claim.h"
#include "service/filing.h"
#include "service/record_store.h"

struct emergency { // one report on its way
    struct filing_request filing;
    struct filing_plan plan;
    struct procedure_document document;
    char token[CLAIM_TOKEN_BYTES + 1];
    struct hash token_hash;
    int64_t points;
    struct span filing_id; // once it is written
    bool is_repeat;        // the same request came before under this key
    bool is_too_many;      // the node took as many within the hour as it takes: nothing was written
};

// ERR_LIMIT (429) where the address sends too much, with whom to call and where the paper form is.
CHECKED struct err emergency_limit(struct api_request *request, enum rate rate, struct why *why);
// The reason that the node takes no more within the hour, in the same words.
CHECKED struct err emergency_refuse(struct api_request *request, const char *words, struct why *why);
// Finds the document, makes the token, decides. FIELDS live in the request's arena. KEY: a secret of the client's, may be empty.
// PROCEDURE: whose report; empty: the first that the packs open with a claim, which is the emergency's.
CHECKED struct err emergency_begin(struct api_request *request, struct span procedure, const struct json *fields, struct span key, struct emergency *ret, struct why *why);
// api_apply with a struct emergency as context.
CHECKED struct err emergency_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *context,
                                   struct why *why);
// A filing of the case as the gate lets it go to the holder of the token.
CHECKED struct err emergency_read(struct api_request *request, struct store_conn *conn, struct span case_id, struct span filing_id,
                                  struct record_open *ret, struct why *why);
// How the case stands, for the holder of its token: {"case","state","state_label","opened_at","is_held","is_attached","is_claimed",
// "filings":[{"filing","document","label","received_at","by_office","fields"}],"duties":[..]}. Not the content once it was claimed.
CHECKED struct err emergency_write_status(struct api_request *request, struct store_conn *conn, const struct claim *claim, struct json_out *out,
                                          struct why *why);
// An addition by the holder; a struct emergency with is_repeat never set.
// DOCUMENT: one that the holder files; empty: the first of the procedure.
CHECKED struct err emergency_begin_update(struct api_request *request, const struct claim *claim, struct span document, const struct json *fields,
                                          struct emergency *ret, struct why *why);
CHECKED struct err emergency_apply_update(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *context,
                                          struct why *why);

#endif
