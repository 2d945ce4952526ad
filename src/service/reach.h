// SPDX-License-Identifier: EUPL-1.2
/*
 * Reaching people: from what the law says must be told, and from what falls due, to one delivery a recipient and channel, and what became
 * of it. doc/reach.md tells the whole; the tables stand in schema/300-reach.sql.
 *
 *   effects of a filing   the outbox row of each `message`, the mark that the case's duties changed (effects.c)
 *   reach_work            a write of the node's own, every second where something waits: messages become deliveries and pages, duties
 *                         become reminders, what is due is called and reminded of
 *   delivery_claim        takes what is due, notes that it is being sent, and gives the texts
 *   delivery_settle       notes what the courier said
 *
 * Nothing here sends. Functions that take a store_conn write only where they say so, inside the caller's transaction.
 */
#ifndef SERVICE_REACH_H
#define SERVICE_REACH_H

#include "base/json.h"
#include "service/services.h"

#define REACH_NEVER_MS INT64_MAX

struct reach_office {
    struct span id, kind, name;
    int64_t page_after_ms; // to the next step where nobody acknowledges
    bool is_reminded;      // of its own duties
};
// What the node's configuration says of it. services->reach; NULL in commands and tests that send nothing: then nothing is made.
struct reach_config {
    bool has_mail;
    struct span mail_domain;  // of the sender's address, for message ids
    struct span bounce_local, bounce_domain; // return path: local+MARK@domain; at == NULL: the sender's address
    bool has_mailbox;         // bounces are polled
    bool is_copied;           // each mail goes to the bounce mailbox too, so that after a crash it can be asked
    int64_t ask_ms;           // how long a copy may take to get there
    struct span hook_url;     // of the node as a whole; at == NULL: none
    size_t office_count;
    const struct reach_office *offices;
};

// ---- from a filing's effects (in its transaction) ----------------------------------------------------------------

// The case's duties may have changed: its reminders are made anew soon.
CHECKED struct err reach_case_changed(struct store_conn *conn, struct span case_id, struct why *why);
// An office of KIND ("csirt") filed in the case: what it was paged for is answered.
CHECKED struct err reach_office_filed(struct store_conn *conn, struct span case_id, struct span kind, struct span filer, int64_t now_ms,
                                      struct why *why);

// ---- the node's own work -----------------------------------------------------------------------------------------

// Whether reach_work has something to do. Reading.
CHECKED struct err reach_is_due(struct store_conn *conn, int64_t now_ms, struct arena *arena, bool *ret, struct why *why);
// Does a bounded part of it; writing.
CHECKED struct err reach_work(struct services *services, struct store_conn *conn, int64_t now_ms, struct arena *arena, struct why *why);

// ---- deliveries --------------------------------------------------------------------------------------------------

struct delivery_new { // at == NULL where there is none
    const char *kind;           // "message", "page", "reminder", "notice", "code", "test"
    struct span topic;
    bool is_first;              // before all others
    struct span case_id, filing_id, entity_id, page_id;
    struct span office_kind, office; // whose task it is where it fails; office.at == NULL: of any of the kind
    const char *owner_kind;     // "person", "office", "entity", "node"
    struct span owner, channel_id;
    const char *medium;         // "mail", "hook"; "none": nobody can be reached, which is a task at once
    struct span address, language;
    struct span words;          // JSON object by language; the texts of kind "code" and "test" come from the packs' words
    int64_t next_ms;
};
// Writing.
CHECKED struct err delivery_add(struct store_conn *conn, const struct delivery_new *delivery, int64_t now_ms, struct why *why);

// One that is on its way: what the courier is told.
struct delivery_out {
    int64_t id;
    struct span mark;     // "d123.4f..": names the delivery to the outside; message id, return path, and what a receiver of hooks compares
    const char *medium;
    struct span address;
    struct span return_path; // mail
    struct span copy_to;     // mail; empty: nobody
    struct span subject, text; // mail
    struct span openpgp;     // mail: key to encrypt to; empty: none
    struct span body;        // hook: JSON
    struct span secret;      // hook of a channel: its own secret; empty: the node's
    struct delivery_out *next;
};
// Up to MAX deliveries that are due become `sending`, with their texts; those no longer needed are dropped. WITH_MAIL false leaves mail
// where it is (the server is down). Writing. Texts live in ARENA.
CHECKED struct err delivery_claim(struct services *services, struct store_conn *conn, size_t max, bool with_mail, int64_t now_ms,
                                  struct arena *arena, struct delivery_out **ret, struct why *why);
