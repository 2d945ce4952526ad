// SPDX-License-Identifier: EUPL-1.2
/*
 * The node's role: law, services, database. This file starts it and serves its channels; node_private.h says which thread
 * does what.
 */
#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <sodium.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/log.h"
#include "law/amend.h"
#include "law/pack.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/random.h"
#include "os/zone.h"
#include "role/law_files.h"
#include "role/node_private.h"
#include "role/role.h"
#include "role/wire.h"
#include "service/archive.h"
#include "service/downtime.h"
#include "service/what_if_run.h"

enum { NODE_TICK_MS = 250 };

// --- start ---

static struct err start_access(struct node *node, struct why *why) {
    const struct config *config = node->config;
    struct access_office *offices = arena_take_array(&node->arena, config->office_count + 1, sizeof *offices);
    node->services.access = ARENA_NEW(&node->arena, struct access);
    if (offices == NULL || node->services.access == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < config->office_count; i++) {
        const struct config_office *from = &config->offices[i];
        const struct office_kind *kind = office_kind_find(node->services.law, from->kind);
        if (kind == NULL || kind->is_of_union != state_is_union(config->state))
            return why_set(why, ERR_INPUT, "offices", "config.office", "", "%s: the office %.*s: a node of %.*s has no offices of the kind \"%.*s\"", config->file,
                           SPAN_FMT(from->id), SPAN_FMT(config->state), SPAN_FMT(from->kind));
        offices[i] = (struct access_office){.id = from->id, .kind = kind, .sector_count = from->sector_count, .sectors = from->sectors, .name = from->name,
                                            .telephone = from->telephone, .state = from->state.at != NULL ? from->state : config->state};
    }
    TRY(access_init(node->services.access, offices, config->office_count, node->services.node_secret, (unsigned)node->worker_count - 2, why));
    node->services.access->law = node->services.law;
    node->services.access->zone = node->services.zone;
    return err_none();
}

// Who answers, for receipts: the first office of the first kind that does.
static void find_answerer(struct node *node) {
    const struct config *config = node->config;
    const struct config_office *found = NULL;
    const struct office_kind *kinds;
    size_t count = office_kinds(node->services.law, &kinds);
    for (size_t k = 0; k < count; k++)
        for (size_t i = 0; found == NULL && (kinds[k].does & OFFICE_ANSWERS) != 0 && i < config->office_count; i++)
            if (span_equals(config->offices[i].kind, kinds[k].id)) found = &config->offices[i];
    node->services.answer_by = found != NULL ? found->name : config->name;
    struct span telephone = config->answer_telephone.at != NULL ? config->answer_telephone
                            : found != NULL ? found->telephone : span_make(NULL, 0);
    struct services *services = &node->services;
    services->emergency_telephone = config->emergency_telephone.at != NULL ? config->emergency_telephone : telephone.at != NULL ? telephone : SPAN("");
    services->emergency_fax = config->emergency_fax.at != NULL ? config->emergency_fax : SPAN("");
    services->emergency_post = config->emergency_post.at != NULL ? config->emergency_post : SPAN("");
    services->emergency_per_hour = config->emergency_per_hour;
    services->answer_how = telephone.at != NULL ? arena_printf(&node->arena, "telephone %.*s", SPAN_FMT(telephone)) : SPAN("");
}

// A file of the data directory with a secret or code in it; at == NULL where there is none.
static struct span read_secret(struct node *node, const char *name, size_t limit) {
    struct span bytes = span_make(NULL, 0);
    const char *path = path_join(&node->arena, node->config->dir, name);
    if (path == NULL || is_err(file_read(&node->arena, path, limit, &bytes, NULL))) return span_make(NULL, 0);
    return bytes;
}

static struct err read_node_secret(struct node *node, struct why *why) {
    struct span secret = read_secret(node, "node.secret", 64);
    if (secret.at == NULL) {
        random_bytes(node->services.node_secret, sizeof node->services.node_secret);
        const char *path = path_join(&node->arena, node->config->dir, "node.secret");
        return path == NULL ? err_make(ERR_MEMORY) : file_create(path, span_make(node->services.node_secret, sizeof node->services.node_secret), 0600, why);
    }
    if (secret.len != sizeof node->services.node_secret) return why_set(why, ERR_CORRUPT, "", "node.secret", "", "node.secret must hold 32 bytes");
    memcpy(node->services.node_secret, secret.at, secret.len);
    return err_none();
}

