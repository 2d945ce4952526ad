// SPDX-License-Identifier: EUPL-1.2
#include "service/gate_view.h"

#include "law/form_field.h"
#include "service/strand.h"

struct gate_place gate_place_of(const struct case_file *file) {
    return (struct gate_place){.case_id = file->id, .is_party = file->party_count > 0, .procedure = file->procedure, .workspace = file->workspace, .offices = file->offices,
                               .entity_id = file->entity_id, .sectors = file->sectors, .filer = file->filer};
}

// --- the case ---

static size_t texts_of(const struct json *list, struct arena *arena, const char *prefix, const struct span **ret) {
    struct span *out = list == NULL || list->type != JSON_ARRAY ? NULL : arena_take_array(arena, list->count + 1, sizeof *out);
    size_t count = 0;
    for (size_t i = 0; out != NULL && i < list->count; i++)
        if (list->items[i].type == JSON_STRING)
            out[count++] = prefix[0] == '\0' ? list->items[i].string : arena_printf(arena, "%s%.*s", prefix, SPAN_FMT(list->items[i].string));
    *ret = out;
    return count;
}

// Row: filing_id, kind, target, until_ms, placed_ms, office, content. One block for the fields, and one for each attachment.
static struct err block_read(const struct rows *rows, size_t i, struct gate_view *view, struct arena *arena, struct why *why) {
    struct json op;
    const struct span *named, *attachments;
    TRY(json_parse(arena, rows_span(rows, i, 6), &op, why));
    struct gate_block block = {.kind = span_is(rows_span(rows, i, 1), "hold") ? GATE_HOLD : GATE_FREEZE, // what is no hold is a freeze
                               .filing = rows_span(rows, i, 2),
                               .until_ms = rows_int(rows, i, 3),
                               .words = json_get_string(json_get(&op, "words"), "en"),
                               .article = json_get_string(&op, "article")};
    size_t count = texts_of(json_get(&op, "spared"), arena, "office:", &named);
    struct span *spared = arena_take_array(arena, count + 2, sizeof *spared);
    size_t pieces = texts_of(json_get(&op, "attachments"), arena, "", &attachments);
    struct gate_block *blocks = arena_take_array(arena, view->block_count + pieces + 2, sizeof *blocks);
    if (spared == NULL || blocks == NULL) return err_make(ERR_MEMORY);
    for (size_t k = 0; k < count; k++) spared[block.spared_count++] = named[k];
    if (rows_span(rows, i, 5).len > 0) spared[block.spared_count++] = arena_printf(arena, "seat:%.*s", SPAN_FMT(rows_span(rows, i, 5)));
    block.spared = spared;
    block.field_count = texts_of(json_get(&op, "names"), arena, "", &block.fields);
    for (size_t k = 0; k < view->block_count; k++) blocks[k] = view->blocks[k];
    if (pieces == 0 || block.field_count > 0) blocks[view->block_count++] = block;
    for (size_t k = 0; k < pieces; k++) {
        blocks[view->block_count] = block;
        blocks[view->block_count++].attachment = attachments[k];
    }
    view->blocks = blocks;
    return err_none();
}

static struct err blocks_load(struct gate_view *view, struct store_conn *conn, struct arena *arena, struct why *why) {
    struct value id = value_text(view->place.case_id);
    struct rows rows;
    TRY(store_read(conn, STMT_BLOCKS_OF_CASE, &id, 1, arena, &rows, why));
    for (size_t i = 0; i < rows.count; i++) TRY(block_read(&rows, i, view, arena, why));
    return err_none();
}

static void place_access(const struct services *services, const struct gate_place *place, struct arena *arena, struct access_case *ret) {
    struct case_file file = {.procedure = place->procedure, .workspace = place->workspace, .entity_id = place->entity_id, .sectors = place->sectors, .offices = place->offices};
    case_access(services, &file, arena, ret);
}

