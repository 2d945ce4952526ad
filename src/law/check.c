// SPDX-License-Identifier: EUPL-1.2
/*
 * Proving the packs. Tables are compiled once more with a proof that walks every combination of their inputs for every
 * type and every period; sources and words are looked up one by one.
 */
#include "law/check.h"

#include "law/control.h"

#include "law/procedure.h"
#include "law/scope_private.h"
#include "law/statistic.h"
#include "law/text.h"
#include "law/translate.h"

struct checker {
    const struct law *law;
    const struct scope_book *book;
    struct arena *arena;
    struct proof proof;
    size_t words, languages;
};

static void finding(struct checker *c, const struct yaml *node, const char *words, struct span name) {
    c->proof.findings++;
    if (node != NULL) buf_printf(c->proof.report, "%s:%u: ", node->file, node->line);
    buf_printf(c->proof.report, "%s %.*s\n", words, SPAN_FMT(name));
}

// Whether the text names a source: an act and a place in it, not a blank or a dash.
static bool is_source(struct span text) { return span_trim(text).len >= 3; }

static bool is_certainty(struct span text) {
    return text.at == NULL || span_is(text, "mem") || span_is(text, "int") || span_is(text, "web") || span_is(text, "confirmed");
}

static void check_table(struct checker *c, const struct table *table) {
    for (size_t i = 0; i < table->row_count; i++) {
        const struct row *row = &table->rows[i];
        if (!is_source(row->article)) finding(c, row->node, "no source:", row->id);
        if (!is_certainty(row->certainty)) finding(c, row->node, "certainty is mem, int, web or confirmed:", row->id);
        for (size_t k = 0; k < i; k++)
            if (span_equals(table->rows[k].id, row->id)) finding(c, row->node, "this id stands twice in the table:", row->id);
    }
    bool is_used[TABLE_INPUTS_MAX] = {false};
    for (size_t i = 0; i < table->row_count; i++)
        for (size_t k = 0; k < table->rows[i].cell_count; k++)
            for (size_t n = 0; n < table->input_count; n++) is_used[n] |= table->inputs[n] == table->rows[i].cells[k].variable;
    for (size_t n = 0; n < table->input_count; n++)
        if (!is_used[n]) finding(c, table->node, "no row looks at the input", c->book->variables[table->inputs[n]].name);
}

// A word under PREFIX for each language that the pack declares complete.
static void check_word(struct checker *c, const struct pack *pack, const char *prefix, struct span name, const struct yaml *node) {
    const struct yaml *languages = yaml_get(pack->manifest, "languages");
    for (size_t i = 0; languages != NULL && i < languages->count; i++) {
        struct span lang = languages->items[i].text, key = arena_printf(c->arena, "%s%.*s", prefix, SPAN_FMT(name));
        c->words++;
        if (key.at == NULL || span_trim(pack_word(c->law, pack, key, lang)).len > 0) continue;
        struct span missing = arena_printf(c->arena, "%.*s in %.*s", SPAN_FMT(key), SPAN_FMT(lang));
        finding(c, node, "no words for", missing);
    }
}

static void check_row_words(struct checker *c, const struct pack *pack, const struct table *table) {
    for (size_t i = 0; i < table->row_count; i++) check_word(c, pack, "", table->rows[i].words_key, table->rows[i].node);
}

static void check_variables(struct checker *c) {
    const struct pack *pack = c->book->union_pack;
    for (size_t i = 0; i < c->book->variable_count; i++) {
        const struct variable *v = &c->book->variables[i];
        if (v->kind == VARIABLE_ATTRIBUTE || v->kind == VARIABLE_DERIVED) continue;
        if (!is_source(v->article)) finding(c, v->node, "no source:", v->name);
        if (v->kind == VARIABLE_SWITCH) check_word(c, pack, "switch.", v->name, v->node);
        else {
            check_word(c, pack, "fact.", v->name, v->node);
            check_word(c, pack, "ask.", v->name, v->node);
        }
        if (v->changes) check_word(c, pack, "change.", v->name, v->node);
    }
}

static void check_types(struct checker *c) {
    for (size_t t = 0; t < c->book->type_count; t++) {
        const struct entity_type *type = &c->book->types[t];
        bool is_national = type->state < c->book->state_count;
        const struct pack *pack = is_national ? c->book->states[type->state].pack : c->book->union_pack;
        if (!is_source(type->article)) finding(c, type->node, "no source:", type->code);
        check_word(c, pack, "type.", type->code, type->node);
        if (type->sector.len > 0) check_word(c, c->book->union_pack, "sector.", type->sector, type->node);
        if (type->subsector.len > 0) check_word(c, c->book->union_pack, "subsector.", type->subsector, type->node);
    }
}

