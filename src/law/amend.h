// SPDX-License-Identifier: EUPL-1.2
/*
 * The law as a proposal would make it, beside the law in force; for asking what if, and for nothing else.
 *
 * A pack of the Union without date is a proposal. It has amend/NAME.yaml, each for one list of one file of a pack in force:
 *
 *     amends: eu/nis2
 *     file: tables/class.yaml
 *     list: rows
 *     article: "COM(2026) 13"
 *     source: ..., checked_on: ..., certainty: web
 *     root: {add_to: {inputs: [x]}}                          to members beside the list
 *     change: [{row: C1-medium, set: {size: [..]}, add_to: {values: [..]}, when: {CHOICE: value}, article: ..}]
 *     add:    [{row: {id: ..}, after: NAME, when: {..}, article: ..}]
 *     off:    [{row: NAME, when: {..}, article: ..}]
 *
 * choices.yaml names what is not settled: `{choice, values, takes, article, certainty}`; a row with `when` counts only in that reading.
 * The trees of the law in force are never touched: amended files are new trees in a new law.
 */
#ifndef LAW_AMEND_H
#define LAW_AMEND_H

#include "law/pack.h"

struct law_choice {
    struct span name, value;
};

// The law with PROPOSAL applied, in ARENA; LAW must outlive it. What CHOICES don't name is as choices.yaml `takes` it. ERR_INPUT (rules
// amend.*) for a pack with a date, an unknown choice or value, a row that isn't there.
CHECKED struct err law_amend(const struct law *law, const struct pack *proposal, const struct law_choice *choices, size_t count,
                             struct arena *arena, const struct law **ret, struct why *why);
// The proposal that made this law; NULL for law in force. The node serves no law that has one.
const struct pack *law_amended_by(const struct law *law);
// The value of a choice in an amended law; at == NULL for law in force.
struct span law_chosen(const struct law *law, struct span choice);

#endif