struct err gate_view_case(const struct services *services, struct store_conn *conn, const struct gate_place *place, enum gate_exit exit,
                          int64_t now_ms, struct arena *arena, struct gate_view *ret, struct why *why) {
    struct access_case of;
    *ret = (struct gate_view){.services = services, .place = *place, .exit = exit, .now_ms = now_ms};
    TRY(blocks_load(ret, conn, arena, why));
    place_access(services, place, arena, &of);
    struct span *circle = arena_take_array(arena, of.office_count + of.named_count + 3, sizeof *circle);
    if (circle == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < of.office_count; i++) circle[ret->circle_count++] = arena_printf(arena, "office:%.*s", SPAN_FMT(of.offices[i]));
    for (size_t i = 0; i < of.named_count; i++) circle[ret->circle_count++] = arena_printf(arena, "office:%.*s", SPAN_FMT(of.named[i]));
    if (of.entity.len > 0) circle[ret->circle_count++] = arena_printf(arena, "entity:%.*s", SPAN_FMT(of.entity));
    if (place->filer.len > 0) circle[ret->circle_count++] = arena_printf(arena, "person:%.*s", SPAN_FMT(place->filer));
    ret->circle = circle;
    return err_none();
}

// --- hats ---

// An office goes by its id, by its kind, and by the id where the very office is meant and not all of a kind of that name.
static struct err hat_add(struct gate_view *view, struct gate_to hat, struct span name, const struct role *role, struct arena *arena) {
    struct span *names = arena_take_array(arena, 3, sizeof *names);
    if (names == NULL) return err_make(ERR_MEMORY);
    if (view->hat_count == GATE_HATS_MAX) return err_none(); // one hat less shows less
    names[0] = name;
    if (role != NULL) {
        names[1] = arena_printf(arena, "office:%.*s", SPAN_FMT(role->kind->id));
        names[2] = arena_printf(arena, "seat:%.*s", SPAN_FMT(role->office));
    }
    hat.names = names;
    hat.name_count = role != NULL ? 3 : 1;
    hat.is_in_node = true;
    view->hats[view->hat_count++] = hat;
    return err_none();
}

static struct err office_hats(struct gate_view *view, const struct principal *principal, const struct access_case *of, struct arena *arena) {
    for (size_t i = 0; i < principal->role_count; i++) {
        struct principal alone = *principal; // with this role only: whether it reaches the case is for access to say
        alone.role_count = 1;
        alone.roles = &principal->roles[i];
        const struct role *role = access_role_for_case(&alone, of);
        if (role == NULL) continue;
        struct gate_to hat = {.role = role->kind->id, .is_head = role->role == ROLE_HEAD, .is_community = true};
        TRY(hat_add(view, hat, arena_printf(arena, "office:%.*s", SPAN_FMT(role->office)), role, arena));
    }
    return err_none();
}

static bool has_mandate(const struct principal *principal, struct span entity, int64_t now_ms) {
    for (size_t i = 0; entity.len > 0 && i < principal->mandate_count; i++) {
        const struct mandate *mandate = &principal->mandates[i];
        if (span_equals(mandate->entity, entity) && (mandate->scopes & MANDATE_READ) != 0 && mandate_is_in_force(mandate, now_ms)) return true;
    }
    return false;
}

struct err gate_view_open(const struct services *services, struct store_conn *conn, const struct gate_place *place,
                          const struct principal *principal, enum gate_exit exit, int64_t now_ms, struct arena *arena, struct gate_view *ret,
                          struct why *why) {
    struct access_case of;
    TRY(gate_view_case(services, conn, place, exit, now_ms, arena, ret, why));
    place_access(services, place, arena, &of);
    ret->principal = principal;
    TRY(office_hats(ret, principal, &of, arena));
    if (has_mandate(principal, place->entity_id, now_ms))
        TRY(hat_add(ret, (struct gate_to){.role = SPAN("entity")}, arena_printf(arena, "entity:%.*s", SPAN_FMT(place->entity_id)), NULL, arena));
    if (principal->is_known && principal->pseudonym.len > 0) {
        ret->pseudonym = principal->pseudonym;
        struct span *circle = arena_take_array(arena, ret->circle_count + 1, sizeof *circle);
        if (circle == NULL) return err_make(ERR_MEMORY);
        for (size_t i = 0; i < ret->circle_count; i++) circle[i] = ret->circle[i];
        if (place->is_party) circle[ret->circle_count++] = arena_printf(arena, "person:%.*s", SPAN_FMT(principal->pseudonym));
        ret->circle = circle;
        struct span as = place->filer_as.len > 0 ? place->filer_as : SPAN("anyone");
        TRY(hat_add(ret, (struct gate_to){.role = as}, arena_printf(arena, "person:%.*s", SPAN_FMT(principal->pseudonym)), NULL, arena));
    }
    return err_none();
}

