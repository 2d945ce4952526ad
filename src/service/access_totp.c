// SPDX-License-Identifier: EUPL-1.2
/*
 * The second factor: time-based codes (RFC 6238, HMAC-SHA-1, 30 seconds, six digits, as authenticator apps have it) through
 * liboath. A code counts one step early or late, for clocks that differ, and once: the last step used is remembered.
 */
#include <liboath/oath.h>
#include <sodium.h>

#include "service/access_private.h"

enum { BOX_BYTES = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + TOTP_SECRET_BYTES };

bool totp_code(struct span secret, int64_t step, char ret[TOTP_DIGITS + 1]) {
    return step >= 0 && oath_totp_generate((const char *)secret.at, secret.len, (time_t)(step * TOTP_STEP_S), TOTP_STEP_S,
                                           OATH_TOTP_DEFAULT_START_TIME, TOTP_DIGITS, ret) == OATH_OK;
}

bool totp_check(struct span secret, struct span code, int64_t now_ms, int64_t last_step, int64_t *ret_step) {
    int64_t now_step = now_ms / MS_PER_SECOND / TOTP_STEP_S;
    bool is_right = false;
    for (int64_t step = now_step - 1; step <= now_step + 1; step++) {
        char right[TOTP_DIGITS + 1];
        if (step <= last_step || !totp_code(secret, step, right)) continue;
        if (!is_right && secret_equals(code, span_make(right, TOTP_DIGITS))) {
            is_right = true;
            *ret_step = step;
        }
    }
    return is_right;
}

static struct hash box_key(const struct access *access, struct span person_id) {
    return access_blind(access, "varde totp", person_id); // a secret copied to another person's row does not open
}

static void box_close(const struct access *access, struct span person_id, const uint8_t secret[TOTP_SECRET_BYTES],
                      const struct access_env *env, uint8_t ret[BOX_BYTES]) {
    struct hash key = box_key(access, person_id);
    env->random(ret, crypto_secretbox_NONCEBYTES);
    (void)crypto_secretbox_easy(ret + crypto_secretbox_NONCEBYTES, secret, TOTP_SECRET_BYTES, ret, key.bytes);
    sodium_memzero(&key, sizeof key);
}

static struct err box_open(const struct access *access, struct span person_id, struct span box,
                           uint8_t ret[TOTP_SECRET_BYTES], struct why *why) {
    struct hash key = box_key(access, person_id);
    bool is_open = box.len == BOX_BYTES &&
                   crypto_secretbox_open_easy(ret, box.at + crypto_secretbox_NONCEBYTES,
                                              box.len - crypto_secretbox_NONCEBYTES, box.at, key.bytes) == 0;
    sodium_memzero(&key, sizeof key);
    if (is_open) return err_none();
    return why_set(why, ERR_CORRUPT, NULL, "access.totp_row", NULL,
                   "The stored secret of the second factor does not open with this node's secret.");
}

// RFC 4648 base32 of exactly 20 bytes: 32 characters, no padding.
static struct span secret_base32(const uint8_t secret[TOTP_SECRET_BYTES], struct arena *arena) {
    static const char ALPHABET[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    char text[TOTP_SECRET_BYTES * 8 / 5];
    for (size_t i = 0; i < sizeof text; i++) {
        size_t bit = i * 5;
        unsigned pair = (unsigned)secret[bit / 8] << 8 | (bit / 8 + 1 < TOTP_SECRET_BYTES ? secret[bit / 8 + 1] : 0U);
        text[i] = ALPHABET[pair >> (11 - bit % 8) & 31U];
    }
    struct span copy = arena_copy(arena, span_make(text, sizeof text));
    sodium_memzero(text, sizeof text);
    return copy;
}

static void add_percent(struct buf *buf, struct span text) {
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.at[i];
        bool is_plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                        (c != '\0' && strchr("-._~", c) != NULL);
        if (is_plain)
            buf_add_byte(buf, c);
        else
            buf_printf(buf, "%%%02X", c);
    }
}

struct err access_totp_begin(const struct access *access, struct store_conn *conn, struct span person_id,
                             struct span issuer, const struct access_env *env, struct arena *arena,
                             struct access_totp_new *ret, struct why *why) {
    struct rows person;
    TRY(access_person_need(conn, person_id, arena, &person, why));
    uint8_t secret[TOTP_SECRET_BYTES], box[BOX_BYTES];
    env->random(secret, sizeof secret);
    box_close(access, person_id, secret, env, box);
    struct access_totp_new made = {.secret_base32 = secret_base32(secret, arena)};
    sodium_memzero(secret, sizeof secret);
    struct buf uri;
    buf_init(&uri, arena, 4096);
    buf_add_text(&uri, "otpauth://totp/");
    add_percent(&uri, issuer);
    buf_add_text(&uri, ":");
    add_percent(&uri, rows_span(&person, 0, PERSON_LOGIN));
    buf_add_text(&uri, "?secret=");
    buf_add(&uri, made.secret_base32);
    buf_add_text(&uri, "&issuer=");
    add_percent(&uri, issuer);
    if (made.secret_base32.at == NULL || uri.is_failed) return access_full(why);
    made.uri = buf_span(&uri);
    TRY(store_write(conn, STMT_ACCESS_TOTP_BEGIN,
                    PARAMS(value_text(person_id), value_blob(span_make(box, sizeof box))), NULL, why));
    *ret = made;
    return err_none();
}

