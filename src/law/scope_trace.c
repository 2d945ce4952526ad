// SPDX-License-Identifier: EUPL-1.2
/*
 * Reasons: every row is looked at once, with unknown values as they are. A row that fires whatever the unknown may be is
 * certain; one that an unknown value decides may fire. What facts and unknowns are in the way is noted on the way.
 */
#include "law/scope_private.h"

static void note(struct trace *t, const struct row *row, size_t type, bool is_certain) {
    if (t->count < FIRED_MAX) t->fired[t->count++] = (struct fired){row, type, is_certain};
}

// Which types count. A type that an unknown may take out is kept, but nothing about it is certain.
static void trace_types(struct pass *p, struct trace *t) {
    for (size_t type = 0; type < p->view->book->type_count; type++) {
        if (!type_has(&p->types, type) || !type_has(&p->view->rules->types, type)) continue;
        const struct slice *slice = pass_slice(p, STAGE_MATCH, type);
        bool is_dropped = false, is_open = false;
        for (size_t r = 0; r < slice->row_count; r++) {
            enum match m = pass_test(p, &slice->rows[r], type);
            if (m == MATCH_NO) continue;
            note(t, slice->rows[r].row, type, m == MATCH_YES);
            is_dropped |= m == MATCH_YES;
            is_open |= m == MATCH_NEED;
        }
        if (!is_dropped) type_put(&t->kept, type);
        if (!is_dropped && is_open) type_put(&t->maybe, type);
    }
}

// What follows from kept types is unknown where only types that may count give it.
static void derive_kept(struct pass *p, const struct trace *t) {
    struct type_bits sure = t->kept;
    uint8_t with[VARIABLES_MAX];
    for (size_t w = 0; w < sizeof sure.word / sizeof sure.word[0]; w++) sure.word[w] &= ~t->maybe.word[w];
    pass_derive(p, DERIVE_KEPT, &t->kept);
    memcpy(with, p->value, sizeof with);
    pass_derive(p, DERIVE_KEPT, &sure);
    for (size_t i = 0; i < p->view->book->switch_from; i++)
        if (p->value[i] != with[i]) p->value[i] = VALUE_UNKNOWN;
}

// Rows about the entity; returns whether one is certain to fire, and in *RET_MAY whether one may.
static bool trace_entity(struct pass *p, struct trace *t, enum stage stage, bool is_certain, bool *ret_may) {
    const struct slice *slice = pass_slice(p, stage, TYPES_MAX);
    bool is_fired = false;
    for (size_t r = 0; r < slice->row_count; r++) {
        enum match m = pass_test(p, &slice->rows[r], TYPES_MAX);
        if (m == MATCH_NO) continue;
        note(t, slice->rows[r].row, TYPES_MAX, is_certain && m == MATCH_YES);
        is_fired |= m == MATCH_YES;
        *ret_may = true;
    }
    return is_fired;
}

static void trace_class(struct pass *p, struct trace *t, size_t type, bool is_certain) {
    const struct row *row = pass_unique(p, STAGE_CLASS, type);
    if (row != NULL) {
        if (row->is_impossible) return;
        note(t, row, type, is_certain);
        t->type_classes[type] |= (uint8_t)(1u << row->class);
        return;
    }
    if (p->need == VARIABLES_MAX) return;
    t->is_needed[p->need] = true;
    const struct slice *slice = pass_slice(p, STAGE_CLASS, type);
    for (size_t r = 0; r < slice->row_count; r++) {
        enum match m = slice->rows[r].row->is_impossible ? MATCH_NO : pass_test(p, &slice->rows[r], type);
        if (m == MATCH_NO) continue;
        note(t, slice->rows[r].row, type, false);
        t->type_classes[type] |= (uint8_t)(1u << slice->rows[r].row->class);
    }
}

void pass_trace(struct pass *p, struct trace *t) {
    if (!p->view->is_in_force) return;
    p->trace = t;
    pass_derive(p, DERIVE_CLAIMED, &p->types);
    trace_types(p, t);
    derive_kept(p, t);
    bool may_be_out = false, may_fire = false;
    bool is_out = trace_entity(p, t, STAGE_EXCLUDE, true, &may_be_out);
    for (size_t type = 0; type < p->view->book->type_count && !is_out; type++) {
        if (type_has(&t->kept, type)) {
            uint8_t size = pass_size_for(p, type);
            trace_class(p, t, type, !may_be_out && !type_has(&t->maybe, type));
            p->value[p->view->book->size_variable] = size;
        }
    }
    if (!is_out) (void)trace_entity(p, t, STAGE_INDIVIDUAL, !may_be_out, &may_fire);
    p->trace = NULL;
}
