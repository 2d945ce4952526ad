// SPDX-License-Identifier: EUPL-1.2
#include "record/text.h"

static int digit_of(uint8_t c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool base64_exact(struct span text, uint8_t *ret, size_t bytes) {
    if (text.len != (bytes + 2) / 3 * 4) return false;
    uint32_t group = 0;
    size_t done = 0;
    for (size_t i = 0; i < text.len; i++) {
        size_t digits = (bytes * 8 + 5) / 6;
        int digit = i < digits ? digit_of(text.at[i]) : (text.at[i] == '=' ? 0 : -1);
        if (digit < 0) return false;
        group = (group << 6) | (uint32_t)digit;
        if (i % 4 != 3) continue;
        for (size_t k = 0; k < 3; k++) {
            uint8_t byte = (uint8_t)(group >> (16 - 8 * k));
            if (done < bytes) ret[done++] = byte;
            else if (byte != 0) return false; // bits beyond the end: a second spelling
        }
        group = 0;
    }
    return true;
}

bool decimal_exact(struct span text, uint64_t max, uint64_t *ret) {
    if (text.len == 0 || text.len > 20 || (text.len > 1 && text.at[0] == '0')) return false;
    uint64_t value = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] < '0' || text.at[i] > '9') return false;
        uint64_t digit = (uint64_t)(text.at[i] - '0');
        if (digit > max || value > (max - digit) / 10) return false;
        value = value * 10 + digit;
    }
    *ret = value;
    return true;
}

bool line_take(struct span text, size_t *at, struct span *ret) {
    size_t end = span_find(text, '\n', *at);
    if (end >= text.len) return false;
    *ret = span_part(text, *at, end);
    *at = end + 1;
    return true;
}