static struct err start_providers(struct node *node, struct why *why) {
    const struct config *config = node->config;
    struct provider_config *configs = arena_take_array(&node->arena, config->provider_count, sizeof *configs);
    if (configs == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < config->provider_count; i++) {
        configs[i] = config->providers[i];
        struct span secret = span_make(NULL, 0);
        if (configs[i].secret_file != NULL) TRY(file_read(&node->arena, configs[i].secret_file, 4096, &secret, why));
        configs[i].secret = span_trim(secret);
    }
    node->services.providers = providers_new(configs, config->provider_count);
    return node->services.providers == NULL ? err_make(ERR_MEMORY) : err_none();
}

static struct err start_services(struct node *node, struct why *why) {
    const struct config *config = node->config;
    struct services *services = &node->services;
    struct law *law;
    TRY(law_files_load(&node->arena, config->law_dir, config->state, &law, &node->law_files, &node->law_file_count, why));
    assert(law_amended_by(law) == NULL); // a proposal is never served
    services->law = law;
    services->law_hash = law_hash(law);
    services->state = config->state;
    services->obligations_from = config->obligations_from;
    services->is_exercise = config->is_exercise;
    services->node_name = config->is_exercise ? arena_printf(&node->arena, "EXERCISE: %.*s", SPAN_FMT(config->name)) : config->name;
    services->public_url = config->public_url;
    services->is_demo = config->is_demo;
    services->started_ms = clock_now_ms();
    atomic_store(&services->disk_free_bytes, INT64_MAX); // until looked at
    services->disk_reserve_bytes = config->disk_reserve_mb * 1024 * 1024;
    services->publish_interval_ms = config->checkpoint_interval_s * 1000;
    services->random = random_bytes;
    services->random_id = random_id;
    services->press = node_press;
    services->press_context = node;
    services->sign = node_envelope;
    services->sign_context = node;
    if (config->provider_count > 0) TRY(start_providers(node, why));
    services->head = signed_head_new();
    services->tree_cache = tree_cache_new();
    services->what_ifs = what_if_runs_new();
    if (services->head == NULL) return err_make(ERR_MEMORY);
    struct span zone_name = law_zone(law, config->state);
    TRY(zone_load(&node->arena, (const char *)zone_name.at, &services->zone, why));
    TRY(read_node_secret(node, why));
    struct span code = span_trim(read_secret(node, "setup.code", 256));
    if (code.len > 0 && is_err(hex_decode(&node->arena, code, &services->setup_code))) return why_set(why, ERR_CORRUPT, "", "node.setup", "", "setup.code can't be read");
    find_answerer(node);
    TRY(node_reach_start(node, why));
    return start_access(node, why);
}

// What lies between the last sign of life and now is a downtime.
static struct err note_start(struct node *node, struct why *why) {
    struct store_conn *writer;
    TRY(store_connect(node->store, STORE_WRITE, &writer, why));
    struct err e = store_begin(writer, why);
    if (!is_err(e)) e = downtime_start(writer, node->services.is_read_only, clock_now_ms(), &node->arena, why);
    if (!is_err(e)) e = store_commit(writer, why);
    if (is_err(e)) store_rollback(writer);
    store_disconnect(writer);
    return e;
}

static struct err start_store(struct node *node, struct why *why) {
    TRY(store_open(node->config->database_file, true, &node->store, why));
    TRY(store_connect(node->store, STORE_READ, &node->own_conn, why));
    struct store_conn *writer;
    TRY(store_connect(node->store, STORE_WRITE, &writer, why));
    struct err e = archive_put(&node->services, writer, node->law_files, node->law_file_count, clock_now_ms(), why);
    if (!is_err(e)) e = archive_log_name(writer, node->config->log_origin, &node->arena, why);
    bool needs_rebuild = false;
    if (!is_err(e)) e = archive_needs_rebuild(writer, &node->arena, &needs_rebuild, why);
    store_disconnect(writer);
    TRY(e);
    atomic_store(&node->services.has_erased, true); // keys erased just before a crash may stand in the write-ahead log
    TRY(node_check_head(node, node->own_conn, why));
    if (needs_rebuild && !node->services.is_read_only) {
        node->services.is_read_only = true;
        node->services.read_only_reason = SPAN("the database was restored; stop the node and run varde rebuild first");
        log_error("read_only", "words=\"%.*s\"", SPAN_FMT(node->services.read_only_reason));
    }
    return note_start(node, why);
}

