// SPDX-License-Identifier: EUPL-1.2
/* Receipts and the log's public face, from what is stored. */
#ifndef SERVICE_PROOF_H
#define SERVICE_PROOF_H

#include "base/json.h"
#include "service/record_store.h"

// Writes the receipt of a filing under the latest signed head. IS_OWN: the filer's own, with every field that is not
// erased; otherwise only the header is opened. ERR_BUSY where no head covers the record yet.
CHECKED struct err proof_write_receipt(struct services *services, struct store_conn *conn, const struct record_open *record,
                                       bool is_own, struct json_out *out, struct arena *arena, struct why *why);

// The published checkpoint (signed note), renewed at fixed intervals; ERR_NOT_FOUND before the first.
CHECKED struct err proof_checkpoint(struct services *services, struct store_conn *conn, struct arena *arena, struct span *ret,
                                    int64_t *ret_size, struct why *why);
// A tile of the published tree; PATH begins with "tile/".
CHECKED struct err proof_tile(struct services *services, struct store_conn *conn, struct span path, struct arena *arena,
                              struct span *ret, struct why *why);

// Remembers a head that keys signed. KIND: "published". On the writing connection, inside a transaction.
CHECKED struct err proof_head_put(struct store_conn *conn, struct span origin, const char *kind, uint64_t size, struct span note,
                                  int64_t now_ms, struct why *why);
CHECKED struct err proof_head_get(struct store_conn *conn, struct span origin, const char *kind, struct arena *arena,
                                  uint64_t *ret_size, struct span *ret_note, int64_t *ret_signed_ms, struct why *why);

#endif
