// SPDX-License-Identifier: EUPL-1.2
/*
 * The search for tables that agree with all that is published, by the simplex method with bounds.
 *
 * Variables are the changes y of the group's cells against the true table: the relations say A y = 0, and y >= low - value. y = 0
 * is feasible, so there is no first phase: Gaussian elimination writes the basic variables by the others, and the walk begins at
 * the truth. Along the walk every point with whole numbers is checked exactly and counts for all cells of the group.
 */
#include "exchange/suppress_private.h"

#include <math.h>

#define EPSILON 1e-9
#define WHOLE 1e-6

struct walk {
    struct suppress_group *group;
    uint32_t n;       // variables
    uint32_t rows;    // basic ones
    uint32_t columns; // the others
    double *table;    // rows * columns: basic variable by the others
    uint32_t *basic;  // variable of a row
    uint32_t *other;  // variable of a column
    int32_t *at;      // by variable: row, or -1 - column
    double *y;        // by variable
    double *least;    // low - value
    int64_t *whole;
    uint64_t steps;
};

static struct suppress_cell *cell_of(const struct walk *w, uint32_t variable) {
    return &w->group->problem->cells[w->group->cells[variable]];
}

static double *entry(struct walk *w, uint32_t row, uint32_t column) { return &w->table[(size_t)row * w->columns + column]; }

// --- the dictionary ---

static void matrix_fill(const struct walk *w, double *matrix) {
    const struct suppress_group *g = w->group;
    for (uint32_t r = 0; r < g->relation_count; r++) {
        const struct suppress_relation *relation = &g->problem->relations[g->relations[r]];
        for (uint32_t t = 0; t < relation->count; t++)
            if (suppress_is_unknown(&g->problem->cells[relation->terms[t].cell]))
                matrix[(size_t)r * w->n + g->place[relation->terms[t].cell]] += relation->terms[t].factor;
    }
}

static void rows_swap(double *matrix, uint32_t n, uint32_t a, uint32_t b) {
    for (uint32_t i = 0; a != b && i < n; i++) {
        double kept = matrix[(size_t)a * n + i];
        matrix[(size_t)a * n + i] = matrix[(size_t)b * n + i];
        matrix[(size_t)b * n + i] = kept;
    }
}

// Reduced row echelon form; marks the variable of each row. Gives the rank.
static uint32_t eliminate(double *matrix, uint32_t rows, uint32_t n, uint32_t *basic) {
    uint32_t rank = 0;
    for (uint32_t column = 0; column < n && rank < rows; column++) {
        uint32_t best = rank;
        for (uint32_t r = rank; r < rows; r++)
            if (fabs(matrix[(size_t)r * n + column]) > fabs(matrix[(size_t)best * n + column]) + EPSILON) best = r;
        if (fabs(matrix[(size_t)best * n + column]) < WHOLE) continue;
        rows_swap(matrix, n, rank, best);
        double *pivot = matrix + (size_t)rank * n, scale = pivot[column];
        for (uint32_t i = 0; i < n; i++) pivot[i] /= scale;
        for (uint32_t r = 0; r < rows; r++) {
            double *row = matrix + (size_t)r * n, factor = row[column];
            if (r == rank || fabs(factor) < EPSILON) continue;
            for (uint32_t i = column; i < n; i++)
                if (pivot[i] != 0) row[i] -= factor * pivot[i]; // NOLINT: exact zeros are skipped
            row[column] = 0;
        }
        basic[rank++] = column;
    }
    return rank;
}

