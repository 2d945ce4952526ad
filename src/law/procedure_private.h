// SPDX-License-Identifier: EUPL-1.2
/*
 * What a compiled procedure is made of. For the files of this room only.
 */
#ifndef LAW_PROCEDURE_PRIVATE_H
#define LAW_PROCEDURE_PRIVATE_H

#include "law/clock.h"
#include "law/control.h"
#include "law/procedure.h"

struct law;
bool entity_type_is_known(const struct law *law, struct span code);

struct state_row {
    struct span id, label;
    bool is_final; // nothing need follow
    struct span held; // kind of office that alone holds cases in this state; empty: it is none of quarantine
    const struct yaml *node;
};

struct cross_rule { // refuses a filing whose facts meet the condition
    struct span id, article, words;
    struct names fields;
    const struct condition *when;
    bool is_warning;     // warn_when: noted at the filing, which is taken
    struct span set_key; // of its words where it stands in a set of rules
    bool is_overridable; // the head of an office with a second person may file against it
    struct validity validity;
    const struct yaml *node;
};

struct move_row {
    struct span to;
    struct names from; // none: any
    const struct condition *when;
    const struct yaml *node;
};

enum fact_source { FACT_FIELD, FACT_CASE, FACT_RECEIVED, FACT_CONSTANT, FACT_CLOCK };
struct fact_row { // `sets:`; what a filing leaves behind in the case beside its kept fields
    struct span fact;
    enum fact_source source;
    struct span name;      // of the field, the fact or the clock
    struct json constant;
    bool is_first, is_added, is_removed; // as: first | add | remove: the last two of a list
    bool is_for_all; // as for flags
    const struct condition *when;
    const struct yaml *node;
};

struct flag_row {
    struct span flag;
    bool is_set; // otherwise cleared
    bool is_for_all; // what it says is for all who see the case, whoever sees the document
    const struct condition *when;
    const struct yaml *node;
};

enum effect_kind { EFFECT_DO, EFFECT_STATUS, EFFECT_CLASS, EFFECT_MESSAGE, EFFECT_LINK, EFFECT_ERASE, EFFECT_CASE_ENTITY, EFFECT_DOWNTIME, EFFECT_ASSIGN, EFFECT_OVERRIDE, EFFECT_ADMIT, EFFECT_DISMISS, EFFECT_PARTY_ADD,
                   EFFECT_PARTY_REMOVE, EFFECT_PARTY_SELECT, EFFECT_PARTY_OFFICES };
struct effect_row {
    enum effect_kind kind;
    struct span value;      // status, class, kind of message, link or downtime
    struct span field;      // class, link, case_entity: the field that holds it; assign: the backup's; downtime: the one with its beginning
    struct span kind_field; // link: the field that says of which kind, instead of value; override: the field with the rules
    struct span until;      // downtime: the field with its end
    struct span preview;    // party_select: the field with the version of the preview that the officer looked at; empty: none is needed
    struct span of;         // party_select: the document whose last version has the field; empty: this one
    struct names party_states; // message to the parties: only to those in these states; none: to all
    bool is_to_joined;         // only to those that join by this filing
    bool is_of_others;         // party_offices: not the one that files
    struct span office_kind; // message; empty: to the entity; "parties"
    bool is_page;           // message: whoever is on duty at the office is woken
    bool is_from_case;      // link: between cases
    bool is_reversed;       // link: from the named one to this one
    struct span as;         // do: as what
    const struct yaml *with; // do: argument to field
    struct span article, words;
    const struct condition *when;
    const struct yaml *node;
};

struct compare_row { // `compare:`, a field of the form beside an attribute of the register
    struct span attribute, field;
};

enum calendar_part { CALENDAR_START, CALENDAR_END, CALENDAR_TITLE, CALENDAR_PLACE, CALENDAR_ABOUT, CALENDAR_PARTS };

