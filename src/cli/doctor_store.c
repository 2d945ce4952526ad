// SPDX-License-Identifier: EUPL-1.2
#include "cli/doctor.h"
#include "base/limits.h"
#include "base/time.h"
#include "os/file.h"
#include "role/keys_state.h"
#include "service/archive.h"
#include "store/check.h"
#include "store/store.h"

enum { HEADS_BYTES = KEYS_SLOTS * KEYS_SLOT_BYTES };

// The head that the signing key remembers, read beside a running keys process; false where there is none.
static bool head_read(struct doctor *doctor, struct keys_memory *ret) {
    struct span heads;
    struct why why = {0};
    struct err e = file_read(&doctor->arena, doctor_path(doctor, "keys/heads"), HEADS_BYTES, &heads, &why);
    if (is_err(e)) {
        doctor_fail(doctor, "signing key", e, &why, "without its heads the key signs nothing: restore them, or open a new epoch");
        return false;
    }
    bool is_found = false;
    for (size_t at = 0; at + KEYS_SLOT_BYTES <= heads.len; at += KEYS_SLOT_BYTES) {
        struct keys_memory memory;
        if (is_err(keys_slot_read(heads.at + at, &memory))) continue;
        if (!is_found || memory.sequence > ret->sequence) *ret = memory;
        is_found = true;
    }
    if (!is_found) doctor_find(doctor, FINDING_FAIL, "signing key", "restore keys/heads, or open a new epoch", "no remembered head can be read");
    return is_found;
}

struct kept { // what the database says of itself
    int64_t records;
    bool needs_rebuild; // a restore left derived tables to be made anew
    struct rows backups;
};

static struct err kept_read(const char *file, struct arena *arena, struct kept *ret, struct why *why) {
    struct store *store = NULL;
    struct store_conn *conn = NULL;
    TRY(store_open_as_is(file, &store, why));
    struct err e = store_connect(store, STORE_READ, &conn, why);
    if (!is_err(e)) {
        struct rows rows = {0};
        e = store_read(conn, STMT_RECORD_COUNT, NULL, 0, arena, &rows, why);
        if (!is_err(e)) ret->records = rows.count == 1 ? rows_int(&rows, 0, 0) : 0;
        if (!is_err(e)) e = archive_needs_rebuild(conn, arena, &ret->needs_rebuild, why);
        if (!is_err(e) && is_err(store_read(conn, STMT_BACKUP_NOTE_LAST, NULL, 0, arena, &ret->backups, NULL))) ret->backups.count = 0; // an older schema
        store_disconnect(conn);
    }
    store_close(store);
    return e;
}

static void look_at_head(struct doctor *doctor, int64_t records) {
    struct keys_memory memory = {0};
    if (!head_read(doctor, &memory)) return;
    uint64_t stored = (uint64_t)records;
    if (memory.size > stored)
        doctor_find(doctor, FINDING_FAIL, "log", "the database is older than what was signed: fetch the records back, or open a new epoch; the node stays read-only until then",
                    "the key has signed %llu records, the database holds %llu", (unsigned long long)memory.size, (unsigned long long)stored);
    else if (memory.size < stored)
        doctor_find(doctor, FINDING_WARN, "log", "normal for a moment while a node runs; otherwise start it, it signs what is missing",
                    "the database holds %llu records, the key has signed %llu", (unsigned long long)stored, (unsigned long long)memory.size);
    else doctor_find(doctor, FINDING_OK, "log", NULL, "%s: %llu records, all under a signed head", memory.origin, (unsigned long long)stored);
}

static void look_at_backups(struct doctor *doctor, const struct rows *rows) {
    static const char *const DAILY = "run varde backup daily, as doc/backup.md says";
    int64_t made_ms = rows_at(rows, 0, 0)->type == VALUE_NULL ? INSTANT_NONE : rows_int(rows, 0, 0);
    int64_t tried_ms = rows_at(rows, 0, 2)->type == VALUE_NULL ? INSTANT_NONE : rows_int(rows, 0, 2);
    if (made_ms == INSTANT_NONE) {
        doctor_find(doctor, FINDING_WARN, "backup", DAILY, "no whole backup of this node was ever noted");
        return;
    }
    doctor_find(doctor, doctor->now_ms - made_ms > LIMIT_BACKUP_LATE_MS ? FINDING_WARN : FINDING_OK, "backup", DAILY, "the last whole backup was made %lld hours ago",
                (long long)((doctor->now_ms - made_ms) / MS_PER_HOUR));
    if (tried_ms == INSTANT_NONE || doctor->now_ms - tried_ms > LIMIT_BACKUP_TRY_DAYS * MS_PER_DAY)
        doctor_find(doctor, FINDING_WARN, "backup", "run varde restore --try with the newest", "no backup was tried within a month");
}

void doctor_look_at_store(struct doctor *doctor) {
    const char *file = doctor->config != NULL ? doctor->config->database_file : doctor_path(doctor, "node.db");
    if (!file_exists(file)) {
        doctor_find(doctor, FINDING_WARN, "database", "it is made at the first start", "%s is not there yet", file);
        return;
    }
    struct store_health health = {0};
    struct why why = {0};
    struct err e = store_check(file, &health, &why);
    if (is_err(e)) {
        doctor_fail(doctor, "database", e, &why, "restore it from the latest backup if it can't be opened");
        return;
    }
    if (!health.is_sound)
        doctor_find(doctor, FINDING_FAIL, "database", "stop the node, keep a copy, restore the latest backup", "%s", health.first_fault);
    else
        doctor_find(doctor, FINDING_OK, "database", NULL, "sound; %lld MB, %lld MB of it free", (long long)(health.size_bytes >> 20), (long long)(health.free_bytes >> 20));
    if (health.missing_migrations > 0)
        doctor_find(doctor, FINDING_WARN, "database", "this program brings it up to date at the next start; make a backup before",
                    "%zu steps of the schema are still to come", health.missing_migrations);
    struct kept kept = {0};
    e = kept_read(file, &doctor->arena, &kept, &why);
    if (!is_err(e) && kept.needs_rebuild)
        doctor_find(doctor, FINDING_WARN, "database", "stop the node and run varde rebuild; until then it takes no filings",
                    "it was restored, and what is derived from the record must be made anew");
    if (is_err(e)) doctor_fail(doctor, "log", e, &why, "restore the database");
    else {
        look_at_head(doctor, kept.records);
        if (kept.backups.count > 0 && kept.records > 0) look_at_backups(doctor, &kept.backups);
    }
}