// Whether any is due: mail, and others. Reading.
CHECKED struct err delivery_is_due(struct store_conn *conn, int64_t now_ms, struct arena *arena, bool *ret_mail, bool *ret_others,
                                   struct why *why);
// How many were handed to a courier before BEFORE_MS and are not settled, or are being asked about. Reading.
CHECKED struct err delivery_unclear(struct store_conn *conn, int64_t before_ms, struct arena *arena, int64_t *ret_sending, int64_t *ret_asking,
                                    struct why *why);

enum delivery_outcome {
    DELIVERY_SENT,
    DELIVERY_REFUSED, // for good: this recipient, this message
    DELIVERY_LATER,   // this recipient not now
    DELIVERY_UNSENT,  // the server can't be reached: nothing was tried
};
// What became of one; only of one that is `sending` or `asking`. Writing.
CHECKED struct err delivery_settle(struct services *services, struct store_conn *conn, int64_t id, enum delivery_outcome outcome,
                                   struct span words, int64_t now_ms, struct arena *arena, struct why *why);
// After a start, or where no answer came: what was handed to a courier before BEFORE_MS and is not settled is asked about, or sent again.
// MAILBOX_READ_MS: when the bounce mailbox was last read to its end (0: not yet). Writing.
CHECKED struct err delivery_recover(struct services *services, struct store_conn *conn, int64_t before_ms, int64_t mailbox_read_ms,
                                    int64_t now_ms, struct why *why);
// What the bounce mailbox said of the delivery with this mark: a copy arrived (IS_COPY), or it came back. An unknown mark is no error.
// Writing.
CHECKED struct err delivery_heard(struct services *services, struct store_conn *conn, struct span mark, bool is_copy, bool is_failed,
                                  struct span words, int64_t now_ms, struct arena *arena, struct why *why);
struct span delivery_mark(const struct services *services, int64_t id, struct arena *arena);
// The delivery's number; false where the mark is none of ours.
bool delivery_mark_read(const struct services *services, struct span mark, struct arena *arena, int64_t *ret_id);

// ---- codes -------------------------------------------------------------------------------------------------------

// A code for people ("xxxx-xxxx-xxxx-xxxx") that the node can make again from KEY, so that it is kept nowhere.
struct span reach_code(const struct services *services, struct span key, struct arena *arena);
// The secret of a channel's hook, in hex: shown when the channel is made.
struct span reach_hook_secret(const struct services *services, struct span channel_id, struct arena *arena);

// ---- whom to reach -----------------------------------------------------------------------------------------------

struct reach_target {
    const char *owner_kind;
    struct span owner, channel_id;
    const char *medium;
    struct span address, language;
    int quiet_from, quiet_until; // minutes; -1: none
};
struct reach_list {
    size_t count;
    struct reach_target targets[256];
};
// Adds the usable channels of a person, of an office (where it has none of its own: of its heads and officers), of an entity (contacts on
// the register, and persons who may read for it). An address stands once. Reading.
CHECKED struct err reach_person(struct store_conn *conn, struct span person_id, struct arena *arena, struct reach_list *list, struct why *why);
CHECKED struct err reach_office(struct store_conn *conn, struct span office, struct arena *arena, struct reach_list *list, struct why *why);
CHECKED struct err reach_entity(struct store_conn *conn, struct span entity_id, int64_t now_ms, struct arena *arena,
                                struct reach_list *list, struct why *why);
// A delivery to each target; OF says the rest.
CHECKED struct err reach_send(const struct services *services, struct store_conn *conn, const struct delivery_new *of,
                              const struct reach_list *list, int64_t now_ms, size_t *ret_count, struct why *why);
const struct reach_office *reach_office_find(const struct services *services, struct span id);

#endif
