// SPDX-License-Identifier: EUPL-1.2
/* Finding the key of an English text, and sentences by their templates. */
#include "law/translate.h"

#include <stdlib.h>

#include "law/law_private.h"
#include "law/text.h"

struct book_text {
    struct span key, english;
    const struct pack *pack;
};
struct text_book { // all texts of all packs, ordered by their English
    size_t count, room;
    struct book_text *texts;
    const struct book_text **by_key; // and by their keys
    const struct pack *pack;         // whose texts are being added
};

static int text_order(const void *a, const void *b) {
    const struct book_text *x = a, *y = b;
    int order = span_compare(x->english, y->english);
    if (order == 0) order = span_compare(x->key, y->key);
    return order != 0 ? order : span_compare(x->pack->id, y->pack->id);
}

static int key_order(const void *a, const void *b) {
    const struct book_text *x = *(const struct book_text *const *)a, *y = *(const struct book_text *const *)b;
    int order = span_compare(x->key, y->key);
    return order != 0 ? order : span_compare(x->pack->id, y->pack->id);
}

static void text_count(void *context, const struct law_text *text) {
    (void)text;
    ((struct text_book *)context)->room++;
}

static void text_add(void *context, const struct law_text *text) {
    struct text_book *book = context;
    if (book->count < book->room) book->texts[book->count++] = (struct book_text){.key = text->key, .english = text->english, .pack = book->pack};
}

struct err texts_load(struct law *law, struct why *why) {
    struct text_book *book = ARENA_NEW(law->arena, struct text_book);
    struct arena scratch;
    bool is_whole = book != NULL;
    arena_init(&scratch, (size_t)64 * 1024 * 1024);
    for (size_t i = 0; i < law->pack_count && is_whole; i++) is_whole = pack_texts_visit(&law->packs[i], &scratch, text_count, book);
    arena_fini(&scratch);
    if (is_whole) book->texts = arena_take_array(law->arena, book->room + 1, sizeof *book->texts);
    if (is_whole) book->by_key = arena_take_array(law->arena, book->room + 1, sizeof *book->by_key);
    is_whole = is_whole && book->texts != NULL && book->by_key != NULL;
    for (size_t i = 0; i < law->pack_count && is_whole; i++) {
        book->pack = &law->packs[i];
        is_whole = pack_texts_visit(book->pack, law->arena, text_add, book);
    }
    if (!is_whole) return why_set(why, ERR_MEMORY, NULL, "law.memory", NULL, "no memory for the texts of the law");
    qsort(book->texts, book->count, sizeof *book->texts, text_order);
    for (size_t i = 0; i < book->count; i++) book->by_key[i] = &book->texts[i];
    qsort(book->by_key, book->count, sizeof *book->by_key, key_order);
    law->texts = book;
    return err_none();
}

// The first text with that English, or where it would stand.
static size_t book_find(const struct text_book *book, struct span english) {
    size_t low = 0, high = book->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (span_compare(book->texts[middle].english, english) < 0) low = middle + 1;
        else high = middle;
    }
    return low;
}

// The text that PACK has under KEY; NULL where it has none.
static const struct book_text *book_text_of(const struct text_book *book, const struct pack *pack, struct span key) {
    const struct book_text wanted = {.key = key, .pack = pack}, *at = &wanted;
    const struct book_text **found = bsearch(&at, book->by_key, book->count, sizeof at, key_order);
    return found == NULL ? NULL : *found;
}

// The Union's word under KEY, where its packs say ENGLISH under it too: two packs may have one key with different texts.
static struct span union_word(const struct law *law, struct span key, struct span english, struct span lang) {
    struct span found = span_make(NULL, 0);
    for (size_t i = 0; i < law->pack_count && found.at == NULL; i++) {
        const struct pack *pack = &law->packs[i];
        if (!span_starts_with(pack->id, SPAN("eu/"))) continue;
        const struct book_text *row = book_text_of(law->texts, pack, key);
        struct span said = row != NULL ? row->english : pack_word(law, pack, key, SPAN("en"));
        if (said.at != NULL && span_equals(said, english)) found = pack_word(law, pack, key, lang);
    }
    return found;
}

// In the words of the state, if it does not say something else under that key; of the text's own pack; of the Union.
static struct span say_text(const struct law *law, const struct pack *state, const struct book_text *text, struct span lang) {
    struct span found = span_make(NULL, 0);
    if (state != NULL && span_starts_with(text->pack->id, SPAN("eu/"))) {
        const struct book_text *own = book_text_of(law->texts, state, text->key);
        if (own == NULL || span_equals(own->english, text->english)) found = pack_word(law, state, text->key, lang);
    }
    if (found.at == NULL) found = pack_word(law, text->pack, text->key, lang);
    return found.at != NULL ? found : union_word(law, text->key, text->english, lang);
}

// The text of a row, by its English: the state's own first, then the Union's, then another state's.
static struct span say_row(const struct law *law, struct span state, struct span english, struct span lang) {
    const struct text_book *book = law->texts;
    const struct pack *own = law_pack_of_state(law, state);
    struct span found = span_make(NULL, 0);
    for (int pass = 0; pass < 3 && found.at == NULL; pass++)
        for (size_t i = book_find(book, english); i < book->count && found.at == NULL && span_equals(book->texts[i].english, english); i++) {
            const struct pack *pack = book->texts[i].pack;
            int turn = pack == own ? 0 : span_starts_with(pack->id, SPAN("eu/")) ? 1 : 2;
            if (turn == pass) found = say_text(law, own, &book->texts[i], lang);
        }
    return found;
}

struct span pack_say(const struct law *law, const struct pack *pack, struct span key, struct span english, struct span lang) {
    struct span own = pack_word(law, pack, key, lang);
    if (own.at != NULL || span_starts_with(pack->id, SPAN("eu/"))) return own;
    struct span found = union_word(law, key, english, lang);
    for (size_t i = book_find(law->texts, english); found.at == NULL && i < law->texts->count && span_equals(law->texts->texts[i].english, english); i++)
        if (span_starts_with(law->texts->texts[i].pack->id, SPAN("eu/"))) found = say_text(law, NULL, &law->texts->texts[i], lang);
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

struct span law_say_row(const struct law *law, struct span state, struct span english, struct span lang) {
    if (english.len == 0 || lang.len != 2 || span_is(lang, "en")) return english;
    struct span said = say_row(law, state, english, lang);
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

bool law_language_is_of_state(const struct law *law, struct span state, struct span lang) {
    const struct yaml *profile = pack_file_root(law_pack_of_state(law, state), "profile.yaml"), *cell = yaml_get(profile, "languages"),
                      *languages = yaml_get(cell, "value");
    for (size_t i = 0; languages != NULL && languages->type == YAML_SEQUENCE && i < languages->count; i++)
        if (span_equals(languages->items[i].text, lang)) return true;
    return false;
}

bool law_language_is_approved(const struct law *law, struct span state, struct span lang) {
    const struct pack *pack = law_pack_of_state(law, state);
    const struct yaml *official = pack == NULL ? NULL : yaml_get(pack->manifest, "official");
    for (size_t i = 0; official != NULL && i < official->count; i++)
        if (span_equals(official->items[i].text, lang)) return true;
    return false;
}
