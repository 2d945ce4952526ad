// SPDX-License-Identifier: EUPL-1.2
/* varde ceiling: how high a fine may be at most. Asks no node, suggests no amount. */
#include "base/limits.h"
#include "cli/commands.h"
#include "cli/packs.h"
#include "law/ceiling.h"
#include "law/pack.h"

static void facts_write(const struct call *call, struct buf *text) {
    struct json_out out;
    json_out_init(&out, text);
    json_out_object(&out);
    json_out_name(&out, "subject");
    json_out_object(&out);
    json_out_member_text(&out, "class", call_argument(call, 0));
    json_out_object_end(&out);
    json_out_name(&out, "figures");
    json_out_object(&out);
    if (call_has(call, "--turnover")) json_out_member_text(&out, "turnover", call_option(call, "--turnover"));
    json_out_object_end(&out);
    json_out_object_end(&out);
}

static void member_print(struct buf *text, const struct json *row, const char *name, const char *before, const char *after) {
    struct span value = json_get_string(row, name);
    if (value.len > 0) buf_printf(text, "%s%.*s%s\n", before, SPAN_FMT(value), after);
}

static void row_print(struct buf *text, const struct json *row) {
    bool is_at_least = json_get_bool(row, "is_at_least", false);
    buf_printf(text, "%.*s\n", SPAN_FMT(json_get_string(row, "label")));
    if (json_get_bool(row, "is_barred", false)) member_print(text, row, "none_before", "  none may be imposed before ", "");
    member_print(text, row, "maximum", is_at_least ? "  maximum: at least " : "  maximum: ", " euro");
    if (json_get_string(row, "maximum").len == 0) buf_add_text(text, "  maximum: the turnover is needed (--turnover)\n");
    member_print(text, row, "amount", "  fixed amount: ", " euro");
    member_print(text, row, "share", "  share of the turnover: ", " euro");
    if (json_get_int(row, "per_mille", 0) > 0) buf_printf(text, "  share: %lld per mille, whichever is higher\n", (long long)json_get_int(row, "per_mille", 0));
    member_print(text, row, "share_above", "  the share counts only above ", " euro of turnover");
    member_print(text, row, "minimum", "  minimum: ", " euro");
    if (is_at_least) buf_add_text(text, "  the state's own maximum may be higher\n");
    member_print(text, row, "article", "  ", "");
    member_print(text, row, "source", "  source: ", "");
    member_print(text, row, "certainty", "  certainty: ", "");
}

static struct err answer_write(const struct call *call, const struct law *law, struct arena *arena, struct civil at, struct buf *text, struct why *why) {
    struct ceiling_question question = {.law = law, .at = at, .state = call_has(call, "--state") ? span_of(call_option(call, "--state")) : SPAN("")};
    struct buf facts, answer;
    struct json_out out;
    struct json asked, answered;
    if (question.state.len > 0 && law_pack_of_state(law, question.state) == NULL)
        return why_set(why, ERR_INPUT, "--state", "law.state", "", "there is no Member State %.*s", SPAN_FMT(question.state));
    if (call_has(call, "--lang")) question.lang = span_of(call_option(call, "--lang"));
    buf_init(&facts, arena, LIMIT_JSON_BYTES);
    buf_init(&answer, arena, LIMIT_JSON_BYTES);
    facts_write(call, &facts);
    TRY(json_parse(arena, buf_span(&facts), &asked, why));
    json_out_init(&out, &answer);
    TRY(ceiling_answer_json(&question, &asked, arena, &out, why));
    if (answer.is_failed) return err_make(ERR_MEMORY);
    if (call_has(call, "--json")) {
        buf_add(text, buf_span(&answer));
        buf_add_byte(text, '\n');
        return err_none();
    }
    TRY(json_parse(arena, buf_span(&answer), &answered, why));
    const struct json *rows = json_get(&answered, "ceilings");
    for (size_t i = 0; i < rows->count; i++) row_print(text, &rows->items[i]);
    if (rows->count == 0) buf_add_text(text, "The packs have no ceiling for this class.\n");
    return err_none();
}

static int ceiling_run(const struct call *call) {
    return packs_answer_run(call, (size_t)LIMIT_REQUEST_ARENA_BYTES, LIMIT_JSON_BYTES, answer_write);
}

static const struct option CEILING_OPTIONS[] = {
    {"--turnover", "EURO", "total worldwide annual turnover of the undertaking in the preceding financial year"},
    {"--state", "XX", "the state whose law applies; without it the Directive's rows alone"},
    {"--at", "DATE", "the law of this day instead of today's"},
    {"--lang", "LANG", "language of labels, where the packs have it (default: en)"},
    {"--law", "DIR", "use the packs in this directory instead of those built in"},
    {"--json", NULL, "answer in JSON"},
    {NULL, NULL, NULL},
};
const struct command ceiling_command = {
    .name = "ceiling",
    .arguments = "CLASS",
    .summary = "Say how high a fine may be at most, exactly",
    .help = "CLASS is essential or important. The ceiling is the higher of a fixed amount and a share of the turnover, rounded down to\n"
            "the cent, as the packs' ceilings.yaml has it. No amount is suggested: a person decides on it, with reasons.",
    .options = CEILING_OPTIONS,
    .run = ceiling_run,
};
