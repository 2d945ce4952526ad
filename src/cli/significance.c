// SPDX-License-Identifier: EUPL-1.2
/* varde significance: does an incident indicate that it is significant, by which criterion, from when. Asks no node. */
#include "base/limits.h"
#include "cli/commands.h"
#include "cli/packs.h"
#include "cli/print.h"
#include "law/grid.h"
#include "os/clock.h"
#include "os/zone.h"

enum { ANSWER_BYTES = 4 * 1024 * 1024 };

static struct err answer_write(const struct call *call, const struct law *law, struct arena *arena, struct civil at, struct buf *text, struct why *why) {
    struct span state = span_of(call_option(call, "--state")), lang = call_has(call, "--lang") ? span_of(call_option(call, "--lang")) : SPAN("en");
    const struct zone *zone = NULL; // UTC where no state is named
    if (state.len > 0) {
        struct span name = law_zone(law, state);
        if (name.at == NULL) return why_set(why, ERR_INPUT, "--state", "law.state", "", "there is no Member State %.*s", SPAN_FMT(state));
        TRY(zone_load(arena, (const char *)name.at, &zone, why));
    }
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
    const char *day = call_option(call, "--at");
    struct civil at = wall_at(clock_now_ms(), 0).date;
    if (day != NULL && !civil_parse(span_of(day), &at)) return call_misuse(call, "--at %s is no date like 2026-11-22", day);
    struct packs packs;
    struct why why = {0};
    struct err e = packs_open(&packs, call_option(call, "--law"), &why);
    if (is_err(e)) return call_fail(call, e, &why);
    struct arena arena;
    struct buf text;
    arena_init(&arena, (size_t)LIMIT_REQUEST_ARENA_BYTES);
    buf_init(&text, &arena, ANSWER_BYTES);
    e = answer_write(call, packs.law, &arena, at, &text, &why);
    if (!is_err(e) && text.is_failed) e = err_make(ERR_MEMORY);
    int code = is_err(e) ? call_fail(call, e, &why) : EXIT_DONE;
    if (!is_err(e)) print_span(buf_span(&text));
    arena_fini(&arena);
    packs_close(&packs);
    return code;
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
