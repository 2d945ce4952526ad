// SPDX-License-Identifier: EUPL-1.2
/*
 * What HTTP/1.1 and HTTP/2 share at the front: a request's head, which of its headers go on to the node, and the words of
 * statuses. Pure.
 */
#ifndef API_HTTP_H
#define API_HTTP_H

#include "base/limits.h"
#include "base/span.h"

struct http_header {
    struct span name; // as sent; compared without regard to case
    struct span value;
};

struct http_head {
    struct span method;
    struct span target; // origin form (path and query), or "*"
    size_t header_count;
    struct http_header headers[LIMIT_HTTP_HEADERS];
    bool has_length; // a body of HTTP/2, or in chunks, does not announce its length
    bool is_chunked; // HTTP/1: a body follows in chunks
    uint64_t body_bytes;
    bool expects_continue;
    bool may_persist; // the connection may serve another request
    bool is_http10;
};

// What is wrong with a request: the status to answer, a short stable rule, and a sentence for the person who wrote the client.
struct http_fault {
    unsigned status; // 0: nothing is wrong
    const char *rule;
    const char *words;
};
extern const struct http_fault HTTP_TOO_LARGE; // the body
static inline struct http_fault http_fine(void) { return (struct http_fault){.status = 0}; }

// Names and values of characters and lengths that HTTP allows (RFC 9110 5.1, 5.5, 5.6.2).
bool http_is_token(struct span s);
bool http_is_value(struct span s);
// Path and query as RFC 3986 writes them, or "*".
bool http_is_target(struct span s);
// Compares without regard to ASCII case; LOWER is in lower case.
bool http_name_is(struct span name, const char *lower);
// The lower-case name under which a request header is handed to the node, or NULL where it is not.
const char *http_forwarded_name(struct span name);
// Whether the header may stand only once in a request: two that differ are how one peer is made to see another request
// than the next.
bool http_is_single(const char *forwarded_name);
// Checks what both protocols have in common once all headers are in: repeated headers, Expect, the length.
struct http_fault http_check(struct http_head *head);
// Whether a header of an answer is the node's to set (not one of the connection's own).
bool http_may_answer(struct span name);
// "Not Found"; "Status" where it has no name here.
const char *http_reason(unsigned status);

#endif
