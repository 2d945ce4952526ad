// SPDX-License-Identifier: EUPL-1.2
/*
 * Running the tables over facts: exclusions of types, exclusions of the entity, class by type, individual acts; the
 * strongest class counts. A pass stops at the first unknown value that decides something; exploring gives it each of
 * its values in turn and runs again, so that only what matters is ever tried.
 */
#include "law/scope_private.h"

enum match { MATCH_NO, MATCH_YES, MATCH_NEED };
enum { CLASS_NEED = -1 };

const char *entity_class_name(enum entity_class class) {
    static const char *const NAMES[] = {"out", "domain_name_registration", "important", "essential", "undetermined"};
    return NAMES[class];
}
const char *scope_outcome_name(enum scope_outcome outcome) {
    static const char *const NAMES[] = {"out", "in", "undetermined"};
    return NAMES[outcome];
}

static uint8_t value_of(const struct pass *p, size_t variable, size_t type) {
    const struct variable *v = &p->view->book->variables[variable];
    if (v->kind != VARIABLE_MEMBER || type == TYPES_MAX) return p->value[variable];
    return type_has(&p->facts->sets[v->slot], type);
}

// A row by its cells. Unknown cells matter only where no known one is against the row.
static enum match row_test(struct pass *p, const struct lean_row *lean, size_t type) {
    size_t unknown = VARIABLES_MAX, against = 0, last = 0;
    for (size_t k = 0; k < lean->cell_count; k++) {
        size_t variable = lean->cells[k].variable;
        uint8_t value = value_of(p, variable, type);
        if (value == VALUE_UNKNOWN) {
            if (unknown == VARIABLES_MAX) unknown = variable;
        } else if ((lean->cells[k].mask >> value & 1) == 0) {
            if (p->trace == NULL) return MATCH_NO;
            against++;
            last = variable;
        }
    }
    if (against == 1 && unknown == VARIABLES_MAX) p->trace->is_read[last] = true;
    if (against > 0) return MATCH_NO;
    if (unknown != VARIABLES_MAX) {
        p->need = unknown;
        return MATCH_NEED;
    }
    for (size_t k = 0; p->trace != NULL && k < lean->cell_count; k++) p->trace->is_read[lean->cells[k].variable] = true;
    return MATCH_YES;
}

static void note(struct pass *p, const struct row *row, size_t type) {
    struct trace *t = p->trace;
    if (t == NULL) return;
    for (size_t i = 0; i < t->count; i++)
        if (t->fired[i].row == row && t->fired[i].type == type) {
            t->fired[i].completions++;
            return;
        }
    if (t->count < FIRED_MAX) t->fired[t->count++] = (struct fired){row, type, 1};
}

static const struct slice *slice_for(const struct pass *p, enum stage stage, size_t type) {
    const struct rules *rules = p->view->rules;
    return type == TYPES_MAX ? &rules->entity_slice[stage] : &rules->type_slices[stage][type];
}

const struct row *pass_unique(struct pass *p, enum stage stage, size_t type) {
    const struct slice *slice = slice_for(p, stage, type);
    p->need = VARIABLES_MAX;
    if (slice->dense == NULL) { // many combinations: all inputs are known facts or derived
        for (size_t r = 0; r < slice->row_count; r++) {
            bool is_excepted = slice->rows[r].has_except;
            for (size_t k = 0; is_excepted && k < slice->rows[r].row->except_count; k++) {
                const struct cell *cell = &slice->rows[r].row->excepts[k];
                if (p->view->book->variables[cell->variable].kind != VARIABLE_ATTRIBUTE)
                    is_excepted = type_has(&cell->mask, value_of(p, cell->variable, type) % TYPES_MAX);
            }
            if (is_excepted) continue;
            enum match m = row_test(p, &slice->rows[r], type);
            if (m == MATCH_YES) return slice->rows[r].row;
            if (m == MATCH_NEED) return NULL;
        }
        return NULL;
    }
    uint32_t index = 0;
    for (size_t i = 0; i < slice->input_count; i++) {
        size_t variable = slice->inputs[i];
        uint8_t value = value_of(p, variable, type);
        if (p->trace != NULL) p->trace->is_read[variable] = true;
        index += (value == VALUE_UNKNOWN ? (uint32_t)p->view->book->variables[variable].value_count : value) * slice->strides[i];
    }
    uint16_t cell = slice->dense[index];
    if ((cell & SLICE_NEED) != 0) p->need = cell & (SLICE_NEED - 1);
    return cell < slice->row_count ? slice->rows[cell].row : NULL;
}

