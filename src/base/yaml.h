// SPDX-License-Identifier: EUPL-1.2
/*
 * YAML files of law packs, read through libyaml into a tree that knows its lines.
 *
 * A plain subset: mappings with unique plain keys, sequences, scalars. Anchors, aliases, tags and several documents in
 * one file are refused. Everything lives in the arena.
 */
#ifndef BASE_YAML_H
#define BASE_YAML_H

#include "base/span.h"

enum yaml_type { YAML_SCALAR, YAML_SEQUENCE, YAML_MAPPING };

struct yaml_pair;
struct yaml {
    enum yaml_type type;
    uint32_t line;           // from 1
    const char *file;        // for errors: "eu/nis2/size.yaml"
    struct span text;        // scalar
    struct yaml *items;      // sequence
    struct yaml_pair *pairs; // mapping, in file order
    uint32_t count;          // of items or pairs
    bool is_quoted;          // scalar in quotes or a block: never null, never a number by look
};
struct yaml_pair {
    struct span name;
    uint32_t line;
    struct yaml value;
};

// Parses one document. FILE is kept by reference and named in errors ("file:line: words"), rule yaml.*.
CHECKED struct err yaml_load(struct arena *arena, const char *file, struct span text, struct yaml *ret, struct why *why);

// A tree in few bytes, made at build; and the tree again. What is packed must endure: texts are not copied. ERR_CORRUPT where it is no tree.
void yaml_pack(const struct yaml *root, struct buf *out);
CHECKED struct err yaml_unpack(struct arena *arena, const char *file, struct span packed, struct yaml *ret);

// NULL where MAPPING is NULL, no mapping, or has no such name.
const struct yaml *yaml_get(const struct yaml *mapping, const char *name);
// The scalar's text; at == NULL where absent or no scalar.
struct span yaml_get_text(const struct yaml *mapping, const char *name);
// Whether the scalar is absent, empty, "~" or "null" (unquoted).
bool yaml_is_null(const struct yaml *value);
// ERR_INPUT with "file:line: ..." in words, rule and article given; for checks of meaning. NODE may be NULL.
struct err yaml_refuse(const struct yaml *node, struct why *why, const char *rule, const char *format, ...)
    PRINTF_LIKE(4, 5);

#endif
