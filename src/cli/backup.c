// SPDX-License-Identifier: EUPL-1.2
/* varde backup: one encrypted set of files out of a node in use. */
#include <sodium.h>

#include "base/time.h"
#include "cli/backup_note.h"
#include "cli/backup_set.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/random.h"
#include "os/stream.h"
#include "role/config.h"

enum { PATHS_BYTES = 256 * 1024 + BACKUP_FILES_MAX * BACKUP_FILE_BYTES_MAX };

// One directory being filled: DIR/.NAME.tmp, at the end moved to DIR/NAME.
struct place {
    const char *dir;
    const char *temp;
    const char *final;
    bool is_made;
    struct buf sums;
};

struct part_file {
    bool is_wanted;
    struct place *place;
    const char *path;
    struct stream stream;
    crypto_hash_sha256_state hash;
    uint64_t size_bytes;
    uint8_t sha256[32];
};

struct job {
    const struct call *call;
    struct arena *arena;
    struct place places[2]; // the second for the keys, where they go elsewhere
    struct part_file files[BACKUP_PARTS];
    struct backup_secret secret;
    struct backup_about about;
    struct backup_file with_keys[BACKUP_FILES_MAX];
    size_t with_keys_count;
    struct progress progress;
    struct why *why;
};

static struct err sink_write(void *self, struct span bytes, struct why *why) {
    struct part_file *file = self;
    (void)crypto_hash_sha256_update(&file->hash, bytes.at, bytes.len);
    file->size_bytes += bytes.len;
    return stream_write(&file->stream, bytes, why);
}

static void show(void *self, uint64_t done_bytes, uint64_t about_bytes) {
    progress_step(self, (size_t)(done_bytes / 1024), (size_t)(about_bytes / 1024));
}

static struct err place_make(struct job *job, struct place *place, const char *dir, const char *name) {
    char id[RANDOM_ID_BYTES];
    random_id('t', id);
    place->dir = dir;
    place->temp = (const char *)arena_printf(job->arena, "%s/.%s.%s", dir, name, id).at;
    place->final = path_join(job->arena, dir, name);
    if (place->temp == NULL || place->final == NULL)
        return why_set(job->why, ERR_MEMORY, "", "backup.memory", "", "no memory left");
    if (file_exists(place->final))
        return why_set(job->why, ERR_CONFLICT, "", "backup.exists", "", "%s: is there already", place->final);
    buf_init(&place->sums, job->arena, 4096);
    TRY(dir_make(place->temp, 0700, job->why));
    place->is_made = true;
    return err_none();
}

static struct err files_make(struct job *job) {
    bool is_short = call_has(job->call, "--erasures-only");
    for (enum backup_part part = 0; part < BACKUP_PARTS; part++) {
        struct part_file *file = &job->files[part];
        file->is_wanted = !is_short || part == BACKUP_ERASURES;
        file->place = &job->places[part == BACKUP_KEYS && job->places[1].is_made ? 1 : 0];
        if (!file->is_wanted) continue;
        file->path = path_join(job->arena, file->place->temp, backup_file_name(part));
        if (file->path == NULL) return why_set(job->why, ERR_MEMORY, "", "backup.memory", "", "no memory left");
        (void)crypto_hash_sha256_init(&file->hash);
        TRY(stream_make(file->path, 0600, &file->stream, job->why));
    }
    return err_none();
}

// Syncs what was written, adds the checksums, and puts the directories in place: all of them or, at worst, the keys'
// alone, which say by their number that they belong to no backup.
static struct err files_finish(struct job *job) {
    for (enum backup_part part = 0; part < BACKUP_PARTS; part++) {
        struct part_file *file = &job->files[part];
        if (!file->is_wanted) continue;
        TRY(stream_sync(&file->stream, job->why));
        (void)crypto_hash_sha256_final(&file->hash, file->sha256);
        buf_add_hex(&file->place->sums, span_make(file->sha256, sizeof file->sha256));
        buf_printf(&file->place->sums, "  %s\n", backup_file_name(part));
    }
    for (size_t i = 2; i-- > 0;) {
        struct place *place = &job->places[i];
        if (!place->is_made) continue;
        const char *sums = path_join(job->arena, place->temp, "SHA256SUMS");
        if (sums == NULL || place->sums.is_failed)
            return why_set(job->why, ERR_MEMORY, "", "backup.memory", "", "no memory left");
        TRY(file_write(sums, buf_span(&place->sums), 0600, job->why));
        TRY(path_rename(place->temp, place->final, job->why));
        place->is_made = false;
    }
    return err_none();
}

