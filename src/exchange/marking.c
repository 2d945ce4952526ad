// SPDX-License-Identifier: EUPL-1.2
#include "exchange/marking.h"

static const char *const NAMES[] = {
    [TLP_CLEAR] = "TLP:CLEAR", [TLP_GREEN] = "TLP:GREEN", [TLP_AMBER] = "TLP:AMBER", [TLP_AMBER_STRICT] = "TLP:AMBER+STRICT", [TLP_RED] = "TLP:RED",
};

const char *tlp_name(enum tlp label) { return NAMES[label]; }

bool tlp_parse(struct span text, enum tlp *ret) {
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        struct span name = span_of(NAMES[i]);
        if (!span_equals(text, name) && !span_equals(text, span_part(name, sizeof "TLP:" - 1, name.len))) continue;
        *ret = (enum tlp)i;
        return true;
    }
    return false;
}

enum tlp tlp_of(struct span text) {
    enum tlp label = TLP_RED;
    if (text.len == 0) return TLP_AMBER;
    return tlp_parse(text, &label) ? label : TLP_RED;
}

bool audience_has(const struct span *names, size_t count, struct span name) {
    for (size_t i = 0; i < count; i++)
        if (name.len > 0 && span_equals(names[i], name)) return true;
    return false;
}

struct marking marking_join(const struct marking *a, const struct marking *b, struct arena *arena) {
    struct marking out = a->label >= b->label ? *a : *b;
    out.has_audience = a->has_audience || b->has_audience;
    if (!a->has_audience || !b->has_audience) {
        const struct marking *named = a->has_audience ? a : b;
        out.audience = named->audience;
        out.audience_count = named->audience_count;
        return out;
    }
    struct span *both = arena_take_array(arena, a->audience_count + 1, sizeof *both);
    out.audience = both;
    out.audience_count = 0;
    for (size_t i = 0; both != NULL && i < a->audience_count; i++)
        if (audience_has(b->audience, b->audience_count, a->audience[i])) both[out.audience_count++] = a->audience[i];
    return out;
}

bool marking_is_within(const struct marking *a, const struct marking *b) {
    if (a->label < b->label) return false;
    if (!b->has_audience) return true;
    if (!a->has_audience) return false;
    for (size_t i = 0; i < a->audience_count; i++)
        if (!audience_has(b->audience, b->audience_count, a->audience[i])) return false;
    return true;
}
