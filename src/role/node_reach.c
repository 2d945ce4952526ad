// SPDX-License-Identifier: EUPL-1.2
/*
 * Reaching people, by the clock: has waiting messages made into deliveries, hands what is due to the courier, writes down what became of it,
 * and finds out about what a crash left unclear. Every delivery is noted as `sending` and committed before the courier hears of it, and as
 * sent or failed once the courier answered; service/reach.h says the rest.
 */
#include "base/log.h"
#include "os/clock.h"
#include "role/node_private.h"
#include "role/wire.h"
#include "service/reach.h"

enum {
    IN_FLIGHT = 16,             // handed to the courier and not answered
    RECOVER_MS = 2000,          // between looks for what is unclear
    UNANSWERED_MS = 180 * 1000, // the courier's own limits are over by far
    PAUSE_FIRST_MS = 1000,      // while the mail server can't be reached
    PAUSE_MOST_MS = 60 * 1000,
    POLL_FAILED_MS = 60 * 1000,
    POLL_ASKING_MS = 5000,
    JOB_ARENA_BYTES = 16 * 1024 * 1024,
};

struct reach_job;
struct reach_state {
    struct reach_config config;
    struct reach_office offices[CONFIG_OFFICES];
    _Atomic bool is_working, is_claiming, is_recovering;
    pthread_mutex_t lock;
    struct reach_job *claimed_first, *claimed_last; // under lock: claimed, to be handed to the courier
    size_t in_flight;
    int64_t mail_from_ms, pause_ms;  // while the server is away
    int64_t claimable_from_ms;       // what was handed over before this is unclear: the start, or the courier's
    int64_t recover_ms;
    int64_t poll_ms, poll_started_ms; // next; under way since (0: not)
    int64_t mailbox_read_ms;          // begin of the last poll that came to its end
    uint64_t poll_number;
};

// A write of the node's own about deliveries.
struct reach_job {
    struct write_job write;
    struct node *node;
    struct arena arena;
    int64_t id;                    // settle
    enum delivery_outcome outcome;
    struct span words, mark;
    bool is_copy, is_failed;       // heard
    uint64_t number;
    size_t max;                    // claim
    bool with_mail;
    struct delivery_out *out;
    int64_t before_ms, mailbox_read_ms; // recover
    struct reach_job *next;
};

// --- start ---

struct err node_reach_start(struct node *node, struct why *why) {
    const struct config *config = node->config;
    const struct config_mail *mail = &config->mail;
    struct reach_state *state = ARENA_NEW(&node->arena, struct reach_state);
    if (state == NULL) return why_set(why, ERR_MEMORY, "", "node.start", "", "no memory");
    size_t from_at = span_find(mail->from, '@', 0), bounces_at = span_find(mail->bounces, '@', 0);
    state->config = (struct reach_config){.has_mail = mail->smtp.host.at != NULL,
                                          .mail_domain = span_part(mail->from, from_at + 1, mail->from.len),
                                          .has_mailbox = mail->imap.host.at != NULL,
                                          .is_copied = mail->imap.host.at != NULL && mail->is_copied,
                                          .ask_ms = mail->copy_wait_s * 1000,
                                          .hook_url = config->hook_url,
                                          .office_count = config->office_count,
                                          .offices = state->offices};
    if (mail->bounces.at != NULL) {
        state->config.bounce_local = span_part(mail->bounces, 0, bounces_at);
        state->config.bounce_domain = span_part(mail->bounces, bounces_at + 1, mail->bounces.len);
    }
    for (size_t i = 0; i < config->office_count; i++)
        state->offices[i] = (struct reach_office){.id = config->offices[i].id, .kind = config->offices[i].kind, .name = config->offices[i].name,
                                                  .page_after_ms = config->offices[i].page_after_s * 1000,
                                                  .is_reminded = config->offices[i].is_reminded};
    (void)pthread_mutex_init(&state->lock, NULL);
    state->claimable_from_ms = clock_now_ms();
    node->reach = state;
    node->services.reach = &state->config;
    return err_none();
}

// --- jobs ---

static void job_end(struct reach_job *job) {
    arena_fini(&job->arena);
    mem_give(job);
}

typedef struct err reach_apply(struct write_job *job, struct store_conn *conn, struct log_edge *edge, struct why *why);
typedef void reach_finish(struct write_job *job, struct err result, const struct why *why, struct store_conn *reader);

