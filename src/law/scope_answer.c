// SPDX-License-Identifier: EUPL-1.2
/* The whole answer: outcome, class, every rule that fired, the law it rests on, whom to ask. */
#include "law/scope_private.h"

static void tell_outcome(struct inquiry *q) {
    struct scope_answer *a = q->answer;
    unsigned classes = q->outcome.classes;
    a->possible = classes;
    a->class = outcome_class(&q->outcome);
    a->outcome = classes == 1u << ENTITY_OUT          ? SCOPE_OUT
                 : (classes & 1u << ENTITY_OUT) == 0 ? SCOPE_IN
                                                     : SCOPE_UNDETERMINED;
    for (size_t i = 0; i < q->trace.count; i++)
        if (q->trace.fired[i].is_certain && q->trace.fired[i].row->has_class && q->trace.fired[i].row->class == ENTITY_DOMAIN_NAME_REGISTRATION)
            a->is_domain_name_registration = true;
}

static void tell_law(struct inquiry *q) {
    struct scope_answer *a = q->answer;
    const struct scope_view *view = q->pass.view;
    const struct pack *pack = view->state->pack;
    a->law = view->book->law;
    a->state = view->state->code;
    a->at = view->at;
    if (pack == NULL) return;
    a->state_title = pack->title;
    a->transposing_act = yaml_get_text(pack->manifest, "law");
    bool is_said = span_is(yaml_get_text(pack->manifest, "transposed"), "yes");
    a->is_transposition_dated = pack->has_from || !is_said;
    a->is_transposed = is_said && (!pack->has_from || civil_compare(view->at, pack->from) >= 0);
}

static bool size_was_read(const struct inquiry *q) {
    size_t size = q->pass.view->book->size_variable;
    return q->trace.is_read[size] || q->trace.is_needed[size];
}

static bool is_alone(const struct inquiry *q) { // sized without related enterprises
    return q->pass.facts->has_relations && q->pass.sizes == q->pass.facts->size_own && q->pass.sizes != q->pass.facts->size_group;
}

static struct err tell_size(struct inquiry *q, struct size_line **ret, size_t *ret_count) {
    const struct scope_book *book = q->pass.view->book;
    struct scope_answer *a = q->answer;
    *ret_count = 0;
    if (!size_was_read(q)) return err_none();
    if (!q->pass.facts->is_sized && !q->trace.is_needed[book->size_variable]) {
        a->size = SPAN("na");
        return err_none();
    }
    for (size_t s = 0; s < size_count(&book->size); s++)
        if (q->pass.sizes == 1u << s) a->size = size_name(&book->size, s);
    a->is_provisional = q->pass.facts->size.is_estimate;
    a->needs_decision_record = is_alone(q);
    return size_explain(&book->size, &q->pass.facts->size, is_alone(q), q->arena, ret, ret_count);
}

// A rule of size has words of its own: "size.S5".
static struct err tell_rules(struct inquiry *q) {
    struct size_line *lines = NULL;
    size_t line_count;
    TRY(tell_size(q, &lines, &line_count));
    struct scope_answer *a = q->answer;
    a->rules = arena_take_array(q->arena, q->trace.count + line_count + 1, sizeof *a->rules);
    if (a->rules == NULL) return err_make(ERR_MEMORY);
    if (!q->pass.view->is_in_force)
        a->rules[a->rule_count++] = (struct scope_rule){.id = SPAN("N0"), .article = SPAN("NIS2 41(1)"), .words_key = SPAN("rule.N0"),
                                                       .effect = SPAN("out"), .is_certain = true};
    for (size_t i = 0; i < q->trace.count; i++) {
        const struct fired *f = &q->trace.fired[i];
        struct span type = f->type < TYPES_MAX ? q->pass.view->book->types[f->type].code : SPAN("");
        a->rules[a->rule_count++] =
            (struct scope_rule){.id = f->row->id, .article = f->row->article, .words_key = f->row->words_key, .type = type,
                                .effect = f->row->effect, .certainty = f->row->certainty,
                                .is_certain = f->is_certain};
    }
    for (size_t i = 0; i < line_count; i++)
        a->rules[a->rule_count++] = (struct scope_rule){.id = lines[i].step.id, .article = lines[i].step.article, .words_key = lines[i].step.words_key,
                                                       .detail = lines[i].detail, .is_certain = true};
    return err_none();
}

// A role that is not known is told as unknown, never left out.
static struct err tell_contacts(struct inquiry *q) {
    static const char *const ROLES[] = {"ca", "csirt", "spoc", "portal"};
    enum { ROLE_COUNT = sizeof ROLES / sizeof ROLES[0] };
    struct scope_answer *a = q->answer;
    const struct yaml *root = pack_file_root(q->pass.view->state->pack, "directory.yaml");
    a->contacts = arena_take_array(q->arena, ROLE_COUNT, sizeof *a->contacts);
    if (a->contacts == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < ROLE_COUNT; i++) {
        const struct yaml *cell = yaml_get(root, ROLES[i]);
        a->contacts[a->contact_count++] =
            (struct scope_contact){.role = span_of(ROLES[i]), .name = yaml_get_text(cell, "name"),
                                   .certainty = yaml_get_text(cell, "certainty"), .source = yaml_get_text(cell, "source")};
    }
    return err_none();
}

unsigned inquiry_classes_if(struct inquiry *q, size_t variable, uint8_t value) {
    struct pass pass = q->pass;
    struct outcome outcome;
    pass.value[variable] = value;
    pass_explore(&pass, &outcome, false);
    return outcome.classes;
}

struct err scope_answer_facts(const struct scope_view *view, const struct scope_facts *facts, struct arena *arena,
                              struct scope_answer *ret, struct why *why) {
    struct inquiry *q = ARENA_NEW(arena, struct inquiry);
    struct scope_answer answer = {0};
    if (q == NULL) return why_set(why, ERR_MEMORY, NULL, "scope.memory", NULL, "no memory for the answer");
    q->arena = arena;
    q->answer = &answer;
    pass_begin(&q->pass, view, facts);
    struct pass pass = q->pass;
    pass_explore(&pass, &q->outcome, false);
    pass = q->pass;
    pass_trace(&pass, &q->trace);
    tell_outcome(q);
    tell_law(q);
    struct err e = tell_rules(q);
    if (!is_err(e)) e = inquiry_facts(q);
    if (!is_err(e)) e = inquiry_changes(q);
    if (!is_err(e)) e = inquiry_options(q);
    if (!is_err(e)) e = inquiry_places(q);
    if (!is_err(e)) e = inquiry_regimes(q);
    if (!is_err(e)) e = tell_contacts(q);
    if (is_err(e)) return why_set(why, e.code, NULL, "scope.memory", NULL, "no memory for the answer");
    *ret = answer;
    return err_none();
}

struct err scope_answer_make(const struct law *law, const struct json *facts, struct span state_or_empty, struct civil today,
                             struct arena *arena, struct scope_answer *ret, struct why *why) {
    struct span state;
    struct civil at;
    const struct scope_view *view;
    const struct scope_facts *read;
    TRY(scope_facts_read(law, facts, arena, &read, why));
    TRY(scope_place_read(facts, state_or_empty, today, &state, &at, why));
    TRY(scope_view_make(law, state, at, arena, &view, why));
    return scope_answer_facts(view, read, arena, ret, why);
}
