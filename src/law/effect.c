// SPDX-License-Identifier: EUPL-1.2
/* What follows from an accepted filing, as a list of operations for the services to carry out. */
#include "law/operation.h"
#include "law/procedure_private.h"

struct json *effect_op_add(struct decision *d, struct json *effects, const char *op) {
    struct json *row = json_tree_push(d->tree, effects, json_object());
    (void)json_tree_add(d->tree, row, SPAN("op"), json_from_string(span_of(op)));
    return row;
}

void effect_text_add(struct decision *d, struct json *row, const char *name, struct span text) {
    (void)json_tree_add(d->tree, row, span_of(name), json_from_string(text));
}

static void words_add(struct decision *d, struct json *row, const char *name, struct span words) {
    struct json map = json_object();
    effect_text_add(d, &map, "en", words);
    (void)json_tree_add(d->tree, row, span_of(name), map);
}

// Values of fields that the register takes over, by the fields' names.
static void register_add(struct decision *d, struct json *effects) {
    if (d->input->entity_id.len == 0) return;
    struct json set = json_object();
    for (size_t i = 0; i < d->document->field_count; i++) {
        const struct field *field = &d->document->fields[i];
        if (field->register_as.len > 0 && !json_is_null(json_find(d->values, field->name)))
            effect_text_add(d, &set, (const char *)field->register_as.at, field->name);
    }
    if (set.count == 0) return;
    struct json *row = effect_op_add(d, effects, "register");
    effect_text_add(d, row, "entity", d->input->entity_id);
    (void)json_tree_add(d->tree, row, SPAN("set"), set);
}

static void message_add(struct decision *d, struct json *effects, const struct effect_row *effect) {
    bool is_to_entity = effect->office_kind.len == 0, is_to_parties = span_is(effect->office_kind, "parties");
    if (is_to_entity && d->input->entity_id.len == 0) return;
    struct span opener = json_get_string(&d->state, "opener");
    bool is_to_opener = span_is(effect->office_kind, "opener");
    if (is_to_opener && opener.len == 0) return;
    struct json to = json_object(), states = json_array();
    if (is_to_opener) effect_text_add(d, &to, "office", opener);
    else if (is_to_parties) effect_text_add(d, &to, "parties", d->input->case_id);
    else if (is_to_entity) effect_text_add(d, &to, "entity", d->input->entity_id);
    else effect_text_add(d, &to, "office_kind", effect->office_kind);
    struct json *row = effect_op_add(d, effects, "message");
    for (size_t i = 0; i < effect->party_states.count; i++) (void)json_tree_push(d->tree, &states, json_from_string(effect->party_states.items[i]));
    if (states.count > 0) (void)json_tree_add(d->tree, &to, SPAN("states"), states);
    if (effect->is_to_joined) (void)json_tree_add(d->tree, &to, SPAN("joined"), json_from_bool(true));
    (void)json_tree_add(d->tree, row, SPAN("to"), to);
    effect_text_add(d, row, "kind", effect->value);
    effect_text_add(d, row, "article", effect->article);
    words_add(d, row, "words", effect->words);
    if (effect->is_page) (void)json_tree_add(d->tree, row, SPAN("page"), json_from_bool(true));
}

static void link_add_one(struct decision *d, struct json *effects, const struct effect_row *effect, struct span other) {
    struct span own = effect->is_from_case ? d->input->case_id : d->input->entity_id;
    if (own.len == 0) return;
    const struct json *kind = effect->kind_field.len > 0 ? json_find(d->values, effect->kind_field) : NULL;
    struct json *row = effect_op_add(d, effects, "link");
    effect_text_add(d, row, "kind", json_is_null(kind) ? effect->value : kind->string);
    effect_text_add(d, row, "from", effect->is_reversed ? other : own);
    effect_text_add(d, row, "to", effect->is_reversed ? own : other);
    effect_text_add(d, row, "article", effect->article);
}

static void link_add(struct decision *d, struct json *effects, const struct effect_row *effect) {
    const struct json *value = json_find(d->values, effect->field);
    if (json_is_null(value)) return;
    if (value->type == JSON_STRING) link_add_one(d, effects, effect, value->string);
    for (size_t i = 0; value->type == JSON_ARRAY && i < value->count; i++)
        link_add_one(d, effects, effect, value->items[i].string);
}

// {"op":"erase","filing":..,"fields":[names]}: of the filing that one field names, the fields that another lists.
static void erase_add_one(struct decision *d, struct json *effects, const struct effect_row *effect, struct span target) {
    const struct json *names = json_find(d->values, effect->field);
    struct json *row = effect_op_add(d, effects, "erase");
    effect_text_add(d, row, "filing", target);
    struct json list = json_array();
    for (size_t i = 0; !json_is_null(names) && i < names->count; i++)
        (void)json_tree_push(d->tree, &list, json_from_string(json_get_string(&names->items[i], "name")));
    (void)json_tree_add(d->tree, row, SPAN("fields"), list);
    effect_text_add(d, row, "article", effect->article);
}

