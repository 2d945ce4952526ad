// SPDX-License-Identifier: EUPL-1.2
/* Who reads a collection, and what of it: who keeps it, who handed an entry in, whom a grant lets within its bounds; and the gate over all. */
#include "service/access_private.h"
#include "law/statistic.h"
#include "service/collection.h"

enum { E_STATE, E_ENTITY, E_FILING, E_ATTACHMENT, E_RECEIVED, E_NAME, E_FOLDED, E_TYPES, E_CONTENT, E_CASE }; // columns of collection_entry_get

static struct err way_add(struct collection_reader *r, const struct role *role, const struct json *bounds, struct span state, struct arena *arena) {
    if (r->way_count == COLLECTION_WAYS_MAX) return err_none(); // more grants than anybody needs: the first ones count
    struct collection_way *way = &r->ways[r->way_count++];
    *way = (struct collection_way){.role = role,
                                   .names = {arena_printf(arena, "office:%.*s", SPAN_FMT(role->office)), arena_printf(arena, "office:%.*s", SPAN_FMT(role->kind->id))},
                                   .states = json_null(), .sectors = json_null(), .types = json_null(), .withheld = json_null()};
    struct { const char *name; struct json *at; } OF[] = {{"states", &way->states}, {"sectors", &way->sectors}, {"types", &way->types}, {"withheld", &way->withheld}};
    for (size_t i = 0; bounds != NULL && i < sizeof OF / sizeof OF[0]; i++)
        if (!json_is_null(json_get(bounds, OF[i].name))) *OF[i].at = *json_get(bounds, OF[i].name);
    if (state.at == NULL) return err_none();
    way->states = (struct json){.type = JSON_ARRAY, .count = 1, .items = arena_take(arena, sizeof(struct json))};
    if (way->states.items == NULL) return err_make(ERR_MEMORY);
    way->states.items[0] = json_from_string(state);
    return err_none();
}

static struct err ways_of_role(struct collection_reader *r, struct store_conn *conn, const struct role *role, const struct rows *senders, struct arena *arena, struct why *why) {
    struct rows grants;
    if (span_equals(role->kind->id, r->extract->to)) {
        r->is_keeper = true;
        return way_add(r, role, NULL, span_make(NULL, 0), arena);
    }
    for (size_t i = 0; i < senders->count; i++)
        if (span_equals(rows_span(senders, i, 3), role->office)) TRY(way_add(r, role, NULL, rows_span(senders, i, 0), arena));
    TRY(store_read(conn, STMT_COLLECTION_GRANTS_IN_FORCE, PARAMS(value_text(r->extract->id), value_text(role->office), value_int(r->now_ms)), arena, &grants, why));
    for (size_t i = 0; i < grants.count; i++) {
        struct json bounds;
        TRY(json_parse(arena, rows_span(&grants, i, 1), &bounds, why));
        TRY(way_add(r, role, &bounds, span_make(NULL, 0), arena));
    }
    return err_none();
}

struct err collection_open(const struct services *services, struct store_conn *conn, const struct principal *principal, struct span extract, enum gate_exit exit,
                           int64_t now_ms, struct arena *arena, struct collection_reader *ret, struct why *why) {
    struct rows senders;
    *ret = (struct collection_reader){.services = services, .principal = principal, .extract = registry_extract(services->law, extract), .exit = exit, .now_ms = now_ms};
    const struct office_kind *keeper = ret->extract == NULL ? NULL : office_kind_find(services->law, ret->extract->to);
    if (keeper == NULL || keeper->is_of_union != state_is_union(services->state))
        return why_set(why, ERR_NOT_FOUND, "", "registry.extract", "", "this node keeps no such registry");
    TRY(store_read(conn, STMT_COLLECTION_SENDERS, PARAMS(value_text(extract)), arena, &senders, why));
    for (size_t i = 0; principal->is_totp_done && i < principal->role_count; i++) // who keeps it first: its way has no bounds
        if (span_equals(principal->roles[i].kind->id, ret->extract->to)) TRY(ways_of_role(ret, conn, &principal->roles[i], &senders, arena, why));
    for (size_t i = 0; principal->is_totp_done && i < principal->role_count; i++)
        if (!span_equals(principal->roles[i].kind->id, ret->extract->to)) TRY(ways_of_role(ret, conn, &principal->roles[i], &senders, arena, why));
    if (ret->way_count > 0) return err_none();
    return why_set(why, ERR_DENIED, "", "registry.access", arena_text(arena, ret->extract->access),
                   "the registry is read by the office that keeps it, and by whom access was granted, for as long as it was");
}

// --- bounds ---

static bool types_meet(const struct collection_reader *r, const struct json *types, const struct json *wanted_types, const struct json *wanted_sectors) {
    if (json_is_null(wanted_types) && json_is_null(wanted_sectors)) return true;
    for (size_t i = 0; i < types->count; i++) {
        struct span sector = SPAN(""), subsector;
        if (!json_is_null(wanted_types) && json_has_string(wanted_types, types->items[i].string)) return true;
        if (!json_is_null(wanted_sectors) && law_type_place(r->services->law, types->items[i].string, &sector, &subsector) && json_has_string(wanted_sectors, sector)) return true;
    }
    return false;
}