static void files_close(struct job *job) {
    for (size_t i = 0; i < BACKUP_PARTS; i++) {
        stream_close(&job->files[i].stream);
        struct part_file *file = &job->files[i];
        if (file->path != NULL && file->place->is_made) (void)file_remove(file->path, NULL).code;
    }
    for (size_t i = 0; i < 2; i++) {
        struct place *place = &job->places[i];
        if (!place->is_made) continue;
        const char *sums = path_join(job->arena, place->temp, "SHA256SUMS");
        if (sums != NULL) (void)file_remove(sums, NULL).code;
        (void)dir_remove(place->temp, NULL).code;
    }
}

static struct err copy(struct job *job, const struct config *config, int64_t now_ms) {
    struct store *store = NULL;
    struct backup_sink sinks[BACKUP_PARTS];
    struct backup_progress progress = {&job->progress, show};
    const char *node = arena_text(job->arena, config->state);
    if (node == NULL) return why_set(job->why, ERR_MEMORY, "", "backup.memory", "", "no memory left");
    struct backup_plan plan = {.node = node, .now_ms = now_ms, .secret = &job->secret, .progress = &progress};
    if (job->files[BACKUP_KEYS].is_wanted) TRY(backup_files_read(config, job->arena, job->with_keys, &job->with_keys_count, job->why));
    plan.files = job->with_keys;
    plan.file_count = job->with_keys_count;
    for (size_t i = 0; i < BACKUP_PARTS; i++) {
        sinks[i] = (struct backup_sink){&job->files[i], sink_write};
        if (job->files[i].is_wanted) plan.sinks[i] = &sinks[i];
    }
    TRY(store_open_as_is(config->database_file, &store, job->why));
    progress_begin(&job->progress, "backup, KiB");
    struct err e = store_backup(store, &plan, &job->about, job->why);
    progress_end(&job->progress);
    store_close(store);
    return e;
}

// "LU-20261122T101500Z"
static const char *set_name(struct arena *arena, struct span state, int64_t now_ms) {
    struct span text = instant_text(arena, now_ms - now_ms % MS_PER_SECOND);
    struct buf name;
    buf_init(&name, arena, 64);
    buf_printf(&name, "%.*s-", SPAN_FMT(state));
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] != '-' && text.at[i] != ':') buf_add_byte(&name, text.at[i]);
    buf_add_byte(&name, 0);
    return name.is_failed ? NULL : (const char *)name.at;
}

static struct err backup(struct job *job, const struct config *config) {
    int64_t now_ms = clock_now_ms();
    const char *name = set_name(job->arena, config->state, now_ms), *keys_to = call_option(job->call, "--keys-to");
    if (name == NULL) return why_set(job->why, ERR_MEMORY, "", "backup.memory", "", "no memory left");
    TRY(place_make(job, &job->places[0], call_option(job->call, "--to"), name));
    if (keys_to != NULL) TRY(place_make(job, &job->places[1], keys_to, name));
    TRY(files_make(job));
    TRY(copy(job, config, now_ms));
    return files_finish(job);
}

// The node's administrators are to see it. What was made stands, whether or not that can be noted.
static void note(struct job *job, const struct config *config) {
    struct backup_note made = {.about = &job->about, .is_whole = job->files[BACKUP_MAIN].is_wanted, .place = job->places[0].final, .keys_place = job->places[1].final};
    struct why why = {0};
    for (enum backup_part part = 0; part < BACKUP_PARTS; part++) made.size_bytes += job->files[part].size_bytes;
    if (is_err(backup_note_made(config->database_file, &made, &why))) (void)fprintf(stderr, "the backup is whole, but the node could not be told of it: %s\n", why.words);
}

