// SPDX-License-Identifier: EUPL-1.2
/* Firms: organisations whose members act by the firm's mandates, so that a change of staff needs no new mandate. */
#include "service/access_private.h"
#include "service/act.h"

static struct err no_firm(struct why *why) {
    return why_set(why, ERR_NOT_FOUND, NULL, "act.no_firm", NULL, "There is no such firm, or none that you are a member of.");
}

struct err firm_make(struct store_conn *conn, const struct principal *principal, struct span name, const struct access_env *env,
                     struct arena *arena, struct span *ret_id, struct why *why) {
    struct span trimmed = span_trim(name), who = principal->person_id;
    if (trimmed.len == 0 || trimmed.len > LIMIT_NAME_BYTES || !span_is_utf8(trimmed) || span_has_hidden(trimmed))
        return why_set(why, ERR_INPUT, "/name", "act.firm_name", NULL, "The name is one line of at most %d bytes.", LIMIT_NAME_BYTES);
    TRY(access_check_count(conn, STMT_ACT_FIRM_COUNT, PARAMS(value_text(who)), LIMIT_FIRMS_PER_PERSON, arena, why));
    struct span id = access_id_make(env, 'B', arena);
    if (id.at == NULL) return access_full(why);
    TRY(store_write(conn, STMT_ACT_FIRM_ADD, PARAMS(value_text(id), value_text(trimmed), value_int(env->now_ms), value_text(who)), NULL, why));
    TRY(store_write(conn, STMT_ACT_MEMBER_ADD,
                    PARAMS(value_text(id), value_text(who), value_int(1), value_int(env->now_ms), value_text(who)), NULL, why));
    TRY(access_event_add(conn, who, "firm_joined", span_make(NULL, 0), id, env->now_ms, why));
    *ret_id = id;
    return err_none();
}

struct err firm_open(struct store_conn *conn, const struct principal *principal, struct span firm_id, bool must_manage, struct arena *arena,
                     struct rows *ret, struct why *why) {
    struct rows member;
    TRY(store_read(conn, STMT_ACT_FIRM_GET, PARAMS(value_text(firm_id)), arena, ret, why));
    TRY(store_read(conn, STMT_ACT_MEMBER_GET, PARAMS(value_text(firm_id), value_text(principal->person_id)), arena, &member, why));
    if (ret->count == 0 || member.count == 0) return no_firm(why);
    if (must_manage && rows_int(&member, 0, 0) == 0)
        return why_set(why, ERR_DENIED, NULL, "act.firm_manager", NULL, "Only a manager of the firm may do that.");
    return err_none();
}

struct err firm_name(struct store_conn *conn, struct span firm_id, struct arena *arena, struct span *ret, struct why *why) {
    struct rows rows;
    TRY(store_read(conn, STMT_ACT_FIRM_GET, PARAMS(value_text(firm_id)), arena, &rows, why));
    if (rows.count == 0) return why_set(why, ERR_NOT_FOUND, "/firm", "act.no_firm", NULL, "There is no firm with this identifier.");
    *ret = rows_span(&rows, 0, 1);
    return err_none();
}

struct err firm_member_add(struct store_conn *conn, struct span firm_id, struct span person_id, bool is_manager, struct span by,
                           int64_t now_ms, struct arena *arena, struct why *why) {
    struct rows rows;
    TRY(access_person_need(conn, person_id, arena, &rows, why));
    TRY(store_read(conn, STMT_ACT_MEMBER_GET, PARAMS(value_text(firm_id), value_text(person_id)), arena, &rows, why));
    if (rows.count > 0) return why_set(why, ERR_CONFLICT, "/login", "act.member_twice", NULL, "The person is a member of the firm already.");
    TRY(access_check_count(conn, STMT_ACT_MEMBER_COUNT, PARAMS(value_text(firm_id)), LIMIT_FIRM_MEMBERS, arena, why));
    TRY(store_write(conn, STMT_ACT_MEMBER_ADD,
                    PARAMS(value_text(firm_id), value_text(person_id), value_int(is_manager), value_int(now_ms), value_text(by)), NULL, why));
    return access_event_add(conn, person_id, "firm_joined", by, firm_id, now_ms, why);
}

