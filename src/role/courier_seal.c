// SPDX-License-Identifier: EUPL-1.2
/*
 * Asking the sealing service: it gets the hash of a letter's PDF, signed like a hook, and answers with a CMS signature over it. The letter
 * itself stays here.
 */
#include <stdio.h>

#include "role/courier_private.h"

enum { SEAL_BYTES = 64 * 1024 };

static size_t keep_answer(char *data, size_t one, size_t len, void *argument) {
    (void)one;
    struct sending *sending = argument;
    buf_add(&sending->answer, span_make(data, len));
    return sending->answer.is_failed ? 0 : len;
}

const char *seal_prepare(struct courier *c, struct sending *sending, const struct frame *frame) {
    struct span body = arena_copy(&sending->arena, frame_get(frame, TAG_DATA));
    const char *url = c->config->seal_url.at == NULL ? NULL : arena_text(&sending->arena, c->config->seal_url);
    sending->is_seal = true;
    buf_init(&sending->answer, &sending->arena, SEAL_BYTES);
    if (url == NULL || c->seal_secret.len == 0) return "no sealing service is configured";
    if (body.at == NULL || !hook_sign(sending, c->seal_secret, SPAN("seal"), body)) return "no memory";
    if (!hook_options(sending->curl, sending, url, c->config->seal_ca_file, body) ||
        curl_easy_setopt(sending->curl, CURLOPT_WRITEFUNCTION, keep_answer) != CURLE_OK)
        return "the request can't be prepared";
    return NULL;
}

static void send_answer(struct courier *c, uint64_t number, uint16_t tag, struct span data) {
    struct buf *out = channel_out(&c->node);
    size_t mark = frame_begin(out, WIRE_COURIER_SEALED, number);
    frame_field(out, tag, data);
    (void)frame_end(out, mark); // where it is lost, node asks again
}

void seal_refuse(struct courier *c, uint64_t number, const char *words) { send_answer(c, number, TAG_WORDS, span_of(words)); }

void seal_answer(struct courier *c, struct sending *sending, CURLcode result) {
    long status = 0;
    char words[CURL_ERROR_SIZE + 64];
    (void)snprintf(words, sizeof words, "%s", sending->reason[0] != '\0' ? sending->reason : curl_easy_strerror(result));
    if (result == CURLE_OK && curl_easy_getinfo(sending->curl, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK && status == 200 && sending->answer.len > 0) {
        send_answer(c, sending->number, TAG_DATA, buf_span(&sending->answer));
        return;
    }
    if (result == CURLE_OK) (void)snprintf(words, sizeof words, "the sealing service answered %ld", status);
    send_answer(c, sending->number, TAG_WORDS, span_of(words));
}
