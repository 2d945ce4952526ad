// SPDX-License-Identifier: EUPL-1.2
/*
 * A state's overlay over a procedure: documents switched off, added or replaced, fields added, required or dropped, duties
 * and proposals added or replaced, facts, flags and states added.
 */
#include "law/procedure_load.h"

static struct document *document_of(struct procedure *p, struct span id) {
    for (size_t i = 0; i < p->document_count; i++)
        if (span_equals(p->documents[i].id, id)) return &p->documents[i];
    return NULL;
}

static struct err off_apply(const struct load *l, const struct yaml *node, struct procedure *p) {
    struct names off;
    TRY(yaml_names(l->arena, node, &off, l->why));
    for (size_t i = 0; i < off.count; i++)
        if (document_of(p, off.items[i]) == NULL)
            return yaml_refuse(node, l->why, "overlay.off", "there is no document \"%.*s\"", SPAN_FMT(off.items[i]));
    size_t kept = 0;
    for (size_t i = 0; i < p->document_count; i++)
        if (!names_have(&off, p->documents[i].id)) p->documents[kept++] = p->documents[i];
    p->document_count = kept;
    return err_none();
}

static struct field *field_of(struct document *d, struct span name) {
    for (size_t i = 0; i < d->field_count; i++)
        if (span_equals(d->fields[i].name, name)) return &d->fields[i];
    return NULL;
}

static struct err fields_change(const struct load *l, const struct yaml *row, struct document *d) {
    struct span prefix = arena_printf(l->arena, "%.*s.%.*s", SPAN_FMT(d->home), SPAN_FMT(d->id));
    if (prefix.at == NULL) return err_make(ERR_MEMORY);
    struct field *more;
    size_t more_count;
    void *fields = NULL;
    TRY(fields_load(&l->context, yaml_get(row, "add"), prefix, &more, &more_count, l->why));
    TRY(rows_roomy(l->arena, d->fields, d->field_count, more_count, sizeof *d->fields, &fields));
    d->fields = fields;
    for (size_t i = 0; i < more_count; i++) {
        if (field_of(d, more[i].name) != NULL) return yaml_refuse(more[i].node, l->why, "overlay.field", "the form has this field already");
        d->fields[d->field_count++] = more[i];
    }
    struct names require, drop;
    TRY(yaml_names(l->arena, yaml_get(row, "require"), &require, l->why));
    TRY(yaml_names(l->arena, yaml_get(row, "drop"), &drop, l->why));
    for (size_t i = 0; i < require.count; i++) {
        struct field *field = field_of(d, require.items[i]);
        if (field == NULL) return yaml_refuse(row, l->why, "overlay.field", "there is no field \"%.*s\"", SPAN_FMT(require.items[i]));
        field->is_required = true;
    }
    for (size_t i = 0; i < drop.count; i++)
        if (field_of(d, drop.items[i]) == NULL)
            return yaml_refuse(row, l->why, "overlay.field", "there is no field \"%.*s\"", SPAN_FMT(drop.items[i]));
    size_t kept = 0;
    for (size_t i = 0; i < d->field_count; i++)
        if (!names_have(&drop, d->fields[i].name)) d->fields[kept++] = d->fields[i];
    d->field_count = kept;
    return err_none();
}

// change: {document, opens, label, article, add, require, drop}
static struct err change_apply(const struct load *l, const struct yaml *row, struct procedure *p) {
    TRY(yaml_only(row, "document opens to label help article add require drop", l->why));
    struct document *d = document_of(p, yaml_get_text(row, "document"));
    if (d == NULL) return yaml_refuse(row, l->why, "overlay.document", "there is no such document to change");
    TRY(yaml_flag(row, "opens", d->may_open, &d->may_open, l->why));
    struct span text;
    if ((text = yaml_get_text(row, "label")).len > 0) d->label = text;
    if ((text = yaml_get_text(row, "help")).len > 0) d->help = text;
    if ((text = yaml_get_text(row, "article")).len > 0) d->article = text;
    if ((text = yaml_get_text(row, "to")).len > 0) { // where the case goes that it opens
        void *moves = NULL;
        TRY(rows_roomy(l->arena, d->moves, d->move_count, 1, sizeof *d->moves, &moves));
        d->moves = moves;
        struct move_row *move = &d->moves[d->move_count++];
        *move = (struct move_row){.to = text, .node = row};
        move->from = (struct names){.count = 1, .items = arena_take(l->arena, sizeof *move->from.items)};
        if (move->from.items == NULL) return err_make(ERR_MEMORY);
        move->from.items[0] = SPAN("new");
    }
    return fields_change(l, row, d);
}

