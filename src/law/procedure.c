// SPDX-License-Identifier: EUPL-1.2
/* Deciding one filing: may it be filed, is its form good, and what becomes of the case. */
#include "law/procedure.h"

#include "law/operation.h"
#include "law/procedure_private.h"

// --- the case before ---

static struct json case_new(struct json_tree *tree, const struct procedure *procedure, struct span office) {
    struct json out = json_object();
    (void)json_tree_add(tree, &out, SPAN("procedure"), json_from_string(procedure->id));
    (void)json_tree_add(tree, &out, SPAN("state"), json_from_string(SPAN("new")));
    (void)json_tree_add(tree, &out, SPAN("facts"), json_object());
    (void)json_tree_add(tree, &out, SPAN("filings"), json_array());
    (void)json_tree_add(tree, &out, SPAN("duties"), json_array());
    (void)json_tree_add(tree, &out, SPAN("flags"), json_object());
    if (procedure->parties.len > 0) (void)json_tree_add(tree, &out, SPAN("party_duties"), json_array());
    bool is_kept = false;
    for (size_t i = 0; i < procedure->reach_count; i++) is_kept = is_kept || procedure->reaches[i].is_opener;
    if (is_kept && office.len > 0) (void)json_tree_add(tree, &out, SPAN("opener"), json_from_string(office));
    return out;
}

static bool rows_are_objects(const struct json *array) {
    if (array == NULL || array->type != JSON_ARRAY) return false;
    for (size_t i = 0; i < array->count; i++)
        if (array->items[i].type != JSON_OBJECT) return false;
    return true;
}

static struct json *member(struct json *object, const char *name) {
    for (size_t i = 0; i < object->count; i++)
        if (span_is(object->members[i].name, name)) return &object->members[i].value;
    return NULL;
}

static struct err case_read(struct decision *d, struct why *why) {
    const struct json *before = d->input->case_state;
    d->state = json_is_null(before) ? case_new(d->tree, d->procedure, d->input->filer_office) : json_tree_copy(d->tree, before);
    if (d->tree->is_failed) return err_make(ERR_MEMORY);
    override_begin(d);
    if (d->document->seen_by.count > 0 && !d->document->is_by_party && d->state.type == JSON_OBJECT && json_get(&d->state, "audience") == NULL) {
        struct json audience = json_object();
        (void)json_tree_add(d->tree, &audience, SPAN("facts"), json_object());
        (void)json_tree_add(d->tree, &audience, SPAN("flags"), json_object());
        (void)json_tree_add(d->tree, &d->state, SPAN("audience"), audience);
        if (d->tree->is_failed) return err_make(ERR_MEMORY);
    }
    bool is_ours = d->state.type == JSON_OBJECT && span_equals(json_get_string(&d->state, "procedure"), d->procedure->id) &&
                   json_get_string(&d->state, "state").at != NULL;
    d->case_facts = is_ours ? member(&d->state, "facts") : NULL;
    d->filings = is_ours ? member(&d->state, "filings") : NULL;
    d->duties = is_ours ? member(&d->state, "duties") : NULL;
    d->flags = is_ours ? member(&d->state, "flags") : NULL;
    d->party_duties = is_ours ? member(&d->state, "party_duties") : NULL;
    if (d->case_facts == NULL || d->case_facts->type != JSON_OBJECT || !rows_are_objects(d->filings) || !rows_are_objects(d->duties) ||
        d->flags == NULL || d->flags->type != JSON_OBJECT || (d->procedure->parties.len > 0) != rows_are_objects(d->party_duties))
        return why_set(why, ERR_CORRUPT, "", "case.state", "", "The state of the case is none of this procedure.");
    d->facts.case_facts = d->case_facts;
    d->facts.filings = d->filings;
    d->facts.duties = d->duties;
    d->facts.flags = d->flags;
    d->facts.state = json_get_string(&d->state, "state");
    return party_begin(d, why);
}

