// SPDX-License-Identifier: EUPL-1.2
/* Making the law of a proposal: new trees for the files that it amends, then the same books from them. */
#include "law/amend.h"

#include "law/json_tree.h"
#include "law/law_private.h"
#include "law/pack_rows.h"

enum { CHOICES_MAX = 16 };

struct amendment {
    struct law *law; // being made
    const struct pack *proposal;
    struct arena *arena;
    struct why *why;
};

static const struct yaml *member(const struct yaml *mapping, struct span name) {
    for (size_t i = 0; mapping != NULL && mapping->type == YAML_MAPPING && i < mapping->count; i++)
        if (span_equals(mapping->pairs[i].name, name)) return &mapping->pairs[i].value;
    return NULL;
}

static struct err no_memory(struct why *why) { return why_set(why, ERR_MEMORY, NULL, "amend.memory", NULL, "no memory for the amended law"); }

// --- choices ---

static struct err choice_take(struct amendment *a, const struct yaml *row, const struct law_choice *choices, size_t count, struct law_choice *ret) {
    *ret = (struct law_choice){yaml_get_text(row, "choice"), yaml_get_text(row, "takes")};
    const struct yaml *values = yaml_get(row, "values");
    for (size_t i = 0; i < count; i++)
        if (span_equals(choices[i].name, ret->name)) ret->value = choices[i].value;
    bool is_value = false;
    for (size_t i = 0; values != NULL && values->type == YAML_SEQUENCE && i < values->count; i++) is_value |= span_equals(values->items[i].text, ret->value);
    if (is_value && ret->name.len > 0) return err_none();
    return yaml_refuse(row, a->why, "amend.choice", "\"%.*s\" is no value of %.*s", SPAN_FMT(ret->value), SPAN_FMT(ret->name));
}

static struct err choices_take(struct amendment *a, const struct law_choice *choices, size_t count) {
    const struct yaml *list = yaml_get(pack_file_root(a->proposal, "choices.yaml"), "choices");
    size_t have = list != NULL && list->type == YAML_SEQUENCE ? list->count : 0;
    if (have > CHOICES_MAX) return yaml_refuse(list, a->why, "amend.choice", "at most %d choices", (int)CHOICES_MAX);
    struct law_choice *taken = arena_take_array(a->arena, have + 1, sizeof *taken);
    if (taken == NULL) return no_memory(a->why);
    for (size_t i = 0; i < have; i++) TRY(choice_take(a, &list->items[i], choices, count, &taken[i]));
    for (size_t i = 0; i < count; i++) {
        bool is_known = false;
        for (size_t k = 0; k < have; k++) is_known |= span_equals(taken[k].name, choices[i].name);
        if (!is_known)
            return why_set(a->why, ERR_INPUT, "choose", "amend.choice", NULL, "%.*s has no choice \"%.*s\"", SPAN_FMT(a->proposal->id), SPAN_FMT(choices[i].name));
    }
    a->law->choices = taken;
    a->law->choice_count = have;
    return err_none();
}

struct span law_chosen(const struct law *law, struct span choice) {
    for (size_t i = 0; i < law->choice_count; i++)
        if (span_equals(law->choices[i].name, choice)) return law->choices[i].value;
    return span_make(NULL, 0);
}

const struct pack *law_amended_by(const struct law *law) { return law->amended_by; }

// Whether the row counts in the reading that was chosen.
static struct err counts(const struct amendment *a, const struct yaml *row, bool *ret) {
    const struct yaml *when = yaml_get(row, "when");
    *ret = true;
    if (when == NULL) return err_none();
    if (when->type != YAML_MAPPING) return yaml_refuse(when, a->why, "amend.when", "choices with the value that they need are expected");
    for (size_t i = 0; i < when->count; i++) {
        struct span value = law_chosen(a->law, when->pairs[i].name);
        if (value.at == NULL) return yaml_refuse(when, a->why, "amend.when", "there is no choice \"%.*s\"", SPAN_FMT(when->pairs[i].name));
        struct names values;
        TRY(yaml_names(a->arena, &when->pairs[i].value, &values, a->why));
        *ret &= names_have(&values, value);
    }
    return err_none();
}

// --- trees ---

// A copy of MAPPING with room for MORE members.
static struct err mapping_copy(const struct amendment *a, const struct yaml *mapping, size_t more, struct yaml *ret) {
    struct yaml copy = *mapping;
    copy.pairs = arena_take_array(a->arena, mapping->count + more + 1, sizeof *copy.pairs);
    if (copy.pairs == NULL) return no_memory(a->why);
    if (mapping->count > 0) memcpy(copy.pairs, mapping->pairs, mapping->count * sizeof *copy.pairs);
    *ret = copy;
    return err_none();
}

