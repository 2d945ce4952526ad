// SPDX-License-Identifier: EUPL-1.2
/* Reading the rows of duties and proposals. */
#include "law/procedure_load.h"

// done_by: a name, or {document, matches, when}.
static struct err done_load(const struct load *l, const struct yaml *node, struct done_row *ret) {
    *ret = (struct done_row){0};
    if (node->type == YAML_SCALAR) {
        ret->document = node->text;
        return err_none();
    }
    TRY(yaml_only(node, "document matches when", l->why));
    TRY(yaml_need(node, "document", &ret->document, l->why));
    ret->matches = yaml_get_text(node, "matches");
    return condition_load(l->arena, yaml_get(node, "when"), l->lists, &ret->when, l->why);
}

struct err duty_load(const struct load *l, const struct yaml *row, struct duty_row *ret) {
    TRY(yaml_only(row,
                  "duty document owed_by clock needs_clock opens_on opens_when at_once again closes_when done_by firm article words from to "
                  "certainty",
                  l->why));
    struct duty_row duty = {.node = row};
    TRY(yaml_need(row, "duty", &duty.id, l->why));
    TRY(yaml_need(row, "document", &duty.document, l->why));
    TRY(yaml_need(row, "article", &duty.article, l->why));
    TRY(yaml_need(row, "words", &duty.words, l->why));
    duty.clock = yaml_get_text(row, "clock");
    TRY(yaml_names(l->arena, yaml_get(row, "owed_by"), &duty.owed_by, l->why));
    if (duty.owed_by.count == 0) return yaml_refuse(row, l->why, "pack.missing", "owed_by is missing");
    TRY(yaml_flag(row, "needs_clock", true, &duty.needs_clock, l->why));
    TRY(yaml_names(l->arena, yaml_get(row, "opens_on"), &duty.opens_on, l->why));
    TRY(condition_load(l->arena, yaml_get(row, "opens_when"), l->lists, &duty.opens_when, l->why));
    if (duty.opens_on.count == 0 && duty.opens_when == NULL)
        return yaml_refuse(row, l->why, "pack.missing", "opens_on or opens_when is missing");
    TRY(yaml_flag(row, "at_once", false, &duty.is_done_at_once, l->why));
    TRY(yaml_flag(row, "again", false, &duty.is_again, l->why));
    TRY(condition_load(l->arena, yaml_get(row, "closes_when"), l->lists, &duty.closes_when, l->why));
    const struct yaml *firm = yaml_get(row, "firm"), *done = yaml_get(row, "done_by");
    if (firm != NULL && firm->type == YAML_MAPPING) TRY(condition_load(l->arena, firm, l->lists, &duty.firm_when, l->why));
    else TRY(yaml_flag(row, "firm", true, &duty.is_firm, l->why));
    if (done == NULL) return yaml_refuse(row, l->why, "pack.missing", "done_by is missing");
    bool is_one = done->type != YAML_SEQUENCE;
    duty.done_count = is_one ? 1 : done->count;
    duty.done_by = arena_take_array(l->arena, duty.done_count + 1, sizeof *duty.done_by);
    if (duty.done_by == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < duty.done_count; i++) TRY(done_load(l, is_one ? done : &done->items[i], &duty.done_by[i]));
    TRY(yaml_validity(row, &duty.validity, l->why));
    *ret = duty;
    return err_none();
}

// to: {office: spoc} | {states: affected_states} | {body: enisa}
static struct err target_load(const struct load *l, const struct yaml *to, struct proposal_row *row) {
    if (to == NULL) return yaml_refuse(row->node, l->why, "pack.missing", "to is missing");
    TRY(yaml_only(to, "office states body", l->why));
    if (to->count != 1) return yaml_refuse(to, l->why, "proposal.to", "one of office, states, body is expected");
    struct span name;
    if ((name = yaml_get_text(to, "office")).len > 0) {
        row->target = TARGET_OFFICE;
        row->role = name;
    } else if ((name = yaml_get_text(to, "states")).len > 0) {
        row->target = TARGET_STATES;
        row->role = SPAN("states");
    } else {
        name = yaml_get_text(to, "body");
        row->target = TARGET_BODY;
        row->role = name;
    }
    row->target_name = name;
    return name.len > 0 ? err_none() : yaml_refuse(to, l->why, "proposal.to", "a name is expected");
}

struct err proposal_load(const struct load *l, const struct yaml *row, struct proposal_row *ret) {
    TRY(yaml_only(row, "proposal on when to fields except article reason certainty", l->why));
    struct proposal_row out = {.node = row};
    TRY(yaml_need(row, "proposal", &out.id, l->why));
    TRY(yaml_need(row, "article", &out.article, l->why));
    TRY(yaml_need(row, "reason", &out.reason, l->why));
    TRY(yaml_names(l->arena, yaml_get(row, "on"), &out.on, l->why));
    if (out.on.count == 0) return yaml_refuse(row, l->why, "pack.missing", "on: documents are missing");
    TRY(condition_load(l->arena, yaml_get(row, "when"), l->lists, &out.when, l->why));
    TRY(target_load(l, yaml_get(row, "to"), &out));
    TRY(yaml_names(l->arena, yaml_get(row, "fields"), &out.fields, l->why));
    TRY(yaml_names(l->arena, yaml_get(row, "except"), &out.except, l->why));
    *ret = out;
    return err_none();
}
