// SPDX-License-Identifier: EUPL-1.2
/*
 * What law check asks of proposals: that nothing of them is law here, and that the law as they would make it is as whole as ours.
 *
 * Not law: a proposal holds no file that a loader reads by its name, its words stand under keys that no pack in force has, and nothing
 * that was compiled for law in force stands in one of its files. Whole: in every combination of its choices the amended law can be made,
 * and its tables answer everything exactly once.
 */
#include <stdio.h>

#include "base/limits.h"
#include "law/clock.h"
#include "law/pack_rows.h"
#include "law/scope_private.h"

enum { COMBINATIONS_MAX = 256, CHOICES_MAX = 16 };

struct watch {
    const struct law *law;
    const struct pack *proposal;
    struct buf *report;
    size_t *findings;
};

static void finding(const struct watch *w, const struct yaml *node, const char *words, struct span name) {
    if (node != NULL) buf_printf(w->report, "%s:%u: %s %.*s\n", node->file, node->line, words, SPAN_FMT(name));
    else buf_printf(w->report, "%.*s: %s %.*s\n", SPAN_FMT(w->proposal->id), words, SPAN_FMT(name));
    (*w->findings)++;
}

static bool is_proposed(const struct watch *w, const struct yaml *node) {
    struct span file = span_of(node != NULL ? node->file : NULL), id = w->proposal->id;
    return span_starts_with(file, id) && file.len > id.len && file.at[id.len] == '/';
}

// --- not law ---

static void files_check(const struct watch *w) {
    for (size_t i = 0; i < w->proposal->file_count; i++) {
        const struct pack_file *file = &w->proposal->files[i];
        bool is_harmless = pack_file_is_under(file, "amend/") || pack_file_is_under(file, "words/") || pack_file_is_under(file, "index/") ||
                           span_is(file->path, "pack.yaml") || span_is(file->path, "choices.yaml") || span_is(file->path, "topics.yaml");
        if (!is_harmless) finding(w, file->root, "a proposal may not have a file that is read as law in force:", file->path);
    }
}

static void words_check_apart(const struct watch *w) {
    const struct pack_words *words = &w->law->words[w->proposal - w->law->packs];
    for (size_t l = 0; l < words->count; l++)
        for (size_t k = 0; k < words->lists[l].count; k++) {
            const struct word *word = &words->lists[l].words[k];
            if (span_is(word->key, "pack.title")) continue; // each pack's own
            for (size_t p = 0; p < w->law->pack_count; p++) {
                const struct pack *other = &w->law->packs[p];
                bool is_law = span_starts_with(other->id, SPAN("eu/")) && !pack_is_proposal(other);
                if (is_law && pack_word(w->law, other, word->key, words->lists[l].lang).at != NULL)
                    finding(w, word->node, "these words would stand before those of a pack in force:", word->key);
            }
        }
}

static void compiled_check(const struct watch *w) {
    const struct scope_book *book = w->law->scope;
    for (size_t s = 0; book != NULL && s < STAGES; s++)
        for (size_t i = 0; i < book->tables[s].row_count; i++)
            if (is_proposed(w, book->tables[s].rows[i].node)) finding(w, book->tables[s].rows[i].node, "a proposal's row is applied:", book->tables[s].rows[i].id);
    for (size_t i = 0; book != NULL && i < book->type_count; i++)
        if (is_proposed(w, book->types[i].node)) finding(w, book->types[i].node, "a proposal's type is applied:", book->types[i].code);
    for (size_t i = 0; book != NULL && i < book->variable_count; i++)
        if (is_proposed(w, book->variables[i].node)) finding(w, book->variables[i].node, "a proposal's fact is applied:", book->variables[i].name);
    const struct clock_profile *profile = clock_profile_of(w->law, SPAN(""), (struct civil){2026, 1, 1});
    for (size_t i = 0; i < profile->clock_count; i++)
        if (is_proposed(w, profile->clocks[i].node)) finding(w, profile->clocks[i].node, "a proposal's clock is applied:", profile->clocks[i].id);
}

// --- whole ---

static void row_source_check(const struct watch *w, const struct yaml *root) {
    static const char *const NEEDED[] = {"amends", "file", "article", "source", "checked_on", "certainty"};
    for (size_t i = 0; i < sizeof NEEDED / sizeof NEEDED[0]; i++)
        if (yaml_get_text(root, NEEDED[i]).len == 0) finding(w, root, "an amendment must say", span_of(NEEDED[i]));
    const struct yaml *change = yaml_get(root, "change");
    for (size_t i = 0; change != NULL && change->type == YAML_SEQUENCE && i < change->count; i++)
        if (yaml_get_text(&change->items[i], "article").len == 0) finding(w, &change->items[i], "no source:", yaml_get_text(&change->items[i], "row"));
}

