// SPDX-License-Identifier: EUPL-1.2
/*
 * Running the tables over facts: exclusions of types, exclusions of the entity, class by type, individual acts; the
 * strongest class counts. Where an unknown value decides something, exploring gives it each of its values in turn and
 * runs again, so that only what matters is ever tried, and only as long as a new class may come of it.
 */
#include "law/scope_private.h"

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

// Unknown cells matter only where no known one is against the row. Of an unknown size some values may be known to be impossible.
enum match pass_test(struct pass *p, const struct lean_row *lean, size_t type) {
    size_t unknown = VARIABLES_MAX, against = 0, last = 0;
    for (size_t k = 0; k < lean->cell_count; k++) {
        size_t variable = lean->cells[k].variable;
        uint8_t value = value_of(p, variable, type);
        bool is_unknown = value == VALUE_UNKNOWN;
        if (is_unknown && variable == p->view->book->size_variable) is_unknown = (lean->cells[k].mask & p->sizes) != 0;
        if (is_unknown) {
            if (unknown == VARIABLES_MAX) unknown = variable;
        } else if (value == VALUE_UNKNOWN || (lean->cells[k].mask >> value & 1) == 0) {
            if (p->trace == NULL) return MATCH_NO;
            against++;
            last = variable;
        }
    }
    if (against == 1 && unknown == VARIABLES_MAX) p->trace->is_read[last] = true;
    if (against > 0) return MATCH_NO;
    if (unknown != VARIABLES_MAX) {
        p->need = unknown;
        for (size_t k = 0; p->trace != NULL && k < lean->cell_count; k++)
            p->trace->is_needed[lean->cells[k].variable] |= value_of(p, lean->cells[k].variable, type) == VALUE_UNKNOWN;
        return MATCH_NEED;
    }
    for (size_t k = 0; p->trace != NULL && k < lean->cell_count; k++) p->trace->is_read[lean->cells[k].variable] = true;
    return MATCH_YES;
}

const struct slice *pass_slice(const struct pass *p, enum stage stage, size_t type) {
    const struct rules *rules = p->view->rules;
    return type == TYPES_MAX ? &rules->entity_slice[stage] : &rules->type_slices[stage][type];
}

const struct row *pass_unique(struct pass *p, enum stage stage, size_t type) {
    const struct slice *slice = pass_slice(p, stage, type);
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
            enum match m = pass_test(p, &slice->rows[r], type);
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
    const struct slice *slice = pass_slice(p, stage, type);
    size_t count = 0;
    for (size_t r = 0; r < slice->row_count && count < max; r++)
        if (pass_test(p, &slice->rows[r], type) == MATCH_YES) ret[count++] = slice->rows[r].row;
    return count;
}

