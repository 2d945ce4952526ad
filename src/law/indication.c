// SPDX-License-Identifier: EUPL-1.2
/*
 * Indications: what the facts of a case point to, row by row, with the article: whether an incident counts as large-scale, whether it would be a
 * crisis. They are shown as they stand, met or not, and nothing follows from them by itself: a person declares.
 */
#include "law/law_private.h"
#include "law/procedure_load.h"

struct err indications_load(const struct load *l, const struct yaml *rows, struct procedure *p) {
    void *at = NULL;
    TRY(rows_begin(l->arena, rows, sizeof *p->indications, &at, &p->indication_count, l->why));
    p->indications = at;
    for (size_t i = 0; i < p->indication_count; i++) {
        struct indication_row *row = &p->indications[i];
        row->node = &rows->items[i];
        TRY(yaml_only(row->node, "indication article words when certainty", l->why));
        TRY(yaml_need(row->node, "indication", &row->id, l->why));
        TRY(yaml_need(row->node, "article", &row->article, l->why));
        TRY(yaml_need(row->node, "words", &row->words, l->why));
        TRY(condition_load(l->arena, yaml_get(row->node, "when"), l->lists, &row->when, l->why));
        if (row->when == NULL) return yaml_refuse(row->node, l->why, "pack.indication", "when: what points to it is expected");
    }
    return err_none();
}

void procedure_write_indications(struct json_out *out, const struct law *law, struct span state, struct civil at, struct span procedure,
                                 const struct json *case_state, struct span lang, struct arena *arena) {
    const struct procedure *p = procedure_get(law, state, at, procedure);
    if (p == NULL || p->indication_count == 0) return;
    struct facts facts = facts_of_case(law, state, at, case_state, NULL);
    json_out_name(out, "indications");
    json_out_array(out);
    for (size_t i = 0; i < p->indication_count; i++) {
        const struct indication_row *row = &p->indications[i];
        struct span said = law_word(law, state, arena_printf(arena, "%.*s.indication.%.*s", SPAN_FMT(p->id), SPAN_FMT(row->id)), lang);
        json_out_object(out);
        json_out_member_string(out, "indication", row->id);
        json_out_member_string(out, "words", said.at != NULL ? said : row->words);
        json_out_member_string(out, "article", row->article);
        json_out_member_bool(out, "is_met", condition_holds(row->when, &facts));
        json_out_object_end(out);
    }
    json_out_array_end(out);
}
