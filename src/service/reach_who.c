// SPDX-License-Identifier: EUPL-1.2
/* Whom to reach: channels of persons and offices, contacts and representatives of entities. */
#include "service/reach_private.h"

enum { TARGETS = sizeof((struct reach_list){0}.targets) / sizeof(struct reach_target) };

static struct span folded(struct arena *arena, struct span address) {
    struct span copy = arena_copy(arena, address);
    if (copy.at == NULL) return address;
    uint8_t *at = arena_take(arena, copy.len + 1);
    if (at == NULL) return address;
    for (size_t i = 0; i < copy.len; i++) at[i] = copy.at[i] >= 'A' && copy.at[i] <= 'Z' ? (uint8_t)(copy.at[i] - 'A' + 'a') : copy.at[i];
    return span_make(at, copy.len);
}

static void list_add(struct reach_list *list, const struct reach_target *target, struct arena *arena) {
    struct span address = folded(arena, target->address);
    for (size_t i = 0; i < list->count; i++)
        if (span_equals(folded(arena, list->targets[i].address), address)) return;
    if (list->count < TARGETS) list->targets[list->count++] = *target;
}

// Columns of channel_get.
static void add_channels(struct reach_list *list, const struct rows *rows, const char *owner_kind, struct span owner, struct span language,
                         struct arena *arena) {
    for (size_t i = 0; i < rows->count; i++) {
        if (rows_at(rows, i, 11)->type == VALUE_NULL) continue; // not confirmed
        bool has_quiet = rows_at(rows, i, 7)->type != VALUE_NULL && rows_at(rows, i, 8)->type != VALUE_NULL;
        struct reach_target target = {.owner_kind = owner_kind, .owner = owner, .channel_id = rows_span(rows, i, 0),
                                      .medium = span_is(rows_span(rows, i, 3), "mail") ? "mail" : "hook",
                                      .address = rows_span(rows, i, 4),
                                      .language = rows_span(rows, i, 5).len > 0 ? rows_span(rows, i, 5) : language,
                                      .quiet_from = has_quiet ? (int)rows_int(rows, i, 7) : -1,
                                      .quiet_until = has_quiet ? (int)rows_int(rows, i, 8) : -1};
        list_add(list, &target, arena);
    }
}

struct err reach_person(struct store_conn *conn, struct span person_id, struct arena *arena, struct reach_list *list, struct why *why) {
    struct rows person, channels;
    TRY(store_read(conn, STMT_PERSON_BRIEF, PARAMS(value_text(person_id)), arena, &person, why));
    if (person.count == 0 || rows_int(&person, 0, 3) != 0) return err_none();
    TRY(store_read(conn, STMT_CHANNELS_OF, PARAMS(value_text(SPAN("person")), value_text(person_id)), arena, &channels, why));
    add_channels(list, &channels, "person", person_id, rows_span(&person, 0, 2), arena);
    return err_none();
}

struct err reach_office(struct store_conn *conn, struct span office, struct arena *arena, struct reach_list *list, struct why *why) {
    struct rows channels, people;
    size_t before = list->count;
    TRY(store_read(conn, STMT_CHANNELS_OF, PARAMS(value_text(SPAN("office")), value_text(office)), arena, &channels, why));
    add_channels(list, &channels, "office", office, SPAN(""), arena);
    if (list->count > before) return err_none();
    TRY(store_read(conn, STMT_OFFICE_PEOPLE, PARAMS(value_text(office), value_int(ROLE_OFFICER)), arena, &people, why));
    for (size_t i = 0; i < people.count; i++) TRY(reach_person(conn, rows_span(&people, i, 0), arena, list, why));
    return err_none();
}

