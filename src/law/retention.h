// SPDX-License-Identifier: EUPL-1.2
/*
 * How long filings are kept, as the packs' retention.yaml say it: a state's rows before the Union's, rows that name
 * procedure and document before those that do not. A rule without a period keeps for ever and says so.
 */
#ifndef LAW_RETENTION_H
#define LAW_RETENTION_H

#include "law/pack.h"

enum retention_start { RETENTION_FROM_FILED, RETENTION_FROM_LAST_FILING };

struct retention_rule {
    struct span procedure, document; // "*": any
    bool is_known;                   // false: no period is set; keep
    int months, days;                // the period
    enum retention_start counted_from;
    struct span article, certainty;  // certainty at == NULL where the source was read
    struct span pack;                // "eu/nis2", "national/be"
    bool has_from, has_to;
    struct civil from, to;           // the rule applies on these days and between them
};
struct retention_rules {
    size_t count;
    const struct retention_rule *rules; // most particular first
};

// The rules for a state (empty: the Union's alone). ERR_INPUT with file and line, rules retention.*.
CHECKED struct err retention_rules_read(const struct law *law, struct span state, struct arena *arena,
                                        struct retention_rules *ret, struct why *why);
// The rule that applies to a document on a day; NULL where there is none, which keeps as well.
const struct retention_rule *retention_rule_for(const struct retention_rules *rules, struct span procedure,
                                                struct span document, struct civil at);
// First instant at which the period is over: the start of the day after its last day in the zone. INSTANT_NONE where
// the rule has no period.
int64_t retention_over_ms(const struct retention_rule *rule, const struct zone *zone, int64_t start_ms);

#endif
