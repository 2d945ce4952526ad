// SPDX-License-Identifier: EUPL-1.2
/*
 * Access: who is asking, what she may see and do, and what she has read.
 *
 * Three kinds of function stand here:
 *   reading    take a reading connection, now_ms and an arena; what they return lives in the arena;
 *   pure       the rules of who may do what: a principal and the attributes of a resource in, an answer out, no I/O;
 *   write jobs take the WRITING connection inside an open transaction. An error means that nothing of the job may stay:
 *              the caller rolls back (a savepoint is enough). A refused sign-in is no error: its outcome is committed, since
 *              the failure must be counted.
 * Hashing a password takes tenths of a second and must not run inside the write transaction: such operations are split in
 * ..._prepare (any thread, slow, no lock on the database) and the write job that takes what was prepared and checks again
 * that nothing moved in between.
 *
 * Thread-safe: one struct access serves all threads of the process. Randomness and time come in as struct access_env.
 * Secrets that are shown once (tokens, codes) are kept only as SHA-256; TOTP secrets are encrypted under the node secret.
 * Reasons (struct why) are sentences for a person; they never tell whether a person or case that may not be known exists.
 */
#ifndef SERVICE_ACCESS_H
#define SERVICE_ACCESS_H

#include "base/limits.h"
#include "base/span.h"
#include "law/office_term.h"
#include "service/access_rate.h"
#include "store/store.h"

// ---- what the node knows of itself -------------------------------------------------------------------------------

// An office of this node, from its configuration.
struct access_office {
    struct span id; // "csirt", "ca-energy"
    const struct office_kind *kind;
    size_t sector_count; // 0: all sectors
    const struct span *sectors;
    struct span name, telephone; // for people; at == NULL where there is none
    struct span state;           // the member for which it speaks
};

struct access_hasher; // one password hash at a time in the process, a bounded queue before it
struct access {
    const struct law *law;   // for offices that states hold in turn; NULL: none does
    const struct zone *zone; // in which a turn begins
    size_t office_count;
    const struct access_office *offices;
    uint8_t node_secret[32]; // from the data directory; encrypts TOTP secrets, blinds addresses
    struct access_hasher *hasher;
    struct access_rates *rates; // token buckets, in memory
};

// The offices stay the caller's and must outlive ACCESS. While one thread hashes a password, at most MAX_WAITING others wait for
// it: give two fewer than there are worker threads, so that signing in can't take all of them.
CHECKED struct err access_init(struct access *access, const struct access_office *offices, size_t office_count,
                               const uint8_t node_secret[32], unsigned max_waiting, struct why *why);
void access_fini(struct access *access);
const struct access_office *access_office_find(const struct access *access, struct span id); // NULL where there is none

struct access_env {
    int64_t now_ms;
    void (*random)(void *at, size_t size_bytes); // fills with cryptographic random bytes; cannot fail
};

// ---- who asks ----------------------------------------------------------------------------------------------------

enum access_role_kind { ROLE_READER = 1, ROLE_OFFICER, ROLE_HEAD }; // of an office; each may what the one before may

struct role {
    struct span office; // id
    struct span person_id; // who has it
    const struct office_kind *kind;
    enum access_role_kind role;
    size_t sector_count; // 0: all sectors of the office
    const struct span *sectors;
    size_t office_sector_count; // 0: all
    const struct span *office_sectors;
    const struct office_through *through; // by which its state holds it in turn; NULL: it was given
};

// What a mandate for an entity lets a person do; the bits are independent of each other: to file is not to read what others
// filed, and neither is to manage (contacts, other persons' mandates).
enum mandate_scope { MANDATE_READ = 1, MANDATE_FILE = 2, MANDATE_MANAGE = 4 };
enum { MANDATE_ALL = 7 };

struct mandate {
    struct span id;
    struct span entity;
    uint32_t scopes;  // enum mandate_scope
    int64_t from_ms;  // in force from here
    int64_t until_ms; // to before here; INSTANT_NONE: until revoked
    struct span capacity;   // as what she acts (act.h); may be empty
    struct span procedures; // "incident" or "incident/early_warning", blanks between; empty: all
    struct span firm;       // whose mandate it is, where she works under one of her firm; else at == NULL
    bool may_delegate;      // with MANDATE_MANAGE: may let others act
};

