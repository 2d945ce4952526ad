// SPDX-License-Identifier: EUPL-1.2
#include "law/extract_file.h"

#include <stdlib.h>

#include "law/law_private.h"
#include "law/procedure_private.h"

enum { KEY_BYTES_MIN = 4, ID_BYTES = 17, VERSION_BYTES_MAX = 64 };

struct reading {
    const struct law *law;
    const struct registry_extract *extract;
    struct span state;
    struct civil at;
    struct arena *arena;
    struct fault_list *faults;
    struct value_reader values;
    const struct field **forms; // of each attribute; NULL: no form of that law writes it
};

static void fault(struct reading *r, struct span place, const char *rule, const char *words) {
    fault_add(r->faults, place, rule, r->extract->article, "%.*s", (int)strlen(words), words);
}

static bool is_entity(const struct json *value) {
    bool is_right = value != NULL && value->type == JSON_STRING && value->string.len == ID_BYTES && value->string.at[0] == 'E';
    for (size_t i = 1; is_right && i < ID_BYTES; i++) is_right = value->string.at[i] != 0 && strchr("0123456789abcdefghjkmnpqrstvwxyz", value->string.at[i]) != NULL;
    return is_right;
}

// The field of the state's forms that writes the attribute: what its values look like.
static const struct field *form_of(const struct reading *r, struct span attribute) {
    const struct procedure *all;
    size_t count = procedures_of(r->law, r->state, r->at, &all);
    for (size_t p = 0; p < count; p++)
        for (size_t d = 0; d < all[p].document_count; d++)
            for (size_t f = 0; f < all[p].documents[d].field_count; f++)
                if (span_equals(all[p].documents[d].fields[f].register_as, attribute)) return &all[p].documents[d].fields[f];
    return NULL;
}

static size_t attribute_at(const struct registry_extract *e, struct span name) {
    size_t i = 0;
    while (i < e->attribute_count && !span_equals(e->attributes[i], name)) i++;
    return i;
}

static void types_check(struct reading *r, const struct json *entry, struct span place) {
    const struct json *types = json_get(entry, "types");
    if (types == NULL || types->type != JSON_ARRAY || types->count == 0) fault(r, arena_printf(r->arena, "%.*s/types", SPAN_FMT(place)), "registry.types", "types of entity are expected");
    else if (!registry_extract_has(r->extract, r->extract->statuses[0], types))
        fault(r, arena_printf(r->arena, "%.*s/types", SPAN_FMT(place)), "registry.types", "none of its types is one of which this registry holds entries");
}

static struct json entry_read(struct reading *r, const struct json *sent, struct span place) {
    struct json out = {.type = JSON_OBJECT, .members = arena_take_array(r->arena, r->extract->attribute_count, sizeof *out.members)};
    if (sent == NULL || sent->type != JSON_OBJECT) {
        fault(r, place, "registry.entry", "an object with the attributes of an entity is expected");
        return json_null();
    }
    for (size_t i = 0; i < sent->count; i++)
        if (attribute_at(r->extract, sent->members[i].name) == r->extract->attribute_count)
            fault_add(r->faults, place, "registry.attribute", r->extract->article, "\"%.*s\" does not go to this registry", sent->members[i].name.len > 60 ? 60 : (int)sent->members[i].name.len,
                      (const char *)sent->members[i].name.at);
    for (size_t i = 0; out.members != NULL && i < r->extract->attribute_count; i++) {
        struct span name = r->extract->attributes[i];
        struct span where = arena_printf(r->arena, "%.*s/%.*s", SPAN_FMT(place), SPAN_FMT(name));
        struct json value = r->forms[i] == NULL ? json_null() : field_read(&r->values, r->forms[i], json_find(sent, name), where);
        out.members[out.count++] = (struct json_member){name, value};
    }
    if (json_get_string(&out, "name").len == 0) fault(r, arena_printf(r->arena, "%.*s/name", SPAN_FMT(place)), "registry.name", "the name of the entity is expected");
    types_check(r, &out, place);
    return out;
}

// --- the file ---

static void members_check(struct reading *r, const struct json *root) {
    static const char KNOWN[] = " extract to article state at is_exercise marking version total has_more is_whole changed removed ";
    for (size_t i = 0; i < root->count; i++) {
        struct span name = root->members[i].name;
        struct span word = arena_printf(r->arena, " %.*s ", name.len > 40 ? 40 : (int)name.len, (const char *)name.at);
        if (word.at == NULL || strstr(KNOWN, arena_text(r->arena, word)) == NULL) fault(r, SPAN(""), "registry.member", "the file has a member that no extract has");
    }
}

