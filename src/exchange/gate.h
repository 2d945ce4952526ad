// SPDX-License-Identifier: EUPL-1.2
/*
 * The gate: the one function that everything asks before it leaves the node, or a person of the node sees it.
 *
 *   what   an item (a filing, an attachment, a case's facts) with its marking, its fields, and the blocks on its case
 *   whom   an office, an entity, a person, another state, a body, the public
 *   how    the exit
 *   ->     for each field: it goes, or it stays and why
 *
 * Exits, and what passes through each:
 *
 *   case        the facts of a case, its duties, proposals and names of attachments, to a person of the node
 *   filing      the fields of a filing, to a person of the node
 *   attachment  the bytes of an attachment
 *   receipt     values and salts in a receipt that is handed out again
 *   list        a row of a list
 *   search      what a search may find by, and show
 *   export      tables and files of many items for an office
 *   document    letters, decisions and PDF
 *   release     what is disclosed to other states, bodies and offices; asks for a legal basis
 *   public      what everybody may see; only TLP:CLEAR
 *   statistics  numbers over many cases: only under a named rule of aggregation (declassified_by)
 *   events      the stream of events: identifiers; never a field
 *   mail        mail, hooks and pages: case number and link; never a field
 *   log         tiles and checkpoints: commitments; never a field
 *
 * Rules, the first that applies gives the reason:
 *   1. a freeze (spill) stops everything for everybody; the head of an office concerned still sees it to resolve it, through
 *      case, filing and attachment only
 *   2. a hold stops every exit; only the offices that it spares go on seeing it inside the node
 *   3. an exit that carries no fields carries none
 *   4. a document that only some may see (seen_by) goes to those
 *   5. what the form hides from a recipient of disclosures stays
 *   6. the marking's label and audience; where the marking names no audience, the circle in which the item moves; TLP:RED
 *      goes to those whom it names alone. A circle or audience without names is nobody.
 * Whoever filed something sees it in spite of 4 and 6, not of 1 to 3.
 *
 * Pure, without memory of its own. What it does not understand stays.
 */
#ifndef EXCHANGE_GATE_H
#define EXCHANGE_GATE_H

#include "exchange/marking.h"

enum gate_exit {
    GATE_CASE, GATE_FILING, GATE_ATTACHMENT, GATE_RECEIPT, GATE_LIST, GATE_SEARCH, GATE_EXPORT, GATE_DOCUMENT,
    GATE_RELEASE, GATE_PUBLIC, GATE_STATISTICS, GATE_EVENTS, GATE_MAIL, GATE_LOG, GATE_EXITS
};
const char *gate_exit_name(enum gate_exit exit);

struct gate_to { // to whom
    size_t name_count;
    const struct span *names; // what audiences call it: {"office:csirt-be", "office:csirt"}; none: nobody
    struct span role;         // what forms and seen_by call it: "csirt", "entity", "states", "enisa"
    bool is_filer;            // filed the item
    bool is_head;             // head of an office concerned by the case
    bool is_in_node;          // a person of this node who may know of the case
    struct span client_of;    // name of the organisation whose client it is; empty: nobody's
    bool is_community;        // of the community that TLP:GREEN means: authorities and CSIRTs of the Union
};

enum gate_block_kind { GATE_HOLD, GATE_FREEZE };
struct gate_block {
    enum gate_block_kind kind;
    struct span filing;        // empty: the whole case
    size_t field_count;        // 0: all its fields and attachments
    const struct span *fields;
    struct span attachment;    // not empty: this attachment alone
    size_t spared_count;
    const struct span *spared; // names of the offices that a hold leaves in
    int64_t until_ms;          // INT64_MAX: until it is lifted
    struct span words, article;
};

struct gate_field {
    struct span name;
    const struct marking *marking; // stricter than the item's; NULL: the item's
    size_t visible_count, hidden_count;
    const struct span *visible_to, *hidden_from; // roles; as the form says
    struct span article;
};

struct gate_item {
    struct span filing;     // empty: the case as such
    struct span attachment; // not empty: this attachment of the filing
    struct marking marking;
    size_t circle_count;
    const struct span *circle; // names for whom it is, where its marking names no audience
    size_t seen_count;
    const struct span *seen_by; // roles; 0: no bound beyond the others
    size_t block_count;
    const struct gate_block *blocks; // all that stand in the case
};

struct gate_question {
    const struct gate_item *item;
    const struct gate_to *to;
    enum gate_exit exit;
    int64_t now_ms;
    struct span basis;           // release: by which law; empty: none, and nothing goes
    struct span declassified_by; // statistics: the rule of aggregation; empty: none, and nothing goes
};

struct gate_verdict {
    bool is_allowed;
    const char *rule;    // "gate.freeze", ...; NULL where allowed
    struct span words;   // one sentence for a person
    struct span article; // empty where there is none
};

// The verdict over one field; FIELD NULL: over the item as such (that it is there, an attachment's bytes).
struct gate_verdict gate_ask(const struct gate_question *question, const struct gate_field *field);
// The first block in force that hits the field (NULL: the item as such) for this recipient at this exit; NULL where none does.
const struct gate_block *gate_blocked(const struct gate_question *question, const struct gate_field *field);

#endif
