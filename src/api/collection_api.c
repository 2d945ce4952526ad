// SPDX-License-Identifier: EUPL-1.2
/* Collections: the entries that states handed in, to search; what in them may be of one entity; who handed in what; who may read. */
#include "api/resources.h"
#include "format/csv.h"
#include "service/collection.h"
#include "service/entity.h"

enum { CSV_ROWS_MAX = 1000, BATCH_ROWS = 250, BATCHES_MAX = 40, PAIRS_MAX = 50 };

static struct err reader_open(struct api_request *request, enum gate_exit exit, struct collection_reader **ret, struct why *why) {
    *ret = ARENA_NEW(request->arena, struct collection_reader);
    if (*ret == NULL) return err_make(ERR_MEMORY);
    return collection_open(request->services, request->conn, &request->principal, request->params[0], exit, request->received_ms, request->arena, *ret, why);
}

static struct access_reading reading_of(const struct api_request *request, const struct collection_entry *entry) {
    return (struct access_reading){.person_id = request->principal.person_id, .office = entry->role->office, .kind = SPAN("entry"), .id = entry->id};
}

// --- two entries side by side ---

static bool is_same(struct arena *arena, const struct json *a, const struct json *b) {
    struct span one, other;
    if (json_is_null(a) || json_is_null(b)) return json_is_null(a) == json_is_null(b);
    return !is_err(json_canonical_text(arena, a, &one)) && !is_err(json_canonical_text(arena, b, &other)) && span_equals(one, other);
}

// What they say otherwise, attribute by attribute, as far as both are seen.
static void write_differences(struct json_out *out, struct arena *arena, const struct collection_entry *one, const struct collection_entry *other) {
    json_out_name(out, "differences");
    json_out_array(out);
    for (size_t i = 0; i < one->content.count; i++) {
        struct span name = one->content.members[i].name;
        const struct json *there = NULL;
        for (size_t k = 0; k < other->content.count; k++)
            if (span_equals(other->content.members[k].name, name)) there = &other->content.members[k].value;
        if (there == NULL || is_same(arena, &one->content.members[i].value, there)) continue;
        json_out_object(out);
        json_out_member_string(out, "attribute", name);
        json_out_name(out, "one");
        json_out_value(out, &one->content.members[i].value);
        json_out_name(out, "other");
        json_out_value(out, there);
        json_out_object_end(out);
    }
    json_out_array_end(out);
}

static struct span path_of(struct span key) { return span_part(key, 0, span_find(key, ':', 0)); }

// Entries of other states that may be of the same entity, as far as this person sees them. A verdict is a person's.
static struct err write_others(struct json_out *out, struct api_request *request, struct collection_reader *reader, const struct collection_entry *entry, bool is_whole,
                               struct why *why) {
    struct value params[] = {value_text(reader->extract->id), value_text(entry->state), value_text(entry->entity), value_text(entry->id)};
    struct rows rows;
    TRY(store_read(request->conn, STMT_COLLECTION_ALIKE, params, 4, request->arena, &rows, why));
    json_out_name(out, "others");
    json_out_array(out);
    for (size_t i = 0; i < rows.count; i++) {
        struct collection_entry other;
        struct span id = arena_printf(request->arena, "%.*s:%.*s", SPAN_FMT(rows_span(&rows, i, 0)), SPAN_FMT(rows_span(&rows, i, 1)));
        struct err e = collection_get(reader, request->conn, id, request->arena, &other, why);
        if (e.code == ERR_NOT_FOUND) {
            *why = (struct why){0};
            continue;
        }
        TRY(e);
        struct span verdict = rows_span(&rows, i, 3), key = rows_span(&rows, i, 2);
        json_out_object(out);
        json_out_member_string(out, "id", id);
        json_out_member_string(out, "verdict", verdict.at != NULL ? verdict : SPAN("proposed"));
        json_out_member_string(out, "alike_in", key.at != NULL ? path_of(key) : key);
        json_out_member_string(out, "decided_by", rows_span(&rows, i, 4));
        if (is_whole) write_differences(out, request->arena, entry, &other);
        json_out_object_end(out);
    }
    json_out_array_end(out);
    return err_none();
}

// --- entries ---

static struct err write_entry(struct json_out *out, struct api_request *request, struct collection_reader *reader, const struct collection_entry *entry, bool is_whole,
                              struct why *why) {
    json_out_object(out);
    json_out_member_string(out, "id", entry->id);
    json_out_member_string(out, "state", entry->state);
    json_out_member_string(out, "entity", entry->entity);
    json_out_name(out, "entry");
    json_out_value(out, &entry->content);
    json_out_member_string(out, "case", entry->case_id);
    json_out_member_string(out, "filing", entry->filing);
    json_out_member_string(out, "received_at", instant_text(request->arena, entry->received_ms));
    TRY(write_others(out, request, reader, entry, is_whole, why));
    json_out_object_end(out);
    return err_none();
}

