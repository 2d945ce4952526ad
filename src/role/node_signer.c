// SPDX-License-Identifier: EUPL-1.2
/*
 * The signer: has the head over committed groups signed by keys, then finishes their jobs. While keys is busy with one
 * head, groups gather, and the next head covers them all.
 */
#include <time.h>

#include "base/log.h"
#include "os/clock.h"
#include "role/node_private.h"
#include "role/wire.h"
#include "service/record_store.h"

enum { KEYS_DEADLINE_MS = 5000 };

void node_pass_group(struct node *node, struct group *group) {
    struct group_list *groups = &node->groups;
    group->next = NULL;
    (void)pthread_mutex_lock(&groups->lock);
    if (groups->first == NULL) groups->first = group;
    else groups->last->next = group;
    groups->last = group;
    (void)pthread_cond_signal(&groups->filled);
    (void)pthread_mutex_unlock(&groups->lock);
}

static struct group *take_groups(struct group_list *groups) {
    (void)pthread_mutex_lock(&groups->lock);
    while (groups->first == NULL && !groups->is_closed) (void)pthread_cond_wait(&groups->filled, &groups->lock);
    struct group *first = groups->first;
    groups->first = NULL;
    (void)pthread_mutex_unlock(&groups->lock);
    return first;
}

// One question to keys. The answer's fields are copied into ARENA.
static struct err ask_keys(struct node *node, struct span request, uint64_t number, struct arena *arena, struct frame *ret) {
    (void)pthread_mutex_lock(&node->keys_lock);
    struct frame answer;
    struct err e = err_make(ERR_IO);
    if (channel_is_open(&node->keys)) e = channel_call(&node->keys, request, number, clock_monotonic_ms() + KEYS_DEADLINE_MS, &answer);
    if (!is_err(e)) {
        *ret = answer;
        ret->fields = arena_copy(arena, answer.fields);
        if (ret->fields.at == NULL) e = err_make(ERR_MEMORY);
    }
    (void)pthread_mutex_unlock(&node->keys_lock);
    return e;
}

static uint64_t next_number(void) {
    static _Atomic uint64_t number;
    return atomic_fetch_add(&number, 1) + 1;
}

// The head that keys last signed for this log, as keys remembers it. Asked with the log's name at start, keys says which
// epoch's origin the log has by now.
static struct err ask_head(struct node *node, struct span origin, struct arena *arena, uint64_t *ret_size, struct hash *ret_root,
                           struct span *ret_origin, struct why *why) {
    struct buf request;
    buf_init(&request, arena, 4096);
    uint64_t number = next_number();
    size_t mark = frame_begin(&request, WIRE_KEYS_HEAD, number);
    frame_field(&request, TAG_ORIGIN, origin);
    if (!frame_end(&request, mark)) return err_make(ERR_MEMORY);
    struct frame answer;
    TRY(ask_keys(node, buf_span(&request), number, arena, &answer));
    struct span root = frame_get(&answer, TAG_ROOT);
    if (answer.type != WIRE_KEYS_HEAD)
        return why_set(why, ERR_CONFLICT, "", "log.refused", "", "keys refused: %.*s", SPAN_FMT(frame_get(&answer, TAG_WORDS)));
    *ret_origin = frame_get(&answer, TAG_ORIGIN);
    *ret_size = frame_get_u64(&answer, TAG_SIZE, 0);
    if (*ret_size > 0 && root.len != HASH_BYTES) return err_make(ERR_CORRUPT);
    if (*ret_size > 0) memcpy(ret_root->bytes, root.at, HASH_BYTES);
    return err_none();
}

