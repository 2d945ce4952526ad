// SPDX-License-Identifier: EUPL-1.2
/* iCalendar: lines folded within 75 octets and never within a character, texts escaped, days and instants, what is cancelled. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "format/ical.h"

static struct arena arena;
static int setup(void **state) {
    (void)state;
    arena_init(&arena, (size_t)16 * 1024 * 1024);
    return 0;
}
static int teardown(void **state) {
    (void)state;
    arena_fini(&arena);
    return 0;
}

static const char *written(const struct ical_event *event) {
    struct buf out;
    buf_init(&out, &arena, 1024 * 1024);
    ical_begin(&out, SPAN("A node"));
    ical_event(&out, event);
    ical_end(&out);
    buf_add_byte(&out, '\0');
    assert_false(out.is_failed);
    return (const char *)out.at;
}

static struct ical_event meeting(void) {
    return (struct ical_event){.uid = SPAN("F1@eu.example/log"), .sequence = 2, .stamp_ms = 1764000000000, .start_ms = 1764144000000, .end_ms = 1764158400000,
                               .title = SPAN("Plenary; 2, \"open\"\nsecond\\line\x01")};
}

static void an_instant_in_utc(void **state) {
    (void)state;
    struct ical_event event = meeting();
    const char *text = written(&event);
    assert_non_null(strstr(text, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:"));
    assert_non_null(strstr(text, "\r\nUID:F1@eu.example/log\r\nDTSTAMP:20251124T160000Z\r\n"));
    assert_non_null(strstr(text, "\r\nSEQUENCE:2\r\nDTSTART:20251126T080000Z\r\nDTEND:20251126T120000Z\r\nSTATUS:CONFIRMED\r\n"));
    assert_non_null(strstr(text, "\r\nSUMMARY:Plenary\\; 2\\, \"open\"\\nsecond\\\\line\r\n"));
    assert_non_null(strstr(text, "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"));
    assert_null(strstr(text, "LOCATION"));
    event.end_ms = INSTANT_NONE;
    event.is_cancelled = true;
    text = written(&event);
    assert_null(strstr(text, "DTEND"));
    assert_non_null(strstr(text, "\r\nSTATUS:CANCELLED\r\n"));
}

static void whole_days_end_on_the_day_after(void **state) {
    (void)state;
    struct ical_event event = meeting();
    event.is_whole_day = true;
    event.first_day = (struct civil){.year = 2028, .month = 2, .day = 28};
    event.last_day = (struct civil){.year = 2028, .month = 2, .day = 29};
    assert_non_null(strstr(written(&event), "\r\nDTSTART;VALUE=DATE:20280228\r\nDTEND;VALUE=DATE:20280301\r\n"));
}

// Characters of one to four octets, of every length of line.
static void folded_within_75_octets(void **state) {
    (void)state;
    static const char *const CHARACTERS[] = {"a", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x95\xaf", ","};
    for (size_t i = 0; i < sizeof CHARACTERS / sizeof CHARACTERS[0]; i++)
        for (size_t count = 60; count < 240; count++) {
            struct buf long_title;
            struct ical_event event = meeting();
            arena_reset(&arena);
            buf_init(&long_title, &arena, 4096);
            for (size_t k = 0; k < count; k++) buf_add_text(&long_title, CHARACTERS[i]);
            event.title = buf_span(&long_title);
            struct span text = span_of(written(&event));
            struct buf unfolded;
            buf_init(&unfolded, &arena, 65536);
            for (size_t at = 0; at < text.len;) {
                size_t end = at;
                while (end + 1 < text.len && !(text.at[end] == '\r' && text.at[end + 1] == '\n')) end++;
                assert_true(end - at <= 75);
                assert_true(span_is_utf8(span_part(text, at, end)));
                bool is_folded = text.at[at] == ' ';
                if (!is_folded) buf_add_byte(&unfolded, '\n');
                buf_add(&unfolded, span_part(text, at + (is_folded ? 1 : 0), end));
                at = end + 2;
            }
            struct buf wanted;
            buf_init(&wanted, &arena, 4096);
            buf_add_text(&wanted, "\nSUMMARY:");
            for (size_t k = 0; k < count; k++) buf_printf(&wanted, "%s%s", CHARACTERS[i][0] == ',' ? "\\" : "", CHARACTERS[i]);
            buf_add_text(&wanted, "\nEND:VEVENT");
            buf_add_byte(&wanted, '\0');
            buf_add_byte(&unfolded, '\0');
            if (strstr((const char *)unfolded.at, (const char *)wanted.at) == NULL) fail_msg("%zu times %s: %s", count, CHARACTERS[i], (const char *)unfolded.at);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(an_instant_in_utc), cmocka_unit_test(whole_days_end_on_the_day_after), cmocka_unit_test(folded_within_75_octets)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
