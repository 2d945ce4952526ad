// SPDX-License-Identifier: EUPL-1.2
/*
 * Events: what a connected person learns of a filing the moment it is there. Identifiers only; what was filed is asked for as usual,
 * so that the reading is noted.
 */
#ifndef SERVICE_EVENT_H
#define SERVICE_EVENT_H

#include "service/gate_list.h"

// Appends row I of filings_since as one server-sent event to TEXT, where PRINCIPAL may know of the filing. What can't be judged is
// not told. Reading.
void event_write(struct buf *text, const struct services *services, struct store_conn *conn, const struct gate_list *gate,
                 const struct principal *principal, const struct rows *rows, size_t i, int64_t now_ms, struct arena *arena);

#endif