static struct reach_job *job_new(struct node *node, reach_apply *apply, reach_finish *finish) {
    struct reach_job *job = mem_take(sizeof *job);
    if (job == NULL) return NULL;
    *job = (struct reach_job){.write = {.apply = apply, .finish = finish}, .node = node};
    arena_init(&job->arena, JOB_ARENA_BYTES);
    return job;
}

static void finish_said(struct err result, const struct why *why) {
    if (is_err(result)) log_warn("reach_write_failed", "error=%s words=\"%s\"", err_name(result.code), why->words);
}

static struct err work_apply(struct write_job *write, struct store_conn *conn, struct log_edge *edge, struct why *why) {
    (void)edge;
    struct reach_job *job = (struct reach_job *)write;
    arena_reset(&job->arena);
    return reach_work(&job->node->services, conn, write->now_ms, &job->arena, why);
}

static void work_finish(struct write_job *write, struct err result, const struct why *why, struct store_conn *reader) {
    (void)reader;
    struct reach_job *job = (struct reach_job *)write;
    finish_said(result, why);
    atomic_store(&job->node->reach->is_working, false);
    job_end(job);
}

static struct err settle_apply(struct write_job *write, struct store_conn *conn, struct log_edge *edge, struct why *why) {
    (void)edge;
    struct reach_job *job = (struct reach_job *)write;
    return delivery_settle(&job->node->services, conn, job->id, job->outcome, job->words, write->now_ms, &job->arena, why);
}

static void plain_finish(struct write_job *write, struct err result, const struct why *why, struct store_conn *reader) {
    (void)reader;
    finish_said(result, why);
    job_end((struct reach_job *)write);
}

static struct err recover_apply(struct write_job *write, struct store_conn *conn, struct log_edge *edge, struct why *why) {
    (void)edge;
    struct reach_job *job = (struct reach_job *)write;
    return delivery_recover(&job->node->services, conn, job->before_ms, job->mailbox_read_ms, write->now_ms, why);
}

static void recover_finish(struct write_job *write, struct err result, const struct why *why, struct store_conn *reader) {
    atomic_store(&((struct reach_job *)write)->node->reach->is_recovering, false);
    plain_finish(write, result, why, reader);
}

static struct err claim_apply(struct write_job *write, struct store_conn *conn, struct log_edge *edge, struct why *why) {
    (void)edge;
    struct reach_job *job = (struct reach_job *)write;
    arena_reset(&job->arena);
    return delivery_claim(&job->node->services, conn, job->max, job->with_mail, write->now_ms, &job->arena, &job->out, why);
}

// Back to the channel's thread: what was claimed, or what is to be told to the courier.
static void hand_back(struct reach_job *job) {
    struct reach_state *state = job->node->reach;
    (void)pthread_mutex_lock(&state->lock);
    if (state->claimed_first == NULL) state->claimed_first = job;
    else state->claimed_last->next = job;
    state->claimed_last = job;
    (void)pthread_mutex_unlock(&state->lock);
    node_wake(job->node);
}

static void claim_finish(struct write_job *write, struct err result, const struct why *why, struct store_conn *reader) {
    (void)reader;
    struct reach_job *job = (struct reach_job *)write;
    finish_said(result, why);
    if (is_err(result)) job->out = NULL;
    hand_back(job);
}

static struct err heard_apply(struct write_job *write, struct store_conn *conn, struct log_edge *edge, struct why *why) {
    (void)edge;
    struct reach_job *job = (struct reach_job *)write;
    return delivery_heard(&job->node->services, conn, job->mark, job->is_copy, job->is_failed, job->words, write->now_ms, &job->arena, why);
}

static void heard_finish(struct write_job *write, struct err result, const struct why *why, struct store_conn *reader) {
    (void)reader;
    struct reach_job *job = (struct reach_job *)write;
    finish_said(result, why);
    if (is_err(result)) job_end(job); // stays in the mailbox
    else hand_back(job);
}

// --- to the courier ---

