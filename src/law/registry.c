// SPDX-License-Identifier: EUPL-1.2
#include "law/registry.h"

#include <stdlib.h>

#include "law/law_private.h"
#include "law/procedure_private.h"
#include "law/statistic.h"

enum { EXTRACTS_MAX = 16, PROVISIONS_MAX = 16, PLACES_MAX = 64 };

struct provision_row {
    struct span id, attribute, article;
    struct names values;
};
struct registry_book {
    size_t extract_count, provision_count;
    struct registry_extract extracts[EXTRACTS_MAX];
    const struct yaml *nodes[EXTRACTS_MAX];
    struct provision_row provisions[PROVISIONS_MAX];
    struct span article, setting;
    struct names statuses, classes;
};

// --- loading ---

static struct err list_load(struct arena *arena, const struct yaml *row, const char *name, const struct span **ret, size_t *ret_count, struct why *why) {
    struct names names;
    TRY(yaml_names(arena, yaml_get(row, name), &names, why));
    *ret = names.items;
    *ret_count = names.count;
    return names.count > 0 ? err_none() : yaml_refuse(row, why, "registry.list", "%s: a list is expected", name);
}

static struct err extract_load(struct law *law, const struct yaml *row, struct registry_book *book, struct why *why) {
    struct registry_extract *ret = &book->extracts[book->extract_count];
    if (book->extract_count == EXTRACTS_MAX) return yaml_refuse(row, why, "registry.count", "at most %d extracts", EXTRACTS_MAX);
    TRY(yaml_only(row, "extract article to access types statuses attributes alike certainty", why));
    TRY(yaml_need(row, "extract", &ret->id, why));
    TRY(yaml_need(row, "article", &ret->article, why));
    TRY(yaml_need(row, "to", &ret->to, why));
    ret->access = yaml_get(row, "access") != NULL ? yaml_get_text(yaml_get(row, "access"), "article") : ret->article;
    TRY(list_load(law->arena, row, "types", &ret->types, &ret->type_count, why));
    TRY(list_load(law->arena, row, "statuses", &ret->statuses, &ret->status_count, why));
    TRY(list_load(law->arena, row, "attributes", &ret->attributes, &ret->attribute_count, why));
    if (yaml_get(row, "alike") != NULL) TRY(list_load(law->arena, row, "alike", &ret->alike, &ret->alike_count, why));
    book->nodes[book->extract_count++] = row;
    return err_none();
}

static struct err numbers_load(struct law *law, const struct yaml *node, struct registry_book *book, struct why *why) {
    const struct yaml *rows = yaml_get(node, "provisions");
    TRY(yaml_only(node, "article statuses classes setting provisions certainty", why));
    TRY(yaml_need(node, "article", &book->article, why));
    TRY(yaml_need(node, "setting", &book->setting, why));
    TRY(yaml_names(law->arena, yaml_get(node, "statuses"), &book->statuses, why));
    TRY(yaml_names(law->arena, yaml_get(node, "classes"), &book->classes, why));
    if (rows != NULL && (rows->type != YAML_SEQUENCE || rows->count > PROVISIONS_MAX)) return yaml_refuse(rows, why, "registry.list", "provisions: a short list is expected");
    for (size_t i = 0; rows != NULL && i < rows->count; i++) {
        struct provision_row *row = &book->provisions[book->provision_count++];
        TRY(yaml_only(&rows->items[i], "provision attribute values article certainty", why));
        TRY(yaml_need(&rows->items[i], "provision", &row->id, why));
        TRY(yaml_need(&rows->items[i], "attribute", &row->attribute, why));
        TRY(yaml_need(&rows->items[i], "article", &row->article, why));
        TRY(yaml_names(law->arena, yaml_get(&rows->items[i], "values"), &row->values, why));
    }
    return err_none();
}

struct err registry_load(struct law *law, struct why *why) {
    struct registry_book *book = ARENA_NEW(law->arena, struct registry_book);
    if (book == NULL) return err_make(ERR_MEMORY);
    law->registry = book;
    for (size_t i = 0; i < law_pack_count(law); i++) {
        const struct pack *pack = law_pack_at(law, i);
        const struct yaml *root = pack_file_root(pack, "registry.yaml"), *extracts = yaml_get(root, "extracts"), *numbers = yaml_get(root, "numbers");
        if (root == NULL || !pack->has_from || !span_starts_with(pack->id, SPAN("eu/"))) continue;
        TRY(yaml_only(root, "title source checked_on extracts numbers", why));
        if (extracts != NULL && extracts->type != YAML_SEQUENCE) return yaml_refuse(extracts, why, "registry.form", "a list of extracts is expected");
        for (size_t k = 0; extracts != NULL && k < extracts->count; k++) TRY(extract_load(law, &extracts->items[k], book, why));
        if (numbers != NULL && book->article.len > 0) return yaml_refuse(numbers, why, "registry.twice", "numbers: stands in another pack already");
        if (numbers != NULL) TRY(numbers_load(law, numbers, book, why));
    }
    return err_none();
}

