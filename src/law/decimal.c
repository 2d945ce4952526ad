// SPDX-License-Identifier: EUPL-1.2
#include "law/decimal.h"

#include <inttypes.h>
#include <math.h>

bool decimal_parse(struct span text, int64_t max, int64_t *ret) {
    int64_t value = 0;
    size_t at = 0, decimals = 0;
    if (text.len == 0) return false;
    for (; at < text.len && text.at[at] >= '0' && text.at[at] <= '9'; at++) {
        value = value * 10 + (text.at[at] - '0');
        if (value > max) return false;
    }
    if (at == 0) return false;
    if (at < text.len) {
        if (text.at[at++] != '.') return false;
        for (; at < text.len && text.at[at] >= '0' && text.at[at] <= '9'; at++, decimals++) {
            if (decimals == 2) return false;
            value = value * 10 + (text.at[at] - '0');
        }
        if (at < text.len || decimals == 0) return false;
    }
    for (; decimals < 2; decimals++) value *= 10;
    if (value > max) return false;
    *ret = value;
    return true;
}

// A binary number is taken where it stands for exactly one decimal with two places; beyond 1e9 it must come as text.
static bool real_to_hundredths(double real, int64_t max, int64_t *ret) {
    if (!(real >= 0) || real > 1e9) return false;
    double scaled = real * 100, nearest = nearbyint(scaled);
    if (fabs(scaled - nearest) > 1e-4) return false;
    *ret = (int64_t)nearest;
    return *ret <= max;
}

struct err decimal_read(const struct json *value, const char *field, int64_t max, int64_t *ret, struct why *why) {
    bool is_good = false;
    if (value->type == JSON_STRING) is_good = decimal_parse(value->string, max, ret);
    else if (value->type == JSON_INT) {
        is_good = value->integer >= 0 && value->integer <= max / 100;
        if (is_good) *ret = value->integer * 100;
    } else if (value->type == JSON_REAL) is_good = real_to_hundredths(value->real, max, ret);
    if (is_good) return err_none();
    return why_set(why, ERR_INPUT, field, "fact.decimal", NULL,
                   "a figure of at most %" PRId64 " with up to two decimals is expected, not negative, like 12 or \"12.50\"",
                   max / 100);
}

struct span decimal_text(struct arena *arena, int64_t hundredths) {
    uint8_t digits[32];
    size_t at = sizeof digits;
    uint64_t whole = (uint64_t)hundredths / 100, rest = (uint64_t)hundredths % 100;
    if (rest != 0) {
        digits[--at] = (uint8_t)('0' + rest % 10);
        digits[--at] = (uint8_t)('0' + rest / 10);
        digits[--at] = '.';
    }
    do digits[--at] = (uint8_t)('0' + whole % 10);
    while ((whole /= 10) != 0);
    return arena_copy(arena, span_make(&digits[at], sizeof digits - at));
}