struct document {
    struct span id, label, help, article, marking;
    struct span home; // the procedure, or what several have in common: begins the keys of its words
    struct span marking_field; // the choice whose value is the marking; empty: always `marking`
    struct names by, in;
    struct names seen_by; // none: whoever sees the case
    struct names intake;  // kinds of offices that may record it for who files it
    enum claim_use claim; // what the holder of the case's claim token does with it
    bool is_emergency;    // of those that open a case without account the one that is meant where none is named
    size_t compare_count;
    struct compare_row *compare;
    bool may_open, is_repeatable, needs_entity;
    size_t max_attachments;
    const struct condition *when;
    struct span when_words;
    struct span withdraws; // field that names the filing to be marked withdrawn
    struct span other_than, other_document; // field that names a filing of that document which another person must have filed,
    struct names other_same;                // with the same values of these fields
    bool is_other_of_office;                // of the same office
    bool needs_head;       // only the head of an office files it
    bool is_by_party;      // filed by a party, into its own part of the case
    bool parties_see;      // parties may read it, as soon as the condition holds
    const struct condition *parties_see_when;
    bool is_public;        // everybody may read a filing of it that is marked TLP:CLEAR
    const struct condition *public_when; // only one that meets this when it is filed; NULL: each
    struct span calendar[CALENDAR_PARTS]; // fields; empty: it has no such part, without a start nothing stands in the calendar
    size_t field_count, rule_count, move_count, fact_count, flag_count, effect_count;
    struct field *fields;
    struct cross_rule *rules;
    struct move_row *moves;
    struct fact_row *facts;
    struct flag_row *flags;
    struct effect_row *effects;
    struct validity validity;
    const struct yaml *node;
};

struct done_row { // a document that fulfils a duty
    struct span document;
    struct span matches; // field that must name the filing that opened the duty, where it is given
    const struct condition *when;
};
struct duty_row {
    struct span id, document, clock, article, words;
    struct names owed_by;               // `filer`: the role that filed the document which opened it; `party` alone: each party
    struct names opens_on;              // each such filing opens one
    const struct condition *opens_when; // without opens_on: opened once, as soon as this holds
    bool is_done_at_once; // opens_on: the opening filing may itself fulfil it
    bool is_again;        // opens_when: opened anew once the last one is done
    const struct condition *closes_when;
    bool is_firm;
    const struct condition *firm_when;
    size_t done_count;
    struct done_row *done_by;
    bool needs_clock; // owed only where the state has that clock
    struct validity validity;
    const struct yaml *node;
};

enum target_kind { TARGET_OFFICE, TARGET_STATES, TARGET_BODY };
struct proposal_row {
    struct span id, article, reason;
    struct names on;
    const struct condition *when;
    enum target_kind target;
    struct span target_name; // kind of office, field with states, body
    struct span role;        // what visible_to and hidden_from call the recipient
    struct names fields;     // none: all that the recipient may see
    struct names except;
    struct validity validity;
    const struct yaml *node;
};

struct reach_row { // a kind of office that sees the cases
    bool is_opener; // instead: the one office that opened the case
    struct span office, article;
    bool is_named; // only those of its persons whom a filing of the case admitted
    const struct condition *when;
    const struct yaml *node;
};

enum { LOCK_PARTS = 4 };
struct lock_row { // `locks:`, what a filing keeps other cases from
    struct span id, article, words, clock;
    struct names on, by, refuses; // documents, facts, documents
    const struct condition *unless;
    const struct yaml *node;
};

struct strand_place {
    struct span document, field;
};
struct strand_note {
    struct span id, article, words;
    struct strand_place place;
    const struct condition *when;
    const struct yaml *node;
};
struct strand_row { // `strands:`, what runs through several cases
    struct span id, label, article, home; // home: begins the keys of its words
    struct span link, here, other, there; // the document that joins a point here with one of another case; its fields
    struct strand_place ends;             // the document that takes that back, and the field with the filing
    struct span from, until;              // facts with the days of its period; empty: it has none
    size_t about_count, note_count;
    struct strand_place *about;           // fields that name the case that it is about
    struct strand_note *notes;
    const struct yaml *node;
};

struct indication_row { // what the facts point to; nothing follows by itself
    struct span id, article, words;
    const struct condition *when;
    const struct yaml *node;
};

