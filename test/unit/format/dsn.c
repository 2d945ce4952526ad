// SPDX-License-Identifier: EUPL-1.2
/* What comes to the bounce mailbox: reports, bounces without one, copies, automatic answers, and what is none of these. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>

#include "format/dsn.h"

static const char REPORT[] =
    "Return-Path: <>\r\nDelivered-To: bounces+d7.0123456789abcdef@node.example\r\nFrom: MAILER-DAEMON@far.example\r\nMessage-Id: <1@far.example>\r\n"
    "Auto-Submitted: auto-replied\r\nContent-Type: multipart/report; report-type=delivery-status;\r\n\tboundary=\"A.1/far\"\r\n\r\n"
    "This is a MIME message.\r\n--A.1/far\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n--A.1/far\r\nContent-Type: message/delivery-status\r\n\r\n"
    "Reporting-MTA: dns; far.example\r\n\r\nFinal-Recipient: rfc822; x@far.example\r\nAction: %s\r\nStatus: 5.1.1\r\n"
    "Diagnostic-Code: smtp; 550 5.1.1 nobody of that\r\n    name lives here\r\n\r\n--A.1/far\r\nContent-Type: text/rfc822-headers\r\n\r\n"
    "Subject: x\r\nMessage-ID: <d7.0123456789abcdef@node.example>\r\n--A.1/far--\r\n";

static struct dsn read_with(const char *action) {
    static char text[2048];
    (void)snprintf(text, sizeof text, "%s", REPORT);
    char *at = strstr(text, "%s");
    char rest[1024];
    (void)snprintf(rest, sizeof rest, "%s", at + 2);
    (void)snprintf(at, sizeof text - (size_t)(at - text), "%s%s", action, rest);
    struct dsn dsn;
    dsn_read(span_of(text), &dsn);
    return dsn;
}

static void a_failure(void **state) {
    (void)state;
    struct dsn dsn = read_with("failed");
    assert_true(dsn.is_report && dsn.is_failed && dsn.has_null_sender);
    assert_true(span_is(dsn.status, "5.1.1") && span_starts_with(dsn.diagnostic, SPAN("550 5.1.1 nobody")));
    assert_true(span_is(dsn.original_id, "d7.0123456789abcdef@node.example"));
    assert_int_equal(dsn.address_count, 1);
    assert_true(span_is(dsn_find_mark(dsn.addresses[0], SPAN("bounces"), SPAN("node.example")), "d7.0123456789abcdef"));
}

static void a_delay_is_no_failure(void **state) {
    (void)state;
    struct dsn dsn = read_with("delayed");
    assert_true(dsn.is_report && !dsn.is_failed);
}

static void others(void **state) {
    (void)state;
    struct dsn dsn;
    dsn_read(SPAN("Return-Path: <varde@node.example>\nTo: <a@b.example>\nMessage-ID: <d9.aa@node.example>\n\nhello\n"), &dsn);
    assert_true(!dsn.is_report && !dsn.has_null_sender && span_is(dsn.message_id, "d9.aa@node.example"));
    dsn_read(SPAN("Return-Path: <>\nTo: bounces+d9.aa@node.example\nAuto-Submitted: auto-replied (vacation)\n\nI am away\n"), &dsn);
    assert_true(!dsn.is_report && dsn.is_reply && dsn.has_null_sender);
    dsn_read(SPAN(""), &dsn);
    assert_true(!dsn.is_report && dsn.message_id.len == 0);
    dsn_read(SPAN("Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: message/delivery-status\n\nAction: failed"), &dsn);
    assert_true(dsn.is_failed); // cut off
    dsn_read(SPAN("Content-Type: text/plain\n\nAction: failed\n"), &dsn);
    assert_false(dsn.is_report);
}

static void marks(void **state) {
    (void)state;
    struct span local = SPAN("bounces"), domain = SPAN("node.example");
    assert_true(span_is(dsn_find_mark(SPAN("x <Bounces+D1.ab@NODE.example>"), local, domain), "D1.ab"));
    assert_int_equal(dsn_find_mark(SPAN("bounces@node.example"), local, domain).len, 0);
    assert_int_equal(dsn_find_mark(SPAN("bounces+d1.ab@other.example"), local, domain).len, 0);
    assert_int_equal(dsn_find_mark(SPAN("bounces+"), local, domain).len, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_failure), cmocka_unit_test(a_delay_is_no_failure), cmocka_unit_test(others), cmocka_unit_test(marks)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
