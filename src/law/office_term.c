// SPDX-License-Identifier: EUPL-1.2
#include "law/office_term.h"

#include "law/json_tree.h"
#include "law/law_private.h"

enum { TERMS_MAX = 16 };
struct term_book {
    size_t count;
    struct office_term items[TERMS_MAX];
};

static struct err day_read(const struct yaml *row, const char *name, struct civil *ret, struct why *why) {
    return civil_parse(yaml_get_text(row, name), ret) ? err_none() : yaml_refuse(row, why, "term.day", "%s: a day like 2026-07-01 is expected", name);
}

static struct err turns_load(struct law *law, const struct yaml *rows, struct office_term *term, struct why *why) {
    if (rows == NULL || rows->type != YAML_SEQUENCE || rows->count == 0) return yaml_refuse(rows, why, "term.turns", "turns: who holds it from when is expected");
    struct office_turn *turns = arena_take_array(law->arena, rows->count, sizeof *turns);
    if (turns == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < rows->count; i++) {
        TRY(yaml_only(&rows->items[i], "from state", why));
        TRY(day_read(&rows->items[i], "from", &turns[i].from, why));
        TRY(yaml_need(&rows->items[i], "state", &turns[i].state, why));
        if (turns[i].state.len != 2) return yaml_refuse(&rows->items[i], why, "term.state", "state: two letters are expected");
        if (i > 0 && civil_compare(turns[i - 1].from, turns[i].from) >= 0) return yaml_refuse(&rows->items[i], why, "term.order", "a turn begins after the one before it");
    }
    if (civil_compare(turns[rows->count - 1].from, term->until) >= 0) return yaml_refuse(rows, why, "term.order", "until: it ends after the last turn has begun");
    term->turns = turns;
    term->turn_count = rows->count;
    return err_none();
}

static struct err through_load(struct law *law, const struct yaml *rows, struct office_term *term, struct why *why) {
    if (rows == NULL || rows->type != YAML_SEQUENCE || rows->count == 0) return yaml_refuse(rows, why, "term.through", "through: kinds of office are expected");
    struct office_through *through = arena_take_array(law->arena, rows->count, sizeof *through);
    if (through == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < rows->count; i++) {
        struct names names;
        TRY(yaml_only(&rows->items[i], "office workspaces", why));
        TRY(yaml_names(law->arena, yaml_get(&rows->items[i], "workspaces"), &names, why));
        const struct workspace **spaces = arena_take_array(law->arena, names.count + 1, sizeof *spaces);
        if (spaces == NULL) return err_make(ERR_MEMORY);
        through[i].kind = office_kind_find(law, yaml_get_text(&rows->items[i], "office"));
        for (size_t k = 0; k < names.count; k++) {
            spaces[k] = workspace_find(law, names.items[k]);
            if (spaces[k] == NULL || !workspace_is_of(spaces[k], term->kind)) return yaml_refuse(&rows->items[i], why, "term.workspace", "the office doesn't work in \"%.*s\"", SPAN_FMT(names.items[k]));
        }
        if (through[i].kind == NULL || !through[i].kind->is_of_each_state || names.count == 0)
            return yaml_refuse(&rows->items[i], why, "term.through", "a kind of office that each state has, and workspaces are expected");
        through[i].workspaces = spaces;
        through[i].workspace_count = names.count;
    }
    term->through = through;
    term->through_count = rows->count;
    return err_none();
}

struct err office_terms_load(struct law *law, struct why *why) {
    struct term_book *book = law->terms = ARENA_NEW(law->arena, struct term_book);
    if (book == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < law->pack_count; i++) {
        const struct yaml *root = pack_file_root(&law->packs[i], "terms.yaml");
        if (root == NULL || !law->packs[i].has_from) continue;
        TRY(yaml_only(root, "terms", why));
        const struct yaml *rows = yaml_get(root, "terms");
        if (rows == NULL || rows->type != YAML_SEQUENCE || book->count + rows->count > TERMS_MAX) return yaml_refuse(root, why, "term.rows", "a list of at most %d terms is expected", TERMS_MAX);
        for (size_t k = 0; k < rows->count; k++) {
            const struct yaml *row = &rows->items[k];
            struct office_term *term = &book->items[book->count++];
            TRY(yaml_only(row, "office article certainty through turns until", why));
            TRY(yaml_need(row, "article", &term->article, why));
            term->kind = office_kind_find(law, yaml_get_text(row, "office"));
            if (term->kind == NULL) return yaml_refuse(row, why, "term.office", "there is no kind of office \"%.*s\"", SPAN_FMT(yaml_get_text(row, "office")));
            TRY(day_read(row, "until", &term->until, why));
            TRY(turns_load(law, yaml_get(row, "turns"), term, why));
            TRY(through_load(law, yaml_get(row, "through"), term, why));
        }
    }
    return err_none();
}

size_t office_terms(const struct law *law, const struct office_term **ret) {
    *ret = law->terms->items;
    return law->terms->count;
}

struct span office_term_holder(const struct office_term *term, struct civil day, struct span *ret_before) {
    size_t at = 0;
    while (at < term->turn_count && civil_compare(term->turns[at].from, day) <= 0) at++;
    bool is_over = civil_compare(day, term->until) >= 0;
    *ret_before = is_over && at > 0 ? term->turns[at - 1].state : at > 1 ? term->turns[at - 2].state : span_make(NULL, 0);
    return is_over || at == 0 ? span_make(NULL, 0) : term->turns[at - 1].state;
}
