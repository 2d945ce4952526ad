// SPDX-License-Identifier: EUPL-1.2
#include "service/retention.h"

enum { PAGE_ROWS = 500, LINES_MAX = 512, PAGE_ARENA_BYTES = 4 * 1024 * 1024 };

// One procedure and document with its rule and counts.
struct line {
    struct span procedure, document;
    const struct retention_rule *rule; // NULL: none
    int64_t filings, over, held, next_over_ms;
};

struct report {
    const struct retention_question *question;
    struct retention_rules rules;
    struct civil today;
    size_t line_count;
    struct line lines[LINES_MAX];
    struct buf list; // JSON of the proposals
    struct json_out list_out;
    size_t listed;
    int64_t last_listed;
    bool is_cut;
    struct arena *arena;
    struct why *why;
};

enum column { SEQ, FILING, CASE_ID, PROCEDURE, DOCUMENT, RECORDED, LAST_RECORDED, OPEN_DUTIES, KEYS, HOLDS };

static struct err memory(struct report *report) {
    return why_set(report->why, ERR_MEMORY, NULL, "retention.memory", NULL, "no memory left for the report");
}

static struct line *line_of(struct report *report, struct span procedure, struct span document) {
    for (size_t i = 0; i < report->line_count; i++)
        if (span_equals(report->lines[i].procedure, procedure) && span_equals(report->lines[i].document, document))
            return &report->lines[i];
    if (report->line_count == LINES_MAX) return NULL;
    struct line *line = &report->lines[report->line_count];
    *line = (struct line){.procedure = arena_copy(report->arena, procedure),
                          .document = arena_copy(report->arena, document),
                          .rule = retention_rule_for(&report->rules, procedure, document, report->today),
                          .next_over_ms = INSTANT_NONE};
    if (line->procedure.at == NULL || line->document.at == NULL) return NULL;
    report->line_count++;
    return line;
}

static void instant_add(struct json_out *out, struct arena *arena, const char *name, int64_t instant_ms) {
    json_out_member_string(out, name,
                           instant_ms == INSTANT_NONE ? span_make(NULL, 0) : instant_text(arena, instant_ms));
}

static void ground_add(struct json_out *out, const struct line *line, struct arena *arena) {
    const struct retention_rule *rule = line->rule;
    json_out_member_string(
        out, "ground",
        arena_printf(arena, "%.*s: kept for %d %s from the day of %s", SPAN_FMT(rule->pack),
                     rule->months > 0 ? rule->months : rule->days, rule->months > 0 ? "months" : "days",
                     rule->counted_from == RETENTION_FROM_FILED ? "filing" : "the last filing of the case"));
}

static void proposal_list(struct report *report, const struct rows *rows, size_t row, const struct line *line,
                          int64_t over_ms, struct arena *arena) {
    const struct retention_question *question = report->question;
    if (rows_int(rows, row, SEQ) <= question->after_seq) return;
    report->is_cut = report->listed == question->list_max;
    if (report->is_cut) return;
    struct json_out *out = &report->list_out;
    json_out_object(out);
    json_out_member_string(out, "filing", rows_span(rows, row, FILING));
    json_out_member_string(out, "case", rows_span(rows, row, CASE_ID));
    json_out_member_string(out, "procedure", line->procedure);
    json_out_member_string(out, "document", line->document);
    json_out_member_int(out, "seq", rows_int(rows, row, SEQ));
    instant_add(out, arena, "over_at", over_ms);
    json_out_member_bool(out, "is_over", over_ms <= question->now_ms);
    json_out_member_int(out, "fields", rows_int(rows, row, KEYS));
    json_out_member_string(out, "article", line->rule->article);
    ground_add(out, line, arena);
    json_out_object_end(out);
    report->listed++;
    report->last_listed = rows_int(rows, row, SEQ);
}

