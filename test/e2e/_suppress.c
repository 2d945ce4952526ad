// SPDX-License-Identifier: EUPL-1.2
/*
 * Disclosure control for a test in another language: problems on standard input, what is withheld on standard output.
 *
 * A problem: "CELLS RELATIONS", then a line a cell "value low width weight open hidden reason" (reason 0 to 3), then a line a
 * relation "count cell factor cell factor ..."; any number of problems. The answer: a line a cell "reason up down", then
 * "is_safe rounds steps".
 */
#include <stdio.h>

#include "exchange/suppress.h"

static bool cells_read(struct suppress_problem *p) {
    for (uint32_t i = 0; i < p->cell_count; i++) {
        long long value, low, width, weight;
        int open, hidden, reason;
        if (fscanf(stdin, "%lld %lld %lld %lld %d %d %d", &value, &low, &width, &weight, &open, &hidden, &reason) != 7) return false;
        p->cells[i] = (struct suppress_cell){.value = value, .low = low, .width = width, .weight = weight, .is_open = open != 0,
                                             .is_hidden = hidden != 0, .reason = (enum suppress_reason)reason};
    }
    return true;
}

static bool relations_read(struct suppress_problem *p, struct suppress_relation *relations, struct arena *arena) {
    for (uint32_t r = 0; r < p->relation_count; r++) {
        unsigned count;
        if (fscanf(stdin, "%u", &count) != 1) return false;
        struct suppress_term *terms = arena_take_array(arena, count + 1, sizeof *terms);
        for (unsigned t = 0; t < count; t++)
            if (fscanf(stdin, "%u %d", &terms[t].cell, &terms[t].factor) != 2 || terms[t].cell >= p->cell_count) return false;
        relations[r] = (struct suppress_relation){.count = count, .terms = terms};
    }
    p->relations = relations;
    return true;
}

int main(void) {
    unsigned cells, relations;
    while (fscanf(stdin, "%u %u", &cells, &relations) == 2) {
        struct arena arena;
        struct suppress_report report;
        struct why why = {0};
        arena_init(&arena, (size_t)512 * 1024 * 1024);
        struct suppress_problem p = {.cell_count = cells, .relation_count = relations};
        p.cells = arena_take_array(&arena, cells + 1, sizeof *p.cells);
        if (!cells_read(&p) || !relations_read(&p, arena_take_array(&arena, relations + 1, sizeof *p.relations), &arena)) return 2;
        if (is_err(suppress_solve(&p, &arena, &report, &why))) {
            fprintf(stderr, "%s\n", why.words);
            return 1;
        }
        for (uint32_t i = 0; i < cells; i++)
            printf("%d %lld %lld\n", p.cells[i].reason, (long long)p.cells[i].up, (long long)p.cells[i].down);
        printf("%d %u %llu\n", report.is_safe, report.rounds, (unsigned long long)report.steps);
        arena_fini(&arena);
    }
    return 0;
}
