// SPDX-License-Identifier: EUPL-1.2
#include "cli/backup_set.h"

#include "cli/print.h"

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
