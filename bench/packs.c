// SPDX-License-Identifier: EUPL-1.2
/*
 * Loading the law with all packs, as a node does at its start: processor time, the least of some turns, and what it takes in memory.
 * Prints NAME=VALUE lines for bench/run.py.
 */
#include <stdio.h>
#include <time.h>

#include "base/embed.h"
#include "base/limits.h"
#include "law/pack.h"

enum { TURNS = 15 };

static double cpu_ms(void) {
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

int main(void) {
    double least = 1e9, first = 0, bytes = 0;
    for (int i = 0; i < TURNS; i++) {
        struct arena arena;
        struct why why = {0};
        struct law *law;
        arena_init(&arena, LIMIT_PACK_ARENA_BYTES);
        double began = cpu_ms();
        struct err e = law_load(&arena, embedded_law, embedded_law_count, &law, &why);
        double took = cpu_ms() - began;
        if (is_err(e)) {
            (void)fprintf(stderr, "bench: %s %s\n", err_name(e.code), why.words);
            return 1;
        }
        if (i == 0) first = took;
        if (took < least) least = took;
        bytes = (double)arena.used_bytes;
        arena_fini(&arena);
    }
    (void)printf("load_first_ms=%.2f\nload_ms=%.2f\nload_mb=%.2f\n", first, least, bytes / 1024 / 1024);
    return 0;
}
