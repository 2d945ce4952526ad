// SPDX-License-Identifier: EUPL-1.2
#include "service/registry.h"

#include "exchange/gate.h"
#include "service/effects.h"
#include "service/entity.h"
#include "service/gate_entity.h"
#include "service/release_op.h"

enum { PAGE_ROWS = 500, MARK_BYTES = 16 };

// --- extracts ---

struct making {
    const struct services *services;
    struct store_conn *conn;
    int64_t now_ms;
    struct arena *arena;
    struct registry_package *package;
    struct rows sent;   // entity, mark; by entity
    size_t sent_at;
    size_t bytes; // of the changes
    struct buf versions;
    struct why *why;
};

static struct span mark_of(struct making *m, struct span text) {
    struct hash hash = hash_hmac(span_make(m->services->node_secret, sizeof m->services->node_secret), text);
    struct buf hex;
    buf_init(&hex, m->arena, 2 * MARK_BYTES + 1);
    buf_add_hex(&hex, span_part(hash_span(&hash), 0, MARK_BYTES));
    return buf_span(&hex);
}

// What the gate lets out to the recipient: attribute by attribute, as the forms that write it say.
static void pass_gate(struct making *m, struct json *values) {
    const struct registry_extract *e = m->package->extract;
    struct span name = arena_printf(m->arena, "body:%.*s", SPAN_FMT(e->to));
    struct civil today = zone_date(m->services->zone, m->now_ms);
    struct gate_item item = {.marking = {.label = TLP_AMBER}, .circle = &name, .circle_count = 1};
    struct gate_to to = {.names = &name, .name_count = 1, .role = e->to};
    struct gate_question question = {.item = &item, .to = &to, .exit = GATE_RELEASE, .now_ms = m->now_ms, .basis = e->article};
    for (size_t i = 0; i < values->count; i++) {
        bool is_hidden = registry_is_hidden(m->services->law, m->services->state, today, values->members[i].name, e->to);
        struct gate_field field = {.name = values->members[i].name, .hidden_from = &e->to, .hidden_count = is_hidden, .article = e->article};
        if (!gate_ask(&question, &field).is_allowed) values->members[i].value = (struct json){.type = JSON_NULL};
    }
}

static struct err entry_make(struct making *m, const struct rows *rows, size_t row, struct registry_entry *ret, size_t *ret_bytes) {
    static const struct principal NOBODY = {0}; // whatever is frozen or held stays
    struct entity entity;
    struct span text;
    TRY(entity_get(m->conn, rows_span(rows, row, 0), m->arena, &entity, m->why));
    TRY(gate_entity(m->services, m->conn, &NOBODY, m->now_ms, &entity, m->arena, NULL, m->why));
    TRY(registry_extract_of(m->package->extract, &entity.profile, m->arena, &ret->values));
    pass_gate(m, &ret->values);
    TRY(json_canonical_text(m->arena, &ret->values, &text));
    *ret_bytes = text.len + 100; // with what stands around it
    ret->entity = entity.id;
    ret->mark = mark_of(m, text);
    return ret->mark.at == NULL ? err_make(ERR_MEMORY) : err_none();
}

static void note_version(struct making *m, struct span entity, struct span mark) {
    buf_printf(&m->versions, "%.*s %.*s\n", SPAN_FMT(entity), SPAN_FMT(mark));
}

// Entities that were sent and come before ENTITY are in the extract no more.
static void remove_before(struct making *m, struct span entity, bool is_end) {
    while (m->sent_at < m->sent.count) {
        struct span sent = rows_span(&m->sent, m->sent_at, 0);
        if (!is_end && span_compare(sent, entity) >= 0) return;
        m->package->removed[m->package->removed_count++] = sent;
        note_version(m, sent, SPAN("-"));
        m->sent_at++;
    }
}

