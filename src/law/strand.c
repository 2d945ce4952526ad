// SPDX-License-Identifier: EUPL-1.2
/*
 * Strands: what runs through several cases, such as one conduct. In each case a strand has points (the values of a field of choices: conduct
 * a, conduct b). An officer says by a filing that a point here and a point of another case are the same; documents leave notes at points; a
 * rule may refuse what is filed for a point at which, or at one joined to it, a note stands. The services hold links and notes; here it is
 * said which filing makes them, and `{field: conduct, noted: NAME}` asks.
 */
#include "law/law_private.h"
#include "law/procedure_load.h"

static struct err place_load(const struct load *l, const struct yaml *row, struct strand_place *ret) {
    TRY(yaml_only(row, "document field", l->why));
    TRY(yaml_need(row, "document", &ret->document, l->why));
    return yaml_need(row, "field", &ret->field, l->why);
}

static struct err note_load(const struct load *l, const struct yaml *row, struct strand_note *note) {
    *note = (struct strand_note){.node = row};
    TRY(yaml_only(row, "note on field when article words certainty", l->why));
    TRY(yaml_need(row, "note", &note->id, l->why));
    TRY(yaml_need(row, "on", &note->place.document, l->why));
    TRY(yaml_need(row, "field", &note->place.field, l->why));
    TRY(yaml_need(row, "article", &note->article, l->why));
    TRY(yaml_need(row, "words", &note->words, l->why));
    return condition_load(l->arena, yaml_get(row, "when"), l->lists, &note->when, l->why);
}

static struct err strand_load(const struct load *l, const struct yaml *row, struct strand_row *strand) {
    const struct yaml *link = yaml_get(row, "link"), *ends = yaml_get(row, "ends"), *about = yaml_get(row, "about"), *period = yaml_get(row, "period");
    void *at = NULL;
    *strand = (struct strand_row){.node = row, .home = l->procedure};
    TRY(yaml_only(row, "strand article label link ends about period notes certainty", l->why));
    TRY(yaml_need(row, "strand", &strand->id, l->why));
    TRY(yaml_need(row, "article", &strand->article, l->why));
    TRY(yaml_need(row, "label", &strand->label, l->why));
    if (link == NULL || ends == NULL) return yaml_refuse(row, l->why, "pack.strand", "link: the document that joins two cases, and ends: the one that takes it back, are expected");
    TRY(yaml_only(link, "document here case there", l->why));
    TRY(yaml_need(link, "document", &strand->link, l->why));
    TRY(yaml_need(link, "here", &strand->here, l->why));
    TRY(yaml_need(link, "case", &strand->other, l->why));
    TRY(yaml_need(link, "there", &strand->there, l->why));
    TRY(place_load(l, ends, &strand->ends));
    if (period != NULL) TRY(yaml_only(period, "from until", l->why));
    if (period != NULL) TRY(yaml_need(period, "from", &strand->from, l->why));
    if (period != NULL) TRY(yaml_need(period, "until", &strand->until, l->why));
    TRY(rows_begin(l->arena, about, sizeof *strand->about, &at, &strand->about_count, l->why));
    strand->about = at;
    for (size_t i = 0; i < strand->about_count; i++) TRY(place_load(l, &about->items[i], &strand->about[i]));
    TRY(rows_begin(l->arena, yaml_get(row, "notes"), sizeof *strand->notes, &at, &strand->note_count, l->why));
    strand->notes = at;
    for (size_t i = 0; i < strand->note_count; i++) TRY(note_load(l, &yaml_get(row, "notes")->items[i], &strand->notes[i]));
    return err_none();
}

struct err strands_add(const struct load *l, const struct yaml *rows, struct procedure *p) {
    void *at = NULL;
    size_t count = rows == NULL ? 0 : rows->count;
    TRY(rows_roomy(l->arena, p->strands, p->strand_count, count, sizeof *p->strands, &at));
    p->strands = at;
    for (size_t i = 0; i < count; i++) TRY(strand_load(l, &rows->items[i], &p->strands[p->strand_count++]));
    return err_none();
}

// --- what can be proved ---

