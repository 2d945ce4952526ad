// SPDX-License-Identifier: EUPL-1.2
/*
 * Procedures: what may be filed, by whom, when, with which fields, and what follows from it.
 *
 * The rules stand in the law packs (procedures/NAME.yaml, clocks.yaml; doc/procedures.md says how to write them); this is
 * their interpreter. It knows no article and no document. Everything here is pure: the facts, the present instant and the
 * zone are passed in, the decision comes out. A procedure_input may be decided again at any time and gives the same answer.
 * All results live in the ARENA that is given, except texts of packs, which live as long as the law.
 *
 * JSON shapes
 *
 * values (decision->values): one object with ALL fields of the form in form order, absent ones null, never a REAL:
 *   text, long_text, choice, country, email, phone, domain, ip_range, entity_type, entity, filing, case, person: string
 *   bool: true/false    int: integer    decimal: string ("1234.50"; without a fraction where it is zero)    date: "2026-11-22"
 *   instant: {"at":"2026-03-28T21:30:00Z","declared":"2026-03-28T22:30:00+01:00"}
 *   countries, domains, ip_ranges, choices, entity_types, entities: array of strings, duplicates removed, never empty (null)
 *   group: object, list: array of objects, each with all its sub-fields in form order
 * As sent (input->fields) an instant is one RFC 3339 string; without offset it is read in the zone of the input, and refused
 * in the hours that summer time skips or repeats. Everything else is sent in the form above (decimal also as integer).
 *
 * case_state: {"procedure":"incident","state":"notified",
 *   "facts":{"aware_at":"2026-03-28T21:30:00Z","is_ongoing":true,...}       instant | choice | bool | int | date, never free text
 *   "filings":[{"id":"F...","document":"early_warning","version":1,"received_at":"...Z","status":"filed|replaced|withdrawn",
 *     "warnings":[{"rule","article","words"}],                 only where a rule of the kind warn_when applies
 *     "against":[{"rule","article","override":"F..."}]}],      only where it was filed against rules, by a confirmed request
 *   "duties":[{"duty":"notification","document":"notification","owed_by":"entity","opened_by":"F...","anchor":"aware_at",
 *     "anchor_at":"...Z","due":"...Z"|null,"due_latest":"...Z"|null,"due_local":"2026-03-31T23:30:00+02:00"|null,
 *     "due_day":"2028-02-29"|null,"is_firm":true,"article":"NIS2 23(4)(b)","words":{"en":"..."},
 *     "note":"..."|null, "readings":[{"as":"national"|...,"anchor_at","due","due_latest","article"}],
 *     "done_by":"F..."|null,"done_at":"...Z"|null,"closed_by":"F..."|null}],
 *   "flags":{"cross_border":true,...},
 *   "overrides":[{"id":"F...","document","office","rules":[".."],"confirmed_by"?:"F...","used_by"?:"F..."}]     only where one was asked for
 *   "party_duties":[<duty> and "of":"joined"|"all"]}     only where the procedure has parties: what each of them owes, once
 *     for all; those that joined by the filing that opened it, or all that were parties then. A party's part says what it did.
 *     "opener": the office that opened the case, where the procedure reaches it (`reaches: [{office: opener}]`).
 *   `due` is the earlier reading and what filers see; `due_latest` the latest lawful one, after which alone *late* may show.
 *   A due of null is a duty without a number ("without undue delay"). `due_day`: the period ends with that whole local day
 *   (then `due` is its 24:00). A duty with closed_by is no longer owed. Lateness is not stored: duty_status().
 *
 * party_state: a party's part of the case: {"party":"E...","joined_by":"F...","state":"silent","facts":{},"filings":[as
 *   above],"flags":{},"done":[{"duty","opened_by":"F...","done_by":"F...","done_at":"...Z"}]}
 *
 * effects: array of operations, in the order in which they are to be done:
 *   {"op":"register","entity":"E...","set":{"<register attribute>":"<form field>"}}   values stay in the filing, by field name
 *   {"op":"entity_status","entity":"E...","status":"registered","article"}
 *   {"op":"entity_class","entity":"E...","class":"ESS","article"}
 *   {"op":"message","to":{"office_kind":"csirt"}|{"entity":"E..."}|{"parties":"C...","states"?:["silent"],"joined"?:true},
 *     "kind":"<message kind>","article","words":{"en":..},
 *     "page":true}                                  page only where whoever is on duty at the office is to be woken
 *   {"op":"proposal","rule":"...","to":{"office_kind":"spoc"}|{"states":["BE","FR"]}|{"body":"enisa"},
 *     "fields":["name",...],"article","reason":{"en":..}}        a named officer releases it; nothing goes by itself
 *   {"op":"link","kind":"merged_into|split_from|succeeds|duplicate_of|...","from":"E..."|"C...","to":"E..."|"C...","article"}
 *   {"op":"search","fields":["<form field>",...]}    found by the words of these
 *   {"op":"person","field":"<form field>"}    it names a person of the node
 *   {"op":"assign","owner":"<form field>","backup":"<form field>","article"}    who works on the case; a field without value: nobody
 *   {"op":"lock","lock":"<name>","keys":["LU supervision",...],"until":"...Z","article"}   other cases may not begin the same until then
 *   {"op":"unlocked","lock","keys","article","words"}   may be filed only where none of these is locked by another case
 *   {"op":"speaks_for","field":"<form field>","state":"LU"}   may be filed only by an office of that state
 *   {"op":"strand_link","strand","here":"a","case":"C...","there":"b","article"}   a point of this case is the same as one of another
 *   {"op":"strand_untie","strand","filing":"F...","article"}    no longer: what that filing joined
 *   {"op":"strand_note","strand","note","points":["a"],"article"}   {"op":"strand_end","filing":"F...","article"}: what that filing noted stands no longer
 *   {"op":"strand_about","strand","case":"C...","article"}      it is about that case: what proposes to join others
 *   {"op":"admit","field":"<form field>","article"}   that person may read the case; {"op":"dismiss","filing":"F...","article"}: whom it admitted no longer
 *   {"op":"erase","filing":"F...","fields":["<form field>",...],"article"}    no fields: all of them
 *   {"op":"case_entity","entity":"E..."|null,"was":"E..."|null,"article"}     the case is from now on of this entity, or of none
 *   {"op":"intake","office_kind":"csirt","channel":"phone"|null}               an officer recorded it for who filed it
 *   {"op":"downtime","kind":"declared"|"withdrawn","from":"...Z"|null,"to":"...Z"|null,"article"}   of this case
 *   {"op":"party_add","parties":["E..."|"C...",...],"article"}     {"op":"party_remove",...} likewise
 *   {"op":"party_offices","kind":"csirt_member"|"filer","states"?:["FR"],"others"?:true,"state","article"}    offices of the node; the service adds a
 *     party_add of those that there are at that moment
 *   {"op":"party_select","filing":"F...","field":"<form field>","state","preview_field"?,"preview"?,"article"}    the field holds criteria;
 *     the service adds a party_add of what fits them at that moment, which must be what the preview of that version found
 * {"op":"publish","version":2,"after":"F..."?,"calendar":{"start":"<form field>","end","title","place","about"}?}    everybody may read
 *     the filing; `after`: the version that it replaces. {"op":"unpublish","filing":"F..."}    what was public of that document is no longer
 * In a state of quarantine (`held:`) messages go to the office that holds it and to nobody else, and nothing is proposed.
 *   and the operations of law/operation.c, with their arguments as members
 */
