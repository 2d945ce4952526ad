// SPDX-License-Identifier: EUPL-1.2
/*
 * Classifications a second on one core over a register with its facts in memory: classify FACTS, a file with one JSON object of
 * facts a line. (scope.c takes the answer apart over a drawn register.)
 * Prints NAME=VALUE lines for bench/run.py.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "law/scope.h"
#include "os/file.h"

enum { FACTS_MAX = 100000, FILE_BYTES_MAX = 256 * 1024 * 1024 };
static const double TURN_S = 1.5;

static void need(struct err e, const struct why *why) {
    if (!is_err(e)) return;
    (void)fprintf(stderr, "classify: %s %s\n", err_name(e.code), why->words);
    exit(1);
}

static double cpu_s(void) {
    struct timespec t;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static size_t facts_read(const struct law *law, const char *path, struct arena *arena, const struct scope_facts **facts, struct why *why) {
    struct span text;
    need(file_read(arena, path, FILE_BYTES_MAX, &text, why), why);
    size_t count = 0, at = 0;
    while (at < text.len && count < FACTS_MAX) {
        size_t end = span_find(text, '\n', at);
        struct json object;
        need(json_parse(arena, span_part(text, at, end), &object, why), why);
        need(scope_facts_read(law, &object, arena, &facts[count++], why), why);
        at = end + 1;
    }
    return count;
}

int main(int argc, char **argv) {
    static const struct scope_facts *facts[FACTS_MAX];
    struct arena arena, answers;
    struct law *law = NULL;
    const struct scope_view *view = NULL;
    struct why why = {0};
    if (argc != 2) return 2;
    arena_init(&arena, (size_t)1024 * 1024 * 1024);
    arena_init(&answers, (size_t)64 * 1024 * 1024);
    need(law_load(&arena, embedded_law, embedded_law_count, &law, &why), &why);
    need(scope_view_make(law, SPAN("BE"), (struct civil){.year = 2026, .month = 6, .day = 1}, &arena, &view, &why), &why);
    size_t count = facts_read(law, argv[1], &arena, facts, &why);
    if (count == 0) return 1;
    size_t done = 0, classes[ENTITY_UNDETERMINED + 1] = {0};
    double began_s = cpu_s();
    while (cpu_s() - began_s < TURN_S)
        for (size_t i = 0; i < count; i++, done++) classes[scope_classify(view, facts[i])]++;
    (void)printf("facts=%zu\nclassify_per_s=%.0f\n", count, (double)done / (cpu_s() - began_s));
    for (size_t i = 0; i <= ENTITY_UNDETERMINED; i++)
        (void)printf("share_%s=%.4f\n", entity_class_name((enum entity_class)i), (double)classes[i] / (double)done);
    size_t answered = 0, rules = 0;
    began_s = cpu_s();
    for (size_t i = 0; cpu_s() - began_s < TURN_S; i = (i + 1) % count, answered++) {
        struct scope_answer answer;
        arena_reset(&answers);
        need(scope_answer_facts(view, facts[i], &answers, &answer, &why), &why);
        rules += answer.rule_count;
    }
    (void)printf("answer_per_s=%.0f\nrules_per_answer=%.1f\n", (double)answered / (cpu_s() - began_s), (double)rules / (double)answered);
    arena_fini(&answers);
    arena_fini(&arena);
    return 0;
}
