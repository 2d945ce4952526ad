// SPDX-License-Identifier: EUPL-1.2
/* varde rota, varde calls, varde deliveries: who is on call, who was called, who was told; and a message to try the mail with. */
#include <time.h>

#include "base/limits.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "os/file.h"

enum { PATH_BYTES = 4096, TEST_WAITS = 30, TEST_WAIT_S = 1 };

static void print_part(struct span text, int width) {
    (void)printf("%-*.*s ", width, text.len > 120 ? 120 : (int)text.len, text.len > 0 ? (const char *)text.at : "");
}

static void print_member(const struct json *row, const char *name, int width) { print_part(json_get_string(row, name), width); }

static void print_rows(const struct json *list, void (*print)(const struct json *row)) {
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        print(&list->items[i]);
        (void)putchar('\n');
    }
}

static int ask_path(const struct call *call, struct buf *path, void (*print)(const struct json *answer)) {
    buf_add_byte(path, '\0');
    if (path->is_failed) return call_misuse(call, "the words are too long");
    return client_run(call, &(struct client_request){.method = "GET", .path = (const char *)path->at}, print);
}

// --- rota ---

static void print_turn(const struct json *row) {
    print_member(row, "step", 7);
    print_member(row, "from", 20);
    print_member(row, "until", 20);
    print_member(row, "person", 17);
    print_member(row, "name", 0);
}

static void print_gap(const struct json *row) {
    (void)printf(json_get_string(row, "person").len > 0 ? "absent  " : "nobody  ");
    print_member(row, "step", 7);
    print_member(row, "from", 20);
    print_member(row, "until", 20);
    print_member(row, "name", 0);
}

static void print_rota(const struct json *answer) {
    static const char *const STEPS[] = {"first", "second", "head"};
    const struct json *now = json_get(answer, "now"), *unreachable = json_get(answer, "unreachable");
    for (size_t i = 0; i < sizeof STEPS / sizeof *STEPS; i++) {
        struct span person = json_get_string(now, STEPS[i]);
        (void)printf("now     %-7s %.*s\n", STEPS[i], SPAN_FMT(person.len > 0 ? person : SPAN("nobody")));
    }
    print_rows(json_get(answer, "turns"), print_turn);
    print_rows(json_get(answer, "gaps"), print_gap);
    for (size_t i = 0; unreachable != NULL && i < unreachable->count; i++)
        (void)printf("no way to reach %.*s\n", SPAN_FMT(unreachable->items[i].string));
}

static int rota_run(const struct call *call) {
    struct arena arena;
    struct span body = span_make(NULL, 0);
    struct why why = {0};
    const char *file = call_option(call, "--set");
    arena_init(&arena, 4 * (size_t)LIMIT_JSON_BYTES);
    struct err e = file == NULL ? err_none() : file_read(&arena, file, LIMIT_JSON_BYTES, &body, &why);
    struct span path = arena_printf(&arena, "/api/v1/offices/%s/rota", client_encode(&arena, call_argument(call, 0)));
    int code = is_err(e) ? call_fail(call, e, &why)
                         : client_run(call, &(struct client_request){.method = file == NULL ? "GET" : "PUT", .path = (const char *)path.at, .body = body}, print_rota);
    arena_fini(&arena);
    return code;
}

static const struct option ROTA_OPTIONS[] = {
    {"--set", "FILE", "set the rota to what FILE says, as JSON: {\"turns\":[{\"person\",\"step\",\"from\",\"until\"}]}"},
    CLIENT_OPTIONS,
    {NULL, NULL, NULL},
};
const struct command rota_command = {
    .name = "rota",
    .arguments = "OFFICE",
    .summary = "Show or set who is on call at an office, and where nobody is",
    .help = "Steps are first, second and head: who is called first, who next, and who last. Turns of one step may not overlap.",
    .options = ROTA_OPTIONS,
    .run = rota_run,
};

// --- calls ---

static void print_call(const struct json *row) {
    print_member(row, "id", 17);
    print_member(row, "case", 17);
    print_member(row, "opened_at", 20);
    print_member(row, "state", 12);
    print_member(row, "step", 6);
    print_member(row, "acknowledged_by_name", 0);
}

static void print_calls(const struct json *answer) {
    const struct json *items = json_get(answer, "items");
    if (items == NULL) print_call(answer);
    else if (items->count == 0) (void)printf("Nobody was called.");
    else print_rows(items, print_call);
    if (items == NULL || items->count == 0) (void)putchar('\n');
}

static int calls_run(const struct call *call) {
    struct arena arena;
    const char *office = call_option(call, "--office"), *id = call_option(call, "--take");
    arena_init(&arena, 16 * (size_t)PATH_BYTES);
    struct buf path;
    buf_init(&path, &arena, PATH_BYTES);
    int code;
    if (id != NULL) {
        struct span take = arena_printf(&arena, "/api/v1/pages/%s/acknowledge", client_encode(&arena, id));
        code = client_run(call, &(struct client_request){.method = "POST", .path = (const char *)take.at}, print_calls);
    } else {
        buf_add_text(&path, "/api/v1/pages?limit=250");
        if (office != NULL) buf_printf(&path, "&office=%s", client_encode(&arena, office));
        if (!call_has(call, "--all")) buf_add_text(&path, "&state=open");
        code = ask_path(call, &path, print_calls);
    }
    arena_fini(&arena);
    return code;
}

