// SPDX-License-Identifier: EUPL-1.2
/*
 * What the rules of retention would have erased, when, and on which ground. It only proposes: an erasure is a filing that
 * a named person of the office makes.
 *
 * A filing is proposed when its rule has a period, the period is over, the case owes nothing any more (no open duty), and
 * something of it can still be read. Where no rule sets a period, everything is kept, and the report says so.
 */
#ifndef SERVICE_RETENTION_H
#define SERVICE_RETENTION_H

#include "base/json.h"
#include "law/retention.h"
#include "store/store.h"

struct retention_question {
    const struct law *law;
    struct span state;
    const struct zone *zone;
    int64_t now_ms;
    int64_t through_ms;  // proposals that fall due until then are listed too, with their day
    int64_t after_seq;   // goes on after this filing; -1 from the start
    size_t list_max;     // filings in the list; the counts are over all
    const struct json *only; // retention_due: an array of rules as retention_rule_name names them, and of no other; NULL: of all
};

// Writes one JSON object: {"at","rules":[{"procedure","document","keep":"unknown"|{"months"}|{"days"},"counted_from",
// "article","certainty"|null,"pack"|null,"rule"|null,"filings","over","held","next_over"|null}],   a line for each procedure and document
//  "proposals":[{"filing","case","procedure","document","seq","over_at","is_over","fields","article","ground"}],
//  "proposals_left": whether the list was cut, "next": seq to go on after|null}
// over: period over and proposed; held: over, but the case has open duties. CONN reads; it is not in a snapshot.
CHECKED struct err retention_write_json(struct json_out *out, struct store_conn *conn, const struct retention_question *question,
                                        struct arena *arena, struct why *why);

// A rule in one line, all that it says: "national/xx incident * 30 days last_filing". A rule that changes has another name. Empty where it sets no
// period.
struct span retention_rule_name(const struct retention_rule *rule, struct arena *arena);
bool retention_is_named(const struct json *names, struct span name);

struct retention_due { // what an order to erase covers, a page of it
    size_t count;
    struct span *filings;
    int64_t after_seq; // where to go on
    bool is_end;
};
// The filings after question->after_seq whose period was over at question->through_ms and that nothing holds: at most
// question->list_max of them, out of at most ROWS_MAX that are looked at.
CHECKED struct err retention_due(struct store_conn *conn, const struct retention_question *question, size_t rows_max, struct arena *arena,
                                 struct retention_due *ret, struct why *why);

#endif
