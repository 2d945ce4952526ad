// SPDX-License-Identifier: EUPL-1.2
/*
 * What a node keeps of itself in the store: the law packs that it used, by content, and the name of its log.
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

// The first call writes the log's name down: a node whose configuration names another log than its database is refused.
// The epoch is not kept here, where a restored backup would take it back, but by the signing key.
CHECKED struct err archive_log_name(struct store_conn *conn, struct span name, struct arena *arena, struct why *why);

// Whether a restore left derived tables that must be made anew (varde rebuild) before anything is filed.
CHECKED struct err archive_needs_rebuild(struct store_conn *conn, struct arena *arena, bool *ret, struct why *why);

#endif
