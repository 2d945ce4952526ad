// SPDX-License-Identifier: EUPL-1.2
/*
 * The bounce mailbox, read by IMAP. One transfer at a time: search, then for each message fetch, tell node, wait until it has written that down,
 * mark. What is ours is deleted; anything else gets the flag \Answered, so that it is not fetched again, and stays for a person. A message
 * that was told and not marked (somebody ended in between) is told again, which changes nothing.
 */
#include <stdio.h>

#include "base/log.h"
#include "format/dsn.h"
#include "role/courier_private.h"

enum { BOX_MS = 30000, LINE_BYTES = 64 * 1024, MESSAGE_BYTES = 64 * 1024, MESSAGES_AT_ONCE = 50 };
enum box_step { BOX_IDLE, BOX_SEARCH, BOX_FETCH, BOX_WAIT, BOX_MARK, BOX_EXPUNGE };

struct courier_box {
    struct courier *c;
    CURL *curl; // under way
    enum box_step step;
    uint64_t number;         // of the poll
    struct arena arena;      // of the transfer
    struct buf in;           // what came
    size_t count, at;
    int64_t uids[MESSAGES_AT_ONCE];
    bool is_ours, has_deleted;
    char reason[CURL_ERROR_SIZE];
};

struct courier_box *box_new(struct courier *c) {
    struct courier_box *box = mem_take(sizeof *box);
    if (box == NULL) return NULL;
    *box = (struct courier_box){.c = c};
    arena_init(&box->arena, 1024 * 1024);
    return box;
}

static void transfer_end(struct courier_box *box) {
    curl_easy_cleanup(box->curl);
    box->curl = NULL;
}

void box_free(struct courier_box *box) {
    if (box->curl != NULL) (void)curl_multi_remove_handle(box->c->multi, box->curl);
    transfer_end(box);
    arena_fini(&box->arena);
    mem_give(box);
}

// CURL NULL: whether anything is under way.
bool box_owns(const struct courier_box *box, const CURL *curl) { return curl == NULL ? box->curl != NULL : box->curl == curl; }

static void finish(struct courier_box *box, const char *failure) {
    struct channel *node = &box->c->node;
    size_t mark = frame_begin(channel_out(node), failure == NULL ? WIRE_COURIER_POLLED : WIRE_FAILED, box->number);
    if (failure != NULL) {
        frame_field(channel_out(node), TAG_KIND, SPAN("mailbox"));
        frame_field(channel_out(node), TAG_WORDS, span_of(failure));
        log_warn("mailbox_failed", "why=\"%s\"", failure);
    }
    if (!frame_end(channel_out(node), mark)) log_error("answer_lost", "number=%llu", (unsigned long long)box->number);
    box->step = BOX_IDLE;
}

static size_t take_bytes(char *data, size_t one, size_t len, void *argument) {
    struct courier_box *box = argument;
    size_t room = MESSAGE_BYTES - box->in.len;
    buf_add(&box->in, span_make(data, one * len < room ? one * len : room)); // the rest is let go
    return one * len;
}

// COMMAND NULL: what the path names is fetched.
static void transfer(struct courier_box *box, enum box_step step, const char *path, const char *command) {
    struct courier *c = box->c;
    CURL *curl = curl_easy_init();
    box->step = step;
    box->curl = curl;
    box->reason[0] = '\0';
    buf_init(&box->in, &box->arena, MESSAGE_BYTES + 1);
    bool is_good = curl != NULL && courier_options(curl, box->reason, c->config->mail.imap.ca_file, BOX_MS) &&
                   server_options(curl, &box->arena, "imap", &c->config->mail.imap, c->imap_password, path) &&
                   (command == NULL || curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, command) == CURLE_OK) &&
                   curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_bytes) == CURLE_OK &&
                   curl_easy_setopt(curl, CURLOPT_WRITEDATA, box) == CURLE_OK && curl_multi_add_handle(c->multi, curl) == CURLM_OK;
    if (is_good) return;
    transfer_end(box);
    finish(box, "the mailbox can't be asked: no memory");
}

static void search(struct courier_box *box) {
    arena_reset(&box->arena);
    box->count = box->at = 0;
    transfer(box, BOX_SEARCH, (const char *)box->c->config->mail.folder.at, "UID SEARCH UNDELETED UNANSWERED");
}

void box_poll(struct courier_box *box, uint64_t number) {
    if (box->step != BOX_IDLE) return;
    box->number = number;
    box->has_deleted = false;
    if (box->c->config->mail.imap.host.at == NULL) finish(box, "no mailbox is configured");
    else search(box);
}

