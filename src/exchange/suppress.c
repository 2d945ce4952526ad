// SPDX-License-Identifier: EUPL-1.2
#include "exchange/suppress.h"

#include "exchange/suppress_private.h"

enum { ROUNDS_MAX = 400, TIDY_MAX = 200 };
#define TIDY_WORK 1500000000u // multiplications: a second or so
#define NOWHERE UINT32_MAX

struct solver {
    struct suppress_problem *problem;
    struct arena *arena; // for the whole
    struct arena scratch;
    uint32_t *first;     // by cell: where its relations begin in `of`; one more at the end
    uint32_t *of;        // relations of cells
    uint32_t *unknown;   // by relation: withheld and hidden cells
    uint32_t *group_of;  // by cell, while proving: its group's smallest cell
    uint32_t *place;
    uint64_t work;
    bool is_all_or_nothing;
    struct suppress_report report;
    struct why *why;
};

const char *suppress_reason_name(enum suppress_reason reason) {
    static const char *const NAMES[] = {"", "small", "dominant", "change", "complement"};
    return NAMES[reason];
}

static struct err memory(struct solver *s) {
    return why_set(s->why, ERR_MEMORY, "", "suppress.memory", "", "no memory left for disclosure control");
}

static struct err index_make(struct solver *s) {
    const struct suppress_problem *p = s->problem;
    size_t terms = 0;
    for (uint32_t r = 0; r < p->relation_count; r++) terms += p->relations[r].count;
    s->first = arena_take_array(s->arena, (size_t)p->cell_count + 2, sizeof *s->first);
    s->of = arena_take_array(s->arena, terms + 1, sizeof *s->of);
    s->unknown = arena_take_array(s->arena, (size_t)p->relation_count + 1, sizeof *s->unknown);
    s->group_of = arena_take_array(s->arena, (size_t)p->cell_count + 1, sizeof *s->group_of);
    s->place = arena_take_array(s->arena, (size_t)p->cell_count + 1, sizeof *s->place);
    if (s->first == NULL || s->of == NULL || s->unknown == NULL || s->group_of == NULL || s->place == NULL) return memory(s);
    for (uint32_t r = 0; r < p->relation_count; r++)
        for (uint32_t t = 0; t < p->relations[r].count; t++) s->first[p->relations[r].terms[t].cell + 2]++;
    for (uint32_t c = 0; c < p->cell_count; c++) s->first[c + 2] += s->first[c + 1];
    for (uint32_t r = 0; r < p->relation_count; r++)
        for (uint32_t t = 0; t < p->relations[r].count; t++) s->of[s->first[p->relations[r].terms[t].cell + 1]++] = r;
    for (uint32_t r = 0; r < p->relation_count; r++)
        for (uint32_t t = 0; t < p->relations[r].count; t++)
            s->unknown[r] += suppress_is_unknown(&p->cells[p->relations[r].terms[t].cell]);
    return err_none();
}

static void withhold(struct solver *s, uint32_t cell, enum suppress_reason reason) {
    s->problem->cells[cell].reason = reason;
    for (uint32_t i = s->first[cell]; i < s->first[cell + 1]; i++) s->unknown[s->of[i]]++;
}

static void give_back(struct solver *s, uint32_t cell) {
    s->problem->cells[cell].reason = SUPPRESS_NOT;
    for (uint32_t i = s->first[cell]; i < s->first[cell + 1]; i++) s->unknown[s->of[i]]--;
}

// What withholding the cell costs: its weight, and more for each relation in which it would then stand alone.
static int64_t cost_of(const struct solver *s, uint32_t cell) {
    int64_t burden = 1;
    for (uint32_t i = s->first[cell]; i < s->first[cell + 1]; i++) burden += s->unknown[s->of[i]] == 0;
    return (s->problem->cells[cell].weight + 1) * burden;
}

