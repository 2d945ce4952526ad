// SPDX-License-Identifier: EUPL-1.2
/* Disclosure control on tables that one can work out by hand; random ones stand in test/e2e/suppression.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "exchange/suppress.h"

enum { SIDE = 4, CELLS = SIDE * SIDE, RELATIONS = 2 * SIDE };

struct square { // three rows and columns with totals in the last
    struct suppress_cell cells[CELLS];
    struct suppress_term terms[RELATIONS][SIDE];
    struct suppress_relation relations[RELATIONS];
    struct suppress_problem problem;
    struct arena arena;
    struct suppress_report report;
};

static void square_make(struct square *s, const int64_t inner[3][3]) {
    *s = (struct square){0};
    arena_init(&s->arena, 16 * 1024 * 1024);
    for (uint32_t r = 0; r < 3; r++)
        for (uint32_t c = 0; c < 3; c++) {
            const uint32_t at[] = {r * SIDE + c, r * SIDE + 3, 3 * SIDE + c, 3 * SIDE + 3};
            for (size_t i = 0; i < 4; i++) s->cells[at[i]].value += inner[r][c];
        }
    for (uint32_t i = 0; i < CELLS; i++) {
        struct suppress_cell *cell = &s->cells[i];
        cell->weight = cell->value;
        cell->width = 5;
        cell->low = cell->value > 0;
        cell->reason = cell->value > 0 && cell->value < 5 ? SUPPRESS_SMALL : SUPPRESS_NOT;
    }
    for (uint32_t k = 0; k < SIDE; k++)
        for (uint32_t i = 0; i < SIDE; i++) {
            s->terms[k][i] = (struct suppress_term){k * SIDE + i, i == 3 ? -1 : 1};
            s->terms[SIDE + k][i] = (struct suppress_term){i * SIDE + k, i == 3 ? -1 : 1};
        }
    for (uint32_t k = 0; k < RELATIONS; k++) s->relations[k] = (struct suppress_relation){SIDE, s->terms[k]};
    s->problem = (struct suppress_problem){CELLS, RELATIONS, s->cells, s->relations};
}

static void square_solve(struct square *s) {
    struct why why = {0};
    assert_false(is_err(suppress_solve(&s->problem, &s->arena, &s->report, &why)));
}

static unsigned withheld(const struct square *s) {
    unsigned count = 0;
    for (uint32_t i = 0; i < CELLS; i++) count += s->cells[i].reason != SUPPRESS_NOT;
    return count;
}

static void test_nothing_small(void **state) {
    (void)state;
    struct square s;
    square_make(&s, (const int64_t[3][3]){{10, 0, 30}, {7, 50, 9}, {0, 5, 6}});
    square_solve(&s);
    assert_true(s.report.is_safe);
    assert_int_equal(withheld(&s), 0);
    arena_fini(&s.arena);
}

// One small cell takes three more: its row, its column, and where those meet.
static void test_rectangle(void **state) {
    (void)state;
    struct square s;
    square_make(&s, (const int64_t[3][3]){{2, 20, 300}, {30, 40, 500}, {600, 700, 800}});
    square_solve(&s);
    assert_true(s.report.is_safe);
    assert_int_equal(withheld(&s), 4);
    assert_int_equal(s.cells[0].reason, SUPPRESS_SMALL);
    assert_int_equal(s.cells[1].reason, SUPPRESS_COMPLEMENT);
    assert_int_equal(s.cells[SIDE].reason, SUPPRESS_COMPLEMENT);
    assert_int_equal(s.cells[SIDE + 1].reason, SUPPRESS_COMPLEMENT);
    assert_true(s.cells[0].up + s.cells[0].down >= 5);
    arena_fini(&s.arena);
}

// Two small cells in a row hide each other from one who only counts them, but their sum of 3 tells each within 2.
static void test_small_pair_is_not_enough(void **state) {
    (void)state;
    struct square s;
    square_make(&s, (const int64_t[3][3]){{1, 2, 300}, {2, 2, 500}, {600, 700, 800}});
    for (uint32_t i = 0; i < CELLS; i++)
        if (s.cells[i].reason != SUPPRESS_NOT) s.cells[i].width = 5;
    struct why why = {0};
    assert_false(is_err(suppress_prove(&s.problem, &s.arena, &s.report, &why)));
    assert_false(s.report.is_safe);
    square_solve(&s);
    assert_true(s.report.is_safe);
    assert_true(withheld(&s) > 4);
    arena_fini(&s.arena);
}

// What is published already can't be withheld any more: where that tells a small cell, nothing may be published.
static void test_open_cells_can_make_it_impossible(void **state) {
    (void)state;
    struct square s;
    square_make(&s, (const int64_t[3][3]){{2, 20, 300}, {30, 40, 500}, {600, 700, 800}});
    for (uint32_t i = 1; i < SIDE; i++) s.cells[i].is_open = true;
    square_solve(&s);
    assert_false(s.report.is_safe);
    assert_int_equal(s.report.unsafe, 0);
    arena_fini(&s.arena);
}

static void test_dominance(void **state) {
    (void)state;
    assert_true(suppress_dominates(90, 100, 80));
    assert_false(suppress_dominates(80, 100, 80));
    assert_false(suppress_dominates(0, 0, 80));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_small),
        cmocka_unit_test(test_rectangle),
        cmocka_unit_test(test_small_pair_is_not_enough),
        cmocka_unit_test(test_open_cells_can_make_it_impossible),
        cmocka_unit_test(test_dominance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