static struct err walk_begin(struct walk *w, struct arena *arena) {
    uint32_t n = w->n, relations = w->group->relation_count;
    double *matrix = arena_take_array(arena, (size_t)n * (relations + 1), sizeof *matrix);
    w->basic = arena_take_array(arena, (size_t)relations + n + 1, sizeof *w->basic);
    w->other = arena_take_array(arena, n + 1, sizeof *w->other);
    w->at = arena_take_array(arena, n + 1, sizeof *w->at);
    w->y = arena_take_array(arena, n + 1, sizeof *w->y);
    w->least = arena_take_array(arena, n + 1, sizeof *w->least);
    w->whole = arena_take_array(arena, n + 1, sizeof *w->whole);
    if (matrix == NULL || w->basic == NULL || w->other == NULL || w->at == NULL || w->y == NULL || w->least == NULL || w->whole == NULL)
        return err_make(ERR_MEMORY);
    matrix_fill(w, matrix);
    w->rows = eliminate(matrix, relations, n, w->basic);
    for (uint32_t v = 0; v < n; v++) {
        const struct suppress_cell *cell = cell_of(w, v);
        w->at[v] = -1;
        w->least[v] = (double)(cell->low < cell->value ? cell->low - cell->value : 0);
    }
    for (uint32_t r = 0; r < w->rows; r++) w->at[w->basic[r]] = (int32_t)r;
    for (uint32_t v = 0; v < n; v++) {
        if (w->at[v] >= 0) continue;
        w->at[v] = -1 - (int32_t)w->columns;
        w->other[w->columns++] = v;
    }
    w->table = arena_take_array(arena, (size_t)w->rows * w->columns + 1, sizeof *w->table);
    if (w->table == NULL) return err_make(ERR_MEMORY);
    for (uint32_t r = 0; r < w->rows; r++)
        for (uint32_t c = 0; c < w->columns; c++) *entry(w, r, c) = -matrix[(size_t)r * n + w->other[c]];
    return err_none();
}

// --- points ---

static bool keeps_relations(const struct walk *w) {
    const struct suppress_group *g = w->group;
    for (uint32_t r = 0; r < g->relation_count; r++) {
        const struct suppress_relation *relation = &g->problem->relations[g->relations[r]];
        int64_t sum = 0;
        for (uint32_t t = 0; t < relation->count; t++)
            if (suppress_is_unknown(&g->problem->cells[relation->terms[t].cell]))
                sum += relation->terms[t].factor * w->whole[g->place[relation->terms[t].cell]];
        if (sum != 0) return false;
    }
    return true;
}

// The point counts where it is a table of whole numbers that agrees with everything, checked without rounding.
static void point_note(struct walk *w) {
    for (uint32_t v = 0; v < w->n; v++) {
        double near = nearbyint(w->y[v]);
        if (fabs(near - w->y[v]) > WHOLE || fabs(near) > 1e15) return;
        w->whole[v] = (int64_t)near;
        const struct suppress_cell *cell = cell_of(w, v);
        if (w->whole[v] < 0 && cell->value + w->whole[v] < cell->low) return;
    }
    if (!keeps_relations(w)) return;
    for (uint32_t v = 0; v < w->n; v++) {
        struct suppress_cell *cell = cell_of(w, v);
        if (w->whole[v] > cell->up) cell->up = w->whole[v];
        if (-w->whole[v] > cell->down) cell->down = -w->whole[v];
    }
}

struct move {
    uint32_t column;
    double sign; // +1, -1
    double most; // how far it may go
    int64_t row; // that stops it, -1: none
};

// How far the variable of the column may go in its direction before another one reaches its bound.
static void move_measure(struct walk *w, struct move *m, double wanted) {
    uint32_t variable = w->other[m->column];
    m->row = -1;
    m->most = wanted;
    if (m->sign < 0 && w->y[variable] - w->least[variable] < m->most) m->most = w->y[variable] - w->least[variable];
    for (uint32_t r = 0; r < w->rows; r++) {
        double rate = *entry(w, r, m->column) * m->sign;
        if (rate > -EPSILON) continue;
        double room = (w->y[w->basic[r]] - w->least[w->basic[r]]) / -rate;
        if (room < 0) room = 0;
        bool is_tie = m->row >= 0 && fabs(room - m->most) < EPSILON && w->basic[r] < w->basic[m->row];
        if (room < m->most - EPSILON || is_tie) {
            m->most = room < m->most ? room : m->most;
            m->row = r;
        }
    }
}

static void move_make(struct walk *w, const struct move *m) {
    w->y[w->other[m->column]] += m->sign * m->most;
    for (uint32_t r = 0; r < w->rows; r++) w->y[w->basic[r]] += *entry(w, r, m->column) * m->sign * m->most;
    w->steps++;
}

