// SPDX-License-Identifier: EUPL-1.2
/* varde restore: a database out of a backup, in a data directory that has none. */
#include "base/time.h"
#include "cli/backup_note.h"
#include "cli/backup_set.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/stream.h"
#include "role/config.h"

enum { PATHS_BYTES = 256 * 1024 + BACKUP_FILES_MAX * (BACKUP_FILE_BYTES_MAX + 1024) };

struct returning { // a file that comes back with the keys
    const char *path;
    struct backup_file file;
    bool is_kept; // one stands there already and stays
    bool is_made;
};

struct in_file {
    struct stream stream;
    struct progress *progress; // NULL for the small ones
    uint64_t done_bytes, size_bytes;
};

struct job {
    const struct call *call;
    struct arena *arena;
    const char *database, *temp; // DIR/node.db, DIR/restore.db
    struct in_file main, keys, lists[RESTORE_ERASURES_MAX];
    struct backup_source main_source, keys_source, list_sources[RESTORE_ERASURES_MAX];
    struct restore_plan plan;
    struct restore_result result;
    struct returning returning[BACKUP_FILES_MAX];
    size_t returning_count;
    const char *data;
    struct progress progress;
    bool is_trial;
    struct why *why;
};

static struct err source_read(void *self, uint8_t *at, size_t len, size_t *ret_len, struct why *why) {
    struct in_file *file = self;
    TRY(stream_read(&file->stream, at, len, ret_len, why));
    file->done_bytes += *ret_len;
    if (file->progress != NULL)
        progress_step(file->progress, (size_t)(file->done_bytes / 1024), (size_t)(file->size_bytes / 1024));
    return err_none();
}

static struct err source_open(struct job *job, const char *path, struct in_file *file, struct backup_source *source) {
    if (path == NULL) return why_set(job->why, ERR_MEMORY, "", "backup.memory", "", "no memory left");
    TRY(stream_open(path, &file->stream, job->why));
    *source = (struct backup_source){file, source_read};
    return stream_size(&file->stream, &file->size_bytes, job->why);
}

static struct err list_add(struct job *job, const char *path) {
    size_t at = job->plan.erasure_count;
    if (at == RESTORE_ERASURES_MAX)
        return why_set(job->why, ERR_LIMIT, "", "backup.lists", "", "at most %d lists of erasures",
                       RESTORE_ERASURES_MAX);
    TRY(source_open(job, path, &job->lists[at], &job->list_sources[at]));
    job->plan.erasures[at] = &job->list_sources[at];
    job->plan.erasure_count++;
    return err_none();
}

static struct err sources_open(struct job *job) {
    const char *from = call_option(job->call, "--from"), *keys = call_option(job->call, "--keys");
    TRY(source_open(job, path_join(job->arena, from, backup_file_name(BACKUP_MAIN)), &job->main, &job->main_source));
    job->main.progress = &job->progress;
    job->plan.main = &job->main_source;
    if (!call_has(job->call, "--without-keys")) {
        if (keys == NULL) keys = path_join(job->arena, from, backup_file_name(BACKUP_KEYS));
        if (keys != NULL && !file_exists(keys))
            return why_set(job->why, ERR_NOT_FOUND, "", "backup.keys", "",
                           "%s: is not there; give it with --keys, or restore unreadable fields with --without-keys",
                           keys);
        TRY(source_open(job, keys, &job->keys, &job->keys_source));
        job->plan.keys = &job->keys_source;
    }
    const char *own = path_join(job->arena, from, backup_file_name(BACKUP_ERASURES));
    if (own != NULL && file_exists(own)) TRY(list_add(job, own));
    size_t at = 0;
    for (const char *more; (more = call_option_next(job->call, "--erasures", &at)) != NULL;) TRY(list_add(job, more));
    return err_none();
}

static void sources_close(struct job *job) {
    stream_close(&job->main.stream);
    stream_close(&job->keys.stream);
    for (size_t i = 0; i < RESTORE_ERASURES_MAX; i++) stream_close(&job->lists[i].stream);
}

static void database_remove(struct job *job, const char *database) {
    static const char *const ENDINGS[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < 4; i++) {
        const char *path = (const char *)arena_printf(job->arena, "%s%s", database, ENDINGS[i]).at;
        if (path != NULL && file_exists(path)) (void)file_remove(path, NULL).code;
    }
}

// The directory, made where it is missing, holds no database nor the rests of one: they would be taken for ours.
static struct err place_check(struct job *job, const char *data) {
    static const char *const NAMES[] = {"node.db", "node.db-wal", "node.db-journal"};
    if (!file_exists(data)) TRY(dir_make(data, 0700, job->why));
    for (size_t i = 0; i < 3; i++) {
        const char *path = path_join(job->arena, data, NAMES[i]);
        if (path == NULL) return why_set(job->why, ERR_MEMORY, "", "backup.memory", "", "no memory left");
        if (file_exists(path))
            return why_set(job->why, ERR_CONFLICT, "", "backup.exists", "",
                           "%s: is there already; restore into a directory without it", path);
    }
    job->database = path_join(job->arena, data, "node.db");
    job->temp = path_join(job->arena, data, "restore.db");
    if (job->database == NULL || job->temp == NULL)
        return why_set(job->why, ERR_MEMORY, "", "backup.memory", "", "no memory left");
    database_remove(job, job->temp); // of a restore that was killed
    return err_none();
}

