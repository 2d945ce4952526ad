// SPDX-License-Identifier: EUPL-1.2
/*
 * A strict reader of HTTP/1.1 requests (RFC 9112), pure: bytes in, a head, the data of a chunked body or a fault out.
 *
 * Strict means: what two programs could read differently is refused. Lines end in CR LF, no folding, no blanks before a
 * colon, Host exactly once, Content-Length a plain number, at most once, chunked the only Transfer-Encoding (501 for others)
 * and never beside a Content-Length. HTTP/1.0 is read too, without persistence.
 *
 * Heads, incremental: hand over all bytes since the request's start each time; the reader remembers how far it has looked, so
 * that a byte at a time costs no more than all at once, and gives the same answer. Wrong line ends and NUL bytes are
 * reported as soon as they are seen, everything else when the head has ended.
 */
#ifndef API_HTTP1_H
#define API_HTTP1_H

#include "api/http.h"

struct http1_reader {
    size_t looked_bytes; // searched for a line end so far
    size_t line_at;      // where the current line starts
    unsigned hosts;
    unsigned encodings; // Transfer-Encoding headers
    bool wants_close;
};

enum http1_verdict { HTTP1_MORE, HTTP1_DONE, HTTP1_FAULT };

// To begin with a new request: reader and head zeroed. BYTES must keep their content between calls (they may move).
// HTTP1_DONE: *head is complete and its spans point into BYTES; *ret_used bytes belong to it.
// HTTP1_FAULT: *ret_fault says why; the connection can't be used further.
enum http1_verdict http1_read(struct http1_reader *reader, struct http_head *head, struct span bytes, size_t *ret_used,
                              struct http_fault *ret_fault);

/*
 * A chunked body (RFC 9112 7.1): hand over the bytes as they come, each once. Chunk extensions and trailers are checked and
 * dropped. Sizes are plain hexadecimal numbers without blanks.
 */
enum http1_chunk_stage {
    CHUNK_SIZE,
    CHUNK_EXTENSION,
    CHUNK_SIZE_LF,
    CHUNK_DATA,
    CHUNK_DATA_CR,
    CHUNK_DATA_LF,
    CHUNK_TRAILER,       // at the start of a line
    CHUNK_TRAILER_NAME,  // in a line, before its colon
    CHUNK_TRAILER_VALUE, // behind it
    CHUNK_TRAILER_LF,
    CHUNK_END_LF,
    CHUNK_END,
};

struct http1_chunks { // zeroed: before the first chunk
    enum http1_chunk_stage stage;
    uint64_t left_bytes;   // of the chunk
    size_t digits;         // of its size
    size_t dropped_bytes;  // of extensions and trailers
};

// Reads on in BYTES until it meets data of the body, the body's end or a fault: *ret_used bytes are done with, *ret_data
// points at the data among them (or is empty).
// HTTP1_MORE: call again with what is left of BYTES, or with what comes next. HTTP1_DONE: the body has ended.
// HTTP1_FAULT: *ret_fault says why; the connection can't be used further.
enum http1_verdict http1_read_chunks(struct http1_chunks *chunks, struct span bytes, size_t *ret_used, struct span *ret_data,
                                     struct http_fault *ret_fault);

// Status line of an answer: "HTTP/1.1 200 OK\r\n".
void http1_add_status(struct buf *buf, unsigned status);
void http1_add_header(struct buf *buf, struct span name, struct span value);

#endif
