// SPDX-License-Identifier: EUPL-1.2
/* Figures for readers: JSON with their definition, and CSV. What is withheld has no value here, but for offices that preview it. */
#include "exchange/suppress.h"
#include "format/csv.h"
#include "service/figures.h"

static const char *stage_words(struct span stage) { return stage.at == NULL ? "not filed: figures as they stand now" : NULL; }

static bool is_withheld(const struct figures *f, const struct figure_cell *cell, size_t measure) { return !f->is_safe || cell->reasons[measure] != SUPPRESS_NOT; }

static void definition_write(struct json_out *out, const struct figures *f) {
    const struct population *p = f->statistic->population;
    json_out_name(out, "definition");
    json_out_object(out);
    json_out_member_string(out, "label", f->statistic->label);
    json_out_member_string(out, "article", f->statistic->article);
    json_out_member_string(out, "certainty", f->statistic->certainty);
    json_out_member_string(out, "population", p->name);
    json_out_member_text(out, "of", p->unit == UNIT_CASE ? "cases" : p->unit == UNIT_DUTY ? "duties" : "entities");
    json_out_member_string(out, "procedure", p->procedure);
    json_out_name(out, "counted_by_receipt_of");
    json_out_array(out);
    for (size_t i = 0; i < p->documents.count; i++) json_out_string(out, p->documents.items[i]);
    json_out_array_end(out);
    json_out_name(out, "selection");
    condition_write(out, p->select);
    json_out_name(out, "dimensions");
    json_out_array(out);
    for (size_t d = 0; d < p->dimension_count; d++) {
        const struct dimension *dimension = &p->dimensions[d];
        json_out_object(out);
        json_out_member_string(out, "dimension", dimension->name);
        json_out_member_string(out, "label", dimension->label);
        json_out_member_string(out, "article", dimension->article);
        json_out_member_bool(out, "adds_up", !dimension->is_overlapping);
        json_out_name(out, "values");
        json_out_object(out);
        for (size_t i = 0; i < dimension->value_count; i++) {
            json_out_name_span(out, dimension->values[i].value);
            json_out_string(out, dimension->values[i].label);
        }
        json_out_name_span(out, dimension->other.value);
        json_out_string(out, dimension->other.label);
        json_out_object_end(out);
        json_out_object_end(out);
    }
    json_out_array_end(out);
    json_out_name(out, "measures");
    json_out_object(out);
    for (size_t m = 0; m < p->measure_count; m++) {
        json_out_name_span(out, p->measures[m].name);
        json_out_string(out, p->measures[m].label);
    }
    json_out_object_end(out);
    json_out_object_end(out);
}

// Of what entities share of their own a cell that is withheld is not even listed: who would know that one entity of a sector takes
// part might know which.
static bool is_listed(const struct figures *f, const struct figure_cell *cell) { return !f->statistic->population->is_opt_in || !is_withheld(f, cell, 0); }

static void suppression_write(struct json_out *out, const struct figures *f) {
    size_t withheld = 0;
    for (size_t i = 0; i < f->cell_count; i++)
        for (size_t m = 0; m < f->statistic->population->measure_count; m++) withheld += is_withheld(f, &f->cells[i], m);
    json_out_name(out, "suppression");
    json_out_object(out);
    json_out_member_int(out, "below", f->rule.below);
    json_out_member_int(out, "width", f->rule.width);
    json_out_member_int(out, "dominance_percent", f->rule.percent);
    json_out_member_string(out, "article", f->rule.article);
    bool is_counted = !f->statistic->population->is_opt_in;
    if (is_counted) json_out_member_int(out, "values", (int64_t)(f->cell_count * f->statistic->population->measure_count));
    if (is_counted) json_out_member_int(out, "withheld", (int64_t)withheld);
    json_out_member_bool(out, "is_safe", f->is_safe);
    json_out_member_text(out, "note", !is_counted ? "Only those count who share it for that. What is not listed is zero, or less than is told."
                                      : f->is_safe ? "A value of null is withheld: it is small, or would tell one that is. What is not listed is zero."
                                                 : "Small cells could be computed back whatever is withheld: nothing of these figures may leave.");
    json_out_object_end(out);
}

// What this cell was in the period before: as it was filed, and as it stands now.
static void before_write(struct json_out *out, const char *name, const struct figures *before, const struct figure_cell *cell, const struct figures_view *view) {
    if (before == NULL) return;
    const struct figure_cell *found = figure_find(before, cell);
    json_out_name(out, name);
    json_out_object(out);
    for (size_t m = 0; m < before->statistic->population->measure_count; m++) {
        json_out_name_span(out, before->statistic->population->measures[m].name);
        if (!view->shows_all && found != NULL && is_withheld(before, found, m)) json_out_null(out);
        else json_out_int(out, found == NULL ? 0 : found->values[m]);
    }
    json_out_object_end(out);
}