static struct err filing_weigh(struct report *report, const struct rows *rows, size_t row, struct arena *arena) {
    const struct retention_question *question = report->question;
    struct line *line = line_of(report, rows_span(rows, row, PROCEDURE), rows_span(rows, row, DOCUMENT));
    if (line == NULL) return memory(report);
    line->filings++;
    if (line->rule == NULL || !line->rule->is_known || rows_int(rows, row, KEYS) == 0) return err_none();
    bool is_from_filed = line->rule->counted_from == RETENTION_FROM_FILED;
    int64_t over_ms =
        retention_over_ms(line->rule, question->zone, rows_int(rows, row, is_from_filed ? RECORDED : LAST_RECORDED));
    if (over_ms > question->now_ms && (line->next_over_ms == INSTANT_NONE || over_ms < line->next_over_ms))
        line->next_over_ms = over_ms;
    bool is_held = rows_int(rows, row, OPEN_DUTIES) > 0 || rows_int(rows, row, HOLDS) > 0;
    if (over_ms <= question->now_ms) *(is_held ? &line->held : &line->over) += 1;
    if (!is_held && !report->is_cut &&
        over_ms <= (question->through_ms > question->now_ms ? question->through_ms : question->now_ms))
        proposal_list(report, rows, row, line, over_ms, arena);
    return err_none();
}

static struct err filings_weigh(struct report *report, struct store_conn *conn) {
    struct arena page;
    struct err e = err_none();
    int64_t after = -1;
    arena_init(&page, PAGE_ARENA_BYTES);
    for (bool more = true; more && !is_err(e);) {
        struct value params[] = {value_int(after), value_int(PAGE_ROWS)};
        struct rows rows = {0};
        arena_reset(&page);
        e = store_read(conn, STMT_RETENTION_PAGE, params, 2, &page, &rows, report->why);
        for (size_t i = 0; i < rows.count && !is_err(e); i++) e = filing_weigh(report, &rows, i, &page);
        more = rows.count == PAGE_ROWS;
        if (rows.count > 0) after = rows_int(&rows, rows.count - 1, SEQ);
    }
    arena_fini(&page);
    return e;
}

static void keep_write(struct json_out *out, const struct retention_rule *rule) {
    json_out_name(out, "keep");
    if (rule == NULL || !rule->is_known) {
        json_out_text(out, "unknown");
        return;
    }
    json_out_object(out);
    json_out_member_int(out, rule->months > 0 ? "months" : "days", rule->months > 0 ? rule->months : rule->days);
    json_out_object_end(out);
}

struct span retention_rule_name(const struct retention_rule *rule, struct arena *arena) {
    if (rule == NULL || !rule->is_known) return SPAN("");
    return arena_printf(arena, "%.*s %.*s %.*s %d %s %s", SPAN_FMT(rule->pack), SPAN_FMT(rule->procedure), SPAN_FMT(rule->document),
                        rule->months > 0 ? rule->months : rule->days, rule->months > 0 ? "months" : "days",
                        rule->counted_from == RETENTION_FROM_FILED ? "filed" : "last_filing");
}

bool retention_is_named(const struct json *names, struct span name) {
    for (size_t i = 0; name.len > 0 && names->type == JSON_ARRAY && i < names->count; i++)
        if (names->items[i].type == JSON_STRING && span_equals(names->items[i].string, name)) return true;
    return false;
}

static void line_write(struct json_out *out, const struct line *line, struct arena *arena) {
    const struct retention_rule *rule = line->rule;
    const struct span none = {NULL, 0};
    json_out_object(out);
    json_out_member_string(out, "procedure", line->procedure);
    json_out_member_string(out, "document", line->document);
    keep_write(out, rule);
    json_out_member_text(out, "counted_from",
                         rule == NULL                                 ? NULL
                         : rule->counted_from == RETENTION_FROM_FILED ? "filed"
                                                                      : "last_filing");
    json_out_member_string(out, "article", rule == NULL ? none : rule->article);
    json_out_member_string(out, "certainty", rule == NULL ? none : rule->certainty);
    json_out_member_string(out, "pack", rule == NULL ? none : rule->pack);
    struct span name = retention_rule_name(rule, arena);
    json_out_member_string(out, "rule", name.len > 0 ? name : none);
    json_out_member_int(out, "filings", line->filings);
    json_out_member_int(out, "over", line->over);
    json_out_member_int(out, "held", line->held);
    instant_add(out, arena, "next_over", line->next_over_ms);
    json_out_object_end(out);
}

