// SPDX-License-Identifier: EUPL-1.2
/*
 * Proving what can be proved of procedures: names that are used are declared, documents can be reached, states can be left,
 * duties can be fulfilled by whom owes them and their clocks can start, rows have sources and labels.
 */
#include <stdarg.h>
#include <stdio.h>

#include "law/ceiling_private.h"
#include "law/law_private.h"
#include "law/office.h"
#include "law/procedure_private.h"

enum { STATES_MAX = 64 };

struct checker {
    const struct law *law;
    struct buf *report;
    const struct procedure *procedure;
    const struct document *document; // whose conditions are looked at, or NULL
    const struct clock_profile *profile;
    struct span state; // of a national overlay, or empty
    size_t findings;
    bool is_reachable[STATES_MAX];
};

static void finding(struct checker *c, const struct yaml *node, const char *format, ...) PRINTF_LIKE(3, 4);
static void finding(struct checker *c, const struct yaml *node, const char *format, ...) {
    char words[512];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(words, sizeof words, format, args);
    va_end(args);
    c->findings++;
    buf_printf(c->report, "%s:%u: %s", node != NULL ? node->file : "?", node != NULL ? node->line : 0, words);
    if (c->state.len > 0) buf_printf(c->report, " (in %.*s)", SPAN_FMT(c->state));
    buf_add_byte(c->report, '\n');
}

// --- names ---

static size_t index_in(const struct state_row *rows, size_t count, struct span id) {
    size_t i = 0;
    while (i < count && !span_equals(rows[i].id, id)) i++;
    return i;
}
static size_t state_index(const struct procedure *p, struct span id) { return index_in(p->states, p->state_count, id); }
static size_t party_state_index(const struct procedure *p, struct span id) { return index_in(p->party_states, p->party_state_count, id); }

static const struct fact_name *fact_of(const struct procedure *p, struct span name) {
    for (size_t i = 0; i < p->fact_count; i++)
        if (span_equals(p->facts[i].name, name)) return &p->facts[i];
    return NULL;
}

static const struct document *document_of(const struct procedure *p, struct span id) {
    for (size_t i = 0; i < p->document_count; i++)
        if (span_equals(p->documents[i].id, id)) return &p->documents[i];
    return NULL;
}

static const struct field *field_of(const struct document *d, struct span name) {
    for (size_t i = 0; d != NULL && i < d->field_count; i++)
        if (span_equals(d->fields[i].name, name)) return &d->fields[i];
    return NULL;
}

static bool has_duty(const struct procedure *p, struct span id) {
    for (size_t i = 0; i < p->duty_count; i++)
        if (span_equals(p->duties[i].id, id)) return true;
    return false;
}

static void name_check(void *context, const char *kind, struct span name, const struct yaml *node) {
    struct checker *c = context;
    const struct procedure *p = c->procedure;
    bool is_known = true;
    if (strcmp(kind, "case") == 0) is_known = fact_of(p, name) != NULL;
    else if (strcmp(kind, "flag") == 0) is_known = names_have(&p->flags, name);
    else if (strcmp(kind, "state") == 0) is_known = span_is(name, "new") || state_index(p, name) < p->state_count;
    else if (strcmp(kind, "party") == 0) is_known = p->parties.len > 0 && fact_of(p, name) != NULL;
    else if (strcmp(kind, "party_state") == 0) is_known = party_state_index(p, name) < p->party_state_count;
    else if (strcmp(kind, "filed") == 0) is_known = document_of(p, name) != NULL;
    else if (strcmp(kind, "duty_open") == 0) is_known = has_duty(p, name);
    else if (strcmp(kind, "ceiling") == 0 || strcmp(kind, "barred") == 0) is_known = ceiling_is_known(c->law, name);
    else if (strcmp(kind, "against") == 0) is_known = override_is_of(p, name);
    else if (strcmp(kind, "setting") == 0) is_known = json_find(c->profile->settings, name) != NULL;
    else if (strcmp(kind, "field") == 0 && c->document != NULL) is_known = field_of(c->document, name) != NULL;
    if (!is_known) finding(c, node, "there is no %s \"%.*s\"", kind, SPAN_FMT(name));
}

static void condition_check(struct checker *c, const struct condition *condition) { condition_visit(condition, name_check, c); }

// --- words and sources ---

