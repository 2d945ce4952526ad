// SPDX-License-Identifier: EUPL-1.2
/*
 * Mandates for entities: what may be given, by whom, and the giving, renewing and ending itself. Given by those who manage the
 * entity, by its competent authority, or as the effect of a filing; recorded with who gave and who took them.
 */
#include "law/clock.h"
#include "law/procedure.h"
#include "service/access_private.h"
#include "service/act.h"
#include "service/notice.h"

static const struct {
    const char *name;
    bool is_outside;
} CAPACITIES[] = {{"", false},          {"representative", false}, {"representative_26_3", true}, {"employee", false},
                  {"group_officer", true}, {"law_firm", true},     {"service_provider", true},    {"other", true}};

static size_t capacity_find(struct span capacity) {
    size_t i = 0;
    while (i < sizeof CAPACITIES / sizeof CAPACITIES[0] && !span_is(capacity, CAPACITIES[i].name)) i++;
    return i;
}

bool capacity_is_known(struct span capacity) {
    return capacity.len == 0 || capacity_find(capacity) < sizeof CAPACITIES / sizeof CAPACITIES[0];
}

bool capacity_is_outside(struct span capacity) {
    size_t i = capacity.len == 0 ? 0 : capacity_find(capacity);
    return i == sizeof CAPACITIES / sizeof CAPACITIES[0] || CAPACITIES[i].is_outside;
}

const char *act_side_name(enum act_side side) {
    return side == SIDE_REPRESENTATIVE ? "representative" : side == SIDE_OFFICER ? "officer" : "";
}

bool act_needs_second(const struct services *services, int64_t now_ms) {
    const struct clock_profile *profile = clock_profile_of(services->law, services->state, zone_date(services->zone, now_ms));
    const struct json *setting = json_get(profile->settings, "act.second_person");
    return setting != NULL && setting->type == JSON_BOOL && setting->boolean;
}

// ---- what may be given ---------------------------------------------------------------------------------------------

static bool list_has(const struct json *procedures, struct span bound) {
    size_t slash = span_find(bound, '/', 0);
    for (size_t i = 0; i < procedures->count; i++) {
        const struct json *documents = json_get(&procedures->items[i], "documents");
        if (!span_equals(json_get_string(&procedures->items[i], "procedure"), span_part(bound, 0, slash))) continue;
        if (slash == bound.len) return true;
        for (size_t k = 0; documents != NULL && k < documents->count; k++)
            if (span_equals(json_get_string(&documents->items[k], "document"), span_part(bound, slash + 1, bound.len))) return true;
    }
    return false;
}

// That each bound names a procedure of the law, or a document of one.
static struct err check_bounds(const struct services *services, struct span bounds, int64_t now_ms, struct why *why) {
    if (bounds.len == 0) return err_none();
    struct arena arena;
    struct buf text;
    struct json_out out;
    struct json list = {.type = JSON_NULL};
    arena_init(&arena, 8 * 1024 * 1024);
    buf_init(&text, &arena, 4 * 1024 * 1024);
    json_out_init(&out, &text);
    procedure_write_list(&out, services->law, services->state, zone_date(services->zone, now_ms), SPAN("en"));
    struct err result = text.is_failed ? access_full(why) : json_parse(&arena, buf_span(&text), &list, why);
    for (size_t at = 0; !is_err(result) && at < bounds.len;) {
        size_t end = span_find(bounds, ' ', at);
        struct span bound = span_part(bounds, at, end);
        if (list.type != JSON_ARRAY || !list_has(&list, bound))
            result = why_set(why, ERR_INPUT, "/procedures", "act.procedure", NULL,
                             "There is no procedure or document \"%.*s\"; name them as \"incident\" or \"incident/early_warning\".",
                             SPAN_FMT(span_part(bound, 0, 64)));
        at = end + 1;
    }
    arena_fini(&arena);
    return result;
}

static struct err check_form(const struct act_gift *gift, struct why *why) {
    if (gift->scopes == 0 || (gift->scopes & ~(uint32_t)MANDATE_ALL) != 0)
        return why_set(why, ERR_INPUT, "/scopes", "access.mandate_scopes", NULL,
                       "A mandate has one or more of the scopes read, file, manage.");
    if (gift->until_ms != INSTANT_NONE && gift->until_ms <= gift->from_ms)
        return why_set(why, ERR_INPUT, "/until", "access.mandate_dates", NULL, "A mandate ends after it begins.");
    if (gift->ground.len > LIMIT_NAME_BYTES || !span_is_utf8(gift->ground) || span_has_hidden(gift->ground))
        return why_set(why, ERR_INPUT, "/ground", "access.mandate_ground", NULL, "The ground is one line of at most %d bytes.",
                       LIMIT_NAME_BYTES);
    if (!capacity_is_known(gift->capacity))
        return why_set(why, ERR_INPUT, "/capacity", "act.capacity", NULL,
                       "capacity is representative, representative_26_3, employee, group_officer, law_firm, service_provider or other.");
    return err_none();
}

