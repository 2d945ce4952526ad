// SPDX-License-Identifier: EUPL-1.2
/* The answer in JSON and in text, and what can be asked. */
#include "law/grid_private.h"
#include "law/pack_rows.h"

struct span grid_words(const struct law *law, struct span state, const char *kind, struct span name, struct span own, struct span lang,
                       struct arena *arena) {
    struct span key = arena_printf(arena, "%s.%.*s", kind, SPAN_FMT(name));
    struct span text = key.at == NULL ? key : law_word(law, state, key, lang);
    return text.at != NULL ? text : own;
}

static const char *outcome_name(enum grid_truth truth) {
    return truth == GRID_YES ? "significant" : truth == GRID_NO ? "not_significant" : "undetermined";
}
static const char *row_outcome_name(enum grid_truth truth) { return truth == GRID_YES ? "met" : truth == GRID_NO ? "not_met" : "open"; }

static struct span said(const struct grid_answer *answer, const char *name, struct span lang, struct arena *arena) {
    return grid_words(answer->law, answer->state, "significance", span_of(name), span_of(name), lang, arena);
}

// What a fact asks; "episodes" and the like are members of the question itself.
static struct span fact_words(const struct grid_answer *answer, struct span name, struct span lang, struct arena *arena) {
    size_t fact = grid_fact_at(answer->law->grids, name);
    return fact == GRID_FACTS_MAX ? span_make(NULL, 0) : grid_words(answer->law, answer->state, "grid_fact", name, answer->law->grids->facts[fact].words, lang, arena);
}

static void instant_member(struct json_out *out, const char *name, int64_t instant_ms, struct arena *arena) {
    json_out_name(out, name);
    if (instant_ms == INSTANT_NONE) json_out_null(out);
    else json_out_string(out, instant_text(arena, instant_ms));
}

static bool needs_judgement(const struct grid_answer *answer) {
    for (size_t i = 0; i < answer->type_count; i++)
        if (!answer->types[i].is_exhaustive) return true;
    return false;
}

static void finding_write(struct json_out *out, const struct grid_answer *answer, const struct grid_finding *finding, struct span lang, struct arena *arena) {
    json_out_object(out);
    json_out_member_string(out, "id", finding->row->id);
    json_out_member_string(out, "type", finding->type);
    json_out_member_string(out, "grid", finding->grid->title);
    json_out_member_string(out, "article", finding->row->article);
    json_out_member_string(out, "words", grid_words(answer->law, answer->state, "grid", finding->row->id, finding->row->words, lang, arena));
    json_out_member_text(out, "outcome", row_outcome_name(finding->truth));
    if (finding->row->certainty.at != NULL) json_out_member_string(out, "certainty", finding->row->certainty);
    instant_member(out, "since", finding->since_ms, arena);
    if (finding->then_ms != INSTANT_NONE) instant_member(out, "if_it_goes_on", finding->then_ms, arena);
    if (finding->needs.count > 0) {
        json_out_name(out, "needs");
        json_out_array(out);
        for (size_t i = 0; i < finding->needs.count; i++) json_out_string(out, finding->needs.items[i]);
        json_out_array_end(out);
    }
    json_out_object_end(out);
}

static void needs_write(struct json_out *out, const struct grid_answer *answer, struct span lang, struct arena *arena) {
    json_out_name(out, "needs");
    json_out_array(out);
    for (size_t i = 0; i < answer->needs.count; i++) {
        json_out_object(out);
        json_out_member_string(out, "fact", answer->needs.items[i]);
        struct span words = fact_words(answer, answer->needs.items[i], lang, arena);
        if (words.at != NULL) json_out_member_string(out, "words", words);
        json_out_object_end(out);
    }
    json_out_array_end(out);
}

void grid_write_json(struct json_out *out, const struct grid_answer *answer, struct span lang) {
    struct arena *arena = answer->arena;
    json_out_object(out);
    json_out_member_string(out, "guidance", said(answer, "guidance", lang, arena));
    json_out_member_text(out, "outcome", outcome_name(answer->truth));
    json_out_member_string(out, "words", said(answer, outcome_name(answer->truth), lang, arena));
    instant_member(out, "since", answer->since_ms, arena);
    json_out_member_string(out, "at", civil_text(arena, answer->at));
    if (answer->state.len > 0) json_out_member_string(out, "state", answer->state);
    if (answer->state.len > 0) json_out_member_string(out, "caution", law_caution(answer->law, answer->state, answer->at, lang));
    json_out_name(out, "types");
    json_out_array(out);
    for (size_t i = 0; i < answer->type_count; i++) {
        json_out_object(out);
        json_out_member_string(out, "type", answer->types[i].type);
        json_out_member_text(out, "outcome", outcome_name(answer->types[i].truth));
        json_out_member_bool(out, "is_exhaustive", answer->types[i].is_exhaustive);
        json_out_object_end(out);
    }
    json_out_array_end(out);
    json_out_name(out, "criteria");
    json_out_array(out);
    for (size_t i = 0; i < answer->finding_count; i++) finding_write(out, answer, &answer->findings[i], lang, arena);
    json_out_array_end(out);
    needs_write(out, answer, lang, arena);
    if (needs_judgement(answer)) json_out_member_string(out, "judgement", said(answer, "judgement", lang, arena));
    json_out_member_string(out, "aware", said(answer, "aware", lang, arena));
    json_out_member_string(out, "precaution", said(answer, "precaution", lang, arena));
    json_out_object_end(out);
}

