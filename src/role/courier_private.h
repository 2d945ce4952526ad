// SPDX-License-Identifier: EUPL-1.2
/* The inside of the courier's role, shared by courier*.c. One thread. */
#ifndef ROLE_COURIER_PRIVATE_H
#define ROLE_COURIER_PRIVATE_H

#include "os/late_curl.h"

#include "role/courier.h"
#include "role/line.h"
#include "role/role.h"
#include "role/wire.h"

enum { COURIER_AT_ONCE = 8, COURIER_CONNECT_MS = 5000, COURIER_HOOK_MS = 15000, COURIER_MAIL_MS = 60000, COURIER_ANSWER_BYTES = 64 * 1024 };

// Something on its way: one transfer of libcurl.
struct sending {
    CURL *curl; // NULL: free
    struct curl_slist *list; // headers of a hook, recipients of a mail
    uint64_t number;
    struct span message; // the id
    bool is_mail, is_seal, is_fetch;
    struct arena arena; // of this one
    struct span data;   // a mail's bytes
    struct buf answer;  // of the sealing service
    size_t read_bytes, answer_bytes;
    char reason[CURL_ERROR_SIZE];
};

struct courier_box; // the bounce mailbox
struct openpgp;

struct courier {
    const struct config *config;
    struct line line;
    struct channel node;
    CURLM *multi;
    struct arena arena; // of the program
    struct span seal_secret, hook_secret, mail_password, imap_password, openpgp_key;
    struct sending sendings[COURIER_AT_ONCE];
    size_t busy_count;
    struct courier_box *box;
    bool is_stopping;
};

// courier.c. KIND: "refused", "later", "unsent"; FAILURE NULL: it was sent, KIND is "mail" or "hook".
void courier_answer(struct courier *c, uint64_t number, struct span message, const char *kind, const char *failure);
// What all transfers share. False where memory is short.
bool courier_options(CURL *curl, char *reason, const char *ca_file, long total_ms);

// courier_hook.c and courier_mail.c: prepare the transfer of a frame (sending->curl is made); the words of what is wrong, or NULL.
const char *hook_prepare(struct courier *c, struct sending *sending, const struct frame *frame);
const char *mail_prepare(struct courier *c, struct sending *sending, const struct frame *frame);
// The parts of a hook that sealing shares: headers with the signature; where to, what, whom to trust.
bool hook_sign(struct sending *sending, struct span secret, struct span kind, struct span body);
bool hook_options(CURL *curl, struct sending *sending, const char *url, const char *ca_file, struct span body);
// courier_seal.c: as hook_prepare; and the answer to node, whatever became of it.
const char *seal_prepare(struct courier *c, struct sending *sending, const struct frame *frame);
void seal_answer(struct courier *c, struct sending *sending, CURLcode result);
void seal_refuse(struct courier *c, uint64_t number, const char *words);
// courier_fetch.c: likewise; SENDING NULL: it could not be asked.
const char *fetch_prepare(struct courier *c, struct sending *sending, const struct frame *frame);
void fetch_answer(struct courier *c, uint64_t number, struct sending *sending, CURLcode result);
// What a finished transfer means: NULL where it was sent; else the kind of failure, with words in WORDS.
const char *hook_outcome(struct sending *sending, CURLcode result, char *words, size_t words_size);
const char *mail_outcome(struct sending *sending, CURLcode result, char *words, size_t words_size);
// "smtps://host:port", "smtp://..." (then TLS by STARTTLS is demanded of curl); SCHEME "smtp" or "imap".
bool server_options(CURL *curl, struct arena *arena, const char *scheme, const struct config_server *server, struct span password,
                    const char *path);

// courier_box.c
struct courier_box *box_new(struct courier *c);
void box_free(struct courier_box *box);
void box_poll(struct courier_box *box, uint64_t number); // begins, unless one is under way
void box_noted(struct courier_box *box, uint64_t number);
bool box_owns(const struct courier_box *box, const CURL *curl);
void box_done(struct courier_box *box, CURLcode result); // its transfer has finished and left the multi handle

#endif
