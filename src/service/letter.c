// SPDX-License-Identifier: EUPL-1.2
#include "service/letter.h"

#include "format/paper.h"
#include "law/procedure.h"
#include "law/translate.h"
#include "service/case.h"
#include "service/entity.h"
#include "service/gate_view.h"
#include "service/record_store.h"

struct err letter_template(const struct services *services, struct span template, struct span language, int64_t at_ms,
                           const struct letter **ret, struct why *why) {
    const struct letter *letter = letter_find(services->law, services->state, zone_date(services->zone, at_ms), template);
    if (letter == NULL) return why_set(why, ERR_INPUT, "/fields/template", "letter.template", "", "there is no letter \"%.*s\"", SPAN_FMT(template));
    if (!letter_speaks(services->law, services->state, letter, language))
        return why_set(why, ERR_INPUT, "/fields/language", "letter.language", "", "the letter \"%.*s\" is not there in \"%.*s\"", SPAN_FMT(template), SPAN_FMT(language));
    *ret = letter;
    return err_none();
}

struct err letter_texts(const struct json *rows, struct arena *arena, struct json *ret, struct why *why) {
    size_t count = rows != NULL && rows->type == JSON_ARRAY ? rows->count : 0;
    struct json object = {.type = JSON_OBJECT, .members = arena_take_array(arena, count + 1, sizeof *object.members)};
    if (object.members == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < count; i++) {
        struct span name = json_get_string(&rows->items[i], "name"), text = json_get_string(&rows->items[i], "text");
        if (json_get(&object, (const char *)(name.at == NULL ? SPAN("").at : name.at)) != NULL)
            return why_set(why, ERR_INPUT, "/fields/texts", "letter.field", "", "\"%.*s\" stands twice", SPAN_FMT(name));
        if (name.at != NULL && text.at != NULL) object.members[object.count++] = (struct json_member){name, json_from_string(text)};
    }
    *ret = object;
    return err_none();
}

// --- facts ---

struct facts_of { // an object of objects that grows
    struct arena *arena;
    struct json all;
    bool is_full;
};

enum { GROUPS = 12, MEMBERS = 16 };

static void put(struct facts_of *f, const char *group, const char *name, struct json value) {
    if (value.type == JSON_NULL || (value.type == JSON_STRING && value.string.len == 0)) return;
    size_t i = 0;
    while (i < f->all.count && !span_is(f->all.members[i].name, group)) i++;
    if (i == f->all.count) {
        struct json_member *members = arena_take_array(f->arena, MEMBERS, sizeof *members);
        if (members == NULL || i == GROUPS) {
            f->is_full = true;
            return;
        }
        f->all.members[f->all.count++] = (struct json_member){span_of(group), {.type = JSON_OBJECT, .members = members}};
    }
    struct json *object = &f->all.members[i].value;
    if (object->count == MEMBERS) f->is_full = true;
    else object->members[object->count++] = (struct json_member){span_of(name), value};
}

static void put_text(struct facts_of *f, const char *group, const char *name, struct span text) { put(f, group, name, json_from_string(text)); }

static void put_moment(struct facts_of *f, const char *group, const char *name, int64_t ms) {
    if (ms != INSTANT_NONE) put_text(f, group, name, instant_text(f->arena, ms));
}

// "Street 1\n1000 City\nBE"
static struct span address_of(const struct json *profile, struct arena *arena) {
    const struct json *address = json_get(profile, "address");
    struct span street = json_get_string(address, "street"), code = json_get_string(address, "postal_code"), city = json_get_string(address, "city");
    if (city.len == 0) return span_make(NULL, 0);
    return arena_printf(arena, "%.*s\n%.*s%s%.*s\n%.*s", SPAN_FMT(street), SPAN_FMT(code), code.len > 0 ? " " : "", SPAN_FMT(city),
                        SPAN_FMT(json_get_string(address, "country")));
}

static void put_entity(struct facts_of *f, const struct entity *entity) {
    put_text(f, "entity", "name", entity->name);
    put_text(f, "entity", "id", entity->id);
    put_text(f, "entity", "identifier", entity->identifier);
    put_text(f, "entity", "address", address_of(&entity->profile, f->arena));
    put_text(f, "entity", "class", entity->class);
    put_text(f, "entity", "status", entity->status);
}

