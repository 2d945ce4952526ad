// SPDX-License-Identifier: EUPL-1.2
/* varde queue, answers, strands, statistics, letter: what a node holds, read from the command line. */
#include "base/limits.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "os/file.h"

enum { PATH_BYTES = 4096, LETTER_MEMORY = 128 * 1024 * 1024, SHOWN_BYTES = 200 };

static void print_part(struct span text, int width) {
    (void)printf("%-*.*s ", width, text.len > SHOWN_BYTES ? SHOWN_BYTES : (int)text.len, text.len > 0 ? (const char *)text.at : "");
}

static void print_member(const struct json *row, const char *name, int width) {
    struct span text = json_get_string(row, name);
    print_part(text.len > 0 ? text : SPAN("-"), width);
}

static void query_add(struct buf *path, struct arena *arena, const char *name, const char *value) {
    if (value == NULL) return;
    buf_add_byte(path, span_find(buf_span(path), '?', 0) < path->len ? '&' : '?');
    buf_printf(path, "%s=%s", name, client_encode(arena, value));
}

// Asks START with the options that were given as the query's members.
static int ask(const struct call *call, struct span start, const char *const names[][2], void (*print)(const struct json *answer)) {
    struct arena arena;
    struct buf path;
    arena_init(&arena, 16 * (size_t)PATH_BYTES);
    buf_init(&path, &arena, PATH_BYTES);
    buf_add(&path, start);
    for (size_t i = 0; names[i][0] != NULL; i++) query_add(&path, &arena, names[i][0], call_option(call, names[i][1]));
    buf_add_byte(&path, '\0');
    int code = path.is_failed ? call_misuse(call, "the words are too long")
                              : client_run(call, &(struct client_request){.method = "GET", .path = (const char *)path.at}, print);
    arena_fini(&arena);
    return code;
}

static void print_next(const struct json *answer) {
    struct span next = json_get_string(answer, "next");
    if (next.len > 0) (void)printf("There are more: --after %.*s\n", SPAN_FMT(next));
}

// --- queue ---

static void print_queue(const struct json *answer) {
    const struct json *rows = json_get(answer, "queue");
    for (size_t i = 0; rows != NULL && i < rows->count; i++) {
        const struct json *row = &rows->items[i], *acting = json_get(row, "acting"), *duty = json_get(row, "next_duty");
        int64_t unread = json_get_int(row, "unread", 0);
        print_member(row, "case", 17);
        print_member(row, "state", 14);
        print_part(acting != NULL && acting->type == JSON_OBJECT ? json_get_string(acting, "name") : SPAN("nobody"), 20);
        print_member(row, "entity_name", 30);
        if (unread > 0) (void)printf("%lld new  ", (long long)unread);
        if (duty != NULL && duty->type == JSON_OBJECT) print_duty(duty);
        (void)putchar('\n');
    }
    if (rows == NULL || rows->count == 0) (void)puts("Nothing.");
    int64_t total = json_get_int(answer, "total", -1);
    if (total >= 0) (void)printf("%lld in all\n", (long long)total);
    print_next(answer);
}

static int queue_run(const struct call *call) {
    static const char *const NAMES[][2] = {{"workspace", "--workspace"}, {"owner", "--owner"}, {"order", "--order"}, {"procedure", "--procedure"},
                                           {"state", "--state"}, {"changed_since", "--since"}, {"cursor", "--after"}, {NULL, NULL}};
    bool is_counted = call_has(call, "--count"), is_late = call_has(call, "--late");
    return ask(call, is_late && is_counted ? SPAN("/api/v1/queue?overdue=true&count=true") : is_late ? SPAN("/api/v1/queue?overdue=true")
                     : is_counted ? SPAN("/api/v1/queue?count=true") : SPAN("/api/v1/queue"), NAMES, print_queue);
}

static const struct option QUEUE_OPTIONS[] = {
    {"--workspace", "NAME", "desk (default), supervision, ...: a row of offices.yaml"},
    {"--owner", "WHO", "me, none, some, or a person (P...)"},
    {"--order", "ORDER", "due (default), newest or changed"},
    {"--procedure", "NAME", "only cases of this procedure"},
    {"--state", "STATE", "only cases in this state"},
    {"--late", NULL, "only where something is late"},
    {"--since", "WHEN", "shift, or an instant: what changed since"},
    {"--count", NULL, "also how many there are in all"},
    {"--after", "CURSOR", "where to go on, as the page before said"},
    CLIENT_OPTIONS,
    {NULL, NULL, NULL},
};
const struct command queue_command = {
    .name = "queue",
    .arguments = "",
    .summary = "List the cases of one's offices: who works on each, what is due next, what is new",
    .help = "One line a case: number, state, who is to be asked now, the entity, filings that you have not read, and the\n"
            "next duty.",
    .options = QUEUE_OPTIONS,
    .run = queue_run,
};

// --- answers ---