struct err act_gift_check(const struct services *services, const struct act_gift *gift, int64_t now_ms, struct why *why) {
    TRY(check_form(gift, why));
    return check_bounds(services, gift->procedures, now_ms, why);
}

// ---- who may give --------------------------------------------------------------------------------------------------

// Whether what is given stays within what the mandate holds.
static bool is_within(const struct mandate *mandate, const struct act_gift *gift) {
    if ((gift->scopes & ~mandate->scopes) != 0 || gift->delegation == DELEGATE_YES) return false;
    if (mandate->until_ms != INSTANT_NONE && (gift->until_ms == INSTANT_NONE || gift->until_ms > mandate->until_ms)) return false;
    if (mandate->procedures.len > 0 && gift->procedures.len == 0) return false;
    for (size_t at = 0; mandate->procedures.len > 0 && at < gift->procedures.len;) {
        size_t end = span_find(gift->procedures, ' ', at);
        struct span bound = span_part(gift->procedures, at, end);
        size_t slash = span_find(bound, '/', 0);
        struct mandate held = {.procedures = mandate->procedures};
        bool is_held = false;
        if (slash < bound.len) is_held = mandate_covers(&held, span_part(bound, 0, slash), span_part(bound, slash + 1, bound.len));
        for (size_t k = 0; slash == bound.len && k < held.procedures.len;) { // a whole procedure: it must be held whole
            size_t stop = span_find(held.procedures, ' ', k);
            is_held = is_held || span_equals(span_part(held.procedures, k, stop), bound);
            k = stop + 1;
        }
        if (!is_held) return false;
        at = end + 1;
    }
    return true;
}

struct err act_may_give(const struct principal *principal, const struct access_entity *of, const struct act_gift *gift, int64_t now_ms,
                        enum act_side *ret_side, struct why *why) {
    struct why own = {0};
    TRY(access_may_manage_entity(principal, of, now_ms, why));
    bool manages = false, may_delegate = false;
    for (size_t i = 0; of->entity.at != NULL && i < principal->mandate_count; i++) {
        const struct mandate *mandate = &principal->mandates[i];
        if (!span_equals(mandate->entity, of->entity) || !mandate_is_in_force(mandate, now_ms) || (mandate->scopes & MANDATE_MANAGE) == 0)
            continue;
        manages = true;
        if (!mandate->may_delegate) continue;
        may_delegate = true;
        if (capacity_is_outside(mandate->capacity) && !is_within(mandate, gift)) continue;
        *ret_side = SIDE_REPRESENTATIVE;
        return err_none();
    }
    // Not by mandate: then as an officer, which is asked for a principal without mandates.
    struct principal officer = *principal;
    officer.mandate_count = 0;
    if (!is_err(access_may_manage_entity(&officer, of, now_ms, &own))) {
        *ret_side = SIDE_OFFICER;
        return err_none();
    }
    return why_set(why, ERR_DENIED, NULL, "act.delegate", NULL, "%s",
                   manages && may_delegate ? "You act from outside and may give no more than you have, and not the right to give it on."
                                           : "Your mandate does not let you have others act; it does not say so.");
}

// ---- giving --------------------------------------------------------------------------------------------------------

static bool may_delegate_of(const struct access_mandate_new *mandate) {
    if ((mandate->scopes & MANDATE_MANAGE) == 0) return false;
    return mandate->delegation == DELEGATE_YES || (mandate->delegation == DELEGATE_BY_CAPACITY && !capacity_is_outside(mandate->capacity));
}

static struct err check_mandate(const struct access_mandate_new *mandate, struct why *why) {
    if (mandate->entity.len == 0 || mandate->entity.len > 64)
        return why_set(why, ERR_INPUT, "/entity", "access.mandate_entity", NULL, "A mandate is for one entity.");
    const struct act_gift gift = {.scopes = mandate->scopes, .capacity = mandate->capacity, .ground = mandate->ground,
                                  .from_ms = mandate->from_ms, .until_ms = mandate->until_ms};
    return check_form(&gift, why);
}

static struct span or_empty(struct span text) { return text.at == NULL ? SPAN("") : text; }

