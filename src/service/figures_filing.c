// SPDX-License-Identifier: EUPL-1.2
/* Figures as filings keep them: frozen when prepared, moved on by review, filing and publication. */
#include "law/pack.h"
#include "service/effects.h"
#include "service/figures.h"

static void hash_write(struct json_out *out, const char *name, const struct hash *hash, struct arena *arena) {
    struct buf text;
    buf_init(&text, arena, 128);
    buf_add_hex(&text, hash_span(hash));
    json_out_member_string(out, name, buf_span(&text));
}

static void cell_write(struct json_out *out, const struct population *p, const struct figure_cell *cell) {
    json_out_object(out);
    json_out_name(out, "at");
    json_out_object(out);
    for (size_t d = 0; d < p->dimension_count; d++) {
        if (cell->at[d].at == NULL) continue;
        json_out_name_span(out, p->dimensions[d].name);
        json_out_string(out, cell->at[d]);
    }
    json_out_object_end(out);
    json_out_name(out, "values");
    json_out_array(out);
    for (size_t m = 0; m < p->measure_count; m++) json_out_int(out, cell->values[m]);
    json_out_array_end(out);
    json_out_name(out, "largest");
    json_out_array(out);
    for (size_t m = 0; m < p->measure_count; m++) json_out_int(out, cell->largest[m]);
    json_out_array_end(out);
    json_out_name(out, "withheld");
    json_out_array(out);
    for (size_t m = 0; m < p->measure_count; m++) json_out_int(out, cell->reasons[m]);
    json_out_array_end(out);
    json_out_object_end(out);
}

struct err figures_freeze(const struct services *services, const struct figures *figures, struct arena *arena, struct json *ret) {
    struct buf text;
    struct json_out out;
    const struct population *p = figures->statistic->population;
    buf_init(&text, arena, LIMIT_RECEIPT_BYTES);
    json_out_init(&out, &text);
    json_out_object(&out);
    json_out_member_string(&out, "statistic", figures->statistic->name);
    json_out_member_string(&out, "population", p->name);
    json_out_member_string(&out, "period", figures->period.name);
    json_out_member_int(&out, "from", figures->period.from_ms);
    json_out_member_int(&out, "to", figures->period.to_ms);
    json_out_member_int(&out, "at", figures->made_ms);
    hash_write(&out, "law", &services->law_hash, arena);
    hash_write(&out, "pack", &p->pack->hash, arena);
    json_out_member_int(&out, "units", (int64_t)figures->units);
    json_out_member_int(&out, "below", figures->rule.below);
    json_out_member_int(&out, "width", figures->rule.width);
    json_out_member_int(&out, "percent", figures->rule.percent);
    json_out_member_bool(&out, "is_safe", figures->is_safe);
    json_out_member_int(&out, "primary", figures->primary);
    json_out_member_int(&out, "complement", figures->complement);
    json_out_name(&out, "cells");
    json_out_array(&out);
    for (size_t i = 0; i < figures->cell_count; i++) cell_write(&out, p, &figures->cells[i]);
    json_out_array_end(&out);
    json_out_object_end(&out);
    if (text.is_failed || out.is_failed) return err_make(ERR_MEMORY);
    return json_parse_within(arena, buf_span(&text), LIMIT_RECEIPT_BYTES, ret, NULL);
}

static int64_t number_at(const struct json *list, size_t i) {
    return list != NULL && list->type == JSON_ARRAY && i < list->count && list->items[i].type == JSON_INT ? list->items[i].integer : 0;
}

static bool cell_read(const struct population *p, const struct json *row, struct figure_cell *cell) {
    const struct json *at = json_get(row, "at");
    for (size_t i = 0; at != NULL && i < at->count; i++) {
        size_t d = 0;
        while (d < p->dimension_count && !span_equals(p->dimensions[d].name, at->members[i].name)) d++;
        if (d == p->dimension_count) return false; // the packs have lost the dimension
        cell->at[d] = at->members[i].value.string;
    }
    for (size_t m = 0; m < p->measure_count; m++) {
        cell->values[m] = number_at(json_get(row, "values"), m);
        cell->largest[m] = number_at(json_get(row, "largest"), m);
        cell->reasons[m] = (uint8_t)(number_at(json_get(row, "withheld"), m) & 7);
    }
    return true;
}