static void print_who(const struct json *row, const char *when) {
    print_member(row, "of_state", 3);
    print_member(row, "party", 20);
    print_part(json_get_string(row, when), 24);
    print_part(json_get_string(row, "name"), 0);
    (void)putchar('\n');
}

static void print_answers(const struct json *answer) {
    const struct json *given = json_get(answer, "answers"), *missing = json_get(answer, "missing");
    for (size_t i = 0; given != NULL && i < given->count; i++) {
        const struct json *fields = json_get(&given->items[i], "fields");
        print_who(&given->items[i], "received_at");
        if (fields != NULL) print_readable(fields);
        (void)putchar('\n');
    }
    if (missing != NULL && missing->count > 0) (void)puts("Not answered:");
    for (size_t i = 0; missing != NULL && i < missing->count; i++) print_who(&missing->items[i], "state");
    print_next(answer);
}

static int answers_run(const struct call *call) {
    static const char *const NAMES[][2] = {{"cursor", "--after"}, {NULL, NULL}};
    struct arena arena;
    arena_init(&arena, 16 * (size_t)PATH_BYTES);
    struct span path = arena_printf(&arena, "/api/v1/cases/%s/answers?document=%s", client_encode(&arena, call_argument(call, 0)),
                                    client_encode(&arena, call_argument(call, 1)));
    int code = path.at == NULL ? call_misuse(call, "the words are too long") : ask(call, path, NAMES, print_answers);
    arena_fini(&arena);
    return code;
}

static const struct option ANSWERS_OPTIONS[] = {
    {"--after", "CURSOR", "where to go on, as the page before said"},
    CLIENT_OPTIONS,
    {NULL, NULL, NULL},
};
const struct command answers_command = {
    .name = "answers",
    .arguments = "CASE DOCUMENT",
    .summary = "Show what each party of a case last filed as one document, and who has not",
    .help = "For cases of many parties: a request to the members of a network, a report of many hands, an advisory. Each\n"
            "answer stands under who gave it, with its state.",
    .options = ANSWERS_OPTIONS,
    .run = answers_run,
};

// --- strands ---

static void print_strand_rows(const struct json *rows, const char *heading, const char *last) {
    if (rows == NULL || rows->count == 0) return;
    (void)puts(heading);
    for (size_t i = 0; i < rows->count; i++) {
        const struct json *because = json_get(&rows->items[i], "because");
        print_member(&rows->items[i], "point", 3);
        print_member(&rows->items[i], "case", 20);
        print_member(&rows->items[i], "there", 3);
        for (size_t k = 0; because != NULL && k < because->count; k++) print_part(because->items[k].string, 12);
        print_part(json_get_string(&rows->items[i], last), 0);
        (void)putchar('\n');
    }
}

static void print_strands(const struct json *answer) {
    const struct json *strands = json_get(answer, "strands");
    for (size_t i = 0; strands != NULL && i < strands->count; i++) {
        const struct json *strand = &strands->items[i];
        print_part(json_get_string(strand, "label"), 0);
        (void)putchar('\n');
        print_strand_rows(json_get(strand, "notes"), "Counts here:", "words");
        print_strand_rows(json_get(strand, "links"), "Joined with:", "filing");
        print_strand_rows(json_get(strand, "candidates"), "May be joined with:", "state");
    }
}

static int strands_run(const struct call *call) {
    static const char *const NAMES[][2] = {{NULL, NULL}};
    struct arena arena;
    arena_init(&arena, 16 * (size_t)PATH_BYTES);
    struct span path = arena_printf(&arena, "/api/v1/cases/%s/strands", client_encode(&arena, call_argument(call, 0)));
    int code = path.at == NULL ? call_misuse(call, "the words are too long") : ask(call, path, NAMES, print_strands);
    arena_fini(&arena);
    return code;
}

static const struct option STRANDS_OPTIONS[] = {CLIENT_OPTIONS, {NULL, NULL, NULL}};
const struct command strands_command = {
    .name = "strands",
    .arguments = "CASE",
    .summary = "Show what runs through a case and others, such as one conduct, and which others it may be",
    .help = "What counts at each point of the case, with which cases officers joined it, and cases that may be joined, with\n"
            "the reasons. Of a case that you may not see only what counts here is shown. A person joins, by a filing.",
    .options = STRANDS_OPTIONS,
    .run = strands_run,
};

// --- statistics ---

static void print_statistics(const struct json *answer) {
    const struct json *rows = json_get(answer, "statistics");
    for (size_t i = 0; rows != NULL && i < rows->count; i++) {
        print_member(&rows->items[i], "statistic", 26);
        print_member(&rows->items[i], "period", 10);
        print_member(&rows->items[i], "last_period", 12);
        print_member(&rows->items[i], "article", 22);
        print_part(json_get_string(&rows->items[i], "label"), 0);
        (void)putchar('\n');
    }
}

