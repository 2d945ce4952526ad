// SPDX-License-Identifier: EUPL-1.2
/*
 * Procedures that are an entity's own (`workspace: own`): what it keeps for itself on this node, such as an assessment that it
 * has not handed in. No office sees such a case, nor that there is one. own_check proves that nothing of it goes to anyone else:
 * what the entity wants to show, or is asked for, it files in another procedure.
 */
#include "law/procedure_private.h"

struct own {
    const struct procedure *procedure;
    audience_teller *tell;
    void *context;
};

static void tell(const struct own *own, const struct yaml *node, const char *words, struct span name) {
    own->tell(own->context, node, words, name);
}

static bool is_side(struct span role) { return span_is(role, "entity") || span_is(role, "node"); }

static void fields_check_own(const struct own *own, const struct field *fields, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const struct field *field = &fields[i];
        if (field->is_searchable) tell(own, field->node, "is the entity's own, and yet offices would find it by its words:", field->name);
        if (field->register_as.len > 0) tell(own, field->node, "is the entity's own, and yet it writes the register:", field->name);
        fields_check_own(own, field->fields, field->count);
    }
}

static void document_check_own(const struct own *own, const struct document *d) {
    for (size_t i = 0; i < d->by.count; i++)
        if (!is_side(d->by.items[i])) tell(own, d->node, "is filed in a case of the entity's own by:", d->by.items[i]);
    if (d->intake.count > 0) tell(own, d->node, "is the entity's own; no office records it for her:", d->id);
    if (d->claim != CLAIM_NONE) tell(own, d->node, "is the entity's own; nobody files it by a claim:", d->id);
    if (d->is_public) tell(own, d->node, "is the entity's own, and yet it is public:", d->id);
    if (!d->needs_entity) tell(own, d->node, "is an entity's own, and yet it may concern no entity:", d->id);
    fields_check_own(own, d->fields, d->field_count);
    for (size_t i = 0; i < d->effect_count; i++) {
        const struct effect_row *effect = &d->effects[i];
        bool is_message = effect->kind == EFFECT_MESSAGE && effect->office_kind.len == 0;
        if (!is_message && effect->kind != EFFECT_ERASE) tell(own, effect->node, "is the entity's own, and yet it has an effect elsewhere:", d->id);
    }
}

void own_check(const struct procedure *p, audience_teller *teller, void *context) {
    struct own own = {.procedure = p, .tell = teller, .context = context};
    for (size_t i = 0; i < p->document_count; i++) document_check_own(&own, &p->documents[i]);
    for (size_t i = 0; i < p->duty_count; i++)
        for (size_t k = 0; k < p->duties[i].owed_by.count; k++)
            if (!is_side(p->duties[i].owed_by.items[k]) && !span_is(p->duties[i].owed_by.items[k], "filer"))
                tell(&own, p->duties[i].node, "is the entity's own, and yet it is owed by:", p->duties[i].owed_by.items[k]);
    for (size_t i = 0; i < p->reach_count; i++) tell(&own, p->reaches[i].node, "is the entity's own, and yet it reaches:", p->reaches[i].office);
    for (size_t i = 0; i < p->proposal_count; i++) tell(&own, p->proposals[i].node, "is the entity's own, and yet this is proposed:", p->proposals[i].id);
    for (size_t i = 0; i < p->state_count; i++)
        if (p->states[i].held.len > 0) tell(&own, p->states[i].node, "is the entity's own, and yet it is held by:", p->states[i].held);
    if (p->parties.len > 0) tell(&own, p->node, "is the entity's own, and yet it has parties:", p->parties);
    if (p->closed_to_entity.count > 0) tell(&own, p->node, "is the entity's own, and yet it is closed to it:", p->id);
}
