// SPDX-License-Identifier: EUPL-1.2
/*
 * Documents that only some see (`seen_by:`). What such a document leaves behind (facts, flags, duties) is seen by the same;
 * audience_check proves that nothing of it shows elsewhere: by the state of the case, by the register, by a message to
 * someone else, by a duty of someone else, or by a condition that lets something else be filed or not.
 */
#include "law/office.h"
#include "law/procedure_private.h"

static const struct names EVERYONE = {0};

static const struct document *document_of(const struct procedure *p, struct span id) {
    for (size_t i = 0; i < p->document_count; i++)
        if (span_equals(p->documents[i].id, id)) return &p->documents[i];
    return NULL;
}

static const struct names *audience_of(const struct procedure *p, struct span document) {
    const struct document *d = document_of(p, document);
    return d == NULL ? &EVERYONE : &d->seen_by;
}

const struct names *duty_audience(const struct procedure *p, const struct duty_row *duty) {
    const struct names *own = audience_of(p, duty->document);
    for (size_t i = 0; own->count == 0 && i < duty->opens_on.count; i++) own = audience_of(p, duty->opens_on.items[i]);
    return own;
}

// Whether all that are in A are in B; none named is everyone.
static bool is_within(const struct names *a, const struct names *b) {
    if (b->count == 0) return true;
    for (size_t i = 0; i < a->count; i++)
        if (!names_have(b, a->items[i])) return false;
    return a->count > 0;
}

static bool sets_fact(const struct document *d, struct span fact) {
    for (size_t i = 0; i < d->field_count; i++)
        if (span_equals(d->fields[i].keeps, fact)) return true;
    for (size_t i = 0; i < d->fact_count; i++)
        if (span_equals(d->facts[i].fact, fact) && !d->facts[i].is_for_all) return true;
    return false;
}

static bool sets_flag(const struct document *d, struct span flag) {
    for (size_t i = 0; i < d->flag_count; i++)
        if (span_equals(d->flags[i].flag, flag) && !d->flags[i].is_for_all) return true;
    return false;
}

struct walk {
    const struct procedure *procedure;
    const struct names *audience; // of what the condition stands in
    audience_teller *tell;
    void *context;
};

static void need(const struct walk *w, const struct names *source, const struct yaml *node, struct span name) {
    if (!is_within(w->audience, source)) w->tell(w->context, node, "depends on what others may not see:", name);
}

// Whoever can tell whether the condition holds learns of what it names.
static void reference_check(void *context, const char *kind, struct span name, const struct yaml *node) {
    const struct walk *w = context;
    const struct procedure *p = w->procedure;
    bool is_fact = strcmp(kind, "case") == 0, is_flag = strcmp(kind, "flag") == 0;
    if (strcmp(kind, "filed") == 0) need(w, audience_of(p, name), node, name);
    for (size_t i = 0; strcmp(kind, "duty_open") == 0 && i < p->duty_count; i++)
        if (span_equals(p->duties[i].id, name)) need(w, duty_audience(p, &p->duties[i]), node, name);
    for (size_t i = 0; (is_fact || is_flag) && i < p->document_count; i++) {
        const struct document *d = &p->documents[i];
        if (is_fact ? sets_fact(d, name) : sets_flag(d, name)) need(w, &d->seen_by, node, name);
    }
}

static void condition_check(const struct walk *w, const struct condition *condition) {
    struct walk walk = *w;
    condition_visit(condition, reference_check, &walk);
}

static void conditions_check(const struct walk *w, const struct document *d) {
    condition_check(w, d->when);
    for (size_t i = 0; i < d->field_count; i++) {
        condition_check(w, d->fields[i].required_when);
        condition_check(w, d->fields[i].shown_when);
    }
    for (size_t i = 0; i < d->rule_count; i++) condition_check(w, d->rules[i].when);
    for (size_t i = 0; i < d->move_count; i++) condition_check(w, d->moves[i].when);
    for (size_t i = 0; i < d->fact_count; i++) {
        condition_check(w, d->facts[i].when);
        if (d->facts[i].source == FACT_CASE) reference_check((void *)(uintptr_t)w, "case", d->facts[i].name, d->facts[i].node);
    }
    for (size_t i = 0; i < d->flag_count; i++) condition_check(w, d->flags[i].when);
    for (size_t i = 0; i < d->effect_count; i++) condition_check(w, d->effects[i].when);
    condition_check(w, d->public_when);
}