struct err gate_view_document(const struct services *services, struct store_conn *conn, const struct gate_place *place, int64_t now_ms,
                              struct arena *arena, struct gate_view *ret, struct why *why) {
    TRY(gate_view_case(services, conn, place, GATE_DOCUMENT, now_ms, arena, ret, why));
    if (place->entity_id.len > 0)
        return hat_add(ret, (struct gate_to){.role = SPAN("entity")}, arena_printf(arena, "entity:%.*s", SPAN_FMT(place->entity_id)), NULL, arena);
    struct span *circle = arena_take_array(arena, ret->circle_count + 1, sizeof *circle);
    if (circle == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < ret->circle_count; i++) circle[i] = ret->circle[i];
    circle[ret->circle_count++] = SPAN("person:addressee");
    ret->circle = circle;
    return hat_add(ret, (struct gate_to){.role = SPAN("anyone")}, SPAN("person:addressee"), NULL, arena);
}

struct err gate_view_public(const struct services *services, struct store_conn *conn, const struct gate_place *place, int64_t now_ms,
                            struct arena *arena, struct gate_view *ret, struct why *why) {
    static const struct span EVERYBODY[] = {{(const uint8_t *)"public", 6}};
    TRY(gate_view_case(services, conn, place, GATE_PUBLIC, now_ms, arena, ret, why));
    ret->hats[ret->hat_count++] = (struct gate_to){.name_count = 1, .names = EVERYBODY, .role = SPAN("public")};
    return err_none();
}

// --- asking ---

// The first hat that may; else why the first may not.
static struct gate_verdict ask(const struct gate_view *view, const struct gate_item *item, const struct gate_field *field, bool is_filer) {
    static const struct gate_verdict NOBODY = {.rule = "gate.nobody"};
    struct gate_verdict first = NOBODY;
    first.words = SPAN("nobody asks");
    for (size_t i = 0; i < view->hat_count; i++) {
        struct gate_to to = view->hats[i];
        to.is_filer = to.is_filer || is_filer;
        struct gate_question question = {.item = item, .to = &to, .exit = view->exit, .now_ms = view->now_ms, .basis = view->basis,
                                         .declassified_by = view->declassified_by};
        struct gate_verdict verdict = gate_ask(&question, field);
        if (verdict.is_allowed) return verdict;
        if (i == 0) first = verdict;
    }
    return first;
}

static struct gate_item item_of(const struct gate_view *view) {
    return (struct gate_item){.circle_count = view->circle_count, .circle = view->circle, .block_count = view->block_count, .blocks = view->blocks,
                              .marking = {.label = TLP_AMBER}};
}

struct gate_verdict gate_view_ask_case(const struct gate_view *view) {
    struct gate_item item = item_of(view);
    return ask(view, &item, NULL, view->pseudonym.len > 0); // who may know of the case is for access to say; here only blocks count
}

struct gate_verdict gate_view_blocks_ask(const struct gate_view *view, struct span filing_id) {
    struct gate_verdict verdict = {.is_allowed = true};
    for (size_t i = 0; i < view->block_count; i++) { // a block of a part is one of the whole: nothing half is handed out
        const struct gate_block *block = &view->blocks[i];
        if (view->now_ms >= block->until_ms || (block->filing.len > 0 && !span_equals(block->filing, filing_id))) continue;
        bool is_freeze = block->kind == GATE_FREEZE;
        verdict = (struct gate_verdict){.rule = is_freeze ? "gate.freeze" : "gate.hold", .article = block->article};
        verdict.words = is_freeze ? SPAN("withdrawn") : SPAN("held back");
        return verdict;
    }
    return verdict;
}

bool gate_view_has_blocks(const struct gate_view *view) {
    for (size_t i = 0; i < view->block_count; i++) {
        struct gate_item item = item_of(view);
        item.filing = view->blocks[i].filing;
        item.attachment = view->blocks[i].attachment;
        struct gate_field field = {.name = view->blocks[i].field_count > 0 ? view->blocks[i].fields[0] : SPAN("")};
        bool is_hit = true;
        for (size_t k = 0; is_hit && k < view->hat_count; k++) {
            struct gate_question question = {.item = &item, .to = &view->hats[k], .exit = view->exit, .now_ms = view->now_ms};
            is_hit = gate_blocked(&question, &field) != NULL;
        }
        if (is_hit) return true;
    }
    return false;
}

// --- filings ---

