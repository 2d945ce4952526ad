// SPDX-License-Identifier: EUPL-1.2
/* Mail as text: headers that nobody can break out of, any language, and the forms that other programs read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "format/mail.h"

static struct buf out;

static int setup(void **state) {
    (void)state;
    buf_init(&out, NULL, MAIL_BYTES);
    return 0;
}
static int teardown(void **state) {
    (void)state;
    buf_fini(&out);
    return 0;
}

static struct mail mail_of(const char *subject, const char *text) {
    return (struct mail){.from_name = SPAN("Node"), .from = SPAN("varde@node.example"), .to = SPAN("a@b.example"), .message_id = SPAN("d1.aa@node.example"),
                         .subject = span_of(subject), .text = span_of(text), .date_ms = 1790000000000};
}

static bool has(const char *needle) {
    buf_add_byte(&out, '\0');
    bool found = strstr((const char *)out.at, needle) != NULL;
    out.len--;
    return found;
}

static void addresses(void **state) {
    (void)state;
    static const char *const GOOD[] = {"a@b.example", "first.last+tag@mail.b.example", "x_y@localhost"};
    static const char *const BAD[] = {"", "a", "@b.example", "a@", "a@b", "a b@c.example", "a@b.example\r\nBcc: x@y.example", "<a@b.example>", "a@b@c.example",
                                      "\"a\"@b.example", "a,b@c.example", "-a@b.example", ".a@b.example", "a.@b.example", "a@-b.example", "a@b..example", "a@b.example.", "\xc3\xa4@b.example"};
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++) assert_true(mail_address_is_plain(span_of(GOOD[i])));
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        if (mail_address_is_plain(span_of(BAD[i]))) fail_msg("\"%s\" was taken", BAD[i]);
}

static void a_plain_message(void **state) {
    (void)state;
    struct mail mail = mail_of("[C1] An early warning came in.", "One line\nand another");
    assert_true(mail_is_good(&mail));
    mail_write(&out, &mail);
    buf_add_byte(&out, '\0');
    assert_string_equal((const char *)out.at,
                        "Date: Mon, 21 Sep 2026 14:13:20 +0000\r\nFrom: \"Node\"\r\n <varde@node.example>\r\nTo: <a@b.example>\r\n"
                        "Subject: [C1] An early warning came in.\r\nMessage-ID: <d1.aa@node.example>\r\nAuto-Submitted: auto-generated\r\n"
                        "X-Auto-Response-Suppress: All\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
                        "Content-Transfer-Encoding: 7bit\r\n\r\nOne line\r\nand another\r\n");
}

static void nothing_adds_a_header(void **state) {
    (void)state;
    struct mail mail = mail_of("x\r\nBcc: evil@x.example\r\n\r\nbody", "t");
    mail.from_name = SPAN("N\r\nBcc: evil@x.example");
    assert_true(mail_is_good(&mail));
    mail_write(&out, &mail);
    assert_false(has("\nBcc:"));
    mail.message_id = SPAN("a@b\r\nBcc: x@y.example");
    assert_false(mail_is_good(&mail));
    mail = mail_of("s", "t");
    mail.to = SPAN("a@b.example>\r\nRCPT TO:<x@y.example");
    assert_false(mail_is_good(&mail));
    mail = mail_of("\xff", "t");
    assert_false(mail_is_good(&mail));
}

// Every line is short, and encoded words hold whole characters.
static void other_languages(void **state) {
    (void)state;
    struct mail mail = mail_of("Vous êtes d'astreinte : un très long objet avec des caractères accentués, encore et encore et encore",
                               "Été\n=3D à la fin \nFin d'une ligne très longue qui doit être pliée parce qu'elle dépasse largement soixante-seize caractères.");
    assert_true(mail_is_good(&mail));
    mail_write(&out, &mail);
    assert_true(has("Subject: =?UTF-8?B?") && has("Content-Transfer-Encoding: quoted-printable"));
    assert_true(has("=C3=89t=C3=A9\r\n") && has("=3D3D =C3=A0 la fin=20\r\n"));
    size_t line = 0;
    for (size_t i = 0; i < out.len; i++) {
        line = out.at[i] == '\n' ? 0 : line + 1;
        assert_true(line <= 98 && out.at[i] < 0x80);
    }
}

static void what_looks_encoded_is_encoded(void **state) {
    (void)state;
    struct mail mail = mail_of("=?UTF-8?B?ZXZpbA==?=", "t");
    mail_write(&out, &mail);
    assert_false(has("Subject: =?UTF-8?B?ZXZpbA==?="));
}

static void encrypted(void **state) {
    (void)state;
    struct mail mail = mail_of("[C1] x", "secret");
    mail_write_encrypted(&out, &mail, SPAN("-----BEGIN PGP MESSAGE-----\n\nAA\n-----END PGP MESSAGE-----\n"));
    assert_true(has("multipart/encrypted; protocol=\"application/pgp-encrypted\"") && has("\r\nVersion: 1\r\n") && has("\r\nAA\r\n"));
    assert_false(has("secret"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses),
        cmocka_unit_test_setup_teardown(a_plain_message, setup, teardown),
        cmocka_unit_test_setup_teardown(nothing_adds_a_header, setup, teardown),
        cmocka_unit_test_setup_teardown(other_languages, setup, teardown),
        cmocka_unit_test_setup_teardown(what_looks_encoded_is_encoded, setup, teardown),
        cmocka_unit_test_setup_teardown(encrypted, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
