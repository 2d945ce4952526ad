// SPDX-License-Identifier: EUPL-1.2
/* Disclosures and recalls to be read: papers (format/paper.h), of which HTML and PDF are made. */
#include "format/paper.h"
#include "service/release_package.h"

static void add(struct buf *out, enum paper_kind kind, struct span text) {
    if (text.len > 0) paper_add(out, kind, 0, text);
}

static void head(struct buf *out, const struct services *services, const char *title, struct span number, struct span marking, int64_t at_ms, struct arena *arena) {
    add(out, PAPER_LANGUAGE, SPAN("en"));
    add(out, PAPER_TITLE, span_of(title));
    add(out, PAPER_SENDER, services->node_name);
    add(out, PAPER_DATE, instant_text(arena, at_ms));
    add(out, PAPER_NUMBER, number);
    add(out, PAPER_MARKING, marking);
    add(out, PAPER_FOOT, SPAN("{page} / {pages}"));
}

static void pair(struct buf *out, const char *label, struct span value) {
    if (value.len == 0) return;
    paper_add(out, PAPER_FIELD, 0, span_of(label));
    paper_add(out, PAPER_VALUE, 0, value);
}

// A value as a person reads it: text as it is, lists by commas, yes and no, else JSON.
static struct span readable(struct span canonical, struct arena *arena) {
    struct json value;
    struct buf text;
    if (is_err(json_parse(arena, canonical, &value, NULL))) return canonical;
    if (value.type == JSON_NULL) return SPAN("");
    if (value.type == JSON_STRING) return value.string;
    if (value.type == JSON_BOOL) return value.boolean ? SPAN("yes") : SPAN("no");
    if (value.type == JSON_OBJECT && json_get_string(&value, "at").at != NULL) return json_get_string(&value, "at");
    if (value.type != JSON_ARRAY || value.count == 0 || value.items[0].type != JSON_STRING) return canonical;
    buf_init(&text, arena, LIMIT_JSON_BYTES);
    for (size_t i = 0; i < value.count; i++) {
        if (i > 0) buf_add_text(&text, ", ");
        buf_add(&text, value.items[i].string);
    }
    return buf_span(&text);
}

static void released_fields(struct buf *out, const struct release_package *package, struct arena *arena) {
    bool is_first = true;
    for (size_t i = 0; i < package->source.field_count; i++) {
        const struct receipt_item *item = &package->source.fields[i];
        struct span value = item->state == RECEIPT_SHOWN ? readable(item->item.canonical, arena) : SPAN("");
        const struct form_field *field = form_field_find(package->form, package->form_count, item->item.name);
        if (value.len == 0) continue;
        if (is_first) paper_add(out, PAPER_HEADING, 1, SPAN("What was notified"));
        is_first = false;
        paper_add(out, PAPER_FIELD, 0, field != NULL ? field->label : item->item.name);
        paper_add(out, PAPER_VALUE, 0, value);
    }
}

static void withheld_names(struct buf *out, const struct release_package *package) {
    struct buf names;
    size_t count = 0;
    buf_init(&names, NULL, 64 * 1024);
    for (size_t i = 0; i < package->source.field_count; i++) {
        if (package->source.fields[i].state == RECEIPT_SHOWN) continue;
        const struct form_field *field = form_field_find(package->form, package->form_count, package->source.fields[i].item.name);
        if (count++ > 0) buf_add_text(&names, "; ");
        buf_add(&names, field != NULL ? field->label : package->source.fields[i].item.name);
    }
    if (count > 0) {
        paper_add(out, PAPER_HEADING, 1, SPAN("What is not disclosed"));
        paper_add(out, PAPER_PARAGRAPH, 0, SPAN("These parts of the form are not disclosed to you, whether they were filled in or not:"));
        paper_add(out, PAPER_SMALL, 0, buf_span(&names));
    }
    buf_fini(&names);
}

void release_package_paper(const struct release_package *package, struct arena *arena, struct buf *out) {
    const struct services *services = package->services;
    struct span marking = arena_printf(arena, "%.*s, for %.*s", SPAN_FMT(package->label), SPAN_FMT(package->recipient));
    head(out, services, "Information on an incident", package->release_id, marking, package->released_ms, arena);
    pair(out, "From", arena_printf(arena, "%.*s (%.*s)", SPAN_FMT(services->node_name), SPAN_FMT(services->state)));
    pair(out, "To", package->recipient);
    pair(out, "Released", instant_text(arena, package->released_ms));
    pair(out, "Marking", package->label);
    pair(out, "Legal basis", package->basis);
    pair(out, "Taken from", arena_printf(arena, "%.*s, %.*s", SPAN_FMT(package->document_label), SPAN_FMT(package->source_id)));
    pair(out, "Entity", package->entity_name);
    if (package->summary.len > 0) {
        paper_add(out, PAPER_HEADING, 1, SPAN("Summary"));
        paper_add(out, PAPER_PARAGRAPH, 0, package->summary);
    }
    released_fields(out, package, arena);
    withheld_names(out, package);
    paper_add(out, PAPER_HEADING, 1, SPAN("How to verify this document"));
    paper_add(out, PAPER_SMALL, 0, arena_printf(arena, "It goes with an envelope (a file that ends in .envelope), signed by %.*s. \"varde verify FILE --envelope FILE.envelope --key KEY\" "
                                                "verifies it without a network; KEY is the verifier key that the authority published. The JSON beside it also proves that each field stands so "
                                                "in the authority's log.", SPAN_FMT(services->log_key.name)));
    paper_add(out, PAPER_SMALL, 0, SPAN("Please answer to the office that sent it and quote the number above."));
}

void release_paper_recall(const struct services *services, struct span release_id, struct span recipient, int64_t at_ms, struct span words, struct arena *arena,
                          struct buf *out) {
    head(out, services, "Recall of a disclosure", release_id, SPAN(""), at_ms, arena);
    pair(out, "From", arena_printf(arena, "%.*s (%.*s)", SPAN_FMT(services->node_name), SPAN_FMT(services->state)));
    pair(out, "To", recipient);
    pair(out, "Recalled", instant_text(arena, at_ms));
    paper_add(out, PAPER_PARAGRAPH, 0, words);
    paper_add(out, PAPER_HEADING, 1, SPAN("Confirmation"));
    paper_add(out, PAPER_PARAGRAPH, 0, SPAN("Who confirms, and how to reach her or him"));
    paper_add(out, PAPER_RULED, 2, SPAN(""));
    paper_add(out, PAPER_PARAGRAPH, 0, SPAN("What was done, and when"));
    paper_add(out, PAPER_RULED, 3, SPAN(""));
}
