// SPDX-License-Identifier: EUPL-1.2
/*
 * One incident, several acts: which other act asks what of whom by when. `acts.yaml` of a pack of the Union:
 *
 *     act: gdpr                     title, article, source, checked_on
 *     facts: [{fact: is_controller, type: bool, label, article}]       bool, enum (with values), number, instant, types; once in all packs
 *            `filing: DOCUMENT`: the instant stands for the receipt of such a filing, for clocks that run from it
 *     derived: [{fact, when: CONDITION} | {fact, count: [CONDITION, ..]}]
 *     receivers: [{receiver: dpa, label}]
 *     reports:
 *       - report: gdpr_breach       label, words, article, certainty, from, to
 *         when: CONDITION on the facts ({case: NAME, ..})
 *         receiver: dpa
 *         relation: parallel        parallel, replaces, counts, absorbed, open: how it stands to the notification under NIS2
 *         stages: [{stage: notification, clock: gdpr_notification, label, article}]
 *         fields: [{field: nature, label, article, takes: [description, impact]}]    fields of the incident, the first that has a value
 *     from_case: [{fact: aware_at, case: aware_at} | {fact, subject: NAME} | {fact, when: CONDITION}], procedure: incident
 *
 * A fact that is not given is unknown: a report then applies, doesn't, or is open and names the facts that would settle it. Nothing here
 * notifies anyone, and every answer says so first and last. Pure.
 */
#ifndef LAW_ACTS_H
#define LAW_ACTS_H

#include "base/json.h"
#include "law/pack.h"

struct acts_answer;
enum act_truth { ACT_NO, ACT_OPEN, ACT_YES };

// FACTS are untrusted (rules acts.*). VALUES: fields of the incident's filings for prefilling, FILINGS as in a case; both may be NULL.
CHECKED struct err acts_answer_make(const struct law *law, const struct json *facts, const struct json *values, const struct json *filings,
                                    struct span state, const struct zone *zone, struct civil at, struct arena *arena,
                                    const struct acts_answer **ret, struct why *why);
// What a case of PROCEDURE says of the acts' facts, from the case as the law sees it and its entity's facts (may be NULL); an object.
// *ret_has false where no pack says how.
CHECKED struct err acts_case_facts(const struct law *law, struct span procedure, const struct json *content, const struct json *subject,
                                   struct arena *arena, struct json *ret, bool *ret_has);

void acts_write_json(struct json_out *out, const struct acts_answer *answer, struct span lang);
void acts_write_text(struct buf *out, const struct acts_answer *answer, struct span lang);
// What can be said, for forms.
void acts_write_facts(struct json_out *out, const struct law *law, struct span lang, struct arena *arena);

#endif
