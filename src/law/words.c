// SPDX-License-Identifier: EUPL-1.2
/* The words of packs: nested mappings flattened to dotted keys, ordered, found by halving. */
#include <stdlib.h>

#include "law/law_private.h"

enum { WORD_DEPTH = 8, WORDS_MAX = 100000 };

bool language_is_official(struct span lang) {
    static const char LANGUAGES[] = "bg cs da de el en es et fi fr ga hr hu it lt lv mt nl pl pt ro sk sl sv ";
    if (lang.len != 2) return false;
    for (size_t i = 0; i + 2 < sizeof LANGUAGES; i += 3)
        if (memcmp(&LANGUAGES[i], lang.at, 2) == 0) return true;
    return false;
}

// "words/en.yaml" and "words/scope.en.yaml" -> "en"; empty for other files.
static struct span language_of(struct span path) {
    if (!span_starts_with(path, SPAN("words/")) || !span_ends_with(path, SPAN(".yaml"))) return span_make(NULL, 0);
    struct span name = span_part(path, 6, path.len - 5);
    for (size_t i = name.len; i > 0; i--)
        if (name.at[i - 1] == '.') return span_part(name, i, name.len);
    return name;
}

static size_t count_leaves(const struct yaml *node) {
    if (node->type != YAML_MAPPING) return 1;
    size_t count = 0;
    for (size_t i = 0; i < node->count; i++) count += count_leaves(&node->pairs[i].value);
    return count;
}

static struct err flatten(struct arena *arena, const struct yaml *node, struct span prefix, size_t depth,
                          struct word_list *list, struct why *why) {
    if (node->type == YAML_SCALAR && prefix.len > 0) {
        if (!span_is_utf8(node->text)) return yaml_refuse(node, why, "words.utf8", "the text is not UTF-8");
        list->words[list->count++] = (struct word){.key = prefix, .text = node->text, .node = node};
        return err_none();
    }
    if (node->type != YAML_MAPPING || depth > WORD_DEPTH)
        return yaml_refuse(node, why, "words.form", "words are texts in nested mappings");
    for (size_t i = 0; i < node->count; i++) {
        struct span name = node->pairs[i].name, key = name;
        if (prefix.len > 0) key = arena_printf(arena, "%.*s.%.*s", SPAN_FMT(prefix), SPAN_FMT(name));
        if (key.at == NULL) return err_make(ERR_MEMORY);
        TRY(flatten(arena, &node->pairs[i].value, key, depth + 1, list, why));
    }
    return err_none();
}

static int word_order(const void *a, const void *b) {
    return span_compare(((const struct word *)a)->key, ((const struct word *)b)->key);
}

static struct word_list *list_of(const struct pack_words *words, struct span lang) {
    for (size_t i = 0; i < words->count; i++)
        if (span_equals(words->lists[i].lang, lang)) return &words->lists[i];
    return NULL;
}

// How many words the pack has in LANG, over all its files.
static size_t count_words(const struct pack *pack, struct span lang) {
    size_t count = 0;
    for (size_t i = 0; i < pack->file_count; i++)
        if (span_equals(language_of(pack->files[i].path), lang)) count += count_leaves(pack->files[i].root);
    return count;
}

static struct err read_file(struct arena *arena, const struct pack *pack, const struct pack_file *file,
                            struct pack_words *words, struct why *why) {
    struct span lang = language_of(file->path);
    if (!language_is_official(lang))
        return yaml_refuse(file->root, why, "words.language", "\"%.*s\" is not an official language", SPAN_FMT(lang));
    struct word_list *list = list_of(words, lang);
    if (list == NULL) {
        list = &words->lists[words->count];
        size_t count = count_words(pack, lang);
        if (count > WORDS_MAX) return yaml_refuse(file->root, why, "words.count", "too many words");
        *list = (struct word_list){.lang = lang, .words = arena_take_array(arena, count, sizeof *list->words)};
        if (list->words == NULL) return err_make(ERR_MEMORY);
        words->count++;
    }
    return flatten(arena, file->root, span_make(NULL, 0), 0, list, why);
}

