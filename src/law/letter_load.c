// SPDX-License-Identifier: EUPL-1.2
/* Reading the templates of letters from the packs, and what the rest of the program asks of one. */
#include "base/limits.h"
#include "law/law_private.h"
#include "law/letter_private.h"
#include "law/translate.h"

static struct err field_load(const struct yaml *row, struct letter_field *ret, struct why *why) {
    int64_t max_chars;
    TRY(yaml_only(row, "field label article required max_chars certainty", why));
    TRY(yaml_need(row, "field", &ret->name, why));
    TRY(yaml_need(row, "label", &ret->label, why));
    TRY(yaml_need(row, "article", &ret->article, why));
    TRY(yaml_flag(row, "required", false, &ret->is_required, why));
    TRY(yaml_number(row, "max_chars", 8000, &max_chars, why));
    if (max_chars < 1 || max_chars > LIMIT_TEXT_BYTES / 4) return yaml_refuse(row, why, "letter.field", "max_chars: 1 to %d", (int)LIMIT_TEXT_BYTES / 4);
    ret->max_chars = (size_t)max_chars;
    return err_none();
}

static struct err part_load(struct arena *arena, const struct yaml *row, struct letter_part *ret, struct why *why) {
    static const char *const KINDS[] = {"heading", "text", "list", "facts", "table", "field", "form", "values", "lines"};
    size_t found = 0;
    TRY(yaml_only(row, "heading text list facts table field form values lines level when", why));
    *ret = (struct letter_part){.node = row};
    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++) {
        const struct yaml *node = yaml_get(row, KINDS[i]);
        if (node == NULL) continue;
        ret->kind = (enum part_kind)i;
        TRY(yaml_names(arena, node, &ret->names, why));
        found++;
    }
    if (found != 1 || ret->names.count == 0) return yaml_refuse(row, why, "letter.part", "one of heading, text, list, facts, table, field, form, values or lines is expected");
    TRY(yaml_number(row, "level", 2, &ret->level, why));
    if (ret->level < 1 || ret->level > 3) return yaml_refuse(row, why, "letter.part", "level: 1 to 3");
    static const struct name_lists NO_LISTS = {0};
    return condition_load(arena, yaml_get(row, "when"), &NO_LISTS, &ret->when, why);
}

static struct err parts_load(struct arena *arena, const struct yaml *root, struct letter *l, struct why *why) {
    const struct yaml *fields = yaml_get(root, "fields"), *body = yaml_get(root, "body");
    if (fields != NULL && fields->type != YAML_SEQUENCE) return yaml_refuse(fields, why, "pack.rows", "a list of rows is expected");
    if (body == NULL || body->type != YAML_SEQUENCE || body->count == 0) return yaml_refuse(root, why, "letter.body", "body: a list of parts is expected");
    l->field_count = fields == NULL ? 0 : fields->count;
    l->part_count = body->count;
    l->fields = arena_take_array(arena, l->field_count + 1, sizeof *l->fields);
    l->parts = arena_take_array(arena, l->part_count, sizeof *l->parts);
    if (l->fields == NULL || l->parts == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < l->field_count; i++) TRY(field_load(&fields->items[i], &l->fields[i], why));
    for (size_t i = 0; i < l->part_count; i++) TRY(part_load(arena, &body->items[i], &l->parts[i], why));
    if (l->parts[0].kind != PART_HEADING || l->parts[0].when != NULL)
        return yaml_refuse(root, why, "letter.body", "the first part is a heading without condition: the letter's title");
    l->parts[0].level = 1;
    return err_none();
}

static struct err letter_load(struct arena *arena, const struct pack *pack, const struct yaml *root, struct letter *ret, struct why *why) {
    struct letter l = {.pack = pack, .node = root};
    TRY(yaml_only(root, "letter label article by procedures signed_by marking number fields body from to certainty", why));
    TRY(yaml_need(root, "letter", &l.id, why));
    TRY(yaml_need(root, "label", &l.label, why));
    TRY(yaml_need(root, "article", &l.article, why));
    TRY(yaml_names(arena, yaml_get(root, "by"), &l.by, why));
    TRY(yaml_names(arena, yaml_get(root, "procedures"), &l.procedures, why));
    TRY(yaml_validity(root, &l.validity, why));
    struct span signer = yaml_get_text(root, "signed_by");
    l.needs_head = span_is(signer, "head");
    if (signer.len > 0 && !l.needs_head && !span_is(signer, "officer")) return yaml_refuse(root, why, "letter.signed_by", "signed_by: officer or head");
    if (l.by.count == 0) return yaml_refuse(root, why, "pack.missing", "by: which offices may send it is missing");
    l.number = yaml_get_text(root, "number");
    l.marking = yaml_get_text(root, "marking");
    if (l.marking.len == 0) l.marking = SPAN("TLP:AMBER");
    TRY(parts_load(arena, root, &l, why));
    *ret = l;
    return err_none();
}

