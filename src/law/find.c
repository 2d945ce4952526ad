// SPDX-License-Identifier: EUPL-1.2
#include "law/find.h"

#include "law/law_private.h"
#include "law/text.h"

static const char *const LANGUAGES[] = {"fr", "de"};

struct finder {
    struct json_out *out;
    const struct law *law;
    const struct pack *pack;
    struct span state, words, lang;
    size_t count;
};

static uint8_t lower(uint8_t c) { return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c; }

static bool holds(struct span text, struct span words) {
    for (size_t at = 0; at + words.len <= text.len; at++) {
        size_t i = 0;
        while (i < words.len && lower(text.at[at + i]) == lower(words.at[i])) i++;
        if (i == words.len) return true;
    }
    return false;
}

static void find_text(void *context, const struct law_text *text) {
    struct finder *f = context;
    bool is_found = holds(text->english, f->words);
    for (size_t i = 0; i < sizeof LANGUAGES / sizeof LANGUAGES[0]; i++)
        is_found = is_found || holds(law_word_exact(f->law, f->state, text->key, span_of(LANGUAGES[i])), f->words);
    if (!is_found || f->count == FIND_MAX) return;
    struct span said = law_word_exact(f->law, f->state, text->key, f->lang);
    f->count++;
    json_out_object(f->out);
    json_out_member_text(f->out, "kind", "text");
    json_out_member_string(f->out, "key", text->key);
    json_out_member_string(f->out, "pack", f->pack->id);
    json_out_member_string(f->out, "label", said.at != NULL ? said : text->english);
    json_out_object_end(f->out);
}

static void find_old(struct finder *f, const struct yaml *rows, struct arena *arena) {
    for (size_t i = 0; rows != NULL && rows->type == YAML_SEQUENCE && i < rows->count; i++) {
        const struct yaml *row = &rows->items[i];
        struct span label = yaml_get_text(row, "label"), key = arena_printf(arena, "concordance.%.*s.label", SPAN_FMT(yaml_get_text(row, "term")));
        bool is_found = holds(label, f->words) || holds(yaml_get_text(row, "was"), f->words) || holds(yaml_get_text(row, "now"), f->words);
        for (size_t k = 0; k < sizeof LANGUAGES / sizeof LANGUAGES[0]; k++)
            is_found = is_found || holds(law_word_exact(f->law, f->state, key, span_of(LANGUAGES[k])), f->words);
        if (!is_found || f->count == FIND_MAX) continue;
        struct span said = law_word_exact(f->law, f->state, key, f->lang);
        f->count++;
        json_out_object(f->out);
        json_out_member_text(f->out, "kind", "concordance");
        json_out_member_string(f->out, "label", said.at != NULL ? said : label);
        json_out_member_string(f->out, "was", yaml_get_text(row, "was"));
        json_out_member_string(f->out, "now", yaml_get_text(row, "now"));
        json_out_member_string(f->out, "certainty", yaml_get_text(row, "certainty"));
        json_out_object_end(f->out);
    }
}

struct err law_find_write(struct json_out *out, const struct law *law, struct span state, struct span words, struct span lang, struct why *why) {
    struct arena arena;
    struct finder f = {.out = out, .law = law, .state = state, .words = span_trim(words), .lang = lang};
    if (f.words.len < 2 || f.words.len > 200) return why_set(why, ERR_INPUT, "q", "law.find", "", "q: two to 200 letters are looked for");
    arena_init(&arena, (size_t)32 * 1024 * 1024);
    json_out_array(out);
    for (size_t i = 0; i < law->pack_count; i++) {
        const struct yaml *root = pack_file_root(&law->packs[i], "concordance.yaml");
        find_old(&f, yaml_get(root, "terms"), &arena);
        find_old(&f, yaml_get(root, "articles"), &arena);
    }
    bool is_whole = true;
    for (size_t i = 0; i < law->pack_count && is_whole; i++) {
        f.pack = &law->packs[i];
        is_whole = pack_texts_visit(f.pack, &arena, find_text, &f);
    }
    json_out_array_end(out);
    arena_fini(&arena);
    return is_whole ? err_none() : err_make(ERR_MEMORY);
}
