// SPDX-License-Identifier: EUPL-1.2
#include "service/entity.h"

#include "law/procedure.h"
#include "service/effects.h"
#include "service/entity_part.h"
#include "service/entity_trait.h"
#include "service/record_store.h"
#include "service/tally.h"

struct span name_fold(struct arena *arena, struct span name) {
    uint8_t *out = arena_take(arena, name.len + 1);
    if (out == NULL) return span_make(NULL, 0);
    for (size_t i = 0; i < name.len; i++)
        out[i] = name.at[i] >= 'A' && name.at[i] <= 'Z' ? (uint8_t)(name.at[i] + 32) : name.at[i];
    return span_make(out, name.len);
}

static struct err parse_stored(struct arena *arena, struct span text, struct json *ret, struct why *why) {
    if (is_err(json_parse(arena, text, ret, NULL))) return why_set(why, ERR_CORRUPT, "", "entity.corrupt", "", "an entity's row is no JSON");
    return err_none();
}

struct err entity_of_row(const struct rows *rows, size_t i, struct arena *arena, struct entity *ret, struct why *why) {
    struct entity e = {.id = rows_span(rows, i, 0),
                       .name = rows_span(rows, i, 1),
                       .identifier = rows_span(rows, i, 2),
                       .status = rows_span(rows, i, 3),
                       .class = rows_span(rows, i, 4),
                       .class_proposed = rows_span(rows, i, 5),
                       .sectors = rows_span(rows, i, 6),
                       .version = rows_int(rows, i, 9),
                       .created_ms = rows_int(rows, i, 10),
                       .changed_ms = rows_int(rows, i, 11),
                       .size = rows_span(rows, i, 12)};
    TRY(parse_stored(arena, rows_span(rows, i, 7), &e.types, why));
    TRY(parse_stored(arena, rows_span(rows, i, 8), &e.profile, why));
    *ret = e;
    return err_none();
}

struct err entity_get(struct store_conn *conn, struct span id, struct arena *arena, struct entity *ret, struct why *why) {
    struct value param = value_text(id);
    struct rows rows;
    TRY(store_read(conn, STMT_ENTITY_GET, &param, 1, arena, &rows, why));
    return rows.count == 0 ? access_no_entity(why) : entity_of_row(&rows, 0, arena, ret, why);
}

struct err entity_sectors(struct store_conn *conn, struct span id, struct arena *arena, struct span *ret, struct why *why) {
    struct value param = value_text(id);
    struct rows rows;
    TRY(store_read(conn, STMT_ENTITY_SECTORS, &param, 1, arena, &rows, why));
    *ret = rows.count == 0 ? span_make(NULL, 0) : rows_span(&rows, 0, 0);
    return err_none();
}

static struct err entity_put(struct store_conn *conn, const struct entity *e, struct arena *arena, struct why *why) {
    struct span types = SPAN("[]"), profile, folded = name_fold(arena, e->name);
    struct value id = value_text(e->id);
    struct rows before;
    TRY(store_read(conn, STMT_ENTITY_NAME_FOLDED, &id, 1, arena, &before, why));
    if (e->types.type == JSON_ARRAY) TRY(json_canonical_text(arena, &e->types, &types));
    TRY(json_canonical_text(arena, &e->profile, &profile));
    struct value params[] = {id,
                             value_text(e->name.at == NULL ? SPAN("") : e->name),
                             value_text(folded),
                             value_text(e->identifier),
                             value_text(e->status),
                             value_text(e->class),
                             value_text(e->class_proposed),
                             value_text(e->sectors),
                             value_text(types),
                             value_text(profile),
                             value_int(e->version),
                             value_int(e->created_ms),
                             value_int(e->changed_ms),
                             value_text(e->size)};
    TRY(tally_write(conn, TALLY_ENTITIES, STMT_ENTITY_PUT, params, sizeof params / sizeof params[0], arena, why));
    TRY(entity_parts_put(conn, e->id, before.count > 0 ? rows_span(&before, 0, 0) : span_make(NULL, 0), folded, arena, why));
    return entity_traits_put(conn, e, arena, why);
}

