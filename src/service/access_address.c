// SPDX-License-Identifier: EUPL-1.2
/* The part of a client's address that limits and lock-outs count by (RFC 4291 text form). */
#include "service/access_rate.h"

static bool ipv4_read(struct span text, uint8_t ret[4]) {
    size_t at = 0;
    for (size_t i = 0; i < 4; i++) {
        size_t end = span_find(text, '.', at);
        int64_t number = -1;
        struct span part = span_part(text, at, end);
        if (part.len == 0 || part.len > 3 || part.at[0] == '-' || !span_to_int(part, &number) || number > 255) return false;
        if ((i < 3) == (end == text.len)) return false;
        ret[i] = (uint8_t)number;
        at = end + 1;
    }
    return true;
}

static bool group_read(struct span part, unsigned *ret) {
    unsigned group = 0;
    if (part.len == 0 || part.len > 4) return false;
    for (size_t i = 0; i < part.len; i++) {
        uint8_t c = part.at[i], low = (uint8_t)(c | 0x20);
        if (c >= '0' && c <= '9')
            group = group << 4 | (unsigned)(c - '0');
        else if (low >= 'a' && low <= 'f')
            group = group << 4 | (unsigned)(low - 'a' + 10);
        else
            return false;
    }
    *ret = group;
    return true;
}

// Groups with colons between, the last perhaps as IPv4, into RET; *ret_bytes is how many bytes they make. Empty text is none.
static bool groups_read(struct span text, uint8_t ret[16], size_t *ret_bytes) {
    size_t bytes = 0;
    for (size_t at = 0; at < text.len || (at > 0 && at == text.len);) {
        size_t end = span_find(text, ':', at);
        struct span part = span_part(text, at, end);
        unsigned group = 0;
        if (end == text.len && bytes <= 12 && ipv4_read(part, ret + bytes)) {
            bytes += 4;
        } else if (bytes <= 14 && group_read(part, &group)) {
            ret[bytes] = (uint8_t)(group >> 8);
            ret[bytes + 1] = (uint8_t)group;
            bytes += 2;
        } else {
            return false;
        }
        if (end == text.len) break;
        at = end + 1;
    }
    *ret_bytes = bytes;
    return true;
}

static bool ipv6_read(struct span text, uint8_t ret[16]) {
    size_t gap = 0;
    while (gap + 1 < text.len && !(text.at[gap] == ':' && text.at[gap + 1] == ':')) gap++;
    bool has_gap = gap + 1 < text.len;
    uint8_t head[16] = {0}, tail[16] = {0};
    size_t head_bytes = 0, tail_bytes = 0;
    if (!groups_read(has_gap ? span_part(text, 0, gap) : text, head, &head_bytes)) return false;
    if (has_gap && !groups_read(span_part(text, gap + 2, text.len), tail, &tail_bytes)) return false;
    if (has_gap ? head_bytes + tail_bytes > 14 : head_bytes != 16) return false;
    memset(ret, 0, 16);
    memcpy(ret, head, head_bytes);
    memcpy(ret + 16 - tail_bytes, tail, tail_bytes);
    return true;
}

size_t access_address_part(struct span address, uint8_t ret[64]) {
    static const uint8_t MAPPED[12] = {[10] = 0xff, [11] = 0xff};
    uint8_t bytes[16];
    struct span text = span_part(address, 0, span_find(address, '%', 0)); // without the zone of a link
    if (text.len <= 15 && ipv4_read(text, ret)) return 4;
    if (text.len <= 45 && ipv6_read(text, bytes)) {
        bool is_mapped = memcmp(bytes, MAPPED, sizeof MAPPED) == 0;
        size_t part = is_mapped ? 4 : 8;
        memcpy(ret, is_mapped ? bytes + 12 : bytes, part);
        return part;
    }
    size_t len = address.len < 64 ? address.len : 64;
    if (len > 0) memcpy(ret, address.at, len);
    return len;
}