static void cell_write(struct json_out *out, const struct figures_view *view, const struct figure_cell *cell) {
    const struct figures *f = view->figures;
    const struct population *p = f->statistic->population;
    json_out_object(out);
    json_out_name(out, "at");
    json_out_object(out);
    for (size_t d = 0; d < p->dimension_count; d++) {
        if (cell->at[d].at == NULL) continue;
        json_out_name_span(out, p->dimensions[d].name);
        json_out_string(out, cell->at[d]);
    }
    json_out_object_end(out);
    for (size_t m = 0; m < p->measure_count; m++) {
        json_out_name_span(out, p->measures[m].name);
        if (is_withheld(f, cell, m) && !view->shows_all) json_out_null(out);
        else json_out_int(out, cell->values[m]);
    }
    json_out_name(out, "withheld");
    json_out_object(out);
    for (size_t m = 0; m < p->measure_count; m++) {
        if (!is_withheld(f, cell, m)) continue;
        json_out_name_span(out, p->measures[m].name);
        // the reason tells which withheld cells are small: a reader outside must not know
        json_out_text(out, view->shows_all ? suppress_reason_name((enum suppress_reason)cell->reasons[m]) : "withheld");
    }
    json_out_object_end(out);
    before_write(out, "before_as_filed", view->before_filed, cell, view);
    before_write(out, "before_now", view->before_now, cell, view);
    json_out_object_end(out);
}

void figures_write_json(struct json_out *out, const struct services *services, const struct figures_view *view) {
    const struct figures *f = view->figures;
    struct buf hash;
    buf_init(&hash, out->buf->arena, 128);
    buf_add_hex(&hash, hash_span(&services->law_hash));
    json_out_object(out);
    json_out_member_string(out, "statistic", f->statistic->name);
    json_out_member_string(out, "state", services->state);
    json_out_member_string(out, "period", f->period.name);
    json_out_member_string(out, "from", instant_text(out->buf->arena, f->period.from_ms));
    json_out_member_string(out, "to", instant_text(out->buf->arena, f->period.to_ms));
    json_out_member_string(out, "as_of", instant_text(out->buf->arena, f->made_ms));
    json_out_member_string(out, "stage", view->stage);
    json_out_member_text(out, "stage_note", stage_words(view->stage));
    json_out_member_string(out, "filing", view->filing);
    if (view->shows_all) json_out_member_string(out, "case", view->case_id);
    json_out_member_string(out, "law", buf_span(&hash));
    if (view->shows_all) json_out_member_int(out, "units", (int64_t)f->units);
    definition_write(out, f);
    suppression_write(out, f);
    json_out_name(out, "before");
    json_out_string(out, view->before_filed != NULL ? view->before_filed->period.name : view->before_now != NULL ? view->before_now->period.name : span_make(NULL, 0));
    json_out_name(out, "tables");
    json_out_array(out);
    for (size_t t = 0; t < f->statistic->table_count; t++) {
        json_out_object(out);
        json_out_member_string(out, "table", f->statistic->tables[t].name);
        json_out_member_string(out, "label", f->statistic->tables[t].label);
        json_out_name(out, "cells");
        json_out_array(out);
        for (size_t i = 0; i < f->cell_count; i++)
            if (figure_is_of_table(f, &f->statistic->tables[t], &f->cells[i]) && is_listed(f, &f->cells[i])) cell_write(out, view, &f->cells[i]);
        json_out_array_end(out);
        json_out_object_end(out);
    }
    json_out_array_end(out);
    json_out_object_end(out);
}

void figures_write_csv(struct buf *out, const struct figures_view *view) {
    const struct figures *f = view->figures;
    const struct population *p = f->statistic->population;
    struct csv_out csv = {.buf = out};
    csv_text(&csv, SPAN("statistic"));
    csv_text(&csv, SPAN("period"));
    csv_text(&csv, SPAN("table"));
    for (size_t d = 0; d < p->dimension_count; d++) csv_text(&csv, p->dimensions[d].name);
    for (size_t m = 0; m < p->measure_count; m++) csv_text(&csv, p->measures[m].name);
    csv_text(&csv, SPAN("withheld"));
    csv_row_end(&csv);
    for (size_t t = 0; t < f->statistic->table_count; t++)
        for (size_t i = 0; i < f->cell_count; i++) {
            const struct figure_cell *cell = &f->cells[i];
            bool has_withheld = false;
            if (!figure_is_of_table(f, &f->statistic->tables[t], cell) || !is_listed(f, cell)) continue;
            csv_text(&csv, f->statistic->name);
            csv_text(&csv, f->period.name);
            csv_text(&csv, f->statistic->tables[t].name);
            for (size_t d = 0; d < p->dimension_count; d++) csv_text(&csv, cell->at[d]);
            for (size_t m = 0; m < p->measure_count; m++) {
                has_withheld = has_withheld || is_withheld(f, cell, m);
                if (is_withheld(f, cell, m) && !view->shows_all) csv_empty(&csv);
                else csv_int(&csv, cell->values[m]);
            }
            csv_text(&csv, has_withheld ? SPAN("withheld") : SPAN(""));
            csv_row_end(&csv);
        }
}
