// SPDX-License-Identifier: EUPL-1.2
#include "service/passkey_cbor.h"

enum { MAJOR_BYTES = 2, MAJOR_TEXT = 3, MAJOR_ARRAY = 4, MAJOR_MAP = 5, MAJOR_TAG = 6, MAJOR_SIMPLE = 7, DEPTH_MAX = 8 };

struct reader {
    struct span bytes;
    size_t at;
};

// One head: major type and its number. Indefinite lengths are not canonical, and refused.
static bool head_read(struct reader *r, unsigned *ret_major, uint64_t *ret_number) {
    if (r->at >= r->bytes.len) return false;
    uint8_t first = r->bytes.at[r->at++];
    unsigned low = first & 31U;
    *ret_major = first >> 5;
    *ret_number = low;
    if (low < 24) return true;
    if (low > 27) return false;
    size_t size = (size_t)1 << (low - 24);
    if (r->bytes.len - r->at < size) return false;
    uint64_t number = 0;
    for (size_t i = 0; i < size; i++) number = number << 8 | r->bytes.at[r->at++];
    *ret_number = number;
    return true;
}

static bool string_read(struct reader *r, unsigned major, struct span *ret) {
    unsigned found;
    uint64_t len;
    if (!head_read(r, &found, &len) || found != major || len > r->bytes.len - r->at) return false;
    *ret = span_make(r->bytes.at + r->at, (size_t)len);
    r->at += (size_t)len;
    return true;
}

static bool skip(struct reader *r, unsigned depth) {
    unsigned major;
    uint64_t number;
    if (depth > DEPTH_MAX || !head_read(r, &major, &number)) return false;
    if (major == MAJOR_BYTES || major == MAJOR_TEXT) {
        if (number > r->bytes.len - r->at) return false;
        r->at += (size_t)number;
        return true;
    }
    if (major != MAJOR_ARRAY && major != MAJOR_MAP && major != MAJOR_TAG) return true;
    uint64_t items = major == MAJOR_TAG ? 1 : major == MAJOR_ARRAY ? number : number * 2;
    if (number > r->bytes.len) return false; // each item has a byte at least
    for (uint64_t i = 0; i < items; i++)
        if (!skip(r, depth + 1)) return false;
    return true;
}

static bool map_begin(struct reader *r, uint64_t *ret_count) {
    unsigned major;
    return head_read(r, &major, ret_count) && major == MAJOR_MAP && *ret_count <= r->bytes.len;
}

static bool statement_has_chain(struct span statement) {
    struct reader r = {.bytes = statement};
    uint64_t count;
    if (!map_begin(&r, &count)) return false;
    for (uint64_t i = 0; i < count; i++) {
        struct span name;
        if (!string_read(&r, MAJOR_TEXT, &name)) return false;
        if (span_is(name, "x5c")) return true;
        if (!skip(&r, 1)) return false;
    }
    return false;
}

bool attestation_read(struct span bytes, struct attestation *ret) {
    struct reader r = {.bytes = bytes};
    struct attestation found = {.has_chain = false};
    uint64_t count;
    if (!map_begin(&r, &count)) return false;
    for (uint64_t i = 0; i < count; i++) {
        struct span name;
        bool is_read = string_read(&r, MAJOR_TEXT, &name);
        size_t from = r.at;
        if (is_read && span_is(name, "fmt")) is_read = string_read(&r, MAJOR_TEXT, &found.format);
        else if (is_read && span_is(name, "authData")) is_read = string_read(&r, MAJOR_BYTES, &found.data);
        else if (is_read) is_read = skip(&r, 1);
        if (!is_read) return false;
        if (span_is(name, "attStmt")) found.statement = span_make(bytes.at + from, r.at - from);
    }
    found.has_chain = statement_has_chain(found.statement);
    *ret = found;
    return r.at == bytes.len && found.format.at != NULL && found.statement.at != NULL && found.data.at != NULL;
}

enum { FIXED_BYTES = 37, FLAGS_AT = 32, FLAG_CREDENTIAL = 64, FLAG_EXTENSIONS = 128, AAGUID_BYTES = 16 };

bool authenticator_data_is_whole(struct span data) {
    struct reader r = {.bytes = data, .at = FIXED_BYTES};
    if (data.len < FIXED_BYTES) return false;
    uint8_t flags = data.at[FLAGS_AT];
    if ((flags & FLAG_CREDENTIAL) != 0) {
        if (data.len - r.at < AAGUID_BYTES + 2) return false;
        size_t len = (size_t)data.at[r.at + AAGUID_BYTES] << 8 | data.at[r.at + AAGUID_BYTES + 1];
        r.at += AAGUID_BYTES + 2;
        if (data.len - r.at < len) return false;
        r.at += len;
        if (!skip(&r, 1)) return false;
    }
    if ((flags & FLAG_EXTENSIONS) != 0 && !skip(&r, 1)) return false;
    return r.at == data.len;
}
