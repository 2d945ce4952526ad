// SPDX-License-Identifier: EUPL-1.2
#include "law/operation.h"

// Names separated by blanks.
static const struct {
    const char *op, *as, *arguments;
} OPERATIONS[] = {
    {"block", "freeze hold", "filing names attachments spared until"},
    {"unblock", "", "block outcome"},
    {"mark", "raise lower", "filing names label offices states bodies entity basis"},
    {"release", "", "filing names attachments label basis states bodies offices entity standing confirmed_states confirmed_bodies confirmed_offices"},
    {"disclosure", "held refused handed_over acknowledged answered recalled destroyed", "release filing state states body bodies office offices"},
    {"standing", "allow revoke", "standing procedure documents names states bodies label basis until"},
    {"peer", "", "state body way address key"},
    {"letter", "written approved refused made sealed served", "letter template language about how"},
    {"keep", "hold end", "case entity"},
    {"batch", "order approve stop erased done run stand confirm revoke", "through order standing rules until"},
    {"obligation", "opened asked done", "obligation due_on filing"},
    {"registry", "counted forwarded", "extract"},
    {"collection", "received granted ended compared", "extract state states sectors types withheld until entries verdict"},
    {"figures", "freeze reviewed filed public withdrawn", "statistic day filing"},
};

static bool has_word(const char *words, struct span word) {
    struct span all = span_of(words);
    for (size_t from = 0; from < all.len;) {
        size_t end = span_find(all, ' ', from);
        if (word.len > 0 && span_equals(span_part(all, from, end), word)) return true;
        from = end + 1;
    }
    return false;
}

struct err operation_load(const struct load *l, const struct yaml *row, struct effect_row *ret) {
    size_t k = 0, count = sizeof OPERATIONS / sizeof OPERATIONS[0];
    TRY(yaml_only(row, "do as with article words when", l->why));
    TRY(yaml_need(row, "article", &ret->article, l->why));
    TRY(condition_load(l->arena, yaml_get(row, "when"), l->lists, &ret->when, l->why));
    ret->kind = EFFECT_DO;
    ret->node = row;
    ret->words = yaml_get_text(row, "words");
    ret->value = yaml_get_text(row, "do");
    ret->as = yaml_get_text(row, "as");
    ret->with = yaml_get(row, "with");
    while (k < count && !span_is(ret->value, OPERATIONS[k].op)) k++;
    if (k == count) return yaml_refuse(row, l->why, "pack.operation", "there is no operation \"%.*s\"", SPAN_FMT(ret->value));
    bool is_right = OPERATIONS[k].as[0] == '\0' ? ret->as.len == 0 : has_word(OPERATIONS[k].as, ret->as);
    if (!is_right) return yaml_refuse(row, l->why, "pack.operation", "as: one of \"%s\" is expected", OPERATIONS[k].as);
    if (ret->with == NULL || ret->with->type != YAML_MAPPING) return yaml_refuse(row, l->why, "pack.operation", "with: arguments and their fields are expected");
    return yaml_only(ret->with, OPERATIONS[k].arguments, l->why);
}

static const struct field *field_named(const struct document *d, struct span name) {
    for (size_t i = 0; i < d->field_count; i++)
        if (span_equals(d->fields[i].name, name)) return &d->fields[i];
    return NULL;
}

// Arguments that are texts: the effect holds the field's name.
static const struct {
    const char *op, *argument;
} TEXTS[] = {{"peer", "key"}};

static bool is_text_argument(const struct effect_row *effect, struct span argument) {
    bool is_text = false;
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) is_text = is_text || (span_is(effect->value, TEXTS[i].op) && span_is(argument, TEXTS[i].argument));
    return is_text;
}

static bool is_list_of_names(const struct field *field) {
    return field->type == FIELD_LIST && field->count == 1 && span_is(field->fields[0].name, "name");
}

static bool may_stand_in_effects(const struct field *field) {
    switch (field_type_single(field->type)) {
    case FIELD_CHOICE: case FIELD_BOOL: case FIELD_INT: case FIELD_INSTANT: case FIELD_DATE: case FIELD_COUNTRY:
    case FIELD_FILING: case FIELD_CASE: case FIELD_ENTITY: case FIELD_ENTITY_TYPE: case FIELD_EMAIL: // an address by reference
        return true;
    default: return is_list_of_names(field);
    }
}

struct err operations_check(const struct load *l, const struct document *d) {
    for (size_t i = 0; i < d->effect_count; i++) {
        const struct effect_row *effect = &d->effects[i];
        if (effect->kind != EFFECT_DO) continue;
        for (size_t k = 0; k < effect->with->count; k++) {
            struct span name = effect->with->pairs[k].value.text;
            const struct field *field = field_named(d, name);
            if (field == NULL) return yaml_refuse(effect->node, l->why, "pack.operation", "there is no field \"%.*s\"", SPAN_FMT(name));
            bool is_text = field->type == FIELD_TEXT && is_text_argument(effect, effect->with->pairs[k].name);
            if (!is_text && !may_stand_in_effects(field))
                return yaml_refuse(effect->node, l->why, "pack.operation", "\"%.*s\" is free text, which can't stand in an effect", SPAN_FMT(name));
        }
    }
    return err_none();
}