struct err letters_load(struct law *law, struct why *why) {
    struct letter_book *book = ARENA_NEW(law->arena, struct letter_book);
    size_t files = 0;
    for (size_t i = 0; i < law->pack_count; i++)
        for (size_t k = 0; k < law->packs[i].file_count; k++) files += pack_file_is_under(&law->packs[i].files[k], "letters/");
    if (book == NULL || (book->letters = arena_take_array(law->arena, files + 1, sizeof *book->letters)) == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < law->pack_count; i++)
        for (size_t k = 0; k < law->packs[i].file_count; k++)
            if (pack_file_is_under(&law->packs[i].files[k], "letters/"))
                TRY(letter_load(law->arena, &law->packs[i], law->packs[i].files[k].root, &book->letters[book->count++], why));
    law->letters = book;
    return err_none();
}

// --- what is asked of a template ---

static bool is_of_pack(const struct letter *letter, const struct pack *pack) { return letter->pack == pack; }

// The state's own where its law applies on that day, else the Union's.
static bool counts_for(const struct law *law, const struct letter *letter, struct span state, struct civil at) {
    const struct pack *national = law_pack_of_state(law, state);
    if (!is_valid_at(&letter->validity, at) || (letter->pack->has_from && civil_compare(at, letter->pack->from) < 0)) return false;
    return is_of_pack(letter, national) || span_starts_with(letter->pack->id, SPAN("eu/"));
}

const struct letter *letter_find(const struct law *law, struct span state, struct civil at, struct span name) {
    const struct letter *found = NULL;
    for (size_t i = 0; law->letters != NULL && i < law->letters->count; i++) {
        const struct letter *letter = &law->letters->letters[i];
        if (!span_equals(letter->id, name) || !counts_for(law, letter, state, at)) continue;
        if (found == NULL || !span_starts_with(letter->pack->id, SPAN("eu/"))) found = letter;
    }
    return found;
}

struct span letter_marking(const struct letter *letter) { return letter->marking; }
bool letter_needs_head(const struct letter *letter) { return letter->needs_head; }

bool letter_is_form(const struct letter *letter) {
    for (size_t i = 0; i < letter->part_count; i++)
        if (letter->parts[i].kind == PART_FORM) return true;
    return false;
}

bool letter_shows(const struct letter *letter, struct span fact) {
    for (size_t i = 0; i < letter->part_count; i++)
        if (letter->parts[i].kind == PART_FACTS && names_have(&letter->parts[i].names, fact)) return true;
    return false;
}

bool letter_is_of(const struct letter *letter, struct span procedure, struct span office_kind) {
    return (letter->procedures.count == 0 || names_have(&letter->procedures, procedure)) && names_have(&letter->by, office_kind);
}

bool letter_speaks(const struct law *law, struct span state, const struct letter *letter, struct span lang) {
    struct arena arena;
    bool speaks = true;
    arena_init(&arena, 64 * 1024);
    for (size_t i = 0; i < letter->part_count && speaks; i++) {
        const struct letter_part *part = &letter->parts[i];
        bool is_worded = part->kind == PART_HEADING || part->kind == PART_TEXT || part->kind == PART_LIST;
        for (size_t k = 0; is_worded && k < part->names.count && speaks; k++)
            speaks = letter_word(law, letter, state, letter_key(&arena, letter, part->names.items[k]), lang).len > 0;
    }
    arena_fini(&arena);
    return speaks && letter_word(law, letter, state, SPAN("letter.common.page"), lang).len > 0;
}

bool letter_is_approved(const struct law *law, struct span state, struct span lang) {
    return law_language_is_approved(law, state, lang);
}

