// SPDX-License-Identifier: EUPL-1.2
/*
 * Fields of forms: their rows in the pack, and values from outside made typed and canonical. For the files of this room.
 */
#ifndef LAW_FIELD_H
#define LAW_FIELD_H

#include "law/condition.h"

struct law;

enum field_type {
    FIELD_TEXT, // one line
    FIELD_LONG_TEXT,
    FIELD_BOOL,
    FIELD_CHOICE,
    FIELD_CHOICES,
    FIELD_INSTANT,
    FIELD_DATE,
    FIELD_INT,
    FIELD_DECIMAL,
    FIELD_EMAIL,
    FIELD_PHONE,
    FIELD_COUNTRY,
    FIELD_COUNTRIES,
    FIELD_IP_RANGE,
    FIELD_IP_RANGES,
    FIELD_DOMAIN,
    FIELD_DOMAINS,
    FIELD_ENTITY_TYPE,
    FIELD_ENTITY_TYPES,
    FIELD_ENTITY,
    FIELD_ENTITIES,
    FIELD_FILING,
    FIELD_CASE,
    FIELD_CASES,
    FIELD_SELECTION, // criteria that select entities of the register (law/selection.h)
    FIELD_PERSON,
    FIELD_CONTROL, // of the catalogue that the list asks (law/control.h)
    FIELD_OFFICE,  // id of an office of the node
    FIELD_OFFICES,
    FIELD_GROUP,
    FIELD_LIST,
    FIELD_TYPE_COUNT
};
const char *field_type_name(enum field_type type);
// The type of each element where TYPE holds several values, otherwise TYPE itself.
enum field_type field_type_single(enum field_type type);

struct choice {
    struct span value, label;
};
struct field {
    struct span name;
    enum field_type type;
    struct span label, help, article; // English; other languages are words with the field's key
    struct span key;                  // "incident.early_warning.aware_at"
    struct span set_key;              // of a field that stands under `sets:`: "incident.set.contacts.email"; empty: it stands in the form
    bool is_required;
    const struct condition *required_when, *shown_when;
    int64_t min, max;    // int; decimal in the last decimal place
    int64_t decimals;
    size_t min_chars, max_chars, min_items, max_items;
    size_t choice_count;
    const struct choice *choices;
    bool is_future_allowed; // instants and dates
    bool is_anywhere;       // filing: of any case, not only this one
    struct span register_as, keeps;
    bool keeps_first;       // the first value kept stays (a clock's anchor)
    bool is_own;            // country: the state for which the office that files speaks
    bool is_searchable;     // offices that see the document find it by its words
    const char *fill;       // what of the person's own it asks for, as HTML's autocomplete says it ("tel"); NULL: nothing
    struct names visible_to, hidden_from;
    struct validity validity;
    struct span catalogue;  // list: each element answers one of its controls; empty: none
    bool wants_all;         // every control must be answered, or where the condition holds
    const struct condition *wants_all_when;
    size_t count; // sub-fields
    struct field *fields;
    const struct yaml *node;
};

enum { FIELD_SETS_MAX = 17 }; // a file's own, and those of what it includes
struct field_context {
    struct arena *arena;
    const struct name_lists *lists;
    const struct yaml *sets[FIELD_SETS_MAX]; // named lists of fields that `use:` refers to; NULL after the last
    struct span homes[FIELD_SETS_MAX];        // whose they are: begins the keys of their words
};
// The rows of a set by its name, and whose file it stands in; NULL.
const struct yaml *field_set_find(const struct field_context *context, struct span name, struct span *ret_home);
// Reads the rows of a `fields:` list; a row {use: NAME} stands for all rows of that set. PREFIX begins their keys.
CHECKED struct err fields_load(const struct field_context *context, const struct yaml *rows, struct span prefix,
                               struct field **ret, size_t *ret_count, struct why *why);

// --- values ---

struct fault;
struct fault_list {
    struct arena *arena;
    struct fault *items;
    size_t count;
    bool is_failed; // the arena is full
};
void fault_add(struct fault_list *list, struct span field, const char *rule, struct span article, const char *format, ...)
    PRINTF_LIKE(5, 6);

struct value_reader {
    struct json_tree *tree;
    struct fault_list *faults;
    const struct facts *facts;
    const struct zone *zone;
    struct civil at;
    int64_t latest_ms; // instants after it are in the future
    const struct law *law;
    bool is_complete;  // also say what is missing
};
// The typed value of SENT (NULL: absent) for FIELD, null where absent or faulty.
struct json field_read(struct value_reader *reader, const struct field *field, const struct json *sent, struct span pointer);
// All fields of an object in form order; names that are no field are faults.
struct json fields_read(struct value_reader *reader, const struct field *fields, size_t count, const struct json *sent,
                        struct span pointer);
// Second pass, when all values of the form are known: conditions (`shown_when`, `required`). VALUES as fields_read gave them.
void fields_check(struct value_reader *reader, const struct field *fields, size_t count, const struct json *sent,
                  const struct json *values, struct span pointer);

// Canonical forms of single texts; false where TEXT is none, *words then says what is expected.
bool email_is_valid(struct span text, const char **words);
bool phone_canonical(struct arena *arena, struct span text, struct span *ret, const char **words);
bool domain_canonical(struct arena *arena, struct span text, struct span *ret, const char **words);
bool ip_range_canonical(struct arena *arena, struct span text, struct span *ret, const char **words);
bool decimal_canonical(struct arena *arena, struct span text, int64_t decimals, struct span *ret, int64_t *ret_scaled,
                       const char **words);

#endif