// --- extracts ---

static bool spans_have(const struct span *items, size_t count, struct span name) {
    for (size_t i = 0; i < count; i++)
        if (span_equals(items[i], name)) return true;
    return false;
}

const struct registry_extract *registry_extract(const struct law *law, struct span id) {
    for (size_t i = 0; i < law->registry->extract_count; i++)
        if (span_equals(law->registry->extracts[i].id, id)) return &law->registry->extracts[i];
    return NULL;
}

bool registry_extract_has(const struct registry_extract *extract, struct span status, const struct json *types) {
    bool has = false;
    for (size_t i = 0; types != NULL && types->type == JSON_ARRAY && i < types->count; i++)
        has = has || (types->items[i].type == JSON_STRING && spans_have(extract->types, extract->type_count, types->items[i].string));
    return has && spans_have(extract->statuses, extract->status_count, status);
}

struct err registry_extract_of(const struct registry_extract *extract, const struct json *profile, struct arena *arena, struct json *ret) {
    *ret = (struct json){.type = JSON_OBJECT, .members = arena_take_array(arena, extract->attribute_count, sizeof *ret->members)};
    if (ret->members == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < extract->attribute_count; i++) {
        const struct json *value = json_find(profile, extract->attributes[i]);
        ret->members[ret->count++] = (struct json_member){extract->attributes[i], json_is_null(value) ? json_null() : *value};
    }
    return err_none();
}

bool registry_is_hidden(const struct law *law, struct span state, struct civil at, struct span attribute, struct span role) {
    const struct procedure *all;
    size_t count = procedures_of(law, state, at, &all);
    for (size_t p = 0; p < count; p++)
        for (size_t d = 0; d < all[p].document_count; d++)
            for (size_t f = 0; f < all[p].documents[d].field_count; f++) {
                const struct field *field = &all[p].documents[d].fields[f];
                if (span_equals(field->register_as, attribute) && names_have(&field->hidden_from, role)) return true;
            }
    return false;
}

// --- numbers ---

struct err registry_numbers_begin(const struct law *law, struct span state, struct civil at, struct arena *arena, struct registry_numbers *ret, struct why *why) {
    const struct json *mode = json_find(clock_profile_of(law, state, at)->settings, law->registry->setting);
    if (law->registry->article.len == 0) return why_set(why, ERR_NOT_FOUND, "", "registry.numbers", "", "the packs say nothing of numbers of entities");
    *ret = (struct registry_numbers){.law = law, .arena = arena, .article = law->registry->article,
                                     .is_each_sector = json_is_null(mode) || !span_is(mode->string, "first_sector")};
    ret->cells = arena_take_array(arena, REGISTRY_CELLS_MAX, sizeof *ret->cells);
    return ret->cells == NULL ? err_make(ERR_MEMORY) : err_none();
}

static struct err cell_count(struct registry_numbers *n, const struct registry_cell *like, struct why *why) {
    for (size_t i = 0; i < n->count; i++) {
        struct registry_cell *cell = &n->cells[i];
        if (span_equals(cell->type, like->type) && span_equals(cell->subsector, like->subsector) && span_equals(cell->sector, like->sector) &&
            span_equals(cell->class, like->class) && span_equals(cell->provision, like->provision)) {
            cell->count++;
            return err_none();
        }
    }
    if (n->count == REGISTRY_CELLS_MAX) return why_set(why, ERR_LIMIT, "", "registry.limit", "", "more than %d numbers", REGISTRY_CELLS_MAX);
    struct registry_cell *cell = &n->cells[n->count++];
    *cell = *like;
    cell->class = arena_copy(n->arena, like->class);
    cell->type = arena_copy(n->arena, like->type);
    cell->count = 1;
    return cell->class.at == NULL || cell->type.at == NULL ? err_make(ERR_MEMORY) : err_none();
}

// Where the entity counts: all, and each sector, sub-sector and type of it once.
struct places {
    size_t count;
    struct registry_cell items[PLACES_MAX];
};

