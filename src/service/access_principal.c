// SPDX-License-Identifier: EUPL-1.2
/*
 * Who asks: from the headers of a request to a principal with her roles and mandates as they stand at this instant, so that what
 * is revoked ends with the next request. And tokens for machines.
 */
#include "service/access_private.h"

// The value of our cookie in a Cookie header; at == NULL where it is not there.
static struct span cookie_find(struct span header) {
    const struct span NAME = SPAN(ACCESS_COOKIE "=");
    for (size_t at = 0; at < header.len;) {
        size_t end = span_find(header, ';', at);
        struct span pair = span_trim(span_part(header, at, end));
        if (span_starts_with(pair, NAME)) return span_part(pair, NAME.len, pair.len);
        at = end + 1;
    }
    return span_make(NULL, 0);
}

static struct err bad_header(struct why *why) {
    return why_set(why, ERR_UNAUTHENTICATED, "Authorization", "access.bearer", NULL,
                   "The token in the Authorization header does not count: it is unknown, has expired or was revoked.");
}

static bool bearer_read(struct span header, struct span *ret) {
    static const char SCHEME[] = "bearer ";
    if (header.len < 7) return false;
    for (size_t i = 0; i < 7; i++)
        if ((header.at[i] | 0x20) != SCHEME[i] && header.at[i] != (uint8_t)SCHEME[i]) return false;
    *ret = span_trim(span_part(header, 7, header.len));
    return true;
}

static const struct access_office *first_of(const struct access *access, const struct office_kind *kind) {
    for (size_t i = 0; i < access->office_count; i++)
        if (access->offices[i].kind == kind) return &access->offices[i];
    return NULL;
}

// Of an office that states hold in turn: the same role while it is her state's turn, and reading in the turn after.
static void turn_add(const struct access *access, const struct role *by, int64_t now_ms, struct role *roles, size_t *count) {
    const struct office_term *terms;
    const struct access_office *own = access_office_find(access, by->office);
    size_t term_count = access->law == NULL || own == NULL || own->state.len == 0 ? 0 : office_terms(access->law, &terms);
    for (size_t i = 0; i < term_count; i++) {
        struct span before, holder = office_term_holder(&terms[i], zone_date(access->zone, now_ms), &before);
        const struct access_office *office = first_of(access, terms[i].kind);
        bool holds = span_equals(holder, own->state), held = span_equals(before, own->state);
        for (size_t k = 0; office != NULL && (holds || held) && k < terms[i].through_count; k++)
            if (terms[i].through[k].kind == by->kind)
                roles[(*count)++] = (struct role){.office = office->id, .person_id = by->person_id, .kind = office->kind,
                                                  .role = holds ? by->role : ROLE_READER, .through = &terms[i].through[k]};
    }
}

static struct err load_roles(const struct access *access, struct store_conn *conn, int64_t now_ms, struct arena *arena,
                             struct principal *principal, struct why *why) {
    struct rows rows;
    TRY(store_read(conn, STMT_ACCESS_ROLE_OF_PERSON, PARAMS(value_text(principal->person_id)), arena, &rows, why));
    if (rows.count == 0) return err_none();
    const struct office_term *terms;
    size_t more = access->law == NULL ? 0 : office_terms(access->law, &terms);
    struct role *roles = arena_take_array(arena, rows.count * (1 + more), sizeof *roles);
    if (roles == NULL) return access_full(why);
    size_t count = 0;
    for (size_t i = 0; i < rows.count; i++) {
        const struct access_office *office = access_office_find(access, rows_span(&rows, i, 1));
        int64_t kind = rows_int(&rows, i, 2);
        if (office == NULL || kind < ROLE_READER || kind > ROLE_HEAD) continue;
        struct role *role = &roles[count];
        *role = (struct role){.office = office->id, .person_id = principal->person_id, .kind = office->kind, .role = (enum access_role_kind)kind,
                              .office_sector_count = office->sector_count, .office_sectors = office->sectors};
        if (is_err(sectors_split(rows_span(&rows, i, 3), arena, &role->sectors, &role->sector_count)))
            return access_full(why);
        count++;
    }
    for (size_t i = 0, given = count; i < given; i++) turn_add(access, &roles[i], now_ms, roles, &count);
    principal->roles = roles;
    principal->role_count = count;
    return err_none();
}

