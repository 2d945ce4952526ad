// SPDX-License-Identifier: EUPL-1.2
/*
 * Shifts, absences and colleagues: what a desk must know of persons. None of it is in the log; it is backed up.
 */
#ifndef SERVICE_DESK_SHIFT_H
#define SERVICE_DESK_SHIFT_H

#include "base/json.h"
#include "service/services.h"

struct shift {
    bool is_known;    // she has begun one at some time
    int64_t begun_ms; // INSTANT_NONE: on none now
    int64_t since_ms; // what came later is new to her: the end of the shift before
};
CHECKED struct err shift_of(struct store_conn *conn, struct span person_id, struct arena *arena, struct shift *ret, struct why *why);
// To end a shift that was not begun changes nothing.
CHECKED struct err shift_mark(struct store_conn *conn, struct span person_id, bool is_begin, int64_t now_ms, struct why *why);

struct absence {
    struct span id, person_id, deputy; // deputy empty: the backup of each case stands in
    int64_t from_ms, until_ms;
    const struct principal *by;
};
// A person notes her own; the head of an office also those of persons who work there. The deputy works at one of her offices.
CHECKED struct err absence_note(const struct services *services, struct store_conn *conn, const struct absence *absence, int64_t now_ms,
                                struct arena *arena, struct why *why);
CHECKED struct err absence_remove(const struct services *services, struct store_conn *conn, const struct principal *by, struct span id,
                                  struct arena *arena, struct why *why);
// Of persons who share an office with the one who asks: now or to come.
CHECKED struct err absences_write(struct json_out *out, const struct services *services, struct store_conn *conn, const struct principal *principal,
                                  int64_t now_ms, struct arena *arena, struct why *why);
// ERR_NOT_FOUND for an office that the node doesn't have.
CHECKED struct err colleagues_write(struct json_out *out, const struct services *services, struct store_conn *conn, struct span office,
                                    int64_t now_ms, struct arena *arena, struct why *why);

#endif