struct span letter_number(const struct law *law, struct span state, const struct letter *letter, struct span office, int32_t year,
                          int64_t number, struct arena *arena) {
    const struct pack *national = law_pack_of_state(law, state);
    struct span form = letter->number;
    if (form.len == 0 && national != NULL) form = yaml_get_text(national->manifest, "letter_number");
    if (form.len == 0) form = SPAN("{office}-{year}-{number:05}");
    struct buf out;
    buf_init(&out, arena, LIMIT_NAME_BYTES);
    for (size_t at = 0; at < form.len;) {
        size_t open = span_find(form, '{', at), close = span_find(form, '}', open);
        struct span name = span_part(form, open + 1, close);
        buf_add(&out, span_part(form, at, open));
        for (size_t i = 0; span_is(name, "office") && i < office.len; i++)
            buf_add_byte(&out, office.at[i] >= 'a' && office.at[i] <= 'z' ? (uint8_t)(office.at[i] - 32) : office.at[i]);
        if (span_is(name, "year")) buf_add_int(&out, year);
        if (span_is(name, "number")) buf_add_int(&out, number);
        if (span_is(name, "number:05")) buf_printf(&out, "%05lld", (long long)number);
        at = close < form.len ? close + 1 : form.len;
    }
    return out.is_failed ? span_make(NULL, 0) : buf_span(&out);
}

static void write_names(struct json_out *out, const char *name, const struct names *names) {
    json_out_name(out, name);
    json_out_array(out);
    for (size_t i = 0; i < names->count; i++) json_out_string(out, names->items[i]);
    json_out_array_end(out);
}

// Of the template's own words where there are some, else what stands in the template.
static void write_word(struct json_out *out, const char *name, const struct law *law, const struct letter *letter, struct span state,
                       const char *prefix, struct span key, struct span fallback, struct span lang) {
    struct arena arena;
    arena_init(&arena, 4096);
    struct span full = arena_printf(&arena, "letter.%.*s.%s%.*s", SPAN_FMT(letter->id), prefix, SPAN_FMT(key));
    struct span text = letter_word(law, letter, state, full, lang);
    json_out_member_string(out, name, text.len > 0 ? text : fallback);
    arena_fini(&arena);
}

static void write_letter(struct json_out *out, const struct law *law, const struct letter *letter, struct span state, struct span lang) {
    static const char LANGUAGES[] = "bg cs da de el en es et fi fr ga hr hu it lt lv mt nl pl pt ro sk sl sv ";
    json_out_object(out);
    json_out_member_string(out, "template", letter->id);
    write_word(out, "label", law, letter, state, "", SPAN("label"), letter->label, lang);
    json_out_member_string(out, "article", letter->article);
    write_names(out, "by", &letter->by);
    write_names(out, "procedures", &letter->procedures);
    json_out_member_string(out, "signed_by", letter->needs_head ? SPAN("head") : SPAN("officer"));
    json_out_member_string(out, "marking", letter->marking);
    json_out_name(out, "languages");
    json_out_array(out);
    for (size_t i = 0; i + 2 < sizeof LANGUAGES; i += 3) {
        struct span own = span_make(&LANGUAGES[i], 2);
        if (!letter_speaks(law, state, letter, own)) continue;
        json_out_object(out);
        json_out_member_string(out, "language", own);
        json_out_member_bool(out, "is_approved", letter_is_approved(law, state, own));
        json_out_object_end(out);
    }
    json_out_array_end(out);
    json_out_name(out, "fields");
    json_out_array(out);
    for (size_t i = 0; i < letter->field_count; i++) {
        const struct letter_field *field = &letter->fields[i];
        json_out_object(out);
        json_out_member_string(out, "name", field->name);
        write_word(out, "label", law, letter, state, "field.", field->name, field->label, lang);
        json_out_member_string(out, "article", field->article);
        json_out_member_bool(out, "is_required", field->is_required);
        json_out_member_int(out, "max_chars", (int64_t)field->max_chars);
        json_out_object_end(out);
    }
    json_out_array_end(out);
    json_out_object_end(out);
}

void letter_write_list(struct json_out *out, const struct law *law, struct span state, struct civil at, struct span lang) {
    json_out_array(out);
    for (size_t i = 0; law->letters != NULL && i < law->letters->count; i++) {
        const struct letter *letter = &law->letters->letters[i];
        if (letter_find(law, state, at, letter->id) == letter) write_letter(out, law, letter, state, lang);
    }
    json_out_array_end(out);
}
