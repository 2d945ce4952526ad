// SPDX-License-Identifier: EUPL-1.2
/*
 * JSON in and out (RFC 8259), behind one door.
 *
 * Reading: the whole document is validated (UTF-8, depth, duplicate keys are refused) and becomes a tree in an arena.
 * Strings are copied into the arena, so the input may go. Integers beyond int64 are refused; other numbers are REAL.
 * Writing: a small writer on struct buf with a sticky error. Canonical form: RFC 8785 for trees without REAL.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/span.h"

#ifdef __cplusplus
extern "C" {
#endif

enum json_type { JSON_NULL, JSON_BOOL, JSON_INT, JSON_REAL, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json_member;
struct json {
    enum json_type type;
    bool boolean;
    int64_t integer;
    double real;                 // only for JSON_REAL
    struct span string;          // NUL-terminated beyond len; may contain NUL bytes inside
    size_t count;                // of items or members
    struct json *items;          // JSON_ARRAY
    struct json_member *members; // JSON_OBJECT, in document order
};
struct json_member {
    struct span name;
    struct json value;
};

// Parses TEXT (untrusted) into *ret, whose parts live in ARENA. Errors: ERR_INPUT with rule json.syntax, json.utf8,
// json.duplicate_key (field = JSON pointer), json.depth, json.number; ERR_LIMIT beyond LIMIT_JSON_BYTES; ERR_MEMORY.
CHECKED struct err json_parse(struct arena *arena, struct span text, struct json *ret, struct why *why);
// The same with a limit of its own, at most LIMIT_RECEIPT_BYTES: for documents that carry a whole filing within them.
CHECKED struct err json_parse_within(struct arena *arena, struct span text, size_t max_bytes, struct json *ret,
                                     struct why *why);

// As json_parse, but an integer beyond int64 becomes a REAL, so that whoever knows the member that holds it can refuse it by
// name; json.number is left for what no REAL holds.
CHECKED struct err json_parse_wide(struct arena *arena, struct span text, struct json *ret, struct why *why);

// The member's value, or NULL where OBJECT is no object (or NULL) or has no such member.
const struct json *json_get(const struct json *object, const char *name);
// The string of member NAME; an empty span with at == NULL where it is absent or no string.
struct span json_get_string(const struct json *object, const char *name);
// The integer of member NAME, or FALLBACK.
int64_t json_get_int(const struct json *object, const char *name, int64_t fallback);
// The boolean of member NAME, or FALLBACK.
bool json_get_bool(const struct json *object, const char *name, bool fallback);
static inline bool json_is_null(const struct json *value) { return value == NULL || value->type == JSON_NULL; }
// "null", "boolean", "integer", "number", "string", "array" or "object".
const char *json_type_name(enum json_type type);

// Builders for trees (in ARENA). On a full arena the value becomes null and the caller's later canonical text differs:
// use only with arenas sized for the limits.
struct json json_from_string(struct span s);
struct json json_from_int(int64_t i);
struct json json_from_bool(bool b);

enum { JSON_OUT_DEPTH = 40 };
struct json_out {
    struct buf *buf;
    size_t depth;
    bool has_item[JSON_OUT_DEPTH];
    bool is_after_name;
    bool is_failed; // also set where the nesting is wrong or too deep
};

void json_out_init(struct json_out *out, struct buf *buf);
void json_out_object(struct json_out *out);
void json_out_object_end(struct json_out *out);
void json_out_array(struct json_out *out);
void json_out_array_end(struct json_out *out);
void json_out_name(struct json_out *out, const char *name);
void json_out_name_span(struct json_out *out, struct span name);
void json_out_string(struct json_out *out, struct span s); // ill-formed UTF-8 becomes U+FFFD; at == NULL writes null
void json_out_text(struct json_out *out, const char *text); // NULL writes null
void json_out_int(struct json_out *out, int64_t value);
void json_out_bool(struct json_out *out, bool value);
void json_out_null(struct json_out *out);
void json_out_value(struct json_out *out, const struct json *value); // a whole tree; REAL with up to 17 digits
void json_out_raw(struct json_out *out, struct span json);           // bytes that are one JSON value already
// Shorthands: name and value at once.
void json_out_member_string(struct json_out *out, const char *name, struct span s);
void json_out_member_text(struct json_out *out, const char *name, const char *text);
void json_out_member_int(struct json_out *out, const char *name, int64_t value);
void json_out_member_bool(struct json_out *out, const char *name, bool value);

// Appends the RFC 8785 canonical form. ERR_INPUT where the tree holds a REAL; ERR_MEMORY where BUF is full.
CHECKED struct err json_canonical(struct buf *buf, const struct json *value);
// The same as text in ARENA, for what is stored; bytes that are no more than twice the longest document.
CHECKED struct err json_canonical_text(struct arena *arena, const struct json *value, struct span *ret);

#ifdef __cplusplus
}
#endif
#endif
