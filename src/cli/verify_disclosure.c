// SPDX-License-Identifier: EUPL-1.2
#include "cli/verify_disclosure.h"

#include "base/limits.h"
#include "base/time.h"

#define FORMAT_START "{\"format\":\"varde-disclosure/1\""

static struct err refuse(struct why *why, const char *field, const char *words) { return why_set(why, ERR_INPUT, field, "disclosure.form", "", "%s", words); }

bool disclosure_is_package(struct span document) { return span_starts_with(span_trim(document), SPAN(FORMAT_START)); }

static struct err envelope_check(struct span document, struct span text, const struct verifier_key *keys, size_t count, struct arena *arena,
                                 struct envelope *ret, struct why *why) {
    struct err e = err_make(ERR_INPUT);
    struct why own = {0};
    for (size_t i = 0; i < count && is_err(e); i++) {
        own = (struct why){0};
        if (keys[i].type == KEY_LOG) e = envelope_verify(text, &keys[i], arena, ret, &own);
    }
    if (is_err(e)) return why_set(why, e.code, "envelope", own.rule, "", "%s", own.words);
    struct hash hash = hash_sha256(document);
    if (!hash_equals(&hash, &ret->sha256)) return why_set(why, ERR_INPUT, "envelope", "envelope.hash", "", "the envelope is of another document, or this one was changed");
    return err_none();
}

// A receipt within the package, as a text of its own.
static struct err receipt_in(const struct json *package, const char *member, const struct verifier_key *keys, size_t count, struct arena *arena,
                             struct receipt_report *ret, struct why *why) {
    const struct json *receipt = json_get(package, member);
    struct buf text;
    struct json_out out;
    if (receipt == NULL || receipt->type != JSON_OBJECT) return refuse(why, member, "the package has no such receipt");
    buf_init(&text, arena, LIMIT_RECEIPT_BYTES);
    json_out_init(&out, &text);
    json_out_value(&out, receipt);
    if (text.is_failed || out.is_failed) return err_make(ERR_MEMORY);
    return receipt_verify(buf_span(&text), keys, count, arena, ret, why);
}

// The value that the release's own receipt proves for a field; empty where it shows none.
static struct span proved(const struct receipt_report *receipt, const char *name) {
    const struct json *fields = json_get(&receipt->document, "fields");
    for (size_t i = 0; fields != NULL && i < fields->count; i++)
        if (span_is(json_get_string(&fields->items[i], "name"), name)) return json_get_string(&fields->items[i], "value");
    return span_make(NULL, 0);
}

static struct err package_check(struct span document, const struct verifier_key *keys, size_t count, struct arena *arena, struct disclosure_report *ret, struct why *why) {
    struct json package;
    TRY(json_parse_within(arena, document, LIMIT_RECEIPT_BYTES, &package, why));
    ret->is_package = true;
    ret->release = json_get_string(&package, "release");
    ret->to = json_get_string(&package, "to");
    ret->label = json_get_string(json_get(&package, "marking"), "label");
    ret->basis = json_get_string(json_get(&package, "marking"), "basis");
    TRY(receipt_in(&package, "source", keys, count, arena, &ret->source, why));
    TRY(receipt_in(&package, "receipt", keys, count, arena, &ret->receipt, why));
    if (!span_equals(ret->receipt.filing, ret->release)) return refuse(why, "release", "the receipt is of another release");
    if (!span_equals(json_get_string(json_get(&package, "about"), "filing"), ret->source.filing)) return refuse(why, "about", "the source's receipt is of another filing");
    if (!span_equals(ret->source.node, ret->receipt.node)) return refuse(why, "source", "source and release are of different nodes");
    if (!span_equals(proved(&ret->receipt, "label"), ret->label)) return refuse(why, "marking", "the marking is not the one that was filed");
    if (!span_equals(proved(&ret->receipt, "basis"), ret->basis)) return refuse(why, "marking", "the legal basis is not the one that was filed");
    struct span summary = json_get_string(&package, "summary"), filed = proved(&ret->receipt, "summary");
    if (!span_equals(summary, filed)) return refuse(why, "summary", "the summary is not the one that was filed");
    if (!ret->has_envelope) return err_none();
    if (span_equals(ret->envelope.subject, ret->release) && span_equals(ret->envelope.to, ret->to)) return err_none();
    return refuse(why, "envelope", "the envelope is of another release or recipient");
}

