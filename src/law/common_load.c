// SPDX-License-Identifier: EUPL-1.2
/*
 * What several procedures have in common: files under procedures/common/, which a procedure takes in by `include:`. Their
 * documents keep the common file's name in the keys of their words, so that each is translated once.
 */
#include "law/law_private.h"
#include "law/office.h"
#include "law/procedure_load.h"

struct err rows_roomy(struct arena *arena, const void *items, size_t count, size_t more, size_t size, void **ret) {
    uint8_t *copy = arena_take_array(arena, count + more + 1, size);
    if (copy == NULL) return err_make(ERR_MEMORY);
    if (count > 0) memcpy(copy, items, count * size);
    *ret = copy;
    return err_none();
}

static struct err common_read(const struct yaml *root, struct commons *commons, struct why *why) {
    struct common common = {.root = root};
    TRY(yaml_only(root, "common article reaches strands lists sets facts flags documents duties proposals", why));
    TRY(yaml_need(root, "common", &common.id, why));
    if (yaml_get_text(root, "article").len == 0) return yaml_refuse(root, why, "pack.missing", "article is missing");
    if (common_of(commons, common.id) != NULL) return yaml_refuse(root, why, "pack.common", "there are two common files \"%.*s\"", SPAN_FMT(common.id));
    commons->items[commons->count++] = common;
    return err_none();
}

struct err commons_find(struct law *law, struct commons *ret, struct why *why) {
    size_t files = 0;
    for (size_t i = 0; i < law_pack_count(law); i++) files += law_pack_at(law, i)->file_count;
    *ret = (struct commons){.items = arena_take_array(law->arena, files + 1, sizeof *ret->items)};
    if (ret->items == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < law_pack_count(law); i++) {
        const struct pack *pack = law_pack_at(law, i);
        if (!span_starts_with(pack->id, SPAN("eu/")) || !pack->has_from) continue;
        for (size_t k = 0; k < pack->file_count; k++)
            if (pack_file_is_under(&pack->files[k], "procedures/common/")) TRY(common_read(pack->files[k].root, ret, why));
    }
    return err_none();
}

const struct common *common_of(const struct commons *commons, struct span id) {
    for (size_t i = 0; i < commons->count; i++)
        if (span_equals(commons->items[i].id, id)) return &commons->items[i];
    return NULL;
}

static struct err lists_join(struct arena *arena, const struct name_lists *more, const struct yaml *node, struct name_lists *lists, struct why *why) {
    void *names = NULL, *items = NULL;
    for (size_t i = 0; i < more->count; i++)
        if (name_lists_find(lists, more->names[i]) != NULL)
            return yaml_refuse(node, why, "pack.include", "the list \"%.*s\" stands twice", SPAN_FMT(more->names[i]));
    TRY(rows_roomy(arena, lists->names, lists->count, more->count, sizeof *lists->names, &names));
    TRY(rows_roomy(arena, lists->lists, lists->count, more->count, sizeof *lists->lists, &items));
    lists->names = names;
    lists->lists = items;
    for (size_t i = 0; i < more->count; i++, lists->count++) {
        lists->names[lists->count] = more->names[i];
        lists->lists[lists->count] = more->lists[i];
    }
    return err_none();
}

struct err common_context(const struct commons *commons, const struct yaml *root, const struct names *includes, struct arena *arena,
                          struct load *load, struct name_lists *ret_lists, struct why *why) {
    struct name_lists *lists = ret_lists;
    TRY(name_lists_load(arena, yaml_get(root, "lists"), lists, why));
    *load = (struct load){.law = load->law, .is_of_union = load->is_of_union, .arena = arena, .lists = lists, .why = why, .context = {.arena = arena, .lists = lists}};
    load->context.sets[0] = yaml_get(root, "sets");
    load->context.homes[0] = yaml_get_text(root, "procedure");
    if (includes->count + 1 > FIELD_SETS_MAX) return yaml_refuse(root, why, "pack.include", "at most %d files are included", FIELD_SETS_MAX - 1);
    for (size_t i = 0; i < includes->count; i++) {
        const struct common *common = common_of(commons, includes->items[i]);
        if (common == NULL) return yaml_refuse(yaml_get(root, "include"), why, "pack.include", "there is no common file \"%.*s\"", SPAN_FMT(includes->items[i]));
        struct name_lists more;
        TRY(name_lists_load(arena, yaml_get(common->root, "lists"), &more, why));
        TRY(lists_join(arena, &more, common->root, lists, why));
        load->context.sets[i + 1] = yaml_get(common->root, "sets");
        load->context.homes[i + 1] = common->id;
    }
    return err_none();
}

// --- rows ---

// facts: a mapping "name: type".
static struct err facts_add(const struct load *l, const struct yaml *node, struct procedure *p) {
    static const char *const TYPES[] = {"instant", "date", "choice", "bool", "int", "countries"};
    if (node != NULL && node->type != YAML_MAPPING) return yaml_refuse(node, l->why, "pack.facts", "facts: names with types are expected");
    size_t count = node == NULL ? 0 : node->count;
    void *at = NULL;
    TRY(rows_roomy(l->arena, p->facts, p->fact_count, count, sizeof *p->facts, &at));
    p->facts = at;
    for (size_t i = 0; i < count; i++) {
        struct span type = node->pairs[i].value.text, name = node->pairs[i].name;
        bool is_known = false;
        for (size_t k = 0; k < sizeof TYPES / sizeof TYPES[0]; k++) is_known = is_known || span_is(type, TYPES[k]);
        if (!is_known)
            return yaml_refuse(&node->pairs[i].value, l->why, "pack.facts", "a fact is instant, date, choice, bool, int or countries");
        for (size_t k = 0; k < p->fact_count; k++)
            if (span_equals(p->facts[k].name, name)) return yaml_refuse(&node->pairs[i].value, l->why, "pack.facts", "the fact \"%.*s\" stands twice", SPAN_FMT(name));
        p->facts[p->fact_count++] = (struct fact_name){.name = name, .type = type, .node = &node->pairs[i].value};
    }
    return err_none();
}

