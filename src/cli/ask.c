// SPDX-License-Identifier: EUPL-1.2
/* varde show, varde duties: what the node knows, as far as the asker may. */
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/print.h"

enum { PATH_BYTES = 8192 };

// "/api/v1/NAME/ID" by the letter with which an identifier begins; NULL for others.
static const char *path_of(struct arena *arena, const char *id) {
    static const struct {
        char letter;
        const char *collection;
    } KINDS[] = {{'C', "cases"}, {'F', "filings"}, {'E', "entities"}};
    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++)
        if (id[0] == KINDS[i].letter && id[1] != '\0')
            return (const char *)arena_printf(arena, "/api/v1/%s/%s", KINDS[i].collection, client_encode(arena, id)).at;
    return NULL;
}

static int show_run(const struct call *call) {
    const char *id = call_argument(call, 0);
    struct arena arena;
    arena_init(&arena, 4 * (size_t)PATH_BYTES);
    const char *path = path_of(&arena, id);
    int code = path == NULL ? call_misuse(call, "\"%s\" is no identifier of a case (C...), filing (F...) or entity (E...)", id)
                            : client_run(call, &(struct client_request){.method = "GET", .path = path}, NULL);
    arena_fini(&arena);
    return code;
}

static const struct option SHOW_OPTIONS[] = {
    CLIENT_OPTIONS,
    {NULL, NULL, NULL},
};
const struct command show_command = {
    .name = "show",
    .arguments = "ID",
    .summary = "Show a case, a filing or an entity",
    .help = "ID begins with C for a case, F for a filing, E for an entity. The node shows what the asker may see.",
    .options = SHOW_OPTIONS,
    .run = show_run,
};

static void query_add(struct buf *path, struct arena *arena, const char *name, const char *value) {
    if (value == NULL) return;
    buf_add_byte(path, span_find(buf_span(path), '?', 0) < path->len ? '&' : '?');
    buf_printf(path, "%s=%s", name, client_encode(arena, value));
}

static void print_words(struct span text, int width) {
    (void)printf("%-*.*s ", width, text.len > 200 ? 200 : (int)text.len, text.len > 0 ? (const char *)text.at : "");
}

void print_duty(const struct json *duty) {
    struct span due = json_get_string(duty, "due");
    print_words(due.len > 0 ? due : SPAN("without delay"), 21);
    print_words(json_get_string(duty, "status"), 14);
    print_words(json_get_string(duty, "owed_by"), 7);
    print_words(json_get_string(duty, "document"), 24);
    print_words(json_get_string(duty, "article"), 0);
}

static void print_duties(const struct json *answer) {
    const struct json *duties = json_get(answer, "duties");
    if (duties == NULL || duties->count == 0) (void)puts("Nothing is owed.");
    for (size_t i = 0; duties != NULL && i < duties->count; i++) {
        print_duty(json_get(&duties->items[i], "duty"));
        print_words(json_get_string(&duties->items[i], "case"), 17);
        print_words(json_get_string(&duties->items[i], "entity_name"), 0);
        (void)putchar('\n');
    }
    struct span next = json_get_string(answer, "next");
    if (next.len > 0) (void)printf("There are more: --cursor %.*s\n", SPAN_FMT(next));
}

static int duties_run(const struct call *call) {
    struct arena arena;
    arena_init(&arena, 16 * (size_t)PATH_BYTES);
    struct buf path;
    buf_init(&path, &arena, PATH_BYTES);
    buf_add_text(&path, "/api/v1/duties");
    query_add(&path, &arena, "entity", call_option(call, "--entity"));
    query_add(&path, &arena, "owed_by", call_option(call, "--owed-by"));
    query_add(&path, &arena, "workspace", call_option(call, "--workspace"));
    query_add(&path, &arena, "within_hours", call_option(call, "--within-hours"));
    query_add(&path, &arena, "limit", call_option(call, "--limit"));
    query_add(&path, &arena, "cursor", call_option(call, "--cursor"));
    buf_add_byte(&path, '\0');
    int code = path.is_failed ? call_misuse(call, "the options are too long")
                              : client_run(call, &(struct client_request){.method = "GET", .path = (const char *)path.at}, print_duties);
    arena_fini(&arena);
    return code;
}

static const struct option DUTIES_OPTIONS[] = {
    {"--entity", "ID", "whose duties; for officers: of all entities where not given"},
    {"--owed-by", "WHO", "only what is owed by: entity, csirt, ca, spoc"},
    {"--workspace", "NAME", "for officers: desk (default) or supervision"},
    {"--within-hours", "N", "only what falls due within so many hours"},
    {"--limit", "N", "rows, 1 to 250; 50 by default"},
    {"--cursor", "TEXT", "where to go on, as the page before said"},
    CLIENT_OPTIONS,
    {NULL, NULL, NULL},
};
const struct command duties_command = {
    .name = "duties",
    .arguments = "",
    .summary = "List what is owed: by whom, which document, until when, why",
    .help = "Next due first. Each line: due, status, who owes it, the document, the article, the case, the entity.",
    .options = DUTIES_OPTIONS,
    .run = duties_run,
};