#ifndef LAW_PROCEDURE_H
#define LAW_PROCEDURE_H

#include "base/json.h"
#include "base/time.h"

struct law;

struct procedure_input {
    const struct law *law;
    struct span state;         // "LU": whose law applies
    struct civil at;           // the law of this date
    const struct zone *zone;   // of the state: months, days and local times are read in it
    struct span procedure, document;
    struct span filer_role;    // a kind of office, entity, party, anyone, node
    struct span filer_office;  // the office for which is filed; empty: none
    const struct json *fields; // object as sent, untrusted; NULL counts as {}
    const struct json *subject;    // facts on the entity: {"class","types":[...],"status",...}, or NULL
    const struct json *case_state; // NULL: this document opens a case
    const struct json *noted;      // {"dpa_fined":["a"]}: at which points of strands notes stand, through other cases too; NULL: at none
    struct span party_id;          // filer_role party: which one files; entity_id is then its entity
    const struct json *party_state; // its part of the case; NULL: it has not filed yet
    struct span party_joined_by;   // the filing by which it became a party
    struct stamp received_at;      // when the filing reached the node (or was signed, where that counts)
    int64_t recorded_ms;           // now
    size_t attachment_count;
    struct span filing_id, case_id, entity_id; // entity_id empty: nobody on the register
    struct span intake_kind;       // kind of the office that records it for who files; empty: who files does it herself
    struct span is_correction_of;  // filing id, or empty. A document that stands once in a case replaces its last version anyway
};

