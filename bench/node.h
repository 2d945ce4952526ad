// SPDX-License-Identifier: EUPL-1.2
/*
 * A node in one process and one thread, for measurements: the data directory of a real node that is stopped, its services,
 * connections and key, and requests handled as the node's worker, writer and signer handle them, in groups.
 */
#ifndef BENCH_NODE_H
#define BENCH_NODE_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "api/api.h"
#include "base/frame.h"
#include "law/office.h"
#include "law/pack.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/random.h"
#include "os/zone.h"
#include "role/config.h"
#include "role/keys_file.h"
#include "role/wire.h"
#include "service/record_store.h"

enum { BENCH_GROUP_MAX = 64 };

struct bench_node {
    struct arena arena;
    struct config config;
    struct services services;
    struct access access;
    struct access_office offices[CONFIG_OFFICES];
    struct keys_file keys;
    struct store *store;
    struct store_conn *reader, *writer;
    struct log_edge edge;
    uint64_t signed_size;
    int64_t now_ms;        // of requests: moves on with each, so that no rate limit is met
    double checkpointed_s; // when the write-ahead log was moved last
};

struct asked {
    struct arena arena;
    struct api_request request;
    struct api_response response;
};

static void need(struct err e, const struct why *why) {
    if (!is_err(e)) return;
    (void)fprintf(stderr, "bench: %s %s: %s\n", err_name(e.code), why->rule, why->words);
    exit(1);
}

