// SPDX-License-Identifier: EUPL-1.2
/*
 * Roles at offices, given by administrators, and recorded with who gave and who took them.
 */
#include "service/access_private.h"

static bool has_sector(const struct span *sectors, size_t count, struct span sector) {
    for (size_t i = 0; i < count; i++)
        if (span_equals(sectors[i], sector)) return true;
    return false;
}

static struct err check_role(const struct access *access, const struct access_role_new *role, struct span by,
                             const struct access_office **ret_office, struct why *why) {
    if (by.at != NULL && span_equals(by, role->person_id))
        return why_set(why, ERR_DENIED, NULL, "access.not_herself", NULL,
                       "Nobody gives herself a role; another administrator has to do it.");
    const struct access_office *office = access_office_find(access, role->office);
    if (office == NULL)
        return why_set(why, ERR_INPUT, "/office", "access.office", NULL, "This node has no office of that name.");
    if (role->role < ROLE_READER || role->role > ROLE_HEAD)
        return why_set(why, ERR_INPUT, "/role", "access.role", NULL, "A role is reader, officer or head.");
    for (size_t i = 0; i < role->sector_count; i++) {
        struct span sector = role->sectors[i];
        bool is_text = sector.len > 0 && sector.len <= 64 && span_is_utf8(sector) &&
                       span_find(sector, ' ', 0) == sector.len;
        if (!is_text || (office->sector_count > 0 && !has_sector(office->sectors, office->sector_count, sector)))
            return why_set(why, ERR_INPUT, "/sectors", "access.sector", NULL, "The office does not have the sector \"%.*s\".",
                           SPAN_FMT(span_part(sector, 0, 64)));
    }
    *ret_office = office;
    return err_none();
}

// That the person has not yet her full number of what STATEMENT counts.
struct err access_check_count(struct store_conn *conn, enum statement statement, const struct value *params, size_t count,
                              int64_t most, struct arena *arena, struct why *why) {
    struct rows rows;
    TRY(store_read(conn, statement, params, count, arena, &rows, why));
    if (rows_int(&rows, 0, 0) < most) return err_none();
    return why_set(why, ERR_LIMIT, NULL, "access.grant_count", NULL, "The person has the most that one person can have (%lld).",
                   (long long)most);
}

struct err access_role_grant(const struct access *access, struct store_conn *conn, const struct access_role_new *role,
                             struct span by, const struct access_env *env, struct arena *arena, struct span *ret_id,
                             struct why *why) {
    const struct access_office *office = NULL;
    struct rows rows;
    TRY(check_role(access, role, by, &office, why));
    TRY(access_person_need(conn, role->person_id, arena, &rows, why));
    TRY(store_read(conn, STMT_ACCESS_ROLE_OF_PERSON, PARAMS(value_text(role->person_id)), arena, &rows, why));
    for (size_t i = 0; i < rows.count; i++)
        if (span_equals(rows_span(&rows, i, 1), role->office))
            return why_set(why, ERR_CONFLICT, "/office", "access.role_twice", NULL,
                           "The person has a role at this office already. Please revoke it first.");
    TRY(access_check_count(conn, STMT_ACCESS_ROLE_COUNT, PARAMS(value_text(role->person_id)), LIMIT_ROLES_PER_PERSON, arena, why));
    struct span id = access_id_make(env, 'R', arena), sectors = sectors_join(role->sectors, role->sector_count, arena);
    if (id.at == NULL || sectors.at == NULL) return access_full(why);
    TRY(store_write(conn, STMT_ACCESS_ROLE_ADD,
                    PARAMS(value_text(id), value_text(role->person_id), value_text(office->id), value_int(role->role),
                           value_text(sectors), value_int(env->now_ms), value_text(by)),
                    NULL, why));
    TRY(access_event_add(conn, role->person_id, "role_granted", by, office->id, env->now_ms, why));
    *ret_id = id;
    return err_none();
}

struct err access_role_revoke(struct store_conn *conn, struct span role_id, struct span by, int64_t now_ms,
                              struct why *why) {
    struct arena arena;
    arena_init(&arena, 64 * 1024);
    struct rows rows;
    struct err result = store_read(conn, STMT_ACCESS_ROLE_GET, PARAMS(value_text(role_id)), &arena, &rows, why);
    if (!is_err(result) && rows.count == 0)
        result = why_set(why, ERR_NOT_FOUND, NULL, "access.role_id", NULL, "There is no such role in force.");
    if (!is_err(result))
        result = store_write(conn, STMT_ACCESS_ROLE_REVOKE, PARAMS(value_text(role_id), value_text(by), value_int(now_ms)),
                             NULL, why);
    if (!is_err(result))
        result = access_event_add(conn, rows_span(&rows, 0, 0), "role_revoked", by, rows_span(&rows, 0, 1), now_ms, why);
    arena_fini(&arena);
    return result;
}
