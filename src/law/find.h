// SPDX-License-Identifier: EUPL-1.2
/* Finding a text, an article or an old term of the law in English, French and German. */
#ifndef LAW_FIND_H
#define LAW_FIND_H

#include "base/json.h"
#include "law/pack.h"

enum { FIND_MAX = 100 };
// [{"kind":"text","key","pack","label"} or {"kind":"concordance","label","was","now","certainty"}], at most FIND_MAX: rows whose texts hold
// WORDS in one of the languages (ASCII letters in either case), the first Directive's terms and articles first. LABEL is in LANG.
CHECKED struct err law_find_write(struct json_out *out, const struct law *law, struct span state, struct span words, struct span lang, struct why *why);

#endif