void pass_derive(struct pass *p, enum derivation derive, const struct type_bits *bits) {
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

// What one run over the tables says: the classes that may come out, and whether that is only one.
struct finding {
    unsigned classes;  // a superset of what completions give
    size_t need;       // the first unknown that decides something; VARIABLES_MAX: none
    bool lacks_types;
};

static unsigned from_class(enum entity_class least) { return ((1u << ENTITY_UNDETERMINED) - 1) & ~((1u << least) - 1); }

static struct finding needs(size_t variable) { return (struct finding){from_class(ENTITY_OUT), variable, false}; }

uint8_t pass_size_for(struct pass *p, size_t type) {
    const struct scope_book *book = p->view->book;
    uint8_t size = p->value[book->size_variable];
    bool has_no_size = !p->facts->is_sized && type_has(&book->no_size_types, type);
    if (has_no_size) p->value[book->size_variable] = (uint8_t)size_count(&book->size);
    return size;
}

// The types that count; VARIABLES_MAX, or the unknown that must be known first.
static size_t keep_types(struct pass *p) {
    p->kept = (struct type_bits){{0}};
    for (size_t w = 0; w < sizeof p->types.word / sizeof p->types.word[0]; w++) {
        uint64_t bits = p->types.word[w] & p->view->rules->types.word[w];
        for (; bits != 0; bits &= bits - 1) {
            size_t type = w * 64 + (size_t)__builtin_ctzll(bits);
            const struct slice *slice = pass_slice(p, STAGE_MATCH, type);
            bool is_dropped = false, is_open = false;
            for (size_t r = 0; r < slice->row_count && !is_dropped; r++) {
                enum match m = pass_test(p, &slice->rows[r], type);
                is_dropped = m == MATCH_YES;
                is_open |= m == MATCH_NEED;
            }
            if (is_open && !is_dropped) return p->need;
            if (!is_dropped) type_put(&p->kept, type);
        }
    }
    return VARIABLES_MAX;
}

// Takes one more class into account: the entity's is the strongest.
struct strongest {
    enum entity_class least; // what is certain
    unsigned may;            // and what unknown values may add
    size_t need;
    bool has_gap;
};
static void take(struct strongest *s, enum entity_class class) {
    if (class > s->least) s->least = class;
}
static void take_need(struct strongest *s, size_t variable) {
    if (s->need == VARIABLES_MAX) s->need = variable;
}

// A type whose row hangs on something unknown: the weakest of the rows is certain, the others may be.
static void take_open(struct pass *p, struct strongest *s, size_t type) {
    const struct slice *slice = pass_slice(p, STAGE_CLASS, type);
    enum entity_class least = ENTITY_ESSENTIAL;
    take_need(s, p->need);
    for (size_t r = 0; r < slice->row_count; r++) {
        if (slice->rows[r].row->is_impossible || pass_test(p, &slice->rows[r], type) == MATCH_NO) continue;
        s->may |= 1u << slice->rows[r].row->class;
        if (slice->rows[r].row->class < least) least = slice->rows[r].row->class;
    }
    take(s, least);
}

static void run_types(struct pass *p, struct strongest *s) {
    for (size_t w = 0; w < sizeof p->kept.word / sizeof p->kept.word[0]; w++) {
        for (uint64_t bits = p->kept.word[w]; bits != 0; bits &= bits - 1) {
            size_t type = w * 64 + (size_t)__builtin_ctzll(bits);
            uint8_t size = pass_size_for(p, type);
            const struct row *row = pass_unique(p, STAGE_CLASS, type);
            if (row != NULL && !row->is_impossible) take(s, row->class);
            else if (row == NULL && p->need != VARIABLES_MAX) take_open(p, s, type);
            else s->has_gap = true;
            p->value[p->view->book->size_variable] = size;
        }
    }
}

static void run_individual(struct pass *p, struct strongest *s) {
    const struct slice *slice = pass_slice(p, STAGE_INDIVIDUAL, TYPES_MAX);
    for (size_t r = 0; r < slice->row_count; r++) {
        enum match m = pass_test(p, &slice->rows[r], TYPES_MAX);
        if (m == MATCH_YES) take(s, slice->rows[r].row->class);
        if (m != MATCH_NEED) continue;
        s->may |= 1u << slice->rows[r].row->class;
        take_need(s, p->need);
    }
}

// Whether the entity is excluded: yes, no, or an unknown decides.
static enum match run_exclude(struct pass *p) {
    const struct slice *slice = pass_slice(p, STAGE_EXCLUDE, TYPES_MAX);
    enum match excluded = MATCH_NO;
    for (size_t r = 0; r < slice->row_count; r++) {
        enum match m = pass_test(p, &slice->rows[r], TYPES_MAX);
        if (m == MATCH_YES) return MATCH_YES;
        if (m == MATCH_NEED) excluded = MATCH_NEED;
    }
    return excluded;
}

static struct finding pass_run(struct pass *p) {
    if (!p->view->is_in_force) return (struct finding){1u << ENTITY_OUT, VARIABLES_MAX, false};
    pass_derive(p, DERIVE_CLAIMED, &p->types);
    size_t need = keep_types(p);
    if (need != VARIABLES_MAX) return needs(need);
    pass_derive(p, DERIVE_KEPT, &p->kept);
    enum match excluded = run_exclude(p);
    if (excluded == MATCH_YES) return (struct finding){1u << ENTITY_OUT, VARIABLES_MAX, false};
    if (excluded == MATCH_NEED) return needs(p->need);
    struct strongest s = {.least = ENTITY_OUT, .need = VARIABLES_MAX};
    run_types(p, &s);
    run_individual(p, &s);
    struct finding found = {(1u << s.least | s.may) & from_class(s.least), s.need, false};
    if (s.least == ENTITY_ESSENTIAL) found.need = VARIABLES_MAX; // nothing can change it any more
    bool is_anything = (!p->facts->has_types || s.has_gap) && s.least < ENTITY_ESSENTIAL;
    if (is_anything) { // the types may be any, or the law itself has a gap
        found.classes = from_class(s.least);
        found.need = VARIABLES_MAX;
        found.lacks_types = !p->facts->has_types;
    }
    return found;
}

// A branch that cannot bring a new class is not entered; where there are too many, what may come counts as possible.
static void explore(struct pass *p, struct outcome *o, bool is_brief) {
    if (is_brief && (o->classes & (o->classes - 1)) != 0) return;
    struct finding found = pass_run(p);
    o->lacks_types |= found.lacks_types;
    if (found.need == VARIABLES_MAX || ++o->runs > RUNS_MAX) {
        o->classes |= found.classes;
        return;
    }
    if ((found.classes & ~o->classes) == 0) return;
    const struct scope_book *book = p->view->book;
    size_t variable = found.need;
    for (size_t v = 0; v < book->variables[variable].value_count; v++) {
        if (variable == book->size_variable && (p->sizes >> v & 1) == 0) continue;
        p->value[variable] = (uint8_t)v;
        explore(p, o, is_brief);
    }
    p->value[variable] = VALUE_UNKNOWN;
}

void pass_explore(struct pass *p, struct outcome *ret, bool is_brief) {
    *ret = (struct outcome){0};
    p->trace = NULL;
    explore(p, ret, is_brief);
}

enum entity_class outcome_class(const struct outcome *o) {
    for (unsigned c = 0; c < ENTITY_UNDETERMINED; c++)
        if (o->classes == 1u << c) return (enum entity_class)c;
    return ENTITY_UNDETERMINED;
}

enum entity_class scope_classify(const struct scope_view *view, const struct scope_facts *facts) {
    struct pass pass;
    struct outcome outcome;
    pass_begin(&pass, view, facts);
    pass_explore(&pass, &outcome, true);
    return outcome_class(&outcome);
}

bool scope_is_domain_name_registration(const struct scope_view *view, const struct scope_facts *facts) {
    struct pass pass;
    struct trace trace = {.count = 0};
    pass_begin(&pass, view, facts);
    pass_trace(&pass, &trace);
    for (size_t i = 0; i < trace.count; i++)
        if (trace.fired[i].is_certain && trace.fired[i].row->has_class &&
            trace.fired[i].row->class == ENTITY_DOMAIN_NAME_REGISTRATION)
            return true;
    return false;
}
