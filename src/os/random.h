// SPDX-License-Identifier: EUPL-1.2
/* Randomness of the kernel. A machine without it is broken, so these functions never fail: they end the process. Thread-safe. */
#ifndef OS_RANDOM_H
#define OS_RANDOM_H

#include <stddef.h>

enum { RANDOM_ID_BYTES = 18 }; // letter, 16 characters, NUL

void random_bytes(void *ret, size_t len);
// A fresh identifier: PREFIX and 16 characters of lower-case Crockford base32 from 80 random bits, e.g. "C0g7...".
void random_id(char prefix, char ret[RANDOM_ID_BYTES]);

#endif
