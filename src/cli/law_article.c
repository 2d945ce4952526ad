// SPDX-License-Identifier: EUPL-1.2
/* varde law article: which rows of the law cite an article, and where they stand. */
#include "cli/commands.h"
#include "cli/packs.h"
#include "cli/print.h"
#include "law/cited.h"

enum { ANSWER_BYTES = 8 * 1024 * 1024 };

static void articles_print(const struct json *answer) {
    const struct json *articles = json_get(answer, "articles");
    for (size_t i = 0; articles != NULL && i < articles->count; i++) {
        const struct json *row = &articles->items[i];
        (void)printf("%-4.*s %-72.*s %5lld\n", SPAN_FMT(json_get_string(row, "place")), SPAN_FMT(json_get_string(row, "label")), (long long)json_get_int(row, "count", 0));
    }
}

static void rows_print(const struct json *answer) {
    const struct json *places = json_get(answer, "places"), *rows = json_get(answer, "rows");
    for (size_t i = 0; places != NULL && i < places->count; i++)
        (void)printf("%.*s: %.*s\n", SPAN_FMT(json_get_string(&places->items[i], "place")), SPAN_FMT(json_get_string(&places->items[i], "label")));
    for (size_t i = 0; rows != NULL && i < rows->count; i++) {
        const struct json *row = &rows->items[i];
        (void)printf("  %.*s/%.*s:%lld: %.*s [%.*s]\n", SPAN_FMT(json_get_string(row, "pack")), SPAN_FMT(json_get_string(row, "file")), (long long)json_get_int(row, "line", 0),
                     SPAN_FMT(json_get_string(row, "row")), SPAN_FMT(json_get_string(row, "article")));
        if (json_get_string(row, "label").len > 0) (void)printf("      %.*s\n", SPAN_FMT(json_get_string(row, "label")));
    }
    (void)printf("%lld rows\n", (long long)json_get_int(answer, "count", 0));
}

static struct err answer_print(struct span text, bool is_list, struct why *why) {
    struct json answer;
    struct arena arena;
    arena_init(&arena, 16 * (size_t)ANSWER_BYTES);
    struct err e = json_parse_within(&arena, text, ANSWER_BYTES, &answer, why);
    if (!is_err(e) && is_list) articles_print(&answer);
    else if (!is_err(e)) rows_print(&answer);
    arena_fini(&arena);
    return e;
}

static int law_article_run(const struct call *call) {
    struct packs packs;
    struct why why = {0};
    struct err e = packs_open(&packs, call_option(call, "--law"), &why);
    if (is_err(e)) return call_fail(call, e, &why);
    const char *cite = call_argument(call, 0);
    struct span lang = call_has(call, "--lang") ? span_of(call_option(call, "--lang")) : SPAN("en");
    struct span state = call_has(call, "--state") ? span_of(call_option(call, "--state")) : SPAN("");
    struct buf text;
    struct json_out out;
    buf_init(&text, NULL, ANSWER_BYTES);
    json_out_init(&out, &text);
    e = law_cited_write(&out, packs.law, state, cite != NULL ? span_of(cite) : SPAN(""), lang, &why);
    if (!is_err(e) && text.is_failed) e = err_make(ERR_MEMORY);
    if (!is_err(e) && call_has(call, "--json")) (void)printf("%.*s\n", SPAN_FMT(buf_span(&text)));
    else if (!is_err(e)) e = answer_print(buf_span(&text), cite == NULL, &why);
    int code = is_err(e) ? call_fail(call, e, &why) : EXIT_DONE;
    buf_fini(&text);
    packs_close(&packs);
    return code;
}

static const struct option LAW_ARTICLE_OPTIONS[] = {
    {"--state", "XX", "of the states' packs only this one's"},
    {"--lang", "LANG", "language of the labels, where the packs have it (default: en)"},
    {"--law", "DIR", "use the packs in this directory instead of those built in"},
    {"--json", NULL, "answer in JSON"},
    {NULL, NULL, NULL},
};
const struct command law_article_command = {
    .name = "law article",
    .arguments = "[CITATION]",
    .summary = "List the rows of the law that cite an article",
    .help = "CITATION is as rows write it, with its act or without (the Directive's): every document, field, duty, rule and clock that\n"
            "rests on the place or on anything in it, with file and line. Without a citation: the articles of the Directive, what\n"
            "each is about, and how many rows cite it.",
    .options = LAW_ARTICLE_OPTIONS,
    .run = law_article_run,
};
