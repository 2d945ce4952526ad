// SPDX-License-Identifier: EUPL-1.2
#include "api/http1.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>

#define POST "POST /x HTTP/1.1\r\nHost: h\r\n"
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
    ROW(POST "Transfer-Encoding: chunked\r\n\r\n-1\r\n", 400),
    ROW(POST "Transfer-Encoding: chunked\r\n\r\n", 1),
    ROW(POST "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", 501),
    ROW(POST "Transfer-Encoding: chunked\r\n\r\n5;a=b\r\n", 501),
    ROW(POST "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n", 501),
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
    buf_clear(&buf);
    buf_add_text(&buf, POST "Transfer-Encoding: chunked\r\n\r\n5;");
    for (int i = 0; i < 1024; i++) buf_add_byte(&buf, 'a');
    assert_int_equal(read_at_once(buf_span(&buf), &head, &fault), 400);
    buf_fini(&buf);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_gets_its_answer),
        cmocka_unit_test(a_head_is_read_in_full),
        cmocka_unit_test(sizes_are_limited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