// The field may list several filings, each in a member "filing".
static void erase_add(struct decision *d, struct json *effects, const struct effect_row *effect) {
    const struct json *target = json_find(d->values, effect->value);
    if (json_is_null(target)) return;
    if (target->type == JSON_STRING) erase_add_one(d, effects, effect, target->string);
    for (size_t i = 0; target->type == JSON_ARRAY && i < target->count; i++)
        erase_add_one(d, effects, effect, json_get_string(&target->items[i], "filing"));
}

// {"op":"case_entity"}: the field names the entity, or the case loses the one that it had.
static void case_entity_add(struct decision *d, struct json *effects, const struct effect_row *effect) {
    const struct json *named = effect->field.len > 0 ? json_find(d->values, effect->field) : NULL;
    struct span was = d->input->entity_id;
    if (effect->field.len > 0 && json_is_null(named)) return;
    if (named == NULL && was.len == 0) return;
    struct json *row = effect_op_add(d, effects, "case_entity");
    (void)json_tree_add(d->tree, row, SPAN("entity"), named != NULL ? *named : json_null());
    (void)json_tree_add(d->tree, row, SPAN("was"), named == NULL ? json_from_string(was) : json_null());
    effect_text_add(d, row, "article", effect->article);
}

static struct json instant_of(const struct decision *d, struct span field) {
    const struct json *value = field.len > 0 ? json_find(d->values, field) : NULL;
    return json_is_null(value) ? json_null() : json_from_string(json_get_string(value, "at"));
}

static void downtime_add(struct decision *d, struct json *effects, const struct effect_row *effect) {
    struct json *row = effect_op_add(d, effects, "downtime");
    effect_text_add(d, row, "kind", effect->value);
    (void)json_tree_add(d->tree, row, SPAN("from"), instant_of(d, effect->field));
    (void)json_tree_add(d->tree, row, SPAN("to"), instant_of(d, effect->until));
    effect_text_add(d, row, "article", effect->article);
}

// That an officer recorded it, and by which way it came; from whom stands in the filing alone.
static void intake_add(struct decision *d, struct json *effects) {
    if (d->input->intake_kind.len == 0) return;
    struct span channel = json_get_string(json_find(d->values, SPAN(FIELD_ON_BEHALF)), "channel");
    struct json *row = effect_op_add(d, effects, "intake");
    effect_text_add(d, row, "office_kind", d->input->intake_kind);
    (void)json_tree_add(d->tree, row, SPAN("channel"), channel.len > 0 ? json_from_string(channel) : json_null());
}

// Fields by whose words the filing is found.
static void search_add(struct decision *d, struct json *effects) {
    struct json names = json_array();
    for (size_t i = 0; i < d->document->field_count; i++) {
        const struct field *field = &d->document->fields[i];
        if (field->is_searchable && !json_is_null(json_find(d->values, field->name))) (void)json_tree_push(d->tree, &names, json_from_string(field->name));
    }
    if (names.count > 0) (void)json_tree_add(d->tree, effect_op_add(d, effects, "search"), SPAN("fields"), names);
}

// Fields that name persons: the services check who they are.
static void persons_add(struct decision *d, struct json *effects) {
    for (size_t i = 0; i < d->document->field_count; i++) {
        const struct field *field = &d->document->fields[i];
        if (field->type == FIELD_PERSON && !json_is_null(json_find(d->values, field->name))) effect_text_add(d, effect_op_add(d, effects, "person"), "field", field->name);
    }
}

// By the fields' names, as for the register: who they are stays in the filing.
static void assign_add(struct decision *d, struct json *effects, const struct effect_row *effect) {
    struct json *row = effect_op_add(d, effects, "assign");
    effect_text_add(d, row, "owner", effect->value);
    effect_text_add(d, row, "backup", effect->field);
    effect_text_add(d, row, "article", effect->article);
}

// Who may read the case from now on, by the field's name, or whom a filing admitted and who no longer may.
static void admission_add(struct decision *d, struct json *effects, const struct effect_row *effect) {
    const struct json *value = json_find(d->values, effect->field);
    if (json_is_null(value)) return;
    bool is_admitted = effect->kind == EFFECT_ADMIT;
    struct json *row = effect_op_add(d, effects, is_admitted ? "admit" : "dismiss");
    effect_text_add(d, row, is_admitted ? "field" : "filing", is_admitted ? effect->field : value->string);
    effect_text_add(d, row, "article", effect->article);
}

static void status_add(struct decision *d, struct json *effects, const struct effect_row *effect) {
    struct span value = effect->value;
    if (effect->field.len > 0) {
        const struct json *chosen = json_find(d->values, effect->field);
        if (json_is_null(chosen) || chosen->type != JSON_STRING) return;
        value = chosen->string;
    }
    if (d->input->entity_id.len == 0) return;
    bool is_class = effect->kind == EFFECT_CLASS;
    struct json *row = effect_op_add(d, effects, is_class ? "entity_class" : "entity_status");
    effect_text_add(d, row, "entity", d->input->entity_id);
    effect_text_add(d, row, is_class ? "class" : "status", value);
    effect_text_add(d, row, "article", effect->article);
}