static struct err get_entry(struct api_request *request, struct api_response *response, struct why *why) {
    struct collection_reader *reader;
    struct collection_entry entry;
    struct json_out out;
    TRY(reader_open(request, GATE_LIST, &reader, why));
    TRY(collection_get(reader, request->conn, request->params[1], request->arena, &entry, why));
    api_json(response, 200, &out);
    TRY(write_entry(&out, request, reader, &entry, true, why));
    struct access_reading reading = reading_of(request, &entry);
    return api_note_readings(request, response, &reading, 1, why);
}

struct entry_question {
    struct span state, type, name, text; // name and text folded; empty: any
    int64_t limit;
    bool is_csv;
};

static struct err question_read(struct api_request *request, struct entry_question *ret, struct why *why) {
    struct span format = api_query(request, "format");
    ret->state = api_query(request, "state");
    ret->type = api_query(request, "type");
    ret->name = name_fold(request->arena, api_query(request, "name"));
    ret->text = name_fold(request->arena, api_query(request, "text"));
    ret->is_csv = format.at != NULL && span_is(format, "csv");
    if (format.at != NULL && !ret->is_csv && !span_is(format, "json")) return why_set(why, ERR_INPUT, "format", "api.query", "", "format is json or csv");
    return api_query_int(request, "limit", ret->is_csv ? CSV_ROWS_MAX : 50, 1, ret->is_csv ? CSV_ROWS_MAX : LIMIT_PAGE_ROWS, &ret->limit, why);
}

// Whether what she sees of the entry holds the text: what is kept back is not found by it.
static bool has_text(struct arena *arena, const struct collection_entry *entry, struct span text) {
    struct span content;
    if (text.len == 0) return true;
    if (is_err(json_canonical_text(arena, &entry->content, &content))) return false;
    struct span all = name_fold(arena, content);
    for (size_t i = 0; i + text.len <= all.len; i++)
        if (memcmp(&all.at[i], text.at, text.len) == 0) return true;
    return false;
}

struct entry_page {
    size_t count;
    struct collection_entry *items;
    bool has_more;
    struct json last[3]; // where to go on
};

// Fills the page behind what this person may not see. Where much of the collection is not hers, a page may come out short, and says where to go on.
static struct err page_fill(struct api_request *request, struct collection_reader *reader, const struct entry_question *q, struct entry_page *page, struct why *why) {
    struct rows rows = {.count = BATCH_ROWS};
    bool is_given;
    for (size_t i = 0; i < 3; i++) page->last[i] = json_from_string(SPAN(""));
    TRY(api_cursor_read(request, "entries", page->last, 3, &is_given, why));
    page->items = arena_take_array(request->arena, (size_t)q->limit, sizeof *page->items);
    if (page->items == NULL) return err_make(ERR_MEMORY);
    for (size_t batch = 0; rows.count == BATCH_ROWS && !page->has_more; batch++) {
        struct value params[] = {value_text(reader->extract->id), value_text(page->last[0].string), value_text(page->last[1].string), value_text(page->last[2].string),
                                 value_int(BATCH_ROWS), value_text(q->state), value_text(q->type), q->name.len > 0 ? value_text(q->name) : value_null()};
        TRY(store_read(request->conn, STMT_COLLECTION_PAGE, params, 8, request->arena, &rows, why));
        for (size_t i = 0; i < rows.count && !page->has_more; i++) {
            struct collection_entry entry;
            bool is_seen;
            if (page->count == (size_t)q->limit) {
                page->has_more = true;
                break;
            }
            TRY(collection_see(reader, request->conn, &rows, i, request->arena, &entry, &is_seen, why));
            page->last[0] = json_from_string(entry.folded);
            page->last[1] = json_from_string(entry.state);
            page->last[2] = json_from_string(entry.entity);
            if (is_seen && has_text(request->arena, &entry, q->text)) page->items[page->count++] = entry;
        }
        if (batch + 1 == BATCHES_MAX && rows.count == BATCH_ROWS) page->has_more = true;
    }
    return err_none();
}

static struct span next_of(struct api_request *request, const struct entry_page *page) {
    return page->has_more ? api_cursor_write(request, "entries", page->last, 3) : span_make(NULL, 0);
}