static struct err file_take(void *self, const struct backup_file *file, struct why *why) {
    struct job *job = self;
    if (job->returning_count == BACKUP_FILES_MAX || !backup_file_may_return(file->name))
        return why_set(why, ERR_CORRUPT, "", "backup.files", "", "%.*s: is no file that a backup brings back", SPAN_FMT(file->name));
    struct returning *one = &job->returning[job->returning_count++];
    one->file = (struct backup_file){arena_copy(job->arena, file->name), arena_copy(job->arena, file->bytes)};
    one->path = one->file.name.at == NULL ? NULL : path_join(job->arena, job->data, (const char *)one->file.name.at);
    if (one->path == NULL || (one->file.bytes.at == NULL && file->bytes.len > 0))
        return why_set(why, ERR_MEMORY, "", "backup.memory", "", "no memory left");
    return err_none();
}

// What stands there already stays, but the database needs the secret that it was written under.
static struct err file_look(struct job *job, struct returning *one) {
    struct span there;
    one->is_kept = file_exists(one->path);
    if (!one->is_kept || !span_is(one->file.name, "node.secret")) return err_none();
    TRY(file_read(job->arena, one->path, BACKUP_FILE_BYTES_MAX, &there, job->why));
    if (span_equals(there, one->file.bytes)) return err_none();
    return why_set(job->why, ERR_CONFLICT, "", "backup.node_secret", "",
                   "%s: is another secret than that of the backup; second factors and drafts could not be read", one->path);
}

static struct err file_return(struct job *job, struct returning *one) {
    const char *name = (const char *)one->file.name.at;
    size_t slash = span_find(one->file.name, '/', 0);
    if (slash < one->file.name.len) {
        const char *dir = path_join(job->arena, job->data, arena_text(job->arena, span_part(one->file.name, 0, slash)));
        if (dir == NULL) return why_set(job->why, ERR_MEMORY, "", "backup.memory", "", "no memory left");
        if (!file_exists(dir)) TRY(dir_make(dir, 0700, job->why));
    }
    TRY(file_create(one->path, one->file.bytes, strcmp(name, "keys/log.vkey") == 0 ? 0644 : 0600, job->why));
    one->is_made = true;
    return err_none();
}

// The files first, then the database: where that is, everything is.
static struct err put_in_place(struct job *job) {
    for (size_t i = 0; i < job->returning_count; i++) TRY(file_look(job, &job->returning[i]));
    for (size_t i = 0; i < job->returning_count; i++)
        if (!job->returning[i].is_kept) TRY(file_return(job, &job->returning[i]));
    return path_rename(job->temp, job->database, job->why);
}

static void files_remove(struct job *job) {
    for (size_t i = 0; i < job->returning_count; i++)
        if (job->returning[i].is_made) (void)file_remove(job->returning[i].path, NULL).code;
}

// --- a trial: all of a restore but its end ---

static struct err trial_place(struct job *job) {
    job->database = path_join(job->arena, job->data, "node.db");
    job->temp = path_join(job->arena, job->data, ".trial.db");
    if (job->database == NULL || job->temp == NULL) return why_set(job->why, ERR_MEMORY, "", "backup.memory", "", "no memory left");
    if (!file_exists(job->database)) return why_set(job->why, ERR_NOT_FOUND, "", "backup.trial", "", "%s: is not there; --try names the node's own data directory", job->database);
    database_remove(job, job->temp); // of a trial that was killed
    return err_none();
}

// Only a backup of this very node says something about it.
static struct err trial_note(struct job *job) {
    struct config config;
    struct backup_note note = {.about = &job->result.about, .is_whole = true, .place = call_option(job->call, "--from")};
    TRY(config_load(job->data, &config, job->why));
    struct err e = span_is(config.state, job->result.about.node)
                       ? backup_note_tried(config.database_file, &note, clock_now_ms(), job->why)
                       : why_set(job->why, ERR_CONFLICT, "", "backup.trial", "", "it is a backup of %s, not of this node", job->result.about.node);
    config_fini(&config);
    return e;
}

static struct err restore(struct job *job) {
    struct backup_secret secret;
    TRY(backup_secret_read(job->call, job->arena, &secret, job->why));
    job->plan.secret = &secret;
    TRY(sources_open(job));
    job->data = call_option(job->call, "--data");
    job->plan.take_file = file_take;
    job->plan.take_file_self = job;
    TRY(job->is_trial ? trial_place(job) : place_check(job, job->data));
    progress_begin(&job->progress, "restore, KiB");
    struct err e = store_restore(job->temp, &job->plan, &job->result, job->why);
    progress_end(&job->progress);
    if (!is_err(e) && !job->is_trial) e = put_in_place(job);
    if (is_err(e)) files_remove(job);
    if (is_err(e) || job->is_trial) database_remove(job, job->temp);
    return is_err(e) || !job->is_trial ? e : trial_note(job);
}

