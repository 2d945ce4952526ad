// SPDX-License-Identifier: EUPL-1.2
#include "cli/offline.h"

#include "os/clock.h"
#include "os/file.h"
#include "os/random.h"
#include "os/zone.h"
#include "service/archive.h"

struct err offline_open(struct offline *offline, const char *dir, struct why *why) {
    *offline = (struct offline){.has_config = false};
    arena_init(&offline->arena, LIMIT_PACK_ARENA_BYTES);
    TRY(config_load(dir, &offline->config, why));
    offline->has_config = true;
    TRY(keys_open(offline->config.keys_dir, &offline->keys, why));
    offline->has_keys = true;
    TRY(packs_open_own(&offline->packs, offline->config.law_dir, offline->config.state, why));
    offline->has_packs = true;
    struct services *services = &offline->services;
    services->law = offline->packs.law;
    services->law_hash = law_hash(services->law);
    services->state = offline->config.state;
    services->started_ms = clock_now_ms();
    services->random = random_bytes;
    services->random_id = random_id;
    TRY(zone_load(&offline->arena, (const char *)law_zone(services->law, services->state).at, &services->zone, why));
    TRY(store_open(offline->config.database_file, false, &offline->store, why));
    TRY(store_connect(offline->store, STORE_WRITE, &offline->conn, why));
    services->origin = span_of(offline->keys.state.memory.origin);
    // What is searched for is blinded under the node's secret. A folder without one gets it when its node starts.
    const char *secret_file = path_join(&offline->arena, offline->config.dir, "node.secret");
    struct span secret;
    if (secret_file == NULL) return err_make(ERR_MEMORY);
    if (file_exists(secret_file)) {
        TRY(file_read(&offline->arena, secret_file, 64, &secret, why));
        if (secret.len != sizeof services->node_secret) return why_set(why, ERR_CORRUPT, "", "node.secret", "", "node.secret must hold 32 bytes");
        memcpy(services->node_secret, secret.at, secret.len);
    }
    return archive_log_name(offline->conn, offline->config.log_origin, &offline->arena, why);
}

void offline_close(struct offline *offline) {
    if (offline->conn != NULL) store_disconnect(offline->conn);
    if (offline->store != NULL) store_close(offline->store);
    if (offline->has_packs) packs_close(&offline->packs);
    if (offline->has_keys) keys_close(&offline->keys);
    if (offline->has_config) config_fini(&offline->config);
    arena_fini(&offline->arena);
}
