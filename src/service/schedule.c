// SPDX-License-Identifier: EUPL-1.2
#include "service/schedule.h"

#include "service/effects.h"
#include "service/filing.h"
#include "service/retention.h"
#include "service/standing_erasure.h"

enum { LIST_ROWS = 100, REPORT_ROWS = 255 }; // the form of the report has one more, for accounts
enum { B_STAGE, B_FILINGS, B_THROUGH, B_STANDING, B_RULES }; // columns of erasure_batch_get

// --- operations ---

static size_t erasures_of(const struct effects_of *of) {
    const struct json *ops = json_get(of->effects, "ops");
    size_t count = 0;
    for (size_t i = 0; ops != NULL && i < ops->count; i++) count += span_is(json_get_string(&ops->items[i], "op"), "erase");
    return count;
}

static struct err keep_op(struct store_conn *conn, const struct effects_of *of, const struct json *op, struct span case_id, struct why *why) {
    if (span_is(json_get_string(op, "as"), "end")) {
        struct value params[] = {value_text(case_id), value_text(of->filing_id), value_int(of->recorded_ms)};
        return store_write(conn, STMT_LEGAL_HOLD_END, params, 3, NULL, why);
    }
    struct value params[] = {value_text(of->filing_id), value_text(case_id), value_text(json_get_string(op, "case")),
                             value_text(json_get_string(op, "entity")), value_int(of->recorded_ms)};
    return store_write(conn, STMT_LEGAL_HOLD_ADD, params, 5, NULL, why);
}

static struct err erased_op(struct store_conn *conn, const struct effects_of *of, const struct json *op, struct why *why) {
    struct value order = value_text(json_get_string(op, "order"));
    struct value part[] = {value_text(of->filing_id), order};
    struct value count[] = {order, value_int((int64_t)erasures_of(of))};
    TRY(store_write(conn, STMT_ERASURE_PART_ADD, part, 2, NULL, why));
    return store_write(conn, STMT_ERASURE_BATCH_COUNT, count, 2, NULL, why);
}

struct err schedule_op(struct services *services, struct store_conn *conn, const struct effects_of *of, const struct json *op,
                       struct span case_id, struct arena *arena, struct why *why) {
    struct span name = json_get_string(op, "op"), as = json_get_string(op, "as");
    if (span_is(name, "keep")) return keep_op(conn, of, op, case_id, why);
    if (!span_is(name, "batch")) return err_none();
    if (span_is(as, "erased")) return erased_op(conn, of, op, why);
    if (span_is(as, "stand") || span_is(as, "confirm") || span_is(as, "revoke")) return standing_erasure_op(conn, of, op, case_id, arena, why);
    bool is_run = span_is(as, "run");
    if (is_run || span_is(as, "order")) {
        struct civil day;
        int64_t through_ms = of->recorded_ms;
        if (civil_parse(json_get_string(op, "through"), &day)) through_ms = zone_day_start(services->zone, day);
        struct value params[] = {value_text(case_id), value_text(of->filing_id), value_int(through_ms), value_int(of->recorded_ms),
                                 value_text(is_run ? SPAN("approved") : SPAN("ordered")), value_text(json_get_string(op, "standing"))};
        return store_write(conn, STMT_ERASURE_BATCH_ADD, params, 6, NULL, why);
    }
    struct span stage = span_is(as, "approve") ? SPAN("approved") : span_is(as, "stop") ? SPAN("stopped") : SPAN("done");
    struct value params[] = {value_text(case_id), value_text(stage), value_int(of->recorded_ms)};
    return store_write(conn, STMT_ERASURE_BATCH_MOVE, params, 3, NULL, why);
}

// --- carrying out ---
// The forms that the node fills in: {order, targets: [{filing}]} for "erased", {filings, fields, attachments} for "done".

struct err schedule_role(const struct span *roles, size_t count, struct span *ret_as, struct why *why) {
    *ret_as = SPAN("node");
    for (size_t i = 0; i < count; i++)
        if (span_is(roles[i], "node")) return err_none();
    return why_set(why, ERR_DENIED, "/document", "filing.role", "", "this document is not the node's to file");
}

// The rules of a standing order; none once it is no longer in force: then nothing more is due under it.
static struct err only_of(struct span rules, struct arena *arena, struct json *ret, struct why *why) {
    *ret = (struct json){.type = JSON_ARRAY};
    return rules.at == NULL ? err_none() : json_parse(arena, rules, ret, why);
}

