// SPDX-License-Identifier: EUPL-1.2
/*
 * Mail as text (RFC 5322, 2045, 2047, 3156), written from parts. Pure. Nothing that is given can add a header or a line: controls in
 * one-line parts become blanks, addresses that could do harm are refused.
 */
#ifndef FORMAT_MAIL_H
#define FORMAT_MAIL_H

#include "base/span.h"
#include "base/time.h"

enum { MAIL_ADDRESS_BYTES = 254, MAIL_SUBJECT_BYTES = 400, MAIL_TEXT_BYTES = 64 * 1024, MAIL_BYTES = 512 * 1024 };

struct mail {
    struct span from_name;  // for people; any text
    struct span from, to;   // addresses
    struct span message_id; // without angle brackets
    struct span subject, text;
    int64_t date_ms;
};

// A plain address: one @, ASCII letters, digits and the marks that need no quoting; a domain with a dot, or "localhost".
bool mail_address_is_plain(struct span address);
// Whether all parts can be written.
bool mail_is_good(const struct mail *mail);
// The whole message, lines ended by CR LF.
void mail_write(struct buf *buf, const struct mail *mail);
// The part that is encrypted (with the text's own MIME header), and the message around what came out (ASCII armour).
void mail_write_inside(struct buf *buf, const struct mail *mail);
void mail_write_encrypted(struct buf *buf, const struct mail *mail, struct span armoured);

#endif
