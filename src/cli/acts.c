// SPDX-License-Identifier: EUPL-1.2
/* varde acts: which other acts one incident touches, who asks what by when. Asks no node, notifies nobody. */
#include "law/acts.h"

#include "base/limits.h"
#include "cli/commands.h"
#include "cli/packs.h"
#include "cli/print.h"
#include "law/amend.h"

enum { ANSWER_BYTES = 4 * 1024 * 1024, CHOSEN_MAX = 16 };

// The law in force, or as --proposal would make it.
static struct err law_of(const struct call *call, const struct law *law, struct arena *arena, const struct law **ret, struct why *why) {
    const char *name = call_option(call, "--proposal");
    struct law_choice chosen[CHOSEN_MAX];
    size_t count = 0, at = 0;
    *ret = law;
    if (name == NULL) return err_none();
    const struct pack *proposal = law_pack(law, span_of(name));
    if (proposal == NULL) return why_set(why, ERR_INPUT, "--proposal", "law.pack", NULL, "there is no pack %s (varde law list names them)", name);
    for (const char *text = call_option_next(call, "--choose", &at); text != NULL && count < CHOSEN_MAX; text = call_option_next(call, "--choose", &at)) {
        size_t equals = span_find(span_of(text), '=', 0);
        chosen[count++] = (struct law_choice){span_part(span_of(text), 0, equals), span_part(span_of(text), equals + 1, strlen(text))};
    }
    return law_amend(law, proposal, chosen, count, arena, ret, why);
}

static struct err answer_write(const struct call *call, const struct law *law, struct arena *arena, struct civil at, struct buf *text, struct why *why) {
    struct span state = span_of(call_option(call, "--state")), lang = call_has(call, "--lang") ? span_of(call_option(call, "--lang")) : SPAN("en");
    const struct zone *zone;
    const struct law *asked;
    struct json_out out;
    json_out_init(&out, text);
    TRY(law_of(call, law, arena, &asked, why));
    if (call->argument_count == 0) {
        acts_write_facts(&out, asked, lang, arena);
        buf_add_byte(text, '\n');
        return err_none();
    }
    TRY(packs_zone(call, law, arena, &zone, why));
    struct json facts;
    const struct acts_answer *answer;
    TRY(input_read_json(arena, call_argument(call, 0), &facts, why));
    TRY(acts_answer_make(asked, &facts, NULL, NULL, state, zone, at, arena, &answer, why));
    if (!call_has(call, "--json")) {
        acts_write_text(text, answer, lang);
        return err_none();
    }
    acts_write_json(&out, answer, lang);
    buf_add_byte(text, '\n');
    return err_none();
}

static int acts_run(const struct call *call) {
    if ((call->argument_count == 1) == call_has(call, "--facts")) return call_misuse(call, "give FACTS, or --facts alone");
    return packs_answer_run(call, 2 * (size_t)LIMIT_PACK_ARENA_BYTES, ANSWER_BYTES, answer_write);
}

static const struct option ACTS_OPTIONS[] = {
    {"--state", "XX", "the state where the entity is established: its zone and its clocks"},
    {"--at", "DATE", "the law of this day instead of today's"},
    {"--proposal", "PACK", "as this proposal would make it, for example eu/com-2025-837; not law"},
    {"--choose", "NAME=VALUE", "with --proposal: a reading of what is not settled; may be repeated"},
    {"--facts", NULL, "list what can be said about an incident, in JSON"},
    {"--lang", "LANG", "language of the words, where the packs have it (default: en)"},
    {"--law", "DIR", "use the packs in this directory instead of those built in"},
    {"--json", NULL, "answer in JSON, with the fields of each act"},
    {NULL, NULL, NULL},
};
const struct command acts_command = {
    .name = "acts",
    .arguments = "[FACTS]",
    .summary = "Say which other acts one incident touches, and who asks what by when",
    .help = "FACTS is a file with one JSON object (- is standard input), for example\n"
            "{\"types\":[\"DI_TSP\"],\"nis2_class\":\"essential\",\"significant\":true,\"trust_service_affected\":true,\"tsp_qualified\":true,\n"
            "\"occurred_at\":\"2026-11-22T08:00:00+01:00\",\"aware_at\":\"2026-11-22T20:00:00+01:00\"}.\n\n"
            "Each act applies, doesn't, or is open and names the facts that would settle it; due times are computed. A fact that is not\n"
            "given is unknown, not \"no\". This notifies nobody: each act has its own receiver.",
    .options = ACTS_OPTIONS,
    .run = acts_run,
};