static struct span text_need(struct reading *r, const struct json *root, const char *name, size_t max) {
    struct span text = json_get_string(root, name);
    if (text.len == 0 || text.len > max) fault(r, arena_printf(r->arena, "/%s", name), "registry.head", "this is not the head of an extract");
    return text;
}

static void head_read(struct reading *r, const struct json *root, struct extract_file *ret) {
    struct stamp made = {.ms = 0};
    struct why own = {0};
    const struct json *total = json_get(root, "total");
    members_check(r, root);
    if (!span_equals(text_need(r, root, "extract", LIMIT_NAME_BYTES), r->extract->id)) fault(r, SPAN("/extract"), "registry.extract", "it is an extract for another registry");
    if (!span_equals(text_need(r, root, "to", LIMIT_NAME_BYTES), r->extract->to)) fault(r, SPAN("/to"), "registry.to", "it is for another recipient");
    if (!span_equals(text_need(r, root, "state", 2), r->state)) fault(r, SPAN("/state"), "registry.state", "it is an extract of another Member State's register");
    ret->version = text_need(r, root, "version", VERSION_BYTES_MAX);
    if (is_err(stamp_parse(text_need(r, root, "at", 40), NULL, "at", &made, &own))) fault(r, SPAN("/at"), "registry.head", "the instant at which it was made is expected");
    ret->made_ms = made.ms;
    if (total == NULL || total->type != JSON_INT || total->integer < 0) fault(r, SPAN("/total"), "registry.head", "the number of entries is expected");
    else ret->total = total->integer;
    ret->is_exercise = json_get_bool(root, "is_exercise", false);
    ret->has_more = json_get_bool(root, "has_more", false);
    ret->is_whole = json_get_bool(root, "is_whole", false);
    if (ret->is_whole && ret->has_more) fault(r, SPAN("/has_more"), "registry.whole", "a whole extract leaves nothing out");
}

static const struct json *list_need(struct reading *r, const struct json *root, const char *name) {
    static const struct json NONE = {.type = JSON_ARRAY};
    const struct json *list = json_get(root, name);
    if (list != NULL && list->type == JSON_ARRAY) return list;
    fault(r, arena_printf(r->arena, "/%s", name), "registry.head", "a list is expected");
    return &NONE;
}

static int by_text(const void *a, const void *b) { return span_compare(*(const struct span *)a, *(const struct span *)b); }

// An entity stands in the file once.
static void twice_check(struct reading *r, const struct extract_file *file) {
    size_t count = file->change_count + file->removed_count;
    struct span *all = arena_take_array(r->arena, count + 1, sizeof *all);
    for (size_t i = 0; all != NULL && i < file->change_count; i++) all[i] = file->changes[i].entity;
    for (size_t i = 0; all != NULL && i < file->removed_count; i++) all[file->change_count + i] = file->removed[i];
    if (all == NULL) return;
    qsort(all, count, sizeof *all, by_text);
    for (size_t i = 1; i < count; i++)
        if (span_equals(all[i - 1], all[i])) fault_add(r->faults, SPAN("/changed"), "registry.twice", r->extract->article, "%.*s stands in it twice", SPAN_FMT(all[i]));
}

static struct err lines_read(struct reading *r, const struct json *root, struct extract_file *ret) {
    const struct json *changed = list_need(r, root, "changed"), *removed = list_need(r, root, "removed");
    if (changed->count > EXTRACT_FILE_ENTRIES_MAX) fault(r, SPAN("/changed"), "registry.limit", "a package holds 2000 entries at most");
    if (r->faults->count > 0) return err_none(); // of another registry or state: its lines say nothing here
    ret->changes = arena_take_array(r->arena, changed->count + 1, sizeof *ret->changes);
    ret->removed = arena_take_array(r->arena, removed->count + 1, sizeof *ret->removed);
    if (ret->changes == NULL || ret->removed == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < changed->count; i++) {
        const struct json *row = &changed->items[i], *entity = json_get(row, "entity"), *is_new = json_get(row, "is_new");
        struct span place = arena_printf(r->arena, "/changed/%zu", i);
        if (!is_entity(entity)) fault(r, place, "registry.entity", "the identifier of an entity (E and 16 characters) is expected");
        if (is_new == NULL || is_new->type != JSON_BOOL || row->count != 3) fault(r, place, "registry.line", "a line has entity, is_new and entry");
        struct json entry = entry_read(r, json_get(row, "entry"), arena_printf(r->arena, "%.*s/entry", SPAN_FMT(place)));
        if (is_entity(entity)) ret->changes[ret->change_count++] = (struct extract_change){entity->string, entry};
    }
    for (size_t i = 0; i < removed->count; i++) {
        if (is_entity(&removed->items[i])) ret->removed[ret->removed_count++] = removed->items[i].string;
        else fault(r, arena_printf(r->arena, "/removed/%zu", i), "registry.entity", "the identifier of an entity (E and 16 characters) is expected");
    }
    twice_check(r, ret);
    return err_none();
}

