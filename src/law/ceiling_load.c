// SPDX-License-Identifier: EUPL-1.2
/* Reading ceilings.yaml of the packs, and what can be proved of it. */
#include "law/ceiling.h"
#include "law/ceiling_private.h"
#include "law/decimal.h"
#include "law/law_private.h"

enum { CEILINGS_MAX = 16, CEILING_ROWS_MAX = 128 };

static struct err money_read(const struct yaml *row, const char *name, int64_t fallback, int64_t *ret, struct why *why) {
    struct span text = yaml_get_text(row, name);
    *ret = fallback;
    if (text.len == 0) return err_none();
    return decimal_parse(text, CEILING_MAX_CENTS, ret) ? err_none() : yaml_refuse(row, why, "ceiling.amount", "%s: an amount like \"10000000\" is expected", name);
}

static struct err row_load(struct law *law, const struct pack *pack, const struct yaml *root, const struct yaml *row, struct ceiling_row *ret, struct why *why) {
    struct ceiling_row out = {.node = row};
    TRY(yaml_only(row, "row when amount per_mille share_above minimum_part none_before at_least article certainty source checked_on from to", why));
    TRY(yaml_need(row, "row", &out.id, why));
    TRY(yaml_need(row, "article", &out.article, why));
    TRY(condition_load(law->arena, yaml_get(row, "when"), NULL, &out.when, why));
    TRY(money_read(row, "amount", -1, &out.amount_cents, why));
    TRY(money_read(row, "share_above", -1, &out.share_above_cents, why));
    TRY(yaml_number(row, "per_mille", 0, &out.per_mille, why));
    TRY(yaml_number(row, "minimum_part", 0, &out.minimum_part, why));
    TRY(yaml_flag(row, "at_least", false, &out.is_at_least, why));
    TRY(yaml_validity(row, &out.validity, why));
    if (out.amount_cents < 0) return yaml_refuse(row, why, "ceiling.amount", "amount is missing");
    if (out.per_mille < 0 || out.per_mille > 1000 || out.minimum_part < 0 || out.minimum_part > 1000)
        return yaml_refuse(row, why, "ceiling.share", "per_mille and minimum_part: 0 to 1000 is expected");
    struct span none_before = yaml_get_text(row, "none_before");
    out.has_none_before = none_before.len > 0;
    if (out.has_none_before && !civil_parse(none_before, &out.none_before)) return yaml_refuse(row, why, "ceiling.day", "none_before: a day is expected");
    out.certainty = yaml_get_text(row, "certainty");
    out.source = yaml_get_text(row, "source");
    if (out.source.len == 0) out.source = yaml_get_text(root, "source");
    if (span_starts_with(pack->id, SPAN("national/"))) {
        struct span state = yaml_get_text(pack->manifest, "state");
        out.state = state;
    }
    *ret = out;
    return err_none();
}

static struct ceiling *ceiling_of(struct ceiling_book *book, struct span id) {
    for (size_t i = 0; i < book->count; i++)
        if (span_equals(book->ceilings[i].id, id)) return &book->ceilings[i];
    return NULL;
}

