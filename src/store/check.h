// SPDX-License-Identifier: EUPL-1.2
/* Looking at a database without changing it: for `varde doctor` and after a restore. */
#ifndef STORE_CHECK_H
#define STORE_CHECK_H

#include "base/span.h"

struct store_health {
    bool is_sound;             // SQLite's integrity check, with all indexes and foreign keys
    char first_fault[256];     // of it, "" where sound
    size_t missing_migrations; // that this program would apply on opening
    int64_t size_bytes;        // of the pages, without the write-ahead log
    int64_t free_bytes;        // in pages that are free
};

// A node may be running on FILE. Errors as of store_open: no database, none of Varde, of a newer program.
CHECKED struct err store_check(const char *file, struct store_health *ret, struct why *why);

#endif