static struct err marking_row(const struct rows *rows, size_t i, struct arena *arena, struct marking *ret, struct why *why) {
    struct json audience;
    *ret = (struct marking){.label = tlp_of(rows_span(rows, i, 1)), .basis = rows_span(rows, i, 3)};
    if (rows_span(rows, i, 2).at == NULL) return err_none();
    TRY(json_parse(arena, rows_span(rows, i, 2), &audience, why));
    ret->has_audience = true;
    ret->audience_count = texts_of(&audience, arena, "", &ret->audience);
    return err_none();
}

struct err gate_view_marking(struct store_conn *conn, const struct record_open *record, struct arena *arena, struct marking *ret,
                             const struct marking ***ret_fields, struct why *why) {
    struct value id = value_text(record->filing_id);
    struct rows rows;
    TRY(store_read(conn, STMT_MARKINGS_OF_FILING, &id, 1, arena, &rows, why));
    struct json label = record_header_value(record, "marking", arena);
    const struct marking **fields = arena_take_array(arena, record->field_count + 1, sizeof *fields);
    if (fields == NULL) return err_make(ERR_MEMORY);
    *ret = (struct marking){.label = tlp_of(label.type == JSON_STRING ? label.string : SPAN(""))};
    for (size_t i = 0; i < rows.count; i++) {
        struct marking *set = ARENA_NEW(arena, struct marking);
        if (set == NULL) return err_make(ERR_MEMORY);
        TRY(marking_row(&rows, i, arena, set, why));
        if (rows_span(&rows, i, 0).len == 0) *ret = *set;
        for (size_t k = 0; k < record->field_count; k++)
            if (span_equals(record->fields[k].item.name, rows_span(&rows, i, 0))) fields[k] = set;
    }
    *ret_fields = fields;
    return err_none();
}

static bool is_own(const struct gate_view *view, const struct record_open *record, struct arena *arena) {
    struct json filer = record_header_value(record, "filer", arena);
    return view->pseudonym.len > 0 && filer.type == JSON_STRING && span_equals(filer.string, view->pseudonym);
}

static struct civil recorded_on(const struct gate_view *view, const struct record_open *record, struct arena *arena) {
    struct stamp stamp = {.ms = view->now_ms};
    struct json at = record_header_value(record, RECORD_ITEM_RECORDED_AT, arena);
    if (at.type == JSON_STRING) (void)is_err(stamp_parse(at.string, NULL, "", &stamp, NULL));
    return zone_date(view->services->zone, stamp.ms);
}

// What was noted with the filing counts: it may be stricter than its document's form, where it speaks of another that only some see.
static struct err seen_by_row(struct store_conn *conn, struct span filing_id, struct arena *arena, struct gate_item *ret, struct why *why) {
    struct value id = value_text(filing_id);
    struct rows rows;
    TRY(store_read(conn, STMT_FILING_GET, &id, 1, arena, &rows, why));
    struct span noted = rows.count > 0 ? rows_span(&rows, 0, 12) : SPAN("");
    struct span *roles = noted.len == 0 ? NULL : arena_take_array(arena, noted.len / 2 + 1, sizeof *roles);
    size_t count = 0;
    if (noted.len == 0) return err_none();
    if (roles == NULL) return err_make(ERR_MEMORY);
    for (size_t at = 0; at < noted.len;) {
        size_t end = span_find(noted, ' ', at);
        if (end > at) roles[count++] = span_part(noted, at, end);
        at = end + 1;
    }
    ret->seen_by = roles;
    ret->seen_count = count;
    return err_none();
}

// What is known of the filing as a whole: its marking, and who sees such documents.
static struct err item_open(const struct gate_view *view, struct store_conn *conn, const struct record_open *record, struct arena *arena,
                            struct gate_item *ret, const struct marking ***ret_fields, struct why *why) {
    *ret = item_of(view);
    ret->filing = record->filing_id;
    ret->seen_count = form_seen_by(view->services->law, view->services->state, recorded_on(view, record, arena),
                                   record_header_value(record, "procedure", arena).string, record_header_value(record, "document", arena).string, &ret->seen_by);
    TRY(seen_by_row(conn, record->filing_id, arena, ret, why));
    return gate_view_marking(conn, record, arena, &ret->marking, ret_fields, why);
}

struct err gate_view_attachment(const struct gate_view *view, struct store_conn *conn, struct span filing_id, struct span attachment_id,
                                struct arena *arena, struct gate_verdict *ret, struct why *why) {
    const struct marking **fields;
    struct record_open record;
    struct gate_item item;
    TRY(record_read(conn, filing_id, arena, &record, why));
    TRY(item_open(view, conn, &record, arena, &item, &fields, why));
    item.attachment = attachment_id;
    *ret = ask(view, &item, NULL, is_own(view, &record, arena));
    return err_none();
}

