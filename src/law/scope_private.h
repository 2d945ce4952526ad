// SPDX-License-Identifier: EUPL-1.2
/*
 * The scope book: variables, types and tables as they are read from the packs, and the rules compiled from them for a
 * period in which no row begins or ends. Made once at load, then only read. For the scope files of this room.
 *
 * A variable is anything that a column of a table can ask for: a fact, a switch of a state, an attribute of a type, a
 * set of types asked for one type, or something derived. Its values are numbered; VALUE_UNKNOWN stands for none known.
 */
#ifndef LAW_SCOPE_PRIVATE_H
#define LAW_SCOPE_PRIVATE_H

#include "law/law_private.h"
#include "law/scope.h"
#include "law/size.h"

enum {
    VARIABLES_MAX = 128,
    TYPES_MAX = 128,
    VALUES_MAX = 64,       // of a variable other than the code of a type
    STATES_MAX = 40,
    PLACES_MAX = 16,       // facts that hold countries
    TYPE_SETS_MAX = 8,     // facts that hold types, without `types` itself
    TABLE_ROWS_MAX = 512,
    TABLE_INPUTS_MAX = 64,
    CELLS_MAX = 24,        // of a row
    DENSE_MAX = 65536,     // combinations kept in an array; beyond that rows are tried one after the other
    VALUE_UNKNOWN = 255,
};
#define DAY_FIRST INT64_MIN
#define DAY_LAST INT64_MAX

enum variable_kind { VARIABLE_FACT, VARIABLE_SWITCH, VARIABLE_DERIVED, VARIABLE_ATTRIBUTE, VARIABLE_MEMBER, VARIABLE_PLAIN };
enum fact_form { FORM_BOOL, FORM_ENUM, FORM_TYPES, FORM_FIGURE, FORM_COUNTRY, FORM_COUNTRIES, FORM_TEXT, FORM_SIZE };
enum derivation { DERIVE_NONE, DERIVE_CLAIMED, DERIVE_KEPT, DERIVE_SIZE, DERIVE_CLASS, DERIVE_MEMBER, DERIVE_SINGLE, DERIVE_WITHIN };

struct type_bits {
    uint64_t word[TYPES_MAX / 64];
};
static inline bool type_has(const struct type_bits *bits, size_t type) { return bits->word[type / 64] >> (type % 64) & 1; }
static inline void type_put(struct type_bits *bits, size_t type) { bits->word[type / 64] |= UINT64_C(1) << (type % 64); }

struct variable {
    struct span name;
    enum variable_kind kind;
    enum fact_form form;
    enum derivation derive;
    size_t value_count; // 0: not for tables
    struct span *values;
    uint8_t assumed;    // a value, or VALUE_UNKNOWN; for switches: what the Directive's wording gives
    bool changes, near; // for counterfactuals
    size_t slot;        // among countries, or among sets of types
    size_t source, set; // derived: variables it is made from
    uint64_t mask;      // derived from types: attribute values that count
    struct type_bits of_types; // and the types that have them
    struct span article, certainty;
    struct span change_key; // words for a change of this fact; at == NULL: none
    const struct yaml *node;
};

struct entity_type {
    struct span code, sector, subsector, annex, act, ir, article;
    uint8_t attribute[VARIABLES_MAX]; // by variable
    int64_t from, to;                 // days
    size_t state;                     // index of the state whose law adds it; STATES_MAX: the Union's
    const struct yaml *node;
};

struct cell {
    size_t variable;
    struct type_bits mask; // by value; codes of types need more than 64
};
struct row {
    struct span id, article, words_key, certainty, effect;
    size_t cell_count, except_count;
    struct cell *cells, *excepts;
    int64_t from, to; // first day, and first day after
    enum entity_class class;
    bool has_class, is_impossible;
    size_t number; // in the book
    size_t places; // the fact whose countries are the competent states; VARIABLES_MAX: none
    bool is_any_place;
    const struct yaml *node;
};
enum stage { STAGE_MATCH, STAGE_EXCLUDE, STAGE_CLASS, STAGE_INDIVIDUAL, STAGE_REGIMES, STAGE_JURISDICTION, STAGES };
struct table {
    struct span name;
    bool is_unique;
    bool is_per_type; // some column asks about a type
    size_t input_count;
    size_t inputs[TABLE_INPUTS_MAX];
    size_t row_count;
    struct row *rows;
    const struct yaml *node;
};