// The next message of the list; at its end the deleted go, and what came meanwhile is looked for.
static void next(struct courier_box *box) {
    char text[160];
    arena_reset(&box->arena);
    const char *folder = (const char *)box->c->config->mail.folder.at;
    if (box->at < box->count) {
        (void)snprintf(text, sizeof text, "%s/;UID=%lld/;PARTIAL=0.%d", folder, (long long)box->uids[box->at], MESSAGE_BYTES);
        transfer(box, BOX_FETCH, text, NULL);
    } else if (box->has_deleted) {
        box->has_deleted = false;
        transfer(box, BOX_EXPUNGE, folder, "EXPUNGE");
    } else if (box->count == MESSAGES_AT_ONCE) {
        search(box);
    } else {
        finish(box, NULL);
    }
}

// "* SEARCH 4 7 9"
static void read_list(struct courier_box *box) {
    struct span text = buf_span(&box->in);
    for (size_t at = 0; at < text.len && box->count < MESSAGES_AT_ONCE;) {
        size_t end = at;
        while (end < text.len && text.at[end] > ' ') end++;
        int64_t uid;
        if (end > at && span_to_int(span_part(text, at, end), &uid) && uid > 0) box->uids[box->count++] = uid;
        at = end + 1;
    }
    next(box);
}

static void mark(struct courier_box *box) {
    char command[64];
    arena_reset(&box->arena);
    (void)snprintf(command, sizeof command, "UID STORE %lld +FLAGS.SILENT (%s)", (long long)box->uids[box->at], box->is_ours ? "\\Deleted" : "\\Answered");
    box->has_deleted = box->has_deleted || box->is_ours;
    transfer(box, BOX_MARK, (const char *)box->c->config->mail.folder.at, command);
}

// The delivery that the message is about: by the address it came to, else by the message that it gives back.
static struct span mark_of(const struct courier_box *box, const struct dsn *dsn, bool *ret_is_copy) {
    const struct config_mail *mail = &box->c->config->mail;
    size_t at = span_find(mail->bounces, '@', 0);
    struct span found = span_make(NULL, 0);
    for (size_t i = 0; found.len == 0 && i < dsn->address_count; i++)
        found = dsn_find_mark(dsn->addresses[i], span_part(mail->bounces, 0, at), span_part(mail->bounces, at + 1, mail->bounces.len));
    if (found.len == 0 && dsn->is_report) found = span_part(dsn->original_id, 0, span_find(dsn->original_id, '@', 0));
    *ret_is_copy = found.len == 0 && !dsn->is_report;
    return *ret_is_copy ? span_part(dsn->message_id, 0, span_find(dsn->message_id, '@', 0)) : found;
}

static bool looks_like_mark(struct span text) { return text.len > 4 && text.len <= 64 && (text.at[0] == 'd' || text.at[0] == 'D'); }

static void read_message(struct courier_box *box) {
    struct dsn dsn;
    bool is_copy = false;
    dsn_read(buf_span(&box->in), &dsn);
    struct span found = mark_of(box, &dsn, &is_copy);
    // A bounce without a report: it came to a return path of ours from nobody, and is no automatic answer.
    bool is_failed = dsn.is_report ? dsn.is_failed : !is_copy && dsn.has_null_sender && !dsn.is_reply;
    box->is_ours = looks_like_mark(found) && (is_copy || is_failed || dsn.is_report);
    if (!box->is_ours || (!is_copy && !is_failed)) { // a stranger's, or that it takes longer
        mark(box);
        return;
    }
    struct span words = arena_printf(&box->arena, "came back: %.*s %.*s", dsn.status.len > 20 ? 20 : (int)dsn.status.len,
                                     dsn.status.len > 0 ? (const char *)dsn.status.at : "",
                                     dsn.diagnostic.len > 250 ? 250 : (int)dsn.diagnostic.len,
                                     dsn.diagnostic.len > 0 ? (const char *)dsn.diagnostic.at : "");
    struct buf *out = channel_out(&box->c->node);
    size_t begun = frame_begin(out, WIRE_COURIER_HEARD, (uint64_t)box->uids[box->at]);
    frame_field(out, TAG_MESSAGE, found);
    frame_field(out, TAG_KIND, is_copy ? SPAN("copy") : SPAN("failed"));
    frame_field(out, TAG_WORDS, words);
    box->step = BOX_WAIT;
    if (!frame_end(out, begun)) finish(box, "the channel to the node is full");
}

void box_noted(struct courier_box *box, uint64_t number) {
    if (box->step == BOX_WAIT && box->at < box->count && number == (uint64_t)box->uids[box->at]) mark(box);
}

void box_done(struct courier_box *box, CURLcode result) {
    enum box_step step = box->step;
    transfer_end(box);
    if (result != CURLE_OK && !(step == BOX_FETCH && result == CURLE_REMOTE_FILE_NOT_FOUND)) {
        finish(box, box->reason[0] != '\0' ? box->reason : curl_easy_strerror(result));
        return;
    }
    switch (step) {
    case BOX_SEARCH: read_list(box); break;
    case BOX_FETCH: read_message(box); break;
    case BOX_MARK:
        box->at++;
        next(box);
        break;
    case BOX_EXPUNGE: next(box); break;
    case BOX_IDLE:
    case BOX_WAIT: break;
    }
}
