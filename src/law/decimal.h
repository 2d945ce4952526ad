// SPDX-License-Identifier: EUPL-1.2
/* Decimal figures with up to two decimals, kept as whole hundredths: cents of euro, hundredths of a work unit, of a percent. */
#ifndef LAW_DECIMAL_H
#define LAW_DECIMAL_H

#include "base/json.h"

// "12", "12.5", "0012.50": digits, at most two decimals; no sign, no exponent, no blanks. At most MAX hundredths.
bool decimal_parse(struct span text, int64_t max, int64_t *ret);
// A JSON number or a string of that form; anything else is ERR_INPUT (rule fact.decimal) naming FIELD, a JSON pointer.
CHECKED struct err decimal_read(const struct json *value, const char *field, int64_t max, int64_t *ret, struct why *why);
// "12", "12.50": decimals only where there are any. Not for negative figures.
struct span decimal_text(struct arena *arena, int64_t hundredths);

#endif