size_t pass_collect(struct pass *p, enum stage stage, size_t type, const struct row **ret, size_t max) {
    const struct slice *slice = slice_for(p, stage, type);
    size_t count = 0;
    for (size_t r = 0; r < slice->row_count && count < max; r++)
        if (row_test(p, &slice->rows[r], type) == MATCH_YES) ret[count++] = slice->rows[r].row;
    return count;
}

static void derive_from_types(struct pass *p, enum derivation derive, const struct type_bits *bits) {
    const struct scope_book *book = p->view->book;
    for (size_t i = 0; i < book->type_derived_count; i++) {
        const struct variable *v = &book->variables[book->type_derived[i]];
        if (v->derive != derive) continue;
        bool is_any = false;
        for (size_t w = 0; w < sizeof bits->word / sizeof bits->word[0]; w++) is_any |= (bits->word[w] & v->of_types.word[w]) != 0;
        p->value[book->type_derived[i]] = is_any;
    }
}

// The size: the group's, or the entity's own where a state looks at independent entities alone.
void pass_resize(struct pass *p) {
    const struct scope_book *book = p->view->book;
    p->sizes = p->facts->size_group;
    bool has_relief = book->independence_fact < VARIABLES_MAX && book->independence_switch < VARIABLES_MAX &&
                      p->value[book->independence_fact] == 1 && p->value[book->independence_switch] == 1;
    if (has_relief && p->facts->has_relations && p->facts->size_own < p->facts->size_group) p->sizes = p->facts->size_own;
    p->value[book->size_variable] = VALUE_UNKNOWN;
    if ((p->sizes & (p->sizes - 1)) != 0) return;
    for (uint8_t s = 0; s < 8; s++)
        if (p->sizes == 1u << s) p->value[book->size_variable] = s;
}

void pass_begin(struct pass *p, const struct scope_view *view, const struct scope_facts *facts) {
    p->view = view;
    p->facts = facts;
    p->types = facts->types;
    p->need = VARIABLES_MAX;
    memcpy(p->value, facts->value, sizeof p->value);
    for (size_t i = view->book->switch_from; i < view->book->switch_to; i++)
        if (facts->origin[i] != ORIGIN_GIVEN) p->value[i] = view->value[i];
    pass_resize(p);
}

// The types that count; false where an unknown value must be known first.
static bool keep_types(struct pass *p) {
    const struct scope_book *book = p->view->book;
    p->kept = (struct type_bits){{0}};
    for (size_t w = 0; w < sizeof p->types.word / sizeof p->types.word[0]; w++) {
        uint64_t bits = p->types.word[w] & p->view->rules->types.word[w];
        for (; bits != 0; bits &= bits - 1) {
            size_t type = w * 64 + (size_t)__builtin_ctzll(bits);
            const struct slice *slice = slice_for(p, STAGE_MATCH, type);
            bool is_dropped = false;
            for (size_t r = 0; r < slice->row_count; r++) {
                enum match m = row_test(p, &slice->rows[r], type);
                if (m == MATCH_NEED) return false;
                if (m == MATCH_NO) continue;
                is_dropped = true;
                note(p, slice->rows[r].row, type);
            }
            if (!is_dropped && type < book->type_count) type_put(&p->kept, type);
        }
    }
    return true;
}

// Rows of an entity's table; the strongest of their classes in *BEST. False where something must be known first.
static bool run_entity(struct pass *p, enum stage stage, bool *ret_fired, enum entity_class *best) {
    const struct slice *slice = slice_for(p, stage, TYPES_MAX);
    for (size_t r = 0; r < slice->row_count; r++) {
        enum match m = row_test(p, &slice->rows[r], TYPES_MAX);
        if (m == MATCH_NEED) return false;
        if (m == MATCH_NO) continue;
        *ret_fired = true;
        note(p, slice->rows[r].row, TYPES_MAX);
        if (slice->rows[r].row->class > *best) *best = slice->rows[r].row->class;
    }
    return true;
}

// Class by each type. A public body's size is not applicable where no figures were given.
static bool run_types(struct pass *p, enum entity_class *best, bool *ret_gap) {
    const struct scope_book *book = p->view->book;
    uint8_t size = p->value[book->size_variable];
    bool is_good = true;
    for (size_t w = 0; w < sizeof p->kept.word / sizeof p->kept.word[0] && is_good; w++) {
        for (uint64_t bits = p->kept.word[w]; bits != 0 && is_good; bits &= bits - 1) {
            size_t type = w * 64 + (size_t)__builtin_ctzll(bits);
            bool has_no_size = !p->facts->is_sized && type_has(&book->no_size_types, type);
            if (has_no_size) p->value[book->size_variable] = (uint8_t)size_count(&book->size);
            const struct row *row = pass_unique(p, STAGE_CLASS, type);
            p->value[book->size_variable] = size;
            is_good = row != NULL || p->need == VARIABLES_MAX;
            if (row == NULL || row->is_impossible) {
                *ret_gap |= is_good;
                continue;
            }
            note(p, row, type);
            if (p->trace != NULL) p->trace->type_classes[type] |= (uint8_t)(1u << row->class);
            if (row->class > *best) *best = row->class;
        }
    }
    return is_good;
}

