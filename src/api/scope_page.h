// SPDX-License-Identifier: EUPL-1.2
/* What the files of the plain scope page share: what was answered so far (it travels in hidden fields), and the pieces of its pages. */
#ifndef API_SCOPE_PAGE_H
#define API_SCOPE_PAGE_H

#include "api/plain_page.h"
#include "base/yaml.h"

// The row of facts.yaml for the name; NULL where there is none. A cell that is absent is empty.
const struct yaml *scope_fact_row(const struct api_request *request, struct span name);
struct span scope_cell(const struct yaml *row, const char *name);
const struct yaml *scope_facts(const struct api_request *request);  // all rows
const struct yaml *scope_states(const struct api_request *request); // the Member States' codes
bool scope_is_list(struct span type);   // takes several values
bool scope_is_figure(struct span type); // a number is typed

// --- what was sent (scope_sent.c) ---
bool scope_has(const struct form *sent, struct span name, struct span value);
bool scope_is_given(const struct form *sent, struct span name); // with a value: "I do not know" gives none
// The facts as the scope question takes them; each name once, the last that was sent.
CHECKED struct err scope_facts_make(struct api_request *request, const struct form *sent, struct json *ret, struct why *why);
struct span scope_figure(struct arena *arena, struct span typed); // "1 200,50" as a number; empty where it is none
void scope_sent_again(struct plain_page *page, const struct form *sent, struct span but); // as hidden fields, without the fact BUT

// --- one question (scope_question.c) ---
struct span scope_choice_word(const struct plain_page *page, struct span fact, struct span value);
void scope_types_write(struct plain_page *page, const struct form *sent);  // all entity types by sector
void scope_places_write(struct plain_page *page, struct span name, const struct form *sent, bool has_outside);
bool scope_is_askable(const struct api_request *request, const struct form *sent, struct span name); // on such a page
void scope_question_write(struct plain_page *page, const struct form *sent, struct span name, struct span so_far);

// --- facts that are lists of rows (scope_rows.c) ---
bool scope_has_rows(const struct yaml *row);
// As SENT, with the rows of the fact as a row that was sent (row.NAME) or taken out (take_out) leaves them. Nothing is checked yet.
CHECKED struct err scope_rows_take(struct api_request *request, const struct form *sent, struct span fact, const struct form **ret);
struct span scope_rows_words(struct arena *arena, struct span value); // what tells the rows of a hidden field apart, in one line
// The rows so far and one more to fill in; with FAULT, what was sent of it and what is amiss.
CHECKED struct err scope_rows_write(struct plain_page *page, const struct form *sent, struct span fact, struct span fault, struct why *why);

// --- the answer, with a way to say each thing otherwise (scope_answer_page.c) ---
void scope_answer_write(struct plain_page *page, const struct form *sent, const struct json *answer);

#endif