static void report_json(struct job *job) {
    struct buf text;
    struct json_out out;
    buf_init(&text, job->arena, 16 * 1024);
    json_out_init(&out, &text);
    json_out_object(&out);
    json_out_member_text(&out, "backup", job->about.id);
    json_out_member_text(&out, "node", job->about.node);
    json_out_member_string(&out, "made_at", instant_text(job->arena, job->about.made_ms));
    json_out_member_int(&out, "records", job->about.tree_size);
    json_out_name(&out, "parts");
    json_out_array(&out);
    for (enum backup_part part = 0; part < BACKUP_PARTS; part++) {
        struct part_file *file = &job->files[part];
        if (!file->is_wanted) continue;
        struct buf hash;
        buf_init(&hash, job->arena, 64);
        buf_add_hex(&hash, span_make(file->sha256, sizeof file->sha256));
        json_out_object(&out);
        json_out_member_text(&out, "part", backup_part_name(part));
        json_out_member_text(&out, "file", path_join(job->arena, file->place->final, backup_file_name(part)));
        json_out_member_int(&out, "bytes", (int64_t)file->size_bytes);
        json_out_member_string(&out, "sha256", buf_span(&hash));
        json_out_object_end(&out);
    }
    json_out_array_end(&out);
    json_out_name(&out, "files");
    json_out_array(&out);
    for (size_t i = 0; i < job->with_keys_count; i++) json_out_string(&out, job->with_keys[i].name);
    json_out_array_end(&out);
    json_out_object_end(&out);
    buf_add_byte(&text, '\n');
    print_span(buf_span(&text));
}

static void report(struct job *job) {
    struct span made_at = instant_text(job->arena, job->about.made_ms);
    (void)printf("backup of %s with %lld records, %.*s\n", job->about.node, (long long)job->about.tree_size,
                 SPAN_FMT(made_at));
    for (enum backup_part part = 0; part < BACKUP_PARTS; part++)
        if (job->files[part].is_wanted)
            (void)printf("%12llu bytes  %s/%s\n", (unsigned long long)job->files[part].size_bytes,
                         job->files[part].place->final, backup_file_name(part));
    for (size_t i = 0; i < job->with_keys_count; i++) (void)printf("with the keys       %.*s\n", SPAN_FMT(job->with_keys[i].name));
}

static int backup_run(const struct call *call) {
    const char *data = call_option(call, "--data");
    if (data == NULL || call_option(call, "--to") == NULL) return call_misuse(call, "--data and --to are needed");
    struct arena arena;
    struct config config;
    struct why why = {0};
    arena_init(&arena, PATHS_BYTES);
    struct job job = {.call = call, .arena = &arena, .why = &why};
    for (size_t i = 0; i < BACKUP_PARTS; i++) job.files[i].stream.fd = -1;
    struct err e = backup_secret_read(call, &arena, &job.secret, &why);
    if (!is_err(e)) {
        e = config_load(data, &config, &why);
        if (!is_err(e)) {
            e = backup(&job, &config);
            files_close(&job);
            if (!is_err(e)) note(&job, &config);
            if (!is_err(e) && call_has(call, "--json")) report_json(&job);
            if (!is_err(e) && !call_has(call, "--json")) report(&job);
            config_fini(&config); // the report borrows from it
        }
    }
    int code = is_err(e) ? call_fail(call, e, &why) : EXIT_DONE;
    arena_fini(&arena);
    return code;
}

static const struct option BACKUP_OPTIONS[] = {
    {"--data", "DIR", "the node's data directory"},
    {"--to", "DIR", "the directory that gets the new backup, as a directory of its own"},
    BACKUP_SECRET_OPTIONS,
    {"--keys-to", "DIR", "put the keys of sealed fields there, on a medium with a shorter life"},
    {"--erasures-only", NULL, "only the list of what was erased, for older backups to be restored with"},
    {"--json", NULL, "answer in JSON"},
    {NULL, NULL, NULL},
};
const struct command backup_command = {
    .name = "backup",
    .arguments = "",
    .summary = "Back up a node, running or not, encrypted",
    .help =
        "The backup has three parts: main.varde, keys.varde (without which the fields of filings stay unreadable, to "
        "be\n"
        "kept for a shorter time) and erasures.varde. The node's writer is not held up. Only a whole backup gets its\n"
        "name; SHA256SUMS lets `sha256sum -c` find a bad medium without the secret.\n\n"
        "With the keys go varde.yaml, node.secret, keys/log.vkey, and the certificate and its key where they are in the\n"
        "data directory. The signing key is not in it, and must be copied apart; keys/heads is never copied.\n\n"
        "That it was made is noted in the node's database, where administrators and varde doctor see it.",
    .options = BACKUP_OPTIONS,
    .run = backup_run,
};