static void queues_init(struct node *node) {
    (void)pthread_mutex_init(&node->queue.lock, NULL);
    (void)pthread_cond_init(&node->queue.filled, NULL);
    (void)pthread_mutex_init(&node->jobs.lock, NULL);
    (void)pthread_cond_init(&node->jobs.filled, NULL);
    (void)pthread_mutex_init(&node->groups.lock, NULL);
    (void)pthread_cond_init(&node->groups.filled, NULL);
    (void)pthread_mutex_init(&node->done_lock, NULL);
    (void)pthread_mutex_init(&node->keys_lock, NULL);
    (void)pthread_mutex_init(&node->press_lock, NULL);
    node_seal_init(node);
    node_fetch_init(node);
    atomic_store(&node->press_fd, -1);
    node->press.fd = -1;
}

static struct err start_threads(struct node *node) {
    int failed = pthread_create(&node->writer, NULL, node_writer, node);
    failed |= pthread_create(&node->signer, NULL, node_signer, node);
    failed |= pthread_create(&node->checkpointer, NULL, node_checkpointer, node);
    failed |= pthread_create(&node->letters, NULL, node_letters, node);
    for (size_t i = 0; i < node->worker_count; i++) failed |= pthread_create(&node->workers[i], NULL, node_worker, node);
    return failed != 0 ? err_make(ERR_IO) : err_none();
}

// --- service ---

static void replace_channel(struct channel *channel, int fd) {
    channel_close(channel);
    channel_open(channel, fd);
}

// False when the node must stop.
static bool serve_line(struct node *node) {
    for (;;) {
        struct line_event event = line_next(&node->line);
        switch (event.type) {
        case LINE_NOTHING: return true;
        case LINE_STOP:
        case LINE_GONE: return false;
        case LINE_CERTIFICATE: break;
        case LINE_CHANNEL:
            if (span_is(event.kind, "front")) {
                node_front_lost(node);
                replace_channel(&node->front, event.fd);
            } else if (span_is(event.kind, "keys")) {
                (void)pthread_mutex_lock(&node->keys_lock);
                replace_channel(&node->keys, event.fd);
                (void)pthread_mutex_unlock(&node->keys_lock);
            } else if (span_is(event.kind, "courier")) {
                replace_channel(&node->courier, event.fd);
                node_courier_lost(node);
            } else if (span_is(event.kind, "press")) {
                node_press_channel(node, event.fd);
            }
            break;
        }
    }
}

static void serve_channel(struct node *node, struct channel *channel, void (*take)(struct node *, const struct frame *)) {
    struct err e = channel_read(channel);
    struct frame frame;
    while (channel_is_open(channel) && channel_next(channel, &frame)) take(node, &frame);
    if (!is_err(e)) return;
    if (channel == &node->front) node_front_lost(node);
    channel_close(channel);
}

static void flush_channel(struct node *node, struct channel *channel) {
    if (!channel_is_open(channel) || channel_queued_bytes(channel) == 0) return;
    if (!is_err(channel_flush(channel))) return;
    if (channel == &node->front) node_front_lost(node);
    channel_close(channel);
}

static short wanted_events(const struct channel *channel) {
    return channel_queued_bytes(channel) > 0 ? POLLIN | POLLOUT : POLLIN;
}

static void serve(struct node *node) {
    for (;;) {
        struct pollfd fds[] = {
            {.fd = line_fd(&node->line), .events = POLLIN},
            {.fd = node->wake_fd, .events = POLLIN},
            {.fd = node->front.fd, .events = wanted_events(&node->front)},
            {.fd = node->courier.fd, .events = wanted_events(&node->courier)},
        };
        int ready = poll(fds, sizeof fds / sizeof fds[0], NODE_TICK_MS);
        if (ready < 0 && errno != EINTR) return;
        if (fds[0].revents != 0 && !serve_line(node)) return;
        if (fds[1].revents != 0) {
            uint64_t count;
            ssize_t got = read(node->wake_fd, &count, sizeof count);
            (void)got;
        }
        // A new channel may have taken the place of one that was polled: then its events wait for the next turn.
        if ((fds[2].revents & (POLLIN | POLLHUP | POLLERR)) != 0 && fds[2].fd == node->front.fd) serve_channel(node, &node->front, node_front_frame);
        if ((fds[3].revents & (POLLIN | POLLHUP | POLLERR)) != 0 && fds[3].fd == node->courier.fd) serve_channel(node, &node->courier, node_courier_frame);
        int64_t now_ms = clock_now_ms();
        node_send_done(node);
        node_streams_feed(node, now_ms);
        node_timers(node, now_ms);
        node_seal_send(node);
        node_fetch_turn(node, now_ms);
        flush_channel(node, &node->front);
        flush_channel(node, &node->courier);
    }
}