// ---- compiled: what is left of a table once the type and the period are fixed ----

struct lean_cell {
    uint8_t variable;
    uint64_t mask;
};
struct lean_row {
    const struct row *row;
    const struct lean_cell *cells;
    uint8_t cell_count;
    bool has_except;
};
struct slice { // for one type, or for the entity
    size_t row_count;
    struct lean_row *rows;
    // unique tables with few combinations: index = sum of value * stride, unknown values last in each dimension
    size_t input_count;
    uint8_t inputs[CELLS_MAX];
    uint32_t strides[CELLS_MAX];
    const uint16_t *dense; // row index, SLICE_GAP, or SLICE_NEED | input; NULL: try the rows
};
enum { SLICE_GAP = 0x7fff, SLICE_NEED = 0x8000 };

struct rules { // the law of a state in a period without changes
    int64_t from, to;
    struct type_bits types; // that exist then
    struct slice *type_slices[STAGES];  // by type
    struct slice entity_slice[STAGES];  // rows without columns about types
};
struct state_law {
    struct span code;
    const struct pack *pack; // NULL: none
    const struct table *tables[STAGES];
    bool is_shared; // has no tables or types of its own
    size_t rules_count;
    const struct rules *rules;
};

struct scope_book {
    const struct law *law;
    const struct pack *union_pack;
    size_t variable_count;
    struct variable variables[VARIABLES_MAX];
    size_t switch_from, switch_to; // switches stand together
    size_t type_count;
    struct entity_type types[TYPES_MAX];
    struct type_bits no_size_types; // size is not applicable without figures
    size_t place_count, type_set_count;
    size_t type_derived_count; // variables derived from the types said or kept
    size_t type_derived[8];
    struct size_rules size;
    size_t size_variable, class_variable, types_variable;
    // facts that C asks for by name; VARIABLES_MAX where a pack has none
    size_t figure_variables[SIZE_FIGURES], relations_variable, asking_variable, services_variable, j_variable;
    size_t independence_fact, independence_switch; // VARIABLES_MAX: none
    struct table tables[STAGES];
    size_t row_count; // in all tables
    size_t state_count;
    struct state_law states[STATES_MAX];
};

struct scope_view {
    const struct scope_book *book;
    const struct state_law *state;
    const struct rules *rules;
    struct civil at;
    bool is_in_force;                 // the Directive applies at that date
    uint8_t value[VARIABLES_MAX];     // of the switches
    bool is_decided[VARIABLES_MAX];   // by the state; else by the wording, or open
};

enum origin { ORIGIN_MISSING, ORIGIN_ASSUMED, ORIGIN_GIVEN };
#define PLACE_OUTSIDE (UINT64_C(1) << 63)
struct scope_facts {
    const struct scope_book *book;
    uint8_t value[VARIABLES_MAX];
    uint8_t origin[VARIABLES_MAX];
    bool has_types;
    struct type_bits types;
    struct type_bits sets[TYPE_SETS_MAX];
    uint64_t places[PLACES_MAX]; // bit = state of the book; PLACE_OUTSIDE: somewhere else
    bool is_sized;               // some figure was given
    bool has_relations;
    struct size_facts size;
    unsigned size_group, size_own; // possible sizes
};

// scope_book.c
CHECKED struct err scope_book_load(struct law *law, struct why *why);
size_t book_variable(const struct scope_book *book, struct span name); // VARIABLES_MAX where there is none
size_t book_type(const struct scope_book *book, struct span code);     // TYPES_MAX
size_t book_state(const struct scope_book *book, struct span code);    // STATES_MAX
// variable.c
CHECKED struct err variables_load(struct scope_book *book, struct arena *arena, struct why *why);
CHECKED struct err variable_value(const struct variable *variable, struct span text, const struct yaml *node, uint8_t *ret,
                                  struct why *why);
// entity_type.c: attributes become variables; then the types themselves
CHECKED struct err attributes_load(struct scope_book *book, struct arena *arena, struct why *why);
CHECKED struct err types_load(struct scope_book *book, const struct yaml *list, size_t state, struct why *why);
// table.c
CHECKED struct err table_load(struct scope_book *book, struct arena *arena, const struct yaml *root, struct table *ret,
                              struct why *why);