struct err figures_thaw(const struct services *services, const struct json *content, struct arena *arena, struct figures *ret, struct why *why) {
    struct span name = json_get_string(content, "statistic");
    const struct statistic *statistic = law_statistic(services->law, name);
    const struct json *cells = json_get(content, "cells");
    if (statistic == NULL || cells == NULL || cells->type != JSON_ARRAY)
        return why_set(why, ERR_NOT_FOUND, "", "statistic.unknown", "", "the law packs have no statistic %.*s any more", SPAN_FMT(name));
    struct figures f = {.statistic = statistic,
                        .period = {json_get_string(content, "period"), json_get_int(content, "from", 0), json_get_int(content, "to", 0)},
                        .made_ms = json_get_int(content, "at", 0),
                        .units = (uint64_t)json_get_int(content, "units", 0),
                        .rule = statistic->population->rule,
                        .primary = (uint32_t)json_get_int(content, "primary", 0),
                        .complement = (uint32_t)json_get_int(content, "complement", 0),
                        .is_safe = json_get_bool(content, "is_safe", false)};
    f.rule.below = json_get_int(content, "below", 0);
    f.rule.width = json_get_int(content, "width", 0);
    f.rule.percent = json_get_int(content, "percent", 0);
    f.cells = arena_take_array(arena, cells->count + 1, sizeof *f.cells);
    if (f.cells == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < cells->count; i++)
        if (cell_read(statistic->population, &cells->items[i], &f.cells[f.cell_count])) f.cell_count++;
    *ret = f;
    return err_none();
}

// --- operations ---

static struct err member_add(struct json *op, const char *name, struct json value, struct arena *arena) {
    struct json_member *members = arena_take_array(arena, op->count + 1, sizeof *members);
    if (members == NULL) return err_make(ERR_MEMORY);
    memcpy(members, op->members, op->count * sizeof *members);
    members[op->count] = (struct json_member){span_of(name), value};
    op->members = members;
    op->count++;
    return err_none();
}

struct json figures_asked(const struct json *op, struct arena *arena) {
    struct json out = *op;
    if (!span_is(json_get_string(op, "op"), "figures") || json_get(op, "content") == NULL) return out;
    out.count = 0;
    out.members = arena_take_array(arena, op->count, sizeof *out.members);
    for (size_t i = 0; out.members != NULL && i < op->count; i++)
        if (!span_is(op->members[i].name, "content")) out.members[out.count++] = op->members[i];
    return out;
}

static struct err freeze_prepare(const struct services *services, struct store_conn *conn, struct json *op, struct span case_id, int64_t now_ms,
                                 struct arena *arena, struct why *why) {
    struct span name = json_get_string(op, "statistic"), day = json_get_string(op, "day"), text = day;
    const struct statistic *statistic = law_statistic(services->law, name);
    struct civil date;
    struct period period;
    struct figures figures;
    struct json content;
    if (statistic == NULL) return why_set(why, ERR_INPUT, "/fields/statistic", "statistic.unknown", "", "there is no statistic %.*s", SPAN_FMT(name));
    if (!civil_parse(day, &date)) return why_set(why, ERR_INPUT, "/fields/day", "statistic.period", "", "a date is expected");
    int part = statistic->period == PERIOD_QUARTER ? (date.month - 1) / 3 + 1 : (date.month - 1) / 6 + 1;
    if (statistic->period == PERIOD_YEAR) text = span_part(day, 0, 4);
    else if (statistic->period != PERIOD_DAY) text = arena_printf(arena, "%04d-%c%d", (int)date.year, statistic->period == PERIOD_QUARTER ? 'Q' : 'H', part);
    TRY(period_read(statistic->period, text, services->zone, arena, &period, why));
    if (period.to_ms > now_ms && statistic->period != PERIOD_DAY)
        return why_set(why, ERR_INPUT, "/fields/day", "statistic.period_open", arena_text(arena, statistic->article), "the period %.*s is not over", SPAN_FMT(period.name));
    TRY(figures_count(services, conn, statistic, &period, now_ms, arena, &figures, why));
    TRY(figures_protect(services, conn, &figures, case_id, arena, why));
    TRY(figures_freeze(services, &figures, arena, &content));
    return member_add(op, "content", content, arena);
}

