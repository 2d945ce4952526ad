// SPDX-License-Identifier: EUPL-1.2
/*
 * What a recipient gets of a release: a package of format "varde-disclosure/1" as JSON, and the same as a paper to be read
 * (HTML and PDF are made of it). It holds the source's receipt with the released fields alone and the release's own receipt,
 * so that it proves itself; each document goes with an envelope (record/envelope.h). Made anew each time it is asked for, through the
 * gate: what was frozen, held or erased since is in none of them. doc/release.md and doc/spec/record.md say what is in it.
 */
#ifndef SERVICE_RELEASE_PACKAGE_H
#define SERVICE_RELEASE_PACKAGE_H

#include "law/form_field.h"
#include "service/release_op.h"

#define PACKAGE_FORMAT "varde-disclosure/1"
#define RECALL_FORMAT "varde-recall/1"

struct release_package {
    struct services *services;
    struct span release_id, recipient, source_id, state; // state: of the disclosure
    int64_t released_ms, changed_ms;
    struct case_file file;
    struct json op;                    // of the release
    struct record_open release, source; // redacted
    const struct form_field *form;     // of the source's document
    size_t form_count;
    struct span document_label, summary, label, basis;
    bool names_entity;
    struct span entity_name;
};

// Who may have documents made of it is for the caller to ask (access to the case). ERR_NOT_FOUND for what was not released to this
// recipient, ERR_CONFLICT (release.recalled) where it was recalled, ERR_DENIED with the gate's rule where something of it stays now.
CHECKED struct err release_package_open(struct services *services, struct store_conn *conn, struct span release_id, struct span recipient,
                                        int64_t now_ms, struct arena *arena, struct release_package *ret, struct why *why);
CHECKED struct err release_package_json(struct release_package *package, struct store_conn *conn, struct arena *arena, struct buf *ret,
                                        struct why *why);
// Appends the paper (format/paper.h).
void release_package_paper(const struct release_package *package, struct arena *arena, struct buf *ret);

// The notice by which a disclosure is recalled, for one that was: what is to be destroyed and confirmed. Says nothing of the content.
CHECKED struct err release_recall_json(struct services *services, struct store_conn *conn, struct span release_id, struct span recipient,
                                       struct arena *arena, struct buf *ret, struct buf *ret_paper, struct why *why);
// The same to be read, of a disclosure recalled AT_MS.
void release_paper_recall(const struct services *services, struct span release_id, struct span recipient, int64_t at_ms, struct span words,
                          struct arena *arena, struct buf *ret);

#endif
