// SPDX-License-Identifier: EUPL-1.2
/*
 * CSV for people's spreadsheets: RFC 4180 (CRLF, quotes where needed), and no value that a spreadsheet would run as a formula: a text
 * that begins with = + - @, a tab or a carriage return gets an apostrophe before it. Numbers are written as they are.
 */
#ifndef FORMAT_CSV_H
#define FORMAT_CSV_H

#include "base/span.h"

struct csv_out {
    struct buf *buf;
    bool has_cell; // in this row
};
void csv_text(struct csv_out *out, struct span text); // untrusted
void csv_int(struct csv_out *out, int64_t value);
void csv_empty(struct csv_out *out);
void csv_row_end(struct csv_out *out);

#endif