struct err schedule_look(const struct services *services, struct store_conn *conn, int64_t after_seq, int64_t now_ms,
                         struct arena *arena, struct schedule_step *ret, struct why *why) {
    struct rows rows;
    *ret = (struct schedule_step){.after_seq = after_seq};
    struct value now = value_int(now_ms);
    struct json only;
    TRY(store_read(conn, STMT_ERASURE_BATCH_NEXT, &now, 1, arena, &rows, why));
    if (rows.count == 0) return err_none();
    bool is_standing = rows_span(&rows, 0, 2).at != NULL;
    TRY(only_of(rows_span(&rows, 0, 3), arena, &only, why));
    struct retention_question question = {.law = services->law, .state = services->state, .zone = services->zone, .now_ms = now_ms,
                                          .through_ms = rows_int(&rows, 0, 1), .after_seq = after_seq, .list_max = SCHEDULE_TARGETS,
                                          .only = is_standing ? &only : NULL};
    struct retention_due due;
    TRY(retention_due(conn, &question, SCHEDULE_ROWS, arena, &due, why));
    *ret = (struct schedule_step){.order = rows_span(&rows, 0, 0), .count = due.count, .filings = due.filings, .after_seq = due.after_seq,
                                  .is_end = due.is_end};
    return err_none();
}

static struct json object_of(struct arena *arena, const struct json_member *members, size_t count) {
    struct json out = {.type = JSON_OBJECT, .members = arena_take_array(arena, count, sizeof *members), .count = count};
    if (out.members == NULL) return (struct json){.type = JSON_NULL};
    memcpy(out.members, members, count * sizeof *members);
    return out;
}

struct err schedule_file(struct services *services, struct store_conn *conn, struct log_edge *edge, const char *as, struct span case_id,
                         const struct json *fields, int64_t now_ms, struct arena *arena, struct why *why) {
    struct procedure_document document;
    TRY(procedure_find_doing(services->law, services->state, zone_date(services->zone, now_ms), SPAN("batch"), span_of(as), &document, why));
    static const struct principal NODE = {.is_known = true, .pseudonym = {(const uint8_t *)"node", 4}};
    struct filing_request request = {.procedure = document.procedure, .document = document.document, .case_id = case_id, .fields = fields, .received_ms = now_ms, .is_node = true};
    struct filing_plan plan;
    int64_t seq;
    TRY(filing_decide(services, conn, &NODE, &request, now_ms, arena, &plan, why));
    return filing_write(services, conn, edge, &plan, now_ms, arena, &seq, why);
}

static struct json report_row(struct span procedure, struct span document, struct span rule, int64_t count, struct arena *arena) {
    return object_of(arena, (const struct json_member[]){{SPAN("procedure"), json_from_string(procedure)},
                                                         {SPAN("document"), json_from_string(document)},
                                                         {SPAN("rule"), json_from_string(rule.len > 0 ? rule : SPAN("-"))},
                                                         {SPAN("count"), json_from_int(count)}}, 4);
}

// What was erased, by which rule.
static struct err report_of(const struct services *services, struct store_conn *conn, struct span order, int64_t now_ms, struct arena *arena,
                            struct json *ret, struct why *why) {
    struct value params[] = {value_text(order), value_int(REPORT_ROWS)};
    struct civil today = zone_date(services->zone, now_ms);
    struct retention_rules rules;
    struct rows rows;
    TRY(retention_rules_read(services->law, services->state, arena, &rules, why));
    TRY(store_read(conn, STMT_ERASURE_BATCH_DOCUMENTS, params, 2, arena, &rows, why));
    *ret = (struct json){.type = JSON_ARRAY, .items = arena_take_array(arena, rows.count + 1, sizeof *ret->items)};
    if (ret->items == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < rows.count; i++) {
        struct span procedure = rows_span(&rows, i, 0), document = rows_span(&rows, i, 1);
        ret->items[ret->count++] = report_row(procedure, document, retention_rule_name(retention_rule_for(&rules, procedure, document, today), arena),
                                              rows_int(&rows, i, 2), arena);
    }
    return err_none();
}

// The accounts that are due go with the order.
static struct err erase_accounts(const struct services *services, struct store_conn *conn, const struct rows *batch, int64_t now_ms,
                                 struct arena *arena, struct accounts_due *ret, struct why *why) {
    struct json only;
    TRY(only_of(rows_span(batch, 0, B_RULES), arena, &only, why));
    TRY(accounts_due(services, conn, rows_span(batch, 0, B_STANDING).at != NULL ? &only : NULL, rows_int(batch, 0, B_THROUGH), now_ms, arena, ret, why));
    for (size_t i = 0; i < ret->count; i++) TRY(account_erase(conn, ret->persons[i], why));
    return err_none();
}

