// SPDX-License-Identifier: EUPL-1.2
/* varde law check, varde law list: the packs, proved and listed. */
#include "cli/commands.h"
#include "cli/packs.h"
#include "cli/print.h"
#include "law/check.h"
#include "law/find.h"
#include "law/text.h"

enum { REPORT_BYTES = 16 * 1024 * 1024 };

// The directory named, or the packs built in with those of --own: DIR holds national/xx.
static struct err check_open(const struct call *call, struct packs *packs, struct why *why) {
    const char *own = call_option(call, "--own");
    struct span state = span_of(call_option(call, "--state"));
    if (own == NULL) return packs_open(packs, call_argument(call, 0), why);
    if (state.len != 2) return why_set(why, ERR_INPUT, "--state", "law.own", "", "--own needs --state: own law is of one state");
    return packs_open_own(packs, own, state, why);
}

static int law_check_run(const struct call *call) {
    struct packs packs;
    struct why why = {0};
    struct err e = check_open(call, &packs, &why);
    if (is_err(e)) {
        int code = call_fail(call, e, &why);
        return e.code == ERR_INPUT ? EXIT_NO : code; // a pack that can't be read is not in order
    }
    struct buf report;
    buf_init(&report, NULL, REPORT_BYTES);
    size_t findings = 0;
    e = law_check(packs.law, &report, &findings);
    int code = findings == 0 ? EXIT_DONE : EXIT_NO;
    if (is_err(e) || report.is_failed) {
        code = call_fail(call, is_err(e) ? e : err_make(ERR_MEMORY), &why);
    } else if (call_has(call, "--json")) {
        struct buf text;
        buf_init(&text, NULL, 2 * (size_t)REPORT_BYTES);
        struct json_out out;
        json_out_init(&out, &text);
        json_out_object(&out);
        json_out_member_int(&out, "findings", (int64_t)findings);
        json_out_member_string(&out, "report", buf_span(&report));
        json_out_object_end(&out);
        buf_add_byte(&text, '\n');
        print_span(buf_span(&text));
        buf_fini(&text);
    } else {
        print_span(buf_span(&report));
    }
    buf_fini(&report);
    packs_close(&packs);
    return code;
}

static const struct option LAW_CHECK_OPTIONS[] = {
    {"--json", NULL, "answer in JSON"},
    {"--own", "DIR", "the packs built in with the state's own law in DIR, as law: of varde.yaml adds it"},
    {"--state", "XX", "whose own law it is"},
    {NULL, NULL, NULL},
};
static const struct option LAW_LIST_OPTIONS[] = {
    {"--json", NULL, "answer in JSON"},
    {NULL, NULL, NULL},
};
const struct command law_check_command = {
    .name = "law check",
    .arguments = "[DIR]",
    .summary = "Prove the law packs: complete, unambiguous, every rule sourced",
    .help = "Checks the packs built in, or those of a directory laid out like law/. Each finding names file and line; exit\n"
            "code 1 where there is one. Tables are proved over all combinations of their facts on every date.",
    .options = LAW_CHECK_OPTIONS,
    .run = law_check_run,
};

static void list_row(struct buf *text, struct json_out *out, const struct pack *pack, bool is_json, struct arena *arena) {
    struct span from = pack->has_from ? civil_text(arena, pack->from) : span_make(NULL, 0);
    if (!is_json) {
        buf_printf(text, "%-22.*s %-10.*s %-11.*s ", SPAN_FMT(pack->id), SPAN_FMT(pack->version), SPAN_FMT(from));
        buf_add_hex(text, span_make(pack->hash.bytes, 6));
        buf_printf(text, "  %.*s\n", SPAN_FMT(pack->title));
        return;
    }
    struct buf hash;
    buf_init(&hash, arena, 2 * HASH_BYTES);
    buf_add_hex(&hash, hash_span(&pack->hash));
    json_out_object(out);
    json_out_member_string(out, "id", pack->id);
    json_out_member_string(out, "title", pack->title);
    json_out_member_string(out, "version", pack->version);
    json_out_member_string(out, "from", from);
    json_out_member_int(out, "files", (int64_t)pack->file_count);
    json_out_member_string(out, "sha256", buf_span(&hash));
    json_out_object_end(out);
}

static int law_list_run(const struct call *call) {
    struct packs packs;
    struct why why = {0};
    struct err e = packs_open(&packs, call_argument(call, 0), &why);
    if (is_err(e)) return call_fail(call, e, &why);
    bool is_json = call_has(call, "--json");
    struct buf text;
    buf_init(&text, NULL, REPORT_BYTES);
    struct json_out out;
    json_out_init(&out, &text);
    if (is_json) json_out_array(&out);
    for (size_t i = 0; i < law_pack_count(packs.law); i++)
        list_row(&text, &out, law_pack_at(packs.law, i), is_json, &packs.arena);
    if (is_json) {
        json_out_array_end(&out);
        buf_add_byte(&text, '\n');
    }
    print_span(buf_span(&text));
    buf_fini(&text);
    packs_close(&packs);
    return EXIT_DONE;
}

