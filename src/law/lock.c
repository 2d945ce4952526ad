// SPDX-License-Identifier: EUPL-1.2
/*
 * Locks between cases: what a filing of one case concluded keeps others from beginning the same again until a time. A lock has keys,
 * made of facts of the case: each combination of their values. The services hold the locks; here it is said which are set and asked.
 */
#include "law/procedure_load.h"

struct err locks_load(const struct load *l, const struct yaml *rows, struct procedure *p) {
    void *at = NULL;
    TRY(rows_begin(l->arena, rows, sizeof *p->locks, &at, &p->lock_count, l->why));
    p->locks = at;
    for (size_t i = 0; i < p->lock_count; i++) {
        const struct yaml *row = &rows->items[i];
        struct lock_row *lock = &p->locks[i];
        lock->node = row;
        TRY(yaml_only(row, "lock on by clock refuses unless article words certainty", l->why));
        TRY(yaml_need(row, "lock", &lock->id, l->why));
        TRY(yaml_need(row, "clock", &lock->clock, l->why));
        TRY(yaml_need(row, "article", &lock->article, l->why));
        TRY(yaml_need(row, "words", &lock->words, l->why));
        TRY(yaml_names(l->arena, yaml_get(row, "on"), &lock->on, l->why));
        TRY(yaml_names(l->arena, yaml_get(row, "by"), &lock->by, l->why));
        TRY(yaml_names(l->arena, yaml_get(row, "refuses"), &lock->refuses, l->why));
        TRY(condition_load(l->arena, yaml_get(row, "unless"), l->lists, &lock->unless, l->why));
        if (lock->on.count == 0 || lock->by.count == 0 || lock->by.count > LOCK_PARTS || lock->refuses.count == 0)
            return yaml_refuse(row, l->why, "pack.lock", "on, by (at most %d facts) and refuses are expected", (int)LOCK_PARTS);
    }
    return err_none();
}

static bool has_fact(const struct procedure *p, struct span name) {
    for (size_t i = 0; i < p->fact_count; i++)
        if (span_equals(p->facts[i].name, name) && (span_is(p->facts[i].type, "choice") || span_is(p->facts[i].type, "countries"))) return true;
    return false;
}

static bool has_document(const struct procedure *p, struct span name) {
    for (size_t i = 0; i < p->document_count; i++)
        if (span_equals(p->documents[i].id, name)) return true;
    return false;
}

void locks_check(const struct procedure *p, audience_teller *tell, void *context) {
    for (size_t i = 0; i < p->lock_count; i++) {
        const struct lock_row *lock = &p->locks[i];
        for (size_t k = 0; k < lock->by.count; k++)
            if (!has_fact(p, lock->by.items[k])) tell(context, lock->node, "locks by what is no fact with choices or countries:", lock->by.items[k]);
        for (size_t k = 0; k < lock->on.count; k++)
            if (!has_document(p, lock->on.items[k])) tell(context, lock->node, "locks on what can't be filed:", lock->on.items[k]);
        for (size_t k = 0; k < lock->refuses.count; k++)
            if (!has_document(p, lock->refuses.items[k])) tell(context, lock->node, "refuses what can't be filed:", lock->refuses.items[k]);
    }
}

// Each combination of the facts' values, "LU supervision": one word of each.
static void keys_add(struct decision *d, const struct lock_row *lock, size_t part, struct span before, struct json *keys) {
    if (part == lock->by.count) {
        (void)json_tree_push(d->tree, keys, json_from_string(before));
        return;
    }
    const struct json *value = json_find(d->case_facts, lock->by.items[part]);
    size_t count = json_is_null(value) ? 0 : value->type == JSON_ARRAY ? value->count : 1;
    for (size_t i = 0; i < count; i++) {
        const struct json *one = value->type == JSON_ARRAY ? &value->items[i] : value;
        if (one->type != JSON_STRING) continue;
        struct span key = part == 0 ? one->string : arena_printf(d->tree->arena, "%.*s %.*s", SPAN_FMT(before), SPAN_FMT(one->string));
        if (key.at == NULL) d->tree->is_failed = true;
        else keys_add(d, lock, part + 1, key, keys);
    }
}

static struct json *lock_op_add(struct decision *d, struct json *effects, const struct lock_row *lock, const char *op) {
    struct json keys = json_array();
    keys_add(d, lock, 0, SPAN(""), &keys);
    if (keys.count == 0) return NULL;
    struct json *row = effect_op_add(d, effects, op);
    effect_text_add(d, row, "lock", lock->id);
    effect_text_add(d, row, "article", lock->article);
    (void)json_tree_add(d->tree, row, SPAN("keys"), keys);
    return row;
}

void locks_add(struct decision *d, struct json *effects) {
    for (size_t i = 0; i < d->procedure->lock_count; i++) {
        const struct lock_row *lock = &d->procedure->locks[i];
        if (names_have(&lock->on, d->document->id)) {
            struct json until = fact_from_clock(d, lock->clock);
            struct json *row = json_is_null(&until) ? NULL : lock_op_add(d, effects, lock, "lock");
            if (row != NULL) (void)json_tree_add(d->tree, row, SPAN("until"), until);
        }
        if (!names_have(&lock->refuses, d->document->id) || (lock->unless != NULL && condition_holds(lock->unless, &d->facts))) continue;
        struct json *row = lock_op_add(d, effects, lock, "unlocked");
        if (row != NULL) effect_text_add(d, row, "words", lock->words);
    }
}

// --- the state for which an office speaks ---

void own_states_add(struct decision *d, struct json *effects) {
    for (size_t i = 0; i < d->document->field_count; i++) {
        const struct field *field = &d->document->fields[i];
        const struct json *value = field->is_own ? json_find(d->values, field->name) : NULL;
        if (json_is_null(value) || value->type != JSON_STRING) continue;
        struct json *row = effect_op_add(d, effects, "speaks_for");
        effect_text_add(d, row, "field", field->name);
        effect_text_add(d, row, "state", value->string);
    }
}
