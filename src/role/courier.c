// SPDX-License-Identifier: EUPL-1.2
/*
 * The courier role: carries messages out. It keeps nothing: node holds the queue, tries again, and gives up when its rules
 * say so; here a message is delivered or not, and that is told. Webhooks go by HTTPS with the peer's certificate checked,
 * without redirects, within a time limit; a few at once.
 */
#include "role/courier.h"

#include <curl/curl.h>
#include <stdio.h>

#include "base/hash.h"
#include "base/limits.h"
#include "base/log.h"
#include "os/clock.h"
#include "os/file.h"
#include "role/line.h"
#include "role/role.h"
#include "role/wire.h"

enum { AT_ONCE = 8, CONNECT_MS = 5000, TOTAL_MS = 15000, ANSWER_BYTES = 64 * 1024, SECRET_BYTES_MIN = 16, BUSY_MS = 1000, IDLE_MS = 3600 * 1000 };

struct delivery {
    CURL *curl; // NULL: free
    struct curl_slist *headers;
    uint64_t number;
    struct span message; // the id, copied
    uint8_t *body;
    size_t answer_bytes;
    char reason[CURL_ERROR_SIZE];
};

struct courier {
    const struct config *config;
    struct line line;
    struct channel node;
    CURLM *multi;
    struct arena arena; // of the program
    struct span secret;
    struct delivery deliveries[AT_ONCE];
    size_t busy_count;
    bool is_stopping;
};

void courier_signature(struct buf *buf, struct span secret, int64_t now_ms, struct span body) {
    char number[24];
    int len = snprintf(number, sizeof number, "%lld.", (long long)(now_ms / 1000));
    struct buf text;
    buf_init(&text, NULL, body.len + sizeof number);
    buf_add(&text, span_make(number, (size_t)len));
    buf_add(&text, body);
    struct hash mac = hash_hmac(secret, buf_span(&text));
    buf_add_text(buf, "v1=");
    buf_add_hex(buf, hash_span(&mac));
    if (text.is_failed) buf->is_failed = true;
    buf_fini(&text);
}

static void answer(struct courier *c, uint64_t number, struct span message, const char *failure) {
    size_t mark = frame_begin(channel_out(&c->node), failure == NULL ? WIRE_COURIER_SENT : WIRE_FAILED, number);
    frame_field(channel_out(&c->node), TAG_MESSAGE, message);
    if (failure != NULL) frame_field(channel_out(&c->node), TAG_WORDS, span_of(failure));
    if (!frame_end(channel_out(&c->node), mark)) log_error("answer_lost", "number=%llu", (unsigned long long)number);
}

// The receiver's answer is of no interest; one that does not end is cut off.
static size_t drop_answer(char *data, size_t one, size_t len, void *argument) {
    (void)data, (void)one;
    struct delivery *delivery = argument;
    delivery->answer_bytes += len;
    return delivery->answer_bytes > ANSWER_BYTES ? 0 : len;
}

static void give_back(struct courier *c, struct delivery *delivery) {
    if (delivery->curl != NULL) c->busy_count--;
    curl_easy_cleanup(delivery->curl);
    curl_slist_free_all(delivery->headers);
    mem_give(delivery->body);
    *delivery = (struct delivery){.curl = NULL};
}

static bool add_header(struct delivery *delivery, const char *name, struct span value) {
    struct buf line;
    buf_init(&line, NULL, 1024);
    buf_printf(&line, "%s: %.*s", name, SPAN_FMT(value));
    buf_add_byte(&line, '\0');
    struct curl_slist *longer = line.is_failed ? NULL : curl_slist_append(delivery->headers, (const char *)line.at);
    buf_fini(&line);
    if (longer != NULL) delivery->headers = longer;
    return longer != NULL;
}

static bool sign(struct courier *c, struct delivery *delivery, struct span kind, struct span body) {
    int64_t now_ms = clock_now_ms();
    struct buf text;
    buf_init(&text, NULL, 256);
    buf_add_int(&text, now_ms / 1000);
    bool is_good = add_header(delivery, "Content-Type", SPAN("application/json")) &&
                   add_header(delivery, "Varde-Message", delivery->message) && add_header(delivery, "Varde-Kind", kind) &&
                   add_header(delivery, "Varde-Timestamp", buf_span(&text));
    buf_clear(&text);
    courier_signature(&text, c->secret, now_ms, body);
    is_good = is_good && !text.is_failed && add_header(delivery, "Varde-Signature", buf_span(&text));
    buf_fini(&text);
    return is_good;
}

