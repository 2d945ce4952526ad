// SPDX-License-Identifier: EUPL-1.2
/* Reading procedures/NAME.yaml: what the loading files share. */
#ifndef LAW_PROCEDURE_LOAD_H
#define LAW_PROCEDURE_LOAD_H

#include "law/procedure_private.h"

struct load {
    const struct law *law;
    bool is_of_union;             // loaded for the Union's node: kinds of office of the other are left out of its rows
    struct field_context context; // lists and sets of the file and of what it includes
    struct arena *arena;
    const struct name_lists *lists;
    struct span procedure;        // begins the keys of its words: a procedure, or the common file that the rows stand in
    struct why *why;
};
// Rows of a list; absent: none. *ret has *ret_count + 1 zeroed elements of SIZE.
CHECKED struct err rows_begin(struct arena *arena, const struct yaml *rows, size_t size, void **ret, size_t *ret_count,
                              struct why *why);
// A copy of an array with room for MORE.
CHECKED struct err rows_roomy(struct arena *arena, const void *items, size_t count, size_t more, size_t size, void **ret);
CHECKED struct err locks_load(const struct load *load, const struct yaml *rows, struct procedure *procedure);
CHECKED struct err strands_add(const struct load *load, const struct yaml *rows, struct procedure *procedure);
// `public:` and `calendar:`, after the fields.
CHECKED struct err publication_load(const struct load *load, const struct yaml *row, struct document *document);
CHECKED struct err document_load(const struct load *load, const struct yaml *row, struct document *ret);
CHECKED struct err indications_load(const struct load *load, const struct yaml *rows, struct procedure *procedure);
CHECKED struct err duty_load(const struct load *load, const struct yaml *row, struct duty_row *ret);
CHECKED struct err proposal_load(const struct load *load, const struct yaml *row, struct proposal_row *ret);
// Lays OVERLAY (a state's file for the same procedure) over BASE.
CHECKED struct err overlay_load(const struct load *load, const struct yaml *overlay, const struct procedure *base,
                                struct procedure *ret);

// Documents, duties, proposals, facts and flags of a file, added to the procedure. A name that is there already is refused.
CHECKED struct err procedure_rows_add(const struct load *load, const struct yaml *root, struct procedure *procedure);

// What several procedures have in common: procedures/common/NAME.yaml.
struct common {
    struct span id;
    const struct yaml *root;
};
struct commons {
    size_t count;
    struct common *items;
};
// Those of the packs that are law; files outside procedures/common/ are left alone.
CHECKED struct err commons_find(struct law *law, struct commons *ret, struct why *why);
const struct common *common_of(const struct commons *commons, struct span id);
// LOAD, whose law and is_of_union are set, for a procedure whose file is ROOT: its lists and sets, and those of what it includes.
// *ret_lists lives in the arena.
CHECKED struct err common_context(const struct commons *commons, const struct yaml *root, const struct names *includes,
                                  struct arena *arena, struct load *load, struct name_lists *ret_lists, struct why *why);

#endif