static const struct document *document_of(const struct procedure *p, struct span id) {
    for (size_t i = 0; i < p->document_count; i++)
        if (span_equals(p->documents[i].id, id)) return &p->documents[i];
    return NULL;
}

// Whether the document asks the field, and it is of one of these types.
static bool asks(const struct document *d, struct span name, enum field_type type, enum field_type or_type) {
    for (size_t i = 0; d != NULL && i < d->field_count; i++)
        if (span_equals(d->fields[i].name, name)) return d->fields[i].type == type || d->fields[i].type == or_type;
    return false;
}

static bool is_by_offices(const struct document *d) {
    for (size_t i = 0; i < d->by.count; i++)
        if (span_is(d->by.items[i], "entity") || span_is(d->by.items[i], "party") || span_is(d->by.items[i], "anyone")) return false;
    return true;
}

static bool is_day(const struct procedure *p, struct span fact) {
    for (size_t i = 0; i < p->fact_count; i++)
        if (span_equals(p->facts[i].name, fact)) return span_is(p->facts[i].type, "date") || span_is(p->facts[i].type, "instant");
    return false;
}

static const struct strand_note *note_of(const struct procedure *p, struct span id, const struct strand_row **ret_strand) {
    for (size_t i = 0; i < p->strand_count; i++)
        for (size_t k = 0; k < p->strands[i].note_count; k++) {
            *ret_strand = &p->strands[i];
            if (span_equals(p->strands[i].notes[k].id, id)) return &p->strands[i].notes[k];
        }
    return NULL;
}

struct noted_walk {
    const struct procedure *procedure;
    audience_teller *tell;
    void *context;
    bool is_refusal; // of a document that offices alone file
};

static void noted_visit(void *context, const char *kind, struct span name, const struct yaml *node) {
    const struct noted_walk *w = context;
    const struct strand_row *strand;
    if (strcmp(kind, "noted") != 0) return;
    if (note_of(w->procedure, name, &strand) == NULL) w->tell(w->context, node, "no strand has the note", name);
    if (!w->is_refusal) w->tell(w->context, node, "only a rule that refuses what offices file may hang on what other cases hold:", name);
}

// What stands in another case must not become known by what shows in this one: a condition on it stands in refusals of offices' filings alone.
static void noted_check(struct noted_walk *w, const struct document *d) {
    condition_visit(d->when, noted_visit, w);
    condition_visit(d->parties_see_when, noted_visit, w);
    condition_visit(d->public_when, noted_visit, w);
    for (size_t i = 0; i < d->field_count; i++) {
        condition_visit(d->fields[i].required_when, noted_visit, w);
        condition_visit(d->fields[i].shown_when, noted_visit, w);
    }
    for (size_t i = 0; i < d->move_count; i++) condition_visit(d->moves[i].when, noted_visit, w);
    for (size_t i = 0; i < d->fact_count; i++) condition_visit(d->facts[i].when, noted_visit, w);
    for (size_t i = 0; i < d->flag_count; i++) condition_visit(d->flags[i].when, noted_visit, w);
    for (size_t i = 0; i < d->effect_count; i++) condition_visit(d->effects[i].when, noted_visit, w);
    for (size_t i = 0; i < d->rule_count; i++) {
        w->is_refusal = !d->rules[i].is_warning && is_by_offices(d);
        condition_visit(d->rules[i].when, noted_visit, w);
        w->is_refusal = false;
    }
}