static void check_size(struct checker *c) {
    const struct pack *pack = c->book->union_pack;
    const struct size_rules *s = &c->book->size;
    const struct yaml *root = pack_file_root(pack, "size.yaml");
    const struct size_step *steps[] = {&s->accounts, &s->two_years, &s->estimate, &s->autonomous, &s->partner, &s->linked,
                                       &s->investor, &s->independence};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        if (!is_source(steps[i]->article)) finding(c, root, "no source:", steps[i]->id);
        check_word(c, pack, "size.", steps[i]->id, root);
    }
    for (size_t i = 0; i < s->ceiling_count; i++)
        if (!is_source(s->ceilings[i].article)) finding(c, root, "no source:", s->ceilings[i].name);
    for (size_t i = 0; i < s->investor_count; i++) {
        if (!is_source(s->investors[i].article)) finding(c, root, "no source:", s->investors[i].name);
        if (s->investors[i].step.id.len > 0) check_word(c, pack, "size.", s->investors[i].step.id, root);
    }
}

// A directory says for each body who it is and how we know, or that it is unknown.
static void check_directory(struct checker *c, const struct pack *pack) {
    const struct yaml *root = pack_file_root(pack, "directory.yaml");
    for (size_t i = 0; root != NULL && root->type == YAML_MAPPING && i < root->count; i++) {
        const struct yaml *cell = &root->pairs[i].value;
        if (cell->type == YAML_SCALAR && span_is(cell->text, "unknown")) continue;
        bool is_whole = yaml_get_text(cell, "name").len > 0 && is_source(yaml_get_text(cell, "source")) &&
                        yaml_get_text(cell, "certainty").len > 0 && yaml_get_text(cell, "checked_on").len > 0;
        if (!is_whole) finding(c, cell, "name, certainty, source and checked_on are needed, or unknown:", root->pairs[i].name);
        if (!is_certainty(yaml_get_text(cell, "certainty"))) finding(c, cell, "certainty is mem, int, web or confirmed:", root->pairs[i].name);
    }
}

// Each language that the pack declares has each of its texts, with the same {placeholders}, and none that says nothing any more.
static void check_languages(struct checker *c, const struct pack *pack) {
    const struct yaml *languages = yaml_get(pack->manifest, "languages");
    struct buf lines;
    buf_init(&lines, c->arena, 4 * 1024 * 1024);
    for (size_t i = 0; languages != NULL && i < languages->count; i++) {
        struct span lang = languages->items[i].text;
        size_t missing = 0, stale = 0;
        c->languages++;
        buf_clear(&lines);
        if (!language_is_official(lang)) finding(c, languages, "not an official language:", lang);
        else if (is_err(words_missing(c->law, pack, lang, &lines, &missing, &stale))) finding(c, languages, "too many words in", lang);
        if (missing + stale == 0) continue;
        c->proof.findings += missing + stale;
        buf_printf(c->proof.report, "%s:%u: %zu words are missing in %.*s of %.*s, %zu are stale (varde law words):\n%.*s", languages->file, languages->line,
                   missing, SPAN_FMT(lang), SPAN_FMT(pack->id), stale, SPAN_FMT(buf_span(&lines)));
    }
}

static bool list_has(const struct yaml *list, struct span name) {
    for (size_t i = 0; list != NULL && list->type == YAML_SEQUENCE && i < list->count; i++)
        if (span_equals(list->items[i].text, name)) return true;
    return false;
}

// Packs speak English, French and German, and each says of each language but English who stands for its words.
static void check_claims(struct checker *c, const struct pack *pack) {
    static const char *const NEEDED[] = {"en", "fr", "de"};
    const struct yaml *languages = yaml_get(pack->manifest, "languages"), *official = yaml_get(pack->manifest, "official"),
                      *courtesy = yaml_get(pack->manifest, "courtesy");
    for (size_t i = 0; i < sizeof NEEDED / sizeof NEEDED[0] && pack->manifest != NULL; i++)
        if (!list_has(languages, span_of(NEEDED[i]))) finding(c, pack->manifest, "languages: a pack has en, fr and de, missing is", span_of(NEEDED[i]));
    for (size_t i = 0; official != NULL && official->type == YAML_SEQUENCE && i < official->count; i++)
        if (!law_language_is_of_state(c->law, yaml_get_text(pack->manifest, "state"), official->items[i].text))
            finding(c, official, "official: is for languages that are official in the state, by its profile:", official->items[i].text);
    for (size_t i = 0; languages != NULL && i < languages->count; i++) {
        struct span lang = languages->items[i].text;
        if (!span_is(lang, "en") && list_has(official, lang) == list_has(courtesy, lang))
            finding(c, languages, "a language stands either in official: (the state approved the words) or in courtesy: (ours):", lang);
    }
}

