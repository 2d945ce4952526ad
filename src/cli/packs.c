// SPDX-License-Identifier: EUPL-1.2
#include "cli/packs.h"

#include "base/limits.h"
#include "cli/print.h"
#include "os/clock.h"
#include "os/tree.h"
#include "os/zone.h"
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

int packs_answer_run(const struct call *call, size_t arena_bytes, size_t answer_bytes, packs_answer *answer) {
    const char *day = call_option(call, "--at");
    struct civil at = wall_at(clock_now_ms(), 0).date;
    if (day != NULL && !civil_parse(span_of(day), &at)) return call_misuse(call, "--at %s is no date like 2026-11-22", day);
    struct packs packs;
    struct why why = {0};
    struct err e = packs_open(&packs, call_option(call, "--law"), &why);
    if (is_err(e)) return call_fail(call, e, &why);
    struct arena arena;
    struct buf text;
    arena_init(&arena, arena_bytes);
    buf_init(&text, &arena, answer_bytes);
    e = answer(call, packs.law, &arena, at, &text, &why);
    if (!is_err(e) && text.is_failed) e = err_make(ERR_MEMORY);
    int code = is_err(e) ? call_fail(call, e, &why) : EXIT_DONE;
    if (!is_err(e)) print_span(buf_span(&text));
    arena_fini(&arena);
    packs_close(&packs);
    return code;
}

struct err packs_zone(const struct call *call, const struct law *law, struct arena *arena, const struct zone **ret, struct why *why) {
    struct span state = span_of(call_option(call, "--state"));
    *ret = NULL;
    if (state.len == 0) return err_none();
    struct span name = law_zone(law, state);
    if (name.at == NULL) return why_set(why, ERR_INPUT, "--state", "law.state", "", "there is no Member State %.*s", SPAN_FMT(state));
    return zone_load(arena, (const char *)name.at, ret, why);
}
