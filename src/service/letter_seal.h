// SPDX-License-Identifier: EUPL-1.2
/* Seals over letters: what a sealing service is asked, and whether its answer is a signature over the letter. */
#ifndef SERVICE_LETTER_SEAL_H
#define SERVICE_LETTER_SEAL_H

#include "service/letter_op.h"

// {"letter","number","is_exercise","digest":"SHA-256","sha256":"<hex>"}: a sealing service can tell an exercise from life.
CHECKED struct err letter_seal_request(const struct letter_row *row, bool is_exercise, struct span pdf, struct arena *arena, struct span *ret);
// Whether SEAL (untrusted) is a detached CMS signature over PDF, DER. Whether its certificate is qualified is for those to judge who
// rely on it: they have their trusted lists.
CHECKED struct err letter_seal_check(struct span pdf, struct span seal, struct why *why);
// The PDF that the node filed.
CHECKED struct err letter_pdf(struct store_conn *conn, const struct letter_row *row, struct arena *arena, struct buf *ret, struct why *why);

#endif
