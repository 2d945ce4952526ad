// SPDX-License-Identifier: EUPL-1.2
/* Webhooks: by HTTPS with the receiver's certificate checked, without redirects, within a time limit, signed. */
#include <stdio.h>

#include "base/hash.h"
#include "os/clock.h"
#include "role/courier_private.h"

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

// The receiver's answer is of no interest; one that does not end is cut off.
static size_t drop_answer(char *data, size_t one, size_t len, void *argument) {
    (void)data, (void)one;
    struct sending *sending = argument;
    sending->answer_bytes += len;
    return sending->answer_bytes > COURIER_ANSWER_BYTES ? 0 : len;
}

static bool add_header(struct sending *sending, const char *name, struct span value) {
    struct span line = arena_printf(&sending->arena, "%s: %.*s", name, SPAN_FMT(value));
    struct curl_slist *longer = line.at == NULL ? NULL : curl_slist_append(sending->list, (const char *)line.at);
    if (longer != NULL) sending->list = longer;
    return longer != NULL;
}

bool hook_sign(struct sending *sending, struct span secret, struct span kind, struct span body) {
    int64_t now_ms = clock_now_ms();
    struct buf text;
    buf_init(&text, &sending->arena, 256);
    courier_signature(&text, secret, now_ms, body);
    return !text.is_failed && add_header(sending, "Content-Type", SPAN("application/json")) &&
           add_header(sending, "Varde-Message", sending->message) && add_header(sending, "Varde-Kind", kind) &&
           add_header(sending, "Varde-Timestamp", arena_printf(&sending->arena, "%lld", (long long)(now_ms / 1000))) &&
           add_header(sending, "Varde-Signature", buf_span(&text));
}

static bool is_plain(struct span s, size_t max) {
    for (size_t i = 0; i < s.len; i++)
        if (s.at[i] <= ' ' || s.at[i] >= 0x7f) return false;
    return s.len > 0 && s.len <= max;
}

bool hook_options(CURL *curl, struct sending *sending, const char *url, const char *ca_file, struct span body) {
    if (!courier_options(curl, sending->reason, ca_file, COURIER_HOOK_MS)) return false;
    CURLcode bad = curl_easy_setopt(curl, CURLOPT_URL, url);
    if (bad == CURLE_OK) bad = curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
    if (bad == CURLE_OK) bad = curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    if (bad == CURLE_OK) bad = curl_easy_setopt(curl, CURLOPT_USERAGENT, "varde");
    if (bad == CURLE_OK) bad = curl_easy_setopt(curl, CURLOPT_HTTPHEADER, sending->list);
    if (bad == CURLE_OK) bad = curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.at);
    if (bad == CURLE_OK) bad = curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)body.len);
    if (bad == CURLE_OK) bad = curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop_answer);
    if (bad == CURLE_OK) bad = curl_easy_setopt(curl, CURLOPT_WRITEDATA, sending);
    return bad == CURLE_OK;
}

const char *hook_prepare(struct courier *c, struct sending *sending, const struct frame *frame) {
    struct span target = frame_get(frame, TAG_TARGET), kind = frame_get(frame, TAG_KIND), secret = frame_get(frame, TAG_SECRET);
    if (!is_plain(target, 2048) || !is_plain(sending->message, 128) || !is_plain(kind, 64)) return "the message has no target, id or kind";
    if (secret.len == 0) secret = c->hook_secret;
    if (secret.len == 0) return "no secret is configured to sign with";
    const char *url = arena_text(&sending->arena, target);
    struct span body = arena_copy(&sending->arena, frame_get(frame, TAG_DATA));
    if (url == NULL || body.at == NULL || !hook_sign(sending, secret, kind, body)) return "no memory";
    return hook_options(sending->curl, sending, url, c->config->hook_ca_file, body) ? NULL : "the delivery can't be prepared";
}

const char *hook_outcome(struct sending *sending, CURLcode result, char *words, size_t words_size) {
    long status = 0;
    if (result != CURLE_OK) {
        (void)snprintf(words, words_size, "%s", sending->reason[0] != '\0' ? sending->reason : curl_easy_strerror(result));
        return "later";
    }
    if (curl_easy_getinfo(sending->curl, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK && status >= 200 && status <= 299) return NULL;
    (void)snprintf(words, words_size, "the receiver answered %ld", status);
    return status == 410 ? "refused" : "later"; // gone for good; anything else may be mended there
}
