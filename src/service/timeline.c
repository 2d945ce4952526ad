// SPDX-License-Identifier: EUPL-1.2
#include "service/timeline.h"

#include <stdlib.h>

#include "service/gate_view.h"
#include "service/seen.h"

enum { DELIVERIES_MAX = 250 };
enum entry_kind { ENTRY_FILING, ENTRY_DUTY_OPENED, ENTRY_DUTY_DONE, ENTRY_DUTY_CLOSED, ENTRY_DELIVERY };

struct entry {
    int64_t at_ms;
    struct span key; // one of its kind; orders what happened at one instant
    enum entry_kind kind;
    size_t row;      // of filings, duties or deliveries
};

struct timeline {
    const struct services *services;
    struct store_conn *conn;
    const struct timeline_question *question;
    struct arena *arena;
    struct viewer viewer;
    struct gate_view gate;
    struct rows filings, deliveries;
    const struct json *known, *duties; // of the content
    size_t count;
    struct entry *entries;
};

// --- gathering ---

static struct matter matter_of(const struct rows *rows, size_t i) { // of filings_of_case
    return (struct matter){.seen_by = rows_span(rows, i, 11), .filer_role = rows_span(rows, i, 7), .filer = rows_span(rows, i, 8), .office = rows_span(rows, i, 12)};
}

static size_t filing_row(const struct timeline *t, struct span id) {
    size_t i = 0;
    while (i < t->filings.count && !span_equals(rows_span(&t->filings, i, 0), id)) i++;
    return i;
}

static bool sees_filing(const struct timeline *t, struct span id) {
    size_t row = filing_row(t, id);
    if (row == t->filings.count) return false;
    struct matter matter = matter_of(&t->filings, row);
    return viewer_sees(&t->viewer, &matter);
}

static void add(struct timeline *t, int64_t at_ms, enum entry_kind kind, size_t row) {
    static const char *const PREFIX[] = {"1", "2", "3", "4", "5"};
    struct span key = arena_printf(t->arena, "%s-%08zu", PREFIX[kind], row);
    t->entries[t->count++] = (struct entry){.at_ms = at_ms, .key = key, .kind = kind, .row = row};
}

// A duty stands where the filing stands that opened, fulfilled or ended it.
static void add_duty(struct timeline *t, size_t i, const char *member, enum entry_kind kind) {
    struct span filing = json_get_string(&t->duties->items[i], member);
    if (filing.at == NULL || !sees_filing(t, filing)) return;
    add(t, rows_int(&t->filings, filing_row(t, filing), 10), kind, i);
}

static void gather(struct timeline *t) {
    for (size_t i = 0; i < t->filings.count; i++) {
        struct matter matter = matter_of(&t->filings, i);
        if (viewer_sees(&t->viewer, &matter)) add(t, rows_int(&t->filings, i, 10), ENTRY_FILING, i);
    }
    for (size_t i = 0; t->duties != NULL && i < t->duties->count; i++) {
        if (!viewer_sees_row(&t->viewer, &t->duties->items[i])) continue;
        add_duty(t, i, "opened_by", ENTRY_DUTY_OPENED);
        add_duty(t, i, "done_by", ENTRY_DUTY_DONE);
        add_duty(t, i, "closed_by", ENTRY_DUTY_CLOSED);
    }
    for (size_t i = 0; i < t->deliveries.count; i++) {
        struct span filing = rows_span(&t->deliveries, i, 17);
        if (filing.at == NULL || sees_filing(t, filing)) add(t, rows_int(&t->deliveries, i, 9), ENTRY_DELIVERY, i);
    }
}

static int entry_compare(int64_t a_ms, struct span a_key, int64_t b_ms, struct span b_key) {
    return a_ms != b_ms ? (a_ms > b_ms) - (a_ms < b_ms) : span_compare(a_key, b_key);
}

static int entry_order(const void *a, const void *b) {
    const struct entry *x = a, *y = b;
    return entry_compare(x->at_ms, x->key, y->at_ms, y->key);
}

// --- differences ---

