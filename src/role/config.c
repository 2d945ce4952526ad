// SPDX-License-Identifier: EUPL-1.2
#include "role/config.h"

#include <arpa/inet.h>

#include "base/limits.h"
#include "base/yaml.h"
#include "format/mail.h"
#include "os/file.h"

enum { PAGE_AFTER_S = 15 * 60, PORT_SUBMISSION = 587, PORT_SUBMISSIONS = 465, PORT_IMAP = 143, PORT_IMAPS = 993 };

struct reader {
    struct config *config;
    const struct yaml *root;
    struct why *why;
};

static struct err refuse(struct reader *r, const struct yaml *value, const char *words) {
    return yaml_refuse(value != NULL ? value : r->root, r->why, "config.value", "%s", words);
}

// A scalar text of at most MAX bytes without control characters; absent leaves *ret as it is.
static struct err read_text(struct reader *r, const struct yaml *map, const char *name, size_t max, struct span *ret) {
    const struct yaml *value = yaml_get(map, name);
    if (yaml_is_null(value)) return err_none();
    bool is_good = value->type == YAML_SCALAR && value->text.len <= max && span_is_utf8(value->text);
    for (size_t i = 0; is_good && i < value->text.len; i++) is_good = value->text.at[i] >= ' ' && value->text.at[i] != 0x7f;
    if (!is_good) return yaml_refuse(value, r->why, "config.value", "%s: one line of at most %zu bytes is expected", name, max);
    *ret = arena_copy(&r->config->arena, value->text);
    return ret->at == NULL ? err_make(ERR_MEMORY) : err_none();
}

static struct err read_int_of(struct reader *r, const struct yaml *map, const char *name, int64_t least, int64_t most, int64_t *ret) {
    const struct yaml *value = yaml_get(map, name);
    if (value == NULL) return err_none();
    int64_t number = 0;
    if (value->type != YAML_SCALAR || !span_to_int(value->text, &number) || number < least || number > most)
        return yaml_refuse(value, r->why, "config.value", "%s: a number from %lld to %lld is expected", name, (long long)least,
                           (long long)most);
    *ret = number;
    return err_none();
}

static struct err read_int(struct reader *r, const char *name, int64_t least, int64_t most, int64_t *ret) {
    return read_int_of(r, r->root, name, least, most, ret);
}

static struct err read_bool_of(struct reader *r, const struct yaml *map, const char *name, bool *ret) {
    const struct yaml *value = yaml_get(map, name);
    if (value == NULL) return err_none();
    bool is_true = value->type == YAML_SCALAR && (span_is(value->text, "true") || span_is(value->text, "yes"));
    bool is_false = value->type == YAML_SCALAR && (span_is(value->text, "false") || span_is(value->text, "no"));
    if (!is_true && !is_false) return yaml_refuse(value, r->why, "config.value", "%s: true or false is expected", name);
    *ret = is_true;
    return err_none();
}

static struct err read_bool(struct reader *r, const char *name, bool *ret) { return read_bool_of(r, r->root, name, ret); }

static struct err read_path(struct reader *r, const struct yaml *map, const char *name, const char **ret) {
    struct span text = {0};
    TRY(read_text(r, map, name, 1024, &text));
    if (text.at == NULL) return err_none();
    *ret = path_join(&r->config->arena, r->config->dir, (const char *)text.at);
    return *ret == NULL ? err_make(ERR_MEMORY) : err_none();
}

bool config_parse_address(struct span text, struct config_address *ret) {
    size_t colon = text.len;
    while (colon > 0 && text.at[colon - 1] != ':') colon--;
    if (colon == 0) return false;
    struct span host = span_part(text, 0, colon - 1);
    bool is_v6 = host.len >= 2 && host.at[0] == '[' && host.at[host.len - 1] == ']';
    if (is_v6) host = span_part(host, 1, host.len - 1);
    struct config_address address = {.is_set = true};
    int64_t port = 0;
    if (!span_to_int(span_part(text, colon, text.len), &port) || port < 0 || port > 65535) return false;
    if (host.len == 0 || host.len >= sizeof address.host) return false;
    memcpy(address.host, host.at, host.len);
    unsigned char number[16];
    if (inet_pton(is_v6 ? AF_INET6 : AF_INET, address.host, number) != 1) return false;
    address.port = (uint16_t)port;
    *ret = address;
    return true;
}

