// SPDX-License-Identifier: EUPL-1.2
/*
 * Files too large for memory, read or written from front to end. Paths come from the operator. Errors as in os/file.h.
 */
#ifndef OS_STREAM_H
#define OS_STREAM_H

#include "base/span.h"

struct stream {
    int fd;           // -1: closed
    const char *path; // the caller's, for words
};

// Makes a new file (ERR_CONFLICT where it exists) with this mode and opens it for writing.
CHECKED struct err stream_make(const char *path, unsigned mode, struct stream *ret, struct why *why);
// Opens a regular file for reading.
CHECKED struct err stream_open(const char *path, struct stream *ret, struct why *why);
CHECKED struct err stream_size(const struct stream *stream, uint64_t *ret_bytes, struct why *why);
CHECKED struct err stream_write(struct stream *stream, struct span bytes, struct why *why);
// Reads up to LEN bytes; fewer only at the end of the file.
CHECKED struct err stream_read(struct stream *stream, uint8_t *at, size_t len, size_t *ret_len, struct why *why);
// Puts what was written on disk.
CHECKED struct err stream_sync(struct stream *stream, struct why *why);
void stream_close(struct stream *stream); // harmless when closed

// Moves a file or directory within one file system; ERR_CONFLICT where TO exists. Both directories are synced.
CHECKED struct err path_rename(const char *from, const char *to, struct why *why);
// Removes an empty directory.
CHECKED struct err dir_remove(const char *path, struct why *why);

#endif
