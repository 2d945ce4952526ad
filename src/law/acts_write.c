// SPDX-License-Identifier: EUPL-1.2
/* The answer as JSON and as text; first and last the sentence that this notifies nobody. */
#include <stdio.h>

#include "law/acts_private.h"
#include "law/pack_rows.h"

static const char *truth_name(enum act_truth truth) { return truth == ACT_YES ? "applies" : truth == ACT_OPEN ? "open" : "no"; }

static struct span note(const struct law *law, const char *name, struct span lang) {
    char key[64];
    (void)snprintf(key, sizeof key, "acts_note.%s", name);
    struct span text = law_word(law, SPAN(""), span_of(key), lang);
    return text.at != NULL ? text : span_of(name);
}

// What must be said before a proposal's reading, and of a state without a law of its own; at == NULL otherwise.
static struct span caution(const struct acts_answer *answer, struct span lang) {
    const struct law *law = answer->law;
    const struct pack *proposal = law_amended_by(law);
    if (proposal == NULL) return law_caution(law, answer->state, answer->at, lang);
    struct span text = pack_word(law, law_pack(law, proposal->id), SPAN("what_if.head"), lang);
    return text.at != NULL ? text : pack_word(law, law_pack(law, proposal->id), SPAN("what_if.head"), SPAN("en"));
}

static struct span local_text(const struct acts_answer *answer, int64_t instant_ms) {
    struct buf text;
    buf_init(&text, answer->arena, 64);
    buf_add_stamp(&text, instant_ms, zone_offset_s(answer->zone, instant_ms));
    return buf_span(&text);
}

static void stage_json(struct json_out *out, const struct acts_answer *answer, const struct act_stage *stage, const struct act_due *due, struct span lang) {
    json_out_object(out);
    json_out_member_string(out, "stage", stage->name);
    json_out_member_string(out, "label", act_text_in(answer->law, &stage->label, lang));
    json_out_member_string(out, "article", due->is_known && due->clock.main.article.len > 0 ? due->clock.main.article : stage->article);
    json_out_member_bool(out, "owed", due->applies || stage->clock.len == 0);
    json_out_member_string(out, "due", due->is_known ? instant_text(answer->arena, due->clock.main.deadline.due_ms) : span_make(NULL, 0));
    json_out_member_string(out, "due_local", due->is_known ? local_text(answer, due->clock.main.deadline.due_ms) : span_make(NULL, 0));
    json_out_member_string(out, "due_latest", due->is_known ? instant_text(answer->arena, due->clock.due_latest_ms) : span_make(NULL, 0));
    json_out_member_string(out, "anchor", due->is_known ? due->clock.main.anchor : span_make(NULL, 0));
    json_out_member_string(out, "runs_from", !due->is_known && due->anchor.len > 0 ? due->anchor : span_make(NULL, 0));
    json_out_object_end(out);
}

static void field_json(struct json_out *out, const struct acts_answer *answer, const struct act_finding *finding, size_t i, struct span lang) {
    const struct act_field *field = &finding->report->fields[i];
    json_out_object(out);
    json_out_member_string(out, "field", field->name);
    json_out_member_string(out, "label", act_text_in(answer->law, &field->label, lang));
    json_out_member_string(out, "article", field->article);
    json_out_member_string(out, "certainty", field->certainty.len > 0 ? field->certainty : span_make(NULL, 0));
    json_out_name(out, "value");
    json_out_value(out, &finding->values[i]);
    json_out_member_string(out, "taken_from", finding->taken[i].len > 0 ? finding->taken[i] : span_make(NULL, 0));
    json_out_object_end(out);
}

static void finding_json(struct json_out *out, const struct acts_answer *answer, const struct act_finding *finding, struct span lang) {
    const struct act_report *report = finding->report;
    const struct act_receiver *receiver = act_receiver_find(answer->law->acts, report->receiver);
    char relation[40];
    (void)snprintf(relation, sizeof relation, "relation_%.*s", SPAN_FMT(report->relation));
    json_out_object(out);
    json_out_member_string(out, "report", report->name);
    json_out_member_string(out, "act", report->pack->id);
    json_out_member_string(out, "label", act_text_in(answer->law, &report->label, lang));
    json_out_member_string(out, "words", act_text_in(answer->law, &report->words, lang));
    json_out_member_string(out, "article", report->article);
    json_out_member_string(out, "certainty", report->certainty.len > 0 ? report->certainty : span_make(NULL, 0));
    json_out_member_text(out, "truth", truth_name(finding->truth));
    json_out_name(out, "needs");
    json_out_array(out);
    for (size_t i = 0; i < finding->need_count; i++) json_out_string(out, finding->needs[i]);
    json_out_array_end(out);
    json_out_member_string(out, "receiver", report->receiver);
    json_out_member_string(out, "receiver_label", act_text_in(answer->law, &receiver->label, lang));
    json_out_member_string(out, "relation", report->relation);
    json_out_member_string(out, "relation_words", note(answer->law, relation, lang));
    json_out_name(out, "stages");
    json_out_array(out);
    for (size_t i = 0; finding->truth != ACT_NO && i < report->stage_count; i++) stage_json(out, answer, &report->stages[i], &finding->due[i], lang);
    json_out_array_end(out);
    json_out_name(out, "fields");
    json_out_array(out);
    for (size_t i = 0; finding->truth != ACT_NO && i < report->field_count; i++) field_json(out, answer, finding, i, lang);
    json_out_array_end(out);
    json_out_object_end(out);
}

