// SPDX-License-Identifier: EUPL-1.2
/*
 * What a node keeps of itself in the store: the law packs that it used, by content, and the epoch of its log.
 */
#ifndef SERVICE_ARCHIVE_H
#define SERVICE_ARCHIVE_H

#include "base/embed.h"
#include "service/services.h"

// Archives the packs in use under their hash, where they are not there yet. Outside a transaction, on the writing connection.
CHECKED struct err archive_put(const struct services *services, struct store_conn *conn, const struct embedded_file *files, size_t count,
                               int64_t now_ms, struct why *why);
// The files that were archived under HASH, as law_load takes them; ERR_NOT_FOUND.
CHECKED struct err archive_get(struct store_conn *conn, const struct hash *hash, struct arena *arena,
                               const struct embedded_file **ret, size_t *ret_count, struct why *why);

// The log's origin in its present epoch; NAME is the log's name from the configuration. The first call writes the name
// down: a node whose configuration names another log than its database is refused.
CHECKED struct err archive_origin(struct store_conn *conn, struct span name, struct arena *arena, struct span *ret, struct why *why);
// Goes to the next epoch (after a restore behind what was signed); RET is its number.
CHECKED struct err archive_epoch_open(struct store_conn *conn, struct arena *arena, int64_t *ret, struct why *why);

#endif
