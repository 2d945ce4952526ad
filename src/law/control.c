// SPDX-License-Identifier: EUPL-1.2
#include "law/control.h"

#include "law/law_private.h"

#include <stdio.h>

#define CONTROLS_FILE "controls.yaml"

struct catalogue_book {
    size_t count;
    struct catalogue *items;
};

// "1.2" and "1.2.3", also "9.2" and "9.2.c": the second is below the first.
static bool is_below(struct span id, struct span above) {
    return id.len > above.len + 1 && id.at[above.len] == '.' && span_starts_with(id, above);
}

static struct err catalogue_load(struct law *law, const struct pack *pack, const struct yaml *root, struct catalogue *ret, struct why *why) {
    struct catalogue out = {.id = pack->id, .pack = pack};
    const struct yaml *rows = yaml_get(root, "controls");
    TRY(yaml_only(root, "label article source checked_on controls", why));
    TRY(yaml_need(root, "label", &out.label, why));
    TRY(yaml_need(root, "article", &out.article, why));
    if (rows == NULL || rows->type != YAML_SEQUENCE || rows->count == 0 || rows->count > CONTROLS_MAX)
        return yaml_refuse(root, why, "pack.controls", "controls: a list of at most %d is expected", (int)CONTROLS_MAX);
    struct control *controls = arena_take_array(law->arena, rows->count, sizeof *controls);
    if (controls == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < rows->count; i++) {
        const struct yaml *row = &rows->items[i];
        controls[i] = (struct control){.node = row, .is_asked = true};
        TRY(yaml_only(row, "control label article points parts certainty", why));
        TRY(yaml_need(row, "control", &controls[i].id, why));
        TRY(yaml_need(row, "label", &controls[i].label, why));
        TRY(yaml_need(row, "article", &controls[i].article, why));
        TRY(yaml_names(law->arena, yaml_get(row, "points"), &controls[i].points, why));
        TRY(yaml_names(law->arena, yaml_get(row, "parts"), &controls[i].parts, why));
        for (size_t k = 0; k < i; k++) {
            if (span_equals(controls[k].id, controls[i].id)) return yaml_refuse(row, why, "pack.controls", "the control \"%.*s\" stands twice", SPAN_FMT(controls[i].id));
            if (is_below(controls[i].id, controls[k].id)) controls[k].is_asked = false;
        }
    }
    for (size_t i = 0; i < rows->count; i++) out.asked_count += controls[i].is_asked;
    out.controls = controls;
    out.count = rows->count;
    *ret = out;
    return err_none();
}

struct err catalogues_load(struct law *law, struct why *why) {
    struct catalogue_book *book = ARENA_NEW(law->arena, struct catalogue_book);
    if (book == NULL) return err_make(ERR_MEMORY);
    book->items = arena_take_array(law->arena, law->pack_count + 1, sizeof *book->items);
    if (book->items == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < law->pack_count; i++) {
        const struct yaml *root = pack_file_root(&law->packs[i], CONTROLS_FILE);
        if (root != NULL) TRY(catalogue_load(law, &law->packs[i], root, &book->items[book->count++], why));
    }
    law->catalogues = book;
    return err_none();
}

const struct catalogue *catalogue_find(const struct law *law, struct span id) {
    for (size_t i = 0; i < law->catalogues->count; i++)
        if (span_equals(law->catalogues->items[i].id, id)) return &law->catalogues->items[i];
    return NULL;
}

const struct control *control_find(const struct catalogue *catalogue, struct span id) {
    for (size_t i = 0; catalogue != NULL && i < catalogue->count; i++)
        if (span_equals(catalogue->controls[i].id, id)) return &catalogue->controls[i];
    return NULL;
}

// --- answers ---

struct field control_field_of(const struct field *list) {
    return (struct field){.name = SPAN("control"),
                          .type = FIELD_CONTROL,
                          .label = SPAN("Control"),
                          .article = list->article,
                          .key = SPAN("control.of"), // one word for all lists
                          .is_required = true,
                          .catalogue = list->catalogue,
                          .max_chars = 64,
                          .node = list->node};
}

static bool is_answered(const struct json *value, struct span id) {
    for (size_t i = 0; value->type == JSON_ARRAY && i < value->count; i++)
        if (span_equals(json_get_string(&value->items[i], "control"), id)) return true;
    return false;
}