// The version before: the last earlier filing of the document that this one replaced.
static size_t version_before(const struct timeline *t, size_t row, int64_t version) {
    for (size_t i = row; version > 1 && i-- > 0;) {
        if (!span_equals(rows_span(&t->filings, i, 6), rows_span(&t->filings, row, 6)) || !sees_filing(t, rows_span(&t->filings, i, 0))) continue;
        for (size_t k = 0; t->known != NULL && k < t->known->count; k++)
            if (span_equals(json_get_string(&t->known->items[k], "id"), rows_span(&t->filings, i, 0)) && json_get_int(&t->known->items[k], "version", 1) == version - 1) return i;
    }
    return t->filings.count;
}

static const struct receipt_item *field_of(const struct record_open *record, struct span name) {
    for (size_t i = 0; i < record->field_count; i++)
        if (span_equals(record->fields[i].item.name, name)) return &record->fields[i];
    return NULL;
}

static void value_write(struct json_out *out, const char *member, const struct receipt_item *item) {
    json_out_name(out, member);
    if (item == NULL || item->state != RECEIPT_SHOWN) json_out_null(out); // was not there, is erased or kept back
    else json_out_raw(out, item->item.canonical);
}

static bool is_same(const struct receipt_item *a, const struct receipt_item *b) {
    bool has_a = a != NULL && a->state == RECEIPT_SHOWN && !span_is(a->item.canonical, "null");
    bool has_b = b != NULL && b->state == RECEIPT_SHOWN && !span_is(b->item.canonical, "null");
    return has_a == has_b && (!has_a || span_equals(a->item.canonical, b->item.canonical));
}

static struct err differences_write(struct json_out *out, const struct timeline *t, size_t before_row, size_t row, struct why *why) {
    struct record_open before, after;
    struct gate_withheld withheld;
    TRY(gate_read_record(&t->gate, t->conn, rows_span(&t->filings, before_row, 0), t->arena, &before, &withheld, why));
    TRY(gate_read_record(&t->gate, t->conn, rows_span(&t->filings, row, 0), t->arena, &after, &withheld, why));
    json_out_name(out, "differences");
    json_out_array(out);
    for (size_t i = 0; i < after.field_count; i++) {
        const struct receipt_item *old = field_of(&before, after.fields[i].item.name);
        if (is_same(old, &after.fields[i])) continue;
        json_out_object(out);
        json_out_member_string(out, "field", after.fields[i].item.name);
        value_write(out, "before", old);
        value_write(out, "after", &after.fields[i]);
        json_out_object_end(out);
    }
    json_out_array_end(out);
    return err_none();
}

// --- writing ---

static struct err filing_write_entry(struct json_out *out, const struct timeline *t, size_t row, struct why *why) {
    struct span id = rows_span(&t->filings, row, 0), seen_by = rows_span(&t->filings, row, 11);
    int64_t version = 1;
    json_out_member_text(out, "kind", "filing");
    json_out_member_string(out, "filing", id);
    json_out_member_string(out, "document", rows_span(&t->filings, row, 6));
    json_out_member_string(out, "filer_role", rows_span(&t->filings, row, 7));
    json_out_member_string(out, "received_at", instant_text(t->arena, rows_int(&t->filings, row, 9)));
    for (size_t k = 0; t->known != NULL && k < t->known->count; k++) {
        if (!span_equals(json_get_string(&t->known->items[k], "id"), id)) continue;
        version = json_get_int(&t->known->items[k], "version", 1);
        json_out_member_string(out, "status", json_get_string(&t->known->items[k], "status"));
    }
    json_out_member_int(out, "version", version);
    if (seen_by.len > 0) json_out_member_string(out, "seen_by", seen_by);
    bool is_frozen = gate_view_is_frozen(&t->gate, id);
    if (is_frozen) json_out_member_bool(out, "is_withdrawn", true);
    size_t before = version_before(t, row, version);
    if (before == t->filings.count || is_frozen || gate_view_is_frozen(&t->gate, rows_span(&t->filings, before, 0))) return err_none();
    return differences_write(out, t, before, row, why);
}