struct err entity_profile_with(const struct json *profile, const struct json *set, const struct json *values, struct arena *arena,
                               struct json *ret) {
    size_t before = profile != NULL && profile->type == JSON_OBJECT ? profile->count : 0;
    size_t more = set != NULL && set->type == JSON_OBJECT ? set->count : 0;
    struct json out = {.type = JSON_OBJECT, .members = arena_take_array(arena, before + more + 1, sizeof(struct json_member))};
    if (out.members == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < before; i++) out.members[out.count++] = profile->members[i];
    for (size_t i = 0; i < more; i++) {
        const struct json_member *pair = &set->members[i];
        const struct json *value = NULL;
        for (size_t k = 0; k < values->count && value == NULL; k++)
            if (span_equals(values->members[k].name, pair->value.string)) value = &values->members[k].value;
        size_t at = 0;
        while (at < out.count && !span_equals(out.members[at].name, pair->name)) at++;
        if (json_is_null(value)) { // not filed, or erased: the attribute goes
            if (at < out.count) out.members[at] = out.members[--out.count];
            continue;
        }
        out.members[at] = (struct json_member){.name = pair->name, .value = *value};
        if (at == out.count) out.count++;
    }
    *ret = out;
    return err_none();
}

static void entity_columns(struct entity *e) {
    struct span name = json_get_string(&e->profile, "name");
    e->name = name.at == NULL ? SPAN("") : name;
    e->identifier = json_get_string(&e->profile, "national_number");
    const struct json *types = json_get(&e->profile, "types");
    e->types = types != NULL && types->type == JSON_ARRAY ? *types : (struct json){.type = JSON_ARRAY};
}

struct err entity_op(struct services *services, struct store_conn *conn, const struct effects_of *of, const struct json *op,
                     struct arena *arena, struct why *why) {
    (void)services;
    struct span name = json_get_string(op, "op"), id = json_get_string(op, "entity");
    bool is_register = span_is(name, "register"), is_status = span_is(name, "entity_status");
    bool is_class = span_is(name, "entity_class"), is_assessed = span_is(name, "entity_assessed");
    if (id.at == NULL || (!is_register && !is_status && !is_class && !is_assessed)) return err_none();
    struct entity e;
    struct err found = entity_get(conn, id, arena, &e, NULL);
    if (found.code == ERR_NOT_FOUND)
        e = (struct entity){.id = id, .status = SPAN("pending"), .profile = {.type = JSON_OBJECT}, .types = {.type = JSON_ARRAY},
                            .created_ms = of->recorded_ms};
    else TRY(found);
    if (is_register) {
        TRY(entity_profile_with(&e.profile, json_get(op, "set"), of->values, arena, &e.profile));
        entity_columns(&e);
    }
    if (is_status) e.status = json_get_string(op, "status");
    if (is_class) e.class = json_get_string(op, "class");
    if (is_assessed) {
        e.class_proposed = json_get_string(op, "class");
        const struct json *sectors = json_get(op, "sectors");
        if (!json_is_null(sectors)) TRY(json_canonical_text(arena, sectors, &e.sectors));
        e.size = json_get_string(op, "size");
    }
    e.version++;
    e.changed_ms = of->recorded_ms;
    return entity_put(conn, &e, arena, why);
}

struct err entity_subject(const struct entity *entity, struct arena *arena, struct json *ret, struct why *why) {
    struct json out = {.type = JSON_OBJECT, .members = arena_take_array(arena, entity->profile.count + 10, sizeof(struct json_member))};
    if (out.members == NULL) return err_make(ERR_MEMORY);
    struct span class = entity->class.at != NULL ? entity->class : entity->class_proposed;
    struct json sectors = {.type = JSON_ARRAY};
    if (entity->sectors.at != NULL) TRY(parse_stored(arena, entity->sectors, &sectors, why));
    out.members[out.count++] = (struct json_member){.name = SPAN("sectors"), .value = sectors};
    const struct { struct span name, value; } OWN[] = {{SPAN("id"), entity->id}, {SPAN("size"), entity->size}, {SPAN("status"), entity->status}, {SPAN("class"), class}};
    for (size_t i = 0; i < sizeof OWN / sizeof OWN[0]; i++)
        if (OWN[i].value.at != NULL)
            out.members[out.count++] = (struct json_member){.name = OWN[i].name, .value = json_from_string(OWN[i].value)};
    out.members[out.count++] = (struct json_member){.name = SPAN("types"), .value = entity->types};
    for (size_t i = 0; i < entity->profile.count; i++) {
        struct span name = entity->profile.members[i].name;
        if (json_get(&out, (const char *)name.at) == NULL) out.members[out.count++] = entity->profile.members[i];
    }
    *ret = out;
    return err_none();
}

