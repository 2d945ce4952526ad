// SPDX-License-Identifier: EUPL-1.2
#include "cli/packs.h"

#include "base/limits.h"
#include "os/tree.h"
#include "role/law_files.h"

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

struct err packs_open_own(struct packs *packs, const char *own_dir, struct span state, struct why *why) {
    arena_init(&packs->arena, 2 * (size_t)LIMIT_PACK_ARENA_BYTES);
    const struct embedded_file *files;
    size_t count;
    struct err e = law_files_read(&packs->arena, own_dir, state, &files, &count, why);
    if (!is_err(e)) e = law_load(&packs->arena, files, count, &packs->law, why);
    if (is_err(e)) arena_fini(&packs->arena);
    return e;
}

void packs_close(struct packs *packs) { arena_fini(&packs->arena); }