// The cheapest cell of the relation that may still be withheld; those with nothing in them only where there is no other.
static uint32_t cheapest_of(const struct solver *s, uint32_t relation, bool with_zeros) {
    uint32_t best = NOWHERE;
    int64_t best_cost = INT64_MAX;
    for (uint32_t t = 0; t < s->problem->relations[relation].count; t++) {
        uint32_t cell = s->problem->relations[relation].terms[t].cell;
        const struct suppress_cell *c = &s->problem->cells[cell];
        if (c->is_open || suppress_is_unknown(c) || (c->value == 0) != with_zeros) continue;
        int64_t cost = cost_of(s, cell);
        if (cost < best_cost || (cost == best_cost && cell < best)) {
            best = cell;
            best_cost = cost;
        }
    }
    return best;
}

// What follows from what is published already is published as well: withholding it would protect nothing.
static void open_spread(struct solver *s) {
    struct suppress_problem *p = s->problem;
    for (bool is_changed = true; is_changed;) {
        is_changed = false;
        for (uint32_t r = 0; r < p->relation_count; r++) {
            uint32_t last = NOWHERE, closed = 0;
            for (uint32_t t = 0; t < p->relations[r].count; t++)
                if (!p->cells[p->relations[r].terms[t].cell].is_open) last = p->relations[r].terms[t].cell, closed++;
            if (closed != 1 || suppress_is_unknown(&p->cells[last])) continue;
            p->cells[last].is_open = is_changed = true;
        }
    }
}

// A relation with one unknown cell tells its value: it gets a second one.
static void lonely_pair(struct solver *s) {
    for (bool is_changed = true; is_changed;) {
        is_changed = false;
        for (uint32_t r = 0; r < s->problem->relation_count; r++) {
            if (s->unknown[r] != 1) continue;
            uint32_t cell = cheapest_of(s, r, false);
            if (cell == NOWHERE) cell = cheapest_of(s, r, true);
            if (cell == NOWHERE) continue; // the proof will say so
            withhold(s, cell, SUPPRESS_COMPLEMENT);
            is_changed = true;
        }
    }
}

// --- proving ---

static uint32_t root_of(struct solver *s, uint32_t cell) {
    while (s->group_of[cell] != cell) cell = s->group_of[cell] = s->group_of[s->group_of[cell]];
    return cell;
}

static void groups_join(struct solver *s) {
    const struct suppress_problem *p = s->problem;
    for (uint32_t c = 0; c < p->cell_count; c++) s->group_of[c] = c;
    for (uint32_t r = 0; r < p->relation_count; r++) {
        uint32_t with = NOWHERE;
        for (uint32_t t = 0; t < p->relations[r].count; t++) {
            uint32_t cell = p->relations[r].terms[t].cell;
            if (!suppress_is_unknown(&p->cells[cell])) continue;
            uint32_t root = root_of(s, cell);
            if (with == NOWHERE) with = root;
            else if (root < with) s->group_of[with] = root, with = root;
            else s->group_of[root] = with;
        }
    }
}

static struct err group_prove(struct solver *s, const uint32_t *members, uint32_t count, uint32_t *seen) {
    struct suppress_group group = {.problem = s->problem, .cell_count = count, .place = s->place, .is_all_or_nothing = s->is_all_or_nothing};
    if (count > SUPPRESS_GROUP_MAX)
        return why_set(s->why, ERR_LIMIT, "", "suppress.limit", "", "more than %d withheld cells hang together; ask for fewer dimensions", (int)SUPPRESS_GROUP_MAX);
    size_t relations = 0;
    for (uint32_t i = 0; i < count; i++) relations += s->first[members[i] + 1] - s->first[members[i]];
    group.cells = arena_take_array(&s->scratch, (size_t)count + 1, sizeof *group.cells);
    group.relations = arena_take_array(&s->scratch, relations + 1, sizeof *group.relations);
    if (group.cells == NULL || group.relations == NULL) return memory(s);
    for (uint32_t i = 0; i < count; i++) {
        group.cells[i] = members[i];
        s->place[members[i]] = i;
        for (uint32_t k = s->first[members[i]]; k < s->first[members[i] + 1]; k++) {
            if (seen[s->of[k]] == members[0] + 1) continue;
            seen[s->of[k]] = members[0] + 1;
            group.relations[group.relation_count++] = s->of[k];
        }
    }
    if (is_err(suppress_group_prove(&group, &s->scratch, &s->report.steps))) return memory(s);
    s->work += group.work;
    return err_none();
}

