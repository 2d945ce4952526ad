// SPDX-License-Identifier: EUPL-1.2
/* The HTTP/1.1 readers of heads and of chunked bodies: no input crashes them, and pieces of any size give the answer of the whole. */
#include "api/http1.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool is_true) {
    if (!is_true) __builtin_trap();
}

// Reads a chunked body in pieces of STEP bytes; *ret_end is where it was done or at fault.
static enum http1_verdict read_body(struct span text, size_t step, struct buf *body, size_t *ret_end) {
    struct http1_chunks chunks = {0};
    size_t at = 0;
    for (size_t end = step; at < text.len; end += step) {
        while (at < end && at < text.len) {
            size_t used;
            struct span piece;
            struct http_fault fault;
            enum http1_verdict verdict = http1_read_chunks(&chunks, span_part(text, at, end), &used, &piece, &fault);
            buf_add(body, piece);
            at += used;
            *ret_end = at;
            check(used > 0 && (verdict == HTTP1_FAULT) == (fault.status != 0));
            if (verdict != HTTP1_MORE) return verdict;
        }
    }
    return HTTP1_MORE;
}

static void check_body(struct span text, size_t step) {
    struct buf whole, pieces;
    buf_init(&whole, NULL, text.len);
    buf_init(&pieces, NULL, text.len);
    size_t end = 0, again = 0;
    check(read_body(text, text.len, &whole, &end) == read_body(text, step, &pieces, &again));
    check(end == again && span_equals(buf_span(&whole), buf_span(&pieces)) && !whole.is_failed);
    buf_fini(&whole);
    buf_fini(&pieces);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct http_head head, again;
    if (size < 1) return 0;
    size_t step = data[0] % 64u + 1;
    struct span text = span_make(data + 1, size - 1);
    struct http1_reader reader = {0};
    struct http_fault fault = {0}, piecewise = {0};
    size_t used = 0, used_again = 0;
    head = again = (struct http_head){0};
    enum http1_verdict whole = http1_read(&reader, &head, text, &used, &fault), pieces = HTTP1_MORE;
    reader = (struct http1_reader){0};
    for (size_t len = 0; pieces == HTTP1_MORE; len += step) {
        pieces = http1_read(&reader, &again, span_part(text, 0, len), &used_again, &piecewise);
        if (len >= text.len) break;
    }
    check(whole == pieces);
    check(whole != HTTP1_FAULT || fault.status >= 400);
    if (whole != HTTP1_DONE) return 0;
    check(used == used_again && used <= text.len && used >= 4 && memcmp(text.at + used - 4, "\r\n\r\n", 4) == 0);
    check(span_equals(head.target, again.target) && head.header_count == again.header_count);
    check(http_is_token(head.method) && http_is_target(head.target) && head.body_bytes <= LIMIT_HTTP_BODY_BYTES);
    for (size_t i = 0; i < head.header_count; i++) check(http_is_token(head.headers[i].name) && http_is_value(head.headers[i].value));
    if (head.is_chunked && used < text.len) check_body(span_part(text, used, text.len), step);
    return 0;
}