static struct err read_pack(struct arena *arena, const struct pack *pack, struct pack_words *words, struct why *why) {
    size_t files = 0;
    for (size_t i = 0; i < pack->file_count; i++) files += language_of(pack->files[i].path).at != NULL;
    if (files == 0) return err_none();
    words->lists = arena_take_array(arena, files, sizeof *words->lists);
    if (words->lists == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < pack->file_count; i++)
        if (language_of(pack->files[i].path).at != NULL) TRY(read_file(arena, pack, &pack->files[i], words, why));
    for (size_t i = 0; i < words->count; i++) {
        struct word_list *list = &words->lists[i];
        qsort(list->words, list->count, sizeof *list->words, word_order);
        for (size_t k = 1; k < list->count; k++)
            if (span_equals(list->words[k].key, list->words[k - 1].key))
                return yaml_refuse(list->words[k].node, why, "words.twice", "\"%.*s\" also stands in %s:%u",
                                   SPAN_FMT(list->words[k].key), list->words[k - 1].node->file,
                                   list->words[k - 1].node->line);
    }
    return err_none();
}

struct err words_load(struct law *law, struct why *why) {
    law->words = arena_take_array(law->arena, law->pack_count + 1, sizeof *law->words);
    if (law->words == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < law->pack_count; i++) TRY(read_pack(law->arena, &law->packs[i], &law->words[i], why));
    return err_none();
}

struct span pack_word(const struct law *law, const struct pack *pack, struct span key, struct span lang) {
    if (pack == NULL) return span_make(NULL, 0);
    const struct word_list *list = list_of(&law->words[pack - law->packs], lang);
    if (list == NULL) return span_make(NULL, 0);
    struct word wanted = {.key = key};
    const struct word *found = bsearch(&wanted, list->words, list->count, sizeof wanted, word_order);
    return found != NULL ? found->text : span_make(NULL, 0);
}

struct span word_key(struct arena *arena, struct span prefix, struct span text) {
    uint8_t *key = arena_take(arena, prefix.len + text.len + 1);
    if (key == NULL) return span_make(NULL, 0);
    memcpy(key, prefix.at, prefix.len);
    for (size_t i = 0; i < text.len; i++) key[prefix.len + i] = text.at[i] == ' ' ? '_' : text.at[i];
    return span_make(key, prefix.len + text.len);
}

static struct span word_in(const struct law *law, const struct pack *national, struct span key, struct span lang) {
    struct span text = pack_word(law, national, key, lang);
    for (size_t i = 0; i < law->pack_count && text.at == NULL; i++)
        if (span_starts_with(law->packs[i].id, SPAN("eu/"))) text = pack_word(law, &law->packs[i], key, lang);
    return text;
}

struct span law_word_exact(const struct law *law, struct span state, struct span key, struct span lang) {
    return word_in(law, law_pack_of_state(law, state), key, lang);
}

struct span law_word(const struct law *law, struct span state, struct span key, struct span lang) {
    const struct pack *national = law_pack_of_state(law, state);
    struct span text = word_in(law, national, key, lang);
    return text.at != NULL ? text : word_in(law, national, key, SPAN("en"));
}

void pack_words_visit(const struct law *law, const struct pack *pack, law_word_visitor *visitor, void *context) {
    const struct pack_words *words = &law->words[pack - law->packs];
    for (size_t i = 0; i < words->count; i++)
        for (size_t k = 0; k < words->lists[i].count; k++) visitor(context, words->lists[i].lang, words->lists[i].words[k].key, words->lists[i].words[k].text);
}

struct span law_notice(const struct law *law, struct span state, const char *key, struct span lang) {
    struct span found = law_word(law, state, span_of(key), lang);
    return found.at != NULL ? found : law_word(law, state, span_of(key), SPAN("en"));
}
