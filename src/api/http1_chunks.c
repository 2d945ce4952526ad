// SPDX-License-Identifier: EUPL-1.2
/* The chunked body of an HTTP/1.1 request: what each byte may be, and what it means. */
#include "api/http1.h"

static struct http_fault bad(const char *words) { return (struct http_fault){400, "http.chunk", words}; }

// What a hexadecimal digit is worth, -1 for all else.
static int digit_of(uint8_t c) {
    if (c >= '0' && c <= '9') return c - '0';
    c |= 32;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static struct http_fault read_size(struct http1_chunks *chunks, uint8_t c) {
    int digit = digit_of(c);
    if (digit >= 0 && chunks->digits < 16) {
        chunks->digits++;
        chunks->left_bytes = chunks->left_bytes << 4 | (uint64_t)digit;
        return http_fine();
    }
    if (digit >= 0 || chunks->digits == 0 || (c != '\r' && c != ';'))
        return bad("A chunk's size must be a hexadecimal number of at most 16 digits, with nothing but CR LF or an extension behind it.");
    chunks->stage = c == ';' ? CHUNK_EXTENSION : CHUNK_SIZE_LF;
    return http_fine();
}

// A byte of an extension or a trailer's value, whose line goes on to LF_STAGE at its CR.
static struct http_fault read_text(struct http1_chunks *chunks, uint8_t c, enum http1_chunk_stage lf_stage) {
    if (c == '\r') chunks->stage = lf_stage;
    else if ((c < ' ' && c != '\t') || c == 0x7f) return bad("A chunk's extension or trailer has a control character.");
    return http_fine();
}

static struct http_fault read_lf(struct http1_chunks *chunks, uint8_t c, enum http1_chunk_stage next) {
    if (c != '\n') return bad("A chunk's line must end in CR LF.");
    chunks->stage = next;
    return http_fine();
}

static struct http_fault read_trailer(struct http1_chunks *chunks, uint8_t c) {
    bool is_start = chunks->stage == CHUNK_TRAILER;
    if (is_start && c == '\r') chunks->stage = CHUNK_END_LF;
    else if (!is_start && c == ':') chunks->stage = CHUNK_TRAILER_VALUE;
    else if (http_is_token(span_make(&c, 1))) chunks->stage = CHUNK_TRAILER_NAME;
    else return bad("A trailer must be a name, a colon and a value.");
    return http_fine();
}

static struct http_fault read_byte(struct http1_chunks *chunks, uint8_t c) {
    switch (chunks->stage) {
    case CHUNK_SIZE: return read_size(chunks, c);
    case CHUNK_EXTENSION: return read_text(chunks, c, CHUNK_SIZE_LF);
    case CHUNK_SIZE_LF: return read_lf(chunks, c, chunks->left_bytes > 0 ? CHUNK_DATA : CHUNK_TRAILER);
    case CHUNK_DATA_CR:
        if (c != '\r') return bad("A chunk is longer than its size says.");
        chunks->stage = CHUNK_DATA_LF;
        chunks->digits = 0;
        return http_fine();
    case CHUNK_DATA_LF: return read_lf(chunks, c, CHUNK_SIZE);
    case CHUNK_TRAILER:
    case CHUNK_TRAILER_NAME: return read_trailer(chunks, c);
    case CHUNK_TRAILER_VALUE: return read_text(chunks, c, CHUNK_TRAILER_LF);
    case CHUNK_TRAILER_LF: return read_lf(chunks, c, CHUNK_TRAILER);
    case CHUNK_END_LF: return read_lf(chunks, c, CHUNK_END);
    case CHUNK_DATA:
    case CHUNK_END: break;
    }
    return http_fine();
}

// Extensions and trailers carry nothing for us: a body that consists of them is an attack.
static bool is_dropped(enum http1_chunk_stage stage) {
    return stage == CHUNK_EXTENSION || stage == CHUNK_TRAILER_NAME || stage == CHUNK_TRAILER_VALUE;
}

enum http1_verdict http1_read_chunks(struct http1_chunks *chunks, struct span bytes, size_t *ret_used, struct span *ret_data,
                                     struct http_fault *ret_fault) {
    *ret_data = span_make(bytes.at, 0);
    *ret_fault = http_fine();
    size_t at = 0;
    while (at < bytes.len && chunks->stage != CHUNK_DATA && chunks->stage != CHUNK_END && ret_fault->status == 0) {
        *ret_fault = read_byte(chunks, bytes.at[at++]);
        if (is_dropped(chunks->stage) && ++chunks->dropped_bytes > LIMIT_HTTP_CHUNK_DROPPED_BYTES)
            *ret_fault = bad("The extensions and trailers of a chunked body are longer than 4 KiB in all.");
    }
    if (chunks->stage == CHUNK_DATA && at < bytes.len && ret_fault->status == 0) {
        size_t len = bytes.len - at;
        if (len > chunks->left_bytes) len = (size_t)chunks->left_bytes;
        *ret_data = span_part(bytes, at, at + len);
        at += len;
        chunks->left_bytes -= len;
        if (chunks->left_bytes == 0) chunks->stage = CHUNK_DATA_CR;
    }
    *ret_used = at;
    if (ret_fault->status != 0) return HTTP1_FAULT;
    return chunks->stage == CHUNK_END ? HTTP1_DONE : HTTP1_MORE;
}
