// SPDX-License-Identifier: EUPL-1.2
/* A register as CSV: a strict reader of RFC 4180, each record made into facts, classified, and written back. */
#include "law/register_csv.h"

#include "base/limits.h"
#include "law/scope_private.h"

enum { COLUMNS_MAX = 128, RECORD_BYTES_MAX = 64 * 1024 };

struct reader {
    struct span csv;
    size_t at, line; // line of the record that is being read, from 1
    struct arena *arena;
    struct why *why;
};
struct record {
    size_t count, line;
    struct span cells[COLUMNS_MAX];
};

static struct err refuse(const struct reader *r, size_t line, const char *rule, const char *words) {
    struct span field = arena_printf(r->arena, "line %zu", line);
    return why_set(r->why, ERR_INPUT, field.at != NULL ? (const char *)field.at : "", rule, "RFC 4180", "%s", words);
}

static bool is_end(const struct reader *r, size_t at) { return at >= r->csv.len || r->csv.at[at] == '\n' || r->csv.at[at] == '\r'; }

// A cell in quotes: doubled quotes stand for one, line breaks are kept.
static struct err read_quoted(struct reader *r, struct span *ret) {
    struct buf text;
    buf_init(&text, r->arena, RECORD_BYTES_MAX);
    for (r->at++;; r->at++) {
        if (r->at >= r->csv.len) return refuse(r, r->line, "csv.quote", "the quote is never closed");
        uint8_t c = r->csv.at[r->at];
        if (c == '"') {
            if (r->at + 1 >= r->csv.len || r->csv.at[r->at + 1] != '"') break;
            r->at++;
        }
        if (c == '\n') r->line++;
        buf_add_byte(&text, c);
    }
    r->at++;
    if (!is_end(r, r->at) && r->csv.at[r->at] != ',') return refuse(r, r->line, "csv.quote", "a comma or the line's end must follow a quote");
    if (text.is_failed) return refuse(r, r->line, "csv.size", "the cell is too long");
    *ret = buf_span(&text);
    return err_none();
}

static struct err read_plain(struct reader *r, struct span *ret) {
    size_t from = r->at;
    for (; !is_end(r, r->at) && r->csv.at[r->at] != ','; r->at++)
        if (r->csv.at[r->at] == '"') return refuse(r, r->line, "csv.quote", "a quote may only stand at a cell's beginning");
    *ret = span_part(r->csv, from, r->at);
    return err_none();
}

// The next record; *ret_more false at the end. Lines end by LF or CR LF; an empty line is skipped.
static struct err next_record(struct reader *r, struct record *ret, bool *ret_more) {
    while (r->at < r->csv.len && (r->csv.at[r->at] == '\n' || (r->csv.at[r->at] == '\r' && r->at + 1 < r->csv.len && r->csv.at[r->at + 1] == '\n'))) {
        r->line += r->csv.at[r->at] == '\n';
        r->at++;
    }
    *ret_more = r->at < r->csv.len;
    ret->count = 0;
    ret->line = r->line;
    while (*ret_more) {
        if (ret->count == COLUMNS_MAX) return refuse(r, r->line, "csv.columns", "the line has too many cells");
        bool is_quoted = r->at < r->csv.len && r->csv.at[r->at] == '"';
        TRY(is_quoted ? read_quoted(r, &ret->cells[ret->count]) : read_plain(r, &ret->cells[ret->count]));
        if (!span_is_utf8(ret->cells[ret->count])) return refuse(r, ret->line, "csv.utf8", "the line is not UTF-8");
        ret->count++;
        if (r->at >= r->csv.len) break;
        uint8_t c = r->csv.at[r->at++];
        if (c == ',') continue;
        if (c == '\r' && (r->at >= r->csv.len || r->csv.at[r->at++] != '\n')) return refuse(r, r->line, "csv.line", "CR without LF");
        r->line++;
        break;
    }
    return err_none();
}

// "DI_DNS; DI_TLD" as a list of texts.
static struct err list_of(struct arena *arena, struct span cell, struct json *ret) {
    size_t most = cell.len / 2 + 2;
    *ret = (struct json){.type = JSON_ARRAY, .items = arena_take_array(arena, most, sizeof *ret->items)};
    if (ret->items == NULL) return err_make(ERR_MEMORY);
    for (size_t at = 0; at < cell.len;) {
        size_t end = at;
        while (end < cell.len && cell.at[end] != ';' && cell.at[end] != ' ') end++;
        if (end > at) ret->items[ret->count++] = json_from_string(span_part(cell, at, end));
        at = end + 1;
    }
    return err_none();
}