static bool set_options(const struct courier *c, struct delivery *delivery, const char *url, size_t body_bytes) {
    CURL *curl = delivery->curl;
    CURLcode bad = curl_easy_setopt(curl, CURLOPT_URL, url);
    if (bad == CURLE_OK) bad = curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
    if (bad == CURLE_OK) bad = curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (bad == CURLE_OK) bad = curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    if (bad == CURLE_OK) bad = curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    if (bad == CURLE_OK && c->config->hook_ca_file != NULL) bad = curl_easy_setopt(curl, CURLOPT_CAINFO, c->config->hook_ca_file);
    if (bad == CURLE_OK) bad = curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    if (bad == CURLE_OK) bad = curl_easy_setopt(curl, CURLOPT_PROXY, "");
    if (bad == CURLE_OK) bad = curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    if (bad == CURLE_OK) bad = curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    if (bad == CURLE_OK) bad = curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)TOTAL_MS);
    if (bad == CURLE_OK) bad = curl_easy_setopt(curl, CURLOPT_USERAGENT, "varde");
    if (bad == CURLE_OK) bad = curl_easy_setopt(curl, CURLOPT_HTTPHEADER, delivery->headers);
    if (bad == CURLE_OK) bad = curl_easy_setopt(curl, CURLOPT_POSTFIELDS, delivery->body);
    if (bad == CURLE_OK) bad = curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)body_bytes);
    if (bad == CURLE_OK) bad = curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop_answer);
    if (bad == CURLE_OK) bad = curl_easy_setopt(curl, CURLOPT_WRITEDATA, delivery);
    if (bad == CURLE_OK) bad = curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, delivery->reason);
    if (bad == CURLE_OK) bad = curl_easy_setopt(curl, CURLOPT_PRIVATE, delivery);
    return bad == CURLE_OK;
}

// One block holds the body, and behind it url and message id with their NULs.
static bool keep(struct delivery *delivery, struct span body, struct span url, struct span message, const char **ret_url) {
    delivery->body = mem_take(body.len + url.len + message.len + 2);
    if (delivery->body == NULL) return false;
    uint8_t *at = delivery->body;
    if (body.len > 0) memcpy(at, body.at, body.len);
    at += body.len;
    memcpy(at, url.at, url.len);
    at[url.len] = '\0';
    *ret_url = (const char *)at;
    at += url.len + 1;
    memcpy(at, message.at, message.len);
    delivery->message = span_make(at, message.len);
    return true;
}

static bool is_plain(struct span s, size_t max) {
    for (size_t i = 0; i < s.len; i++)
        if (s.at[i] <= ' ' || s.at[i] >= 0x7f) return false;
    return s.len > 0 && s.len <= max;
}

static void begin(struct courier *c, const struct frame *frame) {
    struct span url = frame_get(frame, TAG_TARGET), message = frame_get(frame, TAG_MESSAGE), kind = frame_get(frame, TAG_KIND);
    struct span body = frame_get(frame, TAG_DATA);
    if (!is_plain(url, 2048) || !is_plain(message, 128) || !is_plain(kind, 64)) {
        answer(c, frame->number, message, "the message has no target, id or kind");
        return;
    }
    if (c->secret.len == 0) {
        answer(c, frame->number, message, "no secret is configured to sign with");
        return;
    }
    struct delivery *delivery = c->deliveries;
    while (delivery->curl != NULL) delivery++; // one is free: the caller looked
    const char *url_text = NULL;
    delivery->curl = curl_easy_init();
    if (delivery->curl != NULL) c->busy_count++;
    delivery->number = frame->number;
    if (delivery->curl == NULL || !keep(delivery, body, url, message, &url_text) || !sign(c, delivery, kind, body) ||
        !set_options(c, delivery, url_text, body.len) || curl_multi_add_handle(c->multi, delivery->curl) != CURLM_OK) {
        answer(c, frame->number, message, "the delivery can't be prepared");
        give_back(c, delivery);
    }
}

static void finish(struct courier *c, const CURLMsg *done) {
    struct delivery *delivery = NULL;
    long status = 0;
    if (curl_easy_getinfo(done->easy_handle, CURLINFO_PRIVATE, &delivery) != CURLE_OK || delivery == NULL) return;
    char words[CURL_ERROR_SIZE + 64];
    const char *failure = words;
    if (done->data.result != CURLE_OK) {
        (void)snprintf(words, sizeof words, "%s", delivery->reason[0] != '\0' ? delivery->reason : curl_easy_strerror(done->data.result));
    } else if (curl_easy_getinfo(done->easy_handle, CURLINFO_RESPONSE_CODE, &status) != CURLE_OK || status < 200 || status > 299) {
        (void)snprintf(words, sizeof words, "the receiver answered %ld", status);
    } else {
        failure = NULL;
    }
    if (failure != NULL) log_warn("hook_failed", "message=%.*s why=\"%s\"", SPAN_FMT(delivery->message), failure);
    answer(c, delivery->number, delivery->message, failure);
    (void)curl_multi_remove_handle(c->multi, delivery->curl);
    give_back(c, delivery);
}