// What a token may be used for. A session has all of them; a token never has ADMINISTER or ACCOUNT. To write is not to delete.
enum access_scope {
    SCOPE_READ = 1,
    SCOPE_FILE = 2,
    SCOPE_DELETE = 4,     // drafts, and filings of erasure
    SCOPE_MANAGE = 8,     // mandates of entities
    SCOPE_ADMINISTER = 16, // persons, roles, codes
    SCOPE_ACCOUNT = 32,   // own password, second factor, tokens
};
enum { SCOPE_ALL = 63, SCOPE_ALL_OF_TOKENS = 15 };

enum access_means { MEANS_NONE, MEANS_SESSION, MEANS_TOKEN };

struct principal {
    bool is_known; // false: nobody in particular (no credentials, or a cookie that no longer counts)
    struct span person_id;
    struct span pseudonym; // stands for the person in records
    struct span name;
    struct span language; // two letters, or empty
    bool is_administrator;
    size_t role_count;
    const struct role *roles; // only of offices that the node has
    size_t mandate_count;
    const struct mandate *mandates; // in force or to come; the rules look at the dates
    uint32_t scopes;                // enum access_scope
    enum access_means means;
    struct span session_id; // of the session or token
    bool is_use_due;        // of a token: its last use was noted too long ago
    int64_t expires_ms;
    bool is_totp_done; // roles and administration count only with it
    struct span csrf;  // what X-CSRF-Token must be, for cookie sessions; at == NULL for tokens
    bool is_session_over; // a cookie was sent, but its session has ended
    bool is_node;         // the node itself, which alone files as "node"
    bool is_csrf_missing; // a good cookie was sent with a changing request, but not its X-CSRF-Token
};

// The node as one who files: no person, no right but that.
const struct principal *access_node(void);

#define ACCESS_COOKIE "__Host-varde" // set with: Path=/; Secure; HttpOnly; SameSite=Strict

struct access_credentials {
    struct span authorization; // header "Authorization", at == NULL where absent
    struct span cookie;        // header "Cookie"
    struct span csrf;          // header "X-CSRF-Token"
    bool is_changing;          // the method is none of GET, HEAD, OPTIONS
};

// Finds out who asks. Reading. Without credentials, with a cookie whose session is over, or with a cookie but without
// its CSRF token in a changing request, *ret is nobody (is_known false) and there is no error: open resources stay open.
// A bad Authorization header is ERR_UNAUTHENTICATED. The header wins over the cookie.
CHECKED struct err access_authenticate(const struct access *access, struct store_conn *conn,
                                       const struct access_credentials *credentials, int64_t now_ms, struct arena *arena,
                                       struct principal *ret, struct why *why);
// Someone else as the rules see her, with roles and without mandates, whatever she has signed in with. ERR_NOT_FOUND where there is no
// such person, or she is shut out.
CHECKED struct err access_principal_as(const struct access *access, struct store_conn *conn, struct span person_id, struct arena *arena,
                                       struct principal *ret, struct why *why);
// Whether both have the same roles and mandates.
bool access_same_rights(const struct principal *a, const struct principal *b);
// In a transaction: whether the principal's roles and mandates have changed since she was read (not before SINCE_MS); if so, as
// they are now in *ret. ERR_UNAUTHENTICATED where she has been shut out. Costs one small read where nothing happened to her.
CHECKED struct err access_renew(const struct access *access, struct store_conn *conn, const struct principal *principal,
                                int64_t since_ms, int64_t now_ms, struct arena *arena, bool *ret_is_changed,
                                struct principal *ret, struct why *why);


// ---- who may what (pure) -----------------------------------------------------------------------------------------