static struct err decision_begin(struct decision *d, const struct procedure_input *input, struct json_tree *tree, struct why *why) {
    *d = (struct decision){.input = input, .tree = tree};
    d->procedure = procedure_get(input->law, input->state, input->at, input->procedure);
    d->document = document_get(d->procedure, input->at, input->document);
    if (d->document == NULL)
        return why_set(why, ERR_NOT_FOUND, "", d->procedure == NULL ? "procedure.unknown" : "document.unknown", "",
                       "There is no document \"%.*s\" of procedure \"%.*s\" here on this date.", SPAN_FMT(input->document),
                       SPAN_FMT(input->procedure));
    d->profile = clock_profile_of(input->law, input->state, input->at);
    d->facts = (struct facts){.subject = input->subject,
                              .settings = d->profile->settings,
                              .noted = input->noted,
                              .role = input->filer_role,
                              .is_on_behalf = input->intake_kind.len > 0,
                              .received_ms = input->received_at.ms,
                              .zone = input->zone,
                              .law = input->law,
                              .law_state = input->state,
                              .at = input->at};
    return case_read(d, why);
}

// --- may it be filed ---

static struct span joined(struct arena *arena, const struct names *names) {
    struct buf out;
    buf_init(&out, arena, 1024);
    for (size_t i = 0; i < names->count; i++) {
        if (i > 0) buf_add_text(&out, ", ");
        buf_add(&out, names->items[i]);
    }
    return buf_span(&out);
}

static const struct json *filing_in(const struct json *filings, struct span id) {
    for (size_t i = 0; i < filings->count; i++)
        if (span_equals(json_get_string(&filings->items[i], "id"), id)) return &filings->items[i];
    return NULL;
}

static const struct json *filing_of(const struct decision *d, struct span id) { return filing_in(d->filings, id); }

static void state_check(const struct decision *d, struct fault_list *faults) {
    const struct document *document = d->document;
    bool is_new = span_is(d->facts.state, "new");
    if (is_new && !document->may_open)
        fault_add(faults, SPAN(""), "filing.state", document->article, "\"%.*s\" does not open a case; it is filed in one.",
                  SPAN_FMT(document->label));
    else if (!is_new && !document_fits_state(document, d->facts.state))
        fault_add(faults, SPAN(""), "filing.state", document->article, "\"%.*s\" can't be filed while the case is \"%.*s\".",
                  SPAN_FMT(document->label), SPAN_FMT(d->facts.state));
    else if (!condition_holds(document->when, &d->facts))
        fault_add(faults, SPAN(""), "filing.when", document->article, "%.*s",
                  document->when_words.len > 0 ? (int)document->when_words.len : 30,
                  document->when_words.len > 0 ? (const char *)document->when_words.at : "The facts do not allow this now.");
}

static void filer_check(const struct decision *d, struct fault_list *faults) {
    const struct procedure_input *input = d->input;
    const struct document *document = d->document;
    if (!names_have(&document->by, input->filer_role))
        fault_add(faults, SPAN(""), "filing.role", document->article, "\"%.*s\" is filed by: %.*s.", SPAN_FMT(document->label),
                  SPAN_FMT(joined(faults->arena, &document->by)));
    party_check(d, faults);
    if (document->needs_entity && input->entity_id.len == 0)
        fault_add(faults, SPAN(""), "filing.entity", document->article, "\"%.*s\" concerns an entity; none is named.", SPAN_FMT(document->label));
    if (input->intake_kind.len > 0) intake_check(d, faults);
    if (input->attachment_count > document->max_attachments)
        fault_add(faults, SPAN(""), "filing.attachments", document->article, "%zu attachments are given; at most %zu are taken.",
                  input->attachment_count, document->max_attachments);
    if (filing_of(d, input->filing_id) != NULL)
        fault_add(faults, SPAN(""), "filing.double", document->article, "The case has this filing already.");
    if (input->is_correction_of.len == 0) return;
    const struct json *corrected = filing_of(d, input->is_correction_of);
    if (corrected == NULL || !span_equals(json_get_string(corrected, "document"), document->id))
        fault_add(faults, SPAN(""), "filing.correction", document->article, "The case has no such filing of this document to correct.");
    else if (!span_is(json_get_string(corrected, "status"), "filed"))
        fault_add(faults, SPAN(""), "filing.correction", document->article, "That version is no longer the last one.");
}

// --- the form ---

