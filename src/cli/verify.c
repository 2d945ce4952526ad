// SPDX-License-Identifier: EUPL-1.2
/* varde verify: checks a receipt with nothing but the keys that are given: no node, no network, no configuration. */
#include <stdio.h>

#include "base/limits.h"
#include "base/time.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "cli/verify_disclosure.h"
#include "record/head.h"
#include "record/receipt.h"

enum { KEYS_MAX = 256, KEY_FILE_BYTES = 64 * 1024, VERIFY_ARENA_BYTES = 64 * 1024 * 1024, REPORT_BYTES = 8 * 1024 * 1024 };

struct trusted {
    struct verifier_key keys[KEYS_MAX];
    size_t count;
    size_t logs; // of type 0x01
};

static struct err key_add(struct trusted *trusted, struct span text, bool must_be_witness, struct why *why) {
    if (trusted->count == KEYS_MAX)
        return why_set(why, ERR_LIMIT, "--key", "verify.keys", "", "at most %d keys are taken", KEYS_MAX);
    struct verifier_key *key = &trusted->keys[trusted->count];
    TRY(verifier_key_parse(text, key, why));
    if (must_be_witness && key->type != KEY_WITNESS)
        return why_set(why, ERR_INPUT, "--witness", "verify.keys", "", "%.*s is the key of a log, not of a witness",
                       SPAN_FMT(key->name));
    for (size_t i = 0; i < trusted->count; i++) // a witness named twice counts once
        if (span_equals(trusted->keys[i].name, key->name) && memcmp(trusted->keys[i].id, key->id, sizeof key->id) == 0)
            return err_none();
    trusted->count++;
    if (key->type == KEY_LOG) trusted->logs++;
    return err_none();
}

// A key as text has a '+'; anything else is a file with one key a line, where empty lines and those with '#' do not count.
static struct err keys_add(struct trusted *trusted, const char *text, bool must_be_witness, struct arena *arena, struct why *why) {
    struct span bytes = span_of(text);
    if (span_find(bytes, '+', 0) < bytes.len) return key_add(trusted, bytes, must_be_witness, why);
    TRY(input_read(arena, text, KEY_FILE_BYTES, &bytes, why));
    for (size_t at = 0; at < bytes.len;) {
        size_t end = span_find(bytes, '\n', at);
        struct span line = span_trim(span_part(bytes, at, end));
        at = end + 1;
        if (line.len == 0 || line.at[0] == '#') continue;
        TRY(key_add(trusted, line, must_be_witness, why));
    }
    return err_none();
}

static struct err trusted_read(const struct call *call, struct trusted *ret, struct arena *arena, struct why *why) {
    size_t at = 0;
    for (const char *text; (text = call_option_next(call, "--key", &at)) != NULL;) TRY(keys_add(ret, text, false, arena, why));
    at = 0;
    for (const char *text; (text = call_option_next(call, "--witness", &at)) != NULL;) TRY(keys_add(ret, text, true, arena, why));
    return err_none();
}

// --- for a program ---

static void print_json_verdict(const struct receipt_report *report, const struct why *why, struct buf *text) {
    struct json_out out;
    json_out_init(&out, text);
    json_out_object(&out);
    json_out_member_bool(&out, "valid", report != NULL);
    if (report == NULL) {
        json_out_member_text(&out, "rule", why->rule);
        json_out_member_text(&out, "field", why->field);
        json_out_member_text(&out, "words", why->words);
    } else {
        json_out_member_string(&out, "node", report->node);
        json_out_member_string(&out, "filing", report->filing);
        json_out_member_string(&out, "received_at", report->received_at);
        json_out_member_string(&out, "recorded_at", report->recorded_at);
        json_out_member_string(&out, "origin", report->origin);
        json_out_member_string(&out, "key", report->log_key);
        json_out_member_int(&out, "epoch", (int64_t)report->epoch);
        json_out_member_int(&out, "index", (int64_t)report->index);
        json_out_member_int(&out, "size", (int64_t)report->size);
        json_out_member_int(&out, "shown", (int64_t)report->shown);
        json_out_member_int(&out, "withheld", (int64_t)report->withheld);
        json_out_member_int(&out, "erased", (int64_t)report->erased);
        json_out_member_int(&out, "witnesses", (int64_t)report->witnesses);
        json_out_member_int(&out, "cosigned", (int64_t)report->cosigned);
        json_out_member_int(&out, "cosigned_latest_s", report->cosigned_latest_s);
    }
    json_out_object_end(&out);
    buf_add_byte(text, '\n');
}

// --- for a person ---

// Without what a terminal would take for commands: the receipt comes from anywhere.
static void add_plain(struct buf *text, struct span s) {
    for (size_t i = 0; i < s.len; i++) {
        bool is_c1 = s.at[i] == 0xc2 && i + 1 < s.len && s.at[i + 1] >= 0x80 && s.at[i + 1] < 0xa0;
        if (s.at[i] < 0x20 || s.at[i] == 0x7f || is_c1) buf_add_byte(text, '?');
        else buf_add_byte(text, s.at[i]);
        if (is_c1) i++;
    }
}

