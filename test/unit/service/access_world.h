// SPDX-License-Identifier: EUPL-1.2
/* A node with offices, persons and a clock of its own on a fresh database, for the tests of access. */
#ifndef TEST_ACCESS_WORLD_H
#define TEST_ACCESS_WORLD_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "offices.h"
#include "service/access_private.h"

struct world {
    char directory[64];
    char file[96];
    struct store *store;
    struct store_conn *writer, *reader;
    struct access access;
    struct arena arena;
    struct access_env env;
    struct why why;
};

static const struct span ENERGY[] = {{(const uint8_t *)"energy", 6}};
static const struct access_office OFFICES[] = {
    {{(const uint8_t *)"csirt", 5}, OFFICE_CSIRT, 0, NULL, {NULL, 0}, {NULL, 0}, {NULL, 0}},
    {{(const uint8_t *)"ca", 2}, OFFICE_CA, 0, NULL, {NULL, 0}, {NULL, 0}, {NULL, 0}},
    {{(const uint8_t *)"ca-energy", 9}, OFFICE_CA, 1, ENERGY, {NULL, 0}, {NULL, 0}, {NULL, 0}},
    {{(const uint8_t *)"spoc", 4}, OFFICE_SPOC, 0, NULL, {NULL, 0}, {NULL, 0}, {NULL, 0}},
};
static const uint8_t NODE_SECRET[32] = "node secret of the access tests";
static const char GOOD_PASSWORD[] = "seven quiet lighthouses";
static const char GOOD_LOGIN[] = "ana@company.example";
enum { START_MS_S = 1790000000 };

// Repeatable bytes from a counter; enough to tell values apart.
static inline void world_random(void *at, size_t size_bytes) {
    static uint64_t count;
    uint8_t *bytes = at;
    for (size_t i = 0; i < size_bytes; i += HASH_BYTES) {
        uint64_t seed[2] = {0x7661726465, count++};
        struct hash block = hash_sha256(span_make(seed, sizeof seed));
        memcpy(bytes + i, block.bytes, size_bytes - i < HASH_BYTES ? size_bytes - i : HASH_BYTES);
    }
}

#define must(WORLD, EXPR) must_at((WORLD), (EXPR), __LINE__)
static inline void must_at(struct world *world, struct err e, int line) {
    if (is_err(e)) fail_msg("line %d: %s: %s (%s)", line, err_name(e.code), world->why.words, world->why.rule);
}

#define refused(WORLD, EXPR, CODE, RULE) refused_at((WORLD), (EXPR), (CODE), (RULE), __LINE__)
static inline void refused_at(struct world *world, struct err e, enum err_code code, const char *rule, int line) {
    if (e.code != code || strcmp(world->why.rule, rule) != 0)
        fail_msg("line %d: expected %s (%s), got %s (%s)", line, err_name(code), rule, err_name(e.code), world->why.rule);
    assert_true(world->why.words[0] != '\0');
    world->why = (struct why){0};
}

static inline int world_open(void **state) {
    struct world *world = mem_take(sizeof *world);
    if (world == NULL) return -1;
    memset(world, 0, sizeof *world);
    (void)snprintf(world->directory, sizeof world->directory, "/tmp/varde-access-XXXXXX");
    if (mkdtemp(world->directory) == NULL) return -1;
    (void)snprintf(world->file, sizeof world->file, "%s/node.db", world->directory);
    must(world, store_open(world->file, true, &world->store, &world->why));
    must(world, store_connect(world->store, STORE_WRITE, &world->writer, &world->why));
    must(world, store_connect(world->store, STORE_READ, &world->reader, &world->why));
    must(world, access_init(&world->access, OFFICES, sizeof OFFICES / sizeof OFFICES[0], NODE_SECRET, 2, &world->why));
    world->access.hasher->ops = 1; // the cheapest that argon2id allows, so that hundreds of sign-ins take seconds
    world->access.hasher->memory_bytes = 8192;
    arena_init(&world->arena, 64 * 1024 * 1024);
    world->env = (struct access_env){.now_ms = (int64_t)START_MS_S * 1000, .random = world_random};
    *state = world;
    return 0;
}

static inline int world_close(void **state) {
    struct world *world = *state;
    access_fini(&world->access);
    store_disconnect(world->reader);
    store_disconnect(world->writer);
    store_close(world->store);
    arena_fini(&world->arena);
    static const char *const ENDINGS[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < 3; i++) {
        char path[128];
        (void)snprintf(path, sizeof path, "%s%s", world->file, ENDINGS[i]);
        (void)unlink(path);
    }
    int result = rmdir(world->directory);
    mem_give(world);
    return result;
}