static void word_check(struct checker *c, struct span key, const char *suffix, struct span english, const struct yaml *node) {
    if (english.len == 0) finding(c, node, "%.*s has no %s", SPAN_FMT(key), suffix + 1);
}

static void certainty_check(struct checker *c, const struct yaml *node) {
    struct span certainty = yaml_get_text(node, "certainty");
    if (certainty.len > 0 && !span_is(certainty, "mem") && !span_is(certainty, "int") && !span_is(certainty, "web"))
        finding(c, node, "certainty is mem, int or web");
}

// --- documents ---

static bool types_agree(enum field_type field, struct span fact) {
    if (field == FIELD_INSTANT) return span_is(fact, "instant");
    if (field == FIELD_DATE) return span_is(fact, "date");
    if (field == FIELD_BOOL) return span_is(fact, "bool");
    if (field == FIELD_INT) return span_is(fact, "int");
    if (field == FIELD_COUNTRIES || field == FIELD_ENTITY_TYPES || field == FIELD_CHOICES) return span_is(fact, "countries");
    return span_is(fact, "choice");
}

static void fields_check_rows(struct checker *c, const struct field *fields, size_t count, bool is_top) {
    for (size_t i = 0; i < count; i++) {
        const struct field *field = &fields[i];
        word_check(c, field->key, ".label", field->label, field->node);
        certainty_check(c, field->node);
        if (is_top && field->article.len == 0) finding(c, field->node, "no source: field \"%.*s\"", SPAN_FMT(field->name));
        if (!is_top && (field->keeps.len > 0 || field->register_as.len > 0))
            finding(c, field->node, "\"%.*s\": only fields of the form itself are kept or registered", SPAN_FMT(field->name));
        condition_check(c, field->required_when);
        condition_check(c, field->shown_when);
        condition_check(c, field->wants_all_when);
        if (field->catalogue.len > 0 && catalogue_find(c->law, field->catalogue) == NULL) finding(c, field->node, "there is no catalogue \"%.*s\"", SPAN_FMT(field->catalogue));
        if (field->keeps.len > 0) {
            const struct fact_name *fact = fact_of(c->procedure, field->keeps);
            if (fact == NULL) finding(c, field->node, "there is no fact \"%.*s\"", SPAN_FMT(field->keeps));
            else if (!types_agree(field->type, fact->type))
                finding(c, field->node, "the fact \"%.*s\" is a %.*s, the field a %s", SPAN_FMT(fact->name), SPAN_FMT(fact->type), field_type_name(field->type));
        }
        fields_check_rows(c, field->fields, field->count, false);
    }
}

// What a party files moves its own part.
static void party_moves_check(struct checker *c, const struct document *d) {
    for (size_t i = 0; i < d->move_count; i++) {
        const struct move_row *move = &d->moves[i];
        condition_check(c, move->when);
        name_check(c, "party_state", move->to, move->node);
        for (size_t k = 0; k < move->from.count; k++) name_check(c, "party_state", move->from.items[k], move->node);
    }
}

