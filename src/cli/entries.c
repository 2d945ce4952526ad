// SPDX-License-Identifier: EUPL-1.2
/* varde entries: the registry that is made of what states hand in, as its keeper and those read it to whom access was granted. */
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/print.h"

enum { PATH_BYTES = 4096 };

static void print_text(struct span text, int width) {
    (void)printf("%-*.*s ", width, text.len > 200 ? 200 : (int)text.len, text.len > 0 ? (const char *)text.at : "-");
}
static void print_member(const struct json *row, const char *name, int width) { print_text(json_get_string(row, name), width); }

static void print_next(const struct json *answer) {
    struct span next = json_get_string(answer, "next");
    if (next.len > 0) (void)printf("There are more: --after %.*s\n", SPAN_FMT(next));
}

static void print_entries(const struct json *answer) {
    const struct json *rows = json_get(answer, "entries");
    for (size_t i = 0; rows != NULL && i < rows->count; i++) {
        const struct json *entry = json_get(&rows->items[i], "entry"), *others = json_get(&rows->items[i], "others"), *types = json_get(entry, "types");
        print_member(&rows->items[i], "id", 20);
        print_member(&rows->items[i], "received_at", 24);
        print_member(entry, "name", 0);
        for (size_t k = 0; types != NULL && k < types->count; k++) print_text(types->items[k].string, 0);
        for (size_t k = 0; others != NULL && k < others->count; k++)
            (void)printf("(%.*s: %.*s) ", SPAN_FMT(json_get_string(&others->items[k], "verdict")), SPAN_FMT(json_get_string(&others->items[k], "id")));
        (void)putchar('\n');
    }
    if (rows == NULL || rows->count == 0) (void)puts("No entries.");
    print_next(answer);
}

static void print_pairs(const struct json *answer) {
    const struct json *rows = json_get(answer, "pairs");
    for (size_t i = 0; rows != NULL && i < rows->count; i++) {
        const struct json *differences = json_get(&rows->items[i], "differences");
        print_member(&rows->items[i], "one", 20);
        print_member(&rows->items[i], "other", 20);
        print_member(&rows->items[i], "verdict", 9);
        print_member(&rows->items[i], "alike_in", 16);
        for (size_t k = 0; differences != NULL && k < differences->count; k++) print_member(&differences->items[k], "attribute", 0);
        (void)putchar('\n');
    }
    if (rows == NULL || rows->count == 0) (void)puts("Nothing is alike.");
    print_next(answer);
}

static void print_senders(const struct json *answer) {
    const struct json *rows = json_get(answer, "senders");
    for (size_t i = 0; rows != NULL && i < rows->count; i++) {
        print_member(&rows->items[i], "state", 2);
        print_member(&rows->items[i], "case", 17);
        print_member(&rows->items[i], "made_at", 24);
        (void)printf("%6lld of %6lld ", (long long)json_get_int(&rows->items[i], "held", 0), (long long)json_get_int(&rows->items[i], "total", 0));
        print_member(&rows->items[i], "signature", 0);
        (void)putchar('\n');
    }
}

static void print_grants(const struct json *answer) {
    const struct json *rows = json_get(answer, "grants");
    for (size_t i = 0; rows != NULL && i < rows->count; i++) {
        print_member(&rows->items[i], "case", 17);
        print_member(&rows->items[i], "office", 22);
        print_text(json_get_bool(&rows->items[i], "is_in_force", false) ? SPAN("in force") : SPAN("over"), 8);
        print_member(&rows->items[i], "until", 0);
        (void)putchar('\n');
    }
}

static const struct { const char *name; void (*print)(const struct json *answer); } LISTS[] = {
    {"entries", print_entries}, {"pairs", print_pairs}, {"senders", print_senders}, {"grants", print_grants},
};

static int entries_run(const struct call *call) {
    static const char *const NAMES[][2] = {{"state", "--state"}, {"type", "--type"}, {"name", "--name"}, {"text", "--text"}, {"verdict", "--verdict"},
                                           {"limit", "--limit"}, {"cursor", "--after"}};
    const char *list = call_has(call, "--list") ? call_option(call, "--list") : "entries", *id = call_argument(call, 1);
    struct arena arena;
    struct buf path;
    size_t k = 0;
    bool is_first = true;
    while (k < sizeof LISTS / sizeof LISTS[0] && strcmp(LISTS[k].name, list) != 0) k++;
    if (k == sizeof LISTS / sizeof LISTS[0]) return call_misuse(call, "--list is entries, pairs, senders or grants");
    if (id != NULL && k > 0) return call_misuse(call, "an entry is asked for without --list");
    if (call_has(call, "--csv") && (k > 0 || id != NULL)) return call_misuse(call, "--csv goes with the list of entries");
    arena_init(&arena, 8 * (size_t)PATH_BYTES);
    buf_init(&path, &arena, PATH_BYTES);
    buf_printf(&path, "/api/v1/registry/%s/%s", client_encode(&arena, call_argument(call, 0)), LISTS[k].name);
    if (id != NULL) buf_printf(&path, "/%s", client_encode(&arena, id));
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        const char *value = call_option(call, NAMES[i][1]);
        if (value == NULL) continue;
        buf_printf(&path, "%c%s=%s", is_first ? '?' : '&', NAMES[i][0], client_encode(&arena, value));
        is_first = false;
    }
    if (call_has(call, "--csv")) buf_printf(&path, "%cformat=csv", is_first ? '?' : '&');
    buf_add_byte(&path, '\0');
    int code = path.is_failed ? call_misuse(call, "the words are too long")
                              : client_run(call, &(struct client_request){.method = "GET", .path = (const char *)path.at}, id != NULL || call_has(call, "--csv") ? NULL : LISTS[k].print);
    arena_fini(&arena);
    return code;
}

static const struct option ENTRIES_OPTIONS[] = {
    {"--state", "STATE", "only what this Member State handed in"},
    {"--type", "TYPE", "only this type of entity"},
    {"--name", "TEXT", "part of the name"},
    {"--text", "TEXT", "part of what one sees of the entry"},
    {"--csv", NULL, "as CSV"},
    {"--list", "LIST", "entries (default), pairs that may be of one entity, senders, or grants of access"},
    {"--verdict", "VERDICT", "of pairs: proposed, same or different"},
    {"--limit", "N", "at most so many entries"},
    {"--after", "CURSOR", "where to go on, as the page before said"},
    CLIENT_OPTIONS,
    {NULL, NULL, NULL},
};
const struct command entries_command = {
    .name = "entries",
    .arguments = "EXTRACT [ID]",
    .summary = "Search the registry that is made of what states hand in",
    .help = "EXTRACT is a name of the law packs, such as enisa; ID one entry, as BE:E0123456789abcdef. Each line: id, when it\n"
            "came, name, types, and what may be the same entity in another state. A state hands in what varde registry --into wrote:\n"
            "varde file registry_extract extract --attach FILE --attach FILE.envelope --set state=BE --set extract=enisa",
    .options = ENTRIES_OPTIONS,
    .run = entries_run,
};