static struct err flags_add(const struct load *l, const struct yaml *node, struct procedure *p) {
    struct names flags;
    void *at = NULL;
    TRY(yaml_names(l->arena, node, &flags, l->why));
    TRY(rows_roomy(l->arena, p->flags.items, p->flags.count, flags.count, sizeof *flags.items, &at));
    p->flags.items = at;
    for (size_t i = 0; i < flags.count; i++) {
        if (names_have(&p->flags, flags.items[i])) return yaml_refuse(node, l->why, "pack.flags", "the flag \"%.*s\" stands twice", SPAN_FMT(flags.items[i]));
        p->flags.items[p->flags.count++] = flags.items[i];
    }
    return err_none();
}

static struct err twice(const struct load *l, const struct yaml *row, struct span id) {
    return yaml_refuse(row, l->why, "pack.twice", "\"%.*s\" stands twice in the procedure", SPAN_FMT(id));
}

static struct err documents_add(const struct load *l, const struct yaml *rows, struct procedure *p) {
    void *at = NULL;
    size_t count = rows == NULL ? 0 : rows->count;
    TRY(rows_roomy(l->arena, p->documents, p->document_count, count, sizeof *p->documents, &at));
    p->documents = at;
    for (size_t i = 0; i < count; i++) {
        struct document *d = &p->documents[p->document_count];
        TRY(document_load(l, &rows->items[i], d));
        for (size_t k = 0; k < p->document_count; k++)
            if (!span_equals(p->documents[k].home, d->home) && span_equals(p->documents[k].id, d->id)) return twice(l, &rows->items[i], d->id);
        p->document_count++;
    }
    return err_none();
}

static struct err duties_add(const struct load *l, const struct yaml *rows, struct procedure *p) {
    void *at = NULL;
    size_t count = rows == NULL ? 0 : rows->count;
    TRY(rows_roomy(l->arena, p->duties, p->duty_count, count, sizeof *p->duties, &at));
    p->duties = at;
    for (size_t i = 0; i < count; i++) {
        struct duty_row *duty = &p->duties[p->duty_count];
        TRY(duty_load(l, &rows->items[i], duty));
        for (size_t k = 0; k < p->duty_count; k++)
            if (span_equals(p->duties[k].id, duty->id) && !duty->validity.has_from && !duty->validity.has_to) return twice(l, &rows->items[i], duty->id);
        p->duty_count++;
    }
    return err_none();
}

static struct err proposals_add(const struct load *l, const struct yaml *rows, struct procedure *p) {
    void *at = NULL;
    size_t count = rows == NULL ? 0 : rows->count;
    TRY(rows_roomy(l->arena, p->proposals, p->proposal_count, count, sizeof *p->proposals, &at));
    p->proposals = at;
    for (size_t i = 0; i < count; i++) TRY(proposal_load(l, &rows->items[i], &p->proposals[p->proposal_count++]));
    return err_none();
}

// {office: spoc, when: {flag: cross_border}, article: ..}
static struct err reaches_add(const struct load *l, const struct yaml *rows, struct procedure *p) {
    void *at = NULL;
    size_t count = rows == NULL ? 0 : rows->count;
    TRY(rows_roomy(l->arena, p->reaches, p->reach_count, count, sizeof *p->reaches, &at));
    p->reaches = at;
    for (size_t i = 0; i < count; i++) {
        struct reach_row *row = &p->reaches[p->reach_count];
        *row = (struct reach_row){.node = &rows->items[i]};
        TRY(yaml_only(row->node, "office named when article certainty", l->why));
        TRY(yaml_need(row->node, "office", &row->office, l->why));
        TRY(yaml_need(row->node, "article", &row->article, l->why));
        TRY(yaml_flag(row->node, "named", false, &row->is_named, l->why));
        TRY(condition_load(l->arena, yaml_get(row->node, "when"), l->lists, &row->when, l->why));
        const struct office_kind *kind = office_kind_find(l->law, row->office);
        row->is_opener = span_is(row->office, "opener");
        if (kind == NULL && !row->is_opener) return yaml_refuse(row->node, l->why, "pack.reaches", "office: a kind of offices.yaml, or opener, is expected");
        if (row->is_opener || kind->is_of_union == l->is_of_union) p->reach_count++; // what is for both nodes names kinds of both
    }
    return err_none();
}

static struct err list_check(const struct load *l, const struct yaml *rows) {
    if (rows != NULL && rows->type != YAML_SEQUENCE) return yaml_refuse(rows, l->why, "pack.rows", "a list of rows is expected");
    return err_none();
}

struct err procedure_rows_add(const struct load *l, const struct yaml *root, struct procedure *p) {
    const struct yaml *documents = yaml_get(root, "documents"), *duties = yaml_get(root, "duties"), *proposals = yaml_get(root, "proposals");
    TRY(list_check(l, documents));
    TRY(list_check(l, duties));
    TRY(list_check(l, proposals));
    TRY(list_check(l, yaml_get(root, "reaches")));
    TRY(list_check(l, yaml_get(root, "strands")));
    TRY(reaches_add(l, yaml_get(root, "reaches"), p));
    TRY(facts_add(l, yaml_get(root, "facts"), p));
    TRY(flags_add(l, yaml_get(root, "flags"), p));
    TRY(documents_add(l, documents, p));
    TRY(strands_add(l, yaml_get(root, "strands"), p));
    TRY(duties_add(l, duties, p));
    return proposals_add(l, proposals, p);
}