struct err gate_view_record(const struct gate_view *view, struct store_conn *conn, struct record_open *record, struct arena *arena,
                            struct gate_withheld *ret_withheld, struct why *why) {
    const struct marking **fields;
    const struct form_field *form;
    size_t form_count;
    struct span label;
    struct gate_item item;
    struct gate_withheld withheld = {.items = arena_take_array(arena, record->field_count + 1, sizeof *withheld.items)};
    if (withheld.items == NULL) return err_make(ERR_MEMORY);
    TRY(item_open(view, conn, record, arena, &item, &fields, why));
    form_fields(view->services->law, view->services->state, recorded_on(view, record, arena), record_header_value(record, "procedure", arena).string,
                record_header_value(record, "document", arena).string, SPAN("en"), arena, &form, &form_count, &label);
    bool own = is_own(view, record, arena);
    for (size_t i = 0; i < record->field_count; i++) {
        struct receipt_item *at = &record->fields[i];
        if (at->state != RECEIPT_SHOWN) continue;
        struct gate_field field = {.name = at->item.name, .marking = fields[i]};
        const struct form_field *of = form_field_find(form, form_count, at->item.name);
        if (of != NULL) {
            field.visible_count = of->visible_count;
            field.visible_to = of->visible_to;
            field.hidden_count = of->hidden_count;
            field.hidden_from = of->hidden_from;
            field.article = of->article;
        }
        struct gate_verdict verdict = ask(view, &item, &field, own);
        if (verdict.is_allowed) continue;
        at->state = RECEIPT_WITHHELD;
        at->item = (struct record_item){.name = at->item.name};
        withheld.items[withheld.count].name = at->item.name;
        withheld.items[withheld.count++].verdict = verdict;
    }
    TRY(strand_withhold(view, conn, record, arena, &withheld, why));
    if (ret_withheld != NULL) *ret_withheld = withheld;
    return err_none();
}

struct err gate_read_record(const struct gate_view *view, struct store_conn *conn, struct span filing_id, struct arena *arena,
                            struct record_open *ret, struct gate_withheld *ret_withheld, struct why *why) {
    TRY(record_read(conn, filing_id, arena, ret, why));
    return gate_view_record(view, conn, ret, arena, ret_withheld, why);
}

struct err gate_read_filed(struct store_conn *conn, struct span filing_id, struct arena *arena, struct record_open *ret, struct why *why) {
    return record_read(conn, filing_id, arena, ret, why);
}

struct err gate_view_known(const struct gate_view *view, struct why *why) {
    struct gate_verdict verdict = gate_view_ask_case(view);
    if (verdict.is_allowed) return err_none();
    for (size_t i = 0; i < view->hat_count; i++)
        if (span_is(view->hats[i].role, "entity") || view->place.filer.len > 0 || view->place.is_party) return err_none(); // they know of it, and see nothing in it
    return access_no_case(why);
}

struct err gate_case_known(const struct services *services, struct store_conn *conn, const struct case_file *file, const struct principal *principal,
                           int64_t now_ms, struct arena *arena, struct why *why) {
    struct gate_view view;
    struct gate_place place = gate_place_of(file);
    TRY(gate_view_open(services, conn, &place, principal, GATE_CASE, now_ms, arena, &view, why));
    return view.block_count == 0 ? err_none() : gate_view_known(&view, why);
}

bool gate_view_is_frozen(const struct gate_view *view, struct span filing_id) {
    for (size_t i = 0; i < view->block_count; i++)
        if (view->blocks[i].kind == GATE_FREEZE && view->now_ms < view->blocks[i].until_ms &&
            (view->blocks[i].filing.len == 0 || span_equals(view->blocks[i].filing, filing_id)))
            return true;
    return false;
}

void gate_withheld_write(struct json_out *out, const struct gate_withheld *withheld) {
    json_out_name(out, "withheld");
    json_out_array(out);
    for (size_t i = 0; i < withheld->count; i++) {
        const struct gate_verdict *verdict = &withheld->items[i].verdict;
        json_out_object(out);
        json_out_member_string(out, "field", withheld->items[i].name);
        json_out_member_text(out, "rule", verdict->rule);
        json_out_member_string(out, "reason", verdict->words);
        json_out_member_string(out, "article", verdict->article);
        json_out_object_end(out);
    }
    json_out_array_end(out);
}