// The variable of the row leaves the basis, that of the column enters it.
static void pivot(struct walk *w, uint32_t row, uint32_t column) {
    double *own = entry(w, row, 0), scale = own[column];
    uint32_t leaves = w->basic[row], enters = w->other[column];
    for (uint32_t c = 0; c < w->columns; c++) own[c] = c == column ? 1 / scale : -own[c] / scale;
    for (uint32_t r = 0; r < w->rows; r++) {
        double *line = entry(w, r, 0), factor = line[column];
        if (r == row || fabs(factor) < EPSILON) continue;
        for (uint32_t c = 0; c < w->columns; c++) line[c] = c == column ? factor * own[c] : line[c] + factor * own[c];
    }
    w->basic[row] = enters;
    w->other[column] = leaves;
    w->at[enters] = (int32_t)row;
    w->at[leaves] = -1 - (int32_t)column;
}

// The column along which the variable of ROW goes in DIRECTION: the steepest, or (IS_BLAND) the first, which never cycles.
static bool column_choose(struct walk *w, uint32_t row, double direction, bool is_bland, struct move *ret) {
    double best = WHOLE;
    bool is_found = false;
    for (uint32_t c = 0; c < w->columns; c++) {
        double rate = *entry(w, row, c) * direction;
        uint32_t variable = w->other[c];
        if (fabs(rate) < best || (rate < 0 && w->y[variable] - w->least[variable] < EPSILON)) continue;
        if (is_bland && is_found && w->other[ret->column] < variable) continue;
        *ret = (struct move){.column = c, .sign = rate > 0 ? 1 : -1};
        is_found = true;
        if (!is_bland) best = fabs(rate) + EPSILON;
    }
    return is_found;
}

// Walks until y of VARIABLE is GOAL or beyond in DIRECTION (+1, -1), or can't be moved on.
static void walk_towards(struct walk *w, uint32_t variable, double direction, double goal) {
    uint32_t patience = 64 + 2 * w->n;
    for (uint32_t turn = 0; turn < patience; turn++) {
        double left = (goal - w->y[variable]) * direction;
        if (left < EPSILON) return;
        struct move m = {.sign = direction};
        if (w->at[variable] < 0) {
            m.column = (uint32_t)(-1 - w->at[variable]);
            move_measure(w, &m, left);
        } else {
            if (!column_choose(w, (uint32_t)w->at[variable], direction, turn > patience / 2, &m)) return;
            move_measure(w, &m, left / fabs(*entry(w, (uint32_t)w->at[variable], m.column)));
        }
        if (m.most > 0) {
            move_make(w, &m);
            point_note(w);
        }
        if (m.row >= 0) pivot(w, (uint32_t)m.row, m.column);
        else if (w->at[variable] < 0 && m.most < EPSILON) return;
    }
}

static void cell_prove(struct walk *w, uint32_t variable) {
    struct suppress_cell *cell = cell_of(w, variable);
    if (!suppress_is_protected(cell)) walk_towards(w, variable, -1, w->least[variable]);
    if (!suppress_is_protected(cell)) walk_towards(w, variable, 1, (double)(cell->width - cell->down));
    // Once more from the truth, whose numbers are whole, and further than needed: another corner may be whole.
    for (int turn = 0; turn < 2 && !suppress_is_protected(cell); turn++) {
        for (uint32_t v = 0; v < w->n; v++) w->y[v] = 0;
        walk_towards(w, variable, 1, (double)(cell->width * (turn == 0 ? 1 : 100)));
        if (turn == 1) walk_towards(w, variable, -1, w->least[variable]);
    }
}

struct err suppress_group_prove(struct suppress_group *group, struct arena *arena, uint64_t *ret_steps) {
    struct walk w = {.group = group, .n = group->cell_count};
    TRY(walk_begin(&w, arena));
    for (uint32_t v = 0; v < w.n; v++) {
        cell_prove(&w, v);
        if (group->is_all_or_nothing && !suppress_is_protected(cell_of(&w, v))) break;
    }
    *ret_steps += w.steps;
    group->work = (uint64_t)w.rows * w.n * (w.rows + w.steps);
    return err_none();
}