static struct json argument(struct decision *d, const struct json *value) {
    if (value->type == JSON_OBJECT) return json_from_string(json_get_string(value, "at"));
    if (value->type != JSON_ARRAY || value->count == 0 || value->items[0].type != JSON_OBJECT) return *value;
    struct json names = json_array();
    for (size_t i = 0; i < value->count; i++) (void)json_tree_push(d->tree, &names, json_from_string(json_get_string(&value->items[i], "name")));
    return names;
}

// Where the value stands, so that it goes with the field that is erased.
static struct json reference(struct decision *d, struct span field) {
    struct json place = json_object();
    (void)json_tree_add(d->tree, &place, SPAN("field"), json_from_string(field));
    return place;
}

void operation_add(struct decision *d, struct json *effects, const struct effect_row *effect) {
    struct json op = json_object(), words = json_object();
    (void)json_tree_add(d->tree, &op, SPAN("op"), json_from_string(effect->value));
    if (effect->as.len > 0) (void)json_tree_add(d->tree, &op, SPAN("as"), json_from_string(effect->as));
    for (size_t i = 0; i < effect->with->count; i++) {
        struct span name = effect->with->pairs[i].value.text;
        const struct json *value = json_find(d->values, name);
        const struct field *field = field_named(d->document, name);
        if (json_is_null(value)) continue;
        bool is_by_reference = field != NULL && (field->type == FIELD_EMAIL || is_text_argument(effect, effect->with->pairs[i].name));
        (void)json_tree_add(d->tree, &op, effect->with->pairs[i].name, is_by_reference ? reference(d, name) : argument(d, value));
    }
    (void)json_tree_add(d->tree, &op, SPAN("article"), json_from_string(effect->article));
    if (effect->words.len > 0) {
        (void)json_tree_add(d->tree, &words, SPAN("en"), json_from_string(effect->words));
        (void)json_tree_add(d->tree, &op, SPAN("words"), words);
    }
    (void)json_tree_push(d->tree, effects, op);
}

struct err procedure_find_filed(const struct law *law, struct span state, struct civil at, struct span op, struct span as, struct span role,
                                struct procedure_document *ret, struct why *why) {
    const struct procedure *all;
    size_t count = procedures_of(law, state, at, &all);
    for (size_t p = 0; p < count; p++)
        for (size_t d = 0; d < all[p].document_count; d++)
            for (size_t e = 0; e < all[p].documents[d].effect_count; e++) {
                const struct effect_row *effect = &all[p].documents[d].effects[e];
                if (effect->kind == EFFECT_DO && span_equals(effect->value, op) && span_equals(effect->as, as) &&
                    (role.len == 0 || names_have(&all[p].documents[d].by, role)))
                    return procedure_find(law, state, at, all[p].id, all[p].documents[d].id, ret, why);
            }
    return why_set(why, ERR_NOT_FOUND, "", "pack.operation", "", "no document does %.*s %.*s", SPAN_FMT(op), SPAN_FMT(as));
}

struct err procedure_find_doing(const struct law *law, struct span state, struct civil at, struct span op, struct span as,
                                struct procedure_document *ret, struct why *why) {
    return procedure_find_filed(law, state, at, op, as, span_make(NULL, 0), ret, why);
}

// The filing of the case that the document marks or blocks; NULL where it does neither, or none is named.
static const struct json *filing_spoken_of(const struct decision *d) {
    for (size_t i = 0; i < d->document->effect_count; i++) {
        const struct effect_row *effect = &d->document->effects[i];
        if (effect->kind != EFFECT_DO || !(span_is(effect->value, "mark") || span_is(effect->value, "block"))) continue;
        const struct yaml *field = yaml_get(effect->with, "filing");
        const struct json *target = field == NULL ? NULL : json_find(d->values, field->text);
        for (size_t k = 0; target != NULL && target->type == JSON_STRING && k < d->filings->count; k++)
            if (span_equals(json_get_string(&d->filings->items[k], "id"), target->string)) return &d->filings->items[k];
    }
    return NULL;
}

struct names operation_readers(const struct decision *d) {
    struct names seen_by = d->document->seen_by;
    const struct json *target = filing_spoken_of(d), *readers = target == NULL ? NULL : json_get(target, "seen_by");
    if (readers == NULL || readers->type != JSON_ARRAY || readers->count == 0) return seen_by;
    struct names narrow = {.items = arena_take_array(d->tree->arena, readers->count, sizeof *narrow.items)};
    if (narrow.items == NULL) {
        d->tree->is_failed = true;
        return seen_by;
    }
    for (size_t i = 0; i < readers->count; i++)
        if (seen_by.count == 0 || names_have(&seen_by, readers->items[i].string)) narrow.items[narrow.count++] = readers->items[i].string;
    return narrow.count > 0 ? narrow : seen_by; // who files it must not lose sight of it
}

struct span procedure_of_register(const struct law *law, struct span state, struct civil at) {
    const struct procedure *all;
    size_t count = procedures_of(law, state, at, &all);
    for (size_t p = 0; p < count; p++)
        for (size_t d = 0; d < all[p].document_count; d++)
            for (size_t e = 0; e < all[p].documents[d].effect_count; e++)
                if (all[p].documents[d].effects[e].kind == EFFECT_CLASS) return all[p].id;
    return span_make(NULL, 0);
}
