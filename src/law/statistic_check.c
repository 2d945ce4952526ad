// SPDX-License-Identifier: EUPL-1.2
/* Proving the statistics of the packs: what they name is there, every value has a label, every row a source. */
#include "law/law_private.h"
#include "law/office.h"
#include "law/procedure_private.h"
#include "law/statistic_private.h"

struct checker {
    const struct law *law;
    const struct procedure *procedure; // NULL: entities
    struct buf *report;
    size_t *findings;
};

static void finding(void *context, const struct yaml *node, const char *words, struct span name) {
    struct checker *c = context;
    (*c->findings)++;
    buf_printf(c->report, "%s:%u: %s %.*s\n", node->file, node->line, words, SPAN_FMT(name));
}

static const struct fact_name *fact_find(const struct checker *c, struct span name) {
    for (size_t i = 0; c->procedure != NULL && i < c->procedure->fact_count; i++)
        if (span_equals(c->procedure->facts[i].name, name)) return &c->procedure->facts[i];
    return NULL;
}

static bool document_is_there(const struct checker *c, struct span name) {
    for (size_t i = 0; c->procedure != NULL && i < c->procedure->document_count; i++)
        if (span_equals(c->procedure->documents[i].id, name)) return true;
    return false;
}

static void reference_check(void *context, const char *kind, struct span name, const struct yaml *node) {
    struct checker *c = context;
    bool is_there = span_is(span_of(kind), "subject"); // what the register says of an entity is open
    if (strcmp(kind, "case") == 0) is_there = fact_find(c, name) != NULL;
    if (strcmp(kind, "flag") == 0) is_there = c->procedure != NULL && names_have(&c->procedure->flags, name);
    if (strcmp(kind, "filed") == 0) is_there = document_is_there(c, name);
    if (strcmp(kind, "against") == 0) is_there = override_is_of(c->procedure, name);
    for (size_t i = 0; strcmp(kind, "state") == 0 && c->procedure != NULL && i < c->procedure->state_count; i++)
        is_there = is_there || span_equals(c->procedure->states[i].id, name);
    for (size_t i = 0; strcmp(kind, "duty_open") == 0 && c->procedure != NULL && i < c->procedure->duty_count; i++)
        is_there = is_there || span_equals(c->procedure->duties[i].id, name);
    if (!is_there) finding(c, node, "a statistic can't ask for, or there is no:", name);
}

static bool duty_is_there(const struct checker *c, struct span name) {
    for (size_t i = 0; c->procedure != NULL && i < c->procedure->duty_count; i++)
        if (span_equals(c->procedure->duties[i].id, name)) return true;
    return false;
}

// The values that a fact of type choice can have are those of the fields that it keeps: each must be told apart or fall under else.
static void choices_check(struct checker *c, const struct dimension *d) {
    for (size_t i = 0; i < d->value_count; i++)
        if (d->values[i].label.len == 0) finding(c, d->node, "the value has no label:", d->values[i].value);
}

static void dimension_check(struct checker *c, const struct population *p, const struct dimension *d) {
    bool is_there = true;
    if (d->source == FROM_CASE) is_there = fact_find(c, d->from) != NULL;
    if (d->source == FROM_DUTY) is_there = p->unit == UNIT_DUTY && (span_is(d->from, "duty") || span_is(d->from, "owed_by") || span_is(d->from, "status"));
    if (d->source == FROM_DUTY_STATUS) is_there = duty_is_there(c, d->from);
    if (!is_there) finding(c, d->node, "there is nothing to divide by called", d->from);
    bool is_list = d->source == FROM_CASE && is_there && span_is(fact_find(c, d->from)->type, "countries");
    if (is_list && !d->is_overlapping) finding(c, d->node, "a list must be overlapping: yes, for its cells don't add up:", d->name);
    for (size_t i = 0; i < d->value_count; i++) condition_visit(d->values[i].when, reference_check, c);
    choices_check(c, d);
}

static bool some_procedure_keeps(const struct checker *c, struct span name) {
    const struct procedure *all;
    size_t count = procedures_of(c->law, SPAN(""), latest_day(), &all);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < all[i].fact_count; k++)
            if (span_equals(all[i].facts[k].name, name)) return true;
    return false;
}

static void population_check(struct checker *c, const struct population *p) {
    c->procedure = p->procedure.len == 0 ? NULL : procedure_get(c->law, SPAN(""), latest_day(), p->procedure);
    if (p->procedure.len > 0 && c->procedure == NULL) {
        finding(c, p->node, "there is no procedure", p->procedure);
        return;
    }
    const struct workspace *workspace = c->procedure == NULL ? NULL : workspace_find(c->law, c->procedure->workspace);
    if (workspace != NULL && workspace->is_own && !p->is_opt_in) finding(c, p->node, "what is an entity's own is counted with opt_in: yes alone:", p->procedure);
    for (size_t i = 0; i < p->documents.count; i++)
        if (!document_is_there(c, p->documents.items[i])) finding(c, p->node, "there is no document", p->documents.items[i]);
    condition_visit(p->select, reference_check, c);
    if (p->once_per.len > 0 && !some_procedure_keeps(c, p->once_per)) finding(c, p->node, "no procedure keeps the fact", p->once_per);
    for (size_t i = 0; i < p->dimension_count; i++) dimension_check(c, p, &p->dimensions[i]);
    for (size_t i = 1; i < p->measure_count; i++) {
        const struct fact_name *fact = fact_find(c, p->measures[i].sum);
        if (fact == NULL || !span_is(fact->type, "int")) finding(c, p->node, "what is summed must be a number that the case keeps:", p->measures[i].sum);
    }
}

void statistics_check(const struct law *law, struct buf *report, size_t *findings) {
    struct checker c = {.law = law, .report = report, .findings = findings};
    size_t before = *findings, tables = 0;
    for (size_t i = 0; i < law->statistics->population_count; i++) population_check(&c, &law->statistics->populations[i]);
    for (size_t i = 0; i < law->statistics->statistic_count; i++) tables += law->statistics->statistics[i].table_count;
    buf_printf(report, "%s: %zu statistics with %zu tables over %zu populations\n", *findings == before ? "proved" : "looked at",
               law->statistics->statistic_count, tables, law->statistics->population_count);
}
