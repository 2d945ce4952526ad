// SPDX-License-Identifier: EUPL-1.2
#include "cli/backup_set.h"

#include <assert.h>

#include "cli/print.h"
#include "os/file.h"
#include "role/config.h"

enum { SECRET_BYTES_MAX = 64 * 1024 };

const char *backup_file_name(enum backup_part part) {
    static const char *const NAMES[BACKUP_PARTS] = {"main.varde", "keys.varde", "erasures.varde"};
    return NAMES[part];
}

struct err backup_secret_read(const struct call *call, struct arena *arena, struct backup_secret *ret,
                              struct why *why) {
    const char *key_file = call_option(call, "--key-file"), *words_file = call_option(call, "--passphrase-file");
    if ((key_file == NULL) == (words_file == NULL))
        return why_set(why, ERR_INPUT, "", "backup.secret", "", "give either --key-file or --passphrase-file");
    ret->is_passphrase = words_file != NULL;
    TRY(input_read(arena, key_file != NULL ? key_file : words_file, SECRET_BYTES_MAX, &ret->bytes, why));
    if (ret->is_passphrase) ret->bytes = span_trim(ret->bytes);
    return err_none();
}

// --- files that go with the keys ---

static bool is_name_byte(uint8_t c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

bool backup_file_may_return(struct span name) {
    static const char *const NEVER[] = {"keys/heads", "keys/signing.key", "setup.code"};
    for (size_t i = 0; i < sizeof NEVER / sizeof NEVER[0]; i++)
        if (span_is(name, NEVER[i])) return false;
    if (name.len == 0 || name.len > BACKUP_FILE_NAME_MAX || span_starts_with(name, SPAN("node.db")) || span_starts_with(name, SPAN("restore.db")))
        return false;
    size_t slashes = 0;
    for (size_t i = 0; i < name.len; i++) {
        bool begins = i == 0 || name.at[i - 1] == '/';
        if (name.at[i] == '/' && !begins && ++slashes == 1 && i + 1 < name.len) continue;
        if (!is_name_byte(name.at[i]) || (begins && name.at[i] == '.')) return false;
    }
    return true;
}

// PATH as seen from the data directory; at == NULL where it is elsewhere.
static struct span inside(const char *dir, const char *path) {
    size_t len = strlen(dir);
    while (len > 0 && dir[len - 1] == '/') len--;
    if (path == NULL || strncmp(path, dir, len) != 0 || path[len] != '/') return span_make(NULL, 0);
    path += len;
    while (*path == '/') path++;
    return span_of(path);
}

struct err backup_files_read(const struct config *config, struct arena *arena, struct backup_file ret[BACKUP_FILES_MAX],
                             size_t *ret_count, struct why *why) {
    const struct span names[] = {
        SPAN("varde.yaml"),
        SPAN("node.secret"),
        SPAN("keys/log.vkey"),
        inside(config->dir, config->certificate_file),
        inside(config->dir, config->key_file),
        inside(config->dir, config->hook_secret_file),
        inside(config->dir, config->hook_ca_file),
    };
    static_assert(sizeof names / sizeof names[0] <= BACKUP_FILES_MAX, "all of them fit");
    size_t count = 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (names[i].at == NULL || !backup_file_may_return(names[i])) continue;
        const char *path = path_join(arena, config->dir, (const char *)names[i].at);
        if (path == NULL) return why_set(why, ERR_MEMORY, "", "backup.memory", "", "no memory left");
        if (!file_exists(path)) continue;
        ret[count].name = names[i];
        TRY(file_read(arena, path, BACKUP_FILE_BYTES_MAX, &ret[count].bytes, why));
        count++;
    }
    *ret_count = count;
    return err_none();
}
