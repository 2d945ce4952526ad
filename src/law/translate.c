// SPDX-License-Identifier: EUPL-1.2
/* Finding the key of an English text, and sentences by their templates. */
#include "law/translate.h"

#include <stdlib.h>

#include "law/law_private.h"
#include "law/text.h"

struct text_book { // all texts of all packs, ordered by their English
    size_t count, room;
    struct law_text *texts;
    bool is_full;
};

static int text_order(const void *a, const void *b) {
    const struct law_text *x = a, *y = b;
    int order = span_compare(x->english, y->english);
    return order != 0 ? order : span_compare(x->key, y->key);
}

static void text_count(void *context, const struct law_text *text) {
    (void)text;
    ((struct text_book *)context)->room++;
}

static void text_add(void *context, const struct law_text *text) {
    struct text_book *book = context;
    if (book->count < book->room) book->texts[book->count++] = *text;
}

struct err texts_load(struct law *law, struct why *why) {
    struct text_book *book = ARENA_NEW(law->arena, struct text_book);
    struct arena scratch;
    bool is_whole = book != NULL;
    arena_init(&scratch, (size_t)64 * 1024 * 1024);
    for (size_t i = 0; i < law->pack_count && is_whole; i++) is_whole = pack_texts_visit(&law->packs[i], &scratch, text_count, book);
    arena_fini(&scratch);
    if (is_whole) book->texts = arena_take_array(law->arena, book->room + 1, sizeof *book->texts);
    is_whole = is_whole && book->texts != NULL;
    for (size_t i = 0; i < law->pack_count && is_whole; i++) is_whole = pack_texts_visit(&law->packs[i], law->arena, text_add, book);
    if (!is_whole) return why_set(why, ERR_MEMORY, NULL, "law.memory", NULL, "no memory for the texts of the law");
    qsort(book->texts, book->count, sizeof *book->texts, text_order);
    law->texts = book;
    return err_none();
}

// The text of a row, by its English.
static struct span say_row(const struct law *law, struct span state, struct span english, struct span lang) {
    const struct text_book *book = law->texts;
    size_t low = 0, high = book->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (span_compare(book->texts[middle].english, english) < 0) low = middle + 1;
        else high = middle;
    }
    struct span found = span_make(NULL, 0);
    for (size_t i = low; i < book->count && found.at == NULL && span_equals(book->texts[i].english, english); i++)
        found = law_word_exact(law, state, book->texts[i].key, lang);
    return found;
}

enum { PARTS_MAX = 8 };
struct parts { // what stands for the {names} of a template
    size_t count;
    struct span names[PARTS_MAX], values[PARTS_MAX];
};

static size_t find_text(struct span text, struct span wanted, size_t from) {
    for (size_t at = from; at + wanted.len <= text.len; at++)
        if (memcmp(&text.at[at], wanted.at, wanted.len) == 0) return at;
    return text.len + 1;
}

// Whether TEXT is TEMPLATE with something for each {name}; the shortest that fits.
static bool template_fits(struct span template, struct span text, struct parts *ret) {
    size_t at = 0, from = 0;
    ret->count = 0;
    for (;;) {
        size_t open = span_find(template, '{', from), close = span_find(template, '}', open);
        struct span plain = span_part(template, from, open);
        if (ret->count == 0) {
            if (!span_starts_with(text, plain)) return false;
            at = plain.len;
        } else {
            if (plain.len > text.len - at) return false;
            size_t found = open == template.len ? text.len - plain.len : find_text(text, plain, at);
            if (found > text.len || !span_equals(span_part(text, found, found + plain.len), plain)) return false;
            ret->values[ret->count - 1] = span_part(text, at, found);
            at = found + plain.len;
        }
        if (open == template.len) return at == text.len;
        if (close == template.len || ret->count == PARTS_MAX) return false;
        ret->names[ret->count++] = span_part(template, open + 1, close);
        from = close + 1;
    }
}

// TEMPLATE with the parts put in.
static struct span template_fill(const struct law *law, struct span state, struct span template, const struct parts *parts, struct span lang,
                                 struct arena *arena) {
    enum { SENTENCE_BYTES = 16 * 1024 };
    struct buf out;
    buf_init(&out, arena, SENTENCE_BYTES);
    for (size_t at = 0; at < template.len;) {
        size_t open = span_find(template, '{', at), close = span_find(template, '}', open);
        buf_add(&out, span_part(template, at, open));
        struct span name = span_part(template, open + 1, close);
        for (size_t i = 0; i < parts->count && open < template.len; i++) {
            if (!span_equals(parts->names[i], name)) continue;
            struct span said = span_starts_with(name, SPAN("label")) ? say_row(law, state, parts->values[i], lang) : span_make(NULL, 0);
            buf_add(&out, said.at != NULL ? said : parts->values[i]);
        }
        at = close < template.len ? close + 1 : template.len;
    }
    return out.is_failed ? span_make(NULL, 0) : buf_span(&out);
}

// The words of the pack in English whose keys begin with "sentence.".
static struct span say_sentence(const struct law *law, struct span state, struct span english, struct span lang, struct arena *arena) {
    for (size_t p = 0; p < law->pack_count; p++)
        for (size_t l = 0; l < law->words[p].count; l++) {
            const struct word_list *list = &law->words[p].lists[l];
            for (size_t i = 0; span_is(list->lang, "en") && i < list->count; i++) {
                struct parts parts;
                if (!span_starts_with(list->words[i].key, SPAN("sentence.")) || !template_fits(list->words[i].text, english, &parts)) continue;
                struct span said = law_word_exact(law, state, list->words[i].key, lang);
                if (said.at != NULL) return parts.count == 0 ? said : template_fill(law, state, said, &parts, lang, arena);
            }
        }
    return span_make(NULL, 0);
}

struct span law_say(const struct law *law, struct span state, struct span english, struct span lang, struct arena *arena) {
    if (english.len == 0 || lang.len != 2 || span_is(lang, "en") || law == NULL) return english;
    struct span said = say_row(law, state, english, lang);
    if (said.at == NULL) said = say_sentence(law, state, english, lang, arena);
    return said.at != NULL ? said : english;
}

bool law_speaks(const struct law *law, struct span state, struct span lang) {
    const struct pack *own = law_pack_of_state(law, state);
    bool speaks = span_is(lang, "en");
    for (size_t i = 0; i < law->pack_count; i++) {
        bool counts = &law->packs[i] == own || span_starts_with(law->packs[i].id, SPAN("eu/"));
        for (size_t k = 0; counts && k < law->words[i].count; k++) speaks = speaks || span_equals(law->words[i].lists[k].lang, lang);
    }
    return speaks;
}

bool law_language_is_approved(const struct law *law, struct span state, struct span lang) {
    const struct pack *pack = law_pack_of_state(law, state);
    const struct yaml *official = pack == NULL ? NULL : yaml_get(pack->manifest, "official");
    for (size_t i = 0; official != NULL && i < official->count; i++)
        if (span_equals(official->items[i].text, lang)) return true;
    return false;
}
