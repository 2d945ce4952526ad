// SPDX-License-Identifier: EUPL-1.2
/* What law check asks of a state's profile: each cell that the Union's pack declares is there, with its source, or says unknown. */
#include "law/law_private.h"

static void finding(struct buf *report, size_t *findings, const struct pack *pack, const struct yaml *node, const char *what, struct span name) {
    if (node != NULL) buf_printf(report, "%s:%u: %s %.*s\n", node->file, node->line, what, SPAN_FMT(name));
    else buf_printf(report, "%.*s: %s %.*s\n", SPAN_FMT(pack->id), what, SPAN_FMT(name));
    (*findings)++;
}

static const struct yaml *member(const struct yaml *mapping, struct span name) {
    for (size_t i = 0; mapping != NULL && mapping->type == YAML_MAPPING && i < mapping->count; i++)
        if (span_equals(mapping->pairs[i].name, name)) return &mapping->pairs[i].value;
    return NULL;
}

static void cell_check(const struct pack *pack, const struct yaml *profile, struct span name, struct buf *report, size_t *findings) {
    static const char *const NEEDED[] = {"certainty", "source", "checked_on"};
    const struct yaml *cell = member(profile, name);
    if (cell == NULL) {
        finding(report, findings, pack, profile, "the profile lacks the cell (it may say unknown)", name);
        return;
    }
    if (cell->type == YAML_SCALAR && span_is(cell->text, "unknown")) return;
    bool is_whole = yaml_get(cell, "value") != NULL;
    for (size_t i = 0; i < sizeof NEEDED / sizeof NEEDED[0]; i++) is_whole &= yaml_get_text(cell, NEEDED[i]).len > 0;
    if (!is_whole) finding(report, findings, pack, cell, "value, certainty, source and checked_on are needed, or unknown:", name);
    struct span certainty = yaml_get_text(cell, "certainty");
    bool is_known = span_is(certainty, "mem") || span_is(certainty, "int") || span_is(certainty, "web") || span_is(certainty, "confirmed");
    if (is_whole && !is_known) finding(report, findings, pack, cell, "certainty is mem, int, web or confirmed:", name);
}

void states_check(const struct law *law, struct buf *report, size_t *findings) {
    const struct yaml *cells = yaml_get(pack_file_root(law_pack(law, SPAN("eu/nis2")), "cells.yaml"), "cells");
    if (cells == NULL || cells->type != YAML_SEQUENCE) return;
    for (size_t p = 0; p < law->pack_count; p++) {
        const struct pack *pack = &law->packs[p];
        if (!span_starts_with(pack->id, SPAN("national/"))) continue;
        const struct yaml *profile = pack_file_root(pack, "profile.yaml");
        for (size_t i = 0; i < cells->count; i++) cell_check(pack, profile, yaml_get_text(&cells->items[i], "cell"), report, findings);
        for (size_t k = 0; profile != NULL && profile->type == YAML_MAPPING && k < profile->count; k++) {
            bool is_declared = false;
            for (size_t i = 0; i < cells->count; i++) is_declared |= span_equals(yaml_get_text(&cells->items[i], "cell"), profile->pairs[k].name);
            if (!is_declared) finding(report, findings, pack, &profile->pairs[k].value, "no such cell is declared in eu/nis2/cells.yaml:", profile->pairs[k].name);
        }
    }
}
