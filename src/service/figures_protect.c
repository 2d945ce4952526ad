// SPDX-License-Identifier: EUPL-1.2
/*
 * From figures to a problem of disclosure control: their cells, what adds up to what, and what was released before over the same
 * units. A quarter within a year that was released, quarters that make up the year, the rest between them, the same period once
 * more: all of it is in the problem, for a reader has it all on her desk.
 */
#include "exchange/suppress.h"
#include "service/figures.h"

enum { RELEASES_MAX = 64, EXTRA_TERMS = 72 };

struct builder {
    struct figures *own;
    size_t measure;
    size_t other_count;           // releases before
    struct figures others[RELEASES_MAX];
    struct suppress_problem problem;
    struct suppress_relation *relations;
    size_t relation_max;
    uint32_t first[RELEASES_MAX + 1]; // cells of the releases; own first
    uint32_t cell_max;
    struct suppress_term *terms; // of the relation being made
    struct arena *arena;
    struct why *why;
};

static struct err memory(const struct builder *b) {
    return why_set(b->why, ERR_MEMORY, "", "statistic.memory", "", "no memory left for disclosure control");
}

static struct err relation_add(struct builder *b, const struct suppress_term *terms, size_t count) {
    if (count < 2) return err_none();
    if (b->problem.relation_count == b->relation_max) return why_set(b->why, ERR_LIMIT, "", "statistic.limit", "", "too many cells that add up");
    struct suppress_term *own = arena_take_array(b->arena, count, sizeof *own);
    if (own == NULL) return memory(b);
    memcpy(own, terms, count * sizeof *own);
    b->relations[b->problem.relation_count++] = (struct suppress_relation){(uint32_t)count, own};
    return err_none();
}

static struct err cell_new(struct builder *b, const struct suppress_cell *cell, uint32_t *ret) {
    if (b->problem.cell_count == b->cell_max) return why_set(b->why, ERR_LIMIT, "", "statistic.limit", "", "too many cells");
    *ret = b->problem.cell_count++;
    b->problem.cells[*ret] = *cell;
    return err_none();
}

static int64_t width_of(const struct builder *b, const struct figure_cell *cell) {
    const struct suppress_rule *rule = &b->own->rule;
    if (b->measure == 0) return rule->width;
    int64_t share = cell->largest[b->measure] * (100 - rule->percent) / 100; // a sum must hide its largest part by so much
    return share > rule->width ? share : rule->width;
}

static enum suppress_reason reason_of(const struct builder *b, const struct figure_cell *cell) {
    const struct suppress_rule *rule = &b->own->rule;
    int64_t count = cell->values[0], value = cell->values[b->measure];
    if (value == 0) return SUPPRESS_NOT;
    if (count > 0 && count < rule->below) return SUPPRESS_SMALL;
    if (b->measure > 0 && suppress_dominates(cell->largest[b->measure], value, rule->percent)) return SUPPRESS_DOMINANT;
    return SUPPRESS_NOT;
}

static struct err cells_add(struct builder *b, const struct figures *of, bool is_own) {
    for (size_t i = 0; i < of->cell_count; i++) {
        const struct figure_cell *from = &of->cells[i];
        int64_t value = from->values[b->measure];
        uint32_t number;
        struct suppress_cell cell = {.value = value, .low = value > 0 && b->measure == 0, .weight = value, .width = width_of(b, from)};
        enum suppress_reason kept = (enum suppress_reason)from->reasons[b->measure];
        if (is_own) {
            cell.reason = reason_of(b, from);
        } else { // as it was released
            cell.is_hidden = kept != SUPPRESS_NOT;
            cell.is_open = !cell.is_hidden;
            if (kept == SUPPRESS_COMPLEMENT) cell.width = 0;
        }
        TRY(cell_new(b, &cell, &number));
    }
    return err_none();
}

// --- what adds up within one release ---

static bool same_but(const struct population *p, const struct figure_cell *a, const struct figure_cell *b, size_t but) {
    for (size_t d = 0; d < p->dimension_count; d++)
        if (d != but && ((a->at[d].at == NULL) != (b->at[d].at == NULL) || (a->at[d].at != NULL && !span_equals(a->at[d], b->at[d])))) return false;
    return true;
}

