// SPDX-License-Identifier: EUPL-1.2
#include "cli/packs.h"

#include "base/limits.h"
#include "os/tree.h"

struct err packs_open(struct packs *packs, const char *dir, struct why *why) {
    arena_init(&packs->arena, 2 * (size_t)LIMIT_PACK_ARENA_BYTES);
    const struct embedded_file *files = embedded_law;
    size_t count = embedded_law_count;
    struct err e = err_none();
    if (dir != NULL) {
        struct embedded_file *read = NULL;
        e = tree_read(&packs->arena, dir, ".yaml", LIMIT_YAML_BYTES, &read, &count, why);
        files = read;
    }
    if (!is_err(e)) e = law_load(&packs->arena, files, count, &packs->law, why);
    if (is_err(e)) arena_fini(&packs->arena);
    return e;
}

void packs_close(struct packs *packs) { arena_fini(&packs->arena); }
