// SPDX-License-Identifier: EUPL-1.2
/*
 * Letters: templates from the packs, filled with facts. A template says which parts a letter has, when, and what its writer adds;
 * its sentences are words of the pack in each language. doc/letters.md says how to write one. Pure; knows no letter by name.
 *
 * `eu/NAME/letters/TEMPLATE.yaml`; `national/xx/letters/TEMPLATE.yaml` replaces it for a state, or adds one.
 *
 *     letter: reminder
 *     label: "Reminder of an overdue stage"
 *     article: "NIS2 23(4)"
 *     by: [csirt, ca]              # kinds of office
 *     procedures: [incident]       # none: of any case
 *     signed_by: head              # officer (the default): who files it; head: a second person, the head of the office
 *     marking: "TLP:AMBER"
 *     number: "{office}-{year}-{number:05}"   # none: the state's, in its pack.yaml (`letter_number:`), else this one
 *     fields: [{field: reasons, label: .., article: .., required: yes, max_chars: 4000}]      free text, by the writer
 *     body:
 *       - {heading: subject}         # words letter.reminder.subject; the first one is the letter's title
 *       - {text: late, when: {duty_open: notification}}   # conditions as in procedures
 *       - {list: [one, two]}
 *       - {facts: [entity.name, case.id]}   # label (letter.fact.entity.name) and value; absent ones are left out
 *       - {table: duties}            # duties | filings of the case
 *       - {field: reasons}           # as written, under a heading (letter.reminder.field.reasons)
 *       - {form: incident.early_warning}    # the form, to be filled in by hand
 *       - {lines: 3}               # to write on by hand
 *       - {values: filing}           # the fields of the filing that the letter is about
 */
#ifndef LAW_LETTER_H
#define LAW_LETTER_H

#include "base/json.h"
#include "base/time.h"

struct law;
struct letter; // a template

// NULL where the state has no such template at that date.
const struct letter *letter_find(const struct law *law, struct span state, struct civil at, struct span name);
struct span letter_marking(const struct letter *letter);
bool letter_needs_head(const struct letter *letter);
bool letter_is_of(const struct letter *letter, struct span procedure, struct span office_kind);
// Whether all words of the template are there in the language, and whether the state approved them.
bool letter_speaks(const struct law *law, struct span state, const struct letter *letter, struct span lang);
bool letter_is_approved(const struct law *law, struct span state, struct span lang);
// "CA-2026-00007" by the pattern of template, state, or the default.
struct span letter_number(const struct law *law, struct span state, const struct letter *letter, struct span office, int32_t year,
                          int64_t number, struct arena *arena);
// [{"template","label","article","by","procedures","signed_by","marking","languages":[{"language","is_approved"}],
//   "fields":[{"name","label","article","is_required","max_chars"}]}]
void letter_write_list(struct json_out *out, const struct law *law, struct span state, struct civil at, struct span lang);

enum letter_kind {
    LETTER_HEADING, // level
    LETTER_TEXT,
    LETTER_ITEM,
    LETTER_LABEL, // its value follows
    LETTER_VALUE,
    LETTER_TABLE, // level: columns
    LETTER_HEAD,
    LETTER_CELL,
    LETTER_RULED, // level: lines to write on
    LETTER_WRITTEN, // what a person wrote, in the language she used
};
struct letter_block {
    enum letter_kind kind;
    uint16_t level;
    struct span text;
    struct span lang; // empty: the letter's; "en" where words are not there in it
};

struct letter_input {
    const struct law *law;
    struct span state;
    struct civil at;
    const struct zone *zone;
    const struct letter *letter;
    struct span lang;
    const struct json *facts;      // {"entity":{"name":..},..}: strings, integers, instants as {"at":".."}
    const struct json *texts;      // {"reasons":".."}: what the writer added; or NULL
    const struct json *case_state; // or NULL
    const struct json *subject;    // facts on the entity, for conditions; or NULL
    const struct json *values;     // fields of the filing that the letter is about; or NULL
    struct span values_procedure, values_document;
    struct span role;              // of who writes
    bool is_draft;                 // what is missing shows as a gap instead of being refused
};
// The letter's parts in order. ERR_INPUT (rules letter.field, letter.fact) names what is missing or too much.
CHECKED struct err letter_compose(const struct letter_input *input, struct arena *arena, const struct letter_block **ret, size_t *ret_count,
                                  struct why *why);
// Words common to letters, with placeholders filled: "letter.common.KEY".
struct span letter_common(const struct letter_input *input, const char *key, struct arena *arena);
struct span letter_common_raw(const struct letter_input *input, const char *key); // without filling
// A fact in words; at == NULL where it is not known.
struct span letter_fact(const struct letter_input *input, struct span name, struct arena *arena);
// Whether the template is a form to be filled in by hand, which everybody may have.
bool letter_is_form(const struct letter *letter);
// Whether the template shows this fact ("letter.code").
bool letter_shows(const struct letter *letter, struct span fact);

#endif