// An attribute of the register that only documents with these readers write is shown to them alone (procedure_register_sees).
static bool attribute_is_private(const struct procedure *p, const struct document *of, struct span attribute) {
    for (size_t i = 0; i < p->document_count; i++) {
        const struct document *d = &p->documents[i];
        for (size_t k = 0; k < d->field_count; k++)
            if (span_equals(d->fields[k].register_as, attribute) && !(is_within(&d->seen_by, &of->seen_by) && is_within(&of->seen_by, &d->seen_by))) return false;
    }
    return true;
}

bool procedure_register_sees(const struct law *law, struct span state, struct civil at, struct span attribute, struct span role) {
    const struct procedure *all;
    size_t count = procedures_of(law, state, at, &all);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < all[i].document_count; k++) {
            const struct document *d = &all[i].documents[k];
            for (size_t f = 0; d->seen_by.count > 0 && f < d->field_count; f++)
                if (span_equals(d->fields[f].register_as, attribute) && !names_have(&d->seen_by, role)) return false;
        }
    return true;
}

// The kinds of office that may see a case of the procedure, whatever its rows of `reaches` ask.
static bool offices_are_within(const struct procedure *p, const struct names *seen_by) {
    bool has_rows = yaml_get(p->node, "reaches") != NULL;
    if (!has_rows && !names_have(seen_by, SPAN("ca"))) return false;
    if (!has_rows && span_is(p->workspace, "desk") && !names_have(seen_by, SPAN("csirt"))) return false;
    for (size_t i = 0; i < p->reach_count; i++)
        if (!names_have(seen_by, p->reaches[i].office)) return false;
    return true;
}

// Whether nobody but those who see the document sees the case, before its move and after it.
static bool moves_unseen(const struct procedure *p, const struct document *d) {
    const struct names *closed = &p->closed_to_entity;
    if (names_have(closed, SPAN("any"))) return offices_are_within(p, &d->seen_by) && p->parties.len == 0;
    if (!offices_are_within(p, &d->seen_by) || p->parties.len > 0) return false;
    for (size_t i = 0; i < d->move_count; i++) {
        const struct names *from = d->moves[i].from.count > 0 ? &d->moves[i].from : &d->in;
        if (!names_have(closed, d->moves[i].to)) return false;
        for (size_t k = 0; k < from->count; k++)
            if (!names_have(closed, from->items[k]) && !span_is(from->items[k], "new")) return false;
    }
    return d->move_count > 0;
}

// What a document that only some see must not do, because all see it.
static void deeds_check(const struct walk *w, const struct document *d) {
    bool is_unseen = moves_unseen(w->procedure, d);
    if (d->move_count > 0 && !is_unseen && !d->is_by_party) w->tell(w->context, d->node, "moves the case, which others see too:", d->id);
    if (d->may_open && !is_unseen) w->tell(w->context, d->node, "opens a case, which others see too:", d->id);
    if (d->withdraws.len > 0) w->tell(w->context, d->node, "withdraws a filing, which others see too:", d->id);
    for (size_t i = 0; i < d->by.count; i++) // a party sees its own part, and moves that alone
        if (!d->is_by_party && !names_have(&d->seen_by, d->by.items[i])) w->tell(w->context, d->node, "is not seen by one who files it:", d->by.items[i]);
    for (size_t i = 0; i < d->field_count; i++)
        if (d->fields[i].register_as.len > 0 && !attribute_is_private(w->procedure, d, d->fields[i].register_as)) w->tell(w->context, d->fields[i].node, "writes the register, which others see too:", d->fields[i].name);
    for (size_t i = 0; i < d->effect_count; i++) {
        const struct effect_row *effect = &d->effects[i];
        struct span to = effect->office_kind.len > 0 ? effect->office_kind : SPAN("entity");
        if (effect->kind == EFFECT_STATUS || effect->kind == EFFECT_CLASS) w->tell(w->context, effect->node, "writes the register, which others see too:", d->id);
        if (effect->kind == EFFECT_MESSAGE && !names_have(&d->seen_by, to)) w->tell(w->context, effect->node, "sends a message to one who may not see it:", to);
    }
}