static void place_add(struct places *places, struct span sector, struct span subsector, struct span type) {
    for (size_t i = 0; i < places->count; i++)
        if (span_equals(places->items[i].sector, sector) && span_equals(places->items[i].subsector, subsector) && span_equals(places->items[i].type, type)) return;
    if (places->count < PLACES_MAX) places->items[places->count++] = (struct registry_cell){.sector = sector, .subsector = subsector, .type = type};
}

static void places_of(const struct registry_numbers *n, const struct json *types, struct places *ret) {
    struct span first = span_make(NULL, 0), none = SPAN("");
    ret->count = 0;
    place_add(ret, none, none, none);
    for (size_t i = 0; types != NULL && types->type == JSON_ARRAY && i < types->count; i++) {
        struct span sector = none, subsector = none;
        if (types->items[i].type != JSON_STRING || !law_type_place(n->law, types->items[i].string, &sector, &subsector) || sector.len == 0) continue;
        if (first.at == NULL) first = sector;
        if (!n->is_each_sector && !span_equals(sector, first)) continue;
        place_add(ret, sector, none, none);
        if (subsector.len > 0) place_add(ret, sector, subsector, none);
        place_add(ret, sector, subsector, types->items[i].string);
    }
}

struct err registry_numbers_add(struct registry_numbers *n, struct span status, struct span class, const struct json *types, const struct json *profile, struct why *why) {
    const struct registry_book *book = n->law->registry;
    struct places places;
    if (!names_have(&book->statuses, status) || !names_have(&book->classes, class)) return err_none();
    places_of(n, types, &places);
    for (size_t i = 0; i < places.count; i++) {
        struct registry_cell cell = places.items[i];
        cell.provision = SPAN("");
        cell.class = SPAN("");
        TRY(cell_count(n, &cell, why));
        cell.class = class;
        TRY(cell_count(n, &cell, why));
        for (size_t k = 0; k < book->provision_count; k++) {
            const struct json *value = json_find(profile, book->provisions[k].attribute);
            if (json_is_null(value) || value->type != JSON_STRING || !names_have(&book->provisions[k].values, value->string)) continue;
            cell.provision = book->provisions[k].id;
            TRY(cell_count(n, &cell, why));
        }
    }
    return err_none();
}

static int cell_order(const void *a, const void *b) {
    const struct registry_cell *x = a, *y = b;
    int by = span_compare(x->provision, y->provision);
    if (by == 0) by = span_compare(x->sector, y->sector);
    if (by == 0) by = span_compare(x->subsector, y->subsector);
    if (by == 0) by = span_compare(x->type, y->type);
    return by != 0 ? by : span_compare(x->class, y->class);
}

void registry_numbers_end(struct registry_numbers *n) { qsort(n->cells, n->count, sizeof *n->cells, cell_order); }

// --- check ---

static bool is_written(const struct law *law, struct span attribute) {
    for (size_t p = 0; p < law->procedures->base_count; p++)
        for (size_t d = 0; d < law->procedures->base[p].document_count; d++)
            for (size_t f = 0; f < law->procedures->base[p].documents[d].field_count; f++)
                if (span_equals(law->procedures->base[p].documents[d].fields[f].register_as, attribute)) return true;
    return false;
}

void registry_check(const struct law *law, struct buf *report, size_t *findings) {
    const struct registry_book *book = law->registry;
    for (size_t i = 0; i < book->extract_count; i++) {
        const struct registry_extract *e = &book->extracts[i];
        for (size_t k = 0; k < e->attribute_count; k++) {
            bool is_hidden = registry_is_hidden(law, SPAN(""), latest_day(), e->attributes[k], e->to);
            if (is_written(law, e->attributes[k]) && !is_hidden) continue;
            buf_printf(report, "%s:%u: %s \"%.*s\"\n", book->nodes[i]->file, book->nodes[i]->line,
                       is_hidden ? "a form hides from the recipient" : "no form writes the attribute", SPAN_FMT(e->attributes[k]));
            (*findings)++;
        }
        for (size_t k = 0; k < e->alike_count; k++) {
            struct span attribute = span_part(e->alike[k], 0, span_find(e->alike[k], '.', 0));
            if (spans_have(e->attributes, e->attribute_count, attribute)) continue;
            buf_printf(report, "%s:%u: alike: \"%.*s\" is none of its attributes\n", book->nodes[i]->file, book->nodes[i]->line, SPAN_FMT(attribute));
            (*findings)++;
        }
        for (size_t k = 0; k < e->type_count; k++) {
            if (entity_type_is_known(law, e->types[k])) continue;
            buf_printf(report, "%s:%u: there is no type \"%.*s\"\n", book->nodes[i]->file, book->nodes[i]->line, SPAN_FMT(e->types[k]));
            (*findings)++;
        }
    }
}
