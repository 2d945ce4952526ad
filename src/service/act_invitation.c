// SPDX-License-Identifier: EUPL-1.2
/* Invitations: a representative hands out a one-time code, and whoever takes it acts for the entity from then on. */
#include "service/access_private.h"
#include "service/act.h"

struct err invitation_make(struct store_conn *conn, struct span entity, const struct act_gift *gift, struct span login, struct span by,
                           const struct access_env *env, struct arena *arena, struct span *ret_id, struct span *ret_code,
                           struct why *why) {
    struct hash hash;
    struct span bound = span_make(NULL, 0), empty = SPAN("");
    if (login.len > 0) {
        bound = access_login_normal(span_trim(login), arena);
        if (bound.at == NULL) return why_set(why, ERR_INPUT, "/login", "access.login", NULL, "This can't be a login.");
    }
    TRY(access_check_count(conn, STMT_ACT_INVITATION_COUNT, PARAMS(value_text(entity), value_int(env->now_ms)), LIMIT_INVITATIONS_PER_ENTITY,
                           arena, why));
    struct span id = access_id_make(env, 'I', arena), code = access_code_make(env, arena);
    if (id.at == NULL || !access_code_hash(code, &hash)) return access_full(why);
    bool is_open = gift->until_ms == INSTANT_NONE;
    TRY(store_write(conn, STMT_ACT_INVITATION_ADD,
                    PARAMS(value_text(id), value_text(entity), value_blob(hash_span(&hash)), value_text(bound), value_int(gift->scopes),
                           value_text(gift->capacity.len > 0 ? gift->capacity : empty), value_text(gift->procedures.len > 0 ? gift->procedures : empty),
                           value_int(gift->delegation == DELEGATE_YES), value_text(gift->ground), is_open ? value_null() : value_int(gift->until_ms),
                           value_int(env->now_ms), value_text(by), value_int(env->now_ms + LIMIT_INVITATION_DAYS * MS_PER_DAY)),
                    NULL, why));
    *ret_id = id;
    *ret_code = code;
    return err_none();
}

enum { ID, ENTITY, LOGIN, SCOPES, CAPACITY, PROCEDURES, MAY_DELEGATE, GROUND, UNTIL, MADE_BY }; // columns of act_invitation_find

static struct err bad_code(struct why *why) {
    return why_set(why, ERR_DENIED, "/code", "act.invitation", NULL,
                   "This invitation does not count for you: it is mistyped, was used or taken back, has expired, or is for another person.");
}

// What the inviter may no longer give, her invitation gives no more.
static struct err inviter_may(struct services *services, struct store_conn *conn, struct span inviter, const struct access_entity *of,
                              const struct act_gift *gift, int64_t now_ms, struct arena *arena, bool *ret, struct why *why) {
    struct principal who;
    bool is_there = false;
    enum act_side side = SIDE_NONE;
    TRY(access_rights_load(services->access, conn, inviter, now_ms, arena, &who, &is_there, why));
    *ret = is_there && !is_err(act_may_give(&who, of, gift, now_ms, &side, NULL));
    return err_none();
}

struct err invitation_take(struct services *services, struct store_conn *conn, const struct principal *principal, struct span code,
                           const struct access_env *env, struct arena *arena, struct span *ret_mandate, struct span *ret_entity,
                           struct why *why) {
    struct hash hash;
    struct rows rows, person;
    struct access_entity of;
    size_t used = 0;
    if (!access_code_hash(span_trim(code), &hash)) return bad_code(why);
    TRY(store_read(conn, STMT_ACT_INVITATION_FIND, PARAMS(value_blob(hash_span(&hash)), value_int(env->now_ms)), arena, &rows, why));
    if (rows.count == 0) return bad_code(why);
    TRY(access_person_need(conn, principal->person_id, arena, &person, why));
    struct span login = rows_span(&rows, 0, LOGIN), entity = rows_span(&rows, 0, ENTITY), inviter = rows_span(&rows, 0, MADE_BY);
    if (login.at != NULL && !span_equals(login, rows_span(&person, 0, PERSON_LOGIN))) return bad_code(why);
    bool is_open = rows_at(&rows, 0, UNTIL)->type == VALUE_NULL, may = false;
    const struct act_gift gift = {.scopes = (uint32_t)rows_int(&rows, 0, SCOPES), .capacity = rows_span(&rows, 0, CAPACITY),
                                  .procedures = rows_span(&rows, 0, PROCEDURES), .ground = rows_span(&rows, 0, GROUND), .from_ms = env->now_ms,
                                  .until_ms = is_open ? INSTANT_NONE : rows_int(&rows, 0, UNTIL),
                                  .delegation = rows_int(&rows, 0, MAY_DELEGATE) != 0 ? DELEGATE_YES : DELEGATE_BY_CAPACITY};
    TRY(claim_entity(services, conn, entity, arena, &of, why));
    TRY(inviter_may(services, conn, inviter, &of, &gift, env->now_ms, arena, &may, why));
    if (!may || (!is_open && gift.until_ms <= env->now_ms)) return bad_code(why);
    const struct access_mandate_new mandate = {.person_id = principal->person_id, .entity = entity, .scopes = gift.scopes,
                                               .from_ms = gift.from_ms, .until_ms = gift.until_ms, .ground = gift.ground,
                                               .capacity = gift.capacity, .procedures = gift.procedures, .delegation = gift.delegation};
    TRY(access_mandate_grant(conn, &mandate, inviter, env, arena, ret_mandate, why));
    TRY(store_write(conn, STMT_ACT_INVITATION_USE,
                    PARAMS(value_text(rows_span(&rows, 0, ID)), value_int(env->now_ms), value_text(principal->person_id), value_text(*ret_mandate)),
                    &used, why));
    if (used != 1) return bad_code(why);
    *ret_entity = entity;
    return access_event_add(conn, inviter, "invitation_taken", principal->person_id, entity, env->now_ms, why);
}

struct err invitation_revoke(struct store_conn *conn, struct span entity, struct span id, struct span by, int64_t now_ms, struct why *why) {
    size_t changed = 0;
    TRY(store_write(conn, STMT_ACT_INVITATION_REVOKE, PARAMS(value_text(id), value_text(entity), value_int(now_ms), value_text(by)), &changed, why));
    if (changed == 1) return err_none();
    return why_set(why, ERR_NOT_FOUND, NULL, "act.no_invitation", NULL, "There is no such invitation that is open.");
}