bool config_is_loopback(const struct config_address *address) {
    return strncmp(address->host, "127.", 4) == 0 || strcmp(address->host, "::1") == 0;
}

static struct err read_address(struct reader *r, const char *name, struct config_address *ret) {
    struct span text = {0};
    TRY(read_text(r, r->root, name, 80, &text));
    if (text.at == NULL || config_parse_address(text, ret)) return err_none();
    return refuse(r, yaml_get(r->root, name), "an address such as 127.0.0.1:8443 or [::1]:8443 is expected (numbers, no names)");
}

// Every name of MAP must be one of NAMES (ended by NULL).
static struct err check_names(struct reader *r, const struct yaml *map, const char *const *names) {
    if (map->type != YAML_MAPPING) return yaml_refuse(map, r->why, "config.form", "names with values are expected");
    for (size_t i = 0; i < map->count; i++) {
        size_t k = 0;
        while (names[k] != NULL && !span_is(map->pairs[i].name, names[k])) k++;
        if (names[k] != NULL) continue;
        struct yaml at = {.file = map->file, .line = map->pairs[i].line};
        return yaml_refuse(&at, r->why, "config.unknown", "\"%.*s\" is not a name of the configuration", SPAN_FMT(map->pairs[i].name));
    }
    return err_none();
}

static bool is_state(struct span text) {
    return text.len == 2 && text.at[0] >= 'A' && text.at[0] <= 'Z' && text.at[1] >= 'A' && text.at[1] <= 'Z';
}

static bool is_identifier(struct span text, uint8_t joint) {
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.at[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9' && i > 0) && !(c == joint && i > 0)) return false;
    }
    return text.len > 0 && text.len <= 32;
}

static struct err read_sectors(struct reader *r, const struct yaml *office, struct config_office *ret) {
    const struct yaml *list = yaml_get(office, "sectors");
    if (yaml_is_null(list)) return err_none();
    if (list->type == YAML_SCALAR && span_is(list->text, "all")) return err_none();
    if (list->type != YAML_SEQUENCE || list->count == 0 || list->count > CONFIG_SECTORS)
        return refuse(r, list, "sectors: \"all\" or a list of sectors is expected");
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].type != YAML_SCALAR || list->items[i].text.len > LIMIT_NAME_BYTES)
            return refuse(r, &list->items[i], "the name of a sector is expected");
        ret->sectors[i] = arena_copy(&r->config->arena, list->items[i].text);
        if (ret->sectors[i].at == NULL) return err_make(ERR_MEMORY);
    }
    ret->sector_count = list->count;
    return err_none();
}

static struct err read_office(struct reader *r, const struct yaml *office) {
    static const char *const NAMES[] = {"id", "kind", "name", "telephone", "sectors", "page_after_s", "reminders", "state", NULL};
    TRY(check_names(r, office, NAMES));
    struct config_office *ret = &r->config->offices[r->config->office_count];
    *ret = (struct config_office){.page_after_s = PAGE_AFTER_S, .is_reminded = true};
    TRY(read_text(r, office, "id", 32, &ret->id));
    TRY(read_text(r, office, "kind", 32, &ret->kind));
    TRY(read_text(r, office, "name", LIMIT_NAME_BYTES, &ret->name));
    TRY(read_text(r, office, "state", 2, &ret->state));
    if (ret->state.at != NULL && !is_state(ret->state)) return refuse(r, office, "state: two capital letters are expected, of the member for which it speaks");
    TRY(read_text(r, office, "telephone", 64, &ret->telephone));
    TRY(read_int_of(r, office, "page_after_s", 1, 86400, &ret->page_after_s));
    TRY(read_bool_of(r, office, "reminders", &ret->is_reminded));
    if (!is_identifier(ret->id, '-')) return refuse(r, office, "an office needs an id of small letters, digits and hyphens");
    if (!is_identifier(ret->kind, '_')) return refuse(r, office, "an office needs a kind, as csirt or ca");
    if (ret->name.len == 0) return refuse(r, office, "an office needs a name");
    if (config_find_office(r->config, ret->id) != NULL) return refuse(r, office, "two offices have the same id");
    TRY(read_sectors(r, office, ret));
    r->config->office_count++;
    return err_none();
}

