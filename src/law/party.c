// SPDX-License-Identifier: EUPL-1.2
/*
 * Parties of a case: a case of many entities (or over many cases). What a party files goes into its own part, never into the
 * case: parts of others and the case itself stay as they are, however many parties there are.
 */
#include "law/procedure_private.h"

bool duty_row_is_of_parties(const struct duty_row *row) { return names_have(&row->owed_by, SPAN("party")); }

bool document_adds_parties(const struct document *document) {
    for (size_t i = 0; i < document->effect_count; i++)
        if (document->effects[i].kind == EFFECT_PARTY_ADD || document->effects[i].kind == EFFECT_PARTY_SELECT || document->effects[i].kind == EFFECT_PARTY_OFFICES) return true;
    return false;
}

// --- a party's part ---

static struct json part_new(struct decision *d) {
    struct json out = json_object();
    (void)json_tree_add(d->tree, &out, SPAN("party"), json_from_string(d->input->party_id));
    (void)json_tree_add(d->tree, &out, SPAN("joined_by"), json_from_string(d->input->party_joined_by));
    (void)json_tree_add(d->tree, &out, SPAN("state"), json_from_string(d->procedure->party_states[0].id));
    (void)json_tree_add(d->tree, &out, SPAN("facts"), json_object());
    (void)json_tree_add(d->tree, &out, SPAN("filings"), json_array());
    (void)json_tree_add(d->tree, &out, SPAN("flags"), json_object());
    (void)json_tree_add(d->tree, &out, SPAN("done"), json_array());
    return out;
}

static struct json *part_member(struct decision *d, const char *name, enum json_type type) {
    for (size_t i = 0; d->part.type == JSON_OBJECT && i < d->part.count; i++)
        if (span_is(d->part.members[i].name, name) && d->part.members[i].value.type == type) return &d->part.members[i].value;
    return NULL;
}

struct err party_begin(struct decision *d, struct why *why) {
    d->is_party = d->document->is_by_party && d->input->party_id.len > 0 && d->procedure->party_state_count > 0;
    if (!d->is_party) return err_none();
    d->part = json_is_null(d->input->party_state) ? part_new(d) : json_tree_copy(d->tree, d->input->party_state);
    if (d->tree->is_failed) return err_make(ERR_MEMORY);
    d->case_facts = part_member(d, "facts", JSON_OBJECT);
    d->filings = part_member(d, "filings", JSON_ARRAY);
    d->flags = part_member(d, "flags", JSON_OBJECT);
    d->facts.party_facts = d->case_facts;
    d->facts.party_state = json_get_string(&d->part, "state");
    if (d->case_facts == NULL || d->filings == NULL || d->flags == NULL || part_member(d, "done", JSON_ARRAY) == NULL ||
        !span_equals(json_get_string(&d->part, "party"), d->input->party_id) || d->facts.party_state.at == NULL)
        return why_set(why, ERR_CORRUPT, "", "case.party", "", "The part of the case is none of this party.");
    return err_none();
}

void party_check(const struct decision *d, struct fault_list *faults) {
    if (d->document->is_by_party && !d->is_party)
        fault_add(faults, SPAN(""), "filing.party", d->document->article, "\"%.*s\" is filed by a party of the case; none is named.",
                  SPAN_FMT(d->document->label));
}

void party_state_set(struct decision *d, struct span state) {
    d->facts.party_state = state;
    (void)json_tree_set(d->tree, &d->part, SPAN("state"), json_from_string(state));
}

// --- what it owes ---

static size_t place_of(const struct json *filings, struct span id) {
    size_t at = 0;
    while (filings != NULL && at < filings->count && !span_equals(json_get_string(&filings->items[at], "id"), id)) at++;
    return at;
}

bool party_owes(const struct json *case_state, const struct json *duty, struct span joined_by) {
    struct span opened_by = json_get_string(duty, "opened_by");
    if (span_is(json_get_string(duty, "of"), "joined")) return span_equals(opened_by, joined_by);
    const struct json *filings = json_get(case_state, "filings");
    return place_of(filings, joined_by) <= place_of(filings, opened_by);
}

// The row of a part's "done" for the duty, or NULL.
static const struct json *done_of(const struct json *done, const struct json *duty) {
    for (size_t i = 0; done != NULL && done->type == JSON_ARRAY && i < done->count; i++)
        if (span_equals(json_get_string(&done->items[i], "duty"), json_get_string(duty, "duty")) &&
            span_equals(json_get_string(&done->items[i], "opened_by"), json_get_string(duty, "opened_by")))
            return &done->items[i];
    return NULL;
}

