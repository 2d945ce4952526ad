// SPDX-License-Identifier: EUPL-1.2
/*
 * Documents that everybody may read: `public:` and `calendar:`. A filing is published at the moment it is filed, where its
 * marking is TLP:CLEAR and the condition holds; the record's effects keep that. A version that is not public, and a
 * withdrawal, end what was public before.
 */
#include "law/operation.h"
#include "law/procedure_private.h"

static const char *const PARTS[CALENDAR_PARTS] = {"start", "end", "title", "place", "about"};

static const struct field *field_named(const struct document *d, struct span name) {
    for (size_t i = 0; i < d->field_count; i++)
        if (span_equals(d->fields[i].name, name)) return &d->fields[i];
    return NULL;
}

static bool is_shown(const struct field *field) {
    return !names_have(&field->hidden_from, SPAN("public")) && (field->visible_to.count == 0 || names_have(&field->visible_to, SPAN("public")));
}

static bool fits_part(const struct field *field, size_t part) {
    if (!is_shown(field)) return false;
    if (part <= CALENDAR_END) return field->type == FIELD_INSTANT || field->type == FIELD_DATE;
    return field->type == FIELD_TEXT || field->type == FIELD_LONG_TEXT;
}

static struct err calendar_rows_load(const struct load *l, const struct yaml *row, struct document *d) {
    if (row == NULL) return err_none();
    TRY(yaml_only(row, "start end title place about", l->why));
    for (size_t part = 0; part < CALENDAR_PARTS; part++) {
        struct span name = yaml_get_text(row, PARTS[part]);
        const struct field *field = field_named(d, name);
        d->calendar[part] = name;
        if (name.len == 0 && part != CALENDAR_START && part != CALENDAR_TITLE) continue;
        if (field == NULL || !fits_part(field, part))
            return yaml_refuse(row, l->why, "pack.calendar", "%s: a field that the public sees is expected, a time for start and end, else a text", PARTS[part]);
    }
    const struct field *start = field_named(d, d->calendar[CALENDAR_START]), *end = field_named(d, d->calendar[CALENDAR_END]);
    if (end != NULL && end->type != start->type) return yaml_refuse(row, l->why, "pack.calendar", "start and end are both instants, or both days");
    return d->is_public ? err_none() : yaml_refuse(row, l->why, "pack.calendar", "only what is public stands in the calendar");
}

struct err publication_load(const struct load *l, const struct yaml *row, struct document *d) {
    const struct yaml *open = yaml_get(row, "public");
    if (open != NULL && open->type == YAML_MAPPING) TRY(condition_load(l->arena, open, l->lists, &d->public_when, l->why));
    else TRY(yaml_flag(row, "public", false, &d->is_public, l->why));
    d->is_public = d->is_public || d->public_when != NULL;
    return calendar_rows_load(l, yaml_get(row, "calendar"), d);
}

// --- what can be proved ---

static bool may_be_clear(const struct document *d) {
    const struct field *field = field_named(d, d->marking_field);
    if (field == NULL) return span_is(d->marking, "TLP:CLEAR");
    for (size_t i = 0; i < field->choice_count; i++)
        if (span_is(field->choices[i].value, "TLP:CLEAR")) return true;
    return false;
}

void publication_check(const struct procedure *procedure, audience_teller *tell, void *context) {
    for (size_t i = 0; i < procedure->document_count; i++) {
        const struct document *d = &procedure->documents[i];
        size_t shown = 0;
        if (!d->is_public) continue;
        if (!may_be_clear(d)) tell(context, d->node, "is public, but can't be marked TLP:CLEAR:", d->id);
        if (d->seen_by.count > 0) tell(context, d->node, "is public, and only some may see it:", d->id);
        for (size_t k = 0; k < d->field_count; k++) {
            if (!is_shown(&d->fields[k])) continue;
            shown++;
            if (d->fields[k].type == FIELD_PERSON) tell(context, d->fields[k].node, "names a person to the public; hidden_from: [public]:", d->fields[k].name);
        }
        if (shown == 0) tell(context, d->node, "is public, but hides all its fields:", d->id);
    }
}

// --- what a filing publishes ---

static bool is_clear(const struct decision *d) {
    const struct json *chosen = json_find(d->values, d->document->marking_field);
    return json_is_null(chosen) ? span_is(d->document->marking, "TLP:CLEAR") : span_is(chosen->string, "TLP:CLEAR");
}

// The version of the document that this filing comes after; empty where it is the first.
static struct span version_before(const struct decision *d) {
    struct span before = d->input->is_correction_of;
    for (size_t i = 0; !d->document->is_repeatable && i < d->filings->count; i++) {
        const struct json *filing = &d->filings->items[i];
        struct span id = json_get_string(filing, "id");
        if (span_equals(json_get_string(filing, "document"), d->document->id) && !span_equals(id, d->input->filing_id)) before = id;
    }
    return before;
}

static void end_add(struct decision *d, struct json *effects, struct span filing) {
    if (filing.len > 0) effect_text_add(d, effect_op_add(d, effects, "unpublish"), "filing", filing);
}

static void withdrawn_add(struct decision *d, struct json *effects) {
    const struct json *named = d->document->withdraws.len > 0 ? json_find(d->values, d->document->withdraws) : NULL;
    for (size_t i = 0; !json_is_null(named) && i < d->filings->count; i++) {
        const struct json *filing = &d->filings->items[i];
        if (!span_equals(json_get_string(filing, "id"), named->string)) continue;
        const struct document *withdrawn = document_get(d->procedure, d->input->at, json_get_string(filing, "document"));
        if (withdrawn != NULL && withdrawn->is_public) end_add(d, effects, named->string);
    }
}

void publication_add(struct decision *d, struct json *effects) {
    withdrawn_add(d, effects);
    if (!d->document->is_public) return;
    struct span before = version_before(d);
    bool is_held = state_held(d->procedure, json_get_string(&d->state, "state")).len > 0;
    if (is_held || !is_clear(d) || !condition_holds(d->document->public_when, &d->facts)) {
        end_add(d, effects, before);
        return;
    }
    struct json calendar = json_object();
    for (size_t part = 0; part < CALENDAR_PARTS; part++)
        if (d->document->calendar[part].len > 0) effect_text_add(d, &calendar, PARTS[part], d->document->calendar[part]);
    struct json *row = effect_op_add(d, effects, "publish");
    (void)json_tree_add(d->tree, row, SPAN("version"), json_from_int(d->version));
    if (before.len > 0) effect_text_add(d, row, "after", before);
    if (calendar.count > 0) (void)json_tree_add(d->tree, row, SPAN("calendar"), calendar);
}
