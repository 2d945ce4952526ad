// SPDX-License-Identifier: EUPL-1.2
/* varde init: makes the directory of a new node: configuration, certificate, signing key, and the first administrator's code. */
#include <stdio.h>

#include "base/hash.h"
#include "base/json.h"
#include "cli/commands.h"
#include "cli/packs.h"
#include "cli/print.h"
#include "os/certificate.h"
#include "os/file.h"
#include "os/random.h"
#include "role/config.h"
#include "role/keys_file.h"

enum { CODE_CHARACTERS = 52, INIT_ARENA_BYTES = 1024 * 1024, PEM_BYTES = 64 * 1024 };

struct making {
    struct arena arena;
    struct packs packs;
    bool has_packs;
    const char *dir;
    struct config_draft draft;
    struct config config;
    struct buf key_text, fingerprint;
    char code[CODE_CHARACTERS + 1];
};

// The options, with what stands for those that were not given.
static struct err read_options(const struct call *call, struct making *m, struct why *why) {
    const char *state = call_option(call, "--state"), *name = call_option(call, "--name"), *listen = call_option(call, "--listen");
    const char *log = call_option(call, "--log");
    m->dir = call_argument(call, 0);
    m->draft = (struct config_draft){.state = state,
                                     .name = name,
                                     .log_origin = log,
                                     .listen = listen != NULL ? listen : "127.0.0.1:8443",
                                     .certificate_file = call_option(call, "--cert"),
                                     .key_file = call_option(call, "--key"),
                                     .is_demo = call_has(call, "--demo"),
                                     .is_exercise = call_has(call, "--exercise")};
    if (state == NULL || name == NULL) return why_set(why, ERR_INPUT, "--state", "init.options", "", "--state and --name are needed");
    if ((m->draft.certificate_file == NULL) != (m->draft.key_file == NULL))
        return why_set(why, ERR_INPUT, "--cert", "init.options", "", "--cert and --key go together");
    if (m->draft.certificate_file != NULL) { // the configuration counts from its own directory
        m->draft.certificate_file = path_absolute(&m->arena, m->draft.certificate_file);
        m->draft.key_file = path_absolute(&m->arena, m->draft.key_file);
        if (m->draft.certificate_file == NULL || m->draft.key_file == NULL) return err_make(ERR_IO);
    }
    if (log != NULL) return err_none();
    struct span origin = arena_printf(&m->arena, "%svarde.invalid/%s", m->draft.is_exercise ? "exercise." : "", state);
    if (origin.at == NULL) return err_make(ERR_MEMORY);
    uint8_t *at = arena_take(&m->arena, origin.len + 1);
    if (at == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < origin.len; i++) at[i] = origin.at[i] >= 'A' && origin.at[i] <= 'Z' ? (uint8_t)(origin.at[i] | 32) : origin.at[i];
    m->draft.log_origin = (const char *)at;
    return err_none();
}

static struct err make_dir(struct making *m, struct why *why) {
    if (dir_is_empty(m->dir)) return err_none();
    if (file_exists(m->dir)) return why_set(why, ERR_CONFLICT, "DIR", "init.exists", "", "%s is there already and not empty", m->dir);
    return dir_make(m->dir, 0700, why);
}

// Writes the configuration and reads it back, so that what is wrong with an option shows now.
static struct err check_config(struct making *m, struct buf *text, struct why *why) {
    TRY(packs_open(&m->packs, NULL, why));
    m->has_packs = true;
    m->draft.law = m->packs.law;
    config_write(text, &m->draft);
    if (text->is_failed) return why_set(why, ERR_INPUT, "--name", "init.options", "", "an option is too long");
    return config_parse(m->dir, "varde.yaml", buf_span(text), &m->config, why);
}

static struct err make_certificate(struct making *m, struct why *why) {
    struct buf certificate, key;
    struct span given;
    buf_init(&certificate, &m->arena, PEM_BYTES);
    buf_init(&key, &m->arena, PEM_BYTES);
    if (m->draft.certificate_file != NULL) {
        TRY(file_read(&m->arena, m->config.key_file, PEM_BYTES, &given, why)); // missing now is better than missing at the start
        TRY(file_read(&m->arena, m->config.certificate_file, PEM_BYTES, &given, why));
        return certificate_fingerprint(given, &m->fingerprint, why);
    }
    const char *dir = path_join(&m->arena, m->dir, "tls");
    if (dir == NULL) return err_make(ERR_MEMORY);
    TRY(certificate_make(m->config.listen.host, &certificate, &key, why));
    TRY(dir_make(dir, 0700, why));
    TRY(file_create(m->config.key_file, buf_span(&key), 0600, why));
    TRY(file_create(m->config.certificate_file, buf_span(&certificate), 0644, why));
    return certificate_fingerprint(buf_span(&certificate), &m->fingerprint, why);
}

