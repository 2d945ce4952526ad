// SPDX-License-Identifier: EUPL-1.2
#include "service/claim.h"

#include <stdio.h>

#include "law/procedure.h"
#include "service/entity.h"

// --- the token ---

void claim_token_make(const struct services *services, struct span key, const struct hash *body_hash, char ret[CLAIM_TOKEN_BYTES + 1]) {
    struct hash secret;
    if (key.len >= CLAIM_KEY_MIN_BYTES) {
        const struct span parts[] = {SPAN("varde.claim.v1\n"), hash_span(body_hash), key};
        struct hash asked = hash_sha256_parts(parts, 3);
        secret = hash_hmac(span_make(services->node_secret, sizeof services->node_secret), hash_span(&asked));
    } else {
        services->random(secret.bytes, sizeof secret.bytes);
    }
    memcpy(ret, "vrd_e_", 6);
    for (size_t i = 0; i < HASH_BYTES; i++) (void)snprintf(ret + 6 + 2 * i, 3, "%02x", (unsigned)secret.bytes[i]);
}

struct hash claim_token_hash(struct span token) { return hash_sha256(token); }

static struct err no_claim(struct why *why) {
    return why_set(why, ERR_NOT_FOUND, "/token", "claim.unknown", "", "there is no report with this token");
}

static struct err find_hash(struct store_conn *conn, const struct hash *token_hash, struct arena *arena, struct claim *ret, struct why *why) {
    struct claim claim = {.token_hash = *token_hash};
    struct value hash = value_blob(hash_span(token_hash));
    struct rows rows;
    TRY(store_read(conn, STMT_CLAIM_GET, &hash, 1, arena, &rows, why));
    if (rows.count == 0) return no_claim(why);
    claim.case_id = rows_span(&rows, 0, 0);
    claim.filing_id = rows_span(&rows, 0, 1);
    claim.created_ms = rows_int(&rows, 0, 2);
    claim.person_id = rows_span(&rows, 0, 3);
    *ret = claim;
    return err_none();
}

struct err claim_find(struct store_conn *conn, struct span token, struct arena *arena, struct claim *ret, struct why *why) {
    if (token.len != CLAIM_TOKEN_BYTES || !span_starts_with(token, SPAN("vrd_e_"))) return no_claim(why);
    struct hash token_hash = claim_token_hash(token);
    return find_hash(conn, &token_hash, arena, ret, why);
}

struct err claim_still_counts(struct store_conn *conn, const struct hash *token_hash, struct arena *arena, struct why *why) {
    struct claim claim;
    TRY(find_hash(conn, token_hash, arena, &claim, why));
    return claim.person_id.len == 0 ? err_none() : why_set(why, ERR_CONFLICT, "/token", "claim.taken", "", "this report was taken over with an account; go on there");
}

struct err claim_add(struct store_conn *conn, const struct hash *token_hash, struct span case_id, struct span filing_id, int64_t points,
                     int64_t most_per_hour, int64_t now_ms, struct arena *arena, struct why *why) {
    struct value since = value_int(now_ms - MS_PER_HOUR);
    struct rows rows;
    TRY(store_read(conn, STMT_CLAIM_COUNT_SINCE, &since, 1, arena, &rows, why));
    if (rows_int(&rows, 0, 0) >= most_per_hour)
        return why_set(why, ERR_LIMIT, "", "access.emergency", "", "more reports without account came within the hour than this node takes");
    struct value params[] = {value_blob(hash_span(token_hash)), value_text(case_id), value_text(filing_id), value_int(points), value_int(now_ms)};
    return store_write(conn, STMT_CLAIM_ADD, params, 5, NULL, why);
}

struct err claim_invite(struct store_conn *conn, const struct hash *token_hash, struct span case_id, struct span filing_id, int64_t now_ms,
                        struct why *why) {
    struct value id = value_text(case_id);
    TRY(store_write(conn, STMT_CLAIM_END, &id, 1, NULL, why));
    struct value params[] = {value_blob(hash_span(token_hash)), id, value_text(filing_id), value_int(0), value_int(now_ms)};
    return store_write(conn, STMT_CLAIM_ADD, params, 5, NULL, why);
}

struct err claim_take(struct store_conn *conn, const struct hash *token_hash, struct span person_id, int64_t now_ms, struct why *why) {
    struct value params[] = {value_blob(hash_span(token_hash)), value_text(person_id), value_int(now_ms)};
    size_t changed = 0;
    TRY(store_write(conn, STMT_CLAIM_TAKE, params, 3, &changed, why));
    if (changed == 1) return err_none();
    return why_set(why, ERR_CONFLICT, "/token", "claim.taken", "", "this report was taken over by someone already");
}

// --- hints ---

static struct span compared_value(const struct services *services, struct span procedure, struct span document, const struct json *values,
                                  struct civil at, const char *attribute) {
    struct span field = procedure_compared(services->law, services->state, at, procedure, document, attribute);
    for (size_t i = 0; field.len > 0 && values != NULL && i < values->count; i++)
        if (span_equals(values->members[i].name, field) && values->members[i].value.type == JSON_STRING) return values->members[i].value.string;
    return span_make(NULL, 0);
}