static void mapping_set(struct yaml *mapping, struct span name, struct yaml value) {
    for (size_t i = 0; i < mapping->count; i++)
        if (span_equals(mapping->pairs[i].name, name)) {
            mapping->pairs[i].value = value;
            return;
        }
    mapping->pairs[mapping->count++] = (struct yaml_pair){.name = name, .line = value.line, .value = value};
}

// OLD (a sequence, one scalar, or nothing) with the items of MORE behind.
static struct err sequence_with(const struct amendment *a, const struct yaml *old, const struct yaml *more, struct yaml *ret) {
    if (more->type != YAML_SEQUENCE) return yaml_refuse(more, a->why, "amend.add_to", "a list of what is added is expected");
    size_t had = old == NULL ? 0 : old->type == YAML_SEQUENCE ? old->count : 1;
    struct yaml all = *more;
    all.count = (uint32_t)had + more->count;
    all.items = arena_take_array(a->arena, all.count + 1, sizeof *all.items);
    if (all.items == NULL) return no_memory(a->why);
    if (had > 0) memcpy(all.items, old->type == YAML_SEQUENCE ? old->items : old, had * sizeof *all.items);
    if (more->count > 0) memcpy(&all.items[had], more->items, more->count * sizeof *all.items);
    *ret = all;
    return err_none();
}

// Sets and extends members of TARGET, which has room.
static struct err members_change(const struct amendment *a, const struct yaml *row, struct yaml *target) {
    const struct yaml *set = yaml_get(row, "set"), *add = yaml_get(row, "add_to");
    for (size_t i = 0; set != NULL && set->type == YAML_MAPPING && i < set->count; i++) mapping_set(target, set->pairs[i].name, set->pairs[i].value);
    for (size_t i = 0; add != NULL && add->type == YAML_MAPPING && i < add->count; i++) {
        struct yaml all;
        TRY(sequence_with(a, member(target, add->pairs[i].name), &add->pairs[i].value, &all));
        mapping_set(target, add->pairs[i].name, all);
    }
    return err_none();
}

static size_t members_of(const struct yaml *row) {
    const struct yaml *set = yaml_get(row, "set"), *add = yaml_get(row, "add_to");
    return (set != NULL ? set->count : 0) + (add != NULL ? add->count : 0);
}

static size_t row_find(const struct yaml *list, struct span name) {
    size_t i = 0;
    while (i < list->count && !span_equals(pack_row_name(&list->items[i]), name)) i++;
    return i;
}

static struct err row_change(const struct amendment *a, const struct yaml *row, struct yaml *list) {
    TRY(yaml_only(row, "row set add_to when article certainty source", a->why));
    size_t at = row_find(list, yaml_get_text(row, "row"));
    if (at == list->count || list->items[at].type != YAML_MAPPING) return yaml_refuse(row, a->why, "amend.row", "there is no such row to change");
    struct yaml changed;
    TRY(mapping_copy(a, &list->items[at], members_of(row), &changed));
    TRY(members_change(a, row, &changed));
    list->items[at] = changed;
    return err_none();
}

static struct err row_add(const struct amendment *a, const struct yaml *row, struct yaml *list) {
    TRY(yaml_only(row, "row after when article certainty source", a->why));
    const struct yaml *added = yaml_get(row, "row");
    struct span after = yaml_get_text(row, "after");
    if (added == NULL || added->type != YAML_MAPPING) return yaml_refuse(row, a->why, "amend.row", "the row that is added is expected");
    if (row_find(list, pack_row_name(added)) < list->count) return yaml_refuse(row, a->why, "amend.row", "a row of this name is there");
    size_t at = after.len == 0 ? list->count : row_find(list, after) + 1;
    if (at > list->count) return yaml_refuse(row, a->why, "amend.row", "there is no row to stand after");
    memmove(&list->items[at + 1], &list->items[at], (list->count - at) * sizeof *list->items);
    list->items[at] = *added;
    list->count++;
    return err_none();
}

static struct err row_off(const struct amendment *a, const struct yaml *row, struct yaml *list) {
    TRY(yaml_only(row, "row when article certainty source", a->why));
    size_t at = row_find(list, yaml_get_text(row, "row"));
    if (at == list->count) return yaml_refuse(row, a->why, "amend.row", "there is no such row to take away");
    memmove(&list->items[at], &list->items[at + 1], (list->count - at - 1) * sizeof *list->items);
    list->count--;
    return err_none();
}

