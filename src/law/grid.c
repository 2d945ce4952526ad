// SPDX-License-Identifier: EUPL-1.2
/* The answer: which grids are law for which type, their rows asked, and the whole. */
#include "law/grid_private.h"

static bool is_in_force(const struct grid *grid, struct civil at) { return !grid->pack->has_from || civil_compare(grid->pack->from, at) <= 0; }

static bool is_of_state(const struct grid *grid, const struct law *law, struct span state) {
    return !grid->is_national || grid->pack == law_pack_of_state(law, state);
}

static bool row_is_of(const struct grid_row *row, const struct entity_type *type, struct civil at) {
    if (!is_valid_at(&row->validity, at)) return false;
    if (row->types.count > 0 && !names_have(&row->types, type->code)) return false;
    return row->sectors.count == 0 || names_have(&row->sectors, type->sector) || names_have(&row->sectors, type->subsector);
}

static const struct grid *exhaustive_of(const struct grid_question *q, const struct entity_type *type) {
    for (size_t i = 0; i < q->book->count; i++) {
        const struct grid *grid = &q->book->grids[i];
        if (grid->is_exhaustive && is_in_force(grid, q->at) && is_of_state(grid, q->law, q->state) && names_have(&grid->types, type->code)) return grid;
    }
    return NULL;
}

static struct err grid_ask(const struct grid_question *q, const struct grid *grid, size_t type, struct arena *arena, struct grid_answer *answer,
                           struct grid_type_answer *of_type) {
    for (size_t r = 0; r < grid->row_count; r++) {
        const struct grid_row *row = &grid->rows[r];
        if (!row_is_of(row, q->types[type], q->at)) continue;
        struct grid_finding *finding = &answer->findings[answer->finding_count];
        TRY(grid_row_ask(q, grid, row, type, arena, finding));
        answer->finding_count++;
        if (finding->truth > of_type->truth) of_type->truth = finding->truth;
        if (finding->since_ms != INSTANT_NONE && (answer->since_ms == INSTANT_NONE || finding->since_ms < answer->since_ms)) answer->since_ms = finding->since_ms;
    }
    return err_none();
}

struct err grid_answer_make(const struct law *law, const struct json *facts, struct span state, const struct zone *zone, struct civil at,
                            int64_t now_ms, struct arena *arena, struct grid_answer *ret, struct why *why) {
    struct grid_question *q = ARENA_NEW(arena, struct grid_question);
    if (q == NULL) return err_make(ERR_MEMORY);
    TRY(grid_question_read(law, facts, state, zone, at, now_ms, arena, q, why));
    struct grid_answer answer = {.law = law, .arena = arena, .state = state, .at = at, .since_ms = INSTANT_NONE, .type_count = q->type_count};
    size_t rows = 0;
    for (size_t g = 0; g < q->book->count; g++) rows += q->book->grids[g].row_count;
    answer.types = arena_take_array(arena, q->type_count, sizeof *answer.types);
    answer.findings = arena_take_array(arena, rows * q->type_count + 1, sizeof *answer.findings);
    if (answer.types == NULL || answer.findings == NULL) return err_make(ERR_MEMORY);
    for (size_t t = 0; t < q->type_count; t++) {
        const struct grid *only = exhaustive_of(q, q->types[t]);
        struct grid_type_answer *of_type = &answer.types[t];
        *of_type = (struct grid_type_answer){.type = q->types[t]->code, .is_exhaustive = only != NULL};
        for (size_t g = 0; g < q->book->count; g++) {
            const struct grid *grid = &q->book->grids[g];
            bool is_asked = only != NULL ? grid == only : !grid->is_exhaustive && is_in_force(grid, at) && is_of_state(grid, law, state);
            if (is_asked) TRY(grid_ask(q, grid, t, arena, &answer, of_type));
        }
        if (of_type->truth > answer.truth) answer.truth = of_type->truth;
    }
    for (size_t i = 0; answer.truth == GRID_OPEN && i < answer.finding_count; i++)
        for (size_t k = 0; k < answer.findings[i].needs.count; k++) TRY(grid_need(&answer.needs, answer.findings[i].needs.items[k], arena));
    *ret = answer;
    return err_none();
}
