// SPDX-License-Identifier: EUPL-1.2
/*
 * Statistics: what is counted, as statistics/NAME.yaml of the packs say it. doc/statistics.md says how to write one.
 *
 * A population is a selection of units (cases of a procedure, their duties, or entities on the register) with its dimensions and the
 * rule by which small cells are withheld. Statistics on the same population share both, so that what is published of one can be
 * held against what was published of another. Pure; everything lives as long as the law.
 */
#ifndef LAW_STATISTIC_H
#define LAW_STATISTIC_H

#include "law/condition.h"
#include "law/pack.h"

enum { STATISTIC_DIMENSIONS = 16, STATISTIC_MEASURES = 12, STATISTIC_TABLES = 24, STATISTIC_TABLE_DIMENSIONS = 4 };
enum { OPT_IN_LEAST = 10 }; // entities in a cell of what they share of their own

enum unit_kind { UNIT_CASE, UNIT_DUTY, UNIT_ENTITY };
enum period_kind { PERIOD_QUARTER, PERIOD_HALF, PERIOD_YEAR, PERIOD_DAY };

enum dimension_source {
    FROM_CONDITIONS,  // the first value whose condition holds
    FROM_CASE,        // a fact of the case
    FROM_SUBJECT,     // a fact on the entity; also sector and subsector, by the catalogue of types
    FROM_DUTY,        // of the duty counted: duty, owed_by, status
    FROM_DUTY_STATUS, // the status of the case's first duty of a name
};
struct dimension_value {
    struct span value, label;
    struct names of;              // of which values of the source; none: of its own name
    const struct condition *when; // FROM_CONDITIONS
};
struct dimension {
    struct span name, label, article, certainty;
    enum dimension_source source;
    struct span from;      // the fact or the duty
    size_t value_count;    // 0: whatever the source says
    struct dimension_value *values;
    struct dimension_value other; // what fits no value; label may be empty where values are open
    int under;             // the dimension that this one divides; -1: none
    bool is_overlapping;   // a unit counts under each of its values: the cells don't add up
    const struct yaml *node;
};

struct measure {
    struct span name, label, article;
    struct span sum;       // a number that the case keeps; empty: units are counted
};

struct suppress_rule {
    int64_t below;         // counts under it are withheld
    int64_t width;         // and stay unknown by at least so much
    int64_t percent;       // sums: withheld where one unit makes up more; and unknown by so much of the largest
    struct span article, certainty;
};

struct population {
    struct span name, label, article, procedure;
    enum unit_kind unit;
    struct names documents;        // the first filing of one of these counts
    bool is_last;                  // the last one
    const struct condition *select;
    struct span once_per, once_is; // cases that are parties of a case whose fact has this value count once
    size_t dimension_count;
    struct dimension *dimensions;
    size_t measure_count;
    struct measure *measures;      // [0] counts
    struct suppress_rule rule;
    bool is_opt_in; // of what entities share of their own: each counts once, and nobody sees more than what is published
    const struct pack *pack;
    const struct yaml *node;
};

struct statistic_table {
    struct span name, label;
    size_t by_count;
    size_t by[STATISTIC_TABLE_DIMENSIONS]; // dimensions; one that divides another brings that one with it
};
struct statistic {
    struct span name, label, article, certainty;
    const struct population *population;
    enum period_kind period;
    size_t table_count;
    struct statistic_table *tables;
    bool is_public; // may be released to everybody
    const struct yaml *node;
};

size_t law_statistic_count(const struct law *law);
const struct statistic *law_statistic_at(const struct law *law, size_t index);
const struct statistic *law_statistic(const struct law *law, struct span name); // NULL where there is none
// The rule of the state's own pack (statistics.yaml, `suppress:`), else that of the population.
struct suppress_rule law_suppress_rule(const struct law *law, struct span state, const struct population *population);

struct period {
    struct span name;      // "2026-Q3", "2026-H1", "2026", "2026-11-22"
    int64_t from_ms, to_ms; // to before here; a day's period is the state of things at its end
};
// "2026-Q3", "2026-H1", "2026", "2026-11-22", each of its kind; ERR_INPUT (rule statistic.period) for anything else.
CHECKED struct err period_read(enum period_kind kind, struct span text, const struct zone *zone, struct arena *arena,
                               struct period *ret, struct why *why);
// The period before, of the same kind.
CHECKED struct err period_before(enum period_kind kind, const struct period *period, const struct zone *zone, struct arena *arena,
                                 struct period *ret, struct why *why);
const char *period_kind_name(enum period_kind kind);

// Sector and subsector of a type of entity; false for an unknown one. Subsector empty where the sector has none.
bool law_type_place(const struct law *law, struct span code, struct span *ret_sector, struct span *ret_subsector);

// Writes findings "file:line: words" and one line of what was proved.
void statistics_check(const struct law *law, struct buf *report, size_t *findings);

#endif
