// SPDX-License-Identifier: EUPL-1.2
/*
 * Taking a step that the encoded law refuses, with a stated ground. A rule of a pack may say `overridable: yes`. The head of an office
 * asks for it (an effect `override: asked`), a second person confirms (`override: confirmed`), and a later filing of that office that cites the
 * request is taken as the document asked for, marked for ever as filed against these rules. One request serves one filing. The case
 * remembers it ("overrides"), and so does the filing ("against"). Rules of access, of markings and of what leaves are never
 * overridable: override_rows_check proves it.
 */
#include "law/procedure_private.h"

static struct json *member(struct json *object, const char *name) {
    for (size_t i = 0; i < object->count; i++)
        if (span_is(object->members[i].name, name)) return &object->members[i].value;
    return NULL;
}

static struct span text_of(const struct json *values, struct span field) {
    const struct json *value = json_find(values, field);
    return json_is_null(value) || value->type != JSON_STRING ? span_make(NULL, 0) : value->string;
}

static const struct effect_row *effect_of(const struct document *document, const char *what) {
    for (size_t i = 0; i < document->effect_count; i++)
        if (document->effects[i].kind == EFFECT_OVERRIDE && span_is(document->effects[i].value, what)) return &document->effects[i];
    return NULL;
}

// --- the request ---

static const struct cross_rule *rule_of(const struct document *document, struct civil at, struct span id) {
    for (size_t i = 0; document != NULL && i < document->rule_count; i++)
        if (span_equals(document->rules[i].id, id) && document->rules[i].is_overridable && is_valid_at(&document->rules[i].validity, at)) return &document->rules[i];
    return NULL;
}

static void fault_at(struct fault_list *faults, struct span field, const struct document *document, const char *words, struct span name) {
    fault_add(faults, arena_printf(faults->arena, "/%.*s", SPAN_FMT(field)), "filing.override", document->article, "%s \"%.*s\".", words, SPAN_FMT(name));
}

// What is asked for must be a document of the procedure, and rules of it that may be overridden: no free text comes into the case.
static void asked_check(const struct decision *d, const struct effect_row *effect, struct fault_list *faults) {
    struct span name = text_of(d->values, effect->field);
    const struct json *rules = json_find(d->values, effect->kind_field);
    const struct document *document = document_get(d->procedure, d->input->at, name);
    if (name.len == 0 || json_is_null(rules)) return; // said already
    if (document == NULL) fault_at(faults, effect->field, d->document, "This procedure has no document", name);
    for (size_t i = 0; document != NULL && i < rules->count; i++) {
        struct span rule = json_get_string(&rules->items[i], "name");
        if (rule_of(document, d->input->at, rule) == NULL) fault_at(faults, effect->kind_field, d->document, "It has no rule that may be overridden called", rule);
    }
}

static struct json *request_of(const struct decision *d, struct span id) {
    struct json *all = member((struct json *)(uintptr_t)&d->state, "overrides");
    for (size_t i = 0; all != NULL && all->type == JSON_ARRAY && i < all->count; i++)
        if (span_equals(json_get_string(&all->items[i], "id"), id)) return &all->items[i];
    return NULL;
}

static void confirmed_check(const struct decision *d, const struct effect_row *effect, struct fault_list *faults) {
    struct span id = text_of(d->values, effect->field);
    const struct json *request = id.len == 0 ? NULL : request_of(d, id);
    if (id.len > 0 && request == NULL) fault_at(faults, effect->field, d->document, "That is no request in this case:", id);
    if (json_get_string(request, "confirmed_by").len > 0) fault_at(faults, effect->field, d->document, "It is confirmed already:", id);
}

// --- the filing that cites it ---

