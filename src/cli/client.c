// SPDX-License-Identifier: EUPL-1.2
#include "cli/client.h"

#include <assert.h>
#include "os/late_curl.h"
#include <stdlib.h>
#include <time.h>

#include "base/limits.h"
#include "cli/print.h"
#include "cli/version.h"
#include "os/file.h"
#include "role/config.h"

enum { ANSWER_BYTES = 64 * 1024 * 1024, TOKEN_BYTES = 4096, TRIES = 3 };

struct client {
    struct arena *arena;
    CURL *curl;
    const char *url; // without a slash at the end
    const char *token; // NULL: none
    const char *lang;  // NULL: none
    struct buf body;
    char error[CURL_ERROR_SIZE];
};

// Whether the option or variable is there, as text in the arena without blanks at its ends.
static const char *trimmed(struct arena *arena, const char *text) {
    struct span s = span_trim(span_of(text));
    return s.len == 0 ? NULL : arena_text(arena, s);
}

static struct err token_take(struct client *client, const struct call *call, struct why *why) {
    const char *file = call_option(call, "--token-file");
    if (file == NULL) {
        client->token = trimmed(client->arena, getenv("VARDE_TOKEN"));
        return err_none();
    }
    struct span text;
    TRY(input_read(client->arena, file, TOKEN_BYTES, &text, why));
    struct span token = span_trim(text);
    for (size_t i = 0; i < token.len; i++)
        if (token.at[i] <= 0x20 || token.at[i] >= 0x7f)
            return why_set(why, ERR_INPUT, "", "client.token", "", "%s does not hold one token and nothing else", file);
    if (token.len == 0) return why_set(why, ERR_INPUT, "", "client.token", "", "%s is empty", file);
    client->token = arena_text(client->arena, token);
    return client->token == NULL ? err_make(ERR_MEMORY) : err_none();
}

// Address and certificate of the node whose data directory lies here.
static struct err data_take(struct client *client, const char *dir, struct why *why) {
    struct config config;
    TRY(config_load(dir, &config, why));
    const char *host = config.listen.host;
    if (strcmp(host, "0.0.0.0") == 0) host = "127.0.0.1";
    if (strcmp(host, "::") == 0) host = "::1";
    bool is_v6 = strchr(host, ':') != NULL;
    if (client->url == NULL) {
        struct span url = arena_printf(client->arena, "https://%s%s%s:%u", is_v6 ? "[" : "", host, is_v6 ? "]" : "",
                                       (unsigned)config.listen.port);
        client->url = (const char *)url.at;
    }
    // The certificate itself is trusted, whatever name it carries: the file is the pin.
    (void)curl_easy_setopt(client->curl, CURLOPT_CAINFO, config.certificate_file);
    (void)curl_easy_setopt(client->curl, CURLOPT_CAPATH, NULL);
    (void)curl_easy_setopt(client->curl, CURLOPT_SSL_VERIFYHOST, 0L);
    config_fini(&config);
    return client->url == NULL ? err_make(ERR_MEMORY) : err_none();
}

static bool is_loopback_url(struct span url) {
    static const char *const HOSTS[] = {"http://127.0.0.1", "http://[::1]", "http://localhost"};
    for (size_t i = 0; i < sizeof HOSTS / sizeof HOSTS[0]; i++) {
        struct span host = span_of(HOSTS[i]);
        if (span_starts_with(url, host) && (url.len == host.len || url.at[host.len] == ':' || url.at[host.len] == '/')) return true;
    }
    return false;
}

static struct err url_take(struct client *client, const struct call *call, struct why *why) {
    const char *given = call_option(call, "--url");
    const char *data = call_option(call, "--data");
    client->url = trimmed(client->arena, given != NULL || data != NULL ? given : getenv("VARDE_URL"));
    if (data != NULL) TRY(data_take(client, data, why));
    if (client->url == NULL)
        return why_set(why, ERR_INPUT, "", "client.url", "", "where is the node? Give --url URL, --data DIR, or set VARDE_URL");
    struct span url = span_of(client->url);
    if (!span_starts_with(url, SPAN("https://")) && !is_loopback_url(url))
        return why_set(why, ERR_INPUT, "", "client.url", "", "%s: only https is spoken, or http with a loopback address", client->url);
    while (url.len > 0 && url.at[url.len - 1] == '/') url.len--;
    client->url = arena_text(client->arena, url);
    return client->url == NULL ? err_make(ERR_MEMORY) : err_none();
}

