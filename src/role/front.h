// SPDX-License-Identifier: EUPL-1.2
/*
 * The front role, inside: ends TLS and HTTP and knows no resource. One thread, one epoll, no blocking call.
 *
 *   front.c             the loop, listening, the line to the supervisor, the clock of deadlines
 *   front_tls.c         certificates and TLS
 *   front_connection.c  a client's connection: bytes in and out, deadlines, closing
 *   front_http1.c       HTTP/1.1 on a connection
 *   front_http2.c       HTTP/2 on a connection
 *   front_exchange.c    a request on its way to the node and its answer, the same for both protocols
 *
 * A connection is never closed in the middle of handling an event: it is doomed, and closed in connection_settle, which
 * runs for every touched connection at the end of a turn of the loop. An exchange belongs to one connection; when the
 * client goes away it is cancelled and its slot is free at once, since the number carries a generation that tells late
 * frames of the node from those of the next exchange.
 */
#ifndef ROLE_FRONT_H
#define ROLE_FRONT_H

#include <nghttp2/nghttp2.h>
#include <openssl/ssl.h>

#include "api/http1.h"
#include "os/channel.h"
#include "role/line.h"

enum { FRONT_READ_BYTES = 32 * 1024, FRONT_OUT_BYTES = 64 * 1024, ANSWER_HEADERS = 48 };

enum connection_stage {
    STAGE_HANDSHAKE,
    STAGE_IDLE,   // HTTP/1: waiting for a request
    STAGE_HEAD,   // HTTP/1: some of a head has come
    STAGE_BODY,   // HTTP/1: the body is coming
    STAGE_ANSWER, // HTTP/1: waiting for the node, or answering
    STAGE_HTTP2,
    STAGE_LINGER, // answered for good; reading on for a moment
};

struct front;
struct exchange;

struct connection {
    struct front *front;
    uint32_t slot;
    int fd;
    SSL *ssl; // NULL: without TLS
    enum connection_stage stage;
    uint32_t watched; // epoll events registered
    int64_t deadline_ms;
    int64_t write_deadline_ms; // 0: nothing waits to be written
    uint8_t address[16];       // IPv6, or IPv4 mapped into it
    bool is_exempt;            // from the limit per address: a reverse proxy
    bool is_doomed;            // close without further words
    bool closes_after_out;     // close when OUT is written
    bool is_touched;
    bool may_hold_bytes; // TLS may hold bytes that epoll does not know of
    bool is_read_closed; // the client will send no more
    struct connection *next_touched;
    struct buf in; // HTTP/1: bytes of a head that is not whole yet
    struct buf out;
    size_t out_sent;
    // HTTP/1
    struct http1_reader reader;
    struct http1_chunks chunks;
    bool is_body_chunked; // of the request
    struct exchange *exchange; // NULL: none in progress
    bool may_persist;
    bool is_http10;
    bool has_more; // the client sent on before it was answered
    // HTTP/2
    nghttp2_session *session;
    struct arena arena;     // of the head that is coming in
    struct http_head *head; // in ARENA
    struct http_fault head_fault;
    size_t head_bytes;
    int64_t head_deadline_ms; // 0: no head is coming
    unsigned exchange_count;
};

struct answer {
    unsigned status;
    bool has_length;
    uint64_t body_bytes;
    size_t header_count;
    struct http_header headers[ANSWER_HEADERS];
};

struct exchange {
    struct connection *connection; // NULL: the slot is free
    uint64_t number;               // generation << 32 | slot + 1
    int32_t stream;                // HTTP/2; 0: HTTP/1
    bool is_local;                 // answered by front itself: the node knows nothing of it
    bool is_head;                  // HEAD: the answer has no body
    bool is_chunked;               // HTTP/1: the answer's body goes out in chunks
    bool has_head_answered;        // the answer's head has been written
    bool is_request_done;
    bool is_answer_done;
    bool has_length;
    uint64_t left_bytes;     // of the answer's announced body
    uint64_t announced_bytes, taken_bytes; // of the request's body; announced UINT64_MAX: unknown
    uint64_t acked_bytes;                  // of the request's body, by the node
    uint64_t answer_bytes, answer_acked_bytes, answer_untold_bytes;
    int64_t deadline_ms;       // for the request's body, then for the answer's head; 0: none
    int64_t write_deadline_ms; // HTTP/2: for the client to take what waits; 0: nothing waits
    struct buf answer;   // HTTP/2: body bytes not yet in frames
    size_t answer_sent;
    uint32_t next_free;
};

