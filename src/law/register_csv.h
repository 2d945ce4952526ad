// SPDX-License-Identifier: EUPL-1.2
/*
 * Classifying a whole register that comes as CSV (RFC 4180, first line names the columns).
 *
 * Columns are facts of facts.yaml; several types or states in one cell are separated by ";" or blanks; an empty cell means that
 * nothing is said. Columns "id" and "name" are kept. Each line of the answer: id,outcome,class,domain_name_registration,missing,error.
 */
#ifndef LAW_REGISTER_CSV_H
#define LAW_REGISTER_CSV_H

#include "law/scope.h"

struct register_counts {
    size_t lines;   // records read, without the heading
    size_t errors;  // of them, lines that could not be classified
    size_t by_class[ENTITY_UNDETERMINED + 1];
};

struct register_csv; // a register being read, line after line
struct register_line {
    bool is_end; // there are no more lines; the rest is empty
    bool is_bad; // this line can't be read: REASON
    size_t line; // from 1
    struct span id;
    struct json facts;
    struct why reason;
};
// The register lives in ARENA; a line in SCRATCH, which may be reset before the next. Errors are of the heading and of broken quoting.
CHECKED struct err register_csv_open(const struct law *law, struct span csv, struct arena *arena, struct register_csv **ret, struct why *why);
CHECKED struct err register_csv_next(struct register_csv *csv, struct arena *scratch, struct register_line *ret, struct why *why);

// An unreadable heading or broken quoting is an error (rule csv.*, field "line N"); a bad value is an error of its line
// only and stands in the answer. STATE and TODAY serve where the columns state and at are absent or empty.
CHECKED struct err register_classify_csv(const struct law *law, struct span csv, struct span state_or_empty,
                                         struct civil today, struct buf *out, struct register_counts *ret,
                                         struct why *why);

#endif
