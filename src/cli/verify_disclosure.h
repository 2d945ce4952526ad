// SPDX-License-Identifier: EUPL-1.2
/* varde verify, for what comes from another state: documents with an envelope, and packages that prove themselves. */
#ifndef CLI_VERIFY_DISCLOSURE_H
#define CLI_VERIFY_DISCLOSURE_H

#include "record/envelope.h"
#include "record/receipt.h"

struct disclosure_report {
    bool has_envelope, is_package;
    struct envelope envelope;
    struct span release, to, label, basis;  // of a package
    struct receipt_report source, receipt;
};

// Whether DOCUMENT (untrusted) is a package of a disclosure.
bool disclosure_is_package(struct span document);
// Verifies the document with its ENVELOPE (at == NULL: without) against the keys. A document that is no package needs one.
// ERR_INPUT with rule envelope.*, disclosure.* or receipt.*.
CHECKED struct err disclosure_verify(struct span document, struct span envelope, const struct verifier_key *keys, size_t count, struct arena *arena,
                                     struct disclosure_report *ret, struct why *why);
void disclosure_print(const struct disclosure_report *report, const struct why *why, bool is_json, struct buf *text); // REPORT NULL: not valid

#endif