static void put_case(struct facts_of *f, const struct services *services, const struct letter_request *request, const struct case_file *file) {
    struct civil at = zone_date(services->zone, request->date_ms);
    put_text(f, "case", "id", file->id);
    put_text(f, "case", "procedure", file->procedure);
    put_text(f, "case", "state", procedure_state_label(services->law, services->state, at, file->procedure, file->state, request->language, f->arena));
    put_moment(f, "case", "opened", file->opened_ms);
    put_text(f, "case", "link", arena_printf(f->arena, "%.*s/app/cases/%.*s", SPAN_FMT(services->public_url), SPAN_FMT(file->id)));
    const struct json *duties = json_get(&file->content, "duties"), *first = NULL;
    for (size_t i = 0; duties != NULL && i < duties->count; i++) { // the entity's that is due first
        const struct json *duty = &duties->items[i];
        bool is_open = json_get_string(duty, "done_by").at == NULL && json_get_string(duty, "closed_by").at == NULL;
        struct span due = json_get_string(duty, "due");
        if (!is_open || due.at == NULL || !span_is(json_get_string(duty, "owed_by"), "entity")) continue;
        if (first == NULL || span_compare(due, json_get_string(first, "due")) < 0) first = duty;
    }
    if (first == NULL) return;
    put_text(f, "duty", "words", law_say(services->law, services->state, json_get_string(json_get(first, "words"), "en"), request->language, f->arena));
    put_text(f, "duty", "article", json_get_string(first, "article"));
    put_text(f, "duty", "due", json_get_string(first, "due"));
}

static void put_node(struct facts_of *f, const struct services *services, const struct letter_request *request) {
    const struct access_office *office = access_office_find(services->access, request->office);
    put_text(f, "office", "id", request->office);
    put_text(f, "office", "name", office != NULL ? office->name : services->node_name);
    bool has_telephone = office != NULL && office->telephone.len > 0;
    put_text(f, "office", "telephone", has_telephone ? office->telephone : services->emergency_telephone);
    put_text(f, "node", "name", services->node_name);
    put_text(f, "node", "state", services->state);
    put_text(f, "node", "url", services->public_url);
    put_text(f, "log", "origin", services->origin);
    put_text(f, "letter", "number", request->number);
    put_text(f, "letter", "filing", request->filing);
    put_text(f, "letter", "addressee", request->addressee);
    put_text(f, "letter", "signer", request->signer);
    put_moment(f, "letter", "date", request->date_ms);
    put_moment(f, "letter", "answer_by", request->answer_by_ms);
    for (size_t g = 0; request->more != NULL && g < request->more->count; g++) {
        const struct json_member *group = &request->more->members[g];
        for (size_t i = 0; i < group->value.count; i++)
            put(f, (const char *)group->name.at, (const char *)group->value.members[i].name.at, group->value.members[i].value);
    }
}

struct sources { // what the letter speaks of, as read
    struct case_file file;
    struct entity entity;
    struct json subject, values;
    bool has_case, has_entity, has_values;
    struct span about_procedure, about_document;
};

static struct err read_about(const struct services *services, const struct gate_view *view, struct store_conn *conn, const struct letter_request *request, struct arena *arena,
                             struct sources *s, struct facts_of *f, struct why *why) {
    struct record_open record;
    struct why own = {0};
    struct err e = gate_read_record(view, conn, request->about, arena, &record, NULL, &own);
    bool is_here = !is_err(e) && span_equals(record_header_value(&record, "case", arena).string, request->case_id);
    if (e.code == ERR_NOT_FOUND || (!is_err(e) && !is_here))
        return why_set(why, ERR_INPUT, "/fields/about", "letter.about", "", "there is no filing %.*s in this case", SPAN_FMT(request->about));
    TRY(e);
    s->about_procedure = record_header_value(&record, "procedure", arena).string;
    s->about_document = record_header_value(&record, "document", arena).string;
    put_text(f, "filing", "id", request->about);
    put_text(f, "filing", "document", procedure_label(services->law, services->state, zone_date(services->zone, request->date_ms), s->about_procedure,
                                                      s->about_document, request->language, arena));
    put_text(f, "filing", "received", record_header_value(&record, "received_at", arena).string);
    s->has_values = true;
    return record_values(&record, arena, &s->values, why);
}