static void missing_tell(struct value_reader *r, const struct field *field, const struct catalogue *catalogue, const struct json *value,
                         struct span pointer) {
    enum { NAMED = 8 };
    struct buf named;
    size_t missing = 0;
    buf_init(&named, r->tree->arena, 1024);
    for (size_t i = 0; i < catalogue->count; i++) {
        if (!catalogue->controls[i].is_asked || is_answered(value, catalogue->controls[i].id)) continue;
        if (missing < NAMED) buf_printf(&named, "%s%.*s", missing == 0 ? "" : ", ", SPAN_FMT(catalogue->controls[i].id));
        missing++;
    }
    if (missing == 0) return;
    fault_add(r->faults, pointer, "controls.incomplete", field->article, "%zu of %zu controls have no answer: %.*s%s", missing, catalogue->asked_count,
              SPAN_FMT(buf_span(&named)), missing > NAMED ? ", ..." : "");
}

void controls_check(struct value_reader *r, const struct field *field, const struct json *value, struct span pointer) {
    const struct catalogue *catalogue = catalogue_find(r->law, field->catalogue);
    if (catalogue == NULL) return;
    for (size_t i = 0; value->type == JSON_ARRAY && i < value->count; i++) {
        struct span id = json_get_string(&value->items[i], "control");
        for (size_t k = 0; k < i && id.len > 0; k++)
            if (span_equals(json_get_string(&value->items[k], "control"), id))
                fault_add(r->faults, arena_printf(r->tree->arena, "%.*s/%zu/control", SPAN_FMT(pointer), i), "controls.twice", field->article,
                          "The control %.*s is answered twice.", SPAN_FMT(id));
    }
    bool wants_all = field->wants_all || (field->wants_all_when != NULL && condition_holds(field->wants_all_when, r->facts));
    if (wants_all && r->is_complete) missing_tell(r, field, catalogue, value, pointer);
}

// --- writing ---

static struct span label_in(const struct law *law, const struct catalogue *catalogue, struct span id, struct span english, struct span lang) {
    char key[128];
    int len = snprintf(key, sizeof key, "controls.%.*s%slabel", SPAN_FMT(id), id.len > 0 ? "." : "");
    if (span_is(lang, "en") || len < 0 || (size_t)len >= sizeof key) return english;
    struct span found = pack_word(law, catalogue->pack, span_make(key, (size_t)len), lang);
    return found.len > 0 ? found : english;
}

void catalogues_report(const struct law *law, struct buf *report) {
    size_t asked = 0;
    for (size_t i = 0; i < law->catalogues->count; i++) asked += law->catalogues->items[i].asked_count;
    buf_printf(report, "%zu catalogues with %zu controls\n", law->catalogues->count, asked);
}

static void names_out(struct json_out *out, const char *member, const struct names *names) {
    json_out_name(out, member);
    json_out_array(out);
    for (size_t i = 0; i < names->count; i++) json_out_string(out, names->items[i]);
    json_out_array_end(out);
}

struct err catalogue_write_json(struct json_out *out, const struct law *law, struct span id, struct span lang, struct why *why) {
    const struct catalogue *catalogue = catalogue_find(law, id);
    if (catalogue == NULL) return why_set(why, ERR_NOT_FOUND, "", "catalogue.unknown", "", "there is no such catalogue of controls");
    json_out_object(out);
    json_out_member_string(out, "catalogue", catalogue->id);
    json_out_member_string(out, "label", label_in(law, catalogue, span_make(NULL, 0), catalogue->label, lang));
    json_out_member_string(out, "article", catalogue->article);
    json_out_name(out, "controls");
    json_out_array(out);
    for (size_t i = 0; i < catalogue->count; i++) {
        const struct control *control = &catalogue->controls[i];
        json_out_object(out);
        json_out_member_string(out, "control", control->id);
        json_out_member_string(out, "label", label_in(law, catalogue, control->id, control->label, lang));
        json_out_member_string(out, "article", control->article);
        names_out(out, "points", &control->points);
        names_out(out, "parts", &control->parts);
        json_out_member_bool(out, "is_asked", control->is_asked);
        json_out_object_end(out);
    }
    json_out_array_end(out);
    json_out_object_end(out);
    return err_none();
}

void catalogues_write_json(struct json_out *out, const struct law *law, struct span lang) {
    json_out_array(out);
    for (size_t i = 0; i < law->catalogues->count; i++) {
        const struct catalogue *catalogue = &law->catalogues->items[i];
        json_out_object(out);
        json_out_member_string(out, "catalogue", catalogue->id);
        json_out_member_string(out, "label", label_in(law, catalogue, span_make(NULL, 0), catalogue->label, lang));
        json_out_member_string(out, "article", catalogue->article);
        json_out_member_int(out, "asked", (int64_t)catalogue->asked_count);
        json_out_object_end(out);
    }
    json_out_array_end(out);
}
