// SPDX-License-Identifier: EUPL-1.2
/*
 * Webhooks on their way out: what is signed and how, pure. A receiver checks
 *   Varde-Timestamp: seconds since 1970
 *   Varde-Signature: v1=<hex of HMAC-SHA-256 under the shared secret over timestamp, ".", body>
 *   Varde-Message:   the message's id, the same on every try, so that a receiver can drop repetitions
 *   Varde-Kind:      what it is about
 */
#ifndef ROLE_COURIER_H
#define ROLE_COURIER_H

#include "base/span.h"

// Appends the value of Varde-Signature.
void courier_signature(struct buf *buf, struct span secret, int64_t now_ms, struct span body);

#endif
