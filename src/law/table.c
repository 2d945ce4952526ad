// SPDX-License-Identifier: EUPL-1.2
/* Decision tables as they stand in the packs: columns checked against what is declared, cells as sets of values. */
#include "law/scope_private.h"

bool variable_is_of_type(const struct variable *v) { return v->kind == VARIABLE_ATTRIBUTE || v->kind == VARIABLE_MEMBER; }

struct err days_read(const struct yaml *row, int64_t *ret_from, int64_t *ret_to, struct why *why) {
    *ret_from = DAY_FIRST;
    *ret_to = DAY_LAST;
    struct civil date;
    struct span from = yaml_get_text(row, "from"), to = yaml_get_text(row, "to");
    if (from.at != NULL) {
        if (!civil_parse(from, &date)) return yaml_refuse(row, why, "table.date", "from: a date is expected");
        *ret_from = civil_to_days(date);
    }
    if (to.at != NULL) { // the last day on which it applies
        if (!civil_parse(to, &date)) return yaml_refuse(row, why, "table.date", "to: a date is expected");
        *ret_to = civil_to_days(date) + 1;
    }
    return *ret_from < *ret_to ? err_none() : yaml_refuse(row, why, "table.date", "the row ends before it begins");
}

static struct err cell_value(const struct variable *v, const struct yaml *value, struct cell *cell, struct why *why) {
    uint8_t index;
    if (value->type != YAML_SCALAR) return yaml_refuse(value, why, "table.cell", "a value or a list of values is expected");
    TRY(variable_value(v, value->text, value, &index, why));
    type_put(&cell->mask, index);
    return err_none();
}

static struct err read_cell(const struct scope_book *book, size_t variable, const struct yaml *value, struct cell *cell,
                            struct why *why) {
    *cell = (struct cell){.variable = variable};
    const struct variable *v = &book->variables[variable];
    if (value->type == YAML_SCALAR) return cell_value(v, value, cell, why);
    if (value->type != YAML_SEQUENCE || value->count == 0)
        return yaml_refuse(value, why, "table.cell", "a value or a list of values is expected");
    for (size_t i = 0; i < value->count; i++) TRY(cell_value(v, &value->items[i], cell, why));
    return err_none();
}

static bool is_input(const struct table *table, size_t variable) {
    for (size_t i = 0; i < table->input_count; i++)
        if (table->inputs[i] == variable) return true;
    return false;
}

static struct err read_excepts(const struct scope_book *book, struct arena *arena, const struct table *table,
                               const struct yaml *mapping, struct row *row, struct why *why) {
    if (mapping->type != YAML_MAPPING || mapping->count == 0 || mapping->count > CELLS_MAX || !table->is_unique)
        return yaml_refuse(mapping, why, "table.except", "except: cells are expected, in a table with hit: unique");
    row->excepts = arena_take_array(arena, mapping->count, sizeof *row->excepts);
    if (row->excepts == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < mapping->count; i++) {
        size_t variable = book_variable(book, mapping->pairs[i].name);
        if (variable == VARIABLES_MAX || !is_input(table, variable))
            return yaml_refuse(mapping, why, "table.except", "\"%.*s\" is no input of the table", SPAN_FMT(mapping->pairs[i].name));
        TRY(read_cell(book, variable, &mapping->pairs[i].value, &row->excepts[row->except_count++], why));
    }
    return err_none();
}

// Columns that say what follows; everything else must be an input.
static bool is_outcome(struct span name) {
    static const char *const NAMES[] = {"id",       "article",  "certainty", "from",  "to",         "words",  "source",
                                        "regime",   "displaces", "contact",  "states", "concurrent", "others", "needs",
                                        "invalid",  "except",   "checked_on"};
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++)
        if (span_is(name, NAMES[i])) return true;
    return false;
}

static struct err read_class(const struct scope_book *book, const struct yaml *value, struct row *row, struct why *why) {
    if (span_is(value->text, "impossible")) {
        row->is_impossible = true;
        row->effect = SPAN("impossible");
        return err_none();
    }
    uint8_t class;
    TRY(variable_value(&book->variables[book->class_variable], value->text, value, &class, why));
    row->class = (enum entity_class)class;
    row->has_class = true;
    row->effect = value->text;
    return err_none();
}