// The entity's class as an int, CLASS_NEED with p->need, or ENTITY_UNDETERMINED where the law itself has a gap.
static int pass_run(struct pass *p, bool *ret_lacks_types) {
    enum entity_class best = ENTITY_OUT;
    bool is_out = false, is_fired = false, has_gap = false;
    if (!p->view->is_in_force) return ENTITY_OUT;
    derive_from_types(p, DERIVE_CLAIMED, &p->types);
    if (!keep_types(p)) return CLASS_NEED;
    derive_from_types(p, DERIVE_KEPT, &p->kept);
    if (p->trace != NULL) p->trace->kept = p->kept;
    if (!run_entity(p, STAGE_EXCLUDE, &is_out, &best)) return CLASS_NEED;
    if (is_out) return ENTITY_OUT;
    if (!run_types(p, &best, &has_gap)) return CLASS_NEED;
    if (!run_entity(p, STAGE_INDIVIDUAL, &is_fired, &best)) return CLASS_NEED;
    if (!p->facts->has_types && best < ENTITY_ESSENTIAL) { // the types may be anything
        *ret_lacks_types = true;
        return ENTITY_UNDETERMINED;
    }
    return has_gap && best < ENTITY_ESSENTIAL ? ENTITY_UNDETERMINED : (int)best;
}

static void explore(struct pass *p, struct trace *trace, struct outcome *o, bool is_brief) {
    if (o->completions >= COMPLETIONS_MAX || (is_brief && (o->classes & (o->classes - 1)) != 0)) {
        o->is_cut = true;
        return;
    }
    // A run that stops at an unknown value has seen rows already; only whole runs may be traced.
    p->trace = NULL;
    int class = pass_run(p, &o->lacks_types);
    if (class != CLASS_NEED) {
        p->trace = trace;
        if (trace != NULL) class = pass_run(p, &o->lacks_types);
        o->completions++;
        o->classes |= class == ENTITY_UNDETERMINED ? (1u << ENTITY_UNDETERMINED) - 1 : 1u << class;
        return;
    }
    size_t variable = p->need;
    const struct scope_book *book = p->view->book;
    o->is_branched[variable] = true;
    for (size_t v = 0; v < book->variables[variable].value_count; v++) {
        if (variable == book->size_variable && (p->sizes >> v & 1) == 0) continue;
        p->value[variable] = (uint8_t)v;
        explore(p, trace, o, is_brief);
    }
    p->value[variable] = VALUE_UNKNOWN;
}

void pass_explore(struct pass *p, struct outcome *ret, bool is_brief) {
    *ret = (struct outcome){0};
    struct trace *trace = p->trace;
    explore(p, trace, ret, is_brief);
    p->trace = trace;
}

enum entity_class outcome_class(const struct outcome *o) {
    if (o->is_cut) return ENTITY_UNDETERMINED;
    for (unsigned c = 0; c < ENTITY_UNDETERMINED; c++)
        if (o->classes == 1u << c) return (enum entity_class)c;
    return ENTITY_UNDETERMINED;
}

enum entity_class scope_classify(const struct scope_view *view, const struct scope_facts *facts) {
    struct pass pass;
    pass.trace = NULL;
    pass_begin(&pass, view, facts);
    bool lacks_types = false;
    int class = pass_run(&pass, &lacks_types);
    if (class != CLASS_NEED) return (enum entity_class)class;
    struct outcome outcome;
    pass_explore(&pass, &outcome, true);
    return outcome_class(&outcome);
}

bool scope_is_domain_name_registration(const struct scope_view *view, const struct scope_facts *facts) {
    struct pass pass;
    struct outcome outcome;
    struct trace trace = {.count = 0};
    pass.trace = &trace;
    pass_begin(&pass, view, facts);
    pass_explore(&pass, &outcome, false);
    for (size_t i = 0; i < trace.count; i++)
        if (trace.fired[i].row->has_class && trace.fired[i].row->class == ENTITY_DOMAIN_NAME_REGISTRATION) return true;
    return false;
}
