// SPDX-License-Identifier: EUPL-1.2
#include "format/mail.h"

enum { LINE_CHARACTERS = 76, WORD_BYTES = 42, PLAIN_LINE_BYTES = 200 };

static bool is_atom(uint8_t c) {
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return true;
    return c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~.", c) != NULL;
}

static bool is_domain(struct span domain) {
    bool has_dot = false;
    for (size_t i = 0; i < domain.len; i++) {
        uint8_t c = domain.at[i], before = i > 0 ? domain.at[i - 1] : '.';
        bool is_letter = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!is_letter && c != '-' && c != '.') return false;
        if ((c == '.' || c == '-') && before == '.') return false;
        has_dot = has_dot || c == '.';
    }
    return domain.len > 0 && domain.at[domain.len - 1] != '.' && (has_dot || span_is(domain, "localhost"));
}

bool mail_address_is_plain(struct span address) {
    size_t at = span_find(address, '@', 0);
    if (at == 0 || at > 64 || at >= address.len || address.len > MAIL_ADDRESS_BYTES) return false;
    for (size_t i = 0; i < at; i++)
        if (!is_atom(address.at[i])) return false;
    return address.at[0] != '-' && address.at[0] != '.' && address.at[at - 1] != '.' && is_domain(span_part(address, at + 1, address.len));
}

static bool is_message_id(struct span id) {
    size_t at = span_find(id, '@', 0);
    for (size_t i = 0; i < id.len; i++)
        if (i != at && !is_atom(id.at[i])) return false;
    return at > 0 && at + 1 < id.len && id.len <= 200;
}

bool mail_is_good(const struct mail *mail) {
    return mail_address_is_plain(mail->from) && mail_address_is_plain(mail->to) && is_message_id(mail->message_id) &&
           mail->subject.len <= MAIL_SUBJECT_BYTES && mail->text.len <= MAIL_TEXT_BYTES && span_is_utf8(mail->subject) &&
           span_is_utf8(mail->text) && span_is_utf8(mail->from_name) && mail->from_name.len <= MAIL_SUBJECT_BYTES;
}

// --- headers ---

static bool is_printable(struct span text) {
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] < ' ' || text.at[i] > '~') return false;
    return true;
}

static bool looks_encoded(struct span text) {
    for (size_t i = 0; i + 1 < text.len; i++)
        if (text.at[i] == '=' && text.at[i + 1] == '?') return true;
    return false;
}

// Encoded words (RFC 2047), each of whole characters, one a line.
static void add_encoded(struct buf *buf, struct span text) {
    for (size_t at = 0; at < text.len;) {
        uint8_t part[WORD_BYTES];
        size_t len = 0;
        while (at < text.len) {
            size_t step = 1;
            while (at + step < text.len && (text.at[at + step] & 0xc0) == 0x80) step++;
            if (len + step > sizeof part) break;
            memcpy(part + len, text.at + at, step);
            if (step == 1 && (part[len] < ' ' || part[len] == 0x7f)) part[len] = ' ';
            len += step;
            at += step;
        }
        buf_add_text(buf, "=?UTF-8?B?");
        buf_add_base64(buf, span_make(part, len));
        buf_add_text(buf, at < text.len ? "?=\r\n " : "?=");
    }
}

// Text of a header, folded at blanks.
static void add_text(struct buf *buf, struct span text, size_t column) {
    if (!is_printable(text) || looks_encoded(text)) {
        add_encoded(buf, text);
        return;
    }
    for (size_t at = 0; at < text.len;) {
        size_t end = span_find(text, ' ', at + 1);
        if (column + (end - at) > LINE_CHARACTERS && text.at[at] == ' ' && end > at + 1) {
            buf_add_text(buf, "\r\n");
            column = 0;
        }
        buf_add(buf, span_part(text, at, end));
        column += end - at;
        at = end;
    }
}

static void add_name(struct buf *buf, struct span name) {
    if (!is_printable(name) || looks_encoded(name)) {
        add_encoded(buf, name);
        return;
    }
    buf_add_byte(buf, '"');
    for (size_t i = 0; i < name.len; i++) {
        if (name.at[i] == '"' || name.at[i] == '\\') buf_add_byte(buf, '\\');
        buf_add_byte(buf, name.at[i]);
    }
    buf_add_byte(buf, '"');
}

