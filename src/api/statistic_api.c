// SPDX-License-Identifier: EUPL-1.2
/*
 * Statistics: what there is, figures as they stand now with a preview of what would be withheld (offices), as they were filed
 * (offices), and as they were published (everybody).
 */
#include "api/resources.h"
#include "exchange/gate.h"
#include "law/procedure.h"
#include "law/statistic.h"
#include "service/figures.h"

// Whether she works at an office without bounds of sector: figures are over all cases. Of cases that the desk doesn't see only at one
// that works where they do.
static bool is_office(const struct api_request *request, const struct statistic *statistic) {
    const struct principal *who = &request->principal;
    struct span procedure = statistic->population->procedure;
    const struct law *law = request->services->law;
    const struct workspace *first = workspace_first(law), *workspace = first;
    if (procedure.len > 0) workspace = workspace_find(law, procedure_workspace(law, request->services->state, procedure));
    for (size_t i = 0; workspace != NULL && who->is_known && who->is_totp_done && (who->scopes & SCOPE_READ) != 0 && i < who->role_count; i++)
        if (role_is_unbounded(&who->roles[i]) && (workspace == first || access_role_works_in(&who->roles[i], workspace))) return true;
    return false;
}

static struct err last_period(const struct api_request *request, const struct statistic *s, struct period *ret, struct why *why) {
    struct civil today = zone_date(request->services->zone, request->received_ms);
    struct span text = civil_text(request->arena, today);
    struct period now;
    if (s->period == PERIOD_DAY) return period_read(s->period, text, request->services->zone, request->arena, ret, why);
    if (s->period == PERIOD_YEAR) text = span_part(text, 0, 4);
    else {
        int months = s->period == PERIOD_QUARTER ? 3 : 6;
        text = arena_printf(request->arena, "%04d-%c%d", (int)today.year, s->period == PERIOD_QUARTER ? 'Q' : 'H', (today.month - 1) / months + 1);
    }
    TRY(period_read(s->period, text, request->services->zone, request->arena, &now, why));
    return period_before(s->period, &now, request->services->zone, request->arena, ret, why);
}

static struct err get_statistics(struct api_request *request, struct api_response *response, struct why *why) {
    struct json_out out;
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_name(&out, "statistics");
    json_out_array(&out);
    for (size_t i = 0; i < law_statistic_count(request->services->law); i++) {
        const struct statistic *s = law_statistic_at(request->services->law, i);
        bool may_all = is_office(request, s);
        struct rows rows;
        struct period last;
        struct value params[] = {value_text(s->name), value_int(!may_all)};
        if (!may_all && !s->is_public) continue;
        TRY(store_read(request->conn, STMT_FIGURE_RELEASES, params, 2, request->arena, &rows, why));
        TRY(last_period(request, s, &last, why));
        json_out_object(&out);
        json_out_member_string(&out, "statistic", s->name);
        json_out_member_string(&out, "label", s->label);
        json_out_member_string(&out, "article", s->article);
        json_out_member_text(&out, "period", period_kind_name(s->period));
        json_out_member_bool(&out, "may_be_public", s->is_public);
        json_out_member_string(&out, "last_period", last.name);
        json_out_name(&out, "releases");
        json_out_array(&out);
        for (size_t k = 0; k < rows.count; k++) {
            json_out_object(&out);
            json_out_member_string(&out, "period", rows_span(&rows, k, 1));
            json_out_member_string(&out, "stage", rows_span(&rows, k, 2));
            if (may_all) json_out_member_string(&out, "case", rows_span(&rows, k, 0));
            json_out_member_string(&out, "filing", rows_span(&rows, k, 3));
            json_out_member_string(&out, "as_of", instant_text(request->arena, rows_int(&rows, k, 4)));
            json_out_member_string(&out, "since", instant_text(request->arena, rows_int(&rows, k, 5)));
            json_out_object_end(&out);
        }
        json_out_array_end(&out);
        json_out_object_end(&out);
    }
    json_out_array_end(&out);
    json_out_object_end(&out);
    return err_none();
}

struct asked {
    const struct statistic *statistic;
    struct period period;
    struct figures figures, before_filed, before_now;
    struct figures_view view;
};

// The last release of a period, thawed; false where there is none.
static struct err release_read(struct api_request *request, const struct statistic *s, const struct period *period, bool only_public,
                               struct figures *ret, struct figures_view *view, bool *ret_is_there, struct why *why) {
    struct value params[] = {value_text(s->name), value_int(period->from_ms), value_int(only_public)};
    struct rows rows;
    struct json content;
    TRY(store_read(request->conn, STMT_FIGURE_RELEASE_LAST, params, 3, request->arena, &rows, why));
    *ret_is_there = rows.count > 0;
    if (rows.count == 0) return err_none();
    TRY(json_parse_within(request->arena, rows_span(&rows, 0, 6), LIMIT_RECEIPT_BYTES, &content, why));
    TRY(figures_thaw(request->services, &content, request->arena, ret, why));
    if (view == NULL) return err_none();
    view->case_id = rows_span(&rows, 0, 0);
    view->stage = rows_span(&rows, 0, 2);
    view->filing = rows_span(&rows, 0, 3);
    return err_none();
}