static const struct option CALLS_OPTIONS[] = {
    {"--office", "ID", "whose; one's own office where not given"},
    {"--all", NULL, "also those that somebody has taken"},
    {"--take", "CALL", "take the call (G...)"},
    CLIENT_OPTIONS,
    {NULL, NULL, NULL},
};
const struct command calls_command = {
    .name = "calls",
    .arguments = "",
    .summary = "List calls to those on duty, or take one",
    .help = "Each line: the call, its case, since when, whether somebody has taken it, how far it went, who took it.",
    .options = CALLS_OPTIONS,
    .run = calls_run,
};

// --- deliveries ---

static void print_delivery(const struct json *row) {
    (void)printf("%-6lld ", (long long)json_get_int(row, "id", 0));
    print_member(row, "created_at", 20);
    print_member(row, "state", 8);
    print_member(row, "kind", 9);
    print_member(row, "medium", 5);
    print_member(row, "address", 32);
    print_member(row, "failure", 0);
}

static void print_deliveries(const struct json *answer) {
    const struct json *items = json_get(answer, "items");
    if (items == NULL || items->count == 0) (void)puts("Nothing.");
    print_rows(items, print_delivery);
}

static int deliveries_run(const struct call *call) {
    struct arena arena;
    const char *id = call_argument(call, 0);
    arena_init(&arena, 16 * (size_t)PATH_BYTES);
    struct buf path;
    buf_init(&path, &arena, PATH_BYTES);
    buf_add_text(&path, "/api/v1/deliveries?limit=250");
    if (id != NULL) buf_printf(&path, "&case=%s", client_encode(&arena, id));
    else buf_add_text(&path, "&state=failed");
    int code = ask_path(call, &path, print_deliveries);
    arena_fini(&arena);
    return code;
}

static const struct option DELIVERIES_OPTIONS[] = {
    CLIENT_OPTIONS,
    {NULL, NULL, NULL},
};
const struct command deliveries_command = {
    .name = "deliveries",
    .arguments = "[CASE]",
    .summary = "Show who was told of a case; without one, what failed and waits for someone",
    .help = "Each line: number, when, state, kind, how, to which address, what went wrong.",
    .options = DELIVERIES_OPTIONS,
    .run = deliveries_run,
};

// --- trying the mail ---

static struct err mail_try(const struct call *call, struct arena *arena, struct client_answer *ret, struct why *why) {
    struct client *client = NULL;
    struct buf body;
    struct json_out out;
    buf_init(&body, arena, PATH_BYTES);
    json_out_init(&out, &body);
    json_out_object(&out);
    json_out_member_text(&out, "address", call_argument(call, 0));
    json_out_object_end(&out);
    TRY(client_open(call, arena, &client, why));
    struct err e = client_ask(client, &(struct client_request){.method = "POST", .path = "/api/v1/deliveries", .body = buf_span(&body)}, ret, why);
    for (int i = 0; !is_err(e) && ret->status < 400 && i < TEST_WAITS; i++) {
        struct span path = arena_printf(arena, "/api/v1/deliveries/%lld", (long long)json_get_int(&ret->json, "id", 0));
        e = client_ask(client, &(struct client_request){.method = "GET", .path = (const char *)path.at}, ret, why);
        struct span state = is_err(e) ? SPAN("") : json_get_string(&ret->json, "state");
        if (span_is(state, "sent") || span_is(state, "failed")) break;
        (void)nanosleep(&(struct timespec){.tv_sec = TEST_WAIT_S}, NULL);
    }
    client_close(client);
    return e;
}

static int mail_test_run(const struct call *call) {
    struct arena arena;
    struct client_answer answer = {0};
    struct why why = {0};
    arena_init(&arena, 8 * (size_t)LIMIT_JSON_BYTES);
    struct err e = mail_try(call, &arena, &answer, &why);
    int code = is_err(e) ? call_fail(call, e, &why) : answer.status >= 400 ? client_refused(call, &answer) : EXIT_DONE;
    if (code == EXIT_DONE && call_has(call, "--json")) {
        print_span(answer.body);
    } else if (code == EXIT_DONE) {
        print_delivery(&answer.json);
    }
    if (code == EXIT_DONE) {
        (void)putchar('\n');
        if (!span_is(json_get_string(&answer.json, "state"), "sent")) code = EXIT_NO;
    }
    arena_fini(&arena);
    return code;
}

static const struct option MAIL_TEST_OPTIONS[] = {
    CLIENT_OPTIONS,
    {NULL, NULL, NULL},
};
const struct command mail_test_command = {
    .name = "mail test",
    .arguments = "ADDRESS",
    .summary = "Have the node send a test message, and say what became of it",
    .help = "For administrators. Waits half a minute at most. Exit code 1 where it was not sent.",
    .options = MAIL_TEST_OPTIONS,
    .run = mail_test_run,
};
