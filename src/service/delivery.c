// SPDX-License-Identifier: EUPL-1.2
/* Deliveries: taken when due, noted before they are handed over and after, and found out about where that is not known. */
#include "format/mail.h"
#include "service/gate_view.h"
#include "service/reach_private.h"

enum { RETRY_FIRST_MS = 30 * 1000, RETRY_MOST_MS = 15 * 60 * 1000, PAGE_RETRY_MS = 10 * 1000, UNSENT_RETRY_MS = 1000, HELD_RETRY_MS = 5 * 60 * 1000,
       ASKED_MOST_MS = 10 * 60 * 1000 };
#define TRIED_MOST_MS (5 * MS_PER_DAY) // then it counts as failed
#define PAGE_TRIED_MOST_MS ((int64_t)MS_PER_HOUR)

struct err delivery_add(struct store_conn *conn, const struct delivery_new *d, int64_t now_ms, struct why *why) {
    bool is_none = strcmp(d->medium, "none") == 0;
    bool is_bad = strcmp(d->medium, "mail") == 0 && !mail_address_is_plain(d->address);
    const char *failure = is_none ? "no way to reach them is known" : is_bad ? "this is no address that mail can be sent to" : NULL;
    return store_write(conn, STMT_DELIVERY_ADD,
                       PARAMS(value_text(span_of(d->kind)), value_text(d->topic), value_int(d->is_first ? 0 : 1), value_text(d->case_id),
                              value_text(d->filing_id), value_text(d->entity_id), value_text(d->page_id), value_text(d->office_kind),
                              value_text(span_of(d->owner_kind)), value_text(d->owner), value_text(d->channel_id),
                              value_text(span_of(d->medium)), value_text(d->address), value_text(d->language), value_text(d->words),
                              value_text(failure != NULL ? SPAN("failed") : SPAN("waiting")), value_int(now_ms),
                              value_int(failure != NULL ? REACH_NEVER_MS : d->next_ms), value_text(span_of(failure)), value_text(d->office)),
                       NULL, why);
}

// --- the mark ---

struct span delivery_mark(const struct services *services, int64_t id, struct arena *arena) {
    struct span text = arena_printf(arena, "d%lld", (long long)id);
    return arena_printf(arena, "%.*s.%.16s", SPAN_FMT(text), (const char *)reach_proof(services, "varde delivery", text, arena).at);
}

bool delivery_mark_read(const struct services *services, struct span mark, struct arena *arena, int64_t *ret_id) {
    int64_t id;
    size_t dot = span_find(mark, '.', 0);
    if (dot < 2 || (mark.at[0] != 'd' && mark.at[0] != 'D') || !span_to_int(span_part(mark, 1, dot), &id) || id < 1) return false;
    struct span right = delivery_mark(services, id, arena);
    if (right.len != mark.len) return false;
    uint8_t lower[64];
    if (mark.len > sizeof lower) return false;
    for (size_t i = 0; i < mark.len; i++) lower[i] = mark.at[i] >= 'A' && mark.at[i] <= 'Z' ? (uint8_t)(mark.at[i] - 'A' + 'a') : mark.at[i];
    if (!span_equals(span_make(lower, mark.len), right)) return false;
    *ret_id = id;
    return true;
}

// --- taking ---

struct err delivery_is_due(struct store_conn *conn, int64_t now_ms, struct arena *arena, bool *ret_mail, bool *ret_others, struct why *why) {
    struct rows rows;
    TRY(store_read(conn, STMT_DELIVERY_DUE, PARAMS(value_int(now_ms)), arena, &rows, why));
    *ret_others = rows_int(&rows, 0, 0) != 0;
    *ret_mail = rows_int(&rows, 0, 1) != 0;
    return err_none();
}

struct err delivery_unclear(struct store_conn *conn, int64_t before_ms, struct arena *arena, int64_t *ret_sending, int64_t *ret_asking,
                            struct why *why) {
    struct rows rows;
    TRY(store_read(conn, STMT_DELIVERY_UNCLEAR_COUNT, PARAMS(value_int(before_ms)), arena, &rows, why));
    *ret_sending = rows_int(&rows, 0, 0);
    *ret_asking = rows_int(&rows, 0, 1);
    return err_none();
}

static void row_read(const struct rows *rows, size_t i, struct delivery_row *ret) {
    *ret = (struct delivery_row){.id = rows_int(rows, i, 0), .kind = rows_span(rows, i, 1), .topic = rows_span(rows, i, 2),
                                 .case_id = rows_span(rows, i, 3), .filing_id = rows_span(rows, i, 4), .entity_id = rows_span(rows, i, 5),
                                 .page_id = rows_span(rows, i, 6), .owner_kind = rows_span(rows, i, 7), .owner = rows_span(rows, i, 8),
                                 .channel_id = rows_span(rows, i, 9), .medium = rows_span(rows, i, 10), .address = rows_span(rows, i, 11),
                                 .language = rows_span(rows, i, 12), .words = rows_span(rows, i, 13), .attempts = rows_int(rows, i, 14),
                                 .created_ms = rows_int(rows, i, 15), .openpgp = rows_span(rows, i, 16),
                                 .is_of_exercise = rows_int(rows, i, 17) != 0};
}