static struct err load_mandates(struct store_conn *conn, int64_t now_ms, struct arena *arena, struct principal *principal,
                                struct why *why) {
    struct rows rows;
    TRY(store_read(conn, STMT_ACCESS_MANDATE_IN_FORCE, PARAMS(value_text(principal->person_id), value_int(now_ms)), arena,
                   &rows, why));
    if (rows.count == 0) return err_none();
    struct mandate *mandates = arena_take_array(arena, rows.count, sizeof *mandates);
    if (mandates == NULL) return access_full(why);
    for (size_t i = 0; i < rows.count; i++) {
        bool is_open = rows_at(&rows, i, 4)->type == VALUE_NULL;
        mandates[i] = (struct mandate){.id = rows_span(&rows, i, 0), .entity = rows_span(&rows, i, 1),
                                       .scopes = (uint32_t)rows_int(&rows, i, 2) & MANDATE_ALL,
                                       .from_ms = rows_int(&rows, i, 3),
                                       .until_ms = is_open ? INSTANT_NONE : rows_int(&rows, i, 4),
                                       .capacity = rows_span(&rows, i, 5),
                                       .procedures = rows_span(&rows, i, 6),
                                       .may_delegate = rows_int(&rows, i, 7) != 0,
                                       .firm = rows_span(&rows, i, 8)};
    }
    principal->mandates = mandates;
    principal->mandate_count = rows.count;
    return err_none();
}

static bool same_spans(const struct span *a, size_t a_count, const struct span *b, size_t b_count) {
    if (a_count != b_count) return false;
    for (size_t i = 0; i < a_count; i++)
        if (!span_equals(a[i], b[i])) return false;
    return true;
}

bool access_same_rights(const struct principal *a, const struct principal *b) {
    if (a->role_count != b->role_count || a->mandate_count != b->mandate_count) return false;
    for (size_t i = 0; i < a->role_count; i++)
        if (!span_equals(a->roles[i].office, b->roles[i].office) || a->roles[i].role != b->roles[i].role ||
            !same_spans(a->roles[i].sectors, a->roles[i].sector_count, b->roles[i].sectors, b->roles[i].sector_count))
            return false;
    for (size_t i = 0; i < a->mandate_count; i++)
        if (!span_equals(a->mandates[i].id, b->mandates[i].id) || a->mandates[i].scopes != b->mandates[i].scopes ||
            a->mandates[i].until_ms != b->mandates[i].until_ms)
            return false;
    return true;
}

struct err access_principal_as(const struct access *access, struct store_conn *conn, struct span person_id, struct arena *arena,
                               struct principal *ret, struct why *why) {
    struct rows person;
    TRY(access_person_need(conn, person_id, arena, &person, why));
    if (rows_int(&person, 0, PERSON_DISABLED) != 0) return why_set(why, ERR_NOT_FOUND, NULL, "access.no_person", NULL, "There is no such person.");
    struct principal principal = {.is_known = true, .is_totp_done = true, .person_id = person_id, .name = rows_span(&person, 0, 2)};
    TRY(load_roles(access, conn, 0, arena, &principal, why)); // those that she was given
    *ret = principal;
    return err_none();
}

struct err access_renew(const struct access *access, struct store_conn *conn, const struct principal *principal, int64_t since_ms,
                        int64_t now_ms, struct arena *arena, bool *ret_is_changed, struct principal *ret, struct why *why) {
    enum { SLACK_MS = 10 * 1000 }; // a revocation's instant is that of its transaction's begin
    struct rows last, person;
    *ret_is_changed = false;
    if (!principal->is_known) return err_none();
    TRY(store_read(conn, STMT_ACCESS_EVENT_LAST, PARAMS(value_text(principal->person_id)), arena, &last, why));
    if (last.count == 0 || rows_int(&last, 0, 0) < since_ms - SLACK_MS) return err_none();
    TRY(access_person_need(conn, principal->person_id, arena, &person, why));
    if (rows_int(&person, 0, PERSON_DISABLED) != 0)
        return why_set(why, ERR_UNAUTHENTICATED, NULL, "access.session_over", NULL, "Your session has ended. Please sign in again.");
    struct principal now = *principal;
    now.role_count = now.mandate_count = 0;
    TRY(load_roles(access, conn, now_ms, arena, &now, why));
    TRY(load_mandates(conn, now_ms, arena, &now, why));
    *ret_is_changed = !access_same_rights(principal, &now);
    *ret = now;
    return err_none();
}

