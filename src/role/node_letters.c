// SPDX-License-Identifier: EUPL-1.2
/*
 * The thread that makes letters: what was issued gets its PDF from press, and the node files that it was made. What can't be done now
 * is tried again later; nothing is kept in memory alone.
 */
#include <time.h>

#include "base/log.h"
#include "os/clock.h"
#include "role/node_private.h"
#include "service/letter_seal.h"

enum { PAUSE_MS = 250, MAKE_AT_ONCE = 8, SEAL_AT_ONCE = 1, // a slow sealing service holds up no letter's making
        ARENA_BYTES = 32 * 1024 * 1024 };

// A write of this thread's, which waits for it.
struct letter_job {
    struct write_job write;
    struct node *node;
    struct arena arena;
    struct letter_row row;
    enum letter_step step;
    struct span content; // at == NULL: the attempt failed, for the reason in words
    struct span words;
    bool is_done;
    struct err result;
    pthread_mutex_t lock;
    pthread_cond_t done;
};

static struct err apply(struct write_job *write, struct store_conn *conn, struct log_edge *edge, struct why *why) {
    struct letter_job *job = (struct letter_job *)write;
    arena_reset(&job->arena);
    if (job->content.at == NULL) return letter_attempt_failed(conn, job->row.filing_id, job->words, write->now_ms, &job->arena, why);
    return letter_step_write(&job->node->services, conn, edge, job->step, &job->row, job->content, write->now_ms, &job->arena, why);
}

static void finish(struct write_job *write, struct err result, const struct why *why, struct store_conn *reader) {
    (void)reader;
    struct letter_job *job = (struct letter_job *)write;
    if (is_err(result)) log_warn("letter_not_written", "error=%s rule=%s words=\"%s\"", err_name(result.code), why->rule, why->words);
    (void)pthread_mutex_lock(&job->lock);
    job->is_done = true;
    job->result = result;
    (void)pthread_cond_signal(&job->done);
    (void)pthread_mutex_unlock(&job->lock);
}

static bool write_step(struct node *node, const struct letter_row *row, enum letter_step step, struct span content, struct span words) {
    struct letter_job *job = mem_take(sizeof *job);
    if (job == NULL) return false;
    memset(job, 0, sizeof *job);
    job->write.apply = apply;
    job->write.finish = finish;
    job->write.needs_head = content.at != NULL;
    job->node = node;
    job->row = *row;
    job->step = step;
    job->content = content;
    job->words = words;
    arena_init(&job->arena, ARENA_BYTES);
    (void)pthread_mutex_init(&job->lock, NULL);
    (void)pthread_cond_init(&job->done, NULL);
    node_submit(node, &job->write);
    (void)pthread_mutex_lock(&job->lock);
    while (!job->is_done) (void)pthread_cond_wait(&job->done, &job->lock);
    (void)pthread_mutex_unlock(&job->lock);
    bool is_written = !is_err(job->result);
    (void)pthread_mutex_destroy(&job->lock);
    (void)pthread_cond_destroy(&job->done);
    arena_fini(&job->arena);
    mem_give(job);
    return is_written;
}

static void make(struct node *node, struct store_conn *conn, struct span filing_id) {
    struct arena arena;
    struct letter_row row;
    struct buf paper, pdf;
    struct why why = {0};
    arena_init(&arena, ARENA_BYTES);
    buf_init(&paper, &arena, LETTER_PAPER_BYTES);
    buf_init(&pdf, &arena, LIMIT_ATTACHMENT_BYTES);
    struct err e = letter_get(conn, filing_id, &arena, &row, &why);
    bool is_known = !is_err(e);
    if (is_known) e = letter_paper_of(&node->services, conn, &row, &arena, &paper, &why);
    if (!is_err(e)) e = node_press(node, buf_span(&paper), &pdf, &why);
    bool is_written = is_known && write_step(node, &row, LETTER_MADE, is_err(e) ? span_make(NULL, 0) : buf_span(&pdf), span_of(why.words));
    if (is_err(e)) log_warn("letter_not_made", "letter=%.*s error=%s words=\"%s\"", SPAN_FMT(filing_id), err_name(e.code), why.words);
    if (is_known && !is_err(e) && !is_written) (void)write_step(node, &row, LETTER_MADE, span_make(NULL, 0), SPAN("it could not be written"));
    arena_fini(&arena);
}

static void seal(struct node *node, struct store_conn *conn, struct span filing_id) {
    struct arena arena;
    struct letter_row row;
    struct buf pdf;
    struct span body, answer;
    struct why why = {0};
    arena_init(&arena, ARENA_BYTES);
    buf_init(&pdf, &arena, LIMIT_ATTACHMENT_BYTES);
    struct err e = letter_get(conn, filing_id, &arena, &row, &why);
    bool is_known = !is_err(e);
    if (is_known) e = letter_pdf(conn, &row, &arena, &pdf, &why);
    if (!is_err(e)) e = letter_seal_request(&row, node->services.is_exercise, buf_span(&pdf), &arena, &body);
    if (!is_err(e)) e = node_seal_ask(node, filing_id, body, &arena, &answer, &why);
    if (!is_err(e)) e = letter_seal_check(buf_span(&pdf), answer, &why);
    if (is_known && !atomic_load(&node->is_stopping)) (void)write_step(node, &row, LETTER_SEALED, is_err(e) ? span_make(NULL, 0) : answer, span_of(why.words));
    if (is_err(e)) log_warn("letter_not_sealed", "letter=%.*s words=\"%s\"", SPAN_FMT(filing_id), why.words);
    arena_fini(&arena);
}

// True where there was something to do.
static bool work(struct node *node, struct store_conn *conn, const char *state, int64_t most, void (*step)(struct node *, struct store_conn *, struct span)) {
    struct arena arena;
    struct rows rows;
    struct why why = {0};
    struct value params[] = {value_text(span_of(state)), value_int(clock_now_ms()), value_int(most)};
    arena_init(&arena, 256 * 1024);
    struct err e = store_read(conn, STMT_LETTERS_TO_DO, params, 3, &arena, &rows, &why);
    size_t count = is_err(e) ? 0 : rows.count;
    for (size_t i = 0; i < count && !atomic_load(&node->is_stopping); i++) step(node, conn, rows_span(&rows, i, 0));
    arena_fini(&arena);
    return count > 0;
}

void *node_letters(void *context) {
    struct node *node = context;
    struct store_conn *conn = NULL;
    struct why why = {0};
    if (is_err(store_connect(node->store, STORE_READ, &conn, &why))) {
        log_error("letters_failed", "words=\"%s\"", why.words);
        return NULL;
    }
    while (!atomic_load(&node->is_stopping)) {
        bool is_busy = !node->services.is_read_only && work(node, conn, "issued", MAKE_AT_ONCE, make);
        if (!node->services.is_read_only && node->config->seal_url.at != NULL) is_busy |= work(node, conn, "made", SEAL_AT_ONCE, seal);
        if (is_busy) continue;
        struct timespec pause = {.tv_nsec = PAUSE_MS * 1000 * 1000};
        (void)nanosleep(&pause, NULL);
    }
    store_disconnect(conn);
    return NULL;
}
