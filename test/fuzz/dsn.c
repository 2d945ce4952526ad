// SPDX-License-Identifier: EUPL-1.2
/* Mail that anybody sends to the bounce mailbox. What is found lies within the message; and mail that we write is read back. */
#include <assert.h>
#include <stdint.h>

#include "format/dsn.h"
#include "format/mail.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void within(struct span part, const uint8_t *data, size_t size) {
    assert(part.len == 0 || (part.at >= data && part.at + part.len <= data + size));
}

// Whatever stands in subject and text, the message has the headers that we wrote and no others.
static void write_again(struct span text) {
    struct mail mail = {.from_name = text, .from = SPAN("varde@node.example"), .to = SPAN("a@b.example"), .message_id = SPAN("d1.aa@node.example"),
                        .subject = text, .text = text};
    struct buf out;
    struct dsn dsn;
    if (!mail_is_good(&mail)) return;
    buf_init(&out, NULL, MAIL_BYTES);
    mail_write(&out, &mail);
    assert(!out.is_failed);
    dsn_read(buf_span(&out), &dsn);
    assert(span_is(dsn.message_id, "d1.aa@node.example") && !dsn.is_report && !dsn.has_null_sender && dsn.address_count == 1);
    for (size_t i = 0; i < out.len; i++) assert(out.at[i] < 0x80 && (out.at[i] != '\n' || (i > 0 && out.at[i - 1] == '\r')));
    buf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct dsn dsn;
    dsn_read(span_make(data, size), &dsn);
    within(dsn.message_id, data, size);
    within(dsn.status, data, size);
    within(dsn.diagnostic, data, size);
    within(dsn.original_id, data, size);
    assert(dsn.address_count <= DSN_ADDRESSES && (dsn.is_report || !dsn.is_failed));
    for (size_t i = 0; i < dsn.address_count; i++) {
        within(dsn.addresses[i], data, size);
        within(dsn_find_mark(dsn.addresses[i], SPAN("bounces"), SPAN("node.example")), data, size);
    }
    (void)mail_address_is_plain(span_make(data, size));
    write_again(span_part(span_make(data, size), 0, MAIL_SUBJECT_BYTES));
    return 0;
}