static void strand_check(const struct procedure *p, const struct strand_row *s, audience_teller *tell, void *context) {
    const struct document *link = document_of(p, s->link);
    if (link == NULL) tell(context, s->node, "a strand is joined by what can't be filed:", s->link);
    if (link == NULL) return;
    if (!asks(link, s->here, FIELD_CHOICE, FIELD_CHOICE)) tell(context, s->node, "the point here is no choice of the document:", s->here);
    if (!asks(link, s->there, FIELD_CHOICE, FIELD_CHOICE)) tell(context, s->node, "the point there is no choice of the document:", s->there);
    if (!asks(link, s->other, FIELD_CASE, FIELD_CASE)) tell(context, s->node, "the other case is no case that the document asks:", s->other);
    if (!link->is_repeatable || !is_by_offices(link) || link->seen_by.count == 0)
        tell(context, s->node, "what joins cases is filed by offices, seen by them alone, and repeatable:", s->link);
    const struct document *ends = document_of(p, s->ends.document);
    if (!asks(ends, s->ends.field, FIELD_FILING, FIELD_FILING) || !is_by_offices(ends) || ends->seen_by.count == 0)
        tell(context, s->node, "what takes back what joins cases names that filing, is filed by offices, and seen by them alone:", s->ends.document);
    for (size_t i = 0; i < s->note_count; i++) {
        const struct document *d = document_of(p, s->notes[i].place.document);
        if (d == NULL || !asks(d, s->notes[i].place.field, FIELD_CHOICE, FIELD_CHOICES)) tell(context, s->notes[i].node, "is noted on what asks no such choice:", s->notes[i].id);
        else if (!d->is_repeatable || !is_by_offices(d)) tell(context, s->notes[i].node, "is noted on what offices don't file again and again:", s->notes[i].id);
    }
    for (size_t i = 0; i < s->about_count; i++)
        if (!asks(document_of(p, s->about[i].document), s->about[i].field, FIELD_CASE, FIELD_CASES)) tell(context, s->node, "is about no case that is asked:", s->about[i].field);
    if (s->from.len > 0 && (!is_day(p, s->from) || !is_day(p, s->until))) tell(context, s->node, "the period is no fact with a day:", s->from);
}

void strands_check(const struct procedure *p, audience_teller *tell, void *context) {
    struct noted_walk w = {.procedure = p, .tell = tell, .context = context};
    for (size_t i = 0; i < p->strand_count; i++) strand_check(p, &p->strands[i], tell, context);
    for (size_t i = 0; i < p->document_count; i++) noted_check(&w, &p->documents[i]);
    for (size_t i = 0; i < p->duty_count; i++) {
        condition_visit(p->duties[i].opens_when, noted_visit, &w);
        condition_visit(p->duties[i].closes_when, noted_visit, &w);
        condition_visit(p->duties[i].firm_when, noted_visit, &w);
    }
    for (size_t i = 0; i < p->reach_count; i++) condition_visit(p->reaches[i].when, noted_visit, &w);
    for (size_t i = 0; i < p->proposal_count; i++) condition_visit(p->proposals[i].when, noted_visit, &w);
}

// --- what a filing makes ---

static struct json *op_add(struct decision *d, struct json *effects, const char *op, const struct strand_row *strand, struct span article) {
    struct json *row = effect_op_add(d, effects, op);
    effect_text_add(d, row, "strand", strand->id);
    effect_text_add(d, row, "article", article);
    return row;
}

static void end_add(struct decision *d, struct json *effects, struct span filing) {
    if (filing.len == 0) return;
    struct json *row = effect_op_add(d, effects, "strand_end");
    effect_text_add(d, row, "filing", filing);
    effect_text_add(d, row, "article", d->document->article);
}

static struct span text_of(const struct decision *d, struct span field) {
    const struct json *value = json_find(d->values, field);
    return json_is_null(value) || value->type != JSON_STRING ? span_make(NULL, 0) : value->string;
}

static void notes_add(struct decision *d, struct json *effects, const struct strand_row *strand) {
    for (size_t i = 0; i < strand->note_count; i++) {
        const struct strand_note *note = &strand->notes[i];
        const struct json *value = json_find(d->values, note->place.field);
        if (!span_equals(note->place.document, d->document->id) || json_is_null(value) || !condition_holds(note->when, &d->facts)) continue;
        struct json points = json_array();
        if (value->type == JSON_STRING) (void)json_tree_push(d->tree, &points, *value);
        for (size_t k = 0; value->type == JSON_ARRAY && k < value->count; k++) (void)json_tree_push(d->tree, &points, value->items[k]);
        struct json *row = op_add(d, effects, "strand_note", strand, note->article);
        effect_text_add(d, row, "note", note->id);
        (void)json_tree_add(d->tree, row, SPAN("points"), points);
    }
}

