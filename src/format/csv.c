// SPDX-License-Identifier: EUPL-1.2
#include "format/csv.h"

static void cell_begin(struct csv_out *out) {
    if (out->has_cell) buf_add_byte(out->buf, ',');
    out->has_cell = true;
}

static bool is_formula(struct span text) {
    return text.len > 0 && (text.at[0] == '=' || text.at[0] == '+' || text.at[0] == '-' || text.at[0] == '@' || text.at[0] == '\t' || text.at[0] == '\r');
}

void csv_text(struct csv_out *out, struct span text) {
    bool is_quoted = is_formula(text);
    cell_begin(out);
    for (size_t i = 0; i < text.len; i++) is_quoted = is_quoted || text.at[i] == ',' || text.at[i] == '"' || text.at[i] == '\r' || text.at[i] == '\n';
    if (!is_quoted) {
        buf_add(out->buf, text);
        return;
    }
    buf_add_byte(out->buf, '"');
    if (is_formula(text)) buf_add_byte(out->buf, '\'');
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == '"') buf_add_byte(out->buf, '"');
        buf_add_byte(out->buf, text.at[i]);
    }
    buf_add_byte(out->buf, '"');
}

void csv_int(struct csv_out *out, int64_t value) {
    cell_begin(out);
    buf_add_int(out->buf, value);
}

void csv_empty(struct csv_out *out) { cell_begin(out); }

void csv_row_end(struct csv_out *out) {
    buf_add_text(out->buf, "\r\n");
    out->has_cell = false;
}