static struct err take(struct making *m, const struct rows *rows, size_t row) {
    struct registry_package *p = m->package;
    struct json types;
    struct registry_entry entry = {.is_new = true};
    size_t bytes = 0;
    struct span id = rows_span(rows, row, 0);
    if (is_err(json_parse(m->arena, rows_span(rows, row, 4), &types, NULL)) || !registry_extract_has(p->extract, rows_span(rows, row, 2), &types)) return err_none();
    p->total++;
    remove_before(m, id, false);
    TRY(entry_make(m, rows, row, &entry, &bytes));
    if (m->sent_at < m->sent.count && span_equals(rows_span(&m->sent, m->sent_at, 0), id)) {
        entry.is_new = false;
        bool is_same = span_equals(rows_span(&m->sent, m->sent_at++, 1), entry.mark);
        if (is_same && !p->is_whole) return err_none();
    }
    if (p->changed_count == REGISTRY_CHANGES_MAX || m->bytes + bytes > REGISTRY_CHANGES_BYTES) {
        p->has_more = true;
        return err_none();
    }
    m->bytes += bytes;
    p->changed[p->changed_count++] = entry;
    note_version(m, id, entry.mark);
    return err_none();
}

struct err registry_package_make(const struct services *services, struct store_conn *conn, struct span extract, bool is_whole, int64_t now_ms,
                                 struct arena *arena, struct registry_package *ret, struct why *why) {
    struct making m = {.services = services, .conn = conn, .now_ms = now_ms, .arena = arena, .package = ret, .why = why};
    struct json types = {.type = JSON_ARRAY};
    struct span types_text, after = SPAN("");
    *ret = (struct registry_package){.extract = registry_extract(services->law, extract), .is_whole = is_whole};
    if (ret->extract == NULL) return why_set(why, ERR_NOT_FOUND, "", "registry.extract", "", "there is no such extract of the register");
    struct value id = value_text(ret->extract->id);
    TRY(release_exercise_apart(services, conn, arena_printf(arena, "body:%.*s", SPAN_FMT(ret->extract->to)), arena, why));
    TRY(store_read(conn, STMT_REGISTRY_SENT_LIST, &id, 1, arena, &m.sent, why));
    ret->changed = arena_take_array(arena, REGISTRY_CHANGES_MAX, sizeof *ret->changed);
    ret->removed = arena_take_array(arena, m.sent.count + 1, sizeof *ret->removed);
    types.items = arena_take_array(arena, ret->extract->type_count, sizeof *types.items);
    if (ret->changed == NULL || ret->removed == NULL || types.items == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < ret->extract->type_count; i++) types.items[types.count++] = json_from_string(ret->extract->types[i]);
    TRY(json_canonical_text(arena, &types, &types_text));
    buf_init(&m.versions, arena, (REGISTRY_CHANGES_MAX + m.sent.count + 1) * 64);
    for (struct rows rows = {.count = PAGE_ROWS}; rows.count == PAGE_ROWS;) {
        struct value params[] = {value_text(after), value_int(PAGE_ROWS), value_text(types_text)};
        TRY(store_read(conn, STMT_REGISTRY_PAGE, params, 3, arena, &rows, why));
        for (size_t i = 0; i < rows.count; i++) TRY(take(&m, &rows, i));
        if (rows.count > 0) after = rows_span(&rows, rows.count - 1, 0);
    }
    remove_before(&m, span_make(NULL, 0), true);
    if (is_whole) buf_add_text(&m.versions, "whole\n");
    if (m.versions.is_failed) return err_make(ERR_MEMORY);
    if (is_whole && ret->has_more) return why_set(why, ERR_LIMIT, "whole", "registry.limit", "", "the extract is larger than one package; send the differences");
    ret->version = mark_of(&m, buf_span(&m.versions));
    return err_none();
}

// --- numbers ---

