// SPDX-License-Identifier: EUPL-1.2
/*
 * A strict reader of HTTP/1.1 request heads (RFC 9112), pure: bytes in, a head or a fault out.
 *
 * Strict means: what two programs could read differently is refused. Lines end in CR LF, no folding, no blanks before a
 * colon, Host exactly once, Content-Length a plain number, at most once. A Transfer-Encoding is answered 501 (400 where a
 * Content-Length stands beside it, or where the first chunk line is itself malformed). HTTP/1.0 is read too, without
 * persistence.
 *
 * Incremental: hand over all bytes since the request's start each time; the reader remembers how far it has looked, so
 * that a byte at a time costs no more than all at once, and gives the same answer. Wrong line ends and NUL bytes are
 * reported as soon as they are seen, everything else when the head has ended.
 */
#ifndef API_HTTP1_H
#define API_HTTP1_H

#include "api/http.h"

struct http1_reader {
    size_t looked_bytes; // searched for a line end so far
    size_t line_at;      // where the current line starts
    bool is_at_chunk; // the head is done, it said chunked, and the first chunk line is awaited
    unsigned hosts;
    bool has_transfer_encoding;
    bool is_chunked;
    bool wants_close;
};

enum http1_verdict { HTTP1_MORE, HTTP1_DONE, HTTP1_FAULT };

// To begin with a new request: reader and head zeroed. BYTES must keep their content between calls (they may move).
// HTTP1_DONE: *head is complete and its spans point into BYTES; *ret_used bytes belong to it.
// HTTP1_FAULT: *ret_fault says why; the connection can't be used further.
// While reader->is_at_chunk the caller need not wait long: 501 is the answer whatever comes.
enum http1_verdict http1_read(struct http1_reader *reader, struct http_head *head, struct span bytes, size_t *ret_used,
                              struct http_fault *ret_fault);

// Status line of an answer: "HTTP/1.1 200 OK\r\n".
void http1_add_status(struct buf *buf, unsigned status);
void http1_add_header(struct buf *buf, struct span name, struct span value);

#endif