// What the rules must know of a case; the caller fills it from the case's row and its procedure.
struct access_case {
    struct span entity; // at == NULL: of no entity
    const struct workspace *workspace; // NULL: one that the law doesn't have; then no office reaches it
    size_t office_count;
    const struct span *offices; // ids of the offices concerned
    size_t named_count;
    const struct span *named;   // ids of offices of which only named persons are
    struct span readers;        // the persons, as admission.h has them
    size_t sector_count;
    const struct span *sectors; // of the case; none: only roles without bounds see it
    bool has_parties;           // it is of many entities, not of one or none
    size_t party_count;
    const struct span *parties; // those of them that matter: for which the one who asks may have mandates
    size_t filer_count;
    const struct span *filers;  // pseudonyms of persons who filed in it
    bool is_closed_to_entity;   // the procedure does not (yet) show this case to its entity
    struct span procedure, document; // bounds of mandates; document empty: reading. A bounded mandate never reaches what has no procedure
    bool is_opening;            // there is no case yet: the law says which offices may open one, also in a workspace not theirs
};

struct access_entity {
    struct span entity;
    size_t office_count;
    const struct span *offices; // that keep or may read its entry
    size_t sector_count;
    const struct span *sectors;
};

// Someone must be known; ERR_UNAUTHENTICATED says what to do (sign in, sign in again), ERR_DENIED that X-CSRF-Token is missing
// or that the token's scopes are too narrow. The first line of every resource that is not open.
CHECKED struct err access_require(const struct principal *principal, enum access_scope scope, struct why *why);
// Also administrator, with a second factor done.
CHECKED struct err access_require_administrator(const struct principal *principal, struct why *why);

// All of these: ERR_NONE allows; ERR_NOT_FOUND where not even the existence may be known; ERR_DENIED otherwise, with words.
//
// Reading a case: a role at an office concerned whose bounds of sector meet the case (in supervision: only at a competent
// authority); or a mandate to read for its entity; or having filed in it and a mandate to file still in force (or no entity).
CHECKED struct err access_may_read_case(const struct principal *principal, const struct access_case *of, int64_t now_ms,
                                        struct why *why);
// Parts of that rule, for who sees which document (seen.h): whether the role reaches the case; whether the case lies within its
// bounds of sector; whether the person reads from the entity's side, or as one who filed. None looks at tokens or second factor.
bool access_role_reaches(const struct role *role, const struct access_case *of);
// Whether the role counts in the workspace.
bool access_role_works_in(const struct role *role, const struct workspace *workspace);
// Whether the role is at an office of which the case has named persons only; these reach it.
bool access_role_is_named(const struct role *role, const struct access_case *of);
bool access_role_in_bounds(const struct role *role, const struct access_case *of);
bool access_reads_as_filer(const struct principal *principal, const struct access_case *of, int64_t now_ms);
// Reading, as one of of->parties, what parties of the case may see: a mandate to read for one of them. It opens nothing else of the case.
CHECKED struct err access_may_read_part(const struct principal *principal, const struct access_case *of, int64_t now_ms, struct why *why);
// Filing into a case (IS_NEW: opening one with these attributes) AS a filer's role. "csirt", "ca", "spoc", "ccma": officer or
// head at an office of that kind concerned, within its bounds of sector; *ret_office (may be NULL) is that office. "entity": a
// mandate to file for it; "party": for one of of->parties. "anyone": no account needed, only for a case of no entity and, where the case exists, only its
// filers. "node" is access_node's alone.
CHECKED struct err access_may_file(const struct principal *principal, const struct access_case *of, struct span as,
                                   bool is_new, int64_t now_ms, struct span *ret_office, struct why *why);
// Filing an erasure: head of an office concerned, and SCOPE_DELETE. An officer who may write may not delete. Of what is an
// entity's own: who manages the entity, and nobody else.
CHECKED struct err access_may_erase(const struct principal *principal, const struct access_case *of, int64_t now_ms,
                                    struct why *why);
// What is not there and what one may not know of answer alike: whoever finds no such row returns these.
CHECKED struct err access_no_case(struct why *why);
CHECKED struct err access_no_entity(struct why *why);
CHECKED struct err access_may_see_entity(const struct principal *principal, const struct access_entity *of, int64_t now_ms,
                                         struct why *why);
// Granting and revoking mandates of an entity: a mandate to manage, or officer at a competent authority that keeps it.
CHECKED struct err access_may_manage_entity(const struct principal *principal, const struct access_entity *of,
                                            int64_t now_ms, struct why *why);