struct err registry_count(const struct services *services, struct store_conn *conn, int64_t now_ms, struct arena *arena,
                          struct registry_numbers *ret, struct why *why) {
    struct span after = SPAN("");
    struct arena page;
    struct err e = registry_numbers_begin(services->law, services->state, zone_date(services->zone, now_ms), arena, ret, why);
    uint8_t last[LIMIT_NAME_BYTES];
    TRY(e);
    arena_init(&page, 32 * 1024 * 1024);
    for (struct rows rows = {.count = PAGE_ROWS}; rows.count == PAGE_ROWS && !is_err(e);) {
        struct value params[] = {value_text(after), value_int(PAGE_ROWS), value_null()};
        arena_reset(&page);
        e = store_read(conn, STMT_REGISTRY_PAGE, params, 3, &page, &rows, why);
        for (size_t i = 0; !is_err(e) && i < rows.count; i++) {
            struct json types, profile;
            if (is_err(json_parse(&page, rows_span(&rows, i, 4), &types, NULL)) || is_err(json_parse(&page, rows_span(&rows, i, 5), &profile, NULL))) continue;
            e = registry_numbers_add(ret, rows_span(&rows, i, 2), rows_span(&rows, i, 3), &types, &profile, why);
        }
        if (is_err(e) || rows.count == 0) break;
        struct span id = rows_span(&rows, rows.count - 1, 0);
        memcpy(last, id.at, id.len < sizeof last ? id.len : sizeof last);
        after = span_make(last, id.len < sizeof last ? id.len : sizeof last);
    }
    arena_fini(&page);
    registry_numbers_end(ret);
    return e;
}

struct err registry_numbers_json(const struct registry_numbers *n, struct arena *arena, struct json *ret) {
    struct json cells = {.type = JSON_ARRAY, .items = arena_take_array(arena, n->count + 1, sizeof(struct json))};
    *ret = (struct json){.type = JSON_OBJECT, .members = arena_take_array(arena, 3, sizeof(struct json_member))};
    if (cells.items == NULL || ret->members == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < n->count; i++) {
        const struct registry_cell *c = &n->cells[i];
        const struct span texts[] = {c->provision, c->class, c->sector, c->subsector, c->type};
        struct json row = {.type = JSON_ARRAY, .items = arena_take_array(arena, 6, sizeof(struct json))};
        if (row.items == NULL) return err_make(ERR_MEMORY);
        for (size_t k = 0; k < 5; k++) row.items[row.count++] = json_from_string(texts[k].at == NULL ? SPAN("") : texts[k]);
        row.items[row.count++] = json_from_int(c->count);
        cells.items[cells.count++] = row;
    }
    ret->members[ret->count++] = (struct json_member){SPAN("article"), json_from_string(n->article)};
    ret->members[ret->count++] = (struct json_member){SPAN("mode"), json_from_string(n->is_each_sector ? SPAN("each_sector") : SPAN("first_sector"))};
    ret->members[ret->count++] = (struct json_member){SPAN("cells"), cells};
    return err_none();
}

// --- operations ---

static struct err member_add(struct json *op, const struct json_member *more, size_t count, struct arena *arena) {
    struct json_member *members = arena_take_array(arena, op->count + count, sizeof *members);
    if (members == NULL) return err_make(ERR_MEMORY);
    memcpy(members, op->members, op->count * sizeof *members);
    memcpy(&members[op->count], more, count * sizeof *members);
    op->members = members;
    op->count += count;
    return err_none();
}

