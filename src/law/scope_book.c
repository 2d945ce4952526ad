// SPDX-License-Identifier: EUPL-1.2
/* Making the scope book from the packs, and the law of a state at a date from the book. */
#include "law/scope_private.h"

static const char *const STAGE_FILES[STAGES] = {
    [STAGE_MATCH] = "tables/match.yaml",           [STAGE_EXCLUDE] = "tables/exclude.yaml",
    [STAGE_CLASS] = "tables/class.yaml",           [STAGE_INDIVIDUAL] = "tables/individual.yaml",
    [STAGE_REGIMES] = "tables/regimes.yaml",       [STAGE_JURISDICTION] = "tables/jurisdiction.yaml",
};

size_t book_variable(const struct scope_book *book, struct span name) {
    for (size_t i = 0; i < book->variable_count; i++)
        if (span_equals(book->variables[i].name, name)) return i;
    return VARIABLES_MAX;
}
size_t book_type(const struct scope_book *book, struct span code) {
    for (size_t i = 0; i < book->type_count; i++)
        if (span_equals(book->types[i].code, code)) return i;
    return TYPES_MAX;
}
size_t book_state(const struct scope_book *book, struct span code) {
    for (size_t i = 0; i < book->state_count; i++)
        if (span_equals(book->states[i].code, code)) return i;
    return STATES_MAX;
}

static struct err need_file(const struct scope_book *book, const char *file, struct why *why) {
    if (pack_file_root(book->union_pack, file) != NULL) return err_none();
    return why_set(why, ERR_INPUT, NULL, "pack.file", NULL, "%.*s: %s is needed", SPAN_FMT(book->union_pack->id), file);
}

static struct err load_states(struct scope_book *book, struct why *why) {
    const struct yaml *list = yaml_get(pack_file_root(book->union_pack, "facts.yaml"), "member_states");
    if (list == NULL || list->type != YAML_SEQUENCE || list->count == 0 || list->count > STATES_MAX)
        return yaml_refuse(list, why, "scope.states", "member_states: a list is expected");
    for (size_t i = 0; i < list->count; i++) {
        struct state_law *state = &book->states[book->state_count++];
        *state = (struct state_law){.code = list->items[i].text, .is_shared = true};
        if (state->code.len != 2) return yaml_refuse(&list->items[i], why, "scope.states", "two letters are expected");
        state->pack = law_pack_of_state(book->law, state->code);
    }
    return err_none();
}

static struct err load_tables(struct scope_book *book, struct arena *arena, struct why *why) {
    for (size_t s = 0; s < STAGES; s++) {
        TRY(need_file(book, STAGE_FILES[s], why));
        TRY(table_load(book, arena, pack_file_root(book->union_pack, STAGE_FILES[s]), &book->tables[s], why));
    }
    return err_none();
}

// A national table takes the Union's rows and its own where it collects; where rows are unique it replaces the table.
static struct err overlay(struct scope_book *book, struct arena *arena, enum stage stage, const struct yaml *root,
                          struct state_law *state, struct why *why) {
    struct table *table = ARENA_NEW(arena, struct table);
    if (table == NULL) return err_make(ERR_MEMORY);
    TRY(table_load(book, arena, root, table, why));
    const struct table *base = &book->tables[stage];
    if (table->is_unique != base->is_unique)
        return yaml_refuse(root, why, "table.hit", "the hit policy must be the one of the Union's table");
    if (!table->is_unique) {
        struct row *rows = arena_take_array(arena, base->row_count + table->row_count, sizeof *rows);
        if (rows == NULL) return err_make(ERR_MEMORY);
        memcpy(rows, base->rows, base->row_count * sizeof *rows);
        memcpy(&rows[base->row_count], table->rows, table->row_count * sizeof *rows);
        table->rows = rows;
        table->row_count += base->row_count;
    }
    state->tables[stage] = table;
    state->is_shared = false;
    return err_none();
}

static struct err load_national(struct scope_book *book, struct arena *arena, size_t index, struct why *why) {
    struct state_law *state = &book->states[index];
    for (size_t s = 0; s < STAGES; s++) {
        state->tables[s] = &book->tables[s];
        const struct yaml *root = pack_file_root(state->pack, STAGE_FILES[s]);
        if (root != NULL) TRY(overlay(book, arena, (enum stage)s, root, state, why));
    }
    for (size_t t = 0; t < book->type_count; t++)
        if (book->types[t].state == index) state->is_shared = false;
    return err_none();
}

// The values of national switches are checked here, so that a wrong one is found at load.
static struct err check_switches(const struct scope_book *book, const struct state_law *state, struct why *why) {
    const struct yaml *root = pack_file_root(state->pack, "switches.yaml");
    const struct yaml *list = yaml_get(root, "switches");
    if (root == NULL) return err_none();
    if (list == NULL || list->type != YAML_SEQUENCE) return yaml_refuse(root, why, "switch.form", "switches: a list is expected");
    for (size_t i = 0; i < list->count; i++) {
        const struct yaml *row = &list->items[i];
        size_t variable = book_variable(book, yaml_get_text(row, "name"));
        int64_t from, to;
        uint8_t value;
        if (variable == VARIABLES_MAX || book->variables[variable].kind != VARIABLE_SWITCH)
            return yaml_refuse(row, why, "switch.name", "no such switch is declared in eu/nis2/switches.yaml");
        if (yaml_get_text(row, "article").len == 0 || yaml_get_text(row, "source").len == 0)
            return yaml_refuse(row, why, "switch.source", "a switch needs article and source");
        TRY(variable_value(&book->variables[variable], yaml_get_text(row, "value"), row, &value, why));
        TRY(days_read(row, &from, &to, why));
    }
    return err_none();
}