static void parties_check(struct checker *c, const struct document *d) {
    const struct procedure *p = c->procedure;
    if (d->is_by_party && p->parties.len == 0) finding(c, d->node, "\"%.*s\" is filed by a party, but the procedure has no parties", SPAN_FMT(d->id));
    if (d->is_by_party && d->may_open) finding(c, d->node, "a party opens no case: \"%.*s\"", SPAN_FMT(d->id));
    if (d->is_by_party && d->parties_see && !span_is(p->parties, "offices")) finding(c, d->node, "what a party files no other party sees: \"%.*s\"", SPAN_FMT(d->id));
    if (d->is_by_party && d->needs_entity && !span_is(p->parties, "entities"))
        finding(c, d->node, "parties are no entities here: \"%.*s\" can't be filed by one", SPAN_FMT(d->id));
    if (d->parties_see && p->parties.len == 0) finding(c, d->node, "the procedure has no parties to see \"%.*s\"", SPAN_FMT(d->id));
    condition_check(c, d->parties_see_when);
    condition_check(c, d->public_when);
    for (size_t i = 0; i < d->effect_count; i++) {
        const struct effect_row *effect = &d->effects[i];
        bool is_of_parties = effect->kind >= EFFECT_PARTY_ADD || span_is(effect->office_kind, "parties");
        if (is_of_parties && (p->parties.len == 0 || d->is_by_party)) finding(c, effect->node, "the effect needs a procedure with parties, and an office that files");
        for (size_t k = 0; k < effect->party_states.count; k++) name_check(c, "party_state", effect->party_states.items[k], effect->node);
        if (effect->of.len > 0) name_check(c, "filed", effect->of, effect->node);
        if (effect->preview.len > 0) name_check(c, "field", effect->preview, effect->node);
        const struct field *field = field_of(effect->of.len > 0 ? document_of(p, effect->of) : d, effect->field);
        if (effect->kind == EFFECT_PARTY_OFFICES && (!span_is(p->parties, "offices") || (effect->field.len > 0 && (field == NULL || field->type != FIELD_COUNTRIES))))
            finding(c, effect->node, "add_offices: only where parties are offices; states: a field of countries");
        if (effect->kind < EFFECT_PARTY_ADD || effect->kind == EFFECT_PARTY_OFFICES || field == NULL) continue;
        enum field_type single = field_type_single(field->type), wanted = span_is(p->parties, "cases") ? FIELD_CASE : span_is(p->parties, "offices") ? FIELD_OFFICE : FIELD_ENTITY;
        if (effect->kind == EFFECT_PARTY_SELECT ? field->type != FIELD_SELECTION : single != wanted)
            finding(c, effect->node, "the field \"%.*s\" names no parties of this procedure", SPAN_FMT(effect->field));
    }
}

static void moves_check(struct checker *c, const struct document *d) {
    bool leaves_new = false;
    if (d->is_by_party) {
        party_moves_check(c, d);
        return;
    }
    for (size_t i = 0; i < d->move_count; i++) {
        const struct move_row *move = &d->moves[i];
        condition_check(c, move->when);
        if (state_index(c->procedure, move->to) == c->procedure->state_count)
            finding(c, move->node, "there is no state \"%.*s\"", SPAN_FMT(move->to));
        for (size_t k = 0; k < move->from.count; k++)
            if (!(d->may_open && span_is(move->from.items[k], "new")) && !document_fits_state(d, move->from.items[k]))
                finding(c, move->node, "\"%.*s\" is never filed in state \"%.*s\"", SPAN_FMT(d->id), SPAN_FMT(move->from.items[k]));
        if ((move->from.count == 0 || names_have(&move->from, SPAN("new"))) && move->when == NULL) leaves_new = true;
    }
    if (d->may_open && !leaves_new) finding(c, d->node, "\"%.*s\" may open a case but need not bring it into a state", SPAN_FMT(d->id));
}

static void kept_check(struct checker *c, const struct document *d) {
    for (size_t i = 0; i < d->fact_count; i++) {
        const struct fact_row *row = &d->facts[i];
        condition_check(c, row->when);
        name_check(c, "case", row->fact, row->node);
        const char *fault = row->source == FACT_CLOCK ? fact_clock_fault(c->profile, c->procedure, d, row) : NULL;
        if (fault != NULL) finding(c, row->node, "\"%.*s\" %s", SPAN_FMT(row->name), fault);
        if (row->source == FACT_FIELD || row->source == FACT_CASE) name_check(c, row->source == FACT_FIELD ? "field" : "case", row->name, row->node);
    }
    for (size_t i = 0; i < d->flag_count; i++) {
        condition_check(c, d->flags[i].when);
        name_check(c, "flag", d->flags[i].flag, d->flags[i].node);
    }
    for (size_t i = 0; i < d->effect_count; i++) {
        condition_check(c, d->effects[i].when);
        if (d->effects[i].field.len > 0 && d->effects[i].of.len == 0) name_check(c, "field", d->effects[i].field, d->effects[i].node);
        if (d->effects[i].until.len > 0) name_check(c, "field", d->effects[i].until, d->effects[i].node);
        if (d->effects[i].kind_field.len > 0) name_check(c, "field", d->effects[i].kind_field, d->effects[i].node);
        if (d->effects[i].kind == EFFECT_ASSIGN) name_check(c, "field", d->effects[i].value, d->effects[i].node);
    }
}

