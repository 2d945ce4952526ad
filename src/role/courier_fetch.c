// SPDX-License-Identifier: EUPL-1.2
/* Questions to providers of sign-in: only to their own hosts, by HTTPS with the certificate checked, without redirects, small and quick. */
#include "base/log.h"
#include "role/courier_private.h"

enum { FETCH_MS = 8000 };

static size_t keep_answer(char *data, size_t one, size_t len, void *argument) {
    (void)one;
    struct sending *sending = argument;
    buf_add(&sending->answer, span_make(data, len));
    return sending->answer.is_failed ? 0 : len;
}

static const struct provider_config *find(const struct courier *c, struct span id) {
    for (size_t i = 0; i < c->config->provider_count; i++)
        if (span_equals(c->config->providers[i].id, id)) return &c->config->providers[i];
    return NULL;
}

static bool add_line(struct sending *sending, const char *name, struct span value) {
    for (size_t i = 0; i < value.len; i++)
        if (value.at[i] < ' ' || value.at[i] >= 0x7f) return false;
    struct span line = arena_printf(&sending->arena, "%s: %.*s", name, SPAN_FMT(value));
    struct curl_slist *longer = line.at == NULL ? NULL : curl_slist_append(sending->list, (const char *)line.at);
    if (longer != NULL) sending->list = longer;
    return longer != NULL;
}

const char *fetch_prepare(struct courier *c, struct sending *sending, const struct frame *frame) {
    struct span target = frame_get(frame, TAG_TARGET), body = frame_get(frame, TAG_DATA), secret = frame_get(frame, TAG_SECRET);
    const struct provider_config *provider = find(c, frame_get(frame, TAG_KIND));
    if (provider == NULL || !provider_may_ask(provider, target)) return "the provider is not asked there";
    const char *url = arena_text(&sending->arena, target);
    struct span kept = body.at != NULL ? arena_copy(&sending->arena, body) : span_make(NULL, 0);
    buf_init(&sending->answer, &sending->arena, PROVIDER_ANSWER_BYTES);
    if (url == NULL || (body.at != NULL && kept.at == NULL) || !add_line(sending, "Accept", SPAN("application/json"))) return "no memory";
    if (secret.len > 0 && !add_line(sending, "Authorization", secret)) return "no memory";
    CURL *curl = sending->curl;
    if (!courier_options(curl, sending->reason, provider->ca_file, FETCH_MS)) return "no memory";
    CURLcode bad = curl_easy_setopt(curl, CURLOPT_URL, url);
    if (bad == CURLE_OK) bad = curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
    if (bad == CURLE_OK) bad = curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    if (bad == CURLE_OK) bad = curl_easy_setopt(curl, CURLOPT_USERAGENT, "varde");
    if (bad == CURLE_OK) bad = curl_easy_setopt(curl, CURLOPT_HTTPHEADER, sending->list);
    if (bad == CURLE_OK && kept.at != NULL) bad = curl_easy_setopt(curl, CURLOPT_POSTFIELDS, kept.at);
    if (bad == CURLE_OK && kept.at != NULL) bad = curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)kept.len);
    if (bad == CURLE_OK) bad = curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep_answer);
    if (bad == CURLE_OK) bad = curl_easy_setopt(curl, CURLOPT_WRITEDATA, sending);
    return bad == CURLE_OK ? NULL : "the question can't be prepared";
}

void fetch_answer(struct courier *c, uint64_t number, struct sending *sending, CURLcode result) {
    struct buf *out = channel_out(&c->node);
    long status = 0;
    bool is_there = sending != NULL && result == CURLE_OK && curl_easy_getinfo(sending->curl, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK && status > 0;
    if (sending != NULL && result != CURLE_OK)
        log_warn("fetch_failed", "why=\"%s\"", sending->reason[0] != '\0' ? sending->reason : curl_easy_strerror(result));
    size_t mark = frame_begin(out, WIRE_COURIER_FETCHED, number);
    if (is_there) frame_field_u64(out, TAG_STATUS, (uint64_t)status);
    if (is_there) frame_field(out, TAG_DATA, buf_span(&sending->answer));
    if (!frame_end(out, mark)) log_error("answer_lost", "number=%llu", (unsigned long long)number);
}
