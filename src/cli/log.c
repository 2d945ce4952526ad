// SPDX-License-Identifier: EUPL-1.2
/* varde log epoch: a person decides that the log begins anew after a loss that cannot be mended. */
#include "base/limits.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "os/clock.h"
#include "os/file.h"
#include "role/keys_file.h"

// A signed head as it is, or the one within a receipt.
static struct err witnessed_read(struct arena *arena, const char *path, struct span *ret, struct why *why) {
    struct span text, note;
    struct json receipt;
    TRY(input_read(arena, path, LIMIT_RECEIPT_BYTES, &text, why));
    if (!span_starts_with(span_trim(text), SPAN("{"))) {
        *ret = text;
        return err_none();
    }
    TRY(json_parse_within(arena, text, LIMIT_RECEIPT_BYTES, &receipt, why));
    note = json_get_string(json_get(&receipt, "log"), "note");
    if (note.at == NULL) return why_set(why, ERR_INPUT, "--witnessed", "log.epoch", "", "%s: neither a signed head nor a receipt", path);
    *ret = note;
    return err_none();
}

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
        struct err e = witnessed_read(arena, witnessed, &request.witnessed, &why);
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
    arena_init(&arena, 32 * 1024 * 1024);
    int code = epoch(call, &arena);
    arena_fini(&arena);
    return code;
}

static const struct option LOG_EPOCH_OPTIONS[] = {
    {"--reason", "TEXT", "one line that says why; it is signed"},
    {"--witnessed", "FILE", "a signed head of this log that is later than what the key remembers: from a witness, a peer, or the newest receipt"},
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
            "many records are missing. Publish it.\n\n"
            "A key whose remembered heads are lost (a new machine, with a copy of keys/signing.key) signs nothing: it could contradict "
            "itself. It goes on in a new epoch with --heads-lost and the latest head that anybody has.",
    .options = LOG_EPOCH_OPTIONS,
    .run = log_epoch_run,
};
