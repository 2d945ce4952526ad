// SPDX-License-Identifier: EUPL-1.2
/* What words a pack lacks in a language, and which it has that say nothing (any more) or leave out what the English says. */
#include <stdlib.h>

#include "base/limits.h"
#include "law/law_private.h"
#include "law/text.h"
#include "law/translate.h"

struct listed {
    struct span key, english;
    const struct yaml *node;
};
struct lister {
    const struct law *law;
    const struct pack *pack;
    struct listed *items;
    size_t count, room;
};

static int listed_order(const void *a, const void *b) { return span_compare(((const struct listed *)a)->key, ((const struct listed *)b)->key); }

// Whether the text stands in a file that the node's operator added, without words in LANG beside it.
static bool is_left_to_operator(const struct pack *pack, const struct yaml *node, struct span lang) {
    bool is_added = false, has_words = false;
    for (size_t i = 0; i < pack->file_count; i++) {
        const struct pack_file *file = &pack->files[i];
        struct span end = span_part(file->path, file->path.len < 8 ? 0 : file->path.len - 8, file->path.len); // ".fr.yaml"
        is_added = is_added || (file->is_added && node->file == file->root->file);
        has_words = has_words || (file->is_added && pack_file_is_under(file, "words/") && span_equals(span_part(end, 1, 3), lang));
    }
    return is_added && !has_words;
}

static void list_add(void *context, const struct law_text *text) {
    struct lister *l = context;
    if (l->count < l->room) l->items[l->count] = (struct listed){.key = text->key, .english = text->english, .node = text->node};
    l->count++;
}

static void list_add_words(struct lister *l) {
    const struct pack_words *words = &l->law->words[l->pack - l->law->packs];
    for (size_t i = 0; i < words->count; i++)
        for (size_t k = 0; span_is(words->lists[i].lang, "en") && k < words->lists[i].count; k++) {
            const struct word *word = &words->lists[i].words[k];
            list_add(l, &(struct law_text){.key = word->key, .english = word->text, .node = word->node});
        }
}

// All English texts of the pack in order of their keys, each once.
static struct err list_make(struct lister *l, struct arena *arena) {
    enum { TEXTS_MAX = 60000 };
    *l = (struct lister){.law = l->law, .pack = l->pack, .room = TEXTS_MAX};
    l->items = arena_take_array(arena, TEXTS_MAX, sizeof *l->items);
    if (l->items == NULL || !pack_texts_visit(l->pack, arena, list_add, l)) return err_make(ERR_MEMORY);
    list_add_words(l);
    if (l->count > l->room) return err_make(ERR_LIMIT);
    qsort(l->items, l->count, sizeof *l->items, listed_order);
    size_t kept = 0;
    for (size_t i = 0; i < l->count; i++)
        if (kept == 0 || !span_equals(l->items[kept - 1].key, l->items[i].key)) l->items[kept++] = l->items[i];
    l->count = kept;
    return err_none();
}

static const struct listed *list_find(const struct lister *l, struct span key) {
    struct listed wanted = {.key = key};
    return bsearch(&wanted, l->items, l->count, sizeof wanted, listed_order);
}

// Whether each {name} of A stands in B.
static bool names_stand(struct span a, struct span b) {
    for (size_t open = span_find(a, '{', 0); open < a.len; open = span_find(a, '{', open + 1)) {
        struct span name = span_part(a, open, span_find(a, '}', open) + 1);
        bool is_there = false;
        for (size_t at = 0; at + name.len <= b.len && !is_there; at++) is_there = memcmp(&b.at[at], name.at, name.len) == 0;
        if (!is_there) return false;
    }
    return true;
}

// A text in double quotes, as YAML and JSON both read it.
static void quote(struct buf *out, struct span text) {
    buf_add_byte(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.at[i];
        if (c == '"' || c == '\\') buf_add_byte(out, '\\');
        if (c == '\n') buf_add_text(out, "\\n");
        else buf_add_byte(out, c);
    }
    buf_add_byte(out, '"');
}

// "incident.early_warning.aware_at.label" under "incident:" and "early_warning:", the rest as one name.
static void missing_write(struct buf *out, struct span key, struct span english, struct span before) {
    size_t one = span_find(key, '.', 0), two = span_find(key, '.', one + 1);
    size_t depth = two < key.len ? 2 : one < key.len ? 1 : 0, from = depth == 2 ? two + 1 : depth == 1 ? one + 1 : 0;
    size_t old_one = span_find(before, '.', 0), old_two = span_find(before, '.', old_one + 1);
    bool same_one = depth >= 1 && old_one < before.len && span_equals(span_part(key, 0, one), span_part(before, 0, old_one));
    bool same_two = same_one && depth == 2 && old_two < before.len && span_equals(span_part(key, 0, two), span_part(before, 0, old_two));
    if (depth >= 1 && !same_one) buf_printf(out, "%.*s:\n", (int)one, (const char *)key.at);
    if (depth == 2 && !same_two) buf_printf(out, "  %.*s:\n", (int)(two - one - 1), (const char *)key.at + one + 1);
    buf_printf(out, "%*s", (int)(2 * depth), "");
    struct span name = span_part(key, from, key.len);
    bool is_plain = !span_is(name, "yes") && !span_is(name, "no") && name.at[0] >= 'a' && name.at[0] <= 'z';
    if (is_plain) buf_add(out, name);
    else quote(out, name);
    buf_add_text(out, ": ");
    quote(out, english);
    buf_add_byte(out, '\n');
}

static void stale_write(const struct lister *l, struct span lang, struct buf *out, size_t *stale) {
    const struct pack_words *words = &l->law->words[l->pack - l->law->packs];
    for (size_t i = 0; i < words->count; i++)
        for (size_t k = 0; span_equals(words->lists[i].lang, lang) && k < words->lists[i].count; k++) {
            const struct word *word = &words->lists[i].words[k];
            const struct listed *found = list_find(l, word->key);
            const char *what = NULL;
            if (found == NULL) what = procedure_has_word(l->law, word->key) ? NULL : "there is no such English text";
            else if (!names_stand(found->english, word->text) || !names_stand(word->text, found->english)) what = "the {placeholders} are not those of the English text";
            if (what == NULL) continue;
            buf_printf(out, "# %s:%u: %.*s: %s\n", word->node->file, word->node->line, SPAN_FMT(word->key), what);
            ++*stale;
        }
}

struct err words_missing(const struct law *law, const struct pack *pack, struct span lang, struct buf *out, size_t *ret_missing, size_t *ret_stale) {
    struct arena arena;
    struct lister list = {.law = law, .pack = pack};
    size_t missing = 0, stale = 0;
    arena_init(&arena, (size_t)64 * 1024 * 1024);
    struct err e = list_make(&list, &arena);
    struct span before = SPAN("");
    for (size_t i = 0; !is_err(e) && i < list.count; i++) {
        if (span_is(lang, "en") || span_trim(pack_say(law, pack, list.items[i].key, list.items[i].english, lang)).len > 0) continue;
        if (is_left_to_operator(pack, list.items[i].node, lang)) continue;
        missing_write(out, list.items[i].key, list.items[i].english, before);
        before = list.items[i].key;
        missing++;
    }
    if (!is_err(e)) stale_write(&list, lang, out, &stale);
    arena_fini(&arena);
    TRY(e);
    *ret_missing = missing;
    *ret_stale = stale;
    return out->is_failed ? err_make(ERR_MEMORY) : err_none();
}