struct err access_mandate_grant(struct store_conn *conn, const struct access_mandate_new *mandate, struct span by,
                                const struct access_env *env, struct arena *arena, struct span *ret_id, struct why *why) {
    struct rows rows;
    bool is_firm = mandate->firm_id.len > 0, is_open = mandate->until_ms == INSTANT_NONE;
    struct span holder = is_firm ? mandate->firm_id : mandate->person_id;
    TRY(check_mandate(mandate, why));
    if (is_firm) TRY(firm_name(conn, holder, arena, &(struct span){0}, why));
    else TRY(access_person_need(conn, holder, arena, &rows, why));
    TRY(access_check_count(conn, STMT_ACCESS_MANDATE_COUNT, PARAMS(value_text(holder), value_int(env->now_ms)), LIMIT_MANDATES_PER_PERSON,
                           arena, why));
    struct span id = access_id_make(env, 'M', arena);
    if (id.at == NULL) return access_full(why);
    TRY(store_write(conn, STMT_ACCESS_MANDATE_ADD,
                    PARAMS(value_text(id), is_firm ? value_null() : value_text(holder), is_firm ? value_text(holder) : value_null(),
                           value_text(mandate->entity), value_int(mandate->scopes), value_text(or_empty(mandate->capacity)),
                           value_text(or_empty(mandate->procedures)), value_int(may_delegate_of(mandate)), value_int(mandate->from_ms),
                           is_open ? value_null() : value_int(mandate->until_ms), value_text(or_empty(mandate->ground)),
                           value_int(env->now_ms), value_text(by)),
                    NULL, why));
    TRY(notice_add(conn, "mandate_given", id, env->now_ms, why));
    if (!is_open) TRY(notice_add(conn, "mandate_dates", id, env->now_ms, why));
    if (!is_firm) TRY(access_event_add(conn, holder, "mandate_granted", by, mandate->entity, env->now_ms, why));
    *ret_id = id;
    return err_none();
}

// Whoever holds the mandate sees what happened to it: the person, or those of a firm who work under it.
static struct err tell_holders(struct store_conn *conn, struct span id, const struct rows *row, const char *kind, struct span by,
                               int64_t now_ms, struct arena *arena, struct why *why) {
    struct span person = rows_span(row, 0, 0), entity = rows_span(row, 0, 1);
    if (person.at != NULL) return access_event_add(conn, person, kind, by, entity, now_ms, why);
    return firm_mandate_event(conn, id, kind, by, entity, now_ms, arena, why);
}

struct err access_mandate_renew(struct store_conn *conn, struct span mandate_id, int64_t until_ms, struct span by, int64_t now_ms,
                                struct arena *arena, struct why *why) {
    struct rows rows;
    TRY(access_mandate_find(conn, mandate_id, arena, &rows, why));
    if (until_ms != INSTANT_NONE && (until_ms <= rows_int(&rows, 0, 7) || until_ms <= now_ms))
        return why_set(why, ERR_INPUT, "/until", "access.mandate_dates", NULL, "A mandate ends after it begins, and a renewed one in the future.");
    TRY(store_write(conn, STMT_ACT_MANDATE_RENEW,
                    PARAMS(value_text(mandate_id), until_ms == INSTANT_NONE ? value_null() : value_int(until_ms), value_int(now_ms),
                           value_text(by)),
                    NULL, why));
    TRY(notice_add(conn, "mandate_dates", mandate_id, now_ms, why));
    return tell_holders(conn, mandate_id, &rows, "mandate_renewed", by, now_ms, arena, why);
}

struct err access_mandate_revoke(struct store_conn *conn, struct span mandate_id, struct span by, int64_t now_ms,
                                 struct why *why) {
    struct arena arena;
    arena_init(&arena, 256 * 1024);
    struct rows rows;
    struct err result = store_read(conn, STMT_ACCESS_MANDATE_GET, PARAMS(value_text(mandate_id)), &arena, &rows, why);
    if (!is_err(result) && rows.count == 0)
        result = why_set(why, ERR_NOT_FOUND, NULL, "access.mandate_id", NULL, "There is no such mandate.");
    if (!is_err(result))
        result = store_write(conn, STMT_ACCESS_MANDATE_REVOKE,
                             PARAMS(value_text(mandate_id), value_text(by), value_int(now_ms)), NULL, why);
    if (!is_err(result)) result = notice_add(conn, "mandate_revoked", mandate_id, now_ms, why);
    if (!is_err(result)) result = tell_holders(conn, mandate_id, &rows, "mandate_revoked", by, now_ms, &arena, why);
    arena_fini(&arena);
    return result;
}
