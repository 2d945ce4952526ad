// SPDX-License-Identifier: EUPL-1.2
#include "law/cited.h"

#include "law/law_private.h"
#include "law/pack_rows.h"
#include "law/structure.h"
#include "law/translate.h"

enum { NAME_MAX_BYTES = 400 };

struct concordance {
    struct structure structure;
    struct arena *arena;
    struct json_out *out;
    struct span state, lang;
    struct citation wanted; // what is asked for
    struct citation cited;  // of the row that is looked at
    size_t count;           // of rows that cite it
    size_t *counts;         // per article of the Directive; NULL where rows are asked for
    const struct yaml *articles;
    const struct pack *pack;
    const struct pack_file *file;
};

static struct span label_of(const struct concordance *c, const struct yaml *row) {
    static const char *const TEXTS[] = {"label", "words", "reason", "title"};
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
        struct span english = yaml_get_text(row, TEXTS[i]);
        if (english.len > 0) return law_say_row(c->structure.law, c->state, english, c->lang);
    }
    return span_make(NULL, 0);
}

static void row_write(struct concordance *c, const struct yaml *row, const struct yaml *article, struct span name) {
    if (++c->count > CITED_ROWS_MAX) return;
    json_out_object(c->out);
    json_out_member_string(c->out, "pack", c->pack->id);
    json_out_member_string(c->out, "file", c->file->path);
    json_out_member_int(c->out, "line", article->line);
    json_out_member_string(c->out, "row", name);
    json_out_member_string(c->out, "label", label_of(c, row));
    json_out_member_string(c->out, "article", article->text);
    json_out_object_end(c->out);
}

static void row_count(struct concordance *c, const struct place *place) {
    for (size_t i = 0; place->kind == PLACE_ARTICLE && i < c->articles->count; i++)
        if (span_is(place->act, "NIS2") && span_equals(yaml_get_text(&c->articles->items[i], "place"), place->parts[0])) c->counts[i]++;
}

static void article_look(struct concordance *c, const struct yaml *row, const struct yaml *article, struct span name) {
    struct span rest;
    bool is_found = false;
    if (!citation_parse(article->text, &c->structure.acts, c->arena, &c->cited, &rest)) return;
    for (size_t i = 0; i < c->cited.count; i++) {
        for (size_t k = 0; k < c->wanted.count; k++) is_found |= place_covers(&c->wanted.places[k], &c->cited.places[i]);
        bool is_repeated = false; // one row counts once for an article that it cites twice
        for (size_t k = 0; k < i; k++) is_repeated |= c->cited.places[k].kind == PLACE_ARTICLE && c->cited.places[i].kind == PLACE_ARTICLE && span_equals(c->cited.places[k].act, c->cited.places[i].act) && span_equals(c->cited.places[k].parts[0], c->cited.places[i].parts[0]);
        if (c->counts != NULL && !is_repeated) row_count(c, &c->cited.places[i]);
    }
    if (c->counts == NULL && is_found) row_write(c, row, article, name);
}

// NAME is that of the rows around, "early_warning.aware_at"; a list's rows are named by their first member.
static void walk(struct concordance *c, const struct yaml *node, struct span name) {
    for (size_t i = 0; node->type == YAML_SEQUENCE && i < node->count; i++) {
        struct span own = pack_row_name(&node->items[i]), inner = name;
        if (own.len > 0 && name.len > 0 && name.len + own.len < NAME_MAX_BYTES) inner = arena_printf(c->arena, "%.*s.%.*s", SPAN_FMT(name), SPAN_FMT(own));
        else if (own.len > 0) inner = own;
        walk(c, &node->items[i], inner.at != NULL ? inner : name);
    }
    const struct yaml *article = yaml_get(node, "article");
    if (article != NULL && article->type == YAML_SCALAR) article_look(c, node, article, name);
    for (size_t i = 0; node->type == YAML_MAPPING && i < node->count; i++)
        if (node->pairs[i].value.type != YAML_SCALAR) walk(c, &node->pairs[i].value, name);
}

static bool is_shown(const struct concordance *c, const struct pack *pack) {
    if (!span_starts_with(pack->id, SPAN("national/"))) return !pack_is_proposal(pack);
    return c->state.len == 0 || law_pack_of_state(c->structure.law, c->state) == pack;
}

