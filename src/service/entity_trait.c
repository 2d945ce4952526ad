// SPDX-License-Identifier: EUPL-1.2
/* What selections of the register look for, kept beside each entry: only what changed is written. */
#include "service/entity_trait.h"

enum { TRAITS_MAX = 1500 };

struct trait {
    const char *kind;
    struct span value;
    bool is_kept; // stood there before
};
struct traits {
    size_t count;
    struct trait *items;
};

static void add(struct traits *traits, const char *kind, struct span value) {
    if (value.len == 0 || traits->count == TRAITS_MAX) return;
    for (size_t i = 0; i < traits->count; i++)
        if (strcmp(traits->items[i].kind, kind) == 0 && span_equals(traits->items[i].value, value)) return;
    traits->items[traits->count++] = (struct trait){.kind = kind, .value = value};
}

static void add_list(struct traits *traits, const char *kind, const struct json *list) {
    for (size_t i = 0; list != NULL && list->type == JSON_ARRAY && i < list->count; i++)
        if (list->items[i].type == JSON_STRING) add(traits, kind, list->items[i].string);
}

static void add_products(struct traits *traits, const struct json *products, struct arena *arena) {
    for (size_t i = 0; products != NULL && products->type == JSON_ARRAY && i < products->count; i++) {
        struct span supplier = json_get_string(&products->items[i], "supplier"), product = json_get_string(&products->items[i], "product");
        add(traits, "product", name_fold(arena, arena_printf(arena, "%.*s %.*s", SPAN_FMT(supplier), SPAN_FMT(product))));
    }
}

static void add_contact(struct traits *traits, const struct json *contacts) {
    for (size_t i = 0; contacts != NULL && contacts->type == JSON_ARRAY && i < contacts->count; i++)
        if (json_get_string(&contacts->items[i], "email").len > 0) add(traits, "contact", SPAN("mail"));
}

static struct err traits_make(const struct entity *entity, struct arena *arena, struct traits *ret) {
    struct json sectors = {.type = JSON_NULL};
    ret->items = arena_take_array(arena, TRAITS_MAX, sizeof *ret->items);
    if (ret->items == NULL) return err_make(ERR_MEMORY);
    if (entity->sectors.at != NULL) TRY(json_parse(arena, entity->sectors, &sectors, NULL));
    add_list(ret, "sector", &sectors);
    add_list(ret, "type", &entity->types);
    add(ret, "class", entity->class.at != NULL ? entity->class : entity->class_proposed);
    add(ret, "size", entity->size);
    add_list(ret, "service", json_get(&entity->profile, "services_in"));
    add_products(ret, json_get(&entity->profile, "products"), arena);
    add_contact(ret, json_get(&entity->profile, "contacts"));
    return err_none();
}

static bool keep(struct traits *traits, struct span kind, struct span value) {
    for (size_t i = 0; i < traits->count; i++)
        if (span_is(kind, traits->items[i].kind) && span_equals(traits->items[i].value, value)) {
            traits->items[i].is_kept = true;
            return true;
        }
    return false;
}

struct err entity_traits_put(struct store_conn *conn, const struct entity *entity, struct arena *arena, struct why *why) {
    struct traits traits = {0};
    struct value id = value_text(entity->id);
    struct rows before;
    TRY(traits_make(entity, arena, &traits));
    TRY(store_read(conn, STMT_TRAITS_OF_ENTITY, &id, 1, arena, &before, why));
    for (size_t i = 0; i < before.count; i++) {
        struct value gone[] = {value_text(rows_span(&before, i, 0)), value_text(rows_span(&before, i, 1)), id};
        if (!keep(&traits, gone[0].bytes, gone[1].bytes)) TRY(store_write(conn, STMT_TRAIT_REMOVE, gone, 3, NULL, why));
    }
    for (size_t i = 0; i < traits.count; i++) {
        struct value fresh[] = {value_text(span_of(traits.items[i].kind)), value_text(traits.items[i].value), id};
        if (!traits.items[i].is_kept) TRY(store_write(conn, STMT_TRAIT_ADD, fresh, 3, NULL, why));
    }
    return err_none();
}