struct err access_rights_load(const struct access *access, struct store_conn *conn, struct span person_id, int64_t now_ms,
                              struct arena *arena, struct principal *ret, bool *ret_is_there, struct why *why) {
    struct principal who = {.is_known = true, .person_id = person_id, .scopes = SCOPE_ALL, .means = MEANS_SESSION, .is_totp_done = true};
    struct rows person;
    TRY(store_read(conn, STMT_ACCESS_PERSON_GET, PARAMS(value_text(person_id)), arena, &person, why));
    *ret_is_there = person.count > 0 && rows_int(&person, 0, PERSON_DISABLED) == 0;
    if (!*ret_is_there) return err_none();
    TRY(load_roles(access, conn, now_ms, arena, &who, why));
    TRY(load_mandates(conn, now_ms, arena, &who, why));
    *ret = who;
    return err_none();
}

// Looks TOKEN up. *ret stays nobody where it does not count.
static struct err lookup(const struct access *access, struct store_conn *conn, struct span token, int64_t now_ms,
                         struct arena *arena, struct principal *ret, struct why *why) {
    if (token.len != ACCESS_TOKEN_BYTES || !span_starts_with(token, SPAN("vrd_"))) return err_none();
    bool is_session = token.at[4] == 's';
    struct hash hash = hash_sha256(token);
    struct rows rows;
    TRY(store_read(conn, is_session ? STMT_ACCESS_SESSION_FIND : STMT_ACCESS_TOKEN_FIND, PARAMS(value_blob(hash_span(&hash))),
                   arena, &rows, why));
    if (rows.count == 0 || rows_int(&rows, 0, 1) <= now_ms || rows_int(&rows, 0, 8) != 0) return err_none();
    if (!is_session && rows_at(&rows, 0, 12)->type != VALUE_NULL) return err_none();
    struct principal who = {
        .is_known = true,
        .session_id = rows_span(&rows, 0, 0),
        .expires_ms = rows_int(&rows, 0, 1),
        .is_totp_done = rows_int(&rows, 0, 2) != 0,
        .person_id = rows_span(&rows, 0, 3),
        .pseudonym = rows_span(&rows, 0, 4),
        .name = rows_span(&rows, 0, 5),
        .language = rows_span(&rows, 0, 6),
        .is_administrator = rows_int(&rows, 0, 7) != 0,
        .means = is_session ? MEANS_SESSION : MEANS_TOKEN,
        .is_use_due = !is_session && (rows_at(&rows, 0, 13)->type == VALUE_NULL || now_ms - rows_int(&rows, 0, 13) >= LIMIT_TOKEN_USED_MS),
        .scopes = is_session ? SCOPE_ALL : (uint32_t)rows_int(&rows, 0, 11) & SCOPE_ALL_OF_TOKENS,
    };
    if (is_session) {
        who.csrf = access_csrf_make(token, arena);
        if (who.csrf.at == NULL) return access_full(why);
    }
    // few have both, and each read costs as much as finding the session
    if (rows_int(&rows, 0, 9) != 0) TRY(load_roles(access, conn, now_ms, arena, &who, why));
    if (rows_int(&rows, 0, 10) != 0) TRY(load_mandates(conn, now_ms, arena, &who, why));
    *ret = who;
    return err_none();
}