// The contacts of the entry: those for security and incidents, else all.
static void add_contacts(struct reach_list *list, struct span entity_id, const struct json *contacts, bool only_security, struct arena *arena) {
    for (size_t i = 0; contacts != NULL && contacts->type == JSON_ARRAY && i < contacts->count; i++) {
        struct span address = json_get_string(&contacts->items[i], "email");
        if (address.len == 0 || (only_security && !span_is(json_get_string(&contacts->items[i], "role"), "security"))) continue;
        list_add(list, &(struct reach_target){.owner_kind = "entity", .owner = entity_id, .medium = "mail", .address = address,
                                              .language = SPAN(""), .quiet_from = -1, .quiet_until = -1}, arena);
    }
}

struct err reach_entity(struct store_conn *conn, struct span entity_id, int64_t now_ms, struct arena *arena, struct reach_list *list,
                        struct why *why) {
    struct rows entry, people;
    struct json profile;
    TRY(store_read(conn, STMT_ENTITY_PEOPLE, PARAMS(value_text(entity_id), value_int(now_ms)), arena, &people, why));
    for (size_t i = 0; i < people.count; i++) TRY(reach_person(conn, rows_span(&people, i, 0), arena, list, why));
    TRY(store_read(conn, STMT_ENTITY_CONTACTS, PARAMS(value_text(entity_id)), arena, &entry, why));
    if (entry.count == 0 || is_err(json_parse(arena, rows_span(&entry, 0, 0), &profile, NULL))) return err_none();
    size_t before = list->count;
    add_contacts(list, entity_id, json_get(&profile, "contacts"), true, arena);
    if (list->count == before) add_contacts(list, entity_id, json_get(&profile, "contacts"), false, arena);
    return err_none();
}

struct err reach_filers(struct store_conn *conn, struct span case_id, struct arena *arena, struct reach_list *list, struct why *why) {
    struct rows filings, person;
    TRY(store_read(conn, STMT_FILINGS_OF_CASE, PARAMS(value_text(case_id)), arena, &filings, why));
    for (size_t i = 0; i < filings.count; i++) {
        if (role_is_office(rows_span(&filings, i, 7))) continue;
        TRY(store_read(conn, STMT_PERSON_BY_PSEUDONYM, PARAMS(value_text(rows_span(&filings, i, 8))), arena, &person, why));
        if (person.count == 1) TRY(reach_person(conn, rows_span(&person, 0, 0), arena, list, why));
    }
    return err_none();
}

// --- one delivery each ---

// When a quiet time that holds at NOW_MS is over; NOW_MS where none does.
static int64_t quiet_end_ms(const struct zone *zone, const struct reach_target *target, int64_t now_ms) {
    if (target->quiet_from < 0 || target->quiet_from == target->quiet_until) return now_ms;
    struct wall wall = wall_at(now_ms, zone_offset_s(zone, now_ms));
    int minute = wall.hour * 60 + wall.minute, from = target->quiet_from, until = target->quiet_until;
    bool is_quiet = from < until ? minute >= from && minute < until : minute >= from || minute < until;
    if (!is_quiet) return now_ms;
    int left = until - minute + (until > minute ? 0 : 24 * 60);
    return now_ms + (int64_t)left * MS_PER_MINUTE;
}

struct err reach_send(const struct services *services, struct store_conn *conn, const struct delivery_new *of, const struct reach_list *list,
                      int64_t now_ms, size_t *ret_count, struct why *why) {
    size_t count = 0;
    for (size_t i = 0; services->reach != NULL && i < list->count; i++) {
        const struct reach_target *target = &list->targets[i];
        if (target->medium[0] == 'm' && !services->reach->has_mail) continue;
        struct delivery_new one = *of;
        one.owner_kind = target->owner_kind;
        one.owner = target->owner;
        one.channel_id = target->channel_id;
        one.medium = target->medium;
        one.address = target->address;
        one.language = target->language;
        if (!of->is_first) one.next_ms = quiet_end_ms(services->zone, target, of->next_ms);
        TRY(delivery_add(conn, &one, now_ms, why));
        count++;
    }
    *ret_count = count;
    return err_none();
}
