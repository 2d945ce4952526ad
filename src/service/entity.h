// SPDX-License-Identifier: EUPL-1.2
/*
 * The register: entities, derived from what was filed about them.
 *
 * An entity's profile is a JSON object of register attributes; its columns are the attributes that lists and searches
 * need. Values come from the fields of filings by name; an erased field is gone from here as well (entity_rebuild).
 */
#ifndef SERVICE_ENTITY_H
#define SERVICE_ENTITY_H

#include "base/json.h"
#include "service/services.h"

struct effects_of;

struct entity {
    struct span id, name, identifier, status, class, class_proposed, size, sectors; // sectors: JSON array
    struct json types;   // array of strings
    struct json profile; // object
    int64_t version, created_ms, changed_ms;
};

// ERR_NOT_FOUND where there is none.
CHECKED struct err entity_get(struct store_conn *conn, struct span id, struct arena *arena, struct entity *ret, struct why *why);
// The same from row I of rows with the columns of entity_get.
CHECKED struct err entity_of_row(const struct rows *rows, size_t i, struct arena *arena, struct entity *ret, struct why *why);
// Sectors of the entity as a JSON array, at == NULL where unknown.
CHECKED struct err entity_sectors(struct store_conn *conn, struct span id, struct arena *arena, struct span *ret, struct why *why);

// Does one operation of a filing's effects, where it concerns the register; others are left alone.
CHECKED struct err entity_op(struct services *services, struct store_conn *conn, const struct effects_of *of, const struct json *op,
                             struct arena *arena, struct why *why);

// What the law's interpreter asks of the entity (procedure_input.subject): class, status, types, sector and the profile's facts.
CHECKED struct err entity_subject(const struct entity *entity, struct arena *arena, struct json *ret, struct why *why);

// The profile as it will be after SET (register attribute to form field) is applied to it with VALUES.
CHECKED struct err entity_profile_with(const struct json *profile, const struct json *set, const struct json *values,
                                       struct arena *arena, struct json *ret);

// The attributes of the profile that are facts of the law's scope, plus state: what scope_answer takes.
CHECKED struct err entity_scope_facts(const struct services *services, const struct json *profile, struct arena *arena, struct json *ret);

// The operation {"op":"entity_assessed",...} for an entity whose entry OPS change: class and sector by the law's scope on the
// profile as it will be. BEFORE is NULL for a new entity. Facts that the law can't read make the class "undetermined".
CHECKED struct err entity_assess(const struct services *services, const struct json *before, const struct json *ops,
                                 struct span entity_id, const struct json *values, struct civil at, struct arena *arena,
                                 struct json *ret_op, struct why *why);

// Makes what an entity's entry took from fields anew from the record, after fields were erased; the rest of it stays. The entry
// gets the next version, as of NOW_MS. Inside a transaction.
CHECKED struct err entity_rebuild(struct services *services, struct store_conn *conn, struct span entity_id, int64_t now_ms,
                                  struct arena *arena, struct why *why);
// The next version alone: what a rebuild of everything, which never saw the erased values, does in its place.
CHECKED struct err entity_touch(struct store_conn *conn, struct span entity_id, int64_t now_ms, struct arena *arena, struct why *why);

// Writes the member "same_as": other entities with the same number or name, for the authority to look at. Who may act for one of
// them acts for none of the others.
CHECKED struct err entity_write_twins(struct json_out *out, struct store_conn *conn, const struct entity *entity, struct arena *arena,
                                      struct why *why);
void entity_write_json(struct json_out *out, const struct entity *entity, bool is_whole);
// Lower case for ASCII, bytes otherwise as they are: the order of lists and the search by part of a name.
struct span name_fold(struct arena *arena, struct span name);

#endif