static struct err report_make(struct report *report, struct json_out *out, struct store_conn *conn) {
    const struct retention_question *question = report->question;
    report->today = zone_date(question->zone, question->now_ms);
    TRY(retention_rules_read(question->law, question->state, report->arena, &report->rules, report->why));
    json_out_init(&report->list_out, &report->list);
    json_out_array(&report->list_out);
    TRY(filings_weigh(report, conn));
    json_out_array_end(&report->list_out);
    if (report->list.is_failed) return memory(report);
    json_out_object(out);
    instant_add(out, report->arena, "at", question->now_ms);
    json_out_name(out, "rules");
    json_out_array(out);
    for (size_t i = 0; i < report->line_count; i++) line_write(out, &report->lines[i], report->arena);
    json_out_array_end(out);
    json_out_name(out, "proposals");
    json_out_raw(out, buf_span(&report->list));
    json_out_member_bool(out, "proposals_left", report->is_cut);
    json_out_name(out, "next");
    if (report->is_cut)
        json_out_int(out, report->last_listed);
    else
        json_out_null(out);
    json_out_object_end(out);
    return err_none();
}

struct err retention_write_json(struct json_out *out, struct store_conn *conn,
                                const struct retention_question *question, struct arena *arena, struct why *why) {
    struct report *report = ARENA_NEW(arena, struct report);
    if (report == NULL)
        return why_set(why, ERR_MEMORY, NULL, "retention.memory", NULL, "no memory left for the report");
    report->question = question;
    report->arena = arena;
    report->why = why;
    report->last_listed = question->after_seq;
    buf_init(&report->list, arena, 16 * 1024 * 1024);
    return report_make(report, out, conn);
}

struct err retention_due(struct store_conn *conn, const struct retention_question *question, size_t rows_max, struct arena *arena,
                         struct retention_due *ret, struct why *why) {
    struct retention_rules rules;
    struct rows rows;
    struct value params[] = {value_int(question->after_seq), value_int((int64_t)rows_max)};
    struct civil today = zone_date(question->zone, question->now_ms);
    *ret = (struct retention_due){.after_seq = question->after_seq};
    TRY(retention_rules_read(question->law, question->state, arena, &rules, why));
    TRY(store_read(conn, STMT_RETENTION_PAGE, params, 2, arena, &rows, why));
    ret->filings = arena_take_array(arena, question->list_max + 1, sizeof *ret->filings);
    if (ret->filings == NULL) return why_set(why, ERR_MEMORY, NULL, "retention.memory", NULL, "no memory left for the report");
    for (size_t i = 0; i < rows.count && ret->count < question->list_max; i++) {
        ret->after_seq = rows_int(&rows, i, SEQ);
        const struct retention_rule *rule = retention_rule_for(&rules, rows_span(&rows, i, PROCEDURE), rows_span(&rows, i, DOCUMENT), today);
        bool is_kept = rule == NULL || !rule->is_known || rows_int(&rows, i, KEYS) == 0 || rows_int(&rows, i, OPEN_DUTIES) > 0 || rows_int(&rows, i, HOLDS) > 0;
        if (is_kept || (question->only != NULL && !retention_is_named(question->only, retention_rule_name(rule, arena)))) continue;
        bool is_from_filed = rule->counted_from == RETENTION_FROM_FILED;
        if (retention_over_ms(rule, question->zone, rows_int(&rows, i, is_from_filed ? RECORDED : LAST_RECORDED)) <= question->through_ms)
            ret->filings[ret->count++] = rows_span(&rows, i, FILING);
    }
    ret->is_end = rows.count < rows_max && ret->count < question->list_max;
    return err_none();
}
