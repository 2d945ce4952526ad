// SPDX-License-Identifier: EUPL-1.2
/*
 * Markings: how far something may travel. A lattice: joining two gives what is at least as strict as either.
 *
 * Labels are those of TLP 2.0. Beside the label stand the audience (who it is for, by name) and the legal basis of letting it
 * out. An audience that is given but empty is nobody. Pure; all spans are borrowed.
 */
#ifndef EXCHANGE_MARKING_H
#define EXCHANGE_MARKING_H

#include "base/span.h"

enum tlp { TLP_CLEAR, TLP_GREEN, TLP_AMBER, TLP_AMBER_STRICT, TLP_RED }; // each stricter than those before it

// "TLP:AMBER+STRICT"; never NULL.
const char *tlp_name(enum tlp label);
// Reads a label with or without "TLP:". false for what is none ("WHITE" and "unclear" are none).
bool tlp_parse(struct span text, enum tlp *ret);
// What a stored label means: absent is AMBER, what is no label is RED.
enum tlp tlp_of(struct span text);

struct marking {
    enum tlp label;
    bool has_audience;           // false: whoever is in the circle in which it moves (exchange/gate.h)
    size_t audience_count;
    const struct span *audience; // names: "office:csirt", "entity:E...", "person:...", "state:FR", "body:enisa", "public"
    struct span basis;           // article or decision by which it is disclosed; may be empty
};

// Whether NAME is one of the names.
bool audience_has(const struct span *names, size_t count, struct span name);
// The stricter label and the names that are in both audiences; the basis is the stricter one's. The audience lives in ARENA;
// where that is full it is empty, so nobody's.
struct marking marking_join(const struct marking *a, const struct marking *b, struct arena *arena);
// Whether A is at least as strict as B: nobody who may have A may not have B.
bool marking_is_within(const struct marking *a, const struct marking *b);

#endif
