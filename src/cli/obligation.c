// SPDX-License-Identifier: EUPL-1.2
/* varde obligations: what the state owes again and again. */
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/print.h"

static void print_part(struct span text, int width) {
    (void)printf("%-*.*s ", width, text.len > 200 ? 200 : (int)text.len, text.len > 0 ? (const char *)text.at : "");
}

static void print_period(const struct json *period) {
    struct span due = json_get_string(period, "due_on"), done = json_get_string(period, "done_at");
    int64_t asked = json_get_int(period, "asked", -1);
    (void)fputs("    ", stdout);
    print_part(due.len > 0 ? due : json_get_string(period, "due"), 21);
    print_part(json_get_string(period, "status"), 14);
    print_part(json_get_string(period, "case"), 17);
    if (asked >= 0) (void)printf("%lld of %lld confirmed", (long long)json_get_int(period, "confirmed", 0), (long long)asked);
    if (done.len > 0) (void)printf("done %.*s %.*s", SPAN_FMT(done), SPAN_FMT(json_get_string(period, "filing")));
    (void)putchar('\n');
}

static void print_obligations(const struct json *answer) {
    const struct json *rows = json_get(answer, "obligations");
    for (size_t i = 0; rows != NULL && i < rows->count; i++) {
        const struct json *periods = json_get(&rows->items[i], "periods"), *owner = json_get(&rows->items[i], "owner");
        print_part(json_get_string(&rows->items[i], "obligation"), 22);
        print_part(owner != NULL && owner->count > 0 ? owner->items[0].string : SPAN("elsewhere"), 10);
        print_part(json_get_string(&rows->items[i], "article"), 24);
        print_part(json_get_string(&rows->items[i], "label"), 0);
        (void)putchar('\n');
        for (size_t k = 0; periods != NULL && k < periods->count; k++) print_period(&periods->items[k]);
    }
}

static int obligations_run(const struct call *call) {
    return client_run(call, &(struct client_request){.method = "GET", .path = "/api/v1/obligations"}, print_obligations);
}

static const struct option OBLIGATIONS_OPTIONS[] = {
    CLIENT_OPTIONS,
    {NULL, NULL, NULL},
};
const struct command obligations_command = {
    .name = "obligations",
    .arguments = "",
    .summary = "Show what the state owes again and again, and what became of it",
    .help = "One line an obligation: name, who owes it, the article. Below it the periods that were opened: due,\n"
            "status, case, when and by which filing it was fulfilled. \"elsewhere\" is owed by a body that is no office\n"
            "of this node; where an office follows it up, the periods are its.",
    .options = OBLIGATIONS_OPTIONS,
    .run = obligations_run,
};
