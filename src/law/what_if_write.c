// SPDX-License-Identifier: EUPL-1.2
/* The count as a table, as JSON, as CSV. */
#include "law/what_if_private.h"

static struct span word(const struct what_if *w, const char *group, struct span name, struct span lang, struct arena *arena) {
    struct span key = arena_printf(arena, "%s.%.*s", group, SPAN_FMT(name)), text = law_word(w->now, SPAN(""), key, lang);
    return text.at != NULL ? text : name;
}

// What the proposal itself says of such a count, in LANG or English.
static struct span caution(const struct what_if *w, const char *name, struct span lang, struct arena *arena) {
    const struct pack *proposal = law_pack(w->now, law_amended_by(w->then)->id);
    struct span key = arena_printf(arena, "what_if.%s", name), text = pack_word(w->now, proposal, key, lang);
    return text.at != NULL ? text : pack_word(w->now, proposal, key, SPAN("en"));
}

static const char *comparison(bool covers_union) { return covers_union ? "union" : "not_comparable"; }

void what_if_head(const struct what_if *w, bool covers_union, struct span lang, struct arena *arena, struct span *ret_head, struct span *ret_comparison) {
    *ret_head = caution(w, "head", lang, arena);
    *ret_comparison = caution(w, comparison(covers_union), lang, arena);
}

// Calls for each count that is no stay; the last sector is all.
typedef void cell_visitor(void *context, const struct what_if *w, size_t sector, size_t size, enum entity_class from, enum entity_class to, uint64_t count);
static void cells_visit(const struct what_if *w, cell_visitor *visit, void *context) {
    for (size_t i = 0; i <= w->sector_count; i++) {
        size_t sector = i < w->sector_count ? i : MOVE_SECTORS_MAX;
        for (size_t size = 0; size < w->size_count; size++)
            for (size_t from = 0; from < MOVE_CLASSES; from++)
                for (size_t to = 0; to < MOVE_CLASSES; to++) {
                    uint64_t count = w->counts[sector][size][from][to];
                    if (count > 0 && from != to) visit(context, w, sector, size, (enum entity_class)from, (enum entity_class)to, count);
                }
    }
}

struct writing {
    struct buf *out;
    struct json_out *json;
    struct span lang;
    struct arena *arena;
};

static struct span sector_text(const struct writing *writing, const struct what_if *w, size_t sector) {
    if (sector == MOVE_SECTORS_MAX) return word(w, "moves", SPAN("total"), writing->lang, writing->arena);
    return w->sectors[sector].len > 0 ? word(w, "sector", w->sectors[sector], writing->lang, writing->arena) : SPAN("-");
}

// --- text ---

static void text_cell(void *context, const struct what_if *w, size_t sector, size_t size, enum entity_class from, enum entity_class to, uint64_t count) {
    const struct writing *x = context;
    buf_printf(x->out, "%10llu  %-13.*s  %-24s -> %-24s  %.*s\n", (unsigned long long)count, SPAN_FMT(what_if_size(w, size)), entity_class_name(from), entity_class_name(to),
               SPAN_FMT(sector_text(x, w, sector)));
}

void what_if_write_text(struct buf *out, const struct what_if *w, bool covers_union, struct span lang, struct arena *arena) {
    struct writing x = {.out = out, .lang = lang, .arena = arena};
    buf_printf(out, "%.*s\n%.*s\n\n", SPAN_FMT(caution(w, "head", lang, arena)), SPAN_FMT(caution(w, comparison(covers_union), lang, arena)));
    for (size_t i = 0; i < w->then->choice_count; i++)
        buf_printf(out, "%.*s %.*s: %.*s\n", SPAN_FMT(word(w, "moves", SPAN("choice"), lang, arena)), SPAN_FMT(w->then->choices[i].name), SPAN_FMT(w->then->choices[i].value));
    buf_add_byte(out, '\n');
    for (int m = 0; m < MOVES; m++)
        buf_printf(out, "%10llu  %.*s\n", (unsigned long long)w->moves[m], SPAN_FMT(word(w, "moves", span_of(move_name((enum move)m)), lang, arena)));
    buf_printf(out, "%10llu  %.*s\n", (unsigned long long)w->entities, SPAN_FMT(word(w, "moves", SPAN("entities"), lang, arena)));
    if (w->unread > 0) buf_printf(out, "%10llu  %.*s\n", (unsigned long long)w->unread, SPAN_FMT(word(w, "moves", SPAN("unread"), lang, arena)));
    buf_add_byte(out, '\n');
    cells_visit(w, text_cell, &x);
    buf_printf(out, "\n%.*s\n", SPAN_FMT(word(w, "moves", SPAN("note"), lang, arena)));
}