struct err access_authenticate(const struct access *access, struct store_conn *conn,
                               const struct access_credentials *credentials, int64_t now_ms, struct arena *arena,
                               struct principal *ret, struct why *why) {
    struct principal who = {0};
    if (credentials->authorization.at != NULL) {
        struct span token;
        if (!bearer_read(credentials->authorization, &token)) return bad_header(why);
        TRY(lookup(access, conn, token, now_ms, arena, &who, why));
        if (!who.is_known) return bad_header(why);
        *ret = who;
        return err_none();
    }
    struct span cookie = cookie_find(credentials->cookie);
    if (cookie.at != NULL && cookie.len > 4 && cookie.len == ACCESS_TOKEN_BYTES && cookie.at[4] == 's')
        TRY(lookup(access, conn, cookie, now_ms, arena, &who, why));
    if (cookie.at != NULL && !who.is_known) who.is_session_over = true;
    if (who.is_known && credentials->is_changing &&
        (credentials->csrf.at == NULL || !secret_equals(credentials->csrf, who.csrf)))
        who = (struct principal){.is_csrf_missing = true};
    *ret = who;
    return err_none();
}

struct err access_token_create(struct store_conn *conn, const struct principal *principal,
                               const struct access_token_new *token, const struct access_env *env, struct arena *arena,
                               struct span *ret_id, struct span *ret_token, struct why *why) {
    TRY(access_require(principal, SCOPE_ACCOUNT, why));
    struct span name = span_trim(token->name);
    if ((principal->role_count > 0 || principal->is_administrator) && !principal->is_totp_done)
        return why_set(why, ERR_DENIED, NULL, "access.second_factor", NULL,
                       "Please set up a second factor before making tokens.");
    if (name.len == 0 || name.len > LIMIT_NAME_BYTES || !span_is_utf8(name) || span_has_hidden(name))
        return why_set(why, ERR_INPUT, "/name", "access.token_name", NULL, "Please say in one line what the token is for.");
    if (token->scopes == 0 || (token->scopes & ~(uint32_t)SCOPE_ALL_OF_TOKENS) != 0)
        return why_set(why, ERR_INPUT, "/scopes", "access.token_scopes", NULL,
                       "A token has one or more of the scopes read, file, delete, manage.");
    if (token->expires_ms <= env->now_ms || token->expires_ms > env->now_ms + LIMIT_TOKEN_DAYS * MS_PER_DAY)
        return why_set(why, ERR_INPUT, "/expires", "access.token_expiry", NULL,
                       "A token ends in the future, at most %d days from now.", LIMIT_TOKEN_DAYS);
    struct rows rows;
    TRY(store_read(conn, STMT_ACCESS_TOKEN_COUNT, PARAMS(value_text(principal->person_id), value_int(env->now_ms)), arena,
                   &rows, why));
    if (rows_int(&rows, 0, 0) >= LIMIT_TOKENS_PER_PERSON)
        return why_set(why, ERR_LIMIT, NULL, "access.token_count", NULL, "A person has at most %d tokens. Please revoke one.",
                       LIMIT_TOKENS_PER_PERSON);
    struct span id = access_id_make(env, 'T', arena), text = access_token_make(env, 't', arena);
    if (id.at == NULL || text.at == NULL) return access_full(why);
    struct hash hash = hash_sha256(text);
    TRY(store_write(conn, STMT_ACCESS_TOKEN_ADD,
                    PARAMS(value_blob(hash_span(&hash)), value_text(id), value_text(principal->person_id), value_text(name),
                           value_int(token->scopes), value_int(principal->is_totp_done), value_int(env->now_ms),
                           value_int(token->expires_ms)),
                    NULL, why));
    TRY(access_event_add(conn, principal->person_id, "token_made", span_make(NULL, 0), name, env->now_ms, why));
    *ret_id = id;
    *ret_token = text;
    return err_none();
}

struct err access_token_revoke(struct store_conn *conn, struct span person_id, struct span token_id, struct span by, int64_t now_ms,
                               struct why *why) {
    size_t changed = 0;
    TRY(store_write(conn, STMT_ACCESS_TOKEN_REVOKE, PARAMS(value_text(token_id), value_text(person_id), value_int(now_ms)),
                    &changed, why));
    if (changed == 0) return why_set(why, ERR_NOT_FOUND, NULL, "access.token", NULL, "There is no such token in force.");
    return access_event_add(conn, person_id, "token_revoked", by, token_id, now_ms, why);
}

struct err access_token_used(struct store_conn *conn, const struct principal *principal, int64_t now_ms, struct why *why) {
    return principal->is_use_due ? store_write(conn, STMT_ACCESS_TOKEN_USED, PARAMS(value_text(principal->session_id), value_int(now_ms)), NULL, why) : err_none();
}