static void packs_walk(struct concordance *c) {
    for (size_t i = 0; i < c->structure.law->pack_count; i++) {
        c->pack = &c->structure.law->packs[i];
        for (size_t f = 0; is_shown(c, c->pack) && f < c->pack->file_count; f++) {
            c->file = &c->pack->files[f];
            if (!pack_file_is_under(c->file, "words/") && !pack_file_is_under(c->file, "index/")) walk(c, c->file->root, SPAN(""));
        }
    }
}

static struct err articles_write(struct concordance *c) {
    size_t act = structure_act(&c->structure, SPAN("NIS2"));
    c->articles = act < c->structure.acts.count ? yaml_get(c->structure.roots[act], "articles") : NULL;
    json_out_object(c->out);
    json_out_member_text(c->out, "act", "NIS2");
    json_out_name(c->out, "articles");
    json_out_array(c->out);
    if (c->articles != NULL && c->articles->count > 0) {
        c->counts = arena_take_array(c->arena, c->articles->count, sizeof *c->counts);
        if (c->counts == NULL) return err_make(ERR_MEMORY);
        packs_walk(c);
    }
    for (size_t i = 0; c->counts != NULL && i < c->articles->count; i++) {
        json_out_object(c->out);
        json_out_member_string(c->out, "place", yaml_get_text(&c->articles->items[i], "place"));
        json_out_member_string(c->out, "label", label_of(c, &c->articles->items[i]));
        json_out_member_int(c->out, "count", (int64_t)c->counts[i]);
        json_out_object_end(c->out);
    }
    json_out_array_end(c->out);
    json_out_object_end(c->out);
    return err_none();
}

static void places_write(struct concordance *c) {
    json_out_name(c->out, "places");
    json_out_array(c->out);
    for (size_t i = 0; i < c->wanted.count; i++) {
        struct buf place;
        buf_init(&place, c->arena, 512);
        place_write(&place, &c->wanted.places[i]);
        const struct yaml *row = structure_row(&c->structure, &c->wanted.places[i]);
        if (row == NULL) row = c->structure.roots[structure_act(&c->structure, c->wanted.places[i].act)];
        json_out_object(c->out);
        json_out_member_string(c->out, "place", buf_span(&place));
        json_out_member_string(c->out, "label", label_of(c, row));
        json_out_object_end(c->out);
    }
    json_out_array_end(c->out);
}

static struct err cited_write(struct concordance *c, struct span cite, struct why *why) {
    struct span rest, whole = cite;
    bool is_bare = cite.at[0] >= '0' && cite.at[0] <= '9';
    if (is_bare) whole = arena_printf(c->arena, "NIS2 %.*s", SPAN_FMT(cite));
    if (whole.at == NULL) return err_make(ERR_MEMORY);
    if (!citation_parse(whole, &c->structure.acts, c->arena, &c->wanted, &rest))
        return why_set(why, ERR_INPUT, "cite", "law.cite", "", "a citation as rows write it is expected, not understood is: %.*s", SPAN_FMT(rest));
    for (size_t i = 0; i < c->wanted.count; i++) {
        const char *refused = structure_refuses(&c->structure, &c->wanted.places[i]);
        if (refused != NULL) return why_set(why, ERR_INPUT, "cite", "law.cite", "", "%.*s: one of the places %s", SPAN_FMT(whole), refused);
    }
    json_out_object(c->out);
    json_out_member_string(c->out, "cite", whole);
    places_write(c);
    json_out_name(c->out, "rows");
    json_out_array(c->out);
    packs_walk(c);
    json_out_array_end(c->out);
    json_out_member_int(c->out, "count", (int64_t)c->count);
    json_out_object_end(c->out);
    return err_none();
}

struct err law_cited_write(struct json_out *out, const struct law *law, struct span state, struct span cite, struct span lang, struct why *why) {
    enum { CITE_MAX_BYTES = 200 };
    struct arena arena;
    size_t findings = 0;
    cite = span_trim(cite);
    if (cite.len > CITE_MAX_BYTES) return why_set(why, ERR_INPUT, "cite", "law.cite", "", "a citation has at most %d characters", (int)CITE_MAX_BYTES);
    arena_init(&arena, (size_t)32 * 1024 * 1024);
    struct concordance *c = ARENA_NEW(&arena, struct concordance);
    struct err e = c == NULL ? err_make(ERR_MEMORY) : structure_open(law, &arena, NULL, &findings, &c->structure);
    if (!is_err(e)) {
        c->arena = &arena;
        c->out = out;
        c->state = state;
        c->lang = lang;
        e = cite.len == 0 ? articles_write(c) : cited_write(c, cite, why);
    }
    arena_fini(&arena);
    return e;
}
