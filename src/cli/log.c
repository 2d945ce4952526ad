// SPDX-License-Identifier: EUPL-1.2
/* varde log epoch: a person decides that the log begins anew after a loss that cannot be mended. */
#include "cli/commands.h"
#include "cli/print.h"
#include "os/clock.h"
#include "os/file.h"
#include "role/keys_file.h"

static int epoch(const struct call *call, struct arena *arena) {
    struct why why = {0};
    struct buf statement;
    const char *reason = call_option(call, "--reason"), *witnessed = call_option(call, "--witnessed");
    const char *dir = path_join(arena, call_argument(call, 0), "keys");
    struct keys_epoch_request request = {.has_lost_heads = call_has(call, "--heads-lost"), .now_ms = clock_now_ms()};
    if (reason == NULL) return call_misuse(call, "give the reason with --reason: it is signed and published");
    if (dir == NULL) return EXIT_MACHINE;
    request.reason = span_of(reason);
    if (witnessed != NULL) {
        struct err e = input_read(arena, witnessed, NOTE_BYTES_MAX, &request.witnessed, &why);
        if (is_err(e)) return call_fail(call, e, &why);
    }
    buf_init(&statement, arena, 2 * EPOCH_BYTES_MAX);
    struct err e = keys_open_epoch(dir, &request, &statement, &why);
    if (is_err(e)) return call_fail(call, e, &why);
    print_span(buf_span(&statement));
    return EXIT_DONE;
}

static int log_epoch_run(const struct call *call) {
    struct arena arena;
    arena_init(&arena, 1024 * 1024);
    int code = epoch(call, &arena);
    arena_fini(&arena);
    return code;
}

static const struct option LOG_EPOCH_OPTIONS[] = {
    {"--reason", "TEXT", "one line that says why; it is signed"},
    {"--witnessed", "FILE", "the latest signed head that a witness or peer has of this log, if it is later than the key's own"},
    {"--heads-lost", NULL, "the file keys/heads is gone or cannot be read; needs --witnessed"},
    {NULL, NULL, NULL},
};
const struct command log_epoch_command = {
    .name = "log epoch",
    .arguments = "DIR",
    .summary = "Open a new epoch of the log after a loss",
    .help = "A node that was restored from a backup and lacks records whose head is signed already stays read-only: it never signs "
            "a second history. First try to fetch the missing records back from peers. Only where they cannot be had, a person "
            "opens a new epoch with this command while the node is stopped. The log then goes on under a new origin; the "
            "statement that is printed, and kept in keys/, names the last head that was signed, so that everybody can see how "
            "many records are missing. Publish it.",
    .options = LOG_EPOCH_OPTIONS,
    .run = log_epoch_run,
};
