// SPDX-License-Identifier: EUPL-1.2
/* A certificate that signs itself, for the first start of a node: P-256, for this machine's own names. */
#ifndef OS_CERTIFICATE_H
#define OS_CERTIFICATE_H

#include "base/span.h"

// Appends certificate and private key as PEM. It names HOST (a name or a numeric address; may be NULL), localhost,
// 127.0.0.1 and ::1, and holds for 397 days.
CHECKED struct err certificate_make(const char *host, struct buf *certificate, struct buf *key, struct why *why);
// Appends the SHA-256 of the first certificate in PEM, as hexadecimal pairs with colons, for people to compare.
CHECKED struct err certificate_fingerprint(struct span pem, struct buf *ret, struct why *why);

#endif