enum { EMERGENCY_FIELDS_MAX = 8 };
static bool records(const struct office_kind *kind) { return kind != NULL && (kind->does & OFFICE_RECORDS) != 0; }
// Filings without account and for another: a short form, an office that may, and a group that says how it came.
static void intake_rows_check(struct checker *c, const struct document *d) {
    const struct field *on_behalf = field_of(d, SPAN(FIELD_ON_BEHALF));
    size_t asked = d->field_count - (on_behalf != NULL);
    if (d->claim == CLAIM_OPENS && (!d->may_open || d->needs_entity || !names_have(&d->by, SPAN("anyone"))))
        finding(c, d->node, "\"%.*s\" gives a claim: anyone may file it, it opens a case and needs no entity", SPAN_FMT(d->id));
    if (d->claim == CLAIM_OPENS && asked > EMERGENCY_FIELDS_MAX)
        finding(c, d->node, "\"%.*s\" asks for %zu fields without account; at most %d", SPAN_FMT(d->id), asked, (int)EMERGENCY_FIELDS_MAX);
    if ((d->claim == CLAIM_FILES || d->claim == CLAIM_TAKES) && (d->needs_entity || !names_have(&d->by, SPAN("anyone"))))
        finding(c, d->node, "\"%.*s\" is filed by the holder of a claim: anyone may file it, and it needs no entity", SPAN_FMT(d->id));
    for (size_t i = 0; d->claim == CLAIM_INVITES && i < d->by.count; i++)
        if (d->needs_entity || !role_is_office(d->by.items[i])) finding(c, d->node, "\"%.*s\" invites an outsider: offices file it, and it needs no entity", SPAN_FMT(d->id));
    for (size_t i = 0; i < d->intake.count; i++)
        if (!records(office_kind_find(c->law, d->intake.items[i])))
            finding(c, d->node, "there is no office \"%.*s\" that records for others", SPAN_FMT(d->intake.items[i]));
    bool says_how = false;
    for (size_t i = 0; on_behalf != NULL && i < on_behalf->count; i++)
        says_how = says_how || (span_is(on_behalf->fields[i].name, "received_at") && on_behalf->fields[i].type == FIELD_INSTANT && on_behalf->fields[i].is_required);
    if (d->intake.count > 0 && (!says_how || on_behalf->type != FIELD_GROUP))
        finding(c, d->node, "\"%.*s\" is recorded for another: the group on_behalf with received_at is missing", SPAN_FMT(d->id));
    for (size_t i = 0; i < d->compare_count; i++) name_check(c, "field", d->compare[i].field, d->node);
}

static void document_check(struct checker *c, const struct document *d) {
    c->document = d;
    for (size_t i = 0; i < d->by.count; i++)
        if (role_is_office(d->by.items[i]) && office_kind_find(c->law, d->by.items[i]) == NULL)
            finding(c, d->node, "there is no role \"%.*s\"", SPAN_FMT(d->by.items[i]));
    for (size_t i = 0; i < d->in.count; i++)
        if (!span_is(d->in.items[i], "any")) name_check(c, "state", d->in.items[i], d->node);
    char key[256];
    int len = snprintf(key, sizeof key, "%.*s.%.*s", SPAN_FMT(d->home), SPAN_FMT(d->id));
    word_check(c, span_make(key, len > 0 && (size_t)len < sizeof key ? (size_t)len : 0), ".label", d->label, d->node);
    certainty_check(c, d->node);
    condition_check(c, d->when);
    if (d->withdraws.len > 0) name_check(c, "field", d->withdraws, d->node);
    fields_check_rows(c, d->fields, d->field_count, true);
    for (size_t i = 0; i < d->rule_count; i++) {
        condition_check(c, d->rules[i].when);
        for (size_t k = 0; k < d->rules[i].fields.count; k++) name_check(c, "field", d->rules[i].fields.items[k], d->rules[i].node);
    }
    moves_check(c, d);
    kept_check(c, d);
    intake_rows_check(c, d);
    parties_check(c, d);
    c->document = NULL;
}

// --- reachability ---

static bool document_is_reachable(const struct checker *c, const struct document *d) {
    if (d->may_open) return true;
    for (size_t i = 0; i < c->procedure->state_count; i++)
        if (c->is_reachable[i] && document_fits_state(d, c->procedure->states[i].id)) return true;
    return false;
}

