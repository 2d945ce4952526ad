// SPDX-License-Identifier: EUPL-1.2
/*
 * What a loaded law is made of. For the files of this room only.
 *
 * To add a compile step (a book): declare a pointer here, fill it in law_books_load() of law.c. Books are made in the law's
 * arena, after packs and words are there, and never change afterwards.
 */
#ifndef LAW_LAW_PRIVATE_H
#define LAW_LAW_PRIVATE_H

#include "law/amend.h"
#include "law/pack.h"

struct word {
    struct span key;
    struct span text;
    const struct yaml *node; // where it stands
};
struct word_list { // one language of one pack, ordered by key
    struct span lang;
    size_t count;
    struct word *words;
};
struct pack_words {
    size_t count;
    struct word_list *lists; // ordered by language
};

struct procedure_book; // procedures and forms
struct office_book;    // kinds of office, workspaces
struct term_book;      // offices that states hold in turn
struct statistic_book; // what is counted
struct clock_book;     // national clock profiles
struct reminder_book;  // when people are reminded of what is owed
struct registry_book;  // extracts of the register, numbers
struct obligation_book; // what recurs by the calendar
struct letter_book;    // templates of letters
struct ceiling_book;   // ceilings of what may be imposed
struct grid_book;      // criteria of significance
struct text_book;      // all texts, by their English
struct catalogue_book; // controls that measures are assessed against
struct act_book;       // what other acts ask
struct scope_book;     // facts, tables, types, size: one scope of application

struct law {
    struct arena *arena;
    size_t pack_count;
    struct pack *packs;       // ordered by id
    struct pack_words *words; // one a pack
    struct hash hash;
    const struct pack *amended_by; // NULL: law in force (amend.h)
    size_t choice_count;
    const struct law_choice *choices;
    struct scope_book *scope;
    struct procedure_book *procedures;
    struct office_book *offices;
    struct term_book *terms;
    struct statistic_book *statistics;
    struct clock_book *clocks;
    struct reminder_book *reminders;
    struct obligation_book *obligations;
    struct registry_book *registry;
    struct letter_book *letters;
    struct grid_book *grids;
    struct act_book *acts;
    struct text_book *texts;
    struct catalogue_book *catalogues;
    struct ceiling_book *ceilings;
};

// law.c: compiles what the packs hold
CHECKED struct err law_books_load(struct law *law, struct why *why);
// pack.c: finds the packs among the files and reads them.
CHECKED struct err packs_load(struct law *law, const struct embedded_file *files, size_t count, struct why *why);
// words.c
CHECKED struct err words_load(struct law *law, struct why *why);
// "clock.as." and "trust services" -> "clock.as.trust_services"; at == NULL where the arena is full
struct span word_key(struct arena *arena, struct span prefix, struct span text);
// clock_load.c: calendars and clocks of all packs
CHECKED struct err clocks_load(struct law *law, struct why *why);
// translate.c: of all packs
CHECKED struct err texts_load(struct law *law, struct why *why);
// reminder.c: of all packs; and its part of the check, which adds to *FINDINGS
CHECKED struct err reminders_load(struct law *law, struct why *why);
void reminders_check(const struct law *law, struct buf *report, size_t *findings);
// registry.c: what is drawn from the register
CHECKED struct err registry_load(struct law *law, struct why *why);
void registry_check(const struct law *law, struct buf *report, size_t *findings);
// obligation.c: the same for what recurs by the calendar
CHECKED struct err obligations_load(struct law *law, struct why *why);
void obligations_check(const struct law *law, struct buf *report, size_t *findings);
// One document of each state's law is the report without account that is meant where none is named. In intake.c.
void emergency_check(const struct law *law, struct buf *report, size_t *findings);
// letter_load.c, letter_check.c: the templates of all packs, and their part of the check
CHECKED struct err letters_load(struct law *law, struct why *why);
void letters_check(const struct law *law, struct buf *report, size_t *findings);
// state_check.c: the profiles of the states
void states_check(const struct law *law, struct buf *report, size_t *findings);
// check.c: proves the tables of a law, adding to *FINDINGS; proposal_check.c: packs without date
CHECKED struct err scope_prove(const struct law *law, struct buf *report, size_t *findings);
CHECKED struct err proposals_check(const struct law *law, struct buf *report, size_t *findings);
// citation_check.c: what rows cite exists, and is what their file is about; adds to *FINDINGS
CHECKED struct err citations_check(const struct law *law, struct buf *report, size_t *findings);
// ceiling_load.c: of all packs, after the clocks; and its part of the check
CHECKED struct err ceilings_load(struct law *law, struct why *why);
void ceilings_check(const struct law *law, struct buf *report, size_t *findings);
// grid_load.c: of all packs, after the scope
CHECKED struct err grids_load(struct law *law, struct why *why);
// acts_load.c: of all packs, after the clocks
CHECKED struct err acts_load(struct law *law, struct why *why);
// procedure_word.c: whether a procedure has the text that a key of the words names
bool procedure_has_word(const struct law *law, struct span key);
// office.c; before the procedures
CHECKED struct err offices_load(struct law *law, struct why *why);
CHECKED struct err office_terms_load(struct law *law, struct why *why); // office_term.c; after the offices
// procedure_load.c
CHECKED struct err procedures_load(struct law *law, struct why *why);

// statistic_load.c; after the procedures
CHECKED struct err statistics_load(struct law *law, struct why *why);

#endif