static struct err forwarded_prepare(const struct services *services, struct store_conn *conn, struct json *op, const struct json *values, int64_t now_ms,
                                    struct arena *arena, struct why *why) {
    struct registry_package p;
    TRY(registry_package_make(services, conn, json_get_string(op, "extract"), false, now_ms, arena, &p, why));
    if (!span_equals(json_get_string(values, "version"), p.version)) { // then perhaps the whole was sent
        struct registry_package whole;
        if (!is_err(registry_package_make(services, conn, json_get_string(op, "extract"), true, now_ms, arena, &whole, NULL)) &&
            span_equals(json_get_string(values, "version"), whole.version))
            p = whole;
    }
    if (!span_equals(json_get_string(values, "version"), p.version))
        return why_set(why, ERR_CONFLICT, "/fields/version", "registry.version", "", "the register moved on: the package is now %.*s", SPAN_FMT(p.version));
    struct json sent = {.type = JSON_ARRAY, .items = arena_take_array(arena, p.changed_count + 1, sizeof(struct json))};
    struct json gone = {.type = JSON_ARRAY, .items = arena_take_array(arena, p.removed_count + 1, sizeof(struct json))};
    if (sent.items == NULL || gone.items == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < p.changed_count; i++) {
        struct json row = {.type = JSON_ARRAY, .items = arena_take_array(arena, 2, sizeof(struct json)), .count = 2};
        if (row.items == NULL) return err_make(ERR_MEMORY);
        row.items[0] = json_from_string(p.changed[i].entity);
        row.items[1] = json_from_string(p.changed[i].mark);
        sent.items[sent.count++] = row;
    }
    for (size_t i = 0; i < p.removed_count; i++) gone.items[gone.count++] = json_from_string(p.removed[i]);
    return member_add(op, (const struct json_member[]){{SPAN("sent"), sent}, {SPAN("gone"), gone}}, 2, arena);
}

struct err registry_prepare(const struct services *services, struct store_conn *conn, struct json *ops, const struct json *values, int64_t now_ms,
                            struct arena *arena, struct why *why) {
    for (size_t i = 0; i < ops->count; i++) {
        struct json *op = &ops->items[i];
        if (!span_is(json_get_string(op, "op"), "registry")) continue;
        if (span_is(json_get_string(op, "as"), "forwarded")) {
            TRY(forwarded_prepare(services, conn, op, values, now_ms, arena, why));
            continue;
        }
        struct registry_numbers numbers;
        struct json content;
        TRY(registry_count(services, conn, now_ms, arena, &numbers, why));
        TRY(registry_numbers_json(&numbers, arena, &content));
        TRY(member_add(op, &(struct json_member){SPAN("content"), content}, 1, arena));
    }
    return err_none();
}

struct json registry_asked(const struct json *op, struct arena *arena) {
    static const char *const FOUND[] = {"sent", "gone", "content"};
    struct json out = *op;
    out.count = 0;
    out.members = arena_take_array(arena, op->count, sizeof *out.members);
    for (size_t i = 0; out.members != NULL && i < op->count; i++) {
        bool is_found = false;
        for (size_t k = 0; k < sizeof FOUND / sizeof FOUND[0]; k++) is_found = is_found || span_is(op->members[i].name, FOUND[k]);
        if (!is_found) out.members[out.count++] = op->members[i];
    }
    return out;
}

struct err registry_op(struct services *services, struct store_conn *conn, const struct effects_of *of, const struct json *op, struct arena *arena,
                       struct why *why) {
    (void)services;
    const struct json *sent = json_get(op, "sent"), *gone = json_get(op, "gone"), *content = json_get(op, "content");
    if (!span_is(json_get_string(op, "op"), "registry")) return err_none();
    struct value extract = value_text(json_get_string(op, "extract"));
    for (size_t i = 0; sent != NULL && i < sent->count; i++) {
        if (sent->items[i].type != JSON_ARRAY || sent->items[i].count != 2) return err_make(ERR_CORRUPT);
        struct value params[] = {extract, value_text(sent->items[i].items[0].string), value_text(sent->items[i].items[1].string), value_text(of->filing_id)};
        TRY(store_write(conn, STMT_REGISTRY_SENT_PUT, params, 4, NULL, why));
    }
    for (size_t i = 0; gone != NULL && i < gone->count; i++) {
        struct value params[] = {extract, value_text(gone->items[i].string)};
        TRY(store_write(conn, STMT_REGISTRY_SENT_DROP, params, 2, NULL, why));
    }
    if (content == NULL) return err_none();
    struct span text;
    TRY(json_canonical_text(arena, content, &text));
    struct value params[] = {value_text(of->filing_id), value_int(of->recorded_ms), value_text(text)};
    return store_write(conn, STMT_REGISTRY_NUMBERS_PUT, params, 3, NULL, why);
}
