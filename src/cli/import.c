// SPDX-License-Identifier: EUPL-1.2
/* varde import: takes over a register, one entity a line, in chunks that can be sent again without harm. */
#include "base/limits.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/print.h"

enum { REGISTER_BYTES = 512 * 1024 * 1024, CHUNK_LINES = 200, CHUNK_BYTES = 512 * 1024, CHUNK_ARENA_BYTES = 64 * 1024 * 1024 };

struct import {
    const struct call *call;
    struct span rest;
    size_t line;  // of the file, the first of the chunk
    size_t lines; // of the chunk, blank ones too
    int64_t filed, repeated, refused;
    size_t total_lines;
    struct progress progress;
};

// The next lines as they stand in the file, at most what one request takes.
static struct span chunk_next(struct import *import) {
    size_t end = 0, lines = 0;
    while (end < import->rest.len && lines < CHUNK_LINES) {
        size_t next = span_find(import->rest, '\n', end) + 1;
        if (next > import->rest.len) next = import->rest.len;
        if (lines > 0 && next > CHUNK_BYTES) break;
        end = next;
        lines++;
    }
    struct span chunk = span_part(import->rest, 0, end);
    import->rest = span_part(import->rest, end, import->rest.len);
    import->lines = lines;
    return chunk;
}

// The line of the file for the N-th (from 1) line of the chunk that is not blank.
static size_t line_of(const struct import *import, struct span chunk, int64_t n) {
    size_t line = import->line;
    for (struct span rest = chunk; rest.len > 0; line++) {
        size_t end = span_find(rest, '\n', 0);
        if (span_trim(span_part(rest, 0, end)).len > 0 && --n == 0) return line;
        rest = span_part(rest, end + 1, rest.len);
    }
    return line;
}

static void chunk_count(struct import *import, struct span chunk, const struct json *answer) {
    import->filed += json_get_int(answer, "filed", 0);
    import->repeated += json_get_int(answer, "repeated", 0);
    import->refused += json_get_int(answer, "refused", 0);
    const struct json *errors = json_get(answer, "errors");
    for (size_t i = 0; errors != NULL && errors->type == JSON_ARRAY && i < errors->count; i++) {
        const struct json *error = &errors->items[i];
        (void)fprintf(stderr, "line %zu: %.*s: %.*s (rule %.*s)\n", line_of(import, chunk, json_get_int(error, "line", 1)),
                      SPAN_FMT(json_get_string(error, "pointer")), SPAN_FMT(json_get_string(error, "detail")), SPAN_FMT(json_get_string(error, "rule")));
    }
}

static int chunk_send(struct import *import, struct span chunk, size_t part) {
    struct arena arena;
    arena_init(&arena, CHUNK_ARENA_BYTES);
    struct client *client = NULL;
    struct client_answer answer;
    struct why why = {0};
    struct err e = client_open(import->call, &arena, &client, &why);
    if (!is_err(e)) {
        // Each line is its own idempotency key at the node, so a chunk may be tried again.
        struct span key = arena_printf(&arena, "import-part-%zu", part);
        struct client_request request = {.method = "POST", .path = "/api/v1/import", .content_type = "application/x-ndjson", .body = chunk, .idempotency_key = (const char *)key.at};
        e = client_ask(client, &request, &answer, &why);
        client_close(client);
    }
    int code = EXIT_DONE;
    if (is_err(e)) code = call_fail(import->call, e, &why);
    else if (answer.status >= 400 || !answer.is_json) code = client_refused(import->call, &answer);
    else chunk_count(import, chunk, &answer.json);
    arena_fini(&arena);
    return code;
}

static int chunks_send(struct import *import) {
    int code = EXIT_DONE;
    for (size_t part = 0; code == EXIT_DONE && import->rest.len > 0; part++) {
        struct span chunk = chunk_next(import);
        if (span_trim(chunk).len > 0) code = chunk_send(import, chunk, part);
        import->line += import->lines;
        progress_step(&import->progress, import->line - 1, import->total_lines);
    }
    return code;
}

static int import_run(const struct call *call) {
    struct arena arena;
    arena_init(&arena, 2 * (size_t)REGISTER_BYTES);
    struct import import = {.call = call, .line = 1};
    struct why why = {0};
    struct err e = input_read(&arena, call_argument(call, 0), REGISTER_BYTES, &import.rest, &why);
    if (is_err(e)) {
        arena_fini(&arena);
        return call_fail(call, e, &why);
    }
    for (size_t at = 0; at < import.rest.len; at = span_find(import.rest, '\n', at) + 1) import.total_lines++;
    progress_begin(&import.progress, "import");
    int code = chunks_send(&import);
    progress_end(&import.progress);
    bool is_json = call_has(call, "--json");
    (void)printf(is_json ? "{\"filed\":%lld,\"repeated\":%lld,\"refused\":%lld}\n" : "%lld filed, %lld there already, %lld refused\n",
                 (long long)import.filed, (long long)import.repeated, (long long)import.refused);
    if (code != EXIT_DONE) (void)fprintf(stderr, "varde import: stopped at line %zu; run it again, nothing is filed twice\n", import.line - import.lines);
    arena_fini(&arena);
    return code != EXIT_DONE ? code : import.refused > 0 ? EXIT_NO : EXIT_DONE;
}

static const struct option IMPORT_OPTIONS[] = {
    CLIENT_OPTIONS,
    {NULL, NULL, NULL},
};
const struct command import_command = {
    .name = "import",
    .arguments = "FILE",
    .summary = "Take over an existing register, one entity a line",
    .help = "FILE has one JSON object a line (- is standard input): the fields of a registration. Each becomes a registration filed by the\n"
            "officer of the competent authority whose token is used. Lines that the law refuses are named with field and rule; the\n"
            "others are filed. It can be run again after an interruption: nothing is filed twice. Exit code 1 where lines were refused.",
    .options = IMPORT_OPTIONS,
    .run = import_run,
};