// A list of lines under NAME; absent counts as empty.
static struct err read_texts(struct reader *r, const struct yaml *map, const char *name, size_t most, struct span *ret, size_t *ret_count) {
    const struct yaml *list = yaml_get(map, name);
    if (yaml_is_null(list)) return err_none();
    if (list->type != YAML_SEQUENCE || list->count > most) return refuse(r, list, "a short list of texts is expected");
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].type != YAML_SCALAR || list->items[i].text.len == 0 || list->items[i].text.len > 256)
            return refuse(r, &list->items[i], "a text is expected");
        ret[i] = arena_copy(&r->config->arena, list->items[i].text);
        if (ret[i].at == NULL) return err_make(ERR_MEMORY);
    }
    *ret_count = list->count;
    return err_none();
}

static bool is_id(struct span id) {
    for (size_t i = 0; i < id.len; i++)
        if (!((id.at[i] >= 'a' && id.at[i] <= 'z') || (id.at[i] >= '0' && id.at[i] <= '9') || id.at[i] == '-')) return false;
    return id.len > 0 && id.len <= 32;
}

static struct err read_provider(struct reader *r, const struct yaml *map) {
    static const char *const NAMES[] = {"id", "name", "issuer", "client_id", "client_secret", "ca", "hosts", "second_factor", "makes_persons",
                                        "login_claim", NULL};
    struct provider_config *ret = &r->config->providers[r->config->provider_count];
    if (map->type != YAML_MAPPING) return refuse(r, map, "providers: each is a mapping");
    TRY(check_names(r, map, NAMES));
    TRY(read_text(r, map, "id", 32, &ret->id));
    TRY(read_text(r, map, "name", 256, &ret->name));
    TRY(read_text(r, map, "issuer", 512, &ret->issuer));
    TRY(read_text(r, map, "client_id", 256, &ret->client_id));
    TRY(read_text(r, map, "login_claim", 64, &ret->login_claim));
    TRY(read_path(r, map, "client_secret", &ret->secret_file));
    TRY(read_path(r, map, "ca", &ret->ca_file));
    TRY(read_bool_of(r, map, "makes_persons", &ret->makes_persons));
    TRY(read_texts(r, map, "hosts", PROVIDER_HOSTS, ret->hosts, &ret->host_count));
    TRY(read_texts(r, map, "second_factor", PROVIDER_FACTORS, ret->factors, &ret->factor_count));
    if (!is_id(ret->id)) return refuse(r, map, "providers: id: small letters, digits and hyphens are expected");
    if (ret->name.len == 0 || ret->client_id.len == 0) return refuse(r, map, "providers: name and client_id are needed");
    if (!provider_may_ask(ret, ret->issuer)) return refuse(r, map, "providers: issuer must be an address under https");
    for (size_t i = 0; i < r->config->provider_count; i++)
        if (span_equals(r->config->providers[i].id, ret->id)) return refuse(r, map, "two providers have the same id");
    r->config->provider_count++;
    return err_none();
}

static struct err read_providers(struct reader *r) {
    const struct yaml *list = yaml_get(r->root, "providers");
    if (yaml_is_null(list)) return err_none();
    if (list->type != YAML_SEQUENCE || list->count > PROVIDERS_MAX) return refuse(r, list, "providers: a short list is expected");
    for (size_t i = 0; i < list->count; i++) TRY(read_provider(r, &list->items[i]));
    return err_none();
}

static struct err read_offices(struct reader *r) {
    const struct yaml *list = yaml_get(r->root, "offices");
    if (list == NULL || list->type != YAML_SEQUENCE || list->count == 0) return refuse(r, list, "offices: a list of at least one office is expected");
    if (list->count > CONFIG_OFFICES) return refuse(r, list, "offices: there are too many");
    for (size_t i = 0; i < list->count; i++) TRY(read_office(r, &list->items[i]));
    return err_none();
}

static struct err read_seal(struct reader *r) {
    static const char *const NAMES[] = {"url", "secret", "ca", NULL};
    const struct yaml *seal = yaml_get(r->root, "seal");
    if (yaml_is_null(seal)) return err_none();
    TRY(check_names(r, seal, NAMES));
    TRY(read_text(r, seal, "url", 1024, &r->config->seal_url));
    TRY(read_path(r, seal, "secret", &r->config->seal_secret_file));
    TRY(read_path(r, seal, "ca", &r->config->seal_ca_file));
    if (!span_starts_with(r->config->seal_url, SPAN("https://"))) return refuse(r, seal, "seal: url must begin with https://");
    if (r->config->seal_secret_file == NULL) return refuse(r, seal, "seal: secret (a file) is missing");
    return err_none();
}