static void address_out(const struct services *services, const struct delivery_row *row, struct delivery_out *out, struct arena *arena) {
    const struct reach_config *config = services->reach;
    out->id = row->id;
    out->mark = delivery_mark(services, row->id, arena);
    out->address = row->address;
    out->medium = span_is(row->medium, "mail") ? "mail" : "hook";
    out->openpgp = row->openpgp;
    if (out->medium[0] == 'h') {
        if (row->channel_id.at != NULL) out->secret = reach_hook_secret(services, row->channel_id, arena);
        return;
    }
    if (config->bounce_local.at == NULL) return;
    out->return_path = arena_printf(arena, "%.*s+%.*s@%.*s", SPAN_FMT(config->bounce_local), SPAN_FMT(out->mark), SPAN_FMT(config->bounce_domain));
    if (config->is_copied) out->copy_to = arena_printf(arena, "%.*s@%.*s", SPAN_FMT(config->bounce_local), SPAN_FMT(config->bounce_domain));
}

// A case that is frozen or held back tells nobody anything, not even its number; what waits goes when that ends.
static struct err is_held(struct services *services, struct store_conn *conn, const struct delivery_row *row, int64_t now_ms, struct arena *arena,
                          bool *ret, struct why *why) {
    struct case_file file;
    struct gate_view view;
    *ret = false;
    if (row->case_id.at == NULL) return err_none();
    struct err e = case_get(conn, row->case_id, arena, &file, why);
    if (e.code == ERR_NOT_FOUND) return err_none();
    TRY(e);
    struct gate_place place = gate_place_of(&file);
    TRY(gate_view_case(services, conn, &place, GATE_MAIL, now_ms, arena, &view, why));
    *ret = !gate_view_blocks_ask(&view, row->filing_id).is_allowed;
    return err_none();
}

// A hook is called in exercises or in life, as it was set; the node's own is the configuration's.
static bool is_apart(const struct services *services, const struct delivery_row *row) {
    return span_is(row->medium, "hook") && row->channel_id.at != NULL && row->is_of_exercise != services->is_exercise;
}

struct err delivery_claim(struct services *services, struct store_conn *conn, size_t max, bool with_mail, int64_t now_ms, struct arena *arena,
                          struct delivery_out **ret, struct why *why) {
    struct rows rows;
    struct delivery_out **end = ret;
    *ret = NULL;
    if (services->reach == NULL) return err_none();
    TRY(store_read(conn, STMT_DELIVERY_TAKE, PARAMS(value_int(now_ms), value_int((int64_t)max), value_text(with_mail ? SPAN("none") : SPAN("mail"))),
                   arena, &rows, why));
    for (size_t i = 0; i < rows.count; i++) {
        struct delivery_row row;
        struct delivery_out *out = ARENA_NEW(arena, struct delivery_out);
        bool is_needed = false, is_stopped = false;
        if (out == NULL) return err_make(ERR_MEMORY);
        row_read(&rows, i, &row);
        if (is_apart(services, &row)) {
            struct span words = services->is_exercise ? SPAN("this is an exercise: the hook was not set for it") : SPAN("the hook was set for exercises only");
            TRY(store_write(conn, STMT_DELIVERY_APART, PARAMS(value_int(row.id), value_text(words)), NULL, why));
            continue;
        }
        TRY(is_held(services, conn, &row, now_ms, arena, &is_stopped, why));
        if (is_stopped) {
            TRY(store_write(conn, STMT_DELIVERY_HELD, PARAMS(value_int(row.id), value_int(now_ms + HELD_RETRY_MS)), NULL, why));
            continue;
        }
        struct err written = delivery_write(services, conn, &row, now_ms, arena, out, &is_needed, NULL);
        if (written.code == ERR_BUSY) { // it can't be signed now
            TRY(store_write(conn, STMT_DELIVERY_PUT_OFF, PARAMS(value_int(row.id), value_int(now_ms + RETRY_FIRST_MS)), NULL, why));
            continue;
        }
        TRY(written);
        if (!is_needed) {
            TRY(store_write(conn, STMT_DELIVERY_DROPPED, PARAMS(value_int(row.id), value_text(SPAN("no longer needed"))), NULL, why));
            continue;
        }
        address_out(services, &row, out, arena);
        TRY(store_write(conn, STMT_DELIVERY_SENDING, PARAMS(value_int(row.id), value_int(now_ms)), NULL, why));
        *end = out;
        end = &out->next;
    }
    return err_none();
}

// --- what became of it ---

static struct err channel_note(struct store_conn *conn, struct span channel_id, struct span failure, int64_t now_ms, struct why *why) {
    if (channel_id.at == NULL) return err_none();
    struct value failed = failure.at == NULL ? value_null() : value_int(now_ms);
    return store_write(conn, STMT_CHANNEL_RESULT, PARAMS(value_text(channel_id), failed, value_text(failure)), NULL, why);
}

