// SPDX-License-Identifier: EUPL-1.2
/* Canonical forms of what people type: addresses of mail, telephone, networks and names, and decimal numbers. */
#include <arpa/inet.h>
#include <stdio.h>

#include "law/field.h"

static bool is_letter(uint8_t c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
static bool is_digit(uint8_t c) { return c >= '0' && c <= '9'; }

// LDH labels of RFC 1035 and 5890; lower case; at least two labels; no trailing dot in the result.
bool domain_canonical(struct arena *arena, struct span text, struct span *ret, const char **words) {
    *words = "is no domain name like example.eu; write names with other letters in their xn-- form";
    if (text.len > 0 && text.at[text.len - 1] == '.') text.len--;
    if (text.len == 0 || text.len > 253) return false;
    uint8_t *out = arena_take(arena, text.len + 1);
    if (out == NULL) return false;
    size_t labels = 0, label_from = 0;
    for (size_t i = 0; i <= text.len; i++) {
        uint8_t c = i < text.len ? text.at[i] : '.';
        if (c == '.') {
            size_t len = i - label_from;
            if (len == 0 || len > 63 || out[label_from] == '-' || out[i - 1] == '-') return false;
            label_from = i + 1;
            labels++;
        } else if (!is_letter(c) && !is_digit(c) && c != '-' && c != '_') {
            return false;
        }
        out[i] = c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
    }
    if (labels < 2 || is_digit(out[text.len - 1])) return false;
    out[text.len] = '\0';
    *ret = span_make(out, text.len);
    return true;
}

// What RFC 5321 calls a mailbox with a dot-string before the @; quoted local parts are refused.
bool email_is_valid(struct span text, const char **words) {
    *words = "is no e-mail address like security@example.eu";
    if (text.len < 3 || text.len > 254 || span_has_hidden(text)) return false;
    size_t at = span_find(text, '@', 0);
    if (at == 0 || at > 64 || at + 1 >= text.len || text.at[0] == '.' || text.at[at - 1] == '.') return false;
    for (size_t i = 0; i < at; i++) {
        uint8_t c = text.at[i];
        bool is_plain = is_letter(c) || is_digit(c) || c >= 0x80 || (c != 0 && strchr("!#$%&'*+/=?^_`{|}~.-", c) != NULL);
        if (!is_plain || (c == '.' && text.at[i + 1] == '.')) return false;
    }
    struct span domain = span_part(text, at + 1, text.len);
    for (size_t i = 0; i < domain.len; i++) {
        uint8_t c = domain.at[i], before = i > 0 ? domain.at[i - 1] : '.', after = i + 1 < domain.len ? domain.at[i + 1] : '.';
        bool is_edge = before == '.' || after == '.';
        if (!is_letter(c) && !is_digit(c) && c < 0x80 && (is_edge || (c != '-' && c != '.'))) return false; // labels are not empty
    }
    return span_find(domain, '.', 0) < domain.len;
}

// E.164 in international form: "+" and 5 to 15 digits; blanks, dots, hyphens and brackets are taken out.
bool phone_canonical(struct arena *arena, struct span text, struct span *ret, const char **words) {
    *words = "is no telephone number in international form like +352 26 12 34 56";
    uint8_t digits[16];
    size_t count = 0;
    bool has_plus = text.len > 0 && text.at[0] == '+';
    size_t from = has_plus ? 1 : text.len > 2 && text.at[0] == '0' && text.at[1] == '0' ? 2 : text.len;
    for (size_t i = from; i < text.len; i++) {
        uint8_t c = text.at[i];
        if (c == ' ' || c == '.' || c == '-' || c == '(' || c == ')' || c == '/') continue;
        if (!is_digit(c) || count == 15) return false;
        digits[count++] = c;
    }
    if (count < 5 || digits[0] == '0') return false;
    *ret = arena_printf(arena, "+%.*s", (int)count, (const char *)digits);
    return ret->at != NULL;
}

// The address as bytes; the length is 4 or 16, 0 for none.
static size_t address_parse(struct span text, uint8_t ret[16]) {
    char copy[64];
    if (text.len >= sizeof copy) return 0;
    memcpy(copy, text.at, text.len);
    copy[text.len] = '\0';
    if (strlen(copy) != text.len) return 0;
    if (inet_pton(AF_INET, copy, ret) == 1) return 4;
    return inet_pton(AF_INET6, copy, ret) == 1 ? 16 : 0;
}

// One address or a CIDR prefix, with RFC 5952 text for version 6. Bits beyond the prefix are refused, not cut.
bool ip_range_canonical(struct arena *arena, struct span text, struct span *ret, const char **words) {
    *words = "is no IP address or range like 192.0.2.0/24 or 2001:db8::/32";
    size_t slash = span_find(text, '/', 0);
    static const uint8_t MAPPED[12] = {[10] = 0xff, [11] = 0xff}; // addresses of version 4 within version 6
    uint8_t address[16];
    size_t size_bytes = address_parse(span_part(text, 0, slash), address);
    if (size_bytes == 0) return false;
    int64_t bits = (int64_t)size_bytes * 8;
    struct span prefix = span_part(text, slash < text.len ? slash + 1 : text.len, text.len);
    if (slash < text.len && (prefix.len == 0 || prefix.len > 3 || !is_digit(prefix.at[0]) || !span_to_int(prefix, &bits))) return false;
    if (bits < 0 || bits > (int64_t)size_bytes * 8) return false;
    if (size_bytes == 16 && bits >= 96 && memcmp(address, MAPPED, sizeof MAPPED) == 0) { // one range, one text
        memmove(address, address + 12, 4);
        size_bytes = 4;
        bits -= 96;
    }
    if (bits < 8) {
        *words = "is larger than any holder's range; at most a /8 is taken";
        return false;
    }
    for (size_t bit = (size_t)bits; bit < size_bytes * 8; bit++) {
        if ((address[bit / 8] >> (7 - bit % 8) & 1) == 0) continue;
        *words = "has bits beyond its prefix; write the first address of the range, like 192.0.2.0/24";
        return false;
    }
    char shown[INET6_ADDRSTRLEN];
    if (inet_ntop(size_bytes == 4 ? AF_INET : AF_INET6, address, shown, sizeof shown) == NULL) return false;
    *ret = arena_printf(arena, "%s/%d", shown, (int)bits);
    return ret->at != NULL;
}

static bool range_parse(struct span text, uint8_t ret_address[16], size_t *ret_bytes, int64_t *ret_bits) {
    size_t slash = span_find(text, '/', 0);
    *ret_bytes = address_parse(span_part(text, 0, slash), ret_address);
    *ret_bits = (int64_t)*ret_bytes * 8;
    if (*ret_bytes == 0 || slash == text.len) return *ret_bytes > 0;
    return span_to_int(span_part(text, slash + 1, text.len), ret_bits) && *ret_bits >= 0 && *ret_bits <= (int64_t)*ret_bytes * 8;
}

bool ip_range_overlaps(struct span a, struct span b) {
    uint8_t left[16], right[16];
    size_t left_bytes, right_bytes;
    int64_t left_bits, right_bits;
    if (!range_parse(a, left, &left_bytes, &left_bits) || !range_parse(b, right, &right_bytes, &right_bits) || left_bytes != right_bytes) return false;
    size_t bits = (size_t)(left_bits < right_bits ? left_bits : right_bits);
    for (size_t bit = 0; bit < bits; bit++)
        if (((left[bit / 8] ^ right[bit / 8]) >> (7 - bit % 8) & 1) != 0) return false;
    return true;
}

// "0012.5" with 2 decimals becomes "12.50"; "12.00" becomes "12". The sign is kept.
bool decimal_canonical(struct arena *arena, struct span text, int64_t decimals, struct span *ret, int64_t *ret_scaled,
                       const char **words) {
    *words = decimals == 0 ? "is no whole number" : "is no number like 1234.50 with so many decimals at most";
    bool is_negative = text.len > 0 && text.at[0] == '-';
    size_t at = is_negative ? 1 : 0, whole_digits = 0;
    int64_t scaled = 0;
    for (; at < text.len && is_digit(text.at[at]); at++, whole_digits++) {
        if (scaled > 100000000000000) return false;
        scaled = scaled * 10 + (text.at[at] - '0');
    }
    int64_t scale = 1, given = 0;
    if (whole_digits == 0) return false;
    bool has_dot = at < text.len && text.at[at] == '.';
    for (at += has_dot; has_dot && at < text.len && is_digit(text.at[at]) && given < decimals; at++, given++)
        scaled = scaled * 10 + (text.at[at] - '0');
    if (at != text.len || (has_dot && given == 0)) return false;
    for (; given < decimals; given++) scaled *= 10;
    for (int64_t i = 0; i < decimals; i++) scale *= 10;
    const char *sign = is_negative && scaled != 0 ? "-" : "";
    if (scaled % scale == 0) *ret = arena_printf(arena, "%s%lld", sign, (long long)(scaled / scale));
    else *ret = arena_printf(arena, "%s%lld.%0*lld", sign, (long long)(scaled / scale), (int)decimals, (long long)(scaled % scale));
    *ret_scaled = is_negative ? -scaled : scaled;
    return ret->at != NULL;
}