// How to report when the portal can't be used, and how many reports without account are taken.
static struct err read_emergency(struct reader *r) {
    static const char *const NAMES[] = {"telephone", "fax", "post", "per_hour", NULL};
    const struct yaml *emergency = yaml_get(r->root, "emergency");
    if (yaml_is_null(emergency)) return err_none();
    TRY(check_names(r, emergency, NAMES));
    TRY(read_text(r, emergency, "telephone", 64, &r->config->emergency_telephone));
    TRY(read_text(r, emergency, "fax", 64, &r->config->emergency_fax));
    TRY(read_text(r, emergency, "post", LIMIT_NAME_BYTES, &r->config->emergency_post));
    const struct yaml *most = yaml_get(emergency, "per_hour");
    if (most == NULL) return err_none();
    if (most->type != YAML_SCALAR || !span_to_int(most->text, &r->config->emergency_per_hour) || r->config->emergency_per_hour < 0 ||
        r->config->emergency_per_hour > 100000)
        return refuse(r, most, "emergency: per_hour: a number from 0 to 100000 is expected");
    return err_none();
}

static struct err read_hook(struct reader *r) {
    static const char *const NAMES[] = {"url", "secret", "ca", NULL};
    const struct yaml *hook = yaml_get(r->root, "hook");
    if (yaml_is_null(hook)) return err_none();
    TRY(check_names(r, hook, NAMES));
    TRY(read_text(r, hook, "url", 1024, &r->config->hook_url));
    TRY(read_path(r, hook, "secret", &r->config->hook_secret_file));
    TRY(read_path(r, hook, "ca", &r->config->hook_ca_file));
    if (r->config->hook_url.at == NULL) return err_none(); // whom to trust for the hooks of persons and offices
    if (!span_starts_with(r->config->hook_url, SPAN("https://"))) return refuse(r, hook, "hook: url must begin with https://");
    if (r->config->hook_secret_file == NULL) return refuse(r, hook, "hook: secret (a file) is missing");
    return err_none();
}

static bool is_host(struct span host) {
    for (size_t i = 0; i < host.len; i++) {
        uint8_t c = host.at[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '.' && c != '-') return false;
    }
    return host.len > 0 && host.len <= 253 && host.at[0] != '-';
}

// One server of mail: always with TLS.
static struct err read_server(struct reader *r, const struct yaml *map, int64_t port, int64_t implicit_port, struct config_server *ret) {
    struct span tls = {0};
    TRY(read_text(r, map, "server", 253, &ret->host));
    TRY(read_text(r, map, "tls", 16, &tls));
    TRY(read_text(r, map, "user", 254, &ret->user));
    TRY(read_path(r, map, "password", &ret->password_file));
    TRY(read_path(r, map, "ca", &ret->ca_file));
    if (ret->host.at == NULL || !is_host(ret->host)) return refuse(r, map, "mail: server: the name of a server is expected");
    if (tls.at != NULL && !span_is(tls, "starttls") && !span_is(tls, "implicit"))
        return refuse(r, map, "mail: tls: starttls or implicit is expected (there is no mail without)");
    ret->is_implicit = tls.at != NULL && span_is(tls, "implicit");
    if ((ret->user.at == NULL) != (ret->password_file == NULL)) return refuse(r, map, "mail: user and password (a file) go together");
    ret->port = ret->is_implicit ? implicit_port : port;
    return read_int_of(r, map, "port", 1, 65535, &ret->port);
}