static void rules_check(struct decision *d, struct fault_list *faults) {
    for (size_t i = 0; i < d->document->rule_count; i++) {
        const struct cross_rule *rule = &d->document->rules[i];
        if (!is_valid_at(&rule->validity, d->input->at) || !condition_holds(rule->when, &d->facts) || override_takes(d, rule)) continue;
        if (rule->is_warning) {
            if (d->warning_count < WARNINGS_MAX) d->warnings[d->warning_count++] = rule;
            continue;
        }
        struct span field = SPAN("");
        if (rule->fields.count > 0) field = arena_printf(faults->arena, "/%.*s", SPAN_FMT(rule->fields.items[0]));
        char id[64];
        memcpy(id, rule->id.at, rule->id.len < sizeof id ? rule->id.len : sizeof id - 1);
        id[rule->id.len < sizeof id ? rule->id.len : sizeof id - 1] = '\0';
        fault_add(faults, field, id, rule->article, "%.*s", SPAN_FMT(rule->words));
    }
}

static int64_t setting_ms(const struct clock_profile *profile, const char *name) {
    int64_t seconds = 0;
    (void)span_to_int(json_get_string(profile->settings, name), &seconds);
    return seconds * MS_PER_SECOND;
}

// A field that names a filing must name one of this case.
static void references_check(const struct decision *d, struct fault_list *faults) {
    for (size_t i = 0; i < d->document->field_count; i++) {
        const struct field *field = &d->document->fields[i];
        const struct json *value = json_find(d->values, field->name);
        if (field->type != FIELD_FILING || field->is_anywhere || json_is_null(value) || filing_of(d, value->string) != NULL || filing_in(d->facts.filings, value->string) != NULL) continue;
        fault_add(faults, arena_printf(faults->arena, "/%.*s", SPAN_FMT(field->name)), "field.filing", field->article,
                  "The case has no such filing.");
    }
}

static struct err form_read(struct decision *d, bool is_complete, struct fault_list *faults) {
    const struct procedure_input *input = d->input;
    struct json *values = ARENA_NEW(d->tree->arena, struct json);
    if (values == NULL) return err_make(ERR_MEMORY);
    struct value_reader reader = {.tree = d->tree,
                                  .faults = faults,
                                  .facts = &d->facts,
                                  .zone = input->zone,
                                  .at = input->at,
                                  .latest_ms = input->recorded_ms + setting_ms(d->profile, "clock_tolerance_s"),
                                  .law = input->law,
                                  .is_complete = is_complete};
    const struct json *sent = json_is_null(input->fields) ? NULL : input->fields;
    *values = fields_read(&reader, d->document->fields, d->document->field_count, sent, SPAN(""));
    if (sent != NULL && sent->type != JSON_OBJECT) return err_none(); // a fault was added
    d->values = values;
    d->facts.fields = values;
    fields_check(&reader, d->document->fields, d->document->field_count, sent, values, SPAN(""));
    references_check(d, faults);
    override_check(d, faults);
    if (is_complete) rules_check(d, faults);
    return err_none();
}

// --- the case after ---

static void warnings_note(struct decision *d, struct json *filing) {
    struct json rows = json_array();
    for (size_t i = 0; i < d->warning_count; i++) {
        struct json row = json_object();
        (void)json_tree_add(d->tree, &row, SPAN("rule"), json_from_string(d->warnings[i]->id));
        (void)json_tree_add(d->tree, &row, SPAN("article"), json_from_string(d->warnings[i]->article));
        (void)json_tree_add(d->tree, &row, SPAN("words"), json_from_string(d->warnings[i]->words));
        (void)json_tree_push(d->tree, &rows, row);
    }
    if (rows.count > 0) (void)json_tree_add(d->tree, filing, SPAN("warnings"), rows);
}

