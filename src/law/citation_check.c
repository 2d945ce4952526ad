// SPDX-License-Identifier: EUPL-1.2
/*
 * Whether what rows cite exists, and belongs where it is cited: each `article:` of each pack is parsed, looked up in the index of its act
 * (structure.h), and must lie within what `cites:` of the pack's index says of its file. So a number that is a slip, and an article that stands
 * beside the wrong row, are found unless file and article both are the same.
 */
#include "law/law_private.h"
#include "law/structure.h"

struct file_cites { // a row of `cites:`
    const struct yaml *node;
    struct citation citation;
    bool is_used[CITATION_PLACES_MAX];
};

struct citation_checker {
    struct structure structure;
    struct arena *arena;
    struct buf *report;
    size_t *findings;
    size_t citations, places;
    struct citation citation; // of the row that is looked at
    struct file_cites *cites; // of its file
    bool has_cites;
};

static void finding(struct citation_checker *c, const struct yaml *node, const char *words, struct span text) {
    (*c->findings)++;
    buf_printf(c->report, "%s:%u: %s %.*s\n", node->file, node->line, words, SPAN_FMT(text));
}

static struct span place_text(struct citation_checker *c, const struct place *place) {
    struct buf text;
    buf_init(&text, c->arena, 512);
    place_write(&text, place);
    return buf_span(&text);
}

static bool is_cited_here(struct citation_checker *c, const struct place *place) {
    bool is_found = false;
    for (size_t i = 0; c->has_cites && i < c->cites->citation.count; i++) {
        bool is_within = place_covers(&c->cites->citation.places[i], place);
        c->cites->is_used[i] |= is_within;
        is_found |= is_within;
    }
    return is_found;
}

static bool check_text(struct citation_checker *c, const struct yaml *node, struct citation *into) {
    struct span rest;
    if (!citation_parse(node->text, &c->structure.acts, c->arena, into, &rest)) {
        finding(c, node, "no citation of an act that an index names (doc/law.md, \"Articles\"):", rest);
        return false;
    }
    for (size_t i = 0; i < into->count; i++) {
        const char *refused = structure_refuses(&c->structure, &into->places[i]);
        if (refused != NULL) finding(c, node, arena_text(c->arena, place_text(c, &into->places[i])), span_of(refused));
    }
    c->citations++;
    c->places += into->count;
    return true;
}

static void check_citation(struct citation_checker *c, const struct yaml *node) {
    if (span_is(node->text, "none") || !check_text(c, node, &c->citation)) return;
    for (size_t i = 0; i < c->citation.count; i++)
        if (!is_cited_here(c, &c->citation.places[i]))
            finding(c, node, "a slip, or the file's places: in index/cites.yaml of the pack lack", place_text(c, &c->citation.places[i]));
}

static void walk(struct citation_checker *c, const struct yaml *node) {
    for (size_t i = 0; node->type == YAML_SEQUENCE && i < node->count; i++) walk(c, &node->items[i]);
    for (size_t i = 0; node->type == YAML_MAPPING && i < node->count; i++) {
        const struct yaml_pair *pair = &node->pairs[i];
        bool is_citation = pair->value.type == YAML_SCALAR && (span_is(pair->name, "article") || span_is(pair->name, "was") || span_is(pair->name, "now"));
        if (is_citation) check_citation(c, &pair->value);
        else walk(c, &pair->value);
    }
}