static struct err documents_apply(const struct load *l, const struct yaml *rows, struct procedure *p) {
    for (size_t i = 0; i < rows->count; i++) {
        struct document document;
        TRY(document_load(l, &rows->items[i], &document));
        struct document *old = document_of(p, document.id);
        if (old != NULL) *old = document;
        else p->documents[p->document_count++] = document;
    }
    return err_none();
}

static struct err duties_apply(const struct load *l, const struct yaml *rows, struct procedure *p) {
    for (size_t i = 0; i < rows->count; i++) {
        struct duty_row duty;
        TRY(duty_load(l, &rows->items[i], &duty));
        size_t at = 0;
        while (at < p->duty_count && !span_equals(p->duties[at].id, duty.id)) at++;
        p->duties[at] = duty;
        if (at == p->duty_count) p->duty_count++;
    }
    return err_none();
}

static struct err proposals_apply(const struct load *l, const struct yaml *rows, struct procedure *p) {
    for (size_t i = 0; i < rows->count; i++) {
        struct proposal_row proposal;
        TRY(proposal_load(l, &rows->items[i], &proposal));
        size_t at = 0;
        while (at < p->proposal_count && !span_equals(p->proposals[at].id, proposal.id)) at++;
        p->proposals[at] = proposal;
        if (at == p->proposal_count) p->proposal_count++;
    }
    return err_none();
}

static struct err names_apply(const struct load *l, const struct yaml *overlay, struct procedure *p) {
    const struct yaml *facts = yaml_get(overlay, "facts");
    struct names flags;
    void *items = NULL;
    TRY(yaml_names(l->arena, yaml_get(overlay, "flags"), &flags, l->why));
    TRY(rows_roomy(l->arena, p->flags.items, p->flags.count, flags.count, sizeof *flags.items, &items));
    p->flags.items = items;
    for (size_t i = 0; i < flags.count; i++) p->flags.items[p->flags.count++] = flags.items[i];
    if (facts == NULL) return err_none();
    if (facts->type != YAML_MAPPING) return yaml_refuse(facts, l->why, "pack.facts", "facts: names with types are expected");
    TRY(rows_roomy(l->arena, p->facts, p->fact_count, facts->count, sizeof *p->facts, &items));
    p->facts = items;
    for (size_t i = 0; i < facts->count; i++) {
        const struct yaml *type = &facts->pairs[i].value;
        p->facts[p->fact_count++] = (struct fact_name){.name = facts->pairs[i].name, .type = type->text, .node = type};
    }
    return err_none();
}

static const struct yaml *list_of(const struct yaml *overlay, const char *name) {
    static const struct yaml NONE = {.type = YAML_SEQUENCE};
    const struct yaml *rows = yaml_get(overlay, name);
    return rows != NULL && rows->type == YAML_SEQUENCE ? rows : &NONE;
}

struct err overlay_load(const struct load *l, const struct yaml *overlay, const struct procedure *base, struct procedure *ret) {
    TRY(yaml_only(overlay, "procedure common title source checked_on off change documents duties proposals facts flags certainty", l->why));
    struct procedure p = *base;
    const struct yaml *documents = list_of(overlay, "documents"), *duties = list_of(overlay, "duties"),
                      *proposals = list_of(overlay, "proposals"), *changes = list_of(overlay, "change");
    void *items = NULL;
    TRY(rows_roomy(l->arena, base->documents, base->document_count, documents->count, sizeof *p.documents, &items));
    p.documents = items;
    TRY(rows_roomy(l->arena, base->duties, base->duty_count, duties->count, sizeof *p.duties, &items));
    p.duties = items;
    TRY(rows_roomy(l->arena, base->proposals, base->proposal_count, proposals->count, sizeof *p.proposals, &items));
    p.proposals = items;
    TRY(names_apply(l, overlay, &p));
    TRY(off_apply(l, yaml_get(overlay, "off"), &p));
    TRY(documents_apply(l, documents, &p));
    for (size_t i = 0; i < changes->count; i++) TRY(change_apply(l, &changes->items[i], &p));
    TRY(duties_apply(l, duties, &p));
    TRY(proposals_apply(l, proposals, &p));
    *ret = p;
    return err_none();
}
