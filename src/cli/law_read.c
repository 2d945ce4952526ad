// SPDX-License-Identifier: EUPL-1.2
/* varde law show, varde law diff: what a pack holds on a day, and what one has instead of, besides or without another. */
#include "cli/commands.h"
#include "cli/packs.h"
#include "cli/print.h"
#include "law/pack_rows.h"
#include "os/clock.h"

enum { TEXT_BYTES = 64 * 1024 * 1024 };

struct reading {
    const struct call *call;
    struct packs packs;
    struct span lang;
    struct civil at, then;
    struct buf text;
    struct json_out out;
    bool is_json;
};

// Exit code of a misuse, or EXIT_DONE.
static int reading_open(struct reading *r, const struct call *call, bool has_then) {
    const char *at = call_option(call, "--at"), *then = has_then ? call_option(call, "--then") : NULL;
    *r = (struct reading){.call = call, .is_json = call_has(call, "--json"), .at = wall_at(clock_now_ms(), 0).date};
    r->lang = call_has(call, "--lang") ? span_of(call_option(call, "--lang")) : SPAN("en");
    if (at != NULL && !civil_parse(span_of(at), &r->at)) return call_misuse(call, "--at %s is no date like 2026-11-22", at);
    r->then = r->at;
    if (then != NULL && !civil_parse(span_of(then), &r->then)) return call_misuse(call, "--then %s is no date like 2026-11-22", then);
    struct why why = {0};
    struct err e = packs_open(&r->packs, call_option(call, "--law"), &why);
    if (is_err(e)) return call_fail(call, e, &why);
    buf_init(&r->text, NULL, TEXT_BYTES);
    json_out_init(&r->out, &r->text);
    return EXIT_DONE;
}

static int reading_close(struct reading *r, struct err e) {
    if (r->text.is_failed) e = err_make(ERR_MEMORY);
    if (!is_err(e) && r->is_json) buf_add_byte(&r->text, '\n');
    if (!is_err(e)) print_span(buf_span(&r->text));
    int code = is_err(e) ? call_fail(r->call, e, NULL) : EXIT_DONE;
    buf_fini(&r->text);
    packs_close(&r->packs);
    return code;
}

static const struct pack *pack_named(struct reading *r, size_t argument) {
    const char *name = call_argument(r->call, argument);
    const struct pack *pack = law_pack(r->packs.law, span_of(name));
    if (pack == NULL) (void)fprintf(stderr, "varde law: there is no pack %s (varde law list names them)\n", name);
    return pack;
}

static int law_show_run(const struct call *call) {
    struct reading r;
    struct pack_rows rows;
    int code = reading_open(&r, call, false);
    if (code != EXIT_DONE) return code;
    const struct pack *pack = pack_named(&r, 0);
    if (pack == NULL) {
        (void)reading_close(&r, err_none());
        return EXIT_NO;
    }
    struct err e = pack_rows_read(pack, r.at, &r.packs.arena, &rows);
    if (!is_err(e) && r.is_json) pack_write_json(&r.out, r.packs.law, pack, r.at, &rows, r.lang, &r.packs.arena);
    else if (!is_err(e)) pack_write_text(&r.text, r.packs.law, pack, r.at, &rows, r.lang, &r.packs.arena);
    return reading_close(&r, e);
}

static int law_diff_run(const struct call *call) {
    struct reading r;
    struct pack_comparison comparison;
    if (call->argument_count == 1 && !call_has(call, "--then")) return call_misuse(call, "one pack is compared with itself on another day: give --then DATE");
    int code = reading_open(&r, call, true);
    if (code != EXIT_DONE) return code;
    const struct pack *before = pack_named(&r, 0), *after = call->argument_count > 1 ? pack_named(&r, 1) : before;
    if (before == NULL || after == NULL) {
        r.is_json = false;
        (void)reading_close(&r, err_none());
        return EXIT_NO;
    }
    struct err e = packs_compare(r.packs.law, before, r.at, after, r.then, &r.packs.arena, &comparison);
    if (!is_err(e) && r.is_json) comparison_write_json(&r.out, &comparison, r.lang, &r.packs.arena);
    else if (!is_err(e)) comparison_write_text(&r.text, &comparison, r.lang, &r.packs.arena);
    return reading_close(&r, e);
}

static const struct option LAW_SHOW_OPTIONS[] = {
    {"--at", "DATE", "the rows of this day instead of today's"},
    {"--lang", "LANG", "language of the words, where the packs have it (default: en)"},
    {"--law", "DIR", "use the packs in this directory instead of those built in"},
    {"--json", NULL, "answer in JSON"},
    {NULL, NULL, NULL},
};
const struct command law_show_command = {
    .name = "law show",
    .arguments = "PACK",
    .summary = "Show what a law pack holds on a day, row by row",
    .help = "PACK is one of varde law list, for example national/be. Each row with its article and how sure we are of it; a cell that\n"
            "is not known says unknown. A state that has not transposed the Directive says so first.",
    .options = LAW_SHOW_OPTIONS,
    .run = law_show_run,
};

static const struct option LAW_DIFF_OPTIONS[] = {
    {"--at", "DATE", "the rows of the first pack on this day instead of today's"},
    {"--then", "DATE", "the rows of the second pack on this day (default: the day of --at)"},
    {"--lang", "LANG", "language of the words, where the packs have it (default: en)"},
    {"--law", "DIR", "use the packs in this directory instead of those built in"},
    {"--json", NULL, "answer in JSON"},
    {NULL, NULL, NULL},
};
const struct command law_diff_command = {
    .name = "law diff",
    .arguments = "PACK [PACK]",
    .summary = "Say what a pack has instead of, besides or without another",
    .help = "For example varde law diff eu/nis2 national/de: what the state has instead of the Union's rows, besides them, or without;\n"
            "row by row, with articles. Two states are compared row with row. One pack with --at and --then: what changed between\n"
            "two days. A proposal (a pack without date) is shown against the pack that it amends, and says that it is no law.",
    .options = LAW_DIFF_OPTIONS,
    .run = law_diff_run,
};
