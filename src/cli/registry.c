// SPDX-License-Identifier: EUPL-1.2
/* varde rescoping, varde counts, varde registry: what the law sees otherwise than the register, numbers of entities, and extracts for others. */
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "os/file.h"

enum { PATH_BYTES = 4096, INTO_MEMORY = 64 * 1024 * 1024 };

static void print_part(struct span text, int width) {
    (void)printf("%-*.*s ", width, text.len > 200 ? 200 : (int)text.len, text.len > 0 ? (const char *)text.at : "");
}

static void query_add(struct buf *path, struct arena *arena, const char *name, const char *value) {
    if (value == NULL) return;
    buf_add_byte(path, span_find(buf_span(path), '?', 0) < path->len ? '&' : '?');
    buf_printf(path, "%s=%s", name, client_encode(arena, value));
}

static int ask(const struct call *call, const char *start, const char *const names[][2], void (*print)(const struct json *answer)) {
    struct arena arena;
    struct buf path;
    arena_init(&arena, 4 * (size_t)PATH_BYTES);
    buf_init(&path, &arena, PATH_BYTES);
    buf_add_text(&path, start);
    for (size_t i = 0; names[i][0] != NULL; i++) query_add(&path, &arena, names[i][0], call_option(call, names[i][1]));
    buf_add_byte(&path, '\0');
    int code = path.is_failed ? call_misuse(call, "the options are too long")
                              : client_run(call, &(struct client_request){.method = "GET", .path = (const char *)path.at}, print);
    arena_fini(&arena);
    return code;
}

// --- rescoping ---

static void print_rescoping(const struct json *answer) {
    const struct json *rows = json_get(answer, "entities");
    struct span next = json_get_string(answer, "next");
    for (size_t i = 0; rows != NULL && i < rows->count; i++) {
        const struct json *row = &rows->items[i], *reasons = json_get(row, "reasons");
        print_part(json_get_string(row, "change"), 12);
        print_part(json_get_string(row, "class"), 12);
        print_part(json_get_string(row, "class_found"), 12);
        print_part(json_get_string(row, "case"), 17);
        print_part(json_get_string(row, "name"), 0);
        for (size_t k = 0; reasons != NULL && k < reasons->count; k++) (void)printf("[%.*s] ", SPAN_FMT(json_get_string(&reasons->items[k], "article")));
        (void)putchar('\n');
    }
    (void)printf("version %.*s\n", SPAN_FMT(json_get_string(answer, "version")));
    if (next.len > 0) (void)printf("There are more: --after %.*s\n", SPAN_FMT(next));
}

static int rescoping_run(const struct call *call) {
    static const char *const NAMES[][2] = {{"at", "--at"}, {"after", "--after"}, {"window", "--window"}, {NULL, NULL}};
    return ask(call, "/api/v1/rescoping", NAMES, print_rescoping);
}

static const struct option RESCOPING_OPTIONS[] = {
    {"--at", "DATE", "the day whose law counts; today"},
    {"--after", "ID", "the entity after which to go on, as the page before said"},
    {"--window", "N", "how many entries to look at, 1 to 2000; 500 by default"},
    CLIENT_OPTIONS,
    {NULL, NULL, NULL},
};
const struct command rescoping_command = {
    .name = "rescoping",
    .arguments = "",
    .summary = "List entries that the law sees otherwise than the register",
    .help = "Each line: what would change, the class on the register, the class found, the case to decide in, the\n"
            "name, the articles. Nothing is changed: a person decides, entry by entry or for several cases at once.",
    .options = RESCOPING_OPTIONS,
    .run = rescoping_run,
};

// --- counts ---

static void print_counts(const struct json *answer) {
    static const struct { const char *name; int width; } COLUMNS[] = {{"provision", 9}, {"class", 10}, {"sector", 24}, {"subsector", 20}, {"type", 12}};
    const struct json *rows = json_get(answer, "counts");
    for (size_t i = 0; rows != NULL && i < rows->count; i++) {
        for (size_t k = 0; k < sizeof COLUMNS / sizeof COLUMNS[0]; k++) {
            struct span text = json_get_string(&rows->items[i], COLUMNS[k].name);
            print_part(text.len > 0 ? text : SPAN("all"), COLUMNS[k].width);
        }
        (void)printf("%8lld\n", (long long)json_get_int(&rows->items[i], "count", 0));
    }
}

