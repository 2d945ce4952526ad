// SPDX-License-Identifier: EUPL-1.2
/*
 * From tables to rules: for each period without changes and each type, the rows that are left once the type's attributes
 * are known; unique tables also as an array with one more value, "unknown", in each dimension. An unknown input whose
 * values all give the same row is not needed; otherwise the array says which input is.
 */
#include <stdlib.h>

#include "law/scope_private.h"

struct compiler {
    const struct scope_book *book;
    const struct state_law *state;
    struct arena *arena;
    struct proof *proof;
    const struct rules *rules;
};

static bool row_is_alive(const struct row *row, const struct rules *rules) { return row->from <= rules->from && row->to >= rules->to; }

// Whether the type's attributes satisfy CELLS, as far as they are about attributes.
static bool attributes_match(const struct scope_book *book, const struct cell *cells, size_t count, const struct entity_type *type) {
    for (size_t i = 0; i < count; i++)
        if (book->variables[cells[i].variable].kind == VARIABLE_ATTRIBUTE &&
            !type_has(&cells[i].mask, type->attribute[cells[i].variable]))
            return false;
    return true;
}

static bool row_is_per_type(const struct scope_book *book, const struct table *table, const struct row *row) {
    if (table->is_unique) return table->is_per_type;
    for (size_t i = 0; i < row->cell_count; i++)
        if (variable_is_of_type(&book->variables[row->cells[i].variable])) return true;
    return false;
}

// What is left of an exception for this type: none of it (never holds), or cells about facts.
static bool except_may_hold(const struct scope_book *book, const struct row *row, const struct entity_type *type) {
    return row->except_count > 0 && (type == NULL || attributes_match(book, row->excepts, row->except_count, type));
}

static struct err slice_rows(struct compiler *c, const struct table *table, const struct entity_type *type, struct slice *ret) {
    const struct scope_book *book = c->book;
    ret->rows = arena_take_array(c->arena, table->row_count, sizeof *ret->rows);
    if (ret->rows == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < table->row_count; i++) {
        const struct row *row = &table->rows[i];
        if (!row_is_alive(row, c->rules) || row_is_per_type(book, table, row) != (type != NULL)) continue;
        if (type != NULL && !attributes_match(book, row->cells, row->cell_count, type)) continue;
        struct lean_cell *cells = arena_take_array(c->arena, row->cell_count + 1, sizeof *cells);
        if (cells == NULL) return err_make(ERR_MEMORY);
        uint8_t count = 0;
        for (size_t k = 0; k < row->cell_count; k++)
            if (book->variables[row->cells[k].variable].kind != VARIABLE_ATTRIBUTE)
                cells[count++] = (struct lean_cell){(uint8_t)row->cells[k].variable, row->cells[k].mask.word[0]};
        ret->rows[ret->row_count++] = (struct lean_row){row, cells, count, except_may_hold(book, row, type)};
    }
    return err_none();
}

static void add_input(struct slice *slice, uint8_t variable) {
    for (size_t i = 0; i < slice->input_count; i++)
        if (slice->inputs[i] == variable) return;
    if (slice->input_count < CELLS_MAX) slice->inputs[slice->input_count++] = variable;
}

// The inputs that any of the rows looks at, in the table's order.
static void slice_inputs(const struct scope_book *book, const struct table *table, struct slice *slice) {
    bool is_used[VARIABLES_MAX] = {false};
    for (size_t r = 0; r < slice->row_count; r++) {
        const struct lean_row *lean = &slice->rows[r];
        for (size_t k = 0; k < lean->cell_count; k++) is_used[lean->cells[k].variable] = true;
        for (size_t k = 0; lean->has_except && k < lean->row->except_count; k++) {
            size_t variable = lean->row->excepts[k].variable;
            is_used[variable] |= book->variables[variable].kind != VARIABLE_ATTRIBUTE;
        }
    }
    for (size_t i = 0; i < table->input_count; i++)
        if (is_used[table->inputs[i]]) add_input(slice, (uint8_t)table->inputs[i]);
}

static bool lean_matches(const struct scope_book *book, const struct lean_row *lean, const uint8_t value[VARIABLES_MAX]) {
    for (size_t k = 0; k < lean->cell_count; k++)
        if ((lean->cells[k].mask >> value[lean->cells[k].variable] & 1) == 0) return false;
    if (!lean->has_except) return true;
    for (size_t k = 0; k < lean->row->except_count; k++) {
        const struct cell *cell = &lean->row->excepts[k];
        if (book->variables[cell->variable].kind != VARIABLE_ATTRIBUTE && !type_has(&cell->mask, value[cell->variable])) return true;
    }
    return false;
}