static void cited_check(struct decision *d, struct fault_list *faults) {
    const struct json *cited = json_get(d->values, FIELD_OVERRIDE);
    if (json_is_null(cited) || cited->type != JSON_STRING) return;
    struct json *request = request_of(d, cited->string);
    if (request == NULL || !span_equals(json_get_string(request, "document"), d->document->id))
        fault_at(faults, SPAN(FIELD_OVERRIDE), d->document, "The case has no request to override a rule of this document by the number", cited->string);
    else if (json_get_string(request, "confirmed_by").len == 0)
        fault_at(faults, SPAN(FIELD_OVERRIDE), d->document, "No second person has confirmed the request", cited->string);
    else if (!span_equals(json_get_string(request, "office"), d->input->filer_office))
        fault_at(faults, SPAN(FIELD_OVERRIDE), d->document, "Another office asked for it:", cited->string);
    else if (json_get_string(request, "used_by").len > 0)
        fault_at(faults, SPAN(FIELD_OVERRIDE), d->document, "A filing has been made on it already:", cited->string);
    else d->override = request;
}

void override_check(struct decision *d, struct fault_list *faults) {
    const struct effect_row *asked = effect_of(d->document, "asked"), *confirmed = effect_of(d->document, "confirmed");
    if (asked != NULL) asked_check(d, asked, faults);
    if (confirmed != NULL && condition_holds(confirmed->when, &d->facts)) confirmed_check(d, confirmed, faults);
    cited_check(d, faults);
}

bool override_takes(struct decision *d, const struct cross_rule *rule) {
    const struct json *rules = rule->is_overridable && d->override != NULL ? json_get(d->override, "rules") : NULL;
    if (!json_has_string(rules, rule->id) || d->against_count == OVERRIDE_RULES_MAX) return false;
    d->against[d->against_count++] = rule;
    return true;
}

void override_note(struct decision *d, struct json *filing) {
    struct json rows = json_array();
    for (size_t i = 0; i < d->against_count; i++) {
        struct json row = json_object();
        (void)json_tree_add(d->tree, &row, SPAN("rule"), json_from_string(d->against[i]->id));
        (void)json_tree_add(d->tree, &row, SPAN("article"), json_from_string(d->against[i]->article));
        (void)json_tree_add(d->tree, &row, SPAN("override"), *json_get(d->override, "id"));
        (void)json_tree_push(d->tree, &rows, row);
    }
    if (rows.count > 0) (void)json_tree_add(d->tree, filing, SPAN("against"), rows);
}

// --- the case after ---

void override_begin(struct decision *d) {
    if (d->state.type == JSON_OBJECT && effect_of(d->document, "asked") != NULL && json_get(&d->state, "overrides") == NULL)
        (void)json_tree_add(d->tree, &d->state, SPAN("overrides"), json_array());
}

static struct json names_of(struct decision *d, const struct json *rows) {
    struct json names = json_array();
    for (size_t i = 0; i < rows->count; i++) (void)json_tree_push(d->tree, &names, json_from_string(json_get_string(&rows->items[i], "name")));
    return names;
}

static void asked_apply(struct decision *d, const struct effect_row *effect) {
    struct json *all = member(&d->state, "overrides"), row = json_object();
    if (all == NULL) return;
    (void)json_tree_add(d->tree, &row, SPAN("id"), json_from_string(d->input->filing_id));
    (void)json_tree_add(d->tree, &row, SPAN("document"), *json_find(d->values, effect->field));
    (void)json_tree_add(d->tree, &row, SPAN("office"), json_from_string(d->input->filer_office));
    (void)json_tree_add(d->tree, &row, SPAN("rules"), names_of(d, json_find(d->values, effect->kind_field)));
    (void)json_tree_push(d->tree, all, row);
}

void override_apply(struct decision *d) {
    const struct effect_row *asked = effect_of(d->document, "asked"), *confirmed = effect_of(d->document, "confirmed");
    if (asked != NULL) asked_apply(d, asked);
    struct json *request = confirmed == NULL || !condition_holds(confirmed->when, &d->facts) ? NULL : request_of(d, text_of(d->values, confirmed->field));
    if (request != NULL) (void)json_tree_set(d->tree, request, SPAN("confirmed_by"), json_from_string(d->input->filing_id));
    if (d->against_count > 0) (void)json_tree_set(d->tree, d->override, SPAN("used_by"), json_from_string(d->input->filing_id));
}

// --- proving ---

struct walk {
    const struct cross_rule *rule;
    const struct document *document;
    override_teller *tell;
    void *context;
};