static bool is_list(const struct scope_book *book, size_t variable) {
    enum fact_form form = book->variables[variable].form;
    return form == FORM_TYPES || form == FORM_COUNTRIES;
}

struct column {
    struct span name;
    bool is_list;
};

static struct err read_heading(struct reader *r, const struct scope_book *book, struct record *heading, struct column *columns) {
    bool has_more;
    TRY(next_record(r, heading, &has_more));
    if (!has_more) return refuse(r, 1, "csv.heading", "the first line must name the columns");
    for (size_t i = 0; i < heading->count; i++) {
        struct span name = span_trim(heading->cells[i]);
        columns[i].name = name;
        for (size_t k = 0; k < i; k++)
            if (span_equals(columns[k].name, name)) return refuse(r, heading->line, "csv.heading", "a column is named twice");
        if (span_is(name, "state") || span_is(name, "at")) continue;
        size_t variable = book_variable(book, name);
        bool is_fact = variable < VARIABLES_MAX && book->variables[variable].form != FORM_SIZE &&
                       (book->variables[variable].kind == VARIABLE_FACT || book->variables[variable].kind == VARIABLE_MEMBER ||
                        book->variables[variable].kind == VARIABLE_PLAIN);
        if (!is_fact) {
            struct span field = arena_printf(r->arena, "line %zu", heading->line);
            return why_set(r->why, ERR_INPUT, field.at != NULL ? (const char *)field.at : "", "csv.heading", NULL,
                           "\"%.*s\" is no fact that a column can hold", (int)(name.len < 64 ? name.len : 64), (const char *)name.at);
        }
        columns[i].is_list = is_list(book, variable);
    }
    return err_none();
}

static struct err facts_of(struct arena *arena, const struct record *record, const struct column *columns, struct json *ret) {
    *ret = (struct json){.type = JSON_OBJECT, .members = arena_take_array(arena, record->count + 1, sizeof *ret->members)};
    if (ret->members == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < record->count; i++) {
        struct span cell = span_trim(record->cells[i]);
        if (cell.len == 0) continue;
        struct json_member *member = &ret->members[ret->count++];
        member->name = columns[i].name;
        member->value = json_from_string(cell);
        if (columns[i].is_list) TRY(list_of(arena, cell, &member->value));
    }
    return err_none();
}

static void write_cell(struct buf *out, struct span cell) {
    bool must_quote = false;
    for (size_t i = 0; i < cell.len; i++) must_quote |= cell.at[i] == ',' || cell.at[i] == '"' || cell.at[i] == '\n' || cell.at[i] == '\r';
    if (!must_quote) {
        buf_add(out, cell);
        return;
    }
    buf_add_byte(out, '"');
    for (size_t i = 0; i < cell.len; i++) {
        if (cell.at[i] == '"') buf_add_byte(out, '"');
        buf_add_byte(out, cell.at[i]);
    }
    buf_add_byte(out, '"');
}

// What is asked for where the class is open; only then is the answer with reasons made.
static struct err write_line(const struct scope_view *view, const struct scope_facts *facts, struct arena *arena, struct span id,
                             struct buf *out, struct register_counts *counts, struct why *why) {
    struct scope_answer answer = {.class = scope_classify(view, facts)};
    bool is_open = answer.class == ENTITY_UNDETERMINED;
    if (is_open) TRY(scope_answer_facts(view, facts, arena, &answer, why));
    else answer.outcome = answer.class == ENTITY_OUT ? SCOPE_OUT : SCOPE_IN;
    counts->by_class[answer.class]++;
    bool is_registrar = answer.class == ENTITY_DOMAIN_NAME_REGISTRATION ||
                        (answer.outcome == SCOPE_IN && scope_is_domain_name_registration(view, facts));
    write_cell(out, id);
    buf_printf(out, ",%s,%s,%s,", scope_outcome_name(answer.outcome), entity_class_name(answer.class), is_registrar ? "yes" : "no");
    for (size_t i = 0; i < answer.missing_count; i++)
        buf_printf(out, "%s%.*s", i > 0 ? ";" : "", SPAN_FMT(answer.missing[i].name));
    for (size_t i = 0; i < answer.option_count; i++)
        if (answer.options[i].is_open) buf_printf(out, "%s%.*s", i > 0 || answer.missing_count > 0 ? ";" : "", SPAN_FMT(answer.options[i].name));
    buf_add_text(out, ",\r\n");
    return err_none();
}

