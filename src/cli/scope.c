// SPDX-License-Identifier: EUPL-1.2
/* varde scope: does the law apply, as what, why; for one set of facts or a whole register. Asks no node. */
#include "base/limits.h"
#include "cli/commands.h"
#include "cli/packs.h"
#include "cli/print.h"
#include "law/register_csv.h"
#include "law/scope.h"
#include "os/clock.h"

enum { REGISTER_BYTES = 256 * 1024 * 1024, ANSWER_BYTES = 4 * 1024 * 1024 };

struct question {
    struct span state, lang;
    struct civil at;
    bool is_json;
};

static int answer_facts(const struct call *call, const struct law *law, const struct question *question, struct arena *arena) {
    struct json facts;
    struct why why = {0};
    struct err e = input_read_json(arena, call_argument(call, 0), &facts, &why);
    struct scope_answer answer;
    if (!is_err(e)) e = scope_answer_make(law, &facts, question->state, question->at, arena, &answer, &why);
    if (is_err(e)) return call_fail(call, e, &why);
    struct buf text;
    buf_init(&text, arena, ANSWER_BYTES);
    if (question->is_json) {
        struct json_out out;
        json_out_init(&out, &text);
        scope_write_json(&out, &answer, question->lang);
        buf_add_byte(&text, '\n');
    } else {
        scope_write_text(&text, &answer, question->lang);
    }
    if (text.is_failed) return call_fail(call, err_make(ERR_MEMORY), NULL);
    print_span(buf_span(&text));
    return EXIT_DONE;
}

static int answer_register(const struct call *call, const struct law *law, const struct question *question, struct arena *arena) {
    struct span csv;
    struct why why = {0};
    struct err e = input_read(arena, call_option(call, "--csv"), REGISTER_BYTES, &csv, &why);
    struct buf out;
    buf_init(&out, NULL, REGISTER_BYTES);
    struct register_counts counts = {0};
    if (!is_err(e)) e = register_classify_csv(law, csv, question->state, question->at, &out, &counts, &why);
    if (is_err(e)) {
        buf_fini(&out);
        return call_fail(call, e, &why);
    }
    if (!question->is_json) print_span(buf_span(&out));
    buf_fini(&out);
    FILE *to = question->is_json ? stdout : stderr;
    if (question->is_json) (void)fprintf(to, "{\"lines\":%zu,\"errors\":%zu", counts.lines, counts.errors);
    else (void)fprintf(to, "%zu lines, %zu with errors", counts.lines, counts.errors);
    for (int class = 0; class <= (int)ENTITY_UNDETERMINED; class++)
        (void)fprintf(to, question->is_json ? ",\"%s\":%zu" : "; %s %zu", entity_class_name((enum entity_class)class),
                      counts.by_class[class]);
    (void)fputs(question->is_json ? "}\n" : "\n", to);
    return counts.errors == 0 ? EXIT_DONE : EXIT_NO;
}

static int scope_run(const struct call *call) {
    const char *csv = call_option(call, "--csv"), *at = call_option(call, "--at");
    if ((csv != NULL) == (call->argument_count == 1)) return call_misuse(call, "give FACTS or --csv FILE");
    struct question question = {
        .state = span_of(call_option(call, "--state")),
        .lang = call_has(call, "--lang") ? span_of(call_option(call, "--lang")) : SPAN("en"),
        .at = wall_at(clock_now_ms(), 0).date,
        .is_json = call_has(call, "--json"),
    };
    if (at != NULL && !civil_parse(span_of(at), &question.at)) return call_misuse(call, "--at %s is no date like 2026-11-22", at);
    struct packs packs;
    struct why why = {0};
    struct err e = packs_open(&packs, call_option(call, "--law"), &why);
    if (is_err(e)) return call_fail(call, e, &why);
    struct arena arena;
    arena_init(&arena, csv != NULL ? 2 * (size_t)REGISTER_BYTES : (size_t)LIMIT_REQUEST_ARENA_BYTES);
    int code = csv != NULL ? answer_register(call, packs.law, &question, &arena) : answer_facts(call, packs.law, &question, &arena);
    arena_fini(&arena);
    packs_close(&packs);
    return code;
}

static const struct option SCOPE_OPTIONS[] = {
    {"--state", "XX", "the state whose law is asked for, where the facts name none (Greece is EL)"},
    {"--at", "DATE", "the law of this day instead of today's"},
    {"--lang", "LANG", "language of the words, where the packs have it (default: en)"},
    {"--csv", "FILE", "classify a register: first line names the facts, one organisation a line; - is standard input"},
    {"--law", "DIR", "use the packs in this directory instead of those built in"},
    {"--json", NULL, "answer in JSON (with --csv: the counts)"},
    {NULL, NULL, NULL},
};
const struct command scope_command = {
    .name = "scope",
    .arguments = "[FACTS]",
    .summary = "Say whether the law applies to an organisation, as what, and why",
    .help = "FACTS is a file with one JSON object (- is standard input), for example\n"
            "{\"state\":\"BE\",\"types\":[\"EN_EL_DSO\"],\"staff\":\"120\",\"turnover\":\"30000000\"}. The names of facts\n"
            "stand in law/eu/nis2/facts.yaml.\n\n"
            "The answer is guidance on these facts, not a decision: in, out or undetermined, the class, each rule with its\n"
            "article, which facts decided, what would change the answer, what is left to the state, whose law it is and whom\n"
            "to ask. Nothing is sent anywhere. Exit code 0: there is an answer.",
    .options = SCOPE_OPTIONS,
    .run = scope_run,
};