static void take_frames(struct courier *c) {
    struct frame frame;
    while (c->busy_count < AT_ONCE && channel_next(&c->node, &frame)) {
        if (frame.type == WIRE_COURIER_SEND) begin(c, &frame);
        else log_warn("unknown_frame", "type=%u", frame.type);
    }
}

static bool read_line(struct courier *c) {
    for (;;) {
        struct line_event event = line_next(&c->line);
        if (event.type == LINE_NOTHING) return true;
        if (event.type == LINE_GONE) return false;
        if (event.type == LINE_STOP) c->is_stopping = true;
    }
}

static int serve(struct courier *c) {
    while (!c->is_stopping || c->busy_count > 0) {
        bool may_take = c->busy_count < AT_ONCE && !c->is_stopping;
        struct curl_waitfd watched[2] = {{.fd = line_fd(&c->line), .events = CURL_WAIT_POLLIN},
                                         {.fd = c->node.fd, .events = may_take ? CURL_WAIT_POLLIN : 0}};
        if (channel_queued_bytes(&c->node) > 0) watched[1].events |= CURL_WAIT_POLLOUT;
        if (curl_multi_poll(c->multi, watched, 2, c->busy_count > 0 ? BUSY_MS : IDLE_MS, NULL) != CURLM_OK) return 1;
        if (watched[0].revents != 0 && !read_line(c)) return 0;
        if (may_take && watched[1].revents != 0 && is_err(channel_read(&c->node))) return 0; // node is gone; so are its messages
        if (may_take) take_frames(c);
        int running = 0, left = 0;
        if (curl_multi_perform(c->multi, &running) != CURLM_OK) return 1;
        for (CURLMsg *done; (done = curl_multi_info_read(c->multi, &left)) != NULL;)
            if (done->msg == CURLMSG_DONE) finish(c, done);
        take_frames(c); // that waited for a free place
        if (is_err(channel_flush(&c->node))) return 0;
    }
    return 0;
}

static bool load_secret(struct courier *c) {
    if (c->config->hook_secret_file == NULL) return true;
    struct why why = {0};
    struct span text;
    if (is_err(file_read(&c->arena, c->config->hook_secret_file, 4096, &text, &why))) {
        log_error("hook_secret", "why=\"%s\"", why.words);
        return false;
    }
    c->secret = span_trim(text);
    if (c->secret.len >= SECRET_BYTES_MIN) return true;
    log_error("hook_secret", "why=\"the secret has fewer than %d bytes\"", SECRET_BYTES_MIN);
    return false;
}

int courier_role(const struct config *config) {
    static const char *const READ[] = {"/etc", "/usr/lib", "/lib", "/lib64", "/usr/share/ca-certificates", "/usr/local/share/ca-certificates",
                                       "/run/systemd/resolve", "/dev/urandom", "/dev/null"};
    struct courier *c = mem_take(sizeof *c);
    if (c == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return 1;
    c->config = config;
    arena_init(&c->arena, 64 * 1024);
    c->multi = curl_multi_init();
    if (c->multi == NULL || !load_secret(c)) return 1;
    line_open(&c->line);
    channel_open(&c->node, WIRE_FD_FIRST);
    struct sandbox_path paths[sizeof READ / sizeof *READ + 1];
    size_t count = 0;
    for (; count < sizeof READ / sizeof *READ; count++) paths[count] = (struct sandbox_path){.path = READ[count]};
    if (config->hook_ca_file != NULL) paths[count++] = (struct sandbox_path){.path = config->hook_ca_file};
    const struct sandbox_rules rules = {.role = "courier", .allow = SANDBOX_CONNECT | SANDBOX_THREADS, .paths = paths, .path_count = count,
                                        .descriptors = 256};
    if (!role_enter_sandbox(config, &rules)) return 1;
    line_ready(&c->line);
    int status = serve(c);
    for (size_t i = 0; i < AT_ONCE; i++)
        if (c->deliveries[i].curl != NULL) give_back(c, &c->deliveries[i]);
    (void)curl_multi_cleanup(c->multi);
    curl_global_cleanup();
    channel_close(&c->node);
    arena_fini(&c->arena);
    mem_give(c);
    return status;
}
