// SPDX-License-Identifier: EUPL-1.2
/*
 * The courier role: carries messages out, by mail and by webhook, and reads the mailbox to which bounces go. It keeps nothing: node holds the
 * queue, tries again, and gives up when its rules say so; here a message is delivered or not, and that is told. A few at once.
 */
#include "role/courier_private.h"
#include "role/openpgp.h"

#include "base/limits.h"
#include "base/log.h"
#include "os/file.h"

enum { SECRET_BYTES_MIN = 16, BUSY_MS = 1000, IDLE_MS = 3600 * 1000, SENDING_BYTES = 4 * 1024 * 1024, KEY_FILE_BYTES = 256 * 1024 };

void courier_answer(struct courier *c, uint64_t number, struct span message, const char *kind, const char *failure) {
    size_t mark = frame_begin(channel_out(&c->node), failure == NULL ? WIRE_COURIER_SENT : WIRE_FAILED, number);
    frame_field(channel_out(&c->node), TAG_MESSAGE, message);
    frame_field(channel_out(&c->node), TAG_KIND, span_of(kind));
    if (failure != NULL) frame_field(channel_out(&c->node), TAG_WORDS, span_of(failure));
    if (!frame_end(channel_out(&c->node), mark)) log_error("answer_lost", "number=%llu", (unsigned long long)number);
}

bool courier_options(CURL *curl, char *reason, const char *ca_file, long total_ms) {
    CURLcode bad = curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (bad == CURLE_OK) bad = curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    if (bad == CURLE_OK) bad = curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    if (bad == CURLE_OK && ca_file != NULL) bad = curl_easy_setopt(curl, CURLOPT_CAINFO, ca_file);
    if (bad == CURLE_OK) bad = curl_easy_setopt(curl, CURLOPT_PROXY, "");
    if (bad == CURLE_OK) bad = curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    if (bad == CURLE_OK) bad = curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)COURIER_CONNECT_MS);
    if (bad == CURLE_OK) bad = curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, total_ms);
    if (bad == CURLE_OK) bad = curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, reason);
    return bad == CURLE_OK;
}

static void give_back(struct courier *c, struct sending *sending) {
    if (sending->curl != NULL) c->busy_count--;
    curl_easy_cleanup(sending->curl);
    curl_slist_free_all(sending->list);
    arena_fini(&sending->arena);
    *sending = (struct sending){.curl = NULL};
}

static void begin(struct courier *c, const struct frame *frame) {
    struct sending *sending = c->sendings;
    while (sending->curl != NULL) sending++; // one is free: the caller looked
    arena_init(&sending->arena, SENDING_BYTES);
    sending->curl = curl_easy_init();
    if (sending->curl != NULL) c->busy_count++;
    sending->number = frame->number;
    sending->message = arena_copy(&sending->arena, frame_get(frame, TAG_MESSAGE));
    bool is_seal = frame->type == WIRE_COURIER_SEAL;
    sending->is_fetch = frame->type == WIRE_COURIER_FETCH;
    sending->is_mail = !sending->is_fetch && span_is(frame_get(frame, TAG_KIND), "mail");
    const char *wrong = sending->curl == NULL || sending->message.at == NULL ? "no memory"
                        : sending->is_fetch ? fetch_prepare(c, sending, frame)
                        : is_seal ? seal_prepare(c, sending, frame) : sending->is_mail ? mail_prepare(c, sending, frame) : hook_prepare(c, sending, frame);
    if (wrong == NULL && (curl_easy_setopt(sending->curl, CURLOPT_PRIVATE, sending) != CURLE_OK ||
                          curl_multi_add_handle(c->multi, sending->curl) != CURLM_OK))
        wrong = "the delivery can't be prepared";
    if (wrong == NULL) return;
    if (sending->is_fetch) {
        log_warn("fetch_refused", "why=\"%s\"", wrong);
        fetch_answer(c, frame->number, NULL, CURLE_OK);
    } else if (is_seal) seal_refuse(c, frame->number, wrong);
    else courier_answer(c, frame->number, frame_get(frame, TAG_MESSAGE), "refused", wrong);
    give_back(c, sending);
}