struct err extract_file_read(const struct law *law, const struct registry_extract *extract, struct span state, struct civil at, struct span text, struct arena *arena,
                             struct fault_list *faults, struct extract_file *ret, struct why *why) {
    struct json root;
    struct json_tree tree = {.arena = arena};
    static const struct facts NOTHING = {0};
    struct reading r = {.law = law, .extract = extract, .state = state, .at = at, .arena = arena, .faults = faults,
                        .values = {.tree = &tree, .faults = faults, .facts = &NOTHING, .at = at, .latest_ms = INT64_MAX, .law = law},
                        .forms = arena_take_array(arena, extract->attribute_count, sizeof *r.forms)};
    *ret = (struct extract_file){0};
    if (r.forms == NULL) return err_make(ERR_MEMORY);
    TRY(json_parse_within(arena, text, EXTRACT_FILE_BYTES_MAX, &root, why));
    if (root.type != JSON_OBJECT) return why_set(why, ERR_INPUT, "", "registry.file", "", "the file is no extract of a register");
    for (size_t i = 0; i < extract->attribute_count; i++) r.forms[i] = form_of(&r, extract->attributes[i]);
    head_read(&r, &root, ret);
    TRY(lines_read(&r, &root, ret));
    return tree.is_failed || faults->is_failed ? err_make(ERR_MEMORY) : err_none();
}

// --- what is alike ---

struct keys {
    struct arena *arena;
    struct span path;
    struct span *items;
    size_t count, max;
};

// Small letters, and blanks once: how a name is written differs by these alone.
static struct span folded(struct arena *arena, struct span text) {
    struct buf out;
    buf_init(&out, arena, text.len + 1);
    text = span_trim(text);
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.at[i] == '\t' ? ' ' : text.at[i];
        if (c == ' ' && i > 0 && text.at[i - 1] == ' ') continue;
        buf_add_byte(&out, c >= 'A' && c <= 'Z' ? (uint8_t)(c + 'a' - 'A') : c);
    }
    return buf_span(&out);
}

static void keys_of(struct keys *keys, const struct json *value, struct span rest) {
    if (value == NULL || keys->count == keys->max) return;
    if (value->type == JSON_ARRAY)
        for (size_t i = 0; i < value->count; i++) keys_of(keys, &value->items[i], rest);
    if (value->type == JSON_OBJECT && rest.len > 0) {
        size_t dot = span_find(rest, '.', 0);
        keys_of(keys, json_find(value, span_part(rest, 0, dot)), dot < rest.len ? span_part(rest, dot + 1, rest.len) : span_make(NULL, 0));
    }
    if (value->type != JSON_STRING || rest.len > 0 || value->string.len < KEY_BYTES_MIN) return;
    struct span text = folded(keys->arena, value->string);
    struct span key = arena_printf(keys->arena, "%.*s:%.*s", SPAN_FMT(keys->path), SPAN_FMT(text));
    for (size_t i = 0; i < keys->count; i++)
        if (span_equals(keys->items[i], key)) return;
    if (key.at != NULL) keys->items[keys->count++] = key;
}

size_t extract_keys(const struct registry_extract *extract, const struct json *entry, struct arena *arena, struct span *ret, size_t max) {
    struct keys keys = {.arena = arena, .items = ret, .max = max};
    for (size_t i = 0; i < extract->alike_count; i++) {
        keys.path = extract->alike[i];
        keys_of(&keys, entry, keys.path);
    }
    return keys.count;
}