static void duty_write_entry(struct json_out *out, const struct timeline *t, enum entry_kind kind, size_t row) {
    static const struct { const char *kind, *by; } NAMES[] = {
        [ENTRY_DUTY_OPENED] = {"duty_opened", "opened_by"}, [ENTRY_DUTY_DONE] = {"duty_done", "done_by"}, [ENTRY_DUTY_CLOSED] = {"duty_closed", "closed_by"}};
    const struct json *duty = &t->duties->items[row];
    json_out_member_text(out, "kind", NAMES[kind].kind);
    json_out_member_string(out, "duty", json_get_string(duty, "duty"));
    json_out_member_string(out, "document", json_get_string(duty, "document"));
    json_out_member_string(out, "owed_by", json_get_string(duty, "owed_by"));
    json_out_member_string(out, "due", json_get_string(duty, "due"));
    json_out_member_string(out, "article", json_get_string(duty, "article"));
    json_out_member_string(out, "filing", json_get_string(duty, NAMES[kind].by));
}

static void delivery_write_entry(struct json_out *out, const struct timeline *t, size_t row) {
    json_out_member_text(out, "kind", "delivery");
    json_out_member_string(out, "delivery", rows_span(&t->deliveries, row, 1));
    json_out_member_string(out, "topic", rows_span(&t->deliveries, row, 2));
    json_out_member_string(out, "medium", rows_span(&t->deliveries, row, 6));
    json_out_member_string(out, "to", rows_span(&t->deliveries, row, 4));
    json_out_member_string(out, "state", rows_span(&t->deliveries, row, 3));
}

static struct err entry_write(struct json_out *out, const struct timeline *t, const struct entry *entry, struct why *why) {
    json_out_object(out);
    json_out_member_string(out, "at", instant_text(t->arena, entry->at_ms));
    if (entry->kind == ENTRY_FILING) TRY(filing_write_entry(out, t, entry->row, why));
    else if (entry->kind == ENTRY_DELIVERY) delivery_write_entry(out, t, entry->row);
    else duty_write_entry(out, t, entry->kind, entry->row);
    json_out_object_end(out);
    return err_none();
}

static struct err begin(struct timeline *t, struct access_case *of, struct why *why) {
    const struct timeline_question *question = t->question;
    struct gate_place place = gate_place_of(question->file);
    struct value id = value_text(question->file->id);
    struct value deliveries[] = {id, value_int(INT64_MAX), value_int(DELIVERIES_MAX)};
    case_access(t->services, question->file, t->arena, of);
    t->viewer = viewer_of(question->principal, of, question->now_ms);
    TRY(gate_view_open(t->services, t->conn, &place, question->principal, GATE_CASE, question->now_ms, t->arena, &t->gate, why));
    TRY(store_read(t->conn, STMT_FILINGS_OF_CASE, &id, 1, t->arena, &t->filings, why));
    if ((t->viewer.views & VIEW_OFFICES) != 0) TRY(store_read(t->conn, STMT_DELIVERIES_OF_CASE, deliveries, 3, t->arena, &t->deliveries, why));
    t->known = json_get(&question->file->content, "filings");
    t->duties = json_get(&question->file->content, "duties");
    size_t most = t->filings.count + t->deliveries.count + 3 * (t->duties == NULL ? 0 : t->duties->count);
    t->entries = arena_take_array(t->arena, most + 1, sizeof *t->entries);
    return t->entries == NULL ? err_make(ERR_MEMORY) : err_none();
}

struct err timeline_write(struct json_out *out, const struct services *services, struct store_conn *conn, const struct timeline_question *question,
                          struct arena *arena, struct timeline_page *ret, struct why *why) {
    struct timeline t = {.services = services, .conn = conn, .question = question, .arena = arena};
    struct timeline_page page = {.is_more = false};
    struct access_case of;
    TRY(begin(&t, &of, why));
    gather(&t);
    qsort(t.entries, t.count, sizeof *t.entries, entry_order);
    size_t at = 0;
    while (question->is_after && at < t.count && entry_compare(t.entries[at].at_ms, t.entries[at].key, question->after_ms, question->after_key) <= 0) at++;
    json_out_array(out);
    for (int64_t shown = 0; at < t.count && shown < question->limit; at++, shown++) {
        TRY(entry_write(out, &t, &t.entries[at], why));
        page.last_ms = t.entries[at].at_ms;
        page.last_key = t.entries[at].key;
    }
    json_out_array_end(out);
    page.is_more = at < t.count;
    *ret = page;
    return err_none();
}