// A total is the sum over DIMENSION of the cells that agree with it in everything else.
static struct err sum_over(struct builder *b, const struct figures *of, uint32_t first, size_t total, size_t dimension, const struct statistic_table *table) {
    const struct population *p = of->statistic->population;
    struct suppress_term *terms = b->terms;
    size_t count = 0;
    terms[count++] = (struct suppress_term){first + (uint32_t)total, -1};
    for (size_t i = 0; i < of->cell_count; i++) {
        const struct figure_cell *cell = &of->cells[i];
        if (cell->at[dimension].at == NULL || !same_but(p, cell, &of->cells[total], dimension) || !figure_is_of_table(of, table, cell)) continue;
        terms[count++] = (struct suppress_term){first + (uint32_t)i, 1};
    }
    if (!p->dimensions[dimension].is_overlapping) return relation_add(b, terms, count);
    // Units under several values: each cell is at most the total, and all of them are at least the total.
    for (size_t i = 1; i < count; i++) {
        const struct suppress_term of_cell = terms[i];
        int64_t room = of->cells[total].values[b->measure] - of->cells[of_cell.cell - first].values[b->measure];
        struct suppress_term bound[3] = {terms[0], of_cell, {.factor = 1}};
        TRY(cell_new(b, &(struct suppress_cell){.value = room, .is_hidden = true}, &bound[2].cell));
        TRY(relation_add(b, bound, 3));
    }
    int64_t more = -of->cells[total].values[b->measure];
    for (size_t i = 1; i < count; i++) more += of->cells[terms[i].cell - first].values[b->measure];
    terms[count] = (struct suppress_term){.factor = -1};
    TRY(cell_new(b, &(struct suppress_cell){.value = more, .is_hidden = true}, &terms[count].cell));
    return count > 1 ? relation_add(b, terms, count + 1) : err_none();
}

static bool is_divided(const struct population *p, const struct statistic_table *table, const struct figure_cell *cell, size_t d) {
    bool is_in = false;
    for (size_t i = 0; i < table->by_count; i++)
        for (int at = (int)table->by[i]; at >= 0; at = p->dimensions[at].under) is_in = is_in || at == (int)d;
    int under = p->dimensions[d].under;
    return is_in && cell->at[d].at == NULL && (under < 0 || cell->at[under].at != NULL);
}

static struct err sums_add(struct builder *b, const struct figures *of, uint32_t first) {
    const struct population *p = of->statistic->population;
    for (size_t t = 0; t < of->statistic->table_count; t++)
        for (size_t i = 0; i < of->cell_count; i++) {
            if (!figure_is_of_table(of, &of->statistic->tables[t], &of->cells[i])) continue;
            for (size_t d = 0; d < p->dimension_count; d++)
                if (is_divided(p, &of->statistic->tables[t], &of->cells[i], d)) TRY(sum_over(b, of, first, i, d, &of->statistic->tables[t]));
        }
    return err_none();
}

// --- what adds up between releases ---

static bool lies_in(const struct period *a, const struct period *b) { return a->from_ms >= b->from_ms && a->to_ms <= b->to_ms; }
static bool is_same(const struct period *a, const struct period *b) { return a->from_ms == b->from_ms && a->to_ms == b->to_ms; }

static const struct figures *release_at(const struct builder *b, size_t i) { return i == 0 ? b->own : &b->others[i - 1]; }

// The wide release's cell is the sum of those of the narrow ones within it, and of a rest that nobody published.
static struct err parts_add(struct builder *b, size_t wide, const size_t *parts, size_t part_count) {
    const struct figures *of = release_at(b, wide);
    for (size_t i = 0; i < of->cell_count; i++) {
        struct suppress_term terms[EXTRA_TERMS] = {{b->first[wide] + (uint32_t)i, -1}};
        size_t count = 1, known = 0;
        int64_t rest = of->cells[i].values[b->measure], covered_ms = 0;
        for (size_t k = 0; k < part_count; k++) {
            const struct figures *part = release_at(b, parts[k]);
            bool has_cell = false; // a table that the part doesn't have tells nothing of it
            for (size_t t = 0; t < part->statistic->table_count; t++) has_cell = has_cell || figure_is_of_table(part, &part->statistic->tables[t], &of->cells[i]);
            if (!has_cell) continue;
            covered_ms += part->period.to_ms - part->period.from_ms;
            known++;
            const struct figure_cell *cell = figure_find(part, &of->cells[i]);
            if (cell == NULL) continue; // nothing there
            terms[count++] = (struct suppress_term){b->first[parts[k]] + (uint32_t)(cell - part->cells), 1};
            rest -= cell->values[b->measure];
        }
        if (known == 0) continue;
        bool is_whole = covered_ms == of->period.to_ms - of->period.from_ms && rest == 0;
        if (!is_whole) {
            struct suppress_cell cell = {.value = rest, .low = rest < 0 ? rest : 0, .is_hidden = true};
            if (rest > 0 && rest < b->own->rule.below && b->measure == 0) cell.width = b->own->rule.width;
            terms[count].factor = 1;
            TRY(cell_new(b, &cell, &terms[count++].cell));
        }
        TRY(relation_add(b, terms, count));
    }
    return err_none();
}