static void text_rows(struct buf *out, const struct grid_answer *answer, enum grid_truth truth, const char *heading, struct span lang) {
    bool is_first = true;
    for (size_t i = 0; i < answer->finding_count; i++) {
        const struct grid_finding *finding = &answer->findings[i];
        if (finding->truth != truth) continue;
        if (is_first) buf_printf(out, "\n%s:\n", heading);
        is_first = false;
        struct span words = grid_words(answer->law, answer->state, "grid", finding->row->id, finding->row->words, lang, answer->arena);
        buf_printf(out, "  %.*s (%.*s, %.*s)\n", SPAN_FMT(words), SPAN_FMT(finding->row->article), SPAN_FMT(finding->type));
        if (finding->since_ms != INSTANT_NONE) buf_printf(out, "      since %.*s\n", SPAN_FMT(instant_text(answer->arena, finding->since_ms)));
        if (finding->then_ms != INSTANT_NONE) buf_printf(out, "      from %.*s on if it goes on\n", SPAN_FMT(instant_text(answer->arena, finding->then_ms)));
        if (finding->row->certainty.at != NULL) buf_printf(out, "      not read in the source (%.*s)\n", SPAN_FMT(finding->row->certainty));
    }
}

void grid_write_text(struct buf *out, const struct grid_answer *answer, struct span lang) {
    buf_printf(out, "%.*s\n\n%.*s\n", SPAN_FMT(said(answer, "guidance", lang, answer->arena)), SPAN_FMT(said(answer, outcome_name(answer->truth), lang, answer->arena)));
    struct span caution = answer->state.len > 0 ? law_caution(answer->law, answer->state, answer->at, lang) : span_make(NULL, 0);
    if (caution.at != NULL) buf_printf(out, "\n%.*s\n", SPAN_FMT(caution));
    if (answer->since_ms != INSTANT_NONE) buf_printf(out, "Since %.*s.\n", SPAN_FMT(instant_text(answer->arena, answer->since_ms)));
    text_rows(out, answer, GRID_YES, "Met", lang);
    text_rows(out, answer, GRID_OPEN, "Open", lang);
    text_rows(out, answer, GRID_NO, "Not met", lang);
    if (answer->needs.count > 0) buf_add_text(out, "\nWhat would settle it:\n");
    for (size_t i = 0; i < answer->needs.count; i++) {
        struct span words = fact_words(answer, answer->needs.items[i], lang, answer->arena);
        buf_printf(out, "  %.*s%s%.*s\n", SPAN_FMT(answer->needs.items[i]), words.at == NULL ? "" : ": ", SPAN_FMT(words));
    }
    if (needs_judgement(answer)) buf_printf(out, "\n%.*s\n", SPAN_FMT(said(answer, "judgement", lang, answer->arena)));
    buf_printf(out, "\n%.*s\n%.*s\n", SPAN_FMT(said(answer, "aware", lang, answer->arena)), SPAN_FMT(said(answer, "precaution", lang, answer->arena)));
}

static bool is_asked_in(const struct pack *pack, const struct law *law, struct span state) {
    return !span_starts_with(pack->id, SPAN("national/")) || pack == law_pack_of_state(law, state);
}

static void values_write(struct json_out *out, const struct names *values) {
    json_out_name(out, "values");
    json_out_array(out);
    for (size_t i = 0; i < values->count; i++) json_out_string(out, values->items[i]);
    json_out_array_end(out);
}

void grid_write_facts(struct json_out *out, const struct law *law, struct span state, struct span lang, struct arena *arena) {
    static const char *const KINDS[] = {"bool", "count", "money", "choice"};
    const struct grid_book *book = law->grids;
    json_out_object(out);
    json_out_name(out, "facts");
    json_out_array(out);
    for (size_t i = 0; i < book->fact_count; i++) {
        const struct grid_fact *fact = &book->facts[i];
        if (!is_asked_in(fact->pack, law, state)) continue;
        json_out_object(out);
        json_out_member_string(out, "fact", fact->name);
        json_out_member_text(out, "type", KINDS[fact->kind]);
        json_out_member_text(out, "of", fact->is_of_episode ? "episode" : "incident");
        json_out_member_string(out, "article", fact->article);
        json_out_member_string(out, "words", grid_words(law, state, "grid_fact", fact->name, fact->words, lang, arena));
        if (fact->values.count > 0) values_write(out, &fact->values);
        json_out_object_end(out);
    }
    json_out_array_end(out);
    json_out_name(out, "effects");
    json_out_array(out);
    for (size_t i = 0; i < book->effect_count; i++) {
        json_out_object(out);
        json_out_member_string(out, "effect", book->effects[i].name);
        json_out_member_string(out, "words", grid_words(law, state, "grid_effect", book->effects[i].name, book->effects[i].words, lang, arena));
        json_out_object_end(out);
    }
    json_out_array_end(out);
    json_out_name(out, "settings");
    json_out_array(out);
    for (size_t i = 0; i < book->setting_count; i++) {
        json_out_object(out);
        json_out_member_string(out, "setting", book->settings[i].name);
        json_out_member_string(out, "value", book->settings[i].values.items[book->settings[i].value]);
        json_out_member_string(out, "article", book->settings[i].article);
        values_write(out, &book->settings[i].values);
        json_out_object_end(out);
    }
    json_out_array_end(out);
    json_out_object_end(out);
}