static int counts_run(const struct call *call) {
    static const char *const NAMES[][2] = {{"filing", "--filing"}, {NULL, NULL}};
    return ask(call, "/api/v1/counts", NAMES, print_counts);
}

static const struct option COUNTS_OPTIONS[] = {
    {"--filing", "ID", "as they were reported by that filing; without it as they are now"},
    CLIENT_OPTIONS,
    {NULL, NULL, NULL},
};
const struct command counts_command = {
    .name = "counts",
    .arguments = "",
    .summary = "Count the entities by provision, class, sector, sub-sector and type",
    .help = "The numbers that the Commission and the Cooperation Group get. They are exact and not for the public.",
    .options = COUNTS_OPTIONS,
    .run = counts_run,
};

// --- extracts ---

// The package as the node signed it, byte by byte, and its envelope beside it.
static struct err files_write(const struct json *answer, const char *file, struct arena *arena, struct why *why) {
    struct span bytes, envelope = json_get_string(answer, "envelope");
    const char *beside = arena_text(arena, arena_printf(arena, "%s.envelope", file));
    TRY(base64_decode(arena, json_get_string(answer, "content"), &bytes));
    if (beside == NULL) return err_make(ERR_MEMORY);
    TRY(file_create(file, bytes, 0600, why));
    return file_create(beside, envelope, 0600, why);
}

static int into_run(const struct call *call, const char *path, const char *file) {
    struct arena arena;
    struct client *client = NULL;
    struct client_answer answer;
    struct why why = {0};
    int code = EXIT_DONE;
    arena_init(&arena, INTO_MEMORY);
    struct err e = client_open(call, &arena, &client, &why);
    if (!is_err(e)) {
        e = client_ask(client, &(struct client_request){.method = "GET", .path = path}, &answer, &why);
        client_close(client);
    }
    if (!is_err(e) && answer.status >= 400) {
        code = client_refused(call, &answer);
        arena_fini(&arena);
        return code;
    }
    if (!is_err(e) && !answer.is_json) e = why_set(&why, ERR_INPUT, "", "client.answer", "", "the node gave no package");
    if (!is_err(e)) e = files_write(&answer.json, file, &arena, &why);
    if (is_err(e)) code = call_fail(call, e, &why);
    else (void)printf("Wrote %s and %s.envelope, version %.*s\n", file, file, SPAN_FMT(json_get_string(&answer.json, "version")));
    arena_fini(&arena);
    return code;
}

static int registry_run(const struct call *call) {
    const char *into = call_option(call, "--into");
    struct arena arena;
    arena_init(&arena, 4 * (size_t)PATH_BYTES);
    struct span path = arena_printf(&arena, "/api/v1/registry/%s?whole=%s&format=%s", client_encode(&arena, call_argument(call, 0)), call_has(call, "--whole") ? "true" : "false",
                                    into != NULL ? "bundle" : "json");
    const char *text = path.at == NULL ? NULL : arena_text(&arena, path);
    int code = text == NULL   ? call_misuse(call, "the name is too long")
               : into != NULL ? into_run(call, text, into)
                              : client_run(call, &(struct client_request){.method = "GET", .path = text}, NULL);
    arena_fini(&arena);
    return code;
}

static const struct option REGISTRY_OPTIONS[] = {
    {"--whole", NULL, "all that is in it, not the differences alone"},
    {"--into", "FILE", "write it as it is signed to FILE, and the envelope to FILE.envelope"},
    CLIENT_OPTIONS,
    {NULL, NULL, NULL},
};
const struct command registry_command = {
    .name = "registry",
    .arguments = "EXTRACT",
    .summary = "Show what another is to get of the register, and what differs from the last",
    .help = "EXTRACT is a name of the law packs, such as enisa. With --into it is written as it is to be handed in. When it was\n"
            "sent, file registry_forwarding.forwarding with its version.",
    .options = REGISTRY_OPTIONS,
    .run = registry_run,
};
