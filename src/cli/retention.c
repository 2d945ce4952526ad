// SPDX-License-Identifier: EUPL-1.2
/* varde retention: what the rules would have erased, when, and on which ground. It reads only. */
#include "base/limits.h"
#include "cli/commands.h"
#include "cli/packs.h"
#include "cli/print.h"
#include "os/clock.h"
#include "os/zone.h"
#include "role/config.h"
#include "service/retention.h"

enum { REPORT_ARENA_BYTES = 64 * 1024 * 1024, REPORT_BYTES = LIMIT_RECEIPT_BYTES, LIST_MAX = 1000 };

struct job {
    const struct call *call;
    struct arena *arena;
    struct retention_question question;
    struct why *why;
};

// The start of the day DATE in the zone, or FALLBACK where the option was not given.
static struct err day_option(struct job *job, const char *name, int64_t fallback, int64_t *ret) {
    const char *text = call_option(job->call, name);
    struct civil day;
    *ret = fallback;
    if (text == NULL) return err_none();
    if (!civil_parse(span_of(text), &day))
        return why_set(job->why, ERR_INPUT, name, "retention.date", NULL, "a day such as 2026-11-22 is expected");
    *ret = zone_day_start(job->question.zone, day);
    return err_none();
}

static struct err question_read(struct job *job) {
    struct retention_question *question = &job->question;
    const char *after = call_option(job->call, "--after");
    int64_t now_ms = clock_now_ms();
    TRY(day_option(job, "--at", now_ms, &question->now_ms));
    TRY(day_option(job, "--through", question->now_ms, &question->through_ms));
    question->after_seq = -1;
    question->list_max = LIST_MAX;
    if (after != NULL && !span_to_int(span_of(after), &question->after_seq))
        return why_set(job->why, ERR_INPUT, "--after", "retention.after", NULL, "a number is expected");
    return err_none();
}

static struct err ask(struct job *job, const char *database, struct buf *text) {
    struct store *store = NULL;
    struct store_conn *conn = NULL;
    struct json_out out;
    json_out_init(&out, text);
    TRY(store_open_as_is(database, &store, job->why));
    struct err e = store_connect(store, STORE_READ, &conn, job->why);
    if (!is_err(e)) e = retention_write_json(&out, conn, &job->question, job->arena, job->why);
    store_disconnect(conn);
    store_close(store);
    if (!is_err(e) && text->is_failed)
        e = why_set(job->why, ERR_MEMORY, NULL, "retention.memory", NULL, "no memory left for the report");
    return e;
}

static struct err answer(struct job *job, const struct config *config, const struct law *law) {
    struct buf text;
    struct json report;
    job->question.law = law;
    job->question.state = config->state;
    const char *zone = arena_text(job->arena, law_zone(law, config->state));
    if (zone != NULL && zone[0] != '\0') TRY(zone_load(job->arena, zone, &job->question.zone, job->why));
    TRY(question_read(job));
    buf_init(&text, job->arena, REPORT_BYTES);
    TRY(ask(job, config->database_file, &text));
    if (call_has(job->call, "--json")) {
        print_span(buf_span(&text));
        (void)putchar('\n');
        return err_none();
    }
    TRY(json_parse_within(job->arena, buf_span(&text), REPORT_BYTES, &report, job->why));
    print_readable(&report);
    return err_none();
}

static int retention_run(const struct call *call) {
    const char *data = call_option(call, "--data");
    if (data == NULL) return call_misuse(call, "--data is needed");
    struct arena arena;
    struct config config;
    struct packs packs;
    struct why why = {0};
    struct err e = config_load(data, &config, &why);
    if (is_err(e)) return call_fail(call, e, &why);
    arena_init(&arena, REPORT_ARENA_BYTES);
    struct job job = {.call = call, .arena = &arena, .why = &why};
    e = packs_open_own(&packs, config.law_dir, config.state, &why);
    if (!is_err(e)) {
        e = answer(&job, &config, packs.law);
        packs_close(&packs);
    }
    arena_fini(&arena);
    config_fini(&config);
    return is_err(e) ? call_fail(call, e, &why) : EXIT_DONE;
}

static const struct option RETENTION_OPTIONS[] = {
    {"--data", "DIR", "the node's data directory"},
    {"--at", "DATE", "as of that day; today"},
    {"--through", "DATE", "list also what falls due until then"},
    {"--after", "NUMBER", "go on after this place in the log, where the list was cut"},
    {"--json", NULL, "answer in JSON"},
    {NULL, NULL, NULL},
};
const struct command retention_command = {
    .name = "retention",
    .arguments = "",
    .summary = "Show what the rules of retention would have erased, and on which ground",
    .help = "How long filings are kept stands in the law packs (retention.yaml), a state's before the Union's. Where "
            "none sets a\n"
            "period, everything is kept. A case that still owes something is left alone. Nothing is erased here: an "
            "erasure is a\n"
            "filing that a person of the office makes.",
    .options = RETENTION_OPTIONS,
    .run = retention_run,
};