static void add_line(struct buf *text, const char *name, struct span value) {
    buf_printf(text, "  %-12s ", name);
    add_plain(text, value);
    buf_add_byte(text, '\n');
}

static void add_items(struct buf *text, const struct json *items) {
    for (size_t i = 0; i < items->count; i++) {
        const struct json *item = &items->items[i], *value = json_get(item, "value");
        if (json_is_null(value) && json_get(item, "state") == NULL) continue; // a field that was not filled in
        buf_add_text(text, "  ");
        add_plain(text, json_get_string(item, "name"));
        buf_add_text(text, ": ");
        struct buf canonical;
        buf_init(&canonical, NULL, LIMIT_RECEIPT_BYTES);
        if (value == NULL) {
            buf_add(&canonical, json_get_string(item, "state"));
            buf_add_text(&canonical, " (the name is as stated, not proved)");
        } else if (value->type == JSON_STRING) {
            buf_add(&canonical, value->string);
        } else if (is_err(json_canonical(&canonical, value))) {
            text->is_failed = true;
        }
        add_plain(text, buf_span(&canonical));
        buf_add_byte(text, '\n');
        buf_fini(&canonical);
    }
}

static void add_witnesses(struct buf *text, const struct receipt_report *report) {
    buf_printf(text, "  %-12s %zu of %zu named", "witnesses", report->cosigned, report->witnesses);
    if (report->cosigned > 0) {
        buf_add_text(text, ", the latest at ");
        int64_t limit_s = INT64_MAX / MS_PER_SECOND;
        if (report->cosigned_latest_s < limit_s && report->cosigned_latest_s < (int64_t)253402300800)
            buf_add_instant(text, report->cosigned_latest_s * MS_PER_SECOND);
        else buf_printf(text, "second %lld", (long long)report->cosigned_latest_s);
    }
    buf_add_text(text, "\n");
}

static void print_verdict(const struct receipt_report *report, const struct why *why, struct buf *text) {
    if (report == NULL) {
        buf_add_text(text, "NOT VALID: ");
        add_plain(text, span_of(why->words));
        buf_printf(text, " (%s%s%s)\n", why->rule, why->field[0] == '\0' ? "" : " at ", why->field);
        return;
    }
    buf_printf(text, "VALID: record %llu of the log below holds this filing; the log's head of %llu records is signed.\n",
               (unsigned long long)report->index, (unsigned long long)report->size);
    add_line(text, "node", report->node);
    add_line(text, "filing", report->filing);
    add_line(text, "received", report->received_at);
    add_line(text, "recorded", report->recorded_at);
    add_line(text, "log", report->origin);
    add_line(text, "signed by", report->log_key);
    if (report->epoch > 1)
        buf_printf(text, "  %-12s %llu: the log was opened anew after a loss; ask for the statement\n", "epoch",
                   (unsigned long long)report->epoch);
    add_witnesses(text, report);
    buf_printf(text, "  %-12s %zu shown, %zu withheld from this receipt, %zu erased\n", "items", report->shown,
               report->withheld, report->erased);
    buf_add_text(text, "Header:\n");
    add_items(text, json_get(&report->document, "header"));
    buf_add_text(text, "Fields (empty ones left out):\n");
    add_items(text, json_get(&report->document, "fields"));
    if (report->answer_by.len + report->answer_how.len == 0) return;
    buf_add_text(text, "Stated, not proved:\n");
    if (report->answer_by.len > 0) add_line(text, "answer by", report->answer_by);
    if (report->answer_how.len > 0) add_line(text, "call", report->answer_how);
}

// --- the statement of a new epoch ---

static int verify_epoch(const struct call *call, struct span statement, const struct trusted *trusted, struct arena *arena) {
    struct epoch epoch;
    struct why why = {0};
    struct err e = err_make(ERR_INPUT);
    for (size_t i = 0; i < trusted->count && is_err(e); i++) {
        why = (struct why){0};
        if (trusted->keys[i].type == KEY_LOG) e = epoch_verify(statement, &trusted->keys[i], arena, &epoch, &why);
    }
    struct buf text;
    buf_init(&text, NULL, REPORT_BYTES);
    if (call_has(call, "--json")) {
        struct json_out out;
        json_out_init(&out, &text);
        json_out_object(&out);
        json_out_member_bool(&out, "valid", !is_err(e));
        json_out_member_string(&out, "origin", is_err(e) ? span_make(NULL, 0) : epoch.origin);
        json_out_member_string(&out, "follows", is_err(e) ? span_make(NULL, 0) : epoch.last.origin);
        json_out_member_int(&out, "size", is_err(e) ? 0 : (int64_t)epoch.last.size);
        json_out_object_end(&out);
        buf_add_byte(&text, '\n');
    } else if (is_err(e)) {
        print_verdict(NULL, &why, &text);
    } else {
        buf_printf(&text, "VALID: the log was opened anew after record %llu.\n", (unsigned long long)epoch.last.size);
        add_line(&text, "new log", epoch.origin);
        add_line(&text, "follows", epoch.last.origin);
        add_line(&text, "at", instant_text(arena, epoch.time_ms));
        add_line(&text, "reason", epoch.reason);
    }
    print_span(buf_span(&text));
    buf_fini(&text);
    return is_err(e) ? EXIT_NO : EXIT_DONE;
}

