// SPDX-License-Identifier: EUPL-1.2
/*
 * What acts consist of: which articles, paragraphs, points, recitals and annexes there are, and what each article is about. Read from files
 * index/NAME.yaml of any pack, one an act (doc/law.md, "Articles"), when it is asked for: nothing of it decides anything.
 */
#ifndef LAW_STRUCTURE_H
#define LAW_STRUCTURE_H

#include "law/citation.h"
#include "law/pack.h"

struct structure {
    const struct law *law;
    struct arena *arena;
    struct act_names acts;
    const struct yaml *const *roots;   // of the file of each act
    const struct pack *const *packs;   // whose file it is
    size_t proposed_count;
    const struct place *proposed;      // what proposals would add
};

// Of all packs; ARENA must outlive it. Adds what is wrong with the files to REPORT (may be NULL) and *FINDINGS.
CHECKED struct err structure_open(const struct law *law, struct arena *arena, struct buf *report, size_t *findings, struct structure *ret);
// NULL where the place exists; else why not, to be said after its name.
const char *structure_refuses(const struct structure *structure, const struct place *place);
// The row of the article or annex in which the place lies; NULL where the index has none.
const struct yaml *structure_row(const struct structure *structure, const struct place *place);
// The index of the act; acts.count where there is none of that name.
size_t structure_act(const struct structure *structure, struct span name);

#endif