static int statistics_run(const struct call *call) {
    static const char *const NONE[][2] = {{NULL, NULL}};
    static const char *const NAMES[][2] = {{"period", "--period"}, {"view", "--view"}, {NULL, NULL}};
    struct arena arena;
    if (call_argument(call, 0) == NULL) {
        if (call_has(call, "--period") || call_has(call, "--view")) return call_misuse(call, "--period and --view go with NAME");
        return ask(call, SPAN("/api/v1/statistics"), NONE, print_statistics);
    }
    arena_init(&arena, 16 * (size_t)PATH_BYTES);
    struct span path = arena_printf(&arena, "/api/v1/statistics/%s?format=%s", client_encode(&arena, call_argument(call, 0)), call_has(call, "--json") ? "json" : "csv");
    int code = path.at == NULL ? call_misuse(call, "the words are too long") : ask(call, path, NAMES, NULL);
    arena_fini(&arena);
    return code;
}

static const struct option STATISTICS_OPTIONS[] = {
    {"--period", "PERIOD", "2026-Q3, 2026-H1, 2026 or 2026-11-22, as the statistic has it; the last whole one by default"},
    {"--view", "VIEW", "now or filed (offices), or public"},
    CLIENT_OPTIONS,
    {NULL, NULL, NULL},
};
const struct command statistics_command = {
    .name = "statistics",
    .arguments = "[NAME]",
    .summary = "Print the figures of a statistic as CSV; without a name, list what is counted",
    .help = "Small cells are withheld. With --json the answer has the definition too. Each line of the list: name, period,\n"
            "the last whole one, article, label.",
    .options = STATISTICS_OPTIONS,
    .run = statistics_run,
};

// --- letter ---

static void print_letters(const struct json *answer) {
    const struct json *rows = json_get(answer, "letters");
    for (size_t i = 0; rows != NULL && i < rows->count; i++) {
        print_member(&rows->items[i], "id", 17);
        print_member(&rows->items[i], "number", 18);
        print_member(&rows->items[i], "state", 10);
        print_member(&rows->items[i], "issued_at", 24);
        print_member(&rows->items[i], "served_at", 24);
        print_member(&rows->items[i], "language", 3);
        print_part(json_get_string(&rows->items[i], "template"), 0);
        (void)putchar('\n');
    }
    if (rows == NULL || rows->count == 0) (void)puts("No letters.");
}

static int letters_list(const struct call *call) {
    static const char *const NONE[][2] = {{NULL, NULL}};
    struct arena arena;
    arena_init(&arena, 16 * (size_t)PATH_BYTES);
    struct span path = arena_printf(&arena, "/api/v1/cases/%s/letters", client_encode(&arena, call_argument(call, 0)));
    int code = path.at == NULL ? call_misuse(call, "the words are too long") : ask(call, path, NONE, print_letters);
    arena_fini(&arena);
    return code;
}

static struct err letter_fetch(const struct call *call, struct arena *arena, struct client_answer *ret, struct why *why) {
    struct client *client = NULL;
    struct span path = arena_printf(arena, "/api/v1/letters/%s%s", client_encode(arena, call_argument(call, 0)), call_has(call, "--seal") ? "/seal" : "");
    if (path.at == NULL) return why_set(why, ERR_INPUT, "", "", "", "the words are too long");
    TRY(client_open(call, arena, &client, why));
    struct err e = client_ask(client, &(struct client_request){.method = "GET", .path = (const char *)path.at}, ret, why);
    client_close(client);
    return e;
}

static int letter_save(const struct call *call, const char *file) {
    struct arena arena;
    struct client_answer answer = {0};
    struct why why = {0};
    arena_init(&arena, LETTER_MEMORY);
    struct err e = letter_fetch(call, &arena, &answer, &why);
    bool is_refused = !is_err(e) && answer.status >= 400;
    if (!is_err(e) && !is_refused) e = file_write(file, answer.body, 0600, &why);
    int code = is_err(e) ? call_fail(call, e, &why) : is_refused ? client_refused(call, &answer) : EXIT_DONE;
    arena_fini(&arena);
    return code;
}

static int letter_run(const struct call *call) {
    const char *id = call_argument(call, 0), *file = call_option(call, "--out");
    if (id[0] == 'C') return file != NULL || call_has(call, "--seal") ? call_misuse(call, "--out and --seal go with one letter (F...)") : letters_list(call);
    if (id[0] != 'F') return call_misuse(call, "a case (C...) or a letter (F...) is expected");
    return file == NULL ? call_misuse(call, "--out FILE says where the letter is to lie") : letter_save(call, file);
}

static const struct option LETTER_OPTIONS[] = {
    {"--out", "FILE", "write the letter there (PDF)"},
    {"--seal", NULL, "write the seal over the letter's PDF instead (CMS, detached)"},
    CLIENT_OPTIONS,
    {NULL, NULL, NULL},
};
const struct command letter_command = {
    .name = "letter",
    .arguments = "CASE|LETTER",
    .summary = "List the letters of a case, or fetch one as PDF",
    .help = "Each line of the list: the letter, its number, state, when issued, when served, language, template. A letter is\n"
            "written with varde file PROCEDURE letter.",
    .options = LETTER_OPTIONS,
    .run = letter_run,
};
