// SPDX-License-Identifier: EUPL-1.2
/*
 * Living through the log again.
 *
 * rebuild applies the effects of every record, in order, to empty derived tables and makes the tree anew; it decides
 * nothing. replay decides every filing again, on the state of the moment, with the law given, and lists where the
 * decision would be another one. Both prove each record on the way (commitments, effects, entry).
 * What can't be rebuilt is not touched: persons, sessions, drafts, idempotency keys, deliveries, the reading log,
 * attachments.
 */
#ifndef SERVICE_REBUILD_H
#define SERVICE_REBUILD_H

#include "service/services.h"

struct rebuild_report {
    uint64_t records, erased_fields;
    uint64_t differences; // replay only
};

// Told after every record; may be NULL.
typedef void rebuild_progress(void *context, uint64_t done, uint64_t all);

// On the writing connection, one transaction: all or nothing. ERR_CORRUPT names the record that does not prove itself.
CHECKED struct err rebuild_run(struct services *services, struct store_conn *conn, rebuild_progress *progress, void *context,
                               struct rebuild_report *ret, struct why *why);

// Reads the records of FROM, lives through them on SCRATCH (an empty database's writing connection) and decides each again
// with services->law. DIFFERENCES gets one line each: log index, filing, what differs.
CHECKED struct err replay_run(struct services *services, struct store_conn *from, struct store_conn *scratch,
                              rebuild_progress *progress, void *context, struct buf *differences, struct rebuild_report *ret,
                              struct why *why);

#endif
