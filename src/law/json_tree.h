// SPDX-License-Identifier: EUPL-1.2
/*
 * Building JSON trees in an arena, and reading YAML rows strictly. For the files of this room only.
 *
 * A full arena is a sticky state of the tree: after it every call does nothing, and one asks once at the end.
 */
#ifndef LAW_JSON_TREE_H
#define LAW_JSON_TREE_H

#include "base/json.h"
#include "base/time.h"
#include "base/yaml.h"

struct names {
    size_t count;
    struct span *items;
};

struct json_tree {
    struct arena *arena;
    bool is_failed;
};

static inline struct json json_object(void) { return (struct json){.type = JSON_OBJECT}; }
static inline struct json json_array(void) { return (struct json){.type = JSON_ARRAY}; }
static inline struct json json_null(void) { return (struct json){.type = JSON_NULL}; }

// Appends; the returned place is valid until the next append to the same parent. NULL where the arena is full.
struct json *json_tree_add(struct json_tree *tree, struct json *object, struct span name, struct json value);
struct json *json_tree_push(struct json_tree *tree, struct json *array, struct json value);
// Replaces the member, or adds it.
struct json *json_tree_set(struct json_tree *tree, struct json *object, struct span name, struct json value);
// A deep copy of the containers; strings stay where they are.
struct json json_tree_copy(struct json_tree *tree, const struct json *value);
// An instant as "2026-03-28T21:30:00Z", null for INSTANT_NONE.
struct json json_tree_instant(struct json_tree *tree, int64_t instant_ms);

// An array of the names.
struct json json_tree_names(struct json_tree *tree, const struct names *names);

// The member by a name that is a span.
const struct json *json_find(const struct json *object, struct span name);
// An instant written as a string in UTC, or as an object with "at"; INSTANT_NONE for anything else. A date is the start of
// that day in ZONE.
int64_t json_instant(const struct json *value, const struct zone *zone);
// Whether ARRAY has the string.
bool json_has_string(const struct json *array, struct span text);

// --- YAML rows ---

bool names_have(const struct names *names, struct span name);
// A scalar or a sequence of scalars; absent: none.
CHECKED struct err yaml_names(struct arena *arena, const struct yaml *node, struct names *ret, struct why *why);
// Refuses what is no mapping, or has a name that is not in ALLOWED ("document label by").
CHECKED struct err yaml_only(const struct yaml *node, const char *allowed, struct why *why);
// "yes", "true" / "no", "false"; absent: FALLBACK.
CHECKED struct err yaml_flag(const struct yaml *mapping, const char *name, bool fallback, bool *ret, struct why *why);
// A whole number; absent: FALLBACK.
CHECKED struct err yaml_number(const struct yaml *mapping, const char *name, int64_t fallback, int64_t *ret, struct why *why);
// "24 h", "15 m" (units s, m, h, d), times SIGN, added to *ret_ms; NODE NULL adds nothing.
CHECKED struct err yaml_duration(const struct yaml *node, int64_t sign, int64_t *ret_ms, struct why *why);
// The text of a member that must be there.
CHECKED struct err yaml_need(const struct yaml *mapping, const char *name, struct span *ret, struct why *why);

// The days on which a row is law; both ends may be open.
struct validity {
    bool has_from, has_to;
    struct civil from, to;
};
CHECKED struct err yaml_validity(const struct yaml *mapping, struct validity *ret, struct why *why);
bool is_valid_at(const struct validity *validity, struct civil at);

#endif