// Does the operations of one record that wrote fields into the entity's entry.
static struct err register_again(struct services *services, struct store_conn *conn, struct span entity_id, int64_t seq, struct arena *arena,
                                 struct why *why) {
    struct record_open record;
    struct json values, effects;
    TRY(record_read_at(conn, seq, arena, &record, why));
    TRY(record_values(&record, arena, &values, why));
    TRY(json_parse_within(arena, record.effects, LIMIT_EFFECTS_BYTES, &effects, why));
    struct effects_of of = {.filing_id = record.filing_id, .seq = record.seq, .values = &values, .effects = &effects, .is_rebuild = true};
    const struct json *ops = json_get(&effects, "ops");
    for (size_t i = 0; ops != NULL && i < ops->count; i++)
        if (span_equals(json_get_string(&ops->items[i], "entity"), entity_id) && span_is(json_get_string(&ops->items[i], "op"), "register"))
            TRY(entity_op(services, conn, &of, &ops->items[i], arena, why));
    return err_none();
}

static struct err touch(struct store_conn *conn, const struct entity *as, const struct entity *before, int64_t now_ms, struct arena *arena,
                        struct why *why) {
    struct entity e = *as;
    e.version = before->version + 1;
    e.changed_ms = now_ms;
    return entity_put(conn, &e, arena, why);
}

struct err entity_touch(struct store_conn *conn, struct span entity_id, int64_t now_ms, struct arena *arena, struct why *why) {
    struct entity e;
    TRY(entity_get(conn, entity_id, arena, &e, why));
    return touch(conn, &e, &e, now_ms, arena, why);
}

struct err entity_rebuild(struct services *services, struct store_conn *conn, struct span entity_id, int64_t now_ms, struct arena *arena,
                          struct why *why) {
    struct value param = value_text(entity_id);
    struct rows seqs;
    struct entity before, after;
    TRY(entity_get(conn, entity_id, arena, &before, why));
    TRY(store_read(conn, STMT_RECORD_OF_ENTITY, &param, 1, arena, &seqs, why));
    struct entity blank = before; // status, class and sectors are no fields, and filings of other entities may have set them
    blank.profile = (struct json){.type = JSON_OBJECT};
    entity_columns(&blank);
    TRY(entity_put(conn, &blank, arena, why));
    for (size_t i = 0; i < seqs.count; i++) TRY(register_again(services, conn, entity_id, rows_int(&seqs, i, 0), arena, why));
    TRY(entity_get(conn, entity_id, arena, &after, why));
    return touch(conn, &after, &before, now_ms, arena, why);
}

struct err entity_write_twins(struct json_out *out, struct store_conn *conn, const struct entity *entity, struct arena *arena, struct why *why) {
    struct value params[] = {value_text(entity->id), value_text(entity->identifier), value_text(name_fold(arena, entity->name))};
    struct rows rows;
    TRY(store_read(conn, STMT_ENTITY_TWINS, params, 3, arena, &rows, why));
    json_out_name(out, "same_as");
    json_out_array(out);
    for (size_t i = 0; i < rows.count; i++) json_out_string(out, rows_span(&rows, i, 0));
    json_out_array_end(out);
    return err_none();
}

void entity_write_json(struct json_out *out, const struct entity *entity, bool is_whole) {
    json_out_object(out);
    json_out_member_string(out, "id", entity->id);
    json_out_member_string(out, "name", entity->name);
    json_out_member_string(out, "identifier", entity->identifier);
    json_out_member_string(out, "status", entity->status);
    json_out_member_string(out, "class", entity->class);
    json_out_member_string(out, "class_proposed", entity->class_proposed);
    json_out_member_string(out, "size", entity->size);
    json_out_name(out, "sectors");
    if (entity->sectors.at != NULL) json_out_raw(out, entity->sectors);
    else json_out_raw(out, SPAN("[]"));
    json_out_name(out, "types");
    json_out_value(out, &entity->types);
    if (is_whole) {
        json_out_name(out, "profile");
        json_out_value(out, &entity->profile);
    }
    json_out_member_int(out, "version", entity->version);
    json_out_object_end(out);
}