static struct err stage_check(const struct services *services, struct store_conn *conn, const struct json *op, struct span case_id,
                              struct arena *arena, struct why *why) {
    struct span as = json_get_string(op, "as"), filing = json_get_string(op, "filing");
    struct value id = value_text(case_id);
    struct rows rows;
    struct json content;
    TRY(store_read(conn, STMT_FIGURE_RELEASE_OF_CASE, &id, 1, arena, &rows, why));
    if (rows.count == 0) return why_set(why, ERR_CONFLICT, "", "statistic.nothing", "", "no figures were prepared in this case");
    if (filing.at != NULL && !span_equals(filing, rows_span(&rows, 0, 4)))
        return why_set(why, ERR_CONFLICT, "/fields/figures", "statistic.old", "", "the figures were prepared again: %.*s", SPAN_FMT(rows_span(&rows, 0, 4)));
    TRY(json_parse_within(arena, rows_span(&rows, 0, 3), LIMIT_RECEIPT_BYTES, &content, why));
    bool leaves = span_is(as, "filed") || span_is(as, "public");
    const struct statistic *statistic = law_statistic(services->law, rows_span(&rows, 0, 0));
    if (leaves && !json_get_bool(&content, "is_safe", false))
        return why_set(why, ERR_LAW, "", "statistic.unsafe", "", "small cells of these figures could be computed back from what is published already; nothing of them may leave");
    if (span_is(as, "public") && (statistic == NULL || !statistic->is_public))
        return why_set(why, ERR_LAW, "", "statistic.not_public", "", "this statistic is not one to be published");
    return err_none();
}

struct err figures_prepare(const struct services *services, struct store_conn *conn, struct json *ops, struct span case_id, int64_t now_ms,
                           struct arena *arena, struct why *why) {
    for (size_t i = 0; i < ops->count; i++) {
        struct json *op = &ops->items[i];
        if (!span_is(json_get_string(op, "op"), "figures")) continue;
        if (span_is(json_get_string(op, "as"), "freeze")) TRY(freeze_prepare(services, conn, op, case_id, now_ms, arena, why));
        else TRY(stage_check(services, conn, op, case_id, arena, why));
    }
    return err_none();
}

struct err figures_op(struct services *services, struct store_conn *conn, const struct effects_of *of, const struct json *op,
                      struct span case_id, struct arena *arena, struct why *why) {
    (void)services;
    if (!span_is(json_get_string(op, "op"), "figures")) return err_none();
    struct span as = json_get_string(op, "as");
    if (!span_is(as, "freeze")) {
        struct value params[] = {value_text(case_id), value_text(as), value_int(of->recorded_ms)};
        return store_write(conn, STMT_FIGURE_RELEASE_MOVE, params, 3, NULL, why);
    }
    const struct json *content = json_get(op, "content");
    struct span text;
    if (content == NULL) return why_set(why, ERR_CORRUPT, "", "statistic.corrupt", "", "the effects of %.*s hold no figures", SPAN_FMT(of->filing_id));
    TRY(json_canonical_text(arena, content, &text));
    struct value params[] = {value_text(case_id), value_text(json_get_string(content, "statistic")), value_text(json_get_string(content, "population")),
                             value_text(json_get_string(content, "period")), value_int(json_get_int(content, "from", 0)),
                             value_int(json_get_int(content, "to", 0)), value_text(SPAN("prepared")), value_text(of->filing_id),
                             value_int(of->recorded_ms), value_text(text)};
    return store_write(conn, STMT_FIGURE_RELEASE_PUT, params, 10, NULL, why);
}