// A write job in a transaction of its own; an error undoes it.
static inline void world_begin(struct world *world) { must(world, store_begin(world->writer, &world->why)); }
static inline struct err world_end(struct world *world, struct err e) {
    if (is_err(e)) {
        store_rollback(world->writer);
        return e;
    }
    return store_commit(world->writer, &world->why);
}
#define WRITE(WORLD, EXPR) (world_begin(WORLD), world_end((WORLD), (EXPR)))

static inline struct span world_person(struct world *world, const char *login) {
    struct access_password password;
    struct span id;
    must(world, access_password_prepare(&world->access, span_of(GOOD_PASSWORD), span_of(login), &world->env, &password,
                                        &world->why));
    struct access_person_new person = {.login = span_of(login), .name = span_of("Ana Lima"), .language = span_of("pt"),
                                       .password = &password};
    must(world, WRITE(world, access_person_create(&world->access, world->writer, &person, &world->env, &world->arena, &id,
                                                  &world->why)));
    return id;
}

static inline struct access_signed_in world_sign_in(struct world *world, const char *login, const char *password,
                                                    struct span code, const char *address) {
    struct access_sign_in in = {.login = span_of(login), .password = span_of(password), .code = code,
                                .address = span_of(address)};
    struct access_sign_in_ready ready;
    struct access_signed_in done = {0};
    must(world, access_login_prepare(&world->access, world->reader, &in, &world->env, &world->arena, &ready, &world->why));
    must(world, WRITE(world, access_login(&world->access, world->writer, &in, &ready, &world->env, &world->arena, &done,
                                          &world->why)));
    return done;
}

static inline struct err world_ask(struct world *world, struct span token, struct principal *ret) {
    struct access_credentials credentials = {.authorization = arena_printf(&world->arena, "Bearer %.*s", SPAN_FMT(token))};
    return access_authenticate(&world->access, world->reader, &credentials, world->env.now_ms, &world->arena, ret, &world->why);
}

// The secret behind the base32 text of access_totp_begin.
static inline struct span world_secret(struct world *world, struct span base32) {
    uint8_t *secret = arena_take(&world->arena, TOTP_SECRET_BYTES);
    assert_non_null(secret);
    uint64_t held = 0;
    size_t bits = 0, at = 0;
    for (size_t i = 0; i < base32.len; i++) {
        uint8_t c = base32.at[i];
        held = held << 5 | (uint64_t)(c >= 'A' ? c - 'A' : c - '2' + 26);
        bits += 5;
        if (bits >= 8) {
            bits -= 8;
            secret[at++] = (uint8_t)(held >> bits);
        }
    }
    assert_int_equal(at, TOTP_SECRET_BYTES);
    return span_make(secret, at);
}

static inline struct span world_code(struct world *world, struct span secret) {
    char code[TOTP_DIGITS + 1];
    assert_true(totp_code(secret, world->env.now_ms / 30000, code));
    return arena_copy(&world->arena, span_make(code, TOTP_DIGITS));
}

// Sets a second factor up in a session; gives its secret and the recovery codes. The clock moves on by two steps.
static inline struct span world_factor(struct world *world, struct span person_id, struct span session_id,
                                       struct span ret_codes[ACCESS_RECOVERY_CODES]) {
    struct access_totp_new made;
    must(world, WRITE(world, access_totp_begin(&world->access, world->writer, person_id, SPAN("Varde BE"), &world->env,
                                               &world->arena, &made, &world->why)));
    struct span secret = world_secret(world, made.secret_base32);
    must(world, WRITE(world, access_totp_confirm(&world->access, world->writer, person_id, session_id,
                                                 world_code(world, secret), &world->env, &world->arena, ret_codes,
                                                 &world->why)));
    world->env.now_ms += 60 * 1000;
    return secret;
}

// A person with a second factor and a session in which it is done.
static inline struct principal world_officer(struct world *world, const char *login, struct span *ret_secret) {
    struct span codes[ACCESS_RECOVERY_CODES];
    struct span id = world_person(world, login);
    struct access_signed_in in = world_sign_in(world, login, GOOD_PASSWORD, SPAN(""), "203.0.113.9");
    assert_int_equal(in.outcome, SIGN_IN_DONE);
    struct span secret = world_factor(world, id, in.session_id, codes);
    struct principal who;
    must(world, world_ask(world, in.token, &who));
    if (ret_secret != NULL) *ret_secret = secret;
    return who;
}

#endif