static struct err read_sources(const struct services *services, struct store_conn *conn, const struct letter_request *request, struct arena *arena,
                               struct sources *s, struct facts_of *f, struct why *why) {
    struct span entity_id = request->entity_id;
    struct gate_view view = {0};
    *f = (struct facts_of){.arena = arena, .all = {.type = JSON_OBJECT, .members = arena_take_array(arena, GROUPS, sizeof(struct json_member))}};
    if (f->all.members == NULL) return err_make(ERR_MEMORY);
    put_node(f, services, request);
    if (request->case_id.len > 0) {
        TRY(case_get(conn, request->case_id, arena, &s->file, why));
        struct gate_place place = gate_place_of(&s->file);
        TRY(gate_view_document(services, conn, &place, request->date_ms, arena, &view, why));
        put_case(f, services, request, &s->file);
        s->has_case = true;
        entity_id = s->file.entity_id;
    }
    if (entity_id.len > 0) {
        TRY(entity_get(conn, entity_id, arena, &s->entity, why));
        TRY(entity_subject(&s->entity, arena, &s->subject, why));
        put_entity(f, &s->entity);
        s->has_entity = true;
    }
    if (request->about.len > 0 && !s->has_case) return why_set(why, ERR_INPUT, "/fields/about", "letter.about", "", "a letter of no case is about no filing");
    if (request->about.len > 0) TRY(read_about(services, &view, conn, request, arena, s, f, why));
    return f->is_full ? err_make(ERR_MEMORY) : err_none();
}

struct err letter_about_allowed(const struct services *services, struct store_conn *conn, const struct principal *principal, struct span case_id,
                                struct span about, int64_t now_ms, struct arena *arena, struct why *why) {
    struct case_file file;
    struct gate_view view;
    struct record_open record;
    struct gate_withheld withheld = {0};
    struct why own = {0};
    if (about.len == 0) return err_none();
    TRY(case_get(conn, case_id, arena, &file, why));
    struct gate_place place = gate_place_of(&file);
    TRY(gate_view_open(services, conn, &place, principal, GATE_FILING, now_ms, arena, &view, why));
    struct err e = gate_read_record(&view, conn, about, arena, &record, &withheld, &own);
    bool is_seen = !is_err(e) && withheld.count == 0 && span_equals(record_header_value(&record, "case", arena).string, case_id);
    if (is_seen || (is_err(e) && e.code != ERR_NOT_FOUND)) return e;
    return why_set(why, ERR_INPUT, "/fields/about", "letter.about", "", "there is no filing %.*s in this case that you may read in full", SPAN_FMT(about));
}

// --- the paper ---

static void add_head(struct buf *out, const struct letter_input *input, const struct letter_request *request, struct span title, struct arena *arena) {
    paper_add(out, PAPER_LANGUAGE, 0, request->language);
    paper_add(out, PAPER_TITLE, 0, span_part(title, 0, 1024));
    paper_add(out, PAPER_SENDER, 0, letter_fact(input, SPAN("office.name"), arena));
    paper_add(out, PAPER_DATE, 0, instant_text(arena, request->date_ms));
    if (request->number.len > 0) paper_add(out, PAPER_NUMBER, 0, request->number);
    paper_add(out, PAPER_MARKING, 0, letter_marking(input->letter));
    paper_add(out, PAPER_FOOT, 0, letter_common_raw(input, "page"));
    if (request->is_draft) paper_add(out, PAPER_DRAFT, 0, letter_common(input, "draft", arena));
}

static void add_field(struct buf *out, const struct letter_input *input, const char *label, struct span value, struct arena *arena) {
    if (value.len == 0) return;
    paper_add(out, PAPER_FIELD, 0, letter_common(input, label, arena));
    paper_add(out, PAPER_VALUE, 0, value);
}