static size_t body_take(char *bytes, size_t size, size_t count, void *context) {
    struct client *client = context;
    buf_add(&client->body, span_make(bytes, size * count));
    return client->body.is_failed ? 0 : size * count;
}

static struct err client_set_up(struct client *client, const struct call *call, struct why *why) {
    CURL *curl = client->curl;
    (void)curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, client->error);
    (void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, 10000L);
    (void)curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, 120000L);
    (void)curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https,http");
    (void)curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_3);
    (void)curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    (void)curl_easy_setopt(curl, CURLOPT_USERAGENT, "varde/" VERSION_TEXT);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, body_take);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, client);
    if (call_has(call, "--cacert")) (void)curl_easy_setopt(curl, CURLOPT_CAINFO, call_option(call, "--cacert"));
    client->lang = trimmed(client->arena, call_option(call, "--lang"));
    TRY(token_take(client, call, why));
    TRY(url_take(client, call, why));
    if (is_loopback_url(span_of(client->url))) (void)curl_easy_setopt(curl, CURLOPT_PROXY, "");
    return err_none();
}

struct err client_open(const struct call *call, struct arena *arena, struct client **ret, struct why *why) {
    struct client *client = ARENA_NEW(arena, struct client);
    TRY(late_curl_open(why));
    if (client == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return err_make(ERR_MEMORY);
    client->arena = arena;
    client->curl = curl_easy_init();
    struct err e = client->curl == NULL ? err_make(ERR_MEMORY) : client_set_up(client, call, why);
    if (is_err(e)) {
        client_close(client);
        return e;
    }
    *ret = client;
    return err_none();
}

void client_close(struct client *client) {
    if (client->curl != NULL) curl_easy_cleanup(client->curl);
    client->curl = NULL;
    curl_global_cleanup();
}

const char *client_encode(struct arena *arena, const char *part) {
    struct buf buf;
    buf_init(&buf, arena, 3 * strlen(part) + 1);
    for (const char *c = part; *c != '\0'; c++) {
        bool is_plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') || strchr("-._~", *c) != NULL;
        if (is_plain) buf_add_byte(&buf, (uint8_t)*c);
        else buf_printf(&buf, "%%%02X", (unsigned)(uint8_t)*c);
    }
    buf_add_byte(&buf, '\0');
    return buf.is_failed ? "" : (const char *)buf.at;
}

static bool header_add(struct client *client, struct curl_slist **list, const char *name, const char *value) {
    const char *line = (const char *)arena_printf(client->arena, "%s: %s", name, value).at;
    struct curl_slist *longer = line == NULL ? NULL : curl_slist_append(*list, line);
    if (longer != NULL) *list = longer;
    return longer != NULL;
}

static bool headers_make(struct client *client, const struct client_request *request, struct curl_slist **list) {
    bool is_made = header_add(client, list, "Accept", "application/json, application/problem+json") &&
                   header_add(client, list, "Expect", "");
    if (request->body.at != NULL)
        is_made = is_made && header_add(client, list, "Content-Type",
                                        request->content_type != NULL ? request->content_type : "application/json");
    if (client->token != NULL) is_made = is_made && header_add(client, list, "Authorization", (const char *)arena_printf(client->arena, "Bearer %s", client->token).at);
    if (client->lang != NULL) is_made = is_made && header_add(client, list, "Accept-Language", client->lang);
    if (request->idempotency_key != NULL) is_made = is_made && header_add(client, list, "Idempotency-Key", request->idempotency_key);
    return is_made;
}

// One exchange; false where the node could not be reached or broke off.
static bool exchange(struct client *client, const struct client_request *request, const char *url, struct curl_slist *headers,
                     unsigned *ret_status) {
    CURL *curl = client->curl;
    buf_init(&client->body, client->arena, ANSWER_BYTES);
    client->error[0] = '\0';
    (void)curl_easy_setopt(curl, CURLOPT_URL, url);
    (void)curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    if (request->body.at != NULL) {
        (void)curl_easy_setopt(curl, CURLOPT_POST, 1L);
        (void)curl_easy_setopt(curl, CURLOPT_POSTFIELDS, (const char *)request->body.at);
        (void)curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
    } else {
        (void)curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
    }
    (void)curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method);
    CURLcode code = curl_easy_perform(curl);
    if (code != CURLE_OK) {
        if (client->error[0] == '\0') (void)snprintf(client->error, sizeof client->error, "%s", curl_easy_strerror(code));
        return false;
    }
    long status = 0;
    (void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    *ret_status = (unsigned)status;
    return true;
}

struct err client_ask(struct client *client, const struct client_request *request, struct client_answer *ret, struct why *why) {
    const char *url = (const char *)arena_printf(client->arena, "%s%s", client->url, request->path).at;
    struct curl_slist *headers = NULL;
    if (url == NULL || !headers_make(client, request, &headers)) {
        curl_slist_free_all(headers);
        return err_make(ERR_MEMORY);
    }
    bool may_repeat = request->idempotency_key != NULL || strcmp(request->method, "GET") == 0;
    unsigned status = 0;
    bool is_answered = false;
    for (unsigned try = 1;; try++) {
        is_answered = exchange(client, request, url, headers, &status);
        if ((is_answered && status != 503) || !may_repeat || try == TRIES) break;
        (void)nanosleep(&(struct timespec){.tv_sec = (time_t)try}, NULL);
    }
    curl_slist_free_all(headers);
    if (!is_answered) return why_set(why, ERR_BUSY, "", "client.unreachable", "", "%s: %s", client->url, client->error);
    struct client_answer answer = {.status = status, .body = buf_span(&client->body)};
    if (answer.body.len > 0) {
        struct why unread = {0}; // what is no JSON is shown as it is
        answer.is_json = !is_err(json_parse_within(client->arena, answer.body, ANSWER_BYTES, &answer.json, &unread));
    }
    *ret = answer;
    return err_none();
}

static int exit_code_of(unsigned status) {
    if (status < 400) return EXIT_DONE;
    if (status == 401 || status == 403) return EXIT_DENIED;
    if (status == 429 || status == 503) return EXIT_UNREACHABLE;
    return EXIT_NO;
}

int client_refused(const struct call *call, const struct client_answer *answer) {
    int code = exit_code_of(answer->status);
    if (call_has(call, "--json")) {
        print_span(answer->body);
        (void)putchar('\n');
    }
    const struct json *problem = answer->is_json ? &answer->json : NULL;
    struct span title = json_get_string(problem, "title"), detail = json_get_string(problem, "detail");
    (void)fprintf(stderr, "varde %s: %.*s (%u)\n", call->command->name, title.len > 0 ? (int)title.len : 16,
                  title.len > 0 ? (const char *)title.at : "the node refused", answer->status);
    const struct json *faults = json_get(problem, "errors");
    if (faults == NULL || faults->type != JSON_ARRAY || faults->count == 0) {
        if (detail.len > 0) (void)fprintf(stderr, "  %.*s\n", SPAN_FMT(detail));
        return code;
    }
    for (size_t i = 0; i < faults->count; i++) {
        struct span field = json_get_string(&faults->items[i], "pointer"), rule = json_get_string(&faults->items[i], "rule");
        struct span article = json_get_string(&faults->items[i], "article"), words = json_get_string(&faults->items[i], "detail");
        (void)fprintf(stderr, "  %.*s%s%.*s", SPAN_FMT(field), field.len > 0 ? ": " : "", SPAN_FMT(words));
        if (article.len > 0 || rule.len > 0)
            (void)fprintf(stderr, " (%.*s%s%.*s)", SPAN_FMT(article), article.len > 0 && rule.len > 0 ? "; rule " : "", SPAN_FMT(rule));
        (void)fputc('\n', stderr);
    }
    return code;
}

int client_run(const struct call *call, const struct client_request *request, void (*print)(const struct json *answer)) {
    struct arena arena;
    arena_init(&arena, 4 * (size_t)ANSWER_BYTES);
    struct client *client = NULL;
    struct client_answer answer;
    struct why why = {0};
    struct err e = client_open(call, &arena, &client, &why);
    if (!is_err(e)) {
        e = client_ask(client, request, &answer, &why);
        client_close(client);
    }
    int code = EXIT_DONE;
    if (is_err(e)) {
        code = call_fail(call, e, &why);
    } else if (answer.status >= 400) {
        code = client_refused(call, &answer);
    } else if (!answer.is_json || call_has(call, "--json")) {
        print_span(answer.body);
        (void)putchar('\n');
    } else if (print != NULL) {
        print(&answer.json);
    } else {
        print_readable(&answer.json);
    }
    arena_fini(&arena);
    return code;
}