const struct command law_list_command = {
    .name = "law list",
    .arguments = "[DIR]",
    .summary = "List the law packs with version, date and hash",
    .options = LAW_LIST_OPTIONS,
    .run = law_list_run,
};

static int law_words_run(const struct call *call) {
    struct packs packs;
    struct why why = {0};
    struct err e = packs_open(&packs, call_argument(call, 2), &why);
    if (is_err(e)) return call_fail(call, e, &why);
    struct span lang = span_of(call_argument(call, 1));
    const struct pack *pack = law_pack(packs.law, span_of(call_argument(call, 0)));
    struct buf text;
    size_t missing = 0, stale = 0;
    buf_init(&text, NULL, REPORT_BYTES);
    if (pack == NULL) e = why_set(&why, ERR_NOT_FOUND, "", "pack.unknown", "", "there is no pack %s; see varde law list", call_argument(call, 0));
    else if (!language_is_official(lang)) e = why_set(&why, ERR_INPUT, "", "words.language", "", "\"%s\" is not an official language", call_argument(call, 1));
    else e = words_missing(packs.law, pack, lang, &text, &missing, &stale);
    int code = missing + stale == 0 ? EXIT_DONE : EXIT_NO;
    if (is_err(e)) code = call_fail(call, e, &why);
    else print_span(buf_span(&text));
    buf_fini(&text);
    packs_close(&packs);
    return code;
}

static const struct option LAW_WORDS_OPTIONS[] = {
    {NULL, NULL, NULL},
};
const struct command law_words_command = {
    .name = "law words",
    .arguments = "PACK LANG [DIR]",
    .summary = "List the words that a pack lacks in a language, ready to fill",
    .help = "Writes the missing keys with their English texts as YAML, for words/TOPIC.LANG.yaml of the pack (eu/nis2 fr); then, as\n"
            "comments, keys without an English text and translations whose {placeholders} differ. Exit code 1 where there is one.",
    .options = LAW_WORDS_OPTIONS,
    .run = law_words_run,
};

static struct err print_found(struct span text, struct why *why) {
    struct json rows;
    struct arena arena;
    arena_init(&arena, 4 * REPORT_BYTES);
    struct err e = json_parse(&arena, text, &rows, why);
    for (size_t i = 0; !is_err(e) && i < rows.count; i++) {
        const struct json *row = &rows.items[i];
        struct span was = json_get_string(row, "was"), place = json_get_string(row, "key");
        (void)printf("%.*s\n    ", SPAN_FMT(json_get_string(row, "label")));
        if (was.len > 0) (void)printf("%.*s -> %.*s%s\n", SPAN_FMT(was), SPAN_FMT(json_get_string(row, "now")), json_get_string(row, "certainty").len > 0 ? " (not verified)" : "");
        else (void)printf("%.*s, %.*s\n", SPAN_FMT(place), SPAN_FMT(json_get_string(row, "pack")));
    }
    arena_fini(&arena);
    return e;
}

static int law_find_run(const struct call *call) {
    struct packs packs;
    struct why why = {0};
    struct err e = packs_open(&packs, NULL, &why);
    if (is_err(e)) return call_fail(call, e, &why);
    struct span lang = call_has(call, "--lang") ? span_of(call_option(call, "--lang")) : SPAN("en");
    struct buf text;
    struct json_out out;
    buf_init(&text, NULL, REPORT_BYTES);
    json_out_init(&out, &text);
    e = law_find_write(&out, packs.law, SPAN(""), span_of(call_argument(call, 0)), lang, &why);
    if (!is_err(e) && !call_has(call, "--json")) e = print_found(buf_span(&text), &why);
    else if (!is_err(e)) (void)printf("%.*s\n", SPAN_FMT(buf_span(&text)));
    int code = is_err(e) ? call_fail(call, e, &why) : EXIT_DONE;
    buf_fini(&text);
    packs_close(&packs);
    return code;
}

static const struct option LAW_FIND_OPTIONS[] = {
    {"--lang", "LANG", "language of the labels (default: en)"},
    {"--json", NULL, "print the answer as JSON"},
    {NULL, NULL, NULL},
};
const struct command law_find_command = {
    .name = "law find",
    .arguments = "WORDS",
    .summary = "Find a text of the law, an article, or what the first Directive called it",
    .help = "Looks in English, French and German for texts of the packs, and in the concordance for terms and articles of the first\n"
            "Directive, as the packs write them.",
    .options = LAW_FIND_OPTIONS,
    .run = law_find_run,
};