// The node says that it is done, with what was erased.
static struct err complete(struct services *services, struct store_conn *conn, struct log_edge *edge, struct span order, const struct rows *batch,
                           int64_t now_ms, struct arena *arena, struct why *why) {
    struct accounts_due accounts;
    struct json report;
    TRY(report_of(services, conn, order, now_ms, arena, &report, why));
    TRY(erase_accounts(services, conn, batch, now_ms, arena, &accounts, why));
    if (accounts.count > 0) report.items[report.count++] = report_row(SPAN("account"), SPAN("left"), accounts.rule, (int64_t)accounts.count, arena);
    struct value id = value_text(order);
    struct rows rows;
    TRY(store_read(conn, STMT_ERASURE_BATCH_RESULT, &id, 1, arena, &rows, why));
    struct json fields = object_of(arena, (const struct json_member[]){{SPAN("filings"), json_from_int(rows_int(batch, 0, B_FILINGS))},
                                                                      {SPAN("fields"), json_from_int(rows_int(&rows, 0, 0))},
                                                                      {SPAN("attachments"), json_from_int(rows_int(&rows, 0, 1))},
                                                                      {SPAN("accounts"), json_from_int((int64_t)accounts.count)},
                                                                      {SPAN("report"), report}}, report.count > 0 ? 5 : 4);
    return schedule_file(services, conn, edge, "done", order, &fields, now_ms, arena, why);
}

struct err schedule_do(struct services *services, struct store_conn *conn, struct log_edge *edge, const struct schedule_step *step,
                       int64_t now_ms, struct arena *arena, struct why *why) {
    struct value order[] = {value_text(step->order), value_int(now_ms)};
    struct rows rows;
    TRY(store_read(conn, STMT_ERASURE_BATCH_GET, order, 2, arena, &rows, why));
    if (rows.count == 0 || !span_is(rows_span(&rows, 0, B_STAGE), "approved")) return err_none();
    if (step->count == 0) return complete(services, conn, edge, step->order, &rows, now_ms, arena, why);
    if (rows_span(&rows, 0, B_STANDING).at != NULL && rows_span(&rows, 0, B_RULES).at == NULL) return err_none(); // revoked meanwhile
    struct json targets = {.type = JSON_ARRAY, .items = arena_take_array(arena, step->count, sizeof *targets.items)};
    if (targets.items == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < step->count; i++) {
        struct value filing = value_text(step->filings[i]);
        struct rows held;
        TRY(store_read(conn, STMT_LEGAL_HOLD_OF_FILING, &filing, 1, arena, &held, why));
        if (rows_int(&held, 0, 0) != 0) continue;
        targets.items[targets.count++] = object_of(arena, &(struct json_member){SPAN("filing"), json_from_string(step->filings[i])}, 1);
    }
    if (targets.count == 0) return err_none();
    struct json fields = object_of(arena, (const struct json_member[]){{SPAN("order"), json_from_string(step->order)}, {SPAN("targets"), targets}}, 2);
    return schedule_file(services, conn, edge, "erased", span_make(NULL, 0), &fields, now_ms, arena, why);
}

// --- telling ---

struct err schedule_write(struct json_out *out, struct store_conn *conn, struct arena *arena, struct why *why) {
    struct value most = value_int(LIST_ROWS);
    struct rows rows;
    TRY(store_read(conn, STMT_LEGAL_HOLDS, &most, 1, arena, &rows, why));
    json_out_name(out, "holds");
    json_out_array(out);
    for (size_t i = 0; i < rows.count; i++) {
        json_out_object(out);
        json_out_member_string(out, "in_case", rows_span(&rows, i, 0));
        json_out_member_string(out, "filing", rows_span(&rows, i, 1));
        json_out_member_string(out, "of_case", rows_span(&rows, i, 2));
        json_out_member_string(out, "of_entity", rows_span(&rows, i, 3));
        json_out_member_string(out, "since", instant_text(arena, rows_int(&rows, i, 4)));
        json_out_object_end(out);
    }
    json_out_array_end(out);
    TRY(store_read(conn, STMT_ERASURE_BATCHES, &most, 1, arena, &rows, why));
    json_out_name(out, "orders");
    json_out_array(out);
    for (size_t i = 0; i < rows.count; i++) {
        json_out_object(out);
        json_out_member_string(out, "case", rows_span(&rows, i, 0));
        json_out_member_string(out, "filing", rows_span(&rows, i, 1));
        json_out_member_string(out, "through", instant_text(arena, rows_int(&rows, i, 2)));
        json_out_member_string(out, "stage", rows_span(&rows, i, 3));
        json_out_member_string(out, "since", instant_text(arena, rows_int(&rows, i, 4)));
        json_out_member_int(out, "filings_erased", rows_int(&rows, i, 5));
        json_out_member_string(out, "standing", rows_span(&rows, i, 6));
        json_out_object_end(out);
    }
    json_out_array_end(out);
    return err_none();
}