struct fact_name { // a fact that a case keeps
    struct span name;
    struct span type; // instant, date, choice, bool, int, countries
    const struct yaml *node;
};

struct suggestion_row { // `suggests:`
    struct names of;       // procedures
    struct span document;  // whose last version says what to look for
    struct names same;     // facts that must be alike
    struct names mentions; // its fields, whose texts are looked for
    int64_t within_days;   // around the case's opening
    const struct yaml *node; // NULL: none
};

struct procedure {
    struct span id, label, article, workspace;
    struct span nodes; // "state", "union", "any": which nodes have it
    const struct pack *pack;
    struct names includes; // common files
    struct name_lists lists; // with those of what it includes
    struct span parties; // "entities", "cases", "offices": what its parties are; empty: it has none
    bool do_parties_see_parties; // they know of each other, and read what is filed by one unless its document says no
    struct suggestion_row suggests; // cases that may be parties
    size_t state_count, party_state_count, fact_count, document_count, duty_count, proposal_count, flag_count;
    struct state_row *states, *party_states; // a party begins in the first
    struct fact_name *facts;
    struct names flags;
    struct document *documents;
    struct duty_row *duties;
    struct proposal_row *proposals;
    size_t indication_count;
    struct indication_row *indications;
    size_t reach_count;
    size_t lock_count;
    struct lock_row *locks;
    size_t strand_count;
    struct strand_row *strands;
    struct reach_row *reaches;     // none: those that work in the workspace
    bool is_never_overridden; // `overridable: no`: none of its rules is
    struct names closed_to_entity; // states in which the entity doesn't see its case; or `any`
    struct validity validity;
    const struct yaml *node;
};

struct procedure_book {
    size_t base_count;
    struct procedure *base; // as the Union's packs have them; those of states' nodes first
    size_t of_states_count; // so many of them
    size_t union_count;
    struct procedure *of_union; // those of the Union's node
    size_t state_count;
    struct procedure_set { // of one state, where it has overlays
        struct span state;
        size_t count;
        struct procedure *procedures;
    } *states;
};

// All procedures of a state, with its overlays where its law applies on that day; never fails.
size_t procedures_of(const struct law *law, struct span state, struct civil at, const struct procedure **ret);
// A day on which all that the packs hold applies, for checking them.
static inline struct civil latest_day(void) { return (struct civil){.year = 9999, .month = 12, .day = 31}; }
const struct procedure *procedure_get(const struct law *law, struct span state, struct civil at, struct span id);
const struct document *document_get(const struct procedure *procedure, struct civil at, struct span id);
bool document_fits_state(const struct document *document, struct span state);

// --- who sees what (audience.c) ---

// Who sees the duty: who sees its document or, where that is everyone, what opens it. Empty: whoever sees the case.
const struct names *duty_audience(const struct procedure *procedure, const struct duty_row *duty);
// Tells of each way in which what only some see would become known to others.
typedef void audience_teller(void *context, const struct yaml *node, const char *words, struct span name);
void audience_check(const struct procedure *procedure, audience_teller *tell, void *context);
// The same for a procedure that is the entity's own (`workspace: own`): nothing of it goes to anyone else (own.c).
void own_check(const struct procedure *procedure, audience_teller *tell, void *context);

// --- locks between cases (lock.c) ---

void locks_check(const struct procedure *procedure, audience_teller *tell, void *context);
struct decision;
void locks_add(struct decision *d, struct json *effects);
void own_states_add(struct decision *d, struct json *effects); // fields with `own: yes`

// --- what runs through several cases (strand.c) ---

void strands_check(const struct procedure *procedure, audience_teller *tell, void *context);
void strands_make(struct decision *d, struct json *effects);

// --- what everybody may read (publication.c) ---

// Tells of what is public and can't or must not be.
void publication_check(const struct procedure *procedure, audience_teller *tell, void *context);
struct decision;
void publication_add(struct decision *d, struct json *effects);

// --- one decision, shared by procedure.c, duty.c and effect.c ---