// For offices the period before stands beside it, as it was filed and as it stands now: what was corrected since is seen.
static struct err before_read(struct api_request *request, struct asked *a, struct why *why) {
    struct period before;
    bool is_there = false;
    TRY(period_before(a->statistic->period, &a->period, request->services->zone, request->arena, &before, why));
    TRY(release_read(request, a->statistic, &before, !a->view.shows_all, &a->before_filed, NULL, &is_there, why));
    if (is_there) a->view.before_filed = &a->before_filed;
    if (!a->view.shows_all || a->statistic->period == PERIOD_DAY) return err_none();
    TRY(figures_count(request->services, request->conn, a->statistic, &before, request->received_ms, request->arena, &a->before_now, why));
    a->before_now.is_safe = true;
    a->view.before_now = &a->before_now;
    return err_none();
}

static struct err no_figures(struct why *why) {
    return why_set(why, ERR_NOT_FOUND, "", "statistic.none", "", "There are no such figures, or none that you may see.");
}

static struct err figures_read(struct api_request *request, struct asked *a, struct why *why) {
    struct span view = api_query(request, "view");
    bool may_all = is_office(request, a->statistic), is_there = false;
    if (view.at == NULL) view = may_all ? SPAN("now") : SPAN("public");
    if (!span_is(view, "now") && !span_is(view, "filed") && !span_is(view, "public"))
        return why_set(why, ERR_INPUT, "view", "api.query", "", "view is now, filed or public");
    if (a->statistic->population->is_opt_in) { // what was shared for it nobody looks at before it is published, and then as everybody
        may_all = false;
        view = SPAN("public");
    }
    if (!may_all && (!span_is(view, "public") || !a->statistic->is_public)) return no_figures(why);
    a->view.figures = &a->figures;
    a->view.lang = request->lang;
    a->view.shows_all = !span_is(view, "public");
    if (span_is(view, "now")) {
        TRY(figures_count(request->services, request->conn, a->statistic, &a->period, request->received_ms, request->arena, &a->figures, why));
        TRY(figures_protect(request->services, request->conn, &a->figures, span_make(NULL, 0), request->arena, why));
    } else {
        TRY(release_read(request, a->statistic, &a->period, span_is(view, "public"), &a->figures, &a->view, &is_there, why));
        if (!is_there) return no_figures(why);
    }
    return before_read(request, a, why);
}

// Numbers over many cases are no longer under the markings of the cases: the rule that withholds what is small declassifies them.
static struct err may_leave(const struct api_request *request, const struct statistic *statistic, struct why *why) {
    struct suppress_rule rule = law_suppress_rule(request->services->law, request->services->state, statistic->population);
    struct gate_item item = {.marking = {.label = TLP_AMBER}};
    struct gate_to to = {.is_in_node = is_office(request, statistic)};
    struct gate_question question = {.item = &item, .to = &to, .exit = GATE_STATISTICS, .now_ms = request->received_ms,
                                     .declassified_by = rule.below > 0 ? statistic->name : span_make(NULL, 0)};
    struct gate_verdict verdict = gate_ask(&question, NULL);
    return verdict.is_allowed ? err_none() : why_set(why, ERR_DENIED, "", verdict.rule, "", "%.*s", SPAN_FMT(verdict.words));
}

static struct err get_figures(struct api_request *request, struct api_response *response, struct why *why) {
    struct asked *a = ARENA_NEW(request->arena, struct asked);
    struct span period = api_query(request, "period"), format = api_query(request, "format");
    if (a == NULL) return err_make(ERR_MEMORY);
    a->statistic = law_statistic(request->services->law, request->params[0]);
    if (a->statistic == NULL || (!a->statistic->is_public && !is_office(request, a->statistic))) return no_figures(why);
    if (format.at != NULL && !span_is(format, "json") && !span_is(format, "csv"))
        return why_set(why, ERR_INPUT, "format", "api.query", "", "format is json or csv");
    TRY(may_leave(request, a->statistic, why));
    if (period.at == NULL) TRY(last_period(request, a->statistic, &a->period, why));
    else TRY(period_read(a->statistic->period, period, request->services->zone, request->arena, &a->period, why));
    TRY(store_snapshot_begin(request->conn, why));
    struct err e = figures_read(request, a, why);
    store_snapshot_end(request->conn);
    TRY(e);
    if (span_is(format, "csv")) {
        struct span name = arena_printf(request->arena, "attachment; filename=\"%.*s-%.*s.csv\"", SPAN_FMT(a->statistic->name), SPAN_FMT(a->period.name));
        response->status = 200;
        response->media_type = "text/csv; charset=utf-8; header=present";
        api_respond_header(response, "content-disposition", name);
        figures_write_csv(&response->body, &a->view);
        return err_none();
    }
    struct json_out out;
    api_json(response, 200, &out);
    figures_write_json(&out, request->services, &a->view);
    return err_none();
}

static const struct route_param FIGURES[] = {
    {"period", "string", "2026-Q3, 2026-H1, 2026 or 2026-11-22, as the statistic has it; the last whole one by default"},
    {"view", "string", "now (offices: as it stands, with what would be withheld), filed (offices), public"},
    {"format", "string", "json or csv"},
    {NULL, NULL, NULL},
};

const struct route routes_statistic[] = {
    {"GET", "/api/v1/statistics", get_statistics, AUTH_NONE, 0, RATE_OPEN, "statistics", "What is counted, and what was released of it", NULL, "StatisticList", 200, NULL, false},
    {"GET", "/api/v1/statistics/{statistic}", get_figures, AUTH_NONE, 0, RATE_OPEN, "statistics", "Figures of a period, small cells withheld; JSON or CSV", NULL, "Figures", 200, FIGURES, false},
    {0},
};