// New recovery codes in the place of all earlier ones.
static struct err make_recovery(struct store_conn *conn, struct span person_id, const struct access_env *env,
                                struct arena *arena, struct span ret_codes[ACCESS_RECOVERY_CODES], struct why *why) {
    TRY(store_write(conn, STMT_ACCESS_RECOVERY_DROP, PARAMS(value_text(person_id)), NULL, why));
    for (size_t i = 0; i < ACCESS_RECOVERY_CODES; i++) {
        struct hash hash;
        ret_codes[i] = access_code_make(env, arena);
        if (!access_code_hash(ret_codes[i], &hash)) return access_full(why);
        TRY(store_write(conn, STMT_ACCESS_RECOVERY_ADD, PARAMS(value_blob(hash_span(&hash)), value_text(person_id)), NULL,
                        why));
    }
    return err_none();
}

struct err access_totp_confirm(const struct access *access, struct store_conn *conn, struct span person_id,
                               struct span session_id, struct span code, const struct access_env *env,
                               struct arena *arena, struct span ret_codes[ACCESS_RECOVERY_CODES], struct why *why) {
    struct rows rows;
    TRY(store_read(conn, STMT_ACCESS_TOTP_GET, PARAMS(value_text(person_id)), arena, &rows, why));
    if (rows.count == 0 || rows_span(&rows, 0, 2).at == NULL)
        return why_set(why, ERR_CONFLICT, NULL, "access.totp_not_begun", NULL,
                       "No second factor is being set up. Please start setting it up again.");
    uint8_t secret[TOTP_SECRET_BYTES];
    int64_t step = 0;
    TRY(box_open(access, person_id, rows_span(&rows, 0, 2), secret, why));
    bool is_right = totp_check(span_make(secret, sizeof secret), span_trim(code), env->now_ms, 0, &step);
    sodium_memzero(secret, sizeof secret);
    if (!is_right)
        return why_set(why, ERR_INPUT, "/code", "access.totp_code", NULL,
                       "The code is not right. Please check that the device's clock is right and type the present code.");
    TRY(store_write(conn, STMT_ACCESS_TOTP_CONFIRM, PARAMS(value_text(person_id), value_int(step)), NULL, why));
    struct span codes[ACCESS_RECOVERY_CODES];
    TRY(make_recovery(conn, person_id, env, arena, codes, why));
    TRY(store_write(conn, STMT_ACCESS_SESSION_TOTP_DONE, PARAMS(value_text(session_id), value_text(person_id)), NULL, why));
    TRY(access_event_add(conn, person_id, "second_factor_set", span_make(NULL, 0), SPAN(""), env->now_ms, why));
    memcpy(ret_codes, codes, sizeof codes);
    return err_none();
}

struct err access_totp_use(const struct access *access, struct store_conn *conn, struct span person_id, struct span code,
                           int64_t now_ms, struct arena *arena, bool *ret_has, bool *ret_is_right, struct why *why) {
    struct rows rows;
    TRY(store_read(conn, STMT_ACCESS_TOTP_GET, PARAMS(value_text(person_id)), arena, &rows, why));
    *ret_has = rows.count > 0 && rows_span(&rows, 0, 0).at != NULL;
    *ret_is_right = false;
    if (!*ret_has || code.len != TOTP_DIGITS) return err_none();
    uint8_t secret[TOTP_SECRET_BYTES];
    int64_t step = 0;
    TRY(box_open(access, person_id, rows_span(&rows, 0, 0), secret, why));
    bool is_right = totp_check(span_make(secret, sizeof secret), code, now_ms, rows_int(&rows, 0, 1), &step);
    sodium_memzero(secret, sizeof secret);
    if (!is_right) return err_none();
    size_t changed = 0;
    TRY(store_write(conn, STMT_ACCESS_TOTP_USE, PARAMS(value_text(person_id), value_int(step)), &changed, why));
    *ret_is_right = changed == 1;
    return err_none();
}

struct err access_totp_drop(struct store_conn *conn, struct span person_id, struct why *why) {
    TRY(store_write(conn, STMT_ACCESS_TOTP_DROP, PARAMS(value_text(person_id)), NULL, why));
    return store_write(conn, STMT_ACCESS_RECOVERY_DROP, PARAMS(value_text(person_id)), NULL, why);
}