// --- CSV ---

static void csv_cell(void *context, const struct what_if *w, size_t sector, size_t size, enum entity_class from, enum entity_class to, uint64_t count) {
    const struct writing *x = context;
    struct span name = sector == MOVE_SECTORS_MAX ? SPAN("*") : w->sectors[sector];
    buf_printf(x->out, "%.*s,%.*s,%s,%s,%s,%llu\r\n", SPAN_FMT(name), SPAN_FMT(what_if_size(w, size)), move_name(move_between(from, to)), entity_class_name(from), entity_class_name(to),
               (unsigned long long)count);
}

void what_if_write_csv(struct buf *out, const struct what_if *w, bool covers_union, struct span lang, struct arena *arena) {
    struct writing x = {.out = out, .lang = lang, .arena = arena};
    buf_printf(out, "# %.*s\r\n# %.*s\r\n", SPAN_FMT(caution(w, "head", lang, arena)), SPAN_FMT(caution(w, comparison(covers_union), lang, arena)));
    buf_add_text(out, "sector,size,move,from,to,entities\r\n");
    cells_visit(w, csv_cell, &x);
}

// --- JSON ---

static void json_cell(void *context, const struct what_if *w, size_t sector, size_t size, enum entity_class from, enum entity_class to, uint64_t count) {
    const struct writing *x = context;
    json_out_object(x->json);
    json_out_member_string(x->json, "sector", sector == MOVE_SECTORS_MAX ? span_make(NULL, 0) : w->sectors[sector]);
    json_out_member_bool(x->json, "all_sectors", sector == MOVE_SECTORS_MAX);
    json_out_member_string(x->json, "size", what_if_size(w, size));
    json_out_member_text(x->json, "move", move_name(move_between(from, to)));
    json_out_member_text(x->json, "from", entity_class_name(from));
    json_out_member_text(x->json, "to", entity_class_name(to));
    json_out_member_int(x->json, "entities", (int64_t)count);
    json_out_object_end(x->json);
}

void what_if_write_json(struct json_out *out, const struct what_if *w, bool covers_union, struct span lang, struct arena *arena) {
    struct writing x = {.json = out, .lang = lang, .arena = arena};
    const struct pack *proposal = law_amended_by(w->then);
    json_out_object(out);
    json_out_member_string(out, "head", caution(w, "head", lang, arena));
    json_out_member_string(out, "comparison", caution(w, comparison(covers_union), lang, arena));
    json_out_member_bool(out, "covers_union", covers_union);
    json_out_member_string(out, "proposal", proposal->id);
    json_out_member_string(out, "version", proposal->version);
    json_out_member_string(out, "at", civil_text(arena, w->at));
    json_out_name(out, "choices");
    json_out_object(out);
    for (size_t i = 0; i < w->then->choice_count; i++) {
        json_out_name_span(out, w->then->choices[i].name);
        json_out_string(out, w->then->choices[i].value);
    }
    json_out_object_end(out);
    json_out_member_int(out, "entities", (int64_t)w->entities);
    json_out_member_int(out, "unread", (int64_t)w->unread);
    json_out_name(out, "moves");
    json_out_object(out);
    for (int m = 0; m < MOVES; m++) json_out_member_int(out, move_name((enum move)m), (int64_t)w->moves[m]);
    json_out_object_end(out);
    json_out_name(out, "rows");
    json_out_array(out);
    cells_visit(w, json_cell, &x);
    json_out_array_end(out);
    json_out_object_end(out);
}