static void filing_append(struct decision *d) {
    const struct procedure_input *input = d->input;
    d->version = 1;
    for (size_t i = 0; i < d->filings->count; i++) {
        struct json *earlier = &d->filings->items[i];
        if (!span_equals(json_get_string(earlier, "document"), d->document->id)) continue;
        bool is_named = span_equals(json_get_string(earlier, "id"), input->is_correction_of);
        if (!is_named && d->document->is_repeatable) continue;
        int64_t version = json_get_int(earlier, "version", 1);
        if (version >= d->version) d->version = version + 1;
        if (!span_is(json_get_string(earlier, "status"), "filed")) continue;
        (void)json_tree_set(d->tree, earlier, SPAN("status"), json_from_string(SPAN("replaced")));
        d->is_correction = true;
    }
    struct json filing = json_object();
    (void)json_tree_add(d->tree, &filing, SPAN("id"), json_from_string(input->filing_id));
    (void)json_tree_add(d->tree, &filing, SPAN("document"), json_from_string(d->document->id));
    (void)json_tree_add(d->tree, &filing, SPAN("version"), json_from_int(d->version));
    (void)json_tree_add(d->tree, &filing, SPAN("received_at"), json_tree_instant(d->tree, input->received_at.ms));
    (void)json_tree_add(d->tree, &filing, SPAN("status"), json_from_string(SPAN("filed")));
    struct names seen_by = operation_readers(d);
    if (seen_by.count > 0) (void)json_tree_add(d->tree, &filing, SPAN("seen_by"), json_tree_names(d->tree, &seen_by));
    warnings_note(d, &filing);
    override_note(d, &filing);
    (void)json_tree_push(d->tree, d->filings, filing);
}

// Notes in the case that only some see what this filing sets: {"audience":{"facts":{"NAME":["csirt"]},"flags":{..}}}.
static void audience_note(struct decision *d, const char *kind, struct span name, bool is_for_all) {
    struct json *audience = d->document->seen_by.count == 0 || is_for_all || d->is_party ? NULL : member(&d->state, "audience");
    struct json *names = audience == NULL ? NULL : member(audience, kind);
    if (names != NULL) (void)json_tree_set(d->tree, names, name, json_tree_names(d->tree, &d->document->seen_by));
}

static void fact_keep(struct decision *d, struct span name, const struct json *value, bool is_first, bool is_for_all) {
    if (json_is_null(value)) return;
    if (is_first && !json_is_null(json_find(d->case_facts, name))) return;
    const struct json *plain = value->type == JSON_OBJECT ? json_get(value, "at") : value;
    if (plain == NULL) return;
    (void)json_tree_set(d->tree, d->case_facts, name, json_tree_copy(d->tree, plain));
    audience_note(d, "facts", name, is_for_all);
}

// The list that the case keeps, with VALUE's elements added or taken away.
static struct json fact_changed(struct decision *d, const struct fact_row *row, const struct json *value) {
    const struct json *before = json_find(d->case_facts, row->fact);
    struct json out = json_array(), one = {.type = JSON_ARRAY, .count = 1};
    struct json_tree *tree = d->tree;
    if (json_is_null(value)) return json_null();
    one.items = arena_take_array(tree->arena, 1, sizeof *one.items);
    if (one.items == NULL) return json_null();
    one.items[0] = *value;
    const struct json *given = value->type == JSON_ARRAY ? value : &one;
    for (size_t i = 0; !json_is_null(before) && before->type == JSON_ARRAY && i < before->count; i++) {
        bool is_given = false;
        for (size_t k = 0; k < given->count; k++) is_given = is_given || span_equals(given->items[k].string, before->items[i].string);
        if (!is_given) (void)json_tree_push(tree, &out, json_tree_copy(tree, &before->items[i]));
    }
    for (size_t k = 0; row->is_added && k < given->count; k++) (void)json_tree_push(tree, &out, json_tree_copy(tree, &given->items[k]));
    return out;
}

static void facts_keep(struct decision *d) {
    for (size_t i = 0; i < d->document->field_count; i++) {
        const struct field *field = &d->document->fields[i];
        if (field->keeps.len > 0) fact_keep(d, field->keeps, json_find(d->values, field->name), field->keeps_first, false);
    }
    for (size_t i = 0; i < d->document->fact_count; i++) {
        const struct fact_row *row = &d->document->facts[i];
        if (!condition_holds(row->when, &d->facts)) continue;
        struct json received = json_tree_instant(d->tree, d->input->received_at.ms);
        struct json counted = row->source == FACT_CLOCK ? fact_from_clock(d, row->name) : json_null();
        const struct json *value = row->source == FACT_FIELD      ? json_find(d->values, row->name)
                                   : row->source == FACT_CASE     ? json_find(d->facts.case_facts, row->name)
                                   : row->source == FACT_RECEIVED ? &received
                                   : row->source == FACT_CLOCK    ? &counted
                                                                  : &row->constant;
        struct json changed = row->is_added || row->is_removed ? fact_changed(d, row, value) : json_null();
        if (row->is_added || row->is_removed) value = &changed;
        fact_keep(d, row->fact, value, row->is_first, row->is_for_all);
    }
}