// --- proposals ---

static bool may_see(const struct proposal_row *row, const struct field *field) {
    if (row->fields.count > 0 && !names_have(&row->fields, field->name)) return false;
    if (names_have(&row->except, field->name) || names_have(&field->hidden_from, row->role)) return false;
    return field->visible_to.count == 0 || names_have(&field->visible_to, row->role);
}

// {"states":[..]} without our own state; false where none is left.
static bool states_add(struct decision *d, const struct proposal_row *row, struct json *to) {
    const struct json *named = json_find(d->values, row->target_name);
    if (json_is_null(named)) named = json_find(d->case_facts, row->target_name);
    struct json states = json_array();
    for (size_t i = 0; named != NULL && named->type == JSON_ARRAY && i < named->count; i++)
        if (!span_equals(named->items[i].string, d->input->state)) (void)json_tree_push(d->tree, &states, named->items[i]);
    if (states.count == 0) return false;
    (void)json_tree_add(d->tree, to, SPAN("states"), states);
    return true;
}

static void proposal_add(struct decision *d, struct json *effects, const struct proposal_row *row) {
    struct json to = json_object(), fields = json_array();
    if (row->target == TARGET_STATES && !states_add(d, row, &to)) return;
    if (row->target == TARGET_OFFICE) effect_text_add(d, &to, "office_kind", row->target_name);
    if (row->target == TARGET_BODY) effect_text_add(d, &to, "body", row->target_name);
    bool has_value = false; // a document that tells this recipient nothing is not proposed
    for (size_t i = 0; i < d->document->field_count; i++) {
        const struct field *field = &d->document->fields[i];
        if (!is_valid_at(&field->validity, d->input->at) || !may_see(row, field)) continue;
        has_value = has_value || !json_is_null(json_find(d->values, field->name));
        (void)json_tree_push(d->tree, &fields, json_from_string(field->name));
    }
    if (!has_value) return;
    struct json *op = effect_op_add(d, effects, "proposal");
    effect_text_add(d, op, "rule", row->id);
    (void)json_tree_add(d->tree, op, SPAN("to"), to);
    (void)json_tree_add(d->tree, op, SPAN("fields"), fields);
    effect_text_add(d, op, "article", row->article);
    words_add(d, op, "reason", row->reason);
}

struct json effects_make(struct decision *d) {
    struct json effects = json_array();
    struct span state = json_get_string(&d->state, "state"), held = state_held(d->procedure, state);
    bool is_closed = names_have(&d->procedure->closed_to_entity, SPAN("any")) || names_have(&d->procedure->closed_to_entity, state);
    register_add(d, &effects);
    persons_add(d, &effects);
    search_add(d, &effects);
    intake_add(d, &effects);
    for (size_t i = 0; i < d->document->effect_count; i++) {
        const struct effect_row *effect = &d->document->effects[i];
        if (!condition_holds(effect->when, &d->facts)) continue;
        if (effect->kind == EFFECT_MESSAGE && held.len > 0 && !span_equals(effect->office_kind, held)) continue; // nothing leaves the office
        if (effect->kind == EFFECT_MESSAGE && effect->office_kind.len == 0 && is_closed) continue; // it doesn't see the case
        if (effect->kind == EFFECT_DO) operation_add(d, &effects, effect);
        else if (effect->kind == EFFECT_MESSAGE) message_add(d, &effects, effect);
        else if (effect->kind == EFFECT_LINK) link_add(d, &effects, effect);
        else if (effect->kind == EFFECT_ERASE) erase_add(d, &effects, effect);
        else if (effect->kind == EFFECT_CASE_ENTITY) case_entity_add(d, &effects, effect);
        else if (effect->kind == EFFECT_DOWNTIME) downtime_add(d, &effects, effect);
        else if (effect->kind == EFFECT_OVERRIDE) continue; // the case remembers it
        else if (effect->kind == EFFECT_ADMIT || effect->kind == EFFECT_DISMISS) admission_add(d, &effects, effect);
        else if (effect->kind >= EFFECT_PARTY_ADD) party_effect_add(d, &effects, effect);
        else if (effect->kind == EFFECT_ASSIGN) assign_add(d, &effects, effect);
        else status_add(d, &effects, effect);
    }
    publication_add(d, &effects);
    locks_add(d, &effects);
    strands_make(d, &effects);
    own_states_add(d, &effects);
    for (size_t i = 0; held.len == 0 && i < d->procedure->proposal_count; i++) {
        const struct proposal_row *row = &d->procedure->proposals[i];
        if (names_have(&row->on, d->document->id) && is_valid_at(&row->validity, d->input->at) && condition_holds(row->when, &d->facts))
            proposal_add(d, &effects, row);
    }
    return effects;
}
