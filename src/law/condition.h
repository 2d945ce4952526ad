// SPDX-License-Identifier: EUPL-1.2
/*
 * The condition language of procedures: comparisons of typed facts with constants or with each other, joined by all, any
 * and not. Total and finite: every condition has a value for any facts. A comparison with a fact that is absent is false
 * (`known` asks). For the files of this room only.
 *
 *     {field: is_ongoing, is: yes}                  a field of the filing
 *     {case: handled_at, known: yes}                a fact of the case
 *     {subject: types, has: [TSP_Q, TSP_N]}         a fact on the entity
 *     {flag: cross_border}                          a flag of the case
 *     {setting: answer_is_firm, is: yes}            a setting of the state's clock profile
 *     {filed: [notification]}                       one of these documents stands in the case (not withdrawn)
 *     {state: [reported, notified]}                 the state of the case, before the filing's move
 *     {role: [csirt, ca]}                           who files
 *     {duty_open: final_report}                     an open duty of the case
 *     {barred: fine}                                the state's law lets none be imposed yet (law/ceiling.h)
 *     {field: amount, above_ceiling: fine}          more than the ceiling for this entity; {.., below_minimum: fine}: less than its minimum
 *     {against: any}                                a filing stands in the case that was filed against a rule (or one of those named)
 *     {on_behalf: yes}                              an officer records it for who files (no: who files does it)
 *     {field: conduct, noted: dpa_fined}            at one of these points of a strand, or at one joined to it in another case, this note stands
 *     {received: yes, before: {case: aware_at}}     the instant of receipt
 *     {party: reading, is: affected}                a fact of the filing party's part of the case
 *     {party_state: [silent]}                       the state of that part
 *     {item: status, is: not_applicable}            another field of the list's element that the condition stands in
 *     {field: state, is: {case: reviewed}}          the same value, or one in common where one is a list (is_not, in, has likewise)
 *     {case: designating, items_at_least: 2}        a list of at least so many
 *     {case: concerned, within: {case: approving}}  each of the values is among those of the other (or of a list); a list of none is not
 *     {all: [..]}  {any: [..]}  {not: ..}
 * Comparisons: is, is_not, in (list), has (list: one of them is among the values; {list: NAME} names a list of the
 * procedure), within (list: each of them is among the values), known (yes/no), overlaps (list of address ranges, or {list: NAME}: an address lies in one of them), at_least, at_most, before, after, not_before, not_after. The right side of the last four is
 * a constant instant or date, or {field|case|received: .., plus: "5 m"} (units s, m, h, d; minus likewise).
 */
#ifndef LAW_CONDITION_H
#define LAW_CONDITION_H

#include "law/json_tree.h"

// Where a condition finds its facts; any may be NULL or empty.
struct facts {
    const struct json *fields; // typed values of the filing
    const struct json *subject;
    const struct json *case_facts, *flags, *filings, *duties;
    const struct json *settings; // object of strings
    const struct json *noted;    // {"dpa_fined":["a"]}: at which points of strands a note stands; NULL: at none
    struct span state, role;
    bool is_on_behalf; // an officer records what another filed by phone, paper, ...
    const struct json *party_facts; // of the party that files; NULL where no party does
    struct span party_state;
    const struct json *item; // the element of a list that a field stands in; NULL: none
    int64_t received_ms;
    const struct zone *zone;
    const struct law *law; // for ceilings; NULL: their comparisons are false
    struct span law_state;
    struct civil at;
};

struct law;
struct condition;
// Named lists that `{list: NAME}` may refer to.
struct name_lists {
    size_t count;
    struct span *names;
    struct names *lists;
};
// Whether two addresses or ranges have one in common; false where one of them is none. In field_text.c.
bool ip_range_overlaps(struct span a, struct span b);
CHECKED struct err name_lists_load(struct arena *arena, const struct yaml *node, struct name_lists *ret, struct why *why);
const struct names *name_lists_find(const struct name_lists *lists, struct span name);

// NODE NULL gives a NULL condition, which always holds.
CHECKED struct err condition_load(struct arena *arena, const struct yaml *node, const struct name_lists *lists,
                                  const struct condition **ret, struct why *why);
bool condition_holds(const struct condition *condition, const struct facts *facts);
// The condition as JSON, as in the pack; null for NULL.
void condition_write(struct json_out *out, const struct condition *condition);

// Walks every reference of a condition: KIND is field, case, subject, flag, setting, filed, state, role, duty_open, on_behalf,
// party, party_state, against, barred or received; above_ceiling and below_minimum: ceiling; noted, NAME what it names, NODE where.
typedef void condition_visitor(void *context, const char *kind, struct span name, const struct yaml *node);
void condition_visit(const struct condition *condition, condition_visitor *visitor, void *context);

#endif
