// SPDX-License-Identifier: EUPL-1.2
#include "role/law_files.h"

#include "base/limits.h"
#include "law/check.h"
#include "law/pack.h"
#include "os/tree.h"

// "national/be/procedures/drill.yaml": of the state's own pack, and of a kind that adds and replaces nothing.
static bool may_add(struct span path, struct span state) {
    static const char *const FOLDERS[] = {"procedures/", "clocks/", "words/", "index/"};
    if (state.len != 2 || !span_starts_with(path, SPAN("national/")) || path.len < 12) return false;
    for (size_t i = 0; i < 2; i++)
        if (path.at[9 + i] != (uint8_t)(state.at[i] | 0x20)) return false;
    for (size_t i = 0; i < sizeof FOLDERS / sizeof FOLDERS[0]; i++)
        if (path.at[11] == '/' && span_starts_with(span_part(path, 12, path.len), span_of(FOLDERS[i]))) return true;
    return false;
}

static bool is_built_in(const char *path) {
    for (size_t i = 0; i < embedded_law_count; i++)
        if (strcmp(embedded_law[i].path, path) == 0) return true;
    return false;
}

// A file with a procedure has states. What has none is laid over a procedure of the program's, or over what several have in common.
static struct err adds_procedure(struct arena *arena, const struct embedded_file *file, struct why *why) {
    struct yaml root;
    if (!span_starts_with(span_part(span_of(file->path), 12, SIZE_MAX), SPAN("procedures/"))) return err_none();
    TRY(yaml_load(arena, file->path, span_make(file->bytes, file->size_bytes), &root, why));
    if (yaml_get(&root, "states") != NULL) return err_none();
    return why_set(why, ERR_INPUT, "law", "law.own", "", "%s: a procedure with its states is expected; own law changes none of the program's", file->path);
}

struct err law_files_read(struct arena *arena, const char *own_dir, struct span state, const struct embedded_file **ret, size_t *ret_count,
                          struct why *why) {
    *ret = embedded_law;
    *ret_count = embedded_law_count;
    if (own_dir == NULL) return err_none();
    struct embedded_file *own;
    size_t count;
    TRY(tree_read(arena, own_dir, ".yaml", LIMIT_YAML_BYTES, &own, &count, why));
    struct embedded_file *all = arena_take_array(arena, embedded_law_count + count + 1, sizeof *all);
    if (all == NULL) return err_make(ERR_MEMORY);
    memcpy(all, embedded_law, embedded_law_count * sizeof *all);
    for (size_t i = 0; i < count; i++) {
        if (!may_add(span_of(own[i].path), state))
            return why_set(why, ERR_INPUT, "law", "law.own", "", "%s: own law stands in national/STATE/procedures, clocks or words of the node's state", own[i].path);
        TRY(adds_procedure(arena, &own[i], why));
        if (is_built_in(own[i].path)) return why_set(why, ERR_INPUT, "law", "law.own", "", "%s: the program has this file; own law adds and replaces nothing", own[i].path);
        all[embedded_law_count + i] = own[i];
        all[embedded_law_count + i].is_added = true;
    }
    *ret = all;
    *ret_count = embedded_law_count + count;
    return err_none();
}

// The first line that names a file, which is the first finding.
static struct span first_finding(struct span report) {
    for (size_t at = 0; at < report.len;) {
        size_t end = span_find(report, '\n', at), colon = span_find(report, ':', at);
        if (colon < end && span_ends_with(span_part(report, at, colon), SPAN(".yaml"))) return span_part(report, at, end);
        at = end + 1;
    }
    return SPAN("");
}

static struct err prove(const struct law *law, struct why *why) {
    enum { REPORT_BYTES = 1024 * 1024 };
    struct buf report;
    size_t findings = 0;
    buf_init(&report, NULL, REPORT_BYTES);
    struct err e = law_check(law, &report, &findings);
    struct span first = first_finding(buf_span(&report));
    if (!is_err(e) && findings > 0)
        e = why_set(why, ERR_INPUT, "law", "law.own", "", "the own law is not in order (%zu findings; varde law check --own): %.*s", findings, SPAN_FMT(first));
    buf_fini(&report);
    return e;
}

struct err law_files_load(struct arena *arena, const char *own_dir, struct span state, struct law **ret, const struct embedded_file **ret_files,
                          size_t *ret_count, struct why *why) {
    TRY(law_files_read(arena, own_dir, state, ret_files, ret_count, why));
    TRY(law_load(arena, *ret_files, *ret_count, ret, why));
    return own_dir == NULL ? err_none() : prove(*ret, why);
}
