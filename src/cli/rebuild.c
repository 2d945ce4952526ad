// SPDX-License-Identifier: EUPL-1.2
/* varde rebuild, varde law replay: living through the log again. */
#include "cli/commands.h"
#include "cli/offline.h"
#include "cli/print.h"
#include "os/file.h"
#include "service/archive.h"
#include "service/rebuild.h"

static void step(void *context, uint64_t done, uint64_t all) { progress_step(context, (size_t)done, (size_t)all); }

static int rebuild(const struct call *call) {
    struct offline offline;
    struct why why = {0};
    struct rebuild_report report = {0};
    struct progress progress;
    struct err e = offline_open(&offline, call_argument(call, 0), &why);
    progress_begin(&progress, "rebuild");
    if (!is_err(e)) e = rebuild_run(&offline.services, offline.conn, step, &progress, &report, &why);
    progress_end(&progress);
    offline_close(&offline);
    if (is_err(e)) return call_fail(call, e, &why);
    if (call_has(call, "--json")) (void)printf("{\"records\":%llu,\"erased_fields\":%llu}\n", (unsigned long long)report.records, (unsigned long long)report.erased_fields);
    else (void)printf("rebuilt from %llu records, each proved; %llu fields are erased\n", (unsigned long long)report.records, (unsigned long long)report.erased_fields);
    return EXIT_DONE;
}

static const struct option REBUILD_OPTIONS[] = {{"--json", NULL, "print one line of JSON"}, {NULL, NULL, NULL}};
const struct command rebuild_command = {
    .name = "rebuild",
    .arguments = "DIR",
    .summary = "Make the derived tables anew from the record, while no node runs",
    .help = "Reads every record of the log, checks it against its commitments, and applies its effects to empty tables: entities, cases, "
            "duties, filings, proposals, and the log's tree. Nothing is decided again. All or nothing: on the first record that does not "
            "prove itself nothing is changed.\n\n"
            "Not rebuilt, and therefore in every backup: persons' secrets, sessions, drafts, idempotency keys, deliveries, the "
            "reading log, attachments.",
    .options = REBUILD_OPTIONS,
    .run = rebuild,
};

// --- replay ---

// The law of --at-hash, from the archive, or the packs built in.
static struct err replay_law(const struct call *call, struct offline *offline, struct why *why) {
    const char *wanted = call_option(call, "--packs");
    if (wanted == NULL) return err_none();
    struct span bytes;
    struct hash hash;
    if (is_err(hex_decode(&offline->arena, span_of(wanted), &bytes)) || bytes.len != HASH_BYTES)
        return why_set(why, ERR_INPUT, "--packs", "replay.packs", "", "--packs takes the 64 hexadecimal digits of archived packs");
    memcpy(hash.bytes, bytes.at, HASH_BYTES);
    const struct embedded_file *files;
    size_t count;
    struct law *law;
    TRY(archive_get(offline->conn, &hash, &offline->arena, &files, &count, why));
    TRY(law_load(&offline->arena, files, count, &law, why));
    offline->services.law = law;
    return err_none();
}

// Lines of "INDEX FILING words" as a list.
static void print_differences_json(struct span lines, const struct rebuild_report *report) {
    struct buf text;
    buf_init(&text, NULL, 256 * 1024 * 1024);
    struct json_out out;
    json_out_init(&out, &text);
    json_out_object(&out);
    json_out_member_int(&out, "records", (int64_t)report->records);
    json_out_name(&out, "differences");
    json_out_array(&out);
    while (lines.len > 0) {
        size_t end = span_find(lines, '\n', 0), index = span_find(lines, ' ', 0), filing = span_find(lines, ' ', index + 1);
        int64_t seq = 0;
        json_out_object(&out);
        if (span_to_int(span_part(lines, 0, index), &seq)) json_out_member_int(&out, "log_index", seq);
        json_out_member_string(&out, "filing", span_part(lines, index + 1, filing));
        json_out_member_string(&out, "detail", span_part(lines, filing + 1, end));
        json_out_object_end(&out);
        lines = span_part(lines, end + 1, lines.len);
    }
    json_out_array_end(&out);
    json_out_object_end(&out);
    buf_add_byte(&text, '\n');
    print_span(buf_span(&text));
    buf_fini(&text);
}

static int replay(const struct call *call) {
    struct offline offline;
    struct why why = {0};
    struct rebuild_report report = {0};
    struct progress progress;
    struct buf differences;
    struct store *scratch = NULL;
    struct store_conn *conn = NULL;
    struct err e = offline_open(&offline, call_argument(call, 0), &why);
    buf_init(&differences, NULL, 64 * 1024 * 1024);
    const char *file = is_err(e) ? NULL : path_join(&offline.arena, offline.config.dir, "replay.tmp.db");
    if (!is_err(e)) e = replay_law(call, &offline, &why);
    if (!is_err(e)) e = store_open(file, true, &scratch, &why);
    if (!is_err(e)) e = store_connect(scratch, STORE_WRITE, &conn, &why);
    progress_begin(&progress, "law replay");
    if (!is_err(e)) e = replay_run(&offline.services, offline.conn, conn, step, &progress, &differences, &report, &why);
    progress_end(&progress);
    if (conn != NULL) store_disconnect(conn);
    if (scratch != NULL) store_close(scratch);
    if (file != NULL && file_exists(file)) (void)!is_err(file_remove(file, NULL));
    offline_close(&offline);
    if (!is_err(e) && call_has(call, "--json")) print_differences_json(buf_span(&differences), &report);
    else if (!is_err(e)) print_span(buf_span(&differences));
    buf_fini(&differences);
    if (is_err(e)) return call_fail(call, e, &why);
    (void)fprintf(stderr, "%llu records decided again, %llu differences\n", (unsigned long long)report.records, (unsigned long long)report.differences);
    return report.differences == 0 ? EXIT_DONE : EXIT_NO;
}

static const struct option REPLAY_OPTIONS[] = {
    {"--packs", "HASH", "the archived law packs with this hash; the packs built in by default"},
    {"--json", NULL, "print the differences as JSON"},
    {NULL, NULL, NULL},
};
const struct command law_replay_command = {
    .name = "law replay",
    .arguments = "DIR",
    .summary = "Decide every filing of a node again and list what would differ, while no node runs",
    .help = "Lives through the log in a scratch database and asks the law, at each record, what it would decide now. Prints one line a "
            "difference: log index, filing, what differs. Changes nothing. Records with erased fields are lived through but not decided.",
    .options = REPLAY_OPTIONS,
    .run = replay,
};