// A text as it is, texts with blanks between, anything else as JSON.
static void write_cell(struct csv_out *csv, struct arena *arena, const struct json *value) {
    struct buf text;
    buf_init(&text, arena, LIMIT_TEXT_BYTES);
    bool are_texts = value != NULL && value->type == JSON_ARRAY;
    for (size_t i = 0; are_texts && i < value->count; i++) are_texts = value->items[i].type == JSON_STRING;
    if (json_is_null(value)) {
        csv_empty(csv);
        return;
    }
    if (value->type == JSON_STRING) buf_add(&text, value->string);
    else if (!are_texts && is_err(json_canonical(&text, value))) text.is_failed = true;
    for (size_t i = 0; are_texts && i < value->count; i++) {
        if (i > 0) buf_add_byte(&text, ' ');
        buf_add(&text, value->items[i].string);
    }
    if (text.is_failed) csv_empty(csv);
    else csv_text(csv, buf_span(&text));
}

static void write_csv(struct api_request *request, struct buf *body, const struct registry_extract *extract, const struct entry_page *page) {
    struct csv_out csv = {.buf = body};
    csv_text(&csv, SPAN("id"));
    csv_text(&csv, SPAN("state"));
    for (size_t k = 0; k < extract->attribute_count; k++) csv_text(&csv, extract->attributes[k]);
    csv_text(&csv, SPAN("filing"));
    csv_text(&csv, SPAN("received_at"));
    csv_row_end(&csv);
    for (size_t i = 0; i < page->count; i++) {
        const struct collection_entry *entry = &page->items[i];
        csv_text(&csv, entry->id);
        csv_text(&csv, entry->state);
        for (size_t k = 0; k < extract->attribute_count; k++) {
            const struct json *value = NULL;
            for (size_t m = 0; m < entry->content.count; m++)
                if (span_equals(entry->content.members[m].name, extract->attributes[k])) value = &entry->content.members[m].value;
            write_cell(&csv, request->arena, value);
        }
        csv_text(&csv, entry->filing);
        csv_text(&csv, instant_text(request->arena, entry->received_ms));
        csv_row_end(&csv);
    }
}

static struct err get_entries(struct api_request *request, struct api_response *response, struct why *why) {
    struct collection_reader *reader;
    struct entry_question question = {0};
    struct entry_page page = {0};
    struct json_out out;
    TRY(question_read(request, &question, why));
    TRY(reader_open(request, question.is_csv ? GATE_EXPORT : GATE_LIST, &reader, why));
    TRY(page_fill(request, reader, &question, &page, why));
    struct access_reading *readings = arena_take_array(request->arena, page.count + 1, sizeof *readings);
    if (readings == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < page.count; i++) readings[i] = reading_of(request, &page.items[i]);
    struct span next = next_of(request, &page);
    if (question.is_csv) {
        response->status = 200;
        response->media_type = "text/csv; charset=utf-8";
        api_respond_header(response, "content-disposition", SPAN("attachment; filename=\"entries.csv\""));
        if (next.at != NULL) api_respond_header(response, "varde-next", next);
        write_csv(request, &response->body, reader->extract, &page);
    } else {
        api_json(response, 200, &out);
        json_out_object(&out);
        json_out_member_string(&out, "extract", reader->extract->id);
        json_out_member_string(&out, "article", reader->extract->access);
        json_out_name(&out, "entries");
        json_out_array(&out);
        for (size_t i = 0; i < page.count; i++) TRY(write_entry(&out, request, reader, &page.items[i], false, why));
        json_out_array_end(&out);
        json_out_member_string(&out, "next", next);
        json_out_object_end(&out);
    }
    return api_note_readings(request, response, readings, page.count, why);
}

// --- what may be of one entity ---

static bool is_wanted(struct span wanted, struct span verdict) {
    return wanted.at == NULL || span_equals(wanted, verdict.at != NULL ? verdict : SPAN("proposed"));
}

struct pairs {
    size_t count;                                // written
    struct access_reading readings[2 * PAIRS_MAX];
    struct json last[2];
};