struct err disclosure_verify(struct span document, struct span envelope, const struct verifier_key *keys, size_t count, struct arena *arena,
                             struct disclosure_report *ret, struct why *why) {
    struct disclosure_report report = {.has_envelope = envelope.at != NULL};
    if (report.has_envelope) TRY(envelope_check(document, envelope, keys, count, arena, &report.envelope, why));
    if (disclosure_is_package(document)) TRY(package_check(document, keys, count, arena, &report, why));
    *ret = report;
    return err_none();
}

// --- telling ---

static void print_json(const struct disclosure_report *report, const struct why *why, struct buf *text) {
    struct json_out out;
    json_out_init(&out, text);
    json_out_object(&out);
    json_out_member_bool(&out, "valid", report != NULL);
    if (report == NULL) {
        json_out_member_text(&out, "rule", why->rule);
        json_out_member_text(&out, "field", why->field);
        json_out_member_text(&out, "words", why->words);
    } else {
        json_out_member_bool(&out, "envelope", report->has_envelope);
        if (report->has_envelope) {
            json_out_member_string(&out, "kind", report->envelope.kind);
            json_out_member_string(&out, "subject", report->envelope.subject);
            json_out_member_string(&out, "to", report->envelope.to);
            json_out_member_string(&out, "media", report->envelope.media);
        }
        if (report->is_package) {
            json_out_member_string(&out, "node", report->source.node);
            json_out_member_string(&out, "release", report->release);
            json_out_member_string(&out, "marking", report->label);
            json_out_member_string(&out, "source", report->source.filing);
            json_out_member_int(&out, "shown", (int64_t)report->source.shown);
            json_out_member_int(&out, "withheld", (int64_t)report->source.withheld);
            json_out_member_int(&out, "erased", (int64_t)report->source.erased);
        }
    }
    json_out_object_end(&out);
    buf_add_byte(text, '\n');
}

static void plain(struct buf *text, const char *name, struct span value) {
    buf_printf(text, "  %-12s ", name);
    for (size_t i = 0; i < value.len; i++) buf_add_byte(text, value.at[i] < 0x20 || value.at[i] >= 0x7f ? '?' : value.at[i]);
    buf_add_byte(text, '\n');
}

static void print_text(const struct disclosure_report *report, const struct why *why, struct buf *text) {
    if (report == NULL) {
        buf_printf(text, "NOT VALID: %s (%s%s%s)\n", why->words, why->rule, why->field[0] == '\0' ? "" : " at ", why->field);
        return;
    }
    if (report->has_envelope) {
        buf_add_text(text, "VALID: the authority signed this document for this recipient.\n");
        plain(text, "what", report->envelope.kind);
        plain(text, "number", report->envelope.subject);
        plain(text, "for", report->envelope.to);
        plain(text, "media type", report->envelope.media);
        buf_printf(text, "  %-12s ", "signed");
        buf_add_instant(text, report->envelope.time_ms);
        buf_add_byte(text, '\n');
    }
    if (!report->is_package) return;
    buf_printf(text, "VALID: each field shown stands so in record %llu of the authority's log; %zu shown, %zu withheld, %zu erased.\n",
               (unsigned long long)report->source.index, report->source.shown, report->source.withheld, report->source.erased);
    plain(text, "node", report->source.node);
    plain(text, "marking", report->label);
    plain(text, "basis", report->basis);
    if (!report->has_envelope) buf_add_text(text, "Without its envelope the recipient is as stated, not proved.\n");
}

void disclosure_print(const struct disclosure_report *report, const struct why *why, bool is_json, struct buf *text) {
    if (is_json) print_json(report, why, text);
    else print_text(report, why, text);
}