// Proves the groups in which a cell is not protected yet. What was proved stays so while more is withheld.
static struct err prove(struct solver *s) {
    struct suppress_problem *p = s->problem;
    groups_join(s);
    arena_reset(&s->scratch);
    uint32_t *next = arena_take_array(&s->scratch, (size_t)p->cell_count + 1, sizeof *next);
    uint32_t *last = arena_take_array(&s->scratch, (size_t)p->cell_count + 1, sizeof *last);
    uint32_t *members = arena_take_array(&s->scratch, (size_t)p->cell_count + 1, sizeof *members);
    uint32_t *seen = arena_take_array(&s->scratch, (size_t)p->relation_count + 1, sizeof *seen);
    if (next == NULL || last == NULL || members == NULL || seen == NULL) return memory(s);
    for (uint32_t c = 0; c < p->cell_count; c++) { // chains of each group's cells, by number
        next[c] = NOWHERE;
        uint32_t root = root_of(s, c);
        if (root != c) next[last[root]] = c;
        last[root] = c;
    }
    for (uint32_t c = 0; c < p->cell_count; c++) {
        if (root_of(s, c) != c || !suppress_is_unknown(&p->cells[c])) continue;
        uint32_t count = 0;
        bool is_needed = false;
        for (uint32_t m = c; m != NOWHERE; m = next[m]) {
            members[count++] = m;
            is_needed |= !suppress_is_protected(&p->cells[m]);
        }
        if (is_needed) TRY(group_prove(s, members, count, seen));
    }
    return err_none();
}

static uint32_t unprotected(const struct solver *s, uint32_t from) {
    for (uint32_t c = from; c < s->problem->cell_count; c++)
        if (suppress_is_unknown(&s->problem->cells[c]) && !suppress_is_protected(&s->problem->cells[c])) return c;
    return NOWHERE;
}

// --- withholding more ---

// A further cell for one that is not protected: out of its own relations, else out of those of its group.
static uint32_t further_for(struct solver *s, uint32_t cell) {
    for (int with_zeros = 0; with_zeros < 2; with_zeros++) {
        for (int wide = 0; wide < 2; wide++) {
            uint32_t best = NOWHERE, root = root_of(s, cell);
            int64_t best_cost = INT64_MAX;
            for (uint32_t c = wide ? 0 : cell; c < (wide ? s->problem->cell_count : cell + 1); c++) {
                if (root_of(s, c) != root) continue;
                for (uint32_t i = s->first[c]; i < s->first[c + 1]; i++) {
                    uint32_t found = cheapest_of(s, s->of[i], with_zeros == 1);
                    if (found == NOWHERE || cost_of(s, found) >= best_cost) continue;
                    best = found;
                    best_cost = cost_of(s, found);
                }
            }
            if (best != NOWHERE) return best;
        }
    }
    return NOWHERE;
}

// One more cell for each group that is not protected. False where nothing is left to withhold.
static bool widen(struct solver *s) {
    bool is_changed = false;
    uint32_t group = NOWHERE;
    for (uint32_t c = unprotected(s, 0); c != NOWHERE; c = unprotected(s, c + 1)) {
        if (root_of(s, c) == group) continue;
        uint32_t more = further_for(s, c);
        if (more == NOWHERE) continue;
        group = root_of(s, c);
        withhold(s, more, SUPPRESS_COMPLEMENT);
        is_changed = true;
    }
    return is_changed;
}

static void proofs_forget(struct solver *s, uint32_t root) {
    for (uint32_t c = 0; c < s->problem->cell_count; c++)
        if (root == NOWHERE || root_of(s, c) == root) s->problem->cells[c].up = s->problem->cells[c].down = 0;
}