// The column `states` of jurisdiction: a fact with countries, any, or unknown.
static struct err read_places(const struct scope_book *book, const struct yaml *node, struct row *row, struct why *why) {
    struct span states = yaml_get_text(node, "states");
    row->is_any_place = span_is(states, "any");
    row->places = row->is_any_place ? book->services_variable : VARIABLES_MAX;
    if (states.at == NULL || row->is_any_place || span_is(states, "unknown")) return err_none();
    row->places = book_variable(book, states);
    enum fact_form form = row->places < VARIABLES_MAX ? book->variables[row->places].form : FORM_TEXT;
    bool is_place = row->places < VARIABLES_MAX && (form == FORM_COUNTRY || form == FORM_COUNTRIES);
    return is_place ? err_none() : yaml_refuse(node, why, "table.states", "states: a fact with countries, any or unknown is expected");
}

static struct err read_row(struct scope_book *book, struct arena *arena, const struct table *table, const struct yaml *node,
                           struct row *row, struct why *why) {
    if (node->type != YAML_MAPPING || node->count > CELLS_MAX)
        return yaml_refuse(node, why, "table.row", "a row of at most %d columns is expected", (int)CELLS_MAX);
    *row = (struct row){.node = node, .number = book->row_count++};
    row->id = yaml_get_text(node, "id");
    row->article = yaml_get_text(node, "article");
    row->certainty = yaml_get_text(node, "certainty");
    row->words_key = yaml_get_text(node, "words");
    row->effect = yaml_get_text(table->node, "effect");
    if (row->id.len == 0) return yaml_refuse(node, why, "table.row", "a row needs an id");
    if (row->words_key.at == NULL) row->words_key = arena_printf(arena, "rule.%.*s", SPAN_FMT(row->id));
    TRY(days_read(node, &row->from, &row->to, why));
    TRY(read_places(book, node, row, why));
    row->cells = arena_take_array(arena, node->count, sizeof *row->cells);
    if (row->cells == NULL || row->words_key.at == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < node->count; i++) {
        struct span name = node->pairs[i].name;
        const struct yaml *value = &node->pairs[i].value;
        size_t variable = book_variable(book, name);
        if (variable != VARIABLES_MAX && is_input(table, variable)) {
            TRY(read_cell(book, variable, value, &row->cells[row->cell_count++], why));
        } else if (span_is(name, "class")) TRY(read_class(book, value, row, why));
        else if (!is_outcome(name))
            return yaml_refuse(value, why, "table.column", "\"%.*s\" is neither an input of the table nor an outcome", SPAN_FMT(name));
    }
    const struct yaml *except = yaml_get(node, "except");
    return except == NULL ? err_none() : read_excepts(book, arena, table, except, row, why);
}

static struct err read_inputs(const struct scope_book *book, const struct yaml *list, struct table *table, struct why *why) {
    if (list == NULL || list->type != YAML_SEQUENCE || list->count == 0 || list->count > TABLE_INPUTS_MAX)
        return yaml_refuse(list != NULL ? list : table->node, why, "table.inputs", "1 to %d inputs are expected", (int)TABLE_INPUTS_MAX);
    for (size_t i = 0; i < list->count; i++) {
        size_t variable = book_variable(book, list->items[i].text);
        if (variable == VARIABLES_MAX || book->variables[variable].value_count == 0)
            return yaml_refuse(&list->items[i], why, "table.inputs", "\"%.*s\" is not declared, or has no values to list",
                               SPAN_FMT(list->items[i].text));
        table->inputs[table->input_count++] = variable;
        table->is_per_type |= variable_is_of_type(&book->variables[variable]);
    }
    return err_none();
}

struct err table_load(struct scope_book *book, struct arena *arena, const struct yaml *root, struct table *ret, struct why *why) {
    struct table table = {.name = yaml_get_text(root, "table"), .node = root};
    struct span hit = yaml_get_text(root, "hit");
    table.is_unique = span_is(hit, "unique");
    if (!table.is_unique && !span_is(hit, "collect")) return yaml_refuse(root, why, "table.hit", "hit: unique or collect is expected");
    TRY(read_inputs(book, yaml_get(root, "inputs"), &table, why));
    const struct yaml *rows = yaml_get(root, "rows");
    if (rows == NULL || rows->type != YAML_SEQUENCE || rows->count == 0 || rows->count > TABLE_ROWS_MAX)
        return yaml_refuse(root, why, "table.rows", "1 to %d rows are expected", (int)TABLE_ROWS_MAX);
    table.rows = arena_take_array(arena, rows->count, sizeof *table.rows);
    if (table.rows == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < rows->count; i++) {
        TRY(read_row(book, arena, &table, &rows->items[i], &table.rows[i], why));
        table.row_count++;
    }
    *ret = table;
    return err_none();
}