// Sender, addressee, reference and date, before the letter's own parts.
static void add_opening(struct buf *out, const struct letter_input *input, const struct letter_request *request, struct arena *arena) {
    struct span office = letter_fact(input, SPAN("office.name"), arena), node = letter_fact(input, SPAN("node.name"), arena);
    bool is_same = span_equals(office, node);
    paper_add(out, PAPER_ADDRESS, 0, is_same ? office : arena_printf(arena, "%.*s\n%.*s", SPAN_FMT(node), SPAN_FMT(office)));
    if (request->addressee.len > 0) paper_add(out, PAPER_ADDRESS, 0, request->addressee);
    add_field(out, input, "number", request->number, arena);
    add_field(out, input, "date", letter_fact(input, SPAN("letter.date"), arena), arena);
    add_field(out, input, "marking", letter_marking(input->letter), arena);
}

static void add_closing(struct buf *out, const struct letter_input *input, const struct letter_request *request, struct arena *arena) {
    if (request->signer.len > 0) paper_add(out, PAPER_PARAGRAPH, 0, letter_common(input, "signed", arena));
    bool is_approved = letter_is_approved(input->law, input->state, request->language);
    paper_add(out, PAPER_SMALL, 0, letter_common(input, is_approved ? "approved" : "courtesy", arena));
    if (request->filing.len > 0) paper_add(out, PAPER_SMALL, 0, letter_common(input, "proof", arena));
}

static void add_blocks(struct buf *out, const struct letter_block *blocks, size_t count) {
    static const enum paper_kind KINDS[] = {[LETTER_HEADING] = PAPER_HEADING, [LETTER_TEXT] = PAPER_PARAGRAPH, [LETTER_ITEM] = PAPER_ITEM,
                                            [LETTER_LABEL] = PAPER_FIELD,     [LETTER_VALUE] = PAPER_VALUE,    [LETTER_TABLE] = PAPER_TABLE,
                                            [LETTER_HEAD] = PAPER_HEAD,       [LETTER_CELL] = PAPER_CELL,      [LETTER_RULED] = PAPER_RULED,
                                            [LETTER_WRITTEN] = PAPER_PARAGRAPH};
    struct span speech = span_make(NULL, 0);
    for (size_t i = 0; i < count; i++) {
        if (!span_equals(blocks[i].lang, speech)) paper_add(out, PAPER_SPEECH, 0, blocks[i].lang);
        speech = blocks[i].lang;
        paper_add(out, KINDS[blocks[i].kind], blocks[i].level, blocks[i].text);
    }
    if (speech.len > 0) paper_add(out, PAPER_SPEECH, 0, SPAN(""));
}

struct err letter_paper(const struct services *services, struct store_conn *conn, const struct letter_request *request, struct arena *arena,
                        struct buf *ret, struct why *why) {
    struct sources s = {0};
    struct facts_of facts;
    const struct letter *letter;
    const struct letter_block *blocks;
    size_t count;
    TRY(letter_template(services, request->template, request->language, request->date_ms, &letter, why));
    TRY(read_sources(services, conn, request, arena, &s, &facts, why));
    struct letter_input input = {.law = services->law,
                                 .state = services->state,
                                 .at = zone_date(services->zone, request->date_ms),
                                 .zone = services->zone,
                                 .letter = letter,
                                 .lang = request->language,
                                 .facts = &facts.all,
                                 .texts = request->texts,
                                 .case_state = s.has_case ? &s.file.content : NULL,
                                 .subject = s.has_entity ? &s.subject : NULL,
                                 .values = s.has_values ? &s.values : NULL,
                                 .values_procedure = s.about_procedure,
                                 .values_document = s.about_document,
                                 .is_draft = request->is_draft};
    TRY(letter_compose(&input, arena, &blocks, &count, why));
    add_head(ret, &input, request, blocks[0].text, arena);
    add_opening(ret, &input, request, arena);
    add_blocks(ret, blocks, count);
    add_closing(ret, &input, request, arena);
    return ret->is_failed ? why_set(why, ERR_LIMIT, "", "letter.size", "", "the letter is too long") : err_none();
}