// --- what comes from another state ---

static int verify_disclosure(const struct call *call, struct span document, const struct trusted *trusted, struct arena *arena) {
    struct disclosure_report report;
    struct why why = {0};
    struct span envelope = {NULL, 0};
    const char *file = call_option(call, "--envelope");
    struct err e = file == NULL ? err_none() : input_read(arena, file, NOTE_BYTES_MAX, &envelope, &why);
    if (is_err(e)) {
        (void)call_fail(call, e, &why);
        return EXIT_USAGE;
    }
    e = disclosure_verify(document, envelope, trusted->keys, trusted->count, arena, &report, &why);
    if (e.code == ERR_MEMORY) return call_fail(call, e, &why);
    struct buf text;
    buf_init(&text, NULL, REPORT_BYTES);
    disclosure_print(is_err(e) ? NULL : &report, &why, call_has(call, "--json"), &text);
    print_span(buf_span(&text));
    buf_fini(&text);
    return is_err(e) ? EXIT_NO : EXIT_DONE;
}

static int verify(const struct call *call, struct arena *arena) {
    struct why why = {0};
    struct receipt_report report;
    struct span json;
    struct trusted *trusted = ARENA_NEW(arena, struct trusted);
    if (trusted == NULL) return EXIT_MACHINE;
    struct err e = trusted_read(call, trusted, arena, &why);
    if (is_err(e)) {
        (void)call_fail(call, e, &why);
        return EXIT_USAGE;
    }
    if (trusted->logs == 0) return call_misuse(call, "give the log's verifier key with --key, as the authority published it");
    e = input_read(arena, call_argument(call, 0), LIMIT_RECEIPT_BYTES, &json, &why);
    if (is_err(e) && e.code != ERR_LIMIT) {
        (void)call_fail(call, e, &why);
        return EXIT_USAGE; // whether the receipt is valid is not known
    }
    if (!is_err(e) && (call_option(call, "--envelope") != NULL || disclosure_is_package(json))) return verify_disclosure(call, json, trusted, arena);
    if (!is_err(e) && span_starts_with(json, SPAN("varde-epoch/1\n"))) return verify_epoch(call, json, trusted, arena);
    if (!is_err(e)) e = receipt_verify(json, trusted->keys, trusted->count, arena, &report, &why);
    if (e.code == ERR_MEMORY) return call_fail(call, e, &why);
    struct buf text;
    buf_init(&text, NULL, REPORT_BYTES);
    if (call_has(call, "--json")) print_json_verdict(is_err(e) ? NULL : &report, &why, &text);
    else print_verdict(is_err(e) ? NULL : &report, &why, &text);
    print_span(buf_span(&text));
    int code = text.is_failed ? EXIT_MACHINE : is_err(e) ? EXIT_NO : EXIT_DONE;
    buf_fini(&text);
    return code;
}

static int verify_run(const struct call *call) {
    struct arena arena;
    arena_init(&arena, VERIFY_ARENA_BYTES);
    int code = verify(call, &arena);
    arena_fini(&arena);
    return code;
}

static const struct option VERIFY_OPTIONS[] = {
    {"--key", "KEY", "verifier key of the log, as text or as a file with one key a line; may be repeated"},
    {"--witness", "KEY", "verifier key of a witness that shall be counted, likewise; may be repeated"},
    {"--envelope", "FILE", "the envelope of a document that was disclosed: also verifies that it was signed for its recipient"},
    {"--json", NULL, "answer in JSON"},
    {NULL, NULL, NULL},
};
const struct command verify_command = {
    .name = "verify",
    .arguments = "RECEIPT",
    .summary = "Verify a receipt, offline",
    .help = "Checks that the filing in the receipt is in the log that the authority signed, and says which of the named witnesses "
            "have seen the log so. It asks no one: what counts is the verifier key, which the authority publishes and which you "
            "keep from before. A signed statement of a new epoch of the log is verified likewise, and so is what was disclosed to another state: the JSON package by "
            "itself, and any of its documents (JSON, HTML, PDF) with --envelope.\n\n"
            "Exit code 0: valid; 1: not valid; 2: the receipt or a key could not be read.",
    .options = VERIFY_OPTIONS,
    .run = verify_run,
};