CHECKED struct err days_read(const struct yaml *row, int64_t *ret_from, int64_t *ret_to, struct why *why);
bool variable_is_of_type(const struct variable *variable); // a column about the type, not the entity
// compile.c
struct proof { // what law check counts and finds
    struct buf *report;
    size_t findings, tables, rows, combinations;
};
CHECKED struct err rules_compile(const struct scope_book *book, const struct state_law *state, struct arena *arena,
                                 const struct rules **ret, size_t *ret_count, struct proof *proof);

// ---- running (scope_run.c) ----

enum match { MATCH_NO, MATCH_YES, MATCH_NEED };
struct fired { // a row that matches, or may match
    const struct row *row;
    size_t type; // TYPES_MAX: the entity
    bool is_certain;
};
enum { FIRED_MAX = 256, RUNS_MAX = 512 };
struct trace {
    size_t count;
    struct fired fired[FIRED_MAX];
    bool is_read[VARIABLES_MAX];     // decided a row: the only cell against it, or one of those for it
    bool is_needed[VARIABLES_MAX];   // unknown, and in the way of a row
    uint8_t type_classes[TYPES_MAX]; // bits
    struct type_bits kept, maybe;    // types that count, and those that may
};
struct pass {
    const struct scope_view *view;
    const struct scope_facts *facts;
    uint8_t value[VARIABLES_MAX];
    struct type_bits types; // those said, less what an experiment takes out
    struct type_bits kept;
    unsigned sizes;      // possible sizes
    size_t need;         // the unknown variable that the last test met
    struct trace *trace; // NULL: only the class
};
struct outcome {
    unsigned classes; // bits: what completions of the unknown give
    size_t runs;
    bool lacks_types;
};
void pass_begin(struct pass *pass, const struct scope_view *view, const struct scope_facts *facts);
// The size again, after a fact or switch was changed that it depends on.
void pass_resize(struct pass *pass);
// Tries completions of what is unknown. IS_BRIEF stops at the second class.
void pass_explore(struct pass *pass, struct outcome *ret, bool is_brief);
// Looks at every row once, with unknown values as they are: which fire, which may.
void pass_trace(struct pass *pass, struct trace *ret);
const struct slice *pass_slice(const struct pass *pass, enum stage stage, size_t type_or_max);
enum match pass_test(struct pass *pass, const struct lean_row *row, size_t type_or_max);
void pass_derive(struct pass *pass, enum derivation derive, const struct type_bits *types);
// The row of a unique table for a type; NULL with pass->need where something is unknown (else VARIABLES_MAX: a gap).
const struct row *pass_unique(struct pass *pass, enum stage stage, size_t type);
// Sets the size as it is for the type (not applicable to some without figures); returns what to put back.
uint8_t pass_size_for(struct pass *pass, size_t type);
// Rows of a collect table that match now; unknown cells do not match.
size_t pass_collect(struct pass *pass, enum stage stage, size_t type_or_max, const struct row **ret, size_t max);
enum entity_class outcome_class(const struct outcome *outcome);

// ---- the answer with reasons: each part in a file of its own ----

struct inquiry { // what the parts share
    struct pass pass; // ready to run again; its trace is NULL
    struct outcome outcome;
    struct trace trace;
    struct arena *arena;
    struct scope_answer *answer;
};
// Classes that follow where VARIABLE has VALUE, all else as it is.
unsigned inquiry_classes_if(struct inquiry *inquiry, size_t variable, uint8_t value);
CHECKED struct err inquiry_facts(struct inquiry *inquiry);   // decisive, assumed, missing (scope_facts.c)
CHECKED struct err inquiry_changes(struct inquiry *inquiry); // what would change the answer (scope_change.c)
CHECKED struct err inquiry_options(struct inquiry *inquiry); // left to the state (scope_option.c)
CHECKED struct err inquiry_places(struct inquiry *inquiry);  // types and their jurisdiction (scope_place.c)
CHECKED struct err inquiry_regimes(struct inquiry *inquiry); // displaced, displacing, beside (scope_option.c)

#endif