struct front {
    int epoll;
    int listener, plain_listener; // -1: none
    struct line line;
    struct channel node;
    int64_t node_lost_ms; // since when there is no channel
    SSL_CTX *tls;
    nghttp2_session_callbacks *http2_callbacks;
    nghttp2_option *http2_options;
    int64_t now_ms;
    bool is_draining;
    int64_t drain_deadline_ms;
    struct connection *connections[LIMIT_CONNECTIONS];
    uint32_t connection_free[LIMIT_CONNECTIONS];
    size_t connection_free_count;
    struct connection *touched;
    bool is_node_full; // frames wait for the channel to take them
    bool is_unfinished; // some connection still holds bytes: do not sleep
    struct exchange *exchanges;
    uint32_t exchange_free; // slot of the first free one, LIMIT_EXCHANGES: none
    uint32_t exchange_top;  // slots ever used
    size_t exchange_count;
    char date[40];
    int64_t date_s;
    struct http_head head; // scratch
    struct answer answer;  // scratch
    uint8_t scratch[FRONT_READ_BYTES];
};

enum front_source { SOURCE_LISTENER, SOURCE_PLAIN, SOURCE_NODE, SOURCE_LINE, SOURCE_CONNECTION };
void front_watch(struct front *front, int fd, int operation, uint32_t events, enum front_source source, uint32_t slot);
struct span front_date(struct front *front);

// front_tls.c
CHECKED struct err tls_load(struct span certificate, struct span key, SSL_CTX **ret, struct why *why);

// front_connection.c
void connection_accept(struct front *front, int listener, bool is_plain);
void connection_event(struct connection *connection, uint32_t events);
void connection_touch(struct connection *connection);
void connection_settle(struct connection *connection);
void connection_check_deadline(struct connection *connection);
void connection_read_again(struct connection *connection); // bytes that TLS holds
void connection_drain(struct connection *connection); // the server stops: finish what is begun
// Whether the limits per address count them together: the same IPv4 address, or the same /64 of IPv6, which one customer has.
bool connection_is_neighbour(const struct connection *connection, const uint8_t address[16]);
struct span connection_peer(const struct connection *connection, char text[46]);
static inline size_t connection_queued_bytes(const struct connection *c) { return c->out.len - c->out_sent; }
static inline void connection_doom(struct connection *c) {
    c->is_doomed = true;
    connection_touch(c);
}

// front_http1.c
void http1_bytes(struct connection *connection, struct span bytes);
bool http1_wants_bytes(const struct connection *connection);
void http1_written(struct connection *connection);
void http1_deadline(struct connection *connection);
void http1_answer(struct exchange *exchange, const struct answer *answer);
void http1_answer_body(struct exchange *exchange, struct span data);
void http1_answer_end(struct exchange *exchange);
void http1_fault(struct connection *connection, struct http_fault fault);

// front_http2.c
bool http2_init(struct front *front);
bool http2_begin(struct connection *connection);
void http2_end(struct connection *connection);
void http2_bytes(struct connection *connection, struct span bytes);
void http2_fill(struct connection *connection); // moves frames to OUT while there is room
bool http2_is_over(const struct connection *connection);
void http2_goaway(struct connection *connection);
void http2_answer(struct exchange *exchange, const struct answer *answer);
void http2_answer_body(struct exchange *exchange, struct span data);
void http2_answer_end(struct exchange *exchange);
void http2_abort(struct exchange *exchange);
void http2_node_took(struct exchange *exchange, uint64_t bytes);

// front_exchange.c
// NULL where no slot is free. The exchange is local until exchange_forward has handed it to the node.
struct exchange *exchange_new(struct connection *connection, int32_t stream, bool is_head);
// Hands the head to the node; false where the node is gone or its queue is full.
bool exchange_forward(struct exchange *exchange, const struct http_head *head, bool has_body);
void exchange_body(struct exchange *exchange, struct span data);
void exchange_body_end(struct exchange *exchange);
uint64_t exchange_window(const struct exchange *exchange); // body bytes that the node still takes
// The client took bytes of the answer.
void exchange_client_took(struct exchange *exchange, uint64_t bytes);
// Answers with a problem document; the node, if it knows of the exchange, is told to forget it.
void exchange_fault(struct exchange *exchange, struct http_fault fault);
// Ends it before its answer is complete: client or node is gone.
void exchange_abort(struct exchange *exchange);
// Gives the slot back (telling the node where it still works on it).
void exchange_free(struct exchange *exchange);
void exchange_check_deadline(struct exchange *exchange);
void exchange_node_frame(struct front *front, const struct frame *frame);
void exchange_node_gone(struct front *front);
// The problem document of a fault (RFC 9457) in BUF, and its head in ANSWER (spans into constants).
void exchange_problem(struct http_fault fault, struct answer *answer, struct buf *buf);
// Adds what every answer carries, where the node did not set it.
void exchange_add_common(struct connection *connection, struct answer *answer);
extern const struct http_fault FAULT_UNAVAILABLE, FAULT_TIMEOUT, FAULT_NO_ANSWER;

#endif