static struct err read_mail(struct reader *r) {
    static const char *const NAMES[] = {"server", "port", "tls", "user", "password", "ca", "from", "bounces", "imap", "copies",
                                        "copy_wait_s", "openpgp_key", NULL};
    static const char *const IMAP_NAMES[] = {"server", "port", "tls", "user", "password", "ca", "folder", "poll_s", NULL};
    const struct yaml *mail = yaml_get(r->root, "mail"), *imap = yaml_get(mail, "imap");
    struct config_mail *ret = &r->config->mail;
    *ret = (struct config_mail){.folder = SPAN("INBOX"), .is_copied = true, .copy_wait_s = 60, .poll_s = 60};
    if (yaml_is_null(mail)) return err_none();
    TRY(check_names(r, mail, NAMES));
    TRY(read_server(r, mail, PORT_SUBMISSION, PORT_SUBMISSIONS, &ret->smtp));
    TRY(read_text(r, mail, "from", MAIL_ADDRESS_BYTES, &ret->from));
    TRY(read_text(r, mail, "bounces", MAIL_ADDRESS_BYTES, &ret->bounces));
    TRY(read_path(r, mail, "openpgp_key", &ret->openpgp_key_file));
    TRY(read_bool_of(r, mail, "copies", &ret->is_copied));
    TRY(read_int_of(r, mail, "copy_wait_s", 1, 3600, &ret->copy_wait_s));
    if (ret->from.at == NULL || !mail_address_is_plain(ret->from)) return refuse(r, mail, "mail: from: the sender's address is expected");
    if (ret->bounces.at != NULL && !mail_address_is_plain(ret->bounces)) return refuse(r, mail, "mail: bounces: an address is expected");
    if (yaml_is_null(imap)) return err_none();
    TRY(check_names(r, imap, IMAP_NAMES));
    if (ret->bounces.at == NULL) return refuse(r, imap, "mail: imap: the address of this mailbox is missing (bounces)");
    TRY(read_server(r, imap, PORT_IMAP, PORT_IMAPS, &ret->imap));
    TRY(read_text(r, imap, "folder", 128, &ret->folder));
    TRY(read_int_of(r, imap, "poll_s", 1, 86400, &ret->poll_s));
    for (size_t i = 0; i < ret->folder.len; i++)
        if (strchr("/?#;\"%*{", ret->folder.at[i]) != NULL) return refuse(r, imap, "mail: imap: folder: a plain name is expected");
    return err_none();
}

static struct err read_day(struct reader *r, const char *name, struct civil *ret) {
    const struct yaml *day = yaml_get(r->root, name);
    if (yaml_is_null(day) || (day->type == YAML_SCALAR && civil_parse(day->text, ret))) return err_none();
    return refuse(r, day, "a day such as 2026-01-01 is expected");
}

static struct err read_sandbox(struct reader *r) {
    struct span mode = {0};
    TRY(read_text(r, r->root, "sandbox", 32, &mode));
    if (mode.at == NULL || span_is(mode, "possible")) r->config->sandbox = SANDBOX_POSSIBLE;
    else if (span_is(mode, "required")) r->config->sandbox = SANDBOX_REQUIRED;
    else if (span_is(mode, "off")) r->config->sandbox = SANDBOX_OFF;
    else return refuse(r, yaml_get(r->root, "sandbox"), "sandbox: possible, required or off is expected");
    return err_none();
}

static struct err check_whole(struct reader *r) {
    struct config *c = r->config;
    if (!is_state(c->state)) return refuse(r, yaml_get(r->root, "state"), "state: two capital letters are expected (Greece is EL)");
    if (c->name.len == 0) return refuse(r, NULL, "name is missing");
    if (c->log_origin.len == 0 || span_find(c->log_origin, ' ', 0) != c->log_origin.len || span_find(c->log_origin, '+', 0) != c->log_origin.len)
        return refuse(r, yaml_get(r->root, "log_origin"), "log_origin: a name without blanks and plus signs is expected");
    if (!c->listen.is_set) return refuse(r, NULL, "listen is missing");
    if (!span_starts_with(c->public_url, SPAN("https://")) || c->public_url.at[c->public_url.len - 1] == '/')
        return refuse(r, yaml_get(r->root, "public_url"), "public_url: https://... without a slash at the end is expected");
    if (c->certificate_file == NULL || c->key_file == NULL) return refuse(r, NULL, "certificate and key are missing");
    if (c->is_exercise && !span_starts_with(c->log_origin, SPAN("exercise.")))
        return refuse(r, yaml_get(r->root, "log_origin"), "exercise: the log of an exercise is called exercise.SOMETHING, so that no receipt passes for a real one");
    if (!c->is_exercise && span_starts_with(c->log_origin, SPAN("exercise.")))
        return refuse(r, yaml_get(r->root, "log_origin"), "log_origin: exercise.SOMETHING is for exercises (exercise: yes)");
    if (c->is_demo && !config_is_loopback(&c->listen))
        return refuse(r, yaml_get(r->root, "demo"), "demo: refused, because listen is a public address (demonstration accounts have known passwords)");
    if (c->plain.is_set && !config_is_loopback(&c->plain))
        return refuse(r, yaml_get(r->root, "listen_plain"), "listen_plain: only a loopback address is allowed, as there is no encryption");
    return err_none();
}