// A draft, scope question or trial is its author's alone.
CHECKED struct err access_may_use_draft(const struct principal *principal, struct span author_person_id, struct why *why);
// Whether the person holds at least ROLE at some office of KIND, with a second factor done.
bool access_is_officer_of(const struct principal *principal, struct span kind, enum access_role_kind role);
// The same at some office whose kind does that.
bool access_is_officer_that(const struct principal *principal, enum office_does does, enum access_role_kind role);
// Whether a mandate counts now, and whether its bounds leave a procedure (DOCUMENT empty) or a document of it in.
// The same at this very office.
bool access_has_role_at(const struct principal *principal, struct span office, enum access_role_kind role);
// Whether a mandate counts now.
bool mandate_is_in_force(const struct mandate *mandate, int64_t now_ms);
bool mandate_covers(const struct mandate *mandate, struct span procedure, struct span document);
// Whether cases of the procedure stand in the entity's lists for her: not where all her mandates for it are bounded to others.
bool access_lists_procedure(const struct principal *principal, struct span entity, struct span procedure, int64_t now_ms);
// Whether some role of the principal reaches SECTOR (at == NULL: what has none), with a second factor done.
bool access_reaches_sector(const struct principal *principal, struct span sector);
// Whether the role's bounds leave everything in, and whether they leave a sector in.
bool role_is_unbounded(const struct role *role);
bool role_reaches_sector(const struct role *role, struct span sector);
// The role through which the principal reads a case or an entry of the register, for the reading log; NULL where it is not by
// office.
const struct role *access_role_for_entity(const struct principal *principal, const struct access_entity *of);
const struct role *access_role_for_case(const struct principal *principal, const struct access_case *of);

// ---- passwords and persons ---------------------------------------------------------------------------------------

// A hashed password, made by prepare and handed to a write job.
struct access_password {
    int64_t ops;
    int64_t memory_bytes;
    uint8_t salt[16];
    uint8_t hash[32];
};

// Checks the rules (12 characters at least, UTF-8, at most 256 bytes, none of the most common, not the login) and hashes.
// ERR_INPUT with field "/password"; ERR_BUSY where too many wait. Slow.
CHECKED struct err access_password_prepare(const struct access *access, struct span password, struct span login,
                                           const struct access_env *env, struct access_password *ret, struct why *why);
// Whether PASSWORD is the person's at present. Slow; reading.
CHECKED struct err access_password_check(const struct access *access, struct store_conn *conn, struct span person_id,
                                         struct span password, bool *ret_is_right, struct why *why);

struct access_person_new {
    struct span login;    // mail address or a name of 3 to 128 bytes without blanks; compared without case (ASCII)
    struct span name;     // as shown to others
    struct span language; // two letters or empty
    struct span by;       // person who creates; at == NULL: the person herself
    const struct access_password *password; // NULL: none yet (an invited person redeems a code)
    bool is_administrator;
};
// Checks login, name and language (fields "/login", ...), makes id and pseudonym. ERR_CONFLICT for a login that is taken.
CHECKED struct err access_person_create(const struct access *access, struct store_conn *conn,
                                        const struct access_person_new *person, const struct access_env *env,
                                        struct arena *arena, struct span *ret_person_id, struct why *why);
// Shuts a person out (sessions end at once, tokens are revoked) or lets her in again. The last administrator stays.
CHECKED struct err access_person_disable(struct store_conn *conn, struct span person_id, bool is_disabled, struct span by,
                                         int64_t now_ms, struct why *why);
// Makes or unmakes an administrator; nobody does it to herself, and one stays.
CHECKED struct err access_administrator_set(struct store_conn *conn, struct span person_id, bool is_administrator,
                                            struct span by, int64_t now_ms, struct why *why);
// Sets the password and ends every session of the person but KEEP_SESSION_ID (may be empty).
CHECKED struct err access_password_set(struct store_conn *conn, struct span person_id, const struct access_password *password,
                                       struct span keep_session_id, int64_t now_ms, struct why *why);

