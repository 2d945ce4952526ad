// SPDX-License-Identifier: EUPL-1.2
/*
 * The gate as services and resources ask it: one case, one person, one exit. A person has hats (her roles at offices that work
 * in the case, a mandate of its entity, having filed in it); what one of them may see, she sees.
 *
 *   struct gate_view view;
 *   TRY(gate_view_open(services, conn, &place, principal, GATE_FILING, now_ms, arena, &view, why));
 *   TRY(gate_view_record(&view, conn, &record, arena, &withheld, why));   // values that stay are gone from the record
 *
 * For other recipients (a release, statistics, a document) begin with gate_view_case, then put the recipient into `hats`.
 */
#ifndef SERVICE_GATE_VIEW_H
#define SERVICE_GATE_VIEW_H

#include "exchange/gate.h"
#include "service/case.h"
#include "service/record_store.h"

enum { GATE_HATS_MAX = 24 };

struct gate_place { // a case; ids and columns of its row
    struct span case_id, procedure, workspace, entity_id, sectors, offices;
    struct span filer; // pseudonym of the one who asks, where she filed in it and reads it for that (case_find_filer)
    bool is_party;     // who asks acts for a party, and access lets her read this
    struct span filer_as; // the role in which who asks, or her office, filed what is asked about; empty: she did not
};
struct gate_place gate_place_of(const struct case_file *file);

struct gate_view {
    const struct services *services;
    struct gate_place place;
    enum gate_exit exit;
    int64_t now_ms;
    struct span basis, declassified_by;
    size_t block_count, circle_count, hat_count;
    const struct gate_block *blocks;
    const struct span *circle;
    struct gate_to hats[GATE_HATS_MAX];
    const struct principal *principal; // who asks; NULL: nobody of this node
    struct span pseudonym; // of who asks, to find what she filed
};

struct gate_withheld {
    size_t count;
    struct { struct span name; struct gate_verdict verdict; } *items;
};

// The case's blocks and circle, and no hat: nobody asks yet.
CHECKED struct err gate_view_case(const struct services *services, struct store_conn *conn, const struct gate_place *place, enum gate_exit exit,
                                  int64_t now_ms, struct arena *arena, struct gate_view *ret, struct why *why);
// The same with the hats of PRINCIPAL.
CHECKED struct err gate_view_open(const struct services *services, struct store_conn *conn, const struct gate_place *place,
                                  const struct principal *principal, enum gate_exit exit, int64_t now_ms, struct arena *arena,
                                  struct gate_view *ret, struct why *why);

// For a document that leaves (a letter): as the case's entity sees it, or, where it has none, someone outside to whom the case is known.
CHECKED struct err gate_view_document(const struct services *services, struct store_conn *conn, const struct gate_place *place, int64_t now_ms,
                                      struct arena *arena, struct gate_view *ret, struct why *why);

// As everybody sees it, who knows nothing of the case.
CHECKED struct err gate_view_public(const struct services *services, struct store_conn *conn, const struct gate_place *place, int64_t now_ms,
                                    struct arena *arena, struct gate_view *ret, struct why *why);

// Over the case as such: whether something of it may go at all (a hold over all of it stops everything).
struct gate_verdict gate_view_ask_case(const struct gate_view *view);
// Whether any block at all hits this person in this case: then what was made from its filings stays (facts of the case).
bool gate_view_has_blocks(const struct gate_view *view);
// Whether blocks alone let the filing as such through; markings are not asked.
struct gate_verdict gate_view_blocks_ask(const struct gate_view *view, struct span filing_id);
// Over an attachment of a filing.
CHECKED struct err gate_view_attachment(const struct gate_view *view, struct store_conn *conn, struct span filing_id, struct span attachment_id,
                                        struct arena *arena, struct gate_verdict *ret, struct why *why);
// Takes out of the record what stays: such fields are RECEIPT_WITHHELD, without value and salt. RET_WITHHELD (may be NULL) says why.
CHECKED struct err gate_view_record(const struct gate_view *view, struct store_conn *conn, struct record_open *record, struct arena *arena,
                                    struct gate_withheld *ret_withheld, struct why *why);
// The marking of a filing as it counts now; of one of its fields in *RET_FIELDS (name order of the record, NULL: the filing's).
CHECKED struct err gate_view_marking(struct store_conn *conn, const struct record_open *record, struct arena *arena, struct marking *ret,
                                     const struct marking ***ret_fields, struct why *why);
// ERR_NOT_FOUND, as for a case that is not there, where a hold over all of it stops this person, who reads it for an office.
CHECKED struct err gate_view_known(const struct gate_view *view, struct why *why);
// The same of a case alone, where who asks is known to access.
CHECKED struct err gate_case_known(const struct services *services, struct store_conn *conn, const struct case_file *file, const struct principal *principal,
                                   int64_t now_ms, struct arena *arena, struct why *why);
// The record of what was filed this moment, for the answer to its filer: what she has sent is no news to her.
CHECKED struct err gate_read_filed(struct store_conn *conn, struct span filing_id, struct arena *arena, struct record_open *ret, struct why *why);
// Whether a freeze hits the filing or a part of it, for anybody.
bool gate_view_is_frozen(const struct gate_view *view, struct span filing_id);
// Writes "withheld": [{"field","rule","reason","article"}].
void gate_withheld_write(struct json_out *out, const struct gate_withheld *withheld);
// The one door of the resources to a record: reads it and passes it through the gate.
CHECKED struct err gate_read_record(const struct gate_view *view, struct store_conn *conn, struct span filing_id, struct arena *arena,
                                    struct record_open *ret, struct gate_withheld *ret_withheld, struct why *why);

#endif