struct fault {
    struct span field; // JSON pointer ("/contacts/0/email"), "" for the document as a whole
    struct span rule, article, words;
};

struct procedure_decision {
    bool is_accepted;
    size_t fault_count;             // > 0 exactly where not accepted
    const struct fault *faults;     // in form order
    const struct json *values;      // NULL where not accepted; likewise the next two
    const struct json *case_state;  // after
    const struct json *effects;
    const struct json *party_state; // after; NULL where no party filed. The case itself is then as it was
    struct span marking;            // of the document, e.g. "TLP:AMBER"
    int64_t version;                // of this document in the case, from 1
};

// Decides one filing. A filing that the law refuses is no error: is_accepted is false and faults say why (rules
// filing.role, filing.state, filing.when, field.required, field.unknown, field.type, field.limit, field.choice, time.*,
// and the names of the pack's own rules). Errors: ERR_NOT_FOUND for an unknown procedure or document in this state at this
// date, ERR_CORRUPT for a case_state that this interpreter did not write, ERR_MEMORY.
CHECKED struct err procedure_decide(const struct procedure_input *input, struct arena *arena, struct procedure_decision *ret,
                                    struct why *why);

// Checks fields only, as for a draft: types, limits, choices, conditions; with IS_COMPLETE also what is required and the
// cross-field rules. No case effect; values and faults of the decision are set, the rest is not. Who may file is not asked.
CHECKED struct err procedure_check_fields(const struct procedure_input *input, bool is_complete, struct arena *arena,
                                          struct procedure_decision *ret, struct why *why);

// A case that was opened without account has a claim token; its holder may do with documents of the case what `claim:` says.
enum claim_use {
    CLAIM_NONE,
    CLAIM_OPENS, // opens a case without account and gives the token
    CLAIM_FILES, // filed by the holder, still without account
    CLAIM_TAKES, // filed by the holder signed in: the case becomes hers
    CLAIM_READS, // filed by an office, shown to the holder
    CLAIM_INVITES, // filed by an office; its answer has a token for the case's outsider, and the one before ends
};
// The member of a filing's fields that says how another's filing came (a group with channel and received_at).
#define FIELD_ON_BEHALF "on_behalf"
// The field of a form that names the confirmed request by which it is filed against a rule (doc/procedures.md, "Against a rule").
#define FIELD_OVERRIDE "override"

// What the API and the filing service need to know of a document before anything is filed.
struct procedure_document {
    struct span procedure, document, article, marking;
    bool may_open;        // may open a case
    bool needs_entity;    // concerns an entity on the register; without one it may not be filed
    bool is_repeatable;   // each filing stands for itself; otherwise the next one replaces the last version
    bool needs_head;      // only the head of an office files it
    struct span other_than, other_document; // field that names a filing of that document which another person must have filed,
    size_t other_same_count;                // with the same values of these fields; empty: none
    const struct span *other_same;
    bool is_other_of_office; // that other person is of the same office
    bool is_by_party;     // filed by a party, into its part of the case
    size_t max_attachments;
    enum claim_use claim;
    size_t intake_count;
    const struct span *intake; // kinds of offices that may record it for who files it
};
CHECKED struct err procedure_find(const struct law *law, struct span state, struct civil at, struct span procedure,
                                  struct span document, struct procedure_document *ret, struct why *why);

// The roles that may file the document, in the order of the pack.
CHECKED struct err procedure_filers(const struct law *law, struct span state, struct civil at, struct span procedure,
                                    struct span document, struct arena *arena, const struct span **ret_roles, size_t *ret_count,
                                    struct why *why);
// Where its cases are worked on: `workspace:` of the procedure, "desk" (the default) or "supervision".
struct span procedure_workspace(const struct law *law, struct span state, struct span procedure);
// Where a case of it is worked on that is in CASE_STATE: as above, or "held-csirt", "held-ca" in a state of quarantine.
struct span procedure_case_workspace(const struct law *law, struct span state, struct civil at, struct span procedure, struct span case_state);
// The first document of the packs that the holder of a claim uses so; of PROCEDURE where it is given. ERR_NOT_FOUND.
CHECKED struct err procedure_claim_document(const struct law *law, struct span state, struct civil at, struct span procedure,
                                            enum claim_use use, struct procedure_document *ret, struct why *why);