// --- stop ---

static void stop(struct node *node) {
    atomic_store(&node->is_stopping, true);
    (void)pthread_mutex_lock(&node->queue.lock);
    node->queue.is_closed = true;
    (void)pthread_cond_broadcast(&node->queue.filled);
    (void)pthread_mutex_unlock(&node->queue.lock);
    for (size_t i = 0; i < node->worker_count; i++) (void)pthread_join(node->workers[i], NULL);
    node_seal_send(node); // wakes who waits for a seal
    (void)pthread_join(node->letters, NULL); // its last write is answered before the writer stops
    node_note_stop(node);
    (void)pthread_mutex_lock(&node->jobs.lock);
    node->jobs.is_closed = true;
    (void)pthread_cond_broadcast(&node->jobs.filled);
    (void)pthread_mutex_unlock(&node->jobs.lock);
    (void)pthread_join(node->writer, NULL);
    (void)pthread_mutex_lock(&node->groups.lock);
    node->groups.is_closed = true;
    (void)pthread_cond_broadcast(&node->groups.filled);
    (void)pthread_mutex_unlock(&node->groups.lock);
    (void)pthread_join(node->signer, NULL);
    (void)pthread_join(node->checkpointer, NULL);
    node_send_done(node);
    flush_channel(node, &node->front);
}

static struct err start(struct node *node, struct why *why) {
    queues_init(node);
    line_open(&node->line);
    channel_open(&node->front, WIRE_FD_FIRST);
    channel_open(&node->keys, WIRE_FD_SECOND);
    channel_open(&node->courier, WIRE_FD_THIRD);
    node->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (node->wake_fd < 0) return why_set(why, ERR_IO, "", "node.start", "", "no event descriptor");
    TRY(start_services(node, why));
    return start_store(node, why);
}

int node_role(const struct config *config) {
    mem_share_heap();
    struct node *node = mem_take(sizeof *node);
    struct why why = {0};
    if (node == NULL || sodium_init() < 0) return 1;
    node->config = config;
    node->worker_count = config->workers < 2 ? 2 : config->workers > NODE_WORKERS_MAX ? NODE_WORKERS_MAX : (size_t)config->workers;
    arena_init(&node->arena, LIMIT_PACK_ARENA_BYTES);
    struct err e = start(node, &why);
    if (is_err(e)) {
        log_error("start_failed", "error=%s rule=%s words=\"%s\"", err_name(e.code), why.rule, why.words);
        return 1;
    }
    // The database's files, which exist while own_conn is open, and nothing beside them: not the signing key.
    const char *wal = (const char *)arena_printf(&node->arena, "%s-wal", config->database_file).at;
    const char *shared = (const char *)arena_printf(&node->arena, "%s-shm", config->database_file).at;
    if (wal == NULL || shared == NULL) return 1;
    const struct sandbox_path paths[] = {{config->database_file, true}, {wal, true}, {shared, true}};
    const struct sandbox_rules rules = {.role = "node", .allow = SANDBOX_FILES | SANDBOX_THREADS, .paths = paths, .path_count = 3};
    if (!role_enter_sandbox(config, &rules) || is_err(start_threads(node))) return 1;
    line_ready(&node->line);
    log_info("serving", "records=%llu", (unsigned long long)signed_head_size(node->services.head));
    serve(node);
    stop(node);
    store_disconnect(node->own_conn);
    store_close(node->store);
    access_fini(node->services.access);
    signed_head_free(node->services.head);
    providers_free(node->services.providers);
    arena_fini(&node->arena);
    mem_give(node);
    return 0;
}