static struct err fail(struct store_conn *conn, int64_t id, struct span channel_id, struct span words, int64_t now_ms, struct why *why) {
    TRY(store_write(conn, STMT_DELIVERY_FAILED, PARAMS(value_int(id), value_text(words)), NULL, why));
    return channel_note(conn, channel_id, words, now_ms, why);
}

static int64_t retry_ms(bool is_page, int64_t attempts) {
    if (is_page) return PAGE_RETRY_MS;
    int64_t wait_ms = (int64_t)RETRY_FIRST_MS << (attempts < 1 ? 0 : attempts > 6 ? 5 : attempts - 1);
    return wait_ms < RETRY_MOST_MS ? wait_ms : RETRY_MOST_MS;
}

// One line that a person may read, whatever a server said.
static struct span clean(struct arena *arena, struct span words) {
    struct span part = span_part(words, 0, 300);
    uint8_t *at = arena_take(arena, part.len + 1);
    if (at == NULL) return SPAN("?");
    for (size_t i = 0; i < part.len; i++) at[i] = part.at[i] < ' ' || part.at[i] > '~' ? ' ' : part.at[i];
    return span_make(at, part.len);
}

struct err delivery_settle(struct services *services, struct store_conn *conn, int64_t id, enum delivery_outcome outcome, struct span words,
                           int64_t now_ms, struct arena *arena, struct why *why) {
    (void)services;
    struct rows row;
    TRY(store_read(conn, STMT_DELIVERY_STATE, PARAMS(value_int(id)), arena, &row, why));
    if (row.count == 0) return err_none();
    struct span state = rows_span(&row, 0, 0), channel_id = rows_span(&row, 0, 3);
    bool is_page = span_is(rows_span(&row, 0, 2), "page");
    if (!span_is(state, "sending") && !span_is(state, "asking")) return err_none(); // settled by another way already
    struct span said = clean(arena, words);
    if (outcome == DELIVERY_SENT) {
        TRY(store_write(conn, STMT_DELIVERY_SENT, PARAMS(value_int(id), value_int(now_ms)), NULL, why));
        return channel_note(conn, channel_id, span_make(NULL, 0), now_ms, why);
    }
    if (outcome == DELIVERY_REFUSED) return fail(conn, id, channel_id, said, now_ms, why);
    if (outcome == DELIVERY_UNSENT)
        return store_write(conn, STMT_DELIVERY_UNSENT, PARAMS(value_int(id), value_int(now_ms + UNSENT_RETRY_MS), value_text(said)), NULL, why);
    if (now_ms - rows_int(&row, 0, 4) > (is_page ? PAGE_TRIED_MOST_MS : TRIED_MOST_MS)) return fail(conn, id, channel_id, said, now_ms, why);
    int64_t next_ms = now_ms + retry_ms(is_page, rows_int(&row, 0, 1));
    return store_write(conn, STMT_DELIVERY_AGAIN, PARAMS(value_int(id), value_int(next_ms), value_text(said)), NULL, why);
}

struct err delivery_recover(struct services *services, struct store_conn *conn, int64_t before_ms, int64_t mailbox_read_ms, int64_t now_ms,
                            struct why *why) {
    const struct reach_config *config = services->reach;
    if (config == NULL) return err_none();
    bool can_ask = config->is_copied && config->has_mailbox;
    if (can_ask) TRY(store_write(conn, STMT_DELIVERY_ASK, PARAMS(value_int(before_ms)), NULL, why));
    TRY(store_write(conn, STMT_DELIVERY_RESEND, PARAMS(value_int(before_ms), value_int(now_ms)), NULL, why));
    // A copy had its time to arrive, and the mailbox was read after that: what is not there was not sent. A mailbox that can't be
    // read holds nothing up for long.
    int64_t read_ms = mailbox_read_ms - config->ask_ms, patience_ms = now_ms - ASKED_MOST_MS;
    int64_t tried_before_ms = read_ms > patience_ms ? read_ms : patience_ms;
    return store_write(conn, STMT_DELIVERY_NOT_FOUND, PARAMS(value_int(tried_before_ms), value_int(now_ms)), NULL, why);
}

struct err delivery_heard(struct services *services, struct store_conn *conn, struct span mark, bool is_copy, bool is_failed,
                          struct span words, int64_t now_ms, struct arena *arena, struct why *why) {
    int64_t id;
    struct rows row;
    if (!delivery_mark_read(services, mark, arena, &id)) return err_none();
    TRY(store_read(conn, STMT_DELIVERY_STATE, PARAMS(value_int(id)), arena, &row, why));
    if (row.count == 0) return err_none();
    struct span state = rows_span(&row, 0, 0);
    if (is_failed) return span_is(state, "failed") ? err_none() : fail(conn, id, rows_span(&row, 0, 3), clean(arena, words), now_ms, why);
    if (!is_copy || span_is(state, "failed") || span_is(state, "dropped")) return err_none();
    return store_write(conn, STMT_DELIVERY_SENT, PARAMS(value_int(id), value_int(now_ms)), NULL, why);
}