static void add_date(struct buf *buf, int64_t date_ms) {
    static const char DAYS[] = "MonTueWedThuFriSatSun", MONTHS[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    struct wall wall = wall_at(date_ms, 0);
    buf_printf(buf, "Date: %.3s, %u %.3s %d %02u:%02u:%02u +0000\r\n", DAYS + (size_t)(civil_weekday(wall.date) - 1) * 3, wall.date.day,
               MONTHS + (size_t)(wall.date.month - 1) * 3, (int)wall.date.year, wall.hour, wall.minute, wall.second);
}

static void add_headers(struct buf *buf, const struct mail *mail) {
    add_date(buf, mail->date_ms);
    buf_add_text(buf, "From: ");
    if (mail->from_name.len > 0) {
        add_name(buf, mail->from_name);
        buf_add_text(buf, "\r\n ");
    }
    buf_printf(buf, "<%.*s>\r\nTo: <%.*s>\r\nSubject: ", SPAN_FMT(mail->from), SPAN_FMT(mail->to));
    add_text(buf, mail->subject, 9);
    buf_printf(buf, "\r\nMessage-ID: <%.*s>\r\nAuto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\nMIME-Version: 1.0\r\n",
               SPAN_FMT(mail->message_id));
}

// --- text ---

static bool is_short_ascii(struct span text) {
    size_t column = 0;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.at[i];
        column = c == '\n' ? 0 : column + 1;
        if (column > PLAIN_LINE_BYTES || (c != '\n' && c != '\t' && (c < ' ' || c > '~'))) return false;
    }
    return true;
}

static void add_plain(struct buf *buf, struct span text) {
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == '\n') buf_add_byte(buf, '\r');
        buf_add_byte(buf, text.at[i]);
    }
    if (text.len == 0 || text.at[text.len - 1] != '\n') buf_add_text(buf, "\r\n");
}

// Quoted-printable (RFC 2045 6.7); other controls than tab and line feed become blanks.
static void add_quoted(struct buf *buf, struct span text) {
    size_t column = 0;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.at[i];
        if (c == '\n') {
            buf_add_text(buf, "\r\n");
            column = 0;
            continue;
        }
        if (c < ' ' && c != '\t') c = ' ';
        bool is_last = i + 1 == text.len || text.at[i + 1] == '\n';
        bool is_plain = (c > ' ' && c <= '~' && c != '=') || ((c == ' ' || c == '\t') && !is_last);
        if (column + (is_plain ? 1 : 3) > LINE_CHARACTERS - 1) {
            buf_add_text(buf, "=\r\n");
            column = 0;
        }
        if (is_plain) buf_add_byte(buf, c);
        else buf_printf(buf, "=%02X", c);
        column += is_plain ? 1 : 3;
    }
    buf_add_text(buf, "\r\n");
}

void mail_write_inside(struct buf *buf, const struct mail *mail) {
    bool is_plain = is_short_ascii(mail->text);
    buf_printf(buf, "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: %s\r\n\r\n", is_plain ? "7bit" : "quoted-printable");
    if (is_plain) add_plain(buf, mail->text);
    else add_quoted(buf, mail->text);
}

void mail_write(struct buf *buf, const struct mail *mail) {
    add_headers(buf, mail);
    mail_write_inside(buf, mail);
}

void mail_write_encrypted(struct buf *buf, const struct mail *mail, struct span armoured) {
    add_headers(buf, mail);
    // The armour's lines begin with no "--varde", so the boundary can't stand in it.
    buf_add_text(buf, "Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\";\r\n boundary=\"varde\"\r\n\r\n"
                      "--varde\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n\r\n"
                      "--varde\r\nContent-Type: application/octet-stream; name=\"encrypted.asc\"\r\n"
                      "Content-Disposition: inline; filename=\"encrypted.asc\"\r\n\r\n");
    for (size_t i = 0; i < armoured.len; i++) {
        if (armoured.at[i] == '\n' && (i == 0 || armoured.at[i - 1] != '\r')) buf_add_byte(buf, '\r');
        buf_add_byte(buf, armoured.at[i]);
    }
    buf_add_text(buf, "\r\n--varde--\r\n");
}