static double clock_s(clockid_t id) {
    struct timespec t;
    (void)clock_gettime(id, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}
static double cpu_s(void) { return clock_s(CLOCK_PROCESS_CPUTIME_ID); }
static double wall_s(void) { return clock_s(CLOCK_MONOTONIC); }

static struct span bench_file(struct bench_node *node, const char *path) {
    struct span bytes = {NULL, 0};
    struct why why = {0};
    need(file_read(&node->arena, path, 1024 * 1024, &bytes, &why), &why);
    return bytes;
}

static void bench_services(struct bench_node *node, struct why *why) {
    struct services *services = &node->services;
    struct law *law;
    need(law_load(&node->arena, embedded_law, embedded_law_count, &law, why), why);
    services->law = law;
    services->law_hash = law_hash(law);
    services->state = node->config.state;
    services->node_name = node->config.name;
    services->answer_by = services->answer_how = SPAN("CSIRT");
    atomic_store(&services->disk_free_bytes, INT64_MAX);
    services->random = random_bytes;
    services->random_id = random_id;
    services->head = signed_head_new();
    services->tree_cache = tree_cache_new();
    services->origin = arena_copy(&node->arena, span_of(node->keys.state.memory.origin));
    services->access = &node->access;
    struct span zone = law_zone(law, services->state);
    need(zone_load(&node->arena, (const char *)zone.at, &services->zone, why), why);
    struct span secret = bench_file(node, path_join(&node->arena, node->config.dir, "node.secret"));
    if (secret.len != sizeof services->node_secret) exit(1);
    memcpy(services->node_secret, secret.at, secret.len);
    for (size_t i = 0; i < node->config.office_count; i++) {
        const struct config_office *from = &node->config.offices[i];
        node->offices[i] = (struct access_office){.id = from->id, .kind = office_kind_find(law, from->kind), .sector_count = from->sector_count, .sectors = from->sectors,
                                                  .state = from->state.at != NULL ? from->state : services->state};
    }
    need(access_init(&node->access, node->offices, node->config.office_count, services->node_secret, 1, why), why);
    node->access.law = law;
    node->access.zone = services->zone;
}

static void bench_open(struct bench_node *node, const char *dir) {
    struct why why = {0};
    memset(node, 0, sizeof *node);
    arena_init(&node->arena, LIMIT_PACK_ARENA_BYTES);
    need(config_load(dir, &node->config, &why), &why);
    need(keys_open(node->config.keys_dir, &node->keys, &why), &why);
    bench_services(node, &why);
    need(store_open(node->config.database_file, false, &node->store, &why), &why);
    need(store_connect(node->store, STORE_READ, &node->reader, &why), &why);
    need(store_connect(node->store, STORE_WRITE, &node->writer, &why), &why);
    need(record_edge_load(node->reader, &node->arena, &node->edge, &why), &why);
    node->now_ms = clock_now_ms();
    node->signed_size = node->keys.state.memory.size;
}

static void bench_close(struct bench_node *node) {
    store_disconnect(node->reader);
    store_disconnect(node->writer);
    store_close(node->store);
    access_fini(&node->access);
    keys_close(&node->keys);
    signed_head_free(node->services.head);
    tree_cache_free(node->services.tree_cache);
    config_fini(&node->config);
    arena_fini(&node->arena);
}

// What the node's signer asks of keys, without the channel between them.
static void bench_sign(struct bench_node *node) {
    uint64_t size = node->edge.frontier.size;
    struct tree_source source = {.conn = node->reader, .cache = node->services.tree_cache};
    struct tree_reader reader = record_tree_reader(&source);
    struct hash root, proof[TREE_PROOF_MAX];
    size_t count = 0, used = 0;
    struct arena arena;
    struct buf request, proof_bytes, answer;
    struct why why = {0};
    arena_init(&arena, 1024 * 1024);
    need(tree_root_at(&reader, size, &root), &why);
    need(tree_consistency(&reader, node->signed_size, size, proof, &count), &why);
    buf_init(&request, &arena, 64 * 1024);
    buf_init(&proof_bytes, &arena, TREE_PROOF_MAX * HASH_BYTES);
    buf_init(&answer, &arena, 64 * 1024);
    for (size_t i = 0; i < count; i++) buf_add(&proof_bytes, hash_span(&proof[i]));
    size_t mark = frame_begin(&request, WIRE_KEYS_CHECKPOINT, 1);
    frame_field(&request, TAG_ORIGIN, node->services.origin);
    frame_field_u64(&request, TAG_SIZE, size);
    frame_field(&request, TAG_ROOT, hash_span(&root));
    frame_field(&request, TAG_PROOF, buf_span(&proof_bytes));
    struct frame asked, answered;
    if (!frame_end(&request, mark)) exit(1);
    need(frame_next(buf_span(&request), &asked, &used), &why);
    struct keys_decision decision = keys_decide(&node->keys.state, &asked, &why);
    if (decision.verdict == KEYS_REFUSE) need(err_make(ERR_DENIED), &why);
    if (decision.verdict == KEYS_REMEMBER_AND_ANSWER) need(keys_remember(&node->keys, &decision, &why), &why);
    keys_answer(&node->keys.state, &asked, &answer);
    need(frame_next(buf_span(&answer), &answered, &used), &why);
    signed_head_set(node->services.head, size, frame_get(&answered, TAG_NOTE));
    node->signed_size = size;
    arena_fini(&arena);
}

// As the node's checkpointer: every half second.
static void bench_checkpoint(struct bench_node *node) {
    struct why why = {0};
    if (wall_s() - node->checkpointed_s < 0.5) return;
    need(store_checkpoint(node->store, &why), &why);
    node->checkpointed_s = wall_s();
}

static void bench_ask(struct bench_node *node, struct asked *asked, const char *method, const char *target, struct span token, struct span body) {
    memset(asked, 0, sizeof *asked);
    struct api_request *request = &asked->request;
    size_t query = span_find(span_of(target), '?', 0);
    arena_init(&asked->arena, LIMIT_REQUEST_ARENA_BYTES);
    buf_init(&asked->response.body, NULL, LIMIT_REQUEST_ARENA_BYTES);
    request->method = span_of(method);
    request->path = span_part(span_of(target), 0, query);
    request->query = span_part(span_of(target), query + 1, strlen(target));
    request->peer = SPAN("127.0.0.1");
    request->lang = SPAN("en");
    request->received_ms = node->now_ms += 60;
    request->arena = &asked->arena;
    request->services = &node->services;
    request->conn = node->reader;
    request->body = body;
    request->headers[request->header_count++] = (struct api_header){SPAN("authorization"), arena_printf(&asked->arena, "Bearer %.*s", SPAN_FMT(token))};
    request->headers[request->header_count++] = (struct api_header){SPAN("content-type"), SPAN("application/json")};
    api_handle(request, &asked->response);
}

static void bench_free(struct asked *asked) {
    buf_fini(&asked->response.body);
    arena_fini(&asked->arena);
}

// Writes the jobs of COUNT requests in one transaction, has the head signed, and finishes them.
static void bench_finish(struct bench_node *node, struct asked *asked, size_t count) {
    struct why why = {0};
    uint64_t before = node->edge.frontier.size;
    bool has_job = false;
    for (size_t i = 0; i < count; i++) has_job = has_job || asked[i].response.job != NULL;
    if (!has_job) return;
    need(store_begin(node->writer, &why), &why);
    for (size_t i = 0; i < count; i++) {
        struct api_job *job = asked[i].response.job;
        if (job == NULL) continue;
        job->write.now_ms = node->now_ms;
        need(store_savepoint(node->writer, &why), &why);
        need(job->write.apply(&job->write, node->writer, &node->edge, &why), &why);
        need(store_release(node->writer, &why), &why);
    }
    need(store_commit(node->writer, &why), &why);
    if (node->edge.frontier.size != before) bench_sign(node);
    for (size_t i = 0; i < count; i++)
        if (asked[i].response.job != NULL) api_finish(asked[i].response.job, err_none(), &why, node->reader);
}

static void bench_expect(const struct asked *asked, unsigned status) {
    if (asked->response.status == status) return;
    (void)fprintf(stderr, "bench: %u, not %u: %.*s\n", asked->response.status, status, (int)asked->response.body.len,
                  (const char *)asked->response.body.at);
    exit(1);
}

// COUNT filings in one group; the filers (token, body) take turns.
struct filer {
    struct span token, body;
};
static void bench_file_group(struct bench_node *node, const struct filer *filers, size_t filer_count, size_t *turn, size_t count) {
    static struct asked asked[BENCH_GROUP_MAX];
    for (size_t i = 0; i < count; i++, (*turn)++) {
        const struct filer *filer = &filers[*turn % filer_count];
        bench_ask(node, &asked[i], "POST", "/api/v1/filings", filer->token, filer->body);
    }
    bench_finish(node, asked, count);
    for (size_t i = 0; i < count; i++) {
        bench_expect(&asked[i], 201);
        bench_free(&asked[i]);
    }
    bench_checkpoint(node);
}

#endif