static struct err nested_add(struct builder *b) {
    for (size_t wide = 0; wide <= b->other_count; wide++) {
        size_t parts[RELEASES_MAX], count = 0;
        bool has_own = wide == 0;
        for (size_t i = 0; i <= b->other_count; i++) {
            const struct period *p = &release_at(b, i)->period;
            if (i == wide || !lies_in(p, &release_at(b, wide)->period) || is_same(p, &release_at(b, wide)->period)) continue;
            bool is_apart = true; // of two that overlap the one before counts: own first
            for (size_t k = 0; k < count; k++) {
                const struct period *q = &release_at(b, parts[k])->period;
                is_apart = is_apart && (p->from_ms >= q->to_ms || p->to_ms <= q->from_ms);
            }
            if (!is_apart) continue;
            has_own = has_own || i == 0;
            parts[count++] = i;
        }
        if (count > 0 && has_own) TRY(parts_add(b, wide, parts, count));
    }
    return err_none();
}

// The same period released before: what has not changed is the same number; a small change must not show.
static struct err again_add(struct builder *b) {
    for (size_t k = 1; k <= b->other_count; k++) {
        const struct figures *other = release_at(b, k);
        if (!is_same(&other->period, &b->own->period)) continue;
        for (size_t i = 0; i < b->own->cell_count; i++) {
            const struct figure_cell *old = figure_find(other, &b->own->cells[i]);
            if (old == NULL) continue;
            int64_t change = b->own->cells[i].values[b->measure] - old->values[b->measure];
            struct suppress_cell *cell = &b->problem.cells[b->first[0] + i];
            const struct suppress_term terms[] = {{b->first[0] + (uint32_t)i, 1}, {b->first[k] + (uint32_t)(old - other->cells), -1}};
            if (change == 0) TRY(relation_add(b, terms, 2));
            else if ((change < 0 ? -change : change) < b->own->rule.below && cell->reason == SUPPRESS_NOT && old->reasons[b->measure] == SUPPRESS_NOT)
                cell->reason = SUPPRESS_CHANGE;
        }
    }
    return err_none();
}

static struct err measure_protect(struct builder *b, struct suppress_report *report) {
    size_t cells = 0;
    for (size_t i = 0; i <= b->other_count; i++) cells += release_at(b, i)->cell_count;
    b->cell_max = (uint32_t)(cells * 4 + 64);
    b->relation_max = cells * 8 + 64;
    b->problem = (struct suppress_problem){.cells = arena_take_array(b->arena, b->cell_max, sizeof *b->problem.cells)};
    b->problem.relations = b->relations = arena_take_array(b->arena, b->relation_max, sizeof *b->relations);
    b->terms = arena_take_array(b->arena, cells + 2, sizeof *b->terms);
    if (b->problem.cells == NULL || b->relations == NULL || b->terms == NULL) return memory(b);
    for (size_t i = 0; i <= b->other_count; i++) {
        b->first[i] = b->problem.cell_count;
        TRY(cells_add(b, release_at(b, i), i == 0));
    }
    for (size_t i = 0; i <= b->other_count; i++) TRY(sums_add(b, release_at(b, i), b->first[i]));
    TRY(nested_add(b));
    TRY(again_add(b));
    TRY(suppress_solve(&b->problem, b->arena, report, b->why));
    for (size_t i = 0; i < b->own->cell_count; i++) b->own->cells[i].reasons[b->measure] = (uint8_t)b->problem.cells[b->first[0] + i].reason;
    return err_none();
}

static struct err others_load(const struct services *services, struct store_conn *conn, struct builder *b, struct span case_id) {
    const struct figures *own = b->own;
    struct value params[] = {value_text(own->statistic->population->name), value_int(own->period.from_ms), value_int(own->period.to_ms),
                             value_text(case_id.at == NULL ? SPAN("") : case_id)};
    struct rows rows;
    TRY(store_read(conn, STMT_FIGURE_RELEASES_NEAR, params, 4, b->arena, &rows, b->why));
    // A register's state of a day has no parts: another day's figures are other figures.
    for (size_t i = 0; i < rows.count && own->statistic->population->unit != UNIT_ENTITY; i++) {
        struct json content;
        struct figures other;
        TRY(json_parse_within(b->arena, rows_span(&rows, i, 5), LIMIT_RECEIPT_BYTES, &content, b->why));
        struct err e = figures_thaw(services, &content, b->arena, &other, b->why);
        if (e.code == ERR_NOT_FOUND) continue; // a statistic that the packs no longer have
        TRY(e);
        b->others[b->other_count++] = other;
    }
    return err_none();
}

struct err figures_protect(const struct services *services, struct store_conn *conn, struct figures *figures, struct span case_id,
                           struct arena *arena, struct why *why) {
    struct builder *b = ARENA_NEW(arena, struct builder);
    if (b == NULL) return err_make(ERR_MEMORY);
    b->own = figures;
    b->arena = arena;
    b->why = why;
    TRY(others_load(services, conn, b, case_id));
    figures->is_safe = true;
    figures->primary = figures->complement = 0;
    for (b->measure = 0; b->measure < figures->statistic->population->measure_count; b->measure++) {
        struct suppress_report report;
        TRY(measure_protect(b, &report));
        figures->is_safe = figures->is_safe && report.is_safe;
        figures->primary += report.primary;
        figures->complement += report.complement;
    }
    return err_none();
}