// States that moves lead to, whatever their conditions.
static void reach(struct checker *c) {
    const struct procedure *p = c->procedure;
    memset(c->is_reachable, 0, sizeof c->is_reachable);
    for (bool is_changed = true; is_changed;) {
        is_changed = false;
        for (size_t i = 0; i < p->document_count; i++) {
            const struct document *d = &p->documents[i];
            if (d->is_by_party || !document_is_reachable(c, d)) continue;
            for (size_t k = 0; k < d->move_count; k++) {
                size_t to = state_index(p, d->moves[k].to);
                if (to == p->state_count || c->is_reachable[to]) continue;
                c->is_reachable[to] = is_changed = true;
            }
        }
    }
}

static bool can_be_left(const struct procedure *p, struct span state) {
    for (size_t i = 0; i < p->document_count; i++) {
        const struct document *d = &p->documents[i];
        if (d->is_by_party || !document_fits_state(d, state)) continue;
        for (size_t k = 0; k < d->move_count; k++)
            if (!span_equals(d->moves[k].to, state) && (d->moves[k].from.count == 0 || names_have(&d->moves[k].from, state))) return true;
    }
    return false;
}

static void reach_check(struct checker *c) {
    const struct procedure *p = c->procedure;
    reach(c);
    for (size_t i = 0; i < p->state_count; i++) {
        if (p->states[i].label.len == 0) finding(c, p->states[i].node, "the state has no label");
        if (!c->is_reachable[i]) {
            // A state that only an overlay leads to is no fault of the Union's pack, nor of states without that overlay.
            if (c->state.len > 0 || span_is(yaml_get_text(p->states[i].node, "overlay"), "yes")) continue;
            finding(c, p->states[i].node, "no document leads to state \"%.*s\"", SPAN_FMT(p->states[i].id));
        } else if (!p->states[i].is_final && !can_be_left(p, p->states[i].id)) {
            finding(c, p->states[i].node, "state \"%.*s\" can't be left and is not final", SPAN_FMT(p->states[i].id));
        }
    }
    for (size_t i = 0; i < p->document_count; i++)
        if (!document_is_reachable(c, &p->documents[i])) finding(c, p->documents[i].node, "\"%.*s\" can never be filed", SPAN_FMT(p->documents[i].id));
}

// --- duties ---

static bool fact_is_set(const struct checker *c, struct span fact) {
    for (size_t i = 0; i < c->procedure->document_count; i++) {
        const struct document *d = &c->procedure->documents[i];
        if (!document_is_reachable(c, d)) continue;
        for (size_t k = 0; k < d->field_count; k++)
            if (span_equals(d->fields[k].keeps, fact)) return true;
        for (size_t k = 0; k < d->fact_count; k++)
            if (span_equals(d->facts[k].fact, fact)) return true;
    }
    return false;
}

// Whether the clock's anchor can ever become known for this duty.
static void anchor_check(struct checker *c, const struct duty_row *duty, const struct clock_row *row) {
    struct span anchor = row->anchor, name = span_part(anchor, 6, anchor.len);
    if (span_is(anchor, "received_at")) return;
    if (span_starts_with(anchor, SPAN("filed."))) {
        const struct document *d = document_of(c->procedure, name);
        if (d == NULL || !document_is_reachable(c, d)) finding(c, row->node, "the clock runs from \"%.*s\", which can't be filed", SPAN_FMT(name));
    } else if (span_starts_with(anchor, SPAN("field."))) {
        for (size_t i = 0; i < duty->opens_on.count; i++) {
            const struct field *field = field_of(document_of(c->procedure, duty->opens_on.items[i]), name);
            if (field == NULL || (field->type != FIELD_INSTANT && field->type != FIELD_DATE))
                finding(c, row->node, "\"%.*s\" has no time \"%.*s\" for the clock to run from", SPAN_FMT(duty->opens_on.items[i]), SPAN_FMT(name));
        }
        if (duty->opens_on.count == 0) finding(c, duty->node, "a clock that runs from a field needs opens_on");
    } else if (fact_of(c->procedure, anchor) == NULL || !fact_is_set(c, anchor)) {
        finding(c, row->node, "no document gives the time \"%.*s\" that the clock runs from", SPAN_FMT(anchor));
    }
}

static void clock_check(struct checker *c, const struct duty_row *duty) {
    for (size_t i = 0; i < c->profile->clock_count; i++) {
        const struct clock *clock = &c->profile->clocks[i];
        if (!span_equals(clock->id, duty->clock)) continue;
        for (size_t k = 0; k < clock->row_count; k++) {
            condition_check(c, clock->rows[k].when);
            certainty_check(c, clock->rows[k].node);
            anchor_check(c, duty, &clock->rows[k]);
        }
    }
}

