// SPDX-License-Identifier: EUPL-1.2
/*
 * The queue of an office: cases that it sees, in an order, with who works on each, what is due next, and what is new to the one
 * who asks. Reading only.
 */
#ifndef SERVICE_DESK_QUEUE_H
#define SERVICE_DESK_QUEUE_H

#include "base/json.h"
#include "service/services.h"

enum queue_order { QUEUE_UNOWNED, QUEUE_NEWEST, QUEUE_CHANGED, QUEUE_OF_PERSON };

struct queue_question {
    const struct principal *principal;
    const struct workspace *workspace;
    struct span workspace_name;
    enum queue_order order;
    // Each at == NULL: any. owed_by: a role that has an open duty; opened_by: the document that opened the case.
    struct span state, procedure, sector, flag, owed_by, opened_by, class, person;
    int64_t late_before_ms; // INSTANT_NONE: any
    int64_t since_ms;       // QUEUE_CHANGED: changed after; INSTANT_NONE: ever
    int owned;              // 1: with an owner, 0: without, -1: any
    bool is_counted;
    int64_t limit;
    bool is_after;          // go on after these
    int64_t after_first, after_second;
    struct span after_id;
    int64_t now_ms;
};
struct queue_page {
    bool is_more;
    int64_t last_first, last_second;
    struct span last_id;
    int64_t total; // -1: not counted
};
// Writes the rows as a JSON array.
CHECKED struct err queue_write(struct json_out *out, const struct services *services, struct store_conn *conn,
                               const struct queue_question *question, struct arena *arena, struct queue_page *ret, struct why *why);

#endif
