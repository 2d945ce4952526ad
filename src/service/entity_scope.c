// SPDX-License-Identifier: EUPL-1.2
/* What the law says of an entity's facts: the class that the program proposes. A person decides. */
#include "law/scope.h"
#include "service/entity.h"

// Whether facts.yaml declares the name.
static bool is_scope_fact(const struct law *law, struct span name) {
    const struct yaml *facts = yaml_get(pack_file_root(law_pack(law, SPAN("eu/nis2")), "facts.yaml"), "facts");
    if (facts == NULL || facts->type != YAML_SEQUENCE) return false;
    for (size_t i = 0; i < facts->count; i++)
        if (span_equals(yaml_get_text(&facts->items[i], "name"), name)) return true;
    return false;
}

struct err entity_scope_facts(const struct services *services, const struct json *profile, struct arena *arena, struct json *ret) {
    struct json facts = {.type = JSON_OBJECT, .members = arena_take_array(arena, profile->count + 1, sizeof(struct json_member))};
    if (facts.members == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < profile->count; i++)
        if (is_scope_fact(services->law, profile->members[i].name)) facts.members[facts.count++] = profile->members[i];
    *ret = facts;
    return err_none();
}

// The profile as all register operations for the entity leave it.
static struct err profile_after(const struct json *before, const struct json *ops, struct span entity_id, const struct json *values,
                                struct arena *arena, struct json *ret) {
    struct json profile = before != NULL ? *before : (struct json){.type = JSON_OBJECT};
    for (size_t i = 0; i < ops->count; i++) {
        const struct json *op = &ops->items[i];
        if (!span_is(json_get_string(op, "op"), "register") || !span_equals(json_get_string(op, "entity"), entity_id)) continue;
        TRY(entity_profile_with(&profile, json_get(op, "set"), values, arena, &profile));
    }
    *ret = profile;
    return err_none();
}

// The sectors of the entity's types, each once.
static struct err sectors_of(const struct scope_answer *answer, struct arena *arena, struct json_member *ret) {
    struct json list = {.type = JSON_ARRAY, .items = arena_take_array(arena, answer->type_count + 1, sizeof(struct json))};
    if (list.items == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < answer->type_count; i++) {
        struct span sector = answer->types[i].sector;
        bool is_new = sector.len > 0;
        for (size_t k = 0; is_new && k < list.count; k++) is_new = !span_equals(list.items[k].string, sector);
        if (is_new) list.items[list.count++] = json_from_string(sector);
    }
    *ret = (struct json_member){SPAN("sectors"), list};
    return err_none();
}

struct err entity_assess(const struct services *services, const struct json *before, const struct json *ops, struct span entity_id,
                         const struct json *values, struct civil at, struct arena *arena, struct json *ret_op, struct why *why) {
    (void)why;
    struct json profile, facts;
    TRY(profile_after(before, ops, entity_id, values, arena, &profile));
    TRY(entity_scope_facts(services, &profile, arena, &facts));
    struct scope_answer answer;
    struct err e = scope_answer_make(services->law, &facts, services->state, at, arena, &answer, NULL);
    struct span class = is_err(e) ? SPAN("undetermined") : span_of(entity_class_name(answer.class));
    struct json op = {.type = JSON_OBJECT, .members = arena_take_array(arena, 5, sizeof(struct json_member))};
    if (op.members == NULL) return err_make(ERR_MEMORY);
    op.members[op.count++] = (struct json_member){SPAN("op"), json_from_string(SPAN("entity_assessed"))};
    op.members[op.count++] = (struct json_member){SPAN("entity"), json_from_string(entity_id)};
    op.members[op.count++] = (struct json_member){SPAN("class"), json_from_string(class)};
    if (!is_err(e)) TRY(sectors_of(&answer, arena, &op.members[op.count++]));
    if (!is_err(e) && answer.size.len > 0) op.members[op.count++] = (struct json_member){SPAN("size"), json_from_string(answer.size)};
    *ret_op = op;
    return err_none();
}