// The first administrator, by the one-time code whose SHA-256 `varde init` wrote down. Works once in the life of the node.
CHECKED struct err access_setup_first_administrator(const struct access *access, struct store_conn *conn, struct span code,
                                                    const uint8_t code_sha256[32], const struct access_person_new *person,
                                                    const struct access_env *env, struct arena *arena,
                                                    struct span *ret_person_id, struct why *why);
CHECKED struct err access_is_set_up(struct store_conn *conn, bool *ret, struct why *why);

// ---- second factor -----------------------------------------------------------------------------------------------

struct access_totp_new {
    struct span secret_base32;
    struct span uri; // otpauth://totp/...
};
// Makes a secret that counts only once confirmed; the one in force stays in force until then.
CHECKED struct err access_totp_begin(const struct access *access, struct store_conn *conn, struct span person_id,
                                     struct span issuer, const struct access_env *env, struct arena *arena,
                                     struct access_totp_new *ret, struct why *why);
enum { ACCESS_RECOVERY_CODES = 10 };
// The person shows that her device has the secret. Gives the recovery codes (shown once; earlier ones end), marks the
// session as done. ERR_INPUT at "/code" for a wrong or used code.
CHECKED struct err access_totp_confirm(const struct access *access, struct store_conn *conn, struct span person_id,
                                       struct span session_id, struct span code, const struct access_env *env,
                                       struct arena *arena, struct span ret_codes[ACCESS_RECOVERY_CODES], struct why *why);

// ---- signing in --------------------------------------------------------------------------------------------------

struct access_sign_in {
    struct span login;
    struct span password;
    struct span code;     // of the second factor, or a recovery code (which also ends a lock-out); may be empty
    struct span address;  // the client's, as text
};
struct access_sign_in_ready { // made by prepare; only for access_login
    struct span person_id;    // at == NULL: no such person, or locked
    struct access_password checked;
    bool is_password_right;
    bool is_locked;
};
enum access_outcome { SIGN_IN_DONE, SIGN_IN_CODE_NEEDED, SIGN_IN_REFUSED, SIGN_IN_LOCKED };
struct access_signed_in {
    enum access_outcome outcome;
    const char *words;       // for the person, also where refused; the same for an unknown login and a wrong password
    int64_t locked_until_ms; // for SIGN_IN_LOCKED
    struct span person_id;   // the rest only for SIGN_IN_DONE
    struct span session_id;
    struct span token; // "vrd_s_...", for "Authorization: Bearer" or the cookie
    struct span csrf;  // for X-CSRF-Token with the cookie
    int64_t expires_ms;
    bool is_totp_done;
};
// Slow (hashes also for a login that nobody has); reading.
CHECKED struct err access_login_prepare(const struct access *access, struct store_conn *conn, const struct access_sign_in *in,
                                        const struct access_env *env, struct arena *arena,
                                        struct access_sign_in_ready *ret, struct why *why);
// The write job: locks, counts failures, uses up codes, opens the session. Commit it whatever the outcome.
CHECKED struct err access_login(const struct access *access, struct store_conn *conn, const struct access_sign_in *in,
                                const struct access_sign_in_ready *ready, const struct access_env *env, struct arena *arena,
                                struct access_signed_in *ret, struct why *why);
// A session lives LIMIT_SESSION_MS from the last prolonging, and LIMIT_SESSION_WHOLE_MS in all.
CHECKED struct err access_session_prolong(struct store_conn *conn, const struct principal *principal, int64_t now_ms,
                                          int64_t *ret_expires_ms, struct why *why);
CHECKED struct err access_session_end(struct store_conn *conn, struct span person_id, struct span session_id,
                                      int64_t now_ms, struct why *why);

// ---- tokens for machines -----------------------------------------------------------------------------------------

struct access_token_new {
    struct span name; // what it is for
    uint32_t scopes;  // some of SCOPE_ALL_OF_TOKENS
    int64_t expires_ms; // at most LIMIT_TOKEN_DAYS from now
};
// *ret_token ("vrd_t_...") is shown once. Needs a session with a second factor done where the person has a role.
CHECKED struct err access_token_create(struct store_conn *conn, const struct principal *principal,
                                       const struct access_token_new *token, const struct access_env *env,
                                       struct arena *arena, struct span *ret_id, struct span *ret_token, struct why *why);