static struct err write_pair(struct json_out *out, struct api_request *request, struct collection_reader *reader, const struct rows *rows, size_t i, struct pairs *pairs,
                             struct why *why) {
    struct collection_entry one, other;
    struct why own = {0};
    struct span verdict = rows_span(rows, i, 3);
    struct err e = collection_get(reader, request->conn, rows_span(rows, i, 0), request->arena, &one, &own);
    if (!is_err(e)) e = collection_get(reader, request->conn, rows_span(rows, i, 1), request->arena, &other, &own);
    if (e.code == ERR_NOT_FOUND) return err_none(); // withdrawn or held back
    if (is_err(e)) *why = own;
    TRY(e);
    json_out_object(out);
    json_out_member_string(out, "one", one.id);
    json_out_member_string(out, "other", other.id);
    json_out_member_string(out, "name", one.name);
    json_out_member_string(out, "other_name", other.name);
    json_out_member_string(out, "alike_in", path_of(rows_span(rows, i, 2)));
    json_out_member_string(out, "verdict", verdict.at != NULL ? verdict : SPAN("proposed"));
    json_out_member_string(out, "decided_by", rows_span(rows, i, 4));
    write_differences(out, request->arena, &one, &other);
    json_out_object_end(out);
    pairs->readings[2 * pairs->count] = reading_of(request, &one);
    pairs->readings[2 * pairs->count + 1] = reading_of(request, &other);
    pairs->count++;
    return err_none();
}

static struct err keeper_open(struct api_request *request, struct collection_reader **ret, struct why *why) {
    TRY(reader_open(request, GATE_LIST, ret, why));
    return (*ret)->is_keeper ? err_none() : why_set(why, ERR_DENIED, "", "registry.keeper", "", "this is for the office that keeps the registry");
}

static struct err get_pairs(struct api_request *request, struct api_response *response, struct why *why) {
    struct collection_reader *reader;
    struct pairs *pairs = ARENA_NEW(request->arena, struct pairs);
    struct span wanted = api_query(request, "verdict");
    struct rows rows = {.count = PAIRS_MAX};
    struct json_out out;
    bool is_given, has_more = false;
    if (pairs == NULL) return err_make(ERR_MEMORY);
    TRY(keeper_open(request, &reader, why));
    pairs->last[0] = pairs->last[1] = json_from_string(SPAN(""));
    TRY(api_cursor_read(request, "pairs", pairs->last, 2, &is_given, why));
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_name(&out, "pairs");
    json_out_array(&out);
    while (rows.count == PAIRS_MAX && !has_more) {
        struct value params[] = {value_text(reader->extract->id), value_text(pairs->last[0].string), value_text(pairs->last[1].string), value_int(PAIRS_MAX)};
        TRY(store_read(request->conn, STMT_COLLECTION_PAIRS, params, 4, request->arena, &rows, why));
        for (size_t i = 0; i < rows.count && !has_more; i++) {
            has_more = pairs->count == PAIRS_MAX;
            if (has_more) break;
            pairs->last[0] = json_from_string(rows_span(&rows, i, 0));
            pairs->last[1] = json_from_string(rows_span(&rows, i, 1));
            if (is_wanted(wanted, rows_span(&rows, i, 3))) TRY(write_pair(&out, request, reader, &rows, i, pairs, why));
        }
    }
    json_out_array_end(&out);
    json_out_member_string(&out, "next", has_more ? api_cursor_write(request, "pairs", pairs->last, 2) : span_make(NULL, 0));
    json_out_object_end(&out);
    return api_note_readings(request, response, pairs->readings, 2 * pairs->count, why);
}

// --- who handed in what, and who may read ---

static bool has_role_at(const struct principal *who, struct span office) {
    bool has = false;
    for (size_t i = 0; i < who->role_count; i++) has = has || span_equals(who->roles[i].office, office);
    return has;
}

static struct err get_senders(struct api_request *request, struct api_response *response, struct why *why) {
    enum { STATE, CASE, FILING, OFFICE, VERSION, MADE, RECEIVED, TOTAL, MORE, SIGNATURE, HELD }; // columns of collection_senders
    struct collection_reader *reader;
    struct rows rows;
    struct json_out out;
    TRY(reader_open(request, GATE_LIST, &reader, why));
    struct value extract = value_text(reader->extract->id);
    TRY(store_read(request->conn, STMT_COLLECTION_SENDERS, &extract, 1, request->arena, &rows, why));
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_name(&out, "senders");
    json_out_array(&out);
    for (size_t i = 0; i < rows.count; i++) {
        if (!reader->is_keeper && !has_role_at(&request->principal, rows_span(&rows, i, OFFICE))) continue;
        json_out_object(&out);
        json_out_member_string(&out, "state", rows_span(&rows, i, STATE));
        json_out_member_string(&out, "case", rows_span(&rows, i, CASE));
        json_out_member_string(&out, "filing", rows_span(&rows, i, FILING));
        json_out_member_string(&out, "office", rows_span(&rows, i, OFFICE));
        json_out_member_string(&out, "version", rows_span(&rows, i, VERSION));
        json_out_member_string(&out, "made_at", instant_text(request->arena, rows_int(&rows, i, MADE)));
        json_out_member_string(&out, "received_at", instant_text(request->arena, rows_int(&rows, i, RECEIVED)));
        json_out_member_int(&out, "total", rows_int(&rows, i, TOTAL));
        json_out_member_int(&out, "held", rows_int(&rows, i, HELD));
        json_out_member_bool(&out, "has_more", rows_int(&rows, i, MORE) != 0);
        json_out_member_string(&out, "signature", rows_span(&rows, i, SIGNATURE));
        json_out_object_end(&out);
    }
    json_out_array_end(&out);
    json_out_object_end(&out);
    return err_none();
}