// A fact or flag has one audience, whoever sets it.
static void shared_check(const struct walk *w, const struct document *d) {
    const struct procedure *p = w->procedure;
    for (size_t k = 0; k < p->document_count; k++) {
        const struct document *other = &p->documents[k];
        if (other == d || (is_within(&other->seen_by, &d->seen_by) && is_within(&d->seen_by, &other->seen_by))) continue;
        for (size_t i = 0; i < p->fact_count; i++)
            if (sets_fact(d, p->facts[i].name) && sets_fact(other, p->facts[i].name)) w->tell(w->context, d->node, "sets what a document with other readers sets too:", p->facts[i].name);
        for (size_t i = 0; i < p->flags.count; i++)
            if (sets_flag(d, p->flags.items[i]) && sets_flag(other, p->flags.items[i])) w->tell(w->context, d->node, "sets what a document with other readers sets too:", p->flags.items[i]);
    }
}

static void duty_check(struct walk *w, const struct duty_row *duty) {
    const struct procedure *p = w->procedure;
    w->audience = duty_audience(p, duty);
    need(w, audience_of(p, duty->document), duty->node, duty->document);
    for (size_t i = 0; i < duty->opens_on.count; i++) need(w, audience_of(p, duty->opens_on.items[i]), duty->node, duty->opens_on.items[i]);
    for (size_t i = 0; i < duty->done_count; i++) {
        need(w, audience_of(p, duty->done_by[i].document), duty->node, duty->done_by[i].document);
        condition_check(w, duty->done_by[i].when);
    }
    condition_check(w, duty->opens_when);
    condition_check(w, duty->closes_when);
    condition_check(w, duty->firm_when);
    for (size_t i = 0; w->audience->count > 0 && i < duty->owed_by.count; i++)
        if (!span_is(duty->owed_by.items[i], "filer") && !names_have(w->audience, duty->owed_by.items[i]))
            w->tell(w->context, duty->node, "is owed by one who may not see it:", duty->owed_by.items[i]);
}

static bool admits(const struct procedure *p) {
    for (size_t i = 0; i < p->document_count; i++)
        for (size_t k = 0; k < p->documents[i].effect_count; k++)
            if (p->documents[i].effects[k].kind == EFFECT_ADMIT) return true;
    return false;
}

// Who may read because a filing names her: by a field that names a person, and ended by one that names that filing.
static void admission_check(const struct procedure *p, audience_teller *tell, void *context) {
    for (size_t i = 0; i < p->reach_count; i++)
        if (p->reaches[i].is_named && !admits(p)) tell(context, p->reaches[i].node, "reaches only whom a filing names, and none names anybody:", p->reaches[i].office);
    for (size_t i = 0; i < p->document_count; i++) {
        const struct document *d = &p->documents[i];
        for (size_t k = 0; k < d->effect_count; k++) {
            const struct effect_row *effect = &d->effects[k];
            enum field_type wanted = effect->kind == EFFECT_ADMIT ? FIELD_PERSON : FIELD_FILING;
            for (size_t f = 0; (effect->kind == EFFECT_ADMIT || effect->kind == EFFECT_DISMISS) && f < d->field_count; f++)
                if (span_equals(d->fields[f].name, effect->field) && d->fields[f].type != wanted)
                    tell(context, effect->node, "admits no person, or dismisses by no filing:", effect->field);
        }
    }
}