static void finish(struct courier *c, CURL *curl, CURLcode result) {
    struct sending *sending = NULL;
    char words[CURL_ERROR_SIZE + 64] = "";
    if (box_owns(c->box, curl)) {
        (void)curl_multi_remove_handle(c->multi, curl);
        box_done(c->box, result);
        return;
    }
    if (curl_easy_getinfo(curl, CURLINFO_PRIVATE, &sending) != CURLE_OK || sending == NULL) return;
    if (sending->is_seal) {
        seal_answer(c, sending, result);
        (void)curl_multi_remove_handle(c->multi, curl);
        give_back(c, sending);
        return;
    }
    if (sending->is_fetch) {
        fetch_answer(c, sending->number, sending, result);
        (void)curl_multi_remove_handle(c->multi, curl);
        give_back(c, sending);
        return;
    }
    const char *kind = sending->is_mail ? mail_outcome(sending, result, words, sizeof words) : hook_outcome(sending, result, words, sizeof words);
    if (kind != NULL) log_warn(sending->is_mail ? "mail_failed" : "hook_failed", "message=%.*s why=\"%s\"", SPAN_FMT(sending->message), words);
    const char *medium = sending->is_mail ? "mail" : "hook";
    courier_answer(c, sending->number, sending->message, kind != NULL ? kind : medium, kind != NULL ? words : NULL);
    (void)curl_multi_remove_handle(c->multi, curl);
    give_back(c, sending);
}

static void take_frames(struct courier *c) {
    struct frame frame;
    while (c->busy_count < COURIER_AT_ONCE && channel_next(&c->node, &frame)) {
        if (frame.type == WIRE_COURIER_SEND || frame.type == WIRE_COURIER_SEAL || frame.type == WIRE_COURIER_FETCH) begin(c, &frame);
        else if (frame.type == WIRE_COURIER_POLL) box_poll(c->box, frame.number);
        else if (frame.type == WIRE_COURIER_NOTED) box_noted(c->box, frame.number);
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
        bool may_take = c->busy_count < COURIER_AT_ONCE && !c->is_stopping;
        struct curl_waitfd watched[2] = {{.fd = line_fd(&c->line), .events = CURL_WAIT_POLLIN},
                                         {.fd = c->node.fd, .events = may_take ? CURL_WAIT_POLLIN : 0}};
        if (channel_queued_bytes(&c->node) > 0) watched[1].events |= CURL_WAIT_POLLOUT;
        bool is_busy = c->busy_count > 0 || box_owns(c->box, NULL);
        if (curl_multi_poll(c->multi, watched, 2, is_busy ? BUSY_MS : IDLE_MS, NULL) != CURLM_OK) return 1;
        if (watched[0].revents != 0 && !read_line(c)) return 0;
        if (may_take && watched[1].revents != 0 && is_err(channel_read(&c->node))) return 0; // node is gone; so are its messages
        if (may_take) take_frames(c);
        int running = 0, left = 0;
        if (curl_multi_perform(c->multi, &running) != CURLM_OK) return 1;
        for (CURLMsg *done; (done = curl_multi_info_read(c->multi, &left)) != NULL;)
            if (done->msg == CURLMSG_DONE) finish(c, done->easy_handle, done->data.result);
        take_frames(c); // that waited for a free place
        if (is_err(channel_flush(&c->node))) return 0;
    }
    return 0;
}

// --- start ---

