// SPDX-License-Identifier: EUPL-1.2
/*
 * Figures: statistics of the packs counted over what is held, protected against being computed back, frozen by filings.
 *
 * Counting reads the lean rows of case_figure (derived, kept by effects) or the register, and knows no fact by name: what is
 * selected, divided and summed stands in law/statistic.h. Frozen figures stand in figure_release (derived from records), so that
 * what was filed can be compared with how it stands now.
 *
 * JSON of figures (frozen content; the values of withheld cells are in it, for offices only):
 *   {"statistic","population","period","from","to","at","law","units","threshold","width","is_safe",
 *    "lost":{"primary","complement"},
 *    "cells":[{"at":{dimension:value,..},"values":[n,..],"withheld":["small"|""..]}]}
 */
#ifndef SERVICE_FIGURES_H
#define SERVICE_FIGURES_H

#include "base/json.h"
#include "law/statistic.h"
#include "service/services.h"

struct effects_of;

struct figure_cell {
    struct span at[STATISTIC_DIMENSIONS];       // value of each dimension; at == NULL: all of them
    int64_t values[STATISTIC_MEASURES];
    int64_t largest[STATISTIC_MEASURES];        // contribution of one unit
    uint8_t reasons[STATISTIC_MEASURES];        // enum suppress_reason
};
struct figures {
    const struct statistic *statistic;
    struct period period;
    int64_t made_ms;
    uint64_t units;     // counted
    uint64_t read;      // looked at
    size_t cell_count;
    struct figure_cell *cells; // ordered
    struct suppress_rule rule;
    uint32_t primary, complement; // withheld values
    bool is_safe;       // false: nothing of it may be published
};

// Counts. Reading; not in a snapshot.
CHECKED struct err figures_count(const struct services *services, struct store_conn *conn, const struct statistic *statistic,
                                 const struct period *period, int64_t now_ms, struct arena *arena, struct figures *ret, struct why *why);
// Marks what must be withheld, also against what was released before (but not of CASE_ID, which may be empty).
CHECKED struct err figures_protect(const struct services *services, struct store_conn *conn, struct figures *figures, struct span case_id,
                                   struct arena *arena, struct why *why);
// Frozen figures and back. Texts of *ret lie in CONTENT.
CHECKED struct err figures_freeze(const struct services *services, const struct figures *figures, struct arena *arena, struct json *ret);
CHECKED struct err figures_thaw(const struct services *services, const struct json *content, struct arena *arena, struct figures *ret,
                                struct why *why);
// Whether the cell stands in the table, that is, says something of its dimensions and no others.
bool figure_is_of_table(const struct figures *figures, const struct statistic_table *table, const struct figure_cell *cell);
// The cell with the same coordinates, or NULL.
const struct figure_cell *figure_find(const struct figures *figures, const struct figure_cell *like);
int figure_compare(const struct population *population, const struct figure_cell *a, const struct figure_cell *b);

// --- filings ---

// {"op":"figures",..} among OPS: at decision time "freeze" gets what was counted, and a stage is checked; changes the operations.
CHECKED struct err figures_prepare(const struct services *services, struct store_conn *conn, struct json *ops, struct span case_id,
                                   int64_t now_ms, struct arena *arena, struct why *why);
// The operation as the law stated it, without what was counted.
struct json figures_asked(const struct json *op, struct arena *arena);
CHECKED struct err figures_op(struct services *services, struct store_conn *conn, const struct effects_of *of, const struct json *op,
                              struct span case_id, struct arena *arena, struct why *why);
// The lean row of a case after a filing; CONTENT as the law has it.
CHECKED struct err case_figure_put(struct store_conn *conn, const struct effects_of *of, struct span case_id, struct span procedure,
                                   struct span entity_id, const struct json *content, struct arena *arena, struct why *why);

// --- writing ---

struct figures_view {
    const struct figures *figures;
    const struct figures *before_filed, *before_now; // the period before: as filed, and as it stands now; NULL where there is none
    bool shows_all;          // with the values of withheld cells: for offices
    struct span stage, filing, case_id;
    struct span lang;
};
void figures_write_json(struct json_out *out, const struct services *services, const struct figures_view *view);
// One row a cell and table: table, dimensions, measures, withheld. No value can be taken for a formula.
void figures_write_csv(struct buf *out, const struct figures_view *view);

#endif
