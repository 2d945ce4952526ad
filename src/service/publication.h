// SPDX-License-Identifier: EUPL-1.2
/*
 * What everybody may read: filings that the law publishes (`public:`), under the address of their first version. Every reading
 * passes the gate as the public (GATE_PUBLIC): what was marked more strictly, frozen, held back or erased since is gone.
 */
#ifndef SERVICE_PUBLICATION_H
#define SERVICE_PUBLICATION_H

#include "service/gate_view.h"

struct effects_of;

// Does one operation of a filing's effects, where it publishes or ends a publication; others are left alone.
CHECKED struct err publication_op(struct store_conn *conn, const struct effects_of *of, const struct json *op, struct span case_id,
                                  struct span procedure, struct arena *arena, struct why *why);

struct publication {
    int64_t seq; // of a list's row
    struct span id, filing_id, procedure, document, office;
    int64_t version, published_ms;
    bool is_latest;
    int64_t ended_ms;
    bool is_ended;           // withdrawn: in a calendar it is cancelled, elsewhere gone
    struct span calendar;    // JSON, or empty
    struct gate_place place; // its case
    struct record_open record; // after publication_open: with what the public sees, no more
};

// By the id of any of its versions; VERSION 0: the latest. ERR_NOT_FOUND where nothing was published so, with the rule
// publication.gone (410) where it was and is no longer. The record is open.
CHECKED struct err publication_get(struct services *services, struct store_conn *conn, struct span id, int64_t version, int64_t now_ms,
                                   struct arena *arena, struct publication *ret, struct why *why);
// As stored, whether or not the public may still read it.
CHECKED struct err publication_find(struct store_conn *conn, struct span id, int64_t version, struct arena *arena, struct publication *ret, struct why *why);
// The same of a row of publication_page; *ret_is_shown false where the public may not see it now.
struct publication publication_of_row(const struct rows *rows, size_t i);
CHECKED struct err publication_open(struct services *services, struct store_conn *conn, struct publication *publication, int64_t now_ms,
                                    struct arena *arena, bool *ret_is_shown, struct why *why);
// What people call it: the first text that it shows; empty where it shows none.
struct span publication_title(const struct publication *publication, struct arena *arena);
// The value of a field as the public sees it; JSON null where it sees none.
struct json publication_value(const struct publication *publication, struct span field, struct arena *arena);

#endif