// Whether the role itself reaches one of the entry's sectors; one of no sector is for who has no bounds.
static bool role_reaches(const struct collection_reader *r, const struct role *role, const struct json *types) {
    struct principal alone = *r->principal;
    alone.role_count = 1;
    alone.roles = role;
    if (role_is_unbounded(role)) return true;
    for (size_t i = 0; i < types->count; i++) {
        struct span sector = SPAN(""), subsector;
        if (law_type_place(r->services->law, types->items[i].string, &sector, &subsector) && access_reaches_sector(&alone, sector)) return true;
    }
    return false;
}

static bool is_within(const struct collection_reader *r, const struct collection_way *way, const struct collection_entry *entry) {
    if (!json_is_null(&way->states) && !json_has_string(&way->states, entry->state)) return false;
    return types_meet(r, &entry->types, &way->types, &way->sectors) && role_reaches(r, way->role, &entry->types);
}

// --- the gate ---

static struct err filing_look(struct collection_reader *r, struct store_conn *conn, const struct collection_entry *entry, struct arena *arena,
                              const struct collection_filing **ret, struct why *why) {
    for (size_t i = 0; i < r->filing_count; i++)
        if (span_equals(r->filings[i].id, entry->filing)) {
            *ret = &r->filings[i];
            return err_none();
        }
    struct collection_filing *at = &r->filings[r->filing_count < COLLECTION_FILINGS_MAX ? r->filing_count++ : COLLECTION_FILINGS_MAX - 1];
    struct case_file file;
    struct record_open record;
    const struct marking **fields;
    TRY(case_get(conn, entry->case_id, arena, &file, why));
    struct gate_place place = gate_place_of(&file);
    at->id = entry->filing;
    TRY(gate_view_case(r->services, conn, &place, r->exit, r->now_ms, arena, &at->view, why));
    TRY(record_read(conn, entry->filing, arena, &record, why));
    *ret = at;
    return gate_view_marking(conn, &record, arena, &at->marking, &fields, why);
}

// What of the entry goes to this person by this way; *ret false where it stays as a whole.
static bool pass_gate(const struct collection_reader *r, const struct collection_way *way, const struct collection_filing *filing, struct collection_entry *entry,
                      struct arena *arena) {
    struct gate_item item = {.filing = entry->filing, .attachment = entry->attachment, .marking = filing->marking, .circle = way->names, .circle_count = 1,
                             .blocks = filing->view.blocks, .block_count = filing->view.block_count};
    struct gate_to to = {.names = way->names, .name_count = 2, .role = way->role->kind->id, .is_head = way->role->role == ROLE_HEAD, .is_in_node = true, .is_community = true};
    struct gate_question question = {.item = &item, .to = &to, .exit = r->exit, .now_ms = r->now_ms};
    struct json seen = {.type = JSON_OBJECT, .members = arena_take_array(arena, entry->content.count + 1, sizeof *seen.members)};
    if (seen.members == NULL || !gate_ask(&question, NULL).is_allowed) return false;
    for (size_t i = 0; i < entry->content.count; i++) {
        bool is_withheld = !json_is_null(&way->withheld) && json_has_string(&way->withheld, entry->content.members[i].name);
        struct gate_field field = {.name = entry->content.members[i].name, .hidden_from = &to.role, .hidden_count = is_withheld, .article = r->extract->article};
        if (gate_ask(&question, &field).is_allowed) seen.members[seen.count++] = entry->content.members[i];
    }
    entry->content = seen;
    return true;
}

struct err collection_see(struct collection_reader *r, struct store_conn *conn, const struct rows *rows, size_t row, struct arena *arena, struct collection_entry *ret,
                          bool *ret_is_seen, struct why *why) {
    const struct collection_filing *filing;
    *ret_is_seen = false;
    *ret = (struct collection_entry){.state = rows_span(rows, row, E_STATE), .entity = rows_span(rows, row, E_ENTITY), .filing = rows_span(rows, row, E_FILING),
                                     .attachment = rows_span(rows, row, E_ATTACHMENT), .received_ms = rows_int(rows, row, E_RECEIVED), .name = rows_span(rows, row, E_NAME),
                                     .folded = rows_span(rows, row, E_FOLDED), .case_id = rows_span(rows, row, E_CASE)};
    ret->id = arena_printf(arena, "%.*s:%.*s", SPAN_FMT(ret->state), SPAN_FMT(ret->entity));
    TRY(json_parse_within(arena, rows_span(rows, row, E_TYPES), LIMIT_RECEIPT_BYTES, &ret->types, why));
    TRY(json_parse_within(arena, rows_span(rows, row, E_CONTENT), LIMIT_RECEIPT_BYTES, &ret->content, why));
    for (size_t i = 0; i < r->way_count && !*ret_is_seen; i++) {
        if (!is_within(r, &r->ways[i], ret)) continue;
        TRY(filing_look(r, conn, ret, arena, &filing, why));
        *ret_is_seen = pass_gate(r, &r->ways[i], filing, ret, arena);
        ret->role = r->ways[i].role;
    }
    return err_none();
}

struct err collection_get(struct collection_reader *r, struct store_conn *conn, struct span id, struct arena *arena, struct collection_entry *ret, struct why *why) {
    struct span state, entity;
    struct rows rows = {0};
    bool is_seen = false;
    if (collection_id_split(id, &state, &entity))
        TRY(store_read(conn, STMT_COLLECTION_ENTRY_GET, PARAMS(value_text(r->extract->id), value_text(state), value_text(entity)), arena, &rows, why));
    if (rows.count > 0) TRY(collection_see(r, conn, &rows, 0, arena, ret, &is_seen, why));
    return is_seen ? err_none() : why_set(why, ERR_NOT_FOUND, "", "registry.entry", "", "there is no such entry, or none that you may see");
}