static struct err read_all(struct reader *r) {
    static const char *const NAMES[] = {"state", "name", "log_origin", "listen", "listen_plain", "public_url", "certificate", "key", "law",
                                        "user", "demo", "exercise", "sandbox", "checkpoint_interval_s", "disk_reserve_mb", "workers", "answer_telephone", "obligations_from", "emergency", "hook",
                                        "seal", "mail", "providers", "offices", NULL};
    struct config *c = r->config;
    TRY(check_names(r, r->root, NAMES));
    TRY(read_text(r, r->root, "state", 2, &c->state));
    TRY(read_text(r, r->root, "name", LIMIT_NAME_BYTES, &c->name));
    TRY(read_text(r, r->root, "log_origin", 128, &c->log_origin));
    TRY(read_address(r, "listen", &c->listen));
    TRY(read_address(r, "listen_plain", &c->plain));
    TRY(read_text(r, r->root, "public_url", 512, &c->public_url));
    TRY(read_path(r, r->root, "certificate", &c->certificate_file));
    TRY(read_path(r, r->root, "key", &c->key_file));
    TRY(read_path(r, r->root, "law", &c->law_dir));
    TRY(read_text(r, r->root, "user", 32, &c->user));
    TRY(read_bool(r, "demo", &c->is_demo));
    TRY(read_bool(r, "exercise", &c->is_exercise));
    TRY(read_sandbox(r));
    TRY(read_int(r, "checkpoint_interval_s", 1, 86400, &c->checkpoint_interval_s));
    TRY(read_int(r, "disk_reserve_mb", 0, 1 << 30, &c->disk_reserve_mb));
    TRY(read_int(r, "workers", 1, 64, &c->workers));
    TRY(read_text(r, r->root, "answer_telephone", 64, &c->answer_telephone));
    TRY(read_day(r, "obligations_from", &c->obligations_from));
    TRY(read_emergency(r));
    TRY(read_hook(r));
    TRY(read_seal(r));
    TRY(read_mail(r));
    TRY(read_providers(r));
    TRY(read_offices(r));
    return check_whole(r);
}

struct err config_parse(const char *dir, const char *file, struct span text, struct config *ret, struct why *why) {
    *ret = (struct config){.dir = dir, .file = file, .checkpoint_interval_s = 600, .disk_reserve_mb = 512, .workers = 4, .emergency_per_hour = 600};
    arena_init(&ret->arena, 4 * 1024 * 1024);
    struct yaml root;
    struct reader r = {.config = ret, .root = &root, .why = why};
    ret->database_file = path_join(&ret->arena, dir, "node.db");
    ret->keys_dir = path_join(&ret->arena, dir, "keys");
    struct err e = ret->database_file == NULL || ret->keys_dir == NULL ? err_make(ERR_MEMORY) : err_none();
    if (!is_err(e)) e = yaml_load(&ret->arena, file, text, &root, why);
    if (!is_err(e)) e = read_all(&r);
    if (is_err(e)) config_fini(ret);
    return e;
}

struct err config_load(const char *dir, struct config *ret, struct why *why) {
    struct arena arena;
    arena_init(&arena, 1024 * 1024);
    const char *file = path_join(&arena, dir, "varde.yaml");
    struct span text = {0};
    struct err e = file == NULL ? err_make(ERR_MEMORY) : file_read(&arena, file, 256 * 1024, &text, why);
    if (!is_err(e)) e = config_parse(dir, file, text, ret, why);
    if (!is_err(e)) {
        ret->file = path_join(&ret->arena, dir, "varde.yaml");
        if (ret->file == NULL) e = err_make(ERR_MEMORY);
    }
    arena_fini(&arena);
    return e;
}

void config_fini(struct config *config) { arena_fini(&config->arena); }

const struct config_office *config_find_office(const struct config *config, struct span id) {
    for (size_t i = 0; i < config->office_count; i++)
        if (span_equals(config->offices[i].id, id)) return &config->offices[i];
    return NULL;
}
