// SPDX-License-Identifier: EUPL-1.2
/* Mail: by submission to one server (RFC 6409), always under TLS with its certificate checked. */
#include <stdio.h>

#include "format/mail.h"
#include "os/clock.h"
#include "role/courier_private.h"
#include "role/openpgp.h"

bool server_options(CURL *curl, struct arena *arena, const char *scheme, const struct config_server *server, struct span password,
                    const char *path) {
    struct span url = arena_printf(arena, "%s%s://%.*s:%lld/%s", scheme, server->is_implicit ? "s" : "", SPAN_FMT(server->host),
                                   (long long)server->port, path);
    if (url.at == NULL) return false;
    CURLcode bad = curl_easy_setopt(curl, CURLOPT_URL, (const char *)url.at);
    if (bad == CURLE_OK) bad = curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps,imap,imaps");
    if (bad == CURLE_OK) bad = curl_easy_setopt(curl, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL); // or none at all
    if (server->user.at == NULL) return bad == CURLE_OK;
    if (bad == CURLE_OK) bad = curl_easy_setopt(curl, CURLOPT_USERNAME, (const char *)server->user.at);
    if (bad == CURLE_OK) bad = curl_easy_setopt(curl, CURLOPT_PASSWORD, (const char *)password.at);
    return bad == CURLE_OK;
}

static size_t read_mail(char *into, size_t one, size_t len, void *argument) {
    struct sending *sending = argument;
    size_t left = sending->data.len - sending->read_bytes, room = one * len;
    if (room > left) room = left;
    memcpy(into, sending->data.at + sending->read_bytes, room);
    sending->read_bytes += room;
    return room;
}

static bool add_recipient(struct sending *sending, struct span address) {
    struct span text = arena_printf(&sending->arena, "<%.*s>", SPAN_FMT(address));
    struct curl_slist *longer = text.at == NULL ? NULL : curl_slist_append(sending->list, (const char *)text.at);
    if (longer != NULL) sending->list = longer;
    return longer != NULL;
}

static const char *write_mail(struct courier *c, struct sending *sending, const struct frame *frame) {
    struct span from = c->config->mail.from, key = frame_get(frame, TAG_KEY);
    struct mail mail = {.from_name = c->config->name, .from = from, .to = frame_get(frame, TAG_TARGET), .subject = frame_get(frame, TAG_SUBJECT),
                        .text = frame_get(frame, TAG_DATA), .date_ms = clock_now_ms()};
    size_t at = span_find(from, '@', 0);
    mail.message_id = arena_printf(&sending->arena, "%.*s@%.*s", SPAN_FMT(sending->message), SPAN_FMT(span_part(from, at + 1, from.len)));
    if (!mail_is_good(&mail)) return "the mail has an address or a text that can't be written";
    struct buf bytes;
    buf_init(&bytes, &sending->arena, MAIL_BYTES);
    if (key.len == 0) {
        mail_write(&bytes, &mail);
    } else {
        struct buf inside;
        struct span armoured;
        const char *wrong = NULL;
        buf_init(&inside, &sending->arena, MAIL_BYTES);
        mail_write_inside(&inside, &mail);
        if (inside.is_failed || !openpgp_encrypt(buf_span(&inside), key, c->openpgp_key, &sending->arena, &armoured, &wrong))
            return wrong != NULL ? wrong : "no memory";
        mail_write_encrypted(&bytes, &mail, armoured);
    }
    sending->data = buf_span(&bytes);
    return bytes.is_failed ? "the mail is too long" : NULL;
}

const char *mail_prepare(struct courier *c, struct sending *sending, const struct frame *frame) {
    struct span sender = frame_get(frame, TAG_SENDER), copy = frame_get(frame, TAG_COPY);
    if (c->config->mail.smtp.host.at == NULL) return "no mail server is configured";
    if (sender.len == 0) sender = c->config->mail.from;
    if (!mail_address_is_plain(sender) || (copy.len > 0 && !mail_address_is_plain(copy))) return "the sender's address can't be used";
    const char *wrong = write_mail(c, sending, frame);
    if (wrong != NULL) return wrong;
    struct span return_path = arena_printf(&sending->arena, "<%.*s>", SPAN_FMT(sender));
    if (return_path.at == NULL || !add_recipient(sending, frame_get(frame, TAG_TARGET)) || (copy.len > 0 && !add_recipient(sending, copy)))
        return "no memory";
    CURL *curl = sending->curl;
    if (!courier_options(curl, sending->reason, c->config->mail.smtp.ca_file, COURIER_MAIL_MS) ||
        !server_options(curl, &sending->arena, "smtp", &c->config->mail.smtp, c->mail_password, ""))
        return "no memory";
    CURLcode bad = curl_easy_setopt(curl, CURLOPT_MAIL_FROM, (const char *)return_path.at);
    if (bad == CURLE_OK) bad = curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, sending->list); // all of them, or none
    if (bad == CURLE_OK) bad = curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    if (bad == CURLE_OK) bad = curl_easy_setopt(curl, CURLOPT_READFUNCTION, read_mail);
    if (bad == CURLE_OK) bad = curl_easy_setopt(curl, CURLOPT_READDATA, sending);
    return bad == CURLE_OK ? NULL : "the delivery can't be prepared";
}

// What the server says of the recipient or the message counts against it; what it says of us, of the login or of the connection does not.
const char *mail_outcome(struct sending *sending, CURLcode result, char *words, size_t words_size) {
    long code = 0;
    if (result == CURLE_OK) return NULL;
    (void)snprintf(words, words_size, "%s", sending->reason[0] != '\0' ? sending->reason : curl_easy_strerror(result));
    if (curl_easy_getinfo(sending->curl, CURLINFO_RESPONSE_CODE, &code) != CURLE_OK) code = 0;
    bool is_of_recipient = strncmp(sending->reason, "RCPT", 4) == 0, is_of_message = sending->read_bytes > 0 && result == CURLE_WEIRD_SERVER_REPLY;
    if (!is_of_recipient && !is_of_message) return sending->read_bytes > 0 ? "later" : "unsent";
    return code >= 500 && code <= 599 ? "refused" : "later";
}
