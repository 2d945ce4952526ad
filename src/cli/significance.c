// SPDX-License-Identifier: EUPL-1.2
/* varde significance: does an incident indicate that it is significant, by which criterion, from when. Asks no node. */
#include "base/limits.h"
#include "cli/commands.h"
#include "cli/packs.h"
#include "cli/print.h"
#include "law/grid.h"
#include "os/clock.h"

enum { ANSWER_BYTES = 4 * 1024 * 1024 };

static struct err answer_write(const struct call *call, const struct law *law, struct arena *arena, struct civil at, struct buf *text, struct why *why) {
    struct span state = span_of(call_option(call, "--state")), lang = call_has(call, "--lang") ? span_of(call_option(call, "--lang")) : SPAN("en");
    const struct zone *zone;
    TRY(packs_zone(call, law, arena, &zone, why));
    struct json facts;
    struct grid_answer answer;
    TRY(input_read_json(arena, call_argument(call, 0), &facts, why));
    TRY(grid_answer_make(law, &facts, state, zone, at, clock_now_ms(), arena, &answer, why));
    if (!call_has(call, "--json")) {
        grid_write_text(text, &answer, lang);
        return err_none();
    }
    struct json_out out;
    json_out_init(&out, text);
    grid_write_json(&out, &answer, lang);
    buf_add_byte(text, '\n');
    return err_none();
}

static int significance_run(const struct call *call) {
    return packs_answer_run(call, (size_t)LIMIT_REQUEST_ARENA_BYTES, ANSWER_BYTES, answer_write);
}

static const struct option SIGNIFICANCE_OPTIONS[] = {
    {"--state", "XX", "the state where the entity is established: its zone, and its own criteria beside the Union's"},
    {"--at", "DATE", "the law of this day instead of today's"},
    {"--lang", "LANG", "language of the words, where the packs have it (default: en)"},
    {"--law", "DIR", "use the packs in this directory instead of those built in"},
    {"--json", NULL, "answer in JSON"},
    {NULL, NULL, NULL},
};
const struct command significance_command = {
    .name = "significance",
    .arguments = "FACTS",
    .summary = "Say whether an incident indicates that it is significant, by which criterion, from when",
    .help = "FACTS is a file with one JSON object (- is standard input), for example\n"
            "{\"types\":[\"DI_CLOUD\"],\"users_eu\":100000,\"episodes\":[{\"effect\":\"unavailable\",\"users_affected\":900,\n"
            "\"from\":\"2026-11-22T03:00:00+01:00\",\"to\":\"2026-11-22T03:40:00+01:00\"}]}. doc/significance.md names the facts.\n\n"
            "The answer is guidance on these facts, not a decision: each criterion with its article, met, not met or open, and\n"
            "what would settle it. One may file in any case. Nothing is sent anywhere. Exit code 0: there is an answer.",
    .options = SIGNIFICANCE_OPTIONS,
    .run = significance_run,
};