// Whether TEXT stands anywhere in the entry.
static bool stands_in(const struct json *json, struct span text) {
    if (json->type == JSON_STRING) return span_equals(json->string, text);
    for (size_t i = 0; json->type == JSON_ARRAY && i < json->count; i++)
        if (stands_in(&json->items[i], text)) return true;
    for (size_t i = 0; json->type == JSON_OBJECT && i < json->count; i++)
        if (stands_in(&json->members[i].value, text)) return true;
    return false;
}

static bool stands_in_entries(const struct rows *rows, struct span text, struct arena *arena) {
    for (size_t i = 0; text.len > 0 && i < rows->count; i++) {
        struct json profile;
        if (!is_err(json_parse(arena, rows_span(rows, i, 3), &profile, NULL)) && stands_in(&profile, text)) return true;
    }
    return false;
}

struct err claim_hints_find(const struct services *services, struct store_conn *conn, struct span procedure, struct span document,
                            const struct json *values, struct civil at, struct arena *arena, struct claim_hints *ret, struct why *why) {
    struct claim_hints hints = {0};
    struct span name = compared_value(services, procedure, document, values, at, "name");
    struct span number = compared_value(services, procedure, document, values, at, "national_number");
    struct span phone = compared_value(services, procedure, document, values, at, "phone");
    struct span email = compared_value(services, procedure, document, values, at, "email");
    if (name.len > 0) {
        struct value folded = value_text(name_fold(arena, span_trim(name)));
        TRY(store_read(conn, STMT_ENTITIES_BY_NAME, &folded, 1, arena, &hints.by_name, why));
    }
    if (number.len > 0) {
        struct value wanted = value_text(span_trim(number));
        TRY(store_read(conn, STMT_ENTITIES_BY_NUMBER, &wanted, 1, arena, &hints.by_number, why));
    }
    hints.phone_is_known = stands_in_entries(&hints.by_name, phone, arena) || stands_in_entries(&hints.by_number, phone, arena);
    hints.email_is_known = stands_in_entries(&hints.by_name, email, arena) || stands_in_entries(&hints.by_number, email, arena);
    hints.points = (hints.by_number.count > 0 ? 30 : 0) + (hints.by_name.count > 0 ? 20 : 0) + (hints.phone_is_known ? 40 : 0) +
                   (hints.email_is_known ? 10 : 0);
    *ret = hints;
    return err_none();
}

static bool has_row(const struct rows *rows, struct span id) {
    for (size_t i = 0; i < rows->count; i++)
        if (span_equals(rows_span(rows, i, 0), id)) return true;
    return false;
}

static struct err write_entity(struct json_out *out, struct store_conn *conn, const struct rows *rows, size_t row, bool by_name, bool by_number,
                               struct span procedure, int64_t now_ms, struct arena *arena, struct why *why) {
    struct value params[] = {value_text(rows_span(rows, row, 0)), value_text(procedure), value_int(now_ms - MS_PER_DAY)};
    struct rows cases;
    TRY(store_read(conn, STMT_CASES_OPEN_OF_ENTITY, params, 3, arena, &cases, why));
    json_out_object(out);
    json_out_member_string(out, "id", rows_span(rows, row, 0));
    json_out_member_string(out, "name", rows_span(rows, row, 1));
    json_out_member_string(out, "status", rows_span(rows, row, 2));
    json_out_name(out, "agrees");
    json_out_array(out);
    if (by_name) json_out_text(out, "name");
    if (by_number) json_out_text(out, "national_number");
    json_out_array_end(out);
    json_out_name(out, "open_cases");
    json_out_array(out);
    for (size_t i = 0; i < cases.count; i++) {
        json_out_object(out);
        json_out_member_string(out, "id", rows_span(&cases, i, 0));
        json_out_member_string(out, "state", rows_span(&cases, i, 1));
        json_out_object_end(out);
    }
    json_out_array_end(out);
    json_out_object_end(out);
    return err_none();
}

struct err claim_hints_write(struct json_out *out, struct store_conn *conn, const struct claim_hints *hints, struct span procedure,
                             int64_t now_ms, struct arena *arena, struct why *why) {
    json_out_object(out);
    json_out_member_int(out, "points", hints->points);
    json_out_member_bool(out, "phone_is_on_register", hints->phone_is_known);
    json_out_member_bool(out, "email_is_on_register", hints->email_is_known);
    json_out_name(out, "entities");
    json_out_array(out);
    for (size_t i = 0; i < hints->by_number.count; i++)
        TRY(write_entity(out, conn, &hints->by_number, i, has_row(&hints->by_name, rows_span(&hints->by_number, i, 0)), true, procedure, now_ms, arena, why));
    for (size_t i = 0; i < hints->by_name.count; i++)
        if (!has_row(&hints->by_number, rows_span(&hints->by_name, i, 0)))
            TRY(write_entity(out, conn, &hints->by_name, i, true, false, procedure, now_ms, arena, why));
    json_out_array_end(out);
    json_out_object_end(out);
    return err_none();
}
