// SPDX-License-Identifier: EUPL-1.2
/*
 * Kinds of office and the workspaces in which their cases are worked on: rows of offices.yaml. The program knows none by name; what
 * it has offices do outside procedures are the bits of `does`. A role that files is the id of a kind, or one of the few that are no
 * offices (role_is_office).
 *
 * All that is returned lives as long as the law and never changes.
 */
#ifndef LAW_OFFICE_H
#define LAW_OFFICE_H

#include "base/limits.h"
#include "base/span.h"

struct law;

enum office_does {
    OFFICE_READS_REGISTER = 1,   // and is counted among those who see the entities of a state
    OFFICE_MANAGES_REGISTER = 2, // keeps it: corrects, decides on claims, imports
    OFFICE_SELECTS = 4,          // sends to many chosen from it
    OFFICE_ANSWERS = 8,          // named in receipts as who answers; the first kind that does also gets what is nobody's
    OFFICE_ON_CALL = 16,         // is paged, so that its rota should name somebody
    OFFICE_RECORDS = 32,         // files for another who can't (`intake:`)
    OFFICE_ASKS_WHAT_IF = 128,   // counts what a proposal would change on the register
    OFFICE_HOLDS = 64,           // may hold cases in quarantine (`held:` of a state)
};

struct office_kind {
    struct span id, label, article;
    struct span body; // the network or group that it sits in; may be empty
    bool is_of_each_state; // one for each member
    bool is_of_union; // on the Union's node; otherwise on those of states
    uint32_t does;    // enum office_does
    size_t index;     // below LIMIT_OFFICE_KINDS, for masks of one run; never stored
};

struct workspace {
    struct span id, label, article;
    int64_t number;       // in the search index
    size_t work_count;    // 0: any kind that a case reaches
    const struct span *works;
    struct span reach;    // who sees cases where nothing says so: ids with blanks around, " csirt ca "
    bool is_for_anyone;   // a case may be opened in it without account
    bool is_own;          // an entity's own: no office works in it, nor knows of it
    struct span held;     // quarantine of this kind; empty: it is none
};

// Whether STATE ("EU") is the Union's node.
bool state_is_union(struct span state);
// Whether the role of one who files is an office's: not entity, party, anyone, node or nothing.
bool role_is_office(struct span role);

const struct office_kind *office_kind_find(const struct law *law, struct span id); // NULL where there is none
size_t office_kinds(const struct law *law, const struct office_kind **ret);         // of both nodes, in order
// The first kind of STATE's node that does that; NULL where none does.
const struct office_kind *office_kind_that(const struct law *law, struct span state, enum office_does does);
// Ids of the kinds of STATE's node, with blanks around: " csirt ca "; of those that read the register, or of all.
struct span office_kinds_text(const struct law *law, struct span state, bool is_of_readers);

const struct workspace *workspace_find(const struct law *law, struct span id); // NULL where there is none
const struct workspace *workspace_first(const struct law *law);                // the one that is meant where none is named
size_t workspaces(const struct law *law, const struct workspace **ret);
// The quarantine of the kind; NULL where it has none.
const struct workspace *workspace_held(const struct law *law, struct span kind);
// Whether offices of the kind work in it.
bool workspace_is_of(const struct workspace *workspace, const struct office_kind *kind);

#endif