static bool some_profile_has(const struct law *law, struct span clock) {
    for (size_t i = 0; i <= law_pack_count(law); i++) {
        const struct pack *pack = i < law_pack_count(law) ? law_pack_at(law, i) : NULL;
        struct span state = pack != NULL && span_starts_with(pack->id, SPAN("national/")) ? span_part(pack->id, 9, pack->id.len) : SPAN("");
        const struct clock_profile *profile = clock_profile_of(law, state, latest_day());
        for (size_t k = 0; k < profile->clock_count; k++)
            if (span_equals(profile->clocks[k].id, clock)) return true;
    }
    return false;
}

// Whoever may file what opens the duty must be able to fulfil it.
static void owed_by_filer_check(struct checker *c, const struct duty_row *duty, const struct document *d) {
    if (!names_have(&duty->owed_by, SPAN("filer"))) return;
    if (duty->opens_on.count == 0) finding(c, duty->node, "a duty of the filer needs opens_on");
    for (size_t i = 0; i < duty->opens_on.count; i++) {
        const struct document *opener = document_of(c->procedure, duty->opens_on.items[i]);
        for (size_t k = 0; opener != NULL && k < opener->by.count; k++)
            if (!names_have(&d->by, opener->by.items[k]))
                finding(c, duty->node, "\"%.*s\" is owed by %.*s, who may not file it", SPAN_FMT(duty->document), SPAN_FMT(opener->by.items[k]));
    }
}

static void duty_check(struct checker *c, const struct duty_row *duty) {
    const struct procedure *p = c->procedure;
    const struct document *d = document_of(p, duty->document);
    certainty_check(c, duty->node);
    condition_check(c, duty->opens_when);
    condition_check(c, duty->closes_when);
    condition_check(c, duty->firm_when);
    if (d == NULL || !document_is_reachable(c, d)) {
        finding(c, duty->node, "\"%.*s\" can't be filed, so the duty can't be met", SPAN_FMT(duty->document));
        return;
    }
    owed_by_filer_check(c, duty, d);
    if (duty_row_is_of_parties(duty) && duty->owed_by.count > 1) finding(c, duty->node, "what each party owes nobody else does: owed_by: [party]");
    for (size_t i = 0; i < duty->owed_by.count; i++)
        if (!span_is(duty->owed_by.items[i], "filer") && !names_have(&d->by, duty->owed_by.items[i]))
            finding(c, duty->node, "\"%.*s\" is owed by %.*s, who may not file it", SPAN_FMT(duty->document), SPAN_FMT(duty->owed_by.items[i]));
    bool is_done_by_own = false;
    for (size_t i = 0; i < duty->done_count; i++) {
        const struct document *done = document_of(p, duty->done_by[i].document);
        is_done_by_own = is_done_by_own || done == d;
        c->document = done;
        if (done == NULL) finding(c, duty->node, "there is no document \"%.*s\"", SPAN_FMT(duty->done_by[i].document));
        else if (duty->done_by[i].matches.len > 0) name_check(c, "field", duty->done_by[i].matches, duty->node);
        condition_check(c, duty->done_by[i].when);
        c->document = NULL;
    }
    if (!is_done_by_own) finding(c, duty->node, "the duty is not fulfilled by its own document");
    for (size_t i = 0; i < duty->opens_on.count; i++) name_check(c, "filed", duty->opens_on.items[i], duty->node);
    if (duty->clock.len > 0 && !some_profile_has(c->law, duty->clock)) finding(c, duty->node, "no state has a clock \"%.*s\"", SPAN_FMT(duty->clock));
}

static void proposal_check(struct checker *c, const struct proposal_row *row) {
    condition_check(c, row->when);
    for (size_t i = 0; i < row->on.count; i++) {
        name_check(c, "filed", row->on.items[i], row->node);
        const struct document *d = document_of(c->procedure, row->on.items[i]);
        for (size_t k = 0; d != NULL && k < row->fields.count; k++)
            if (field_of(d, row->fields.items[k]) == NULL)
                finding(c, row->node, "\"%.*s\" has no field \"%.*s\"", SPAN_FMT(d->id), SPAN_FMT(row->fields.items[k]));
    }
    if (row->target == TARGET_STATES && fact_of(c->procedure, row->target_name) == NULL)
        finding(c, row->node, "there is no fact \"%.*s\" with states", SPAN_FMT(row->target_name));
}