struct err scope_book_load(struct law *law, struct why *why) {
    const struct pack *pack = law_pack(law, SPAN("eu/nis2"));
    if (pack == NULL || pack_file_root(pack, "facts.yaml") == NULL) return err_none(); // a law without scope (tests of packs)
    struct scope_book *book = ARENA_NEW(law->arena, struct scope_book);
    if (book == NULL) return err_make(ERR_MEMORY);
    book->law = law;
    book->union_pack = pack;
    static const char *const NEEDED[] = {"switches.yaml", "types.yaml", "size.yaml"};
    for (size_t i = 0; i < sizeof NEEDED / sizeof NEEDED[0]; i++) TRY(need_file(book, NEEDED[i], why));
    TRY(load_states(book, why));
    TRY(size_rules_load(law->arena, pack_file_root(pack, "size.yaml"), &book->size, why));
    TRY(attributes_load(book, law->arena, why));
    TRY(variables_load(book, law->arena, why));
    TRY(types_load(book, pack_file_root(pack, "types.yaml"), STATES_MAX, why));
    for (size_t i = 0; i < book->state_count; i++) {
        const struct yaml *types = pack_file_root(book->states[i].pack, "types.yaml");
        if (types != NULL) TRY(types_load(book, types, i, why));
    }
    TRY(load_tables(book, law->arena, why));
    const struct rules *shared = NULL;
    size_t shared_count = 0;
    for (size_t i = 0; i < book->state_count; i++) {
        struct state_law *state = &book->states[i];
        TRY(check_switches(book, state, why));
        TRY(load_national(book, law->arena, i, why));
        if (state->is_shared && shared != NULL) {
            state->rules = shared;
            state->rules_count = shared_count;
            continue;
        }
        TRY(rules_compile(book, state, law->arena, &state->rules, &state->rules_count, NULL));
        if (state->is_shared) {
            shared = state->rules;
            shared_count = state->rules_count;
        }
    }
    law->scope = book;
    return err_none();
}

// What the state has decided by the day; else the Directive's wording, or unknown.
static void view_switches(struct scope_view *view, int64_t day) {
    const struct scope_book *book = view->book;
    for (size_t i = book->switch_from; i < book->switch_to; i++) view->value[i] = book->variables[i].assumed;
    const struct yaml *list = yaml_get(pack_file_root(view->state->pack, "switches.yaml"), "switches");
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        const struct yaml *row = &list->items[i];
        size_t variable = book_variable(book, yaml_get_text(row, "name"));
        int64_t from = DAY_FIRST, to = DAY_LAST;
        uint8_t value = VALUE_UNKNOWN;
        bool is_good = !is_err(days_read(row, &from, &to, NULL)) && variable < VARIABLES_MAX &&
                       !is_err(variable_value(&book->variables[variable], yaml_get_text(row, "value"), row, &value, NULL));
        if (!is_good || day < from || day >= to) continue; // checked at load
        view->value[variable] = value;
        view->is_decided[variable] = true;
    }
}

struct err scope_view_make(const struct law *law, struct span state, struct civil at, struct arena *arena,
                           const struct scope_view **ret, struct why *why) {
    const struct scope_book *book = law->scope;
    if (book == NULL) return why_set(why, ERR_LAW, NULL, "scope.book", NULL, "no pack says what is in scope");
    uint8_t upper[2] = {0};
    for (size_t i = 0; i < 2 && state.len == 2; i++)
        upper[i] = state.at[i] >= 'a' && state.at[i] <= 'z' ? (uint8_t)(state.at[i] - 'a' + 'A') : state.at[i];
    size_t index = state.len == 2 ? book_state(book, span_make(upper, 2)) : STATES_MAX;
    if (index == STATES_MAX)
        return why_set(why, ERR_INPUT, "/state", "scope.state", NULL,
                       "a Member State's two letters are expected, like BE; Greece is EL");
    if (!civil_is_valid(at)) return why_set(why, ERR_INPUT, "/at", "scope.date", NULL, "a date like 2026-11-22 is expected");
    struct scope_view *view = ARENA_NEW(arena, struct scope_view);
    if (view == NULL) return err_make(ERR_MEMORY);
    int64_t day = civil_to_days(at);
    view->book = book;
    view->state = &book->states[index];
    view->at = at;
    view->is_in_force = book->union_pack->has_from && civil_compare(at, book->union_pack->from) >= 0;
    for (size_t i = 0; i < view->state->rules_count; i++)
        if (day >= view->state->rules[i].from && day < view->state->rules[i].to) view->rules = &view->state->rules[i];
    if (view->rules == NULL) return why_set(why, ERR_LAW, "/at", "scope.date", NULL, "no rules for this date");
    view_switches(view, day);
    *ret = view;
    return err_none();
}