static void reference_check(void *context, const char *kind, struct span name, const struct yaml *node) {
    const struct walk *w = context;
    bool is_of_access = strcmp(kind, "role") == 0 || strcmp(kind, "on_behalf") == 0 || strcmp(kind, "party") == 0 || strcmp(kind, "party_state") == 0;
    bool is_of_marking = strcmp(kind, "field") == 0 && w->document->marking_field.len > 0 && span_equals(name, w->document->marking_field);
    if (is_of_access || is_of_marking) w->tell(w->context, node, is_of_access ? "a rule of access is never overridable:" : "a rule of markings is never overridable:", w->rule->id);
}

// What decides who sees or gets what: a document that does this has no rule that may be overridden.
static bool decides_access(const struct effect_row *effect) {
    static const char *const NEVER[] = {"block", "unblock", "mark", "release", "disclosure", "standing", "peer", "keep", "batch"};
    if (effect->kind == EFFECT_ERASE || effect->kind == EFFECT_CASE_ENTITY || effect->kind == EFFECT_OVERRIDE || effect->kind >= EFFECT_PARTY_ADD) return true;
    for (size_t i = 0; effect->kind == EFFECT_DO && i < sizeof NEVER / sizeof NEVER[0]; i++)
        if (span_is(effect->value, NEVER[i])) return true;
    return false;
}

static void rule_check(const struct procedure *p, const struct document *d, const struct cross_rule *rule, override_teller *tell, void *context) {
    static const char *const OUTSIDERS[] = {"entity", "anyone", "node", "party"};
    struct walk w = {.rule = rule, .document = d, .tell = tell, .context = context};
    const struct field *cites = NULL;
    bool may_be_asked = false, may_be_confirmed = false;
    for (size_t i = 0; i < d->field_count; i++)
        if (span_is(d->fields[i].name, FIELD_OVERRIDE) && d->fields[i].type == FIELD_FILING) cites = &d->fields[i];
    if (cites == NULL) tell(context, rule->node, "is overridable, but the form has no field override that names a filing:", rule->id);
    if (p->is_never_overridden) tell(context, rule->node, "nothing is overridable in this procedure:", rule->id);
    for (size_t i = 0; i < sizeof OUTSIDERS / sizeof OUTSIDERS[0]; i++)
        if (names_have(&d->by, span_of(OUTSIDERS[i]))) tell(context, rule->node, "is overridable, but not only offices file the document:", rule->id);
    for (size_t i = 0; i < d->effect_count; i++)
        if (decides_access(&d->effects[i])) tell(context, rule->node, "the document decides who sees or gets what, so nothing in it is overridable:", rule->id);
    condition_visit(rule->when, reference_check, &w);
    for (size_t i = 0; i < p->document_count; i++) {
        may_be_asked = may_be_asked || effect_of(&p->documents[i], "asked") != NULL;
        may_be_confirmed = may_be_confirmed || effect_of(&p->documents[i], "confirmed") != NULL;
    }
    if (!may_be_asked || !may_be_confirmed) tell(context, rule->node, "is overridable, but the procedure has no request and confirmation:", rule->id);
}

bool override_is_of(const struct procedure *p, struct span rule) {
    for (size_t i = 0; p != NULL && i < p->document_count; i++)
        for (size_t k = 0; k < p->documents[i].rule_count; k++)
            if (p->documents[i].rules[k].is_overridable && span_equals(p->documents[i].rules[k].id, rule)) return true;
    return p != NULL && span_is(rule, "any");
}

void override_rows_check(const struct procedure *p, override_teller *tell, void *context) {
    for (size_t i = 0; i < p->document_count; i++) {
        const struct document *d = &p->documents[i];
        if (effect_of(d, "asked") != NULL && !d->needs_head) tell(context, d->node, "only the head of an office asks to file against a rule:", d->id);
        if (effect_of(d, "confirmed") != NULL && !(d->other_than.len > 0 && d->is_other_of_office)) tell(context, d->node, "a second person of the office confirms a filing against a rule:", d->id);
    }
    for (size_t i = 0; i < p->document_count; i++)
        for (size_t k = 0; k < p->documents[i].rule_count; k++)
            if (p->documents[i].rules[k].is_overridable) rule_check(p, &p->documents[i], &p->documents[i].rules[k], tell, context);
}
