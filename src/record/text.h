// SPDX-License-Identifier: EUPL-1.2
/* Small decoders of this room: text of a length that is known before, into memory that the caller has. */
#ifndef RECORD_TEXT_H
#define RECORD_TEXT_H

#include "base/hash.h"

// Reads the base64 (RFC 4648 section 4, padded, one spelling only) of exactly BYTES bytes; false otherwise, and RET may
// then hold a part.
bool base64_exact(struct span text, uint8_t *ret, size_t bytes);
// Reads a decimal number without sign and additional leading zeroes, up to MAX.
bool decimal_exact(struct span text, uint64_t max, uint64_t *ret);
// Takes the text up to the next newline and moves *at behind it; false where none is left.
bool line_take(struct span text, size_t *at, struct span *ret);

#endif
