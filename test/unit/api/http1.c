// SPDX-License-Identifier: EUPL-1.2
#include "api/http1.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>

#define POST "POST /x HTTP/1.1\r\nHost: h\r\n"
#define BODY(TEXT, STATUS, DATA, REST) {{(const uint8_t *)("" TEXT), sizeof(TEXT) - 1}, STATUS, DATA, REST}
#define ROW(TEXT, STATUS) {{(const uint8_t *)("" TEXT), sizeof(TEXT) - 1}, STATUS}

// The status a request gets: 0 where its head is fine, 1 where more is awaited.
static const struct row {
    struct span text;
    unsigned status;
} ROWS[] = {
    ROW("GET / HTTP/1.1\r\nHost: h\r\n\r\n", 0),
    ROW("GET /a%20b?c=d&e=%C3%A9 HTTP/1.1\r\nHOST: h:1\r\nAccept:\t a , b \r\n\r\n", 0),
    ROW("GET https://h/a HTTP/1.1\r\nHost: h\r\n\r\n", 0),
    ROW("GET / HTTP/1.0\r\n\r\n", 0),
    ROW("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", 0),
    ROW(POST "Content-Length: 4096\r\n\r\n", 0),
    ROW(POST "Content-Length: 5\r\nExpect: 100-continue\r\n\r\n", 0),
    ROW("", 1),
    ROW("GET / HTTP/1.1\r\nHost: h\r\n\r", 1),
    ROW("GET / HTTP/1.1\r\nHost: h\r\n", 1),
    // the table of malformed requests
    ROW("GET / HTTP/1.1\r\n\r\n", 400),
    ROW("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
    ROW(POST "Content-Length: 5\r\nContent-Length: 6\r\n\r\n", 400),
    ROW(POST "Content-Length: 4096, 4096\r\n\r\n", 400),
    ROW(POST "Content-Length: +4096\r\n\r\n", 400),
    ROW(POST "Content-Length: 4096abc\r\n\r\n", 400),
    ROW(POST "Content-Length: -1\r\n\r\n", 400),
    ROW(POST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
    ROW(POST "Transfer-Encoding: chunked\r\nContent-Length: 1073741824\r\n\r\n", 400),
    ROW(POST "Transfer-Encoding: xchunked\r\n\r\n", 501),
    ROW(POST "Transfer-Encoding: chunked, identity\r\n\r\n", 501),
    ROW(POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 501),
    ROW("GET / HTTP/1.1\r\nHost : h\r\n\r\n", 400),
    ROW("GET / HTTP/1.1\r\nHost: h\r\nA: b\r\n c\r\n\r\n", 400),
    ROW("GET / HTTP/1.1\nHost: h\n\n", 400),
    ROW("GET / HTTP/1.1\r\nHost: h\nA: b\r\n\r\n", 400),
    ROW("GET / HTTP/1.1\r\nHost: h\r\nA: b\rc\r\n\r\n", 400),
    ROW("GET / HTTP/1.1\r\nHost: h\r\nA: b\0c\r\n\r\n", 400),
    ROW("GET / HTTP/1.1 junk\r\nHost: h\r\n\r\n", 400),
    ROW("GET / HTTP/2.0\r\nHost: h\r\n\r\n", 505),
    ROW(POST "Transfer-Encoding: chunked\r\n\r\n", 0),
    ROW(POST "Transfer-Encoding: Chunked\r\nExpect: 100-continue\r\n\r\n", 0),
    ROW(POST "Transfer-Encoding: \vchunked\r\n\r\n", 400),
    ROW(POST "Transfer-Encoding:\r\n\r\n", 501),
    ROW(POST "Transfer-Encoding: chunked,\r\n\r\n", 501),
    ROW(POST "Transfer-Encoding: gzip, chunked\r\n\r\n", 501),
    ROW(POST "Transfer-Encoding: \"chunked\"\r\n\r\n", 501),
    ROW(POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n", 501),
    ROW(POST "Content-Length: 1073741824\r\n\r\n", 413),
    ROW(POST "Content-Length: 99999999999999999999999999\r\n\r\n", 413),
    // and others
    ROW("\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", 400),
    ROW("GET  / HTTP/1.1\r\nHost: h\r\n\r\n", 400),
    ROW("GET / \r\nHost: h\r\n\r\n", 400),
    ROW("GET /\r\n\r\n", 400),
    ROW("G(T / HTTP/1.1\r\nHost: h\r\n\r\n", 400),
    ROW("GET x HTTP/1.1\r\nHost: h\r\n\r\n", 400),
    ROW("GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n", 400),
    ROW("GET /\xc3\xa9 HTTP/1.1\r\nHost: h\r\n\r\n", 400),
    ROW("GET /#a HTTP/1.1\r\nHost: h\r\n\r\n", 400),
    ROW("CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n", 400),
    ROW("GET / HTTP/1.1\r\nHost: \r\n\r\n", 400),
    ROW("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400),
    ROW("GET / HTTP/1.1\r\nHost: h\r\nno colon\r\n\r\n", 400),
    ROW("GET / HTTP/1.1\r\nHost: h\r\n: b\r\n\r\n", 400),
    ROW("GET / HTTP/1.1\r\nHost: h\r\nExpect: 200-ok\r\n\r\n", 417),
    ROW("GET / HTTP/1.1\r\nHost: h\r\nAuthorization: a\r\nauthorization: b\r\n\r\n", 400),
    ROW("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
    ROW(POST "Content-Length:\r\n\r\n", 400),
};

static unsigned read_at_once(struct span text, struct http_head *head, struct http_fault *fault) {
    struct http1_reader reader = {0};
    size_t used = 0;
    *head = (struct http_head){0};
    enum http1_verdict verdict = http1_read(&reader, head, text, &used, fault);
    assert_true(verdict != HTTP1_FAULT || fault->status >= 400);
    if (verdict == HTTP1_DONE) assert_true(used <= text.len);
    return verdict == HTTP1_MORE ? 1 : verdict == HTTP1_DONE ? 0 : fault->status;
}

static unsigned read_by_bytes(struct span text, struct http_fault *fault) {
    struct http1_reader reader = {0};
    struct http_head head = {0};
    for (size_t len = 0; len <= text.len; len++) {
        uint8_t *moved = mem_take(len); // each time somewhere else, with nothing behind it
        if (len > 0) memcpy(moved, text.at, len);
        size_t used = 0;
        enum http1_verdict verdict = http1_read(&reader, &head, span_make(moved, len), &used, fault);
        mem_give(moved);
        if (verdict == HTTP1_DONE) return 0;
        if (verdict == HTTP1_FAULT) return fault->status;
    }
    return 1;
}

static void every_row_gets_its_answer(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        struct http_head head;
        struct http_fault whole, bytes;
        unsigned status = read_at_once(ROWS[i].text, &head, &whole), again = read_by_bytes(ROWS[i].text, &bytes);
        if (status != ROWS[i].status || again != status)
            fail_msg("row %zu: %u at once, %u by bytes, not %u: %.*s", i, status, again, ROWS[i].status, SPAN_FMT(ROWS[i].text));
        if (status >= 400) assert_string_equal(whole.rule, bytes.rule);
    }
}

static void a_head_is_read_in_full(void **state) {
    (void)state;
    struct http_head head;
    struct http_fault fault;
    assert_int_equal(read_at_once(SPAN("PUT http://h:1/a?b HTTP/1.1\r\nHost: h:1\r\nContent-Length: 12\r\nIF-Match:  \"x\" \r\n"
                                       "Connection: keep-alive, Close\r\n\r\nrest"),
                                  &head, &fault),
                     0);
    assert_true(span_is(head.method, "PUT"));
    assert_true(span_is(head.target, "/a?b"));
    assert_int_equal(head.header_count, 4);
    assert_true(span_is(head.headers[2].value, "\"x\""));
    assert_string_equal(http_forwarded_name(head.headers[2].name), "if-match");
    assert_null(http_forwarded_name(SPAN("host")));
    assert_null(http_forwarded_name(SPAN("if-match2")));
    assert_true(head.has_length);
    assert_int_equal(head.body_bytes, 12);
    assert_false(head.may_persist);
}

static void sizes_are_limited(void **state) {
    (void)state;
    struct http_head head;
    struct http_fault fault;
    struct buf buf;
    buf_init(&buf, NULL, 1000000);
    buf_add_text(&buf, "GET /");
    for (int i = 0; i < 5000; i++) buf_add_byte(&buf, 'a');
    assert_int_equal(read_at_once(buf_span(&buf), &head, &fault), 414); // before the line has ended
    buf_clear(&buf);
    buf_add_text(&buf, POST "A: ");
    for (int i = 0; i < 100 * 1024; i++) buf_add_byte(&buf, 'a');
    assert_int_equal(read_at_once(buf_span(&buf), &head, &fault), 431);
    buf_clear(&buf);
    buf_add_text(&buf, POST);
    for (int i = 0; i < 64; i++) buf_add_text(&buf, "A: b\r\n");
    buf_add_text(&buf, "\r\n");
    assert_int_equal(read_at_once(buf_span(&buf), &head, &fault), 431);
    buf_fini(&buf);
}

// A chunked body: its status as above, and what it carries.
static const struct body {
    struct span text;
    unsigned status;
    const char *data;
    size_t rest; // bytes behind its end
} BODIES[] = {
    BODY("0\r\n\r\n", 0, "", 0),
    BODY("5\r\nhello\r\n0\r\n\r\n", 0, "hello", 0),
    BODY("5\r\nhello\r\n000006;a=b; c=\"d e\"\r\n world\r\n0\r\n\r\n", 0, "hello world", 0),
    BODY("A\r\n0123456789\r\n0\r\nA: b\r\nc:\r\n\r\nGET /", 0, "0123456789", 5),
    BODY("2\r\n\r\n\r\n0\r\n\r\n", 0, "\r\n", 0),
    BODY("1", 1, "", 0),
    BODY("ffffffffffffffff\r\nab", 1, "ab", 0),
    BODY("1\r\na\r\n0\r\n", 1, "a", 0),
    BODY("-1\r\n", 400, "", 0),
    BODY("+1\r\na\r\n", 400, "", 0),
    BODY("0x1\r\na\r\n", 400, "", 0),
    BODY("\r\n", 400, "", 0),
    BODY(";a\r\n", 400, "", 0),
    BODY(" 1\r\na\r\n", 400, "", 0),
    BODY("1 \r\na\r\n", 400, "", 0),
    BODY("1 ;a\r\na\r\n", 400, "", 0),
    BODY("1\na\r\n", 400, "", 0),
    BODY("1\ra\r\n", 400, "", 0),
    BODY("1;a\nb\r\na\r\n", 400, "", 0),
    BODY("1;a\0b\r\na\r\n", 400, "", 0),
    BODY("1\r\nab\r\n", 400, "a", 0),
    BODY("1\r\na\n0\r\n\r\n", 400, "a", 0),
    BODY("1\r\na\r0\r\n\r\n", 400, "a", 0),
    BODY("00000000000000000\r\n", 400, "", 0),
    BODY("10000000000000001\r\n", 400, "", 0),
    BODY("0\r\n: b\r\n\r\n", 400, "", 0),
    BODY("0\r\n a: b\r\n\r\n", 400, "", 0),
    BODY("0\r\na : b\r\n\r\n", 400, "", 0),
    BODY("0\r\na\r\n\r\n", 400, "", 0),
    BODY("0\r\na: b\n\r\n", 400, "", 0),
    BODY("0\r\n\n", 400, "", 0),
    BODY("0\r\n\rG", 400, "", 0),
};

// Hands TEXT over in pieces of STEP bytes; what it carries goes to DATA.
static unsigned read_body(struct span text, size_t step, struct buf *data, size_t *ret_rest, struct http_fault *fault) {
    struct http1_chunks chunks = {0};
    for (size_t at = 0; at < text.len; at += step) {
        struct span bytes = span_part(text, at, at + step);
        while (bytes.len > 0) {
            size_t used = 0;
            struct span piece;
            enum http1_verdict verdict = http1_read_chunks(&chunks, bytes, &used, &piece, fault);
            buf_add(data, piece);
            bytes = span_part(bytes, used, bytes.len);
            *ret_rest = bytes.len + (at + step < text.len ? text.len - at - step : 0);
            if (verdict == HTTP1_DONE) return 0;
            if (verdict == HTTP1_FAULT) return fault->status;
        }
    }
    return 1;
}

static void every_chunked_body_gets_its_answer(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof BODIES / sizeof *BODIES; i++) {
        for (size_t step = 1; step <= BODIES[i].text.len; step++) {
            struct buf data;
            buf_init(&data, NULL, 4096);
            size_t rest = 0;
            struct http_fault fault;
            unsigned status = read_body(BODIES[i].text, step, &data, &rest, &fault);
            bool is_right = status == BODIES[i].status && span_is(buf_span(&data), BODIES[i].data) && (status != 0 || rest == BODIES[i].rest);
            if (!is_right)
                fail_msg("body %zu by %zu: %u with %zu bytes, %zu left: %.*s", i, step, status, data.len, rest, SPAN_FMT(BODIES[i].text));
            buf_fini(&data);
        }
    }
}

static void what_a_chunked_body_carries_beside_its_data_is_limited(void **state) {
    (void)state;
    struct buf text, data;
    buf_init(&text, NULL, 1000000);
    buf_init(&data, NULL, 1000000);
    for (int i = 0; i < 3000; i++) buf_add_text(&text, "1;a\r\nx\r\n");
    size_t rest;
    struct http_fault fault;
    assert_int_equal(read_body(buf_span(&text), 1000, &data, &rest, &fault), 400);
    buf_clear(&text);
    buf_add_text(&text, "0\r\n");
    for (int i = 0; i < 1000; i++) buf_add_text(&text, "abc: de\r\n");
    assert_int_equal(read_body(buf_span(&text), 1000, &data, &rest, &fault), 400);
    buf_fini(&text);
    buf_fini(&data);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_gets_its_answer),
        cmocka_unit_test(a_head_is_read_in_full),
        cmocka_unit_test(sizes_are_limited),
        cmocka_unit_test(every_chunked_body_gets_its_answer),
        cmocka_unit_test(what_a_chunked_body_carries_beside_its_data_is_limited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