static struct err prove_tables(struct checker *c, size_t *ret_periods) {
    bool is_shared_done = false;
    for (size_t i = 0; i < c->book->state_count; i++) {
        const struct state_law *state = &c->book->states[i];
        const struct rules *rules;
        size_t count;
        if (state->is_shared && is_shared_done) continue;
        is_shared_done |= state->is_shared;
        struct arena scratch;
        arena_init(&scratch, (size_t)64 * 1024 * 1024);
        struct err e = rules_compile(c->book, state, &scratch, &rules, &count, &c->proof);
        arena_fini(&scratch);
        TRY(e);
        *ret_periods += count;
        for (size_t s = 0; s < STAGES; s++)
            if (!state->is_shared && state->tables[s] != &c->book->tables[s]) {
                check_table(c, state->tables[s]);
                check_row_words(c, state->pack, state->tables[s]);
            }
    }
    return err_none();
}

struct err scope_prove(const struct law *law, struct buf *report, size_t *findings) {
    struct arena arena;
    size_t periods = 0;
    arena_init(&arena, (size_t)16 * 1024 * 1024);
    struct checker c = {.law = law, .book = law->scope, .arena = &arena, .proof = {.report = report}};
    struct err e = prove_tables(&c, &periods);
    *findings += c.proof.findings;
    arena_fini(&arena);
    return e;
}

struct err law_check(const struct law *law, struct buf *report, size_t *ret_findings) {
    struct arena arena;
    arena_init(&arena, (size_t)16 * 1024 * 1024);
    struct checker c = {.law = law, .book = law->scope, .arena = &arena, .proof = {.report = report}};
    size_t periods = 0, rows = 0;
    struct err e = err_none();
    for (size_t i = 0; i < law->pack_count; i++) {
        check_languages(&c, &law->packs[i]);
        check_claims(&c, &law->packs[i]);
        check_directory(&c, &law->packs[i]);
    }
    if (c.book != NULL) {
        for (size_t s = 0; s < STAGES; s++) {
            check_table(&c, &c.book->tables[s]);
            check_row_words(&c, c.book->union_pack, &c.book->tables[s]);
            rows += c.book->tables[s].row_count;
        }
        check_variables(&c);
        check_types(&c);
        check_size(&c);
        e = prove_tables(&c, &periods);
        buf_printf(report,
                   "%s: %d tables with %zu rows over %zu types, in %zu periods without changes: %zu combinations of facts%s; "
                   "%zu facts, switches and attributes; %zu words looked up\n",
                   c.proof.findings == 0 ? "proved" : "looked at", (int)STAGES, rows, c.book->type_count, periods,
                   c.proof.combinations, c.proof.findings == 0 ? ", each with exactly one row" : "", c.book->variable_count, c.words);
    }
    size_t in_procedures = 0;
    if (!is_err(e) && law->procedures != NULL) e = procedure_check(law, report, &in_procedures);
    c.proof.findings += in_procedures;
    states_check(law, report, &c.proof.findings);
    reminders_check(law, report, &c.proof.findings);
    obligations_check(law, report, &c.proof.findings);
    if (law->procedures != NULL) emergency_check(law, report, &c.proof.findings);
    registry_check(law, report, &c.proof.findings);
    letters_check(law, report, &c.proof.findings);
    catalogues_report(law, report);
    if (law->ceilings != NULL) ceilings_check(law, report, &c.proof.findings);
    statistics_check(law, report, &c.proof.findings);
    if (!is_err(e)) e = proposals_check(law, report, &c.proof.findings);
    if (!is_err(e)) e = citations_check(law, report, &c.proof.findings);
    buf_printf(report, "%zu packs, %zu languages declared complete, %zu findings\n", law->pack_count, c.languages, c.proof.findings);
    arena_fini(&arena);
    if (!is_err(e)) *ret_findings = c.proof.findings;
    return report->is_failed ? err_make(ERR_MEMORY) : e;
}
