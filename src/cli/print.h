// SPDX-License-Identifier: EUPL-1.2
/* What commands share in reading and writing: files or standard input, JSON for people, progress on a terminal. */
#ifndef CLI_PRINT_H
#define CLI_PRINT_H

#include <stdio.h>

#include "base/json.h"
#include "cli/command.h"

// The file's bytes, or standard input's for "-". ERR_LIMIT beyond LIMIT_BYTES.
CHECKED struct err input_read(struct arena *arena, const char *path, size_t limit_bytes, struct span *ret, struct why *why);
// The same, parsed as JSON.
CHECKED struct err input_read_json(struct arena *arena, const char *path, struct json *ret, struct why *why);
// Writes all of it to standard output.
void print_span(struct span text);
// A JSON value for a person: "name: value" lines, nested parts indented, nulls and empty parts left out.
void print_readable(const struct json *value);
// One line of JSON.
void print_json(const struct json *value);

// A duty on one line, without its line feed: due, status, who, document, article.
void print_duty(const struct json *duty);

// A line on standard error that is written over, only where that is a terminal: "import: 12000 of 30000".
struct progress {
    const char *title;
    bool is_shown;
    int64_t last_ms;
};
void progress_begin(struct progress *progress, const char *title);
void progress_step(struct progress *progress, size_t done, size_t total); // total 0: not known
void progress_end(struct progress *progress);

#endif