// BY: who revokes it; empty where it is the person herself.
CHECKED struct err access_token_revoke(struct store_conn *conn, struct span person_id, struct span token_id, struct span by,
                                       int64_t now_ms, struct why *why);
// Notes that the token of PRINCIPAL was used, where that is due.
CHECKED struct err access_token_used(struct store_conn *conn, const struct principal *principal, int64_t now_ms, struct why *why);

// ---- roles and mandates ------------------------------------------------------------------------------------------

struct access_role_new {
    struct span person_id;
    struct span office; // one of the node's
    enum access_role_kind role;
    size_t sector_count;
    const struct span *sectors; // within the office's
};
// By an administrator, never to herself. Takes effect with the person's next request.
CHECKED struct err access_role_grant(const struct access *access, struct store_conn *conn, const struct access_role_new *role,
                                     struct span by, const struct access_env *env, struct arena *arena, struct span *ret_id,
                                     struct why *why);
CHECKED struct err access_role_revoke(struct store_conn *conn, struct span role_id, struct span by, int64_t now_ms,
                                      struct why *why);

enum mandate_delegation { DELEGATE_BY_CAPACITY, DELEGATE_YES, DELEGATE_NO };
struct access_mandate_new {
    struct span person_id;
    struct span firm_id; // instead of a person
    struct span entity;
    uint32_t scopes;
    int64_t from_ms;
    int64_t until_ms;   // INSTANT_NONE: until revoked
    struct span ground; // why: "registration F...", "letter of ..."; one line
    struct span capacity;   // empty: not said
    struct span procedures; // empty: all
    enum mandate_delegation delegation; // by capacity: who acts from outside may not let others act, who belongs to the entity may
};
// Whether BY may is asked before (access_may_manage_entity); a filing that is accepted may also have this effect.
CHECKED struct err access_mandate_grant(struct store_conn *conn, const struct access_mandate_new *mandate, struct span by,
                                        const struct access_env *env, struct arena *arena, struct span *ret_id,
                                        struct why *why);
// Moves the end; INSTANT_NONE: until revoked.
CHECKED struct err access_mandate_renew(struct store_conn *conn, struct span mandate_id, int64_t until_ms, struct span by, int64_t now_ms,
                                        struct arena *arena, struct why *why);
CHECKED struct err access_mandate_revoke(struct store_conn *conn, struct span mandate_id, struct span by, int64_t now_ms,
                                         struct why *why);

// Names without blanks (ids of sectors, bounds of mandates) as one text with a blank between; at == NULL where the memory ends.
struct span sectors_join(const struct span *sectors, size_t count, struct arena *arena);

// ---- one-time codes ----------------------------------------------------------------------------------------------

enum access_code_kind { CODE_INVITATION = 1, CODE_RESET };
struct access_code_issued {
    struct span id;
    struct span code;       // shown once, to the one who issues
    bool needs_second;      // a second person must add her half before it works
    int64_t expires_ms;
};
// An invitation lets a person without password set her first; a reset lets one who lost password or second factor set a new
// password and drops the second factor. A reset takes two persons wherever the node has another administrator or head: the
// first half of the code goes to the one who issues it, the second to the one who joins, and neither can use it alone.
CHECKED struct err access_code_issue(struct store_conn *conn, enum access_code_kind kind, struct span person_id,
                                     struct span by, const struct access_env *env, struct arena *arena,
                                     struct access_code_issued *ret, struct why *why);
CHECKED struct err access_code_join(struct store_conn *conn, const struct principal *second, struct span code_id,
                                    const struct access_env *env, struct arena *arena, struct span *ret_second_half,
                                    struct why *why);
// Redeems CODE (both halves joined by "." where two were given): sets the password, ends sessions, tokens, lock-outs and (reset) the
// second factor with its recovery codes. Failures count against ADDRESS; ret_is_done false: refused, commit and answer *ret_words.
CHECKED struct err access_code_redeem(const struct access *access, struct store_conn *conn, struct span code,
                                      const struct access_password *password, struct span address,
                                      const struct access_env *env, bool *ret_is_done, struct span *ret_person_id,
                                      const char **ret_words, struct arena *arena, struct why *why);

