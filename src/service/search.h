// SPDX-License-Identifier: EUPL-1.2
/*
 * Finding cases by words. Fields that the law calls searchable are indexed when they are filed: their words, each as an HMAC under
 * the node's secret, so that no text of a filing stands in the index (doc/decision/search.md). Only whole words are found.
 * Desk and supervision have an index each, and a search looks into one of them.
 *
 * A word is a run of letters and digits; where some are joined by . - _ : / @ (an address, a CVE number) the whole is a word too.
 * Case doesn't count, in Latin, Greek and Cyrillic letters.
 */
#ifndef SERVICE_SEARCH_H
#define SERVICE_SEARCH_H

#include "base/json.h"
#include "service/effects.h"

enum { SEARCH_WORDS_MAX = 6, SEARCH_WORD_BYTES_MAX = 64, SEARCH_WORDS_PER_FIELD = 600 };

// The words of a text, folded, each once, in the arena; at most MOST.
CHECKED struct err search_words(struct span text, struct arena *arena, size_t most, struct span **ret, size_t *ret_count);

// On the writing connection. Effect "search": {"op":"search","fields":[names]}.
CHECKED struct err search_op(const struct services *services, struct store_conn *conn, const struct effects_of *of, struct span workspace,
                             const struct json *op, struct arena *arena, struct why *why);
// A field was erased: its words go, before the transaction ends.
CHECKED struct err search_erase(struct store_conn *conn, int64_t seq, struct span field, struct why *why);
// The case was moved to another workspace.
CHECKED struct err search_move(const struct services *services, struct store_conn *conn, struct span case_id, struct span workspace, struct why *why);

struct search_question {
    const struct principal *principal;
    const struct workspace *workspace;
    struct span text;      // as typed
    int64_t before_seq;    // go on before this one; INT64_MAX from the start
    int64_t limit;
    int64_t now_ms;
};
// Writes hits as a JSON array, last filed first: filings that have all the words in one searchable field or another, and that the
// one who asks may read, each asked about again by access and gate. *ret_last: to go on; -1 where that is all.
CHECKED struct err search_write(struct json_out *out, const struct services *services, struct store_conn *conn,
                                const struct search_question *question, struct arena *arena, int64_t *ret_last, struct why *why);

#endif