static struct err sign_head_from(struct node *node, struct store_conn *conn, uint64_t old_size, uint64_t size, struct arena *arena,
                                 struct why *why) {
    struct hash root, proof[TREE_PROOF_MAX];
    size_t count = 0;
    struct tree_source source = {.conn = conn, .cache = node->services.tree_cache};
    struct tree_reader reader = record_tree_reader(&source);
    if (old_size > size) return why_set(why, ERR_CONFLICT, "", "log.behind", "", "keys has signed a head of %llu records, the store has %llu",
                                        (unsigned long long)old_size, (unsigned long long)size);
    TRY(tree_root_at(&reader, size, &root));
    TRY(tree_consistency(&reader, old_size, size, proof, &count));
    struct buf request, proof_bytes;
    buf_init(&request, arena, LIMIT_FRAME_BYTES);
    buf_init(&proof_bytes, arena, TREE_PROOF_MAX * HASH_BYTES);
    for (size_t i = 0; i < count; i++) buf_add(&proof_bytes, hash_span(&proof[i]));
    uint64_t number = next_number();
    size_t mark = frame_begin(&request, WIRE_KEYS_CHECKPOINT, number);
    frame_field(&request, TAG_ORIGIN, node->services.origin);
    frame_field_u64(&request, TAG_SIZE, size);
    frame_field(&request, TAG_ROOT, hash_span(&root));
    frame_field(&request, TAG_PROOF, buf_span(&proof_bytes));
    if (!frame_end(&request, mark)) return err_make(ERR_MEMORY);
    struct frame answer;
    TRY(ask_keys(node, buf_span(&request), number, arena, &answer));
    struct span note = frame_get(&answer, TAG_NOTE);
    if (answer.type != WIRE_KEYS_NOTE || note.len == 0)
        return why_set(why, ERR_CONFLICT, "", "log.refused", "", "keys refused the head: %.*s", SPAN_FMT(frame_get(&answer, TAG_WORDS)));
    signed_head_set(node->services.head, size, note);
    return err_none();
}

// Asks keys for its last head only where it is not known from the signature before: at start, and after a failure.
static struct err sign_head(struct node *node, struct store_conn *conn, uint64_t size, struct arena *arena, struct why *why) {
    struct span origin;
    struct hash root;
    if (!node->knows_signed) TRY(ask_head(node, node->services.origin, arena, &node->signed_size, &root, &origin, why));
    struct err e = sign_head_from(node, conn, node->signed_size, size, arena, why);
    node->knows_signed = !is_err(e);
    if (!is_err(e)) node->signed_size = size;
    return e;
}

// Until the head is signed nobody is answered: a filing without a signed head is not acknowledged.
static void sign_head_surely(struct node *node, struct store_conn *conn, uint64_t size) {
    for (unsigned attempt = 0; !atomic_load(&node->is_stopping) || attempt < 20; attempt++) {
        struct arena arena;
        struct why why = {0};
        arena_init(&arena, 4 * 1024 * 1024);
        struct err e = sign_head(node, conn, size, &arena, &why);
        arena_fini(&arena);
        if (!is_err(e)) return;
        if (attempt % 20 == 0) log_error("head_not_signed", "error=%s words=\"%s\"", err_name(e.code), why.words);
        struct timespec pause = {.tv_nsec = 100 * 1000 * 1000};
        (void)nanosleep(&pause, NULL);
    }
}

// Finishes a group's jobs: all that are left, or (before the head is signed) those that do not wait for it.
static void finish_jobs(struct group *group, bool is_signed, struct store_conn *conn) {
    struct write_job *kept = NULL, **kept_end = &kept;
    for (struct write_job *job = group->jobs; job != NULL;) {
        struct write_job *next = job->next;
        if (is_signed || !job->needs_head || is_err(job->result)) {
            job->finish(job, job->result, &job->why, conn); // takes the job over
        } else {
            *kept_end = job;
            kept_end = &job->next;
        }
        job = next;
    }
    *kept_end = NULL;
    group->jobs = kept;
}

void *node_signer(void *context) {
    struct node *node = context;
    struct store_conn *conn = NULL;
    struct why why = {0};
    if (is_err(store_connect(node->store, STORE_READ, &conn, &why))) {
        log_error("signer_failed", "words=\"%s\"", why.words);
        return NULL;
    }
    for (;;) {
        struct group *first = take_groups(&node->groups);
        if (first == NULL) break;
        uint64_t size = 0;
        bool has_head = false;
        for (struct group *group = first; group != NULL; group = group->next) {
            has_head = has_head || group->has_head;
            finish_jobs(group, !has_head, conn); // a repeat waits for the head over the filing that it repeats
            if (group->size > size) size = group->size;
        }
        if (has_head) sign_head_surely(node, conn, size);
        for (struct group *group = first; group != NULL;) {
            struct group *next = group->next;
            finish_jobs(group, true, conn);
            mem_give(group);
            group = next;
        }
        if (has_head) {
            atomic_store(&node->has_events, true);
            node_wake(node);
        }
    }
    store_disconnect(conn);
    return NULL;
}