static void send_one(struct node *node, const struct delivery_out *out) {
    struct buf *to = channel_out(&node->courier);
    bool is_mail = out->medium[0] == 'm';
    size_t mark = frame_begin(to, WIRE_COURIER_SEND, (uint64_t)out->id);
    frame_field(to, TAG_MESSAGE, out->mark);
    frame_field(to, TAG_KIND, is_mail ? SPAN("mail") : SPAN("hook"));
    frame_field(to, TAG_TARGET, out->address);
    frame_field(to, TAG_DATA, is_mail ? out->text : out->body);
    if (is_mail) {
        frame_field(to, TAG_SENDER, out->return_path);
        frame_field(to, TAG_COPY, out->copy_to);
        frame_field(to, TAG_SUBJECT, out->subject);
        frame_field(to, TAG_KEY, out->openpgp);
    } else {
        frame_field(to, TAG_SECRET, out->secret);
    }
    if (frame_end(to, mark)) node->reach->in_flight++;
}

static void noted(struct node *node, uint64_t number) {
    size_t mark = frame_begin(channel_out(&node->courier), WIRE_COURIER_NOTED, number);
    if (!frame_end(channel_out(&node->courier), mark)) log_error("courier_full", "number=%llu", (unsigned long long)number);
}

// What jobs handed back. Without a courier it is not sent; then it counts as unclear, and the next courier gets it.
static void send_claimed(struct node *node) {
    struct reach_state *state = node->reach;
    (void)pthread_mutex_lock(&state->lock);
    struct reach_job *job = state->claimed_first;
    state->claimed_first = state->claimed_last = NULL;
    (void)pthread_mutex_unlock(&state->lock);
    while (job != NULL) {
        struct reach_job *next = job->next;
        bool is_claim = job->write.finish == claim_finish;
        for (const struct delivery_out *out = job->out; out != NULL && channel_is_open(&node->courier); out = out->next) send_one(node, out);
        if (is_claim) atomic_store(&state->is_claiming, false);
        else if (channel_is_open(&node->courier)) noted(node, job->number);
        job_end(job);
        job = next;
    }
}

// --- from the courier ---

static void settle(struct node *node, const struct frame *frame) {
    struct reach_state *state = node->reach;
    struct span kind = frame_get(frame, TAG_KIND);
    struct reach_job *job = job_new(node, settle_apply, plain_finish);
    if (state->in_flight > 0) state->in_flight--;
    enum delivery_outcome outcome = frame->type == WIRE_COURIER_SENT ? DELIVERY_SENT
                                    : span_is(kind, "refused") ? DELIVERY_REFUSED : span_is(kind, "unsent") ? DELIVERY_UNSENT : DELIVERY_LATER;
    if (outcome == DELIVERY_UNSENT) {
        int64_t now_ms = clock_now_ms();
        if (now_ms >= state->mail_from_ms) { // several that were under way fail together: once
            state->pause_ms = state->pause_ms == 0 ? PAUSE_FIRST_MS : state->pause_ms * 2 < PAUSE_MOST_MS ? state->pause_ms * 2 : PAUSE_MOST_MS;
            state->mail_from_ms = now_ms + state->pause_ms;
        }
    } else if (frame->type == WIRE_COURIER_SENT && span_is(kind, "mail")) {
        state->pause_ms = 0;
    }
    if (job == NULL) return; // stays `sending`, and becomes unclear
    job->id = (int64_t)frame->number;
    job->outcome = outcome;
    job->words = arena_copy(&job->arena, frame_get(frame, TAG_WORDS));
    node_submit(node, &job->write);
}

static void heard(struct node *node, const struct frame *frame) {
    struct reach_job *job = job_new(node, heard_apply, heard_finish);
    if (job == NULL) return;
    job->number = frame->number;
    job->mark = arena_copy(&job->arena, frame_get(frame, TAG_MESSAGE));
    job->words = arena_copy(&job->arena, frame_get(frame, TAG_WORDS));
    job->is_copy = span_is(frame_get(frame, TAG_KIND), "copy");
    job->is_failed = span_is(frame_get(frame, TAG_KIND), "failed");
    node_submit(node, &job->write);
}

