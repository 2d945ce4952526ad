// SPDX-License-Identifier: EUPL-1.2
/*
 * Whole files and directories. Paths come from the operator (configuration, command line), never from clients.
 * Errors are ERR_NOT_FOUND, ERR_DENIED, ERR_LIMIT, ERR_CONFLICT (it exists already) or ERR_IO; the reason names the path.
 */
#ifndef OS_FILE_H
#define OS_FILE_H

#include "base/span.h"

// Reads a regular file of at most LIMIT_BYTES into ARENA; the bytes are followed by a NUL that the span does not count.
CHECKED struct err file_read(struct arena *arena, const char *path, size_t limit_bytes, struct span *ret, struct why *why);
// Replaces (or makes) a file so that after a crash either the old or the new content is there, and after success the new:
// written beside it, synced, renamed, and the directory synced.
CHECKED struct err file_write(const char *path, struct span bytes, unsigned mode, struct why *why);
// As file_write, but ERR_CONFLICT where the file exists.
CHECKED struct err file_create(const char *path, struct span bytes, unsigned mode, struct why *why);
// ERR_NOT_FOUND where there is none. The directory is synced.
CHECKED struct err file_remove(const char *path, struct why *why);
bool file_exists(const char *path); // a file, directory or anything else
// Makes one directory (not its parents) with exactly this mode; ERR_CONFLICT where something stands there already.
CHECKED struct err dir_make(const char *path, unsigned mode, struct why *why);
// Whether it is a directory without entries.
bool dir_is_empty(const char *path);
// Puts the directory's entries on disk.
CHECKED struct err dir_sync(const char *path, struct why *why);
// DIR/NAME in ARENA, or NAME itself where it is absolute; NULL where the arena is full.
const char *path_join(struct arena *arena, const char *dir, const char *name);

// PATH as seen from the working directory of the process, absolute; NULL where the arena is full or there is none.
const char *path_absolute(struct arena *arena, const char *path);

#endif
