// SPDX-License-Identifier: EUPL-1.2
/*
 * Obligations that recur by the calendar: which one, owed by whom, when next. Pure; the packs' obligations.yaml says it:
 *
 *     obligations:
 *       - obligation: COUNT_REPORT   # a choice of the form by which the node opens it: its words stand there
 *         article: "NIS2 3(5)"
 *         node: state                # state, union: on whose node it opens
 *         owner: ca                  # kind of office; `entities` where each entity of `selection` owes it
 *         first: 2025-04-17          # the first due day
 *         every_months: 24           # 0 or absent: once
 *         counts: grid               # from the first day on | last: from the day on which it was last fulfilled
 *         opens_months_before: 12    # before the due day; absent: as soon as the last one was due
 *         missed: each               # while the node was down: opened each | last: only what is still ahead
 *         done_by: [summary.quarterly_summary]   # or {document: P.D, when: CONDITION}: over what the case of that filing holds
 *       - {obligation: STRATEGY_REVIEW, article: .., node: state, owner: spoc, in_case: strategy.review}
 *       - {obligation: CER_LIST_REVIEW, article: .., node: state, body: yes, watched_by: ca, first: .., every_months: 48}
 *
 * `in_case:` names a duty of a procedure's own cases, which their filings open; `body: yes` is owed by a body that is no office of a
 * node: it is told, and with `watched_by:` opened for an office that asks that body and notes what it did. Months are counted from the first day, so that the last day of a month stays one. A state's own
 * obligations.yaml (`off: [names]`, rows of the same name replace) lies over the Union's.
 */
#ifndef LAW_OBLIGATION_H
#define LAW_OBLIGATION_H

#include "base/json.h"
#include "base/time.h"

struct condition;
struct law;
struct yaml;

struct obligation_done { // what fulfils it
    struct span procedure, document;
    const struct condition *when; // of `case` and `flag`; NULL: always
};
struct obligation {
    struct span id, article, certainty, node;
    size_t owner_count, watcher_count, done_count;
    const struct span *owners;   // kinds of office, or "entities"; none: a body outside
    const struct span *watchers; // kinds of office that follow up what a body outside owes; none: it is told alone
    const struct obligation_done *done_by;
    bool is_of_entities, is_outside;
    struct span procedure, duty; // in_case; empty: the calendar opens it
    bool has_first;
    struct civil first;
    int64_t months, lead_months; // 0: once; 0: as soon as the last one was due
    bool counts_from_last, skips_missed;
    struct json selection;   // of entities
    bool has_from, has_to;   // days on which the row is law
    struct civil from, to;
    const struct yaml *yaml;
};
enum { OBLIGATIONS_MAX = 64 };

// All rows of a state ("EU": of the Union), in the order of the packs; those of another node's kind too.
size_t obligations_of(const struct law *law, struct span state, const struct obligation **ret);
// Whether the row is of that state's node, and law on that day.
bool obligation_is_of(const struct obligation *o, struct span state, struct civil at);
// NULL where there is none.
const struct obligation *obligation_find(const struct law *law, struct span state, struct span id);

// Whether it is told alone: a body outside owes it, and no office follows it up.
bool obligation_is_told(const struct obligation *o);

// Whether such a filing in a case with that content (facts and flags, as JSON) fulfils it.
bool obligation_is_done(const struct obligation_done *done, const struct json *case_content);

struct obligation_past { // the one that was opened last
    bool is_there, is_done;
    struct civil due, done; // done: the day on which it was fulfilled
};
struct obligation_next {
    struct civil due, opens; // it opens with the beginning of that day
};
// The next one; false where none is to come: it was once, or counts from a fulfilment that hasn't been. FROM is the first day that the
// node answers for: what was due before isn't opened.
bool obligation_next(const struct obligation *o, const struct obligation_past *past, struct civil from, struct civil today, struct obligation_next *ret);

// What people call it: the words of the choice in the form by which the node opens it; the id where there are none.
struct span obligation_label(const struct law *law, struct span state, struct civil at, const struct obligation *o, struct span lang, struct arena *arena);

#endif