static bool is_number_or_letter(uint8_t c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'); }

// Whether PLACE is OUTER itself, or the part of it that the control is named after: "1.1.2" in IRX, "b" in 21(2).
static bool is_control_of(const struct place *outer, const struct place *place, struct span control) {
    size_t at = 0;
    if (!place_covers(outer, place)) return false;
    for (size_t i = outer->count; i < place->count; i++) {
        struct span part = span_part(control, at, at + place->parts[i].len);
        if (!span_equals(part, place->parts[i])) return false;
        at += part.len;
        if (at < control.len && is_number_or_letter(control.at[at])) return false;
        if (at < control.len) at++;
    }
    return place->count == outer->count || at == control.len;
}

// A control cites its catalogue's source, or the part of it that has its number.
static void check_controls(struct citation_checker *c, const struct yaml *root) {
    const struct yaml *controls = yaml_get(root, "controls"), *article = yaml_get(root, "article");
    struct citation *whole = ARENA_NEW(c->arena, struct citation);
    struct span rest;
    bool is_source = whole != NULL && controls != NULL && article != NULL && citation_parse(article->text, &c->structure.acts, c->arena, whole, &rest);
    for (size_t i = 0; is_source && controls->type == YAML_SEQUENCE && i < controls->count; i++) {
        const struct yaml *node = yaml_get(&controls->items[i], "article");
        struct span control = yaml_get_text(&controls->items[i], "control");
        if (node == NULL || !citation_parse(node->text, &c->structure.acts, c->arena, &c->citation, &rest)) continue;
        if (c->citation.count != 1 || whole->count != 1 || !is_control_of(&whole->places[0], &c->citation.places[0], control))
            finding(c, node, "a control cites the part of the catalogue's source that has its number:", control);
    }
}

static void cites_take(struct citation_checker *c, const struct yaml *row, struct span path) {
    const struct yaml *places = yaml_get(row, "places");
    if (!span_equals(yaml_get_text(row, "file"), path)) return;
    if (c->has_cites) {
        finding(c, row, "the file stands twice under cites:", path);
    } else if (places == NULL || places->type != YAML_SCALAR) {
        finding(c, row, "places: a citation is expected:", path);
    } else if (check_text(c, places, &c->cites->citation)) {
        c->has_cites = true;
        c->cites->node = places;
    }
}

// What `cites:` of the pack's index says of the file; has_cites tells whether it says anything.
static void cites_open(struct citation_checker *c, const struct pack *pack, struct span path) {
    c->has_cites = false;
    memset(c->cites, 0, sizeof *c->cites);
    for (size_t f = 0; f < pack->file_count; f++) {
        const struct yaml *rows = pack_file_is_under(&pack->files[f], "index/") ? yaml_get(pack->files[f].root, "cites") : NULL;
        for (size_t i = 0; rows != NULL && rows->type == YAML_SEQUENCE && i < rows->count; i++) cites_take(c, &rows->items[i], path);
    }
}

static void check_file(struct citation_checker *c, const struct pack *pack, const struct pack_file *file) {
    cites_open(c, pack, file->path);
    walk(c, file->root);
    if (span_is(file->path, "controls.yaml")) check_controls(c, file->root);
    for (size_t i = 0; c->has_cites && i < c->cites->citation.count; i++)
        if (!c->cites->is_used[i]) finding(c, c->cites->node, "no row of the file cites (any more)", place_text(c, &c->cites->citation.places[i]));
}

// Each row of `cites:` is of a file that is there.
static void check_cites(struct citation_checker *c, const struct pack *pack, const struct pack_file *file) {
    const struct yaml *rows = yaml_get(file->root, "cites");
    for (size_t i = 0; rows != NULL && rows->type == YAML_SEQUENCE && i < rows->count; i++) {
        bool is_there = false;
        for (size_t f = 0; f < pack->file_count; f++) is_there |= span_equals(pack->files[f].path, yaml_get_text(&rows->items[i], "file"));
        if (!is_there) finding(c, &rows->items[i], "the pack has no file", yaml_get_text(&rows->items[i], "file"));
    }
}

static void check_pack(struct citation_checker *c, const struct pack *pack) {
    for (size_t f = 0; f < pack->file_count; f++) {
        const struct pack_file *file = &pack->files[f];
        if (pack_file_is_under(file, "index/")) check_cites(c, pack, file);
        else if (!pack_file_is_under(file, "words/")) check_file(c, pack, file);
    }
}

struct err citations_check(const struct law *law, struct buf *report, size_t *findings) {
    struct arena arena;
    arena_init(&arena, (size_t)32 * 1024 * 1024);
    struct citation_checker *c = ARENA_NEW(&arena, struct citation_checker);
    struct err e = c == NULL ? err_make(ERR_MEMORY) : structure_open(law, &arena, report, findings, &c->structure);
    if (!is_err(e) && c->structure.acts.count > 0) {
        c->arena = &arena;
        c->report = report;
        c->findings = findings;
        c->cites = ARENA_NEW(&arena, struct file_cites);
        if (c->cites == NULL) e = err_make(ERR_MEMORY);
        for (size_t i = 0; !is_err(e) && i < law->pack_count; i++) check_pack(c, &law->packs[i]);
        buf_printf(report, "%zu citations of %zu places looked up in %zu acts\n", c->citations, c->places, c->structure.acts.count);
    }
    arena_fini(&arena);
    return e;
}