static void flags_set(struct decision *d) {
    for (size_t i = 0; i < d->document->flag_count; i++) {
        const struct flag_row *row = &d->document->flags[i];
        if (!condition_holds(row->when, &d->facts)) continue;
        (void)json_tree_set(d->tree, d->flags, row->flag, json_from_bool(row->is_set));
        audience_note(d, "flags", row->flag, row->is_for_all);
    }
}

static void state_move(struct decision *d) {
    for (size_t i = 0; i < d->document->move_count; i++) {
        const struct move_row *move = &d->document->moves[i];
        struct span now = d->is_party ? d->facts.party_state : d->facts.state;
        if (move->from.count > 0 && !names_have(&move->from, now)) continue;
        if (!condition_holds(move->when, &d->facts)) continue;
        if (d->is_party) {
            party_state_set(d, move->to);
            return;
        }
        d->facts.state = move->to;
        (void)json_tree_set(d->tree, &d->state, SPAN("state"), json_from_string(move->to));
        return;
    }
}

static void withdrawal_mark(struct decision *d) {
    if (d->document->withdraws.len == 0) return;
    const struct json *named = json_find(d->values, d->document->withdraws);
    if (json_is_null(named)) return;
    for (size_t i = 0; i < d->filings->count; i++) {
        struct json *filing = &d->filings->items[i];
        if (!span_equals(json_get_string(filing, "id"), named->string)) continue;
        (void)json_tree_set(d->tree, filing, SPAN("status"), json_from_string(SPAN("withdrawn")));
        duties_reopen(d, named->string);
    }
}

static struct err case_change(struct decision *d, struct procedure_decision *ret) {
    filing_append(d);
    facts_keep(d);
    flags_set(d);
    state_move(d);
    withdrawal_mark(d);
    override_apply(d);
    duties_update(d);
    struct json *state = ARENA_NEW(d->tree->arena, struct json), *effects = ARENA_NEW(d->tree->arena, struct json);
    if (state == NULL || effects == NULL) return err_make(ERR_MEMORY);
    *effects = effects_make(d);
    *state = d->state;
    if (d->is_party) {
        struct json *part = ARENA_NEW(d->tree->arena, struct json);
        if (part == NULL) return err_make(ERR_MEMORY);
        *part = d->part;
        ret->party_state = part;
    }
    if (d->tree->is_failed) return err_make(ERR_MEMORY);
    ret->is_accepted = true;
    ret->values = d->values;
    ret->case_state = state;
    ret->effects = effects;
    ret->version = d->version;
    return err_none();
}

struct err procedure_decide(const struct procedure_input *input, struct arena *arena, struct procedure_decision *ret,
                            struct why *why) {
    struct json_tree tree = {.arena = arena};
    struct decision d;
    TRY(decision_begin(&d, input, &tree, why));
    struct fault_list faults = {.arena = arena};
    struct procedure_decision out = {.marking = d.document->marking};
    filer_check(&d, &faults);
    state_check(&d, &faults);
    TRY(form_read(&d, true, &faults));
    if (faults.is_failed || tree.is_failed) return err_make(ERR_MEMORY);
    out.faults = faults.items;
    out.fault_count = faults.count;
    const struct json *marking = json_find(d.values, d.document->marking_field);
    if (faults.count == 0 && !json_is_null(marking)) out.marking = marking->string;
    if (faults.count == 0) TRY(case_change(&d, &out));
    *ret = out;
    return err_none();
}

struct err procedure_check_fields(const struct procedure_input *input, bool is_complete, struct arena *arena,
                                  struct procedure_decision *ret, struct why *why) {
    struct json_tree tree = {.arena = arena};
    struct decision d;
    TRY(decision_begin(&d, input, &tree, why));
    struct fault_list faults = {.arena = arena};
    TRY(form_read(&d, is_complete, &faults));
    if (faults.is_failed || tree.is_failed) return err_make(ERR_MEMORY);
    *ret = (struct procedure_decision){.faults = faults.items,
                                       .fault_count = faults.count,
                                       .values = d.values,
                                       .marking = d.document->marking};
    return err_none();
}