void audience_check(const struct procedure *p, audience_teller *tell, void *context) {
    struct walk w = {.procedure = p, .tell = tell, .context = context};
    for (size_t i = 0; i < p->document_count; i++) {
        const struct document *d = &p->documents[i];
        w.audience = &d->seen_by;
        conditions_check(&w, d);
        if (d->seen_by.count == 0) continue;
        deeds_check(&w, d);
        shared_check(&w, d);
    }
    for (size_t i = 0; i < p->duty_count; i++) duty_check(&w, &p->duties[i]);
    publication_check(p, tell, context);
    admission_check(p, tell, context);
    locks_check(p, tell, context);
    strands_check(p, tell, context);
    override_rows_check(p, tell, context);
    if (span_is(p->workspace, "own")) own_check(p, tell, context);
}

// --- who sees a case ---

static bool is_said(const struct buf *words, struct span word) {
    struct span text = buf_span(words);
    for (size_t at = 0; at < text.len;) {
        size_t end = span_find(text, ' ', at);
        if (span_equals(span_part(text, at, end), word)) return true;
        at = end + 1;
    }
    return false;
}

static void word_add(struct buf *words, struct span word, bool is_named) {
    if (is_said(words, word)) return;
    buf_add(words, word);
    if (is_named) buf_add_byte(words, '*');
    buf_add_byte(words, ' ');
}

// Without rows of its own, those that work in the workspace; what is included only adds to that.
static void offices_add(const struct law *law, const struct procedure *p, const struct facts *facts, struct span opener, struct arena *arena,
                        struct buf *words) {
    struct span own = yaml_get(p->node, "reaches") == NULL ? workspace_find(law, p->workspace)->reach : SPAN("");
    for (size_t at = 1; at < own.len;) {
        size_t end = span_find(own, ' ', at);
        word_add(words, span_part(own, at, end), false);
        at = end + 1;
    }
    for (size_t i = 0; i < p->reach_count; i++) {
        if (!condition_holds(p->reaches[i].when, facts)) continue;
        if (!p->reaches[i].is_opener) word_add(words, p->reaches[i].office, p->reaches[i].is_named);
        else if (opener.len > 0) word_add(words, arena_printf(arena, "=%.*s", SPAN_FMT(opener)), false);
    }
}

struct facts facts_of_case(const struct law *law, struct span state, struct civil at, const struct json *case_state, const struct json *subject) {
    return (struct facts){.subject = subject,
                          .settings = clock_profile_of(law, state, at)->settings,
                          .case_facts = json_get(case_state, "facts"),
                          .flags = json_get(case_state, "flags"),
                          .filings = json_get(case_state, "filings"),
                          .duties = json_get(case_state, "duties"),
                          .state = json_get_string(case_state, "state"),
                          .received_ms = INSTANT_NONE};
}

struct err procedure_reach(const struct law *law, struct span state, struct civil at, struct span procedure, const struct json *subject,
                           const struct json *case_state, struct arena *arena, struct procedure_reach *ret, struct why *why) {
    const struct procedure *p = procedure_get(law, state, at, procedure);
    if (p == NULL) return why_set(why, ERR_NOT_FOUND, "", "procedure.unknown", "", "There is no such procedure here on this date.");
    struct facts facts = facts_of_case(law, state, at, case_state, subject);
    struct buf words;
    buf_init(&words, arena, 128);
    buf_add_byte(&words, ' ');
    offices_add(law, p, &facts, json_get_string(case_state, "opener"), arena, &words);
    if (words.is_failed) return err_make(ERR_MEMORY);
    bool is_closed = names_have(&p->closed_to_entity, SPAN("any")) || names_have(&p->closed_to_entity, facts.state);
    *ret = (struct procedure_reach){.offices = buf_span(&words), .is_closed_to_entity = is_closed};
    for (size_t i = 0; i < p->state_count; i++)
        if (span_equals(p->states[i].id, facts.state)) ret->is_final = p->states[i].is_final;
    return err_none();
}