static void report(struct job *job, bool is_json) {
    const struct restore_result *result = &job->result;
    struct span made_at = instant_text(job->arena, result->about.made_ms);
    if (!is_json) {
        (void)printf("%s %s of %.*s: %lld records, %llu rows, %llu keys of which %llu were erased again\n",
                     job->is_trial ? "could be restored:" : "restored", result->about.node, SPAN_FMT(made_at), (long long)result->about.tree_size,
                     (unsigned long long)result->rows, (unsigned long long)result->keys,
                     (unsigned long long)result->erased_again);
        if (job->plan.keys == NULL) (void)printf("without keys: what was filed can be proved, not read\n");
        for (size_t i = 0; i < job->returning_count && !job->is_trial; i++)
            (void)printf("%s %s\n", job->returning[i].is_kept ? "kept, was there already:" : "restored", job->returning[i].path);
        if (result->needs_rebuild && !job->is_trial) (void)printf("run varde rebuild before the node is started\n");
        return;
    }
    struct buf text;
    struct json_out out;
    buf_init(&text, job->arena, 4096);
    json_out_init(&out, &text);
    json_out_object(&out);
    json_out_member_text(&out, "backup", result->about.id);
    json_out_member_text(&out, "node", result->about.node);
    json_out_member_string(&out, "made_at", made_at);
    json_out_member_int(&out, "records", result->about.tree_size);
    json_out_member_int(&out, "rows", (int64_t)result->rows);
    json_out_member_int(&out, "keys", (int64_t)result->keys);
    json_out_member_int(&out, "erased_again", (int64_t)result->erased_again);
    json_out_member_bool(&out, "needs_rebuild", result->needs_rebuild);
    json_out_member_text(&out, "database", job->is_trial ? NULL : job->database);
    for (size_t kept = 0; kept < 2; kept++) {
        json_out_name(&out, kept == 0 ? "files" : "files_kept");
        json_out_array(&out);
        for (size_t i = 0; i < job->returning_count; i++)
            if (!job->is_trial && job->returning[i].is_kept == (kept == 1)) json_out_string(&out, job->returning[i].file.name);
        json_out_array_end(&out);
    }
    json_out_object_end(&out);
    buf_add_byte(&text, '\n');
    print_span(buf_span(&text));
}

static int restore_run(const struct call *call) {
    if (call_option(call, "--from") == NULL || call_option(call, "--data") == NULL)
        return call_misuse(call, "--from and --data are needed");
    if (call_has(call, "--keys") && call_has(call, "--without-keys"))
        return call_misuse(call, "--keys and --without-keys exclude each other");
    if (call_has(call, "--try") && call_has(call, "--without-keys"))
        return call_misuse(call, "a trial without keys would prove nothing: --try and --without-keys exclude each other");
    struct arena arena;
    struct why why = {0};
    arena_init(&arena, PATHS_BYTES);
    struct job *job = mem_take(sizeof *job);
    if (job == NULL) return call_fail(call, err_make(ERR_MEMORY), &why);
    job->call = call;
    job->arena = &arena;
    job->why = &why;
    job->is_trial = call_has(call, "--try");
    job->main.stream.fd = job->keys.stream.fd = -1;
    for (size_t i = 0; i < RESTORE_ERASURES_MAX; i++) job->lists[i].stream.fd = -1;
    struct err e = restore(job);
    sources_close(job);
    int code = is_err(e) ? call_fail(call, e, &why) : EXIT_DONE;
    if (!is_err(e)) report(job, call_has(call, "--json"));
    mem_give(job);
    arena_fini(&arena);
    return code;
}

static const struct option RESTORE_OPTIONS[] = {
    {"--from", "DIR", "one backup, as varde backup made it"},
    {"--data", "DIR", "the data directory that gets the database; made where it is missing"},
    {"--key-file", "FILE", "the key file that the backup was made with"},
    {"--passphrase-file", "FILE", "the words that it was made with; - reads them from standard input"},
    {"--keys", "FILE", "the part keys.varde, where it is kept elsewhere"},
    {"--without-keys", NULL, "restore what can be proved although no field can be read"},
    {"--erasures", "FILE", "a later erasures.varde to apply again; may be repeated. Always give the newest"},
    {"--try", NULL, "restore beside the node of --data, running or not, check all, throw it away and note that it went well"},
    {"--json", NULL, "answer in JSON"},
    {NULL, NULL, NULL},
};
const struct command restore_command = {
    .name = "restore",
    .arguments = "",
    .summary = "Make a node's database out of a backup",
    .help =
        "Everything is checked before node.db appears: each chunk of each part, the database, its references and the\n"
        "number of records. A directory that has a node.db is left alone. What was erased since the backup comes back\n"
        "unless a later list of erasures is given.\n\n"
        "The files that went with the keys (varde.yaml, node.secret, certificate) come back too; one that stands there\n"
        "already stays. The signing key is put beside by hand. A node that finds itself behind what its\n"
        "signing key or a witness has seen says so when it starts.",
    .options = RESTORE_OPTIONS,
    .run = restore_run,
};