void node_courier_frame(struct node *node, const struct frame *frame) {
    if (frame->type == WIRE_COURIER_FETCHED) {
        node_fetch_answered(node, frame);
        return;
    }
    struct reach_state *state = node->reach;
    if (frame->type == WIRE_COURIER_SEALED) {
        node_seal_answered(node, frame);
        return;
    }
    bool is_poll = state->poll_started_ms != 0 && frame->number == state->poll_number &&
                   (frame->type == WIRE_COURIER_POLLED || span_is(frame_get(frame, TAG_KIND), "mailbox"));
    if (is_poll) {
        int64_t now_ms = clock_now_ms(), every_ms = node->config->mail.poll_s * 1000;
        if (frame->type == WIRE_COURIER_POLLED) state->mailbox_read_ms = state->poll_started_ms;
        state->poll_ms = now_ms + (frame->type == WIRE_COURIER_POLLED || every_ms > POLL_FAILED_MS ? every_ms : POLL_FAILED_MS);
        state->poll_started_ms = 0;
    } else if (frame->type == WIRE_COURIER_HEARD) {
        heard(node, frame);
    } else if (frame->type == WIRE_COURIER_SENT || frame->type == WIRE_FAILED) {
        settle(node, frame);
    }
}

void node_courier_lost(struct node *node) {
    node->reach->in_flight = 0;
    node->reach->poll_started_ms = 0;
    node->reach->claimable_from_ms = clock_now_ms();
    node->reach->recover_ms = 0;
}

// --- by the clock ---

static void work(struct node *node, int64_t now_ms, struct arena *arena) {
    bool is_due = false;
    if (atomic_load(&node->reach->is_working)) return;
    if (is_err(reach_is_due(node->own_conn, now_ms, arena, &is_due, NULL)) || !is_due) return;
    struct reach_job *job = job_new(node, work_apply, work_finish);
    if (job == NULL) return;
    atomic_store(&node->reach->is_working, true);
    node_submit(node, &job->write);
}

static void claim(struct node *node, int64_t now_ms, struct arena *arena) {
    struct reach_state *state = node->reach;
    bool has_mail = false, has_others = false;
    if (atomic_load(&state->is_claiming) || state->in_flight >= IN_FLIGHT || !channel_is_open(&node->courier)) return;
    if (is_err(delivery_is_due(node->own_conn, now_ms, arena, &has_mail, &has_others, NULL))) return;
    bool with_mail = has_mail && now_ms >= state->mail_from_ms;
    if (!with_mail && !has_others) return;
    struct reach_job *job = job_new(node, claim_apply, claim_finish);
    if (job == NULL) return;
    // A server that was away is tried with one.
    job->max = with_mail && state->pause_ms > 0 ? (state->in_flight == 0 ? 1 : 0) : IN_FLIGHT - state->in_flight;
    if (job->max == 0) {
        job_end(job);
        return;
    }
    job->with_mail = with_mail;
    atomic_store(&state->is_claiming, true);
    node_submit(node, &job->write);
}

static void recover(struct node *node, int64_t now_ms, struct arena *arena) {
    struct reach_state *state = node->reach;
    int64_t sending = 0, asking = 0;
    if (now_ms - state->recover_ms < RECOVER_MS || atomic_load(&state->is_recovering)) return;
    state->recover_ms = now_ms;
    int64_t before_ms = now_ms - UNANSWERED_MS > state->claimable_from_ms ? now_ms - UNANSWERED_MS : state->claimable_from_ms;
    if (is_err(delivery_unclear(node->own_conn, before_ms, arena, &sending, &asking, NULL)) || sending + asking == 0) return;
    if (asking > 0 && state->poll_started_ms == 0 && state->poll_ms > now_ms + POLL_ASKING_MS) state->poll_ms = now_ms + POLL_ASKING_MS;
    struct reach_job *job = job_new(node, recover_apply, recover_finish);
    if (job == NULL) return;
    job->before_ms = before_ms;
    job->mailbox_read_ms = state->mailbox_read_ms;
    atomic_store(&state->is_recovering, true);
    node_submit(node, &job->write);
}

static void poll_mailbox(struct node *node, int64_t now_ms) {
    struct reach_state *state = node->reach;
    if (!state->config.has_mailbox || state->poll_started_ms != 0 || now_ms < state->poll_ms || !channel_is_open(&node->courier)) return;
    state->poll_number++;
    size_t mark = frame_begin(channel_out(&node->courier), WIRE_COURIER_POLL, state->poll_number);
    if (frame_end(channel_out(&node->courier), mark)) state->poll_started_ms = now_ms;
}

void node_reach(struct node *node, int64_t now_ms) {
    if (node->services.is_read_only) return;
    struct arena arena;
    arena_init(&arena, 256 * 1024);
    send_claimed(node);
    work(node, now_ms, &arena);
    recover(node, now_ms, &arena);
    claim(node, now_ms, &arena);
    poll_mailbox(node, now_ms);
    arena_fini(&arena);
}