void acts_write_json(struct json_out *out, const struct acts_answer *answer, struct span lang) {
    json_out_object(out);
    json_out_member_string(out, "head", note(answer->law, "head", lang));
    json_out_member_string(out, "caution", caution(answer, lang));
    json_out_member_string(out, "at", civil_text(answer->arena, answer->at));
    json_out_name(out, "reports");
    json_out_array(out);
    for (size_t i = 0; i < answer->count; i++) finding_json(out, answer, &answer->findings[i], lang);
    json_out_array_end(out);
    json_out_member_string(out, "foot", note(answer->law, "head", lang));
    json_out_object_end(out);
}

static void stage_text(struct buf *out, const struct acts_answer *answer, const struct act_stage *stage, const struct act_due *due, struct span lang) {
    if (stage->clock.len > 0 && !due->applies) return; // this stage is not owed on these facts
    buf_printf(out, "    %.*s", SPAN_FMT(act_text_in(answer->law, &stage->label, lang)));
    if (due->is_known) buf_printf(out, ": %.*s", SPAN_FMT(local_text(answer, due->clock.main.deadline.due_ms)));
    else if (due->anchor.len > 0) buf_printf(out, ": %.*s %.*s", SPAN_FMT(note(answer->law, "runs_from", lang)), SPAN_FMT(due->anchor));
    buf_printf(out, " (%.*s)\n", SPAN_FMT(due->is_known && due->clock.main.article.len > 0 ? due->clock.main.article : stage->article));
}

static void finding_text(struct buf *out, const struct acts_answer *answer, const struct act_finding *finding, struct span lang) {
    const struct act_report *report = finding->report;
    char relation[40];
    (void)snprintf(relation, sizeof relation, "relation_%.*s", SPAN_FMT(report->relation));
    buf_printf(out, "\n%.*s: %.*s (%.*s)\n", SPAN_FMT(note(answer->law, truth_name(finding->truth), lang)), SPAN_FMT(act_text_in(answer->law, &report->label, lang)), SPAN_FMT(report->article));
    buf_printf(out, "    %.*s\n", SPAN_FMT(act_text_in(answer->law, &report->words, lang)));
    buf_printf(out, "    -> %.*s; %.*s\n", SPAN_FMT(act_text_in(answer->law, &act_receiver_find(answer->law->acts, report->receiver)->label, lang)), SPAN_FMT(note(answer->law, relation, lang)));
    for (size_t i = 0; i < report->stage_count; i++) stage_text(out, answer, &report->stages[i], &finding->due[i], lang);
    for (size_t i = 0; i < finding->need_count; i++) {
        const struct act_fact *fact = act_fact_find(answer->law->acts, finding->needs[i]);
        buf_printf(out, "    ? %.*s: %.*s\n", SPAN_FMT(finding->needs[i]), SPAN_FMT(act_text_in(answer->law, &fact->label, lang)));
    }
}

void acts_write_text(struct buf *out, const struct acts_answer *answer, struct span lang) {
    struct span warned = caution(answer, lang);
    buf_printf(out, "%.*s\n", SPAN_FMT(note(answer->law, "head", lang)));
    if (warned.at != NULL) buf_printf(out, "%.*s\n", SPAN_FMT(warned));
    for (enum act_truth truth = ACT_YES;; truth = ACT_OPEN) {
        for (size_t i = 0; i < answer->count; i++)
            if (answer->findings[i].truth == truth) finding_text(out, answer, &answer->findings[i], lang);
        if (truth == ACT_OPEN) break;
    }
    buf_printf(out, "\n%.*s\n", SPAN_FMT(note(answer->law, "head", lang)));
}

void acts_write_facts(struct json_out *out, const struct law *law, struct span lang, struct arena *arena) {
    static const char *const TYPES[] = {"bool", "enum", "number", "instant", "types"};
    (void)arena;
    json_out_object(out);
    json_out_name(out, "facts");
    json_out_array(out);
    for (size_t i = 0; i < law->acts->fact_count; i++) {
        const struct act_fact *fact = &law->acts->facts[i];
        json_out_object(out);
        json_out_member_string(out, "fact", fact->name);
        json_out_member_text(out, "type", TYPES[fact->type]);
        json_out_member_string(out, "label", act_text_in(law, &fact->label, lang));
        json_out_member_string(out, "article", fact->article);
        json_out_name(out, "values");
        json_out_array(out);
        for (size_t k = 0; k < fact->values.count; k++) json_out_string(out, fact->values.items[k]);
        json_out_array_end(out);
        json_out_object_end(out);
    }
    json_out_array_end(out);
    json_out_object_end(out);
}