static struct err get_grants(struct api_request *request, struct api_response *response, struct why *why) {
    enum { FILING, CASE, OFFICE, BOUNDS, GRANTED, UNTIL, ENDED }; // columns of collection_grants
    struct collection_reader *reader;
    struct rows rows;
    struct json_out out;
    TRY(reader_open(request, GATE_LIST, &reader, why));
    struct value extract = value_text(reader->extract->id);
    TRY(store_read(request->conn, STMT_COLLECTION_GRANTS, &extract, 1, request->arena, &rows, why));
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_name(&out, "grants");
    json_out_array(&out);
    for (size_t i = 0; i < rows.count; i++) {
        if (!reader->is_keeper && !has_role_at(&request->principal, rows_span(&rows, i, OFFICE))) continue;
        bool is_ended = rows_int(&rows, i, ENDED) != 0;
        json_out_object(&out);
        json_out_member_string(&out, "filing", rows_span(&rows, i, FILING));
        json_out_member_string(&out, "case", rows_span(&rows, i, CASE));
        json_out_member_string(&out, "office", rows_span(&rows, i, OFFICE));
        json_out_name(&out, "bounds");
        json_out_raw(&out, rows_span(&rows, i, BOUNDS));
        json_out_member_string(&out, "granted_at", instant_text(request->arena, rows_int(&rows, i, GRANTED)));
        json_out_member_string(&out, "until", instant_text(request->arena, rows_int(&rows, i, UNTIL)));
        json_out_member_string(&out, "ended_at", is_ended ? instant_text(request->arena, rows_int(&rows, i, ENDED)) : span_make(NULL, 0));
        json_out_member_bool(&out, "is_in_force", !is_ended && rows_int(&rows, i, UNTIL) > request->received_ms);
        json_out_object_end(&out);
    }
    json_out_array_end(&out);
    json_out_object_end(&out);
    return err_none();
}

static const struct route_param ENTRIES[] = {
    {"state", "string", "only what this Member State handed in"},
    {"type", "string", "only this type of entity"},
    {"name", "string", "part of the name"},
    {"text", "string", "part of what one sees of the entry"},
    {"format", "string", "json or csv; of csv the header varde-next is the cursor of the next page"},
    {"limit", "integer", "rows, 1 to 250, 50 by default; of csv to 1000, and so many by default"},
    {"cursor", "string", "where to go on: next of the page before"},
    {NULL, NULL, NULL},
};
static const struct route_param PAIRS[] = {
    {"verdict", "string", "proposed, same or different"},
    {"cursor", "string", "where to go on: next of the page before"},
    {NULL, NULL, NULL},
};

const struct route routes_collection[] = {
    {"GET", "/api/v1/registry/{extract}/entries", get_entries, AUTH_KNOWN, SCOPE_READ, RATE_READ, "registry", "Entries that states handed in, within one's bounds, by name", NULL, "RegistryEntryList", 200, ENTRIES, false},
    {"GET", "/api/v1/registry/{extract}/entries/{id}", get_entry, AUTH_KNOWN, SCOPE_READ, RATE_READ, "registry", "One entry, with what entries of other states say otherwise", NULL, "RegistryEntry", 200, NULL, false},
    {"GET", "/api/v1/registry/{extract}/pairs", get_pairs, AUTH_KNOWN, SCOPE_READ, RATE_READ, "registry", "Entries of two states that may be of one entity, for the office that keeps the registry", NULL, "RegistryPairList", 200, PAIRS, false},
    {"GET", "/api/v1/registry/{extract}/senders", get_senders, AUTH_KNOWN, SCOPE_READ, RATE_READ, "registry", "What each state handed in last", NULL, "RegistrySenderList", 200, NULL, false},
    {"GET", "/api/v1/registry/{extract}/grants", get_grants, AUTH_KNOWN, SCOPE_READ, RATE_READ, "registry", "Who may read within which bounds until when: all for who keeps it, one's own otherwise", NULL, "RegistryGrantList", 200, NULL, false},
    {0},
};
