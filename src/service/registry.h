// SPDX-License-Identifier: EUPL-1.2
/*
 * What is drawn from the register for others (law/registry.h): extracts with what differs from the last that was forwarded, and the
 * numbers of entities. A filing keeps with its effects which entries went, by a keyed hash of each, and what the numbers were.
 */
#ifndef SERVICE_REGISTRY_H
#define SERVICE_REGISTRY_H

#include "law/registry.h"
#include "service/services.h"

struct effects_of;

enum { REGISTRY_CHANGES_MAX = 2000, REGISTRY_CHANGES_BYTES = 1536 * 1024 }; // of one package; the rest comes with the next

struct registry_entry {
    struct span entity, mark;
    struct json values;
    bool is_new;
};
struct registry_package {
    const struct registry_extract *extract;
    struct span version;        // of the differences
    size_t total, changed_count, removed_count;
    struct registry_entry *changed;
    struct span *removed;       // entities that were sent and are no longer in it
    bool has_more;
    bool is_whole;              // not the differences: all that is in it, for a recipient who lost something
};
// Reading. What the gate doesn't let out to the recipient is left out of each entry. ERR_NOT_FOUND for an unknown extract. IS_WHOLE: everything
// that is in it; ERR_LIMIT where that is more than one package holds.
CHECKED struct err registry_package_make(const struct services *services, struct store_conn *conn, struct span extract, bool is_whole, int64_t now_ms,
                                         struct arena *arena, struct registry_package *ret, struct why *why);
// The numbers of today, ordered.
CHECKED struct err registry_count(const struct services *services, struct store_conn *conn, int64_t now_ms, struct arena *arena,
                                  struct registry_numbers *ret, struct why *why);
// {"article","mode","cells":[[provision,class,sector,subsector,type,count]]}
CHECKED struct err registry_numbers_json(const struct registry_numbers *numbers, struct arena *arena, struct json *ret);

// {"op":"registry",..} among OPS at decision time: what is forwarded or counted goes into the operation. VALUES are the filing's; its
// field "version" must be that of the package.
CHECKED struct err registry_prepare(const struct services *services, struct store_conn *conn, struct json *ops, const struct json *values,
                                    int64_t now_ms, struct arena *arena, struct why *why);
// The operation as it was asked for, without what was looked up.
struct json registry_asked(const struct json *op, struct arena *arena);
CHECKED struct err registry_op(struct services *services, struct store_conn *conn, const struct effects_of *of, const struct json *op,
                               struct arena *arena, struct why *why);

// One page of entries that the law of the day AT sees otherwise than the register: {"at","version","entities":[..],"looked_at","next"}.
// At most WINDOW entries are looked at.
CHECKED struct err rescope_write(struct json_out *out, struct services *services, struct store_conn *conn, const struct principal *principal,
                                 struct civil at, struct span after, size_t window, int64_t now_ms, struct arena *arena, struct why *why);

#endif
