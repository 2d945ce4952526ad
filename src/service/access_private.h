// SPDX-License-Identifier: EUPL-1.2
/* Inside of access; for the files access*.c, act*.c, passkey*.c, provider*.c and their tests only. */
#ifndef SERVICE_ACCESS_PRIVATE_H
#define SERVICE_ACCESS_PRIVATE_H

#include <pthread.h>

#include "base/hash.h"
#include "base/time.h"
#include "service/access.h"

// ---- identifiers, codes, tokens (access_secret.c) ----------------------------------------------------------------

enum { ACCESS_ID_BYTES = 17, ACCESS_CODE_BYTES = 19, ACCESS_TOKEN_BYTES = 58 };

// Letter and 16 characters of Crockford base32 from 80 random bits.
struct span access_id_make(const struct access_env *env, char letter, struct arena *arena);
// A code for people: 80 random bits as "xxxx-xxxx-xxxx-xxxx".
struct span access_code_make(const struct access_env *env, struct arena *arena);
// Hash of a code as typed: case, blanks and hyphens do not count, O is 0, I and L are 1. False where it can't be a code.
bool access_code_hash(struct span typed, struct hash *ret);
// "vrd_" KIND "_" and 256 random bits.
struct span access_token_make(const struct access_env *env, char kind, struct arena *arena);
// What X-CSRF-Token must be for the session of TOKEN.
struct span access_csrf_make(struct span token, struct arena *arena);
// HMAC under a key made from the node secret for PURPOSE.
struct hash access_blind(const struct access *access, const char *purpose, struct span what);

// ---- passwords (access_password.c) -------------------------------------------------------------------------------

struct access_hasher {
    pthread_mutex_t lock;
    pthread_cond_t is_free;
    bool is_busy;
    unsigned waiting;
    unsigned max_waiting;
    int64_t ops; // of new hashes; a stored one keeps its own
    int64_t memory_bytes;
};
CHECKED struct err access_hasher_new(unsigned max_waiting, struct access_hasher **ret, struct why *why);
void access_hasher_free(struct access_hasher *hasher);
// Hashes with the parameters and salt in *password into its hash. ERR_BUSY where too many wait.
CHECKED struct err access_hash(struct access_hasher *hasher, struct span secret, struct access_password *password,
                               struct why *why);
// The rules for a new password. Pure.
CHECKED struct err access_password_rules(struct span password, struct span login, struct why *why);
bool access_password_is_common(struct span password); // access_common.c
// *ret_is_there tells whether the row was there.
CHECKED struct err access_password_load(struct store_conn *conn, enum statement statement, struct span key,
                                        struct arena *arena, struct access_password *ret, struct span *ret_person_id,
                                        bool *ret_is_there, struct why *why);

// ---- logins and persons (access_person.c) ------------------------------------------------------------------------

// Lower case; at == NULL where it can't be a login.
struct span access_login_normal(struct span login, struct arena *arena);
// Another person must exist: ERR_NOT_FOUND.
CHECKED struct err access_person_need(struct store_conn *conn, struct span person_id, struct arena *arena, struct rows *ret,
                                      struct why *why);
enum { PERSON_ID, PERSON_LOGIN, PERSON_NAME, PERSON_LANGUAGE, PERSON_PSEUDONYM, PERSON_ADMINISTRATOR, PERSON_DISABLED,
       PERSON_CREATED, PERSON_HAS_PASSWORD, PERSON_HAS_TOTP }; // columns of access_person_get

// ---- second factor (access_totp.c) -------------------------------------------------------------------------------

enum { TOTP_SECRET_BYTES = 20, TOTP_STEP_S = 30, TOTP_DIGITS = 6 };
// The code of a step (RFC 6238 with HMAC-SHA-1), six digits and NUL.
bool totp_code(struct span secret, int64_t step, char ret[TOTP_DIGITS + 1]);
// Whether CODE is right at NOW_MS or one step beside it, and of a later step than LAST_STEP; *ret_step is its step.
bool totp_check(struct span secret, struct span code, int64_t now_ms, int64_t last_step, int64_t *ret_step);
// Checks and uses up a code of the person's second factor. *ret_has false: there is no second factor in force.
CHECKED struct err access_totp_use(const struct access *access, struct store_conn *conn, struct span person_id,
                                   struct span code, int64_t now_ms, struct arena *arena, bool *ret_has, bool *ret_is_right,
                                   struct why *why);
CHECKED struct err access_totp_drop(struct store_conn *conn, struct span person_id, struct why *why);

// ---- lock-out (access_lock.c) ------------------------------------------------------------------------------------

enum access_lock_kind { LOCK_LOGIN, LOCK_ADDRESS };
struct hash access_lock_key(const struct access *access, enum access_lock_kind kind, struct span who);
// *ret_until_ms is 0 where nothing is locked.
CHECKED struct err access_lock_get(struct store_conn *conn, const struct hash *key, int64_t now_ms, int64_t *ret_until_ms,
                                   struct why *why);
CHECKED struct err access_lock_fail(struct store_conn *conn, const struct hash *key, enum access_lock_kind kind,
                                    int64_t now_ms, int64_t *ret_until_ms, struct why *why);
CHECKED struct err access_lock_drop(struct store_conn *conn, const struct hash *key, struct why *why);
// How long to wait after the n-th failure in a row. Pure.
int64_t access_lock_wait_ms(enum access_lock_kind kind, int64_t failures);
const char *access_lock_words(int64_t until_ms, struct arena *arena);

// ---- sessions (access_login.c) -----------------------------------------------------------------------------------

// Opens a session for a person who has shown who she is; the oldest beyond her limit ends.
CHECKED struct err access_session_open(struct store_conn *conn, struct span person_id, bool is_totp_done, const struct access_env *env,
                                       struct arena *arena, struct access_signed_in *ret, struct why *why);

// ---- who asks (access_principal.c) ---------------------------------------------------------------------------------

// Roles and mandates of a person as they stand, as if she had signed in with her second factor. *ret_is_there false: shut out, or nobody.
CHECKED struct err access_rights_load(const struct access *access, struct store_conn *conn, struct span person_id, int64_t now_ms,
                                      struct arena *arena, struct principal *ret, bool *ret_is_there, struct why *why);

// ---- giving (access_grant.c) -------------------------------------------------------------------------------------

// ERR_LIMIT where what STATEMENT counts has reached MOST.
CHECKED struct err access_check_count(struct store_conn *conn, enum statement statement, const struct value *params, size_t count,
                                      int64_t most, struct arena *arena, struct why *why);

// ---- events (access_read.c) --------------------------------------------------------------------------------------

CHECKED struct err access_event_add(struct store_conn *conn, struct span person_id, const char *kind, struct span by,
                                    struct span detail, int64_t now_ms, struct why *why);

// Sector ids out of a text with blanks between.
CHECKED struct err sectors_split(struct span text, struct arena *arena, const struct span **ret, size_t *ret_count);

static inline struct err access_full(struct why *why) {
    return why_set(why, ERR_MEMORY, NULL, "access.memory", NULL, "The request is too large for its memory.");
}

#define PARAMS(...) ((const struct value[]){__VA_ARGS__}), sizeof((const struct value[]){__VA_ARGS__}) / sizeof(struct value)

#endif