// Tries to do without the cell; puts everything back where something sensitive would then be known.
static struct err try_without(struct solver *s, uint32_t cell, struct suppress_cell *kept) {
    struct suppress_problem *p = s->problem;
    for (uint32_t i = s->first[cell]; i < s->first[cell + 1]; i++)
        if (s->unknown[s->of[i]] == 2) return err_none(); // another one would stand alone, and be told at once
    memcpy(kept, p->cells, p->cell_count * sizeof *kept);
    groups_join(s);
    proofs_forget(s, root_of(s, cell));
    give_back(s, cell);
    TRY(prove(s));
    if (unprotected(s, 0) == NOWHERE) return err_none();
    withhold(s, cell, SUPPRESS_COMPLEMENT);
    memcpy(p->cells, kept, p->cell_count * sizeof *kept);
    return err_none();
}

// Gives back what was withheld beside the sensitive cells and is not needed, the dearest first, as long as the work is bearable.
static struct err tidy(struct solver *s) {
    struct suppress_problem *p = s->problem;
    bool *is_tried = arena_take_array(s->arena, (size_t)p->cell_count + 1, sizeof *is_tried);
    struct suppress_cell *kept = arena_take_array(s->arena, (size_t)p->cell_count + 1, sizeof *kept);
    if (is_tried == NULL || kept == NULL) return memory(s);
    s->is_all_or_nothing = true;
    s->work = 0;
    for (unsigned turn = 0; turn < TIDY_MAX && s->work < TIDY_WORK; turn++) {
        uint32_t best = NOWHERE;
        for (uint32_t c = 0; c < p->cell_count; c++)
            if (p->cells[c].reason == SUPPRESS_COMPLEMENT && !is_tried[c] && (best == NOWHERE || p->cells[c].weight > p->cells[best].weight)) best = c;
        if (best == NOWHERE) break;
        is_tried[best] = true;
        TRY(try_without(s, best, kept));
    }
    return err_none();
}

static struct err solve(struct solver *s) {
    TRY(index_make(s));
    open_spread(s);
    for (uint32_t c = 0; c < s->problem->cell_count; c++) s->report.primary += s->problem->cells[c].reason != SUPPRESS_NOT;
    for (;;) {
        lonely_pair(s);
        TRY(prove(s));
        s->report.rounds++;
        if (unprotected(s, 0) == NOWHERE || s->report.rounds == ROUNDS_MAX || !widen(s)) break;
    }
    if (unprotected(s, 0) == NOWHERE) TRY(tidy(s));
    return err_none();
}

static struct err run(struct suppress_problem *problem, struct arena *arena, bool may_withhold, struct suppress_report *ret, struct why *why) {
    struct solver s = {.problem = problem, .arena = arena, .why = why};
    if (problem->cell_count > SUPPRESS_CELLS_MAX)
        return why_set(why, ERR_LIMIT, "", "suppress.limit", "", "more than %d cells", (int)SUPPRESS_CELLS_MAX);
    for (uint32_t c = 0; c < problem->cell_count; c++) problem->cells[c].up = problem->cells[c].down = 0;
    arena_init(&s.scratch, (size_t)256 * 1024 * 1024);
    struct err e = err_none();
    if (may_withhold) {
        e = solve(&s);
    } else {
        e = index_make(&s);
        if (!is_err(e)) e = prove(&s);
    }
    arena_fini(&s.scratch);
    TRY(e);
    for (uint32_t c = 0; c < problem->cell_count; c++) s.report.complement += problem->cells[c].reason == SUPPRESS_COMPLEMENT;
    s.report.unsafe = unprotected(&s, 0);
    s.report.is_safe = s.report.unsafe == NOWHERE;
    *ret = s.report;
    return err_none();
}

struct err suppress_solve(struct suppress_problem *problem, struct arena *arena, struct suppress_report *ret, struct why *why) {
    return run(problem, arena, true, ret, why);
}

struct err suppress_prove(struct suppress_problem *problem, struct arena *arena, struct suppress_report *ret, struct why *why) {
    return run(problem, arena, false, ret, why);
}
