// SPDX-License-Identifier: EUPL-1.2
/*
 * The texts of the packs: each English text that stands in a row, with the key under which its translations stand in words/.
 *
 *     incident.label  incident.state.closed.label  incident.party_state.silent.label     of a procedure, or a common file
 *     incident.early_warning.label  .help  .when                                          of a document; `when_words`
 *     incident.early_warning.aware_at.label  .help  .choice.VALUE                         of its fields, nested ones likewise
 *     incident.set.contacts.email.label  incident.set.NAME.rule.RULE                      of fields and rules that stand under `sets:`
 *     incident.early_warning.rule.RULE  .message.KIND  .do.OPERATION                      (a second text of that kind: KIND_2)
 *     incident.duty.notification  incident.proposal.affected_states  incident.indication.ID  `words` and `reason`
 *     clock.as.directive  clock.NAME.note  clock.NAME.note_2                              of clocks.yaml: `as` (blanks are _), `words`
 *     grid.ID  grid_fact.NAME  grid_effect.NAME                                           of grid.yaml
 *     FILE.ID.label  FILE.ID.words  FILE.ID.choice.VALUE                                  of every other file: ID is a row's first value
 *     pack.title  pack.law  pack.note  pack.note_2                                        of pack.yaml; law and notes of a state
 *     directory.ROLE  profile.CELL                                                        `name` (unless `proper: yes`) and `value` of a state's cells
 *     source.TEXT                                                                         where they were read (blanks are _)
 *     privacy.NAME  privacy.NAME.1.MEMBER                                                 of the notice: its texts, and those of row 1 of a list
 *
 * What stands in words/en.yaml (and words/TOPIC.en.yaml) has no row: its key is its own.
 */
#ifndef LAW_TEXT_H
#define LAW_TEXT_H

#include "law/pack.h"

struct law_text {
    struct span key, english;
    const struct yaml *node;
};
// Each text of the pack's rows, in the order of its files. TEXT lives as long as ARENA and the law. false: the arena is full.
typedef void law_text_visitor(void *context, const struct law_text *text);
bool pack_texts_visit(const struct pack *pack, struct arena *arena, law_text_visitor *visitor, void *context);

// The words that the pack lacks in LANG, as YAML ready to fill: each missing key with its English text, then as comments the keys
// that stand in LANG but have no English text (any more), and translations whose {placeholders} are not those of the English.
CHECKED struct err words_missing(const struct law *law, const struct pack *pack, struct span lang, struct buf *out, size_t *ret_missing,
                                 size_t *ret_stale);

#endif