static void abouts_add(struct decision *d, struct json *effects, const struct strand_row *strand) {
    for (size_t i = 0; i < strand->about_count; i++) {
        const struct json *value = json_find(d->values, strand->about[i].field);
        if (!span_equals(strand->about[i].document, d->document->id) || json_is_null(value)) continue;
        for (size_t k = 0; k < (value->type == JSON_ARRAY ? value->count : 1); k++)
            effect_text_add(d, op_add(d, effects, "strand_about", strand, strand->article), "case", value->type == JSON_ARRAY ? value->items[k].string : value->string);
    }
}

void strands_make(struct decision *d, struct json *effects) {
    if (d->procedure->strand_count == 0) return;
    bool is_link = false;
    for (size_t i = 0; i < d->procedure->strand_count; i++) is_link = is_link || span_equals(d->procedure->strands[i].link, d->document->id);
    if (!is_link) end_add(d, effects, d->input->is_correction_of); // what joins cases is untied below
    if (d->document->withdraws.len > 0) end_add(d, effects, text_of(d, d->document->withdraws));
    for (size_t i = 0; i < d->procedure->strand_count; i++) {
        const struct strand_row *strand = &d->procedure->strands[i];
        if (span_equals(strand->link, d->document->id)) {
            if (d->input->is_correction_of.len > 0)
                effect_text_add(d, op_add(d, effects, "strand_untie", strand, strand->article), "filing", d->input->is_correction_of);
            struct json *row = op_add(d, effects, "strand_link", strand, strand->article);
            effect_text_add(d, row, "here", text_of(d, strand->here));
            effect_text_add(d, row, "case", text_of(d, strand->other));
            effect_text_add(d, row, "there", text_of(d, strand->there));
        }
        if (span_equals(strand->ends.document, d->document->id))
            effect_text_add(d, op_add(d, effects, "strand_untie", strand, strand->article), "filing", text_of(d, strand->ends.field));
        notes_add(d, effects, strand);
        abouts_add(d, effects, strand);
    }
}

// --- for the services ---

struct span procedure_strand_field(const struct law *law, struct span state, struct civil at, struct span procedure, struct span document) {
    const struct procedure *p = procedure_get(law, state, at, procedure);
    for (size_t i = 0; p != NULL && i < p->strand_count; i++)
        if (span_equals(p->strands[i].link, document)) return p->strands[i].other;
    return span_make(NULL, 0);
}

static struct span said(const struct law *law, struct span state, struct span lang, struct span key, struct span text) {
    struct span word = law_word(law, state, key, lang);
    return word.at != NULL ? word : text;
}

size_t procedure_strands(const struct law *law, struct span state, struct civil at, struct span procedure, struct span lang, struct arena *arena,
                         struct procedure_strand *ret, size_t max) {
    const struct procedure *p = procedure_get(law, state, at, procedure);
    size_t count = 0;
    for (size_t i = 0; p != NULL && i < p->strand_count && count < max; i++) {
        const struct strand_row *row = &p->strands[i];
        struct span key = arena_printf(arena, "%.*s.strand.%.*s", SPAN_FMT(row->home), SPAN_FMT(row->id));
        ret[count++] = (struct procedure_strand){.id = row->id, .article = row->article, .document = row->link, .from = row->from, .until = row->until,
                                                 .label = said(law, state, lang, key, row->label)};
    }
    return count;
}

bool procedure_note(const struct law *law, struct span state, struct civil at, struct span procedure, struct span note, struct span lang, struct arena *arena,
                    struct procedure_note *ret) {
    const struct procedure *p = procedure_get(law, state, at, procedure);
    const struct strand_row *strand = NULL;
    const struct strand_note *row = p == NULL ? NULL : note_of(p, note, &strand);
    if (row == NULL) return false;
    struct span key = arena_printf(arena, "%.*s.note.%.*s", SPAN_FMT(strand->home), SPAN_FMT(row->id));
    *ret = (struct procedure_note){.article = row->article, .words = said(law, state, lang, key, row->words)};
    return true;
}
