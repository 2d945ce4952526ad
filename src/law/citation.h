// SPDX-License-Identifier: EUPL-1.2
/*
 * Citations as rows write them in `article:`, taken apart into places of acts: "NIS2 32(4)(b), (d), 33(4); GDPR 58(2)".
 *
 * After the name of an act come its places, until another act is named: an article with paragraph, point and what is below ("23(4)(d)(ii)",
 * "IRX 1.1.1(k)"), a sibling of the place before ("(d)"), a range ("2(2)(b)-(e)", "31-37"), a recital ("REC 101"), an annex ("Annex I.2(d)",
 * "Annexes I and II"), a subparagraph ("23(4) second subparagraph"). "as proposed" and "in the Council's text" mark what is no law yet;
 * "on" before an act is skipped. Pure.
 */
#ifndef LAW_CITATION_H
#define LAW_CITATION_H

#include "base/span.h"

enum { PLACE_PARTS_MAX = 6, CITATION_PLACES_MAX = 256 };

enum place_kind { PLACE_ACT, PLACE_ARTICLE, PLACE_RECITAL, PLACE_ANNEX };
struct place {
    struct span act;
    enum place_kind kind;
    size_t count; // of parts; the act as a whole, or an annex without a number, has none
    struct span parts[PLACE_PARTS_MAX]; // "23", "4", "d", "ii"
    uint8_t before[PLACE_PARTS_MAX];    // what each stands behind: '(', '.', ':'
    struct span subparagraph;           // "second", "last"; mostly empty
    bool is_proposed;
};
struct citation {
    size_t count;
    struct place places[CITATION_PLACES_MAX];
};
struct act_names {
    size_t count;
    const struct span *names; // as citations say them
};

// Where TEXT is no citation of these acts: false, and *ret_rest is what is not understood. The places point into TEXT or ARENA.
bool citation_parse(struct span text, const struct act_names *acts, struct arena *arena, struct citation *ret, struct span *ret_rest);
// Whether INNER is OUTER or lies in it: 23(4)(a) in 23(4), and all of an act in the act.
bool place_covers(const struct place *outer, const struct place *inner);
// "NIS2 23(4)(a)".
void place_write(struct buf *out, const struct place *place);

#endif