static void audience_tell(void *context, const struct yaml *node, const char *words, struct span name) {
    finding(context, node, "%s \"%.*s\"", words, SPAN_FMT(name));
}

static void procedure_rows_check(struct checker *c, const struct procedure *p) {
    c->procedure = p;
    if (p->state_count > STATES_MAX) finding(c, p->node, "more than %d states", (int)STATES_MAX);
    if (p->state_count > STATES_MAX) return;
    for (size_t i = 0; i < p->document_count; i++) document_check(c, &p->documents[i]);
    reach_check(c);
    for (size_t i = 0; i < p->duty_count; i++) duty_check(c, &p->duties[i]);
    for (size_t i = 0; i < p->duty_count; i++) clock_check(c, &p->duties[i]);
    for (size_t i = 0; i < p->proposal_count; i++) proposal_check(c, &p->proposals[i]);
    for (size_t i = 0; i < p->indication_count || i < p->reach_count; i++) {
        if (i < p->indication_count) condition_check(c, p->indications[i].when);
        if (i < p->reach_count) condition_check(c, p->reaches[i].when);
    }
    for (size_t i = 0; i < p->closed_to_entity.count; i++)
        if (!span_is(p->closed_to_entity.items[i], "any")) name_check(c, "state", p->closed_to_entity.items[i], p->node);
    audience_check(p, audience_tell, c);
}

// What a state changes: overlays as a whole, otherwise its clocks only. And that its files say where they come from.
static void state_check(struct checker *c, const struct pack *pack) {
    const struct yaml *clocks = pack_file_root(pack, "clocks.yaml");
    for (size_t i = 0; i < pack->file_count; i++) {
        const struct yaml *root = pack->files[i].root;
        if (root != clocks && !pack_file_is_under(&pack->files[i], "procedures/") && !pack_file_is_under(&pack->files[i], "clocks/")) continue;
        struct civil checked_on;
        if (yaml_get_text(root, "source").len == 0 || !civil_parse(yaml_get_text(root, "checked_on"), &checked_on))
            finding(c, root, "source and checked_on are needed");
    }
    c->state = span_part(pack->id, 9, pack->id.len);
    c->profile = clock_profile_of(c->law, c->state, latest_day());
    const struct procedure *all;
    size_t count = procedures_of(c->law, c->state, latest_day(), &all);
    for (size_t i = 0; i < count; i++) {
        bool is_overlaid = true;
        for (size_t k = 0; k < c->law->procedures->base_count; k++)
            is_overlaid = is_overlaid && all[i].documents != c->law->procedures->base[k].documents;
        if (is_overlaid) procedure_rows_check(c, &all[i]);
        if (is_overlaid || clocks == NULL) continue;
        c->procedure = &all[i];
        reach(c);
        for (size_t k = 0; k < all[i].duty_count; k++) clock_check(c, &all[i].duties[k]);
    }
    c->state = SPAN("");
}

struct err procedure_check(const struct law *law, struct buf *report, size_t *ret_findings) {
    struct checker c = {.law = law, .report = report, .profile = clock_profile_of(law, SPAN(""), latest_day())};
    const struct procedure_book *book = law->procedures;
    size_t documents = 0, duties = 0;
    for (size_t i = 0; i < book->base_count; i++) {
        procedure_rows_check(&c, &book->base[i]);
        documents += book->base[i].document_count;
        duties += book->base[i].duty_count;
    }
    for (size_t i = 0; i < book->union_count; i++) // what the Union's node has of what both have
        if (span_is(book->of_union[i].nodes, "any")) procedure_rows_check(&c, &book->of_union[i]);
    for (size_t i = 0; i < law_pack_count(law); i++)
        if (span_starts_with(law_pack_at(law, i)->id, SPAN("national/"))) state_check(&c, law_pack_at(law, i));
    buf_printf(report, "%s: %zu procedures with %zu documents and %zu duties, in %zu states with rows of their own\n",
               c.findings == 0 ? "proved" : "looked at", book->base_count, documents, duties, book->state_count);
    *ret_findings = c.findings;
    return report->is_failed ? err_make(ERR_MEMORY) : err_none();
}
