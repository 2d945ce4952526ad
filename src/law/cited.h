// SPDX-License-Identifier: EUPL-1.2
/* The concordance of the law with what carries it out: which rows of the packs cite an article, or anything in it. */
#ifndef LAW_CITED_H
#define LAW_CITED_H

#include "base/json.h"
#include "law/pack.h"

enum { CITED_ROWS_MAX = 1000 };
// CITE is a citation ("23(4)(a)" is of the Directive, "IR 7(b)", "GDPR 33; CER 15"); empty: the articles of the Directive with how many rows cite
// each. Rows of the Union's packs in force and of the STATE's (empty: of all states), in order of pack and file, labels in LANG; beyond
// CITED_ROWS_MAX only counted. ERR_INPUT with the rule law.cite where CITE is no citation, or names a place that does not exist.
//   {"cite", "places": [{"place", "label"}], "count", "rows": [{"pack", "file", "line", "row", "label", "article"}]}
//   {"act", "articles": [{"place", "label", "count"}]}
CHECKED struct err law_cited_write(struct json_out *out, const struct law *law, struct span state, struct span cite, struct span lang, struct why *why);

#endif