struct err node_envelope(void *context, const struct envelope *envelope, struct buf *ret, struct why *why) {
    struct node *node = context;
    struct arena arena;
    struct buf request;
    struct frame answer;
    uint64_t number = next_number();
    arena_init(&arena, 256 * 1024);
    buf_init(&request, &arena, 16 * 1024);
    size_t mark = frame_begin(&request, WIRE_KEYS_ENVELOPE, number);
    frame_field(&request, TAG_KIND, envelope->kind);
    frame_field(&request, TAG_MESSAGE, envelope->subject);
    frame_field(&request, TAG_TARGET_NAME, envelope->to);
    frame_field(&request, TAG_MEDIA, envelope->media);
    frame_field(&request, TAG_ROOT, hash_span(&envelope->sha256));
    frame_field_u64(&request, TAG_BYTES, (uint64_t)envelope->time_ms);
    struct err e = frame_end(&request, mark) ? ask_keys(node, buf_span(&request), number, &arena, &answer) : err_make(ERR_MEMORY);
    if (is_err(e)) e = why_set(why, ERR_BUSY, "", "envelope.keys", "", "the document can't be signed now; ask again");
    else if (answer.type != WIRE_KEYS_NOTE)
        e = why_set(why, ERR_CONFLICT, "", "envelope.refused", "", "keys refused the envelope: %.*s", SPAN_FMT(frame_get(&answer, TAG_WORDS)));
    else buf_add(ret, frame_get(&answer, TAG_NOTE));
    arena_fini(&arena);
    return e;
}

// The log's verifier key, for whoever wants to check what this node signs.
static struct err ask_key(struct node *node, struct arena *arena) {
    struct buf request;
    buf_init(&request, arena, 4096);
    uint64_t number = next_number();
    size_t mark = frame_begin(&request, WIRE_KEYS_PUBLIC, number);
    if (!frame_end(&request, mark)) return err_make(ERR_MEMORY);
    struct frame answer;
    TRY(ask_keys(node, buf_span(&request), number, arena, &answer));
    struct span text = arena_copy(&node->arena, frame_get(&answer, TAG_KEY));
    if (answer.type != WIRE_KEYS_PUBLIC || text.at == NULL) return err_make(ERR_IO);
    return verifier_key_parse(span_trim(text), &node->services.log_key, NULL);
}

struct err node_check_head(struct node *node, struct store_conn *conn, struct why *why) {
    struct arena arena;
    arena_init(&arena, 4 * 1024 * 1024);
    struct log_edge edge;
    uint64_t size = 0;
    struct hash root, own;
    struct err e = record_edge_load(conn, &arena, &edge, why);
    if (!is_err(e)) e = ask_key(node, &arena);
    struct span origin = node->config->log_origin;
    if (!is_err(e)) e = ask_head(node, origin, &arena, &size, &root, &origin, why);
    if (!is_err(e) && epoch_of_origin(node->config->log_origin, origin) == 0)
        e = why_set(why, ERR_CONFLICT, "log_origin", "log.name", "", "the key signs for the log %.*s, the configuration names %.*s",
                    SPAN_FMT(origin), SPAN_FMT(node->config->log_origin));
    if (!is_err(e)) node->services.origin = arena_copy(&node->arena, origin);
    if (!is_err(e) && node->services.origin.at == NULL) e = err_make(ERR_MEMORY);
    struct tree_source source = {.conn = conn, .cache = node->services.tree_cache};
    struct tree_reader reader = record_tree_reader(&source);
    bool is_behind = !is_err(e) && size > edge.frontier.size, is_forked = false;
    if (!is_err(e) && !is_behind && size > 0) {
        e = tree_root_at(&reader, size, &own);
        is_forked = !is_err(e) && !hash_equals(&own, &root);
    }
    if (is_behind || is_forked) {
        node->services.is_read_only = true;
        node->services.read_only_reason = arena_printf(&node->arena,
            is_behind ? "the log has %llu records here, but a head over %llu was signed: records are missing"
                      : "the log of %llu records here is not the one whose head over %llu records was signed",
            (unsigned long long)edge.frontier.size, (unsigned long long)size);
        log_error("read_only", "words=\"%.*s\"", SPAN_FMT(node->services.read_only_reason));
    } else if (!is_err(e) && edge.frontier.size > 0) {
        e = sign_head(node, conn, edge.frontier.size, &arena, why);
    }
    arena_fini(&arena);
    return is_err(e) ? why_set(why, e.code, "", "log.start", "", "keys or the log's tree could not be read at start: %s", err_name(e.code)) : e;
}