static bool load_file(struct courier *c, const char *path, const char *what, size_t least_bytes, size_t most_bytes, bool is_trimmed, struct span *ret) {
    if (path == NULL) return true;
    struct why why = {0};
    struct span text;
    if (is_err(file_read(&c->arena, path, most_bytes, &text, &why))) {
        log_error(what, "why=\"%s\"", why.words);
        return false;
    }
    *ret = is_trimmed ? span_trim(text) : text;
    char *ended = is_trimmed ? arena_text(&c->arena, *ret) : NULL;
    if (is_trimmed && ended == NULL) return false;
    if (is_trimmed) *ret = span_make(ended, ret->len);
    if (ret->len >= least_bytes) return true;
    log_error(what, "why=\"the secret has fewer than %zu bytes\"", least_bytes);
    return false;
}

static bool load_secrets(struct courier *c) {
    const struct config *config = c->config;
    return load_file(c, config->seal_secret_file, "seal_secret", SECRET_BYTES_MIN, 4096, true, &c->seal_secret) &&
           load_file(c, config->hook_secret_file, "hook_secret", SECRET_BYTES_MIN, 4096, true, &c->hook_secret) &&
           load_file(c, config->mail.smtp.password_file, "mail_password", 1, 4096, true, &c->mail_password) &&
           load_file(c, config->mail.imap.password_file, "imap_password", 1, 4096, true, &c->imap_password) &&
           load_file(c, config->mail.openpgp_key_file, "mail_openpgp_key", 1, KEY_FILE_BYTES, false, &c->openpgp_key);
}

static bool hold(struct courier *c) {
    static const char *const READ[] = {"/etc", "/usr/lib", "/lib", "/lib64", "/usr/share/ca-certificates", "/usr/local/share/ca-certificates",
                                       "/run/systemd/resolve", "/dev/urandom", "/dev/null"};
    const char *const files[] = {c->config->hook_ca_file, c->config->seal_ca_file, c->config->mail.smtp.ca_file, c->config->mail.imap.ca_file};
    struct sandbox_path paths[sizeof READ / sizeof *READ + sizeof files / sizeof *files + PROVIDERS_MAX];
    size_t count = 0;
    for (; count < sizeof READ / sizeof *READ; count++) paths[count] = (struct sandbox_path){.path = READ[count]};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (files[i] != NULL) paths[count++] = (struct sandbox_path){.path = files[i]};
    for (size_t i = 0; i < c->config->provider_count; i++)
        if (c->config->providers[i].ca_file != NULL) paths[count++] = (struct sandbox_path){.path = c->config->providers[i].ca_file};
    const struct sandbox_rules rules = {.role = "courier", .allow = SANDBOX_CONNECT | SANDBOX_THREADS, .paths = paths, .path_count = count,
                                        .descriptors = 256};
    return role_enter_sandbox(c->config, &rules);
}

int courier_role(const struct config *config) {
    struct courier *c = mem_take(sizeof *c);
    struct why why = {0};
    if (is_err(late_curl_open(&why)) || is_err(openpgp_open(&why))) { // before the sandbox
        log_error("courier_library", "words=\"%s\"", why.words);
        return 1;
    }
    if (c == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return 1;
    c->config = config;
    arena_init(&c->arena, 1024 * 1024);
    c->multi = curl_multi_init();
    c->box = box_new(c);
    if (c->multi == NULL || c->box == NULL || !load_secrets(c)) return 1;
    line_open(&c->line);
    channel_open(&c->node, WIRE_FD_FIRST);
    if (!hold(c)) return 1;
    line_ready(&c->line);
    int status = serve(c);
    for (size_t i = 0; i < COURIER_AT_ONCE; i++)
        if (c->sendings[i].curl != NULL) {
            (void)curl_multi_remove_handle(c->multi, c->sendings[i].curl);
            give_back(c, &c->sendings[i]);
        }
    box_free(c->box);
    (void)curl_multi_cleanup(c->multi);
    curl_global_cleanup();
    channel_close(&c->node);
    arena_fini(&c->arena);
    mem_give(c);
    return status;
}
