// SPDX-License-Identifier: EUPL-1.2
/* The packs that a test looks at: those built in, or those of the directory that VARDE_LAW names (test/law/mutate.py changes them there). */
#ifndef TEST_LAW_UNDER_TEST_H
#define TEST_LAW_UNDER_TEST_H

#include <stdlib.h>

#include "base/limits.h"
#include "law/pack.h"
#include "os/tree.h"

static inline struct err law_under_test(struct arena *arena, struct law **ret, struct why *why) {
    const char *dir = getenv("VARDE_LAW");
    if (dir == NULL) return law_load(arena, embedded_law, embedded_law_count, ret, why);
    struct embedded_file *files;
    size_t count;
    TRY(tree_read(arena, dir, ".yaml", LIMIT_YAML_BYTES, &files, &count, why));
    return law_load(arena, files, count, ret, why);
}

#endif