static void describe(struct buf *report, const struct compiler *c, const struct slice *slice, const struct entity_type *type,
                     const uint8_t value[VARIABLES_MAX]) {
    const struct scope_book *book = c->book;
    const char *comma = "";
    if (type != NULL) {
        buf_printf(report, "%.*s", SPAN_FMT(type->code));
        comma = ", ";
    }
    for (size_t i = 0; i < slice->input_count; i++) {
        const struct variable *v = &book->variables[slice->inputs[i]];
        struct span text = v->values[value[slice->inputs[i]]];
        buf_printf(report, "%s%.*s: %.*s", comma, SPAN_FMT(v->name), SPAN_FMT(text));
        comma = ", ";
    }
    if (c->rules->from != DAY_FIRST) {
        struct civil day = civil_from_days(c->rules->from);
        buf_printf(report, ", from %04d-%02u-%02u", day.year, day.month, day.day);
    }
    buf_add_text(report, "\n");
}

// The row for a full combination, or SLICE_GAP; reports gaps and overlaps.
static uint16_t decide(struct compiler *c, const struct table *table, const struct slice *slice, const struct entity_type *type,
                       const uint8_t value[VARIABLES_MAX], size_t *findings) {
    uint16_t found = SLICE_GAP;
    struct buf *report = c->proof != NULL && *findings < 3 ? c->proof->report : NULL; // three of a kind are enough to read
    for (size_t r = 0; r < slice->row_count; r++) {
        if (!lean_matches(c->book, &slice->rows[r], value)) continue;
        if (found == SLICE_GAP) {
            found = (uint16_t)r;
            continue;
        }
        const struct yaml *node = slice->rows[r].row->node, *other = slice->rows[found].row->node;
        ++*findings;
        if (report == NULL) continue;
        buf_printf(report, "%s:%u: overlaps with line %u where ", node->file, node->line, other->line);
        describe(report, c, slice, type, value);
    }
    if (found == SLICE_GAP) {
        ++*findings;
        if (report != NULL) {
            buf_printf(report, "%s:%u: table %.*s has no row where ", table->node->file, table->node->line, SPAN_FMT(table->name));
            describe(report, c, slice, type, value);
        }
    }
    return found;
}

// Every combination of the slice's inputs in turn; false after the last.
static bool next_combination(const struct scope_book *book, const struct slice *slice, uint8_t value[VARIABLES_MAX]) {
    for (size_t i = slice->input_count; i > 0; i--) {
        uint8_t variable = slice->inputs[i - 1];
        if (++value[variable] < book->variables[variable].value_count) return true;
        value[variable] = 0;
    }
    return false;
}

static uint32_t index_of(const struct slice *slice, const uint8_t value[VARIABLES_MAX]) {
    uint32_t index = 0;
    for (size_t i = 0; i < slice->input_count; i++) index += value[slice->inputs[i]] * slice->strides[i];
    return index;
}

// Fills the cells in which input I is the first unknown one, from the inside out: what all its values agree on, or a need.
static void fill_unknown(const struct scope_book *book, const struct slice *slice, uint16_t *dense, uint32_t size) {
    for (size_t i = slice->input_count; i > 0; i--) {
        uint32_t stride = slice->strides[i - 1];
        uint32_t values = (uint32_t)book->variables[slice->inputs[i - 1]].value_count;
        for (uint32_t at = 0; at < size; at++) {
            if (at / stride % (values + 1) != values) continue;
            uint32_t first = at - values * stride;
            uint16_t all = dense[first];
            for (uint32_t v = 1; v < values; v++)
                if (dense[first + v * stride] != all) all = (uint16_t)(SLICE_NEED | slice->inputs[i - 1]);
            dense[at] = all;
        }
    }
}

static struct err slice_dense(struct compiler *c, const struct table *table, const struct entity_type *type, struct slice *slice,
                              size_t *findings, size_t *combinations) {
    uint64_t size = 1;
    for (size_t i = slice->input_count; i > 0; i--) {
        slice->strides[i - 1] = (uint32_t)size;
        size *= c->book->variables[slice->inputs[i - 1]].value_count + 1;
        if (size > DENSE_MAX) break;
    }
    uint16_t *dense = NULL;
    if (size <= DENSE_MAX) {
        dense = arena_take_array(c->arena, size, sizeof *dense);
        if (dense == NULL) return err_make(ERR_MEMORY);
    } else if (c->proof == NULL) return err_none(); // tried row by row
    uint8_t value[VARIABLES_MAX] = {0};
    do {
        uint16_t row = decide(c, table, slice, type, value, findings);
        if (dense != NULL) dense[index_of(slice, value)] = row;
        ++*combinations;
    } while (next_combination(c->book, slice, value));
    if (dense != NULL) fill_unknown(c->book, slice, dense, (uint32_t)size);
    slice->dense = dense;
    return err_none();
}