// ---- who read what, and events -----------------------------------------------------------------------------------

struct access_reading {
    struct span person_id;
    struct span office; // through which it was read; at == NULL: by mandate or as filer
    struct span kind;   // "case", "entity", "attachment", "export"
    struct span id;
    struct span entity; // whose it is; at == NULL: none
};
// Whether this was noted within the hour already, so that no write is needed. Reading.
CHECKED struct err access_reading_is_noted(struct store_conn *conn, const struct access_reading *reading, int64_t now_ms,
                                           bool *ret, struct why *why);
CHECKED struct err access_reading_note(struct store_conn *conn, const struct access_reading *reading, int64_t now_ms,
                                       struct why *why);
// Removes readings before READINGS_BEFORE_MS, events before EVENTS_BEFORE_MS, and whatever ended long ago.
CHECKED struct err access_prune(struct store_conn *conn, int64_t readings_before_ms, int64_t events_before_ms, int64_t now_ms,
                                struct why *why);

// Lists; columns as told at the statements in store/sql/access.sql. AFTER is the cursor (empty or 0 from the start), at
// most LIMIT_PAGE_ROWS rows.
CHECKED struct err access_persons(struct store_conn *conn, struct span after_id, struct arena *arena, struct rows *ret, struct why *why);
CHECKED struct err access_person_find(struct store_conn *conn, struct span person_id, struct arena *arena, struct rows *ret, struct why *why);
// ERR_NOT_FOUND (field "/login") where nobody has the login.
CHECKED struct err access_person_by_login(struct store_conn *conn, struct span login, struct arena *arena, struct span *ret_person_id, struct why *why);
CHECKED struct err access_roles(struct store_conn *conn, struct span person_id, struct arena *arena, struct rows *ret, struct why *why);
CHECKED struct err access_mandates_of_person(struct store_conn *conn, struct span person_id, struct arena *arena, struct rows *ret, struct why *why);
// One row: columns of access_mandate_get. ERR_NOT_FOUND where there is none that is not revoked.
CHECKED struct err access_mandate_find(struct store_conn *conn, struct span mandate_id, struct arena *arena, struct rows *ret, struct why *why);
// From AFTER_ID on; ENDS_BEFORE_MS: only those in force that end before it (INSTANT_NONE: all).
CHECKED struct err access_mandates_of_entity(struct store_conn *conn, struct span entity, struct span after_id, int64_t ends_before_ms, struct arena *arena, struct rows *ret, struct why *why);
CHECKED struct err access_tokens(struct store_conn *conn, struct span person_id, struct arena *arena, struct rows *ret, struct why *why);
// Of all persons, for administrators; also the person's id, login and name.
CHECKED struct err access_tokens_of_all(struct store_conn *conn, struct span after_id, struct arena *arena, struct rows *ret, struct why *why);
// One row and column: how many recovery codes the person has left.
CHECKED struct err access_recovery_left(struct store_conn *conn, struct span person_id, struct arena *arena, struct rows *ret, struct why *why);
CHECKED struct err access_sessions(struct store_conn *conn, struct span person_id, int64_t now_ms, struct arena *arena, struct rows *ret, struct why *why);
CHECKED struct err access_events(struct store_conn *conn, struct span person_id, int64_t before_id, struct arena *arena, struct rows *ret, struct why *why);
// Open codes, for administrators; without the codes.
CHECKED struct err access_codes(struct store_conn *conn, int64_t now_ms, struct arena *arena, struct rows *ret, struct why *why);
// For an auditor: all, with persons. For an entity's person: of her entity, by office, without persons.
CHECKED struct err access_readings(struct store_conn *conn, int64_t before_id, struct arena *arena, struct rows *ret, struct why *why);
CHECKED struct err access_readings_of_entity(struct store_conn *conn, struct span entity, int64_t before_id, struct arena *arena, struct rows *ret, struct why *why);

#endif