static struct err classify_record(const struct law *law, const struct json *facts, struct span state_or_empty, struct civil today,
                                  struct span id, struct arena *arena, struct buf *out, struct register_counts *counts, struct why *why) {
    const struct scope_facts *read;
    const struct scope_view *view;
    struct span state;
    struct civil at;
    TRY(scope_facts_read(law, facts, arena, &read, why));
    TRY(scope_place_read(facts, state_or_empty, today, &state, &at, why));
    TRY(scope_view_make(law, state, at, arena, &view, why));
    return write_line(view, read, arena, id, out, counts, why);
}

struct register_csv {
    struct reader reader;
    struct column columns[COLUMNS_MAX];
    struct record record;
    size_t width;
};

struct err register_csv_open(const struct law *law, struct span csv, struct arena *arena, struct register_csv **ret, struct why *why) {
    if (law->scope == NULL) return why_set(why, ERR_LAW, NULL, "scope.book", NULL, "no pack says what is in scope");
    struct register_csv *r = ARENA_NEW(arena, struct register_csv);
    if (r == NULL) return why_set(why, ERR_MEMORY, NULL, "csv.memory", NULL, "no memory to read the register");
    r->reader = (struct reader){.csv = csv, .line = 1, .arena = arena, .why = why};
    TRY(read_heading(&r->reader, law->scope, &r->record, r->columns));
    r->width = r->record.count;
    *ret = r;
    return err_none();
}

struct err register_csv_next(struct register_csv *r, struct arena *scratch, struct register_line *ret, struct why *why) {
    bool has_more;
    r->reader.arena = scratch;
    r->reader.why = why;
    TRY(next_record(&r->reader, &r->record, &has_more));
    *ret = (struct register_line){.is_end = !has_more, .line = r->record.line};
    if (!has_more) return err_none();
    for (size_t i = 0; i < r->record.count && i < r->width; i++)
        if (span_is(r->columns[i].name, "id")) ret->id = r->record.cells[i];
    if (r->record.count == r->width) return facts_of(scratch, &r->record, r->columns, &ret->facts);
    struct err bad = why_set(&ret->reason, ERR_INPUT, "", "csv.width", "RFC 4180", "%zu cells, the heading has %zu", r->record.count, r->width);
    ret->is_bad = is_err(bad); // of this line alone
    return err_none();
}

struct err register_classify_csv(const struct law *law, struct span csv, struct span state_or_empty, struct civil today,
                                 struct buf *out, struct register_counts *ret, struct why *why) {
    struct arena heading_arena, arena;
    arena_init(&heading_arena, (size_t)4 * 1024 * 1024);
    arena_init(&arena, (size_t)8 * 1024 * 1024);
    struct register_csv *r = NULL;
    struct register_counts counts = {0};
    struct err e = register_csv_open(law, csv, &heading_arena, &r, why);
    if (!is_err(e)) buf_add_text(out, "id,outcome,class,domain_name_registration,missing,error\r\n");
    while (!is_err(e)) {
        struct register_line line;
        arena_reset(&arena);
        e = register_csv_next(r, &arena, &line, why);
        if (is_err(e) || line.is_end) break;
        counts.lines++;
        bool is_bad = line.is_bad || is_err(classify_record(law, &line.facts, state_or_empty, today, line.id, &arena, out, &counts, &line.reason));
        if (!is_bad) continue;
        counts.errors++;
        struct span words = arena_printf(&arena, "line %zu: %s%s%s", line.line, line.reason.field, line.reason.field[0] != '\0' ? ": " : "", line.reason.words);
        write_cell(out, line.id);
        buf_add_text(out, ",,,,,");
        write_cell(out, words);
        buf_add_text(out, "\r\n");
    }
    arena_fini(&arena);
    arena_fini(&heading_arena);
    if (is_err(e)) return e;
    if (out->is_failed) return why_set(why, ERR_MEMORY, NULL, "csv.memory", NULL, "the answer does not fit");
    *ret = counts;
    return err_none();
}