// What people read of the rows that are added, where the pack in force would have it: in each language that the proposal declares.
static void added_words_check(const struct watch *w, const struct yaml *root) {
    static const struct {
        const char *file, *prefix;
    } WORDS[] = {{"tables/", "rule."}, {"types.yaml", "type."}, {"facts.yaml", "fact."}, {"facts.yaml", "ask."}};
    const struct yaml *add = yaml_get(root, "add"), *languages = yaml_get(w->proposal->manifest, "languages");
    for (size_t i = 0; add != NULL && add->type == YAML_SEQUENCE && i < add->count; i++)
        for (size_t k = 0; k < sizeof WORDS / sizeof WORDS[0]; k++)
            for (size_t l = 0; languages != NULL && l < languages->count; l++) {
                char key[160];
                struct span name = pack_row_name(yaml_get(&add->items[i], "row"));
                if (!span_starts_with(yaml_get_text(root, "file"), span_of(WORDS[k].file)) || name.len + 8 > sizeof key) continue;
                (void)snprintf(key, sizeof key, "%s%.*s", WORDS[k].prefix, SPAN_FMT(name));
                if (pack_word(w->law, w->proposal, span_of(key), languages->items[l].text).at == NULL) finding(w, &add->items[i], "no words for", span_of(key));
            }
}

static size_t values_of(const struct yaml *choice) {
    const struct yaml *values = yaml_get(choice, "values");
    return values != NULL && values->type == YAML_SEQUENCE ? values->count : 0;
}

static struct err amended_check(const struct watch *w, const struct law_choice *chosen, size_t count) {
    struct arena arena;
    struct why why = {0};
    const struct law *amended;
    arena_init(&arena, 2 * (size_t)LIMIT_PACK_ARENA_BYTES);
    struct err e = law_amend(w->law, w->proposal, chosen, count, &arena, &amended, &why);
    if (is_err(e) && e.code == ERR_INPUT) {
        finding(w, NULL, "the amended law can't be made:", span_of(why.words));
        e = err_none();
    } else if (!is_err(e) && amended->scope != NULL) {
        size_t before = *w->findings;
        e = scope_prove(amended, w->report, w->findings);
        for (size_t i = 0; *w->findings > before && i < count; i++)
            buf_printf(w->report, "  with %.*s: %.*s\n", SPAN_FMT(chosen[i].name), SPAN_FMT(chosen[i].value));
    }
    arena_fini(&arena);
    return e;
}

static struct err combinations_check(const struct watch *w, size_t *ret_combinations) {
    const struct yaml *choices = yaml_get(pack_file_root(w->proposal, "choices.yaml"), "choices");
    size_t count = choices != NULL && choices->type == YAML_SEQUENCE ? choices->count : 0, all = 1;
    for (size_t i = 0; i < count && i < CHOICES_MAX; i++) all *= values_of(&choices->items[i]);
    if (count > CHOICES_MAX || all == 0 || all > COMBINATIONS_MAX) {
        finding(w, choices, "too many choices, or one without values:", w->proposal->id);
        return err_none();
    }
    for (size_t n = 0; n < all; n++) {
        struct law_choice chosen[CHOICES_MAX];
        size_t rest = n;
        for (size_t i = 0; i < count; i++) {
            size_t values = values_of(&choices->items[i]);
            chosen[i] = (struct law_choice){yaml_get_text(&choices->items[i], "choice"), yaml_get(&choices->items[i], "values")->items[rest % values].text};
            rest /= values;
        }
        TRY(amended_check(w, chosen, count));
    }
    *ret_combinations += all;
    return err_none();
}

struct err proposals_check(const struct law *law, struct buf *report, size_t *findings) {
    size_t proposals = 0, combinations = 0;
    for (size_t i = 0; i < law->pack_count; i++) {
        const struct watch w = {law, &law->packs[i], report, findings};
        if (!pack_is_proposal(w.proposal)) continue;
        proposals++;
        files_check(&w);
        words_check_apart(&w);
        compiled_check(&w);
        for (size_t k = 0; k < w.proposal->file_count; k++)
            if (pack_file_is_under(&w.proposal->files[k], "amend/")) {
                row_source_check(&w, w.proposal->files[k].root);
                added_words_check(&w, w.proposal->files[k].root);
            }
        TRY(combinations_check(&w, &combinations));
    }
    if (proposals > 0) buf_printf(report, "proved: %zu proposals, none of it law here; whole in %zu combinations of what is not settled\n", proposals, combinations);
    return err_none();
}