static struct err rows_do(const struct amendment *a, const struct yaml *rows, struct yaml *list,
                          struct err (*one)(const struct amendment *, const struct yaml *, struct yaml *)) {
    for (size_t i = 0; rows != NULL && rows->type == YAML_SEQUENCE && i < rows->count; i++) {
        bool is_chosen;
        TRY(counts(a, &rows->items[i], &is_chosen));
        if (is_chosen) TRY(one(a, &rows->items[i], list));
    }
    return err_none();
}

// --- files ---

static struct err root_amend(const struct amendment *a, const struct yaml *root, const struct yaml *old, struct yaml *ret) {
    const struct yaml *beside = yaml_get(root, "root"), *add = yaml_get(root, "add");
    struct span name = yaml_get_text(root, "list");
    TRY(mapping_copy(a, old, members_of(beside) + 1, ret));
    bool is_chosen = false;
    if (beside != NULL) TRY(yaml_only(beside, "set add_to when article", a->why));
    if (beside != NULL) TRY(counts(a, beside, &is_chosen));
    if (is_chosen) TRY(members_change(a, beside, ret));
    if (name.len == 0) return err_none();
    const struct yaml *list = member(ret, name);
    size_t more = add != NULL && add->type == YAML_SEQUENCE ? add->count : 0;
    if (list == NULL || list->type != YAML_SEQUENCE) return yaml_refuse(root, a->why, "amend.list", "the file has no such list");
    struct yaml changed = *list;
    changed.items = arena_take_array(a->arena, list->count + more + 1, sizeof *changed.items);
    if (changed.items == NULL) return no_memory(a->why);
    if (list->count > 0) memcpy(changed.items, list->items, list->count * sizeof *changed.items);
    TRY(rows_do(a, yaml_get(root, "change"), &changed, row_change));
    TRY(rows_do(a, yaml_get(root, "off"), &changed, row_off));
    TRY(rows_do(a, add, &changed, row_add));
    mapping_set(ret, name, changed);
    return err_none();
}

static struct err file_amend(const struct amendment *a, const struct yaml *root) {
    TRY(yaml_only(root, "amends file list article source checked_on certainty root change add off", a->why));
    struct span id = yaml_get_text(root, "amends"), path = yaml_get_text(root, "file");
    struct pack *pack = NULL;
    for (size_t i = 0; i < a->law->pack_count; i++)
        if (span_equals(a->law->packs[i].id, id)) pack = &a->law->packs[i];
    if (pack == NULL || pack_is_proposal(pack)) return yaml_refuse(root, a->why, "amend.pack", "amends: a pack in force is expected");
    for (size_t i = 0; i < pack->file_count; i++) {
        if (!span_equals(pack->files[i].path, path)) continue;
        struct pack_file *files = arena_take_array(a->arena, pack->file_count, sizeof *files);
        struct yaml *amended = ARENA_NEW(a->arena, struct yaml);
        if (files == NULL || amended == NULL) return no_memory(a->why);
        TRY(root_amend(a, root, pack->files[i].root, amended));
        memcpy(files, pack->files, pack->file_count * sizeof *files);
        files[i].root = amended;
        pack->files = files;
        return err_none();
    }
    return yaml_refuse(root, a->why, "amend.file", "%.*s has no such file", SPAN_FMT(id));
}

struct err law_amend(const struct law *law, const struct pack *proposal, const struct law_choice *choices, size_t count, struct arena *arena,
                     const struct law **ret, struct why *why) {
    if (!pack_is_proposal(proposal))
        return why_set(why, ERR_INPUT, "pack", "amend.proposal", NULL, "%.*s has a date: it is no proposal", SPAN_FMT(proposal->id));
    struct law *amended = ARENA_NEW(arena, struct law);
    if (amended == NULL) return no_memory(why);
    *amended = (struct law){.arena = arena, .pack_count = law->pack_count, .words = law->words, .hash = law->hash, .amended_by = proposal};
    amended->packs = arena_take_array(arena, law->pack_count + 1, sizeof *amended->packs);
    if (amended->packs == NULL) return no_memory(why);
    memcpy(amended->packs, law->packs, law->pack_count * sizeof *law->packs);
    struct amendment a = {.law = amended, .proposal = proposal, .arena = arena, .why = why};
    TRY(choices_take(&a, choices, count));
    for (size_t i = 0; i < proposal->file_count; i++)
        if (pack_file_is_under(&proposal->files[i], "amend/")) TRY(file_amend(&a, proposal->files[i].root));
    TRY(law_books_load(amended, why));
    *ret = amended;
    return err_none();
}