// Procedures, save the emergency's, of which one reports without account, and what the report is called. At most MAX; how many.
struct procedure_report {
    struct span procedure, label;
};
size_t procedure_reports(const struct law *law, struct span state, struct civil at, struct procedure_report *ret, size_t max);
// The field of the form that is compared with ATTRIBUTE of the register; empty where none is.
struct span procedure_compared(const struct law *law, struct span state, struct civil at, struct span procedure,
                               struct span document, const char *attribute);
// The field by which an accepted filing of it would give its case an entity; empty where none does.
struct span procedure_entity_field(const struct law *law, struct span state, struct civil at, struct span procedure, struct span document);
// Who sees a case as it stands after a filing: kinds of office (several blank-separated words with a blank before and after:
// " csirt ca "; "expert*": only those of its persons whom a filing admitted), and whether its entity is kept out. SUBJECT may be NULL.
struct procedure_reach {
    struct span offices;
    bool is_closed_to_entity, is_final;
};
CHECKED struct err procedure_reach(const struct law *law, struct span state, struct civil at, struct span procedure,
                                   const struct json *subject, const struct json *case_state, struct arena *arena,
                                   struct procedure_reach *ret, struct why *why);
// What people call a document, and a state of a case; the identifier itself where the packs have no such row.
struct span procedure_label(const struct law *law, struct span state, struct civil at, struct span procedure, struct span document,
                            struct span lang, struct arena *arena);
struct span procedure_state_label(const struct law *law, struct span state, struct civil at, struct span procedure, struct span case_state,
                                  struct span lang, struct arena *arena);
// The first document of the packs that has the operation OP as AS among its effects. ERR_NOT_FOUND.
CHECKED struct err procedure_find_doing(const struct law *law, struct span state, struct civil at, struct span op, struct span as,
                                        struct procedure_document *ret, struct why *why);
// The same among the documents that ROLE files.
CHECKED struct err procedure_find_filed(const struct law *law, struct span state, struct civil at, struct span op, struct span as, struct span role,
                                        struct procedure_document *ret, struct why *why);
// The first procedure that decides on the class of its case's entity: its cases are the entries of the register. Empty: none does.
struct span procedure_of_register(const struct law *law, struct span state, struct civil at);
// Whether nothing need follow in a case of the procedure that is in CASE_STATE.
bool procedure_state_is_final(const struct law *law, struct span state, struct civil at, struct span procedure, struct span case_state);

// Writers for the API. LANG: two letters; a text that is missing in it is given in English. Each writes one JSON value.
// [{"procedure","label","article","documents":[{"document","label","article","by":["entity"],"opens":true}]}]
void procedure_write_list(struct json_out *out, const struct law *law, struct span state, struct civil at, struct span lang);
// {"procedure","document","label","help","article","by":[..],"opens","in":[state..],"is_repeatable","marking",
//  "max_attachments","fields":[{"name","type","label","help","article","is_required"|"required_when","shown_when",
//  "choices":[{"value","label"}],"min","max","max_chars","max_items","decimals","register","visible_to":[..],"fields":[..]}],
//  "rules":[{"rule","article","words","fields":[..],"is_overridable"?:true}]}
// Conditions are written as in the packs, e.g. {"field":"is_ongoing","is":true}; {"all":[..]}, {"any":[..]}, {"not":..}.
CHECKED struct err procedure_write_form(struct json_out *out, const struct law *law, struct span state, struct civil at,
                                        struct span procedure, struct span document, struct span lang, struct why *why);

// What the parties of its cases are: "entities", "cases", "offices", or empty: it has none. A party's first state in *ret_state.
struct span procedure_parties(const struct law *law, struct span state, struct span procedure, struct span *ret_state);
// What a procedure says of cases that may come under its cases; false where it says nothing.
struct procedure_suggests {
    size_t of_count, same_count, mention_count;
    const struct span *of;       // procedures
    struct span document;        // whose last version says what to look for
    const struct span *same;     // facts that must be alike
    const struct span *mentions; // fields whose texts are looked for
    int64_t within_ms;           // around the opening
};
bool procedure_suggests_of(const struct law *law, struct span state, struct span procedure, struct procedure_suggests *ret);
// Whether a party of a case that stands in CASE_STATE may read what an office filed as DOCUMENT.
bool procedure_party_sees(const struct law *law, struct span state, struct civil at, struct span procedure, struct span document,
                          const struct json *case_state);
// Writes the member "indications" [{"indication","words","article","is_met"}]: what the facts of the case point to; nothing where the
// procedure has none.
void procedure_write_indications(struct json_out *out, const struct law *law, struct span state, struct civil at, struct span procedure,
                                 const struct json *case_state, struct span lang, struct arena *arena);