static struct err ceiling_load(struct law *law, const struct pack *pack, const struct yaml *root, const struct yaml *row, struct why *why) {
    struct ceiling_book *book = law->ceilings;
    bool is_national = span_starts_with(pack->id, SPAN("national/"));
    struct span id;
    TRY(yaml_only(row, is_national ? "ceiling rows" : "ceiling label article figure rows", why));
    TRY(yaml_need(row, "ceiling", &id, why));
    struct ceiling *ceiling = ceiling_of(book, id);
    if (is_national != (ceiling != NULL)) return yaml_refuse(row, why, "ceiling.name", is_national ? "the Union's packs have no such ceiling" : "the ceiling stands twice");
    if (ceiling == NULL) {
        if (book->count == CEILINGS_MAX) return yaml_refuse(row, why, "ceiling.count", "more than %d ceilings", (int)CEILINGS_MAX);
        ceiling = &book->ceilings[book->count++];
        ceiling->id = id;
        ceiling->node = row;
        ceiling->rows = arena_take_array(law->arena, CEILING_ROWS_MAX, sizeof *ceiling->rows);
        if (ceiling->rows == NULL) return err_make(ERR_MEMORY);
        TRY(yaml_need(row, "label", &ceiling->label, why));
        TRY(yaml_need(row, "article", &ceiling->article, why));
        TRY(yaml_need(row, "figure", &ceiling->figure, why));
    }
    const struct yaml *rows = yaml_get(row, "rows");
    if (rows == NULL || rows->type != YAML_SEQUENCE || ceiling->row_count + rows->count > CEILING_ROWS_MAX)
        return yaml_refuse(row, why, "ceiling.rows", "rows: a list of at most %d is expected", (int)CEILING_ROWS_MAX);
    memmove(ceiling->rows + rows->count, ceiling->rows, ceiling->row_count * sizeof *ceiling->rows); // a state's go before
    ceiling->row_count += rows->count;
    for (size_t i = 0; i < rows->count; i++) TRY(row_load(law, pack, root, &rows->items[i], &ceiling->rows[i], why));
    return err_none();
}

static struct err pack_load(struct law *law, const struct pack *pack, struct why *why) {
    const struct yaml *root = pack_file_root(pack, "ceilings.yaml"), *rows;
    if (root == NULL) return err_none();
    TRY(yaml_only(root, "title source checked_on certainty ceilings", why));
    rows = yaml_get(root, "ceilings");
    if (rows == NULL || rows->type != YAML_SEQUENCE) return yaml_refuse(root, why, "ceiling.rows", "ceilings: a list is expected");
    for (size_t i = 0; i < rows->count; i++) TRY(ceiling_load(law, pack, root, &rows->items[i], why));
    return err_none();
}

struct err ceilings_load(struct law *law, struct why *why) {
    struct ceiling_book *book = ARENA_NEW(law->arena, struct ceiling_book);
    if (book == NULL) return err_make(ERR_MEMORY);
    book->ceilings = arena_take_array(law->arena, CEILINGS_MAX, sizeof *book->ceilings);
    if (book->ceilings == NULL) return err_make(ERR_MEMORY);
    law->ceilings = book;
    for (size_t pass = 0; pass < 2; pass++) // the Union's first
        for (size_t i = 0; i < law_pack_count(law); i++) {
            const struct pack *pack = law_pack_at(law, i);
            bool is_union = span_starts_with(pack->id, SPAN("eu/"));
            if (is_union == (pass == 0) && (!is_union || pack->has_from)) TRY(pack_load(law, pack, why));
        }
    return err_none();
}

static void tell(struct buf *report, const struct yaml *node, const char *words, struct span name, size_t *findings) {
    buf_printf(report, "%s:%u: %s \"%.*s\"\n", node->file, node->line, words, SPAN_FMT(name));
    (*findings)++;
}

void ceilings_check(const struct law *law, struct buf *report, size_t *findings) {
    for (size_t i = 0; i < law->ceilings->count; i++)
        for (size_t k = 0; k < law->ceilings->ceilings[i].row_count; k++) {
            const struct ceiling_row *row = &law->ceilings->ceilings[i].rows[k];
            bool is_known = row->certainty.len == 0 || span_is(row->certainty, "mem") || span_is(row->certainty, "int") || span_is(row->certainty, "web");
            if (!is_known) tell(report, row->node, "certainty is mem, int or web, not", row->certainty, findings);
            if (row->source.len == 0) tell(report, row->node, "the ceiling's row has no source:", row->id, findings);
            if (row->per_mille == 0 && row->share_above_cents >= 0) tell(report, row->node, "share_above without a share:", row->id, findings);
        }
}