// 32 random bytes as Crockford base32; only their hash is kept.
static struct err make_code(struct making *m, struct why *why) {
    static const char DIGITS[] = "0123456789abcdefghjkmnpqrstvwxyz";
    uint8_t random[CODE_CHARACTERS * 5 / 8 + 1];
    random_bytes(random, sizeof random);
    for (size_t i = 0; i < CODE_CHARACTERS; i++) {
        size_t bit = i * 5;
        unsigned two = (unsigned)random[bit / 8] << 8 | random[bit / 8 + 1 < sizeof random ? bit / 8 + 1 : bit / 8];
        m->code[i] = DIGITS[two >> (11 - bit % 8) & 31];
    }
    struct hash hash = hash_sha256(span_make(m->code, CODE_CHARACTERS));
    struct buf text;
    buf_init(&text, &m->arena, 256);
    buf_add_hex(&text, hash_span(&hash));
    buf_add_byte(&text, '\n');
    const char *path = path_join(&m->arena, m->dir, "setup.code");
    return path == NULL ? err_make(ERR_MEMORY) : file_create(path, buf_span(&text), 0600, why);
}

static struct err make_all(struct making *m, struct why *why) {
    struct buf text;
    buf_init(&text, &m->arena, 64 * 1024);
    TRY(check_config(m, &text, why));
    const char *file = path_join(&m->arena, m->dir, "varde.yaml");
    if (file == NULL) return err_make(ERR_MEMORY);
    TRY(make_dir(m, why));
    TRY(dir_make(m->config.keys_dir, 0700, why));
    TRY(keys_create(m->config.keys_dir, m->draft.log_origin, &m->key_text, why));
    TRY(make_certificate(m, why));
    TRY(make_code(m, why));
    return file_create(file, buf_span(&text), 0600, why); // last: a directory with it is whole
}

static void print(const struct making *m) {
    (void)printf("Made %s: node of %s, \"%s\".\n\n", m->dir, m->draft.state, m->draft.name);
    (void)printf("The log's key, to be published:\n  %.*s\n\n", SPAN_FMT(buf_span(&m->key_text)));
    (void)printf("The certificate's SHA-256, to compare in a browser:\n  %.*s\n\n", SPAN_FMT(buf_span(&m->fingerprint)));
    (void)printf("The first administrator's code. It is shown once and works once:\n  %s\n\n", m->code);
    (void)printf("Look through %s/varde.yaml, then: varde serve %s\n", m->dir, m->dir);
}

static void print_json_of(const struct making *m) {
    struct buf text;
    buf_init(&text, NULL, 64 * 1024);
    struct json_out out;
    json_out_init(&out, &text);
    json_out_object(&out);
    json_out_member_text(&out, "directory", m->dir);
    json_out_member_text(&out, "state", m->draft.state);
    json_out_member_text(&out, "name", m->draft.name);
    json_out_member_string(&out, "log_key", span_trim(buf_span(&m->key_text)));
    json_out_member_string(&out, "certificate_sha256", span_trim(buf_span(&m->fingerprint)));
    json_out_member_text(&out, "setup_code", m->code);
    json_out_object_end(&out);
    buf_add_byte(&text, '\n');
    print_span(buf_span(&text));
    buf_fini(&text);
}

static int init(const struct call *call) {
    struct making m = {.dir = NULL};
    struct why why = {0};
    arena_init(&m.arena, INIT_ARENA_BYTES);
    buf_init(&m.key_text, &m.arena, 1024);
    buf_init(&m.fingerprint, &m.arena, 1024);
    struct err e = read_options(call, &m, &why);
    if (!is_err(e)) e = make_all(&m, &why);
    if (!is_err(e) && call_has(call, "--json")) print_json_of(&m);
    else if (!is_err(e)) print(&m);
    int status = is_err(e) ? call_fail(call, e, &why) : EXIT_DONE;
    config_fini(&m.config);
    if (m.has_packs) packs_close(&m.packs);
    arena_fini(&m.arena);
    return status;
}

static const struct option OPTIONS[] = {
    {"--state", "XX", "the state, two letters (Greece is EL), or EU for the Union's node"},
    {"--name", "NAME", "the node's name, for people"},
    {"--log", "NAME", "the name under which the log signs; default varde.invalid/ and the state"},
    {"--listen", "ADDRESS", "where the public port listens; default 127.0.0.1:8443"},
    {"--cert", "FILE", "a certificate (PEM, with its chain) instead of one that signs itself"},
    {"--key", "FILE", "the private key of that certificate"},
    {"--demo", NULL, "allow accounts with known passwords (loopback addresses only)"},
    {"--exercise", NULL, "a node for exercises: all that leaves says so, and no live peer gets anything"},
    {"--json", NULL, "print key, fingerprint and code as JSON"},
    {NULL, NULL, NULL},
};

const struct command init_command = {
    .name = "init",
    .arguments = "DIR",
    .summary = "Make the directory of a new node",
    .help = "Makes DIR with the configuration varde.yaml, the key that signs the log, a certificate for TLS (which signs itself and names "
            "this machine only, unless one is given), and a code with which the first administrator is made. The code is printed once; the "
            "directory keeps only its hash.\n\n"
            "Settle --log before the first filing: receipts carry this name.",
    .options = OPTIONS,
    .run = init,
};