// Whether parties of its cases know of each other.
bool procedure_parties_see_parties(const struct law *law, struct span state, struct span procedure);
// Whether a party may read the FIELD of such a document: it is not hidden_from parties.
bool procedure_party_sees_field(const struct law *law, struct span state, struct civil at, struct span procedure, struct span document,
                                struct span field);
// Whether a party that joined by JOINED_BY owes DUTY, an element of case_state.party_duties, at all.
bool party_owes(const struct json *case_state, const struct json *duty, struct span joined_by);
// The duties of a party as the case's are written: case_state.party_duties that it owes, with done_by and done_at from its part.
CHECKED struct err party_duties(const struct json *case_state, const struct json *party_state, struct span joined_by,
                                struct arena *arena, struct json *ret);

// Whether ROLE ("csirt", "ca", "entity", ...) may see the register's ATTRIBUTE: one that documents with `seen_by:` write is theirs alone.
bool procedure_register_sees(const struct law *law, struct span state, struct civil at, struct span attribute, struct span role);

struct procedure_strand { // what may run through several cases
    struct span id, label, article;
    struct span document;    // by which two cases are joined
    struct span from, until; // facts of a case with the days of its period; empty: it has none
};
size_t procedure_strands(const struct law *law, struct span state, struct civil at, struct span procedure, struct span lang, struct arena *arena,
                         struct procedure_strand *ret, size_t max);
struct procedure_note {
    struct span article, words;
};
bool procedure_note(const struct law *law, struct span state, struct civil at, struct span procedure, struct span note, struct span lang, struct arena *arena,
                    struct procedure_note *ret);
// The field of the document in which it names the case that it joins; empty where it joins none.
struct span procedure_strand_field(const struct law *law, struct span state, struct civil at, struct span procedure, struct span document);

struct procedure_step {
    struct span document, label, article;
    bool is_owed;             // an open duty of this role is fulfilled by it
    int64_t due_ms;           // of the earliest such duty, INSTANT_NONE where none has a number
};
// Documents that FILER_ROLE may file now: next in the case, or (CASE_STATE NULL) to open one. Owed ones first, by due date.
CHECKED struct err procedure_next(const struct law *law, struct span state, struct civil at, struct span procedure,
                                  struct span filer_role, const struct json *subject, const struct json *case_state,
                                  struct span lang, struct arena *arena, const struct procedure_step **ret, size_t *ret_count,
                                  struct why *why);

// What a party may file next.
CHECKED struct err procedure_next_of_party(const struct law *law, struct span state, struct civil at, struct span procedure,
                                           const struct json *subject, const struct json *case_state, const struct json *party_state,
                                           struct span joined_by, struct span lang, struct arena *arena,
                                           const struct procedure_step **ret, size_t *ret_count, struct why *why);

// --- duties ---

enum duty_status {
    DUTY_OPEN,
    DUTY_DUE_SOON,           // open, and less than a quarter of its time (or less than 7 days of a longer one) is left
    DUTY_POSSIBLY_LATE,      // after the earlier reading, not yet after the later: shown to the filer only
    DUTY_LATE,               // after the latest lawful reading
    DUTY_BEYOND_AIM,         // as late, where the law says "where possible": a statistic, no infringement
    DUTY_DONE_IN_TIME,
    DUTY_DONE_POSSIBLY_LATE, // between the readings
    DUTY_DONE_LATE,
    DUTY_DONE_BEYOND_AIM,
    DUTY_CLOSED,             // no longer owed
};

struct duty_times {
    int64_t opened_ms, due_ms, due_latest_ms, done_ms; // INSTANT_NONE where there is none
    bool is_firm, is_closed;
};
// Reads one element of case_state.duties; false where it isn't one.
bool duty_read(const struct json *duty, struct duty_times *ret);
// A filing at exactly the due instant is in time.
enum duty_status duty_status(const struct duty_times *times, int64_t now_ms);
// "open", "due_soon", "possibly_late", "late", "beyond_aim", "done_in_time", ... Never NULL.
const char *duty_status_name(enum duty_status status);

// --- packs ---

// Writes one line "file:line: finding" for each fault of the packs' procedures: documents that can't be reached, states that
// can't be left, deadlines that can't be met or have no clock, rows without source, labels missing in a declared language.
CHECKED struct err procedure_check(const struct law *law, struct buf *report, size_t *ret_findings);

#endif