struct err firm_member_end(struct store_conn *conn, struct span firm_id, struct span person_id, struct span by, int64_t now_ms,
                           struct arena *arena, struct why *why) {
    struct rows rows, counts;
    TRY(store_read(conn, STMT_ACT_MEMBER_GET, PARAMS(value_text(firm_id), value_text(person_id)), arena, &rows, why));
    if (rows.count == 0) return why_set(why, ERR_NOT_FOUND, NULL, "act.no_member", NULL, "The person is no member of the firm.");
    TRY(store_read(conn, STMT_ACT_MEMBER_COUNT, PARAMS(value_text(firm_id)), arena, &counts, why));
    if (rows_int(&rows, 0, 0) != 0 && rows_int(&counts, 0, 1) <= 1 && rows_int(&counts, 0, 0) > 1)
        return why_set(why, ERR_CONFLICT, NULL, "act.last_manager", NULL,
                       "She is the firm's last manager. Please make another member its manager first.");
    struct value params[] = {value_text(firm_id), value_text(person_id), value_int(now_ms), value_text(by)};
    TRY(store_write(conn, STMT_ACT_ASSIGNMENT_END_OF_FIRM, params, 4, NULL, why));
    TRY(store_write(conn, STMT_ACT_MEMBER_END, params, 4, NULL, why));
    return access_event_add(conn, person_id, "firm_left", by, firm_id, now_ms, why);
}

// The mandate must be the firm's. Columns of access_mandate_get.
static struct err mandate_of(struct store_conn *conn, struct span firm_id, struct span mandate_id, struct arena *arena, struct rows *ret,
                             struct why *why) {
    TRY(access_mandate_find(conn, mandate_id, arena, ret, why));
    if (span_equals(rows_span(ret, 0, 3), firm_id)) return err_none();
    return why_set(why, ERR_NOT_FOUND, NULL, "access.mandate_id", NULL, "There is no such mandate.");
}

struct err firm_assign(struct store_conn *conn, struct span firm_id, struct span mandate_id, struct span person_id, uint32_t scopes,
                       struct span by, int64_t now_ms, struct arena *arena, struct why *why) {
    struct rows mandate, member;
    TRY(mandate_of(conn, firm_id, mandate_id, arena, &mandate, why));
    TRY(store_read(conn, STMT_ACT_MEMBER_GET, PARAMS(value_text(firm_id), value_text(person_id)), arena, &member, why));
    if (member.count == 0) return why_set(why, ERR_NOT_FOUND, "/login", "act.no_member", NULL, "The person is no member of the firm.");
    if (scopes == 0 || (scopes & ~(uint32_t)rows_int(&mandate, 0, 2)) != 0)
        return why_set(why, ERR_INPUT, "/scopes", "act.assignment_scopes", NULL, "A member has one or more of the scopes of the mandate, no others.");
    // Assigned anew: what she had before under it ends.
    TRY(store_write(conn, STMT_ACT_ASSIGNMENT_END,
                    PARAMS(value_text(mandate_id), value_text(person_id), value_int(now_ms), value_text(by)), NULL, why));
    TRY(store_write(conn, STMT_ACT_ASSIGNMENT_ADD,
                    PARAMS(value_text(mandate_id), value_text(person_id), value_int(scopes), value_int(now_ms), value_text(by)), NULL, why));
    return access_event_add(conn, person_id, "mandate_assigned", by, rows_span(&mandate, 0, 1), now_ms, why);
}

struct err firm_unassign(struct store_conn *conn, struct span firm_id, struct span mandate_id, struct span person_id, struct span by,
                         int64_t now_ms, struct arena *arena, struct why *why) {
    struct rows mandate;
    size_t changed = 0;
    TRY(mandate_of(conn, firm_id, mandate_id, arena, &mandate, why));
    TRY(store_write(conn, STMT_ACT_ASSIGNMENT_END,
                    PARAMS(value_text(mandate_id), value_text(person_id), value_int(now_ms), value_text(by)), &changed, why));
    if (changed == 0) return why_set(why, ERR_NOT_FOUND, NULL, "act.no_assignment", NULL, "The person does not work under this mandate.");
    return access_event_add(conn, person_id, "mandate_unassigned", by, rows_span(&mandate, 0, 1), now_ms, why);
}

struct err firm_mandate_event(struct store_conn *conn, struct span mandate_id, const char *kind, struct span by, struct span entity,
                              int64_t now_ms, struct arena *arena, struct why *why) {
    struct rows rows;
    TRY(store_read(conn, STMT_ACT_ASSIGNMENT_LIST, PARAMS(value_text(mandate_id)), arena, &rows, why));
    for (size_t i = 0; i < rows.count; i++) TRY(access_event_add(conn, rows_span(&rows, i, 0), kind, by, entity, now_ms, why));
    return err_none();
}