static bool same_rows(const struct slice *a, const struct slice *b) {
    if (a->row_count != b->row_count) return false;
    for (size_t i = 0; i < a->row_count; i++)
        if (a->rows[i].row != b->rows[i].row || a->rows[i].has_except != b->rows[i].has_except) return false;
    return true;
}

static struct err compile_slice(struct compiler *c, enum stage stage, const struct entity_type *type, struct slice *ret) {
    const struct table *table = c->state->tables[stage];
    TRY(slice_rows(c, table, type, ret));
    if (!table->is_unique || table->is_per_type != (type != NULL)) return err_none();
    slice_inputs(c->book, table, ret);
    size_t findings = 0, combinations = 0;
    // Types that follow the same rows share one array, and one proof.
    for (const struct entity_type *t = c->book->types; type != NULL && t < type; t++) {
        const struct slice *other = &c->rules->type_slices[stage][t - c->book->types];
        if (!type_has(&c->rules->types, (size_t)(t - c->book->types)) || !same_rows(ret, other)) continue;
        *ret = *other;
        return err_none();
    }
    TRY(slice_dense(c, table, type, ret, &findings, &combinations));
    if (c->proof != NULL) {
        c->proof->findings += findings;
        c->proof->combinations += combinations;
    }
    return err_none();
}

static struct err compile_rules(struct compiler *c, struct rules *ret) {
    const struct scope_book *book = c->book;
    c->rules = ret;
    size_t state = (size_t)(c->state - book->states);
    for (size_t t = 0; t < book->type_count; t++) {
        const struct entity_type *type = &book->types[t];
        if (type->from <= ret->from && type->to >= ret->to && (type->state == STATES_MAX || type->state == state))
            type_put(&ret->types, t);
    }
    for (size_t s = 0; s < STAGES; s++) {
        TRY(compile_slice(c, (enum stage)s, NULL, &ret->entity_slice[s]));
        ret->type_slices[s] = arena_take_array(c->arena, book->type_count + 1, sizeof *ret->type_slices[s]);
        if (ret->type_slices[s] == NULL) return err_make(ERR_MEMORY);
        for (size_t t = 0; t < book->type_count; t++)
            if (type_has(&ret->types, t)) TRY(compile_slice(c, (enum stage)s, &book->types[t], &ret->type_slices[s][t]));
        if (c->proof != NULL) {
            c->proof->tables++;
            c->proof->rows += c->state->tables[s]->row_count;
        }
    }
    return err_none();
}

static int day_order(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

struct err rules_compile(const struct scope_book *book, const struct state_law *state, struct arena *arena,
                         const struct rules **ret, size_t *ret_count, struct proof *proof) {
    size_t most = 2 + 2 * book->type_count, count = 0;
    for (size_t s = 0; s < STAGES; s++) most += 2 * state->tables[s]->row_count;
    int64_t *days = arena_take_array(arena, most, sizeof *days);
    if (days == NULL) return err_make(ERR_MEMORY);
    days[count++] = DAY_FIRST;
    days[count++] = DAY_LAST;
    for (size_t t = 0; t < book->type_count; t++) {
        days[count++] = book->types[t].from;
        days[count++] = book->types[t].to;
    }
    for (size_t s = 0; s < STAGES; s++)
        for (size_t i = 0; i < state->tables[s]->row_count; i++) {
            days[count++] = state->tables[s]->rows[i].from;
            days[count++] = state->tables[s]->rows[i].to;
        }
    qsort(days, count, sizeof *days, day_order);
    struct rules *rules = arena_take_array(arena, count, sizeof *rules);
    if (rules == NULL) return err_make(ERR_MEMORY);
    size_t made = 0;
    for (size_t i = 1; i < count; i++) {
        if (days[i] == days[i - 1]) continue;
        rules[made].from = days[i - 1];
        rules[made].to = days[i];
        struct compiler c = {.book = book, .state = state, .arena = arena, .proof = proof};
        TRY(compile_rules(&c, &rules[made]));
        made++;
    }
    *ret = rules;
    *ret_count = made;
    return err_none();
}