struct err party_duties(const struct json *case_state, const struct json *party_state, struct span joined_by, struct arena *arena,
                        struct json *ret) {
    struct json_tree tree = {.arena = arena};
    struct json out = json_array();
    const struct json *all = json_get(case_state, "party_duties"), *done = json_get(party_state, "done");
    for (size_t i = 0; all != NULL && all->type == JSON_ARRAY && i < all->count; i++) {
        if (!party_owes(case_state, &all->items[i], joined_by)) continue;
        struct json *duty = json_tree_push(&tree, &out, json_tree_copy(&tree, &all->items[i]));
        const struct json *by = done_of(done, &all->items[i]);
        if (by == NULL || duty == NULL) continue;
        (void)json_tree_set(&tree, duty, SPAN("done_by"), *json_get(by, "done_by"));
        (void)json_tree_set(&tree, duty, SPAN("done_at"), *json_get(by, "done_at"));
        (void)json_tree_set(&tree, duty, SPAN("closed_by"), json_null());
    }
    if (tree.is_failed) return err_make(ERR_MEMORY);
    *ret = out;
    return err_none();
}

static const struct duty_row *row_of(const struct decision *d, struct span id) {
    for (size_t i = 0; i < d->procedure->duty_count; i++)
        if (span_equals(d->procedure->duties[i].id, id) && is_valid_at(&d->procedure->duties[i].validity, d->input->at))
            return &d->procedure->duties[i];
    return NULL;
}

static bool fulfils(const struct decision *d, const struct duty_row *row) {
    for (size_t i = 0; row != NULL && i < row->done_count; i++)
        if (span_equals(row->done_by[i].document, d->document->id) && condition_holds(row->done_by[i].when, &d->facts)) return true;
    return false;
}

void party_fulfil(struct decision *d) {
    for (size_t i = 0; i < d->party_duties->count; i++) {
        const struct json *duty = &d->party_duties->items[i];
        struct json *done = part_member(d, "done", JSON_ARRAY);
        if (done == NULL || done_of(done, duty) != NULL || !json_is_null(json_get(duty, "closed_by"))) continue;
        if (!party_owes(&d->state, duty, d->input->party_joined_by) || !fulfils(d, row_of(d, json_get_string(duty, "duty")))) continue;
        struct json row = json_object();
        effect_text_add(d, &row, "duty", json_get_string(duty, "duty"));
        effect_text_add(d, &row, "opened_by", json_get_string(duty, "opened_by"));
        effect_text_add(d, &row, "done_by", d->input->filing_id);
        (void)json_tree_add(d->tree, &row, SPAN("done_at"), json_tree_instant(d->tree, d->input->received_at.ms));
        (void)json_tree_push(d->tree, done, row);
    }
}

void party_reopen(struct decision *d, struct span withdrawn) {
    struct json *done = part_member(d, "done", JSON_ARRAY);
    size_t kept = 0;
    for (size_t i = 0; done != NULL && i < done->count; i++)
        if (!span_equals(json_get_string(&done->items[i], "done_by"), withdrawn)) done->items[kept++] = done->items[i];
    if (done != NULL) done->count = kept;
}

// --- who is a party ---

static struct span last_filing(const struct decision *d, struct span document) {
    struct span found = SPAN("");
    for (size_t i = 0; i < d->filings->count; i++) {
        const struct json *filing = &d->filings->items[i];
        if (span_equals(json_get_string(filing, "document"), document) && span_is(json_get_string(filing, "status"), "filed"))
            found = json_get_string(filing, "id");
    }
    return found;
}

void party_effect_add(struct decision *d, struct json *effects, const struct effect_row *effect) {
    if (effect->kind == EFFECT_PARTY_SELECT) {
        struct span filing = effect->of.len > 0 ? last_filing(d, effect->of) : d->input->filing_id;
        if (filing.len == 0) return;
        struct json *row = effect_op_add(d, effects, "party_select");
        effect_text_add(d, row, "filing", filing);
        effect_text_add(d, row, "field", effect->field);
        effect_text_add(d, row, "state", d->procedure->party_states[0].id);
        if (effect->preview.len > 0) {
            const struct json *version = json_find(d->values, effect->preview);
            effect_text_add(d, row, "preview_field", effect->preview);
            effect_text_add(d, row, "preview", json_is_null(version) ? SPAN("") : version->string);
        }
        effect_text_add(d, row, "article", effect->article);
        return;
    }
    if (effect->kind == EFFECT_PARTY_OFFICES) {
        const struct json *states = effect->field.len > 0 ? json_find(d->values, effect->field) : NULL;
        if (effect->field.len > 0 && json_is_null(states)) return;
        struct json *row = effect_op_add(d, effects, "party_offices");
        effect_text_add(d, row, "kind", effect->value);
        if (states != NULL) (void)json_tree_add(d->tree, row, SPAN("states"), json_tree_copy(d->tree, states));
        if (effect->is_of_others) (void)json_tree_add(d->tree, row, SPAN("others"), json_from_bool(true));
        effect_text_add(d, row, "state", d->procedure->party_states[0].id);
        effect_text_add(d, row, "article", effect->article);
        return;
    }
    const struct json *value = json_find(d->values, effect->field);
    if (json_is_null(value)) return;
    struct json parties = json_array();
    if (value->type == JSON_STRING) (void)json_tree_push(d->tree, &parties, *value);
    else parties = json_tree_copy(d->tree, value);
    struct json *row = effect_op_add(d, effects, effect->kind == EFFECT_PARTY_ADD ? "party_add" : "party_remove");
    (void)json_tree_add(d->tree, row, SPAN("parties"), parties);
    if (effect->kind == EFFECT_PARTY_ADD) effect_text_add(d, row, "state", d->procedure->party_states[0].id);
    effect_text_add(d, row, "article", effect->article);
}