enum { OVERRIDE_RULES_MAX = 8, WARNINGS_MAX = 16 };
struct decision {
    const struct procedure_input *input;
    const struct procedure *procedure;
    const struct document *document;
    const struct clock_profile *profile;
    struct json_tree *tree;
    struct facts facts;
    struct json state; // case_state after; the pointers below point into it
    struct json *case_facts, *filings, *duties, *flags; // those that the filing changes: of the case, or of the party's part
    struct json part;          // of the party that files
    struct json *party_duties; // what each party owes; NULL where the procedure has no parties
    bool is_party;             // a party files
    const struct json *values;
    bool is_correction; // a later version of a filing
    struct json *override; // of the case: the confirmed request that the filing cites, or NULL
    size_t against_count;  // rules that would refuse it
    const struct cross_rule *against[OVERRIDE_RULES_MAX];
    size_t warning_count;
    const struct cross_rule *warnings[WARNINGS_MAX]; // whose warning applies
    int64_t version;
};
// Marks what the filing fulfils, closes what is no longer owed, opens what follows.
void duties_update(struct decision *d);
// After WITHDRAWN was marked: what it had fulfilled is owed again unless another filing fulfils it.
void duties_reopen(struct decision *d, struct span withdrawn);
struct json effects_make(struct decision *d);
// fact_clock.c: the moment that a clock of the state gives on the fields of this filing, null where it gives none. A whole day counts
// with its last second, so that a period that runs from it begins on the next day.
struct json fact_from_clock(struct decision *d, struct span clock);
// What is wrong with a fact that a clock gives; NULL where nothing is.
const char *fact_clock_fault(const struct clock_profile *profile, const struct procedure *procedure, const struct document *document,
                             const struct fact_row *row);
// The kind of office that alone holds cases in the state; empty where it is none of quarantine.
struct span state_held(const struct procedure *procedure, struct span state);
// Faults of a filing that an officer records for another.
struct fault_list;
void intake_check(const struct decision *d, struct fault_list *faults);

// --- filing against a rule (override.c) ---

// The case has room for what is asked for; before pointers into it are taken.
void override_begin(struct decision *d);
// Faults of a request, a confirmation, or of a filing that cites one.
void override_check(struct decision *d, struct fault_list *faults);
// Whether the filing is taken against RULE; it is noted then.
bool override_takes(struct decision *d, const struct cross_rule *rule);
// Notes in the FILING what it was filed against, and in the case what was asked for, confirmed and used.
void override_note(struct decision *d, struct json *filing);
void override_apply(struct decision *d);
// Whether the procedure has a rule of that name that may be overridden, or it is `any`.
bool override_is_of(const struct procedure *procedure, struct span rule);
typedef void override_teller(void *context, const struct yaml *node, const char *words, struct span name);
void override_rows_check(const struct procedure *procedure, override_teller *tell, void *context);

// --- parties (party.c) ---

// Begins the party's part where a party files: what the filing changes is its own then.
CHECKED struct err party_begin(struct decision *d, struct why *why);
CHECKED struct err suggests_check(const struct procedure *procedure, struct why *why);
void party_check(const struct decision *d, struct fault_list *faults);
// Marks what the party's filing fulfils of what it owes.
void party_fulfil(struct decision *d);
// After WITHDRAWN, a filing of the party, was marked.
void party_reopen(struct decision *d, struct span withdrawn);
void party_state_set(struct decision *d, struct span state);
// Operations that add or take away parties.
void party_effect_add(struct decision *d, struct json *effects, const struct effect_row *effect);
bool duty_row_is_of_parties(const struct duty_row *row);
bool document_adds_parties(const struct document *document);
struct json *effect_op_add(struct decision *d, struct json *effects, const char *op);
void effect_text_add(struct decision *d, struct json *row, const char *name, struct span text);
// What conditions see of a case as it stands, without a filing. SUBJECT: its entity's facts, or NULL.
struct facts facts_of_case(const struct law *law, struct span state, struct civil at, const struct json *case_state, const struct json *subject);

#endif