// --- what it may read ---

struct span procedure_parties(const struct law *law, struct span state, struct span procedure, struct span *ret_state) {
    const struct procedure *all;
    size_t count = procedures_of(law, state, latest_day(), &all);
    for (size_t i = 0; i < count; i++) {
        if (!span_equals(all[i].id, procedure) || all[i].parties.len == 0) continue;
        if (ret_state != NULL) *ret_state = all[i].party_states[0].id;
        return all[i].parties;
    }
    return SPAN("");
}

bool procedure_parties_see_parties(const struct law *law, struct span state, struct span procedure) {
    const struct procedure *all;
    size_t count = procedures_of(law, state, latest_day(), &all);
    for (size_t i = 0; i < count; i++)
        if (span_equals(all[i].id, procedure)) return all[i].do_parties_see_parties;
    return false;
}

bool procedure_suggests_of(const struct law *law, struct span state, struct span procedure, struct procedure_suggests *ret) {
    const struct procedure *all;
    size_t count = procedures_of(law, state, latest_day(), &all);
    for (size_t i = 0; i < count; i++) {
        const struct suggestion_row *row = &all[i].suggests;
        if (!span_equals(all[i].id, procedure) || row->node == NULL) continue;
        *ret = (struct procedure_suggests){.of_count = row->of.count, .of = row->of.items, .document = row->document, .same_count = row->same.count,
                                           .same = row->same.items, .mention_count = row->mentions.count, .mentions = row->mentions.items,
                                           .within_ms = row->within_days * MS_PER_DAY};
        return true;
    }
    return false;
}

struct err suggests_check(const struct procedure *p, struct why *why) {
    const struct suggestion_row *row = &p->suggests;
    const struct document *d = row->node == NULL ? NULL : document_get(p, latest_day(), row->document);
    if (row->node == NULL) return err_none();
    if (d == NULL) return yaml_refuse(row->node, why, "pack.suggests", "there is no document \"%.*s\"", SPAN_FMT(row->document));
    for (size_t i = 0; i < row->mentions.count; i++) {
        size_t at = 0;
        while (at < d->field_count && !span_equals(d->fields[at].name, row->mentions.items[i])) at++;
        if (at == d->field_count) return yaml_refuse(row->node, why, "pack.suggests", "there is no field \"%.*s\"", SPAN_FMT(row->mentions.items[i]));
    }
    for (size_t i = 0; i < row->same.count; i++) {
        size_t at = 0;
        while (at < p->fact_count && !span_equals(p->facts[at].name, row->same.items[i])) at++;
        if (at == p->fact_count) return yaml_refuse(row->node, why, "pack.suggests", "there is no fact \"%.*s\"", SPAN_FMT(row->same.items[i]));
    }
    return err_none();
}

bool procedure_party_sees(const struct law *law, struct span state, struct civil at, struct span procedure, struct span document,
                          const struct json *case_state) {
    const struct procedure *p = procedure_get(law, state, at, procedure);
    const struct document *d = document_get(p, at, document);
    bool is_shared = d != NULL && d->is_by_party && p->do_parties_see_parties && yaml_get(d->node, "parties_see") == NULL;
    if (is_shared) return true;
    if (d == NULL || !d->parties_see) return false;
    struct facts facts = facts_of_case(law, state, at, case_state, NULL);
    return condition_holds(d->parties_see_when, &facts);
}

bool procedure_party_sees_field(const struct law *law, struct span state, struct civil at, struct span procedure, struct span document,
                                struct span field) {
    const struct document *d = document_get(procedure_get(law, state, at, procedure), at, document);
    for (size_t i = 0; d != NULL && i < d->field_count; i++)
        if (span_equals(d->fields[i].name, field)) return !names_have(&d->fields[i].hidden_from, SPAN("parties"));
    return false;
}
